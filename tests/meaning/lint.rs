//! Warnings: studies that can be run but deserve a look.

use crate::study::{demand, port, with, wrong};

fn booth(old: &str, new: &str) -> String {
    wrong(&with(&[(old, new)]))
}

#[test]
fn demand_above_capacity_is_told_with_its_hours() {
    // 60 trucks an hour are served; 180 come from 8 to 11 and from 14 to 15.
    let rows: Vec<String> = (0..24)
        .map(|hour| format!("{hour} = \"{} %\"", if (8..11).contains(&hour) || hour == 14 { 15 } else { 2 }))
        .collect();
    let table = format!("by_hour = {{ {} }}", rows.join(", "));
    let found = wrong(&demand(&table).replace("240 trucks/day", "1200 trucks/day"));
    assert_eq!(
        found,
        "W0401 demand exceeds capacity at `booth.all` in 4 of 24 hours: from 08:00 to 11:00, from 14:00 to 15:00"
    );
    // Officers: at most six lanes of 66 s for standard trucks and empties.
    let found = wrong(&port(&[("2400 trucks/day", "9600 trucks/day")]));
    assert_eq!(
        found,
        "W0401 demand exceeds capacity at `primary.standard` in 24 of 24 hours: from 00:00 to 24:00"
    );
}

#[test]
fn trucks_that_several_groups_serve_are_told_against_all_of_them() {
    // 60 s in each of two groups of one lane, 120 trucks an hour at most, for trucks that may use both.
    let booths = |volume: &str, left: &str, right: &str| {
        wrong(&with(&[
            ("240 trucks/day", volume),
            (
                "lanes.all = { servers = 1 }",
                &format!(
                    "lanes.left = {{ servers = 1, preference = 2{left} }}\nlanes.right = {{ servers = 1, preference = 1{right} }}"
                ),
            ),
            ("share = \"100 % of trucks\"", "share = \"75 % of trucks\"\n[class.fast]\nshare = \"rest\""),
        ]))
    };
    let both = ", accepts = [\"all\", \"fast\"]";
    assert_eq!(booths("2400 trucks/day", both, both), "", "100 an hour are served by two lanes");
    let told = |where_: &str| {
        format!("W0401 demand exceeds capacity at `booth.{where_}` in 24 of 24 hours: from 00:00 to 24:00")
    };
    assert_eq!(booths("3000 trucks/day", both, both), told("left + right"));
    // Three in four have only the left lane: 75 an hour are too many for it, 45 are not.
    assert_eq!(booths("2400 trucks/day", both, ", accepts = [\"fast\"]"), told("left"));
    assert_eq!(booths("1440 trucks/day", both, ", accepts = [\"fast\"]"), "");
}

#[test]
fn lanes_that_nobody_opens_are_told() {
    assert_eq!(booth("servers = 1", "servers = 2, open = 3"), "W0406 `booth.all` would open 3 lanes of 2");
    assert_eq!(
        wrong(&port(&[("2..6 lanes", "2..8 lanes")])),
        "W0406 the rule of `primary.standard` would open 8 lanes of 6"
    );
    assert_eq!(
        booth("servers = 1", "servers = 2, open = { 6 = 2, 22 = 1 }"),
        "W0409 `station.booth.lanes.all.open` begins at 06:00"
    );
    assert_eq!(
        wrong(&port(&[("on_duty = 6", "on_duty = 1")])),
        "W0410 1 on duty where the rules of `officers.cbp` keep 2 lanes open at least\nW0401 demand exceeds capacity at `primary.standard` in 24 of 24 hours: from 00:00 to 24:00"
    );
}

#[test]
fn places_and_times_that_look_like_slips_are_told() {
    assert_eq!(
        wrong(&port(&[("room = 250\nsplit = 60", "room = 8")])),
        "W0404 `bridge` has room for 8 trucks, fewer than will be on it without any queue"
    );
    assert_eq!(
        wrong(&port(&[(
            "accepts = [\"fast\"]",
            "accepts = [\"fast\"] }\nlanes.closed = { servers = 1, accepts = []"
        )])),
        "W0411 no truck that comes to `primary` may use `closed`"
    );
    let unused =
        port(&[]) + "[station.yard]\nlanes.all = { servers = 1 }\nservice = \"1 min\"\nnext = \"exit\"\n";
    assert_eq!(wrong(&unused), "W0411 no truck ever comes to `yard`");
    assert_eq!(
        wrong(&port(&[("erlang(mean = 40 s, k = 3)", "erlang(mean = 8 s, k = 3)")])),
        "W0408 at `primary` class `standard` takes 75 s and class `fast` 8 s"
    );
    // An empty truck is quicker everywhere: no slip.
    assert_eq!(wrong(&port(&[("erlang(mean = 35 s, k = 3)", "erlang(mean = 8 s, k = 3)")])), "");
    assert_eq!(
        wrong(&port(&[("lanes = 4\n", "lanes = 4\novertaking = true\n")])),
        "W0413 nobody overtakes on `bridge`: all take the same time"
    );
}

#[test]
fn quantiles_need_trucks() {
    let goals = |measure: &str| format!("{}[goals]\n\"{measure}\" = \"<= 90 min\"\n", with(&[]));
    assert_eq!(wrong(&goals("crossing_time.p95")), "");
    assert_eq!(
        wrong(&goals("crossing_time.p99")),
        "W0407 `crossing_time.p99` rests on about 240 trucks a replication"
    );
}
