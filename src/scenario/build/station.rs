//! Stations, their lane groups, and roads: from tables of the file to tables of the network.

use std::collections::BTreeMap;

use super::super::check::percent;
use super::super::file::{
    Again, ByClass, ByDay, ByTime, Closing, FreeLane as FreeLanePhrase, Lanes, Open, Queue,
    Road as RoadTable, RouteShare, Station as StationTable,
};
use super::super::limit::{MOST_COUNTED, SPACING};
use super::super::phrase::{DistPhrase, Servers, Spread};
use super::super::schedule::{Fault, Hours, Timetable, steps_or_default, zip};
use super::Context;
use super::rule::{StationRules, interruption, station_rules};
use super::security::{Known, screening};
use crate::dist::DurationSampler;
use crate::kernel::time::SimDuration;
use crate::model::network::{
    End, FreeLane, Group, GroupId, LaneChoice, LanePlan, LineLayout, PoolId, QueueLayout, Road, Route,
    Station, StationId, Steps, Target,
};

/// Length of road that a standing truck takes up with its gap, in meters, unless the file tells.
pub const DEFAULT_SPACING: f64 = 20.0;

/// Shares of routes may exceed 100 % by this much before it is more than rounding.
const TOLERANCE: f64 = 1e-9;

/// Stations and groups in name order.
pub fn stations(known: Option<&Known>, context: &mut Context) -> (Vec<Station>, Vec<Group>) {
    let mut stations = Vec::new();
    let mut groups = Vec::new();
    for (i, (name, table)) in context.study.station.iter().enumerate() {
        let id = StationId(i as u16);
        let first_group = GroupId(groups.len() as u16);
        let accepted = accepted(table, context);
        let choices = choices(name, table, &accepted, first_group, context);
        let open = opening_hours(name, table, context);
        let served = served(table, accepted);
        for ((group, lanes), accepted) in table.lanes.iter().zip(&served) {
            groups.push(self::group(id, name, table, group, lanes, accepted, open.as_ref(), context));
        }
        let StationRules { full, priority, preempt, patience, balking, pace } =
            station_rules(name, table, context);
        stations.push(Station {
            name: name.clone(),
            first_group,
            group_count: table.lanes.len() as u16,
            line: if table.queue == Queue::Shared { LineLayout::Shared } else { LineLayout::PerGroup },
            room: table.room.map(|room| room.0),
            choices,
            routes: routes(name, table, context),
            full,
            priority,
            preempt,
            patience,
            balking,
            pace,
            screening: screening(table, known, context),
            loop_slot: None,
        });
    }
    (stations, groups)
}

/// By group and class: whether the group accepts it. Without `accepts` a group takes the classes
/// that no group of the station names.
fn accepted(table: &StationTable, context: &Context) -> Vec<Vec<bool>> {
    let named = |lanes: &Lanes, class: &str| {
        lanes.accepts.as_ref().is_some_and(|names| names.iter().any(|name| name == class))
    };
    let accepts = |lanes: &Lanes, class: &str| match lanes.accepts {
        Some(_) => named(lanes, class),
        None => !table.lanes.values().any(|other| named(other, class)),
    };
    let of_group = |lanes| context.names.classes.iter().map(|class| accepts(lanes, class)).collect();
    table.lanes.values().map(of_group).collect()
}

/// By group and class: whether its lanes serve the class, because the group accepts it or because
/// trucks of the class overflow into the group.
fn served(table: &StationTable, mut served: Vec<Vec<bool>>) -> Vec<Vec<bool>> {
    let place = |name: &String| table.lanes.keys().position(|other| other == name);
    let overflows: Vec<(usize, usize)> = table
        .lanes
        .values()
        .enumerate()
        .filter_map(|(from, lanes)| Some((from, lanes.overflow.as_ref().and_then(place)?)))
        .collect();
    // A chain has no more links than there are groups.
    for _ in 0..overflows.len() {
        for &(from, into) in &overflows {
            for class in 0..served[from].len() {
                served[into][class] |= served[from][class];
            }
        }
    }
    served
}

