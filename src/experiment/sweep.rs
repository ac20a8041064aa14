//! Many points of a sweep: which replications are missing, running them, and the fold into results.
//!
//! A point is replicated until its paired difference from point 0 (the baseline as it stands, on the same
//! trucks) is known well enough, decided at fixed looks on complete prefixes: neither the order of work nor
//! the number of threads or programs moves a decision. Blocks of replications go to a [`Store`] as they are
//! done; results are a fold over blocks in the order of points, so memory does not grow with points. It does
//! not know how points are written down. Start at [`Job`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;

use super::look::looks;
use super::names::{UnknownMeasure, catalog_of, in_unit, unknown_name};
use super::result::{GoalStatus, Mean};
use super::rows::{Broken, errors_told, rows};
use super::running::{Level, Running};
use super::sensitivity::{self, Morris, Saltelli, Sobol};
use super::store::{Block, ByMeasure, Found, Row, Store, StoreError, block_name};
use super::study::{HEADLINE, goal_status};
use crate::measure::{BrokenLaw, Entry, Measure};
use crate::scenario::phrase::{DesignPhrase, Replications};
use crate::scenario::plan::StudyPlan;
use crate::scenario::ready::Ready;
use crate::scenario::sweep::{Point, Sweep};

/// A sweep with what its points are measured by.
#[derive(Debug)]
pub struct Job<'s> {
    sweep: &'s Sweep,
    seed: u64,
    /// Whole-run entries that are kept.
    entries: Vec<Entry>,
    replications: Replications,
    /// The entry that decides, and the half-width that is wanted of its paired differences.
    target: Option<(usize, f64)>,
    goals: Vec<Goal>,
    headline: usize,
    digest: String,
}

/// A part of a sweep: points whose number leaves `part` when divided by `of`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// From 0.
    pub part: u64,
    /// At least 1.
    pub of: u64,
}

impl Shard {
    /// All points.
    pub const ALL: Shard = Shard { part: 0, of: 1 };

    fn has(self, point: u64) -> bool {
        point % self.of == self.part
    }
}

/// How far a sweep is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SweepProgress {
    /// Replications done or found in the store.
    pub done: u64,
    /// Replications planned up to the present looks.
    pub planned: u64,
    /// Points that are done.
    pub points: u64,
    /// The widest half-width at the last look of any point, in the unit of the target; 0 before.
    pub widest: f64,
}

/// What became of filling a store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filled {
    /// Replications that were run now.
    pub run: u64,
    /// Replications that were in the store.
    pub found: u64,
    /// Files that were torn or foreign, and why; they were done again.
    pub redone: Vec<String>,
    /// It was cancelled before all was done.
    pub interrupted: bool,
}

/// Results of a point.
#[derive(Clone, Debug)]
pub struct PointResult {
    /// Which.
    pub point: Point,
    /// Replications.
    pub replications: u32,
    /// One per entry, at 95 %.
    pub estimates: Vec<Mean>,
    /// One per entry: less point 0, replication by replication, at 95 %.
    pub differences: Vec<Mean>,
    /// Whether the target was met; `None` without one.
    pub met: Option<bool>,
    /// One per goal of [`Job::goals`].
    pub goals: Vec<GoalStatus>,
    /// Replications that failed, and why.
    pub failures: Vec<(u32, String)>,
}

/// A goal of the study.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Goal {
    /// Its measure: a place in [`Job::entries`].
    pub entry: usize,
    /// Not more than the limit; else not less.
    pub at_most: bool,
    /// In the unit of the entry.
    pub limit: f64,
}

/// How much each factor of a sweep matters for one measure in one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// The scenario.
    pub scenario: String,
    /// A place in [`Job::entries`].
    pub entry: usize,
    /// One per factor of the sweep.
    pub effects: Effects,
}

/// Indices of factors, in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effects {
    /// Shares of variance.
    Sobol(Vec<Sobol>),
    /// Effects over the range, in the unit of the entry.
    Morris(Vec<Morris>),
}

