//! A sweep: its tables, point after point, and what a person reads of it.
//!
//! Tables are written as points come, so that none of them need be kept; of the summary only the first
//! points are kept. Start at [`sheet`] and [`Overview`].

use std::borrow::Cow;

use serde_json::{Value, json};

use super::layout::{Grid, GridColumn, Look, Tone, paragraph};
use super::number::{Scale, file_unit, grouped, signed};
use super::outlook::Outlooks;
use super::sheet::{Cell, Column, Kind, Sheet};
use super::summary::or_dash;
use super::tables::{HIGH, LOW, N, estimate, value, what, what_columns};
use super::words;
use crate::experiment::counted;
use crate::experiment::sensitivity::{Index, Morris, Sobol};
use crate::experiment::sweep::{Effects, Job, PointResult, Sensitivity};
use crate::experiment::{GoalStatus, Mean};
use crate::measure::Unit;
use crate::scenario::phrase::Replications;
use crate::scenario::plan::StudyPlan;

const POINT: Column = Column::whole(
    "point",
    "",
    "Number of the point; 0 is the baseline as it stands, with which the others are compared.",
);

/// Point and scenario, then a column for each path that is varied.
fn first_columns(job: &Job) -> Vec<Column> {
    let paths = job.sweep().factors.iter().flat_map(|factor| factor.paths());
    let varied = paths.map(|path| Column {
        name: Cow::Owned(path.to_owned()),
        kind: Kind::Text,
        unit: "",
        sentence: "What this key is set to, as the study writes it; blank for point 0.",
    });
    let scenario = Column::text("scenario", "Name of the scenario that is varied.");
    [POINT, scenario].into_iter().chain(varied).collect()
}

fn first_cells(job: &Job, result: &PointResult) -> Vec<Cell> {
    let point = &result.point;
    let levels = job.sweep().factors.iter().zip(&point.levels).flat_map(|(factor, levels)| {
        let blank = levels.is_empty();
        let count = factor.paths().count();
        (0..count).map(move |key| if blank { Cell::Blank } else { level(&levels[key]) })
    });
    [point.number.into(), point.scenario.as_str().into()].into_iter().chain(levels).collect()
}

/// A level as it is written: what begins with a sign is no formula, but is told so by the apostrophe.
fn level(text: &str) -> Cell {
    text.into()
}

/// The table of all points and measures, without rows.
pub fn sheet(job: &Job) -> Sheet {
    let mut columns = first_columns(job);
    columns.extend(what_columns());
    columns.extend([
        Column::number("value", "as in `unit`", "Mean over replications."),
        LOW,
        HIGH,
        N,
        Column::number(
            "sd",
            "as in `unit`",
            "Standard deviation between replications; blank with fewer than two values.",
        ),
        Column::number(
            "difference",
            "as in `unit`",
            "Mean over replications of this point minus point 0, replication by replication.",
        ),
        Column::number("difference_low", "as in `unit`", "Lower end of its 95 % interval."),
        Column::number("difference_high", "as in `unit`", "Upper end of its 95 % interval."),
    ]);
    let sentence = "A row is a measure over the whole run at one point of the sweep, with its 95 % Student t interval, and \
                    its paired difference from point 0.";
    Sheet::new("sweep", sentence, columns)
}

/// The rows of a point.
pub fn rows(job: &Job, result: &PointResult) -> Sheet {
    let mut sheet = sheet(job);
    let first = first_cells(job, result);
    for (place, entry) in job.entries().iter().enumerate() {
        let (mean, difference) = (&result.estimates[place], &result.differences[place]);
        let [change, low, high, _] = estimate(entry.unit, difference);
        let mut row = first.clone();
        row.extend(what(entry));
        row.extend(estimate(entry.unit, mean));
        row.extend([value(entry.unit, mean.sd), change, low, high]);
        sheet.push(row);
    }
    sheet
}

