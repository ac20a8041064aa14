//! Tables by time, and opening hours.
//!
//! A key is a time (`"06:00"`, `6`), a range (`"06:00-14:00"`), or either after a day: `"sat 08:00"`,
//! `"mon-fri 06:00"`, `"2023-10-07 08:00"`; `"sat"` alone is its whole day. The most specific day
//! that has rows wins, for the whole day: a date, then a weekday, then a range of weekdays, then
//! rows without a day. A time row holds until the next row, over midnight too; ranges must leave
//! neither gap nor overlap. `"26:30"` is half past two on the next day. Rows of the wall clock
//! become [`Steps`] of simulated time by `calendar`. Start at [`Timetable`] and [`Hours`]. It does
//! not know where a table stands in a file: mistakes are [`Fault`]s, placed by the caller.

mod hours;

pub use hours::Hours;

use std::collections::BTreeMap;

use super::calendar::{Clock, Day, WEEKDAYS};
use super::file::{ByTime, Table};
use crate::kernel::time::SimTime;
use crate::model::network::Steps;

/// A mistake in a table: the key concerned, if there is one, and what is wrong.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// Code of the diagnostic.
    pub code: &'static str,
    /// Key in the table.
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What was expected there.
    pub label: String,
    /// The way out.
    pub help: String,
}

/// The days on which a row holds, least specific first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Days {
    Every,
    /// A set of weekdays, Monday the lowest bit.
    Range(u8),
    Weekday(usize),
    Date(Day),
}

impl Days {
    fn parse(text: &str) -> Option<Self> {
        if let Some(day) = Day::parse(text) {
            return Some(Days::Date(day));
        }
        let weekday = |text: &str| WEEKDAYS.iter().position(|name| *name == text);
        match text.split_once('-') {
            None => weekday(text).map(Days::Weekday),
            Some((first, last)) => {
                let (first, last) = (weekday(first)?, weekday(last)?);
                let length = (last + 7 - first) % 7;
                Some(Days::Range((0..=length).fold(0, |set, n| set | 1 << ((first + n) % 7))))
            }
        }
    }

    fn overlap(self, other: Self) -> bool {
        match (self, other) {
            (Days::Range(a), Days::Range(b)) => a != b && a & b != 0,
            _ => false,
        }
    }
}

/// Rows by the days on which they hold.
#[derive(Clone, Debug)]
struct ByDays<R>(BTreeMap<Days, Vec<R>>);

impl<R> Default for ByDays<R> {
    fn default() -> Self {
        ByDays(BTreeMap::new())
    }
}

impl<R> ByDays<R> {
    /// The rows of the most specific table that has any for the day.
    fn on(&self, day: Day) -> Option<&Vec<R>> {
        let weekday = day.weekday();
        let range = || {
            self.0.iter().find_map(|(days, rows)| match days {
                Days::Range(set) if set & 1 << weekday != 0 => Some(rows),
                _ => None,
            })
        };
        self.0
            .get(&Days::Date(day))
            .or_else(|| self.0.get(&Days::Weekday(weekday)))
            .or_else(range)
            .or_else(|| self.0.get(&Days::Every))
    }
}

const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;

/// The latest time of a key: past midnight reaches to the end of the next day.
const LATEST: i64 = 2 * DAY_SECONDS;

#[derive(Clone, Debug)]
struct Row<T> {
    /// Seconds after local midnight.
    from: i64,
    /// End of a range.
    to: Option<i64>,
    /// Whether the key is a bare hour.
    bare: bool,
    value: T,
    key: String,
}

/// A table by time, understood.
#[derive(Clone, Debug)]
pub struct Timetable<T> {
    tables: ByDays<Row<T>>,
}

impl<T: Clone + PartialEq> Timetable<T> {
    /// Reads the keys of a table; every key that cannot be read or that overlaps is a fault.
    pub fn new<V>(table: &Table<V>, read: impl Fn(&V) -> T, faults: &mut Vec<Fault>) -> Self {
        let mut tables = ByDays::<Row<T>>::default();
        for (key, value) in table {
            match read_key(key) {
                None => faults.push(unreadable(key)),
                Some((days, from, to, bare)) => {
                    let row = Row { from, to, bare, value: read(value), key: key.clone() };
                    tables.0.entry(days).or_default().push(row);
                }
            }
        }
        for rows in tables.0.values_mut() {
            rows.sort_by_key(|row| row.from);
            for pair in rows.windows(2) {
                if pair[0].from == pair[1].from {
                    faults.push(overlap(&pair[0].key, &pair[1].key));
                } else if pair[0].to.is_some() != pair[1].to.is_some() {
                    let message = format!(
                        "times and ranges stand in one table: {} and {}",
                        quoted(&pair[0].key),
                        quoted(&pair[1].key)
                    );
                    let help = "write all rows as times (each holds until the next) or all as ranges";
                    faults.push(fault("E0340", &pair[1].key, message, "another kind of row", help));
                }
            }
        }
        check_ranges_of_days(&tables, |row| &row.key, faults);
        Timetable { tables }
    }

