//! Queues without special rules: first come, first served, and everyone stays.

use cruce::dist::Dist;
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::network::*;
use cruce::model::notice::{Notice, Observer, Outcome};
use cruce::model::truck::{Truck, TruckId};

use crate::common::Sketch;
use crate::oracle::daily::Day;
use crate::oracle::deterministic::Mdc;
use crate::oracle::erlang::{self, Mmc};
use crate::oracle::line::{self, Stage};
use crate::oracle::phase;
use crate::trial::{Exactly, MINUTE, Waits, check, exactly, exponential, one_station, part};

/// Mean wait, share waiting and share beyond a quantile of an M/M/c queue.
fn check_mmc(title: &str, network: &Network, queue: Mmc) {
    let p95 = queue.wait_quantile(0.95);
    let exact = [
        exactly("mean wait, min", queue.mean_wait()),
        exactly("share waiting", queue.share_waiting()),
        part(format!("share beyond the 95th percentile ({p95:.3} min)"), 0.05),
    ];
    check(
        title,
        network,
        64,
        &exact,
        || Waits::new(network, p95),
        |seen| {
            let tally = seen.waits[0];
            vec![tally.mean(), tally.share_waiting(), tally.share_beyond()]
        },
    );
}

#[test]
fn mm1() {
    let queue = Mmc { servers: 1, arrival_rate: 0.8, service_rate: 1.0 };
    check_mmc("M/M/1, 0.8", &one_station(2400, 0.8, 1, &exponential()), queue);
}

#[test]
fn mmc() {
    let queue = Mmc { servers: 4, arrival_rate: 3.0, service_rate: 1.0 };
    check_mmc("M/M/4, 0.75", &one_station(700, 3.0, 4, &exponential()), queue);
}

/// The same queue with renewal headways instead of the Poisson field, and any free lane serving.
#[test]
fn mmc_from_exponential_headways() {
    let mut network = one_station(900, 1.4, 2, &exponential());
    network.streams[0].arrivals = Arrivals::Headways {
        headway: cruce::dist::DurationSampler::new(&Dist::Exponential { mean: MINUTE / 1.4 }),
        batch: None,
    };
    network.groups[0].free_lane = FreeLane::Random;
    check_mmc("M/M/2, 0.7, headways", &network, Mmc { servers: 2, arrival_rate: 1.4, service_rate: 1.0 });
}

#[test]
fn mmck() {
    let queue = Mmc { servers: 3, arrival_rate: 2.5, service_rate: 1.0 };
    let (turned_away, waiting, wait) = erlang::finite_room(queue, 4);
    let exact = [
        exactly("share turned away", turned_away),
        exactly("share waiting, of those let in", waiting),
        exactly("mean wait of those let in, min", wait),
    ];
    let mut network = one_station(400, 2.5, 3, &exponential());
    network.stations[0].room = Some(4);
    check(
        "M/M/3/7, offered 0.83",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| vec![seen.lost[0] / seen.entered, seen.waits[0].share_waiting(), seen.waits[0].mean()],
    );
}

#[test]
fn mdc() {
    let queue = Mdc::new(3, 2.4);
    let exact = [
        exactly("mean wait, min", queue.mean_wait()),
        exactly("share waiting", queue.share_waiting()),
        exactly("share beyond 0.5 min", queue.wait_beyond(0.5)),
    ];
    let network = one_station(600, 2.4, 3, &Dist::Constant(MINUTE));
    check(
        "M/D/3, 0.8",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.5),
        |seen| {
            let tally = seen.waits[0];
            vec![tally.mean(), tally.share_waiting(), tally.share_beyond()]
        },
    );
}

