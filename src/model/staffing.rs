//! Officers: how many lanes each group of a pool may open.
//!
//! It runs last at each instant, when something changed that a rule looks at. Each group wants
//! what its table or rule says, within least and most; a rule moves one lane at a time. Officers
//! on duty go first to every group's least, then one by one by stated priority, then to the most
//! waiting per open lane, then by name. An open lane is never taken from a group unless fewer are
//! on duty than lanes are open; then in the reverse order. Lanes that finish their truck after
//! closing are overtime and need no officer on duty. Start at [`Crossing::settle`].

use std::cmp::Reverse;

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::crossing::{Crossing, Events, schedule};
use crate::model::event::Event;
use crate::model::network::{End, GroupId, Member, PoolId, Steps, Trigger, Want};
use crate::model::notice::{LaneNotice, Observer};

#[derive(Default)]
pub(super) struct PoolState {
    /// A `Settle` event at this instant is on its way.
    unsettled: Option<SimTime>,
    /// A later look, for thresholds that time alone passes.
    next_look: Option<SimTime>,
    /// Officers as last told: on duty, staffed, overtime.
    told: Option<(u32, u32, u32)>,
}

/// What a member may have now.
#[derive(Clone, Copy, Debug)]
struct Claim {
    group: GroupId,
    least: u32,
    wanted: u32,
    granted: u32,
    priority: u32,
    waiting: u32,
}

impl Claim {
    /// Trucks waiting per open lane, as a ratio of whole numbers scaled to compare exactly.
    fn load(&self) -> u64 {
        u64::from(self.waiting) * 1_000_000 / u64::from(self.granted.max(1))
    }
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// Officers of a pool are to be assigned at the end of this instant.
    pub(super) fn unsettle(&mut self, now: SimTime, pool: PoolId, events: &mut Events) {
        let state = &mut self.pools[pool.index()];
        if state.unsettled != Some(now) {
            state.unsettled = Some(now);
            schedule(events, now, Event::Settle { pool });
        }
    }

    /// A table that the pool depends on changed: look again, and at its next change.
    pub(super) fn step_pool(&mut self, now: SimTime, pool: PoolId, events: &mut Events) {
        let data = &self.network.pools[pool.index()];
        let mut next =
            earliest(next_change(&data.on_duty.steps, now), next_change(&data.on_break.steps, now));
        for member in &data.members {
            next = earliest(next, next_change(&member.open.steps, now));
            if let Want::Table(table) = &member.want {
                next = earliest(next, next_change(&table.steps, now));
            }
        }
        if let Some(next) = next {
            schedule(events, next, Event::PoolStep { pool });
        }
        self.unsettle(now, pool, events);
    }

    /// Assigns the officers of a pool.
    pub(super) fn settle(&mut self, now: SimTime, pool: PoolId, events: &mut Events) {
        self.pools[pool.index()].unsettled = None;
        let data = &self.network.pools[pool.index()];
        let mut look_again = None;
        let mut claims: Vec<Claim> =
            data.members.iter().map(|member| self.claim(now, member, &mut look_again)).collect();
        let on_duty = self.opens(now, &data.on_duty);
        assign(&mut claims, on_duty);
        let open = |claim: &Claim, this: &Self| this.groups[claim.group.index()].plan;
        let (falling, rising): (Vec<_>, Vec<_>) = claims
            .iter()
            .zip(&data.members)
            .filter(|(claim, _)| claim.granted != open(claim, self))
            .partition(|(claim, _)| claim.granted < open(claim, self));
        for (claim, member) in falling.into_iter().chain(rising) {
            // What is open when the run begins was set up before.
            let set_up = if now == SimTime::ZERO { SimDuration::ZERO } else { member.set_up };
            self.set_plan(now, claim.group, claim.granted, set_up, events);
        }
        let on_break = self.opens(now, &data.on_break);
        self.tell_officers(now, pool, on_duty + on_break, &claims);
        if let Some(at) = look_again
            && self.pools[pool.index()].next_look != Some(at)
        {
            self.pools[pool.index()].next_look = Some(at);
            schedule(events, at, Event::Settle { pool });
        }
    }

