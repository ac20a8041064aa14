//! The wait that is posted while the run goes on, for trucks that decide by it.
//!
//! Readings are at local midnight + k × interval, as those of the report; but who comes to the
//! crossing can only know the past, so a reading tells the mean border wait of the trucks that
//! took a booth in the `window` that ended `lag` before it, rounded half up and capped. When none
//! did, the last reading stays, or nothing is posted where nobody waits. Start at
//! [`Crossing::post`].

use std::collections::VecDeque;

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::crossing::{Crossing, Events, schedule};
use crate::model::event::Event;
use crate::model::network::{ClassId, GroupId};
use crate::model::notice::Observer;
use crate::model::truck::TruckId;

/// What is posted for the groups of the primary station.
#[derive(Clone, Debug, Default)]
pub(super) struct Bulletin {
    /// By group of the whole crossing: (when a booth was taken, border wait), and what is posted.
    groups: Vec<(VecDeque<(SimTime, SimDuration)>, SimDuration)>,
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// Begins to post, if anyone decides by what is posted.
    pub(super) fn start_posting(&mut self, events: &mut Events) {
        let diverts = self.network.phases().any(|phase| phase.streams.iter().any(|s| s.diversion.is_some()));
        if diverts && self.network.border_wait.is_some() {
            self.bulletin.groups = vec![Default::default(); self.groups.len()];
            self.schedule_reading(SimTime::ZERO, events);
        }
    }

    /// The next reading at or after an instant.
    fn schedule_reading(&self, from: SimTime, events: &mut Events) {
        let Some(border) = &self.network.border_wait else { return };
        let at = self.network.calendar.next_multiple(from, border.posted.interval);
        if at.since_start() < self.network.run_length {
            schedule(events, at, Event::Reading);
        }
    }

    /// A reading is posted.
    pub(super) fn post(&mut self, now: SimTime, events: &mut Events) {
        let Some(border) = &self.network.border_wait else { return };
        let posted = border.posted;
        let until = now - posted.lag;
        for group in self.network.groups_of(border.at) {
            let nobody_waits = self.groups[group.index()].queue() == 0;
            let (recent, told) = &mut self.bulletin.groups[group.index()];
            while recent.front().is_some_and(|(taken, _)| *taken <= until - posted.window) {
                recent.pop_front();
            }
            let seen = recent.iter().take_while(|(taken, _)| *taken <= until);
            let (trucks, sum) =
                seen.fold((0, 0), |(n, sum), (_, wait)| (n + 1, sum + i128::from(wait.micros())));
            if trucks > 0 {
                *told = SimDuration::from_seconds(posted.published(sum, trucks));
            } else if nobody_waits {
                *told = SimDuration::ZERO;
            }
        }
        self.schedule_reading(now + SimDuration::from_micros(1), events);
    }

    /// A truck takes a booth of the primary station: its wait is known.
    pub(super) fn note_border_wait(&mut self, now: SimTime, id: TruckId, group: GroupId) {
        let Some(border) = &self.network.border_wait else { return };
        if self.bulletin.groups.is_empty() || self.groups[group.index()].data.station != border.at {
            return;
        }
        if let Some(wait) = self.truck(id).border_wait() {
            self.bulletin.groups[group.index()].0.push_back((now, wait));
        }
    }

    /// What is posted for a class: at the group that it prefers.
    pub(super) fn posted_for(&self, class: ClassId) -> SimDuration {
        let Some(border) = &self.network.border_wait else { return SimDuration::ZERO };
        let first = self.stations[border.at.index()].data.choices[class.index()].first();
        let posted = first.and_then(|group| self.bulletin.groups.get(group.index()));
        posted.map_or(SimDuration::ZERO, |(_, told)| *told)
    }
}
