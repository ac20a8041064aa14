//! The best of many candidates that meets the goals, on the same trucks.
//!
//! Few candidates are all compared, with a promised probability of a correct selection ([`crate::stats::selection`]).
//! Of more than that a search first picks those worth comparing: from the best of all levels alike it moves to
//! the best neighbour while there is a better one, a level of a factor or an exchange between two (marginal
//! analysis: Fox, Management Science 13, 1966). The comparison then has replications of its own, so that luck in the
//! search does not count ("cleaning up": Boesel, Nelson and Kim, Operations Research 51, 2003), and its
//! promise holds for those compared. Nothing is kept in a store. It does not know how a search was written. Start
//! at [`Search`].

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{self, AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::names::{UnknownMeasure, catalog_of, in_unit, mistaken};
use super::result::Mean;
use super::rows::{Broken, errors_told, rows};
use super::running::{Level, Running};
use super::store::Row;
use super::study::HEADLINE;
use super::sweep::{Goal, KEPT};
use crate::measure::{BrokenLaw, Entry, Unit};
use crate::scenario::optimize::{Levels, Optimize};
use crate::scenario::phrase::Replications;
use crate::scenario::plan::StudyPlan;
use crate::scenario::ready::{Maker, Ready};
use crate::stats::selection::{Feasible, Rules, Selection};

/// Candidates up to here are all compared.
pub const MOST_COMPARED: usize = 2_000;
/// Candidates that a search tries.
pub const MOST_SEARCHED: usize = 5_000;
/// Of them, those that are compared.
const MOST_FINALISTS: usize = 200;
/// Neighbours that are tried together, before it is decided whether one is better.
const TOGETHER: usize = 64;
/// A goal may be missed by so much of its limit, unless the search says otherwise.
const OF_A_LIMIT: f64 = 0.02;
/// Hours of officers that do not matter, unless the search says otherwise.
const OFFICER_HOURS: f64 = 0.5;
/// What of the mean of another measure does not matter, unless the search says otherwise.
const OF_A_MEAN: f64 = 0.01;

/// Candidates that differ by less than this share of what does not matter cost the same.
const SAME: f64 = 0.1;
/// What is minimized unless the search says otherwise.
const OFFICERS: &str = "officer_hours";

/// A search with what its candidates are measured by.
#[derive(Debug)]
pub struct Search<'s> {
    optimize: &'s Optimize,
    seed: u64,
    replications: Replications,
    entries: Vec<Entry>,
    /// Of which less is better.
    objective: usize,
    headline: usize,
    goals: Vec<Goal>,
    /// By goal: what does not matter.
    zones: Vec<f64>,
    /// The same of the objective, if the search or its unit tells.
    zone: Option<f64>,
    digest: String,
}

/// How far a search is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SearchProgress {
    /// Replications done.
    pub done: u64,
    /// Replications until the next decision.
    pub planned: u64,
    /// Candidates that may still be chosen.
    pub left: usize,
}

/// What became of a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is selected.
    Chosen,
    /// It meets the goals too, and differs from the chosen one by less than matters.
    AsGood,
    /// It misses a goal, but by less than matters, and is not dearer than the chosen one.
    Close,
    /// The most replications did not tell.
    Undecided,
    /// One that meets the goals is better.
    Dearer,
    /// It misses a goal.
    Misses,
    /// It cannot be simulated.
    Failed,
}

impl Verdict {
    /// Whether the candidate may be the best in truth.
    pub fn may_be_best(self) -> bool {
        matches!(self, Verdict::Chosen | Verdict::AsGood | Verdict::Close | Verdict::Undecided)
    }
}

