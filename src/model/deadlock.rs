//! Deadlock: blocked trucks that wait for one another in a circle.
//!
//! Looked for when a truck becomes blocked or stuck on a road, and at the end of the run. A lane
//! group *moves* if one of its open lanes serves, is being set up, or may yet be opened, or holds a
//! truck that can go on. A blocked truck can go on if a group that moves will take it or make a
//! place for it; for a road, if any truck on it will leave. What can go on is found as a fixed
//! point, generously: every doubt counts as movement. So what remains is stuck for ever, and where
//! stuck trucks form a circle the run fails with it. Start at [`Crossing::look_for_deadlock`].

use crate::kernel::time::SimTime;
use crate::model::crossing::{Crossing, Failure};
use crate::model::network::{ClassId, GroupId, LanePlan, RoadId, StationId, Target};
use crate::model::notice::Observer;
use crate::model::station::{Lane, LaneState, accepts};
use crate::model::truck::TruckId;

/// A truck that holds a lane and cannot go on yet.
#[derive(Clone, Copy, Debug)]
struct Wait {
    group: GroupId,
    lane: u32,
    truck: TruckId,
    target: Target,
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// Whether some blocked trucks can never go on; if so, the run fails with their circle.
    pub(super) fn look_for_deadlock(&mut self, now: SimTime) {
        let waits = self.waits();
        let mut moves: Vec<bool> =
            (0..self.groups.len()).map(|group| self.serves(now, GroupId(group as u16))).collect();
        while let Some(freed) = waits.iter().find(|wait| {
            let open = wait.lane < self.groups[wait.group.index()].plan;
            open && !moves[wait.group.index()] && self.can_go_on(wait, &moves)
        }) {
            moves[freed.group.index()] = true;
        }
        let mut stuck: Vec<(StationId, Target)> = Vec::new();
        for wait in waits.iter().filter(|wait| !self.can_go_on(wait, &moves)) {
            let edge = (self.groups[wait.group.index()].data.station, wait.target);
            if !stuck.contains(&edge) {
                stuck.push(edge);
            }
        }
        let mut seen = vec![false; stuck.len()];
        let circle = (0..stuck.len()).find_map(|first| self.circle(&stuck, &mut vec![first], &mut seen));
        if let Some(circle) = circle {
            let mut cycle = Vec::new();
            for edge in circle {
                let (station, target) = stuck[edge];
                cycle.push(self.name(Target::Station(station)));
                cycle.extend(self.roads_from(target).map(|road| self.name(Target::Road(road))));
            }
            cycle.extend(cycle.first().cloned());
            self.failure = Some(Failure::Deadlock { at: now, cycle });
        }
    }

    fn waits(&self) -> Vec<Wait> {
        let stations = self.stations.iter().enumerate();
        let roads = self.roads.iter().enumerate();
        let stations = stations.map(|(at, state)| (Target::Station(StationId(at as u16)), &state.blocked));
        let roads = roads.map(|(at, state)| (Target::Road(RoadId(at as u16)), &state.blocked));
        let all = stations.chain(roads).flat_map(|(target, blocked)| {
            blocked.iter().map(move |(group, lane, truck)| Wait {
                group: *group,
                lane: *lane,
                truck: *truck,
                target,
            })
        });
        all.collect()
    }

    /// Whether a group will take a truck without one of its blocked trucks going on.
    fn serves(&self, now: SimTime, group: GroupId) -> bool {
        let state = &self.groups[group.index()];
        let serving = state.lanes.iter().take(state.plan as usize);
        let may_open = match (state.data.lanes, &state.data.plan) {
            (None, _) => true,
            (Some(built), LanePlan::Table(table)) => {
                table.steps[table.place(now)..].iter().any(|(_, open)| built.min(*open) > state.plan)
            }
            (Some(_), LanePlan::Officers(pool, member)) => self.may_open(now, *pool, *member),
        };
        let works = |lane: &Lane| match lane.state {
            LaneState::Busy(_) | LaneState::SettingUp => true,
            // Repairs and other work end.
            LaneState::Stopped(_) | LaneState::Down | LaneState::Away => true,
            LaneState::Closed | LaneState::Idle | LaneState::Blocked(_) => false,
        };
        // Who loses patience makes room; other values may come.
        let gives_way = self.stations[state.data.station.index()].may_leave || !self.whole.later.is_empty();
        gives_way || may_open || serving.into_iter().any(works)
    }

