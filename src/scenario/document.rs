//! Files into trees in which every value knows its place.
//!
//! A [`Folder`] reads regular files inside the study folder and nothing else; [`read`] turns TOML text
//! into a [`Node`], with TOML's own errors and our house rules as diagnostics. It knows no keys.
//! Limits: 8 MB a file, 200 files, 64 levels.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Place, Sources};
use super::limit::{DEEPEST_TREE, LARGEST_FILE};

/// A value of a file.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it is written.
    pub place: Place,
    /// Where its key is written.
    pub key: Option<Place>,
    /// Who set it, if an override did.
    pub set_by: Option<Arc<str>>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text; dates and times without quotes are texts too.
    Text(String),
    /// A whole number.
    Integer(i128),
    /// A number with a point.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `[...]`.
    List(Vec<Node>),
    /// Keys and values.
    Table(BTreeMap<String, Node>),
}

impl PartialEq for Node {
    /// The same value, wherever it is written.
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Node {
    /// A value at a place.
    pub fn new(value: Value, place: Place) -> Self {
        Node { value, place, key: None, set_by: None }
    }

    /// Its keys and values, if it is a table.
    pub fn table(&self) -> Option<&BTreeMap<String, Node>> {
        match &self.value {
            Value::Table(table) => Some(table),
            Value::Text(_) | Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::List(_) => None,
        }
    }

    /// The same, to change it.
    pub fn table_mut(&mut self) -> Option<&mut BTreeMap<String, Node>> {
        match &mut self.value {
            Value::Table(table) => Some(table),
            Value::Text(_) | Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::List(_) => None,
        }
    }

    /// A text or a number as text.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::Bool(_) | Value::List(_) | Value::Table(_) => None,
        }
    }

    /// Where its key is written, else itself.
    pub fn key_place(&self) -> Place {
        self.key.clone().unwrap_or_else(|| self.place.clone())
    }

    /// A piece of its text, in the file: exact where the text stands there as it is.
    pub fn piece(&self, sources: &Sources, span: std::ops::Range<usize>) -> Place {
        let Value::Text(text) = &self.value else { return self.place.clone() };
        let raw = sources.slice(&self.place);
        let offset = match raw.as_bytes().first() {
            Some(b'"' | b'\'') if raw.get(1..raw.len() - 1) == Some(text) => 1,
            _ if raw == text => 0,
            _ => return self.place.clone(),
        };
        let start = self.place.span.start + offset;
        Place { file: self.place.file, span: start + span.start..start + span.end }
    }
}

/// Where the files of a study are.
#[derive(Clone, Debug)]
pub enum Folder {
    /// A folder on disk.
    Disk(PathBuf),
    /// Texts that the program carries, by name.
    Embedded(BTreeMap<String, String>),
}

impl Folder {
    /// Reads a file that the study names.
    ///
    /// # Errors
    /// A diagnostic without a place: the caller knows where the name stands.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Diagnostic> {
        let outside = |why: &str| {
            Err(Diagnostic::error("E0112", format!("`{name}` {why}"))
                .help("put the file into the study folder and name it relative to that folder, with `/`"))
        };
        let path = Path::new(name);
        let plain = path.components().all(|component| matches!(component, Component::Normal(_)));
        if name.is_empty() || !plain || name.contains(['\\', ':', '\0']) {
            return outside("is no file of the study folder");
        }
        match self {
            Folder::Embedded(files) => match files.get(name) {
                Some(text) => Ok(text.clone().into_bytes()),
                None => Err(missing(name, files.keys().map(String::as_str))),
            },
            Folder::Disk(folder) => {
                let here = |error: &std::io::Error| {
                    let names: Vec<String> = csv_names(folder);
                    let missing = missing(name, names.iter().map(String::as_str));
                    if error.kind() == std::io::ErrorKind::NotFound {
                        missing
                    } else {
                        missing.note(error.to_string())
                    }
                };
                let root = folder.canonicalize().map_err(|error| here(&error))?;
                let file = root.join(path).canonicalize().map_err(|error| here(&error))?;
                if !file.starts_with(&root) {
                    return outside("leads out of the study folder");
                }
                if !file.metadata().map_err(|error| here(&error))?.is_file() {
                    return outside("is no regular file");
                }
                read_limited(&file).map_err(|error| here(&error))?.ok_or_else(|| too_large(name))
            }
        }
    }
}

fn missing<'a>(name: &str, present: impl Iterator<Item = &'a str>) -> Diagnostic {
    let diagnostic = Diagnostic::error("E0112", format!("there is no file `{name}` in the study folder"));
    match super::phrase::nearest(name, present) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("put the file there, or write its name as it is spelled there"),
    }
}

