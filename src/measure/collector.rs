//! The collector: an observer that turns the notices of one replication into tables.
//!
//! Each observation is recorded once, in the finest cell: (group and class) × period. Marginals are
//! folded from cells after the run (`evaluate`), exactly, since cells hold integers. Truck-based
//! observations belong to the window by arrival, levels by overlap. Tables are indexed, made before
//! the run and reused in the next, so memory does not grow with the number of trucks, only with the
//! most that are inside at once. Beside the measures it keeps unwindowed integer books for
//! conservation and Little's law (Little 1961), which are checked in every run. Start at
//! [`Collector`].

use crate::kernel::time::SimTime;
use crate::model::network::{End, GroupId, Network, StationId};
use crate::model::notice::{LaneNotice, Notice, Observer, Outcome};
use crate::model::truck::{Truck, TruckId};

use super::catalog::Rows;
use super::clock::{Hours, Window};
use super::grid::Grid;
use super::level::{ByQuarter, Counts, Ledger, Level, Spans};
use super::posted::PostedBoard;

/// Listens to one replication at a time; may be used for many, one after another.
#[derive(Clone, Debug)]
pub struct Collector<'n> {
    pub(super) network: &'n Network,
    pub(super) hours: Hours,
    pub(super) rows: Rows,
    pub(super) window: Window,
    /// Services that begin later did not begin.
    last_start: SimTime,
    inside: Vec<Inside>,
    pub(super) books: Books,

    // By group and class.
    pub(super) wait: Grid,
    pub(super) sojourn: Grid,
    pub(super) border_wait: Grid,
    pub(super) queue: Spans,
    pub(super) departed: Counts,
    // By class.
    pub(super) crossing_time: Grid,
    pub(super) delay: Grid,
    pub(super) own_time: Grid,
    pub(super) present: Spans,
    pub(super) entered: Counts,
    pub(super) gone: [Counts; 3],
    pub(super) crossed_in: Counts,
    // By station and class.
    pub(super) at_station: Spans,
    // By group.
    pub(super) serving: Spans,
    pub(super) moving_up: Spans,
    pub(super) blocked: Spans,
    pub(super) open: Spans,
    lanes: Vec<(SimTime, u32)>,
    // By pool.
    pub(super) holding: Spans,
    pub(super) overtime: Spans,
    pub(super) on_duty: Spans,
    officers: Vec<(SimTime, [u32; 3])>,

    /// Trucks in line by station, common lines included, and by group.
    pub(super) station_line: Vec<ByQuarter>,
    pub(super) group_line: Vec<ByQuarter>,
    pub(super) waiting: Vec<Level>,
    pub(super) on_road: Vec<Level>,
    pub(super) posted: Option<PostedBoard>,
    /// Trucks by class, from node, to node.
    pub(super) links: Vec<u64>,
    pub(super) nodes: Nodes,
}

/// Integer books of the whole run, warm-up and drain included.
#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) entered: u64,
    pub(super) gone: [u64; 3],
    pub(super) crossing: Ledger,
    pub(super) stations: Vec<Ledger>,
}

/// A truck inside, as far as observation needs to remember it.
#[derive(Clone, Copy, Debug)]
struct Inside {
    /// The node where it is or was last.
    node: u16,
    /// The station where it is, and how far it got there.
    station: u16,
    group: u16,
    phase: Phase,
    /// Periods of its first arrival and of its arrival at the station.
    entered_in: u16,
    arrived_in: u16,
    /// Its border wait has been recorded.
    told_border: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// On a road, or just come.
    OnTheWay,
    /// Arrived at a station; no group chosen.
    Arrived,
    /// In a group's line.
    Joined,
    /// In a lane.
    InLane,
    /// Service is over; it still holds its lane.
    Served,
}

/// Numbers of the places between which trucks are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nodes {
    pub(super) streams: usize,
    pub(super) stations: usize,
    pub(super) roads: usize,
}

impl Nodes {
    pub(super) fn station(&self, station: usize) -> usize {
        self.streams + station
    }

    pub(super) fn road(&self, road: usize) -> usize {
        self.streams + self.stations + road
    }

    pub(super) fn outcome(&self, outcome: Outcome) -> usize {
        self.streams + self.stations + self.roads + place_of(outcome)
    }

    pub(super) fn count(&self) -> usize {
        self.streams + self.stations + self.roads + 3
    }
}

/// The place of an outcome in tables.
pub(super) fn place_of(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Crossed => 0,
        Outcome::TurnedAway => 1,
        Outcome::Unfinished => 2,
    }
}

