//! Rules as a file asks for them, from the text to trucks worked out on paper: every key that a
//! crossing needs beside serving in order does what the reference says of it.
//!
//! The model itself is held to more cases in `rules` and to theory in `theory`; here it is the way from
//! the words of the file to the rule. A table row is (truck, lane, arrived, began, ended, left) in
//! seconds, in order of truck number; -1 where something did not happen.

mod common;

use common::Visits;
use cruce::kernel::time::SimTime;
use cruce::model::crossing::simulate;
use cruce::model::network::{GroupId, Network, StationId};
use cruce::model::notice::{LaneNotice, Outcome};
use cruce::scenario::load_text;
use cruce::scenario::plan::StudyPlan;

const FAST: &str = "fast";
const STANDARD: &str = "standard";

/// Two classes that a trace names, and stations as given; the first is where its trucks come.
fn text(stations: &str, trucks: &[(u32, &str)]) -> String {
    let rows: Vec<String> = trucks
        .iter()
        .enumerate()
        .map(|(row, (at, class))| format!("{} = {{ arrival = \"{at} s\", class = \"{class}\" }}", row + 1))
        .collect();
    format!(
        "format = 1
[study]
title = \"Rules\"
start = \"2023-10-03\"
run_length = \"1 day\"
[class.fast]
share = \"30 % of trucks\"
[class.standard]
share = \"rest\"
[demand.listed]
entry = \"booth\"
trace = {{ {} }}
[station.booth]
next = \"exit\"
{stations}",
        rows.join(", ")
    )
}

/// A booth with some lanes for fast trucks (50 s) and standard ones (100 s), and more keys.
fn booth(lanes: &str, keys: &str, trucks: &[(u32, &str)]) -> String {
    let keys = format!("lanes.all = {lanes}\nservice.fast = \"50 s\"\nservice.standard = \"100 s\"\n{keys}");
    text(&keys, trucks)
}

fn plan(text: &str) -> StudyPlan {
    let loaded = load_text("rules", text);
    let told = loaded.sources.render(&loaded.diagnostics, false);
    loaded.plan.unwrap_or_else(|| panic!("{told}\n{text}"))
}

fn network(text: &str) -> Network {
    plan(text).scenarios.swap_remove(0).network
}

fn run(text: &str) -> Visits {
    let mut visits = Visits::default();
    simulate(&network(text), 1, 0, &mut visits).expect("the run ends by itself");
    visits
}

/// Rows of a station: the booth, and what comes after it by name.
fn rows(text: &str, station: u16) -> Vec<(u64, u32, i64, i64, i64, i64)> {
    run(text).table(StationId(station))
}

/// (began, ended) at the booth in order of truck.
fn served(text: &str) -> Vec<(i64, i64)> {
    rows(text, 0).iter().map(|row| (row.3, row.4)).collect()
}

/// Trucks that did not cross: (second, truck, outcome).
fn lost(visits: &Visits) -> Vec<(i64, u64, Outcome)> {
    visits.outcomes().into_iter().filter(|row| row.2 != Outcome::Crossed).collect()
}

/// At 100 the fast truck 3 passes truck 2, however its place is written.
#[test]
fn priority() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, FAST)];
    for keys in [
        "priority = [\"fast\", \"standard\"]",
        "priority = [\"fast\"]",
        "priority.fast = 3\npriority.standard = 7",
        "priority.fast = 3",
    ] {
        let expected = [(0, 100), (150, 250), (100, 150)];
        assert_eq!(served(&booth("{ servers = 1 }", keys, &trucks)), expected, "{keys}");
    }
    for keys in ["", "priority = [\"standard\"]", "priority.fast = 1\npriority.standard = 1"] {
        let expected = [(0, 100), (100, 200), (200, 250)];
        assert_eq!(served(&booth("{ servers = 1 }", keys, &trucks)), expected, "{keys}");
    }
}

