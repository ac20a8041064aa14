//! The tidy tables of a run folder: one value per row, every column with its meaning and unit.
//!
//! Times are in minutes, shares are fractions between 0 and 1; what was not observed is blank. Names
//! of scenarios, stations and classes are those of the file. Start at [`tables`].

use super::Notice;
use super::number::file_unit;
use super::sheet::{Cell, Column, Sheet};
use super::words;
use crate::experiment::{Mean, Place, StudyResult};
use crate::kernel::time::SimTime;
use crate::measure::{Entry, Measure, Statistic, TruckNumbers, Unit, Visit};
use crate::model::network::Network;
use crate::model::notice::Outcome;
use crate::scenario::plan::StudyPlan;
use crate::stats;

/// All tables of a study, in the order in which the package lists them.
pub fn tables(plan: &StudyPlan, result: &StudyResult, notices: &[Notice]) -> Vec<Sheet> {
    let first = vec![
        measures(result),
        replications(result),
        pooled(result),
        paired(result),
        classes(result),
        hourly(result),
        lanes(result),
        queue(result),
        outcomes(result),
        links(result),
        storage(result),
        posted(result),
        goals(result),
    ];
    let last = [warnings(notices), changes(plan), inputs(plan)];
    let more = super::worlds::tables(result).into_iter();
    let more = more
        .chain(controls(result))
        .chain(super::security::frontier(result))
        .chain(super::money::table(plan, result));
    first.into_iter().chain(more).chain(last).collect()
}

pub(super) const SCENARIO: Column = Column::text("scenario", "Name of the scenario.");
const REPLICATION: Column = Column::whole(
    "replication",
    "",
    "Number of the replication, from 0; the same number means the same chance, so the same trucks where demand is alike.",
);
const MEASURE: Column = Column::text("measure", "What is measured: wait, crossing_time, queue_length, ...");
const STATION: Column = Column::text(
    "station",
    "Station (for officers: the pool; for violations: the kind); blank for the whole crossing.",
);
const GROUP: Column = Column::text("group", "Lane group of the station; blank for the whole station.");
const CLASS: Column = Column::text("class", "Class of trucks; blank for all.");
const STATISTIC: Column = Column::text("statistic", "Which number of the measure: mean, p95, count, ...");
const UNIT: Column = Column::text(
    "unit",
    "Unit of the values in this row: min, fraction, trucks, trucks/h, lanes, h, truck-h, gal, kg, g, or a currency.",
);
pub(super) const LOW: Column =
    Column::number("ci_low", "as in `unit`", "Lower end of the interval; blank with fewer than two values.");
pub(super) const HIGH: Column =
    Column::number("ci_high", "as in `unit`", "Upper end of the interval; blank with fewer than two values.");
pub(super) const N: Column = Column::whole("n", "replications", "Replications that have a value.");
const DAY: Column = Column::whole(
    "day",
    "days",
    "Day of the run from 1; blank when the hours of all days are taken together.",
);
const HOUR: Column = Column::whole("hour_local", "h", "Local hour, 0 to 23, at the inspection side.");

/// A value in the unit of files; blank if it was not observed.
pub(super) fn value(unit: Unit, value: Option<f64>) -> Cell {
    let (divisor, _) = file_unit(unit);
    value.filter(|value| !value.is_nan()).map(|value| value / divisor).into()
}

fn unit_cell(unit: Unit) -> Cell {
    file_unit(unit).1.into()
}

/// Mean, lower and upper end, replications.
pub(super) fn estimate(unit: Unit, mean: &Mean) -> [Cell; 4] {
    [value(unit, mean.mean), value(unit, mean.low()), value(unit, mean.high()), mean.n.into()]
}

/// The name of a unit variant or the like, as files write it.
fn key(name: &impl serde::Serialize) -> Cell {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(name)) => name.into(),
        Ok(_) | Err(_) => Cell::Blank,
    }
}

/// Measure, station, group, class, statistic, unit.
pub(super) fn what(entry: &Entry) -> [Cell; 6] {
    [
        key(&entry.measure),
        entry.station.clone().into(),
        entry.group.clone().into(),
        entry.class.clone().into(),
        key(&entry.statistic),
        unit_cell(entry.unit),
    ]
}

