//! Local time of simulated instants, daylight saving included.
//!
//! A run starts at a local midnight; the offset from UTC changes at known instants. Periods are
//! the hours by which results are reported. The tables are filled by `scenario`; time zones
//! themselves are not known here. Start at [`Calendar`].

use crate::kernel::time::{SimDuration, SimTime};

/// Microseconds in an hour.
pub const HOUR: i64 = 3_600_000_000;

/// The offsets from UTC over a run, and the UTC instant of its start.
#[derive(Clone, PartialEq, Debug)]
pub struct Calendar {
    /// The start of the run, microseconds since 1970-01-01 UTC.
    pub start_utc: i64,
    /// (from, local minus UTC) with increasing instants, the first at time zero.
    pub offsets: Vec<(SimTime, SimDuration)>,
    /// Days in the run length; up to [`MOST_DAYS_APART`] results tell days apart.
    pub days: u32,
}

/// Runs of up to this many days report each hour of each day; longer ones the 24 hours of a day.
pub const MOST_DAYS_APART: u32 = 14;

/// An hour by which results are told apart: a place in a table of [`Calendar::period_count`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Period(pub u16);

impl Calendar {
    /// A calendar without time zone: the run starts at midnight UTC of the given day since 1970.
    pub fn utc(day: i64, days: u32) -> Self {
        Calendar { start_utc: day * 24 * HOUR, offsets: vec![(SimTime::ZERO, SimDuration::ZERO)], days }
    }

    /// Local minus UTC at an instant.
    pub fn offset(&self, at: SimTime) -> SimDuration {
        let place = self.offsets.partition_point(|(from, _)| *from <= at);
        self.offsets[place.saturating_sub(1)].1
    }

    /// Local microseconds since the local midnight at which the run's first day began.
    fn local(&self, at: SimTime) -> i64 {
        let local = self.start_utc + at.micros() + self.offset(at).micros();
        let start = self.start_utc + self.offsets[0].1.micros();
        local - start.div_euclid(24 * HOUR) * 24 * HOUR
    }

    /// Days since 1970-01-01 by the local clock.
    pub fn local_day(&self, at: SimTime) -> i64 {
        (self.start_utc + at.micros() + self.offset(at).micros()).div_euclid(24 * HOUR)
    }

    /// Whether results tell the days of the run apart.
    pub fn days_apart(&self) -> bool {
        self.days <= MOST_DAYS_APART
    }

    /// How many periods results are told apart by. Runs that tell days apart have one day more,
    /// for trucks that are still inside after the last midnight.
    pub fn period_count(&self) -> usize {
        if self.days_apart() { (self.days as usize + 1) * 24 } else { 24 }
    }

    /// The period of an instant. What happens after the last period counts with the last.
    pub fn period(&self, at: SimTime) -> Period {
        let hours = self.local(at).div_euclid(HOUR);
        let place = if self.days_apart() {
            hours.clamp(0, self.period_count() as i64 - 1)
        } else {
            hours.rem_euclid(24)
        };
        Period(place as u16)
    }

    /// The first instant after `at` that may lie in another period.
    pub fn next_period(&self, at: SimTime) -> SimTime {
        let local = self.local(at);
        let rest = SimDuration::from_micros((local.div_euclid(HOUR) + 1) * HOUR - local);
        let place = self.offsets.partition_point(|(from, _)| *from <= at);
        match self.offsets.get(place) {
            Some((change, _)) if *change < at + rest => *change,
            _ => at + rest,
        }
    }

    /// The first instant at or after `from` that is local midnight + k × `interval`.
    pub fn next_multiple(&self, from: SimTime, interval: SimDuration) -> SimTime {
        let interval = interval.micros().max(1);
        let mut at = from;
        loop {
            let in_day = (self.start_utc + at.micros() + self.offset(at).micros()).rem_euclid(24 * HOUR);
            let wait = (interval - in_day % interval) % interval;
            let next = at + SimDuration::from_micros(wait.min(24 * HOUR - in_day));
            match self.offsets.get(self.offsets.partition_point(|(from, _)| *from <= at)) {
                // Clocks are set on the way there: count anew from then.
                Some((change, _)) if *change <= next => at = *change,
                _ if wait <= 24 * HOUR - in_day => return next,
                _ => at = next,
            }
        }
    }

    /// (day of the run from 0, hour 0..=23) of a period; the day is 0 when days are not apart.
    pub fn day_and_hour(&self, period: Period) -> (u32, u32) {
        (u32::from(period.0) / 24, u32::from(period.0) % 24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(n: i64) -> SimTime {
        SimTime::ZERO + SimDuration::from_hours(n)
    }

    #[test]
    fn periods_follow_the_local_clock_over_a_repeated_hour() {
        // 2 November 2025, America/Denver: UTC-6 until 2 a.m., then UTC-7.
        let calendar = Calendar {
            start_utc: 20394 * 24 * HOUR + 6 * HOUR,
            offsets: vec![
                (SimTime::ZERO, SimDuration::from_hours(-6)),
                (hours(2), SimDuration::from_hours(-7)),
            ],
            days: 1,
        };
        let told: Vec<u16> = (0..26).map(|h| calendar.period(hours(h)).0).collect();
        assert_eq!(&told[..5], &[0, 1, 1, 2, 3]);
        assert_eq!(told[25], 24);
        assert_eq!(calendar.next_period(hours(1)), hours(2));
    }
}