/// At 30 the fast truck takes the lane until 80; truck 1 has 70 s left, or 100 s when it begins anew.
#[test]
fn preempt() {
    let trucks = [(0, STANDARD), (30, FAST)];
    for (word, ends) in [("resume", 150), ("restart", 180)] {
        let keys = format!("priority = [\"fast\"]\npreempt = \"{word}\"");
        assert_eq!(served(&booth("{ servers = 1 }", &keys, &trucks)), [(0, ends), (30, 80)], "{word}");
    }
}

/// A booth (1 s) before a dock without places (100 s): truck 2 finds it full at 2.
#[test]
fn full() {
    let stations = |full: &str| {
        let text = format!(
            "lanes.all = {{ servers = 1 }}\nservice = \"1 s\"
[station.dock]
lanes.all = {{ servers = 1 }}\nservice = \"100 s\"\nroom = 0\n{full}\nnext = \"exit\"
[station.lot]
lanes.all = {{ servers = 1 }}\nservice = \"30 s\"\nnext = \"exit\""
        );
        let text = text.replace("service = \"1 s\"", "service = \"1 s\"\nroute.lot = \"0 %\"");
        self::text(&text, &[(0, STANDARD), (1, STANDARD)]).replacen("next = \"exit\"", "next = \"dock\"", 1)
    };
    for full in ["", "full = \"block\""] {
        assert_eq!(rows(&stations(full), 0)[1], (2, 1, 1, 1, 2, 101), "{full}");
    }
    let visits = run(&stations("full = \"turn-away\""));
    assert_eq!(lost(&visits), [(2, 2, Outcome::TurnedAway)]);
    let visits = run(&stations("full = \"divert lot\""));
    assert_eq!(lost(&visits), []);
    assert_eq!(visits.table(StationId(2)), [(2, 1, 2, 2, 32, 32)]);
    let visits = run(&stations("full = \"divert exit\""));
    assert_eq!((lost(&visits), visits.ended), (vec![], Some(SimTime::from_micros(86_400_000_000))));
    assert_eq!(visits.outcomes(), [(2, 2, Outcome::Crossed), (101, 1, Outcome::Crossed)]);
}

/// Patience of 90 s from arrival to the start of service: truck 3 leaves at 110. By class it is asked
/// of that class alone, and `rest` of the others.
#[test]
fn patience() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, STANDARD)];
    for keys in ["patience = \"90 s\"", "patience.standard = \"90 s\"", "patience.rest = \"90 s\""] {
        let visits = run(&booth("{ servers = 1 }", keys, &trucks));
        assert_eq!(lost(&visits), [(110, 3, Outcome::Reneged)], "{keys}");
    }
    let visits = run(&booth("{ servers = 1 }", "patience.fast = \"90 s\"", &trucks));
    assert_eq!(lost(&visits), []);
    // Without any patience only who is served at once stays: nobody waits.
    let visits = run(&booth("{ servers = 1 }", "patience = \"0 s\"", &trucks));
    assert_eq!(lost(&visits), [(10, 2, Outcome::Reneged), (20, 3, Outcome::Reneged)]);
}

/// Nobody joins who finds one waiting: truck 3 at 20.
#[test]
fn balking() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, STANDARD)];
    for keys in ["balking = { 1 = \"0 %\" }", "balking.standard = { 1 = \"0 %\" }"] {
        let visits = run(&booth("{ servers = 1 }", keys, &trucks));
        assert_eq!(lost(&visits), [(20, 3, Outcome::Balked)], "{keys}");
    }
    // A class with a table of its own is not asked by that of all.
    for keys in [
        "balking = { 2 = \"0 %\" }",
        "balking.fast = { 1 = \"0 %\" }",
        "balking = { 1 = \"0 %\", standard = { 5 = \"0 %\" } }",
    ] {
        assert_eq!(lost(&run(&booth("{ servers = 1 }", keys, &trucks))), [], "{keys}");
    }
}

