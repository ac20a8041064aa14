//! From the tables of one replication to one value per entry, and the laws that every run obeys.
//!
//! Conservation: trucks that came = trucks gone by every outcome + trucks inside. Little's law: the
//! number inside, integrated over time = the sum of the times inside (Little 1961), for the whole
//! crossing and for every station. Both are compared as whole numbers of microseconds, without
//! warm-up or window, so a difference of one is an error of ours. Start at [`Collector::finish`].

use thiserror::Error;

use crate::model::calendar::HOUR;
use crate::model::notice::Outcome;
use crate::stats::Tally;

use super::catalog::{Block, Catalog, Spot};
use super::collector::{Collector, place_of};
use super::course::Course;
use super::entry::{Measure, Statistic};
use super::grid::Column;
use super::level::{Ledger, Level, Spans};

/// What was observed in one replication.
#[derive(Clone, Debug)]
pub struct Observed {
    /// One value per entry of the catalogue; NaN where nothing was observed.
    pub values: Vec<f64>,
    /// One tally per name of [`Catalog::pooled_names`].
    pub pooled: Vec<Tally>,
    /// Mean trucks in line by quarter of an hour, place after place of [`Catalog::queue_places`].
    pub queues: Vec<f64>,
    /// Mean posted wait in seconds by local hour 0 to 23, group after group of the primary station.
    pub posted: Vec<f64>,
    /// (share of time full, mean trucks) for each of [`Catalog::storage_places`].
    pub storage: Vec<(f64, f64)>,
    /// Trucks for each of the catalogue's links.
    pub links: Vec<u64>,
    /// How the run went; `None` where it is too short.
    pub course: Option<Course>,
}

/// A law that every run obeys was broken: an error of this program.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum BrokenLaw {
    /// Trucks appeared or vanished.
    #[error("{entered} trucks entered, but {gone} are gone and {inside} inside")]
    Conservation {
        /// Trucks that came.
        entered: u64,
        /// Trucks with an outcome.
        gone: u64,
        /// Trucks inside.
        inside: i64,
    },
    /// The number inside does not fit the times inside.
    #[error("Little's law is broken at {place}: {integral} truck-µs by number, {times} by truck")]
    Little {
        /// Station, or `the crossing`.
        place: String,
        /// Number inside, integrated over time.
        integral: i128,
        /// Sum of times inside.
        times: i128,
    },
}

