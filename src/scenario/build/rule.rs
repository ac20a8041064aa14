//! What a station does beside serving in order: priority, patience, balking, pace, full places.
//!
//! Tables by threshold become rows in order of the threshold; each holds from there on. What names
//! classes and places has been checked before. Start at [`station_rules`].

use std::collections::BTreeSet;

use super::super::check::percent;
use super::super::file::{Again, BalkingShare, ByClass, Priority, Station as StationTable, Table};
use super::super::limit::MOST_COUNTED;
use super::super::phrase::{DurationPhrase, FactorPhrase, FullPhrase, Percent};
use super::Context;
use super::station::samplers;
use crate::dist::{DurationSampler, Sampler};
use crate::kernel::time::SimDuration;
use crate::model::network::{Balking, Full, Interruption, Pace};

/// The rules of one station.
pub struct StationRules {
    pub full: Full,
    pub priority: Vec<u8>,
    pub preempt: Option<Interruption>,
    pub patience: Vec<Option<DurationSampler>>,
    pub balking: Vec<Option<Balking>>,
    pub pace: Option<Pace>,
}

/// Reads the rules of a station.
pub fn station_rules(name: &str, table: &StationTable, context: &mut Context) -> StationRules {
    let path = format!("station.{name}");
    StationRules {
        full: match &table.full {
            FullPhrase::Block => Full::Block,
            FullPhrase::TurnAway => Full::TurnAway,
            FullPhrase::Divert(place) => Full::Divert(context.target(place)),
        },
        priority: table.priority.as_ref().map_or_else(Vec::new, |priority| ranks(priority, context)),
        preempt: table.preempt.map(interruption),
        patience: patience(&path, table.patience.as_ref(), context),
        balking: balking(&format!("{path}.balking"), table.balking.as_ref(), context),
        pace: pace(&path, table, context),
    }
}

/// What an interruption does to the work done.
pub fn interruption(again: Again) -> Interruption {
    match again {
        Again::Resume => Interruption::Resume,
        Again::Restart => Interruption::Restart,
    }
}

/// By class: how many different priorities come before its own.
fn ranks(priority: &Priority, context: &Context) -> Vec<u8> {
    let given = |class: &str| match priority {
        Priority::Order(names) => names.iter().position(|name| name == class).map(|place| place as u32),
        Priority::Class(numbers) => numbers.get(class).map(|number| number.0),
    };
    let numbers: Vec<u32> =
        context.names.classes.iter().map(|class| given(class).unwrap_or(u32::MAX)).collect();
    let known: BTreeSet<u32> = numbers.iter().copied().collect();
    // A study has no more classes than a byte can count.
    numbers.iter().map(|number| known.iter().take_while(|other| *other < number).count() as u8).collect()
}

fn patience(
    path: &str,
    laws: Option<&ByClass<crate::scenario::phrase::DistPhrase>>,
    context: &mut Context,
) -> Vec<Option<DurationSampler>> {
    if laws.is_none() {
        return Vec::new();
    }
    let laws = samplers(&format!("{path}.patience"), laws, context);
    context.names.classes.iter().map(|class| laws.of(class).cloned()).collect()
}

fn balking(path: &str, table: Option<&Table<BalkingShare>>, context: &mut Context) -> Vec<Option<Balking>> {
    let Some(table) = table else { return Vec::new() };
    let mut for_all = Table::new();
    for (key, share) in table {
        if let BalkingShare::All(share) = share {
            for_all.insert(key.clone(), *share);
        }
    }
    let for_all = shares(path, &for_all, trucks, TRUCKS, context);
    let classes = context.names.classes.clone();
    let of_class = |class: &&str| {
        let rows = match table.get(*class) {
            Some(BalkingShare::Class(own)) => {
                shares(&format!("{path}.{class}"), own, trucks, TRUCKS, context)
            }
            Some(BalkingShare::All(_)) | None => for_all.clone(),
        };
        (!rows.is_empty()).then_some(Balking { shares: rows })
    };
    classes.iter().map(of_class).collect()
}

