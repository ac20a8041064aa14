//! Interim.
use crate::kernel::time::SimDuration;

/// Observations one by one.
#[derive(Clone, Default, Debug)]
pub struct Tally {
    count: u64,
    zeros: u64,
    sum: i128,
    squares: i128,
    max: i64,
    pages: Vec<Option<Box<[u32; 256]>>>,
}

impl Tally {
    /// Records.
    pub fn record(&mut self, value: SimDuration) {
        let v = value.micros();
        self.count += 1;
        self.sum += i128::from(v);
        self.squares += i128::from(v) * i128::from(v);
        self.max = self.max.max(v);
        if v == 0 {
            self.zeros += 1;
            return;
        }
        let shifted = (v as u64) << 8;
        let top = 63 - shifted.leading_zeros();
        let page = (top - 8) as usize;
        let place = (shifted >> (top - 8)) as usize & 255;
        if self.pages.len() <= page {
            self.pages.resize(page + 1, None);
        }
        self.pages[page].get_or_insert_with(|| Box::new([0; 256]))[place] += 1;
    }
    /// Merges.
    pub fn merge(&mut self, o: &Tally) {
        self.count += o.count;
        self.zeros += o.zeros;
        self.sum += o.sum;
        self.squares += o.squares;
        self.max = self.max.max(o.max);
        if self.pages.len() < o.pages.len() {
            self.pages.resize(o.pages.len(), None);
        }
        for (mine, theirs) in self.pages.iter_mut().zip(&o.pages) {
            if let Some(theirs) = theirs {
                let mine = mine.get_or_insert_with(|| Box::new([0; 256]));
                mine.iter_mut().zip(theirs.iter()).for_each(|(a, b)| *a += b);
            }
        }
    }
    /// Clears.
    pub fn clear(&mut self) {
        self.count = 0;
        self.zeros = 0;
        self.sum = 0;
        self.squares = 0;
        self.max = 0;
        self.pages.iter_mut().flatten().for_each(|p| p.fill(0));
    }
    /// Count.
    pub fn count(&self) -> u64 {
        self.count
    }
    /// Zeros.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }
    /// Mean, seconds.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / 1e6)
    }
    /// Standard deviation, seconds.
    pub fn sd(&self) -> Option<f64> {
        (self.count > 1).then(|| {
            let n = i128::from(self.count);
            let d = self.squares * n - self.sum * self.sum;
            (d as f64 / (n * (n - 1)) as f64).sqrt() / 1e6
        })
    }
    /// Largest, seconds.
    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then(|| self.max as f64 / 1e6)
    }
    /// Quantile, seconds.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let rank = ((p * self.count as f64).ceil() as u64).clamp(1, self.count);
        let mut below = self.zeros;
        if rank <= below {
            return Some(0.0);
        }
        for (page, counts) in self.pages.iter().enumerate() {
            let Some(counts) = counts else { continue };
            for (place, count) in counts.iter().enumerate() {
                below += u64::from(*count);
                if rank <= below {
                    let low = ((256 + place) as f64) * (1u64 << page) as f64 / 256.0;
                    let width = (1u64 << page) as f64 / 256.0;
                    return Some((low + width.max(1.0) / 2.0 - 0.5).min(self.max as f64) / 1e6);
                }
            }
        }
        Some(self.max as f64 / 1e6)
    }
    /// Forgets the zeros.
    pub fn without_zeros(&self) -> Tally {
        let mut t = self.clone();
        t.count -= t.zeros;
        t.zeros = 0;
        t
    }
}

/// Quantile of Student's t.
pub fn t_quantile(p: f64, degrees: u32) -> f64 {
    use statrs::distribution::{ContinuousCDF, StudentsT};
    StudentsT::new(0.0, 1.0, f64::from(degrees)).expect("positive").inverse_cdf(p)
}
