//! Searches: the best of many candidates that meets the goals.
//!
//! A search starts from one scenario and varies keys over levels, as a sweep does; a candidate is a level
//! of every factor. Rows of a table, lanes by hour say, may be factors each. There may be far more candidates
//! than can be counted through. It does not run anything. Start at [`Optimize`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::diagnostic::{Diagnostic, Place};
use super::digest::{digest_of_sweep, fingerprint};
use super::document::{Node, Value};
use super::factor::{Factor, Values, Varied, Where, factors, leaves, set, told, varied};
use super::file::Text;
use super::inherit::Change;
use super::path::{Target, locate, value_at};
use super::phrase::{DesignPhrase, MarginPhrase, Percent, Replications};
use super::ready::{Maker, Parts, Ready};
use super::schema::{self, names};
use super::sweep::{MOST_FACTORS, title, tried};

/// A search as written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptimizeTable {
    /// As reports name it.
    pub title: Option<Text>,
    /// The scenario that is varied; without it the baseline.
    pub from: Option<String>,
    /// The measure of which less is better, among candidates that meet every goal of `[goals]`.
    #[serde(default = "officer_hours")]
    pub minimize: String,
    /// What may be chosen, by path: a list of levels, each a value or a relative change, `["+0", "+2"]`, or a range
    /// of whole numbers, `"2..6"`.
    #[serde(default)]
    pub vary: BTreeMap<String, super::file::Change>,
    /// Tables each row of which may be chosen by itself, `each_row."officers.cbp.on_duty" = "2..8"`: lanes by hour.
    #[serde(default)]
    pub each_row: BTreeMap<String, super::file::Change>,
    /// Keys that are chosen together, as one factor with a name: `together.booths."officers.cbp.on_duty" = ["+0", "+2"]`.
    /// All of its lists are equally long.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub together: BTreeMap<String, BTreeMap<String, super::file::Change>>,
    /// Differences that do not matter, by measure: `indifference.officer_hours = "0.5 h"`. A goal that is missed by less
    /// counts as met or missed alike. Without it 0.5 h of officers, 1 % of another measure's first mean, 2 % of
    /// a goal's limit.
    #[serde(default)]
    pub indifference: BTreeMap<String, MarginPhrase>,
    /// The probability of a correct selection that is promised.
    #[serde(default = "confidence")]
    pub confidence: Percent,
    /// Replications of a candidate: so many from which variances are estimated, and at most so many.
    #[serde(default = "replications")]
    pub replications: Replications,
}

fn officer_hours() -> String {
    "officer_hours".to_owned()
}

fn confidence() -> Percent {
    Percent(0.95)
}

fn replications() -> Replications {
    Replications { least: 20, most: 1000 }
}

/// A search that can be run.
#[derive(Clone, Debug)]
pub struct Optimize {
    /// As in the file.
    pub name: String,
    /// As reports name it.
    pub title: Option<Text>,
    /// What may be chosen, in the order of names.
    pub factors: Vec<Factor>,
    /// The scenario that is varied.
    pub scenario: String,
    /// The measure of which less is better.
    pub minimize: String,
    /// Differences that do not matter, by measure.
    pub indifference: BTreeMap<String, MarginPhrase>,
    /// The probability of a correct selection.
    pub confidence: f64,
    /// The first stage, and at most.
    pub replications: Replications,
    /// Where the search stands.
    pub place: Place,
    maker: Maker,
}

/// A candidate: the level of each factor.
pub type Levels = Vec<usize>;

impl Optimize {
    /// How many levels each factor has.
    pub fn sizes(&self) -> Vec<usize> {
        self.factors.iter().map(|factor| factor.levels().unwrap_or(1)).collect()
    }

    /// How many candidates there are; as many as can be told, if there are more.
    pub fn candidates(&self) -> u128 {
        self.sizes().iter().fold(1, |all, size| all.saturating_mul(*size as u128))
    }

    /// A maker of candidates of its own.
    pub fn maker(&self) -> Maker {
        self.maker.clone()
    }

    /// A candidate that can be run, or what is wrong with it.
    ///
    /// # Errors
    /// When its values do not go together.
    pub fn make(&self, maker: &mut Maker, levels: &[usize]) -> Result<Ready, Vec<Diagnostic>> {
        maker.make(&self.scenario, vec![self.changes(levels)])
    }

    /// The scenario as it stands, or what is wrong with it.
    ///
    /// # Errors
    /// When it cannot be made, which a study that was read does not give reason for.
    pub fn present(&self, maker: &mut Maker) -> Result<Ready, Vec<Diagnostic>> {
        maker.make(&self.scenario, Vec::new())
    }

    /// The value of each key of each factor as text.
    pub fn texts(&self, levels: &[usize]) -> Vec<Vec<String>> {
        self.factors.iter().zip(levels).map(|(factor, level)| factor.texts(Where::Level(*level))).collect()
    }

    /// Tries every level of every factor by itself, and tells what is wrong.
    pub fn check(&self) -> Vec<Diagnostic> {
        tried(&mut self.maker(), &self.scenario, &self.factors)
    }

    /// 32 hexadecimal digits over what decides its results: of `study`, whose digest that is, and its own.
    pub fn digest(&self, study: &str, goals: &str, replications: &Replications) -> String {
        let levels = |key: &Varied| match &key.values {
            Values::Levels(levels) => {
                levels.iter().map(|level| fingerprint(format!("{:?}", told(level)).as_bytes())).collect()
            }
            Values::Range(range, _) => vec![format!("{range:?}")],
        };
        let keys = self.factors.iter().flat_map(|factor| &factor.keys);
        let factors: Vec<(&str, Vec<String>)> = keys.map(|key| (key.path.as_str(), levels(key))).collect();
        let margins = self.indifference.iter().map(|(name, margin)| format!("{name}={margin};"));
        let rules = format!("{};{};{};{goals}", self.minimize, self.confidence, margins.collect::<String>());
        digest_of_sweep(study, &self.name, &rules, &[&self.scenario], &factors, replications)
    }

