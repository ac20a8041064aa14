//! Local days of a run: from a start date and a time zone to offsets from UTC.
//!
//! Time zones come from the database that is compiled in, so the machine's own never matters. A
//! *wall-clock* instant counts microseconds of local time since 1970-01-01; where clocks are set
//! back it repeats, where they are set forward it skips. [`Clock::steps`] turns a function of wall
//! clock into one of simulated time, which is all that the model sees. Start at [`Clock`]. It knows
//! no tables: those are `schedule`'s business.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::phrase::RunLength;
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::{Calendar, HOUR};
use crate::model::network::{End, Steps};

/// Microseconds in a day of 24 hours.
pub const DAY: i64 = 24 * HOUR;

/// A draining run is given up this many days after its run length.
pub const DRAIN_DAYS: i64 = 7;

/// A run that goes on until it is empty is given up this many days after its run length.
pub const EMPTY_DAYS: i64 = 30;

/// A local day: days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub i64);

/// Weekdays as schedules write them, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Months as tables write them.
pub const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

impl Day {
    /// From `YYYY-MM-DD` with a year from 1970 to 3800; `None` if that is no date.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, byte)| match i {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let date: Date = if shape { text.parse().ok()? } else { return None };
        (1970..=3800).contains(&date.year()).then(|| {
            let hours = date.duration_since(Date::constant(1970, 1, 1)).as_hours();
            Day(hours / 24)
        })
    }

    /// 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> usize {
        (self.0 + 3).rem_euclid(7) as usize
    }

    /// 0 for January to 11 for December.
    pub fn month(self) -> usize {
        self.date().month() as usize - 1
    }

    /// Its first wall-clock instant.
    pub fn midnight(self) -> i64 {
        self.0 * DAY
    }

    /// The day `days` later.
    pub fn plus(self, days: i64) -> Self {
        Day(self.0 + days)
    }

    /// Whether a zone has it: Apia went from 29 to 31 December 2011.
    pub fn exists(self, zone: &TimeZone) -> bool {
        let start = Timestamp::from_microsecond(local_midnight(zone, self));
        start.is_ok_and(|start| zone.to_datetime(start).date() == self.date())
    }

    /// As a civil date.
    pub fn date(self) -> Date {
        let since = jiff::SignedDuration::from_hours(self.0 * 24);
        Date::constant(1970, 1, 1).saturating_add(since)
    }
}

/// What the run's days and hours are in simulated time.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Offsets from UTC until the drain limit.
    pub calendar: Calendar,
    /// The first local day.
    pub first_day: Day,
    /// The end of the run length.
    pub run_end: SimTime,
    /// The end of the warm-up.
    pub warm_up: SimDuration,
    /// What happens at the end of the run length.
    pub end: End,
    /// When the run is given up.
    pub drain_limit: SimTime,
}

/// The zone of a name, from the database that is compiled in.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// Names of time zones, for suggestions.
pub fn zone_names() -> Vec<String> {
    TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect()
}

impl Clock {
    /// A run from the local midnight of `first_day`.
    pub fn new(
        zone: &TimeZone,
        first_day: Day,
        run_length: RunLength,
        warm_up: Option<RunLength>,
        end: End,
    ) -> Self {
        let start_utc = local_midnight(zone, first_day);
        let length_of = |length: RunLength| match length {
            RunLength::Days(days) => {
                SimDuration::from_micros(local_midnight(zone, first_day.plus(i64::from(days))) - start_utc)
            }
            RunLength::Time(time) => time,
        };
        // A run without length is refused elsewhere, and a day that a zone leaves out has none.
        let run_end = SimTime::ZERO + length_of(run_length).max(SimDuration::from_secs(1));
        let drain_limit = match end {
            End::Drain => run_end + SimDuration::from_micros(DRAIN_DAYS * DAY),
            End::Empty => run_end + SimDuration::from_micros(EMPTY_DAYS * DAY),
            End::Cut => run_end,
        };
        let mut calendar = Calendar { start_utc, offsets: offsets(zone, start_utc, drain_limit), days: 0 };
        let last = wall(&calendar, run_end - SimDuration::from_micros(1)).div_euclid(DAY);
        calendar.days = u32::try_from(last - first_day.0 + 1).unwrap_or(1).max(1);
        let warm_up = warm_up.map_or(SimDuration::ZERO, length_of);
        Clock { calendar, first_day, run_end, warm_up, end, drain_limit }
    }

    /// The local days of the run length.
    pub fn run_days(&self) -> impl Iterator<Item = Day> + use<> {
        let first = self.first_day;
        (0..i64::from(self.calendar.days)).map(move |n| first.plus(n))
    }

    /// All local days on which something can matter: a week before the run, for rows that hold
    /// since then, to the day after the drain limit.
    pub fn all_days(&self) -> impl Iterator<Item = Day> + use<> {
        let last = wall(&self.calendar, self.drain_limit).div_euclid(DAY) + 1;
        (self.first_day.0 - 7..=last).map(Day)
    }

    /// Simulated time of a function of wall clock, given by rows (from, value) in wall-clock order.
    /// A repeated hour repeats its rows, a skipped hour skips them. The first row also holds before.
    /// Rows at or after `until` (simulated) are left out.
    pub fn steps<T: Clone + PartialEq>(&self, rows: &[(i64, T)], until: SimTime) -> Steps<T> {
        let offsets = &self.calendar.offsets;
        let mut told = Vec::new();
        for (i, &(from, _)) in offsets.iter().enumerate().take_while(|(_, (from, _))| *from < until) {
            let to = offsets.get(i + 1).map_or(until, |next| next.0.min(until));
            let shift = wall(&self.calendar, from) - from.micros();
            let first = rows.partition_point(|row| row.0 <= from.micros() + shift).saturating_sub(1);
            told.push((from, rows[first].1.clone()));
            for (at, value) in &rows[first + 1..] {
                let at = SimTime::from_micros(at - shift);
                if at >= to {
                    break;
                }
                if at > from {
                    told.push((at, value.clone()));
                }
            }
        }
        Steps::new(told)
    }

