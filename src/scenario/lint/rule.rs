//! Rules that cannot be meant as they stand: leaving where nobody can leave, and rules that never
//! come to bear.

use std::collections::{BTreeMap, BTreeSet};

use super::{Flows, all_classes};
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::network::{
    Arrivals, BorderWait, ClassId, Downtime, Full, Group, GroupId, Network, Station, StationId, Steps, Target,
};
use crate::scenario::check::{Findings, listed};
use crate::scenario::file::{ByTime, Study};

/// Warnings about the rules of stations, groups, failures and streams.
pub(super) fn rules(study: &Study, network: &Network, flows: &Flows, findings: &mut Findings) {
    leaving(network, findings);
    for (id, station) in network.stations.iter().enumerate() {
        priority(station, StationId(id as u16), flows, network, findings);
        patience(station, network, findings);
    }
    for group in &network.groups {
        overflow(group, network, findings);
    }
    for failure in &network.failures {
        let Downtime::Random { up, repair, .. } = &failure.when else { continue };
        if repair.mean() > up.mean() {
            let path = format!("failure.{}.repair", failure.name);
            let message = format!("`{}` keeps lanes down longer than up", failure.name);
            let label = format!("{} after {} on average", in_minutes(repair.mean()), in_minutes(up.mean()));
            findings.warning("W0423", &path, message, label, "look whether `up` and `repair` were exchanged");
        }
    }
    rooms_beside_roads(network, findings);
    diversion(network, findings);
    appointments(study, network, findings);
}

fn in_minutes(time: SimDuration) -> String {
    format!("{:.0} min", time.seconds() / 60.0)
}

/// Trucks cannot turn round between the walls of a bridge.
fn leaving(network: &Network, findings: &mut Findings) {
    let confined = confined(network);
    for (station, by) in network.stations.iter().zip(&confined) {
        let Some(road) = by else { continue };
        let keys = [
            ("patience", station.patience.iter().any(Option::is_some)),
            ("balking", station.balking.iter().any(Option::is_some)),
        ];
        for (key, _) in keys.iter().filter(|key| key.1) {
            let path = format!("station.{}.{key}", station.name);
            let message = format!("trucks leave at `{}`, behind road `{road}`", station.name);
            let label = "a road with limited room leads here: nobody can leave a bridge";
            let help = "ask it at the station before the road, or leave it if there is a way out";
            findings.warning("W0421", &path, message, label, help);
        }
    }
}

/// By station: the road with limited room that every truck which comes here has passed last, if
/// there is one.
fn confined(network: &Network) -> Vec<Option<&str>> {
    let stations = network.stations.len();
    let mut confined: Vec<Option<&str>> = vec![None; stations + network.roads.len()];
    for (place, road) in network.roads.iter().enumerate().filter(|(_, road)| road.room.is_some()) {
        confined[stations + place] = Some(&road.name);
    }
    let node = |target: Target| match target {
        Target::Exit => None,
        Target::Station(station) => Some(station.index()),
        Target::Road(road) => Some(stations + road.index()),
    };
    // By node: which nodes lead to it.
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); confined.len()];
    for (place, station) in network.stations.iter().enumerate() {
        let targets = station.routes.iter().flat_map(|route| route.branches.iter().map(|branch| branch.1));
        let targets = targets.chain(match station.full {
            Full::Divert(target) => Some(target),
            Full::Block | Full::TurnAway => None,
        });
        targets.filter_map(node).for_each(|next| before[next].push(place));
    }
    for (place, road) in network.roads.iter().enumerate() {
        node(road.next).into_iter().for_each(|next| before[next].push(stations + place));
    }
    let entered: Vec<usize> = network.streams.iter().map(|stream| stream.entry.index()).collect();
    // Each round confines what lies one step further.
    for _ in 0..confined.len() {
        for place in 0..confined.len() {
            let open = confined[place].is_some() || entered.contains(&place) || before[place].is_empty();
            if !open && before[place].iter().all(|from| confined[*from].is_some() || *from == place) {
                confined[place] = before[place].iter().find_map(|from| confined[*from]);
            }
        }
    }
    confined.truncate(stations);
    confined
}

