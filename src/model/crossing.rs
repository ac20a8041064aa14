//! One run of a crossing: its state, what each event does, and how trucks enter and leave.
//!
//! [`simulate`] runs one replication of a [`Network`] and tells an [`Observer`] everything that
//! happens. Stations, roads and staffing have files of their own; here is the match on events and
//! the life of a truck from its first arrival to its outcome. Nothing is computed about what
//! happened: that is the observers' business.

use std::collections::VecDeque;

use thiserror::Error;

use crate::kernel::draws::{Key, uniform};
use crate::kernel::engine::{Ended, Flow, Model, run};
use crate::kernel::event_list::EventList;
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::bulletin::Bulletin;
use crate::model::chance::Chance;
use crate::model::demand::{Batch, StreamState};
use crate::model::event::Event;
use crate::model::failure::{FailingLane, failing_lanes};
use crate::model::interrupt::Interrupted;
use crate::model::leave::WayOut;
use crate::model::network::{
    Arrivals, Branch, ClassId, End, GroupId, Network, PoolId, RoadId, StationId, Steps, StreamId, Target,
};
use crate::model::notice::{LaneNotice, Notice, Observer, Outcome};
use crate::model::pace;
use crate::model::road::RoadState;
use crate::model::screening::Screened;
use crate::model::shortcut::Shortcuts;
use crate::model::staffing::PoolState;
use crate::model::station::{GroupState, StationState, has_rules};
use crate::model::truck::{Truck, TruckId, TruckTable};

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunEnd {
    /// The end of the run length, or later when the crossing was drained.
    pub at: SimTime,
    /// Trucks that came.
    pub trucks: u64,
}

/// Why a run could not go on.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Failure {
    /// Full places wait for one another in a circle.
    #[error(
        "deadlock at {} h: {} wait for one another, each full; give one of them more room or another way out",
        hours(.at), .cycle.join(" -> ")
    )]
    Deadlock {
        /// When the circle closed.
        at: SimTime,
        /// Stations and roads of the circle.
        cycle: Vec<String>,
    },
    /// Endless work at one instant.
    #[error(
        "endless work at {} h at station `{station}`: trucks go round without time passing; give a service or travel time",
        hours(.at)
    )]
    Endless {
        /// When.
        at: SimTime,
        /// The station last visited.
        station: String,
    },
    /// More trucks inside than a run may hold.
    #[error("more than {most} trucks are inside at {} h: demand is far above capacity", hours(.at))]
    TooManyInside {
        /// When.
        at: SimTime,
        /// The limit.
        most: u32,
    },
}

fn hours(at: &SimTime) -> String {
    format!("{:.2}", at.seconds() / 3600.0)
}

/// Trucks that may be inside a crossing at once.
pub const MOST_INSIDE: u32 = 5_000_000;

/// Runs one replication and tells `observer` everything that happens.
///
/// The same network, seed and replication give the same notices on any machine.
pub fn simulate<O: Observer>(
    network: &Network,
    seed: u64,
    replication: u64,
    observer: &mut O,
) -> Result<RunEnd, Failure> {
    if has_rules(network) {
        simulate_by::<O, true>(network, seed, replication, observer)
    } else {
        simulate_by::<O, false>(network, seed, replication, observer)
    }
}

fn simulate_by<O: Observer, const RULED: bool>(
    network: &Network,
    seed: u64,
    replication: u64,
    observer: &mut O,
) -> Result<RunEnd, Failure> {
    let mut events = EventList::default();
    let mut crossing = Crossing::<O, RULED>::new(network, seed, replication, observer);
    crossing.start(&mut events);
    let run_end = SimTime::ZERO + network.run_length;
    let until = match network.end {
        End::Cut => run_end - SimDuration::from_micros(1),
        End::Drain | End::Empty => network.drain_limit,
    };
    let ended = run(&mut crossing, &mut events, until);
    crossing.finish(ended, run_end)
}

/// A truck inside, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inside {
    pub(super) truck: Truck,
    /// The road whose places it takes, travelling or queued.
    pub(super) road: Option<RoadId>,
    /// It waits in a line of this group.
    pub(super) line: Option<GroupId>,
    /// While it stands in a common line: the group that it would choose first.
    pub(super) first_choice: Option<GroupId>,
    /// Order of joining lines: ties and rejoining go by it.
    pub(super) order: u64,
    /// Its row when it comes from a trace.
    pub(super) trace_row: Option<u32>,
    /// The draws of the present visit: its service time, and where it goes afterwards.
    pub(super) service_bits: u64,
    pub(super) route_bits: u64,
    /// It is no truck, but the image of one.
    pub(super) image_of: Option<TruckId>,
    /// Names the end of its patience; 0: it is not waiting, or waits for ever.
    pub(super) patience: u32,
}

