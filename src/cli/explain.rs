//! `cruce explain`: what a key of the file or the code of a message means.

use clap::Args;

use super::Exit;
use super::console::Console;

/// Explain a key of the file, or the code of an error or warning
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce explain E0107
  cruce explain station.primary.lanes.standard.servers"
)]
pub struct Explain {
    /// A key or a code
    topic: String,
}

impl Explain {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let _ = (&self.topic, console);
        Ok(Exit::Internal)
    }
}
