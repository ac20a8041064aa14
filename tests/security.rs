//! Security against its formulas: what is found, whom is looked at, what a late manifest costs.
//!
//! A score is normal with mean 0 and deviation 1 for trucks that hide nothing, mean d and deviation s for
//! those that do (unequal-variance binormal; Dorfman and Alf 1969, Green and Swets 1966). With a threshold
//! t, a random rate r and an examination that sees a violation with chance e, a violation is found with
//! chance e (r + (1 − r) Φ((d − t)/s)), and a truck that hides nothing is referred with (1 − r) Φ(−t). All
//! within 3.5 standard errors of the mean over replications; seeds are fixed.

use std::sync::atomic::AtomicBool;

use cruce::experiment::{Options, StudyResult, run};
use cruce::report::layout::Look;
use cruce::report::summary::comparison;
use cruce::scenario::{Overrides, load_embedded};
use statrs::distribution::{ContinuousCDF, Normal};

/// Bars of statistical tests, in standard errors.
const BAR: f64 = 3.5;

fn study(text: &str, set: &[(&str, &str)]) -> StudyResult {
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let loaded = load_embedded(&[("security/study.toml", text)], &Overrides { set, ..Overrides::default() });
    let told = loaded.sources.render(&loaded.diagnostics, false);
    let plan = loaded.plan.unwrap_or_else(|| panic!("{told}"));
    run(&plan, &Options::default(), &|_| {}, &AtomicBool::new(false)).expect("the study runs")
}

/// Mean of a measure over replications, and its standard error.
fn estimate(result: &StudyResult, scenario: &str, measure: &str) -> (f64, f64) {
    let scenario = result.scenarios.iter().find(|found| found.name == scenario).expect("it is in the file");
    let place = result.find(measure).unwrap_or_else(|| panic!("no measure {measure}"));
    let found = &scenario.estimates[place];
    let mean = found.mean.unwrap_or_else(|| panic!("nothing observed of {measure}"));
    (mean, found.sd.map_or(f64::NAN, |sd| sd / f64::from(found.n).sqrt()))
}

/// Holds a mean to its exact value; the distance in standard errors is told back.
fn holds(result: &StudyResult, scenario: &str, measure: &str, exact: f64) -> f64 {
    let (mean, error) = estimate(result, scenario, measure);
    let distance = if error > 1e-12 { (mean - exact) / error } else { (mean - exact) / 1e-12 };
    println!("{measure}: exact {exact:.5}, mean {mean:.5}, standard error {error:.5}, {distance:+.2}");
    assert!(distance.abs() <= BAR, "{measure}: {mean} ± {error}, exact {exact}: {distance:+.2}");
    distance
}

fn tail(x: f64) -> f64 {
    Normal::new(0.0, 1.0).expect("a normal law").cdf(-x)
}

const PORT: &str = r#"
format = 1
[study]
title = "A generic port"
start = "2024-01-01"
run_length = "1 day"
seed = 11
[precision]
replications = 30
[class.all]
share = "rest"
[violation.narcotics]
rate = "5 %"
separation = 1
spread = 1
[demand.north]
entry = "primary"
volume = "4000 trucks/day"
[station.primary]
lanes.all = { servers = "unlimited" }
service = "1 min"
random_exam = "2 %"
random_to = "exam"
refer.exam = "100 % from 1"
next = "exit"
[station.scan]
lanes.all = { servers = "unlimited" }
service = "3 min"
sees.narcotics = "80 %"
false_alarm = "5 %"
alarm = "exam"
next = "exit"
[station.review]
lanes.all = { servers = "unlimited" }
service = "3 min"
next = "exit"
[station.exam]
lanes.all = { servers = "unlimited" }
service = "30 min"
sees.narcotics = "90 %"
next = "exit"
[demand.unused]
entry = "scan"
volume = "0 trucks/day"
[demand.unused-too]
entry = "review"
volume = "0 trucks/day"
"#;

/// d, s, threshold, base rate, random rate, and whether a scan stands before the examination.
type Setting = (f64, f64, f64, f64, f64, bool);

const SETTINGS: [Setting; 10] = [
    (1.0, 1.0, 1.0, 0.05, 0.02, false),
    (2.0, 1.0, 2.0, 0.05, 0.02, false),
    (0.5, 1.0, 1.5, 0.20, 0.00, false),
    (1.5, 2.0, 2.0, 0.02, 0.05, false),
    (3.0, 0.5, 2.5, 0.01, 0.01, false),
    (0.0, 1.0, 0.5, 0.10, 0.10, false),
    (1.0, 1.0, 1.0, 0.05, 0.02, true),
    (2.0, 1.5, 1.5, 0.05, 0.05, true),
    (2.5, 0.8, 2.0, 0.02, 0.00, true),
    (1.0, 2.0, -0.5, 0.30, 0.10, true),
];