/// A truck about to come to the crossing.
#[derive(Clone, Copy, Debug)]
struct Coming {
    stream: StreamId,
    /// `None`: drawn.
    class: Option<ClassId>,
    identity: u64,
    trace_row: Option<u32>,
    entry: StationId,
    /// The road at whose end it stands, if any.
    road: Option<RoadId>,
}

/// Something to be looked at before the next event, at the same instant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    /// A place of a road became free, or a lane at its end: scan its line, let blocked trucks in.
    Road(RoadId),
    /// A waiting place or a lane of a station became free: let blocked trucks in.
    Station(StationId),
}

/// A run. Without any of the rules that few crossings have (`RULED`) nothing is asked of them.
pub(super) struct Crossing<'n, O, const RULED: bool> {
    /// The crossing as the run began.
    pub(super) whole: &'n Network,
    /// The crossing as it is at present.
    pub(super) network: &'n Network,
    pub(super) observer: &'n mut O,
    pub(super) chance: Chance,
    pub(super) shortcuts: Shortcuts,
    pub(super) inside: Vec<Inside>,
    vacant: Vec<TruckId>,
    /// Visits so far by truck and loop slot.
    visits: Vec<u16>,
    streams: Vec<StreamState>,
    /// The batch that each stream's scheduled `Arrival` stands for.
    coming: Vec<Option<Batch>>,
    pub(super) stations: Vec<StationState<'n>>,
    pub(super) groups: Vec<GroupState<'n>>,
    pub(super) roads: Vec<RoadState>,
    pub(super) pools: Vec<PoolState>,
    /// Services that were interrupted and are not over.
    pub(super) interrupted: TruckTable<Interrupted>,
    /// What is known of the trucks inside, where anybody looks.
    pub(super) screened: TruckTable<Screened>,
    /// Images taken so far of trucks that did not wait for the result.
    pub(super) images: u64,
    pub(super) failing: Vec<FailingLane>,
    pub(super) bulletin: Bulletin,
    /// Ends of patience given out so far.
    pub(super) patience_given: u32,
    pub(super) group_keys: Vec<Key>,
    pub(super) station_keys: Vec<Key>,
    pub(super) work: VecDeque<Work>,
    pub(super) joined: u64,
    /// The present instant, kept where there are rules: who sits in a lane today is asked of it.
    pub(super) now: SimTime,
    pub(super) failure: Option<Failure>,
    /// For the message when a run goes round in circles.
    last_station: StationId,
    pub(super) count_inside: u32,
    trucks: u64,
    /// When the last truck so far left.
    last_gone: SimTime,
}

pub(super) type Events = EventList<Event>;

#[inline(always)]
pub(super) fn schedule(events: &mut Events, at: SimTime, event: Event) {
    events.schedule(at, event.rank(), event);
}

impl<O: Observer, const RULED: bool> Model for Crossing<'_, O, RULED> {
    type Event = Event;

    #[inline(always)]
    fn handle(&mut self, now: SimTime, event: Event, events: &mut Events) -> Flow {
        if RULED {
            self.now = now;
        }
        if self.count_inside == 0 && now.since_start() >= self.network.run_length {
            return Flow::Stop;
        }
        match event {
            Event::ServiceEnd { group, lane, truck } => self.end_service(now, group, lane, truck, events),
            Event::YardEnd { group, truck } => self.end_yard_service(now, group, truck, events),
            Event::Discharge { road } => self.discharge(now, road, events),
            Event::PlanStep { group } => self.step_plan(now, group, events),
            Event::PoolStep { pool } => self.step_pool(now, pool, events),
            Event::SetUpDone { group, lane } => self.end_set_up(now, group, lane, events),
            Event::Phase { place } => self.enter_phase(now, place, events),
            Event::FailureStep { failure } => self.step_failure(now, failure, events),
            Event::LaneFails { place } => self.lane_fails(now, place as usize, events),
            Event::Repaired { place } => self.repair(now, place as usize, events),
            Event::WorkDone { group, lane } => self.end_other_work(now, group, lane, events),
            Event::Reading => self.post(now, events),
            Event::PatienceEnd { truck, token } => self.end_patience(now, truck, token, events),
            Event::TravelEnd { road } => self.end_travel(now, road, events),
            Event::OvertakerEnd { road, truck } => self.reach_end(now, road, truck, events),
            Event::Arrival { stream } => self.arrive(now, stream, events),
            Event::Settle { pool } => self.settle(now, pool, events),
        }
        while let Some(work) = self.work.pop_front() {
            match work {
                Work::Road(road) => self.serve_road(now, road, events),
                Work::Station(station) => self.admit_blocked(now, station, events),
            }
        }
        if self.failure.is_some() { Flow::Stop } else { Flow::Continue }
    }
}