    fn can_go_on(&self, wait: &Wait, moves: &[bool]) -> bool {
        match wait.target {
            Target::Exit => true,
            Target::Station(station) => {
                let class = self.truck(wait.truck).class;
                // Its own service, or a waiting place that a truck in line leaves.
                self.network.groups_of(station).any(|group| {
                    let line = self.stations[station.index()].waiting.min(self.groups[group.index()].waiting);
                    moves[group.index()] && (line > 0 || self.is_accepted(group, class))
                })
            }
            Target::Road(road) => self.lets_out(road, moves),
        }
    }

    /// Whether a truck will leave a road, or the road where it leads.
    fn lets_out(&self, road: RoadId, moves: &[bool]) -> bool {
        let on_the_way = self.roads_from(Target::Road(road));
        let next = |road: RoadId| self.network.roads[road.index()].next;
        on_the_way.into_iter().any(|road| match next(road) {
            Target::Exit => true,
            Target::Road(onward) => self.has_room(onward),
            Target::Station(station) => self.inside.iter().any(|inside| {
                let travels = inside.line.is_none() && inside.first_choice.is_none();
                inside.road == Some(road)
                    && self.network.groups_of(station).any(|group| {
                        let free = travels && self.groups[group.index()].has_free_lane();
                        (free || moves[group.index()]) && self.is_accepted(group, inside.truck.class)
                    })
            }),
        })
    }

    fn is_accepted(&self, group: GroupId, class: ClassId) -> bool {
        accepts(self.groups[group.index()].data, class)
    }

    /// A target's road and those that it leads onto, as far as a station, the exit or a circle.
    fn roads_from(&self, target: Target) -> impl Iterator<Item = RoadId> {
        let onward = |target: &Target| match target {
            Target::Road(road) => Some(self.network.roads[road.index()].next),
            Target::Station(_) | Target::Exit => None,
        };
        std::iter::successors(Some(target), onward).take(self.roads.len() + 1).filter_map(|target| {
            match target {
                Target::Road(road) => Some(road),
                Target::Station(_) | Target::Exit => None,
            }
        })
    }

    /// Where a target leads in the end: a station, or nowhere that matters.
    fn end_station(&self, target: Target) -> Option<StationId> {
        let last = match self.roads_from(target).last() {
            Some(road) => self.network.roads[road.index()].next,
            None => target,
        };
        match last {
            Target::Station(station) => Some(station),
            Target::Road(_) | Target::Exit => None,
        }
    }

    /// The circle that a path of waits runs into, if it does; each wait is gone through once.
    fn circle(
        &self,
        stuck: &[(StationId, Target)],
        path: &mut Vec<usize>,
        seen: &mut [bool],
    ) -> Option<Vec<usize>> {
        let last = *path.last()?;
        seen[last] = true;
        let end = self.end_station(stuck[last].1)?;
        for next in (0..stuck.len()).filter(|next| stuck[*next].0 == end) {
            if let Some(first) = path.iter().position(|edge| *edge == next) {
                return Some(path[first..].to_vec());
            }
            if !seen[next] {
                path.push(next);
                let circle = self.circle(stuck, path, seen);
                if circle.is_some() {
                    return circle;
                }
                path.pop();
            }
        }
        None
    }

    /// The most trucks that can ever wait for a group, on the roads to it and in its station.
    pub(super) fn longest_queue(&self, now: SimTime, group: GroupId) -> u64 {
        let station = &self.stations[self.groups[group.index()].data.station.index()];
        let roads = station.roads.iter().map(|road| self.network.roads[road.index()].room);
        let places = roads.chain([station.data.room]).map(|room| room.map(u64::from));
        let room = places.sum::<Option<u64>>().unwrap_or(u64::MAX);
        let is_over = now.since_start() >= self.network.run_length;
        if is_over { room.min(u64::from(self.count_inside)) } else { room }
    }

    fn name(&self, target: Target) -> String {
        match target {
            Target::Exit => "exit".to_owned(),
            Target::Station(id) => self.network.stations[id.index()].name.clone(),
            Target::Road(id) => self.network.roads[id.index()].name.clone(),
        }
    }
}
