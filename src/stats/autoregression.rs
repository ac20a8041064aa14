//! A first-order autoregressive series, of which everything is known: for tests of this floor.
//!
//! Y₀ is given or drawn from the steady law, Yₜ = φ Yₜ₋₁ + Z with standard normal Z: mean 0, variance
//! 1 / (1 − φ²), correlation φ^k at lag k. Start at [`Autoregression`].

use crate::dist::special::normal_quantile;
use crate::kernel::draws::{Key, Purpose, uniform};

/// The series.
pub(super) struct Autoregression {
    pub(super) phi: f64,
    /// The value before the first; NaN: drawn, so that the series is steady from the start.
    pub(super) first: f64,
}

impl Autoregression {
    /// The first `length` values.
    pub(super) fn series(&self, seed: u64, experiment: u64, length: usize) -> Vec<f64> {
        let (key, purpose) = (Key::new(seed, experiment, "autoregression"), Purpose::new("noise"));
        let noise = |who: usize| {
            let bits = key.bits(who as u64, purpose);
            normal_quantile(uniform(bits), uniform(!bits))
        };
        let steady = noise(0) * self.variance().sqrt();
        let mut value = if self.first.is_nan() { steady } else { self.first };
        let step = |who: usize| {
            value = self.phi * value + noise(who);
            value
        };
        (1..=length).map(step).collect()
    }

    pub(super) fn variance(&self) -> f64 {
        1.0 / (1.0 - self.phi * self.phi)
    }

    /// The variance of the mean of `length` values of the steady series.
    pub(super) fn variance_of_mean(&self, length: usize) -> f64 {
        let (phi, n) = (self.phi, length as f64);
        let far = (0..length).fold(1.0, |power, _| power * phi);
        let sum = (1.0 + phi) / (1.0 - phi) - 2.0 * phi * (1.0 - far) / (n * (1.0 - phi) * (1.0 - phi));
        self.variance() * sum / n
    }
}

pub(super) fn mean(series: &[f64]) -> f64 {
    series.iter().sum::<f64>() / series.len() as f64
}
