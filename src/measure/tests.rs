//! Traces of notices worked by hand.

use super::fixture;
use super::{BrokenLaw, Catalog, Collector, Observed};
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::network::{ClassId, End, GroupId, Network, PoolId, RoadId, StationId, StreamId};
use crate::model::notice::{LaneNotice, Notice, Observer, Outcome};
use crate::model::truck::{Truck, TruckId};

fn minute(n: f64) -> SimTime {
    SimTime::ZERO + SimDuration::from_seconds(n * 60.0)
}

/// Plays notices to a collector as the model would.
struct Play<'n> {
    network: &'n Network,
    collector: Collector<'n>,
    trucks: Vec<Truck>,
}

impl<'n> Play<'n> {
    fn new(network: &'n Network) -> Self {
        Play { network, collector: Collector::new(network), trucks: Vec::new() }
    }

    fn tell(&mut self, at: f64, id: usize, notice: Notice) {
        self.collector.notice(minute(at), TruckId(id as u32), &self.trucks[id], notice);
    }

    fn enter(&mut self, at: f64, class: u8) -> usize {
        let now = minute(at);
        self.trucks.push(Truck {
            stream: StreamId(0),
            class: ClassId(class),
            identity: self.trucks.len() as u64,
            entered: now,
            arrived: now,
            began: now,
            ends: now,
            own: SimDuration::ZERO,
            line_from: None,
            line_own: SimDuration::ZERO,
        });
        let id = self.trucks.len() - 1;
        self.tell(at, id, Notice::Entered);
        id
    }

    fn arrive(&mut self, at: f64, id: usize, station: u16) {
        let truck = &mut self.trucks[id];
        truck.arrived = minute(at);
        if self.network.border_wait.as_ref().is_some_and(|wait| wait.from == StationId(station)) {
            truck.line_from = Some(minute(at));
            truck.line_own = truck.own;
        }
        self.tell(at, id, Notice::Arrived { station: StationId(station) });
    }

    fn join(&mut self, at: f64, id: usize, group: u16) {
        self.tell(at, id, Notice::Joined { group: GroupId(group) });
    }

    /// Takes a lane at `at`, is served from `began` to `ends`.
    fn begin(&mut self, at: f64, id: usize, group: u16, (began, ends): (f64, f64)) {
        let truck = &mut self.trucks[id];
        (truck.began, truck.ends) = (minute(began), minute(ends));
        truck.own += truck.ends - truck.began;
        self.tell(at, id, Notice::ServiceBegan { group: GroupId(group), lane: 0 });
    }

    fn leave(&mut self, at: f64, id: usize, group: u16) {
        let ends = (self.trucks[id].ends - SimTime::ZERO).minutes();
        self.tell(ends, id, Notice::ServiceEnded { group: GroupId(group), lane: 0 });
        self.tell(at, id, Notice::Left { group: GroupId(group), lane: 0 });
    }

    fn gone(&mut self, at: f64, id: usize, outcome: Outcome) {
        self.tell(at, id, Notice::Gone { outcome, station: None });
    }

    fn lanes(&mut self, at: f64, group: u16, open: u32, closing: u32) {
        let notice =
            LaneNotice::Lanes { group: GroupId(group), open, setting_up: 0, closing, down: 0, away: 0 };
        self.collector.lane_notice(minute(at), notice);
    }

    fn finish(&mut self, at: f64) -> Told {
        self.collector.ended(minute(at));
        let catalog = Catalog::new(self.network);
        let trucks = self.trucks.len() as u64;
        Told { observed: self.collector.finish(&catalog, trucks).expect("the trace is lawful"), catalog }
    }
}

struct Told {
    catalog: Catalog,
    observed: Observed,
}

impl Told {
    #[track_caller]
    fn is(&self, name: &str, expected: f64) {
        let place = self.catalog.find(name).unwrap_or_else(|| panic!("no measure `{name}`"));
        let told = self.observed.values[place];
        let same = told == expected || (told.is_nan() && expected.is_nan());
        assert!(same || (told - expected).abs() < 1e-9 * expected.abs(), "{name}: {told}, not {expected}");
    }
}

