//! One network of the stretches of time between the edges of events.
//!
//! Each stretch was compiled by itself. Functions of time are put together piece by piece and stand
//! in every stretch; laws, routes, shares, rooms and thresholds stay those of their stretch (see
//! `Network::later`). What a crossing is made of must be the same in all. Start at [`timeline`] and
//! [`joined`].

use std::collections::BTreeSet;

use super::super::calendar::Clock;
use super::super::check::flow;
use super::super::file::Study;
use super::super::resolve::{Later, Resolved};
use crate::kernel::time::SimTime;
use crate::model::network::{
    Arrivals, Downtime, LanePlan, LineLayout, Network, Screening, Station, Steps, Want,
};

/// From when on which stretch holds: 0 is the time before the first of `later`.
pub(super) fn timeline(clock: &Clock, later: &[Later]) -> Steps<usize> {
    let edges = later.iter().enumerate().map(|(place, stretch)| (stretch.from, place + 1));
    let rows: Vec<(i64, usize)> = std::iter::once((i64::MIN, 0)).chain(edges).collect();
    clock.steps(&rows, clock.tables_until())
}

/// Events of which no stretch lies within the run length, though they happen.
pub(super) fn outside<'a>(resolved: &'a Resolved, timeline: &Steps<usize>, run_end: SimTime) -> Vec<&'a str> {
    let held: BTreeSet<&String> = timeline
        .steps
        .iter()
        .filter(|(from, stretch)| *from < run_end && *stretch > 0)
        .flat_map(|(_, stretch)| &resolved.later[stretch - 1].events)
        .collect();
    let named: BTreeSet<&String> = resolved.later.iter().flat_map(|stretch| &stretch.events).collect();
    named.difference(&held).map(|name| name.as_str()).collect()
}

/// The path of something that differs between two stretches though no event may change it: the
/// crossing is built the same at all times.
pub(super) fn changed_structure(before: &Resolved, during: &Resolved) -> Option<String> {
    added(&before.study, &during.study).or_else(|| {
        let changes = super::super::plan::changes(&before.origins, &during.origins);
        changes.into_iter().map(|(path, _, _)| path).find(|path| is_fixed(path))
    })
}

/// A section that stands in one of two studies only.
fn added(before: &Study, during: &Study) -> Option<String> {
    fn names<'a, V>(prefix: &str, map: impl IntoIterator<Item = (&'a String, &'a V)>) -> BTreeSet<String>
    where
        V: 'a,
    {
        map.into_iter().map(|(name, _)| format!("{prefix}.{name}")).collect()
    }
    let all = |study: &Study| -> BTreeSet<String> {
        let mut all = names("class", &study.class);
        all.extend(names("demand", &study.demand));
        all.extend(names("station", &study.station));
        for (name, station) in &study.station {
            all.extend(names(&format!("station.{name}.lanes"), &station.lanes));
        }
        all.extend(names("road", &study.road));
        all.extend(names("officers", &study.officers));
        for (name, officers) in &study.officers {
            all.extend(names(&format!("officers.{name}.rule"), &officers.rule));
        }
        all.extend(names("failure", &study.failure));
        all.extend(names("violation", &study.violation));
        all.extend(study.manifest.iter().map(|_| "manifest".to_owned()));
        all
    };
    all(before).symmetric_difference(&all(during)).next().cloned()
}

/// Whether the value of a path is the same at all times.
fn is_fixed(path: &str) -> bool {
    let keys: Vec<&str> = path.split('.').collect();
    match keys.as_slice() {
        ["class", _, key, ..] => !matches!(*key, "share" | "certified" | "consignments"),
        ["demand", _, key, ..] => matches!(
            *key,
            "entry"
                | "trace"
                | "class"
                | "at_start"
                | "day_factor"
                | "day_factor_name"
                | "slot"
                | "early"
                | "show_up"
                | "no_show"
        ),
        ["station", _, key, ..] => matches!(*key, "queue" | "free_lane" | "clears" | "release"),
        ["manifest", "quality", ..] => true,
        ["failure", _, key, ..] => matches!(*key, "lanes" | "clock"),
        ["road", _, key, ..] => matches!(*key, "next" | "lanes" | "overtaking"),
        _ => false,
    }
}

