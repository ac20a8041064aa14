//! The study that a verb is about: a file, a folder, or the one that is built in; and what is wrong
//! with it, drawn to stderr.
//!
//! Start at [`StudyArguments::load`].

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use cruce::experiment;
use cruce::report::{json, notices};
use cruce::scenario::diagnostic::{Diagnostic, Place};
use cruce::scenario::{self, Loaded, Overrides};
use serde_json::json;

use super::Exit;
use super::console::{Console, complain};
use super::init::{quoted_word, shell_word};
use super::repeat::Recipe;
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
    #[arg(long, value_name = "A,B", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
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
        Ok(self.load_to_repeat(replications)?.0)
    }

    /// The same, with what repeats it.
    pub fn load_to_repeat(
        &self,
        replications: Option<scenario::phrase::Replications>,
    ) -> anyhow::Result<(Loaded, Recipe)> {
        let overrides = Overrides {
            set: self.set.clone(),
            seed: self.seed,
            scenarios: self.scenario.clone(),
            replications,
        };
        let (mut loaded, overrides, only) = match &self.file {
            Some(path) if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) => {
                let recipe = Recipe::of_bundle(path)?;
                let overrides = recipe.overrides(overrides);
                (recipe.load(&overrides), overrides, recipe.only)
            }
            Some(path) => (scenario::load(path, &overrides)?, overrides, None),
            None => {
                let template = template::default_template();
                let named =
                    |(file, text): &(&str, &'static str)| (format!("{}/{file}", template.name), *text);
                let files: Vec<(String, &str)> = template.files.iter().map(named).collect();
                let files: Vec<(&str, &str)> =
                    files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
                (scenario::load_embedded(&files, &overrides), overrides, None)
            }
        };
        check_measures(&mut loaded);
        let name = loaded.plan.as_ref().map_or("study", |plan| plan.name.as_str()).to_owned();
        let recipe = Recipe::of(&name, &loaded, &overrides, only);
        Ok((loaded, recipe))
    }

    /// The study as it is typed after a verb, with what is changed in it: ` my-study --seed 7`, or nothing.
    pub fn typed(&self) -> String {
        let mut words: Vec<String> = self.file.as_deref().map(shell_word).into_iter().collect();
        for (key, value) in &self.set {
            words.extend(["--set".to_owned(), quoted_word(&format!("{key}={value}"))]);
        }
        words.extend(self.seed.map(|seed| format!("--seed {seed}")));
        if !self.scenario.is_empty() {
            words.push(format!("--scenario {}", quoted_word(&self.scenario.join(","))));
        }
        words.iter().map(|word| format!(" {word}")).collect()
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
pub(super) fn check_measures(loaded: &mut Loaded) {
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
        let key = match measure.key {
            "goals" => format!("goals.{}", measure.name),
            key => key.to_owned(),
        };
        let message = format!("`{key}` cannot be told: {}", measure.why);
        let found = Diagnostic::error(UNKNOWN_MEASURE, message).at(place, measure.expected).about(key);
        let found = found.help(match measure.suggestions.as_slice() {
            _ if !measure.help.is_empty() => measure.help,
            [] => "`tables/measures.csv` of any run lists all measures".to_owned(),
            like => format!("did you mean `{}`?", like.join("`, `")),
        });
        loaded.diagnostics.push(found);
    }
    loaded.plan = None;
}

/// As `cruce explain` knows it.
const UNKNOWN_MEASURE: &str = "E0360";

/// The place of the sweep, say, that is asked for; else what is wrong: `example` tells how to have one.
pub fn chosen(
    what: &str,
    names: &[&str],
    wanted: Option<&str>,
    example: &str,
) -> Result<Option<usize>, String> {
    let found = match wanted {
        Some(name) => names.iter().position(|known| *known == name),
        None if names.len() == 1 => Some(0),
        None => None,
    };
    let listed = names.join(", ");
    match (wanted, found) {
        (_, Some(place)) => Ok(Some(place)),
        (_, None) if names.is_empty() => Err(format!("the study has no {what}; {example}")),
        (Some(name), None) => {
            Err(format!("there is no {what} `{}`; there are: {listed}", name.escape_debug()))
        }
        (None, None) => {
            let several = if what.ends_with("ch") { format!("{what}es") } else { format!("{what}s") };
            Err(format!("the study has several {several}; choose one with --name: {listed}"))
        }
    }
}
