//! The laws where queues have rules: priority, overflow, full places, balking, patience, failures,
//! other work, pace, lanes that send their trucks back, appointments, diversion, events in time.

use cruce::dist::{Dist, DurationSampler, Sampler};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::crossing;
use cruce::model::network::*;
use cruce::model::notice::{Notice, Observer, Outcome};
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
    add_screening(&mut network, &mut dice);
    add_events(&mut network, &mut dice);
    network
}

/// Somebody looks at trucks: sends them on, or to the exit, by alarm, at random, late or by score; yards
/// hold late ones.
fn add_screening(network: &mut Network, dice: &mut Dice) {
    if dice.happens(0.5) {
        return;
    }
    let (stations, classes) = (network.stations.len(), network.classes.len());
    let law = |mean: f64| ScoreLaw::Normal { mean, sd: 1.2 };
    let kind = |name: &str, rate: f64, mean: f64| Violation {
        name: name.into(),
        rates: vec![rate; classes],
        scores: vec![law(mean); classes],
    };
    let manifest = dice.happens(0.6).then(|| Manifest {
        lead: vec![DurationSampler::new(&dice.time(3000.0)); classes],
        missing: vec![0.1; classes],
        required: vec![secs(1800); classes],
        processing: secs(600),
        qualities: Vec::new(),
        shares: vec![Vec::new(); classes],
        corrected: vec![dice.happens(0.5).then(|| DurationSampler::new(&dice.time(1200.0)))],
    });
    let bits = (0..stations).map(|station| 1 << station).collect();
    let violations = vec![kind("a", 0.2, 1.0), kind("b", 0.1, 2.0)];
    let road_bits = vec![0; network.roads.len()];
    let security = Security { violations, manifest, bits, road_bits, ..Security::default() };
    for place in 0..stations {
        if dice.happens(0.4) {
            continue;
        }
        let onward = match place + 1 < stations {
            true => Target::Station(StationId(place as u16 + 1)),
            false => Target::Exit,
        };
        let mut to = || if dice.happens(0.5) { onward } else { Target::Exit };
        let (random_to, by_score, alarm) = (to(), to(), to());
        let scans = dice.happens(0.5);
        let yard =
            network.groups_of(StationId(place as u16)).all(|id| network.groups[id.index()].lanes.is_none());
        let bands = Bands(vec![
            (f64::NEG_INFINITY, Vec::new()),
            (0.8, vec![Referral { below: 0.7, to: by_score, by_score: true }]),
        ]);
        network.stations[place].screening = Some(Box::new(Screening {
            sensor: dice.happens(0.7).then(|| Sensor {
                sees: vec![vec![Some(0.8); classes], vec![None; classes]],
                false_alarm: vec![0.1; classes],
                alarm: scans.then_some(alarm),
            }),
            random: vec![0.05; classes],
            random_to: Some(random_to),
            late: dice.happens(0.5).then_some(if yard { Late::Hold } else { Late::To(onward) }),
            referral: vec![bands; classes],
            clears: u64::from(dice.below(1 << stations)),
            ..Screening::default()
        }));
    }
    network.security = Some(Box::new(security));
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
        stream.diversion =
            Some(Diversion { shares: vec![(secs(120), 0.3), (secs(600), 0.8)], cost: SimDuration::ZERO });
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

/// What a run had of each rule: turned away, diverted, balked, reneged, sent back, stopped, sent elsewhere
/// by a look.
fn watched(number: u64) -> [u64; 7] {
    let network = ruled_network(number);
    let mut watch = Watch::new(&network);
    let end = crossing::simulate(&network, number, 0, &mut watch);
    assert_eq!(end.expect("the run ends by itself").trucks, watch.entered);
    let became = |outcome| watch.outcomes.get(&outcome).copied().unwrap_or(0);
    let [away, elsewhere] = [Outcome::TurnedAway, Outcome::Diverted].map(became);
    let [balked, reneged] = [Outcome::Balked, Outcome::Reneged].map(became);
    [away, elsewhere, balked, reneged, watch.sent_back, watch.stopped, watch.sent]
}

#[test]
fn any_crossing_with_rules_keeps_the_laws() {
    let runs = (0..1500).into_par_iter();
    let runs: Vec<_> = runs.map(|number| (number, std::panic::catch_unwind(|| watched(number)))).collect();
    let broken: Vec<u64> = runs.iter().filter(|(_, run)| run.is_err()).map(|(number, _)| *number).collect();
    assert!(broken.is_empty(), "networks {broken:?} break a law");
    for rule in 0..7 {
        let seen: u64 = runs.iter().flat_map(|(_, run)| run).map(|counts| counts[rule]).sum();
        assert!(seen > 1000, "rule {rule} was met {seen} times");
    }
}

/// Everything that a run tells of its trucks.
#[derive(Default)]
struct Told(Vec<(SimTime, TruckId, Truck, Notice)>);

impl Observer for Told {
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        self.0.push((now, id, *truck, notice));
    }
}

fn told(network: &Network, seed: u64) -> Vec<(SimTime, TruckId, Truck, Notice)> {
    let mut told = Told::default();
    crossing::simulate(network, seed, 0, &mut told).expect("the run ends by itself");
    told.0
}

/// Runs beside one another tell what they tell alone.
#[test]
fn two_threads_tell_what_one_tells() {
    let networks: Vec<Network> = (0..80).map(ruled_network).collect();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
        pool.install(|| networks.par_iter().map(|network| told(network, 11)).collect::<Vec<_>>())
    };
    let one = on(1);
    assert!(one.iter().map(Vec::len).sum::<usize>() > 50_000, "there is something to compare");
    assert!(one == on(2));
}

