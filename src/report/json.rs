//! The documented object: `summary.json` in the run folder, and what `run --json` prints.
//!
//! Times are in minutes and shares fractions, as in the tables; `unit` says so beside every number.
//! Whole-run measures, paired differences, verdicts, goals, posted waits and warnings are there;
//! hours and single replications are in the tables. Start at [`result_object`].

use serde_json::{Map, Value, json};

use super::Notice;
use super::number::file_unit;
use super::words::{self, Language};
use crate::experiment::{Comparison, Control, Mean, OneRun, StudyResult};
use crate::measure::Unit;
use crate::scenario::plan::StudyPlan;

/// The fields of the object, without its envelope.
pub fn result_object(plan: &StudyPlan, result: &StudyResult, notices: &[Notice]) -> Value {
    let mut object = json!({
        "study": {
            "name": plan.name,
            "title": Language::English.text(&plan.title),
            "start": plan.start,
            "time_zone": plan.time_zone,
            "seed": plan.seed,
            "digest": plan.digest,
        },
        "status": if result.interrupted { "interrupted" } else { "complete" },
        "replications": result.replications,
        "baseline": result.scenarios[result.baseline].name,
        "stopping": stopping(result),
        "scenarios": (0..result.scenarios.len()).map(|place| scenario(result, place)).collect::<Vec<_>>(),
        "verdicts": result.comparisons.iter().map(|comparison| verdict(result, comparison)).collect::<Vec<_>>(),
        "goals": goals(result),
        "posted": posted(result),
        "controls": controls(result),
        "warnings": warnings(notices),
    });
    if let Some(plausible) = super::worlds::object(result) {
        object["plausible_worlds"] = plausible;
    }
    if let Some(money) = super::money::object(result) {
        object["money"] = money;
    }
    object
}

/// Warnings as JSON, without their lines.
fn warnings(notices: &[Notice]) -> Value {
    notices.iter().map(|notice| Value::Object(warning(notice))).collect()
}

/// What is wrong with the files, as JSON, each with its line in `place`.
pub fn diagnostics(notices: &[Notice]) -> Value {
    let one = |notice: &Notice| {
        let mut fields = warning(notice);
        fields.insert("place".to_owned(), json!(notice.place));
        Value::Object(fields)
    };
    notices.iter().map(one).collect()
}