fn csv_names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().take(10_000).filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".csv")).collect();
    names.sort();
    names
}

/// The bytes of a file, or `None` when there are too many.
pub fn read_limited(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= LARGEST_FILE).then_some(bytes))
}

/// The diagnostic for a file over the limit.
pub fn too_large(name: &str) -> Diagnostic {
    Diagnostic::error("E0103", format!("`{name}` is larger than 8 MB"))
        .help("a study is text of a few kilobytes; leave columns and rows out that are not needed")
}

/// Bytes as text, without a byte-order mark; registered in `sources` whatever they are.
pub fn add_text(sources: &mut Sources, name: &str, bytes: &[u8]) -> Result<usize, Diagnostic> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(sources.add(name, text)),
        Err(error) => {
            let at = error.valid_up_to();
            let file = sources.add(name, String::from_utf8_lossy(bytes));
            let help = if utf16 {
                "this looks like UTF-16: save it as UTF-8"
            } else {
                "save it as UTF-8 (in Excel: \"CSV UTF-8\")"
            };
            let place = Place { file, span: at..at + '\u{fffd}'.len_utf8() };
            Err(Diagnostic::error("E0101", format!("`{name}` is not UTF-8 text"))
                .at(Some(place), "no character in UTF-8")
                .help(help))
        }
    }
}

/// Reads TOML text that is already among the sources.
///
/// # Errors
/// All mistakes of form: TOML's, and the house rules.
pub fn read(sources: &Sources, file: usize) -> Result<Node, Vec<Diagnostic>> {
    let text = sources.text(file);
    let (mut found, deep) = house_rules(text, file);
    if deep {
        return Err(found);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut errors: Vec<_> = errors.iter().map(|error| syntax_error(text, file, error)).collect();
    errors.sort_by_key(|error| error.place.as_ref().map_or(0, |place| place.span.start));
    // What follows the first error of a line is mostly its echo.
    errors.dedup_by_key(|error| line_of(text, error));
    // What TOML refuses needs no house rule on the same line.
    found.retain(|rule| !errors.iter().any(|error| line_of(text, error) == line_of(text, rule)));
    found.extend(errors);
    let root =
        Node::new(Value::Table(convert_table(table.get_ref(), file, &mut found)), Place { file, span: 0..0 });
    if found.is_empty() { Ok(root) } else { Err(found) }
}

/// Reads one TOML value, as the command line gives it; what is none is a text.
pub fn read_value(text: &str, place: &Place, found: &mut Vec<Diagnostic>) -> Node {
    let parsed = if house_rules(text, 0).1 { None } else { DeValue::parse(text).ok() };
    let plain = DeValue::String(text.into());
    let value = parsed.as_ref().map_or(&plain, |value| value.get_ref());
    let mut mistakes = Vec::new();
    let mut node = convert(value, place.clone(), &mut mistakes);
    relocate(&mut node, place);
    // All of them stand in the one value that was given.
    found.extend(mistakes.into_iter().map(|mistake| Diagnostic { place: Some(place.clone()), ..mistake }));
    node
}

fn relocate(node: &mut Node, place: &Place) {
    node.place = place.clone();
    node.key = None;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| relocate(item, place)),
        Value::Table(table) => table.values_mut().for_each(|value| relocate(value, place)),
        Value::Text(_) | Value::Integer(_) | Value::Float(_) | Value::Bool(_) => {}
    }
}

fn line_of(text: &str, diagnostic: &Diagnostic) -> Option<usize> {
    let at = diagnostic.place.as_ref()?.span.start.min(text.len());
    Some(text.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count())
}

