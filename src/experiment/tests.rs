//! Whole studies of small crossings, and the wording of verdicts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::compare::{verdict, with_stranded};
use super::sentence::sentence;
use super::{
    ClassChange, Comparison, GoalStatus, Mean, Options, Paired, RunError, StudyResult, Verdict, run, run_one,
    trucks_of, unknown_measures,
};
use crate::dist::{CountSampler, Dist, DurationSampler, Sampler};
use crate::kernel::time::{SimDuration, SimTime};
use crate::measure::{Catalog, TruckNumbers, fixture};
use crate::model::demand::expected_trucks;
use crate::model::network::{Arrivals, DayFactor, End, LanePlan, Network, Steps};
use crate::model::notice::Outcome;
use crate::scenario::file::Text;
use crate::scenario::phrase::{GoalPhrase, QuantityKind, Replications, TargetPhrase};
use crate::scenario::plan::{ScenarioPlan, StudyPlan};

/// A booth with `lanes` lanes, service exponential with this mean, `per_hour` trucks an hour.
fn booth(lanes: u32, service: f64, per_hour: f64) -> Network {
    let mut network = fixture::one_booth();
    let group = &mut network.groups[0];
    let law = DurationSampler::new(&Dist::Exponential { mean: service });
    group.service = vec![Some(law); 2];
    group.plan = LanePlan::Table(Steps::constant(lanes));
    if let Arrivals::Field { batches_per_hour, .. } = &mut network.streams[0].arrivals {
        *batches_per_hour = Steps::constant(per_hour);
    }
    network.run_length = SimDuration::from_hours(4);
    network
}

fn scenario(name: &str, network: Network) -> ScenarioPlan {
    let title = Some(Text::Plain(format!("Plan {name}")));
    ScenarioPlan {
        name: name.to_owned(),
        title,
        network,
        valuation: None,
        changes: Vec::new(),
        resolved: String::new(),
        traced: String::new(),
    }
}

fn study(scenarios: Vec<ScenarioPlan>, least: u32, most: u32, target: Option<f64>) -> StudyPlan {
    StudyPlan {
        name: "test".to_owned(),
        title: Text::Plain("A test".to_owned()),
        time_zone: "UTC".to_owned(),
        start: "2024-10-04".to_owned(),
        seed: 7,
        baseline: 0,
        replications: Replications { least, most },
        target: target.map(|half_width| TargetPhrase {
            measure: "crossing_time.mean".to_owned(),
            half_width,
            kind: QuantityKind::Duration,
        }),
        too_small: None,
        goals: Vec::new(),
        scenarios,
        posted_observed: BTreeMap::new(),
        posted_check: BTreeMap::new(),
        worlds: None,
        assumptions: Vec::new(),
        sources: Vec::new(),
        digest: String::new(),
    }
}

fn go(plan: &StudyPlan, jobs: usize) -> StudyResult {
    let options = Options { jobs: Some(jobs), only: None };
    run(plan, &options, &|_| {}, &AtomicBool::new(false)).expect("the study runs")
}

fn two_plans(least: u32, most: u32, target: Option<f64>) -> StudyPlan {
    let scenarios = vec![scenario("today", booth(1, 50.0, 60.0)), scenario("more", booth(2, 50.0, 60.0))];
    study(scenarios, least, most, target)
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let plan = two_plans(4, 32, Some(20.0));
    let one = serde_json::to_string(&go(&plan, 1)).unwrap();
    let two = serde_json::to_string(&go(&plan, 2)).unwrap();
    let three = serde_json::to_string(&go(&plan, 3)).unwrap();
    assert!(one == two && two == three);
}

#[test]
fn more_lanes_are_clearly_better_and_the_pairs_say_so() {
    let result = go(&two_plans(20, 20, None), 2);
    let comparison = &result.comparisons[0];
    assert_eq!(comparison.verdict, Verdict::ClearlyBetter);
    let said = &comparison.sentence;
    assert!(said.starts_with("Plan more: −") && said.ends_with("clearly better"), "{said}");
    let paired = &comparison.paired[result.headline];
    assert_eq!(paired.difference.n, 20);
    assert!(paired.variance_ratio.unwrap() > 1.0, "{paired:?}");
    // At one pooled line an added lane hurts no class.
    assert_eq!(comparison.classes.len(), 2);
    assert!(comparison.classes.iter().all(|change| !change.loses));
    // The mean of the differences is the difference of the means.
    let mean = |scenario: usize| result.scenarios[scenario].estimates[result.headline].mean.unwrap();
    assert!((mean(1) - mean(0) - paired.difference.mean.unwrap()).abs() < 1e-9);
    assert_eq!(result.stopping.met, None);
}

