//! What a crossing is: stations, lanes, roads, officers and the trucks that move through them.
//!
//! Start at [`network::Network`] for what is fixed, [`truck`] for who moves, [`notice`] for what
//! the outside hears.

mod bulletin;
pub mod calendar;
mod chance;
pub mod crossing;
mod deadlock;
pub mod demand;
mod event;
mod failure;
mod interrupt;
mod leave;
pub mod network;
pub mod notice;
mod opening;
mod pace;
mod phase;
mod queue;
mod road;
pub mod screening;
mod shortcut;
mod staffing;
mod station;
pub mod truck;
pub mod value;
