//! Figures together: that they draw in both languages; those of places, hours, money and sweeps: that their tables hold
//! the numbers of the result.

use std::collections::BTreeMap;

use super::fixture::{self, BARE, PORT, Ran, ran, table};
use super::{Figure, IDS, SweepTables, figure};
use crate::report::sheet::{Cell, Sheet};

fn drawn(ran: &Ran, id: &str, sweeps: &[SweepTables]) -> Figure {
    let figure = figure(id, &ran.story(sweeps)).expect("a known figure");
    figure.unwrap_or_else(|missing| panic!("no `{id}`: {}", missing.why.en))
}

fn is_missing(ran: &Ran, id: &str, wanted: &str) {
    let missing = figure(id, &ran.story(&[])).expect("a known figure").expect_err("there is nothing to show");
    assert!(missing.why.en.contains(wanted), "{id}: {}", missing.why.en);
    assert_ne!(missing.why.en, missing.why.es);
    assert_eq!(missing.id, id);
}

/// The cell of a column in the first row in which other columns hold these texts.
fn cell<'a>(sheet: &'a Sheet, keys: &[(&str, &str)], column: &str) -> &'a Cell {
    let place = |name: &str| {
        let found = sheet.columns.iter().position(|column| column.name == name);
        found.unwrap_or_else(|| panic!("`{}` has no column `{name}`", sheet.name))
    };
    let holds = |row: &&Vec<Cell>| {
        keys.iter().all(|(name, wanted)| match &row[place(name)] {
            Cell::Text(text) => text == wanted,
            Cell::Whole(number) => number.to_string() == *wanted,
            Cell::Blank | Cell::Number(_) => false,
        })
    };
    let row = sheet.rows.iter().find(holds).unwrap_or_else(|| panic!("`{}` has no row {keys:?}", sheet.name));
    &row[place(column)]
}

fn number(sheet: &Sheet, keys: &[(&str, &str)], column: &str) -> f64 {
    match cell(sheet, keys, column) {
        Cell::Number(number) => *number,
        Cell::Whole(number) => *number as f64,
        other => panic!("{keys:?} {column} is {other:?}"),
    }
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{value} is not {expected}");
}

/// The value of a whole-run entry of a scenario.
fn value(ran: &Ran, scenario: &str, entry: &str) -> f64 {
    let place = ran.result.find(entry).expect("a known entry");
    let scenario =
        ran.result.scenarios.iter().find(|known| known.name == scenario).expect("a known scenario");
    scenario.estimates[place].mean.expect("it was observed")
}

#[test]
fn figures_speak_both_languages_and_are_the_same_twice() {
    let ran = ran(PORT);
    for id in ["crossing", "calibration", "pareto", "flow", "throughput", "staffing", "money"] {
        let figure = drawn(&ran, id, &[]);
        assert_ne!(figure.title.en, figure.title.es, "{id}");
        assert_ne!(figure.caption.en, figure.caption.es, "{id}");
        let page = figure.svg.for_page("x");
        assert!(page.contains("lang=\"es\""), "{id}");
        assert!(!page.contains("<b>"), "{id}: a title is text");
        assert!(page.len() < 60_000, "{id} has {} bytes", page.len());
        assert_eq!(page, drawn(&ran, id, &[]).svg.for_page("x"), "{id}");
        assert!(!figure.data.rows.is_empty(), "{id}");
    }
}

#[test]
fn what_a_bare_study_lacks_is_told() {
    let ran = ran(BARE);
    is_missing(&ran, "calibration", "border_wait.observed.GROUP");
    is_missing(&ran, "tornado", "[uncertain]");
    is_missing(&ran, "pareto", "neither violations nor officers");
    is_missing(&ran, "sweep-map", "--sweep DIR");
    is_missing(&ran, "growth", "years 2024..2045");
    is_missing(&ran, "money", "[money]");
    for id in ["crossing", "flow", "throughput", "staffing"] {
        drawn(&ran, id, &[]);
    }
}

