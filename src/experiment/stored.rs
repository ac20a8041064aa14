//! Stored runs compared with one another: the pairing of replications of scenarios that were run apart.
//!
//! A run folder holds every replication's values (`tables/replications.csv`) and, in its manifest, what made
//! them. Two scenarios are paired only if the same trucks came to both: the same seed, the same demand, the
//! same version of the model; what differs is named. The gain of common random numbers is told with an
//! interval. Start at [`StoredRun::open`] and [`compared`].

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;
use thiserror::Error;

use super::compare::Comparer;
use super::fold::Fold;
use super::result::{MinimumRuns, ScenarioResult, Stopping, StudyResult};
use super::running::{Level, Running};
use crate::measure::{Entry, Measure, Statistic, Unit};

/// A run folder.
#[derive(Clone, Debug)]
pub struct StoredRun {
    folder: PathBuf,
    /// What must be alike in runs that are paired: what it is called, and its value.
    alike: Vec<(&'static str, String)>,
    headline: String,
    baseline: String,
    too_small: Option<f64>,
    /// In the order of the table.
    pub scenarios: Vec<StoredScenario>,
}

/// A scenario of a stored run.
#[derive(Clone, Debug)]
pub struct StoredScenario {
    /// As in the study.
    pub name: String,
    /// Of the trucks that come.
    demand: String,
    /// Values by entry and replication; NaN where nothing was observed.
    values: BTreeMap<String, (Entry, BTreeMap<u32, f64>)>,
}

/// A scenario of a stored run, as it is compared.
#[derive(Clone, Copy, Debug)]
pub struct System<'a> {
    /// Its run.
    pub run: &'a StoredRun,
    /// Its scenario.
    pub scenario: &'a StoredScenario,
}

/// Why stored runs cannot be compared.
#[derive(Debug, Error)]
pub enum StoredError {
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no run folder, or one of another version.
    #[error("`{}` is no run that can be compared: {why}", folder.display())]
    NoRun {
        /// Which.
        folder: PathBuf,
        /// Why.
        why: String,
    },
    /// There is no such scenario.
    #[error("`{}` has no scenario `{}`; it has {known}", folder.display(), name.escape_debug())]
    NoScenario {
        /// The run.
        folder: PathBuf,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// They did not meet the same trucks.
    #[error(
        "`{first}` and `{second}` did not meet the same trucks: {what} differs (`{here}` and `{there}`); run both \
         with the same {what}, and compare again"
    )]
    Differs {
        /// A system.
        first: String,
        /// The other.
        second: String,
        /// What differs.
        what: &'static str,
        /// Of the first.
        here: String,
        /// Of the second.
        there: String,
    },
    /// No replication is in both.
    #[error("`{0}` and `{1}` have no replication in common")]
    Nothing(String, String),
}

/// What common random numbers gain for a measure: how many times more replications independent runs would need.
#[derive(Clone, Debug, PartialEq)]
pub struct Gain {
    /// Place of the entry in the result.
    pub entry: usize,
    /// Variance of independent differences over that of the paired ones; `None` if the paired do not vary.
    pub ratio: Option<f64>,
    /// Ends of its 95 % interval (jackknife of the logarithm: Miller, Biometrika 61, 1974).
    pub interval: Option<[f64; 2]>,
}

/// Stored scenarios beside one another.
#[derive(Clone, Debug)]
pub struct Compared {
    /// As a study would have it: the first system is the baseline.
    pub result: StudyResult,
    /// By system but the first, and whole-run entry.
    pub gains: Vec<Vec<Gain>>,
    /// Whether as many trucks of each class came in each replication.
    pub same_trucks: bool,
}

