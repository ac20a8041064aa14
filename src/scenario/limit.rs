//! Limits of counts, times and files: beyond them a file is taken for a slip, not for a crossing.
//!
//! They keep every run within memory and every index within its table. Checks and messages use these
//! constants, and the table in `docs/format.md` is made from them: start at [`table`].

use super::calendar::{DRAIN_DAYS, EMPTY_DAYS};
use crate::model::crossing::MOST_INSIDE;
use crate::model::demand::MOST_IN_BATCH;

/// Bytes of a file.
pub const LARGEST_FILE: u64 = 8 * 1024 * 1024;
/// Files of a study.
pub const MOST_FILES: usize = 200;
/// Cells of a CSV file.
pub const MOST_CELLS: usize = 4_000_000;
/// Levels of tables in tables.
pub const DEEPEST_TREE: usize = 64;
/// Characters of a name.
pub const LONGEST_NAME: usize = 64;
/// Scenarios of a study.
pub const MOST_SCENARIOS: usize = 100;
/// Events of a study.
pub const MOST_EVENTS: usize = 50;
/// Classes of a study: a network's sets of classes have 64 places.
pub const MOST_CLASSES: usize = 64;
/// Stations of a study.
pub const MOST_STATIONS: usize = 500;
/// Roads of a study.
pub const MOST_ROADS: usize = 500;
/// Demand streams of a study.
pub const MOST_STREAMS: usize = 100;
/// Officer pools of a study.
pub const MOST_POOLS: usize = 100;
/// Lane groups of a station.
pub const MOST_GROUPS: usize = 50;
/// Lanes built in one group, or of a road.
pub const MOST_LANES: u32 = 1_000;
/// Officers on duty in one pool.
pub const MOST_OFFICERS: u32 = 10_000;
/// Whatever else is counted: places of a road or a station, trucks at the start, thresholds of rules.
pub const MOST_COUNTED: u32 = 1_000_000;
/// Days of the run length: ten years.
pub const MOST_DAYS: u32 = 3_653;
/// The longest duration that can be written, in seconds: as long as the longest run.
pub const LONGEST_DURATION: f64 = MOST_DAYS as f64 * 86_400.0;
/// Mean of a service, travel or move-up time, in seconds: a year.
pub const LONGEST_MEAN: f64 = 366.0 * 86_400.0;
/// Minutes of a posted wait.
pub const LONGEST_POSTED: f64 = 100_000.0;
/// Appointments of a stream in one run.
pub const MOST_APPOINTMENTS: usize = 10_000_000;
/// Failures of a study.
pub const MOST_FAILURES: usize = 100;
/// Kinds of violations of a study.
pub const MOST_VIOLATIONS: usize = 50;
/// Stations of which trucks are cleared by an examination elsewhere: a set of them has 64 places.
pub const MOST_CLEARED: usize = 64;
/// Times at which the number of officers on a break changes, in one pool.
pub const MOST_BREAKS: usize = 1_000_000;
/// Trucks that are expected in one replication.
pub const MOST_TRUCKS: f64 = 1e8;
/// Batches per hour of a stream: the field of arrivals has this many layers.
pub const MOST_BATCHES_PER_HOUR: f64 = 65_535.0;
/// Trucks per hour that can be written.
pub const HIGHEST_RATE: f64 = 1_000_000.0;
/// The largest batch, or factor of a day, that a phrase may name.
pub const LARGEST_NUMBER: f64 = 10_000.0;
/// The largest share or factor: 10,000 %.
pub const LARGEST_FACTOR: f64 = 100.0;
/// The longest road, in meters.
pub const LONGEST_ROAD: f64 = 1_000_000.0;
/// Shortest and longest length that a standing truck takes up, in meters.
pub const SPACING: [f64; 2] = [0.1, 10_000.0];
/// Least and greatest cv of a law.
pub const CV: [f64; 2] = [0.01, 10.0];
/// Phases of an Erlang law.
pub const MOST_PHASES: u32 = 1_000;
/// Parts of a mixture.
pub const MOST_PARTS: usize = 50;
/// Mixtures of mixtures of mixtures end here.
pub const DEEPEST_MIXTURE: usize = 4;
/// The largest price or amount of money.
pub const LARGEST_PRICE: f64 = 1e12;
/// Years of an appraisal.
pub const MOST_YEARS: u32 = 100;
/// Replications.
pub const MOST_REPLICATIONS: u32 = 100_000;

