//! Two runs compared truck by truck: what a change may do and what it may not.

use std::collections::BTreeMap;

use cruce::dist::{CountSampler, Dist, Sampler};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::crossing::{self, Failure};
use cruce::model::network::*;
use cruce::model::notice::{Notice, Observer};
use cruce::model::truck::{Truck, TruckId};
use rayon::prelude::*;

use crate::common::{Sketch, at, group, yard};
use crate::random::{Dice, HOURS, add_demand};

/// What happened to a truck, as far as chance decides it.
#[derive(Clone, PartialEq, Debug)]
struct Luck {
    entered: SimTime,
    class: ClassId,
    /// Service times in order of visits.
    services: Vec<SimDuration>,
    /// Starts of service in order of visits.
    began: Vec<SimTime>,
}

/// Trucks by stream and identity.
#[derive(Default)]
struct Lucks(BTreeMap<(StreamId, u64), Luck>);

impl Observer for Lucks {
    fn notice(&mut self, _: SimTime, _: TruckId, truck: &Truck, notice: Notice) {
        let number = (truck.stream, truck.identity);
        if let Notice::Entered = notice {
            let new =
                Luck { entered: truck.entered, class: truck.class, services: Vec::new(), began: Vec::new() };
            assert!(self.0.insert(number, new).is_none(), "numbers are told once");
        }
        if let Notice::ServiceBegan { .. } = notice {
            let luck = self.0.get_mut(&number).expect("it entered before");
            luck.services.push(truck.ends - truck.began);
            luck.began.push(truck.began);
        }
    }
}

fn lucks(network: &Network, replication: u64) -> BTreeMap<(StreamId, u64), Luck> {
    let mut lucks = Lucks::default();
    crossing::simulate(network, 7, replication, &mut lucks).expect("the run ends by itself");
    lucks.0
}

/// The service times and class of a truck do not depend on when it is served.
fn same_draws(one: &Luck, other: &Luck) -> bool {
    (one.entered, one.class, &one.services) == (other.entered, other.class, &other.services)
}

/// One pooled first-come-first-served station, lanes and demand from the dice.
fn pooled_station(number: u64) -> Network {
    let mut dice = Dice::new(number);
    let mut sketch = Sketch::new(HOURS, &["empty", "fast", "standard"]);
    let law: Vec<_> = (0..3).map(|_| Some(dice.time(90.0))).collect();
    sketch.station_of("booth", vec![group("lanes", 1 + dice.below(4), &law)], Target::Exit);
    add_demand(&mut sketch, &mut dice);
    sketch.network
}

/// With constant lanes and one line, every start is at most as late with a lane more (the ordered
/// vector of times at which lanes become free is lower at every arrival; Kiefer and Wolfowitz 1955).
#[test]
fn an_added_lane_delays_no_truck() {
    let mut sooner = 0;
    for number in 0..200 {
        let mut network = pooled_station(number);
        let before = lucks(&network, number);
        let lanes = network.groups[0].lanes.expect("lanes are counted") + 1;
        network.groups[0].lanes = Some(lanes);
        network.groups[0].plan = LanePlan::Table(Steps::constant(lanes));
        let after = lucks(&network, number);
        assert_eq!(before.len(), after.len());
        for (truck, luck) in &before {
            assert!(same_draws(luck, &after[truck]), "{truck:?} keeps its luck");
            assert!(after[truck].began[0] <= luck.began[0], "{truck:?} is not delayed");
            sooner += u32::from(after[truck].began[0] < luck.began[0]);
        }
    }
    assert!(sooner > 10_000, "a lane more helps: {sooner}");
}

/// A toll, a booth and a referral, all random, for tests of common random numbers.
fn small_crossing(hourly: &[f64], batch: bool) -> Sketch {
    let mut sketch = Sketch::new(24, &["empty", "fast", "standard"]);
    let booth = Target::Station(StationId(1));
    let toll = sketch.station("a-toll", 3, &Dist::Gamma { mean: 18.0, cv: 0.5 }, booth);
    let primary = sketch.station("b-primary", 5, &Dist::Lognormal { mean: 75.0, cv: 0.6 }, Target::Exit);
    let dock = sketch.station("c-dock", 6, &Dist::Erlang { mean: 900.0, k: 3 }, Target::Exit);
    let referral = Route { branches: vec![(0.1, Target::Station(dock)), (1.0, Target::Exit)] };
    sketch.station_mut(primary).routes = vec![referral; 3];
    let batches_per_hour =
        Steps::new(hourly.iter().enumerate().map(|(hour, rate)| (at(hour as i64 * 3600), *rate)));
    let batch = batch.then(|| CountSampler::new(&Dist::Geometric { mean: 1.5 }));
    let day_factor =
        Some(DayFactor { name: "day".into(), law: Sampler::new(&Dist::Gamma { mean: 1.0, cv: 0.1 }) });
    sketch.stream("northbound", toll, Arrivals::Field { batches_per_hour, batch, day_factor }, None);
    sketch
}