    fn tell_officers(&mut self, now: SimTime, pool: PoolId, on_duty: u32, claims: &[Claim]) {
        let lanes = claims.iter().map(|claim| &self.groups[claim.group.index()]);
        let (staffed, overtime) =
            lanes.fold((0, 0), |(staffed, late), group| (staffed + group.plan, late + group.closing));
        let told = Some((on_duty, staffed, overtime));
        if self.pools[pool.index()].told != told {
            self.pools[pool.index()].told = told;
            self.tell_lanes(now, LaneNotice::Officers { pool, on_duty, staffed, overtime });
        }
    }

    /// What a member wants now; `look_again` becomes the instant at which time alone may change it.
    fn claim(&self, now: SimTime, member: &Member, look_again: &mut Option<SimTime>) -> Claim {
        let state = &self.groups[member.group.index()];
        let granted = state.plan;
        let open = self.opens(now, &member.open);
        let (least, most) = if open { (self.least(now, member), member.most) } else { (0, 0) };
        let wanted = match &member.want {
            Want::Table(table) => self.opens(now, table),
            Want::Rule { open, close } => {
                if granted < most && self.passes(now, member.group, *open, Side::Open, look_again) {
                    granted + 1
                } else if granted > least && self.passes(now, member.group, *close, Side::Close, look_again) {
                    let may_close = state.lanes[granted as usize - 1].opened + member.least_open;
                    if now >= may_close {
                        granted - 1
                    } else {
                        *look_again = earliest(*look_again, Some(may_close));
                        granted
                    }
                } else {
                    granted
                }
            }
        };
        Claim {
            group: member.group,
            least,
            wanted: wanted.clamp(least, most),
            granted,
            priority: member.priority,
            waiting: state.queue(),
        }
    }

    /// The fewest lanes that a member keeps open; one while the crossing is being emptied.
    fn least(&self, now: SimTime, member: &Member) -> u32 {
        let emptying = self.network.end == End::Empty && now.since_start() >= self.network.run_length;
        member.least.max(u32::from(emptying)).min(member.most)
    }

    /// Whether a member may ever open one more lane than now, however long its queue grows.
    pub(super) fn may_open(&self, now: SimTime, pool: PoolId, member: usize) -> bool {
        let data = &self.network.pools[pool.index()];
        let others = data.members.iter().enumerate().filter(|(place, _)| *place != member).map(|(_, m)| m);
        let member = &data.members[member];
        let plan = self.groups[member.group.index()].plan;
        // Others that never close keep their least.
        let always =
            |member: &&Member| member.open.steps[member.open.place(now)..].iter().all(|(_, open)| *open);
        let kept: u32 = others.filter(always).map(|other| self.least(now, other)).sum();
        let later = |table: &Steps<u32>, kept: u32| {
            table.steps[table.place(now)..].iter().any(|(_, count)| *count > plan + kept)
        };
        let longest = self.longest_queue(now, member.group) as f64;
        let wanted = match &member.want {
            Want::Table(table) => later(table, 0),
            Want::Rule { open: Trigger::Queue(limit), .. } => longest >= *limit,
            Want::Rule { open: Trigger::QueuePerLane(limit), .. } => {
                longest >= limit * f64::from(plan.max(1))
            }
            Want::Rule { open: Trigger::Wait(_), .. } => longest > 0.0,
        };
        later(&data.on_duty, kept) && plan < member.most && (wanted || plan < self.least(now, member))
    }

