//! Demand streams: from daily volumes, headways, traces and trucks at the start to arrivals.
//!
//! A volume becomes batches per hour: volume × share of the row per hour × weekday × month ×
//! growth ÷ mean batch, a step function that is zero after the run length.

use std::collections::BTreeMap;

use super::super::calendar::{DAY, Day, MONTHS, WEEKDAYS};
use super::super::check::class::Drawing;
use super::super::check::percent;
use super::super::file::{Demand, Table, TraceRow};
use super::super::limit::{MOST_BATCHES_PER_HOUR, MOST_TRUCKS};
use super::super::phrase::{DurationPhrase, Percent};
use super::super::schedule::Timetable;
use super::Context;
use super::appointment::{appointments, diversion};
use super::rule::factor;
use crate::dist::CountSampler;
use crate::kernel::draws::hash_name;
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::network::{
    Arrivals, ClassId, DayFactor, Road, RoadId, StationId, Steps, Stream, Target, TraceTruck,
};

/// The base profile of a day may miss 100 % by this much, for rounded tables.
const PROFILE_TOLERANCE: f64 = 0.001;

/// Days in a year of growth.
const DAYS_PER_YEAR: f64 = 365.25;

/// Streams in name order; trucks at the start are streams of their own, `NAME at start`.
pub fn streams(drawing: &Drawing, roads: &[Road], context: &mut Context) -> Vec<Stream> {
    let study = context.study;
    let mut streams = Vec::new();
    let mut expected = 0.0;
    for (name, demand) in &study.demand {
        let path = format!("demand.{name}");
        let entry = context.names.station(&demand.entry).unwrap_or(StationId(0));
        let class = demand.class.as_ref().and_then(|class| context.names.class(class)).or(drawing.only);
        if let Some((arrivals, trucks)) = arrivals(&path, name, demand, context) {
            expected += trucks;
            let class = if demand.trace.is_some() { None } else { class };
            let diversion = diversion(&path, demand, context);
            streams.push(Stream { name: name.clone(), entry, arrivals, class, diversion });
        }
        if let Some(trucks) = demand.at_start.filter(|trucks| trucks.0 > 0) {
            let arrivals = Arrivals::AtStart { trucks: trucks.0, road: only_road_to(entry, roads) };
            streams.push(Stream {
                name: format!("{name} at start"),
                entry,
                arrivals,
                class,
                diversion: None,
            });
        }
    }
    if expected > MOST_TRUCKS {
        let message = format!("about {expected:.0} trucks are expected in one replication");
        context.findings.error(
            "E0350",
            "demand",
            message,
            format!("at most {MOST_TRUCKS:.0}"),
            "shorten the run or split the study",
        );
    }
    streams.sort_by(|a, b| a.name.cmp(&b.name));
    streams
}

/// Trucks at the start stand on the road when exactly one road leads to their station; otherwise
/// they stand at the station itself.
fn only_road_to(station: StationId, roads: &[Road]) -> Option<RoadId> {
    let mut leading = roads.iter().enumerate().filter(|(_, road)| road.next == Target::Station(station));
    match (leading.next(), leading.next()) {
        (Some((road, _)), None) => Some(RoadId(road as u16)),
        _ => None,
    }
}

