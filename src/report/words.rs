//! The words of reports: titles in the reader's language, names of measures and verdicts.
//!
//! English is the first language and that of the terminal; `said` has the words of pages in all of them.
//! It computes nothing. Start at [`Language`].

use crate::experiment::{GoalStatus, Verdict};
use crate::measure::{Entry, Measure, Statistic};
use crate::report::layout::Tone;
use crate::scenario::file::Text;

/// A language that reports can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish, as it is written in Mexico.
    Spanish,
}

impl Language {
    /// Its code: `en`.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
        }
    }

    /// A text of the study in this language; in the first it has if this one is missing.
    pub fn text(self, text: &Text) -> &str {
        match text {
            Text::Plain(text) => text,
            Text::ByLanguage(texts) => {
                texts.get(self.code()).or_else(|| texts.values().next()).map_or("", String::as_str)
            }
        }
    }
}

/// A measure in words: `crossing time`.
pub fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Wait => "wait",
        Measure::QueueTime => "time in queue",
        Measure::Sojourn => "time at station",
        Measure::BorderWait => "border wait",
        Measure::PostedWait => "posted wait",
        Measure::CrossingTime => "crossing time",
        Measure::Delay => "delay",
        Measure::OwnTime => "own time",
        Measure::QueueLength => "queue length",
        Measure::InSystem => "trucks inside",
        Measure::Utilization => "utilization",
        Measure::MoveUpShare => "move-up share",
        Measure::Occupancy => "occupancy",
        Measure::BlockedShare => "blocked share",
        Measure::DownShare => "share down",
        Measure::OtherWorkShare => "share of other work",
        Measure::LanesOpen => "lanes open",
        Measure::LaneHours => "lane-hours",
        Measure::Throughput => "throughput",
        Measure::Trucks => "trucks",
        Measure::OfficerHours => "officer-hours",
        Measure::OfficerOvertimeHours => "officer overtime",
        Measure::OnDutyHours => "on-duty hours",
        Measure::BufferIndex => "buffer index",
        Measure::PlanningTimeIndex => "planning-time index",
        Measure::TruckHours => "truck-hours",
        Measure::DelayTruckHours => "truck-hours of delay",
        Measure::DiversionHours => "truck-hours lost elsewhere",
        Measure::IdleHours => "engine-hours standing",
        Measure::CreepHours => "engine-hours creeping",
        Measure::Fuel => "fuel, standing and creeping",
        Measure::Co2 => "CO2",
        Measure::Nox => "NOx",
        Measure::TruckTimeCost => "cost of truck time",
        Measure::FuelCost => "cost of fuel",
        Measure::CargoTimeCost => "cost of cargo time",
        Measure::PerishableLoss => "perishable loss",
        Measure::UserCost => "user cost",
        Measure::OfficerCost => "officer cost",
        Measure::OvertimeCost => "overtime cost",
        Measure::Cost => "cost",
        Measure::CostPerDay => "cost per day",
        Measure::InspectedShare => "inspected",
        Measure::ScannedShare => "scanned",
        Measure::FalseReferralShare => "false referrals",
        Measure::HeldShare => "late manifests",
        Measure::HoldHours => "truck-hours held",
        Measure::HoldShareOfDelay => "hold, share of delay",
        Measure::ExamHours => "exam-hours",
        Measure::ResultsInTime => "results in time",
        Measure::Detection => "detection",
        Measure::DetectionCounted => "detection as counted",
        Measure::WorstDetection => "detection, softest class",
        Measure::Finds => "finds expected",
        Measure::ExamHoursPerFind => "exam-hours per find",
        Measure::OfficerHoursPerFind => "officer-hours per find",
    }
}

/// A statistic in words: `95th percentile`; empty where the measure says it all.
pub fn statistic(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Count => "count",
        Statistic::Mean => "mean",
        Statistic::Sd => "standard deviation",
        Statistic::P50 => "median",
        Statistic::P90 => "p90",
        Statistic::P95 => "p95",
        Statistic::P99 => "p99",
        Statistic::Max => "longest",
        Statistic::ShareWaiting => "share waiting",
        Statistic::Value => "",
        Statistic::Entered => "entered",
        Statistic::Crossed => "crossed",
        Statistic::TurnedAway => "turned away",
        Statistic::Diverted => "diverted",
        Statistic::Balked => "balked",
        Statistic::Reneged => "reneged",
        Statistic::Unfinished => "unfinished",
        Statistic::Stranded => "stranded",
    }
}

/// What an entry is, in words: `crossing time, mean`, `trucks crossed`, `wait at primary.fast, p95`.
pub fn entry(entry: &Entry) -> String {
    let mut text = measure(entry.measure).to_owned();
    let of_kind = matches!(
        entry.measure,
        Measure::Detection | Measure::DetectionCounted | Measure::WorstDetection | Measure::Finds
    );
    if let Some(kind) = entry.station.as_ref().filter(|_| of_kind) {
        text = format!("{kind} {text}");
    } else if let Some(station) = &entry.station {
        text.push_str(" at ");
        text.push_str(station);
        if let Some(group) = &entry.group {
            text.push('.');
            text.push_str(group);
        }
    }
    if let Some(class) = &entry.class {
        text.push_str(" of ");
        text.push_str(class);
    }
    let statistic = statistic(entry.statistic);
    match entry.measure {
        Measure::Trucks => format!("{text} {statistic}"),
        _ if statistic.is_empty() => text,
        _ => format!("{text}, {statistic}"),
    }
}

/// A verdict in words.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::ClearlyBetter => "clearly better",
        Verdict::Better => "better, perhaps too small",
        Verdict::NoUsefulDifference => "no useful difference",
        Verdict::Worse => "worse, perhaps too small",
        Verdict::ClearlyWorse => "clearly worse",
        Verdict::NotSettled => "not settled",
        Verdict::StrandsMore => "strands more trucks",
        Verdict::StrandsFewer => "strands fewer trucks",
    }
}

/// The name of a verdict in files.
pub fn verdict_key(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::ClearlyBetter => "clearly_better",
        Verdict::Better => "better",
        Verdict::NoUsefulDifference => "no_useful_difference",
        Verdict::Worse => "worse",
        Verdict::ClearlyWorse => "clearly_worse",
        Verdict::NotSettled => "not_settled",
        Verdict::StrandsMore => "strands_more",
        Verdict::StrandsFewer => "strands_fewer",
    }
}

/// How a verdict is shown.
pub fn verdict_tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::ClearlyBetter | Verdict::Better => Tone::Good,
        Verdict::Worse | Verdict::ClearlyWorse | Verdict::StrandsMore => Tone::Bad,
        Verdict::NotSettled | Verdict::StrandsFewer => Tone::Warn,
        Verdict::NoUsefulDifference => Tone::Plain,
    }
}

/// A goal's status in words.
pub fn goal(status: GoalStatus) -> &'static str {
    match status {
        GoalStatus::Met => "met",
        GoalStatus::Missed => "missed",
        GoalStatus::NotSettled => "not settled",
    }
}

/// How a goal's status is shown.
pub fn goal_tone(status: GoalStatus) -> Tone {
    match status {
        GoalStatus::Met => Tone::Good,
        GoalStatus::Missed => Tone::Bad,
        GoalStatus::NotSettled => Tone::Warn,
    }
}
