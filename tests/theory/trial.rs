//! How an estimate is held against an exact value, and what is listened for.

use cruce::dist::Dist;
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::crossing;
use cruce::model::network::*;
use cruce::model::notice::{Notice, Observer, Outcome};
use cruce::model::truck::{Truck, TruckId};
use rayon::prelude::*;

use crate::common::{Sketch, group};

/// Service takes a minute on average throughout, so rates per service time are rates per minute.
pub const MINUTE: f64 = 60.0;

/// An exact value, and how well it must be estimated.
pub struct Exactly {
    pub what: String,
    pub value: f64,
    /// Greatest standard error, as a share of the value.
    pub within: Option<f64>,
}

/// A mean or share: standard error at most 0.5 % of the value.
pub fn exactly(what: &str, value: f64) -> Exactly {
    Exactly { what: what.into(), value, within: Some(0.005) }
}

/// A small part of the whole (an hour of a day, a tail): its standard error is what it is.
pub fn part(what: impl Into<String>, value: f64) -> Exactly {
    Exactly { what: what.into(), value, within: None }
}

/// Runs replications in parallel; each gives one estimate per exact value.
pub fn check<O: Observer>(
    title: &str,
    network: &Network,
    replications: u64,
    exact: &[Exactly],
    listener: impl Fn() -> O + Sync,
    estimates: impl Fn(O) -> Vec<f64> + Sync,
) {
    let rows: Vec<Vec<f64>> = (0..replications)
        .into_par_iter()
        .map(|replication| {
            let mut observer = listener();
            crossing::simulate(network, SEED, replication, &mut observer).expect("the run ends by itself");
            estimates(observer)
        })
        .collect();
    let n = replications as f64;
    let mut failures = Vec::new();
    for (place, exact) in exact.iter().enumerate() {
        let mean = rows.iter().map(|row| row[place]).sum::<f64>() / n;
        let squares: f64 = rows.iter().map(|row| (row[place] - mean).powi(2)).sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        let off = (mean - exact.value) / error;
        let line = format!(
            "| {title} | {} | {:.6} | {mean:.6} | {error:.6} ({:.2} %) | {off:+.2} |",
            exact.what,
            exact.value,
            100.0 * error / exact.value
        );
        println!("{line}");
        let precise = exact.within.is_none_or(|share| error <= share * exact.value);
        // An event that never happens has no error; then the exact value must be as good as zero.
        let agrees = if error > 0.0 { off.abs() <= 3.5 } else { (mean - exact.value).abs() < 1e-9 };
        if !(precise && agrees) {
            failures.push(line);
        }
    }
    assert!(
        failures.is_empty(),
        "beyond 3.5 standard errors, or not precise enough:\n{}",
        failures.join("\n")
    );
}

const SEED: u64 = 20_231_003;

/// Waits by trucks that arrived at a station within a window, and what became of those that came to
/// the crossing within it.
pub struct Waits {
    from: SimTime,
    until: SimTime,
    /// By group.
    pub waits: Vec<Tally>,
    /// By class, at any station.
    pub of_class: Vec<Tally>,
    /// A wait longer than this counts as `beyond`.
    threshold: SimDuration,
    pub entered: f64,
    /// Turned away, balked, reneged.
    pub lost: [f64; 3],
    /// Minutes in line of those that lost their patience.
    pub in_vain: f64,
    pub crossed: f64,
    pub crossing_time: f64,
    /// By class: trucks that crossed, and their minutes.
    pub crossed_by_class: Vec<(f64, f64)>,
}

#[derive(Clone, Copy, Default)]
pub struct Tally {
    pub count: f64,
    pub sum: f64,
    pub waited: f64,
    beyond: f64,
}

impl Tally {
    fn add(&mut self, wait: SimDuration, threshold: SimDuration) {
        self.count += 1.0;
        self.sum += wait.minutes();
        self.waited += f64::from(u8::from(wait > SimDuration::ZERO));
        self.beyond += f64::from(u8::from(wait > threshold));
    }

    /// Mean wait in minutes.
    pub fn mean(&self) -> f64 {
        self.sum / self.count
    }

