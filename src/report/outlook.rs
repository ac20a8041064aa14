//! Years ahead: when goals are first missed, as a table and as a person reads it.
//!
//! Points of a sweep over years are gathered by group: a scenario with a level of everything but the year. Start
//! at [`Outlooks`].

use serde_json::{Value, json};

use super::layout::{Grid, GridColumn, Look, Tone, paragraph};
use super::number::Scale;
use super::sheet::{Cell, Column, Kind, Sheet};
use super::summary::or_dash;
use super::words;
use crate::experiment::Mean;
use crate::experiment::outlook::{FirstMissed, Standing, first_missed, standing};
use crate::experiment::sweep::{Job, PointResult};

/// Groups beside each other on a terminal.
const COLUMNS: usize = 12;

/// What is known of every group.
#[derive(Clone, Debug, Default)]
pub(super) struct Outlooks {
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    scenario: String,
    /// Of every factor but the year.
    levels: Vec<Vec<String>>,
    years: Vec<Standing>,
    /// Of the headline measure.
    means: Vec<Mean>,
}

impl Group {
    fn first(&self) -> FirstMissed {
        first_missed(&self.years)
    }

    /// The scenario, and what else sets it apart.
    fn name(&self, job: &Job) -> String {
        let apart = job.sweep().factors.iter().zip(&self.levels).filter(|(factor, _)| factor.is_several());
        let apart = apart.map(|(_, levels)| {
            let mut told: Vec<&str> = levels.iter().map(String::as_str).collect();
            told.dedup();
            told.join("/")
        });
        std::iter::once(self.scenario.clone()).chain(apart).collect::<Vec<_>>().join(", ")
    }

    /// Years of which something is known.
    fn span(&self) -> Option<(u16, u16)> {
        let known = || self.years.iter().take_while(|standing| !standing.failed);
        known().next().zip(known().last()).map(|(first, last)| (first.year, last.year))
    }

    /// The first that could not be run.
    fn first_failed(&self) -> Option<u16> {
        self.years.iter().find(|standing| standing.failed).map(|standing| standing.year)
    }
}

