//! Distributions as phrases: `gamma(mean = 18 s, cv = 0.5)`, from text and back, and their parts.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::scan::{Dimension, PhraseError, Scanner, seconds_text, tidy};
use super::{BatchPhrase, DistPhrase, DistSpec, FactorPhrase, LawSpec};
use crate::dist::Dist;
use crate::scenario::limit::{CV, DEEPEST_MIXTURE, LARGEST_NUMBER, MOST_PARTS, MOST_PHASES};

/// What the numbers of a law stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Seconds, with a unit.
    Duration,
    /// A factor without unit.
    Factor,
    /// Trucks per batch.
    Batch,
}

impl Kind {
    /// A value of the kind as text.
    pub(crate) fn text(self, value: f64) -> String {
        match self {
            Kind::Duration => seconds_text(value),
            Kind::Factor | Kind::Batch => tidy(value).to_string(),
        }
    }
}

/// The laws and their parameters, in the order in which they may be given without name.
const LAWS: [(&str, &[&str], &str); 13] = [
    ("constant", &["value"], "constant(60 s)"),
    ("exponential", &["mean"], "exponential(mean = 60 s)"),
    ("erlang", &["mean", "k"], "erlang(mean = 60 s, k = 3)"),
    ("gamma", &["mean", "cv"], "gamma(mean = 60 s, cv = 0.5)"),
    ("lognormal", &["mean", "cv"], "lognormal(mean = 60 s, cv = 0.6)"),
    ("weibull", &["mean", "cv"], "weibull(mean = 60 s, cv = 0.7)"),
    ("triangular", &["min", "mode", "max"], "triangular(min = 20 s, mode = 60 s, max = 2 min)"),
    ("uniform", &["min", "max"], "uniform(min = 20 s, max = 2 min)"),
    ("beta", &["mean", "cv", "min", "max"], "beta(mean = 60 s, cv = 0.3, min = 20 s, max = 2 min)"),
    ("hyperexponential", &["mean", "cv"], "hyperexponential(mean = 60 s, cv = 1.5)"),
    ("geometric", &["mean"], "geometric(mean = 2)"),
    ("mixture", &[], "mixture(70 % exponential(mean = 60 s), 30 % constant(5 min))"),
    ("empirical", &[], "empirical(\"service-times.csv\")"),
];

/// A parameter with the piece of text it stands in.
struct Parameter {
    value: f64,
    span: Range<usize>,
}

type Parameters = BTreeMap<&'static str, Parameter>;

pub(super) fn parse(text: &str, kind: Kind) -> Result<DistSpec, PhraseError> {
    let mut scanner = Scanner::new(text);
    let law = parse_law(&mut scanner, kind, 0)?;
    scanner.end()?;
    Ok(DistSpec { law })
}

fn parse_law(scanner: &mut Scanner<'_>, kind: Kind, depth: usize) -> Result<LawSpec, PhraseError> {
    let start = scanner.here();
    let Some((name, name_span)) = scanner.word() else {
        let constant = parse_number(scanner, kind)?;
        return check(&[("value", constant)].into(), "constant", start..scanner.span_from(start).end, kind)
            .map(LawSpec::Plain);
    };
    if ["nan", "inf", "infinity"].contains(&name.to_lowercase().as_str()) {
        return Err(PhraseError::new("E0201", name_span, format!("`{name}` is no number that can be used"))
            .label("a number is expected")
            .help("write a number with its unit, such as `60 s`, or a distribution"));
    }
    let Some(&(name, parameters, example)) = LAWS.iter().find(|law| law.0 == name) else {
        return Err(unknown_law(name, name_span));
    };
    if !scanner.eat("(") {
        return Err(scanner.expected("`(`").help(format!("write `{example}`")));
    }
    let law = match name {
        "mixture" => LawSpec::Mixture(parse_mixture(scanner, kind, depth, start)?),
        "empirical" => parse_empirical(scanner)?,
        _ => {
            let given = parse_parameters(scanner, parameters, name, kind, example)?;
            let span = scanner.span_from(start);
            if let Some(missing) = parameters.iter().find(|parameter| !given.contains_key(*parameter)) {
                let error = PhraseError::new("E0209", span, format!("`{name}` misses `{missing}`"))
                    .label(format!("no `{missing}` here"));
                return Err(error.help(format!("write it like `{example}`")));
            }
            LawSpec::Plain(check(&given, name, span, kind)?)
        }
    };
    Ok(law)
}

