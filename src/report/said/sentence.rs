//! The verdict of a comparison as a sentence that can be read aloud.
//!
//! The English one is that of `experiment`; the Spanish one is built from the same parts. Start at [`sentence`].

use super::{Said, foreign, same};
use crate::experiment::StudyResult;

/// The sentence of a comparison (its place in `StudyResult::comparisons`), without full stop.
pub fn sentence(_plan: &crate::scenario::plan::StudyPlan, result: &StudyResult, comparison: usize) -> Said {
    same(foreign(&result.comparisons[comparison].sentence))
}
