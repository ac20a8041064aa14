//! cruce: a smart-border logistics simulator.

pub mod dist;
pub mod kernel;
pub mod model;
pub mod scenario;