/// A candidate that was compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The level of each factor.
    pub levels: Levels,
    /// The value of each key of each factor as text.
    pub texts: Vec<Vec<String>>,
    /// What became of it.
    pub verdict: Verdict,
    /// How many replications it had.
    pub replications: u32,
    /// One per entry, at 95 %.
    pub estimates: Vec<Mean>,
    /// Why it cannot be simulated.
    pub failed: Option<String>,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// Those compared, with less of the objective first.
    pub candidates: Vec<Candidate>,
    /// The place of the chosen one; `None` when none meets the goals.
    pub chosen: Option<usize>,
    /// Whether the promise holds: everything was told apart within the most replications.
    pub settled: bool,
    /// How many candidates there are.
    pub total: u128,
    /// Candidates that the search tried, if there were too many to compare all.
    pub searched: Option<usize>,
    /// Whether the search stopped because no neighbour was better, and not because it had tried enough.
    pub at_rest: bool,
    /// Differences of the objective below this do not matter, in its unit.
    pub zone: f64,
    /// By goal: an excess within ± this is met or missed alike, in the unit of its measure.
    pub zones: Vec<f64>,
    /// The scenario as it stands, on the replications of the chosen one (or the first ones): one per entry.
    pub present: Vec<Mean>,
    /// The chosen one less the scenario as it stands, pair by pair: one per entry.
    pub differences: Vec<Mean>,
    /// Replications that were run in all, failed ones left out.
    pub simulated: u64,
}

impl Optimum {
    /// Candidates that could not be simulated.
    pub fn failed(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|candidate| candidate.verdict == Verdict::Failed)
    }
}

/// Why a search gave no results.
#[derive(Debug, Error)]
pub enum SearchError {
    /// It names measures that the crossing does not have, or with quantities of another kind.
    #[error("unknown measure `{}`", .0.first().map_or("", |unknown| unknown.name.as_str()))]
    UnknownMeasures(Vec<UnknownMeasure>),
    /// The study has no goals.
    #[error("the study has no goals")]
    NoGoals,
    /// The scenario cannot be simulated as it stands.
    #[error("the scenario `{0}` cannot be simulated: {1}")]
    Present(String, String),
    /// An error of this program.
    #[error("internal error in replication {replication} of candidate {candidate}: {law}")]
    Broken {
        /// Its levels.
        candidate: String,
        /// The replication, from 0.
        replication: u32,
        /// What was broken.
        law: BrokenLaw,
    },
}

