//! Dates, days and lengths of time in both languages.
//!
//! Large whole numbers are written alike in both: `number::grouped`. Start at [`date`].

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::{Said, foreign, said, same};
use crate::report::number::{grouped, plain};

const MONTHS: [(&str, &str); 12] = [
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
];

/// `2023-05-09` as May 9, 2023 and 9 de mayo de 2023; anything else as it is.
pub fn date(iso: &str) -> Said {
    let Ok(date) = iso.parse::<Date>() else { return same(foreign(iso)) };
    let (year, day) = (date.year(), date.day());
    let (en, es) = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    said(format!("{en} {day}, {year}"), format!("{day} de {es} de {year}"))
}

/// The day of the week of the date so many days after `iso`; what is no date is shown as it is.
pub fn day_of_week(iso: &str, after: u32) -> Said {
    let date = iso.parse::<Date>().ok();
    let span = Span::new().try_days(i64::from(after)).ok();
    let date = date.zip(span).and_then(|(date, span)| date.checked_add(span).ok());
    let Some(date) = date else { return same(foreign(iso)) };
    match date.weekday() {
        Weekday::Monday => said("Monday", "lunes"),
        Weekday::Tuesday => said("Tuesday", "martes"),
        Weekday::Wednesday => said("Wednesday", "miércoles"),
        Weekday::Thursday => said("Thursday", "jueves"),
        Weekday::Friday => said("Friday", "viernes"),
        Weekday::Saturday => said("Saturday", "sábado"),
        Weekday::Sunday => said("Sunday", "domingo"),
    }
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// A length of time, in seconds, by its largest unit of which it is a whole number: `1 day`, `36 h`, `90 min`, `45 s`;
/// beyond four hours `25 h 30 min`. Blank if there is none.
pub fn duration(seconds: f64) -> Said {
    if !seconds.is_finite() {
        return Said::default();
    }
    let is_whole = |unit: f64| seconds % unit == 0.0 && seconds.abs() >= unit;
    let count = |unit: f64| grouped(seconds / unit, 0);
    match () {
        () if seconds == DAY => said("1 day", "1 día"),
        () if is_whole(DAY) => said(format!("{} days", count(DAY)), format!("{} días", count(DAY))),
        () if is_whole(HOUR) => same(format!("{} h", count(HOUR))),
        () if seconds > 4.0 * HOUR => {
            let minutes = (seconds / MINUTE).round();
            let (hours, rest) = ((minutes / 60.0).floor(), minutes % 60.0);
            let rest = if rest > 0.0 { format!(" {} min", grouped(rest, 0)) } else { String::new() };
            same(format!("{} h{rest}", grouped(hours, 0)))
        }
        () if is_whole(MINUTE) => same(format!("{} min", count(MINUTE))),
        () if seconds.abs() > 10.0 * MINUTE => same(format!("{} min", grouped(seconds / MINUTE, 1))),
        () => same(format!("{} s", plain((seconds * 10.0).round() / 10.0).replace('-', "−"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_spelled_out() {
        assert_eq!(date("2023-05-09"), said("May 9, 2023", "9 de mayo de 2023"));
        assert_eq!(date("2024-02-29"), said("February 29, 2024", "29 de febrero de 2024"));
        assert_eq!(date("2023-02-29"), same("2023-02-29"));
        assert_eq!(date("some day"), same("some day"));
        assert_eq!(date(""), same(""));
    }

    #[test]
    fn days_of_the_week_go_on() {
        assert_eq!(day_of_week("2023-05-09", 0), said("Tuesday", "martes"));
        assert_eq!(day_of_week("2023-05-09", 1), said("Wednesday", "miércoles"));
        assert_eq!(day_of_week("2023-12-31", 7), said("Sunday", "domingo"));
        assert_eq!(day_of_week("9999-12-31", u32::MAX), same("9999-12-31"));
        assert_eq!(day_of_week("?", 3), same("?"));
    }

    #[test]
    fn lengths_of_time_have_few_digits() {
        let check = |seconds: f64, en: &str, es: &str| assert_eq!(duration(seconds), said(en, es));
        check(86_400.0, "1 day", "1 día");
        check(7.0 * 86_400.0, "7 days", "7 días");
        check(36.0 * 3_600.0, "36 h", "36 h");
        check(3_600.0, "1 h", "1 h");
        check(5_400.0, "90 min", "90 min");
        check(25.5 * 3_600.0, "25 h 30 min", "25 h 30 min");
        check(45.0, "45 s", "45 s");
        check(62.5, "62.5 s", "62.5 s");
        check(1_234.0, "20.6 min", "20.6 min");
        check(0.0, "0 s", "0 s");
        check(-1_800.0, "−30 min", "−30 min");
        check(f64::NAN, "", "");
    }
}