/// When the trucks of a stream arrive, and how many are expected.
fn arrivals(path: &str, name: &str, demand: &Demand, context: &mut Context) -> Option<(Arrivals, f64)> {
    let batch = demand.batch.as_ref().and_then(|batch| {
        let law = context.law(&format!("{path}.batch"), &batch.0)?;
        Some(CountSampler::new(&law))
    });
    let mean_batch = batch.as_ref().map_or(1.0, CountSampler::mean);
    if let Some(volume) = demand.volume {
        let batches_per_hour = rates(path, demand, 24.0 * volume.per_hour / mean_batch, context);
        let batches = integral(&batches_per_hour, context.clock.run_end);
        let day_factor = day_factor(path, name, demand, context);
        return Some((Arrivals::Field { batches_per_hour, batch, day_factor }, batches * mean_batch));
    }
    if let Some(law) = &demand.headway {
        let headway = context.duration(&format!("{path}.headway"), law);
        let mean = headway.mean().seconds();
        if mean <= 0.0 {
            let message = format!("`{path}.headway` has mean zero");
            context.findings.error(
                "E0350",
                &format!("{path}.headway"),
                message,
                "a mean above zero",
                "write `90 s`",
            );
            return None;
        }
        let batches = context.clock.run_end.seconds() / mean.max(1e-6);
        return Some((Arrivals::Headways { headway, batch }, batches * mean_batch));
    }
    if let Some(table) = &demand.appointments {
        return appointments(path, table, demand, context);
    }
    let trucks = trace(&format!("{path}.trace"), demand.trace.as_ref()?, context);
    let count = trucks.len() as f64;
    Some((Arrivals::Trace(trucks), count))
}

/// Batches per hour over the run; `per_day` is an ordinary day's.
fn rates(path: &str, demand: &Demand, per_day: f64, context: &mut Context) -> Steps<f64> {
    let profile = profile(path, demand, context);
    let weekdays = factors(&format!("{path}.by_weekday"), demand.by_weekday.as_ref(), &WEEKDAYS, context);
    let months = factors(&format!("{path}.by_month"), demand.by_month.as_ref(), &MONTHS, context);
    let growth = growth(path, demand, context);
    let mut day = (i64::MIN, 0.0);
    let rows: Vec<(i64, f64)> = profile
        .into_iter()
        .map(|(from, share_per_hour)| {
            let number = from.div_euclid(DAY);
            if day.0 != number {
                let of = Day(number);
                day = (number, per_day * weekdays[of.weekday()] * months[of.month()] * growth.on(of));
            }
            (from, day.1 * share_per_hour)
        })
        .collect();
    let most = rows.iter().map(|row| row.1).fold(0.0, f64::max);
    if most > MOST_BATCHES_PER_HOUR || !most.is_finite() {
        let message = format!("`{path}` brings up to {most:.0} batches an hour");
        let label = format!("at most {MOST_BATCHES_PER_HOUR:.0} batches an hour");
        context.findings.error(
            "E0353",
            &format!("{path}.volume"),
            message,
            label,
            "split the stream into several",
        );
        return Steps::constant(0.0);
    }
    let mut steps = context.clock.steps(&rows, context.clock.run_end);
    if steps.steps.last().is_some_and(|step| step.1 > 0.0) {
        steps.steps.push((context.clock.run_end, 0.0));
    }
    steps
}

/// Share of the day's volume per hour, on the wall clock; without a table every hour is alike.
fn profile(path: &str, demand: &Demand, context: &mut Context) -> Vec<(i64, f64)> {
    let path = format!("{path}.by_hour");
    let flat = |context: &Context| context.clock.all_days().map(|day| (day.midnight(), 1.0 / 24.0)).collect();
    let Some(table) = &demand.by_hour else { return flat(context) };
    check_not_negative(&path, table, context);
    let mut faults = Vec::new();
    let timetable = Timetable::new(table, |share| share.0, &mut faults);
    let (per_hour, sums) =
        if faults.is_empty() { timetable.per_hour(&mut faults) } else { (timetable, Vec::new()) };
    let rows = if faults.is_empty() { per_hour.rows(context.clock, &mut faults) } else { Vec::new() };
    let sums = if faults.is_empty() { sums } else { Vec::new() };
    for (key, sum) in sums.iter().filter(|(_, sum)| (sum - 1.0).abs() > PROFILE_TOLERANCE) {
        let message = format!("`{path}` sums to {}", percent(*sum));
        let path = if sums.len() > 1 { format!("{path}.{key}") } else { path.clone() };
        if context.base {
            let help = "shares of the day's volume sum to 100 %";
            context.findings.error("E0314", &path, message, format!("{} of the day", percent(*sum)), help);
        } else {
            let label = format!("the day brings {} of `volume`", percent(*sum));
            context.findings.warning(
                "W0402",
                &path,
                message,
                label,
                "a changed hour is not evened out in the others",
            );
        }
    }
    context.findings.faults(&path, faults);
    if rows.is_empty() { flat(context) } else { rows }
}

