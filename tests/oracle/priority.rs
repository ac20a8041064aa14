//! Poisson arrivals of several classes, of which the first in the list goes first.
//!
//! Non-preemptive, one server or several with one exponential law for all: Cobham (1954,
//! "Priority assignment in waiting line problems", equations 3 and 6, as corrected in 1955).
//! Preemptive-resume, one server: White and Christie (1958); Miller (1960). Several servers with
//! one exponential law, preemptive: the first k classes do not see the others, so they are an M/M/c
//! queue by themselves, and Little's law gives each class its share (Segal 1970; Buzen and Bondi
//! 1983).

use super::erlang::{Mmc, delayed};

/// One class.
#[derive(Clone, Copy)]
pub struct Class {
    pub arrival_rate: f64,
    pub mean_service: f64,
    /// Mean square of the service time.
    pub second_moment: f64,
}

impl Class {
    fn load(&self) -> f64 {
        self.arrival_rate * self.mean_service
    }

    /// Half the arrival rate times the mean square: work found in service.
    fn residual(&self) -> f64 {
        self.arrival_rate * self.second_moment / 2.0
    }
}

/// Mean waits by class in an M/G/1 queue where service is not interrupted: W0 / (1 - s_{k-1})(1 - s_k).
pub fn non_preemptive(classes: &[Class]) -> Vec<f64> {
    let residual: f64 = classes.iter().map(Class::residual).sum();
    let loads = cumulative(&classes.iter().map(Class::load).collect::<Vec<_>>());
    loads.windows(2).map(|s| residual / ((1.0 - s[0]) * (1.0 - s[1]))).collect()
}

/// (mean wait until service first begins, mean time in system) by class in an M/G/1 queue where
/// a truck of a class before takes the server at once, and service goes on where it stopped.
pub fn preemptive_resume(classes: &[Class]) -> Vec<(f64, f64)> {
    let loads = cumulative(&classes.iter().map(Class::load).collect::<Vec<_>>());
    let mut residual = 0.0;
    let times = classes.iter().zip(loads.windows(2)).map(|(class, s)| {
        residual += class.residual();
        let wait = residual / ((1.0 - s[0]) * (1.0 - s[1]));
        (wait, wait + class.mean_service / (1.0 - s[0]))
    });
    times.collect()
}

/// Mean waits by class in an M/M/c queue where service is not interrupted; all are served at one rate.
pub fn several_servers(servers: u32, service_rate: f64, arrivals: &[f64]) -> Vec<f64> {
    let most = f64::from(servers) * service_rate;
    let offered = arrivals.iter().sum::<f64>() / service_rate;
    let first = delayed(servers, offered) / most;
    let loads = cumulative(&arrivals.iter().map(|rate| rate / most).collect::<Vec<_>>());
    loads.windows(2).map(|s| first / ((1.0 - s[0]) * (1.0 - s[1]))).collect()
}

/// Mean times in system by class in an M/M/c queue where a truck of a class before takes a server.
pub fn several_servers_preemptive(servers: u32, service_rate: f64, arrivals: &[f64]) -> Vec<f64> {
    let inside = |arrival_rate: f64| {
        let queue = Mmc { servers, arrival_rate, service_rate };
        arrival_rate * (queue.mean_wait() + 1.0 / service_rate)
    };
    let mut before = 0.0;
    let stays = arrivals.iter().map(|rate| {
        let stay = (inside(before + rate) - if before > 0.0 { inside(before) } else { 0.0 }) / rate;
        before += rate;
        stay
    });
    stays.collect()
}

/// 0 and the sums of the first, first two, ... values.
fn cumulative(values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    values.iter().for_each(|value| sums.push(sums[sums.len() - 1] + value));
    sums
}

#[cfg(test)]
mod tests {
    use super::super::chain::Chain;
    use super::*;

    fn exponential(arrival_rate: f64, mean: f64) -> Class {
        Class { arrival_rate, mean_service: mean, second_moment: 2.0 * mean * mean }
    }

    /// Kleinrock (1965): whatever the order, the waits weighted by load sum to rho W0 / (1 - rho).
    #[test]
    fn waits_keep_kleinrocks_conservation_law() {
        let classes =
            [exponential(0.2, 0.8), Class { arrival_rate: 0.3, mean_service: 1.5, second_moment: 3.1 }];
        let waits = non_preemptive(&classes);
        let sum: f64 = classes.iter().zip(&waits).map(|(class, wait)| class.load() * wait).sum();
        let (load, residual) = (0.61, 0.2 * 0.64 + 0.3 * 3.1 / 2.0);
        assert!((sum - load * residual / (1.0 - load)).abs() < 1e-14);
    }

    /// One server, two exponential laws, preemptive: the numbers of both classes are a chain.
    #[test]
    fn preemption_of_exponential_service_is_a_chain() {
        let classes = [exponential(0.2, 0.8), exponential(0.15, 1.5)];
        let chain = Chain::solve((0u32, 0u32), |&(a, b)| {
            let mut moves = Vec::new();
            if a < 16 {
                moves.push((0.2, (a + 1, b)));
            }
            if b < 36 {
                moves.push((0.15, (a, b + 1)));
            }
            match (a, b) {
                (0, 0) => {}
                (0, _) => moves.push((1.0 / 1.5, (0, b - 1))),
                _ => moves.push((1.0 / 0.8, (a - 1, b))),
            }
            moves
        });
        let stays = preemptive_resume(&classes);
        assert!((chain.mean(|n| f64::from(n.0)) / 0.2 - stays[0].1).abs() < 1e-9);
        assert!((chain.mean(|n| f64::from(n.1)) / 0.15 - stays[1].1).abs() < 1e-7);
    }

    /// Two servers: who is served, and how many of each class wait, is a chain; and one server is
    /// the other formula.
    #[test]
    fn several_servers_are_a_chain_and_one_is_cobhams() {
        let (first, second) = (0.4, 0.5);
        let chain = Chain::solve((0u32, 0u32, 0u32), |&(busy, a, b)| {
            let mut moves = Vec::new();
            if busy < 2 {
                moves.push((first + second, (busy + 1, a, b)));
            } else {
                if a < 14 {
                    moves.push((first, (busy, a + 1, b)));
                }
                if b < 34 {
                    moves.push((second, (busy, a, b + 1)));
                }
            }
            let rate = f64::from(busy);
            match (busy, a, b) {
                (0, ..) => {}
                (_, 0, 0) => moves.push((rate, (busy - 1, 0, 0))),
                (_, 0, _) => moves.push((rate, (busy, 0, b - 1))),
                _ => moves.push((rate, (busy, a - 1, b))),
            }
            moves
        });
        let waits = several_servers(2, 1.0, &[first, second]);
        assert!((chain.mean(|s| f64::from(s.1)) / first - waits[0]).abs() < 1e-8);
        assert!((chain.mean(|s| f64::from(s.2)) / second - waits[1]).abs() < 1e-8);
        let one = non_preemptive(&[exponential(0.3, 1.0), exponential(0.4, 1.0)]);
        let same = several_servers(1, 1.0, &[0.3, 0.4]);
        assert!(one.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-14));
        let one = preemptive_resume(&[exponential(0.3, 1.0), exponential(0.4, 1.0)]);
        let same = several_servers_preemptive(1, 1.0, &[0.3, 0.4]);
        assert!(one.iter().zip(&same).all(|((_, a), b)| (a - b).abs() < 1e-14));
    }
}
