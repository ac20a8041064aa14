//! Values that do not go together: every contradiction names both keys.

use super::super::file::{
    Closing, Demand, Failure, FreeLane, Lanes, OnFailure, Open, Priority, Queue, Road, Station, Study, UpTime,
};
use super::super::phrase::{FullPhrase, Servers, Spread, WantPhrase};
use super::Findings;

/// Reports pairs of values of which one makes no sense beside the other.
pub fn check(study: &Study, findings: &mut Findings) {
    for (name, demand) in &study.demand {
        check_demand(name, demand, findings);
        if demand.divert.is_some() && study.border_wait.is_none() {
            let path = format!("demand.{name}.divert");
            let message = format!("`{path}` needs a posted wait");
            let help = "add `[border_wait]` with `from`, `at` and, if need be, how it is `posted`";
            findings.error("E0332", &path, message, "no `[border_wait]` in the study", help);
        }
    }
    for (name, station) in &study.station {
        check_station(name, station, study, findings);
    }
    for (name, road) in &study.road {
        check_road(name, road, findings);
    }
    check_officers(study, findings);
    for (name, failure) in &study.failure {
        check_failure(name, failure, study, findings);
    }
}

fn check_demand(name: &str, demand: &Demand, findings: &mut Findings) {
    let path = |key: &str| format!("demand.{name}.{key}");
    let kinds = [
        ("volume", demand.volume.is_some()),
        ("headway", demand.headway.is_some()),
        ("trace", demand.trace.is_some()),
        ("appointments", demand.appointments.is_some()),
    ];
    let given: Vec<&str> = kinds.iter().filter(|kind| kind.1).map(|kind| kind.0).collect();
    match given.as_slice() {
        [_] => {}
        [] => {
            let message = format!("`demand.{name}` does not say when trucks arrive");
            let help = "add one of `volume`, `headway`, `trace` and `appointments`";
            findings.error(
                "E0330",
                &format!("demand.{name}"),
                message,
                "no `volume`, `headway`, `trace` or `appointments`",
                help,
            );
        }
        [first, second, ..] => findings.clash(
            "E0330",
            (&path(second), "says when trucks arrive"),
            (&path(first), "says it too"),
            format!("`demand.{name}` has both `{first}` and `{second}`"),
            "keep one of them; another stream can have the other",
        ),
    }
    let needs_volume = [
        ("by_hour", demand.by_hour.is_some()),
        ("by_weekday", demand.by_weekday.is_some()),
        ("by_month", demand.by_month.is_some()),
        ("growth", demand.growth.is_some()),
        ("day_factor", demand.day_factor.is_some()),
    ];
    if let ([kind], None) = (given.as_slice(), demand.volume) {
        for (key, _) in needs_volume.iter().filter(|key| key.1) {
            findings.clash(
                "E0331",
                (&path(key), "changes a `volume`"),
                (&path(kind), "there is no `volume`"),
                format!("`{}` needs `volume`", path(key)),
                format!("leave `{key}` out, or give `volume` instead of `{kind}`"),
            );
        }
    }
    if demand.trace.is_some() {
        for (key, _) in
            [("batch", demand.batch.is_some()), ("class", demand.class.is_some())].iter().filter(|key| key.1)
        {
            findings.contradict(
                (&path(key), "each truck is listed already"),
                (&path("trace"), "lists every truck and its class"),
                format!("leave `{key}` out"),
            );
        }
    }
    let pairs = [
        ("growth", demand.growth.is_some(), "growth_from", demand.growth_from.is_some()),
        ("growth_from", demand.growth_from.is_some(), "growth", demand.growth.is_some()),
        ("day_factor_name", demand.day_factor_name.is_some(), "day_factor", demand.day_factor.is_some()),
        ("appointments", demand.appointments.is_some(), "slot", demand.slot.is_some()),
        ("slot", demand.slot.is_some(), "appointments", demand.appointments.is_some()),
        ("early", demand.early.is_some(), "appointments", demand.appointments.is_some()),
        ("show_up", demand.show_up.is_some(), "appointments", demand.appointments.is_some()),
        ("no_show", demand.no_show.is_some(), "appointments", demand.appointments.is_some()),
        ("divert_cost", demand.divert_cost.is_some(), "divert", demand.divert.is_some()),
    ];
    for (key, _, other, _) in pairs.iter().filter(|pair| pair.1 && !pair.3) {
        let message = format!("`{}` needs `{other}`", path(key));
        findings.error(
            "E0332",
            &path(key),
            message,
            format!("no `{other}` beside it"),
            format!("add `{other}`"),
        );
    }
    if demand.appointments.is_some() && demand.batch.is_some() {
        findings.contradict(
            (&path("batch"), "trucks that come together"),
            (&path("appointments"), "each truck has a time of its own"),
            "leave `batch` out, and book more trucks in a slot",
        );
    }
}