fn unknown_law(name: &str, span: Range<usize>) -> PhraseError {
    let slip = match name.to_lowercase().as_str() {
        "normal" | "gaussian" => Some(
            "a normal time could be negative: write `lognormal(mean = ..., cv = ...)` or `gamma(...)`"
                .to_owned(),
        ),
        "poisson" | "exp" => Some("write `exponential(mean = ...)`".to_owned()),
        "deterministic" | "fixed" | "const" => Some("write `constant(60 s)`, or `60 s` alone".to_owned()),
        "hyperexp" => Some("write `hyperexponential(mean = ..., cv = ...)`".to_owned()),
        lower => nearest(lower, LAWS.iter().map(|law| law.0)).map(|law| format!("did you mean `{law}`?")),
    };
    let all: Vec<&str> = LAWS.iter().map(|law| law.0).collect();
    let error = PhraseError::new("E0207", span, format!("`{name}` is no distribution"))
        .label("a distribution is expected here");
    error.help(slip.unwrap_or_else(|| format!("there are {}", all.join(", "))))
}

/// The known word nearest to one that is not known, if it is near at all.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            *distance <= (word.chars().count().max(candidate.chars().count()) / 3).max(1)
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// A number of the kind: with a unit for durations, bare otherwise.
fn parse_number(scanner: &mut Scanner<'_>, kind: Kind) -> Result<Parameter, PhraseError> {
    match kind {
        Kind::Duration => scanner
            .quantity(Dimension::Duration)
            .map(|quantity| Parameter { value: quantity.value, span: quantity.span }),
        Kind::Factor | Kind::Batch => parse_bare(scanner, LARGEST_NUMBER),
    }
}

fn parse_bare(scanner: &mut Scanner<'_>, most: f64) -> Result<Parameter, PhraseError> {
    let number = scanner.number()?;
    if let Ok(Some((unit, span))) = scanner.unit() {
        return Err(PhraseError::new(
            "E0203",
            span,
            format!("this number has no unit, so not `{}`", unit.name),
        )
        .label("leave the unit out"));
    }
    if number.value > most {
        return Err(PhraseError::new("E0205", number.span, "the number is too large")
            .label(format!("at most {most} here")));
    }
    Ok(Parameter { value: number.value, span: number.span })
}

fn parse_parameters(
    scanner: &mut Scanner<'_>,
    parameters: &'static [&'static str],
    law: &str,
    kind: Kind,
    example: &str,
) -> Result<Parameters, PhraseError> {
    let mut given = Parameters::new();
    let mut position = 0;
    while !scanner.eat(")") {
        if position > 0 && !scanner.eat(",") {
            return Err(scanner.expected("`,` or `)`"));
        }
        let (name, span) = match scanner.word() {
            Some((name, span)) => {
                let Some(&known) = parameters.iter().find(|parameter| **parameter == name) else {
                    return Err(unknown_parameter(name, span, law, parameters, example));
                };
                if !scanner.eat("=") {
                    return Err(scanner.expected("`=`"));
                }
                (known, span)
            }
            None => {
                let here = scanner.here();
                let Some(&known) = parameters.get(position) else {
                    return Err(scanner.expected("`)`").help(format!("write it like `{example}`")));
                };
                (known, here..here)
            }
        };
        let parameter = match name {
            "cv" => parse_bare(scanner, CV[1])?,
            "k" => {
                let (k, span) = scanner.whole("a whole number of phases", MOST_PHASES)?;
                Parameter { value: f64::from(k), span }
            }
            _ => parse_number(scanner, kind)?,
        };
        if given.contains_key(name) {
            return Err(PhraseError::new(
                "E0212",
                if span.is_empty() { parameter.span } else { span },
                format!("`{name}` is given twice"),
            )
            .label("once is enough"));
        }
        given.insert(name, parameter);
        position += 1;
    }
    Ok(given)
}

fn unknown_parameter(
    name: &str,
    span: Range<usize>,
    law: &str,
    parameters: &[&str],
    example: &str,
) -> PhraseError {
    let error = PhraseError::new("E0208", span, format!("`{law}` has no parameter `{name}`"));
    let error = error.label(format!("its parameters are {}", parameters.join(", ")));
    match name {
        "sd" | "std" | "stddev" | "sigma" => error.help("give `cv`, the standard deviation over the mean"),
        "mu" | "scale" | "rate" | "lambda" => error.help("give `mean`"),
        _ => error.help(format!("write it like `{example}`")),
    }
}