/// One booth, two lanes open from 1:00; three trucks; minutes after midnight in brackets.
fn morning(play: &mut Play) {
    play.lanes(60.0, 0, 1, 0);
    // Truck 0 (standard) comes at 61 and is served at once until 63.
    let a = play.enter(61.0, 1);
    play.arrive(61.0, a, 0);
    play.join(61.0, a, 0);
    play.begin(61.0, a, 0, (61.0, 63.0));
    // Truck 1 (fast) comes at 62, moves up at 63, is served 63.5 to 65, blocked until 66.
    let b = play.enter(62.0, 0);
    play.arrive(62.0, b, 0);
    play.join(62.0, b, 0);
    play.leave(63.0, a, 0);
    play.gone(63.0, a, Outcome::Crossed);
    play.begin(63.0, b, 0, (63.5, 65.0));
    // Truck 2 (standard) comes at 119, waits for truck 1 in no one's way: served 119 to 123.
    play.leave(66.0, b, 0);
    play.gone(66.0, b, Outcome::Crossed);
    let c = play.enter(119.0, 1);
    play.arrive(119.0, c, 0);
    play.join(119.0, c, 0);
    play.begin(119.0, c, 0, (119.0, 123.0));
    // The lane closes at 121 and finishes its truck.
    play.lanes(121.0, 0, 0, 1);
    play.leave(123.0, c, 0);
    play.lanes(123.0, 0, 0, 0);
    play.gone(123.0, c, Outcome::Crossed);
}

#[test]
fn measures_of_a_morning_worked_by_hand() {
    let network = fixture::one_booth();
    let mut play = Play::new(&network);
    morning(&mut play);
    let told = play.finish(1440.0);
    // Waits 0, 1.5 (move-up belongs to it), 0 minutes.
    told.is("wait.booth.count", 3.0);
    told.is("wait.booth.mean", 30.0);
    told.is("wait.booth.max", 90.0);
    told.is("wait.booth.share_waiting", 1.0 / 3.0);
    told.is("wait.booth.fast.mean", 90.0);
    told.is("wait.booth.standard.mean", 0.0);
    told.is("wait.booth.mean@01", 30.0);
    told.is("wait.booth.mean@02", f64::NAN);
    told.is("queue_time.booth.count", 1.0);
    told.is("queue_time.booth.mean", 90.0);
    // Times at the booth: 2, 4 (a minute blocked), 4.
    told.is("sojourn.booth.mean", 200.0);
    told.is("crossing_time.mean", 200.0);
    told.is("crossing_time.fast.mean", 240.0);
    // 120, 240 and 240 s about 200: squares 6400 + 1600 + 1600, over two.
    told.is("crossing_time.sd", 4800.0f64.sqrt());
    told.is("own_time.mean", 150.0);
    told.is("delay.fast.mean", 150.0);
    told.is("delay.mean", 50.0);
    // The fast truck stood in line for one minute (moving up is at the booth).
    told.is("queue_length.booth", 1.0 / 1440.0);
    told.is("queue_length.booth@01", 1.0 / 60.0);
    told.is("queue_length.booth.standard", 0.0);
    // Ten truck-minutes in all, three of them after 2:00.
    told.is("in_system", 10.0 / 1440.0);
    told.is("in_system@01", 7.0 / 60.0);
    told.is("in_system.booth@02", 3.0 / 60.0);
    told.is("in_system.fast", 4.0 / 1440.0);
    // Open from 60 to 123, two minutes of it beyond the plan; serving 2 + 1.5 + 4.
    told.is("lane_hours.booth", 63.0 / 60.0);
    told.is("lanes_open.booth@01", 1.0);
    told.is("lanes_open.booth@02", 3.0 / 60.0);
    told.is("utilization.booth.all.mean", 7.5 / 63.0);
    told.is("utilization.booth@02", 1.0);
    told.is("move_up_share.booth", 0.5 / 63.0);
    told.is("occupancy.booth", 8.0 / 63.0);
    told.is("blocked_share.booth", 1.0 / 63.0);
    told.is("throughput", 3.0 / 24.0);
    told.is("throughput.booth@01", 2.0);
    told.is("throughput@02", 1.0);
    told.is("trucks.entered", 3.0);
    told.is("trucks.fast.crossed", 1.0);
    told.is("trucks.stranded", 0.0);
    told.is("utilization.booth@03", f64::NAN);
    // Quarters of the second hour: the one waiting minute lies in the first.
    let mut quarters = [0.0; 192];
    quarters[4] = 1.0 / 15.0;
    let seen = &told.observed.queues[..192];
    assert!(seen.iter().zip(quarters).take(96).all(|(seen, expected)| (seen - expected).abs() < 1e-12));
    assert!(seen[96..].iter().all(|seen| seen.is_nan()), "the next day is not in the window");
}

