//! Tidy tables for files: columns that explain themselves, and rows of cells.
//!
//! A [`Sheet`] becomes one CSV file and one entry of `datapackage.json`, so the two cannot
//! disagree. Numbers are written in the shortest form that reads back exactly; what was not
//! observed is blank, never 0 or NaN. A text that a spreadsheet would run as a formula gets an
//! apostrophe before it. It does not know what the columns mean. Start at [`Sheet`].

use std::borrow::Cow;

/// A table that will be a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Name of the file without folder and ending: `measures`.
    pub name: &'static str,
    /// What a row is, in a sentence.
    pub sentence: &'static str,
    /// What the cells of a row mean, in order.
    pub columns: Vec<Column>,
    /// The rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

/// What the cells of a column mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name in the head of the file: lower case, words joined by `_`, unit at the end if fixed.
    pub name: Cow<'static, str>,
    /// What its cells hold.
    pub kind: Kind,
    /// Unit of its numbers; empty for texts and pure numbers.
    pub unit: &'static str,
    /// Its meaning in a sentence.
    pub sentence: &'static str,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Numbers with a fraction.
    Number,
    /// Whole numbers.
    Whole,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing was observed, or nothing applies.
    Blank,
    /// Words.
    Text(String),
    /// A number with a fraction.
    Number(f64),
    /// A whole number.
    Whole(i64),
}

impl Column {
    /// A column of words.
    pub const fn text(name: &'static str, sentence: &'static str) -> Self {
        Column { name: Cow::Borrowed(name), kind: Kind::Text, unit: "", sentence }
    }

    /// A column of numbers in `unit`.
    pub const fn number(name: &'static str, unit: &'static str, sentence: &'static str) -> Self {
        Column { name: Cow::Borrowed(name), kind: Kind::Number, unit, sentence }
    }

    /// A column of whole numbers in `unit`.
    pub const fn whole(name: &'static str, unit: &'static str, sentence: &'static str) -> Self {
        Column { name: Cow::Borrowed(name), kind: Kind::Whole, unit, sentence }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Cell::Number(number)
    }
}

macro_rules! cell_from_whole {
    ($($whole:ty),*) => {$(
        impl From<$whole> for Cell {
            fn from(number: $whole) -> Self {
                Cell::Whole(i64::from(number))
            }
        }
    )*};
}
cell_from_whole!(u8, u16, u32, i32, i64);

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or(Cell::Number(number as f64), Cell::Whole)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Cell::from(number as u64)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Blank, Into::into)
    }
}

impl Cell {
    /// As it stands in a CSV file, before quoting.
    fn field(&self) -> String {
        match self {
            Cell::Blank => String::new(),
            Cell::Text(text) => harmless(text),
            Cell::Number(number) if number.is_finite() => number.to_string(),
            Cell::Number(_) => String::new(),
            Cell::Whole(number) => number.to_string(),
        }
    }
}

/// The text with an apostrophe before it if a spreadsheet would take it for a formula.
fn harmless(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Whether a spreadsheet would take the text for a formula if it were typed.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

impl Sheet {
    /// A sheet without rows.
    pub fn new(name: &'static str, sentence: &'static str, columns: Vec<Column>) -> Self {
        Sheet { name, sentence, columns, rows: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    ///
    /// When the row has not one cell per column.
    pub fn push(&mut self, row: Vec<Cell>) {
        assert_eq!(row.len(), self.columns.len(), "a row of `{}` has one cell per column", self.name);
        self.rows.push(row);
    }

    /// The file: UTF-8, comma, one head line, lines end with LF.
    pub fn csv(&self) -> Vec<u8> {
        [self.head(), self.body()].concat()
    }

    /// The head line of the file.
    pub fn head(&self) -> Vec<u8> {
        lines([self.columns.iter().map(|column| column.name.to_string()).collect()])
    }

    /// The lines of the rows: files that are too large for memory are written piece by piece.
    pub fn body(&self) -> Vec<u8> {
        lines(self.rows.iter().map(|row| row.iter().map(Cell::field).collect()))
    }
}

fn lines(records: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    for record in records {
        writer.write_record(record).expect("records of one sheet have the same length");
    }
    writer.into_inner().expect("flushing to memory succeeds")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(rows: Vec<Vec<Cell>>) -> Sheet {
        let columns = vec![Column::text("name", "Its name."), Column::number("wait_min", "min", "Its wait.")];
        Sheet { rows, ..Sheet::new("test", "A row is a thing.", columns) }
    }

    #[test]
    fn numbers_read_back_exactly_and_what_is_missing_is_blank() {
        let hard = 0.1 + 0.2;
        let rows = vec![
            vec!["a".into(), hard.into()],
            vec!["b".into(), None::<f64>.into()],
            vec!["c".into(), f64::NAN.into()],
            vec!["d".into(), (-1e-7).into()],
        ];
        let text = String::from_utf8(sheet(rows).csv()).expect("UTF-8");
        assert_eq!(text, "name,wait_min\na,0.30000000000000004\nb,\nc,\nd,-0.0000001\n");
        assert_eq!("0.30000000000000004".parse::<f64>(), Ok(hard));
    }

    #[test]
    fn formulas_become_texts_but_numbers_stay_numbers() {
        let rows = vec![
            vec!["=1+1".into(), (-2.5).into()],
            vec!["@x, \"y\"".into(), 3.0.into()],
            vec!["-\nz".into(), Cell::Blank],
        ];
        let text = String::from_utf8(sheet(rows).csv()).expect("UTF-8");
        assert_eq!(text, "name,wait_min\n'=1+1,-2.5\n\"'@x, \"\"y\"\"\",3\n\"'-\nz\",\n");
    }
}
