//! The verdict in a sentence that a planner can read aloud.
//!
//! It begins with the plan, then the difference with its interval, the verdict, what must be said
//! with it (stranded trucks, officer-hours) and the classes that lose. What is said is worked out
//! once, as [`Parts`] with their numbers as written, so that a sentence in another language says the same.
//! Start at [`sentence`].

use crate::measure::{Entry, Unit};

use super::result::{ClassChange, Comparison, DetectionChange, InWorlds, Mean, Verdict};
use super::warn::counted;

/// What a sentence says of a comparison, in its order; numbers as they are written, in English and Spanish alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// By the measure that decides; `None`: nothing was observed in common, and nothing else is said.
    pub difference: Option<Change>,
    /// What it means.
    pub verdict: Verdict,
    /// Replications, if they are so few that it must be said.
    pub few: Option<u32>,
    /// Trucks stranded per run, without sign, and whether they are more than in the baseline.
    pub stranded: Option<(String, bool)>,
    /// Officer-hours per run, with sign.
    pub officers: Option<String>,
    /// What becomes of detection, where anything is shown.
    pub detection: Vec<Found>,
    /// Classes that lose something of use.
    pub losers: Vec<Loss>,
}

/// A difference with the ends of its interval, each with its sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The mean.
    pub mean: String,
    /// Its unit; may be empty.
    pub unit: &'static str,
    /// The ends; `None` from one replication.
    pub ends: Option<[String; 2]>,
}

/// What becomes of the detection of a kind of violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The kind.
    pub kind: String,
    /// Over all trucks.
    pub all: Change,
    /// The class that an adversary would look for; `None` if only one hides the kind.
    pub softest: Option<Softest>,
}

/// The class in which least is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Softest {
    /// The class.
    pub class: String,
    /// Percent found there.
    pub percent: String,
    /// Points more, with sign; `None`: as before.
    pub moved: Option<String>,
}

/// What a class loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The class.
    pub class: String,
    /// How much, without sign.
    pub size: String,
    /// Its unit; may be empty.
    pub unit: &'static str,
}

/// Where a difference lies in plausible worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverWorlds {
    /// The ends, each with its sign.
    pub ends: [String; 2],
    /// Their unit; may be empty.
    pub unit: &'static str,
    /// Percent of worlds in which the plan is better.
    pub better: Option<String>,
}

/// The parts of the sentence of a comparison; `place`: that of the measure that decides among the paired ones.
pub fn parts(headline: &Entry, place: usize, comparison: &Comparison) -> Parts {
    let paired = &comparison.paired[place];
    Parts {
        difference: interval(&paired.difference, headline.unit),
        verdict: comparison.verdict,
        few: few(comparison.verdict, paired.difference.n),
        stranded: stranded(comparison),
        officers: officers(&comparison.officer_hours),
        detection: comparison.detection.iter().filter_map(detection).collect(),
        losers: losers(headline.unit, comparison),
    }
}

/// What the verdict is worth where inputs are uncertain; `None` where nothing can be said.
pub fn over_worlds(unit: Unit, change: &InWorlds) -> Option<OverWorlds> {
    let (low, high) = (change.low?, change.high?);
    let ends =
        Mean { mean: Some((low + high) / 2.0), half_width: Some((high - low) / 2.0), ..Mean::default() };
    let scale = Scale::of(unit, &ends);
    Some(OverWorlds {
        ends: [scale.signed(low), scale.signed(high)],
        unit: scale.name,
        better: change.better.map(|[share, ..]| format!("{:.0}", share * 100.0)),
    })
}