#[test]
fn decisions_depend_on_prefixes_alone() {
    // The run that stops early is the beginning of the run that goes on.
    let short = go(&two_plans(4, 64, Some(60.0)), 2);
    let long = go(&two_plans(4, 64, Some(1.0)), 2);
    assert_eq!(short.stopping.met, Some(true));
    assert_eq!(long.stopping.met, Some(false));
    assert_eq!(long.replications, 64);
    let stopped = short.stopping.looks.len();
    assert!(stopped < long.stopping.looks.len());
    assert_eq!(short.stopping.looks[..], long.stopping.looks[..stopped]);
    let last = short.stopping.looks.last().unwrap();
    assert_eq!(short.replications, last.replications);
    assert!(last.widest.unwrap() <= 60.0);
    assert!(short.stopping.looks[..stopped - 1].iter().all(|look| look.widest.unwrap() > 60.0));
    for (some, all) in short.scenarios.iter().zip(&long.scenarios) {
        let bits =
            |values: &[Vec<f64>]| values.iter().flatten().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&some.values), bits(&all.values[..some.values.len()]));
    }
}

#[test]
fn a_cancelled_run_keeps_a_complete_prefix() {
    let plan = two_plans(50, 50, Some(60.0));
    let cancel = AtomicBool::new(false);
    let done = AtomicU64::new(0);
    let progress = |progress: super::Progress| {
        done.store(progress.done, Ordering::SeqCst);
        if progress.done >= 21 {
            cancel.store(true, Ordering::SeqCst);
        }
    };
    let options = Options { jobs: Some(2), only: None };
    let cut = run(&plan, &options, &progress, &cancel).unwrap();
    assert!(cut.interrupted);
    assert!((9..=12).contains(&cut.replications), "{}", cut.replications);
    assert!(cut.warnings.iter().any(|warning| warning.code == "W0501"));
    let target = cut.warnings.iter().find(|warning| warning.code == "W0504").unwrap();
    assert!(target.message.contains("before the first look"), "{}", target.message);
    let whole = go(&plan, 2);
    let kept = cut.replications as usize;
    let mean = |result: &StudyResult| result.scenarios[1].values[..kept].to_vec();
    assert_eq!(format!("{:?}", mean(&cut)), format!("{:?}", mean(&whole)));
    let nothing = run(&plan, &options, &|_| {}, &AtomicBool::new(true));
    assert_eq!(nothing.unwrap_err(), RunError::Interrupted);
}

#[test]
fn a_plan_that_strands_trucks_is_never_called_better() {
    // Half of the demand with one lane for four hours; the other plan closes after two and leaves
    // the rest standing, so that those who crossed were quick.
    let today = booth(1, 50.0, 70.0);
    let mut closing = booth(2, 50.0, 70.0);
    let two_hours = crate::kernel::time::SimTime::ZERO + SimDuration::from_hours(2);
    closing.groups[0].plan =
        LanePlan::Table(Steps::new([(crate::kernel::time::SimTime::ZERO, 2), (two_hours, 0)]));
    let mut scenarios = vec![scenario("today", today), scenario("closing", closing)];
    for scenario in &mut scenarios {
        scenario.network.end = End::Cut;
    }
    let result = go(&study(scenarios, 10, 10, None), 2);
    let comparison = &result.comparisons[0];
    let difference = &comparison.paired[result.headline].difference;
    assert!(difference.high().unwrap() < 0.0, "those who crossed were quicker: {difference:?}");
    assert!(comparison.stranded.low().unwrap() > 50.0);
    assert_eq!(comparison.verdict, Verdict::StrandsMore);
    assert!(comparison.sentence.contains("not called better, since it strands more trucks"));
    assert!(comparison.sentence.contains("more trucks stranded per run"), "{}", comparison.sentence);
    let better = [Verdict::Better, Verdict::ClearlyBetter];
    for (entry, paired) in result.entries.iter().zip(&comparison.paired) {
        let own_words = ["trucks", "throughput"].iter().any(|name| entry.name.starts_with(name));
        assert!(
            own_words || !paired.verdict.is_some_and(|verdict| better.contains(&verdict)),
            "{}",
            entry.name
        );
    }
    assert!(result.warnings.iter().any(|warning| warning.code == "W0506" && warning.scenario == Some(1)));
}

