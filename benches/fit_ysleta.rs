//! Fits `scenarios/ysleta` to the waits that CBP posted, by a documented and repeatable search.
//!
//! Ten numbers are not known: five of the hourly profile (a plateau with two ramps above a night
//! level), the mean service of laden standard trucks, the move-up time, two thresholds of the
//! staffing rule, and the split. Points spread evenly over where they are likely to lie (Halton 1960)
//! are tried first. From each of the best, numbers are moved one after another by a step, up and
//! down, as long as the misfit falls; when none helps, all steps are halved (compass search: Kolda,
//! Lewis and Torczon 2003). Each trial loads the scenario file with overrides and simulates the same
//! trucks (common random numbers, a seed of its own); the answer is shown on the study's own seed.
//!
//! `cargo bench --bench fit_ysleta` searches, prints the numbers and the table by hour;
//! `cargo bench --bench fit_ysleta -- table` shows the file as it stands. Start at [`NUMBERS`].

use std::path::Path;

use cruce::measure::{Catalog, Collector};
use cruce::model::crossing::simulate;
use cruce::model::network::Network;
use cruce::scenario::plan::StudyPlan;
use cruce::scenario::{Overrides, load};
use rayon::prelude::*;

/// A number to fit: the range that it stays in, where it is likely to lie, and its first step.
struct Number {
    name: &'static str,
    range: (f64, f64),
    likely: (f64, f64),
    step: f64,
    /// The scenario file takes whole numbers here.
    whole: bool,
}

const fn number(name: &'static str, range: (f64, f64), likely: (f64, f64), step: f64, whole: bool) -> Number {
    Number { name, range, likely, step, whole }
}

/// Places in [`NUMBERS`].
const RISE_FROM: usize = 0;
const RISE_TO: usize = 1;
const FALL_FROM: usize = 2;
const FALL_TO: usize = 3;
const NIGHT: usize = 4;
const LADEN: usize = 5;
const MOVE_UP: usize = 6;
const OPEN: usize = 7;
const CLOSE: usize = 8;
const SPLIT: usize = 9;

const NUMBERS: [Number; 10] = [
    number("demand rises from (h)", (2.0, 6.5), (3.5, 5.5), 0.25, false),
    number("demand rises to (h)", (5.0, 11.0), (5.7, 8.0), 0.25, false),
    number("demand falls from (h)", (14.0, 21.5), (17.0, 20.5), 0.5, false),
    number("demand falls to (h)", (20.0, 30.0), (22.0, 26.0), 0.5, false),
    number("night over plateau (share)", (0.05, 0.5), (0.05, 0.2), 0.02, false),
    number("laden standard service (s)", (60.0, 155.0), (120.0, 154.0), 4.0, true),
    number("move-up (s)", (6.0, 25.0), (14.0, 22.0), 2.0, true),
    number("open a lane at (trucks per lane)", (8.0, 40.0), (18.0, 26.0), 1.0, true),
    number("close a lane at (trucks per lane)", (2.0, 30.0), (8.0, 17.0), 1.0, true),
    number("split (places)", (5.0, 120.0), (18.0, 45.0), 4.0, true),
];

type Point = [f64; NUMBERS.len()];

/// Points tried before the descents, and how many of them are descended from.
const SPREAD: u32 = 256;
const DESCENTS: usize = 4;

/// Replications of a point of the spread, of a trial in a descent, and of the final table.
const SPREAD_REPLICATIONS: u64 = 6;
const SEARCH_REPLICATIONS: u64 = 16;
const FINAL_REPLICATIONS: u64 = 60;
/// The search has its own trucks, so that the fit is not to the luck of the study's.
const SEARCH_SEED: u64 = 1;

/// Posted by CBP, Mon–Fri: hours that count fully in the fit.
const CORE: std::ops::RangeInclusive<usize> = 8..=19;

