//! Lanes that fail, and officers who turn to other work.
//!
//! A lane is down while a failure is in force in it; several may be. Listed failures hit all lanes
//! at once, random ones each lane by itself, after a time that counts always or only while it
//! serves. The truck in service is finished first, waits in the lane, or goes back to the head of
//! the line. Draws are addressed by breakdown, group, lane and how often it has failed, so other
//! lanes keep their luck. Start at [`Crossing::fail`].

use crate::kernel::draws::{Key, Purpose};
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::crossing::{Crossing, Events, schedule};
use crate::model::event::Event;
use crate::model::network::{Breakdown, Downtime, GroupId, Network, OnFailure, UpClock};
use crate::model::notice::Observer;
use crate::model::station::LaneState;

const UP: Purpose = Purpose::new("up");
const REPAIR: Purpose = Purpose::new("repair");
const OTHER_WORK: Purpose = Purpose::new("other work");

/// One lane and one thing that makes it fail.
#[derive(Clone, Debug)]
pub(super) struct FailingLane {
    failure: usize,
    group: GroupId,
    lane: u32,
    key: Key,
    /// How often it has failed.
    times: u64,
    state: Health,
    /// Up-time left, when only serving counts.
    left: SimDuration,
    /// When it fails if it goes on like this.
    fails_at: Option<SimTime>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Health {
    Up,
    /// It has failed, but finishes its truck first.
    Finishing,
    Down,
}

/// All lanes that can fail, breakdown by breakdown, group by group.
pub(super) fn failing_lanes(network: &Network, seed: u64, replication: u64) -> Vec<FailingLane> {
    let mut lanes = Vec::new();
    for (failure, data) in network.failures.iter().enumerate() {
        for &group in &data.groups {
            let name = format!("failure:{}:{}", data.name, network.group_name(group));
            let key = Key::new(seed, replication, &name);
            let built = network.groups[group.index()].lanes.unwrap_or(0);
            lanes.extend((0..built).map(|lane| FailingLane {
                failure,
                group,
                lane,
                key,
                times: 0,
                state: Health::Up,
                left: SimDuration::ZERO,
                fails_at: None,
            }));
        }
    }
    lanes
}

impl FailingLane {
    fn bits(&self, purpose: Purpose) -> u64 {
        self.key.bits(u64::from(self.lane) << 32 | self.times, purpose)
    }
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// Lets the lanes of a new run fail.
    pub(super) fn start_failures(&mut self, events: &mut Events) {
        for failure in 0..self.network.failures.len() {
            schedule(events, SimTime::ZERO, Event::FailureStep { failure: failure as u16 });
        }
        for (place, failing) in self.failing.iter().enumerate() {
            let groups = &mut self.groups[failing.group.index()].failing;
            if failing.lane == 0 {
                groups.push(place);
            }
        }
        for place in 0..self.failing.len() {
            self.count_up_time(SimTime::ZERO, place, events);
        }
    }

    fn breakdown(&self, place: usize) -> &Breakdown {
        &self.network.failures[self.failing[place].failure]
    }

    /// A lane that has just been repaired will fail again.
    fn count_up_time(&mut self, now: SimTime, place: usize, events: &mut Events) {
        let Downtime::Random { up, clock, .. } = &self.breakdown(place).when else { return };
        let (length, clock) = (up.sample(self.failing[place].bits(UP)), *clock);
        match clock {
            UpClock::Serving => self.failing[place].left = length,
            UpClock::All => {
                self.failing[place].fails_at = Some(now + length);
                schedule(events, now + length, Event::LaneFails { place: place as u32 });
            }
        }
    }

    /// The lanes of a listed failure go down or come back.
    pub(super) fn step_failure(&mut self, now: SimTime, failure: u16, events: &mut Events) {
        let Downtime::Windows(windows) = &self.network.failures[failure as usize].when else { return };
        if let Some((next, _)) = windows.steps.get(windows.place(now) + 1) {
            schedule(events, *next, Event::FailureStep { failure });
        }
        let down = *windows.at(now);
        let lanes = (0..self.failing.len()).filter(|place| self.failing[*place].failure == failure as usize);
        for place in lanes.collect::<Vec<_>>() {
            match (down, self.failing[place].state) {
                (true, Health::Up) => self.fail(now, place, events),
                (false, Health::Down | Health::Finishing) => self.repair(now, place, events),
                (true, Health::Down | Health::Finishing) | (false, Health::Up) => {}
            }
        }
    }