/// The table of points, without rows.
pub fn points_sheet(job: &Job) -> Sheet {
    let mut columns = first_columns(job);
    columns.extend([
        Column::whole("replications", "replications", "Replications of this point."),
        Column::whole("failed", "replications", "Of these, how many failed."),
        Column::text("why", "Why the first of them failed; blank if none did."),
        Column::text("target", "Whether its difference from point 0 is known as well as `precision.target` asks for: met or not met; blank without a target."),
        Column::text("goals", "Whether it reaches the goals of the study: met, missed (one at least), or not settled; blank without goals."),
    ]);
    Sheet::new("points", "A row is a point of the sweep.", columns)
}

/// The row of a point.
pub fn point_row(job: &Job, result: &PointResult) -> Sheet {
    let mut sheet = points_sheet(job);
    let mut row = first_cells(job, result);
    row.extend([
        result.replications.into(),
        result.failures.len().into(),
        result.failures.first().map(|(_, why)| why.clone()).into(),
        result.met.map(|met| if met { "met" } else { "not met" }).into(),
        goals(result).map(words::goal).into(),
    ]);
    sheet.push(row);
    sheet
}

/// All goals together: missed if one is.
fn goals(result: &PointResult) -> Option<GoalStatus> {
    let any = |status| result.goals.contains(&status);
    match () {
        () if result.goals.is_empty() => None,
        () if any(GoalStatus::Missed) => Some(GoalStatus::Missed),
        () if any(GoalStatus::NotSettled) => Some(GoalStatus::NotSettled),
        () => Some(GoalStatus::Met),
    }
}

/// How much factors matter; `None` if the design does not tell.
pub fn sensitivity_sheet(job: &Job, all: &[Sensitivity]) -> Option<Sheet> {
    if !job.tells_sensitivity() {
        return None;
    }
    let mut columns = vec![
        Column::text("scenario", "Name of the scenario that is varied."),
        Column::text("factor", "What is varied: a path, or the name of several that move together."),
    ];
    columns.extend(what_columns());
    columns.extend([
        Column::text(
            "index",
            "first_order, total: shares of the variance (Sobol). effect, effect_size, effect_spread: mean, mean size and \
             standard deviation of what moving the factor over its whole range would do (Morris).",
        ),
        Column::number("value", "as in `unit`", "The estimate."),
        Column::number("ci_low", "as in `unit`", "Lower end of its 95 % bootstrap interval."),
        Column::number("ci_high", "as in `unit`", "Upper end of its 95 % bootstrap interval."),
    ]);
    let sentence = "A row is an index of sensitivity of a measure to a factor of the sweep.";
    let mut sheet = Sheet::new("sensitivity", sentence, columns);
    for one in all {
        let entry = &job.entries()[one.entry];
        for (place, factor) in job.sweep().factors.iter().enumerate() {
            for (index, unit, [value, low, high]) in indices(&one.effects, place, entry.unit) {
                let (divisor, unit) = file_unit(unit);
                let cell = |value: f64| Cell::from(Some(value / divisor).filter(|value| !value.is_nan()));
                let mut row = vec![one.scenario.as_str().into(), factor.name.as_str().into()];
                row.extend(what(entry));
                row[7] = unit.into();
                row.extend([index.into(), cell(value), cell(low), cell(high)]);
                sheet.push(row);
            }
        }
    }
    Some(sheet)
}

/// Names, units and values of the indices of a factor.
fn indices(effects: &Effects, factor: usize, unit: Unit) -> Vec<(&'static str, Unit, [f64; 3])> {
    let of = |index: Index| [index.value, index.low, index.high];
    match effects {
        Effects::Sobol(all) => vec![
            ("first_order", Unit::Fraction, of(all[factor].first)),
            ("total", Unit::Fraction, of(all[factor].total)),
        ],
        Effects::Morris(all) => vec![
            ("effect", unit, of(all[factor].mean)),
            ("effect_size", unit, of(all[factor].size)),
            ("effect_spread", unit, [all[factor].spread, f64::NAN, f64::NAN]),
        ],
    }
}

