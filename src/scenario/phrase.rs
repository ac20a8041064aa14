//! Phrases: the short texts that carry quantities, distributions and rules.
//!
//! Every type here is one kind of phrase: it is decoded from text, shown as text again, and says in
//! the JSON Schema what it looks like. Bare numbers are for counts and seeds only; everything else
//! has a unit. It knows no keys: where a phrase may stand is `file`'s business. Relative changes of
//! phrases ("+2", "x1.15") are in `change`. Start at [`Phrase`].

mod design;
mod law;
mod money;
mod quantity;
mod refer;
mod rule;
mod scan;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::kernel::time::SimDuration;
use crate::model::network::{Posted, Trigger};
use crate::model::value::{Currency, Perishable};

pub use design::MOST_SAMPLED;
pub(crate) use law::{Kind as LawKind, nearest};
pub use money::Price;
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

/// A score, in standard deviations of the scores of trucks that hide nothing: `1.5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScorePhrase(pub f64);

/// Whom a station sends to another place, by score: `"100 % from 1.5"`, `"100 % of the top 2 %"`,
/// `"15 % of all"`, `"none"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferPhrase {
    /// 0 to 1 of those below.
    pub share: f64,
    /// Of whom.
    pub of: ReferOf,
}

/// Of which trucks a share is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ReferOf {
    /// Of all.
    All,
    /// Of those with this score or more.
    From(f64),
    /// Of this share of the trucks of a class that have a score, the highest scores first.
    Top(f64),
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

/// A difference that does not matter: `"1 min"`, `"0.5 h"`, `"2 %"`, `"100"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarginPhrase {
    /// In base units; above 0.
    pub margin: f64,
    /// What kind of quantity it is.
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

/// What becomes of a truck that finds a station full: `"block"`, `"turn-away"`, `"divert other-bridge"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FullPhrase {
    /// It keeps its lane and blocks it.
    #[default]
    Block,
    /// It is turned away.
    TurnAway,
    /// It goes to this station, road or `exit`.
    Divert(String),
}

/// Breaks of officers: `"15 min every 4 h"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreaksPhrase {
    /// How long each is.
    pub length: SimDuration,
    /// Every officer has one in each period.
    pub period: SimDuration,
    /// All at the same time, in the middle of the period; otherwise one officer after another.
    pub together: bool,
}
/// A currency by its three letters: `"USD"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyPhrase(pub Currency);

/// A calendar year: `2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearPhrase(pub u32);

/// A price per hour: `"90.89 USD/h"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HourPricePhrase(pub Price);

/// A price of fuel, kept per US gallon: `"3.95 USD/gal"`, `"25 MXN/l"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FuelPricePhrase(pub Price);

/// An amount of money: `"81000 USD"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmountPhrase(pub Price);

/// A price per lane: `"2.5 million USD/lane"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanePricePhrase(pub Price);

/// Share of its value that cargo loses on the way, kept per hour: `"1.4 %/day"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeValuePhrase(pub f64);

/// What perishes, and from when on: `"2 %/h after 4 h"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerishablePhrase(pub Perishable);

/// Whole years: `"20 years"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearsPhrase(pub u32);

/// Fuel per hour, kept in US gallons: `"0.8 gal/h"`, `"3 l/h"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FuelRatePhrase(pub f64);

/// CO₂ of fuel, kept in kilograms per US gallon: `"10.18 kg/gal"`, `"2.69 kg/l"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Co2Phrase(pub f64);

/// What an engine gives off, kept in grams per hour: `"34 g/h"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MassRatePhrase(pub f64);

