//! Probability distributions, all sampled by inversion.
//!
//! A [`Dist`] is a law as a planner states it, by mean and coefficient of variation (cv, standard
//! deviation over mean). [`Dist::check`] says in words what is wrong with its numbers; the other
//! functions expect a law that passed. [`Dist::quantile`] is exact (to rounding) and slow; samplers
//! are what the event loop holds: tables of the inverse, built once per standardised shape and
//! shared. One uniform is one decision. It does not know what a draw is for. Start at [`Dist`].
//! Formulas: Law, "Simulation Modeling and Analysis" (2015), chapter 6.

mod check;
mod empirical;
mod sampler;
pub(crate) mod special;
mod standard;
mod table;

use std::sync::Arc;

use libm::{expm1, log, log1p};

use check::{check_mean, demand};
pub use sampler::{CountSampler, DurationSampler, Sampler};
use standard::Standard;

/// A law of a non-negative quantity, in the unit of its parameters (seconds for durations).
#[derive(Clone, PartialEq, Debug)]
pub enum Dist {
    /// Always the same value.
    Constant(f64),
    /// Exponential.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Sum of `k` exponentials.
    Erlang {
        /// Mean.
        mean: f64,
        /// Number of phases, at most 10,000.
        k: u32,
    },
    /// Gamma.
    Gamma {
        /// Mean.
        mean: f64,
        /// Standard deviation over mean, 0.01 to 10.
        cv: f64,
    },
    /// Lognormal.
    Lognormal {
        /// Mean.
        mean: f64,
        /// Standard deviation over mean, 0.01 to 10.
        cv: f64,
    },
    /// Weibull.
    Weibull {
        /// Mean.
        mean: f64,
        /// Standard deviation over mean, 0.01 to 10.
        cv: f64,
    },
    /// Triangular.
    Triangular {
        /// Least value.
        min: f64,
        /// Most likely value.
        mode: f64,
        /// Greatest value.
        max: f64,
    },
    /// Uniform.
    Uniform {
        /// Least value.
        min: f64,
        /// Greatest value.
        max: f64,
    },
    /// Beta on [min, max], given by its mean and cv.
    Beta {
        /// Mean.
        mean: f64,
        /// Standard deviation over mean.
        cv: f64,
        /// Least value.
        min: f64,
        /// Greatest value.
        max: f64,
    },
    /// Two exponentials with balanced means (p1/rate1 = p2/rate2).
    Hyperexponential {
        /// Mean.
        mean: f64,
        /// Standard deviation over mean, above 1 and at most 10.
        cv: f64,
    },
    /// Geometric on 1, 2, 3, ...
    Geometric {
        /// Mean, at least 1.
        mean: f64,
    },
    /// One of several laws: (weight, law); weights sum to 1.
    Mixture(Vec<(f64, Dist)>),
    /// Values with weights (weights sum to 1, values increasing): a discrete law.
    Empirical(Arc<[(f64, f64)]>),
}

/// How far weights may be from summing to 1.
const WEIGHT_SLACK: f64 = 1e-9;

/// A standardised law, multiplied by `scale` and moved by `offset`.
struct Placed {
    law: Standard,
    offset: f64,
    scale: f64,
}

impl Dist {
    /// The mean.
    pub fn mean(&self) -> f64 {
        match *self {
            Dist::Constant(value) => value,
            Dist::Exponential { mean }
            | Dist::Erlang { mean, .. }
            | Dist::Gamma { mean, .. }
            | Dist::Lognormal { mean, .. }
            | Dist::Weibull { mean, .. }
            | Dist::Beta { mean, .. }
            | Dist::Hyperexponential { mean, .. }
            | Dist::Geometric { mean } => mean,
            Dist::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Dist::Uniform { min, max } => 0.5 * (min + max),
            Dist::Mixture(ref parts) => parts.iter().map(|(weight, law)| weight * law.mean()).sum(),
            Dist::Empirical(ref pairs) => pairs.iter().map(|(value, weight)| weight * value).sum(),
        }
    }

