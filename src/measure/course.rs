//! How a long run goes: trucks that crossed and their times, by when they came.
//!
//! One row of sums for every five minutes of simulated time, warm-up included; for every day where the
//! crossing changes with the time of day, since then only whole days are alike. Runs of fewer than ten
//! such stretches keep none: nothing about steadiness could be said from them. Sums are whole
//! microseconds, so they may be added in any order. Start at [`Course`].

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::HOUR;
use crate::model::network::Network;
use crate::stats::batch::Observation;

use super::entry::{Entry, Measure, Statistic};

const MINUTES_5: i64 = HOUR / 12;
const DAY: i64 = 24 * HOUR;
/// Fewest stretches in a run that is worth following.
const FEWEST: i64 = 10;

/// Sums by stretch of the run length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Course {
    /// Microseconds of a stretch.
    length: i64,
    stretches: Vec<Stretch>,
}

/// What trucks that came in one stretch took until they had crossed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Stretch {
    trucks: u64,
    /// Crossing time, delay, own time: microseconds.
    sums: [i128; 3],
}

impl Course {
    /// For runs of one crossing; `None` where they are too short. A last stretch that is not whole is
    /// not followed.
    pub(super) fn new(network: &Network) -> Option<Course> {
        let length = if network.changes_in_time() { DAY } else { MINUTES_5 };
        let count = network.run_length.micros() / length;
        let stretches = vec![Stretch::default(); usize::try_from(count).ok()?];
        (count >= FEWEST).then_some(Course { length, stretches })
    }

    pub(super) fn reset(&mut self) {
        self.stretches.fill(Stretch::default());
    }

    /// A truck has crossed that came at `entered`.
    #[inline]
    pub(super) fn cross(&mut self, entered: SimTime, times: [SimDuration; 3]) {
        if let Some(stretch) = self.stretches.get_mut((entered.micros() / self.length) as usize) {
            stretch.trucks += 1;
            stretch.sums.iter_mut().zip(times).for_each(|(sum, time)| *sum += i128::from(time.micros()));
        }
    }

    /// Adds another run of the same crossing.
    pub fn add(&mut self, other: &Course) {
        for (sum, more) in self.stretches.iter_mut().zip(&other.stretches) {
            sum.trucks += more.trucks;
            sum.sums.iter_mut().zip(more.sums).for_each(|(sum, more)| *sum += more);
        }
    }

    /// All that it knows, as whole numbers: the length of a stretch, then seven for each.
    pub(super) fn words(&self) -> Vec<i64> {
        let of = |stretch: &Stretch| {
            let sums = stretch.sums.iter().flat_map(|sum| [*sum as i64, (*sum >> 64) as i64]);
            std::iter::once(stretch.trucks as i64).chain(sums).collect::<Vec<_>>()
        };
        std::iter::once(self.length).chain(self.stretches.iter().flat_map(of)).collect()
    }

    /// From its [`words`](Course::words); `None` if they are no course's.
    pub(super) fn from_words(words: &[i64]) -> Option<Course> {
        let (length, words) = words.split_first().filter(|(length, _)| **length > 0)?;
        let (stretches, rest) = words.as_chunks::<7>();
        let wide = |low: i64, high: i64| i128::from(high) << 64 | i128::from(low as u64);
        let stretch = |[trucks, words @ ..]: &[i64; 7]| Stretch {
            trucks: *trucks as u64,
            sums: [0, 2, 4].map(|low| wide(words[low], words[low + 1])),
        };
        let stretches = stretches.iter().map(stretch).collect();
        rest.is_empty().then_some(Course { length: *length, stretches })
    }

    /// Length of a stretch.
    pub fn length(&self) -> SimDuration {
        SimDuration::from_micros(self.length)
    }

    /// The trucks of each whole stretch from an instant on, with their sum in seconds; `None` unless the
    /// entry is a mean over all trucks that is followed here: crossing time, delay or own time.
    pub fn of(&self, entry: &Entry, from: SimDuration) -> Option<Vec<Observation>> {
        let whole = entry.period.is_none() && entry.station.is_none() && entry.class.is_none();
        let column = match entry.measure {
            Measure::CrossingTime => 0,
            Measure::Delay => 1,
            Measure::OwnTime => 2,
            _ => return None,
        };
        if !whole || entry.statistic != Statistic::Mean {
            return None;
        }
        let first = (from.micros() + self.length - 1) / self.length;
        let observation = |stretch: &Stretch| Observation {
            count: stretch.trucks as f64,
            sum: stretch.sums[column] as f64 / 1e6,
        };
        Some(self.stretches.iter().skip(first as usize).map(observation).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::fixture;
    use crate::model::network::{Arrivals, Steps};

    fn seconds(times: [i64; 3]) -> [SimDuration; 3] {
        times.map(SimDuration::from_secs)
    }

    fn mean(measure: Measure) -> Entry {
        let (statistic, unit) = (Statistic::Mean, crate::measure::Unit::Seconds);
        let (station, group, class, period) = (None, None, None, None);
        Entry { name: String::new(), measure, station, group, class, period, statistic, unit }
    }

    #[test]
    fn trucks_belong_to_the_stretch_in_which_they_came() {
        let mut network = fixture::one_booth();
        network.run_length = SimDuration::from_mins(54);
        let Some(mut course) = Course::new(&network) else { panic!("ten stretches") };
        let at = |minutes: i64| SimTime::ZERO + SimDuration::from_mins(minutes);
        course.cross(at(4), seconds([60, 20, 40]));
        course.cross(at(5), seconds([30, 0, 30]));
        course.cross(at(9), seconds([90, 60, 30]));
        course.cross(at(53), seconds([1, 1, 1]));
        let of = |measure, from| course.of(&mean(measure), SimDuration::from_mins(from)).expect("followed");
        let told = |count, sum| Observation { count, sum };
        assert_eq!(of(Measure::CrossingTime, 0)[..2], [told(1.0, 60.0), told(2.0, 120.0)]);
        assert_eq!(of(Measure::Delay, 0)[..3], [told(1.0, 20.0), told(2.0, 60.0), Observation::default()]);
        // Only whole stretches after the warm-up, and none beyond the last whole one.
        assert_eq!((of(Measure::OwnTime, 3)[0], of(Measure::OwnTime, 3).len()), (told(2.0, 60.0), 9));
        assert_eq!(course.of(&mean(Measure::Wait), SimDuration::ZERO), None);
        let mut both = course.clone();
        both.add(&course);
        assert_eq!(Course::from_words(&both.words()), Some(both.clone()));
        assert_eq!(Course::from_words(&both.words()[..9]), None);
        let doubled = both.of(&mean(Measure::Delay), SimDuration::ZERO).expect("followed");
        assert_eq!(doubled[1], told(4.0, 120.0));
        both.reset();
        assert_eq!(both, Course::new(&network).expect("ten stretches"));
    }

    #[test]
    fn where_hours_differ_only_days_are_alike() {
        let mut network = fixture::one_booth();
        network.run_length = SimDuration::from_hours(9 * 24);
        let length = |network: &Network| Course::new(network).map(|course| course.length());
        assert_eq!(length(&network), Some(SimDuration::from_mins(5)));
        let at = SimTime::ZERO + SimDuration::from_hours(6);
        network.streams[0].arrivals = Arrivals::Field {
            batches_per_hour: Steps::new([(SimTime::ZERO, 1.0), (at, 2.0)]),
            batch: None,
            day_factor: None,
        };
        assert_eq!(length(&network), None);
        network.run_length = SimDuration::from_hours(10 * 24);
        assert_eq!(length(&network), Some(SimDuration::from_hours(24)));
    }
}
