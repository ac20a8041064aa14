//! What is varied: keys of a study, each over listed levels or a range, by itself or several together.
//!
//! Sweeps and searches vary keys in the same manner. It does not know which values go with which.
//! Start at [`factors`].

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Place, Sources};
use super::document::{Node, Value};
use super::inherit::Change;
use super::phrase::DesignPhrase;
use super::range::Range;
use super::sweep::MOST_POINTS;

/// What is varied.
#[derive(Clone, Debug)]
pub struct Factor {
    /// A path, or the name of several that are varied together.
    pub name: String,
    /// Its paths.
    pub(super) keys: Vec<Varied>,
}

/// A key that is varied.
#[derive(Clone, Debug)]
pub(super) struct Varied {
    pub(super) path: String,
    pub(super) key: Place,
    pub(super) values: Values,
}

/// What a key may be.
#[derive(Clone, Debug)]
pub(super) enum Values {
    Levels(Vec<Node>),
    Range(Range, Node),
}

impl Factor {
    /// How many levels it has; `None` for a range.
    pub(super) fn levels(&self) -> Option<usize> {
        match &self.keys[0].values {
            Values::Levels(levels) => Some(levels.len()),
            Values::Range(..) => None,
        }
    }

    /// Whether it has more than one level.
    pub fn is_several(&self) -> bool {
        self.levels() != Some(1)
    }

    /// Paths that are varied, and names of columns: the factor's own, if it has one path.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.path.as_str())
    }

    /// The value of each of its keys as text.
    pub(super) fn texts(&self, at: Where) -> Vec<String> {
        let text = |key: &Varied| key.at(at).scalar().unwrap_or_else(|| "a table".to_owned());
        self.keys.iter().map(text).collect()
    }
}

impl Varied {
    /// The value at a place of a range from 0 to 1, or of a level.
    fn at(&self, place: Where) -> Node {
        match (&self.values, place) {
            (Values::Levels(levels), Where::Level(level)) => levels[level].clone(),
            (Values::Levels(levels), Where::Share(share)) => {
                levels[((share * levels.len() as f64) as usize).min(levels.len() - 1)].clone()
            }
            (Values::Range(range, node), Where::Share(share)) => {
                Node { value: Value::Text(range.at(share)), ..node.clone() }
            }
            (Values::Range(range, node), Where::Level(level)) => {
                let share = if level == 0 { 0.0 } else { 1.0 };
                Node { value: Value::Text(range.at(share)), ..node.clone() }
            }
        }
    }
}

/// Where a factor stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Where {
    /// At a level; for a range, at its end.
    Level(usize),
    /// From 0 to 1.
    Share(f64),
}

/// A value without its places.
pub(super) fn told(node: &Node) -> String {
    match node.table() {
        Some(table) => table.iter().map(|(key, child)| format!("{key}={};", told(child))).collect(),
        None => node.scalar().unwrap_or_default(),
    }
}

/// What a factor sets.
pub(super) fn set(factor: &Factor, at: Where) -> impl Iterator<Item = Change> + '_ {
    factor.keys.iter().map(move |key| {
        let mut node = key.at(at);
        node.key = Some(key.key.clone());
        Change { path: key.path.clone(), node }
    })
}

/// Factors of a part of a section, which `title` names: those of `vary` and of `together`; mistakes are told.
pub(super) fn factors(
    title: &str,
    keys: &BTreeMap<String, Node>,
    design: DesignPhrase,
    sources: &Sources,
    found: &mut Vec<Diagnostic>,
) -> Vec<Factor> {
    let mut factors = Vec::new();
    for key in keys.get("vary").map(|vary| varied(vary, "", design, sources, found)).unwrap_or_default() {
        factors.push(Factor { name: key.path.clone(), keys: vec![key] });
    }
    let together = keys.get("together").and_then(Node::table);
    for (group, node) in together.into_iter().flatten() {
        let keys = varied(node, "", design, sources, found);
        if !keys.is_empty() {
            factors.push(Factor { name: group.clone(), keys });
        }
    }
    let count = |key: &Varied| match &key.values {
        Values::Levels(levels) => Some(levels.len()),
        Values::Range(..) => None,
    };
    let mut differ = |a: &Varied, b: &Varied, why: &str| {
        let told =
            |key: &Varied| count(key).map_or("a range".to_owned(), |levels| format!("{levels} levels"));
        found.push(
            Diagnostic::error("E0331", format!("{title}: {why}"))
                .at(Some(b.key.clone()), told(b))
                .also(Some(a.key.clone()), told(a))
                .help("give them equally many levels"),
        );
    };
    for factor in &factors {
        for key in factor.keys.iter().skip(1).filter(|key| count(key) != count(&factor.keys[0])) {
            differ(&factor.keys[0], key, "keys that are varied together have equally many levels");
        }
    }
    if design == DesignPhrase::List {
        for factor in factors.iter().skip(1).filter(|factor| factor.levels() != factors[0].levels()) {
            differ(
                &factors[0].keys[0],
                &factor.keys[0],
                "a list takes a level of every factor for each point",
            );
        }
    }
    factors
}