/// What a trial gave, by hour of the day.
struct Outcome {
    standard: [f64; 24],
    fast: [f64; 24],
    open: [f64; 24],
    fast_open: [f64; 24],
    occupancy: [f64; 24],
    arrivals: [f64; 24],
    /// Trucks that left before midnight over trucks that came.
    cleared: f64,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if !words.iter().any(|word| word == "--bench") {
        return; // `cargo test --all-targets` only checks that it builds
    }
    if words.iter().any(|word| word == "table") {
        let plan = load_study(&Overrides::default());
        return print_table(&plan, &outcome(&plan, plan.seed, FINAL_REPLICATIONS));
    }
    let best = search();
    let plan = load_study(&overrides(&best));
    println!("\nfitted numbers (range; likely)");
    for (number, value) in NUMBERS.iter().zip(best) {
        println!("{:34} {value:8.3}   {:?}  {:?}", number.name, number.range, number.likely);
    }
    println!("\ndemand-by-hour.csv");
    profile(&best).iter().enumerate().for_each(|(hour, share)| println!("{hour},{:.3} %", share * 100.0));
    print_table(&plan, &outcome(&plan, plan.seed, FINAL_REPLICATIONS));
}

/// The point of least misfit that was found.
fn search() -> Point {
    let points = (1..=SPREAD).map(spread_point).filter(is_ordered);
    let mut spread: Vec<(f64, Point)> =
        points.map(|point| (misfit_at(&point, SPREAD_REPLICATIONS), point)).collect();
    spread.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let found = spread.into_iter().take(DESCENTS).map(|(misfit, point)| {
        println!("from {point:.2?} with misfit {misfit:.1}");
        descend(point)
    });
    let least = found.min_by(|(_, a), (_, b)| a.total_cmp(b));
    least.expect("there are points").0
}

/// A point of the Halton sequence, within where the numbers are likely to lie.
fn spread_point(index: u32) -> Point {
    const PRIMES: [u32; NUMBERS.len()] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];
    std::array::from_fn(|place| {
        let number = &NUMBERS[place];
        let (low, high) = number.likely;
        let value = low + radical_inverse(index, PRIMES[place]) * (high - low);
        if number.whole { value.round() } else { value }
    })
}

/// The digits of `index` in a base, mirrored at the point.
fn radical_inverse(mut index: u32, base: u32) -> f64 {
    let (mut result, mut unit) = (0.0, 1.0);
    while index > 0 {
        unit /= f64::from(base);
        result += unit * f64::from(index % base);
        index /= base;
    }
    result
}

/// Compass search from a point: where it ends, and the misfit there.
fn descend(start: Point) -> (Point, f64) {
    let mut best = start;
    let mut least = misfit_at(&best, SEARCH_REPLICATIONS);
    let mut scale = 1.0;
    while scale > 0.1 {
        let before = least;
        for (place, number) in NUMBERS.iter().enumerate() {
            for direction in [1.0, -1.0] {
                while let Some(trial) = moved(&best, place, direction * number.step * scale) {
                    let misfit = misfit_at(&trial, SEARCH_REPLICATIONS);
                    if misfit >= least {
                        break;
                    }
                    (best, least) = (trial, misfit);
                }
            }
        }
        if least >= before {
            scale /= 2.0;
        }
    }
    println!("  to {best:.2?} with misfit {least:.1}");
    (best, least)
}

/// A point with one number changed, if that is a point of the range.
fn moved(point: &Point, place: usize, by: f64) -> Option<Point> {
    let number = &NUMBERS[place];
    let by = if number.whole { by.signum() * by.abs().round().max(1.0) } else { by };
    let mut trial = *point;
    trial[place] = (point[place] + by).clamp(number.range.0, number.range.1);
    (is_ordered(&trial) && trial != *point).then_some(trial)
}

/// Ramps take an hour at least, and lanes close below where they open.
fn is_ordered(point: &Point) -> bool {
    point[RISE_FROM] + 1.0 <= point[RISE_TO]
        && point[RISE_TO] < point[FALL_FROM]
        && point[FALL_FROM] + 1.0 <= point[FALL_TO]
        && point[CLOSE] < point[OPEN]
}

