//! What a person reads when a study has run: the answer first, then why, then how sure.
//!
//! Every line fits the width it is given; meaning never hangs on color. Nothing is computed here
//! but what rounding asks for. Start at [`summary`].

use std::collections::BTreeSet;

use super::Notice;
use super::layout::{Grid, GridColumn, Look, Tone, paragraph};
use super::number::{Scale, grouped, plain};
use super::words::{self, Language};
use crate::experiment::{Comparison, Control, GoalResult, Mean, PostedGroup, StudyResult, counted, span};
use crate::measure::{Entry, Measure, Statistic, Unit};
use crate::scenario::plan::StudyPlan;

/// The measures of the first table, in order; those a study does not have are left out.
const HEADLINES: [(Measure, Statistic); 11] = [
    (Measure::CrossingTime, Statistic::Mean),
    (Measure::CrossingTime, Statistic::P95),
    (Measure::BorderWait, Statistic::Mean),
    (Measure::BorderWait, Statistic::P95),
    (Measure::Delay, Statistic::Mean),
    (Measure::Trucks, Statistic::Crossed),
    (Measure::Trucks, Statistic::Stranded),
    (Measure::OfficerHours, Statistic::Value),
    (Measure::TruckHours, Statistic::Value),
    (Measure::CostPerDay, Statistic::Value),
    (Measure::Co2, Statistic::Value),
];

/// More warnings than this are counted, not shown.
const MOST_NOTICES: usize = 12;

/// By what factor an interval must become narrower for a line to say so.
const WORTH_TELLING: f64 = 1.1;

/// The whole text: question, table, differences, sentences, classes, posted waits, goals,
/// warnings, and how many replications it rests on.
pub fn summary(plan: &StudyPlan, result: &StudyResult, notices: &[Notice], look: Look) -> String {
    let page = Page { plan: Some(plan), result, look };
    let parts = [
        page.head(plan),
        page.measures(),
        page.differences(),
        super::security::lines(result, look),
        super::money::lines(result, look),
        page.sentences(),
        super::worlds::lines(result, look),
        page.classes(),
        page.posted(),
        page.goals(),
        page.failures(),
        page.notices(notices),
        page.method(),
    ];
    text_of(parts)
}

/// The part of it that tells plans apart, for runs of which only results are at hand: they met the same trucks.
pub fn comparison(result: &StudyResult, look: Look) -> Vec<Vec<String>> {
    let page = Page { plan: None, result, look };
    vec![
        page.measures(),
        page.differences(),
        super::security::lines(result, look),
        page.sentences(),
        page.classes(),
    ]
}

