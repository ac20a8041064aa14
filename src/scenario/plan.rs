//! A study ready to run: what `scenario` hands to `experiment`.
//!
//! Everything here is checked: numbers are in range, names exist, networks are complete. Measures
//! are still names (`scenario` does not know the catalogue of measures). Start at [`StudyPlan`].

use std::collections::{BTreeMap, BTreeSet};

use super::build::DEFAULT_SPACING;
use super::digest::{OF_THE_MODEL, digest, is_title};
use super::file::{BorderWait, Table, Text};
use super::phrase::{GoalPhrase, Minutes, Replications, Spread, TargetPhrase};
use super::resolve::{Origins, Resolved};
use super::schedule::hour;
use super::uncertain::Worlds;
use super::value::valuation;
use crate::model::network::Network;
use crate::model::value::Valuation;

/// A checked study: all its scenarios, ready to run.
#[derive(Clone, Debug)]
pub struct StudyPlan {
    /// Name of the study: its folder or file, without ending.
    pub name: String,
    /// The question.
    pub title: Text,
    /// IANA time zone.
    pub time_zone: String,
    /// First day, `YYYY-MM-DD`.
    pub start: String,
    /// Seed of all chance.
    pub seed: u64,
    /// Place of the baseline in `scenarios`: always 0.
    pub baseline: usize,
    /// How many replications.
    pub replications: Replications,
    /// When to stop.
    pub target: Option<TargetPhrase>,
    /// Differences smaller than this (seconds) are of no use.
    pub too_small: Option<f64>,
    /// What should be reached, by measure name.
    pub goals: Vec<(String, GoalPhrase)>,
    /// The baseline first, then by name.
    pub scenarios: Vec<ScenarioPlan>,
    /// Observed and check posted waits by group name of the primary station: minutes by hour 0..=23.
    pub posted_observed: BTreeMap<String, BTreeMap<u32, f64>>,
    /// The same for the period kept out of the fit.
    pub posted_check: BTreeMap<String, BTreeMap<u32, f64>>,
    /// Plausible worlds, if inputs are uncertain.
    pub worlds: Option<Worlds>,
    /// Values without a source: (path, value as written).
    pub assumptions: Vec<(String, String)>,
    /// Values with a source: (path, value as written, source).
    pub sources: Vec<(String, String, String)>,
    /// 128 bits in hexadecimal over what decides a result: resolved meaning, tables, seed, plan,
    /// format and model version; not titles, sources, comments, order or paths.
    pub digest: String,
}

impl StudyPlan {
    /// Whether every scenario meets the trucks of the baseline: no more, no fewer and no others.
    pub fn same_trucks(&self) -> bool {
        let baseline = &self.scenarios[self.baseline].network;
        self.scenarios.iter().all(|scenario| scenario.network.meets_the_same_trucks(baseline))
    }
}

/// One scenario of a study.
#[derive(Clone, Debug)]
pub struct ScenarioPlan {
    /// As in the file.
    pub name: String,
    /// As reports name it.
    pub title: Option<Text>,
    /// The crossing.
    pub network: Network,
    /// What its time, fuel and lanes are worth, if the study says so.
    pub valuation: Option<Valuation>,
    /// Keys that differ from the baseline: (path, baseline value, value here).
    pub changes: Vec<(String, String, String)>,
    /// The whole scenario as TOML after inheritance, each value with the file or scenario that it
    /// comes from: the same text whatever the order of lines in the file.
    pub resolved: String,
    /// The same, with lines: for whoever looks a value up.
    pub traced: String,
}

/// Keys whose values are names of other tables: they say how the crossing is laid out, and are
/// no quantities that need a source.
const LAYOUT: [&str; 8] = ["next", "entry", "accepts", "alarm", "clears", "late", "otherwise", "random_to"];

/// The plan of scenarios that were checked and compiled, the baseline first.
pub(super) fn study_plan(name: &str, resolved: &[Resolved], networks: Vec<Network>) -> StudyPlan {
    let first = &resolved[0];
    let study = &first.study;
    let (assumptions, sources) = assumptions_and_sources(first);
    let scenarios = resolved.iter().zip(networks).map(|(scenario, network)| ScenarioPlan {
        name: scenario.name.clone(),
        title: scenario.study.scenario.get(&scenario.name).and_then(|table| table.title.clone()),
        network,
        valuation: valuation(&scenario.study),
        changes: changes(&first.origins, &scenario.origins),
        resolved: scenario.text.clone(),
        traced: scenario.traced.clone(),
    });
    let posted = |tables: fn(&BorderWait) -> &BTreeMap<String, Table<Minutes>>| {
        let tables = study.border_wait.as_ref().map(tables).into_iter().flatten();
        tables.map(|(group, table)| (group.clone(), by_hour(table))).collect()
    };
    StudyPlan {
        name: name.to_owned(),
        title: study.study.title.clone(),
        time_zone: study.study.time_zone.clone(),
        start: study.study.start.clone(),
        seed: study.study.seed,
        baseline: 0,
        replications: study.precision.replications,
        target: study.precision.target.clone(),
        too_small: study.precision.too_small.map(|small| small.0.seconds()),
        goals: study.goals.iter().map(|(measure, goal)| (measure.clone(), *goal)).collect(),
        scenarios: scenarios.collect(),
        posted_observed: posted(|wait| &wait.observed),
        posted_check: posted(|wait| &wait.check),
        worlds: None,
        assumptions,
        sources,
        digest: digest(resolved),
    }
}

