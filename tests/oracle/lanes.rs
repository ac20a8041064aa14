//! Lanes that differ, lines of their own, and groups into which others overflow: M/M queues whose
//! states are solved as Markov chains.
//!
//! Two unequal servers at one line, the preferred one taken when both are free: Gumbel (1960),
//! Singh (1970). Shortest of two lines: Haight (1958), Kingman (1961). Overflow: Palm (1943).

use super::chain::Chain;

/// Numbers beyond this have no weight at the loads used here.
const MOST: u32 = 150;

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

/// One line before servers of two rates, the first preferred: (share that waits, mean wait, share
/// served by the first).
pub fn unequal_servers(arrival_rate: f64, rates: [f64; 2]) -> (f64, f64, f64) {
    let chain = Chain::solve((false, false, 0u32), |&(first, second, line)| {
        let mut moves = Vec::new();
        match (first, second) {
            (false, _) => moves.push((arrival_rate, (true, second, line))),
            (true, false) => moves.push((arrival_rate, (true, true, line))),
            (true, true) if line < MOST => moves.push((arrival_rate, (true, true, line + 1))),
            (true, true) => {}
        }
        let left = line.saturating_sub(1);
        if first {
            moves.push((rates[0], (line > 0, second, left)));
        }
        if second {
            moves.push((rates[1], (first, line > 0, left)));
        }
        moves
    });
    let line = chain.mean(|s| f64::from(s.2));
    let waits = chain.mean(|s| flag(s.0 && s.1));
    (waits, line / arrival_rate, rates[0] * chain.mean(|s| flag(s.0)) / arrival_rate)
}

/// Two servers of rate 1 with a line each; a truck joins the shorter, and stays: (share that waits,
/// mean wait).
pub fn shortest_of_two(arrival_rate: f64) -> (f64, f64) {
    let chain = shortest_chain(arrival_rate);
    let waits = chain.mean(|&(a, b)| flag(a > 0 && b > 0));
    let line = chain.mean(|&(a, b)| f64::from(a.saturating_sub(1) + b.saturating_sub(1)));
    (waits, line / arrival_rate)
}

fn shortest_chain(arrival_rate: f64) -> Chain<(u32, u32)> {
    // The longer line and the shorter one: lanes are alike.
    Chain::solve((0u32, 0u32), |&(long, short)| {
        let mut moves = Vec::new();
        let sorted = |a: u32, b: u32| (a.max(b), a.min(b));
        if short < 34 {
            moves.push((arrival_rate, sorted(long, short + 1)));
        }
        if long > 0 {
            moves.push((1.0, sorted(long - 1, short)));
        }
        if short > 0 {
            moves.push((1.0, (long, short - 1)));
        }
        moves
    })
}

/// A first group of one server with `room` places, and a second of one server where those go that
/// find them taken, besides arrivals of its own: (share of the first's arrivals that overflow,
/// mean wait of those that the first serves, mean wait at the second, share that waits there).
pub fn overflow(first: f64, room: u32, rates: [f64; 2], second: f64) -> (f64, f64, f64, f64) {
    let full = room + 1;
    let chain = Chain::solve((0u32, 0u32), |&(a, b)| {
        let mut moves = vec![(second, (a, (b + 1).min(MOST)))];
        moves.push((first, if a < full { (a + 1, b) } else { (a, (b + 1).min(MOST)) }));
        if a > 0 {
            moves.push((rates[0], (a - 1, b)));
        }
        if b > 0 {
            moves.push((rates[1], (a, b - 1)));
        }
        moves
    });
    let over = chain.mean(|s| flag(s.0 == full));
    let first_line = chain.mean(|s| f64::from(s.0.saturating_sub(1)));
    let second_line = chain.mean(|s| f64::from(s.1.saturating_sub(1)));
    let coming = second + first * over;
    let waits = chain.mean(|s| flag(s.1 > 0) * (second + first * flag(s.0 == full))) / coming;
    (over, first_line / (first * (1.0 - over)), second_line / coming, waits)
}

#[cfg(test)]
mod tests {
    use super::super::erlang::{Mmc, finite_room};
    use super::super::renewal::{Gm1, overflow_headway};
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() < within, "{found} is not {expected}");
    }

    /// Equal servers are Erlang's; unequal ones solve the balance of the four lowest states by hand:
    /// from 2 on the number is geometric with ratio lambda / (a + b).
    #[test]
    fn unequal_servers_solve_their_balance() {
        let queue = Mmc { servers: 2, arrival_rate: 1.4, service_rate: 1.0 };
        let (waits, wait, _) = unequal_servers(1.4, [1.0, 1.0]);
        close(waits, queue.share_waiting(), 1e-12);
        close(wait, queue.mean_wait(), 1e-10);
        let (arrivals, a, b) = (1.2, 1.2, 0.6);
        // With both busy 1: only the second busy x, only the first y, none z.
        let x = a / (arrivals + b);
        let y = (a + b) / arrivals - x;
        let z = (a * y + b * x) / arrivals;
        let ratio: f64 = arrivals / (a + b);
        let (busy, line) = (1.0 / (1.0 - ratio), ratio / (1.0 - ratio).powi(2));
        let (waits, wait, first) = unequal_servers(arrivals, [a, b]);
        let total = busy + x + y + z;
        close(waits, busy / total, 1e-12);
        close(wait, line / total / arrivals, 1e-10);
        close(first, a * (busy + y) / total / arrivals, 1e-12);
    }

    /// Kingman (1961): far out, a truck more in both lines is rho^2 as likely. And the mean lies
    /// between one common line and a line chosen blindly.
    #[test]
    fn shortest_of_two_decays_as_kingman_says() {
        let arrivals = 1.4;
        let chain = shortest_chain(arrivals);
        let share = |n: (u32, u32)| chain.mean(|s| flag(*s == n));
        close(share((11, 10)) / share((10, 9)), 0.49, 1e-6);
        let (_, wait) = shortest_of_two(arrivals);
        let together = Mmc { servers: 2, arrival_rate: arrivals, service_rate: 1.0 }.mean_wait();
        let apart = Mmc { servers: 1, arrival_rate: arrivals / 2.0, service_rate: 1.0 }.mean_wait();
        assert!(together < wait && wait < apart);
        // Rates balance: both servers together serve what comes.
        close(chain.mean(|&(a, b)| flag(a > 0) + flag(b > 0)), arrivals, 1e-9);
    }

    /// The first group does not see the second: M/M/1/K. Without waiting places, and nobody else at
    /// the second, the second is a G/M/1 queue with Palm's headways.
    #[test]
    fn overflow_is_palms() {
        let queue = Mmc { servers: 1, arrival_rate: 0.9, service_rate: 1.0 };
        let (over, wait, ..) = overflow(0.9, 2, [1.0, 1.3], 0.4);
        let (lost, _, expected) = finite_room(queue, 2);
        close(over, lost, 1e-12);
        close(wait, expected, 1e-12);
        let (over, _, wait, waits) = overflow(0.9, 0, [1.0, 0.7], 0.0);
        let second = Gm1::new(0.7, overflow_headway(0.9, 1.0));
        close(over, 0.9 / 1.9, 1e-12);
        close(wait, second.mean_wait(), 1e-9);
        close(waits, second.sigma, 1e-9);
    }
}