/// The sentence of a comparison, without full stop.
pub(super) fn sentence(title: &str, headline: &Entry, place: usize, comparison: &Comparison) -> String {
    let parts = parts(headline, place, comparison);
    let about = match headline.name.as_str() {
        "crossing_time.mean" => String::new(),
        name => format!("{name} "),
    };
    let Some(difference) = &parts.difference else {
        return format!("{title}: {about}cannot be compared, since nothing was observed in common");
    };
    let few = parts.few.map(|few| format!(" (only {})", counted(few, "replication"))).unwrap_or_default();
    let mut told = vec![format!("{title}: {about}{}, {}{few}", difference.words(), words(parts.verdict))];
    told.extend(parts.stranded.map(|(size, more)| {
        let word = if more { "more" } else { "fewer" };
        format!("{size} {word} trucks stranded per run")
    }));
    told.extend(parts.officers.map(|more| format!("{more} officer-hours")));
    told.extend(parts.detection.iter().map(Found::words));
    let losers = parts.losers.iter();
    let losers: Vec<String> =
        losers.map(|loss| format!("{} trucks lose {} {}", loss.class, loss.size, loss.unit)).collect();
    told.extend((!losers.is_empty()).then(|| losers.join(", ")));
    told.join("; ")
}

/// What follows the sentence where inputs are uncertain.
pub(super) fn in_worlds(unit: Unit, change: &InWorlds) -> String {
    let Some(OverWorlds { ends: [low, high], unit, better }) = over_worlds(unit, change) else {
        return String::new();
    };
    let better = better.map(|share| format!(", better in {share} % of them"));
    format!("; over plausible worlds {low} to {high} {unit}{}", better.unwrap_or_default())
}

/// With fewer replications than this a verdict says how few: an interval from two or three of them trusts
/// that differences are normal, which nothing has shown.
const ENOUGH: u32 = 5;

fn few(verdict: Verdict, replications: u32) -> Option<u32> {
    Some(replications).filter(|few| *few < ENOUGH && verdict != Verdict::NotSettled)
}

fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::ClearlyBetter => "clearly better",
        Verdict::Better => "better, perhaps too small",
        Verdict::NoUsefulDifference => "no useful difference",
        Verdict::Worse => "worse, perhaps too small",
        Verdict::ClearlyWorse => "clearly worse",
        Verdict::NotSettled => "not settled",
        Verdict::StrandsMore => "but not called better, since it strands more trucks",
        Verdict::StrandsFewer => "but not called worse, since it strands fewer trucks",
    }
}

impl Change {
    /// `−12.4 min (−13.0 to −11.8)`.
    fn words(&self) -> String {
        let Change { mean, unit, ends } = self;
        match ends {
            Some([low, high]) => format!("{mean} {unit} ({low} to {high})"),
            None => format!("{mean} {unit} (no interval from one replication)"),
        }
    }
}

impl Found {
    fn words(&self) -> String {
        let mut text = format!("{} detection {}", self.kind, self.all.words());
        if let Some(Softest { class, percent, moved }) = &self.softest {
            let moved =
                moved.as_ref().map_or_else(|| "as before".to_owned(), |moved| format!("{moved} points"));
            text.push_str(&format!(", softest class {class} at {percent} % ({moved})"));
        }
        text
    }
}

/// The difference as it is written; `None` without any pair.
fn interval(difference: &Mean, unit: Unit) -> Option<Change> {
    let scale = Scale::of(unit, difference);
    let ends = difference.low().zip(difference.high());
    Some(Change {
        mean: scale.signed(difference.mean?),
        unit: scale.name,
        ends: ends.map(|(low, high)| [scale.signed(low), scale.signed(high)]),
    })
}

fn stranded(comparison: &Comparison) -> Option<(String, bool)> {
    let more = comparison.stranded.mean.filter(|more| *more != 0.0)?;
    let decimals = match more.abs() {
        few if few < 0.05 => 3,
        some if some < 99.95 => 1,
        _ => 0,
    };
    let scale = Scale { factor: 1.0, decimals, name: "trucks" };
    Some((scale.size(more), more > 0.0))
}

