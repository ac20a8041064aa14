//! Names of a study as places in the tables of a network.
//!
//! Tables are in name order, so a place follows from the sorted maps of the file. Start at
//! [`Names`]. It does not report: a name that is not there is `None`.

use super::super::file::Study;
use crate::model::network::{ClassId, GroupId, RoadId, StationId, Target};

/// The word for leaving the crossing.
pub const EXIT: &str = "exit";

/// All names, in order.
#[derive(Clone, Debug)]
pub struct Names<'a> {
    /// Classes.
    pub classes: Vec<&'a str>,
    /// Stations.
    pub stations: Vec<&'a str>,
    /// Roads.
    pub roads: Vec<&'a str>,
    /// Lane groups: those of one station stand together.
    pub groups: Vec<(StationId, &'a str)>,
}

impl<'a> Names<'a> {
    /// Of a study.
    pub fn new(study: &'a Study) -> Self {
        let groups = study.station.values().enumerate().flat_map(|(i, station)| {
            station.lanes.keys().map(move |name| (StationId(i as u16), name.as_str()))
        });
        Names {
            classes: study.class.keys().map(String::as_str).collect(),
            stations: study.station.keys().map(String::as_str).collect(),
            roads: study.road.keys().map(String::as_str).collect(),
            groups: groups.collect(),
        }
    }

    /// The class of a name.
    pub fn class(&self, name: &str) -> Option<ClassId> {
        place(&self.classes, name).map(|i| ClassId(i as u8))
    }

    /// The station of a name.
    pub fn station(&self, name: &str) -> Option<StationId> {
        place(&self.stations, name).map(|i| StationId(i as u16))
    }

    /// The road of a name.
    pub fn road(&self, name: &str) -> Option<RoadId> {
        place(&self.roads, name).map(|i| RoadId(i as u16))
    }

    /// What a `next` or a route leads to.
    pub fn target(&self, name: &str) -> Option<Target> {
        if name == EXIT {
            return Some(Target::Exit);
        }
        self.station(name).map(Target::Station).or_else(|| self.road(name).map(Target::Road))
    }

    /// The lane group of a station.
    pub fn group_of(&self, station: StationId, name: &str) -> Option<GroupId> {
        self.groups.binary_search(&(station, name)).ok().map(|i| GroupId(i as u16))
    }

    /// The lane group of `station.group`.
    pub fn group(&self, name: &str) -> Option<GroupId> {
        let (station, group) = name.split_once('.')?;
        self.group_of(self.station(station)?, group)
    }

    /// `station.group` of every group.
    pub fn group_names(&self) -> Vec<String> {
        let name =
            |(station, group): &(StationId, &str)| format!("{}.{group}", self.stations[station.index()]);
        self.groups.iter().map(name).collect()
    }

    /// Everything that may follow a station or a road.
    pub fn targets(&self) -> impl Iterator<Item = &'a str> {
        self.stations.iter().chain(&self.roads).copied().chain([EXIT])
    }
}

fn place(names: &[&str], name: &str) -> Option<usize> {
    names.binary_search(&name).ok()
}