/// Shares of the day by hour: the mean over each hour of a line that is level by night, rises,
/// is level by day, and falls.
fn profile(point: &Point) -> [f64; 24] {
    let night = point[NIGHT];
    let level = |time: f64| {
        let up = (time - point[RISE_FROM]) / (point[RISE_TO] - point[RISE_FROM]);
        let down = (point[FALL_TO] - time) / (point[FALL_TO] - point[FALL_FROM]);
        night + (1.0 - night) * up.min(down).clamp(0.0, 1.0)
    };
    let minutes = |hour: usize| (0..60).map(move |minute| hour as f64 + (f64::from(minute) + 0.5) / 60.0);
    let hours: [f64; 24] = std::array::from_fn(|hour| minutes(hour).map(level).sum());
    let day: f64 = hours.iter().sum();
    hours.map(|hour| hour / day)
}

/// A point as changes to the scenario file.
fn overrides(point: &Point) -> Overrides {
    let shares = profile(point);
    let by_hour = shares.iter().enumerate().map(|(hour, share)| {
        (format!("demand.northbound.by_hour.{hour}"), format!("{:.5} %", share * 100.0))
    });
    let rule = format!(
        "3..6 lanes, open when queue >= {} per lane, close when queue <= {} per lane, set-up 5 min, at least 30 min",
        point[OPEN], point[CLOSE]
    );
    let others = [
        ("station.primary.service.standard.mean", format!("{} s", point[LADEN])),
        ("station.primary.move_up", format!("{} s", point[MOVE_UP])),
        ("officers.cbp.rule.primary.standard", rule),
        ("road.bridge.split", point[SPLIT].to_string()),
    ];
    let others = others.into_iter().map(|(key, value)| (key.to_owned(), value));
    Overrides { set: by_hour.chain(others).collect(), ..Overrides::default() }
}

fn load_study(overrides: &Overrides) -> StudyPlan {
    let overrides = Overrides { scenarios: vec!["today".to_owned()], ..overrides.clone() };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/ysleta");
    let loaded = load(&folder, &overrides).expect("the study is readable");
    let told = loaded.sources.render(&loaded.diagnostics, false);
    loaded.plan.unwrap_or_else(|| panic!("{told}"))
}

fn misfit_at(point: &Point, replications: u64) -> f64 {
    let plan = load_study(&overrides(point));
    let cycle = standard_cycle(&plan.scenarios[0].network);
    misfit(&plan, &outcome(&plan, SEARCH_SEED, replications), &profile(point), cycle)
}

/// Squared minutes from what CBP posted, summed over hours; outside the core hours a quarter of it.
/// Beyond 3.5 minutes in a core hour counts more. Everything else is a wall: it costs nothing inside.
fn misfit(plan: &StudyPlan, outcome: &Outcome, profile: &[f64; 24], cycle: f64) -> f64 {
    let wait: f64 = observed(plan)
        .map(|(hour, posted)| {
            let off = outcome.standard[hour] - posted;
            let beyond = (off.abs() - 3.5).max(0.0);
            if CORE.contains(&hour) { off * off + 20.0 * beyond * beyond } else { 0.25 * off * off }
        })
        .sum();
    let peak = profile.iter().copied().fold(0.0, f64::max);
    wait + 1e4 * beyond(outcome.open[19], 4.15, 5.85) // 5 open in Oct 2022
        + 1e4 * beyond(outcome.open[23], 2.25, 3.75) // 3 open in Nov 2023
        + 4.0 * beyond(outcome.fast[19], 15.0, 25.0) // 20 min in Oct 2022
        + 1e6 * beyond(outcome.cleared, 0.985, 1.0)
        + 1e2 * beyond(cycle, 70.0, 126.0) // the evidence ends at 130 s
        + 1e8 * beyond(peak, 0.0, 0.08) // the evidence ends at 8.5 %
}

/// Square of the distance to a range.
fn beyond(value: f64, low: f64, high: f64) -> f64 {
    let distance = (low - value).max(value - high).max(0.0);
    distance * distance
}

fn observed(plan: &StudyPlan) -> impl Iterator<Item = (usize, f64)> {
    plan.posted_observed["standard"].iter().map(|(hour, minutes)| (*hour as usize, *minutes))
}

