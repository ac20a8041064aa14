//! Collectors and estimates: numbers and simulated time, nothing else.
//!
//! A [`Tally`] takes durations one by one and keeps exact sums and a histogram in constant memory;
//! [`estimate`] turns one value per replication into a mean with its interval. Neither knows what
//! was observed. Start at [`Tally`].

pub mod estimate;
pub mod nested;
pub mod selection;
pub mod tally;

pub use estimate::{Estimate, Moments, quantile, t_quantile};
pub use tally::Tally;