    /// Standard deviation over mean; 0 for a constant, whatever its value.
    pub fn cv(&self) -> f64 {
        match *self {
            Dist::Exponential { .. } => 1.0,
            Dist::Erlang { k, .. } => 1.0 / f64::from(k).sqrt(),
            Dist::Gamma { cv, .. }
            | Dist::Lognormal { cv, .. }
            | Dist::Weibull { cv, .. }
            | Dist::Beta { cv, .. }
            | Dist::Hyperexponential { cv, .. } => cv,
            Dist::Constant(_)
            | Dist::Triangular { .. }
            | Dist::Uniform { .. }
            | Dist::Geometric { .. }
            | Dist::Mixture(_)
            | Dist::Empirical(_) => {
                let variance = self.variance();
                if variance > 0.0 { variance.sqrt() / self.mean() } else { 0.0 }
            }
        }
    }

    /// The variance.
    pub fn variance(&self) -> f64 {
        let around = |mean: f64, value: f64| (value - mean) * (value - mean);
        match *self {
            Dist::Constant(_) => 0.0,
            Dist::Exponential { .. }
            | Dist::Erlang { .. }
            | Dist::Gamma { .. }
            | Dist::Lognormal { .. }
            | Dist::Weibull { .. }
            | Dist::Beta { .. }
            | Dist::Hyperexponential { .. } => {
                let deviation = self.cv() * self.mean();
                deviation * deviation
            }
            Dist::Triangular { min, mode, max } => {
                let (left, right) = (mode - min, max - mode);
                (left * left + left * right + right * right) / 18.0
            }
            Dist::Uniform { min, max } => (max - min) * (max - min) / 12.0,
            Dist::Geometric { mean } => mean * (mean - 1.0),
            Dist::Mixture(ref parts) => {
                let mean = self.mean();
                parts.iter().map(|(weight, law)| weight * (law.variance() + around(mean, law.mean()))).sum()
            }
            Dist::Empirical(ref pairs) => {
                let mean = self.mean();
                pairs.iter().map(|(value, weight)| weight * around(mean, *value)).sum()
            }
        }
    }

    /// The same shape with another mean: every value is multiplied by the same factor (a geometric
    /// keeps counting from 1).
    ///
    /// # Errors
    /// When the law cannot have that mean; the reason is for the planner.
    pub fn with_mean(&self, mean: f64) -> Result<Dist, String> {
        let law = match self {
            Dist::Constant(_) => Dist::Constant(mean),
            Dist::Geometric { .. } => Dist::Geometric { mean },
            scalable => {
                check_mean(mean)?;
                demand(scalable.mean() > 0.0, "a law whose mean is 0 cannot be scaled")?;
                scalable.scaled(mean / scalable.mean())
            }
        };
        law.check().map(|()| law)
    }

    /// The same mean with another cv: the shape of gamma, lognormal, weibull, beta and
    /// hyperexponential; a uniform or triangular is stretched about its mean; an erlang becomes a
    /// gamma.
    ///
    /// # Errors
    /// When the law has no cv to set or cannot have this one; the reason is for the planner.
    pub fn with_cv(&self, cv: f64) -> Result<Dist, String> {
        let law = match *self {
            Dist::Erlang { mean, .. } | Dist::Gamma { mean, .. } => Dist::Gamma { mean, cv },
            Dist::Lognormal { mean, .. } => Dist::Lognormal { mean, cv },
            Dist::Weibull { mean, .. } => Dist::Weibull { mean, cv },
            Dist::Hyperexponential { mean, .. } => Dist::Hyperexponential { mean, cv },
            Dist::Beta { mean, min, max, .. } => Dist::Beta { mean, cv, min, max },
            Dist::Triangular { min, mode, max } => {
                let [min, mode, max] = self.stretched(cv, [min, mode, max])?;
                Dist::Triangular { min, mode, max }
            }
            Dist::Uniform { min, max } => {
                let [min, max] = self.stretched(cv, [min, max])?;
                Dist::Uniform { min, max }
            }
            Dist::Constant(_) => return Err("a constant has no cv".into()),
            Dist::Exponential { .. } => return Err("an exponential has cv 1; a gamma has a cv to set".into()),
            Dist::Geometric { .. } => return Err("a geometric has no cv to set: its mean decides it".into()),
            Dist::Mixture(_) => return Err("a mixture has no cv to set".into()),
            Dist::Empirical(_) => return Err("an empirical law has no cv to set".into()),
        };
        law.check().map(|()| law)
    }