fn parse_mixture(
    scanner: &mut Scanner<'_>,
    kind: Kind,
    depth: usize,
    start: usize,
) -> Result<Vec<(f64, LawSpec)>, PhraseError> {
    let mut parts: Vec<(f64, LawSpec)> = Vec::new();
    while !scanner.eat(")") {
        if !parts.is_empty() && !scanner.eat(",") {
            return Err(scanner.expected("`,` or `)`"));
        }
        if parts.len() == MOST_PARTS || depth == DEEPEST_MIXTURE {
            let span = scanner.span_from(start);
            return Err(PhraseError::new(
                "E0205",
                span,
                format!("a mixture has at most {MOST_PARTS} parts, {DEEPEST_MIXTURE} deep"),
            ));
        }
        let weight = scanner.quantity(Dimension::Share)?;
        parts.push((weight.value, parse_law(scanner, kind, depth + 1)?));
    }
    let sum: f64 = parts.iter().map(|part| part.0).sum();
    if parts.is_empty() {
        return Err(PhraseError::new("E0210", scanner.span_from(start), "the mixture has no parts")
            .label("laws with their shares are expected"));
    }
    if (sum - 1.0).abs() > 1e-6 {
        let error = PhraseError::new(
            "E0210",
            scanner.span_from(start),
            format!("the parts of the mixture are {} %, not 100 %", tidy(sum * 100.0)),
        );
        return Err(error.label("its shares sum to 100 %"));
    }
    for part in &mut parts {
        part.0 /= sum;
    }
    Ok(parts)
}

fn parse_empirical(scanner: &mut Scanner<'_>) -> Result<LawSpec, PhraseError> {
    let Some((file, _)) = scanner.quoted().or_else(|| scanner.word()) else {
        return Err(scanner.expected("the name of a CSV file in quotes"));
    };
    let mut scale = 1.0;
    if scanner.eat(",") {
        if !scanner.eat("x") {
            return Err(scanner.expected("`x` and a factor"));
        }
        scale = parse_bare(scanner, LARGEST_NUMBER)?.value;
    }
    if !scanner.eat(")") {
        return Err(scanner.expected("`)`"));
    }
    Ok(LawSpec::Empirical { file: file.to_owned(), scale })
}

/// The law, if its parameters fit one another.
fn check(given: &Parameters, law: &str, span: Range<usize>, kind: Kind) -> Result<Dist, PhraseError> {
    let value = |name: &str| given[name].value;
    let wrong = |name: &str, message: &str, label: &str| {
        Err(PhraseError::new("E0210", given[name].span.clone(), message).label(label))
    };
    if let Some(cv) = given.get("cv")
        && cv.value < CV[0]
    {
        return wrong(
            "cv",
            "this cv is too small for the law",
            "0.01 or more; for no spread at all write `constant(...)`",
        );
    }
    if let Some(mean) = given.get("mean")
        && mean.value == 0.0
    {
        return wrong("mean", "the mean is zero", "more than zero; for no time at all write `constant(0 s)`");
    }
    if let Some(max) = given.get("max")
        && value("min") >= max.value
    {
        return wrong("max", "the greatest value is not above the least", "greater than `min`");
    }
    let dist = match law {
        "constant" => Dist::Constant(value("value")),
        "exponential" => Dist::Exponential { mean: value("mean") },
        "erlang" => {
            let k = value("k");
            if k < 1.0 {
                return wrong("k", "an Erlang law has at least one phase", "1 or more");
            }
            Dist::Erlang { mean: value("mean"), k: k as u32 }
        }
        "gamma" => Dist::Gamma { mean: value("mean"), cv: value("cv") },
        "lognormal" => Dist::Lognormal { mean: value("mean"), cv: value("cv") },
        "weibull" => Dist::Weibull { mean: value("mean"), cv: value("cv") },
        "triangular" => {
            let (min, mode, max) = (value("min"), value("mode"), value("max"));
            if mode < min || mode > max {
                return wrong("mode", "the most likely value lies outside", "between `min` and `max`");
            }
            Dist::Triangular { min, mode, max }
        }
        "uniform" => Dist::Uniform { min: value("min"), max: value("max") },
        "beta" => {
            let (mean, cv, min, max) = (value("mean"), value("cv"), value("min"), value("max"));
            if mean <= min || mean >= max {
                return wrong("mean", "the mean lies outside", "between `min` and `max`");
            }
            if (mean * cv) * (mean * cv) >= (mean - min) * (max - mean) {
                return wrong(
                    "cv",
                    "no beta law on this range has so large a cv",
                    "smaller, or widen `min` and `max`",
                );
            }
            Dist::Beta { mean, cv, min, max }
        }
        "hyperexponential" => {
            if value("cv") <= 1.0 {
                return wrong(
                    "cv",
                    "a hyperexponential law has a cv above 1",
                    "for 1 write `exponential`, for less `gamma` or `erlang`",
                );
            }
            Dist::Hyperexponential { mean: value("mean"), cv: value("cv") }
        }
        "geometric" => {
            if kind != Kind::Batch {
                let error =
                    PhraseError::new("E0207", span, "`geometric` counts trucks: it is for batches only")
                        .label("a law of a continuous quantity is expected");
                return Err(error.help("`exponential` is its continuous sister"));
            }
            if value("mean") < 1.0 {
                return wrong("mean", "a geometric batch has at least one truck", "1 or more");
            }
            Dist::Geometric { mean: value("mean") }
        }
        _ => unreachable!("the laws are those of the table"),
    };
    if kind == Kind::Batch && matches!(dist, Dist::Constant(value) if value < 1.0 || value.fract() != 0.0) {
        return wrong("value", "a batch is a whole number of trucks", "1 or more, whole");
    }
    Ok(dist)
}