/// Twice the pace while one or more wait as service begins; half of it with two lanes open.
#[test]
fn pace() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, STANDARD), (500, STANDARD)];
    let keys = "pace_by_queue = { 1 = \"200 %\" }\npace_by_open = { 2 = \"50 %\" }";
    let lanes = "{ servers = 2, open = { \"00:00\" = 1, \"00:06\" = 2 } }";
    assert_eq!(served(&booth(lanes, keys, &trucks)), [(0, 100), (100, 150), (150, 250), (500, 700)]);
}

/// Seconds of service of standard trucks, one after another: (day, lane, seconds).
fn seconds_by_lane(keys: &str) -> Vec<(i64, u32, f64)> {
    let trucks: Vec<(u32, &str)> = (0..48).map(|n| (n / 2 * 7200, STANDARD)).collect();
    let text = booth("{ servers = 2 }", keys, &trucks).replace("\"1 day\"", "\"2 days\"");
    let of = |visit: &common::Visit| {
        let (began, ended) = (visit.began.expect("it was served"), visit.ended.expect("it was served"));
        let day = began.micros() / 86_400_000_000;
        (day, visit.lane.expect("it was served"), (ended - began).seconds())
    };
    run(&text).visits.iter().map(of).collect()
}

/// The day factor is one for all lanes of a day, the officer factor one for a lane and day.
#[test]
fn factors() {
    let distinct = |rows: &[(i64, u32, f64)]| {
        let mut seconds: Vec<u64> = rows.iter().map(|row| row.2.to_bits()).collect();
        seconds.sort();
        seconds.dedup();
        seconds.len()
    };
    let of = |rows: &[(i64, u32, f64)], day: i64, lane: u32| -> Vec<(i64, u32, f64)> {
        rows.iter().copied().filter(|row| row.0 == day && row.1 == lane).collect()
    };
    let days = seconds_by_lane("day_factor = \"lognormal(mean = 1, cv = 0.3)\"");
    assert_eq!((days.len(), distinct(&days)), (48, 2));
    let officers = seconds_by_lane("officer_factor = \"lognormal(mean = 1, cv = 0.3)\"");
    assert_eq!((officers.len(), distinct(&officers)), (48, 4));
    for (day, lane) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        assert_eq!(distinct(&of(&officers, day, lane)), 1, "day {day}, lane {lane}");
        assert_eq!(of(&days, day, lane)[0].2.to_bits(), of(&days, day, 0)[0].2.to_bits(), "day {day}");
    }
}

