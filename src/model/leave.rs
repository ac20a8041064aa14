//! Trucks that do not stay: full places, balking, lost patience, and diversion by the posted wait.
//!
//! A truck that finds no place blocks its lane, is turned away, or goes elsewhere, as the full place
//! says. Where service cannot start at once it may balk; while it waits it may lose patience, which
//! ends when it takes a lane (a start at the same instant wins). Each decision has a draw of its
//! own, made before anything else is known of the truck's fate. Start at
//! [`Crossing::find_no_place`].

use crate::kernel::draws::uniform;
use crate::kernel::time::SimTime;
use crate::model::crossing::{Crossing, Events, schedule};
use crate::model::event::Event;
use crate::model::network::{Full, GroupId, RoadId, StationId, Target, from_there_on};
use crate::model::notice::{Notice, Observer, Outcome};
use crate::model::station::Choice;
use crate::model::truck::TruckId;

/// What becomes of a truck that found a place full.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum WayOut {
    /// It goes to a place that has room.
    To(Target),
    /// It is turned away here.
    TurnedAway(StationId),
    /// It waits for this place.
    Wait(Target),
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// Where a truck goes on whose target is full.
    pub(super) fn way_out(&self, id: TruckId, mut target: Target) -> WayOut {
        // A circle of full places, each of which sends trucks to the next, ends in waiting.
        for _ in 0..=self.stations.len() {
            if self.can_enter(id, target) {
                return WayOut::To(target);
            }
            let Target::Station(station) = target else { break };
            match self.stations[station.index()].data.full {
                Full::Block => break,
                Full::TurnAway => return WayOut::TurnedAway(station),
                Full::Divert(other) => target = other,
            }
        }
        WayOut::Wait(target)
    }

    /// A truck in a lane has been served, and where it goes is full.
    pub(super) fn find_no_place(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        target: Target,
        events: &mut Events,
    ) {
        match self.way_out(id, target) {
            WayOut::To(target) => self.leave_lane(now, id, group, lane, target, events),
            WayOut::Wait(target) => self.block(now, id, group, lane, target),
            WayOut::TurnedAway(station) => {
                self.tell(now, id, Notice::Left { group, lane });
                self.forget(now, id, Outcome::TurnedAway, Some(station));
                if self.groups[group.index()].data.lanes.is_some() {
                    self.release(now, group, lane, events);
                }
            }
        }
    }

    /// A truck that has just arrived balks (true: it is gone), or will wait only so long.
    pub(super) fn leaves_or_will(
        &mut self,
        now: SimTime,
        id: TruckId,
        choice: Choice,
        events: &mut Events,
    ) -> bool {
        if choice.at_once {
            return false;
        }
        let station = self.station_of(choice.group);
        let data = self.stations[station.index()].data;
        let visit = self.visit(id, data.loop_slot);
        let truck = *self.truck(id);
        let class = truck.class.index();
        if let Some(Some(balking)) = data.balking.get(class) {
            let waiting = self.groups[choice.group.index()].queue();
            let joins = from_there_on(&balking.shares, waiting).unwrap_or(1.0);
            if uniform(self.chance.balk(&truck, station, visit)) >= joins {
                if let Some(road) = self.at(id).road.take() {
                    self.leave_road(now, id, road);
                }
                self.forget(now, id, Outcome::Balked, Some(station));
                return true;
            }
        }
        if let Some(Some(patience)) = data.patience.get(class) {
            let length = patience.sample(self.chance.patience(&truck, station, visit));
            self.patience_given += 1;
            let token = self.patience_given;
            self.at(id).patience = token;
            schedule(events, now + length, Event::PatienceEnd { truck: id, token });
        }
        false
    }

    /// A truck may have lost its patience: not if it took a lane, or has left.
    pub(super) fn end_patience(&mut self, now: SimTime, id: TruckId, token: u32, events: &mut Events) {
        if self.at(id).patience != token {
            return;
        }
        let road = self.at(id).road;
        let station = match (self.at(id).line, road) {
            (Some(group), _) => {
                self.take_from_line(id, group);
                self.leave_line(now, id, events);
                self.station_of(group)
            }
            (None, Some(road)) => self.take_from_common(now, id, road, events),
            (None, None) => unreachable!("a truck that waits stands in a line or on a road"),
        };
        if let Some(road) = self.at(id).road.take() {
            self.leave_road(now, id, road);
        }
        self.forget(now, id, Outcome::Reneged, Some(station));
    }

    fn take_from_line(&mut self, id: TruckId, group: GroupId) {
        let class = self.truck(id).class;
        let station = self.station_of(group);
        let state = &mut self.groups[group.index()];
        match self.stations[station.index()].shared.as_mut().or(state.ranked.as_mut()) {
            Some(line) => line.remove(class, id),
            None => state.lines.iter_mut().for_each(|line| line.retain(|other| *other != id)),
        }
    }

    fn take_from_common(
        &mut self,
        now: SimTime,
        id: TruckId,
        road: RoadId,
        events: &mut Events,
    ) -> StationId {
        self.roads[road.index()].common.retain(|other| *other != id);
        self.leave_first_choice(now, id, road, events);
        match self.network.roads[road.index()].next {
            Target::Station(station) => station,
            Target::Road(_) | Target::Exit => unreachable!("patience begins on arrival at a station"),
        }
    }

    /// Whether a truck that comes to the crossing goes elsewhere because of the wait that is posted.
    pub(super) fn is_diverted(&self, id: TruckId) -> bool {
        let truck = self.truck(id);
        let Some(diversion) = &self.network.streams[truck.stream.index()].diversion else { return false };
        let share = from_there_on(&diversion.shares, self.posted_for(truck.class)).unwrap_or(0.0);
        uniform(self.chance.divert(truck)) < share
    }
}
