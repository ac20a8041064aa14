//! Uncertain inputs, and the plausible worlds that they make.
//!
//! A value that is known only as a range, a law or a list of alternatives is drawn for each world, before any
//! scenario sets anything: all scenarios live in the same world, and what a scenario changes relatively acts on
//! what was drawn. Draws are addressed by world and path, independent of one another, so that one input more
//! leaves the others as they were, and more worlds leave the first ones. It does not run anything. Start at
//! [`Worlds`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::change;
use super::diagnostic::Diagnostic;
use super::digest::fingerprint;
use super::document::{Node, Value};
use super::inherit::{Change, Scenarios};
use super::keys::Reading;
use super::path::{Target, locate, value_at};
use super::range::{Law, Range};
use super::ready::{Ready, outside, ready};
use super::schema;
use crate::kernel::draws::{Key, Purpose, uniform};

/// Plausible worlds that are drawn unless `precision.worlds` says otherwise.
pub const WORLDS: u32 = 100;
/// Replications in each of them unless `precision.replications_per_world` says otherwise.
pub const PER_WORLD: u32 = 4;
/// Fewest and most worlds: every one keeps every measure of every scenario until all are there.
pub const WORLDS_ALLOWED: [u32; 2] = [10, 2_000];
/// Fewest and most replications in a world: from one alone, chance and inputs cannot be told apart.
pub const PER_WORLD_ALLOWED: [u32; 2] = [2, 1_000];

/// The plausible worlds of a study.
#[derive(Clone, Debug)]
pub struct Worlds {
    inputs: Vec<Input>,
    /// How many.
    pub worlds: u32,
    /// Replications of every scenario in each.
    pub replications: u32,
    key: Key,
    maker: WorldMaker,
}

#[derive(Clone, Debug)]
struct Input {
    path: String,
    /// As written.
    text: String,
    node: Node,
    may: May,
}

/// What an input may be.
#[derive(Clone, Debug)]
enum May {
    /// Evenly likely in a range.
    Range(Range),
    Law(Law),
    /// Equally likely.
    Alternatives(Vec<Node>),
}

/// Makes worlds: every worker has its own.
#[derive(Clone, Debug)]
pub struct WorldMaker {
    reading: Reading,
    /// The file without its scenarios.
    base: Arc<Node>,
    sections: Arc<Option<Node>>,
    /// What the command line sets.
    extra: Vec<Change>,
    /// In the order of the plan.
    scenarios: Vec<String>,
}

impl May {
    /// Where it is tried before a study is run: near both ends, or at each alternative.
    fn tried(&self) -> impl Iterator<Item = f64> {
        let tried: Vec<f64> = match self {
            May::Range(_) | May::Law(_) => vec![0.001, 0.999],
            May::Alternatives(all) => (0..all.len()).map(|i| (i as f64 + 0.5) / all.len() as f64).collect(),
        };
        tried.into_iter()
    }

    fn at(&self, u: f64, node: &Node) -> Node {
        let text = match self {
            May::Range(range) => range.at(u),
            May::Law(law) => law.at(u),
            May::Alternatives(all) => {
                return all[((u * all.len() as f64) as usize).min(all.len() - 1)].clone();
            }
        };
        Node { value: Value::Text(text), ..node.clone() }
    }
}

impl Input {
    /// What a world sets.
    fn change(&self, u: f64) -> Change {
        let mut node = self.may.at(u, &self.node);
        node.key = Some(self.node.key_place());
        Change { path: self.path.clone(), node }
    }
}

impl Worlds {
    /// Paths of the inputs, in the order of names, each with what it may be as written.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inputs.iter().map(|input| (input.path.as_str(), input.text.as_str()))
    }

    /// The inputs of a world as text, in the order of [`Worlds::inputs`].
    pub fn values(&self, world: u32) -> Vec<String> {
        let text = |change: Change| change.node.scalar().unwrap_or_else(|| "a table".to_owned());
        self.changes(world).into_iter().map(text).collect()
    }

    /// A maker of worlds of its own.
    pub fn maker(&self) -> WorldMaker {
        self.maker.clone()
    }

    /// 32 hexadecimal digits over what decides results: those of the study, and the worlds.
    pub fn digest(&self, study: &str) -> String {
        let inputs = self.inputs.iter().map(|input| format!("{}={};", input.path, input.text));
        let inputs: String = inputs.collect();
        fingerprint(format!("{study};{};{};{inputs}", self.worlds, self.replications).as_bytes())
    }

    fn changes(&self, world: u32) -> Vec<Change> {
        let draw = |input: &Input| {
            uniform(self.key.bits(u64::from(world), Purpose::new(&format!("uncertain:{}", input.path))))
        };
        self.inputs.iter().map(|input| input.change(draw(input))).collect()
    }
}

impl WorldMaker {
    /// The scenarios of a world in the order of the plan, or what is wrong with it.
    ///
    /// # Errors
    /// When its values do not go together.
    pub fn make(&mut self, worlds: &Worlds, world: u32) -> Result<Vec<Ready>, Vec<Diagnostic>> {
        self.made(worlds.changes(world))
    }

    fn made(&mut self, changes: Vec<Change>) -> Result<Vec<Ready>, Vec<Diagnostic>> {
        let base = outside(&mut self.reading, &self.base).in_world(Node::clone(&self.base), changes);
        let section = self.sections.as_ref().as_ref();
        let trees = Scenarios::new(&mut self.reading, base, section, self.extra.clone()).resolve();
        let found = self.reading.take();
        if found.iter().any(Diagnostic::is_error) {
            return Err(found);
        }
        let one = |name: &String| Ok(ready(&mut self.reading, name, trees[name].clone(), section)?.0);
        self.scenarios.iter().map(one).collect()
    }
}