/// Factors by weekday or month, 1 where the table says nothing.
fn factors(path: &str, table: Option<&Table<Percent>>, names: &[&str], context: &mut Context) -> Vec<f64> {
    let mut factors = vec![1.0; names.len()];
    let Some(table) = table else { return factors };
    check_not_negative(path, table, context);
    let mut given: Vec<Option<&str>> = vec![None; names.len()];
    for (key, factor) in table {
        let place = |name: &str| names.iter().position(|known| *known == name);
        let range = match key.split_once('-') {
            None => place(key).map(|only| (only, only)),
            Some((first, last)) => place(first).zip(place(last)),
        };
        let Some((first, last)) = range else {
            let message = format!("`{path}`: `{key}` is not one of {}", names.join(", "));
            let label = if names.len() == 7 {
                "a weekday or a range of weekdays"
            } else {
                "a month or a range of months"
            };
            context.findings.error(
                "E0340",
                &format!("{path}.{key}"),
                message,
                label,
                format!("write `{}` or `{}-{}`", names[0], names[0], names[4]),
            );
            continue;
        };
        for step in 0..=(last + names.len() - first) % names.len() {
            let place = (first + step) % names.len();
            if let Some(other) = given[place].replace(key) {
                let message = format!("`{path}`: `{other}` and `{key}` overlap");
                context.findings.error(
                    "E0341",
                    &format!("{path}.{key}"),
                    message,
                    "given twice",
                    "keep one of the two",
                );
            }
            factors[place] = factor.0;
        }
    }
    factors
}

fn check_not_negative(path: &str, table: &Table<Percent>, context: &mut Context) {
    for (key, _) in table.iter().filter(|(_, share)| share.0 < 0.0) {
        let message = format!("`{path}.{key}` cannot be negative");
        context.findings.error(
            "E0316",
            &format!("{path}.{key}"),
            message,
            "0 % or more",
            "for no trucks write `0 %`",
        );
    }
}

/// Compound growth by day.
struct Growth {
    per_year: f64,
    from: Day,
}

impl Growth {
    fn on(&self, day: Day) -> f64 {
        if self.per_year == 0.0 {
            return 1.0;
        }
        let years = (day.0 - self.from.0) as f64 / DAYS_PER_YEAR;
        libm::pow(1.0 + self.per_year, years)
    }
}

fn growth(path: &str, demand: &Demand, context: &mut Context) -> Growth {
    let none = Growth { per_year: 0.0, from: context.clock.first_day };
    let (Some(growth), Some(from)) = (demand.growth, &demand.growth_from) else { return none };
    if growth.0 <= -1.0 || growth.0 > 10.0 {
        let path = format!("{path}.growth");
        context.findings.error(
            "E0316",
            &path,
            format!("`{path}` is out of range"),
            "above -100 % and at most 1000 % a year",
            "write `3 %` for three percent more each year",
        );
        return none;
    }
    match Day::parse(from) {
        Some(from) => Growth { per_year: growth.0, from },
        None => {
            let path = format!("{path}.growth_from");
            context.findings.error(
                "E0344",
                &path,
                format!("`{from}` is no date"),
                "a date from 1970 on",
                "write `2023-01-01`",
            );
            none
        }
    }
}

fn day_factor(path: &str, name: &str, demand: &Demand, context: &mut Context) -> Option<DayFactor> {
    let law = factor(&format!("{path}.day_factor"), demand.day_factor.as_ref(), "`volume`", context)?;
    let name = demand.day_factor_name.clone().unwrap_or_else(|| name.to_owned());
    Some(DayFactor { name, law })
}

