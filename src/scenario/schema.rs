//! The catalogue of keys, made from the types of `file` and from nothing else.
//!
//! `schemars` turns [`Study`] into a JSON Schema: published as it is for editors ([`published`]), and
//! read into a [`Shape`], which the check of a file, overrides, `explain` and the reference in
//! `docs/format.md` walk. It knows no values. Start at [`Shape`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::OnceLock;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value as Json, json};

use super::file::Study;
use super::phrase::{self, Phrase, PhraseError};

/// Names are lower-case letters, digits and hyphens.
const NAME_PATTERN: &str = "^[a-z0-9][a-z0-9-]*$";

/// The JSON Schema of keys that are names.
pub(crate) fn names() -> Json {
    json!({ "pattern": NAME_PATTERN })
}

/// What the keys of a table are, and which columns of a CSV file make them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// Hours of the day, 0 to 23.
    Hour,
    /// Times, with or without a day.
    Time,
    /// `mon` to `sun`.
    Weekday,
    /// `jan` to `dec`.
    Month,
    /// Rows, in order.
    Row,
    /// Trucks waiting: the row holds from this number on.
    Trucks,
    /// Open lanes: the row holds from this number on.
    Lanes,
    /// Posted waits: the row holds from this one on.
    Wait,
}

impl TableKind {
    const ALL: [TableKind; 8] = [
        TableKind::Hour,
        TableKind::Time,
        TableKind::Weekday,
        TableKind::Month,
        TableKind::Row,
        TableKind::Trucks,
        TableKind::Lanes,
        TableKind::Wait,
    ];

    /// As the schema and the reference name it.
    pub fn name(self) -> &'static str {
        match self {
            TableKind::Hour => "hour",
            TableKind::Time => "time",
            TableKind::Weekday => "weekday",
            TableKind::Month => "month",
            TableKind::Row => "row",
            TableKind::Trucks => "trucks waiting",
            TableKind::Lanes => "lanes open",
            TableKind::Wait => "posted wait",
        }
    }

    /// A key of such a table, as TOML.
    fn example_key(self) -> &'static str {
        match self {
            TableKind::Hour => "6",
            TableKind::Time => "\"06:00\"",
            TableKind::Weekday => "mon",
            TableKind::Month => "jan",
            TableKind::Row => "1",
            TableKind::Trucks => "10",
            TableKind::Lanes => "4",
            TableKind::Wait => "\"30 min\"",
        }
    }
}

/// What may stand at a place of a file.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A section with known keys.
    Record(BTreeMap<String, Field>),
    /// Keys that the user chooses, all with the same shape of value; true: the keys are names.
    Map(Box<Shape>, bool),
    /// A table that may be a CSV file.
    Table(TableKind, Box<Shape>),
    /// A list.
    List(Box<Shape>),
    /// One of several.
    Choice(Vec<Shape>),
    /// One of these words, each with what it means.
    Words(Vec<(String, String)>),
    /// A phrase.
    Phrase(&'static PhraseKind),
    /// A text.
    Text,
    /// A whole number up to a limit.
    Whole(u64),
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Anything.
    Any,
}

/// A key of a section.
#[derive(Clone, Debug)]
pub struct Field {
    /// What may stand there.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub doc: String,
    /// What it is when it is left out, as JSON.
    pub default: Option<Json>,
}

/// A kind of phrase, found by its format.
#[derive(Debug)]
pub struct PhraseKind {
    /// `format` in the JSON Schema.
    pub format: &'static str,
    /// What it is: "a duration".
    pub what: &'static str,
    /// What it looks like.
    pub examples: &'static [&'static str],
    /// Whether a bare number may stand for it.
    pub bare: bool,
    /// The phrase in its own words: the same value always gives the same text.
    pub canonical: fn(&str) -> Result<String, PhraseError>,
}

const fn kind<P: Phrase>() -> PhraseKind {
    PhraseKind {
        format: P::FORMAT,
        what: P::WHAT,
        examples: P::EXAMPLES,
        bare: P::BARE,
        canonical: |text| text.parse::<P>().map(|phrase| phrase.to_string()),
    }
}

