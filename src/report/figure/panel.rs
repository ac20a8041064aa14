//! What several figures look up in the same way: entries, hours of the day, ranges, days of a run.
//!
//! It computes no estimates. Start at [`entry`] and [`hours_of`].

use std::ops::Range;

use super::Story;
use crate::experiment::{Mean, StudyResult};
use crate::measure::{Measure, Statistic, Unit};
use crate::report::number::signed;
use crate::report::said::{Said, said, same};

/// A value in one hour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hour {
    /// Day of the run from 1, where days are told apart.
    pub day: Option<u32>,
    /// Local hour.
    pub hour: u32,
    /// Hours from the first midnight to the beginning of this one.
    pub x: f64,
    /// In the unit of files: times in minutes. NaN: not observed.
    pub mean: f64,
    /// Lower end of its interval; the mean where there is none.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Replications that have a value.
    pub n: u32,
    /// Whether there is an interval.
    pub known: bool,
}

/// The whole-run entry of a measure at a place, over all classes.
pub(super) fn entry(
    result: &StudyResult,
    measure: Measure,
    statistic: Statistic,
    station: Option<&str>,
    group: Option<&str>,
) -> Option<usize> {
    result.entries[..result.whole_run].iter().position(|entry| {
        entry.measure == measure
            && entry.statistic == statistic
            && entry.station.as_deref() == station
            && entry.group.as_deref() == group
            && entry.class.is_none()
    })
}

/// The station that the study is about: where CBP's wait ends, else the one that is used most.
pub(super) fn main_station(story: &Story) -> Option<String> {
    let (plan, result) = (story.plan, story.result);
    let network = &plan.scenarios[plan.baseline].network;
    if let Some(border) = &network.border_wait {
        return network.stations.get(border.at.index()).map(|station| station.name.clone());
    }
    let used = |name: &str| {
        let place = entry(result, Measure::Utilization, Statistic::Mean, Some(name), None)?;
        result.scenarios[result.baseline].estimates[place].mean
    };
    let all = network.stations.iter().map(|station| (used(&station.name).unwrap_or(-1.0), &station.name));
    let most = all.reduce(|most, next| if next.0 > most.0 { next } else { most })?;
    Some(most.1.clone())
}

/// Values of a whole-run entry by hour; hours of the last day in which nothing happened any more are left out.
pub(super) fn hours_of(story: &Story, scenario: usize, whole: usize) -> Vec<Hour> {
    let result = story.result;
    let divisor = result.entries[whole].unit.in_files().0;
    let of = |place: usize| {
        let period = usize::from(result.entries[place].period?);
        let label = result.periods.get(period)?;
        let mean: &Mean = &result.scenarios[scenario].estimates[place];
        let value = |value: Option<f64>| value.map_or(f64::NAN, |value| value / divisor);
        let middle = value(mean.mean);
        Some(Hour {
            day: label.day,
            hour: label.hour,
            x: f64::from((label.day.unwrap_or(1).max(1) - 1) * 24 + label.hour),
            mean: middle,
            low: mean.low().map_or(middle, |low| low / divisor),
            high: mean.high().map_or(middle, |high| high / divisor),
            n: mean.n,
            known: mean.half_width.is_some(),
        })
    };
    let mut hours: Vec<Hour> = result.by_hour(whole).into_iter().filter_map(of).collect();
    let days =
        if result.periods.iter().any(|label| label.day.is_some()) { run_days(story).max(1.0) } else { 1.0 };
    hours.retain(|hour| hour.x < (days - 1e-9).ceil() * 24.0);
    hours
}

/// From the first hour to the end of the last.
pub(super) fn x_range<'a>(hours: impl IntoIterator<Item = &'a Hour>) -> Range<f64> {
    let (from, to) = hours
        .into_iter()
        .fold((f64::INFINITY, 0.0_f64), |(from, to), hour| (from.min(hour.x), to.max(hour.x + 1.0)));
    if from < to { from..to } else { 0.0..24.0 }
}

/// A level that holds through each hour, as a line with steps.
pub(super) fn steps(values: &[(f64, f64)]) -> Vec<(f64, f64)> {
    values.iter().flat_map(|(x, y)| [(*x, *y), (*x + 1.0, *y)]).collect()
}

/// A band that holds through each hour.
pub(super) fn step_band(values: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    values.iter().flat_map(|(x, low, high)| [(*x, *low, *high), (*x + 1.0, *low, *high)]).collect()
}

/// The name of the axis of hours.
pub(super) fn hour_label(story: &Story) -> Said {
    let zone = crate::report::said::foreign(&story.plan.time_zone);
    let days = story.result.periods.iter().any(|label| label.day.is_some()) && run_days(story) > 1.0;
    match days {
        true => said(
            format!("hours from the first midnight ({zone})"),
            format!("horas desde la primera medianoche ({zone})"),
        ),
        false => said(format!("hour of the day ({zone})"), format!("hora del día ({zone})")),
    }
}

/// Days of the run, the warm-up too.
fn run_days(story: &Story) -> f64 {
    story.plan.scenarios[story.plan.baseline].network.run_length.seconds() / 86_400.0
}

/// Days that the run observes.
pub(super) fn days(story: &Story) -> f64 {
    let network = &story.plan.scenarios[story.plan.baseline].network;
    (network.run_length.seconds() - network.warm_up.seconds()) / 86_400.0
}

/// `+35.4 (+34.9 to +35.9)` of a value in base units, divided.
pub(super) fn signed_interval(mean: &Mean, divisor: f64, decimals: usize) -> Said {
    let of = |value: f64| signed(value / divisor, decimals);
    match (mean.mean, mean.low(), mean.high()) {
        (Some(mean), Some(low), Some(high)) => ranged(&of(mean), &of(low), &of(high)),
        (Some(mean), ..) => same(of(mean)),
        (None, ..) => same("–"),
    }
}

fn ranged(mean: &str, low: &str, high: &str) -> Said {
    said(format!("{mean} ({low} to {high})"), format!("{mean} ({low} a {high})"))
}

/// Digits after the point that a largest value needs.
pub(super) fn digits(largest: f64) -> usize {
    match largest.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 1.0 => 1,
        _ => 2,
    }
}

/// The label of a unit, as figures write it behind a title: ` (min)`.
pub(super) fn unit_behind(unit: Unit) -> Said {
    match unit.in_files().1 {
        "" => Said::default(),
        "fraction" => said(" (share)", " (proporción)"),
        label => crate::report::said::unit(label).map(|label| format!(" ({label})")),
    }
}

/// The number that a text begins with: `12.5 s`, `'+15 %`, `−3`.
pub(super) fn leading_number(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(['\'', '+', ' ']).replace('−', "-").replace(',', "");
    let end = text
        .char_indices()
        .find(|(place, c)| !(c.is_ascii_digit() || *c == '.' || (*c == '-' && *place == 0)))
        .map_or(text.len(), |(place, _)| place);
    text[..end].parse().ok().filter(|number: &f64| number.is_finite())
}

/// A sentence for a picture that has no intervals because there is one replication.
pub(super) fn why_no_interval(result: &StudyResult) -> Said {
    match result.replications {
        1 => said(" One replication: there are no intervals.", " Una sola réplica: no hay intervalos."),
        _ => Said::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_begin_with_numbers() {
        assert_eq!(leading_number("'+15 %"), Some(15.0));
        assert_eq!(leading_number("-2.5 %"), Some(-2.5));
        assert_eq!(leading_number("91.25 s"), Some(91.25));
        assert_eq!(leading_number("0 % of standard"), Some(0.0));
        assert_eq!(leading_number("none"), None);
    }
}