#[test]
fn a_run_that_is_given_up_says_so() {
    // The booth closes for good after two hours, so that nobody who is left ever gets out.
    let mut closing = booth(2, 50.0, 70.0);
    let two_hours = crate::kernel::time::SimTime::ZERO + SimDuration::from_hours(2);
    closing.groups[0].plan =
        LanePlan::Table(Steps::new([(crate::kernel::time::SimTime::ZERO, 2), (two_hours, 0)]));
    closing.end = End::Drain;
    closing.drain_limit = crate::kernel::time::SimTime::ZERO + SimDuration::from_hours(4 + 7 * 24);
    let result = go(&study(vec![scenario("closing", closing)], 4, 4, None), 1);
    let warning = result.warnings.iter().find(|warning| warning.code == "W0506").expect("a warning");
    let left = "trucks per run were still inside 7 days after the run length, when the run was given up";
    assert!(warning.scenario == Some(0) && warning.message.contains(left), "{}", warning.message);
}

#[test]
fn the_same_plan_twice_makes_no_useful_difference() {
    let scenarios = vec![scenario("today", booth(2, 50.0, 60.0)), scenario("same", booth(2, 50.0, 60.0))];
    let result = go(&study(scenarios, 5, 40, Some(1.0)), 2);
    assert_eq!(result.replications, 5, "differences of zero meet any target at once");
    assert_eq!(result.comparisons[0].verdict, Verdict::NoUsefulDifference);
    assert_eq!(result.comparisons[0].sentence, "Plan same: 0.0 s (0.0 to 0.0), no useful difference");
}

#[test]
fn verdicts_by_interval() {
    let mean = |low: f64, high: f64| Mean {
        mean: Some((low + high) / 2.0),
        half_width: Some((high - low) / 2.0),
        sd: None,
        n: 10,
        batches: None,
    };
    let check = |low, high, too_small, expected: Verdict| {
        assert_eq!(verdict(&mean(low, high), too_small, true), expected, "{low} to {high}");
        let turned = match expected {
            Verdict::ClearlyBetter => Verdict::ClearlyWorse,
            Verdict::Better => Verdict::Worse,
            Verdict::Worse => Verdict::Better,
            Verdict::ClearlyWorse => Verdict::ClearlyBetter,
            other => other,
        };
        assert_eq!(verdict(&mean(low, high), too_small, false), turned, "more is better: {low} to {high}");
    };
    check(-80.0, -61.0, 60.0, Verdict::ClearlyBetter);
    check(-80.0, -60.0, 60.0, Verdict::Better);
    check(-80.0, -1.0, 60.0, Verdict::Better);
    check(-80.0, 1.0, 60.0, Verdict::NotSettled);
    check(-60.0, 60.0, 60.0, Verdict::NoUsefulDifference);
    check(-59.0, -20.0, 60.0, Verdict::NoUsefulDifference);
    check(10.0, 61.0, 60.0, Verdict::Worse);
    check(61.0, 62.0, 60.0, Verdict::ClearlyWorse);
    check(-2.0, -1.0, 0.0, Verdict::ClearlyBetter);
    check(0.0, 0.0, 0.0, Verdict::NoUsefulDifference);
    check(-1.0, 0.0, 0.0, Verdict::NotSettled);
    let one = Mean { half_width: None, ..mean(-9.0, -9.0) };
    assert_eq!(verdict(&one, 1.0, true), Verdict::NotSettled, "one replication settles nothing");

    assert_eq!(with_stranded(Verdict::ClearlyBetter, 0.1), Verdict::StrandsMore);
    assert_eq!(with_stranded(Verdict::Better, 0.1), Verdict::StrandsMore);
    assert_eq!(with_stranded(Verdict::ClearlyBetter, 0.0), Verdict::ClearlyBetter);
    assert_eq!(with_stranded(Verdict::ClearlyBetter, -3.0), Verdict::ClearlyBetter);
    assert_eq!(with_stranded(Verdict::ClearlyWorse, -3.0), Verdict::StrandsFewer);
    assert_eq!(with_stranded(Verdict::ClearlyWorse, 3.0), Verdict::ClearlyWorse);
    assert_eq!(with_stranded(Verdict::NotSettled, 3.0), Verdict::NotSettled);
}

