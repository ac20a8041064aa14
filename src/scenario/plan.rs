//! A study ready to run: what `scenario` hands to `experiment`.
//!
//! Everything here is checked: numbers are in range, names exist, networks are complete. Measures
//! are still names (`scenario` does not know the catalogue of measures). Start at [`StudyPlan`].

use std::collections::BTreeMap;

use super::file::Text;
use super::phrase::{GoalPhrase, Replications, TargetPhrase};
use crate::model::network::Network;

/// A checked study: all its scenarios, ready to run.
#[derive(Clone, Debug)]
pub struct StudyPlan {
    /// Name of the study: its folder or file, without ending.
    pub name: String,
    /// The question.
    pub title: Text,
    /// IANA time zone.
    pub time_zone: String,
    /// First day, `YYYY-MM-DD`.
    pub start: String,
    /// Seed of all chance.
    pub seed: u64,
    /// Place of the baseline in `scenarios`: always 0.
    pub baseline: usize,
    /// How many replications.
    pub replications: Replications,
    /// When to stop.
    pub target: Option<TargetPhrase>,
    /// Differences smaller than this (seconds) are of no use.
    pub too_small: Option<f64>,
    /// What should be reached, by measure name.
    pub goals: Vec<(String, GoalPhrase)>,
    /// The baseline first, then by name.
    pub scenarios: Vec<ScenarioPlan>,
    /// Observed and check posted waits by group name of the primary station: minutes by hour 0..=23.
    pub posted_observed: BTreeMap<String, BTreeMap<u32, f64>>,
    /// The same for the period kept out of the fit.
    pub posted_check: BTreeMap<String, BTreeMap<u32, f64>>,
    /// Values without a source: (path, value as written).
    pub assumptions: Vec<(String, String)>,
    /// Values with a source: (path, value as written, source).
    pub sources: Vec<(String, String, String)>,
    /// 128 bits in hexadecimal over what decides a result: resolved meaning, tables, seed, plan,
    /// format and model version; not titles, sources, comments, order or paths.
    pub digest: String,
}

/// One scenario of a study.
#[derive(Clone, Debug)]
pub struct ScenarioPlan {
    /// As in the file.
    pub name: String,
    /// As reports name it.
    pub title: Option<Text>,
    /// The crossing.
    pub network: Network,
    /// Keys that differ from the baseline: (path, baseline value, value here).
    pub changes: Vec<(String, String, String)>,
    /// The whole scenario as TOML after inheritance, each value with a comment on its origin.
    pub resolved: String,
}