/// The columns of [`what`].
pub(super) fn what_columns() -> [Column; 6] {
    [MEASURE, STATION, GROUP, CLASS, STATISTIC, UNIT]
}

fn row(parts: impl IntoIterator<Item = Vec<Cell>>) -> Vec<Cell> {
    parts.into_iter().flatten().collect()
}

fn measures(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        MEASURE,
        STATION,
        GROUP,
        CLASS,
        STATISTIC,
        UNIT,
        Column::number("value", "as in `unit`", "Mean over replications."),
        LOW,
        HIGH,
        N,
        Column::number(
            "sd",
            "as in `unit`",
            "Standard deviation between replications; blank with fewer than two values.",
        ),
        Column::whole(
            "batches",
            "batches",
            "Batches of the one long replication that the interval rests on; blank where it rests on replications.",
        ),
    ];
    let sentence = "A row is a measure over the whole run in one scenario: mean over replications with its 95 % \
                    Student t interval, or of one long replication by batch means.";
    let mut sheet = Sheet::new("measures", sentence, columns);
    for scenario in &result.scenarios {
        for (entry, mean) in result.entries[..result.whole_run].iter().zip(&scenario.estimates) {
            sheet.push(row([
                vec![scenario.name.as_str().into()],
                what(entry).into(),
                estimate(entry.unit, mean).into(),
                vec![value(entry.unit, mean.sd), mean.batches.into()],
            ]));
        }
    }
    sheet
}

fn replications(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        REPLICATION,
        MEASURE,
        STATION,
        GROUP,
        CLASS,
        STATISTIC,
        UNIT,
        Column::number("value", "as in `unit`", "Value in this replication; blank if nothing was observed."),
    ];
    let sentence = "A row is a measure over the whole run in one replication of one scenario.";
    let mut sheet = Sheet::new("replications", sentence, columns);
    let entries: Vec<[Cell; 6]> = result.entries[..result.whole_run].iter().map(what).collect();
    for scenario in &result.scenarios {
        for (replication, values) in scenario.values.iter().enumerate() {
            for ((entry, cells), number) in result.entries.iter().zip(&entries).zip(values) {
                sheet.push(row([
                    vec![scenario.name.as_str().into(), replication.into()],
                    cells.to_vec(),
                    vec![value(entry.unit, Some(*number))],
                ]));
            }
        }
    }
    sheet
}

fn pooled(result: &StudyResult) -> Sheet {
    let quantile = |name, sentence| Column::number(name, "min", sentence);
    let columns = vec![
        SCENARIO,
        Column::text("measure", "The measure and where or of whom: crossing_time.fast."),
        Column::whole("trucks", "trucks", "Trucks observed in all replications together."),
        quantile("p50_min", "Half of the trucks have less."),
        quantile("p90_min", "90 % of the trucks have less."),
        quantile("p95_min", "95 % of the trucks have less."),
        quantile("p99_min", "99 % of the trucks have less."),
        quantile("max_min", "No truck has more."),
    ];
    let sentence = "A row is a measure with quantiles over the trucks of all replications together; those in \
                    `measures` are taken within each replication and then averaged.";
    let mut sheet = Sheet::new("pooled", sentence, columns);
    for scenario in &result.scenarios {
        for pooled in &scenario.pooled {
            let mut cells =
                vec![scenario.name.as_str().into(), pooled.name.as_str().into(), pooled.count.into()];
            let quantiles = [pooled.p50, pooled.p90, pooled.p95, pooled.p99, pooled.max];
            cells.extend(quantiles.map(|quantile| value(Unit::Seconds, quantile)));
            sheet.push(cells);
        }
    }
    sheet
}