    /// The rows of the run's days on the wall clock, in order; gaps and overlaps are faults.
    pub fn rows(&self, clock: &Clock, faults: &mut Vec<Fault>) -> Vec<(i64, T)> {
        let days = RunDays::new(clock);
        // A key that cannot be read may be the row that is missing.
        if faults.is_empty()
            && let Some(day) = clock.run_days().find(|day| self.tables.on(*day).is_none())
        {
            faults.push(no_rows(day, "00:00"));
        }
        let mut rows: Vec<(i64, Option<i64>, &Row<T>)> = Vec::new();
        for day in clock.all_days() {
            for row in self.tables.on(day).into_iter().flatten() {
                let at = |seconds: i64| day.midnight() + seconds * SECOND;
                rows.push((at(row.from), row.to.map(at), row));
            }
        }
        rows.sort_by_key(|row| row.0);
        if let Some((from, _, row)) = rows.first()
            && *from > days.from
            && faults.is_empty()
        {
            let message = format!("nothing holds before {}", quoted(&row.key));
            let help = "add a row at the beginning of the run";
            faults.push(fault("E0342", &row.key, message, "the first row", help));
        }
        if faults.is_empty() {
            faults.extend(rows.windows(2).find_map(|pair| broken_seam(&pair[0], &pair[1], &days)));
        }
        let mut told: Vec<(i64, T)> = Vec::with_capacity(rows.len());
        for (from, _, row) in rows {
            match told.last_mut() {
                Some(last) if last.0 == from => last.1 = row.value.clone(),
                _ => told.push((from, row.value.clone())),
            }
        }
        told
    }

    /// The first row of a day's table that begins after midnight, so that what held the day before
    /// holds on until then: (its key, its seconds after midnight).
    pub fn late_start(&self) -> Option<(&str, i64)> {
        let late = |rows: &Vec<Row<T>>| rows.first().is_some_and(|row| row.to.is_none() && row.from > 0);
        let rows = self.tables.0.values().find(|rows| late(rows))?;
        rows.first().map(|row| (row.key.as_str(), row.from))
    }
}

impl Timetable<f64> {
    /// Shares of a day's volume into shares per hour, row by row. Every day's table must reach
    /// from 0:00 to 24:00; told with each table's first key is the sum of its shares.
    pub fn per_hour(&self, faults: &mut Vec<Fault>) -> (Self, Vec<(String, f64)>) {
        let mut sums = Vec::new();
        let mut result = self.clone();
        for rows in result.tables.0.values_mut() {
            sums.push((rows[0].key.clone(), rows.iter().map(|row| row.value).sum()));
            if let Some(fault) = incomplete_day(rows) {
                faults.push(fault);
                continue;
            }
            for i in 0..rows.len() {
                let next = rows.get(i + 1).map_or(DAY_SECONDS, |row| row.from);
                let seconds = rows[i].to.unwrap_or(next) - rows[i].from;
                rows[i].value *= 3600.0 / seconds as f64;
            }
        }
        (result, sums)
    }
}

/// Why shares cannot be spread over the day, if they cannot.
fn incomplete_day(rows: &[Row<f64>]) -> Option<Fault> {
    let last = rows.last()?;
    let all_bare = rows.iter().all(|row| row.bare);
    let missing_hour = (0..24).find(|hour| all_bare && !rows.iter().any(|row| row.from == hour * 3600));
    if let Some(hour) = missing_hour {
        let message = format!("hour {hour} has no share");
        return Some(fault(
            "E0342",
            &rows[0].key,
            message,
            "hours of the day",
            "write `0 %` for an hour without trucks, or ranges such as `06:00-12:00`",
        ));
    }
    let key = &rows[0].key;
    if rows[0].from != 0 {
        let message = format!("shares of the day begin at {}", quoted(key));
        return Some(fault("E0342", key, message, "the day begins at 00:00", "add a row at `00:00`"));
    }
    if last.from >= DAY_SECONDS || last.to.is_some_and(|to| to > DAY_SECONDS) {
        let message = format!("{} reaches beyond the day", quoted(&last.key));
        return Some(fault("E0340", &last.key, message, "shares end at 24:00", "give each day its own rows"));
    }
    if let Some(to) = last.to.filter(|to| *to < DAY_SECONDS) {
        let message = format!("shares of the day end at {}", time_text(to));
        return Some(fault(
            "E0342",
            &last.key,
            message,
            "the day ends at 24:00",
            "add a range up to `24:00`",
        ));
    }
    rows.windows(2).find_map(|pair| match pair[0].to {
        Some(to) if to > pair[1].from => Some(overlap(&pair[0].key, &pair[1].key)),
        Some(to) if to < pair[1].from => Some(gap(&pair[0].key, &pair[1].key)),
        _ => None,
    })
}

