//! Intervals hold the truth as often as they say: 2,000 whole studies of a short crossing, each with a seed of
//! its own.
//!
//! The truth is the mean over all replications of all studies: its error is a fortieth of that of a study. A
//! share of 0.95 of 2,000 has a standard error of 0.005.
//!
//! Demand is a third above capacity, so that the mean of a replication is nearly normal (skewness 0.5). At two thirds of
//! capacity, where an hour is quiet or it is not (skewness 2.5, of the difference −3.3), 20 replications held the truth in 0.917 and
//! 0.896 of 2,000 studies: the t interval asks for means that are nearly normal.

use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use cruce::experiment::{Mean, Options, StudyResult, run};
use cruce::scenario::load_text;
use cruce::scenario::plan::StudyPlan;

const STUDY: &str = r#"
format = 1
[study]
title = "A booth that is too slow for an hour"
start = "2024-01-01"
run_length = "1 h"
baseline = "today"
[precision]
replications = "PRECISION"
TARGET
[class.all]
share = "rest"
[demand.north]
entry = "primary"
volume = "60 trucks/h"
[station.primary]
lanes.all = { servers = 1 }
service = "erlang(mean = 80 s, k = 3)"
next = "exit"
[scenario.today]
[scenario.faster]
set.station.primary.service.mean = "x0.9"
"#;

const STUDIES: u64 = 2_000;

fn studies(precision: &str, target: &str) -> Vec<StudyResult> {
    let loaded = load_text("booth", &STUDY.replace("PRECISION", precision).replace("TARGET", target));
    let plan = loaded.plan.expect("the study is whole");
    let one = |seed: u64| {
        let plan = StudyPlan { seed, ..plan.clone() };
        let options = Options { jobs: Some(1), ..Options::default() };
        let mut result = run(&plan, &options, &|_| {}, &AtomicBool::new(false)).expect("the study runs");
        // Two thousand results are kept: without hours and what else is not asked of them.
        result.entries.truncate(result.whole_run);
        for scenario in &mut result.scenarios {
            scenario.estimates.truncate(result.whole_run);
            (scenario.pooled, scenario.queues, scenario.links) = Default::default();
        }
        result
    };
    // Studies have pools of their own, so these are plain threads.
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        let part = |part: u64| (0..STUDIES).skip(part as usize).step_by(threads as usize).map(one).collect();
        let parts: Vec<_> = (0..threads).map(|number| scope.spawn(move || part(number))).collect();
        parts
            .into_iter()
            .flat_map(|part: std::thread::ScopedJoinHandle<Vec<StudyResult>>| {
                part.join().expect("no study panics")
            })
            .collect()
    })
}

/// Twenty replications in every study.
static FIXED: LazyLock<Vec<StudyResult>> = LazyLock::new(|| studies("20", ""));

fn place(result: &StudyResult) -> usize {
    result.entries.iter().position(|entry| entry.name == "crossing_time.mean").expect("it is measured")
}

/// Mean over all replications of all studies of one scenario; of the difference where there are two.
fn truth(results: &[StudyResult], scenarios: &[usize]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for result in results {
        let place = place(result);
        let of = |scenario: usize| result.scenarios[scenario].values.iter().map(move |values| values[place]);
        match scenarios {
            [one] => of(*one).for_each(|value| (sum, count) = (sum + value, count + 1.0)),
            [one, other] => {
                of(*one).zip(of(*other)).for_each(|(a, b)| (sum, count) = (sum + a - b, count + 1.0))
            }
            _ => unreachable!("one scenario or two"),
        }
    }
    sum / count
}

fn share(results: &[StudyResult], of: impl Fn(&StudyResult) -> Mean, truth: f64) -> f64 {
    let holds = |result: &&StudyResult| {
        let mean = of(result);
        let (low, high) = (mean.low().expect("an interval"), mean.high().expect("an interval"));
        low <= truth && truth <= high
    };
    results.iter().filter(holds).count() as f64 / results.len() as f64
}

#[test]
#[ignore = "2,000 studies take a minute or two"]
fn intervals_hold_the_truth_at_a_fixed_number_of_replications() {
    let results = &*FIXED;
    let single = share(results, |result| result.scenarios[0].estimates[place(result)], truth(results, &[0]));
    let paired = share(
        results,
        |result| result.comparisons[0].paired[place(result)].difference,
        truth(results, &[1, 0]),
    );
    println!("20 replications: single {single:.4}, paired {paired:.4}");
    for share in [single, paired] {
        assert!((0.935..=0.965).contains(&share), "single {single}, paired {paired}");
    }
}

/// A study that stops when its interval is narrow enough stops sooner where the spread looks small, so it
/// holds the truth a little less often; from 10 replications on, at ± 25 s, it was 0.9215. The truth is that of
/// the fixed number: prefixes that stop are not a fair sample.
#[test]
#[ignore = "2,000 studies take a minute or two"]
fn intervals_hold_the_truth_when_a_study_stops_by_itself() {
    let truth = truth(&FIXED, &[1, 0]);
    let results = studies("20..160", "target = \"difference crossing_time.mean +/- 20 s\"");
    let paired = share(&results, |result| result.comparisons[0].paired[place(result)].difference, truth);
    let mut used: Vec<u32> = results.iter().map(|result| result.replications).collect();
    used.sort_unstable();
    let at = |share: f64| used[(share * (used.len() - 1) as f64) as usize];
    println!("sequential: {paired:.4}; replications {} to {}, median {}", at(0.0), at(1.0), at(0.5));
    assert!(at(0.1) < at(0.9), "studies stop at different looks");
    assert!(paired >= 0.925, "{paired}");
}
