//! Demand against capacity by lane group and hour, by arithmetic.
//!
//! Trucks per hour follow from arrivals, class shares and expected visits, as if nothing held trucks
//! up; capacity is lanes × 3600 ÷ (mean service + move-up), weighted with the classes that come.
//! Start at [`capacity_by_hour`].

use super::rule::availability;
use crate::dist::CountSampler;
use crate::kernel::time::SimTime;
use crate::model::calendar::Period;
use crate::model::network::{Arrivals, ClassId, Group, GroupId, LanePlan, Network, Steps, Stream, Want};
use crate::scenario::check::flow::{class_shares, classes_of, visits};
use crate::scenario::schedule::zip;

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
/// length are left out; trucks that several groups accept count with the most preferred, and those
/// beyond the capacity of a group that overflows with the group into which they go. Failures take
/// their share of the lanes, and a pace that changes counts as the slowest and the fastest there is.
pub fn capacity_by_hour(network: &Network) -> Vec<Capacity> {
    let flows = Flows::new(network);
    let hours = by_period(network, &Steps::constant(1.0));
    let mut table = Vec::new();
    for (i, group) in network.groups.iter().enumerate() {
        let id = GroupId(i as u16);
        let cycle = flows.cycle(network, id).or_else(|| overflow_cycle(network, id));
        let (Some(cycle), Some(_)) = (cycle, group.lanes) else { continue };
        let (least, most) = lane_range(network, group);
        let up = availability(network, id);
        let (least, most) =
            (zip(&least, &up, |lanes, up| lanes * up), zip(&most, &up, |lanes, up| lanes * up));
        let [slowest, fastest] = pace_range(network, group);
        let (least, most) = (by_period(network, &least), by_period(network, &most));
        let demand = flows.to_group(network, id);
        for period in (0..hours.len()).filter(|period| hours[*period] > 0.0) {
            let per_hour = |sum: f64| sum / hours[period];
            table.push(Capacity {
                group: id,
                period: Period(period as u16),
                demand: per_hour(demand[period]),
                least: per_hour(least[period]) * 3600.0 / cycle * slowest,
                most: per_hour(most[period]) * 3600.0 / cycle * fastest,
            });
        }
    }
    overflow(network, &mut table);
    table
}

/// Moves what a group cannot serve to the group into which it overflows.
fn overflow(network: &Network, table: &mut [Capacity]) {
    // A chain has no more links than there are groups; one that returns to where it was stops there.
    for from in 0..network.groups.len() {
        let mut from = GroupId(from as u16);
        let mut passed = vec![from];
        while let (Some(into), Some(_)) =
            (network.groups[from.index()].overflow, network.groups[from.index()].room)
        {
            let excess = |row: &Capacity| (row.demand - row.most).max(0.0);
            let beyond: Vec<(Period, f64)> =
                table.iter().filter(|row| row.group == from).map(|row| (row.period, excess(row))).collect();
            // Into a yard without limit, which is not in the table, all of them may go.
            let yard = network.groups[into.index()].lanes.is_none();
            for (period, trucks) in beyond {
                let target = table.iter().position(|row| row.group == into && row.period == period);
                if target.is_none() && !yard {
                    continue;
                }
                if let Some(target) = target {
                    table[target].demand += trucks;
                }
                let source = table.iter_mut().find(|row| row.group == from && row.period == period);
                source.expect("it was just found").demand -= trucks;
            }
            if passed.contains(&into) {
                break;
            }
            passed.push(into);
            from = into;
        }
    }
}

/// Mean seconds that a truck holds a lane of a group to which trucks come by overflow alone: the
/// mean of the classes that it serves, each counted alike.
fn overflow_cycle(network: &Network, id: GroupId) -> Option<f64> {
    let is_target = network.groups.iter().any(|group| group.overflow == Some(id));
    let group = &network.groups[id.index()];
    let means: Vec<f64> = group.service.iter().flatten().map(|law| law.mean().seconds()).collect();
    let move_up = group.move_up.as_ref().map_or(0.0, |move_up| move_up.mean().seconds());
    let mean = means.iter().sum::<f64>() / means.len().max(1) as f64 + move_up;
    (is_target && mean > 0.0).then_some(mean)
}