impl<'n, O: Observer, const RULED: bool> Crossing<'n, O, RULED> {
    fn new(network: &'n Network, seed: u64, replication: u64, observer: &'n mut O) -> Self {
        let chance = Chance::new(network, seed, replication);
        let keys = chance.stream_keys().iter().enumerate();
        let streams = keys
            .map(|(place, key)| StreamState::new(network, StreamId(place as u16), *key, seed, replication))
            .collect();
        Crossing {
            observer,
            inside: Vec::new(),
            vacant: Vec::new(),
            visits: Vec::new(),
            streams,
            coming: vec![None; network.streams.len()],
            stations: (0..network.stations.len())
                .map(|place| StationState::new(network, StationId(place as u16)))
                .collect(),
            groups: (0..network.groups.len())
                .map(|place| GroupState::new(GroupId(place as u16), network))
                .collect(),
            roads: (0..network.roads.len())
                .map(|place| RoadState::new(network, RoadId(place as u16)))
                .collect(),
            pools: network.pools.iter().map(|_| PoolState::default()).collect(),
            interrupted: TruckTable::default(),
            screened: TruckTable::default(),
            images: 0,
            failing: failing_lanes(network, seed, replication),
            bulletin: Bulletin::default(),
            patience_given: 0,
            group_keys: pace::group_keys(network, seed, replication),
            station_keys: pace::station_keys(network, seed, replication),
            work: VecDeque::new(),
            joined: 0,
            now: SimTime::ZERO,
            failure: None,
            last_station: StationId(0),
            count_inside: 0,
            trucks: 0,
            last_gone: SimTime::ZERO,
            chance,
            shortcuts: Shortcuts::new(network),
            whole: network,
            network,
        }
    }

    fn start(&mut self, events: &mut Events) {
        self.schedule_phases(events);
        for place in 0..self.network.groups.len() {
            schedule(events, SimTime::ZERO, Event::PlanStep { group: GroupId(place as u16) });
        }
        for place in 0..self.network.pools.len() {
            schedule(events, SimTime::ZERO, Event::PoolStep { pool: PoolId(place as u16) });
        }
        if self.network.end == End::Empty {
            // From here on nobody may wait for ever for a queue to grow.
            for place in 0..self.network.pools.len() {
                let pool = PoolId(place as u16);
                schedule(events, SimTime::ZERO + self.network.run_length, Event::Settle { pool });
            }
        }
        self.start_failures(events);
        self.start_posting(events);
        for place in 0..self.streams.len() {
            self.schedule_arrival(StreamId(place as u16), events);
        }
    }

    fn finish(mut self, ended: Ended, run_end: SimTime) -> Result<RunEnd, Failure> {
        if self.network.loop_slots > 0 && self.count_inside > 0 && self.failure.is_none() {
            // Nobody comes any more: what might have moved on then may now stand for ever.
            let over = if self.network.end == End::Cut { run_end } else { self.network.drain_limit };
            self.look_for_deadlock(over);
        }
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if let Ended::Endless(at) = ended {
            let station = self.network.stations[self.last_station.index()].name.clone();
            return Err(Failure::Endless { at, station });
        }
        let at = match self.network.end {
            End::Cut => run_end,
            End::Drain | End::Empty if self.count_inside > 0 => self.network.drain_limit,
            End::Drain | End::Empty => run_end.max(self.last_gone),
        };
        let mut vacant = vec![false; self.inside.len()];
        self.vacant.iter().for_each(|id| vacant[id.0 as usize] = true);
        for place in (0..self.inside.len()).filter(|place| !vacant[*place]) {
            let id = TruckId(place as u32);
            let outcome = Notice::Gone { outcome: Outcome::Unfinished, station: None };
            self.observer.notice(at, id, &self.inside[place].truck, outcome);
        }
        self.observer.ended(at);
        Ok(RunEnd { at, trucks: self.trucks })
    }

    fn schedule_arrival(&mut self, stream: StreamId, events: &mut Events) {
        let batch = self.streams[stream.index()].next_batch(self.network, stream);
        self.coming[stream.index()] = batch;
        if let Some(batch) = batch {
            schedule(events, batch.at, Event::Arrival { stream });
        }
    }

