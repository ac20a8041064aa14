//! Networks compiled from scenario files: tables, trees, ways and what is wrong with them.

use crate::study::{BOOTH, PORT, classes, demand, messages, port, resolved, with};
use cruce::kernel::time::{SimDuration, SimTime};
use cruce::model::network::{Arrivals, Branch, End, LanePlan, Network, Target, Want};
use cruce::scenario::build::{build, compile};
use cruce::scenario::diagnostic::Diagnostic;
use cruce::scenario::lint::capacity_by_hour;
use cruce::scenario::plan::StudyPlan;

fn network(text: &str) -> Network {
    let (network, found) = compile(&resolved(text), true);
    assert!(found.iter().all(|found| !found.is_error()), "{}", messages(&found));
    network
}

fn plan(text: &str) -> (StudyPlan, Vec<Diagnostic>) {
    let (plan, found) = build("study", &[resolved(text)]);
    let told = messages(&found);
    (plan.unwrap_or_else(|| panic!("{told}")), found)
}

fn hours(n: i64) -> SimTime {
    SimTime::ZERO + SimDuration::from_hours(n)
}

#[test]
fn one_booth_becomes_a_network() {
    let network = network(BOOTH);
    assert_eq!(network.classes.len(), 1);
    assert!(network.class_tree.splits.is_empty());
    assert_eq!(network.streams[0].class.map(|class| class.0), Some(0));
    assert_eq!(network.stations[0].routes[0].branches, [(1.0, Target::Exit)]);
    assert_eq!(network.stations[0].loop_slot, None);
    assert_eq!(network.groups[0].lanes, Some(1));
    assert_eq!(network.end, End::Drain);
    assert_eq!(network.run_length, SimDuration::from_hours(24));
    assert_eq!(network.drain_limit, hours(24 + 7 * 24));
    let Arrivals::Field { batches_per_hour, .. } = &network.streams[0].arrivals else {
        panic!("a volume is a field")
    };
    assert_eq!(batches_per_hour.steps, [(SimTime::ZERO, 10.0), (hours(24), 0.0)]);
    let LanePlan::Table(lanes) = &network.groups[0].plan else {
        panic!("lanes without officers are a table")
    };
    assert_eq!(lanes.steps, [(SimTime::ZERO, 1)]);
}

/// Shares of the drawn splits: purpose, then cumulative shares with what they lead to.
fn tree(text: &str) -> Vec<String> {
    let network = network(text);
    let class = |branch: &Branch| match branch {
        Branch::Class(class) => network.classes[class.index()].name.clone(),
        Branch::Split(split) => format!("#{split}"),
    };
    let line = |split: &cruce::model::network::Split| {
        let branches = split.branches.iter().map(|(upper, branch)| format!("{upper:.4} {}", class(branch)));
        format!("{}: {}", split.purpose, branches.collect::<Vec<_>>().join(", "))
    };
    network.class_tree.splits.iter().map(line).collect()
}

#[test]
fn classes_are_drawn_one_attribute_after_another() {
    let text = classes(&[("empty", "36 % of trucks"), ("fast", "25 % of laden"), ("standard", "rest")]);
    assert_eq!(
        tree(&text),
        ["class:trucks: 0.3600 empty, 1.0000 #1", "class:laden: 0.2500 fast, 1.0000 standard"]
    );
    // Without a share of laden, `rest` is the rest of all trucks.
    let text = classes(&[("empty", "36 % of trucks"), ("standard", "rest")]);
    assert_eq!(tree(&text), ["class:trucks: 0.3600 empty, 1.0000 standard"]);
    // What no child claims stays the parent class.
    let text = classes(&[("cleared", "50 % of standard"), ("empty", "36 % of trucks"), ("standard", "rest")]);
    assert_eq!(
        tree(&text),
        ["class:trucks: 0.3600 empty, 1.0000 #1", "class:standard: 0.5000 cleared, 1.0000 standard"]
    );
    // Categories in name order, the remainder last.
    let text = classes(&[("a", "rest"), ("b", "10 % of trucks"), ("c", "20 % of trucks")]);
    assert_eq!(tree(&text), ["class:trucks: 0.1000 b, 0.3000 c, 1.0000 a"]);
    // An explicit class `laden` is a class like any other.
    let text =
        classes(&[("empty", "30 % of trucks"), ("fast", "50 % of laden"), ("laden", "70 % of trucks")]);
    assert_eq!(
        tree(&text),
        ["class:trucks: 0.3000 empty, 1.0000 #1", "class:laden: 0.5000 fast, 1.0000 laden"]
    );
}

