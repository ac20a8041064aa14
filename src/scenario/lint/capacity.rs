//! Demand against capacity by lane groups and hour, by arithmetic.
//!
//! Trucks per hour follow from arrivals, class shares and expected visits, as if nothing held trucks
//! up; capacity is lanes × 3600 ÷ (mean service + move-up), weighted with the classes that come.
//! Start at [`capacity_by_hour`].

use std::collections::BTreeSet;

use super::rule::availability;
use crate::dist::CountSampler;
use crate::kernel::time::SimTime;
use crate::model::calendar::Period;
use crate::model::network::{
    Arrivals, ClassId, Group, GroupId, LanePlan, Network, Station, StationId, Steps, Stream, Want,
};
use crate::scenario::check::flow::{class_shares, classes_of, visits};
use crate::scenario::schedule::zip;

/// Demand and capacity of lane groups in one period of the calendar.
#[derive(Clone, PartialEq, Debug)]
pub struct Capacity {
    /// One group of a station, or several that some trucks may use alike.
    pub groups: Vec<GroupId>,
    /// The hour, as results tell hours apart.
    pub period: Period,
    /// Trucks per hour that come if nothing holds them up and that no other group serves.
    pub demand: f64,
    /// Trucks per hour that the lanes serve that are open at least.
    pub least: f64,
    /// Trucks per hour that the lanes serve that may be open at most.
    pub most: f64,
}

impl Capacity {
    /// `primary.standard`, or `primary.fast + standard`.
    pub fn name(&self, network: &Network) -> String {
        let first = network.group_name(self.groups[0]);
        self.groups[1..].iter().fold(first, |name, group| name + " + " + &network.groups[group.index()].name)
    }
}

/// Demand against capacity by period, for every set of groups that has trucks of its own: those
/// that no group outside the set serves (Hall, 1935: that each such set suffices is necessary, and
/// where groups are alike enough, to serve all). Yards without limit and periods outside the run
/// length are left out. Failures take their share of the lanes; a pace that changes counts as the slowest
/// and the fastest there is.
pub fn capacity_by_hour(network: &Network) -> Vec<Capacity> {
    let flows = Flows::new(network);
    let hours = by_period(network, &Steps::constant(1.0));
    let mut table = Vec::new();
    for station in (0..network.stations.len()).map(|i| StationId(i as u16)) {
        for (groups, classes) in sets(network, &flows, station) {
            let Some((least, most)) = flows.served(station, &groups, &classes) else { continue };
            let demand = flows.to_station(station, &classes, hours.len());
            for period in (0..hours.len()).filter(|period| hours[*period] > 0.0) {
                table.push(Capacity {
                    groups: groups.clone(),
                    period: Period(period as u16),
                    demand: demand[period] / hours[period],
                    least: least[period] / hours[period],
                    most: most[period] / hours[period],
                });
            }
        }
    }
    table
}

/// Slowest and fastest pace of the lanes of a station.
fn pace_range(station: &Station) -> [f64; 2] {
    let Some(pace) = &station.pace else { return [1.0, 1.0] };
    [&pace.by_queue, &pace.by_open].into_iter().fold([1.0, 1.0], |[slowest, fastest], rows| {
        let least = rows.iter().map(|row| row.1).fold(1.0, f64::min);
        let most = rows.iter().map(|row| row.1).fold(1.0, f64::max);
        [slowest * least, fastest * most]
    })
}