impl Collector<'_> {
    /// Checks the laws, then works out every entry. `trucks` is the number of trucks that the model
    /// says it has brought.
    pub fn finish(&self, catalog: &Catalog, trucks: u64) -> Result<Observed, BrokenLaw> {
        self.check_laws(trucks)?;
        let mut values = vec![f64::NAN; catalog.entries().len()];
        let mut scratch = Scratch::default();
        for block in catalog.blocks() {
            let statistics = block.measure.statistics();
            let values = &mut values[block.first..block.first + statistics.len()];
            self.evaluate(block, values, &mut scratch);
        }
        let pooled = catalog.pooled_blocks().map(|block| {
            let mut sum = Tally::default();
            self.column(block.measure).merge_into(&mut sum, &block.rows, None);
            sum
        });
        let quarters = self.observed_quarters();
        let lines = self.rows.lines(self.network);
        let finite = |level: &&Level| level.has_room();
        let storage = self.on_road.iter().chain(&self.waiting).filter(finite);
        Ok(Observed {
            pooled: pooled.collect(),
            queues: lines.flat_map(|rows| self.queue.means(&rows, &quarters)).collect(),
            posted: self.posted_by_hour(),
            storage: storage.map(|level| (level.full_share(), level.mean())).collect(),
            links: self.links.clone(),
            course: self.course.as_deref().cloned(),
            values,
        })
    }

    /// Checks the laws, then works out some entries: one value for each place of `wanted`, NaN where it is `None`.
    pub fn finish_some(
        &self,
        catalog: &Catalog,
        wanted: &[Option<usize>],
        trucks: u64,
    ) -> Result<Vec<f64>, BrokenLaw> {
        self.check_laws(trucks)?;
        let mut values = vec![f64::NAN; wanted.len()];
        let mut scratch = Scratch::default();
        for block in catalog.blocks() {
            let statistics = block.measure.statistics().len();
            let of_block = |place: &Option<usize>| {
                place.and_then(|place| place.checked_sub(block.first)).filter(|offset| *offset < statistics)
            };
            if !wanted.iter().any(|place| of_block(place).is_some()) {
                continue;
            }
            let mut all = vec![f64::NAN; statistics];
            self.evaluate(block, &mut all, &mut scratch);
            for (value, place) in values.iter_mut().zip(wanted) {
                if let Some(offset) = of_block(place) {
                    *value = all[offset];
                }
            }
        }
        Ok(values)
    }

    fn check_laws(&self, trucks: u64) -> Result<(), BrokenLaw> {
        let books = &self.books;
        let gone = books.gone.iter().sum::<u64>();
        let inside = books.crossing.inside();
        if books.entered != trucks || i128::from(trucks) != i128::from(gone) + i128::from(inside) {
            return Err(BrokenLaw::Conservation { entered: trucks, gone, inside });
        }
        let check = |ledger: &Ledger, place: &str| match ledger.sides() {
            (integral, times) if integral == times => Ok(()),
            (integral, times) => Err(BrokenLaw::Little { place: place.to_owned(), integral, times }),
        };
        check(&books.crossing, "the crossing")?;
        let stations = self.network.stations.iter().zip(&books.stations);
        stations.into_iter().try_for_each(|(station, ledger)| check(ledger, &station.name))
    }

    fn column(&self, measure: Measure) -> Column<'_> {
        match measure {
            Measure::Wait | Measure::QueueTime => self.visits.column(0),
            Measure::Sojourn => self.visits.column(1),
            Measure::BorderWait => self.border_wait.column(0),
            Measure::CrossingTime | Measure::BufferIndex | Measure::PlanningTimeIndex => {
                self.crossings.column(0)
            }
            Measure::Delay => self.crossings.column(1),
            Measure::OwnTime => self.crossings.column(2),
            Measure::PostedWait
            | Measure::QueueLength
            | Measure::InSystem
            | Measure::Utilization
            | Measure::MoveUpShare
            | Measure::Occupancy
            | Measure::BlockedShare
            | Measure::DownShare
            | Measure::OtherWorkShare
            | Measure::LanesOpen
            | Measure::LaneHours
            | Measure::Throughput
            | Measure::Trucks
            | Measure::OfficerHours
            | Measure::OfficerOvertimeHours
            | Measure::OnDutyHours
            | Measure::TruckHours
            | Measure::DelayTruckHours
            | Measure::DiversionHours
            | Measure::IdleHours
            | Measure::CreepHours
            | Measure::Fuel
            | Measure::Co2
            | Measure::Nox
            | Measure::TruckTimeCost
            | Measure::FuelCost
            | Measure::CargoTimeCost
            | Measure::PerishableLoss
            | Measure::UserCost
            | Measure::OfficerCost
            | Measure::OvertimeCost
            | Measure::Cost
            | Measure::CostPerDay
            | Measure::InspectedShare
            | Measure::ScannedShare
            | Measure::FalseReferralShare
            | Measure::HeldShare
            | Measure::HoldHours
            | Measure::HoldShareOfDelay
            | Measure::ExamHours
            | Measure::ResultsInTime
            | Measure::Detection
            | Measure::DetectionCounted
            | Measure::WorstDetection
            | Measure::Finds
            | Measure::ExamHoursPerFind
            | Measure::OfficerHoursPerFind => unreachable!("levels, counts and sums have no tallies"),
        }
    }

    fn evaluate(&self, block: &Block, values: &mut [f64], scratch: &mut Scratch) {
        let Block { measure, spot, ref rows, period, .. } = *block;
        let observed = self.observed(period);
        let hours_of = |sum: i128| if observed > 0 { sum as f64 / HOUR as f64 } else { f64::NAN };
        let over_open = |spans: &[&Spans]| {
            let pairs = self.rows.of_groups(rows);
            let sum = spans.iter().map(|spans| spans.sum(&pairs, period)).sum::<i128>();
            sum as f64 / self.open.sum(rows, period) as f64
        };
        match measure {
            Measure::Wait
            | Measure::Sojourn
            | Measure::BorderWait
            | Measure::CrossingTime
            | Measure::Delay
            | Measure::OwnTime => {
                if !self.column(measure).is_empty(rows, period) {
                    let tally = scratch.sum(self, measure, rows, period);
                    summarize(tally, measure.statistics(), values);
                }
            }
            Measure::QueueTime => {
                let mut queued = scratch.sum(self, measure, rows, period).without_zeros();
                self.given_up.column(0).merge_into(&mut queued, rows, period);
                if queued.count() > 0 || !self.column(measure).is_empty(rows, period) {
                    summarize(&queued, measure.statistics(), values);
                }
            }
            Measure::BufferIndex => {
                if !self.column(measure).is_empty(rows, period) {
                    let tally = scratch.sum(self, measure, rows, period);
                    if let (Some(p95), Some(mean)) = (tally.quantile(0.95), tally.mean()) {
                        values[0] = (p95 - mean) / mean;
                    }
                }
            }
            Measure::PlanningTimeIndex => {
                if !self.column(measure).is_empty(rows, period) {
                    let p95 = scratch.sum(self, measure, rows, period).quantile(0.95);
                    let own = scratch.sum(self, Measure::OwnTime, rows, period).mean();
                    if let (Some(p95), Some(own)) = (p95, own) {
                        values[0] = p95 / own;
                    }
                }
            }
            Measure::PostedWait => self.evaluate_posted(rows[0], period, values),
            Measure::QueueLength => values[0] = self.queue.sum(rows, period) as f64 / observed as f64,
            Measure::InSystem => values[0] = self.inside(spot, rows, period) as f64 / observed as f64,
            Measure::Utilization => values[0] = over_open(&[&self.serving]),
            Measure::MoveUpShare => values[0] = over_open(&[&self.moving_up]),
            Measure::Occupancy => values[0] = over_open(&[&self.serving, &self.moving_up]),
            Measure::BlockedShare => values[0] = over_open(&[&self.blocked]),
            Measure::DownShare => values[0] = self.share_of_open(&self.down, rows, period),
            Measure::OtherWorkShare => values[0] = self.share_of_open(&self.away, rows, period),
            Measure::LanesOpen => values[0] = self.open.sum(rows, period) as f64 / observed as f64,
            Measure::LaneHours => values[0] = hours_of(self.open.sum(rows, period)),
            Measure::Throughput => {
                let table = if spot == Spot::Crossing { &self.crossed_in } else { &self.departed };
                values[0] = table.sum(rows, period) as f64 * HOUR as f64 / observed as f64;
                if observed == 0 {
                    values[0] = f64::NAN;
                }
            }
            Measure::Trucks => {
                let gone = |outcome| self.gone[place_of(outcome)].sum(rows, period) as f64;
                let entered = self.entered.sum(rows, period) as f64;
                let crossed = gone(Outcome::Crossed);
                for (statistic, value) in measure.statistics().iter().zip(values) {
                    *value = match statistic {
                        Statistic::Entered => entered,
                        Statistic::Crossed => crossed,
                        Statistic::TurnedAway => gone(Outcome::TurnedAway),
                        Statistic::Diverted => gone(Outcome::Diverted),
                        Statistic::Balked => gone(Outcome::Balked),
                        Statistic::Reneged => gone(Outcome::Reneged),
                        Statistic::Unfinished => gone(Outcome::Unfinished),
                        _ => entered - crossed,
                    };
                }
            }
            Measure::OfficerHours => values[0] = hours_of(self.holding.sum(rows, period)),
            Measure::OfficerOvertimeHours => values[0] = hours_of(self.overtime.sum(rows, period)),
            Measure::OnDutyHours => values[0] = hours_of(self.on_duty.sum(rows, period)),
            Measure::TruckHours
            | Measure::DelayTruckHours
            | Measure::DiversionHours
            | Measure::IdleHours
            | Measure::CreepHours
            | Measure::Fuel
            | Measure::Co2
            | Measure::Nox
            | Measure::TruckTimeCost
            | Measure::FuelCost
            | Measure::CargoTimeCost
            | Measure::PerishableLoss
            | Measure::UserCost
            | Measure::OfficerCost
            | Measure::OvertimeCost
            | Measure::Cost
            | Measure::CostPerDay => values[0] = self.value_of(measure, rows),
            Measure::InspectedShare
            | Measure::ScannedShare
            | Measure::FalseReferralShare
            | Measure::HeldShare
            | Measure::HoldHours
            | Measure::HoldShareOfDelay
            | Measure::ExamHours
            | Measure::ResultsInTime
            | Measure::Detection
            | Measure::DetectionCounted
            | Measure::WorstDetection
            | Measure::Finds
            | Measure::ExamHoursPerFind
            | Measure::OfficerHoursPerFind => values[0] = self.look_of(measure, spot, rows),
        }
    }

    fn share_of_open(&self, spans: &Spans, groups: &[usize], period: Option<usize>) -> f64 {
        spans.sum(groups, period) as f64 / self.open.sum(groups, period) as f64
    }

    /// Trucks inside times microseconds: of classes in the whole crossing, or of rows of a station.
    fn inside(&self, spot: Spot, rows: &[usize], period: Option<usize>) -> i128 {
        if spot == Spot::Crossing {
            let of_classes = self.rows.of_classes(rows);
            // Images are inside a station, and no trucks.
            let is_truck = |row: &usize| !self.takes_images(self.rows.pairs[*row].0);
            let at_stations: Vec<usize> = of_classes.into_iter().filter(is_truck).collect();
            return self.at_stations(&at_stations, period) + self.on_the_way.sum(rows, period);
        }
        self.at_stations(rows, period)
    }

    /// What trucks do at stations, from arrival to leaving.
    fn at_stations(&self, rows: &[usize], period: Option<usize>) -> i128 {
        let in_lane = [&self.moving_up, &self.serving, &self.blocked, &self.stopped];
        self.queue.sum(rows, period) + in_lane.iter().map(|spans| spans.sum(rows, period)).sum::<i128>()
    }

    fn evaluate_posted(&self, group: usize, period: Option<usize>, values: &mut [f64]) {
        let Some((posted, border)) = self.posted.as_ref().zip(self.network.border_wait.as_ref()) else {
            return;
        };
        let first = self.network.stations[border.at.index()].first_group.index();
        let readings = posted.values(group - first).filter(|(at, _, _)| period.is_none_or(|p| p == *at));
        let (mut count, mut sum, mut most) = (0u32, 0.0, 0.0f64);
        for (_, _, value) in readings {
            count += 1;
            sum += value;
            most = most.max(value);
        }
        if count > 0 {
            values.copy_from_slice(&[f64::from(count), sum / f64::from(count), most]);
        }
    }

    fn posted_by_hour(&self) -> Vec<f64> {
        let Some((posted, border)) = self.posted.as_ref().zip(self.network.border_wait.as_ref()) else {
            return Vec::new();
        };
        let groups = self.network.stations[border.at.index()].group_count as usize;
        let mut means = Vec::with_capacity(groups * 24);
        for group in 0..groups {
            let mut sums = [(0.0, 0.0); 24];
            for (_, hour, value) in posted.values(group) {
                sums[hour] = (sums[hour].0 + value, sums[hour].1 + 1.0);
            }
            means.extend(sums.iter().map(|(sum, count)| sum / count));
        }
        means
    }

    /// How much of the window lies in a period, or in all.
    fn observed(&self, period: Option<usize>) -> i64 {
        match period {
            None => self.window.length(),
            Some(period) => self.hours.observed()[period],
        }
    }

    fn observed_quarters(&self) -> Vec<i64> {
        let mut quarters = vec![0; self.hours.count() * 4];
        self.hours.spread::<4>(self.window.from, self.window.to, |quarter, micros| {
            quarters[quarter] += micros;
        });
        quarters
    }
}