#[test]
fn the_crossing_shows_inputs_and_which_are_assumed() {
    let ran = ran(PORT);
    let data = drawn(&ran, "crossing", &[]).data;
    let gate = [("name", "gate")];
    assert_eq!(cell(&data, &gate, "lanes"), &"1 all".into());
    near(number(&data, &gate, "service_most_s"), 20.0);
    near(number(&data, &[("name", "bridge")], "travel_min"), 3.0);
    near(number(&data, &[("name", "bridge")], "room"), 40.0);
    let booths = [("name", "booths")];
    assert_eq!(cell(&data, &booths, "lanes"), &"1 fast + 3 standard".into());
    near(number(&data, &booths, "service_least_s"), 40.0);
    near(number(&data, &booths, "service_most_s"), 280.0);
    // The volume has a source, lanes have none; the one fast lane sends none to the docks, the others 10 %.
    assert_eq!(cell(&data, &[("name", "north")], "says"), &"600 trucks/day".into());
    let Cell::Text(says) = cell(&data, &booths, "says") else { panic!("it says something") };
    assert!(says.contains("1 fast*; + 3 standard*; 40–280 s*"), "{says}");
    assert!(says.contains("→ docks 0–10 %*") || says.contains("→ docks 10 %*"), "{says}");
}

#[test]
fn observed_waits_stand_beside_those_of_the_run() {
    let ran = ran(PORT);
    let figure = drawn(&ran, "calibration", &[]);
    let eight = [("group", "standard"), ("hour_local", "8")];
    near(number(&figure.data, &eight, "observed_min"), 20.0);
    let posted =
        &ran.result.posted.iter().find(|group| group.group == "standard").expect("it was observed").hours[8];
    let mean = posted.simulated[ran.result.baseline];
    near(number(&figure.data, &eight, "simulated_min"), mean.mean.expect("it was posted") / 60.0);
    assert_eq!(cell(&figure.data, &eight, "within_2_sigma"), &"no".into());
    assert!(figure.caption.en.contains("of 2 observed hours"), "{}", figure.caption.en);
}

#[test]
fn trucks_that_flow_are_those_that_entered() {
    let ran = ran(PORT);
    let data = drawn(&ran, "flow", &[]).data;
    let first = [("scenario", "today"), ("from", "north"), ("to", "gate")];
    near(number(&data, &first, "trucks"), value(&ran, "today", "trucks.entered"));
    near(number(&data, &first, "share_of_entered"), 1.0);
    assert_eq!(cell(&data, &first, "leads_back"), &"no".into());
}

/// A fast lane at 40 s serves 90 an hour, three others at 280 s 38.571: with four, 51.429.
#[test]
fn capacity_is_that_of_all_lanes() {
    let ran = ran(PORT);
    let data = drawn(&ran, "throughput", &[]).data;
    let of = |scenario| [("scenario", scenario), ("hour_local", "12")];
    near(number(&data, &of("today"), "most_capacity_trucks_h"), 90.0 + 3.0 * 3600.0 / 280.0);
    near(number(&data, &of("today"), "least_capacity_trucks_h"), 90.0 + 3.0 * 3600.0 / 280.0);
    near(number(&data, &of("booth"), "most_capacity_trucks_h"), 90.0 + 4.0 * 3600.0 / 280.0);
    near(number(&data, &of("today"), "leaving_trucks_h"), value(&ran, "today", "throughput.booths@12"));
    near(number(&data, &of("today"), "coming_trucks_h"), value(&ran, "today", "wait.booths.count@12"));
}

