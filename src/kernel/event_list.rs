//! The future event list, ordered by (time, rank, sequence).
//!
//! Rank settles what happens first at one instant; sequence, the order of scheduling, settles the
//! rest. The near future is a table of 64 places in no order, the far future a binary heap: a
//! crossing keeps a few dozen events in flight, and the earliest of so few is found by looking at
//! all of them without a branch, which a processor does faster than it keeps them sorted; a yard
//! with thousands of trucks does not turn the list into a bottleneck. The next event is known before
//! it is asked for: it is looked up when the one before it is taken, and what is scheduled in the
//! meantime is compared with it. It knows nothing of what an event means. Start at [`EventList`].

use std::collections::BinaryHeap;

use super::time::SimTime;

/// Names a scheduled event, so that it can be cancelled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EventKey {
    at: SimTime,
    order: u64,
}

impl EventKey {
    #[inline]
    fn new(at: SimTime, rank: u8, sequence: u64) -> Self {
        debug_assert!(at >= SimTime::ZERO, "events lie at or after the start of the run");
        debug_assert!(sequence < 1 << 56, "2^56 events in one run");
        EventKey { at, order: u64::from(rank) << 56 | sequence }
    }

    /// When the event happens.
    #[inline]
    pub fn at(self) -> SimTime {
        self.at
    }
}

#[derive(Clone, Copy)]
struct Entry<E> {
    key: EventKey,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    /// Reversed: the standard heap gives its greatest first, and we want the earliest.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.key.cmp(&self.key)
    }
}

/// How many places the near future has: as many as a word has bits.
const NEAR: usize = u64::BITS as usize;

/// An instant and a place of the near future in one word: the least word is the earliest event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Spot(u64);

impl Spot {
    /// After every event.
    const NEVER: Spot = Spot(u64::MAX);

    /// In 9,000 years: later instants count as this one, and no run is as long.
    const LATEST: u64 = (1 << (64 - NEAR.ilog2())) - 2;

    #[inline]
    fn new(at: SimTime, place: usize) -> Self {
        Spot((at.micros() as u64).min(Self::LATEST) * NEAR as u64 + place as u64)
    }

    #[inline]
    fn place(self) -> usize {
        self.0 as usize % NEAR
    }

    #[inline]
    fn at(self) -> SimTime {
        SimTime::from_micros((self.0 / NEAR as u64) as i64)
    }
}

/// Events still to come. Those in the near future are earlier than every one in `far`.
pub struct EventList<E> {
    /// The near future by place; `NEVER` where a place is vacant.
    spots: [Spot; NEAR],
    /// Rank and sequence by place.
    orders: [u64; NEAR],
    events: [Option<E>; NEAR],
    /// Bits of the places that are taken.
    taken: u64,
    /// The earliest spot, but for those scheduled since it was looked up.
    next: Spot,
    /// The earliest scheduled since.
    fresh: Spot,
    far: BinaryHeap<Entry<E>>,
    /// Keys of cancelled events that still lie in `far`.
    cancelled: Vec<EventKey>,
    sequence: u64,
}

impl<E: Copy> Default for EventList<E> {
    fn default() -> Self {
        EventList {
            spots: [Spot::NEVER; NEAR],
            orders: [0; NEAR],
            events: [None; NEAR],
            taken: 0,
            next: Spot::NEVER,
            fresh: Spot::NEVER,
            far: BinaryHeap::new(),
            cancelled: Vec::new(),
            sequence: 0,
        }
    }
}

impl<E: Copy> EventList<E> {
    /// Schedules `event` at an instant; among events at that instant the lower rank comes first,
    /// then the one scheduled first.
    #[inline(always)]
    pub fn schedule(&mut self, at: SimTime, rank: u8, event: E) -> EventKey {
        let key = EventKey::new(at, rank, self.sequence);
        self.sequence += 1;
        if self.taken == u64::MAX {
            self.make_room();
        }
        if !self.far.is_empty() && self.far.peek().is_some_and(|far| key > far.key) {
            self.far.push(Entry { key, event });
            return key;
        }
        let spot = self.put(key, event);
        self.fresh = self.fresh.min(spot);
        key
    }

    /// Puts an event in the first vacant place.
    #[inline(always)]
    fn put(&mut self, key: EventKey, event: E) -> Spot {
        let place = self.taken.trailing_ones() as usize % NEAR;
        let spot = Spot::new(key.at, place);
        self.taken |= 1 << place;
        self.spots[place] = spot;
        self.orders[place] = key.order;
        self.events[place] = Some(event);
        spot
    }

    #[inline(always)]
    fn vacate(&mut self, place: usize) {
        self.taken &= !(1 << place);
        self.spots[place] = Spot::NEVER;
    }

