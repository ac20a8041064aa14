//! Warnings about studies that can be run but deserve a look: W04xx.
//!
//! Most compare demand with capacity by arithmetic: trucks per hour by class and route (traffic
//! equations) against lanes × 3600 ÷ (mean service + move-up). No truck is simulated: a queue that
//! forms inside an hour, or because a road is full, is not seen here. Start at
//! [`capacity_by_hour`] for the table and [`lint`] for the warnings.

use super::build::integral;
use super::check::flow::{class_shares, classes_of, visits};
use super::check::Findings;
use super::diagnostic::Diagnostic;
use super::file::Study;
use super::plan::changes;
use super::resolve::Resolved;
use super::schedule::zip;
use crate::kernel::time::SimTime;
use crate::model::calendar::Period;
use crate::model::network::{Arrivals, ClassId, Group, GroupId, LanePlan, Network, StationId, Steps, Stream, Want};

/// Trucks that should lie beyond a quantile for it to be quoted.
const BEYOND_QUANTILE: f64 = 10.0;

/// Mean services of two classes further apart than this are looked at.
const SERVICE_RATIO: f64 = 3.0;

/// Demand and capacity of a lane group in one period of the calendar.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Capacity {
    /// The group.
    pub group: GroupId,
    /// The hour, as results tell hours apart.
    pub period: Period,
    /// Trucks per hour that come to the group if nothing holds them up.
    pub demand: f64,
    /// Trucks per hour that the lanes serve that are open at least.
    pub least: f64,
    /// Trucks per hour that the lanes serve that may be open at most.
    pub most: f64,
}

/// Demand against capacity by group and period. Yards without limit and periods outside the run
/// length are left out; trucks that several groups accept count with the most preferred.
pub fn capacity_by_hour(network: &Network) -> Vec<Capacity> {
    let flows = Flows::new(network);
    let hours = by_period(network, &Steps::constant(1.0));
    let mut table = Vec::new();
    for (i, group) in network.groups.iter().enumerate() {
        let id = GroupId(i as u16);
        let (Some(cycle), Some(_)) = (flows.cycle(network, id), group.lanes) else { continue };
        let (least, most) = lane_range(network, group);
        let (least, most) = (by_period(network, &least), by_period(network, &most));
        let demand = flows.to_group(network, id);
        for period in (0..hours.len()).filter(|period| hours[*period] > 0.0) {
            let per_hour = |sum: f64| sum / hours[period];
            table.push(Capacity {
                group: id,
                period: Period(period as u16),
                demand: per_hour(demand[period]),
                least: per_hour(least[period]) * 3600.0 / cycle,
                most: per_hour(most[period]) * 3600.0 / cycle,
            });
        }
    }
    table
}

/// Trucks by period, class and place, as if nothing held them up.
struct Flows {
    /// Trucks that enter: by stream and period.
    entering: Vec<Vec<f64>>,
    /// By stream: (class, share, expected visits to stations then roads).
    ways: Vec<Vec<(ClassId, f64, Vec<f64>)>>,
}

impl Flows {
    fn new(network: &Network) -> Self {
        let shares = class_shares(network);
        let ways = network.streams.iter().map(|stream| {
            let classes = classes_of(stream, &shares).into_iter();
            classes.map(|(class, share)| (class, share, visits(network, class, stream.entry))).collect()
        });
        let entering = network.streams.iter().map(|stream| entering(network, stream)).collect();
        Flows { entering, ways: ways.collect() }
    }

    /// Trucks (of one class or of all) that visit a node (stations, then roads), by period.
    fn visiting(&self, node: usize, class: Option<ClassId>, periods: usize) -> Vec<f64> {
        let mut trucks = vec![0.0; periods];
        for (entering, ways) in self.entering.iter().zip(&self.ways) {
            for (_, share, visits) in ways.iter().filter(|way| class.is_none_or(|class| class == way.0)) {
                for (sum, entering) in trucks.iter_mut().zip(entering) {
                    *sum += entering * share * visits[node];
                }
            }
        }
        trucks
    }

    fn to_group(&self, network: &Network, group: GroupId) -> Vec<f64> {
        let periods = network.calendar.period_count();
        let mut trucks = vec![0.0; periods];
        for class in chosen_by(network, group) {
            let station = network.groups[group.index()].station;
            for (sum, more) in trucks.iter_mut().zip(self.visiting(station.index(), Some(class), periods)) {
                *sum += more;
            }
        }
        trucks
    }

