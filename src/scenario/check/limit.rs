//! Whether counts and times keep to their limits.
//!
//! What a single phrase can tell was checked when it was read; here is what takes a whole study. The
//! limits themselves are in `scenario::limit`. Start at [`check`].

use super::super::file::Study;
use super::super::limit::{
    MOST_CLASSES, MOST_COUNTED, MOST_DAYS, MOST_FAILURES, MOST_GROUPS, MOST_LANES, MOST_POOLS, MOST_ROADS,
    MOST_STATIONS, MOST_STREAMS,
};
use super::super::phrase::{RunLength, Servers, Spread};
use super::Findings;
use crate::kernel::time::SimDuration;

/// Reports every count and time beyond its limit.
pub fn check(study: &Study, findings: &mut Findings) {
    let tables = [
        ("class", study.class.len(), MOST_CLASSES, "classes"),
        ("station", study.station.len(), MOST_STATIONS, "stations"),
        ("road", study.road.len(), MOST_ROADS, "roads"),
        ("demand", study.demand.len(), MOST_STREAMS, "demand streams"),
        ("officers", study.officers.len(), MOST_POOLS, "officer pools"),
        ("failure", study.failure.len(), MOST_FAILURES, "failures"),
    ];
    for (path, count, most, what) in tables {
        if count > most {
            let message = format!("{count} {what} are too many");
            findings.error(
                "E0350",
                path,
                message,
                format!("at most {most} {what}"),
                "put like with like, or split the study",
            );
        }
    }
    for (path, count, what) in [
        ("class", study.class.len(), "class"),
        ("station", study.station.len(), "station"),
        ("demand", study.demand.len(), "demand stream"),
    ] {
        if count == 0 {
            let help = format!("add a table `[{path}.NAME]`");
            findings.error("E0350", path, format!("a study needs at least one {what}"), "", help);
        }
    }
    check_run_length("study.run_length", study.study.run_length, 1, findings);
    if let Some(warm_up) = study.study.warm_up {
        check_run_length("study.warm_up", warm_up, 0, findings);
    }
    for (name, station) in &study.station {
        if station.lanes.is_empty() || station.lanes.len() > MOST_GROUPS {
            let path = format!("station.{name}.lanes");
            let message = format!("`{name}` has {} lane groups", station.lanes.len());
            let help = "write `lanes.all = { servers = 4 }`";
            findings.error("E0350", &path, message, format!("1 to {MOST_GROUPS} lane groups"), help);
        }
        for (group, lanes) in &station.lanes {
            if let Servers::Lanes(built) = lanes.servers {
                let path = format!("station.{name}.lanes.{group}.servers");
                let help =
                    "for a yard without limit write `\"unlimited\"`; to take a group away leave it out";
                check_count(&path, built, 1, MOST_LANES, "lanes", help, findings);
            }
            if let Some(room) = lanes.room {
                let path = format!("station.{name}.lanes.{group}.room");
                check_count(&path, room.0, 0, MOST_COUNTED, "places", "", findings);
            }
        }
        if let Some(room) = station.room {
            check_count(&format!("station.{name}.room"), room.0, 0, MOST_COUNTED, "places", "", findings);
        }
    }
    for (name, road) in &study.road {
        check_count(&format!("road.{name}.lanes"), road.lanes.0, 1, MOST_LANES, "lanes", "", findings);
        if let Some(room) = road.room {
            check_count(&format!("road.{name}.room"), room.0, 1, MOST_COUNTED, "places", "", findings);
        }
        if let Some(Spread::Places(split)) = road.split {
            check_count(&format!("road.{name}.split"), split, 1, MOST_COUNTED, "places", "", findings);
        }
    }
    for (name, demand) in &study.demand {
        if let Some(trucks) = demand.at_start {
            check_count(
                &format!("demand.{name}.at_start"),
                trucks.0,
                0,
                MOST_COUNTED,
                "trucks",
                "",
                findings,
            );
        }
    }
}

fn check_count(
    path: &str,
    count: u32,
    least: u32,
    most: u32,
    what: &str,
    help: &str,
    findings: &mut Findings,
) {
    if !(least..=most).contains(&count) {
        let message = format!("`{path}` cannot be {count}");
        let help = if help.is_empty() { "look for a digit too many or too few" } else { help };
        findings.error("E0350", path, message, format!("{least} to {most} {what}"), help);
    }
}

fn check_run_length(path: &str, length: RunLength, least: u32, findings: &mut Findings) {
    let longest = SimDuration::from_hours(24 * i64::from(MOST_DAYS));
    let right = match length {
        RunLength::Days(days) => (least..=MOST_DAYS).contains(&days),
        RunLength::Time(time) => time >= SimDuration::from_secs(i64::from(least)) && time <= longest,
    };
    if !right {
        let label = if least == 0 { "at most ten years" } else { "1 second to ten years" };
        findings.error(
            "E0350",
            path,
            format!("`{path}` is out of range"),
            label,
            "write `\"1 day\"` or `\"36 h\"`",
        );
    }
}

/// A length of time that is safe to compute with, where the written one is out of range.
pub fn clamped(length: RunLength) -> RunLength {
    match length {
        RunLength::Days(days) => RunLength::Days(days.min(MOST_DAYS)),
        RunLength::Time(time) => {
            RunLength::Time(time.min(SimDuration::from_hours(24 * i64::from(MOST_DAYS))))
        }
    }
}
