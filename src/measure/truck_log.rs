//! One row per truck and visit to a station, in integer ticks.
//!
//! Trucks that were turned away, never served or not finished are there too, with blanks where
//! something did not happen; one that was between stations when the run ended has a last row
//! without a station. Rows stand in the order in which visits ended. Start at [`TruckLog`].

use std::collections::BTreeMap;

use crate::kernel::time::SimTime;
use crate::model::network::{Arrivals, GroupId, Network, StationId, StreamId};
use crate::model::notice::{Notice, Observer, Outcome};
use crate::model::truck::{Truck, TruckId, field_number};

/// A truck's visit to a station. Times are microseconds since the start of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visit {
    /// The stream that brought the truck.
    pub stream: StreamId,
    /// Its identity within the stream: see [`TruckNumbers`].
    pub identity: u64,
    /// Its class, as a place in the network's table.
    pub class: usize,
    /// The station; `None`: it never came to one, or was between two when the run ended.
    pub station: Option<StationId>,
    /// The lane group that it chose.
    pub group: Option<GroupId>,
    /// Its lane, from 1.
    pub lane: Option<u32>,
    /// Arrival at the station, or at the crossing where there is no station.
    pub arrival: SimTime,
    /// Start of service.
    pub start: Option<SimTime>,
    /// End of service.
    pub end: Option<SimTime>,
    /// When it left the station.
    pub leave: Option<SimTime>,
    /// What became of it, on its last row.
    pub outcome: Option<Outcome>,
}

/// An observer that keeps a row per visit.
#[derive(Clone, Debug, Default)]
pub struct TruckLog {
    open: Vec<Option<Visit>>,
    /// The rows.
    pub visits: Vec<Visit>,
}

impl TruckLog {
    fn open(&mut self, id: TruckId) -> &mut Option<Visit> {
        let place = id.0 as usize;
        if self.open.len() <= place {
            self.open.resize(place + 1, None);
        }
        &mut self.open[place]
    }
}

fn blank(truck: &Truck, arrival: SimTime) -> Visit {
    Visit {
        stream: truck.stream,
        identity: truck.identity,
        class: truck.class.index(),
        station: None,
        group: None,
        lane: None,
        arrival,
        start: None,
        end: None,
        leave: None,
        outcome: None,
    }
}

impl Observer for TruckLog {
    fn notice(&mut self, now: SimTime, id: TruckId, truck: &Truck, notice: Notice) {
        match notice {
            Notice::Entered => *self.open(id) = None,
            Notice::Arrived { station } => {
                let before = self.open(id).replace(Visit { station: Some(station), ..blank(truck, now) });
                self.visits.extend(before);
            }
            Notice::Joined { group } => {
                if let Some(visit) = self.open(id) {
                    visit.group = Some(group);
                }
            }
            Notice::ServiceBegan { group, lane } => {
                if let Some(visit) = self.open(id) {
                    (visit.group, visit.lane, visit.start) = (Some(group), Some(lane + 1), Some(truck.began));
                }
            }
            Notice::Interrupted { group, lane, sent_back } => {
                // One row per stretch of service.
                if let Some(visit) = self.open(id).take() {
                    let rest = Visit {
                        group: visit.group,
                        lane: (!sent_back).then_some(lane + 1),
                        station: visit.station,
                        ..blank(truck, visit.arrival)
                    };
                    debug_assert!(visit.group == Some(group), "it was served by the group that it joined");
                    let start = visit.start.filter(|start| *start <= now);
                    let end = start.map(|_| now);
                    *self.open(id) = Some(rest);
                    // Stopped again while it waited: nothing happened in between.
                    if visit.start.is_some() {
                        self.visits.push(Visit { start, end, ..visit });
                    }
                }
            }
            Notice::Resumed { group, lane, from } => {
                if let Some(visit) = self.open(id) {
                    (visit.group, visit.lane, visit.start) = (Some(group), Some(lane + 1), Some(from));
                }
            }
            Notice::ServiceEnded { .. } => {
                if let Some(visit) = self.open(id) {
                    visit.end = Some(now);
                }
            }
            Notice::Left { .. } => {
                if let Some(visit) = self.open(id) {
                    visit.leave = Some(now);
                }
            }
            Notice::ImageSent { .. } => *self.open(id) = None,
            Notice::ImageRead { .. } => {
                let last = self.open(id).take();
                self.visits.extend(last);
            }
            Notice::Blocked { .. }
            | Notice::LeftRoad { .. }
            | Notice::Assessed { .. }
            | Notice::Sent { .. }
            | Notice::Found { .. } => {}
            Notice::TookRoad { .. } => {
                // The visit is over; what follows has no station yet.
                let before = self.open(id).replace(blank(truck, now));
                self.visits.extend(before.filter(|visit| visit.station.is_some()));
            }
            Notice::Gone { outcome, .. } => {
                let last = self.open(id).take().unwrap_or_else(|| blank(truck, truck.entered));
                self.close(now, last, outcome);
            }
        }
    }
}

impl TruckLog {
    fn close(&mut self, now: SimTime, mut last: Visit, outcome: Outcome) {
        // A start after the end of the run did not happen.
        last.start = last.start.filter(|start| *start <= now);
        last.outcome = Some(outcome);
        self.visits.push(last);
    }
}

/// The printed numbers of trucks: `stream:number`.
#[derive(Clone, Debug)]
pub struct TruckNumbers<'n> {
    network: &'n Network,
    /// By stream: numbers of listed trucks by identity.
    listed: Vec<BTreeMap<u64, &'n str>>,
}

impl<'n> TruckNumbers<'n> {
    /// For the trucks of a crossing.
    pub fn new(network: &'n Network) -> Self {
        let listed = network.streams.iter().map(|stream| match &stream.arrivals {
            Arrivals::Trace(trucks) => {
                trucks.iter().map(|truck| (truck.identity, truck.number.as_str())).collect()
            }
            Arrivals::Field { .. }
            | Arrivals::Headways { .. }
            | Arrivals::Appointments { .. }
            | Arrivals::AtStart { .. } => BTreeMap::new(),
        });
        TruckNumbers { network, listed: listed.collect() }
    }

    /// The number of a truck: field trucks have slot, layer, point and member; trucks with headways
    /// the number of their batch and their place in it; listed trucks their row or id.
    pub fn number(&self, stream: StreamId, identity: u64) -> String {
        let data = &self.network.streams[stream.index()];
        let number = match &data.arrivals {
            Arrivals::Field { .. } => field_number(identity),
            Arrivals::Headways { .. } => format!("{}.{}", identity >> 16, identity & 0xffff),
            Arrivals::AtStart { .. } => identity.to_string(),
            Arrivals::Appointments { .. } => (identity + 1).to_string(),
            Arrivals::Trace(_) => {
                let known = self.listed[stream.index()].get(&identity);
                known.map_or_else(|| identity.to_string(), |number| (*number).to_owned())
            }
        };
        format!("{}:{number}", data.name)
    }
}
