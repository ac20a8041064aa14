//! What a key, a code or a distribution means: `cruce explain`, and the reference in `docs/format.md`.
//!
//! Keys are read from the catalogue, so that what is explained is what is checked. Start at
//! [`explain`].

use std::fmt::Write as _;

use super::change;
use super::code;
use super::limit;
use super::phrase::{DistPhrase, nearest};
use super::resolve::Files;
use super::schema::{self, Field, Shape, TableKind};

/// A key of the format, with names left open: `station.NAME.lanes.NAME.servers`.
#[derive(Clone, Debug)]
struct Entry<'a> {
    path: String,
    field: &'a Field,
}

/// The explanation of a code, a key, or a distribution.
///
/// # Errors
/// A sentence when there is nothing of that name, with the nearest there is.
pub fn explain(topic: &str) -> Result<String, String> {
    let topic = topic.trim();
    if let Some(meaning) = code::find(topic) {
        return Ok(format!("{}: {}\n\n{}\n", meaning.code, meaning.title, wrapped(meaning.text, "")));
    }
    if let Ok(DistPhrase(spec)) = topic.parse::<DistPhrase>() {
        return distribution(topic, &spec.dist(&Files::default())?);
    }
    if topic == "limits" {
        return Ok(limit::table());
    }
    let entries = entries();
    let path = topic.replace('"', "");
    if let Some(entry) = entries.iter().find(|entry| is_at(&entry.path, &path)) {
        return Ok(section(entry, &entries));
    }
    let below = |path: &str| {
        let around = entries.iter().filter(|entry| is_at(&format!("{}.NAME", entry.path), path));
        around.max_by_key(|entry| entry.path.split('.').count())
    };
    if let Some((above, part)) = path.rsplit_once('.')
        && let Some(entry) = entries.iter().find(|entry| is_at(&entry.path, above)).or(below(above))
        && (change::parts(&entry.field.shape).contains(&part)
            || entry.field.shape.under("").is_some_and(|shape| change::parts(shape).contains(&part)))
    {
        let text = section(entry, &entries);
        return Ok(format!("`{part}` is a part of the phrase, for overrides.\n\n{text}"));
    }
    if let Some(entry) = below(&path).filter(|entry| entry.field.shape.under("").is_some()) {
        return Ok(section(entry, &entries));
    }
    // A key alone: wherever it stands.
    let found: Vec<String> = entries
        .iter()
        .filter(|entry| entry.path.rsplit('.').next() == Some(path.as_str()))
        .map(|entry| section(entry, &entries))
        .collect();
    if !found.is_empty() {
        return Ok(found.join("\n"));
    }
    let known =
        entries.iter().flat_map(|entry| [entry.path.as_str(), entry.path.rsplit('.').next().unwrap_or("")]);
    let codes: Vec<&str> = code::all().map(|meaning| meaning.code).collect();
    let near = nearest(&path, known.chain(codes));
    let near = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
    Err(format!("there is no key, code or distribution `{path}`{near}"))
}

fn distribution(text: &str, dist: &crate::dist::Dist) -> Result<String, String> {
    let seconds = |value: f64| super::phrase::LawKind::Duration.text((value * 1e3).round() / 1e3);
    let mut out = format!("{text}\n\n");
    for (name, probability) in [("p5", 0.05), ("p50", 0.5), ("p95", 0.95)] {
        let _ = writeln!(out, "  {name:<6}{}", seconds(dist.quantile(probability)));
    }
    let _ = writeln!(out, "  {:<6}{}", "mean", seconds(dist.mean()));
    Ok(out)
}

