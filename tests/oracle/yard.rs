//! Poisson arrivals at a rate that changes with time, unlimited servers: M_t/G/inf.
//!
//! The number inside at t is Poisson with mean the integral of lambda(u) P(S > t - u) over u <= t,
//! and departures are a Poisson process (Palm 1943; Khinchine 1955; Eick, Massey and Whitt 1993,
//! "The physics of the M_t/G/inf queue", theorem 1).

/// Arrivals at rates that hold for one unit of time each, from an empty yard; stays of two equal
/// exponential stages.
pub struct Yard<'a> {
    pub rates: &'a [f64],
    pub mean_stay: f64,
}

impl Yard<'_> {
    /// Mean number inside at an instant.
    pub fn inside(&self, at: f64) -> f64 {
        let since = |from: f64| self.mean_stay_within((at - from).max(0.0));
        self.by_step(|from, to| since(from) - since(to))
    }

    /// Mean number that left before an instant: what came and is not inside.
    pub fn departures(&self, until: f64) -> f64 {
        self.by_step(|from, to| (until - from).max(0.0) - (until - to).max(0.0)) - self.inside(until)
    }

    fn by_step(&self, of: impl Fn(f64, f64) -> f64) -> f64 {
        self.rates.iter().enumerate().map(|(k, rate)| rate * of(k as f64, k as f64 + 1.0)).sum()
    }

    /// Mean of the lesser of the stay and x: the integral of P(S > u) = (1 + r u) exp(-r u) to x.
    fn mean_stay_within(&self, x: f64) -> f64 {
        let r = 2.0 / self.mean_stay;
        self.mean_stay - (2.0 / r + x) * (-r * x).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After a long time at one rate: the rate times the mean stay (Little), and what comes leaves.
    #[test]
    fn a_constant_rate_settles() {
        let yard = Yard { rates: &[30.0; 60], mean_stay: 1.5 };
        assert!((yard.inside(60.0) - 45.0).abs() < 1e-9);
        assert!((yard.departures(60.0) - yard.departures(59.0) - 30.0).abs() < 1e-9);
    }

    /// Two stages are two yards of exponential stays one after another: m1' = l - r m1, m2' = r m1 - r m2.
    #[test]
    fn stages_follow_their_equations() {
        let rates = [10.0, 0.0, 40.0, 5.0];
        let yard = Yard { rates: &rates, mean_stay: 1.5 };
        let (mut first, mut second, step) = (0.0, 0.0, 1e-5);
        for (hour, rate) in rates.iter().enumerate() {
            for _ in 0..100_000 {
                let r = 2.0 / 1.5;
                (first, second) = (first + step * (rate - r * first), second + step * r * (first - second));
            }
            assert!((first + second - yard.inside(hour as f64 + 1.0)).abs() < 2e-3);
        }
    }
}
