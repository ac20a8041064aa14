//! CSV files: tables whose cells know their places.
//!
//! What spreadsheets write is read: a byte-order mark, CRLF, `;` or tabs between columns, decimal
//! commas (both with a warning), quotes, a unit in the header (`share (%)`). What could mean two
//! things is an error. It knows what columns make the keys of a table, and nothing of what tables
//! are for. Start at [`Csv`].

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::diagnostic::{Diagnostic, Place, Sources};
use super::document::{Node, Value, unseen, unseen_character};
use super::limit::MOST_CELLS;
use super::phrase::{self, nearest};
use super::schema::{Shape, TableKind};

/// A CSV file, as it was read.
#[derive(Clone, Debug)]
pub struct Csv {
    name: String,
    file: usize,
    headers: Vec<Header>,
    rows: Vec<Vec<Cell>>,
    comma_is_decimal: bool,
    /// Columns that something asked for.
    used: BTreeSet<usize>,
}

#[derive(Clone, Debug)]
struct Header {
    name: String,
    /// From `share (%)`; added to bare numbers below.
    unit: Option<String>,
    span: Range<usize>,
}

#[derive(Clone, Debug)]
struct Cell {
    text: String,
    span: Range<usize>,
}

/// Columns that say where a row comes from; nothing reads them.
const REMARKS: [&str; 4] = ["source", "note", "notes", "comment"];

/// Whether a text names a CSV file, with or without a column; or a folder, or a path that leads out, which
/// no file may do: then that is what is told.
pub fn is_reference(text: &str) -> bool {
    let name = split_reference(text).0;
    name.ends_with(".csv")
        || (name.starts_with(['/', '.', '~']) && name.contains('/'))
        || name.ends_with(['/', '\\'])
}

/// `file.csv:column` into file and column.
pub fn split_reference(text: &str) -> (&str, Option<&str>) {
    match text.find(".csv:") {
        Some(at) => (&text[..at + 4], Some(text[at + 5..].trim())),
        None => (text, None),
    }
}