#[test]
fn a_single_class_needs_no_draw() {
    for share in ["100 % of trucks", "rest", "rest of trucks", "100 % of laden", "rest of laden"] {
        let network = network(&classes(&[("only", share)]));
        assert!(network.class_tree.splits.is_empty(), "{share}");
        assert!(network.streams[0].class.is_some(), "{share}");
    }
}

#[test]
fn a_port_becomes_a_network() {
    let network = network(PORT);
    let class = |name: &str| network.classes.iter().position(|class| class.name == name).expect("a class");
    let station =
        |name: &str| network.stations.iter().find(|station| station.name == name).expect("a station");
    let primary = station("primary");
    let branches = |class: usize| primary.routes[class].branches.clone();
    let secondary = Target::Station(cruce::model::network::StationId(1));
    assert_eq!(branches(class("fast")), [(0.05, secondary), (1.0, Target::Exit)]);
    assert_eq!(branches(class("standard")), [(0.12, secondary), (1.0, Target::Exit)]);
    let groups: Vec<&str> = network.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["fast", "standard", "docks", "all"]);
    let choices = |class: usize| primary.choices[class].iter().map(|group| group.0).collect::<Vec<_>>();
    assert_eq!(
        (choices(class("empty")), choices(class("fast")), choices(class("standard"))),
        (vec![1], vec![0], vec![1])
    );
    let means: Vec<Option<f64>> =
        network.groups[1].service.iter().map(|law| law.as_ref().map(|law| law.mean().seconds())).collect();
    assert_eq!(means, [Some(35.0), None, Some(75.0)]);
    assert_eq!(network.groups[2].lanes, None);
    let road = &network.roads[0];
    assert_eq!((road.room, road.split, road.lanes), (Some(250), Some(60), 4));
    let LanePlan::Officers(pool, member) = network.groups[1].plan else { panic!("a rule implies officers") };
    let member = &network.pools[pool.index()].members[member];
    assert_eq!((member.group.0, member.least, member.most, member.priority), (1, 2, 6, 1));
    assert!(matches!(member.want, Want::Rule { .. }));
    let wait = network.border_wait.as_ref().expect("a border wait");
    assert_eq!(
        (wait.posted.interval, wait.posted.rounding),
        (SimDuration::from_mins(60), SimDuration::from_mins(5))
    );
    let Arrivals::Field { batches_per_hour, batch, .. } = &network.streams[0].arrivals else {
        panic!("a field")
    };
    assert_eq!(batches_per_hour.steps[0].1, 50.0);
    assert_eq!(batch.as_ref().map(|batch| batch.mean()), Some(2.0));
    assert_eq!(network.loop_slots, 0);
}

#[test]
fn loops_have_a_place_to_count_visits() {
    let network = network(&port(&[(
        "service = \"30 min\"\nnext = \"exit\"",
        "service = \"30 min\"\nroute.primary = \"50 %\"\nnext = \"exit\"",
    )]));
    let slots: Vec<Option<u16>> = network.stations.iter().map(|station| station.loop_slot).collect();
    assert_eq!((slots, network.roads[0].loop_slot), (vec![Some(0), Some(1), None], None));
    assert_eq!(network.loop_slots, 2);
}

#[test]
fn trucks_at_the_start_stand_on_the_only_road_to_their_station() {
    let text = port(&[(
        "batch = \"2\"",
        "batch = \"2\"\nat_start = 40\n[demand.local]\nentry = \"primary\"\nheadway = \"exponential(mean = 1 h)\"\nat_start = 3",
    )]);
    let network = network(&text);
    let names: Vec<&str> = network.streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(names, ["local", "local at start", "northbound", "northbound at start"]);
    let at_start = |stream: usize| match network.streams[stream].arrivals {
        Arrivals::AtStart { trucks, road } => (trucks, road.map(|road| road.0)),
        _ => panic!("trucks at the start"),
    };
    assert_eq!((at_start(1), at_start(3)), ((3, Some(0)), (40, None)));
}

