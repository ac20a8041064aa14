//! Money and air, worked out on paper: constant times, three trucks, round prices.
//!
//! One booth (10 min a truck, 2 min to move up) and half an hour of road behind it. In minutes:
//!
//! | truck | class | comes | lane | service | gone | inside | in line | moving up | delay |
//! |---|---|---|---|---|---|---|---|---|---|
//! | 1 | dry | 0 | 0 | 0–10 | 40 | 40 | 0 | 0 | 0 |
//! | 2 | dry | 1 | 10 | 12–22 | 52 | 51 | 9 | 2 | 11 |
//! | 3 | produce | 2 | 22 | 24–34 | 64 | 62 | 20 | 2 | 22 |
//! | sum | | | | 30 | | 153 | 29 | 4 | 33 |
//!
//! Driving takes 90 min. A tenth of the time in line is creeping: 4 + 2.9 = 6.9 min; standing is the rest,
//! 153 − 90 − 6.9 = 56.1 min. One officer is on duty for 30 min and stays 4 min longer for truck 3.

use std::sync::atomic::AtomicBool;

use cruce::experiment::{Mean, Options, StudyResult, run};
use cruce::measure::{Entry, Measure, Unit};
use cruce::model::value::Currency;
use cruce::report::layout::Look;
use cruce::report::sheet::Sheet;
use cruce::report::summary::summary;
use cruce::report::tables::tables;
use cruce::scenario::plan::StudyPlan;
use cruce::scenario::{Overrides, load_embedded};

const STUDY: &str = r#"
format = 1
[study]
title = "Three trucks"
start = "2024-01-01"
run_length = "2 h"
baseline = "one"
[precision]
replications = 2
[class.dry]
share = "rest"
[class.produce]
share = "50 % of trucks"
[demand.north]
entry = "booth"
trace.1 = { arrival = "0 min", class = "dry" }
trace.2 = { arrival = "1 min", class = "dry" }
trace.3 = { arrival = "2 min", class = "produce" }
[station.booth]
lanes.all = { servers = 1, open = "officers" }
service = "10 min"
move_up = "2 min"
next = "road"
[road.road]
travel = "30 min"
next = "exit"
[officers.cbp]
on_duty = { "00:00" = 1, "00:30" = 0 }
rule."booth.all" = "1 lane"
[money]
currency = "USD"
price_year = 2024
truck_hour = "60 USD/h"
fuel_price = "4 USD/gal"
officer_hour = "30 USD/h"
overtime_hour = "45 USD/h"
cargo_value.dry = "24000 USD"
cargo_value.rest = "48000 USD"
cargo_time_value = "24 %/day"
perishable.produce = "10 %/h after 32 min"
capital."booth.all" = "1 million USD/lane"
days_per_year = 300
horizon = "2 years"
discount_rate = "25 %"
[air]
idle_fuel = "1 gal/h"
creep_fuel = "2 gal/h"
creep_share = "10 %"
co2 = "10 kg/gal"
nox.idle = "30 g/h"
nox.creep = "60 g/h"
[scenario.one]
[scenario.two]
from = "one"
set."station.booth.lanes.all.servers" = "+1"
set."officers.cbp.rule.booth.all.lanes" = "+1"
set."officers.cbp.on_duty.00:00" = 2
"#;

fn plan(text: &str, set: &[(&str, &str)]) -> StudyPlan {
    let set = set.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let loaded = load_embedded(&[("test/study.toml", text)], &Overrides { set, ..Overrides::default() });
    let told = loaded.sources.render(&loaded.diagnostics, false);
    loaded.plan.unwrap_or_else(|| panic!("{told}"))
}

fn results(plan: &StudyPlan) -> StudyResult {
    run(plan, &Options::default(), &|_| {}, &AtomicBool::new(false)).expect("the study runs")
}

fn near(what: &str, value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {value} is not {expected}");
}

/// Every replication has these values of a scenario.
fn check(result: &StudyResult, scenario: usize, expected: &[(&str, f64)]) {
    for (name, expected) in expected {
        let place = result.find(name).unwrap_or_else(|| panic!("no measure {name}"));
        for values in &result.scenarios[scenario].values {
            near(name, values[place], *expected);
        }
    }
}

