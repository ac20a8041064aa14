//! Dotted paths into the tree of a study: following them, and guessing what a wrong one meant.
//!
//! Keys may contain dots themselves (`rule."primary.standard"`), paths go on into phrases (`.mean`),
//! and may lead to what the catalogue allows and the tree does not have yet. Start at [`locate`].

use std::collections::{BTreeMap, BTreeSet};

use super::change;
use super::document::{Node, Value};
use super::phrase::nearest;
use super::schema::{self, Shape};

/// Keys of a value in the tree; behind a phrase, one of its parts.
pub type Path = Vec<String>;

/// Where a dotted path leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// To a value.
    Value(Path),
    /// To a part of the phrase at a path.
    Part(Path, &'static str),
    /// To a key that may be there and is not.
    New(Path),
}

/// How far a path leads, and what is left of it.
#[derive(Debug)]
pub struct Miss {
    /// The last key that is there.
    pub at: Path,
    /// What it does not have.
    pub rest: String,
}

/// Follows a dotted path to where `value` is to be put; keys may contain dots themselves.
pub fn locate(tree: &Node, shape: &Shape, path: &str, value: &Node) -> Result<Target, Miss> {
    follow(tree, shape, path, Some(value), &mut Vec::new())
}

fn follow(
    node: &Node,
    shape: &Shape,
    rest: &str,
    value: Option<&Node>,
    at: &mut Path,
) -> Result<Target, Miss> {
    if rest.is_empty() {
        return Ok(Target::Value(at.clone()));
    }
    let miss = |at: &Path| Miss { at: at.clone(), rest: rest.to_owned() };
    let Some(table) = node.table() else {
        return match change::parts(shape).iter().find(|part| **part == rest) {
            Some(part) => Ok(Target::Part(at.clone(), part)),
            None if is_class_of(shape, rest) => Ok(Target::New(extended(at, rest))),
            None => Err(miss(at)),
        };
    };
    let mut keys: Vec<(&String, &str)> = table
        .keys()
        .filter_map(|key| match rest.strip_prefix(key.as_str())? {
            "" => Some((key, "")),
            after => Some((key, after.strip_prefix('.')?)),
        })
        .collect();
    // The longest key first: `primary.standard` before `primary`.
    keys.sort_by_key(|(key, _)| std::cmp::Reverse(key.len()));
    let mut deepest: Option<Miss> = None;
    for (key, after) in keys {
        let Some(under) = shape.under(key) else { continue };
        at.push(key.clone());
        let found = follow(&table[key], under, after, value, at);
        at.pop();
        match found {
            Ok(target) => return Ok(target),
            Err(miss) => {
                if deepest.as_ref().is_none_or(|deepest| miss.at.len() > deepest.at.len()) {
                    deepest = Some(miss);
                }
            }
        }
    }
    if let Some(deepest) = deepest {
        return Err(deepest);
    }
    match fresh(shape, rest) {
        Some(new) if is_whole_section(shape, &new, value) || !slip(table, shape, &new[0]) => {
            Ok(Target::New(at.iter().cloned().chain(new).collect()))
        }
        Some(_) | None => Err(miss(at)),
    }
}

/// Whether a key behind one value for all classes names a class, as far as its shape tells: the value
/// then stays with the rest of the classes.
fn is_class_of(shape: &Shape, key: &str) -> bool {
    is_by_class(shape) && !key.contains('.') && nearest(key, change::parts(shape).iter().copied()).is_none()
}

/// Whether a place takes one value for all, or one per class. The shares of a route look alike, but their keys
/// are no names in the catalogue.
pub fn is_by_class(shape: &Shape) -> bool {
    let some = |of: fn(&Shape) -> bool| shape.choices().iter().any(of);
    some(|choice| matches!(choice, Shape::Phrase(_))) && some(|choice| matches!(choice, Shape::Map(_, true)))
}

/// Whether a new name is given a section with all that a section needs: nobody writes that by a slip.
/// A single key is no section: `set.station.booth.lanes.al.servers = 4` is one value of `all`.
fn is_whole_section(shape: &Shape, new: &[String], value: Option<&Node>) -> bool {
    let under = match new {
        [name] => shape.under(name).and_then(Shape::of_keys),
        _ => None,
    };
    match (under, value.and_then(Node::table)) {
        (Some(Shape::Record(fields)), Some(given)) => {
            let mut needed = fields.iter().filter(|(_, field)| field.required);
            given.len() > 1 && needed.all(|(key, _)| given.contains_key(key))
        }
        _ => false,
    }
}