    /// A batch arrives: its trucks come to the entry one after another, at the same instant.
    fn arrive(&mut self, now: SimTime, stream: StreamId, events: &mut Events) {
        let Some(batch) = self.coming[stream.index()] else { return };
        let state = &self.streams[stream.index()];
        let size = state.batch_size(self.network, stream, batch);
        let row = state.trace_row();
        let source = &self.network.streams[stream.index()];
        let (entry, fixed_class) = (source.entry, source.class);
        for member in 0..size {
            let mut coming =
                Coming { stream, class: fixed_class, identity: 0, trace_row: None, entry, road: None };
            match &source.arrivals {
                Arrivals::Trace(trucks) => {
                    coming.class = Some(trucks[row].class);
                    coming.identity = batch.identity;
                    coming.trace_row = Some(row as u32);
                }
                Arrivals::AtStart { road, .. } => {
                    coming.identity = u64::from(member);
                    coming.road = *road;
                }
                Arrivals::Appointments { .. } => coming.identity = batch.identity,
                Arrivals::Field { .. } | Arrivals::Headways { .. } => {
                    coming.identity = batch.identity | u64::from(member);
                }
            }
            self.bring(now, coming, events);
        }
        self.schedule_arrival(stream, events);
    }

    /// One truck comes to the crossing.
    fn bring(&mut self, now: SimTime, coming: Coming, events: &mut Events) {
        let Coming { stream, class, identity, trace_row, entry, road } = coming;
        let mut truck = Truck {
            stream,
            class: class.unwrap_or(ClassId(0)),
            identity,
            entered: now,
            arrived: now,
            began: now,
            ends: now,
            own: SimDuration::ZERO,
            line_from: None,
            line_own: SimDuration::ZERO,
        };
        if class.is_none() {
            truck.class = self.draw_class(&truck);
        }
        let id = self.admit(truck, trace_row);
        self.trucks += 1;
        if self.count_inside > MOST_INSIDE {
            self.failure = Some(Failure::TooManyInside { at: now, most: MOST_INSIDE });
            return;
        }
        self.tell(now, id, Notice::Entered);
        if RULED {
            self.assess(now, id, trace_row);
        }
        if RULED && self.is_diverted(id) {
            return self.forget(now, id, Outcome::Diverted, None);
        }
        let target = road.map_or(Target::Station(entry), Target::Road);
        match (road, self.can_enter(id, target)) {
            (None, true) => self.enter_station(now, entry, id, events),
            (Some(road), true) => self.stand_at_end(now, road, id, events),
            (Some(_), false) => self.forget(now, id, Outcome::TurnedAway, Some(entry)),
            (None, false) => match self.way_out(id, target) {
                WayOut::To(other) => self.go_on(now, id, other, events),
                WayOut::TurnedAway(_) | WayOut::Wait(_) => {
                    self.forget(now, id, Outcome::TurnedAway, Some(entry));
                }
            },
        }
    }

    fn draw_class(&self, truck: &Truck) -> ClassId {
        let splits = &self.network.class_tree.splits;
        let mut place = 0;
        loop {
            let bits = self.chance.split(truck, place);
            let shortcut = if place == 0 { self.shortcuts.class(bits) } else { None };
            let branch = shortcut.unwrap_or_else(|| {
                let branches = &splits[place].branches;
                let found = branches.iter().find(|(below, _)| uniform(bits) < *below).or(branches.last());
                found.expect("a split has branches").1
            });
            match branch {
                Branch::Class(class) => return class,
                Branch::Split(next) => place = next,
            }
        }
    }

    fn admit(&mut self, truck: Truck, trace_row: Option<u32>) -> TruckId {
        let entry = Inside {
            truck,
            road: None,
            line: None,
            first_choice: None,
            order: 0,
            trace_row,
            service_bits: 0,
            route_bits: 0,
            image_of: None,
            patience: 0,
        };
        self.count_inside += 1;
        let slots = self.network.loop_slots as usize;
        match self.vacant.pop() {
            Some(id) => {
                let place = id.0 as usize;
                self.inside[place] = entry;
                if slots > 0 {
                    self.visits[place * slots..(place + 1) * slots].fill(0);
                }
                id
            }
            None => {
                self.inside.push(entry);
                self.visits.resize(self.inside.len() * slots, 0);
                TruckId(self.inside.len() as u32 - 1)
            }
        }
    }

    /// An image of a truck comes in; visits so far are those of the truck.
    pub(super) fn admit_image(&mut self, truck: Truck, of: TruckId) -> TruckId {
        let id = self.admit(truck, None);
        self.at(id).image_of = Some(of);
        let slots = self.network.loop_slots as usize;
        let (from, to) = (of.0 as usize * slots, id.0 as usize * slots);
        self.visits.copy_within(from..from + slots, to);
        id
    }