impl Csv {
    /// Reads text that is already among the sources; warns of separators that are not commas.
    ///
    /// # Errors
    /// What makes it no table.
    pub fn read(sources: &Sources, file: usize, found: &mut Vec<Diagnostic>) -> Result<Csv, Diagnostic> {
        let name = sources.name(file).to_owned();
        let text = sources.text(file);
        let bad = |span: Range<usize>, message: String| {
            Diagnostic::error("E0113", message).at(Some(Place { file, span }), "")
        };
        let separator = separator(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = Vec::new();
        let mut cells = 0;
        for record in reader.records() {
            let record = record.map_err(|error| {
                bad(0..0, format!("`{name}` cannot be read: {error}"))
                    .help("save it as comma-separated text in UTF-8")
            })?;
            let start = record.position().map_or(0, |position| position.byte() as usize);
            let row = cells_of(text, start, &record, separator);
            if row.iter().all(|cell| cell.text.is_empty()) {
                continue;
            }
            cells += row.len();
            if cells > MOST_CELLS {
                return Err(bad(start..start, format!("`{name}` has more than {MOST_CELLS} cells"))
                    .help("leave columns and rows out that are not needed"));
            }
            records.push(row);
        }
        let mut records = records.into_iter();
        let Some(first) = records.next() else {
            return Err(bad(0..0, format!("`{name}` is empty"))
                .help("its first line names the columns: `hour,share`"));
        };
        let headers: Vec<Header> = first.into_iter().map(header).collect();
        let mut seen: BTreeMap<&str, &Header> = BTreeMap::new();
        for header in headers.iter().filter(|header| !header.name.is_empty()) {
            if let Some(before) = seen.insert(&header.name, header) {
                return Err(bad(header.span.clone(), format!("`{name}` has two columns `{}`", header.name))
                    .also(Some(Place { file, span: before.span.clone() }), "the first one")
                    .help("give each column a name of its own"));
            }
        }
        if headers.iter().all(|header| header.name.parse::<f64>().is_ok() || header.name.is_empty()) {
            let span = headers[0].span.start..headers[headers.len() - 1].span.end;
            return Err(bad(span, format!("the first line of `{name}` names no columns"))
                .help("put the names of the columns on the first line: `hour,share`"));
        }
        let rows: Vec<Vec<Cell>> = records.collect();
        for row in &rows {
            if let Some(extra) = row.iter().skip(headers.len()).find(|cell| !cell.text.is_empty()) {
                let diagnostic = bad(
                    extra.span.clone(),
                    format!("this row of `{name}` has more cells than there are columns"),
                );
                let decimal = if separator == b',' {
                    "write decimals with a point, or put `;` between the columns"
                } else {
                    "take the cell out, or name its column"
                };
                return Err(diagnostic.help(decimal));
            }
        }
        for (header, cell) in rows.iter().flat_map(|row| headers.iter().zip(row)) {
            if let Some(character) = unseen(&cell.text).filter(|_| !REMARKS.contains(&header.name.as_str())) {
                return Err(unseen_character(character, Place { file, span: cell.span.clone() }));
            }
        }
        let comma_is_decimal =
            separator != b',' && rows.iter().flatten().any(|cell| decimal_comma(&cell.text).is_some());
        if separator != b',' {
            let between = if separator == b';' { "`;`" } else { "tabs" };
            let decimals = if comma_is_decimal { " and decimal commas" } else { "" };
            let place = Place { file, span: 0..first_line(text).trim_end().len() };
            found.push(
                Diagnostic::warning("W0152", format!("`{name}` has {between} between columns{decimals}"))
                    .at(Some(place), "read as such")
                    .about(name.as_str()),
            );
        }
        Ok(Csv { name, file, headers, rows, comma_is_decimal, used: BTreeSet::new() })
    }

    fn bad(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error("E0113", message).at(Some(Place { file: self.file, span }), "")
    }

    fn header_span(&self) -> Range<usize> {
        self.headers[0].span.start..self.headers[self.headers.len() - 1].span.end
    }

    fn column(&mut self, names: &[&str]) -> Option<usize> {
        let column =
            names.iter().find_map(|name| self.headers.iter().position(|header| header.name == *name))?;
        self.used.insert(column);
        Some(column)
    }

    /// Columns that are neither keys nor remarks.
    fn value_columns(&self, keys: &[usize]) -> Vec<usize> {
        (0..self.headers.len())
            .filter(|column| !keys.contains(column))
            .filter(|&column| {
                let name = self.headers[column].name.as_str();
                !name.is_empty() && !REMARKS.contains(&name)
            })
            .collect()
    }

    /// The column to read: the one asked for, the only one, or the one named like the key.
    fn value_column(
        &mut self,
        asked: Option<&str>,
        path: &[String],
        keys: &[usize],
    ) -> Result<usize, Diagnostic> {
        let columns = self.value_columns(keys);
        let names: Vec<&str> = columns.iter().map(|&column| self.headers[column].name.as_str()).collect();
        let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let chosen = match asked {
            Some(asked) => {
                // Who names a column knows that there are others.
                self.used.extend(columns.iter().copied());
                let wanted = asked.to_lowercase();
                columns.iter().copied().find(|&column| self.headers[column].name == wanted).ok_or_else(|| {
                    let diagnostic =
                        self.bad(self.header_span(), format!("`{}` has no column `{asked}`", self.name));
                    match nearest(&wanted, names.iter().copied()) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic.help(format!("its columns are {list}")),
                    }
                })
            }
            None if columns.is_empty() => Err(self
                .bad(self.header_span(), format!("`{}` has no column with values", self.name))
                .help("add a column with the values, its name on the first line")),
            None if columns.len() == 1 => Ok(columns[0]),
            None => {
                let like_the_key = path.iter().rev().find_map(|key| {
                    let last = key.rsplit('.').next().unwrap_or(key);
                    columns
                        .iter()
                        .copied()
                        .find(|&column| [key.as_str(), last].contains(&self.headers[column].name.as_str()))
                });
                like_the_key.ok_or_else(|| {
                    self.bad(self.header_span(), format!("`{}` has several columns with values", self.name))
                        .note(format!("they are {list}; none is named like the key"))
                        .help(format!("say which: `\"{}:{}\"`", self.name, names[0]))
                })
            }
        }?;
        self.used.insert(chosen);
        Ok(chosen)
    }

    /// Columns that make the keys of a table, first a day (if any), then the time or hour.
    fn key_columns(&mut self, kind: TableKind) -> Result<Vec<usize>, Diagnostic> {
        let (day, key): (&[&str], &[&str]) = match kind {
            TableKind::Hour => (&[], &["hour", "time"]),
            TableKind::Time => (&["day", "weekday", "date"], &["time", "hour"]),
            TableKind::Weekday => (&[], &["weekday", "day"]),
            TableKind::Month => (&[], &["month"]),
            TableKind::Row => return Ok(Vec::new()),
        };
        let Some(key) = self.column(key) else {
            let wanted = key[0];
            return Err(self
                .bad(self.header_span(), format!("`{}` has no column `{wanted}`", self.name))
                .help(format!(
                    "a table by {} begins with a column `{wanted}`: `{wanted},...`",
                    kind.name()
                )));
        };
        Ok(self.column(day).into_iter().chain([key]).collect())
    }

