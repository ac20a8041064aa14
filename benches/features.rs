//! What each rule of a crossing costs when it is on: the same file with it and without, in turns.
//!
//! [`FEATURES`] lists the rules as changes to `features.toml`, which uses none. Each is run in
//! [`ROUNDS`] pairs, the same trucks with and without, all default statistics on; the ratio of CPU
//! time a truck is taken pair by pair, and the table shows its median and quartiles. A ratio mixes two
//! things: the work that a rule adds, and another course of things (longer lines, trucks that leave).
//! So the notices a truck (what happened, as far as observers are told; the engine does not count
//! events) and the mean crossing time stand beside it, with and without. Before anything is timed,
//! a run with the rule must give other results than one without. `cargo bench --bench features`
//! measures all; `-- patience` those whose name has the word.

mod timing;

use std::collections::BTreeMap;

use cruce::kernel::time::SimTime;
use cruce::measure::{Catalog, Collector, Observed};
use cruce::model::crossing::simulate;
use cruce::model::notice::{LaneNotice, Notice, Observer};
use cruce::model::truck::{Truck, TruckId};
use cruce::scenario::plan::{ScenarioPlan, StudyPlan};
use cruce::scenario::{Overrides, load};
use timing::{per_truck, quartiles};

/// Pairs of runs for each feature, each with a seed of its own.
const ROUNDS: u64 = 21;

/// Changes to the file, as `--set` makes them.
type Changes = &'static [(&'static str, &'static str)];

/// A rule, and the two files that differ in it alone.
struct Feature {
    name: &'static str,
    /// What both have.
    both: Changes,
    /// What turns it on.
    on: Changes,
    effect: Effect,
}

/// What a rule does to results that would be there without it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Trucks fare differently.
    Changes,
    /// Trucks fare the same, and more is measured.
    Adds,
    /// Nothing: both files are the same.
    Nothing,
}

const fn feature(name: &'static str, on: Changes) -> Feature {
    Feature { name, both: &[], on, effect: Effect::Changes }
}

const fn beside(name: &'static str, both: Changes, on: Changes) -> Feature {
    Feature { name, both, on, effect: Effect::Changes }
}

/// Measures without a rule: results stay what they are.
const fn measured(name: &'static str, on: Changes) -> Feature {
    Feature { name, both: &[], on, effect: Effect::Adds }
}

/// Officers who follow the queue, with more in the section and in the rule.
macro_rules! pool {
    ($beside:literal, $rule:literal) => {
        (
            "officers.cbp",
            concat!(
                "{ on_duty = 7",
                $beside,
                r#", rule = { "primary.standard" = "2..6 lanes, open when queue >= 3 per lane, close when queue <= 1 per lane"#,
                $rule,
                r#", at least 30 min" } }"#
            ),
        )
    };
}

