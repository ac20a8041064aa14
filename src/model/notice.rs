//! What the model tells the outside, and who listens.
//!
//! The model says what happened; it never computes a statistic, and listening cannot change what
//! happens. Observers are generic, so one that does nothing costs nothing. Start at [`Observer`].

use crate::kernel::time::SimTime;
use crate::model::network::{GroupId, PoolId, RoadId, StationId, Target};
use crate::model::truck::{Truck, TruckId};

/// What happened. Times are simulated; `now` comes with the notice.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Notice {
    /// A truck came to the crossing; its first `Arrived` follows at once.
    Entered,
    /// A truck arrived at a station (`truck.arrived` is now): it may still stand on the road.
    Arrived {
        /// The station.
        station: StationId,
    },
    /// It chose a group: it joined the group's line, or starts at once (`ServiceBegan` follows).
    Joined {
        /// The group.
        group: GroupId,
    },
    /// A lane was taken. `truck.began` is the start of service (after moving up) and `truck.ends`
    /// its planned end, both now or later.
    ServiceBegan {
        /// The group.
        group: GroupId,
        /// The lane, from 0; 0 in a yard.
        lane: u32,
    },
    /// Service stopped before its end.
    Interrupted {
        /// The group.
        group: GroupId,
        /// The lane, from 0.
        lane: u32,
        /// It went back to its line; else it waits in the lane.
        sent_back: bool,
    },
    /// After an interruption it has a lane again. `truck.ends` is the new end of service;
    /// `truck.began` is unchanged unless service had not begun before.
    Resumed {
        /// The group.
        group: GroupId,
        /// The lane, from 0.
        lane: u32,
        /// When service goes on: now, or after moving up.
        from: SimTime,
    },
    /// What would be found on it, told once for each kind of violation as it comes.
    Assessed {
        /// The kind: a place in `Security::violations`.
        kind: u8,
        /// How likely such a truck hides it.
        rate: f64,
        /// How likely it would be found on it: if results of images come too late, and if they come in time.
        chance: [f64; 2],
        /// It does hide it.
        carries: bool,
    },
    /// A station sends it elsewhere than its ordinary way; `ServiceEnded` was before, `Left` follows.
    Sent {
        /// The station.
        station: StationId,
        /// Why.
        reason: Reason,
        /// It hides nothing.
        innocent: bool,
    },
    /// An examination has found what it hides.
    Found {
        /// The station.
        station: StationId,
        /// The kind.
        kind: u8,
    },
    /// An image of a truck went to a review station; `id` is the image's own, and it arrives, joins and is
    /// served there like a truck, until `ImageRead`.
    ImageSent {
        /// The truck that it is of.
        of: TruckId,
        /// The station.
        station: StationId,
    },
    /// The image has been read, and is forgotten.
    ImageRead {
        /// Its truck had not yet passed a station that recalls it.
        in_time: bool,
    },
    /// Service is over (now == `truck.ends`); the truck leaves at once unless `Blocked` follows.
    ServiceEnded {
        /// The group.
        group: GroupId,
        /// The lane, from 0.
        lane: u32,
    },
    /// It cannot go on and keeps its lane.
    Blocked {
        /// The group whose lane it holds.
        group: GroupId,
        /// The lane, from 0.
        lane: u32,
        /// What is full.
        target: Target,
    },
    /// It left the station and its lane; `truck.arrived` still tells its arrival there.
    Left {
        /// The group that served it.
        group: GroupId,
        /// The lane, from 0.
        lane: u32,
    },
    /// It entered a road.
    TookRoad {
        /// The road.
        road: RoadId,
    },
    /// It left a road's places (its service began, or it went out by the road's end).
    LeftRoad {
        /// The road.
        road: RoadId,
    },
    /// It is gone, for this reason; the truck is forgotten.
    Gone {
        /// The reason.
        outcome: Outcome,
        /// The station concerned, where there is one.
        station: Option<StationId>,
    },
}

/// Why a station sends a truck elsewhere than its ordinary way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// A look ended in an alarm.
    Alarm,
    /// It was picked at random.
    Random,
    /// Its manifest is late.
    Late,
    /// Its score says so.
    Score,
    /// It is one of a share of all, whatever their scores.
    Lot,
}

/// What became of a truck.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// It reached an exit.
    Crossed,
    /// It found a full place that turns trucks away.
    TurnedAway,
    /// It went elsewhere because of the wait that was posted.
    Diverted,
    /// It did not join the line that it found.
    Balked,
    /// It left the line because it had waited too long.
    Reneged,
    /// It was still inside when the run ended.
    Unfinished,
}

/// A change in the lanes or officers, without a truck.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum LaneNotice {
    /// A group's lanes: `open` by plan (those in set-up included), `setting_up` among them,
    /// `closing` beyond the plan that still finish a truck.
    Lanes {
        /// The group.
        group: GroupId,
        /// Open by plan.
        open: u32,
        /// Among the open: not yet ready.
        setting_up: u32,
        /// Beyond the plan: finishing their truck.
        closing: u32,
        /// Lanes that have failed and stand still.
        down: u32,
        /// Lanes whose officer does other work.
        away: u32,
    },
    /// Officers of a pool: on duty, and holding a lane (overtime: lanes that finish beyond the plan).
    Officers {
        /// The pool.
        pool: PoolId,
        /// On duty.
        on_duty: u32,
        /// Lanes open by plan.
        staffed: u32,
        /// Lanes closing: officers kept beyond the plan.
        overtime: u32,
    },
    /// Trucks waiting at a group or standing in the common line that leads to its station changed.
    Queue {
        /// The station.
        station: StationId,
        /// The group; `None` for trucks that have not chosen yet (common line).
        group: Option<GroupId>,
        /// Trucks waiting there now.
        waiting: u32,
    },
}

/// Someone who listens to a run.
pub trait Observer {
    /// Something happened to a truck.
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice);

    /// Something happened to lanes, officers or lines.
    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        let _ = (now, notice);
    }

    /// The run ended. Trucks still inside got their `Gone` notice before.
    fn ended(&mut self, now: SimTime) {
        let _ = now;
    }
}

/// Listens to nothing.
impl Observer for () {
    fn notice(&mut self, _: SimTime, _: TruckId, _: &Truck, _: Notice) {}
}

/// Two who listen, in order.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        self.0.notice(now, id, truck, notice);
        self.1.notice(now, id, truck, notice);
    }

    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        self.0.lane_notice(now, notice);
        self.1.lane_notice(now, notice);
    }

    fn ended(&mut self, now: SimTime) {
        self.0.ended(now);
        self.1.ended(now);
    }
}
