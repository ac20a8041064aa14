//! The future event list, ordered by (time, rank, sequence).
//!
//! Rank settles what happens first at one instant; sequence, the order of scheduling, settles the
//! rest. The near future is a small sorted vector, the far future a binary heap: a crossing keeps
//! a few dozen events in flight, where the vector wins, and a yard with thousands of trucks does
//! not turn it into a bottleneck. What was just scheduled is put in its place a little later, when
//! it may come next or a few have gathered: so the processor goes on with the next event while it
//! still works out when the last one comes. It knows nothing of what an event means. Start at
//! [`EventList`].

use std::collections::BinaryHeap;

use super::time::SimTime;

/// Names a scheduled event, so that it can be cancelled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EventKey(u128);

impl EventKey {
    /// After every event.
    const NEVER: EventKey = EventKey(u128::MAX);

    #[inline]
    fn new(at: SimTime, rank: u8, sequence: u64) -> Self {
        debug_assert!(at >= SimTime::ZERO, "events lie at or after the start of the run");
        debug_assert!(sequence < 1 << 56, "2^56 events in one run");
        let low = u64::from(rank) << 56 | sequence;
        EventKey(u128::from(at.micros() as u64) << 64 | u128::from(low))
    }

    /// When the event happens.
    #[inline]
    pub fn at(self) -> SimTime {
        SimTime::from_micros((self.0 >> 64) as i64)
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

/// How many events the sorted vector holds before the latest move to the heap.
const NEAR: usize = 64;

/// How many fresh events gather before they are put in their places.
const FRESH: usize = 8;

/// Events still to come. Those in `near` and `fresh` are earlier than every one in `far`.
pub struct EventList<E> {
    /// Latest first, so that the next event is popped from the end.
    near: Vec<Entry<E>>,
    /// Scheduled last, in no order.
    fresh: Vec<Entry<E>>,
    /// The least key of `fresh`.
    freshest: EventKey,
    far: BinaryHeap<Entry<E>>,
    /// Keys of cancelled events that still lie in `far`.
    cancelled: Vec<EventKey>,
    sequence: u64,
}

impl<E> Default for EventList<E> {
    fn default() -> Self {
        EventList {
            near: Vec::with_capacity(NEAR + FRESH),
            fresh: Vec::with_capacity(FRESH),
            freshest: EventKey::NEVER,
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
        let entry = Entry { key, event };
        if !self.far.is_empty() && self.far.peek().is_some_and(|far| key > far.key) {
            self.far.push(entry);
            return key;
        }
        self.fresh.push(entry);
        self.freshest = self.freshest.min(key);
        if self.fresh.len() == FRESH {
            self.place_fresh();
        }
        key
    }

    /// Puts what is fresh in its place in `near`.
    #[inline(never)]
    fn place_fresh(&mut self) {
        self.freshest = EventKey::NEVER;
        let placed = self.near.len();
        self.near.append(&mut self.fresh);
        for last in placed..self.near.len() {
            let (before, rest) = self.near.split_at_mut(last);
            let Some(mut gap) = rest.first_mut() else { break };
            let entry = *gap;
            // Most come soon: the few that come sooner make way one by one.
            for sooner in before.iter_mut().rev().take_while(|other| other.key < entry.key) {
                *gap = *sooner;
                gap = sooner;
            }
            *gap = entry;
        }
        if self.near.len() > NEAR {
            self.far.extend(self.near.drain(..NEAR / 2));
        }
    }

    /// Takes the next event from the list.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        if self.near.last().is_none_or(|next| self.freshest < next.key) {
            self.gather();
        }
        self.near.pop().map(|entry| (entry.key.at(), entry.event))
    }

    /// Takes an event off the list; false if it has already happened or was cancelled before.
    pub fn cancel(&mut self, key: EventKey) -> bool {
        if let Ok(place) = self.near.binary_search_by(|entry| key.cmp(&entry.key)) {
            self.near.remove(place);
            return true;
        }
        if let Some(place) = self.fresh.iter().position(|entry| entry.key == key) {
            self.fresh.swap_remove(place);
            self.freshest = self.fresh.iter().map(|entry| entry.key).min().unwrap_or(EventKey::NEVER);
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
        self.near.len() + self.fresh.len() + self.far.len() - self.cancelled.len()
    }

    /// Whether nothing is left to happen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(never)]
    fn gather(&mut self) {
        self.place_fresh();
        if self.near.is_empty() {
            self.refill();
        }
    }

    fn refill(&mut self) {
        while self.near.len() < NEAR / 2 {
            let Some(entry) = self.far.pop() else { break };
            match self.cancelled.iter().position(|key| *key == entry.key) {
                Some(found) => {
                    self.cancelled.swap_remove(found);
                }
                None => self.near.push(entry),
            }
        }
        self.near.reverse();
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

    /// Ten thousand random operations against a sorted map.
    #[test]
    fn agrees_with_a_sorted_map() {
        let key = Key::new(1, 0, "event list");
        let purpose = Purpose::new("operation");
        let mut list = EventList::default();
        let mut model = std::collections::BTreeMap::new();
        let mut keys = Vec::new();
        let mut now = 0;
        for i in 0..10_000u64 {
            let bits = key.bits(i, purpose);
            match bits % 8 {
                0..=4 => {
                    let when = at(now + (bits >> 8) as i64 % 1000);
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
