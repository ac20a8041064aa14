//! Batches that arrive in a Poisson process, exponential service: M^X/M/c.
//!
//! The number of trucks is a Markov chain with jumps of a batch up and of one down (Burke 1975 for
//! what one server's trucks wait; Cromie, Chaudhry and Grassmann 1979 for several). One server has
//! a closed form: L = (rho + r E[X^2]) / 2 (1 - rho) with r batches per service time (Gross and
//! Harris 1998, section 3.1).

use super::chain::Chain;

/// (share that waits, mean wait) of trucks; `sizes[k]` is the chance of k + 1 trucks in a batch.
pub fn waits(servers: u32, batches: f64, service_rate: f64, sizes: &[f64]) -> (f64, f64) {
    // Numbers beyond this have no weight at the loads used here.
    let most = 240;
    let chain = Chain::solve(0u32, |&n| {
        let more = |(k, chance): (usize, &f64)| (batches * chance, (n + k as u32 + 1).min(most));
        let mut moves: Vec<_> = sizes.iter().enumerate().map(more).collect();
        if n > 0 {
            moves.push((f64::from(n.min(servers)) * service_rate, n - 1));
        }
        moves
    });
    let size: f64 = sizes.iter().enumerate().map(|(k, chance)| (k + 1) as f64 * chance).sum();
    let line = chain.mean(|n| f64::from(n.saturating_sub(servers)));
    // Of a batch that finds n, the first servers - n start at once.
    let at_once = chain.mean(|n| {
        let free = f64::from(servers.saturating_sub(*n));
        sizes.iter().enumerate().map(|(k, chance)| chance * free.min((k + 1) as f64)).sum()
    });
    (1.0 - at_once / size, line / (batches * size))
}

/// Chances of 1, 2, ... when sizes are geometric.
pub fn geometric(mean: f64) -> Vec<f64> {
    let p = 1.0 / mean;
    (0..200).map(|k| p * (1.0 - p).powi(k)).take_while(|chance| *chance > 1e-15).collect()
}

#[cfg(test)]
mod tests {
    use super::super::erlang::Mmc;
    use super::*;

    #[test]
    fn one_server_has_a_closed_form() {
        for (sizes, batches, mean, square) in
            [(geometric(2.0), 0.3, 2.0, 6.0), (vec![0.0, 0.0, 1.0], 0.2, 3.0, 9.0)]
        {
            let load = batches * mean;
            let inside = (load + batches * square) / (2.0 * (1.0 - load));
            let (_, wait) = waits(1, batches, 1.0, &sizes);
            assert!((wait - (inside / load - 1.0)).abs() < 1e-9, "{wait}");
        }
    }

    #[test]
    fn batches_of_one_are_erlangs_queue() {
        let queue = Mmc { servers: 3, arrival_rate: 2.1, service_rate: 1.0 };
        let (waiting, wait) = waits(3, 2.1, 1.0, &[1.0]);
        assert!((waiting - queue.share_waiting()).abs() < 1e-12);
        assert!((wait - queue.mean_wait()).abs() < 1e-10);
    }
}
