//! Observations one by one: durations in whole microseconds.
//!
//! Count, sum and sum of squares are exact integers, so tallies may be merged in any order and give
//! the same bytes. Quantiles come from a histogram whose bins double in width with every octave,
//! 256 to an octave: the middle of a bin is within 0.2 % of everything in it (and exact below
//! 512 microseconds). Zeros are counted apart. A page holds the bins of one octave and is made when
//! first touched, so a tally stays small however many observations it takes. It does not know what
//! was observed. Start at [`Tally`].

use crate::kernel::time::SimDuration;

const BIN_BITS: u32 = 8;
const BINS: usize = 1 << BIN_BITS;

/// Bits of a count beside its place, where a tally is written as numbers; 64 octaves leave as many.
const COUNT_BITS: u32 = 32 - 6 - BIN_BITS;
const MOST_COUNT: u64 = (1 << COUNT_BITS) - 1;

/// The counts of one octave, in bytes and what they carry: 256 bytes are in use at a time, so the
/// tallies of a whole crossing stay in the processor's cache.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Page {
    low: [u8; BINS],
    /// In units of 256.
    carried: Option<Box<[u32; BINS]>>,
}

impl Page {
    const EMPTY: Page = Page { low: [0; BINS], carried: None };

    #[inline]
    fn increment(&mut self, bin: usize) {
        self.low[bin] = self.low[bin].wrapping_add(1);
        if self.low[bin] == 0 {
            self.carry(bin, 1);
        }
    }

    #[cold]
    fn carry(&mut self, bin: usize, units: u64) {
        let carried = self.carried.get_or_insert_with(|| Box::new([0; BINS]));
        carried[bin] = u32::try_from(u64::from(carried[bin]) + units).unwrap_or(u32::MAX);
    }

    fn add(&mut self, other: &Page) {
        for (bin, count) in other.counts().enumerate().filter(|(_, count)| *count > 0) {
            self.add_to(bin, count);
        }
    }

    fn add_to(&mut self, bin: usize, count: u64) {
        let sum = u64::from(self.low[bin]) + count;
        self.low[bin] = sum as u8;
        if sum > u64::from(u8::MAX) {
            self.carry(bin, sum >> 8);
        }
    }

    fn counts(&self) -> impl Iterator<Item = u64> {
        let carried = |bin: usize| self.carried.as_ref().map_or(0, |carried| u64::from(carried[bin]) << 8);
        self.low.iter().enumerate().map(move |(bin, low)| u64::from(*low) + carried(bin))
    }

    /// Forgets the counts but keeps the memory.
    fn clear(&mut self) {
        self.low.fill(0);
        if let Some(carried) = &mut self.carried {
            carried.fill(0);
        }
    }
}

/// Durations, their moments and quantiles. Statistics without observations are `None`.
#[derive(Clone, Debug)]
pub struct Tally {
    count: u64,
    zeros: u64,
    sum: u128,
    squares: u128,
    least_positive: u64,
    max: u64,
    pages: Vec<Option<Box<Page>>>,
}

impl Default for Tally {
    fn default() -> Self {
        Tally { count: 0, zeros: 0, sum: 0, squares: 0, least_positive: u64::MAX, max: 0, pages: Vec::new() }
    }
}

impl Tally {
    /// Takes one observation; a negative duration counts as zero.
    pub fn record(&mut self, value: SimDuration) {
        self.record_all([value]);
    }

    /// Takes many observations, as [`record`](Tally::record) takes one.
    pub fn record_all(&mut self, values: impl IntoIterator<Item = SimDuration>) {
        // Sums stay in registers until all are taken.
        let Tally { mut count, mut zeros, mut sum, mut squares, mut least_positive, mut max, .. } = *self;
        for value in values {
            let micros = value.or_zero().micros() as u64;
            count += 1;
            if micros == 0 {
                zeros += 1;
                continue;
            }
            sum += u128::from(micros);
            squares += u128::from(micros) * u128::from(micros);
            least_positive = least_positive.min(micros);
            max = max.max(micros);
            let (octave, bin) = place(micros);
            let page = match self.pages.get_mut(octave) {
                Some(Some(page)) => page,
                Some(None) | None => self.page(octave),
            };
            page.increment(bin);
        }
        let pages = std::mem::take(&mut self.pages);
        *self = Tally { count, zeros, sum, squares, least_positive, max, pages };
    }