#[test]
fn sentences_say_what_a_planner_would_say() {
    let minutes = |mean: f64, low: f64, high: f64| Mean {
        mean: Some(mean * 60.0),
        half_width: Some((high - low) * 30.0),
        sd: None,
        n: 20,
        batches: None,
    };
    let catalog = Catalog::new(&fixture::one_booth());
    let headline = &catalog.entries()[catalog.find("crossing_time.mean").unwrap()];
    let paired = |difference, verdict| Paired { difference, variance_ratio: None, verdict: Some(verdict) };
    let hours = |mean| Mean { mean: Some(mean), half_width: Some(0.5), sd: None, n: 20, batches: None };
    let comparison = |difference, verdict| Comparison {
        scenario: 1,
        versus: 0,
        paired: vec![paired(difference, verdict)],
        verdict,
        stranded: Mean::default(),
        officer_hours: Mean::default(),
        detection: Vec::new(),
        classes: Vec::new(),
        sentence: String::new(),
    };
    let loser = |class: &str, mean: f64, verdict| ClassChange {
        class: class.to_owned(),
        paired: paired(minutes(mean, mean - 0.1, mean + 0.1), verdict),
        loses: true,
    };
    let better = minutes(-12.4, -13.0, -11.8);
    let check = |comparison: Comparison, expected: &str| {
        assert_eq!(sentence("Two more lanes", headline, 0, &comparison), expected);
    };
    check(
        Comparison {
            classes: vec![
                loser("fast", 1.2, Verdict::ClearlyWorse),
                loser("empty", 0.2, Verdict::NoUsefulDifference),
            ],
            ..comparison(better, Verdict::ClearlyBetter)
        },
        "Two more lanes: −12.4 min (−13.0 to −11.8), clearly better; fast trucks lose 1.2 min",
    );
    check(
        comparison(Mean { n: 2, ..better }, Verdict::ClearlyBetter),
        "Two more lanes: −12.4 min (−13.0 to −11.8), clearly better (only 2 replications)",
    );
    check(
        comparison(Mean { n: 2, ..better }, Verdict::NotSettled),
        "Two more lanes: −12.4 min (−13.0 to −11.8), not settled",
    );
    check(
        Comparison { officer_hours: hours(18.24), ..comparison(better, Verdict::ClearlyBetter) },
        "Two more lanes: −12.4 min (−13.0 to −11.8), clearly better; +18.2 officer-hours",
    );
    check(
        Comparison { officer_hours: hours(-0.01), ..comparison(better, Verdict::ClearlyBetter) },
        "Two more lanes: −12.4 min (−13.0 to −11.8), clearly better",
    );
    check(
        Comparison { stranded: hours(12.0), ..comparison(better, Verdict::StrandsMore) },
        "Two more lanes: −12.4 min (−13.0 to −11.8), but not called better, since it strands more trucks; 12.0 \
         more trucks stranded per run",
    );
    check(
        Comparison { stranded: hours(-2.0), ..comparison(minutes(5.0, 4.0, 6.0), Verdict::StrandsFewer) },
        "Two more lanes: +5.0 min (+4.0 to +6.0), but not called worse, since it strands fewer trucks; 2.0 fewer \
         trucks stranded per run",
    );
    check(
        comparison(minutes(-1.5, -2.5, -0.5), Verdict::Better),
        "Two more lanes: −1.5 min (−2.5 to −0.5), better, perhaps too small",
    );
    check(
        comparison(minutes(0.1, -0.2, 0.4), Verdict::NoUsefulDifference),
        "Two more lanes: +6.0 s (−12.0 to +24.0), no useful difference",
    );
    check(
        comparison(minutes(0.5, -2.0, 3.0), Verdict::NotSettled),
        "Two more lanes: +0.5 min (−2.0 to +3.0), not settled",
    );
    check(
        comparison(Mean::default(), Verdict::NotSettled),
        "Two more lanes: cannot be compared, since nothing was observed in common",
    );
    check(
        comparison(minutes(-2779.5, -2803.2, -2755.8), Verdict::ClearlyBetter),
        "Two more lanes: −2,780 min (−2,803 to −2,756), clearly better",
    );
    let p95 = &catalog.entries()[catalog.find("wait.booth.p95").unwrap()];
    let said = sentence("Two more lanes", p95, 0, &comparison(better, Verdict::ClearlyBetter));
    assert_eq!(said, "Two more lanes: wait.booth.p95 −12.4 min (−13.0 to −11.8), clearly better");
}