/// Why a sweep gave no results.
#[derive(Debug, Error)]
pub enum SweepError {
    /// It asks for measures that the crossing does not have.
    #[error("unknown measure `{}`", .0.first().map_or("", |unknown| unknown.name.as_str()))]
    UnknownMeasures(Vec<UnknownMeasure>),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Blocks are missing.
    #[error("{0} blocks of replications are missing")]
    Missing(u64),
    /// What takes results in could not.
    #[error("{0}")]
    Told(String),
    /// An error of this program.
    #[error("internal error in replication {replication} of point {point}: {law}")]
    Broken {
        /// The point.
        point: u64,
        /// The replication, from 0.
        replication: u32,
        /// What was broken.
        law: BrokenLaw,
    },
}

/// Replications of a block; a point that needs more has several.
const BLOCK: u32 = 20;

/// What is always kept, where the crossing has it.
pub(super) const KEPT: [&str; 12] = [
    "crossing_time.mean",
    "crossing_time.p95",
    "border_wait.mean",
    "border_wait.p95",
    "delay.mean",
    "trucks.entered",
    "trucks.crossed",
    "trucks.stranded",
    "officer_hours",
    "truck_hours",
    "cost_per_day",
    "co2",
];

impl<'s> Job<'s> {
    /// A sweep of a study.
    ///
    /// # Errors
    /// When it asks for measures that the crossing does not have.
    pub fn new(
        sweep: &'s Sweep,
        plan: &StudyPlan,
        reps: Option<Replications>,
    ) -> Result<Job<'s>, SweepError> {
        let catalog = catalog_of(&plan.scenarios[plan.baseline]);
        let whole = |place: &usize| *place < catalog.whole_run();
        let unknown = sweep.measures.iter().filter(|name| catalog.find(name).filter(whole).is_none());
        let unknown: Vec<UnknownMeasure> =
            unknown.map(|name| unknown_name("sweep", name, &catalog)).collect();
        if !unknown.is_empty() {
            return Err(SweepError::UnknownMeasures(unknown));
        }
        let target = plan.target.as_ref();
        let detection = catalog.entries()[..catalog.whole_run()].iter();
        let detection = detection.filter(|entry| {
            matches!(entry.measure, Measure::Detection | Measure::WorstDetection) && entry.class.is_none()
        });
        let names = target.map(|target| target.measure.as_str()).into_iter();
        let names = names.chain(plan.goals.iter().map(|(name, _)| name.as_str())).chain(KEPT);
        let names = names.chain(detection.map(|entry| entry.name.as_str()));
        let names = names.chain(sweep.measures.iter().map(String::as_str));
        let mut entries: Vec<Entry> = Vec::new();
        for place in names.filter_map(|name| catalog.find(name)).filter(whole) {
            let entry = &catalog.entries()[place];
            if entries.iter().all(|known| known.name != entry.name) {
                entries.push(entry.clone());
            }
        }
        let replications = reps.or(sweep.replications).unwrap_or(plan.replications);
        let target = target.and_then(|target| {
            let place = catalog.find(&target.measure)?;
            let name = &catalog.entries()[place].name;
            let entry = entries.iter().position(|entry| entry.name == *name)?;
            Some((entry, in_unit(target.half_width, entries[entry].unit)))
        });
        let place_of = |name: &str| {
            let entry = &catalog.entries()[catalog.find(name)?];
            entries.iter().position(|known| known.name == entry.name)
        };
        let goals = plan.goals.iter().filter_map(|(name, goal)| {
            let entry = place_of(name)?;
            Some(Goal { entry, at_most: goal.at_most, limit: in_unit(goal.limit, entries[entry].unit) })
        });
        let goals = goals.collect();
        let headline = target.map(|(entry, _)| entry).or_else(|| place_of(HEADLINE)).unwrap_or(0);
        let mut digest = sweep.digest(&plan.digest, &replications);
        // Blocks hold these measures and no others.
        digest.push_str(&entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(","));
        let digest = crate::scenario::digest::fingerprint(digest.as_bytes());
        Ok(Job { sweep, seed: plan.seed, entries, replications, target, goals, headline, digest })
    }

    /// The sweep.
    pub fn sweep(&self) -> &Sweep {
        self.sweep
    }

    /// What is kept of each replication.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many replications.
    pub fn replications(&self) -> Replications {
        self.replications
    }

    /// The entry that decides when a point is known well enough, and the half-width that is wanted.
    pub fn target(&self) -> Option<(usize, f64)> {
        self.target
    }

    /// The entry by which points are compared.
    pub fn headline(&self) -> usize {
        self.headline
    }

    /// What should be reached, over the whole run.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// 32 hexadecimal digits over what decides its blocks.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The store in a folder.
    ///
    /// # Errors
    /// When names of measures make no columns.
    pub fn store(&self, folder: &std::path::Path) -> Result<Store, StoreError> {
        let measures = self.entries.iter().map(|entry| entry.name.clone()).collect();
        Store::new(folder, &self.digest, ByMeasure { measures })
    }

    /// The numbers of replications at which a point may stop. Point 0 has as many as any point may need.
    fn looks(&self, point: u64) -> Vec<u32> {
        let looks = looks(self.replications.least, self.replications.most, self.target.is_some());
        match point {
            0 => looks.last().copied().into_iter().collect(),
            _ => looks,
        }
    }

    /// Replications of all points up to their first looks.
    pub fn planned(&self, shard: Shard) -> u64 {
        let own = |point: &u64| shard.has(*point) || (*point == 0 && self.target.is_some());
        let points = (0..=self.sweep.points()).filter(own);
        points.map(|point| u64::from(self.looks(point)[0])).sum()
    }

    /// Blocks up to the first looks that are not in the store.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn missing(&self, store: &Store, shard: Shard) -> Result<u64, SweepError> {
        let mut missing = 0;
        for point in (0..=self.sweep.points()).filter(|point| shard.has(*point)) {
            for (from, count) in blocks(0..self.looks(point)[0]) {
                missing += u64::from(!matches!(store.get(point, from, count)?, Found::Whole(_)));
            }
        }
        Ok(missing)
    }

    /// Whether a point is known well enough by its values of the target's measure and those of point 0.
    fn is_met(&self, values: &[f64], reference: &[f64], level: &Level) -> (Option<bool>, f64) {
        let Some((_, wanted)) = self.target else { return (None, 0.0) };
        let differences = Running::of(values.iter().zip(reference).map(|(here, there)| here - there));
        let all = differences.n() as usize == values.len();
        let half = differences.mean(level).half_width.filter(|_| all);
        (Some(half.is_some_and(|half| half <= wanted)), half.unwrap_or(f64::INFINITY))
    }

    fn value(&self, row: &Row) -> f64 {
        match (row, self.target) {
            (Ok(values), Some((entry, _))) => values[entry],
            _ => f64::NAN,
        }
    }

    /// Runs what is missing of a shard and puts it into the store. When `cancel` is set it stops after the
    /// replications under way; whole blocks are kept.
    ///
    /// # Errors
    /// When the store cannot be written or holds something else, or when a law that every run obeys was broken.
    pub fn fill(
        &self,
        store: &Store,
        shard: Shard,
        threads: usize,
        progress: &(dyn Fn(SweepProgress) + Sync),
        cancel: &AtomicBool,
    ) -> Result<Filled, SweepError> {
        let board = Board {
            job: self,
            store,
            shard,
            state: Mutex::new(State { planned: self.planned(shard), ..State::default() }),
            wake: Condvar::new(),
            stop: AtomicBool::new(false),
            run: AtomicU64::new(0),
            progress,
            cancel,
        };
        let (sender, receiver) = sync_channel::<Block>(64);
        let mut failed = None;
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                let (board, sender) = (&board, sender.clone());
                scope.spawn(move || {
                    // A worker that panics must not leave the others waiting.
                    let _guard = Guard(board);
                    board.work(&sender);
                });
            }
            drop(sender);
            // Writing waits for the disk, so it has this thread of its own.
            for block in receiver {
                if failed.is_none()
                    && let Err(error) = store.put(&block)
                {
                    failed = Some(error);
                    board.halt();
                }
            }
        });
        let state = board.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = state.broken {
            return Err(error);
        }
        if let Some(error) = failed {
            return Err(error.into());
        }
        let interrupted = cancel.load(Ordering::Relaxed);
        Ok(Filled { run: board.run.into_inner(), found: state.found, redone: state.redone, interrupted })
    }

    /// Folds the store into results, point after point; tells how many blocks were used.
    ///
    /// # Errors
    /// When blocks are missing, or when `each` cannot take a result.
    pub fn fold(
        &self,
        store: &Store,
        each: &mut dyn FnMut(PointResult) -> Result<(), String>,
    ) -> Result<(), SweepError> {
        let level = Level::new(0.95);
        let mut reference: Vec<Row> = Vec::new();
        for point in 0..=self.sweep.points() {
            let (mut rows, mut met): (Vec<Row>, _) = (Vec::new(), None);
            for look in self.looks(point) {
                for (from, count) in blocks(rows.len() as u32..look) {
                    match store.get(point, from, count)? {
                        Found::Whole(block) => rows.extend(block.rows),
                        Found::Nothing | Found::Unusable(_) => {
                            return Err(SweepError::Missing(self.missing(store, Shard::ALL)?.max(1)));
                        }
                    }
                }
                if point > 0 {
                    let values: Vec<f64> = rows.iter().map(|row| self.value(row)).collect();
                    let there: Vec<f64> = reference.iter().map(|row| self.value(row)).collect();
                    met = self.is_met(&values, &there, &level).0;
                    if met == Some(true) {
                        break;
                    }
                }
            }
            if point == 0 {
                reference = rows.clone();
            }
            each(self.result(point, rows, &reference, met, &level)).map_err(SweepError::Told)?;
        }
        Ok(())
    }

    /// Whether the design tells which factors matter.
    pub fn tells_sensitivity(&self) -> bool {
        matches!(self.sweep.design, DesignPhrase::SobolIndices(_) | DesignPhrase::Morris(_))
    }

    /// How much factors matter for every entry, from the means of points 1, 2, ... (one value per entry each).
    pub fn sensitivity(&self, means: &[Vec<f64>]) -> Vec<Sensitivity> {
        let factors = self.sweep.factors.len();
        let each = means.len() / self.sweep.scenarios.len();
        let mut all = Vec::new();
        for (place, scenario) in self.sweep.scenarios.iter().enumerate() {
            for entry in 0..self.entries.len() {
                let results: Vec<f64> =
                    means[place * each..(place + 1) * each].iter().map(|point| point[entry]).collect();
                let effects = match self.sweep.design {
                    DesignPhrase::SobolIndices(_) => Saltelli::new(&results, factors)
                        .map(|design| Effects::Sobol(sensitivity::sobol(design, self.seed))),
                    DesignPhrase::Morris(_) => {
                        let ways = results.chunks(factors + 1).enumerate();
                        let effects: Vec<Vec<f64>> = ways
                            .map(|(way, results)| self.elementary(way * (factors + 1), results))
                            .collect();
                        Some(Effects::Morris(sensitivity::morris(&effects, self.seed)))
                    }
                    DesignPhrase::Grid
                    | DesignPhrase::List
                    | DesignPhrase::Years { .. }
                    | DesignPhrase::LatinHypercube(_)
                    | DesignPhrase::Sobol(_) => None,
                };
                let told = |effects| Sensitivity { scenario: scenario.clone(), entry, effects };
                all.extend(effects.map(told));
            }
        }
        all
    }

    /// The effect of each factor on a trajectory that begins after `before` points.
    fn elementary(&self, before: usize, results: &[f64]) -> Vec<f64> {
        let mut effects = vec![f64::NAN; self.sweep.factors.len()];
        for (step, pair) in results.windows(2).enumerate() {
            let number = (before + step + 1) as u64;
            for (factor, effect) in effects.iter_mut().enumerate() {
                let at = |number| self.sweep.coordinate(number, factor).unwrap_or(f64::NAN);
                let moved = at(number + 1) - at(number);
                if moved != 0.0 {
                    *effect = (pair[1] - pair[0]) / moved;
                }
            }
        }
        effects
    }

    fn result(
        &self,
        point: u64,
        rows: Vec<Row>,
        reference: &[Row],
        met: Option<bool>,
        level: &Level,
    ) -> PointResult {
        let value = |row: &Row, entry: usize| row.as_ref().map_or(f64::NAN, |values| values[entry]);
        let estimates = (0..self.entries.len())
            .map(|entry| Running::of(rows.iter().map(|row| value(row, entry))).mean(level));
        let differences = (0..self.entries.len()).map(|entry| {
            let pairs = rows.iter().zip(reference);
            Running::of(pairs.map(|(here, there)| value(here, entry) - value(there, entry))).mean(level)
        });
        let estimates: Vec<Mean> = estimates.collect();
        let goal = |goal: &Goal| goal_status(&estimates[goal.entry], goal.at_most, goal.limit);
        let goals = self.goals.iter().map(goal).collect();
        let failures = rows.iter().enumerate();
        let failures = failures.filter_map(|(row, why)| Some((row as u32, why.as_ref().err()?.clone())));
        PointResult {
            point: self.sweep.point(point),
            replications: rows.len() as u32,
            goals,
            estimates,
            differences: differences.collect(),
            met,
            failures: failures.collect(),
        }
    }
}

