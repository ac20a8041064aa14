//! Markov chains in continuous time: states found from a first one, solved exactly.
//!
//! The stationary distribution is found by elimination without subtractions (Grassmann, Taksar
//! and Heyman 1985), so rounding does not build up. Start at [`Chain`].

use std::collections::{BTreeMap, VecDeque};

/// A chain on finitely many states.
pub struct Chain<S> {
    states: Vec<S>,
    shares: Vec<f64>,
}

impl<S: Ord + Clone> Chain<S> {
    /// Every state that can be reached from `first`, and how long the chain spends in each.
    pub fn solve(first: S, moves: impl Fn(&S) -> Vec<(f64, S)>) -> Self {
        let mut places = BTreeMap::from([(first.clone(), 0)]);
        let mut states = vec![first.clone()];
        let mut found: Vec<Vec<(usize, f64)>> = Vec::new();
        let mut open = VecDeque::from([first]);
        while let Some(state) = open.pop_front() {
            let mut row = Vec::new();
            for (rate, next) in moves(&state) {
                let place = *places.entry(next.clone()).or_insert_with(|| {
                    states.push(next.clone());
                    open.push_back(next);
                    states.len() - 1
                });
                row.push((place, rate));
            }
            found.push(row);
        }
        Chain { shares: stationary(&found), states }
    }

    /// The long-run average of a quantity.
    pub fn mean(&self, of: impl Fn(&S) -> f64) -> f64 {
        self.states.iter().zip(&self.shares).map(|(state, share)| share * of(state)).sum()
    }
}

fn stationary(moves: &[Vec<(usize, f64)>]) -> Vec<f64> {
    let size = moves.len();
    let mut rates = vec![vec![0.0; size]; size];
    for (from, row) in moves.iter().enumerate() {
        for (to, rate) in row.iter().filter(|(to, _)| *to != from) {
            rates[from][*to] += rate;
        }
    }
    for last in (1..size).rev() {
        let out: Vec<(usize, f64)> =
            (0..last).map(|to| (to, rates[last][to])).filter(|(_, rate)| *rate > 0.0).collect();
        let total: f64 = out.iter().map(|(_, rate)| rate).sum();
        for row in &mut rates[..last] {
            row[last] /= total;
            if row[last] > 0.0 {
                for (to, rate) in &out {
                    row[*to] += row[last] * rate;
                }
            }
        }
        // A way from a state to itself, left by the elimination, changes nothing.
        (0..last).for_each(|state| rates[state][state] = 0.0);
    }
    let mut shares: Vec<f64> = vec![1.0];
    for place in 1..size {
        shares.push(shares.iter().zip(&rates).map(|(share, row)| share * row[place]).sum());
    }
    let total: f64 = shares.iter().sum();
    shares.iter().map(|share| share / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_with_room_for_two_is_a_cut_geometric() {
        let chain = Chain::solve(0u32, |&n| {
            let mut moves = Vec::new();
            if n < 2 {
                moves.push((0.5, n + 1));
            }
            if n > 0 {
                moves.push((1.0, n - 1));
            }
            moves
        });
        assert!((chain.mean(|n| f64::from(u8::from(*n == 2))) - 0.25 / 1.75).abs() < 1e-15);
    }

    #[test]
    fn a_cycle_spends_time_in_proportion_to_its_mean_stays() {
        let chain = Chain::solve(0usize, |&n| vec![([1.0, 2.0, 4.0][n], (n + 1) % 3)]);
        assert!((chain.mean(|n| f64::from(u8::from(*n == 0))) - 4.0 / 7.0).abs() < 1e-15);
    }
}
