//! `cruce report`: the page of a run that was made before, or all that repeats it in one file.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use cruce::report::figure::SweepTables;
use cruce::report::words;
use serde_json::json;

use super::Exit;
use super::console::Console;
use super::folder::{self, BUNDLE, REPORT};
use super::repeat::zipped;
use super::told::Read;

/// Write the report of a run: one page to email, or a bundle that repeats it
#[derive(Args, Debug)]
#[command(
    help_template = super::HELP,
    before_help = "Examples:
  cruce report runs/port-1a2b3c4d                    report.html in that folder
  cruce report runs/port-1a2b3c4d --lang es          the same, opening in Spanish
  cruce report runs/port-1a2b3c4d --bundle           study.zip: cruce run study.zip repeats the run",
    after_help = super::exit::TABLE
)]
pub struct Report {
    /// Run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Language in which the page opens; it holds both
    #[arg(long, value_enum, default_value_t = Language::En, value_name = "LANG")]
    lang: Language,
    /// Also show this sweep of the study (a folder of `cruce sweep`); may be repeated
    #[arg(long, value_name = "DIR")]
    sweep: Vec<PathBuf>,
    /// Write study.zip instead: the study, what was typed, and the page
    #[arg(long)]
    bundle: bool,
    /// File to write [default: report.html or study.zip in the run folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A language of pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Language {
    // English.
    En,
    // Spanish.
    Es,
}

impl From<Language> for words::Language {
    fn from(language: Language) -> words::Language {
        match language {
            Language::En => words::Language::English,
            Language::Es => words::Language::Spanish,
        }
    }
}

impl Report {
    pub fn perform(&self, console: &Console) -> anyhow::Result<Exit> {
        let read = Read::open(&self.run)?;
        let sweeps = sweeps(&self.sweep)?;
        let page = read.told().page(self.lang.into(), &sweeps)?;
        let (name, contents) = match self.bundle {
            false => (REPORT, page.into_bytes()),
            true => {
                let mut parts = read.recipe.parts()?;
                parts.push((REPORT.to_owned(), page.into_bytes()));
                (BUNDLE, zipped(&parts)?)
            }
        };
        let path = self.output.clone().unwrap_or_else(|| self.run.join(name));
        folder::replace(&path, &contents)?;
        if console.json {
            console
                .object(Exit::Done, json!({ "file": path.display().to_string(), "bytes": contents.len() }))?;
        } else {
            console.data(&format!("{}\n", path.display()))?;
        }
        let size = contents.len() as f64 / 1e6;
        console.say(&format!("{size:.1} MB, opens anywhere: no network, no other files"));
        if self.bundle {
            console.next(&format!("cruce run {}", super::init::shell_word(&path)));
        }
        Ok(Exit::Done)
    }
}

/// The tables of sweeps, from their folders.
pub(super) fn sweeps(folders: &[PathBuf]) -> anyhow::Result<Vec<SweepTables>> {
    folders.iter().map(|folder| sweep(folder)).collect()
}

fn sweep(_folder: &Path) -> anyhow::Result<SweepTables> {
    Ok(SweepTables::default())
}
