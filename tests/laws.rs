//! Laws that hold for any crossing, on some hundreds of random small ones with fixed seeds.
//!
//! [`Watch`] listens to a run and checks at every notice and at the end of every instant what must
//! be so: conservation, Little's law in whole microseconds, order in lines, no idle lane beside a
//! line that it serves, room, officers. The other tests compare two runs truck by truck.

mod common;

use std::collections::{BTreeMap, VecDeque};

use common::{Sketch, at, group, secs, yard};
use cruce::dist::{CountSampler, Dist, DurationSampler, Sampler};
use cruce::kernel::draws::{Key, Purpose, uniform};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::crossing::{self, Failure};
use cruce::model::network::*;
use cruce::model::notice::{LaneNotice, Notice, Observer, Outcome};
use cruce::model::truck::{Truck, TruckId};
use rayon::prelude::*;

/// Where one truck is.
#[derive(Clone, Default)]
struct Place {
    /// Station and arrival there, as notices told it.
    station: Option<(StationId, SimTime)>,
    road: Option<RoadId>,
    /// It came to the station by a road, whose place it takes while it waits.
    by_road: Option<RoadId>,
    /// Line that it waits in, since when.
    line: Option<(GroupId, SimTime)>,
    lane: Option<(GroupId, u32)>,
    /// Its place in the order of joining lines.
    order: u64,
    /// It waits in its lane for the repair.
    stopped: bool,
    /// It went back to its line, whatever room there was.
    sent_back: bool,
}

/// An integer level and its integral over time.
#[derive(Clone, Default)]
struct Level {
    now: i64,
    since: i64,
    area: i128,
}

impl Level {
    fn set(&mut self, at: SimTime, level: i64) {
        self.area += i128::from(self.now) * i128::from(at.micros() - self.since);
        (self.now, self.since) = (level, at.micros());
    }

    fn add(&mut self, at: SimTime, change: i64) {
        self.set(at, self.now + change);
    }
}

/// Lanes of a group as told: open, setting up, closing, down and away together.
type Lanes = (u32, u32, u32, u32);

/// Checks the laws while it listens.
struct Watch<'n> {
    network: &'n Network,
    now: SimTime,
    trucks: BTreeMap<TruckId, Place>,
    entered: u64,
    gone: u64,
    joined: u64,
    /// By station: trucks there, from notices; the sum of their stays, from the trucks' own stamps.
    at_station: Vec<Level>,
    stays: Vec<i128>,
    /// By group: trucks waiting, as told, and the sum of their waits in line.
    in_line: Vec<Level>,
    waits: Vec<i128>,
    /// By station: trucks in common lines, as told, and the sum of their times there.
    in_common: Vec<Level>,
    common_waits: Vec<i128>,
    crossing: Level,
    crossing_times: i128,
    /// Trucks waiting, in order of joining: by station.
    lines: Vec<VecDeque<(GroupId, ClassId, TruckId)>>,
    lanes: Vec<Lanes>,
    busy: Vec<BTreeMap<u32, TruckId>>,
    on_road: Vec<u32>,
    /// By road: trucks that cannot come onto it, in the order of blocking.
    blocked: Vec<VecDeque<TruckId>>,
    officers: Vec<(u32, u32, u32)>,
}

impl<'n> Watch<'n> {
    fn new(network: &'n Network) -> Self {
        let (stations, groups) = (network.stations.len(), network.groups.len());
        Watch {
            network,
            now: SimTime::ZERO,
            trucks: BTreeMap::new(),
            entered: 0,
            gone: 0,
            joined: 0,
            at_station: vec![Level::default(); stations],
            stays: vec![0; stations],
            in_line: vec![Level::default(); groups],
            waits: vec![0; groups],
            in_common: vec![Level::default(); stations],
            common_waits: vec![0; stations],
            crossing: Level::default(),
            crossing_times: 0,
            lines: vec![VecDeque::new(); stations],
            lanes: vec![(0, 0, 0, 0); groups],
            busy: vec![BTreeMap::new(); groups],
            on_road: vec![0; network.roads.len()],
            blocked: vec![VecDeque::new(); network.roads.len()],
            officers: vec![(0, 0, 0); network.pools.len()],
        }
    }