    /// The page of an octave, made if it is not there.
    #[inline(never)]
    fn page(&mut self, octave: usize) -> &mut Page {
        if self.pages.len() <= octave {
            self.pages.resize(octave + 1, None);
        }
        self.pages[octave].get_or_insert_with(|| Box::new(Page::EMPTY))
    }

    /// Takes everything that another tally took: the same as recording it here.
    pub fn merge(&mut self, other: &Tally) {
        self.count += other.count;
        self.zeros += other.zeros;
        self.sum += other.sum;
        self.squares += other.squares;
        self.least_positive = self.least_positive.min(other.least_positive);
        self.max = self.max.max(other.max);
        for (octave, theirs) in other.pages.iter().enumerate() {
            if let Some(theirs) = theirs {
                self.page(octave).add(theirs);
            }
        }
    }

    /// All that it knows, as whole numbers: eight of its own, then the bins in use, two to a number, each with its
    /// place and a count; a large count is several.
    pub fn words(&self) -> Vec<u64> {
        let halves = |wide: u128| [wide as u64, (wide >> 64) as u64];
        let mut words = vec![self.count, self.zeros, self.least_positive, self.max];
        words.extend(halves(self.sum));
        words.extend(halves(self.squares));
        let mut bins: Vec<u64> = Vec::new();
        for (octave, page) in self.pages.iter().enumerate() {
            for (bin, mut count) in page.iter().flat_map(|page| page.counts().enumerate()) {
                while count > 0 {
                    let part = count.min(MOST_COUNT);
                    bins.push(((octave * BINS + bin) as u64) << COUNT_BITS | part);
                    count -= part;
                }
            }
        }
        words.extend(bins.chunks(2).map(|pair| pair[0] | pair.get(1).copied().unwrap_or(0) << 32));
        words
    }

    /// From its [`words`](Tally::words); `None` if they are no tally's.
    pub fn from_words(words: &[u64]) -> Option<Tally> {
        let (own, bins) = words.split_at_checked(8)?;
        let wide = |low: usize| u128::from(own[low]) | u128::from(own[low + 1]) << 64;
        let mut tally = Tally {
            count: own[0],
            zeros: own[1],
            least_positive: own[2],
            max: own[3],
            sum: wide(4),
            squares: wide(6),
            ..Tally::default()
        };
        for bin in bins.iter().flat_map(|pair| [pair & u64::from(u32::MAX), pair >> 32]) {
            let (place, count) = ((bin >> COUNT_BITS) as usize, bin & MOST_COUNT);
            if count > 0 {
                tally.page(place / BINS).add_to(place % BINS, count);
            }
        }
        Some(tally)
    }

    /// Forgets everything but keeps its pages for the next use.
    pub fn clear(&mut self) {
        let mut pages = std::mem::take(&mut self.pages);
        pages.iter_mut().flatten().for_each(|page| page.clear());
        *self = Tally { pages, ..Tally::default() };
    }

    /// The same observations except the zeros.
    pub fn without_zeros(&self) -> Tally {
        Tally { count: self.count - self.zeros, zeros: 0, ..self.clone() }
    }

    /// How many observations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many of them are zero.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }

    /// Their sum in microseconds, exact.
    pub fn sum_micros(&self) -> u128 {
        self.sum
    }

