//! Poisson arrivals, Erlang-k service, c servers: M/E_k/c.
//!
//! A service is k exponential phases one after another (Erlang 1917, method of stages); how many
//! trucks wait and how many servers are in each phase is a Markov chain, solved exactly.

use super::chain::Chain;

/// (share that waits, mean wait in units of the mean service time) at `offered` arrivals per
/// service time.
pub fn erlang_service(servers: u32, phases: usize, offered: f64) -> (f64, f64) {
    // Lines longer than this have no weight at the loads used here.
    let most_waiting = 120;
    let rate = phases as f64;
    type State = (u32, Vec<u32>);
    let start = |in_phase: &mut Vec<u32>| in_phase[0] += 1;
    let chain = Chain::solve((0, vec![0; phases]), |(waiting, in_phase): &State| {
        let busy: u32 = in_phase.iter().sum();
        let mut moves = Vec::new();
        if busy < servers {
            let mut next = in_phase.clone();
            start(&mut next);
            moves.push((offered, (0, next)));
        } else if *waiting < most_waiting {
            moves.push((offered, (waiting + 1, in_phase.clone())));
        }
        for phase in (0..phases).filter(|phase| in_phase[*phase] > 0) {
            let mut next = in_phase.clone();
            next[phase] -= 1;
            let mut line = *waiting;
            if phase + 1 < phases {
                next[phase + 1] += 1;
            } else if line > 0 {
                line -= 1;
                start(&mut next);
            }
            moves.push((rate * f64::from(in_phase[phase]), (line, next)));
        }
        moves
    });
    let waits = chain.mean(|(_, in_phase)| f64::from(u8::from(in_phase.iter().sum::<u32>() == servers)));
    (waits, chain.mean(|(waiting, _)| f64::from(*waiting)) / offered)
}

#[cfg(test)]
mod tests {
    use super::super::erlang::{Mmc, one_server};
    use super::*;

    #[test]
    fn one_phase_is_an_mmc_and_one_server_an_mg1() {
        let (waits, wait) = erlang_service(3, 1, 2.1);
        let exact = Mmc { servers: 3, arrival_rate: 2.1, service_rate: 1.0 };
        assert!((waits - exact.share_waiting()).abs() < 1e-10);
        assert!((wait - exact.mean_wait()).abs() < 1e-10);
        let (waits, wait) = erlang_service(1, 3, 0.7);
        assert!((waits - 0.7).abs() < 1e-10);
        assert!((wait - one_server(0.7, 1.0, (1.0_f64 / 3.0).sqrt())).abs() < 1e-10);
    }

    /// Between M/M/c and M/D/c, and within 1 % of Cosmetatos' approximation (1975), which
    /// interpolates in the squared coefficient of variation.
    #[test]
    fn several_servers_lie_where_cosmetatos_puts_them() {
        for (servers, phases, load) in [(2, 2, 0.8), (2, 3, 0.7), (3, 2, 0.8)] {
            let c = f64::from(servers);
            let (_, wait) = erlang_service(servers, phases, c * load);
            let exponential = Mmc { servers, arrival_rate: c * load, service_rate: 1.0 }.mean_wait();
            let extra = (1.0 - load) * (c - 1.0) * ((4.0 + 5.0 * c).sqrt() - 2.0) / (16.0 * load * c);
            let squared_cv = 1.0 / phases as f64;
            let near = exponential * (squared_cv + (1.0 - squared_cv) * 0.5 * (1.0 + extra));
            assert!((wait / near - 1.0).abs() < 0.01, "{wait} against {near}");
        }
    }
}