    /// Takes the next event from the list.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        // A branch, not a choice: the processor goes on with `next` while it still works out when
        // the fresh ones come.
        if self.fresh < self.next {
            self.look_up();
        }
        self.fresh = Spot::NEVER;
        if self.next == Spot::NEVER && !self.refill() {
            return None;
        }
        let mut spot = self.next;
        self.vacate(spot.place());
        self.next = self.earliest();
        if self.next.at() == spot.at() {
            spot = self.settle(spot);
        }
        self.events[spot.place()].map(|event| (spot.at(), event))
    }

    /// The earliest spot; of several at one instant, any.
    #[inline(always)]
    fn earliest(&self) -> Spot {
        const ABREAST: usize = 4;
        let end = (u64::BITS - self.taken.leading_zeros()) as usize;
        let mut least = [Spot::NEVER; ABREAST];
        for spots in self.spots[..end.next_multiple_of(ABREAST)].chunks_exact(ABREAST) {
            for (least, spot) in least.iter_mut().zip(spots) {
                *least = (*least).min(*spot);
            }
        }
        let [a, b, c, d] = least;
        a.min(b).min(c.min(d))
    }

    #[inline(never)]
    fn look_up(&mut self) {
        self.next = self.earliest();
    }

    /// Several come at the instant of the one just taken: which is first?
    #[cold]
    fn settle(&mut self, taken: Spot) -> Spot {
        let order = |spot: &Spot| self.orders[spot.place()];
        let others = self.spots.iter().filter(|spot| spot.at() == taken.at() && **spot != Spot::NEVER);
        let first = others.chain([&taken]).copied().min_by_key(order).unwrap_or(taken);
        if first != taken {
            self.taken |= 1 << taken.place();
            self.spots[taken.place()] = taken;
            self.vacate(first.place());
            self.look_up();
        }
        first
    }

    /// Takes an event off the list; false if it has already happened or was cancelled before.
    pub fn cancel(&mut self, key: EventKey) -> bool {
        let is_here = |place: &usize| self.taken >> place & 1 == 1 && self.orders[*place] == key.order;
        if let Some(place) = (0..NEAR).find(is_here) {
            self.vacate(place);
            self.look_up();
            self.fresh = Spot::NEVER;
            return true;
        }
        let waiting = self.far.iter().any(|entry| entry.key == key);
        let known = self.cancelled.contains(&key);
        if waiting && !known {
            self.cancelled.push(key);
        }
        waiting && !known
    }

    /// The number of events still to come.
    pub fn len(&self) -> usize {
        self.taken.count_ones() as usize + self.far.len() - self.cancelled.len()
    }

    /// Whether nothing is left to happen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The later half of the near future becomes far.
    #[cold]
    fn make_room(&mut self) {
        let mut places: [usize; NEAR] = std::array::from_fn(|place| place);
        places.sort_unstable_by_key(|place| (self.spots[*place].at(), self.orders[*place]));
        for &place in &places[NEAR / 2..] {
            let key = EventKey { at: self.spots[place].at(), order: self.orders[place] };
            self.far.extend(self.events[place].map(|event| Entry { key, event }));
            self.vacate(place);
        }
        self.look_up();
        self.fresh = Spot::NEVER;
    }

    /// The earliest of the far future become near; false if there are none.
    #[cold]
    fn refill(&mut self) -> bool {
        while self.taken.count_ones() < NEAR as u32 / 2 {
            let Some(entry) = self.far.pop() else { break };
            match self.cancelled.iter().position(|key| *key == entry.key) {
                Some(found) => {
                    self.cancelled.swap_remove(found);
                }
                None => {
                    self.put(entry.key, entry.event);
                }
            }
        }
        self.look_up();
        self.taken != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draws::{Key, Purpose};

    fn at(micros: i64) -> SimTime {
        SimTime::from_micros(micros)
    }

    #[test]
    fn earlier_first_then_rank_then_order_of_scheduling() {
        let mut list = EventList::default();
        list.schedule(at(5), 1, "late");
        list.schedule(at(3), 4, "arrival");
        list.schedule(at(3), 0, "end of service");
        list.schedule(at(3), 4, "second arrival");
        let order: Vec<_> = std::iter::from_fn(|| list.pop()).map(|(_, event)| event).collect();
        assert_eq!(order, ["end of service", "arrival", "second arrival", "late"]);
    }

    /// Ten thousand random operations against a sorted map: a few events in flight and thousands,
    /// seldom at one instant and often.
    #[test]
    fn agrees_with_a_sorted_map() {
        for (most, ahead) in [(20, 1000), (20, 5), (100, 30), (usize::MAX, 1000)] {
            agrees(most, ahead);
        }
    }

    fn agrees(most: usize, ahead: i64) {
        let key = Key::new(1, 0, "event list");
        let purpose = Purpose::new("operation");
        let mut list = EventList::default();
        let mut model = std::collections::BTreeMap::new();
        let mut keys = Vec::new();
        let mut now = 0;
        for i in 0..10_000u64 {
            let bits = key.bits(i, purpose);
            match bits % 8 {
                0..=4 if model.len() < most => {
                    let when = at(now + (bits >> 8) as i64 % ahead);
                    let handle = list.schedule(when, (bits >> 40) as u8 % 6, i);
                    model.insert(handle, i);
                    keys.push(handle);
                }
                5 if !keys.is_empty() => {
                    let handle = keys.swap_remove((bits >> 8) as usize % keys.len());
                    assert_eq!(list.cancel(handle), model.remove(&handle).is_some());
                }
                _ => {
                    let expected = model.pop_first().map(|(key, event)| (key.at(), event));
                    let found = list.pop();
                    assert_eq!(found, expected);
                    now = found.map_or(now, |(when, _)| when.micros());
                }
            }
            assert_eq!(list.len(), model.len());
        }
    }
}