impl StoredRun {
    /// Opens a run folder.
    ///
    /// # Errors
    /// When it is none, or cannot be read.
    pub fn open(folder: &Path) -> Result<StoredRun, StoredError> {
        let no_run = |why: &str| StoredError::NoRun { folder: folder.to_owned(), why: why.to_owned() };
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|source| match source.kind() {
                io::ErrorKind::NotFound if folder.join("sweep.json").is_file() => {
                    no_run("`cruce sweep` wrote it; runs are compared with runs")
                }
                io::ErrorKind::NotFound if folder.is_dir() => no_run(&format!("it has no `{name}`")),
                _ => StoredError::File { path, source },
            })
        };
        let manifest: Value = serde_json::from_slice(&read("manifest.json")?)
            .map_err(|_| no_run("its manifest cannot be read"))?;
        if manifest["schema"] != "cruce.manifest/1" {
            return Err(no_run("its manifest is not one of cruce"));
        }
        if let Some(verb) = manifest["verb"].as_str().filter(|verb| *verb != "run") {
            return Err(no_run(&format!("`cruce {verb}` wrote it; runs are compared with runs")));
        }
        let text = |key: &str| match &manifest[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let Value::Object(demand) = &manifest["demand"] else {
            return Err(no_run("it was written by an older version; run it again"));
        };
        let table = read("tables/replications.csv")?;
        let scenarios = scenarios(&table, demand).map_err(|why| no_run(&why))?;
        Ok(StoredRun {
            folder: folder.to_owned(),
            alike: vec![
                ("version", text("version")),
                ("model version", text("model_version")),
                ("seed", text("seed")),
            ],
            headline: text("headline"),
            baseline: text("baseline"),
            too_small: manifest["too_small"].as_f64(),
            scenarios,
        })
    }

    /// A scenario by its name; without one the first of the table, which is the baseline.
    ///
    /// # Errors
    /// When there is none.
    pub fn system(&self, name: Option<&str>) -> Result<System<'_>, StoredError> {
        let name = name.unwrap_or(&self.baseline);
        let scenario = self.scenarios.iter().find(|scenario| scenario.name == name);
        let known = || {
            let names: Vec<String> =
                self.scenarios.iter().map(|scenario| format!("`{}`", scenario.name)).collect();
            names.join(", ")
        };
        let scenario = scenario.ok_or_else(|| StoredError::NoScenario {
            folder: self.folder.clone(),
            name: name.to_owned(),
            known: known(),
        })?;
        Ok(System { run: self, scenario })
    }
}

impl System<'_> {
    /// As messages name it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.run.folder.display(), self.scenario.name)
    }
}

fn scenarios(table: &[u8], demand: &serde_json::Map<String, Value>) -> Result<Vec<StoredScenario>, String> {
    let wrong = |why: String| format!("`tables/replications.csv` cannot be read: {why}");
    let mut reader = csv::Reader::from_reader(table);
    let head = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    const COLUMNS: [&str; 9] =
        ["scenario", "replication", "measure", "station", "group", "class", "statistic", "unit", "value"];
    let mut places = [0; COLUMNS.len()];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        let found = head.iter().position(|column| column == name);
        *place = found.ok_or_else(|| wrong(format!("it has no column `{name}`")))?;
    }
    let mut scenarios: Vec<StoredScenario> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let cell = |place: usize| record.get(places[place]).unwrap_or_default();
        let some = |place: usize| Some(cell(place).to_owned()).filter(|text| !text.is_empty());
        let bad = |place: usize| wrong(format!("`{}` is no {}", cell(place), COLUMNS[place]));
        let measure: Measure = word(cell(2)).ok_or_else(|| bad(2))?;
        let statistic: Statistic = word(cell(6)).ok_or_else(|| bad(6))?;
        let unit = Unit::of_files(cell(7)).ok_or_else(|| bad(7))?;
        let replication: u32 = cell(1).parse().map_err(|_| bad(1))?;
        let value = match cell(8) {
            "" => f64::NAN,
            text => text.parse::<f64>().map_err(|_| bad(8))? * unit.in_files().0,
        };
        let scope = [some(3), some(4), some(5)];
        let last = Some(statistic.name().to_owned()).filter(|_| statistic != Statistic::Value);
        let parts = [Some(measure.name().to_owned())].into_iter().chain(scope.clone()).chain([last]);
        let name = parts.flatten().collect::<Vec<_>>().join(".");
        let scenario = cell(0);
        if scenarios.last().is_none_or(|last| last.name != scenario) {
            let demand = demand.get(scenario).and_then(Value::as_str).unwrap_or_default().to_owned();
            scenarios.push(StoredScenario { name: scenario.to_owned(), demand, values: BTreeMap::new() });
        }
        let [station, group, class] = scope;
        let entry =
            Entry { name: name.clone(), measure, station, group, class, period: None, statistic, unit };
        let values = &mut scenarios.last_mut().expect("one was pushed").values;
        values.entry(name).or_insert_with(|| (entry, BTreeMap::new())).1.insert(replication, value);
    }
    Ok(scenarios)
}

