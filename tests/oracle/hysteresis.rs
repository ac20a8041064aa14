//! A second lane that opens when `open` trucks wait and closes when no more than `close` do.
//!
//! Exponential service at rate 1, no set-up: the line and the two lanes are a Markov chain (Yadin
//! and Naor 1967, "On queueing systems with variable service capacities", with lanes that finish
//! their truck when they close). The first lane is always open.

use super::chain::Chain;

/// What the second lane does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Second {
    Closed,
    Open,
    /// It closes, and finishes its truck first.
    Closing,
}

/// Trucks in line, whether the first lane serves, the second lane.
pub type State = (u32, bool, Second);

const MOST: u32 = 150;

/// The chain of a second lane that finishes its truck when it closes.
pub fn finishing(arrival_rate: f64, open: u32, close: u32) -> Chain<State> {
    Chain::solve((0, false, Second::Closed), |&(line, first, second)| {
        let mut moves = Vec::new();
        if !first {
            moves.push((arrival_rate, (line, true, second)));
        } else if line < MOST {
            moves.push((arrival_rate, staffed((line + 1, true, second), open, close)));
        }
        if first {
            let next = if line > 0 { (line - 1, true, second) } else { (0, false, second) };
            moves.push((1.0, staffed(next, open, close)));
        }
        match second {
            Second::Closed => {}
            Second::Closing => moves.push((1.0, (line, first, Second::Closed))),
            // It would have closed if nobody waited.
            Second::Open => moves.push((1.0, staffed((line - 1, first, second), open, close))),
        }
        moves
    })
}

/// What officers make of it: they look again whenever something changed.
fn staffed(mut state: State, open: u32, close: u32) -> State {
    let (line, _, second) = &mut state;
    if *second == Second::Closing && *line >= open {
        *second = Second::Open;
    }
    if *second == Second::Closed && *line >= open {
        // It takes the first in line.
        (*line, *second) = (*line - 1, Second::Open);
    }
    if *second == Second::Open && *line <= close {
        *second = Second::Closing;
    }
    state
}

/// The chain of a second lane that sends its truck back to the line when it closes: how many are
/// inside, and whether it is open.
pub fn sending_back(arrival_rate: f64, open: u32, close: u32) -> Chain<(u32, bool)> {
    assert!(open > close + 1, "a truck that is sent back would open the lane again");
    Chain::solve((0u32, false), |&(n, two)| {
        let mut moves = Vec::new();
        if n < MOST {
            // With one lane n are in line where n + 1 are inside.
            moves.push((arrival_rate, (n + 1, two || n >= open)));
        }
        if n > 0 {
            let lanes = if two { 2.0 } else { 1.0 };
            moves.push((lanes, (n - 1, two && n - 1 > close + 2)));
        }
        moves
    })
}

#[cfg(test)]
mod tests {
    use super::super::erlang::Mmc;
    use super::*;

    /// A lane that opens as soon as one waits, and only then, is the second lane of an M/M/2 queue;
    /// one that never opens leaves an M/M/1 queue.
    #[test]
    fn the_limits_are_erlangs() {
        let wait = |chain: &Chain<State>, rate: f64| chain.mean(|s| f64::from(s.0)) / rate;
        let two = Mmc { servers: 2, arrival_rate: 1.3, service_rate: 1.0 };
        assert!((wait(&finishing(1.3, 1, 0), 1.3) - two.mean_wait()).abs() < 1e-10);
        let one = Mmc { servers: 1, arrival_rate: 0.6, service_rate: 1.0 };
        assert!((wait(&finishing(0.6, MOST + 1, 0), 0.6) - one.mean_wait()).abs() < 1e-10);
    }

    /// What leaves is what came: mean lanes that serve are the offered load, in both.
    #[test]
    fn lanes_serve_what_comes() {
        let served = finishing(1.2, 4, 1).mean(|(_, first, second)| {
            f64::from(u8::from(*first)) + f64::from(u8::from(*second != Second::Closed))
        });
        assert!((served - 1.2).abs() < 1e-10);
        let served = sending_back(1.2, 4, 1).mean(|(n, two)| f64::from((*n).min(1 + u32::from(*two))));
        assert!((served - 1.2).abs() < 1e-10);
    }

    /// Yadin and Naor's cut: across n to n + 1 as many go up as down. For opening at 2, closing at
    /// 0 the three lowest balances are solved by hand: p1 = a, closed states 0, 1, 2; open from 3.
    #[test]
    fn sending_back_solves_its_balance() {
        let a: f64 = 0.5;
        let chain = sending_back(a, 2, 0);
        let share = |n: u32, two: bool| chain.mean(|s| f64::from(u8::from(*s == (n, two))));
        let (p0, p1, p2, q3) = (share(0, false), share(1, false), share(2, false), share(3, true));
        assert!((p1 - a * p0).abs() < 1e-14);
        assert!((a * p1 - (p2 * 1.0)).abs() < 1e-14);
        assert!((a * p2 - 2.0 * q3).abs() < 1e-14);
        let total = 1.0 + a + a * a + a * a * a / 2.0 / (1.0 - a / 2.0);
        assert!((p0 - 1.0 / total).abs() < 1e-14);
    }
}