    /// A random failure may be due: not if the lane stopped serving meanwhile.
    pub(super) fn lane_fails(&mut self, now: SimTime, place: usize, events: &mut Events) {
        if self.failing[place].fails_at == Some(now) && self.failing[place].state == Health::Up {
            self.failing[place].fails_at = None;
            self.failing[place].left = SimDuration::ZERO;
            self.fail(now, place, events);
        }
    }

    fn fail(&mut self, now: SimTime, place: usize, events: &mut Events) {
        let FailingLane { group, lane, .. } = self.failing[place];
        let truck = self.breakdown(place).truck;
        let state = self.groups[group.index()].lanes[lane as usize].state;
        if let (LaneState::Busy(_), OnFailure::Finish) = (state, truck) {
            self.failing[place].state = Health::Finishing;
            return;
        }
        match (state, truck) {
            (LaneState::Busy(id), OnFailure::Return(how)) => {
                self.send_back(now, id, group, lane, how, events);
                self.stand_still(now, group, lane, events);
            }
            (LaneState::Busy(id), OnFailure::Wait(how)) => {
                self.interrupt(now, id, group, lane, how, false);
                self.stop_lane(group, lane, LaneState::Stopped(id));
            }
            (LaneState::Idle, _) => {
                self.groups[group.index()].free.remove(lane);
                self.stop_lane(group, lane, LaneState::Down);
            }
            // It goes down when its officer or its truck is done, or when it opens.
            (LaneState::Busy(_), OnFailure::Finish)
            | (LaneState::Blocked(_) | LaneState::Stopped(_) | LaneState::Down, _)
            | (LaneState::Away | LaneState::Closed | LaneState::SettingUp, _) => {}
        }
        self.go_down(now, place, events);
        self.tell_plan(now, group);
        if let OnFailure::Return(_) = truck {
            self.look_at_line(now, group, events);
        }
    }

    /// A lane that has failed has sent its truck back: it is down, or closed if it was to close.
    fn stand_still(&mut self, now: SimTime, group: GroupId, lane: u32, events: &mut Events) {
        let state = &mut self.groups[group.index()];
        if lane < state.plan {
            return self.stop_lane(group, lane, LaneState::Down);
        }
        state.lanes[lane as usize].state = LaneState::Closed;
        state.closing -= 1;
        self.queue_changed(now, group, events);
        self.rejoin(now, group, lane..lane + 1, events);
    }

    fn stop_lane(&mut self, group: GroupId, lane: u32, state: LaneState) {
        let group = &mut self.groups[group.index()];
        group.down += 1;
        group.lanes[lane as usize].state = state;
    }

    /// A failure is in force in a lane from now on.
    fn go_down(&mut self, now: SimTime, place: usize, events: &mut Events) {
        let FailingLane { group, lane, .. } = self.failing[place];
        self.groups[group.index()].lanes[lane as usize].failures += 1;
        if let Downtime::Random { repair, .. } = &self.breakdown(place).when {
            let length = repair.sample(self.failing[place].bits(REPAIR));
            schedule(events, now + length, Event::Repaired { place: place as u32 });
        }
        self.failing[place].state = Health::Down;
        self.failing[place].times += 1;
    }