fn paired(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        Column::text("versus", "Name of the baseline."),
        MEASURE,
        STATION,
        GROUP,
        CLASS,
        STATISTIC,
        UNIT,
        Column::number(
            "difference",
            "as in `unit`",
            "Mean over replications of scenario minus baseline, replication by replication.",
        ),
        LOW,
        HIGH,
        N,
        Column::number(
            "confidence",
            "fraction",
            "Confidence of this one interval; those of a family hold together at 0.95 (Bonferroni).",
        ),
        Column::number(
            "variance_ratio",
            "",
            "How many times more replications unpaired runs would need; blank if differences do not vary.",
        ),
        Column::text("verdict", "What the difference means; blank where neither more nor less is better."),
    ];
    let sentence = "A row is the paired difference of a measure between a scenario and the baseline.";
    let mut sheet = Sheet::new("paired", sentence, columns);
    for comparison in &result.comparisons {
        let names = [comparison.scenario, comparison.versus]
            .map(|place| result.scenarios[place].name.as_str().into());
        for (entry, paired) in result.entries.iter().zip(&comparison.paired) {
            sheet.push(row([
                names.to_vec(),
                what(entry).into(),
                estimate(entry.unit, &paired.difference).into(),
                vec![
                    result.confidence.into(),
                    paired.variance_ratio.into(),
                    paired.verdict.map(words::verdict_key).into(),
                ],
            ]));
        }
    }
    sheet
}

/// Only where the expected number of trucks is known.
fn controls(result: &StudyResult) -> Option<Sheet> {
    let number = |name, sentence| Column::number(name, "as in `unit`", sentence);
    let columns = vec![
        SCENARIO,
        Column::text(
            "versus",
            "Name of the baseline, for a difference from it; blank for the scenario's own mean.",
        ),
        MEASURE,
        STATISTIC,
        UNIT,
        number(
            "value",
            "Mean over replications, or of differences replication by replication: as in `measures` and `paired`.",
        ),
        LOW,
        HIGH,
        number("controlled", "The same with the number of trucks as a control variate."),
        number("controlled_low", "Lower end of its interval."),
        number("controlled_high", "Upper end of its interval."),
        N,
        Column::number("confidence", "fraction", "Confidence of both intervals."),
        Column::number(
            "variance_ratio",
            "",
            "How many times more replications the mean without control needs for the same precision; blank if nothing is left \
             to chance.",
        ),
        Column::number("ratio_low", "", "Lower end of its 95 % interval."),
        Column::number("ratio_high", "", "Upper end of its 95 % interval."),
    ];
    let sentence = "A row is the measure that decides, in one scenario or as a difference, without and with the number of \
                    trucks as a control variate: nothing else rests on the latter.";
    let mut sheet = Sheet::new("controls", sentence, columns);
    let headline = &result.entries[result.headline];
    for control in &result.controls {
        let name = |place: usize| result.scenarios[place].name.as_str();
        let [mean, low, high, n] = estimate(headline.unit, &control.plain);
        let [controlled, controlled_low, controlled_high, _] = estimate(headline.unit, &control.controlled);
        sheet.push(vec![
            name(control.scenario).into(),
            control.versus.map(name).into(),
            key(&headline.measure),
            key(&headline.statistic),
            unit_cell(headline.unit),
            mean,
            low,
            high,
            controlled,
            controlled_low,
            controlled_high,
            n,
            control.confidence.into(),
            control.gain.into(),
            control.gain_interval.map(|ends| ends[0]).into(),
            control.gain_interval.map(|ends| ends[1]).into(),
        ]);
    }
    (!result.controls.is_empty()).then_some(sheet)
}

fn classes(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        Column::text("versus", "Name of the baseline."),
        Column::text("class", "Class of trucks."),
        MEASURE,
        STATISTIC,
        UNIT,
        Column::number(
            "difference",
            "as in `unit`",
            "Mean over replications of scenario minus baseline, replication by replication.",
        ),
        LOW,
        HIGH,
        N,
        Column::text("verdict", "What the difference means for this class."),
        Column::text(
            "loses",
            "yes if the class is shown to be worse off; the intervals of all classes and scenarios hold together.",
        ),
    ];
    let sentence = "A row is what a scenario does to one class of trucks, by the measure that decides.";
    let mut sheet = Sheet::new("classes", sentence, columns);
    let headline = &result.entries[result.headline];
    for comparison in &result.comparisons {
        let names = [comparison.scenario, comparison.versus]
            .map(|place| result.scenarios[place].name.as_str().into());
        for change in &comparison.classes {
            sheet.push(row([
                names.to_vec(),
                vec![
                    change.class.as_str().into(),
                    key(&headline.measure),
                    key(&headline.statistic),
                    unit_cell(headline.unit),
                ],
                estimate(headline.unit, &change.paired.difference).into(),
                vec![
                    change.paired.verdict.map(words::verdict_key).into(),
                    if change.loses { "yes" } else { "no" }.into(),
                ],
            ]));
        }
    }
    sheet
}

