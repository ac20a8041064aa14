//! The results of a study as plain data: all that a report needs, nothing that it must compute.
//!
//! Quantities are in base units: seconds, fractions, trucks, trucks per hour, lanes, hours. What
//! was not observed is blank: `None` in single values, NaN (`null` in JSON) in long lists. Nothing
//! here depends on the clock, the machine or the number of threads. Start at [`StudyResult`].

use serde::Serialize;

use super::appraisal::Appraisal;
use crate::measure::Entry;
pub use crate::measure::Place;

/// Everything that came out of a study.
#[derive(Clone, Debug, Serialize)]
pub struct StudyResult {
    /// Seed of all chance.
    pub seed: u64,
    /// Number of the first replication: 0, unless one was asked for alone.
    pub first_replication: u32,
    /// Replications of each scenario that the results rest on, one after another from the first.
    pub replications: u32,
    /// Place of the baseline in `scenarios`.
    pub baseline: usize,
    /// What is measured: entries over the whole run first, then those by hour.
    pub entries: Vec<Entry>,
    /// How many entries are over the whole run: `entries[..whole_run]`.
    pub whole_run: usize,
    /// The hours by which results are told apart, as `Entry::period` counts them.
    pub periods: Vec<PeriodLabel>,
    /// Results by scenario, in the order of the plan.
    pub scenarios: Vec<ScenarioResult>,
    /// The entry by which plans are compared: the target's measure, or `crossing_time.mean`.
    pub headline: usize,
    /// Each scenario but the baseline against the baseline, in the order of the plan.
    pub comparisons: Vec<Comparison>,
    /// Comparisons of one measure whose intervals hold together (Bonferroni).
    pub family: usize,
    /// Confidence of each single interval of a paired difference: 1 − 0.05 / family.
    pub confidence: f64,
    /// Differences smaller than this are of no use, in seconds.
    pub too_small: Option<f64>,
    /// What stopped the run.
    pub stopping: Stopping,
    /// Goals, in the order of the plan.
    pub goals: Vec<GoalResult>,
    /// Posted waits, simulated beside observed, by lane group of the primary station.
    pub posted: Vec<PostedGroup>,
    /// What becomes of the differences where inputs are uncertain; `None` if all are certain.
    pub plausible: Option<PlausibleWorlds>,
    /// What each plan is worth against the baseline, if the study says how to weigh it.
    pub appraisal: Option<Appraisal>,
    /// The deciding measure once more with the luck of trucks taken out: every scenario, then the
    /// differences; empty where the expected number of trucks is not known, or with fewer than five
    /// replications.
    pub controls: Vec<Control>,
    /// What a reader must know before trusting the numbers.
    pub warnings: Vec<Warning>,
    /// The run was interrupted; the results rest on what was complete.
    pub interrupted: bool,
}

/// An hour of the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PeriodLabel {
    /// Day of the run from 1; `None` when the hours of all days are taken together.
    pub day: Option<u32>,
    /// Local hour, 0 to 23.
    pub hour: u32,
}

/// A mean over replications with its two-sided Student t interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Mean {
    /// Mean of the replications that have a value; `None` if none has.
    pub mean: Option<f64>,
    /// Half-width of the interval; `None` with fewer than two values.
    pub half_width: Option<f64>,
    /// Standard deviation between replications; `None` with fewer than two values.
    pub sd: Option<f64>,
    /// Replications that have a value.
    pub n: u32,
    /// Batches of the one replication that the interval rests on; `None`: it rests on replications.
    pub batches: Option<u32>,
}

impl Mean {
    /// Lower end of the interval.
    pub fn low(&self) -> Option<f64> {
        Some(self.mean? - self.half_width?)
    }

    /// Upper end of the interval.
    pub fn high(&self) -> Option<f64> {
        Some(self.mean? + self.half_width?)
    }
}

