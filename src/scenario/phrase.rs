//! Phrases: the short texts that carry quantities, distributions and rules.
//!
//! Every type here is one kind of phrase: it is decoded from text, shown as text again, and says in
//! the JSON Schema what it looks like. Bare numbers are for counts and seeds only; everything else
//! has a unit. It knows no keys: where a phrase may stand is `file`'s business. Relative changes of
//! phrases ("+2", "x1.15") are in `change`. Start at [`Phrase`].

mod law;
mod quantity;
mod rule;
mod scan;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::kernel::time::SimDuration;
use crate::model::network::{Posted, Trigger};

pub(crate) use law::{Kind as LawKind, nearest};
pub use scan::PhraseError;
pub(crate) use scan::{Scanner, Unit, tidy};

/// A kind of phrase.
pub trait Phrase: FromStr<Err = PhraseError> + fmt::Display {
    /// Its `format` in the JSON Schema, by which the check of a file finds it.
    const FORMAT: &'static str;
    /// What it is: "a duration".
    const WHAT: &'static str;
    /// What it looks like; numbers stand for themselves.
    const EXAMPLES: &'static [&'static str];
    /// Whether a bare number may stand for it.
    const BARE: bool;
}

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

/// Growth per year: `"3 %"`, `"-2 %"`, kept as 0.03 and -0.02.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth(pub f64);

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
    /// What kind of quantity the half-width is.
    pub kind: QuantityKind,
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

macro_rules! phrase {
    ($type:ident, $format:literal, $what:literal, $bare:literal, $examples:expr) => {
        impl Phrase for $type {
            const FORMAT: &'static str = $format;
            const WHAT: &'static str = $what;
            const EXAMPLES: &'static [&'static str] = &$examples;
            const BARE: bool = $bare;
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Scalar::deserialize(deserializer)?.0.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                leaf_schema::<$type>()
            }
        }
    };
}

phrase!(DurationPhrase, "cruce-duration", "a duration", false, ["35 s", "4.5 min", "2 h"]);
phrase!(RunLength, "cruce-run-length", "a run length", false, ["1 day", "36 h"]);
phrase!(Percent, "cruce-percent", "a share", false, ["12 %"]);
phrase!(Growth, "cruce-growth", "growth per year", false, ["3 %", "-2 %"]);
phrase!(Rate, "cruce-rate", "a rate", false, ["2300 trucks/day", "120 trucks/h"]);
phrase!(Count, "cruce-count", "a whole number", true, ["6"]);
phrase!(Servers, "cruce-servers", "a number of lanes", true, ["6", "unlimited"]);
phrase!(
    SharePhrase,
    "cruce-share",
    "a share of something",
    false,
    ["36 % of trucks", "25 % of laden", "rest"]
);
phrase!(
    DistPhrase,
    "cruce-distribution",
    "a distribution of durations",
    false,
    ["gamma(mean = 18 s, cv = 0.5)", "erlang(mean = 40 s, k = 3)", "15 s"]
);
phrase!(FactorPhrase, "cruce-factor", "a distribution of factors", true, ["lognormal(mean = 1, cv = 0.08)"]);
phrase!(BatchPhrase, "cruce-batch", "a distribution of trucks per batch", true, ["geometric(mean = 2)", "3"]);
phrase!(Length, "cruce-length", "a length", false, ["2.4 km", "1.5 mi", "60 ft"]);
phrase!(Spread, "cruce-spread", "a number of places or a length", true, ["60", "1.2 km"]);
phrase!(Minutes, "cruce-minutes", "minutes", true, ["35"]);
phrase!(Replications, "cruce-replications", "a number of replications", true, ["20..200", "40"]);
phrase!(TargetPhrase, "cruce-target", "a target", false, ["difference crossing_time.mean +/- 1 min"]);
phrase!(GoalPhrase, "cruce-goal", "a goal", false, ["<= 90 min", ">= 95 %"]);
phrase!(
    PostedPhrase,
    "cruce-posted",
    "how a wait is posted",
    false,
    ["every 60 min, lag 0 min, over 15 min, rounded to 5 min, at most 60 min"]
);
phrase!(
    RulePhrase,
    "cruce-rule",
    "a staffing rule",
    false,
    [
        "2..6 lanes, open when queue >= 20 per lane, close when queue <= 12 per lane, set-up 5 min, at least 30 min",
        "1..2 lanes, as planned"
    ]
);

fn leaf_schema<P: Phrase>() -> Schema {
    let kinds: &[&str] = if P::BARE { &["string", "number"] } else { &["string"] };
    let examples = P::EXAMPLES
        .iter()
        .map(|example| example.parse().map_or_else(|_| (*example).into(), serde_json::Value::Number));
    let examples: Vec<serde_json::Value> = if P::BARE {
        examples.collect()
    } else {
        P::EXAMPLES.iter().map(|&example| example.into()).collect()
    };
    schemars::json_schema!({ "type": kinds, "format": P::FORMAT, "description": P::WHAT, "examples": examples })
}

/// Files that a phrase of this format reads, and whether their values are durations.
pub(crate) fn files_of(format: &str, text: &str) -> Vec<(String, bool)> {
    let spec = match format {
        DistPhrase::FORMAT => text.parse::<DistPhrase>().map(|phrase| phrase.0),
        FactorPhrase::FORMAT => text.parse::<FactorPhrase>().map(|phrase| phrase.0),
        BatchPhrase::FORMAT => text.parse::<BatchPhrase>().map(|phrase| phrase.0),
        _ => return Vec::new(),
    };
    let duration = format == DistPhrase::FORMAT;
    spec.map(|spec| spec.files().iter().map(|file| ((*file).to_owned(), duration)).collect())
        .unwrap_or_default()
}

/// A text or a number, as text: which of the two a phrase takes is for its parser to say.
struct Scalar(String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