    /// Mean, seconds.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| seconds(self.sum as f64 / self.count as f64))
    }

    /// Standard deviation between observations (with n - 1), seconds; `None` with fewer than two.
    ///
    /// Squares are taken around the mean rounded down, in integers, so nothing cancels.
    pub fn sd(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let count = u128::from(self.count);
        let (mean, rest) = (self.sum / count, self.sum % count);
        let around = self.squares - mean * (self.sum + rest);
        let squares = around as f64 - (rest * rest) as f64 / count as f64;
        Some(seconds((squares.max(0.0) / (count - 1) as f64).sqrt()))
    }

    /// Least observation, seconds.
    pub fn min(&self) -> Option<f64> {
        let least = if self.zeros > 0 { 0 } else { self.least_positive };
        (self.count > 0).then(|| seconds(least as f64))
    }

    /// Greatest observation, seconds.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then(|| seconds(self.max as f64))
    }

    /// Share of observations above zero: of trucks that had to wait.
    pub fn share_positive(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.count - self.zeros) as f64 / self.count as f64)
    }

    /// The least value such that at least a share `p` of the observations does not exceed it
    /// (nearest rank), seconds, within 0.2 %.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        self.quantiles([p]).map(|[value]| value)
    }

    /// Several quantiles in one pass; shares in increasing order.
    pub fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[f64; N]> {
        const ROUNDING: f64 = 1.0 - 1e-14; // 0.7 × 10 is rank 7, whatever the last bit says
        if self.count == 0 {
            return None;
        }
        let ranks = shares.map(|p| ((p * self.count as f64 * ROUNDING).ceil() as u64).clamp(1, self.count));
        debug_assert!(ranks.is_sorted(), "shares increase");
        let mut values = [0.0; N];
        let mut next = ranks.iter().filter(|rank| **rank <= self.zeros).count();
        let mut below = self.zeros;
        for (octave, page) in self.pages.iter().enumerate() {
            let Some(page) = page.as_ref().filter(|_| next < N) else { continue };
            let here: u64 = page.counts().sum();
            if below + here < ranks[next] {
                below += here;
                continue;
            }
            for (bin, count) in page.counts().enumerate() {
                below += count;
                while next < N && below >= ranks[next] {
                    let middle = middle(octave, bin).clamp(self.least_positive as f64, self.max as f64);
                    values[next] = seconds(middle);
                    next += 1;
                }
            }
        }
        // Counts that are full hold less than was recorded.
        values[next..].fill(seconds(self.max as f64));
        Some(values)
    }
}

/// Octave and bin of a positive number: the exponent and the first bits of the fraction of its
/// floating-point form, which is exact below 2^53 (285 years).
#[inline]
fn place(micros: u64) -> (usize, usize) {
    const EXPONENT_OF_ONE: u64 = 1023;
    let leading = (micros as i64 as f64).to_bits() >> (52 - BIN_BITS);
    ((leading >> BIN_BITS) as usize - EXPONENT_OF_ONE as usize, leading as usize & (BINS - 1))
}

/// The middle of the whole numbers of a bin.
fn middle(octave: usize, bin: usize) -> f64 {
    let first = (BINS + bin) as u64;
    match (octave as u32).checked_sub(BIN_BITS) {
        Some(wider) => (first << wider) as f64 + 0.5 * ((1u64 << wider) - 1) as f64,
        None => (first >> (BIN_BITS - octave as u32)) as f64,
    }
}

