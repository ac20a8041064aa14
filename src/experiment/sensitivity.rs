//! Which inputs matter: indices of sensitivity from the points of designed experiments.
//!
//! Sobol indices say which share of the variance of a result an input explains, by itself (first order) and
//! with all its interactions (total): estimators of Saltelli et al. (Computer Physics Communications 181,
//! 2010) and Jansen (Computer Physics Communications 117, 1999). Elementary effects say how far a result
//! moves when one input moves: Morris (Technometrics 33, 1991), with the mean of sizes by Campolongo,
//! Cariboni and Saltelli (Environmental Modelling & Software 22, 2007). Intervals are of the bootstrap
//! (percentiles; Efron 1979), drawn by address. It does not know what inputs and results are. Start at
//! [`sobol`] and [`morris`].

use crate::kernel::draws::{Key, Purpose, uniform};
use crate::stats::quantile;

/// An estimate with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Index {
    /// The estimate; NaN if results do not vary.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Sobol indices of an input.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sobol {
    /// Share of the variance that it explains by itself.
    pub first: Index,
    /// The same with all its interactions.
    pub total: Index,
}

/// Elementary effects of an input, over its whole range.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Morris {
    /// Mean of the effects: which way the result moves.
    pub mean: Index,
    /// Mean of their sizes: how much the input matters.
    pub size: Index,
    /// Standard deviation of the effects: large where it interacts or is not linear.
    pub spread: f64,
}

/// Times that rows are drawn again.
const BOOTSTRAPS: usize = 1000;

/// Results at the points of a Sobol design: row by row at A, at B, and at A with one input after another from B.
#[derive(Clone, Copy, Debug)]
pub struct Saltelli<'a> {
    results: &'a [f64],
    rows: usize,
    inputs: usize,
}

impl<'a> Saltelli<'a> {
    /// From the results in the order of points; `None` unless there are `inputs` + 2 blocks.
    pub fn new(results: &'a [f64], inputs: usize) -> Option<Self> {
        let rows = results.len() / (inputs + 2);
        let whole = rows > 1 && rows * (inputs + 2) == results.len();
        whole.then_some(Saltelli { results, rows, inputs })
    }

    fn at(&self, block: usize, row: usize) -> f64 {
        self.results[block * self.rows + row]
    }

    /// First order and total of an input over some rows.
    fn indices(&self, input: usize, rows: &[usize]) -> [f64; 2] {
        let n = rows.len() as f64;
        let both = || rows.iter().flat_map(|row| [self.at(0, *row), self.at(1, *row)]);
        let mean = both().sum::<f64>() / (2.0 * n);
        let variance = both().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (2.0 * n - 1.0);
        let (mut first, mut total) = (0.0, 0.0);
        for row in rows {
            let (a, b, mixed) = (self.at(0, *row), self.at(1, *row), self.at(2 + input, *row));
            // Centred: less noise where the mean is far from zero.
            first += (b - mean) * (mixed - a);
            total += (a - mixed) * (a - mixed) / 2.0;
        }
        [first / n / variance, total / n / variance]
    }
}

/// Sobol indices of every input. Rows without a result are left out.
pub fn sobol(design: Saltelli, seed: u64) -> Vec<Sobol> {
    let whole = |row: &usize| (0..design.inputs + 2).all(|block| !design.at(block, *row).is_nan());
    let rows: Vec<usize> = (0..design.rows).filter(whole).collect();
    let of_input = |input: usize| {
        let [first, total] = bootstrap(&rows, seed, |rows| design.indices(input, rows));
        Sobol { first, total }
    };
    (0..design.inputs).map(of_input).collect()
}

/// Elementary effects of every input, trajectory by trajectory: `effects[trajectory][input]`, each the change of
/// the result over the change of the input as a share of its range.
pub fn morris(effects: &[Vec<f64>], seed: u64) -> Vec<Morris> {
    let inputs = effects.first().map_or(0, Vec::len);
    let of_input = |input: usize| {
        let known = |trajectory: &usize| !effects[*trajectory][input].is_nan();
        let rows: Vec<usize> = (0..effects.len()).filter(known).collect();
        let mean = |rows: &[usize], of: fn(f64) -> f64| {
            rows.iter().map(|row| of(effects[*row][input])).sum::<f64>() / rows.len() as f64
        };
        let [mean_index, size] = bootstrap(&rows, seed, |rows| [mean(rows, |e| e), mean(rows, f64::abs)]);
        let squares = rows.iter().map(|row| effects[*row][input] - mean_index.value).map(|off| off * off);
        let spread = (squares.sum::<f64>() / (rows.len() as f64 - 1.0)).sqrt();
        Morris { mean: mean_index, size, spread }
    };
    (0..inputs).map(of_input).collect()
}