/// Truck time 153 min at 1 USD a minute. Fuel (56.1 × 1 + 6.9 × 2)/60 gal. NOx (56.1 × 30 + 6.9 × 60)/60 g.
/// Cargo loses 1 % an hour: dry 240 USD × 91/60, produce 480 USD × 62/60. Truck 3 is 30 min beyond the
/// knee: 5 % of 48,000. Officers: 30 min at 30 USD/h, 4 min at 45. Two hours are a twelfth of a day.
#[test]
fn three_trucks_on_paper() {
    let result = results(&plan(STUDY, &[]));
    let expected = [
        ("truck_hours", 153.0 / 60.0),
        ("truck_hours.dry", 91.0 / 60.0),
        ("truck_hours.produce", 62.0 / 60.0),
        ("delay_truck_hours", 33.0 / 60.0),
        ("idle_hours", 56.1 / 60.0),
        ("creep_hours", 6.9 / 60.0),
        ("fuel", 1.165),
        ("co2", 11.65),
        ("nox", 34.95),
        ("nox.produce", (10.0 * 30.0 + 18.0 * 30.0 + 4.0 * 60.0) / 60.0),
        ("truck_time_cost", 153.0),
        ("fuel_cost", 4.66),
        ("cargo_time_cost", 364.0 + 496.0),
        ("cargo_time_cost.dry", 364.0),
        ("perishable_loss", 2400.0),
        ("perishable_loss.dry", 0.0),
        ("officer_cost", 15.0),
        ("overtime_cost", 3.0),
        ("user_cost", 3417.66),
        ("cost", 3435.66),
        ("cost_per_day", 3435.66 * 12.0),
    ];
    check(&result, 0, &expected);
}

/// With two booths truck 2 starts at once and truck 3 takes lane 1 at 10: in line 8, moving up 2, inside
/// 50. Trucks are inside for 130 min; creeping 2.8, standing 37.2 min; fuel 42.8/60 gal. Saved: 23 of
/// truck time, 27.1/60 × 4 of fuel, 44 + 96 of cargo time, 2 % of 48,000 of produce: 1,124.80667. Officers
/// cost 30 − 18 = 12 more. A year has 300 × 12 such runs: benefit 4,049,304, officers 43,200. Two years at
/// 25 % count 0.8 + 0.64 = 1.44 times: 1.44 × (4,049,304 − 43,200) − 1,000,000 = 4,768,789.76.
#[test]
fn two_booths_are_weighed_against_one() {
    let result = results(&plan(STUDY, &[]));
    let saved = 23.0 + 27.1 / 60.0 * 4.0 + 44.0 + 96.0 + 960.0;
    check(
        &result,
        1,
        &[
            ("truck_hours", 130.0 / 60.0),
            ("fuel", 42.8 / 60.0),
            ("perishable_loss", 1440.0),
            ("user_cost", 3417.66 - saved),
            ("officer_cost", 30.0),
            ("overtime_cost", 0.0),
        ],
    );
    let appraisal = result.appraisal.as_ref().expect("the study says how");
    let [worth] = appraisal.plans.as_slice() else { panic!("one plan beside the baseline") };
    assert_eq!((appraisal.currency, appraisal.price_year), (Currency::Usd, 2024));
    let mean = |mean: &Mean| mean.mean.expect("there is a value");
    near("benefit", mean(&worth.user_benefit), 4_049_304.0);
    near("officers", mean(&worth.officer_cost), 43_200.0);
    near("capital", worth.capital, 1_000_000.0);
    near("net present value", mean(&worth.net_present_value), 4_768_789.76);
    near("ratio", mean(&worth.benefit_cost_ratio), 1.44 * 4_049_304.0 / (1.44 * 43_200.0 + 1e6));
    // Nothing varies, so the intervals have no width.
    assert_eq!(worth.net_present_value.half_width, Some(0.0));
}

/// Cut at 23 min, trucks are 23, 22 and 21 min inside. Truck 1 has driven 13 min, truck 2 one minute;
/// truck 3 has moved up for one of its two minutes. Creeping 2 + 1 + 2.9, standing 10 + 10 + 26.1.
#[test]
fn trucks_that_are_still_inside_count_as_far_as_they_came() {
    let set = [("study.run_length", "23 min"), ("study.end", "cut")];
    let result = results(&plan(STUDY, &set));
    let expected = [
        ("trucks.unfinished", 3.0),
        ("truck_hours", 66.0 / 60.0),
        ("creep_hours", 5.9 / 60.0),
        ("idle_hours", 46.1 / 60.0),
        ("fuel", (46.1 + 2.0 * 5.9) / 60.0),
    ];
    check(&result, 0, &expected);
}

/// Trucks that came in the warm-up count nowhere: only truck 3 comes after it.
#[test]
fn the_warm_up_is_left_out() {
    let result = results(&plan(STUDY, &[("study.warm_up", "90 s")]));
    let expected = [("truck_hours", 62.0 / 60.0), ("creep_hours", 4.0 / 60.0), ("idle_hours", 28.0 / 60.0)];
    check(&result, 0, &expected);
}

