//! Many runs: replications in parallel, fixed looks, paired differences, verdicts, goals.

mod result;

pub use result::*;
