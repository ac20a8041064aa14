//! Means over replications: one pass in the order of replications, blanks left out.
//!
//! The sums are those of [`crate::stats::Moments`]; what is added here is that blanks are NaN, and that
//! quantiles of t are looked up once for tens of thousands of measures. Intervals are two-sided
//! Student t. Start at [`Running`].

use std::cell::RefCell;

use super::result::Mean;
use crate::stats::{Moments, t_quantile};

/// Count, mean and squared deviations so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Running(Moments);

impl Running {
    /// Over values, blanks (NaN) left out.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut running = Running::default();
        values.into_iter().for_each(|value| running.add(value));
        running
    }

    pub(super) fn add(&mut self, value: f64) {
        if !value.is_nan() {
            self.0.add(value);
        }
    }

    /// Variance between the values; `None` with fewer than two.
    pub(super) fn variance(&self) -> Option<f64> {
        self.0.variance()
    }

    pub(super) fn n(&self) -> u32 {
        self.0.count()
    }

    /// The mean; `None` without values.
    pub(super) fn value(&self) -> Option<f64> {
        self.0.mean()
    }

    /// With its interval.
    pub(super) fn mean(&self, level: &Level) -> Mean {
        Mean {
            mean: self.0.mean(),
            half_width: self.0.half_width(|degrees| level.t(degrees)),
            sd: self.0.sd(),
            n: self.n(),
            batches: None,
        }
    }
}

/// A confidence level, with the quantiles of Student's t that were asked for.
#[derive(Debug)]
pub(super) struct Level {
    confidence: f64,
    quantiles: RefCell<Vec<Option<f64>>>,
}

impl Level {
    pub(super) fn new(confidence: f64) -> Self {
        Level { confidence, quantiles: RefCell::new(Vec::new()) }
    }

    /// A level that holds for `family` intervals together (Bonferroni).
    pub(super) fn together(family: usize) -> Self {
        Level::new(1.0 - 0.05 / family.max(1) as f64)
    }

    pub(super) fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The two-sided quantile for `degrees` of freedom, at least 1.
    pub(super) fn t(&self, degrees: u32) -> f64 {
        let mut quantiles = self.quantiles.borrow_mut();
        let place = degrees as usize;
        if quantiles.len() <= place {
            quantiles.resize(place + 1, None);
        }
        *quantiles[place].get_or_insert_with(|| t_quantile(0.5 + self.confidence / 2.0, degrees))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_students() {
        // 1, 2, 3: sd 1, t(0.975, 2) = 4.30265.
        let mean = Running::of([1.0, f64::NAN, 2.0, 3.0]).mean(&Level::new(0.95));
        assert_eq!((mean.mean, mean.sd, mean.n), (Some(2.0), Some(1.0), 3));
        assert!((mean.half_width.unwrap() - 4.302_652_73 / 3.0f64.sqrt()).abs() < 1e-7);
        let one = Running::of([5.0]).mean(&Level::new(0.95));
        assert_eq!((one.mean, one.half_width, one.n), (Some(5.0), None, 1));
        assert_eq!(Running::of([]).mean(&Level::new(0.95)), Mean::default());
    }
}
