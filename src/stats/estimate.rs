//! Estimates from independent replications: a mean, and how far it may be off.
//!
//! Intervals are Student's: mean ± t × s / √n, for values that are independent and nearly normal,
//! as means over a replication are (Law, "Simulation Modeling and Analysis", 2015, 4.5). A
//! replication without the statistic is left out and counted, never taken as 0. Sums run in the
//! order given (Welford 1962), so that the same order gives the same bytes. It does not know what
//! is estimated. Start at [`Estimate`].

use crate::dist::special::student_t;

/// Count, mean and squared deviations of values that come one by one (Welford 1962).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    count: u32,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Takes one more value.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / f64::from(self.count);
        self.squares += before * (value - self.mean);
    }

    /// How many values there were.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Their mean; `None` without any.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The variance between them; `None` with fewer than two.
    pub fn variance(&self) -> Option<f64> {
        (self.count >= 2).then(|| self.squares.max(0.0) / f64::from(self.count - 1))
    }

    /// The standard deviation between them; `None` with fewer than two.
    pub fn sd(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Half the width of Student's interval, from the quantile of t for the degrees of freedom.
    pub fn half_width(&self, t: impl FnOnce(u32) -> f64) -> Option<f64> {
        self.sd().map(|sd| t(self.count - 1) * sd / f64::from(self.count).sqrt())
    }
}

/// A mean over replications with its confidence interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// Mean over the replications that have a value.
    pub mean: f64,
    /// Standard deviation between them; `None` with one.
    pub sd: Option<f64>,
    /// Half the width of the interval; `None` with one value.
    pub half_width: Option<f64>,
    /// The share of such intervals that hold the true mean: 0.95.
    pub confidence_level: f64,
    /// Replications with a value.
    pub count: u32,
    /// Replications without one, left out.
    pub blank: u32,
}

impl Estimate {
    /// From one value per replication; `None` when no replication has one.
    pub fn new(values: impl IntoIterator<Item = Option<f64>>, confidence_level: f64) -> Option<Estimate> {
        let mut blank = 0;
        let mut moments = Moments::default();
        for value in values {
            match value {
                Some(value) => moments.add(value),
                None => blank += 1,
            }
        }
        Some(Estimate {
            mean: moments.mean()?,
            sd: moments.sd(),
            half_width: moments.half_width(|degrees| t_quantile(0.5 + 0.5 * confidence_level, degrees)),
            confidence_level,
            count: moments.count(),
            blank,
        })
    }

    /// The mean of `ours` minus `theirs`, replication by replication (common random numbers): a
    /// pair counts only if both have a value.
    pub fn paired(ours: &[Option<f64>], theirs: &[Option<f64>], confidence_level: f64) -> Option<Estimate> {
        let differences = ours.iter().zip(theirs).map(|(a, b)| Some((*a)? - (*b)?));
        Estimate::new(differences, confidence_level)
    }

    /// The ends of the interval.
    pub fn interval(&self) -> Option<[f64; 2]> {
        self.half_width.map(|half_width| [self.mean - half_width, self.mean + half_width])
    }

    /// The least number of runs after which the mean is within `tolerance` (a share of it) at the
    /// confidence level, N = (t × s / (tolerance × mean))², from the runs made so far (FHWA,
    /// Traffic Analysis Toolbox Volume III, FHWA-HOP-18-036, 2019, section on the number of runs).
    /// At least 1; `None` with fewer than two values, or a mean of 0.
    pub fn minimum_runs(&self, tolerance: f64) -> Option<u32> {
        let sd = self.sd.filter(|_| self.mean != 0.0)?;
        let t = t_quantile(0.5 + 0.5 * self.confidence_level, self.count - 1);
        let ratio = t * sd / (tolerance * self.mean);
        Some((ratio * ratio).ceil().max(1.0) as u32)
    }
}

/// The quantile of Student's t law for `p` in (0, 1) and `degrees` of freedom, at least 1.
pub fn t_quantile(p: f64, degrees: u32) -> f64 {
    let size = student_t(f64::from(degrees), (2.0 * p - 1.0).abs());
    if p < 0.5 { -size } else { size }
}