impl<'s> Search<'s> {
    /// A search of a study.
    ///
    /// # Errors
    /// When there are no goals, or measures are named that the crossing does not have.
    pub fn new(
        optimize: &'s Optimize,
        plan: &StudyPlan,
        reps: Option<Replications>,
    ) -> Result<Search<'s>, SearchError> {
        if plan.goals.is_empty() {
            return Err(SearchError::NoGoals);
        }
        let scenario = plan.scenarios.iter().find(|scenario| scenario.name == optimize.scenario);
        let catalog = catalog_of(scenario.unwrap_or(&plan.scenarios[plan.baseline]));
        let goals = plan.goals.iter().map(|(name, goal)| ("goals", name, Some(goal.kind)));
        let margins = optimize.indifference.iter();
        let margins = margins.map(|(name, margin)| ("indifference", name, Some(margin.kind)));
        let named = goals.chain(margins).chain([("minimize", &optimize.minimize, None)]);
        let mut unknown: Vec<UnknownMeasure> =
            named.filter_map(|(key, name, kind)| mistaken(key, name, kind, &catalog, true)).collect();
        let goal_or_objective = |name: &str| {
            let is = |other: &str| catalog.find(other) == catalog.find(name);
            is(&optimize.minimize) || plan.goals.iter().any(|(goal, _)| is(goal))
        };
        let idle = optimize.indifference.keys().filter(|name| !goal_or_objective(name));
        if unknown.is_empty() {
            unknown.extend(idle.map(|name| UnknownMeasure {
                key: "indifference",
                name: name.clone(),
                why: format!("`{name}` is neither a goal nor minimized"),
                expected: "no use",
                help: "leave it out".to_owned(),
                suggestions: Vec::new(),
            }));
        }
        for unknown in unknown.iter_mut().filter(|unknown| unknown.key == "minimize") {
            if unknown.name == OFFICERS && unknown.suggestions.is_empty() {
                unknown.help =
                    "without `[officers]` a crossing has no officer-hours: add a pool of them, or write \
                                `minimize` with another measure"
                        .to_owned();
            }
        }
        if !unknown.is_empty() {
            return Err(SearchError::UnknownMeasures(unknown));
        }
        let names = std::iter::once(optimize.minimize.as_str());
        let names = names.chain(plan.goals.iter().map(|(name, _)| name.as_str())).chain(KEPT);
        let mut entries: Vec<Entry> = Vec::new();
        for place in names.filter_map(|name| catalog.find(name)).filter(|place| *place < catalog.whole_run())
        {
            let entry = &catalog.entries()[place];
            if entries.iter().all(|known| known.name != entry.name) {
                entries.push(entry.clone());
            }
        }
        let place_of = |name: &str| {
            let entry = &catalog.entries()[catalog.find(name)?];
            entries.iter().position(|known| known.name == entry.name)
        };
        let margin = |entry: usize| {
            let told = optimize.indifference.iter().find(|(name, _)| place_of(name) == Some(entry));
            told.map(|(_, margin)| in_unit(margin.margin, entries[entry].unit))
        };
        let goals: Vec<Goal> = (plan.goals.iter())
            .filter_map(|(name, goal)| {
                let entry = place_of(name)?;
                Some(Goal { entry, at_most: goal.at_most, limit: in_unit(goal.limit, entries[entry].unit) })
            })
            .collect();
        let zone_of = |goal: &Goal| {
            let least = if goal.limit == 0.0 { 1e-3 } else { OF_A_LIMIT * goal.limit.abs() };
            margin(goal.entry).unwrap_or(least)
        };
        let zones = goals.iter().map(zone_of).collect();
        let objective = place_of(&optimize.minimize).unwrap_or(0);
        let hours = (entries[objective].unit == Unit::Hours).then_some(OFFICER_HOURS);
        let replications = reps.unwrap_or(optimize.replications);
        let told = plan.goals.iter().map(|(name, goal)| format!("{name} {goal};"));
        let digest = optimize.digest(&plan.digest, &told.collect::<String>(), &replications);
        Ok(Search {
            optimize,
            seed: plan.seed,
            // Variances need two.
            replications: Replications {
                least: replications.least.max(2),
                most: replications.most.max(replications.least.max(2)),
            },
            objective,
            headline: place_of(HEADLINE).unwrap_or(objective),
            zones,
            zone: margin(objective).or(hours),
            goals,
            digest,
            entries,
        })
    }

    /// The search.
    pub fn optimize(&self) -> &Optimize {
        self.optimize
    }

    /// What is kept of each candidate.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of which less is better.
    pub fn objective(&self) -> usize {
        self.objective
    }

    /// The entry by which equally good candidates are told apart.
    pub fn headline(&self) -> usize {
        self.headline
    }

    /// What must be reached.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// The first stage, and at most.
    pub fn replications(&self) -> Replications {
        self.replications
    }

    /// 32 hexadecimal digits over what decides the results.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether all candidates are compared.
    pub fn compares_all(&self) -> bool {
        self.optimize.candidates() <= MOST_COMPARED as u128
    }

    /// Finds the best candidate; `None` when cancelled.
    ///
    /// # Errors
    /// When the scenario cannot be simulated as it stands, or a law that every run obeys was broken.
    pub fn run(
        &self,
        jobs: usize,
        progress: &(dyn Fn(SearchProgress) + Sync),
        cancel: &AtomicBool,
    ) -> Result<Option<Optimum>, SearchError> {
        let workers = Workers::new(self, jobs, progress, cancel);
        let (candidates, searched, at_rest, first) = if self.compares_all() {
            (every(&self.optimize.sizes()), None, true, 0)
        } else {
            let Some((finalists, tried, at_rest)) = self.pick(&workers)? else { return Ok(None) };
            (finalists, Some(tried), at_rest, self.replications.least)
        };
        let Some(compared) = self.compare(&workers, candidates, first)? else { return Ok(None) };
        let replications = compared.chosen.map_or(self.replications.least, |place| compared.had[place]);
        let present = workers.run(&[Wanted::Present], first..first + replications)?;
        let Some(present) = present.map(|mut rows| rows.remove(0)) else { return Ok(None) };
        let present: Vec<Vec<f64>> = present
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|why| SearchError::Present(self.optimize.scenario.clone(), why))?;
        Ok(Some(self.optimum(compared, &present, searched, at_rest, workers.simulated())))
    }

    /// How far the objective and each goal of a row are, the latter as an excess: above 0 is missed.
    fn judged(&self, row: &[f64]) -> (f64, Vec<f64>) {
        let excess = |goal: &Goal| match goal.at_most {
            true => row[goal.entry] - goal.limit,
            false => goal.limit - row[goal.entry],
        };
        (row[self.objective], self.goals.iter().map(excess).collect())
    }

    /// Compares candidates until the best one is told apart.
    fn compare(
        &self,
        workers: &Workers,
        candidates: Vec<Levels>,
        first: u32,
    ) -> Result<Option<Compared>, SearchError> {
        let Replications { least, most } = self.replications;
        let wanted: Vec<Wanted> = candidates.iter().map(|levels| Wanted::Candidate(levels)).collect();
        let mut selection: Option<Selection> = None;
        let mut zone = self.zone.unwrap_or(0.0);
        let mut kept: Vec<Kept> = candidates.iter().map(|_| Kept::new(self.entries.len())).collect();
        let mut active: Vec<usize> = (0..candidates.len()).collect();
        let mut done = 0;
        while !active.is_empty() && done < most {
            // A decision after every quarter more: the bound between is not crossed unseen for long.
            let until = if done == 0 { least } else { (done + (done / 4).max(5)).min(most) };
            workers.left(active.len());
            let now: Vec<Wanted> = active.iter().map(|place| wanted[*place]).collect();
            let Some(all) = workers.run(&now, first + done..first + until)? else { return Ok(None) };
            let selection = selection.get_or_insert_with(|| {
                if zone == 0.0 {
                    zone = self.zone_of(&all);
                }
                let zones = self.zones.clone();
                let confidence = self.optimize.confidence;
                Selection::new(
                    Rules { confidence, objective: zone, goals: zones, first: least as usize },
                    candidates.len(),
                )
            });
            for (place, rows) in active.iter().zip(all) {
                for row in rows {
                    match row {
                        Ok(row) => {
                            let (objective, excesses) = self.judged(&row);
                            selection.add(*place, objective, &excesses);
                            kept[*place].add(row);
                        }
                        Err(why) => {
                            selection.fail(*place);
                            kept[*place].failed.get_or_insert(why);
                        }
                    }
                }
            }
            selection.judge();
            active = selection.active();
            // Only who may be chosen is looked at again.
            for (place, kept) in kept.iter_mut().enumerate() {
                if selection.feasible(place) == Feasible::No {
                    kept.rows = Vec::new();
                }
            }
            done = until;
        }
        let Some(selection) = selection else { return Ok(None) };
        let settled = active.is_empty();
        let met = |place: &usize| match selection.feasible(*place) {
            Feasible::Yes => true,
            Feasible::Unknown => !settled && selection.excesses(*place).all(|excess| excess <= 0.0),
            Feasible::No => false,
        };
        let mean = |place: &usize| kept[*place].means[self.headline].value().unwrap_or(f64::INFINITY);
        let order =
            |a: &usize, b: &usize| selection.difference(*a, *b).unwrap_or(0.0).total_cmp(&0.0).then(a.cmp(b));
        // Of those that cost the same, whatever overtime by chance made of it, the least wait decides.
        let chosen = selection.alive().filter(met).min_by(order).map(|best| {
            let costs_the_same = |place: &usize| {
                let more = selection.difference(*place, best).unwrap_or(f64::INFINITY);
                selection.feasible(*place) == Feasible::Yes && more.abs() < SAME * zone
            };
            let same = (0..candidates.len()).filter(costs_the_same).chain([best]);
            same.min_by(|a, b| mean(a).total_cmp(&mean(b)).then(a.cmp(b))).unwrap_or(best)
        });
        let had = kept.iter().map(|kept| kept.means[self.objective].n()).collect();
        let verdicts = (0..candidates.len())
            .map(|place| self.verdict(&selection, &kept[place], place, chosen, settled, zone))
            .collect();
        Ok(Some(Compared { candidates, kept, verdicts, chosen, settled, zone, had }))
    }

    fn verdict(
        &self,
        selection: &Selection,
        kept: &Kept,
        place: usize,
        chosen: Option<usize>,
        settled: bool,
        zone: f64,
    ) -> Verdict {
        if chosen == Some(place) {
            return Verdict::Chosen;
        }
        if kept.failed.is_some() || kept.means[self.objective].n() == 0 {
            return Verdict::Failed;
        }
        let dearer = chosen.and_then(|chosen| selection.difference(place, chosen)).unwrap_or(0.0);
        let alive = selection.alive().any(|alive| alive == place);
        match selection.feasible(place) {
            Feasible::Unknown if alive && !settled => Verdict::Undecided,
            Feasible::Yes | Feasible::Unknown if alive && dearer < zone => Verdict::AsGood,
            Feasible::Yes if dearer < zone => Verdict::AsGood,
            Feasible::Yes | Feasible::Unknown => Verdict::Dearer,
            Feasible::No => {
                let mut excesses = selection.excesses(place).zip(&self.zones);
                // NaN is not close.
                match excesses.all(|(excess, zone)| excess < *zone) && dearer < zone {
                    true => Verdict::Close,
                    false => Verdict::Misses,
                }
            }
        }
    }

    /// What of the objective does not matter, from the first replications of all.
    fn zone_of(&self, all: &[Vec<Row>]) -> f64 {
        let values = all.iter().flatten().filter_map(|row| Some(row.as_ref().ok()?[self.objective].abs()));
        let least = values.filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
        if least.is_finite() { OF_A_MEAN * least } else { OF_A_MEAN }
    }

    fn optimum(
        &self,
        compared: Compared,
        present: &[Vec<f64>],
        searched: Option<usize>,
        at_rest: bool,
        simulated: u64,
    ) -> Optimum {
        let level = Level::new(0.95);
        let Compared { candidates, kept, verdicts, chosen, settled, zone, had } = compared;
        let differences = (0..self.entries.len()).map(|entry| {
            let rows = chosen.map(|place| kept[place].rows.as_slice()).unwrap_or_default();
            let pairs = rows.iter().zip(present);
            Running::of(pairs.map(|(ours, theirs)| ours[entry] - theirs[entry])).mean(&level)
        });
        let differences = differences.collect();
        let present = (0..self.entries.len())
            .map(|entry| Running::of(present.iter().map(|row| row[entry])).mean(&level))
            .collect();
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        let key = |place: &usize| {
            let mean = |entry: usize| kept[*place].means[entry].value().unwrap_or(f64::INFINITY);
            (mean(self.objective), mean(self.headline))
        };
        order.sort_by(|a, b| {
            let ((a_objective, a_headline), (b_objective, b_headline)) = (key(a), key(b));
            a_objective.total_cmp(&b_objective).then(a_headline.total_cmp(&b_headline)).then(a.cmp(b))
        });
        let candidate = |place: &usize| Candidate {
            levels: candidates[*place].clone(),
            texts: self.optimize.texts(&candidates[*place]),
            verdict: verdicts[*place],
            replications: had[*place],
            estimates: kept[*place].means.iter().map(|running| running.mean(&level)).collect(),
            failed: kept[*place].failed.clone(),
        };
        Optimum {
            chosen: chosen.and_then(|chosen| order.iter().position(|place| *place == chosen)),
            candidates: order.iter().map(candidate).collect(),
            settled,
            total: self.optimize.candidates(),
            searched,
            at_rest,
            zone,
            zones: self.zones.clone(),
            present,
            differences,
            simulated,
        }
    }

    /// The candidates worth comparing, how many were tried, and whether no neighbour was better; `None` when cancelled.
    fn pick(&self, workers: &Workers) -> Result<Option<(Vec<Levels>, usize, bool)>, SearchError> {
        let sizes = self.optimize.sizes();
        let mut tried = Tried::new(self, workers);
        if tried.all(&alike(&sizes))?.is_none() {
            return Ok(None);
        }
        let mut here = tried.best(&alike(&sizes));
        let mut at_rest = false;
        'moves: while tried.known.len() < MOST_SEARCHED {
            let near = neighbours(&here, &sizes);
            if tried.all(&near)?.is_none() {
                return Ok(None);
            }
            let best = tried.best(&near);
            if tried.is_better(&best, &here) {
                here = best;
                continue;
            }
            for some in exchanges(&here, &sizes).chunks(TOGETHER) {
                if tried.all(some)?.is_none() {
                    return Ok(None);
                }
                let best = tried.best(some);
                if tried.is_better(&best, &here) {
                    here = best;
                    continue 'moves;
                }
            }
            at_rest = true;
            break;
        }
        let count = tried.known.len();
        let mut finalists: Vec<Levels> = tried.known.keys().cloned().collect();
        finalists.sort_by(|a, b| tried.known[a].order(&tried.known[b]).then(a.cmp(b)));
        finalists.truncate(MOST_FINALISTS);
        Ok(Some((finalists, count, at_rest)))
    }
}

