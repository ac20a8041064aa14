//! The posted wait: what would have been made public, from the waits that trucks experienced.
//!
//! Readings are at local midnight + k × interval. A reading tells the mean border wait of the
//! trucks that joined the line in the `window` that ended `lag` before it, rounded half up to
//! multiples of `rounding` and capped. A reading about nobody is blank. Start at [`PostedBoard`].

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::HOUR;
use crate::model::network::{Network, Posted};

use super::clock::{Hours, Window};

/// The readings of one replication, by lane group of the primary station.
#[derive(Clone, Debug)]
pub(super) struct PostedBoard {
    posted: Posted,
    /// Instants of the readings within the window, in order.
    readings: Vec<i64>,
    /// Their periods and local hours.
    periods: Vec<(u16, u8)>,
    /// Sum of waits and trucks, by group and reading.
    sums: Vec<(i128, u64)>,
}

impl PostedBoard {
    pub(super) fn new(network: &Network, posted: Posted, groups: usize, hours: &Hours) -> Self {
        let readings = readings(network, posted.interval, Window::of(network));
        let local_hour = |at: i64| {
            let offset = network.calendar.offset(SimTime::from_micros(at)).micros();
            ((network.calendar.start_utc + at + offset).rem_euclid(24 * HOUR) / HOUR) as u8
        };
        let period = |at: &i64| (hours.period(SimTime::from_micros(*at)) as u16, local_hour(*at));
        PostedBoard {
            posted,
            periods: readings.iter().map(period).collect(),
            sums: vec![(0, 0); groups * readings.len()],
            readings,
        }
    }

    pub(super) fn reset(&mut self) {
        self.sums.fill((0, 0));
    }

    /// A truck that joined the line at `joined` has waited `wait`.
    #[inline]
    pub(super) fn record(&mut self, group: usize, joined: SimTime, wait: SimDuration) {
        let seen = joined + self.posted.lag;
        let last = (seen + self.posted.window).micros();
        let first = self.readings.partition_point(|at| *at <= seen.micros());
        let sums = &mut self.sums[group * self.readings.len()..][..self.readings.len()];
        for (reading, sum) in self.readings[first..].iter().zip(&mut sums[first..]) {
            if *reading > last {
                break;
            }
            sum.0 += i128::from(wait.micros());
            sum.1 += 1;
        }
    }

    /// The readings of a group that are not blank: (period, local hour, seconds).
    pub(super) fn values(&self, group: usize) -> impl Iterator<Item = (usize, usize, f64)> {
        let sums = &self.sums[group * self.readings.len()..][..self.readings.len()];
        self.periods.iter().zip(sums).filter(|(_, (_, trucks))| *trucks > 0).map(
            |((period, hour), (sum, trucks))| {
                (*period as usize, *hour as usize, self.posted.published(*sum, *trucks))
            },
        )
    }
}

/// Instants at local midnight + k × interval that lie in the window.
fn readings(network: &Network, interval: SimDuration, window: Window) -> Vec<i64> {
    let next = |from: i64| network.calendar.next_multiple(SimTime::from_micros(from), interval).micros();
    let all = std::iter::successors(Some(next(window.from)), |at| Some(next(at + 1)));
    all.take_while(|at| *at < window.to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::fixture;

    fn minutes(n: i64) -> SimTime {
        SimTime::ZERO + SimDuration::from_mins(n)
    }

    fn rule(rounding: i64, cap: Option<i64>) -> Posted {
        Posted {
            interval: SimDuration::from_mins(60),
            lag: SimDuration::from_mins(10),
            window: SimDuration::from_mins(15),
            rounding: SimDuration::from_mins(rounding),
            cap: cap.map(SimDuration::from_mins),
        }
    }

    #[test]
    fn readings_are_late_rounded_half_up_and_capped() {
        // The reading at 2:00 tells of trucks that joined from 1:35 to 1:50 (excluded).
        let check = |posted: Posted, trucks: &[(i64, i64)], expected: &[(usize, f64)]| {
            let network = fixture::one_booth();
            let hours = Hours::new(&network);
            let mut board = PostedBoard::new(&network, posted, 1, &hours);
            for (joined, seconds) in trucks {
                board.record(0, minutes(*joined), SimDuration::from_secs(*seconds));
            }
            let told: Vec<(usize, f64)> =
                board.values(0).map(|(_, hour, value)| (hour, value / 60.0)).collect();
            assert_eq!(told, expected, "{trucks:?}");
        };
        check(rule(5, None), &[(94, 9000), (110, 9000)], &[]);
        check(rule(5, None), &[(95, 10 * 60), (109, 15 * 60)], &[(2, 15.0)]);
        check(rule(5, None), &[(95, 10 * 60), (109, 15 * 60 - 1)], &[(2, 10.0)]);
        check(rule(5, Some(60)), &[(95, 7200)], &[(2, 60.0)]);
        check(rule(0, None), &[(95, 61), (96, 62)], &[(2, 61.5 / 60.0)]);
        check(rule(5, None), &[(95, 0), (155, 149)], &[(2, 0.0), (3, 0.0)]);
        check(rule(5, None), &[(155, 150)], &[(3, 5.0)]);
    }

    #[test]
    fn readings_start_anew_at_local_midnight() {
        let mut network = fixture::one_booth();
        network.run_length = SimDuration::from_hours(30);
        let told = readings(&network, SimDuration::from_hours(7), Window::of(&network));
        let told: Vec<i64> = told.iter().map(|at| at / HOUR).collect();
        assert_eq!(told, [0, 7, 14, 21, 24]);
    }
}
