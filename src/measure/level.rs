//! Levels: whole numbers of trucks or lanes that change at events and are held in between.
//!
//! Integrals are exact integers, trucks times microseconds. Start at [`Level`].

use crate::kernel::time::SimTime;

use super::clock::{Hours, Window};

/// A number of trucks over time.
#[derive(Clone, Debug)]
pub(super) struct Level {
    value: i64,
    since: i64,
    window: Window,
    /// Over the whole run, warm-up and drain included: for Little's law.
    integral: i128,
    /// Over the window.
    windowed: i128,
    /// From this value on a place is full.
    room: i64,
    full: i64,
}

impl Level {
    pub(super) fn new(window: Window, room: Option<u32>) -> Self {
        let room = room.map_or(i64::MAX, i64::from);
        Level { value: 0, since: 0, window, integral: 0, windowed: 0, room, full: 0 }
    }

    pub(super) fn reset(&mut self) {
        *self = Level { room: self.room, ..Level::new(self.window, None) };
    }

    #[inline]
    pub(super) fn change(&mut self, now: SimTime, by: i64) {
        self.hold_until(now);
        self.value += by;
    }

    /// Accounts for the present value up to `now`.
    #[inline]
    pub(super) fn hold_until(&mut self, now: SimTime) {
        let now = now.micros();
        if now == self.since {
            return;
        }
        self.integral += i128::from(self.value) * i128::from(now - self.since);
        let inside = now.min(self.window.to) - self.since.max(self.window.from);
        if inside > 0 {
            self.windowed += i128::from(self.value) * i128::from(inside);
            if self.value >= self.room {
                self.full += inside;
            }
        }
        self.since = now;
    }

    /// Whether it can be full.
    pub(super) fn has_room(&self) -> bool {
        self.room < i64::MAX
    }

    pub(super) fn value(&self) -> i64 {
        self.value
    }

    pub(super) fn integral(&self) -> i128 {
        self.integral
    }

    /// Average over the window; NaN without one.
    pub(super) fn mean(&self) -> f64 {
        self.windowed as f64 / self.window.length() as f64
    }

    /// Share of the window in which the place was full; NaN without a window.
    pub(super) fn full_share(&self) -> f64 {
        self.full as f64 / self.window.length() as f64
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