/// What came of a comparison, by candidate.
struct Compared {
    candidates: Vec<Levels>,
    kept: Vec<Kept>,
    verdicts: Vec<Verdict>,
    chosen: Option<usize>,
    settled: bool,
    zone: f64,
    had: Vec<u32>,
}

/// What is kept of a candidate.
struct Kept {
    /// One per entry.
    means: Vec<Running>,
    /// By replication, while the candidate may be chosen.
    rows: Vec<Vec<f64>>,
    failed: Option<String>,
}

impl Kept {
    fn new(entries: usize) -> Kept {
        Kept { means: vec![Running::default(); entries], rows: Vec::new(), failed: None }
    }

    fn add(&mut self, row: Vec<f64>) {
        self.means.iter_mut().zip(&row).for_each(|(mean, value)| mean.add(*value));
        self.rows.push(row);
    }
}

/// All candidates of so many levels, the last factor fastest.
fn every(sizes: &[usize]) -> Vec<Levels> {
    let mut all = vec![Vec::new()];
    for size in sizes {
        let longer = all.into_iter().flat_map(|levels: Levels| {
            (0..*size).map(move |level| levels.iter().copied().chain([level]).collect())
        });
        all = longer.collect();
    }
    all
}

/// Candidates with all factors at the same share of their range.
fn alike(sizes: &[usize]) -> Vec<Levels> {
    let steps = sizes.iter().copied().max().unwrap_or(1);
    let at = |step: usize, size: usize| ((size - 1) * step + (steps - 1) / 2) / (steps - 1).max(1);
    (0..steps).map(|step| sizes.iter().map(|size| at(step, *size)).collect()).collect()
}

