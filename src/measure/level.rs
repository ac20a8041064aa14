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
///
/// The number inside rises and falls by one, so its integral up to `T` is the sum of (T - t) over
/// entries less that over departures: no multiplication at an event.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    inside: i64,
    integral: i128,
    times: i128,
}

impl Ledger {
    #[inline]
    pub(super) fn enter(&mut self, now: SimTime) {
        self.inside += 1;
        self.integral -= i128::from(now.micros());
    }

    #[inline]
    pub(super) fn leave(&mut self, now: SimTime, time_inside: SimDuration) {
        self.inside -= 1;
        self.integral += i128::from(now.micros());
        self.times += i128::from(time_inside.micros());
    }

    /// The run is over: who is still inside was so until now.
    pub(super) fn end(&mut self, now: SimTime) {
        self.integral += i128::from(self.inside) * i128::from(now.micros());
    }

    pub(super) fn inside(&self) -> i64 {
        self.inside
    }

    /// (number inside integrated over time, sum of times inside).
    pub(super) fn sides(&self) -> (i128, i128) {
        (self.integral, self.times)
    }
}

/// Trucks or lanes times microseconds, by row and by whole periods (`PARTS` = 1) or their quarters
/// of an hour (`PARTS` = 4).
#[derive(Clone, Debug)]
pub(super) struct Spans<const PARTS: usize = 1> {
    slots: usize,
    cells: Vec<i128>,
}

/// Levels by quarter of an hour.
pub(super) type QuarterSpans = Spans<4>;

impl<const PARTS: usize> Spans<PARTS> {
    pub(super) fn new(rows: usize, hours: &Hours) -> Self {
        let slots = hours.count() * PARTS;
        Spans { slots, cells: vec![0; rows * slots] }
    }

    pub(super) fn reset(&mut self) {
        self.cells.fill(0);
    }

    /// One truck or lane from `from` to `to`.
    #[inline]
    pub(super) fn add(&mut self, hours: &Hours, row: usize, from: SimTime, to: SimTime) {
        let cells = &mut self.cells[row * self.slots..(row + 1) * self.slots];
        hours.spread::<PARTS>(from.micros(), to.micros(), |slot, micros| cells[slot] += i128::from(micros));
    }

    /// Undoes a part of what was added.
    pub(super) fn take_back(&mut self, hours: &Hours, row: usize, from: SimTime, to: SimTime) {
        let cells = &mut self.cells[row * self.slots..(row + 1) * self.slots];
        hours.spread::<PARTS>(from.micros(), to.micros(), |slot, micros| cells[slot] -= i128::from(micros));
    }

    /// `value` of them.
    pub(super) fn add_times(&mut self, hours: &Hours, row: usize, from: SimTime, to: SimTime, value: u32) {
        let cells = &mut self.cells[row * self.slots..(row + 1) * self.slots];
        let value = i128::from(value);
        hours.spread::<PARTS>(from.micros(), to.micros(), |slot, micros| {
            cells[slot] += value * i128::from(micros);
        });
    }

    /// The sum over rows, in one period or in all.
    pub(super) fn sum(&self, rows: &[usize], period: Option<usize>) -> i128 {
        let slots = period.map_or(0..self.slots, |period| period * PARTS..(period + 1) * PARTS);
        let row_sum = |row: &usize| self.cells[row * self.slots..][slots.clone()].iter().sum::<i128>();
        rows.iter().map(row_sum).sum()
    }

    /// Averages over time of the sum over rows, slot by slot, given how long each slot was
    /// observed; NaN where it was not.
    pub(super) fn means(&self, rows: &[usize], observed: &[i64]) -> Vec<f64> {
        let sum = |slot: usize| rows.iter().map(|row| self.cells[row * self.slots + slot]).sum::<i128>();
        observed.iter().enumerate().map(|(slot, micros)| sum(slot) as f64 / *micros as f64).collect()
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
