//! Roads: travel, the common line at the end, the pockets of lane groups, and spill-back.
//!
//! Arrival at a station is the end of travel. A truck then stands in the common line, first in
//! first out over the road's lanes: it may leave if its group can start it at once or its group's
//! pocket has a place, and fewer than `lanes` trucks stand ahead of it; the line is scanned from
//! the head after every change, and the discharge rate spaces these exits. Travelling, common line
//! and pockets together fill the room; a full road blocks the station behind. It does not know how
//! trucks choose a group (`station`). Start at [`Crossing::serve_road`].

use std::collections::VecDeque;

use crate::kernel::time::SimTime;
use crate::model::crossing::{Crossing, Events, Work, schedule};
use crate::model::event::Event;
use crate::model::network::{GroupId, LineLayout, Network, RoadId, StationId, Target};
use crate::model::notice::{LaneNotice, Notice, Observer, Outcome};
use crate::model::truck::TruckId;

pub(super) struct RoadState {
    /// Trucks on the road: travelling, in the common line, in pockets.
    places: u32,
    /// Travelling without overtaking: (end of travel, truck) in order of entry.
    travelling: VecDeque<(SimTime, TruckId)>,
    pub(super) common: VecDeque<TruckId>,
    /// Trucks of this road that wait in a group's line, by group.
    pub(super) pockets: Vec<u32>,
    /// No exit from the common line before.
    next_exit: SimTime,
    /// A `Discharge` event is on its way.
    discharging: bool,
    /// Lanes that hold a truck which cannot come onto the road, in the order of blocking.
    pub(super) blocked: VecDeque<(GroupId, u32, TruckId)>,
    /// Roads that lead onto this one: their lines look for room here.
    lead_here: Vec<RoadId>,
}

impl RoadState {
    pub(super) fn new(network: &Network, id: RoadId) -> Self {
        let roads = network.roads.iter().enumerate();
        let lead_here = roads.filter(|(_, road)| road.next == Target::Road(id));
        RoadState {
            lead_here: lead_here.map(|(place, _)| RoadId(place as u16)).collect(),
            places: 0,
            travelling: VecDeque::new(),
            common: VecDeque::new(),
            pockets: vec![0; network.groups.len()],
            next_exit: SimTime::ZERO,
            discharging: false,
            blocked: VecDeque::new(),
        }
    }
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    pub(super) fn has_room(&self, road: RoadId) -> bool {
        let room = self.network.roads[road.index()].room;
        room.is_none_or(|room| self.roads[road.index()].places < room)
    }

    fn take_place(&mut self, now: SimTime, road: RoadId, id: TruckId) {
        self.roads[road.index()].places += 1;
        self.at(id).road = Some(road);
        self.tell(now, id, Notice::TookRoad { road });
    }

    /// A truck gives its place on a road free (its service begins, or it goes out by the end).
    pub(super) fn leave_road(&mut self, now: SimTime, id: TruckId, road: RoadId) {
        let state = &mut self.roads[road.index()];
        state.places -= 1;
        if !state.common.is_empty() || !state.blocked.is_empty() {
            self.work.push_back(Work::Road(road));
        }
        let lead_here = self.roads[road.index()].lead_here.iter();
        self.work.extend(lead_here.map(|behind| Work::Road(*behind)));
        self.tell(now, id, Notice::LeftRoad { road });
    }

    /// A truck starts to travel a road that has room.
    pub(super) fn take_road(&mut self, now: SimTime, road: RoadId, id: TruckId, events: &mut Events) {
        let data = &self.network.roads[road.index()];
        let visit = self.visit(id, data.loop_slot);
        let bits = if data.travel.is_random() { self.chance.travel(self.truck(id), road, visit) } else { 0 };
        let travel = data.travel.sample(bits);
        self.count_visit(id, data.loop_slot);
        self.take_place(now, road, id);
        self.at(id).truck.own += travel;
        if data.overtaking {
            return schedule(events, now + travel, Event::OvertakerEnd { road, truck: id });
        }
        let line = &mut self.roads[road.index()].travelling;
        let end = line.back().map_or(now + travel, |(before, _)| (now + travel).max(*before));
        line.push_back((end, id));
        if line.len() == 1 {
            schedule(events, end, Event::TravelEnd { road });
        }
    }

    /// The first of those that travel in order of entry reaches the end.
    pub(super) fn end_travel(&mut self, now: SimTime, road: RoadId, events: &mut Events) {
        let line = &mut self.roads[road.index()].travelling;
        let (_, id) = line.pop_front().expect("someone travels");
        if let Some((end, _)) = line.front() {
            schedule(events, *end, Event::TravelEnd { road });
        }
        self.reach_end(now, road, id, events);
    }

    /// A truck stands at the end of a road from the start of the run.
    pub(super) fn stand_at_end(&mut self, now: SimTime, road: RoadId, id: TruckId, events: &mut Events) {
        self.take_place(now, road, id);
        self.reach_end(now, road, id, events);
    }

