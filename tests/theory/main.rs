//! The simulator against exact results of queueing theory.
//!
//! Every estimate lies within 3.5 standard errors of the exact value, over independent
//! replications with fixed seeds. The standard error of every mean, and of every share of a whole,
//! is at most 0.5 % of the value ([`trial::Exactly::within`]), at a utilization of at most 0.8; the
//! line that is saturated on purpose is held to 0.1 %.
//! Run with `--nocapture` for the table of exact values, estimates and standard errors.

#[path = "../common/mod.rs"]
mod common;
#[path = "../oracle/mod.rs"]
mod oracle;

mod coming;
mod lane_choice;
mod lane_time;
mod leaving;
mod plain;
mod priority;
mod trial;
