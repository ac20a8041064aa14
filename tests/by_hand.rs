//! Constant times and a handful of trucks: what happens is worked out on paper and met exactly.
//!
//! A table row is (truck, lane, arrived, began, ended, left) in seconds, in order of truck number.

mod common;

use common::{Sketch, Visits, always, at, group, plan, secs, yard};
use cruce::dist::{Dist, DurationSampler};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::crossing::{self, Failure};
use cruce::model::network::*;
use cruce::model::notice::{LaneNotice, Notice, Outcome};

const EXIT: Target = Target::Exit;

/// One station, `lanes` lanes, always the same service, and trucks that arrive at these seconds.
fn booth(lanes: u32, service: i64, arrivals: &[i64]) -> (Sketch, StationId) {
    let mut sketch = Sketch::new(1, &["truck"]);
    let booth = sketch.station("booth", lanes, &always(service), EXIT);
    let trucks: Vec<(i64, u8)> = arrivals.iter().map(|second| (*second, 0)).collect();
    sketch.trace(booth, &trucks);
    (sketch, booth)
}

/// A gate that lets trucks through at once, a road of 10 s and a primary with a fast and a
/// standard lane; classes 0 fast (service 50 s) and 1 standard (100 s).
fn split_road(lanes: u32, split: u32, trucks: &[(i64, u8)]) -> (Sketch, StationId) {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let gate =
        sketch.station_of("a-gate", vec![yard("all", &vec![Some(always(0)); 2])], Target::Road(RoadId(0)));
    let fast = group("fast", 1, &[Some(always(50)), None]);
    let standard = group("standard", 1, &[None, Some(always(100))]);
    let primary = sketch.station_of("b-primary", vec![fast, standard], EXIT);
    sketch.road("road", 10, lanes, Target::Station(primary));
    sketch.network.roads[0].split = Some(split);
    sketch.trace(gate, trucks);
    (sketch, primary)
}

/// Lane 1 serves 1 and 3, lane 2 serves 2 and 4 as each becomes free; truck 5 finds both idle and
/// takes the lowest.
#[test]
fn one_line_and_two_lanes() {
    let (sketch, booth) = booth(2, 60, &[0, 10, 20, 30, 200]);
    let expected = [
        (1, 1, 0, 0, 60, 60),
        (2, 2, 10, 10, 70, 70),
        (3, 1, 20, 60, 120, 120),
        (4, 2, 30, 70, 130, 130),
        (5, 1, 200, 200, 260, 260),
    ];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// At 50 s lane 2 is to close but serves truck 2 until 110; lane 1 alone takes the others.
#[test]
fn a_closing_lane_finishes_its_truck() {
    let (mut sketch, booth) = booth(2, 100, &[0, 10, 20, 30]);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 2), (50, 1)]);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 10, 10, 110, 110),
        (3, 1, 20, 100, 200, 200),
        (4, 1, 30, 200, 300, 300),
    ];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(visits.lane_changes(GroupId(0)), [(0, 2, 0, 0), (50, 1, 0, 1), (110, 1, 0, 0)]);
}

/// The plan rises again at 80 s while lane 2 still finishes truck 2: it stays open and takes truck
/// 4 at 110. At 250 it is idle and closes at once.
#[test]
fn a_closing_lane_stays_open_when_the_plan_rises() {
    let (mut sketch, booth) = booth(2, 100, &[0, 10, 20, 30, 40]);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 2), (50, 1), (80, 2), (250, 1)]);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 10, 10, 110, 110),
        (3, 1, 20, 100, 200, 200),
        (4, 2, 30, 110, 210, 210),
        (5, 1, 40, 200, 300, 300),
    ];
    assert_eq!(visits.table(booth), expected);
    let changes = [(0, 2, 0, 0), (50, 1, 0, 1), (80, 2, 0, 0), (250, 1, 0, 0)];
    assert_eq!(visits.lane_changes(GroupId(0)), changes);
}

