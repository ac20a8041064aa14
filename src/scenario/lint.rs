//! Warnings about studies that can be run but deserve a look: W04xx.
//!
//! Most compare demand with capacity by arithmetic: trucks per hour by class and route (traffic
//! equations) against lanes × 3600 ÷ (mean service + move-up). No truck is simulated: a queue that
//! forms inside an hour, or because a road is full, is not seen here. Start at
//! [`capacity_by_hour`] for the table and [`lint`] for the warnings.

mod capacity;
mod idle;
mod rule;

pub use capacity::{Capacity, capacity_by_hour};

use std::collections::BTreeSet;

use super::build::integral;
use super::check::Findings;
use super::check::flow::is_aside;
use super::diagnostic::Diagnostic;
use super::file::{ByTime, Open, Study};
use super::phrase::SharePhrase;
use super::plan::changes;
use super::resolve::Resolved;
use super::schedule::zip;
use crate::dist::CountSampler;
use crate::kernel::time::SimTime;
use crate::model::calendar::Period;
use crate::model::network::{
    Arrivals, ClassId, Full, Group, GroupId, LanePlan, Network, StationId, Steps, Stream, Target,
};
use capacity::{Flows, by_period, lane_range};

/// Trucks that should lie beyond a quantile for it to be quoted.
const BEYOND_QUANTILE: f64 = 10.0;

/// Mean services of two classes further apart than this are looked at: a trusted truck may take a fourth of
/// the time of another, but seconds for minutes are sixty times off.
const SERVICE_RATIO: f64 = 5.0;

/// Warnings about one scenario; `baseline` is absent for the baseline itself.
pub fn lint(
    resolved: &Resolved,
    network: &Network,
    baseline: Option<(&Resolved, &Network)>,
) -> Vec<Diagnostic> {
    let mut findings = Findings::new(&resolved.origins);
    let flows = Flows::new(network);
    demand_above_capacity(network, &mut findings);
    demand_while_closed(network, &flows, resolved, &mut findings);
    short_roads(network, &flows, &mut findings);
    places_without_trucks(network, &flows, &mut findings);
    far_service_times(&resolved.study, network, &flows, &mut findings);
    few_trucks_for_quantiles(&resolved.study, &flows, &mut findings);
    for (name, road) in resolved.study.road.iter().zip(&network.roads).map(|((name, _), road)| (name, road)) {
        if road.overtaking && !road.travel.is_random() {
            let path = format!("road.{name}.overtaking");
            let message = format!("nobody overtakes on `{name}`: all take the same time");
            findings.warning(
                "W0413",
                &path,
                message,
                "changes nothing",
                "give `travel` a distribution, or leave it out",
            );
        }
    }
    rule::rules(&resolved.study, network, &flows, &mut findings);
    idle::idle(&resolved.study, network, &mut findings);
    unknown_sources(resolved, &mut findings);
    if let Some((base, base_network)) = baseline {
        changes_without_effect(resolved, network, base, base_network, &mut findings);
    }
    findings.into_list()
}