/// Parts with an empty line between them.
pub fn text_of(parts: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        for line in part {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

struct Page<'a> {
    /// `None`: all plans met the same trucks.
    plan: Option<&'a StudyPlan>,
    result: &'a StudyResult,
    look: Look,
}

impl Page<'_> {
    fn head(&self, plan: &StudyPlan) -> Vec<String> {
        let title = Language::English.text(&plan.title);
        let mut lines = self.bold(title);
        let network = &plan.scenarios[plan.baseline].network;
        let scenarios = self.result.scenarios.len();
        let facts = format!(
            "{}: {} from {}, {}; {}, {} each",
            plan.name,
            length(network.run_length.seconds()),
            plan.start,
            plan.time_zone,
            if scenarios == 1 {
                "1 scenario".to_owned()
            } else {
                format!(
                    "{scenarios} scenarios{}",
                    if self.same_trucks() { " on the same trucks" } else { "" }
                )
            },
            counted(self.result.replications, "replication")
        );
        lines.extend(self.faint(&facts));
        if self.result.interrupted {
            let text = "Interrupted: these results rest on the replications that were complete.";
            lines.extend(paragraph("", text, self.look).iter().map(|line| self.look.paint(Tone::Warn, line)));
        }
        lines
    }

    fn same_trucks(&self) -> bool {
        self.plan.is_none_or(StudyPlan::same_trucks)
    }

    /// Scenarios side by side, measures below each other.
    fn measures(&self) -> Vec<String> {
        let places = self.headline_places();
        let mut labels = Vec::new();
        let mut scales = Vec::new();
        for &place in &places {
            let entry = &self.result.entries[place];
            let scale = Scale::of(
                entry.unit,
                self.result.scenarios.iter().map(|scenario| &scenario.estimates[place]),
            );
            labels.push(label(&headline_entry(entry), scale));
            scales.push(scale);
        }
        let columns = self.result.scenarios.iter().map(|scenario| GridColumn {
            head: scenario.name.clone(),
            cells: places
                .iter()
                .zip(&scales)
                .map(|(&place, scale)| (or_dash(scale.mean(&scenario.estimates[place])), Tone::Plain))
                .collect(),
        });
        let grid = Grid { corner: String::new(), labels, columns: columns.collect() };
        let mut lines = grid.lines(self.look);
        let batches = self.result.scenarios.iter().flat_map(|scenario| &scenario.one_run);
        let batches: BTreeSet<u32> = batches.map(|run| run.batches).collect();
        let over = match (batches.first(), batches.last()) {
            (Some(least), Some(most)) if least == most => format!("by batch means of {most} batches"),
            (Some(least), Some(most)) => format!("by batch means of {least} to {most} batches"),
            _ => "over replications".to_owned(),
        };
        lines.extend(self.faint(&format!("mean ± half-width of its 95 % interval {over}")));
        lines
    }

    /// Paired differences of the same measures.
    fn differences(&self) -> Vec<String> {
        let result = self.result;
        if result.comparisons.is_empty() {
            return Vec::new();
        }
        let places = self.headline_places();
        let mut labels = Vec::new();
        let mut scales = Vec::new();
        for &place in &places {
            let entry = &result.entries[place];
            let differences =
                result.comparisons.iter().map(|comparison| &comparison.paired[place].difference);
            let scale = Scale::of(entry.unit, differences);
            labels.push(label(&headline_entry(entry), scale));
            scales.push(scale);
        }
        let columns = result.comparisons.iter().map(|comparison| GridColumn {
            head: result.scenarios[comparison.scenario].name.clone(),
            cells: places
                .iter()
                .zip(&scales)
                .map(|(&place, scale)| {
                    let paired = &comparison.paired[place];
                    let tone = paired.verdict.map_or(Tone::Plain, words::verdict_tone);
                    (or_dash(scale.change(&paired.difference)), tone)
                })
                .collect(),
        });
        let grid = Grid { corner: String::new(), labels, columns: columns.collect() };
        let baseline = &result.scenarios[result.baseline].name;
        let paired = if self.same_trucks() {
            "truck by truck the same demand"
        } else {
            "replication by replication; their demand differs"
        };
        let mut lines = self.bold(&format!("Difference from {baseline}, {paired}"));
        lines.extend(grid.lines(self.look));
        let family = match result.family {
            0 | 1 => "difference (95 % interval)".to_owned(),
            family => {
                format!("difference (interval; the {family} of a row hold together at 95 %, Bonferroni)")
            }
        };
        lines.extend(self.faint(&family));
        lines
    }

    fn sentences(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for comparison in &self.result.comparisons {
            let tone = words::verdict_tone(comparison.verdict);
            let said = paragraph("> ", &comparison.sentence, self.look);
            lines.extend(said.iter().map(|line| self.look.paint(tone, line)));
        }
        lines
    }

    /// Who gains and who loses, if there are classes to tell apart.
    fn classes(&self) -> Vec<String> {
        let result = self.result;
        let Some(first) = result.comparisons.first() else { return Vec::new() };
        if first.classes.len() < 2 {
            return Vec::new();
        }
        let headline = &result.entries[result.headline];
        let all = result.comparisons.iter().flat_map(|comparison| &comparison.classes);
        let scale = Scale::of(headline.unit, all.map(|change| &change.paired.difference));
        // A class that some plan does not have can be paired nowhere.
        let paired = |class: usize| {
            result.comparisons.iter().any(|comparison| comparison.classes[class].paired.difference.n > 0)
        };
        let classes: Vec<usize> = (0..first.classes.len()).filter(|class| paired(*class)).collect();
        let columns = result.comparisons.iter().map(|comparison| GridColumn {
            head: result.scenarios[comparison.scenario].name.clone(),
            cells: classes.iter().map(|class| class_cell(&comparison.classes[*class], scale)).collect(),
        });
        let grid = Grid {
            corner: "class".to_owned(),
            labels: classes.iter().map(|class| first.classes[*class].class.clone()).collect(),
            columns: columns.collect(),
        };
        let mut lines = self.bold(&format!("Who gains, who loses: {}", label(headline, scale)));
        lines.extend(grid.lines(self.look));
        lines.extend(self.losers());
        lines
    }

    fn losers(&self) -> Vec<String> {
        let name = |comparison: &Comparison| self.result.scenarios[comparison.scenario].name.clone();
        let losers: Vec<String> = self
            .result
            .comparisons
            .iter()
            .filter_map(|comparison| {
                let classes: Vec<&str> = comparison
                    .classes
                    .iter()
                    .filter(|class| class.loses)
                    .map(|class| class.class.as_str())
                    .collect();
                (!classes.is_empty()).then(|| format!("{} in {}", classes.join(", "), name(comparison)))
            })
            .collect();
        let text = if losers.is_empty() {
            "no class is shown to lose".to_owned()
        } else {
            format!("shown to lose: {}", losers.join("; "))
        };
        self.faint(&text)
    }

    /// The simulated wait by hour beside the one that was made public.
    fn posted(&self) -> Vec<String> {
        let groups = self.result.posted.iter().filter(|group| worth_showing(group, self.result.baseline));
        let mut lines = Vec::new();
        for group in groups {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(self.posted_group(group));
        }
        lines
    }

    fn posted_group(&self, group: &PostedGroup) -> Vec<String> {
        let baseline = self.result.baseline;
        let has_observed = group.hours.iter().any(|hour| hour.observed.is_some());
        let has_check = group.hours.iter().any(|hour| hour.check.is_some());
        let minutes =
            |value: Option<f64>| value.map_or_else(|| "·".to_owned(), |seconds| grouped(seconds / 60.0, 0));
        let mut labels = vec!["simulated".to_owned()];
        if has_observed {
            labels.extend(["observed".to_owned(), "difference".to_owned()]);
        }
        if has_check {
            labels.push("check period".to_owned());
        }
        let columns = group.hours.iter().map(|hour| {
            let mut cells = vec![(minutes(hour.simulated[baseline].mean), Tone::Plain)];
            if has_observed {
                cells.push((minutes(hour.observed), Tone::Plain));
                cells.push((minutes(hour.error), Tone::Faint));
            }
            if has_check {
                cells.push((minutes(hour.check), Tone::Plain));
            }
            GridColumn { head: format!("{:>3}", hour.hour), cells }
        });
        let grid = Grid { corner: "hour".to_owned(), labels, columns: columns.collect() };
        let name = &self.result.scenarios[baseline].name;
        let mut lines =
            self.bold(&format!("Posted wait at {}.{} by hour, {name} (min)", group.station, group.group));
        lines.extend(grid.lines(self.look));
        let error = |value: Option<f64>, against: &str| {
            value.map(|seconds| format!("{} min from {against}", grouped(seconds / 60.0, 1)))
        };
        let errors: Vec<String> =
            [error(group.error, "the observed waits"), error(group.check_error, "those of the check period")]
                .into_iter()
                .flatten()
                .collect();
        if !errors.is_empty() {
            lines.extend(self.faint(&format!("on average {}", errors.join(", "))));
        }
        lines
    }

    fn goals(&self) -> Vec<String> {
        let result = self.result;
        if result.goals.is_empty() {
            return Vec::new();
        }
        let scale = |goal: &GoalResult| {
            let entry = &result.entries[goal.entry];
            Scale::of(entry.unit, result.scenarios.iter().map(|scenario| &scenario.estimates[goal.entry]))
        };
        let labels = result.goals.iter().map(|goal| goal_label(&result.entries[goal.entry], goal));
        let columns = result.scenarios.iter().enumerate().map(|(place, scenario)| GridColumn {
            head: scenario.name.clone(),
            cells: result
                .goals
                .iter()
                .map(|goal| {
                    let status = goal.status[place];
                    let value = scale(goal).mean(&scenario.estimates[goal.entry]);
                    (
                        format!("{value} {}", words::goal(status)).trim_start().to_owned(),
                        words::goal_tone(status),
                    )
                })
                .collect(),
        });
        let grid = Grid { corner: String::new(), labels: labels.collect(), columns: columns.collect() };
        let mut lines = self.bold("Goals");
        lines.extend(grid.lines(self.look));
        lines
    }

    fn failures(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for scenario in &self.result.scenarios {
            for failure in scenario.failures.iter().take(3) {
                let text =
                    format!("{}, replication {}: {}", scenario.name, failure.replication, failure.reason);
                lines.extend(paragraph("failed: ", &text, self.look));
            }
            if scenario.failures.len() > 3 {
                let text = format!(
                    "{}: {} failed in all",
                    scenario.name,
                    counted(scenario.failures.len() as u32, "replication")
                );
                lines.extend(paragraph("failed: ", &text, self.look));
            }
        }
        lines.iter().map(|line| self.look.paint(Tone::Bad, line)).collect()
    }

    fn notices(&self, notices: &[Notice]) -> Vec<String> {
        let mut lines = Vec::new();
        for notice in notices.iter().take(MOST_NOTICES) {
            let head = format!("warning[{}]: ", notice.code);
            let scenario = notice.scenario.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
            let text = format!("{head}{scenario}{}", notice.message);
            let said = paragraph("", &text, self.look).join("\n");
            let head = head.trim_end();
            let said = said.replacen(head, &self.look.paint(Tone::Warn, head), 1);
            lines.extend(said.lines().map(str::to_owned));
            for detail in &notice.details {
                lines.extend(paragraph("  = ", detail, self.look));
            }
        }
        if notices.len() > MOST_NOTICES {
            lines.push(format!("... and {} more warnings", notices.len() - MOST_NOTICES));
        }
        lines
    }

    /// How many replications, why it stopped, and what FHWA's formula asks for.
    fn method(&self) -> Vec<String> {
        let result = self.result;
        let stopping = &result.stopping;
        let headline = &result.entries[result.headline];
        let mut text = counted(result.replications, "replication");
        if let (Some(target), Some(met)) = (stopping.target, stopping.met) {
            let wanted = Mean { mean: Some(target), ..Mean::default() };
            let scale = Scale { decimals: 2, ..Scale::of(headline.unit, [&wanted]) };
            let widest = stopping.looks.last().and_then(|look| look.widest);
            let reached = widest.map(|widest| format!(" (±{} {})", scale.value(Some(widest)), scale.label));
            let reached = reached.unwrap_or_default();
            let target = format!("{} {}", plain(target / scale.divisor), scale.label);
            let met = match met {
                true => "met",
                false if stopping.looks.is_empty() => "not looked at yet",
                false => "not met",
            };
            let what = words::entry(headline);
            text.push_str(&format!(
                "; target ±{} for differences in {what}: {met}{reached}",
                target.trim_end()
            ));
        }
        let mut lines = self.faint(&text);
        let needed = result.scenarios.iter().filter_map(|scenario| scenario.minimum_runs.needed).max();
        if let (Some(needed), Some(scenario)) = (needed, result.scenarios.first()) {
            let runs = &scenario.minimum_runs;
            let tolerance = plain(runs.tolerance * 100.0);
            let text = format!(
                "FHWA minimum runs: {needed}; used: {} ({} within {tolerance} %)",
                runs.used,
                words::entry(headline)
            );
            lines.extend(self.faint(&text));
        }
        lines.extend(self.warm_up());
        lines.extend(self.control());
        lines
    }

    /// What the number of trucks as a control variate would gain, where it is worth telling: of the means
    /// and of the differences, the one that gains most.
    fn control(&self) -> Vec<String> {
        let worth = |control: &&Control| {
            let shown = control.gain_interval.is_some_and(|[low, _]| low > 1.0);
            shown && control.gain.is_some_and(|gain| gain.sqrt() > WORTH_TELLING)
        };
        let best = |differences: bool| {
            let such = self.result.controls.iter().filter(|control| control.versus.is_some() == differences);
            such.filter(worth).max_by(|a, b| a.gain.unwrap_or(0.0).total_cmp(&b.gain.unwrap_or(0.0)))
        };
        let name = |place: usize| &self.result.scenarios[place].name;
        let told = |control: &Control| {
            let gain = control.gain.unwrap_or(1.0);
            let versus = control.versus.map(|versus| format!(" minus {}", name(versus))).unwrap_or_default();
            format!(
                "of {}{versus} by a factor {:.1} (same precision with {:.0} % of the replications)",
                name(control.scenario),
                gain.sqrt(),
                100.0 / gain
            )
        };
        let told: Vec<String> = [best(false), best(true)].into_iter().flatten().map(told).collect();
        if told.is_empty() {
            return Vec::new();
        }
        let told = told.join(", and ");
        self.faint(&format!(
            "Counting trucks as a control variate would narrow the interval {told}: controls.csv"
        ))
    }

    /// What MSER would cut of the scenario that needs the longest warm-up; a warning tells more.
    fn warm_up(&self) -> Vec<String> {
        let found = self.result.scenarios.iter().filter_map(|scenario| scenario.warm_up.as_ref());
        let longest = found.filter_map(|found| Some((found.cut?, found))).max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((cut, found)) = longest else { return Vec::new() };
        let text = format!("warm-up {}: {} would cut {}", span(found.stated), found.method(), span(cut));
        self.faint(&text)
    }

    fn headline_places(&self) -> Vec<usize> {
        headline_places(self.result)
    }

    fn bold(&self, text: &str) -> Vec<String> {
        paragraph("", text, self.look).iter().map(|line| self.look.paint(Tone::Strong, line)).collect()
    }

    fn faint(&self, text: &str) -> Vec<String> {
        paragraph("", text, self.look).iter().map(|line| self.look.paint(Tone::Faint, line)).collect()
    }
}

