//! Tables of inverse distribution functions: sampling in a few nanoseconds without a logarithm.
//!
//! A table covers one standardised law. Each half of the unit interval is cut into octaves of the
//! probability that remains towards its end and each octave into 32 equal cells: the exponent and
//! the first bits of that probability, as a floating-point number, name the cell and the rest is
//! the place in it. In a cell the inverse is a cubic that meets the exact inverse in value and
//! slope at both borders (Hermite interpolation; Derflinger, Hörmann and Leydold, "Random variate
//! generation by numerical inversion when only the density is known", TOMACS 2010). A cubic is
//! accepted when it rises all through and its error at the middle, where it is greatest, is at most
//! half of [`RELATIVE`] of the value or [`ABSOLUTE`] of the mean. A cell that fails is cut into 32
//! again; what fails then, and the last 2^-13 of each tail, uses the exact inverse, so the bound
//! holds for every shape. It does not know scale or unit. Start at [`table_of`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::standard::Standard;
use crate::kernel::draws::uniform;

/// Greatest error of a sample relative to its value...
pub(super) const RELATIVE: f64 = 1e-7;
/// ...or relative to the mean of the law, whichever is more: 0.6 microseconds for a mean of a minute.
pub(super) const ABSOLUTE: f64 = 1e-8;

/// Octaves of each half that the table covers: probabilities from 2^-13 to 2^-1.
const OCTAVES: usize = 12;
const SUB_BITS: u32 = 5;
/// Cells of an octave, and parts of a cell that is cut again.
const CELLS: usize = 1 << SUB_BITS;
/// Cells of one half; the first stands for the tail beyond the octaves.
const HALF: usize = 1 + OCTAVES * CELLS;

/// The coefficients of a cubic in the place within the cell. When the first is NaN there is none,
/// and the second is where its parts begin, or NaN where the exact inverse is used.
type Cubic = [f64; 4];

const EXACT: Cubic = [f64::NAN; 4];

/// The tabulated inverse of one standardised law.
#[derive(Debug)]
pub(super) struct Table {
    law: Standard,
    /// The lower half, then the upper, each from its end towards the median.
    cells: [Cubic; 2 * HALF],
    parts: Vec<Cubic>,
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

/// The law decides the rest, in which some numbers are NaN and so not even like themselves.
impl PartialEq for Table {
    fn eq(&self, other: &Table) -> bool {
        self.law == other.law
    }
}

impl Table {
    fn build(law: Standard) -> Table {
        let mut cells = [EXACT; 2 * HALF];
        let mut parts = Vec::new();
        for (side, half) in [Side::Lower, Side::Upper].into_iter().zip(cells.chunks_exact_mut(HALF)) {
            let mut walk = Walk::from_median(law, side);
            for (octave, octave_cells) in half[1..].chunks_exact_mut(CELLS).rev().enumerate() {
                let width = 0.25 / (CELLS << octave) as f64;
                for cell in octave_cells.iter_mut().rev() {
                    let start = walk;
                    *cell = walk.step(width).unwrap_or_else(|| cut(&mut parts, start, width));
                }
            }
        }
        Table { law, cells, parts }
    }

    /// The value for 64 random bits.
    #[inline]
    pub(super) fn sample(&self, bits: u64) -> f64 {
        const FIRST: u64 = (1023 + 54 - 1 - OCTAVES as u64) << SUB_BITS; // of 2^-13, in units of 2^-54
        let upper = ((bits as i64) >> 63) as u64; // all ones in the upper half
        let tail = ((bits ^ upper) >> 10) as i64 as f64; // exact: it has 53 bits
        let index = (tail.to_bits() >> (52 - SUB_BITS)).saturating_sub(FIRST - 1) as usize;
        let cubic = &self.cells[index + (upper as usize & HALF)];
        let w = place_in_cell(tail);
        let x = evaluate(cubic, w);
        if x.is_nan() { self.sample_part(cubic, w, bits) } else { x }
    }

