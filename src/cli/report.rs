//! `cruce report`: the page of a run that was made before, or all that repeats it in one file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use cruce::report::figure::SweepTables;
use cruce::report::words;
use serde_json::{Value, json};

use super::Exit;
use super::console::Console;
use super::exit::Refused;
use super::folder::{self, BUNDLE, REPORT};
use super::repeat::zipped;
use super::sweep;
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
    /// File to write, or - for the standard output [default: report.html or study.zip in the run folder]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(short, long)]
    force: bool,
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
        if let Some(path) = self.output.as_ref().filter(|path| path.exists() && !self.force) {
            let message =
                format!("`{}` is there; --force replaces it, -o names another file", path.display());
            return Err(Refused(message).into());
        }
        let read = Read::open(&self.run)?;
        let sweeps = sweeps(&self.sweep, &read.told().plan.name)?;
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
        if path == Path::new("-") {
            console.bytes(&contents)?;
            return Ok(Exit::Done);
        }
        folder::replace(&path, &contents)?;
        if console.json {
            console
                .object(Exit::Done, json!({ "file": path.display().to_string(), "bytes": contents.len() }))?;
        } else {
            console.data(&format!("{}\n", path.display()))?;
        }
        let size = contents.len() as f64 / 1e6;
        console.say(&match self.bundle {
            false => format!("{size:.1} MB, opens anywhere: no network, no other files"),
            true => format!("{size:.1} MB: the study, what was typed, and its report"),
        });
        if self.bundle {
            console.next(&format!("cruce run {}", super::init::shell_word(&path)));
        }
        Ok(Exit::Done)
    }
}

/// The tables of sweeps of a study, from their folders.
pub(super) fn sweeps(folders: &[PathBuf], study: &str) -> anyhow::Result<Vec<SweepTables>> {
    folders.iter().map(|folder| sweep(folder, study)).collect()
}

/// Tables that figures read; the first two are always there.
const TABLES: [&str; 4] = ["points", "sweep", "sensitivity", "first-missed"];

fn sweep(folder: &Path, study: &str) -> anyhow::Result<SweepTables> {
    let shown = folder.display();
    let refuse = |why: String| Err(Refused(format!("`{shown}` {why}")).into());
    let about = match fs::read(folder.join(sweep::PLAN)) {
        Ok(text) => serde_json::from_slice::<Value>(&text).unwrap_or_default(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Value::Null,
        Err(error) => return Err(error).with_context(|| format!("cannot read `{shown}/{}`", sweep::PLAN)),
    };
    if about["schema"] != sweep::PLAN_SCHEMA {
        return refuse("is no folder of `cruce sweep`".to_owned());
    }
    let of = |key: &str| about[key].as_str().unwrap_or_default().to_owned();
    if of("study") != study {
        let other = of("study");
        return refuse(format!("holds a sweep of the study `{}`, not of `{study}`", other.escape_debug()));
    }
    let mut tables = BTreeMap::new();
    for name in TABLES {
        let path = folder.join("tables").join(format!("{name}.csv"));
        match fs::read(&path) {
            Ok(bytes) => {
                let rows = rows(&bytes).with_context(|| format!("cannot read `{}`", path.display()))?;
                tables.insert(name.to_owned(), rows);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        }
    }
    if !TABLES[..2].iter().all(|name| tables.contains_key(*name)) {
        return refuse("holds a sweep that is not finished; the command that made it goes on".to_owned());
    }
    Ok(SweepTables { name: of("sweep"), tables })
}

/// The records of a table, its head first.
fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|record| Ok(record?.iter().map(str::to_owned).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(folder: &Path, study: &str) -> String {
        sweep(folder, study).map_or_else(|error| format!("{error:#}"), |tables| tables.name)
    }

    #[test]
    fn only_whole_sweeps_of_the_study_are_read() {
        let folder = std::env::temp_dir().join(format!("cruce-report-sweep-{}", std::process::id()));
        fs::create_dir_all(folder.join("tables")).expect("a folder for the test");
        assert!(told(&folder, "port").contains("is no folder of `cruce sweep`"));
        let about = "{\"schema\":\"cruce.sweep/1\",\"study\":\"port\",\"sweep\":\"growth\"}";
        fs::write(folder.join(sweep::PLAN), about).expect("a file for the test");
        assert!(told(&folder, "bridge").contains("of the study `port`, not of `bridge`"));
        assert!(told(&folder, "port").contains("is not finished"));
        for name in ["points", "sweep"] {
            let path = folder.join("tables").join(format!("{name}.csv"));
            fs::write(path, "point,scenario\n0,\"a, b\"\n").expect("a file for the test");
        }
        assert_eq!(told(&folder, "port"), "growth");
        let tables = sweep(&folder, "port").expect("it is whole").tables;
        assert_eq!(tables["points"], [["point", "scenario"], ["0", "a, b"]]);
        fs::write(folder.join("tables/points.csv"), "point,scenario\n0\n").expect("a file for the test");
        assert!(told(&folder, "port").contains("points.csv"));
        fs::remove_dir_all(&folder).expect("the test's own folder");
    }
}
