//! Laws that hold for any crossing, on some hundreds of random small ones with fixed seeds.
//!
//! [`watch::Watch`] listens to a run and checks at every notice and at the end of every instant what must
//! be so: conservation, Little's law in whole microseconds, order in lines, no idle lane beside a
//! line that it serves, room, officers, who makes way for whom. `plain` runs it over crossings first
//! come, first served, `ruled` over crossings with every rule that queues may have; `compare` holds two
//! runs against each other truck by truck.

#[path = "../common/mod.rs"]
mod common;

mod compare;
mod plain;
mod random;
mod ruled;
mod watch;
