//! A study from plan to results: the story of `run`, step by step.
//!
//! Catalogues of all scenarios become one list of entries; replications run from look to look; then
//! comparisons, goals, posted waits and warnings are worked out from what was folded. Start at
//! [`run`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::measure::{Catalog, Entry};
use crate::model::calendar::Period;
use crate::model::network::Network;
use crate::scenario::digest::fingerprint;
use crate::scenario::file::Text;
use crate::scenario::phrase::GoalPhrase;
use crate::scenario::plan::{ScenarioPlan, StudyPlan};
use crate::stats::Estimate;

use super::appraisal::appraise;
use super::compare::Comparer;
use super::control::controls;
use super::fold::{Fold, Known};
use super::kept::{FromStore, Keeper, told};
use super::look::{looks, widest};
use super::names::{catalog_of, in_unit, unknown_in};
use super::replicate::{Plan, Replicator};
use super::result::{
    GoalResult, GoalStatus, Look, Mean, MinimumRuns, PeriodLabel, PostedGroup, PostedHour, Stopping,
    StudyResult,
};
use super::running::Level;
use super::sentence::in_worlds;
use super::steady::{by_batches, warm_up};
use super::warn::warnings;
use super::world::{Outer, over_worlds};
use super::{Options, Progress, RunError};

/// The measure by which plans are compared when no target says otherwise.
pub(super) const HEADLINE: &str = "crossing_time.mean";

