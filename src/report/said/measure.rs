//! Names of measures, statistics, units and verdicts in both languages.
//!
//! The English ones are those of the terminal (`words`). Start at [`entry`].

use super::{Said, foreign, said, same};
use crate::experiment::{GoalStatus, Verdict};
use crate::measure::{Entry, Measure, Statistic};
use crate::report::words;

/// A measure: `crossing time`.
pub fn measure(measure: Measure) -> Said {
    same(words::measure(measure))
}

/// A statistic: `p95`; empty where the measure says it all.
pub fn statistic(statistic: Statistic) -> Said {
    same(words::statistic(statistic))
}

/// What an entry is: `crossing time, mean`, `wait at primary.fast, p95`.
pub fn entry(entry: &Entry) -> Said {
    same(foreign(&words::entry(entry)))
}

/// The label of a unit as [`crate::report::number::Scale`] has it.
pub fn unit(label: &str) -> Said {
    same(label)
}

/// A verdict.
pub fn verdict(verdict: Verdict) -> Said {
    same(words::verdict(verdict))
}

/// Whether a goal is met.
pub fn goal(status: GoalStatus) -> Said {
    same(words::goal(status))
}

/// The head of a column of a table, by the name it has in files: `hour_local`.
pub fn column(name: &str) -> Said {
    said(name.replace('_', " "), name.replace('_', " "))
}
