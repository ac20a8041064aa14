//! Every key of the reference that may change a result does: no key is read and forgotten.
//!
//! One small study uses the sections; each row of [`CHANGES`] names a documented key and changes it,
//! beside what it needs to matter. The values of the first replication must change. Keys that say
//! how results are told, and not what they are, stand in [`TOLD`] with the reason. What a key does is
//! for other tests (`keys`, `rules`, `theory`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use cruce::experiment::{Options, run};
use cruce::scenario::explain::reference;
use cruce::scenario::{Overrides, load_embedded};

const STUDY: &str = r#"
format = 1
[study]
title = "Every key"
start = "2024-01-01"
run_length = "1 day"
time_zone = "America/Denver"
[precision]
replications = 2
[class.fast]
share = "30 % of trucks"
[class.standard]
share = "rest"
[class.other]
share = "1 % of trucks"
[demand.north]
entry = "toll"
volume = "900 trucks/day"
[demand.booked]
entry = "toll"
slot = "30 min"
appointments = 4
[station.toll]
lanes.all = { servers = 2 }
service = "40 s"
route.bridge = "80 %"
next = "primary"
[road.bridge]
travel = "gamma(mean = 5 min, cv = 0.3)"
lanes = 2
next = "primary"
[station.primary]
lanes.fast = { servers = 2, accepts = ["fast"], preference = 2 }
lanes.standard = { servers = 4, accepts = ["other", "standard"], preference = 3 }
service = "lognormal(mean = 5 min, cv = 0.6)"
route.dock = "20 %"
refer.dock = "100 % of the top 10 %"
next = "exit"
[station.dock]
lanes.all = { servers = 4 }
service = "20 min"
sees.narcotics = "80 %"
next = "exit"
[officers.cbp]
on_duty = 6
rule."dock.all" = "1..4 lanes, open when queue >= 2 per lane, close when queue <= 1 per lane"
[border_wait]
from = "toll"
at = "primary"
posted = "every 30 min"
[failure.scanner]
lanes = ["dock.all"]
up = "exponential(mean = 2 h)"
repair = "30 min"
[event.shift]
from = "day 1 10:00"
to = "day 1 12:00"
set.station.dock.service = "30 min"
[violation.narcotics]
rate = "5 %"
separation = 1
[manifest]
lead = "uniform(0 min, 3 h)"
quality.full = {}
quality.partial = { share = "30 %" }
[air]
idle_fuel = "0.8 gal/h"
creep_fuel = "1.6 gal/h"
creep_share = "10 %"
co2 = "10 kg/gal"
nox.idle = "34 g/h"
nox.creep = "60 g/h"
[money]
currency = "USD"
price_year = 2024
truck_hour = "90 USD/h"
officer_hour = "67 USD/h"
overtime_hour = "105 USD/h"
cargo_value.rest = "67000 USD"
cargo_time_value = "1.4 %/day"
perishable.standard = "2 %/h after 15 min"
capital."primary.standard" = "2 million USD/lane"
days_per_year = 260
horizon = "20 years"
discount_rate = "7 %"
[scenario.base]
[scenario.one-more]
set.station.primary.lanes.standard.servers = "+1"
"#;

/// A documented key; what must be there for it to matter; a change of it.
type Change = (&'static str, &'static [(&'static str, &'static str)], (&'static str, &'static str));

