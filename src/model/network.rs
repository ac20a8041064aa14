//! A crossing ready to run: flat tables and indices, made once from a checked scenario.
//!
//! The event loop reads these tables and nothing else: names are kept for reports only, and every
//! rate, schedule and opening hour is already a step function of simulated time. Tables are in
//! name order, never file order. It does not know how it was written in a file (`scenario`), nor
//! what is measured. Start at [`Network`].

use crate::dist::{CountSampler, DurationSampler, Sampler};
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::Calendar;

mod rule;
mod security;

pub(crate) use rule::from_there_on;
pub use rule::{Balking, Breakdown, Diversion, Downtime, Full, Interruption, OnFailure, Pace, UpClock};
pub use security::{
    Bands, Filing, Late, Manifest, Referral, ScoreLaw, Screening, Security, Sensor, Violation,
};

/// An index that only fits its own table.
macro_rules! index {
    ($(#[$doc:meta])* $name:ident, $raw:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub $raw);
        impl $name {
            /// The place in the table.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A class of trucks: a place in [`Network::classes`].
    ClassId, u8
);
index!(
    /// A demand stream: a place in [`Network::streams`].
    StreamId, u16
);
index!(
    /// A station: a place in [`Network::stations`].
    StationId, u16
);
index!(
    /// A lane group of any station: a place in [`Network::groups`].
    GroupId, u16
);
index!(
    /// A road: a place in [`Network::roads`].
    RoadId, u16
);
index!(
    /// A pool of officers: a place in [`Network::pools`].
    PoolId, u16
);

/// The whole crossing, and the run that is wanted of it.
#[derive(Clone, Debug)]
pub struct Network {
    /// Classes in name order; at most 64.
    pub classes: Vec<Class>,
    /// How a truck's attributes are drawn one after another.
    pub class_tree: ClassTree,
    /// Demand streams in name order.
    pub streams: Vec<Stream>,
    /// Stations in name order.
    pub stations: Vec<Station>,
    /// Lane groups: those of one station stand together, in name order.
    pub groups: Vec<Group>,
    /// Roads in name order.
    pub roads: Vec<Road>,
    /// Officer pools in name order.
    pub pools: Vec<Pool>,
    /// What makes lanes fail, in name order.
    pub failures: Vec<Breakdown>,
    /// The same crossing under other values, from these instants on (events in time): places, lanes
    /// built, classes and every step function are the same as here, and it has no `later` itself.
    pub later: Vec<(SimTime, Network)>,
    /// What trucks may hide and how it is looked for; `None`: nobody looks.
    pub security: Option<Box<Security>>,
    /// Where CBP's public wait begins and ends, if the file says so.
    pub border_wait: Option<BorderWait>,
    /// Number of stations and roads that lie on a loop (see `loop_slot`).
    pub loop_slots: u16,
    /// Local time of any simulated instant.
    pub calendar: Calendar,
    /// Length of the run; observation ends here too.
    pub run_length: SimDuration,
    /// Trucks that arrive before are not observed, and time averages start here.
    pub warm_up: SimDuration,
    /// What happens at the end of the run length.
    pub end: End,
    /// When a draining run is given up and what is inside counts as unfinished.
    pub drain_limit: SimTime,
}

/// What happens to the trucks inside when the run length is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// No new trucks; tables, opening hours and officers go on until the last one is out.
    Drain,
    /// The run stops; trucks inside are unfinished.
    Cut,
    /// No new trucks; what is open stays open until the crossing is empty.
    Empty,
}

/// A class of trucks. The order of the table is the name order.
#[derive(Clone, PartialEq, Debug)]
pub struct Class {
    /// As in the file.
    pub name: String,
}

/// Attributes drawn one after another: each split has a draw of its own, so changing one share
/// moves no other attribute.
#[derive(Clone, PartialEq, Debug)]
pub struct ClassTree {
    /// The first split is asked first.
    pub splits: Vec<Split>,
}

/// One attribute: a uniform is compared with the cumulative shares, categories in name order,
/// `rest` last.
#[derive(Clone, PartialEq, Debug)]
pub struct Split {
    /// Names the draw: `class:trucks`, `class:laden`, ...
    pub purpose: String,
    /// Upper ends of the categories' shares and what each leads to; the last ends at 1.
    pub branches: Vec<(f64, Branch)>,
}

/// What a category of a split leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Branch {
    /// A class: nothing more is drawn.
    Class(ClassId),
    /// Another split (its place in [`ClassTree::splits`]).
    Split(usize),
}

/// Trucks that come to the crossing.
#[derive(Clone, Debug)]
pub struct Stream {
    /// As in the file.
    pub name: String,
    /// Where its trucks arrive.
    pub entry: StationId,
    /// When they arrive.
    pub arrivals: Arrivals,
    /// All its trucks are of this class; `None`: drawn from the class tree. Traces name their own.
    pub class: Option<ClassId>,
    /// Trucks that go elsewhere when the posted wait is long.
    pub diversion: Option<Diversion>,
}

/// When the trucks of a stream arrive.
#[derive(Clone, PartialEq, Debug)]
pub enum Arrivals {
    /// A non-homogeneous Poisson process of batches, read from the keyed field.
    Field {
        /// Batches per hour over simulated time (volume × profile ÷ mean batch).
        batches_per_hour: Steps<f64>,
        /// Trucks per batch; `None`: one.
        batch: Option<CountSampler>,
        /// A factor of mean 1 on each day's rate.
        day_factor: Option<DayFactor>,
    },
    /// Renewal: independent headways between batches from the start of the run.
    Headways {
        /// Time between two batches.
        headway: DurationSampler,
        /// Trucks per batch; `None`: one.
        batch: Option<CountSampler>,
    },
    /// Listed trucks, in order of arrival (then of row).
    Trace(Vec<TraceTruck>),
    /// Trucks with an appointment each: they come near it, or not at all.
    Appointments {
        /// Booked instants in order.
        booked: Vec<SimTime>,
        /// How long before its appointment the earliest truck comes.
        early: SimDuration,
        /// Time from `early` before the appointment to arrival; `None`: none.
        show_up: Option<DurationSampler>,
        /// Share of appointments to which nobody comes.
        no_show: f64,
    },
    /// Trucks that stand at the entry at time zero.
    AtStart {
        /// How many.
        trucks: u32,
        /// The road on which they stand, if any: they take its room.
        road: Option<RoadId>,
    },
}

/// A factor on the demand of a whole day, drawn once per day.
#[derive(Clone, PartialEq, Debug)]
pub struct DayFactor {
    /// Streams with the same name here have the same luck on the same day.
    pub name: String,
    /// Its distribution, mean 1.
    pub law: Sampler,
}

/// One truck of a trace.
#[derive(Clone, PartialEq, Debug)]
pub struct TraceTruck {
    /// When it arrives.
    pub at: SimTime,
    /// Its class.
    pub class: ClassId,
    /// Addresses its draws: its row from 1, or a hash of its `id`.
    pub identity: u64,
    /// Its number in reports: the row or the `id`.
    pub number: String,
    /// Score for targeting, when the file gives one.
    pub score: Option<f64>,
    /// The kind that it hides, or nothing, when the file tells; else it is drawn.
    pub hides: Option<Option<u8>>,
    /// Service times it brings along, by station.
    pub service: Vec<(StationId, SimDuration)>,
}

/// A value that changes at known instants.
#[derive(Clone, PartialEq, Debug)]
pub struct Steps<T> {
    /// (from, value) with increasing instants; the first is at or before time zero; values of
    /// neighbours differ.
    pub steps: Vec<(SimTime, T)>,
}

impl<T: Clone + PartialEq> Steps<T> {
    /// The same value for ever.
    pub fn constant(value: T) -> Self {
        Steps { steps: vec![(SimTime::ZERO, value)] }
    }

    /// From rows in time order; rows that change nothing are dropped.
    pub fn new(rows: impl IntoIterator<Item = (SimTime, T)>) -> Self {
        let mut steps: Vec<(SimTime, T)> = Vec::new();
        for (at, value) in rows {
            if steps.last().is_none_or(|(_, last)| *last != value) {
                steps.push((at, value));
            }
        }
        assert!(!steps.is_empty(), "a step function has at least one value");
        Steps { steps }
    }

    /// The place of the step that holds at `at`.
    pub fn place(&self, at: SimTime) -> usize {
        self.steps.partition_point(|(from, _)| *from <= at).saturating_sub(1)
    }

    /// The value at an instant.
    pub fn at(&self, at: SimTime) -> &T {
        &self.steps[self.place(at)].1
    }
}

/// A place of service.
#[derive(Clone, Debug)]
pub struct Station {
    /// As in the file; it also names the station's draws.
    pub name: String,
    /// Its groups: `groups[first_group..first_group + group_count]`.
    pub first_group: GroupId,
    /// How many groups it has.
    pub group_count: u16,
    /// Whether its groups feed from one line.
    pub line: LineLayout,
    /// Waiting places, trucks in service not counted; `None`: unlimited.
    pub room: Option<u32>,
    /// By class: the groups that accept it, most preferred first.
    pub choices: Vec<Vec<GroupId>>,
    /// By class: where trucks go after service.
    pub routes: Vec<Route>,
    /// What becomes of a truck that finds no place here.
    pub full: Full,
    /// By class: who is served first (lower first; equals in order of joining). Empty: all alike.
    pub priority: Vec<u8>,
    /// Whether a truck may take the lane of one of lower priority, which then goes back to the head
    /// of its line.
    pub preempt: Option<Interruption>,
    /// By class: how long a truck waits from its arrival here before it leaves, unless its service
    /// has begun; `None`: for ever. Empty: nobody leaves.
    pub patience: Vec<Option<DurationSampler>>,
    /// By class: share that joins, by trucks waiting; asked only when service cannot start at once.
    /// Empty: all join.
    pub balking: Vec<Option<Balking>>,
    /// What makes service faster or slower beside chance; `None`: nothing.
    pub pace: Option<Pace>,
    /// What it looks for, and whom it sends elsewhere; `None`: it does not look.
    pub screening: Option<Box<Screening>>,
    /// Visits are counted here because the station lies on a loop.
    pub loop_slot: Option<u16>,
}

/// How the groups of a station feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineLayout {
    /// Each group has a line of its own.
    PerGroup,
    /// One line for the station; a free lane takes the first truck that it accepts.
    Shared,
}

