//! What a replay needs beside the visits of trucks: open lanes over time, and when trucks gave up waiting.
//!
//! Start at [`LaneLog`].

use crate::kernel::time::SimTime;
use crate::model::network::{GroupId, StreamId};
use crate::model::notice::{LaneNotice, Notice, Observer, Outcome};
use crate::model::truck::{Truck, TruckId};

/// The lanes of a group changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LaneChange {
    /// When.
    pub at: SimTime,
    /// The group.
    pub group: GroupId,
    /// Lanes open by plan: those numbered up to here.
    pub open: u32,
    /// Among the open, the highest-numbered: not yet ready.
    pub setting_up: u32,
    /// Among the open, any: failed, or their officer does other work.
    pub stopped: u32,
}

/// An observer that keeps changes of lanes, and trucks that gave up.
#[derive(Clone, Debug, Default)]
pub struct LaneLog {
    /// In order of time.
    pub changes: Vec<LaneChange>,
    /// Trucks that left a line because they had waited too long, and when.
    pub gave_up: Vec<(StreamId, u64, SimTime)>,
}

impl Observer for LaneLog {
    fn notice(&mut self, now: SimTime, _: TruckId, truck: &Truck, notice: Notice) {
        if let Notice::Gone { outcome: Outcome::Reneged, .. } = notice {
            self.gave_up.push((truck.stream, truck.identity, now));
        }
    }

    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        match notice {
            LaneNotice::Lanes { group, open, setting_up, down, away, .. } => {
                self.changes.push(LaneChange { at: now, group, open, setting_up, stopped: down + away });
            }
            LaneNotice::Officers { .. } | LaneNotice::Queue { .. } => {}
        }
    }
}
