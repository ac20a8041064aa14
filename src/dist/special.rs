//! Special functions behind the exact laws: incomplete gamma and beta, the normal law, Student's t.
//!
//! All of them rest on the `libm` crate alone, so they give the same bits on any machine. Tails are
//! returned in pairs (lower, upper), the smaller one computed first and never as one minus the
//! other. Sources: series and continued fractions as in Press et al., "Numerical Recipes" (2007),
//! 6.2 and 6.4; Stirling's correction from Abramowitz and Stegun (1964), 6.1.41; the normal
//! quantile is AS 241, routine PPND16 (Wichura, Applied Statistics 37, 1988). Start at [`Point`]
//! and [`invert`]. It does not know what the laws are for.

use libm::{erfc, exp, lgamma, log, log1p, sqrt};

/// A law at one value: the probability below, the probability above, and the density.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    pub(crate) density: f64,
}

const TINY: f64 = 1e-300;
const PRECISION: f64 = 1e-16;
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_7;
const MOST_TERMS: u32 = 100_000;

/// The value with `p` below and `q` above (p + q = 1, both accurate), between `least` and `most`.
///
/// Newton's method on the logarithm of the smaller tail, kept inside a shrinking bracket. The
/// lower tail is followed in the logarithm of the value, where laws that start like a power of it
/// are straight lines.
pub(crate) fn invert(p: f64, q: f64, start: f64, [least, most]: [f64; 2], at: impl Fn(f64) -> Point) -> f64 {
    const CLOSE: f64 = 1e-8; // the last Newton step squares this
    let (mut low, mut high) = (least, most);
    let mut x = start;
    for _ in 0..200 {
        let here = at(x);
        let excess = if p <= q { log(here.lower / p) } else { log(q / here.upper) };
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = if p <= q {
            x * exp(-excess * here.lower / (x * here.density))
        } else {
            x - excess * here.upper / here.density
        };
        if excess.abs() <= CLOSE && newton >= least && newton <= most {
            return newton;
        }
        let next = if newton > low && newton < high { newton } else { middle(low, high, x) };
        if next == x {
            return x; // the bracket has closed
        }
        x = next;
    }
    x
}

/// A value inside the bracket: its geometric mean, or away from `x` while one side is open.
fn middle(low: f64, high: f64, x: f64) -> f64 {
    if high.is_infinite() {
        2.0 * x
    } else if low == 0.0 {
        x / 8.0
    } else {
        sqrt(low * high)
    }
}

/// Gamma law of unit scale; `ln_gamma` is the logarithm of the gamma function at `shape`.
pub(crate) fn gamma_point(shape: f64, ln_gamma: f64, x: f64) -> Point {
    if x <= 0.0 {
        return Point { lower: 0.0, upper: 1.0, density: 0.0 };
    }
    let kernel = gamma_kernel(shape, ln_gamma, x);
    let density = kernel / x;
    // The fraction is slow near a large shape, where the upper tail is no smaller than 1 in 50.
    let turn = if shape > 20.0 { 2.0 * sqrt(shape) } else { 1.0 };
    if x < shape + turn {
        let lower = kernel * gamma_series(shape, x);
        Point { lower, upper: 1.0 - lower, density }
    } else {
        let upper = kernel * gamma_fraction(shape, x);
        Point { lower: 1.0 - upper, upper, density }
    }
}

/// x^a e^-x / Γ(a). Large shapes go by the distance from `a`, where the plain form would cancel.
fn gamma_kernel(a: f64, ln_gamma: f64, x: f64) -> f64 {
    if a < 10.0 {
        return exp(a * log(x) - x - ln_gamma);
    }
    let t = (x - a) / a;
    let log_term = if t.abs() < 0.5 { log1p(t) - t } else { log(x / a) - t };
    sqrt(a / (2.0 * std::f64::consts::PI)) * exp(a * log_term - stirling(a))
}

/// ln Γ(a) less (a - 1/2) ln a - a + ln(2π)/2, for a of at least 10.
fn stirling(a: f64) -> f64 {
    const B: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let square = 1.0 / (a * a);
    B.iter().rev().fold(0.0, |sum, b| sum * square + b) / a
}

/// P(a, x) over the kernel: sum of x^n / (a (a+1) ... (a+n)).
fn gamma_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut next = a;
    for _ in 0..MOST_TERMS {
        next += 1.0;
        term *= x / next;
        sum += term;
        if term < sum * PRECISION {
            break;
        }
    }
    sum
}

/// Q(a, x) over the kernel, by Lentz's method.
fn gamma_fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..MOST_TERMS {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / away_from_zero(an * d + b);
        c = away_from_zero(b + an / c);
        let factor = d * c;
        h *= factor;
        if (factor - 1.0).abs() <= PRECISION {
            break;
        }
    }
    h
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

