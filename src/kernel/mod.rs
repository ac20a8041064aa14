//! A discrete-event kernel that has never heard of trucks.
//!
//! Time is an integer ([`time`]), the future is a list ordered by (time, rank, sequence)
//! ([`event_list`]), the loop fits on a screen ([`engine`]), and chance is addressed ([`draws`]).

pub mod draws;
pub mod engine;
pub mod event_list;
pub mod time;