fn syntax_error(text: &str, file: usize, error: &toml::de::Error) -> Diagnostic {
    let message = error.message().lines().next().unwrap_or_default().to_owned();
    let span = error.span().unwrap_or(text.len()..text.len());
    let diagnostic = Diagnostic::error("E0102", format!("this is not TOML: {}", lower_first(&message)));
    let line =
        text.get(..span.start).map_or("", |before| &before[before.rfind('\n').map_or(0, |at| at + 1)..]);
    let diagnostic = diagnostic.at(Some(Place { file, span }), "here");
    if message.contains("duplicate key") {
        diagnostic.help("a key stands once in its table; take one of the two out")
    } else if line.contains('=') && line.matches('"').count() % 2 == 0 {
        diagnostic.help("texts stand in quotes: write `volume = \"2300 trucks/day\"`")
    } else if line.matches('"').count() % 2 == 1 {
        diagnostic.help("a text ends with the quote it began with, on the same line")
    } else {
        diagnostic.help("lines are `[section]` or `key = value`; texts stand in quotes, remarks behind `#`")
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn convert_table(table: &DeTable<'_>, file: usize, found: &mut Vec<Diagnostic>) -> BTreeMap<String, Node> {
    let entries = table.iter().map(|(key, value)| {
        let mut node = convert(value.get_ref(), Place { file, span: value.span() }, found);
        node.key = Some(Place { file, span: key.span() });
        (key.get_ref().to_string(), node)
    });
    entries.collect()
}

fn convert(value: &DeValue<'_>, place: Place, found: &mut Vec<Diagnostic>) -> Node {
    let value = match value {
        DeValue::String(text) => {
            found.extend(unseen(text).map(|c| unseen_character(c, place.clone())));
            Value::Text(text.to_string())
        }
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => {
                found.push(
                    Diagnostic::error("E0205", "this number is too large")
                        .at(Some(place.clone()), "cannot be read")
                        .help("write fewer digits"),
                );
                Value::Integer(0)
            }
        },
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(value) => Value::Text(value.to_string()),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| convert(item.get_ref(), Place { file: place.file, span: item.span() }, found))
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(convert_table(table, place.file, found)),
    };
    Node::new(value, place)
}

/// The first character of a text that would break the line it is shown in, or act on a terminal.
pub fn unseen(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control())
}

/// The diagnostic for what [`unseen`] finds.
pub fn unseen_character(character: char, place: Place) -> Diagnostic {
    let (name, help) = match character {
        '\n' | '\r' => (
            "the end of a line".to_owned(),
            "write it on one line; between `\"\"\"` a line that ends with `\\` goes on in the next",
        ),
        '\t' => ("a tab".to_owned(), "put a blank in its place"),
        c => (format!("the control character U+{:04X}", u32::from(c)), "take it out"),
    };
    Diagnostic::error("E0119", format!("there is {name} in this text")).at(Some(place), "").help(help)
}

/// What TOML 1.1 allows and we do not, read from the text itself: arrays of tables, headers of more
/// than two levels, inline tables over several lines or with a comma at their end. Also tells whether
/// the text is nested too deeply to be given to a parser.
fn house_rules(text: &str, file: usize) -> (Vec<Diagnostic>, bool) {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut rule = |span: std::ops::Range<usize>, message: &str, help: &str| {
        found.push(Diagnostic::error("E0115", message).at(Some(Place { file, span }), "").help(help));
    };
    // Open brackets: the bracket, where it stands, dots of the key before it, whether it was reported.
    let mut open: Vec<(u8, usize, usize, bool)> = Vec::new();
    let mut dots = 0;
    let mut at = 0;
    let mut line_is_blank = true;
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'#' => at += bytes[at..].iter().position(|&b| b == b'\n').unwrap_or(bytes.len() - at),
            b'"' | b'\'' => at = skip_string(bytes, at),
            b'\n' => {
                if let Some((b'{', from, _, reported @ false)) = open.last_mut() {
                    *reported = true;
                    rule(*from..*from + 1, "an inline table goes over several lines", INLINE_HELP);
                }
                if open.is_empty() {
                    dots = 0;
                }
                line_is_blank = true;
                at += 1;
                continue;
            }
            b'[' if line_is_blank && open.is_empty() => {
                let end = header_end(bytes, at);
                let header = text.get(at..end).unwrap_or("");
                if header.starts_with("[[") {
                    rule(
                        at..end,
                        "arrays of tables are not used here",
                        "give each one a name: `[station.primary]`",
                    );
                } else if header_levels(header) > 2 {
                    rule(
                        at..end,
                        "a header has at most two levels",
                        "write the rest as dotted keys below it: `lanes.standard = { servers = 6 }` under `[station.primary]`",
                    );
                }
                dots = header_levels(header);
                if dots > DEEPEST_TREE {
                    return (vec![too_deep(file, at)], true);
                }
                dots = 0;
                at = end;
            }
            b'[' | b'{' => {
                open.push((byte, at, dots, false));
                dots = 0;
                at += 1;
            }
            b']' | b'}' => {
                if byte == b'}' && bytes[..at].iter().rev().find(|b| !b.is_ascii_whitespace()) == Some(&b',')
                {
                    rule(at..at + 1, "an inline table ends with a comma", "take the last comma out");
                }
                dots = open.pop().map_or(0, |bracket| bracket.2);
                at += 1;
            }
            b'.' => {
                dots += 1;
                at += 1;
            }
            b',' => {
                dots = 0;
                at += 1;
            }
            _ => at += 1,
        }
        line_is_blank &= byte.is_ascii_whitespace();
        if open.len() + dots + open.iter().map(|bracket| bracket.2).sum::<usize>() > DEEPEST_TREE {
            return (vec![too_deep(file, at.min(text.len()))], true);
        }
    }
    (found, false)
}