#[test]
fn mekc() {
    for (servers, k, load, hours) in [(2, 3, 0.8, 900), (3, 2, 0.75, 700)] {
        let offered = f64::from(servers) * load;
        let (waiting, wait) = phase::erlang_service(servers, k, offered);
        let exact = [exactly("mean wait, min", wait), exactly("share waiting", waiting)];
        let service = Dist::Erlang { mean: MINUTE, k: k as u32 };
        let network = one_station(hours, offered, servers, &service);
        check(
            &format!("M/E{k}/{servers}, {load}"),
            &network,
            64,
            &exact,
            || Waits::new(&network, 0.0),
            |seen| vec![seen.waits[0].mean(), seen.waits[0].share_waiting()],
        );
    }
}

#[test]
fn mg1_lognormal() {
    let exact = [exactly("mean wait, min", erlang::one_server(0.7, 1.0, 0.6)), exactly("share waiting", 0.7)];
    let network = one_station(1200, 0.7, 1, &Dist::Lognormal { mean: MINUTE, cv: 0.6 });
    check(
        "M/G/1 lognormal cv 0.6, 0.7",
        &network,
        64,
        &exact,
        || Waits::new(&network, 0.0),
        |seen| vec![seen.waits[0].mean(), seen.waits[0].share_waiting()],
    );
}

/// Three stations; a quarter of those leaving the third go back to the first, a fifth of those
/// leaving the first are referred to the second. By Jackson (1957) every station is an M/M/c
/// queue, and a truck on any visit finds it so (arrival theorem: Sevcik and Mitrani 1981).
#[test]
fn jackson_with_feedback() {
    let rates =
        erlang::traffic(&[1.0, 0.1, 0.0], &[vec![0.0, 0.2, 0.8], vec![0.0, 0.0, 1.0], vec![0.25, 0.0, 0.0]]);
    let mut sketch = Sketch::new(1400, &["truck"]);
    let (exam, exit) = (Target::Station(StationId(1)), Target::Station(StationId(2)));
    let booth = sketch.station("a-booth", 2, &exponential(), exit);
    let dock = sketch.station("b-dock", 1, &exponential(), exit);
    let gate = sketch.station("c-gate", 2, &exponential(), Target::Exit);
    sketch.station_mut(booth).routes = vec![Route { branches: vec![(0.2, exam), (1.0, exit)] }];
    sketch.station_mut(gate).routes =
        vec![Route { branches: vec![(0.25, Target::Station(booth)), (1.0, Target::Exit)] }];
    for (slot, station) in [booth, dock, gate].into_iter().enumerate() {
        sketch.station_mut(station).loop_slot = Some(slot as u16);
    }
    sketch.network.loop_slots = 3;
    sketch.poisson("first", booth, Steps::constant(60.0));
    sketch.poisson("second", dock, Steps::constant(6.0));
    let servers = [2, 1, 2];
    let queues: Vec<Mmc> =
        (0..3).map(|i| Mmc { servers: servers[i], arrival_rate: rates[i], service_rate: 1.0 }).collect();
    let in_system: f64 = queues.iter().map(|q| q.arrival_rate * (q.mean_wait() + 1.0)).sum();
    let mut exact = vec![exactly("crossing time, min", in_system / 1.1)];
    for (name, queue) in ["booth", "dock", "gate"].iter().zip(&queues) {
        exact.push(exactly(&format!("mean wait at the {name}, min"), queue.mean_wait()));
        exact.push(exactly(&format!("share waiting at the {name}"), queue.share_waiting()));
    }
    let network = &sketch.network;
    check(
        "Jackson with feedback",
        network,
        64,
        &exact,
        || Waits::new(network, 0.0),
        |seen| {
            let mut row = vec![seen.crossing_time / seen.crossed];
            row.extend(seen.waits.iter().flat_map(|tally| [tally.mean(), tally.share_waiting()]));
            row
        },
    );
}

/// Waiting by hour of a day that begins empty.
struct HourlyWaits {
    /// Truck-hours by hour, the last entry after the last hour.
    waiting: Vec<f64>,
    delayed: f64,
    trucks: f64,
}