    /// A table of one value per key, without the rows that cannot be read; `None` when none can.
    pub fn keyed(
        &mut self,
        kind: TableKind,
        asked: Option<&str>,
        path: &[String],
        row: &Shape,
        found: &mut Vec<Diagnostic>,
    ) -> Option<BTreeMap<String, Node>> {
        let columns =
            self.key_columns(kind).and_then(|keys| Ok((self.value_column(asked, path, &keys)?, keys)));
        let (column, keys) = columns.map_err(|error| found.push(error)).ok()?;
        let blank_is_nothing = matches!(row, Shape::Phrase(kind) if kind.format == "cruce-minutes");
        let mut table: BTreeMap<String, Node> = BTreeMap::new();
        for cells in &self.rows {
            let key_cells: Vec<&Cell> = keys.iter().filter_map(|&key| cells.get(key)).collect();
            let key_span = key_cells.first().map_or(0..0, |cell| cell.span.clone());
            let mut parts: Vec<String> =
                key_cells.iter().map(|cell| cell.text.clone()).filter(|text| !text.is_empty()).collect();
            let last_is_hour = keys.last().is_some_and(|&key| self.headers[key].name == "hour");
            if kind == TableKind::Time
                && last_is_hour
                && let Some(hour) = parts.last_mut()
                && hour.parse::<u32>().is_ok()
            {
                *hour = format!("{hour:0>2}:00");
            }
            let key = parts.join(" ");
            if key.is_empty() {
                found.push(
                    self.bad(
                        cells[0].span.clone(),
                        format!("this row of `{}` has no {}", self.name, kind.name()),
                    )
                    .help("write it, or take the row out"),
                );
                continue;
            }
            match cells.get(column).filter(|cell| !cell.text.is_empty()) {
                None if blank_is_nothing => {}
                None => {
                    let name = &self.headers[column].name;
                    found.push(
                        self.bad(key_span, format!("`{}` has no `{name}` at `{key}`", self.name))
                            .help("write the value, or take the row out"),
                    );
                }
                Some(cell) => {
                    let mut node = match self.value(cell, column, row) {
                        Ok(node) => node,
                        Err(diagnostic) => {
                            found.push(diagnostic);
                            continue;
                        }
                    };
                    node.key = Some(Place { file: self.file, span: key_span.clone() });
                    match table.entry(key) {
                        Entry::Vacant(free) => {
                            free.insert(node);
                        }
                        Entry::Occupied(before) => {
                            let message = format!("`{}` has two rows for `{}`", self.name, before.key());
                            let first = Some(before.get().key_place());
                            found.push(
                                self.bad(key_span, message)
                                    .also(first, "the first one")
                                    .help("take one of the two out"),
                            );
                        }
                    }
                }
            }
        }
        Some(table)
    }

    /// One table per column with values, by the column's name.
    pub fn keyed_by_column(
        &mut self,
        kind: TableKind,
        row: &Shape,
        found: &mut Vec<Diagnostic>,
    ) -> Option<BTreeMap<String, Node>> {
        let keys = self.key_columns(kind).map_err(|error| found.push(error)).ok()?;
        let mut tables = BTreeMap::new();
        for column in self.value_columns(&keys) {
            let name = self.headers[column].name.clone();
            let place = Place { file: self.file, span: self.headers[column].span.clone() };
            let table = self.keyed(kind, Some(&name), &[], row, found)?;
            tables.insert(name, Node { key: Some(place.clone()), ..Node::new(Value::Table(table), place) });
        }
        Some(tables)
    }