/// A sentence for each factor, the one that matters most first.
fn sentences(job: &Job, all: &[Sensitivity]) -> Vec<String> {
    let mut told = Vec::new();
    let several = job.sweep().scenarios.len() > 1;
    for one in all.iter().filter(|one| one.entry == job.headline()) {
        let entry = &job.entries()[one.entry];
        let measure = words::entry(entry);
        let scenario = if several { format!("{}: ", one.scenario) } else { String::new() };
        let mut ranked: Vec<(f64, String)> = Vec::new();
        for (place, factor) in job.sweep().factors.iter().enumerate() {
            let name = &factor.name;
            let percent = |index: Index| {
                let of = |value: f64| grouped(100.0 * value, 0);
                format!("{} % ({} to {} %)", of(index.value), of(index.low), of(index.high))
            };
            let (rank, text) = match &one.effects {
                Effects::Sobol(all) => {
                    let Sobol { first, total } = all[place];
                    let text = format!(
                        "{scenario}{name} explains {} of the variance of {measure} by itself, and {} with its interactions",
                        percent(first),
                        percent(total)
                    );
                    (total.value, text)
                }
                Effects::Morris(all) => {
                    let Morris { mean, size, spread } = all[place];
                    let as_mean = Mean { mean: Some(size.value), ..Mean::default() };
                    let scale = Scale { decimals: 1, ..Scale::of(entry.unit, [&as_mean]) };
                    let of = |value: f64| grouped(value / scale.divisor, scale.decimals);
                    let text = format!(
                        "{scenario}{name} moves {measure} by {} {} over its range (size {}, {} to {}; spread {})",
                        signed(mean.value / scale.divisor, scale.decimals),
                        scale.label,
                        of(size.value),
                        of(size.low),
                        of(size.high),
                        of(spread)
                    );
                    (size.value, text)
                }
            };
            ranked.push((rank, text));
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        told.extend(ranked.into_iter().map(|(_, text)| text));
    }
    told
}

/// Points that the summary shows.
const SHOWN: usize = 60;

/// What a person reads of a sweep, gathered point after point.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    shown: Vec<PointResult>,
    points: u64,
    replications: u64,
    failed: u64,
    unmet: u64,
    met: u64,
    missed: u64,
    /// Point with the least headline measure.
    least: Option<(u64, f64)>,
    /// Means of points 1, 2, ..., one per entry; kept only if the design tells which factors matter.
    means: Vec<Vec<f64>>,
    sensitivity: Vec<Sensitivity>,
    outlooks: Outlooks,
}

impl Overview {
    /// Takes the next point.
    pub fn add(&mut self, job: &Job, result: &PointResult) {
        self.replications += u64::from(result.replications);
        self.failed += result.failures.len() as u64;
        self.unmet += u64::from(result.met == Some(false));
        if result.point.number > 0 {
            self.points += 1;
            self.met += u64::from(goals(result) == Some(GoalStatus::Met));
            self.missed += u64::from(goals(result) == Some(GoalStatus::Missed));
        }
        if job.tells_sensitivity() && result.point.number > 0 {
            self.means.push(result.estimates.iter().map(|mean| mean.mean.unwrap_or(f64::NAN)).collect());
        }
        self.outlooks.add(job, result);
        let here = result.estimates[job.headline()].mean;
        if let Some(here) = here.filter(|here| self.least.is_none_or(|(_, least)| *here < least)) {
            self.least = Some((result.point.number, here));
        }
        if self.shown.len() <= SHOWN {
            self.shown.push(result.clone());
        }
    }

    /// All points were taken: works out which factors matter.
    pub fn end(&mut self, job: &Job) {
        if job.tells_sensitivity() {
            self.sensitivity = job.sensitivity(&self.means);
        }
    }

    /// How much factors matter; empty if the design does not tell.
    pub fn sensitivity(&self) -> &[Sensitivity] {
        &self.sensitivity
    }

    /// When goals are first missed; `None` where there are no years or no goals.
    pub fn first_missed(&self, job: &Job) -> Option<Sheet> {
        self.outlooks.sheet(job)
    }