/// Listed trucks in order of arrival, then of row; those after the run length are left out.
fn trace(path: &str, table: &Table<TraceRow>, context: &mut Context) -> Vec<TraceTruck> {
    let mut trucks = Vec::with_capacity(table.len());
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    let mut late = 0;
    for (place, (key, row)) in table.iter().enumerate() {
        let row_path = format!("{path}.{key}");
        let number = key.parse::<u64>().unwrap_or(place as u64 + 1);
        if let Some(id) = &row.id
            && let Some(other) = ids.insert(id, key)
        {
            let other = other.trim_start_matches('0');
            let message = format!("rows {other} and {number} of `{path}` have the same id `{id}`");
            context.findings.error(
                "E0352",
                &format!("{row_path}.id"),
                message,
                "an id of its own",
                "a truck is known by its id",
            );
        }
        if row.score.is_some_and(|score| !score.is_finite()) {
            let message = format!("the score of row {number} is no number");
            context.findings.error(
                "E0352",
                &format!("{row_path}.score"),
                message,
                "a finite number",
                "write a number, or leave it out",
            );
        }
        let Some(at) = arrival(&row.arrival) else {
            let message = format!("`{}` is no arrival", row.arrival);
            let help = "write `06:15:30` (time since the start of the run; hours may pass 24) or `95 min`";
            context.findings.error(
                "E0352",
                &format!("{row_path}.arrival"),
                message,
                "time since the start",
                help,
            );
            continue;
        };
        if at >= context.clock.run_end {
            late += 1;
            continue;
        }
        let service =
            |(station, time): (&String, &DurationPhrase)| Some((context.names.station(station)?, time.0));
        trucks.push((
            at,
            number,
            TraceTruck {
                at,
                class: context.names.class(&row.class).unwrap_or(ClassId(0)),
                identity: row.id.as_deref().map_or(number, hash_name),
                number: row.id.clone().unwrap_or_else(|| number.to_string()),
                score: row.score,
                hides: row.violation.as_ref().map(|kind| {
                    let place = context.study.violation.keys().position(|name| name == kind);
                    place.map(|place| place as u8)
                }),
                service: row.service.iter().filter_map(service).collect(),
            },
        ));
    }
    if late > 0 {
        let message =
            format!("{late} of the {} trucks of `{path}` arrive after the end of the run", table.len());
        context.findings.warning("W0412", path, message, "left out", "make `run_length` longer");
    }
    trucks.sort_by_key(|(at, number, _)| (*at, *number));
    trucks.into_iter().map(|(_, _, truck)| truck).collect()
}

/// `06:15:30`, `30:00`, `06:15:30.25` or a duration, since the start of the run.
fn arrival(text: &str) -> Option<SimTime> {
    let text = text.trim();
    if !text.contains(':') {
        let DurationPhrase(since) = text.parse().ok()?;
        return Some(SimTime::ZERO + since);
    }
    let mut parts = text.split(':');
    let whole = |part: &str, most: usize| -> Option<i64> {
        let well = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        well.then(|| part.parse().ok()).flatten()
    };
    let hours = whole(parts.next()?, 6)?;
    let minutes = whole(parts.next()?, 2).filter(|minutes| *minutes < 60)?;
    let micros = match parts.next() {
        None => 0,
        Some(seconds) => {
            let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            let micros = format!("{fraction:0<6}");
            let micros = whole(&micros, 6)?;
            whole(seconds, 2).filter(|seconds| *seconds < 60)? * 1_000_000 + micros
        }
    };
    parts.next().is_none().then_some(())?;
    Some(SimTime::ZERO + SimDuration::from_mins(hours * 60 + minutes) + SimDuration::from_micros(micros))
}

/// What a rate per hour amounts to from the start until `until`.
pub fn integral(rate_per_hour: &Steps<f64>, until: SimTime) -> f64 {
    let mut sum = 0.0;
    for (i, (from, rate)) in rate_per_hour.steps.iter().enumerate() {
        let to = rate_per_hour.steps.get(i + 1).map_or(until, |next| next.0.min(until));
        sum += rate * (to - *from).or_zero().seconds() / 3600.0;
    }
    sum
}