fn warning(notice: &Notice) -> Map<String, Value> {
    let fields = [
        ("code", json!(notice.code)),
        ("scenario", json!(notice.scenario)),
        ("origin", json!(notice.origin)),
        ("message", json!(notice.message)),
        ("details", json!(notice.details)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn in_unit(unit: Unit, value: Option<f64>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Null, |value| json!(value / file_unit(unit).0))
}

/// `unit`, then mean, interval and count under the given name.
pub(super) fn estimate(name: &str, unit: Unit, mean: &Mean) -> Map<String, Value> {
    let fields = [
        ("unit", json!(file_unit(unit).1)),
        (name, in_unit(unit, mean.mean)),
        ("ci_low", in_unit(unit, mean.low())),
        ("ci_high", in_unit(unit, mean.high())),
        ("n", json!(mean.n)),
    ];
    let batches = mean.batches.map(|batches| ("batches", json!(batches)));
    fields.into_iter().chain(batches).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn stopping(result: &StudyResult) -> Value {
    let headline = &result.entries[result.headline];
    let (_, unit) = file_unit(headline.unit);
    let looks = result.stopping.looks.iter().map(|look| {
        json!({ "replications": look.replications, "widest_half_width": in_unit(headline.unit, look.widest) })
    });
    json!({
        "measure": headline.name,
        "unit": unit,
        "target_half_width": in_unit(headline.unit, result.stopping.target),
        "target_met": result.stopping.met,
        "least": result.stopping.least,
        "most": result.stopping.most,
        "looks": looks.collect::<Vec<_>>(),
    })
}

fn scenario(result: &StudyResult, place: usize) -> Value {
    let scenario = &result.scenarios[place];
    let measures: Map<String, Value> = result.entries[..result.whole_run]
        .iter()
        .zip(&scenario.estimates)
        .map(|(entry, mean)| (entry.name.clone(), Value::Object(estimate("value", entry.unit, mean))))
        .collect();
    json!({
        "name": scenario.name,
        "title": scenario.title,
        "measures": measures,
        "minimum_runs": {
            "needed": scenario.minimum_runs.needed,
            "used": scenario.minimum_runs.used,
            "tolerance": scenario.minimum_runs.tolerance,
            "formula": scenario.minimum_runs.formula,
        },
        "failures": scenario.failures,
        "warm_up": scenario.warm_up.as_ref().map(|found| json!({
            "measure": result.entries[found.entry].name,
            "method": found.method(),
            "unit": "min",
            "stated": in_unit(Unit::Seconds, Some(found.stated)),
            "cut": in_unit(Unit::Seconds, found.cut),
            "change_of_mean": found.change,
        })),
        "one_run": one_run(result, place),
    })
}

/// What the intervals of a single long replication rest on; empty with several.
fn one_run(result: &StudyResult, place: usize) -> Value {
    let of_entry = |run: &OneRun| {
        json!({
            "measure": result.entries[run.entry].name,
            "batches": run.batches,
            "unit": "min",
            "length": in_unit(Unit::Seconds, Some(run.length)),
            "correlation": run.correlation,
            "dependent": run.dependent,
        })
    };
    result.scenarios[place].one_run.iter().map(of_entry).collect()
}

pub(super) fn verdict(result: &StudyResult, comparison: &Comparison) -> Value {
    let headline = &result.entries[result.headline];
    let classes: Vec<Value> = comparison
        .classes
        .iter()
        .map(|change| {
            let mut fields = estimate("difference", headline.unit, &change.paired.difference);
            fields.insert("class".to_owned(), json!(change.class));
            fields.insert("loses".to_owned(), json!(change.loses));
            Value::Object(fields)
        })
        .collect();
    let mut fields = estimate("difference", headline.unit, &comparison.paired[result.headline].difference);
    let more = [
        ("scenario", json!(result.scenarios[comparison.scenario].name)),
        ("versus", json!(result.scenarios[comparison.versus].name)),
        ("measure", json!(headline.name)),
        ("confidence", json!(result.confidence)),
        ("family", json!(result.family)),
        ("verdict", json!(words::verdict_key(comparison.verdict))),
        ("sentence", json!(comparison.sentence)),
        ("stranded", Value::Object(estimate("difference", Unit::Trucks, &comparison.stranded))),
        ("officer_hours", Value::Object(estimate("difference", Unit::Hours, &comparison.officer_hours))),
        ("classes", Value::Array(classes)),
        ("detection", detection(comparison)),
    ];
    fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(fields)
}

/// What becomes of detection, by kind; empty where there is nothing to find.
fn detection(comparison: &Comparison) -> Value {
    let kinds = comparison.detection.iter().map(|change| {
        json!({
            "violation": change.kind,
            "all": estimate("difference", Unit::Fraction, &change.difference),
            "softest_class": estimate("difference", Unit::Fraction, &change.worst),
            "softest": change.softest.as_ref().map(|(class, _)| class),
            "softest_detection": change.softest.as_ref().map(|(_, share)| share),
        })
    });
    kinds.collect()
}

/// The deciding measure with trucks as its control variate.
fn controls(result: &StudyResult) -> Value {
    let unit = result.entries[result.headline].unit;
    let name = |place: usize| &result.scenarios[place].name;
    let control = |control: &Control| {
        let mut fields = estimate("value", unit, &control.plain);
        let more = [
            ("scenario", json!(name(control.scenario))),
            ("versus", json!(control.versus.map(name))),
            ("confidence", json!(control.confidence)),
            ("controlled", in_unit(unit, control.controlled.mean)),
            ("controlled_low", in_unit(unit, control.controlled.low())),
            ("controlled_high", in_unit(unit, control.controlled.high())),
            ("variance_ratio", json!(control.gain)),
            ("ratio_low", json!(control.gain_interval.map(|ends| ends[0]))),
            ("ratio_high", json!(control.gain_interval.map(|ends| ends[1]))),
        ];
        fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
        Value::Object(fields)
    };
    result.controls.iter().map(control).collect()
}

fn goals(result: &StudyResult) -> Value {
    let mut goals = Vec::new();
    for goal in &result.goals {
        let entry = &result.entries[goal.entry];
        for (scenario, status) in result.scenarios.iter().zip(&goal.status) {
            let mut fields = estimate("value", entry.unit, &scenario.estimates[goal.entry]);
            let more = [
                ("scenario", json!(scenario.name)),
                ("measure", json!(entry.name)),
                ("relation", json!(if goal.at_most { "at_most" } else { "at_least" })),
                ("limit", in_unit(entry.unit, Some(goal.limit))),
                ("status", json!(status)),
                ("met", json!(*status == crate::experiment::GoalStatus::Met)),
            ];
            fields.extend(more.map(|(name, value)| (name.to_owned(), value)));
            goals.push(Value::Object(fields));
        }
    }
    Value::Array(goals)
}

fn posted(result: &StudyResult) -> Value {
    let baseline = result.baseline;
    let minutes = |value| in_unit(Unit::Seconds, value);
    let groups = result.posted.iter().map(|group| {
        let hours = group.hours.iter().map(|hour| {
            json!({
                "hour": hour.hour,
                "simulated": minutes(hour.simulated[baseline].mean),
                "observed": minutes(hour.observed),
                "check": minutes(hour.check),
            })
        });
        json!({
            "station": group.station,
            "group": group.group,
            "unit": "min",
            "mean_absolute_error": minutes(group.error),
            "mean_absolute_error_check": minutes(group.check_error),
            "hours": hours.collect::<Vec<_>>(),
        })
    });
    groups.collect()
}