    /// How many replications failed.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// The summary.
    pub fn text(&self, plan: &StudyPlan, job: &Job, look: Look) -> String {
        let sweep = job.sweep();
        let title = words::Language::English.text(sweep.title.as_ref().unwrap_or(&plan.title));
        let mut lines = paragraph("", title, look);
        lines = lines.into_iter().map(|line| look.paint(Tone::Strong, &line)).collect();
        let Replications { least, most } = job.replications();
        let each = if least == most || job.target().is_none() {
            counted(least, "replication")
        } else {
            format!("{least} to {most} replications")
        };
        let told = format!(
            "{}, sweep {}: {}, {} and the baseline ({}) as point 0, {each} each, on the same trucks",
            plan.name,
            sweep.name,
            sweep.design,
            counted(self.points as u32, "point"),
            sweep.baseline
        );
        lines.extend(paragraph("", &told, look));
        lines.push(String::new());
        let ahead = !self.outlooks.is_empty();
        let table = !job.tells_sensitivity() && !ahead;
        if ahead {
            lines.extend(self.outlooks.lines(job, look));
        }
        if table {
            lines.push(look.paint(Tone::Strong, &words::entry(&job.entries()[job.headline()])));
            lines.extend(self.grid(job).lines(look));
        }
        let left = (self.points + 1).saturating_sub(self.shown.len() as u64) * u64::from(table);
        if left > 0 {
            lines.push(format!("and {left} more points: tables/sweep.csv"));
        }
        let note = match (table, ahead) {
            (_, true) => "",
            (true, _) => {
                "± half-width of the 95 % interval; differences from point 0, replication by replication"
            }
            (false, _) => {
                "of the mean over replications, which have the same chance at every point; 95 % bootstrap intervals"
            }
        };
        if !note.is_empty() {
            lines.extend(paragraph("", note, look));
        }
        lines.push(String::new());
        for sentence in sentences(job, &self.sensitivity) {
            lines.extend(paragraph("> ", &sentence, look));
        }
        for sentence in self.outlooks.sentences(job) {
            lines.extend(paragraph("> ", &sentence, look));
        }
        if let Some((point, _)) = self.least.filter(|_| table) {
            let entry = words::entry(&job.entries()[job.headline()]);
            lines.extend(paragraph("> ", &format!("Least {entry}: point {point}"), look));
        }
        if !job.goals().is_empty() && !ahead {
            let told =
                format!("Goals: {} of {} points reach them, {} do not", self.met, self.points, self.missed);
            lines.extend(paragraph("> ", &told, look));
        }
        let mut told = counted(self.replications as u32, "replication");
        if job.target().is_some() {
            told.push_str(&match self.unmet {
                0 => "; every point met the target".to_owned(),
                unmet => format!("; {unmet} points did not meet the target"),
            });
        }
        if self.failed > 0 {
            told.push_str(&format!("; {} failed, see tables/points.csv", self.failed));
        }
        lines.extend(paragraph("", &told, look));
        lines.join("\n") + "\n"
    }

    fn grid(&self, job: &Job) -> Grid {
        let sweep = job.sweep();
        let plain = |cells: Vec<String>| cells.into_iter().map(|cell| (cell, Tone::Plain)).collect();
        let mut columns = Vec::new();
        if sweep.scenarios.len() > 1 {
            let names = self.shown.iter().map(|result| result.point.scenario.clone()).collect();
            columns.push(GridColumn { head: "scenario".to_owned(), cells: plain(names) });
        }
        for (place, factor) in sweep.factors.iter().enumerate() {
            let level = |result: &PointResult| {
                let levels = &result.point.levels[place];
                // Keys that move together mostly move alike.
                let mut told: Vec<&str> = levels.iter().map(String::as_str).collect();
                told.dedup();
                if told.is_empty() { "·".to_owned() } else { told.join("/") }
            };
            let cells = self.shown.iter().map(level).collect();
            columns.push(GridColumn { head: short(&factor.name), cells: plain(cells) });
        }
        let headline = job.headline();
        let entry = &job.entries()[headline];
        let means = || self.shown.iter().map(|result| &result.estimates[headline]);
        let scale = Scale::of(entry.unit, means());
        let head = |text: &str, scale: Scale| match scale.label {
            "" => text.to_owned(),
            label => format!("{text} ({label})"),
        };
        let cells = means().map(|mean| or_dash(scale.mean(mean))).collect();
        columns.push(GridColumn { head: head("mean", scale), cells: plain(cells) });
        let changes: Vec<&Mean> = self.shown.iter().map(|result| &result.differences[headline]).collect();
        let row = scale.for_row(entry.unit, changes.iter().copied());
        let cells = self.shown.iter().zip(&changes).map(|(result, change)| match result.point.number {
            0 => "·".to_owned(),
            _ => {
                let signed = row.change(&Mean { half_width: None, ..**change });
                let half = row.value(change.half_width);
                or_dash(if half.is_empty() { signed } else { format!("{signed} ± {half}") })
            }
        });
        columns.push(GridColumn { head: head("difference", scale), cells: plain(cells.collect()) });
        if !job.goals().is_empty() {
            let status = |result: &PointResult| {
                let status = goals(result);
                let tone = status.map_or(Tone::Plain, words::goal_tone);
                (status.map(words::goal).unwrap_or_default().to_owned(), tone)
            };
            columns.push(GridColumn {
                head: "goals".to_owned(),
                cells: self.shown.iter().map(status).collect(),
            });
        }
        let labels = self.shown.iter().map(|result| result.point.number.to_string()).collect();
        Grid { corner: "point".to_owned(), labels, columns }
    }