/// What worlds are made of: what was read of the study.
pub(super) struct Parts {
    pub(super) reading: Reading,
    pub(super) base: Node,
    pub(super) sections: Option<Node>,
    pub(super) extra: Vec<Change>,
    pub(super) scenarios: Vec<String>,
    /// The tree of the baseline, with what the command line sets.
    pub(super) baseline: Node,
}

/// The worlds of a section that was checked; mistakes are told.
pub(super) fn worlds(section: &Node, parts: Parts, found: &mut Vec<Diagnostic>) -> Option<Worlds> {
    let Parts { mut reading, base, sections, extra, scenarios, baseline } = parts;
    reading.take();
    let mut inputs = Vec::new();
    read(section, "", &reading, &base, &mut inputs, found);
    let at = |path: [&str; 2]| value_at(&baseline, &path.map(str::to_owned));
    let mut count = |key: &str, default: u32, [least, most]: [u32; 2]| {
        let Some(node) = at(["precision", key]) else { return default };
        let number = node.scalar().and_then(|text| text.parse().ok());
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let told = Diagnostic::error("E0350", format!("`precision.{key}` is out of range"));
            let label = format!("a whole number from {least} to {most}");
            found.push(told.at(Some(node.place.clone()), label).help("write a number in this range"));
        }
        number.unwrap_or(default)
    };
    let worlds = count("worlds", WORLDS, WORLDS_ALLOWED);
    let replications = count("replications_per_world", PER_WORLD, PER_WORLD_ALLOWED);
    let seed = at(["study", "seed"]).and_then(|seed| seed.scalar()?.parse().ok()).unwrap_or(1);
    let maker = WorldMaker { reading, base: Arc::new(base), sections: Arc::new(sections), extra, scenarios };
    if found.iter().any(Diagnostic::is_error) || inputs.is_empty() {
        return None;
    }
    let worlds = Worlds { inputs, worlds, replications, key: Key::new(seed, 0, "worlds"), maker };
    // Each end and each alternative by itself, so that what is impossible is told where it stands.
    let mut maker = worlds.maker();
    for (input, u) in worlds.inputs.iter().flat_map(|input| input.may.tried().map(move |u| (input, u))) {
        let told = maker.made(vec![input.change(u)]).err().unwrap_or_default();
        let told = told.into_iter().filter(Diagnostic::is_error);
        found.extend(told.filter(|told| !found.contains(told)).collect::<Vec<_>>());
    }
    Some(worlds).filter(|_| !found.iter().any(Diagnostic::is_error))
}

/// Inputs below a table, by path.
fn read(
    node: &Node,
    prefix: &str,
    reading: &Reading,
    base: &Node,
    inputs: &mut Vec<Input>,
    found: &mut Vec<Diagnostic>,
) {
    for (key, child) in node.table().into_iter().flatten() {
        let key = key.replace('"', "");
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        let mut wrong = |message: String, label: String, help: &str| {
            let told = Diagnostic::error("E0361", message).at(Some(child.place.clone()), label);
            found.push(told.help(help).about(path.clone()));
        };
        const HELP: &str = "write a range, `\"60..110 s\"` or `\"-10 %..+30 %\"`, a law, `\"triangular(60 s, 75 s, 110 s)\"`, or a \
                            list of values that are equally likely";
        let may = match &child.value {
            Value::Table(_) => {
                read(child, &path, reading, base, inputs, found);
                continue;
            }
            Value::List(all) if all.len() > 1 => May::Alternatives(all.clone()),
            Value::Text(text) if text.contains('(') => match Law::read(text, &reading.files) {
                Ok(law) => May::Law(law),
                Err(why) => {
                    wrong(format!("`{path}` is no law of an input"), why, HELP);
                    continue;
                }
            },
            Value::Text(text) => match Range::read(text) {
                Ok(range) => May::Range(range),
                Err(why) => {
                    wrong(format!("`{path}` is no range"), why.to_owned(), HELP);
                    continue;
                }
            },
            Value::List(_) | Value::Integer(_) | Value::Float(_) | Value::Bool(_) => {
                wrong(format!("`{path}` has one value only"), "it is certain".to_owned(), HELP);
                continue;
            }
        };
        let absolute = match &may {
            May::Range(range) => !range.is_relative(),
            May::Law(law) => !law.is_relative(),
            May::Alternatives(_) => false,
        };
        if absolute && has_spread(base, &path, child) {
            let message = format!("`{path}` is a distribution, not a number");
            let help = format!("write `\"{path}.mean\" = ...`, or factors of its mean: `\"x0.8..x1.2\"`");
            wrong(message, "a number would take its spread away".to_owned(), &help);
            continue;
        }
        let text = match &child.value {
            Value::List(all) => {
                let all: Vec<String> = all.iter().map(|one| one.scalar().unwrap_or_default()).collect();
                format!("[{}]", all.join(", "))
            }
            _ => child.scalar().unwrap_or_default(),
        };
        inputs.push(Input { path, text, node: child.clone(), may });
    }
}

/// Whether the value at a path is a distribution with parts.
fn has_spread(base: &Node, path: &str, value: &Node) -> bool {
    let Ok(Target::Value(at)) = locate(base, schema::study(), path, value) else { return false };
    let parts = schema::study().at(&at).map_or(&[][..], change::parts);
    let text = value_at(base, &at).and_then(Node::scalar).unwrap_or_default();
    parts.contains(&"cv") && text.contains('(')
}

/// The section as written: by path, a range, a law, or a list.
pub type UncertainTable = BTreeMap<String, super::file::Change>;
