//! Probability distributions, all sampled by inversion.
//!
//! A [`Dist`] is a law checked when made; `quantile` is exact (to rounding) and slow. Samplers are
//! what the event loop holds: tables of the inverse, built once per standardised shape and shared.
//! One uniform is one decision. It does not know what a draw is for. Start at [`Dist`].

use std::sync::Arc;

use crate::kernel::time::SimDuration;

/// A law of a non-negative quantity, in the unit of its parameters (seconds for durations).
#[derive(Clone, PartialEq, Debug)]
pub enum Dist {
    /// Always the same value.
    Constant(f64),
    /// Exponential.
    Exponential {
        /** Mean. */
        mean: f64,
    },
    /// Sum of `k` exponentials.
    Erlang {
        /** Mean. */
        mean: f64,
        /** Number of phases. */
        k: u32,
    },
    /// Gamma.
    Gamma {
        /** Mean. */
        mean: f64,
        /** Standard deviation over mean. */
        cv: f64,
    },
    /// Lognormal.
    Lognormal {
        /** Mean. */
        mean: f64,
        /** Standard deviation over mean. */
        cv: f64,
    },
    /// Weibull.
    Weibull {
        /** Mean. */
        mean: f64,
        /** Standard deviation over mean. */
        cv: f64,
    },
    /// Triangular.
    Triangular {
        /** Least value. */
        min: f64,
        /** Most likely value. */
        mode: f64,
        /** Greatest value. */
        max: f64,
    },
    /// Uniform.
    Uniform {
        /** Least value. */
        min: f64,
        /** Greatest value. */
        max: f64,
    },
    /// Beta on [min, max], given by its mean and cv.
    Beta {
        /** Mean. */
        mean: f64,
        /** Standard deviation over mean. */
        cv: f64,
        /** Least value. */
        min: f64,
        /** Greatest value. */
        max: f64,
    },
    /// Two exponentials with balanced means (p1/rate1 = p2/rate2); cv > 1.
    Hyperexponential {
        /** Mean. */
        mean: f64,
        /** Standard deviation over mean, above 1. */
        cv: f64,
    },
    /// Geometric on 1, 2, 3, ...
    Geometric {
        /** Mean, at least 1. */
        mean: f64,
    },
    /// One of several laws: (weight, law); weights sum to 1.
    Mixture(Vec<(f64, Dist)>),
    /// Values with weights (weights sum to 1, values increasing): a discrete law.
    Empirical(Arc<[(f64, f64)]>),
}

/// Samples a law by inversion.
#[derive(Clone, Debug)]
pub struct Sampler;

/// Samples durations: the law in seconds, rounded to the microsecond, never negative.
#[derive(Clone, Debug)]
pub struct DurationSampler;

/// Samples counts of at least 1.
#[derive(Clone, Debug)]
pub struct CountSampler;

impl Sampler {
    /// For a law.
    pub fn new(_law: &Dist) -> Self {
        todo!()
    }
    /// The value for 64 random bits; increasing in the bits.
    pub fn sample(&self, _bits: u64) -> f64 {
        todo!()
    }
}

impl DurationSampler {
    /// For a law in seconds.
    pub fn new(_law: &Dist) -> Self {
        todo!()
    }
    /// Always `duration`.
    pub fn constant(_duration: SimDuration) -> Self {
        todo!()
    }
    /// The duration for 64 random bits; increasing in the bits.
    pub fn sample(&self, _bits: u64) -> SimDuration {
        todo!()
    }
    /// Whether a draw is needed: false for constants.
    pub fn is_random(&self) -> bool {
        todo!()
    }
    /// The mean of the law.
    pub fn mean(&self) -> SimDuration {
        todo!()
    }
}

impl CountSampler {
    /// For a law of counts: rounded to the nearest whole number, at least 1.
    pub fn new(_law: &Dist) -> Self {
        todo!()
    }
    /// The count for 64 random bits.
    pub fn sample(&self, _bits: u64) -> u32 {
        todo!()
    }
    /// The exact mean of the counts that are drawn (after rounding).
    pub fn mean(&self) -> f64 {
        todo!()
    }
}
