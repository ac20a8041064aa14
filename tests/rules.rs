//! Rules beside serving in order, each on a handful of trucks worked out on paper: priority,
//! overflow, full places, patience, failures, other work, pace, appointments, events in time.
//!
//! A table row is (truck, lane, arrived, began, ended, left) in seconds, in order of truck number;
//! -1 where something did not happen.

mod common;

use common::{Sketch, Visits, always, at, group, plan, secs, yard};
use cruce::dist::{Dist, DurationSampler, Sampler};
use cruce::kernel::time::SimTime;
use cruce::model::network::*;
use cruce::model::notice::Outcome;

const EXIT: Target = Target::Exit;
const FAST: u8 = 0;
const STANDARD: u8 = 1;

/// A booth for classes fast (service 50 s) and standard (100 s).
fn booth(lanes: u32, trucks: &[(i64, u8)]) -> (Sketch, StationId) {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let lanes = group("lanes", lanes, &[Some(always(50)), Some(always(100))]);
    let booth = sketch.station_of("booth", vec![lanes], EXIT);
    sketch.trace(booth, trucks);
    (sketch, booth)
}

/// The same where fast trucks go first, and may take a lane.
fn ranked(lanes: u32, preempt: Option<Interruption>, trucks: &[(i64, u8)]) -> (Sketch, StationId) {
    let (mut sketch, id) = booth(lanes, trucks);
    sketch.station_mut(id).priority = vec![1, 2];
    sketch.station_mut(id).preempt = preempt;
    (sketch, id)
}

fn constant(seconds: i64) -> DurationSampler {
    DurationSampler::constant(secs(seconds))
}

/// (truck, seconds of interruptions, seconds of going on) at a station, in order of truck.
fn stretches(visits: &Visits, station: StationId) -> Vec<(u64, Vec<i64>, Vec<i64>)> {
    let seconds = |times: &[SimTime]| times.iter().map(|time| time.micros() / 1_000_000).collect();
    let here = visits.visits.iter().filter(|visit| visit.station == station);
    let mut rows: Vec<_> =
        here.map(|v| (v.truck.identity, seconds(&v.interrupted), seconds(&v.resumed))).collect();
    rows.retain(|(_, interrupted, _): &(_, Vec<i64>, _)| !interrupted.is_empty());
    rows.sort();
    rows
}

/// Outcomes other than crossing: (second, truck, outcome).
fn lost(visits: &Visits) -> Vec<(i64, u64, Outcome)> {
    visits.outcomes().into_iter().filter(|row| row.2 != Outcome::Crossed).collect()
}

/// Truck 3 is fast: at 100 it passes truck 2, but nobody in service.
#[test]
fn priority_passes_those_who_wait() {
    let (sketch, booth) = ranked(1, None, &[(0, STANDARD), (10, STANDARD), (20, FAST)]);
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 10, 150, 250, 250), (3, 1, 20, 100, 150, 150)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// At 30 truck 2 takes the lane of truck 1, which has 70 s left: 80 to 150, or 80 to 180 when it
/// begins anew. It goes on before truck 3, which came after it. It waited 0 s either way.
#[test]
fn preemption_resumes_or_restarts_at_the_head_of_the_line() {
    let trucks = [(0, STANDARD), (30, FAST), (40, STANDARD)];
    for (how, ends) in [(Interruption::Resume, 150), (Interruption::Restart, 180)] {
        let (sketch, booth) = ranked(1, Some(how), &trucks);
        let visits = sketch.visits();
        let third = (3, 1, 40, ends, ends + 100, ends + 100);
        assert_eq!(visits.table(booth), [(1, 1, 0, 0, ends, ends), (2, 1, 30, 30, 80, 80), third]);
        assert_eq!(stretches(&visits, booth), [(1, vec![30], vec![80])]);
    }
}

/// Lanes 1 and 2 serve standard trucks since 0 and 10, lane 3 a fast one since 20: at 30 lane 2
/// makes way, the last to have begun of those that rank lower. Lane 3 is free at 70, before lane
/// 2 at 80: truck 2 goes on there, with 80 s left.
#[test]
fn the_last_served_of_the_lowest_rank_makes_way() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, FAST), (30, FAST)];
    let (sketch, booth) = ranked(3, Some(Interruption::Resume), &trucks);
    let expected =
        [(1, 1, 0, 0, 100, 100), (2, 3, 10, 10, 150, 150), (3, 3, 20, 20, 70, 70), (4, 2, 30, 30, 80, 80)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Service ends before arrivals of the same instant: truck 2 interrupts nobody at 100, and truck 3
/// nobody at 150 s, as equals do not make way.
#[test]
fn an_end_of_service_comes_before_preemption() {
    let trucks = [(0, STANDARD), (100, FAST), (120, FAST)];
    let (sketch, booth) = ranked(1, Some(Interruption::Resume), &trucks);
    let visits = sketch.visits();
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 100, 100, 150, 150), (3, 1, 120, 150, 200, 200)];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(stretches(&visits, booth), []);
}