fn priority(station: &Station, id: StationId, flows: &Flows, network: &Network, findings: &mut Findings) {
    if station.priority.is_empty() {
        return;
    }
    let coming: Vec<ClassId> =
        all_classes(network).filter(|class| flows.total(id.index(), *class) > 0.0).collect();
    let rank = |class: &ClassId| station.priority[class.index()];
    // Classes meet where some group serves both.
    let meets = |a: &ClassId, b: &ClassId| {
        let mut groups = network.groups_of(id).map(|group| &network.groups[group.index()].service);
        groups.any(|service| service[a.index()].is_some() && service[b.index()].is_some())
    };
    let differ = coming.iter().any(|a| coming.iter().any(|b| rank(a) < rank(b) && meets(a, b)));
    if !differ && coming.len() > 1 {
        let key = if station.preempt.is_some() { "preempt" } else { "priority" };
        let path = format!("station.{}.{key}", station.name);
        let message = format!("`{path}` changes nothing: no truck meets one of lower priority in a line");
        let names: Vec<&str> =
            coming.iter().map(|class| network.classes[class.index()].name.as_str()).collect();
        let label = format!("{} are alike in every line", listed(&names));
        let help = "name fewer classes, so that others come after them, or let them share lanes";
        findings.warning("W0422", &path, message, label, help);
    }
}

fn patience(station: &Station, network: &Network, findings: &mut Findings) {
    let mut told: Vec<(SimDuration, SimDuration)> = Vec::new();
    for (class, patience) in station.patience.iter().enumerate() {
        let Some(patience) = patience.as_ref().map(|law| law.mean()) else { continue };
        let move_up = station.choices[class]
            .first()
            .and_then(|group| network.groups[group.index()].move_up.as_ref())
            .map_or(SimDuration::ZERO, |move_up| move_up.mean());
        if patience < move_up && !told.contains(&(patience, move_up)) {
            told.push((patience, move_up));
            let path = format!("station.{}.patience", station.name);
            let message =
                format!("trucks wait {:.0} s at `{}` before they give up", patience.seconds(), station.name);
            let label = format!("less than moving up takes: {:.0} s", move_up.seconds());
            findings.warning("W0424", &path, message, label, "look at the unit: `s`, `min` or `h`");
        }
    }
}

fn overflow(group: &Group, network: &Network, findings: &mut Findings) {
    let Some(GroupId(into)) = group.overflow else { return };
    let into = &network.groups[usize::from(into)];
    if into.room == Some(0) && into.overflow.is_none() {
        let station = &network.stations[group.station.index()].name;
        let path = format!("station.{station}.lanes.{}.overflow", group.name);
        let message = format!("`{station}.{}` overflows into a group without waiting places", group.name);
        let label = format!("`{station}.{}` has `room = 0`", into.name);
        let help = "only a free lane would take them: give that group places, or let it overflow too";
        findings.warning("W0422", &path, message, label, help);
    }
}

/// Trucks that come by road wait on the road: places of the station's own are for those that come in
/// another way.
fn rooms_beside_roads(network: &Network, findings: &mut Findings) {
    let mut by_themselves: BTreeSet<StationId> = network.streams.iter().map(|stream| stream.entry).collect();
    let mut roads: BTreeMap<StationId, &str> = BTreeMap::new();
    for station in network.phases().flat_map(|phase| &phase.stations) {
        let diverts = match station.full {
            Full::Divert(target) => Some(target),
            Full::Block | Full::TurnAway => None,
        };
        let routes = station.routes.iter().flat_map(|route| route.branches.iter().map(|branch| branch.1));
        for target in routes.chain(diverts) {
            if let Target::Station(next) = target {
                by_themselves.insert(next);
            }
        }
    }
    for road in &network.roads {
        if let Target::Station(next) = road.next {
            roads.insert(next, &road.name);
        }
    }
    for (station, road) in roads.into_iter().filter(|(station, _)| !by_themselves.contains(station)) {
        let data = &network.stations[station.index()];
        if data.room.is_some() {
            let path = format!("station.{}.room", data.name);
            let message = format!("`{path}` changes nothing: trucks come to `{}` by road alone", data.name);
            let label = format!("they wait on `{road}`");
            let help = format!("say it of the road: `road.{road}.room` counts all who travel and wait on it");
            findings.warning("W0422", &path, message, label, help);
        }
        if data.full != Full::Block {
            let path = format!("station.{}.full", data.name);
            let message = format!("`{path}` changes nothing: trucks come to `{}` by road alone", data.name);
            let label = format!("who finds no place waits on `{road}`");
            let help = "say it of the station before the road, or let some trucks come without a road";
            findings.warning("W0422", &path, message, label, help);
        }
    }
}

