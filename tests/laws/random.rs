//! Random small crossings, from draws of their own.

use cruce::dist::{CountSampler, Dist, DurationSampler, Sampler};
use cruce::kernel::draws::{Key, Purpose, uniform};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::network::*;

use crate::common::{Sketch, at, group, secs, yard};

/// Draws for making networks.
pub struct Dice {
    key: Key,
    drawn: u64,
}

impl Dice {
    pub fn new(number: u64) -> Self {
        Dice { key: Key::new(number, 0, "laws"), drawn: 0 }
    }

    pub fn share(&mut self) -> f64 {
        self.drawn += 1;
        uniform(self.key.bits(self.drawn, Purpose::new("dice")))
    }

    /// One of 0..count.
    pub fn below(&mut self, count: u32) -> u32 {
        (self.share() * f64::from(count)) as u32
    }

    pub fn happens(&mut self, chance: f64) -> bool {
        self.share() < chance
    }

    /// Laws of times, some of whole seconds so that ties are common.
    pub fn time(&mut self, mean: f64) -> Dist {
        match self.below(4) {
            0 => Dist::Constant((mean / 10.0).round() * 10.0),
            1 => Dist::Exponential { mean },
            2 => Dist::Erlang { mean, k: 3 },
            _ => Dist::Empirical([(0.0, 0.1), (10.0, 0.4), (mean.round() * 2.0, 0.5)].into()),
        }
    }
}

pub const HOURS: i64 = 4;

/// A crossing of one to four stations in a row, some with roads between, some trucks skipping
/// stations; with feedback from the last to the first where nothing can fill up.
pub fn random_network(number: u64) -> Network {
    let mut dice = Dice::new(number);
    let mut sketch = Sketch::new(HOURS, &["empty", "fast", "standard"]);
    let stations = 1 + dice.below(4) as u16;
    let feedback = dice.happens(0.3);
    for place in 0..stations {
        add_station(&mut sketch, &mut dice, place, feedback);
    }
    for place in 0..stations {
        let next = next_of(&mut sketch, &mut dice, place, stations, feedback);
        let far = if place + 1 < stations {
            let skipped = place + 1 + dice.below(u32::from(stations - place - 1)) as u16;
            next_of(&mut sketch, &mut dice, skipped, stations, feedback)
        } else {
            next
        };
        let back = feedback && place + 1 == stations;
        for class in 0..3 {
            let mut branches = vec![(0.2 * dice.share(), far), (1.0, next)];
            if back {
                branches.insert(0, (0.15 * dice.share(), Target::Station(StationId(0))));
                branches[1].0 = branches[0].0.max(branches[1].0);
            }
            sketch.network.stations[place as usize].routes[class] = Route { branches };
        }
        sketch.network.stations[place as usize].loop_slot = feedback.then_some(place);
    }
    if feedback {
        sketch.network.roads.iter_mut().zip(stations..).for_each(|(road, slot)| road.loop_slot = Some(slot));
        sketch.network.loop_slots = stations + sketch.network.roads.len() as u16;
    }
    add_officers(&mut sketch, &mut dice);
    add_demand(&mut sketch, &mut dice);
    let network = &mut sketch.network;
    network.end = [End::Drain, End::Empty, End::Cut][dice.below(3) as usize];
    network.drain_limit = SimTime::ZERO + SimDuration::from_hours(HOURS * 5);
    sketch.network
}

fn add_station(sketch: &mut Sketch, dice: &mut Dice, place: u16, unlimited: bool) {
    let name = format!("station-{place}");
    let exit = Target::Exit;
    if dice.happens(0.1) {
        let law = dice.time(200.0);
        sketch.station_of(&name, vec![yard("all", &vec![Some(law); 3])], exit);
        return;
    }
    let groups = 1 + dice.below(2);
    let made = (0..groups).map(|number| {
        // The last group accepts everyone, so that every class has a way.
        let takes: Vec<bool> =
            (0..3).map(|class| number + 1 == groups || class == 1 || dice.happens(0.3)).collect();
        let law: Vec<_> = takes.iter().map(|takes| takes.then(|| dice.time(90.0))).collect();
        let lanes = 1 + dice.below(3);
        let mut made = group(&format!("group-{number}"), lanes, &law);
        made.queue = match dice.below(6) {
            0 => QueueLayout::PerLane(LaneChoice::Random),
            1 => QueueLayout::PerLane(LaneChoice::RoundRobin),
            2 => QueueLayout::PerLane(LaneChoice::Shortest),
            _ => QueueLayout::Pooled,
        };
        made.free_lane = if dice.happens(0.3) { FreeLane::Random } else { FreeLane::Lowest };
        made.move_up = dice.happens(0.4).then(|| DurationSampler::new(&dice.time(15.0)));
        if dice.happens(0.4) {
            let hours = 0..HOURS;
            let rows =
                hours.map(|hour| (at(hour * 3600 + 10 * i64::from(dice.below(60))), dice.below(lanes + 1)));
            let mut rows: Vec<_> = rows.collect();
            rows.insert(0, (SimTime::ZERO, lanes));
            rows.push((at(HOURS * 3600 + 600), lanes));
            made.plan = LanePlan::Table(Steps::new(rows));
        }
        made
    });
    let made: Vec<Group> = made.collect();
    let pooled = made.iter().all(|group| group.queue == QueueLayout::Pooled);
    let id = sketch.station_of(&name, made, exit);
    if pooled && dice.happens(0.4) {
        sketch.station_mut(id).line = LineLayout::Shared;
    }
    if !unlimited && dice.happens(0.3) {
        sketch.station_mut(id).room = Some(dice.below(4));
    }
}

