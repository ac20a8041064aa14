//! A hand-written loop of the benchmark tandem: std `BinaryHeap`, `rand_distr`, no statistics.
//!
//! What one would write for this one model on an afternoon: the bar that a scenario file is held
//! against. Toll (2 servers, Erlang 4, mean 0.5 min), primary (30 % FAST: 3 servers, Erlang 3,
//! mean 2.5 min; the others: 8 servers, lognormal, mean 5 min, cv 0.6), 10 % to secondary (6
//! servers, lognormal, mean 25 min, cv 0.8), hourly Poisson arrivals, 1741 trucks a day.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1, Gamma, LogNormal};

/// Trucks per hour by hour of the day.
pub const RATES: [f64; 24] = [
    10., 8., 8., 10., 20., 40., 70., 100., 115., 120., 125., 125., 120., 115., 120., 125., 120., 110., 90.,
    70., 50., 35., 20., 15.,
];

/// What a run gives: trucks, and their mean time in system (min).
pub struct Answer {
    pub trucks: usize,
    /// Mean time in system.
    pub mean_minutes: f64,
}

#[derive(Clone, Copy)]
enum Event {
    Arrive,
    End { station: usize, entered: f64 },
}

struct Item(f64, u64, Event);
impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.1 == other.1
    }
}
impl Eq for Item {}
impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1))
    }
}

struct Tandem {
    rng: SmallRng,
    toll: Gamma<f64>,
    fast: Gamma<f64>,
    standard: LogNormal<f64>,
    secondary: LogNormal<f64>,
    clock: f64,
    hour: usize,
    free: [u32; 4],
    queues: [VecDeque<f64>; 4],
}

fn lognormal(mean: f64, cv: f64) -> LogNormal<f64> {
    let variance = (1.0 + cv * cv).ln();
    LogNormal::new(mean.ln() - variance / 2.0, variance.sqrt()).expect("a valid law")
}

impl Tandem {
    fn new(seed: u64) -> Self {
        Tandem {
            rng: SmallRng::seed_from_u64(seed),
            toll: Gamma::new(4.0, 0.125).expect("a valid law"),
            fast: Gamma::new(3.0, 2.5 / 3.0).expect("a valid law"),
            standard: lognormal(5.0, 0.6),
            secondary: lognormal(25.0, 0.8),
            clock: 0.0,
            hour: 0,
            free: [2, 3, 8, 6],
            queues: Default::default(),
        }
    }

    fn next_arrival(&mut self) -> f64 {
        let mut work: f64 = Exp1.sample(&mut self.rng);
        loop {
            let end = (self.hour + 1) as f64 * 60.0;
            let rate = RATES[self.hour % 24] / 60.0;
            let room = (end - self.clock) * rate;
            if work < room {
                self.clock += work / rate;
                return self.clock;
            }
            work -= room;
            self.clock = end;
            self.hour += 1;
        }
    }

    fn service(&mut self, station: usize) -> f64 {
        match station {
            0 => self.toll.sample(&mut self.rng),
            1 => self.fast.sample(&mut self.rng),
            2 => self.standard.sample(&mut self.rng),
            _ => self.secondary.sample(&mut self.rng),
        }
    }

    fn join(&mut self, now: f64, station: usize, entered: f64, schedule: &mut impl FnMut(f64, Event)) {
        if self.free[station] > 0 {
            self.free[station] -= 1;
            schedule(now + self.service(station), Event::End { station, entered });
        } else {
            self.queues[station].push_back(entered);
        }
    }
}

/// Runs `trucks` trucks until the last has left.
pub fn run(trucks: usize, seed: u64) -> Answer {
    let mut tandem = Tandem::new(seed);
    let mut heap = BinaryHeap::new();
    let mut sequence = 0u64;
    let mut left = trucks;
    let mut times = Vec::with_capacity(trucks);
    heap.push(Item(tandem.next_arrival(), 0, Event::Arrive));
    while let Some(Item(now, _, event)) = heap.pop() {
        let mut schedule = |at: f64, event: Event| {
            sequence += 1;
            heap.push(Item(at, sequence, event));
        };
        match event {
            Event::Arrive => {
                left -= 1;
                if left > 0 {
                    schedule(tandem.next_arrival(), Event::Arrive);
                }
                tandem.join(now, 0, now, &mut schedule);
            }
            Event::End { station, entered } => {
                match tandem.queues[station].pop_front() {
                    Some(next) => {
                        schedule(now + tandem.service(station), Event::End { station, entered: next });
                    }
                    None => tandem.free[station] += 1,
                }
                let onward = match station {
                    0 => Some(if tandem.rng.random::<f64>() < 0.3 { 1 } else { 2 }),
                    1 | 2 => (tandem.rng.random::<f64>() < 0.1).then_some(3),
                    _ => None,
                };
                match onward {
                    Some(next) => tandem.join(now, next, entered, &mut schedule),
                    None => times.push(now - entered),
                }
            }
        }
    }
    Answer { trucks: times.len(), mean_minutes: times.iter().sum::<f64>() / times.len() as f64 }
}
