//! The study that a verb is about: a file, a folder, or the one that is built in; and what is wrong
//! with it, drawn to stderr.
//!
//! Start at [`StudyArguments::load`].

use std::path::{Path, PathBuf};

use clap::Args;
use cruce::experiment;
use cruce::report::{json, notices};
use cruce::scenario::diagnostic::{Diagnostic, Place};
use cruce::scenario::{self, Loaded, Overrides};
use serde_json::json;

use super::Exit;
use super::console::{Console, complain};
use super::init::shell_word;
use super::template;

/// Which study, and what to change in it.
#[derive(Args, Debug)]
pub struct StudyArguments {
    /// Study folder, or its TOML file [default: the built-in study]
    #[arg(value_name = "STUDY")]
    pub file: Option<PathBuf>,
    /// Change a value in every scenario: --set demand.northbound.volume="+10 %"
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    set: Vec<(String, String)>,
    /// Seed of all chance
    #[arg(long)]
    seed: Option<u64>,
    /// Only these scenarios (and the baseline)
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    scenario: Vec<String>,
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.trim().to_owned())),
        Some(_) | None => Err("write KEY=VALUE".to_owned()),
    }
}

impl StudyArguments {
    /// Reads and checks the study. Mistakes in it are in what comes back, not an error.
    pub fn load(&self, replications: Option<scenario::phrase::Replications>) -> anyhow::Result<Loaded> {
        let overrides = Overrides {
            set: self.set.clone(),
            seed: self.seed,
            scenarios: self.scenario.clone(),
            replications,
        };
        let mut loaded = match &self.file {
            Some(path) => scenario::load(path, &overrides)?,
            None => {
                let template = template::default_template();
                let named =
                    |(file, text): &(&str, &'static str)| (format!("{}/{file}", template.name), *text);
                let files: Vec<(String, &str)> = template.files.iter().map(named).collect();
                let files: Vec<(&str, &str)> =
                    files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
                scenario::load_embedded(&files, &overrides)
            }
        };
        check_measures(&mut loaded);
        Ok(loaded)
    }

    /// The study as it is typed after a verb: ` my-study`, or nothing.
    pub fn typed(&self) -> String {
        self.file.as_deref().map(|path: &Path| format!(" {}", shell_word(path))).unwrap_or_default()
    }
}

/// Tells what is wrong with a study that cannot be run.
pub fn refuse(loaded: &Loaded, console: &Console) -> anyhow::Result<Exit> {
    draw(loaded, console);
    if let Some(code) = loaded.diagnostics.iter().find(|found| found.is_error()).map(|found| found.code) {
        console.next(&format!("cruce explain {code}"));
    }
    if console.json {
        console.object(Exit::Invalid, diagnostics(loaded))?;
    }
    Ok(Exit::Invalid)
}

/// Draws all diagnostics to stderr: errors always, warnings unless only errors are wanted.
pub fn draw(loaded: &Loaded, console: &Console) {
    let wanted = loaded.diagnostics.iter().filter(|found| found.is_error() || !console.quiet);
    let wanted: Vec<_> = wanted.cloned().collect();
    let drawn = loaded.sources.render(&wanted, console.err.color);
    if !drawn.is_empty() {
        complain(drawn.trim_end());
    }
}

/// Errors and warnings for `--json`.
pub fn diagnostics(loaded: &Loaded) -> serde_json::Value {
    let of = |errors: bool| {
        let some: Vec<_> =
            loaded.diagnostics.iter().filter(|found| found.is_error() == errors).cloned().collect();
        json::diagnostics(&notices(&some, &loaded.sources, None))
    };
    json!({ "errors": of(true), "warnings": of(false) })
}

/// The target and the goals name measures; which there are is known only when the crossing is.
fn check_measures(loaded: &mut Loaded) {
    let Some(plan) = &loaded.plan else { return };
    let unknown = experiment::unknown_measures(plan);
    if unknown.is_empty() {
        return;
    }
    for measure in unknown {
        let place = loaded.sources.iter().enumerate().find_map(|(file, (_, text))| {
            let start = text.find(&measure.name)?;
            Some(Place { file, span: start..start + measure.name.len() })
        });
        let message =
            format!("`{}` names a measure that this crossing does not have: `{}`", measure.key, measure.name);
        let mut found =
            Diagnostic::error(UNKNOWN_MEASURE, message).at(place, "no such measure").about(measure.key);
        if !measure.suggestions.is_empty() {
            found = found.help(format!("did you mean `{}`?", measure.suggestions.join("`, `")));
        }
        loaded.diagnostics.push(found);
    }
    loaded.plan = None;
}

/// As `cruce explain` knows it.
const UNKNOWN_MEASURE: &str = "E0360";
