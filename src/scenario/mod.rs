//! From a scenario file to a plan that can be run.
//!
//! text → `document` (a tree in which every value knows its place) → `table` (CSV files in) →
//! `schema` (strict keys and phrases, all mistakes in one pass) → `resolve` (inheritance and
//! overrides, one tree per scenario) → [`file::Study`] → check and build → [`plan::StudyPlan`].
//! What a user wrote wrong is a [`diagnostic::Diagnostic`]; what the file system did wrong is a
//! [`LoadError`]. Nothing here is printed. Start at [`load`].

pub mod build;
pub mod calendar;
mod change;
pub mod check;
pub mod code;
mod design;
pub mod diagnostic;
pub mod digest;
pub mod document;
mod event;
pub mod explain;
mod factor;
pub mod file;
mod inherit;
mod keys;
pub mod limit;
pub mod lint;
pub mod optimize;
mod outlook;
mod path;
pub mod phrase;
pub mod plan;
mod range;
pub mod ready;
pub mod resolve;
pub mod schedule;
pub mod schema;
pub mod security;
mod show;
pub mod sweep;
mod table;
pub mod uncertain;
pub mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use diagnostic::{Diagnostic, Place, Sources};
use document::{Folder, Node};
use event::Stretch;
use inherit::{Change, Scenarios};
use keys::Reading;
use limit::MOST_SCENARIOS;
use optimize::Optimize;
use phrase::Replications;
use plan::StudyPlan;
use ready::Parts;
use resolve::{Later, Resolved};
use sweep::Sweep;
use uncertain::Worlds;

/// What the command line adds to a study; it acts on every scenario, after all that the file says.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--set key=value`, in order.
    pub set: Vec<(String, String)>,
    /// `--seed`.
    pub seed: Option<u64>,
    /// `--scenario a,b`: only these and the baseline; empty means all.
    pub scenarios: Vec<String>,
    /// `--reps`.
    pub replications: Option<Replications>,
}

/// A study that was read.
#[derive(Debug)]
pub struct Loaded {
    /// What to run; `None` when an error was found.
    pub plan: Option<StudyPlan>,
    /// All errors and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// The files they point into.
    pub sources: Sources,
    /// Its sweeps, in name order.
    pub sweeps: Vec<Sweep>,
    /// Its searches, in name order.
    pub searches: Vec<Optimize>,
}

/// The file system did not give what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The study cannot be read.
    #[error("cannot read `{}`", path.display())]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why it could not be.
        source: std::io::Error,
    },
}

