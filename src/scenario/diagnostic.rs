//! What is wrong with a study, where, and what to do about it.
//!
//! A [`Diagnostic`] has a code, a message, the piece of text it is about, and help; [`Sources`] holds
//! the texts of all files that were read, and draws diagnostics in file order. It does not know what
//! the text means. Foreign text is never shown raw: control and direction marks are escaped and long
//! lines are cut. Start at [`Diagnostic`].

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be run.
    Error,
    /// It can be run, but should be looked at.
    Warning,
}

/// A piece of text in one of the files that were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index into [`Sources`].
    pub file: usize,
    /// Bytes of its text.
    pub span: Range<usize>,
}

/// One mistake, or one thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// As `cruce explain` knows it.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: lower case, names in backticks, no full stop.
    pub message: String,
    /// Where; `None` when it is about no piece of text.
    pub place: Option<Place>,
    /// The key it is about, or the file: what stays the same when the lines of a file are moved.
    pub origin: Option<String>,
    /// What stands beside the underline.
    pub label: String,
    /// Other places that matter, with their labels.
    pub others: Vec<(Place, String)>,
    /// Facts.
    pub notes: Vec<String>,
    /// Ways out.
    pub helps: Vec<String>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    /// A warning without a place.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    fn new(code: &'static str, severity: Severity, message: String) -> Self {
        Diagnostic {
            code,
            severity,
            message,
            place: None,
            origin: None,
            label: String::new(),
            others: Vec::new(),
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    /// Puts it at a place, with a label beside the underline (may be empty).
    pub fn at(mut self, place: Option<Place>, label: impl Into<String>) -> Self {
        self.place = place;
        self.label = label.into();
        self
    }

    /// Says which key (or file) it is about.
    pub fn about(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Shows another place too.
    pub fn also(mut self, place: Option<Place>, label: impl Into<String>) -> Self {
        self.others.extend(place.map(|place| (place, label.into())));
        self
    }

    /// Adds a fact.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a way out.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Whether nothing can be run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Names and texts of the files that were read.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: String,
    /// Byte at which each line begins.
    lines: Vec<usize>,
}

/// More diagnostics than this are counted, not drawn.
const MOST_DRAWN: usize = 200;
/// Lines longer than this many characters are cut around the piece that is underlined.
const LONGEST_LINE: usize = 110;
/// Longest run of foreign text inside a message.
const LONGEST_MESSAGE: usize = 1_000;

impl Sources {
    /// Adds a file and tells its index. Names are relative to the study folder.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> usize {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(Source { name: name.into(), text, lines });
        self.files.len() - 1
    }

    /// Name of a file.
    pub fn name(&self, file: usize) -> &str {
        &self.files[file].name
    }

    /// Text of a file.
    pub fn text(&self, file: usize) -> &str {
        &self.files[file].text
    }

    /// Names and texts, in the order in which they were read.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|source| (source.name.as_str(), source.text.as_str()))
    }

    /// The text at a place; empty if there is none.
    pub fn slice(&self, place: &Place) -> &str {
        self.files.get(place.file).and_then(|source| source.text.get(place.span.clone())).unwrap_or("")
    }

    /// Line and column of a place, both from 1, columns in characters.
    pub fn position(&self, place: &Place) -> (usize, usize) {
        let source = &self.files[place.file];
        let start = floor_char(&source.text, place.span.start);
        let line = source.lines.partition_point(|&begin| begin <= start) - 1;
        (line + 1, source.text[source.lines[line]..start].chars().count() + 1)
    }

    /// `file:line` of a place.
    pub fn locate(&self, place: &Place) -> String {
        format!("{}:{}", escaped(self.name(place.file)), self.position(place).0)
    }

    /// All diagnostics in file order, as a planner reads them, and a line that counts them.
    pub fn render(&self, diagnostics: &[Diagnostic], color: bool) -> String {
        if diagnostics.is_empty() {
            return String::new();
        }
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by_key(|d| {
            d.place.as_ref().map_or((usize::MAX, 0, 0), |p| (p.file, p.span.start, p.span.end))
        });
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for diagnostic in sorted.iter().take(MOST_DRAWN) {
            out.push_str(&self.draw(diagnostic, &renderer));
            out.push_str("\n\n");
        }
        if sorted.len() > MOST_DRAWN {
            let _ = writeln!(out, "... and {} more\n", sorted.len() - MOST_DRAWN);
        }
        let errors = diagnostics.iter().filter(|d| d.is_error()).count();
        let counts = [count(errors, "error"), count(diagnostics.len() - errors, "warning")];
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        let _ = writeln!(out, "{}", counts.join(", "));
        out
    }

    fn draw(&self, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut cut = Vec::new();
        let mut group =
            Group::with_title(level.primary_title(shown(&diagnostic.message)).id(diagnostic.code));
        let first = diagnostic
            .place
            .as_ref()
            .map(|place| (place, diagnostic.label.as_str(), AnnotationKind::Primary));
        let others =
            diagnostic.others.iter().map(|(place, label)| (place, label.as_str(), AnnotationKind::Context));
        for (place, label, kind) in first.into_iter().chain(others) {
            if place.file >= self.files.len() {
                continue;
            }
            let (line, column) = self.position(place);
            let window = self.window(place);
            let name = escaped(self.name(place.file));
            let drawn_column = window.text[..window.span.start].chars().count() + 1;
            if column != drawn_column {
                cut.push((format!("{name}:{line}:{drawn_column}\n"), format!("{name}:{line}:{column}\n")));
            }
            if window.text.is_empty() {
                group = group.element(Origin::path(name).line(line).char_column(column));
                continue;
            }
            let annotation =
                kind.span(window.span).label(Some(shown(label)).filter(|label| !label.is_empty()));
            let snippet = Snippet::source(window.text).path(name).line_start(line).fold(false);
            group = group.element(snippet.annotation(annotation));
        }
        for note in &diagnostic.notes {
            group = group.element(Level::NOTE.message(shown(note)));
        }
        for help in &diagnostic.helps {
            group = group.element(Level::HELP.message(shown(help)));
        }
        // Columns count from the start of the whole line, not of what is drawn of it.
        cut.iter().fold(renderer.render(&[group]), |drawn, (cut, whole)| drawn.replacen(cut, whole, 1))
    }

    /// The first line of a place, escaped and cut, and where the place lies in it.
    fn window(&self, place: &Place) -> Window {
        let text = &self.files[place.file].text;
        let start = floor_char(text, place.span.start);
        let begin = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let stop = floor_char(text, place.span.end).clamp(start, end);
        // Cut before escaping, so that a line of megabytes costs nothing.
        let from = if text[begin..start].chars().count() <= LONGEST_LINE / 2 {
            begin
        } else {
            back_chars(text, start, LONGEST_LINE / 2)
        };
        let stop = ahead_chars(text, start, LONGEST_LINE).min(stop);
        let to = ahead_chars(text, from, LONGEST_LINE).max(stop).min(end);
        let mut shown = String::new();
        if from > begin {
            shown.push_str("...");
        }
        shown.push_str(&escaped(&text[from..start]));
        let span_start = shown.len();
        shown.push_str(&escaped(text[start..stop].trim_end_matches('\r')));
        let span_end = shown.len();
        shown.push_str(&escaped(text[stop..to].trim_end_matches('\r')));
        if to < end {
            shown.push_str("...");
        }
        Window { text: shown, span: span_start..span_end }
    }
}

