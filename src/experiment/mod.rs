//! Many runs: replications in parallel, fixed looks, paired differences, verdicts, goals.
//!
//! [`run`] takes a checked plan and returns plain data; it prints nothing. Every scenario meets the
//! same trucks (common random numbers), so scenarios are compared replication by replication. The
//! same plan gives the same bytes on any number of threads. It does not know how a study was
//! written down nor how results are shown. Start at [`run`], then [`StudyResult`].

mod appraisal;
mod compare;
mod control;
mod fold;
mod kept;
mod look;
mod names;
pub mod optimize;
pub mod outlook;
mod replicate;
mod result;
mod rows;
mod running;
pub mod sensitivity;
mod sentence;
mod single;
mod steady;
pub mod store;
pub mod stored;
mod study;
pub mod sweep;
#[cfg(test)]
mod tests;
mod thirds;
mod typical;
mod warn;
mod world;

pub use appraisal::{Appraisal, Worth};
pub use kept::FromStore;
pub use names::{UnknownMeasure, unknown_measures};
pub use result::*;
pub use sentence::{Change, Found, Loss, OverWorlds, Parts, Softest, over_worlds, parts};
pub use single::{RunOne, run_one, trucks_of};
pub use study::{resume, run};
pub use thirds::{Thirds, by_thirds};
pub use typical::{MOST_TRUCKS, Typical, typical};
pub use warn::{counted, span};
pub use world::input_share;

use thiserror::Error;

use crate::measure::BrokenLaw;
use crate::model::crossing::Failure;

/// What the caller decides about a run; nothing here changes a result but `only`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Threads; `None`: one per core.
    pub jobs: Option<usize>,
    /// This one replication (from 0) alone, instead of as many as the plan asks for.
    pub only: Option<u32>,
}

/// How far a run is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress<'a> {
    /// Replications done, over all scenarios.
    pub done: u64,
    /// Replications until the next look, over all scenarios; grows when the run goes on.
    pub total: u64,
    /// The scenario whose replication was done last.
    pub label: &'a str,
}

/// Why a run gave no results.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum RunError {
    /// The target or a goal names a measure that the crossing does not have.
    #[error("unknown measure `{}`", .0.first().map_or("", |unknown| unknown.name.as_str()))]
    UnknownMeasures(Vec<UnknownMeasure>),
    /// Cancelled before one replication of every scenario was complete.
    #[error("interrupted before one replication of every scenario was complete")]
    Interrupted,
    /// Threads could not be started.
    #[error("cannot start threads: {0}")]
    Threads(String),
    /// The store could not be read or written, or another program wrote other results there.
    #[error("{0}")]
    NotKept(String),
    /// A run could not go on (for [`run_one`]; [`run`] keeps failures as results).
    #[error(transparent)]
    Failed(#[from] Failure),
    /// An error of this program.
    #[error("internal error in replication {replication} of scenario `{scenario}`: {law}")]
    Broken {
        /// The scenario.
        scenario: String,
        /// The replication, from 0.
        replication: u32,
        /// What was broken.
        law: BrokenLaw,
    },
}