/// Where trucks go: upper ends of cumulative probability in name order, `next` last and ending
/// at 1. One uniform decides.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// Never empty.
    pub branches: Vec<(f64, Target)>,
}

/// What may follow a station or a road.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The truck has crossed.
    Exit,
    /// Straight into a station.
    Station(StationId),
    /// Onto a road.
    Road(RoadId),
}

/// A lane group: lanes that serve the same trucks.
#[derive(Clone, Debug)]
pub struct Group {
    /// As in the file.
    pub name: String,
    /// The station that it belongs to.
    pub station: StationId,
    /// Lanes built; `None`: unlimited (a yard).
    pub lanes: Option<u32>,
    /// One line for the group, or one per lane.
    pub queue: QueueLayout,
    /// Which of several free lanes serves (pooled lines).
    pub free_lane: FreeLane,
    /// By class: service time, `None` where the class is not accepted.
    pub service: Vec<Option<DurationSampler>>,
    /// Time to move up into the booth, for trucks that queued.
    pub move_up: Option<DurationSampler>,
    /// How many lanes are open.
    pub plan: LanePlan,
    /// Waiting places of its own; `None`: no limit beside the station's.
    pub room: Option<u32>,
    /// Where trucks that find its places full on arrival go for good, within the station.
    pub overflow: Option<GroupId>,
    /// What a closing lane does with its truck: `None`: it finishes it; else the truck goes back to
    /// the head of the line.
    pub closing: Option<Interruption>,
    /// Other work that a lane's officer turns to whenever no truck waits; when it is done and still
    /// none waits, to more of it.
    pub other_work: Option<DurationSampler>,
    /// Pace over time of service that begins then, beside [`Station::pace`]; `None`: always 1.
    pub slowed: Option<Steps<f64>>,
}

