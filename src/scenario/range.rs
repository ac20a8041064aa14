//! Ranges of values as text, `60..110 s`, `+0 %..+30 %`, and laws of values, `triangular(60 s, 75 s, 110 s)`.
//!
//! Both say what a key may be without knowing the key: numbers are taken with whatever unit they have, and
//! what comes out is text to set. Start at [`Range`] and [`Law`].

use super::phrase::{FactorPhrase, tidy};
use super::resolve::Files;
use crate::dist::Dist;

/// A range of values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Range {
    /// `+` (or `-`) or `x` of a relative change.
    sign: Option<char>,
    pub(super) low: f64,
    pub(super) high: f64,
    unit: String,
    /// Whole numbers only.
    pub(super) whole: bool,
}

impl Range {
    /// `60..110 s`, `+0 %..+30 %`, `x0.8..x1.2`, `2..6`.
    pub(super) fn read(text: &str) -> Result<Range, &'static str> {
        const WRITE: &str = "write it like `60..110 s`, `+0 %..+30 %` or `x0.8..x1.2`";
        let (low, high) = text.split_once("..").ok_or(WRITE)?;
        let end = |text: &str| {
            let text = text.trim();
            let sign = text.chars().next().filter(|sign| matches!(sign, '+' | '-' | 'x'));
            let rest = text[sign.map_or(0, char::len_utf8)..].trim_start();
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number: f64 = rest[..digits].parse().map_err(|_| WRITE)?;
            let value = if sign == Some('-') { -number } else { number };
            Ok((sign, value, rest[digits..].trim().to_owned(), !rest[..digits].contains('.')))
        };
        let (low_sign, low, low_unit, low_whole) = end(low)?;
        let (high_sign, high, unit, high_whole) = end(high)?;
        if !low_unit.is_empty() && low_unit != unit {
            return Err("give both ends the same unit");
        }
        let kind = |sign: Option<char>| sign.map(|sign| if sign == 'x' { 'x' } else { '+' });
        if kind(low_sign) != kind(high_sign) {
            return Err("give both ends a sign, or none: `+0 %..+30 %`");
        }
        if low >= high || !low.is_finite() || !high.is_finite() {
            return Err("the range is empty: the second end must be larger than the first");
        }
        let whole = unit.is_empty() && low_whole && high_whole && kind(low_sign) != Some('x');
        Ok(Range { sign: kind(low_sign), low, high, unit, whole })
    }

    /// Whether it changes a value, rather than being one.
    pub(super) fn is_relative(&self) -> bool {
        self.sign.is_some()
    }

    /// The value at a share of the range, as text.
    pub(super) fn at(&self, share: f64) -> String {
        let value = if self.whole {
            (self.low + (share * (self.high - self.low + 1.0)).floor()).min(self.high)
        } else {
            // More digits than any model is good for, and few enough to read.
            let step = libm::pow(10.0, libm::floor(libm::log10(self.high - self.low)) - 4.0);
            ((self.low + share * (self.high - self.low)) / step).round() * step
        };
        let sign = match self.sign {
            Some('+') if value < 0.0 => "-",
            Some('+') => "+",
            Some(_) => "x",
            None if value < 0.0 => "-",
            None => "",
        };
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!("{sign}{}{unit}", tidy(value.abs()))
    }
}

/// A law of values: a distribution whose numbers have one unit, or are changes in percent, or factors.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Law {
    dist: Dist,
    /// What stands before each number: `x` of a factor.
    sign: &'static str,
    unit: String,
    /// Digits that matter: values are multiples of it.
    step: f64,
}