/// Without fuel's own price it is part of the truck hour; without overtime's it costs as any hour.
#[test]
fn what_is_not_priced_is_not_there() {
    let text =
        STUDY.replace("fuel_price = \"4 USD/gal\"\n", "").replace("overtime_hour = \"45 USD/h\"\n", "");
    let result = results(&plan(&text, &[]));
    assert_eq!(result.find("fuel_cost"), None);
    check(&result, 0, &[("user_cost", 3413.0), ("overtime_cost", 2.0), ("cost", 3430.0)]);
    let (before, after) = STUDY.split_once("[money]").expect("there is a section");
    let air = after.split_once("[air]").expect("there is a section").1;
    let result = results(&plan(&format!("{before}[air]{air}"), &[]));
    assert!(result.find("co2").is_some() && result.find("cost").is_none() && result.appraisal.is_none());
    let scenarios = air.split_once("[scenario.one]").expect("there is one").1;
    let bare = plan(&format!("{before}[scenario.one]{scenarios}"), &[]);
    let result = results(&bare);
    let valued = |entry: &Entry| {
        matches!(
            entry.unit,
            Unit::Money(_) | Unit::TruckHours | Unit::Gallons | Unit::Kilograms | Unit::Grams
        )
    };
    assert!(!result.entries.iter().any(valued), "a study without the sections has none of it");
    assert!(sheet(&bare, &result).is_none());
}

fn sheet(plan: &StudyPlan, result: &StudyResult) -> Option<Sheet> {
    tables(plan, result, &[]).into_iter().find(|sheet| sheet.name == "money")
}

/// Every price and rate leaves what happens alone: all other values are those of the bare study.
#[test]
fn prices_change_nothing_else() {
    let (before, after) = STUDY.split_once("[money]").expect("there is a section");
    let scenarios = after.split_once("[scenario.one]").expect("there is one").1;
    let (bare, valued) =
        (results(&plan(&format!("{before}[scenario.one]{scenarios}"), &[])), results(&plan(STUDY, &[])));
    for (place, entry) in bare.entries[..bare.whole_run].iter().enumerate() {
        let there = valued.find(&entry.name).expect("it is there too");
        for (scenario, other) in bare.scenarios.iter().zip(&valued.scenarios) {
            for (values, others) in scenario.values.iter().zip(&other.values) {
                assert_eq!(values[place].to_bits(), others[there].to_bits(), "{}", entry.name);
            }
        }
    }
}

/// In every replication of the default study: parts sum to the cost, classes to the whole, truck-hours
/// are the crossing times, and hours of engines are no more than hours of trucks.
#[test]
fn parts_and_classes_sum_to_the_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/ysleta");
    let replications = "5".parse().ok();
    let overrides = Overrides { replications, ..Overrides::default() };
    let loaded = cruce::scenario::load(&folder, &overrides).expect("the study is readable");
    let plan = loaded.plan.expect("the study is sound");
    let result = results(&plan);
    for scenario in &result.scenarios {
        for values in &scenario.values {
            let value = |name: &str| values[result.find(name).unwrap_or_else(|| panic!("no {name}"))];
            let users = value("truck_time_cost") + value("cargo_time_cost");
            near("user cost", value("user_cost"), users);
            near("cost", value("cost"), users + value("officer_cost") + value("overtime_cost"));
            near("cost per day", value("cost_per_day"), value("cost"));
            let times = value("crossing_time.count") * value("crossing_time.mean") / 3600.0;
            near("truck-hours", value("truck_hours"), times);
            let delays = value("delay.count") * value("delay.mean") / 3600.0;
            near("delay", value("delay_truck_hours"), delays);
            assert!(value("idle_hours") + value("creep_hours") < value("truck_hours"));
            near("CO2", value("co2"), 10.18 * value("fuel"));
            for measure in [Measure::TruckHours, Measure::Fuel, Measure::Nox, Measure::UserCost] {
                let of_classes: f64 = result.entries[..result.whole_run]
                    .iter()
                    .zip(values)
                    .filter(|(entry, _)| entry.measure == measure && entry.class.is_some())
                    .map(|(_, value)| value)
                    .sum();
                near(measure.name(), value(measure.name()), of_classes);
            }
        }
    }
    let worth = &result.appraisal.as_ref().expect("the study says how").plans;
    let named = |name: &str| {
        let place = result.scenarios.iter().position(|scenario| scenario.name == name);
        worth.iter().find(|worth| Some(worth.scenario) == place).expect("it is compared")
    };
    // Pre-clearance builds nothing and saves officers: a ratio would mean nothing.
    assert_eq!((named("pre-clearance").capital, named("pre-clearance").benefit_cost_ratio.n), (0.0, 0));
    assert_eq!(named("two-more-booths").capital, 5e6);
    let ratio = named("two-more-booths").benefit_cost_ratio;
    assert!(ratio.low().is_some_and(|low| low > 1.0), "{ratio:?}");
    assert!(plan.assumptions.iter().any(|(path, _)| path == "money.officer_hour"));
    assert!(plan.sources.iter().any(|(path, _, _)| path == "money.truck_hour"));
    assert!(!plan.assumptions.iter().any(|(path, _)| path == "money.currency" || path == "money.price_year"));
}