    fn passes(
        &self,
        now: SimTime,
        group: GroupId,
        trigger: Trigger,
        side: Side,
        look_again: &mut Option<SimTime>,
    ) -> bool {
        let state = &self.groups[group.index()];
        let queue = f64::from(state.queue());
        match trigger {
            Trigger::Queue(limit) => side.holds(queue, limit),
            Trigger::QueuePerLane(limit) => side.holds(queue, limit * f64::from(state.plan.max(1))),
            Trigger::Wait(limit) => {
                let first = self.first_arrival(group);
                let wait = first.map_or(SimDuration::ZERO, |first| now - first);
                if let (Side::Open, Some(first)) = (side, first)
                    && wait < limit
                {
                    *look_again = earliest(*look_again, Some(first + limit));
                }
                side.holds(wait.micros() as f64, limit.micros() as f64)
            }
        }
    }
}

/// Which way a threshold is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Open,
    Close,
}

impl Side {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Side::Open => value >= limit,
            Side::Close => value <= limit,
        }
    }
}

/// Grants lanes to claims (in name order) by the rules at the head of this module.
fn assign(claims: &mut [Claim], on_duty: u32) {
    for claim in claims.iter_mut() {
        claim.granted = claim.granted.min(claim.wanted);
    }
    let mut free = i64::from(on_duty) - claims.iter().map(|claim| i64::from(claim.granted)).sum::<i64>();
    while free < 0 {
        let open = claims.iter().enumerate().filter(|(_, claim)| claim.granted > 0);
        let loser = open.max_by_key(|(name, claim)| {
            (claim.granted > claim.least, claim.priority, Reverse(claim.load()), *name)
        });
        let Some((place, _)) = loser else { return };
        claims[place].granted -= 1;
        free += 1;
    }
    while free > 0 {
        let short = claims.iter().enumerate().filter(|(_, claim)| claim.granted < claim.wanted);
        let winner = short.min_by_key(|(name, claim)| {
            (claim.granted >= claim.least, claim.priority, Reverse(claim.load()), *name)
        });
        let Some((place, _)) = winner else { return };
        claims[place].granted += 1;
        free -= 1;
    }
}

fn next_change<T>(steps: &[(SimTime, T)], now: SimTime) -> Option<SimTime> {
    steps.get(steps.partition_point(|(from, _)| *from <= now)).map(|(from, _)| *from)
}

fn earliest(a: Option<SimTime>, b: Option<SimTime>) -> Option<SimTime> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (only, None) | (None, only) => only,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(least: u32, wanted: u32, granted: u32, priority: u32, waiting: u32) -> Claim {
        Claim { group: GroupId(0), least, wanted, granted, priority, waiting }
    }

    fn granted(claims: &mut [Claim], on_duty: u32) -> Vec<u32> {
        assign(claims, on_duty);
        claims.iter().map(|claim| claim.granted).collect()
    }

    #[test]
    fn least_first_then_priority_then_waiting_then_name() {
        // Least of both (2 + 1), then priority 1 until satisfied, then nothing is left.
        let mut claims = [claim(1, 4, 0, 2, 50), claim(2, 3, 0, 1, 0)];
        assert_eq!(granted(&mut claims, 4), [1, 3]);
        // Equal priority: the most waiting per open lane.
        let mut claims = [claim(1, 4, 1, 1, 10), claim(1, 4, 1, 1, 40)];
        assert_eq!(granted(&mut claims, 4), [1, 3]);
        // All alike: by name.
        let mut claims = [claim(0, 2, 0, 1, 0), claim(0, 2, 0, 1, 0)];
        assert_eq!(granted(&mut claims, 1), [1, 0]);
    }

    #[test]
    fn open_lanes_are_taken_only_when_fewer_are_on_duty() {
        let mut claims = [claim(1, 3, 3, 1, 0), claim(1, 3, 1, 1, 90)];
        assert_eq!(granted(&mut claims, 4), [3, 1]);
        // Reverse order: above least first, lowest priority, least waiting per lane.
        let mut claims = [claim(1, 3, 3, 1, 0), claim(1, 3, 3, 2, 90)];
        assert_eq!(granted(&mut claims, 4), [3, 1]);
        let mut claims = [claim(2, 2, 2, 1, 0), claim(2, 2, 2, 1, 90)];
        assert_eq!(granted(&mut claims, 1), [0, 1]);
    }
}