/// Candidates that differ by one level of one factor.
fn neighbours(here: &[usize], sizes: &[usize]) -> Vec<Levels> {
    let moved = |factor: usize, up: bool| moved(here, sizes, factor, up);
    (0..here.len()).flat_map(|factor| [moved(factor, false), moved(factor, true)]).flatten().collect()
}

/// Candidates with one level less of one factor, and one more of another.
fn exchanges(here: &[usize], sizes: &[usize]) -> Vec<Levels> {
    let pairs = (0..here.len()).flat_map(|down| (0..here.len()).map(move |up| (down, up)));
    let exchanged = pairs.filter(|(down, up)| down != up);
    exchanged.filter_map(|(down, up)| moved(&moved(here, sizes, down, false)?, sizes, up, true)).collect()
}

fn moved(here: &[usize], sizes: &[usize], factor: usize, up: bool) -> Option<Levels> {
    let level = if up { Some(here[factor] + 1) } else { here[factor].checked_sub(1) };
    let level = level.filter(|level| *level < sizes[factor])?;
    let mut levels = here.to_vec();
    levels[factor] = level;
    Some(levels)
}

/// Candidates that the search tried.
struct Tried<'a, 'w> {
    search: &'a Search<'a>,
    workers: &'a Workers<'w>,
    known: BTreeMap<Levels, Brief>,
}

