//! Batch means: an interval from one long series whose values depend on their neighbors.
//!
//! The series is cut into batches of equal length; means of long batches are nearly independent and
//! nearly normal, so Student's interval holds over them (Law, "Simulation Modeling and Analysis",
//! 2015, 9.5.3). Ten to thirty batches are enough: more add little but dependence (Schmeiser, "Batch
//! size effects in the analysis of simulation output", Operations Research 30, 1982). Whether
//! neighbors still go together is asked with von Neumann's ratio, as in LBATCH (Fishman and Yarberry,
//! "An implementation of the batch means method", INFORMS J. Computing 9, 1997); if they do with as
//! few as ten, the result says so, and the interval is too narrow. An observation may stand for
//! several values: then the mean is a ratio of sums, and its variance that of the ratio (Cochran,
//! "Sampling Techniques", 1977, 6.3). It does not know what was observed. Start at [`batch_means`].

use super::estimate::t_quantile;

/// Numbers of batches, the first that shows no dependence is taken.
const BATCHES: [usize; 4] = [30, 20, 15, 10];
const FEWEST: usize = 10;

/// Neighbors go together when chance alone would not make it look so in nine of ten cases: the level
/// at which LBATCH asks.
const LEVEL: f64 = 1.281_551_565_5;

/// Values taken together: how many, and their sum.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Observation {
    /// How many values.
    pub count: f64,
    /// Their sum.
    pub sum: f64,
}

/// The mean of a long series with its interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BatchMeans {
    /// Mean of all values.
    pub mean: f64,
    /// Half the width of the interval.
    pub half_width: f64,
    /// Batches that it rests on.
    pub batches: u32,
    /// Observations in a batch.
    pub length: usize,
    /// Correlation of means of neighboring batches.
    pub correlation: f64,
    /// Whether they still go together: then the interval is too narrow.
    pub dependent: bool,
}

/// The mean of a series and its interval at a confidence level. Observations at the beginning that fill
/// no batch count in the mean only. `None` with fewer than ten observations, or without values.
pub fn batch_means(series: &[Observation], confidence_level: f64) -> Option<BatchMeans> {
    let lengths = BATCHES.map(|batches| series.len().div_ceil(batches));
    let usable = lengths.into_iter().filter(|length| *length > 0 && series.len() / length >= FEWEST);
    let mut last = None;
    for length in usable {
        let Some(tried) = with_length(series, length, confidence_level) else { continue };
        if !tried.dependent {
            return Some(tried);
        }
        last = Some(tried);
    }
    last
}

fn with_length(series: &[Observation], length: usize, confidence_level: f64) -> Option<BatchMeans> {
    let all = total(series);
    let mean = all.sum / all.count;
    let batches: Vec<Observation> = series.rchunks_exact(length).map(total).collect();
    let count = batches.len() as f64;
    let mean_count = batches.iter().map(|batch| batch.count).sum::<f64>() / count;
    if mean_count <= 0.0 {
        return None;
    }
    let off: Vec<f64> = batches.iter().map(|batch| (batch.sum - mean * batch.count) / mean_count).collect();
    let middle = off.iter().sum::<f64>() / count;
    let squares: f64 = off.iter().map(|off| (off - middle) * (off - middle)).sum();
    let steps: f64 = off.windows(2).map(|pair| (pair[0] - pair[1]) * (pair[0] - pair[1])).sum();
    // 0 where nothing varies.
    let ratio = if squares > 0.0 { 1.0 - steps / (2.0 * squares) } else { 0.0 };
    let variance = squares / (count - 1.0);
    let t = t_quantile(0.5 + 0.5 * confidence_level, batches.len() as u32 - 1);
    Some(BatchMeans {
        mean,
        half_width: t * (variance / count).sqrt(),
        batches: batches.len() as u32,
        length,
        correlation: ratio,
        dependent: ratio > LEVEL * ((count - 2.0) / (count * count - 1.0)).sqrt(),
    })
}