/// A tally that is used again and again.
#[derive(Default)]
struct Scratch {
    tally: Tally,
}

impl Scratch {
    fn sum(
        &mut self,
        collector: &Collector,
        measure: Measure,
        rows: &[usize],
        period: Option<usize>,
    ) -> &Tally {
        self.tally.clear();
        collector.column(measure).merge_into(&mut self.tally, rows, period);
        &self.tally
    }
}

/// The statistics of a tally, in seconds.
fn summarize(tally: &Tally, statistics: &[Statistic], values: &mut [f64]) {
    let blank = f64::NAN;
    let [p50, p90, p95, p99] = tally.quantiles([0.50, 0.90, 0.95, 0.99]).unwrap_or([blank; 4]);
    for (statistic, value) in statistics.iter().zip(values) {
        *value = match statistic {
            Statistic::Count => tally.count() as f64,
            Statistic::Mean => tally.mean().unwrap_or(blank),
            Statistic::Sd => tally.sd().unwrap_or(blank),
            Statistic::P50 => p50,
            Statistic::P90 => p90,
            Statistic::P95 => p95,
            Statistic::P99 => p99,
            Statistic::Max => tally.max().unwrap_or(blank),
            Statistic::ShareWaiting => tally.share_positive().unwrap_or(blank),
            Statistic::Value
            | Statistic::Entered
            | Statistic::Crossed
            | Statistic::TurnedAway
            | Statistic::Diverted
            | Statistic::Balked
            | Statistic::Reneged
            | Statistic::Unfinished
            | Statistic::Stranded => blank,
        };
    }
}
