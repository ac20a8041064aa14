//! Every mistake in keys, types and phrases, found in one walk over a tree beside the catalogue.
//!
//! The walk replaces the names of CSV files by their contents where the catalogue says that a table
//! may stand, so that a cell is checked like any other value. It does not know what values mean to
//! one another. Start at [`Reading`].

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostic::{Diagnostic, Place, Sources};
use super::document::{self, Folder, Node, Value};
use super::limit::{LONGEST_NAME, MOST_FILES};
use super::phrase::{self, nearest};
use super::resolve::Files;
use super::schema::{Field, PhraseKind, Shape, TableKind};
use super::table::{self, Csv};

/// A study while it is read: its files, and what was found wrong.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The files.
    pub sources: Sources,
    /// Where files are.
    pub folder: Folder,
    /// What phrases read from files.
    pub files: Files,
    /// CSV files by name; `None` for those that could not be read.
    csvs: BTreeMap<String, Option<Csv>>,
    found: Vec<Diagnostic>,
    /// What was already said, so that scenarios that share a value do not say it again.
    said: BTreeSet<Said>,
}

/// Code, message and place of a diagnostic.
type Said = (&'static str, String, Option<(usize, usize, usize)>);

impl Reading {
    /// Nothing read yet.
    pub fn new(folder: Folder) -> Self {
        Reading {
            sources: Sources::default(),
            folder,
            files: Files::default(),
            csvs: BTreeMap::new(),
            found: Vec::new(),
            said: BTreeSet::new(),
        }
    }

    /// Notes a diagnostic, once.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        let place = diagnostic.place.as_ref().map(|place| (place.file, place.span.start, place.span.end));
        if self.said.insert((diagnostic.code, diagnostic.message.clone(), place)) {
            self.found.push(diagnostic);
        }
    }

    /// What was found since it was last taken.
    pub fn take(&mut self) -> Vec<Diagnostic> {
        self.said.clear();
        std::mem::take(&mut self.found)
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.found.iter().filter(|diagnostic| diagnostic.is_error()).count()
    }

    /// What was found, the files, and what phrases read from them.
    pub fn finish(mut self) -> (Vec<Diagnostic>, Sources) {
        // Where something is wrong, what is used is not yet known.
        let csvs = if self.errors() == 0 { std::mem::take(&mut self.csvs) } else { BTreeMap::new() };
        let unused: Vec<Diagnostic> = csvs.values().flatten().filter_map(Csv::unused).collect();
        unused.into_iter().for_each(|diagnostic| self.report(diagnostic));
        (self.found, self.sources)
    }

    /// Checks a value and all below it; CSV files take the place of their names.
    pub fn check(&mut self, node: &mut Node, shape: &Shape, path: &mut Vec<String>) {
        if let Value::Text(text) = &node.value
            && table::is_reference(text)
            && self.fill_in(node, shape, path)
        {
            return;
        }
        match &mut node.value {
            Value::Table(_) => match shape.of_keys() {
                Some(Shape::Record(fields)) => self.check_record(node, fields, path),
                Some(Shape::Map(value, names)) => self.check_map(node, value, *names, path),
                Some(Shape::Table(kind, row)) => self.check_table(node, *kind, row, path),
                Some(_) => {}
                None => self.wrong_type(node, shape, path),
            },
            Value::List(items) => match shape.choices().iter().find_map(|choice| match choice {
                Shape::List(item) => Some(item),
                _ => None,
            }) {
                Some(item) => items.iter_mut().for_each(|node| self.check(node, item, path)),
                None if matches!(shape, Shape::Any) => {}
                None => self.wrong_type(node, shape, path),
            },
            Value::Bool(_) => {
                if !shape.choices().iter().any(|choice| matches!(choice, Shape::Bool | Shape::Any)) {
                    self.wrong_type(node, shape, path);
                }
            }
            Value::Text(_) | Value::Integer(_) | Value::Float(_) => self.check_scalar(node, shape, path),
        }
    }

    fn check_record(&mut self, node: &mut Node, fields: &BTreeMap<String, Field>, path: &mut Vec<String>) {
        let place = node.key_place();
        let table = node.table_mut().expect("only tables are checked as sections");
        for (key, field) in fields.iter().filter(|(key, field)| field.required && !table.contains_key(*key)) {
            let section = section_name(path);
            let example = match &field.shape {
                Shape::Record(_) | Shape::Map(..) if path.is_empty() => format!(
                    "add a section `[{key}{}]`",
                    if matches!(field.shape, Shape::Map(..)) { ".NAME" } else { "" }
                ),
                shape => format!("write `{key} = {}`", shape.example()),
            };
            self.report(
                Diagnostic::error("E0106", format!("{section} has no `{key}`"))
                    .at(Some(place.clone()), format!("`{key}` is missing"))
                    .note(format!("`{key}`: {}", lower_sentence(&field.doc)))
                    .help(example),
            );
        }
        for (key, value) in table.iter_mut() {
            path.push(key.clone());
            match fields.get(key) {
                Some(field) => self.check(value, &field.shape, path),
                None => self.unknown_key(key, value, fields, path),
            }
            path.pop();
        }
    }

    fn unknown_key(&mut self, key: &str, value: &Node, fields: &BTreeMap<String, Field>, path: &[String]) {
        let section = section_name(&path[..path.len() - 1]);
        let diagnostic = Diagnostic::error("E0104", format!("`{key}` is no key of {section}"));
        let diagnostic = diagnostic.at(Some(value.key_place()), "not known here");
        let near = nearest(key, fields.keys().map(String::as_str));
        self.report(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => {
                let keys: Vec<String> = fields.keys().map(|key| format!("`{key}`")).collect();
                diagnostic.help(format!("its keys are {}", keys.join(", ")))
            }
        });
    }

    fn check_map(&mut self, node: &mut Node, value: &Shape, names: bool, path: &mut Vec<String>) {
        for (key, child) in node.table_mut().expect("only tables are checked as maps") {
            if names && let Err(diagnostic) = check_name(key, child.key_place()) {
                self.report(diagnostic);
            }
            path.push(key.clone());
            self.check(child, value, path);
            path.pop();
        }
    }

    fn check_table(&mut self, node: &mut Node, kind: TableKind, row: &Shape, path: &mut Vec<String>) {
        let rows = std::mem::take(node.table_mut().expect("only tables are checked as tables"));
        let mut table: BTreeMap<String, Node> = BTreeMap::new();
        for (key, child) in rows {
            match row_key(kind, &key) {
                Err(help) => self.report(
                    Diagnostic::error("E0114", format!("`{key}` is no {}", kind.name()))
                        .at(
                            Some(child.key_place()),
                            format!(
                                "{} {} is expected",
                                if kind == TableKind::Hour { "an" } else { "a" },
                                kind.name()
                            ),
                        )
                        .help(help),
                ),
                Ok(name) => {
                    let mut places = vec![child.key_place()];
                    places.extend(table.insert(name.clone(), child).map(|before| before.key_place()));
                    places.sort_by_key(|place| place.span.start);
                    if let [first, second] = &places[..] {
                        let message = format!("{} `{name}` is given twice", kind.name());
                        let diagnostic = Diagnostic::error("E0110", message).at(Some(second.clone()), "");
                        let diagnostic = diagnostic.help("take one of the two out");
                        self.report(diagnostic.also(Some(first.clone()), "the first one"));
                    }
                }
            }
        }
        for (key, child) in &mut table {
            // Rows are padded so that they sort; nobody counts like that.
            let shown = if kind == TableKind::Row { key.trim_start_matches('0') } else { key };
            path.push(shown.to_owned());
            self.check(child, row, path);
            path.pop();
        }
        node.value = Value::Table(table);
    }

    fn check_scalar(&mut self, node: &Node, shape: &Shape, path: &[String]) {
        let mut first = None;
        for choice in shape.choices() {
            match self.scalar_error(node, choice) {
                None => return,
                // Nearly a word is meant to be that word.
                Some(Some(error)) if nearly_a_word(node, choice) => first = Some(error),
                Some(error) => first = first.or(error),
            }
        }
        match first {
            Some(diagnostic) if diagnostic.is_error() && diagnostic.helps.is_empty() => {
                let last = path.last().map_or("value", String::as_str);
                self.report(diagnostic.help(format!("write it like `{last} = {}`", shape.example())));
            }
            Some(diagnostic) => self.report(diagnostic),
            None => self.wrong_type(node, shape, path),
        }
    }

    /// `None` when the value has the shape; `Some(None)` when it is of quite another type.
    fn scalar_error(&mut self, node: &Node, shape: &Shape) -> Option<Option<Diagnostic>> {
        let at =
            |diagnostic: Diagnostic, label: &str| Some(Some(diagnostic.at(Some(node.place.clone()), label)));
        match (shape, &node.value) {
            (Shape::Any, _) | (Shape::Text, Value::Text(_)) => None,
            (Shape::Phrase(_), Value::Float(number)) if !number.is_finite() => {
                let diagnostic =
                    Diagnostic::error("E0201", format!("`{number}` is no number that can be used"));
                at(diagnostic, &format!("{} is expected", shape.what()))
            }
            (Shape::Phrase(kind), _) => self.phrase_error(node, kind).map(Some),
            (Shape::Words(words), Value::Text(text)) => {
                if words.iter().any(|word| word.0 == *text) {
                    return None;
                }
                let list: Vec<String> = words.iter().map(|word| format!("`{}`", word.0)).collect();
                let diagnostic = Diagnostic::error("E0114", format!("`{text}` is not known here"));
                let near = nearest(text, words.iter().map(|word| word.0.as_str()));
                let help = near.map_or_else(
                    || format!("write {}", list.join(" or ")),
                    |near| format!("did you mean `{near}`?"),
                );
                at(diagnostic.help(help), &format!("one of {}", list.join(", ")))
            }
            (Shape::Whole(most), Value::Integer(number)) => {
                if (0..=i128::from(*most)).contains(number) {
                    return None;
                }
                at(
                    Diagnostic::error("E0205", format!("`{number}` is out of range")),
                    &format!("0 to {most} here"),
                )
            }
            (Shape::Number, Value::Integer(number)) if number.unsigned_abs() <= 1 << 52 => None,
            (Shape::Number, Value::Float(number)) if number.is_finite() && number.abs() <= 1e12 => None,
            (Shape::Number, Value::Float(_) | Value::Integer(_)) => at(
                Diagnostic::error("E0201", "this is no number that can be used"),
                "a number up to 1000000000000",
            ),
            _ => Some(None),
        }
    }

    fn phrase_error(&mut self, node: &Node, kind: &PhraseKind) -> Option<Diagnostic> {
        let text = node.scalar().expect("scalars are texts or numbers");
        match (kind.canonical)(&text) {
            Ok(_) => {
                for (name, duration) in phrase::files_of(kind.format, &text) {
                    if let Err(diagnostic) = self.read_points(&name, duration) {
                        let at = text.find(&name).unwrap_or(0);
                        let place = node.piece(&self.sources, at..at + name.len());
                        let has_place = diagnostic.place.is_some();
                        return Some(if has_place {
                            diagnostic.also(Some(place), "named here")
                        } else {
                            diagnostic.at(Some(place), "named here")
                        });
                    }
                }
                None
            }
            Err(error) => {
                let place = if matches!(node.value, Value::Text(_)) {
                    node.piece(&self.sources, error.span)
                } else {
                    node.place.clone()
                };
                let diagnostic = Diagnostic::error(error.code, error.message).at(Some(place), error.label);
                let quotes = if matches!(node.value, Value::Text(_)) { "" } else { ", in quotes" };
                Some(if error.help.is_empty() { diagnostic } else { diagnostic.help(error.help + quotes) })
            }
        }
    }

    fn wrong_type(&mut self, node: &Node, shape: &Shape, path: &[String]) {
        let is = match &node.value {
            Value::Text(_) => "a text",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::List(_) => "a list",
            Value::Table(_) => "a section",
        };
        let diagnostic = Diagnostic::error(
            "E0105",
            format!("`{}` is {is} where {} is expected", path.join("."), shape.what()),
        );
        let diagnostic = diagnostic.at(
            Some(node.place.clone()).filter(|place| !place.span.is_empty()),
            format!("{} is expected", shape.what()),
        );
        let last = path.last().map_or("", String::as_str);
        let diagnostic = diagnostic.help(format!("write it like `{last} = {}`", shape.example()));
        let tabled = shape.choices().iter().any(|choice| matches!(choice, Shape::Table(..)));
        self.report(match &node.value {
            Value::Text(name) if tabled && !name.is_empty() => {
                diagnostic.help(format!("if `{name}` is a CSV file: its name must end in `.csv`"))
            }
            _ => diagnostic,
        });
    }

    /// Puts the contents of a CSV file in the place of its name. False: no table may stand here.
    fn fill_in(&mut self, node: &mut Node, shape: &Shape, path: &mut Vec<String>) -> bool {
        enum Wanted<'a> {
            Keyed(TableKind, &'a Shape),
            ByColumn(TableKind, &'a Shape),
            Rows(&'a Shape),
        }
        let wanted = shape.choices().iter().find_map(|choice| match choice {
            Shape::Table(TableKind::Row, row) => Some(Wanted::Rows(row)),
            Shape::Table(kind, row) => Some(Wanted::Keyed(*kind, row)),
            Shape::Map(value, _) => match value.as_ref() {
                Shape::Table(kind, row) => Some(Wanted::ByColumn(*kind, row)),
                _ => None,
            },
            _ => None,
        });
        let Some(wanted) = wanted else { return false };
        let Value::Text(reference) = node.value.clone() else { return false };
        let (name, column) = table::split_reference(&reference);
        let mut found = Vec::new();
        let rows = match self.csv(name) {
            Err(diagnostic) => {
                found.extend(diagnostic);
                None
            }
            Ok(csv) => match &wanted {
                Wanted::Keyed(kind, row) => csv.keyed(*kind, column, path, row, &mut found),
                Wanted::ByColumn(kind, row) => csv.keyed_by_column(*kind, row, &mut found),
                Wanted::Rows(row) => Some(csv.rows(row, &mut found)),
            },
        };
        for diagnostic in found {
            let place = Some(node.place.clone());
            let has_place = diagnostic.place.is_some();
            self.report(if has_place {
                diagnostic.also(place, "named here")
            } else {
                diagnostic.at(place, "named here")
            });
        }
        // Whatever was wrong, later walks must not read the name as a value.
        node.value = Value::Table(rows.unwrap_or_default());
        match (&wanted, shape.of_keys()) {
            (Wanted::Keyed(kind, row), _) => self.check_table(node, *kind, row, path),
            (Wanted::Rows(row), _) => self.check_table(node, TableKind::Row, row, path),
            (Wanted::ByColumn(..), Some(Shape::Map(value, names))) => {
                self.check_map(node, value, *names, path)
            }
            (Wanted::ByColumn(..), _) => {}
        }
        true
    }

    /// A CSV file by name, read once; `Err(None)` when it was already found wanting.
    fn csv(&mut self, name: &str) -> Result<&mut Csv, Option<Diagnostic>> {
        if !self.csvs.contains_key(name) {
            let read = self.read_csv(name);
            self.csvs.insert(name.to_owned(), read.as_ref().ok().cloned());
            if let Err(diagnostic) = read {
                return Err(Some(diagnostic));
            }
        }
        self.csvs.get_mut(name).and_then(Option::as_mut).ok_or(None)
    }

    fn read_csv(&mut self, name: &str) -> Result<Csv, Diagnostic> {
        if self.csvs.len() >= MOST_FILES {
            return Err(Diagnostic::error("E0103", format!("a study names at most {MOST_FILES} files"))
                .help("a file may have a column for each of several tables"));
        }
        let bytes = self.folder.read(name)?;
        let file = document::add_text(&mut self.sources, name, &bytes)?;
        let mut warnings = Vec::new();
        let csv = Csv::read(&self.sources, file, &mut warnings);
        warnings.into_iter().for_each(|warning| self.report(warning));
        csv
    }

    /// Values and weights of an empirical distribution, read once per file.
    fn read_points(&mut self, name: &str, duration: bool) -> Result<(), Diagnostic> {
        if self.files.knows(name, duration) {
            return Ok(());
        }
        match self.csv(name) {
            Ok(csv) => {
                let points = csv.points(duration)?;
                self.files.add(name, duration, points);
                Ok(())
            }
            Err(Some(diagnostic)) => Err(diagnostic),
            Err(None) => Ok(()),
        }
    }
}

fn nearly_a_word(node: &Node, shape: &Shape) -> bool {
    match (&node.value, shape) {
        (Value::Text(text), Shape::Words(words)) => {
            nearest(text, words.iter().map(|word| word.0.as_str())).is_some()
        }
        _ => false,
    }
}

fn section_name(path: &[String]) -> String {
    if path.is_empty() { "the study".to_owned() } else { format!("`{}`", path.join(".")) }
}

fn lower_sentence(doc: &str) -> String {
    let mut chars = doc.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Names are lower-case letters, digits and hyphens.
pub(super) fn check_name(name: &str, place: Place) -> Result<(), Diagnostic> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let right =
        !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(good) && !name.starts_with('-');
    if right {
        return Ok(());
    }
    let better: String = name
        .to_lowercase()
        .trim()
        .chars()
        .take(LONGEST_NAME)
        .map(|c| if good(c) { c } else { '-' })
        .collect();
    let better = better.trim_matches('-');
    let diagnostic = Diagnostic::error("E0111", format!("`{name}` is no name"))
        .at(Some(place), "lower-case letters, digits and hyphens are expected");
    Err(if better.is_empty() { diagnostic } else { diagnostic.help(format!("write `{better}`")) })
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The key of a row in the one spelling that is used inside: hours as 0 to 23.
fn row_key(kind: TableKind, key: &str) -> Result<String, String> {
    let among = |words: &[&str]| {
        // A range, as in `mon-fri`, is made of two of the words.
        if key.split_once('-').is_some_and(|(first, last)| words.contains(&first) && words.contains(&last)) {
            return Ok(key.to_owned());
        }
        let short: String = key.to_lowercase().chars().take(3).collect();
        if words.contains(&key) {
            return Ok(key.to_owned());
        }
        Err(match words.iter().find(|word| **word == short) {
            Some(word) => format!("write `{word}`"),
            None => format!("write one of {}", words.join(", ")),
        })
    };
    match kind {
        TableKind::Hour => {
            let hour = key.strip_suffix(":00").unwrap_or(key);
            match hour.parse::<u32>() {
                Ok(hour @ 0..=23) if key.bytes().all(|b| b.is_ascii_digit() || b == b':') => {
                    Ok(hour.to_string())
                }
                // Other times and ranges are read with the table as a whole.
                _ if key.contains(':') => Ok(key.to_owned()),
                _ => Err("hours are 0 to 23".to_owned()),
            }
        }
        TableKind::Weekday => among(&WEEKDAYS),
        TableKind::Month => among(&MONTHS),
        // What these mean is read with the table as a whole.
        TableKind::Time | TableKind::Row | TableKind::Trucks | TableKind::Lanes | TableKind::Wait => {
            Ok(key.to_owned())
        }
    }
}
