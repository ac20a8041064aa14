//! One typed study per scenario, in which every value knows where it comes from.
//!
//! A checked tree becomes a [`Study`]; beside it [`Origins`] keep the text, meaning and place of each
//! value, by dotted path. It knows no rules of inheritance: those are in `inherit`. Start at
//! [`Resolved`].

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::diagnostic::{Diagnostic, Place, Sources};
use super::document::{Node, Value};
use super::file::Study;
use super::path::canonical;
use super::phrase::{DistSpec, LawSpec};
use super::schema::{self, Shape, TableKind};
use super::show;
use crate::dist::Dist;

/// A scenario after inheritance and overrides.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// As in the file.
    pub name: String,
    /// All its values. Of the section `scenario` only its own entry is left.
    pub study: Study,
    /// Where each value comes from.
    pub origins: Origins,
    /// What its phrases read from files.
    pub files: Files,
    /// The whole scenario as TOML, each value with the file or scenario that it comes from.
    pub text: String,
    /// The same, with lines.
    pub traced: String,
    /// What it is from the first edge of an event on, in order of time.
    pub later: Vec<Later>,
}

/// A scenario in a stretch of time in which the same events hold.
#[derive(Clone, Debug)]
pub struct Later {
    /// When it begins: microseconds of the wall clock since 1970.
    pub from: i64,
    /// The events, in name order.
    pub events: Vec<String>,
    /// All values that hold then.
    pub resolved: Resolved,
}

impl Resolved {
    /// A checked tree as a study; `None` for the section `scenario` of a study without one.
    ///
    /// # Errors
    /// What the types refuse although the catalogue allows it.
    pub(super) fn new(
        name: &str,
        tree: Node,
        section: Option<&Node>,
        files: &Files,
        sources: &Sources,
    ) -> Result<Resolved, Diagnostic> {
        let title = section.and_then(|section| section.table()?.get("title"));
        let text = |origin| show::text(name, title, &tree, origin);
        let (text, traced) = (text(show::Origin::File(sources)), text(show::Origin::Line(sources)));
        Ok(Resolved { text, traced, ..Resolved::bare(name, tree, section, files)? })
    }

    /// The same without its texts, for a point of a sweep.
    ///
    /// # Errors
    /// What the types refuse although the catalogue allows it.
    pub(super) fn bare(
        name: &str,
        mut tree: Node,
        section: Option<&Node>,
        files: &Files,
    ) -> Result<Resolved, Diagnostic> {
        let origins = Origins::new(&tree);
        let title = section.and_then(|section| section.table()?.get("title").cloned());
        let place = section.map_or_else(|| tree.place.clone(), |section| section.place.clone());
        let own = Node::new(
            Value::Table(title.map(|title| ("title".to_owned(), title)).into_iter().collect()),
            place.clone(),
        );
        let section = Node::new(Value::Table([(name.to_owned(), own)].into()), place);
        tree.table_mut().expect("a study is a table").insert("scenario".to_owned(), section);
        let study = serde_path_to_error::deserialize(json_of(&tree)).map_err(|error| {
            let path = error.path().to_string();
            let message = format!("`{path}` cannot be read: {}", error.inner());
            let found = Diagnostic::error("E0105", message).at(origins.place(&path), "");
            found.help(format!("`cruce explain {path}` tells what is expected"))
        })?;
        Ok(Resolved {
            name: name.to_owned(),
            study,
            origins,
            files: files.clone(),
            text: String::new(),
            traced: String::new(),
            later: Vec::new(),
        })
    }
}

fn json_of(node: &Node) -> Json {
    match &node.value {
        Value::Text(text) => Json::from(text.as_str()),
        Value::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
            (Ok(number), _) => Json::from(number),
            (Err(_), Ok(number)) => Json::from(number),
            (Err(_), Err(_)) => Json::from(number.to_string()),
        },
        Value::Float(number) => Json::from(*number),
        Value::Bool(value) => Json::from(*value),
        Value::List(items) => items.iter().map(json_of).collect(),
        Value::Table(table) => {
            Json::from(table.iter().map(|(key, child)| (key.clone(), json_of(child))).collect::<Map<_, _>>())
        }
    }
}

/// Where values come from, by dotted path: `station.primary.lanes.standard.servers`.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    leaves: BTreeMap<String, Leaf>,
    tables: BTreeMap<String, Place>,
    /// Tables of rows, whole: a mistake in a cell is told at the cell.
    rows: BTreeMap<String, Node>,
}

/// A value, its text and its origin.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// As written, or as an override made it.
    pub text: String,
    /// The same value always reads the same here: `"90 s"` is `1.5 min`.
    pub canonical: String,
    /// Where it is written.
    pub place: Place,
    /// The scenario that set it, and how; `None` when the base file did.
    pub set_by: Option<String>,
}

impl Origins {
    fn new(tree: &Node) -> Self {
        let mut origins = Origins::default();
        origins.add(tree, Some(schema::study()), "");
        origins
    }