/// How the points of a sweep are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DesignPhrase {
    /// `grid`: every level of every factor with every level of the others.
    Grid,
    /// `list`: the first levels of all factors, then the second ones, and so on.
    List,
    /// `latin-hypercube 256`: this many points, each 256th of every range once.
    LatinHypercube(u32),
    /// `sobol 1024`: this many points of a scrambled Sobol sequence.
    Sobol(u32),
    /// `sobol-indices 256`: this many rows of the design that Sobol indices are estimated from.
    SobolIndices(u32),
    /// `morris 20`: this many trajectories, each of which moves every factor once.
    Morris(u32),
    /// `years 2024..2045 by 3`: every level of every factor in every one of these years.
    Years {
        /// As the scenarios stand.
        first: u16,
        /// Not after.
        last: u16,
        /// From one to the next.
        step: u16,
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
phrase!(MarginPhrase, "cruce-margin", "an indifference", false, ["1 min", "0.5 h", "2 %"]);
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

phrase!(
    FullPhrase,
    "cruce-full",
    "what happens when it is full",
    false,
    ["block", "turn-away", "divert other-bridge"]
);
phrase!(
    BreaksPhrase,
    "cruce-breaks",
    "breaks of officers",
    false,
    ["15 min every 4 h", "30 min every 8 h, together"]
);
phrase!(ScorePhrase, "cruce-score", "a number of standard deviations", true, ["1.5"]);
phrase!(
    ReferPhrase,
    "cruce-refer",
    "whom to send there",
    false,
    ["100 % from 1.5", "100 % of the top 2 %", "15 % of all", "none"]
);
phrase!(
    DesignPhrase,
    "cruce-design",
    "a design of experiments",
    false,
    [
        "grid",
        "list",
        "latin-hypercube 256",
        "sobol 1024",
        "sobol-indices 256",
        "morris 20",
        "years 2024..2045",
        "years 2025..2050 by 5"
    ]
);
phrase!(CurrencyPhrase, "cruce-currency", "a currency", false, ["USD", "MXN", "CAD", "EUR"]);
phrase!(YearPhrase, "cruce-year", "a year", true, ["2024"]);
phrase!(HourPricePhrase, "cruce-hour-price", "a price per hour", false, ["90.89 USD/h"]);
phrase!(FuelPricePhrase, "cruce-fuel-price", "a price of fuel", false, ["3.95 USD/gal", "25 MXN/l"]);
phrase!(AmountPhrase, "cruce-amount", "an amount of money", false, ["81000 USD"]);
phrase!(
    LanePricePhrase,
    "cruce-lane-price",
    "a price per lane",
    false,
    ["2500000 USD/lane", "2.5 million USD/lane"]
);
phrase!(TimeValuePhrase, "cruce-time-value", "a loss of value by time", false, ["1.4 %/day", "0.1 %/h"]);
phrase!(PerishablePhrase, "cruce-perishable", "a loss beyond a knee", false, ["2 %/h after 4 h"]);
phrase!(YearsPhrase, "cruce-years", "a number of years", false, ["20 years"]);
phrase!(FuelRatePhrase, "cruce-fuel-rate", "a use of fuel", false, ["0.8 gal/h", "3 l/h"]);
phrase!(Co2Phrase, "cruce-co2", "a content of CO₂", false, ["10.18 kg/gal", "2.69 kg/l"]);
phrase!(MassRatePhrase, "cruce-mass-rate", "an emission", false, ["34 g/h"]);

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

#[cfg(test)]
mod tests {
    use super::*;

    /// A phrase in its own words, which mean the same when read again.
    pub(super) fn check<P: Phrase + PartialEq + fmt::Debug>(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let phrase: P = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(phrase.to_string(), *expected, "{text}");
            assert_eq!(expected.parse::<P>().as_ref(), Ok(&phrase), "{text}");
        }
        for example in P::EXAMPLES {
            let phrase: P = example.parse().unwrap_or_else(|error| panic!("{example}: {error}"));
            assert_eq!(phrase.to_string().parse::<P>().as_ref(), Ok(&phrase), "{example}");
        }
    }

    #[test]
    fn phrases_are_shown_as_they_are_read() {
        check::<DurationPhrase>(&[
            ("90 s", "90 s"),
            ("1.5 min", "90 s"),
            ("120s", "2 min"),
            ("0.1 s", "0.1 s"),
            ("2 days", "48 h"),
        ]);
        check::<RunLength>(&[
            ("1 day", "1 day"),
            ("5 days", "5 days"),
            ("36 h", "36 h"),
            ("90 min", "90 min"),
        ]);
        check::<Percent>(&[("12 %", "12 %"), ("7%", "7 %"), ("0.3 %", "0.3 %"), ("250 %", "250 %")]);
        check::<Growth>(&[("-2 %", "-2 %"), ("+3 %", "3 %")]);
        check::<Rate>(&[
            ("2300 trucks/day", "2300 trucks/day"),
            ("100 trucks/h", "2400 trucks/day"),
            ("1 truck/min", "1440 trucks/day"),
        ]);
        check::<Count>(&[("6", "6")]);
        check::<Servers>(&[("6", "6"), ("unlimited", "unlimited")]);
        check::<SharePhrase>(&[
            ("36 % of laden", "36 % of laden"),
            ("rest", "rest"),
            ("rest of trucks", "rest of trucks"),
        ]);
        check::<DistPhrase>(&[
            ("15 s", "15 s"),
            ("constant(1 min)", "1 min"),
            ("gamma(90 s, 0.5)", "gamma(mean = 90 s, cv = 0.5)"),
            ("gamma( cv=0.5 , mean=90 s )", "gamma(mean = 90 s, cv = 0.5)"),
            ("erlang(mean = 40 s, k = 3)", "erlang(mean = 40 s, k = 3)"),
            ("empirical('times.csv')", "empirical(\"times.csv\")"),
            (
                "mixture(70 % 40 s, 30 % exponential(5 min))",
                "mixture(70 % 40 s, 30 % exponential(mean = 5 min))",
            ),
        ]);
        check::<FactorPhrase>(&[("1", "1"), ("lognormal(1, 0.08)", "lognormal(mean = 1, cv = 0.08)")]);
        check::<BatchPhrase>(&[("3", "3"), ("geometric(2)", "geometric(mean = 2)")]);
        check::<Length>(&[("2.4 km", "2.4 km"), ("350 m", "350 m"), ("1 mi", "1.609344 km")]);
        check::<Spread>(&[("60", "60"), ("1.2 km", "1.2 km")]);
        check::<Minutes>(&[("35", "35"), ("1 h", "60")]);
        check::<Replications>(&[("20..200", "20..200"), ("40", "40"), ("40..40", "40")]);
        check::<TargetPhrase>(&[(
            "difference border_wait.p95 ± 90 s",
            "difference border_wait.p95 +/- 90 s",
        )]);
        check::<GoalPhrase>(&[("<= 90 min", "<= 90 min"), ("≥ 95 %", ">= 95 %"), ("<=12", "<= 12")]);
        check::<PostedPhrase>(&[
            ("", "every 1 h, lag 0 s, over 15 min, rounded to 0 s"),
            (
                "at most 60 min, every 30 min",
                "every 30 min, lag 0 s, over 15 min, rounded to 0 s, at most 1 h",
            ),
        ]);
        check::<RulePhrase>(&[
            ("2 lanes", "2 lanes"),
            ("1 lane, priority 2", "1 lane, priority 2"),
            ("1..2 lanes, as planned", "1..2 lanes, as planned"),
            (
                "2..6 lanes, close when wait <= 10 min, open when wait >= 20 min",
                "2..6 lanes, open when wait >= 20 min, close when wait <= 10 min",
            ),
        ]);
        check::<FullPhrase>(&[
            ("block", "block"),
            (" turn-away ", "turn-away"),
            ("divert  other-bridge", "divert other-bridge"),
            ("divert 2nd", "divert 2nd"),
        ]);
        check::<BreaksPhrase>(&[
            ("15 min every 240 min", "15 min every 4 h"),
            ("15 min every 4 h, staggered", "15 min every 4 h"),
            ("30 min every 8 h , together", "30 min every 8 h, together"),
        ]);
        check::<ScorePhrase>(&[("1.5", "1.5"), ("0", "0")]);
        check::<ReferPhrase>(&[
            ("100 % from 1.5", "100 % from 1.5"),
            ("50% from -0.5", "50 % from -0.5"),
            ("100 % of the top 2 %", "100 % of the top 2 %"),
            ("15 % of all", "15 % of all"),
            ("none", "none"),
            ("0 % of all", "none"),
        ]);
    }

    #[test]
    fn errors_point_at_the_piece() {
        let check = |text: &str, code: &str, piece: &str| {
            let error = text.parse::<DistPhrase>().expect_err(text);
            assert_eq!((error.code, &text[error.span.clone()]), (code, piece), "{text}: {error}");
        };
        check("lognormal(mean = 70, cv = 0.6)", "E0213", "70");
        check("gamma(mean = 60 s, cv = 60 s)", "E0203", "s");
        check("erlang(mean = 60 s, k = 0)", "E0210", "0");
        check("erlang(mean = 60 s, k = 2.5)", "E0205", "2.5");
        check("exponential(mean = 0 s)", "E0210", "0 s");
        check("exponential(mean = 60 s", "E0206", "s");
        check("exponential mean = 60 s", "E0206", "mean");
        check("mixture(50 % 10 s, 20 % 20 s)", "E0210", "mixture(50 % 10 s, 20 % 20 s)");
        check("empirical()", "E0206", ")");
    }

    #[test]
    fn rules_of_a_full_station_and_breaks_point_at_the_piece() {
        fn check<P: Phrase + fmt::Debug>(text: &str, code: &str, piece: &str) {
            let error = text.parse::<P>().expect_err(text);
            assert_eq!((error.code, &text[error.span.clone()]), (code, piece), "{text}: {error}");
        }
        check::<FullPhrase>("turn away", "E0206", "turn");
        check::<FullPhrase>("divert", "E0206", "t");
        check::<FullPhrase>("divert a b", "E0206", "b");
        check::<BreaksPhrase>("15 min", "E0206", "n");
        check::<BreaksPhrase>("15 every 4 h", "E0202", "every");
        check::<BreaksPhrase>("15 min every 10 min", "E0210", "15 min every 10 min");
        check::<BreaksPhrase>("15 min every 4 h, alone", "E0206", "alone");
        check::<BreaksPhrase>("5 s every 1 min", "E0205", "1 min");
        check::<ReferPhrase>("130 % of all", "E0205", "130 %");
        check::<ReferPhrase>("100 % of the top 0 %", "E0205", "0 %");
        check::<ReferPhrase>("100 % above 2", "E0206", "above");
        check::<ReferPhrase>("100 % from 1000", "E0205", "1000");
        check::<ScorePhrase>("-1", "E0204", "-1");
    }
}
