//! Reading phrases: numbers, units and words, one after another, and errors that point at them.

use std::ops::Range;

use crate::scenario::limit::{LONGEST_DURATION, MOST_DAYS};

/// Why a text is not the phrase that is expected, and which piece of it is to blame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhraseError {
    /// As `cruce explain` knows it.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The piece of the text, in bytes.
    pub span: Range<usize>,
    /// What stands beside the underline.
    pub label: String,
    /// The way out; may be empty.
    pub help: String,
}

impl PhraseError {
    pub(crate) fn new(code: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        PhraseError { code, message: message.into(), span, label: String::new(), help: String::new() }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Moved to where its text stands in a longer one.
    pub(crate) fn shifted(mut self, by: usize) -> Self {
        self.span = self.span.start + by..self.span.end + by;
        self
    }
}

impl std::fmt::Display for PhraseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, ": {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for PhraseError {}

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    Duration,
    Length,
    Share,
    Rate,
}

impl Dimension {
    pub(super) fn name(self) -> &'static str {
        match self {
            Dimension::Duration => "a duration",
            Dimension::Length => "a length",
            Dimension::Share => "a share",
            Dimension::Rate => "a rate",
        }
    }

    /// A unit that suits most values, for help.
    pub(super) fn usual_unit(self) -> &'static str {
        match self {
            Dimension::Duration => "s",
            Dimension::Length => "m",
            Dimension::Share => "%",
            Dimension::Rate => "trucks/h",
        }
    }

    pub(super) fn all_units(self) -> &'static str {
        match self {
            Dimension::Duration => "`s`, `min`, `h` and `days`",
            Dimension::Length => "`m`, `km`, `mi` and `ft`",
            Dimension::Share => "`%`",
            Dimension::Rate => "`trucks/day`, `trucks/h` and `trucks/min`",
        }
    }
}

/// A unit: a value in it times `multiply`, over `divide`, is in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unit {
    pub(crate) name: &'static str,
    pub(crate) dimension: Dimension,
    multiply: f64,
    divide: f64,
}

impl Unit {
    /// Seconds, meters, fraction or trucks per hour.
    pub(crate) fn to_base(self, value: f64) -> f64 {
        value * self.multiply / self.divide
    }

    /// The other way.
    pub(crate) fn of_base(self, base: f64) -> f64 {
        base * self.divide / self.multiply
    }
}

const fn unit(name: &'static str, dimension: Dimension, multiply: f64, divide: f64) -> Unit {
    Unit { name, dimension, multiply, divide }
}

/// Every unit that a phrase may have.
const UNITS: [Unit; 17] = [
    unit("s", Dimension::Duration, 1.0, 1.0),
    unit("min", Dimension::Duration, 60.0, 1.0),
    unit("h", Dimension::Duration, 3_600.0, 1.0),
    unit("day", Dimension::Duration, 86_400.0, 1.0),
    unit("days", Dimension::Duration, 86_400.0, 1.0),
    unit("m", Dimension::Length, 1.0, 1.0),
    unit("km", Dimension::Length, 1_000.0, 1.0),
    unit("mi", Dimension::Length, 1_609.344, 1.0),
    unit("ft", Dimension::Length, 0.3048, 1.0),
    unit("%", Dimension::Share, 1.0, 100.0),
    unit("trucks/day", Dimension::Rate, 1.0, 24.0),
    unit("trucks/h", Dimension::Rate, 1.0, 1.0),
    unit("trucks/min", Dimension::Rate, 60.0, 1.0),
    unit("truck/day", Dimension::Rate, 1.0, 24.0),
    unit("truck/h", Dimension::Rate, 1.0, 1.0),
    unit("truck/min", Dimension::Rate, 60.0, 1.0),
    // Percentage points exist in relative overrides only; nothing is measured in them.
    unit("pp", Dimension::Share, 1.0, 100.0),
];

pub(super) fn find_unit(name: &str) -> Option<Unit> {
    UNITS.into_iter().find(|unit| unit.name == name)
}

