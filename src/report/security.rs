//! Security beside delay: the block of the summary, and the frontier of plans.
//!
//! A plan is on the frontier if no other is at least as good in delay, in the detection of every kind and
//! in officer-hours, and better in one (Pareto). There is nothing of it for a study in which nobody looks.
//! Start at [`lines`] and [`frontier`].

use super::layout::{Grid, GridColumn, Look, Tone};
use super::number::Scale;
use super::sheet::{Cell, Column, Sheet};
use super::summary::or_dash;
use super::tables::{SCENARIO, estimate};
use super::words;
use crate::experiment::{Mean, StudyResult};
use crate::measure::{Entry, Measure, Statistic, Unit};

/// The measures of the block, in order; those by kind have a line for each.
const MEASURES: [Measure; 12] = [
    Measure::InspectedShare,
    Measure::ScannedShare,
    Measure::FalseReferralShare,
    Measure::ResultsInTime,
    Measure::Detection,
    Measure::WorstDetection,
    Measure::Finds,
    Measure::ExamHours,
    Measure::ExamHoursPerFind,
    Measure::OfficerHoursPerFind,
    Measure::HeldShare,
    Measure::HoldShareOfDelay,
];

/// Places of a measure over all classes: one, or one for each kind.
fn places(result: &StudyResult, measure: Measure) -> impl Iterator<Item = usize> + '_ {
    let entries = result.entries[..result.whole_run].iter().enumerate();
    entries
        .filter(move |(_, entry)| entry.measure == measure && entry.class.is_none())
        .filter(move |(_, entry)| measure != Measure::Finds || entry.station.is_none())
        .map(|(place, _)| place)
}

/// Places of a measure by class, where there are several classes.
fn of_classes(result: &StudyResult, measure: Measure) -> Vec<usize> {
    let entries = result.entries[..result.whole_run].iter().enumerate();
    let of_class = entries.filter(|(_, entry)| entry.measure == measure && entry.class.is_some());
    let places: Vec<usize> = of_class.map(|(place, _)| place).collect();
    if places.len() > 1 { places } else { Vec::new() }
}

fn label(entry: &Entry, scale: Scale) -> String {
    let unit = if scale.label.is_empty() { String::new() } else { format!(" ({})", scale.label) };
    words::entry(entry) + &unit
}

/// Places of what is looked at and found, in the order of [`lines`]; those that are nothing in every scenario are left
/// out.
pub(super) fn rows(result: &StudyResult) -> Vec<usize> {
    let said = |place: &usize| {
        // That nothing at all is found of a kind is worth a line.
        let zero_tells =
            matches!(result.entries[*place].measure, Measure::Detection | Measure::WorstDetection);
        let mut means = result.scenarios.iter().map(|scenario| scenario.estimates[*place].mean);
        means.any(|mean| mean.is_some_and(|mean| zero_tells || mean != 0.0))
    };
    let rows = MEASURES.into_iter().flat_map(|measure| {
        // Who is opened is told class by class.
        let by_class = (measure == Measure::ExamHours).then(|| of_classes(result, measure));
        places(result, measure).chain(by_class.unwrap_or_default())
    });
    rows.filter(said).collect()
}

/// What is looked at and found in every scenario, with the class in which least is found.
pub(super) fn lines(result: &StudyResult, look: Look) -> Vec<String> {
    let rows = rows(result);
    if rows.is_empty() {
        return Vec::new();
    }
    let scale = |place: usize| {
        let means = result.scenarios.iter().map(|scenario| &scenario.estimates[place]);
        Scale::of(result.entries[place].unit, means)
    };
    let columns = result.scenarios.iter().enumerate().map(|(place, scenario)| GridColumn {
        head: scenario.name.clone(),
        cells: rows
            .iter()
            .map(|row| {
                let worst = result.entries[*row].measure == Measure::WorstDetection;
                let text = match softest(result, place, *row).filter(|_| worst) {
                    Some((class, mean)) => format!("{} {class}", or_dash(scale(*row).mean(mean))),
                    None => or_dash(scale(*row).mean(&scenario.estimates[*row])),
                };
                (text, Tone::Plain)
            })
            .collect(),
    });
    let labels = rows.iter().map(|row| label(&result.entries[*row], scale(*row)));
    let grid = Grid { corner: String::new(), labels: labels.collect(), columns: columns.collect() };
    let of_paper = |row: &usize| {
        let measure = result.entries[*row].measure;
        matches!(measure, Measure::HeldShare | Measure::HoldShareOfDelay)
    };
    let title = if rows.iter().all(of_paper) { "Manifests" } else { "Security" };
    let mut lines = vec![look.paint(Tone::Strong, title)];
    lines.extend(grid.lines(look));
    lines
}

