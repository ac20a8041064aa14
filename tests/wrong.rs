//! Whatever is written at a key that makes no sense there is refused, with its place and a way out.
//!
//! Every documented key is given values of each wrong kind; those that a key takes stand in [`TAKEN`].
//! What the messages say is held by the pairs in `tests/diagnostics`; here none is forgotten.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use cruce::scenario::explain::reference;
use cruce::scenario::{Loaded, Overrides, load_embedded};

const STUDY: &str = r#"
format = 1
[study]
title = "Wrong values"
start = "2024-01-01"
run_length = "1 day"
[class.fast]
share = "30 % of trucks"
[class.standard]
share = "rest"
[demand.north]
entry = "toll"
volume = "900 trucks/day"
[demand.listed]
entry = "toll"
trace = { 1 = { arrival = "95 min", class = "fast" } }
[station.toll]
lanes.all = { servers = 2 }
service = "40 s"
next = "bridge"
[road.bridge]
travel = "gamma(mean = 5 min, cv = 0.3)"
next = "primary"
[station.primary]
lanes.fast = { servers = 2, accepts = ["fast"] }
lanes.standard = { servers = 4, open = "officers" }
service = "lognormal(mean = 3 min, cv = 0.6)"
next = "exit"
[officers.cbp]
on_duty = 4
rule."primary.standard" = "4 lanes"
[border_wait]
from = "toll"
at = "primary"
[failure.scanner]
lanes = ["primary.fast"]
up = "exponential(mean = 20 h)"
repair = "30 min"
[event.shift]
from = "day 1 10:00"
set.station.toll.service = "30 s"
[violation.narcotics]
rate = "1 %"
separation = 1
[manifest]
lead = "2 h"
quality.full = {}
quality.partial = { share = "10 %" }
[air]
idle_fuel = "0.8 gal/h"
nox.idle = "34 g/h"
[money]
currency = "USD"
price_year = 2024
truck_hour = "90 USD/h"
[scenario.today]
[sweep.growth]
vary."demand.north.volume" = ["+0 %", "+10 %"]
[optimize.volume]
vary."demand.north.volume" = ["+0 %", "+10 %"]
"#;

/// A truth, numbers and quantities that fall below zero (on the command line a sign is a change), too large
/// ones, other units, words, lists and sections.
const WRONG: [&str; 10] = [
    "true",
    "-2000000",
    "-2000000.5",
    "99999999999999999999",
    "\"-9000000 min\"",
    "\"5 parsecs\"",
    "\"what\"",
    "[1, 2]",
    "[]",
    "{ nonsense = 1 }",
];

const TEXTS: &[&str] = &["-2000000", "-2000000.5", "\"-9000000 min\"", "\"5 parsecs\"", "\"what\""];

/// What a key takes all the same, and why.
const TAKEN: [(&str, &[&str], &str); 9] = [
    ("class.NAME.title", TEXTS, "any text"),
    ("demand.NAME.trace.ROW.id", TEXTS, "any text"),
    ("event.NAME.happens", &["true"], "a truth"),
    ("road.NAME.overtaking", &["true"], "a truth"),
    ("station.NAME.clears", &["[]"], "nothing is cleared"),
    ("station.NAME.lanes.NAME.accepts", &["[]"], "a group that nobody may use earns W0411"),
    ("station.NAME.recalls", &["true"], "plans may differ in whether anything is released"),
    ("station.NAME.priority", &["[]"], "classes that are all alike earn W0422"),
    ("study.title", TEXTS, "any text"),
];

/// The path of a documented key in the study.
fn concrete(path: &str) -> String {
    let path = path.replace("demand.NAME.trace.ROW", "demand.listed.trace.1");
    let named = [
        ("class", "fast"),
        ("demand", "north"),
        ("event", "shift"),
        ("failure", "scanner"),
        ("manifest", "partial"),
        ("officers", "cbp"),
        ("optimize", "volume"),
        ("road", "bridge"),
        ("scenario", "today"),
        ("station", "primary"),
        ("sweep", "growth"),
        ("violation", "narcotics"),
    ];
    let section = path.split('.').next().unwrap_or_default().to_owned();
    let name = named.iter().find(|row| row.0 == section).map_or("", |row| row.1);
    path.replacen("NAME", name, 1).replace("lanes.NAME", "lanes.fast")
}

fn with(path: &str, value: &str) -> Loaded {
    let set = vec![(path.to_owned(), value.to_owned())];
    load_embedded(&[("wrong/study.toml", STUDY)], &Overrides { set, ..Overrides::default() })
}

#[test]
fn every_wrong_value_of_every_key_is_refused_with_place_and_help() {
    let base = load_embedded(&[("wrong/study.toml", STUDY)], &Overrides::default());
    assert!(base.plan.is_some(), "{}", base.sources.render(&base.diagnostics, false));
    let text = reference();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let keys: BTreeSet<&str> = rows.map(|row| row.0).filter(|key| key.contains('.')).collect();
    assert!(keys.len() > 100, "{keys:?}");
    let mut faults = String::new();
    for (key, _, why) in TAKEN.iter().filter(|row| !keys.contains(row.0)) {
        let _ = writeln!(faults, "{key} is no documented key ({why})");
    }
    for key in keys {
        let path = concrete(key);
        for value in WRONG {
            let loaded = with(&path, value);
            let taken = TAKEN.iter().any(|row| row.0 == key && row.1.contains(&value));
            let errors: Vec<_> = loaded.diagnostics.iter().filter(|found| found.is_error()).collect();
            let drawn = || loaded.sources.render(&loaded.diagnostics, false);
            if loaded.plan.is_some() != taken {
                let verdict = if taken { "is refused" } else { "is taken" };
                let _ = writeln!(faults, "{path} = {value} {verdict}\n{}", drawn());
            }
            if errors.iter().any(|error| error.place.is_none() || error.helps.is_empty()) {
                let _ = writeln!(faults, "{path} = {value} lacks a place or a way out\n{}", drawn());
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
