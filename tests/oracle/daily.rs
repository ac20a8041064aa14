//! A day at a booth plaza: arrivals and lanes by hour, exponential service, M_t/M/c_t.
//!
//! Lanes are numbered and the lowest free one serves, so the state is (which lanes are busy, trucks
//! waiting). When the plan falls, the lanes numbered above it finish their truck and take no
//! other, while those below serve on; one that is still busy when the plan rises stays open. The
//! forward equations (Kolmogorov 1931) are integrated by the classical Runge–Kutta method.

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
const STEPS_PER_HOUR: usize = 500;

impl Day<'_> {
    /// Begins empty and ends when the last truck is out.
    pub fn expected(&self) -> Expected {
        let hours = self.lanes.len();
        let mut law = Law::empty(*self.lanes.iter().max().expect("a day has lanes"));
        let mut expected = Expected {
            waiting: vec![0.0; hours + 1],
            serving: vec![0.0; hours + 1],
            delayed: 0.0,
            trucks: self.arrivals_per_hour.iter().sum(),
        };
        let mut hour = 0;
        loop {
            let lanes = self.lanes[hour.min(hours - 1)];
            let arrivals = self.arrivals_per_hour.get(hour).copied().unwrap_or(0.0);
            let [waiting, serving, delayed] = law.hour(arrivals, self.services_per_hour, lanes);
            expected.waiting[hour.min(hours)] += waiting;
            expected.serving[hour.min(hours)] += serving;
            expected.delayed += delayed;
            hour += 1;
            if hour >= hours && law.levels(0.0, lanes)[1] < 1e-12 {
                return expected;
            }
        }
    }
}

/// Chances of each (busy lanes as bits, trucks waiting).
struct Law {
    lanes: u32,
    shares: Vec<f64>,
}

fn place(busy: usize, waiting: usize) -> usize {
    busy * (MOST_WAITING + 1) + waiting
}

/// The lowest-numbered lane below `lanes` that is not busy, as a bit.
fn free_lane(busy: usize, lanes: u32) -> Option<usize> {
    (0..lanes).map(|lane| 1 << lane).find(|bit| busy & bit == 0)
}

impl Law {
    fn empty(lanes: u32) -> Self {
        let mut shares = vec![0.0; place(1 << lanes, 0)];
        shares[0] = 1.0;
        Law { lanes, shares }
    }

    /// One hour under a plan: time integrals of [`Law::levels`].
    fn hour(&mut self, arrivals: f64, services: f64, lanes: u32) -> [f64; 3] {
        self.open(lanes);
        let mut sums = [0.0; 3];
        for _ in 0..STEPS_PER_HOUR {
            let step = self.step(arrivals, services, lanes);
            (0..3).for_each(|i| sums[i] += step[i]);
        }
        sums
    }

    /// A plan that rises starts trucks at once.
    fn open(&mut self, lanes: u32) {
        for busy in 0..1 << self.lanes {
            if let Some(lane) = free_lane(busy, lanes) {
                for waiting in 1..=MOST_WAITING {
                    // Lanes are filled one by one: `busy | lane` is looked at later.
                    let share = std::mem::take(&mut self.shares[place(busy, waiting)]);
                    self.shares[place(busy | lane, waiting - 1)] += share;
                }
            }
        }
    }

    /// Trucks waiting, trucks in service, and arrivals per hour that must wait.
    fn levels(&self, arrivals: f64, lanes: u32) -> [f64; 3] {
        let mut levels = [0.0; 3];
        for busy in 0..1_usize << self.lanes {
            let row = &self.shares[place(busy, 0)..place(busy + 1, 0)];
            let all: f64 = row.iter().sum();
            levels[0] += row.iter().enumerate().map(|(waiting, share)| waiting as f64 * share).sum::<f64>();
            levels[1] += f64::from(busy.count_ones()) * all;
            if free_lane(busy, lanes).is_none() {
                levels[2] += arrivals * all;
            }
        }
        levels
    }

