//! The tables of a sweep as figures read them: by the names of columns, factors told from keys that move together.
//!
//! Start at [`Swept`].

use std::collections::BTreeMap;

use super::SweepTables;
use super::panel::leading_number;
use crate::measure::Entry;
use crate::report::said::foreign;

/// A sweep.
pub(super) struct Swept<'a>(&'a SweepTables);

/// A table: its head and rows.
pub(super) struct Table<'a> {
    head: &'a [String],
    rows: &'a [Vec<String>],
}

/// A row of a table.
type Row<'a> = &'a [String];

/// Something that is varied.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Factor {
    /// The keys that move together; the first names it.
    pub keys: Vec<String>,
    /// Its levels, in the order in which they come first: small numbers first where all are numbers.
    pub levels: Vec<String>,
}

/// A point with its place among the levels of factors.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// Its number.
    pub number: u64,
    /// The scenario that is varied.
    pub scenario: String,
    /// By factor: its level.
    pub at: Vec<usize>,
    /// Whether it reaches the goals: `met`, `missed`, `not settled`, or blank.
    pub goals: String,
    /// Of the measure asked for: mean, lower and upper end.
    pub value: [Option<f64>; 3],
    /// Replications.
    pub n: Option<f64>,
}

impl<'a> Swept<'a> {
    pub(super) fn of(tables: &'a SweepTables) -> Self {
        Swept(tables)
    }

    pub(super) fn name(&self) -> &'a str {
        &self.0.name
    }

    pub(super) fn table(&self, name: &str) -> Option<Table<'a>> {
        let (head, rows) = self.0.tables.get(name)?.split_first()?;
        Some(Table { head, rows })
    }

    /// Whether its points are years.
    pub(super) fn has_years(&self) -> bool {
        self.table("points").is_some_and(|table| table.column("year").is_some())
    }

    /// What is varied, the year too.
    pub(super) fn factors(&self) -> Vec<Factor> {
        let Some(table) = self.table("points") else { return Vec::new() };
        let end = table.column("replications").unwrap_or(table.head.len());
        let mut factors: Vec<Factor> = Vec::new();
        let mut seen: Vec<Vec<&str>> = Vec::new();
        for column in 2..end {
            let cells: Vec<&str> =
                table.rows.iter().map(|row| row.get(column).map_or("", String::as_str)).collect();
            if let Some(alike) = seen.iter().position(|other| goes_with(other, &cells)) {
                factors[alike].keys.push(table.head[column].clone());
                continue;
            }
            let mut levels: Vec<String> = Vec::new();
            for cell in cells.iter().filter(|cell| !cell.is_empty()) {
                if !levels.iter().any(|level| level == cell) {
                    levels.push((*cell).to_owned());
                }
            }
            if levels.iter().all(|level| leading_number(level).is_some()) {
                levels.sort_by(|a, b| {
                    let of = |level: &str| leading_number(level).unwrap_or(0.0);
                    of(a).total_cmp(&of(b))
                });
            }
            factors.push(Factor { keys: vec![table.head[column].clone()], levels });
            seen.push(cells);
        }
        factors
    }

    /// All points but the baseline as it stands, with a measure.
    pub(super) fn points(&self, factors: &[Factor], measure: &Entry) -> Vec<Point> {
        let (Some(points), Some(values)) = (self.table("points"), self.table("sweep")) else {
            return Vec::new();
        };
        let by_point: BTreeMap<String, Row> =
            values.rows_of(measure).into_iter().map(|row| (values.text(row, "point"), row)).collect();
        let point = |row: &'a Vec<String>| {
            let text = points.text(row, "point");
            let number: u64 = text.parse().ok()?;
            if number == 0 {
                return None;
            }
            let level = |factor: &Factor| {
                let own = points.text(row, factor.keys.first()?);
                factor.levels.iter().position(|level| *level == own)
            };
            let at: Vec<usize> = factors.iter().map(level).collect::<Option<_>>()?;
            let value = by_point.get(&text);
            let of = |column: &str| value.and_then(|row| values.number(row, column));
            Some(Point {
                number,
                scenario: points.text(row, "scenario"),
                at,
                goals: points.text(row, "goals"),
                value: [of("value"), of("ci_low"), of("ci_high")],
                n: of("n"),
            })
        };
        points.rows.iter().filter_map(point).collect()
    }

    /// The measures that it keeps.
    pub(super) fn keeps(&self, measure: &Entry) -> bool {
        self.table("sweep").is_some_and(|table| !table.rows_of(measure).is_empty())
    }
}

/// Whether two columns always change together: each text of one goes with one text of the other.
fn goes_with(one: &[&str], other: &[&str]) -> bool {
    let mut there: BTreeMap<&str, &str> = BTreeMap::new();
    let mut back: BTreeMap<&str, &str> = BTreeMap::new();
    let several = one
        .iter()
        .filter(|cell| !cell.is_empty())
        .any(|cell| Some(cell) != one.iter().find(|cell| !cell.is_empty()));
    several
        && one
            .iter()
            .zip(other)
            .all(|(a, b)| *there.entry(a).or_insert(b) == *b && *back.entry(b).or_insert(a) == *a)
}

impl Factor {
    /// Its name: the end of the first key, and how many move with it.
    pub(super) fn name(&self) -> crate::report::said::Said {
        let key = foreign(self.keys.first().map_or("", String::as_str));
        match self.keys.len() - 1 {
            0 => crate::report::said::same(key),
            1 => crate::report::said::said(
                format!("{key} and a key with it"),
                format!("{key} y otra clave con ella"),
            ),
            more => crate::report::said::said(
                format!("{key} and {more} keys with it"),
                format!("{key} y {more} claves con ella"),
            ),
        }
    }
}

impl<'a> Table<'a> {
    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.head.iter().position(|column| column == name)
    }

    pub(super) fn rows(&self) -> &'a [Vec<String>] {
        self.rows
    }

    /// A cell as text; blank where there is none.
    pub(super) fn text(&self, row: Row, column: &str) -> String {
        self.column(column).and_then(|place| row.get(place)).cloned().unwrap_or_default()
    }

    /// A cell as a number.
    pub(super) fn number(&self, row: Row, column: &str) -> Option<f64> {
        self.text(row, column).parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Rows of a measure.
    pub(super) fn rows_of(&self, entry: &Entry) -> Vec<Row<'a>> {
        let wanted = [
            ("measure", entry.measure.name()),
            ("station", entry.station.as_deref().unwrap_or("")),
            ("group", entry.group.as_deref().unwrap_or("")),
            ("class", entry.class.as_deref().unwrap_or("")),
            ("statistic", entry.statistic.name()),
        ];
        let places: Option<Vec<(usize, &str)>> =
            wanted.into_iter().map(|(name, value)| Some((self.column(name)?, value))).collect();
        let Some(places) = places else { return Vec::new() };
        let is = |row: &&Vec<String>| {
            places.iter().all(|(place, value)| row.get(*place).is_some_and(|cell| cell == value))
        };
        self.rows.iter().filter(is).map(Vec::as_slice).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_move_together_are_one_factor() {
        assert!(goes_with(&["", "+0", "+2"], &["", "6", "8"]));
        assert!(!goes_with(&["", "+0", "+2", "+2"], &["", "6", "8", "9"]));
        assert!(!goes_with(&["", "a", "a"], &["", "b", "b"]), "what never changes goes with nothing");
    }
}
