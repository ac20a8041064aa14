//! What every visit looks up, flat by station and class: the group that a truck has no choice but
//! to take, and the place where it goes next when there are at most two.
//!
//! Made once per run from the network, which says the same at more length; what has no shortcut is
//! looked up there. Start at [`Shortcuts`].

use crate::kernel::draws::below;
use crate::model::network::{ClassId, GroupId, Network, Route, StationId, Target};

pub(super) struct Shortcuts {
    classes: usize,
    visits: Vec<Visit>,
}

/// What awaits a class at a station.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit {
    /// The only group that accepts it; `None`: several do, or none.
    pub(super) group: Option<GroupId>,
    next: Next,
}

/// Where trucks go after service.
#[derive(Clone, Copy, Debug)]
enum Next {
    Always(Target),
    /// The first target for bits below the limit, else the other.
    Either(u64, Target, Target),
    Several,
}

impl Shortcuts {
    pub(super) fn new(network: &Network) -> Self {
        let visits = network.stations.iter().flat_map(|station| {
            station.choices.iter().zip(&station.routes).map(|(groups, route)| Visit {
                group: match groups.as_slice() {
                    [only] => Some(*only),
                    _ => None,
                },
                next: Next::of(route),
            })
        });
        Shortcuts { classes: network.classes.len(), visits: visits.collect() }
    }

    #[inline]
    pub(super) fn at(&self, station: StationId, class: ClassId) -> &Visit {
        &self.visits[station.index() * self.classes + class.index()]
    }
}

impl Visit {
    /// Where a truck with these bits goes; `None`: ask its route.
    #[inline]
    pub(super) fn target(&self, bits: u64) -> Option<Target> {
        match self.next {
            Next::Always(target) => Some(target),
            Next::Either(limit, first, other) => Some(if bits < limit { first } else { other }),
            Next::Several => None,
        }
    }
}

impl Next {
    fn of(route: &Route) -> Self {
        match route.branches.as_slice() {
            [(_, only)] => Next::Always(*only),
            [(share, first), (_, other)] => Next::Either(below(*share), *first, *other),
            _ => Next::Several,
        }
    }
}