/// With 10 s to move up: truck 2 waited, so its service is from 110; at 105, still moving up, it
/// makes way. It moves up again from 155: 165 to 265, and only then has waited: 155 s.
#[test]
fn who_is_interrupted_while_moving_up_has_not_been_served() {
    let (mut sketch, booth) =
        ranked(1, Some(Interruption::Resume), &[(0, STANDARD), (10, STANDARD), (105, FAST)]);
    sketch.group_mut(booth, 0).move_up = Some(constant(10));
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 10, 165, 265, 265), (3, 1, 105, 105, 155, 155)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// A shared line with two groups: fast trucks go first wherever they are accepted. Lane `a` serves
/// standard only, `b` both: at 100 `a` takes truck 3, at 110 `b` takes truck 5 before truck 4.
#[test]
fn priority_in_a_shared_line() {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let only = group("a", 1, &[None, Some(always(100))]);
    let both = group("b", 1, &[Some(always(50)), Some(always(100))]);
    let booth = sketch.station_of("booth", vec![only, both], EXIT);
    sketch.station_mut(booth).line = LineLayout::Shared;
    sketch.station_mut(booth).priority = vec![1, 2];
    sketch.trace(booth, &[(0, STANDARD), (10, STANDARD), (20, STANDARD), (30, STANDARD), (40, FAST)]);
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 10, 10, 110, 110),
        (3, 1, 20, 100, 200, 200),
        (4, 1, 30, 160, 260, 260),
        (5, 1, 40, 110, 160, 160),
    ];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Groups fast (50 s a truck, one waiting place) and standard (100 s). Fast truck 3 finds the
/// place taken by truck 2 and goes to the standard lane for good, although its own is free again
/// at 100; truck 5, standard, waits behind it.
#[test]
fn overflow_is_on_arrival_and_for_good() {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let mut fast = group("fast", 1, &[Some(always(50)), None]);
    (fast.room, fast.overflow) = (Some(1), Some(GroupId(1)));
    let standard = group("standard", 1, &[Some(always(60)), Some(always(100))]);
    let booth = sketch.station_of("booth", vec![fast, standard], EXIT);
    sketch.station_mut(booth).choices = vec![vec![GroupId(0)], vec![GroupId(1)]];
    sketch.trace(booth, &[(0, FAST), (1, FAST), (2, FAST), (3, STANDARD), (200, FAST)]);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 50, 50),
        (2, 1, 1, 50, 100, 100),
        (3, 1, 2, 2, 62, 62),
        (4, 1, 3, 62, 162, 162),
        (5, 1, 200, 200, 250, 250),
    ];
    assert_eq!(visits.table(booth), expected);
    let groups: Vec<_> = visits.visits.iter().map(|visit| visit.group.unwrap().0).collect();
    assert_eq!(groups, [0, 0, 1, 1, 0]);
}

/// Without overflow a full group blocks the gate behind: truck 3 keeps the gate's lane from 3 to
/// 50, when truck 2 leaves the place; truck 4 comes through the gate from 50 on.
#[test]
fn a_full_group_blocks_the_station_behind() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station("a-gate", 1, &always(1), Target::Station(StationId(1)));
    let mut lanes = group("lanes", 1, &[Some(always(50))]);
    lanes.room = Some(1);
    let booth = sketch.station_of("b-booth", vec![lanes], EXIT);
    sketch.trace(gate, &[(0, 0), (1, 0), (2, 0), (3, 0)]);
    let visits = sketch.visits();
    let expected = [(1, 1, 0, 0, 1, 1), (2, 1, 1, 1, 2, 2), (3, 1, 2, 2, 3, 51), (4, 1, 3, 51, 52, 101)];
    assert_eq!(visits.table(gate), expected);
    assert_eq!(visits.table(booth).iter().map(|row| row.3).collect::<Vec<_>>(), [1, 51, 101, 151]);
}

/// A gate (1 s) before a booth without waiting places (100 s). Trucks 2 and 3 find it full at 2
/// and 3: turned away there, or sent to the yard (30 s), or, where that is closed to them by its own
/// room, kept waiting for the yard.
#[test]
fn full_places_turn_trucks_away_or_send_them_elsewhere() {
    let build = |full: Full| {
        let mut sketch = Sketch::new(1, &["truck"]);
        let gate = sketch.station("a-gate", 1, &always(1), Target::Station(StationId(1)));
        let booth = sketch.station("b-booth", 1, &always(100), EXIT);
        let other = sketch.station("c-other", 1, &always(30), EXIT);
        sketch.station_mut(booth).room = Some(0);
        sketch.station_mut(booth).full = full;
        sketch.station_mut(other).room = Some(0);
        sketch.trace(gate, &[(0, 0), (1, 0), (2, 0)]);
        (sketch.visits(), gate, other)
    };
    let (visits, _, other) = build(Full::TurnAway);
    assert_eq!(lost(&visits), [(2, 2, Outcome::TurnedAway), (3, 3, Outcome::TurnedAway)]);
    assert_eq!(visits.table(other), []);
    let (visits, gate, other) = build(Full::Divert(Target::Station(StationId(2))));
    assert_eq!(lost(&visits), []);
    assert_eq!(visits.table(other), [(2, 1, 2, 2, 32, 32), (3, 1, 32, 32, 62, 62)]);
    assert_eq!(visits.table(gate)[2], (3, 1, 2, 2, 3, 32));
}

/// Nobody joins who finds one waiting: truck 3 balks at 20, truck 4 joins at 110 as truck 2 has
/// begun. Truck 5 is served at once at 400, so it is not asked.
#[test]
fn balking_looks_at_those_who_wait() {
    let (mut sketch, booth) =
        booth(1, &[(0, STANDARD), (10, STANDARD), (20, STANDARD), (110, STANDARD), (400, STANDARD)]);
    let table = Balking { shares: vec![(1, 0.0)] };
    sketch.station_mut(booth).balking = vec![None, Some(table)];
    let visits = sketch.visits();
    let began: Vec<_> = visits.table(booth).iter().map(|row| row.3).collect();
    assert_eq!(began, [0, 100, -1, 200, 400]);
    assert_eq!(lost(&visits), [(20, 3, Outcome::Balked)]);
}