/// What follows a station: the next one, directly or by a road, or the exit.
fn next_of(sketch: &mut Sketch, dice: &mut Dice, place: u16, stations: u16, unlimited: bool) -> Target {
    let next = if place + 1 < stations { Target::Station(StationId(place + 1)) } else { Target::Exit };
    if dice.happens(0.5) {
        return next;
    }
    let name = format!("road-{}", sketch.network.roads.len());
    let road = sketch.road(&name, 60, 1 + dice.below(3), next);
    let road = &mut sketch.network.roads[road.index()];
    road.travel = DurationSampler::new(&dice.time(120.0));
    road.overtaking = dice.happens(0.4);
    road.discharge = secs(i64::from(dice.below(3)) * 5);
    if !unlimited {
        road.split = dice.happens(0.6).then(|| 1 + dice.below(4));
        road.room = dice.happens(0.5).then(|| 1 + dice.below(12));
    }
    Target::Road(RoadId(sketch.network.roads.len() as u16 - 1))
}

/// Some groups are staffed by a pool.
fn add_officers(sketch: &mut Sketch, dice: &mut Dice) {
    if dice.happens(0.5) {
        return;
    }
    let mut members = Vec::new();
    for place in 0..sketch.network.groups.len() {
        let group = &mut sketch.network.groups[place];
        let Some(built) = group.lanes else { continue };
        if dice.happens(0.3) {
            continue;
        }
        group.plan = LanePlan::Officers(PoolId(0), members.len());
        let want = match dice.below(4) {
            0 => Want::Table(Steps::new([
                (at(0), built),
                (at(5000), dice.below(built + 1)),
                (at(9000), built),
            ])),
            1 => Want::Rule { open: Trigger::Queue(3.0), close: Trigger::Queue(0.0) },
            2 => Want::Rule { open: Trigger::QueuePerLane(4.0), close: Trigger::QueuePerLane(1.0) },
            _ => Want::Rule { open: Trigger::Wait(secs(300)), close: Trigger::Wait(secs(30)) },
        };
        let least = dice.below(built + 1);
        members.push(Member {
            group: GroupId(place as u16),
            least,
            most: built,
            priority: dice.below(2),
            want,
            open: Steps::new([(at(0), true), (at(7000), dice.happens(0.5)), (at(8000), true)]),
            set_up: secs(i64::from(dice.below(3)) * 60),
            least_open: secs(i64::from(dice.below(3)) * 300),
        });
    }
    let lanes = members.iter().map(|member| member.most).sum::<u32>();
    let rows = [
        (at(0), lanes),
        (at(3600), dice.below(lanes + 1)),
        (at(7200), dice.below(lanes + 1)),
        (at(14_400), lanes),
    ];
    sketch.network.pools.push(Pool {
        name: "cbp".into(),
        on_duty: Steps::new(rows),
        on_break: Steps::constant(0),
        members,
    });
}

pub fn add_demand(sketch: &mut Sketch, dice: &mut Dice) {
    let shares = [0.3, 0.2 + 0.5 * dice.share(), 1.0];
    let tree = &mut sketch.network.class_tree.splits[0].branches;
    tree.iter_mut().zip(shares).for_each(|(branch, share)| branch.0 = share);
    let first = StationId(0);
    let rate = |dice: &mut Dice| 20.0 + 50.0 * dice.share();
    let batches_per_hour = Steps::new((0..HOURS).map(|hour| (at(hour * 3600), rate(dice))));
    let batch = dice.happens(0.3).then(|| CountSampler::new(&Dist::Geometric { mean: 2.0 }));
    let day_factor = dice
        .happens(0.3)
        .then(|| DayFactor { name: "day".into(), law: Sampler::new(&Dist::Gamma { mean: 1.0, cv: 0.2 }) });
    sketch.stream("field", first, Arrivals::Field { batches_per_hour, batch, day_factor }, None);
    if dice.happens(0.5) {
        let headway = DurationSampler::new(&dice.time(150.0));
        // Headways of zero would never end.
        let headway =
            if headway.mean() > SimDuration::ZERO { headway } else { DurationSampler::constant(secs(150)) };
        let entry = StationId(dice.below(sketch.network.stations.len() as u32) as u16);
        sketch.stream("headways", entry, Arrivals::Headways { headway, batch: None }, Some(ClassId(2)));
    }
    if dice.happens(0.4) {
        let before = |road: &Road| road.next == Target::Station(first);
        let road = sketch.network.roads.iter().position(before).map(|road| RoadId(road as u16));
        sketch.stream("start", first, Arrivals::AtStart { trucks: dice.below(15), road }, None);
    }
}
