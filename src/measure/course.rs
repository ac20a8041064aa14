//! How a long run goes: trucks that crossed and their times, by when they came.
//!
//! One row of sums for every five minutes of simulated time, warm-up included; for every day where the
//! crossing changes with the time of day, since then only whole days are alike. It is kept where
//! something can be said from it: for studies of a steady state, which throw their beginning away or are
//! cut off at their end, and for runs of ten days and more, in both cases of at least ten such stretches.
//! A day that begins empty and drains is one observation. Start at [`Course`].

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::HOUR;
use crate::model::network::{End, Network};
use crate::stats::batch::Observation;

use super::entry::{Entry, Measure, Statistic};

const MINUTES_5: i64 = HOUR / 12;
const DAY: i64 = 24 * HOUR;
/// Fewest stretches in a run that is worth following.
const FEWEST: i64 = 10;

/// Runs of this length are followed whatever they are about.
const LONG: i64 = 10 * DAY;

/// Sums by stretch of the run length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Course {
    /// A stretch is a day, else five minutes.
    by_day: bool,
    stretches: Vec<Stretch>,
}

/// What trucks that came in one stretch took until they had crossed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Stretch {
    trucks: i64,
    /// Crossing time, delay, own time: microseconds.
    sums: [i64; 3],
}

impl Course {
    /// For runs of one crossing; `None` where nothing could be said from it. A last stretch that is not
    /// whole is not followed.
    pub(super) fn new(network: &Network) -> Option<Course> {
        let by_day = network.changes_in_time();
        let count = network.run_length.micros() / if by_day { DAY } else { MINUTES_5 };
        let steady = network.warm_up > SimDuration::ZERO || network.end == End::Cut;
        let followed = count >= FEWEST && (steady || network.run_length.micros() >= LONG);
        followed.then(|| Course { by_day, stretches: vec![Stretch::default(); count as usize] })
    }

    pub(super) fn reset(&mut self) {
        self.stretches.fill(Stretch::default());
    }

    /// A truck has crossed that came at `entered`.
    #[inline]
    pub(super) fn cross(&mut self, entered: SimTime, times: [SimDuration; 3]) {
        // Each divides by a constant: that is a multiplication.
        let place = if self.by_day { entered.micros() / DAY } else { entered.micros() / MINUTES_5 };
        if let Some(stretch) = self.stretches.get_mut(place as usize) {
            stretch.trucks += 1;
            stretch.sums.iter_mut().zip(times).for_each(|(sum, time)| *sum += time.micros());
        }
    }

    /// Adds another run of the same crossing.
    pub fn add(&mut self, other: &Course) {
        for (sum, more) in self.stretches.iter_mut().zip(&other.stretches) {
            sum.trucks += more.trucks;
            // Saturating: 292,000 years of trucks in one stretch of all replications.
            sum.sums.iter_mut().zip(more.sums).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        }
    }

    /// All that it knows, as whole numbers: whether days are told apart, then four for each stretch.
    pub(super) fn words(&self) -> Vec<i64> {
        let of = |stretch: &Stretch| std::iter::once(stretch.trucks).chain(stretch.sums);
        std::iter::once(i64::from(self.by_day)).chain(self.stretches.iter().flat_map(of)).collect()
    }

    /// From its [`words`](Course::words); `None` if they are no course's.
    pub(super) fn from_words(words: &[i64]) -> Option<Course> {
        let (by_day, words) = words.split_first()?;
        let (stretches, rest) = words.as_chunks::<4>();
        let stretch = |[trucks, sums @ ..]: &[i64; 4]| Stretch { trucks: *trucks, sums: *sums };
        let stretches = stretches.iter().map(stretch).collect();
        rest.is_empty().then_some(Course { by_day: *by_day == 1, stretches })
    }

    /// Whether whole days are told apart, since hours differ.
    pub fn by_day(&self) -> bool {
        self.by_day
    }

    /// Length of a stretch.
    pub fn length(&self) -> SimDuration {
        SimDuration::from_micros(if self.by_day { DAY } else { MINUTES_5 })
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
        let first = (from.micros() + self.length().micros() - 1) / self.length().micros();
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
        (network.run_length, network.end) = (SimDuration::from_mins(54), End::Cut);
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
        assert_eq!(Course::from_words(&both.words()[..4]), None);
        let doubled = both.of(&mean(Measure::Delay), SimDuration::ZERO).expect("followed");
        assert_eq!(doubled[1], told(4.0, 120.0));
        both.reset();
        assert_eq!(both, Course::new(&network).expect("ten stretches"));
    }

    #[test]
    fn where_hours_differ_only_days_are_alike() {
        let mut network = fixture::one_booth();
        (network.run_length, network.warm_up) =
            (SimDuration::from_hours(9 * 24), SimDuration::from_hours(24));
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
        // Long enough whatever it is about; a day that drains is not.
        network.warm_up = SimDuration::ZERO;
        assert_eq!(length(&network), Some(SimDuration::from_hours(24)));
        assert_eq!(Course::new(&fixture::one_booth()), None);
    }
}
