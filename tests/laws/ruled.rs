//! The laws where queues have rules: priority, overflow, full places, balking, patience, failures,
//! other work, pace, lanes that send their trucks back, appointments, diversion, events in time.

use cruce::dist::{Dist, DurationSampler, Sampler};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::crossing;
use cruce::model::network::*;
use cruce::model::notice::{LaneNotice, Notice, Observer, Outcome};
use cruce::model::truck::{Truck, TruckId};
use rayon::prelude::*;

use crate::common::{at, secs};
use crate::random::{Dice, HOURS, random_network};
use crate::watch::Watch;

/// A random crossing with random rules.
fn ruled_network(number: u64) -> Network {
    let mut network = random_network(number);
    let mut dice = Dice::new(1_000_000 + number);
    for station in 0..network.stations.len() {
        add_station_rules(&mut network, &mut dice, StationId(station as u16));
    }
    for group in 0..network.groups.len() {
        add_group_rules(&mut network, &mut dice, GroupId(group as u16));
    }
    add_failures(&mut network, &mut dice);
    add_diversion(&mut network, &mut dice);
    if dice.happens(0.4) {
        let show_up = dice.happens(0.7).then(|| DurationSampler::new(&dice.time(300.0)));
        let booked = (1..HOURS * 20).map(|k| at(k * 180)).collect();
        network.streams.push(Stream {
            name: "booked".into(),
            entry: StationId(0),
            arrivals: Arrivals::Appointments { booked, early: secs(200), show_up, no_show: 0.2 },
            class: None,
            diversion: None,
        });
    }
    add_events(&mut network, &mut dice);
    network
}

fn interruption(dice: &mut Dice) -> Interruption {
    if dice.happens(0.5) { Interruption::Resume } else { Interruption::Restart }
}

/// Loops and full places could stand still for ever, so only crossings without loops fill up.
fn fills_up(network: &Network) -> bool {
    network.loop_slots == 0
}

fn add_station_rules(network: &mut Network, dice: &mut Dice, id: StationId) {
    let fills_up = fills_up(network);
    let last = id.index() + 1 == network.stations.len();
    let lines = |id: GroupId| network.groups[id.index()].queue;
    let pooled = network.groups_of(id).all(|group| lines(group) == QueueLayout::Pooled);
    let counted = network.groups_of(id).all(|group| network.groups[group.index()].lanes.is_some());
    let station = &mut network.stations[id.index()];
    // Priority is a rule of one line.
    if pooled && dice.happens(0.6) {
        station.priority = (0..3).map(|_| dice.below(3) as u8).collect();
        station.preempt = (counted && dice.happens(0.5)).then(|| interruption(dice));
    }
    if fills_up && dice.happens(0.5) {
        station.room = station.room.or(Some(dice.below(6)));
        station.full = match dice.below(3) {
            0 => Full::TurnAway,
            1 if last => Full::Divert(Target::Exit),
            1 => Full::Divert(Target::Station(StationId(id.0 + 1))),
            _ => Full::Block,
        };
    }
    if dice.happens(0.4) {
        station.patience =
            (0..3).map(|_| dice.happens(0.6).then(|| DurationSampler::new(&dice.time(400.0)))).collect();
    }
    if dice.happens(0.3) {
        let shares = vec![(1 + dice.below(3), 0.7), (5, 0.3)];
        station.balking = vec![None, Some(Balking { shares: shares.clone() }), Some(Balking { shares })];
    }
    if dice.happens(0.3) {
        let law =
            |dice: &mut Dice| dice.happens(0.5).then(|| Sampler::new(&Dist::Gamma { mean: 1.0, cv: 0.2 }));
        station.pace = Some(Pace {
            by_queue: vec![(3, 1.25), (8, 1.6)],
            by_open: vec![(2, 0.8)],
            day_factor: law(dice),
            officer_factor: law(dice),
        });
    }
}

fn add_group_rules(network: &mut Network, dice: &mut Dice, id: GroupId) {
    let fills_up = fills_up(network);
    let group = &network.groups[id.index()];
    let station = &network.stations[group.station.index()];
    // The last group accepts every class.
    let last = GroupId(station.first_group.0 + station.group_count - 1);
    let group = &mut network.groups[id.index()];
    if group.lanes.is_none() {
        return;
    }
    if fills_up && dice.happens(0.3) {
        group.room = Some(dice.below(5));
    }
    group.overflow = (id != last && dice.happens(0.5)).then_some(last);
    group.closing = dice.happens(0.4).then(|| interruption(dice));
    group.other_work = dice.happens(0.3).then(|| DurationSampler::new(&dice.time(100.0)));
}

