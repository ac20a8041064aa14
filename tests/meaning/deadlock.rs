//! Circles of trucks that wait for one another, and runs that end when they are empty.

use cruce::kernel::time::{SimDuration, SimTime};
use cruce::measure::{TruckLog, Visit};
use cruce::model::crossing::{Failure, RunEnd, simulate};
use cruce::scenario::build::build;

use crate::study::resolved;

fn run(text: &str, replication: u64) -> Result<(RunEnd, Vec<Visit>), Failure> {
    let (plan, found) = build("study", &[resolved(text)]);
    let plan = plan.unwrap_or_else(|| panic!("{found:?}"));
    let mut log = TruckLog::default();
    simulate(&plan.scenarios[0].network, 1, replication, &mut log).map(|end| (end, log.visits))
}

/// The bridge has one place. When truck 3 is blocked at the toll, truck 2 is on its way to an idle
/// booth: it will be served, though truck 1 cannot leave its own booth yet.
#[test]
fn a_truck_on_its_way_to_a_free_lane_is_no_deadlock() {
    for replication in 0..5 {
        run(BRIDGE, replication).expect("everyone goes on");
    }
}

/// Trucks of class a lock each other in at once; those of class b go on at a lane of their own.
#[test]
fn a_lane_for_others_does_not_hide_a_deadlock() {
    for replication in 0..2 {
        let failure = run(OTHER_LANE, replication).map(|_| ()).expect_err("a trucks are stuck");
        let Failure::Deadlock { at, cycle } = failure else { panic!("{failure}") };
        assert!(at < SimTime::ZERO + SimDuration::from_mins(30), "{at:?}");
        assert_eq!(cycle, ["y", "x", "y"]);
    }
}

/// The rule would open a second lane, but the second officer is kept at the gate for good.
#[test]
fn an_officer_who_never_comes_does_not_hide_a_deadlock() {
    let failure = run(NO_OFFICER, 0).map(|_| ()).expect_err("stuck");
    assert!(matches!(failure, Failure::Deadlock { .. }), "{failure}");
}

/// Rules are the same until the run length is over; only then nobody waits for a queue to grow.
#[test]
fn emptying_changes_nothing_before_the_end() {
    let visits = |end: &str, first: &str| {
        let text = RULE.replace("END", end).replace("FIRST", first);
        run(&text, 0).expect("it runs").1
    };
    let [drained, emptied] = ["drain", "empty"].map(|end| visits(end, "60 min"));
    assert_eq!(drained, emptied);
    assert_eq!(drained[0].start, Some(SimTime::ZERO + SimDuration::from_mins(180)), "when three wait");
    // All come so late that no three ever wait: who is there at the end is let out one by one.
    let late = RULE.replace("END", "empty").replace("FIRST", "590 min").replace("120 min", "595 min");
    let late = run(&late.replace("180 min", "610 min"), 0).expect("it runs").1;
    let starts: Vec<_> = late.iter().map(|visit| visit.start).collect();
    assert_eq!(starts, [600, 602].map(|minute| Some(SimTime::ZERO + SimDuration::from_mins(minute))));
}

const BRIDGE: &str = r#"
format = 1
[study]
title = "False deadlock"
start = "2023-10-03"
run_length = "3 h"
[class.a]
share = "50 % of trucks"
[class.b]
share = "rest"
[demand.n]
entry = "toll"
trace = { 1 = { arrival = "0 min", class = "a" }, 2 = { arrival = "32 min", class = "b" }, 3 = { arrival = "38 min", class = "b" } }
[station.toll]
lanes.all = { servers = 1 }
room = 0
service.a = "1 min"
service.b = "5 min"
next = "bridge"
[road.bridge]
travel = "10 min"
room = 1
next = "primary"
[station.primary]
lanes.all = { servers = 2 }
service.a = "30 min"
service.b = "1 min"
route.a.toll = "99 %"
next = "exit"
"#;

const OTHER_LANE: &str = r#"
format = 1
[study]
title = "Hidden deadlock"
start = "2023-10-03"
run_length = "6 h"
end = "cut"
[class.a]
share = "50 % of trucks"
[class.b]
share = "rest"
[demand.a]
entry = "x"
class = "a"
headway = "1 min"
[demand.b]
entry = "x"
class = "b"
headway = "1 min"
[station.x]
lanes.one = { servers = 1, accepts = ["a"] }
lanes.two = { servers = 1, accepts = ["b"] }
room = 4
service = "50 s"
route.a.y = "90 %"
next = "exit"
[station.y]
lanes.all = { servers = 1 }
room = 0
service = "50 s"
route.x = "90 %"
next = "exit"
"#;

const NO_OFFICER: &str = r#"
format = 1
[study]
title = "Hidden deadlock, officers"
start = "2023-10-03"
run_length = "6 h"
end = "cut"
[class.a]
share = "50 % of trucks"
[class.b]
share = "rest"
[demand.a]
entry = "x"
class = "a"
headway = "1 min"
[demand.b]
entry = "gate"
class = "b"
headway = "1 min"
[station.gate]
lanes.all = { servers = 1, open="officers" }
service = "50 s"
next = "exit"
[station.x]
lanes.all = { servers = 2, open = "officers" }
room = 4
service = "50 s"
route.a.y = "90 %"
next = "exit"
[station.y]
lanes.all = { servers = 1 }
room = 0
service = "50 s"
route.x = "90 %"
next = "exit"
[officers.cbp]
on_duty = 2
rule."gate.all" = "1 lanes"
rule."x.all" = "1..2 lanes, open when queue >= 2, close when queue <= 0"
"#;

const RULE: &str = r#"
format = 1
[study]
title = "a rule from 0 lanes"
start = "2023-10-03"
run_length = "10 h"
end = "END"
[class.c]
share = "rest"
[demand.d]
entry = "x"
trace = { 1 = { arrival = "FIRST", class = "c" }, 2 = { arrival = "120 min", class = "c" }, 3 = { arrival = "180 min", class = "c" } }
[station.x]
lanes.one = { servers = 2, open = "officers" }
service = "2 min"
next = "exit"
[officers.cbp]
on_duty = 2
rule."x.one" = "0..2 lanes, open when queue >= 3, close when queue <= 0"
"#;
