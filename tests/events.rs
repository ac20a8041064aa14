//! Events, from the text of a file to what every truck does: worked out on paper and met exactly.
//!
//! A table row is (truck, lane, arrived, began, ended, left) in seconds, in order of truck number.

mod common;

use common::{Sketch, Visits};
use cruce::model::network::{GroupId, StationId};
use cruce::scenario::plan::StudyPlan;
use cruce::scenario::{Overrides, load_embedded};

/// Two classes, a gate that lets trucks through, and a booth with two lanes of 100 s; trucks arrive
/// at these seconds.
fn crossing(events: &str, trucks: &[(i64, &str)]) -> String {
    let rows: String = trucks
        .iter()
        .map(|(second, class)| {
            format!("{:02}:{:02}:{:02},{class}\n", second / 3600, second / 60 % 60, second % 60)
        })
        .collect();
    let text = format!(
        r#"format = 1
[study]
title = "Events"
start = "2023-10-03"
run_length = "1 day"
baseline = "today"
[class.fast]
share = "50 % of trucks"
[class.standard]
share = "rest"
[demand.north]
entry = "booth"
trace = "trucks.csv"
[station.booth]
lanes.fast = {{ servers = 1, accepts = ["fast"] }}
lanes.standard = {{ servers = 2, accepts = ["standard"] }}
service = "100 s"
next = "exit"
[station.search]
lanes.all = {{ servers = 1 }}
service = "30 s"
next = "exit"
[station.gate]
lanes.all = {{ servers = "unlimited" }}
service = "0 s"
route.search = "0 %"
next = "booth"
[demand.none]
entry = "gate"
volume = "0 trucks/day"
{events}"#
    );
    format!("{text}\u{0}arrival,class\n{rows}")
}

fn plan(study: &str) -> StudyPlan {
    let (text, trucks) = study.split_once('\u{0}').expect("a study and its trucks");
    let files = [("events/study.toml", text), ("events/trucks.csv", trucks)];
    let loaded = load_embedded(&files, &Overrides::default());
    let told = loaded.sources.render(&loaded.diagnostics, false);
    loaded.plan.unwrap_or_else(|| panic!("{told}"))
}

fn visits(study: &str, scenario: usize) -> Visits {
    Sketch { network: plan(study).scenarios[scenario].network.clone() }.visits()
}

fn station(study: &str, name: &str) -> StationId {
    let plan = plan(study);
    let stations = &plan.scenarios[0].network.stations;
    StationId(stations.iter().position(|station| station.name == name).expect("it is there") as u16)
}

fn booth(study: &str) -> Vec<(u64, u32, i64, i64, i64, i64)> {
    visits(study, 0).table(station(study, "booth"))
}

const STANDARD: [(i64, &str); 5] =
    [(0, "standard"), (10, "standard"), (20, "standard"), (30, "standard"), (40, "standard")];

/// Lane 2 is closed from 50 to 250: it finishes truck 2 at 110 and takes truck 5 at 250, when it is
/// open again; lane 1 takes 3 and 4.
#[test]
fn a_closure_holds_from_its_beginning_to_its_end() {
    let event = "[event.closure]\nfrom = \"00:00:50\"\nto = \"00:04:10\"\n";
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 10, 10, 110, 110),
        (3, 1, 20, 100, 200, 200),
        (4, 1, 30, 200, 300, 300),
        (5, 2, 40, 250, 350, 350),
    ];
    for set in ["open = 1", "servers = 1"] {
        let study = crossing(
            &format!("{event}set.station.booth.lanes.standard.{set}\n[scenario.today]\n"),
            &STANDARD,
        );
        assert_eq!(booth(&study), expected, "{set}");
    }
    // Lanes that are built for an event are closed before and after it.
    let study = crossing(
        &format!("{event}set.station.booth.lanes.standard.servers = 3\n[scenario.today]\n"),
        &STANDARD,
    );
    let changes = visits(&study, 0).lane_changes(GroupId(1));
    assert_eq!(changes, [(0, 2, 0, 0), (50, 3, 0, 0), (250, 2, 0, 0)]);
}

/// Service that begins while the event holds takes 40 s; what began before goes on as it was.
#[test]
fn times_are_those_of_the_beginning_of_service() {
    let study = crossing(
        "[event.outage]\nfrom = \"00:01:39\"\nto = \"00:02:30\"\nset.station.booth.service = \"40 s\"\n[scenario.today]\n",
        &STANDARD,
    );
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 10, 10, 110, 110),
        (3, 1, 20, 100, 140, 140),
        (4, 2, 30, 110, 150, 150),
        (5, 1, 40, 140, 180, 180),
    ];
    assert_eq!(booth(&study), expected);
}