impl Outlooks {
    /// Takes the next point, if the design has years and the study goals.
    pub(super) fn add(&mut self, job: &Job, result: &PointResult) {
        let Some((year, years)) = job.sweep().year(result.point.number).zip(job.sweep().years()) else {
            return;
        };
        let mut levels = result.point.levels.clone();
        levels.pop();
        let here = |group: &Group| group.scenario == result.point.scenario && group.levels == levels;
        if !self.groups.last().is_some_and(here) {
            let scenario = result.point.scenario.clone();
            self.groups.push(Group { scenario, levels, years: Vec::new(), means: Vec::new() });
        }
        if let Some(group) = self.groups.last_mut() {
            group.years.push(standing(year, years, result, job.goals()));
            group.means.push(result.estimates[job.headline()]);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The headline measure by year.
    pub(super) fn lines(&self, job: &Job, look: Look) -> Vec<String> {
        let entry = &job.entries()[job.headline()];
        let scale = Scale::of(entry.unit, self.groups.iter().flat_map(|group| &group.means));
        let head = match scale.label {
            "" => words::entry(entry),
            label => format!("{} ({label})", words::entry(entry)),
        };
        let mut lines = vec![look.paint(Tone::Strong, &head)];
        let goals = !job.goals().is_empty();
        let column = |group: &Group| {
            let cells = group.years.iter().zip(&group.means).map(|(year, mean)| {
                let (mark, tone) = match year {
                    Standing { failed: true, .. } => (" x", Tone::Bad),
                    _ if !goals => ("", Tone::Plain),
                    Standing { surely_missed: true, .. } => (" !", Tone::Bad),
                    Standing { surely_met: true, .. } => ("  ", Tone::Plain),
                    Standing { .. } => (" ?", Tone::Warn),
                };
                (format!("{}{mark}", or_dash(scale.mean(mean))), tone)
            });
            GridColumn { head: group.name(job), cells: cells.collect() }
        };
        let labels = self.groups[0].years.iter().map(|standing| standing.year.to_string()).collect();
        let columns = self.groups.iter().take(COLUMNS).map(column).collect();
        lines.extend(Grid { corner: "year".to_owned(), labels, columns }.lines(look));
        if self.groups.len() > COLUMNS {
            lines.push(format!("and {} more: tables/first-missed.csv", self.groups.len() - COLUMNS));
        }
        let marks = if goals { "; ! surely misses the goals, ? not settled" } else { "" };
        let failed = self.groups.iter().any(|group| group.first_failed().is_some());
        let marks = format!("{marks}{}", if failed { ", x could not be run" } else { "" });
        lines.extend(paragraph("", &format!("± half-width of the 95 % interval{marks}"), look));
        lines
    }

    /// A sentence for each group.
    pub(super) fn sentences(&self, job: &Job) -> Vec<String> {
        if job.goals().is_empty() {
            let told = "The study has no goals: with `[goals]`, the year that first misses them is told";
            return vec![told.to_owned()].into_iter().filter(|_| !self.is_empty()).collect();
        }
        let known = |group: &Group| {
            let name = group.name(job);
            let FirstMissed { year, low, high } = group.first();
            let last = group.span().map_or(0, |(_, last)| last);
            match (year, low, high) {
                (Some(year), Some(low), Some(high)) if low == high => {
                    format!("{name}: first misses the goals in {year}, surely")
                }
                (Some(year), Some(low), Some(high)) => {
                    format!("{name}: first misses the goals in {year} ({low} to {high})")
                }
                (Some(year), low, _) => {
                    let low = low.map_or(year, |low| low.min(year));
                    format!("{name}: first misses the goals in {year} ({low} to after {last})")
                }
                (None, Some(low), _) => {
                    format!("{name}: meets the goals until {last}, but not surely from {low} on")
                }
                (None, None, _) => format!("{name}: meets the goals until {last}, surely"),
            }
        };
        let told = |group: &Group| {
            let failed = group.first_failed();
            let failed = failed.map(|year| format!("; {year} could not be run, see tables/points.csv"));
            if group.span().is_none() {
                return format!("{}: no year is known{}", group.name(job), failed.unwrap_or_default());
            }
            format!("{}{}", known(group), failed.unwrap_or_default())
        };
        self.groups.iter().map(told).collect()
    }

    /// When every group first misses the goals; `None` where there are no years or no goals.
    pub(super) fn sheet(&self, job: &Job) -> Option<Sheet> {
        if self.is_empty() || job.goals().is_empty() {
            return None;
        }
        let factors = &job.sweep().factors[..job.sweep().factors.len() - 1];
        let paths = factors.iter().flat_map(|factor| factor.paths());
        let varied = paths.map(|path| Column {
            name: path.to_owned().into(),
            kind: Kind::Text,
            unit: "",
            sentence: "What this key is set to, or how much it grows a year, as the study writes it.",
        });
        let mut columns = vec![Column::text("scenario", "Name of the scenario.")];
        columns.extend(varied);
        columns.extend([
            Column::whole("first_year", "year", "The first year that was simulated."),
            Column::whole(
                "last_year",
                "year",
                "The last one; those after it could not be run, if there are any.",
            ),
            Column::whole(
                "first_missed",
                "year",
                "The first year whose mean misses a goal; blank if none does.",
            ),
            Column::whole(
                "low",
                "year",
                "Not before: the first year that is not surely met; blank if all are.",
            ),
            Column::whole(
                "high",
                "year",
                "Not after: the first year that is surely missed; blank if none is.",
            ),
        ]);
        let sentence = "A row is a scenario and an outlook, with the year that first misses a goal and its 95 % interval.";
        let mut sheet = Sheet::new("first-missed", sentence, columns);
        for group in &self.groups {
            let FirstMissed { year, low, high } = group.first();
            let levels = group.levels.iter().flatten().map(|text| Cell::from(text.as_str()));
            let (first, last) = group.span().unzip();
            let years = [first, last, year, low, high].map(|year| year.map(u32::from).into());
            sheet.push(std::iter::once(group.scenario.as_str().into()).chain(levels).chain(years).collect());
        }
        Some(sheet)
    }

    /// The same as an array.
    pub(super) fn object(&self, job: &Job) -> Value {
        if job.goals().is_empty() {
            return Value::Array(Vec::new());
        }
        let object = |group: &Group| {
            let FirstMissed { year, low, high } = group.first();
            let keys = job.sweep().factors.iter().flat_map(|factor| factor.paths());
            let levels = keys.zip(group.levels.iter().flatten());
            let levels: serde_json::Map<String, Value> =
                levels.map(|(path, level)| (path.to_owned(), Value::from(level.as_str()))).collect();
            json!({ "scenario": group.scenario, "levels": levels, "year": year, "low": low, "high": high })
        };
        self.groups.iter().map(object).collect()
    }
}
