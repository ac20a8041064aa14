//! What a reader must know before trusting the numbers of a run.
//!
//! Warnings about the scenario as written belong to `scenario`; these are about what happened.
//! Start at [`warnings`].

use crate::measure::{Entry, Place, Statistic};

use super::result::{ScenarioResult, StudyResult, Warning};
use crate::kernel::time::SimTime;
use crate::model::network::End;
use crate::scenario::plan::StudyPlan;

/// Trucks that must lie beyond a quantile of one replication for it to be quoted without a warning.
const BEYOND: f64 = 20.0;
/// Share of time above which a place counts as too small: then it is full at the 95 % queue.
const FULL: f64 = 0.05;
/// Share of the baseline's crossings by which a plan's may differ before its worth is doubted.
const OTHER_TRUCKS: f64 = 0.01;
/// Share of a mean by which a longer warm-up may change it before it is told.
const NOTABLE: f64 = 0.01;
/// FHWA's Traffic Analysis Toolbox III (2019) asks for at least four runs before anything is said.
const FEWEST: u32 = 4;

/// All warnings, by kind, then by scenario. `quoted`: entries that a reader will look at.
pub(super) fn warnings(plan: &StudyPlan, result: &StudyResult, quoted: &[usize]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if result.interrupted {
        let kept = result.replications;
        warnings.push(Warning {
            code: "W0501",
            scenario: None,
            message: format!(
                "interrupted: results rest on what was complete, {}",
                counted(kept, "replication")
            ),
        });
    }
    for (scenario, data) in result.scenarios.iter().enumerate() {
        if let Some(first) = data.failures.first() {
            let (failed, of) = (data.failures.len(), result.replications);
            let message = format!(
                "{failed} of {of} replications failed and are left out; number {}: {}",
                first.replication, first.reason
            );
            warnings.push(Warning { code: "W0502", scenario: Some(scenario), message });
        }
    }
    warnings.extend(few_replications(result));
    warnings.extend(stranded(plan, result));
    warnings.extend(storage(result));
    warnings.extend(few_trucks(result, quoted));
    warnings.extend(other_trucks(result));
    warnings.extend(not_steady(result));
    warnings.extend(dependent(result));
    warnings
}

/// `1 replication`, `2 replications`.
pub fn counted(number: u32, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

fn few_replications(result: &StudyResult) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if result.replications < FEWEST {
        let by_batches = result.scenarios.iter().any(|scenario| !scenario.one_run.is_empty());
        let message = format!(
            "only {}: intervals are {} or missing; FHWA asks for at least {FEWEST}",
            counted(result.replications, "replication"),
            if by_batches { "by batch means" } else { "wide" }
        );
        warnings.push(Warning { code: "W0503", scenario: None, message });
    }
    if result.stopping.met == Some(false) {
        let unit = result.entries[result.headline].unit.name();
        let widest = result.stopping.looks.last().and_then(|look| look.widest);
        let message = match widest.zip(result.stopping.target) {
            Some((widest, target)) => format!(
                "the target was not met: the widest difference is known to ±{widest:.1} {unit}, wanted \
                 ±{target:.1} {unit}; allow more replications"
            ),
            None if result.replications < 2 => {
                "the target was not met: one replication has no interval; allow more".to_owned()
            }
            None if result.stopping.looks.is_empty() => format!(
                "whether the target is met was not looked at: the run ended after {}, before the first look",
                counted(result.replications, "replication")
            ),
            None => "the target was not met: its measure is blank in some replications".to_owned(),
        };
        warnings.push(Warning { code: "W0504", scenario: None, message });
    }
    for (scenario, data) in result.scenarios.iter().enumerate() {
        if let Some(needed) = data.minimum_runs.needed.filter(|needed| *needed > data.minimum_runs.used) {
            let tolerance = data.minimum_runs.tolerance * 100.0;
            let message = format!(
                "FHWA's formula asks for {needed} runs to know the mean within {tolerance:.0} %; {} were used",
                data.minimum_runs.used
            );
            warnings.push(Warning { code: "W0505", scenario: Some(scenario), message });
        }
    }
    warnings
}

fn stranded(plan: &StudyPlan, result: &StudyResult) -> Vec<Warning> {
    let find = |name| result.find(name);
    let (turned_away, unfinished) = (find("trucks.turned_away"), find("trucks.unfinished"));
    let mut warnings = Vec::new();
    for (scenario, data) in result.scenarios.iter().enumerate() {
        let mean = |entry: Option<usize>| entry.and_then(|entry| data.estimates[entry].mean).unwrap_or(0.0);
        let (away, inside) = (mean(turned_away), mean(unfinished));
        let network = &plan.scenarios[scenario].network;
        let end = match network.end {
            End::Cut => "still inside at the end".to_owned(),
            // Whoever is left in a run that goes on until the last truck is out met its limit.
            End::Drain | End::Empty => {
                let days = (network.drain_limit - (SimTime::ZERO + network.run_length)).seconds() / 86_400.0;
                format!("still inside {days:.0} days after the run length, when the run was given up")
            }
        };
        let parts = [(away, "turned away"), (inside, end.as_str())];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(trucks, _)| *trucks > 0.0)
            .map(|(trucks, fate)| format!("{trucks:.1} trucks per run were {fate}"))
            .collect();
        if !parts.is_empty() {
            let message = format!("{}; times are over the others", parts.join(" and "));
            warnings.push(Warning { code: "W0506", scenario: Some(scenario), message });
        }
    }
    warnings
}

