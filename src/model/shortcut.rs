//! What every visit looks up, flat by station and class: the group that a truck has no choice but
//! to take, and the place where it goes next when there are at most two.
//!
//! Made once per run from the network, which says the same at more length; what has no shortcut is
//! looked up there. Start at [`Shortcuts`].

use crate::kernel::draws::below;
use crate::model::network::{Branch, ClassId, GroupId, Network, StationId, Target};

pub(super) struct Shortcuts {
    classes: usize,
    visits: Vec<Visit>,
    class: Option<Next<Branch>>,
}

/// What awaits a class at a station.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit {
    /// The only group that accepts it; `None`: several do, or none.
    pub(super) group: Option<GroupId>,
    next: Next<Target>,
}

/// What a draw leads to, if there are at most two: the first for bits below the limit, else the
/// other.
#[derive(Clone, Copy, Debug)]
struct Next<T> {
    limit: u64,
    first: T,
    other: T,
    /// Of more than two: ask the branches.
    several: bool,
}

impl Shortcuts {
    pub(super) fn new(network: &Network) -> Self {
        let visits = network.stations.iter().flat_map(|station| {
            station.choices.iter().zip(&station.routes).map(|(groups, route)| Visit {
                group: match groups.as_slice() {
                    [only] => Some(*only),
                    _ => None,
                },
                next: Next::of(&route.branches),
            })
        });
        let split = network.class_tree.splits.first();
        Shortcuts {
            classes: network.classes.len(),
            visits: visits.collect(),
            class: split.map(|split| Next::of(&split.branches)),
        }
    }

    #[inline]
    pub(super) fn at(&self, station: StationId, class: ClassId) -> &Visit {
        &self.visits[station.index() * self.classes + class.index()]
    }
}

impl Shortcuts {
    /// What the first split of the classes leads to, given its bits; `None`: ask the split.
    #[inline]
    pub(super) fn class(&self, bits: u64) -> Option<Branch> {
        self.class.as_ref().and_then(|class| class.of_bits(bits))
    }
}

impl Visit {
    /// Where a truck with these bits goes; `None`: ask its route.
    #[inline]
    pub(super) fn target(&self, bits: u64) -> Option<Target> {
        self.next.of_bits(bits)
    }
}

impl<T: Copy> Next<T> {
    fn of(branches: &[(f64, T)]) -> Self {
        let [(share, first), .., (_, other)] = *branches else {
            let (_, only) = branches[0];
            return Next { limit: 0, first: only, other: only, several: false };
        };
        Next { limit: below(share), first, other, several: branches.len() > 2 }
    }

    #[inline]
    fn of_bits(&self, bits: u64) -> Option<T> {
        let Next { limit, first, other, several } = *self;
        (!several).then_some(if bits < limit { first } else { other })
    }
}
