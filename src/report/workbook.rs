//! Tables as one workbook for spreadsheets: a page that explains, then a page for each table.
//!
//! What a [`Sheet`] holds is written as it is: numbers as numbers, what is blank as no cell at all,
//! words always as words, never as a formula. Nothing tells date or machine, so the same tables give
//! the same bytes. A table with more rows than a page takes is left out, and the first page names
//! the file that has it.
//!
//! Tables of a run are in memory anyway, and so is their workbook. Tables of a sweep come point
//! after point, perhaps for hours: [`Book::streamed`] writes their rows to nameless temporary files
//! in a folder of the caller (the library's mode of constant memory) rather than read the finished CSV
//! files back, which no longer tell a number from a word. Only the packed result, which the rows of
//! a page bound, is held. It does not know what tables mean. Start at [`workbook`].
//!
//! The format is Office Open XML (ECMA-376), its limits are those of Excel.

use std::borrow::Cow;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::sheet::{Cell, Sheet, is_formula};

/// Rows of a page, the head among them.
const MOST_ROWS: u64 = 1_048_576;
/// Columns of a page.
const MOST_COLUMNS: usize = 16_384;
/// UTF-16 units of a cell.
const MOST_TEXT: usize = 32_767;
/// Characters in the name of a page.
const MOST_NAME: usize = 31;
/// Whole numbers up to here are exact in a cell, which holds a double.
const MOST_WHOLE: u64 = 1 << 53;
/// Name of the first page.
const READ_ME: &str = "Read me";

/// What the first page tells besides tables and columns.
#[derive(Clone, Debug)]
pub struct ReadMe<'a> {
    /// The study's question.
    pub title: &'a str,
    /// What the results rest on: seed, replications, version.
    pub facts: Vec<(&'static str, Cell)>,
    /// Sentences on what is not in the workbook.
    pub notes: Vec<String>,
}

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// The library refused.
    #[error("the workbook cannot be made")]
    Refused(#[from] XlsxError),
    /// The library gave up on a temporary file.
    #[error("its temporary file cannot be written")]
    GaveUp(#[source] io::Error),
}

/// The workbook of tables that are whole.
///
/// # Errors
///
/// When the library refuses, which tables that fit on their pages give no reason for.
pub fn workbook(read_me: &ReadMe<'_>, sheets: &[&Sheet]) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Book::in_memory();
    for sheet in sheets {
        let table = book.table(sheet)?;
        book.add(table, sheet)?;
    }
    book.bytes(read_me)
}

/// A workbook that is being made.
pub struct Book {
    workbook: Workbook,
    streamed: bool,
    tables: Vec<Table>,
    formats: Formats,
}

/// A table of a workbook, and its page as far as it has come.
struct Table {
    name: String,
    /// The sheet without rows.
    sheet: Sheet,
    rows: u64,
    /// `None` when the table does not fit.
    page: Option<Worksheet>,
    /// Characters of the widest cell, by column.
    widths: Vec<usize>,
    /// Whether a text was too long for a cell.
    cut: bool,
}

struct Formats {
    head: Format,
    /// Words that would be a formula if they were typed: they stay words when the cell is edited.
    quoted: Format,
    sentence: Format,
}

impl Book {
    /// A workbook held in memory.
    pub fn in_memory() -> Book {
        let formats = Formats {
            head: Format::new().set_bold(),
            quoted: Format::new().set_quote_prefix(),
            sentence: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        };
        Book { workbook: Workbook::new(), streamed: false, tables: Vec::new(), formats }
    }

    /// A workbook whose rows are held in temporary files in `folder`, which vanish with it.
    ///
    /// # Errors
    ///
    /// When no file can be made there.
    pub fn streamed(folder: &Path) -> Result<Book, WorkbookError> {
        let mut book = Book { streamed: true, ..Book::in_memory() };
        book.workbook.set_tempdir(folder)?;
        Ok(book)
    }

    /// Begins the next table, whose rows are those to come; tells its place.
    ///
    /// # Errors
    ///
    /// When the library refuses.
    pub fn table(&mut self, sheet: &Sheet) -> Result<usize, WorkbookError> {
        let name = page_name(sheet.name, &self.tables);
        let mut page = match self.streamed {
            true => self.workbook.new_worksheet_with_constant_memory()?,
            false => Worksheet::new(),
        };
        page.set_name(&name)?;
        page.set_freeze_panes(1, 0)?;
        let fits = sheet.columns.len() <= MOST_COLUMNS;
        for (column, head) in (0..).zip(sheet.columns.iter().filter(|_| fits)) {
            page.write_string_with_format(0, column, text(&head.name).0, &self.formats.head)?;
        }
        self.tables.push(Table {
            name,
            sheet: Sheet::new(sheet.name, sheet.sentence, sheet.columns.clone()),
            rows: 0,
            page: Some(page).filter(|_| fits),
            // The button of the filter covers the end of a head.
            widths: sheet.columns.iter().map(|column| column.name.chars().count() + 3).collect(),
            cut: false,
        });
        Ok(self.tables.len() - 1)
    }

    /// Adds the rows of `rows` to a table.
    ///
    /// # Errors
    ///
    /// When they cannot be written.
    pub fn add(&mut self, table: usize, rows: &Sheet) -> Result<(), WorkbookError> {
        let (table, formats) = (&mut self.tables[table], &self.formats);
        guarded(self.streamed, || rows.rows.iter().try_for_each(|row| table.push(row, formats)))
    }

    /// The finished file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn bytes(mut self, read_me: &ReadMe<'_>) -> Result<Vec<u8>, WorkbookError> {
        guarded(self.streamed, || {
            // A date of creation belongs to the format; this is the first that a ZIP file can tell.
            let created = ExcelDateTime::from_ymd(1980, 1, 1)?;
            let title = text(read_me.title).0;
            self.workbook
                .set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
            let first = first_page(read_me, &self.tables, &self.formats)?;
            self.workbook.push_worksheet(first);
            for table in self.tables {
                if let Some(page) = table.finished()? {
                    self.workbook.push_worksheet(page);
                }
            }
            self.workbook.save_to_buffer()
        })
    }
}

