//! Tables of inverse distribution functions: sampling in a few nanoseconds without a logarithm.
//!
//! A table covers one standardised law. Each half of the unit interval is cut into octaves of the
//! probability that remains towards its end (a leading-zero count of the random word) and each
//! octave into 32 equal cells; in a cell the inverse is a cubic that meets the exact inverse in
//! value and slope at both borders (Hermite interpolation; Derflinger, Hörmann and Leydold, "Random
//! variate generation by numerical inversion when only the density is known", TOMACS 2010). A cell
//! is accepted when it rises all through and its error at the middle, where it is greatest, is at
//! most [`RELATIVE`] of the value or [`ABSOLUTE`] of the mean. The few cells that fail, and
//! the last 2^-12 of each tail, use the exact inverse, so the bound holds for every shape.
//! It does not know scale or unit. Start at [`table_of`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::standard::Standard;
use crate::kernel::draws::uniform;

/// Greatest error of a sample relative to its value...
pub(super) const RELATIVE: f64 = 1e-7;
/// ...or relative to the mean of the law, whichever is more: 0.6 microseconds for a mean of a minute.
pub(super) const ABSOLUTE: f64 = 1e-8;

/// Octaves of each tail that the table covers.
const OCTAVES: usize = 12;
/// One more row of cells stands for the tail beyond them.
const ROWS: usize = OCTAVES + 1;
const SUB_BITS: u32 = 5;
const CELLS: usize = 1 << SUB_BITS;

/// The coefficients of a cubic in the place within the cell; NaN where the exact inverse is used.
type Cubic = [f64; 4];

const EXACT: Cubic = [f64::NAN; 4];

/// The tabulated inverse of one standardised law.
#[derive(Debug)]
pub(super) struct Table {
    law: Standard,
    cells: Box<[Cubic; 2 * ROWS * CELLS]>,
}

/// The table of a law: built on first use, then shared by the whole process.
pub(super) fn table_of(law: Standard) -> Arc<Table> {
    type Slot = Arc<OnceLock<Arc<Table>>>;
    static TABLES: Mutex<BTreeMap<(u8, u64, u64), Slot>> = Mutex::new(BTreeMap::new());
    const MOST_TABLES: usize = 512; // 26 kB each

    let slot = {
        let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.len() >= MOST_TABLES && !tables.contains_key(&law.key()) {
            tables.clear(); // samplers keep theirs alive
        }
        Arc::clone(tables.entry(law.key()).or_default())
    };
    Arc::clone(slot.get_or_init(|| Arc::new(Table::build(law))))
}

impl Table {
    fn build(law: Standard) -> Table {
        let mut cells = Box::new([EXACT; 2 * ROWS * CELLS]);
        for side in [Side::Lower, Side::Upper] {
            let mut builder = Builder { law, side, border: Border::new(law, side, 0.5), before: None };
            for octave in 0..OCTAVES {
                for sub in (0..CELLS).rev() {
                    cells[place(side, octave, sub)] = builder.next_cell(octave, sub);
                }
            }
        }
        Table { law, cells }
    }

    /// The value for 64 random bits.
    #[inline]
    pub(super) fn sample(&self, bits: u64) -> f64 {
        let upper = ((bits as i64) >> 63) as u64; // all ones in the upper half
        let tail = bits ^ upper; // distance from the near end, in 2^-64
        let row = (tail.leading_zeros() - 1).min(OCTAVES as u32);
        let within = tail.wrapping_shl(row + 2);
        let sub = (within >> (64 - SUB_BITS)) as usize;
        let index = (upper as usize & (ROWS * CELLS)) + row as usize * CELLS + sub;
        let w = ((within << SUB_BITS) >> 11) as i64 as f64 * (1.0 / (1u64 << 53) as f64);
        let [c0, c1, c2, c3] = self.cells[index];
        let x = c0 + w * (c1 + w * (c2 + w * c3));
        if x.is_nan() { self.exact(bits) } else { x }
    }

