//! Opening hours: `"06:00-24:00"`, `"22:00-06:00"` past midnight, `"closed"`, by day.
//!
//! The most specific day that is given wins, as in tables; what is open past midnight stays open
//! whatever the next day says. Start at [`Hours`].

use super::{
    ByDays, DAY_SECONDS, Days, Fault, SECOND, check_ranges_of_days, fault, no_rows, overlap, quoted,
    read_range, read_time, time_text,
};
use crate::model::network::Steps;
use crate::scenario::calendar::{Clock, WEEKDAYS};
use crate::scenario::file::ByDay;

/// Opening hours, understood.
#[derive(Clone, Debug)]
pub struct Hours {
    days: ByDays<(String, Vec<(i64, i64)>)>,
}

impl Hours {
    /// Reads opening hours: `"06:00-24:00"`, several ranges with commas, `"closed"`; past midnight
    /// as `"22:00-06:00"`. Keys of faults are days.
    pub fn new(hours: &ByDay, faults: &mut Vec<Fault>) -> Self {
        let mut days = ByDays::default();
        match hours {
            ByDay::Every(text) => {
                let open = read_hours(None, text, faults);
                days.0.insert(Days::Every, vec![(String::new(), open)]);
            }
            ByDay::Day(table) => {
                for (key, text) in table {
                    let open = read_hours(Some(key), text, faults);
                    match Days::parse(key) {
                        Some(of) => days.0.entry(of).or_default().push((key.clone(), open)),
                        None => faults.push(fault(
                            "E0340",
                            key,
                            format!("{} is no day", quoted(key)),
                            "a weekday, a range of weekdays or a date",
                            "write `mon`, `mon-fri` or `2023-10-07`",
                        )),
                    }
                }
            }
        }
        for rows in days.0.values() {
            if let [first, second, ..] = rows.as_slice() {
                faults.push(overlap(&first.0, &second.0));
            }
        }
        check_ranges_of_days(&days, |row| &row.0, faults);
        Hours { days }
    }

    /// When it is open, over simulated time.
    pub fn steps(&self, clock: &Clock, faults: &mut Vec<Fault>) -> Steps<bool> {
        if let Some(day) = clock.run_days().find(|day| self.days.on(*day).is_none()) {
            let mut fault = no_rows(day, "");
            fault.help = format!("add `{} = \"closed\"` or its hours", WEEKDAYS[day.weekday()]);
            faults.push(fault);
        }
        self.steps_where_given(clock)
    }

    /// The same for what may be left out: on days that are not given it is closed.
    pub fn steps_where_given(&self, clock: &Clock) -> Steps<bool> {
        let mut open: Vec<(i64, i64)> = Vec::new();
        for day in clock.all_days() {
            for (from, to) in self.days.on(day).into_iter().flatten().flat_map(|row| &row.1) {
                open.push((day.midnight() + from * SECOND, day.midnight() + to * SECOND));
            }
        }
        open.sort();
        let mut rows = vec![(i64::MIN, false)];
        let mut end = i64::MIN;
        for (from, to) in open {
            if from > end {
                rows.push((from, true));
            } else {
                rows.pop();
            }
            end = end.max(to);
            rows.push((end, false));
        }
        clock.steps(&rows, clock.tables_until())
    }
}

fn read_hours(key: Option<&str>, text: &str, faults: &mut Vec<Fault>) -> Vec<(i64, i64)> {
    if text.trim() == "closed" {
        return Vec::new();
    }
    let mut open: Vec<(i64, i64)> = Vec::new();
    for part in text.split(',') {
        let part = part.trim();
        let wrong = |message: String, label: &str, help: String| Fault {
            code: "E0343",
            key: key.map(str::to_owned),
            message,
            label: label.to_owned(),
            help,
        };
        match read_range(part) {
            Some((from, _)) if from >= DAY_SECONDS => faults.push(wrong(
                format!("{} begins on the next day", quoted(part)),
                "hours begin before 24:00",
                format!("write them for the next day, from {}", time_text(from - DAY_SECONDS)),
            )),
            // An end at the beginning was read as the next day's.
            Some((from, to)) if to - from == DAY_SECONDS && ends_where_it_begins(part) => faults.push(wrong(
                format!("{} ends when it begins", quoted(part)),
                "an end after the beginning",
                "all day is `00:00-24:00`, never is `closed`".to_owned(),
            )),
            Some((from, to)) if to - from > DAY_SECONDS => faults.push(wrong(
                format!("{} is longer than a day", quoted(part)),
                "at most 24 hours",
                "all day is `00:00-24:00`".to_owned(),
            )),
            Some(range) => open.push(range),
            None => faults.push(wrong(
                format!("{} is no range of times", quoted(part)),
                "hours as `06:00-24:00`, or `closed`",
                "past midnight is `22:00-06:00`; several ranges have commas between them".to_owned(),
            )),
        }
    }
    open.sort();
    if let Some(pair) = open.windows(2).find(|pair| pair[0].1 > pair[1].0) {
        faults.push(Fault {
            code: "E0341",
            key: key.map(str::to_owned),
            message: format!("hours overlap at {}", time_text(pair[1].0)),
            label: "ranges that follow one another".to_owned(),
            help: "end one range before the next begins".to_owned(),
        });
    }
    open
}