impl<'n> Collector<'n> {
    /// For runs of one crossing.
    pub fn new(network: &'n Network) -> Self {
        let hours = Hours::new(network);
        let rows = Rows::new(network);
        let window = Window::of(network);
        let (pairs, classes) = (rows.pairs.len(), network.classes.len());
        let (stations, groups) = (network.stations.len(), network.groups.len());
        let (roads, pools) = (network.roads.len(), network.pools.len());
        let grid = |rows| Grid::new(rows, &hours);
        let spans = |rows| Spans::new(rows, &hours);
        let counts = |rows| Counts::new(rows, &hours);
        let nodes = Nodes { streams: network.streams.len(), stations, roads };
        let line = ByQuarter::new(&hours);
        let posted = network.border_wait.as_ref().map(|wait| {
            let count = network.stations[wait.at.index()].group_count as usize;
            PostedBoard::new(network, wait.posted, count, &hours)
        });
        let room_of_station = network.stations.iter().map(|station| Level::new(window, station.room));
        let room_of_road = network.roads.iter().map(|road| Level::new(window, road.room));
        Collector {
            last_start: match network.end {
                End::Cut => SimTime::ZERO + network.run_length,
                End::Drain | End::Empty => network.drain_limit,
            },
            inside: Vec::new(),
            books: Books {
                entered: 0,
                gone: [0; 3],
                crossing: Ledger::default(),
                stations: vec![Ledger::default(); stations],
            },
            wait: grid(pairs),
            sojourn: grid(pairs),
            border_wait: grid(if posted.is_some() { pairs } else { 0 }),
            queue: spans(pairs),
            departed: counts(pairs),
            crossing_time: grid(classes),
            delay: grid(classes),
            own_time: grid(classes),
            present: spans(classes),
            entered: counts(classes),
            gone: [counts(classes), counts(classes), counts(classes)],
            crossed_in: counts(classes),
            at_station: spans(stations * classes),
            serving: spans(groups),
            moving_up: spans(groups),
            blocked: spans(groups),
            open: spans(groups),
            lanes: vec![(SimTime::ZERO, 0); groups],
            holding: spans(pools),
            overtime: spans(pools),
            on_duty: spans(pools),
            officers: vec![(SimTime::ZERO, [0; 3]); pools],
            station_line: vec![line.clone(); stations],
            group_line: vec![line; groups],
            waiting: room_of_station.collect(),
            on_road: room_of_road.collect(),
            posted,
            links: vec![0; classes * nodes.count() * nodes.count()],
            nodes,
            network,
            hours,
            rows,
            window,
        }
    }

    /// Forgets the last run; tables keep their memory.
    pub fn reset(&mut self) {
        self.inside.clear();
        self.hours.reset();
        self.books.entered = 0;
        self.books.gone = [0; 3];
        for ledger in self.books.stations.iter_mut().chain([&mut self.books.crossing]) {
            *ledger = Ledger::default();
        }
        for grid in [
            &mut self.wait,
            &mut self.sojourn,
            &mut self.border_wait,
            &mut self.crossing_time,
            &mut self.delay,
            &mut self.own_time,
        ] {
            grid.reset();
        }
        for spans in [
            &mut self.queue,
            &mut self.present,
            &mut self.at_station,
            &mut self.serving,
            &mut self.moving_up,
            &mut self.blocked,
            &mut self.open,
            &mut self.holding,
            &mut self.overtime,
            &mut self.on_duty,
        ] {
            spans.reset();
        }
        let counts = [&mut self.departed, &mut self.entered, &mut self.crossed_in];
        counts.into_iter().chain(&mut self.gone).for_each(Counts::reset);
        self.lanes.fill((SimTime::ZERO, 0));
        self.officers.fill((SimTime::ZERO, [0; 3]));
        self.station_line.iter_mut().chain(&mut self.group_line).for_each(ByQuarter::reset);
        self.waiting.iter_mut().chain(&mut self.on_road).for_each(Level::reset);
        if let Some(posted) = &mut self.posted {
            posted.reset();
        }
        self.links.fill(0);
    }

    fn is_observed(&self, arrival: SimTime) -> bool {
        arrival.micros() >= self.window.from
    }

    #[inline]
    fn link(&mut self, id: TruckId, truck: &Truck, to: usize) {
        let inside = &mut self.inside[id.0 as usize];
        if truck.entered.micros() >= self.window.from {
            let nodes = self.nodes.count();
            let row = truck.class.index() * nodes + inside.node as usize;
            self.links[row * nodes + to] += 1;
        }
        inside.node = to as u16;
    }