/// Patience of 90 s. Truck 2 (10) would leave at 100, when its service begins: a start wins.
/// Truck 3 (20) leaves at 110, truck 4 (150) is served at 200.
#[test]
fn patience_ends_at_the_start_of_service() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD), (20, STANDARD), (150, STANDARD)]);
    sketch.station_mut(booth).patience = vec![None, Some(constant(90))];
    let visits = sketch.visits();
    let began: Vec<_> = visits.table(booth).iter().map(|row| row.3).collect();
    assert_eq!(began, [0, 100, -1, 200]);
    assert_eq!(lost(&visits), [(110, 3, Outcome::Reneged)]);
}

/// At one instant patience ends before trucks arrive: at 100 the line of truck 2 is empty again, so
/// truck 3, which would balk at one waiting, joins.
#[test]
fn patience_ends_before_arrivals() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD), (60, STANDARD)]);
    sketch.station_mut(booth).patience = vec![None, Some(constant(50))];
    sketch.station_mut(booth).balking = vec![None, Some(Balking { shares: vec![(1, 0.0)] })];
    let visits = sketch.visits();
    assert_eq!(visits.outcomes()[..2], [(60, 2, Outcome::Reneged), (100, 1, Outcome::Crossed)]);
    // Truck 3 joins at 60 and is served at 100, ten seconds before its patience ends.
    assert_eq!(visits.table(booth)[2], (3, 1, 60, 100, 200, 200));
}

/// A road of 10 s with two places, one of them in the pocket: truck 1 leaves the road at 10, so
/// truck 3 comes onto it then and stands in the common line from 20 on; truck 2, in the pocket, loses
/// patience at 111, which lets truck 4 onto the road, and truck 3 at 120.
#[test]
fn patience_ends_in_the_common_line_too() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station("a-gate", 1, &always(0), Target::Road(RoadId(0)));
    let booth = sketch.station("b-booth", 1, &always(300), EXIT);
    sketch.road("road", 10, 1, Target::Station(booth));
    (sketch.network.roads[0].room, sketch.network.roads[0].split) = (Some(2), Some(1));
    sketch.station_mut(booth).patience = vec![Some(constant(100))];
    sketch.trace(gate, &[(0, 0), (1, 0), (2, 0), (15, 0)]);
    let visits = sketch.visits();
    let gone = [(111, 2, Outcome::Reneged), (120, 3, Outcome::Reneged), (221, 4, Outcome::Reneged)];
    assert_eq!(lost(&visits), gone);
    assert_eq!(visits.table(gate)[3], (4, 1, 15, 15, 15, 111));
}

fn breakdown(when: Downtime, truck: OnFailure) -> Breakdown {
    Breakdown { name: "outage".into(), groups: vec![GroupId(0)], when, truck }
}

fn down_from_to(from: i64, to: i64) -> Downtime {
    Downtime::Windows(Steps::new([(at(0), false), (at(from), true), (at(to), false)]))
}

/// One lane, service 100 s, down from 60 to 90. Truck 1 waits in it and goes on (130) or begins
/// anew (190), or is finished first (100: the lane is sound again before), or goes back to the head
/// of the line.
#[test]
fn a_failed_lane_does_with_its_truck_as_told() {
    let cases = [
        (OnFailure::Wait(Interruption::Resume), 130),
        (OnFailure::Wait(Interruption::Restart), 190),
        (OnFailure::Return(Interruption::Resume), 130),
        (OnFailure::Return(Interruption::Restart), 190),
        (OnFailure::Finish, 100),
    ];
    for (truck, ends) in cases {
        let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD)]);
        sketch.network.failures = vec![breakdown(down_from_to(60, 90), truck)];
        let visits = sketch.visits();
        let expected = [(1, 1, 0, 0, ends, ends), (2, 1, 10, ends, ends + 100, ends + 100)];
        assert_eq!(visits.table(booth), expected, "{truck:?}");
    }
}

/// Down from 60 to 250: a truck that is finished first leaves at 100, and the lane is down until
/// 250, when truck 2 begins. A truck that arrives meanwhile finds no free lane.
#[test]
fn a_lane_goes_down_when_its_truck_is_finished() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (200, STANDARD)]);
    sketch.network.failures = vec![breakdown(down_from_to(60, 250), OnFailure::Finish)];
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 200, 250, 350, 350)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Two lanes, of which only the first group's lane 1 can fail: here both fail at 60, but only lane
/// 1 is busy. Truck 1 goes back and no lane is sound until 90: it goes on in lane 1 with 40 s left.
/// Two failures that overlap (60 to 90 and 80 to 120) keep it waiting until 120.
#[test]
fn failures_that_overlap() {
    let (mut sketch, booth) = booth(2, &[(0, STANDARD)]);
    let back = OnFailure::Return(Interruption::Resume);
    sketch.network.failures = vec![breakdown(down_from_to(60, 90), back)];
    assert_eq!(sketch.visits().table(booth), [(1, 1, 0, 0, 130, 130)]);
    sketch.network.failures.push(breakdown(down_from_to(80, 120), back));
    assert_eq!(sketch.visits().table(booth), [(1, 1, 0, 0, 160, 160)]);
}

/// Up-time 150 s, repair 30 s, service 100 s from 0, 100, ...: by serving time the lane fails 50 s
/// into truck 2 (150), goes on at 180 to 230, and fails next after 150 s more of serving: 50 s of
/// truck 2, 100 s of truck 3 (it arrives at 300 and is served until 400): the end of service comes
/// first at 400, so the failure waits for the next service: truck 4 at 500 is hit at once.
#[test]
fn up_time_by_serving() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD), (300, STANDARD), (500, STANDARD)]);
    let when = Downtime::Random { up: constant(150), clock: UpClock::Serving, repair: constant(30) };
    sketch.network.failures = vec![breakdown(when, OnFailure::Wait(Interruption::Resume))];
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 10, 100, 230, 230),
        (3, 1, 300, 300, 400, 400),
        (4, 1, 500, 500, 630, 630),
    ];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(stretches(&visits, booth), [(2, vec![150], vec![180]), (4, vec![500], vec![530])]);
}