/// The entry as a headline names it: there is one border wait, so its station goes without saying.
pub(super) fn headline_entry(entry: &Entry) -> Entry {
    let station = entry.station.clone().filter(|_| entry.measure != Measure::BorderWait);
    Entry { station, ..entry.clone() }
}

/// Places of the headline measures among the whole-run entries.
pub fn headline_places(result: &StudyResult) -> Vec<usize> {
    let whole = &result.entries[..result.whole_run];
    let wanted = |entry: &Entry, (measure, statistic): (Measure, Statistic)| {
        entry.measure == measure
            && entry.statistic == statistic
            && entry.class.is_none()
            && entry.group.is_none()
    };
    let mut places: Vec<usize> = Vec::new();
    for headline in HEADLINES {
        let mut found = whole.iter().enumerate().filter(|(_, entry)| wanted(entry, headline));
        let whole_crossing = found.clone().find(|(_, entry)| entry.station.is_none());
        match whole_crossing {
            Some((place, _)) => places.push(place),
            // Officers are counted by pool; one pool stands for all, several for themselves.
            None => places.extend(found.by_ref().map(|(place, _)| place)),
        }
    }
    if !places.contains(&result.headline) {
        places.insert(0, result.headline);
    }
    places
}

fn class_cell(change: &crate::experiment::ClassChange, scale: Scale) -> (String, Tone) {
    let tone = change.paired.verdict.map_or(Tone::Plain, words::verdict_tone);
    (or_dash(scale.change(&change.paired.difference)), if change.loses { Tone::Bad } else { tone })
}