/// Results of one scenario.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioResult {
    /// As in the file.
    pub name: String,
    /// As sentences name it: its English title, or else its name.
    pub title: String,
    /// One per entry, at 95 %.
    pub estimates: Vec<Mean>,
    /// By replication, one value per entry; NaN where nothing was observed. A failed replication
    /// has no values at all: its list is empty.
    pub values: Vec<Vec<f64>>,
    /// Quantiles over the trucks of all replications together.
    pub pooled: Vec<Pooled>,
    /// Trucks in line by time of day.
    pub queues: Vec<QueueSeries>,
    /// Roads and stations with finite room: how long they were full.
    pub storage: Vec<Storage>,
    /// Trucks from place to place, per replication.
    pub links: Vec<Link>,
    /// Replications that failed, in order.
    pub failures: Vec<FailedReplication>,
    /// Runs that FHWA's formula asks for.
    pub minimum_runs: MinimumRuns,
    /// What MSER says about the warm-up; `None` where the study is not about a steady state, or too short.
    pub warm_up: Option<WarmUp>,
    /// Of a single long replication: what its intervals rest on, in order of entries.
    pub one_run: Vec<OneRun>,
}

/// Whether the warm-up is long enough, by MSER over all replications together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WarmUp {
    /// The entry of which the course was looked at.
    pub entry: usize,
    /// The warm-up of the study, seconds.
    pub stated: f64,
    /// Whether whole days were looked at, since hours differ: MSER, else MSER-5.
    pub by_day: bool,
    /// What it would cut from the beginning, seconds; `None`: nothing in the first half of the run
    /// makes the rest steady.
    pub cut: Option<f64>,
    /// By what share the mean changes when that is cut instead.
    pub change: Option<f64>,
}

impl WarmUp {
    /// The method: `MSER-5`, or `MSER over days`.
    pub fn method(&self) -> &'static str {
        if self.by_day { "MSER over days" } else { "MSER-5" }
    }
}

/// An interval from one long run, by batch means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OneRun {
    /// The entry.
    pub entry: usize,
    /// Batches.
    pub batches: u32,
    /// Length of each, seconds.
    pub length: f64,
    /// Correlation of means of neighboring batches.
    pub correlation: f64,
    /// Whether neighbors still go together: then the interval is too narrow.
    pub dependent: bool,
}

/// A quantile over the trucks of all replications together.
#[derive(Clone, Debug, Serialize)]
pub struct Pooled {
    /// The whole-run entry that it belongs to, its statistic aside: `crossing_time.fast`.
    pub name: String,
    /// Trucks.
    pub count: u64,
    /// Median, seconds.
    pub p50: Option<f64>,
    /// 90 % of trucks have less.
    pub p90: Option<f64>,
    /// 95 % of trucks have less.
    pub p95: Option<f64>,
    /// 99 % of trucks have less.
    pub p99: Option<f64>,
    /// Largest.
    pub max: Option<f64>,
    /// The distribution: 1 % of trucks have less than the first, 99 % less than the last. Of crossing time and border
    /// wait only; empty without trucks.
    #[serde(skip)]
    pub percentiles: Vec<f64>,
}

/// Trucks in line, averaged over intervals of time.
#[derive(Clone, Debug, Serialize)]
pub struct QueueSeries {
    /// The station.
    pub station: String,
    /// The lane group; `None`: the whole station, its road's common line included.
    pub group: Option<String>,
    /// Length of an interval, minutes.
    pub interval_minutes: u32,
    /// Mean over replications; interval `k` begins `k × interval_minutes` after the local midnight
    /// at which the run began (of any day, when days are not told apart). NaN: not observed.
    pub mean: Vec<f64>,
    /// 5 % of replications have less.
    pub p05: Vec<f64>,
    /// A quarter of the replications have less.
    pub p25: Vec<f64>,
    /// Half of the replications have less.
    pub p50: Vec<f64>,
    /// Three quarters of the replications have less.
    pub p75: Vec<f64>,
    /// 95 % of replications have less.
    pub p95: Vec<f64>,
}

/// A place with finite room.
#[derive(Clone, Debug, Serialize)]
pub struct Storage {
    /// The road or station.
    pub place: Place,
    /// Trucks that find room.
    pub room: u32,
    /// Share of time in which it was full.
    pub full: Mean,
    /// Mean number of trucks on it.
    pub trucks: Mean,
}

/// Trucks from one place to the next.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// A stream, station or road.
    pub from: Place,
    /// A station, road or outcome.
    pub to: Place,
    /// `None`: all classes.
    pub class: Option<String>,
    /// Trucks per replication.
    pub trucks: Mean,
}