/// Trucks 1 to 3 start at lanes 1 to 3. Counting the truck in service, ties to the lowest: 4 joins
/// lane 1, 5 lane 2, 6 lane 3, 7 lane 1 (2 each), 8 lane 2 (3, 2, 2). At 50 s lanes 2 and 3 close;
/// 5, 6 and 8 rejoin in that order behind 4 and 7. Lane 1 serves 4, 7, 5, 6, 8 from 100 on.
#[test]
fn lines_of_closing_lanes_rejoin_in_order_of_arrival() {
    let (mut sketch, booth) = booth(3, 100, &[0, 1, 2, 10, 20, 30, 35, 40]);
    sketch.group_mut(booth, 0).queue = QueueLayout::PerLane(LaneChoice::Shortest);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 3), (50, 1)]);
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 1, 1, 101, 101),
        (3, 3, 2, 2, 102, 102),
        (4, 1, 10, 100, 200, 200),
        (5, 1, 20, 300, 400, 400),
        (6, 1, 30, 400, 500, 500),
        (7, 1, 35, 200, 300, 300),
        (8, 1, 40, 500, 600, 600),
    ];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Nobody changes lanes: trucks 3 and 4 join lanes 1 and 2; lane 2 is idle from 36 s on, yet truck
/// 3 waits for lane 1 until 100.
#[test]
fn no_changing_of_lanes() {
    let (mut sketch, booth) = booth(2, 100, &[0, 1, 2, 3]);
    sketch.group_mut(booth, 0).queue = QueueLayout::PerLane(LaneChoice::Shortest);
    sketch.brings(2, booth, 30);
    sketch.brings(4, booth, 5);
    let expected =
        [(1, 1, 0, 0, 100, 100), (2, 2, 1, 1, 31, 31), (3, 1, 2, 100, 200, 200), (4, 2, 3, 31, 36, 36)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Lanes in turn, whatever stands there: truck 3 waits behind 1 though lane 2 is idle.
#[test]
fn round_robin_looks_at_the_turn_only() {
    let (mut sketch, booth) = booth(2, 100, &[0, 1, 2, 3]);
    sketch.group_mut(booth, 0).queue = QueueLayout::PerLane(LaneChoice::RoundRobin);
    sketch.brings(2, booth, 1);
    let expected =
        [(1, 1, 0, 0, 100, 100), (2, 2, 1, 1, 2, 2), (3, 1, 2, 100, 200, 200), (4, 2, 3, 3, 103, 103)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// While no lane is open trucks wait for one; when two open at 60 s they choose in order of
/// arrival: 1 starts at lane 1, 2 at lane 2, 3 joins lane 1.
#[test]
fn trucks_at_closed_lanes_choose_when_they_open() {
    let (mut sketch, booth) = booth(2, 100, &[10, 20, 30]);
    sketch.group_mut(booth, 0).queue = QueueLayout::PerLane(LaneChoice::Shortest);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 0), (60, 2)]);
    let expected = [(1, 1, 10, 60, 160, 160), (2, 2, 20, 60, 160, 160), (3, 1, 30, 160, 260, 260)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Fast trucks (class 0) may use both lanes and prefer their own (30 s; 50 s at the standard
/// lane), standard trucks (class 1, 100 s) the standard lane only. At 300 s the standard lane is
/// free and the first truck in line that it accepts is fast truck 8, ahead of standard truck 9.
#[test]
fn groups_that_share_a_line_take_the_first_that_they_accept() {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let fast = group("fast", 1, &[Some(always(30)), None]);
    let standard = group("standard", 1, &[Some(always(50)), Some(always(100))]);
    let booth = sketch.station_of("booth", vec![fast, standard], EXIT);
    sketch.station_mut(booth).line = LineLayout::Shared;
    let trucks = [(0, 1), (5, 1), (10, 0), (15, 0), (20, 1), (25, 0), (285, 0), (290, 0), (295, 1)];
    sketch.trace(booth, &trucks);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 5, 100, 200, 200),
        (3, 1, 10, 10, 40, 40),
        (4, 1, 15, 40, 70, 70),
        (5, 1, 20, 200, 300, 300),
        (6, 1, 25, 70, 100, 100),
        (7, 1, 285, 285, 315, 315),
        (8, 1, 290, 300, 350, 350),
        (9, 1, 295, 350, 450, 450),
    ];
    assert_eq!(visits.table(booth), expected);
}

/// Standard trucks (class 1) go to secondary, fast ones (class 0) cross. Secondary has one lane of
/// 200 s: truck 2 reaches it at 60, truck 4 at 180, where it waits until 260.
#[test]
fn classes_take_their_own_routes() {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let primary = sketch.station("a-primary", 1, &always(60), EXIT);
    let secondary = sketch.station("b-secondary", 1, &always(200), EXIT);
    sketch.station_mut(primary).routes[1] = Route { branches: vec![(1.0, Target::Station(secondary))] };
    sketch.trace(primary, &[(0, 1), (0, 0), (0, 1)]);
    let visits = sketch.visits();
    let expected = [(1, 1, 0, 0, 60, 60), (2, 1, 0, 60, 120, 120), (3, 1, 0, 120, 180, 180)];
    assert_eq!(visits.table(primary), expected);
    assert_eq!(visits.table(secondary), [(1, 1, 60, 60, 260, 260), (3, 1, 180, 260, 460, 460)]);
    let outcomes = [(120, 2, Outcome::Crossed), (260, 1, Outcome::Crossed), (460, 3, Outcome::Crossed)];
    assert_eq!(visits.outcomes(), outcomes);
}

/// Truck 2 queued, so it moves up for 15 s from 60; truck 3 finds the booth idle; truck 4 arrives
/// at the very end of truck 3's service, which comes first, so it did not queue.
#[test]
fn only_trucks_that_queued_move_up() {
    let (mut sketch, booth) = booth(1, 60, &[0, 10, 200, 260]);
    sketch.group_mut(booth, 0).move_up = Some(DurationSampler::constant(secs(15)));
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 60, 60),
        (2, 1, 10, 75, 135, 135),
        (3, 1, 200, 200, 260, 260),
        (4, 1, 260, 260, 320, 320),
    ];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(visits.visits[1].taken, Some(at(60)), "the booth is held while moving up");
}