/// The value of a gamma law of unit scale.
pub(crate) fn gamma_quantile(shape: f64, ln_gamma: f64, p: f64, q: f64) -> f64 {
    let small = exp((log(p) + lgamma(shape + 1.0)) / shape); // P(x) -> x^a / Γ(a+1)
    if small < 1e-200 {
        return small;
    }
    let start = if shape > 1.0 {
        let z = normal_quantile(p, q); // Wilson and Hilferty (1931)
        let root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * sqrt(shape));
        if root > 0.1 { shape * root * root * root } else { small }
    } else if q < 0.1 {
        -log(q)
    } else {
        small.min(1.0)
    };
    invert(p, q, start.max(1e-200), [0.0, f64::INFINITY], |x| gamma_point(shape, ln_gamma, x))
}

/// Beta law on (0, 1); `ln_beta` is the logarithm of B(a, b).
pub(crate) fn beta_point(a: f64, b: f64, ln_beta: f64, x: f64) -> Point {
    if x <= 0.0 {
        return Point { lower: 0.0, upper: 1.0, density: 0.0 };
    }
    if x >= 1.0 {
        return Point { lower: 1.0, upper: 0.0, density: 0.0 };
    }
    let kernel = exp(a * log(x) + b * log1p(-x) - ln_beta);
    let density = kernel / (x * (1.0 - x));
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = kernel * beta_fraction(a, b, x) / a;
        Point { lower, upper: 1.0 - lower, density }
    } else {
        let upper = kernel * beta_fraction(b, a, 1.0 - x) / b;
        Point { lower: 1.0 - upper, upper, density }
    }
}

/// ln B(a, b). With a large shape the gamma functions would cancel; their corrections do not.
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    if b < 10.0 {
        return lgamma(a) + lgamma(b) - lgamma(a + b);
    }
    let ln_gamma_a = if a < 10.0 { lgamma(a) + a } else { (a - 0.5) * log(a) + HALF_LN_TAU + stirling(a) };
    ln_gamma_a - (b - 0.5) * log1p(a / b) - a * log(a + b) + stirling(b) - stirling(a + b)
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..MOST_TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        let factor = d * c;
        h *= factor;
        if (factor - 1.0).abs() <= PRECISION {
            break;
        }
    }
    h
}

/// The value of a beta law on (0, 1). In the upper half it is accurate as a distance from 1.
pub(crate) fn beta_quantile(a: f64, b: f64, ln_beta: f64, p: f64, q: f64) -> f64 {
    if p > q {
        return 1.0 - beta_quantile(b, a, ln_beta, q, p);
    }
    let small = exp((log(p) + log(a) + ln_beta) / a); // I_x(a, b) -> x^a / (a B(a, b))
    if small < 1e-200 {
        return small;
    }
    let start = if small < 0.3 * a / (a + b) { small } else { a / (a + b) };
    invert(p, q, start, [0.0, 1.0], |x| beta_point(a, b, ln_beta, x))
}

/// The half of Student's t law: t such that a share `level` lies in [-t, t]. Any `freedom` above 0.
pub(crate) fn student_t(freedom: f64, level: f64) -> f64 {
    let (a, b) = (0.5, 0.5 * freedom);
    let share = beta_quantile(a, b, ln_beta(a, b), level, 1.0 - level); // t² / (ν + t²)
    sqrt(freedom * share / (1.0 - share))
}

/// Standard normal law at `z`.
pub(crate) fn normal_point(z: f64) -> Point {
    const ROOT_HALF: f64 = std::f64::consts::FRAC_1_SQRT_2;
    let density = exp(-0.5 * z * z) * 0.398_942_280_401_432_7;
    Point { lower: 0.5 * erfc(-z * ROOT_HALF), upper: 0.5 * erfc(z * ROOT_HALF), density }
}

/// Standard normal quantile from both tails; relative error about 1e-16 (AS 241, PPND16).
pub(crate) fn normal_quantile(p: f64, q: f64) -> f64 {
    let center = if p <= q { p - 0.5 } else { 0.5 - q };
    if center.abs() <= 0.425 {
        let r = 0.180625 - center * center;
        return center * ratio(r, &NEAR);
    }
    let r = sqrt(-log(p.min(q)));
    let size = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    if p <= q { -size } else { size }
}

/// Numerator and denominator of a rational function, highest power first.
type Rational = [[f64; 8]; 2];

fn ratio(r: f64, coefficients: &Rational) -> f64 {
    let [top, bottom] = coefficients.map(|c| c.iter().fold(0.0, |sum, c| sum * r + c));
    top / bottom
}

