//! Which hour an instant belongs to, quickly, and how an interval is spread over hours.
//!
//! The calendar answers by searching; here the hours of the run are a table read with one division,
//! and the present quarter of an hour is kept at hand, since most of what is told happened in it.
//! Start at [`Hours`].

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::{Calendar, HOUR};
use crate::model::network::Network;

/// Quarters of an hour: the intervals of queue series.
pub(super) const QUARTER: i64 = HOUR / 4;

/// Observation of levels: [from, to).
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    /// From the warm-up to the end of the run length.
    pub(super) fn of(network: &Network) -> Self {
        Window { from: network.warm_up.micros(), to: network.run_length.micros() }
    }

    pub(super) fn length(&self) -> i64 {
        (self.to - self.from).max(0)
    }
}

/// The hours of a run.
#[derive(Clone, Debug)]
pub(super) struct Hours {
    calendar: Calendar,
    /// Beginnings of stretches that lie in one period each, and one end more.
    starts: Vec<i64>,
    periods: Vec<u16>,
    window: Window,
    /// How much of the window lies in each period.
    observed: Vec<i64>,
    present: Present,
}

/// Where the clock of the run stands: instants from `quarter_from` (or `hour_from`) to `until` are
/// in this quarter (and hour). Both are empty where the window does not cover the whole hour.
#[derive(Clone, Copy, Debug)]
struct Present {
    hour_from: i64,
    quarter_from: i64,
    until: i64,
    period: usize,
    quarter: usize,
    observed: bool,
}

impl Present {
    /// Before the run.
    const NEVER: Present =
        Present { hour_from: 0, quarter_from: 0, until: 0, period: 0, quarter: 0, observed: false };
}

/// Trucks that come to a station later than this after the run length are looked up in the
/// calendar itself.
const DRAIN_IN_TABLE: i64 = 48 * HOUR;

impl Hours {
    pub(super) fn new(network: &Network) -> Self {
        let calendar = network.calendar.clone();
        let until = SimTime::ZERO + network.run_length + SimDuration::from_micros(DRAIN_IN_TABLE);
        let (mut starts, mut periods) = (vec![0], Vec::new());
        let mut at = SimTime::ZERO;
        while at < until {
            periods.push(calendar.period(at).0);
            at = calendar.next_period(at);
            starts.push(at.micros());
        }
        let window = Window::of(network);
        let mut hours = Hours {
            observed: vec![0; calendar.period_count()],
            calendar,
            starts,
            periods,
            window,
            present: Present::NEVER,
        };
        let mut observed = std::mem::take(&mut hours.observed);
        hours.spread::<1>(window.from, window.to, |period, micros| observed[period] += micros);
        Hours { observed, ..hours }
    }

    /// How much of the window lies in each period.
    pub(super) fn observed(&self) -> &[i64] {
        &self.observed
    }

    /// How many periods there are.
    pub(super) fn count(&self) -> usize {
        self.calendar.period_count()
    }

    /// The stretch that holds `at`, which must lie within the table.
    #[inline]
    fn stretch(&self, at: i64) -> usize {
        // Exact while stretches are whole hours; a clock change by part of an hour moves it a bit.
        let mut place = ((at / HOUR) as usize).min(self.periods.len() - 1);
        while self.starts[place] > at {
            place -= 1;
        }
        while self.starts[place + 1] <= at {
            place += 1;
        }
        place
    }

    /// A new run begins.
    pub(super) fn reset(&mut self) {
        self.present = Present::NEVER;
    }

    /// The clock of the run goes on to `now`.
    #[inline]
    pub(super) fn advance(&mut self, now: SimTime) {
        if now.micros() >= self.present.until {
            self.find_present(now.micros());
        }
    }

    #[cold]
    fn find_present(&mut self, now: i64) {
        if now >= self.starts[self.periods.len()] {
            // In the drain, beyond the table.
            let at = SimTime::from_micros(now);
            let until = self.calendar.next_period(at).micros();
            let period = self.calendar.period(at).0 as usize;
            self.present = Present { until, period, ..Present::NEVER };
            return;
        }
        let place = self.stretch(now);
        let (from, to) = (self.starts[place], self.starts[place + 1]);
        let quarter = ((now - from) / QUARTER).min(3);
        let period = self.periods[place] as usize;
        self.present = Present {
            hour_from: from,
            quarter_from: from + quarter * QUARTER,
            until: if quarter == 3 { to } else { to.min(from + (quarter + 1) * QUARTER) },
            period,
            quarter: period * 4 + quarter as usize,
            observed: from >= self.window.from && to <= self.window.to,
        };
    }

