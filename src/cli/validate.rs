//! `cruce validate`: every mistake in a study, and what to look at; nothing is simulated.

use clap::Args;
use cruce::scenario::diagnostic::Diagnostic;
use cruce::scenario::optimize::Optimize;
use cruce::scenario::sweep::Sweep;

use super::Exit;
use super::console::Console;
use super::study::{self, StudyArguments};

/// Find every mistake in a study, without running it
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce validate my-study
  cruce validate my-study --json"
)]
pub struct Validate {
    #[command(flatten)]
    study: StudyArguments,
}

impl Validate {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let mut loaded = self.study.load(None)?;
        let mut found: Vec<Diagnostic> = Vec::new();
        if loaded.plan.is_some() {
            found.extend(loaded.sweeps.iter().flat_map(Sweep::check));
            found.extend(loaded.searches.iter().flat_map(Optimize::check));
        }
        if found.iter().any(Diagnostic::is_error) {
            loaded.plan = None;
        }
        loaded.diagnostics.extend(found);
        let Some(plan) = &loaded.plan else {
            return study::refuse(&loaded, console);
        };
        study::draw(&loaded, console);
        let names: Vec<&str> = plan.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
        console.say(&format!("{}: valid; scenarios: {}", plan.name, names.join(", ")));
        console.next(&format!("cruce run{}", self.study.typed()));
        if console.json {
            console.object(Exit::Done, study::diagnostics(&loaded))?;
        }
        Ok(Exit::Done)
    }
}