impl Observer for HourlyWaits {
    fn notice(&mut self, _: SimTime, _: TruckId, truck: &Truck, notice: Notice) {
        if let Notice::ServiceBegan { .. } = notice {
            let (arrived, began) = (truck.arrived.seconds() / 3600.0, truck.began.seconds() / 3600.0);
            let last = self.waiting.len() - 1;
            let mut from = arrived;
            while from < began {
                let hour = (from as usize).min(last);
                let until = if hour == last { began } else { began.min(hour as f64 + 1.0) };
                self.waiting[hour] += until - from;
                from = until;
            }
            self.delayed += f64::from(u8::from(began > arrived));
            self.trucks += 1.0;
        }
    }
}

/// A day with a rush above what the lanes can do, a closed hour in the night, and lanes that close
/// while trucks wait. Utilization over the day: 729 trucks / 16 an hour over 57 lane-hours, 0.80.
#[test]
fn a_day_with_lanes_by_hour() {
    #[rustfmt::skip]
    let arrivals = [
        6.0, 3.0, 2.0, 2.0, 4.0, 12.0, 30.0, 60.0, 84.0, 84.0, 60.0, 40.0,
        36.0, 34.0, 36.0, 44.0, 50.0, 44.0, 30.0, 22.0, 16.0, 12.0, 10.0, 8.0,
    ];
    #[rustfmt::skip]
    let lanes = [
        1, 1, 0, 0, 1, 1, 2, 4, 4, 4, 4, 3,
        4, 3, 3, 4, 4, 4, 3, 2, 2, 1, 1, 1,
    ];
    let services_per_hour = 16.0;
    let expected = Day { arrivals_per_hour: &arrivals, lanes: &lanes, services_per_hour }.expected();

    let mut sketch = Sketch::new(24, &["truck"]);
    let service = Dist::Exponential { mean: 3600.0 / services_per_hour };
    let booth = sketch.station("booth", 4, &service, Target::Exit);
    let hour = |hour: usize| SimTime::ZERO + SimDuration::from_hours(hour as i64);
    let plan = Steps::new(lanes.iter().enumerate().map(|(h, open)| (hour(h), *open)));
    sketch.group_mut(booth, 0).plan = LanePlan::Table(plan);
    sketch.poisson(
        "trucks",
        booth,
        Steps::new(arrivals.iter().enumerate().map(|(h, rate)| (hour(h), *rate))),
    );

    let mut exact = vec![
        exactly("truck-hours of waiting a day", expected.waiting.iter().sum()),
        exactly("trucks that wait a day", expected.delayed),
        exactly("trucks a day", expected.trucks),
    ];
    for (h, waiting) in expected.waiting.iter().enumerate() {
        exact.push(part(format!("truck-hours of waiting in hour {h}"), *waiting));
    }
    check(
        "M_t/M/c_t over a day",
        &sketch.network,
        12_000,
        &exact,
        || HourlyWaits { waiting: vec![0.0; 25], delayed: 0.0, trucks: 0.0 },
        |seen| {
            let mut row = vec![seen.waiting.iter().sum(), seen.delayed, seen.trucks];
            row.extend(seen.waiting);
            row
        },
    );
}

/// Departures within a window.
struct Departures {
    from: SimTime,
    until: SimTime,
    crossed: f64,
}

impl Observer for Departures {
    fn notice(&mut self, now: SimTime, _: TruckId, _: &Truck, notice: Notice) {
        if let Notice::Gone { outcome: Outcome::Crossed, .. } = notice
            && self.from <= now
            && now < self.until
        {
            self.crossed += 1.0;
        }
    }
}