fn check_station(name: &str, station: &Station, study: &Study, findings: &mut Findings) {
    for (group, lanes) in &station.lanes {
        let path = |key: &str| format!("station.{name}.lanes.{group}.{key}");
        if lanes.servers == Servers::Unlimited {
            if lanes.open.is_some() {
                findings.contradict(
                    (&path("open"), "opens some of its lanes"),
                    (&path("servers"), "has no lanes to open"),
                    "a yard without limit is always open; leave `open` out, or use `hours`",
                );
            }
            let lines = match station.queue {
                Queue::Pooled | Queue::Shared => None,
                Queue::Shortest | Queue::Random | Queue::RoundRobin => Some("a line per lane"),
            };
            if let Some(lines) = lines {
                findings.contradict(
                    (&format!("station.{name}.queue"), lines),
                    (&path("servers"), "has no lanes"),
                    "write `queue = \"pooled\"`, or make the yard a station of its own",
                );
            }
        }
        check_staffing(name, group, lanes, study, findings);
        check_group_rules(name, group, lanes, station, findings);
    }
    check_station_rules(name, station, findings);
}

/// Rules of a station that do not go together.
fn check_station_rules(name: &str, station: &Station, findings: &mut Findings) {
    let path = |key: &str| format!("station.{name}.{key}");
    let lines = match station.queue {
        Queue::Pooled | Queue::Shared => None,
        Queue::Shortest | Queue::Random | Queue::RoundRobin => Some("a line per lane"),
    };
    if let (Some(lines), Some(_)) = (lines, &station.priority) {
        findings.contradict(
            (&path("priority"), "who is served first of one line"),
            (&path("queue"), lines),
            "write `queue = \"pooled\"` or `\"shared\"`, or give the classes lanes of their own",
        );
    }
    if let (Some(lines), FreeLane::Fastest) = (lines, station.free_lane) {
        findings.contradict(
            (&path("free_lane"), "chooses among the free lanes of one line"),
            (&path("queue"), lines),
            "write `queue = \"pooled\"` or `\"shared\"`, or leave `free_lane` out",
        );
    }
    if station.preempt.is_some() && station.priority.is_none() {
        let message = format!("`{}` needs `priority`", path("preempt"));
        let help = "say who goes first: `priority = [\"fast\", \"standard\"]`";
        findings.error("E0332", &path("preempt"), message, "no `priority` beside it", help);
    }
    if station.lanes.values().all(|lanes| lanes.servers == Servers::Unlimited)
        && let Some(group) = station.lanes.keys().next()
    {
        let keys = [
            ("officer_factor", station.officer_factor.is_some(), "who sits in a lane", "`day_factor`"),
            ("pace_by_open", station.pace_by_open.is_some(), "by lanes open", "an event that sets `service`"),
        ];
        for (key, _, label, other) in keys.iter().filter(|key| key.1) {
            findings.contradict(
                (&path(key), label),
                (&path(&format!("lanes.{group}.servers")), "a yard has no lanes"),
                format!("leave `{key}` out, give the group a number of `servers`, or use {other}"),
            );
        }
    }
    let has_room = station.room.is_some() || station.lanes.values().any(|lanes| lanes.room.is_some());
    if station.full != FullPhrase::Block && !has_room {
        let message = format!("`{name}` is never full");
        let help = "say how many trucks may wait: `room = 20`";
        findings.error("E0332", &path("full"), message, "no `room` at the station or its groups", help);
    }
    if station.full == FullPhrase::Divert(name.to_owned()) {
        let message = format!("`{name}` sends trucks that find it full to itself");
        let help = "name another station, a road or `exit`";
        findings.error("E0331", &path("full"), message, "the same station", help);
    }
    if let Some(Priority::Order(classes)) = &station.priority {
        for (i, class) in classes.iter().enumerate() {
            if let Some(first) = classes[..i].iter().position(|other| other == class) {
                findings.clash(
                    "E0331",
                    (&path(&format!("priority.{i}")), "named again"),
                    (&path(&format!("priority.{first}")), "named here"),
                    format!("`{}` names class `{class}` twice", path("priority")),
                    "keep one of the two",
                );
            }
        }
    }
}

