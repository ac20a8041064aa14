//! What must be so in any run, checked while it goes on.

use std::collections::{BTreeMap, VecDeque};

use cruce::kernel::time::SimTime;
use cruce::model::network::*;
use cruce::model::notice::{LaneNotice, Notice, Observer, Outcome};
use cruce::model::truck::{Truck, TruckId};

/// Where one truck is.
#[derive(Clone)]
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
    class: ClassId,
    /// It waits in its lane for the repair.
    stopped: bool,
    /// Its service is over: it is blocked.
    ended: bool,
    /// It went back to its line, whatever room there was.
    sent_back: bool,
}

impl Place {
    fn new(class: ClassId) -> Self {
        Place {
            class,
            station: None,
            road: None,
            by_road: None,
            line: None,
            lane: None,
            order: 0,
            stopped: false,
            ended: false,
            sent_back: false,
        }
    }
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
pub struct Watch<'n> {
    network: &'n Network,
    now: SimTime,
    trucks: BTreeMap<TruckId, Place>,
    pub entered: u64,
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
    /// What became of trucks; how often one went back to its line, or stopped in its lane.
    pub outcomes: BTreeMap<Outcome, u64>,
    pub sent_back: u64,
    pub sent: u64,
    pub stopped: u64,
    /// By group and lane: class and order of joining of the truck that started last, where each lane has
    /// a line.
    last_started: BTreeMap<(GroupId, u32), u64>,
    /// By group: trucks have changed lanes, as one closed or sent its truck back.
    changed_lanes: Vec<bool>,
    /// By road: trucks in its common line.
    standing: Vec<VecDeque<TruckId>>,
    /// Blocked trucks, and what is full.
    waits_for: BTreeMap<TruckId, Target>,
}