    /// A failure is over.
    pub(super) fn repair(&mut self, now: SimTime, place: usize, events: &mut Events) {
        let FailingLane { group, lane, state, .. } = self.failing[place];
        self.failing[place].state = Health::Up;
        self.count_up_time(now, place, events);
        if state == Health::Finishing {
            return;
        }
        let state = &mut self.groups[group.index()];
        let here = &mut state.lanes[lane as usize];
        here.failures -= 1;
        if here.failures > 0 {
            return;
        }
        match here.state {
            LaneState::Stopped(id) => {
                state.down -= 1;
                self.serve_again(now, id, group, lane, events);
                self.leave_lobby(now, group, events);
                self.look_at_line(now, group, events);
            }
            LaneState::Down => {
                state.down -= 1;
                self.release(now, group, lane, events);
                self.leave_lobby(now, group, events);
            }
            LaneState::Closed
            | LaneState::SettingUp
            | LaneState::Idle
            | LaneState::Busy(_)
            | LaneState::Blocked(_)
            | LaneState::Away => {}
        }
        self.tell_plan(now, group);
    }

    /// A lane without a truck that has failed goes down, unless it closes; false if it is sound.
    pub(super) fn goes_down(&mut self, now: SimTime, group: GroupId, lane: u32, events: &mut Events) -> bool {
        for k in 0..self.groups[group.index()].failing.len() {
            let place = self.groups[group.index()].failing[k] + lane as usize;
            if self.failing[place].state == Health::Finishing {
                self.go_down(now, place, events);
            }
        }
        let state = &mut self.groups[group.index()];
        if lane >= state.plan || state.lanes[lane as usize].failures == 0 {
            return false;
        }
        self.stop_lane(group, lane, LaneState::Down);
        self.tell_plan(now, group);
        true
    }

    /// A lane serves from `from` on, until `ends` unless it fails first.
    pub(super) fn serving_begins(
        &mut self,
        from: SimTime,
        group: GroupId,
        lane: u32,
        ends: SimTime,
        events: &mut Events,
    ) {
        for k in 0..self.groups[group.index()].failing.len() {
            let place = self.groups[group.index()].failing[k] + lane as usize;
            let Downtime::Random { clock: UpClock::Serving, .. } = self.breakdown(place).when else {
                continue;
            };
            let failing = &mut self.failing[place];
            if failing.state == Health::Up {
                let at = from + failing.left;
                failing.fails_at = Some(at);
                if at < ends {
                    schedule(events, at, Event::LaneFails { place: place as u32 });
                }
            }
        }
    }

    /// A lane serves no longer: up-time that counts by serving stands still.
    pub(super) fn serving_stops(&mut self, now: SimTime, group: GroupId, lane: u32) {
        for &first in &self.groups[group.index()].failing {
            let place = first + lane as usize;
            let Downtime::Random { clock: UpClock::Serving, .. } =
                self.network.failures[self.failing[place].failure].when
            else {
                continue;
            };
            let failing = &mut self.failing[place];
            if let Some(at) = failing.fails_at.take() {
                // Before service began nothing had been used up.
                failing.left = (at - now).min(failing.left).or_zero();
            }
        }
    }

    /// A lane's officer finds nobody in line and turns to other work.
    pub(super) fn turn_to_other_work(
        &mut self,
        now: SimTime,
        group: GroupId,
        lane: u32,
        events: &mut Events,
    ) {
        let state = &mut self.groups[group.index()];
        let law = state.data.other_work.as_ref().expect("the group's officers have other work");
        let key = self.group_keys[group.index()];
        let here = &mut state.lanes[lane as usize];
        let who = u64::from(lane) << 32 | u64::from(here.breaks);
        let until = now + law.sample(key.bits(who, OTHER_WORK));
        here.breaks += 1;
        (here.state, here.ready) = (LaneState::Away, until);
        state.away += 1;
        schedule(events, until, Event::WorkDone { group, lane });
        self.tell_plan(now, group);
    }

    /// Other work is done; unless the lane was closed meanwhile, it looks for a truck.
    pub(super) fn end_other_work(&mut self, now: SimTime, group: GroupId, lane: u32, events: &mut Events) {
        let state = &mut self.groups[group.index()];
        let here = &mut state.lanes[lane as usize];
        if here.state == LaneState::Away && here.ready == now {
            state.away -= 1;
            here.state = LaneState::SettingUp;
            self.release(now, group, lane, events);
            self.tell_plan(now, group);
        }
    }
}
