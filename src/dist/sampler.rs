//! What the event loop holds: laws made ready to sample from one 64-bit word.
//!
//! Every sample is the inverse of the distribution function at the uniform that
//! [`uniform`](crate::kernel::draws::uniform) makes of the word, so it rises with the word (to
//! rounding in the last digit); in a mixture it rises within each component. Units are folded into
//! the scale when a sampler is made. Errors of the tables are stated in `table`. It does not know
//! what is sampled. Start at [`Sampler`].

use std::sync::Arc;

use libm::log1p;

use super::empirical::Discrete;
use super::standard::Standard;
use super::table::{Table, table_of};
use super::{Dist, Placed};
use crate::kernel::draws::uniform;
use crate::kernel::time::SimDuration;

/// Samples a law by inversion.
#[derive(Clone, PartialEq, Debug)]
pub struct Sampler(Kind);

#[derive(Clone, PartialEq, Debug)]
enum Kind {
    Constant(f64),
    Uniform { min: f64, width: f64 },
    Triangular { min: f64, max: f64, turn: f64, rise: f64, fall: f64 },
    Table { table: Arc<Table>, offset: f64, scale: f64 },
    Geometric { exponential: Arc<Table>, per_step: f64, unit: f64 },
    Discrete(Arc<Discrete>),
    Mixture(Arc<[Component]>),
}

/// One law of a mixture, for uniforms from `from` up to `to`.
#[derive(PartialEq, Debug)]
struct Component {
    from: f64,
    to: f64,
    sampler: Sampler,
}

impl Sampler {
    /// For a law that [`Dist::check`] accepts.
    pub fn new(law: &Dist) -> Self {
        Self::in_unit(law, 1.0)
    }

    /// For a law whose values are multiplied by `unit`.
    fn in_unit(law: &Dist, unit: f64) -> Self {
        if let Some(Placed { law, offset, scale }) = law.placed() {
            let table = table_of(law);
            return Sampler(Kind::Table { table, offset: offset * unit, scale: scale * unit });
        }
        Sampler(match *law {
            Dist::Constant(value) => Kind::Constant(value * unit),
            Dist::Uniform { min, max } => Kind::Uniform { min: min * unit, width: (max - min) * unit },
            Dist::Triangular { min, mode, max } => {
                let [min, mode, max] = [min, mode, max].map(|x| x * unit);
                Kind::Triangular {
                    min,
                    max,
                    turn: (mode - min) / (max - min),
                    rise: (max - min) * (mode - min),
                    fall: (max - min) * (max - mode),
                }
            }
            Dist::Geometric { mean } if mean <= 1.0 => Kind::Constant(unit),
            Dist::Geometric { mean } => Kind::Geometric {
                exponential: table_of(Standard::Exponential),
                per_step: -1.0 / log1p(-1.0 / mean),
                unit,
            },
            Dist::Mixture(ref parts) => Kind::Mixture(components(parts, unit)),
            Dist::Empirical(ref pairs) => Kind::Discrete(Arc::new(Discrete::new(pairs, unit))),
            Dist::Exponential { .. }
            | Dist::Erlang { .. }
            | Dist::Gamma { .. }
            | Dist::Lognormal { .. }
            | Dist::Weibull { .. }
            | Dist::Beta { .. }
            | Dist::Hyperexponential { .. } => unreachable!("continuous laws with a shape have a place"),
        })
    }

    /// The value for 64 random bits; increasing in the bits.
    #[inline]
    pub fn sample(&self, bits: u64) -> f64 {
        match &self.0 {
            Kind::Constant(value) => *value,
            Kind::Table { table, offset, scale } => offset + scale * table.sample(bits),
            Kind::Uniform { min, width } => min + width * uniform(bits),
            Kind::Triangular { min, max, turn, rise, fall } => {
                let u = uniform(bits);
                if u < *turn { min + (rise * u).sqrt() } else { max - (fall * uniform(!bits)).sqrt() }
            }
            Kind::Geometric { exponential, per_step, unit } => {
                ceiling(exponential.sample(bits) * per_step).max(1.0) * unit
            }
            Kind::Discrete(discrete) => discrete.sample(bits),
            Kind::Mixture(components) => sample_mixture(components, bits),
        }
    }

    /// Whether a draw is needed: false for constants.
    #[inline]
    pub fn is_random(&self) -> bool {
        !matches!(self.0, Kind::Constant(_))
    }
}

/// The least whole number not below `x`, without a call where the processor has no instruction.
#[inline]
fn ceiling(x: f64) -> f64 {
    let down = x as i64;
    (down + i64::from((down as f64) < x)) as f64
}

fn components(parts: &[(f64, Dist)], unit: f64) -> Arc<[Component]> {
    let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
    let mut sum = 0.0;
    let mut components: Vec<Component> = parts
        .iter()
        .map(|(weight, law)| {
            let from = sum / total;
            sum += weight;
            Component { from, to: sum / total, sampler: Sampler::in_unit(law, unit) }
        })
        .collect();
    if let Some(last) = components.last_mut() {
        last.to = 1.0;
    }
    components.into()
}

