//! Poisson arrivals, exponential service, and trucks that do not stay.
//!
//! Balking by the length of the line and exponential patience keep the number of trucks a birth
//! and death chain (Palm 1957; Garnett, Mandelbaum and Reiman 2002: Erlang-A, M/M/c+M). Patience
//! of any law, M/M/c+G: Baccelli and Hebuterne (1981) for the virtual wait, in the form of Zeltyn
//! and Mandelbaum (2005, section 4, "building blocks"); constant patience is Barrer's (1957).

/// What happens in the long run.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// Share of arrivals that do not join the line that they find.
    pub balked: f64,
    /// Share of arrivals that lose patience.
    pub reneged: f64,
    /// Share of arrivals that are served at once.
    pub at_once: f64,
    /// Time in line per arrival, in vain or not.
    pub line_time: f64,
}

/// An M/M/c queue that a share `joins(waiting)` of those that must wait joins, and that each truck
/// in line leaves at `impatience`.
pub fn birth_and_death(
    servers: u32,
    arrival_rate: f64,
    service_rate: f64,
    impatience: f64,
    joins: impl Fn(u32) -> f64,
) -> Fate {
    let most = servers + 400;
    let joins = |n: u32| if n < servers { 1.0 } else { joins(n - servers) };
    let mut weights: Vec<f64> = vec![1.0];
    for n in 1..=most {
        let waiting = f64::from(n.saturating_sub(servers));
        let down = f64::from(n.min(servers)) * service_rate + waiting * impatience;
        weights.push(weights[n as usize - 1] * arrival_rate * joins(n - 1) / down);
    }
    let total: f64 = weights.iter().sum();
    let mean =
        |of: &dyn Fn(u32) -> f64| -> f64 { (0..=most).map(|n| of(n) * weights[n as usize] / total).sum() };
    let line = mean(&|n| f64::from(n.saturating_sub(servers)));
    Fate {
        balked: mean(&|n| 1.0 - joins(n)),
        reneged: impatience * line / arrival_rate,
        at_once: mean(&|n| f64::from(u8::from(n < servers))),
        line_time: line / arrival_rate,
    }
}

/// A law of patience.
pub struct Patience<'a> {
    /// Share that stays longer than x.
    pub beyond: &'a dyn Fn(f64) -> f64,
    /// Its integral from 0 to x: the mean of the lesser of patience and x.
    pub within: &'a dyn Fn(f64) -> f64,
    /// Where it is not smooth, from 0 to where nothing is left to wait for.
    pub pieces: &'a [f64],
}

/// An M/M/c queue with patience of any law (Zeltyn and Mandelbaum 2005): the virtual wait has an
/// atom at 0 and the density lambda exp(lambda H(x) - c mu x) / (E + lambda J) beyond.
pub fn impatient(servers: u32, arrival_rate: f64, service_rate: f64, patience: &Patience) -> Fate {
    let most = f64::from(servers) * service_rate;
    let weight = |x: f64| arrival_rate * (arrival_rate * (patience.within)(x) - most * x).exp();
    let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
        patience.pieces.windows(2).map(|ends| simpson(ends[0], ends[1], |x| of(x) * weight(x))).sum()
    };
    // E: states without a line, relative to the last of them.
    let offered = arrival_rate / service_rate;
    let below = (1..servers).fold(1.0, |sum, n| 1.0 + sum * f64::from(n) / offered);
    let total = below + sum(&|_| 1.0);
    Fate {
        balked: 0.0,
        reneged: sum(&|x| 1.0 - (patience.beyond)(x)) / total,
        at_once: below / total,
        line_time: sum(patience.within) / total,
    }
}

