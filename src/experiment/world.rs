//! Plausible worlds: what plans do where inputs are not known for certain.
//!
//! A nested design: inputs are drawn outside, and every scenario is replicated inside on the same trucks. World
//! `w` has replications of its own, numbered from `w` times their number, so that chance is not shared between
//! worlds and the two kinds of spread can be taken apart ([`crate::stats::nested`]). It does not know how
//! inputs were written. Start at [`over_worlds`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use super::result::{InWorlds, Mean, PlausibleWorlds, World};
use super::rows::{Broken, errors_told, rows};
use super::running::{Level, Running};
use super::{Progress, RunError};
use crate::measure::Entry;
use crate::scenario::plan::StudyPlan;
use crate::scenario::ready::Ready;
use crate::scenario::uncertain::Worlds;
use crate::stats::nested::{Nested, share_interval};
use crate::stats::quantile;

/// What one world gave, or why it failed.
type Given = Result<Means, String>;

struct Means {
    /// By scenario: mean of the headline measure over the replications.
    headline: Vec<f64>,
    /// By scenario but the baseline, and entry: how it differs from the baseline.
    changes: Vec<Vec<Within>>,
}

#[derive(Clone, Copy)]
struct Within {
    /// Mean of the difference over the replications.
    difference: f64,
    /// Squared deviations from it.
    squares: f64,
}

/// What the work needs to know of the study.
pub(super) struct Outer<'a> {
    pub(super) plan: &'a StudyPlan,
    pub(super) worlds: &'a Worlds,
    /// Entries over the whole run.
    pub(super) entries: &'a [Entry],
    pub(super) headline: usize,
    /// Replications that were done before.
    pub(super) done: u64,
}

/// Runs every world and tells what came of it; `None` when it was cancelled.
pub(super) fn over_worlds(
    outer: &Outer,
    jobs: Option<usize>,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<Option<PlausibleWorlds>, RunError> {
    let count = outer.worlds.worlds;
    let each = u64::from(outer.worlds.replications) * outer.plan.scenarios.len() as u64;
    let threads = jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let (next, ready) = (AtomicU32::new(0), AtomicU32::new(0));
    let stop = AtomicBool::new(false);
    let given: Mutex<BTreeMap<u32, Given>> = Mutex::default();
    let broken: Mutex<Option<RunError>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut maker = outer.worlds.maker();
                while !cancel.load(Ordering::Relaxed) && !stop.load(Ordering::Relaxed) {
                    let world = next.fetch_add(1, Ordering::Relaxed);
                    if world >= count {
                        return;
                    }
                    let made = maker.make(outer.worlds, world).map_err(|found| errors_told(&found));
                    let one = match made.map(|made| outer.replicate(world, &made, cancel)) {
                        Ok(Ok(Some(within))) => within,
                        Ok(Ok(None)) => return,
                        Ok(Err(error)) => {
                            broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                            return stop.store(true, Ordering::Relaxed);
                        }
                        Err(why) => Err(why),
                    };
                    given.lock().unwrap_or_else(PoisonError::into_inner).insert(world, one);
                    let now = ready.fetch_add(1, Ordering::Relaxed) + 1;
                    let done = outer.done + u64::from(now) * each;
                    let total = outer.done + u64::from(count) * each;
                    progress(Progress { done, total, label: "plausible worlds" });
                }
            });
        }
    });
    if let Some(error) = broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let given = given.into_inner().unwrap_or_else(PoisonError::into_inner);
    let whole = given.len() == count as usize;
    Ok(whole.then(|| outer.result(given)))
}