/// Everyone is served at once and may overtake.
#[test]
fn a_yard_serves_everyone_at_once() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let yard = sketch.station_of("yard", vec![yard("all", &[Some(always(10))])], EXIT);
    sketch.trace(yard, &[(0, 0), (1, 0), (2, 0)]);
    sketch.brings(1, yard, 100);
    let visits = sketch.visits();
    assert_eq!(visits.table(yard), [(1, 1, 0, 0, 100, 100), (2, 1, 1, 1, 11, 11), (3, 1, 2, 2, 12, 12)]);
}

/// Room for one that waits: truck 3 is turned away at 20, truck 4 waits in its stead at 110.
#[test]
fn a_full_station_turns_away_where_trucks_enter() {
    let (mut sketch, booth) = booth(1, 100, &[0, 10, 20, 110]);
    sketch.station_mut(booth).room = Some(1);
    let visits = sketch.visits();
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 10, 100, 200, 200), (4, 1, 110, 200, 300, 300)];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(visits.outcomes()[0], (20, 3, Outcome::TurnedAway));
}

/// Travel ends in order of entry unless trucks may overtake. Times vary from truck to truck, so
/// the ends are worked out from each truck's own travel time: the later of its own end and the end
/// of the truck before.
#[test]
fn travel_ends_in_order_of_entry() {
    for overtaking in [false, true] {
        let mut sketch = Sketch::new(1, &["truck"]);
        let gate =
            sketch.station_of("a-gate", vec![yard("all", &[Some(always(0))])], Target::Road(RoadId(0)));
        let end = sketch.station_of("b-end", vec![yard("all", &[Some(always(0))])], EXIT);
        sketch.road("road", 0, 1, Target::Station(end));
        sketch.network.roads[0].travel = DurationSampler::new(&Dist::Uniform { min: 60.0, max: 600.0 });
        sketch.network.roads[0].overtaking = overtaking;
        let trucks: Vec<(i64, u8)> = (0..100).map(|truck| (truck * 20, 0)).collect();
        sketch.trace(gate, &trucks);
        let visits = sketch.visits();
        let mut ends: Vec<_> = visits.visits.iter().filter(|visit| visit.station == end).collect();
        ends.sort_by_key(|visit| visit.truck.identity);
        let mut before = SimTime::ZERO;
        let mut held_up = 0;
        for (visit, (second, _)) in ends.iter().zip(&trucks) {
            let own_end = at(*second) + visit.truck.own;
            let expected = if overtaking { own_end } else { own_end.max(before) };
            assert_eq!(visit.arrived, expected, "truck {}", visit.truck.identity);
            held_up += u32::from(own_end < before);
            before = expected.max(before);
        }
        assert!(held_up > 30, "the times vary enough to matter: {held_up}");
    }
}