/// Reads a study: a folder with `study.toml`, or one TOML file.
///
/// # Errors
/// When the study itself cannot be read. Whatever is wrong inside is a diagnostic in the result.
pub fn load(path: &Path, overrides: &Overrides) -> Result<Loaded, LoadError> {
    let unreadable = |path: &Path, source| LoadError::Unreadable { path: path.to_owned(), source };
    let is_folder = path.metadata().map_err(|source| unreadable(path, source))?.is_dir();
    let file = if is_folder { path.join(STUDY_FILE) } else { path.to_owned() };
    if !file.metadata().map_err(|source| unreadable(&file, source))?.is_file() {
        return Err(unreadable(&file, std::io::Error::other("it is no regular file")));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let study =
        if is_folder { path.canonicalize().ok().and_then(|path| name_of(&path)) } else { name_of(&file) };
    let study = study.unwrap_or_else(|| "study".to_owned());
    let bytes = document::read_limited(&file).map_err(|source| unreadable(&file, source))?;
    let mut reading = Reading::new(Folder::Disk(folder.to_owned()));
    match bytes {
        Some(bytes) => Ok(read(reading, &study, &name, &bytes, overrides)),
        None => {
            let file = reading.sources.add(name.as_str(), "");
            reading.report(document::too_large(&name).at(Some(diagnostic::Place { file, span: 0..0 }), ""));
            Ok(finish(reading, None))
        }
    }
}

/// Reads a study that is one text: its tables stand in it.
pub fn load_text(name: &str, text: &str) -> Loaded {
    load_embedded(&[(&format!("{name}/{STUDY_FILE}"), text)], &Overrides::default())
}

/// Reads a study that the program carries: `study.toml` and its tables, by name. Names may begin with
/// the folder, which then names the study: `ysleta/study.toml`.
pub fn load_embedded(files: &[(&str, &str)], overrides: &Overrides) -> Loaded {
    let study = files.iter().find(|(name, _)| name.rsplit('/').next() == Some(STUDY_FILE));
    let prefix = study.map_or("", |(name, _)| name.strip_suffix(STUDY_FILE).unwrap_or(""));
    let texts = files
        .iter()
        .map(|(name, text)| (name.strip_prefix(prefix).unwrap_or(name).to_owned(), (*text).to_owned()));
    let reading = Reading::new(Folder::Embedded(texts.collect()));
    let name =
        prefix.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("study");
    read(reading, name, STUDY_FILE, study.map_or("", |(_, text)| text).as_bytes(), overrides)
}

/// Reads a study of which all files are at hand, by name relative to its folder; `file` is the one with the scenarios.
pub fn load_files(study: &str, file: &str, files: BTreeMap<String, String>, overrides: &Overrides) -> Loaded {
    let text = files.get(file).cloned().unwrap_or_default();
    read(Reading::new(Folder::Embedded(files)), study, file, text.as_bytes(), overrides)
}

/// Name of the file in a study folder.
pub const STUDY_FILE: &str = "study.toml";

/// A file or folder name without ending.
fn name_of(path: &Path) -> Option<String> {
    Some(path.file_stem()?.to_string_lossy().into_owned())
}

fn finish(reading: Reading, plan: Option<StudyPlan>) -> Loaded {
    let (diagnostics, sources) = reading.finish();
    Loaded { plan, diagnostics, sources, sweeps: Vec::new(), searches: Vec::new() }
}

fn read(mut reading: Reading, study: &str, file_name: &str, bytes: &[u8], overrides: &Overrides) -> Loaded {
    let mut besides = Besides::default();
    let resolved = resolve_all(&mut reading, file_name, bytes, overrides, &mut besides);
    let Besides { dangling, sweeps, searches, worlds } = besides;
    if reading.errors() > 0 {
        return finish(reading, None);
    }
    let (plan, mut found) = build::build(study, &resolved);
    // A name that leads nowhere may be the slip for which nothing leads to a station.
    if found.iter().all(|found| found.code != "E0301") {
        found.retain(|found| {
            found.code != "W0411" || dangling.iter().all(|other| other.origin != found.origin)
        });
        found.extend(dangling);
    }
    // A scenario may differ in years ahead only.
    let ahead =
        |origin: &str| sweeps.iter().any(|sweep| sweep.builds(origin.trim_start_matches("scenario.")));
    found.retain(|found| found.code != "W0405" || !found.origin.as_deref().is_some_and(ahead));
    found.into_iter().for_each(|diagnostic| reading.report(diagnostic));
    let plan = plan.filter(|_| reading.errors() == 0).map(|plan| match worlds {
        Some(worlds) => StudyPlan { digest: worlds.digest(&plan.digest), worlds: Some(worlds), ..plan },
        None => plan,
    });
    Loaded { sweeps, searches, ..finish(reading, plan) }
}

/// What a study holds besides its scenarios.
#[derive(Default)]
struct Besides {
    /// Stations that no scenario names, those left out by `--scenario` too.
    dangling: Vec<Diagnostic>,
    sweeps: Vec<Sweep>,
    searches: Vec<Optimize>,
    worlds: Option<Worlds>,
}

/// Every scenario as a typed study, the baseline first, then by name; errors are in `reading`.
fn resolve_all(
    reading: &mut Reading,
    file_name: &str,
    bytes: &[u8],
    overrides: &Overrides,
    besides: &mut Besides,
) -> Vec<Resolved> {
    let file = match document::add_text(&mut reading.sources, file_name, bytes) {
        Ok(file) => file,
        Err(diagnostic) => {
            reading.report(diagnostic);
            return Vec::new();
        }
    };
    if reading.sources.text(file).trim().is_empty() {
        let empty = Diagnostic::error("E0106", format!("`{file_name}` is empty"));
        let help = "`cruce init` writes a study to start from";
        reading.report(empty.at(Some(Place { file, span: 0..0 }), "").help(help));
        return Vec::new();
    }
    let mut tree = match document::read(&reading.sources, file) {
        Ok(tree) => tree,
        Err(found) => {
            found.into_iter().for_each(|diagnostic| reading.report(diagnostic));
            return Vec::new();
        }
    };
    if let Some(format) = tree.table().and_then(|table| table.get("format"))
        && let document::Value::Integer(version) = format.value
        && version != FORMAT
    {
        let diagnostic = Diagnostic::error("E0118", format!("format {version} is not known"));
        reading.report(
            diagnostic.at(Some(format.place.clone()), format!("this cruce reads format {FORMAT}")).help(
                format!("write `format = {FORMAT}`, or read the file with the cruce that it was written for"),
            ),
        );
        return Vec::new();
    }
    // The whole file first, so that every mistake is found where it stands.
    reading.check(&mut tree, schema::study(), &mut Vec::new());
    let section = tree.table_mut().and_then(|table| table.remove("scenario"));
    let swept = tree.table_mut().and_then(|table| table.remove("sweep"));
    let searched = tree.table_mut().and_then(|table| table.remove("optimize"));
    let uncertain = tree.table_mut().and_then(|table| table.remove("uncertain"));
    let names: Vec<String> =
        section.iter().filter_map(|node| node.table()).flat_map(|table| table.keys().cloned()).collect();
    if names.len() > MOST_SCENARIOS {
        let message = format!("{} scenarios are more than {MOST_SCENARIOS}", names.len());
        reading.report(Diagnostic::error("E0103", message).help("put the others into a study of their own"));
        return Vec::new();
    }
    let extra = command_line(reading, overrides);
    // Only worlds need the file as it is before scenarios act on it.
    let base = uncertain.as_ref().map(|_| tree.clone());
    let mut scenarios = Scenarios::new(reading, tree, section.as_ref(), extra.clone());
    let mut trees: BTreeMap<String, (Node, Vec<Stretch>)> = BTreeMap::new();
    for (name, tree) in scenarios.resolve() {
        let stretches = event::stretches(&mut scenarios, &tree);
        trees.insert(name, (tree, stretches));
    }
    let all_trees = trees.values_mut().flat_map(|(tree, stretches)| {
        std::iter::once(tree).chain(stretches.iter_mut().map(|stretch| &mut stretch.tree))
    });
    for tree in all_trees {
        reading.check(tree, schema::study(), &mut Vec::new());
    }
    let baseline = baseline(reading, &trees);
    for wanted in overrides.scenarios.iter().filter(|wanted| !trees.contains_key(*wanted)) {
        reading.report(inherit::unknown_scenario(wanted, trees.keys()));
    }
    if reading.errors() > 0 {
        return Vec::new();
    }
    besides.dangling = inherit::dangling_stations(trees.values().flat_map(|(tree, stretches)| {
        std::iter::once(tree).chain(stretches.iter().map(|stretch| &stretch.tree))
    }));
    if let Some(baseline) = baseline.as_ref().filter(|_| swept.is_some() || searched.is_some()) {
        let seed =
            trees[baseline].0.table().and_then(|tree| tree.get("study")?.table()?.get("seed")?.scalar());
        let named = trees.iter().map(|(name, (tree, _))| (name.clone(), tree.clone()));
        let parts = Parts {
            reading: reading.clone(),
            trees: Arc::new(named.collect()),
            sections: Arc::new(section.clone()),
            baseline: baseline.clone(),
            only: overrides.scenarios.clone(),
            seed: seed.and_then(|seed| seed.parse().ok()).unwrap_or(1),
        };
        let mut found = Vec::new();
        besides.sweeps = swept.map(|section| sweep::sweeps(&section, &parts, &mut found)).unwrap_or_default();
        besides.searches =
            searched.map(|section| optimize::searches(&section, &parts, &mut found)).unwrap_or_default();
        found.into_iter().for_each(|diagnostic| reading.report(diagnostic));
    }
    let wanted = |name: &String| {
        overrides.scenarios.is_empty()
            || overrides.scenarios.contains(name)
            || Some(name) == baseline.as_ref()
    };
    if let (Some(section_of_inputs), Some(base), Some(baseline)) = (&uncertain, base, &baseline) {
        let mut names: Vec<String> = trees.keys().filter(|name| wanted(name)).cloned().collect();
        names.sort_by_key(|name| name != baseline);
        let parts = uncertain::Parts {
            reading: reading.clone(),
            base,
            sections: section.clone(),
            extra,
            scenarios: names,
            baseline: trees[baseline].0.clone(),
        };
        let mut found = Vec::new();
        besides.worlds = uncertain::worlds(section_of_inputs, parts, &mut found);
        found.into_iter().for_each(|diagnostic| reading.report(diagnostic));
    }
    let mut resolved = Vec::new();
    for (name, (tree, stretches)) in trees.into_iter().filter(|(name, _)| wanted(name)) {
        let own = section.as_ref().and_then(|section| section.table()?.get(&name));
        let resolve = |tree| Resolved::new(&name, tree, own, &reading.files, &reading.sources);
        let later = stretches
            .into_iter()
            .map(|Stretch { from, events, tree }| Ok(Later { from, events, resolved: resolve(tree)? }));
        let scenario = resolve(tree).and_then(|scenario| {
            Ok(Resolved { later: later.collect::<Result<_, Diagnostic>>()?, ..scenario })
        });
        match scenario {
            Ok(scenario) => resolved.push(scenario),
            Err(diagnostic) => reading.report(diagnostic),
        }
    }
    resolved.sort_by_key(|scenario| Some(&scenario.name) != baseline.as_ref());
    resolved
}

/// All points of a sampled design in the unit cube, by factor; none for designs of listed levels.
pub fn unit_cube(design: phrase::DesignPhrase, name: &str, factors: usize, seed: u64) -> Vec<Vec<f64>> {
    let cube = design::Cube::new(design, name, factors, seed);
    let point =
        |cube: &design::Cube, point| (0..factors).map(|factor| cube.coordinate(point, factor)).collect();
    cube.iter().flat_map(|cube| (0..cube.points()).map(|place| point(cube, place))).collect()
}

/// What stands for a file where something was typed.
pub const COMMAND_LINE: &str = "the command line";

/// The format that this version reads.
const FORMAT: i128 = 1;

/// The scenario that the others are compared with.
fn baseline(reading: &mut Reading, trees: &BTreeMap<String, (Node, Vec<Stretch>)>) -> Option<String> {
    let path = ["study".to_owned(), "baseline".to_owned()];
    let node = trees.values().next().and_then(|(tree, _)| path::value_at(tree, &path)).cloned();
    if let Some(node) = node {
        let name = node.scalar()?;
        if !trees.contains_key(&name) {
            let diagnostic = inherit::unknown_scenario(&name, trees.keys());
            reading.report(diagnostic.at(Some(node.place), "the baseline is one of the scenarios"));
        }
        return Some(name);
    }
    if trees.len() == 1 {
        return trees.keys().next().cloned();
    }
    if trees.contains_key("base") {
        return Some("base".to_owned());
    }
    let names: Vec<String> = trees.keys().map(|name| format!("`{name}`")).collect();
    let section =
        trees.values().next().and_then(|(tree, _)| path::value_at(tree, &path[..1])).map(Node::key_place);
    reading.report(
        Diagnostic::error("E0106", "the study does not say which scenario the others are compared with")
            .at(section, "`baseline` is missing")
            .help(format!("write `baseline = ...` in the section `study`: one of {}", names.join(", "))),
    );
    None
}

/// What the command line sets, as a text of its own, so that mistakes in it have a place.
fn command_line(reading: &mut Reading, overrides: &Overrides) -> Vec<Change> {
    let mut settings: Vec<(&str, String, String)> =
        overrides.set.iter().map(|(key, value)| ("--set ", key.clone(), value.clone())).collect();
    settings.extend(overrides.seed.map(|seed| ("--seed ", "study.seed".to_owned(), seed.to_string())));
    let replications = overrides.replications.map(|replications| replications.to_string());
    settings.extend(
        replications.map(|replications| ("--reps ", "precision.replications".to_owned(), replications)),
    );
    if settings.is_empty() {
        return Vec::new();
    }
    let lines: Vec<String> =
        settings
            .iter()
            .map(|(option, key, value)| {
                if *option == "--set " {
                    format!("{option}{key}={value}")
                } else {
                    format!("{option}{value}")
                }
            })
            .collect();
    let file = reading.sources.add(COMMAND_LINE, lines.join("\n"));
    let mut start = 0;
    let mut changes = Vec::new();
    for ((option, key, value), line) in settings.into_iter().zip(&lines) {
        let end = start + line.len();
        let key_start = start + option.len();
        let key_end = if option == "--set " { key_start + key.len() } else { end };
        let value_place = diagnostic::Place { file, span: end - value.len()..end };
        let mut node = if change::relative(&value).is_some() {
            Node::new(document::Value::Text(value), value_place)
        } else {
            let mut found = Vec::new();
            let node = document::read_value(&value, &value_place, &mut found);
            found.into_iter().for_each(|mistake| reading.report(mistake));
            node
        };
        node.key = Some(diagnostic::Place { file, span: key_start..key_end });
        changes.push(Change { path: key.replace('"', ""), node });
        start = end + 1;
    }
    changes
}