/// The same by all time: down at 150 to 180, 330 to 360, 510 to 540.
#[test]
fn up_time_by_the_clock() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD), (300, STANDARD), (515, STANDARD)]);
    let when = Downtime::Random { up: constant(150), clock: UpClock::All, repair: constant(30) };
    sketch.network.failures = vec![breakdown(when, OnFailure::Wait(Interruption::Resume))];
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 10, 100, 230, 230),
        (3, 1, 300, 300, 430, 430),
        (4, 1, 515, 540, 640, 640),
    ];
    assert_eq!(visits.table(booth), expected);
}

/// Lane 2 is to close at 50 and sends truck 2 back: lane 1 takes it before truck 3, at 100, with 60
/// s left or all 100.
#[test]
fn a_closing_lane_may_send_its_truck_back() {
    for (how, ends) in [(Interruption::Resume, 160), (Interruption::Restart, 200)] {
        let (mut sketch, booth) = booth(2, &[(0, STANDARD), (10, STANDARD), (20, STANDARD)]);
        sketch.group_mut(booth, 0).plan = plan(&[(0, 2), (50, 1)]);
        sketch.group_mut(booth, 0).closing = Some(how);
        let visits = sketch.visits();
        let expected =
            [(1, 1, 0, 0, 100, 100), (2, 1, 10, 10, ends, ends), (3, 1, 20, ends, ends + 100, ends + 100)];
        assert_eq!(visits.table(booth), expected);
        assert_eq!(visits.lane_changes(GroupId(0)), [(0, 2, 0, 0), (50, 1, 0, 0)]);
    }
}

/// With a line per lane, trucks 2 (in service at lane 2) and 4 (waiting there) rejoin in order of
/// arrival at 50, behind truck 3 in lane 1.
#[test]
fn a_closing_lane_sends_its_truck_to_another_line() {
    let (mut sketch, booth) = booth(2, &[(0, STANDARD), (10, STANDARD), (20, STANDARD), (30, STANDARD)]);
    let lanes = sketch.group_mut(booth, 0);
    lanes.queue = QueueLayout::PerLane(LaneChoice::Shortest);
    lanes.plan = plan(&[(0, 2), (50, 1)]);
    lanes.closing = Some(Interruption::Resume);
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 10, 10, 260, 260),
        (3, 1, 20, 100, 200, 200),
        (4, 1, 30, 260, 360, 360),
    ];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Other work takes 40 s at a time from 0 on: truck 1 (50) is served when the second ends, at 80.
/// Truck 2 (90) waits for the lane, not for work: 180. Nobody waits at 280: work until 320, 360.
#[test]
fn officers_turn_to_other_work_when_nobody_waits() {
    let (mut sketch, booth) = booth(1, &[(50, STANDARD), (90, STANDARD), (330, STANDARD)]);
    sketch.group_mut(booth, 0).other_work = Some(constant(40));
    let expected = [(1, 1, 50, 80, 180, 180), (2, 1, 90, 180, 280, 280), (3, 1, 330, 360, 460, 460)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Twice the pace while one or more wait as service begins, half of it with two lanes open: truck
/// 1 takes 100 s, truck 2 begins at 100 with truck 3 waiting: 50 s; truck 3, alone, 100 s; with two
/// lanes open from 400 on truck 4 takes 200 s.
#[test]
fn pace_follows_the_line_and_the_lanes() {
    let (mut sketch, booth) = booth(2, &[(0, STANDARD), (10, STANDARD), (20, STANDARD), (500, STANDARD)]);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 1), (400, 2)]);
    let (by_queue, by_open) = (vec![(1, 2.0)], vec![(2, 0.5)]);
    sketch.station_mut(booth).pace = Some(Pace { by_queue, by_open, day_factor: None, officer_factor: None });
    let served: Vec<_> = sketch.visits().table(booth).iter().map(|row| (row.3, row.4)).collect();
    assert_eq!(served, [(0, 100), (100, 150), (150, 250), (500, 700)]);
}

/// Factors of the day and of the officer are the same for all trucks of a lane and day, and differ
/// between lanes.
#[test]
fn officers_and_days_have_factors() {
    let (mut sketch, booth) = booth(2, &[(0, STANDARD), (10, STANDARD), (300, STANDARD), (310, STANDARD)]);
    let law = Dist::Gamma { mean: 1.0, cv: 0.3 };
    sketch.station_mut(booth).pace = Some(Pace {
        by_queue: Vec::new(),
        by_open: Vec::new(),
        day_factor: Some(Sampler::new(&law)),
        officer_factor: Some(Sampler::new(&law)),
    });
    let visits = sketch.visits().visits;
    let served = |truck: usize| visits[truck].ended.unwrap() - visits[truck].began.unwrap();
    assert_eq!((served(0), served(1)), (served(2), served(3)));
    assert_ne!(served(0), served(1));
    assert_ne!(served(0), secs(100));
}

