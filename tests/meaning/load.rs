//! Studies with scenarios, from text to plan: what changes, what has a source, what decides.

use cruce::scenario::load_text;
use cruce::scenario::plan::StudyPlan;

use crate::study::{PORT, messages, port};

/// The port with scenarios.
fn study(scenarios: &str) -> String {
    format!("{}\n{scenarios}", port(&[("start = ", "baseline = \"today\"\nstart = ")]))
}

fn loaded(text: &str) -> (StudyPlan, String) {
    let loaded = load_text("port", text);
    let drawn = loaded.sources.render(&loaded.diagnostics, false);
    (loaded.plan.unwrap_or_else(|| panic!("{drawn}")), messages(&loaded.diagnostics))
}

fn digest(text: &str) -> String {
    loaded(text).0.digest
}

const LANES: &str = r#"
[scenario.today]
[scenario.lanes]
title = "Two more lanes"
from = "today"
set."station.primary.lanes.standard.servers" = "+2"
"#;

#[test]
fn scenarios_know_what_they_change() {
    let (plan, _) = loaded(&study(LANES));
    let names: Vec<&str> = plan.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!((names, plan.baseline), (vec!["today", "lanes"], 0));
    assert_eq!(plan.scenarios[0].changes, []);
    let change = ("station.primary.lanes.standard.servers", "6", "8");
    assert_eq!(plan.scenarios[1].changes, [(change.0.to_owned(), change.1.to_owned(), change.2.to_owned())]);
    assert!(plan.scenarios[1].title.is_some());
    assert!(plan.scenarios[1].resolved.contains("servers"));
}

#[test]
fn lanes_added_where_nobody_opens_them_are_told() {
    let told = loaded(&study(LANES)).1;
    assert_eq!(told, "W0406 the lanes added to `primary.standard` are never opened");
    let rule = "set.\"officers.cbp.rule.primary.standard.lanes\" = \"+2\"\n";
    assert_eq!(loaded(&study(&format!("{LANES}{rule}"))).1, told);
    let both = format!("{LANES}{rule}set.\"officers.cbp.on_duty\" = \"+2\"\n");
    assert_eq!(loaded(&study(&both)).1, "");
}

#[test]
fn a_scenario_equal_to_its_base_is_told() {
    let same = "[scenario.today]\n[scenario.same]\nfrom = \"today\"\n";
    assert_eq!(loaded(&study(same)).1, "W0405 scenario `same` changes nothing");
}

#[test]
fn a_class_set_apart_leaves_the_others_as_they_were() {
    let (plan, told) = loaded(&study(
        "[scenario.today]\n[scenario.apart]\nset.station.toll.service.standard = \"40 s\"\n\
         [scenario.slower]\nfrom = [\"apart\"]\nset.station.toll.service.standard.mean = \"x2\"\n",
    ));
    assert_eq!(told, "");
    let seconds = |scenario: usize| {
        let network = &plan.scenarios[scenario].network;
        let toll = network.groups.iter().find(|group| group.name == "all").expect("the toll");
        let means = toll.service.iter().flatten().map(|service| service.mean().seconds().round());
        means.collect::<Vec<f64>>()
    };
    assert_eq!(
        [seconds(0), seconds(1), seconds(2)],
        [[18.0, 18.0, 18.0], [18.0, 18.0, 40.0], [18.0, 18.0, 80.0]]
    );
    // A share of a route is by place: there is no class to set apart behind it.
    let route =
        study("[scenario.today]\n[scenario.a]\nset.\"station.primary.route.secondary.fast\" = \"2 %\"\n");
    let told = messages(&load_text("port", &route).diagnostics);
    assert_eq!(told, "E0107 `station.primary.route.secondary.fast` does not exist");
}

#[test]
fn mistakes_shared_by_scenarios_are_told_once() {
    let text = study(LANES).replace("next = \"bridge\"", "next = \"brigde\"");
    assert_eq!(messages(&load_text("port", &text).diagnostics), "E0301 there is no station or road `brigde`");
    let text = study(&format!("{LANES}set.\"station.toll.next\" = \"brigde\"\n"));
    let loaded = load_text("port", &text);
    let drawn = loaded.sources.render(&loaded.diagnostics, false);
    assert!(drawn.contains("in scenario `lanes`") && drawn.contains("did you mean `bridge`?"), "{drawn}");
}