/// Pockets of one place, two lanes scanned. Standard trucks 1 to 4 reach the end at 10 to 13: 1
/// starts, 2 takes the pocket, 3 and 4 stand in the common line. Fast truck 5 comes at 14 behind
/// two: it cannot reach its idle lane. At 110 truck 2 starts and 3 takes the pocket; now one truck
/// stands ahead of 5, which starts at once. 6 follows 4.
#[test]
fn a_line_beyond_the_split_keeps_fast_trucks_from_their_lane() {
    let trucks = [(0, 1), (1, 1), (2, 1), (3, 1), (4, 0), (5, 1)];
    let (sketch, primary) = split_road(2, 1, &trucks);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 10, 10, 110, 110),
        (2, 1, 11, 110, 210, 210),
        (3, 1, 12, 210, 310, 310),
        (4, 1, 13, 310, 410, 410),
        (5, 1, 14, 110, 160, 160),
        (6, 1, 15, 410, 510, 510),
    ];
    assert_eq!(visits.table(primary), expected);
    assert_eq!(visits.joined(primary), [10, 11, 110, 210, 110, 310]);
}

/// The same trucks with a third lane before the split, or pockets of three places: truck 5 starts
/// as it comes. The standard line does not change.
#[test]
fn a_third_lane_or_an_earlier_split_frees_the_fast_lane() {
    let trucks = [(0, 1), (1, 1), (2, 1), (3, 1), (4, 0), (5, 1)];
    for (lanes, split) in [(3, 1), (2, 3)] {
        let (sketch, primary) = split_road(lanes, split, &trucks);
        let expected = [
            (1, 1, 10, 10, 110, 110),
            (2, 1, 11, 110, 210, 210),
            (3, 1, 12, 210, 310, 310),
            (4, 1, 13, 310, 410, 410),
            (5, 1, 14, 14, 64, 64),
            (6, 1, 15, 410, 510, 510),
        ];
        assert_eq!(sketch.visits().table(primary), expected, "{lanes} lanes, split {split}");
    }
}

/// Exits of the common line are 20 s apart: trucks at the end at 10, 11 and 12 leave it at 10, 30
/// and 50; truck 4 comes at 100 and need not wait.
#[test]
fn the_discharge_rate_spaces_exits() {
    let (mut sketch, primary) = split_road(2, 9, &[(0, 0), (1, 0), (2, 0), (90, 0)]);
    sketch.network.roads[0].discharge = secs(20);
    sketch.group_mut(primary, 0).lanes = Some(3);
    sketch.group_mut(primary, 0).plan = plan(&[(0, 3)]);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 10, 10, 60, 60),
        (2, 2, 11, 30, 80, 80),
        (3, 3, 12, 50, 100, 100),
        (4, 1, 100, 100, 150, 150),
    ];
    assert_eq!(visits.table(primary), expected);
}