/// The reference of all keys as Markdown: a table per section.
pub fn reference() -> String {
    let mut entries = entries();
    // Keys outside of sections first.
    entries.sort_by_key(|entry| entry.path.contains('.') || entry.field.shape.of_keys().is_some());
    let mut out = String::new();
    let mut section = "";
    for entry in &entries {
        let (top, key) = entry
            .path
            .split_once('.')
            .map_or(("", entry.path.as_str()), |(top, _)| (top, entry.path.as_str()));
        let top = if entry.field.shape.of_keys().is_some() && key == entry.path && !entry.path.contains('.') {
            key
        } else {
            top
        };
        if top != section || out.is_empty() {
            section = top;
            let title = if section.is_empty() { "the file".to_owned() } else { format!("`{section}`") };
            let _ =
                writeln!(out, "\n### {title}\n\n| Key | Value | If left out | Meaning |\n|---|---|---|---|");
        }
        let left_out = match (&entry.field.default, entry.field.required) {
            (_, true) => "**needed**".to_owned(),
            (Some(default), false) => {
                default_text(default).map_or_else(String::new, |text| format!("`{text}`"))
            }
            (None, false) => String::new(),
        };
        let what = entry.field.shape.what().replace('|', "\\|");
        let doc = (entry.field.doc.clone() + &words(entry.field)).replace('|', "\\|");
        let _ = writeln!(out, "| `{}` | {what} | {left_out} | {doc} |", entry.path);
    }
    out
}

/// What each of the words means that may stand there, as sentences, unless the key tells already.
fn words(field: &Field) -> String {
    let mut told = String::new();
    for choice in field.shape.choices() {
        let Shape::Words(words) = choice else { continue };
        if !words.iter().all(|(word, _)| field.doc.contains(&format!("{word}`"))) {
            words.iter().for_each(|(word, doc)| {
                let _ = write!(told, " `{word}`: {}", lower_first(doc));
            });
        }
    }
    told
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The phrases as Markdown: what each looks like.
pub fn phrases() -> String {
    let mut out = String::from("| Phrase | Looks like |\n|---|---|\n");
    for kind in schema::phrases() {
        let examples: Vec<String> = kind.examples.iter().map(|example| format!("`{example}`")).collect();
        let _ = writeln!(out, "| {} | {} |", kind.what, examples.join(", "));
    }
    out
}

/// The codes as Markdown: one line each.
pub fn codes() -> String {
    let mut out = String::from("| Code | Meaning |\n|---|---|\n");
    for meaning in code::all() {
        let _ = writeln!(out, "| {} | {} |", meaning.code, meaning.title);
    }
    out
}

fn section(entry: &Entry<'_>, entries: &[Entry<'_>]) -> String {
    let key = entry.path.rsplit('.').next().unwrap_or(&entry.path);
    let shape = &entry.field.shape;
    let mut out = format!("{}\n{}\n\n", entry.path, wrapped(&entry.field.doc, "  "));
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "  {name:<15} {text}");
    };
    line("value", &shape.what());
    if !matches!(shape, Shape::Record(_)) && !matches!(shape, Shape::Map(..)) {
        line("example", &format!("{key} = {}", shape.example()));
    }
    match (&entry.field.default, entry.field.required) {
        (_, true) => line("left out", "not possible: it is needed"),
        (Some(default), false) => {
            if let Some(text) = default_text(default) {
                line("left out", &text);
            }
        }
        (None, false) => {}
    }
    for words in shape.choices() {
        if let Shape::Words(words) = words {
            words.iter().for_each(|(word, doc)| line(word, doc));
        }
    }
    if change::takes_relative(shape) {
        line(
            "overrides",
            "a value, or relative: \"+2\", \"x1.15\", \"+15 %\", \"+15 pp\", \"+5 min\", as its unit allows",
        );
    }
    let parts = change::parts(shape);
    let parts = if parts.is_empty() { shape.under("").map_or(parts, change::parts) } else { parts };
    if !parts.is_empty() {
        line("parts", &parts.iter().map(|part| format!(".{part}")).collect::<Vec<_>>().join(" "));
    }
    let below = format!("{}.", entry.path);
    let keys: Vec<&str> = entries
        .iter()
        .filter_map(|other| other.path.strip_prefix(&below))
        .filter(|rest| rest.trim_start_matches("NAME.").split('.').count() == 1)
        .collect();
    if !keys.is_empty() {
        line("keys", &keys.join(", "));
    }
    out
}

