//! Small crossings for tests of measures.

use crate::dist::DurationSampler;
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::Calendar;
use crate::model::network::{
    Arrivals, BorderWait, Branch, Class, ClassId, ClassTree, End, FreeLane, Full, Group, GroupId, LanePlan,
    LineLayout, Network, Posted, QueueLayout, Road, RoadId, Route, Split, Station, StationId, Steps, Stream,
    Target,
};

/// One booth with two lanes, classes `fast` and `standard`, one day, then a drain.
pub(crate) fn one_booth() -> Network {
    let group = group("all", 0, &[true, true]);
    network(vec![station("booth", 0, 1, Target::Exit)], vec![group], Vec::new())
}

/// A toll, a bridge of 3 places and a primary station with groups `fast` and `standard`; the
/// border wait begins at the toll.
pub(crate) fn toll_bridge_primary() -> Network {
    // Stations in name order: primary (groups 0 and 1), toll (group 2).
    let mut primary = station("primary", 0, 2, Target::Exit);
    primary.choices = vec![vec![GroupId(0)], vec![GroupId(1)]];
    let groups = vec![
        group("fast", 0, &[true, false]),
        group("standard", 0, &[false, true]),
        group("all", 1, &[true; 2]),
    ];
    let bridge = Road {
        name: "bridge".to_owned(),
        travel: DurationSampler::constant(SimDuration::from_mins(6)),
        overtaking: false,
        lanes: 1,
        room: Some(3),
        split: None,
        discharge: SimDuration::ZERO,
        next: Target::Station(StationId(0)),
        loop_slot: None,
    };
    let toll = station("toll", 2, 1, Target::Road(RoadId(0)));
    let mut network = network(vec![primary, toll], groups, vec![bridge]);
    network.streams[0].entry = StationId(1);
    network.border_wait = Some(BorderWait {
        from: StationId(1),
        at: StationId(0),
        posted: Posted {
            interval: SimDuration::from_mins(60),
            lag: SimDuration::ZERO,
            window: SimDuration::from_mins(60),
            rounding: SimDuration::from_mins(5),
            cap: None,
        },
    });
    network
}

fn group(name: &str, station: u16, accepts: &[bool]) -> Group {
    let minute = || DurationSampler::constant(SimDuration::from_mins(1));
    Group {
        name: name.to_owned(),
        station: StationId(station),
        lanes: Some(2),
        queue: QueueLayout::Pooled,
        free_lane: FreeLane::Lowest,
        service: accepts.iter().map(|accepts| accepts.then(minute)).collect(),
        move_up: None,
        plan: LanePlan::Table(Steps::constant(2)),
        room: None,
        overflow: None,
        closing: None,
        other_work: None,
        slowed: None,
    }
}

fn station(name: &str, first_group: u16, group_count: u16, target: Target) -> Station {
    let route = Route { branches: vec![(1.0, target)] };
    Station {
        name: name.to_owned(),
        first_group: GroupId(first_group),
        group_count,
        line: LineLayout::PerGroup,
        room: None,
        choices: vec![vec![GroupId(first_group)]; 2],
        routes: vec![route.clone(), route],
        full: Full::Block,
        priority: Vec::new(),
        preempt: None,
        patience: Vec::new(),
        balking: Vec::new(),
        pace: None,
        screening: None,
        loop_slot: None,
    }
}

fn network(stations: Vec<Station>, groups: Vec<Group>, roads: Vec<Road>) -> Network {
    let tree = Split {
        purpose: "class:trucks".to_owned(),
        branches: vec![(0.25, Branch::Class(ClassId(0))), (1.0, Branch::Class(ClassId(1)))],
    };
    let day = SimDuration::from_hours(24);
    Network {
        classes: ["fast", "standard"].map(|name| Class { name: name.to_owned() }).to_vec(),
        class_tree: ClassTree { splits: vec![tree] },
        streams: vec![Stream {
            name: "northbound".to_owned(),
            entry: StationId(0),
            arrivals: Arrivals::Field {
                batches_per_hour: Steps::constant(60.0),
                batch: None,
                day_factor: None,
            },
            class: None,
            diversion: None,
        }],
        stations,
        groups,
        roads,
        pools: Vec::new(),
        failures: Vec::new(),
        later: Vec::new(),
        security: None,
        border_wait: None,
        loop_slots: 0,
        calendar: Calendar::utc(20_000, 1),
        run_length: day,
        warm_up: SimDuration::ZERO,
        end: End::Drain,
        drain_limit: SimTime::ZERO + day + day,
    }
}
