//! How lanes open and close.
//!
//! Lanes are numbered, and those numbered below the plan are open. When the plan falls, the lanes
//! above it close: idle ones at once, busy ones after their truck (or the truck goes back to the
//! head of the line, where the group says so); when it rises, one that is still finishing simply
//! stays open. The line of a closing lane rejoins the group in order of arrival. How many lanes the
//! plan opens is not decided here (`staffing`, tables). Start at [`Crossing::set_plan`].

use std::ops::Range;

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::crossing::{Crossing, Events, schedule};
use crate::model::event::Event;
use crate::model::network::{GroupId, LanePlan, QueueLayout};
use crate::model::notice::{LaneNotice, Observer};
use crate::model::station::{GroupState, Lane, LaneState};
use crate::model::truck::TruckId;

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// The group's table of lanes says something new.
    pub(super) fn step_plan(&mut self, now: SimTime, group: GroupId, events: &mut Events) {
        if let LanePlan::Table(table) = &self.groups[group.index()].data.plan {
            if let Some((next, _)) = table.steps.get(table.place(now) + 1) {
                schedule(events, *next, Event::PlanStep { group });
            }
            let plan = self.opens(now, table);
            self.set_plan(now, group, plan, SimDuration::ZERO, events);
        }
    }

    /// Opens lanes 0..`plan` and closes the others, by the rules at the head of this module.
    pub(super) fn set_plan(
        &mut self,
        now: SimTime,
        group: GroupId,
        plan: u32,
        set_up: SimDuration,
        events: &mut Events,
    ) {
        let built = self.groups[group.index()].data.lanes;
        let state = &mut self.groups[group.index()];
        let before = state.plan;
        let plan = built.map_or(plan, |built| plan.min(built));
        if plan == before {
            return;
        }
        state.plan = plan;
        if built.is_none() {
            self.tell_plan(now, group);
            return self.open_yard(now, group, events);
        }
        let mut sent_back = Vec::new();
        for lane in (plan..before).rev() {
            match state.lanes[lane as usize].state {
                LaneState::Idle => {
                    state.free.remove(lane);
                    state.lanes[lane as usize].state = LaneState::Closed;
                }
                LaneState::SettingUp => {
                    state.setting_up -= 1;
                    state.lanes[lane as usize].state = LaneState::Closed;
                }
                LaneState::Busy(id) | LaneState::Stopped(id) if state.data.closing.is_some() => {
                    sent_back.push((lane, id));
                }
                LaneState::Busy(_) | LaneState::Blocked(_) | LaneState::Stopped(_) => state.closing += 1,
                LaneState::Down => {
                    state.down -= 1;
                    state.lanes[lane as usize].state = LaneState::Closed;
                }
                LaneState::Away => {
                    state.away -= 1;
                    state.lanes[lane as usize].state = LaneState::Closed;
                }
                LaneState::Closed => unreachable!("an open lane is not closed"),
            }
        }
        let mut ready = Vec::new();
        for lane in before..plan {
            let here = &mut state.lanes[lane as usize];
            match here.state {
                LaneState::Busy(_) | LaneState::Blocked(_) | LaneState::Stopped(_) => state.closing -= 1,
                LaneState::Closed if set_up > SimDuration::ZERO => {
                    *here = Lane { state: LaneState::SettingUp, opened: now, ready: now + set_up, ..*here };
                    state.setting_up += 1;
                    schedule(events, now + set_up, Event::SetUpDone { group, lane });
                }
                LaneState::Closed => {
                    *here = Lane { state: LaneState::SettingUp, opened: now, ready: now, ..*here };
                    ready.push(lane);
                }
                LaneState::SettingUp | LaneState::Idle | LaneState::Down | LaneState::Away => {
                    unreachable!("a lane above the plan is closed")
                }
            }
        }
        for (lane, id) in sent_back {
            self.close_on_truck(now, id, group, lane, events);
        }
        self.tell_plan(now, group);
        self.rejoin(now, group, plan..before, events);
        for lane in ready {
            self.make_ready(now, group, lane, events);
        }
        if plan > before {
            self.leave_lobby(now, group, events);
        }
        if RULED && self.groups[group.index()].ruled {
            // A truck was sent back, or a lane stays open whose truck ranks lower than one that waits.
            self.look_at_line(now, group, events);
        }
    }

    /// A yard that opens serves everyone who waited at its gate.
    fn open_yard(&mut self, now: SimTime, group: GroupId, events: &mut Events) {
        while self.groups[group.index()].plan > 0 {
            let Some(next) = self.next_in_line(group, 0) else { break };
            self.leave_line(now, next, events);
            self.begin(now, next, group, 0, events);
        }
        self.offer(self.station_of(group));
    }

    /// A lane's set-up may be over: unless it was closed meanwhile, it serves.
    pub(super) fn end_set_up(&mut self, now: SimTime, group: GroupId, lane: u32, events: &mut Events) {
        let state = &mut self.groups[group.index()];
        let here = &state.lanes[lane as usize];
        if here.state == LaneState::SettingUp && here.ready == now {
            state.setting_up -= 1;
            self.tell_plan(now, group);
            self.make_ready(now, group, lane, events);
            self.leave_lobby(now, group, events);
        }
    }

    /// A lane that opens, or is repaired, may serve.
    pub(super) fn make_ready(&mut self, now: SimTime, group: GroupId, lane: u32, events: &mut Events) {
        // From here on it is as if its truck had just left.
        let state = &mut self.groups[group.index()];
        if let QueueLayout::PerLane(_) = state.data.queue
            && !state.lines.is_empty()
            && state.lanes[lane as usize].failures == 0
        {
            state.lanes[lane as usize].state = LaneState::Idle;
            state.free.insert(lane);
            self.offer(self.station_of(group));
        } else {
            self.release(now, group, lane, events);
        }
    }

    /// The lines of closing lanes rejoin the group together, in order of arrival.
    pub(super) fn rejoin(&mut self, now: SimTime, group: GroupId, lanes: Range<u32>, events: &mut Events) {
        if let QueueLayout::Pooled = self.groups[group.index()].data.queue {
            return;
        }
        let lines = &mut self.groups[group.index()].lines;
        let mut waiting: Vec<TruckId> = Vec::new();
        for lane in lanes {
            // Groups that share the station's line have none of their own.
            waiting.extend(lines.get_mut(lane as usize).into_iter().flat_map(std::mem::take));
        }
        waiting.sort_by_key(|id| self.inside[id.0 as usize].order);
        self.choose_again(now, group, waiting, events);
    }

    /// Trucks that came while no lane was open choose their lanes now, in order of arrival.
    pub(super) fn leave_lobby(&mut self, now: SimTime, group: GroupId, events: &mut Events) {
        let lobby = self.groups[group.index()].data.lanes.unwrap_or(0);
        self.rejoin(now, group, lobby..lobby + 1, events);
    }

    fn choose_again(&mut self, now: SimTime, group: GroupId, waiting: Vec<TruckId>, events: &mut Events) {
        for id in waiting {
            let choice = self.choose_lane(id, group);
            match choice.lane {
                Some(lane) if choice.at_once => {
                    self.leave_line(now, id, events);
                    self.begin(now, id, group, lane, events);
                }
                lane => self.push_line(id, group, lane),
            }
        }
    }

    pub(super) fn tell_plan(&mut self, now: SimTime, group: GroupId) {
        let GroupState { plan, setting_up, closing, down, away, .. } = self.groups[group.index()];
        self.tell_lanes(now, LaneNotice::Lanes { group, open: plan, setting_up, closing, down, away });
    }
}