impl Outer<'_> {
    /// The replications of a world; `None` when cancelled.
    fn replicate(&self, world: u32, made: &[Ready], cancel: &AtomicBool) -> Result<Option<Given>, RunError> {
        let size = self.worlds.replications;
        let mut values: Vec<Vec<Vec<f64>>> = Vec::new();
        for (place, ready) in made.iter().enumerate() {
            let replications = world * size..(world + 1) * size;
            let is_over = || cancel.load(Ordering::Relaxed);
            let ran = rows(ready, self.plan.seed, self.entries, replications, &is_over);
            let ran = ran.map_err(|Broken { replication, law }| RunError::Broken {
                scenario: self.plan.scenarios[place].name.clone(),
                replication,
                law,
            })?;
            let Some(ran) = ran else { return Ok(None) };
            match ran.into_iter().collect::<Result<Vec<_>, _>>() {
                Ok(rows) => values.push(rows),
                Err(failure) => return Ok(Some(Err(failure))),
            }
        }
        let baseline = &values[self.plan.baseline];
        // A blank leaves the world out for this entry: its mean is blank too.
        let mean = |of: &dyn Fn(usize) -> f64| (0..size as usize).map(of).sum::<f64>() / f64::from(size);
        let within = |rows: &Vec<Vec<f64>>, entry: usize| {
            let change = |row: usize| rows[row][entry] - baseline[row][entry];
            let difference = mean(&change);
            let off = |row: usize| change(row) - difference;
            Within { difference, squares: (0..rows.len()).map(|row| off(row) * off(row)).sum() }
        };
        let headline = values.iter().map(|rows| mean(&|row| rows[row][self.headline])).collect();
        let others = values.iter().enumerate().filter(|(scenario, _)| *scenario != self.plan.baseline);
        let changes =
            others.map(|(_, rows)| (0..self.entries.len()).map(|entry| within(rows, entry)).collect());
        Ok(Some(Ok(Means { headline, changes: changes.collect() })))
    }

    fn result(&self, given: BTreeMap<u32, Given>) -> PlausibleWorlds {
        let whole: Vec<&Means> = given.values().filter_map(|given| given.as_ref().ok()).collect();
        let level = Level::new(0.95);
        let changes = (0..self.plan.scenarios.len() - 1).map(|comparison| {
            let of_entry = |entry: usize| {
                let all = whole.iter().map(|world| world.changes[comparison][entry]);
                self.change(entry, all.filter(|within| !within.difference.is_nan()), &level)
            };
            (0..self.entries.len()).map(of_entry).collect()
        });
        let changes = changes.collect();
        let world = |(number, given): (&u32, &Given)| World {
            number: *number,
            inputs: self.worlds.values(*number),
            headline: match given {
                Ok(world) => world.headline.clone(),
                Err(_) => vec![f64::NAN; self.plan.scenarios.len()],
            },
            failed: given.as_ref().err().cloned(),
        };
        PlausibleWorlds {
            inputs: self.worlds.inputs().map(|(path, text)| (path.to_owned(), text.to_owned())).collect(),
            replications: self.worlds.replications,
            worlds: given.iter().map(world).collect(),
            changes,
        }
    }

    fn change(&self, entry: usize, all: impl Iterator<Item = Within>, level: &Level) -> InWorlds {
        let mut nested = Nested::new(self.worlds.replications);
        let mut means = Running::default();
        for within in all {
            nested.add(within.difference, within.squares);
            means.add(within.difference);
        }
        let Some(split) = nested.split() else {
            return InWorlds { mean: means.mean(level), ..InWorlds::default() };
        };
        let better = self.entries[entry].less_is_better().map(|less| {
            let good = |difference: &&f64| if less { **difference < 0.0 } else { **difference > 0.0 };
            let (met, n) = (split.groups.iter().filter(good).count() as u32, split.groups.len() as u32);
            let [low, high] = share_interval(met, n);
            [f64::from(met) / f64::from(n), low, high]
        });
        InWorlds {
            mean: means.mean(level),
            low: quantile(&split.groups, 0.025),
            high: quantile(&split.groups, 0.975),
            better,
            input_sd: Some(split.between),
            run_sd: Some(split.within),
        }
    }
}

/// The share of what is not known about a difference that comes from inputs, beside a mean over replications.
pub fn input_share(input_sd: f64, mean: &Mean) -> Option<f64> {
    let of_runs = mean.sd? * mean.sd? / f64::from(mean.n);
    let of_inputs = input_sd * input_sd;
    (of_inputs + of_runs > 0.0).then(|| of_inputs / (of_inputs + of_runs))
}