/// Blocks of a stretch of replications: (first, how many). Looks begin blocks of their own.
fn blocks(stretch: Range<u32>) -> impl Iterator<Item = (u32, u32)> {
    let end = stretch.end;
    stretch.step_by(BLOCK as usize).map(move |from| (from, BLOCK.min(end - from)))
}

/// What all workers share.
struct Board<'a> {
    job: &'a Job<'a>,
    store: &'a Store,
    shard: Shard,
    state: Mutex<State>,
    wake: Condvar,
    stop: AtomicBool,
    run: AtomicU64,
    progress: &'a (dyn Fn(SweepProgress) + Sync),
    cancel: &'a AtomicBool,
}

#[derive(Default)]
struct State {
    /// The next point to be opened.
    next: u64,
    open: BTreeMap<u64, Open>,
    /// Values of the target's measure at point 0; empty until all are known.
    reference: Vec<f64>,
    planned: u64,
    done: u64,
    found: u64,
    points: u64,
    widest: f64,
    redone: Vec<String>,
    broken: Option<SweepError>,
}

/// A point under way.
struct Open {
    looks: Vec<u32>,
    /// The present look: a place in `looks`.
    look: usize,
    /// Blocks of it that nobody works on.
    pending: Vec<(u32, u32)>,
    busy: usize,
    /// Values of the target's measure, by first replication of the block.
    values: BTreeMap<u32, Vec<f64>>,
}

