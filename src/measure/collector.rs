//! The collector: an observer that turns the notices of one replication into tables.
//!
//! Each observation is recorded once, in the finest cell: (group and class) × period. Marginals are
//! folded from cells after the run (`evaluate`), exactly, since cells hold integers. Truck-based
//! observations belong to the window by arrival, levels by overlap. Tables are indexed, made before
//! the run and reused in the next, so memory does not grow with the number of trucks, only with the
//! most that are inside at once. Beside the measures it keeps unwindowed integer books for
//! conservation and Little's law (Little 1961), which are checked in every run. Start at
//! [`Collector`].

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::network::{End, GroupId, Network, StationId};
use crate::model::notice::{LaneNotice, Notice, Observer, Outcome};
use crate::model::truck::{Truck, TruckId, TruckTable};
use crate::model::value::Valuation;

use super::catalog::Rows;
use super::clock::{Hours, Window};
use super::course::Course;
use super::grid::{Grid, NOTHING};
use super::level::{Counts, Ledger, Level, QuarterSpans, Spans};
use super::money::Stays;
use super::posted::PostedBoard;
use super::security::Looks;

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
    stretches: TruckTable<Stretch>,
    pub(super) books: Books,

    // By group and class: what a truck does at a station, one after another.
    /// Wait and sojourn.
    pub(super) visits: Grid<2>,
    pub(super) border_wait: Grid<1>,
    pub(super) queue: QuarterSpans,
    pub(super) moving_up: Spans,
    pub(super) serving: Spans,
    pub(super) blocked: Spans,
    /// In a lane that has failed.
    pub(super) stopped: Spans,
    /// Time in line of trucks that left it unserved.
    pub(super) given_up: Grid<1>,
    pub(super) departed: Counts,
    // By class.
    /// Crossing time, delay and own time.
    pub(super) crossings: Grid<3>,
    pub(super) on_the_way: Spans,
    pub(super) entered: Counts,
    pub(super) gone: [Counts; OUTCOMES],
    pub(super) crossed_in: Counts,
    // By group.
    pub(super) open: Spans,
    pub(super) down: Spans,
    pub(super) away: Spans,
    lanes: Vec<(SimTime, [u32; 3])>,
    // By pool.
    pub(super) holding: Spans,
    pub(super) overtime: Spans,
    pub(super) on_duty: Spans,
    officers: Vec<(SimTime, [u32; 3])>,

    pub(super) waiting: Vec<Level>,
    pub(super) on_road: Vec<Level>,
    pub(super) posted: Option<PostedBoard>,
    /// Trucks by class, from node, to node.
    pub(super) links: Vec<u64>,
    pub(super) nodes: Nodes,
    /// Microseconds that trucks lose elsewhere, by class.
    pub(super) elsewhere: Vec<i128>,
    /// How the run goes, where it is long.
    pub(super) course: Option<Box<Course>>,
    /// For money and air, when a study asks for them.
    pub(super) stays: Option<Box<Stays>>,
    /// Where anybody looks at trucks.
    pub(super) looks: Option<Box<Looks>>,
}

/// Integer books of the whole run, warm-up and drain included.
#[derive(Clone, Debug)]
pub(super) struct Books {
    pub(super) entered: u64,
    pub(super) gone: [u64; OUTCOMES],
    pub(super) crossing: Ledger,
    pub(super) stations: Vec<Ledger>,
}

/// A truck inside, as far as observation needs to remember it.
#[derive(Clone, Copy, Debug)]
struct Inside {
    /// The node where it is or was last.
    node: u16,
    phase: Phase,
    /// Its border wait has been recorded.
    told_border: bool,
    /// Periods of its first arrival and of its arrival at the station.
    entered_in: u16,
    arrived_in: u16,
    station: u16,
    /// The group whose line it joined.
    joined: u16,
    /// Its row by group and class, once it has a lane.
    row: u32,
    /// It came by a road and stands there: the station's own places are not touched.
    by_road: bool,
    /// It is the image of a truck.
    image: bool,
    /// Service was interrupted here: `stretches` tells the rest.
    interrupted: bool,
    /// When it took the road on which it is.
    took_road: SimTime,
}

