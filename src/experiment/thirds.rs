//! What an uncertain input does to a difference: worlds in which it is low beside worlds in which it is high.
//!
//! Worlds are drawn independently, so the third with the lowest values of one input is a sample of all the others:
//! the means of its differences and those of the highest third have Student t intervals, and so has their difference
//! (Welch 1947, degrees of freedom rounded down). Start at [`by_thirds`].

use super::result::{Mean, PlausibleWorlds};
use super::running::{Level, Running};

/// A difference where an input is low and where it is high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thirds {
    /// Ends of the input's values in the third with the lowest.
    pub low_inputs: [f64; 2],
    /// The same in the third with the highest.
    pub high_inputs: [f64; 2],
    /// Mean difference of the headline measure in the worlds of the lowest third, with its 95 % interval.
    pub low: Mean,
    /// The same in those of the highest third.
    pub high: Mean,
    /// By how much the second is more than the first, with its 95 % interval.
    pub change: Mean,
}

/// The headline difference of a scenario from the baseline in the outer thirds of worlds, sorted by the values of an
/// input (one per world; NaN: not known). `None` with fewer than six worlds that have both, or if the input does not vary.
pub fn by_thirds(
    worlds: &PlausibleWorlds,
    values: &[f64],
    scenario: usize,
    baseline: usize,
) -> Option<Thirds> {
    let of_world = |(world, value): (&super::World, &f64)| {
        let difference = world.headline.get(scenario)? - world.headline.get(baseline)?;
        (value.is_finite() && difference.is_finite()).then_some((*value, difference))
    };
    let mut pairs: Vec<(f64, f64)> = worlds.worlds.iter().zip(values).filter_map(of_world).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let third = pairs.len() / 3;
    if third < 2 || pairs[0].0 == pairs[pairs.len() - 1].0 {
        return None;
    }
    let (lowest, highest) = (&pairs[..third], &pairs[pairs.len() - third..]);
    let level = Level::new(0.95);
    let running = |pairs: &[(f64, f64)]| Running::of(pairs.iter().map(|pair| pair.1));
    let (low, high) = (running(lowest), running(highest));
    let ends = |pairs: &[(f64, f64)]| [pairs[0].0, pairs[pairs.len() - 1].0];
    let n = f64::from(low.n());
    // Both thirds have the same size.
    let (a, b) = (low.variance()? / n, high.variance()? / n);
    let degrees = if a + b > 0.0 { (n - 1.0) * (a + b) * (a + b) / (a * a + b * b) } else { 1.0 };
    let change = Mean {
        mean: Some(high.value()? - low.value()?),
        half_width: Some(level.t((degrees as u32).max(1)) * (a + b).sqrt()),
        sd: None,
        n: 2 * low.n(),
        batches: None,
    };
    Some(Thirds {
        low_inputs: ends(lowest),
        high_inputs: ends(highest),
        low: low.mean(&level),
        high: high.mean(&level),
        change,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::World;

    /// Nine worlds, differences 1 to 9 in the order of the input: the low third has mean 2 and variance 1, the high
    /// third 8 and 1. Their difference is 6 with standard error √(1/3 + 1/3) and 4 degrees of freedom: ± 2.776445 × 0.816497.
    #[test]
    fn thirds_of_nine_worlds() {
        let world = |place: u32| World {
            number: place,
            inputs: Vec::new(),
            headline: vec![10.0, 11.0 + f64::from(place)],
            failed: None,
        };
        let worlds = PlausibleWorlds {
            inputs: Vec::new(),
            replications: 1,
            worlds: (0..9).map(world).collect(),
            changes: Vec::new(),
        };
        let values: Vec<f64> = (0..9).map(f64::from).collect();
        let thirds = by_thirds(&worlds, &values, 1, 0).expect("nine worlds do");
        assert_eq!(
            (thirds.low.mean, thirds.high.mean, thirds.change.mean),
            (Some(2.0), Some(8.0), Some(6.0))
        );
        let half = thirds.change.half_width.expect("there is an interval");
        assert!((half - 2.776_445_105 * (2.0_f64 / 3.0).sqrt()).abs() < 1e-6, "{half}");
        assert_eq!((thirds.low_inputs, thirds.high_inputs), ([0.0, 2.0], [6.0, 8.0]));
        assert_eq!(by_thirds(&worlds, &[1.0; 9], 1, 0), None);
    }
}
