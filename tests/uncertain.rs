//! Uncertain inputs: worlds that are known in closed form, and ranges that cannot be.

use std::sync::atomic::AtomicBool;

use cruce::experiment::{InWorlds, Options, StudyResult, run};
use cruce::scenario::{Loaded, Overrides, load_embedded};

/// A yard: everyone is served at once, so the crossing time is the service time and nothing else. The plan serves in
/// half the time, so the difference is half the mean, and the mean is even between 60 and 110 s.
const YARD: &str = r#"
format = 1
[study]
title = "Known in closed form"
start = "2024-01-01"
run_length = "1 day"
end = "drain"
seed = 11
baseline = "today"
[precision]
replications = 20
worlds = 400
[class.all]
share = "rest"
[demand.north]
entry = "yard"
volume = "400 trucks/day"
[station.yard]
lanes.all = { servers = "unlimited" }
service = "exponential(mean = 85 s)"
next = "exit"
[scenario.today]
[scenario.half]
set."station.yard.service.mean" = "x0.5"
[uncertain]
"station.yard.service.mean" = "60..110 s"
"#;

fn load(study: &str) -> Loaded {
    load_embedded(&[("yard/study.toml", study)], &Overrides::default())
}

fn ran(study: &str, jobs: usize) -> StudyResult {
    let loaded = load(study);
    let plan = loaded.plan.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let options = Options { jobs: Some(jobs), only: None };
    run(&plan, &options, &|_| {}, &AtomicBool::new(false)).expect("it runs")
}

fn headline(result: &StudyResult) -> InWorlds {
    result.plausible.as_ref().expect("worlds").changes[0][result.headline]
}

#[test]
fn worlds_of_a_yard_are_known() {
    let result = ran(YARD, 2);
    let change = headline(&result);
    // Half of a mean that is even between 60 and 110 s: -42.5 s, sd 25 / sqrt(12) = 7.217 s, 95 % between
    // -54.375 and -30.625 s. The chance of a run, 85 / 2 / sqrt(400) = 2.1 s or so, is taken out.
    let (sd, n) = (25.0 / 12.0f64.sqrt(), 400.0f64);
    let close = |name: &str, found: Option<f64>, known: f64, error: f64| {
        let off = (found.expect(name) - known) / error;
        println!("{name}: {found:?}, known {known:.3}: {off:+.2} standard errors");
        assert!(off.abs() < 3.5, "{name}");
    };
    close("mean", change.mean.mean, -42.5, sd / n.sqrt());
    // The sample variance of an even law has kurtosis 1.8: relative error of the sd is sqrt(0.8 / 4 n).
    close("input sd", change.input_sd, sd, sd * (0.8 / (4.0 * n)).sqrt());
    // Exponential times of 400 trucks a day: sd of a run's mean difference is 0.5 mean / sqrt(400), and
    // E mean squared is 85 squared + 4 sd squared.
    let run = 0.5 * (85.0f64 * 85.0 + 4.0 * sd * sd).sqrt() / 400.0f64.sqrt();
    // Of 3 n degrees of freedom.
    close("run sd", change.run_sd, run, run / (2.0 * 3.0 * n).sqrt());
    // An order statistic at 2.5 % of a range of 25 s: 25 sqrt(0.025 x 0.975 / n).
    let end = 25.0 * (0.025f64 * 0.975 / n).sqrt();
    close("low", change.low, -54.375, end.hypot(0.3));
    close("high", change.high, -30.625, end.hypot(0.3));
    assert_eq!(change.better.map(|ends| ends[0]), Some(1.0));
    let sentence = &result.comparisons[0].sentence;
    assert!(
        sentence.contains("over plausible worlds −5") && sentence.ends_with("better in 100 % of them"),
        "{sentence}"
    );
}

/// Without taking chance out the interval would be too wide: where nothing is uncertain that matters, it is a point.
#[test]
fn chance_of_runs_is_no_uncertainty_of_inputs() {
    let study = YARD.replace(
        "\"station.yard.service.mean\" = \"60..110 s\"",
        "\"demand.north.volume\" = \"400..401 trucks/day\"",
    );
    let change = headline(&ran(&study, 2));
    let (input, run) = (change.input_sd.expect("sd"), change.run_sd.expect("sd"));
    assert!(input < run / 3.0, "{input} beside {run}");
}

/// A plan that fixes what is uncertain is better only where the others fare worse: today is even between 60 and
/// 145 s, the plan takes 85 s, so it is better in 60 of 85 worlds.
#[test]
fn better_in_so_many_worlds() {
    let fixed = "set.\"station.yard.service\" = \"85 s\"";
    let study =
        YARD.replace("set.\"station.yard.service.mean\" = \"x0.5\"", fixed).replace("60..110 s", "60..145 s");
    let change = headline(&ran(&study, 2));
    let [share, low, high] = change.better.expect("a share");
    println!("better in {share} ({low} to {high}) of worlds, known {}", 60.0 / 85.0);
    let error = (60.0f64 / 85.0 * (25.0 / 85.0) / 400.0).sqrt();
    assert!((share - 60.0 / 85.0).abs() < 3.5 * error && low < 60.0 / 85.0 && 60.0 / 85.0 < high);
}

#[test]
fn threads_and_more_worlds_change_nothing() {
    let few = YARD.replace("worlds = 400", "worlds = 20");
    let of = |study: &str, jobs| serde_json::to_string(&ran(study, jobs).plausible).expect("it is data");
    assert_eq!(of(&few, 1), of(&few, 2));
    let more = ran(&YARD.replace("worlds = 400", "worlds = 40"), 2).plausible.expect("worlds");
    let less = ran(&few, 2).plausible.expect("worlds");
    for (a, b) in less.worlds.iter().zip(&more.worlds) {
        assert_eq!((&a.inputs, &a.headline), (&b.inputs, &b.headline));
    }
}

#[test]
fn what_cannot_be_an_input_is_told() {
    let check = |key: &str, value: &str, code: &str, words: &str| {
        let study =
            YARD.replace("\"station.yard.service.mean\" = \"60..110 s\"", &format!("\"{key}\" = {value}"));
        let loaded = load(&study);
        assert!(loaded.plan.is_none(), "{key} = {value}");
        let told = loaded.diagnostics.iter().find(|found| found.is_error()).expect("an error");
        let all = format!("{} {} {:?}", told.message, told.code, told);
        assert!(told.code == code && all.contains(words), "{key} = {value}: {all}");
        assert!(told.place.is_some(), "{key} = {value}");
    };
    check("station.yard.servce.mean", "\"60..110 s\"", "E0107", "service");
    check("station.yard.service.mean", "\"110..60 s\"", "E0361", "empty");
    check("station.yard.service.mean", "\"70 s\"", "E0361", "range");
    check("station.yard.service.mean", "70", "E0361", "one value");
    check("station.yard.service", "\"60..110 s\"", "E0361", ".mean");
    check("station.yard.service.mean", "\"normal(60 s, 5 s)\"", "E0361", "law");
    check("station.yard.service.mean", "\"60..110 trucks\"", "E0202", "");
    check("station.yard.service", "[\"80 s\", \"nothing\", \"90 s\"]", "E0207", "nothing");
    check("study.seed", "\"1..5\"", "E0117", "whole study");
    let few = YARD.replace("worlds = 400", "worlds = 3");
    assert!(load(&few).diagnostics.iter().any(|found| found.code == "E0350"));
}