    fn enter(&mut self, now: SimTime, id: TruckId, truck: &Truck) {
        let place = id.0 as usize;
        let period = self.hours.present_period();
        let fresh = Inside {
            node: truck.stream.0,
            station: 0,
            group: 0,
            phase: Phase::OnTheWay,
            entered_in: period as u16,
            arrived_in: period as u16,
            told_border: false,
        };
        if self.inside.len() <= place {
            self.inside.resize(place + 1, fresh);
        }
        self.inside[place] = fresh;
        self.books.entered += 1;
        self.books.crossing.enter(now);
        if self.is_observed(now) {
            self.entered.add(truck.class.index(), period);
        }
    }

    fn arrive(&mut self, now: SimTime, id: TruckId, truck: &Truck, station: StationId) {
        let place = station.index();
        self.link(id, truck, self.nodes.station(place));
        let inside = &mut self.inside[id.0 as usize];
        inside.phase = Phase::Arrived;
        inside.station = station.0;
        inside.arrived_in = self.hours.present_period() as u16;
        self.books.stations[place].enter(now);
        self.waiting[place].change(now, 1);
        self.station_line[place].change(&self.hours, now, 1);
    }

    /// It waits no longer: its service begins, or the run is over.
    fn leave_line(&mut self, now: SimTime, truck: &Truck, station: usize, group: usize) {
        self.waiting[station].change(now, -1);
        self.station_line[station].change(&self.hours, now, -1);
        if now > truck.arrived {
            let row = self.rows.pair(group, truck.class.index());
            self.queue.add(&self.hours, row, truck.arrived, now);
        }
    }

    fn begin(&mut self, now: SimTime, id: TruckId, truck: &Truck, group: GroupId) {
        let inside = &mut self.inside[id.0 as usize];
        inside.phase = Phase::InLane;
        inside.group = group.0;
        let (station, arrived_in) = (inside.station as usize, inside.arrived_in as usize);
        self.leave_line(now, truck, station, group.index());
        if truck.began > now {
            self.moving_up.add(&self.hours, group.index(), now, truck.began);
        }
        let in_time = truck.began < self.last_start;
        let row = self.rows.pair(group.index(), truck.class.index());
        if in_time && self.is_observed(truck.arrived) {
            self.wait.record(row, arrived_in, truck.began - truck.arrived);
        }
        let is_primary = self.network.border_wait.as_ref().is_some_and(|wait| wait.at.index() == station);
        let inside = &mut self.inside[id.0 as usize];
        if let Some(joined) = truck.line_from
            && is_primary
            && in_time
            && !inside.told_border
        {
            inside.told_border = true;
            self.record_border_wait(truck, joined, group.index(), row);
        }
    }

    fn record_border_wait(&mut self, truck: &Truck, joined: SimTime, group: usize, row: usize) {
        let service = truck.ends - truck.began;
        let own_between = truck.own - service - truck.line_own;
        let wait = (truck.began - joined - own_between).or_zero();
        if self.is_observed(joined) {
            self.border_wait.record(row, self.hours.period(joined), wait);
        }
        let first_group = self.network.stations[self.network.groups[group].station.index()].first_group;
        if let Some(posted) = &mut self.posted {
            posted.record(group - first_group.index(), joined, wait);
        }
    }

    fn end_service(&mut self, now: SimTime, id: TruckId, truck: &Truck, group: usize) {
        self.inside[id.0 as usize].phase = Phase::Served;
        self.serving.add(&self.hours, group, truck.began, now);
    }

    /// It leaves a station: its lane, or its line when the run is over.
    fn leave_station(&mut self, now: SimTime, truck: &Truck, station: usize) {
        self.books.stations[station].leave(now, now - truck.arrived);
        let row = station * self.network.classes.len() + truck.class.index();
        self.at_station.add(&self.hours, row, truck.arrived, now);
    }

    fn depart(&mut self, now: SimTime, id: TruckId, truck: &Truck, group: usize) {
        let inside = &mut self.inside[id.0 as usize];
        inside.phase = Phase::OnTheWay;
        let (station, arrived_in) = (inside.station as usize, inside.arrived_in as usize);
        self.leave_station(now, truck, station);
        if now > truck.ends {
            self.blocked.add(&self.hours, group, truck.ends, now);
        }
        let row = self.rows.pair(group, truck.class.index());
        if self.is_observed(truck.arrived) {
            self.sojourn.record(row, arrived_in, now - truck.arrived);
        }
        if now.micros() >= self.window.from && now.micros() < self.window.to {
            self.departed.add(row, self.hours.present_period());
        }
    }