fn demand_above_capacity(network: &Network, findings: &mut Findings) {
    let table = capacity_by_hour(network);
    let hours = by_period(network, &Steps::constant(1.0));
    let mut told: BTreeSet<GroupId> = BTreeSet::new();
    // What is told of one group is not told again of the groups it shares trucks with.
    let mut sets: Vec<&[Capacity]> = table.chunk_by(|a, b| a.groups == b.groups).collect();
    sets.sort_by_key(|rows| rows[0].groups.len());
    for rows in sets {
        let groups = &rows[0].groups;
        let group = &network.groups[groups[0].index()];
        // Trucks that come before a station opens are another warning's business.
        let closed = closed(network, group.station).steps.into_iter();
        let closed = Steps::new(closed.map(|(at, closed)| (at, f64::from(u8::from(closed)))));
        let closed = by_period(network, &closed);
        let is_over = |row: &Capacity| row.demand > row.most * (1.0 + 1e-9);
        let is_open = |row: &Capacity| {
            let period = usize::from(row.period.0);
            closed[period] < hours[period] || row.most > 0.0
        };
        let over: Vec<&Capacity> = rows.iter().filter(|row| is_over(row) && is_open(row)).collect();
        let excess = |row: &Capacity| row.demand - row.most;
        let Some(peak) = over.iter().copied().reduce(|a, b| if excess(b) > excess(a) { b } else { a }) else {
            continue;
        };
        if groups.iter().any(|group| told.contains(group)) {
            continue;
        }
        told.extend(groups);
        let name = peak.name(network);
        let (station, lanes) = (&network.stations[group.station.index()].name, &group.name);
        let message = format!(
            "demand exceeds capacity at `{name}` in {} of {} hours: {}",
            over.len(),
            rows.len(),
            hours_text(network, &over)
        );
        let (_, hour) = network.calendar.day_and_hour(peak.period);
        let label =
            format!("at {hour:02}:00 {:.0} trucks/h come, {:.0} can be served", peak.demand, peak.most);
        let path = format!("station.{station}.lanes.{lanes}.servers");
        let help = if may_leave(network, group) {
            "the queue grows over these hours, until trucks leave or find no place: look at the outcomes"
        } else {
            "the queue grows over these hours: results depend on how long they last"
        };
        findings.warning("W0401", &path, message, label, help);
    }
}

/// Whether trucks that come to a group may not stay there.
fn may_leave(network: &Network, group: &Group) -> bool {
    let station = &network.stations[group.station.index()];
    station.full != Full::Block
        || station.patience.iter().any(Option::is_some)
        || station.balking.iter().any(Option::is_some)
        || network.streams.iter().any(|stream| stream.diversion.is_some())
}

/// `from 08:00 to 11:00, from 14:00 to 15:00`, cut after three stretches.
fn hours_text(network: &Network, rows: &[&Capacity]) -> String {
    let mut stretches: Vec<(u16, u16)> = Vec::new();
    for row in rows {
        match stretches.last_mut() {
            Some(last) if last.1 == row.period.0 => last.1 += 1,
            _ => stretches.push((row.period.0, row.period.0 + 1)),
        }
    }
    let several_days = network.calendar.days_apart() && network.calendar.days > 1;
    let time = |period: u16, end: bool| {
        let (day, hour) = network.calendar.day_and_hour(Period(period - u16::from(end)));
        let hour = hour + u32::from(end);
        if several_days { format!("day {} {hour:02}:00", day + 1) } else { format!("{hour:02}:00") }
    };
    let text = |(from, to): &(u16, u16)| format!("from {} to {}", time(*from, false), time(*to, true));
    let mut texts: Vec<String> = stretches.iter().take(3).map(text).collect();
    if stretches.len() > 3 {
        texts.push("...".to_owned());
    }
    texts.join(", ")
}

/// When a station has no lane that could be open, over time.
fn closed(network: &Network, station: StationId) -> Steps<bool> {
    let mut closed = Steps::constant(true);
    for group in network.groups_of(station) {
        let group = &network.groups[group.index()];
        closed = match &group.plan {
            LanePlan::Table(lanes) => zip(&closed, lanes, |closed, lanes| *closed && *lanes == 0),
            LanePlan::Officers(pool, member) => {
                let open = &network.pools[pool.index()].members[*member].open;
                zip(&closed, open, |closed, open| *closed && !open)
            }
        };
    }
    closed
}

/// Trucks of a stream that arrive at such times; those that stand there at the start are meant to.
fn arriving(network: &Network, stream: &Stream, when: &Steps<bool>) -> f64 {
    let run_end = SimTime::ZERO + network.run_length;
    let of_rate = |rate: &Steps<f64>, batch: &Option<CountSampler>| {
        let then = zip(rate, when, |rate, when| if *when { *rate } else { 0.0 });
        integral(&then, run_end) * batch.as_ref().map_or(1.0, CountSampler::mean)
    };
    match &stream.arrivals {
        Arrivals::Field { batches_per_hour, batch, .. } => of_rate(batches_per_hour, batch),
        Arrivals::Headways { headway, batch } => {
            of_rate(&Steps::constant(3600.0 / headway.mean().seconds()), batch)
        }
        Arrivals::Trace(trucks) => {
            trucks.iter().filter(|truck| truck.at < run_end && *when.at(truck.at)).count() as f64
        }
        Arrivals::Appointments { booked, no_show, .. } => {
            let then = booked.iter().filter(|at| **at < run_end && *when.at(**at)).count();
            then as f64 * (1.0 - no_show)
        }
        Arrivals::AtStart { .. } => 0.0,
    }
}

