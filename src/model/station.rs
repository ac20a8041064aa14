//! Servers starting, ending, blocking: the heart of the model.
//!
//! A truck chooses a group and a lane, waits in line, is served, and leaves its lane to the next.
//! Rules that most crossings do not have (priority apart) stand in files of their own and are asked
//! only where a group is `ruled`: `interrupt`, `failure`, `leave`, `pace`. How lanes open and close
//! is not told here (`opening`). Start at [`Crossing::choose`].

use std::collections::VecDeque;

use crate::kernel::draws::uniform;
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::crossing::{Crossing, Events, Inside, Work, schedule};
use crate::model::event::Event;
use crate::model::interrupt::Interrupted;
use crate::model::network::{
    Arrivals, ClassId, FreeLane, Full, Group, GroupId, LaneChoice, LanePlan, LineLayout, Network,
    QueueLayout, RoadId, Station, StationId, Target,
};
use crate::model::notice::{LaneNotice, Notice, Observer};
use crate::model::queue::{LaneSet, RankedLine};
use crate::model::truck::{Truck, TruckId};

/// What a lane is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LaneState {
    Closed,
    SettingUp,
    Idle,
    Busy(TruckId),
    Blocked(TruckId),
    /// It failed, and its truck waits in it for the repair.
    Stopped(TruckId),
    /// It failed, without a truck.
    Down,
    /// Its officer does other work.
    Away,
}

#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) state: LaneState,
    /// When it opened last (set-up included).
    pub(super) opened: SimTime,
    /// When its set-up, or other work, is over.
    pub(super) ready: SimTime,
    /// Failures in force.
    pub(super) failures: u8,
    /// How often its officer has turned to other work.
    pub(super) breaks: u32,
}

pub(super) struct GroupState<'n> {
    pub(super) data: &'n Group,
    /// Of its station: where visits are counted.
    loop_slot: Option<u16>,
    pub(super) lanes: Vec<Lane>,
    /// Lanes below this number are open.
    pub(super) plan: u32,
    /// Open lanes that are ready and idle.
    pub(super) free: LaneSet,
    /// One line (pooled), or one per lane and a last one for when no lane is open.
    pub(super) lines: Vec<VecDeque<TruckId>>,
    /// Instead of `lines`, where classes have priority.
    pub(super) ranked: Option<RankedLine>,
    /// Trucks waiting in the group's lines (in the shared line: whose first choice it is).
    pub(super) waiting: u32,
    /// Trucks in common lines whose first choice the group is.
    pub(super) in_common: u32,
    pub(super) setting_up: u32,
    pub(super) closing: u32,
    /// Lane whose turn it is (round robin).
    turn: u32,
    /// A pooled line of its own, lowest free lane first, none of the rules of choosing: no lane is
    /// free while someone waits.
    plain: bool,
    /// It has rules beside: interruption, failure, other work, pace, patience, or a wait to be posted.
    pub(super) ruled: bool,
    /// Lanes in which a failure is in force, and whose officer does other work.
    pub(super) down: u32,
    pub(super) away: u32,
    /// Where the lanes of the group begin in the table of failing lanes, once for each breakdown.
    pub(super) failing: Vec<usize>,
}

pub(super) struct StationState<'n> {
    pub(super) data: &'n Station,
    pub(super) shared: Option<RankedLine>,
    /// Trucks that take the station's own waiting places.
    pub(super) waiting: u32,
    /// Lanes that hold a truck which cannot come in, in the order of blocking.
    pub(super) blocked: VecDeque<(GroupId, u32, TruckId)>,
    /// Roads that lead here.
    pub(super) roads: Vec<RoadId>,
    /// Some group has room of its own.
    pub(super) group_rooms: bool,
    /// Trucks balk here, or lose patience.
    pub(super) may_leave: bool,
}