#[test]
fn lanes_stand_above_the_wait() {
    let ran = ran(PORT);
    let data = drawn(&ran, "staffing", &[]).data;
    let lanes = |scenario| {
        [("scenario", scenario), ("measure", "lanes_open"), ("group", "standard"), ("hour_local", "9")]
    };
    near(number(&data, &lanes("today"), "mean"), 3.0);
    near(number(&data, &lanes("booth"), "mean"), 4.0);
    let wait = [("scenario", "quick"), ("measure", "border_wait"), ("hour_local", "9")];
    near(number(&data, &wait, "mean"), value(&ran, "quick", "border_wait.booths.mean@09") / 60.0);
}

/// Another officer costs 24 h × 60 USD × 250 days = 360,000 a year; ten years at 5 % are worth 7.72173493 of them. A lane
/// costs a million. The parts of each plan add up to its net present value.
#[test]
fn the_parts_of_money_add_up() {
    let ran = ran(PORT);
    let data = drawn(&ran, "money", &[]).data;
    let booth = |item| [("scenario", "booth"), ("item", item)];
    let officers = number(&data, &booth("officer_cost"), "value");
    assert!((officers + 360_000.0 * 7.721_734_93).abs() < 1.0, "{officers}");
    near(number(&data, &booth("capital"), "value"), -1e6);
    for plan in ["booth", "quick"] {
        let own = |item| number(&data, &[("scenario", plan), ("item", item)], "value");
        let sum = own("truck_time_cost") + own("officer_cost") + own("capital");
        let net = own("net_present_value");
        assert!((sum - net).abs() < 1e-6 * net.abs(), "{plan}: {sum} is not {net}");
    }
}

#[test]
fn who_is_dominated_is_told() {
    let ran = ran(PORT);
    let data = drawn(&ran, "pareto", &[]).data;
    near(number(&data, &[("scenario", "today")], "value"), 96.0);
    near(number(&data, &[("scenario", "booth")], "value"), 120.0);
    near(
        number(&data, &[("scenario", "today")], "delay_mean_min"),
        value(&ran, "today", "delay.mean") / 60.0,
    );
    assert_eq!(cell(&data, &[("scenario", "today")], "dominated_by"), &"quick".into());
    assert_eq!(cell(&data, &[("scenario", "booth")], "officer_hours"), &"more".into());
    assert_eq!(cell(&data, &[("scenario", "quick")], "officer_hours"), &"same".into());
}

#[test]
fn inputs_are_ranked_by_what_they_do_to_the_answer() {
    let text = include_str!("../../../scenarios/8-uncertain-inputs/study.toml");
    let ran = ran(&text.replace("worlds       = 200", "worlds = 60"));
    let figure = drawn(&ran, "tornado", &[]);
    let worlds = &ran.result.plausible.as_ref().expect("inputs are uncertain").worlds;
    assert_eq!(worlds.len(), 60);
    let service = "station.booth-after-kiosk.service.mean";
    let first = &figure.data.rows[0];
    assert_eq!(first[1], service.into(), "what is not known of the booth matters most");
    let keys = |third| [("input", service), ("third", third)];
    near(number(&figure.data, &keys("low"), "n"), 20.0);
    assert!(
        number(&figure.data, &keys("low"), "difference") < number(&figure.data, &keys("high"), "difference")
    );
    assert!(figure.caption.es.contains("tercio"), "{}", figure.caption.es);
}

/// A sweep of the study over two factors, of which one moves two keys.
fn grid() -> SweepTables {
    let points = "
point,scenario,demand.north.volume,station.a.lanes,officers.b.on_duty,replications,failed,why,target,goals
0,today,,,,4,0,,,met
1,today,'+0 %,'+0,'+0,4,0,,,met
2,today,'+0 %,'+2,'+2,4,0,,,met
3,today,'+10 %,'+0,'+0,4,0,,,missed
4,today,'+10 %,'+2,'+2,4,0,,,met";
    let values = "
point,scenario,measure,station,group,class,statistic,unit,value,ci_low,ci_high,n
0,today,crossing_time,,,,mean,min,9,8,10,4
1,today,crossing_time,,,,mean,min,9,8,10,4
2,today,crossing_time,,,,mean,min,5,4,6,4
3,today,crossing_time,,,,mean,min,40,35,45,4
4,today,crossing_time,,,,mean,min,7,6,8,4";
    let tables = BTreeMap::from([("points".to_owned(), table(points)), ("sweep".to_owned(), table(values))]);
    SweepTables { name: "two".to_owned(), tables }
}