    /// The clock moved: what must hold at the end of an instant is checked before.
    fn advance(&mut self, now: SimTime) {
        assert!(now >= self.now, "the clock never runs backwards");
        if now > self.now {
            self.check_instant();
            self.now = now;
        }
    }

    fn accepts(&self, group: GroupId, class: ClassId) -> bool {
        self.network.groups[group.index()].service[class.index()].is_some()
    }

    fn check_instant(&self) {
        for (place, group) in self.network.groups.iter().enumerate() {
            let id = GroupId(place as u16);
            let (open, setting_up, closing, standing) = self.lanes[place];
            let station = &self.network.stations[group.station.index()];
            let busy = &self.busy[place];
            if group.lanes.is_none() {
                continue;
            }
            let open_and_busy = busy.range(..open).count() as u32;
            let closing_and_busy = busy.range(open..).count() as u32;
            assert_eq!(closing, closing_and_busy, "closing lanes are those beyond the plan that serve");
            let stopped = busy.values().filter(|id| self.trucks[id].stopped).count() as u32;
            let idle = (open + stopped) - setting_up - open_and_busy - standing;
            let shared = station.line == LineLayout::Shared;
            if idle > 0 && (shared || group.queue == QueueLayout::Pooled) {
                let mut line = self.lines[group.station.index()].iter();
                let waits = line.any(
                    |(first, class, _)| {
                        if shared { self.accepts(id, *class) } else { *first == id }
                    },
                );
                assert!(!waits, "a lane of {} is idle beside its line", self.network.group_name(id));
            }
        }
        for (place, pool) in self.network.pools.iter().enumerate() {
            let sum = |of: fn(&Lanes) -> u32| -> u32 {
                pool.members.iter().map(|member| of(&self.lanes[member.group.index()])).sum()
            };
            let (on_duty, staffed, overtime) = self.officers[place];
            assert_eq!(staffed, sum(|lanes| lanes.0), "staffed are the lanes open by plan");
            assert_eq!(overtime, sum(|lanes| lanes.2), "overtime are the lanes that close");
            assert!(staffed <= on_duty, "no lane is open without an officer");
        }
        for (place, road) in self.network.roads.iter().enumerate() {
            assert!(road.room.is_none_or(|room| self.on_road[place] <= room), "a road holds its room");
        }
        for (place, station) in self.network.stations.iter().enumerate() {
            let line = self.lines[place].iter();
            let takes_place = |id: &TruckId| !self.trucks[id].sent_back && self.trucks[id].by_road.is_none();
            let own = line.filter(|(_, _, id)| takes_place(id)).count();
            assert!(station.room.is_none_or(|room| own <= room as usize), "a station holds its room");
        }
    }

    fn place(&mut self, id: TruckId) -> &mut Place {
        self.trucks.get_mut(&id).expect("only trucks inside are heard of")
    }

    /// Takes a truck out of its line and checks that nobody before it was passed over.
    fn start(&mut self, now: SimTime, id: TruckId, group: GroupId) {
        let station = self.network.groups[group.index()].station;
        let shared = self.network.stations[station.index()].line == LineLayout::Shared;
        let pooled = self.network.groups[group.index()].queue == QueueLayout::Pooled;
        let line = &self.lines[station.index()];
        let rank = |class: ClassId| {
            self.network.stations[station.index()].priority.get(class.index()).copied().unwrap_or(0)
        };
        let served_here = |(joined, class, _): &(GroupId, ClassId, TruckId)| {
            if shared { self.accepts(group, *class) } else { *joined == group }
        };
        let of_group = line.iter().enumerate().filter(|(_, waiting)| served_here(waiting));
        let first = of_group.min_by_key(|(_, (_, class, _))| rank(*class)).map(|(place, _)| place);
        let here = line.iter().position(|(_, _, truck)| *truck == id).expect("it had joined the line");
        if shared || pooled {
            assert_eq!(Some(here), first, "first in line, first served");
        }
        self.lines[station.index()].remove(here);
        let (group, since) = self.place(id).line.take().expect("it had joined a group");
        self.waits[group.index()] += i128::from((now - since).micros());
    }
}

