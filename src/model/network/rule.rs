//! What a place does beside serving in order: who goes first, who leaves, what fails, and what makes
//! service faster or slower.
//!
//! Values only; the rules themselves stand in `station`, `leave`, `failure` and `pace`. Each is off
//! unless a scenario asks for it. Start at [`Full`] and [`Breakdown`].

use crate::dist::{DurationSampler, Sampler};
use crate::kernel::time::SimDuration;
use crate::model::network::{GroupId, Steps, Target};

/// What becomes of a truck that finds no place at a station.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Full {
    /// It keeps its lane and blocks it; one that comes from outside is turned away.
    Block,
    /// It is turned away, whoever it is.
    TurnAway,
    /// It goes here instead (and by the rules of that place when that is full too).
    Divert(Target),
}

/// What happens to the work done on a truck whose service is interrupted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interruption {
    /// Service goes on where it stopped.
    Resume,
    /// Service begins anew, with the same service time.
    Restart,
}

/// Share of trucks that joins, by trucks waiting.
#[derive(Clone, PartialEq, Debug)]
pub struct Balking {
    /// (trucks waiting, share that joins from there on), in order; all join below the first.
    pub shares: Vec<(u32, f64)>,
}

/// What makes service at a station faster or slower beside chance: service times are divided by the
/// pace. Officers work faster before a long line, and the rate of a booth changes with time and with
/// the booths open (Yu et al., Transp. Res. A 91, 2016).
#[derive(Clone, Debug)]
pub struct Pace {
    /// (trucks waiting for the group, pace from there on), in order; 1 below the first.
    pub by_queue: Vec<(u32, f64)>,
    /// (lanes open of the group, pace from there on), in order; 1 below the first.
    pub by_open: Vec<(u32, f64)>,
    /// A factor on service times for each day, mean 1.
    pub day_factor: Option<Sampler>,
    /// A factor on service times for each lane and day: who sits there. Mean 1.
    pub officer_factor: Option<Sampler>,
}

/// The value of a table of thresholds: that of the last row at or below `key`.
pub(crate) fn from_there_on<K: PartialOrd + Copy>(rows: &[(K, f64)], key: K) -> Option<f64> {
    rows.iter().rev().find(|(from, _)| *from <= key).map(|(_, value)| *value)
}

/// What share of a stream goes elsewhere, by the wait posted when the truck comes.
#[derive(Clone, PartialEq, Debug)]
pub struct Diversion {
    /// (posted wait, share that goes elsewhere from it on), in order of wait; nobody below the first.
    pub shares: Vec<(SimDuration, f64)>,
    /// What a truck that goes elsewhere loses by it.
    pub cost: SimDuration,
}

/// Something that makes lanes fail.
#[derive(Clone, Debug)]
pub struct Breakdown {
    /// As in the file; it also names its draws.
    pub name: String,
    /// The groups whose lanes fail.
    pub groups: Vec<GroupId>,
    /// When they fail, and for how long.
    pub when: Downtime,
    /// What happens to the truck in service.
    pub truck: OnFailure,
}

/// When lanes are down.
#[derive(Clone, Debug)]
pub enum Downtime {
    /// All lanes at these times.
    Windows(Steps<bool>),
    /// Each lane by itself.
    Random {
        /// Time from a repair to the next failure.
        up: DurationSampler,
        /// Which time counts towards it.
        clock: UpClock,
        /// Time from failure to repair.
        repair: DurationSampler,
    },
}

/// Which time counts towards the next failure of a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpClock {
    /// All time in which it is not down, whether the lane is open or not.
    All,
    /// Only time in which it serves.
    Serving,
}

/// What happens to the truck in a lane that fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnFailure {
    /// It is finished first; then the lane goes down.
    Finish,
    /// It waits in the lane for the repair.
    Wait(Interruption),
    /// It goes back to the head of the line.
    Return(Interruption),
}
