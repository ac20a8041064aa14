//! Levels: whole numbers of trucks or lanes that change at events and are held in between.
//!
//! Integrals are exact integers, trucks times microseconds. Start at [`Spans`].

use crate::kernel::time::{SimDuration, SimTime};

use super::clock::{Hours, Window};

/// Trucks on a place with finite room, over time. A place without a limit is not followed.
#[derive(Clone, Debug)]
pub(super) struct Level {
    value: i64,
    since: i64,
    window: Window,
    /// Over the window.
    sum: i128,
    /// From this value on the place is full.
    room: Option<i64>,
    full: i64,
}

impl Level {
    pub(super) fn new(window: Window, room: Option<u32>) -> Self {
        Level { value: 0, since: 0, window, sum: 0, room: room.map(i64::from), full: 0 }
    }

    pub(super) fn reset(&mut self) {
        *self = Level { room: self.room, ..Level::new(self.window, None) };
    }

    #[inline]
    pub(super) fn change(&mut self, now: SimTime, by: i64) {
        if let Some(room) = self.room {
            self.hold_until(now, room);
            self.value += by;
        }
    }

    /// The run is over.
    pub(super) fn end(&mut self, now: SimTime) {
        self.change(now, 0);
    }

    /// Accounts for the present value up to `now`.
    fn hold_until(&mut self, now: SimTime, room: i64) {
        let now = now.micros();
        let inside = now.min(self.window.to) - self.since.max(self.window.from);
        if inside > 0 {
            self.sum += i128::from(self.value) * i128::from(inside);
            if self.value >= room {
                self.full += inside;
            }
        }
        self.since = now;
    }

    /// Whether it can be full.
    pub(super) fn has_room(&self) -> bool {
        self.room.is_some()
    }

    /// Average over the window; NaN without one.
    pub(super) fn mean(&self) -> f64 {
        self.sum as f64 / self.window.length() as f64
    }

    /// Share of the window in which the place was full; NaN without a window.
    pub(super) fn full_share(&self) -> f64 {
        self.full as f64 / self.window.length() as f64
    }
}

/// Number inside over time, and times inside by truck: Little's law holds them equal. The whole
/// run counts, warm-up and drain included.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    inside: i64,
    since: i64,
    integral: i128,
    times: i128,
}

impl Ledger {
    #[inline]
    pub(super) fn enter(&mut self, now: SimTime) {
        self.hold_until(now);
        self.inside += 1;
    }

    #[inline]
    pub(super) fn leave(&mut self, now: SimTime, time_inside: SimDuration) {
        self.hold_until(now);
        self.inside -= 1;
        self.times += i128::from(time_inside.micros());
    }

    /// Accounts for the trucks inside up to `now`.
    #[inline]
    pub(super) fn hold_until(&mut self, now: SimTime) {
        self.integral += i128::from(self.inside) * i128::from(now.micros() - self.since);
        self.since = now.micros();
    }

    pub(super) fn inside(&self) -> i64 {
        self.inside
    }

    /// (number inside integrated over time, sum of times inside).
    pub(super) fn sides(&self) -> (i128, i128) {
        (self.integral, self.times)
    }
}

/// A number of trucks by quarters of an hour.
#[derive(Clone, Debug)]
pub(super) struct ByQuarter {
    value: i64,
    since: i64,
    bins: Vec<i128>,
}

impl ByQuarter {
    pub(super) fn new(hours: &Hours) -> Self {
        ByQuarter { value: 0, since: 0, bins: vec![0; hours.count() * 4] }
    }

    pub(super) fn reset(&mut self) {
        (self.value, self.since) = (0, 0);
        self.bins.fill(0);
    }

    #[inline]
    pub(super) fn set(&mut self, hours: &Hours, now: SimTime, value: i64) {
        self.hold_until(hours, now);
        self.value = value;
    }

    #[inline]
    pub(super) fn change(&mut self, hours: &Hours, now: SimTime, by: i64) {
        self.set(hours, now, self.value + by);
    }

    #[inline]
    pub(super) fn hold_until(&mut self, hours: &Hours, now: SimTime) {
        let now = now.micros();
        if self.value != 0 && now != self.since {
            let (value, bins) = (i128::from(self.value), &mut self.bins);
            hours.spread_quarters(self.since, now, |quarter, micros| {
                bins[quarter] += value * i128::from(micros);
            });
        }
        self.since = now;
    }

    /// Averages by quarter, given how long each was observed; NaN where it was not.
    pub(super) fn means(&self, observed: &[i64]) -> impl Iterator<Item = f64> {
        self.bins.iter().zip(observed).map(|(sum, micros)| *sum as f64 / *micros as f64)
    }
}

/// Trucks or lanes times microseconds, by row and period.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    periods: usize,
    cells: Vec<i128>,
}

impl Spans {
    pub(super) fn new(rows: usize, hours: &Hours) -> Self {
        Spans { periods: hours.count(), cells: vec![0; rows * hours.count()] }
    }

    pub(super) fn reset(&mut self) {
        self.cells.fill(0);
    }

    /// One truck or lane from `from` to `to`.
    #[inline]
    pub(super) fn add(&mut self, hours: &Hours, row: usize, from: SimTime, to: SimTime) {
        let cells = &mut self.cells[row * self.periods..(row + 1) * self.periods];
        hours.spread(from.micros(), to.micros(), |period, micros| cells[period] += i128::from(micros));
    }

    /// `value` of them.
    pub(super) fn add_times(&mut self, hours: &Hours, row: usize, from: SimTime, to: SimTime, value: u32) {
        let cells = &mut self.cells[row * self.periods..(row + 1) * self.periods];
        let value = i128::from(value);
        hours
            .spread(from.micros(), to.micros(), |period, micros| cells[period] += value * i128::from(micros));
    }

    /// The sum over rows, in one period or in all.
    pub(super) fn sum(&self, rows: &[usize], period: Option<usize>) -> i128 {
        let row_sum = |row: &usize| {
            let cells = &self.cells[row * self.periods..(row + 1) * self.periods];
            period.map_or_else(|| cells.iter().sum::<i128>(), |period| cells[period])
        };
        rows.iter().map(row_sum).sum()
    }
}

/// Counts by row and period.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    periods: usize,
    cells: Vec<u64>,
}

impl Counts {
    pub(super) fn new(rows: usize, hours: &Hours) -> Self {
        Counts { periods: hours.count(), cells: vec![0; rows * hours.count()] }
    }

    pub(super) fn reset(&mut self) {
        self.cells.fill(0);
    }

    #[inline]
    pub(super) fn add(&mut self, row: usize, period: usize) {
        self.cells[row * self.periods + period] += 1;
    }

    /// The sum over rows, in one period or in all.
    pub(super) fn sum(&self, rows: &[usize], period: Option<usize>) -> u64 {
        let row_sum = |row: &usize| {
            let cells = &self.cells[row * self.periods..(row + 1) * self.periods];
            period.map_or_else(|| cells.iter().sum::<u64>(), |period| cells[period])
        };
        rows.iter().map(row_sum).sum()
    }
}
