//! Renewal arrivals, exponential service, one server: G/M/1.
//!
//! What an arrival finds is geometric with the root of sigma = A*(mu (1 - sigma)), where A* is the
//! Laplace transform of the headway (Smith 1953; Kendall 1953): it waits with chance sigma, then
//! exponentially at rate mu (1 - sigma).

/// A G/M/1 queue.
pub struct Gm1 {
    pub sigma: f64,
    service_rate: f64,
}

impl Gm1 {
    /// From the Laplace transform of the headway.
    pub fn new(service_rate: f64, transform: impl Fn(f64) -> f64) -> Self {
        // From below the iteration rises to the least root (the transform is increasing in sigma).
        let step = |sigma: f64| transform(service_rate * (1.0 - sigma));
        let sigma = (0..10_000).fold(0.0, |sigma, _| step(sigma));
        Gm1 { sigma, service_rate }
    }

    pub fn mean_wait(&self) -> f64 {
        self.sigma / (self.service_rate * (1.0 - self.sigma))
    }
}

/// Headways of k exponential stages: every k-th of a Poisson process, as when lanes take turns.
pub fn erlang_headway(stages: u32, mean: f64) -> impl Fn(f64) -> f64 {
    let rate = f64::from(stages) / mean;
    move |s| (rate / (rate + s)).powi(stages as i32)
}

/// Booked trucks a fixed time apart, of which a share does not come.
pub fn booked_headway(apart: f64, no_show: f64) -> impl Fn(f64) -> f64 {
    move |s| {
        let one = (-s * apart).exp();
        (1.0 - no_show) * one / (1.0 - no_show * one)
    }
}

/// Between those that a single exponential server without waiting places sends on (Palm 1943): after
/// one, the next arrival is another unless a service ends first.
pub fn overflow_headway(arrival_rate: f64, service_rate: f64) -> impl Fn(f64) -> f64 {
    let a = arrival_rate;
    move |s| a * (s + a) / (s * s + (2.0 * a + service_rate) * s + a * a)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed tables of D/M/1: sigma = 0.2032 at load 0.5, 0.6286 at 0.8 (Gross and Harris 1998).
    #[test]
    fn constant_headways_meet_the_tables() {
        for (load, sigma) in [(0.5, 0.2032), (0.8, 0.6286)] {
            let found = Gm1::new(1.0, booked_headway(1.0 / load, 0.0)).sigma;
            assert!((found - sigma).abs() < 5e-5, "{found}");
        }
    }

    /// One stage is M/M/1; two give a quadratic: sigma = ((2a + 1) - sqrt(4a + 1)) / 2, a = 2 rho.
    #[test]
    fn stages_have_closed_forms() {
        assert!((Gm1::new(1.0, erlang_headway(1, 1.0 / 0.7)).sigma - 0.7).abs() < 1e-12);
        let a = 2.0 * 0.7;
        let root = (2.0 * a + 1.0 - (4.0_f64 * a + 1.0).sqrt()) / 2.0;
        assert!((Gm1::new(1.0, erlang_headway(2, 1.0 / 0.7)).sigma - root).abs() < 1e-12);
    }

    /// If nearly nobody keeps appointments, those that do come as a Poisson process.
    #[test]
    fn rare_shows_of_many_booked_are_poisson() {
        let queue = Gm1::new(1.0, booked_headway(0.001, 1.0 - 0.0007));
        assert!((queue.sigma - 0.7).abs() < 1e-3, "{}", queue.sigma);
    }
}
