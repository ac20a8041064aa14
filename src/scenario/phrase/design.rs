//! How the points of a sweep are chosen, from text and back.

use std::fmt;
use std::str::FromStr;

use super::DesignPhrase;
use super::scan::{PhraseError, Scanner};

/// Points of a sampled design: as many as the Sobol sequence has here.
pub const MOST_SAMPLED: u32 = 65_536;

const EXAMPLE: &str = "write `grid`, `list`, `latin-hypercube 256`, `sobol 1024`, `sobol-indices 256`, `morris 20`, `years 2024..2045` or `years 2025..2050 by 5`";

impl FromStr for DesignPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let start = scanner.here();
        let sampled: fn(u32) -> DesignPhrase = if scanner.eat_word("grid") {
            scanner.end()?;
            return Ok(DesignPhrase::Grid);
        } else if scanner.eat_word("list") {
            scanner.end()?;
            return Ok(DesignPhrase::List);
        } else if scanner.eat_word("latin-hypercube") {
            DesignPhrase::LatinHypercube
        } else if scanner.eat_word("sobol") {
            DesignPhrase::Sobol
        } else if scanner.eat_word("sobol-indices") {
            DesignPhrase::SobolIndices
        } else if scanner.eat_word("morris") {
            DesignPhrase::Morris
        } else if scanner.eat_word("years") {
            return years(scanner);
        } else {
            return Err(PhraseError::new("E0206", start..text.len(), "the design is not known").help(EXAMPLE));
        };
        if scanner.peek().is_none() {
            return Err(scanner.expected("a number of points").help(EXAMPLE));
        }
        let number = scanner.number()?;
        scanner.end()?;
        let points = number.value;
        if points.fract() != 0.0 || !(2.0..=f64::from(MOST_SAMPLED)).contains(&points) {
            let error = PhraseError::new("E0205", number.span, format!("{points} points are out of range"));
            return Err(error.label(format!("a whole number from 2 to {MOST_SAMPLED}")));
        }
        Ok(sampled(points as u32))
    }
}

/// What follows `years`.
fn years(mut scanner: Scanner<'_>) -> Result<DesignPhrase, PhraseError> {
    const YEARS: std::ops::RangeInclusive<f64> = 1900.0..=2200.0;
    let start = scanner.here();
    let whole = |number: f64, least: f64| number.fract() == 0.0 && number >= least;
    let first = scanner.number()?.value;
    if !scanner.eat("..") {
        return Err(scanner.expected("`..` and a last year").help(EXAMPLE));
    }
    let last = scanner.number()?.value;
    let step = if scanner.eat_word("by") { scanner.number()?.value } else { 1.0 };
    scanner.end()?;
    let right = YEARS.contains(&first) && YEARS.contains(&last) && first < last;
    if !right || !whole(first, 0.0) || !whole(last, 0.0) || !whole(step, 1.0) || step > last - first {
        let told = "the years are no stretch of time";
        let error = PhraseError::new("E0205", scanner.span_from(start), told);
        return Err(error.label("from 1900 to 2200, the last after the first, by whole years").help(EXAMPLE));
    }
    Ok(DesignPhrase::Years { first: first as u16, last: last as u16, step: step as u16 })
}

impl fmt::Display for DesignPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DesignPhrase::Grid => f.write_str("grid"),
            DesignPhrase::List => f.write_str("list"),
            DesignPhrase::LatinHypercube(points) => write!(f, "latin-hypercube {points}"),
            DesignPhrase::Sobol(points) => write!(f, "sobol {points}"),
            DesignPhrase::SobolIndices(rows) => write!(f, "sobol-indices {rows}"),
            DesignPhrase::Morris(trajectories) => write!(f, "morris {trajectories}"),
            DesignPhrase::Years { first, last, step: 1 } => write!(f, "years {first}..{last}"),
            DesignPhrase::Years { first, last, step } => write!(f, "years {first}..{last} by {step}"),
        }
    }
}
