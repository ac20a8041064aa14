//! Replications in parallel, merged in order.
//!
//! Workers take (replication, scenario) pairs in order, replication by replication, so that what is
//! complete is a prefix. Results are folded in order of replication whatever the order in which
//! they come, so any number of threads gives the same bytes. It does not know when to stop. Start
//! at [`Replicator`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::measure::{BrokenLaw, Catalog, Collector, Observed};
use crate::model::crossing::simulate;
use crate::model::network::Network;
use crate::model::value::Valuation;

use super::kept::{Keeper, told};
use super::{Progress, RunError};

/// One scenario, ready to be replicated.
pub(super) struct Plan<'p> {
    pub(super) name: &'p str,
    pub(super) network: &'p Network,
    pub(super) valuation: Option<&'p Valuation>,
    pub(super) catalog: Arc<Catalog>,
}

/// What came out of one replication of one scenario: what was observed, or why the model failed.
pub(super) type Replication = Result<Observed, String>;

/// Runs replications of all scenarios, on the same trucks.
pub(super) struct Replicator<'p> {
    plans: &'p [Plan<'p>],
    seed: u64,
    first: u32,
    pool: rayon::ThreadPool,
    /// Collectors by worker and scenario, made when first needed.
    collectors: Vec<Mutex<Vec<Option<Collector<'p>>>>>,
    progress: &'p (dyn Fn(Progress) + Sync),
    cancel: &'p AtomicBool,
    done: AtomicU32,
}

/// Rows of replications that wait for their turn to be folded.
struct Waiting<'f> {
    rows: BTreeMap<u32, Vec<Option<Replication>>>,
    /// The next row to be folded, and where they end.
    next: u32,
    end: u32,
    fold: &'f mut (dyn FnMut(Vec<Replication>) + Send),
    keeper: Option<&'f mut Keeper>,
    broken: Option<RunError>,
}

impl Waiting<'_> {
    /// Folds what is complete.
    fn advance(&mut self) {
        while self.broken.is_none() && self.next < self.end {
            let found = self.keeper.as_mut().filter(|keeper| keeper.has(self.next));
            let complete = match found {
                Some(keeper) => match keeper.get(self.next) {
                    Ok(row) => row,
                    Err(why) => {
                        self.broken = Some(RunError::NotKept(why));
                        return;
                    }
                },
                None => {
                    let Some(row) =
                        self.rows.get_mut(&self.next).filter(|row| row.iter().all(Option::is_some))
                    else {
                        return;
                    };
                    let row: Vec<Replication> = row.drain(..).flatten().collect();
                    self.rows.remove(&self.next);
                    if let Some(keeper) = &mut self.keeper {
                        keeper.put(self.next, &row);
                        if keeper.has_failed() {
                            self.broken = Some(RunError::NotKept("the store cannot be written".to_owned()));
                        }
                    }
                    row
                }
            };
            self.next += 1;
            (self.fold)(complete);
        }
    }
}

impl<'p> Replicator<'p> {
    /// For replications `first`, `first + 1`, ... on `jobs` threads (`None`: one per core).
    pub(super) fn new(
        plans: &'p [Plan<'p>],
        seed: u64,
        first: u32,
        jobs: Option<usize>,
        progress: &'p (dyn Fn(Progress) + Sync),
        cancel: &'p AtomicBool,
    ) -> Result<Self, RunError> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0));
        let pool = builder.build().map_err(|error| RunError::Threads(error.to_string()))?;
        let none = || Mutex::new((0..plans.len()).map(|_| None).collect());
        let collectors = (0..pool.current_num_threads()).map(|_| none()).collect();
        Ok(Replicator { plans, seed, first, pool, collectors, progress, cancel, done: AtomicU32::new(0) })
    }

    /// Runs rows `from..to` (a row is one replication of every scenario), unless the keeper has them, and folds
    /// them in order. Tells how many rows are complete in the end: `to`, or fewer when cancelled.
    pub(super) fn run(
        &self,
        from: u32,
        to: u32,
        mut keeper: Option<&mut Keeper>,
        fold: &mut (dyn FnMut(Vec<Replication>) + Send),
    ) -> Result<u32, RunError> {
        let scenarios = self.plans.len() as u32;
        if let Some(keeper) = &mut keeper {
            keeper.begin(from..to).map_err(|error| RunError::NotKept(told(&error)))?;
        }
        let is_found = |row: &u32| keeper.as_ref().is_some_and(|keeper| keeper.has(*row));
        let missing: Vec<u32> = (from..to).filter(|row| !is_found(row)).collect();
        self.done.fetch_add((to - from - missing.len() as u32) * scenarios, Ordering::Relaxed);
        let tasks = missing.len() as u32 * scenarios;
        let task = AtomicU32::new(0);
        let mut waiting = Waiting { rows: BTreeMap::new(), next: from, end: to, fold, keeper, broken: None };
        waiting.advance();
        let stop = AtomicBool::new(waiting.broken.is_some());
        let waiting = Mutex::new(waiting);
        self.pool.scope(|scope| {
            for collectors in &self.collectors {
                let (task, waiting, stop, missing) = (&task, &waiting, &stop, &missing);
                scope.spawn(move |_| {
                    let mut collectors = lock(collectors);
                    while !self.cancel.load(Ordering::Relaxed) && !stop.load(Ordering::Relaxed) {
                        let mine = task.fetch_add(1, Ordering::Relaxed);
                        if mine >= tasks {
                            return;
                        }
                        let (row, scenario) =
                            (missing[(mine / scenarios) as usize], (mine % scenarios) as usize);
                        match self.replicate(row, scenario, &mut collectors[scenario]) {
                            Ok(replication) => {
                                let mut waiting = lock(waiting);
                                self.hand_in(&mut waiting, row, scenario, replication);
                                if waiting.broken.is_some() {
                                    stop.store(true, Ordering::Relaxed);
                                }
                            }
                            Err(law) => {
                                let name = self.plans[scenario].name.to_owned();
                                let replication = self.first + row;
                                lock(waiting).broken =
                                    Some(RunError::Broken { scenario: name, replication, law });
                                stop.store(true, Ordering::Relaxed);
                            }
                        }
                        self.tell(to * scenarios, scenario);
                    }
                });
            }
        });
        let waiting = waiting.into_inner().unwrap_or_else(PoisonError::into_inner);
        waiting.broken.map_or(Ok(waiting.next), Err)
    }

    fn replicate(
        &self,
        row: u32,
        scenario: usize,
        collector: &mut Option<Collector<'p>>,
    ) -> Result<Replication, BrokenLaw> {
        let plan = &self.plans[scenario];
        let collector = collector.get_or_insert_with(|| Collector::valued(plan.network, plan.valuation));
        collector.reset();
        match simulate(plan.network, self.seed, u64::from(self.first + row), collector) {
            Ok(end) => collector.finish(&plan.catalog, end.trucks).map(Ok),
            Err(failure) => Ok(Err(failure.to_string())),
        }
    }

    fn hand_in(&self, waiting: &mut Waiting, row: u32, scenario: usize, replication: Replication) {
        let empty = || (0..self.plans.len()).map(|_| None).collect();
        waiting.rows.entry(row).or_insert_with(empty)[scenario] = Some(replication);
        waiting.advance();
    }

    fn tell(&self, total: u32, scenario: usize) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let label = self.plans[scenario].name;
        (self.progress)(Progress { done: u64::from(done), total: u64::from(total), label });
    }
}

/// A worker that panicked is heard of through the pool; its lock is of no further interest.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