#[test]
fn a_used_collector_is_as_good_as_new() {
    let network = fixture::one_booth();
    let mut play = Play::new(&network);
    morning(&mut play);
    let first = play.finish(1440.0);
    play.collector.reset();
    play.trucks.clear();
    morning(&mut play);
    let second = play.finish(1440.0);
    let bits = |told: &Told| told.observed.values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&first), bits(&second));
    assert_eq!(first.observed.links, second.observed.links);
}

#[test]
fn a_warm_up_is_cut_off_by_arrival_and_by_overlap() {
    let mut network = fixture::one_booth();
    network.warm_up = SimDuration::from_mins(62);
    network.run_length = SimDuration::from_mins(121);
    network.end = End::Drain;
    let mut play = Play::new(&network);
    morning(&mut play);
    let told = play.finish(123.0);
    told.is("wait.booth.count", 2.0);
    told.is("wait.booth.mean", 45.0);
    told.is("crossing_time.count", 2.0);
    told.is("trucks.entered", 2.0);
    // Present in [62, 121): 1 + 4 + 2 truck-minutes of 59.
    told.is("in_system", 7.0 / 59.0);
    // Serving 1 + 1.5 + 2 of 59 open.
    told.is("utilization.booth", 4.5 / 59.0);
    told.is("lane_hours.booth", 59.0 / 60.0);
    // Departures at 63 and 66; the third came after the end of the window.
    told.is("throughput.booth", 2.0 * 60.0 / 59.0);
}

#[test]
fn trucks_that_never_crossed_are_counted() {
    let mut network = fixture::one_booth();
    network.run_length = SimDuration::from_mins(120);
    network.end = End::Cut;
    let mut play = Play::new(&network);
    play.lanes(0.0, 0, 1, 0);
    let served = play.enter(100.0, 1);
    play.arrive(100.0, served, 0);
    play.join(100.0, served, 0);
    play.begin(100.0, served, 0, (100.0, 200.0));
    let waiting = play.enter(110.0, 0);
    play.arrive(110.0, waiting, 0);
    play.join(110.0, waiting, 0);
    let refused = play.enter(115.0, 1);
    play.gone(115.0, refused, Outcome::TurnedAway);
    play.gone(120.0, served, Outcome::Unfinished);
    play.gone(120.0, waiting, Outcome::Unfinished);
    let told = play.finish(120.0);
    told.is("trucks.entered", 3.0);
    told.is("trucks.unfinished", 2.0);
    told.is("trucks.turned_away", 1.0);
    told.is("trucks.stranded", 3.0);
    told.is("trucks.fast.stranded", 1.0);
    told.is("crossing_time.mean", f64::NAN);
    told.is("crossing_time.count", f64::NAN);
    told.is("wait.booth.count", 1.0);
    told.is("queue_length.booth.fast", 10.0 / 120.0);
    told.is("utilization.booth", 20.0 / 120.0);
    told.is("in_system", 30.0 / 120.0);
}

#[test]
fn border_wait_leaves_own_travel_and_service_out() {
    let mut network = fixture::toll_bridge_primary();
    network.stations[0].room = Some(2);
    let mut play = Play::new(&network);
    play.lanes(0.0, 1, 2, 0);
    play.lanes(0.0, 2, 1, 0);
    // Toll: waits 2 min, served 1 min. Bridge: 6 min of travel, 8 min behind others. Primary: 5 min
    // in line, 0.5 min moving up.
    let id = play.enter(10.0, 1);
    play.arrive(10.0, id, 1);
    play.join(10.0, id, 2);
    play.begin(12.0, id, 2, (12.0, 13.0));
    play.leave(13.0, id, 2);
    play.trucks[id].own += SimDuration::from_mins(6);
    play.tell(13.0, id, Notice::TookRoad { road: RoadId(0) });
    play.arrive_on_road(27.0, id, 0);
    play.join(27.0, id, 1);
    play.tell(32.0, id, Notice::LeftRoad { road: RoadId(0) });
    play.begin(32.0, id, 1, (32.5, 34.0));
    play.leave(34.0, id, 1);
    play.gone(34.0, id, Outcome::Crossed);
    let told = play.finish(1440.0);
    // 32.5 - 10 - 6 - 1 = 15.5 min, posted at 1:00 as 15 min.
    told.is("border_wait.primary.standard.mean", 930.0);
    told.is("border_wait.mean", 930.0);
    told.is("posted_wait.primary.standard.mean", 900.0);
    told.is("posted_wait.primary.standard@01", 900.0);
    told.is("posted_wait.primary.fast.mean", f64::NAN);
    told.is("delay.mean", 24.0 * 60.0 - 8.5 * 60.0);
    told.is("wait.toll.mean", 120.0);
    assert_eq!(told.observed.posted[24 + 1], 900.0);
    // The bridge (3 places) held one truck for 19 minutes; the station's own places held none.
    assert_eq!(told.observed.storage, [(0.0, 19.0 / 1440.0), (0.0, 0.0)]);
    // northbound -> toll -> bridge -> primary -> exit, one truck each.
    let places = Catalog::link_places(&network);
    let n = places.len();
    let links: Vec<String> = (0..n * n)
        .filter(|link| told.observed.links[n * n + link] == 1)
        .map(|link| format!("{:?} {:?}", places[link / n], places[link % n]))
        .collect();
    assert_eq!(
        links,
        [
            "Stream(\"northbound\") Station(\"toll\")",
            "Station(\"primary\") Exit",
            "Station(\"toll\") Road(\"bridge\")",
            "Road(\"bridge\") Station(\"primary\")"
        ]
    );
}