/// What becomes of the times of a crossing.
struct Clockwork {
    law: fn(&DurationSampler) -> DurationSampler,
    length: fn(SimDuration) -> SimDuration,
}

impl Clockwork {
    fn instant(&self, at: &mut SimTime) {
        *at = SimTime::ZERO + (self.length)(at.since_start());
    }

    fn steps<T>(&self, steps: &mut Steps<T>) {
        steps.steps.iter_mut().for_each(|(at, _)| self.instant(at));
    }

    fn trigger(&self, trigger: &mut Trigger) {
        if let Trigger::Wait(wait) = trigger {
            *wait = (self.length)(*wait);
        }
    }

    /// Every law, length and instant of the crossing, and of what it is later.
    fn wind(&self, network: &mut Network) {
        let law = |law: &mut DurationSampler| *law = (self.law)(law);
        let length = |length: &mut SimDuration| *length = (self.length)(*length);
        for group in &mut network.groups {
            group.service.iter_mut().flatten().for_each(law);
            group.move_up.iter_mut().chain(&mut group.other_work).for_each(law);
            if let LanePlan::Table(table) = &mut group.plan {
                self.steps(table);
            }
        }
        for station in &mut network.stations {
            station.patience.iter_mut().flatten().for_each(law);
        }
        if let Some(manifest) = network.security.as_mut().and_then(|security| security.manifest.as_mut()) {
            manifest.lead.iter_mut().chain(manifest.corrected.iter_mut().flatten()).for_each(law);
            manifest.required.iter_mut().chain([&mut manifest.processing]).for_each(length);
        }
        for road in &mut network.roads {
            law(&mut road.travel);
            length(&mut road.discharge);
        }
        for pool in &mut network.pools {
            self.steps(&mut pool.on_duty);
            for member in &mut pool.members {
                match &mut member.want {
                    Want::Table(table) => self.steps(table),
                    Want::Rule { open, close } => {
                        [open, close].into_iter().for_each(|trigger| self.trigger(trigger))
                    }
                }
                self.steps(&mut member.open);
                length(&mut member.set_up);
                length(&mut member.least_open);
            }
        }
        for failure in &mut network.failures {
            match &mut failure.when {
                Downtime::Windows(windows) => self.steps(windows),
                Downtime::Random { up, repair, .. } => [up, repair].into_iter().for_each(law),
            }
        }
        for stream in &mut network.streams {
            if let Arrivals::Trace(trucks) = &mut stream.arrivals {
                trucks.iter_mut().for_each(|truck| self.instant(&mut truck.at));
            }
            let rows = stream.diversion.iter_mut().flat_map(|diversion| &mut diversion.shares);
            rows.for_each(|(wait, _)| length(wait));
        }
        if let Some(BorderWait { posted, .. }) = &mut network.border_wait {
            let Posted { interval, lag, window, rounding, .. } = posted;
            [interval, lag, window, rounding].into_iter().for_each(length);
            posted.cap.iter_mut().for_each(length);
        }
        length(&mut network.run_length);
        self.instant(&mut network.drain_limit);
        for (from, later) in &mut network.later {
            self.instant(from);
            self.wind(later);
        }
    }
}

/// A random crossing in which only constants and listed trucks tell the time.
fn constant_network(number: u64) -> Network {
    let mut network = ruled_network(number);
    let mut dice = Dice::new(2_000_000 + number);
    // Whole seconds, so that instants coincide; never none, so that time passes.
    let whole =
        |law: &DurationSampler| DurationSampler::constant(secs((law.mean().seconds().round() as i64).max(1)));
    Clockwork { law: whole, length: |length| length }.wind(&mut network);
    let mut second = 0;
    let trucks = (1..250).map(|row| {
        second += i64::from(dice.below(80));
        TraceTruck {
            at: at(second),
            class: ClassId(dice.below(3) as u8),
            identity: row,
            number: row.to_string(),
            score: None,
            hides: None,
            service: Vec::new(),
        }
    });
    let arrivals = Arrivals::Trace(trucks.collect());
    let mut stream = network.streams.swap_remove(0);
    stream.arrivals = arrivals;
    network.streams = vec![stream];
    let streams = network.streams.clone();
    network.later.iter_mut().for_each(|(_, later)| later.streams.clone_from(&streams));
    let factors = |network: &mut Network| {
        for pace in network.stations.iter_mut().flat_map(|station| &mut station.pace) {
            (pace.day_factor, pace.officer_factor) = (None, None);
        }
    };
    factors(&mut network);
    network.later.iter_mut().for_each(|(_, later)| factors(later));
    network
}

/// A film at half speed shows the same: with all times twice as long, all happens in the same
/// order, each truck's waits twice as long.
#[test]
fn times_scaled_by_two_give_waits_scaled_by_two() {
    let twice = Clockwork {
        law: |law| DurationSampler::constant(law.mean() + law.mean()),
        length: |length| length + length,
    };
    let mut waits = 0;
    for number in 0..400 {
        let network = constant_network(number);
        let mut slow = network.clone();
        twice.wind(&mut slow);
        let row = |times: i64| {
            move |(now, _, truck, notice): (SimTime, TruckId, Truck, Notice)| {
                let stamps = [now, truck.arrived, truck.began, truck.ends].map(|at| times * at.micros());
                (stamps, truck.identity, std::mem::discriminant(&notice))
            }
        };
        let fast: Vec<_> = told(&network, number).into_iter().map(row(2)).collect();
        waits += fast.iter().filter(|([_, arrived, began, _], ..)| began > arrived).count();
        let slow: Vec<_> = told(&slow, number).into_iter().map(row(1)).collect();
        assert!(fast == slow, "network {number}");
    }
    assert!(waits > 10_000, "{waits} notices of trucks that waited");
}
