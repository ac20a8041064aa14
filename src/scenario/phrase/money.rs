//! Prices, rates of loss, fuel and emissions, from text and back.
//!
//! A price names its currency, and per what it is: `"90.89 USD/h"`. Fuel is kept in US gallons, rates
//! per hour, masses in the unit that reports use (kilograms of CO₂, grams of NOx). Whether all prices
//! are in one currency is for `check` to say. Start at [`Price`].

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::scan::{PhraseError, Scanner, find_unit, seconds_text, tidy};
use super::{
    AmountPhrase, Co2Phrase, CurrencyPhrase, FuelPricePhrase, FuelRatePhrase, HourPricePhrase,
    LanePricePhrase, MassRatePhrase, PerishablePhrase, TimeValuePhrase, YearPhrase, YearsPhrase,
};
use crate::kernel::time::SimDuration;
use crate::model::value::{Currency, LITERS_OF_A_GALLON, Perishable};
use crate::scenario::limit::{LARGEST_PRICE, MOST_YEARS};
use crate::scenario::phrase::DurationPhrase;

/// A price: so much of a currency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// How much, per unit of what is priced.
    pub amount: f64,
    /// Of which currency.
    pub currency: Currency,
}

/// A unit, and how many base units it is.
type UnitOf = (&'static str, f64);

const PER_HOUR: [UnitOf; 1] = [("h", 1.0)];
const PER_FUEL: [UnitOf; 2] = [("gal", 1.0), ("l", LITERS_OF_A_GALLON)];
const PER_LANE: [UnitOf; 1] = [("lane", 1.0)];
const LOSS: [UnitOf; 2] = [("%/day", 1.0 / 2_400.0), ("%/h", 1.0 / 100.0)];
const LOSS_PER_HOUR: [UnitOf; 2] = [("%/h", 1.0 / 100.0), ("%/day", 1.0 / 2_400.0)];
const FUEL_RATE: [UnitOf; 2] = [("gal/h", 1.0), ("l/h", 1.0 / LITERS_OF_A_GALLON)];
const CO2: [UnitOf; 2] = [("kg/gal", 1.0), ("kg/l", LITERS_OF_A_GALLON)];
const MASS_RATE: [UnitOf; 2] = [("g/h", 1.0), ("kg/h", 1_000.0)];
const YEARS: [UnitOf; 2] = [("years", 1.0), ("year", 1.0)];

/// Whether a unit is one of something, somewhere in the format.
fn is_known(text: &str) -> bool {
    let lists: [&[UnitOf]; 5] = [&LOSS, &FUEL_RATE, &CO2, &MASS_RATE, &YEARS];
    let priced = text.split('/').next().is_some_and(|code| currency(code).is_some());
    priced || find_unit(text).is_some() || lists.iter().any(|list| list.iter().any(|unit| unit.0 == text))
}

fn listed(units: &[UnitOf]) -> String {
    units.iter().map(|unit| format!("`{}`", unit.0)).collect::<Vec<_>>().join(" and ")
}

fn no_unit(written: &str, span: Range<usize>, what: &str, usual: &str) -> PhraseError {
    PhraseError::new("E0213", span, format!("{what} needs a unit"))
        .label(format!("{written} what?"))
        .help(format!("write `{written} {usual}`"))
}

fn wrong_unit(found: &str, span: Range<usize>, what: &str, help: String) -> PhraseError {
    let error = if is_known(found) {
        PhraseError::new("E0203", span, format!("`{found}` is no unit of {what}"))
    } else {
        PhraseError::new("E0202", span, format!("`{found}` is no unit"))
    };
    error.label(format!("{what} is expected")).help(help)
}

/// Reads a number with one of some units, in base units.
fn quantity(scanner: &mut Scanner<'_>, text: &str, what: &str, units: &[UnitOf]) -> Result<f64, PhraseError> {
    let number = scanner.number()?;
    let written = &text[number.span.clone()];
    let Some((found, span)) = scanner.unit_text() else {
        return Err(no_unit(written, number.span.clone(), what, units[0].0));
    };
    let Some((_, base)) = units.iter().find(|unit| unit.0 == found) else {
        return Err(wrong_unit(found, span, what, format!("its units are {}", listed(units))));
    };
    Ok(tidy(number.value * base))
}

fn currency(code: &str) -> Option<Currency> {
    Currency::ALL.into_iter().find(|currency| currency.code() == code)
}

/// The currency that somebody may have meant.
fn meant(text: &str) -> Option<Currency> {
    let lower = text.to_lowercase();
    match lower.as_str() {
        "$" | "us$" | "dollar" | "dollars" => Some(Currency::Usd),
        "peso" | "pesos" | "mx$" | "mex$" => Some(Currency::Mxn),
        "€" | "euro" | "euros" => Some(Currency::Eur),
        _ => Currency::ALL.into_iter().find(|currency| currency.code().to_lowercase() == lower),
    }
}

fn unknown_currency(found: &str, span: Range<usize>, rest: &str) -> PhraseError {
    let codes: Vec<String> = Currency::ALL.iter().map(|known| format!("`{}{rest}`", known.code())).collect();
    let error = PhraseError::new("E0202", span, format!("`{found}` is no currency"));
    let error = error.label("a currency by its three letters is expected");
    match meant(found) {
        Some(currency) => error.help(format!("write `{}{rest}`", currency.code())),
        None => error.help(format!("write one of {}", codes.join(", "))),
    }
}

/// Reads `90.89 USD/h`; without `per`, `81000 USD`.
fn price(text: &str, what: &str, per: &[UnitOf]) -> Result<Price, PhraseError> {
    let mut scanner = Scanner::new(text);
    let number = scanner.number().map_err(|error| match error.code {
        "E0204" => PhraseError {
            message: format!("{what} cannot be negative"),
            label: "a price of zero or more".to_owned(),
            ..error
        },
        _ => error,
    })?;
    let million = scanner.eat_word("million");
    let written = scanner.span_from(number.span.start);
    let usual = per.first().map_or_else(|| "USD".to_owned(), |per| format!("USD/{}", per.0));
    let Some((found, span)) = scanner.unit_text() else {
        return Err(no_unit(&text[written.clone()], written, what, &usual));
    };
    let (code, of) = found.split_once('/').map_or((found, None), |(code, of)| (code, Some(of)));
    let rest = found.strip_prefix(code).unwrap_or_default();
    let Some(currency) = currency(code) else {
        if meant(code).is_none() && is_known(found) {
            return Err(wrong_unit(found, span, what, format!("write it like `{usual}`")));
        }
        let span = span.start..span.start + code.len();
        return Err(unknown_currency(code, span, rest));
    };
    let units = |code: &str| match per {
        [] => format!("`{code}`"),
        _ => per.iter().map(|per| format!("`{code}/{}`", per.0)).collect::<Vec<_>>().join(" or "),
    };
    let base = match (of, per) {
        (None, []) => Some(1.0),
        (Some(of), per) => per.iter().find(|unit| unit.0 == of).map(|unit| unit.1),
        (None, _) => None,
    };
    let Some(base) = base else {
        return Err(PhraseError::new("E0203", span, format!("`{found}` is no unit of {what}"))
            .label(format!("{what} is expected"))
            .help(format!("write {}", units(code))));
    };
    scanner.end()?;
    let amount = tidy(number.value * if million { 1e6 } else { 1.0 } * base);
    if amount > LARGEST_PRICE {
        return Err(PhraseError::new("E0205", written.clone(), format!("`{}` is too large", &text[written]))
            .label(format!("at most {LARGEST_PRICE} here")));
    }
    Ok(Price { amount, currency })
}

macro_rules! price_phrase {
    ($type:ident, $what:literal, $per:expr) => {
        impl FromStr for $type {
            type Err = PhraseError;
            fn from_str(text: &str) -> Result<Self, PhraseError> {
                price(text, $what, &$per).map($type)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let per: &[UnitOf] = &$per;
                write!(f, "{} {}", self.0.amount, self.0.currency.code())?;
                per.first().map_or(Ok(()), |per| write!(f, "/{}", per.0))
            }
        }
    };
}

price_phrase!(HourPricePhrase, "a price per hour", PER_HOUR);
price_phrase!(FuelPricePhrase, "a price of fuel", PER_FUEL);
price_phrase!(AmountPhrase, "an amount of money", []);
price_phrase!(LanePricePhrase, "a price per lane", PER_LANE);

macro_rules! rate_phrase {
    ($type:ident, $what:literal, $units:expr, $most:expr) => {
        impl FromStr for $type {
            type Err = PhraseError;
            fn from_str(text: &str) -> Result<Self, PhraseError> {
                let mut scanner = Scanner::new(text);
                let value = quantity(&mut scanner, text, $what, &$units)?;
                scanner.end()?;
                if value > $most {
                    let (unit, base) = $units[0];
                    let error = PhraseError::new("E0205", 0..text.len(), format!("`{text}` is too large"));
                    return Err(error.label(format!("at most {} {unit} here", tidy($most / base))));
                }
                Ok($type(value))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (unit, base) = $units[0];
                write!(f, "{} {unit}", tidy(self.0 / base))
            }
        }
    };
}

// A truck that stands burns a gallon or two an hour; these limits catch a wrong unit.
rate_phrase!(FuelRatePhrase, "a use of fuel", FUEL_RATE, 1_000.0);
rate_phrase!(Co2Phrase, "a content of CO₂", CO2, 1_000.0);
rate_phrase!(MassRatePhrase, "an emission", MASS_RATE, 1e6);
rate_phrase!(TimeValuePhrase, "a time value", LOSS, 1.0);

impl FromStr for CurrencyPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        currency(text.trim())
            .map(CurrencyPhrase)
            .ok_or_else(|| unknown_currency(text.trim(), 0..text.len(), ""))
    }
}

