//! One server that does not always serve: breakdowns, vacations, set-up. M/G/1 throughout.
//!
//! A service with the repairs that fall on it is a completion time C; trucks then wait as in an
//! M/G/1 queue with service C (Gaver 1962; Avi-Itzhak and Naor 1963), and longer where they come
//! to a server that is away although nobody was there (decomposition: Levy and Yechiali 1975,
//! Fuhrmann and Cooper 1985). Set-up after idleness: Welch (1964), Levy and Kleinrock (1986).

/// Mean and mean square of a time.
#[derive(Clone, Copy)]
pub struct Moments {
    pub mean: f64,
    pub square: f64,
}

impl Moments {
    pub fn constant(value: f64) -> Self {
        Moments { mean: value, square: value * value }
    }

    pub fn exponential(mean: f64) -> Self {
        Moments { mean, square: 2.0 * mean * mean }
    }

    /// From mean and standard deviation over mean.
    pub fn with_cv(mean: f64, cv: f64) -> Self {
        Moments { mean, square: mean * mean * (1.0 + cv * cv) }
    }

    /// Mean time to the end of one that is met at random.
    fn residual(&self) -> f64 {
        self.square / (2.0 * self.mean)
    }

    fn variance(&self) -> f64 {
        self.square - self.mean * self.mean
    }
}

/// Mean wait in an M/G/1 queue (Pollaczek and Khinchine).
fn waiting(arrival_rate: f64, service: Moments) -> f64 {
    arrival_rate * service.square / (2.0 * (1.0 - arrival_rate * service.mean))
}

/// A service that is interrupted at `failure_rate` while it lasts and goes on where it stopped
/// after each repair (Gaver 1962: preemptive resume).
pub fn resumed(service: Moments, failure_rate: f64, repair: Moments) -> Moments {
    let stretch = 1.0 + failure_rate * repair.mean;
    Moments {
        mean: service.mean * stretch,
        square: service.square * stretch * stretch + service.mean * failure_rate * repair.square,
    }
}

/// A service of constant length that begins anew after each repair (Gaver 1962: preemptive repeat):
/// before the attempt that succeeds there is a geometric number of failed ones, each an
/// exponential time given that it is shorter than the service, and a repair.
pub fn restarted(service: f64, failure_rate: f64, repair: Moments) -> Moments {
    let (a, s) = (failure_rate, service);
    let succeeds = (-a * s).exp();
    let failed = 1.0 - succeeds;
    let try_mean = (1.0 / a) - s * succeeds / failed;
    let try_square = (2.0 / (a * a)) - succeeds / failed * (s * s + 2.0 * s / a);
    let attempt = try_mean + repair.mean;
    let spread = try_square - try_mean * try_mean + repair.variance();
    let (count, count_variance) = (failed / succeeds, failed / (succeeds * succeeds));
    let mean = s + count * attempt;
    let variance = count * spread + count_variance * attempt * attempt;
    Moments { mean, square: variance + mean * mean }
}

/// An exponential service that is finished although the server failed in it, with the repair that
/// then follows it.
pub fn finished(mean: f64, failure_rate: f64, repair: Moments) -> Moments {
    let rate = 1.0 / mean;
    let fails = failure_rate / (rate + failure_rate);
    // E[S 1(fails)] = E[S] - E[S exp(-a S)].
    let with_failure = mean - rate / (rate + failure_rate).powi(2);
    Moments {
        mean: mean + fails * repair.mean,
        square: 2.0 * mean * mean + 2.0 * repair.mean * with_failure + fails * repair.square,
    }
}

/// Mean wait until service begins where failures come only while it serves.
pub fn fails_when_serving(arrival_rate: f64, completion: Moments) -> f64 {
    waiting(arrival_rate, completion)
}

/// The same where failures come at all times that it is not down: a truck may also come to a server
/// that failed while idle (Avi-Itzhak and Naor 1963, model with failures at all times).
pub fn fails_always(arrival_rate: f64, completion: Moments, failure_rate: f64, repair: Moments) -> f64 {
    let share = failure_rate * repair.mean / (1.0 + failure_rate * repair.mean);
    waiting(arrival_rate, completion) + share * repair.residual()
}

/// Mean wait where the server turns to other work whenever nobody waits, again and again (Levy and
/// Yechiali 1975).
pub fn vacations(arrival_rate: f64, service: Moments, other_work: Moments) -> f64 {
    waiting(arrival_rate, service) + other_work.residual()
}

/// Mean wait where the server closes when nobody is left and the next truck starts its set-up (Levy
/// and Kleinrock 1986): beside Pollaczek and Khinchine, (2 E[D] + lambda E[D^2]) / 2 (1 + lambda E[D]).
pub fn set_up(arrival_rate: f64, service: Moments, set_up: Moments) -> f64 {
    let extra = 2.0 * set_up.mean + arrival_rate * set_up.square;
    waiting(arrival_rate, service) + extra / (2.0 * (1.0 + arrival_rate * set_up.mean))
}