impl<'n> GroupState<'n> {
    pub(super) fn new(id: GroupId, network: &'n Network) -> Self {
        let group = &network.groups[id.index()];
        let built = group.lanes.unwrap_or(0);
        let lane = Lane {
            state: LaneState::Closed,
            opened: SimTime::ZERO,
            ready: SimTime::ZERO,
            failures: 0,
            breaks: 0,
        };
        let shared = network.stations[group.station.index()].line == LineLayout::Shared;
        let station = &network.stations[group.station.index()];
        let priority = network.phases().map(|phase| &phase.stations[group.station.index()].priority);
        let ranked = priority.clone().any(|priority| !priority.is_empty()) && !shared;
        let chosen_plainly = network.phases().all(|phase| {
            let here = &phase.groups[id.index()];
            here.room.is_none() && here.overflow.is_none() && here.free_lane == FreeLane::Lowest
        });
        let lines = match group.queue {
            _ if shared || ranked => 0,
            QueueLayout::Pooled => 1,
            QueueLayout::PerLane(_) => built as usize + 1,
        };
        GroupState {
            data: group,
            loop_slot: station.loop_slot,
            lanes: vec![lane; built as usize],
            plan: 0,
            free: LaneSet::empty(built),
            lines: vec![VecDeque::new(); lines],
            waiting: 0,
            in_common: 0,
            setting_up: 0,
            closing: 0,
            turn: 0,
            plain: !shared && !ranked && built > 0 && group.queue == QueueLayout::Pooled && chosen_plainly,
            ranked: ranked.then(|| RankedLine::new(network.classes.len(), &station.priority)),
            ruled: network.phases().any(|phase| is_ruled(phase, id)),
            down: 0,
            away: 0,
            failing: Vec::new(),
        }
    }

    /// Trucks that rules count: waiting for the group, in its lines or in common lines.
    pub(super) fn queue(&self) -> u32 {
        self.waiting + self.in_common
    }

    pub(super) fn has_free_lane(&self) -> bool {
        self.free.len() > 0
    }

    pub(super) fn is_ready(&self, lane: u32) -> bool {
        lane < self.plan
            && match self.lanes[lane as usize].state {
                LaneState::Idle | LaneState::Busy(_) | LaneState::Blocked(_) | LaneState::Away => true,
                LaneState::Closed | LaneState::SettingUp | LaneState::Stopped(_) | LaneState::Down => false,
            }
    }

    /// Trucks at a lane, the one in service counted.
    fn length(&self, lane: u32) -> usize {
        let in_service =
            matches!(self.lanes[lane as usize].state, LaneState::Busy(_) | LaneState::Blocked(_));
        self.lines[lane as usize].len() + usize::from(in_service)
    }
}

impl<'n> StationState<'n> {
    pub(super) fn new(network: &'n Network, id: StationId) -> Self {
        let shared = network.stations[id.index()].line == LineLayout::Shared;
        let roads = network.roads.iter().enumerate();
        StationState {
            data: &network.stations[id.index()],
            shared: shared
                .then(|| RankedLine::new(network.classes.len(), &network.stations[id.index()].priority)),
            group_rooms: network
                .phases()
                .any(|phase| phase.groups_of(id).any(|group| phase.groups[group.index()].room.is_some())),
            may_leave: network.phases().any(|phase| {
                let station = &phase.stations[id.index()];
                !station.patience.is_empty() || !station.balking.is_empty()
            }),
            waiting: 0,
            blocked: VecDeque::new(),
            roads: roads
                .filter(|(_, road)| road.next == Target::Station(id))
                .map(|(place, _)| RoadId(place as u16))
                .collect(),
        }
    }
}

/// What a truck chooses at a station.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) group: GroupId,
    /// The lane that it will be served by or whose line it joins.
    pub(super) lane: Option<u32>,
    /// Service can start at once.
    pub(super) at_once: bool,
    /// The group has a waiting place left, as far as its own room goes.
    pub(super) has_place: bool,
}

