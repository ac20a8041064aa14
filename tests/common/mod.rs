//! Small crossings built in code, and listeners that write down what happened.
//!
//! [`Sketch`] fills the tables of a [`Network`] as a checked scenario would; whatever it does not
//! offer is set on the public fields. [`Visits`] keeps one row per truck and station.

#![allow(dead_code, reason = "each test file uses a part")]

use cruce::dist::{Dist, DurationSampler};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::calendar::Calendar;
use cruce::model::crossing;
use cruce::model::network::*;
use cruce::model::notice::{LaneNotice, Notice, Observer, Outcome};
use cruce::model::truck::{Truck, TruckId};

/// `seconds` after the start of the run.
pub fn at(seconds: i64) -> SimTime {
    SimTime::from_micros(seconds * 1_000_000)
}

/// A duration of whole seconds.
pub fn secs(seconds: i64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

/// A service or travel time that never varies.
pub fn always(seconds: i64) -> Dist {
    Dist::Constant(seconds as f64)
}

/// A network in the making. Stations, groups and roads are numbered in order of being added.
pub struct Sketch {
    pub network: Network,
}

impl Sketch {
    /// An empty crossing observed for some hours from midnight, then drained.
    pub fn new(hours: i64, classes: &[&str]) -> Self {
        let run_length = SimDuration::from_hours(hours);
        let share = |place: usize| (place + 1) as f64 / classes.len() as f64;
        let branches = (0..classes.len()).map(|c| (share(c), Branch::Class(ClassId(c as u8))));
        let tree = ClassTree {
            splits: vec![Split { purpose: "class:trucks".into(), branches: branches.collect() }],
        };
        Sketch {
            network: Network {
                classes: classes.iter().map(|name| Class { name: (*name).into() }).collect(),
                class_tree: tree,
                streams: Vec::new(),
                stations: Vec::new(),
                groups: Vec::new(),
                roads: Vec::new(),
                pools: Vec::new(),
                failures: Vec::new(),
                later: Vec::new(),
                security: None,
                border_wait: None,
                loop_slots: 0,
                calendar: Calendar::utc(19_000, (hours as u32).div_ceil(24)),
                run_length,
                warm_up: SimDuration::ZERO,
                end: End::Drain,
                drain_limit: SimTime::ZERO + run_length + SimDuration::from_hours(1000),
            },
        }
    }

    /// A station with one pooled group that serves every class alike.
    pub fn station(&mut self, name: &str, lanes: u32, service: &Dist, next: Target) -> StationId {
        let service = vec![Some(service.clone()); self.network.classes.len()];
        self.station_of(name, vec![group("lanes", lanes, &service)], next)
    }

    /// A station with these groups; every class prefers them in this order.
    pub fn station_of(&mut self, name: &str, groups: Vec<Group>, next: Target) -> StationId {
        let network = &mut self.network;
        let id = StationId(network.stations.len() as u16);
        let first = network.groups.len() as u16;
        let accepting = |class: usize| {
            let accepts = |(place, group): (usize, &Group)| {
                group.service[class].as_ref().map(|_| GroupId(first + place as u16))
            };
            groups.iter().enumerate().filter_map(accepts).collect()
        };
        let classes = network.classes.len();
        network.stations.push(Station {
            name: name.into(),
            first_group: GroupId(first),
            group_count: groups.len() as u16,
            line: LineLayout::PerGroup,
            room: None,
            choices: (0..classes).map(accepting).collect(),
            routes: vec![Route { branches: vec![(1.0, next)] }; classes],
            full: Full::Block,
            priority: Vec::new(),
            preempt: None,
            patience: Vec::new(),
            balking: Vec::new(),
            pace: None,
            screening: None,
            loop_slot: None,
        });
        network.groups.extend(groups.into_iter().map(|group| Group { station: id, ..group }));
        id
    }

    /// A road that always takes `travel`, without overtaking, room or split.
    pub fn road(&mut self, name: &str, travel: i64, lanes: u32, next: Target) -> RoadId {
        let id = RoadId(self.network.roads.len() as u16);
        self.network.roads.push(Road {
            name: name.into(),
            travel: DurationSampler::constant(secs(travel)),
            overtaking: false,
            lanes,
            room: None,
            split: None,
            discharge: SimDuration::ZERO,
            next,
            loop_slot: None,
        });
        id
    }

    /// A stream of one-truck batches at so many per hour, first class.
    pub fn poisson(&mut self, name: &str, entry: StationId, per_hour: Steps<f64>) {
        let arrivals = Arrivals::Field { batches_per_hour: per_hour, batch: None, day_factor: None };
        self.stream(name, entry, arrivals, Some(ClassId(0)));
    }

    /// Listed trucks, numbered from 1: (second of arrival, class).
    pub fn trace(&mut self, entry: StationId, trucks: &[(i64, u8)]) {
        let truck = |(row, (second, class)): (usize, &(i64, u8))| TraceTruck {
            at: at(*second),
            class: ClassId(*class),
            identity: row as u64 + 1,
            number: (row + 1).to_string(),
            score: None,
            hides: None,
            service: Vec::new(),
        };
        let trucks = trucks.iter().enumerate().map(truck).collect();
        self.stream("trace", entry, Arrivals::Trace(trucks), None);
    }

    pub fn stream(&mut self, name: &str, entry: StationId, arrivals: Arrivals, class: Option<ClassId>) {
        self.network.streams.push(Stream { name: name.into(), entry, arrivals, class, diversion: None });
    }

    pub fn station_mut(&mut self, station: StationId) -> &mut Station {
        &mut self.network.stations[station.index()]
    }

    pub fn group_mut(&mut self, station: StationId, place: u16) -> &mut Group {
        let first = self.network.stations[station.index()].first_group;
        &mut self.network.groups[(first.0 + place) as usize]
    }

    /// The service time that a truck of the trace brings along.
    pub fn brings(&mut self, truck: usize, station: StationId, seconds: i64) {
        let Arrivals::Trace(trucks) = &mut self.network.streams[0].arrivals else {
            panic!("the first stream is a trace")
        };
        trucks[truck - 1].service.push((station, secs(seconds)));
    }

    /// Runs once and returns the visits in order of arrival at their stations.
    pub fn visits(&self) -> Visits {
        let mut visits = Visits::default();
        crossing::simulate(&self.network, 1, 0, &mut visits).expect("the run ends by itself");
        visits
    }
}

/// A pooled group with all its lanes always open; service by class, `None` where not accepted.
pub fn group(name: &str, lanes: u32, service: &[Option<Dist>]) -> Group {
    Group {
        name: name.into(),
        station: StationId(0),
        lanes: Some(lanes),
        queue: QueueLayout::Pooled,
        free_lane: FreeLane::Lowest,
        service: service.iter().map(|law| law.as_ref().map(DurationSampler::new)).collect(),
        move_up: None,
        plan: LanePlan::Table(Steps::constant(lanes)),
        room: None,
        overflow: None,
        closing: None,
        other_work: None,
        slowed: None,
    }
}

/// A group where everyone is served at once.
pub fn yard(name: &str, service: &[Option<Dist>]) -> Group {
    Group { lanes: None, plan: LanePlan::Table(Steps::constant(1)), ..group(name, 1, service) }
}

/// Lanes by (second, open).
pub fn plan(rows: &[(i64, u32)]) -> LanePlan {
    LanePlan::Table(Steps::new(rows.iter().map(|(second, open)| (at(*second), *open))))
}

/// One truck at one station.
#[derive(Clone, PartialEq, Debug)]
pub struct Visit {
    pub id: TruckId,
    pub truck: Truck,
    pub station: StationId,
    pub arrived: SimTime,
    pub group: Option<GroupId>,
    pub joined: Option<SimTime>,
    pub lane: Option<u32>,
    /// When a lane was taken: move-up begins, if there is one.
    pub taken: Option<SimTime>,
    pub began: Option<SimTime>,
    /// When service stopped before its end, and when it went on.
    pub interrupted: Vec<SimTime>,
    pub resumed: Vec<SimTime>,
    pub ended: Option<SimTime>,
    pub blocked: Option<SimTime>,
    pub left: Option<SimTime>,
}

/// Writes everything down.
#[derive(Default)]
pub struct Visits {
    pub visits: Vec<Visit>,
    pub notices: Vec<(SimTime, u64, Notice)>,
    pub lanes: Vec<(SimTime, LaneNotice)>,
    pub gone: Vec<(SimTime, Truck, Outcome)>,
    pub ended: Option<SimTime>,
    /// The last visit of each truck inside.
    present: Vec<Option<usize>>,
}

impl Visits {
    /// Visits to a station as (truck, lane from 1, arrived, began, ended, left) in whole seconds,
    /// in order of truck number.
    pub fn table(&self, station: StationId) -> Vec<(u64, u32, i64, i64, i64, i64)> {
        let whole = |time: Option<SimTime>| match time {
            Some(time) if time.micros() % 1_000_000 == 0 => time.micros() / 1_000_000,
            Some(time) => panic!("{time:?} is not a whole second"),
            None => -1,
        };
        let mut rows: Vec<_> = self
            .visits
            .iter()
            .filter(|visit| visit.station == station)
            .map(|visit| {
                let lane = visit.lane.map_or(0, |lane| lane + 1);
                let began = whole(visit.began);
                let ended = whole(visit.ended);
                (visit.truck.identity, lane, whole(Some(visit.arrived)), began, ended, whole(visit.left))
            })
            .collect();
        rows.sort();
        rows
    }

    /// Outcomes in order of time: (second, truck, outcome).
    pub fn outcomes(&self) -> Vec<(i64, u64, Outcome)> {
        let row = |(now, truck, outcome): &(SimTime, Truck, Outcome)| {
            (now.micros() / 1_000_000, truck.identity, *outcome)
        };
        self.gone.iter().map(row).collect()
    }

    /// The second at which each truck joined a group at a station, in order of truck number.
    pub fn joined(&self, station: StationId) -> Vec<i64> {
        let mut rows: Vec<_> = self.visits.iter().filter(|visit| visit.station == station).collect();
        rows.sort_by_key(|visit| visit.truck.identity);
        rows.iter().map(|visit| visit.joined.map_or(-1, |time| time.micros() / 1_000_000)).collect()
    }

    /// Open lanes of a group as they changed: (second, open, setting up, closing).
    pub fn lane_changes(&self, wanted: GroupId) -> Vec<(i64, u32, u32, u32)> {
        let of_group = |(now, notice): &(SimTime, LaneNotice)| match notice {
            LaneNotice::Lanes { group, open, setting_up, closing, .. } if *group == wanted => {
                Some((now.micros() / 1_000_000, *open, *setting_up, *closing))
            }
            LaneNotice::Lanes { .. } | LaneNotice::Officers { .. } | LaneNotice::Queue { .. } => None,
        };
        self.lanes.iter().filter_map(of_group).collect()
    }

    fn present(&mut self, id: TruckId) -> &mut Visit {
        let place = self.present[id.0 as usize].expect("a truck arrives before it does anything else");
        &mut self.visits[place]
    }
}

impl Observer for Visits {
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        self.notices.push((now, truck.identity, notice));
        match notice {
            Notice::Arrived { station } => {
                let place = id.0 as usize;
                if self.present.len() <= place {
                    self.present.resize(place + 1, None);
                }
                self.present[place] = Some(self.visits.len());
                self.visits.push(Visit {
                    id,
                    truck: *truck,
                    station,
                    arrived: now,
                    group: None,
                    joined: None,
                    lane: None,
                    taken: None,
                    began: None,
                    interrupted: Vec::new(),
                    resumed: Vec::new(),
                    ended: None,
                    blocked: None,
                    left: None,
                });
            }
            Notice::Joined { group } => {
                let visit = self.present(id);
                (visit.group, visit.joined) = (Some(group), Some(now));
            }
            Notice::ServiceBegan { lane, .. } => {
                let visit = self.present(id);
                (visit.lane, visit.taken, visit.began) = (Some(lane), Some(now), Some(truck.began));
            }
            Notice::Interrupted { .. } => self.present(id).interrupted.push(now),
            Notice::Resumed { lane, from, .. } => {
                let visit = self.present(id);
                (visit.lane, visit.taken, visit.began) = (Some(lane), Some(now), Some(truck.began));
                visit.resumed.push(from);
            }
            Notice::ServiceEnded { .. } => self.present(id).ended = Some(now),
            Notice::Blocked { .. } => self.present(id).blocked = Some(now),
            Notice::Left { .. } => self.present(id).left = Some(now),
            Notice::Gone { outcome, .. } => self.gone.push((now, *truck, outcome)),
            Notice::Entered
            | Notice::Assessed { .. }
            | Notice::ImageSent { .. }
            | Notice::ImageRead { .. }
            | Notice::Sent { .. }
            | Notice::Found { .. }
            | Notice::TookRoad { .. }
            | Notice::LeftRoad { .. } => {}
        }
    }

    fn lane_notice(&mut self, now: SimTime, notice: LaneNotice) {
        self.lanes.push((now, notice));
    }

    fn ended(&mut self, now: SimTime) {
        self.ended = Some(now);
    }
}
