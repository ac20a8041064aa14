//! What is kept of the replications of a scenario.
//!
//! Entries over the whole run keep every replication's value, since differences are paired by
//! replication; entries by hour keep means and deviations only, so memory does not grow with hours
//! times replications. Start at [`Fold`].

use crate::measure::{Catalog, Course, Observed};
use crate::model::network::Network;
use crate::stats::{Tally, quantile};

use super::replicate::Replication;
use super::result::{
    FailedReplication, Link, Mean, MinimumRuns, OneRun, Pooled, QueueSeries, ScenarioResult, Storage, WarmUp,
};
use super::running::{Level, Running};

/// What is known of a scenario before it is folded up.
pub(super) struct Known {
    pub(super) estimates: Vec<Mean>,
    pub(super) minimum_runs: MinimumRuns,
    pub(super) warm_up: Option<WarmUp>,
    pub(super) one_run: Vec<OneRun>,
}

/// The replications of one scenario so far, in order.
pub(super) struct Fold {
    /// By replication: one value per whole-run entry of the study; empty when it failed.
    pub(super) values: Vec<Vec<f64>>,
    /// One per entry by hour.
    by_hour: Vec<Running>,
    pooled: Vec<Tally>,
    /// By replication: trucks in line, place after place, interval after interval.
    queues: Vec<Vec<f32>>,
    /// By group and local hour.
    pub(super) posted: Vec<Running>,
    storage: Vec<(Running, Running)>,
    /// All classes together, then class by class.
    links: Vec<Running>,
    classes: usize,
    /// How the runs went, all replications together; `None` where they are short.
    pub(super) course: Option<Course>,
    pub(super) failures: Vec<FailedReplication>,
    first: u32,
    /// Where a value of the scenario's own catalogue stands among the study's entries.
    places: Vec<usize>,
    whole_run: usize,
    entries: usize,
}

impl Fold {
    /// `places` maps the scenario's catalogue to the study's entries, of which `whole_run` come
    /// first; replications are numbered from `first`.
    pub(super) fn new(
        places: Vec<usize>,
        whole_run: usize,
        entries: usize,
        classes: usize,
        first: u32,
    ) -> Self {
        Fold {
            values: Vec::new(),
            by_hour: vec![Running::default(); entries - whole_run],
            pooled: Vec::new(),
            queues: Vec::new(),
            posted: Vec::new(),
            storage: Vec::new(),
            links: Vec::new(),
            classes,
            course: None,
            failures: Vec::new(),
            first,
            places,
            whole_run,
            entries,
        }
    }

    /// Adds the next replication.
    pub(super) fn add(&mut self, replication: Replication) {
        let observed = match replication {
            Ok(observed) => observed,
            Err(reason) => {
                let replication = self.first + self.values.len() as u32;
                self.failures.push(FailedReplication { replication, reason });
                self.values.push(Vec::new());
                return;
            }
        };
        let Observed { values, pooled, queues, posted, storage, links, course } = observed;
        match (&mut self.course, course) {
            (Some(sum), Some(more)) => sum.add(&more),
            (sum, more) => *sum = more,
        }
        let mut whole = vec![f64::NAN; self.whole_run];
        for (value, place) in values.into_iter().zip(&self.places) {
            match whole.get_mut(*place) {
                Some(kept) => *kept = value,
                None => self.by_hour[*place - self.whole_run].add(value),
            }
        }
        self.values.push(whole);
        self.queues.push(queues.into_iter().map(|trucks| trucks as f32).collect());
        self.pooled.resize(pooled.len(), Tally::default());
        self.pooled.iter_mut().zip(&pooled).for_each(|(sum, tally)| sum.merge(tally));
        add_each(&mut self.posted, posted.into_iter());
        let links_of_class = links.len() / self.classes.max(1);
        let total = |link| links.iter().skip(link).step_by(links_of_class).sum::<u64>();
        let totals: Vec<u64> = (0..links_of_class).map(total).collect();
        let links: Vec<u64> = totals.into_iter().chain(links.iter().copied()).collect();
        add_each(&mut self.links, links.into_iter().map(|trucks| trucks as f64));
        self.storage.resize(storage.len(), Default::default());
        for ((full, trucks), seen) in self.storage.iter_mut().zip(storage) {
            full.add(seen.0);
            trucks.add(seen.1);
        }
    }

    /// The values of a whole-run entry, replication by replication; NaN where it is blank.
    pub(super) fn series(&self, entry: usize) -> impl Iterator<Item = f64> {
        self.values.iter().map(move |values| values.get(entry).copied().unwrap_or(f64::NAN))
    }