#[test]
fn a_map_has_the_cells_of_its_sweep() {
    let ran = ran(PORT);
    let figure = drawn(&ran, "sweep-map", &[grid()]);
    assert_eq!(figure.data.rows.len(), 4);
    let third = [("demand.north.volume", "+10 %"), ("station.a.lanes", "+0")];
    near(number(&figure.data, &third, "value"), 40.0);
    assert_eq!(cell(&figure.data, &third, "goals"), &"missed".into());
    assert!(figure.caption.en.contains("best is 5.0 ± 1.0 min"), "{}", figure.caption.en);
    assert!(figure.caption.en.contains("one of 4 points misses the goals"), "{}", figure.caption.en);
    let page = figure.svg.for_page("x");
    assert!(page.contains("40.0 ✗") && page.contains("± 5.0"), "a cell says its number");
}

#[test]
fn growth_has_the_year_that_first_misses() {
    let points = "
point,scenario,per_year.demand.north.volume,year,replications,failed,why,target,goals
0,today,,,4,0,,,met
1,today,'+3 %,2024,4,0,,,met
2,today,'+3 %,2025,4,0,,,not settled
3,today,'+3 %,2026,4,0,,,missed";
    let values = "
point,scenario,measure,station,group,class,statistic,unit,value,ci_low,ci_high,n
1,today,crossing_time,,,,mean,min,20,19,21,4
2,today,crossing_time,,,,mean,min,30,28,32,4
3,today,crossing_time,,,,mean,min,50,45,55,4";
    let missed = "
scenario,per_year.demand.north.volume,first_year,last_year,first_missed,low,high
today,'+3 %,2024,2026,2026,2025,2026";
    let tables = BTreeMap::from([
        ("points".to_owned(), table(points)),
        ("sweep".to_owned(), table(values)),
        ("first-missed".to_owned(), table(missed)),
    ]);
    let ran = ran(PORT);
    let sweeps = [grid(), SweepTables { name: "years".to_owned(), tables }];
    let figure = drawn(&ran, "growth", &sweeps);
    let year = [("scenario", "today"), ("year", "2025")];
    near(number(&figure.data, &year, "value"), 30.0);
    near(number(&figure.data, &year, "first_missed"), 2026.0);
    near(number(&figure.data, &year, "low"), 2025.0);
    assert!(figure.caption.en.contains("Today: 2026 (2025 to 2026)"), "{}", figure.caption.en);
    assert!(figure.caption.es.contains("Hoy: 2026 (2025 a 2026)"), "{}", figure.caption.es);
}

#[test]
fn every_figure_tells_in_both_languages() {
    fixture::story(|story| {
        for (id, _, draw) in IDS {
            let (title, text) = match draw(story) {
                Ok(figure) => {
                    assert_eq!((figure.id, figure.data.name), (id, id));
                    assert!(!figure.data.rows.is_empty(), "{id}");
                    let page = figure.svg.for_page("caption");
                    assert!(!page.contains(['\u{e000}', '\u{e001}', '\u{e002}']), "{id}");
                    assert!(!page.contains("NaN") && page.len() < 100_000, "{id}");
                    (figure.title, figure.caption)
                }
                Err(missing) => (missing.title, missing.why),
            };
            assert!(text.en.ends_with('.') && text.es.ends_with('.') && text.en != text.es, "{id}: {text:?}");
            assert!(title.en != title.es, "{id}: {title:?}");
        }
    });
}
