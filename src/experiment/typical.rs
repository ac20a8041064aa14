//! One replication that stands for the others, truck by truck: what pictures of single trucks are made of.
//!
//! It is the one in which the baseline's deciding measure is nearest to the median over replications (the lowest
//! number among equals), and the same for every scenario, so that the same trucks come to all of them. It tells
//! nothing about how much replications differ. Start at [`typical`].

use crate::measure::{LaneLog, Measure, Statistic, Visit};
use crate::scenario::plan::StudyPlan;

use super::RunError;
use super::result::StudyResult;
use super::single::trucks_and_lanes_of;

/// A replication of every scenario, truck by truck.
#[derive(Clone, Debug)]
pub struct Typical {
    /// Its number, from 0.
    pub replication: u32,
    /// By scenario: the visits of all trucks, in the order in which they ended.
    pub visits: Vec<Vec<Visit>>,
    /// By scenario: lanes open over time, and trucks that gave up.
    pub lanes: Vec<LaneLog>,
}

/// More trucks than this in a replication are no picture any more.
pub const MOST_TRUCKS: f64 = 40_000.0;

/// The replication that stands for the others; `None` if none is complete in every scenario, or if it has more
/// than [`MOST_TRUCKS`].
///
/// # Errors
///
/// When a replication that went well before does not now: an error of this program.
pub fn typical(plan: &StudyPlan, result: &StudyResult) -> Result<Option<Typical>, RunError> {
    let many = |entry: &crate::measure::Entry| {
        entry.measure == Measure::Trucks && entry.statistic == Statistic::Entered && entry.class.is_none()
    };
    let trucks = result.entries[..result.whole_run].iter().position(many);
    let most = result.scenarios.iter().filter_map(|scenario| scenario.estimates[trucks?].mean);
    if most.fold(0.0, f64::max) > MOST_TRUCKS {
        return Ok(None);
    }
    let Some(place) = nearest_to_median(result) else { return Ok(None) };
    let replication = result.first_replication + place as u32;
    let run = |scenario: &crate::scenario::plan::ScenarioPlan| {
        trucks_and_lanes_of(&scenario.network, plan.seed, replication)
    };
    let runs = plan.scenarios.iter().map(run).collect::<Result<Vec<_>, _>>()?;
    let (visits, lanes) = runs.into_iter().unzip();
    Ok(Some(Typical { replication, visits, lanes }))
}

/// The place of the replication, complete in every scenario.
fn nearest_to_median(result: &StudyResult) -> Option<usize> {
    let whole = |place: &usize| result.scenarios.iter().all(|scenario| !scenario.values[*place].is_empty());
    let value = |place: usize| result.scenarios[result.baseline].values[place][result.headline];
    let places = (0..result.replications as usize).filter(whole);
    let mut known: Vec<(f64, usize)> =
        places.map(|place| (value(place), place)).filter(|(value, _)| !value.is_nan()).collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let median = match known.len() {
        0 => return (0..result.replications as usize).find(whole),
        odd if odd % 2 == 1 => known[odd / 2].0,
        even => (known[even / 2 - 1].0 + known[even / 2].0) / 2.0,
    };
    let apart = |(value, place): &(f64, usize)| ((value - median).abs(), *place);
    known.iter().map(apart).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, place)| place)
}