/// Whether a crossing has any of the rules that are asked for only where there are some.
pub(super) fn has_rules(network: &Network) -> bool {
    let groups = |phase: &Network| {
        let mut ids = (0..phase.groups.len()).map(|place| GroupId(place as u16));
        ids.any(|id| is_ruled(phase, id) || phase.groups[id.index()].room.is_some())
    };
    let stations = |phase: &Network| {
        phase.stations.iter().any(|station| station.full != Full::Block || !station.balking.is_empty())
    };
    let diverts = |phase: &Network| phase.streams.iter().any(|stream| stream.diversion.is_some());
    let phases = network.phases().any(|phase| groups(phase) || stations(phase) || diverts(phase));
    phases || network.security.is_some() || !network.later.is_empty()
}

/// Whether a group has any of them, or may take trucks from one that has.
fn is_ruled(network: &Network, id: GroupId) -> bool {
    let at = network.groups[id.index()].station;
    let station = &network.stations[at.index()];
    let diverts = network.streams.iter().any(|stream| stream.diversion.is_some());
    let interrupts = |id: GroupId| {
        let group = &network.groups[id.index()];
        group.closing.is_some()
            || group.other_work.is_some()
            || network.failures.iter().any(|failure| failure.groups.contains(&id))
    };
    // Where groups share a line, what one of them sends back another may take again.
    let shared = station.line == LineLayout::Shared && network.groups_of(at).any(interrupts);
    shared
        || interrupts(id)
        || network.groups[id.index()].slowed.is_some()
        || station.preempt.is_some()
        || station.pace.is_some()
        || !station.patience.is_empty()
        || diverts && network.border_wait.as_ref().is_some_and(|wait| wait.at == at)
}

/// The service time that a truck of a trace brings along to a station.
fn brought_service(network: &Network, truck: &Truck, row: u32, at: StationId) -> Option<SimDuration> {
    let Arrivals::Trace(trucks) = &network.streams[truck.stream.index()].arrivals else { return None };
    let mut brought = trucks[row as usize].service.iter();
    brought.find(|(station, _)| *station == at).map(|(_, service)| *service)
}