#[test]
fn goals_are_met_missed_or_not_settled() {
    let mut plan = two_plans(20, 20, None);
    let mean = go(&plan, 2).scenarios[0].estimates.clone();
    let catalog = Catalog::new(&plan.scenarios[0].network);
    let about = mean[catalog.find("crossing_time.mean").unwrap()].mean.unwrap();
    let goal = |at_most, limit| GoalPhrase { at_most, limit, kind: QuantityKind::Duration };
    plan.goals = vec![
        ("crossing_time.mean".to_owned(), goal(true, about)),
        ("crossing_time".to_owned(), goal(true, about * 100.0)),
        ("crossing_time.mean".to_owned(), goal(false, about * 100.0)),
        ("wait.booth.all.p95@01".to_owned(), goal(true, 1e6)),
    ];
    let goals = go(&plan, 2).goals;
    let status: Vec<GoalStatus> = goals.iter().map(|goal| goal.status[0]).collect();
    assert_eq!(status, [GoalStatus::NotSettled, GoalStatus::Met, GoalStatus::Missed, GoalStatus::Met]);
    assert_eq!(goals[0].status[1], GoalStatus::Met);
}

#[test]
fn unknown_measures_come_with_suggestions() {
    let mut plan = two_plans(2, 2, Some(1.0));
    plan.target.as_mut().unwrap().measure = "crossing_tim.mean".to_owned();
    let limit = GoalPhrase { at_most: true, limit: 1.0, kind: QuantityKind::Number };
    plan.goals.push(("nonsense".to_owned(), limit));
    let unknown = unknown_measures(&plan);
    assert_eq!(unknown.len(), 2);
    assert_eq!((unknown[0].key, unknown[1].key), ("precision.target", "goals"));
    assert_eq!(unknown[0].suggestions[0], "crossing_time.mean");
    let refused = run(&plan, &Options::default(), &|_| {}, &AtomicBool::new(false)).unwrap_err();
    assert_eq!(refused, RunError::UnknownMeasures(unknown));
}

#[test]
fn one_replication_alone_is_the_one_of_the_study() {
    let plan = two_plans(9, 9, None);
    let all = go(&plan, 2);
    let only = Options { jobs: Some(1), only: Some(7) };
    let alone = run(&plan, &only, &|_| {}, &AtomicBool::new(false)).unwrap();
    assert_eq!((alone.first_replication, alone.replications), (7, 1));
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&alone.scenarios[1].values[0]), bits(&all.scenarios[1].values[7]));
    let one = run_one(&plan.scenarios[1].network, plan.seed, 7).unwrap();
    assert_eq!(bits(&one.observed.values[..all.whole_run]), bits(&all.scenarios[1].values[7]));
}

#[test]
fn every_truck_has_its_rows() {
    let mut network = booth(1, 50.0, 60.0);
    network.end = End::Cut;
    let visits = trucks_of(&network, 3, 0).unwrap();
    let one = run_one(&network, 3, 0).unwrap();
    assert_eq!(visits.len() as u64, one.end.trucks, "one station: one visit each");
    let ends = |outcome| visits.iter().filter(|visit| visit.outcome == Some(outcome)).count() as f64;
    let value = |name| one.observed.values[one.catalog.find(name).unwrap()];
    assert_eq!(ends(Outcome::Crossed), value("trucks.crossed"));
    assert_eq!(ends(Outcome::Unfinished), value("trucks.unfinished"));
    for visit in &visits {
        let crossed = visit.outcome == Some(Outcome::Crossed);
        assert_eq!(visit.leave.is_some(), crossed);
        assert!(!crossed || visit.start.is_some() && visit.end.is_some() && visit.lane == Some(1));
        assert!(visit.start.is_none_or(|start| start >= visit.arrival));
    }
    let waits = visits.iter().filter_map(|visit| Some((visit.start? - visit.arrival).micros()));
    let (sum, count) = waits.fold((0, 0), |(sum, count), wait| (sum + wait, count + 1));
    assert_eq!(value("wait.booth.count"), count as f64);
    assert!((value("wait.booth.mean") - sum as f64 / count as f64 / 1e6).abs() < 1e-9);
    let numbers = TruckNumbers::new(&network);
    let mut printed: Vec<String> =
        visits.iter().map(|visit| numbers.number(visit.stream, visit.identity)).collect();
    assert!(printed[0].starts_with("northbound:480000."), "{}", printed[0]);
    printed.sort();
    printed.dedup();
    assert_eq!(printed.len(), visits.len(), "numbers are unique");
}

