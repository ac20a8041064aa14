//! `cruce schema`: the JSON Schema of the scenario format, for completion in editors.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use cruce::scenario;

use super::Exit;
use super::console::Console;
use super::exit::Refused;

/// Print the JSON Schema of study files
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce schema
  cruce schema -o study.schema.json    then put `#:schema study.schema.json` atop study.toml"
)]
pub struct Schema {
    /// Write it to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(short, long)]
    force: bool,
}

impl Schema {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let mut text = serde_json::to_string_pretty(&scenario::schema::published())?;
        text.push('\n');
        let Some(path) = &self.output else {
            console.data(&text)?;
            return Ok(Exit::Done);
        };
        if path.exists() && !self.force {
            return Err(Refused(format!("`{}` is there already; --force replaces it", path.display())).into());
        }
        fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        console.say(&format!("wrote {}", path.display()));
        Ok(Exit::Done)
    }
}