fn storage(result: &StudyResult) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (scenario, data) in result.scenarios.iter().enumerate() {
        // A room of 0 was meant so: there is no line to be too long for it.
        for storage in data.storage.iter().filter(|storage| storage.room > 0) {
            let Some(full) = storage.full.mean.filter(|full| *full > FULL) else { continue };
            let place = match &storage.place {
                Place::Road(name) => format!("road `{name}`"),
                Place::Station(name) => format!("station `{name}`"),
                Place::Stream(_)
                | Place::Exit
                | Place::TurnedAway
                | Place::Diverted
                | Place::Balked
                | Place::Reneged
                | Place::Unfinished => continue,
            };
            let message = format!(
                "{place} ({} trucks) is full {:.0} % of the time: its room is smaller than the 95 % queue, and \
                 the line goes on behind it",
                storage.room,
                full * 100.0
            );
            warnings.push(Warning { code: "W0507", scenario: Some(scenario), message });
        }
    }
    warnings
}

fn few_trucks(result: &StudyResult, quoted: &[usize]) -> Vec<Warning> {
    let share_beyond = |entry: &Entry| match entry.statistic {
        Statistic::P90 => Some(0.10),
        Statistic::P95 => Some(0.05),
        Statistic::P99 => Some(0.01),
        _ => None,
    };
    let mut warnings = Vec::new();
    for &entry in quoted {
        let data = &result.entries[entry];
        let Some(share) = share_beyond(data) else { continue };
        let count = result.entries.iter().position(|other| {
            other.statistic == Statistic::Count
                && (other.measure, other.period) == (data.measure, data.period)
                && (&other.station, &other.group, &other.class) == (&data.station, &data.group, &data.class)
        });
        for (scenario, results) in result.scenarios.iter().enumerate() {
            let trucks = count.and_then(|count| results.estimates[count].mean).unwrap_or(0.0);
            if trucks * share < BEYOND && trucks > 0.0 {
                let message = format!(
                    "`{}` rests on {} per replication: fewer than {BEYOND:.0} lie beyond it",
                    data.name,
                    counted(trucks.round() as u32, "truck")
                );
                warnings.push(Warning { code: "W0508", scenario: Some(scenario), message });
            }
        }
    }
    warnings
}

/// Warm-ups that are too short, by MSER, so that it shows.
fn not_steady(result: &StudyResult) -> Vec<Warning> {
    let warn = |(scenario, data): (usize, &ScenarioResult)| {
        let found = data.warm_up.as_ref()?;
        let (method, name) = (found.method(), &result.entries[found.entry].name);
        let message = match (found.cut, found.change) {
            (None, _) => format!(
                "`{name}` never settles: {method} finds no cut in the first half of the run that leaves the rest steady"
            ),
            (Some(cut), Some(change)) if cut > found.stated && change.abs() > NOTABLE => format!(
                "warm-up {}: {method} would cut {}, which changes `{name}` by {:+.1} %",
                span(found.stated),
                span(cut),
                change * 100.0
            ),
            (Some(_), _) => return None,
        };
        Some(Warning { code: "W0510", scenario: Some(scenario), message })
    };
    result.scenarios.iter().enumerate().filter_map(warn).collect()
}

/// Intervals of a single run whose batches still go together.
fn dependent(result: &StudyResult) -> Vec<Warning> {
    let warn = |(scenario, data): (usize, &ScenarioResult)| {
        let names: Vec<String> = data
            .one_run
            .iter()
            .filter(|run| run.dependent)
            .map(|run| format!("`{}`", result.entries[run.entry].name))
            .collect();
        let worst = data.one_run.iter().map(|run| run.correlation).fold(0.0, f64::max);
        let message = format!(
            "the interval of {} is too narrow: neighboring batches of the run still go together (correlation up to {worst:.1}); run longer",
            names.join(", ")
        );
        (!names.is_empty()).then_some(Warning { code: "W0511", scenario: Some(scenario), message })
    };
    result.scenarios.iter().enumerate().filter_map(warn).collect()
}

/// A length of time: `1 day`, `2 h 10 min`, `0 min`.
pub fn span(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    let parts = [(minutes / 1_440, "day"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let told = |(number, unit): (u64, &str)| {
        format!("{number} {unit}{}", if unit == "day" && number > 1 { "s" } else { "" })
    };
    let parts: Vec<String> = parts.into_iter().filter(|(number, _)| *number > 0).map(told).collect();
    if parts.is_empty() { "0 min".to_owned() } else { parts.join(" ") }
}

/// Plans that are weighed against the baseline although not as many trucks cross.
fn other_trucks(result: &StudyResult) -> Vec<Warning> {
    let (Some(appraisal), Some(crossed)) = (&result.appraisal, result.find("trucks.crossed")) else {
        return Vec::new();
    };
    let mean = |scenario: usize| result.scenarios[scenario].estimates[crossed].mean.unwrap_or(0.0);
    let before = mean(result.baseline);
    let others = appraisal.plans.iter().map(|worth| (worth.scenario, mean(worth.scenario) - before));
    let others = others.filter(|(_, more)| more.abs() > OTHER_TRUCKS * before);
    let warn = |(scenario, more): (usize, f64)| {
        let message = format!(
            "{:.1} {} trucks per run cross than in `{}`: costs are those of the trucks inside, and a trip that is \
             made or not has no price, so worth and ratio are not of the same trips",
            more.abs(),
            if more > 0.0 { "more" } else { "fewer" },
            result.scenarios[result.baseline].name
        );
        Warning { code: "W0509", scenario: Some(scenario), message }
    };
    others.map(warn).collect()
}