/// One line for the group or one per lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QueueLayout {
    /// One line, served by whichever lane is free.
    Pooled,
    /// A line per lane, chosen on arrival; no changing of lanes.
    PerLane(LaneChoice),
}

/// How a truck chooses its lane's line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LaneChoice {
    /// Fewest trucks, the one in service counted; ties to the lowest number.
    Shortest,
    /// Any open lane, with equal probability.
    Random,
    /// Open lanes in turn.
    RoundRobin,
}

/// Which free lane of a pooled group takes the next truck.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FreeLane {
    /// The lowest-numbered.
    Lowest,
    /// Any, with equal probability.
    Random,
    /// The one whose service is expected to be shortest for the truck: over all groups that may take it, mean
    /// service × the officer factor of the lane that day; ties to the preferred group, then to the
    /// lowest-numbered lane.
    Fastest,
}

/// How many lanes of a group are open.
#[derive(Clone, Debug)]
pub enum LanePlan {
    /// From a table or opening hours, without an officer pool. A constant is one step.
    Table(Steps<u32>),
    /// As officers of a pool allow: place in [`Pool::members`].
    Officers(PoolId, usize),
}

/// A road: trucks travel, then stand in its common line, then in the pockets of lane groups.
#[derive(Clone, Debug)]
pub struct Road {
    /// As in the file; it also names the road's draws.
    pub name: String,
    /// Time from its beginning to its end when nothing is in the way.
    pub travel: DurationSampler,
    /// Whether trucks may overtake while they travel.
    pub overtaking: bool,
    /// Lanes of the common line.
    pub lanes: u32,
    /// Places: travelling, common line and pockets together; `None`: unlimited.
    pub room: Option<u32>,
    /// Places of each pocket; `None`: unlimited.
    pub split: Option<u32>,
    /// Least time between two trucks that leave the common line.
    pub discharge: SimDuration,
    /// Where it leads.
    pub next: Target,
    /// Visits are counted here because the road lies on a loop.
    pub loop_slot: Option<u16>,
}