/// What an interrupted truck has done since its arrival at the station.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// When it took the lane or was interrupted last.
    since: SimTime,
    /// When service goes on.
    from: SimTime,
    at: Doing,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Doing {
    /// Back in line.
    InLine,
    /// In a lane that has failed.
    Stopped,
    /// Moving up, or served.
    InLane,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Between stations, or just come.
    Between,
    /// On a road, not yet at its end.
    OnRoad,
    /// Arrived at a station; no group chosen.
    Arrived,
    /// In a group's line.
    Joined,
    /// In a lane: moving up, served or blocked.
    InLane,
}

/// Ways in which a truck can be gone.
pub(super) const OUTCOMES: usize = 6;

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
        self.streams + self.stations + self.roads + OUTCOMES
    }
}

/// The place of an outcome in tables.
pub(super) fn place_of(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Crossed => 0,
        Outcome::TurnedAway => 1,
        Outcome::Diverted => 2,
        Outcome::Balked => 3,
        Outcome::Reneged => 4,
        Outcome::Unfinished => 5,
    }
}

impl<'n> Collector<'n> {
    /// For runs of one crossing.
    pub fn new(network: &'n Network) -> Self {
        Collector::valued(network, None)
    }

    /// The same, with what a valuation needs.
    pub fn valued(network: &'n Network, valuation: Option<&Valuation>) -> Self {
        let hours = Hours::new(network);
        let rows = Rows::new(network);
        let window = Window::of(network);
        let (pairs, classes) = (rows.pairs.len(), network.classes.len());
        let (stations, groups) = (network.stations.len(), network.groups.len());
        let (roads, pools) = (network.roads.len(), network.pools.len());
        let spans = |rows| Spans::new(rows, &hours);
        let counts = |rows| Counts::new(rows, &hours);
        let nodes = Nodes { streams: network.streams.len(), stations, roads };
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
                gone: [0; OUTCOMES],
                crossing: Ledger::default(),
                stations: vec![Ledger::default(); stations],
            },
            visits: Grid::new(pairs, &hours),
            border_wait: Grid::new(if posted.is_some() { pairs } else { 0 }, &hours),
            queue: QuarterSpans::new(pairs, &hours),
            moving_up: spans(pairs),
            serving: spans(pairs),
            blocked: spans(pairs),
            stopped: spans(pairs),
            given_up: Grid::new(pairs, &hours),
            departed: counts(pairs),
            crossings: Grid::new(classes, &hours),
            on_the_way: spans(classes),
            entered: counts(classes),
            gone: std::array::from_fn(|_| counts(classes)),
            crossed_in: counts(classes),
            open: spans(groups),
            down: spans(groups),
            away: spans(groups),
            lanes: vec![(SimTime::ZERO, [0; 3]); groups],
            stretches: TruckTable::default(),
            holding: spans(pools),
            overtime: spans(pools),
            on_duty: spans(pools),
            officers: vec![(SimTime::ZERO, [0; 3]); pools],
            waiting: room_of_station.collect(),
            on_road: room_of_road.collect(),
            posted,
            links: vec![0; classes * nodes.count() * nodes.count()],
            nodes,
            elsewhere: vec![0; classes],
            course: Course::new(network).map(Box::new),
            stays: valuation.map(|valuation| Box::new(Stays::new(network, valuation))),
            looks: Looks::new(network).map(Box::new),
            network,
            hours,
            rows,
            window,
        }
    }

    /// Forgets the last run; tables keep their memory.
    pub fn reset(&mut self) {
        self.inside.clear();
        self.stretches.clear();
        self.given_up.reset();
        self.hours.reset();
        self.books.entered = 0;
        self.books.gone = [0; OUTCOMES];
        for ledger in self.books.stations.iter_mut().chain([&mut self.books.crossing]) {
            *ledger = Ledger::default();
        }
        self.visits.reset();
        self.border_wait.reset();
        self.crossings.reset();
        self.queue.reset();
        for spans in [
            &mut self.moving_up,
            &mut self.serving,
            &mut self.blocked,
            &mut self.stopped,
            &mut self.down,
            &mut self.away,
            &mut self.on_the_way,
            &mut self.open,
            &mut self.holding,
            &mut self.overtime,
            &mut self.on_duty,
        ] {
            spans.reset();
        }
        let counts = [&mut self.departed, &mut self.entered, &mut self.crossed_in];
        counts.into_iter().chain(&mut self.gone).for_each(Counts::reset);
        self.lanes.fill((SimTime::ZERO, [0; 3]));
        self.officers.fill((SimTime::ZERO, [0; 3]));
        self.waiting.iter_mut().chain(&mut self.on_road).for_each(Level::reset);
        if let Some(posted) = &mut self.posted {
            posted.reset();
        }
        self.links.fill(0);
        self.elsewhere.fill(0);
        if let Some(course) = &mut self.course {
            course.reset();
        }
        if let Some(stays) = &mut self.stays {
            stays.reset();
        }
        if let Some(looks) = &mut self.looks {
            looks.reset();
        }
    }

    /// Tells the books of money and air, if they are kept and the truck belongs to the window.
    #[inline(always)]
    fn stay(&mut self, is_image: bool, truck: &Truck, tell: impl FnOnce(&mut Stays, usize)) {
        if let Some(stays) = &mut self.stays
            && !is_image
            && truck.entered.micros() >= self.window.from
        {
            tell(stays, truck.class.index());
        }
    }

    /// Tells the books of security, if they are kept.
    #[inline(always)]
    fn look(&mut self, tell: impl FnOnce(&mut Looks)) {
        if let Some(looks) = &mut self.looks {
            tell(looks);
        }
    }

    fn is_observed(&self, arrival: SimTime) -> bool {
        arrival.micros() >= self.window.from
    }

    fn is_in_window(&self, now: SimTime) -> bool {
        now.micros() >= self.window.from && now.micros() < self.window.to
    }

    /// Counts a truck that goes from the node where it was to another, and its time on a road.
    #[inline(always)]
    fn link(&mut self, now: SimTime, id: TruckId, truck: &Truck, to: usize) {
        let inside = &mut self.inside[id.0 as usize];
        if truck.entered.micros() >= self.window.from && !inside.image {
            let nodes = self.nodes.count();
            let row = truck.class.index() * nodes + inside.node as usize;
            self.links[row * nodes + to] += 1;
        }
        inside.node = to as u16;
        if inside.phase == Phase::OnRoad {
            let since = inside.took_road;
            self.on_the_way.add(&self.hours, truck.class.index(), since, now);
            self.stay(false, truck, |stays, class| stays.drive(class, now - since));
        }
    }

    #[inline(always)]
    fn enter(&mut self, now: SimTime, id: TruckId, truck: &Truck) {
        let period = self.enter_table(now, id, truck);
        self.look(|looks| looks.enter(id));
        self.books.entered += 1;
        self.books.crossing.enter(now);
        if self.is_observed(now) {
            self.entered.add(truck.class.index(), period);
        }
    }

    /// Nothing is known of it yet but its period, which is told back.
    #[inline(always)]
    fn enter_table(&mut self, now: SimTime, id: TruckId, truck: &Truck) -> usize {
        self.hours.advance(now);
        let place = id.0 as usize;
        let period = self.hours.present_period();
        let fresh = Inside {
            node: truck.stream.0,
            phase: Phase::Between,
            told_border: false,
            entered_in: period as u16,
            arrived_in: period as u16,
            station: 0,
            joined: 0,
            row: 0,
            by_road: false,
            image: false,
            interrupted: false,
            took_road: now,
        };
        match self.inside.get_mut(place) {
            Some(inside) => *inside = fresh,
            None => self.inside.resize(place + 1, fresh),
        }
        period
    }

    /// An image of a truck goes to be looked at: it is served like a truck, and crosses nothing.
    fn send_image(&mut self, now: SimTime, id: TruckId, truck: &Truck, of: TruckId, station: StationId) {
        self.enter_table(now, id, truck);
        self.inside[id.0 as usize].image = true;
        self.look(|looks| {
            looks.enter(id);
            looks.leave(of, station.index());
        });
    }

    #[inline(always)]
    fn arrive(&mut self, now: SimTime, id: TruckId, truck: &Truck, station: StationId) {
        self.hours.advance(now);
        let place = station.index();
        self.link(now, id, truck, self.nodes.station(place));
        let inside = &mut self.inside[id.0 as usize];
        inside.by_road = inside.phase == Phase::OnRoad;
        inside.interrupted = false;
        inside.phase = Phase::Arrived;
        inside.station = station.0;
        inside.arrived_in = self.hours.present_period() as u16;
        self.books.stations[place].enter(now);
        if !self.inside[id.0 as usize].by_road {
            self.waiting[place].change(now, 1);
        }
    }

    fn take_road(&mut self, now: SimTime, id: TruckId, truck: &Truck, road: usize) {
        self.link(now, id, truck, self.nodes.road(road));
        let inside = &mut self.inside[id.0 as usize];
        (inside.phase, inside.took_road) = (Phase::OnRoad, now);
        self.on_road[road].change(now, 1);
    }

    /// It waits no longer: its service begins, or the run is over.
    #[inline(always)]
    fn leave_line(&mut self, now: SimTime, truck: &Truck, inside: Inside, row: usize) {
        if !inside.by_road {
            self.waiting[inside.station as usize].change(now, -1);
        }
        if now > truck.arrived {
            self.queue.add(&self.hours, row, truck.arrived, now);
            self.stay(inside.image, truck, |stays, class| stays.wait(class, now - truck.arrived));
        }
    }

    #[inline(always)]
    fn begin(&mut self, now: SimTime, id: TruckId, truck: &Truck, group: GroupId) {
        let row = self.rows.pair(group.index(), truck.class.index());
        let inside = &mut self.inside[id.0 as usize];
        inside.phase = Phase::InLane;
        inside.row = row as u32;
        let inside = *inside;
        self.leave_line(now, truck, inside, row);
        if truck.began > now && self.holds(group) {
            self.stopped.add(&self.hours, row, now, truck.began);
            self.look(|looks| looks.hold(id, truck.began - now));
        } else if truck.began > now {
            self.moving_up.add(&self.hours, row, now, truck.began);
            self.stay(inside.image, truck, |stays, class| stays.move_up(class, truck.began - now));
        }
        if let Some(joined) = truck.line_from
            && truck.began < self.last_start
        {
            self.begin_at_border(id, truck, joined, group.index(), row);
        }
    }

    #[inline(never)]
    fn begin_at_border(&mut self, id: TruckId, truck: &Truck, joined: SimTime, group: usize, row: usize) {
        let inside = &mut self.inside[id.0 as usize];
        let station = inside.station as usize;
        let is_primary = self.network.border_wait.as_ref().is_some_and(|wait| wait.at.index() == station);
        if is_primary && !inside.told_border {
            inside.told_border = true;
            self.record_border_wait(truck, joined, group, row);
        }
    }

    fn record_border_wait(&mut self, truck: &Truck, joined: SimTime, group: usize, row: usize) {
        let Some(wait) = truck.border_wait() else { return };
        if self.is_observed(joined) {
            self.border_wait.record(row, self.hours.period(joined), [wait]);
        }
        let first_group = self.network.stations[self.network.groups[group].station.index()].first_group;
        if let Some(posted) = &mut self.posted {
            posted.record(group - first_group.index(), joined, wait);
        }
    }

    /// It leaves its lane, or the run is over: then it has no sojourn.
    #[inline(always)]
    fn leave_lane(&mut self, now: SimTime, id: TruckId, truck: &Truck, inside: Inside, sojourn: SimDuration) {
        let row = inside.row as usize;
        if self.is_observed(truck.arrived) {
            let in_time = truck.began < self.last_start;
            let wait = if in_time { truck.began - truck.arrived } else { NOTHING };
            self.visits.record(row, inside.arrived_in as usize, [wait, sojourn]);
        }
        if inside.interrupted {
            return self.leave_again(now, id, truck, inside);
        }
        if now <= truck.ends {
            if now > truck.began {
                self.serving.add(&self.hours, row, truck.began, now);
            }
        } else {
            self.serving.add(&self.hours, row, truck.began, truck.ends);
            self.blocked.add(&self.hours, row, truck.ends, now);
        }
    }

    /// Service stopped: the truck waits in its lane or in line.
    #[inline(never)]
    fn interrupt(&mut self, now: SimTime, id: TruckId, truck: &Truck, sent_back: bool) {
        self.hours.advance(now);
        let place = id.0 as usize;
        let row = self.inside[place].row as usize;
        let first = Stretch { since: truck.began, from: truck.began, at: Doing::InLane };
        let before = if self.inside[place].interrupted { self.stretch(id) } else { first };
        if !self.inside[place].interrupted && truck.began > now {
            // All of its moving up has been booked already: take back what did not happen.
            self.moving_up.take_back(&self.hours, row, now, truck.began);
            let is_image = self.inside[place].image;
            self.stay(is_image, truck, |stays, class| stays.move_up(class, now - truck.began));
        }
        self.end_stretch(now, row, truck, before);
        self.inside[place].interrupted = true;
        let at = if sent_back { Doing::InLine } else { Doing::Stopped };
        self.stretches.insert(id, Stretch { since: now, from: now, at });
        if sent_back {
            self.inside[place].by_road = false;
            self.waiting[self.inside[place].station as usize].change(now, 1);
        }
    }

    fn stretch(&self, id: TruckId) -> Stretch {
        *self.stretches.get(id).expect("a truck is interrupted before it goes on")
    }

    /// It has a lane again.
    #[inline(never)]
    fn resume(&mut self, now: SimTime, id: TruckId, truck: &Truck, from: SimTime) {
        self.hours.advance(now);
        let inside = self.inside[id.0 as usize];
        let before = self.stretch(id);
        self.end_stretch(now, inside.row as usize, truck, before);
        if before.at == Doing::InLine {
            self.waiting[inside.station as usize].change(now, -1);
        }
        self.stretches.insert(id, Stretch { since: now, from, at: Doing::InLane });
    }

    /// Books what a truck did since it was last heard of.
    fn end_stretch(&mut self, now: SimTime, row: usize, truck: &Truck, stretch: Stretch) {
        if now <= stretch.since {
            return;
        }
        match stretch.at {
            Doing::InLine => {
                self.queue.add(&self.hours, row, stretch.since, now);
                let is_image = self.takes_images(self.rows.pairs[row].0);
                self.stay(is_image, truck, |stays, class| stays.wait(class, now - stretch.since));
            }
            Doing::Stopped => self.stopped.add(&self.hours, row, stretch.since, now),
            Doing::InLane => {
                let from = stretch.from.min(now);
                self.moving_up.add(&self.hours, row, stretch.since, from);
                self.serving.add(&self.hours, row, from, now);
                let is_image = self.takes_images(self.rows.pairs[row].0);
                self.stay(is_image, truck, |stays, class| stays.move_up(class, from - stretch.since));
            }
        }
    }

    /// A truck whose service was interrupted leaves its lane, or the run is over.
    #[inline(never)]
    fn leave_again(&mut self, now: SimTime, id: TruckId, truck: &Truck, inside: Inside) {
        let Some(stretch) = self.stretches.remove(id) else { return };
        let row = inside.row as usize;
        let served_until = if stretch.at == Doing::InLane { now.min(truck.ends) } else { now };
        self.end_stretch(served_until, row, truck, stretch);
        if now > served_until {
            self.blocked.add(&self.hours, row, served_until, now);
        }
        if stretch.at == Doing::InLine {
            self.waiting[inside.station as usize].change(now, -1);
        }
    }

    fn depart(&mut self, now: SimTime, id: TruckId, truck: &Truck) {
        self.hours.advance(now);
        let inside = self.inside[id.0 as usize];
        self.inside[id.0 as usize].phase = Phase::Between;
        let sojourn = now - truck.arrived;
        self.look(|looks| looks.leave(id, inside.station as usize));
        self.leave_lane(now, id, truck, inside, sojourn);
        self.books.stations[inside.station as usize].leave(now, sojourn);
        if self.is_in_window(now) {
            self.departed.add(inside.row as usize, self.hours.present_period());
        }
    }

    fn go(&mut self, now: SimTime, id: TruckId, truck: &Truck, outcome: Outcome) {
        self.hours.advance(now);
        if self.inside[id.0 as usize].image {
            return self.give_up(now, id, truck, outcome);
        }
        self.link(now, id, truck, self.nodes.outcome(outcome));
        let class = truck.class.index();
        match outcome {
            Outcome::Unfinished | Outcome::Balked | Outcome::Reneged => self.give_up(now, id, truck, outcome),
            Outcome::Diverted if self.is_observed(truck.entered) => {
                let streams = &self.network.phase_at(now).streams;
                let cost = streams[truck.stream.index()].diversion.as_ref().map(|diversion| diversion.cost);
                self.elsewhere[class] += i128::from(cost.unwrap_or_default().micros());
            }
            Outcome::Crossed | Outcome::TurnedAway | Outcome::Diverted => {}
        }
        let crossing_time = now - truck.entered;
        self.books.gone[place_of(outcome)] += 1;
        self.books.crossing.leave(now, crossing_time);
        self.stay(false, truck, |stays, class| stays.end(class, crossing_time, truck.own));
        let delay = (crossing_time - truck.own).or_zero();
        if let Some(course) = &mut self.course
            && outcome == Outcome::Crossed
        {
            course.cross(truck.entered, [crossing_time, delay, truck.own]);
        }
        if self.is_observed(truck.entered) {
            let period = self.inside[id.0 as usize].entered_in as usize;
            self.gone[place_of(outcome)].add(class, period);
            if outcome == Outcome::Crossed {
                self.crossings.record(class, period, [crossing_time, delay, truck.own]);
                self.look(|looks| looks.cross(id, class, delay));
            }
        }
        if outcome == Outcome::Crossed && self.is_in_window(now) {
            self.crossed_in.add(class, self.hours.present_period());
        }
    }

    /// The truck leaves a station unserved, or the run is over and it is still inside: its open
    /// intervals end here.
    fn give_up(&mut self, now: SimTime, id: TruckId, truck: &Truck, outcome: Outcome) {
        let inside = self.inside[id.0 as usize];
        let station = inside.station as usize;
        let class = truck.class.index();
        match inside.phase {
            Phase::Between | Phase::OnRoad => return,
            Phase::Arrived => {
                let mut choices = self.network.phases().map(|phase| &phase.stations[station].choices[class]);
                let first = choices.find_map(|choices| choices.first());
                let first = first.expect("a truck comes only where its class is accepted").index();
                self.leave_unserved(now, truck, inside, self.rows.pair(first, class), outcome);
            }
            Phase::Joined => {
                let row = self.rows.pair(inside.joined as usize, class);
                self.leave_unserved(now, truck, inside, row, outcome);
            }
            Phase::InLane => {
                self.leave_lane(now, id, truck, inside, NOTHING);
                let group = GroupId(self.rows.pairs[inside.row as usize].0 as u16);
                if now < truck.began && !inside.interrupted && !self.holds(group) {
                    // All of its moving up has been told already.
                    self.stay(inside.image, truck, |stays, class| stays.move_up(class, now - truck.began));
                }
            }
        }
        self.books.stations[station].leave(now, now - truck.arrived);
    }

    fn leave_unserved(&mut self, now: SimTime, truck: &Truck, inside: Inside, row: usize, outcome: Outcome) {
        self.leave_line(now, truck, inside, row);
        if outcome == Outcome::Reneged && self.is_observed(truck.arrived) {
            self.given_up.record(row, inside.arrived_in as usize, [now - truck.arrived]);
        }
    }

    fn hold_lanes(&mut self, now: SimTime, group: usize, lanes: [u32; 3]) {
        let (since, before) = std::mem::replace(&mut self.lanes[group], (now, lanes));
        let spans = [&mut self.open, &mut self.down, &mut self.away];
        for (spans, value) in spans.into_iter().zip(before) {
            if value > 0 {
                spans.add_times(&self.hours, group, since, now, value);
            }
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
    // Inlined where the model tells: the kind of notice is known there, so the match costs nothing.
    #[inline(always)]
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        match notice {
            Notice::Entered => self.enter(now, id, truck),
            Notice::Arrived { station } => self.arrive(now, id, truck, station),
            Notice::Joined { group } => {
                let inside = &mut self.inside[id.0 as usize];
                (inside.phase, inside.joined) = (Phase::Joined, group.0);
            }
            Notice::ServiceBegan { group, .. } => self.begin(now, id, truck, group),
            Notice::Interrupted { sent_back, .. } => self.interrupt(now, id, truck, sent_back),
            Notice::Resumed { from, .. } => self.resume(now, id, truck, from),
            Notice::Assessed { kind, rate, chance, carries } => {
                self.look(|looks| looks.assess(id, kind, rate, chance, carries));
            }
            Notice::ImageSent { of, station } => self.send_image(now, id, truck, of, station),
            Notice::ImageRead { in_time } => {
                if self.is_observed(truck.entered) {
                    self.look(|looks| looks.read(truck.class.index(), in_time));
                }
            }
            Notice::Sent { reason, innocent, .. } => self.look(|looks| looks.send(id, reason, innocent)),
            Notice::Found { kind, .. } => self.look(|looks| looks.find(id, kind)),
            // `Left` tells when service ended, and how long the truck was blocked.
            Notice::ServiceEnded { .. } | Notice::Blocked { .. } => {}
            Notice::Left { .. } => self.depart(now, id, truck),
            Notice::TookRoad { road } => self.take_road(now, id, truck, road.index()),
            Notice::LeftRoad { road } => self.on_road[road.index()].change(now, -1),
            Notice::Gone { outcome, .. } => self.go(now, id, truck, outcome),
        }
    }

    #[inline(always)]
    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        match notice {
            LaneNotice::Lanes { group, open, closing, down, away, .. } => {
                self.hold_lanes(now, group.index(), [open + closing, down, away]);
            }
            LaneNotice::Officers { pool, on_duty, staffed, overtime } => {
                self.hold_officers(now, pool.index(), [on_duty, staffed, overtime]);
            }
            // Lines are followed truck by truck.
            LaneNotice::Queue { .. } => {}
        }
    }

    fn ended(&mut self, now: SimTime) {
        for group in 0..self.lanes.len() {
            self.hold_lanes(now, group, [0; 3]);
        }
        for pool in 0..self.officers.len() {
            self.hold_officers(now, pool, [0; 3]);
        }
        for level in self.waiting.iter_mut().chain(&mut self.on_road) {
            level.end(now);
        }
        for ledger in self.books.stations.iter_mut().chain([&mut self.books.crossing]) {
            ledger.end(now);
        }
    }
}