fn hourly(result: &StudyResult) -> Sheet {
    let quantile = |name, sentence| Column::number(name, "as in `unit`", sentence);
    let columns = vec![
        SCENARIO,
        MEASURE,
        STATION,
        GROUP,
        CLASS,
        STATISTIC,
        UNIT,
        DAY,
        HOUR,
        Column::number("mean", "as in `unit`", "Mean over replications."),
        LOW,
        HIGH,
        N,
        quantile("p05", "5 % of replications have less."),
        quantile("p25", "A quarter of replications have less."),
        quantile("p50", "Half of the replications have less."),
        quantile("p75", "Three quarters of replications have less."),
        quantile("p95", "95 % of replications have less."),
    ];
    let sentence = "A row is a measure in one hour of one scenario: a truck belongs to the hour in which it arrived at \
                    the station (or the crossing), averages over time to the hours that they overlap. Hours in which \
                    nothing was observed in any replication are left out.";
    let mut sheet = Sheet::new("hourly", sentence, columns);
    for scenario in &result.scenarios {
        for (place, entry) in result.entries.iter().enumerate().skip(result.whole_run) {
            let mean = &scenario.estimates[place];
            if mean.n == 0 {
                continue;
            }
            let mut sorted: Vec<f64> = scenario
                .values
                .iter()
                .filter_map(|values| values.get(place))
                .copied()
                .filter(|v| !v.is_nan())
                .collect();
            sorted.sort_by(f64::total_cmp);
            let quantiles =
                [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| value(entry.unit, stats::quantile(&sorted, share)));
            sheet.push(row([
                vec![scenario.name.as_str().into()],
                what(entry).into(),
                hour(result, entry).into(),
                estimate(entry.unit, mean).into(),
                quantiles.into(),
            ]));
        }
    }
    sheet
}

/// Day and local hour of an entry by hour.
fn hour(result: &StudyResult, entry: &Entry) -> [Cell; 2] {
    let label = entry.period.and_then(|period| result.periods.get(usize::from(period)));
    label.map_or([Cell::Blank, Cell::Blank], |label| [label.day.into(), label.hour.into()])
}

/// What a row of `lanes` tells of a station or group in an hour.
const OF_LANES: [Measure; 6] = [
    Measure::LanesOpen,
    Measure::Occupancy,
    Measure::Utilization,
    Measure::MoveUpShare,
    Measure::BlockedShare,
    Measure::Throughput,
];

fn lanes(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        Column::text("station", "Name of the station."),
        GROUP,
        DAY,
        HOUR,
        Column::number(
            "lanes_open",
            "lanes",
            "Lanes open, those that finish a truck beyond the plan included; mean over time.",
        ),
        Column::number("occupancy", "fraction", "Serving and moving up over open time."),
        Column::number("utilization", "fraction", "Serving over open time."),
        Column::number("move_up_share", "fraction", "Moving up over open time."),
        Column::number("blocked_share", "fraction", "Blocked over open time."),
        Column::number("throughput_trucks_h", "trucks/h", "Trucks that left."),
    ];
    let sentence =
        "A row is a station or one of its lane groups in one hour of one scenario, means over replications.";
    let mut sheet = Sheet::new("lanes", sentence, columns);
    let places = lane_hours(result);
    for scenario in &result.scenarios {
        for (entry, places) in &places {
            let means = places
                .map(|place| value(Unit::Number, place.and_then(|place| scenario.estimates[place].mean)));
            sheet.push(row([
                vec![scenario.name.as_str().into(), entry.station.clone().into(), entry.group.clone().into()],
                hour(result, entry).into(),
                means.into(),
            ]));
        }
    }
    sheet
}

/// Every (station or group, hour), with the places of its entries in the order of [`OF_LANES`].
fn lane_hours(result: &StudyResult) -> Vec<(&Entry, [Option<usize>; 6])> {
    let mut rows: Vec<(&Entry, [Option<usize>; 6])> = Vec::new();
    let mut row_of = std::collections::BTreeMap::new();
    for (place, entry) in result.entries.iter().enumerate().skip(result.whole_run) {
        let of_lanes = OF_LANES.iter().position(|measure| *measure == entry.measure);
        let simple = entry.class.is_none() && matches!(entry.statistic, Statistic::Mean | Statistic::Value);
        let (Some(column), Some(_), true) = (of_lanes, &entry.station, simple) else { continue };
        let row = *row_of.entry((&entry.station, &entry.group, entry.period)).or_insert_with(|| {
            rows.push((entry, [None; 6]));
            rows.len() - 1
        });
        rows[row].1[column] = Some(place);
    }
    rows
}