/// The class in which least of a kind is found in a scenario, and how much.
fn softest(result: &StudyResult, scenario: usize, worst: usize) -> Option<(&str, &Mean)> {
    let kind = &result.entries[worst].station;
    let entries = result.entries[..result.whole_run].iter().zip(&result.scenarios[scenario].estimates);
    let of_classes =
        entries.filter(|(entry, _)| entry.measure == Measure::Detection && entry.station == *kind);
    let means = of_classes.filter_map(|(entry, mean)| Some((entry.class.as_deref()?, mean, mean.mean?)));
    means.min_by(|a, b| a.2.total_cmp(&b.2)).map(|(class, mean, _)| (class, mean))
}

/// Every scenario's delay, detection and officer-hours, and whether another beats it in all.
pub(super) fn frontier(result: &StudyResult) -> Option<Sheet> {
    let detection: Vec<usize> = places(result, Measure::Detection).collect();
    if detection.is_empty() {
        return None;
    }
    let whole = &result.entries[..result.whole_run];
    let find = |measure: Measure, statistic: Statistic| {
        whole.iter().position(|entry| {
            entry.measure == measure
                && entry.statistic == statistic
                && entry.class.is_none()
                && entry.station.is_none()
        })
    };
    let delay = find(Measure::Delay, Statistic::Mean)?;
    let officers = find(Measure::OfficerHours, Statistic::Value);
    let columns = vec![
        SCENARIO,
        Column::text("violation", "Kind of violation."),
        Column::number("delay_min", "min", "Mean delay of trucks that crossed."),
        Column::number("delay_low_min", "min", "Lower end of its 95 % interval."),
        Column::number("delay_high_min", "min", "Upper end of its 95 % interval."),
        Column::number("detection", "fraction", "Chance that a violation of this kind is found."),
        Column::number("detection_low", "fraction", "Lower end of its 95 % interval."),
        Column::number("detection_high", "fraction", "Upper end of its 95 % interval."),
        Column::text("softest_class", "Class in which least is found."),
        Column::number("softest_detection", "fraction", "Chance that a violation is found in that class."),
        Column::number("officer_hours", "h", "Officer-hours per run; blank without officers."),
        Column::number("officer_hours_low", "h", "Lower end of its 95 % interval."),
        Column::number("officer_hours_high", "h", "Upper end of its 95 % interval."),
        Column::text(
            "beaten_by",
            "First scenario that is at least as good in delay, in every detection and in officer-hours, and better \
             in one, by its means; blank: none, the scenario is on the frontier.",
        ),
    ];
    let sentence = "A row is a scenario and a kind of violation: what it costs in delay and officers, what it finds, \
                    and whether another scenario beats it.";
    let mut sheet = Sheet::new("frontier", sentence, columns);
    let minus = |mean: Option<f64>| mean.map(|mean| -mean);
    // Less is better in all of them.
    let goods: Vec<Vec<Option<f64>>> = result
        .scenarios
        .iter()
        .map(|scenario| {
            let mean = |place: usize| scenario.estimates[place].mean;
            let found = detection.iter().map(|place| minus(mean(*place)));
            [Some(delay), officers].into_iter().flatten().map(mean).chain(found).collect()
        })
        .collect();
    let beats = |one: &[Option<f64>], other: &[Option<f64>]| {
        let known = |(one, other): (&Option<f64>, &Option<f64>)| Some((one.as_ref()?.to_owned(), (*other)?));
        let pairs: Vec<(f64, f64)> = one.iter().zip(other).filter_map(known).collect();
        pairs.len() == one.len()
            && pairs.iter().all(|(one, other)| one <= other)
            && pairs.iter().any(|(one, other)| one < other)
    };
    for (place, scenario) in result.scenarios.iter().enumerate() {
        let beaten = goods.iter().position(|other| beats(other, &goods[place]));
        for row in &detection {
            let three = |unit: Unit, mean: Option<&Mean>| {
                let blank = Mean::default();
                let [mean, low, high, _] = estimate(unit, mean.unwrap_or(&blank));
                [mean, low, high]
            };
            let soft = softest(result, place, *row);
            let mut cells: Vec<Cell> =
                vec![scenario.name.as_str().into(), result.entries[*row].station.clone().into()];
            cells.extend(three(Unit::Seconds, Some(&scenario.estimates[delay])));
            cells.extend(three(Unit::Fraction, Some(&scenario.estimates[*row])));
            cells.push(soft.map(|(class, _)| class.to_owned()).into());
            cells.push(soft.and_then(|(_, mean)| mean.mean).into());
            cells.extend(three(Unit::Hours, officers.map(|place| &scenario.estimates[place])));
            cells.push(beaten.map(|place| result.scenarios[place].name.clone()).into());
            sheet.push(cells);
        }
    }
    Some(sheet)
}