/// Integral of a smooth function by Simpson's rule.
fn simpson(from: f64, to: f64, of: impl Fn(f64) -> f64) -> f64 {
    let panels = 4000;
    let step = (to - from) / f64::from(panels);
    // Just inside the ends, where a law may jump.
    let at = |k: i32| of((from + f64::from(k) * step).clamp(from + step * 1e-9, to - step * 1e-9));
    let weight = |k: i32| if k == 0 || k == panels { 1.0 } else { f64::from(2 + 2 * (k % 2)) };
    (0..=panels).map(|k| weight(k) * at(k)).sum::<f64>() * step / 3.0
}

/// Patience that is always the same.
pub fn constant_patience(servers: u32, arrival_rate: f64, service_rate: f64, patience: f64) -> Fate {
    let end = patience + 40.0 / (f64::from(servers) * service_rate);
    let law = Patience {
        beyond: &|x| f64::from(u8::from(x < patience)),
        within: &|x| x.min(patience),
        pieces: &[0.0, patience, end],
    };
    impatient(servers, arrival_rate, service_rate, &law)
}

#[cfg(test)]
mod tests {
    use super::super::erlang::{Mmc, finite_room};
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    /// Impatience at the rate of service: all trucks leave alike, and their number is Poisson (M/M/inf).
    #[test]
    fn impatience_at_the_rate_of_service_is_poisson() {
        let fate = birth_and_death(2, 1.5, 1.0, 1.0, |_| 1.0);
        let (none, one) = ((-1.5_f64).exp(), 1.5 * (-1.5_f64).exp());
        close(fate.at_once, none + one);
        // Mean line: E[N] - 2 + 2 P(0) + P(1).
        close(fate.line_time * 1.5, 1.5 - 2.0 + 2.0 * none + one);
        close(fate.reneged, fate.line_time);
    }

    /// Nobody leaves: Erlang's delay; and nobody joins a line of four: finite room.
    #[test]
    fn limits_are_the_plain_queues() {
        let queue = Mmc { servers: 3, arrival_rate: 2.1, service_rate: 1.0 };
        let patient = birth_and_death(3, 2.1, 1.0, 0.0, |_| 1.0);
        close(patient.line_time, queue.mean_wait());
        close(1.0 - patient.at_once, queue.share_waiting());
        let room = birth_and_death(3, 2.1, 1.0, 0.0, |waiting| f64::from(u8::from(waiting < 4)));
        let (lost, _, wait) = finite_room(queue, 4);
        close(room.balked, lost);
        close(room.line_time / (1.0 - room.balked), wait);
    }

    /// The building blocks with exponential patience are the birth and death chain, and what comes
    /// is served or lost: lambda (1 - P(lost)) = mu E[busy], in the form of Zeltyn and Mandelbaum's
    /// equation for the share that abandons, (1 + (lambda - c mu) J) / (E + lambda J).
    #[test]
    fn building_blocks_are_the_chain() {
        let rate = 0.4;
        let law = Patience {
            beyond: &|x| (-rate * x).exp(),
            within: &|x| (1.0 - (-rate * x).exp()) / rate,
            pieces: &[0.0, 5.0, 20.0, 60.0],
        };
        let (found, expected) = (impatient(3, 2.7, 1.0, &law), birth_and_death(3, 2.7, 1.0, rate, |_| 1.0));
        close(found.at_once, expected.at_once);
        close(found.reneged, expected.reneged);
        close(found.line_time, expected.line_time);
    }

    /// One server, constant patience d and as many arrivals as services (lambda = mu = 1): the virtual
    /// wait is uniform on (0, d) with an atom at 0 and an exponential tail, each in closed form.
    #[test]
    fn constant_patience_has_a_closed_form_at_load_one() {
        let patience = 1.5;
        let fate = constant_patience(1, 1.0, 1.0, patience);
        let total = 1.0 + patience + 1.0;
        close(fate.at_once, 1.0 / total);
        close(fate.reneged, 1.0 / total);
        close(fate.line_time, (patience * patience / 2.0 + patience) / total);
        // Short patience is Erlang's loss system.
        close(constant_patience(3, 2.1, 1.0, 1e-9).reneged, super::super::erlang::loss(3, 2.1));
    }
}