static PHRASES: [PhraseKind; 37] = [
    kind::<phrase::DurationPhrase>(),
    kind::<phrase::RunLength>(),
    kind::<phrase::Percent>(),
    kind::<phrase::Growth>(),
    kind::<phrase::Rate>(),
    kind::<phrase::Count>(),
    kind::<phrase::Servers>(),
    kind::<phrase::SharePhrase>(),
    kind::<phrase::DistPhrase>(),
    kind::<phrase::FactorPhrase>(),
    kind::<phrase::BatchPhrase>(),
    kind::<phrase::Length>(),
    kind::<phrase::Spread>(),
    kind::<phrase::Minutes>(),
    kind::<phrase::Replications>(),
    kind::<phrase::TargetPhrase>(),
    kind::<phrase::GoalPhrase>(),
    kind::<phrase::MarginPhrase>(),
    kind::<phrase::PostedPhrase>(),
    kind::<phrase::RulePhrase>(),
    kind::<phrase::FullPhrase>(),
    kind::<phrase::BreaksPhrase>(),
    kind::<phrase::ScorePhrase>(),
    kind::<phrase::ReferPhrase>(),
    kind::<phrase::DesignPhrase>(),
    kind::<phrase::CurrencyPhrase>(),
    kind::<phrase::YearPhrase>(),
    kind::<phrase::HourPricePhrase>(),
    kind::<phrase::FuelPricePhrase>(),
    kind::<phrase::AmountPhrase>(),
    kind::<phrase::LanePricePhrase>(),
    kind::<phrase::TimeValuePhrase>(),
    kind::<phrase::PerishablePhrase>(),
    kind::<phrase::YearsPhrase>(),
    kind::<phrase::FuelRatePhrase>(),
    kind::<phrase::Co2Phrase>(),
    kind::<phrase::MassRatePhrase>(),
];

/// Every kind of phrase.
pub fn phrases() -> &'static [PhraseKind] {
    &PHRASES
}

/// The JSON Schema of a study, for editors.
pub fn published() -> Json {
    let mut schema = schemars::schema_for!(Study).to_value();
    schema["title"] = json!("cruce study");
    schema
}

/// The shape of a whole study.
pub fn study() -> &'static Shape {
    static STUDY: OnceLock<Shape> = OnceLock::new();
    STUDY.get_or_init(|| {
        let schema = published();
        shape_of(&schema, &schema["$defs"])
    })
}

fn shape_of(schema: &Json, defs: &Json) -> Shape {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().expect("rsplit yields at least one piece");
        return shape_of(&defs[name], defs);
    }
    if let Some(name) = schema["x-table"].as_str() {
        let kind =
            TableKind::ALL.into_iter().find(|kind| kind.name() == name).expect("tables have a known kind");
        return Shape::Table(kind, Box::new(shape_of(&schema["anyOf"][0]["additionalProperties"], defs)));
    }
    if let Some(format) = schema["format"].as_str()
        && let Some(kind) = PHRASES.iter().find(|kind| kind.format == format)
    {
        return Shape::Phrase(kind);
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        return choice_of(choices, defs);
    }
    if let Some(words) = schema["enum"].as_array() {
        return Shape::Words(
            words.iter().filter_map(Json::as_str).map(|word| (word.to_owned(), String::new())).collect(),
        );
    }
    if let Some(word) = schema["const"].as_str() {
        return Shape::Words(vec![(word.to_owned(), description(schema))]);
    }
    let kind = schema["type"].as_str().or_else(|| {
        schema["type"].as_array()?.iter().find_map(|kind| kind.as_str().filter(|kind| *kind != "null"))
    });
    match kind {
        Some("object") if schema.get("properties").is_some() => record_of(schema, defs),
        Some("object") => {
            let names = schema["propertyNames"]["pattern"] == json!(NAME_PATTERN);
            Shape::Map(Box::new(shape_of(&schema["additionalProperties"], defs)), names)
        }
        Some("array") => Shape::List(Box::new(shape_of(&schema["items"], defs))),
        Some("string") => Shape::Text,
        Some("integer") => {
            let small = schema["format"] == json!("uint32");
            Shape::Whole(if small { u64::from(u32::MAX) } else { u64::MAX })
        }
        Some("number") => Shape::Number,
        Some("boolean") => Shape::Bool,
        _ => Shape::Any,
    }
}

/// Choices of choices are one choice; words of several enums are one list of words.
fn choice_of(choices: &[Json], defs: &Json) -> Shape {
    let mut flat = Vec::new();
    let mut words = Vec::new();
    for choice in choices.iter().filter(|choice| choice["type"] != json!("null")) {
        match shape_of(choice, defs) {
            Shape::Choice(inner) => flat.extend(inner),
            Shape::Words(more) => words.extend(more),
            shape => flat.push(shape),
        }
    }
    if !words.is_empty() {
        flat.push(Shape::Words(words));
    }
    if flat.len() == 1 { flat.remove(0) } else { Shape::Choice(flat) }
}