#[test]
fn a_target_that_one_replication_cannot_meet_says_why() {
    let plans = vec![scenario("today", booth(1, 50.0, 60.0)), scenario("other", booth(2, 50.0, 60.0))];
    let result = go(&study(plans, 1, 1, Some(1.0)), 1);
    let warning = result.warnings.iter().find(|warning| warning.code == "W0504").expect("not met");
    assert!(warning.message.contains("one replication has no interval"), "{}", warning.message);
}

#[test]
fn failed_replications_are_kept_and_counted() {
    // Two stations that wait for one another, each full: a deadlock sooner or later.
    let mut network = fixture::toll_bridge_primary();
    let back = crate::model::network::Target::Station(crate::model::network::StationId(1));
    for station in &mut network.stations {
        station.loop_slot = Some(0);
        station.room = Some(0);
    }
    network.loop_slots = 1;
    for route in &mut network.stations[0].routes {
        route.branches = vec![(1.0, back)];
    }
    network.roads[0].room = Some(1);
    network.groups.iter_mut().for_each(|group| group.lanes = Some(1));
    let plan = study(vec![scenario("today", network)], 3, 3, None);
    let result = go(&plan, 2);
    assert_eq!(result.scenarios[0].failures.len(), 3);
    assert_eq!(result.scenarios[0].estimates[result.headline], Mean::default());
    let warning = result.warnings.iter().find(|warning| warning.code == "W0502").unwrap();
    assert!(warning.message.starts_with("3 of 3 replications failed"), "{}", warning.message);
}

#[test]
fn what_a_reader_must_know_is_said() {
    // A bridge of 3 places before booths that are too slow, for 4 hours; the toll refuses no one.
    let mut network = fixture::toll_bridge_primary();
    for group in [0, 1] {
        let slow = DurationSampler::constant(SimDuration::from_mins(4));
        let service = &mut network.groups[group].service;
        service.iter_mut().flatten().for_each(|law| *law = slow.clone());
    }
    network.run_length = SimDuration::from_hours(4);
    network.end = End::Cut;
    network.stations[1].room = Some(5);
    let result = go(&study(vec![scenario("today", network)], 2, 2, Some(1.0)), 1);
    let said = |code: &str| {
        let found = result.warnings.iter().find(|warning| warning.code == code);
        found.map(|warning| warning.message.as_str()).unwrap_or_else(|| panic!("no {code}"))
    };
    assert!(said("W0503").starts_with("only 2 replications:"));
    assert!(said("W0506").contains("turned away and") && said("W0506").contains("still inside"));
    assert!(said("W0507").starts_with("road `bridge` (3 trucks) is full 9"), "{}", said("W0507"));
    assert!(said("W0508").starts_with("`crossing_time.p95` rests on"));
    // With nothing to compare a target has nothing to say.
    assert_eq!((result.stopping.met, result.replications), (None, 2));
    let full = &result.scenarios[0].storage[0];
    assert!(full.full.mean.unwrap() > 0.9 && full.trucks.mean.unwrap() <= 3.0);
    // Trucks come from the stream and end in some outcome: what goes in comes out.
    let links = &result.scenarios[0].links;
    let sum = |wanted: &dyn Fn(&super::Link) -> bool| {
        let chosen = links.iter().filter(|link| link.class.is_none() && wanted(link));
        chosen.map(|link| link.trucks.mean.unwrap()).sum::<f64>()
    };
    use super::Place;
    let came = sum(&|link| matches!(link.from, Place::Stream(_)));
    let went = sum(&|link| matches!(link.to, Place::Exit | Place::TurnedAway | Place::Unfinished));
    assert!(came > 200.0 && (came - went).abs() < 1e-9, "{came} {went}");
}