pub(super) fn accepts(group: &Group, class: ClassId) -> bool {
    group.service[class.index()].is_some()
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    pub(super) fn station_of(&self, group: GroupId) -> StationId {
        self.groups[group.index()].data.station
    }

    /// A truck's group, and its lane where it has one to choose: the first group by preference
    /// that can start it at once, else the first that is open and has a place, else the first that
    /// is open, else the first; where that has no place, the group into which it overflows.
    #[inline(always)]
    pub(super) fn choose(&self, id: TruckId, station: StationId) -> Choice {
        let class = self.truck(id).class;
        let choice = match self.shortcuts.at(station, class).group {
            Some(only) => self.choose_lane(id, only),
            None => self.choose_among(id, &self.stations[station.index()].data.choices[class.index()]),
        };
        if !RULED || choice.at_once {
            return choice;
        }
        // Nobody makes way while one of its groups has a lane free.
        let data = self.stations[station.index()].data;
        let mut groups = data.choices[class.index()].iter();
        if data.preempt.is_some()
            && let Some(taking) = groups.find_map(|group| self.choose_by_rank(id, *group))
        {
            return taking;
        }
        if choice.has_place { choice } else { self.overflow(id, choice) }
    }

    /// Where a truck goes that finds the places of its group full.
    fn overflow(&self, id: TruckId, full: Choice) -> Choice {
        let next = |choice: &Choice| {
            let beside = self.groups[choice.group.index()].data.overflow?;
            let choice = self.choose_lane(id, beside);
            let taking = if choice.at_once { None } else { self.choose_by_rank(id, beside) };
            Some(taking.unwrap_or(choice))
        };
        let mut others = std::iter::successors(next(&full), next).take(self.groups.len());
        others.find(|choice| choice.at_once || choice.has_place).unwrap_or(full)
    }

    fn choose_among(&self, id: TruckId, groups: &[GroupId]) -> Choice {
        let mut open: Option<Choice> = None;
        let mut fastest: Option<(f64, Choice)> = None;
        for &group in groups {
            let choice = self.choose_lane(id, group);
            if choice.at_once {
                if self.groups[group.index()].data.free_lane != FreeLane::Fastest {
                    return choice;
                }
                let expected = self.expected_service(id, group, choice.lane.unwrap_or(0));
                if fastest.is_none_or(|(least, _)| expected < least) {
                    fastest = Some((expected, choice));
                }
                continue;
            }
            let better = open.is_none_or(|open| choice.has_place && !open.has_place);
            if better && self.groups[group.index()].plan > 0 {
                open = Some(choice);
            }
        }
        if let Some((_, choice)) = fastest {
            return choice;
        }
        let first = groups.first().expect("a checked network lets a class only where it is accepted");
        open.unwrap_or_else(|| self.choose_lane(id, *first))
    }

    #[inline(always)]
    pub(super) fn choose_lane(&self, id: TruckId, group: GroupId) -> Choice {
        let state = &self.groups[group.index()];
        if state.plain {
            let lane = state.free.first();
            return Choice { group, lane, at_once: lane.is_some(), has_place: true };
        }
        self.choose_lane_by_rule(id, group)
    }

    fn choose_lane_by_rule(&self, id: TruckId, group: GroupId) -> Choice {
        let state = &self.groups[group.index()];
        let data = state.data;
        let has_place = data.room.is_none_or(|room| state.waiting < room);
        if data.lanes.is_none() {
            // A yard is open when its plan says so; everyone starts at once.
            return Choice { group, lane: Some(0), at_once: state.plan > 0, has_place };
        }
        let lane = match data.queue {
            QueueLayout::Pooled => match data.free_lane {
                _ if state.free.len() == 0 => None,
                FreeLane::Lowest => state.free.nth(0),
                FreeLane::Random => state.free.nth(self.random_below(id, group, state.free.len())),
                FreeLane::Fastest => self.fastest_free(id, group),
            },
            QueueLayout::PerLane(rule) => self.lane_by_rule(id, group, rule),
        };
        let idle = |lane: &u32| state.lanes[*lane as usize].state == LaneState::Idle;
        let at_once = lane.as_ref().is_some_and(idle) && !self.someone_waits_for(group, lane);
        Choice { group, lane, at_once, has_place }
    }

    fn someone_waits_for(&self, group: GroupId, lane: Option<u32>) -> bool {
        let data = self.groups[group.index()].data;
        let state = &self.groups[group.index()];
        let shared = self.stations[data.station.index()].shared.as_ref();
        match (shared.or(state.ranked.as_ref()), data.queue, lane) {
            (Some(line), _, _) => !line.is_empty_for(|class| accepts(data, class)),
            (None, QueueLayout::PerLane(_), Some(lane)) => !state.lines[lane as usize].is_empty(),
            (None, QueueLayout::PerLane(_), None) => true,
            (None, QueueLayout::Pooled, _) => state.waiting > 0,
        }
    }

    fn lane_by_rule(&self, id: TruckId, group: GroupId, rule: LaneChoice) -> Option<u32> {
        let state = &self.groups[group.index()];
        let mut ready = (0..state.plan).filter(|lane| state.is_ready(*lane));
        match rule {
            LaneChoice::Shortest => ready.min_by_key(|lane| (state.length(*lane), *lane)),
            LaneChoice::Random => {
                let count = ready.clone().count() as u32;
                ready.nth(self.random_below(id, group, count) as usize)
            }
            LaneChoice::RoundRobin => ready.min_by_key(|lane| (*lane < state.turn, *lane)),
        }
    }

    /// The free lane of a group in which the truck's service is expected to be shortest.
    fn fastest_free(&self, id: TruckId, group: GroupId) -> Option<u32> {
        let free = &self.groups[group.index()].free;
        let lanes = (0..free.len()).filter_map(|place| free.nth(place));
        let lanes = lanes.map(|lane| (self.expected_service(id, group, lane), lane));
        lanes.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, lane)| lane)
    }

    /// Mean seconds of service of the truck's class in a lane, with the officer who sits there today.
    fn expected_service(&self, id: TruckId, group: GroupId, lane: u32) -> f64 {
        let service = self.groups[group.index()].data.service[self.truck(id).class.index()].as_ref();
        let mean = service.map_or(f64::INFINITY, |law| law.mean().seconds());
        mean * self.officer_factor(self.now, group, lane)
    }

    fn random_below(&self, id: TruckId, group: GroupId, count: u32) -> u32 {
        let station = self.station_of(group);
        let visit = self.visit(id, self.stations[station.index()].data.loop_slot);
        let u = uniform(self.chance.lane(self.truck(id), station, visit));
        ((u * f64::from(count)) as u32).min(count.saturating_sub(1))
    }

    /// A truck comes into a station that has a place for it, not by the end of a road.
    pub(super) fn enter_station(
        &mut self,
        now: SimTime,
        station: StationId,
        id: TruckId,
        events: &mut Events,
    ) {
        self.reach_station(now, station, id);
        let choice = self.choose(id, station);
        if RULED && self.stations[station.index()].may_leave && self.leaves_or_will(now, id, choice, events) {
            return;
        }
        self.join(now, id, choice, events);
    }

    /// The truck starts at the chosen group, or joins its line.
    #[inline(always)]
    pub(super) fn join(&mut self, now: SimTime, id: TruckId, choice: Choice, events: &mut Events) {
        let Choice { group, lane, at_once, .. } = choice;
        self.tell(now, id, Notice::Joined { group });
        let state = &mut self.groups[group.index()];
        if let (QueueLayout::PerLane(LaneChoice::RoundRobin), Some(lane)) = (state.data.queue, lane) {
            state.turn = lane + 1;
        }
        match lane {
            Some(lane) if at_once => self.take_lane(now, id, group, lane, events),
            _ => self.wait(now, id, group, lane, events),
        }
    }

    /// A truck that never waited takes a lane: a free one, or that of a truck that makes way.
    #[inline(always)]
    pub(super) fn take_lane(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) {
        if RULED && self.groups[group.index()].ruled {
            // Should its service be interrupted it will stand in line by this.
            self.at(id).order = self.joined;
            self.joined += 1;
            if self.make_way(now, group, lane, events) {
                self.begin(now, id, group, lane, events);
                // The one that made way may find another lane.
                return self.look_at_line(now, group, events);
            }
        }
        self.begin(now, id, group, lane, events);
    }

    fn wait(&mut self, now: SimTime, id: TruckId, group: GroupId, lane: Option<u32>, events: &mut Events) {
        let station = self.station_of(group);
        let order = self.joined;
        self.joined += 1;
        let inside = self.at(id);
        inside.order = order;
        inside.line = Some(group);
        match inside.road {
            Some(road) => self.roads[road.index()].pockets[group.index()] += 1,
            None => self.stations[station.index()].waiting += 1,
        }
        self.push_line(id, group, lane);
        self.groups[group.index()].waiting += 1;
        self.tell_queue(now, group, events);
    }

    #[inline(always)]
    pub(super) fn push_line(&mut self, id: TruckId, group: GroupId, lane: Option<u32>) {
        let Inside { truck: Truck { class, .. }, order, .. } = self.inside[id.0 as usize];
        let state = &mut self.groups[group.index()];
        if state.plain {
            return state.lines[0].push_back(id);
        }
        let shared = self.stations[state.data.station.index()].shared.as_mut();
        match (shared.or(state.ranked.as_mut()), state.data.queue) {
            (Some(line), _) => line.push(class, order, id),
            (None, QueueLayout::Pooled) => state.lines[0].push_back(id),
            (None, QueueLayout::PerLane(_)) => {
                let line = lane.map_or(state.lanes.len(), |lane| lane as usize);
                state.lines[line].push_back(id);
            }
        }
    }

    #[inline(always)]
    pub(super) fn tell_queue(&mut self, now: SimTime, group: GroupId, events: &mut Events) {
        let GroupState { waiting, data, .. } = self.groups[group.index()];
        let station = data.station;
        self.tell_lanes(now, LaneNotice::Queue { station, group: Some(group), waiting });
        self.queue_changed(now, group, events);
    }

    /// The rule that staffs a group looks at its queue: officers may move.
    #[inline(always)]
    pub(super) fn queue_changed(&mut self, now: SimTime, group: GroupId, events: &mut Events) {
        if let LanePlan::Officers(pool, _) = self.groups[group.index()].data.plan {
            self.unsettle(now, pool, events);
        }
    }

    /// A truck takes a lane: it moves up if it queued, then is served.
    pub(super) fn begin(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) {
        let state = &self.groups[group.index()];
        let (data, ruled) = (state.data, RULED && state.ruled);
        if ruled && self.take_again(now, id, group, lane, events) {
            return;
        }
        let pace = if ruled { self.slowness(now, group, lane) } else { 1.0 };
        let held = if RULED { self.held_until(id, data.station) } else { None };
        let state = &self.groups[group.index()];
        let visit = self.visit(id, state.loop_slot);
        let inside = &mut self.inside[id.0 as usize];
        let truck = &mut inside.truck;
        truck.began = match &data.move_up {
            Some(law) if now > truck.arrived => {
                let draw = || self.chance.move_up(truck, data.station, visit);
                now + law.sample(if law.is_random() { draw() } else { 0 })
            }
            _ => held.map_or(now, |until| now.max(until)),
        };
        let brought = match inside.trace_row {
            Some(row) if visit == 0 => brought_service(self.network, truck, row, data.station),
            _ => None,
        };
        let service = brought.unwrap_or_else(|| {
            let law = data.service[truck.class.index()].as_ref();
            law.expect("a truck is served only where its class is accepted").sample(inside.service_bits)
        });
        let service = if pace == 1.0 { service } else { service * pace };
        truck.ends = truck.began + service;
        truck.own += service;
        let ends = truck.ends;
        if let Some(road) = inside.road.take() {
            self.leave_road(now, id, road);
        }
        let event = if data.lanes.is_some() {
            let state = &mut self.groups[group.index()];
            if state.lanes[lane as usize].state == LaneState::Idle {
                state.free.remove(lane);
            }
            state.lanes[lane as usize].state = LaneState::Busy(id);
            Event::ServiceEnd { group, lane, truck: id }
        } else {
            Event::YardEnd { group, truck: id }
        };
        self.tell(now, id, Notice::ServiceBegan { group, lane });
        schedule(events, ends, event);
        if ruled {
            self.service_began(now, id, group, lane, events);
            if self.stations[data.station.index()].data.preempt.is_some() {
                // A truck on a road may take the lane from it.
                self.offer(data.station);
            }
        }
    }

    /// A lane finishes its truck, which goes on or blocks it.
    pub(super) fn end_service(
        &mut self,
        now: SimTime,
        group: GroupId,
        lane: u32,
        id: TruckId,
        events: &mut Events,
    ) {
        if RULED && self.groups[group.index()].ruled && !self.service_ends(now, id, group, lane) {
            return;
        }
        debug_assert!(
            self.groups[group.index()].lanes[lane as usize].state == LaneState::Busy(id),
            "service ends where it began"
        );
        self.tell(now, id, Notice::ServiceEnded { group, lane });
        if RULED && let Some(of) = self.inside[id.0 as usize].image_of {
            return self.leave_as_image(now, id, of, group, lane, events);
        }
        let mut target = self.draw_target(id, group);
        if RULED {
            target = self.past_release(now, id, target, events);
        }
        if self.can_enter(id, target) {
            self.leave_lane(now, id, group, lane, target, events);
        } else {
            self.groups[group.index()].lanes[lane as usize].state = LaneState::Blocked(id);
            self.find_no_place(now, id, group, lane, target, events);
        }
    }

    /// A truck finishes in a yard; if it cannot go on it waits there without holding anyone up.
    pub(super) fn end_yard_service(
        &mut self,
        now: SimTime,
        group: GroupId,
        id: TruckId,
        events: &mut Events,
    ) {
        self.tell(now, id, Notice::ServiceEnded { group, lane: 0 });
        if RULED && let Some(of) = self.inside[id.0 as usize].image_of {
            return self.leave_as_image(now, id, of, group, 0, events);
        }
        let mut target = self.draw_target(id, group);
        if RULED {
            target = self.past_release(now, id, target, events);
        }
        if self.can_enter(id, target) {
            self.leave_lane(now, id, group, 0, target, events);
        } else {
            self.find_no_place(now, id, group, 0, target, events);
        }
    }

    /// An image has been looked at; its lane takes the next.
    fn leave_as_image(
        &mut self,
        now: SimTime,
        id: TruckId,
        of: TruckId,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) {
        self.tell(now, id, Notice::Left { group, lane });
        self.read_image(now, id, of, self.station_of(group));
        self.forget_image(now, id);
        if self.groups[group.index()].data.lanes.is_some() {
            self.release(now, group, lane, events);
        }
    }

    #[inline(always)]
    fn draw_target(&mut self, id: TruckId, group: GroupId) -> Target {
        let GroupState { data, loop_slot, .. } = self.groups[group.index()];
        let Inside { truck: Truck { class, .. }, route_bits, .. } = self.inside[id.0 as usize];
        if RULED && let Some(target) = self.screened_target(id, data.station) {
            self.count_visit(id, loop_slot);
            return target;
        }
        let target = self.shortcuts.at(data.station, class).target(route_bits).unwrap_or_else(|| {
            let u = uniform(route_bits);
            let branches = &self.network.stations[data.station.index()].routes[class.index()].branches;
            let found = branches.iter().find(|(below, _)| u < *below).or(branches.last());
            found.expect("a route has branches").1
        });
        self.count_visit(id, loop_slot);
        if RULED { self.past_cleared(id, data.station, target) } else { target }
    }

    pub(super) fn block(&mut self, now: SimTime, id: TruckId, group: GroupId, lane: u32, target: Target) {
        match target {
            Target::Station(station) => self.stations[station.index()].blocked.push_back((group, lane, id)),
            Target::Road(road) => self.roads[road.index()].blocked.push_back((group, lane, id)),
            Target::Exit => unreachable!("an exit is never full"),
        }
        self.tell(now, id, Notice::Blocked { group, lane, target });
        if self.network.loop_slots > 0 {
            self.look_for_deadlock(now);
        }
    }

    /// The truck leaves its lane for `target`, which has a place; the lane takes the next truck.
    #[inline(always)]
    pub(super) fn leave_lane(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        target: Target,
        events: &mut Events,
    ) {
        self.tell(now, id, Notice::Left { group, lane });
        self.go_on(now, id, target, events);
        if self.groups[group.index()].data.lanes.is_some() {
            self.release(now, group, lane, events);
        }
    }

    /// A lane without a truck: it closes, or takes the next in line, or is idle.
    #[inline(always)]
    pub(super) fn release(&mut self, now: SimTime, group: GroupId, lane: u32, events: &mut Events) {
        let state = &mut self.groups[group.index()];
        if RULED && state.ruled && self.goes_down(now, group, lane, events) {
            return;
        }
        let state = &mut self.groups[group.index()];
        if lane >= state.plan {
            state.lanes[lane as usize].state = LaneState::Closed;
            state.closing -= 1;
            self.tell_plan(now, group);
            self.queue_changed(now, group, events);
            return;
        }
        if let Some(next) = self.next_in_line(group, lane) {
            self.leave_line(now, next, events);
            self.begin(now, next, group, lane, events);
            return;
        }
        let state = &mut self.groups[group.index()];
        if RULED && state.data.other_work.is_some() {
            return self.turn_to_other_work(now, group, lane, events);
        }
        state.lanes[lane as usize].state = LaneState::Idle;
        state.free.insert(lane);
        let station = state.data.station;
        self.offer(station);
    }

    /// A lane or a place of a station is free: someone on a road or blocked may come.
    #[inline(always)]
    pub(super) fn offer(&mut self, station: StationId) {
        let state = &self.stations[station.index()];
        for &road in &state.roads {
            if !self.roads[road.index()].common.is_empty() {
                self.work.push_back(Work::Road(road));
            }
        }
        if !state.blocked.is_empty() {
            self.work.push_back(Work::Station(station));
        }
    }

    #[inline(always)]
    pub(super) fn next_in_line(&mut self, group: GroupId, lane: u32) -> Option<TruckId> {
        let state = &mut self.groups[group.index()];
        let data = state.data;
        if state.plain {
            return state.lines[0].pop_front();
        }
        let shared = self.stations[data.station.index()].shared.as_mut();
        match (shared.or(state.ranked.as_mut()), data.queue) {
            (Some(line), _) => line.pop_accepted(|class| accepts(data, class)),
            (None, QueueLayout::Pooled) => state.lines[0].pop_front(),
            (None, QueueLayout::PerLane(_)) => state.lines[lane as usize].pop_front(),
        }
    }

    /// Bookkeeping for a truck taken from a line to be served.
    #[inline(always)]
    pub(super) fn leave_line(&mut self, now: SimTime, id: TruckId, events: &mut Events) {
        let inside = self.at(id);
        let group = inside.line.take().expect("it waited in a line");
        match inside.road {
            Some(road) => self.roads[road.index()].pockets[group.index()] -= 1,
            None => {
                let station = self.station_of(group);
                let state = &mut self.stations[station.index()];
                state.waiting -= 1;
                if !state.blocked.is_empty() {
                    self.work.push_back(Work::Station(station));
                }
            }
        }
        if RULED {
            let station = self.station_of(group);
            if self.stations[station.index()].group_rooms {
                // The place is free for trucks on any road, and for those that are blocked.
                self.offer(station);
            }
        }
        self.groups[group.index()].waiting -= 1;
        self.tell_queue(now, group, events);
    }

    /// Lets in those that wait to come into a station, in the order in which they were blocked.
    pub(super) fn admit_blocked(&mut self, now: SimTime, station: StationId, events: &mut Events) {
        let target = Target::Station(station);
        loop {
            let blocked = &self.stations[station.index()].blocked;
            let Some(place) = blocked.iter().position(|(_, _, id)| self.can_enter(*id, target)) else {
                return;
            };
            let (group, lane, id) =
                self.stations[station.index()].blocked.remove(place).expect("it was just found");
            self.leave_lane(now, id, group, lane, target, events);
        }
    }

    /// Since when the first truck that waits for a group has waited: its arrival, or the end of the
    /// service that was interrupted.
    pub(super) fn first_arrival(&self, group: GroupId) -> Option<SimTime> {
        let data = self.groups[group.index()].data;
        let station = &self.stations[data.station.index()];
        let state = &self.groups[group.index()];
        let since = |id: TruckId| {
            // One whose service was interrupted stands in line anew.
            let back = if RULED { self.interrupted.get(id).map(Interrupted::since) } else { None };
            back.unwrap_or(self.truck(id).arrived)
        };
        let lines = state.lines.iter().filter_map(|line| line.front().copied());
        let shared = station.shared.as_ref().or(state.ranked.as_ref());
        let shared = shared.and_then(|line| line.first_accepted(|class| accepts(data, class)));
        let common = station.roads.iter().flat_map(|road| self.roads[road.index()].common.iter());
        let mine = common.filter(|id| self.inside[id.0 as usize].first_choice == Some(group)).copied();
        lines.chain(shared).chain(mine).map(since).min()
    }
}
