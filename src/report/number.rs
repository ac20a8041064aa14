//! Numbers as people read them: rounded to what their interval allows, thousands apart, a true minus.
//!
//! Files never use this: they hold every digit. Times are in minutes (seconds when short), shares in
//! percent. Start at [`Scale`].

use crate::experiment::Mean;
use crate::measure::Unit;

/// What a row of values is shown in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Values are divided by this.
    pub divisor: f64,
    /// Its short name; empty for pure numbers.
    pub label: &'static str,
    /// Digits after the point.
    pub decimals: usize,
}

/// Times in files, in minutes; everything else as it is.
pub fn file_unit(unit: Unit) -> (f64, &'static str) {
    unit.in_files()
}

/// Times below this many seconds are shown in seconds.
const SHORT: f64 = 60.0;

/// Money from here on is shown by the thousand, and from a thousand times this by the million.
const DEAR: f64 = 10_000.0;

impl Scale {
    /// The scale on which all of `means` are shown beside each other.
    pub fn of<'a>(unit: Unit, means: impl IntoIterator<Item = &'a Mean>) -> Scale {
        let (mut largest, mut narrowest) = (0.0_f64, f64::INFINITY);
        for mean in means {
            largest = largest.max(mean.mean.map_or(0.0, f64::abs));
            narrowest = narrowest
                .min(mean.half_width.filter(|half_width| *half_width > 0.0).unwrap_or(f64::INFINITY));
        }
        let (divisor, label) = match unit {
            Unit::Seconds if 0.0 < largest && largest < SHORT => (1.0, "s"),
            Unit::Seconds => (60.0, "min"),
            Unit::Fraction => (0.01, "%"),
            Unit::Trucks => (1.0, "trucks"),
            Unit::TrucksPerHour => (1.0, "trucks/h"),
            Unit::Lanes => (1.0, "lanes"),
            Unit::Hours => (1.0, "h"),
            Unit::TruckHours => (1.0, "truck-h"),
            Unit::Gallons => (1.0, "gal"),
            Unit::Kilograms if largest >= 1_000.0 => (1_000.0, "t"),
            Unit::Kilograms => (1.0, "kg"),
            Unit::Grams if largest >= 1_000.0 => (1_000.0, "kg"),
            Unit::Grams => (1.0, "g"),
            Unit::Money(currency) if largest >= 1_000.0 * DEAR => (1e6, currency.millions()),
            Unit::Money(currency) if largest >= DEAR => (1_000.0, currency.thousands()),
            Unit::Money(currency) => (1.0, currency.code()),
            Unit::Number => (1.0, ""),
        };
        let decimals = decimals(unit, narrowest / divisor);
        Scale { divisor, label, decimals }
    }

    /// The same scale with as many digits as other values ask for.
    pub fn for_row<'a>(self, unit: Unit, means: impl IntoIterator<Item = &'a Mean>) -> Scale {
        let half_widths = means.into_iter().filter_map(|mean| mean.half_width.filter(|half| *half > 0.0));
        let narrowest = half_widths.fold(f64::INFINITY, f64::min);
        Scale { decimals: decimals(unit, narrowest / self.divisor), ..self }
    }

    /// `62.1`; blank if there is nothing.
    pub fn value(self, value: Option<f64>) -> String {
        value.map_or_else(String::new, |value| grouped(value / self.divisor, self.decimals))
    }

    /// `62.1 ± 1.3`; without interval `62.1`.
    pub fn mean(self, mean: &Mean) -> String {
        match mean.half_width {
            Some(half_width) if mean.mean.is_some() => {
                format!("{} ± {}", self.value(mean.mean), self.value(Some(half_width)))
            }
            Some(_) | None => self.value(mean.mean),
        }
    }

    /// `+1.2 (+0.9 to +1.5)`; without interval `+1.2`.
    pub fn change(self, mean: &Mean) -> String {
        let signed = |value: f64| signed(value / self.divisor, self.decimals);
        match (mean.mean, mean.low(), mean.high()) {
            (Some(mean), Some(low), Some(high)) => {
                format!("{} ({} to {})", signed(mean), signed(low), signed(high))
            }
            (Some(mean), _, _) => signed(mean),
            (None, _, _) => String::new(),
        }
    }
}

/// Digits after the point for values of which the surest is known to ± `narrowest`.
fn decimals(unit: Unit, narrowest: f64) -> usize {
    match narrowest {
        exact if exact.is_infinite() && unit == Unit::Trucks => 0,
        wide if wide >= 1.0 && unit == Unit::Trucks => 0,
        wide if wide.is_finite() && wide >= 10.0 => 0,
        narrow if narrow < 0.05 => 2,
        _ => 1,
    }
}

/// `2,301.5`, `−0.4`; never `−0.0`.
pub fn grouped(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::new();
    if value < 0.0 && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push('−');
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// `+1.2`, `−1.2`, `0.0`.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = grouped(value, decimals);
    let zero = !text.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    if value > 0.0 && !zero { format!("+{text}") } else { text }
}

/// A number for a limit that somebody wrote: as few digits as say it.
pub fn plain(value: f64) -> String {
    let rounded = format!("{value:.6}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(mean: f64, half_width: f64) -> Mean {
        Mean { mean: Some(mean), half_width: Some(half_width), sd: None, n: 20, batches: None }
    }

    #[test]
    fn rows_are_rounded_to_their_interval() {
        let minutes = mean(62.13 * 60.0, 1.31 * 60.0);
        let scale = Scale::of(Unit::Seconds, [&minutes]);
        assert_eq!(scale.mean(&minutes), "62.1 ± 1.3");
        assert_eq!(scale.label, "min");
        let trucks = mean(2301.4, 8.2);
        assert_eq!(Scale::of(Unit::Trucks, [&trucks]).mean(&trucks), "2,301 ± 8");
        let rare = mean(0.5, 0.2);
        assert_eq!(Scale::of(Unit::Trucks, [&rare]).mean(&rare), "0.5 ± 0.2");
        let short = mean(4.0, 0.03);
        assert_eq!(Scale::of(Unit::Seconds, [&short]).mean(&short), "4.00 ± 0.03");
    }

    #[test]
    fn changes_carry_their_sign() {
        let better = mean(-744.0, 36.0);
        assert_eq!(Scale::of(Unit::Seconds, [&better]).change(&better), "−12.4 (−13.0 to −11.8)");
        let blank = Mean::default();
        assert_eq!(Scale::of(Unit::Seconds, [&blank]).change(&blank), "");
        assert_eq!(signed(-0.01, 1), "0.0");
        assert_eq!(signed(0.26, 1), "+0.3");
        assert_eq!(grouped(1_234_567.0, 0), "1,234,567");
        assert_eq!(plain(90.0), "90");
        assert_eq!(plain(0.1 + 0.2), "0.3");
    }
}