impl DistSpec {
    /// The same law with every value multiplied: the mean changes, the cv does not.
    pub(crate) fn scaled(&self, factor: f64) -> DistSpec {
        DistSpec { law: scaled(&self.law, factor) }
    }

    /// Files that the law reads.
    pub(crate) fn files(&self) -> Vec<&str> {
        fn collect<'a>(law: &'a LawSpec, files: &mut Vec<&'a str>) {
            match law {
                LawSpec::Plain(_) => {}
                LawSpec::Empirical { file, .. } => files.push(file),
                LawSpec::Mixture(parts) => parts.iter().for_each(|(_, law)| collect(law, files)),
            }
        }
        let mut files = Vec::new();
        collect(&self.law, &mut files);
        files
    }

    /// `cv` or `k`, where the law has it.
    pub(crate) fn parameter(&self, name: &str) -> Option<f64> {
        match (&self.law, name) {
            (LawSpec::Plain(Dist::Erlang { k, .. }), "k") => Some(f64::from(*k)),
            (
                LawSpec::Plain(
                    Dist::Gamma { cv, .. }
                    | Dist::Lognormal { cv, .. }
                    | Dist::Weibull { cv, .. }
                    | Dist::Beta { cv, .. }
                    | Dist::Hyperexponential { cv, .. },
                ),
                "cv",
            ) => Some(*cv),
            _ => None,
        }
    }

    /// The same law with another `cv` or `k`; not checked.
    pub(crate) fn with_parameter(&self, name: &str, value: f64) -> Option<DistSpec> {
        let LawSpec::Plain(dist) = &self.law else { return None };
        let mut dist = dist.clone();
        match (&mut dist, name) {
            (Dist::Erlang { k, .. }, "k") => *k = value as u32,
            (
                Dist::Gamma { cv, .. }
                | Dist::Lognormal { cv, .. }
                | Dist::Weibull { cv, .. }
                | Dist::Beta { cv, .. }
                | Dist::Hyperexponential { cv, .. },
                "cv",
            ) => *cv = value,
            _ => return None,
        }
        Some(DistSpec { law: LawSpec::Plain(dist) })
    }

    pub(crate) fn text(&self, kind: Kind) -> String {
        law_text(&self.law, kind)
    }
}

