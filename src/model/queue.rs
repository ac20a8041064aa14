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

/// A line with trucks of several classes: the first of those that a lane accepts, by priority and
/// then in the order of joining.
#[derive(Clone, Debug)]
pub(super) struct RankedLine {
    by_class: Vec<VecDeque<(u64, TruckId)>>,
    /// By class, lower first; empty: all alike.
    priority: Vec<u8>,
}

impl RankedLine {
    pub(super) fn new(classes: usize, priority: &[u8]) -> Self {
        RankedLine { by_class: vec![VecDeque::new(); classes], priority: priority.to_vec() }
    }

    /// From now on classes have these priorities.
    pub(super) fn rank_by(&mut self, priority: &[u8]) {
        self.priority = priority.to_vec();
    }

    /// A truck joins. One that comes back from service stands before all that joined after it.
    pub(super) fn push(&mut self, class: ClassId, order: u64, truck: TruckId) {
        let line = &mut self.by_class[class.index()];
        let place = line.iter().rposition(|(other, _)| *other < order).map_or(0, |last| last + 1);
        line.insert(place, (order, truck));
    }

    /// A truck leaves the line from wherever it stands.
    pub(super) fn remove(&mut self, class: ClassId, truck: TruckId) {
        self.by_class[class.index()].retain(|(_, other)| *other != truck);
    }

    /// The class whose first truck is next among those that are accepted.
    fn next_class(&self, accepted: impl Fn(ClassId) -> bool) -> Option<usize> {
        let classes = (0..self.by_class.len()).filter(|class| accepted(ClassId(*class as u8)));
        let rank = |class: usize| self.priority.get(class).copied().unwrap_or(0);
        let firsts = classes.filter_map(|class| Some((rank(class), self.by_class[class].front()?.0, class)));
        firsts.min().map(|(_, _, class)| class)
    }

    /// The first truck whose class is accepted leaves the line.
    pub(super) fn pop_accepted(&mut self, accepted: impl Fn(ClassId) -> bool) -> Option<TruckId> {
        let class = self.next_class(accepted)?;
        self.by_class[class].pop_front().map(|(_, truck)| truck)
    }

    pub(super) fn is_empty_for(&self, accepted: impl Fn(ClassId) -> bool) -> bool {
        self.next_class(accepted).is_none()
    }

    pub(super) fn first_accepted(&self, accepted: impl Fn(ClassId) -> bool) -> Option<TruckId> {
        let class = self.next_class(accepted)?;
        self.by_class[class].front().map(|(_, truck)| *truck)
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
    fn a_ranked_line_gives_the_first_that_is_accepted() {
        let mut line = RankedLine::new(2, &[]);
        line.push(ClassId(1), 0, TruckId(10));
        line.push(ClassId(0), 1, TruckId(11));
        line.push(ClassId(1), 2, TruckId(12));
        assert_eq!(line.pop_accepted(|class| class == ClassId(0)), Some(TruckId(11)));
        assert_eq!(line.pop_accepted(|_| true), Some(TruckId(10)));
        assert!(line.is_empty_for(|class| class == ClassId(0)));
        assert_eq!(line.pop_accepted(|_| true), Some(TruckId(12)));
    }

    #[test]
    fn priority_goes_before_order_and_who_comes_back_before_those_behind() {
        let mut line = RankedLine::new(2, &[2, 1]);
        line.push(ClassId(0), 0, TruckId(10));
        line.push(ClassId(1), 5, TruckId(15));
        line.push(ClassId(1), 3, TruckId(13));
        line.push(ClassId(1), 4, TruckId(14));
        line.remove(ClassId(1), TruckId(14));
        let all = std::iter::from_fn(|| line.pop_accepted(|_| true));
        assert_eq!(all.collect::<Vec<_>>(), [TruckId(13), TruckId(15), TruckId(10)]);
    }
}
