//! The catalogue: which measures a crossing has, what they are called, and in which order.
//!
//! Names read from the general to the particular: `measure[.station[.group]][.class][.statistic]`,
//! with `@` and the hour at the end where a value belongs to one hour: `wait.primary.standard.p95`,
//! `crossing_time.fast.mean`, `officer_hours`, `lanes_open.primary.standard.mean@08`. Measures with
//! one number only have no statistic in their name. A class whose name is also that of a group (or
//! station) stands after `any`: `wait.primary.any.fast.mean`. Start at [`Catalog`].

use crate::model::calendar::Period;
use crate::model::network::{GroupId, Network, Station};
use crate::model::value::{Currency, Valuation};

use super::entry::{Entry, Measure, Place, Statistic};
use super::money;
use super::security;

/// Everything that is measured of a crossing: one value per entry and replication.
#[derive(Clone, PartialEq, Debug)]
pub struct Catalog {
    entries: Vec<Entry>,
    whole_run: usize,
    blocks: Vec<Block>,
    hours: Vec<String>,
    stations: Vec<(String, Vec<String>)>,
    classes: Vec<String>,
    pools: Vec<String>,
    /// Of violations.
    kinds: Vec<String>,
    currency: Currency,
}

/// Entries that differ in their statistic only: they are worked out together.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Block {
    pub(super) measure: Measure,
    pub(super) spot: Spot,
    /// Rows of the measure's table that belong to it.
    pub(super) rows: Vec<usize>,
    pub(super) period: Option<usize>,
    /// Spot of its first entry.
    pub(super) first: usize,
}

/// Where a measure is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Spot {
    Crossing,
    Station(usize),
    Group(usize),
    /// One pool, or all.
    Pool(Option<usize>),
    /// One kind of violation, or all.
    Kind(Option<usize>),
}

/// Which rows of tables stand for what.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    classes: usize,
    /// (group, class) that is ever served there.
    pub(super) pairs: Vec<(usize, usize)>,
    /// By group and class; `usize::MAX` where a class is not served.
    pair_of: Vec<usize>,
}

impl Rows {
    pub(super) fn new(network: &Network) -> Self {
        let classes = network.classes.len();
        let mut pairs = Vec::new();
        let mut pair_of = vec![usize::MAX; network.groups.len() * classes];
        for group in 0..network.groups.len() {
            let is_served =
                |class: &usize| network.phases().any(|phase| phase.groups[group].service[*class].is_some());
            for class in (0..classes).filter(is_served) {
                pair_of[group * classes + class] = pairs.len();
                pairs.push((group, class));
            }
        }
        Rows { classes, pairs, pair_of }
    }

    /// The row of a group and class that is served there.
    #[inline]
    pub(super) fn pair(&self, group: usize, class: usize) -> usize {
        self.pair_of[group * self.classes + class]
    }

    /// Rows of classes, at whatever group.
    pub(super) fn of_classes(&self, classes: &[usize]) -> Vec<usize> {
        (0..self.pairs.len()).filter(|row| classes.contains(&self.pairs[*row].1)).collect()
    }

    /// Rows of groups, of whatever class.
    pub(super) fn of_groups(&self, groups: &[usize]) -> Vec<usize> {
        self.matching(groups, None)
    }

    /// Rows of each place of [`Catalog::queue_places`].
    pub(super) fn lines(&self, network: &Network) -> impl Iterator<Item = Vec<usize>> {
        let stations = (0..network.stations.len()).map(|station| groups_of(network, station));
        let groups = (0..network.groups.len()).map(|group| vec![group]);
        stations.chain(groups).map(|groups| self.of_groups(&groups))
    }

    fn matching(&self, groups: &[usize], class: Option<usize>) -> Vec<usize> {
        let wanted =
            |(group, of): &(usize, usize)| groups.contains(group) && class.is_none_or(|class| class == *of);
        (0..self.pairs.len()).filter(|row| wanted(&self.pairs[*row])).collect()
    }
}

impl Catalog {
    /// The measures of a crossing.
    pub fn new(network: &Network) -> Self {
        Catalog::valued(network, None)
    }

    /// The same, with those of money and air that a valuation gives.
    pub fn valued(network: &Network, valuation: Option<&Valuation>) -> Self {
        let mut catalog = Catalog::over_run(network, valuation);
        let rows = Rows::new(network);
        for period in 0..network.calendar.period_count() {
            catalog.add_all(network, &rows, Some(period));
        }
        catalog
    }