fn pace(path: &str, table: &StationTable, context: &mut Context) -> Option<Pace> {
    let key = |key: &str| format!("{path}.{key}");
    let by = |name: &str, rows: Option<&Table<Percent>>, what, context: &mut Context| {
        let rows = rows.map_or_else(Vec::new, |rows| thresholds(&key(name), rows, trucks, what, context));
        for (from, pace) in &rows {
            check_pace(&format!("{}.{from}", key(name)), &format!("from {from} on"), *pace, context);
        }
        rows
    };
    let pace = Pace {
        by_queue: by("pace_by_queue", table.pace_by_queue.as_ref(), TRUCKS, context),
        by_open: by("pace_by_open", table.pace_by_open.as_ref(), LANES, context),
        day_factor: factor(&key("day_factor"), table.day_factor.as_ref(), "`service`", context),
        officer_factor: factor(&key("officer_factor"), table.officer_factor.as_ref(), "`service`", context),
    };
    let asked = !pace.by_queue.is_empty()
        || !pace.by_open.is_empty()
        || pace.day_factor.is_some()
        || pace.officer_factor.is_some();
    asked.then_some(pace)
}

/// Tells of a pace that cannot be meant.
pub fn check_pace(path: &str, when: &str, pace: f64, context: &mut Context) {
    if !(SLOWEST..=FASTEST).contains(&pace) {
        let message = format!("`{path}` is {} {when}", percent(pace));
        let label = format!("{} to {}", percent(SLOWEST), percent(FASTEST));
        let help = "100 % is the pace of `service`; a lane that stops is a `[failure.NAME]` without `pace`";
        context.findings.error("E0316", path, message, label, help);
    }
}

/// Least and greatest pace: beyond them a digit is missing or too many.
const SLOWEST: f64 = 0.1;
const FASTEST: f64 = 10.0;

/// A factor that leaves the mean of `what` as it is; `None` after telling that it does not.
pub fn factor(
    path: &str,
    phrase: Option<&FactorPhrase>,
    what: &str,
    context: &mut Context,
) -> Option<Sampler> {
    let law = context.law(path, &phrase?.0)?;
    let mean = law.mean();
    if (mean - 1.0).abs() > 1e-6 {
        let message = format!("`{path}` has mean {mean:.4}");
        let help = format!("{what} is the mean day; give the factor mean 1");
        context.findings.error("E0315", path, message, "a mean of 1", help);
        return None;
    }
    Some(Sampler::new(&law))
}

/// What the keys of a table by trucks, lanes or waits look like.
pub const TRUCKS: &str = "a number of trucks such as `10`";
pub const LANES: &str = "a number of lanes such as `4`";
pub const WAITS: &str = "a wait such as `30 min`";

/// A number of trucks or lanes.
pub fn trucks(key: &str) -> Option<u32> {
    let digits = !key.is_empty() && key.len() <= 7 && key.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| key.parse().ok()).flatten().filter(|count| *count <= MOST_COUNTED)
}

/// A posted wait.
pub fn wait(key: &str) -> Option<SimDuration> {
    key.parse::<DurationPhrase>().ok().map(|wait| wait.0)
}

/// Shares of trucks by threshold, in order.
pub fn shares<K: Ord + Copy>(
    path: &str,
    table: &Table<Percent>,
    read: impl Fn(&str) -> Option<K>,
    what: &str,
    context: &mut Context,
) -> Vec<(K, f64)> {
    for (key, share) in table.iter().filter(|(_, share)| share.0 > 1.0) {
        let message = format!("`{path}.{key}` is {} of the trucks", percent(share.0));
        let help = "write a share of the trucks that come then, such as `40 %`";
        context.findings.error("E0316", &format!("{path}.{key}"), message, "at most 100 %", help);
    }
    thresholds(path, table, read, what, context)
}

/// Rows in order of their thresholds.
fn thresholds<K: Ord + Copy>(
    path: &str,
    table: &Table<Percent>,
    read: impl Fn(&str) -> Option<K>,
    what: &str,
    context: &mut Context,
) -> Vec<(K, f64)> {
    let mut rows: Vec<(K, f64, &str)> = Vec::new();
    for (key, value) in table {
        match read(key) {
            Some(from) => rows.push((from, value.0, key)),
            None => {
                let message = format!("`{path}`: `{key}` is not one of its keys");
                context.findings.error(
                    "E0340",
                    &format!("{path}.{key}"),
                    message,
                    what,
                    format!("write {what}"),
                );
            }
        }
    }
    rows.sort_by_key(|row| row.0);
    for pair in rows.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
        let (first, second) = (format!("{path}.{}", pair[0].2), format!("{path}.{}", pair[1].2));
        let message = format!("`{}` and `{}` of `{path}` are the same", pair[0].2, pair[1].2);
        context.findings.clash(
            "E0341",
            (&second, "given again"),
            (&first, "given here"),
            message,
            "keep one of the two",
        );
    }
    rows.into_iter().map(|(from, value, _)| (from, value)).collect()
}