fn record_of(schema: &Json, defs: &Json) -> Shape {
    let required =
        |key: &str| schema["required"].as_array().is_some_and(|keys| keys.iter().any(|k| k == key));
    let properties = schema["properties"].as_object().into_iter().flatten();
    let fields = properties.map(|(key, property)| {
        let default = property.get("default").filter(|default| !default.is_null()).cloned();
        let field = Field {
            shape: shape_of(property, defs),
            required: required(key),
            doc: description(property),
            default,
        };
        (key.clone(), field)
    });
    Shape::Record(fields.collect())
}

fn description(schema: &Json) -> String {
    schema["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Shape {
    /// The shapes it may have.
    pub fn choices(&self) -> &[Shape] {
        match self {
            Shape::Choice(choices) => choices,
            _ => std::slice::from_ref(self),
        }
    }

    /// The shape that a table of keys and values has here, if there may be one.
    pub fn of_keys(&self) -> Option<&Shape> {
        self.choices()
            .iter()
            .find(|shape| matches!(shape, Shape::Record(_) | Shape::Map(..) | Shape::Table(..) | Shape::Any))
    }

    /// The shape of the value under a key, if there may be one.
    pub fn under(&self, key: &str) -> Option<&Shape> {
        // What an event sets may be tables in tables, down to any depth.
        if matches!(self, Shape::Any) {
            return Some(self);
        }
        match self.of_keys()? {
            Shape::Record(fields) => fields.get(key).map(|field| &field.shape),
            Shape::Map(value, _) | Shape::Table(_, value) => Some(value),
            _ => None,
        }
    }

    /// The shape at a path.
    pub fn at<'a>(&'a self, path: &[String]) -> Option<&'a Shape> {
        path.iter().try_fold(self, |shape, key| shape.under(key))
    }

    /// What it is, for messages: "a duration", "a list".
    pub fn what(&self) -> String {
        match self {
            Shape::Record(_) => "a section of keys and values".to_owned(),
            Shape::Map(value, _) => match value.as_ref() {
                Shape::Record(_) => "sections by name".to_owned(),
                value => format!("{} by name", value.what()),
            },
            Shape::Table(TableKind::Row, _) => "a table of rows (or a CSV file)".to_owned(),
            Shape::Table(kind, row) => format!("{} by {} (or a CSV file)", row.what(), kind.name()),
            Shape::List(_) => "a list".to_owned(),
            Shape::Choice(choices) => choices.iter().map(Shape::what).collect::<Vec<_>>().join(" or "),
            Shape::Words(words) => {
                words.iter().map(|word| format!("`{}`", word.0)).collect::<Vec<_>>().join(" or ")
            }
            Shape::Phrase(kind) => kind.what.to_owned(),
            Shape::Text => "a text".to_owned(),
            Shape::Whole(_) => "a whole number".to_owned(),
            Shape::Number => "a number".to_owned(),
            Shape::Bool => "`true` or `false`".to_owned(),
            Shape::Any => "a value".to_owned(),
        }
    }

    /// Whether a text or number can be read here.
    pub fn reads(&self, scalar: &str) -> bool {
        self.choices().iter().any(|choice| match choice {
            Shape::Phrase(kind) => (kind.canonical)(scalar).is_ok(),
            Shape::Words(words) => words.iter().any(|word| word.0 == scalar),
            Shape::Record(_) | Shape::Map(..) | Shape::Table(..) | Shape::List(_) => false,
            Shape::Text | Shape::Whole(_) | Shape::Number | Shape::Bool | Shape::Any => true,
            Shape::Choice(_) => choice.reads(scalar),
        })
    }

    /// Something that may stand there, as TOML.
    pub fn example(&self) -> String {
        match self {
            Shape::Record(fields) => {
                let required = fields.iter().filter(|(_, field)| field.required);
                let keys: Vec<String> =
                    required.map(|(key, field)| format!("{key} = {}", field.shape.example())).collect();
                if keys.is_empty() { "{ ... }".to_owned() } else { format!("{{ {} }}", keys.join(", ")) }
            }
            Shape::Map(value, _) => format!("{{ NAME = {} }}", value.example()),
            Shape::Table(TableKind::Row, _) => format!("\"by-{}.csv\"", TableKind::Row.name()),
            Shape::Table(kind, row) => format!("{{ {} = {} }}", kind.example_key(), row.example()),
            Shape::List(_) => "[\"...\"]".to_owned(),
            Shape::Choice(choices) => choices.first().map_or_else(String::new, Shape::example),
            Shape::Words(words) => words.first().map_or_else(String::new, |word| format!("\"{}\"", word.0)),
            Shape::Phrase(kind) => match kind.examples[0].parse::<f64>() {
                Ok(_) => kind.examples[0].to_owned(),
                Err(_) => format!("\"{}\"", kind.examples[0]),
            },
            Shape::Text => "\"...\"".to_owned(),
            Shape::Whole(_) => "1".to_owned(),
            Shape::Number => "1.5".to_owned(),
            Shape::Bool => "true".to_owned(),
            Shape::Any => "...".to_owned(),
        }
    }
}