    /// A table of rows: each a section with the columns as its keys.
    pub fn rows(&mut self, row: &Shape, found: &mut Vec<Diagnostic>) -> BTreeMap<String, Node> {
        let paths: Vec<Vec<String>> = self.headers.iter().map(|header| column_path(&header.name)).collect();
        let shapes: Vec<Option<&Shape>> = paths.iter().map(|path| row.at(path)).collect();
        self.used
            .extend(shapes.iter().enumerate().filter(|(_, shape)| shape.is_some()).map(|(column, _)| column));
        let mut table = BTreeMap::new();
        for (number, cells) in self.rows.iter().enumerate() {
            let span = cells[0].span.start..cells[cells.len() - 1].span.end;
            let place = Place { file: self.file, span };
            let mut section = Node::new(Value::Table(BTreeMap::new()), place.clone());
            for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty()) {
                let Some(shape) = shapes.get(column).copied().flatten() else { continue };
                match self.value(cell, column, shape) {
                    Ok(node) => insert(&mut section, &paths[column], node),
                    Err(diagnostic) => found.push(diagnostic),
                }
            }
            section.key = Some(place);
            // Padded, so that the order of keys is the order of rows.
            table.insert(format!("{:07}", number + 1), section);
        }
        table
    }

    /// Values and weights, of an empirical distribution: values increasing, weights summing to 1.
    ///
    /// # Errors
    /// When there is no column `value`, or a value or weight cannot be read.
    pub fn points(&mut self, duration: bool) -> Result<Vec<(f64, f64)>, Diagnostic> {
        let weight = self.column(&["weight", "count", "share"]);
        let value = self.value_column(None, &["value".to_owned()], weight.as_slice())?;
        let mut points: Vec<(f64, f64)> = Vec::new();
        for cells in &self.rows {
            let Some(cell) = cells.get(value).filter(|cell| !cell.text.is_empty()) else { continue };
            let node = self.value(cell, value, &Shape::Any)?;
            let text = node.scalar().unwrap_or_default();
            let read = if duration {
                text.parse::<phrase::DurationPhrase>()
                    .map(|duration| duration.0.seconds())
                    .map_err(|error| error.message)
            } else {
                let number = text.parse::<f64>().ok().filter(|number| (0.0..=1e9).contains(number));
                number.ok_or_else(|| format!("`{text}` is no number of zero or more"))
            };
            let number = read.map_err(|message| {
                let help = if duration {
                    "write `35 s`, or put the unit into the header: `value (s)`"
                } else {
                    "write a number without a unit"
                };
                self.bad(cell.span.clone(), message).help(help)
            })?;
            let share = match weight {
                None => 1.0,
                Some(column) => {
                    let cell = cells
                        .get(column)
                        .cloned()
                        .unwrap_or(Cell { text: String::new(), span: cell.span.clone() });
                    let text = self.value(&cell, column, &Shape::Any)?.scalar().unwrap_or_default();
                    let text = text.trim_end_matches('%').trim_end();
                    text.parse::<f64>()
                        .ok()
                        .filter(|weight| weight.is_finite() && *weight >= 0.0)
                        .ok_or_else(|| {
                            self.bad(cell.span.clone(), format!("`{}` is no weight", cell.text))
                                .help("write a number of zero or more")
                        })?
                }
            };
            points.push((number, share));
        }
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.dedup_by(|next, kept| {
            next.0 == kept.0 && {
                kept.1 += next.1;
                true
            }
        });
        points.retain(|point| point.1 > 0.0);
        let sum: f64 = points.iter().map(|point| point.1).sum();
        if points.is_empty() || !sum.is_finite() {
            return Err(self
                .bad(self.header_span(), format!("`{}` has no values", self.name))
                .help("write a value, and a weight above zero, on each line below the first"));
        }
        points.iter_mut().for_each(|point| point.1 /= sum);
        Ok(points)
    }

    /// A cell as a value: numbers where the shape wants numbers, else text.
    fn value(&self, cell: &Cell, column: usize, shape: &Shape) -> Result<Node, Diagnostic> {
        let place = Place { file: self.file, span: cell.span.clone() };
        let mut text = cell.text.clone();
        if self.comma_is_decimal
            && !matches!(shape, Shape::Text | Shape::Words(_))
            && let Some(comma) = decimal_comma(&text)
        {
            let digits = text[comma + 1..].bytes().take_while(u8::is_ascii_digit).count();
            if digits == 3 {
                return Err(self
                    .bad(cell.span.clone(), format!("`{text}` could be a decimal or thousands"))
                    .help("write it with a point, or without a separator"));
            }
            text.replace_range(comma..comma + 1, ".");
        }
        if let Some(unit) = &self.headers[column].unit
            && text.parse::<f64>().is_ok()
        {
            text = format!("{text} {unit}");
        }
        let value = match shape {
            Shape::Number | Shape::Whole(_) => match (text.parse::<i128>(), text.parse::<f64>()) {
                (Ok(number), _) => Value::Integer(number),
                (Err(_), Ok(number)) => Value::Float(number),
                (Err(_), Err(_)) => Value::Text(text),
            },
            Shape::Bool if text == "true" || text == "false" => Value::Bool(text == "true"),
            _ => Value::Text(text),
        };
        Ok(Node::new(value, place))
    }

    /// Warnings for columns that nothing read.
    pub fn unused(&self) -> Option<Diagnostic> {
        let unused: Vec<&Header> = self
            .headers
            .iter()
            .enumerate()
            .filter(|(column, header)| {
                !self.used.contains(column)
                    && !header.name.is_empty()
                    && !REMARKS.contains(&header.name.as_str())
            })
            .map(|(_, header)| header)
            .collect();
        let first = unused.first()?;
        let names: Vec<String> = unused.iter().map(|header| format!("`{}`", header.name)).collect();
        let columns = if names.len() == 1 { "column" } else { "columns" };
        let message = format!("nothing reads the {columns} {} of `{}`", names.join(", "), self.name);
        let place = Place { file: self.file, span: first.span.clone() };
        Some(Diagnostic::warning("W0153", message).at(Some(place), "not used").about(self.name.as_str()))
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("")
}

