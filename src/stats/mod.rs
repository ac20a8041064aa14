//! Collectors and estimates: numbers and simulated time, nothing else.
//!
//! A [`Tally`] takes durations one by one and keeps exact sums and a histogram in constant memory;
//! [`estimate`] turns one value per replication into a mean with its interval, [`batch`] one long
//! series; [`warmup`] says where such a series becomes steady. None knows what was observed. Start
//! at [`Tally`].

#[cfg(test)]
mod autoregression;
pub mod batch;
pub mod control;
pub mod estimate;
pub mod nested;
pub mod selection;
pub mod tally;
pub mod warmup;

pub use estimate::{Estimate, Moments, quantile, t_quantile};
pub use tally::Tally;