/// All limits as Markdown.
pub fn table() -> String {
    let days = |seconds: f64| format!("{} days", grouped(seconds / 86_400.0));
    let count = |number: usize| grouped(number as f64);
    let rows = [
        ("a file", format!("{} MB", LARGEST_FILE / 1024 / 1024)),
        ("files of a study", count(MOST_FILES)),
        ("cells of a CSV file", count(MOST_CELLS)),
        ("levels of tables in tables", count(DEEPEST_TREE)),
        ("length of a name", count(LONGEST_NAME)),
        ("scenarios", count(MOST_SCENARIOS)),
        ("events", count(MOST_EVENTS)),
        ("classes", count(MOST_CLASSES)),
        ("stations", count(MOST_STATIONS)),
        ("roads", count(MOST_ROADS)),
        ("demand streams", count(MOST_STREAMS)),
        ("pools of officers", count(MOST_POOLS)),
        ("changes of officers on a break in a pool", count(MOST_BREAKS)),
        ("failures", count(MOST_FAILURES)),
        ("kinds of violations", count(MOST_VIOLATIONS)),
        ("stations of which trucks are cleared", count(MOST_CLEARED)),
        ("lane groups of a station", count(MOST_GROUPS)),
        ("lanes of a group or a road", grouped(f64::from(MOST_LANES))),
        ("officers on duty in a pool", grouped(f64::from(MOST_OFFICERS))),
        ("places, trucks at the start, thresholds of rules", grouped(f64::from(MOST_COUNTED))),
        ("the run length", format!("{} days", grouped(f64::from(MOST_DAYS)))),
        ("a run that drains goes on for", format!("{DRAIN_DAYS} days after its run length")),
        ("a run that goes on until it is empty, for", format!("{EMPTY_DAYS} days after its run length")),
        ("a duration", days(LONGEST_DURATION)),
        ("the mean of a service, travel or move-up time", days(LONGEST_MEAN)),
        ("a posted wait", format!("{} minutes", grouped(LONGEST_POSTED))),
        ("appointments of a stream", count(MOST_APPOINTMENTS)),
        ("trucks expected in a replication", grouped(MOST_TRUCKS)),
        ("trucks inside at one time (more: the replication fails)", grouped(f64::from(MOST_INSIDE))),
        ("batches of a stream in an hour", grouped(MOST_BATCHES_PER_HOUR)),
        ("a rate", format!("{} trucks/h", grouped(HIGHEST_RATE))),
        ("a number in the law of a batch or day factor", grouped(LARGEST_NUMBER)),
        ("trucks of a batch that a law draws (more are cut off)", grouped(f64::from(MOST_IN_BATCH))),
        ("a share or factor", format!("{} % (a share of trucks: 100 %)", grouped(LARGEST_FACTOR * 100.0))),
        ("a length", format!("{} km", grouped(LONGEST_ROAD / 1000.0))),
        ("the spacing of a road", format!("{} m to {} m", SPACING[0], grouped(SPACING[1]))),
        ("a cv", format!("{} to {}", CV[0], CV[1])),
        ("phases of an Erlang law", grouped(f64::from(MOST_PHASES))),
        ("parts of a mixture", format!("{MOST_PARTS}, {DEEPEST_MIXTURE} deep")),
        ("a price or an amount of money", grouped(LARGEST_PRICE)),
        ("the horizon of an appraisal", format!("{MOST_YEARS} years")),
        ("replications", grouped(f64::from(MOST_REPLICATIONS))),
    ];
    let rows = rows.map(|(what, most)| format!("| {what} | {most} |\n"));
    format!("| What | Most |\n|---|---|\n{}", rows.concat())
}

/// A whole number with commas between thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::Dist;

    /// The laws have limits of their own: these are not beyond them.
    #[test]
    fn laws_allow_what_the_limits_allow() {
        for cv in CV {
            for law in [
                Dist::Gamma { mean: 60.0, cv },
                Dist::Lognormal { mean: 60.0, cv },
                Dist::Weibull { mean: 60.0, cv },
            ] {
                assert_eq!(law.check(), Ok(()), "{law:?}");
            }
        }
        assert!(Dist::Gamma { mean: 60.0, cv: CV[1] + 0.01 }.check().is_err());
        assert_eq!(Dist::Hyperexponential { mean: 60.0, cv: CV[1] }.check(), Ok(()));
        assert_eq!(Dist::Erlang { mean: 60.0, k: MOST_PHASES }.check(), Ok(()));
    }

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!([0.0, 999.0, 1e3, 1e8].map(grouped), ["0", "999", "1,000", "100,000,000"]);
    }
}