/// Booked for 100, 200 and 300; they come 30 s early and 10 s after that: 80, 180, 280. With
/// no-shows of 100 % nobody comes.
#[test]
fn appointments_are_kept_or_not() {
    let arrivals = |no_show: f64| {
        let mut sketch = Sketch::new(1, &["truck"]);
        let booth = sketch.station("booth", 1, &always(5), EXIT);
        let booked = vec![at(100), at(200), at(300)];
        let arrivals =
            Arrivals::Appointments { booked, early: secs(30), show_up: Some(constant(10)), no_show };
        sketch.stream("booked", booth, arrivals, Some(ClassId(0)));
        sketch.visits().table(booth).iter().map(|row| (row.0, row.2)).collect::<Vec<_>>()
    };
    assert_eq!(arrivals(0.0), [(0, 80), (1, 180), (2, 280)]);
    assert_eq!(arrivals(1.0), []);
}

/// From 60 to 150 service takes 10 s and trucks go to a second booth: truck 1 was begun before and
/// takes 100 s, but is sent on at 100; truck 2 (100 to 110) too; truck 3 begins at 150 and exits.
#[test]
fn events_change_values_from_an_instant_on() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD), (150, STANDARD)]);
    let second = sketch.station("second", 1, &always(7), EXIT);
    let before = sketch.network.clone();
    let mut meanwhile = before.clone();
    meanwhile.groups[0].service[1] = Some(constant(10));
    for route in &mut meanwhile.stations[0].routes {
        *route = Route { branches: vec![(1.0, Target::Station(second))] };
    }
    sketch.network.later = vec![(at(60), meanwhile), (at(150), before)];
    let visits = sketch.visits();
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 10, 100, 110, 110), (3, 1, 150, 150, 250, 250)];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(visits.table(second), [(1, 1, 100, 100, 107, 107), (2, 1, 110, 110, 117, 117)]);
}

/// Room grows from 0 to 5 at 60: truck 2, which blocked the gate since 2, comes in at once.
#[test]
fn an_event_that_makes_room_lets_blocked_trucks_in() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate =
        sketch.station_of("a-gate", vec![yard("all", &[Some(always(1))])], Target::Station(StationId(1)));
    let booth = sketch.station("b-booth", 1, &always(100), EXIT);
    sketch.station_mut(booth).room = Some(0);
    sketch.trace(gate, &[(0, 0), (1, 0)]);
    let mut later = sketch.network.clone();
    later.stations[booth.index()].room = Some(5);
    sketch.network.later = vec![(at(60), later)];
    let visits = sketch.visits();
    assert_eq!(visits.table(booth), [(1, 1, 1, 1, 101, 101), (2, 1, 60, 101, 201, 201)]);
}

/// The wait is read every 10 min over 10 min, unrounded. Truck 2 took the booth at 300 after
/// waiting 290 s, so from 600 on 290 s are posted, until 1,200, when nobody waits: 0. All go
/// elsewhere at 200 s and more: truck 3 does at 700, truck 4 at 1,300 does not.
#[test]
fn trucks_go_elsewhere_by_the_posted_wait() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let booth = sketch.station("booth", 1, &always(300), EXIT);
    sketch.trace(booth, &[(0, 0), (10, 0), (700, 0), (1300, 0)]);
    sketch.network.streams[0].diversion = Some(Diversion { shares: vec![(secs(200), 1.0)], cost: secs(0) });
    let posted =
        Posted { interval: secs(600), lag: secs(0), window: secs(600), rounding: secs(0), cap: None };
    sketch.network.border_wait = Some(BorderWait { from: booth, at: booth, posted });
    let visits = sketch.visits();
    assert_eq!(lost(&visits), [(700, 3, Outcome::Diverted)]);
    let began: Vec<_> = visits.table(booth).iter().map(|row| (row.0, row.3)).collect();
    assert_eq!(began, [(1, 0), (2, 300), (4, 1300)]);
}

/// Officers by a rule, as many on duty as lanes may open.
fn staffed(sketch: &mut Sketch, lanes: std::ops::RangeInclusive<u32>, open: Trigger, close: Trigger) {
    let place = sketch.network.groups.len() - 1;
    sketch.network.groups[place].plan = LanePlan::Officers(PoolId(0), 0);
    let member = Member {
        group: GroupId(place as u16),
        least: *lanes.start(),
        most: *lanes.end(),
        priority: 1,
        want: Want::Rule { open, close },
        open: Steps::constant(true),
        set_up: secs(0),
        least_open: secs(0),
    };
    let on_duty = Steps::constant(*lanes.end());
    sketch.network.pools =
        vec![Pool { name: "cbp".into(), on_duty, on_break: Steps::constant(0), members: vec![member] }];
}

/// A gate that lets trucks through at once, a road of 10 s with one lane and pockets of one place, and a
/// booth of 100 s.
fn booth_by_road(lanes: u32, trucks: &[(i64, u8)]) -> (Sketch, StationId) {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station_of("a-gate", vec![yard("all", &[Some(always(0))])], Target::Road(RoadId(0)));
    let booth = sketch.station("b-booth", lanes, &always(100), EXIT);
    let road = sketch.road("road", 10, 1, Target::Station(booth));
    sketch.network.roads[road.index()].split = Some(1);
    sketch.trace(gate, trucks);
    (sketch, booth)
}

/// Both lanes of the gate end at 100. Truck 2 was begun at 10 in lane 2, truck 3 at 20 in lane 1: the
/// end that was scheduled first comes first, whatever the lane.
#[test]
fn ends_of_one_instant_come_in_order_of_scheduling() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let gate = sketch.station("a-gate", 2, &always(1), Target::Station(StationId(1)));
    let booth = sketch.station("b-booth", 1, &always(10), EXIT);
    sketch.trace(gate, &[(0, 0), (10, 0), (20, 0)]);
    for (truck, service) in [(1, 20), (2, 90), (3, 80)] {
        sketch.brings(truck, gate, service);
    }
    let visits = sketch.visits();
    assert_eq!(visits.table(gate)[1..], [(2, 2, 10, 10, 100, 100), (3, 1, 20, 20, 100, 100)]);
    assert_eq!(visits.table(booth)[1..], [(2, 1, 100, 100, 110, 110), (3, 1, 100, 110, 120, 120)]);
}