/// The name of a row with its unit: `crossing time, mean (min)`.
fn label(entry: &Entry, scale: Scale) -> String {
    let name = words::entry(entry);
    match (entry.unit, scale.label) {
        (Unit::Trucks, _) | (_, "") => name,
        (Unit::Hours | Unit::TruckHours, _) if name.contains("hours") => name,
        (_, unit) => format!("{name} ({unit})"),
    }
}

fn goal_label(entry: &Entry, goal: &GoalResult) -> String {
    let limit = Mean { mean: Some(goal.limit), ..Mean::default() };
    let scale = Scale::of(entry.unit, [&limit]);
    let relation = if goal.at_most { "≤" } else { "≥" };
    let limit = format!("{} {}", plain(goal.limit / scale.divisor), scale.label);
    format!("{} {relation} {}", words::entry(entry), limit.trim_end())
}

fn worth_showing(group: &PostedGroup, baseline: usize) -> bool {
    group.hours.iter().any(|hour| hour.observed.is_some() || hour.check.is_some())
        && group.hours.iter().any(|hour| hour.simulated[baseline].mean.is_some())
}

pub(super) fn or_dash(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

/// `1 day`, `36 h`, `90 min`.
fn length(seconds: f64) -> String {
    let (number, unit) = match seconds {
        days if days >= 86_400.0 && days % 86_400.0 == 0.0 => (days / 86_400.0, "day"),
        hours if hours >= 3_600.0 && hours % 3_600.0 == 0.0 => (hours / 3_600.0, "h"),
        rest => (rest / 60.0, "min"),
    };
    let plural = if unit == "day" && number > 1.0 { "s" } else { "" };
    format!("{} {unit}{plural}", plain(number))
}