fn officers(hours: &Mean) -> Option<String> {
    let scale = Scale { factor: 1.0, decimals: 1, name: "officer-hours" };
    hours.mean.map(|mean| scale.signed(mean)).filter(|text| text != "0.0")
}

/// What becomes of the detection of a kind, if anything is shown; the class that an adversary would look
/// for is named.
fn detection(change: &DetectionChange) -> Option<Found> {
    let shown =
        |mean: &Mean| matches!((mean.low(), mean.high()), (Some(low), Some(high)) if low > 0.0 || high < 0.0);
    if !shown(&change.difference) && !shown(&change.worst) {
        return None;
    }
    let softest = change.softest.as_ref().zip(change.worst.mean).map(|((class, share), worst)| {
        let scale = Scale::of(Unit::Fraction, &change.worst);
        Softest {
            class: class.clone(),
            percent: format!("{:.1}", share * 100.0),
            moved: Some(scale.signed(worst)).filter(|moved| *moved != scale.size(0.0)),
        }
    });
    let all = interval(&change.difference, Unit::Fraction)?;
    Some(Found { kind: change.kind.clone(), all, softest })
}

/// Classes that lose something of use; nothing new where there is only one.
fn losers(unit: Unit, comparison: &Comparison) -> Vec<Loss> {
    if comparison.classes.len() < 2 {
        return Vec::new();
    }
    let lost = |change: &ClassChange| {
        let useful = change.paired.verdict != Some(Verdict::NoUsefulDifference);
        let loss = change.paired.difference.mean.filter(|_| change.loses && useful)?;
        let scale = Scale::of(unit, &change.paired.difference);
        Some(Loss { class: change.class.clone(), size: scale.size(loss), unit: scale.name })
    };
    comparison.classes.iter().filter_map(lost).collect()
}

/// How a quantity is written.
struct Scale {
    factor: f64,
    decimals: usize,
    name: &'static str,
}

impl Scale {
    fn of(unit: Unit, difference: &Mean) -> Self {
        let largest = [difference.mean, difference.low(), difference.high()]
            .into_iter()
            .flatten()
            .fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let (factor, decimals, name) = match unit {
            Unit::Seconds if largest < 60.0 => (1.0, 1, "s"),
            Unit::Seconds => (1.0 / 60.0, 1, "min"),
            Unit::Fraction => (100.0, 1, "points"),
            Unit::Trucks => (1.0, 1, "trucks"),
            Unit::TrucksPerHour => (1.0, 1, "trucks/h"),
            Unit::Lanes => (1.0, 2, "lanes"),
            Unit::Hours => (1.0, 1, "h"),
            Unit::TruckHours => (1.0, 1, "truck-hours"),
            Unit::Gallons => (1.0, 1, "gal"),
            Unit::Kilograms => (1.0, 1, "kg"),
            Unit::Grams => (1.0, 1, "g"),
            Unit::Money(currency) => (1.0, 1, currency.code()),
            Unit::Number => (1.0, 2, ""),
        };
        // Tenths of a hundred are noise.
        let decimals = if largest * factor >= 99.95 { 0 } else { decimals };
        Scale { factor, decimals, name }
    }

    fn size(&self, value: f64) -> String {
        grouped(&format!("{:.*}", self.decimals, (value * self.factor).abs()))
    }

    /// With `+` or `−`, unless it rounds to zero.
    fn signed(&self, value: f64) -> String {
        let size = self.size(value);
        let zero = size.bytes().all(|byte| byte == b'0' || byte == b'.');
        match value {
            _ if zero => size,
            value if value < 0.0 => format!("−{size}"),
            _ => format!("+{size}"),
        }
    }
}

/// Thousands are set apart: `2,780`.
fn grouped(number: &str) -> String {
    let whole = number.find('.').unwrap_or(number.len());
    let mut text = String::with_capacity(number.len() + whole / 3);
    for (place, digit) in number.char_indices() {
        if place > 0 && place < whole && (whole - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
