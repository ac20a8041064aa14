//! Simulated time: integer microseconds, so that the clock is exact and the same on any machine.
//!
//! A [`SimTime`] is an instant since the start of the run and a [`SimDuration`] a length of time.
//! Durations may be added to instants; two instants can only be subtracted. This module knows no
//! calendar: local hours live in `model::calendar`.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub, SubAssign};

/// An instant: microseconds since the run began. May be negative only in arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(i64);

/// A length of time in microseconds. Differences may be negative; service and travel never are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimDuration(i64);

const PER_SECOND: i64 = 1_000_000;

impl SimTime {
    /// The start of the run.
    pub const ZERO: SimTime = SimTime(0);
    /// Later than every instant of a run.
    pub const MAX: SimTime = SimTime(i64::MAX);

    /// The instant `micros` microseconds after the start.
    pub const fn from_micros(micros: i64) -> Self {
        SimTime(micros)
    }

    /// Microseconds since the start.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Seconds since the start, for reports.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / PER_SECOND as f64
    }

    /// Time since the start, as a duration.
    pub const fn since_start(self) -> SimDuration {
        SimDuration(self.0)
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: SimDuration = SimDuration(0);
    /// Longer than any run.
    pub const MAX: SimDuration = SimDuration(i64::MAX);

    /// A duration of `micros` microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        SimDuration(micros)
    }

    /// A duration of whole seconds.
    pub const fn from_secs(seconds: i64) -> Self {
        SimDuration(seconds * PER_SECOND)
    }

    /// A duration of whole minutes.
    pub const fn from_mins(minutes: i64) -> Self {
        Self::from_secs(minutes * 60)
    }

    /// A duration of whole hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_secs(hours * 3600)
    }

    /// Rounded to the nearest microsecond (halves away from zero).
    pub fn from_seconds(seconds: f64) -> Self {
        SimDuration((seconds * PER_SECOND as f64).round() as i64)
    }

    /// Microseconds.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Seconds, for reports and statistics.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / PER_SECOND as f64
    }

    /// Minutes, for reports.
    pub fn minutes(self) -> f64 {
        self.seconds() / 60.0
    }

    /// The longer of this and zero.
    pub fn or_zero(self) -> Self {
        SimDuration(self.0.max(0))
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, rhs: SimDuration) -> SimTime {
        SimTime(self.0 + rhs.0)
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = SimTime;
    fn sub(self, rhs: SimDuration) -> SimTime {
        SimTime(self.0 - rhs.0)
    }
}

impl Sub for SimTime {
    type Output = SimDuration;
    fn sub(self, rhs: SimTime) -> SimDuration {
        SimDuration(self.0 - rhs.0)
    }
}

impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, rhs: SimDuration) -> SimDuration {
        SimDuration(self.0 + rhs.0)
    }
}

impl Sub for SimDuration {
    type Output = SimDuration;
    fn sub(self, rhs: SimDuration) -> SimDuration {
        SimDuration(self.0 - rhs.0)
    }
}

impl Mul<f64> for SimDuration {
    type Output = SimDuration;
    /// Rounded to the nearest microsecond.
    fn mul(self, factor: f64) -> SimDuration {
        SimDuration((self.0 as f64 * factor).round() as i64)
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, rhs: SimDuration) {
        self.0 += rhs.0;
    }
}

impl SubAssign for SimDuration {
    fn sub_assign(&mut self, rhs: SimDuration) {
        self.0 -= rhs.0;
    }
}

impl fmt::Debug for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{} s", self.seconds())
    }
}

impl fmt::Debug for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.seconds())
    }
}