    /// An image is no longer needed.
    pub(super) fn forget_image(&mut self, now: SimTime, id: TruckId) {
        self.last_gone = now;
        self.count_inside -= 1;
        self.vacant.push(id);
    }

    /// The truck is gone; its place in the table may be used again.
    #[inline(always)]
    pub(super) fn forget(&mut self, now: SimTime, id: TruckId, outcome: Outcome, station: Option<StationId>) {
        self.tell(now, id, Notice::Gone { outcome, station });
        if RULED {
            self.screened.remove(id);
        }
        self.last_gone = now;
        self.count_inside -= 1;
        self.vacant.push(id);
    }

    #[inline]
    pub(super) fn truck(&self, id: TruckId) -> &Truck {
        &self.inside[id.0 as usize].truck
    }

    #[inline]
    pub(super) fn at(&mut self, id: TruckId) -> &mut Inside {
        &mut self.inside[id.0 as usize]
    }

    #[inline(always)]
    pub(super) fn tell(&mut self, now: SimTime, id: TruckId, notice: Notice) {
        self.observer.notice(now, id, &self.inside[id.0 as usize].truck, notice);
    }

    #[inline(always)]
    pub(super) fn tell_lanes(&mut self, now: SimTime, notice: LaneNotice) {
        self.observer.lane_notice(now, notice);
    }

    /// What a table opens now. While the crossing is being emptied, what was open at the end of the
    /// run length stays open.
    pub(super) fn opens<T: Copy + Ord>(&self, now: SimTime, table: &Steps<T>) -> T {
        let last = SimTime::ZERO + self.network.run_length - SimDuration::from_micros(1);
        match self.network.end {
            End::Empty if now > last => *table.at(now).max(table.at(last)),
            End::Empty | End::Drain | End::Cut => *table.at(now),
        }
    }

    /// The number of this visit to a place on a loop, from 0; 0 elsewhere.
    #[inline]
    pub(super) fn visit(&self, id: TruckId, loop_slot: Option<u16>) -> u16 {
        match loop_slot {
            Some(slot) => {
                let place = id.0 as usize * self.network.loop_slots as usize + slot as usize;
                self.visits[place]
            }
            None => 0,
        }
    }

    /// The truck has finished a visit to a place on a loop.
    #[inline]
    pub(super) fn count_visit(&mut self, id: TruckId, loop_slot: Option<u16>) {
        if let Some(slot) = loop_slot {
            let place = id.0 as usize * self.network.loop_slots as usize + slot as usize;
            self.visits[place] = self.visits[place].wrapping_add(1);
        }
    }

    /// Whether a truck can go on to `target` now.
    #[inline(always)]
    pub(super) fn can_enter(&self, id: TruckId, target: Target) -> bool {
        match target {
            Target::Exit => true,
            Target::Road(road) => self.has_room(road),
            Target::Station(station) => {
                let state = &self.stations[station.index()];
                let has_room = state.data.room.is_none_or(|room| state.waiting < room);
                if has_room && !(RULED && state.group_rooms) {
                    return true;
                }
                let choice = self.choose(id, station);
                choice.at_once || RULED && has_room && choice.has_place
            }
        }
    }

    /// The truck goes on to `target`, which has been found to have a place for it.
    #[inline(always)]
    pub(super) fn go_on(&mut self, now: SimTime, id: TruckId, target: Target, events: &mut Events) {
        match target {
            Target::Exit => self.forget(now, id, Outcome::Crossed, None),
            Target::Road(road) => self.take_road(now, road, id, events),
            Target::Station(station) => {
                self.at(id).truck.arrived = now;
                self.enter_station(now, station, id, events);
            }
        }
    }

    /// Bookkeeping and notice of an arrival at a station; the truck may still stand on a road.
    #[inline(always)]
    pub(super) fn reach_station(&mut self, now: SimTime, station: StationId, id: TruckId) {
        self.last_station = station;
        // Drawn long before it is asked for, so nothing waits for it.
        let visit = self.visit(id, self.stations[station.index()].data.loop_slot);
        let inside = &mut self.inside[id.0 as usize];
        [inside.service_bits, inside.route_bits] = self.chance.visit(&inside.truck, station, visit);
        if self.network.border_wait.as_ref().is_some_and(|wait| wait.from == station) {
            let truck = &mut self.at(id).truck;
            if truck.line_from.is_none() {
                truck.line_from = Some(now);
                truck.line_own = truck.own;
            }
        }
        self.tell(now, id, Notice::Arrived { station });
    }
}