fn demand_while_closed(network: &Network, flows: &Flows, resolved: &Resolved, findings: &mut Findings) {
    for stream in &network.streams {
        let trucks = arriving(network, stream, &closed(network, stream.entry));
        if trucks >= 0.5 {
            let entry = &network.stations[stream.entry.index()].name;
            let message =
                format!("about {trucks:.0} trucks of `{}` arrive while `{entry}` is closed", stream.name);
            let path = format!("demand.{}.by_hour", stream.name);
            findings.warning(
                "W0403",
                &path,
                message,
                "they wait until it opens",
                "let demand follow the opening hours, or open longer",
            );
        }
    }
    for (i, station) in network.stations.iter().enumerate() {
        let closed_here = closed(network, StationId(i as u16));
        let mut trucks = 0.0;
        for (n, stream) in network.streams.iter().enumerate().filter(|(_, stream)| stream.entry.index() != i)
        {
            // Whoever waits at a closed entry comes when that opens.
            let closed_there = closed(network, stream.entry);
            let when = zip(&closed_here, &closed_there, |here, there| *here && !there);
            let visits: f64 = all_classes(network).map(|class| flows.visits(n, i, class)).sum();
            trucks += if visits > 0.0 { arriving(network, stream, &when) * visits } else { 0.0 };
        }
        if trucks >= 0.5 {
            let name = &station.name;
            let has_hours = resolved.study.station.get(name).is_some_and(|table| table.hours.is_some());
            let path = format!("station.{name}{}", if has_hours { ".hours" } else { "" });
            let message = format!("about {trucks:.0} trucks are on their way to `{name}` while it is closed");
            let label = "they wait until it opens, or block the way";
            let help = "open it as long as the stations before it, or let those close earlier";
            findings.warning("W0403", &path, message, label, help);
        }
    }
}