    /// The measures over the whole run alone.
    pub fn over_run(network: &Network, valuation: Option<&Valuation>) -> Self {
        let name_of = |group: usize| network.groups[group].name.clone();
        let stations = network.stations.iter().map(|station| {
            let first = station.first_group.index();
            let groups = (first..first + station.group_count as usize).map(name_of);
            (station.name.clone(), groups.collect())
        });
        let mut catalog = Catalog {
            entries: Vec::new(),
            whole_run: 0,
            blocks: Vec::new(),
            hours: hour_names(network),
            stations: stations.collect(),
            classes: network.classes.iter().map(|class| class.name.clone()).collect(),
            pools: network.pools.iter().map(|pool| pool.name.clone()).collect(),
            kinds: Vec::new(),
            currency: valuation
                .and_then(|valuation| valuation.money.as_ref())
                .map_or(Currency::Usd, |money| money.currency),
        };
        let rows = Rows::new(network);
        catalog.add_all(network, &rows, None);
        catalog.add_value(network, valuation);
        catalog.add_security(network);
        catalog.whole_run = catalog.entries.len();
        catalog
    }

    /// Every entry: those over the whole run first, then by hour.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many entries are over the whole run.
    pub fn whole_run(&self) -> usize {
        self.whole_run
    }

    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Whole-run times of which the trucks of all replications are also taken together.
    pub(super) fn pooled_blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| {
            let of_all = self.entries[block.first].class.is_none() || block.spot == Spot::Crossing;
            let kept = matches!(block.measure, Measure::CrossingTime | Measure::BorderWait | Measure::Wait);
            kept && of_all && block.period.is_none()
        })
    }

    /// Their names, without statistic: `crossing_time.fast`.
    pub fn pooled_names(&self) -> Vec<String> {
        let stem = |block: &Block| {
            let name = &self.entries[block.first].name;
            name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned()
        };
        self.pooled_blocks().map(stem).collect()
    }

    /// Places with finite room, and how many trucks find room there: roads, then stations.
    pub fn storage_places(network: &Network) -> Vec<(Place, u32)> {
        let roads = network.roads.iter().map(|road| (Place::Road(road.name.clone()), road.room));
        let station = |station: &Station| (Place::Station(station.name.clone()), station.room);
        let all = roads.chain(network.stations.iter().map(station));
        all.filter_map(|(place, room)| Some((place, room?))).collect()
    }

    /// From where to where trucks are counted; link `k` of class `c` among `n` places in all is
    /// number `c × n × n + from × n + to`.
    pub fn link_places(network: &Network) -> Vec<Place> {
        let streams = network.streams.iter().map(|stream| Place::Stream(stream.name.clone()));
        let stations = network.stations.iter().map(|station| Place::Station(station.name.clone()));
        let roads = network.roads.iter().map(|road| Place::Road(road.name.clone()));
        let outcomes = [
            Place::Exit,
            Place::TurnedAway,
            Place::Diverted,
            Place::Balked,
            Place::Reneged,
            Place::Unfinished,
        ];
        streams.chain(stations).chain(roads).chain(outcomes).collect()
    }

    /// Where lines are followed over time: stations first, then groups.
    pub fn queue_places(&self) -> Vec<(String, Option<String>)> {
        let stations = self.stations.iter().map(|(station, _)| (station.clone(), None));
        let groups = self
            .stations
            .iter()
            .flat_map(|(station, groups)| groups.iter().map(|group| (station.clone(), Some(group.clone()))));
        stations.chain(groups).collect()
    }

    /// The place of the entry with this very name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }

    /// The place of the entry that a name means. The group of a station that has only one, the
    /// only pool and `.mean` may be named or left out.
    pub fn find(&self, name: &str) -> Option<usize> {
        let (path, hour) = match name.split_once('@') {
            Some((path, hour)) => (path, Some(self.hours.iter().position(|known| known == hour)? as u16)),
            None => (name, None),
        };
        let mut parts = path.split('.').collect::<Vec<_>>();
        let measure = self.entries.iter().map(|entry| entry.measure).find(|m| m.name() == parts[0])?;
        let offered = measure.statistics();
        let statistic = match parts.last().and_then(|last| offered.iter().find(|s| s.name() == *last)) {
            Some(statistic) if parts.len() > 1 => {
                parts.pop();
                *statistic
            }
            _ => match (offered, parts.last()) {
                ([only], Some(&"mean")) if *only == Statistic::Value => {
                    parts.pop();
                    *only
                }
                ([only], _) => *only,
                _ if offered.contains(&Statistic::Mean) => Statistic::Mean,
                _ => return None,
            },
        };
        let (mut station, group, class) = self.scope(measure, &parts[1..])?;
        if station.is_none() && matches!(measure, Measure::BorderWait | Measure::PostedWait) {
            station = self.entries.iter().find(|entry| entry.measure == measure)?.station.as_deref();
        }
        self.entries.iter().position(|entry| {
            entry.measure == measure
                && entry.statistic == statistic
                && entry.period == hour
                && entry.station.as_deref() == station
                && entry.group.as_deref() == group
                && entry.class.as_deref() == class
        })
    }

    /// What the middle of a name says: (station or pool, group, class).
    #[allow(clippy::type_complexity)]
    fn scope<'a>(
        &'a self,
        measure: Measure,
        parts: &[&'a str],
    ) -> Option<(Option<&'a str>, Option<&'a str>, Option<&'a str>)> {
        if is_of_officers(measure) {
            return match parts {
                [] => Some((None, None, None)),
                [pool] if self.pools.len() == 1 && self.pools[0] == **pool => Some((None, None, None)),
                [pool] => Some((Some(pool), None, None)),
                _ => None,
            };
        }
        if is_of_kinds(measure) {
            return match parts {
                [] if self.kinds.len() == 1 && measure != Measure::Finds => {
                    Some((Some(&self.kinds[0]), None, None))
                }
                [] => Some((None, None, None)),
                [kind] => Some((Some(kind), None, None)),
                [kind, class] => Some((Some(kind), None, Some(class))),
                _ => None,
            };
        }
        let Some((first, rest)) = parts.split_first() else { return Some((None, None, None)) };
        let class_of = |rest: &[&'a str]| match rest {
            [] => Some(None),
            [class] | ["any", class] => Some(Some(*class)),
            _ => None,
        };
        let Some((station, groups)) = self.stations.iter().find(|(name, _)| name == first) else {
            return Some((None, None, class_of(parts)?));
        };
        if let Some((group, rest)) = rest.split_first()
            && groups.iter().any(|known| known == group)
        {
            let group = (groups.len() > 1 || measure == Measure::PostedWait).then_some(*group);
            let class = class_of(rest)?;
            return Some((Some(station), group, class));
        }
        Some((Some(station), None, class_of(rest)?))
    }

    /// Names like the one that was not found, best first; at most three.
    pub fn suggestions(&self, name: &str) -> Vec<String> {
        let mut near: Vec<(f64, &str)> = self.entries[..self.whole_run]
            .iter()
            .map(|entry| (strsim::normalized_damerau_levenshtein(name, &entry.name), entry.name.as_str()))
            .filter(|(likeness, _)| *likeness >= 0.5)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        near.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
    }

    fn add_all(&mut self, network: &Network, rows: &Rows, period: Option<usize>) {
        let classes: Vec<usize> = (0..network.classes.len()).collect();
        self.add_crossing(&classes, period);
        if let Some(border) = &network.border_wait {
            let at = border.at.index();
            self.add_station(Measure::BorderWait, at, network, rows, period);
            for group in groups_of(network, at) {
                self.push(Measure::PostedWait, Spot::Group(group), None, vec![group], period);
            }
        }
        for station in 0..network.stations.len() {
            for measure in [
                Measure::Wait,
                Measure::QueueTime,
                Measure::Sojourn,
                Measure::QueueLength,
                Measure::Throughput,
            ] {
                self.add_station(measure, station, network, rows, period);
            }
            let groups = groups_of(network, station);
            let all = rows.of_groups(&groups);
            self.push(Measure::InSystem, Spot::Station(station), None, all, period);
            if period.is_none() {
                for class in served_at(network, station) {
                    let of_class = rows.matching(&groups, Some(class));
                    self.push(Measure::InSystem, Spot::Station(station), Some(class), of_class, period);
                }
            }
            self.add_lanes(station, network, period);
        }
        let pools: Vec<usize> = (0..network.pools.len()).collect();
        for measure in [Measure::OfficerHours, Measure::OfficerOvertimeHours, Measure::OnDutyHours] {
            if !pools.is_empty() {
                self.push(measure, Spot::Pool(None), None, pools.clone(), period);
            }
            for &pool in pools.iter().filter(|_| pools.len() > 1) {
                self.push(measure, Spot::Pool(Some(pool)), None, vec![pool], period);
            }
        }
    }

    /// Diversion, money and air, over the whole run only.
    fn add_value(&mut self, network: &Network, valuation: Option<&Valuation>) {
        let classes: Vec<usize> = (0..network.classes.len()).collect();
        let (of_trucks, of_crossing) = money::offered(valuation, network);
        for measure in of_trucks {
            self.push(measure, Spot::Crossing, None, classes.clone(), None);
            for &class in &classes {
                self.push(measure, Spot::Crossing, Some(class), vec![class], None);
            }
        }
        for measure in of_crossing {
            self.push(measure, Spot::Crossing, None, classes.clone(), None);
        }
    }

    /// Who is looked at and what is found, over the whole run only.
    fn add_security(&mut self, network: &Network) {
        let offered = security::offered(network);
        let classes: Vec<usize> = (0..network.classes.len()).collect();
        self.kinds = offered.kinds;
        let kinds = 0..self.kinds.len();
        for measure in offered.of_trucks {
            self.push(measure, Spot::Crossing, None, classes.clone(), None);
            for &class in &classes {
                self.push(measure, Spot::Crossing, Some(class), vec![class], None);
            }
        }
        for measure in offered.of_kinds_and_classes {
            for kind in kinds.clone() {
                let spot = Spot::Kind(Some(kind));
                self.push(measure, spot, None, classes.clone(), None);
                for &class in &classes {
                    self.push(measure, spot, Some(class), vec![class], None);
                }
            }
        }
        for measure in offered.of_kinds {
            for kind in kinds.clone() {
                self.push(measure, Spot::Kind(Some(kind)), None, classes.clone(), None);
            }
        }
        for measure in offered.of_crossing {
            self.push(measure, Spot::Kind(None), None, classes.clone(), None);
            for kind in kinds.clone().filter(|_| measure == Measure::Finds) {
                self.push(measure, Spot::Kind(Some(kind)), None, classes.clone(), None);
            }
        }
    }

    fn add_crossing(&mut self, classes: &[usize], period: Option<usize>) {
        for measure in [
            Measure::CrossingTime,
            Measure::Delay,
            Measure::OwnTime,
            Measure::InSystem,
            Measure::Throughput,
            Measure::Trucks,
            Measure::BufferIndex,
            Measure::PlanningTimeIndex,
        ] {
            self.push(measure, Spot::Crossing, None, classes.to_vec(), period);
            for &class in classes {
                self.push(measure, Spot::Crossing, Some(class), vec![class], period);
            }
        }
    }

    /// A measure of trucks at a station: all of it, by class, by group, by group and class.
    fn add_station(
        &mut self,
        measure: Measure,
        station: usize,
        network: &Network,
        rows: &Rows,
        period: Option<usize>,
    ) {
        let groups = groups_of(network, station);
        let of_all = rows.matching(&groups, None);
        self.push(measure, Spot::Station(station), None, of_all, period);
        if period.is_none() {
            for class in served_at(network, station) {
                let of_class = rows.matching(&groups, Some(class));
                self.push(measure, Spot::Station(station), Some(class), of_class, period);
            }
        }
        for &group in groups.iter().filter(|_| groups.len() > 1) {
            let of_group = rows.matching(&[group], None);
            let pairs = of_group.clone();
            self.push(measure, Spot::Group(group), None, of_group, period);
            for row in pairs.iter().filter(|_| period.is_none()) {
                let class = rows.pairs[*row].1;
                self.push(measure, Spot::Group(group), Some(class), vec![*row], period);
            }
        }
    }

    /// Measures of lanes; a yard has none.
    fn add_lanes(&mut self, station: usize, network: &Network, period: Option<usize>) {
        let groups = groups_of(network, station);
        let with_lanes: Vec<usize> =
            groups.iter().copied().filter(|group| network.groups[*group].lanes.is_some()).collect();
        for measure in [
            Measure::Utilization,
            Measure::MoveUpShare,
            Measure::Occupancy,
            Measure::BlockedShare,
            Measure::DownShare,
            Measure::OtherWorkShare,
            Measure::LanesOpen,
            Measure::LaneHours,
        ] {
            let with_lanes: Vec<usize> =
                with_lanes.iter().copied().filter(|group| has(network, *group, measure)).collect();
            if !with_lanes.is_empty() {
                self.push(measure, Spot::Station(station), None, with_lanes.clone(), period);
            }
            for &group in with_lanes.iter().filter(|_| groups.len() > 1) {
                self.push(measure, Spot::Group(group), None, vec![group], period);
            }
        }
    }

    fn push(
        &mut self,
        measure: Measure,
        spot: Spot,
        class: Option<usize>,
        rows: Vec<usize>,
        period: Option<usize>,
    ) {
        let (station, group) = self.names(spot);
        let class = class.map(|class| self.classes[class].clone());
        let taken = match (&station, &group) {
            (None, _) => self.stations.iter().any(|(name, _)| Some(name) == class.as_ref()),
            (Some(_), None) if matches!(spot, Spot::Kind(_)) => false,
            (Some(station), None) => {
                let groups = self.stations.iter().find(|(name, _)| name == station).map(|(_, groups)| groups);
                groups.is_some_and(|groups| groups.iter().any(|name| Some(name) == class.as_ref()))
            }
            (Some(_), Some(_)) => false,
        };
        let any = taken.then(|| "any".to_owned());
        let scope: String = [station.as_ref(), group.as_ref(), any.as_ref(), class.as_ref()]
            .into_iter()
            .flatten()
            .map(|part| format!(".{part}"))
            .collect();
        let hour = period.map_or_else(String::new, |period| format!("@{}", self.hours[period]));
        let first = self.entries.len();
        for &statistic in measure.statistics() {
            let suffix = match statistic {
                Statistic::Value => String::new(),
                _ => format!(".{}", statistic.name()),
            };
            self.entries.push(Entry {
                name: format!("{}{scope}{suffix}{hour}", measure.name()),
                measure,
                station: station.clone(),
                group: group.clone(),
                class: class.clone(),
                period: period.map(|period| period as u16),
                statistic,
                unit: statistic.unit(measure, self.currency),
            });
        }
        self.blocks.push(Block { measure, spot, rows, period, first });
    }

    fn names(&self, spot: Spot) -> (Option<String>, Option<String>) {
        match spot {
            Spot::Crossing | Spot::Pool(None) | Spot::Kind(None) => (None, None),
            Spot::Kind(Some(kind)) => (Some(self.kinds[kind].clone()), None),
            Spot::Station(station) => (Some(self.stations[station].0.clone()), None),
            Spot::Pool(Some(pool)) => (Some(self.pools[pool].clone()), None),
            Spot::Group(group) => {
                let mut before = 0;
                for (name, groups) in &self.stations {
                    if group < before + groups.len() {
                        return (Some(name.clone()), Some(groups[group - before].clone()));
                    }
                    before += groups.len();
                }
                unreachable!("a group belongs to a station")
            }
        }
    }
}