fn add_failures(network: &mut Network, dice: &mut Dice) {
    let groups: Vec<GroupId> = (0..network.groups.len() as u16).map(GroupId).collect();
    let counted = groups.into_iter().filter(|id| network.groups[id.index()].lanes.is_some());
    let counted: Vec<GroupId> = counted.collect();
    for number in 0..dice.below(3) {
        let groups: Vec<GroupId> = counted.iter().copied().filter(|_| dice.happens(0.5)).collect();
        let when = if dice.happens(0.4) {
            let mut from = 10 * i64::from(dice.below(360));
            let mut windows = vec![(at(0), false)];
            while from < HOURS * 3600 {
                windows.push((at(from), true));
                windows.push((at(from + 10 + 10 * i64::from(dice.below(60))), false));
                from += 700 + 10 * i64::from(dice.below(360));
            }
            Downtime::Windows(Steps::new(windows))
        } else {
            Downtime::Random {
                up: DurationSampler::new(&dice.time(900.0)),
                clock: if dice.happens(0.5) { UpClock::All } else { UpClock::Serving },
                repair: DurationSampler::new(&dice.time(150.0)),
            }
        };
        let truck = match dice.below(3) {
            0 => OnFailure::Finish,
            1 => OnFailure::Wait(interruption(dice)),
            _ => OnFailure::Return(interruption(dice)),
        };
        network.failures.push(Breakdown { name: format!("failure-{number}"), groups, when, truck });
    }
}

fn add_diversion(network: &mut Network, dice: &mut Dice) {
    if dice.happens(0.6) {
        return;
    }
    let posted = Posted {
        interval: secs(600),
        lag: secs(i64::from(dice.below(3)) * 300),
        window: secs(900),
        rounding: secs(60),
        cap: dice.happens(0.3).then(|| secs(1200)),
    };
    let at = StationId(dice.below(network.stations.len() as u32) as u16);
    network.border_wait = Some(BorderWait { from: StationId(0), at, posted });
    for stream in &mut network.streams {
        stream.diversion = Some(Diversion { shares: vec![(secs(120), 0.3), (secs(600), 0.8)] });
    }
}

/// For an hour service is slower or faster, there is more room, and who goes first is another; in
/// the end all is as before, with room for everyone.
fn add_events(network: &mut Network, dice: &mut Dice) {
    if dice.happens(0.6) {
        return;
    }
    let mut after = network.clone();
    after.stations.iter_mut().for_each(|station| station.room = None);
    after.groups.iter_mut().for_each(|group| group.room = None);
    let mut meanwhile = network.clone();
    for group in &mut meanwhile.groups {
        group.room = group.room.map(|room| room + dice.below(3));
        for law in group.service.iter_mut().flatten() {
            *law = DurationSampler::new(&dice.time(60.0));
        }
    }
    for station in &mut meanwhile.stations {
        station.room = station.room.map(|room| room + dice.below(3));
        let first = 1.min(station.priority.len());
        station.priority.rotate_left(first);
    }
    // Not at a whole second, so that it is plain what ranks at an instant.
    let from = SimTime::from_micros(10_000_000 * i64::from(dice.below(360)) + 1);
    network.later = vec![(from, meanwhile), (from + SimDuration::from_hours(1), after)];
}

/// What a run had of each rule: turned away, diverted, balked, reneged, sent back, stopped.
fn watched(number: u64) -> [u64; 6] {
    let network = ruled_network(number);
    let mut watch = Watch::new(&network);
    let end = crossing::simulate(&network, number, 0, &mut watch);
    assert_eq!(end.expect("the run ends by itself").trucks, watch.entered);
    let became = |outcome| watch.outcomes.get(&outcome).copied().unwrap_or(0);
    let [away, elsewhere] = [Outcome::TurnedAway, Outcome::Diverted].map(became);
    let [balked, reneged] = [Outcome::Balked, Outcome::Reneged].map(became);
    [away, elsewhere, balked, reneged, watch.sent_back, watch.stopped]
}

#[test]
fn any_crossing_with_rules_keeps_the_laws() {
    let runs = (0..1500).into_par_iter();
    let runs: Vec<_> = runs.map(|number| (number, std::panic::catch_unwind(|| watched(number)))).collect();
    let broken: Vec<u64> = runs.iter().filter(|(_, run)| run.is_err()).map(|(number, _)| *number).collect();
    assert!(broken.is_empty(), "networks {broken:?} break a law");
    for rule in 0..6 {
        let seen: u64 = runs.iter().flat_map(|(_, run)| run).map(|counts| counts[rule]).sum();
        assert!(seen > 1000, "rule {rule} was met {seen} times");
    }
}
