//! What several figures choose alike: the time that they show, plans that have room, places and hours.
//!
//! It chooses among results and computes none. Start at [`time`].

use super::Story;
use crate::experiment::{Comparison, Pooled, StudyResult, Verdict};
use crate::measure::{Entry, Measure, Statistic};
use crate::report::said::{self, Said, said, same};

/// The whole-run entry of the time that planners ask for: the border wait, or else the crossing time.
pub(super) fn time(result: &StudyResult, statistic: Statistic) -> Option<usize> {
    [Measure::BorderWait, Measure::CrossingTime]
        .into_iter()
        .find_map(|measure| whole(result, measure, statistic, None, None))
}

/// The whole-run entry of a measure over all classes, if any scenario has a value of it.
pub(super) fn whole(
    result: &StudyResult,
    measure: Measure,
    statistic: Statistic,
    group: Option<&str>,
    class: Option<&str>,
) -> Option<usize> {
    let wanted = |entry: &Entry| {
        entry.measure == measure
            && entry.statistic == statistic
            && entry.class.as_deref() == class
            && entry.group.as_deref() == group
    };
    let known = |place: &usize| {
        result.scenarios.iter().any(|scenario| scenario.estimates[*place].mean.is_some_and(f64::is_finite))
    };
    (0..result.whole_run).filter(|place| wanted(&result.entries[*place])).find(known)
}

/// What an entry is; there is one border wait, so its station goes without saying.
pub(super) fn told(entry: &Entry) -> Said {
    let station = entry.station.clone().filter(|_| entry.measure != Measure::BorderWait);
    said::entry(&Entry { station, ..entry.clone() })
}

/// The distribution over trucks that belongs to an entry.
pub(super) fn pooled<'a>(story: &Story<'a>, scenario: usize, entry: usize) -> Option<&'a Pooled> {
    let name = &story.result.entries[entry].name;
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let found = story.result.scenarios[scenario].pooled.iter().find(|pooled| pooled.name == stem)?;
    (found.percentiles.len() == 99 && found.percentiles.iter().all(|value| value.is_finite()))
        .then_some(found)
}

/// The plan that is best against the baseline by the deciding measure; one that strands trucks only if all do.
pub(super) fn best(result: &StudyResult) -> Option<usize> {
    let less = result.entries[result.headline].less_is_better().unwrap_or(true);
    let value = |comparison: &Comparison| {
        let mean = comparison.paired[result.headline].difference.mean.filter(|mean| mean.is_finite())?;
        let strands = comparison.verdict == Verdict::StrandsMore;
        Some((strands, if less { mean } else { -mean }, comparison.scenario))
    };
    let all = result.comparisons.iter().filter_map(value);
    all.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))).map(|(.., scenario)| scenario)
}

/// The baseline, and the best plan if there is another.
pub(super) fn baseline_and_best(result: &StudyResult) -> Vec<usize> {
    std::iter::once(result.baseline).chain(best(result)).collect()
}

/// At most so many scenarios: the baseline first, then the best plan, then the others in their order.
pub(super) fn some(result: &StudyResult, most: usize) -> Vec<usize> {
    let mut chosen = baseline_and_best(result);
    chosen.extend((0..result.scenarios.len()).filter(|place| !chosen.contains(place)).collect::<Vec<_>>());
    chosen.truncate(most.max(1));
    // In the order of the plan, so that it is the same in every figure.
    chosen[1..].sort_unstable();
    chosen
}

/// Which scenarios a figure has no room for: a sentence, empty if it has for all.
pub(super) fn left_out(story: &Story, chosen: &[usize]) -> Said {
    let names: Vec<Said> = (0..story.result.scenarios.len())
        .filter(|place| !chosen.contains(place))
        .map(|place| story.title(place))
        .collect();
    if names.is_empty() {
        return Said::default();
    }
    let names = said::joined("; ", &names);
    said(" Left out for want of room: ", " Sin espacio para: ").join("", &names).join("", &same("."))
}

/// What a figure has no room for, by its number and names of one and of many: a sentence.
pub(super) fn in_the_table(left: usize, [one, many]: [(&str, &str); 2]) -> Said {
    match left {
        1 => said(
            format!("One more {} stands in the table only.", one.0),
            format!("Otro {} está solo en la tabla.", one.1),
        ),
        _ => said(
            format!("{left} more {} stand in the table only.", many.0),
            format!("Otros {left} {} están solo en la tabla.", many.1),
        ),
    }
}

/// The station whose line figures show: where the border wait ends, else where most trucks stand in line.
pub(super) fn station(story: &Story) -> Option<String> {
    let network = &story.plan.scenarios[story.result.baseline].network;
    if let Some(wait) = &network.border_wait {
        return network.stations.get(wait.at.index()).map(|station| station.name.clone());
    }
    let queues = &story.result.scenarios[story.result.baseline].queues;
    let longest = |mean: &[f64]| mean.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    let stations = queues.iter().filter(|series| series.group.is_none());
    stations
        .map(|series| (longest(&series.mean), &series.station))
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, station)| station.clone())
}

/// The typical replication, told with its number: `replication 12`.
pub(super) fn replication(number: u32) -> Said {
    said(format!("replication {number}"), format!("réplica {number}"))
}

/// Why a figure of one replication has no interval: a sentence.
pub(super) fn one_replication(number: u32) -> Said {
    said(
        format!(
            " One replication (number {number}, in which the baseline is nearest to the median of all), so without interval."
        ),
        format!(
            " Una sola réplica (la {number}, en la que la base queda más cerca de la mediana de todas); por eso sin intervalo."
        ),
    )
}

/// Hours since the first midnight as they stand below a chart: `9`, and days where there are several.
pub(super) fn hour_text(span: f64) -> impl Fn(f64) -> String {
    move |hour: f64| {
        let whole = hour as i64;
        if span > 72.0 && whole.rem_euclid(24) != 0 {
            return String::new();
        }
        if span > 72.0 || (span > 30.0 && whole.rem_euclid(24) == 0 && whole > 0) {
            return format!("d{}", whole.div_euclid(24) + 1);
        }
        format!("{}", whole.rem_euclid(24))
    }
}

/// The label of an axis of hours.
pub(super) fn hour_label(span: f64) -> Said {
    match span {
        days if days > 72.0 => said("day of the run", "día de la corrida"),
        hours if hours > 30.0 => said("local hour (d2: the second day)", "hora local (d2: el segundo día)"),
        _ => said("local hour", "hora local"),
    }
}