    #[cold]
    #[inline(never)]
    fn exact(&self, bits: u64) -> f64 {
        self.law.quantile(uniform(bits), uniform(!bits))
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Side {
    Lower,
    Upper,
}

fn place(side: Side, octave: usize, sub: usize) -> usize {
    (side as usize * ROWS + octave) * CELLS + sub
}

/// The exact inverse where the remaining probability is `tail`: value, and slope by `tail`.
#[derive(Clone, Copy)]
struct Border {
    tail: f64,
    value: f64,
    slope: f64,
}

impl Border {
    fn new(law: Standard, side: Side, tail: f64) -> Border {
        let (p, q) = side.tails(tail);
        Border::at(law, side, tail, law.quantile(p, q))
    }

    fn at(law: Standard, side: Side, tail: f64, value: f64) -> Border {
        let slope = 1.0 / law.at(value).density;
        Border { tail, value, slope: if side == Side::Lower { slope } else { -slope } }
    }
}

impl Side {
    fn tails(self, tail: f64) -> (f64, f64) {
        match self {
            Side::Lower => (tail, 1.0 - tail),
            Side::Upper => (1.0 - tail, tail),
        }
    }
}

/// Walks from the median outwards, one cell at a time.
struct Builder {
    law: Standard,
    side: Side,
    border: Border,
    /// The cubic of the last cell and its width, to guess the next border.
    before: Option<(Cubic, f64)>,
}

impl Builder {
    fn next_cell(&mut self, octave: usize, sub: usize) -> Cubic {
        let start = 1.0 / (4u64 << octave) as f64; // an octave is [start, 2 start)
        let width = start / CELLS as f64;
        let tail = start + sub as f64 * width;
        let (p, q) = self.side.tails(tail);
        let value = match self.before {
            Some((cubic, its_width)) => self.law.quantile_near(p, q, evaluate(&cubic, -width / its_width)),
            None => self.law.quantile(p, q),
        };
        let outer = Border::at(self.law, self.side, tail, value);
        let cubic = hermite(outer, self.border, width);
        let good = cubic.iter().all(|c| c.is_finite()) && self.is_accurate(&cubic, tail + 0.5 * width);
        self.before = good.then_some((cubic, width));
        self.border = outer;
        if good && is_monotone(&cubic, self.side) { cubic } else { EXACT }
    }

    fn is_accurate(&self, cubic: &Cubic, tail: f64) -> bool {
        let value = evaluate(cubic, 0.5);
        let here = self.law.at(value);
        let miss = match self.side {
            Side::Lower => here.lower - tail,
            Side::Upper => here.upper - tail,
        };
        let allowed = (RELATIVE * value).max(ABSOLUTE * self.law.mean());
        miss == 0.0 || miss.abs() <= 0.5 * allowed * here.density
    }
}

fn evaluate([c0, c1, c2, c3]: &Cubic, w: f64) -> f64 {
    c0 + w * (c1 + w * (c2 + w * c3))
}

fn hermite(from: Border, to: Border, width: f64) -> Cubic {
    debug_assert!(to.tail > from.tail);
    let rise = to.value - from.value;
    let (a, b) = (from.slope * width, to.slope * width);
    [from.value, a, 3.0 * rise - 2.0 * a - b, a + b - 2.0 * rise]
}

/// Whether the slope keeps its sign over the whole cell.
fn is_monotone([_, c1, c2, c3]: &Cubic, side: Side) -> bool {
    let sign = if side == Side::Lower { 1.0 } else { -1.0 };
    let slope = |w: f64| sign * (c1 + w * (2.0 * c2 + w * 3.0 * c3));
    let turn = -c2 / (3.0 * c3);
    slope(0.0) >= 0.0 && slope(1.0) >= 0.0 && !(turn > 0.0 && turn < 1.0 && slope(turn) < 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laws() -> Vec<Standard> {
        let mut laws = vec![Standard::Exponential];
        laws.extend([0.1, 0.3, 0.9, 1.7, 2.0, 3.0, 4.0, 11.0, 60.0, 400.0].map(Standard::gamma));
        laws.extend([0.05, 0.4, 0.6, 1.0, 3.0].map(Standard::lognormal));
        laws.extend([0.1, 0.5, 1.0, 2.5].map(Standard::weibull));
        laws.extend(
            [(0.4, 0.3), (2.0, 5.0), (0.1, 4.0), (50.0, 3.0), (900.0, 900.0)]
                .map(|(a, b)| Standard::beta(a, b)),
        );
        laws.extend([1.01, 1.5, 4.0, 10.0].map(Standard::hyperexponential));
        laws
    }

    /// Random words over all of both halves: eight places in every cell, and deep into the tails.
    fn grid() -> impl Iterator<Item = u64> {
        let tails = (1..40u32).flat_map(|zeros| {
            let per_octave = if zeros as usize <= OCTAVES { 8 * CELLS as u64 } else { 4 };
            (0..per_octave).map(move |i| ((1 << 63) | (((2 * i + 1) << 62) / per_octave)) >> zeros)
        });
        tails.flat_map(|tail| [tail, !tail])
    }

    #[test]
    fn samples_are_as_accurate_as_stated() {
        for law in laws() {
            let table = table_of(law);
            for bits in grid() {
                let exact = law.quantile(uniform(bits), uniform(!bits));
                let error = (table.sample(bits) - exact).abs();
                let allowed = (RELATIVE * exact).max(ABSOLUTE * law.mean());
                assert!(error <= allowed, "{law:?} at {bits:#x}: {error:e} above {allowed:e}");
            }
        }
    }

    #[test]
    fn samples_rise_across_every_border() {
        const ROUNDING: f64 = 1e-13;
        for law in laws() {
            let table = table_of(law);
            for zeros in 1..=OCTAVES as u32 + 1 {
                for sub in 0..CELLS as u64 {
                    let tail = ((1 << 63) | (sub << (63 - SUB_BITS))) >> zeros;
                    let step = 1 << 20;
                    for at in [tail, !tail] {
                        let [low, here, high] = [at - step, at, at + step].map(|bits| table.sample(bits));
                        let slack = ROUNDING * here;
                        assert!(
                            low <= here + slack && here <= high + slack,
                            "{law:?} at {at:#x}: {low:e} {here:e} {high:e}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn nearly_all_cells_are_cubic() {
        for law in laws() {
            let table = table_of(law);
            let cubic = table.cells.iter().filter(|cell| !cell[0].is_nan()).count();
            let share = cubic as f64 / (2 * OCTAVES * CELLS) as f64;
            assert!(share > 0.95, "{law:?}: {share}");
        }
    }

    #[test]
    fn a_table_is_built_once() {
        let first = table_of(Standard::gamma(1.234));
        assert!(Arc::ptr_eq(&first, &table_of(Standard::gamma(1.234))));
        assert!(!Arc::ptr_eq(&first, &table_of(Standard::gamma(1.2345))));
    }

    #[test]
    fn the_ends_are_finite() {
        for law in laws() {
            let table = table_of(law);
            let [least, most] = [0, u64::MAX].map(|bits| table.sample(bits));
            assert!(least >= 0.0 && least < law.mean() && most.is_finite() && most > law.mean(), "{law:?}");
        }
    }
}