/// A replication that could not be finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedReplication {
    /// Its number from 0.
    pub replication: u32,
    /// Why.
    pub reason: String,
}

/// The number of runs that FHWA's formula asks for (Traffic Analysis Toolbox III, 2019).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MinimumRuns {
    /// The formula, with its letters explained.
    pub formula: &'static str,
    /// Tolerated error as a share of the mean.
    pub tolerance: f64,
    /// Runs needed for the headline measure; `None` with fewer than two values or a mean of 0.
    pub needed: Option<u32>,
    /// Runs used.
    pub used: u32,
}

/// A scenario against the baseline, on the same trucks.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Place in `StudyResult::scenarios`.
    pub scenario: usize,
    /// The baseline's place.
    pub versus: usize,
    /// One per whole-run entry.
    pub paired: Vec<Paired>,
    /// By the headline measure, stranded trucks considered.
    pub verdict: Verdict,
    /// Trucks stranded (that came and did not cross) per replication, more than in the baseline.
    pub stranded: Mean,
    /// Officer-hours per replication, more than in the baseline; blank without officers.
    pub officer_hours: Mean,
    /// The headline measure by class, in class order; intervals hold together over all classes and
    /// scenarios.
    pub classes: Vec<ClassChange>,
    /// What becomes of security, by kind of violation in name order.
    pub detection: Vec<DetectionChange>,
    /// The verdict in a sentence.
    pub sentence: String,
}

/// How much more of a kind of violation is found than in the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DetectionChange {
    /// The kind.
    pub kind: String,
    /// Detection over all trucks, as a fraction.
    pub difference: Mean,
    /// Detection of the class in which it is least.
    pub worst: Mean,
    /// That class in this scenario, and its detection there; `None` if only one class hides it.
    pub softest: Option<(String, f64)>,
}

/// A paired difference: the scenario's value minus the baseline's, replication by replication.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Paired {
    /// The difference; its interval holds together with the other scenarios' (see `family`).
    pub difference: Mean,
    /// How many times more replications unpaired runs would need for the same interval; `None` if
    /// the differences do not vary.
    pub variance_ratio: Option<f64>,
    /// `None` for measures of which neither more nor less is better.
    pub verdict: Option<Verdict>,
}

/// What plans do in plausible worlds.
#[derive(Clone, Debug, Serialize)]
pub struct PlausibleWorlds {
    /// Uncertain inputs by path, each with what it may be as written.
    pub inputs: Vec<(String, String)>,
    /// Replications of every scenario in each world.
    pub replications: u32,
    /// The worlds, in their order.
    pub worlds: Vec<World>,
    /// By comparison (as in `StudyResult::comparisons`) and whole-run entry.
    pub changes: Vec<Vec<InWorlds>>,
}

/// A plausible world.
#[derive(Clone, Debug, Serialize)]
pub struct World {
    /// From 0.
    pub number: u32,
    /// The values of the uncertain inputs, as text.
    pub inputs: Vec<String>,
    /// By scenario: mean of the headline measure over the replications of this world.
    pub headline: Vec<f64>,
    /// Why it has no results; `None` if it has.
    pub failed: Option<String>,
}

/// A paired difference over plausible worlds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct InWorlds {
    /// Mean over worlds with its 95 % interval; `n` counts worlds.
    pub mean: Mean,
    /// 2.5 % of worlds have less, chance of runs taken out.
    pub low: Option<f64>,
    /// 97.5 % of worlds have less.
    pub high: Option<f64>,
    /// Share of worlds in which the plan is better, with its 95 % interval; `None` where neither more nor less is
    /// better.
    pub better: Option<[f64; 3]>,
    /// Standard deviation between worlds, chance of runs taken out.
    pub input_sd: Option<f64>,
    /// Standard deviation between replications of one world.
    pub run_sd: Option<f64>,
}

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The interval lies beyond "too small" on the good side.
    ClearlyBetter,
    /// The interval excludes 0 on the good side, but not "too small".
    Better,
    /// The interval lies within "too small".
    NoUsefulDifference,
    /// The interval excludes 0 on the bad side, but not "too small".
    Worse,
    /// The interval lies beyond "too small" on the bad side.
    ClearlyWorse,
    /// The interval says neither.
    NotSettled,
    /// Better on time, but more trucks are stranded: never called better.
    StrandsMore,
    /// Worse on time, but fewer trucks are stranded: time alone does not decide.
    StrandsFewer,
}