/// Who changes the service beside chance stands in the assumptions, unless a source is given.
#[test]
fn assumptions_name_what_is_on() {
    let keys = "pace_by_queue = { 1 = \"200 %\", 5 = \"220 %\" }
pace_by_open = { 2 = \"50 %\" }
day_factor = \"lognormal(mean = 1, cv = 0.3)\"
officer_factor = \"lognormal(mean = 1, cv = 0.1)\"
patience = \"2 h\"
[failure.power]
lanes = [\"booth.all\"]
up = \"40 h\"
repair = \"1 h\"
[source]
\"station.booth.officer_factor\" = \"a time study\"";
    let assumptions = plan(&booth("{ servers = 2 }", keys, &[(0, STANDARD)])).assumptions;
    let told = |path: &str| assumptions.iter().find(|row| row.0 == path).map(|row| row.1.as_str());
    assert_eq!(told("station.booth.pace_by_queue"), Some("a table of 2 rows"));
    assert_eq!(told("station.booth.pace_by_open"), Some("a table of 1 row"));
    assert_eq!(told("station.booth.day_factor"), Some("lognormal(mean = 1, cv = 0.3)"));
    assert_eq!(told("station.booth.patience"), Some("2 h"));
    assert_eq!(told("failure.power.up"), Some("40 h"));
    assert_eq!(told("station.booth.officer_factor"), None);
    assert_eq!(told("failure.power.lanes"), None, "a name is no value");
    let plain = plan(&booth("{ servers = 2 }", "", &[(0, STANDARD)])).assumptions;
    assert!(plain.iter().all(|row| !row.0.contains("pace") && !row.0.contains("factor")), "{plain:?}");
}

/// Fast truck 3 finds the place of its group taken and goes to the standard lane for good, which
/// accepts no fast truck by itself: truck 5 comes back to the fast lane.
#[test]
fn room_and_overflow_of_a_group() {
    let keys = "lanes.fast = { servers = 1, accepts = [\"fast\"], room = 1, overflow = \"standard\" }
lanes.standard = { servers = 1, accepts = [\"standard\"] }
service.fast = \"50 s\"
service.standard = \"100 s\"";
    let trucks = [(0, FAST), (1, FAST), (2, FAST), (3, STANDARD), (200, FAST)];
    assert_eq!(served(&text(keys, &trucks)), [(0, 50), (50, 100), (2, 52), (52, 152), (200, 250)]);
    // Without overflow those from outside are turned away.
    let keys = keys.replace(", overflow = \"standard\"", "");
    assert_eq!(lost(&run(&text(&keys, &trucks))), [(2, 3, Outcome::TurnedAway)]);
}

/// Each rule that is on is told in its own words, and none that is off.
#[test]
fn assumptions_name_every_rule() {
    let text = booth(
        "{ servers = 2, accepts = [\"standard\"], room = 3, overflow = \"spare\", open = \"officers\", closing = \"resume\", other_work = \"5 min\" }\nlanes.spare = { servers = 1, accepts = [\"fast\"] }",
        r#"priority = ["fast", "standard"]
preempt = "restart"
balking = { 10 = "80 %" }
move_up = "10 s"
room = 9
full = "divert lot"
queue = "pooled"
free_lane = "random"
route.lot = "0 %"
[road.way]
travel = "uniform(min = 1 min, max = 2 min)"
overtaking = true
next = "lot"
[station.lot]
lanes.all = { servers = "unlimited" }
service = "5 min"
next = "exit"
[demand.booked]
entry = "booth"
appointments = 2
slot = "1 h"
early = "10 min"
show_up = "5 min"
no_show = "5 %"
divert = { "10 min" = "10 %" }
divert_cost = "40 min"
[border_wait]
from = "booth"
at = "booth"
posted = "every 10 min"
[officers.cbp]
on_duty = 2
away = { "00:00" = 0, "12:00" = 1 }
breaks = "15 min every 4 h"
rule."booth.all" = "2 lanes, set-up 5 min"
[failure.power]
lanes = ["booth.all"]
up = "40 h"
repair = "1 h"
clock = "serving"
truck = "return"
[failure.computers]
lanes = ["booth.all"]
windows = "09:00-10:00"
pace = "40 %"
[event.surge]
from = "08:00"
to = "09:00"
set.station.booth.move_up = "20 s"
[event.strike]
happens = false
from = "10:00"
set.officers.cbp.on_duty = "-1"
[air]
idle_fuel = "0.8 gal/h"
[money]
currency = "USD"
price_year = 2024
truck_hour = "90 USD/h""#,
        &[(0, STANDARD)],
    );
    let text = text.replacen("next = \"exit\"", "next = \"way\"", 1);
    let assumptions = plan(&text).assumptions;
    let told = |path: &str| assumptions.iter().find(|row| row.0 == path).map(|row| row.1.as_str());
    for (path, value) in [
        ("station.booth.priority", "[fast, standard]"),
        ("station.booth.preempt", "restart"),
        ("station.booth.balking", "a table of 1 row"),
        ("station.booth.room", "9"),
        ("station.booth.full", "divert lot"),
        ("station.booth.queue", "pooled"),
        ("station.booth.free_lane", "random"),
        ("station.booth.move_up", "10 s"),
        ("station.booth.lanes.all.room", "3"),
        ("station.booth.lanes.all.overflow", "spare"),
        ("station.booth.lanes.all.closing", "resume"),
        ("station.booth.lanes.all.other_work", "5 min"),
        ("station.booth.lanes.all.open", "officers"),
        ("station.lot.lanes.all.servers", "unlimited"),
        ("road.way.overtaking", "true"),
        ("road.way.travel", "uniform(min = 1 min, max = 2 min)"),
        ("demand.booked.appointments", "2"),
        ("demand.booked.slot", "1 h"),
        ("demand.booked.early", "10 min"),
        ("demand.booked.show_up", "5 min"),
        ("demand.booked.no_show", "5 %"),
        ("demand.booked.divert", "a table of 1 row"),
        ("demand.booked.divert_cost", "40 min"),
        ("border_wait.posted", "every 10 min"),
        ("officers.cbp.away", "a table of 2 rows"),
        ("officers.cbp.breaks", "15 min every 4 h"),
        ("officers.cbp.rule.booth.all", "2 lanes, set-up 5 min"),
        ("failure.power.up", "40 h"),
        ("failure.power.repair", "1 h"),
        ("failure.power.clock", "serving"),
        ("failure.power.truck", "return"),
        ("failure.computers.windows", "09:00-10:00"),
        ("failure.computers.pace", "40 %"),
        ("event.surge.from", "08:00"),
        ("event.surge.to", "09:00"),
        ("event.surge.set.station.booth.move_up", "20 s"),
        ("event.strike.happens", "false"),
        ("air.idle_fuel", "0.8 gal/h"),
        ("money.truck_hour", "90 USD/h"),
    ] {
        assert_eq!(told(path), Some(value), "{path}: {assumptions:#?}");
    }
}

/// At 60 one of two lanes closes and sends truck 2 back: it goes on at 100, with 50 s left or all 100.
#[test]
fn closing() {
    let trucks = [(0, STANDARD), (10, STANDARD)];
    for (word, ends) in [("finish", 110), ("resume", 150), ("restart", 200)] {
        let lanes =
            format!("{{ servers = 2, open = {{ \"00:00\" = 2, \"00:01\" = 1 }}, closing = \"{word}\" }}");
        assert_eq!(served(&booth(&lanes, "", &trucks)), [(0, 100), (10, ends)], "{word}");
    }
}

/// Other work takes 40 s at a time from 0 on: truck 1 (50) is served when the second ends, at 80.
#[test]
fn other_work() {
    let trucks = [(50, STANDARD), (90, STANDARD)];
    let found = served(&booth("{ servers = 1, other_work = \"40 s\" }", "", &trucks));
    assert_eq!(found, [(80, 180), (180, 280)]);
}

/// Truck 1 goes to the lane that is faster for it, truck 2 to the other, which is free. By the lowest
/// number truck 1 goes to the group that is preferred.
#[test]
fn fastest_free_lane() {
    let keys =
        "lanes.a = { servers = 1, accepts = [\"fast\", \"standard\"], service = \"100 s\", preference = 1 }
lanes.b = { servers = 1, accepts = [\"fast\", \"standard\"], service = \"40 s\", preference = 2 }
queue = \"shared\"";
    let trucks = [(0, FAST), (10, FAST), (50, FAST)];
    let fastest = format!("{keys}\nfree_lane = \"fastest\"");
    assert_eq!(served(&text(&fastest, &trucks)), [(0, 40), (10, 110), (50, 90)]);
    assert_eq!(served(&text(keys, &trucks)), [(0, 100), (10, 50), (50, 90)]);
}

/// Open lanes of the only group: (second, open, setting up, closing), until an hour.
fn lanes_until(text: &str, hours: i64) -> Vec<(i64, u32, u32, u32)> {
    let mut changes = run(text).lane_changes(GroupId(0));
    changes.retain(|row| row.0 <= hours * 3600);
    changes
}

/// Two officers have breaks of 20 min every 4 h: around 1 h and around 3 h. The lane that comes back
/// needs 5 min.
#[test]
fn breaks_and_set_up() {
    let officers = |keys: &str| {
        let pool =
            format!("[officers.cbp]\non_duty = 2\n{keys}\nrule.\"booth.all\" = \"2 lanes, set-up 5 min\"");
        booth("{ servers = 2, open = \"officers\" }", &pool, &[(0, STANDARD)])
    };
    let found = lanes_until(&officers("breaks = \"20 min every 4 h\""), 4);
    assert_eq!(
        found,
        [
            (0, 2, 0, 0),
            (3000, 1, 0, 0),
            (4200, 2, 1, 0),
            (4500, 2, 0, 0),
            (10_200, 1, 0, 0),
            (11_400, 2, 1, 0),
            (11_700, 2, 0, 0)
        ]
    );
    let found = lanes_until(&officers("breaks = \"20 min every 4 h, together\""), 4);
    assert_eq!(found, [(0, 2, 0, 0), (6600, 0, 0, 0), (7800, 2, 2, 0), (8100, 2, 1, 0), (8100, 2, 0, 0)]);
    // Who is lent elsewhere is not there; who has a break is still on duty.
    let away = officers("away = { \"00:00\" = 0, \"01:00\" = 1, \"02:00\" = 0 }");
    assert_eq!(lanes_until(&away, 4), [(0, 2, 0, 0), (3600, 1, 0, 0), (7200, 2, 1, 0), (7500, 2, 0, 0)]);
    let on_duty = |text: &str, second: i64| {
        let lanes = run(text).lanes;
        let told = lanes.iter().rev().find_map(|(now, notice)| match notice {
            LaneNotice::Officers { on_duty, .. } if now.micros() <= second * 1_000_000 => Some(*on_duty),
            LaneNotice::Officers { .. } | LaneNotice::Lanes { .. } | LaneNotice::Queue { .. } => None,
        });
        told.expect("officers are told of from the start")
    };
    assert_eq!(on_duty(&officers("breaks = \"20 min every 4 h, together\""), 7000), 2);
    assert_eq!(on_duty(&away, 4000), 1);
}

/// Two trucks in each slot of 30 min from 06:00 to 07:00, each 6 min before its time.
#[test]
fn appointments() {
    let with = |keys: &str| {
        let listed = text("lanes.all = { servers = 20 }\nservice = \"60 s\"", &[(0, STANDARD)]);
        let from = listed.find("trace = ").expect("it is there");
        let to = from + listed[from..].find('\n').expect("lines end");
        format!("{}{keys}{}", &listed[..from], &listed[to..])
    };
    let arrivals = |text: &str| -> Vec<i64> { rows(text, 0).iter().map(|row| row.2 / 60).collect() };
    let table = "appointments = { \"00:00\" = 0, \"06:00\" = 2, \"07:00\" = 0 }\nslot = \"30 min\"";
    assert_eq!(arrivals(&with(table)), [360, 360, 390, 390]);
    let near = format!("{table}\nearly = \"10 min\"\nshow_up = \"4 min\"");
    assert_eq!(arrivals(&with(&near)), [354, 354, 384, 384]);
    assert_eq!(arrivals(&with(&format!("{table}\nno_show = \"100 %\""))), [0_i64; 0]);
    // 1440 booked, a quarter of them do not come: 1080, with a standard deviation of 16.4.
    let often = arrivals(&with("appointments = 10\nslot = \"10 min\"\nno_show = \"25 %\"")).len() as f64;
    assert!((often - 1080.0).abs() <= 3.5 * 16.4, "{often} of 1440 came");
}

/// At 600 truck 2 takes the booth after 9 min, which are posted: truck 3, at 700, goes elsewhere.
#[test]
fn diversion_by_the_posted_wait() {
    let divert = |table: &str| {
        let trucks = [(0, STANDARD), (60, STANDARD), (700, STANDARD), (5000, STANDARD)];
        let wait = "lanes.all = { servers = 1 }\nservice = \"600 s\"
[border_wait]\nfrom = \"booth\"\nat = \"booth\"\nposted = \"every 10 min, over 10 min\"";
        text(wait, &trucks).replace("entry = \"booth\"", &format!("entry = \"booth\"\ndivert = {table}"))
    };
    let visits = run(&divert("{ \"9 min\" = \"100 %\" }"));
    assert_eq!(lost(&visits), [(700, 3, Outcome::Diverted)]);
    assert_eq!(lost(&run(&divert("{ \"5 min\" = \"0 %\", \"9 min\" = \"100 %\" }"))).len(), 1);
    assert_eq!(lost(&run(&divert("{ \"10 min\" = \"100 %\" }"))), []);
}

/// A failure of the only lane, with these keys.
fn failing(keys: &str, trucks: &[(u32, &str)]) -> Vec<(i64, i64)> {
    let failure = format!("[failure.power]\nlanes = [\"booth.all\"]\n{keys}");
    served(&booth("{ servers = 1 }", &failure, trucks))
}

/// Down from 60 to 120: truck 1 has 40 s left, or all 100; finished first it ends at 100.
#[test]
fn failure_in_windows() {
    let trucks = [(0, STANDARD), (10, STANDARD)];
    for (word, ends) in
        [("wait", 160), ("wait-restart", 220), ("return", 160), ("return-restart", 220), ("finish", 100)]
    {
        for windows in ["\"00:01-00:02\"", "{ tue = \"00:01-00:02\" }", "{ 2023-10-03 = \"00:01-00:02\" }"] {
            let found = failing(&format!("windows = {windows}\ntruck = \"{word}\""), &trucks);
            // Finished first, the lane is down until 120 before it takes truck 2.
            let next = ends.max(120);
            assert_eq!(found, [(0, ends), (next, next + 100)], "{word}, {windows}");
        }
    }
    // Another day's failure is none of this one's.
    assert_eq!(failing("windows = { wed = \"00:01-00:02\" }", &trucks), [(0, 100), (100, 200)]);
}

/// Up-time 150 s, repair 30 s: by all time down at 150 to 180 and 330 to 360; by serving at 150 and
/// after 150 s more of serving.
#[test]
fn failure_by_chance() {
    let trucks = [(0, STANDARD), (10, STANDARD), (300, STANDARD), (500, STANDARD)];
    let keys = "up = \"150 s\"\nrepair = \"30 s\"";
    for keys in [keys.to_owned(), format!("{keys}\nclock = \"all\"")] {
        // The third failure is from 510 to 540.
        assert_eq!(failing(&keys, &trucks), [(0, 100), (100, 230), (300, 430), (500, 630)]);
    }
    let serving = failing(&format!("{keys}\nclock = \"serving\""), &trucks);
    assert_eq!(serving, [(0, 100), (100, 230), (300, 400), (500, 630)]);
}

/// From 60 to 240 service takes two and a half times as long, if it begins then: truck 2 at 100; truck
/// 1 ends as it was begun. Two outages at one time multiply.
#[test]
fn an_outage_slows_booths() {
    let trucks = [(0, STANDARD), (10, STANDARD), (20, STANDARD)];
    let outage = "windows = \"00:01-00:04\"\npace = \"40 %\"";
    assert_eq!(failing(outage, &trucks), [(0, 100), (100, 350), (350, 450)]);
    let second = "[failure.second]\nlanes = [\"booth.all\"]\nwindows = \"00:01-00:04\"\npace = \"50 %\"";
    assert_eq!(failing(&format!("{outage}\n{second}"), &trucks), [(0, 100), (100, 600), (600, 700)]);
}
