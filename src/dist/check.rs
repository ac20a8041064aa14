//! Whether the numbers of a law describe one, and if not why, in a planner's words.
//!
//! Reasons begin in lower case and end without a full stop, to stand inside a diagnostic. It does
//! not know where the numbers were written. Start at [`Dist::check`].

use super::{Dist, WEIGHT_SLACK, beta_shapes};

/// Least and greatest cv of the laws that take one: below, a constant says the same.
const CV: [f64; 2] = [0.01, 10.0];
/// Least and greatest shape of a gamma or beta law: outside, quantiles lose their accuracy.
const SHAPE: [f64; 2] = [0.01, 10_000.0];

impl Dist {
    /// Whether the numbers describe a law.
    ///
    /// # Errors
    /// The reason why not, for the planner: lower case, without a full stop.
    pub fn check(&self) -> Result<(), String> {
        match *self {
            Dist::Constant(value) => {
                demand(value.is_finite() && value >= 0.0, "a constant must be 0 or more")
            }
            Dist::Exponential { mean } => check_mean(mean),
            Dist::Erlang { mean, k } => {
                check_mean(mean)?;
                demand((1..=SHAPE[1] as u32).contains(&k), "k of an erlang must be from 1 to 10,000")
            }
            Dist::Gamma { mean, cv } => check_mean(mean).and_then(|()| check_cv("a gamma", cv)),
            Dist::Lognormal { mean, cv } => check_mean(mean).and_then(|()| check_cv("a lognormal", cv)),
            Dist::Weibull { mean, cv } => check_mean(mean).and_then(|()| check_cv("a weibull", cv)),
            Dist::Triangular { min, mode, max } => {
                check_range(min, max)?;
                demand(min <= mode && mode <= max, "mode must lie between min and max")
            }
            Dist::Uniform { min, max } => check_range(min, max),
            Dist::Beta { mean, cv, min, max } => check_beta(mean, cv, [min, max]),
            Dist::Hyperexponential { mean, cv } => {
                check_mean(mean)?;
                demand(cv > 1.0, "cv of a hyperexponential must be above 1")?;
                check_cv("a hyperexponential", cv)
            }
            Dist::Geometric { mean } => demand(
                mean.is_finite() && mean >= 1.0,
                "mean of a geometric must be 1 or more, since it counts from 1",
            ),
            Dist::Mixture(ref parts) => {
                check_weights("a mixture", parts.iter().map(|(weight, _)| *weight))?;
                parts.iter().enumerate().try_for_each(|(index, (_, law))| {
                    law.check().map_err(|reason| format!("component {} of the mixture: {reason}", index + 1))
                })
            }
            Dist::Empirical(ref pairs) => {
                check_weights("an empirical law", pairs.iter().map(|(_, weight)| *weight))?;
                let valid = |value: f64| value.is_finite() && value >= 0.0;
                demand(pairs.iter().all(|(value, _)| valid(*value)), "values must be 0 or more")?;
                demand(pairs.windows(2).all(|pair| pair[0].0 < pair[1].0), "values must increase")
            }
        }
    }
}

pub(super) fn demand(holds: bool, reason: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(reason.into()) }
}

pub(super) fn check_mean(mean: f64) -> Result<(), String> {
    demand(mean.is_finite() && mean > 0.0, "mean must be above 0")
}

fn check_cv(of: &str, cv: f64) -> Result<(), String> {
    if (CV[0]..=CV[1]).contains(&cv) {
        return Ok(());
    }
    let hint = if (0.0..CV[0]).contains(&cv) { "; below that, write a constant" } else { "" };
    Err(format!("cv of {of} must be from {} to {}{hint}", CV[0], CV[1]))
}

fn check_range(min: f64, max: f64) -> Result<(), String> {
    demand(min.is_finite() && min >= 0.0, "min must be 0 or more")?;
    demand(max.is_finite() && min < max, "max must be above min")
}

fn check_beta(mean: f64, cv: f64, [min, max]: [f64; 2]) -> Result<(), String> {
    check_range(min, max)?;
    demand(min < mean && mean < max, "mean of a beta must lie between min and max")?;
    demand(cv.is_finite() && cv > 0.0, "cv of a beta must be above 0")?;
    let shapes = beta_shapes(mean, cv, [min, max]);
    if shapes.iter().any(|shape| *shape < SHAPE[0]) {
        let most = ((mean - min) * (max - mean)).sqrt() / mean;
        return Err(format!("cv of a beta with this mean and range must be well below {most:.3}"));
    }
    demand(
        shapes.iter().all(|shape| *shape <= SHAPE[1]),
        "cv of a beta is too small for its range; write a constant",
    )
}

fn check_weights(of: &str, weights: impl Iterator<Item = f64>) -> Result<(), String> {
    let (mut count, mut sum) = (0, 0.0);
    for weight in weights {
        demand(weight.is_finite() && weight >= 0.0, "weights must be 0 or more")?;
        count += 1;
        sum += weight;
    }
    if count == 0 {
        return Err(format!("{of} needs at least one entry"));
    }
    if (sum - 1.0).abs() > WEIGHT_SLACK * f64::from(count).max(1.0) {
        return Err(format!("weights of {of} must sum to 1, not {sum}"));
    }
    Ok(())
}