/// Slowest and fastest pace of a group.
fn pace_range(network: &Network, group: &Group) -> [f64; 2] {
    let Some(pace) = &network.stations[group.station.index()].pace else { return [1.0, 1.0] };
    [&pace.by_queue, &pace.by_open].into_iter().fold([1.0, 1.0], |[slowest, fastest], rows| {
        let least = rows.iter().map(|row| row.1).fold(1.0, f64::min);
        let most = rows.iter().map(|row| row.1).fold(1.0, f64::max);
        [slowest * least, fastest * most]
    })
}

/// Trucks by period, class and place, as if nothing held them up.
pub(super) struct Flows {
    /// Trucks that enter: by stream and period.
    pub(super) entering: Vec<Vec<f64>>,
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

impl Flows {
    pub(super) fn new(network: &Network) -> Self {
        let shares = class_shares(network);
        let of_stream = |stream: &Stream| {
            let mut ways = vec![None; network.classes.len()];
            for (class, share) in classes_of(stream, &shares) {
                let visits = visits(network, class, stream.entry);
                ways[class.index()] = Some(Way { share, visits });
            }
            ways
        };
        let entering = network.streams.iter().map(|stream| entering(network, stream)).collect();
        Flows { entering, ways: network.streams.iter().map(of_stream).collect() }
    }

    /// By stream: visits to a node (stations, then roads) for each truck that enters, in one class.
    fn visits_per_truck(&self, node: usize, class: ClassId) -> impl Iterator<Item = f64> {
        (0..self.ways.len()).map(move |stream| self.visits(stream, node, class))
    }

    /// Visits to a node for each truck of a stream, in one class.
    pub(super) fn visits(&self, stream: usize, node: usize, class: ClassId) -> f64 {
        self.ways[stream][class.index()].as_ref().map_or(0.0, |way| way.share * way.visits[node])
    }

    /// Trucks of a class that visit a node, by period.
    pub(super) fn by_period(&self, node: usize, class: ClassId, periods: usize) -> Vec<f64> {
        let mut trucks = vec![0.0; periods];
        for (entering, visits) in self.entering.iter().zip(self.visits_per_truck(node, class)) {
            for (sum, entering) in trucks.iter_mut().zip(entering).filter(|_| visits > 0.0) {
                *sum += entering * visits;
            }
        }
        trucks
    }

    /// Trucks of a class that visit a node in the whole run.
    pub(super) fn total(&self, node: usize, class: ClassId) -> f64 {
        let entering = self.entering.iter().map(|periods| periods.iter().sum::<f64>());
        entering.zip(self.visits_per_truck(node, class)).map(|(entering, visits)| entering * visits).sum()
    }

    fn to_group(&self, network: &Network, group: GroupId) -> Vec<f64> {
        let periods = network.calendar.period_count();
        let mut trucks = vec![0.0; periods];
        for class in chosen_by(network, group) {
            let station = network.groups[group.index()].station;
            for (sum, more) in trucks.iter_mut().zip(self.by_period(station.index(), class, periods)) {
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
            let visiting = self.total(group.station.index(), class);
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
    let mean = |batch: &Option<CountSampler>| batch.as_ref().map_or(1.0, |batch| batch.mean());
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
        Arrivals::Appointments { booked, no_show, .. } => {
            let mut counts = vec![0.0; network.calendar.period_count()];
            for at in booked.iter().filter(|at| **at < run_end) {
                counts[network.calendar.period(*at).0 as usize] += 1.0 - no_show;
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
            let staffed =
                zip(&pool.on_duty, &member.open, |officers, open| if *open { *officers } else { 0 });
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
