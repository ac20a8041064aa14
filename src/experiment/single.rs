//! One replication alone: its measures, or the rows of its trucks.
//!
//! A replication is the same alone and in a study, so a row of `replications` can be looked into.
//! Start at [`run_one`].

use crate::measure::{Catalog, Collector, LaneLog, Observed, TruckLog, Visit};
use crate::model::crossing::{RunEnd, simulate};
use crate::model::network::Network;

use super::RunError;

/// One replication of one crossing.
#[derive(Clone, Debug)]
pub struct RunOne {
    /// What is measured.
    pub catalog: Catalog,
    /// One value per entry of the catalogue, and more.
    pub observed: Observed,
    /// How the run ended.
    pub end: RunEnd,
}

/// Runs one replication of a crossing.
///
/// # Errors
///
/// When the model could not go on, or a law that every run obeys was broken.
pub fn run_one(network: &Network, seed: u64, replication: u32) -> Result<RunOne, RunError> {
    let catalog = Catalog::new(network);
    let mut collector = Collector::new(network);
    let end = simulate(network, seed, u64::from(replication), &mut collector)?;
    let broken = |law| RunError::Broken { scenario: "of this run".to_owned(), replication, law };
    let observed = collector.finish(&catalog, end.trucks).map_err(broken)?;
    Ok(RunOne { catalog, observed, end })
}

/// The visits of every truck in one replication, in the order in which they ended.
///
/// # Errors
///
/// When the model could not go on.
pub fn trucks_of(network: &Network, seed: u64, replication: u32) -> Result<Vec<Visit>, RunError> {
    trucks_and_lanes_of(network, seed, replication).map(|(visits, _)| visits)
}

/// The same, with what became of lanes.
pub(super) fn trucks_and_lanes_of(
    network: &Network,
    seed: u64,
    replication: u32,
) -> Result<(Vec<Visit>, LaneLog), RunError> {
    let mut logs = (TruckLog::default(), LaneLog::default());
    simulate(network, seed, u64::from(replication), &mut logs)?;
    let (mut log, lanes) = logs;
    let is_yard =
        |visit: &Visit| visit.group.is_some_and(|group| network.groups[group.index()].lanes.is_none());
    for visit in log.visits.iter_mut().filter(|visit| is_yard(visit)) {
        visit.lane = None;
    }
    Ok((log.visits, lanes))
}