    fn add(&mut self, node: &Node, shape: Option<&Shape>, path: &str) {
        let any = &Shape::Any;
        let rows = matches!(shape.and_then(Shape::of_keys), Some(Shape::Table(TableKind::Row, _)));
        let Some(table) = node.table() else {
            let canonical = canonical(node, shape.unwrap_or(any));
            let text = node.scalar().unwrap_or_else(|| canonical.clone());
            let set_by = node.set_by.as_deref().map(str::to_owned);
            self.leaves.insert(path.to_owned(), Leaf { text, canonical, place: node.key_place(), set_by });
            return;
        };
        self.tables.insert(path.to_owned(), node.key_place());
        if rows {
            self.rows.insert(path.to_owned(), node.clone());
        }
        for (key, child) in table {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            if rows {
                // One value per row: a trace may have very many.
                let text = row_text(child);
                self.leaves.insert(
                    path,
                    Leaf { canonical: text.clone(), text, place: child.key_place(), set_by: None },
                );
            } else {
                self.add(child, shape.and_then(|shape| shape.under(key)), &path);
            }
        }
    }

    /// The value at a path in its own words: the same value always reads the same.
    pub fn canonical(&self, path: &str) -> Option<&str> {
        self.leaves.get(path).map(|leaf| leaf.canonical.as_str())
    }

    /// The scenario that set the value at a path, and how; `None` when the base file did.
    pub fn set_by(&self, path: &str) -> Option<&str> {
        self.leaves.get(path)?.set_by.as_deref()
    }

    /// Place of the value at a path, else of its nearest ancestor that has one.
    pub fn place(&self, path: &str) -> Option<Place> {
        if let Some(cell) = self.cell(path) {
            return Some(cell);
        }
        let mut path = path;
        loop {
            if let Some(place) =
                self.leaves.get(path).map(|leaf| &leaf.place).or_else(|| self.tables.get(path))
            {
                return Some(place.clone());
            }
            path = &path[..path.rfind('.')?];
        }
    }

    /// Place of a cell in a table of rows.
    fn cell(&self, path: &str) -> Option<Place> {
        let below = |table: &str| path.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
        let (keys, table) =
            self.rows.iter().find_map(|(table, node)| below(table).map(|keys| (keys, node)))?;
        let cell = keys.split('.').try_fold(table, |node, key| node.table()?.get(key))?;
        Some(cell.key_place())
    }

    /// The value at a path as written, after overrides.
    pub fn text(&self, path: &str) -> Option<String> {
        self.leaves.get(path).map(|leaf| leaf.text.clone())
    }

    /// All values, in order of their paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.leaves.keys().map(String::as_str)
    }
}

/// Contents of the CSV files that phrases name: `empirical("batch.csv")`.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Values (seconds for durations) with weights that sum to 1, values increasing.
    /// By file name; the flag says whether the values are durations.
    points: BTreeMap<String, (bool, Vec<(f64, f64)>)>,
}

fn row_text(row: &Node) -> String {
    match row.table() {
        Some(table) => table
            .iter()
            .map(|(key, child)| format!("{key} {}", row_text(child)))
            .collect::<Vec<_>>()
            .join(", "),
        None => row.scalar().unwrap_or_default(),
    }
}

impl Files {
    /// Names and contents, in order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[(f64, f64)])> {
        self.points.iter().map(|(name, (_, points))| (name.as_str(), points.as_slice()))
    }

    pub(super) fn knows(&self, name: &str, duration: bool) -> bool {
        self.points.get(name).is_some_and(|points| points.0 == duration)
    }

    pub(super) fn add(&mut self, name: &str, duration: bool, points: Vec<(f64, f64)>) {
        self.points.insert(name.to_owned(), (duration, points));
    }
}

impl DistSpec {
    /// The law, with what it reads from files.
    ///
    /// # Errors
    /// A sentence when a file is not among `files`.
    pub fn dist(&self, files: &Files) -> Result<Dist, String> {
        dist_of(&self.law, files)
    }
}

impl DistSpec {
    /// Mean of the law; `None` when it reads a file that is not among `files`.
    pub(crate) fn mean(&self, files: &Files) -> Option<f64> {
        self.dist(files).ok().map(|dist| dist.mean())
    }
}

fn dist_of(law: &LawSpec, files: &Files) -> Result<Dist, String> {
    match law {
        LawSpec::Plain(dist) => Ok(dist.clone()),
        LawSpec::Empirical { file, scale } => {
            let (_, points) = files.points.get(file).ok_or_else(|| format!("`{file}` was not read"))?;
            Ok(Dist::Empirical(points.iter().map(|&(value, weight)| (value * scale, weight)).collect()))
        }
        LawSpec::Mixture(parts) => {
            let parts = parts.iter().map(|(weight, law)| Ok((*weight, dist_of(law, files)?)));
            Ok(Dist::Mixture(parts.collect::<Result<_, String>>()?))
        }
    }
}