fn queue(result: &StudyResult) -> Sheet {
    let trucks = |name, sentence| Column::number(name, "trucks", sentence);
    let columns = vec![
        SCENARIO,
        Column::text("station", "Name of the station."),
        Column::text(
            "group",
            "Lane group that serves them, trucks in the common line of its road included; blank for the whole station.",
        ),
        Column::number(
            "from_min",
            "min",
            "Begin of the interval after the local midnight at which the run began.",
        ),
        Column::number("interval_min", "min", "Length of the interval."),
        trucks("mean", "Trucks in line, mean over the interval and over replications."),
        trucks("p05", "5 % of replications have less."),
        trucks("p25", "A quarter of the replications have less."),
        trucks("p50", "Half of the replications have less."),
        trucks("p75", "Three quarters of the replications have less."),
        trucks("p95", "95 % of replications have less."),
    ];
    let sentence = "A row is a line of trucks in one interval of time of one scenario.";
    let mut sheet = Sheet::new("queue", sentence, columns);
    for scenario in &result.scenarios {
        for series in &scenario.queues {
            for (place, mean) in series.mean.iter().enumerate() {
                let at = |values: &[f64]| value(Unit::Trucks, values.get(place).copied());
                sheet.push(vec![
                    scenario.name.as_str().into(),
                    series.station.as_str().into(),
                    series.group.clone().into(),
                    (place as f64 * f64::from(series.interval_minutes)).into(),
                    series.interval_minutes.into(),
                    value(Unit::Trucks, Some(*mean)),
                    at(&series.p05),
                    at(&series.p25),
                    at(&series.p50),
                    at(&series.p75),
                    at(&series.p95),
                ]);
            }
        }
    }
    sheet
}

fn outcomes(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        CLASS,
        Column::text(
            "outcome",
            "What became of the trucks: entered counts all, stranded all that did not cross.",
        ),
        Column::number("trucks", "trucks", "Trucks per replication, mean."),
        Column { unit: "trucks", ..LOW },
        Column { unit: "trucks", ..HIGH },
        N,
    ];
    let sentence = "A row is an outcome of the trucks that came in one scenario.";
    let mut sheet = Sheet::new("outcomes", sentence, columns);
    for scenario in &result.scenarios {
        for (entry, mean) in result.entries[..result.whole_run].iter().zip(&scenario.estimates) {
            if entry.measure == Measure::Trucks && entry.station.is_none() {
                let names =
                    vec![scenario.name.as_str().into(), entry.class.clone().into(), key(&entry.statistic)];
                sheet.push(row([names, estimate(entry.unit, mean).into()]));
            }
        }
    }
    sheet
}

fn links(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        Column::text("from_kind", "What the trucks come from: stream, station or road."),
        Column::text("from", "Its name."),
        Column::text("to_kind", "Where they go: station, road, exit, turned_away or unfinished."),
        Column::text("to", "Its name; blank for an outcome."),
        CLASS,
        Column::number("trucks", "trucks", "Trucks per replication, mean."),
        Column { unit: "trucks", ..LOW },
        Column { unit: "trucks", ..HIGH },
        N,
    ];
    let sentence = "A row is the flow of trucks from one place to the next in one scenario.";
    let mut sheet = Sheet::new("links", sentence, columns);
    for scenario in &result.scenarios {
        for link in &scenario.links {
            sheet.push(row([
                vec![scenario.name.as_str().into()],
                place(&link.from).into(),
                place(&link.to).into(),
                vec![link.class.clone().into()],
                estimate(Unit::Trucks, &link.trucks).into(),
            ]));
        }
    }
    sheet
}