struct Window {
    text: String,
    span: Range<usize>,
}

fn count(number: usize, word: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{number} {word}s")),
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn back_chars(text: &str, from: usize, count: usize) -> usize {
    text[..from].char_indices().rev().nth(count.saturating_sub(1)).map_or(0, |(at, _)| at)
}

fn ahead_chars(text: &str, from: usize, count: usize) -> usize {
    text[from..].char_indices().nth(count).map_or(text.len(), |(at, _)| from + at)
}

/// Text that may stand in a message: escaped, and cut when it is very long.
fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        None => escaped(text),
        Some((at, _)) => escaped(&text[..at]) + "...",
    }
}

/// Text with control characters and direction marks made visible; tabs become a blank.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Characters that change how the text around them is drawn, or that cannot be seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_place_label_and_help() {
        let mut sources = Sources::default();
        let file = sources.add("study.toml", "a = 1\nservice = \"-45 s\"\n");
        let d = Diagnostic::error("E0204", "service time of `primary` cannot be negative")
            .at(Some(Place { file, span: 16..23 }), "a duration of zero or more")
            .help("for a station without service, leave `service` out");
        let expected = "\
error[E0204]: service time of `primary` cannot be negative
 --> study.toml:2:11
  |
2 | service = \"-45 s\"
  |           ^^^^^^^ a duration of zero or more
  |
  = help: for a station without service, leave `service` out

1 error
";
        assert_eq!(sources.render(&[d], false), expected);
    }

    #[test]
    fn foreign_text_is_never_raw() {
        let mut sources = Sources::default();
        let text = format!("x = \"\u{1b}[31m\u{202e}evil\"{}", " ".repeat(100_000));
        let file = sources.add("study.toml", text);
        let d =
            Diagnostic::warning("W0401", "look at \u{1b}[2J this").at(Some(Place { file, span: 4..18 }), "");
        let drawn = sources.render(&[d], false);
        assert!(!drawn.contains('\u{1b}') && !drawn.contains('\u{202e}'), "{drawn}");
        assert!(drawn.len() < 1_000, "{}", drawn.len());
    }

    #[test]
    fn places_outside_the_text_do_not_panic() {
        let mut sources = Sources::default();
        let file = sources.add("é.toml", "é");
        for span in [0..0, 1..2, 0..99, 99..100] {
            let d = Diagnostic::error("E0102", "x").at(Some(Place { file, span }), "y");
            assert!(sources.render(&[d], true).contains("E0102"));
        }
    }
}