/// A value by time over simulated time. Where the table has faults, what it tells is of no use.
pub fn by_time<V, T: Clone + PartialEq + Default>(
    value: &ByTime<V>,
    clock: &Clock,
    read: impl Fn(&V) -> T,
    faults: &mut Vec<Fault>,
) -> Steps<T> {
    match value {
        ByTime::Always(value) => Steps::constant(read(value)),
        ByTime::Time(table) => {
            let rows = Timetable::new(table, read, faults).rows(clock, faults);
            steps_or_default(&rows, clock, clock.tables_until())
        }
    }
}

/// Steps of rows, or the default for ever where there are none (a fault has been told then).
pub fn steps_or_default<T: Clone + PartialEq + Default>(
    rows: &[(i64, T)],
    clock: &Clock,
    until: SimTime,
) -> Steps<T> {
    if rows.is_empty() { Steps::constant(T::default()) } else { clock.steps(rows, until) }
}

/// Two values that change, as one.
pub fn zip<A, B, C>(a: &Steps<A>, b: &Steps<B>, join: impl Fn(&A, &B) -> C) -> Steps<C>
where
    A: Clone + PartialEq,
    B: Clone + PartialEq,
    C: Clone + PartialEq,
{
    let mut instants: Vec<SimTime> = a.steps.iter().map(|step| step.0).collect();
    instants.extend(b.steps.iter().map(|step| step.0));
    instants.sort();
    instants.dedup();
    Steps::new(instants.into_iter().map(|at| (at, join(a.at(at), b.at(at)))))
}

/// (days, from, to, whether a bare hour) of a key.
fn read_key(key: &str) -> Option<(Days, i64, Option<i64>, bool)> {
    let mut words = key.split_whitespace();
    let (first, second, more) = (words.next()?, words.next(), words.next());
    if more.is_some() {
        return None;
    }
    let (days, time) = match (Days::parse(first), second) {
        (Some(days), None) => return Some((days, 0, None, false)),
        (Some(days), Some(time)) => (days, time),
        (None, None) => (Days::Every, first),
        (None, Some(_)) => return None,
    };
    if let Some((from, to)) = read_range(time) {
        return Some((days, from, Some(to), false));
    }
    Some((days, read_time(time)?, None, !time.contains(':')))
}

/// `06:00-14:00` in seconds after midnight; an end at or before the beginning is on the next day.
fn read_range(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (read_time(from.trim())?, read_time(to.trim())?);
    let to = if to <= from { to + DAY_SECONDS } else { to };
    (to <= LATEST).then_some((from, to))
}

