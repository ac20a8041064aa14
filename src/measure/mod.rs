//! What is measured: the catalogue of measures, and observers that turn notices into them.
//!
//! Every measure is a named [`Entry`] of a [`Catalog`] made from a network. A [`Collector`] listens
//! to one replication and hands back one value per entry. Definitions follow border practice: `wait`
//! as GAO-13-603 and CBP's feed use it, `delay` after FHWA's border mobility measure, buffer and
//! planning-time index after FHWA's travel time reliability guides. It does not know how a crossing
//! was written down, nor that there is more than one replication.

mod catalog;
mod clock;
mod collector;
mod course;
mod entry;
mod evaluate;
#[cfg(test)]
pub(crate) mod fixture;
mod grid;
mod lane_log;
mod level;
mod money;
mod packed;
mod posted;
mod security;
#[cfg(test)]
mod tests;
mod truck_log;

pub use catalog::Catalog;
pub use collector::Collector;
pub use course::Course;
pub use entry::{Entry, Measure, Place, Statistic, Unit};
pub use evaluate::{BrokenLaw, Observed};
pub use lane_log::{LaneChange, LaneLog};
pub use packed::Packed;
pub use truck_log::{TruckLog, TruckNumbers, Visit};