/// Trucks an hour: from nothing at night to a peak.
fn hourly() -> Vec<f64> {
    (0..24).map(|hour| f64::from([0, 0, 3, 8, 20, 47, 90, 120, 118, 101, 99, 95][hour / 2])).collect()
}

#[test]
fn more_volume_keeps_every_truck() {
    for (replication, batch) in [(0, false), (1, true)] {
        let base = lucks(&small_crossing(&hourly(), batch).network, replication);
        let more: Vec<f64> = hourly().iter().map(|rate| rate * 1.15).collect();
        let grown = lucks(&small_crossing(&more, batch).network, replication);
        for (truck, luck) in &base {
            let same = grown.get(truck).unwrap_or_else(|| panic!("{truck:?} still comes"));
            assert!(same_draws(luck, same), "{truck:?}: {luck:?} became {same:?}");
        }
        let ratio = grown.len() as f64 / base.len() as f64;
        assert!((1.10..1.20).contains(&ratio), "{ratio}");
    }
}

#[test]
fn changing_ten_o_clock_leaves_the_others_alone() {
    let base = lucks(&small_crossing(&hourly(), false).network, 3);
    for rate in [0.0, 40.0, 260.0] {
        let mut other = hourly();
        other[10] = rate;
        let changed = lucks(&small_crossing(&other, false).network, 3);
        let outside = |trucks: &BTreeMap<(StreamId, u64), Luck>| -> Vec<_> {
            let ten = at(10 * 3600)..at(11 * 3600);
            let others = trucks.iter().filter(|(_, luck)| !ten.contains(&luck.entered));
            others.map(|(truck, luck)| (*truck, luck.entered, luck.class, luck.services.clone())).collect()
        };
        assert_eq!(outside(&base), outside(&changed), "at {rate} an hour");
        assert_ne!(base.len(), changed.len(), "at {rate} an hour");
    }
}

/// First load (empty or laden), then program of the laden (fast or standard). A larger share of
/// empties changes no program of a truck that stays laden, no time, no service, no referral.
#[test]
fn changing_one_share_changes_no_other_attribute() {
    let run = |empty: f64, fast: f64| {
        let mut sketch = small_crossing(&hourly(), false);
        let leaf = |class| Branch::Class(ClassId(class));
        sketch.network.class_tree = ClassTree {
            splits: vec![
                Split {
                    purpose: "class:trucks".into(),
                    branches: vec![(empty, leaf(0)), (1.0, Branch::Split(1))],
                },
                Split { purpose: "class:laden".into(), branches: vec![(fast, leaf(1)), (1.0, leaf(2))] },
            ],
        };
        lucks(&sketch.network, 5)
    };
    let base = run(0.30, 0.25);
    for (empty, fast, most) in [(0.36, 0.25, 0.09), (0.30, 0.35, 0.10)] {
        let other = run(empty, fast);
        assert!(base.keys().eq(other.keys()), "the same trucks come");
        let mut changed = 0;
        for (truck, luck) in &base {
            let same = &other[truck];
            assert_eq!((luck.entered, &luck.services), (same.entered, &same.services), "{truck:?}");
            let moved = luck.class != same.class;
            let to = if empty > 0.30 { ClassId(0) } else { ClassId(1) };
            assert!(!moved || same.class == to, "{truck:?} moves only to the class that grew");
            changed += u32::from(moved);
        }
        let share = f64::from(changed) / base.len() as f64;
        assert!(changed > 0 && share < most, "{share}");
    }
}

/// Replications in parallel give what they give one after another.
#[test]
fn two_threads_give_what_one_gives() {
    let network = small_crossing(&hourly(), true).network;
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
        pool.install(|| {
            (0..12_u64).into_par_iter().map(|replication| lucks(&network, replication)).collect::<Vec<_>>()
        })
    };
    assert!(on(1) == on(2));
}

/// The limit on trucks inside is a failure, not a crash: here the law that none is lost would
/// otherwise need endless room.
#[test]
fn failures_are_values() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let yard_loop = sketch.station_of(
        "loop",
        vec![yard("all", &[Some(Dist::Constant(0.0))])],
        Target::Station(StationId(0)),
    );
    sketch.station_mut(yard_loop).loop_slot = Some(0);
    sketch.network.loop_slots = 1;
    sketch.trace(yard_loop, &[(5, 0)]);
    let failure = crossing::simulate(&sketch.network, 1, 0, &mut ()).expect_err("it goes round for ever");
    assert_eq!(failure, Failure::Endless { at: at(5), station: "loop".into() });
}