/// A gate (10 s) before a road of 10 s with room for two and a primary of 100 s. Truck 1 is in
/// service from 20 on and takes no room; 2 and 3 fill the road from 30 on. 4 is blocked at the
/// gate from 40 until 2 starts at 120, 5 from 130 until 3 starts at 220.
#[test]
fn a_full_road_blocks_the_station_behind() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station("a-gate", 1, &always(10), Target::Road(RoadId(0)));
    let primary = sketch.station("b-primary", 1, &always(100), EXIT);
    sketch.road("road", 10, 2, Target::Station(primary));
    sketch.network.roads[0].room = Some(2);
    sketch.trace(gate, &[(0, 0); 5]);
    let visits = sketch.visits();
    let at_gate = [
        (1, 1, 0, 0, 10, 10),
        (2, 1, 0, 10, 20, 20),
        (3, 1, 0, 20, 30, 30),
        (4, 1, 0, 30, 40, 120),
        (5, 1, 0, 120, 130, 220),
    ];
    assert_eq!(visits.table(gate), at_gate);
    let at_primary = [
        (1, 1, 20, 20, 120, 120),
        (2, 1, 30, 120, 220, 220),
        (3, 1, 40, 220, 320, 320),
        (4, 1, 130, 320, 420, 420),
        (5, 1, 230, 420, 520, 520),
    ];
    assert_eq!(visits.table(primary), at_primary);
}

/// Three lanes before a road of 10 s that holds one truck, and a primary of 100 s. Truck 1 is on the
/// road from 10 and in service from 20; 3 ends at 20, is blocked for no time and takes its place.
/// 4, in lane 1 since 10, is blocked at 25 and 2 at 30; 4 enters when 3 starts at 120, 2 when 4
/// starts at 220.
#[test]
fn trucks_blocked_by_a_road_enter_in_the_order_of_blocking() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station("a-gate", 3, &always(10), Target::Road(RoadId(0)));
    let primary = sketch.station("b-primary", 1, &always(100), EXIT);
    sketch.road("road", 10, 1, Target::Station(primary));
    sketch.network.roads[0].room = Some(1);
    sketch.trace(gate, &[(0, 0); 4]);
    sketch.brings(2, gate, 30);
    sketch.brings(3, gate, 20);
    sketch.brings(4, gate, 15);
    let visits = sketch.visits();
    let at_gate = [(1, 1, 0, 0, 10, 10), (2, 2, 0, 0, 30, 220), (3, 3, 0, 0, 20, 20), (4, 1, 0, 10, 25, 120)];
    assert_eq!(visits.table(gate), at_gate);
    let at_primary = [
        (1, 1, 20, 20, 120, 120),
        (2, 1, 230, 320, 420, 420),
        (3, 1, 30, 120, 220, 220),
        (4, 1, 130, 220, 320, 320),
    ];
    assert_eq!(visits.table(primary), at_primary);
}

/// Three lanes before a single one without waiting places. Truck 1 ends at 10 and goes on; 4
/// follows it in lane 1 and is blocked at 15, 3 at 20, 2 at 30. They enter in that order.
#[test]
fn blocked_trucks_enter_in_the_order_of_blocking() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let first = sketch.station("a", 3, &always(10), Target::Station(StationId(1)));
    let second = sketch.station("b", 1, &always(100), EXIT);
    sketch.station_mut(second).room = Some(0);
    sketch.trace(first, &[(0, 0); 4]);
    sketch.brings(2, first, 30);
    sketch.brings(3, first, 20);
    sketch.brings(4, first, 5);
    let visits = sketch.visits();
    let at_first =
        [(1, 1, 0, 0, 10, 10), (2, 2, 0, 0, 30, 310), (3, 3, 0, 0, 20, 210), (4, 1, 0, 10, 15, 110)];
    assert_eq!(visits.table(first), at_first);
    let at_second = [
        (1, 1, 10, 10, 110, 110),
        (2, 1, 310, 310, 410, 410),
        (3, 1, 210, 210, 310, 310),
        (4, 1, 110, 110, 210, 210),
    ];
    assert_eq!(visits.table(second), at_second);
    let blocked: Vec<_> = visits.visits.iter().filter_map(|visit| visit.blocked).collect();
    assert_eq!(blocked, [at(30), at(20), at(15)], "in order of arrival at the first station: 2, 3, 4");
}

