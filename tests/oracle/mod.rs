//! Exact answers of queueing theory, in plain arithmetic: what the simulator is measured against.
//!
//! Nothing here simulates and nothing here uses the crate under test. Each function names its
//! source, and the tests at the foot of each file hold it to a published value or to a second,
//! independent derivation.

pub mod batch;
pub mod chain;
pub mod daily;
pub mod deterministic;
pub mod erlang;
pub mod hysteresis;
pub mod interruption;
pub mod lanes;
pub mod leaving;
pub mod line;
pub mod phase;
pub mod priority;
pub mod renewal;
pub mod yard;
