//! Interrupted service: preemption, lanes that close on their truck, and trucks that wait for a repair.
//!
//! A truck whose service is interrupted either stays in its lane or goes back to the head of its
//! line, where the earliest to join stands first. When it has a lane again it moves up if it went
//! back, and service goes on where it stopped or begins anew with the same service time. Its wait ended with the
//! first start of service. Start at [`Crossing::send_back`].

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::crossing::{Crossing, Events, schedule};
use crate::model::event::Event;
use crate::model::network::{GroupId, Interruption, QueueLayout};
use crate::model::notice::{Notice, Observer};
use crate::model::station::{Choice, GroupState, LaneState, accepts};
use crate::model::truck::TruckId;

/// A service that was interrupted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interrupted {
    /// The whole service time.
    service: SimDuration,
    /// What of it is left.
    left: SimDuration,
    /// Moving up that is left, for a truck that stays in its lane.
    moving: SimDuration,
    /// Service had begun.
    started: bool,
    /// When the present stretch of service began or begins.
    from: SimTime,
    /// When service was interrupted last.
    since: SimTime,
}

impl Interrupted {
    pub(super) fn since(&self) -> SimTime {
        self.since
    }
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// The lane whose truck makes way for one of higher priority: that of the lowest priority, of
    /// these the one served last, of these the highest-numbered lane.
    pub(super) fn lane_to_preempt(&self, id: TruckId, group: GroupId) -> Option<u32> {
        let GroupState { data, lanes, plan, .. } = &self.groups[group.index()];
        let station = self.stations[data.station.index()].data;
        station.preempt?;
        let rank = |id: TruckId| station.priority.get(self.truck(id).class.index()).copied().unwrap_or(0);
        let own = rank(id);
        if station.priority.iter().all(|other| *other <= own) {
            return None;
        }
        let served = lanes.iter().take(*plan as usize).enumerate().filter_map(|(lane, here)| {
            let LaneState::Busy(other) = here.state else { return None };
            (rank(other) > own).then(|| (rank(other), self.truck(other).began, lane as u32))
        });
        served.max().map(|(_, _, lane)| lane)
    }

    /// The lane of a group that a truck may take from another.
    pub(super) fn choose_by_rank(&self, id: TruckId, group: GroupId) -> Option<Choice> {
        let lane = self.lane_to_preempt(id, group)?;
        Some(Choice { group, lane: Some(lane), at_once: true, has_place: true })
    }

    /// The truck in a lane, if there is one, makes way for one of higher priority.
    pub(super) fn make_way(&mut self, now: SimTime, group: GroupId, lane: u32, events: &mut Events) -> bool {
        let state = &self.groups[group.index()];
        let station = self.stations[state.data.station.index()].data;
        let served = state.lanes.get(lane as usize).map(|lane| lane.state);
        if let (Some(LaneState::Busy(id)), Some(how)) = (served, station.preempt) {
            self.send_back(now, id, group, lane, how, events);
            let state = &mut self.groups[group.index()];
            state.lanes[lane as usize].state = LaneState::Idle;
            state.free.insert(lane);
            return true;
        }
        false
    }

    /// A lane closes on its truck, which goes back to the head of the line.
    pub(super) fn close_on_truck(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) {
        let state = &mut self.groups[group.index()];
        let how = state.data.closing.expect("the group closes on its trucks");
        if let LaneState::Stopped(_) = state.lanes[lane as usize].state {
            state.down -= 1;
        }
        self.send_back(now, id, group, lane, how, events);
        self.groups[group.index()].lanes[lane as usize].state = LaneState::Closed;
    }

    /// Service is interrupted and the truck stands in line again, before all that joined after it.
    /// What becomes of the lane is for the caller to say.
    pub(super) fn send_back(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        how: Interruption,
        events: &mut Events,
    ) {
        self.interrupt(now, id, group, lane, how, true);
        let station = self.station_of(group);
        self.at(id).line = Some(group);
        self.stations[station.index()].waiting += 1;
        let order = self.at(id).order;
        let place = |line: &std::collections::VecDeque<TruckId>| {
            line.iter().position(|other| self.inside[other.0 as usize].order > order).unwrap_or(line.len())
        };
        let state = &self.groups[group.index()];
        let line = match state.data.queue {
            QueueLayout::Pooled => 0,
            QueueLayout::PerLane(_) => lane as usize,
        };
        match state.lines.get(line).map(place) {
            Some(place) => self.groups[group.index()].lines[line].insert(place, id),
            None => self.push_line(id, group, None),
        }
        self.groups[group.index()].waiting += 1;
        self.tell_queue(now, group, events);
    }