const INLINE_HELP: &str =
    "keep it on one line, or write dotted keys: `lanes.standard.servers = 6`, `lanes.standard.open = 4`";

fn too_deep(file: usize, at: usize) -> Diagnostic {
    Diagnostic::error("E0103", format!("the file is nested more than {DEEPEST_TREE} levels deep"))
        .at(Some(Place { file, span: at..at + 1 }), "")
        .help("no section of a study is deeper than six levels: look for brackets that are never closed")
}

/// The byte after a string that begins at `at`. One-line strings end at the end of their line.
fn skip_string(bytes: &[u8], at: usize) -> usize {
    let quote = bytes[at];
    let long = bytes[at..].starts_with(&[quote; 3]);
    let mut at = if long { at + 3 } else { at + 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !long => return at,
            byte if byte == quote && !long => return at + 1,
            byte if byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn header_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len() && bytes[end] != b'\n' && bytes[end] != b'#' {
        match bytes[end] {
            b']' => {
                return end
                    + 1
                    + usize::from(bytes[at..].starts_with(b"[[") && bytes.get(end + 1) == Some(&b']'));
            }
            b'"' | b'\'' => end = skip_string(bytes, end),
            _ => end += 1,
        }
    }
    end
}

fn header_levels(header: &str) -> usize {
    let bytes = header.as_bytes();
    let (mut levels, mut at) = (1, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' | b'\'' => at = skip_string(bytes, at),
            byte => {
                levels += usize::from(byte == b'.');
                at += 1;
            }
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Node, Vec<Diagnostic>> {
        let mut sources = Sources::default();
        let file = sources.add("study.toml", text);
        read(&sources, file)
    }

    #[test]
    fn house_rules_point_at_what_they_forbid() {
        let codes =
            |text: &str| parse(text).err().map(|found| found.iter().map(|d| d.code).collect::<Vec<_>>());
        assert_eq!(codes("[[station]]\nx = 1\n"), Some(vec!["E0115"]));
        assert_eq!(codes("[a.b.c]\nx = 1\n"), Some(vec!["E0115"]));
        assert_eq!(codes("[a.\"b.c\"]\nx = 1\n"), None);
        assert_eq!(codes("a = { b = 1,\n c = 2 }\n"), Some(vec!["E0115"]));
        assert_eq!(codes("a = { b = 1, }\n"), Some(vec!["E0115"]));
        assert_eq!(codes("a = [\n 1,\n 2,\n]\n"), None);
        assert_eq!(codes("a = \"\"\"{ \\\n} {\"\"\"\n# {\nb = \"{\"\n"), None);
        assert_eq!(codes("a = '''\n{\n'''\n"), Some(vec!["E0119"]));
        assert_eq!(codes("a = \n"), Some(vec!["E0102"]));
    }

    #[test]
    fn nesting_has_an_end() {
        for text in [
            format!("{} = 1", vec!["a"; 100_000].join(".")),
            format!("[{}]", vec!["a"; 100_000].join(".")),
            "a = ".to_owned() + &"{ a = ".repeat(100_000),
            "a = ".to_owned() + &"[".repeat(100_000),
        ] {
            assert_eq!(parse(&text).unwrap_err()[0].code, "E0103");
        }
    }

    #[test]
    fn values_know_their_places() {
        let mut sources = Sources::default();
        let file =
            sources.add("study.toml", "[station.toll]\nservice = \"70 s\"\nlanes.a = { servers = 4 }\n");
        let root = read(&sources, file).expect("good TOML");
        let toll = &root.table().unwrap()["station"].table().unwrap()["toll"];
        let service = &toll.table().unwrap()["service"];
        assert_eq!(sources.slice(&service.place), "\"70 s\"");
        assert_eq!(sources.slice(&service.key_place()), "service");
        assert_eq!(sources.slice(&service.piece(&sources, 0..2)), "70");
        assert_eq!(sources.slice(&toll.key_place()), "toll");
        let lanes = &toll.table().unwrap()["lanes"];
        assert_eq!(sources.slice(&lanes.key_place()), "lanes");
        assert_eq!(sources.slice(&lanes.table().unwrap()["a"].place), "{ servers = 4 }");
    }
}