fn total(observations: &[Observation]) -> Observation {
    let add = |a: Observation, b: &Observation| Observation { count: a.count + b.count, sum: a.sum + b.sum };
    observations.iter().fold(Observation::default(), add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Moments;
    use crate::stats::autoregression::Autoregression;

    fn single(values: &[f64]) -> Vec<Observation> {
        values.iter().map(|value| Observation { count: 1.0, sum: *value }).collect()
    }

    /// Ten values 1 and 3 in turn: mean 2, squares 10, variance 10 / 9, t(0.975, 9) = 2.26216. The nine
    /// steps are 2 each: ratio 1 − 36 / 20 = −0.8.
    #[test]
    fn by_hand() {
        let found = batch_means(&single(&[1.0, 3.0].repeat(5)), 0.95).expect("ten batches");
        assert_eq!((found.mean, found.batches, found.length, found.dependent), (2.0, 10, 1, false));
        assert!((found.half_width - 2.262_157_16 / 3.0).abs() < 1e-8, "{}", found.half_width);
        assert!((found.correlation + 0.8).abs() < 1e-12, "{}", found.correlation);
    }

    /// Ten observations of 1 or 3 trucks that take 1 s each in the small ones and 2 s in the large: mean
    /// 35 / 20 = 1.75; off it by −0.75 and +0.75, over 2 trucks −0.375 and 0.375.
    #[test]
    fn an_observation_may_stand_for_several_values() {
        let pair = [Observation { count: 1.0, sum: 1.0 }, Observation { count: 3.0, sum: 6.0 }];
        let found = batch_means(&pair.repeat(5), 0.95).expect("ten batches");
        let expected = 2.262_157_16 * (10.0 * 0.375 * 0.375 / 9.0 / 10.0f64).sqrt();
        assert_eq!(found.mean, 1.75);
        assert!((found.half_width - expected).abs() < 1e-8, "{}", found.half_width);
    }

    #[test]
    fn too_short_or_empty_has_none_and_what_grows_is_told() {
        assert_eq!(batch_means(&single(&[1.0; 9]), 0.95), None);
        assert_eq!(batch_means(&[Observation::default(); 50], 0.95), None);
        let mut begun = [Observation::default(); 45];
        begun[..2].fill(Observation { count: 5.0, sum: 10.0 });
        let early = batch_means(&begun, 0.95).expect("values");
        assert!(early.half_width.is_finite(), "values may lie in few batches: {early:?}");
        let same = batch_means(&single(&[4.0; 63]), 0.95).expect("batches of three");
        assert_eq!((same.batches, same.length, same.half_width, same.dependent), (21, 3, 0.0, false));
        let growing: Vec<f64> = (0..600).map(f64::from).collect();
        let found = batch_means(&single(&growing), 0.95).expect("ten batches");
        assert_eq!((found.batches, found.dependent), (10, true));
    }

    /// 1,000 series of 6,000 values with correlation 0.9: a share of 0.95 has a standard error of 0.007, so
    /// 93 to 97 % is three of them. The mean of the estimated variance is within 5 % of the formula (its
    /// standard error is 1 %; batches of 200 leave out 4.7 % of it).
    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        let process = Autoregression { phi: 0.9, first: f64::NAN };
        let (mut hits, mut variance, mut means) = (0, Moments::default(), Moments::default());
        for experiment in 0..1_000 {
            let series = process.series(23, experiment, 6_000);
            let found = batch_means(&single(&series), 0.95).expect("long enough");
            hits += u32::from(found.mean.abs() <= found.half_width);
            let error = found.half_width / t_quantile(0.975, found.batches - 1);
            variance.add(error * error);
            means.add(found.mean);
        }
        let exact = process.variance_of_mean(6_000);
        let share = f64::from(hits) / 1_000.0;
        assert!((0.93..=0.97).contains(&share), "{share}");
        let ratio = |found: Option<f64>| found.expect("values") / exact;
        assert!((0.93..=1.03).contains(&ratio(variance.mean())), "{}", ratio(variance.mean()));
        // The formula itself: a variance of 1,000 values has a standard error of 4.5 %.
        assert!((0.865..=1.135).contains(&ratio(means.variance())), "{}", ratio(means.variance()));
    }

    /// As many values go together too closely for ten batches: the share of intervals that hold falls, and
    /// most of those that fail are marked.
    #[test]
    fn a_series_that_is_too_short_is_marked() {
        let process = Autoregression { phi: 0.9, first: f64::NAN };
        let marked = (0..200).filter(|experiment| {
            batch_means(&single(&process.series(29, *experiment, 60)), 0.95).expect("ten").dependent
        });
        let share = marked.count() as f64 / 200.0;
        assert!(share > 0.5, "{share}");
    }
}