/// The rows of `money.csv` name their price year, and say for whom they are.
#[test]
fn the_table_has_costs_and_worth() {
    let plan = plan(STUDY, &[]);
    let result = results(&plan);
    let sheet = sheet(&plan, &result).expect("the study has prices");
    let text = String::from_utf8(sheet.csv()).expect("UTF-8");
    assert!(text.starts_with("scenario,versus,item,unit,value,ci_low,ci_high,n,price_year\n"), "{text}");
    for row in ["one,,overtime_cost,USD,3,3,3,2,2024", "two,one,capital,USD,1000000,,,0,2024"] {
        assert!(text.lines().any(|line| line == row), "{row} in {text}");
    }
    assert!(text.contains("two,one,net_present_value,USD,47687"), "{text}");
    assert!(text.contains("two,one,benefit_cost_ratio,,5.48"), "{text}");
    let said = summary(&plan, &result, &[], Look { width: 80, color: false });
    assert!(said.contains("Worth against one (1,000 USD, prices of 2024)"), "{said}");
    assert!(said.contains("cost per day"), "{said}");
    for width in [40, 80] {
        let said = summary(&plan, &result, &[], Look { width, color: false });
        assert!(said.lines().all(|line| line.chars().count() <= width), "{said}");
    }
}

/// A plan that turns half of the trucks away looks cheap: the table says so with a warning, and not for a
/// plan that serves the same trucks.
#[test]
fn a_plan_with_other_trucks_is_doubted() {
    let fewer = format!("{STUDY}[scenario.fewer]\nfrom = \"one\"\nset.\"station.booth.room\" = 0\n");
    let result = results(&plan(&fewer, &[]));
    let place = |name: &str| result.scenarios.iter().position(|scenario| scenario.name == name);
    let doubted: Vec<_> = result.warnings.iter().filter(|warning| warning.code == "W0509").collect();
    assert_eq!(doubted.iter().map(|warning| warning.scenario).collect::<Vec<_>>(), [place("fewer")]);
    assert!(doubted[0].message.starts_with("2.0 fewer trucks per run cross than in `one`"), "{doubted:?}");
}

/// A fourth truck, of produce, comes at 25 min: 11 min are posted, which truck 2 waited, so it goes
/// elsewhere and loses 45 min there: 45 USD of truck time and 48,000 × 1 %/h × 0.75 h = 360 USD of
/// cargo time. Nobody else fares otherwise; with two
/// lanes truck 3 waited 10 min, and it comes. With an event at 24 min it loses 90 min: twice as much.
#[test]
fn who_goes_elsewhere_loses_time_there() {
    let posted = "[border_wait]\nfrom = \"booth\"\nat = \"booth\"\nposted = \"every 10 min\"\n";
    let stay = STUDY.replace("[station.booth]", &format!("{posted}[station.booth]"));
    let divert = "divert = { \"10.5 min\" = \"100 %\" }\ndivert_cost = \"45 min\"\n\
                  trace.4 = { arrival = \"25 min\", class = \"produce\" }\n[border_wait]";
    let gone = stay.replace("[border_wait]", divert);
    let event = "[event.closed-bridge]\nfrom = \"00:24\"\nset.demand.north.divert_cost = \"90 min\"\n[air]";
    let of = |text: &str| {
        let found = results(&plan(text, &[("study.baseline", "one")]));
        ["truck_time_cost", "cargo_time_cost", "cargo_time_cost.produce", "user_cost", "truck_hours"]
            .map(|name| found.scenarios[0].values[0][found.find(name).expect("it is measured")])
    };
    let without = of(&stay);
    for (text, hours) in [(gone.clone(), 0.75), (gone.replace("[air]", event), 1.5)] {
        let found = results(&plan(&text, &[]));
        check(
            &found,
            0,
            &[("diversion_hours", hours), ("diversion_hours.dry", 0.0), ("trucks.diverted", 1.0)],
        );
        let more: Vec<f64> = of(&text).iter().zip(without).map(|(with, without)| with - without).collect();
        let (time, cargo) = (60.0 * hours, 480.0 * hours);
        for (found, expected) in more.iter().zip([time, cargo, cargo, time + cargo, 0.0]) {
            near("what it loses elsewhere", *found, expected);
        }
        check(&found, 1, &[("diversion_hours", 0.0), ("trucks.diverted", 0.0)]);
    }
}