/// Keys that differ between two scenarios: (path, value there, value here), titles left out.
pub(super) fn changes(base: &Origins, here: &Origins) -> Vec<(String, String, String)> {
    let paths: BTreeSet<&str> = base.paths().chain(here.paths()).filter(|path| is_model(path)).collect();
    let differs = |path: &&str| base.canonical(path) != here.canonical(path);
    let text = |origins: &Origins, path: &str| origins.text(path).unwrap_or_default();
    let change = |path: &str| (path.to_owned(), text(base, path), text(here, path));
    paths.into_iter().filter(differs).map(change).collect()
}

/// `a table of 24 rows`.
fn told_rows(rows: usize) -> String {
    match rows {
        1 => "a table of 1 row".to_owned(),
        rows => format!("a table of {rows} rows"),
    }
}

/// Values of the baseline without and with a source. Rows of one table count as one value.
fn assumptions_and_sources(base: &Resolved) -> (Assumptions, Sourced) {
    let sources = &base.study.source;
    let mut assumptions: Assumptions = Vec::new();
    let mut sourced: Sourced = Vec::new();
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    for path in base.origins.paths().filter(|path| is_model(path) && !is_layout(path)) {
        let text = base.origins.text(path).unwrap_or_default();
        match (source_of(path, sources), table_of(path)) {
            (Some(source), _) => sourced.push((path.to_owned(), text, source.to_owned())),
            (None, Some(table)) => *tables.entry(table).or_default() += 1,
            (None, None) => assumptions.push((path.to_owned(), text)),
        }
    }
    assumptions.extend(tables.into_iter().map(|(table, rows)| (table.to_owned(), told_rows(rows))));
    for (name, road) in &base.study.road {
        let spaced = road.length.is_some() || matches!(road.split, Some(Spread::Meters(_)));
        let path = format!("road.{name}.spacing");
        if spaced && road.spacing.is_none() && source_of(&path, sources).is_none() {
            assumptions.push((path, format!("{DEFAULT_SPACING} m (unless told)")));
        }
    }
    assumptions.sort();
    (assumptions, sourced)
}

type Assumptions = Vec<(String, String)>;
type Sourced = Vec<(String, String, String)>;

/// The source of a value or of the nearest table around it.
fn source_of<'a>(path: &str, sources: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let mut path = path;
    loop {
        if let Some(source) = sources.get(path) {
            return Some(source);
        }
        path = &path[..path.rfind('.')?];
    }
}

/// Whether a path is part of the crossing, titles left out.
fn is_model(path: &str) -> bool {
    let table = path.split('.').next().unwrap_or_default();
    (table == "study" || OF_THE_MODEL.contains(&table))
        && !is_title(path)
        && !matches!(path, "study.baseline" | "study.title")
        && !path.starts_with("study.title.")
}

fn is_layout(path: &str) -> bool {
    // In which currency and of which year prices are is how to read them.
    if matches!(path, "money.currency" | "money.price_year") {
        return true;
    }
    let mut keys = path.split('.');
    let table = keys.next();
    let of_failure = table == Some("failure") && path.split('.').nth(2) == Some("lanes");
    table == Some("study")
        || of_failure
        || keys.skip(1).any(|key| LAYOUT.contains(&key))
        || path.ends_with(".class")
}

/// The table by time or row that a path is a row of.
fn table_of(path: &str) -> Option<&str> {
    let keys: Vec<&str> = path.split('.').collect();
    let depth = match keys.as_slice() {
        ["demand", _, "by_hour" | "by_weekday" | "by_month" | "trace" | "divert", _, ..] => 3,
        ["demand", _, "appointments", _] => 3,
        ["station", _, "pace_by_queue" | "pace_by_open" | "balking", _] => 3,
        ["station", _, "balking", _, _] => 4,
        ["station", _, "lanes", _, "open", _] => 5,
        ["station", _, "hours", _] => 3,
        ["officers", _, "on_duty" | "away", _] => 3,
        ["failure", _, "windows", _] => 3,
        ["officers", _, "plan", _, _, _] => 5,
        ["border_wait", "observed" | "check", _, _] => 3,
        _ => return None,
    };
    let length: usize = keys[..depth].iter().map(|key| key.len() + 1).sum();
    path.get(..length - 1)
}

fn by_hour(table: &Table<Minutes>) -> BTreeMap<u32, f64> {
    table.iter().filter_map(|(key, minutes)| Some((hour(key)?, minutes.0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_belong_to_their_table() {
        assert_eq!(table_of("demand.north.by_hour.6"), Some("demand.north.by_hour"));
        assert_eq!(
            table_of("officers.cbp.plan.primary.standard.06:00"),
            Some("officers.cbp.plan.primary.standard")
        );
        assert_eq!(table_of("officers.cbp.on_duty"), None);
        assert_eq!(
            table_of("station.primary.lanes.standard.open.mon-fri 06:00"),
            Some("station.primary.lanes.standard.open")
        );
    }

    #[test]
    fn a_source_holds_for_what_lies_below() {
        let sources = BTreeMap::from([("demand.north".to_owned(), "counts".to_owned())]);
        assert_eq!(source_of("demand.north.by_hour.6", &sources), Some("counts"));
        assert_eq!(source_of("demand.south.volume", &sources), None);
    }
}
