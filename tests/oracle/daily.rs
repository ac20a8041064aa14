//! A day at a booth plaza: arrivals and lanes by hour, exponential service, M_t/M/c_t.
//!
//! The state is (trucks in service, trucks waiting). When the plan falls, lanes beyond it finish
//! their truck and take no other; a truck starts only while fewer are in service than planned.
//! The forward equations (Kolmogorov 1931) are integrated by the classical Runge–Kutta method.

/// Rates by hour; after the last hour nothing arrives and the last lanes stay open.
pub struct Day<'a> {
    pub arrivals_per_hour: &'a [f64],
    pub lanes: &'a [u32],
    pub services_per_hour: f64,
}

/// What to expect of a day.
pub struct Expected {
    /// Truck-hours of waiting by hour; the last entry is everything after the last hour.
    pub waiting: Vec<f64>,
    /// Truck-hours of service by hour, as above.
    pub serving: Vec<f64>,
    /// Trucks that cannot start at once.
    pub delayed: f64,
    /// Trucks that arrive.
    pub trucks: f64,
}

/// Longest line followed.
const MOST_WAITING: usize = 250;
const STEPS_PER_HOUR: usize = 700;

impl Day<'_> {
    /// Begins empty and ends when the last truck is out.
    pub fn expected(&self) -> Expected {
        let most = *self.lanes.iter().max().expect("a day has lanes") as usize;
        let mut law = Law { most, shares: vec![0.0; (most + 1) * (MOST_WAITING + 1)] };
        law.shares[0] = 1.0;
        let hours = self.lanes.len();
        let mut expected = Expected {
            waiting: vec![0.0; hours + 1],
            serving: vec![0.0; hours + 1],
            delayed: 0.0,
            trucks: self.arrivals_per_hour.iter().sum(),
        };
        let mut hour = 0;
        loop {
            let lanes = self.lanes[hour.min(hours - 1)] as usize;
            let arrivals = self.arrivals_per_hour.get(hour).copied().unwrap_or(0.0);
            law.open(lanes);
            let place = hour.min(hours);
            for _ in 0..STEPS_PER_HOUR {
                let [waiting, serving, delayed] = law.step(arrivals, self.services_per_hour, lanes);
                expected.waiting[place] += waiting;
                expected.serving[place] += serving;
                expected.delayed += delayed;
            }
            hour += 1;
            if hour >= hours && law.levels(0.0, lanes)[1] < 1e-12 {
                return expected;
            }
        }
    }
}

/// Chances of each (in service, waiting).
struct Law {
    most: usize,
    shares: Vec<f64>,
}

impl Law {
    fn place(in_service: usize, waiting: usize) -> usize {
        in_service * (MOST_WAITING + 1) + waiting
    }

    /// A plan that rises starts trucks at once.
    fn open(&mut self, lanes: usize) {
        for in_service in 0..lanes.min(self.most + 1) {
            for waiting in 1..=MOST_WAITING {
                let starts = waiting.min(lanes - in_service);
                let share = std::mem::take(&mut self.shares[Law::place(in_service, waiting)]);
                self.shares[Law::place(in_service + starts, waiting - starts)] += share;
            }
        }
    }

    /// Trucks waiting, trucks in service, and arrivals per hour that must wait.
    fn levels(&self, arrivals: f64, lanes: usize) -> [f64; 3] {
        let mut levels = [0.0; 3];
        for in_service in 0..=self.most {
            for waiting in 0..=MOST_WAITING {
                let share = self.shares[Law::place(in_service, waiting)];
                levels[0] += share * waiting as f64;
                levels[1] += share * in_service as f64;
                if in_service >= lanes {
                    levels[2] += share * arrivals;
                }
            }
        }
        levels
    }

    fn slope(&self, arrivals: f64, services: f64, lanes: usize) -> Vec<f64> {
        let mut slope = vec![0.0; self.shares.len()];
        for in_service in 0..=self.most {
            for waiting in 0..=MOST_WAITING {
                let from = Law::place(in_service, waiting);
                let share = self.shares[from];
                if share == 0.0 {
                    continue;
                }
                let mut flow = |rate: f64, to: usize| {
                    slope[from] -= rate * share;
                    slope[to] += rate * share;
                };
                if in_service < lanes {
                    flow(arrivals, Law::place(in_service + 1, waiting));
                } else if waiting < MOST_WAITING {
                    flow(arrivals, Law::place(in_service, waiting + 1));
                }
                if in_service > 0 {
                    let rate = services * in_service as f64;
                    if waiting > 0 && in_service <= lanes {
                        flow(rate, Law::place(in_service, waiting - 1));
                    } else {
                        flow(rate, Law::place(in_service - 1, waiting));
                    }
                }
            }
        }
        slope
    }