impl Law {
    /// `triangular(60 s, 75 s, 110 s)`, `lognormal(mean = x1, cv = 0.1)`, `uniform(-10 %, +30 %)`.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(super) fn read(text: &str, files: &Files) -> Result<Law, String> {
        let text = text.trim();
        let (name, rest) = text.split_once('(').ok_or("write a range, `60..110 s`, or a distribution")?;
        let inside = rest.strip_suffix(')').ok_or("the bracket is not closed")?;
        if matches!(name.trim(), "mixture" | "empirical" | "constant" | "geometric") {
            return Err(format!(
                "`{}` is no law for an input: write a range, another law, or a list of values that are equally likely",
                name.trim()
            ));
        }
        let mut kind: Option<(&'static str, String)> = None;
        let mut plain = Vec::new();
        for argument in inside.split(',') {
            let (key, value) =
                argument.split_once('=').map_or(("", argument), |(key, value)| (key.trim(), value));
            let value = value.trim();
            let start = if key.is_empty() { String::new() } else { format!("{key} = ") };
            let sign = value.chars().next().filter(|sign| matches!(sign, '+' | '-' | 'x'));
            let rest = value[sign.map_or(0, char::len_utf8)..].trim_start();
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number: f64 =
                rest[..digits].parse().map_err(|_| format!("`{value}` is no number with a unit"))?;
            let unit = rest[digits..].trim();
            if matches!(key, "cv" | "k") {
                plain.push(format!("{start}{value}"));
                continue;
            }
            let (sign, unit, number) = match sign {
                None => ("", unit, number),
                Some('x') => ("x", unit, number),
                Some('-') if unit == "%" => ("x", "", 1.0 - number / 100.0),
                Some('+') if unit == "%" => ("x", "", 1.0 + number / 100.0),
                Some(_) => return Err("changes are in percent, `-10 %`, or factors, `x0.9`".to_owned()),
            };
            let known = kind.get_or_insert_with(|| (sign, unit.to_owned()));
            if *known != (sign, unit.to_owned()) {
                return Err("give all numbers the same unit".to_owned());
            }
            plain.push(format!("{start}{}", tidy(number)));
        }
        let phrase = format!("{}({})", name.trim(), plain.join(", "));
        let phrase: FactorPhrase = phrase.parse().map_err(|error: super::phrase::PhraseError| {
            if error.help.is_empty() { error.message } else { format!("{}; {}", error.message, error.help) }
        })?;
        let dist = phrase.0.dist(files)?;
        let (sign, unit) = kind.ok_or("it has no number")?;
        let spread = dist.variance().sqrt();
        let step = libm::pow(10.0, libm::floor(libm::log10(spread)) - 4.0);
        Ok(Law { dist, sign, unit, step })
    }

    /// The value that a share `p` of values lies below, as text.
    pub(super) fn at(&self, p: f64) -> String {
        let value = (self.dist.quantile(p) / self.step).round() * self.step;
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!("{}{}{unit}", self.sign, tidy(value))
    }

    /// Whether it changes a value, rather than being one.
    pub(super) fn is_relative(&self) -> bool {
        !self.sign.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_told() {
        let at = |text: &str, share: f64| Range::read(text).map(|range| range.at(share));
        assert_eq!(at("60..110 s", 0.5).as_deref(), Ok("85 s"));
        assert_eq!(at("60 s..110 s", 1.0).as_deref(), Ok("110 s"));
        assert_eq!(at("-10 %..+30 %", 0.0).as_deref(), Ok("-10 %"));
        assert_eq!(at("-10 %..+30 %", 0.5).as_deref(), Ok("+10 %"));
        assert_eq!(at("x0.8..x1.2", 0.25).as_deref(), Ok("x0.9"));
        assert_eq!(at("2..5", 0.0).as_deref(), Ok("2"));
        assert_eq!(at("2..5", 0.999).as_deref(), Ok("5"));
        assert_eq!(at("0.5..0.9", 0.5).as_deref(), Ok("0.7"));
        for wrong in ["110..60 s", "60 s..110 min", "+1..5", "a..b", "7", "1..1"] {
            assert!(Range::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn laws_are_read_and_told() {
        let at = |text: &str, p: f64| Law::read(text, &Files::default()).map(|law| law.at(p));
        assert_eq!(at("triangular(60 s, 80 s, 100 s)", 0.5).as_deref(), Ok("80 s"));
        let share = at("uniform(min = 20 % of trucks, max = 40 % of trucks)", 0.25);
        assert_eq!(share.as_deref(), Ok("25 % of trucks"));
        assert_eq!(at("uniform(-10 %, +30 %)", 0.5).as_deref(), Ok("x1.1"));
        // exp(1.959964 s - s * s / 2) with s * s = ln(1.01), s = 0.0997513.
        assert_eq!(at("lognormal(mean = x1, cv = 0.1)", 0.975).as_deref(), Ok("x1.2099"));
        let wrong = ["normal(1 s, 2 s)", "uniform(1 s, 2 min)", "uniform(+1, +2)", "mixture(1 s)", "60 s"];
        for wrong in wrong {
            assert!(Law::read(wrong, &Files::default()).is_err(), "{wrong}");
        }
    }
}