    fn go(&mut self, now: SimTime, id: TruckId, truck: &Truck, outcome: Outcome) {
        self.link(id, truck, self.nodes.outcome(outcome));
        let class = truck.class.index();
        if outcome == Outcome::Unfinished {
            self.give_up(now, id, truck);
        }
        self.books.gone[place_of(outcome)] += 1;
        self.books.crossing.leave(now, now - truck.entered);
        self.present.add(&self.hours, class, truck.entered, now);
        if self.is_observed(truck.entered) {
            let period = self.inside[id.0 as usize].entered_in as usize;
            self.gone[place_of(outcome)].add(class, period);
            if outcome == Outcome::Crossed {
                let crossing_time = now - truck.entered;
                self.crossing_time.record(class, period, crossing_time);
                self.delay.record(class, period, (crossing_time - truck.own).or_zero());
                self.own_time.record(class, period, truck.own);
            }
        }
        if outcome == Outcome::Crossed && now.micros() >= self.window.from && now.micros() < self.window.to {
            self.crossed_in.add(class, self.hours.present_period());
        }
    }

    /// The run is over and the truck is still inside: its open intervals end here.
    fn give_up(&mut self, now: SimTime, id: TruckId, truck: &Truck) {
        let Inside { station, group, phase, .. } = self.inside[id.0 as usize];
        let (station, group) = (station as usize, group as usize);
        match phase {
            Phase::OnTheWay => return,
            Phase::Arrived => {
                let first = self.network.stations[station].choices[truck.class.index()].first();
                let first = first.expect("a truck stands only where its class is accepted");
                self.leave_line(now, truck, station, first.index());
            }
            Phase::Joined => self.leave_line(now, truck, station, group),
            Phase::InLane if truck.began < now => {
                self.serving.add(&self.hours, group, truck.began, truck.ends.min(now));
            }
            Phase::InLane => {}
            Phase::Served => self.blocked.add(&self.hours, group, truck.ends, now),
        }
        self.leave_station(now, truck, station);
    }

    fn hold_lanes(&mut self, now: SimTime, group: usize, open: u32) {
        let (since, value) = std::mem::replace(&mut self.lanes[group], (now, open));
        if value > 0 {
            self.open.add_times(&self.hours, group, since, now, value);
        }
    }

    fn hold_officers(&mut self, now: SimTime, pool: usize, counts: [u32; 3]) {
        let (since, [on_duty, staffed, overtime]) =
            std::mem::replace(&mut self.officers[pool], (now, counts));
        self.on_duty.add_times(&self.hours, pool, since, now, on_duty);
        self.holding.add_times(&self.hours, pool, since, now, staffed + overtime);
        self.overtime.add_times(&self.hours, pool, since, now, overtime);
    }
}

impl Observer for Collector<'_> {
    #[inline]
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        self.hours.advance(now);
        match notice {
            Notice::Entered => self.enter(now, id, truck),
            Notice::Arrived { station } => self.arrive(now, id, truck, station),
            Notice::Joined { group } => {
                let inside = &mut self.inside[id.0 as usize];
                inside.phase = Phase::Joined;
                inside.group = group.0;
            }
            Notice::ServiceBegan { group, .. } => self.begin(now, id, truck, group),
            Notice::ServiceEnded { group, .. } => self.end_service(now, id, truck, group.index()),
            // Blocked time is told by `Left`: it began at the end of service.
            Notice::Blocked { .. } => {}
            Notice::Left { group, .. } => self.depart(now, id, truck, group.index()),
            Notice::TookRoad { road } => {
                self.link(id, truck, self.nodes.road(road.index()));
                self.on_road[road.index()].change(now, 1);
            }
            Notice::LeftRoad { road } => self.on_road[road.index()].change(now, -1),
            Notice::Gone { outcome, .. } => self.go(now, id, truck, outcome),
        }
    }

    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        self.hours.advance(now);
        match notice {
            LaneNotice::Lanes { group, open, closing, .. } => {
                self.hold_lanes(now, group.index(), open + closing);
            }
            LaneNotice::Officers { pool, on_duty, staffed, overtime } => {
                self.hold_officers(now, pool.index(), [on_duty, staffed, overtime]);
            }
            LaneNotice::Queue { group: Some(group), waiting, .. } => {
                self.group_line[group.index()].set(&self.hours, now, i64::from(waiting));
            }
            // Trucks in a common line are counted at their station from their arrival on.
            LaneNotice::Queue { group: None, .. } => {}
        }
    }

    fn ended(&mut self, now: SimTime) {
        for group in 0..self.lanes.len() {
            self.hold_lanes(now, group, 0);
        }
        for pool in 0..self.officers.len() {
            self.hold_officers(now, pool, [0; 3]);
        }
        for line in self.station_line.iter_mut().chain(&mut self.group_line) {
            line.hold_until(&self.hours, now);
        }
        for level in self.waiting.iter_mut().chain(&mut self.on_road) {
            level.end(now);
        }
        for ledger in self.books.stations.iter_mut().chain([&mut self.books.crossing]) {
            ledger.hold_until(now);
        }
    }
}