/// Truck 2 takes the lane at 100 as truck 1 leaves it, and only then the lane fails: it waits in it
/// until 150.
#[test]
fn an_end_of_service_comes_before_a_failure() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD)]);
    sketch.network.failures = vec![breakdown(down_from_to(100, 150), OnFailure::Wait(Interruption::Resume))];
    let visits = sketch.visits();
    assert_eq!(visits.table(booth), [(1, 1, 0, 0, 100, 100), (2, 1, 10, 100, 250, 250)]);
    assert_eq!(stretches(&visits, booth), [(2, vec![100], vec![150])]);
}

/// The lane is down from 60 to 100 and from 300 to 400; 10 s to move up. Truck 1 comes at 60, after
/// the failure, and would lose patience at 100, after the repair: it takes the lane. Truck 2 comes at
/// 400, after the repair, and need not move up.
#[test]
fn a_repair_comes_before_patience_and_arrivals() {
    let (mut sketch, booth) = booth(1, &[(60, STANDARD), (400, STANDARD)]);
    let windows = [(0, false), (60, true), (100, false), (300, true), (400, false)];
    let windows = Steps::new(windows.map(|(second, down)| (at(second), down)));
    sketch.network.failures = vec![breakdown(Downtime::Windows(windows), OnFailure::Finish)];
    sketch.station_mut(booth).patience = vec![None, Some(constant(40))];
    sketch.group_mut(booth, 0).move_up = Some(constant(10));
    let visits = sketch.visits();
    assert_eq!(visits.table(booth), [(1, 1, 60, 110, 210, 210), (2, 1, 400, 400, 500, 500)]);
    assert_eq!(lost(&visits), []);
}

/// Truck 1 would lose patience at 100, truck 2 at 150: the plan opens the lane at 100, and truck 1 is
/// served.
#[test]
fn a_change_of_plan_comes_before_patience() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (50, STANDARD)]);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 0), (100, 1)]);
    sketch.station_mut(booth).patience = vec![None, Some(constant(100))];
    let visits = sketch.visits();
    assert_eq!(visits.table(booth)[0], (1, 1, 0, 100, 200, 200));
    assert_eq!(lost(&visits), [(150, 2, Outcome::Reneged)]);
}

/// The lane opens for truck 1 at 5 and is set up at 65, when the patience of truck 1 would end; that of truck
/// 2 ends at 70.
#[test]
fn the_end_of_a_set_up_comes_before_patience() {
    let (mut sketch, booth) = booth(1, &[(5, STANDARD), (10, STANDARD)]);
    staffed(&mut sketch, 0..=1, Trigger::Queue(1.0), Trigger::Queue(0.0));
    sketch.network.pools[0].members[0].set_up = secs(60);
    sketch.station_mut(booth).patience = vec![None, Some(constant(60))];
    let visits = sketch.visits();
    assert_eq!(visits.table(booth)[0], (1, 1, 5, 65, 165, 165));
    assert_eq!(lost(&visits), [(70, 2, Outcome::Reneged)]);
}

/// The rule opens a lane for a truck that has waited 50 s. At 60 truck 2 has, and loses its patience
/// before officers are looked at.
#[test]
fn patience_ends_before_officers_move() {
    let (mut sketch, booth) = booth(2, &[(0, STANDARD), (10, STANDARD)]);
    staffed(&mut sketch, 1..=2, Trigger::Wait(secs(50)), Trigger::Queue(0.0));
    sketch.station_mut(booth).patience = vec![None, Some(constant(50))];
    let visits = sketch.visits();
    assert_eq!(lost(&visits), [(60, 2, Outcome::Reneged)]);
    assert_eq!(visits.lane_changes(GroupId(0)), [(0, 1, 0, 0)]);
}

/// Patience of 95 s and 10 s to move up: truck 2 takes the lane at 100 and moves up until 110, when its
/// patience would have ended at 105.
#[test]
fn patience_does_not_end_while_moving_up() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD)]);
    sketch.station_mut(booth).patience = vec![None, Some(constant(95))];
    sketch.group_mut(booth, 0).move_up = Some(constant(10));
    let visits = sketch.visits();
    assert_eq!(visits.table(booth)[1], (2, 1, 10, 110, 210, 210));
    assert_eq!(lost(&visits), []);
}

/// From 100 on service takes 10 s. Truck 1 ends at 100 and truck 2 begins before the event does: 100 s.
/// Truck 3 begins at 200 by the new law.
#[test]
fn an_end_of_service_comes_before_an_event() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (10, STANDARD), (20, STANDARD)]);
    let mut later = sketch.network.clone();
    later.groups[0].service[1] = Some(constant(10));
    sketch.network.later = vec![(at(100), later)];
    let expected = [(1, 1, 0, 0, 100, 100), (2, 1, 10, 100, 200, 200), (3, 1, 20, 200, 210, 210)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Lanes 2 and 3 close at 50 and send trucks 2 and 3 back, with 60 s and 70 s left: they stand before
/// truck 4, and the one that came first goes first.
#[test]
fn trucks_sent_back_stand_in_order_of_arrival() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, STANDARD), (30, STANDARD)];
    let (mut sketch, booth) = booth(3, &trucks);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 3), (50, 1)]);
    sketch.group_mut(booth, 0).closing = Some(Interruption::Resume);
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 10, 10, 160, 160),
        (3, 1, 20, 20, 230, 230),
        (4, 1, 30, 230, 330, 330),
    ];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Groups a and b share a line; a closes at 50 and sends truck 1 back with 50 s left: b takes it at