/// `06:00-06:00`: a slip, or a whole day said in a way that could be one.
fn ends_where_it_begins(range: &str) -> bool {
    let times = range.split_once('-').map(|(from, to)| (read_time(from.trim()), read_time(to.trim())));
    times.is_some_and(|(from, to)| from == to)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{clock, told};
    use super::*;

    fn open(start: &str, days: u32, hours: ByDay) -> (Vec<(f64, bool)>, Vec<Fault>) {
        let mut faults = Vec::new();
        let clock = clock(start, days);
        let steps = Hours::new(&hours, &mut faults).steps(&clock, &mut faults);
        (told(&steps), faults)
    }

    fn by_day(rows: &[(&str, &str)]) -> ByDay {
        ByDay::Day(rows.iter().map(|(day, hours)| ((*day).to_owned(), (*hours).to_owned())).collect())
    }

    #[test]
    fn opening_hours_by_day_and_past_midnight() {
        let every = |text: &str| ByDay::Every(text.to_owned());
        assert_eq!(open("2023-10-03", 1, every("06:00-24:00")).0, [(0.0, false), (6.0, true)]);
        assert_eq!(open("2023-10-03", 2, every("00:00-24:00")).0, [(0.0, true)]);
        assert_eq!(open("2023-10-03", 1, every("22:00-06:00")).0, [(0.0, true), (6.0, false), (22.0, true)]);
        assert_eq!(
            open("2023-10-03", 1, every("06:00-12:00, 13:00-18:00")).0,
            [(0.0, false), (6.0, true), (12.0, false), (13.0, true), (18.0, false)]
        );
        assert_eq!(open("2023-10-03", 1, every("22:00-26:00")).0, [(0.0, true), (2.0, false), (22.0, true)]);
        assert_eq!(open("2023-10-03", 1, every("06:00-30:00")).0, [(0.0, true)]);
        assert_eq!(open("2023-10-03", 1, every("closed")).0, [(0.0, false)]);
        // Friday until two in the night, Saturday 8 to 16, Sunday closed, Monday from six.
        let week = by_day(&[("mon-fri", "06:00-26:00"), ("sat", "08:00-16:00"), ("sun", "closed")]);
        let expected = [
            (0.0, true),
            (2.0, false),
            (6.0, true),
            (26.0, false),
            (32.0, true),
            (40.0, false),
            (78.0, true),
        ];
        assert_eq!(open("2023-10-06", 4, week).0, expected);
    }

    #[test]
    fn wrong_opening_hours_are_faults() {
        let codes =
            |hours: ByDay| open("2023-10-06", 2, hours).1.iter().map(|fault| fault.code).collect::<Vec<_>>();
        assert_eq!(codes(by_day(&[("mon-fri", "06:00-22:00")])), ["E0342"]);
        for wrong in ["6 to 22", "25:00-26:00", "24:00-26:00", "06:00-06:00", "06:00-31:00"] {
            assert_eq!(codes(by_day(&[("mon-sun", wrong)])), ["E0343"], "{wrong}");
        }
        assert_eq!(codes(by_day(&[("mon-sun", "06:00-12:00, 11:00-18:00")])), ["E0341"]);
        assert_eq!(codes(by_day(&[("mon-sat", "06:00-12:00"), ("sat-sun", "06:00-12:00")])), ["E0341"]);
        assert_eq!(codes(by_day(&[("mon-sun", "closed"), ("holiday", "closed")])), ["E0340"]);
    }
}