#[rustfmt::skip]
const NEAR: Rational = [
    [2.509_080_928_730_122_7e3, 3.343_057_558_358_813e4, 6.726_577_092_700_87e4, 4.592_195_393_154_987e4,
     1.373_169_376_550_946e4, 1.971_590_950_306_551_4e3, 1.331_416_678_917_843_8e2, 3.387_132_872_796_366_6],
    [5.226_495_278_852_546e3, 2.872_908_573_572_194_3e4, 3.930_789_580_009_271e4, 2.121_379_430_158_659_6e4,
     5.394_196_021_424_751e3, 6.871_870_074_920_579e2, 4.231_333_070_160_091e1, 1.0],
];
#[rustfmt::skip]
const MIDDLE: Rational = [
    [7.745_450_142_783_414e-4, 2.272_384_498_926_918_4e-2, 2.417_807_251_774_506e-1, 1.270_458_252_452_368_4,
     3.647_848_324_763_204_5, 5.769_497_221_460_691, 4.630_337_846_156_545, 1.423_437_110_749_683_5],
    [1.050_750_071_644_416_9e-9, 5.475_938_084_995_345e-4, 1.519_866_656_361_645_7e-2, 1.481_039_764_274_800_8e-1,
     6.897_673_349_851e-1, 1.676_384_830_183_803_8, 2.053_191_626_637_759, 1.0],
];
#[rustfmt::skip]
const FAR: Rational = [
    [2.010_334_399_292_288_1e-7, 2.711_555_568_743_487_6e-5, 1.242_660_947_388_078_4e-3, 2.653_218_952_657_612_4e-2,
     2.965_605_718_285_048_7e-1, 1.784_826_539_917_291_3, 5.463_784_911_164_114, 6.657_904_643_501_103],
    [2.044_263_103_389_939_8e-15, 1.421_511_758_316_446e-7, 1.846_318_317_510_054_8e-5, 7.868_691_311_456_133e-4,
     1.487_536_129_085_061_5e-2, 1.369_298_809_227_358e-1, 5.998_322_065_558_88e-1, 1.0],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: f64, expected: f64, relative: f64) {
        assert!((found - expected).abs() <= relative * expected.abs(), "{found:e} is not {expected:e}");
    }

    /// The check values printed with AS 241, and tables of the normal law.
    #[test]
    fn normal_quantiles() {
        check(normal_quantile(0.25, 0.75), -0.674_489_750_196_081_7, 5e-16);
        check(normal_quantile(0.001, 0.999), -3.090_232_306_167_814, 5e-16);
        check(normal_quantile(1e-20, 1.0), -9.262_340_089_798_408, 5e-16);
        check(normal_quantile(0.975, 0.025), 1.959_963_984_540_054, 5e-16);
        assert_eq!(normal_quantile(0.5, 0.5), 0.0);
        for i in 1..400 {
            let z = -0.05 * f64::from(i) / 2.0;
            let here = normal_point(z);
            check(normal_quantile(here.lower, here.upper), z, 1e-14);
            check(normal_quantile(here.upper, here.lower), -z, 1e-14);
        }
    }

    /// Chi-square quantiles (twice a gamma of half the degrees of freedom), Pearson and Hartley.
    #[test]
    fn gamma_quantiles() {
        for (freedom, p, expected) in [
            (1.0, 0.95, 3.841_458_820_694_124),
            (2.0, 0.95, 5.991_464_547_107_979),
            (10.0, 0.99, 23.209_251_158_954_36),
            (10.0, 0.05, 3.940_299_136_119_06),
            (100.0, 0.95, 124.342_113_404_004_05),
            (1.0, 0.01, 0.000_157_087_857_909_702),
        ] {
            let shape = freedom / 2.0;
            check(2.0 * gamma_quantile(shape, lgamma(shape), p, 1.0 - p), expected, 1e-12);
        }
    }

    #[test]
    fn gamma_round_trips() {
        for shape in [0.01, 0.1, 0.5, 1.0, 2.5, 9.99, 10.0, 40.0, 400.0, 10_000.0] {
            let ln_gamma = lgamma(shape);
            for tail in [1e-15, 1e-9, 1e-4, 0.01, 0.2, 0.49] {
                let low = gamma_quantile(shape, ln_gamma, tail, 1.0 - tail);
                if low > 1e-200 {
                    check(gamma_point(shape, ln_gamma, low).lower, tail, 1e-11);
                }
                let high = gamma_quantile(shape, ln_gamma, 1.0 - tail, tail);
                check(gamma_point(shape, ln_gamma, high).upper, tail, 1e-11);
            }
        }
    }

    #[test]
    fn beta_round_trips() {
        for (a, b) in [(0.5, 0.5), (0.1, 3.0), (2.0, 5.0), (30.0, 0.4), (400.0, 300.0), (1.0, 1.0)] {
            let ln_beta = ln_beta(a, b);
            for tail in [1e-15, 1e-6, 0.01, 0.2, 0.49] {
                let low = beta_quantile(a, b, ln_beta, tail, 1.0 - tail);
                if low < 0.9 {
                    check(beta_point(a, b, ln_beta, low).lower, tail, 1e-10);
                }
                let high = beta_quantile(b, a, ln_beta, 1.0 - tail, tail);
                check(1.0 - low, high, 1e-15);
            }
        }
    }

    /// Student's t from printed tables.
    #[test]
    fn student_quantiles() {
        check(student_t(1.0, 0.95), 12.706_204_736_174_7, 1e-11);
        check(student_t(9.0, 0.95), 2.262_157_162_798_2, 1e-11);
        check(student_t(29.0, 0.99), 2.756_385_903_670_6, 1e-11);
        check(student_t(1e6, 0.95), 1.959_966_356_80, 1e-10);
    }
}
