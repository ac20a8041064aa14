//! The addresses of all draws of a crossing: keys by stream, purposes by station, road and split.
//!
//! Names are hashed once per run; the event loop only adds a truck's identity and its visit
//! number. What is drawn with the bits is not decided here. Start at [`Chance`].

use crate::kernel::draws::{Key, Purpose};
use crate::model::network::{Network, RoadId, StationId};
use crate::model::truck::Truck;

/// Draw addresses of one replication.
pub(super) struct Chance {
    streams: Vec<Key>,
    stations: Vec<StationPurposes>,
    travel: Vec<Purpose>,
    splits: Vec<Purpose>,
    divert: Purpose,
    hides: Purpose,
    manifest: Purpose,
    quality: Purpose,
}

struct StationPurposes {
    visit: Purpose,
    move_up: Purpose,
    lane: Purpose,
    balk: Purpose,
    patience: Purpose,
    look: Purpose,
    refer: Purpose,
}

impl Chance {
    pub(super) fn new(network: &Network, seed: u64, replication: u64) -> Self {
        let purpose = |kind: &str, name: &str| Purpose::new(&format!("{kind}:{name}"));
        Chance {
            streams: network
                .streams
                .iter()
                .map(|stream| Key::new(seed, replication, &format!("stream:{}", stream.name)))
                .collect(),
            stations: network
                .stations
                .iter()
                .map(|station| StationPurposes {
                    visit: purpose("visit", &station.name),
                    move_up: purpose("move-up", &station.name),
                    lane: purpose("lane", &station.name),
                    balk: purpose("balk", &station.name),
                    patience: purpose("patience", &station.name),
                    look: purpose("look", &station.name),
                    refer: purpose("refer", &station.name),
                })
                .collect(),
            travel: network.roads.iter().map(|road| purpose("travel", &road.name)).collect(),
            splits: network.class_tree.splits.iter().map(|split| Purpose::new(&split.purpose)).collect(),
            divert: Purpose::new("divert"),
            hides: Purpose::new("hides"),
            manifest: Purpose::new("manifest"),
            quality: Purpose::new("quality"),
        }
    }

    fn pair(&self, truck: &Truck, purpose: Purpose) -> [u64; 2] {
        self.streams[truck.stream.index()].pair(truck.identity, purpose)
    }

    #[inline]
    fn bits(&self, truck: &Truck, purpose: Purpose) -> u64 {
        self.streams[truck.stream.index()].bits(truck.identity, purpose)
    }

    /// The key of a stream: for its arrivals.
    pub(super) fn stream_keys(&self) -> &[Key] {
        &self.streams
    }

    /// The two decisions of a visit: service time, and where the truck goes afterwards.
    #[inline]
    pub(super) fn visit(&self, truck: &Truck, at: StationId, visit: u16) -> [u64; 2] {
        let purpose = self.stations[at.index()].visit.nth(visit);
        self.streams[truck.stream.index()].pair(truck.identity, purpose)
    }

    #[inline]
    pub(super) fn move_up(&self, truck: &Truck, at: StationId, visit: u16) -> u64 {
        self.bits(truck, self.stations[at.index()].move_up.nth(visit))
    }

    #[inline]
    pub(super) fn lane(&self, truck: &Truck, at: StationId, visit: u16) -> u64 {
        self.bits(truck, self.stations[at.index()].lane.nth(visit))
    }

    /// Whether it joins a line.
    pub(super) fn balk(&self, truck: &Truck, at: StationId, visit: u16) -> u64 {
        self.bits(truck, self.stations[at.index()].balk.nth(visit))
    }

    /// How long it waits.
    pub(super) fn patience(&self, truck: &Truck, at: StationId, visit: u16) -> u64 {
        self.bits(truck, self.stations[at.index()].patience.nth(visit))
    }

    /// Whether it goes elsewhere because of the posted wait.
    pub(super) fn divert(&self, truck: &Truck) -> u64 {
        self.bits(truck, self.divert)
    }

    /// What it hides, and its score.
    pub(super) fn hides(&self, truck: &Truck) -> [u64; 2] {
        self.pair(truck, self.hides)
    }

    /// Whether its manifest is missing, and how long before it comes it is filed.
    pub(super) fn manifest(&self, truck: &Truck) -> [u64; 2] {
        self.pair(truck, self.manifest)
    }

    /// How good its manifest is, and how soon it is filed anew if it is wrong.
    pub(super) fn quality(&self, truck: &Truck) -> [u64; 2] {
        self.pair(truck, self.quality)
    }

    /// What a look sees, and whether it is picked at random.
    pub(super) fn look(&self, truck: &Truck, at: StationId, visit: u16) -> [u64; 2] {
        self.pair(truck, self.stations[at.index()].look.nth(visit))
    }

    /// Whether it is sent elsewhere by its score.
    pub(super) fn refer(&self, truck: &Truck, at: StationId, visit: u16) -> u64 {
        self.bits(truck, self.stations[at.index()].refer.nth(visit))
    }

    #[inline]
    pub(super) fn travel(&self, truck: &Truck, on: RoadId, visit: u16) -> u64 {
        self.bits(truck, self.travel[on.index()].nth(visit))
    }

    #[inline]
    pub(super) fn split(&self, truck: &Truck, split: usize) -> u64 {
        self.bits(truck, self.splits[split])
    }
}