fn place(place: &Place) -> [Cell; 2] {
    match place {
        Place::Stream(name) => ["stream".into(), name.as_str().into()],
        Place::Station(name) => ["station".into(), name.as_str().into()],
        Place::Road(name) => ["road".into(), name.as_str().into()],
        Place::Exit => ["exit".into(), Cell::Blank],
        Place::TurnedAway => ["turned_away".into(), Cell::Blank],
        Place::Diverted => ["diverted".into(), Cell::Blank],
        Place::Balked => ["balked".into(), Cell::Blank],
        Place::Reneged => ["reneged".into(), Cell::Blank],
        Place::Unfinished => ["unfinished".into(), Cell::Blank],
    }
}

fn storage(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        Column::text("place", "The road or station."),
        Column::whole("room", "trucks", "Trucks that find room."),
        Column::number(
            "full_share",
            "fraction",
            "Share of time in which it was full, mean over replications.",
        ),
        Column::number("full_low", "fraction", "Lower end of its 95 % interval."),
        Column::number("full_high", "fraction", "Upper end of its 95 % interval."),
        N,
        Column::number("trucks_mean", "trucks", "Trucks on it, mean over time and replications."),
    ];
    let sentence = "A row is a place with finite room in one scenario.";
    let mut sheet = Sheet::new("storage", sentence, columns);
    for scenario in &result.scenarios {
        for storage in &scenario.storage {
            sheet.push(row([
                vec![scenario.name.as_str().into(), place(&storage.place)[1].clone(), storage.room.into()],
                estimate(Unit::Fraction, &storage.full).into(),
                vec![value(Unit::Trucks, storage.trucks.mean)],
            ]));
        }
    }
    sheet
}

fn posted(result: &StudyResult) -> Sheet {
    let minutes = |name, sentence| Column::number(name, "min", sentence);
    let columns = vec![
        SCENARIO,
        Column::text("station", "The primary station."),
        Column::text("group", "Its lane group."),
        HOUR,
        minutes(
            "simulated_min",
            "Wait as it would have been posted, mean over the days of the run and replications.",
        ),
        minutes("ci_low", "Lower end of its 95 % interval."),
        minutes("ci_high", "Upper end of its 95 % interval."),
        N,
        minutes("observed_min", "Posted wait that was observed."),
        minutes("check_min", "Posted wait observed in the period kept out of the fit."),
    ];
    let sentence = "A row is the posted wait of a lane group at one hour of the day in one scenario.";
    let mut sheet = Sheet::new("posted", sentence, columns);
    for (number, scenario) in result.scenarios.iter().enumerate() {
        for group in &result.posted {
            for hour in &group.hours {
                sheet.push(row([
                    vec![
                        scenario.name.as_str().into(),
                        group.station.as_str().into(),
                        group.group.as_str().into(),
                        hour.hour.into(),
                    ],
                    estimate(Unit::Seconds, &hour.simulated[number]).into(),
                    vec![value(Unit::Seconds, hour.observed), value(Unit::Seconds, hour.check)],
                ]));
            }
        }
    }
    sheet
}

fn goals(result: &StudyResult) -> Sheet {
    let columns = vec![
        SCENARIO,
        Column::text("measure", "What the goal is about: crossing_time.p95."),
        UNIT,
        Column::text("relation", "at_most or at_least."),
        Column::number("limit", "as in `unit`", "The limit."),
        Column::number("value", "as in `unit`", "Mean over replications."),
        LOW,
        HIGH,
        N,
        Column::text("status", "met or missed when the whole interval says so, else not_settled."),
    ];
    let mut sheet = Sheet::new("goals", "A row is a goal in one scenario.", columns);
    for goal in &result.goals {
        let entry = &result.entries[goal.entry];
        for (scenario, status) in result.scenarios.iter().zip(&goal.status) {
            sheet.push(row([
                vec![
                    scenario.name.as_str().into(),
                    entry.name.as_str().into(),
                    unit_cell(entry.unit),
                    if goal.at_most { "at_most" } else { "at_least" }.into(),
                    value(entry.unit, Some(goal.limit)),
                ],
                estimate(entry.unit, &scenario.estimates[goal.entry]).into(),
                vec![key(status)],
            ]));
        }
    }
    sheet
}