/// What people write for a unit that is spelled otherwise here.
fn usual_slip(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    Some(match lower.as_str() {
        "sec" | "secs" | "second" | "seconds" | "seg" => "s",
        "mins" | "minute" | "minutes" | "minuto" | "minutos" => "min",
        "hr" | "hrs" | "hour" | "hours" | "hora" | "horas" => "h",
        "d" | "dia" | "dias" | "día" | "días" => "days",
        "meter" | "meters" | "metre" | "metres" => "m",
        "kilometer" | "kilometers" | "kilometre" | "kilometres" | "kms" => "km",
        "mile" | "miles" => "mi",
        "feet" | "foot" => "ft",
        "percent" | "pct" => "%",
        "trucks/hour" | "trucks/hr" | "/h" | "per hour" | "vph" => "trucks/h",
        "trucks/d" | "/day" | "per day" => "trucks/day",
        "trucks/minute" | "/min" => "trucks/min",
        _ => return UNITS.into_iter().find(|unit| unit.name.to_lowercase() == lower).map(|unit| unit.name),
    })
}

/// A number as it stands in a phrase.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Number {
    pub(crate) value: f64,
    pub(crate) span: Range<usize>,
    /// Without point: digits only.
    pub(crate) whole: bool,
}

/// A number in base units.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: f64,
    pub(crate) span: Range<usize>,
}

/// No number in a phrase is larger: ten to the twelfth.
const LARGEST: f64 = 1e12;

