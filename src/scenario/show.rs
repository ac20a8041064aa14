//! A resolved scenario as TOML: every value, and a comment that says where it comes from.
//!
//! For the terminal that is file and line. What is kept names file and scenario only, so that a study whose
//! lines were moved leaves the same bytes.
//!
//! What is written here can be read again beside the study's CSV files, and means the same. Other
//! scenarios are left out, and traces stay in their files. A profile of the day in which a scenario
//! changed an hour sums to other than 100 %, which a base file may not.

use std::fmt::Write as _;

use super::diagnostic::{Sources, escaped};
use super::document::{Node, Value};
use super::schema::{self, Shape, TableKind};

/// How the comments name an origin.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// `study.toml:31`.
    Line(&'a Sources),
    /// `study.toml`.
    File(&'a Sources),
}

impl<'a> Origin<'a> {
    fn sources(self) -> &'a Sources {
        match self {
            Origin::Line(sources) | Origin::File(sources) => sources,
        }
    }

    fn of(self, node: &Node) -> String {
        let place = node.key_place();
        let by = node.set_by.as_deref().map(escaped);
        match (self, by) {
            (Origin::Line(sources), None) => sources.locate(&place),
            (Origin::Line(sources), Some(by)) => format!("{}, {by}", sources.locate(&place)),
            (Origin::File(sources), None) => escaped(sources.name(place.file)),
            (Origin::File(_), Some(by)) => by,
        }
    }
}

/// The scenario as text.
pub(super) fn text(name: &str, title: Option<&Node>, tree: &Node, origin: Origin) -> String {
    let mut out = String::new();
    let study = schema::study();
    let sections = tree.table().into_iter().flatten();
    for (key, node) in sections.clone().filter(|(_, node)| node.table().is_none()) {
        line(&mut out, &quoted_key(key), node, origin);
    }
    for (key, node) in sections.filter(|(_, node)| node.table().is_some()) {
        let shape = study.under(key);
        let sections_below = matches!(shape.and_then(Shape::of_keys), Some(Shape::Map(value, true)) if value.of_keys().is_some());
        if !sections_below {
            let _ = writeln!(out, "\n[{}]", quoted_key(key));
            for (child_key, child) in node.table().into_iter().flatten() {
                // The baseline may be another scenario, which is not in this text.
                if key == "study" && child_key == "baseline" {
                    continue;
                }
                values(
                    &mut out,
                    &quoted_key(child_key),
                    child,
                    shape.and_then(|shape| shape.under(child_key)),
                    origin,
                );
            }
            continue;
        }
        for (name, section) in node.table().into_iter().flatten() {
            let _ = writeln!(out, "\n[{}.{}]", quoted_key(key), quoted_key(name));
            let shape = shape.and_then(|shape| shape.under(name));
            for (child_key, child) in section.table().into_iter().flatten() {
                values(
                    &mut out,
                    &quoted_key(child_key),
                    child,
                    shape.and_then(|shape| shape.under(child_key)),
                    origin,
                );
            }
        }
    }
    let _ = writeln!(out, "\n[scenario.{}]", quoted_key(name));
    if let Some(title) = title {
        values(&mut out, "title", title, None, origin);
    }
    out
}

fn values(out: &mut String, key: &str, node: &Node, shape: Option<&Shape>, origin: Origin) {
    let Some(table) = node.table() else {
        line(out, key, node, origin);
        return;
    };
    if let Some(Shape::Table(TableKind::Row, _)) = shape.and_then(Shape::of_keys)
        && let Some(file) = table
            .values()
            .next()
            .map(|row| origin.sources().name(row.place.file))
            .filter(|name| name.ends_with(".csv"))
    {
        let _ = writeln!(out, "{key} = {}  # {} rows", quoted(file), table.len());
        return;
    }
    if table.is_empty() {
        let _ = writeln!(out, "{key} = {{}}");
    }
    let mut rows: Vec<(&String, &Node)> = table.iter().collect();
    // Hours by number: 9 before 10.
    rows.sort_by_key(|(key, _)| key.parse::<u32>().unwrap_or(u32::MAX));
    for (child_key, child) in rows {
        values(
            out,
            &format!("{key}.{}", quoted_key(child_key)),
            child,
            shape.and_then(|shape| shape.under(child_key)),
            origin,
        );
    }
}

fn line(out: &mut String, key: &str, node: &Node, origin: Origin) {
    let _ = writeln!(out, "{key} = {}  # {}", literal(node), origin.of(node));
}

fn literal(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Bool(value) => value.to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Table(table) => {
            let values: Vec<String> = table
                .iter()
                .map(|(key, child)| format!("{} = {}", quoted_key(key), literal(child)))
                .collect();
            format!("{{ {} }}", values.join(", "))
        }
    }
}

fn quoted_key(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { key.to_owned() } else { quoted(key) }
}

/// A text as TOML: quotes and everything that cannot be seen are escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c => {
                let mut buffer = [0; 4];
                if escaped(c.encode_utf8(&mut buffer)) == buffer_text(c) {
                    out.push(c);
                } else {
                    let _ = write!(out, "\\U{:08X}", u32::from(c));
                }
            }
        }
    }
    out.push('"');
    out
}

fn buffer_text(c: char) -> String {
    c.to_string()
}