/// Each holds the lane that the other needs: found at 40 s, with its circle.
#[test]
fn a_deadlock_is_found_and_named() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let first = sketch.station("a", 1, &always(10), Target::Station(StationId(1)));
    let second = sketch.station("b", 1, &always(30), Target::Station(first));
    for (slot, station) in [first, second].into_iter().enumerate() {
        sketch.station_mut(station).room = Some(0);
        sketch.station_mut(station).loop_slot = Some(slot as u16);
    }
    sketch.network.loop_slots = 2;
    sketch.trace(first, &[(0, 0), (10, 0)]);
    let failure = crossing::simulate(&sketch.network, 1, 0, &mut ()).expect_err("nobody can move");
    let Failure::Deadlock { at: when, cycle } = failure else { panic!("{failure}") };
    assert_eq!(when, at(40));
    assert_eq!(cycle.len(), 3, "{cycle:?}");
    assert_eq!(cycle.first(), cycle.last());
}

/// The second station has a waiting place and a second lane that opens when two wait: never. At 20 s
/// truck 2 waits, from 30 s truck 3 holds the first station, which truck 1 needs at 40 s. If one that
/// waits were enough, truck 2 would start at 20 s and all go on.
#[test]
fn a_rule_that_can_never_open_a_lane_does_not_hide_a_deadlock() {
    let circle = |open: f64| {
        let mut sketch = Sketch::new(1, &["truck"]);
        let first = sketch.station("a", 1, &always(10), Target::Station(StationId(1)));
        let second = sketch.station("b", 2, &always(30), Target::Station(first));
        for (slot, station) in [first, second].into_iter().enumerate() {
            sketch.station_mut(station).room = Some(slot as u32);
            sketch.station_mut(station).loop_slot = Some(slot as u16);
        }
        sketch.network.loop_slots = 2;
        sketch.network.end = End::Cut;
        staffed(&mut sketch, second, 2, Member { group: GroupId(1), ..rule(open, -1.0) });
        sketch.trace(first, &[(0, 0), (10, 0), (20, 0)]);
        crossing::simulate(&sketch.network, 1, 0, &mut ())
    };
    let failure = circle(2.0).expect_err("nobody can move");
    assert!(matches!(failure, Failure::Deadlock { at: when, .. } if when == at(40)), "{failure}");
    assert!(circle(1.0).is_ok());
}

/// One pool of three officers, one to two lanes of 100 s. The second opens when two wait (at 20 s;
/// set-up until 80) and closes when nobody waits, after at least 200 s: at 180 s the line is empty
/// but the lane stays until 220, then finishes truck 4 until 280 as overtime.
#[test]
fn a_rule_opens_with_set_up_and_closes_after_its_least_time() {
    let (mut sketch, booth) = booth(2, 100, &[0, 10, 20, 30, 210]);
    staffed(&mut sketch, booth, 3, Member { set_up: secs(60), least_open: secs(200), ..rule(2.0, 0.0) });
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 10, 80, 180, 180),
        (3, 1, 20, 100, 200, 200),
        (4, 2, 30, 180, 280, 280),
        (5, 1, 210, 210, 310, 310),
    ];
    assert_eq!(visits.table(booth), expected);
    let changes = [(0, 1, 0, 0), (20, 2, 1, 0), (80, 2, 0, 0), (220, 1, 0, 1), (280, 1, 0, 0)];
    assert_eq!(visits.lane_changes(GroupId(0)), changes);
    assert_eq!(officers(&visits), [(0, 3, 1, 0), (20, 3, 2, 0), (220, 3, 1, 1), (280, 3, 1, 0)]);
}

/// One officer for two lanes: however long the line, the second lane stays closed until a second
/// officer comes on duty at 150 s; when one leaves at 400 s, lane 2 finishes truck 4.
#[test]
fn no_lane_opens_without_an_officer() {
    let (mut sketch, booth) = booth(2, 100, &[0, 10, 20, 30, 40]);
    staffed(&mut sketch, booth, 1, rule(1.0, -1.0));
    sketch.network.pools[0].on_duty = Steps::new([(at(0), 1), (at(150), 2), (at(240), 1)]);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 10, 100, 200, 200),
        (3, 2, 20, 150, 250, 250),
        (4, 1, 30, 200, 300, 300),
        (5, 1, 40, 300, 400, 400),
    ];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(officers(&visits), [(0, 1, 1, 0), (150, 2, 2, 0), (240, 1, 1, 1), (250, 1, 1, 0)]);
}