    /// The least value that at least a share `p` (between 0 and 1) of samples does not exceed.
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(f64::MIN_POSITIVE, 1.0 - 0.5 * f64::EPSILON);
        let q = 1.0 - p;
        if let Some(Placed { law, offset, scale }) = self.placed() {
            return offset + scale * law.quantile(p, q);
        }
        match *self {
            Dist::Constant(value) => value,
            Dist::Uniform { min, max } => min + p * (max - min),
            Dist::Triangular { min, mode, max } => {
                if p * (max - min) < mode - min {
                    min + (p * (max - min) * (mode - min)).sqrt()
                } else {
                    max - (q * (max - min) * (max - mode)).sqrt()
                }
            }
            Dist::Geometric { mean } if mean <= 1.0 => 1.0,
            Dist::Geometric { mean } => (log(q) / log1p(-1.0 / mean)).ceil().max(1.0),
            Dist::Mixture(ref parts) => self.search(p, parts),
            Dist::Empirical(ref pairs) => {
                let mut sum = 0.0;
                let found = pairs.iter().find(|(_, weight)| {
                    sum += weight;
                    sum >= p - WEIGHT_SLACK
                });
                found.or(pairs.last()).map_or(0.0, |(value, _)| *value)
            }
            Dist::Exponential { .. }
            | Dist::Erlang { .. }
            | Dist::Gamma { .. }
            | Dist::Lognormal { .. }
            | Dist::Weibull { .. }
            | Dist::Beta { .. }
            | Dist::Hyperexponential { .. } => unreachable!("laws with a shape have a place"),
        }
    }

    /// The probability of a value at or below `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        self.tails(x)[0]
    }

    /// The probability of a value above `x`, accurate where it is small.
    pub fn upper_tail(&self, x: f64) -> f64 {
        self.tails(x)[1]
    }

    /// The probabilities of at most `x` and of more.
    fn tails(&self, x: f64) -> [f64; 2] {
        if let Some(Placed { law, offset, scale }) = self.placed() {
            let point = law.at((x - offset) / scale);
            return [point.lower, point.upper];
        }
        match *self {
            Dist::Constant(value) => step(x >= value),
            Dist::Uniform { min, max } => {
                let share = ((x - min) / (max - min)).clamp(0.0, 1.0);
                [share, 1.0 - share]
            }
            Dist::Triangular { min, mode, max } => {
                if x <= min || x >= max {
                    step(x >= max)
                } else if x < mode {
                    let lower = (x - min) * (x - min) / ((max - min) * (mode - min));
                    [lower, 1.0 - lower]
                } else {
                    let upper = (max - x) * (max - x) / ((max - min) * (max - mode));
                    [1.0 - upper, upper]
                }
            }
            Dist::Geometric { mean } if mean <= 1.0 => step(x >= 1.0),
            Dist::Geometric { mean } => {
                let power = x.floor().max(0.0) * log1p(-1.0 / mean);
                [-expm1(power), expm1(power) + 1.0]
            }
            Dist::Mixture(ref parts) => parts.iter().fold([0.0; 2], |[below, above], (weight, law)| {
                let [lower, upper] = law.tails(x);
                [below + weight * lower, above + weight * upper]
            }),
            Dist::Empirical(ref pairs) => {
                let cut = pairs.partition_point(|(value, _)| *value <= x);
                [&pairs[..cut], &pairs[cut..]].map(|side| side.iter().map(|(_, weight)| weight).sum())
            }
            Dist::Exponential { .. }
            | Dist::Erlang { .. }
            | Dist::Gamma { .. }
            | Dist::Lognormal { .. }
            | Dist::Weibull { .. }
            | Dist::Beta { .. }
            | Dist::Hyperexponential { .. } => unreachable!("laws with a shape have a place"),
        }
    }

    /// The quantile of a mixture, by bisection between those of its components.
    fn search(&self, p: f64, parts: &[(f64, Dist)]) -> f64 {
        let quantiles = || parts.iter().filter(|(weight, _)| *weight > 0.0).map(|(_, law)| law.quantile(p));
        let mut low = quantiles().fold(f64::INFINITY, f64::min);
        let mut high = quantiles().fold(0.0, f64::max);
        if self.cdf(low) >= p {
            return low;
        }
        loop {
            let middle = low + 0.5 * (high - low);
            if middle <= low || middle >= high {
                return high;
            }
            if self.cdf(middle) >= p {
                high = middle;
            } else {
                low = middle;
            }
        }
    }

    /// Every value times `factor` (which is positive).
    fn scaled(&self, factor: f64) -> Dist {
        match *self {
            Dist::Constant(value) => Dist::Constant(value * factor),
            Dist::Exponential { mean } => Dist::Exponential { mean: mean * factor },
            Dist::Erlang { mean, k } => Dist::Erlang { mean: mean * factor, k },
            Dist::Gamma { mean, cv } => Dist::Gamma { mean: mean * factor, cv },
            Dist::Lognormal { mean, cv } => Dist::Lognormal { mean: mean * factor, cv },
            Dist::Weibull { mean, cv } => Dist::Weibull { mean: mean * factor, cv },
            Dist::Hyperexponential { mean, cv } => Dist::Hyperexponential { mean: mean * factor, cv },
            Dist::Geometric { mean } => Dist::Geometric { mean: mean * factor },
            Dist::Beta { mean, cv, min, max } => {
                Dist::Beta { mean: mean * factor, cv, min: min * factor, max: max * factor }
            }
            Dist::Triangular { min, mode, max } => {
                Dist::Triangular { min: min * factor, mode: mode * factor, max: max * factor }
            }
            Dist::Uniform { min, max } => Dist::Uniform { min: min * factor, max: max * factor },
            Dist::Mixture(ref parts) => {
                Dist::Mixture(parts.iter().map(|(weight, law)| (*weight, law.scaled(factor))).collect())
            }
            Dist::Empirical(ref pairs) => {
                Dist::Empirical(pairs.iter().map(|(value, weight)| (value * factor, *weight)).collect())
            }
        }
    }

    /// The corners of this law moved away from (or towards) its mean until its cv is `cv`.
    fn stretched<const N: usize>(&self, cv: f64, corners: [f64; N]) -> Result<[f64; N], String> {
        demand(cv.is_finite() && cv > 0.0, "cv must be above 0")?;
        let (mean, factor) = (self.mean(), cv / self.cv());
        let corners = corners.map(|corner| mean + (corner - mean) * factor);
        demand(corners[0] >= 0.0, "cv is too great: the least value would be below 0")?;
        Ok(corners)
    }

    /// The law as a standardised one moved and multiplied, when it has a shape.
    fn placed(&self) -> Option<Placed> {
        let scaled = |law: Standard, mean: f64| Some(Placed { law, offset: 0.0, scale: mean / law.mean() });
        match *self {
            Dist::Exponential { mean } => scaled(Standard::Exponential, mean),
            Dist::Erlang { mean, k } => scaled(Standard::gamma(f64::from(k)), mean),
            Dist::Gamma { mean, cv } => scaled(Standard::gamma(1.0 / (cv * cv)), mean),
            Dist::Lognormal { mean, cv } => scaled(Standard::lognormal(cv), mean),
            Dist::Weibull { mean, cv } => scaled(Standard::weibull(cv), mean),
            Dist::Hyperexponential { mean, cv } => scaled(Standard::hyperexponential(cv), mean),
            Dist::Beta { mean, cv, min, max } => {
                let [a, b] = beta_shapes(mean, cv, [min, max]);
                Some(Placed { law: Standard::beta(a, b), offset: min, scale: max - min })
            }
            Dist::Constant(_)
            | Dist::Triangular { .. }
            | Dist::Uniform { .. }
            | Dist::Geometric { .. }
            | Dist::Mixture(_)
            | Dist::Empirical(_) => None,
        }
    }
}

fn step(reached: bool) -> [f64; 2] {
    if reached { [1.0, 0.0] } else { [0.0, 1.0] }
}

/// The two shapes of a beta law from its moments.
fn beta_shapes(mean: f64, cv: f64, [min, max]: [f64; 2]) -> [f64; 2] {
    let place = (mean - min) / (max - min);
    let deviation = cv * mean / (max - min);
    let sum = place * (1.0 - place) / (deviation * deviation) - 1.0;
    [place * sum, (1.0 - place) * sum]
}

#[cfg(test)]
mod tests;
