//! Keys that change nothing where they stand: rules of a line where nobody waits, tables without rows,
//! events that set nothing.
//!
//! Told only of what no other scenario could mean by keeping the key at its neutral value (a share of
//! 0 %, a pace of 100 %): those are places for a scenario to change.

use super::closed;
use crate::model::network::{Network, StationId};
use crate::scenario::check::Findings;
use crate::scenario::file::{BalkingShare, FreeLane, Station, Study};
use crate::scenario::phrase::{FullPhrase, Servers};

/// Warnings about keys that change nothing.
pub(super) fn idle(study: &Study, network: &Network, findings: &mut Findings) {
    for (id, data) in network.stations.iter().enumerate() {
        let Some(station) = study.station.get(&data.name) else { continue };
        empty_tables(&data.name, station, findings);
        open_yard(&data.name, station, StationId(id as u16), network, findings);
    }
    for (name, event) in study.event.iter().filter(|(_, event)| event.set.is_empty()) {
        let path = format!("event.{name}.set");
        let message = format!("event `{name}` changes nothing");
        let happens = if event.happens { "while it holds all is as before" } else { "even where it happens" };
        findings.warning("W0422", &path, message, happens, "say what it sets, or leave the event out");
    }
}

/// Tables without a row.
fn empty_tables(name: &str, station: &Station, findings: &mut Findings) {
    let mut tables = vec![
        ("pace_by_queue".to_owned(), station.pace_by_queue.as_ref().is_some_and(|table| table.is_empty())),
        ("pace_by_open".to_owned(), station.pace_by_open.as_ref().is_some_and(|table| table.is_empty())),
        ("balking".to_owned(), station.balking.as_ref().is_some_and(|table| table.is_empty())),
    ];
    for (class, share) in station.balking.iter().flatten() {
        if let BalkingShare::Class(rows) = share {
            tables.push((format!("balking.{class}"), rows.is_empty()));
        }
    }
    for (key, _) in tables.iter().filter(|table| table.1) {
        let path = format!("station.{name}.{key}");
        let message = format!("`{path}` has no rows");
        findings.warning("W0422", &path, message, "changes nothing", "add a row, or leave the table out");
    }
}

/// In a yard without limit that is always open everyone starts at once.
fn open_yard(name: &str, station: &Station, id: StationId, network: &Network, findings: &mut Findings) {
    let ever_closed = |phase: &Network| closed(phase, id).steps.iter().any(|step| step.1);
    let unlimited = station.lanes.values().all(|lanes| lanes.servers == Servers::Unlimited);
    if !unlimited || network.phases().any(ever_closed) {
        return;
    }
    let mut keys = vec![
        ("room".to_owned(), station.room.is_some()),
        ("full".to_owned(), station.full != FullPhrase::Block),
        ("priority".to_owned(), station.priority.is_some()),
        ("preempt".to_owned(), station.preempt.is_some()),
        ("patience".to_owned(), station.patience.is_some()),
        ("balking".to_owned(), station.balking.is_some()),
        ("move_up".to_owned(), station.move_up.is_some()),
        ("free_lane".to_owned(), station.free_lane != FreeLane::Lowest),
    ];
    for (group, lanes) in &station.lanes {
        keys.push((format!("lanes.{group}.room"), lanes.room.is_some()));
        keys.push((format!("lanes.{group}.overflow"), lanes.overflow.is_some()));
        keys.push((format!("lanes.{group}.move_up"), lanes.move_up.is_some()));
    }
    for (key, _) in keys.iter().filter(|key| key.1) {
        let path = format!("station.{name}.{key}");
        let message = format!("`{path}` changes nothing: nobody waits in a yard without limit");
        let key = key.rsplit('.').next().unwrap_or(key);
        let help = format!("give the yard a number of `servers`, or leave `{key}` out");
        findings.warning("W0422", &path, message, "everyone starts at once", help);
    }
}
