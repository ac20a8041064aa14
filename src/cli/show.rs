//! `cruce show`: what a study says after inheritance and overrides; nothing is simulated.

use clap::Args;
use cruce::report::outline;
use serde_json::json;

use super::Exit;
use super::console::Console;
use super::exit::WrongUsage;
use super::study::{self, StudyArguments};

/// Show what a study says: its scenarios, or every value with its origin
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce show my-study                             what the scenarios change
  cruce show my-study --resolved --scenario both  every value, with where it came from
  cruce show my-study --diff two-lanes both       the keys in which two scenarios differ
  cruce show my-study --capacity                  demand against capacity by hour"
)]
pub struct Show {
    #[command(flatten)]
    study: StudyArguments,
    /// Every value after inheritance, with its origin
    #[arg(long, conflicts_with = "diff")]
    resolved: bool,
    /// Demand against capacity by hour
    #[arg(long, conflicts_with_all = ["diff", "resolved"])]
    capacity: bool,
    /// Only the keys in which two scenarios differ
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    diff: Option<Vec<String>>,
}

impl Show {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let loaded = self.study.load(None)?;
        let Some(plan) = &loaded.plan else {
            return study::refuse(&loaded, console);
        };
        let place = |name: &String| {
            let found = plan.scenarios.iter().position(|scenario| scenario.name == *name);
            found.ok_or_else(|| {
                let names: Vec<&str> = plan.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
                let message =
                    format!("there is no scenario `{}`; there are {}", name.escape_debug(), names.join(", "));
                anyhow::Error::from(WrongUsage(message))
            })
        };
        let (text, fields) = if let Some([a, b]) = self.diff.as_deref() {
            let rows = outline::differences(plan, place(a)?, place(b)?);
            let fields =
                rows.iter().map(|(key, a, b)| json!({ "key": key, "a": a, "b": b })).collect::<Vec<_>>();
            (
                outline::difference_text(a, b, &rows, console.out),
                json!({ "a": a, "b": b, "differences": fields }),
            )
        } else if self.resolved {
            let resolved =
                plan.scenarios.iter().map(|scenario| (scenario.name.clone(), scenario.traced.clone().into()));
            let fields: serde_json::Map<String, serde_json::Value> = resolved.collect();
            (outline::resolved_text(plan), json!({ "resolved": fields }))
        } else if self.capacity {
            (outline::capacity_text(plan, console.out), outline::capacity_object(plan))
        } else {
            (outline::study_text(plan, console.out), outline::study_object(plan))
        };
        if console.json {
            console.object(Exit::Done, fields)?
        } else {
            console.data(&text)?
        }
        Ok(Exit::Done)
    }
}