impl Play<'_> {
    /// Arrives where the border wait does not begin.
    fn arrive_on_road(&mut self, at: f64, id: usize, station: u16) {
        self.trucks[id].arrived = minute(at);
        self.tell(at, id, Notice::Arrived { station: StationId(station) });
    }
}

#[test]
fn officers_are_summed_in_hours() {
    let mut network = fixture::one_booth();
    network.pools.push(crate::model::network::Pool {
        name: "cbp".to_owned(),
        on_duty: crate::model::network::Steps::constant(3),
        on_break: crate::model::network::Steps::constant(0),
        members: Vec::new(),
    });
    let mut play = Play::new(&network);
    let officers =
        |on_duty, staffed, overtime| LaneNotice::Officers { pool: PoolId(0), on_duty, staffed, overtime };
    play.collector.lane_notice(minute(0.0), officers(3, 2, 0));
    play.collector.lane_notice(minute(90.0), officers(1, 1, 1));
    play.collector.lane_notice(minute(96.0), officers(1, 1, 0));
    let told = play.finish(1440.0);
    told.is("on_duty_hours", 4.5 + 22.5);
    told.is("officer_hours.cbp", 3.0 + 0.2 + 22.4);
    told.is("officer_overtime_hours", 0.1);
    told.is("officer_hours@01", 1.0 + 0.2 + 0.4);
}

#[test]
fn a_lost_truck_is_an_error_of_ours() {
    let network = fixture::one_booth();
    let catalog = Catalog::new(&network);
    let mut play = Play::new(&network);
    play.enter(1.0, 0);
    play.collector.ended(minute(1440.0));
    let broken = play.collector.finish(&catalog, 2);
    assert_eq!(broken.unwrap_err(), BrokenLaw::Conservation { entered: 2, gone: 0, inside: 1 });
    let broken = play.collector.finish(&catalog, 1).unwrap_err();
    assert!(matches!(broken, BrokenLaw::Little { times: 0, .. }), "{broken}");
}

#[test]
fn names_are_found_in_every_spelling_and_suggested_when_wrong() {
    let network = fixture::toll_bridge_primary();
    let catalog = Catalog::new(&network);
    for (place, entry) in catalog.entries().iter().enumerate() {
        assert_eq!(catalog.find(&entry.name), Some(place), "{}", entry.name);
    }
    let check = |written: &str, canonical: &str| {
        let found = catalog.find(written).map(|place| catalog.entries()[place].name.as_str());
        assert_eq!(found, Some(canonical), "{written}");
    };
    check("crossing_time", "crossing_time.mean");
    check("wait.toll.all.p95", "wait.toll.p95");
    check("wait.toll.any.fast.p95", "wait.toll.fast.p95");
    check("wait.primary.fast.p95", "wait.primary.fast.p95");
    check("wait.primary.any.fast.p95", "wait.primary.any.fast.p95");
    check("border_wait.p95", "border_wait.primary.p95");
    check("throughput.mean", "throughput");
    check("crossing_time.fast.mean@08", "crossing_time.fast.mean@08");
    for wrong in ["", "wait", "wait.tol.mean", "crossing_time.p96", "crossing_time.mean@99", "x.y"] {
        assert_eq!(catalog.find(wrong), None, "{wrong}");
    }
    assert_eq!(catalog.suggestions("crossing_time.p59")[0], "crossing_time.p50");
    assert_eq!(catalog.suggestions("crosing_time.mean")[0], "crossing_time.mean");
}