fn is_of_officers(measure: Measure) -> bool {
    matches!(measure, Measure::OfficerHours | Measure::OfficerOvertimeHours | Measure::OnDutyHours)
}

fn is_of_kinds(measure: Measure) -> bool {
    matches!(
        measure,
        Measure::Detection | Measure::DetectionCounted | Measure::WorstDetection | Measure::Finds
    )
}

fn groups_of(network: &Network, station: usize) -> Vec<usize> {
    let data = &network.stations[station];
    let first = data.first_group.index();
    (first..first + data.group_count as usize).collect()
}

/// Whether a measure of lanes can be anything but zero at a group.
fn has(network: &Network, group: usize, measure: Measure) -> bool {
    let id = GroupId(group as u16);
    match measure {
        Measure::DownShare => network.failures.iter().any(|failure| failure.groups.contains(&id)),
        Measure::OtherWorkShare => network.phases().any(|phase| phase.groups[group].other_work.is_some()),
        _ => true,
    }
}

/// Classes that some group of a station accepts.
fn served_at(network: &Network, station: usize) -> Vec<usize> {
    let groups = groups_of(network, station);
    let serves = |class: &usize| groups.iter().any(|group| network.groups[*group].service[*class].is_some());
    (0..network.classes.len()).filter(serves).collect()
}

/// `08` when there is only one day to speak of, `d2-08` for others.
fn hour_names(network: &Network) -> Vec<String> {
    let calendar = &network.calendar;
    (0..calendar.period_count())
        .map(|period| match calendar.day_and_hour(Period(period as u16)) {
            (day, hour) if calendar.days_apart() && (calendar.days > 1 || day > 0) => {
                format!("d{}-{hour:02}", day + 1)
            }
            (_, hour) => format!("{hour:02}"),
        })
        .collect()
}
