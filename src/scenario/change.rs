//! Relative changes (`+2`, `x1.15`, `+15 %`, `+15 pp`) and parts of phrases (`.mean`, `.lanes`).
//!
//! A relative change acts on the numbers of a phrase and leaves its units and words alone, so that
//! `"2300 trucks/day"` stays a rate by the day; on a distribution it scales every value, which keeps
//! the cv. Changed phrases are read again like written ones, so nothing out of range gets through.

use super::document::{Node, Value};
use super::phrase::{
    self, BatchPhrase, DistPhrase, DistSpec, FactorPhrase, Phrase, PhraseError, ReferPhrase, RulePhrase,
    Scanner, Unit, tidy,
};
use super::resolve::Files;
use super::schema::{PhraseKind, Shape};

/// A relative change.
#[derive(Clone, Debug, PartialEq)]
pub enum Relative {
    /// Adds an amount, in a unit if there is one.
    Add(f64, Option<Unit>),
    /// Multiplies.
    Scale(f64),
    /// Adds to a share, in fractions.
    Points(f64),
}

/// The relative change that a text is; `None` when it is a value.
pub fn relative(text: &str) -> Option<Result<Relative, PhraseError>> {
    let trimmed = text.trim_start();
    let sign = trimmed.chars().next()?;
    let after = trimmed[sign.len_utf8()..].trim_start();
    if !"+-\u{2212}x\u{d7}".contains(sign) || !after.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let offset = text.len() - after.len();
    Some(read_relative(sign, after).map_err(|error| error.shifted(offset)))
}

fn read_relative(sign: char, text: &str) -> Result<Relative, PhraseError> {
    let mut scanner = Scanner::new(text);
    let number = scanner.number()?;
    if sign == 'x' || sign == '\u{d7}' {
        scanner.end()?;
        return Ok(Relative::Scale(number.value));
    }
    let amount = if sign == '+' { number.value } else { -number.value };
    let unit = scanner.unit()?;
    scanner.end()?;
    Ok(match unit {
        None => Relative::Add(amount, None),
        Some((unit, _)) if unit.name == "%" => Relative::Scale(1.0 + amount / 100.0),
        Some((unit, _)) if unit.name == "pp" => Relative::Points(amount / 100.0),
        Some((unit, _)) => Relative::Add(amount, Some(unit)),
    })
}

/// How a kind of phrase takes relative changes.
enum Manner {
    /// Its numbers change; true: they stay whole.
    Numbers(bool),
    /// The law is scaled.
    Law,
    /// Not at all.
    None,
}

fn manner(kind: &PhraseKind) -> Manner {
    match kind.format {
        phrase::Count::FORMAT | phrase::Servers::FORMAT | phrase::Replications::FORMAT => {
            Manner::Numbers(true)
        }
        phrase::Spread::FORMAT
        | phrase::DurationPhrase::FORMAT
        | phrase::RunLength::FORMAT
        | phrase::Percent::FORMAT
        | phrase::Growth::FORMAT
        | phrase::Rate::FORMAT
        | phrase::SharePhrase::FORMAT
        | phrase::Length::FORMAT
        | phrase::Minutes::FORMAT
        | phrase::HourPricePhrase::FORMAT
        | phrase::FuelPricePhrase::FORMAT
        | phrase::AmountPhrase::FORMAT
        | phrase::LanePricePhrase::FORMAT
        | phrase::TimeValuePhrase::FORMAT
        | phrase::FuelRatePhrase::FORMAT
        | phrase::Co2Phrase::FORMAT
        | phrase::MassRatePhrase::FORMAT
        | phrase::ScorePhrase::FORMAT
        | phrase::GoalPhrase::FORMAT => Manner::Numbers(false),
        DistPhrase::FORMAT | FactorPhrase::FORMAT | BatchPhrase::FORMAT => Manner::Law,
        _ => Manner::None,
    }
}