    /// The period of the instant to which the clock was advanced.
    #[inline]
    pub(super) fn present_period(&self) -> usize {
        self.present.period
    }

    /// The period of an instant, as a place in tables.
    #[inline]
    pub(super) fn period(&self, at: SimTime) -> usize {
        let micros = at.micros();
        if micros < self.starts[self.periods.len()] {
            self.periods[self.stretch(micros)] as usize
        } else {
            self.calendar.period(at).0 as usize
        }
    }

    /// Tells how much of [from, to) and of the window lies in each slot: a period (`PARTS` = 1), or
    /// a quarter of an hour, four to a period (`PARTS` = 4).
    #[inline]
    pub(super) fn spread<const PARTS: usize>(&self, from: i64, to: i64, mut add: impl FnMut(usize, i64)) {
        let present = &self.present;
        let (begins, slot) = match PARTS {
            1 => (present.hour_from, present.period),
            _ => (present.quarter_from, present.quarter),
        };
        if from >= begins && to <= present.until && present.observed {
            return add(slot, to - from);
        }
        self.spread_far::<PARTS>(from, to, add);
    }

    #[inline(never)]
    fn spread_far<const PARTS: usize>(&self, from: i64, to: i64, mut add: impl FnMut(usize, i64)) {
        const { assert!(PARTS == 1 || PARTS == 4) };
        let mut from = from.max(self.window.from);
        let to = to.min(self.window.to);
        if from >= to {
            return;
        }
        let mut place = self.stretch(from);
        loop {
            let (start, end) = (self.starts[place], self.starts[place + 1]);
            let period = self.periods[place] as usize;
            let part = ((from - start) / (HOUR / PARTS as i64)).min(PARTS as i64 - 1);
            let part_end = match part + 1 {
                next if next < PARTS as i64 => end.min(start + next * (HOUR / PARTS as i64)),
                _ => end,
            };
            add(period * PARTS + part as usize, to.min(part_end) - from);
            if to <= part_end {
                return;
            }
            from = part_end;
            place += usize::from(part_end == end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::fixture;

    #[test]
    fn intervals_are_cut_at_hours_and_at_the_window() {
        let mut network = fixture::one_booth();
        network.warm_up = SimDuration::from_mins(30);
        network.run_length = SimDuration::from_hours(3);
        let mut hours = Hours::new(&network);
        let mut told = Vec::new();
        hours.advance(SimTime::from_micros(2 * HOUR + 1));
        hours.spread::<1>(0, 10 * HOUR, |period, micros| told.push((period, micros / 60_000_000)));
        assert_eq!(told, [(0, 30), (1, 60), (2, 60)]);
        let mut quarters = Vec::new();
        hours.spread::<4>(HOUR - QUARTER / 3, HOUR + QUARTER * 2, |quarter, micros| {
            quarters.push((quarter, micros / 60_000_000));
        });
        assert_eq!(quarters, [(3, 5), (4, 15), (5, 15)]);
        // What lies in the present quarter is the same by the short way.
        let (mut near, mut quarter) = (Vec::new(), Vec::new());
        hours.spread::<1>(2 * HOUR, 2 * HOUR + 7, |period, micros| near.push((period, micros)));
        hours.spread::<4>(2 * HOUR, 2 * HOUR + 7, |quarter_of, micros| quarter.push((quarter_of, micros)));
        assert_eq!((near, quarter), (vec![(2, 7)], vec![(8, 7)]));
        assert_eq!(hours.present_period(), 2);
        assert_eq!(hours.period(SimTime::from_micros(2 * HOUR)), 2);
        assert_eq!(hours.period(SimTime::from_micros(500 * HOUR)), 47, "the last period takes the rest");
    }

    #[test]
    fn a_clock_change_by_half_an_hour_keeps_hours_local() {
        let mut network = fixture::one_booth();
        let half = SimDuration::from_mins(30);
        network.calendar.offsets =
            vec![(SimTime::ZERO, SimDuration::ZERO), (SimTime::from_micros(2 * HOUR), half)];
        let hours = Hours::new(&network);
        for quarter in 0..80 {
            let at = SimTime::from_micros(quarter * QUARTER);
            assert_eq!(hours.period(at), network.calendar.period(at).0 as usize, "{at:?}");
        }
    }
}