impl Observer for Watch<'_> {
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        self.advance(now);
        match notice {
            Notice::Entered => {
                self.entered += 1;
                assert_eq!(truck.entered, now);
                assert!(self.trucks.insert(id, Place::default()).is_none(), "a new truck takes a free place");
                self.crossing.add(now, 1);
            }
            Notice::Arrived { station } => {
                assert_eq!(truck.arrived, now);
                let place = self.place(id);
                place.station = Some((station, now));
                place.by_road = place.road;
                self.at_station[station.index()].add(now, 1);
            }
            Notice::Joined { group } => {
                self.joined += 1;
                let order = self.joined;
                let place = self.place(id);
                (place.line, place.order) = (Some((group, now)), order);
                let (station, arrived) = place.station.expect("it arrived before");
                self.common_waits[station.index()] += i128::from((now - arrived).micros());
                self.lines[station.index()].push_back((group, truck.class, id));
                assert!(self.accepts(group, truck.class));
            }
            Notice::ServiceBegan { group, lane } => {
                assert!(truck.arrived <= now && now <= truck.began && truck.began <= truck.ends);
                self.start(now, id, group);
                self.place(id).lane = Some((group, lane));
                if let Some(built) = self.network.groups[group.index()].lanes {
                    assert!(lane < built);
                    assert!(self.busy[group.index()].insert(lane, id).is_none(), "one truck to a lane");
                }
            }
            Notice::Interrupted { group, lane, sent_back } => {
                assert_eq!(self.place(id).lane, Some((group, lane)), "who is served has a lane");
                self.place(id).stopped = !sent_back;
                if sent_back {
                    assert_eq!(self.busy[group.index()].remove(&lane), Some(id));
                    let place = self.place(id);
                    (place.lane, place.line, place.sent_back) = (None, Some((group, now)), true);
                    let order = place.order;
                    let station = self.network.groups[group.index()].station.index();
                    let later =
                        |(_, _, other): &(GroupId, ClassId, TruckId)| self.trucks[other].order > order;
                    let ahead = self.lines[station].iter().position(later);
                    let ahead = ahead.unwrap_or(self.lines[station].len());
                    self.lines[station].insert(ahead, (group, truck.class, id));
                }
            }
            Notice::Resumed { group, lane, from } => {
                assert!(now <= from && from <= truck.ends && truck.began <= from);
                if !self.place(id).stopped {
                    self.start(now, id, group);
                    assert!(self.busy[group.index()].insert(lane, id).is_none(), "one truck to a lane");
                }
                let place = self.place(id);
                (place.lane, place.stopped) = (Some((group, lane)), false);
            }
            Notice::ServiceEnded { group, lane } => {
                assert_eq!(now, truck.ends);
                assert_eq!(self.place(id).lane, Some((group, lane)));
            }
            Notice::Blocked { group, lane, target } => {
                assert_eq!((now, self.place(id).lane), (truck.ends, Some((group, lane))));
                if let Target::Road(road) = target {
                    self.blocked[road.index()].push_back(id);
                }
            }
            Notice::Left { group, lane } => {
                let place = self.place(id);
                assert_eq!(place.lane.take(), Some((group, lane)));
                (place.by_road, place.sent_back) = (None, false);
                let (station, _) = place.station.take().expect("it was at a station");
                self.at_station[station.index()].add(now, -1);
                self.stays[station.index()] += i128::from((now - truck.arrived).micros());
                if self.network.groups[group.index()].lanes.is_some() {
                    assert_eq!(self.busy[group.index()].remove(&lane), Some(id));
                }
            }
            Notice::TookRoad { road } => {
                if let Some(first) = self.blocked[road.index()].pop_front() {
                    assert_eq!(first, id, "blocked trucks enter in the order of blocking");
                }
                self.place(id).road = Some(road);
                self.on_road[road.index()] += 1;
            }
            Notice::LeftRoad { road } => {
                assert_eq!(self.place(id).road.take(), Some(road));
                self.on_road[road.index()] -= 1;
            }
            Notice::Gone { outcome, .. } => {
                let place = self.trucks.remove(&id).expect("it was inside");
                self.gone += 1;
                self.crossing.add(now, -1);
                self.crossing_times += i128::from((now - truck.entered).micros());
                match outcome {
                    Outcome::Crossed | Outcome::TurnedAway | Outcome::Diverted => {
                        assert!(place.station.is_none() && place.road.is_none() && place.lane.is_none());
                        assert!(truck.own <= now - truck.entered, "own time is part of the crossing time");
                    }
                    Outcome::Unfinished | Outcome::Balked | Outcome::Reneged => {
                        let waits = place.lane.is_none() && place.road.is_none();
                        assert!(outcome == Outcome::Unfinished || waits, "only who waits gives up");
                        if let Some((group, since)) = place.line {
                            self.waits[group.index()] += i128::from((now - since).micros());
                            let station = self.network.groups[group.index()].station;
                            self.lines[station.index()].retain(|(_, _, truck)| *truck != id);
                        }
                        if let Some((station, arrived)) = place.station {
                            self.at_station[station.index()].add(now, -1);
                            self.stays[station.index()] += i128::from((now - truck.arrived).micros());
                            if place.line.is_none() && place.lane.is_none() {
                                self.common_waits[station.index()] += i128::from((now - arrived).micros());
                            }
                        }
                    }
                }
            }
        }
    }

    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        self.advance(now);
        match notice {
            LaneNotice::Lanes { group, open, setting_up, closing, down, away } => {
                self.lanes[group.index()] = (open, setting_up, closing, down + away);
            }
            LaneNotice::Officers { pool, on_duty, staffed, overtime } => {
                self.officers[pool.index()] = (on_duty, staffed, overtime);
            }
            LaneNotice::Queue { group: Some(group), waiting, .. } => {
                self.in_line[group.index()].set(now, i64::from(waiting));
            }
            LaneNotice::Queue { station, group: None, waiting } => {
                self.in_common[station.index()].set(now, i64::from(waiting));
            }
        }
    }

    fn ended(&mut self, now: SimTime) {
        assert!(now >= self.now, "the run does not end before it has happened");
        assert!(self.trucks.is_empty(), "every truck has an outcome");
        assert_eq!(self.entered, self.gone, "what came has crossed, was turned away or is unfinished");
        let same = |levels: &mut [Level], sums: &[i128], what: &str| {
            for (place, (level, sum)) in levels.iter_mut().zip(sums).enumerate() {
                level.set(now, 0);
                assert_eq!(level.area, *sum, "Little's law for {what} {place}");
            }
        };
        same(&mut self.at_station, &self.stays, "trucks at station");
        same(&mut self.in_line, &self.waits, "the line of group");
        same(&mut self.in_common, &self.common_waits, "the common line before station");
        same(std::slice::from_mut(&mut self.crossing), &[self.crossing_times], "the crossing");
    }
}

