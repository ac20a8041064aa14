//! Observations by row and period: the finest cells, folded to marginals after a run.
//!
//! A cell keeps its latest observations as they are and gives them to its tally by the hundred: the
//! counts of hundreds of tallies do not fit into the cache, and a cell that sees few trucks in a
//! run needs no histogram at all. It does not know what is observed. Start at [`Grid`].

use crate::kernel::time::SimDuration;
use crate::stats::Tally;

use super::clock::Hours;

/// Observations that a cell keeps before it gives them to its tally.
const KEPT: usize = 128;

/// Tallies by row and period; cells are made when first needed.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    periods: usize,
    cells: Vec<Option<Box<Cell>>>,
}

#[derive(Clone, Debug)]
struct Cell {
    kept: usize,
    latest: [SimDuration; KEPT],
    tally: Tally,
}

impl Default for Cell {
    fn default() -> Self {
        Cell { kept: 0, latest: [SimDuration::ZERO; KEPT], tally: Tally::default() }
    }
}

impl Cell {
    #[inline]
    fn record(&mut self, value: SimDuration) {
        if self.kept == KEPT {
            self.give();
        }
        self.latest[self.kept] = value;
        self.kept += 1;
    }

    #[inline(never)]
    fn give(&mut self) {
        self.latest[..self.kept].iter().for_each(|value| self.tally.record(*value));
        self.kept = 0;
    }

    fn count(&self) -> u64 {
        self.tally.count() + self.kept as u64
    }

    fn merge_into(&self, sum: &mut Tally) {
        if self.tally.count() > 0 {
            sum.merge(&self.tally);
        }
        self.latest[..self.kept].iter().for_each(|value| sum.record(*value));
    }

    fn reset(&mut self) {
        self.kept = 0;
        if self.tally.count() > 0 {
            self.tally.clear();
        }
    }
}

impl Grid {
    pub(super) fn new(rows: usize, hours: &Hours) -> Self {
        Grid { periods: hours.count(), cells: vec![None; rows * hours.count()] }
    }

    pub(super) fn reset(&mut self) {
        self.cells.iter_mut().flatten().for_each(|cell| cell.reset());
    }

    #[inline]
    pub(super) fn record(&mut self, row: usize, period: usize, value: SimDuration) {
        self.cells[row * self.periods + period].get_or_insert_default().record(value);
    }

    /// The cells of rows, in one period or in all.
    fn cells<'g>(&'g self, rows: &'g [usize], period: Option<usize>) -> impl Iterator<Item = &'g Cell> {
        rows.iter().flat_map(move |row| {
            let cells = &self.cells[row * self.periods..(row + 1) * self.periods];
            let wanted = match period {
                Some(period) => &cells[period..=period],
                None => cells,
            };
            wanted.iter().flatten().map(|cell| &**cell)
        })
    }

    /// Merges the cells of rows, in one period or in all, into `sum`.
    pub(super) fn merge_into(&self, sum: &mut Tally, rows: &[usize], period: Option<usize>) {
        self.cells(rows, period).for_each(|cell| cell.merge_into(sum));
    }

    /// Whether nothing was recorded in rows, in one period or in all.
    pub(super) fn is_empty(&self, rows: &[usize], period: Option<usize>) -> bool {
        self.cells(rows, period).all(|cell| cell.count() == 0)
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
                grid.record(row, period, value);
                if round == 1 {
                    all.record(value);
                    if period == 2 {
                        third.record(value);
                    }
                }
            }
            if round == 0 {
                grid.reset();
                assert!(grid.is_empty(&[0, 1], None));
            }
        }
        let folded = |period| {
            let mut sum = Tally::default();
            grid.merge_into(&mut sum, &[0, 1], period);
            [sum.mean(), sum.sd(), sum.quantile(0.5), sum.quantile(0.99), sum.max(), Some(sum.count() as f64)]
        };
        let told = |sum: &Tally| {
            [sum.mean(), sum.sd(), sum.quantile(0.5), sum.quantile(0.99), sum.max(), Some(sum.count() as f64)]
        };
        assert_eq!(folded(None), told(&all));
        assert_eq!(folded(Some(2)), told(&third));
        assert!(grid.is_empty(&[0, 1], Some(3)));
    }
}