    fn moved(&self, slope: &[f64], by: f64) -> Law {
        let shares = self.shares.iter().zip(slope).map(|(share, slope)| share + by * slope);
        Law { most: self.most, shares: shares.collect() }
    }

    /// One step of the classical Runge–Kutta method; the time integrals of [`Law::levels`] on it.
    fn step(&mut self, arrivals: f64, services: f64, lanes: usize) -> [f64; 3] {
        let h = 1.0 / STEPS_PER_HOUR as f64;
        let slope = |law: &Law| law.slope(arrivals, services, lanes);
        let first = slope(self);
        let second_law = self.moved(&first, h / 2.0);
        let second = slope(&second_law);
        let third_law = self.moved(&second, h / 2.0);
        let third = slope(&third_law);
        let fourth_law = self.moved(&third, h);
        let fourth = slope(&fourth_law);
        let levels = [&*self, &second_law, &third_law, &fourth_law].map(|law| law.levels(arrivals, lanes));
        for (place, share) in self.shares.iter_mut().enumerate() {
            *share += h / 6.0 * (first[place] + 2.0 * (second[place] + third[place]) + fourth[place]);
        }
        std::array::from_fn(|i| {
            h / 6.0 * (levels[0][i] + 2.0 * (levels[1][i] + levels[2][i]) + levels[3][i])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::erlang::Mmc;
    use super::*;

    /// After 23 hours of constant rates the last hour is the stationary queue.
    #[test]
    fn constant_rates_end_in_the_stationary_queue() {
        let day = Day { arrivals_per_hour: &[30.0; 24], lanes: &[2; 24], services_per_hour: 22.0 };
        let queue = Mmc { servers: 2, arrival_rate: 30.0, service_rate: 22.0 };
        let line = day.expected().waiting[23];
        assert!((line - 30.0 * queue.mean_wait()).abs() < 1e-6, "{line}");
    }

    /// With lanes enough nobody waits, and the number in service follows m' = lambda - mu m
    /// (Eick, Massey and Whitt 1993, M_t/G/infinity).
    #[test]
    fn lanes_enough_follow_the_offered_load() {
        let day = Day { arrivals_per_hour: &[4.0, 8.0], lanes: &[40, 40], services_per_hour: 2.0 };
        let expected = day.expected();
        let fade = (-2.0_f64).exp();
        // Hour one: m = 2 (1 - exp(-2 t)); hour two: m = 4 + (m(1) - 4) exp(-2 (t - 1)).
        let first = 2.0 - (1.0 - fade);
        let second = 4.0 + (2.0 * (1.0 - fade) - 4.0) * (1.0 - fade) / 2.0;
        assert!(expected.waiting.iter().all(|hours| hours.abs() < 1e-12));
        assert!((expected.serving[0] - first).abs() < 1e-9);
        assert!((expected.serving[1] - second).abs() < 1e-9);
        assert!((expected.serving.iter().sum::<f64>() - 6.0).abs() < 1e-9, "12 trucks of half an hour");
    }

    /// A plan that falls to nothing: who is in service goes on, who comes waits. One truck in
    /// service at rate 2 for an hour without lanes, then one lane.
    #[test]
    fn closing_lanes_finish_their_truck_and_take_no_other() {
        let day = Day { arrivals_per_hour: &[3.0, 3.0], lanes: &[30, 0], services_per_hour: 2.0 };
        let law_of_hour_two = |day: &Day| {
            let mut law = Law { most: 30, shares: vec![0.0; 31 * (MOST_WAITING + 1)] };
            law.shares[0] = 1.0;
            let mut sums = [[0.0; 3]; 2];
            for (hour, sum) in sums.iter_mut().enumerate() {
                let lanes = day.lanes[hour] as usize;
                law.open(lanes);
                for _ in 0..STEPS_PER_HOUR {
                    let step = law.step(day.arrivals_per_hour[hour], day.services_per_hour, lanes);
                    (0..3).for_each(|i| sum[i] += step[i]);
                }
            }
            sums[1]
        };
        let [waiting, serving, delayed] = law_of_hour_two(&day);
        let left = 1.5 * (1.0 - (-2.0_f64).exp());
        assert!((waiting - 1.5).abs() < 1e-9, "the line grows by 3 an hour: {waiting}");
        assert!((serving - left * (1.0 - (-2.0_f64).exp()) / 2.0).abs() < 1e-9);
        assert!((delayed - 3.0).abs() < 1e-9);
    }
}