#[test]
fn scenarios_with_other_measures_are_compared_where_they_meet() {
    // The other plan has one class less to serve and another station; what both have is paired.
    let mut other = fixture::toll_bridge_primary();
    other.run_length = SimDuration::from_hours(4);
    let result =
        go(&study(vec![scenario("today", booth(2, 50.0, 60.0)), scenario("other", other)], 3, 3, None), 2);
    let at = |name: &str| result.find(name).unwrap_or_else(|| panic!("no {name}"));
    let paired = |name: &str| &result.comparisons[0].paired[at(name)].difference;
    assert_eq!(paired("crossing_time.mean").n, 3);
    assert_eq!(*paired("wait.booth.mean"), Mean::default());
    assert_eq!(*paired("wait.toll.mean"), Mean::default());
    let told = |scenario: usize, name: &str| result.scenarios[scenario].estimates[at(name)].mean;
    assert!(told(0, "wait.booth.mean").is_some() && told(1, "wait.booth.mean").is_none());
    assert!(told(0, "wait.toll.mean").is_none() && told(1, "wait.toll.mean").is_some());
    assert!(told(1, "wait.toll.mean@02").is_some() && told(1, "wait.toll.mean@05").is_none());
    assert!(at("wait.toll.mean") < result.whole_run && at("wait.toll.mean@02") >= result.whole_run);
}

/// A booth that is busy 95 % of the time and begins empty, ten times over four days.
fn busy_booth(warm_up: SimDuration) -> StudyResult {
    let mut network = booth(1, 57.0, 60.0);
    network.run_length = SimDuration::from_hours(96);
    network.warm_up = warm_up;
    network.end = End::Cut;
    go(&study(vec![scenario("today", network)], 10, 10, None), 2)
}

#[test]
fn a_warm_up_that_is_too_short_is_told_with_what_it_changes() {
    let short = busy_booth(SimDuration::from_mins(5));
    let found = short.scenarios[0].warm_up.expect("a steady state is meant");
    assert_eq!(
        (found.stated, found.by_day, short.entries[found.entry].name.as_str()),
        (300.0, false, "crossing_time.mean")
    );
    let (cut, change) = (found.cut.expect("it settles"), found.change.expect("trucks on both sides"));
    // It begins empty, so the mean grows when the beginning is cut; by whole means of 5 × 5 minutes.
    assert!(cut >= 1_500.0 && cut % 1_500.0 == 0.0 && change > 0.01, "{found:?}");
    let warned: Vec<&str> =
        short.warnings.iter().filter(|w| w.code == "W0510").map(|w| w.message.as_str()).collect();
    assert!(warned.len() == 1 && warned[0].starts_with("warm-up 5 min: MSER-5 would cut "), "{warned:?}");
    let long = busy_booth(SimDuration::from_hours(24));
    assert!(long.warnings.iter().all(|warning| warning.code != "W0510"), "{:?}", long.warnings);
    assert_eq!(long.scenarios[0].warm_up.map(|found| found.cut), Some(Some(cut)), "the same course");
}

#[test]
fn a_line_that_only_grows_is_not_steady_and_a_day_that_drains_need_not_be() {
    let mut network = booth(1, 90.0, 60.0);
    network.end = End::Cut;
    network.run_length = SimDuration::from_hours(24);
    let result = go(&study(vec![scenario("today", network.clone())], 10, 10, None), 2);
    let found = result.scenarios[0].warm_up.expect("long enough");
    assert_eq!((found.cut, found.change), (None, None));
    assert!(result.warnings.iter().any(|w| w.code == "W0510" && w.message.contains("never settles")));
    network.end = End::Drain;
    let drained = go(&study(vec![scenario("today", network)], 10, 10, None), 2);
    assert_eq!(drained.scenarios[0].warm_up, None);
}

