//! A truck: the entity that moves through the crossing, and where its draws are addressed.
//!
//! A truck carries what is needed to serve and to measure it, nothing more. Its identity does not
//! depend on lanes, officers or other trucks, so neither do its draws. Start at [`Truck`].

use crate::kernel::time::{SimDuration, SimTime};
use crate::model::network::{ClassId, StreamId};

/// A truck's place in the run's table of trucks inside; reused after it has left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TruckId(pub u32);

/// A truck inside the crossing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Truck {
    /// The stream that brought it.
    pub stream: StreamId,
    /// Its class.
    pub class: ClassId,
    /// Addresses its draws within its stream, and makes its printed number.
    pub identity: u64,
    /// First arrival at the crossing.
    pub entered: SimTime,
    /// Arrival at the present station (or at the one it last left).
    pub arrived: SimTime,
    /// First start of service at the present station.
    pub began: SimTime,
    /// End of service at the present station.
    pub ends: SimTime,
    /// Own travel and own service so far, as served on the path it took.
    pub own: SimDuration,
    /// Arrival where the border wait begins, and own time until then.
    pub line_from: Option<SimTime>,
    /// `own` when it arrived where the border wait begins.
    pub line_own: SimDuration,
}

impl Truck {
    /// At the start of service at the primary station: the time since it arrived where the border
    /// wait begins, less its own travel and service between; `None` if it did not come that way.
    #[inline]
    pub fn border_wait(&self) -> Option<SimDuration> {
        let own_between = self.own - (self.ends - self.began) - self.line_own;
        self.line_from.map(|joined| (self.began - joined - own_between).or_zero())
    }
}

/// Identity of a field truck: hour slot, rate layer, point of the cell, member of the batch.
pub fn field_identity(slot: u32, layer: u16, point: u8, member: u16) -> u64 {
    debug_assert!(slot < 1 << 24, "hour slots reach to the year 3883");
    u64::from(slot) << 40 | u64::from(layer) << 24 | u64::from(point) << 16 | u64::from(member)
}

/// The printed number of a field truck: `slot.layer.point.member`.
pub fn field_number(identity: u64) -> String {
    format!("{}.{}.{}.{}", identity >> 40, identity >> 24 & 0xffff, identity >> 16 & 0xff, identity & 0xffff)
}

/// What only some of the trucks inside have, by truck: as long as the most that were inside at once,
/// so that nothing is allocated when one of them comes to have it again.
#[derive(Clone, Debug)]
pub struct TruckTable<T>(Vec<Option<T>>);

impl<T> Default for TruckTable<T> {
    fn default() -> Self {
        TruckTable(Vec::new())
    }
}

impl<T> TruckTable<T> {
    /// What a truck has, if anything.
    #[inline]
    pub fn get(&self, id: TruckId) -> Option<&T> {
        self.0.get(id.0 as usize)?.as_ref()
    }

    /// A truck has this from now on.
    pub fn insert(&mut self, id: TruckId, value: T) {
        let place = id.0 as usize;
        if self.0.len() <= place {
            self.0.resize_with(place + 1, || None);
        }
        self.0[place] = Some(value);
    }

    /// What a truck had; it has nothing any more.
    #[inline]
    pub fn remove(&mut self, id: TruckId) -> Option<T> {
        self.0.get_mut(id.0 as usize)?.take()
    }

    /// Nobody has anything; the memory stays.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}