/// By class: the groups that accept it, most preferred first.
fn choices(
    name: &str,
    table: &StationTable,
    accepted: &[Vec<bool>],
    first: GroupId,
    context: &mut Context,
) -> Vec<Vec<GroupId>> {
    let groups: Vec<(&String, &Lanes)> = table.lanes.iter().collect();
    let mut told = Vec::new();
    let mut choices = Vec::new();
    for (class, class_name) in context.names.classes.iter().enumerate() {
        let mut open: Vec<usize> = (0..groups.len()).filter(|group| accepted[*group][class]).collect();
        open.sort_by_key(|group| groups[*group].1.preference.unwrap_or(u32::MAX));
        let equal = open.windows(2).find(|pair| {
            let preference = |group: usize| groups[group].1.preference;
            preference(pair[1]).is_none() || preference(pair[0]) == preference(pair[1])
        });
        if let Some(pair) = equal
            && !told.contains(&(pair[0], pair[1]))
        {
            told.push((pair[0], pair[1]));
            let path = |group: usize| format!("station.{name}.lanes.{}", groups[group].0);
            context.findings.clash(
                "E0324",
                (&path(pair[1]), "accepts it too"),
                (&path(pair[0]), "accepts it"),
                format!("both `{}` and `{}` of `{name}` accept class `{}`", groups[pair[0]].0, groups[pair[1]].0, class_name),
                "say with `preference` which one trucks choose first (lower comes first), or with `accepts` who may use them",
            );
        }
        choices.push(open.into_iter().map(|group| GroupId(first.0 + group as u16)).collect());
    }
    choices
}

/// Opening hours as a function of time; after the end of a run that empties, always open.
fn opening_hours(name: &str, table: &StationTable, context: &mut Context) -> Option<Steps<bool>> {
    let (open, faults) = open_steps(table.hours.as_ref()?, context);
    context.findings.faults(&format!("station.{name}.hours"), faults);
    Some(open)
}

/// Hours over simulated time, and what is wrong with them.
pub fn open_steps(hours: &ByDay, context: &Context) -> (Steps<bool>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut open = Hours::new(hours, &mut faults).steps(context.clock, &mut faults);
    if context.clock.end == End::Empty && open.steps.last().is_some_and(|step| !step.1) {
        open.steps.push((context.clock.run_end, true));
    }
    (open, faults)
}

#[expect(clippy::too_many_arguments, reason = "a group is put together from its own table and its station's")]
fn group(
    station: StationId,
    station_name: &str,
    table: &StationTable,
    name: &str,
    lanes: &Lanes,
    accepted: &[bool],
    hours: Option<&Steps<bool>>,
    context: &mut Context,
) -> Group {
    let path = format!("station.{station_name}.lanes.{name}");
    let built = match lanes.servers {
        Servers::Lanes(built) => Some(built),
        Servers::Unlimited => None,
    };
    let own = samplers(&format!("{path}.service"), lanes.service.as_ref(), context);
    let shared = samplers(&format!("station.{station_name}.service"), table.service.as_ref(), context);
    let service = context.names.classes.iter().zip(accepted).map(|(class, accepted)| {
        let found = own.of(class).or_else(|| shared.of(class));
        found.filter(|_| *accepted).cloned()
    });
    let service = service.collect();
    let move_up = match (&lanes.move_up, &table.move_up) {
        (Some(own), _) => Some(context.duration(&format!("{path}.move_up"), own)),
        (None, Some(shared)) => Some(context.duration(&format!("station.{station_name}.move_up"), shared)),
        (None, None) => None,
    };
    Group {
        name: name.to_owned(),
        station,
        lanes: built,
        queue: match table.queue {
            Queue::Pooled | Queue::Shared => QueueLayout::Pooled,
            Queue::Shortest => QueueLayout::PerLane(LaneChoice::Shortest),
            Queue::Random => QueueLayout::PerLane(LaneChoice::Random),
            Queue::RoundRobin => QueueLayout::PerLane(LaneChoice::RoundRobin),
        },
        free_lane: match table.free_lane {
            FreeLanePhrase::Lowest => FreeLane::Lowest,
            FreeLanePhrase::Random => FreeLane::Random,
            FreeLanePhrase::Fastest => FreeLane::Fastest,
        },
        service,
        move_up,
        plan: lane_plan(&path, &format!("{station_name}.{name}"), lanes, built, hours, context),
        room: lanes.room.map(|room| room.0),
        overflow: lanes.overflow.as_ref().and_then(|name| context.names.group_of(station, name)),
        closing: match lanes.closing {
            Closing::Finish => None,
            Closing::Resume => Some(interruption(Again::Resume)),
            Closing::Restart => Some(interruption(Again::Restart)),
        },
        other_work: lanes.other_work.as_ref().map(|law| {
            let path = format!("{path}.other_work");
            let work = context.duration(&path, law);
            // Officers turn to it again and again while nobody waits: without time it would never end.
            context.at_least_a_second(&path, &work, "write how long a piece of it takes, such as `5 min`");
            work
        }),
        // Outages are read with the failures.
        slowed: None,
    }
}