/// Chances that the rules of [`PORT`] give: found if it hides something; examined, by what it hides;
/// referred though it hides nothing.
fn by_formula((d, s, t, rate, random, scan): Setting) -> [f64; 3] {
    let (sees, false_alarm, found) = (0.8, 0.05, 0.9);
    let guilty = tail((t - d) / s);
    let innocent = tail(t);
    let through = |alarm: f64| if scan { alarm } else { 1.0 };
    let examined = |score: f64, alarm: f64| random + (1.0 - random) * score * through(alarm);
    let detection = found * examined(guilty, sees);
    let inspected = rate * examined(guilty, sees) + (1.0 - rate) * examined(innocent, false_alarm);
    [detection, inspected, (1.0 - random) * innocent]
}

fn at_setting(setting: Setting) -> StudyResult {
    let (d, s, t, rate, random, scan) = setting;
    let place = if scan { "scan" } else { "exam" };
    let refer = format!("{{ {place} = \"100 % from {t}\" }}");
    let (d, s) = (d.to_string(), s.to_string());
    let (rate, random) = (format!("{} %", rate * 100.0), format!("{} %", random * 100.0));
    study(
        PORT,
        &[
            ("violation.narcotics.separation", &d),
            ("violation.narcotics.spread", &s),
            ("violation.narcotics.rate", &rate),
            ("station.primary.random_exam", &random),
            ("station.primary.refer", &refer),
        ],
    )
}

#[test]
fn detection_and_false_referrals_are_those_of_the_binormal_formulas() {
    let mut worst: f64 = 0.0;
    for setting in SETTINGS {
        println!("d, s, threshold, base rate, random rate, scan: {setting:?}");
        let result = at_setting(setting);
        let [detection, inspected, suspected] = by_formula(setting);
        let distances = [
            holds(&result, "base", "detection.narcotics", detection),
            holds(&result, "base", "detection_counted.narcotics", detection),
            holds(&result, "base", "inspected_share", inspected),
            holds(&result, "base", "false_referral_share", suspected),
        ];
        worst =
            distances.into_iter().fold(worst, |worst, one| if one.abs() > worst.abs() { one } else { worst });
    }
    println!("farthest of all: {worst:+.2} standard errors");
}

/// The expectation agrees with what is counted, and needs far fewer replications for the same interval:
/// the ratio of the variances of the two, at violations as rare as 1 %.
#[test]
fn expectation_saves_variance_over_counting() {
    let result = study(PORT, &[("violation.narcotics.rate", "1 %")]);
    let (expected, error) = estimate(&result, "base", "detection.narcotics");
    let (counted, counted_error) = estimate(&result, "base", "detection_counted.narcotics");
    let saved = (counted_error / error) * (counted_error / error);
    println!(
        "expected {expected:.4} ± {error:.5}, counted {counted:.4} ± {counted_error:.5}: {saved:.0} times"
    );
    let apart = (expected - counted) / f64::hypot(error, counted_error);
    assert!(apart.abs() <= BAR, "{apart:+.2} standard errors apart");
    assert!(saved > 50.0, "{saved}");
}