/// Rules of a lane group that do not go together.
fn check_group_rules(name: &str, group: &str, lanes: &Lanes, station: &Station, findings: &mut Findings) {
    let path = |key: &str| format!("station.{name}.lanes.{group}.{key}");
    if let Some(into) = &lanes.overflow {
        if lanes.room.is_none() {
            let message = format!("`{name}.{group}` is never full");
            let help = "say how many trucks may wait for the group: `room = 5`";
            findings.error("E0332", &path("overflow"), message, "no `room` beside it", help);
        }
        if into == group {
            let message = format!("`{name}.{group}` overflows into itself");
            let help = "name another group of the station";
            findings.error("E0331", &path("overflow"), message, "the same group", help);
        }
        if station.queue == Queue::Shared {
            findings.contradict(
                (&path("overflow"), "from one line into another"),
                (&format!("station.{name}.queue"), "one line for all groups"),
                "with a shared line let both groups accept the class, and say which is preferred",
            );
        }
    }
    if lanes.servers == Servers::Unlimited {
        let keys = [
            ("closing", lanes.closing != Closing::Finish, "what its lanes do"),
            ("other_work", lanes.other_work.is_some(), "what its officers do"),
        ];
        for (key, _, label) in keys.iter().filter(|key| key.1) {
            findings.contradict(
                (&path(key), label),
                (&path("servers"), "a yard has no lanes"),
                format!("leave `{key}` out, or give the group a number of `servers`"),
            );
        }
    }
}

/// A failure is listed or comes by chance, and needs lanes that can fail.
fn check_failure(name: &str, failure: &Failure, study: &Study, findings: &mut Findings) {
    let path = |key: &str| format!("failure.{name}.{key}");
    if failure.lanes.is_empty() {
        let message = format!("`failure.{name}` makes no lane fail");
        findings.error(
            "E0332",
            &path("lanes"),
            message,
            "no lane group",
            "write `lanes = [\"primary.standard\"]`",
        );
    }
    for (i, group) in failure.lanes.iter().enumerate() {
        if let Some(first) = failure.lanes[..i].iter().position(|other| other == group) {
            findings.clash(
                "E0331",
                (&path(&format!("lanes.{i}")), "named again"),
                (&path(&format!("lanes.{first}")), "named here"),
                format!("`failure.{name}` names `{group}` twice"),
                "keep one of the two",
            );
        }
        let lanes =
            group.split_once('.').and_then(|(station, group)| study.station.get(station)?.lanes.get(group));
        if lanes.is_some_and(|lanes| lanes.servers == Servers::Unlimited) {
            let servers = format!("station.{}.servers", group.replacen('.', ".lanes.", 1));
            findings.clash(
                "E0331",
                (&path(&format!("lanes.{i}")), "its lanes fail"),
                (&servers, "a yard has no lanes"),
                format!("`{}` and `{servers}` contradict each other", path("lanes")),
                "close a yard with `hours`, or give the group a number of `servers`",
            );
        }
    }
    let by_chance = [("up", failure.up.is_some()), ("repair", failure.repair.is_some())];
    if let (Some(_), true) = (failure.pace, failure.truck != OnFailure::Wait) {
        findings.contradict(
            (&path("truck"), "the lane stops"),
            (&path("pace"), "the lane goes on"),
            "a truck in service is finished as it was begun: leave `truck` out",
        );
    }
    if failure.pace.is_some() && failure.windows.is_none() {
        let message = format!("`{}` needs `windows`", path("pace"));
        let help = "add `windows`: outages that slow lanes are at listed times";
        findings.error("E0332", &path("pace"), message, "no `windows` beside it", help);
        return;
    }
    if failure.windows.is_some() {
        let clock = ("clock", failure.clock != UpTime::All);
        for (key, _) in by_chance.iter().chain([&clock]).filter(|key| key.1) {
            findings.clash(
                "E0331",
                (&path(key), "failures by chance"),
                (&path("windows"), "failures at listed times"),
                format!("`{}` and `{}` contradict each other", path("windows"), path(key)),
                "keep one of the two; another failure can have the other",
            );
        }
        return;
    }
    if by_chance.iter().all(|key| !key.1) {
        let message = format!("`failure.{name}` does not say when lanes fail");
        let help = "add `windows`, or `up` and `repair`";
        findings.error(
            "E0332",
            &format!("failure.{name}"),
            message,
            "no `windows`, no `up` and `repair`",
            help,
        );
        return;
    }
    for (key, other) in [("up", "repair"), ("repair", "up")] {
        if by_chance.contains(&(key, true)) && by_chance.contains(&(other, false)) {
            let message = format!("`{}` needs `{other}`", path(key));
            findings.error(
                "E0332",
                &path(key),
                message,
                format!("no `{other}` beside it"),
                format!("add `{other}`"),
            );
        }
    }
}