/// Sets of groups of a station, in order of their groups, each with the classes that only they serve:
/// whatever some class may use, and the whole of what is tied together by such classes.
fn sets(network: &Network, flows: &Flows, station: StationId) -> Vec<(Vec<GroupId>, Vec<ClassId>)> {
    let classes = (0..network.classes.len()).map(|i| ClassId(i as u8));
    let reached: Vec<(ClassId, BTreeSet<GroupId>)> = classes
        .filter(|class| flows.total(station.index(), *class) > 0.0)
        .map(|class| (class, reach(network, station, class)))
        .filter(|(_, groups)| !groups.is_empty())
        .collect();
    let mut sets: BTreeSet<BTreeSet<GroupId>> = reached.iter().map(|(_, groups)| groups.clone()).collect();
    let mut tied: Vec<BTreeSet<GroupId>> = Vec::new();
    for groups in &sets {
        let (touching, apart) = tied.into_iter().partition(|other| !other.is_disjoint(groups));
        tied = apart;
        let touching: Vec<BTreeSet<GroupId>> = touching;
        tied.push(touching.into_iter().flatten().chain(groups.iter().copied()).collect());
    }
    sets.extend(tied);
    let limited =
        |groups: &BTreeSet<GroupId>| groups.iter().all(|group| network.groups[group.index()].lanes.is_some());
    let with_classes = |groups: BTreeSet<GroupId>| {
        let own = reached.iter().filter(|(_, reach)| reach.is_subset(&groups)).map(|(class, _)| *class);
        (groups.iter().copied().collect(), own.collect())
    };
    sets.into_iter().filter(limited).map(with_classes).collect()
}

/// Groups that may ever serve a class at a station: those that accept it, and those into which they overflow.
fn reach(network: &Network, station: StationId, class: ClassId) -> BTreeSet<GroupId> {
    let chosen = |phase: &Network| phase.stations[station.index()].choices[class.index()].clone();
    let mut open: Vec<GroupId> = network.phases().flat_map(chosen).collect();
    let mut reached = BTreeSet::new();
    while let Some(group) = open.pop() {
        if reached.insert(group) {
            open.extend(network.groups[group.index()].overflow);
        }
    }
    reached
}

/// Trucks by period, class and place, as if nothing held them up.
pub(super) struct Flows<'n> {
    /// One for each stretch of time between the edges of events.
    stretches: Vec<Stretch<'n>>,
}

/// Trucks while the same events hold.
struct Stretch<'n> {
    network: &'n Network,
    /// When that is.
    holds: Steps<bool>,
    /// Trucks that enter: by stream and period.
    entering: Vec<Vec<f64>>,
    /// By stream and class, where trucks of the class come.
    ways: Vec<Vec<Option<Way>>>,
}

/// What the trucks of one class do.
#[derive(Clone)]
struct Way {
    /// Share of the stream's trucks.
    share: f64,
    /// Expected visits of one truck: stations, then roads.
    visits: Vec<f64>,
}

impl<'n> Flows<'n> {
    pub(super) fn new(network: &'n Network) -> Self {
        let edges: Vec<SimTime> = network.later.iter().map(|(from, _)| *from).collect();
        let from = std::iter::once(SimTime::ZERO).chain(edges.iter().copied());
        let to = edges.iter().copied().chain([SimTime::MAX]);
        let stretches = network.phases().zip(from.zip(to));
        Flows { stretches: stretches.map(|(phase, (from, to))| Stretch::new(phase, from, to)).collect() }
    }

    /// Trucks that enter in the whole run.
    pub(super) fn entering(&self) -> f64 {
        self.stretches.iter().flat_map(|stretch| stretch.entering.iter().flatten()).sum()
    }

    /// Visits to a node (stations, then roads) for each truck of a stream, in one class.
    pub(super) fn visits(&self, stream: usize, node: usize, class: ClassId) -> f64 {
        let (mut trucks, mut visits) = (0.0, 0.0);
        for stretch in &self.stretches {
            let entering: f64 = stretch.entering[stream].iter().sum();
            trucks += entering;
            visits += entering * stretch.visits(stream, node, class);
        }
        if trucks > 0.0 { visits / trucks } else { 0.0 }
    }

    /// Trucks of a class that visit a node, by period.
    pub(super) fn by_period(&self, node: usize, class: ClassId, periods: usize) -> Vec<f64> {
        let mut trucks = vec![0.0; periods];
        for stretch in &self.stretches {
            for (stream, entering) in stretch.entering.iter().enumerate() {
                let visits = stretch.visits(stream, node, class);
                for (sum, entering) in trucks.iter_mut().zip(entering).filter(|_| visits > 0.0) {
                    *sum += entering * visits;
                }
            }
        }
        trucks
    }