/// Busy 80 % of the time: the true mean is 48 / (1 − 0.8) = 240 s (M/M/1). One run of 20 days has an
/// interval, as wide as the spread of twenty such runs says within a factor of 1.6: the root of what
/// t(0.975, 9..29) and sampling of two variances allow at three standard errors.
#[test]
fn one_long_run_has_an_interval_by_batch_means() {
    let mut network = booth(1, 48.0, 60.0);
    network.run_length = SimDuration::from_hours(20 * 24);
    network.drain_limit = SimTime::ZERO + SimDuration::from_hours(21 * 24);
    network.warm_up = SimDuration::from_hours(24);
    let plan =
        |replications| study(vec![scenario("today", network.clone())], replications, replications, None);
    let one = go(&plan(1), 2);
    let mean = one.scenarios[0].estimates[one.headline];
    let run = one.scenarios[0].one_run.iter().find(|run| run.entry == one.headline).expect("a long run");
    assert_eq!(
        (mean.n, mean.batches, mean.mean),
        (1, Some(run.batches), Some(one.scenarios[0].values[0][one.headline]))
    );
    assert!((10..=30).contains(&run.batches) && !run.dependent, "{run:?}");
    let half_width = mean.half_width.expect("by batches");
    assert!((mean.mean.unwrap() - 240.0).abs() < 1.5 * half_width, "{mean:?}");
    let twenty = go(&plan(20), 2).scenarios.remove(0);
    let spread = twenty.estimates[one.headline];
    assert_eq!((spread.batches, twenty.one_run.len()), (None, 0));
    let expected = 2.05 * spread.sd.expect("twenty runs");
    assert!((half_width / expected).max(expected / half_width) < 1.6, "{half_width} against {expected}");
    // What its course does not tell stays blank: a quantile, and what is short.
    let p95 = one.find("crossing_time.p95").expect("an entry");
    assert_eq!(one.scenarios[0].estimates[p95].half_width, None);
    // A day that drains is one observation.
    network.run_length = SimDuration::from_hours(24);
    network.warm_up = SimDuration::ZERO;
    let shorter = go(&study(vec![scenario("today", network)], 1, 1, None), 1);
    assert_eq!(shorter.scenarios[0].estimates[shorter.headline].half_width, None);
}

/// Steps, batches and days that are luckier than others: the mean number of trucks after the warm-up is
/// 3 × 30 + 2 × 90 batches of two, and 400 runs agree within three standard errors.
#[test]
fn the_expected_number_of_trucks_is_known() {
    let mut network = booth(8, 10.0, 0.0);
    let hours = |hours| SimTime::ZERO + SimDuration::from_hours(hours);
    network.run_length = SimDuration::from_hours(6);
    network.warm_up = SimDuration::from_hours(1);
    network.streams[0].arrivals = Arrivals::Field {
        batches_per_hour: Steps::new([(hours(0), 30.0), (hours(4), 90.0), (hours(6), 0.0)]),
        batch: Some(CountSampler::new(&Dist::Geometric { mean: 2.0 })),
        day_factor: Some(DayFactor {
            name: "day".to_owned(),
            law: Sampler::new(&Dist::Lognormal { mean: 1.0, cv: 0.2 }),
        }),
    };
    assert_eq!(expected_trucks(&network), Some(2.0 * (3.0 * 30.0 + 2.0 * 90.0)));
    let result = go(&study(vec![scenario("today", network.clone())], 400, 400, None), 2);
    let came = result.scenarios[0].estimates[result.find("trucks.entered").expect("an entry")];
    let error = came.sd.expect("many runs") / 20.0;
    assert!((came.mean.unwrap() - 540.0).abs() < 3.0 * error, "{came:?}");
    network.streams[0].arrivals =
        Arrivals::Headways { headway: DurationSampler::new(&Dist::Constant(60.0)), batch: None };
    assert_eq!(expected_trucks(&network), None);
}

#[test]
fn counting_trucks_narrows_and_changes_no_estimate() {
    let result = go(&two_plans(40, 40, None), 2);
    let [today, more, difference] = &result.controls[..] else { panic!("{:?}", result.controls) };
    assert_eq!((today.versus, more.scenario, difference.versus), (None, 1, Some(0)));
    assert_eq!(today.plain, result.scenarios[0].estimates[result.headline]);
    assert_eq!(difference.plain, result.comparisons[0].paired[result.headline].difference);
    // 50 s of work for 60 trucks an hour: more trucks wait longer. Two booths have little to wait for.
    for control in [today, difference] {
        let (gain, [low, high]) = (control.gain.expect("chance"), control.gain_interval.expect("chance"));
        assert!(low > 1.0 && low < gain && gain < high, "{control:?}");
        assert!(control.controlled.half_width < control.plain.half_width, "{control:?}");
    }
    assert!(go(&two_plans(4, 4, None), 2).controls.is_empty(), "too few to know the slope");
}