    /// Mean seconds that a truck holds a lane of the group; `None` if none comes or it takes no time.
    fn cycle(&self, network: &Network, id: GroupId) -> Option<f64> {
        let group = &network.groups[id.index()];
        let move_up = group.move_up.as_ref().map_or(0.0, |move_up| move_up.mean().seconds());
        let (mut trucks, mut seconds) = (0.0, 0.0);
        for class in chosen_by(network, id) {
            let visiting: f64 = self.visiting(group.station.index(), Some(class), network.calendar.period_count()).iter().sum();
            let service = group.service[class.index()].as_ref()?;
            trucks += visiting;
            seconds += visiting * (service.mean().seconds() + move_up);
        }
        (seconds > 0.0).then(|| seconds / trucks)
    }
}

/// Classes whose most preferred group this is.
fn chosen_by(network: &Network, group: GroupId) -> impl Iterator<Item = ClassId> {
    let station = &network.stations[network.groups[group.index()].station.index()];
    let first = station.choices.iter().map(|choices| choices.first().copied());
    first.enumerate().filter(move |(_, first)| *first == Some(group)).map(|(class, _)| ClassId(class as u8))
}

/// Trucks that a stream brings, by period.
fn entering(network: &Network, stream: &Stream) -> Vec<f64> {
    let run_end = SimTime::ZERO + network.run_length;
    let mean = |batch: &Option<crate::dist::CountSampler>| batch.as_ref().map_or(1.0, |batch| batch.mean());
    match &stream.arrivals {
        Arrivals::Field { batches_per_hour, batch, .. } => {
            let mut trucks = by_period(network, batches_per_hour);
            trucks.iter_mut().for_each(|sum| *sum *= mean(batch));
            trucks
        }
        Arrivals::Headways { headway, batch } => {
            let rate = 3600.0 / headway.mean().seconds() * mean(batch);
            by_period(network, &Steps::constant(rate))
        }
        Arrivals::Trace(trucks) => {
            let mut counts = vec![0.0; network.calendar.period_count()];
            for truck in trucks.iter().filter(|truck| truck.at < run_end) {
                counts[network.calendar.period(truck.at).0 as usize] += 1.0;
            }
            counts
        }
        Arrivals::AtStart { trucks, .. } => {
            let mut counts = vec![0.0; network.calendar.period_count()];
            counts[network.calendar.period(SimTime::ZERO).0 as usize] = f64::from(*trucks);
            counts
        }
    }
}

/// Integral over the run length, in value × hours, by period.
fn by_period(network: &Network, rate: &Steps<f64>) -> Vec<f64> {
    let run_end = SimTime::ZERO + network.run_length;
    let mut sums = vec![0.0; network.calendar.period_count()];
    let (mut at, mut place) = (SimTime::ZERO, rate.place(SimTime::ZERO));
    while at < run_end {
        let change = rate.steps.get(place + 1).map_or(SimTime::MAX, |step| step.0);
        let to = network.calendar.next_period(at).min(change).min(run_end);
        sums[network.calendar.period(at).0 as usize] += rate.steps[place].1 * (to - at).seconds() / 3600.0;
        if to == change {
            place += 1;
        }
        at = to;
    }
    sums
}

/// Fewest and most lanes that may be open, over time.
fn lane_range(network: &Network, group: &Group) -> (Steps<f64>, Steps<f64>) {
    match &group.plan {
        LanePlan::Table(lanes) => {
            let lanes = Steps::new(lanes.steps.iter().map(|(at, lanes)| (*at, f64::from(*lanes))));
            (lanes.clone(), lanes)
        }
        LanePlan::Officers(pool, member) => {
            let pool = &network.pools[pool.index()];
            let member = &pool.members[*member];
            let staffed = zip(&pool.on_duty, &member.open, |officers, open| if *open { *officers } else { 0 });
            let range = match &member.want {
                Want::Table(lanes) => {
                    let lanes = zip(lanes, &staffed, |lanes, staffed| (*lanes).clamp(member.least, member.most.max(member.least)).min(*staffed));
                    (lanes.clone(), lanes)
                }
                Want::Rule { .. } => {
                    let within = |lanes: u32| zip(&staffed, &staffed, move |staffed, _| (*staffed).min(lanes));
                    (within(member.least), within(member.most))
                }
            };
            let number = |lanes: Steps<u32>| Steps::new(lanes.steps.into_iter().map(|(at, lanes)| (at, f64::from(lanes))));
            (number(range.0), number(range.1))
        }
    }
}