    /// Trucks of a class that visit a node in the whole run.
    pub(super) fn total(&self, node: usize, class: ClassId) -> f64 {
        self.stretches.iter().map(|stretch| stretch.total(node, class)).sum()
    }

    /// Trucks of some classes that visit a station, by period.
    fn to_station(&self, station: StationId, classes: &[ClassId], periods: usize) -> Vec<f64> {
        let mut trucks = vec![0.0; periods];
        for class in classes {
            for (sum, more) in trucks.iter_mut().zip(self.by_period(station.index(), *class, periods)) {
                *sum += more;
            }
        }
        trucks
    }

    /// Trucks that the lanes of some groups serve, with the fewest and with the most open, by period;
    /// `None` if service takes no time.
    fn served(
        &self,
        station: StationId,
        groups: &[GroupId],
        classes: &[ClassId],
    ) -> Option<(Vec<f64>, Vec<f64>)> {
        let cycles: Vec<Option<f64>> =
            self.stretches.iter().map(|stretch| stretch.cycle(station, groups, classes)).collect();
        // Where none comes in a stretch, those of another tell.
        let any = cycles.iter().flatten().next().copied()?;
        let mut served = (Vec::new(), Vec::new());
        for (stretch, cycle) in self.stretches.iter().zip(cycles) {
            let network = stretch.network;
            let per_hour = 3600.0 / cycle.unwrap_or(any);
            let [slowest, fastest] = pace_range(&network.stations[station.index()]);
            for group in groups {
                let (least, most) = lane_range(network, &network.groups[group.index()]);
                let up = zip(&availability(network, *group), &stretch.holds, |up, holds| {
                    if *holds { up * per_hour } else { 0.0 }
                });
                let all = [(&mut served.0, least, slowest), (&mut served.1, most, fastest)];
                for (sums, lanes, pace) in all {
                    let rate = zip(&lanes, &up, |lanes, up| lanes * up * pace);
                    let more = by_period(network, &rate);
                    sums.resize(more.len(), 0.0);
                    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
                }
            }
        }
        Some(served)
    }
}

impl<'n> Stretch<'n> {
    fn new(network: &'n Network, from: SimTime, to: SimTime) -> Self {
        let holds = Steps::new([(SimTime::ZERO, from == SimTime::ZERO), (from, true), (to, false)]);
        let shares = class_shares(network);
        let of_stream = |stream: &Stream| {
            let mut ways = vec![None; network.classes.len()];
            for (class, share) in classes_of(stream, &shares) {
                let visits = visits(network, class, stream.entry);
                ways[class.index()] = Some(Way { share, visits });
            }
            ways
        };
        let entering = network.streams.iter().map(|stream| entering(network, stream, &holds)).collect();
        Stretch { network, entering, ways: network.streams.iter().map(of_stream).collect(), holds }
    }

    fn visits(&self, stream: usize, node: usize, class: ClassId) -> f64 {
        self.ways[stream][class.index()].as_ref().map_or(0.0, |way| way.share * way.visits[node])
    }

    fn total(&self, node: usize, class: ClassId) -> f64 {
        let entering = self.entering.iter().map(|periods| periods.iter().sum::<f64>());
        entering.enumerate().map(|(stream, entering)| entering * self.visits(stream, node, class)).sum()
    }

    /// Mean seconds that a truck holds a lane where it is served fastest; `None` if none comes or it
    /// takes no time.
    fn cycle(&self, station: StationId, groups: &[GroupId], classes: &[ClassId]) -> Option<f64> {
        let (mut trucks, mut seconds) = (0.0, 0.0);
        for class in classes {
            let held = groups.iter().filter_map(|group| {
                let group = &self.network.groups[group.index()];
                let move_up = group.move_up.as_ref().map_or(0.0, |move_up| move_up.mean().seconds());
                Some(group.service[class.index()].as_ref()?.mean().seconds() + move_up)
            });
            let visiting = self.total(station.index(), *class);
            trucks += visiting;
            seconds += visiting * held.reduce(f64::min)?;
        }
        (seconds > 0.0).then(|| seconds / trucks)
    }
}