/// Runs a study: every scenario on the same trucks, until the target is met or the most
/// replications are done.
///
/// `progress` is called from several threads after every replication. When `cancel` is set the run
/// stops after the replications under way, and the results rest on the complete prefix.
///
/// # Errors
///
/// When a measure is unknown, when it was cancelled before anything was complete, when threads
/// cannot be started, or when a law that every run obeys was broken. Failed replications are no
/// error: they are part of the results.
pub fn run(
    plan: &StudyPlan,
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<StudyResult, RunError> {
    run_kept(plan, options, None, progress, cancel)
}

/// Runs a study as [`run`] does, with its replications in the store of a folder that is there: those that it holds
/// are not simulated again. Results are the same. Plausible worlds are not kept.
///
/// # Errors
///
/// As [`run`], and when the store cannot be used. Complete blocks are in it also when the run ended in an error.
pub fn resume(
    plan: &StudyPlan,
    options: &Options,
    folder: &Path,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<(StudyResult, FromStore), RunError> {
    let not_kept = |error| RunError::NotKept(told(&error));
    let names = plan.scenarios.iter().map(|scenario| scenario.name.clone()).collect();
    // What is observed may change with the program.
    let digest = fingerprint(format!("{} {}", plan.digest, env!("CARGO_PKG_VERSION")).as_bytes());
    let mut keeper = Keeper::new(folder, &digest, names).map_err(not_kept)?;
    let ran = run_kept(plan, options, Some(&mut keeper), progress, cancel);
    let kept = keeper.end().map_err(not_kept);
    // Why it could not be written says more than that it could not.
    match (ran, kept) {
        (Err(RunError::NotKept(_)), Err(why)) | (Ok(_), Err(why)) => Err(why),
        (ran, kept) => Ok((ran?, kept?)),
    }
}

fn run_kept(
    plan: &StudyPlan,
    options: &Options,
    keeper: Option<&mut Keeper>,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<StudyResult, RunError> {
    let mut plans: Vec<Plan> = Vec::new();
    for scenario in &plan.scenarios {
        let own = catalog_of(scenario);
        // Scenarios mostly measure the same: one copy is enough.
        let known = plans.iter().map(|plan| &plan.catalog).find(|catalog| ***catalog == own).cloned();
        let catalog = known.unwrap_or_else(|| Arc::new(own));
        plans.push(Plan {
            name: &scenario.name,
            network: &scenario.network,
            valuation: scenario.valuation.as_ref(),
            catalog,
        });
    }
    let baseline = &plans[plan.baseline].catalog;
    let unknown = unknown_in(plan, baseline);
    if !unknown.is_empty() {
        return Err(RunError::UnknownMeasures(unknown));
    }
    let (entries, whole_run, places) = union(&plans, plan.baseline);
    let study = Study {
        plan,
        catalog: baseline,
        places: &places[plan.baseline],
        entries: &entries,
        whole_run,
        family: plans.len() - 1,
        first: options.only.unwrap_or(0),
    };
    let classes = |plan: &Plan| plan.network.classes.len();
    let mut folds: Vec<Fold> = plans
        .iter()
        .zip(&places)
        .map(|(plan, places)| Fold::new(places.clone(), whole_run, entries.len(), classes(plan), study.first))
        .collect();
    let replicator = Replicator::new(&plans, plan.seed, study.first, options.jobs, progress, cancel)?;
    let (stopping, interrupted) = study.replicate(&replicator, options, keeper, &mut folds)?;
    if folds[0].values.is_empty() {
        return Err(RunError::Interrupted);
    }
    let mut result = study.assemble(&plans, folds, stopping, interrupted);
    if let Some(worlds) = plan.worlds.as_ref().filter(|_| !interrupted && options.only.is_none()) {
        let done = u64::from(result.replications) * plans.len() as u64;
        let (entries, headline) = (&entries[..whole_run], result.headline);
        let outer = Outer { plan, worlds, entries, headline, done };
        result.plausible = over_worlds(&outer, options.jobs, progress, cancel)?;
        result.interrupted = result.plausible.is_none();
        for (comparison, worlds) in
            result.comparisons.iter_mut().zip(result.plausible.iter().flat_map(|worlds| &worlds.changes))
        {
            comparison.sentence.push_str(&in_worlds(result.entries[headline].unit, &worlds[headline]));
        }
    }
    result.warnings = warnings(plan, &result, &study.quoted());
    Ok(result)
}

/// All entries of all catalogues, the baseline's first, whole run before hours; and where each
/// catalogue's values stand among them.
fn union(plans: &[Plan], baseline: usize) -> (Vec<Entry>, usize, Vec<Vec<usize>>) {
    let first = &plans[baseline].catalog;
    if plans.iter().all(|plan| Arc::ptr_eq(&plan.catalog, first)) {
        let same = (0..first.entries().len()).collect();
        return (first.entries().to_vec(), first.whole_run(), vec![same; plans.len()]);
    }
    let order = std::iter::once(baseline).chain((0..plans.len()).filter(|place| *place != baseline));
    let order: Vec<&Catalog> = order.map(|place| &*plans[place].catalog).collect();
    let mut entries: Vec<Entry> = Vec::new();
    let mut place_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut whole_run = 0;
    for by_hour in [false, true] {
        for catalog in &order {
            for entry in catalog.entries().iter().filter(|entry| entry.period.is_some() == by_hour) {
                if !place_of.contains_key(&entry.name) {
                    place_of.insert(entry.name.clone(), entries.len());
                    entries.push(entry.clone());
                }
            }
        }
        if !by_hour {
            whole_run = entries.len();
        }
    }
    let places = plans
        .iter()
        .map(|plan| plan.catalog.entries().iter().map(|entry| place_of[&entry.name]).collect())
        .collect();
    (entries, whole_run, places)
}

struct Study<'p> {
    plan: &'p StudyPlan,
    /// The baseline's catalogue, and where its entries stand among the study's.
    catalog: &'p Catalog,
    places: &'p [usize],
    entries: &'p [Entry],
    whole_run: usize,
    /// Scenarios that are compared with the baseline.
    family: usize,
    first: u32,
}

impl Study<'_> {
    /// The place of an entry by its name, which has been checked.
    fn entry(&self, name: &str) -> usize {
        self.places[self.catalog.find(name).expect("names of measures were checked")]
    }

    /// The entry by which plans are compared.
    fn headline(&self) -> usize {
        self.entry(self.plan.target.as_ref().map_or(HEADLINE, |target| &target.measure))
    }

    /// Entries that a reader will look at.
    fn quoted(&self) -> Vec<usize> {
        let usual = ["crossing_time.p95", "border_wait.p95"].into_iter();
        let usual = usual.filter(|name| self.catalog.find(name).is_some()).map(|name| self.entry(name));
        let goals = self.plan.goals.iter().map(|(name, _)| self.entry(name));
        let mut quoted: Vec<usize> = std::iter::once(self.headline()).chain(goals).chain(usual).collect();
        quoted.sort_unstable();
        quoted.dedup();
        quoted
    }

    /// Runs from look to look; tells what stopped the run and whether it was cancelled.
    fn replicate(
        &self,
        replicator: &Replicator,
        options: &Options,
        mut keeper: Option<&mut Keeper>,
        folds: &mut [Fold],
    ) -> Result<(Stopping, bool), RunError> {
        let (least, most) = match options.only {
            Some(_) => (1, 1),
            None => (self.plan.replications.least, self.plan.replications.most),
        };
        let headline = self.headline();
        let unit = self.entries[headline].unit;
        let wanted = self.plan.target.as_ref().map(|target| in_unit(target.half_width, unit));
        let target = wanted.filter(|_| self.family > 0);
        let level = Level::together(self.family);
        let mut stopping =
            Stopping { target: wanted, met: target.map(|_| false), least, most, looks: Vec::new() };
        let mut done = 0;
        for look in looks(least, most, target.is_some()) {
            let complete = replicator.run(done, look, keeper.as_deref_mut(), &mut |row| {
                folds.iter_mut().zip(row).for_each(|(fold, replication)| fold.add(replication));
            })?;
            if complete < look {
                return Ok((stopping, true));
            }
            done = look;
            let seen = target.and_then(|_| widest(folds, self.plan.baseline, headline, &level));
            stopping.looks.push(Look { replications: look, widest: seen });
            if target.zip(seen).is_some_and(|(wanted, seen)| seen <= wanted) {
                stopping.met = Some(true);
                break;
            }
        }
        Ok((stopping, false))
    }

    fn assemble(
        &self,
        plans: &[Plan],
        folds: Vec<Fold>,
        stopping: Stopping,
        interrupted: bool,
    ) -> StudyResult {
        let single = Level::new(0.95);
        let together = Level::together(self.family);
        let headline = self.headline();
        let titles: Vec<String> = self.plan.scenarios.iter().map(title).collect();
        let comparer = Comparer {
            entries: self.entries,
            whole_run: self.whole_run,
            headline,
            baseline: (self.plan.baseline, &folds[self.plan.baseline]),
            too_small: self.plan.too_small,
            together: &together,
            family: self.family,
        };
        let others = (0..plans.len()).filter(|scenario| *scenario != self.plan.baseline);
        let comparisons = others.map(|scenario| {
            let classes: Vec<String> =
                plans[scenario].network.classes.iter().map(|class| class.name.clone()).collect();
            comparer.compare(scenario, &titles[scenario], &folds[scenario], &classes)
        });
        let comparisons = comparisons.collect();
        let known: Vec<Known> =
            folds.iter().zip(plans).map(|(fold, plan)| self.known(fold, plan.network, &single)).collect();
        let goals = self.goals(&known);
        let posted = self.posted(&plans[self.plan.baseline], &folds, &single);
        let appraisal = appraise(self.plan, self.entries, &folds, &together);
        let networks: Vec<&Network> = plans.iter().map(|plan| plan.network).collect();
        let places = [headline, self.plan.baseline];
        let controls = controls(&networks, &folds, self.entries, places, [&single, &together]);
        let replications = folds[0].values.len() as u32;
        let calendar = &plans[self.plan.baseline].network.calendar;
        let label = |period: usize| {
            let (day, hour) = calendar.day_and_hour(Period(period as u16));
            PeriodLabel { day: calendar.days_apart().then_some(day + 1), hour }
        };
        let known = known.into_iter().zip(&titles);
        let scenarios = folds.into_iter().zip(plans).zip(known).map(|((fold, plan), (known, title))| {
            let names = (plan.name.to_owned(), title.clone());
            fold.result(names, plan.network, &plan.catalog, known, &single)
        });
        StudyResult {
            seed: self.plan.seed,
            first_replication: self.first,
            replications,
            baseline: self.plan.baseline,
            scenarios: scenarios.collect(),
            entries: self.entries.to_vec(),
            whole_run: self.whole_run,
            periods: (0..calendar.period_count()).map(label).collect(),
            headline,
            comparisons,
            family: self.family,
            confidence: together.confidence(),
            too_small: self.plan.too_small,
            stopping,
            goals,
            posted,
            plausible: None,
            appraisal,
            controls,
            warnings: Vec::new(),
            interrupted,
        }
    }

    fn known(&self, fold: &Fold, network: &Network, level: &Level) -> Known {
        let headline = self.headline();
        let mut estimates = fold.estimates(level);
        let course = fold.course.as_ref();
        let single = course.filter(|_| fold.values.len() == 1);
        Known {
            one_run: by_batches(&mut estimates, self.entries, network, single),
            warm_up: warm_up(network, course, self.entries, [headline, self.entry(HEADLINE)]),
            minimum_runs: minimum_runs(fold.series(headline)),
            estimates,
        }
    }

    fn goals(&self, known: &[Known]) -> Vec<GoalResult> {
        let goal = |(name, phrase): &(String, GoalPhrase)| {
            let entry = self.entry(name);
            let limit = in_unit(phrase.limit, self.entries[entry].unit);
            // An interval that is known to be too narrow settles nothing.
            let settles =
                |known: &Known| !known.one_run.iter().any(|run| run.entry == entry && run.dependent);
            let status = |known: &Known| match settles(known) {
                true => goal_status(&known.estimates[entry], phrase.at_most, limit),
                false => GoalStatus::NotSettled,
            };
            let status = known.iter().map(status).collect();
            GoalResult { entry, at_most: phrase.at_most, limit, status }
        };
        self.plan.goals.iter().map(goal).collect()
    }

    /// Posted waits by hour beside those observed.
    fn posted(&self, baseline: &Plan, folds: &[Fold], level: &Level) -> Vec<PostedGroup> {
        let network = baseline.network;
        let Some(border) = &network.border_wait else { return Vec::new() };
        let groups = network.groups_of(border.at).enumerate();
        groups
            .map(|(place, group)| {
                let name = &network.groups[group.index()].name;
                let seconds = |table: &BTreeMap<String, BTreeMap<u32, f64>>, hour: u32| {
                    table.get(name).and_then(|hours| hours.get(&hour)).map(|minutes| minutes * 60.0)
                };
                let hours = (0..24u32).map(|hour| {
                    let mean = |fold: &Fold| {
                        let sums = fold.posted.get(place * 24 + hour as usize);
                        sums.map_or_else(Mean::default, |sums| sums.mean(level))
                    };
                    let simulated: Vec<Mean> = folds.iter().map(mean).collect();
                    let observed = seconds(&self.plan.posted_observed, hour);
                    let check = seconds(&self.plan.posted_check, hour);
                    let told = simulated[self.plan.baseline].mean;
                    let error = |seen: Option<f64>| Some(told? - seen?);
                    PostedHour {
                        hour,
                        observed,
                        check,
                        error: error(observed),
                        check_error: error(check),
                        simulated,
                    }
                });
                let hours: Vec<PostedHour> = hours.collect();
                PostedGroup {
                    station: network.stations[border.at.index()].name.clone(),
                    group: name.clone(),
                    error: mean_size(hours.iter().filter_map(|hour| hour.error)),
                    check_error: mean_size(hours.iter().filter_map(|hour| hour.check_error)),
                    hours,
                }
            })
            .collect()
    }
}

fn mean_size(errors: impl Iterator<Item = f64>) -> Option<f64> {
    let sizes: Vec<f64> = errors.map(f64::abs).collect();
    (!sizes.is_empty()).then(|| sizes.iter().sum::<f64>() / sizes.len() as f64)
}

pub(super) fn goal_status(mean: &Mean, at_most: bool, limit: f64) -> GoalStatus {
    let (Some(low), Some(high)) = (mean.low(), mean.high()) else { return GoalStatus::NotSettled };
    match at_most {
        true if high <= limit => GoalStatus::Met,
        true if low > limit => GoalStatus::Missed,
        false if low >= limit => GoalStatus::Met,
        false if high < limit => GoalStatus::Missed,
        _ => GoalStatus::NotSettled,
    }
}

/// FHWA's minimum number of runs for a measure (Traffic Analysis Toolbox III, FHWA-HOP-18-036, 2019).
fn minimum_runs(values: impl Iterator<Item = f64>) -> MinimumRuns {
    const TOLERANCE: f64 = 0.10;
    let estimate = Estimate::new(values.map(|value| Some(value).filter(|value| !value.is_nan())), 0.95);
    MinimumRuns {
        formula: "N = (t × s / (e × mean))²: t of Student at 95 % for the runs made, s the standard deviation \
                  between runs, e the tolerated error as a share of the mean",
        tolerance: TOLERANCE,
        needed: estimate.as_ref().and_then(|estimate| estimate.minimum_runs(TOLERANCE)),
        used: estimate.map_or(0, |estimate| estimate.count),
    }
}

/// A scenario as sentences name it.
fn title(scenario: &ScenarioPlan) -> String {
    let title = match &scenario.title {
        None => None,
        Some(Text::Plain(text)) => Some(text),
        Some(Text::ByLanguage(texts)) => texts.get("en").or_else(|| texts.values().next()),
    };
    title.unwrap_or(&scenario.name).clone()
}