/// 110 and goes on, although b itself never interrupts a service.
#[test]
fn a_truck_sent_back_goes_on_in_another_group() {
    let mut sketch = Sketch::new(1, &["truck"]);
    let mut a = group("a", 1, &[Some(always(100))]);
    (a.plan, a.closing) = (plan(&[(0, 1), (50, 0)]), Some(Interruption::Resume));
    let booth = sketch.station_of("booth", vec![a, group("b", 1, &[Some(always(100))])], EXIT);
    sketch.station_mut(booth).line = LineLayout::Shared;
    sketch.trace(booth, &[(0, 0), (10, 0)]);
    let visits = sketch.visits();
    assert_eq!(visits.table(booth), [(1, 1, 0, 0, 160, 160), (2, 1, 10, 10, 110, 110)]);
    assert_eq!(stretches(&visits, booth), [(1, vec![50], vec![110])]);
}

/// Rules count those in the pocket and those in the common line whose first choice the group is: at 13
/// truck 2 is in the pocket and 3 and 4 stand in the common line, so the rule opens a lane at three. It
/// takes truck 2; when truck 4 begins at 113 nobody waits, and it closes after it.
#[test]
fn rules_count_the_pocket_and_the_common_line() {
    let (mut sketch, booth) = booth_by_road(2, &[(0, 0), (1, 0), (2, 0), (3, 0)]);
    staffed(&mut sketch, 1..=2, Trigger::Queue(3.0), Trigger::Queue(0.0));
    let visits = sketch.visits();
    let expected = [
        (1, 1, 10, 10, 110, 110),
        (2, 2, 11, 13, 113, 113),
        (3, 1, 12, 110, 210, 210),
        (4, 2, 13, 113, 213, 213),
    ];
    assert_eq!(visits.table(booth), expected);
    let changes = [(0, 1, 0, 0), (13, 2, 0, 0), (113, 1, 0, 1), (213, 1, 0, 0)];
    assert_eq!(visits.lane_changes(GroupId(1)), changes);
}

/// So does balking: nobody joins two that wait. Truck 4 finds one in the pocket and one in the common
/// line.
#[test]
fn balking_counts_the_pocket_and_the_common_line() {
    let (mut sketch, booth) = booth_by_road(1, &[(0, 0), (1, 0), (2, 0), (3, 0)]);
    sketch.station_mut(booth).balking = vec![Some(Balking { shares: vec![(2, 0.0)] })];
    assert_eq!(lost(&sketch.visits()), [(13, 4, Outcome::Balked)]);
}

/// A lane opens at two trucks per open lane, with 60 s of set-up. At 20 two wait for one lane; at 30
/// three wait for two, as lane 2 counts though it is in set-up until 80; at 40 four do, and lane 3
/// opens. At 100 the end of service in lane 1 comes before the set-up of lane 3: truck 3 goes to lane 1.
#[test]
fn a_lane_in_set_up_counts_as_open() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, STANDARD), (30, STANDARD), (40, STANDARD)];
    let (mut sketch, booth) = booth(3, &trucks);
    staffed(&mut sketch, 1..=3, Trigger::QueuePerLane(2.0), Trigger::QueuePerLane(0.0));
    sketch.network.pools[0].members[0].set_up = secs(60);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 2, 10, 80, 180, 180),
        (3, 1, 20, 100, 200, 200),
        (4, 3, 30, 100, 200, 200),
        (5, 2, 40, 180, 280, 280),
    ];
    assert_eq!(visits.table(booth), expected);
    let changes = [(0, 1, 0, 0), (20, 2, 1, 0), (40, 3, 2, 0), (80, 3, 1, 0), (100, 3, 0, 0)];
    assert_eq!(visits.lane_changes(GroupId(0))[..5], changes);
}

/// A rule opens lane 2 for a truck that has waited 300 s, for at least 60 s, and closes it when nobody
/// waits; the lane sends its truck back. Truck 2 (10) gets it at 310 and is sent back at 370 with 40
/// s left; from then on its wait counts anew, so the lane opens for it at 670. (Counted from its
/// arrival the lane would open at 370 at once, for ever.)
#[test]
fn a_rule_counts_the_wait_of_a_truck_sent_back_anew() {
    let (mut sketch, booth) = booth(2, &[(0, STANDARD), (10, STANDARD)]);
    sketch.brings(1, booth, 1000);
    staffed(&mut sketch, 1..=2, Trigger::Wait(secs(300)), Trigger::Wait(secs(30)));
    sketch.network.pools[0].members[0].least_open = secs(60);
    sketch.group_mut(booth, 0).closing = Some(Interruption::Resume);
    let visits = sketch.visits();
    assert_eq!(visits.table(booth), [(1, 1, 0, 0, 1000, 1000), (2, 2, 10, 310, 710, 710)]);
    assert_eq!(stretches(&visits, booth), [(2, vec![370], vec![670])]);
}