fn scaled(law: &LawSpec, factor: f64) -> LawSpec {
    let by = |value: &f64| tidy(value * factor);
    match law {
        LawSpec::Empirical { file, scale } => LawSpec::Empirical { file: file.clone(), scale: by(scale) },
        LawSpec::Mixture(parts) => {
            LawSpec::Mixture(parts.iter().map(|(weight, law)| (*weight, scaled(law, factor))).collect())
        }
        LawSpec::Plain(dist) => LawSpec::Plain(match dist {
            Dist::Constant(value) => Dist::Constant(by(value)),
            Dist::Exponential { mean } => Dist::Exponential { mean: by(mean) },
            Dist::Erlang { mean, k } => Dist::Erlang { mean: by(mean), k: *k },
            Dist::Gamma { mean, cv } => Dist::Gamma { mean: by(mean), cv: *cv },
            Dist::Lognormal { mean, cv } => Dist::Lognormal { mean: by(mean), cv: *cv },
            Dist::Weibull { mean, cv } => Dist::Weibull { mean: by(mean), cv: *cv },
            Dist::Triangular { min, mode, max } => {
                Dist::Triangular { min: by(min), mode: by(mode), max: by(max) }
            }
            Dist::Uniform { min, max } => Dist::Uniform { min: by(min), max: by(max) },
            Dist::Beta { mean, cv, min, max } => {
                Dist::Beta { mean: by(mean), cv: *cv, min: by(min), max: by(max) }
            }
            Dist::Hyperexponential { mean, cv } => Dist::Hyperexponential { mean: by(mean), cv: *cv },
            Dist::Geometric { mean } => Dist::Geometric { mean: by(mean) },
            Dist::Mixture(parts) => {
                let parts = parts
                    .iter()
                    .map(|(weight, dist)| (*weight, scaled(&LawSpec::Plain(dist.clone()), factor)));
                return LawSpec::Mixture(parts.collect());
            }
            Dist::Empirical(points) => {
                Dist::Empirical(points.iter().map(|(value, weight)| (by(value), *weight)).collect())
            }
        }),
    }
}

fn law_text(law: &LawSpec, kind: Kind) -> String {
    let number = |value: f64| kind.text(value);
    match law {
        LawSpec::Empirical { file, scale } if *scale == 1.0 => format!("empirical(\"{file}\")"),
        LawSpec::Empirical { file, scale } => format!("empirical(\"{file}\", x{scale})"),
        LawSpec::Mixture(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|(weight, law)| format!("{} % {}", tidy(weight * 100.0), law_text(law, kind)))
                .collect();
            format!("mixture({})", parts.join(", "))
        }
        LawSpec::Plain(dist) => match dist {
            Dist::Constant(value) => number(*value),
            Dist::Exponential { mean } => format!("exponential(mean = {})", number(*mean)),
            Dist::Erlang { mean, k } => format!("erlang(mean = {}, k = {k})", number(*mean)),
            Dist::Gamma { mean, cv } => format!("gamma(mean = {}, cv = {cv})", number(*mean)),
            Dist::Lognormal { mean, cv } => format!("lognormal(mean = {}, cv = {cv})", number(*mean)),
            Dist::Weibull { mean, cv } => format!("weibull(mean = {}, cv = {cv})", number(*mean)),
            Dist::Triangular { min, mode, max } => format!(
                "triangular(min = {}, mode = {}, max = {})",
                number(*min),
                number(*mode),
                number(*max)
            ),
            Dist::Uniform { min, max } => format!("uniform(min = {}, max = {})", number(*min), number(*max)),
            Dist::Beta { mean, cv, min, max } => format!(
                "beta(mean = {}, cv = {cv}, min = {}, max = {})",
                number(*mean),
                number(*min),
                number(*max)
            ),
            Dist::Hyperexponential { mean, cv } => {
                format!("hyperexponential(mean = {}, cv = {cv})", number(*mean))
            }
            Dist::Geometric { mean } => format!("geometric(mean = {mean})"),
            Dist::Mixture(parts) => {
                let parts =
                    parts.iter().map(|(weight, dist)| (*weight, LawSpec::Plain(dist.clone()))).collect();
                law_text(&LawSpec::Mixture(parts), kind)
            }
            // Never written: empirical laws come from files.
            Dist::Empirical(points) => format!("empirical({} values)", points.len()),
        },
    }
}

macro_rules! law_phrase {
    ($type:ident, $kind:expr) => {
        impl FromStr for $type {
            type Err = PhraseError;
            fn from_str(text: &str) -> Result<Self, PhraseError> {
                parse(text, $kind).map($type)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0.text($kind))
            }
        }
    };
}

law_phrase!(DistPhrase, Kind::Duration);
law_phrase!(FactorPhrase, Kind::Factor);
law_phrase!(BatchPhrase, Kind::Batch);
