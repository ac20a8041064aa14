//! The parts of a page: sections, figures with their tables, tables, facts, boxes.
//!
//! Everything is readable without scripts; what a user wrote is escaped by `maud` and isolated in direction. Start at
//! [`section`] and [`table`].

use maud::{Markup, PreEscaped, Render, html};

use super::super::figure::{Drawn, Figure, Missing};
use super::super::number::grouped;
use super::super::said::{self, Said, foreign, said, same};
use super::super::sheet::{Cell, Column, Sheet};

/// More rows than this of a table behind a figure are left to files.
const MOST_ROWS: usize = 240;

/// A section: its id, its heading, what stands in it, and what it says in plain words.
pub struct Section {
    /// The anchor.
    pub id: &'static str,
    /// The heading.
    pub title: Said,
    /// What stands in it.
    pub body: Markup,
    /// In a sentence that needs no schooling; it ends the section.
    pub plain: Said,
}

/// A section of the page.
pub fn section(number: usize, section: &Section) -> Markup {
    html! {
        section id=(section.id) aria-labelledby={ "h-" (section.id) } {
            h2 id={ "h-" (section.id) } { span.number { (number) } " " (section.title) }
            (section.body)
            p.plain { strong { (said("In plain words: ", "En palabras sencillas: ")) } (section.plain) }
        }
    }
}

/// A figure with its caption and the table behind it; or why it is not there.
pub fn figure(number: usize, drawn: &Drawn) -> Markup {
    match drawn {
        Ok(drawn) => shown(number, drawn),
        Err(Missing { id, title, why }) => html! {
            figure.missing id=(id) {
                h3 { (said("Figure ", "Figura ")) (number) ". " (title) }
                figcaption { (said("Not shown. ", "No se muestra. ")) (ticked(why)) }
            }
        },
    }
}

fn shown(number: usize, figure: &Figure) -> Markup {
    let label = format!("t-{}", figure.id);
    html! {
        figure id=(figure.id) {
            h3 id=(label) { (said("Figure ", "Figura ")) (number) ". " (figure.title) }
            div.scroll tabindex="0" role="group" aria-labelledby=(label) {
                (PreEscaped(figure.svg.for_page(&label)))
            }
            figcaption { (ticked(&figure.caption)) }
            details {
                summary { (said("Data of figure ", "Datos de la figura ")) (number) }
                (sheet(&figure.data, &figure.title))
            }
        }
    }
}

/// A table of files as one for people: heads in words, numbers rounded.
pub fn sheet(sheet: &Sheet, caption: &Said) -> Markup {
    let head: Vec<Said> = sheet.columns.iter().map(head).collect();
    let rows = sheet.rows.iter().take(MOST_ROWS);
    let rows: Vec<Vec<Said>> = rows
        .map(|row| row.iter().zip(&sheet.columns).map(|(value, column)| cell(value, column)).collect())
        .collect();
    let left = sheet.rows.len().saturating_sub(MOST_ROWS);
    html! {
        (table(caption, &head, &rows))
        @if left > 0 {
            p.note {
                (ticked(&said(
                    format!("{} more rows: write them all with `cruce plot {} RUN --format csv`.", grouped(left as f64, 0), sheet.name),
                    format!("{} filas más: `cruce plot {} RUN --format csv` las escribe todas.", grouped(left as f64, 0), sheet.name),
                )))
            }
        }
    }
}

fn head(column: &Column) -> Said {
    let name = said::column(&column.name);
    match column.unit {
        "" | "as in `unit`" => name,
        _ if name.en.contains('(') => name,
        unit => name.join(" ", &said::unit(unit).map(|unit| format!("({unit})"))),
    }
}

fn cell(cell: &Cell, column: &Column) -> Said {
    match cell {
        Cell::Whole(year) if column.name.ends_with("year") => same(year.to_string()),
        Cell::Blank => Said::default(),
        Cell::Text(text) => said::key(text),
        Cell::Number(number) => same(rounded(*number)),
        Cell::Whole(number) => same(grouped(*number as f64, 0)),
    }
}

/// A number to four digits: `1,234`, `12.34`, `0.001234`.
pub fn rounded(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let decimals = match number.abs() {
        0.0 => 0,
        large if large >= 1_000.0 => 0,
        large if large >= 100.0 => 1,
        middle if middle >= 1.0 => 2,
        small if small >= 0.01 => 3,
        _ => 6,
    };
    let text = grouped(number, decimals);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A table with a caption; the first column names its rows.
pub fn table(caption: &Said, head: &[Said], rows: &[Vec<Said>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label=(plain(caption)) {
            table {
                caption { (caption) }
                thead { tr { @for name in head { th scope="col" { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (place, text) in row.iter().enumerate() {
                                @if place == 0 { th scope="row" { bdi { (text) } } }
                                @else { td { bdi { (text) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A text for an attribute, which cannot hold two languages apart: both, when they differ.
pub fn plain(text: &Said) -> String {
    if text.en == text.es { text.en.clone() } else { format!("{} / {}", text.en, text.es) }
}

/// Facts, each with its name.
pub fn facts(facts: &[(Said, Said)]) -> Markup {
    html! { dl.facts { @for (name, fact) in facts { div { dt { (name) } dd { bdi { (fact) } } } } } }
}

/// A list of sentences.
pub fn list(items: &[Said]) -> Markup {
    html! { ul { @for item in items { li { (ticked(item)) } } } }
}

/// Text as it stands in a file or is typed.
pub fn code(text: &str) -> Markup {
    html! { code { (text) } }
}

/// A sentence of this program in which commands and keys stand between backticks, as on the terminal.
pub fn ticked(text: &Said) -> Markup {
    let pieces = |text: &str| {
        let parts: Vec<&str> = text.split('`').collect();
        // The last one of an odd number of backticks is a backtick.
        let pairs = parts.len() % 2 == 1;
        html! {
            @for (place, part) in parts.iter().enumerate() {
                @if place % 2 == 0 { (part) }
                @else if pairs || place + 2 < parts.len() { (code(part)) }
                @else { "`" (part) }
            }
        }
    };
    html! {
        @if text.en == text.es { (pieces(&text.en)) }
        @else {
            span lang="en" { (pieces(&text.en)) }
            span lang="es" { (pieces(&text.es)) }
        }
    }
}

/// A paragraph.
pub fn p(text: impl Render) -> Markup {
    html! { p { (text) } }
}

/// A name that a user gave.
pub fn name(text: &str) -> Said {
    same(foreign(text))
}