/// `6`, `06:00`, `06:00:30`, up to `48:00`, in seconds after midnight.
pub(super) fn read_time(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let digits = |part: &str, least: usize| -> Option<i64> {
        let well = (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        well.then(|| part.parse().ok()).flatten()
    };
    let seconds = match parts.as_slice() {
        [hours] => digits(hours, 1)? * 3600,
        [hours, minutes] => digits(hours, 1)? * 3600 + sixty(digits(minutes, 2)?)? * 60,
        [hours, minutes, seconds] => {
            digits(hours, 1)? * 3600 + sixty(digits(minutes, 2)?)? * 60 + sixty(digits(seconds, 2)?)?
        }
        _ => return None,
    };
    (seconds <= LATEST).then_some(seconds)
}

fn sixty(value: i64) -> Option<i64> {
    (value < 60).then_some(value)
}

/// The hour of the day that a key names: `6` or `06:00`.
pub fn hour(key: &str) -> Option<u32> {
    let seconds = read_time(key.trim())?;
    (seconds % 3600 == 0 && seconds < DAY_SECONDS).then_some((seconds / 3600) as u32)
}

/// The run's days on the wall clock.
struct RunDays {
    from: i64,
    to: i64,
}

impl RunDays {
    fn new(clock: &Clock) -> Self {
        let days = i64::from(clock.calendar.days);
        RunDays { from: clock.first_day.midnight(), to: clock.first_day.plus(days).midnight() }
    }
}

/// A gap or an overlap between two neighbouring ranges within the run's days.
fn broken_seam<T>(
    (_, end, row): &(i64, Option<i64>, &Row<T>),
    (next, _, next_row): &(i64, Option<i64>, &Row<T>),
    days: &RunDays,
) -> Option<Fault> {
    let end = (*end)?;
    let inside = |at: i64| days.from <= at && at < days.to;
    if end > *next && inside(*next) {
        return Some(overlap(&row.key, &next_row.key));
    }
    (end < *next && inside(end)).then(|| gap(&row.key, &next_row.key))
}

fn check_ranges_of_days<R>(tables: &ByDays<R>, key: impl Fn(&R) -> &String, faults: &mut Vec<Fault>) {
    let ranges: Vec<_> = tables.0.iter().filter(|(days, _)| matches!(days, Days::Range(_))).collect();
    for (i, (days, rows)) in ranges.iter().enumerate() {
        for (others, other_rows) in &ranges[i + 1..] {
            if days.overlap(**others) {
                faults.push(overlap(key(&rows[0]), key(&other_rows[0])));
            }
        }
    }
}

fn fault(code: &'static str, key: &str, message: String, label: &str, help: &str) -> Fault {
    Fault { code, key: Some(key.to_owned()), message, label: label.to_owned(), help: help.to_owned() }
}

fn unreadable(key: &str) -> Fault {
    fault(
        "E0340",
        key,
        format!("{} is no time of a table", quoted(key)),
        "a time, a range of times, or a day before either",
        "write `06:00`, `06:00-14:00`, `sat 08:00`, `mon-fri 06:00` or `2023-10-07 08:00`",
    )
}

fn overlap(first: &str, second: &str) -> Fault {
    let message = format!("{} and {} overlap", quoted(first), quoted(second));
    fault("E0341", second, message, "a time that another row has too", "keep one of the two")
}

fn gap(first: &str, second: &str) -> Fault {
    let message = if first == second {
        format!("nothing holds from the end of {} to the next day's", quoted(first))
    } else {
        format!("nothing holds between {} and {}", quoted(first), quoted(second))
    };
    fault("E0342", second, message, "a gap before this row", "let ranges follow one another without a gap")
}

fn no_rows(day: Day, time: &str) -> Fault {
    let weekday = WEEKDAYS[day.weekday()];
    Fault {
        code: "E0342",
        key: None,
        message: format!("the table says nothing for {weekday} {}", day.date()),
        label: "no row for that day".to_owned(),
        help: format!("add a row `{weekday} {time}`"),
    }
}

/// `hh:mm`, with seconds if there are any.
fn time_text(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{rest:02}") }
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::calendar::HOUR;
    use crate::model::network::End;
    use crate::scenario::calendar::zone;
    use crate::scenario::phrase::RunLength;

    pub fn clock(start: &str, days: u32) -> Clock {
        let zone = zone("America/Denver").expect("a zone of the database");
        Clock::new(&zone, Day::parse(start).expect("a date"), RunLength::Days(days), None, End::Cut)
    }

    fn table(rows: &[(&str, u32)]) -> ByTime<u32> {
        ByTime::Time(rows.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect())
    }

    /// (hours since the start, value), hours with decimals.
    pub fn told<T: Copy + PartialEq>(steps: &Steps<T>) -> Vec<(f64, T)> {
        steps.steps.iter().map(|(at, value)| (at.micros() as f64 / HOUR as f64, *value)).collect()
    }

    fn check(start: &str, days: u32, rows: &[(&str, u32)], expected: &[(f64, u32)]) {
        let mut faults = Vec::new();
        let steps = by_time(&table(rows), &clock(start, days), |value| *value, &mut faults);
        assert_eq!(faults, [], "{rows:?}");
        assert_eq!(told(&steps), expected, "{rows:?}");
    }

    fn fault_of(start: &str, days: u32, rows: &[(&str, u32)]) -> String {
        let mut faults = Vec::new();
        by_time(&table(rows), &clock(start, days), |value| *value, &mut faults);
        let lines: Vec<String> =
            faults.iter().map(|fault| format!("{} {}", fault.code, fault.message)).collect();
        lines.join("\n")
    }

    #[test]
    fn a_row_holds_until_the_next_over_midnight_too() {
        // 3 October 2023 is a Tuesday.
        check(
            "2023-10-03",
            2,
            &[("06:00", 4), ("22:00", 2)],
            &[(0.0, 2), (6.0, 4), (22.0, 2), (30.0, 4), (46.0, 2)],
        );
        check(
            "2023-10-03",
            1,
            &[("0", 1), ("6", 4), ("22:30:30", 2)],
            &[(0.0, 1), (6.0, 4), (22.0 + 1830.0 / 3600.0, 2)],
        );
        check("2023-10-03", 1, &[("00:00", 1), ("24:00", 2)], &[(0.0, 1)]);
    }

    #[test]
    fn the_most_specific_day_wins_for_the_whole_day() {
        // Friday 6 to Monday 9 October; Saturday the 7th by its weekday, Sunday by its date.
        let rows =
            [("06:00", 1), ("mon-fri 06:00", 2), ("mon-fri 18:00", 3), ("sat 08:00", 4), ("2023-10-08", 5)];
        let expected = [(0.0, 3), (6.0, 2), (18.0, 3), (32.0, 4), (48.0, 5), (78.0, 2), (90.0, 3)];
        check("2023-10-06", 4, &rows, &expected);
    }

    #[test]
    fn a_time_past_midnight_belongs_to_the_day_before() {
        // Until half past two on Saturday; Saturday's own rows go on after that.
        let rows = [("fri 06:00", 4), ("fri 26:30", 1), ("sat 08:00", 2), ("sun-thu 00:00", 3)];
        check("2023-10-06", 2, &rows, &[(0.0, 3), (6.0, 4), (26.5, 1), (32.0, 2)]);
    }

    #[test]
    fn ranges_leave_neither_gap_nor_overlap() {
        let rows = [("06:00-14:00", 4), ("14:00-22:00", 3), ("22:00-06:00", 1)];
        check("2023-10-03", 1, &rows, &[(0.0, 1), (6.0, 4), (14.0, 3), (22.0, 1)]);
        let gap = [("06:00-14:00", 4), ("15:00-22:00", 3), ("22:00-30:00", 1)];
        assert_eq!(
            fault_of("2023-10-03", 1, &gap),
            "E0342 nothing holds between `06:00-14:00` and `15:00-22:00`"
        );
        let overlap = [("06:00-14:00", 4), ("13:00-22:00", 3), ("22:00-06:00", 1)];
        assert_eq!(fault_of("2023-10-03", 1, &overlap), "E0341 `06:00-14:00` and `13:00-22:00` overlap");
        assert_eq!(
            fault_of("2023-10-03", 1, &[("06:00-06:00", 4), ("8", 1)]),
            "E0340 times and ranges stand in one table: `06:00-06:00` and `8`"
        );
    }

    #[test]
    fn gaps_and_overlaps_of_days_are_faults() {
        assert_eq!(
            fault_of("2023-10-06", 2, &[("mon-fri 06:00", 4)]),
            "E0342 the table says nothing for sat 2023-10-07"
        );
        assert_eq!(fault_of("2023-10-06", 1, &[("mon-fri 06:00", 4)]), "");
        assert_eq!(
            fault_of("2023-10-06", 1, &[("mon-fri 06:00", 4), ("fri-sun 06:00", 1)]),
            "E0341 `mon-fri 06:00` and `fri-sun 06:00` overlap"
        );
        assert_eq!(fault_of("2023-10-06", 1, &[("6", 4), ("06:00", 1)]), "E0341 `06:00` and `6` overlap");
        assert_eq!(
            fault_of("2023-10-07", 1, &[("2023-10-07 08:00", 4)]),
            "E0342 nothing holds before `2023-10-07 08:00`"
        );
        for key in ["25h", "6:5", "49:00", "24:60", "funday 06:00", "mon fri 06:00", "", "-6", "06:00-"] {
            assert_eq!(
                fault_of("2023-10-07", 1, &[(key, 4), ("0", 1)]),
                format!("E0340 `{key}` is no time of a table")
            );
        }
    }

    #[test]
    fn rows_follow_the_clock_on_days_of_23_and_25_hours() {
        let rows = [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("22", 22)];
        check("2023-03-12", 1, &rows, &[(0.0, 0), (1.0, 1), (2.0, 3), (21.0, 22)]);
        check("2023-11-05", 1, &rows, &[(0.0, 0), (1.0, 1), (3.0, 2), (4.0, 3), (23.0, 22)]);
    }

    #[test]
    fn years_of_rows_are_read_at_once() {
        let rows: Vec<(String, u32)> = (0..24).map(|hour| (format!("{hour:02}:00"), hour)).collect();
        let rows: Vec<(&str, u32)> = rows.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let mut faults = Vec::new();
        let steps = by_time(&table(&rows), &clock("2023-10-03", 574), |value| *value, &mut faults);
        // Two hours are skipped in spring; in autumn two rows hold for two hours.
        assert_eq!(steps.steps.len(), 574 * 24 - 2);
    }
}