    /// Service stops; what is left of it is kept.
    pub(super) fn interrupt(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        how: Interruption,
        sent_back: bool,
    ) {
        let truck = *self.truck(id);
        let whole = Interrupted {
            service: truck.ends - truck.began,
            left: SimDuration::ZERO,
            moving: SimDuration::ZERO,
            started: false,
            from: truck.began,
            since: now,
        };
        let before = self.interrupted.get(id).copied().unwrap_or(whole);
        let moving = (before.from - now).or_zero();
        let stopped = matches!(self.groups[group.index()].lanes[lane as usize].state, LaneState::Stopped(_));
        let left = match how {
            // It was not being served just now.
            _ if stopped => before.left,
            Interruption::Resume => truck.ends - now - moving,
            Interruption::Restart => before.service,
        };
        let started = before.started || now >= before.from;
        self.interrupted.insert(id, Interrupted { left, moving, started, since: now, ..before });
        self.serving_stops(now, group, lane);
        if !stopped || sent_back {
            self.tell(now, id, Notice::Interrupted { group, lane, sent_back });
        }
    }

    /// A truck whose service was interrupted has a lane again; false if it never was.
    pub(super) fn take_again(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) -> bool {
        let Some(interrupted) = self.interrupted.get(id).copied() else { return false };
        let data = self.groups[group.index()].data;
        let visit = self.visit(id, self.stations[data.station.index()].data.loop_slot);
        let move_up = data.move_up.as_ref().map_or(SimDuration::ZERO, |law| {
            law.sample(self.chance.move_up(self.truck(id), data.station, visit))
        });
        self.go_on_serving(now, id, group, lane, Interrupted { moving: move_up, ..interrupted }, events);
        true
    }

    /// The lane of a truck that stayed in it is repaired.
    pub(super) fn serve_again(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) {
        let interrupted = *self.interrupted.get(id).expect("its service was interrupted");
        self.go_on_serving(now, id, group, lane, interrupted, events);
    }

    fn go_on_serving(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        interrupted: Interrupted,
        events: &mut Events,
    ) {
        let from = now + interrupted.moving;
        let ends = from + interrupted.left;
        self.interrupted.insert(id, Interrupted { from, ..interrupted });
        let truck = &mut self.at(id).truck;
        truck.ends = ends;
        if !interrupted.started {
            truck.began = from;
        }
        let state = &mut self.groups[group.index()];
        if state.lanes[lane as usize].state == LaneState::Idle {
            state.free.remove(lane);
        }
        state.lanes[lane as usize].state = LaneState::Busy(id);
        self.tell(now, id, Notice::Resumed { group, lane, from });
        schedule(events, ends, Event::ServiceEnd { group, lane, truck: id });
        self.serving_begins(from, group, lane, ends, events);
    }

    /// Service has begun for the first time: what rules look at.
    pub(super) fn service_began(
        &mut self,
        now: SimTime,
        id: TruckId,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) {
        self.at(id).patience = 0;
        let truck = self.truck(id);
        let (began, ends) = (truck.began, truck.ends);
        self.serving_begins(began, group, lane, ends, events);
        self.note_border_wait(now, id, group);
    }

    /// Whether an end of service is the one that holds now; one that was put off is not.
    pub(super) fn service_ends(&mut self, now: SimTime, id: TruckId, group: GroupId, lane: u32) -> bool {
        let busy = self.groups[group.index()].lanes[lane as usize].state == LaneState::Busy(id);
        let ends = busy && self.truck(id).ends == now;
        if ends {
            self.interrupted.remove(id);
            self.serving_stops(now, group, lane);
        }
        ends
    }

    /// Something other than an arrival changed who waits or who is served: free lanes take trucks
    /// that wait, and trucks that rank lower make way.
    pub(super) fn look_at_line(&mut self, now: SimTime, group: GroupId, events: &mut Events) {
        self.start_waiting(now, group, events);
        let station = self.station_of(group);
        if self.stations[station.index()].data.preempt.is_none() {
            return;
        }
        let groups = self.network.groups_of(station);
        // Each truck that takes a lane ranks higher than the one that was there, so this ends.
        while let Some((id, group, lane)) = groups.clone().find_map(|group| self.first_to_preempt(group)) {
            self.make_way(now, group, lane, events);
            let first = self.next_in_line(group, lane).expect("it waits in line");
            debug_assert!(first == id, "who ranks highest is first");
            self.leave_line(now, first, events);
            self.begin(now, first, group, lane, events);
            self.start_waiting(now, group, events);
        }
    }

    /// The first in line at a group and the lane that it may take from another.
    fn first_to_preempt(&self, group: GroupId) -> Option<(TruckId, GroupId, u32)> {
        let state = &self.groups[group.index()];
        let station = &self.stations[state.data.station.index()];
        let line = station.shared.as_ref().or(state.ranked.as_ref())?;
        let first = line.first_accepted(|class| accepts(state.data, class))?;
        self.lane_to_preempt(first, group).map(|lane| (first, group, lane))
    }

    /// Free lanes take trucks that wait, where a truck came back while a lane was free.
    fn start_waiting(&mut self, now: SimTime, group: GroupId, events: &mut Events) {
        if let QueueLayout::PerLane(_) = self.groups[group.index()].data.queue {
            return;
        }
        let station = self.station_of(group);
        for group in self.network.groups_of(station) {
            while let Some(lane) = self.groups[group.index()].free.first()
                && let Some(next) = self.next_in_line(group, lane)
            {
                self.leave_line(now, next, events);
                self.begin(now, next, group, lane, events);
            }
        }
    }
}