/// A pool member for group 0 of 1 to 2 lanes that opens and closes at these queue lengths.
fn rule(open: f64, close: f64) -> Member {
    Member {
        group: GroupId(0),
        least: 1,
        most: 2,
        priority: 1,
        want: Want::Rule { open: Trigger::Queue(open), close: Trigger::Queue(close) },
        open: Steps::constant(true),
        set_up: SimDuration::ZERO,
        least_open: SimDuration::ZERO,
    }
}

fn staffed(sketch: &mut Sketch, station: StationId, on_duty: u32, member: Member) {
    sketch.group_mut(station, 0).plan = LanePlan::Officers(PoolId(0), 0);
    let pool = Pool {
        name: "cbp".into(),
        on_duty: Steps::constant(on_duty),
        on_break: Steps::constant(0),
        members: vec![member],
    };
    sketch.network.pools.push(pool);
}

/// (second, on duty, staffed, overtime).
fn officers(visits: &Visits) -> Vec<(i64, u32, u32, u32)> {
    let row = |(now, notice): &(SimTime, LaneNotice)| match notice {
        LaneNotice::Officers { on_duty, staffed, overtime, .. } => {
            Some((now.micros() / 1_000_000, *on_duty, *staffed, *overtime))
        }
        LaneNotice::Lanes { .. } | LaneNotice::Queue { .. } => None,
    };
    visits.lanes.iter().filter_map(row).collect()
}

/// Three trucks stand at the end of the road when the run begins; they arrive at time zero and
/// take the road's room of three. Truck 0 starts at once, so 11 finds a place at 10; 12 is blocked
/// at the gate from 20 until truck 1 starts at 100.
#[test]
fn trucks_may_be_there_at_the_start() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station("a-gate", 1, &always(10), Target::Road(RoadId(0)));
    let primary = sketch.station("b-primary", 1, &always(100), EXIT);
    sketch.road("road", 10, 2, Target::Station(primary));
    sketch.network.roads[0].room = Some(3);
    sketch.trace(gate, &[(0, 0), (0, 0)]);
    let Arrivals::Trace(trucks) = &mut sketch.network.streams[0].arrivals else { unreachable!() };
    trucks.iter_mut().for_each(|truck| truck.identity += 10);
    let standing = Arrivals::AtStart { trucks: 3, road: Some(RoadId(0)) };
    sketch.stream("at-start", primary, standing, Some(ClassId(0)));
    let visits = sketch.visits();
    let at_primary = [
        (0, 1, 0, 0, 100, 100),
        (1, 1, 0, 100, 200, 200),
        (2, 1, 0, 200, 300, 300),
        (11, 1, 20, 300, 400, 400),
        (12, 1, 110, 400, 500, 500),
    ];
    assert_eq!(visits.table(primary), at_primary);
    assert_eq!(visits.table(gate), [(11, 1, 0, 0, 10, 10), (12, 1, 0, 10, 20, 100)]);
}

/// At 100 s the lane ends truck 1 and takes truck 2 before the table closes it; it stays open as
/// the plan rises at 150. Truck 3, arriving at 100 too, waits until 200.
#[test]
fn an_end_of_service_comes_before_a_change_of_schedule() {
    let (mut sketch, booth) = booth(1, 100, &[0, 50, 100]);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 1), (100, 0), (150, 1)]);
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 50, 100, 200, 200), (3, 1, 100, 200, 300, 300)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// The lane opens at 100 s before the truck arrives at 100 s: it need not queue, nor move up.
#[test]
fn a_change_of_schedule_comes_before_an_arrival() {
    let (mut sketch, booth) = booth(1, 50, &[100]);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 0), (100, 1)]);
    sketch.group_mut(booth, 0).move_up = Some(DurationSampler::constant(secs(15)));
    let visits = sketch.visits();
    assert_eq!(visits.table(booth), [(1, 1, 100, 100, 150, 150)]);
    let queued = |(_, notice): &(SimTime, LaneNotice)| matches!(notice, LaneNotice::Queue { .. });
    assert!(!visits.lanes.iter().any(queued));
}