/// Whatever the policy and however good the score, the random rate is kept: a score that sends nobody
/// leaves exactly the random picks, and no policy examines fewer.
#[test]
fn random_examination_is_kept_under_every_policy() {
    let rate = 0.02;
    let none = study(PORT, &[("station.primary.refer", r#"{ exam = "none" }"#)]);
    holds(&none, "base", "inspected_share", rate);
    for policy in ["100 % from 2", "100 % of the top 5 %", "40 % from 0.5", "10 % of all"] {
        let text = format!(r#"{{ exam = "{policy}" }}"#);
        let result = study(PORT, &[("station.primary.refer", &text)]);
        let pairs = none.scenarios[0].values.iter().zip(&result.scenarios[0].values);
        let place = result.find("inspected_share").expect("it is measured");
        // Common random numbers: the same trucks are picked, and more beside.
        assert!(pairs.clone().all(|(none, all)| none[place] < all[place]), "{policy}");
        let sent = |share: f64| rate + (1.0 - rate) * share;
        let mixed = |t: f64| 0.95 * tail(t) + 0.05 * tail(t - 1.0);
        let share = match policy {
            "100 % from 2" => mixed(2.0),
            "100 % of the top 5 %" => 0.05,
            "40 % from 0.5" => 0.4 * mixed(0.5),
            _ => 0.1,
        };
        holds(&result, "base", "inspected_share", sent(share));
    }
}

/// At the same inspected share a better score never misses more, replication by replication: the trucks
/// are the same, and so are their draws.
#[test]
fn a_better_score_never_misses_more_at_the_same_share() {
    let refer = ("station.primary.refer", r#"{ exam = "100 % of the top 8 %" }"#);
    let mut before: Option<StudyResult> = None;
    for separation in ["0", "0.5", "1", "1.5", "2", "3"] {
        let result = study(PORT, &[refer, ("violation.narcotics.separation", separation)]);
        let place = result.find("detection.narcotics").expect("it is measured");
        holds(&result, "base", "inspected_share", 0.02 + 0.98 * 0.08);
        if let Some(before) = &before {
            let pairs = before.scenarios[0].values.iter().zip(&result.scenarios[0].values);
            for (worse, better) in pairs {
                assert!(worse[place] < better[place], "{} {}", worse[place], better[place]);
            }
        }
        before = Some(result);
    }
}

const CLASSES: &str = r#"
format = 1
[study]
title = "Three classes"
start = "2024-01-01"
run_length = "1 day"
baseline = "all"
seed = 5
[precision]
replications = 10
[class.empty]
share = "30 % of trucks"
[class.fast]
share = "20 % of trucks"
[class.standard]
share = "rest"
[violation.narcotics]
rate = "1 %"
separation = 1.5
[demand.north]
entry = "primary"
volume = "3000 trucks/day"
[station.primary]
lanes.all = { servers = "unlimited" }
service = "1 min"
random_exam = "1 %"
random_to = "exam"
refer.exam = "100 % of the top 10 %"
next = "exit"
[station.exam]
lanes.all = { servers = "unlimited" }
service = "30 min"
sees.narcotics = "90 %"
next = "exit"
[scenario.all]
[scenario.empties-exempt]
set.station.primary.refer.exam.empty = "none"
"#;

/// Exempting a class leaves an adversary that class: its detection is what random examination finds, and
/// the verdict names it.
#[test]
fn an_exempt_class_is_the_softest_and_the_verdict_says_so() {
    let result = study(CLASSES, &[]);
    holds(&result, "empties-exempt", "worst_detection.narcotics", 0.9 * 0.01);
    holds(&result, "empties-exempt", "detection.narcotics.empty", 0.9 * 0.01);
    let comparison = &result.comparisons[0];
    let change = &comparison.detection[0];
    assert!(change.worst.high().expect("an interval") < -0.1, "{:?}", change.worst);
    assert_eq!(change.softest.as_ref().map(|(class, _)| class.as_str()), Some("empty"));
    let said = "softest class empty at 0.9 %";
    assert!(comparison.sentence.contains(said), "{}", comparison.sentence);
    // The others are examined as before.
    let place = result.find("detection.narcotics.standard").expect("it is measured");
    let pairs = result.scenarios[0].values.iter().zip(&result.scenarios[1].values);
    assert!(pairs.clone().all(|(all, exempt)| all[place] == exempt[place]));
}

/// A joint examination clears trucks of the second one: 10 % are opened by one side, 10 % by the other
/// of the rest, so that together 19 % of trucks are opened once, where 20 % of openings were two apart.
#[test]
fn who_was_examined_jointly_is_not_examined_again() {
    const BOTH: &str = r#"
format = 1
[study]
title = "Two examinations"
start = "2024-01-01"
run_length = "1 day"
[precision]
replications = 20
[class.all]
share = "rest"
[violation.narcotics]
rate = "2 %"
[demand.north]
entry = "export"
volume = "3000 trucks/day"
[station.export]
lanes.all = { servers = "unlimited" }
service = "1 min"
random_exam = "10 %"
random_to = "first"
next = "primary"
[station.first]
lanes.all = { servers = "unlimited" }
service = "60 min"
sees.narcotics = "50 %"
next = "primary"
[station.primary]
lanes.all = { servers = "unlimited" }
service = "1 min"
refer.second = "10 % of all"
next = "exit"
[station.second]
lanes.all = { servers = "unlimited" }
service = "60 min"
sees.narcotics = "80 %"
next = "exit"
"#;
    let apart = study(BOTH, &[]);
    let joint = study(BOTH, &[("station.first.clears", r#"["second"]"#)]);
    holds(&apart, "base", "inspected_share", 0.19);
    holds(&joint, "base", "inspected_share", 0.19);
    // Exams last an hour and begin 1 min after arrival, or 2 min, or 62 min after another; what they last beyond the
    // day is not counted: of one that begins after a, min(60, a + s) where s is left of the day, 60 a + 1800 over all s.
    let beyond = |share: f64, after: f64| 3000.0 / 1440.0 * share * (60.0 * after + 1800.0) / 60.0;
    let first = 300.0 - beyond(0.1, 1.0);
    let second = 270.0 - beyond(0.09, 2.0);
    holds(&apart, "base", "exam_hours", first + second + 30.0 - beyond(0.01, 62.0));
    holds(&joint, "base", "exam_hours", first + second);
    // Found by the first, or by the second if it goes there.
    holds(&apart, "base", "detection.narcotics", 1.0 - (1.0 - 0.1 * 0.5) * (1.0 - 0.1 * 0.8));
    holds(&joint, "base", "detection.narcotics", 0.1 * 0.5 + 0.9 * 0.1 * 0.8);
}

const PAPER: &str = r#"
format = 1
[study]
title = "Manifests"
start = "2024-01-01"
run_length = "1 day"
[precision]
replications = 20
[class.all]
share = "rest"
[violation.narcotics]
rate = "4 %"
separation = 2
[manifest]
lead = "uniform(0 min, 200 min)"
missing = "10 %"
processing = "20 min"
[demand.north]
entry = "gate"
volume = "3000 trucks/day"
[station.gate]
lanes.all = { servers = "unlimited" }
service = "1 min"
late = "hold"
next = "primary"
[station.primary]
lanes.all = { servers = 60 }
service = "1 min"
refer.exam = "100 % from 1"
next = "exit"
[station.exam]
lanes.all = { servers = "unlimited" }
service = "30 min"
sees.narcotics = "90 %"
next = "exit"
"#;

/// Leads are uniform from 0 to 200 min and an hour is required: 30 % of those filed and all that are
/// missing are late; they are held for the rest of the hour, 30 min on average, or all of it.
#[test]
fn late_manifests_are_holds_with_their_share_of_delay() {
    let result = study(PAPER, &[]);
    let late = 0.1 + 0.9 * 0.3;
    holds(&result, "base", "held_share", late);
    holds(&result, "base", "hold_hours", 3000.0 * (0.1 + 0.9 * 0.3 * 0.5));
    // There are booths enough that nobody waits for anything else.
    let (share, _) = estimate(&result, "base", "hold_share_of_delay");
    assert!(share > 0.99, "{share}");
    let (delay, _) = estimate(&result, "base", "delay.mean");
    let (hold, _) = estimate(&result, "base", "wait.gate.mean");
    assert!((delay - hold).abs() < 1.0, "{delay} {hold}");
    // Held trucks have their score by then, so all have one.
    holds(&result, "base", "detection.narcotics", 0.9 * tail(1.0 - 2.0));
}

/// Without a hold those are let on that were filed less than 20 min before: they have no score.
#[test]
fn who_comes_before_targeting_is_done_has_no_score() {
    let on = study(PAPER, &[("station.gate.late", "exam")]);
    // All that are late are examined, held up by nothing.
    let late = 0.1 + 0.9 * 0.3;
    holds(&on, "base", "held_share", late);
    let score = tail(1.0 - 2.0);
    // From the examination they leave; the others are examined by score.
    holds(&on, "base", "detection.narcotics", 0.9 * (late + (1.0 - late) * score));
    let let_on = study(PAPER, &[("station.gate.late", "primary")]);
    let scored = 0.9 * 0.9;
    holds(&let_on, "base", "detection.narcotics", 0.9 * scored * score);
}

/// A quarter of the manifests, all filed 100 min before, are wrong and filed anew 0 to 200 min later. After 40 min that
/// is late (four fifths of them), after 80 min there is no score when the truck comes (three fifths).
#[test]
fn wrong_manifests_count_from_the_second_filing() {
    let quality = r#"{ right = {}, wrong = { share = "25 %", corrected = "uniform(0 min, 200 min)" } }"#;
    let filed = [("manifest.quality", quality), ("manifest.lead", "100 min"), ("manifest.missing", "0 %")];
    let held = study(PAPER, &filed);
    holds(&held, "base", "held_share", 0.25 * 0.8);
    // Held until an hour after the second filing: C - 40 min, 80 min on average.
    holds(&held, "base", "hold_hours", 3000.0 * 0.25 * 0.8 * 80.0 / 60.0);
    let scored = 0.75 + 0.25 * 0.4;
    let let_on = study(PAPER, &[filed[0], filed[1], filed[2], ("station.gate.late", "primary")]);
    holds(&let_on, "base", "detection.narcotics", 0.9 * scored * tail(1.0 - 2.0));
    // The top tenth is a tenth of those that have a score.
    let top = ("station.primary.refer.exam", "100 % of the top 10 %");
    let top = study(PAPER, &[filed[0], filed[1], filed[2], ("station.gate.late", "primary"), top]);
    holds(&top, "base", "inspected_share", 0.1 * scored);
}

/// Odds of 3 for partial manifests, a quarter of all: the class keeps its rate, and the partial ones hide
/// three times as much in odds. What targeting makes of them is half as far apart.
#[test]
fn qualities_share_out_the_rate_of_their_class() {
    let quality = r#"{ full = {}, partial = { share = "25 %", odds = 3, separation = 0.5 } }"#;
    let result =
        study(PAPER, &[("manifest.quality", quality), ("manifest.lead", "5 h"), ("manifest.missing", "0 %")]);
    // p/(1-p) of the full ones is o, of the partial ones 3 o, and 0.75 p + 0.25 q = 0.04.
    let (mut low, mut high) = (0.0_f64, 0.04_f64);
    let partial = |full: f64| 3.0 * full / (1.0 + 2.0 * full);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if 0.75 * middle + 0.25 * partial(middle) < 0.04 { low = middle } else { high = middle }
    }
    let (full, partial) = (low, partial(low));
    let found = 0.75 * full * tail(1.0 - 2.0) + 0.25 * partial * tail(1.0 - 1.0);
    holds(&result, "base", "detection.narcotics", 0.9 * found / 0.04);
    holds(&result, "base", "detection_counted.narcotics", 0.9 * found / 0.04);
    holds(&result, "base", "finds.narcotics", 3000.0 * 0.9 * found);
}

/// Any law of scores: exponential ones of mean 1 for all and of mean 3 for those that hide something.
#[test]
fn scores_may_have_any_law() {
    let laws = [
        ("manifest.score", "exponential(mean = 1)"),
        ("violation.narcotics", r#"{ rate = "4 %", score = "exponential(mean = 3)" }"#),
        ("station.primary.refer.exam", "100 % from 2"),
        ("manifest.lead", "5 h"),
        ("manifest.missing", "0 %"),
    ];
    let result = study(PAPER, &laws);
    holds(&result, "base", "detection.narcotics", 0.9 * (-2.0_f64 / 3.0).exp());
    holds(&result, "base", "false_referral_share", (-2.0_f64).exp());
}

/// A trace says what trucks hide and how they score: nothing of it is drawn.
#[test]
fn a_trace_brings_scores_and_violations() {
    let rows = r#"{ entry = "gate", trace.1 = { arrival = "10 min", class = "all", score = 2, violation = "narcotics" }, trace.2 = { arrival = "20 min", class = "all", score = 0.5, violation = "narcotics" }, trace.3 = { arrival = "30 min", class = "all", score = 3, violation = "none" }, trace.4 = { arrival = "40 min", class = "all", score = -1, violation = "none" } }"#;
    let result = study(
        PAPER,
        &[
            ("demand.north.volume", "0 trucks/day"),
            ("demand.listed", rows),
            ("manifest.lead", "5 h"),
            ("manifest.missing", "0 %"),
        ],
    );
    for (measure, exact) in [
        ("detection.narcotics", 0.45),
        ("inspected_share", 0.5),
        ("false_referral_share", 0.5),
        ("exam_hours", 1.0),
        ("trucks.crossed", 4.0),
    ] {
        let (mean, error) = estimate(&result, "base", measure);
        assert!((mean - exact).abs() < 1e-12 && error < 1e-12, "{measure}: {mean} ± {error}");
    }
}

/// One machine (3 min), one analyst (10 min an image), a quarter of an hour to the gate (2 min), which
/// stops a truck whose image has raised an alarm by the end of its service. Three trucks that all hide
/// something the analyst sees, in minutes:
///
/// | truck | comes | machine | image read | at the gate | stopped | gone |
/// |---|---|---|---|---|---|---|
/// | 1 | 0 | 0–3 | 3–13 | 18–20 | yes | 50 |
/// | 2 | 4 | 4–7 | 13–23 | 22–24 | yes | 54 |
/// | 3 | 8 | 8–11 | 23–33 | 26–28 | too late | 28 |
const RELEASE: &str = r#"
format = 1
[study]
title = "Trucks that do not wait for the result"
start = "2024-01-01"
run_length = "2 h"
[precision]
replications = 2
[class.all]
share = "rest"
[violation.narcotics]
rate = "10 %"
[demand.listed]
entry = "scan"
trace.1 = { arrival = "0 min", class = "all", violation = "narcotics" }
trace.2 = { arrival = "4 min", class = "all", violation = "narcotics" }
trace.3 = { arrival = "8 min", class = "all", violation = "narcotics" }
[station.scan]
lanes.all = { servers = 1 }
service = "3 min"
next = "review"
[station.review]
lanes.all = { servers = 1 }
service = "10 min"
sees.narcotics = "100 %"
alarm = "exam"
release = true
next = "lot"
[road.lot]
travel = "15 min"
next = "gate"
[station.gate]
lanes.all = { servers = 2 }
service = "2 min"
recalls = true
next = "exit"
[station.exam]
lanes.all = { servers = "unlimited" }
service = "30 min"
sees.narcotics = "100 %"
next = "exit"
"#;

fn is(result: &StudyResult, measure: &str, exact: f64) {
    let (mean, error) = estimate(result, "base", measure);
    assert!((mean - exact).abs() < 1e-9 && error < 1e-9, "{measure}: {mean} ± {error}, exact {exact}");
}

#[test]
fn a_result_that_comes_after_the_gate_comes_too_late() {
    let result = study(RELEASE, &[]);
    let minutes = |minutes: f64| minutes * 60.0;
    is(&result, "trucks.crossed", 3.0);
    is(&result, "crossing_time.mean", minutes((50.0 + 50.0 + 20.0) / 3.0));
    is(&result, "wait.review.mean", minutes((0.0 + 6.0 + 12.0) / 3.0));
    is(&result, "utilization.review.mean", 30.0 / 120.0);
    is(&result, "results_in_time", 2.0 / 3.0);
    is(&result, "scanned_share", 1.0);
    is(&result, "inspected_share", 2.0 / 3.0);
    is(&result, "detection_counted.narcotics", 2.0 / 3.0);
    is(&result, "detection.narcotics", 2.0 / 3.0);
    // Images are at the review, and no trucks of the crossing: 120 truck-minutes in 120 minutes.
    is(&result, "in_system.mean", 1.0);
    is(&result, "in_system.review.mean", (10.0 + 16.0 + 22.0) / 120.0);
    // Who waits for the result is never let past it.
    let waits = study(RELEASE, &[("station.review.release", "false")]);
    is(&waits, "detection.narcotics", 1.0);
    is(&waits, "crossing_time.mean", minutes((43.0 + 49.0 + 55.0) / 3.0));
}

/// Poisson trucks, scans by score, analysts in a queue: the expectation takes the share of results that
/// came in time from the images there were, and agrees with what was found.
#[test]
fn the_expectation_knows_how_many_results_come_in_time() {
    let trucks = r#"{ entry = "scan", volume = "3000 trucks/day" }"#;
    let set = [
        ("study.run_length", "1 day"),
        ("precision.replications", "40"),
        ("demand.listed", r#"{ entry = "scan", volume = "0 trucks/day" }"#),
        ("demand.north", trucks),
        ("station.scan.lanes.all.servers", "unlimited"),
        ("station.scan.service", "1 min"),
        ("station.scan.next", "gate"),
        ("station.scan.refer", r#"{ review = "100 % from 0.5" }"#),
        ("violation.narcotics.separation", "1"),
        ("station.review.lanes.all.servers", "8"),
        ("station.review.sees.narcotics", "80 %"),
        ("station.review.false_alarm", "5 %"),
        ("station.gate.lanes.all.servers", "unlimited"),
        ("road.lot.travel", "gamma(mean = 15 min, cv = 0.3)"),
        ("road.lot.overtaking", "true"),
    ];
    let result = study(RELEASE, &set);
    let (in_time, _) = estimate(&result, "base", "results_in_time");
    assert!((0.2..0.9).contains(&in_time), "{in_time}");
    println!("in time {in_time:.3}");
    let expected = agree(&result, "narcotics");
    let (_, error) = estimate(&result, "base", "detection.narcotics");
    let exact = 0.8 * tail(0.5 - 1.0) * in_time;
    assert!((expected - exact).abs() < BAR * error + 0.005, "{expected} {exact}");
}

/// Three consignments of which 95 % are certified: 0.95³ of the trucks that apply stay; with a geometric
/// number of mean 2 (P(N = n) = 1/2ⁿ) it is p/(2 − p).
#[test]
fn one_consignment_disqualifies_the_load() {
    let certified = ("class.fast.certified", "95 %");
    let otherwise = ("class.fast.otherwise", "standard");
    for (consignments, kept) in [("1", 0.95), ("3", 0.95 * 0.95 * 0.95), ("geometric(mean = 2)", 0.95 / 1.05)]
    {
        let result = study(CLASSES, &[certified, otherwise, ("class.fast.consignments", consignments)]);
        holds(&result, "all", "trucks.fast.entered", 3000.0 * 0.2 * kept);
        holds(&result, "all", "trucks.standard.entered", 3000.0 * (0.5 + 0.2 * (1.0 - kept)));
        // Who is no FAST truck to begin with stays what it is, truck by truck.
        let before = study(CLASSES, &[]);
        let place = before.find("trucks.empty.entered").expect("it is measured");
        let pairs = before.scenarios[0].values.iter().zip(&result.scenarios[0].values);
        assert!(pairs.clone().all(|(before, now)| before[place] == now[place]));
    }
}

/// Detection as expected and as counted, no more than [`BAR`] standard errors apart.
fn agree(result: &StudyResult, kind: &str) -> f64 {
    let (expected, error) = estimate(result, "base", &format!("detection.{kind}"));
    let (counted, counted_error) = estimate(result, "base", &format!("detection_counted.{kind}"));
    println!("expected {expected:.4} ± {error:.4}, counted {counted:.4} ± {counted_error:.4}");
    let apart = (expected - counted) / f64::hypot(error, counted_error);
    assert!(apart.abs() <= BAR, "{apart:+.2} standard errors apart");
    expected
}

/// Everybody is examined from ten in the morning on, and examinations take two hours: who is under way meets both
/// rules, so that what is found can only be counted.
#[test]
fn what_is_found_across_an_event_is_counted() {
    let event = r#"{ from = "10:00", set = { "station.primary.random_exam" = "100 %" } }"#;
    let set = [
        ("event.alert", event),
        ("violation.narcotics.rate", "20 %"),
        ("station.primary.service", "3 h"),
        ("station.primary.refer", "{}"),
        ("station.primary.random_exam", "0 %"),
    ];
    let result = study(PORT, &set);
    let (expected, _) = estimate(&result, "base", "detection.narcotics");
    let (counted, _) = estimate(&result, "base", "detection_counted.narcotics");
    assert_eq!(expected.to_bits(), counted.to_bits());
    // Who comes after seven in the morning is served after ten: 17 of 24 hours, 90 % of them are found.
    holds(&result, "base", "detection.narcotics", 0.9 * 17.0 / 24.0);
    // A change that trucks meet only as they come leaves the expectation.
    let more = r#"{ from = "10:00", set = { "violation.narcotics.rate" = "10 %" } }"#;
    let result = study(PORT, &[("event.alert", more)]);
    agree(&result, "narcotics");
    let saved = |measure: &str| estimate(&result, "base", measure).1;
    assert!(saved("detection.narcotics") < 0.4 * saved("detection_counted.narcotics"));
}

/// A share of all and a share by score at one station: only the latter are suspected.
#[test]
fn a_share_of_all_is_no_suspicion_beside_a_score() {
    let set = [
        ("station.primary.refer", r#"{ exam = "50 % from 0", scan = "50 % of all" }"#),
        ("station.scan.false_alarm", "0 %"),
    ];
    let result = study(PORT, &set);
    holds(&result, "base", "false_referral_share", 0.98 * 0.5 * 0.5);
    let by_score = 0.95 * 0.5 * 0.5 + 0.05 * 0.5 * tail(-1.0);
    holds(&result, "base", "scanned_share", 0.98 * (1.0 - by_score) * 0.5);
}

/// Where all scores are alike, "the top 10 %" are still 10 %.
#[test]
fn equal_scores_are_no_more_than_the_top_share() {
    let set = [
        ("manifest", r#"{ lead = "5 h", score = "constant(1)" }"#),
        ("violation.narcotics", r#"{ rate = "5 %", score = "constant(1)" }"#),
        ("station.primary.refer.exam", "80 % of the top 10 %"),
    ];
    let result = study(PORT, &set);
    holds(&result, "base", "inspected_share", 0.02 + 0.98 * 0.08);
    let (detection, error) = estimate(&result, "base", "detection.narcotics");
    assert!((detection - 0.9 * (0.02 + 0.98 * 0.08)).abs() < 1e-9 && error < 1e-9, "{detection}");
}

/// Half of all are examined jointly, and half of those are sent by a road to the docks for the same: nobody goes.
#[test]
fn who_is_cleared_takes_no_road_there() {
    let set = [
        ("station.primary.random_exam", "0 %"),
        ("station.primary.refer", r#"{ joint = "50 % of all" }"#),
        (
            "station.joint",
            r#"{ lanes.all.servers = "unlimited", service = "30 min", sees.narcotics = "50 %", clears = ["exam"], route.dock = "50 %", next = "exit" }"#,
        ),
        ("road.dock", r#"{ travel = "5 min", next = "exam" }"#),
    ];
    let joint = study(PORT, &set);
    is(&joint, "detection.narcotics", 0.5 * 0.5);
    agree(&joint, "narcotics");
    let without = set[2].1.replace(r#"clears = ["exam"], "#, "");
    let again = study(PORT, &[set[0], set[1], ("station.joint", &without), set[3]]);
    is(&again, "detection.narcotics", 0.5 * (0.5 + 0.5 * 0.5 * 0.9));
}

/// A documents desk sends late trucks back to the gate; there they are late no more.
#[test]
fn a_late_manifest_is_dealt_with_once() {
    let set = [
        ("station.gate.late", "desk"),
        ("station.desk", r#"{ lanes.all.servers = "unlimited", service = "20 min", next = "gate" }"#),
    ];
    let result = study(PAPER, &set);
    let late = 0.1 + 0.9 * 0.3;
    holds(&result, "base", "held_share", late);
    agree(&result, "narcotics");
}

/// Images of one truck are read one after another, some before others that were taken earlier: what one of them has shown
/// is not forgotten.
#[test]
fn every_image_of_a_truck_counts() {
    let set = [
        ("study.run_length", "1 day"),
        ("precision.replications", "40"),
        ("demand.listed", r#"{ entry = "scan", volume = "2000 trucks/day" }"#),
        ("violation.narcotics.rate", "30 %"),
        ("station.scan.lanes.all.servers", "unlimited"),
        ("station.scan.service", "1 min"),
        ("station.review.lanes.all.servers", "unlimited"),
        ("station.review.service", "exponential(mean = 4 min)"),
        ("station.review.sees.narcotics", "60 %"),
        ("station.review.next", "turn"),
        (
            "station.turn",
            r#"{ lanes.all.servers = "unlimited", service = "1 min", route.scan = "50 %", next = "lot" }"#,
        ),
        ("station.gate.lanes.all.servers", "unlimited"),
        ("road.lot.travel", "2 h"),
        ("road.lot.overtaking", "true"),
    ];
    let result = study(RELEASE, &set);
    is(&result, "results_in_time", 1.0);
    // Missed by all of N images, N geometric of mean 2: (q/2)/(1 - q/2) with q = 0.4.
    is(&result, "detection.narcotics", 1.0 - 0.2 / 0.8);
    holds(&result, "base", "detection_counted.narcotics", 1.0 - 0.2 / 0.8);
}

/// Who an earlier image has stopped at the gate goes where that sends it, whatever the gate itself sees.
#[test]
fn an_earlier_alarm_goes_before_the_own_one() {
    let set = [
        ("demand.listed", r#"{ entry = "scan", volume = "2000 trucks/day" }"#),
        ("station.scan.lanes.all.servers", "unlimited"),
        ("station.review.lanes.all.servers", "unlimited"),
        ("station.review.service", "1 min"),
        ("station.review.sees.narcotics", "50 %"),
        ("station.gate.lanes.all.servers", "unlimited"),
        ("station.gate.sees", r#"{ narcotics = "80 %" }"#),
        ("station.gate.alarm", "desk"),
        (
            "station.desk",
            r#"{ lanes.all.servers = "unlimited", service = "30 min", sees.narcotics = "20 %", next = "exit" }"#,
        ),
    ];
    let result = study(RELEASE, &set);
    is(&result, "detection.narcotics", 0.5 + 0.5 * 0.8 * 0.2);
    agree(&result, "narcotics");
}

/// A class that nobody looks at is named with 0 %, though no plan finds anything in it.
#[test]
fn a_softest_class_in_which_nothing_is_found_is_shown() {
    let nobody = [
        ("station.primary.random_exam", "0 %"),
        ("station.primary.refer.exam", r#"{ empty = "none", rest = "100 % from 1" }"#),
    ];
    let result = study(CLASSES, &nobody);
    let lines = comparison(&result, Look { width: 80, color: false }).concat();
    let softest = lines.iter().find(|line| line.starts_with("narcotics detection, softest class"));
    let line = softest.unwrap_or_else(|| panic!("{lines:#?}"));
    assert_eq!(line.matches(" 0.0 ± 0.0 empty").count(), 2, "{line}");
}