    fn slope(&self, arrivals: f64, services: f64, lanes: u32) -> Vec<f64> {
        let mut slope = vec![0.0; self.shares.len()];
        for busy in 0..1_usize << self.lanes {
            let free = free_lane(busy, lanes);
            let in_service = busy.count_ones();
            let open = (busy & ((1 << lanes) - 1)).count_ones();
            for waiting in 0..=MOST_WAITING {
                let from = place(busy, waiting);
                let share = self.shares[from];
                if share == 0.0 {
                    continue;
                }
                let mut flow = |rate: f64, to: usize| {
                    slope[from] -= rate * share;
                    slope[to] += rate * share;
                };
                match free {
                    Some(lane) => flow(arrivals, place(busy | lane, waiting)),
                    None if waiting < MOST_WAITING => flow(arrivals, place(busy, waiting + 1)),
                    None => {}
                }
                let mut ending = busy;
                if waiting > 0 {
                    // Open lanes serve on; only those above the plan fall idle.
                    flow(services * f64::from(open), place(busy, waiting - 1));
                    ending &= !((1 << lanes) - 1);
                }
                if in_service > 0 {
                    for lane in (0..self.lanes).map(|lane| 1 << lane).filter(|lane| ending & lane != 0) {
                        flow(services, place(busy & !lane, waiting));
                    }
                }
            }
        }
        slope
    }

    fn moved(&self, slope: &[f64], by: f64) -> Law {
        let shares = self.shares.iter().zip(slope).map(|(share, slope)| share + by * slope);
        Law { lanes: self.lanes, shares: shares.collect() }
    }

    /// One step of the classical Runge–Kutta method; the time integrals of [`Law::levels`] on it.
    fn step(&mut self, arrivals: f64, services: f64, lanes: u32) -> [f64; 3] {
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
        std::array::from_fn(|i| h / 6.0 * (levels[0][i] + 2.0 * (levels[1][i] + levels[2][i]) + levels[3][i]))
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

    /// With lanes enough hardly anyone waits, and the number in service follows m' = lambda - mu m
    /// (Eick, Massey and Whitt 1993, M_t/G/infinity).
    #[test]
    fn lanes_enough_follow_the_offered_load() {
        let day = Day { arrivals_per_hour: &[0.1, 0.2], lanes: &[5, 5], services_per_hour: 2.0 };
        let expected = day.expected();
        let fade = (-2.0_f64).exp();
        // Hour one: m = 0.05 (1 - exp(-2 t)); hour two: m = 0.1 + (m(1) - 0.1) exp(-2 (t - 1)).
        let first = 0.05 * (1.0 - (1.0 - fade) / 2.0);
        let second = 0.1 + (0.05 * (1.0 - fade) - 0.1) * (1.0 - fade) / 2.0;
        assert!((expected.serving[0] - first).abs() < 1e-9);
        assert!((expected.serving[1] - second).abs() < 1e-8);
        assert!((expected.serving.iter().sum::<f64>() - 0.15).abs() < 1e-8, "0.3 trucks of half an hour");
        assert!(expected.waiting.iter().sum::<f64>() < 1e-8);
    }

    /// A plan that falls to nothing: the line grows by what arrives, and trucks in service fade.
    #[test]
    fn without_lanes_the_line_grows_and_service_fades() {
        let mut law = Law::empty(3);
        law.hour(3.0, 2.0, 3);
        let [waiting, serving, _] = law.levels(3.0, 3);
        let [more, fading, delayed] = law.hour(3.0, 2.0, 0);
        let fade = (-2.0_f64).exp();
        assert!((more - (waiting + 1.5)).abs() < 1e-9, "3 an hour come: {more}");
        assert!((fading - serving * (1.0 - fade) / 2.0).abs() < 1e-9);
        assert!((delayed - 3.0).abs() < 1e-9);
    }

    /// Two busy lanes and a long line; the second closes. Trucks start at rate mu at the first
    /// lane all the time, and the second ends after an exponential time.
    #[test]
    fn open_lanes_serve_on_while_one_finishes() {
        let mut law = Law::empty(2);
        law.shares[0] = 0.0;
        law.shares[place(3, 100)] = 1.0;
        let [waiting, serving, _] = law.hour(0.0, 2.0, 1);
        assert!((serving - (1.0 + (1.0 - (-2.0_f64).exp()) / 2.0)).abs() < 1e-9);
        assert!((waiting - 99.0).abs() < 1e-9, "starts at 2 an hour: {waiting}");
    }
}
