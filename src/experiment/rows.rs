//! Replications of one crossing, one after another: a row of measures each.
//!
//! Points of a sweep, candidates of a search and plausible worlds are replicated so, each by one worker. It
//! knows neither which replications are wanted nor what becomes of them. Start at [`rows`].

use std::collections::BTreeMap;
use std::ops::Range;

use super::store::Row;
use crate::measure::{BrokenLaw, Catalog, Collector, Entry};
use crate::model::crossing::simulate;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::ready::Ready;

/// A law that every run obeys was broken.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Broken {
    /// The replication, from 0.
    pub(super) replication: u32,
    pub(super) law: BrokenLaw,
}

/// A row per replication, a value per entry; `None` when `is_over` said so in between.
pub(super) fn rows(
    ready: &Ready,
    seed: u64,
    entries: &[Entry],
    replications: Range<u32>,
    is_over: &dyn Fn() -> bool,
) -> Result<Option<Vec<Row>>, Broken> {
    let Ready { network, valuation } = ready;
    let catalog = Catalog::over_run(network, valuation.as_ref());
    let places = catalog.entries().iter().enumerate().map(|(place, entry)| (entry.name.as_str(), place));
    let places: BTreeMap<&str, usize> = places.collect();
    let wanted: Vec<Option<usize>> =
        entries.iter().map(|entry| places.get(entry.name.as_str()).copied()).collect();
    let mut collector = Collector::valued(network, valuation.as_ref());
    let mut rows = Vec::with_capacity(replications.len());
    for replication in replications {
        if is_over() {
            return Ok(None);
        }
        collector.reset();
        rows.push(match simulate(network, seed, u64::from(replication), &mut collector) {
            Ok(end) => {
                let row = collector.finish_some(&catalog, &wanted, end.trucks);
                Ok(row.map_err(|law| Broken { replication, law })?)
            }
            Err(failure) => Err(failure.to_string()),
        });
    }
    Ok(Some(rows))
}

/// Errors in a sentence.
pub(super) fn errors_told(found: &[Diagnostic]) -> String {
    let errors = found.iter().filter(|found| found.is_error());
    let told: Vec<String> = errors.map(|found| format!("{}: {}", found.code, found.message)).collect();
    told.join("; ")
}