    /// One mean per entry.
    pub(super) fn estimates(&self, level: &Level) -> Vec<Mean> {
        let whole = (0..self.whole_run).map(|entry| Running::of(self.series(entry)).mean(level));
        let by_hour = self.by_hour.iter().map(|running| running.mean(level));
        let estimates: Vec<Mean> = whole.chain(by_hour).collect();
        debug_assert_eq!(estimates.len(), self.entries);
        estimates
    }

    /// The results of the scenario.
    pub(super) fn result(
        self,
        (name, title): (String, String),
        network: &Network,
        catalog: &Catalog,
        known: Known,
        level: &Level,
    ) -> ScenarioResult {
        ScenarioResult {
            estimates: known.estimates,
            pooled: catalog.pooled_names().into_iter().zip(&self.pooled).map(pooled).collect(),
            queues: queue_series(catalog, &self.queues),
            storage: Catalog::storage_places(network)
                .into_iter()
                .zip(&self.storage)
                .map(|((place, room), (full, trucks))| Storage {
                    place,
                    room,
                    full: full.mean(level),
                    trucks: trucks.mean(level),
                })
                .collect(),
            links: links(network, &self.links, level),
            values: self.values,
            failures: self.failures,
            minimum_runs: known.minimum_runs,
            warm_up: known.warm_up,
            one_run: known.one_run,
            name,
            title,
        }
    }
}

fn add_each(sums: &mut Vec<Running>, values: impl ExactSizeIterator<Item = f64>) {
    sums.resize(values.len(), Running::default());
    sums.iter_mut().zip(values).for_each(|(sum, value)| sum.add(value));
}

/// 1 % to 99 %.
const HUNDREDTHS: [f64; 99] = {
    let mut shares = [0.0; 99];
    let mut place = 0;
    while place < 99 {
        shares[place] = (place + 1) as f64 / 100.0;
        place += 1;
    }
    shares
};

fn pooled((name, tally): (String, &Tally)) -> Pooled {
    // Those of every station would be most of what a result holds.
    let shown = name.starts_with("crossing_time") || name.starts_with("border_wait");
    Pooled {
        name,
        count: tally.count(),
        p50: tally.quantile(0.50),
        p90: tally.quantile(0.90),
        p95: tally.quantile(0.95),
        p99: tally.quantile(0.99),
        max: tally.max(),
        percentiles: shown.then(|| tally.quantiles(HUNDREDTHS)).flatten().map_or_else(Vec::new, Vec::from),
    }
}

fn queue_series(catalog: &Catalog, queues: &[Vec<f32>]) -> Vec<QueueSeries> {
    let places = catalog.queue_places();
    let intervals = queues.first().map_or(0, |all| all.len() / places.len().max(1));
    let series = |(place, (station, group)): (usize, (String, Option<String>))| {
        let mut series = QueueSeries {
            station,
            group,
            interval_minutes: 15,
            mean: Vec::with_capacity(intervals),
            p05: Vec::with_capacity(intervals),
            p25: Vec::with_capacity(intervals),
            p50: Vec::with_capacity(intervals),
            p75: Vec::with_capacity(intervals),
            p95: Vec::with_capacity(intervals),
        };
        let mut seen: Vec<f64> = Vec::with_capacity(queues.len());
        for interval in 0..intervals {
            seen.clear();
            let trucks = queues.iter().map(|all| f64::from(all[place * intervals + interval]));
            seen.extend(trucks.filter(|trucks| !trucks.is_nan()));
            series.mean.push(seen.iter().sum::<f64>() / seen.len() as f64);
            seen.sort_by(f64::total_cmp);
            let of_replications = |p| quantile(&seen, p).unwrap_or(f64::NAN);
            series.p05.push(of_replications(0.05));
            series.p25.push(of_replications(0.25));
            series.p50.push(of_replications(0.50));
            series.p75.push(of_replications(0.75));
            series.p95.push(of_replications(0.95));
        }
        series
    };
    places.into_iter().enumerate().map(series).collect()
}

/// Links that trucks took: all classes together first, then by class.
fn links(network: &Network, sums: &[Running], level: &Level) -> Vec<Link> {
    let places = Catalog::link_places(network);
    let count = places.len();
    let link = |at: usize, class: Option<usize>, trucks: Mean| Link {
        from: places[at / count].clone(),
        to: places[at % count].clone(),
        class: class.map(|class| network.classes[class].name.clone()),
        trucks,
    };
    let taken = |mean: &Mean| mean.mean.is_some_and(|mean| mean > 0.0);
    let mut links = Vec::new();
    for (number, sum) in sums.iter().enumerate() {
        let mean = sum.mean(level);
        if taken(&mean) {
            links.push(link(number % (count * count), (number / (count * count)).checked_sub(1), mean));
        }
    }
    links
}
