//! The year in which a crossing first misses its goals, with an interval.
//!
//! Where years are simulated one by one, the estimate is the first year whose mean misses a goal. The interval begins
//! at the first year that is not surely met, and ends at the first that is surely missed. It holds the first year that
//! misses a goal in truth in 95 % of cases or more: to begin too late, that one year would have to be taken for
//! met (2.5 %); to end too early, one of the years before it for missed (2.5 % for all years and goals together,
//! Bonferroni). It does not know what grows. Start at [`first_missed`].

use super::result::{GoalStatus, Mean};
use super::running::Level;
use super::study::goal_status;
use super::sweep::{Goal, PointResult};

/// How a year stands to the goals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The year.
    pub year: u16,
    /// Whether the mean misses one.
    pub mean_misses: bool,
    /// Whether all are met, surely for this year by itself.
    pub surely_met: bool,
    /// Whether one is missed, surely for all years together.
    pub surely_missed: bool,
    /// No replication of it could be run.
    pub failed: bool,
}

/// When goals are first missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstMissed {
    /// By the means; `None` if not within the years.
    pub year: Option<u16>,
    /// Not before; `None` if all years are surely met.
    pub low: Option<u16>,
    /// Not after; `None` if no year is surely missed.
    pub high: Option<u16>,
}

/// How the year of a point, one of `years`, stands to the goals.
pub fn standing(year: u16, years: usize, result: &PointResult, goals: &[Goal]) -> Standing {
    let (alone, together) = (Level::new(0.95), Level::together(goals.len() * years));
    let mut standing =
        Standing { year, mean_misses: false, surely_met: true, surely_missed: false, failed: false };
    standing.failed = result.failures.len() as u32 == result.replications;
    for goal in goals {
        let mean = &result.estimates[goal.entry];
        let status = |level: &Level| {
            let half_width = mean.sd.map(|sd| level.t(mean.n - 1) * sd / f64::from(mean.n).sqrt());
            goal_status(&Mean { half_width, ..*mean }, goal.at_most, goal.limit)
        };
        let beyond = |mean: f64| if goal.at_most { mean > goal.limit } else { mean < goal.limit };
        standing.mean_misses |= mean.mean.is_some_and(beyond);
        standing.surely_met &= status(&alone) == GoalStatus::Met;
        standing.surely_missed |= status(&together) == GoalStatus::Missed;
    }
    standing
}

/// When goals are first missed, from years in their order; nothing is known from the first that could not be run on.
pub fn first_missed(years: &[Standing]) -> FirstMissed {
    let known = years.iter().take_while(|standing| !standing.failed).count();
    let years = &years[..known];
    let first =
        |is: fn(&Standing) -> bool| years.iter().find(|standing| is(standing)).map(|standing| standing.year);
    FirstMissed {
        year: first(|standing| standing.mean_misses),
        low: first(|standing| !standing.surely_met),
        high: first(|standing| standing.surely_missed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Years as `+` surely met, `=` met by the mean, `-` missed by the mean, `!` surely missed, `x` not run.
    fn first(years: &str) -> FirstMissed {
        let standing = |(year, mark): (u16, char)| Standing {
            year,
            mean_misses: matches!(mark, '-' | '!'),
            surely_met: mark == '+',
            surely_missed: mark == '!',
            failed: mark == 'x',
        };
        first_missed(&(2030..).zip(years.chars()).map(standing).collect::<Vec<_>>())
    }

    #[test]
    fn by_hand() {
        let told = |year, low, high| FirstMissed { year, low, high };
        assert_eq!(first("+=-!!"), told(Some(2032), Some(2031), Some(2033)));
        // A milestone helps for a while, but too late.
        assert_eq!(first("!++!"), told(Some(2030), Some(2030), Some(2030)));
        assert_eq!(first("++"), FirstMissed::default());
        assert_eq!(first("+="), told(None, Some(2031), None));
        assert_eq!(first("+x!"), FirstMissed::default());
        assert_eq!(first("+-"), told(Some(2031), Some(2031), None));
    }
}