    /// End of travel: the truck arrives at the station and stands in the common line.
    pub(super) fn reach_end(&mut self, now: SimTime, road: RoadId, id: TruckId, events: &mut Events) {
        self.at(id).truck.arrived = now;
        if let Target::Station(station) = self.network.roads[road.index()].next {
            self.reach_station(now, station, id);
        }
        if let Target::Station(station) = self.network.roads[road.index()].next
            && RULED
            && self.stations[station.index()].may_leave
        {
            let mut choice = self.choose(id, station);
            choice.at_once &= self.roads[road.index()].common.is_empty();
            if self.leaves_or_will(now, id, choice, events) {
                return;
            }
        }
        let stood = self.roads[road.index()].common.len();
        self.roads[road.index()].common.push_back(id);
        self.scan(now, road, events);
        let Target::Station(station) = self.network.roads[road.index()].next else { return };
        if self.roads[road.index()].common.back() == Some(&id) {
            // Still there: it counts for the group that it would choose first.
            let group = self.choose(id, station).group;
            self.at(id).first_choice = Some(group);
            self.groups[group.index()].in_common += 1;
            self.tell_common(now, station);
            self.queue_changed(now, group, events);
            if self.network.loop_slots > 0 && !self.roads[road.index()].blocked.is_empty() {
                self.look_for_deadlock(now);
            }
        } else if self.roads[road.index()].common.len() < stood {
            // Others left before it did, and were told of while it stood there.
            self.tell_common(now, station);
        }
    }

    /// Tells how many stand in the common lines of all roads that lead to a station.
    fn tell_common(&mut self, now: SimTime, station: StationId) {
        let roads = self.stations[station.index()].roads.iter();
        let waiting = roads.map(|road| self.roads[road.index()].common.len() as u32).sum();
        self.tell_lanes(now, LaneNotice::Queue { station, group: None, waiting });
    }

    /// The time between two exits is over.
    pub(super) fn discharge(&mut self, now: SimTime, road: RoadId, events: &mut Events) {
        self.roads[road.index()].discharging = false;
        self.scan(now, road, events);
    }

    /// Something changed: let trucks out of the common line, then blocked trucks in.
    pub(super) fn serve_road(&mut self, now: SimTime, road: RoadId, events: &mut Events) {
        self.scan(now, road, events);
        while self.has_room(road) {
            let Some((group, lane, id)) = self.roads[road.index()].blocked.pop_front() else { return };
            self.leave_lane(now, id, group, lane, Target::Road(road), events);
        }
    }

    /// Lets trucks out of the common line, scanning from its head after every change.
    fn scan(&mut self, now: SimTime, road: RoadId, events: &mut Events) {
        let data = &self.network.roads[road.index()];
        loop {
            let state = &mut self.roads[road.index()];
            if state.common.is_empty() {
                return;
            }
            if now < state.next_exit {
                if !state.discharging {
                    state.discharging = true;
                    schedule(events, state.next_exit, Event::Discharge { road });
                }
                return;
            }
            let ahead = (data.lanes as usize).min(self.roads[road.index()].common.len());
            let common = &self.roads[road.index()].common;
            let Some(place) = (0..ahead).find(|place| self.may_leave(road, common[*place])) else {
                return;
            };
            let state = &mut self.roads[road.index()];
            let id = state.common.remove(place).expect("it was just found");
            state.next_exit = now + data.discharge;
            self.leave_common(now, road, id, events);
        }
    }

    fn may_leave(&self, road: RoadId, id: TruckId) -> bool {
        let data = &self.network.roads[road.index()];
        match data.next {
            Target::Exit => true,
            Target::Road(next) => self.has_room(next),
            Target::Station(station) => {
                let choice = self.choose(id, station);
                let split = |places| self.in_pocket(road, station, choice.group) < places;
                choice.at_once || (!RULED || choice.has_place) && data.split.is_none_or(split)
            }
        }
    }

    /// Trucks in a pocket: those of one group, or all of the station where they share a line.
    fn in_pocket(&self, road: RoadId, station: StationId, group: GroupId) -> u32 {
        let pockets = &self.roads[road.index()].pockets;
        match self.network.stations[station.index()].line {
            LineLayout::PerGroup => pockets[group.index()],
            LineLayout::Shared => self.network.groups_of(station).map(|group| pockets[group.index()]).sum(),
        }
    }

    /// A truck that left the common line counts no longer for the group that it would choose first.
    pub(super) fn leave_first_choice(
        &mut self,
        now: SimTime,
        id: TruckId,
        road: RoadId,
        events: &mut Events,
    ) {
        if let Some(group) = self.at(id).first_choice.take() {
            self.groups[group.index()].in_common -= 1;
            self.queue_changed(now, group, events);
            if let Target::Station(station) = self.network.roads[road.index()].next {
                self.tell_common(now, station);
            }
        }
    }

    fn leave_common(&mut self, now: SimTime, road: RoadId, id: TruckId, events: &mut Events) {
        self.leave_first_choice(now, id, road, events);
        match self.network.roads[road.index()].next {
            Target::Station(station) => {
                let choice = self.choose(id, station);
                self.join(now, id, choice, events);
            }
            Target::Road(next) => {
                self.at(id).road = None;
                self.leave_road(now, id, road);
                self.take_road(now, next, id, events);
            }
            Target::Exit => {
                self.at(id).road = None;
                self.leave_road(now, id, road);
                self.forget(now, id, Outcome::Crossed, None);
            }
        }
    }
}