impl fmt::Display for CurrencyPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code())
    }
}

/// Years whose prices are no slip of the finger.
const PRICE_YEARS: [u32; 2] = [1900, 2100];

impl FromStr for YearPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let [first, last] = PRICE_YEARS;
        let mut scanner = Scanner::new(text);
        let (year, span) = scanner.whole("a year", last)?;
        scanner.end()?;
        if year < first {
            let error = PhraseError::new("E0205", span, format!("`{text}` is out of range"));
            return Err(error
                .label(format!("a year from {first} to {last}"))
                .help("write the year in full, such as `2024`"));
        }
        Ok(YearPhrase(year))
    }
}

impl fmt::Display for YearPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for YearsPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let years = quantity(&mut scanner, text, "a number of years", &YEARS)?;
        scanner.end()?;
        if years.fract() != 0.0 || !(1.0..=f64::from(MOST_YEARS)).contains(&years) {
            let error = PhraseError::new("E0205", 0..text.len(), format!("`{text}` is out of range"));
            return Err(error
                .label(format!("1 to {MOST_YEARS} whole years"))
                .help("write the years over which a plan pays, such as `20 years`"));
        }
        Ok(YearsPhrase(years as u32))
    }
}

impl fmt::Display for YearsPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { "year" } else { "years" })
    }
}

