//! Where to cut the initial transient of a series: MSER.
//!
//! What is left after cutting `d` of `n` values has the squared standard error of its mean, as if the
//! values were independent, MSER(d) = Σ (Y − Ȳ)² / (n − d)²; the cut with the least is the best
//! compromise between bias and values thrown away (White, "An effective truncation heuristic for bias
//! reduction in simulation output", Simulation 69(6), 1997, eq. 3). MSER-5 takes means of five values
//! first (White, Cobb and Spratt, "A comparison of five steady-state truncation heuristics for
//! simulation", WSC 2000). A least value in the second half means that the series is too short, or
//! never settles; the last five means are not looked at, since so few may agree by chance (Hoad,
//! Robinson and Davies, "Automating warm-up length estimation", J. Oper. Res. Soc. 61, 2010). It does
//! not know what a value stands for. Start at [`mser`].

use super::estimate::Moments;

/// Fewest means from which anything is said.
const FEWEST: usize = 10;

/// Cuts that leave fewer means than this are not looked at.
const LEFT: usize = 5;

/// What MSER says about a series.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truncation {
    /// Values to cut from the beginning: a multiple of the batch.
    At(usize),
    /// The least value lies in the second half: no cut in the first half makes the rest steady.
    NotReached,
}

/// The truncation of a series by MSER over means of `batch` values: 5 for MSER-5, 1 for MSER itself.
/// Values at the end that fill no batch are left out. `None` with fewer than ten means.
pub fn mser(series: &[f64], batch: usize) -> Option<Truncation> {
    let means: Vec<f64> = series
        .chunks_exact(batch.max(1))
        .map(|values| values.iter().sum::<f64>() / values.len() as f64)
        .collect();
    if means.len() < FEWEST {
        return None;
    }
    let mut rest = Moments::default();
    let (mut cut, mut least) = (0, f64::INFINITY);
    for (place, mean) in means.iter().enumerate().rev() {
        rest.add(*mean);
        let count = f64::from(rest.count());
        let Some(variance) = rest.variance().filter(|_| rest.count() as usize >= LEFT) else { continue };
        let statistic = variance * (count - 1.0) / (count * count);
        // The earliest of equals.
        if statistic <= least {
            (cut, least) = (place, statistic);
        }
    }
    Some(if 2 * cut > means.len() { Truncation::NotReached } else { Truncation::At(cut * batch.max(1)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::autoregression::{self, Autoregression};

    /// 9, 5, then 1 and 2 in turn. Around their means: all 12 values 63.67 / 144 = 0.442; from the second
    /// 14.73 / 121 = 0.122; from the third 2.5 / 100 = 0.025; from the fourth 2.22 / 81 = 0.0274; then more.
    #[test]
    fn by_hand() {
        let series = [9.0, 5.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0];
        assert_eq!(mser(&series, 1), Some(Truncation::At(2)));
        // As means of two each: 7, then 1.5 ten times over.
        let pairs: Vec<f64> = [9.0, 5.0].into_iter().chain([1.0, 2.0].repeat(10)).chain([99.0]).collect();
        assert_eq!(mser(&pairs, 2), Some(Truncation::At(2)));
    }

    #[test]
    fn what_is_steady_is_not_cut_and_what_grows_is_never_steady() {
        assert_eq!(mser(&[3.0; 20], 1), Some(Truncation::At(0)));
        let growing: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(mser(&growing, 5), Some(Truncation::NotReached));
        assert_eq!(mser(&growing[..49], 5), None);
        assert_eq!(mser(&[], 5), None);
    }

    /// An AR(1) series that starts 20 above its mean, 200 times: without the cut the mean of 1,000 values
    /// is off by 20 (1 − 0.95^1000) / (1 − 0.95) / 1000 = 0.4. With it, what is left of the bias is within
    /// three standard errors of 0, and a tenth of what it was.
    #[test]
    fn the_cut_takes_the_bias_away() {
        let process = Autoregression { phi: 0.95, first: 20.0 };
        let (mut plain, mut cut) = (Moments::default(), Moments::default());
        for experiment in 0..200 {
            let series = process.series(17, experiment, 1_000);
            let Some(Truncation::At(from)) = mser(&series, 5) else { continue };
            plain.add(autoregression::mean(&series));
            cut.add(autoregression::mean(&series[from..]));
        }
        assert!(cut.count() >= 190, "{}", cut.count());
        let bias = |moments: &Moments| moments.mean().expect("values");
        let error = cut.sd().expect("values") / f64::from(cut.count()).sqrt();
        assert!((bias(&plain) - 0.4).abs() < 3.0 * error, "{}", bias(&plain));
        assert!(
            bias(&cut).abs() < 3.0 * error && bias(&cut).abs() < 0.04 + error,
            "{} ± {error}",
            bias(&cut)
        );
    }
}