fn diversion(network: &Network, findings: &mut Findings) {
    let Some(BorderWait { posted, .. }) = &network.border_wait else { return };
    let cap = posted.cap;
    for stream in &network.streams {
        let Some(diversion) = &stream.diversion else { continue };
        let first = diversion.shares.iter().find(|row| row.1 > 0.0).map(|row| row.0);
        let label = match (first, cap) {
            (None, _) => "no share above 0 %".to_owned(),
            (Some(first), Some(cap)) if first > cap => {
                format!("from {} on, and at most {} is posted", in_minutes(first), in_minutes(cap))
            }
            (Some(_), _) if posted.lag >= network.run_length => {
                let path = "border_wait.posted";
                let message = format!("no truck of `{}` ever goes elsewhere", stream.name);
                let help = "look at the unit of `lag`, or make `run_length` longer";
                findings.warning("W0422", path, message, "nothing is posted before the run ends", help);
                continue;
            }
            (Some(_), _) => continue,
        };
        let path = format!("demand.{}.divert", stream.name);
        let message = format!("no truck of `{}` ever goes elsewhere", stream.name);
        let help = "lower the first wait, or raise `at most` in `border_wait.posted`";
        findings.warning("W0422", &path, message, label, help);
    }
}

fn appointments(study: &Study, network: &Network, findings: &mut Findings) {
    let run_end = SimTime::ZERO + network.run_length;
    for stream in &network.streams {
        let Arrivals::Appointments { booked, early, show_up, .. } = &stream.arrivals else { continue };
        let path = format!("demand.{}.appointments", stream.name);
        if booked.is_empty() {
            // A book that is zero throughout is one that another scenario fills.
            let table = study.demand.get(&stream.name).and_then(|demand| demand.appointments.as_ref());
            let Some(ByTime::Time(rows)) = table else { continue };
            if rows.iter().all(|(_, trucks)| trucks.0 == 0) {
                continue;
            }
            let message = format!("`{}` books no truck in this run", stream.name);
            let label = "every row that holds in the run has no trucks, or no slot begins in it";
            let help = "look at the days and times of the table, and at `slot`";
            findings.warning("W0422", &path, message, label, help);
            continue;
        }
        // Those who come on average after the end are no part of the run.
        let after = show_up.as_ref().map_or(SimDuration::ZERO, |law| law.mean());
        if *booked.last().expect("it is not empty") - *early + after >= run_end {
            let late = booked.iter().filter(|at| **at - *early + after >= run_end).count();
            let message = format!(
                "{late} of the {} appointments of `{}` are kept after the end of the run",
                booked.len(),
                stream.name
            );
            findings.warning(
                "W0412",
                &path,
                message,
                "left out",
                "make `run_length` longer, or book earlier",
            );
        }
    }
}

/// Share of time in which lanes of a group are not down, over time; lanes that are slowed count by
/// their pace.
pub(super) fn availability(network: &Network, group: GroupId) -> Steps<f64> {
    let mut up = network.groups[group.index()].slowed.clone().unwrap_or_else(|| Steps::constant(1.0));
    for failure in network.failures.iter().filter(|failure| failure.groups.contains(&group)) {
        up = match &failure.when {
            Downtime::Windows(down) => super::zip(&up, down, |up, down| if *down { 0.0 } else { *up }),
            Downtime::Random { up: between, repair, .. } => {
                let (between, repair) = (between.mean().seconds(), repair.mean().seconds());
                let share = if between > 0.0 { between / (between + repair) } else { 0.0 };
                Steps::new(up.steps.into_iter().map(|(at, up)| (at, up * share)))
            }
        };
    }
    up
}
