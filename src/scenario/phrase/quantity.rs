//! Durations, shares, rates, counts, lengths and ranges, from text and back.

use std::fmt;
use std::str::FromStr;

use super::scan::{Dimension, PhraseError, Scanner, seconds_text, tidy};
use super::{
    Count, DurationPhrase, Growth, Length, Minutes, Percent, Rate, Replications, RunLength, Servers,
    SharePhrase, Spread,
};
use crate::kernel::time::SimDuration;
use crate::scenario::limit::{
    HIGHEST_RATE, LARGEST_FACTOR, LONGEST_POSTED, LONGEST_ROAD, MOST_COUNTED, MOST_DAYS, MOST_LANES,
    MOST_REPLICATIONS,
};

fn too_large(span: std::ops::Range<usize>, written: &str, limit: &str) -> PhraseError {
    PhraseError::new("E0205", span, format!("`{written}` is too large"))
        .label(format!("at most {limit} here"))
}

impl FromStr for DurationPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let duration = scanner.quantity(Dimension::Duration)?;
        scanner.end()?;
        Ok(DurationPhrase(SimDuration::from_seconds(duration.value)))
    }
}

impl fmt::Display for DurationPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&seconds_text(self.0.seconds()))
    }
}

impl FromStr for RunLength {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let number = scanner.number()?;
        let days = scanner.eat_word("day") || scanner.eat_word("days");
        if !days {
            return DurationPhrase::from_str(text).map(|duration| RunLength::Time(duration.0));
        }
        scanner.end()?;
        let written = &text[number.span.clone()];
        if !number.whole {
            return Err(PhraseError::new(
                "E0205",
                number.span.clone(),
                format!("`{written}` is no whole number of days"),
            )
            .label("days are whole: local midnight to local midnight")
            .help(format!(
                "write `{} h` for a length that is no whole number of days",
                tidy(number.value * 24.0)
            )));
        }
        if number.value > f64::from(MOST_DAYS) {
            return Err(too_large(number.span.clone(), written, &format!("{MOST_DAYS} days")));
        }
        Ok(RunLength::Days(number.value as u32))
    }
}

impl fmt::Display for RunLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunLength::Days(1) => f.write_str("1 day"),
            RunLength::Days(days) => write!(f, "{days} days"),
            RunLength::Time(duration) => DurationPhrase(*duration).fmt(f),
        }
    }
}

fn factor(scanner: &mut Scanner<'_>, text: &str) -> Result<f64, PhraseError> {
    let share = scanner.quantity(Dimension::Share)?;
    if share.value > LARGEST_FACTOR {
        return Err(too_large(
            share.span.clone(),
            &text[share.span],
            &format!("{} %", LARGEST_FACTOR * 100.0),
        ));
    }
    Ok(share.value)
}

fn percent_text(share: f64) -> String {
    format!("{} %", tidy(share * 100.0))
}

impl FromStr for Percent {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let share = factor(&mut scanner, text)?;
        scanner.end()?;
        Ok(Percent(share))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&percent_text(self.0))
    }
}

impl FromStr for Growth {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let share = scanner.signed_quantity(Dimension::Share)?;
        scanner.end()?;
        if !(-0.99..=LARGEST_FACTOR).contains(&share.value) {
            let error = PhraseError::new(
                "E0205",
                share.span.clone(),
                format!("`{}` is out of range", &text[share.span]),
            );
            return Err(error.label(format!("between -99 % and {} % here", LARGEST_FACTOR * 100.0)));
        }
        Ok(Growth(share.value))
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&percent_text(self.0))
    }
}

impl FromStr for Rate {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let rate = scanner.quantity(Dimension::Rate)?;
        scanner.end()?;
        if rate.value > HIGHEST_RATE {
            return Err(too_large(rate.span.clone(), &text[rate.span], &format!("{HIGHEST_RATE} trucks/h")));
        }
        Ok(Rate { per_hour: rate.value })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_day = tidy(self.per_hour * 24.0);
        if per_day.fract() == 0.0 && per_day / 24.0 == self.per_hour {
            write!(f, "{per_day} trucks/day")
        } else {
            write!(f, "{} trucks/h", self.per_hour)
        }
    }
}

impl FromStr for Count {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let (count, _) = scanner.whole("a whole number", MOST_COUNTED)?;
        scanner.end()?;
        Ok(Count(count))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Servers {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        if scanner.eat_word("unlimited") {
            scanner.end()?;
            return Ok(Servers::Unlimited);
        }
        if scanner.peek().is_some_and(char::is_alphabetic) {
            return Err(scanner.expected("a number of lanes or `unlimited`"));
        }
        let (lanes, _) = scanner.whole("a whole number of lanes", MOST_LANES)?;
        scanner.end()?;
        Ok(Servers::Lanes(lanes))
    }
}

impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Servers::Lanes(lanes) => lanes.fmt(f),
            Servers::Unlimited => f.write_str("unlimited"),
        }
    }
}

impl FromStr for SharePhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let rest = scanner.eat_word("rest");
        if rest && scanner.is_done() {
            return Ok(SharePhrase::Rest { of: None });
        }
        if !rest && scanner.peek().is_some_and(char::is_alphabetic) {
            return Err(scanner.expected("a share or `rest`"));
        }
        let share = if rest {
            0.0
        } else {
            scanner.quantity(Dimension::Share).map(|share| (share.value, share.span)).and_then(at_most_all)?
        };
        if !scanner.eat_word("of") {
            return Err(scanner
                .expected("`of`, and what it is a share of,")
                .help("write `36 % of trucks`, `25 % of laden` or `4 % of standard`"));
        }
        let Some((of, _)) = scanner.word() else {
            return Err(scanner.expected("`trucks`, `laden` or a class"));
        };
        scanner.end()?;
        Ok(if rest {
            SharePhrase::Rest { of: Some(of.to_owned()) }
        } else {
            SharePhrase::Of { share, of: of.to_owned() }
        })
    }
}

fn at_most_all((share, span): (f64, std::ops::Range<usize>)) -> Result<f64, PhraseError> {
    if share > 1.0 {
        return Err(
            PhraseError::new("E0205", span, "a share is at most 100 %").label("more than all of them")
        );
    }
    Ok(share)
}

impl fmt::Display for SharePhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SharePhrase::Of { share, of } => write!(f, "{} of {of}", percent_text(*share)),
            SharePhrase::Rest { of: None } => f.write_str("rest"),
            SharePhrase::Rest { of: Some(of) } => write!(f, "rest of {of}"),
        }
    }
}

fn length(scanner: &mut Scanner<'_>, text: &str) -> Result<f64, PhraseError> {
    let length = scanner.quantity(Dimension::Length)?;
    if length.value > LONGEST_ROAD {
        return Err(too_large(length.span.clone(), &text[length.span], &meters_text(LONGEST_ROAD)));
    }
    Ok(length.value)
}

fn meters_text(meters: f64) -> String {
    let meters = tidy(meters);
    if meters >= 1_000.0 { format!("{} km", tidy(meters / 1_000.0)) } else { format!("{meters} m") }
}

impl FromStr for Length {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let meters = length(&mut scanner, text)?;
        scanner.end()?;
        Ok(Length(meters))
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&meters_text(self.0))
    }
}

impl FromStr for Spread {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let number = scanner.number()?;
        if scanner.is_done() {
            return Count::from_str(text).map(|count| Spread::Places(count.0));
        }
        debug_assert!(number.value >= 0.0, "numbers of phrases are not negative");
        let mut scanner = Scanner::new(text);
        let meters = length(&mut scanner, text)?;
        scanner.end()?;
        Ok(Spread::Meters(meters))
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spread::Places(places) => places.fmt(f),
            Spread::Meters(meters) => f.write_str(&meters_text(*meters)),
        }
    }
}

impl FromStr for Minutes {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let number = scanner.number()?;
        if scanner.is_done() {
            if number.value > LONGEST_POSTED {
                return Err(too_large(
                    number.span.clone(),
                    &text[number.span],
                    &format!("{LONGEST_POSTED} minutes"),
                ));
            }
            return Ok(Minutes(number.value));
        }
        DurationPhrase::from_str(text).map(|duration| Minutes(duration.0.minutes()))
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Replications {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let (least, span) = scanner.whole("a whole number of replications", MOST_REPLICATIONS)?;
        if least == 0 {
            return Err(PhraseError::new("E0205", span, "a study needs at least one replication")
                .label("1 or more is expected"));
        }
        let most = if scanner.eat("..") {
            scanner.whole("a whole number of replications", MOST_REPLICATIONS)?.0
        } else {
            least
        };
        scanner.end()?;
        if most < least {
            return Err(PhraseError::new(
                "E0210",
                0..text.len(),
                format!("the range ends at {most}, before it begins"),
            )
            .label("the smaller number comes first"));
        }
        Ok(Replications { least, most })
    }
}

impl fmt::Display for Replications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most { self.least.fmt(f) } else { write!(f, "{}..{}", self.least, self.most) }
    }
}
