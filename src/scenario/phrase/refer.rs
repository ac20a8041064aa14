//! Scores, and whom a station sends to another place by them, from text and back.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::scan::{Dimension, PhraseError, Scanner, tidy};
use super::{Percent, ReferOf, ReferPhrase, ScorePhrase};

/// Scores lie within this of 0: far beyond any that a normal law ever gives.
const LARGEST_SCORE: f64 = 100.0;

const EXAMPLE: &str = "write it like `100 % from 1.5`, `100 % of the top 2 %`, `15 % of all` or `none`";

fn score(scanner: &mut Scanner<'_>, text: &str) -> Result<f64, PhraseError> {
    let number = scanner.signed_number()?;
    if number.value.abs() > LARGEST_SCORE {
        let written = &text[number.span.clone()];
        let error = PhraseError::new("E0205", number.span.clone(), format!("`{written}` is out of range"));
        let limit = format!("at most {LARGEST_SCORE} here, in standard deviations");
        return Err(error.label(limit));
    }
    Ok(number.value)
}

fn share(scanner: &mut Scanner<'_>, text: &str) -> Result<(f64, Range<usize>), PhraseError> {
    let share = scanner.quantity(Dimension::Share)?;
    if share.value > 1.0 {
        let written = &text[share.span.clone()];
        let error = PhraseError::new("E0205", share.span, format!("`{written}` is more than all"));
        return Err(error.label("at most 100 % here").help("write a share of trucks, such as `15 %`"));
    }
    Ok((share.value, share.span))
}

impl FromStr for ScorePhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        let start = scanner.here();
        let value = score(&mut scanner, text)?;
        let span = scanner.span_from(start);
        scanner.end()?;
        if value < 0.0 {
            let error = PhraseError::new("E0204", span, format!("`{}` is negative", text.trim()));
            return Err(error.label("zero or more is expected"));
        }
        Ok(ScorePhrase(value))
    }
}

impl fmt::Display for ScorePhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ReferPhrase {
    type Err = PhraseError;
    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let mut scanner = Scanner::new(text);
        if scanner.eat_word("none") {
            scanner.end()?;
            return Ok(ReferPhrase { share: 0.0, of: ReferOf::All });
        }
        if scanner.peek().is_some_and(char::is_alphabetic) {
            return Err(scanner.expected("a share or `none`").help(EXAMPLE));
        }
        let (share, _) = self::share(&mut scanner, text)?;
        let of = if scanner.eat_word("from") {
            ReferOf::From(score(&mut scanner, text)?)
        } else if scanner.eat_word("of") {
            if scanner.eat_word("all") {
                ReferOf::All
            } else if scanner.eat_word("the") && scanner.eat_word("top") {
                let (top, span) = self::share(&mut scanner, text)?;
                if top == 0.0 {
                    let error = PhraseError::new("E0205", span, "the top 0 % are nobody");
                    return Err(error.label("more than 0 % is expected").help("to send none write `none`"));
                }
                ReferOf::Top(top)
            } else {
                return Err(scanner.expected("`all` or `the top`").help(EXAMPLE));
            }
        } else {
            return Err(scanner.expected("`from`, `of all` or `of the top`").help(EXAMPLE));
        };
        scanner.end()?;
        Ok(ReferPhrase { share, of })
    }
}

impl fmt::Display for ReferPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.share == 0.0 && self.of == ReferOf::All {
            return f.write_str("none");
        }
        write!(f, "{} ", Percent(self.share))?;
        match self.of {
            ReferOf::All => f.write_str("of all"),
            ReferOf::From(score) => write!(f, "from {}", tidy(score)),
            ReferOf::Top(top) => write!(f, "of the top {}", Percent(top)),
        }
    }
}

impl ReferPhrase {
    /// A part as text; `None` when the phrase has none.
    pub(crate) fn part(&self, name: &str) -> Option<String> {
        match (name, self.of) {
            ("share", _) => Some(Percent(self.share).to_string()),
            ("from", ReferOf::From(score)) => Some(tidy(score).to_string()),
            ("top", ReferOf::Top(top)) => Some(Percent(top).to_string()),
            _ => None,
        }
    }

    /// The phrase with a part replaced.
    pub(crate) fn with_part(&self, name: &str, value: &str) -> Result<ReferPhrase, PhraseError> {
        let mut phrase = *self;
        let mut scanner = Scanner::new(value);
        match (name, &mut phrase.of) {
            ("share", _) => phrase.share = share(&mut scanner, value)?.0,
            ("from", ReferOf::From(from)) => *from = score(&mut scanner, value)?,
            ("top", ReferOf::Top(top)) => *top = share(&mut scanner, value)?.0,
            _ => {
                return Err(PhraseError::new("E0208", 0..value.len(), format!("the phrase has no `{name}`")));
            }
        }
        scanner.end()?;
        // Read again: what may not be written may not come about.
        phrase.to_string().parse().map_err(|error| PhraseError { span: 0..value.len(), ..error })
    }
}