/// What a plan does to one class.
#[derive(Clone, Debug, Serialize)]
pub struct ClassChange {
    /// The class.
    pub class: String,
    /// Its paired difference in the headline measure.
    pub paired: Paired,
    /// It is significantly worse off.
    pub loses: bool,
}

/// What stopped the run.
#[derive(Clone, Debug, Serialize)]
pub struct Stopping {
    /// Half-width wanted of each paired difference of the headline measure.
    pub target: Option<f64>,
    /// Whether every difference met it; `None` without a target or without differences.
    pub met: Option<bool>,
    /// Fewest and most replications allowed.
    pub least: u32,
    /// Most replications allowed.
    pub most: u32,
    /// Each look: replications, and the widest half-width seen (`None`: a blank pair).
    pub looks: Vec<Look>,
}

/// One of the fixed moments at which the run may stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Look {
    /// Complete replications of each scenario.
    pub replications: u32,
    /// The widest half-width of the target's differences; `None` if a pair was blank.
    pub widest: Option<f64>,
}

/// A mean with trucks as its control variate, beside the mean without.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Control {
    /// The scenario.
    pub scenario: usize,
    /// The baseline, for a difference from it.
    pub versus: Option<usize>,
    /// Confidence of both intervals.
    pub confidence: f64,
    /// Without control.
    pub plain: Mean,
    /// With it; `sd` is around the line through the pairs.
    pub controlled: Mean,
    /// How many times more replications the mean without control needs for the same precision; `None`
    /// if nothing is left to chance.
    pub gain: Option<f64>,
    /// Ends of its 95 % interval.
    pub gain_interval: Option<[f64; 2]>,
}

/// A goal in every scenario.
#[derive(Clone, Debug, Serialize)]
pub struct GoalResult {
    /// The entry that it is about.
    pub entry: usize,
    /// True for "at most".
    pub at_most: bool,
    /// In the unit of the entry.
    pub limit: f64,
    /// By scenario.
    pub status: Vec<GoalStatus>,
}

/// Whether a goal is reached: the 95 % interval lies on one side of the limit or holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalStatus {
    /// The interval lies on the good side.
    Met,
    /// The interval lies on the bad side.
    Missed,
    /// The interval holds the limit, or there is no interval.
    NotSettled,
}

/// Posted waits of a lane group.
#[derive(Clone, Debug, Serialize)]
pub struct PostedGroup {
    /// The primary station.
    pub station: String,
    /// Its lane group.
    pub group: String,
    /// By local hour 0 to 23.
    pub hours: Vec<PostedHour>,
    /// Mean absolute error of the baseline over hours with an observation, seconds.
    pub error: Option<f64>,
    /// The same against the period kept out of the fit.
    pub check_error: Option<f64>,
}

/// Posted waits at one hour of the day, in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct PostedHour {
    /// Local hour.
    pub hour: u32,
    /// By scenario: readings of this hour, averaged over the days of the run, then replications.
    pub simulated: Vec<Mean>,
    /// As observed.
    pub observed: Option<f64>,
    /// As observed in the period kept out of the fit.
    pub check: Option<f64>,
    /// Baseline minus observed.
    pub error: Option<f64>,
    /// Baseline minus observed in the period kept out of the fit.
    pub check_error: Option<f64>,
}

/// Something a reader must know before trusting the numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// `W05..`.
    pub code: &'static str,
    /// The scenario concerned; `None`: the study.
    pub scenario: Option<usize>,
    /// In a sentence, without full stop.
    pub message: String,
}

impl StudyResult {
    /// The place of an entry by its name: `crossing_time.mean`, `wait.primary.standard.p95`.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }

    /// The entries by hour that belong to a whole-run entry, in order of period.
    pub fn by_hour(&self, whole_run: usize) -> Vec<usize> {
        let whole = &self.entries[whole_run];
        (self.whole_run..self.entries.len()).filter(|&place| self.entries[place].is_hour_of(whole)).collect()
    }
}
