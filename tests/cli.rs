//! Each verb, run as a user runs it: exit codes, what goes to stdout and what to stderr, files.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use tempfile::TempDir;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cruce"));
    command.current_dir(folder).env_remove("NO_COLOR").env_remove("COLUMNS").env_remove("TERM");
    command
}

fn cruce<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Ran {
    finish(command(folder).args(arguments))
}

fn finish(command: &mut Command) -> Ran {
    let output = command.stdin(Stdio::null()).output().expect("cruce starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    Ran { code: output.status.code().expect("it ended by itself"), out, err }
}

fn home() -> TempDir {
    tempfile::tempdir().expect("temporary folder")
}

/// A folder with the lesson of one booth in `booth`, as `init` makes it.
fn with_lesson() -> TempDir {
    let home = home();
    let ran = cruce(home.path(), ["init", "booth", "--template", "1-one-booth"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    home
}

/// Names of everything in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn run_folder(home: &Path) -> PathBuf {
    let runs = names(&home.join("runs"));
    assert_eq!(runs.len(), 1, "{runs:?}");
    home.join("runs").join(&runs[0])
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn read(path: PathBuf) -> String {
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn without_arguments_help_is_short_and_on_stdout() {
    let home = home();
    let ran = cruce::<&str>(home.path(), []);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("cruce init my-study") && ran.out.lines().count() < 12, "{}", ran.out);
}

#[test]
fn help_begins_with_examples_and_documents_exit_codes() {
    let home = home();
    for arguments in [vec!["--help"], vec!["run", "--help"]] {
        let ran = cruce(home.path(), &arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let examples = ran.out.find("Examples:").expect("examples");
        assert!(examples < ran.out.find("Usage:").expect("usage"), "{}", ran.out);
        assert!(ran.out.contains("130  interrupted"), "{}", ran.out);
    }
    for verb in ["init", "validate", "show", "explain", "schema", "completions"] {
        let ran = cruce(home.path(), [verb, "--help"]);
        assert!(ran.code == 0 && ran.out.contains("Examples:"), "{verb}: {}", ran.out);
    }
}

#[test]
fn wrong_usage_is_2_and_stdout_stays_empty() {
    let home = with_lesson();
    let wrong = [
        vec!["fly"],
        vec!["run", "--reps", "0"],
        vec!["run", "--reps", "9..3"],
        vec!["run", "--jobs", "0"],
        vec!["run", "--set", "novalue"],
        vec!["run", "--reps", "3", "--replication", "1"],
        vec!["show", "booth", "--diff", "one-booth"],
        vec!["show", "booth", "--diff", "one-booth", "nowhere"],
        vec!["init", "x", "--template", "1-one-boot"],
        vec!["explain", "E9999"],
    ];
    for arguments in wrong {
        let ran = cruce(home.path(), &arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.is_empty(), "{arguments:?}");
    }
    assert_eq!(names(home.path()), ["booth"]);
}

#[test]
fn init_makes_a_folder_once_and_run_runs_it() {
    let home = with_lesson();
    assert_eq!(names(&home.path().join("booth")), ["README.md", "study.toml"]);
    let again = cruce(home.path(), ["init", "booth", "--template", "1-one-booth"]);
    assert_eq!(again.code, 4);
    assert!(again.err.contains("never overwrites"), "{}", again.err);

    let ran = cruce(home.path(), ["run", "booth", "--reps", "20"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("One booth: is a second one worth it?"), "{}", ran.out);
    assert!(ran.out.contains("Two booths: −"), "{}", ran.out);
    assert!(ran.out.contains("clearly better"), "{}", ran.out);
    assert!(ran.err.contains("files: "), "{}", ran.err);
    assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "no color when piped");
    let folder = run_folder(home.path());
    assert_eq!(
        names(&folder),
        [
            "blocks",
            "datapackage.json",
            "manifest.json",
            "recipe.json",
            "report.html",
            "resolved",
            "study",
            "summary.json",
            "summary.txt",
            "tables"
        ]
    );
    assert_eq!(names(&folder.join("resolved")), ["one-booth.toml", "two-booths.toml"]);
    assert_eq!(read(folder.join("summary.txt")), ran.out);
}

#[test]
fn init_lists_its_templates() {
    let home = home();
    let ran = cruce(home.path(), ["init", "--list"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("1-one-booth"), "{}", ran.out);
    let ran = cruce(home.path(), ["init", "--list", "--json"]);
    assert!(json(&ran.out)["templates"].as_array().is_some_and(|list| !list.is_empty()));
    assert!(names(home.path()).is_empty());
}

/// Every folder under `scenarios` is a template, and the program holds exactly what stands there.
#[test]
fn templates_are_the_scenarios() {
    let home = home();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let listed = cruce(home.path(), ["init", "--list", "--json"]);
    let listed = json(&listed.out);
    let mut listed: Vec<&str> = listed["templates"]
        .as_array()
        .expect("list")
        .iter()
        .map(|one| one["name"].as_str().expect("name"))
        .collect();
    listed.sort_unstable();
    let folders: Vec<String> = names(&root).into_iter().filter(|name| root.join(name).is_dir()).collect();
    assert_eq!(listed, folders);
    for name in folders {
        let ran = cruce(home.path(), ["init", &name, "--template", &name]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for file in names(&root.join(&name)) {
            let (there, here) = (root.join(&name).join(&file), home.path().join(&name).join(&file));
            assert!(fs::read(there).ok() == fs::read(here).ok(), "{name}/{file} is not embedded");
        }
        let ran = cruce(home.path(), ["validate", &name]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

#[test]
fn without_a_file_the_built_in_study_runs() {
    let home = home();
    let ran = cruce(home.path(), ["run", "--reps", "2", "--progress", "none"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("next: cruce init my-study"), "{}", ran.err);
    assert_eq!(names(home.path()), ["runs"]);
}

#[test]
fn json_is_one_object_with_its_envelope() {
    let home = with_lesson();
    let ran = cruce(home.path(), ["run", "booth", "--reps", "5", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let object = json(&ran.out);
    assert_eq!(object["schema"], "cruce.result/1");
    assert_eq!(object["ok"], true);
    assert_eq!(object["command"], "run");
    assert_eq!(object["replications"], 5);
    assert_eq!(object["verdicts"][0]["versus"], "one-booth");
    assert!(
        object["scenarios"][0]["measures"]["crossing_time.mean"]["value"].as_f64().is_some_and(|v| v > 1.0)
    );
    let folder = home.path().join(object["run"].as_str().expect("folder"));
    let summary = json(&read(folder.join("summary.json")));
    assert_eq!(summary["verdicts"], object["verdicts"]);

    for (arguments, field) in [
        (vec!["validate", "booth"], "warnings"),
        (vec!["show", "booth"], "scenarios"),
        (vec!["show", "booth", "--resolved"], "resolved"),
        (vec!["show", "booth", "--diff", "one-booth", "two-booths"], "differences"),
        (vec!["run", "booth", "-n"], "dry_run"),
        (vec!["explain", "E0104"], "text"),
    ] {
        let ran = cruce(home.path(), arguments.iter().chain(&["--json"]));
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
        assert!(!json(&ran.out)[field].is_null(), "{arguments:?}: {}", ran.out);
    }
    let ran = cruce(home.path(), ["validate", "nowhere", "--json"]);
    assert_eq!((ran.code, &json(&ran.out)["ok"]), (4, &Value::Bool(false)));
}

/// The digest does not hold threads: what differs between two runs is the manifest alone.
#[test]
fn the_same_study_gives_the_same_bytes_on_any_number_of_threads() {
    let home = with_lesson();
    for (jobs, folder) in [("1", "a"), ("2", "b")] {
        let ran =
            cruce(home.path(), ["run", "booth", "--reps", "6", "--trucks", "--jobs", jobs, "-o", folder]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    assert_same_run(&a, &b);
    let manifest = json(&read(a.join("manifest.json")));
    assert_eq!(manifest["threads"], 1);
    assert_eq!(manifest["inputs"][0]["name"], "study.toml");
    assert_eq!(manifest["replications"], 6);
}

/// A page without its section of files.
fn page_but_files(page: &Path) -> String {
    let page = read(page.to_owned());
    let (before, rest) = page.split_once("<section id=\"repeat\"").expect("a section of files");
    let (_, after) = rest.split_once("<section id=\"replay\"").expect("a replay");
    format!("{before}{after}")
}

/// Every file of two run folders but the manifest, byte by byte; of the page all but the files of the study, which
/// stand in it as they were written.
fn assert_same_run(a: &Path, b: &Path) {
    assert_eq!(page_but_files(&a.join("report.html")), page_but_files(&b.join("report.html")));
    let mut compared = 0;
    for folder in ["", "tables", "resolved"] {
        assert_eq!(names(&a.join(folder)), names(&b.join(folder)));
        for name in names(&a.join(folder)) {
            let (one, two) = (a.join(folder).join(&name), b.join(folder).join(&name));
            if one.is_file() && !["manifest.json", "report.html"].contains(&name.as_str()) {
                assert!(
                    fs::read(&one).ok() == fs::read(&two).ok(),
                    "{}\n{}",
                    one.display(),
                    read(one.clone())
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 15, "{compared}");
}

/// Two stations, three plans, a table, and warnings of the check and of the run.
const WARNED: &str = r#"format = 1
[study]
title = "Warned"
start = "2023-10-03"
run_length = "6 h"
baseline = "today"
[precision]
replications = 3
[class.a]
share = "30 % of trucks"
[class.b]
share = "rest"
[demand.north]
entry = "toll"
volume = "60 trucks/h"
by_hour = "hours.csv:share"
[demand.south]
entry = "primary"
volume = "12 trucks/h"
[station.toll]
lanes.all = { servers = 1 }
service = "40 s"
next = "primary"
[station.primary]
lanes.a = { servers = 1, accepts = ["a"] }
lanes.b = { servers = 2, open = 1 }
service.a = "exponential(mean = 50 s)"
service.b = "240 s"
route.a.yard = "5 %"
next = "exit"
[station.yard]
lanes.all = { servers = "unlimited" }
service = "10 min"
next = "exit"
[scenario.today]
[scenario.more]
from = "today"
set."station.primary.lanes.b.servers" = "+1"
set."station.toll.lanes.all.servers" = 1
set."station.toll.service" = "+10 s"
[scenario.same]
title = "The same"
from = "today"
[source]
"station.nowhere" = "nobody"
"demand.north.volume" = "counts"
[goals]
"crossing_time.p99" = "<= 30 min"
"crossing_time.mean" = "<= 10 min"
"#;

/// The same file with its sections, and the keys in each, in opposite order.
fn turned(text: &str) -> String {
    let (head, sections) = text.split_at(text.find('[').expect("sections"));
    let mut turned: Vec<Vec<&str>> = Vec::new();
    for line in sections.lines() {
        if line.starts_with('[') {
            turned.push(Vec::new());
        }
        turned.last_mut().expect("a section").push(line);
    }
    turned.reverse();
    turned.iter_mut().for_each(|section| section[1..].reverse());
    let turned: Vec<String> = turned.iter().map(|section| section.join("\n\n")).collect();
    format!("# Moved.\n\n{head}{}\n", turned.join("\n"))
}

/// Every rule of a crossing at once: what ranks, leaves, fails, follows the line, comes by appointment
/// and is worth something.
const RULED: &str = r#"format = 1
[study]
title = "Rules"
start = "2024-01-01"
run_length = "1 day"
baseline = "today"
[precision]
replications = 3
[class.fast]
share = "25 % of trucks"
[class.empty]
share = "30 % of trucks"
[class.laden]
share = "rest"
[demand.street]
entry = "toll"
volume = "1500 trucks/day"
day_factor = "lognormal(mean = 1, cv = 0.1)"
batch = "geometric(mean = 2)"
divert = { "15 min" = "10 %", "30 min" = "40 %" }
divert_cost = "50 min"
[demand.booked]
entry = "yard"
slot = "30 min"
appointments = { "00:00" = 0, "06:00" = 6, "20:00" = 0 }
early = "30 min"
show_up = "gamma(mean = 30 min, cv = 0.5)"
no_show = "5 %"
[station.yard]
lanes.all = { servers = "unlimited" }
service = "exponential(mean = 20 min)"
next = "bridge"
[station.toll]
lanes.all = { servers = 2 }
service = "20 s"
balking = { 20 = "90 %" }
patience.empty = "exponential(mean = 30 min)"
queue = "round-robin"
next = "bridge"
[road.bridge]
travel = "gamma(mean = 5 min, cv = 0.3)"
lanes = 2
room = 90
split = 12
next = "primary"
[station.primary]
lanes.fast = { servers = 2, accepts = ["fast"], room = 6, overflow = "rest" }
lanes.rest = { servers = 5, accepts = ["empty", "laden"], closing = "resume", other_work = "1 min" }
priority = ["laden", "empty"]
preempt = "resume"
move_up = "15 s"
service = "lognormal(mean = 4 min, cv = 0.6)"
officer_factor = "lognormal(mean = 1, cv = 0.1)"
day_factor = "lognormal(mean = 1, cv = 0.05)"
pace_by_queue = { 10 = "105 %" }
pace_by_open = { 4 = "97 %" }
route.laden.dock = "15 %"
route.empty.dock = "5 %"
next = "exit"
[station.dock]
lanes.near = { servers = 2, preference = 1 }
lanes.far = { servers = 2, preference = 2 }
queue = "shared"
free_lane = "random"
room = 8
full = "divert exit"
service = "25 min"
next = "exit"
[officers.cbp]
on_duty = 7
away = { "00:00" = 0, "12:00" = 1 }
breaks = "15 min every 4 h"
rule."primary.fast" = "1..2 lanes, open when queue >= 4 per lane, close when queue <= 1 per lane, priority 1"
rule."primary.rest" = "2..5 lanes, open when queue >= 5 per lane, close when queue <= 2 per lane, set-up 5 min, at least 30 min, priority 2"
[failure.scanner]
lanes = ["dock.near", "dock.far"]
up = "exponential(mean = 4 h)"
repair = "exponential(mean = 30 min)"
clock = "serving"
truck = "return-restart"
[failure.computers]
lanes = ["primary.rest", "primary.fast"]
windows = "14:00-15:00"
pace = "60 %"
[event.surge]
from = "day 1 08:00"
to = "day 1 10:00"
set.demand.street.volume = "+20 %"
[event.strike]
from = "day 1 16:00"
to = "day 1 17:00"
set.officers.cbp.on_duty = "-2"
happens = false
[border_wait]
from = "toll"
at = "primary"
posted = "every 30 min, lag 10 min, rounded to 5 min"
[air]
idle_fuel = "0.8 gal/h"
creep_fuel = "1.6 gal/h"
creep_share = "10 %"
co2 = "10.18 kg/gal"
nox.idle = "34 g/h"
nox.creep = "60 g/h"
[money]
currency = "USD"
price_year = 2024
truck_hour = "90 USD/h"
officer_hour = "67 USD/h"
cargo_value.laden = "67000 USD"
cargo_value.rest = "0 USD"
cargo_time_value = "1.4 %/day"
perishable.laden = "2 %/h after 1 h"
capital."primary.rest" = "2 million USD/lane"
days_per_year = 260
horizon = "20 years"
discount_rate = "7 %"
[scenario.today]
[scenario.strike]
from = "today"
set.event.strike.happens = true
[scenario.more]
from = "strike"
set.station.primary.lanes.rest.servers = "+1"
set.officers.cbp.rule."primary.rest".lanes = "+1"
"#;

#[test]
fn rules_in_another_order_give_the_same_bytes() {
    let home = home();
    for (place, text) in [("one", RULED), ("two", &turned(RULED))] {
        let folder = home.path().join(place).join("port");
        fs::create_dir_all(&folder).expect("folder");
        fs::write(folder.join("study.toml"), text).expect("file");
    }
    for (study, jobs, out) in [("one", "2", "a"), ("two", "2", "b"), ("two", "1", "c")] {
        let study = format!("{study}/port");
        let ran = cruce(home.path(), ["run", &study, "--trucks", "--jobs", jobs, "-o", out]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let at = |out: &str| home.path().join(out);
    assert_same_run(&at("a"), &at("b"));
    assert_same_run(&at("b"), &at("c"));
    // Every way out was taken, or the rules that ask for it were not tried.
    let outcomes = read(at("a").join("tables/outcomes.csv"));
    for outcome in ["crossed", "diverted", "balked", "reneged"] {
        let some = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            cells.contains(&outcome) && cells.iter().any(|cell| cell.parse().is_ok_and(|n: f64| n > 0.0))
        };
        assert!(outcomes.lines().any(some), "{outcome}: {outcomes}");
    }
}

/// The order of sections and keys is nobody's business: it moves lines and no result.
#[test]
fn a_study_in_another_order_gives_the_same_bytes() {
    let home = home();
    let turned = turned(WARNED);
    let hours: String =
        (0..24).map(|hour| format!("{hour};{};x\n", if hour < 16 { "5,0" } else { "2,5" })).collect();
    for (place, text) in [("one", WARNED), ("two", &turned)] {
        let folder = home.path().join(place).join("port");
        fs::create_dir_all(&folder).expect("folder");
        fs::write(folder.join("study.toml"), text).expect("file");
        fs::write(folder.join("hours.csv"), format!("hour;share (%);extra\n{hours}")).expect("file");
    }
    for (study, jobs, out) in [("one", "2", "a"), ("two", "2", "b"), ("two", "1", "c")] {
        let study = format!("{study}/port");
        let ran = cruce(home.path(), ["run", &study, "--trucks", "--jobs", jobs, "-o", out]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let at = |out: &str| home.path().join(out);
    assert_same_run(&at("a"), &at("b"));
    assert_same_run(&at("b"), &at("c"));
    let warnings = read(at("a").join("tables/warnings.csv"));
    for told in ["W0151", "W0152,,hours.csv", "W0401,,station.primary", "W0405", "W0406", "W0414", "W0503"] {
        assert!(warnings.contains(told), "{told}: {warnings}");
    }
    let resolved = read(at("a").join("resolved/more.toml"));
    assert!(resolved.contains("lanes.b.servers = 3  # more: +1\n"), "{resolved}");
    assert!(resolved.contains("lanes.b.open = 1  # study.toml\n"), "{resolved}");
    let shown = cruce(home.path(), ["show", "one/port", "--resolved"]);
    assert!(shown.out.contains("lanes.b.open = 1  # study.toml:26\n"), "{}", shown.out);
}

#[test]
fn messages_say_once_what_is_wrong_and_what_was_expected() {
    let home = with_lesson();
    let nowhere = cruce(home.path(), ["validate", "nowhere"]);
    assert_eq!(nowhere.code, 4);
    assert_eq!(nowhere.err.matches("os error 2").count(), 1, "{}", nowhere.err);
    let goal = cruce(home.path(), ["run", "booth", "--set", "goals.crossing_time.mean=<= 90 %"]);
    assert_eq!(goal.code, 3, "{}", goal.err);
    let told = "`goals.crossing_time.mean` cannot be told: `crossing_time.mean` is a duration, not a share";
    assert!(goal.err.contains(told) && goal.err.contains("<= 15 min"), "{}", goal.err);
    let scenario = cruce(home.path(), ["run", "booth", "--scenario", ""]);
    assert_eq!(scenario.code, 2, "{}", scenario.err);
    let one = cruce(home.path(), ["run", "booth", "--reps", "1"]);
    let words: Vec<&str> = one.out.split_whitespace().collect();
    let words = words.join(" ");
    assert!(words.contains(" 1 replication each") && !words.contains(" 1 replications"), "{}", one.out);
    let two = cruce(home.path(), ["run", "booth", "--reps", "2"]);
    assert!(two.out.contains("(only 2 replications)") || two.out.contains("not settled"), "{}", two.out);
}

/// What tells plans and units apart is never cut, however narrow the terminal.
#[test]
fn a_narrow_terminal_cuts_no_label() {
    let home = with_lesson();
    let ran = finish(command(home.path()).args(["run", "booth", "--reps", "4"]).env("COLUMNS", "20"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.out.contains('…'), "{}", ran.out);
    assert!(ran.out.contains("crossing time, mean (min)"), "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 40), "{}", ran.out);
}

#[test]
fn the_same_command_finds_its_folder_again_and_another_one_stays_out() {
    let home = with_lesson();
    let first = cruce(home.path(), ["run", "booth", "--reps", "3"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let second = cruce(home.path(), ["run", "booth", "--reps", "3"]);
    assert_eq!(second.code, 0, "{}", second.err);
    assert!(second.err.contains("the same run"), "{}", second.err);
    assert_eq!(first.out, second.out);
    let folder = run_folder(home.path());

    let other = cruce(home.path(), ["run", "booth", "--reps", "4", "-o", folder.to_str().expect("UTF-8")]);
    assert_eq!(other.code, 4);
    assert!(other.err.contains("--force"), "{}", other.err);
    fs::write(folder.join("notes.txt"), "mine").expect("file");
    let again = cruce(home.path(), ["run", "booth", "--reps", "3", "--force"]);
    assert_eq!(again.code, 4);
    assert!(again.err.contains("notes.txt"), "{}", again.err);
    // Inputs are never overwritten.
    let study = cruce(home.path(), ["run", "booth", "--reps", "3", "-o", "booth", "--force"]);
    assert_eq!(study.code, 4, "{}", study.err);
    assert_eq!(names(&home.path().join("booth")), ["README.md", "study.toml"]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let home = with_lesson();
    let ran = cruce(home.path(), ["run", "booth", "-n", "--seed", "7"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("one-booth, two-booths") && ran.out.contains("seed 7"), "{}", ran.out);
    let ran = cruce(home.path(), ["init", "other", "-n"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(names(home.path()), ["booth"]);
}

#[test]
fn quiet_says_nothing_but_data() {
    let home = with_lesson();
    let ran = cruce(home.path(), ["run", "booth", "--reps", "3", "-q"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(!ran.out.is_empty());
}

#[test]
fn goals_count_only_when_asked() {
    let home = with_lesson();
    let ran = cruce(home.path(), ["run", "booth", "--reps", "20"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = cruce(home.path(), ["run", "booth", "--reps", "20", "--check-goals", "--json"]);
    assert_eq!(ran.code, 6, "{}", ran.err);
    let object = json(&ran.out);
    let goal = &object["goals"][0];
    assert_eq!((goal["scenario"].as_str(), goal["status"].as_str()), (Some("one-booth"), Some("missed")));
    assert_eq!((goal["limit"].as_f64(), goal["unit"].as_str()), (Some(5.0), Some("min")));
    assert_eq!((&object["ok"], &object["exit_code"]), (&Value::Bool(false), &Value::from(6)));
    let easy = cruce(
        home.path(),
        ["run", "booth", "--reps", "20", "--check-goals", "--set", "goals.crossing_time.mean=<= 900 min"],
    );
    assert!(easy.code == 0 || easy.code == 3, "{}", easy.err);
}

#[test]
fn one_replication_alone_is_the_same_as_among_others() {
    let home = with_lesson();
    let all = cruce(home.path(), ["run", "booth", "--reps", "4", "--trucks", "-o", "all"]);
    let one = cruce(home.path(), ["run", "booth", "--replication", "3", "--trucks", "-o", "one"]);
    assert_eq!((all.code, one.code), (0, 0), "{}{}", all.err, one.err);
    let rows = |folder: &str, replication: &str| -> Vec<String> {
        let text = read(home.path().join(folder).join("trucks.csv"));
        let wanted = format!("one-booth,{replication},");
        text.lines().filter(|line| line.starts_with(&wanted)).map(str::to_owned).collect()
    };
    assert!(rows("all", "3").len() > 500, "about 720 trucks a day");
    assert_eq!(rows("all", "3"), rows("one", "3"));
    assert!(rows("one", "0").is_empty());
}

#[test]
fn every_column_of_every_table_is_described() {
    let home = with_lesson();
    let ran = cruce(home.path(), ["run", "booth", "--reps", "3", "--trucks", "-o", "out"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let folder = home.path().join("out");
    let package = json(&read(folder.join("datapackage.json")));
    let resources = package["resources"].as_array().expect("resources");
    let mut described: Vec<&str> = Vec::new();
    for resource in resources {
        let path = resource["path"].as_str().expect("path");
        described.push(path);
        let mut reader =
            csv::Reader::from_path(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let fields = resource["schema"]["fields"].as_array().expect("fields");
        let head: Vec<&str> = fields.iter().map(|field| field["name"].as_str().expect("name")).collect();
        assert_eq!(reader.headers().expect("head").iter().collect::<Vec<_>>(), head, "{path}");
        for field in fields {
            let sentence = field["description"].as_str().expect("description");
            assert!(sentence.ends_with('.') && sentence.len() > 8, "{path}: {field}");
            assert!(field["unit"].is_string(), "{path}: {field}");
        }
        let mut rows = 0;
        for record in reader.records() {
            let record = record.unwrap_or_else(|error| panic!("{path}: {error}"));
            rows += 1;
            for (cell, field) in record.iter().zip(fields) {
                let fits = match field["type"].as_str() {
                    Some("number") => cell.is_empty() || cell.parse::<f64>().is_ok_and(f64::is_finite),
                    Some("integer") => cell.is_empty() || cell.parse::<i64>().is_ok(),
                    _ => true,
                };
                assert!(fits, "{path}: `{cell}` is no {field}");
            }
        }
        let may_be_empty =
            ["links", "storage", "posted", "warnings", "classes"].iter().any(|name| path.contains(name));
        assert!(rows > 0 || may_be_empty, "{path} is empty");
    }
    let mut present: Vec<String> =
        names(&folder.join("tables")).iter().map(|name| format!("tables/{name}")).collect();
    present.push("trucks.csv".to_owned());
    described.sort_unstable();
    assert_eq!(described, present);
    let manifest = json(&read(folder.join("manifest.json")));
    for path in described {
        assert!(manifest["files"].as_array().expect("files").iter().any(|file| file == path), "{path}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let home = with_lesson();
    for (columns, widest) in [("80", 80), ("200", 80), ("48", 48)] {
        for arguments in [vec!["run", "booth", "--reps", "3"], vec!["show", "booth"]] {
            let ran = finish(command(home.path()).args(&arguments).env("COLUMNS", columns));
            assert_eq!(ran.code, 0, "{}", ran.err);
            for line in ran.out.lines() {
                assert!(line.chars().count() <= widest, "{columns}: {line}");
            }
        }
    }
}

#[test]
fn color_is_for_those_who_want_it() {
    let home = with_lesson();
    let colored = |variables: &[(&str, &str)], arguments: &[&str]| {
        let ran = finish(
            command(home.path())
                .args(["run", "booth", "--reps", "3"])
                .args(arguments)
                .envs(variables.iter().copied()),
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]));
    assert!(colored(&[], &["--color", "always"]));
    assert!(!colored(&[("NO_COLOR", "1")], &[]));
    assert!(!colored(&[("TERM", "dumb")], &["--color", "never"]));
}

#[test]
fn show_and_schema_and_completions_print_data() {
    let home = with_lesson();
    let ran = cruce(home.path(), ["show", "booth"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("station.primary.lanes.all.servers  1 -> 2"), "{}", ran.out);
    let ran = cruce(home.path(), ["show", "booth", "--diff", "two-booths", "one-booth"]);
    assert!(ran.out.contains("station.primary.lanes.all.servers  2 -> 1"), "{}", ran.out);
    let ran = cruce(home.path(), ["show", "booth", "--resolved"]);
    assert!(ran.out.contains("# scenario two-booths") && ran.out.contains("servers"), "{}", ran.out);
    let resolved = cruce(home.path(), ["schema"]);
    assert!(json(&resolved.out)["properties"]["station"].is_object());
    let ran = cruce(home.path(), ["schema", "-o", "s.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert_eq!(read(home.path().join("s.json")), resolved.out);
    assert_eq!(cruce(home.path(), ["schema", "-o", "s.json"]).code, 4);
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = cruce(home.path(), ["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("validate"), "{shell}");
    }
}

#[test]
fn explain_knows_keys_and_codes() {
    let home = home();
    for topic in ["E0104", "station.primary.lanes.standard.servers", "precision.target"] {
        let ran = cruce(home.path(), ["explain", topic]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{topic}");
        assert!(ran.out.len() > 40, "{topic}: {}", ran.out);
    }
    let ran = cruce(home.path(), ["explain", "statoin.primary.lanes"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

/// A lesson with one thing wrong in it.
fn broken(from: &str, to: &str) -> Vec<u8> {
    let text = read(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/1-one-booth/study.toml"));
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn a_wrong_file_of_each_kind_is_3_with_place_and_help_and_nothing_written() {
    let lesson = || broken("format = 1", "format = 1");
    let servers = "lanes.all = { servers = 1 }";
    let next = "next      = \"exit\"";
    let from = "from  = \"one-booth\"";
    let service = "\"exponential(mean = 96 s)\"";
    let kinds: Vec<(&str, Vec<u8>)> = vec![
        ("unknown key", broken("servers = 1 }", "servers = 1, colour = 2 }")),
        ("bad unit", broken(service, "\"exponential(mean = 96 parsecs)\"")),
        ("negative time", broken(service, "\"-45 s\"")),
        ("shares over 100 %", broken("share = \"rest\"", "share = \"120 % of trucks\"")),
        (
            "missing table",
            broken("volume = \"30 trucks/h\"", "volume = \"30 trucks/h\"\nby_hour = \"missing.csv\""),
        ),
        ("dangling station", broken(next, "next = \"nowhere\"")),
        ("no way to the exit", broken(next, "next = \"primary\"")),
        ("NaN", broken(servers, "lanes.all = { servers = nan }")),
        ("1e9 lanes", broken(servers, "lanes.all = { servers = 1000000000 }")),
        ("not UTF-8", [lesson(), b"\n# \xff\xfe\n".to_vec()].concat()),
        ("empty", Vec::new()),
        ("truncated", lesson()[..700].to_vec()),
        ("over 8 MB", [lesson(), b"# padding\n".repeat(900_000)].concat()),
        ("names with spaces", broken("[class.truck]", "[class.\"big truck\"]")),
        ("cycles in from", broken(from, "from = \"two-booths\"")),
        (
            "contradictory values",
            broken("volume = \"30 trucks/h\"", "volume = \"30 trucks/h\"\nheadway = \"2 min\""),
        ),
        ("unknown measure", broken("\"crossing_time.mean\" =", "\"crossing_tim.mean\" =")),
    ];
    for (kind, contents) in kinds {
        let home = home();
        fs::write(home.path().join("study.toml"), contents).expect("file");
        for arguments in [["validate", "study.toml"], ["run", "study.toml"]] {
            let ran = cruce(home.path(), arguments);
            assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{kind}: {}", ran.err);
            assert!(ran.err.contains("error[E"), "{kind}: {}", ran.err);
            assert!(ran.err.contains("study.toml"), "{kind} has no place: {}", ran.err);
            assert!(ran.err.contains("next: cruce explain E"), "{kind}: {}", ran.err);
            assert_eq!(names(home.path()), ["study.toml"], "{kind} wrote something");
        }
        let code =
            json(&cruce(home.path(), ["validate", "study.toml", "--json"]).out)["errors"][0]["code"].clone();
        let explained = cruce(home.path(), ["explain", code.as_str().expect("code")]);
        assert_eq!(explained.code, 0, "{kind}: {code}: {}", explained.err);
    }
}

#[test]
fn what_cannot_be_read_or_written_is_4() {
    let home = with_lesson();
    let ran = cruce(home.path(), ["run", "nowhere"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
    assert!(ran.err.contains("nowhere"), "{}", ran.err);
    fs::write(home.path().join("file"), "").expect("file");
    let ran = cruce(home.path(), ["run", "booth", "--reps", "2", "-o", "file/below"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
    let ran = cruce(home.path(), ["run", "booth", "--reps", "2", "-o", "file"]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{}", ran.err);
    assert_eq!(names(home.path()), ["booth", "file"]);
}

#[test]
fn set_seed_and_scenario_change_the_run() {
    let home = with_lesson();
    let base = json(&cruce(home.path(), ["run", "booth", "--reps", "3", "--json"]).out);
    let seeded = json(&cruce(home.path(), ["run", "booth", "--reps", "3", "--json", "--seed", "9"]).out);
    assert_ne!(base["study"]["digest"], seeded["study"]["digest"]);
    let more = ["run", "booth", "--reps", "3", "--json", "--set", "demand.northbound.volume=+10 %"];
    let more = json(&cruce(home.path(), more).out);
    let trucks = |object: &Value| {
        object["scenarios"][0]["measures"]["trucks.entered"]["value"].as_f64().expect("trucks")
    };
    assert!(trucks(&more) > trucks(&base), "{} {}", trucks(&more), trucks(&base));
    let one = ["run", "booth", "--reps", "3", "--json", "--scenario", "one-booth"];
    let one = json(&cruce(home.path(), one).out);
    assert_eq!(one["scenarios"].as_array().map(Vec::len), Some(1));
    assert_eq!(one["verdicts"].as_array().map(Vec::len), Some(0));
    let unknown = cruce(home.path(), ["run", "booth", "--scenario", "two-boots"]);
    assert!(matches!(unknown.code, 2 | 3), "{}: {}", unknown.code, unknown.err);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    /// A reader that goes away after the first line.
    #[test]
    fn a_closed_pipe_is_no_failure() {
        let home = with_lesson();
        for arguments in
            [vec!["run", "booth", "--reps", "3"], vec!["schema"], vec!["completions", "bash"], vec!["--help"]]
        {
            let mut child = command(home.path())
                .args(&arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("cruce starts");
            drop(child.stdout.take());
            let output = child.wait_with_output().expect("it ends");
            let err = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{arguments:?}: {err}");
            assert!(!err.contains("panicked") && !err.contains("error"), "{arguments:?}: {err}");
        }
    }

    fn interrupt(child: &std::process::Child, signal: &str) {
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    #[test]
    fn an_interruption_keeps_what_is_complete() {
        for signal in ["-INT", "-TERM"] {
            let home = with_lesson();
            let mut child = command(home.path())
                .args(["run", "booth", "--reps", "100000", "--set", "study.title=A b", "-o", "here"])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("cruce starts");
            let err = BufReader::new(child.stderr.take().expect("stderr"));
            sleep(Duration::from_secs(1));
            interrupt(&child, signal);
            let began = Instant::now();
            let output = child.wait_with_output().expect("it ends");
            assert!(began.elapsed() < Duration::from_secs(20));
            let err: String = err.lines().map_while(Result::ok).collect::<Vec<_>>().join("\n");
            assert_eq!(output.status.code(), Some(130), "{signal}: {err}");
            let next = "next: cruce run booth --set \"study.title=A b\" --reps 100000 -o here";
            assert!(err.contains("interrupted after") && err.contains(next), "{err}");
            let manifest = json(&read(home.path().join("here/manifest.json")));
            assert_eq!(manifest["status"], "interrupted");
            assert!(manifest["replications"].as_u64().is_some_and(|n| n > 0 && n < 100_000));
        }
    }

    #[test]
    fn a_second_interruption_ends_at_once() {
        let home = with_lesson();
        let mut child = command(home.path())
            .args(["run", "booth", "--reps", "100000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cruce starts");
        sleep(Duration::from_millis(500));
        interrupt(&child, "-INT");
        interrupt(&child, "-INT");
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
    }
}

/// The workbook holds what the CSV files hold, is listed, and is the same bytes whenever it is made.
#[test]
fn xlsx_is_the_tables_in_one_file() {
    let home = with_lesson();
    for folder in ["a", "b"] {
        let ran = cruce(home.path(), ["run", "booth", "--reps", "3", "--xlsx", "-o", folder]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    assert_same_run(&a, &b);
    assert!(fs::read(a.join("tables.xlsx")).expect("a workbook").starts_with(b"PK"));
    let manifest = json(&read(a.join("manifest.json")));
    assert!(manifest["files"].as_array().expect("files").iter().any(|file| file == "tables.xlsx"));
    let mut book: Xlsx<_> = calamine::open_workbook(a.join("tables.xlsx")).expect("a workbook");
    assert_eq!(book.sheet_names()[0], "Read me");
    let mut pages = book.sheet_names()[1..].to_vec();
    pages.sort_unstable();
    let files = names(&a.join("tables"));
    assert_eq!(files, pages.iter().map(|page| format!("{page}.csv")).collect::<Vec<_>>());
    for page in &pages {
        let text = read(a.join(format!("tables/{page}.csv")));
        let range = book.worksheet_range(page).expect("a page");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for (row, record) in reader.records().enumerate() {
            for (column, field) in record.expect("a row").iter().enumerate() {
                let cell = match range.get_value((row as u32, column as u32)) {
                    Some(Data::Float(number)) => number.to_string(),
                    Some(Data::String(text)) => text.clone(),
                    None | Some(Data::Empty) => String::new(),
                    Some(other) => panic!("{other:?}"),
                };
                let plain = field.strip_prefix('\'').unwrap_or(field);
                assert_eq!(cell, plain, "{page}, row {row}, column {column}");
            }
        }
    }
    // The same command without the option leaves none behind.
    let ran = cruce(home.path(), ["run", "booth", "--reps", "3", "-o", "a"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!a.join("tables.xlsx").exists());
}
