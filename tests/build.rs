//! Networks compiled from scenario files: tables, trees, ways and what is wrong with them.

use std::collections::BTreeMap;

use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::network::{Arrivals, Branch, End, LanePlan, Network, Target, Want};
use cruce::scenario::build::{build, compile};
use cruce::scenario::diagnostic::Diagnostic;
use cruce::scenario::file::Study;
use cruce::scenario::lint::capacity_by_hour;
use cruce::scenario::plan::StudyPlan;
use cruce::scenario::resolve::{Files, Origins, Resolved};

/// One booth: the base that most tests change.
const BOOTH: &str = r#"
format = 1
[study]
title = "One booth"
start = "2023-10-03"
run_length = "1 day"
[class.all]
share = "100 % of trucks"
[demand.north]
entry = "booth"
volume = "240 trucks/day"
[station.booth]
lanes.all = { servers = 1 }
service = "constant(60 s)"
next = "exit"
"#;

fn resolved(text: &str) -> Resolved {
    let study: Study = toml::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
    Resolved { name: "base".to_owned(), study, origins: Origins::default(), files: Files::default() }
}

/// The base with pieces of its text replaced.
fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BOOTH.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "`{old}` is not in the base");
        text.replace(old, new)
    })
}

fn network(text: &str) -> Network {
    let (network, found) = compile(&resolved(text), true);
    assert!(found.iter().all(|found| !found.is_error()), "{}", messages(&found));
    network
}

fn plan(text: &str) -> (StudyPlan, Vec<Diagnostic>) {
    let (plan, found) = build("study", &[resolved(text)]);
    let told = messages(&found);
    (plan.unwrap_or_else(|| panic!("{told}")), found)
}

fn messages(found: &[Diagnostic]) -> String {
    let lines: Vec<String> = found.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    lines.join("\n")
}

/// What is wrong with a file, as `CODE message` lines.
fn wrong(text: &str) -> String {
    let (plan, found) = build("study", &[resolved(text)]);
    assert!(plan.is_none() || found.iter().all(|found| !found.is_error()));
    messages(&found)
}

fn hours(n: i64) -> SimTime {
    SimTime::ZERO + SimDuration::from_hours(n)
}

#[test]
fn one_booth_becomes_a_network() {
    let network = network(BOOTH);
    assert_eq!(network.classes.len(), 1);
    assert!(network.class_tree.splits.is_empty());
    assert_eq!(network.streams[0].class.map(|class| class.0), Some(0));
    assert_eq!(network.stations[0].routes[0].branches, [(1.0, Target::Exit)]);
    assert_eq!(network.stations[0].loop_slot, None);
    assert_eq!(network.groups[0].lanes, Some(1));
    assert_eq!(network.end, End::Drain);
    assert_eq!(network.run_length, SimDuration::from_hours(24));
    assert_eq!(network.drain_limit, hours(24 + 7 * 24));
    let Arrivals::Field { batches_per_hour, .. } = &network.streams[0].arrivals else { panic!("a volume is a field") };
    assert_eq!(batches_per_hour.steps, [(SimTime::ZERO, 10.0), (hours(24), 0.0)]);
    let LanePlan::Table(lanes) = &network.groups[0].plan else { panic!("lanes without officers are a table") };
    assert_eq!(lanes.steps, [(SimTime::ZERO, 1)]);
}