    /// The same as an object; points that the summary shows.
    pub fn object(&self, plan: &StudyPlan, job: &Job) -> Value {
        let entry = |place: usize, mean: &Mean| {
            let (divisor, unit) = file_unit(job.entries()[place].unit);
            let of = |value: Option<f64>| value.map(|value| value / divisor);
            json!({ "unit": unit, "value": of(mean.mean), "ci_low": of(mean.low()), "ci_high": of(mean.high()), "n": mean.n })
        };
        let points = self.shown.iter().map(|result| {
            let levels = job.sweep().factors.iter().zip(&result.point.levels).flat_map(|(factor, levels)| {
                factor.paths().zip(levels).map(|(path, level)| (path.to_owned(), Value::from(level.as_str())))
            });
            let levels: serde_json::Map<String, Value> = levels.collect();
            let measures: serde_json::Map<String, Value> = job
                .entries()
                .iter()
                .enumerate()
                .map(|(place, of)| (of.name.clone(), entry(place, &result.estimates[place])))
                .collect();
            json!({
                "point": result.point.number,
                "scenario": result.point.scenario,
                "levels": levels,
                "replications": result.replications,
                "target_met": result.met,
                "goals": goals(result).map(words::goal),
                "measures": measures,
                "difference": entry(job.headline(), &result.differences[job.headline()]),
            })
        });
        let points: Vec<Value> = points.collect();
        json!({
            "study": plan.name,
            "sweep": job.sweep().name,
            "design": job.sweep().design.to_string(),
            "digest": job.digest(),
            "points": self.points,
            "replications": self.replications,
            "failed": self.failed,
            "targets_not_met": self.unmet,
            "goals_met": self.met,
            "headline": job.entries()[job.headline()].name,
            "first_missed": self.outlooks.object(job),
            "sensitivity": self.sensitivity.iter().flat_map(|one| {
                let entry = &job.entries()[one.entry];
                job.sweep().factors.iter().enumerate().map(move |(place, factor)| {
                    let indices = indices(&one.effects, place, entry.unit).into_iter().map(|(name, unit, values)| {
                        let (divisor, unit) = file_unit(unit);
                        let [value, low, high] = values.map(|value| Some(value / divisor).filter(|value| !value.is_nan()));
                        (name.to_owned(), json!({ "unit": unit, "value": value, "ci_low": low, "ci_high": high }))
                    });
                    let indices: serde_json::Map<String, Value> = indices.collect();
                    json!({ "scenario": one.scenario, "factor": factor.name, "measure": entry.name, "indices": indices })
                })
            }).collect::<Vec<_>>(),
            "results": points,
        })
    }
}

/// The end of a path, which mostly says enough.
fn short(path: &str) -> String {
    let mut parts: Vec<&str> = path.rsplit('.').take(2).collect();
    parts.reverse();
    match parts.as_slice() {
        [_, last] if !matches!(*last, "mean" | "cv" | "servers" | "lanes" | "share" | "on_duty") => {
            (*last).to_owned()
        }
        _ => parts.join("."),
    }
}
