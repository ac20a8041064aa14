//! What makes service faster or slower beside chance.
//!
//! Service times are divided by the pace of the moment when service begins (by the line, by the lanes
//! open, by an outage), and multiplied by the factors of the day and of the officer in the lane that
//! day, which have addresses of their own. Start at [`Crossing::slowness`].

use crate::kernel::draws::{Key, Purpose};
use crate::kernel::time::SimTime;
use crate::model::crossing::Crossing;
use crate::model::network::{GroupId, Network, Pace, from_there_on};
use crate::model::notice::Observer;

const DAY_FACTOR: Purpose = Purpose::new("day factor");
const OFFICER_FACTOR: Purpose = Purpose::new("officer factor");

/// Keys of what belongs to a group and not to a truck: by group.
pub(super) fn group_keys(network: &Network, seed: u64, replication: u64) -> Vec<Key> {
    let groups = (0..network.groups.len()).map(|group| network.group_name(GroupId(group as u16)));
    groups.map(|name| Key::new(seed, replication, &format!("group:{name}"))).collect()
}

/// Keys of what belongs to a station and not to a truck: by station.
pub(super) fn station_keys(network: &Network, seed: u64, replication: u64) -> Vec<Key> {
    let stations = network.stations.iter();
    stations.map(|station| Key::new(seed, replication, &format!("station:{}", station.name))).collect()
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// What a service time is multiplied by that begins now in a lane.
    pub(super) fn slowness(&self, now: SimTime, group: GroupId, lane: u32) -> f64 {
        let state = &self.groups[group.index()];
        let station = state.data.station.index();
        let outage = state.data.slowed.as_ref().map_or(1.0, |pace| *pace.at(now));
        let Some(Pace { by_queue, by_open, day_factor, officer_factor }) = &self.stations[station].data.pace
        else {
            return 1.0 / outage;
        };
        let queue = from_there_on(by_queue, state.queue()).unwrap_or(1.0);
        let open = from_there_on(by_open, state.plan).unwrap_or(1.0);
        let day = self.network.calendar.local_day(now) as u64;
        let of_day = day_factor
            .as_ref()
            .map_or(1.0, |law| law.sample(self.station_keys[station].bits(day, DAY_FACTOR)));
        let of_officer = if officer_factor.is_some() { self.officer_factor(now, group, lane) } else { 1.0 };
        of_day * of_officer / (queue * open * outage)
    }

    /// The factor of who sits in a lane that day.
    pub(super) fn officer_factor(&self, now: SimTime, group: GroupId, lane: u32) -> f64 {
        let station = self.groups[group.index()].data.station.index();
        let law = self.stations[station].data.pace.as_ref().and_then(|pace| pace.officer_factor.as_ref());
        law.map_or(1.0, |law| {
            let who = u64::from(lane) << 32 | self.network.calendar.local_day(now) as u64;
            law.sample(self.group_keys[group.index()].bits(who, OFFICER_FACTOR))
        })
    }
}