/// A word of a table as the variant that it names.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::from(text)).ok()
}

/// Compares stored scenarios with the first of them, replication by replication.
///
/// # Errors
/// When two did not meet the same trucks, or have no replication in common.
pub fn compared(systems: &[System]) -> Result<Compared, StoredError> {
    let first = &systems[0];
    for other in &systems[1..] {
        let pairs = first.run.alike.iter().zip(&other.run.alike);
        let demand = ("demand", first.scenario.demand.clone());
        let other_demand = ("demand", other.scenario.demand.clone());
        for (here, there) in pairs.chain([(&demand, &other_demand)]) {
            if here.1 != there.1 {
                return Err(StoredError::Differs {
                    first: first.name(),
                    second: other.name(),
                    what: here.0,
                    here: here.1.clone(),
                    there: there.1.clone(),
                });
            }
        }
    }
    let numbers = |system: &System| -> Vec<u32> {
        let mut numbers: Vec<u32> =
            system.scenario.values.values().flat_map(|(_, values)| values.keys().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    let mut common = numbers(first);
    for other in &systems[1..] {
        let own = numbers(other);
        common.retain(|number| own.binary_search(number).is_ok());
        if common.is_empty() {
            return Err(StoredError::Nothing(first.name(), other.name()));
        }
    }
    let entries: Vec<Entry> = first.scenario.values.values().map(|(entry, _)| entry.clone()).collect();
    let folds: Vec<Fold> = systems.iter().map(|system| fold(system, &entries, &common)).collect();
    Ok(assembled(systems, entries, folds, common[0]))
}

fn fold(system: &System, entries: &[Entry], numbers: &[u32]) -> Fold {
    let mut fold = Fold::new((0..entries.len()).collect(), entries.len(), entries.len(), 1, numbers[0]);
    let row = |number: &u32| {
        let value = |entry: &Entry| {
            let values = system.scenario.values.get(&entry.name);
            values.and_then(|(_, values)| values.get(number)).copied().unwrap_or(f64::NAN)
        };
        entries.iter().map(value).collect()
    };
    fold.values = numbers.iter().map(row).collect();
    fold
}

fn assembled(systems: &[System], entries: Vec<Entry>, folds: Vec<Fold>, first: u32) -> Compared {
    let family = systems.len() - 1;
    let (single, together) = (Level::new(0.95), Level::together(family));
    let run = systems[0].run;
    let headline = entries.iter().position(|entry| entry.name == run.headline).unwrap_or(0);
    let mut classes: Vec<String> = entries.iter().filter_map(|entry| entry.class.clone()).collect();
    classes.sort();
    classes.dedup();
    let comparer = Comparer {
        entries: &entries,
        whole_run: entries.len(),
        headline,
        baseline: (0, &folds[0]),
        too_small: run.too_small,
        together: &together,
        family,
    };
    let names = names(systems);
    let compare = |place: usize| comparer.compare(place, &names[place], &folds[place], &classes);
    let comparisons = (1..systems.len()).map(compare).collect();
    let gain = |place: usize, entry: usize| {
        let pairs: Vec<(f64, f64)> = folds[place].series(entry).zip(folds[0].series(entry)).collect();
        gain(entry, &pairs)
    };
    let gains = (1..systems.len()).map(|place| (0..entries.len()).map(|entry| gain(place, entry)).collect());
    let gains = gains.collect();
    let entered = |fold: &Fold| -> Vec<Vec<u64>> {
        let of = entries.iter().enumerate();
        let of = of.filter(|(_, entry)| {
            (entry.measure, entry.statistic) == (Measure::Trucks, Statistic::Entered) && entry.class.is_none()
        });
        of.map(|(place, _)| fold.series(place).map(f64::to_bits).collect()).collect()
    };
    let same_trucks = folds[1..].iter().all(|fold| entered(fold) == entered(&folds[0]));
    let replications = folds[0].values.len() as u32;
    let scenarios = folds.into_iter().zip(&names).map(|(fold, name)| ScenarioResult {
        name: name.clone(),
        title: name.clone(),
        estimates: fold.estimates(&single),
        values: fold.values,
        pooled: Vec::new(),
        queues: Vec::new(),
        storage: Vec::new(),
        links: Vec::new(),
        failures: Vec::new(),
        minimum_runs: MinimumRuns { formula: "", tolerance: 0.1, needed: None, used: replications },
        warm_up: None,
        one_run: Vec::new(),
    });
    let result = StudyResult {
        seed: run
            .alike
            .iter()
            .find(|(what, _)| *what == "seed")
            .and_then(|(_, seed)| seed.parse().ok())
            .unwrap_or(0),
        first_replication: first,
        replications,
        baseline: 0,
        scenarios: scenarios.collect(),
        whole_run: entries.len(),
        entries,
        periods: Vec::new(),
        headline,
        comparisons,
        family,
        confidence: together.confidence(),
        too_small: run.too_small,
        stopping: Stopping {
            target: None,
            met: None,
            least: replications,
            most: replications,
            looks: Vec::new(),
        },
        goals: Vec::new(),
        posted: Vec::new(),
        plausible: None,
        appraisal: None,
        controls: Vec::new(),
        warnings: Vec::new(),
        interrupted: false,
    };
    Compared { result, gains, same_trucks }
}

/// Names of systems: of their scenarios, with the run where that is needed.
fn names(systems: &[System]) -> Vec<String> {
    let plain: Vec<&str> = systems.iter().map(|system| system.scenario.name.as_str()).collect();
    let folder = |system: &System| {
        system.run.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    let distinct = |place: usize| plain.iter().filter(|name| **name == plain[place]).count() == 1;
    let name = |(place, system): (usize, &System)| match distinct(place) {
        true => plain[place].to_owned(),
        false => format!("{}:{}", folder(system), plain[place]),
    };
    systems.iter().enumerate().map(name).collect()
}

/// The gain of pairing, with the jackknife interval of its logarithm.
fn gain(entry: usize, pairs: &[(f64, f64)]) -> Gain {
    let pairs: Vec<(f64, f64)> =
        pairs.iter().copied().filter(|(here, there)| !here.is_nan() && !there.is_nan()).collect();
    let ratio = |left_out: Option<usize>| {
        let kept = || {
            pairs.iter().enumerate().filter(move |(place, _)| Some(*place) != left_out).map(|(_, pair)| pair)
        };
        let variance = |of: fn(&(f64, f64)) -> f64| Running::of(kept().map(of)).variance();
        let apart = variance(|pair| pair.0)? + variance(|pair| pair.1)?;
        let paired = variance(|pair| pair.0 - pair.1)?;
        (paired > 0.0 && apart > 0.0).then(|| apart / paired)
    };
    let whole = ratio(None);
    let interval = whole.and_then(|whole| {
        let logs = (0..pairs.len()).map(|place| ratio(Some(place)).map(libm::log));
        let logs: Vec<f64> = logs.collect::<Option<_>>()?;
        let n = logs.len() as f64;
        let pseudo = logs.iter().map(|log| n * libm::log(whole) - (n - 1.0) * log);
        let mean = Running::of(pseudo).mean(&Level::new(0.95));
        Some([libm::exp(mean.low()?), libm::exp(mean.high()?)])
    });
    Gain { entry, ratio: whole, interval }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draws::{Key, Purpose, uniform};

    /// x = a + e, y = a + f with variances 9, 1, 1: 20 over 2 is 10; the interval holds it in 95 of 100 cases or so.
    #[test]
    fn the_interval_of_a_gain_holds_it() {
        let mut held = 0;
        for case in 0..200u64 {
            let key = Key::new(case, 0, "gain");
            let normal = |who: u64, what: &str| {
                let u = uniform(key.bits(who, Purpose::new(what)));
                crate::dist::special::normal_quantile(u, 1.0 - u)
            };
            let pair = |who: u64| {
                let common = 3.0 * normal(who, "a");
                (common + normal(who, "e"), common + normal(who, "f"))
            };
            let pairs: Vec<(f64, f64)> = (0..40).map(pair).collect();
            let gain = gain(0, &pairs);
            let [low, high] = gain.interval.expect("an interval");
            held += u32::from(low <= 10.0 && 10.0 <= high);
        }
        // 190 expected with a standard deviation of 3; the jackknife is not exact at 40 pairs.
        assert!((178..=198).contains(&held), "{held} of 200");
    }
}
