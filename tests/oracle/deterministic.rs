//! Poisson arrivals, constant service, c servers: M/D/c.
//!
//! Crommelin (1932): the number in system seen every D time units is a Markov chain whose
//! stationary law is also that at any instant. Waits follow Franx (2001), "A simple solution for
//! the M/D/c waiting time distribution", equation for P(W <= x).

/// An M/D/c queue; the unit of time is the service time.
pub struct Mdc {
    servers: usize,
    /// Arrivals per service time.
    offered: f64,
    /// Share of time with n in the system.
    shares: Vec<f64>,
}

/// Numbers in system beyond this have no weight at the loads used here.
const MOST: usize = 400;

impl Mdc {
    pub fn new(servers: u32, offered: f64) -> Self {
        let servers = servers as usize;
        let arrivals = poisson(offered, MOST);
        let mut shares = vec![0.0; MOST + 1];
        shares[0] = 1.0;
        loop {
            let mut next = vec![0.0; MOST + 1];
            for (n, share) in shares.iter().enumerate() {
                let left = n.saturating_sub(servers);
                for (more, chance) in arrivals.iter().enumerate().take(MOST + 1 - left) {
                    next[left + more] += share * chance;
                }
            }
            let change: f64 = next.iter().zip(&shares).map(|(a, b)| (a - b).abs()).sum();
            shares = next;
            if change < 1e-14 {
                break;
            }
        }
        Mdc { servers, offered, shares }
    }

    pub fn share_waiting(&self) -> f64 {
        1.0 - self.shares[..self.servers].iter().sum::<f64>()
    }

    /// In service times, from the mean line and Little's law.
    pub fn mean_wait(&self) -> f64 {
        let waiting = |n: usize| n.saturating_sub(self.servers) as f64;
        let line: f64 = self.shares.iter().enumerate().map(|(n, share)| waiting(n) * share).sum();
        line / self.offered
    }

    /// P(W > x), x in service times (Franx 2001).
    pub fn wait_beyond(&self, x: f64) -> f64 {
        let k = x.floor() as usize + 1;
        let last = k * self.servers - 1;
        // At most m waiting.
        let line_within = |m: usize| self.shares[..=(self.servers + m).min(MOST)].iter().sum::<f64>();
        let arrivals = poisson(self.offered * (k as f64 - x), last);
        1.0 - (0..=last).map(|j| line_within(last - j) * arrivals[j]).sum::<f64>()
    }
}

/// Chances of 0..=most arrivals when `mean` are expected.
fn poisson(mean: f64, most: usize) -> Vec<f64> {
    let mut chances = vec![(-mean).exp()];
    for n in 1..=most {
        chances.push(chances[n - 1] * mean / n as f64);
    }
    chances
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The series that Crommelin (1932, equation for the mean) gives for the same quantity.
    fn crommelin_mean(servers: f64, load: f64) -> f64 {
        let tail = |mean: f64, from: usize| -> f64 {
            1.0 - poisson(mean, from.max(1) - 1)[..from].iter().sum::<f64>()
        };
        (1..=900 / servers as usize)
            .map(|k| {
                let places = k * servers as usize;
                let mean = places as f64 * load;
                tail(mean, places) - tail(mean, places + 1) / load
            })
            .sum()
    }

    #[test]
    fn mean_wait_is_crommelins_series() {
        for (servers, load) in [(1, 0.8), (2, 0.7), (3, 0.5), (5, 0.8)] {
            let found = Mdc::new(servers, f64::from(servers) * load).mean_wait();
            let expected = crommelin_mean(f64::from(servers), load);
            assert!((found - expected).abs() < 1e-7, "{found} is not {expected}");
        }
    }

    #[test]
    fn one_server_is_pollaczek_and_khinchine() {
        let queue = Mdc::new(1, 0.8);
        assert!((queue.mean_wait() - 2.0).abs() < 1e-9);
        assert!((queue.share_waiting() - 0.8).abs() < 1e-12);
    }

    /// Erlang (1909) for one server: P(W <= x) = (1 - a) sum_j (a (j - x))^j / j! exp(-a (j - x)).
    #[test]
    fn waits_of_one_server_are_erlangs() {
        let load: f64 = 0.7;
        let queue = Mdc::new(1, load);
        for x in [0.0, 0.4, 1.0, 2.3] {
            let mut within = 0.0;
            let mut factorial = 1.0;
            for j in 0..=(x as u32) {
                factorial *= f64::from(j.max(1));
                let t = load * (f64::from(j) - x);
                within += (1.0 - load) * t.powi(j as i32) / factorial * (-t).exp();
            }
            assert!((queue.wait_beyond(x) - (1.0 - within)).abs() < 1e-10, "at {x}");
        }
    }

    /// The area under the tail is the mean.
    #[test]
    fn waits_of_three_servers_sum_to_the_mean() {
        let queue = Mdc::new(3, 2.4);
        let step = 1e-3;
        let area: f64 = (0..12_000).map(|i| queue.wait_beyond((f64::from(i) + 0.5) * step) * step).sum();
        assert!((area - queue.mean_wait()).abs() < 1e-5, "{area}");
    }
}