/// Paths and levels below a table; what is neither a list nor a range of numbers is told.
pub(super) fn varied(
    node: &Node,
    prefix: &str,
    design: DesignPhrase,
    sources: &Sources,
    found: &mut Vec<Diagnostic>,
) -> Vec<Varied> {
    let mut all = Vec::new();
    for (key, child) in node.table().into_iter().flatten() {
        let key = key.replace('"', "");
        let path = match (prefix.is_empty(), key.is_empty()) {
            (true, _) => key,
            (_, true) => prefix.to_owned(),
            _ => format!("{prefix}.{key}"),
        };
        let mut wrong = |code, message: String, label: &str, help: &str| {
            let told = Diagnostic::error(code, message).at(Some(child.place.clone()), label);
            found.push(told.help(help).about(path.clone()));
        };
        let values = match &child.value {
            Value::Table(_) => {
                all.extend(varied(child, &path, design, sources, found));
                continue;
            }
            Value::List(levels) if levels.is_empty() => {
                wrong("E0361", format!("`{path}` has no levels"), "an empty list", "write its levels");
                continue;
            }
            Value::List(levels) => Values::Levels(levels.clone()),
            Value::Text(text) => match Range::read(text) {
                Ok(range) if range.whole && is_listed(design) => {
                    let count = (range.high - range.low) as u64 + 1;
                    if count > MOST_POINTS {
                        wrong("E0350", format!("`{path}` has {count} levels"), "too many", "write fewer");
                        continue;
                    }
                    let level = |i| Node {
                        value: Value::Text(range.at((i as f64 + 0.5) / count as f64)),
                        ..child.clone()
                    };
                    Values::Levels((0..count).map(level).collect())
                }
                Ok(_) if is_listed(design) => {
                    let help = "list its levels, `[\"60 s\", \"85 s\", \"110 s\"]`; only a sweep can sample a range: \
                                `design = \"latin-hypercube 256\"`";
                    wrong("E0361", format!("`{path}` is a range"), "a grid needs levels", help);
                    continue;
                }
                Ok(range) => Values::Range(range, child.clone()),
                Err(help) => {
                    let message = format!("`{}` is no range", sources.slice(&child.place).trim_matches('"'));
                    wrong("E0361", message, "a list of levels or a range is expected", help);
                    continue;
                }
            },
            Value::Integer(_) | Value::Float(_) | Value::Bool(_) => {
                let help = "write a list of levels: `[\"+0 %\", \"+15 %\"]`";
                wrong("E0361", format!("`{path}` has one value only"), "a list is expected", help);
                continue;
            }
        };
        all.push(Varied { path, key: child.key_place(), values });
    }
    all
}

/// Whether factors of a design have levels, and no ranges.
fn is_listed(design: DesignPhrase) -> bool {
    matches!(design, DesignPhrase::Grid | DesignPhrase::List | DesignPhrase::Years { .. })
}

/// Values below a table, by dotted path.
pub(super) fn leaves(node: &Node, prefix: &str) -> Vec<(String, Node)> {
    let mut all = Vec::new();
    for (key, child) in node.table().into_iter().flatten() {
        let key = key.replace('"', "");
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match child.table() {
            Some(_) => all.extend(leaves(child, &path)),
            None => all.push((path, child.clone())),
        }
    }
    all
}