/// Everyone who leaves the booth from 105 s on is searched, one after another for 30 s; the last
/// leaves the booth when it is over.
#[test]
fn ways_are_those_of_the_end_of_service() {
    let study = crossing(
        "[event.inspection]\nfrom = \"00:01:45\"\nto = \"00:04:59\"\nset.station.booth.next = \"search\"\n[scenario.today]\n",
        &STANDARD,
    );
    let search = visits(&study, 0).table(station(&study, "search"));
    let expected = [(2, 1, 110, 110, 140, 140), (3, 1, 200, 200, 230, 230), (4, 1, 210, 230, 260, 260)];
    assert_eq!(search, expected);
}

/// The fast lane takes standard trucks from 15 to 60 s, for they prefer it then: truck 3 waits in
/// its line, and is served there though the event is over.
#[test]
fn who_stands_in_line_when_acceptance_ends_is_served_there() {
    let study = crossing(
        "[event.all]\nfrom = \"00:00:15\"\nto = \"00:01\"\nset.station.booth.lanes.fast = { servers = 1, accepts = [\"fast\", \"standard\"], preference = 1 }\nset.station.booth.lanes.standard.preference = 2\n[scenario.today]\n",
        &[(0, "fast"), (10, "fast"), (20, "standard"), (70, "standard")],
    );
    let visits = visits(&study, 0);
    assert_eq!(visits.lane_changes(GroupId(0)), [(0, 1, 0, 0)]);
    let rows = visits.table(station(&study, "booth"));
    let begins: Vec<(u64, i64)> = rows.iter().map(|row| (row.0, row.3)).collect();
    assert_eq!(begins, [(1, 0), (2, 100), (3, 20), (4, 70)], "a free lane of less preference goes before");
}

/// Two events hold at once, each with a value of its own; a third does not happen here, and does in
/// another scenario.
#[test]
fn events_hold_together_and_scenarios_turn_them_on() {
    let study = crossing(
        "[event.slow]\nfrom = \"00:00:05\"\nset.station.booth.service = \"200 s\"\n\
         [event.short]\nfrom = \"00:00:15\"\nto = \"00:03:30\"\nset.station.booth.lanes.standard.open = 1\n\
         [event.later]\nhappens = false\nfrom = \"00:03\"\nset.station.booth.next = \"search\"\n\
         [scenario.searched]\nset.event.later.happens = true\n[scenario.today]\n",
        &STANDARD,
    );
    // 100 s, then 200 s in lane 2 until 210 and closed until then; lane 1 takes 3 at 100; at 210 lane
    // 2 is open again.
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 10, 10, 210, 210),
        (3, 1, 20, 100, 300, 300),
        (4, 2, 30, 210, 410, 410),
        (5, 1, 40, 300, 500, 500),
    ];
    assert_eq!(booth(&study), expected);
    assert!(visits(&study, 0).table(station(&study, "search")).is_empty());
    let searched = visits(&study, 1).table(station(&study, "search"));
    assert_eq!(searched.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 3, 4, 5]);
}

/// A surge adds trucks while it holds and leaves all others as they are.
#[test]
fn a_surge_adds_trucks_and_moves_none() {
    let text = |events: &str| {
        crossing(&format!("{events}[scenario.today]\n"), &[])
            .replace("volume = \"0 trucks/day\"", "volume = \"960 trucks/day\"")
    };
    let arrivals = |study: &str| -> Vec<i64> {
        let (visits, gate) = (visits(study, 0), station(study, "gate"));
        visits
            .visits
            .iter()
            .filter(|visit| visit.station == gate)
            .map(|visit| visit.arrived.micros())
            .collect()
    };
    let (calm, surge) = (
        arrivals(&text("")),
        arrivals(&text(
            "[event.surge]\nfrom = \"day 1 10:30\"\nto = \"2023-10-03 12:00\"\nset.demand.none.volume = \"x2\"\n",
        )),
    );
    let during = |at: &i64| (37_800..43_200).contains(&(at / 1_000_000));
    let outside = |times: &[i64]| times.iter().copied().filter(|at| !during(at)).collect::<Vec<_>>();
    assert_eq!(outside(&calm), outside(&surge));
    assert!(calm.iter().all(|at| surge.contains(at)), "trucks that come without it come with it");
    // 60 trucks are expected without it and 120 with it: five standard deviations are 39 and 55.
    let count = |times: &[i64]| times.iter().filter(|at| during(at)).count();
    assert!((65..175).contains(&count(&surge)) && count(&calm) < 100, "{} {}", count(&surge), count(&calm));
}
