//! Poisson arrivals, exponential or general service: the closed forms.
//!
//! Erlang (1917) for loss and delay with c servers; Pollaczek (1930) and Khinchine (1932) for one
//! server with general service; Jackson (1957) for networks. Rates are per unit of time.

/// Share of arrivals lost by `servers` without waiting places under an offered load (Erlang
/// 1917), by the recursion B(c) = a B(c-1) / (c + a B(c-1)).
pub fn loss(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |b, c| offered * b / (f64::from(c) + offered * b))
}

/// Share of arrivals that wait in an M/M/c queue (Erlang 1917).
pub fn delayed(servers: u32, offered: f64) -> f64 {
    let (c, b) = (f64::from(servers), loss(servers, offered));
    c * b / (c - offered * (1.0 - b))
}

/// An M/M/c queue, first come first served.
#[derive(Clone, Copy)]
pub struct Mmc {
    pub servers: u32,
    pub arrival_rate: f64,
    pub service_rate: f64,
}

impl Mmc {
    fn offered(&self) -> f64 {
        self.arrival_rate / self.service_rate
    }

    /// Rate at which the wait of those who wait runs out: c mu - lambda.
    fn slack(&self) -> f64 {
        f64::from(self.servers) * self.service_rate - self.arrival_rate
    }

    pub fn share_waiting(&self) -> f64 {
        delayed(self.servers, self.offered())
    }

    pub fn mean_wait(&self) -> f64 {
        self.share_waiting() / self.slack()
    }

    /// The wait that a share `p` does not exceed: P(W > t) = C exp(-(c mu - lambda) t).
    pub fn wait_quantile(&self, p: f64) -> f64 {
        ((self.share_waiting() / (1.0 - p)).ln() / self.slack()).max(0.0)
    }
}

/// An M/M/c queue with `room` waiting places: (share turned away, share of those let in that
/// wait, mean wait of those let in). A birth and death chain (Gross and Harris 1998, section 2.5).
pub fn finite_room(queue: Mmc, room: u32) -> (f64, f64, f64) {
    let servers = queue.servers;
    let mut weights = vec![1.0];
    for n in 1..=servers + room {
        let busy = f64::from(n.min(servers));
        weights.push(weights[n as usize - 1] * queue.arrival_rate / (busy * queue.service_rate));
    }
    let total: f64 = weights.iter().sum();
    let share = |n: u32| weights[n as usize] / total;
    let turned_away = share(servers + room);
    let waiting: f64 = (servers..servers + room).map(share).sum();
    let line: f64 = (servers..=servers + room).map(|n| f64::from(n - servers) * share(n)).sum();
    let let_in = 1.0 - turned_away;
    (turned_away, waiting / let_in, line / (queue.arrival_rate * let_in))
}

/// Mean wait of an M/G/1 queue (Pollaczek 1930, Khinchine 1932): lambda E[S^2] / 2 (1 - rho).
pub fn one_server(arrival_rate: f64, mean_service: f64, cv: f64) -> f64 {
    let second_moment = mean_service * mean_service * (1.0 + cv * cv);
    arrival_rate * second_moment / (2.0 * (1.0 - arrival_rate * mean_service))
}

/// Arrival rates at the stations of an open network (Jackson 1957): the solution of
/// lambda_j = outside_j + sum_i lambda_i routing_ij, by repeated substitution.
pub fn traffic(outside: &[f64], routing: &[Vec<f64>]) -> Vec<f64> {
    let mut rates = outside.to_vec();
    for _ in 0..10_000 {
        rates = (0..outside.len())
            .map(|j| outside[j] + (0..rates.len()).map(|i| rates[i] * routing[i][j]).sum::<f64>())
            .collect();
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    /// Traffic tables printed since Palm (1943): 1 % loss at 1.361, 4.461 and 12.031 erlangs.
    #[test]
    fn loss_meets_the_traffic_tables() {
        close(loss(5, 1.361), 0.01, 1e-5);
        close(loss(10, 4.461), 0.01, 1e-5);
        close(loss(20, 12.031), 0.01, 1e-5);
    }

    /// Two servers: C = 2 rho^2 / (1 + rho); ten servers at eight erlangs: 0.4092.
    #[test]
    fn delay_meets_known_values() {
        close(delayed(2, 1.0), 1.0 / 3.0, 1e-15);
        close(delayed(2, 1.6), 2.0 * 0.64 / 1.8, 1e-15);
        close(delayed(10, 8.0), 0.4092, 5e-5);
    }

    #[test]
    fn one_server_is_the_textbook_queue() {
        let queue = Mmc { servers: 1, arrival_rate: 0.8, service_rate: 1.0 };
        close(queue.mean_wait(), 4.0, 1e-12);
        close(queue.share_waiting(), 0.8, 1e-12);
        close(queue.wait_quantile(0.9), 8.0_f64.ln() / 0.2, 1e-12);
        close(queue.wait_quantile(0.1), 0.0, 0.0);
        close(one_server(0.8, 1.0, 1.0), 4.0, 1e-12);
        close(one_server(0.8, 1.0, 0.0), 2.0, 1e-12);
    }

    /// Gross and Harris (1998), example 2.4: the M/M/1/K distribution is geometric, cut at K.
    #[test]
    fn finite_room_is_a_cut_geometric_and_erlang_loss() {
        let one = Mmc { servers: 1, arrival_rate: 0.5, service_rate: 1.0 };
        close(finite_room(one, 2).0, 0.125 / 1.875, 1e-15);
        let ten = Mmc { servers: 10, arrival_rate: 4.461, service_rate: 1.0 };
        close(finite_room(ten, 0).0, 0.01, 1e-5);
        let wide = Mmc { servers: 2, arrival_rate: 1.6, service_rate: 1.0 };
        let (turned_away, waiting, wait) = finite_room(wide, 400);
        close(turned_away, 0.0, 1e-15);
        close(waiting, wide.share_waiting(), 1e-12);
        close(wait, wide.mean_wait(), 1e-10);
    }

    #[test]
    fn traffic_with_feedback_is_a_geometric_number_of_visits() {
        let rates = traffic(&[3.0, 0.0], &[vec![0.0, 1.0], vec![0.25, 0.0]]);
        close(rates[0], 4.0, 1e-12);
        close(rates[1], 4.0, 1e-12);
    }
}