/// Warnings about one scenario; `baseline` is absent for the baseline itself.
pub fn lint(resolved: &Resolved, network: &Network, baseline: Option<(&Resolved, &Network)>) -> Vec<Diagnostic> {
    let mut findings = Findings::new(&resolved.origins);
    let flows = Flows::new(network);
    demand_above_capacity(network, &mut findings);
    demand_while_closed(network, &mut findings);
    short_roads(network, &flows, &mut findings);
    places_without_trucks(network, &flows, &mut findings);
    far_service_times(network, &flows, &mut findings);
    few_trucks_for_quantiles(&resolved.study, &flows, &mut findings);
    for (name, road) in resolved.study.road.iter().zip(&network.roads).map(|((name, _), road)| (name, road)) {
        if road.overtaking && !road.travel.is_random() {
            let path = format!("road.{name}.overtaking");
            let message = format!("nobody overtakes on `{name}`: all take the same time");
            findings.warning("W0413", &path, message, "changes nothing", "give `travel` a distribution, or leave it out");
        }
    }
    unknown_sources(resolved, &mut findings);
    if let Some((base, base_network)) = baseline {
        changes_without_effect(resolved, network, base, base_network, &mut findings);
    }
    findings.into_list()
}

fn demand_above_capacity(network: &Network, findings: &mut Findings) {
    let table = capacity_by_hour(network);
    for (i, group) in network.groups.iter().enumerate() {
        let rows: Vec<&Capacity> = table.iter().filter(|row| row.group.index() == i).collect();
        let over: Vec<&Capacity> = rows.iter().filter(|row| row.demand > row.most * (1.0 + 1e-9)).copied().collect();
        let Some(peak) = over.iter().max_by(|a, b| (a.demand - a.most).total_cmp(&(b.demand - b.most))) else { continue };
        let name = network.group_name(GroupId(i as u16));
        let (station, lanes) = (&network.stations[group.station.index()].name, &group.name);
        let message = format!("demand exceeds capacity at `{name}` in {} of {} hours: {}", over.len(), rows.len(), hours_text(network, &over));
        let (_, hour) = network.calendar.day_and_hour(peak.period);
        let label = format!("at {hour:02}:00 {:.0} trucks/h come, {:.0} can be served", peak.demand, peak.most);
        let path = format!("station.{station}.lanes.{lanes}.servers");
        let help = "the queue grows over these hours: results depend on how long they last";
        findings.warning("W0401", &path, message, label, help);
    }
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

fn demand_while_closed(network: &Network, findings: &mut Findings) {
    for stream in &network.streams {
        let Arrivals::Field { batches_per_hour, batch, .. } = &stream.arrivals else { continue };
        let closed = closed(network, stream.entry);
        let while_closed = zip(batches_per_hour, &closed, |rate, closed| if *closed { *rate } else { 0.0 });
        let mean_batch = batch.as_ref().map_or(1.0, |batch| batch.mean());
        let trucks = integral(&while_closed, SimTime::ZERO + network.run_length) * mean_batch;
        if trucks >= 0.5 {
            let entry = &network.stations[stream.entry.index()].name;
            let message = format!("about {trucks:.0} trucks of `{}` arrive while `{entry}` is closed", stream.name);
            let path = format!("demand.{}.by_hour", stream.name);
            findings.warning("W0403", &path, message, "they wait until it opens", "let demand follow the opening hours, or open longer");
        }
    }
}

fn short_roads(network: &Network, flows: &Flows, findings: &mut Findings) {
    let hours = by_period(network, &Steps::constant(1.0));
    for (i, road) in network.roads.iter().enumerate() {
        let Some(room) = road.room else { continue };
        let trucks = flows.visiting(network.stations.len() + i, None, hours.len());
        let per_hour = trucks.iter().zip(&hours).filter(|(_, hours)| **hours > 0.0).map(|(trucks, hours)| trucks / hours);
        let peak = per_hour.fold(0.0, f64::max);
        let travelling = peak * road.travel.mean().seconds() / 3600.0;
        if travelling > f64::from(room) || room < road.lanes {
            let message = format!("`{}` has room for {room} trucks, fewer than will be on it without any queue", road.name);
            let label = format!("{peak:.0} trucks/h fill {travelling:.0} places, on {} lanes", road.lanes);
            findings.warning("W0404", &format!("road.{}", road.name), message, label, "check `room`, `length` and `travel`");
        }
    }
}

fn places_without_trucks(network: &Network, flows: &Flows, findings: &mut Findings) {
    let trucks = |station: usize, class| -> f64 { flows.visiting(station, class, network.calendar.period_count()).iter().sum() };
    for (i, station) in network.stations.iter().enumerate() {
        if trucks(i, None) <= 0.0 {
            let message = format!("no truck ever comes to `{}`", station.name);
            findings.warning("W0411", &format!("station.{}", station.name), message, "on no way of any truck", "route trucks to it, or leave it out");
            continue;
        }
        for group in network.groups_of(StationId(i as u16)) {
            let comes = station.choices.iter().enumerate().any(|(class, choices)| {
                choices.contains(&group) && trucks(i, Some(ClassId(class as u8))) > 0.0
            });
            if !comes {
                let name = &network.groups[group.index()].name;
                let message = format!("no truck that comes to `{}` may use `{name}`", station.name);
                let path = format!("station.{}.lanes.{name}", station.name);
                findings.warning("W0411", &path, message, "accepts no class that comes", "change `accepts`, or leave the group out");
            }
        }
    }
}

fn far_service_times(network: &Network, flows: &Flows, findings: &mut Findings) {
    for (i, station) in network.stations.iter().enumerate() {
        let mut means: Vec<(f64, &str)> = Vec::new();
        for (class, choices) in station.choices.iter().enumerate() {
            let id = ClassId(class as u8);
            let comes: f64 = flows.visiting(i, Some(id), network.calendar.period_count()).iter().sum();
            let service = choices.first().and_then(|group| network.groups[group.index()].service[class].as_ref());
            if let (true, Some(service)) = (comes > 0.0, service) {
                means.push((service.mean().seconds(), &network.classes[class].name));
            }
        }
        means.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (Some(fast), Some(slow)) = (means.first(), means.last()) else { continue };
        if fast.0 > 0.0 && slow.0 > SERVICE_RATIO * fast.0 {
            let message = format!("at `{}` class `{}` takes {:.0} s and class `{}` {:.0} s", station.name, slow.1, slow.0, fast.1, fast.0);
            let label = format!("{:.1} times as long", slow.0 / fast.0);
            findings.warning("W0408", &format!("station.{}.service.{}", station.name, slow.1), message, label, "check the units of both");
        }
    }
}

fn few_trucks_for_quantiles(study: &Study, flows: &Flows, findings: &mut Findings) {
    let trucks: f64 = flows.entering.iter().flatten().sum();
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
            findings.warning("W0414", &format!("source.{path}"), message, "no value at this path", "correct the path or take the line away");
        }
    }
}