/// A phrase, and how far it has been read.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Scanner { text, at: 0 }
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    /// The next character that is no blank.
    pub(crate) fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.text[self.at..].chars().next()
    }

    pub(crate) fn is_done(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Where reading stands, blanks skipped.
    pub(crate) fn here(&mut self) -> usize {
        self.skip_blanks();
        self.at
    }

    /// From `start` to the last character that was read.
    pub(crate) fn span_from(&self, start: usize) -> Range<usize> {
        start..self.text[..self.at].trim_end().len().max(start)
    }

    /// Reads a symbol if it comes next.
    pub(crate) fn eat(&mut self, symbol: &str) -> bool {
        self.skip_blanks();
        let found = self.text[self.at..].starts_with(symbol);
        if found {
            self.at += symbol.len();
        }
        found
    }

    /// Reads a word if exactly this one comes next.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let before = self.at;
        if self.word().is_some_and(|(found, _)| found == word) {
            return true;
        }
        self.at = before;
        false
    }

    /// Reads letters, digits, `_`, `-` and `.`, beginning with a letter.
    pub(crate) fn word(&mut self) -> Option<(&'a str, Range<usize>)> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        if !rest.starts_with(char::is_alphabetic) {
            return None;
        }
        let length = rest.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(rest.len());
        let span = self.at..self.at + length;
        self.at = span.end;
        Some((&self.text[span.clone()], span))
    }

    /// Reads what may be a name: letters, digits, `_` and `-`.
    pub(crate) fn name(&mut self) -> Option<&'a str> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !(c.is_alphanumeric() || "_-".contains(c))).unwrap_or(rest.len());
        self.at += length;
        Some(&rest[..length]).filter(|name| !name.is_empty())
    }

    /// Reads a text in quotes.
    pub(crate) fn quoted(&mut self) -> Option<(&'a str, Range<usize>)> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let length = rest[1..].find(quote)?;
        let span = self.at + 1..self.at + 1 + length;
        self.at = span.end + 1;
        Some((&self.text[span.clone()], span))
    }

    /// The piece from here to the next blank, comma or bracket, for errors.
    fn piece(&mut self) -> Range<usize> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let length = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_whitespace() || ",()".contains(*c))
            .map_or(rest.len(), |(at, _)| at);
        self.at..self.at + length
    }

    /// An error at the next piece, saying what was expected there.
    pub(crate) fn expected(&mut self, what: &str) -> PhraseError {
        if self.is_done() {
            let end = self.text.trim_end().len();
            let start = self.text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
            return PhraseError::new("E0206", start..end, format!("the text ends where {what} is expected"))
                .label(format!("{what} is missing after this"));
        }
        let span = self.piece();
        PhraseError::new(
            "E0206",
            span.clone(),
            format!("`{}` stands where {what} is expected", &self.text[span]),
        )
        .label(format!("{what} is expected here"))
    }

    /// Fails if anything is left.
    pub(crate) fn end(&mut self) -> Result<(), PhraseError> {
        if self.is_done() {
            return Ok(());
        }
        let start = self.here();
        let end = self.text.trim_end().len();
        Err(PhraseError::new(
            "E0206",
            start..end,
            format!("`{}` is one thing too many", &self.text[start..end]),
        )
        .label("nothing more is expected here"))
    }

    /// Reads a number of zero or more.
    pub(crate) fn number(&mut self) -> Result<Number, PhraseError> {
        let number = self.signed_number()?;
        if number.value < 0.0
            || self.text[number.span.clone()].starts_with(['-', '\u{2212}']) && number.value != 0.0
        {
            return Err(PhraseError::new(
                "E0204",
                number.span.clone(),
                format!("`{}` is negative", &self.text[number.span]),
            )
            .label("zero or more is expected"));
        }
        Ok(number)
    }

    /// Reads a number of either sign.
    pub(crate) fn signed_number(&mut self) -> Result<Number, PhraseError> {
        self.skip_blanks();
        let start = self.at;
        let negative = self.eat("-") || self.eat("\u{2212}");
        if !negative {
            self.eat("+");
        }
        let rest = &self.text[self.at..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            self.at = start;
            let span = self.piece();
            let word = self.text[span.clone()].trim_start_matches(['-', '+']).to_lowercase();
            if word == "nan" || word.starts_with("inf") {
                return Err(PhraseError::new(
                    "E0201",
                    span.clone(),
                    format!("`{}` is no number that can be used", &self.text[span]),
                )
                .label("a number is expected here"));
            }
            if !self.is_done() && span.is_empty() {
                return Err(self.expected("a number"));
            }
            let error = self.expected("a number");
            return Err(PhraseError { code: "E0201", ..error });
        }
        let mut length = digits;
        let fraction = rest[length..]
            .strip_prefix('.')
            .map_or(0, |after| after.bytes().take_while(u8::is_ascii_digit).count());
        if fraction > 0 {
            length += 1 + fraction;
        }
        self.at += length;
        let span = start..self.at;
        let after = &self.text[self.at..];
        if after.starts_with(',') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
            let end = self.at + 1 + after[1..].bytes().take_while(u8::is_ascii_digit).count();
            let written = &self.text[start..end];
            return Err(PhraseError::new("E0201", start..end, format!("`{written}` has a comma in it"))
                .label("decimals are written with a point")
                .help(format!("write `{}`, and thousands without a separator", written.replace(',', "."))));
        }
        if after.starts_with(['e', 'E'])
            && after[1..].starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c))
        {
            let end = self.at
                + 1
                + after[1..].bytes().take_while(|b| b.is_ascii_digit() || b"+-".contains(b)).count();
            return Err(PhraseError::new(
                "E0201",
                start..end,
                format!("`{}` has an exponent", &self.text[start..end]),
            )
            .label("write the digits in full"));
        }
        let value: f64 = rest[..length].parse().expect("digits, a point and digits are a number");
        if value > LARGEST {
            return Err(PhraseError::new(
                "E0205",
                span.clone(),
                format!("`{}` is too large", &self.text[span]),
            )
            .label("numbers end at 1000000000000"));
        }
        Ok(Number { value: if negative { -value } else { value }, span, whole: fraction == 0 })
    }

    /// Reads a unit if one comes next; `None` when there is nothing like it.
    pub(crate) fn unit(&mut self) -> Result<Option<(Unit, Range<usize>)>, PhraseError> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let length = if rest.starts_with('%') {
            1
        } else {
            rest.find(|c: char| !(c.is_alphabetic() || c == '/')).unwrap_or(rest.len())
        };
        if length == 0 || &rest[..length] == "of" {
            return Ok(None);
        }
        let span = self.at..self.at + length;
        let name = &self.text[span.clone()];
        let Some(unit) = find_unit(name) else {
            let error = PhraseError::new("E0202", span, format!("`{name}` is no unit"))
                .label("a unit is expected here");
            return Err(match usual_slip(name) {
                Some(right) => error.help(format!("write `{right}`")),
                None => error
                    .help("units are s, min, h, days; m, km, mi, ft; %; trucks/day, trucks/h, trucks/min"),
            });
        };
        self.at = span.end;
        Ok(Some((unit, span)))
    }

    /// Reads what stands where a unit does, whether it is one or not.
    pub(crate) fn unit_text(&mut self) -> Option<(&'a str, Range<usize>)> {
        self.skip_blanks();
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !(c.is_alphabetic() || "/%$€".contains(c))).unwrap_or(rest.len());
        let span = self.at..self.at + length;
        self.at = span.end;
        (length > 0).then(|| (&self.text[span.clone()], span))
    }

    /// Reads a number with a unit of a dimension.
    pub(crate) fn quantity(&mut self, dimension: Dimension) -> Result<Quantity, PhraseError> {
        let number = self.number().map_err(|error| of_zero_or_more(error, dimension))?;
        self.unit_of(number, dimension)
    }

    /// The same, of either sign.
    pub(crate) fn signed_quantity(&mut self, dimension: Dimension) -> Result<Quantity, PhraseError> {
        let number = self.signed_number()?;
        self.unit_of(number, dimension)
    }

    fn unit_of(&mut self, number: Number, dimension: Dimension) -> Result<Quantity, PhraseError> {
        let written = &self.text[number.span.clone()];
        let Some((unit, span)) = self.unit()? else {
            let error =
                PhraseError::new("E0213", number.span.clone(), format!("{} needs a unit", dimension.name()))
                    .label(format!("{written} what?"));
            return Err(error.help(write_with_unit(written, number.value, dimension)));
        };
        if unit.dimension != dimension || unit.name == "pp" {
            let error = PhraseError::new(
                "E0203",
                span,
                format!("`{}` is no unit of {}", unit.name, dimension.name()),
            );
            let slip =
                if dimension == Dimension::Duration && unit.name == "m" { "; minutes are `min`" } else { "" };
            return Err(error
                .label(format!("{} is expected", dimension.name()))
                .help(format!("its units are {}{slip}", dimension.all_units())));
        }
        let span = number.span.start..span.end;
        let value = unit.to_base(number.value);
        if dimension == Dimension::Duration && value > LONGEST_DURATION {
            return Err(PhraseError::new(
                "E0205",
                span.clone(),
                format!("`{}` is too long", &self.text[span]),
            )
            .label(format!("durations end at {MOST_DAYS} days")));
        }
        Ok(Quantity { value, span })
    }

    /// Reads a whole number up to a limit.
    pub(crate) fn whole(&mut self, what: &str, most: u32) -> Result<(u32, Range<usize>), PhraseError> {
        let number = self.number()?;
        let written = &self.text[number.span.clone()];
        if !number.whole {
            return Err(PhraseError::new(
                "E0205",
                number.span.clone(),
                format!("`{written}` is no whole number"),
            )
            .label(format!("{what} is expected")));
        }
        if number.value > f64::from(most) {
            return Err(PhraseError::new("E0205", number.span.clone(), format!("`{written}` is too large"))
                .label(format!("at most {most} here")));
        }
        Ok((number.value as u32, number.span))
    }
}

