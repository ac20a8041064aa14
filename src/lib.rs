//! cruce: a smart-border logistics simulator.

pub mod dist;
pub mod experiment;
pub mod kernel;
pub mod measure;
pub mod model;
pub mod report;
pub mod scenario;
pub mod stats;