#[test]
fn traces_are_sorted_by_arrival_then_row() {
    let text = with(&[(
        "volume = \"240 trucks/day\"",
        "[demand.north.trace]\n10 = { arrival = \"00:30\", class = \"all\" }\n9 = { arrival = \"30 min\", class = \"all\", id = \"x\" }\n2 = { arrival = \"26:00:00\", class = \"all\" }\n3 = { arrival = \"00:10:00.25\", class = \"all\", service.booth = \"5 s\" }",
    )]);
    let (plan, found) = plan(&text);
    let Arrivals::Trace(trucks) = &plan.scenarios[0].network.streams[0].arrivals else { panic!("a trace") };
    let told: Vec<(i64, &str)> =
        trucks.iter().map(|truck| (truck.at.micros(), truck.number.as_str())).collect();
    assert_eq!(told, [(600_250_000, "3"), (1_800_000_000, "x"), (1_800_000_000, "10")]);
    assert_eq!(trucks[0].service, [(cruce::model::network::StationId(0), SimDuration::from_secs(5))]);
    assert_eq!((trucks[0].identity, trucks[2].identity), (3, 10));
    assert!(
        messages(&found)
            .contains("W0412 1 of the 4 trucks of `demand.north.trace` arrive after the end of the run")
    );
}

/// Batches per hour of the first stream: (hours since the start, rate).
fn rates(text: &str) -> Vec<(i64, f64)> {
    let network = network(text);
    let Arrivals::Field { batches_per_hour, .. } = &network.streams[0].arrivals else { panic!("a field") };
    let hour = |at: SimTime| at.micros() / 3_600_000_000;
    batches_per_hour.steps.iter().map(|(at, rate)| (hour(*at), (rate * 1e9).round() / 1e9)).collect()
}

/// Shares of 4 % for 20 hours, 5 % for four: a table of hours.
fn by_hour() -> String {
    let rows: Vec<String> =
        (0..24).map(|hour| format!("{hour} = \"{} %\"", if hour < 4 { 5 } else { 4 })).collect();
    format!("by_hour = {{ {} }}", rows.join(", "))
}

#[test]
fn volume_is_spread_over_hours_days_and_months() {
    assert_eq!(rates(&demand(&by_hour())), [(0, 12.0), (4, 9.6), (24, 0.0)]);
    // Two rows: 25 % in six hours, 75 % in eighteen.
    let rows = "by_hour = { \"00:00\" = \"25 %\", \"06:00\" = \"75 %\" }";
    assert_eq!(rates(&demand(rows)), [(0, 10.0), (24, 0.0)]);
    // 3 October 2023 is a Tuesday.
    let weekdays = "by_weekday = { mon-fri = \"116 %\", sat = \"80 %\", sun = \"40 %\" }";
    assert_eq!(rates(&demand(weekdays)), [(0, 11.6), (24, 0.0)]);
    let months = "by_month = { oct = \"110 %\", nov = \"90 %\" }";
    assert_eq!(rates(&demand(months)), [(0, 11.0), (24, 0.0)]);
    // Exactly one year of growth lies 365.25 days after its date; here nearly one.
    let growth = rates(&demand("growth = \"10 %\"\ngrowth_from = \"2022-10-03\""))[0].1;
    assert!((growth - 10.0 * 1.1f64.powf(365.0 / 365.25)).abs() < 1e-6);
}

#[test]
fn demand_follows_the_clock_on_days_of_23_and_25_hours() {
    let day = |start: &str| {
        let text =
            demand(&by_hour().replace("1 = \"5 %\"", "1 = \"3 %\"").replace("3 = \"5 %\"", "3 = \"7 %\""));
        rates(&text.replace("2023-10-03\"", &format!("{start}\"\ntime_zone = \"America/Denver\"")))
    };
    assert_eq!(day("2023-11-06"), [(0, 12.0), (1, 7.2), (2, 12.0), (3, 16.8), (4, 9.6), (24, 0.0)]);
    // The hour from 1:00 comes twice on 5 November, the hour from 2:00 does not come on 12 March.
    assert_eq!(day("2023-11-05"), [(0, 12.0), (1, 7.2), (3, 12.0), (4, 16.8), (5, 9.6), (25, 0.0)]);
    assert_eq!(day("2023-03-12"), [(0, 12.0), (1, 7.2), (2, 16.8), (3, 9.6), (23, 0.0)]);
}