#[test]
fn a_changed_hour_is_not_evened_out() {
    let rows: Vec<String> =
        (0..24).map(|hour| format!("{hour} = \"{} %\"", if hour < 4 { 5 } else { 4 })).collect();
    let table = format!("volume = \"2400 trucks/day\"\nby_hour = {{ {} }}", rows.join(", "));
    let base =
        study("[scenario.today]\n[scenario.surge]\nset.\"demand.northbound.by_hour.10\" = \"+50 %\"\n");
    let (plan, told) = loaded(&base.replace("volume = \"2400 trucks/day\"", &table));
    assert_eq!(told, "W0402 `demand.northbound.by_hour` sums to 102 %");
    let rate = |scenario: usize, hour: usize| {
        let cruce::model::network::Arrivals::Field { batches_per_hour, .. } =
            &plan.scenarios[scenario].network.streams[0].arrivals
        else {
            panic!("a field")
        };
        *batches_per_hour.at(cruce::kernel::time::SimTime::from_micros(hour as i64 * 3_600_000_000))
    };
    assert_eq!((rate(0, 10), rate(0, 11)), (48.0, 48.0));
    assert_eq!((rate(1, 10), rate(1, 11)), (72.0, 48.0));
}

#[test]
fn values_without_a_source_are_assumptions() {
    let sources = "[source]\n\"demand.northbound.volume\" = \"counts\"\n\"road.bridge\" = \"a map\"\n\"station.toll.cash\" = \"?\"\n";
    let text = format!("{PORT}{sources}").replace("room = 250\nsplit = 60", "length = \"1 km\"");
    let (plan, told) = loaded(&text);
    let sourced: Vec<&str> = plan.sources.iter().map(|(path, _, _)| path.as_str()).collect();
    assert!(
        sourced.contains(&"demand.northbound.volume") && sourced.contains(&"road.bridge.travel"),
        "{sourced:?}"
    );
    assert_eq!(
        plan.sources.iter().find(|(path, _, _)| path == "road.bridge.length").map(|value| value.2.as_str()),
        Some("a map")
    );
    let assumed: Vec<&str> = plan.assumptions.iter().map(|(path, _)| path.as_str()).collect();
    assert!(
        assumed.contains(&"class.fast.share") && assumed.contains(&"station.primary.move_up"),
        "{assumed:?}"
    );
    assert!(
        !assumed.contains(&"station.toll.next") && !assumed.contains(&"road.bridge.travel"),
        "{assumed:?}"
    );
    assert_eq!(told, "W0414 `station.toll.cash` has a source but no value");
    // The spacing that the length is divided by is an assumption of the program.
    let (plan, _) = loaded(&PORT.replace("room = 250\nsplit = 60", "length = \"1 km\""));
    assert!(
        plan.assumptions
            .iter()
            .any(|(path, value)| path == "road.bridge.spacing" && value.starts_with("20 m"))
    );
}

#[test]
fn the_digest_covers_what_decides_a_result() {
    let base = study(LANES);
    let known = digest(&base);
    assert_eq!(known.len(), 32);
    let same = [
        ("title = \"Port\"", "title = \"Another\" # a comment"),
        ("title = \"Two more lanes\"", ""),
        ("travel = \"6 min\"", "travel = \"360 s\""),
        ("lanes = 4\nroom = 250\n", "room = 250\nlanes = 4\n"),
        (
            "[scenario.today]",
            "[source]\n\"class\" = \"counts\"\n[goals]\n\"crossing_time.mean\" = \"<= 90 min\"\n[scenario.today]",
        ),
    ];
    for (old, new) in same {
        assert!(base.contains(old), "{old}");
        assert_eq!(digest(&base.replace(old, new)), known, "`{new}`");
    }
    let other = [
        ("travel = \"6 min\"", "travel = \"6.5 min\""),
        ("start = \"2023-10-03\"", "start = \"2023-10-04\""),
        ("run_length = \"1 day\"", "run_length = \"1 day\"\nseed = 2"),
        ("[class.empty]", "[precision]\nreplications = \"10..200\"\n[class.empty]"),
        ("servers\" = \"+2\"", "servers\" = \"+1\""),
        ("scenario.lanes", "scenario.more"),
        ("[station.toll]", "[station.toll]\nroom = 5"),
    ];
    for (old, new) in other {
        assert!(base.contains(old), "{old}");
        assert_ne!(digest(&base.replace(old, new)), known, "`{new}`");
    }
}