/// The network of all stretches: (from when on, the crossing then), the first from time zero.
///
/// # Errors
/// The path of a value that is of another kind in one stretch than in another.
pub(super) fn joined(mut parts: Vec<(SimTime, Network)>) -> Result<Network, String> {
    let first = &parts[0].1;
    let (streams, groups, pools) = (first.streams.len(), first.groups.len(), first.pools.len());
    for place in 0..streams {
        let of = |network: &Network, key: &str| format!("demand.{}.{key}", network.streams[place].name);
        join(&mut parts, |network| match &mut network.streams[place].arrivals {
            Arrivals::Field { batches_per_hour, .. } => Some(batches_per_hour),
            _ => None,
        })
        .ok_or_else(|| of(&parts[0].1, "volume"))?;
        join_appointments(&mut parts, place).ok_or_else(|| of(&parts[0].1, "appointments"))?;
    }
    for place in 0..groups {
        let of = |network: &Network, key: &str| {
            let (station, group) = (network.groups[place].station, &network.groups[place].name);
            format!("station.{}.lanes.{group}.{key}", network.stations[station.index()].name)
        };
        join(&mut parts, |network| match &mut network.groups[place].plan {
            LanePlan::Table(lanes) => Some(lanes),
            LanePlan::Officers(..) => None,
        })
        .ok_or_else(|| of(&parts[0].1, "open"))?;
        build_most(&mut parts, place).ok_or_else(|| of(&parts[0].1, "servers"))?;
        serve_who_stands_there(&mut parts, place);
    }
    for place in 0..pools {
        join(&mut parts, |network| Some(&mut network.pools[place].on_duty));
        join(&mut parts, |network| Some(&mut network.pools[place].on_break));
        for member in 0..parts[0].1.pools[place].members.len() {
            join(&mut parts, |network| Some(&mut network.pools[place].members[member].open));
            join(&mut parts, |network| match &mut network.pools[place].members[member].want {
                Want::Table(lanes) => Some(lanes),
                Want::Rule { .. } => None,
            })
            .ok_or_else(|| {
                let network = &parts[0].1;
                let pool = &network.pools[place];
                format!("officers.{}.rule.{}", pool.name, network.group_name(pool.members[member].group))
            })?;
        }
    }
    for place in 0..parts[0].1.failures.len() {
        join(&mut parts, |network| match &mut network.failures[place].when {
            Downtime::Windows(windows) => Some(windows),
            Downtime::Random { .. } => None,
        })
        .ok_or_else(|| format!("failure.{}", parts[0].1.failures[place].name))?;
    }
    let counted = parts.iter().skip(1).any(|part| !same_ways(&parts[0].1, &part.1));
    for (_, network) in &mut parts {
        if let Some(security) = &mut network.security {
            security.counted = counted;
        }
    }
    flow::mark_loops(&mut parts.iter_mut().map(|(_, network)| network).collect::<Vec<_>>());
    let mut parts = parts.into_iter();
    let (_, mut whole) = parts.next().expect("there is a stretch before the first event");
    whole.later = parts.collect();
    Ok(whole)
}

/// Whether trucks go the same ways in two stretches, and the same is looked for.
fn same_ways(one: &Network, other: &Network) -> bool {
    let looks = |screening: &Screening| Screening { expected: Vec::new(), ..screening.clone() };
    let looks = |station: &Station| station.screening.as_deref().map(looks);
    let mut pairs = one.stations.iter().zip(&other.stations);
    pairs.all(|(one, other)| one.routes == other.routes && looks(one) == looks(other))
}

/// Puts a function of time together from its pieces and gives all of it to every stretch. `None`
/// when only some of them have one; where none has, nothing is done.
fn join<T: Clone + PartialEq>(
    parts: &mut [(SimTime, Network)],
    mut function: impl FnMut(&mut Network) -> Option<&mut Steps<T>>,
) -> Option<()> {
    let having = parts.iter_mut().filter_map(|(_, network)| function(network)).count();
    if having == 0 {
        return Some(());
    }
    let mut rows: Vec<(SimTime, T)> = Vec::new();
    for place in 0..parts.len() {
        let from = parts[place].0;
        let to = parts.get(place + 1).map_or(SimTime::MAX, |next| next.0);
        let steps = function(&mut parts[place].1)?;
        if place > 0 {
            rows.push((from, steps.at(from).clone()));
        }
        let inside = steps.steps.iter().filter(|(at, _)| *at < to && (place == 0 || *at > from));
        rows.extend(inside.cloned());
    }
    let whole = Steps::new(rows);
    for (_, network) in parts {
        *function(network)? = whole.clone();
    }
    Some(())
}

/// Appointments are those that each stretch books within it.
fn join_appointments(parts: &mut [(SimTime, Network)], stream: usize) -> Option<()> {
    fn booked(network: &mut Network, stream: usize) -> Option<&mut Vec<SimTime>> {
        match &mut network.streams[stream].arrivals {
            Arrivals::Appointments { booked, .. } => Some(booked),
            _ => None,
        }
    }
    if parts.iter_mut().all(|(_, network)| booked(network, stream).is_none()) {
        return Some(());
    }
    let mut all = Vec::new();
    for place in 0..parts.len() {
        let from = if place == 0 { SimTime::ZERO } else { parts[place].0 };
        let to = parts.get(place + 1).map_or(SimTime::MAX, |next| next.0);
        let here = booked(&mut parts[place].1, stream)?;
        all.extend(here.iter().copied().filter(|at| from <= *at && *at < to));
    }
    for (_, network) in parts {
        booked(network, stream)?.clone_from(&all);
    }
    Some(())
}

/// Lanes built are the most that any stretch has: beyond its own number a stretch opens none.
/// `None` when some of them are yards.
fn build_most(parts: &mut [(SimTime, Network)], group: usize) -> Option<()> {
    let built = |(_, network): &(SimTime, Network)| network.groups[group].lanes;
    let yards = parts.iter().filter(|part| built(part).is_none()).count();
    if yards > 0 {
        return (yards == parts.len()).then_some(());
    }
    let most = parts.iter().filter_map(built).max();
    parts.iter_mut().for_each(|(_, network)| network.groups[group].lanes = most);
    Some(())
}

/// Who stands in the line of a group when it stops accepting the class is still served there. In a
/// line that groups share another group serves the truck.
fn serve_who_stands_there(parts: &mut [(SimTime, Network)], group: usize) {
    let station = parts[0].1.groups[group].station.index();
    if parts[0].1.stations[station].line == LineLayout::Shared {
        return;
    }
    for class in 0..parts[0].1.classes.len() {
        let law = parts.iter().find_map(|(_, network)| network.groups[group].service[class].clone());
        for (_, network) in parts.iter_mut() {
            let here = &mut network.groups[group].service[class];
            *here = here.take().or_else(|| law.clone());
        }
    }
}