/// What stands between the names on the first line.
fn separator(text: &str) -> u8 {
    let line = first_line(text);
    let count = |byte: u8| line.bytes().filter(|&b| b == byte).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|&byte| count(byte)).unwrap_or(b',')
}

/// Where the comma stands in a text that begins with a number with a decimal comma.
fn decimal_comma(text: &str) -> Option<usize> {
    let digits = text.bytes().skip_while(|&byte| byte == b'-').take_while(u8::is_ascii_digit).count();
    let comma = text.len() - text.trim_start_matches('-').len() + digits;
    let after = text.get(comma..)?.strip_prefix(',')?;
    (digits > 0 && after.starts_with(|c: char| c.is_ascii_digit())).then_some(comma)
}

fn header(cell: Cell) -> Header {
    let text = cell.text.to_lowercase();
    let (name, unit) = match text.split_once(['(', '[']) {
        Some((name, unit)) => (name.trim(), Some(unit.trim_end_matches([')', ']']).trim().to_owned())),
        None => (text.as_str(), None),
    };
    Header { name: name.to_owned(), unit: unit.filter(|unit| !unit.is_empty()), span: cell.span }
}

/// `service.toll` is a key in a section; everything else is a key.
fn column_path(name: &str) -> Vec<String> {
    match name.split_once('.') {
        Some((section, key)) => vec![section.to_owned(), key.to_owned()],
        None => vec![name.to_owned()],
    }
}

fn insert(section: &mut Node, path: &[String], mut node: Node) {
    let place = node.place.clone();
    let table = section.table_mut().expect("rows are sections");
    match path {
        [key] => {
            node.key = Some(place);
            table.insert(key.clone(), node);
        }
        [first, rest @ ..] => {
            let inner =
                table.entry(first.clone()).or_insert_with(|| Node::new(Value::Table(BTreeMap::new()), place));
            insert(inner, rest, node);
        }
        [] => {}
    }
}

/// The cells of a record with their places: the csv crate reads them, and tells only where the record
/// begins.
fn cells_of(text: &str, start: usize, record: &csv::StringRecord, separator: u8) -> Vec<Cell> {
    let bytes = text.as_bytes();
    // Blank lines before a record belong to its position.
    let mut at = start + bytes[start..].iter().take_while(|&&byte| byte == b'\n' || byte == b'\r').count();
    let mut cells = Vec::with_capacity(record.len());
    for field in record {
        let from = at;
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            while at < bytes.len() && !(bytes[at] == b'"' && bytes.get(at + 1) != Some(&b'"')) {
                at += if bytes[at] == b'"' { 2 } else { 1 };
            }
        }
        while at < bytes.len() && bytes[at] != separator && bytes[at] != b'\n' && bytes[at] != b'\r' {
            at += 1;
        }
        let raw = text.get(from..at.min(bytes.len())).unwrap_or("");
        let blank = raw.len() - raw.trim_start().len();
        let span = from + blank..from + blank + raw.trim().len();
        let quoted = raw.trim().len() >= 2 && raw.trim().starts_with('"') && !field.contains('"');
        let span = if quoted { span.start + 1..span.end - 1 } else { span };
        cells.push(Cell { text: field.trim().to_owned(), span });
        at += 1;
    }
    cells
}
