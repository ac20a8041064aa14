//! Lines of trucks and sets of lanes.
//!
//! A group has one line, a line per lane, or shares the station's line. Lines keep the order of
//! joining and know nothing else. Start at [`Lines`] and [`LaneSet`].

use std::collections::VecDeque;

use crate::model::network::ClassId;
use crate::model::truck::TruckId;

/// Lanes of a group, as a set of small numbers.
#[derive(Clone, Debug)]
pub(super) struct LaneSet {
    /// Lanes 0 to 63: the whole set of any group but the largest.
    low: u64,
    /// Those beyond, 64 to a word.
    high: Vec<u64>,
    count: u32,
}

impl LaneSet {
    pub(super) fn empty(lanes: u32) -> Self {
        LaneSet { low: 0, high: vec![0; (lanes.saturating_sub(64) as usize).div_ceil(64)], count: 0 }
    }

    #[inline]
    fn word(&mut self, lane: u32) -> &mut u64 {
        match (lane as usize / 64).checked_sub(1) {
            None => &mut self.low,
            Some(place) => &mut self.high[place],
        }
    }

    #[inline]
    pub(super) fn insert(&mut self, lane: u32) {
        let (word, bit) = (self.word(lane), 1u64 << (lane % 64));
        debug_assert!(*word & bit == 0, "a lane becomes free once");
        *word |= bit;
        self.count += 1;
    }

    #[inline]
    pub(super) fn remove(&mut self, lane: u32) {
        let (word, bit) = (self.word(lane), 1u64 << (lane % 64));
        debug_assert!(*word & bit != 0, "only a free lane is taken");
        *word &= !bit;
        self.count -= 1;
    }

    #[inline]
    pub(super) fn len(&self) -> u32 {
        self.count
    }

    /// The lowest-numbered lane of the set.
    #[inline]
    pub(super) fn first(&self) -> Option<u32> {
        if self.low != 0 { Some(self.low.trailing_zeros()) } else { Self::nth_of(&self.high, 64, 0) }
    }

    /// The `n`-th lane of the set in order of number, from 0.
    pub(super) fn nth(&self, n: u32) -> Option<u32> {
        let here = self.low.count_ones();
        if n < here {
            return Self::nth_of(&[self.low], 0, n);
        }
        Self::nth_of(&self.high, 64, n - here)
    }

    /// The `n`-th lane in words of which the first holds the lanes from `from` on.
    #[inline]
    fn nth_of(words: &[u64], from: u32, n: u32) -> Option<u32> {
        let mut left = n;
        for (place, &word) in words.iter().enumerate() {
            let here = word.count_ones();
            if left < here {
                let mut rest = word;
                for _ in 0..left {
                    rest &= rest - 1;
                }
                return Some(from + place as u32 * 64 + rest.trailing_zeros());
            }
            left -= here;
        }
        None
    }
}

/// One line per class, taken in the order of joining over all classes that a lane accepts.
#[derive(Clone, Debug)]
pub(super) struct SharedLine {
    by_class: Vec<VecDeque<(u64, TruckId)>>,
}

impl SharedLine {
    pub(super) fn new(classes: usize) -> Self {
        SharedLine { by_class: vec![VecDeque::new(); classes] }
    }

    pub(super) fn push(&mut self, class: ClassId, order: u64, truck: TruckId) {
        self.by_class[class.index()].push_back((order, truck));
    }

    /// The first truck whose class is accepted leaves the line.
    pub(super) fn pop_accepted(&mut self, accepted: impl Fn(ClassId) -> bool) -> Option<TruckId> {
        let classes = (0..self.by_class.len()).filter(|class| accepted(ClassId(*class as u8)));
        let (_, class) =
            classes.filter_map(|c| self.by_class[c].front().map(|(order, _)| (*order, c))).min()?;
        self.by_class[class].pop_front().map(|(_, truck)| truck)
    }

    pub(super) fn is_empty_for(&self, accepted: impl Fn(ClassId) -> bool) -> bool {
        let mut lines = self.by_class.iter().enumerate();
        lines.all(|(class, line)| line.is_empty() || !accepted(ClassId(class as u8)))
    }

    pub(super) fn first_accepted(&self, accepted: impl Fn(ClassId) -> bool) -> Option<TruckId> {
        let lines = self.by_class.iter().enumerate();
        let open = lines.filter(|(class, _)| accepted(ClassId(*class as u8)));
        open.filter_map(|(_, line)| line.front()).min().map(|(_, truck)| *truck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lane_set_gives_lanes_in_order() {
        let mut set = LaneSet::empty(130);
        for lane in [129, 3, 64, 0] {
            set.insert(lane);
        }
        let lanes: Vec<_> = (0..5).map(|n| set.nth(n)).collect();
        assert_eq!(lanes, [Some(0), Some(3), Some(64), Some(129), None]);
        set.remove(3);
        assert_eq!((set.nth(1), set.len()), (Some(64), 3));
    }

    #[test]
    fn shared_line_takes_the_first_that_is_accepted() {
        let mut line = SharedLine::new(2);
        line.push(ClassId(1), 0, TruckId(10));
        line.push(ClassId(0), 1, TruckId(11));
        line.push(ClassId(1), 2, TruckId(12));
        assert_eq!(line.pop_accepted(|class| class == ClassId(0)), Some(TruckId(11)));
        assert_eq!(line.pop_accepted(|_| true), Some(TruckId(10)));
        assert!(line.is_empty_for(|class| class == ClassId(0)));
        assert_eq!(line.pop_accepted(|_| true), Some(TruckId(12)));
    }
}