/// Whether values of this shape take relative changes.
pub fn takes_relative(shape: &Shape) -> bool {
    shape.choices().iter().any(|choice| match choice {
        Shape::Phrase(kind) => !matches!(manner(kind), Manner::None),
        Shape::Whole(_) | Shape::Number => true,
        Shape::Table(_, row) | Shape::Map(row, _) => takes_relative(row),
        _ => false,
    })
}

/// A value after a relative change; tables change row by row.
///
/// # Errors
/// A sentence that says why it cannot be.
pub fn changed(node: &Node, shape: &Shape, by: &Relative, files: &Files) -> Result<Node, String> {
    if let Some(table) = node.table() {
        let rows = table.iter().map(|(key, child)| {
            let row = shape.under(key).filter(|row| takes_relative(row));
            let row = row.ok_or_else(|| format!("`{key}` in it takes no relative change"))?;
            Ok((key.clone(), changed(child, row, by, files)?))
        });
        let rows = rows.collect::<Result<_, String>>()?;
        return Ok(Node { value: Value::Table(rows), ..node.clone() });
    }
    let text = node.scalar().ok_or("it is no number")?;
    let kinds = shape.choices().iter().filter_map(|choice| match choice {
        Shape::Phrase(kind) => Some(*kind),
        _ => None,
    });
    // The phrase that the value is, where several may stand.
    let kind = kinds.into_iter().find(|kind| (kind.canonical)(&text).is_ok());
    let whole = shape.choices().iter().any(|choice| matches!(choice, Shape::Whole(_)));
    let new = match kind.map(manner) {
        Some(Manner::Law) => {
            let kind = kind.expect("the manner is of a kind");
            changed_law(kind.format, &text, by, files)?
        }
        Some(Manner::Numbers(whole)) => changed_numbers(&text, by, whole)?,
        None if whole || shape.choices().iter().any(|choice| matches!(choice, Shape::Number)) => {
            changed_numbers(&text, by, whole)?
        }
        Some(Manner::None) | None => return Err("it takes no relative change".to_owned()),
    };
    Ok(Node { value: value_like(&node.value, new), ..node.clone() })
}

/// A number stays a number, a text a text.
fn value_like(value: &Value, text: String) -> Value {
    match (value, text.parse::<i128>(), text.parse::<f64>()) {
        (Value::Integer(_), Ok(number), _) => Value::Integer(number),
        (Value::Float(_), _, Ok(number)) => Value::Float(number),
        _ => Value::Text(text),
    }
}

/// The text with each of its numbers changed.
pub fn changed_numbers(text: &str, by: &Relative, whole: bool) -> Result<String, String> {
    let mut out = String::new();
    let mut at = 0;
    let mut any = false;
    while at < text.len() {
        let rest = &text[at..];
        let digits = rest.strip_prefix('-').unwrap_or(rest);
        let inside_word = text[..at].ends_with(|c: char| c.is_alphanumeric());
        if inside_word || !digits.starts_with(|c: char| c.is_ascii_digit()) {
            let next = rest.chars().next().expect("there is text left");
            out.push(next);
            at += next.len_utf8();
            continue;
        }
        let mut scanner = Scanner::new(rest);
        let number = scanner.signed_number().map_err(|error| error.to_string())?;
        let end = number.span.end;
        let unit = scanner.unit().ok().flatten().map(|(unit, _)| unit);
        let value = changed_number(number.value, unit, by)?;
        let value = if whole { (value + 0.5).floor() } else { tidy(value) };
        out.push_str(&value.to_string());
        at += end;
        any = true;
    }
    if any { Ok(out) } else { Err(format!("`{text}` is no number")) }
}

