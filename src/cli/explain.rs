//! `cruce explain`: what a key of the file, a distribution, or the code of a message means.

use clap::Args;
use cruce::scenario;
use serde_json::json;

use super::Exit;
use super::console::Console;
use super::exit::WrongUsage;

/// Explain a key of the file, a distribution, or the code of an error or warning
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce explain E0107
  cruce explain station.primary.lanes.standard.servers
  cruce explain \"gamma(mean = 70 s, cv = 0.5)\""
)]
pub struct Explain {
    /// A key, a code, or a distribution
    topic: String,
}

impl Explain {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let text = scenario::explain::explain(&self.topic).map_err(WrongUsage)?;
        if console.json {
            console.object(Exit::Done, json!({ "topic": self.topic, "text": text }))?;
        } else {
            console.data(&text)?;
        }
        Ok(Exit::Done)
    }
}