/// What the search knows of a candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Brief {
    objective: f64,
    /// The worst excess over a goal, in what of it does not matter; ∞ when it cannot be simulated.
    excess: f64,
}

impl Brief {
    /// The better first: who meets the goals, by the objective, then by what is to spare; then who misses least.
    fn order(&self, other: &Brief) -> Ordering {
        let misses = |brief: &Brief| brief.excess > 0.0;
        misses(self).cmp(&misses(other)).then_with(|| match misses(self) {
            true => self.excess.total_cmp(&other.excess),
            false => self.objective.total_cmp(&other.objective).then(self.excess.total_cmp(&other.excess)),
        })
    }
}

impl<'a, 'w> Tried<'a, 'w> {
    fn new(search: &'a Search<'a>, workers: &'a Workers<'w>) -> Self {
        Tried { search, workers, known: BTreeMap::new() }
    }

    /// Tries those that are not known; `None` when cancelled.
    fn all(&mut self, candidates: &[Levels]) -> Result<Option<()>, SearchError> {
        let new: Vec<&Levels> =
            candidates.iter().filter(|levels| !self.known.contains_key(*levels)).collect();
        let wanted: Vec<Wanted> = new.iter().map(|levels| Wanted::Candidate(levels)).collect();
        self.workers.left(self.known.len() + new.len());
        let first = 0..self.search.replications.least;
        let Some(all) = self.workers.run(&wanted, first)? else { return Ok(None) };
        for (levels, rows) in new.into_iter().zip(all) {
            let brief = self.brief(&rows);
            self.known.insert(levels.clone(), brief);
        }
        Ok(Some(()))
    }