impl FromStr for PerishablePhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        const HOW: &str = "write `2 %/h after 4 h`";
        let mut scanner = Scanner::new(text);
        if scanner.peek().is_some_and(char::is_alphabetic) && scanner.eat_word("after") {
            let span = scanner.span_from(0);
            return Err(PhraseError::new("E0211", span, "a knee without a loss")
                .label("how much is lost per hour after it?")
                .help(HOW));
        }
        let loss_per_hour = quantity(&mut scanner, text, "a loss", &LOSS_PER_HOUR)?;
        let loss = scanner.span_from(0);
        if !(loss_per_hour > 0.0 && loss_per_hour <= 1.0) {
            let error = PhraseError::new("E0205", loss.clone(), format!("`{}` is out of range", &text[loss]));
            return Err(error.label("above 0 and at most 100 % an hour").help(HOW));
        }
        if !scanner.eat_word("after") {
            scanner.end().map_err(|error| error.help(HOW))?;
            return Ok(PerishablePhrase(Perishable { loss_per_hour, knee: SimDuration::ZERO }));
        }
        let from = scanner.here();
        let knee = text[from..].parse::<DurationPhrase>().map_err(|error| error.shifted(from))?;
        Ok(PerishablePhrase(Perishable { loss_per_hour, knee: knee.0 }))
    }
}