fn of_zero_or_more(error: PhraseError, dimension: Dimension) -> PhraseError {
    if error.code != "E0204" {
        return error;
    }
    PhraseError {
        message: format!("{} cannot be negative", dimension.name()),
        label: format!("{} of zero or more", dimension.name()),
        ..error
    }
}

/// `write "70 s" or "1.17 min"`.
fn write_with_unit(written: &str, value: f64, dimension: Dimension) -> String {
    let usual = format!("write `{written} {}`", dimension.usual_unit());
    match dimension {
        Dimension::Duration if value >= 60.0 => {
            let minutes = format!("{:.2}", value / 60.0);
            let minutes = minutes.trim_end_matches('0').trim_end_matches('.').to_owned();
            format!("{usual} or `{minutes} min`")
        }
        Dimension::Rate => format!("{usual} or `{written} trucks/day`"),
        Dimension::Duration | Dimension::Length | Dimension::Share => usual,
    }
}

/// The number with at most twelve significant digits: what products of decimals were meant to be.
pub(crate) fn tidy(value: f64) -> f64 {
    format!("{value:.11e}").parse().expect("a formatted number is a number")
}

/// Seconds with the largest unit that keeps the number short.
pub(crate) fn seconds_text(seconds: f64) -> String {
    let seconds = tidy(seconds);
    if seconds >= 3_600.0 && seconds % 3_600.0 == 0.0 {
        format!("{} h", seconds / 3_600.0)
    } else if seconds >= 60.0 && seconds % 60.0 == 0.0 {
        format!("{} min", seconds / 60.0)
    } else {
        format!("{seconds} s")
    }
}