    fn brief(&self, rows: &[Row]) -> Brief {
        let out = Brief { objective: f64::INFINITY, excess: f64::INFINITY };
        let mut sums = (0.0, vec![0.0; self.search.goals.len()]);
        for row in rows {
            let Ok(row) = row else { return out };
            let (objective, excesses) = self.search.judged(row);
            sums.0 += objective;
            sums.1.iter_mut().zip(excesses).for_each(|(sum, excess)| *sum += excess);
        }
        let n = rows.len() as f64;
        let worst = sums.1.iter().zip(&self.search.zones).map(|(sum, zone)| sum / n / zone);
        let brief = Brief { objective: sums.0 / n, excess: worst.fold(f64::NEG_INFINITY, f64::max) };
        // A blank is no value to go by.
        if sums.0.is_nan() || sums.1.iter().any(|sum| sum.is_nan()) { out } else { brief }
    }

    /// The best of those that are known; there is one.
    fn best(&self, candidates: &[Levels]) -> Levels {
        let best = candidates.iter().min_by(|a, b| self.known[*a].order(&self.known[*b]).then(a.cmp(b)));
        best.cloned().unwrap_or_default()
    }

    fn is_better(&self, there: &Levels, here: &Levels) -> bool {
        let known = |levels: &Levels| self.known.get(levels);
        known(there).zip(known(here)).is_some_and(|(there, here)| there.order(here) == Ordering::Less)
    }
}

/// What is to be run.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    Candidate(&'a [usize]),
    /// The scenario as it stands.
    Present,
}

/// Who runs replications.
struct Workers<'a> {
    search: &'a Search<'a>,
    makers: Vec<Mutex<Maker>>,
    progress: &'a (dyn Fn(SearchProgress) + Sync),
    cancel: &'a AtomicBool,
    done: AtomicU64,
    /// Of these, replications that did not fail.
    simulated: AtomicU64,
    left: AtomicUsize,
}

impl<'a> Workers<'a> {
    fn new(
        search: &'a Search<'a>,
        jobs: usize,
        progress: &'a (dyn Fn(SearchProgress) + Sync),
        cancel: &'a AtomicBool,
    ) -> Self {
        let makers = (0..jobs.max(1)).map(|_| Mutex::new(search.optimize.maker())).collect();
        let (done, simulated) = (AtomicU64::new(0), AtomicU64::new(0));
        Workers { search, makers, progress, cancel, done, simulated, left: AtomicUsize::new(0) }
    }

    /// Replications run so far.
    fn done(&self) -> u64 {
        self.done.load(atomic::Ordering::Relaxed)
    }

    /// Those of them that did not fail.
    fn simulated(&self) -> u64 {
        self.simulated.load(atomic::Ordering::Relaxed)
    }

    fn left(&self, candidates: usize) {
        self.left.store(candidates, atomic::Ordering::Relaxed);
    }