fn changed_number(value: f64, unit: Option<Unit>, by: &Relative) -> Result<f64, String> {
    match (by, unit) {
        (Relative::Scale(factor), _) => Ok(value * factor),
        (Relative::Points(points), Some(unit)) if unit.name == "%" => Ok(value + points * 100.0),
        (Relative::Points(_), _) => Err("points (`pp`) are added to shares only".to_owned()),
        (Relative::Add(amount, None), None) => Ok(value + amount),
        (Relative::Add(amount, None), Some(unit)) if unit.name == "%" => Err(format!(
            "write `{} pp` to add points, or `{} %` to multiply",
            signed(*amount),
            signed(*amount)
        )),
        (Relative::Add(amount, None), Some(unit)) => {
            Err(format!("say in which unit: `{} {}`", signed(*amount), unit.name))
        }
        (Relative::Add(_, Some(added)), None) => Err(format!("it has no unit, and `{}` is one", added.name)),
        (Relative::Add(amount, Some(added)), Some(unit)) if added.dimension == unit.dimension => {
            Ok(value + unit.of_base(added.to_base(*amount)))
        }
        (Relative::Add(_, Some(added)), Some(unit)) => {
            Err(format!("it is in `{}`, and `{}` measures something else", unit.name, added.name))
        }
    }
}

fn signed(amount: f64) -> String {
    if amount < 0.0 { amount.to_string() } else { format!("+{amount}") }
}

fn law(format: &str, text: &str) -> Result<(DistSpec, phrase::LawKind), PhraseError> {
    Ok(match format {
        FactorPhrase::FORMAT => (text.parse::<FactorPhrase>()?.0, phrase::LawKind::Factor),
        BatchPhrase::FORMAT => (text.parse::<BatchPhrase>()?.0, phrase::LawKind::Batch),
        _ => (text.parse::<DistPhrase>()?.0, phrase::LawKind::Duration),
    })
}

fn changed_law(format: &str, text: &str, by: &Relative, files: &Files) -> Result<String, String> {
    let (spec, kind) = law(format, text).map_err(|error| error.to_string())?;
    let factor = match by {
        Relative::Scale(factor) => *factor,
        Relative::Points(_) => return Err("points (`pp`) are added to shares only".to_owned()),
        Relative::Add(..) => {
            let mean = spec.mean(files).ok_or("its mean is not known")?;
            let old = kind.text(mean);
            let new = changed_numbers(&old, by, false)?;
            let new = law(format, &new).map_err(|error| error.to_string())?.0.mean(files).unwrap_or(mean);
            if mean == 0.0 {
                return Ok(kind.text(new));
            }
            new / mean
        }
    };
    Ok(spec.scaled(factor).text(kind))
}

/// Parts that an override may name behind a phrase.
pub fn parts(shape: &Shape) -> &'static [&'static str] {
    let formats = shape.choices().iter().filter_map(|choice| match choice {
        Shape::Phrase(kind) => Some(kind.format),
        _ => None,
    });
    for format in formats {
        match format {
            DistPhrase::FORMAT | FactorPhrase::FORMAT | BatchPhrase::FORMAT => return &["mean", "cv", "k"],
            RulePhrase::FORMAT => return &["lanes", "open", "close", "set-up", "at-least", "priority"],
            ReferPhrase::FORMAT => return &["share", "from", "top"],
            _ => {}
        }
    }
    &[]
}

fn format_of(shape: &Shape) -> &'static str {
    let formats = shape.choices().iter().filter_map(|choice| match choice {
        Shape::Phrase(kind) if !parts(choice).is_empty() => Some(kind.format),
        _ => None,
    });
    formats.into_iter().next().unwrap_or("")
}

/// A part of a phrase as text; `None` when this phrase has no such part.
pub fn part(shape: &Shape, text: &str, name: &str, files: &Files) -> Option<String> {
    match format_of(shape) {
        RulePhrase::FORMAT => text.parse::<RulePhrase>().ok()?.part(name),
        ReferPhrase::FORMAT => text.parse::<ReferPhrase>().ok()?.part(name),
        "" => None,
        format => {
            let (spec, kind) = law(format, text).ok()?;
            match name {
                "mean" => Some(kind.text(spec.mean(files)?)),
                _ => spec.parameter(name).map(|value| value.to_string()),
            }
        }
    }
}

