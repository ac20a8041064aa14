//! `cruce compare`: stored runs, paired replication by replication.

use std::path::PathBuf;

use clap::Args;
use cruce::experiment::stored::{StoredError, StoredRun, System, compared};
use cruce::report::compare;

use super::Exit;
use super::console::Console;
use super::exit::{Refused, WrongUsage};

/// Compare stored runs on the same trucks
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce compare runs/port-1a2b3c4d                         its scenarios with its baseline
  cruce compare runs/port-1a2b3c4d runs/port-5e6f7a8b      the baselines of two runs
  cruce compare runs/old:today runs/new:two-lanes          scenarios of two runs",
    after_help = super::exit::TABLE
)]
pub struct Compare {
    /// Run folders, or FOLDER:SCENARIO; the others are compared with the first
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
}

impl Compare {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let mut opened: Vec<(StoredRun, Option<String>)> = Vec::new();
        for run in &self.runs {
            let text = run.to_string_lossy();
            let (folder, scenario) = match text.rsplit_once(':') {
                Some((folder, scenario)) if !run.exists() => {
                    (PathBuf::from(folder), Some(scenario.to_owned()))
                }
                _ => (run.clone(), None),
            };
            opened.push((StoredRun::open(&folder).map_err(told)?, scenario));
        }
        let mut systems: Vec<System> = Vec::new();
        for (run, scenario) in &opened {
            systems.push(run.system(scenario.as_deref()).map_err(told)?);
        }
        if let [(run, None)] = opened.as_slice() {
            let first = systems[0].scenario.name.clone();
            let others = run.scenarios.iter().filter(|scenario| scenario.name != first);
            systems.extend(others.map(|scenario| System { run, scenario }));
        }
        if systems.len() < 2 {
            let message = "there is nothing to compare: name a second run, or one with several scenarios";
            return Err(WrongUsage(message.to_owned()).into());
        }
        let compared = compared(&systems).map_err(told)?;
        if console.json {
            console.object(Exit::Done, compare::object(&compared))?;
        } else {
            console.data(&compare::text(&compared, console.out))?;
        }
        Ok(Exit::Done)
    }
}

/// What stands on disk is not ours to replace, and what was asked for may not be there.
fn told(error: StoredError) -> anyhow::Error {
    match error {
        StoredError::NoScenario { .. } => WrongUsage(error.to_string()).into(),
        StoredError::File { .. } => error.into(),
        error => Refused(error.to_string()).into(),
    }
}