/// `open` of a group against the rules that name it.
fn check_staffing(station: &str, group: &str, lanes: &Lanes, study: &Study, findings: &mut Findings) {
    let open = format!("station.{station}.lanes.{group}.open");
    let full = format!("{station}.{group}");
    let rules: Vec<String> = study
        .officers
        .iter()
        .filter(|(_, pool)| pool.rule.contains_key(&full))
        .map(|(pool, _)| format!("officers.{pool}.rule.{full}"))
        .collect();
    if let [first, second, ..] = rules.as_slice() {
        findings.clash(
            "E0331",
            (second, "names the group too"),
            (first, "names the group"),
            format!("two pools staff `{full}`"),
            "a group has officers of one pool; keep one rule",
        );
    }
    match (&lanes.open, rules.first()) {
        // A rule that names no group may well mean this one: it has been told before.
        (Some(Open::Officers(_)), None) if has_stray_rule(study) => {}
        (Some(Open::Officers(_)), None) => {
            let message = format!("`{full}` is open as officers allow, but no pool names it");
            let help = format!("add `rule.\"{full}\" = \"1..2 lanes\"` to a pool of officers");
            findings.error("E0332", &open, message, "no rule for this group", help);
        }
        (Some(Open::Lanes(_)), Some(rule)) => findings.contradict(
            (&open, "lanes by number or table"),
            (rule, "lanes as officers allow"),
            "write `open = \"officers\"`, or take the rule away; a plan for officers stands in `plan`",
        ),
        (None, Some(rule)) if lanes.servers == Servers::Unlimited => findings.clash(
            "E0331",
            (rule, "opens some of its lanes"),
            (&format!("station.{station}.lanes.{group}.servers"), "has no lanes to open"),
            format!("`{rule}` staffs a yard without limit"),
            "give the group a number of `servers`, or take the rule away",
        ),
        _ => {}
    }
}

fn has_stray_rule(study: &Study) -> bool {
    let known = |name: &str| {
        let station = name.split_once('.').map(|(station, group)| (study.station.get(station), group));
        station
            .is_some_and(|(station, group)| station.is_some_and(|station| station.lanes.contains_key(group)))
    };
    study.officers.values().flat_map(|pool| pool.rule.keys()).any(|name| !known(name))
}

fn check_road(name: &str, road: &Road, findings: &mut Findings) {
    let path = |key: &str| format!("road.{name}.{key}");
    if road.room.is_some() && road.length.is_some() {
        findings.clash(
            "E0331",
            (&path("length"), "gives places as lanes × length ÷ spacing"),
            (&path("room"), "gives places too"),
            format!("`{}` and `{}` both say how many trucks fit", path("room"), path("length")),
            "keep one of them",
        );
    }
    let spaced = road.length.is_some() || matches!(road.split, Some(Spread::Meters(_)));
    if road.spacing.is_some() && !spaced {
        let message = format!("`{}` has nothing to divide", path("spacing"));
        findings.error(
            "E0332",
            &path("spacing"),
            message,
            "no `length` and no `split` in meters",
            "leave it out, or give `length`",
        );
    }
}

fn check_officers(study: &Study, findings: &mut Findings) {
    for (name, pool) in &study.officers {
        for (group, rule) in &pool.rule {
            let path = format!("officers.{name}.rule.{group}");
            let plan = format!("officers.{name}.plan.{group}");
            let planned = rule.want == WantPhrase::Planned;
            if planned && !pool.plan.contains_key(group) {
                let help = format!("add `plan.\"{group}\"`, a number or a table by time");
                findings.error(
                    "E0332",
                    &path,
                    format!("`{group}` has no plan"),
                    "`as planned` needs `plan`",
                    help,
                );
            }
            if !planned && pool.plan.contains_key(group) {
                findings.contradict(
                    (&plan, "a plan that nothing follows"),
                    (&path, "does not say `as planned`"),
                    "write `as planned` in the rule, or take the plan away",
                );
            }
        }
        for group in pool.plan.keys().filter(|group| !pool.rule.contains_key(*group)) {
            let path = format!("officers.{name}.plan.{group}");
            let help = format!("add `rule.\"{group}\" = \"1..2 lanes, as planned\"`");
            findings.error(
                "E0332",
                &path,
                format!("`{group}` has a plan but no rule"),
                "no rule for this group",
                help,
            );
        }
        if pool.rule.is_empty() {
            let path = format!("officers.{name}.rule");
            let message = format!("the officers of `{name}` staff no lanes");
            findings.error(
                "E0332",
                &path,
                message,
                "no rule",
                "add `rule.\"station.group\" = \"1..2 lanes\"`",
            );
        }
    }
}