#[test]
fn weekends_have_factors_and_hours_of_their_own() {
    let text = demand("by_weekday = { sat = \"50 %\", sun = \"0 %\" }")
        .replace("2023-10-03", "2023-10-06")
        .replace("1 day", "4 days")
        .replace(
            "next = \"exit\"",
            "next = \"exit\"\nhours = { mon-fri = \"06:00-24:00\", sat = \"08:00-16:00\", sun = \"closed\" }",
        );
    let (plan, found) = plan(&text);
    let network = &plan.scenarios[0].network;
    assert_eq!(rates(&text), [(0, 10.0), (24, 5.0), (48, 0.0), (72, 10.0), (96, 0.0)]);
    let LanePlan::Table(lanes) = &network.groups[0].plan else { panic!("a table") };
    let told: Vec<(i64, u32)> =
        lanes.steps.iter().map(|(at, lanes)| (at.micros() / 3_600_000_000, *lanes)).take(8).collect();
    assert_eq!(told, [(0, 0), (6, 1), (24, 0), (32, 1), (40, 0), (78, 1), (96, 0), (102, 1)]);
    assert!(
        messages(&found).contains("W0403 about 200 trucks of `north` arrive while `booth` is closed"),
        "{}",
        messages(&found)
    );
}

#[test]
fn what_is_open_at_the_end_of_an_emptying_run_stays_open() {
    let text = |end: &str| {
        with(&[
            ("run_length = \"1 day\"", &format!("run_length = \"1 day\"\nend = \"{end}\"")),
            ("servers = 1", "servers = 3, open = { 6 = 3, 22 = 0 }"),
        ])
    };
    let lanes = |end: &str| {
        let network = network(&text(end));
        let LanePlan::Table(lanes) = &network.groups[0].plan else { panic!("a table") };
        lanes
            .steps
            .iter()
            .map(|(at, lanes)| (at.micros() / 3_600_000_000, *lanes))
            .take(5)
            .collect::<Vec<_>>()
    };
    assert_eq!(lanes("drain"), [(0, 0), (6, 3), (22, 0), (30, 3), (46, 0)]);
    assert_eq!(lanes("cut"), [(0, 0), (6, 3), (22, 0)]);
    assert_eq!(lanes("empty"), [(0, 0), (6, 3), (22, 0), (24, 1)]);
    assert_eq!(network(&text("empty")).drain_limit, hours(24 * 31));
}

#[test]
fn roads_have_places_by_length() {
    let text = port(&[(
        "room = 250\nsplit = 60",
        "length = \"1.5 km\"\nsplit = \"450 m\"\ndischarge = \"720 trucks/h\"",
    )]);
    let road = &network(&text).roads[0];
    assert_eq!((road.room, road.split, road.discharge), (Some(300), Some(22), SimDuration::from_secs(5)));
}

#[test]
fn capacity_is_told_by_hour() {
    let text = with(&[("servers = 1", "servers = 2, open = { 0 = 1, 12 = 2 }")]);
    let network = network(&text);
    let table = capacity_by_hour(&network);
    assert_eq!(table.len(), 24);
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(
        near(table[3].demand, 10.0) && near(table[3].least, 60.0) && near(table[3].most, 60.0),
        "{:?}",
        table[3]
    );
    assert!(near(table[12].most, 120.0), "{:?}", table[12]);
    // Standard trucks: 64 % of 64 %; empties in the same lanes; both queue, so both move up.
    let network = self::network(PORT);
    let table = capacity_by_hour(&network);
    let standard = table.iter().find(|row| row.name(&network) == "primary.standard").expect("a row");
    let (standard_share, empty_share) = (0.64 * 0.64, 0.36);
    assert!(near(standard.demand, 100.0 * (standard_share + empty_share)), "{standard:?}");
    let cycle = 15.0 + (75.0 * standard_share + 35.0 * empty_share) / (standard_share + empty_share);
    assert!(
        (standard.least - 2.0 * 3600.0 / cycle).abs() < 1e-6
            && (standard.most - 6.0 * 3600.0 / cycle).abs() < 1e-6,
        "{standard:?}"
    );
}

#[test]
fn expected_visits_count_loops() {
    // Half of the trucks go round again: two visits each.
    let text = with(&[("next = \"exit\"", "next = \"exit\"\nroute.booth = \"50 %\"")]);
    let table = capacity_by_hour(&network(&text));
    assert!((table[0].demand - 20.0).abs() < 1e-6, "{:?}", table[0]);
}