const RANKS: (&str, &str) = ("station.primary.priority", r#"["fast", "other", "standard"]"#);
const MEET: (&str, &str) = ("station.primary.lanes.standard.accepts", r#"["fast", "other", "standard"]"#);
const BY_OFFICERS: (&str, &str) = ("station.dock.lanes.all.open", "officers");
const TABLE: (&str, &str) =
    ("station.primary.lanes.standard.open", r#"{ "00:00" = 4, "08:00" = 2, "09:00" = 4 }"#);
const GROWTH: &[(&str, &str)] = &[("demand.north.growth", "5 %"), ("demand.north.growth_from", "2020-01-01")];
const TWO_GROUPS: &str = r#"{ on_duty = { "00:00" = 5, "10:00" = 3, "11:00" = 5 }, rule."dock.all" = "1..3 lanes, open when queue >= 2 per lane, close when queue <= 1 per lane, priority 1", rule."primary.standard" = "1..4 lanes, open when queue >= 2 per lane, close when queue <= 1 per lane, priority 2" }"#;
const DOWN: &str = r#"{ lanes = ["dock.all"], windows = "10:00-12:00" }"#;
const DIVERT: (&str, &str) = ("demand.north.divert", r#"{ "1 min" = "50 %" }"#);
const TRACE: &str = r#"{ entry = "toll", trace.1 = { arrival = "95 min", class = "fast" } }"#;

const PICKED: &[(&str, &str)] =
    &[("station.primary.random_exam", "5 %"), ("station.primary.random_to", "dock")];
const PROCESSING: (&str, &str) = ("manifest.processing", "20 min");
const RELEASED: &str = r#"{ lanes.all = { servers = 2 }, service = "1 min", sees.narcotics = "90 %", alarm = "dock", release = true, next = "gate" }"#;
const KEPT: &str = r#"{ lanes.all = { servers = 2 }, service = "1 min", sees.narcotics = "90 %", alarm = "dock", next = "gate" }"#;
/// Images are read while trucks go on, and two gates stop them.
const REVIEW: &[(&str, &str)] = &[
    ("station.review", RELEASED),
    ("station.gate", r#"{ lanes.all = { servers = 9 }, service = "5 min", recalls = true, next = "last" }"#),
    ("station.last", r#"{ lanes.all = { servers = 9 }, service = "5 min", recalls = true, next = "exit" }"#),
    ("station.primary.next", "review"),
];
const CERTIFIED: &[(&str, &str)] = &[("class.fast.certified", "90 %"), ("class.fast.otherwise", "standard")];
const ALARM: (&str, &str) = ("station.dock.alarm", "exit");

const CHANGES: &[Change] = &[
    ("air.co2", &[], ("air.co2", "11 kg/gal")),
    ("air.creep_fuel", &[], ("air.creep_fuel", "2 gal/h")),
    ("air.creep_share", &[], ("air.creep_share", "20 %")),
    ("air.idle_fuel", &[], ("air.idle_fuel", "1 gal/h")),
    ("air.nox.creep", &[], ("air.nox.creep", "70 g/h")),
    ("air.nox.idle", &[], ("air.nox.idle", "40 g/h")),
    ("border_wait.at", &[], ("border_wait.at", "dock")),
    ("border_wait.from", &[], ("border_wait.from", "primary")),
    ("border_wait.posted", &[], ("border_wait.posted", "every 60 min")),
    ("border_wait.posted", &[], ("border_wait.posted", "every 30 min, lag 20 min")),
    ("border_wait.posted", &[], ("border_wait.posted", "every 30 min, over 30 min")),
    ("border_wait.posted", &[], ("border_wait.posted", "every 30 min, rounded to 5 min")),
    ("border_wait.posted", &[], ("border_wait.posted", "every 30 min, at most 3 min")),
    ("class.NAME.certified", CERTIFIED, ("class.fast.certified", "80 %")),
    ("class.NAME.consignments", CERTIFIED, ("class.fast.consignments", "3")),
    ("class.NAME.otherwise", CERTIFIED, ("class.fast.otherwise", "other")),
    ("class.NAME.share", &[], ("class.fast.share", "40 % of trucks")),
    ("demand.NAME.appointments", &[], ("demand.booked.appointments", "5")),
    ("demand.NAME.at_start", &[], ("demand.north.at_start", "10")),
    ("demand.NAME.batch", &[], ("demand.north.batch", "2")),
    (
        "demand.NAME.by_hour",
        &[],
        ("demand.north.by_hour", r#"{ "00:00-12:00" = "30 %", "12:00-24:00" = "70 %" }"#),
    ),
    ("demand.NAME.by_month", &[], ("demand.north.by_month", r#"{ jan = "90 %" }"#)),
    ("demand.NAME.by_weekday", &[], ("demand.north.by_weekday", r#"{ mon = "120 %" }"#)),
    ("demand.NAME.class", &[], ("demand.north.class", "fast")),
    ("demand.NAME.day_factor", &[], ("demand.north.day_factor", "lognormal(mean = 1, cv = 0.2)")),
    (
        "demand.NAME.day_factor_name",
        &[("demand.north.day_factor", "lognormal(mean = 1, cv = 0.2)")],
        ("demand.north.day_factor_name", "weather"),
    ),
    ("demand.NAME.divert", &[], DIVERT),
    ("demand.NAME.divert_cost", &[DIVERT], ("demand.north.divert_cost", "45 min")),
    ("demand.NAME.early", &[], ("demand.booked.early", "15 min")),
    ("demand.NAME.entry", &[], ("demand.north.entry", "primary")),
    ("demand.NAME.growth", GROWTH, ("demand.north.growth", "6 %")),
    ("demand.NAME.growth_from", GROWTH, ("demand.north.growth_from", "2021-01-01")),
    (
        "demand.NAME.headway",
        &[("demand.third", r#"{ entry = "toll", headway = "10 min" }"#)],
        ("demand.third", r#"{ entry = "toll", headway = "9 min" }"#),
    ),
    ("demand.NAME.no_show", &[], ("demand.booked.no_show", "10 %")),
    ("demand.NAME.show_up", &[], ("demand.booked.show_up", "exponential(mean = 10 min)")),
    ("demand.NAME.slot", &[], ("demand.booked.slot", "40 min")),
    ("demand.NAME.trace", &[], ("demand.third", TRACE)),
    (
        "demand.NAME.trace.ROW.arrival",
        &[("demand.third", TRACE)],
        ("demand.third", r#"{ entry = "toll", trace.1 = { arrival = "96 min", class = "fast" } }"#),
    ),
    (
        "demand.NAME.trace.ROW.class",
        &[("demand.third", TRACE)],
        ("demand.third", r#"{ entry = "toll", trace.1 = { arrival = "95 min", class = "standard" } }"#),
    ),
    (
        "demand.NAME.trace.ROW.score",
        &[("demand.third", TRACE)],
        (
            "demand.third",
            r#"{ entry = "toll", trace.1 = { arrival = "95 min", class = "fast", score = 9 } }"#,
        ),
    ),
    (
        "demand.NAME.trace.ROW.violation",
        &[("demand.third", TRACE)],
        (
            "demand.third",
            r#"{ entry = "toll", trace.1 = { arrival = "95 min", class = "fast", violation = "narcotics" } }"#,
        ),
    ),
    (
        "demand.NAME.trace.ROW.service",
        &[("demand.third", TRACE)],
        (
            "demand.third",
            r#"{ entry = "toll", trace.1 = { arrival = "95 min", class = "fast", service.toll = "50 s" } }"#,
        ),
    ),
    ("demand.NAME.volume", &[], ("demand.north.volume", "+5 %")),
    ("event.NAME.from", &[], ("event.shift.from", "day 1 09:00")),
    ("event.NAME.happens", &[], ("event.shift.happens", "false")),
    ("event.NAME.set", &[], ("event.shift.set.station.dock.service", "40 min")),
    ("event.NAME.to", &[], ("event.shift.to", "day 1 13:00")),
    ("failure.NAME.clock", &[], ("failure.scanner.clock", "serving")),
    ("failure.NAME.lanes", &[], ("failure.scanner.lanes", r#"["primary.standard"]"#)),
    (
        "failure.NAME.pace",
        &[("failure.power", DOWN)],
        ("failure.power", r#"{ lanes = ["dock.all"], windows = "10:00-12:00", pace = "50 %" }"#),
    ),
    ("failure.NAME.repair", &[], ("failure.scanner.repair", "40 min")),
    ("failure.NAME.truck", &[], ("failure.scanner.truck", "return-restart")),
    ("failure.NAME.up", &[], ("failure.scanner.up", "exponential(mean = 3 h)")),
    ("failure.NAME.windows", &[], ("failure.power", DOWN)),
    ("manifest.lead", &[PROCESSING], ("manifest.lead", "2 h")),
    ("manifest.missing", &[PROCESSING], ("manifest.missing", "20 %")),
    ("manifest.processing", &[], PROCESSING),
    ("manifest.quality.NAME.corrected", &[PROCESSING], ("manifest.quality.partial.corrected", "30 min")),
    ("manifest.quality.NAME.odds", &[], ("manifest.quality.partial.odds", "3")),
    ("manifest.quality.NAME.separation", &[], ("manifest.quality.partial.separation", "0.5")),
    (
        "manifest.quality.NAME.share",
        &[("manifest.quality.partial.odds", "3")],
        ("manifest.quality.partial.share", "40 %"),
    ),
    ("manifest.required", &[("station.toll.late", "dock")], ("manifest.required", "30 min")),
    ("manifest.score", &[], ("manifest.score", "exponential(mean = 1)")),
    ("money.capital", &[], ("money.capital.primary.standard", "3 million USD/lane")),
    ("money.cargo_time_value", &[], ("money.cargo_time_value", "2 %/day")),
    ("money.cargo_value", &[], ("money.cargo_value.fast", "80000 USD")),
    ("money.days_per_year", &[], ("money.days_per_year", "300")),
    ("money.discount_rate", &[], ("money.discount_rate", "5 %")),
    ("money.fuel_price", &[], ("money.fuel_price", "4 USD/gal")),
    ("money.horizon", &[], ("money.horizon", "10 years")),
    ("money.officer_hour", &[BY_OFFICERS], ("money.officer_hour", "70 USD/h")),
    ("money.overtime_hour", &[BY_OFFICERS], ("money.overtime_hour", "110 USD/h")),
    ("money.perishable", &[], ("money.perishable.fast", "2 %/h after 15 min")),
    ("money.truck_hour", &[], ("money.truck_hour", "95 USD/h")),
    ("officers.NAME.away", &[BY_OFFICERS], ("officers.cbp.away", "4")),
    (
        "officers.NAME.breaks",
        &[BY_OFFICERS, ("officers.cbp.on_duty", "2")],
        ("officers.cbp.breaks", "15 min every 4 h"),
    ),
    ("officers.NAME.on_duty", &[BY_OFFICERS], ("officers.cbp.on_duty", "2")),
    (
        "officers.NAME.plan",
        &[
            BY_OFFICERS,
            (
                "officers.cbp",
                r#"{ on_duty = 6, rule."dock.all" = "1..4 lanes, as planned", plan."dock.all" = 3 }"#,
            ),
        ],
        (
            "officers.cbp",
            r#"{ on_duty = 6, rule."dock.all" = "1..4 lanes, as planned", plan."dock.all" = 2 }"#,
        ),
    ),
    ("officers.NAME.rule", &[BY_OFFICERS], ("officers.cbp.rule.dock.all", "2 lanes")),
    ("officers.NAME.rule", &[], ("officers.cbp.rule.dock.all.open", "queue >= 3 per lane")),
    ("officers.NAME.rule", &[], ("officers.cbp.rule.dock.all.close", "queue <= 0")),
    ("officers.NAME.rule", &[], ("officers.cbp.rule.dock.all.set-up", "5 min")),
    ("officers.NAME.rule", &[], ("officers.cbp.rule.dock.all.at-least", "30 min")),
    ("officers.NAME.rule", &[("officers.cbp", TWO_GROUPS)], ("officers.cbp.rule.dock.all.priority", "3")),
    ("road.NAME.discharge", &[], ("road.bridge.discharge", "60 trucks/h")),
    (
        "road.NAME.lanes",
        &[("road.bridge.split", "2"), ("demand.north.volume", "1400 trucks/day")],
        ("road.bridge.lanes", "1"),
    ),
    ("road.NAME.length", &[], ("road.bridge.length", "100 m")),
    ("road.NAME.next", &[], ("road.bridge.next", "dock")),
    ("road.NAME.overtaking", &[], ("road.bridge.overtaking", "true")),
    ("road.NAME.room", &[], ("road.bridge.room", "8")),
    ("road.NAME.spacing", &[("road.bridge.length", "100 m")], ("road.bridge.spacing", "10 m")),
    ("road.NAME.split", &[], ("road.bridge.split", "1")),
    ("road.NAME.travel", &[], ("road.bridge.travel", "6 min")),
    ("station.NAME.alarm", &[], ALARM),
    ("station.NAME.balking", &[], ("station.dock.balking", r#"{ 0 = "50 %" }"#)),
    ("station.NAME.clears", &[], ("station.primary.clears", r#"["dock"]"#)),
    ("station.NAME.day_factor", &[], ("station.dock.day_factor", "lognormal(mean = 1, cv = 0.1)")),
    ("station.NAME.false_alarm", &[ALARM], ("station.dock.false_alarm", "10 %")),
    (
        "station.NAME.free_lane",
        &[("station.primary.officer_factor", "lognormal(mean = 1, cv = 0.3)")],
        ("station.primary.free_lane", "fastest"),
    ),
    ("station.NAME.full", &[("station.dock.room", "1")], ("station.dock.full", "divert exit")),
    ("station.NAME.hours", &[], ("station.dock.hours", "08:00-20:00")),
    ("station.NAME.lanes.NAME.accepts", &[], MEET),
    ("station.NAME.lanes.NAME.closing", &[TABLE], ("station.primary.lanes.standard.closing", "restart")),
    ("station.NAME.lanes.NAME.move_up", &[], ("station.primary.lanes.standard.move_up", "20 s")),
    ("station.NAME.lanes.NAME.open", &[], TABLE),
    ("station.NAME.lanes.NAME.other_work", &[], ("station.dock.lanes.all.other_work", "5 min")),
    (
        "station.NAME.lanes.NAME.overflow",
        &[("station.primary.lanes.standard.room", "2")],
        ("station.primary.lanes.standard.overflow", "fast"),
    ),
    ("station.NAME.lanes.NAME.preference", &[MEET], ("station.primary.lanes.standard.preference", "1")),
    ("station.NAME.lanes.NAME.room", &[("road.bridge.split", "2")], ("station.dock.lanes.all.room", "1")),
    ("station.NAME.lanes.NAME.servers", &[], ("station.toll.lanes.all.servers", "3")),
    ("station.NAME.lanes.NAME.service", &[], ("station.dock.lanes.all.service", "25 min")),
    ("station.NAME.late", &[], ("station.toll.late", "dock")),
    ("station.NAME.move_up", &[], ("station.primary.move_up", "20 s")),
    ("station.NAME.next", &[], ("station.toll.next", "exit")),
    ("station.NAME.officer_factor", &[], ("station.dock.officer_factor", "lognormal(mean = 1, cv = 0.1)")),
    ("station.NAME.pace_by_open", &[], ("station.dock.pace_by_open", r#"{ 1 = "90 %" }"#)),
    ("station.NAME.pace_by_queue", &[], ("station.dock.pace_by_queue", r#"{ 1 = "120 %" }"#)),
    ("station.NAME.patience", &[], ("station.dock.patience", "10 min")),
    ("station.NAME.preempt", &[MEET, RANKS], ("station.primary.preempt", "resume")),
    ("station.NAME.priority", &[MEET, ("station.primary.queue", "shared")], RANKS),
    ("station.NAME.queue", &[], ("station.primary.queue", "shortest")),
    ("station.NAME.random_exam", PICKED, ("station.primary.random_exam", "8 %")),
    ("station.NAME.random_to", PICKED, ("station.primary.random_to", "exit")),
    (
        "station.NAME.recalls",
        REVIEW,
        ("station.gate", r#"{ lanes.all = { servers = 9 }, service = "5 min", next = "last" }"#),
    ),
    ("station.NAME.refer", &[], ("station.primary.refer.dock", "100 % from 1")),
    ("station.NAME.refer", &[], ("station.primary.refer.dock", "10 % of all")),
    ("station.NAME.refer", &[], ("station.primary.refer.dock.top", "20 %")),
    ("station.NAME.refer", &[], ("station.primary.refer.dock.share", "50 %")),
    (
        "station.NAME.refer",
        &[("station.primary.refer.dock", "100 % from 1")],
        ("station.primary.refer.dock.from", "2"),
    ),
    ("station.NAME.release", REVIEW, ("station.review", KEPT)),
    ("station.NAME.room", &[], ("station.dock.room", "1")),
    ("station.NAME.route", &[], ("station.primary.route.dock", "30 %")),
    ("station.NAME.sees", &[], ("station.dock.sees.narcotics", "70 %")),
    ("station.NAME.service", &[], ("station.dock.service", "25 min")),
    ("study.end", &[BY_OFFICERS], ("study.end", "cut")),
    ("study.run_length", &[], ("study.run_length", "20 h")),
    ("study.seed", &[], ("study.seed", "2")),
    ("study.start", &[("demand.north.by_weekday", r#"{ mon = "120 %" }"#)], ("study.start", "2024-01-02")),
    (
        "study.time_zone",
        &[
            ("study.start", "2024-03-10"),
            ("demand.north.by_hour", r#"{ "00:00-12:00" = "30 %", "12:00-24:00" = "70 %" }"#),
        ],
        ("study.time_zone", "UTC"),
    ),
    ("study.warm_up", &[], ("study.warm_up", "2 h")),
    ("violation.NAME.rate", &[], ("violation.narcotics.rate", "6 %")),
    (
        "violation.NAME.score",
        &[],
        ("violation.narcotics", r#"{ rate = "5 %", score = "exponential(mean = 2)" }"#),
    ),
    ("violation.NAME.separation", &[], ("violation.narcotics.separation", "2")),
    ("violation.NAME.spread", &[], ("violation.narcotics.spread", "2")),
];

/// Keys that change how results are told or which are told, and the reason.
const TOLD: &[(&str, &str)] = &[
    ("border_wait.check", "minutes to compare with"),
    ("border_wait.observed", "minutes to compare with"),
    ("class.NAME.title", "a name in reports"),
    ("demand.NAME.trace.ROW.id", "addresses the truck's draws: held by `keys`"),
    ("format", "the version of the format: there is one"),
    ("goals", "what is asked of results"),
    ("money.currency", "the name of the unit"),
    ("money.price_year", "told beside every amount"),
    ("optimize.NAME.confidence", "what a search promises: held by `optimize`"),
    ("optimize.NAME.each_row", "what a search chooses: held by `optimize`"),
    ("optimize.NAME.from", "which scenario a search varies: held by `optimize`"),
    ("optimize.NAME.indifference", "what a search calls alike: held by `optimize`"),
    ("optimize.NAME.minimize", "what a search minimizes: held by `optimize`"),
    ("optimize.NAME.replications", "how many replications a candidate has: held by `optimize`"),
    ("optimize.NAME.title", "a name in reports"),
    ("optimize.NAME.together", "what a search chooses: held by `optimize`"),
    ("optimize.NAME.vary", "what a search chooses: held by `optimize`"),
    ("precision.replications", "how many replications there are"),
    ("precision.target", "how many replications there are"),
    ("uncertain", "what plausible worlds draw, beside the study as written: tests/uncertain.rs"),
    ("precision.worlds", "how many plausible worlds there are: tests/uncertain.rs"),
    ("precision.replications_per_world", "how many replications a plausible world has: tests/uncertain.rs"),
    ("precision.too_small", "what a verdict calls useful"),
    ("scenario.NAME.from", "which scenario it starts from"),
    ("scenario.NAME.set", "the way to change the others"),
    ("scenario.NAME.title", "a name in reports"),
    ("source", "where values come from"),
    ("sweep.NAME.design", "which points a sweep has: held by `sweep`"),
    ("sweep.NAME.from", "which scenarios a sweep varies: held by `sweep`"),
    ("sweep.NAME.milestone", "what is built when: held by `years`"),
    ("sweep.NAME.per_year", "what grows: held by `years`"),
    ("sweep.NAME.measures", "what a sweep keeps: held by `sweep`"),
    ("sweep.NAME.replications", "how many replications a point has: held by `sweep`"),
    ("sweep.NAME.title", "a name in reports"),
    ("sweep.NAME.together", "what a sweep varies: held by `sweep`"),
    ("sweep.NAME.vary", "what a sweep varies: held by `sweep`"),
    ("study.baseline", "which scenario the others are compared with"),
    ("study.title", "the question"),
];

/// The documented keys that hold a value: sections of others are left out.
fn documented() -> BTreeSet<String> {
    let text = reference();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let paths: BTreeSet<String> = rows.map(|(path, _)| path.to_owned()).collect();
    let has_parts = |path: &String| paths.iter().any(|other| other.starts_with(&format!("{path}.")));
    let told_or_changed = |path: &str| changed(path) || TOLD.iter().any(|(told, _)| *told == path);
    paths.iter().filter(|path| !has_parts(path) || told_or_changed(path)).cloned().collect()
}

fn changed(path: &str) -> bool {
    CHANGES.iter().any(|(name, ..)| *name == path)
}

/// All that a study with these changes measures, by scenario and name, and what plans are worth.
fn values(set: &[(&str, &str)]) -> BTreeMap<String, String> {
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let loaded = load_embedded(&[("effect/study.toml", STUDY)], &Overrides { set, ..Overrides::default() });
    let told = loaded.sources.render(&loaded.diagnostics, false);
    let plan = loaded.plan.unwrap_or_else(|| panic!("{told}"));
    let result = run(&plan, &Options::default(), &|_| {}, &AtomicBool::new(false)).expect("the study runs");
    let mut values = BTreeMap::new();
    for scenario in &result.scenarios {
        for (entry, value) in result.entries.iter().zip(&scenario.values[0]) {
            values.insert(format!("{} {}", scenario.name, entry.name), value.to_bits().to_string());
        }
    }
    values.insert("worth".to_owned(), format!("{:?}", result.appraisal));
    values
}

#[test]
fn every_key_stands_in_one_of_the_lists() {
    let lists = CHANGES.iter().map(|row| row.0).chain(TOLD.iter().map(|row| row.0));
    let known: BTreeSet<String> = lists.map(str::to_owned).collect();
    assert!(TOLD.iter().all(|(path, _)| !changed(path)), "a key changes results or it does not");
    let documented = documented();
    let missing: Vec<_> = documented.difference(&known).collect();
    assert!(missing.is_empty(), "no change of these keys is tried: {missing:?}");
    let gone: Vec<_> = known.difference(&documented).collect();
    assert!(gone.is_empty(), "these are no keys of the reference: {gone:?}");
}

#[test]
fn every_key_changes_what_is_measured() {
    let base = values(&[]);
    let mut idle = Vec::new();
    for (_, beside, change) in CHANGES {
        let before = if beside.is_empty() { base.clone() } else { values(beside) };
        // A later change of the same key replaces the earlier one.
        let kept = beside.iter().filter(|(key, _)| *key != change.0);
        let set: Vec<(&str, &str)> = kept.copied().chain([*change]).collect();
        if values(&set) == before {
            idle.push(*change);
        }
    }
    assert!(idle.is_empty(), "these keys change nothing: {idle:?}");
}