/// Two estimates over rows, with the 2.5th and 97.5th percentile of those over rows that are drawn again.
fn bootstrap(rows: &[usize], seed: u64, estimate: impl Fn(&[usize]) -> [f64; 2]) -> [Index; 2] {
    if rows.len() < 2 {
        return [Index { value: f64::NAN, low: f64::NAN, high: f64::NAN }; 2];
    }
    let here = estimate(rows);
    let key = Key::new(seed, 0, "bootstrap");
    let mut drawn = vec![0; rows.len()];
    let mut seen = [Vec::with_capacity(BOOTSTRAPS), Vec::with_capacity(BOOTSTRAPS)];
    for round in 0..BOOTSTRAPS {
        for (place, row) in drawn.iter_mut().enumerate() {
            let u = uniform(key.bits((round * rows.len() + place) as u64, Purpose::new("row")));
            *row = rows[(u * rows.len() as f64) as usize];
        }
        for (seen, value) in seen.iter_mut().zip(estimate(&drawn)) {
            seen.push(value);
        }
    }
    let index = |place: usize| {
        let mut seen: Vec<f64> = seen[place].iter().copied().filter(|value| !value.is_nan()).collect();
        seen.sort_by(f64::total_cmp);
        let end = |p: f64| quantile(&seen, p).unwrap_or(f64::NAN);
        Index { value: here[place], low: end(0.025), high: end(0.975) }
    };
    [index(0), index(1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::phrase::DesignPhrase;
    use crate::scenario::unit_cube;

    /// Ishigami and Homma (1990), a = 7, b = 0.1, inputs uniform from -pi to pi.
    fn ishigami(x: &[f64]) -> f64 {
        let at = |i: usize| std::f64::consts::PI * (2.0 * x[i] - 1.0);
        let (a, b, c) = (libm::sin(at(0)), libm::sin(at(1)), at(2));
        a + 7.0 * b * b + 0.1 * c * c * c * c * a
    }

    #[test]
    fn indices_of_the_ishigami_function() {
        let cube = unit_cube(DesignPhrase::SobolIndices(2048), "ishigami", 3, 1);
        let results: Vec<f64> = cube.iter().map(|x| ishigami(x)).collect();
        let design = Saltelli::new(&results, 3).expect("a design");
        // First order 0.314, 0.442, 0; total 0.558, 0.442, 0.244 (Saltelli et al. 2008, section 4).
        for (found, (first, total)) in
            sobol(design, 1).iter().zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)])
        {
            println!("{first} {total} {found:?}");
            assert!(found.first.low <= first && first <= found.first.high, "{first}: {:?}", found.first);
            assert!(found.total.low <= total && total <= found.total.high, "{total}: {:?}", found.total);
            assert!((found.first.value - first).abs() < 0.03 && (found.total.value - total).abs() < 0.03);
        }
    }

    /// Of a linear function each effect is its slope, whatever the trajectory.
    #[test]
    fn effects_of_a_linear_function_are_its_slopes() {
        let cube = unit_cube(DesignPhrase::Morris(10), "line", 3, 1);
        let slopes = [2.0, -5.0, 0.0];
        let value = |x: &Vec<f64>| x.iter().zip(slopes).map(|(x, slope)| x * slope).sum::<f64>();
        let effects: Vec<Vec<f64>> = cube.chunks(4).map(|way| elementary(way, &value)).collect();
        for (found, slope) in morris(&effects, 1).iter().zip(slopes) {
            assert!((found.mean.value - slope).abs() < 1e-9 && (found.size.value - slope.abs()).abs() < 1e-9);
            assert!(found.spread < 1e-9, "{found:?}");
        }
        // One that interacts spreads.
        let effects: Vec<Vec<f64>> =
            cube.chunks(4).map(|way| elementary(way, &|x: &Vec<f64>| x[0] * x[1])).collect();
        assert!(morris(&effects, 1)[0].spread > 0.1);
    }

    fn elementary(way: &[Vec<f64>], value: &dyn Fn(&Vec<f64>) -> f64) -> Vec<f64> {
        let mut effects = vec![f64::NAN; way[0].len()];
        for pair in way.windows(2) {
            let moved = (0..way[0].len()).find(|i| pair[0][*i] != pair[1][*i]).expect("one moves");
            effects[moved] = (value(&pair[1]) - value(&pair[0])) / (pair[1][moved] - pair[0][moved]);
        }
        effects
    }
}