/// Weights in order; what is left of the uniform within its weight becomes the component's word.
#[inline(never)]
fn sample_mixture(components: &[Component], bits: u64) -> f64 {
    const WORDS: f64 = 18_446_744_073_709_551_616.0; // 2^64
    let u = uniform(bits);
    let mut chosen = &components[0];
    for component in components {
        chosen = component;
        if u < component.to {
            break;
        }
    }
    let left = (u - chosen.from) / (chosen.to - chosen.from);
    chosen.sampler.sample((left * WORDS) as u64)
}

/// Samples durations: the law in seconds, rounded to the microsecond, never negative, and never
/// above a hundred years, so that sums of samples stay within the clock.
#[derive(Clone, PartialEq, Debug)]
pub struct DurationSampler {
    micros: Sampler,
    mean: SimDuration,
}

const MICROS_PER_SECOND: f64 = 1e6;
const HUNDRED_YEARS: i64 = 3_155_760_000_000_000;

impl DurationSampler {
    /// For a law in seconds that [`Dist::check`] accepts.
    pub fn new(law: &Dist) -> Self {
        DurationSampler {
            micros: Sampler::in_unit(law, MICROS_PER_SECOND),
            mean: SimDuration::from_seconds(law.mean()),
        }
    }

    /// Always `duration` (zero if it is negative).
    pub fn constant(duration: SimDuration) -> Self {
        let duration = duration.or_zero();
        DurationSampler { micros: Sampler(Kind::Constant(duration.micros() as f64)), mean: duration }
    }

    /// The duration for 64 random bits; increasing in the bits.
    #[inline]
    pub fn sample(&self, bits: u64) -> SimDuration {
        SimDuration::from_micros(((self.micros.sample(bits) + 0.5) as i64).clamp(0, HUNDRED_YEARS))
    }

    /// Whether a draw is needed: false for constants.
    #[inline]
    pub fn is_random(&self) -> bool {
        self.micros.is_random()
    }

    /// The mean of the law, to the microsecond.
    pub fn mean(&self) -> SimDuration {
        self.mean
    }
}

/// Samples counts of at least 1.
#[derive(Clone, PartialEq, Debug)]
pub struct CountSampler {
    sampler: Sampler,
    mean: f64,
}

impl CountSampler {
    /// For a law of counts that [`Dist::check`] accepts: rounded to the nearest whole number
    /// (halves up), at least 1.
    pub fn new(law: &Dist) -> Self {
        CountSampler { sampler: Sampler::new(law), mean: rounded_mean(law) }
    }

    /// The count for 64 random bits; increasing in the bits.
    #[inline]
    pub fn sample(&self, bits: u64) -> u32 {
        ((self.sampler.sample(bits) + 0.5) as u32).max(1)
    }

    /// Whether a draw is needed: false for constants.
    #[inline]
    pub fn is_random(&self) -> bool {
        self.sampler.is_random()
    }

    /// The exact mean of the counts that are drawn (after rounding).
    pub fn mean(&self) -> f64 {
        self.mean
    }
}

/// Rounded, halves up, and at least 1.
fn whole(value: f64) -> f64 {
    (value + 0.5).floor().max(1.0)
}

/// The mean of a law after rounding to whole numbers of at least 1.
fn rounded_mean(law: &Dist) -> f64 {
    match law {
        Dist::Geometric { mean } => *mean,
        Dist::Constant(value) => whole(*value),
        Dist::Mixture(parts) => parts.iter().map(|(weight, law)| weight * rounded_mean(law)).sum(),
        Dist::Empirical(pairs) => pairs.iter().map(|(value, weight)| weight * whole(*value)).sum(),
        Dist::Exponential { .. }
        | Dist::Erlang { .. }
        | Dist::Gamma { .. }
        | Dist::Lognormal { .. }
        | Dist::Weibull { .. }
        | Dist::Triangular { .. }
        | Dist::Uniform { .. }
        | Dist::Beta { .. }
        | Dist::Hyperexponential { .. } => continuous_rounded_mean(law),
    }
}

/// 1 + P(X >= 1.5) + P(X >= 2.5) + ...; far out, where the tail hardly bends between two counts,
/// one value stands for a stretch of counts.
fn continuous_rounded_mean(law: &Dist) -> f64 {
    const NEGLIGIBLE: f64 = 1e-18;
    let mut mean = 1.0;
    let mut count = 1.0;
    loop {
        let stretch = (count / 4096.0f64).floor().max(1.0);
        let above = law.upper_tail(count + 0.5 * stretch);
        mean += stretch * above;
        count += stretch;
        if above < NEGLIGIBLE {
            return mean;
        }
    }
}