fn default_text(default: &serde_json::Value) -> Option<String> {
    match default {
        serde_json::Value::Object(map) if map.is_empty() => None,
        serde_json::Value::Object(_) => None,
        serde_json::Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

fn entries() -> Vec<Entry<'static>> {
    let mut entries = Vec::new();
    collect(schema::study(), "", &mut entries);
    entries
}

fn collect(shape: &'static Shape, path: &str, entries: &mut Vec<Entry<'static>>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match shape.of_keys() {
        Some(Shape::Record(fields)) => {
            for (key, field) in fields {
                entries.push(Entry { path: below(key), field });
                collect(&field.shape, &below(key), entries);
            }
        }
        Some(Shape::Map(value, _)) => collect(value, &below("NAME"), entries),
        Some(Shape::Table(kind, row)) => collect(row, &below(placeholder(*kind)), entries),
        _ => {}
    }
}

fn placeholder(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Hour => "HOUR",
        TableKind::Time => "TIME",
        TableKind::Weekday => "WEEKDAY",
        TableKind::Month => "MONTH",
        TableKind::Row => "ROW",
        TableKind::Trucks => "TRUCKS",
        TableKind::Lanes => "LANES",
        TableKind::Wait => "WAIT",
    }
}

/// Whether a path is one that a pattern stands for; an open name stands for one key or several.
fn is_at(pattern: &str, path: &str) -> bool {
    let (first, rest) = pattern.split_once('.').map_or((pattern, None), |(first, rest)| (first, Some(rest)));
    let open = first.bytes().all(|byte| byte.is_ascii_uppercase());
    match rest {
        None if open => !path.is_empty(),
        None => first == path,
        Some(rest) if open => path.match_indices('.').any(|(at, _)| at > 0 && is_at(rest, &path[at + 1..])),
        Some(rest) => path
            .strip_prefix(first)
            .and_then(|path| path.strip_prefix('.'))
            .is_some_and(|path| is_at(rest, path)),
    }
}

/// Text in lines of at most 78 characters.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.chars().count() + word.chars().count() >= 78 {
            lines.push(format!("{indent}{word}"));
        } else {
            if line.len() > indent.len() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_codes_and_distributions_are_explained() {
        let check = |topic: &str, expected: &str| {
            let text = explain(topic).unwrap_or_else(|error| panic!("{error}"));
            assert!(text.contains(expected), "{topic}: {text}");
        };
        check("station.primary.lanes.standard.servers", "station.NAME.lanes.NAME.servers");
        check("servers", "Lanes built");
        check("officers.cbp.rule.primary.standard", "staffing rule");
        check("officers.cbp.rule.\"primary.standard\".lanes", "`lanes` is a part");
        check("station.toll.service", ".mean .cv .k");
        check("station.toll.queue", "round-robin");
        check("demand.north.by_hour", "by_hour = { 6 = \"12 %\" }");
        check("failure.power.truck", "  wait-restart    It waits in the lane");
        check("station", "keys");
        check("e0107", "does not exist");
        check("limits", "| lanes of a group or a road | 1,000 |");
        check("exponential(mean = 60 s)", "p95   179.744 s");
        assert_eq!(
            explain("statoin"),
            Err("there is no key, code or distribution `statoin`: did you mean `station`?".to_owned())
        );
    }

    /// The reference in the documentation is made from the types: `CRUCE_BLESS=1` writes it anew.
    #[test]
    fn the_documentation_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md");
        let text = std::fs::read_to_string(&path).expect("the documentation is there");
        let mut new = text.clone();
        for (name, made) in
            [("phrases", phrases()), ("codes", codes()), ("limits", limit::table()), ("keys", reference())]
        {
            let (begin, end) =
                (format!("<!-- {name}: made from the types -->\n"), format!("<!-- end of {name} -->"));
            let from = new.find(&begin).expect("the mark is there") + begin.len();
            let to = new.find(&end).expect("the mark is there");
            new.replace_range(from..to, &format!("\n{}\n", made.trim()));
        }
        if std::env::var_os("CRUCE_BLESS").is_some() {
            std::fs::write(&path, &new).expect("the documentation can be written");
            return;
        }
        assert!(text == new, "docs/format.md is out of date: CRUCE_BLESS=1 cargo test --lib documentation");
    }
}