/// A table of the file, for the schema only: the file has a `BTreeMap` there.
macro_rules! table_schema {
    ($type:ident, $kind:expr, $doc:literal) => {
        #[doc = $doc]
        pub struct $type<T>(PhantomData<T>);

        impl<T: JsonSchema> JsonSchema for $type<T> {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                concat!(stringify!($type), "").into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let row = generator.subschema_for::<T>();
                schemars::json_schema!({
                    "x-table": $kind.name(),
                    "anyOf": [
                        { "type": "object", "additionalProperties": row },
                        { "type": "string", "pattern": "\\.csv(:.+)?$", "description": "a CSV file in the study folder, or `file.csv:column`" },
                    ],
                })
            }
        }
    };
}

table_schema!(HourTable, TableKind::Hour, "A table by hour of the day.");
table_schema!(TimeTable, TableKind::Time, "A table by time.");
table_schema!(WeekdayTable, TableKind::Weekday, "A table by weekday.");
table_schema!(MonthTable, TableKind::Month, "A table by month.");
table_schema!(RowTable, TableKind::Row, "A table of rows.");
table_schema!(TrucksTable, TableKind::Trucks, "A table by trucks waiting.");
table_schema!(LanesTable, TableKind::Lanes, "A table by open lanes.");
table_schema!(WaitTable, TableKind::Wait, "A table by posted wait.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_knows_every_kind_of_value() {
        let study = study();
        let at = |path: &str| study.at(&path.split('.').map(str::to_owned).collect::<Vec<_>>());
        assert!(
            matches!(at("station.primary.lanes.standard.servers"), Some(Shape::Phrase(k)) if k.format == "cruce-servers")
        );
        assert!(matches!(at("demand.northbound.by_hour"), Some(Shape::Table(TableKind::Hour, _))));
        assert!(matches!(at("demand.northbound.trace.1.service.toll"), Some(Shape::Phrase(_))));
        assert!(matches!(at("officers.cbp.on_duty"), Some(Shape::Choice(c)) if c.len() == 2));
        assert!(matches!(at("station.primary.lanes.standard.open"), Some(Shape::Choice(c)) if c.len() == 3));
        assert!(
            matches!(at("station.primary.queue"), Some(Shape::Words(w)) if w.len() == 5 && !w[0].1.is_empty())
        );
        assert!(matches!(at("station"), Some(Shape::Map(_, true))));
        assert!(matches!(at("station.primary.route"), Some(Shape::Map(_, false))));
        assert!(matches!(at("study.seed"), Some(Shape::Whole(_))));
        assert!(matches!(at("scenario.today.set.x"), Some(Shape::Any)));
        assert!(at("station.primary.lane").is_none());
    }

    #[test]
    fn no_value_is_without_shape() {
        fn walk(shape: &Shape, path: &str) {
            match shape {
                Shape::Record(fields) => fields.iter().for_each(|(key, field)| {
                    assert!(!field.doc.is_empty(), "{path}.{key} has no description");
                    walk(&field.shape, &format!("{path}.{key}"));
                }),
                Shape::Map(value, _) | Shape::Table(_, value) | Shape::List(value) => {
                    walk(value, &format!("{path}.*"))
                }
                Shape::Choice(choices) => choices.iter().for_each(|choice| walk(choice, path)),
                Shape::Any => {
                    let free = [
                        ".scenario.*.set.*",
                        ".event.*.set.*",
                        ".optimize.*.vary.*",
                        ".optimize.*.each_row.*",
                        ".optimize.*.together.*.*",
                        ".sweep.*.milestone.*",
                        ".sweep.*.per_year.*",
                        ".sweep.*.vary.*",
                        ".sweep.*.together.*.*",
                        ".uncertain.*",
                    ];
                    assert!(free.contains(&path), "{path}");
                }
                Shape::Words(words) => assert!(!words.is_empty()),
                Shape::Phrase(_) | Shape::Text | Shape::Whole(_) | Shape::Number | Shape::Bool => {}
            }
        }
        walk(study(), "");
    }
}
