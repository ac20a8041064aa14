//! What a crossing is: stations, lanes, roads, officers and the trucks that move through them.
//!
//! Start at [`network::Network`] for what is fixed, [`truck`] for who moves, [`notice`] for what
//! the outside hears.

pub mod calendar;
pub mod network;
pub mod notice;
pub mod truck;