#[cfg(test)]
mod tests {
    use super::super::chain::Chain;
    use super::*;

    const MOST: u32 = 160;
    const ARRIVALS: f64 = 0.5;
    const FAILURES: f64 = 0.2;
    const REPAIRS: f64 = 0.8;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
    }

    /// Exponential in everything, the number of trucks and what the server does are a chain.
    /// Mean number less those being completed, by Little's law.
    fn chain_wait(fails: impl Fn(u32) -> bool) -> f64 {
        let chain = Chain::solve((0u32, true), |&(n, up)| {
            let mut moves = Vec::new();
            if n < MOST {
                moves.push((ARRIVALS, (n + 1, up)));
            }
            if up && n > 0 {
                moves.push((1.0, (n - 1, true)));
            }
            if up && fails(n) {
                moves.push((FAILURES, (n, false)));
            }
            if !up {
                moves.push((REPAIRS, (n, true)));
            }
            moves
        });
        chain.mean(|s| f64::from(s.0)) / ARRIVALS - (1.0 + FAILURES / REPAIRS)
    }

    #[test]
    fn breakdowns_of_exponential_service_are_chains() {
        let repair = Moments::exponential(1.0 / REPAIRS);
        let completion = resumed(Moments::exponential(1.0), FAILURES, repair);
        close(fails_when_serving(ARRIVALS, completion), chain_wait(|n| n > 0));
        close(fails_always(ARRIVALS, completion, FAILURES, repair), chain_wait(|_| true));
    }

    /// A server that is repaired after the truck it failed with: idle, serving sound, serving
    /// failed, down; what waits, by Little's law.
    #[test]
    fn finishing_first_is_a_chain() {
        let repair = Moments::exponential(1.0 / REPAIRS);
        let expected = fails_when_serving(ARRIVALS, finished(1.0, FAILURES, repair));
        // (trucks waiting, what the server does: 0 idle, 1 serving, 2 serving failed, 3 down).
        let chain = Chain::solve((0u32, 0u8), |&(line, server)| {
            let mut moves = Vec::new();
            match server {
                0 => moves.push((ARRIVALS, (0, 1))),
                _ if line < MOST => moves.push((ARRIVALS, (line + 1, server))),
                _ => {}
            }
            let next = if line > 0 { (line - 1, 1) } else { (0, 0) };
            match server {
                1 => moves.extend([(1.0, next), (FAILURES, (line, 2))]),
                2 => moves.push((1.0, (line, 3))),
                3 => moves.push((REPAIRS, next)),
                _ => {}
            }
            moves
        });
        close(chain.mean(|s| f64::from(s.0)) / ARRIVALS, expected);
    }

    /// The mean of beginning anew is Gaver's (exp(a s) - 1)(1/a + r); its square, by stages of the
    /// first failure: C = s, or U + R + C' (renewal).
    #[test]
    fn beginning_anew_renews_itself() {
        let (s, a, repair) = (1.0, 0.3, Moments::constant(0.5));
        let found = restarted(s, a, repair);
        close(found.mean, ((a * s).exp() - 1.0) * (1.0 / a + repair.mean));
        // E[C^2] = e^{-as} s^2 + int_0^s a e^{-au} E[(u + R + C)^2] du, by the midpoint rule.
        let panels = 200_000;
        let step = s / f64::from(panels);
        let (mut rest, mut known) = (0.0, (-a * s).exp() * s * s);
        for k in 0..panels {
            let u = (f64::from(k) + 0.5) * step;
            let weight = a * (-a * u).exp() * step;
            let before = u + repair.mean;
            known += weight * (before * before + repair.variance() + 2.0 * before * found.mean);
            rest += weight;
        }
        close(found.square, known / (1.0 - rest));
    }

    #[test]
    fn vacations_and_set_up_of_exponential_length_are_chains() {
        // (trucks, whether the server serves).
        let solve = |start_from: u32| {
            Chain::solve((0u32, false), move |&(n, serves)| {
                let mut moves = Vec::new();
                if n < MOST {
                    moves.push((ARRIVALS, (n + 1, serves)));
                }
                if serves {
                    moves.push((1.0, (n - 1, n > 1)));
                } else if n >= start_from {
                    moves.push((REPAIRS, (n, true)));
                }
                moves
            })
        };
        let away = Moments::exponential(1.0 / REPAIRS);
        let service = Moments::exponential(1.0);
        let wait = solve(1).mean(|s| f64::from(s.0)) / ARRIVALS - 1.0;
        // Of exponential length, other work that begins again is as one that ends with the first truck.
        close(vacations(ARRIVALS, service, away), wait);
        close(set_up(ARRIVALS, service, away), wait);
        // Without length, nothing changes.
        close(set_up(ARRIVALS, service, Moments::constant(0.0)), 1.0);
    }
}
