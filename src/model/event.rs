//! What can be scheduled in a crossing, and what comes first at one instant.
//!
//! The order at one instant is a rule that results depend on: ends of service and the transfers
//! they cause, repairs and schedule changes, ends of patience, arrivals, and staffing last. Ties within a kind go by order of
//! scheduling. Start at [`Event`].

use crate::model::network::{GroupId, PoolId, RoadId, StreamId};
use crate::model::truck::TruckId;

/// Something that will happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    /// A lane of a group finishes its truck.
    ServiceEnd { group: GroupId, lane: u32, truck: TruckId },
    /// A truck finishes in a yard, where lanes have no numbers.
    YardEnd { group: GroupId, truck: TruckId },
    /// A road may let the next truck out of its common line.
    Discharge { road: RoadId },
    /// A group's table of lanes changes.
    PlanStep { group: GroupId },
    /// A table that a pool depends on changes.
    PoolStep { pool: PoolId },
    /// A lane may have been set up.
    SetUpDone { group: GroupId, lane: u32 },
    /// From now on other values hold: a place in [`crate::model::network::Network::later`].
    Phase { place: u16 },
    /// A listed failure begins or ends.
    FailureStep { failure: u16 },
    /// A lane may fail: a place in the table of failing lanes.
    LaneFails { place: u32 },
    /// A lane's failure is over.
    Repaired { place: u32 },
    /// A lane's officer may be done with other work.
    WorkDone { group: GroupId, lane: u32 },
    /// The wait is read and posted.
    Reading,
    /// A truck may lose its patience.
    PatienceEnd { truck: TruckId, token: u32 },
    /// The truck at the head of a road without overtaking reaches its end.
    TravelEnd { road: RoadId },
    /// A truck reaches the end of a road with overtaking.
    OvertakerEnd { road: RoadId, truck: TruckId },
    /// The next batch of a stream arrives.
    Arrival { stream: StreamId },
    /// Officers are assigned, after everything else at this instant.
    Settle { pool: PoolId },
}

impl Event {
    /// Among events at one instant the lower rank comes first.
    pub(super) fn rank(self) -> u8 {
        match self {
            Event::ServiceEnd { .. } | Event::YardEnd { .. } => 0,
            Event::Discharge { .. } => 1,
            Event::Phase { .. }
            | Event::PlanStep { .. }
            | Event::PoolStep { .. }
            | Event::SetUpDone { .. }
            | Event::FailureStep { .. }
            | Event::LaneFails { .. }
            | Event::Repaired { .. }
            | Event::WorkDone { .. }
            | Event::Reading => 2,
            Event::PatienceEnd { .. } => 3,
            Event::TravelEnd { .. } | Event::OvertakerEnd { .. } | Event::Arrival { .. } => 4,
            Event::Settle { .. } => 5,
        }
    }
}