const RANKS: (&str, &str) = ("station.primary.priority", r#"["empty", "laden"]"#);
const OFFICERS_DIFFER: (&str, &str) = ("station.primary.officer_factor", "lognormal(mean = 1, cv = 0.1)");
const BORDER_WAIT: (&str, &str) = ("border_wait", r#"{ from = "toll", at = "primary" }"#);
const BY_POOL: (&str, &str) = ("station.primary.lanes.standard.open", "officers");
const BY_TABLE: (&str, &str) = (
    "station.primary.lanes.standard.open",
    r#"{ "00:00" = 2, "05:00" = 6, "11:00" = 5, "11:30" = 6, "15:00" = 5, "15:30" = 6, "20:00" = 3 }"#,
);
const FAST_IN_BOTH: (&str, &str) =
    ("station.primary.lanes.standard.accepts", r#"["fast", "empty", "laden"]"#);
const POOL: (&str, &str) = pool!("", "");
const RANDOM_TRAVEL: (&str, &str) = ("road.bridge.travel", "gamma(mean = 6 min, cv = 0.3)");
const PART_OF_DEMAND: (&str, &str) = ("demand.north.volume", "x0.6");

const FEATURES: &[Feature] = &[
    Feature { name: "nothing (how well this measures)", both: &[], on: &[], effect: Effect::Nothing },
    // Who is served first, and where.
    feature("priority, non-preemptive", &[RANKS]),
    feature("priority, preemptive-resume", &[RANKS, ("station.primary.preempt", "resume")]),
    feature("priority, preemptive-restart", &[RANKS, ("station.primary.preempt", "restart")]),
    feature(
        "overflow between groups",
        &[("station.primary.lanes.fast.room", "1"), ("station.primary.lanes.fast.overflow", "standard")],
    ),
    beside(
        "groups share a line",
        &[
            FAST_IN_BOTH,
            ("station.primary.lanes.fast.preference", "1"),
            ("station.primary.lanes.standard.preference", "2"),
        ],
        &[("station.primary.queue", "shared")],
    ),
    feature("a line per lane, shortest", &[("station.primary.queue", "shortest")]),
    feature("a line per lane, random", &[("station.primary.queue", "random")]),
    feature("a line per lane, round robin", &[("station.primary.queue", "round-robin")]),
    beside("free lane at random", &[OFFICERS_DIFFER], &[("station.primary.free_lane", "random")]),
    beside("free lane, fastest", &[OFFICERS_DIFFER], &[("station.primary.free_lane", "fastest")]),
    // Room, and trucks that leave.
    feature("room of a station, block", &[("station.secondary.room", "2")]),
    feature("room of a road, block", &[("road.bridge.room", "40")]),
    feature("room, divert", &[("station.secondary.room", "2"), ("station.secondary.full", "divert exit")]),
    feature("room, turn away", &[("station.secondary.room", "2"), ("station.secondary.full", "turn-away")]),
    feature("split of a road", &[("road.bridge.split", "10")]),
    feature("balking", &[("station.primary.balking", r#"{ 5 = "95 %", 15 = "85 %" }"#)]),
    feature("patience, deterministic", &[("station.primary.patience", "20 min")]),
    feature("patience, random", &[("station.primary.patience", "exponential(mean = 2 h)")]),
    measured("border wait and its posting", &[BORDER_WAIT]),
    beside(
        "diversion by posted wait",
        &[BORDER_WAIT],
        &[("demand.north.divert", r#"{ "16 min" = "10 %", "30 min" = "30 %" }"#)],
    ),
    // Lanes that stand still, open and close.
    feature(
        "failures, over all time",
        &[(
            "failure.scanner",
            r#"{ lanes = ["primary.standard"], up = "exponential(mean = 20 h)", repair = "exponential(mean = 15 min)" }"#,
        )],
    ),
    feature(
        "failures, over serving time",
        &[(
            "failure.scanner",
            r#"{ lanes = ["primary.standard"], clock = "serving", up = "exponential(mean = 12 h)", repair = "exponential(mean = 15 min)" }"#,
        )],
    ),
    feature(
        "failures, truck goes back to the line",
        &[(
            "failure.scanner",
            r#"{ lanes = ["primary.standard"], truck = "return", up = "exponential(mean = 20 h)", repair = "exponential(mean = 15 min)" }"#,
        )],
    ),
    feature(
        "listed outage, lanes down",
        &[("failure.power", r#"{ lanes = ["primary.standard"], windows = "06:00-06:20" }"#)],
    ),
    feature(
        "listed outage, slower service",
        &[(
            "failure.computers",
            r#"{ lanes = ["primary.standard"], windows = "06:00-07:00", pace = "60 %" }"#,
        )],
    ),
    feature("other work of officers", &[("station.primary.lanes.standard.other_work", "30 s")]),
    feature("lanes by table", &[BY_TABLE]),
    beside(
        "closing lanes send their truck back",
        &[BY_TABLE],
        &[("station.primary.lanes.standard.closing", "resume")],
    ),
    feature("lanes that follow the queue", &[BY_POOL, POOL]),
    beside("set-up of lanes", &[BY_POOL, POOL], &[pool!("", ", set-up 5 min")]),
    beside("breaks of officers", &[BY_POOL, POOL], &[pool!(r#", breaks = "15 min every 4 h""#, "")]),
    // Service beyond independent noise.
    feature("day factor of service", &[("station.primary.day_factor", "lognormal(mean = 1, cv = 0.05)")]),
    feature("officer factor", &[OFFICERS_DIFFER]),
    feature("rate by queue", &[("station.primary.pace_by_queue", r#"{ 0 = "98 %", 6 = "105 %" }"#)]),
    feature("rate by lanes open", &[("station.primary.pace_by_open", r#"{ 2 = "101 %", 6 = "98 %" }"#)]),
    feature("move-up", &[("station.primary.move_up", "2 s")]),
    // Demand, and what changes it.
    feature("day factor of demand", &[("demand.north.day_factor", "lognormal(mean = 1, cv = 0.05)")]),
    feature("batches of two on average", &[("demand.north.batch", "geometric(mean = 2)")]),
    beside(
        "appointments",
        &[PART_OF_DEMAND, ("demand.booked", r#"{ entry = "toll", headway = "exponential(mean = 94 s)" }"#)],
        &[("demand.booked", APPOINTMENTS)],
    ),
    feature(
        "event: a surge of a day",
        &[("event.surge", r#"{ from = "day 10", to = "day 10", set = { demand.north.volume = "x1.1" } }"#)],
    ),
    // Yards and roads.
    feature("yard with unlimited servers", &[("station.secondary.lanes.all.servers", "unlimited")]),
    feature("random travel without overtaking", &[RANDOM_TRAVEL]),
    beside("overtaking", &[RANDOM_TRAVEL], &[("road.bridge.overtaking", "true")]),
    // What it is worth.
    measured(
        "air",
        &[(
            "air",
            r#"{ idle_fuel = "0.8 gal/h", creep_fuel = "1.6 gal/h", creep_share = "10 %", co2 = "10.18 kg/gal", nox = { idle = "34 g/h" } }"#,
        )],
    ),
    measured(
        "money",
        &[(
            "money",
            r#"{ currency = "USD", price_year = 2024, truck_hour = "90.89 USD/h", officer_hour = "67.50 USD/h", cargo_value = "67000 USD", cargo_time_value = "1.4 %/day", perishable = { laden = "2 %/h after 4 h" } }"#,
        )],
    ),
];

/// As many trucks a day as the headways that stand there without them.
const APPOINTMENTS: &str = r#"{ entry = "toll", slot = "30 min", appointments = 20, no_show = "4 %", early = "30 min", show_up = "gamma(mean = 30 min, cv = 0.5)" }"#;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if !words.iter().any(|word| word == "--bench") {
        return; // `cargo test --all-targets` only checks that it builds
    }
    let wanted: Vec<&String> = words.iter().filter(|word| !word.starts_with("--")).collect();
    let chosen = FEATURES
        .iter()
        .filter(|feature| wanted.is_empty() || wanted.iter().any(|word| feature.name.contains(*word)));
    println!(
        "{:<38} {:>8} {:>6}  {:<11}  {:>13}  {:>13}",
        "feature", "ns/truck", "ratio", "quartiles", "notices/truck", "crossing, min"
    );
    chosen.for_each(|feature| println!("{}", row(feature)));
}

/// Measures one feature: a line of the table.
fn row(feature: &Feature) -> String {
    let both = feature.both.iter().copied();
    let (without, with) = (study(both.clone()), study(both.chain(feature.on.iter().copied())));
    let (without, with) = (&without.scenarios[0], &with.scenarios[0]);
    let (before, after) = (Answer::of(without), Answer::of(with));
    check(feature, &before, &after);
    let (mut plain, mut ruled) = (collector(without), collector(with));
    let rounds = (0..ROUNDS).map(|seed| {
        // Neither is always the first.
        if seed % 2 == 0 {
            let off = timed(without, &mut plain, seed);
            (off, timed(with, &mut ruled, seed))
        } else {
            let on = timed(with, &mut ruled, seed);
            (timed(without, &mut plain, seed), on)
        }
    });
    let (ratios, times): (Vec<f64>, Vec<f64>) = rounds.map(|(off, on)| (on / off, on)).unzip();
    let ([lower, ratio, upper], [_, time, _]) = (quartiles(ratios), quartiles(times));
    format!(
        "{:<38} {time:>8.0} {ratio:>6.2}  {:<11}  {:>13}  {:>13}",
        feature.name,
        format!("{lower:.2}..{upper:.2}"),
        format!("{:.1} -> {:.1}", before.notices, after.notices),
        format!("{:.1} -> {:.1}", before.crossing(), after.crossing()),
    )
}

/// The file with changes, read as `cruce run --set` would.
fn study(changes: impl Iterator<Item = (&'static str, &'static str)>) -> StudyPlan {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/features.toml");
    // What comes later stands instead of an earlier change of the same key.
    let set: BTreeMap<&str, &str> = changes.collect();
    let set = set.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let loaded = load(file.as_ref(), &Overrides { set, ..Overrides::default() }).expect("the file is there");
    let told = loaded.sources.render(&loaded.diagnostics, false);
    loaded.plan.unwrap_or_else(|| panic!("{told}"))
}

fn collector(scenario: &ScenarioPlan) -> Collector<'_> {
    Collector::valued(&scenario.network, scenario.valuation.as_ref())
}

/// CPU nanoseconds a truck of a run with all statistics.
fn timed(scenario: &ScenarioPlan, collector: &mut Collector<'_>, seed: u64) -> f64 {
    let run = || {
        collector.reset();
        simulate(&scenario.network, seed, 0, collector).expect("it runs").trucks
    };
    per_truck(run).0
}

/// What one run gives.
struct Answer {
    trucks: u64,
    /// Notices a truck.
    notices: f64,
    /// Every measure by name.
    values: BTreeMap<String, f64>,
}

impl Answer {
    fn of(scenario: &ScenarioPlan) -> Answer {
        let catalog = Catalog::valued(&scenario.network, scenario.valuation.as_ref());
        let mut observers = (collector(scenario), Count(0));
        let end = simulate(&scenario.network, 1, 0, &mut observers).expect("it runs");
        let (collector, Count(notices)) = observers;
        let Observed { values, .. } =
            collector.finish(&catalog, end.trucks).expect("every run obeys the laws");
        let names = catalog.entries().iter().map(|entry| entry.name.clone());
        Answer {
            trucks: end.trucks,
            notices: notices as f64 / end.trucks as f64,
            values: names.zip(values).collect(),
        }
    }

    /// Mean crossing time in minutes.
    fn crossing(&self) -> f64 {
        self.values["crossing_time.mean"] / 60.0
    }
}

/// Counts what an observer is told.
struct Count(u64);

impl Observer for Count {
    fn notice(&mut self, _: SimTime, _: TruckId, _: &Truck, _: Notice) {
        self.0 += 1;
    }

    fn lane_notice(&mut self, _: SimTime, _: LaneNotice) {
        self.0 += 1;
    }
}

/// A feature that is not on would be measured as free.
fn check(feature: &Feature, before: &Answer, after: &Answer) {
    let name = feature.name;
    let same = before.values.iter().all(|(name, value)| {
        // A measure that is gone is a change; what was not observed is NaN, with bits of its own.
        after.values.get(name).is_some_and(|other| other.to_bits() == value.to_bits())
    });
    let more = after.values.len() > before.values.len();
    match feature.effect {
        Effect::Changes => assert!(!same, "`{name}` is not on: results are those without it"),
        Effect::Adds => assert!(same && more, "`{name}` measures more and changes nothing"),
        Effect::Nothing => assert!(same && !more, "`{name}`: the same file gives the same results"),
    }
    let share = after.trucks as f64 / before.trucks as f64;
    assert!((0.95..1.05).contains(&share), "`{name}`: {share:.3} times as many trucks are another load");
}