impl<'n> Watch<'n> {
    pub fn new(network: &'n Network) -> Self {
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
            outcomes: BTreeMap::new(),
            sent_back: 0,
            sent: 0,
            stopped: 0,
            last_started: BTreeMap::new(),
            changed_lanes: vec![false; groups],
            standing: vec![VecDeque::new(); network.roads.len()],
            waits_for: BTreeMap::new(),
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

    /// The crossing as it was until this instant.
    fn present(&self) -> &Network {
        let later = self.network.later.iter().rev().find(|(from, _)| *from <= self.now);
        later.map_or(self.network, |(_, network)| network)
    }

    fn rank(&self, station: StationId, class: ClassId) -> u8 {
        self.present().stations[station.index()].priority.get(class.index()).copied().unwrap_or(0)
    }

    fn accepts(&self, group: GroupId, class: ClassId) -> bool {
        self.network.groups[group.index()].service[class.index()].is_some()
    }

    /// Lanes of a group that are open, sound and idle.
    fn idle(&self, group: GroupId) -> u32 {
        let (open, setting_up, _, standing) = self.lanes[group.index()];
        let busy = &self.busy[group.index()];
        let stopped = busy.values().filter(|id| self.trucks[id].stopped).count() as u32;
        (open + stopped) - setting_up - busy.range(..open).count() as u32 - standing
    }

    /// An idle lane of a pooled group that a class may take.
    fn lane_for(&self, station: StationId, class: ClassId) -> Option<GroupId> {
        let choices = &self.network.stations[station.index()].choices[class.index()];
        let pooled = |id: &&GroupId| {
            let group = &self.network.groups[id.index()];
            group.lanes.is_some() && group.queue == QueueLayout::Pooled
        };
        choices.iter().filter(pooled).find(|id| self.idle(**id) > 0).copied()
    }

    /// Common lines are as told, and nobody stands at their head beside an idle lane.
    fn check_roads(&self) {
        for (place, level) in self.in_common.iter().enumerate() {
            let leads_here = |road: &Road| road.next == Target::Station(StationId(place as u16));
            let roads = self.network.roads.iter().zip(&self.standing).filter(|(road, _)| leads_here(road));
            let standing: usize = roads.map(|(_, line)| line.len()).sum();
            assert_eq!(level.now, standing as i64, "common lines are as told");
        }
        for (road, line) in self.network.roads.iter().zip(&self.standing) {
            if let (Some(id), Target::Station(station), true) =
                (line.front(), road.next, road.discharge.micros() == 0)
            {
                let lane = self.lane_for(station, self.trucks[id].class);
                assert!(lane.is_none(), "the head of {} stands beside an idle lane", road.name);
            }
        }
    }

    /// Nobody is blocked by a place that has room.
    fn check_blocked(&self) {
        let present = self.present();
        for (id, target) in &self.waits_for {
            match *target {
                Target::Exit => panic!("an exit is never full"),
                Target::Road(road) => {
                    let room = present.roads[road.index()].room;
                    assert!(room.is_some_and(|room| self.on_road[road.index()] >= room), "the road is full");
                }
                Target::Station(station) => {
                    let data = &present.stations[station.index()];
                    let lane = self.lane_for(station, self.trucks[id].class);
                    assert!(lane.is_none(), "blocked beside an idle lane of {}", data.name);
                    let line = self.lines[station.index()].iter();
                    let inside =
                        |id: &TruckId| self.trucks[id].sent_back || self.trucks[id].by_road.is_none();
                    let waiting = line.filter(|(_, _, id)| inside(id)).count();
                    let groups = present.groups_of(station);
                    let group_rooms = groups.into_iter().any(|id| present.groups[id.index()].room.is_some());
                    let full = data.room.is_some_and(|room| waiting >= room as usize);
                    assert!(full || group_rooms, "{} is full", data.name);
                }
            }
        }
    }

    fn check_instant(&self) {
        for (place, group) in self.network.groups.iter().enumerate() {
            let id = GroupId(place as u16);
            let (open, _, closing, _) = self.lanes[place];
            let station = &self.network.stations[group.station.index()];
            let busy = &self.busy[place];
            if group.lanes.is_none() {
                continue;
            }
            let closing_and_busy = busy.range(open..).count() as u32;
            assert_eq!(closing, closing_and_busy, "closing lanes are those beyond the plan that serve");
            let idle = self.idle(id);
            let shared = station.line == LineLayout::Shared;
            // Of lines per lane nobody tells which is whose: they are empty where every open lane is idle.
            let own_lines = !shared && group.queue != QueueLayout::Pooled;
            if idle > 0 && (!own_lines || idle == open) {
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
            let room = self.present().stations[place].room;
            assert!(room.is_none_or(|room| own <= room as usize), "{} holds its room", station.name);
        }
        for (place, group) in self.present().groups.iter().enumerate() {
            let line = self.lines[group.station.index()].iter();
            let own = line.filter(|(of, _, id)| of.index() == place && !self.trucks[id].sent_back).count();
            assert!(group.room.is_none_or(|room| own <= room as usize), "a group holds its room");
        }
        self.check_preemption();
        self.check_roads();
        self.check_blocked();
    }

    /// Nobody is served in an open lane while one of higher rank waits whom the lane accepts.
    fn check_preemption(&self) {
        for (place, group) in self.network.groups.iter().enumerate() {
            let id = GroupId(place as u16);
            let station = &self.present().stations[group.station.index()];
            if station.preempt.is_none() {
                continue;
            }
            let shared = station.line == LineLayout::Shared;
            let waiting = self.lines[group.station.index()].iter();
            let mine =
                waiting.filter(|(of, class, _)| if shared { self.accepts(id, *class) } else { *of == id });
            let highest = mine.map(|(_, class, _)| self.rank(group.station, *class)).min();
            let served = self.busy[place].range(..self.lanes[place].0).map(|(_, id)| &self.trucks[id]);
            let serving = served.filter(|truck| !truck.stopped && !truck.ended);
            let lowest = serving.map(|truck| self.rank(group.station, truck.class)).max();
            if let (Some(waits), Some(served)) = (highest, lowest) {
                assert!(waits >= served, "who ranks lower makes way in {}", self.network.group_name(id));
            }
        }
    }

    /// In the line of a lane those that joined first start first, unless trucks changed lanes.
    fn check_lane_order(&mut self, group: GroupId, lane: u32, order: u64) {
        if let QueueLayout::PerLane(_) = self.network.groups[group.index()].queue
            && !self.changed_lanes[group.index()]
        {
            let before = self.last_started.insert((group, lane), order);
            assert!(before.is_none_or(|before| before < order), "first in a lane's line, first served");
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
        let rank = |class: ClassId| self.rank(station, class);
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
                let place = Place::new(truck.class);
                assert!(self.trucks.insert(id, place).is_none(), "a new truck takes a free place");
                self.crossing.add(now, 1);
            }
            Notice::Arrived { station } => {
                assert_eq!(truck.arrived, now);
                let place = self.place(id);
                place.station = Some((station, now));
                place.by_road = place.road;
                if let Some(road) = place.road {
                    self.standing[road.index()].push_back(id);
                }
                self.at_station[station.index()].add(now, 1);
            }
            Notice::Joined { group } => {
                self.standing.iter_mut().for_each(|line| line.retain(|other| *other != id));
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
                assert!(!self.place(id).sent_back, "who was sent back goes on");
                self.start(now, id, group);
                let order = self.place(id).order;
                self.check_lane_order(group, lane, order);
                self.place(id).lane = Some((group, lane));
                if let Some(built) = self.network.groups[group.index()].lanes {
                    assert!(lane < built);
                    assert!(self.busy[group.index()].insert(lane, id).is_none(), "one truck to a lane");
                }
            }
            Notice::Interrupted { group, lane, sent_back } => {
                assert_eq!(self.place(id).lane, Some((group, lane)), "who is served has a lane");
                self.place(id).stopped = !sent_back;
                self.stopped += u64::from(!sent_back);
                if sent_back {
                    self.sent_back += 1;
                    self.changed_lanes[group.index()] = true;
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
                self.place(id).ended = true;
            }
            Notice::Blocked { group, lane, target } => {
                assert_eq!((now, self.place(id).lane), (truck.ends, Some((group, lane))));
                self.waits_for.insert(id, target);
                if let Target::Road(road) = target {
                    self.blocked[road.index()].push_back(id);
                }
            }
            Notice::Left { group, lane } => {
                self.waits_for.remove(&id);
                let place = self.place(id);
                assert_eq!(place.lane.take(), Some((group, lane)));
                (place.by_road, place.sent_back, place.ended) = (None, false, false);
                let (station, _) = place.station.take().expect("it was at a station");
                self.at_station[station.index()].add(now, -1);
                self.stays[station.index()] += i128::from((now - truck.arrived).micros());
                if self.network.groups[group.index()].lanes.is_some() {
                    assert_eq!(self.busy[group.index()].remove(&lane), Some(id));
                }
            }
            // What is known of a truck moves nothing by itself.
            Notice::Assessed { .. } | Notice::Found { .. } => {}
            Notice::Sent { .. } => self.sent += 1,
            Notice::ImageSent { .. } | Notice::ImageRead { .. } => {
                unreachable!("no crossing here takes images")
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
                self.waits_for.remove(&id);
                self.standing.iter_mut().for_each(|line| line.retain(|other| *other != id));
                *self.outcomes.entry(outcome).or_default() += 1;
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
                self.changed_lanes[group.index()] |= open < self.lanes[group.index()].0;
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