/// The rule opens at one that waits. At 100 s truck 1 ends, 2 and 3 arrive: 2 starts, 3 waits, and
/// only then officers are looked at: lane 2 opens and takes 3 at the same instant. Truck 4 comes at
/// 200 after 2 and 3 have left, and nobody waits.
#[test]
fn staffing_comes_last() {
    let (mut sketch, booth) = booth(2, 100, &[0, 100, 100, 200]);
    staffed(&mut sketch, booth, 2, rule(1.0, -1.0));
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 100, 100, 200, 200),
        (3, 2, 100, 100, 200, 200),
        (4, 1, 200, 200, 300, 300),
    ];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(visits.lane_changes(GroupId(0)), [(0, 1, 0, 0), (100, 2, 0, 0)]);
}

/// The table closes the lane at the end of the run, with trucks 1 and 2 inside. Draining keeps to
/// the table, so 2 waits until the lane opens at 2 h; emptying keeps open what is open; a cut
/// leaves both unfinished.
#[test]
fn a_run_ends_as_it_is_told() {
    for (end, began, outcomes) in [
        (End::Drain, 7200, vec![(3690, 1, Outcome::Crossed), (7300, 2, Outcome::Crossed)]),
        (End::Empty, 3690, vec![(3690, 1, Outcome::Crossed), (3790, 2, Outcome::Crossed)]),
        (End::Cut, -1, vec![(3600, 1, Outcome::Unfinished), (3600, 2, Outcome::Unfinished)]),
    ] {
        let (mut sketch, booth) = booth(1, 100, &[3590, 3595, 3600]);
        sketch.group_mut(booth, 0).plan = plan(&[(0, 1), (3650, 0), (7200, 1), (7400, 0)]);
        sketch.network.end = end;
        let visits = sketch.visits();
        assert_eq!(visits.outcomes(), outcomes, "{end:?}");
        assert_eq!(visits.table(booth)[1].3, began, "{end:?}");
        assert_eq!(visits.ended, outcomes.last().map(|(second, ..)| at(*second)), "{end:?}");
    }
}

/// The only truck is out long before the end: the run lasts its length, and the table's later
/// changes are not part of it.
#[test]
fn nothing_happens_after_the_end() {
    for end in [End::Drain, End::Empty, End::Cut] {
        let (mut sketch, booth) = booth(2, 100, &[0]);
        sketch.group_mut(booth, 0).plan = plan(&[(0, 1), (1800, 2), (7200, 1)]);
        sketch.network.end = end;
        let visits = sketch.visits();
        assert_eq!(visits.ended, Some(at(3600)), "{end:?}");
        assert_eq!(visits.lane_changes(GroupId(0)), [(0, 1, 0, 0), (1800, 2, 0, 0)], "{end:?}");
    }
}

/// Every notice of one truck through a gate, a road and a booth, in order.
#[test]
fn a_truck_is_heard_at_every_step() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station("a-gate", 1, &always(10), Target::Road(RoadId(0)));
    let booth = sketch.station("b-booth", 1, &always(100), EXIT);
    sketch.road("road", 10, 2, Target::Station(booth));
    sketch.trace(gate, &[(5, 0)]);
    let (first, second, road, lane) = (GroupId(0), GroupId(1), RoadId(0), 0);
    let expected = [
        (5, Notice::Entered),
        (5, Notice::Arrived { station: gate }),
        (5, Notice::Joined { group: first }),
        (5, Notice::ServiceBegan { group: first, lane }),
        (15, Notice::ServiceEnded { group: first, lane }),
        (15, Notice::Left { group: first, lane }),
        (15, Notice::TookRoad { road }),
        (25, Notice::Arrived { station: booth }),
        (25, Notice::Joined { group: second }),
        (25, Notice::LeftRoad { road }),
        (25, Notice::ServiceBegan { group: second, lane }),
        (125, Notice::ServiceEnded { group: second, lane }),
        (125, Notice::Left { group: second, lane }),
        (125, Notice::Gone { outcome: Outcome::Crossed, station: None }),
    ];
    let heard: Vec<_> =
        sketch.visits().notices.iter().map(|(now, _, notice)| (now.micros() / 1_000_000, *notice)).collect();
    assert_eq!(heard, expected);
}