/// Samplers by class, with one for the classes not named.
pub struct Samplers {
    by_class: BTreeMap<String, DurationSampler>,
    rest: Option<DurationSampler>,
}

impl Samplers {
    /// That of a class.
    pub fn of(&self, class: &str) -> Option<&DurationSampler> {
        self.by_class.get(class).or(self.rest.as_ref())
    }
}

/// Reads one law for all classes, or one by class.
pub fn samplers(path: &str, laws: Option<&ByClass<DistPhrase>>, context: &mut Context) -> Samplers {
    let mut samplers = Samplers { by_class: BTreeMap::new(), rest: None };
    match laws {
        None => {}
        Some(ByClass::All(law)) => samplers.rest = Some(context.duration(path, law)),
        Some(ByClass::Class(laws)) => {
            for (class, law) in laws {
                let sampler = context.duration(&format!("{path}.{class}"), law);
                match class.as_str() {
                    "rest" => samplers.rest = Some(sampler),
                    _ => {
                        samplers.by_class.insert(class.clone(), sampler);
                    }
                }
            }
        }
    }
    samplers
}

/// How many lanes are open: as officers allow, by table, or all; none while the station is closed.
/// A yard without limit has one lane open or none.
fn lane_plan(
    path: &str,
    full_name: &str,
    lanes: &Lanes,
    built: Option<u32>,
    hours: Option<&Steps<bool>>,
    context: &mut Context,
) -> LanePlan {
    for (pool, officers) in context.study.officers.values().enumerate() {
        if let Some(member) = officers.rule.keys().position(|group| group == full_name) {
            return LanePlan::Officers(PoolId(pool as u16), member);
        }
    }
    let wanted = match (&lanes.open, built) {
        // A yard has no lanes to open: that it says so has been told before.
        (None | Some(Open::Officers(_)), _) | (_, None) => Steps::constant(built.unwrap_or(1)),
        (Some(Open::Lanes(open)), Some(_)) => lanes_by_time(&format!("{path}.open"), open, context),
    };
    let built = built.unwrap_or(1);
    let most = wanted.steps.iter().map(|step| step.1).max().unwrap_or(0);
    if most > built {
        let message = format!("`{full_name}` would open {most} lanes of {built}");
        let help = "lanes that are not built stay closed: raise `servers` too";
        context.findings.warning(
            "W0406",
            &format!("{path}.open"),
            message,
            format!("{built} lanes are built"),
            help,
        );
    }
    let always = Steps::constant(true);
    let open =
        zip(&wanted, hours.unwrap_or(&always), |lanes, open| if *open { (*lanes).min(built) } else { 0 });
    LanePlan::Table(at_least_after_the_end(open, 1, context))
}

/// Lanes or officers, a number or a table by time.
pub fn lanes_by_time(
    path: &str,
    value: &ByTime<super::super::phrase::Count>,
    context: &mut Context,
) -> Steps<u32> {
    match value {
        ByTime::Always(count) => Steps::constant(count.0),
        ByTime::Time(table) => {
            let mut faults = Vec::new();
            let timetable = Timetable::new(table, |count| count.0, &mut faults);
            let rows = timetable.rows(context.clock, &mut faults);
            if let (Some((key, seconds)), true) = (timetable.late_start(), faults.is_empty()) {
                let message = format!("`{path}` begins at {:02}:{:02}", seconds / 3600, seconds / 60 % 60);
                let label = "before it, what held the day before goes on";
                context.findings.warning(
                    "W0409",
                    &format!("{path}.{key}"),
                    message,
                    label,
                    "add a row at `00:00` to be clear",
                );
            }
            context.findings.faults(path, faults);
            steps_or_default(&rows, context.clock, context.clock.tables_until())
        }
    }
}

/// In a run that goes on until it is empty, what is open at the end of the run length stays open,
/// and at least `least`.
pub fn at_least_after_the_end(mut steps: Steps<u32>, least: u32, context: &Context) -> Steps<u32> {
    if context.clock.end == End::Empty && steps.steps.last().is_some_and(|step| step.1 < least) {
        steps.steps.push((context.clock.run_end, least));
    }
    steps
}