/// The quantile of values in increasing order, on the line between two of them (type 7 of Hyndman
/// and Fan 1996, the habit of spreadsheets); `None` without values.
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * last as f64;
    let below = place as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, StudentsT};

    use super::*;
    use crate::dist::special::normal_quantile;
    use crate::kernel::draws::{Key, Purpose, uniform};

    #[track_caller]
    fn check(found: f64, expected: f64, relative: f64) {
        assert!((found - expected).abs() <= relative * expected.abs(), "{found} is not {expected}");
    }

    #[test]
    fn t_quantiles_agree_with_statrs_and_tables() {
        check(t_quantile(0.975, 1), 12.706_204_736, 1e-9);
        check(t_quantile(0.95, 10), 1.812_461_123, 1e-9);
        check(t_quantile(0.995, 19), 2.860_934_606, 1e-9);
        assert_eq!(t_quantile(0.5, 3), 0.0);
        for degrees in [1, 2, 5, 19, 100, 5_000] {
            let oracle = StudentsT::new(0.0, 1.0, f64::from(degrees)).unwrap();
            for p in [0.01, 0.3, 0.51, 0.9, 0.975, 0.995, 0.9999] {
                check(oracle.cdf(t_quantile(p, degrees)), p, 1e-9);
            }
        }
    }

    /// Ten observations in Law (2015), example 4.27: the 90 % interval is 1.34 ± 0.24.
    #[test]
    fn an_interval_from_a_textbook() {
        let values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09];
        let estimate = Estimate::new(values.map(Some), 0.90).unwrap();
        check(estimate.mean, 1.343, 1e-12);
        check(estimate.half_width.unwrap(), 0.24, 0.02);
        assert_eq!((estimate.count, estimate.blank), (10, 0));
    }

    #[test]
    fn blanks_are_left_out_and_counted() {
        let estimate = Estimate::new([Some(1.0), None, Some(2.0), Some(3.0)], 0.95).unwrap();
        assert_eq!((estimate.mean, estimate.sd, estimate.count, estimate.blank), (2.0, Some(1.0), 3, 1));
        check(estimate.half_width.unwrap(), 4.302_652_73 / 3f64.sqrt(), 1e-9);
        assert_eq!(Estimate::new([None, None], 0.95), None);
        let one = Estimate::new([Some(5.0)], 0.95).unwrap();
        assert_eq!((one.half_width, one.interval(), one.minimum_runs(0.1)), (None, None, None));
        let pairs = Estimate::paired(&[Some(3.0), None, Some(7.0)], &[Some(1.0), Some(2.0), Some(3.0)], 0.95);
        assert_eq!(pairs.map(|pairs| (pairs.mean, pairs.count, pairs.blank)), Some((3.0, 2, 1)));
    }

    #[test]
    fn minimum_runs_by_hand() {
        // mean 10, s 2, t(0.975, 4) = 2.776: (2.776 × 2 / (0.1 × 10))² = 30.8.
        let values = [10.0 - 2.0 * 2f64.sqrt(), 10.0, 10.0, 10.0, 10.0 + 2.0 * 2f64.sqrt()];
        let estimate = Estimate::new(values.map(Some), 0.95).unwrap();
        check(estimate.sd.unwrap(), 2.0, 1e-12);
        assert_eq!(estimate.minimum_runs(0.10), Some(31));
        let same = Estimate::new([Some(4.0); 5], 0.95).unwrap();
        assert_eq!((same.half_width, same.minimum_runs(0.10)), (Some(0.0), Some(1)));
        assert_eq!(Estimate::new([Some(1.0), Some(-1.0)], 0.95).unwrap().minimum_runs(0.10), None);
    }

    #[test]
    fn quantiles_between_replications() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.95), Some(3.0));
        let four = [1.0, 2.0, 4.0, 8.0];
        for (p, expected) in [(0.0, 1.0), (0.5, 3.0), (0.25, 1.75), (1.0, 8.0)] {
            assert_eq!(quantile(&four, p), Some(expected));
        }
    }

    /// 2,000 intervals from ten normal values each: a share of 0.95 has a standard error of 0.005.
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let (key, purpose) = (Key::new(11, 0, "coverage"), Purpose::new("value"));
        let value = |who: u64| {
            let bits = key.bits(who, purpose);
            7.0 + 3.0 * normal_quantile(uniform(bits), uniform(!bits))
        };
        let hits = (0..2_000u64).filter(|experiment| {
            let values = (0..10).map(|n| Some(value(10 * experiment + n)));
            let [low, high] = Estimate::new(values, 0.95).and_then(|e| e.interval()).expect("ten values");
            low <= 7.0 && 7.0 <= high
        });
        let share = hits.count() as f64 / 2_000.0;
        assert!((0.935..=0.965).contains(&share), "{share}");
    }
}