    fn changes(&self, levels: &[usize]) -> Vec<Change> {
        let at = self.factors.iter().zip(levels);
        at.flat_map(|(factor, level)| set(factor, Where::Level(*level))).collect()
    }
}

/// The searches of a section that was checked; mistakes are told.
pub(super) fn searches(section: &Node, parts: &Parts, found: &mut Vec<Diagnostic>) -> Vec<Optimize> {
    let mut searches = Vec::new();
    for (name, node) in section.table().into_iter().flatten() {
        let errors = found.len();
        let search = search(name, node, parts, found);
        searches.extend(search.filter(|_| found.len() == errors));
    }
    searches
}

fn search(name: &str, node: &Node, parts: &Parts, found: &mut Vec<Diagnostic>) -> Option<Optimize> {
    let keys = node.table()?;
    let text = |key: &str| keys.get(key).and_then(Node::scalar);
    let scenario = match keys.get("from") {
        Some(named) => parts.scenario(named, found)?,
        None => parts.baseline.clone(),
    };
    let titled = format!("search `{name}`");
    let mut factors = factors(&titled, keys, DesignPhrase::Grid, &parts.reading.sources, found);
    for key in keys.get("each_row").map(|tables| leaves(tables, "")).unwrap_or_default() {
        let rows = rows(&key, &parts.trees[&scenario], found);
        let varied = varied(&rows, &key.0, DesignPhrase::Grid, &parts.reading.sources, found);
        factors.extend(varied.into_iter().map(|key| Factor { name: key.path.clone(), keys: vec![key] }));
    }
    let mistake = |code, message, label: &str, help: &str| {
        Diagnostic::error(code, message).at(Some(node.key_place()), label).help(help)
    };
    if factors.is_empty() {
        if found.iter().all(|told| !told.is_error()) {
            let help = "write what it may choose: `vary.\"officers.cbp.on_duty\" = \"4..8\"`, or \
                        `each_row.\"officers.cbp.on_duty\" = \"4..8\"` for every row by itself";
            found.push(mistake(
                "E0361",
                format!("{titled} has nothing to choose"),
                "`vary` is missing",
                help,
            ));
        }
        return None;
    }
    let keys_of: Vec<&Varied> = factors.iter().flat_map(|factor| &factor.keys).collect();
    for (place, key) in keys_of.iter().enumerate() {
        let within = |other: &&&Varied| {
            let under =
                |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
            under(&key.path, &other.path) || under(&other.path, &key.path)
        };
        if let Some(other) = keys_of[..place].iter().find(within) {
            let message = format!("{titled} chooses `{}` twice", key.path);
            let told = Diagnostic::error("E0361", message).at(Some(key.key.clone()), "here");
            let told = told.also(Some(other.key.clone()), "and here");
            found.push(told.help("choose it once: together with others, or by itself"));
            break;
        }
    }
    if factors.len() > MOST_FACTORS {
        let message = format!("{titled} chooses {} values", factors.len());
        let label = format!("at most {MOST_FACTORS}");
        found.push(mistake("E0350", message, &label, "choose fewer, or move some together: `together`"));
        return None;
    }
    let margins = keys.get("indifference").map(|table| leaves(table, "")).unwrap_or_default();
    let margins =
        margins.into_iter().filter_map(|(measure, node)| Some((measure, node.scalar()?.parse().ok()?)));
    let confidence = text("confidence").and_then(|text| text.parse::<Percent>().ok()).unwrap_or(confidence());
    if !(0.5..1.0).contains(&confidence.0) {
        let place = keys.get("confidence").map(|node| node.place.clone());
        let told = Diagnostic::error("E0350", format!("{titled} cannot promise {confidence}"));
        found.push(told.at(place, "from 50 % to less than 100 %").help("write `confidence = \"95 %\"`"));
    }
    let replications =
        text("replications").and_then(|text| text.parse().ok()).unwrap_or_else(self::replications);
    Some(Optimize {
        name: name.to_owned(),
        title: title(keys),
        factors,
        scenario,
        minimize: text("minimize").unwrap_or_else(officer_hours),
        indifference: margins.collect(),
        confidence: confidence.0,
        replications,
        place: node.key_place(),
        maker: parts.maker("optimize", name),
    })
}

/// A table that has for every row of a scenario's table what may be chosen there.
fn rows((path, may): &(String, Node), tree: &Node, found: &mut Vec<Diagnostic>) -> Node {
    let of = |table: BTreeMap<String, Node>| Node::new(Value::Table(table), may.place.clone());
    let at = match locate(tree, schema::study(), path, may) {
        Ok(Target::Value(at)) => value_at(tree, &at),
        Ok(Target::Part(..) | Target::New(_)) => None,
        // Whoever sets it tells what is there instead.
        Err(_) => return of([(String::new(), may.clone())].into()),
    };
    let rows = at.and_then(Node::table).map(|table| table.keys().cloned().collect::<Vec<_>>());
    match rows.filter(|rows| !rows.is_empty()) {
        Some(rows) => of(rows.into_iter().map(|row| (row, may.clone())).collect()),
        None => {
            let message = format!("`{path}` is no table with rows");
            let help = format!(
                "write `vary.\"{path}\" = ...`, or make it a table by time, `{{ \"00:00\" = 4, \"06:00\" = 6 }}`"
            );
            let told = Diagnostic::error("E0361", message);
            found.push(told.at(Some(may.key_place()), "one value, the same at all times").help(help));
            of(BTreeMap::new())
        }
    }
}