/// Whether a new name is more likely a slip for one that is there.
fn slip(table: &BTreeMap<String, Node>, shape: &Shape, name: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    match shape.of_keys() {
        Some(Shape::Map(..)) => {
            nearest(name, table.keys().map(String::as_str)).is_some_and(|near| letters(near) != letters(name))
        }
        _ => false,
    }
}

/// The keys of a path to something that may be there and is not; sections must be given whole.
fn fresh(shape: &Shape, rest: &str) -> Option<Path> {
    let (first, after) = rest.split_once('.').unwrap_or((rest, ""));
    match shape.of_keys()? {
        Shape::Record(fields) => {
            let under = &fields.get(first)?.shape;
            if after.is_empty() {
                return Some(vec![first.to_owned()]);
            }
            let mut path = fresh(under, after)?;
            path.insert(0, first.to_owned());
            Some(path)
        }
        Shape::Map(value, _) | Shape::Table(_, value) => match value.of_keys() {
            None => Some(vec![rest.to_owned()]),
            Some(Shape::Record(_)) if !after.is_empty() => None,
            Some(_) if after.is_empty() => Some(vec![first.to_owned()]),
            Some(_) => {
                let mut path = fresh(value, after)?;
                path.insert(0, first.to_owned());
                Some(path)
            }
        },
        _ => None,
    }
}

/// The path that was probably meant.
pub fn near_miss(tree: &Node, miss: &Miss) -> Option<Path> {
    let shape = schema::study().at(&miss.at)?;
    let node = value_at(tree, &miss.at)?;
    let (first, after) = miss.rest.split_once('.').unwrap_or((&miss.rest, ""));
    let mut known: BTreeSet<String> =
        node.table().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    if let Some(Shape::Record(fields)) = shape.of_keys() {
        known.extend(fields.keys().cloned());
    }
    if node.table().is_none() {
        known.extend(change::parts(shape).iter().map(|part| (*part).to_owned()));
    }
    // Keys with dots in them are compared with all that is left.
    let near = nearest(first, known.iter().map(String::as_str)).map(|near| (near, after));
    let (near, after) =
        near.or_else(|| nearest(&miss.rest, known.iter().map(String::as_str)).map(|near| (near, "")))?;
    let path = extended(&miss.at, near);
    // What follows may be right as it is, or have a slip of its own.
    let Some(child) = value_at(tree, &path).filter(|_| !after.is_empty()) else { return Some(path) };
    let under = schema::study().at(&path)?;
    match follow(child, under, after, None, &mut path.clone()) {
        Ok(Target::Value(full) | Target::New(full)) => Some(full),
        Ok(Target::Part(full, part)) => Some(extended(&full, part)),
        Err(_) => Some(path),
    }
}

/// The value at a path.
pub fn value_at<'a>(tree: &'a Node, path: &[String]) -> Option<&'a Node> {
    path.iter().try_fold(tree, |node, key| node.table()?.get(key))
}

/// Puts a value at a path, with the tables on the way.
pub fn put_value(tree: &mut Node, path: &[String], value: Node) {
    let Some(table) = tree.table_mut() else { return };
    match path {
        [] => {}
        [key] => {
            let key_place = table.get(key).and_then(|old| old.key.clone());
            let value = Node { key: value.key.clone().or(key_place), ..value };
            table.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            let place = value.place.clone();
            let child = table.entry(key.clone()).or_insert_with(|| Node {
                key: value.key.clone(),
                ..Node::new(Value::Table(BTreeMap::new()), place)
            });
            put_value(child, rest, value);
        }
    }
}

/// Whether two values mean the same: `90 s` and `1.5 min` do.
pub fn same(a: &Node, b: &Node, shape: &Shape) -> bool {
    match (a.table(), b.table()) {
        (Some(a), Some(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|((key, a), (other, b))| {
                    key == other && shape.under(key).is_some_and(|shape| same(a, b, shape))
                })
        }
        (None, None) => canonical(a, shape) == canonical(b, shape),
        _ => false,
    }
}

/// The same value always gives the same text.
pub fn canonical(node: &Node, shape: &Shape) -> String {
    let Some(text) = node.scalar() else {
        return match &node.value {
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| canonical(item, &Shape::Any)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Bool(value) => value.to_string(),
            Value::Text(_) | Value::Integer(_) | Value::Float(_) | Value::Table(_) => String::new(),
        };
    };
    let phrases = shape.choices().iter().filter_map(|choice| match choice {
        Shape::Phrase(kind) => (kind.canonical)(&text).ok(),
        _ => None,
    });
    phrases.into_iter().next().unwrap_or(text)
}

/// A path one key longer.
pub fn extended(path: &[String], last: &str) -> Path {
    path.iter().cloned().chain([last.to_owned()]).collect()
}