/// Lines per lane. At 60 the only lane fails with truck 1 in it; truck 2 comes at 70 and finds no lane
/// whose line to join. It does at 90, when the lane is repaired, before truck 3 comes at 95. (Once it
/// was left behind: only a lane repaired without a truck called those who had found none.)
#[test]
fn those_who_found_no_lane_choose_one_after_the_repair() {
    let (mut sketch, booth) = booth(1, &[(0, STANDARD), (70, STANDARD), (95, STANDARD)]);
    sketch.group_mut(booth, 0).queue = QueueLayout::PerLane(LaneChoice::Shortest);
    sketch.network.failures = vec![breakdown(down_from_to(60, 90), OnFailure::Wait(Interruption::Resume))];
    let expected = [(1, 1, 0, 0, 130, 130), (2, 1, 70, 130, 230, 230), (3, 1, 95, 230, 330, 330)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Lane 2 is to close at 50 and still serves truck 2 when both lanes fail at 60: the truck goes back
/// with 50 s left and the lane closes, instead of being repaired. Lane 1 takes truck 1 again at 90,
/// with 40 s left, then truck 2. At 200 lane 2 opens again.
#[test]
fn a_closing_lane_that_fails_closes() {
    let (mut sketch, booth) = booth(2, &[(0, STANDARD), (10, STANDARD), (210, STANDARD), (211, STANDARD)]);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 2), (50, 1), (200, 2)]);
    sketch.network.failures = vec![breakdown(down_from_to(60, 90), OnFailure::Return(Interruption::Resume))];
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 130, 130),
        (2, 1, 10, 10, 180, 180),
        (3, 1, 210, 210, 310, 310),
        (4, 2, 211, 211, 311, 311),
    ];
    assert_eq!(visits.table(booth), expected);
    let mut changes = visits.lane_changes(GroupId(0));
    changes.dedup_by_key(|(_, open, setting_up, closing)| (*open, *setting_up, *closing));
    assert_eq!(changes, [(0, 2, 0, 0), (50, 1, 0, 1), (60, 1, 0, 0), (200, 2, 0, 0)]);
}

/// The lane fails at 30 with truck 1 in it; fast truck 2 comes at 40 and cannot take a lane that
/// stands still. At 60 it is repaired, and truck 1 makes way at once: 60 to 110, then 70 s more.
#[test]
fn a_truck_makes_way_when_its_lane_is_repaired() {
    let (mut sketch, booth) = ranked(1, Some(Interruption::Resume), &[(0, STANDARD), (40, FAST)]);
    sketch.network.failures = vec![breakdown(down_from_to(30, 60), OnFailure::Wait(Interruption::Resume))];
    let visits = sketch.visits();
    assert_eq!(visits.table(booth), [(1, 1, 0, 0, 180, 180), (2, 1, 40, 60, 110, 110)]);
    assert_eq!(stretches(&visits, booth), [(1, vec![30, 60], vec![60, 110])]);
}

/// Lane 2 is to close at 20 and serves truck 2; fast truck 3 comes at 30 to a lane 1 that serves a fast
/// truck, and waits: nobody is made to leave a closing lane. At 50 lane 2 stays open after all, and
/// truck 2 makes way.
#[test]
fn a_truck_makes_way_when_its_lane_stays_open() {
    let trucks = [(0, FAST), (10, STANDARD), (30, FAST)];
    let (mut sketch, booth) = ranked(2, Some(Interruption::Resume), &trucks);
    sketch.brings(1, booth, 80);
    sketch.group_mut(booth, 0).plan = plan(&[(0, 2), (20, 1), (50, 2)]);
    // Truck 1 until 80; truck 3 in lane 2 from 50 to 100; truck 2, with 60 s left, in lane 1 from 80.
    let expected = [(1, 1, 0, 0, 80, 80), (2, 1, 10, 10, 140, 140), (3, 2, 30, 50, 100, 100)];
    assert_eq!(sketch.visits().table(booth), expected);
}

/// Fast trucks prefer group a and may use b. Truck 2 finds a taken by a truck of lower rank, but b is
/// free: nobody makes way.
#[test]
fn nobody_makes_way_while_a_lane_is_free() {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let a = group("a", 1, &[Some(always(50)), Some(always(100))]);
    let b = group("b", 1, &[Some(always(60)), None]);
    let booth = sketch.station_of("booth", vec![a, b], EXIT);
    sketch.station_mut(booth).priority = vec![1, 2];
    sketch.station_mut(booth).preempt = Some(Interruption::Resume);
    sketch.trace(booth, &[(0, STANDARD), (10, FAST)]);
    assert_eq!(sketch.visits().table(booth), [(1, 1, 0, 0, 100, 100), (2, 1, 10, 10, 70, 70)]);
}

/// The booth's group has one waiting place. Fast truck 3 comes by the road at 20 and stands in the
/// common line, as truck 2, which came directly, has the place until 100. Truck 3 takes it then, so
/// truck 4, which comes directly at 150, is blocked until truck 3 is served at 200.
#[test]
fn a_place_that_becomes_free_is_offered_to_the_road() {
    let mut sketch = Sketch::new(1, &["fast", "standard"]);
    let all = Some(always(0));
    let direct = Target::Station(StationId(1));
    let gate = sketch.station_of("a-gate", vec![yard("all", &[all.clone(), all])], direct);
    sketch.station_mut(gate).routes[0] = Route { branches: vec![(1.0, Target::Road(RoadId(0)))] };
    let booth = sketch.station("b-booth", 1, &always(100), EXIT);
    sketch.road("road", 10, 1, Target::Station(booth));
    sketch.group_mut(booth, 0).room = Some(1);
    sketch.trace(gate, &[(0, STANDARD), (5, STANDARD), (10, FAST), (150, STANDARD)]);
    let visits = sketch.visits();
    let expected = [
        (1, 1, 0, 0, 100, 100),
        (2, 1, 5, 100, 200, 200),
        (3, 1, 20, 200, 300, 300),
        (4, 1, 200, 300, 400, 400),
    ];
    assert_eq!(visits.table(booth), expected);
    assert_eq!(visits.joined(booth), [0, 5, 100, 200]);
}