/// The phrase with a part replaced.
///
/// # Errors
/// When the new part is none, or does not fit the others.
pub fn with_part(
    shape: &Shape,
    text: &str,
    name: &str,
    value: &str,
    files: &Files,
) -> Result<String, PhraseError> {
    let format = format_of(shape);
    if format == RulePhrase::FORMAT {
        return text.parse::<RulePhrase>()?.with_part(name, value).map(|rule| rule.to_string());
    }
    if format == ReferPhrase::FORMAT {
        return text.parse::<ReferPhrase>()?.with_part(name, value).map(|refer| refer.to_string());
    }
    let (spec, kind) = law(format, text)?;
    let whole = 0..value.len();
    let new = if name == "mean" {
        let target = law(format, value)?.0.mean(files);
        match (target, spec.mean(files)) {
            (Some(target), Some(mean)) if mean > 0.0 => spec.scaled(target / mean).text(kind),
            (Some(target), _) => kind.text(target),
            (None, _) => return Err(PhraseError::new("E0206", whole, "this is no mean")),
        }
    } else {
        let mut scanner = Scanner::new(value);
        let number = scanner.number()?;
        scanner.end()?;
        let changed = spec.with_parameter(name, number.value).filter(|_| name != "k" || number.whole);
        changed
            .ok_or_else(|| PhraseError::new("E0205", whole.clone(), format!("this is no `{name}`")))?
            .text(kind)
    };
    // The whole phrase is checked again; what is wrong with it is this part.
    law(format, &new).map_err(|error| PhraseError { span: whole, ..error })?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::schema;

    #[test]
    fn relative_changes_act_on_numbers_and_leave_the_rest() {
        let check = |path: &str, value: &str, by: &str, expected: Result<&str, &str>| {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            let shape = schema::study().at(&path).expect("the key is known");
            let place = super::super::diagnostic::Place { file: 0, span: 0..0 };
            let node = Node::new(Value::Text(value.to_owned()), place);
            let by = relative(by).expect("it is relative").expect("it can be read");
            let found =
                changed(&node, shape, &by, &Files::default()).map(|node| node.scalar().expect("a scalar"));
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{value}");
        };
        check("station.a.lanes.b.servers", "6", "+2", Ok("8"));
        check("station.a.lanes.b.servers", "6", "x1.15", Ok("7"));
        check("station.a.lanes.b.servers", "unlimited", "+2", Err("`unlimited` is no number"));
        check("demand.a.volume", "2300 trucks/day", "+15 %", Ok("2645 trucks/day"));
        check("demand.a.volume", "10 trucks/h", "+24 trucks/day", Ok("11 trucks/h"));
        check("demand.a.by_hour.7", "4.1 %", "+0.2 pp", Ok("4.3 %"));
        check("demand.a.growth", "-2 %", "-1 pp", Ok("-3 %"));
        check("class.a.share", "36 % of laden", "x0.5", Ok("18 % of laden"));
        check(
            "station.a.service",
            "gamma(mean = 75 s, cv = 0.5)",
            "x1.15",
            Ok("gamma(mean = 86.25 s, cv = 0.5)"),
        );
        check(
            "station.a.service",
            "triangular(20 s, 40 s, 60 s)",
            "+10 s",
            Ok("triangular(min = 25 s, mode = 50 s, max = 75 s)"),
        );
        check("station.a.service", "75 s", "\u{2212}5 s", Ok("70 s"));
        check("road.a.split", "60", "+20", Ok("80"));
        check("road.a.split", "1.2 km", "+300 m", Ok("1.5 km"));
        check("precision.replications", "20..40", "\u{d7}2", Ok("40..80"));
        check("demand.a.volume", "10 trucks/h", "+5", Err("say in which unit: `+5 trucks/h`"));
        check("station.a.move_up", "15 s", "+5 pp", Err("points (`pp`) are added to shares only"));
        check("road.a.length", "2 km", "+5 min", Err("it is in `km`, and `min` measures something else"));
    }

    #[test]
    fn values_are_not_relative() {
        for text in ["6", "x-ray", "exit", "+", "-", "", "xl 2", "rest", "x"] {
            assert_eq!(relative(text), None, "{text}");
        }
    }
}