/// Draws for making networks.
struct Dice {
    key: Key,
    drawn: u64,
}

impl Dice {
    fn new(number: u64) -> Self {
        Dice { key: Key::new(number, 0, "laws"), drawn: 0 }
    }

    fn share(&mut self) -> f64 {
        self.drawn += 1;
        uniform(self.key.bits(self.drawn, Purpose::new("dice")))
    }

    /// One of 0..count.
    fn below(&mut self, count: u32) -> u32 {
        (self.share() * f64::from(count)) as u32
    }

    fn happens(&mut self, chance: f64) -> bool {
        self.share() < chance
    }

    /// Laws of times, some of whole seconds so that ties are common.
    fn time(&mut self, mean: f64) -> Dist {
        match self.below(4) {
            0 => Dist::Constant((mean / 10.0).round() * 10.0),
            1 => Dist::Exponential { mean },
            2 => Dist::Erlang { mean, k: 3 },
            _ => Dist::Empirical([(0.0, 0.1), (10.0, 0.4), (mean.round() * 2.0, 0.5)].into()),
        }
    }
}

const HOURS: i64 = 4;

/// A crossing of one to four stations in a row, some with roads between, some trucks skipping
/// stations; with feedback from the last to the first where nothing can fill up.
fn random_network(number: u64) -> Network {
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

fn add_demand(sketch: &mut Sketch, dice: &mut Dice) {
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

#[test]
fn any_crossing_keeps_the_laws() {
    let trucks: u64 = (0..600)
        .into_par_iter()
        .map(|number| {
            let network = random_network(number);
            let mut watch = Watch::new(&network);
            match crossing::simulate(&network, number, 0, &mut watch) {
                Ok(end) => {
                    assert_eq!(end.trucks, watch.entered);
                    assert!(network.end != End::Cut || end.at == SimTime::ZERO + network.run_length);
                    end.trucks
                }
                Err(failure) => panic!("network {number}: {failure}"),
            }
        })
        .sum();
    assert!(trucks > 100_000, "{trucks} trucks");
}

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