fn warnings(notices: &[Notice]) -> Sheet {
    let columns = vec![
        Column::text("code", "Its code; `cruce explain CODE` tells more."),
        Column::text("scenario", "The scenario concerned; blank for the study."),
        Column::text("origin", "The key concerned, or the file; blank if it is about the whole run."),
        Column::text("message", "What to look at."),
        Column::text("details", "Facts and ways out."),
    ];
    let mut sheet = Sheet::new("warnings", "A row is a warning of the check or of the run.", columns);
    for notice in notices {
        sheet.push(vec![
            notice.code.as_str().into(),
            notice.scenario.clone().into(),
            notice.origin.clone().into(),
            notice.message.as_str().into(),
            notice.details.join("; ").into(),
        ]);
    }
    sheet
}

fn changes(plan: &StudyPlan) -> Sheet {
    let columns = vec![
        SCENARIO,
        Column::text("key", "The key that differs."),
        Column::text("baseline_value", "Its value in the baseline, as written; blank if it has none there."),
        Column::text("value", "Its value in this scenario; blank if it has none here."),
    ];
    let sentence = "A row is a key in which a scenario differs from the baseline.";
    let mut sheet = Sheet::new("changes", sentence, columns);
    for scenario in &plan.scenarios {
        for (key, before, after) in &scenario.changes {
            let cells = [&scenario.name, key, before, after];
            sheet.push(cells.map(|text| text.as_str().into()).into());
        }
    }
    sheet
}

fn inputs(plan: &StudyPlan) -> Sheet {
    let columns = vec![
        Column::text("key", "The key of the file."),
        Column::text("value", "Its value in the baseline, as written."),
        Column::text("source", "Where it comes from; blank: an assumption."),
    ];
    let sentence =
        "A row is an input of the baseline with its source; one without a source is an assumption.";
    let mut sheet = Sheet::new("inputs", sentence, columns);
    for (key, value, source) in &plan.sources {
        sheet.push([key, value, source].map(|text| text.as_str().into()).into());
    }
    for (key, value) in &plan.assumptions {
        sheet.push(vec![key.as_str().into(), value.as_str().into(), Cell::Blank]);
    }
    sheet
}

/// The head of `trucks.csv`.
pub fn trucks() -> Sheet {
    let ticks = |name, sentence| Column::whole(name, "us", sentence);
    let columns = vec![
        SCENARIO,
        REPLICATION,
        Column::text(
            "truck",
            "Number of the truck, the same in every scenario: stream, then where it comes from in it.",
        ),
        Column::text("class", "Class of the truck."),
        Column::text(
            "station",
            "The station; blank: it never came to one, or was between two when the run ended.",
        ),
        Column::text("group", "The lane group that it chose; blank if it chose none."),
        Column::whole("lane", "", "Its lane, from 1; blank if it was not served, or in a yard."),
        ticks("arrival_us", "Arrival at the station (or at the crossing), microseconds since the run began."),
        ticks("start_us", "Start of service; blank if it did not happen."),
        ticks("end_us", "End of service; blank if it did not happen."),
        ticks("leave_us", "When it left the station; blank if it did not."),
        Column::text("outcome", "What became of it, on its last row: crossed, turned_away or unfinished."),
    ];
    let sentence = "A row is a truck's visit to a station in one replication of one scenario, in the order in which \
                    visits ended.";
    Sheet::new("trucks", sentence, columns)
}

/// The rows of one replication of one scenario.
pub fn truck_rows(scenario: &str, network: &Network, replication: u32, visits: &[Visit]) -> Sheet {
    let mut sheet = trucks();
    let numbers = TruckNumbers::new(network);
    let ticks = |at: Option<SimTime>| Cell::from(at.map(SimTime::micros));
    for visit in visits {
        sheet.push(vec![
            scenario.into(),
            replication.into(),
            numbers.number(visit.stream, visit.identity).into(),
            network.classes[visit.class].name.as_str().into(),
            visit.station.map(|station| network.stations[station.index()].name.as_str()).into(),
            visit.group.map(|group| network.groups[group.index()].name.as_str()).into(),
            visit.lane.into(),
            ticks(Some(visit.arrival)),
            ticks(visit.start),
            ticks(visit.end),
            ticks(visit.leave),
            visit.outcome.map(outcome).into(),
        ]);
    }
    sheet
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Crossed => "crossed",
        Outcome::TurnedAway => "turned_away",
        Outcome::Diverted => "diverted",
        Outcome::Balked => "balked",
        Outcome::Reneged => "reneged",
        Outcome::Unfinished => "unfinished",
    }
}
