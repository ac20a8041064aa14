//! Events: windows in time in which other values hold.
//!
//! An event acts on a resolved scenario as a scenario acts on the base file: what it sets holds from
//! its beginning to its end, and everything else stays as it is. Between the edges of events lie
//! stretches of time in which the same events hold; each has a tree of its own. Windows are of the
//! wall clock; `build` turns them into simulated time and puts the stretches together. It does not
//! know what a value means. Start at [`stretches`].

use super::calendar::Day;
use super::diagnostic::Diagnostic;
use super::document::{Node, Value};
use super::inherit::Scenarios;
use super::limit::{MOST_DAYS, MOST_EVENTS};
use super::schedule::read_time;

/// A stretch of time in which the same events hold.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    /// When it begins: microseconds of the wall clock.
    pub(super) from: i64,
    /// The events, in name order.
    pub(super) events: Vec<String>,
    /// All values that hold, without the section `event`.
    pub(super) tree: Node,
}

/// When an event holds, in microseconds of the wall clock.
struct Window<'a> {
    name: &'a str,
    from: i64,
    to: i64,
    set: &'a Node,
}

const SECOND: i64 = 1_000_000;
const DAY_SECONDS: i64 = 86_400;

/// The stretches of a scenario after the one before its first event, in order of time; those of
/// events that never hold (see `happens`) are not among them. What is wrong is told to the reading
/// of `scenarios`.
pub(super) fn stretches(scenarios: &mut Scenarios, tree: &Node) -> Vec<Stretch> {
    let section = |name: &str| tree.table().and_then(|table| table.get(name)?.table());
    let Some(events) = section("event") else { return Vec::new() };
    if events.len() > MOST_EVENTS {
        let message = format!("{} events are too many", events.len());
        let place = tree.table().and_then(|table| Some(table.get("event")?.key_place()));
        let found = Diagnostic::error("E0350", message).at(place, format!("at most {MOST_EVENTS} events"));
        scenarios.report(found.help("one event may change many values"));
        return Vec::new();
    }
    let start = section("study").and_then(|study| study.get("start")?.scalar());
    // A start that is no date is told where the calendar is made.
    let Some(first_day) = start.and_then(|start| Day::parse(&start)) else { return Vec::new() };
    let windows: Vec<Window> =
        events.iter().filter_map(|(name, event)| window(scenarios, name, event, first_day)).collect();
    let mut edges: Vec<i64> = windows.iter().flat_map(|window| [window.from, window.to]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut base = tree.clone();
    base.table_mut().expect("a study is a table").remove("event");
    let stretch = |from: i64| {
        let holding: Vec<(&str, &Node)> = windows
            .iter()
            .filter(|window| window.from <= from && from < window.to)
            .map(|window| (window.name, window.set))
            .collect();
        let tree = scenarios.during(&base, &holding);
        Stretch { from, events: holding.iter().map(|(name, _)| (*name).to_owned()).collect(), tree }
    };
    edges.into_iter().filter(|edge| *edge != i64::MAX).map(stretch).collect()
}

/// The window of an event that happens.
fn window<'a>(
    scenarios: &mut Scenarios,
    name: &'a str,
    event: &'a Node,
    first_day: Day,
) -> Option<Window<'a>> {
    let keys = event.table()?;
    if keys.get("happens").is_some_and(|happens| matches!(happens.value, Value::Bool(false))) {
        return None;
    }
    let mut at = |key: &str, end: bool| {
        let node = keys.get(key)?;
        let text = node.scalar()?;
        let instant = instant(&text, first_day, end);
        if instant.is_none() {
            let found = Diagnostic::error("E0120", format!("`{text}` is no instant"));
            scenarios.report(
                found
                    .at(
                        Some(node.place.clone()),
                        format!("when `{name}` {}", if end { "ends" } else { "begins" }),
                    )
                    .help("write `2022-04-06 08:00`, `day 2 08:00`, or `08:00` (on the first day)"),
            );
        }
        instant
    };
    let from = at("from", false)?;
    let to = if keys.contains_key("to") { at("to", true)? } else { i64::MAX };
    let set = keys.get("set")?;
    if to <= from {
        let place = |key: &str| keys.get(key).map(|node| node.place.clone());
        let found = Diagnostic::error("E0120", format!("event `{name}` ends before it begins"));
        let found = found.at(place("to"), "ends here").also(place("from"), "begins here");
        scenarios
            .report(found.help("let `to` be later than `from`; an end past midnight is on the next day"));
        return None;
    }
    Some(Window { name, from, to, set })
}

/// `2022-04-06 08:00`, `day 2 08:00` or `08:00` (on the first day) in microseconds of the wall clock.
/// A day alone is its beginning or its end.
fn instant(text: &str, first_day: Day, end: bool) -> Option<i64> {
    let mut words = text.split_whitespace().peekable();
    let day = if words.next_if_eq(&"day").is_some() {
        let number: i64 = words.next()?.parse().ok()?;
        Some(first_day.plus((1..=i64::from(MOST_DAYS)).contains(&number).then_some(number - 1)?))
    } else {
        words.peek().and_then(|word| Day::parse(word)).inspect(|_| {
            words.next();
        })
    };
    let seconds = match (words.next(), day) {
        (Some(time), _) => read_time(time)?,
        (None, Some(_)) => {
            if end {
                DAY_SECONDS
            } else {
                0
            }
        }
        (None, None) => return None,
    };
    let is_whole = words.next().is_none();
    is_whole.then(|| day.unwrap_or(first_day).midnight() + seconds * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_of_the_wall_clock() {
        let first = Day::parse("2022-04-05").expect("a date");
        let hours =
            |text: &str, end| instant(text, first, end).map(|at| (at - first.midnight()) / SECOND / 3600);
        assert_eq!(hours("08:00", false), Some(8));
        assert_eq!(hours("day 2 08:00", false), Some(32));
        assert_eq!(hours("2022-04-06 08:00", false), Some(32));
        assert_eq!(hours("2022-04-06", false), Some(24));
        assert_eq!(hours("2022-04-06", true), Some(48));
        assert_eq!(hours("day 1", true), Some(24));
        assert_eq!(hours("2022-04-04 12:00", false), Some(-12));
        for wrong in ["", "day", "day 0", "day two", "2022-04-31", "8 o'clock", "day 2 08:00 h", "25:61"] {
            assert_eq!(instant(wrong, first, false), None, "{wrong}");
        }
    }
}
