//! Phrases: the short texts that carry quantities, distributions and rules.
//!
//! Every type here is one kind of phrase: it is decoded from text, shown as text again, and says in
//! the JSON Schema what it looks like. Bare numbers are for counts and seeds only; everything else
//! has a unit. It knows no keys: where a phrase may stand is `file`'s business.

use crate::kernel::time::SimDuration;
use crate::model::network::{Posted, Trigger};

/// A duration: `"35 s"`, `"4.5 min"`, `"2 h"`, `"1 day"`. Zero or more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DurationPhrase(pub SimDuration);

/// A length of the run: whole local days (23 to 25 hours each) or a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunLength {
    /// `"5 days"`: local midnights.
    Days(u32),
    /// `"36 h"`.
    Time(SimDuration),
}

/// A share or factor: `"12 %"`, kept as 0.12.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent(pub f64);

/// Trucks per hour, from `"2300 trucks/day"` or `"120 trucks/h"`. The day has 24 hours here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Trucks per hour.
    pub per_hour: f64,
}

/// A whole number of lanes, trucks, officers: `6`, or `"6"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u32);

/// Lanes built: `6` or `"unlimited"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Servers {
    /// This many.
    Lanes(u32),
    /// A yard: everyone starts at once.
    Unlimited,
}

/// A share and what it is a share of.
#[derive(Clone, Debug, PartialEq)]
pub enum SharePhrase {
    /// `"36 % of laden"`.
    Of {
        /// 0 to 1.
        share: f64,
        /// `trucks`, `laden` or a class.
        of: String,
    },
    /// `"rest"` or `"rest of trucks"`.
    Rest {
        /// `None`: of `laden` if any class is a share of it, else of `trucks`.
        of: Option<String>,
    },
}

/// A distribution of a duration: `"gamma(mean = 18 s, cv = 0.5)"`, `"15 s"` (constant).
#[derive(Clone, Debug, PartialEq)]
pub struct DistPhrase(pub DistSpec);

/// A distribution of a factor without unit: `"lognormal(mean = 1, cv = 0.08)"`.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorPhrase(pub DistSpec);

/// A distribution of trucks per batch: `3`, `"geometric(mean = 2)"`.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchPhrase(pub DistSpec);

/// A distribution as written, numbers in base units (seconds, or none).
#[derive(Clone, Debug, PartialEq)]
pub struct DistSpec {
    /// The law as typed, without what it reads from files.
    pub law: LawSpec,
}

/// A law as written.
#[derive(Clone, Debug, PartialEq)]
pub enum LawSpec {
    /// Any law with numbers only.
    Plain(crate::dist::Dist),
    /// `empirical("file.csv")`: values and weights are read from the study folder.
    Empirical {
        /// File name, relative to the study folder.
        file: String,
        /// Multiplies every value (relative overrides of the mean), 1 as written.
        scale: f64,
    },
    /// `mixture(70 % exponential(mean = 1 min), 30 % constant(5 min))`.
    Mixture(Vec<(f64, LawSpec)>),
}

/// A length: `"2.4 km"`, `"350 m"`, `"1.5 mi"`, `"60 ft"`; in meters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length(pub f64);

/// Places, or a length: `60` or `"1.2 km"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Trucks.
    Places(u32),
    /// Meters.
    Meters(f64),
}

/// Minutes as a bare number in a table of observations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minutes(pub f64);

/// How many replications: `"20..200"` or `40`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replications {
    /// Fewest.
    pub least: u32,
    /// Most.
    pub most: u32,
}

impl Default for Replications {
    fn default() -> Self {
        Replications { least: 20, most: 200 }
    }
}

/// When to stop: `"difference crossing_time.mean +/- 1 min"`.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetPhrase {
    /// The measure, as reports name it: `crossing_time.mean`.
    pub measure: String,
    /// Half-width wanted of the paired difference, in base units (seconds for times).
    pub half_width: f64,
}

/// What a measure should reach: `"<= 90 min"`, `">= 95 %"`, `"<= 12"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GoalPhrase {
    /// True for `<=`.
    pub at_most: bool,
    /// Limit in base units (seconds, fraction, number).
    pub limit: f64,
    /// What kind of quantity the limit is.
    pub kind: QuantityKind,
}

/// Kinds of quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityKind {
    /// Seconds.
    Duration,
    /// Fraction.
    Share,
    /// Trucks per hour.
    Rate,
    /// Without unit.
    Number,
}

/// How a wait is posted; every clause is optional:
/// `"every 60 min, lag 0 min, over 15 min, rounded to 5 min, at most 60 min"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PostedPhrase(pub Posted);

/// How a group is staffed from a pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RulePhrase {
    /// Fewest lanes open.
    pub least: u32,
    /// Most lanes open.
    pub most: u32,
    /// How many are wanted.
    pub want: WantPhrase,
    /// Time to set a lane up.
    pub set_up: SimDuration,
    /// Least time that a lane stays open.
    pub least_open: SimDuration,
    /// Lower comes first; 1 unless told.
    pub priority: u32,
}

/// How many lanes a rule wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WantPhrase {
    /// `"2 lanes"`: always.
    Fixed,
    /// `as planned`: the table in `plan`.
    Planned,
    /// `open when ..., close when ...`.
    Follow {
        /// Opens one more.
        open: Trigger,
        /// Closes one.
        close: Trigger,
    },
}