/// Trucks that a stream brings at such times, by period.
fn entering(network: &Network, stream: &Stream, when: &Steps<bool>) -> Vec<f64> {
    let run_end = SimTime::ZERO + network.run_length;
    let then = |rate: &Steps<f64>| zip(rate, when, |rate, when| if *when { *rate } else { 0.0 });
    let counts_at = |at: SimTime| at < run_end && *when.at(at);
    let mean = |batch: &Option<CountSampler>| batch.as_ref().map_or(1.0, |batch| batch.mean());
    match &stream.arrivals {
        Arrivals::Field { batches_per_hour, batch, .. } => {
            let mut trucks = by_period(network, &then(batches_per_hour));
            trucks.iter_mut().for_each(|sum| *sum *= mean(batch));
            trucks
        }
        Arrivals::Headways { headway, batch } => {
            let rate = 3600.0 / headway.mean().seconds() * mean(batch);
            by_period(network, &then(&Steps::constant(rate)))
        }
        Arrivals::Trace(trucks) => {
            let mut counts = vec![0.0; network.calendar.period_count()];
            for truck in trucks.iter().filter(|truck| counts_at(truck.at)) {
                counts[network.calendar.period(truck.at).0 as usize] += 1.0;
            }
            counts
        }
        Arrivals::Appointments { booked, no_show, .. } => {
            let mut counts = vec![0.0; network.calendar.period_count()];
            for at in booked.iter().filter(|at| counts_at(**at)) {
                counts[network.calendar.period(*at).0 as usize] += 1.0 - no_show;
            }
            counts
        }
        Arrivals::AtStart { trucks, .. } => {
            let mut counts = vec![0.0; network.calendar.period_count()];
            if counts_at(SimTime::ZERO) {
                counts[network.calendar.period(SimTime::ZERO).0 as usize] = f64::from(*trucks);
            }
            counts
        }
    }
}

/// Integral over the run length, in value × hours, by period.
pub(super) fn by_period(network: &Network, rate: &Steps<f64>) -> Vec<f64> {
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
pub(super) fn lane_range(network: &Network, group: &Group) -> (Steps<f64>, Steps<f64>) {
    match &group.plan {
        LanePlan::Table(lanes) => {
            let lanes = Steps::new(lanes.steps.iter().map(|(at, lanes)| (*at, f64::from(*lanes))));
            (lanes.clone(), lanes)
        }
        LanePlan::Officers(pool, member) => {
            let pool = &network.pools[pool.index()];
            let member = &pool.members[*member];
            // Officers go first to the least of every group that is open, its own among them.
            let others = pool.members.iter().filter(|other| other.group != member.group);
            let left = others.fold(pool.on_duty.clone(), |left, other| {
                zip(&left, &other.open, |left, open| left.saturating_sub(if *open { other.least } else { 0 }))
            });
            let free = zip(&left, &pool.on_duty, |left, on_duty| (*left).max((*on_duty).min(member.least)));
            let staffed = zip(&free, &member.open, |officers, open| if *open { *officers } else { 0 });
            let range = match &member.want {
                Want::Table(lanes) => {
                    let lanes = zip(lanes, &staffed, |lanes, staffed| {
                        (*lanes).clamp(member.least, member.most.max(member.least)).min(*staffed)
                    });
                    (lanes.clone(), lanes)
                }
                Want::Rule { .. } => {
                    let within =
                        |lanes: u32| zip(&staffed, &staffed, move |staffed, _| (*staffed).min(lanes));
                    (within(member.least), within(member.most))
                }
            };
            let number = |lanes: Steps<u32>| {
                Steps::new(lanes.steps.into_iter().map(|(at, lanes)| (at, f64::from(lanes))))
            };
            (number(range.0), number(range.1))
        }
    }
}
