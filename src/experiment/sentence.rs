//! The verdict in a sentence that a planner can read aloud.
//!
//! It begins with the plan, then the difference with its interval, the verdict, what must be said
//! with it (stranded trucks, officer-hours) and the classes that lose. Start at [`sentence`].

use crate::measure::{Entry, Unit};

use super::result::{Comparison, DetectionChange, InWorlds, Mean, Verdict};
use super::warn::counted;

/// The sentence of a comparison, without full stop.
pub(super) fn sentence(title: &str, headline: &Entry, place: usize, comparison: &Comparison) -> String {
    let paired = &comparison.paired[place];
    let about = match headline.name.as_str() {
        "crossing_time.mean" => String::new(),
        name => format!("{name} "),
    };
    let Some(difference) = interval(&paired.difference, headline.unit) else {
        return format!("{title}: {about}cannot be compared, since nothing was observed in common");
    };
    let few = few(comparison.verdict, paired.difference.n);
    let mut parts = vec![format!("{title}: {about}{difference}, {}{few}", words(comparison.verdict))];
    parts.extend(stranded(comparison));
    parts.extend(officers(&comparison.officer_hours));
    parts.extend(comparison.detection.iter().filter_map(detection));
    parts.extend(losers(headline.unit, comparison));
    parts.join("; ")
}

/// What the verdict is worth where inputs are uncertain.
pub(super) fn in_worlds(unit: Unit, change: &InWorlds) -> String {
    let (Some(low), Some(high)) = (change.low, change.high) else { return String::new() };
    let ends =
        Mean { mean: Some((low + high) / 2.0), half_width: Some((high - low) / 2.0), ..Mean::default() };
    let scale = Scale::of(unit, &ends);
    let range = format!("{} to {} {}", scale.signed(low), scale.signed(high), scale.name);
    let better = change.better.map(|[share, ..]| format!(", better in {:.0} % of them", share * 100.0));
    format!("; over plausible worlds {range}{}", better.unwrap_or_default())
}

/// With fewer replications than this a verdict says how few: an interval from two or three of them trusts
/// that differences are normal, which nothing has shown.
const ENOUGH: u32 = 5;

fn few(verdict: Verdict, replications: u32) -> String {
    match verdict {
        Verdict::NotSettled => String::new(),
        _ if replications >= ENOUGH => String::new(),
        _ => format!(" (only {})", counted(replications, "replication")),
    }
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

/// `−12.4 min (−13.0 to −11.8)`; `None` without any pair.
fn interval(difference: &Mean, unit: Unit) -> Option<String> {
    let mean = difference.mean?;
    let scale = Scale::of(unit, difference);
    Some(match (difference.low(), difference.high()) {
        (Some(low), Some(high)) => {
            format!("{} {} ({} to {})", scale.signed(mean), scale.name, scale.signed(low), scale.signed(high))
        }
        _ => format!("{} {} (no interval from one replication)", scale.signed(mean), scale.name),
    })
}

fn stranded(comparison: &Comparison) -> Option<String> {
    let more = comparison.stranded.mean.filter(|more| *more != 0.0)?;
    let decimals = match more.abs() {
        few if few < 0.05 => 3,
        some if some < 99.95 => 1,
        _ => 0,
    };
    let scale = Scale { factor: 1.0, decimals, name: "trucks" };
    let word = if more > 0.0 { "more" } else { "fewer" };
    Some(format!("{} {word} trucks stranded per run", scale.size(more)))
}

fn officers(hours: &Mean) -> Option<String> {
    let scale = Scale { factor: 1.0, decimals: 1, name: "officer-hours" };
    let more = hours.mean.map(|mean| scale.signed(mean)).filter(|text| text != "0.0")?;
    Some(format!("{more} officer-hours"))
}

/// What becomes of the detection of a kind, if anything is shown; the class that an adversary would look
/// for is named.
fn detection(change: &DetectionChange) -> Option<String> {
    let shown =
        |mean: &Mean| matches!((mean.low(), mean.high()), (Some(low), Some(high)) if low > 0.0 || high < 0.0);
    if !shown(&change.difference) && !shown(&change.worst) {
        return None;
    }
    let all = interval(&change.difference, Unit::Fraction)?;
    let mut text = format!("{} detection {all}", change.kind);
    if let (Some((class, share)), Some(worst)) = (&change.softest, change.worst.mean) {
        let scale = Scale::of(Unit::Fraction, &change.worst);
        let moved = match scale.signed(worst) {
            text if text == scale.size(0.0) => "as before".to_owned(),
            text => format!("{text} points"),
        };
        text.push_str(&format!(", softest class {class} at {:.1} % ({moved})", share * 100.0));
    }
    Some(text)
}

/// Classes that lose something of use; nothing new where there is only one.
fn losers(unit: Unit, comparison: &Comparison) -> Option<String> {
    let mut losers = Vec::new();
    if comparison.classes.len() < 2 {
        return None;
    }
    for change in comparison.classes.iter().filter(|change| change.loses) {
        let useful = change.paired.verdict != Some(Verdict::NoUsefulDifference);
        if let Some(loss) = change.paired.difference.mean.filter(|_| useful) {
            let scale = Scale::of(unit, &change.paired.difference);
            losers.push(format!("{} trucks lose {} {}", change.class, scale.size(loss), scale.name));
        }
    }
    (!losers.is_empty()).then(|| losers.join(", "))
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