/// Officers shared by lane groups: a member's lane is open only with an officer.
#[derive(Clone, Debug)]
pub struct Pool {
    /// As in the file.
    pub name: String,
    /// Officers on duty who can staff lanes of these groups.
    pub on_duty: Steps<u32>,
    /// Officers who are on duty too, but have a break.
    pub on_break: Steps<u32>,
    /// Member groups in name order (`station.group`).
    pub members: Vec<Member>,
}

/// A group staffed by a pool.
#[derive(Clone, Debug)]
pub struct Member {
    /// The group.
    pub group: GroupId,
    /// Fewest lanes open, while the station is open.
    pub least: u32,
    /// Most lanes open; never more than are built.
    pub most: u32,
    /// Lower comes first when officers are short.
    pub priority: u32,
    /// How many lanes it wants.
    pub want: Want,
    /// False while the station is closed: then it wants none, whatever `least` says.
    pub open: Steps<bool>,
    /// Time to set a lane up before it serves.
    pub set_up: SimDuration,
    /// A lane that has opened stays open at least this long.
    pub least_open: SimDuration,
}

/// How many lanes a member wants.
#[derive(Clone, Debug)]
pub enum Want {
    /// As many as the table says.
    Table(Steps<u32>),
    /// Moves one lane at a time.
    Rule {
        /// Opens one more when this holds.
        open: Trigger,
        /// Closes one when this holds.
        close: Trigger,
    },
}

/// A threshold on the line of a group. For opening: at or above; for closing: at or below.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Trigger {
    /// Trucks waiting for the group.
    Queue(f64),
    /// Trucks waiting for the group, per open lane (a lane in set-up counts; at least one).
    QueuePerLane(f64),
    /// How long the first truck in line has waited.
    Wait(SimDuration),
}

/// CBP's measure: start of service at `at` minus arrival at `from`, less own travel and service.
#[derive(Clone, PartialEq, Debug)]
pub struct BorderWait {
    /// Where the line begins.
    pub from: StationId,
    /// The primary station.
    pub at: StationId,
    /// How the wait is made public.
    pub posted: Posted,
}

/// How a wait is posted: read at intervals, late, rounded and capped.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Posted {
    /// Time between two readings (readings are at local midnight + k × interval).
    pub interval: SimDuration,
    /// Age of what a reading tells: the wait of trucks that joined the line up to `lag` before it.
    pub lag: SimDuration,
    /// Trucks that joined within this long before are averaged.
    pub window: SimDuration,
    /// Posted values are multiples of this (0: as they are).
    pub rounding: SimDuration,
    /// No larger value is posted.
    pub cap: Option<SimDuration>,
}