    /// Until when tables are followed: to the drain limit, or (when what is open at the end stays
    /// open) to the end of the run length.
    pub fn tables_until(&self) -> SimTime {
        match self.end {
            End::Drain => self.drain_limit,
            End::Cut | End::Empty => self.run_end,
        }
    }
}

/// Wall-clock instant of a simulated one.
pub fn wall(calendar: &Calendar, at: SimTime) -> i64 {
    calendar.start_utc + at.micros() + calendar.offset(at).micros()
}

/// The local midnight of a day in UTC microseconds; where clocks skip midnight, the first instant
/// of the day.
fn local_midnight(zone: &TimeZone, day: Day) -> i64 {
    let midnight = day.date().to_datetime(jiff::civil::Time::midnight());
    zone.to_timestamp(midnight).map_or(day.midnight(), |at| at.as_microsecond())
}

fn offsets(zone: &TimeZone, start_utc: i64, until: SimTime) -> Vec<(SimTime, SimDuration)> {
    let start = Timestamp::from_microsecond(start_utc).expect("dates from 1970 to 3800 have a timestamp");
    let seconds = |offset: jiff::tz::Offset| SimDuration::from_secs(i64::from(offset.seconds()));
    let mut offsets = vec![(SimTime::ZERO, seconds(zone.to_offset(start)))];
    for change in zone.following(start) {
        let at = SimTime::from_micros(change.timestamp().as_microsecond() - start_utc);
        if at > until {
            break;
        }
        let offset = seconds(change.offset());
        if offsets.last().is_some_and(|last| last.1 != offset) {
            offsets.push((at, offset));
        }
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denver(start: &str, days: u32) -> Clock {
        let zone = zone("America/Denver").expect("a zone of the database");
        let day = Day::parse(start).expect("a date");
        Clock::new(&zone, day, RunLength::Days(days), None, End::Drain)
    }

    #[test]
    fn days_know_their_weekday_and_month() {
        let day = Day::parse("2023-10-07").expect("a date");
        assert_eq!(WEEKDAYS[day.weekday()], "sat");
        assert_eq!(MONTHS[day.month()], "oct");
        assert_eq!(day.plus(25).date().to_string(), "2023-11-01");
        for wrong in ["2023-13-01", "2023-02-29", "23-10-07", "2023-10-7", "-02023-10-07", "1969-12-31"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn local_days_have_23_24_or_25_hours() {
        let hours = |clock: Clock| clock.run_end.micros() / HOUR;
        assert_eq!(hours(denver("2023-03-12", 1)), 23);
        assert_eq!(hours(denver("2023-03-13", 1)), 24);
        assert_eq!(hours(denver("2023-11-05", 1)), 25);
        assert_eq!(hours(denver("2023-11-04", 3)), 73);
        assert_eq!(denver("2023-11-04", 3).calendar.days, 3);
    }

    #[test]
    fn a_run_in_hours_counts_the_days_that_it_touches() {
        let zone = zone("UTC").expect("a zone of the database");
        let day = Day::parse("2023-10-03").expect("a date");
        let days = |hours| {
            let length = RunLength::Time(SimDuration::from_hours(hours));
            Clock::new(&zone, day, length, None, End::Cut).calendar.days
        };
        assert_eq!((days(1), days(24), days(25)), (1, 1, 2));
    }

    /// Rows at 1:00, 2:00, 3:00 and 4:00. On 5 November 2023 the hour from 1:00 comes twice; on
    /// 12 March 2023 the hour from 2:00 does not come.
    #[test]
    fn repeated_hours_repeat_their_row_and_skipped_hours_skip_it() {
        let told = |start: &str| -> Vec<(i64, u32)> {
            let clock = denver(start, 1);
            let day = clock.first_day.midnight();
            let rows: Vec<(i64, u32)> = (0..5).map(|h| (day + h * HOUR, h as u32)).collect();
            let steps = clock.steps(&rows, clock.run_end).steps;
            steps.iter().map(|(at, value)| (at.micros() / HOUR, *value)).collect()
        };
        assert_eq!(told("2023-11-05"), [(0, 0), (1, 1), (3, 2), (4, 3), (5, 4)]);
        assert_eq!(told("2023-03-12"), [(0, 0), (1, 1), (2, 3), (3, 4)]);
        assert_eq!(told("2023-03-11"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]);
    }

    #[test]
    fn a_row_inside_the_repeated_hour_comes_twice() {
        let clock = denver("2023-11-05", 1);
        let day = clock.first_day.midnight();
        let rows = [(day, 'a'), (day + HOUR, 'b'), (day + HOUR + HOUR / 2, 'c'), (day + 2 * HOUR, 'd')];
        let steps = clock.steps(&rows, clock.run_end).steps;
        let told: Vec<(i64, char)> =
            steps.iter().map(|(at, value)| (at.micros() / 60_000_000, *value)).collect();
        assert_eq!(told, [(0, 'a'), (60, 'b'), (90, 'c'), (120, 'b'), (150, 'c'), (180, 'd')]);
    }
}