fn short_roads(network: &Network, flows: &Flows, findings: &mut Findings) {
    let hours = by_period(network, &Steps::constant(1.0));
    for (i, road) in network.roads.iter().enumerate() {
        let Some(room) = road.room else { continue };
        let mut trucks = vec![0.0; hours.len()];
        for class in all_classes(network) {
            let more = flows.by_period(network.stations.len() + i, class, hours.len());
            trucks.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        let per_hour = trucks
            .iter()
            .zip(&hours)
            .filter(|(_, hours)| **hours > 0.0)
            .map(|(trucks, hours)| trucks / hours);
        let peak = per_hour.fold(0.0, f64::max);
        let travelling = peak * road.travel.mean().seconds() / 3600.0;
        if travelling > f64::from(room) || room < road.lanes {
            let message = format!(
                "`{}` has room for {room} trucks, fewer than will be on it without any queue",
                road.name
            );
            let label = format!("{peak:.0} trucks/h fill {travelling:.0} places, on {} lanes", road.lanes);
            findings.warning(
                "W0404",
                &format!("road.{}", road.name),
                message,
                label,
                "check `room`, `length` and `travel`",
            );
        }
    }
}

fn all_classes(network: &Network) -> impl Iterator<Item = ClassId> + use<> {
    (0..network.classes.len()).map(|class| ClassId(class as u8))
}

fn places_without_trucks(network: &Network, flows: &Flows, findings: &mut Findings) {
    for (i, station) in network.stations.iter().enumerate() {
        let here = Target::Station(StationId(i as u16));
        let is_aside = network.phases().any(|phase| is_aside(phase, here));
        if all_classes(network).all(|class| flows.total(i, class) <= 0.0) {
            // Trucks come that find another place full: how many, only the simulation tells.
            if is_aside {
                continue;
            }
            let message = format!("no truck ever comes to `{}`", station.name);
            let path = format!("station.{}", station.name);
            let help = "route trucks to it, or leave it out";
            findings.warning("W0411", &path, message, "on no way of any truck", help);
            continue;
        }
        for group in network.groups_of(StationId(i as u16)) {
            let chosen = |phase: &Network, class: ClassId| {
                phase.stations[i].choices[class.index()].contains(&group) && flows.total(i, class) > 0.0
            };
            let comes = network.phases().any(|phase| all_classes(network).any(|class| chosen(phase, class)));
            let overflow = network.groups_of(StationId(i as u16));
            let into = |from: GroupId| {
                network.phases().any(|phase| phase.groups[from.index()].overflow == Some(group))
            };
            if !comes && !is_aside && !overflow.into_iter().any(into) {
                let name = &network.groups[group.index()].name;
                let message = format!("no truck that comes to `{}` may use `{name}`", station.name);
                let path = format!("station.{}.lanes.{name}", station.name);
                findings.warning(
                    "W0411",
                    &path,
                    message,
                    "accepts no class that comes",
                    "change `accepts`, or leave the group out",
                );
            }
        }
    }
}

/// Whether a class carries something. Where no class is a share of `laden`, all count as alike.
fn is_laden(study: &Study, class: &str) -> bool {
    let of_laden = |share: &SharePhrase| match share {
        SharePhrase::Of { of, .. } | SharePhrase::Rest { of: Some(of) } => of == "laden",
        SharePhrase::Rest { of: None } => false,
    };
    if !study.class.values().any(|class| of_laden(&class.share)) {
        return true;
    }
    let mut name = class;
    // As many steps as there are classes: circles have been told before.
    for _ in 0..study.class.len() {
        match study.class.get(name).map(|class| &class.share) {
            Some(SharePhrase::Of { of, .. } | SharePhrase::Rest { of: Some(of) }) => match of.as_str() {
                "laden" => return true,
                "trucks" => return false,
                parent => name = parent,
            },
            Some(SharePhrase::Rest { of: None }) => return true,
            None => return false,
        }
    }
    false
}

fn far_service_times(study: &Study, network: &Network, flows: &Flows, findings: &mut Findings) {
    for (i, station) in network.stations.iter().enumerate() {
        let mut means: Vec<(f64, &str)> = Vec::new();
        for (class, choices) in station.choices.iter().enumerate() {
            let id = ClassId(class as u8);
            let comes = flows.total(i, id);
            let service =
                choices.first().and_then(|group| network.groups[group.index()].service[class].as_ref());
            // An empty truck is quicker anywhere: that would be no slip.
            let laden = is_laden(study, &network.classes[class].name);
            if let (true, Some(service)) = (comes > 0.0 && laden, service) {
                means.push((service.mean().seconds(), &network.classes[class].name));
            }
        }
        means.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (Some(fast), Some(slow)) = (means.first(), means.last()) else { continue };
        if fast.0 > 0.0 && slow.0 > SERVICE_RATIO * fast.0 {
            let message = format!(
                "at `{}` class `{}` takes {:.0} s and class `{}` {:.0} s",
                station.name, slow.1, slow.0, fast.1, fast.0
            );
            let label = format!("{:.1} times as long", slow.0 / fast.0);
            findings.warning(
                "W0408",
                &format!("station.{}.service.{}", station.name, slow.1),
                message,
                label,
                "check the units of both",
            );
        }
    }
}

fn few_trucks_for_quantiles(study: &Study, flows: &Flows, findings: &mut Findings) {
    let trucks: f64 = flows.entering();
    let goals = study.goals.keys().map(|measure| (format!("goals.{measure}"), measure));
    let target = study.precision.target.iter().map(|target| ("precision.target".to_owned(), &target.measure));
    for (path, measure) in goals.chain(target) {
        let level = match measure.rsplit('.').next() {
            Some("p90") => 0.90,
            Some("p95") => 0.95,
            Some("p99") => 0.99,
            _ => continue,
        };
        let beyond = trucks * (1.0 - level);
        if beyond < BEYOND_QUANTILE {
            let message = format!("`{measure}` rests on about {trucks:.0} trucks a replication");
            let label = format!("{beyond:.1} trucks lie beyond it");
            findings.warning("W0407", &path, message, label, "take a lower quantile or a longer run");
        }
    }
}

fn unknown_sources(resolved: &Resolved, findings: &mut Findings) {
    for path in resolved.study.source.keys() {
        let below = format!("{path}.");
        let known = resolved.origins.paths().any(|known| known == path || known.starts_with(&below));
        if !known && resolved.origins.paths().next().is_some() {
            let message = format!("`{path}` has a source but no value");
            findings.warning(
                "W0414",
                &format!("source.{path}"),
                message,
                "no value at this path",
                "correct the path or take the line away",
            );
        }
    }
}

/// Scenarios that are their baseline, and lanes built that nothing opens.
fn changes_without_effect(
    resolved: &Resolved,
    network: &Network,
    base: &Resolved,
    base_network: &Network,
    findings: &mut Findings,
) {
    if changes(&base.origins, &resolved.origins).is_empty() {
        let message = format!("scenario `{}` changes nothing", resolved.name);
        let label = format!("the same as `{}`", base.name);
        findings.warning(
            "W0405",
            &format!("scenario.{}", resolved.name),
            message,
            label,
            "set a value, or leave it out",
        );
        return;
    }
    for (i, group) in network.groups.iter().enumerate() {
        let name = network.group_name(GroupId(i as u16));
        let before = (0..base_network.groups.len())
            .find(|other| base_network.group_name(GroupId(*other as u16)) == name);
        let Some(before) = before.map(|place| &base_network.groups[place]) else { continue };
        let (Some(built), Some(built_before)) = (group.lanes, before.lanes) else { continue };
        let most = |network: &Network, group: &Group| -> f64 {
            lane_range(network, group).1.steps.iter().map(|step| step.1).fold(0.0, f64::max)
        };
        let (opened, opened_before) = (most(network, group), most(base_network, before));
        if built > built_before && opened <= opened_before && opened < f64::from(built) {
            let message = format!("the lanes added to `{name}` are never opened");
            let label = format!("{built} lanes are built, at most {opened:.0} are open");
            let help = why_not_opened(&resolved.study, network, group, built);
            let station = &network.stations[group.station.index()].name;
            findings.warning(
                "W0406",
                &format!("station.{station}.lanes.{}.servers", group.name),
                message,
                label,
                help,
            );
        }
    }
}

fn why_not_opened(study: &Study, network: &Network, group: &Group, built: u32) -> String {
    let station = &network.stations[group.station.index()].name;
    let hours = format!("`station.{station}.hours` keeps them closed: change it too");
    match &group.plan {
        LanePlan::Table(_) => {
            let lanes = study.station.get(station).and_then(|table| table.lanes.get(&group.name));
            // The most that `open` would open at any time, the hours left aside.
            let most = lanes.and_then(|lanes| lanes.open.as_ref()).map(|open| match open {
                Open::Lanes(ByTime::Always(lanes)) => lanes.0,
                Open::Lanes(ByTime::Time(table)) => table.values().map(|lanes| lanes.0).max().unwrap_or(0),
                Open::Officers(_) => built,
            });
            match most {
                Some(most) if most < built => "its `open` table opens no more: change it too".to_owned(),
                Some(_) | None => hours,
            }
        }
        LanePlan::Officers(pool, member) => {
            let pool = &network.pools[pool.index()];
            let member = &pool.members[*member];
            let name = network.group_name(member.group);
            let on_duty = pool.on_duty.steps.iter().map(|step| step.1).max().unwrap_or(0);
            if on_duty < member.most {
                format!("`officers.{}.on_duty` has at most {on_duty} officers: raise it too", pool.name)
            } else if member.most >= built {
                hours
            } else {
                format!(
                    "`officers.{}.rule.{name}` opens at most {} lanes: change it too",
                    pool.name, member.most
                )
            }
        }
    }
}