/// The library panics when a temporary file of its own cannot be written, though that is the
/// outside's doing; without such files a panic is a mistake of ours, and stays one.
fn guarded<T>(streamed: bool, work: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, WorkbookError> {
    if !streamed {
        return Ok(work()?);
    }
    let full = |_| WorkbookError::GaveUp(io::Error::other("is the disk full?"));
    Ok(catch_unwind(AssertUnwindSafe(work)).map_err(full)??)
}

impl Table {
    /// Adds a row; with the first that has no place the page is given up.
    fn push(&mut self, row: &[Cell], formats: &Formats) -> Result<(), XlsxError> {
        self.rows += 1;
        if self.rows + 1 > MOST_ROWS {
            self.page = None;
        }
        let Some(page) = &mut self.page else { return Ok(()) };
        for ((column, cell), width) in (0..).zip(row).zip(&mut self.widths) {
            let (wide, cut) = write(page, self.rows as u32, column, cell, formats)?;
            *width = wide.max(*width);
            self.cut |= cut;
        }
        Ok(())
    }

    /// Its page with filter and widths.
    fn finished(self) -> Result<Option<Worksheet>, XlsxError> {
        let Some(mut page) = self.page else { return Ok(None) };
        for (column, width) in (0..).zip(&self.widths) {
            page.set_column_width(column, (*width).clamp(8, 60) as f64)?;
        }
        if let Some(last) = self.widths.len().checked_sub(1) {
            page.autofilter(0, 0, self.rows as u32, last as u16)?;
        }
        Ok(Some(page))
    }

    /// What the first page says of it.
    fn sentence(&self) -> String {
        let file = format!("tables/{}.csv", self.sheet.name);
        let more = match (&self.page, self.cut) {
            (None, _) => format!(
                " Left out here: a page takes {MOST_ROWS} rows and {MOST_COLUMNS} columns. It is in {file}."
            ),
            (Some(_), true) => {
                format!(" Texts that end in … are longer than a cell takes; {file} has them whole.")
            }
            (Some(_), false) => String::new(),
        };
        format!("{}{more}", self.sheet.sentence)
    }
}

/// Writes a cell; tells how wide it is, and whether its text was too long.
fn write(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(usize, bool), XlsxError> {
    // A spreadsheet rounds what it shows to the width of the column.
    const NUMBER: usize = 12;
    match cell {
        Cell::Number(number) if number.is_finite() => {
            page.write_number(row, column, *number).map(|_| (NUMBER, false))
        }
        Cell::Whole(number) if number.unsigned_abs() <= MOST_WHOLE => {
            page.write_number(row, column, *number as f64).map(|_| (number.to_string().len() + 1, false))
        }
        Cell::Whole(number) => page.write_string(row, column, number.to_string()).map(|_| (NUMBER, false)),
        Cell::Text(words) => {
            let (words, cut) = text(words);
            let wide = words.lines().map(|line| line.chars().count() + 1).max().unwrap_or(0);
            let page = if is_formula(&words) {
                page.write_string_with_format(row, column, words, &formats.quoted)
            } else {
                page.write_string(row, column, words)
            };
            page.map(|_| (wide, cut))
        }
        Cell::Blank | Cell::Number(_) => Ok((0, false)),
    }
}

/// A text as a cell takes it, and whether it had to be cut.
fn text(text: &str) -> (Cow<'_, str>, bool) {
    if text.encode_utf16().count() <= MOST_TEXT {
        return (Cow::Borrowed(text), false);
    }
    let mut left = MOST_TEXT - 1;
    let fits = |c: &char| {
        let room = left.checked_sub(c.len_utf16());
        left = room.unwrap_or(0);
        room.is_some()
    };
    let mut short: String = text.chars().take_while(fits).collect();
    short.push('…');
    (Cow::Owned(short), true)
}

/// The name of a table as a page may have it: short, without `[]:*?/\`, and not given twice, where
/// capitals do not count; what is not ASCII may count twice, and is replaced too.
fn page_name(name: &str, before: &[Table]) -> String {
    let taken = |name: &str| {
        let name = name.to_lowercase();
        // Excel keeps the second for itself.
        [READ_ME, "History"].iter().any(|kept| kept.to_lowercase() == name)
            || before.iter().any(|table| table.name.to_lowercase() == name)
    };
    let allowed =
        |c: char| if c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.') { c } else { '_' };
    let cut = |most: usize| {
        let name: String = name.chars().map(allowed).take(most).collect();
        if name.trim().is_empty() { "table".to_owned() } else { name }
    };
    let numbered = (2..).map(|number| {
        let end = format!("_{number}");
        cut(MOST_NAME - end.len()) + &end
    });
    let name = std::iter::once(cut(MOST_NAME)).chain(numbered).find(|name| !taken(name));
    name.expect("numbers do not end")
}

/// The page that explains the others.
fn first_page(read_me: &ReadMe<'_>, tables: &[Table], formats: &Formats) -> Result<Worksheet, XlsxError> {
    let mut page = Worksheet::new();
    page.set_name(READ_ME)?;
    for (column, width) in [(0, 18), (1, 34), (2, 16), (3, 100)] {
        page.set_column_width(column, width)?;
    }
    page.write_string_with_format(0, 0, text(read_me.title).0, &formats.head)?;
    let mut row = 2;
    for (name, cell) in &read_me.facts {
        page.write_string(row, 0, *name)?;
        write(&mut page, row, 1, cell, formats)?;
        row += 1;
    }
    row += 1;
    let always = "An empty cell means that nothing was observed or nothing applies, never 0.";
    for note in std::iter::once(always).chain(read_me.notes.iter().map(String::as_str)) {
        page.write_string(row, 0, note)?;
        row += 1;
    }
    row += 1;
    head(&mut page, row, ["sheet", "file", "rows", "what it is"], formats)?;
    for table in tables {
        row += 1;
        page.write_string(row, 0, &table.name)?;
        page.write_string(row, 1, format!("tables/{}.csv", table.sheet.name))?;
        page.write_number(row, 2, table.rows as f64)?;
        page.write_string_with_format(row, 3, table.sentence(), &formats.sentence)?;
    }
    row += 2;
    head(&mut page, row, ["sheet", "column", "unit", "meaning"], formats)?;
    for (table, column) in tables.iter().flat_map(|table| table.sheet.columns.iter().map(move |c| (table, c)))
    {
        row += 1;
        page.write_string(row, 0, &table.name)?;
        write(&mut page, row, 1, &Cell::from(column.name.as_ref()), formats)?;
        page.write_string(row, 2, column.unit)?;
        page.write_string_with_format(row, 3, column.sentence, &formats.sentence)?;
    }
    Ok(page)
}

fn head(page: &mut Worksheet, row: u32, words: [&str; 4], formats: &Formats) -> Result<(), XlsxError> {
    for (column, word) in (0..).zip(words) {
        page.write_string_with_format(row, column, word, &formats.head)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::super::sheet::Column;
    use super::*;

    const HOSTILE: [&str; 9] = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-2",
        "@SUM(1)",
        "<a>&\"x\"]]>",
        " spaces and\nlines ",
        "http://127.0.0.1/x",
        "_x0041_",
        "2024-01-01",
    ];

    fn hostile() -> Sheet {
        let columns =
            vec![Column::text("=name", "=Its name."), Column::number("wait_min", "min", "Its wait.")];
        let mut sheet = Sheet::new("test", "=A row is a thing.", columns);
        for text in HOSTILE {
            sheet.push(vec![text.into(), (0.1 + 0.2).into()]);
        }
        sheet.push(vec![Cell::Blank, f64::NAN.into()]);
        sheet.push(vec!["x".repeat(40_000).into(), Cell::Whole(i64::MAX)]);
        sheet
    }

    fn read_me() -> ReadMe<'static> {
        ReadMe { title: "=title", facts: vec![("seed", 7_u32.into())], notes: Vec::new() }
    }

    fn open(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(bytes)).expect("a workbook")
    }

    fn cell(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str, row: u32, column: u32) -> Data {
        let range = book.worksheet_range(sheet).expect("the page is there");
        range.get_value((row, column)).cloned().unwrap_or(Data::Empty)
    }

    #[test]
    fn the_same_tables_give_the_same_bytes() {
        let make = || workbook(&read_me(), &[&hostile()]).expect("a workbook");
        assert_eq!(make(), make());
    }

    #[test]
    fn words_stay_words_and_numbers_numbers_however_it_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut streamed = Book::streamed(folder.path()).expect("a book");
        let sheet = hostile();
        let place = streamed.table(&sheet).expect("a table");
        for row in &sheet.rows {
            streamed.add(place, &Sheet { rows: vec![row.clone()], ..sheet.clone() }).expect("a row");
        }
        let streamed = streamed.bytes(&read_me()).expect("a workbook");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
        for bytes in [workbook(&read_me(), &[&sheet]).expect("a workbook"), streamed] {
            let mut book = open(bytes);
            assert_eq!(book.sheet_names(), ["Read me", "test"]);
            assert_eq!(cell(&mut book, "Read me", 0, 0), Data::String("=title".to_owned()));
            for (row, text) in (1..).zip(HOSTILE) {
                assert_eq!(cell(&mut book, "test", row, 0), Data::String(text.to_owned()));
                assert_eq!(cell(&mut book, "test", row, 1), Data::Float(0.1 + 0.2));
            }
            for page in ["Read me", "test"] {
                let formulas = book.worksheet_formula(page).expect("the page is there");
                assert!(formulas.used_cells().next().is_none(), "{page}");
            }
            let row = HOSTILE.len() as u32 + 1;
            assert_eq!(cell(&mut book, "test", row, 0), Data::Empty);
            assert_eq!(cell(&mut book, "test", row, 1), Data::Empty);
            let Data::String(cut) = cell(&mut book, "test", row + 1, 0) else { panic!("a text") };
            assert!(cut.ends_with("x…") && cut.chars().count() == MOST_TEXT, "{}", cut.len());
            // A double would not hold it.
            assert_eq!(cell(&mut book, "test", row + 1, 1), Data::String(i64::MAX.to_string()));
        }
    }

    #[test]
    fn a_table_that_no_page_takes_is_named_on_the_first() {
        let long = Sheet::new("long", "A row is a thing.", vec![Column::whole("n", "", "Its number.")]);
        let mut book = Book::in_memory();
        let place = book.table(&long).expect("a table");
        book.tables[place].rows = MOST_ROWS - 2;
        let row = Sheet { rows: vec![vec![Cell::Whole(1)]], ..long.clone() };
        book.add(place, &row).expect("the last row that fits");
        assert!(book.tables[place].page.is_some());
        book.add(place, &row).expect("one more is counted");
        let mut book = open(book.bytes(&read_me()).expect("a workbook"));
        assert_eq!(book.sheet_names(), ["Read me"]);
        let Data::String(told) = cell(&mut book, "Read me", 7, 3) else { panic!("a sentence") };
        assert!(told.contains("Left out") && told.contains("tables/long.csv"), "{told}");
        assert_eq!(cell(&mut book, "Read me", 7, 2), Data::Float(MOST_ROWS as f64));
    }

    #[test]
    fn names_of_pages_are_ones_that_spreadsheets_take() {
        let long = "a name of more than thirty-one characters";
        let mut tables = Vec::new();
        for (name, expected) in [
            ("wait[1]:*?/\\x", "wait_1______x"),
            ("Read Me", "Read Me_2"),
            ("history", "history_2"),
            ("'quoted'", "_quoted_"),
            ("", "table"),
            (long, "a name of more than thirty-one "),
            (long, "a name of more than thirty-on_2"),
        ] {
            let name = page_name(name, &tables);
            assert!(name.chars().count() <= MOST_NAME, "{name}");
            assert_eq!(name.trim_end(), expected.trim_end());
            let sheet = Sheet::new("x", "A row is a thing.", Vec::new());
            tables.push(Table { name, sheet, rows: 0, page: None, widths: Vec::new(), cut: false });
        }
    }
}