/// Scenarios that are their baseline, and lanes built that nothing opens.
fn changes_without_effect(resolved: &Resolved, network: &Network, base: &Resolved, base_network: &Network, findings: &mut Findings) {
    if changes(&base.origins, &resolved.origins).is_empty() {
        let message = format!("scenario `{}` changes nothing", resolved.name);
        let label = format!("the same as `{}`", base.name);
        findings.warning("W0405", &format!("scenario.{}", resolved.name), message, label, "set a value, or leave it out");
        return;
    }
    for (i, group) in network.groups.iter().enumerate() {
        let name = network.group_name(GroupId(i as u16));
        let before = (0..base_network.groups.len()).find(|other| base_network.group_name(GroupId(*other as u16)) == name);
        let Some(before) = before.map(|place| &base_network.groups[place]) else { continue };
        let (Some(built), Some(built_before)) = (group.lanes, before.lanes) else { continue };
        let most = |network: &Network, group: &Group| -> f64 {
            lane_range(network, group).1.steps.iter().map(|step| step.1).fold(0.0, f64::max)
        };
        let (opened, opened_before) = (most(network, group), most(base_network, before));
        if built > built_before && opened <= opened_before && opened < f64::from(built) {
            let message = format!("the lanes added to `{name}` are never opened");
            let label = format!("{built} lanes are built, at most {opened:.0} are open");
            let help = why_not_opened(network, group);
            let station = &network.stations[group.station.index()].name;
            findings.warning("W0406", &format!("station.{station}.lanes.{}.servers", group.name), message, label, help);
        }
    }
}

fn why_not_opened(network: &Network, group: &Group) -> String {
    match &group.plan {
        LanePlan::Table(_) => "its `open` table opens no more: change it too".to_owned(),
        LanePlan::Officers(pool, member) => {
            let pool = &network.pools[pool.index()];
            let member = &pool.members[*member];
            let name = network.group_name(member.group);
            let on_duty = pool.on_duty.steps.iter().map(|step| step.1).max().unwrap_or(0);
            if on_duty < member.most {
                format!("`officers.{}.on_duty` has at most {on_duty} officers: raise it too", pool.name)
            } else {
                format!("`officers.{}.rule.{name}` opens at most {} lanes: change it too", pool.name, member.most)
            }
        }
    }
}