/// By class: shares by target in name order, `next` last with what is left.
fn routes(name: &str, table: &StationTable, context: &mut Context) -> Vec<Route> {
    let next = context.target(&table.next);
    let mut routes = Vec::new();
    for class in 0..context.names.classes.len() {
        let class_name = context.names.classes[class];
        let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
        for (target, share) in &table.route {
            if let RouteShare::All(share) = share {
                shares.insert(target, share.0);
            }
        }
        let mut path = format!("station.{name}.route");
        if let Some(RouteShare::Class(own)) = table.route.get(class_name) {
            path = format!("{path}.{class_name}");
            shares.extend(own.iter().map(|(target, share)| (target.as_str(), share.0)));
        }
        let sum: f64 = shares.values().sum();
        if sum > 1.0 + TOLERANCE || shares.values().any(|share| *share < 0.0) {
            let of =
                if path.ends_with(".route") { String::new() } else { format!(" for class `{class_name}`") };
            let message = format!("routes of `{name}`{of} sum to {}", percent(sum));
            let label = "shares of 0 % to 100 % together";
            context.findings.error("E0310", &path, message, label, "what is left of 100 % goes to `next`");
        }
        let mut upper = 0.0;
        let mut branches = Vec::with_capacity(shares.len() + 1);
        for (target, share) in shares {
            upper = f64::min(upper + share, 1.0);
            branches.push((upper, context.target(target)));
        }
        if upper > 1.0 - TOLERANCE && !branches.is_empty() {
            branches.last_mut().expect("it is not empty").0 = 1.0;
        } else {
            branches.push((1.0, next));
        }
        routes.push(Route { branches });
    }
    routes
}

/// Roads in name order.
pub fn roads(context: &mut Context) -> Vec<Road> {
    context.study.road.iter().map(|(name, table)| road(name, table, context)).collect()
}

fn road(name: &str, table: &RoadTable, context: &mut Context) -> Road {
    let path = |key: &str| format!("road.{name}.{key}");
    let spacing = table.spacing.map_or(DEFAULT_SPACING, |length| length.0);
    if !(SPACING[0]..=SPACING[1]).contains(&spacing) {
        context.findings.error(
            "E0350",
            &path("spacing"),
            format!("`{}` is out of range", path("spacing")),
            format!("{} m to {} m", SPACING[0], SPACING[1]),
            "write `20 m`, or leave it out",
        );
    }
    let places =
        |meters: f64, lanes: u32| (f64::from(lanes) * meters / spacing).floor().clamp(0.0, 4e9) as u32;
    let room = match (table.room, table.length) {
        (Some(room), _) => Some(room.0),
        (None, Some(length)) => Some(places(length.0, table.lanes.0)),
        (None, None) => None,
    };
    let split = table.split.map(|split| match split {
        Spread::Places(places) => places,
        // A pocket is one lane wide.
        Spread::Meters(meters) => places(meters, 1),
    });
    let room_key = if table.room.is_some() { "room" } else { "length" };
    // Places that are counted are checked with the other counts.
    let short_road = room == Some(0) && table.room.is_none();
    if short_road || (split == Some(0) && matches!(table.split, Some(Spread::Meters(_)))) {
        let key = if short_road { room_key } else { "split" };
        let message = format!("no truck fits on `{}`", path(key));
        let help = format!("a standing truck takes up {spacing} m");
        context.findings.error("E0350", &path(key), message, "at least one place", help);
    }
    if let (Some(room), None) = (room.filter(|room| *room > MOST_COUNTED), table.room) {
        let message = format!("`{}` makes {room} places", path("length"));
        let help = "look at the units of `length` and `spacing`, and at `lanes`";
        context.findings.error(
            "E0350",
            &path("length"),
            message,
            format!("at most {MOST_COUNTED} places"),
            help,
        );
    }
    if let (Some(room), Some(split)) = (room, split)
        && split > room
    {
        context.findings.clash(
            "E0336",
            (&path("split"), &format!("{split} places")),
            (&path(room_key), &format!("{room} places")),
            format!("`{}` has more places than `{name}`", path("split")),
            "the split is a point on the road: make it shorter",
        );
    }
    let discharge = match table.discharge {
        None => SimDuration::ZERO,
        Some(rate) if rate.per_hour > 0.0 => SimDuration::from_seconds(3600.0 / rate.per_hour),
        Some(_) => {
            let message = format!("no truck ever leaves `{name}`");
            let help = "write a rate such as `600 trucks/h`, or leave it out for none";
            context.findings.error("E0350", &path("discharge"), message, "a rate above zero", help);
            SimDuration::ZERO
        }
    };
    Road {
        name: name.to_owned(),
        travel: context.duration(&path("travel"), &table.travel),
        overtaking: table.overtaking,
        lanes: table.lanes.0,
        room,
        split,
        discharge,
        next: context.target(&table.next),
        loop_slot: None,
    }
}

impl Context<'_> {
    /// What a name leads to; a name that leads nowhere has been told before.
    pub fn target(&self, name: &str) -> Target {
        self.names.target(name).unwrap_or(Target::Exit)
    }
}
