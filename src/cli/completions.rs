//! `cruce completions`: what a shell needs to complete our commands.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::console::Console;
use super::{Cli, Exit};

/// Print completions for a shell
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce completions bash > ~/.local/share/bash-completion/completions/cruce
  cruce completions powershell >> $PROFILE"
)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "cruce", &mut script);
        console.data(&String::from_utf8(script)?)?;
        Ok(Exit::Done)
    }
}
