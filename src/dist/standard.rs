//! Standardised laws: one shape each, scale and place taken out.
//!
//! A [`Standard`] has its exact distribution function and its exact inverse; what multiplies and
//! shifts it is its user's business. Two laws that differ only by scale share one standard law, and
//! so one table. Laws start at 0 and have mean 1, except gamma (scale 1) and beta (on 0 to 1).
//! Source of the balanced hyperexponential: Tijms, "A First Course in Stochastic Models" (2003),
//! appendix B.

use libm::{exp, expm1, lgamma, log, log1p, pow, sqrt};

use super::special::{
    Point, beta_point, beta_quantile, gamma_point, gamma_quantile, invert, ln_beta, normal_point,
    normal_quantile,
};

/// A law without scale, with the constants that its functions need.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Standard {
    Exponential,
    Gamma { shape: f64, ln_gamma: f64 },
    Lognormal { sigma: f64 },
    Weibull { shape: f64, scale: f64 },
    Beta { a: f64, b: f64, ln_beta: f64 },
    Hyperexponential { share: [f64; 2], mean: [f64; 2] },
}

impl Standard {
    pub(crate) fn gamma(shape: f64) -> Self {
        if shape == 1.0 { Standard::Exponential } else { Standard::Gamma { shape, ln_gamma: lgamma(shape) } }
    }

    pub(crate) fn lognormal(cv: f64) -> Self {
        Standard::Lognormal { sigma: sqrt(log1p(cv * cv)) }
    }

    /// The shape is found by bisection of ln Γ(1 + 2/k) - 2 ln Γ(1 + 1/k) = ln(1 + cv²).
    pub(crate) fn weibull(cv: f64) -> Self {
        let wanted = log1p(cv * cv);
        let (mut low, mut high) = (0.1, 1000.0);
        for _ in 0..100 {
            let middle = sqrt(low * high);
            if lgamma(1.0 + 2.0 / middle) - 2.0 * lgamma(1.0 + 1.0 / middle) > wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        let shape = sqrt(low * high);
        Standard::Weibull { shape, scale: exp(-lgamma(1.0 + 1.0 / shape)) }
    }

    pub(crate) fn beta(a: f64, b: f64) -> Self {
        Standard::Beta { a, b, ln_beta: ln_beta(a, b) }
    }

    pub(crate) fn hyperexponential(cv: f64) -> Self {
        let square = cv * cv;
        let root = sqrt((square - 1.0) / (square + 1.0));
        let rare = 1.0 / ((square + 1.0) * (1.0 + root)); // (1 - root) / 2 without cancelling
        let share = [0.5 * (1.0 + root), rare];
        Standard::Hyperexponential { share, mean: share.map(|share| 0.5 / share) }
    }

    /// What tells this law from every other, for a cache.
    pub(crate) fn key(&self) -> (u8, u64, u64) {
        match *self {
            Standard::Exponential => (0, 0, 0),
            Standard::Gamma { shape, .. } => (1, shape.to_bits(), 0),
            Standard::Lognormal { sigma } => (2, sigma.to_bits(), 0),
            Standard::Weibull { shape, .. } => (3, shape.to_bits(), 0),
            Standard::Beta { a, b, .. } => (4, a.to_bits(), b.to_bits()),
            Standard::Hyperexponential { share, .. } => (5, share[0].to_bits(), share[1].to_bits()),
        }
    }

    pub(crate) fn mean(&self) -> f64 {
        match *self {
            Standard::Exponential
            | Standard::Lognormal { .. }
            | Standard::Weibull { .. }
            | Standard::Hyperexponential { .. } => 1.0,
            Standard::Gamma { shape, .. } => shape,
            Standard::Beta { a, b, .. } => a / (a + b),
        }
    }

    /// Both tails and the density at `x`.
    pub(crate) fn at(&self, x: f64) -> Point {
        if x <= 0.0 {
            return Point { lower: 0.0, upper: 1.0, density: 0.0 };
        }
        match *self {
            Standard::Exponential => {
                let upper = exp(-x);
                Point { lower: -expm1(-x), upper, density: upper }
            }
            Standard::Gamma { shape, ln_gamma } => gamma_point(shape, ln_gamma, x),
            Standard::Lognormal { sigma } => {
                let normal = normal_point(log(x) / sigma + 0.5 * sigma);
                Point { density: normal.density / (sigma * x), ..normal }
            }
            Standard::Weibull { shape, scale } => {
                let power = pow(x / scale, shape);
                let upper = exp(-power);
                Point { lower: -expm1(-power), upper, density: shape * power * upper / x }
            }
            Standard::Beta { a, b, ln_beta } => beta_point(a, b, ln_beta, x),
            Standard::Hyperexponential { share: [s, t], mean: [m, n] } => {
                let (first, second) = (x / m, x / n);
                Point {
                    lower: -s * expm1(-first) - t * expm1(-second),
                    upper: s * exp(-first) + t * exp(-second),
                    density: s / m * exp(-first) + t / n * exp(-second),
                }
            }
        }
    }

    /// The value with `p` below and `q` above (p + q = 1, both accurate in their small ends).
    pub(crate) fn quantile(&self, p: f64, q: f64) -> f64 {
        match *self {
            Standard::Exponential => minus_log(p, q),
            Standard::Gamma { shape, ln_gamma } => gamma_quantile(shape, ln_gamma, p, q),
            Standard::Lognormal { sigma } => exp(sigma * (normal_quantile(p, q) - 0.5 * sigma)),
            Standard::Weibull { shape, scale } => scale * pow(minus_log(p, q), 1.0 / shape),
            Standard::Beta { a, b, ln_beta } => beta_quantile(a, b, ln_beta, p, q),
            Standard::Hyperexponential { .. } => self.invert_near(p, q, minus_log(p, q)),
        }
    }

    /// The same, when a value nearby is known: what makes tables quick to build.
    pub(crate) fn quantile_near(&self, p: f64, q: f64, start: f64) -> f64 {
        match *self {
            Standard::Exponential | Standard::Lognormal { .. } | Standard::Weibull { .. } => {
                self.quantile(p, q)
            }
            Standard::Gamma { .. } | Standard::Hyperexponential { .. } if start > 1e-200 => {
                self.invert_near(p, q, start)
            }
            Standard::Beta { .. } if start > 1e-200 && start < 1.0 && p <= q => self.invert_near(p, q, start),
            Standard::Gamma { .. } | Standard::Hyperexponential { .. } | Standard::Beta { .. } => {
                self.quantile(p, q)
            }
        }
    }

    fn invert_near(&self, p: f64, q: f64, start: f64) -> f64 {
        let most = if matches!(self, Standard::Beta { .. }) { 1.0 } else { f64::INFINITY };
        invert(p, q, start, [0.0, most], |x| self.at(x))
    }
}

/// -ln(q), from whichever tail is accurate.
fn minus_log(p: f64, q: f64) -> f64 {
    if p <= q { -log1p(-p) } else { -log(q) }
}
