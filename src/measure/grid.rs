//! Observations by row and period: the finest cells, folded to marginals after a run.
//!
//! A grid has columns: what is observed of one truck at one moment is recorded together. A cell
//! keeps its latest observations as they are and gives them to its tallies by the hundred: the
//! counts of hundreds of tallies do not fit into the cache, and a cell that sees few trucks in a
//! run needs no histogram at all. It does not know what is observed. Start at [`Grid`].

use crate::kernel::time::SimDuration;
use crate::stats::Tally;

use super::clock::Hours;

/// Records that a cell keeps before it gives them to its tallies.
const KEPT: usize = 128;

/// Stands in a record for what was not observed.
pub(super) const NOTHING: SimDuration = SimDuration::from_micros(-1);

/// Tallies by column, row and period; cells take memory when they are first needed.
#[derive(Clone, Debug)]
pub(super) struct Grid<const COLUMNS: usize> {
    periods: usize,
    cells: Vec<Cell<COLUMNS>>,
}

#[derive(Clone, Debug)]
struct Cell<const COLUMNS: usize> {
    latest: Vec<[SimDuration; COLUMNS]>,
    tallies: Option<Box<[Tally; COLUMNS]>>,
}

impl<const COLUMNS: usize> Cell<COLUMNS> {
    const EMPTY: Self = Cell { latest: Vec::new(), tallies: None };

    #[inline(never)]
    fn give(&mut self) {
        let tallies = self.tallies.get_or_insert_with(|| Box::new(std::array::from_fn(|_| Tally::default())));
        for (column, tally) in tallies.iter_mut().enumerate() {
            tally.record_all(observed(&self.latest, column));
        }
        self.latest.clear();
    }

    fn merge_into(&self, sum: &mut Tally, column: usize) {
        if let Some(tallies) = &self.tallies {
            sum.merge(&tallies[column]);
        }
        sum.record_all(observed(&self.latest, column));
    }

    fn is_empty(&self, column: usize) -> bool {
        let given = self.tallies.as_ref().map_or(0, |tallies| tallies[column].count());
        given == 0 && observed(&self.latest, column).next().is_none()
    }

    fn reset(&mut self) {
        self.latest.clear();
        self.tallies.iter_mut().flat_map(|tallies| tallies.iter_mut()).for_each(Tally::clear);
    }
}

fn observed<const COLUMNS: usize>(
    records: &[[SimDuration; COLUMNS]],
    column: usize,
) -> impl Iterator<Item = SimDuration> {
    records.iter().map(move |record| record[column]).filter(|value| *value >= SimDuration::ZERO)
}

impl<const COLUMNS: usize> Grid<COLUMNS> {
    pub(super) fn new(rows: usize, hours: &Hours) -> Self {
        Grid { periods: hours.count(), cells: vec![Cell::EMPTY; rows * hours.count()] }
    }

    pub(super) fn reset(&mut self) {
        self.cells.iter_mut().for_each(Cell::reset);
    }

    #[inline]
    pub(super) fn record(&mut self, row: usize, period: usize, values: [SimDuration; COLUMNS]) {
        let cell = &mut self.cells[row * self.periods + period];
        cell.latest.push(values);
        if cell.latest.len() == KEPT {
            cell.give();
        }
    }

    /// One of its columns.
    pub(super) fn column(&self, column: usize) -> Column<'_> {
        Column { grid: self, column }
    }
}

/// A column of a grid with any number of them.
#[derive(Clone, Copy)]
pub(super) struct Column<'g> {
    grid: &'g dyn Cells,
    column: usize,
}

impl Column<'_> {
    /// Merges the cells of rows, in one period or in all, into `sum`.
    pub(super) fn merge_into(self, sum: &mut Tally, rows: &[usize], period: Option<usize>) {
        self.grid.merge_into(sum, self.column, rows, period);
    }

    /// Whether nothing was recorded in rows, in one period or in all.
    pub(super) fn is_empty(self, rows: &[usize], period: Option<usize>) -> bool {
        self.grid.is_empty(self.column, rows, period)
    }
}

trait Cells {
    fn merge_into(&self, sum: &mut Tally, column: usize, rows: &[usize], period: Option<usize>);
    fn is_empty(&self, column: usize, rows: &[usize], period: Option<usize>) -> bool;
}

impl<const COLUMNS: usize> Cells for Grid<COLUMNS> {
    fn merge_into(&self, sum: &mut Tally, column: usize, rows: &[usize], period: Option<usize>) {
        self.cells(rows, period).for_each(|cell| cell.merge_into(sum, column));
    }

    fn is_empty(&self, column: usize, rows: &[usize], period: Option<usize>) -> bool {
        self.cells(rows, period).all(|cell| cell.is_empty(column))
    }
}

impl<const COLUMNS: usize> Grid<COLUMNS> {
    /// The cells of rows, in one period or in all.
    fn cells(&self, rows: &[usize], period: Option<usize>) -> impl Iterator<Item = &Cell<COLUMNS>> {
        let places = period.map_or(0..self.periods, |period| period..period + 1);
        rows.iter().flat_map(move |row| &self.cells[row * self.periods..][places.clone()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::fixture;

    #[test]
    fn a_grid_is_as_good_as_a_tally() {
        let hours = Hours::new(&fixture::one_booth());
        let (mut grid, mut all, mut third) = (Grid::new(2, &hours), Tally::default(), Tally::default());
        for round in 0..2 {
            for n in 0..1000i64 {
                let (row, period, value) =
                    ((n % 2) as usize, (n % 3) as usize, SimDuration::from_secs(n * n));
                // The first column holds every third value only.
                grid.record(row, period, [if n % 3 == 0 { value } else { NOTHING }, value]);
                if round == 1 {
                    all.record(value);
                    if period == 2 {
                        third.record(value);
                    }
                }
            }
            if round == 0 {
                grid.reset();
                assert!(grid.column(1).is_empty(&[0, 1], None));
            }
        }
        let folded = |period| {
            let mut sum = Tally::default();
            grid.column(1).merge_into(&mut sum, &[0, 1], period);
            [sum.mean(), sum.sd(), sum.quantile(0.5), sum.quantile(0.99), sum.max(), Some(sum.count() as f64)]
        };
        let told = |sum: &Tally| {
            [sum.mean(), sum.sd(), sum.quantile(0.5), sum.quantile(0.99), sum.max(), Some(sum.count() as f64)]
        };
        assert_eq!(folded(None), told(&all));
        assert_eq!(folded(Some(2)), told(&third));
        assert!(grid.column(1).is_empty(&[0, 1], Some(3)));
        assert!(grid.column(0).is_empty(&[0, 1], Some(1)));
        assert!(!grid.column(0).is_empty(&[0, 1], Some(0)));
    }
}