/// Mean service and move-up of the standard lanes in seconds, over their mix of classes today.
fn standard_cycle(network: &Network) -> f64 {
    let group = network.groups.iter().find(|group| group.name == "standard").expect("it is in the file");
    let mix = [("bobtail", 0.03), ("empty", 0.36 * 0.8), ("standard", 0.61 * 0.75)];
    let total: f64 = mix.iter().map(|(_, share)| share).sum();
    let service: f64 = network
        .classes
        .iter()
        .zip(&group.service)
        .filter_map(|(class, law)| {
            let share = mix.iter().find(|(name, _)| *name == class.name)?.1;
            Some(share / total * law.as_ref()?.mean().seconds())
        })
        .sum();
    service + group.move_up.as_ref().map_or(0.0, |law| law.mean().seconds())
}

/// Runs `today` and takes means over replications.
fn outcome(plan: &StudyPlan, seed: u64, replications: u64) -> Outcome {
    let network = &plan.scenarios[0].network;
    let catalog = Catalog::new(network);
    let runs: Vec<_> = (0..replications)
        .into_par_iter()
        .map(|replication| {
            let mut collector = Collector::new(network);
            let end = simulate(network, seed, replication, &mut collector).expect("the crossing drains");
            collector.finish(&catalog, end.trucks).expect("every run obeys the laws")
        })
        .collect();
    let mean = |values: &dyn Fn(usize) -> f64| {
        let known: Vec<f64> = (0..runs.len()).map(values).filter(|value| !value.is_nan()).collect();
        known.iter().sum::<f64>() / known.len() as f64
    };
    let entry = |name: String| {
        let place = catalog.find(&name).unwrap_or_else(|| panic!("no measure {name}"));
        mean(&|run| runs[run].values[place])
    };
    let hourly = |name: &str| std::array::from_fn(|hour| entry(format!("{name}@{hour:02}")));
    let posted =
        |group: usize| std::array::from_fn(|hour| mean(&|run| runs[run].posted[group * 24 + hour]) / 60.0);
    let arrivals: [f64; 24] = hourly("trucks.entered");
    let left: [f64; 24] = hourly("throughput");
    Outcome {
        standard: posted(1),
        fast: posted(0),
        open: hourly("lanes_open.primary.standard.mean"),
        fast_open: hourly("lanes_open.primary.fast.mean"),
        occupancy: hourly("occupancy.primary.standard.mean"),
        cleared: left.iter().sum::<f64>() / arrivals.iter().sum::<f64>(),
        arrivals,
    }
}

fn print_table(plan: &StudyPlan, outcome: &Outcome) {
    let network = &plan.scenarios[0].network;
    let cycle = standard_cycle(network);
    let fit = &plan.posted_observed["standard"];
    let check = &plan.posted_check["standard"];
    println!(
        "\ncycle of the standard lanes {cycle:.1} s; {:.2} % of the day's trucks left by midnight",
        outcome.cleared * 100.0
    );
    println!(
        "hour  Jan-Jun  simulated  error  Jul-Sep  error  FAST  booths  FAST booths  occupancy  arrivals  capacity"
    );
    for hour in 0..24 {
        let simulated = outcome.standard[hour];
        let beside = |observed: Option<&f64>| match observed {
            Some(minutes) => (format!("{minutes:.1}"), format!("{:+.1}", simulated - minutes)),
            None => (String::new(), String::new()),
        };
        let ((posted, error), (later, later_error)) =
            (beside(fit.get(&(hour as u32))), beside(check.get(&(hour as u32))));
        println!(
            "{hour:4}  {posted:>7}  {simulated:9.1}  {error:>5}  {later:>7}  {later_error:>5}  {:4.1}  {:6.2}  {:11.2}  {:9.2}  {:8.1}  {:8.1}",
            outcome.fast[hour],
            outcome.open[hour],
            outcome.fast_open[hour],
            outcome.occupancy[hour],
            outcome.arrivals[hour],
            outcome.open[hour] * 3600.0 / cycle,
        );
    }
}
