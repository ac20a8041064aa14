//! Stored runs are paired like scenarios of one run, and only if the same trucks came.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Three booths too few for the trucks that come: the line grows for hours.
const STUDY: &str = r#"
format = 1
[study]
title = "Congested"
start = "2024-01-01"
run_length = "6 h"
seed = 11
baseline = "today"
[precision]
replications = 40
[class.all]
share = "rest"
[demand.north]
entry = "primary"
volume = "1000 trucks/h"
[station.primary]
lanes.all = { servers = 20 }
service = "erlang(mean = 80 s, k = 3)"
next = "exit"
[scenario.today]
[scenario.faster]
set.station.primary.service.mean = "x0.95"
[scenario.two-lanes]
set.station.primary.lanes.all.servers = "+2"
"#;

fn cruce(home: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cruce")).current_dir(home).args(words).output().expect("cruce runs")
}

fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("port.toml"), STUDY).expect("a study");
    home
}

fn run(home: &Path, words: &[&str]) {
    let output = cruce(home, &[&["run", "port.toml", "-q"], words].concat());
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn object(home: &Path, words: &[&str]) -> Value {
    let output = cruce(home, &[&["compare", "--json"], words].concat());
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("an object")
}

fn refused(home: &Path, words: &[&str], code: i32) -> String {
    let output = cruce(home, &[&["compare"], words].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was run together, and what was run apart, give the same differences.
#[test]
fn runs_apart_are_paired_like_runs_together() {
    let home = home();
    run(home.path(), &["-o", "all"]);
    run(home.path(), &["--scenario", "faster", "-o", "apart"]);
    let together = object(home.path(), &["all"]);
    let summary: Value =
        serde_json::from_slice(&fs::read(home.path().join("all/summary.json")).expect("a file"))
            .expect("JSON");
    let verdicts = |object: &Value| object["verdicts"].as_array().expect("a list").clone();
    for (stored, ran) in verdicts(&together).iter().zip(&verdicts(&summary)) {
        for key in ["scenario", "verdict", "confidence", "n", "officer_hours", "classes"] {
            assert_eq!(stored[key], ran[key], "{key}");
        }
        // Times stand in files in minutes: the last bit may differ.
        for key in ["difference", "ci_low", "ci_high"] {
            let [a, b] = [stored, ran].map(|of| of[key].as_f64().expect("a number"));
            assert!((a - b).abs() < 1e-9 * a.abs(), "{key}: {a} {b}");
        }
    }
    let apart = object(home.path(), &["all:today", "apart:faster"]);
    let [one, other] = [&together, &apart].map(|object| {
        let of = verdicts(object).into_iter().find(|verdict| verdict["scenario"] == "faster");
        of.expect("it was compared")["difference"].as_f64().expect("a number")
    });
    assert_eq!(one, other);
    assert_eq!(apart["same_trucks"], true);
}

/// The same trucks are worth more than half of all runs for two more lanes, and more than nine of ten where
/// service is 5 % faster and the line is long.
#[test]
fn the_same_trucks_save_replications() {
    let home = home();
    run(home.path(), &["-o", "all"]);
    let object = object(home.path(), &["all"]);
    for (scenario, least) in [("two-lanes", 1.0), ("faster", 10.0)] {
        let of = object["verdicts"].as_array().expect("a list").iter();
        let verdict = of.clone().find(|verdict| verdict["scenario"] == scenario).expect("it was compared");
        let time = &verdict["measures"]["crossing_time.mean"];
        let [low, ratio, high] = ["variance_ratio_low", "variance_ratio", "variance_ratio_high"]
            .map(|key| time[key].as_f64().expect("a number"));
        println!("{scenario}: gain {ratio:.2} ({low:.2} to {high:.2})");
        assert!(low > least, "{scenario}: {ratio} ({low} to {high})");
    }
}

/// What did not meet the same trucks is not compared, and told what differs.
#[test]
fn other_trucks_are_refused() {
    let home = home();
    run(home.path(), &["-o", "all", "--reps", "3"]);
    run(home.path(), &["-o", "seed", "--reps", "3", "--seed", "12"]);
    run(home.path(), &["-o", "more", "--reps", "3", "--set", "demand.north.volume=+1 %"]);
    assert!(refused(home.path(), &["all", "seed"], 4).contains("seed differs (`11` and `12`)"));
    assert!(refused(home.path(), &["all", "more"], 4).contains("demand differs"));
    let manifest = home.path().join("seed/manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    fs::write(
        &manifest,
        text.replace("\"seed\": 12", "\"seed\": 11").replace("\"model_version\": 1", "\"model_version\": 0"),
    )
    .expect("written");
    assert!(refused(home.path(), &["all", "seed"], 4).contains("model version differs"));
    fs::write(&manifest, text.replace("\"demand\"", "\"demand_of_old\"")).expect("written");
    assert!(refused(home.path(), &["all", "seed"], 4).contains("older version"));
    assert!(
        refused(home.path(), &["all:nobody", "all"], 2).contains("it has `today`, `faster`, `two-lanes`")
    );
    assert!(refused(home.path(), &["nowhere", "all"], 4).contains("cannot read"));
    assert!(refused(home.path(), &[".", "all"], 4).contains("no run"));
    fs::write(home.path().join("all/tables/replications.csv"), "scenario,replication\n").expect("written");
    assert!(refused(home.path(), &["all"], 4).contains("no column `measure`"));
    run(home.path(), &["-o", "one", "--reps", "3", "--scenario", "today"]);
    assert!(refused(home.path(), &["one"], 2).contains("nothing to compare"));
}