impl Posted {
    /// The mean of waits that sum to `sum` microseconds over `trucks`, as it is posted: rounded half
    /// up and capped. In seconds.
    pub fn published(&self, sum: i128, trucks: u64) -> f64 {
        let rounding = i128::from(self.rounding.micros());
        let trucks = i128::from(trucks);
        let micros = if rounding > 0 {
            let multiples = (2 * sum + rounding * trucks).div_euclid(2 * rounding * trucks);
            (multiples * rounding) as f64
        } else {
            sum as f64 / trucks as f64
        };
        let cap = self.cap.map_or(f64::INFINITY, |cap| cap.micros() as f64);
        micros.min(cap) / 1e6
    }
}

impl Network {
    /// The crossing as it begins, then as it is from each instant of `later` on.
    pub fn phases(&self) -> impl Iterator<Item = &Network> + Clone {
        std::iter::once(self).chain(self.later.iter().map(|(_, network)| network))
    }

    /// The crossing as it is at an instant.
    pub fn phase_at(&self, now: SimTime) -> &Network {
        let begun = self.later.iter().rev().find(|(from, _)| *from <= now);
        begun.map_or(self, |(_, network)| network)
    }

    /// Whether the same trucks come as to another crossing: the same streams, to the truck. What
    /// they carry, and what they do once they have come, may differ.
    pub fn meets_the_same_trucks(&self, other: &Network) -> bool {
        let alike = |(one, another): (&Stream, &Stream)| {
            one.name == another.name && one.arrivals == another.arrivals && one.class == another.class
        };
        self.streams.len() == other.streams.len() && self.streams.iter().zip(&other.streams).all(alike)
    }

    /// Whether demand, lanes, officers or anything else goes by the clock or by the day; else the crossing
    /// is the same at every hour.
    pub fn changes_in_time(&self) -> bool {
        fn steps<T>(table: &Steps<T>) -> bool {
            table.steps.len() > 1
        }
        let comes = |stream: &Stream| match &stream.arrivals {
            Arrivals::Field { batches_per_hour, day_factor, .. } => {
                // Nobody comes after the run length.
                let within =
                    batches_per_hour.steps.iter().filter(|(at, _)| at.since_start() < self.run_length);
                day_factor.is_some() || within.count() > 1
            }
            Arrivals::Trace(_) | Arrivals::Appointments { .. } => true,
            Arrivals::Headways { .. } | Arrivals::AtStart { .. } => false,
        };
        let opens = |group: &Group| {
            let planned = match &group.plan {
                LanePlan::Table(table) => steps(table),
                LanePlan::Officers(..) => false,
            };
            planned || group.slowed.as_ref().is_some_and(steps)
        };
        let member = |member: &Member| {
            let wants = match &member.want {
                Want::Table(table) => steps(table),
                Want::Rule { .. } => false,
            };
            wants || steps(&member.open)
        };
        let on_duty =
            |pool: &Pool| steps(&pool.on_duty) || steps(&pool.on_break) || pool.members.iter().any(member);
        let fails = |failure: &Breakdown| match &failure.when {
            Downtime::Windows(windows) => steps(windows),
            Downtime::Random { .. } => false,
        };
        let by_day = |pace: &Pace| pace.day_factor.is_some() || pace.officer_factor.is_some();
        !self.later.is_empty()
            || self.streams.iter().any(comes)
            || self.groups.iter().any(opens)
            || self.pools.iter().any(on_duty)
            || self.failures.iter().any(fails)
            || self.stations.iter().any(|station| station.pace.as_ref().is_some_and(by_day))
    }

    /// What [`Network::meets_the_same_trucks`] compares, as text: equal texts mean the same trucks.
    pub fn trucks_text(&self) -> String {
        let of = |stream: &Stream| format!("{} {:?} {:?}\n", stream.name, stream.arrivals, stream.class);
        self.streams.iter().map(of).collect()
    }

    /// The groups of a station.
    pub fn groups_of(&self, station: StationId) -> impl Iterator<Item = GroupId> + Clone + use<> {
        let station = &self.stations[station.index()];
        let first = station.first_group.0;
        (first..first + station.group_count).map(GroupId)
    }

    /// `station.group`, as reports name a group.
    pub fn group_name(&self, group: GroupId) -> String {
        let group = &self.groups[group.index()];
        format!("{}.{}", self.stations[group.station.index()].name, group.name)
    }
}