fn seconds(micros: f64) -> f64 {
    micros / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::{Dist, DurationSampler};
    use crate::kernel::draws::{Key, Purpose};

    fn tally(values: &[i64]) -> Tally {
        let mut tally = Tally::default();
        values.iter().for_each(|value| tally.record(SimDuration::from_micros(*value)));
        tally
    }

    /// A fifth are zero, the rest lognormal over many octaves.
    fn waits(count: u64) -> Vec<i64> {
        let law = DurationSampler::new(&Dist::Lognormal { mean: 600.0, cv: 3.0 });
        let (key, purpose) = (Key::new(5, 0, "tally"), Purpose::new("wait"));
        (0..count)
            .map(|who| if who % 5 == 0 { 0 } else { law.sample(key.bits(who, purpose)).micros() })
            .collect()
    }

    /// What a tally knows, pages without counts left out.
    #[allow(clippy::type_complexity)]
    fn known(tally: &Tally) -> (u64, u64, u128, u128, u64, u64, Vec<(usize, Vec<u64>)>) {
        let pages = tally.pages.iter().enumerate().filter_map(|(octave, page)| {
            let counts: Vec<u64> = page.iter().flat_map(|page| page.counts()).collect();
            counts.iter().any(|count| *count > 0).then_some((octave, counts))
        });
        let Tally { count, zeros, sum, squares, least_positive, max, .. } = *tally;
        (count, zeros, sum, squares, least_positive, max, pages.collect())
    }

    #[test]
    fn words_hold_all_that_is_known() {
        let mut many = tally(&waits(5_000));
        (0..300).for_each(|_| many.merge(&tally(&[700; 2000])));
        for tally in [Tally::default(), tally(&[0]), tally(&[1, i64::MAX >> 12]), many] {
            let back = Tally::from_words(&tally.words()).expect("words of a tally");
            assert_eq!(known(&back), known(&tally));
        }
        assert!(Tally::from_words(&[1, 2, 3]).is_none());
    }

    #[test]
    fn blank_without_observations() {
        let none = Tally::default();
        assert_eq!([none.mean(), none.sd(), none.min(), none.max(), none.quantile(0.5)], [None; 5]);
        assert_eq!(none.share_positive(), None);
        let one = tally(&[2_000_000]);
        assert_eq!(
            (one.mean(), one.sd(), one.quantile(0.01), one.max()),
            (Some(2.0), None, Some(2.0), Some(2.0))
        );
        assert_eq!(tally(&[0]).without_zeros().mean(), None);
    }

    #[test]
    fn moments_by_hand() {
        // 0, 1, 2 and 5 s: mean 2, squares around it 4 + 1 + 0 + 9.
        let four = tally(&[5_000_000, 0, 1_000_000, 2_000_000]);
        assert_eq!((four.count(), four.zeros(), four.sum_micros()), (4, 1, 8_000_000));
        assert_eq!((four.mean(), four.min(), four.max()), (Some(2.0), Some(0.0), Some(5.0)));
        assert!((four.sd().unwrap() - (14.0f64 / 3.0).sqrt()).abs() < 1e-12);
        assert_eq!(four.share_positive(), Some(0.75));
        let three = four.without_zeros();
        assert_eq!((three.count(), three.min(), three.share_positive()), (3, Some(1.0), Some(1.0)));
        assert!((three.mean().unwrap() - 8.0 / 3.0).abs() < 1e-12);
    }

    /// The textbook formula loses all digits here; integers do not.
    #[test]
    fn deviations_do_not_cancel() {
        let year = 31_557_600_000_000;
        let close = tally(&[year, year + 1, year + 2]);
        assert!((close.sd().unwrap() - 1e-6).abs() < 1e-18);
        assert_eq!(tally(&[year; 7]).sd(), Some(0.0));
    }

    #[test]
    fn quantiles_are_within_their_bound() {
        let mut values = waits(50_000);
        let all = tally(&values);
        values.sort_unstable();
        for thousandth in 1..=1000 {
            let p = f64::from(thousandth) / 1000.0;
            let exact = values[(thousandth as usize * values.len()).div_ceil(1000) - 1] as f64 / 1e6;
            let found = all.quantile(p).unwrap();
            assert!((found - exact).abs() <= 0.002 * exact, "p = {p}: {found} is not {exact}");
        }
        assert_eq!(all.quantile(0.2), Some(0.0));
        assert!(all.quantile(0.20005).unwrap() > 0.0);
    }

    #[test]
    fn quantiles_are_nearest_ranks() {
        let ten = tally(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        for (p, expected) in [(0.0, 1), (0.1, 1), (0.1001, 2), (0.5, 5), (0.7, 7), (0.95, 10), (1.0, 10)] {
            assert_eq!(ten.quantile(p), Some(f64::from(expected) / 1e6), "p = {p}");
        }
        let many = tally(&waits(5_000));
        let one_by_one = [0.1, 0.2, 0.5, 0.95, 1.0].map(|p| many.quantile(p).unwrap());
        assert_eq!(many.quantiles([0.1, 0.2, 0.5, 0.95, 1.0]), Some(one_by_one));
    }

    #[test]
    fn every_bin_holds_its_middle() {
        for micros in (0..52u32)
            .flat_map(|octave| [1u64 << octave, (1 << octave) + (1 << octave) / 3, (2 << octave) - 1])
        {
            let (octave, bin) = place(micros);
            let middle = middle(octave, bin);
            assert!(
                (middle - micros as f64).abs() <= micros as f64 / 512.0,
                "{micros} in the bin of {middle}"
            );
            assert_eq!(place(middle as u64), (octave, bin));
            assert!(micros >= 512 || middle == micros as f64);
        }
    }

    #[test]
    fn merging_is_recording_in_any_order() {
        let values = waits(3_000);
        let (whole, parts) = (tally(&values), values.chunks(700).map(tally).collect::<Vec<_>>());
        let (mut forwards, mut backwards) = (Tally::default(), Tally::default());
        parts.iter().for_each(|part| forwards.merge(part));
        parts.iter().rev().for_each(|part| backwards.merge(part));
        assert_eq!(known(&forwards), known(&whole));
        assert_eq!(known(&backwards), known(&whole));
    }

    #[test]
    fn a_cleared_tally_is_new_and_keeps_its_pages() {
        let mut used = tally(&waits(3_000));
        let pages = used.pages.iter().flatten().count();
        used.clear();
        assert_eq!(known(&used), known(&Tally::default()));
        assert_eq!(used.pages.iter().flatten().count(), pages);
        used.merge(&tally(&[1, 2, 3]));
        assert_eq!(known(&used), known(&tally(&[1, 2, 3])));
    }
}