/// A block to be run.
struct Task {
    point: u64,
    from: u32,
    count: u32,
}

/// Stops everybody when a worker ends before its time.
struct Guard<'a, 'b>(&'a Board<'b>);

impl Drop for Guard<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.halt();
        }
    }
}

impl Board<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn halt(&self) {
        self.stop.store(true, Ordering::SeqCst);
        let _state = self.lock();
        self.wake.notify_all();
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || self.cancel.load(Ordering::Relaxed)
    }

    fn work(&self, sender: &SyncSender<Block>) {
        let mut maker = self.job.sweep.maker();
        let mut present: Option<(u64, Result<Ready, String>)> = None;
        loop {
            let stays = present.as_ref().map(|(point, _)| *point);
            let task = match self.take(stays) {
                Ok(Some(task)) => task,
                Ok(None) => return,
                Err(error) => return self.fail(error),
            };
            if stays != Some(task.point) {
                let made = self.job.sweep.make(&mut maker, task.point);
                present = Some((task.point, made.map_err(|found| errors_told(&found))));
            }
            let Some((_, ready)) = &present else { return };
            let rows = match self.replicate(ready, &task) {
                Ok(Some(rows)) => rows,
                Ok(None) => return,
                Err(error) => return self.fail(error),
            };
            self.run.fetch_add(u64::from(task.count), Ordering::Relaxed);
            let block = Block { point: task.point, from: task.from, rows };
            let values = block.rows.iter().map(|row| self.job.value(row)).collect();
            if sender.send(block).is_err() {
                return;
            }
            if let Err(error) = self.hand_in(&task, values) {
                return self.fail(error);
            }
        }
    }

    fn fail(&self, error: SweepError) {
        self.lock().broken.get_or_insert(error);
        self.halt();
    }

    /// The next block to be run, one of point `stays` if there is one; `None` when all is done.
    fn take(&self, stays: Option<u64>) -> Result<Option<Task>, SweepError> {
        let mut state = self.lock();
        loop {
            if self.is_over() {
                return Ok(None);
            }
            let ready = |open: &Open| !open.pending.is_empty();
            let own = stays.filter(|point| state.open.get(point).is_some_and(ready));
            let any = || state.open.iter().find(|(_, open)| ready(open)).map(|(point, _)| *point);
            if let Some(point) = own.or_else(any) {
                let open = state.open.get_mut(&point).expect("it is open");
                open.busy += 1;
                let (from, count) = open.pending.remove(0);
                return Ok(Some(Task { point, from, count }));
            }
            // Nobody can be judged before point 0 is known.
            let waits = self.job.target.is_some() && state.next > 0 && state.reference.is_empty();
            let points = self.job.sweep.points();
            if !waits {
                let wanted =
                    |point: &u64| self.shard.has(*point) || (*point == 0 && self.job.target.is_some());
                if let Some(point) = (state.next..=points).find(wanted) {
                    state.next = point + 1;
                    self.open(&mut state, point)?;
                    continue;
                }
            }
            if state.open.is_empty() {
                self.wake.notify_all();
                return Ok(None);
            }
            // An interruption wakes nobody.
            let waited = self.wake.wait_timeout(state, Duration::from_millis(50));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn open(&self, state: &mut State, point: u64) -> Result<(), SweepError> {
        let looks = self.job.looks(point);
        let mut open = Open { looks, look: 0, pending: Vec::new(), busy: 0, values: BTreeMap::new() };
        let stretch = 0..open.looks[0];
        self.seek(state, point, &mut open, stretch)?;
        state.open.insert(point, open);
        self.judge(state, point)
    }

    /// Looks for the blocks of a stretch in the store.
    fn seek(
        &self,
        state: &mut State,
        point: u64,
        open: &mut Open,
        stretch: Range<u32>,
    ) -> Result<(), SweepError> {
        for (from, count) in blocks(stretch) {
            match self.store.get(point, from, count)? {
                Found::Whole(block) => {
                    state.found += u64::from(count);
                    state.done += u64::from(count);
                    open.values.insert(from, block.rows.iter().map(|row| self.job.value(row)).collect());
                }
                Found::Nothing => open.pending.push((from, count)),
                Found::Unusable(why) => {
                    state.redone.push(format!("{}: {why}", block_name(point, from, count)));
                    open.pending.push((from, count));
                }
            }
        }
        Ok(())
    }

    fn hand_in(&self, task: &Task, values: Vec<f64>) -> Result<(), SweepError> {
        let mut state = self.lock();
        state.done += u64::from(task.count);
        if let Some(open) = state.open.get_mut(&task.point) {
            open.busy -= 1;
            open.values.insert(task.from, values);
        }
        let judged = self.judge(&mut state, task.point);
        self.wake.notify_all();
        judged
    }

    /// Takes a point to its next look, or closes it, if its present look is complete.
    fn judge(&self, state: &mut State, point: u64) -> Result<(), SweepError> {
        let level = Level::new(0.95);
        while let Some(mut open) = state.open.remove(&point) {
            if !open.pending.is_empty() || open.busy > 0 {
                state.open.insert(point, open);
                break;
            }
            let values: Vec<f64> = open.values.values().flatten().copied().collect();
            let look = open.looks[open.look];
            let mut over = open.look + 1 == open.looks.len();
            if point == 0 {
                state.reference = values;
            } else {
                let (met, half) = self.job.is_met(&values, &state.reference, &level);
                state.widest = if half.is_finite() { state.widest.max(half) } else { state.widest };
                over |= met == Some(true);
            }
            if over {
                state.points += 1;
                break;
            }
            open.look += 1;
            let next = open.looks[open.look];
            state.planned += u64::from(next - look);
            self.seek(state, point, &mut open, look..next)?;
            state.open.insert(point, open);
        }
        let State { done, planned, points, widest, .. } = *state;
        (self.progress)(SweepProgress { done, planned, points, widest });
        Ok(())
    }

    /// The replications of a block; `None` when cancelled.
    fn replicate(&self, ready: &Result<Ready, String>, task: &Task) -> Result<Option<Vec<Row>>, SweepError> {
        let ready = match ready {
            Ok(ready) => ready,
            Err(why) => return Ok(Some(vec![Err(why.clone()); task.count as usize])),
        };
        let replications = task.from..task.from + task.count;
        rows(ready, self.job.seed, &self.job.entries, replications, &|| self.is_over())
            .map_err(|Broken { replication, law }| SweepError::Broken { point: task.point, replication, law })
    }
}