impl fmt::Display for PerishablePhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Perishable { loss_per_hour, knee } = self.0;
        write!(f, "{} %/h after {}", tidy(loss_per_hour * 100.0), seconds_text(knee.seconds()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::phrase::Phrase;
    use crate::scenario::phrase::tests::check;

    #[test]
    fn prices_and_rates_are_shown_as_they_are_read() {
        check::<HourPricePhrase>(&[("90.89 USD/h", "90.89 USD/h"), ("1700MXN/h", "1700 MXN/h")]);
        check::<FuelPricePhrase>(&[("4 USD/gal", "4 USD/gal"), ("25 MXN/l", "94.6352946 MXN/gal")]);
        check::<AmountPhrase>(&[("81000 USD", "81000 USD"), ("1.5 million MXN", "1500000 MXN")]);
        check::<LanePricePhrase>(&[("2.5 million USD/lane", "2500000 USD/lane")]);
        check::<TimeValuePhrase>(&[("1.4 %/day", "1.4 %/day"), ("0.1 %/h", "2.4 %/day")]);
        check::<PerishablePhrase>(&[
            ("2 %/h after 4 h", "2 %/h after 4 h"),
            ("24 %/day after 90 min", "1 %/h after 90 min"),
            ("5 %/h", "5 %/h after 0 s"),
        ]);
        check::<FuelRatePhrase>(&[("0.8 gal/h", "0.8 gal/h"), ("3 l/h", "0.792516157074 gal/h")]);
        check::<Co2Phrase>(&[("10.18 kg/gal", "10.18 kg/gal")]);
        check::<MassRatePhrase>(&[("33.8 g/h", "33.8 g/h"), ("0.1 kg/h", "100 g/h")]);
        check::<YearsPhrase>(&[("20 years", "20 years"), ("1 year", "1 year")]);
        check::<YearPhrase>(&[("2024", "2024")]);
        check::<CurrencyPhrase>(&[("USD", "USD"), ("MXN", "MXN")]);
    }

    /// The code, the piece of the text, and a way out.
    #[test]
    fn what_is_no_price_says_why() {
        fn check<P: Phrase + fmt::Debug>(text: &str, code: &str, piece: &str, help: &str) {
            let error = text.parse::<P>().expect_err(text);
            assert_eq!((error.code, &text[error.span.clone()]), (code, piece), "{text}: {error}");
            assert!(error.help.contains(help), "{text}: {error}");
        }
        check::<HourPricePhrase>("90.89", "E0213", "90.89", "`90.89 USD/h`");
        check::<HourPricePhrase>("90.89 USD", "E0203", "USD", "`USD/h`");
        check::<HourPricePhrase>("90.89 $/h", "E0202", "$", "`USD/h`");
        check::<HourPricePhrase>("90.89 usd/h", "E0202", "usd", "`USD/h`");
        check::<HourPricePhrase>("90.89 s", "E0203", "s", "`USD/h`");
        check::<HourPricePhrase>("-1 USD/h", "E0204", "-1", "");
        check::<AmountPhrase>("3 million", "E0213", "3 million", "`3 million USD`");
        check::<AmountPhrase>("3 trucks", "E0202", "trucks", "`USD`");
        check::<CurrencyPhrase>("pesos", "E0202", "pesos", "`MXN`");
        check::<FuelRatePhrase>("0.8 g/h", "E0203", "g/h", "`gal/h`");
        check::<FuelRatePhrase>("0.8 gal", "E0202", "gal", "`gal/h`");
        check::<PerishablePhrase>("after 4 h", "E0211", "after", "2 %/h after 4 h");
        check::<PerishablePhrase>("0 %/h after 4 h", "E0205", "0 %/h", "2 %/h after 4 h");
        check::<PerishablePhrase>("2 %/h after 4", "E0213", "4", "4 s");
        check::<YearPhrase>("24", "E0205", "24", "2024");
        check::<YearsPhrase>("0 years", "E0205", "0 years", "20 years");
        check::<YearsPhrase>("2.5 years", "E0205", "2.5 years", "20 years");
    }
}