    pub fn share_waiting(&self) -> f64 {
        self.waited / self.count
    }

    pub fn share_beyond(&self) -> f64 {
        self.beyond / self.count
    }
}

impl Waits {
    /// The first 50 and the last 5 hours of a run are not looked at.
    pub fn new(network: &Network, threshold_minutes: f64) -> Self {
        Waits {
            from: SimTime::ZERO + SimDuration::from_hours(50),
            until: SimTime::ZERO + network.run_length - SimDuration::from_hours(5),
            waits: vec![Tally::default(); network.groups.len()],
            of_class: vec![Tally::default(); network.classes.len()],
            threshold: SimDuration::from_seconds(threshold_minutes * MINUTE),
            entered: 0.0,
            lost: [0.0; 3],
            in_vain: 0.0,
            crossed: 0.0,
            crossing_time: 0.0,
            crossed_by_class: vec![(0.0, 0.0); network.classes.len()],
        }
    }

    fn looks_at(&self, instant: SimTime) -> bool {
        self.from <= instant && instant < self.until
    }

    fn first_start(&mut self, group: GroupId, truck: &Truck) {
        let wait = truck.began - truck.arrived;
        self.waits[group.index()].add(wait, self.threshold);
        self.of_class[truck.class.index()].add(wait, self.threshold);
    }

    /// Mean minutes of a class from coming to crossing.
    pub fn stay(&self, class: usize) -> f64 {
        let (trucks, minutes) = self.crossed_by_class[class];
        minutes / trucks
    }
}

impl Observer for Waits {
    fn notice(&mut self, now: SimTime, _: TruckId, truck: &Truck, notice: Notice) {
        match notice {
            Notice::Entered if self.looks_at(now) => self.entered += 1.0,
            Notice::ServiceBegan { group, .. } if self.looks_at(truck.arrived) => {
                self.first_start(group, truck);
            }
            Notice::Gone { outcome, .. } if self.looks_at(truck.entered) => match outcome {
                Outcome::Crossed => {
                    let minutes = (now - truck.entered).minutes();
                    self.crossed += 1.0;
                    self.crossing_time += minutes;
                    let class = &mut self.crossed_by_class[truck.class.index()];
                    *class = (class.0 + 1.0, class.1 + minutes);
                }
                Outcome::TurnedAway => self.lost[0] += 1.0,
                Outcome::Balked => self.lost[1] += 1.0,
                Outcome::Reneged => {
                    self.lost[2] += 1.0;
                    self.in_vain += (now - truck.arrived).minutes();
                }
                Outcome::Diverted => panic!("nobody looks at what is posted"),
                Outcome::Unfinished => panic!("every truck crosses before the run ends"),
            },
            _ => {}
        }
    }
}

/// One station with Poisson arrivals; `arrivals` per minute.
pub fn one_station(hours: i64, arrivals: f64, lanes: u32, service: &Dist) -> Network {
    let mut sketch = Sketch::new(hours, &["truck"]);
    let booth = sketch.station("booth", lanes, service, Target::Exit);
    sketch.poisson("trucks", booth, Steps::constant(arrivals * 60.0));
    sketch.network
}

pub fn exponential() -> Dist {
    Dist::Exponential { mean: MINUTE }
}

/// One station with a stream of Poisson arrivals for each class, in class order; `arrivals` per minute.
pub fn classes(hours: i64, arrivals: &[f64], lanes: u32, service: &[Dist]) -> Network {
    let names = ["a", "b", "c"];
    let mut sketch = Sketch::new(hours, &names[..arrivals.len()]);
    let service: Vec<_> = service.iter().cloned().map(Some).collect();
    let booth = sketch.station_of("booth", vec![group("lanes", lanes, &service)], Target::Exit);
    for (class, rate) in arrivals.iter().enumerate() {
        let per_hour = Steps::constant(rate * 60.0);
        let arrivals = Arrivals::Field { batches_per_hour: per_hour, batch: None, day_factor: None };
        sketch.stream(names[class], booth, arrivals, Some(ClassId(class as u8)));
    }
    sketch.network
}