    #[inline(never)]
    fn sample_part(&self, [_, begin, _, _]: &Cubic, w: f64, bits: u64) -> f64 {
        let place = w * CELLS as f64;
        let part = place as usize;
        let x = match self.parts.get(*begin as usize + part) {
            Some(cubic) if begin.is_finite() => evaluate(cubic, place - part as f64),
            Some(_) | None => f64::NAN,
        };
        if x.is_nan() { self.law.quantile(uniform(bits), uniform(!bits)) } else { x }
    }
}

/// What follows the first bits of the fraction of `tail`, as a fraction of its own.
#[inline]
fn place_in_cell(tail: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    f64::from_bits(((tail.to_bits() << SUB_BITS) & FRACTION) | 1.0f64.to_bits()) - 1.0
}

#[inline]
fn evaluate([c0, c1, c2, c3]: &Cubic, w: f64) -> f64 {
    c0 + w * (c1 + w * (c2 + w * c3))
}

/// Cuts the cell before `walk` into parts, and returns what stands in its place.
fn cut(parts: &mut Vec<Cubic>, mut walk: Walk, width: f64) -> Cubic {
    let begin = parts.len();
    parts.resize(begin + CELLS, EXACT);
    for part in parts[begin..].iter_mut().rev() {
        *part = walk.step(width / CELLS as f64).unwrap_or(EXACT);
    }
    [f64::NAN, begin as f64, 0.0, 0.0]
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Side {
    Lower,
    Upper,
}

/// The exact inverse where the remaining probability is `tail`: value, and slope by `tail`.
#[derive(Clone, Copy)]
struct Border {
    tail: f64,
    value: f64,
    slope: f64,
}

/// A walk from the median outwards, one cell at a time.
#[derive(Clone, Copy)]
struct Walk {
    law: Standard,
    side: Side,
    border: Border,
    /// The cubic of the last cell and its width, to guess the next border.
    before: Option<(Cubic, f64)>,
}

impl Walk {
    fn from_median(law: Standard, side: Side) -> Walk {
        Walk { law, side, border: Border::new(law, side, 0.5, law.quantile(0.5, 0.5)), before: None }
    }

    /// The cubic of the next cell, if it is good enough.
    fn step(&mut self, width: f64) -> Option<Cubic> {
        let tail = self.border.tail - width;
        let (p, q) = match self.side {
            Side::Lower => (tail, 1.0 - tail),
            Side::Upper => (1.0 - tail, tail),
        };
        let value = match self.before {
            Some((cubic, its_width)) => self.law.quantile_near(p, q, evaluate(&cubic, -width / its_width)),
            None => self.law.quantile(p, q),
        };
        let outer = Border::new(self.law, self.side, tail, value);
        let cubic = hermite(outer, self.border);
        self.border = outer;
        let good = self.is_accurate(&cubic, tail + 0.5 * width) && is_monotone(&cubic, self.side);
        self.before = good.then_some((cubic, width));
        good.then_some(cubic)
    }

    fn is_accurate(&self, cubic: &Cubic, tail: f64) -> bool {
        let value = evaluate(cubic, 0.5);
        let here = self.law.at(value);
        let miss = match self.side {
            Side::Lower => here.lower - tail,
            Side::Upper => here.upper - tail,
        };
        let allowed = (RELATIVE * value).max(ABSOLUTE * self.law.mean());
        miss.abs() <= 0.5 * allowed * here.density
    }
}

impl Border {
    fn new(law: Standard, side: Side, tail: f64, value: f64) -> Border {
        let slope = 1.0 / law.at(value).density;
        Border { tail, value, slope: if side == Side::Lower { slope } else { -slope } }
    }
}

fn hermite(from: Border, to: Border) -> Cubic {
    let width = to.tail - from.tail;
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
    fn the_exact_inverse_is_for_the_tails_only() {
        for law in laws() {
            let table = table_of(law);
            let exact = |cubic: &&Cubic| cubic[0].is_nan() && cubic[1].is_nan();
            let cells = table.cells.iter().filter(exact).count() - 2;
            let parts = table.parts.iter().filter(exact).count();
            assert!(cells + parts == 0, "{law:?}: {cells} cells and {parts} parts");
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
