//! Events in time: from an instant on the crossing has other values.
//!
//! The crossing was compiled once for each stretch of time between the edges of events. Places,
//! lanes built, classes and step functions are the same in all; laws, routes, shares, rooms and
//! thresholds are taken from the present one. Start at [`Crossing::enter_phase`].

use crate::kernel::time::SimTime;
use crate::model::crossing::{Crossing, Events, Work, schedule};
use crate::model::event::Event;
use crate::model::network::{GroupId, PoolId, RoadId, StationId};
use crate::model::notice::Observer;
use crate::model::shortcut::Shortcuts;

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    pub(super) fn schedule_phases(&self, events: &mut Events) {
        for (place, (from, _)) in self.network.later.iter().enumerate() {
            schedule(events, *from, Event::Phase { place: place as u16 });
        }
    }

    /// From now on other values hold.
    pub(super) fn enter_phase(&mut self, now: SimTime, place: u16, events: &mut Events) {
        let network = &self.whole.later[place as usize].1;
        self.network = network;
        self.shortcuts = Shortcuts::new(network);
        for (state, data) in self.groups.iter_mut().zip(&network.groups) {
            state.data = data;
            if let Some(line) = &mut state.ranked {
                line.rank_by(&network.stations[data.station.index()].priority);
            }
        }
        for (state, data) in self.stations.iter_mut().zip(&network.stations) {
            state.data = data;
            if let Some(line) = &mut state.shared {
                line.rank_by(&data.priority);
            }
        }
        if network.stations.iter().any(|station| station.preempt.is_some()) {
            for group in 0..self.groups.len() {
                self.look_at_line(now, GroupId(group as u16), events);
            }
        }
        // There may be room now where there was none, and rules look at other thresholds.
        self.work.extend((0..self.roads.len()).map(|road| Work::Road(RoadId(road as u16))));
        self.work.extend((0..self.stations.len()).map(|station| Work::Station(StationId(station as u16))));
        for pool in 0..self.pools.len() {
            self.unsettle(now, PoolId(pool as u16), events);
        }
    }
}