    /// The rows of each, in order; `None` when cancelled.
    fn run(&self, wanted: &[Wanted], replications: Range<u32>) -> Result<Option<Vec<Vec<Row>>>, SearchError> {
        // Few are split, so that no worker is idle.
        let each = replications.len() as u32;
        let parts = (2 * self.makers.len()).div_ceil(wanted.len().max(1)) as u32;
        let size = each.div_ceil(parts.clamp(1, each.max(1))).max(1);
        let starts = || replications.clone().step_by(size as usize);
        let tasks: Vec<(usize, u32)> =
            (0..wanted.len()).flat_map(|place| starts().map(move |from| (place, from))).collect();
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let given: Mutex<BTreeMap<(usize, u32), Vec<Row>>> = Mutex::default();
        let broken: Mutex<Option<SearchError>> = Mutex::default();
        let planned = self.done() + tasks.len() as u64 * u64::from(size);
        std::thread::scope(|scope| {
            for maker in &self.makers {
                scope.spawn(|| {
                    let mut maker = maker.lock().unwrap_or_else(PoisonError::into_inner);
                    let is_over = || {
                        self.cancel.load(atomic::Ordering::Relaxed) || stop.load(atomic::Ordering::Relaxed)
                    };
                    while !is_over() {
                        let task = next.fetch_add(1, atomic::Ordering::Relaxed);
                        let Some((place, from)) = tasks.get(task).copied() else { return };
                        let stretch = from..(from + size).min(replications.end);
                        let count = stretch.len() as u64;
                        match self.rows(&mut maker, wanted[place], stretch, &is_over) {
                            Ok(Some(rows)) => {
                                let ran = rows.iter().filter(|row| row.is_ok()).count() as u64;
                                self.simulated.fetch_add(ran, atomic::Ordering::Relaxed);
                                given
                                    .lock()
                                    .unwrap_or_else(PoisonError::into_inner)
                                    .insert((place, from), rows);
                            }
                            Ok(None) => return,
                            Err(error) => {
                                broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                                return stop.store(true, atomic::Ordering::Relaxed);
                            }
                        }
                        let done = self.done.fetch_add(count, atomic::Ordering::Relaxed) + count;
                        let left = self.left.load(atomic::Ordering::Relaxed);
                        (self.progress)(SearchProgress { done, planned, left });
                    }
                });
            }
        });
        if let Some(error) = broken.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let given = given.into_inner().unwrap_or_else(PoisonError::into_inner);
        if given.len() < tasks.len() {
            return Ok(None);
        }
        let mut all: Vec<Vec<Row>> = wanted.iter().map(|_| Vec::new()).collect();
        given.into_iter().for_each(|((place, _), rows)| all[place].extend(rows));
        Ok(Some(all))
    }

    fn rows(
        &self,
        maker: &mut Maker,
        wanted: Wanted,
        replications: Range<u32>,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Row>>, SearchError> {
        let optimize = self.search.optimize;
        let made = match wanted {
            Wanted::Candidate(levels) => optimize.make(maker, levels),
            Wanted::Present => optimize.present(maker),
        };
        let ready: Ready = match made {
            Ok(ready) => ready,
            Err(found) => return Ok(Some(vec![Err(errors_told(&found)); replications.len()])),
        };
        let ran = rows(&ready, self.search.seed, &self.search.entries, replications, is_over);
        ran.map_err(|Broken { replication, law }| {
            let candidate = match wanted {
                Wanted::Candidate(levels) => format!("{levels:?}"),
                Wanted::Present => optimize.scenario.clone(),
            };
            SearchError::Broken { candidate, replication, law }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_counted_through() {
        assert_eq!(every(&[2, 1, 3]).len(), 6);
        assert_eq!(every(&[2, 1, 3])[1], [0, 0, 1]);
        assert_eq!(every(&[2, 1, 3])[5], [1, 0, 2]);
    }

    #[test]
    fn levels_alike_reach_from_end_to_end() {
        assert_eq!(alike(&[3, 2, 1]), [[0, 0, 0], [1, 1, 0], [2, 1, 0]]);
        assert_eq!(alike(&[5, 5]).len(), 5);
        assert_eq!(alike(&[1]), [[0]]);
    }

    #[test]
    fn neighbours_stay_inside() {
        assert_eq!(neighbours(&[0, 1], &[2, 2]), [[1, 1], [0, 0]]);
        assert_eq!(exchanges(&[0, 1], &[2, 2]), [[1, 0]]);
        assert_eq!(exchanges(&[1, 1], &[3, 3]), [[0, 2], [2, 0]]);
    }

    #[test]
    fn who_meets_the_goals_comes_first() {
        let brief = |objective, excess| Brief { objective, excess };
        let mut all = [
            brief(1.0, 2.0),
            brief(9.0, -1.0),
            brief(8.0, -1.0),
            brief(8.0, -2.0),
            brief(0.0, f64::INFINITY),
        ];
        all.sort_by(Brief::order);
        assert_eq!(all.map(|brief| brief.objective), [8.0, 8.0, 9.0, 1.0, 0.0]);
        assert_eq!(all[0].excess, -2.0);
    }
}