/// Three stations in a row, no room between, trucks always waiting at the first: 22/39 of the
/// rate of one alone (Hunt 1956).
#[test]
fn a_saturated_line_of_three_without_room_between() {
    let hours = 400;
    let mut sketch = Sketch::new(hours, &["truck"]);
    let first = sketch.station("a", 1, &exponential(), Target::Station(StationId(1)));
    let second = sketch.station("b", 1, &exponential(), Target::Station(StationId(2)));
    let third = sketch.station("c", 1, &exponential(), Target::Exit);
    sketch.station_mut(second).room = Some(0);
    sketch.station_mut(third).room = Some(0);
    sketch.network.end = End::Cut;
    sketch.stream("trucks", first, Arrivals::AtStart { trucks: 20_000, road: None }, Some(ClassId(0)));
    let stages = [Stage { lanes: 1, room: 0, service_rate: 1.0 }; 3];
    let throughput = line::throughput(&line::solve(None, &stages), &stages);
    assert!((throughput - 22.0 / 39.0).abs() < 1e-14);
    let (from, until) =
        (SimTime::ZERO + SimDuration::from_hours(10), SimTime::ZERO + SimDuration::from_hours(hours));
    check(
        "saturated line of three",
        &sketch.network,
        64,
        &[Exactly { what: "trucks a minute".into(), value: throughput, within: Some(0.001) }],
        || Departures { from, until, crossed: 0.0 },
        |seen| vec![seen.crossed / (until - from).minutes()],
    );
}

/// Waiting and blocked time, as time averages over a window.
struct Occupancy {
    from: SimTime,
    until: SimTime,
    /// By station: truck-minutes waiting.
    waiting: Vec<f64>,
    /// Truck-minutes blocked at any station.
    blocked: f64,
    crossed: f64,
}

impl Occupancy {
    fn overlap(&self, from: SimTime, until: SimTime) -> f64 {
        (until.min(self.until) - from.max(self.from)).or_zero().minutes()
    }
}

impl Observer for Occupancy {
    fn notice(&mut self, now: SimTime, _: TruckId, truck: &Truck, notice: Notice) {
        match notice {
            Notice::ServiceBegan { group, .. } => {
                self.waiting[group.index()] += self.overlap(truck.arrived, truck.began);
            }
            Notice::Left { .. } => self.blocked += self.overlap(truck.ends, now),
            Notice::Gone { .. } => self.crossed += f64::from(u8::from(self.from <= now && now < self.until)),
            _ => {}
        }
    }
}

/// Two lanes before one faster lane with a single waiting place: those that cannot go on keep
/// their lane.
#[test]
fn a_tandem_with_blocking() {
    let hours = 1600;
    let mut sketch = Sketch::new(hours, &["truck"]);
    let first = sketch.station("a", 2, &exponential(), Target::Station(StationId(1)));
    let service = Dist::Exponential { mean: MINUTE / 1.6 };
    let second = sketch.station("b", 1, &service, Target::Exit);
    sketch.station_mut(second).room = Some(1);
    sketch.poisson("trucks", first, Steps::constant(48.0));
    let stages =
        [Stage { lanes: 2, room: 150, service_rate: 1.0 }, Stage { lanes: 1, room: 1, service_rate: 1.6 }];
    let chain = line::solve(Some(0.8), &stages);
    let exact = [
        exactly("waiting at the first", chain.mean(|levels| f64::from(levels[0].waiting))),
        exactly("waiting at the second", chain.mean(|levels| f64::from(levels[1].waiting))),
        exactly("blocked", chain.mean(|levels| f64::from(levels[0].blocked))),
        exactly("trucks a minute", 0.8),
    ];
    let (from, until) =
        (SimTime::ZERO + SimDuration::from_hours(50), SimTime::ZERO + SimDuration::from_hours(hours - 5));
    check(
        "tandem with blocking",
        &sketch.network,
        64,
        &exact,
        || Occupancy { from, until, waiting: vec![0.0; 2], blocked: 0.0, crossed: 0.0 },
        |seen| {
            let time = (until - from).minutes();
            vec![seen.waiting[0] / time, seen.waiting[1] / time, seen.blocked / time, seen.crossed / time]
        },
    );
}
