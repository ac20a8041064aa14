//! The report in a real browser: errors, requests, accessibility, both languages, paper, no scripts, the replay.
//!
//! `.ci/browser` installs what it needs into `target/browser`; `CRUCE_PICTURES=DIR` keeps screenshots there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cruce::report::figure::IDS;
use serde_json::Value;

const SECTIONS: [&str; 12] = [
    "answer",
    "crossing",
    "scenarios",
    "results",
    "reality",
    "certainty",
    "tradeoffs",
    "sweeps",
    "assumptions",
    "warnings",
    "method",
    "repeat",
];

fn run(home: &Path, arguments: &[&str]) {
    let ran = Command::new(env!("CARGO_BIN_EXE_cruce")).args(arguments).current_dir(home).output();
    let ran = ran.expect("cruce starts");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// What the browser finds in a page.
fn looked_at(page: &Path, pictures: Option<PathBuf>) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ids: Vec<&str> = IDS.iter().map(|figure| figure.0).collect();
    let pictures = pictures.inspect(|folder| fs::create_dir_all(folder).expect("a folder for pictures"));
    let found = Command::new("node")
        .arg(root.join("tests/browser/check.mjs"))
        .arg(root.join("target/browser"))
        .arg(env::var("CRUCE_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned()))
        .arg(page)
        .arg(pictures.as_deref().unwrap_or(Path::new("-")))
        .arg(SECTIONS.join(","))
        .arg(ids.join(","))
        .output()
        .expect("Node.js starts");
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    serde_json::from_slice(&found.stdout).expect("JSON")
}

fn pictures(name: &str) -> Option<PathBuf> {
    env::var_os("CRUCE_PICTURES").map(|folder| Path::new(&folder).join(name))
}

fn none(found: &Value, what: &str) {
    assert_eq!(found[what], Value::Array(Vec::new()), "{what}");
}

/// Sections and figures that have text, and pictures that have a height, in one language.
fn whole(seen: &Value, language: &str) {
    for id in SECTIONS {
        assert!(seen["sections"][id].as_u64() > Some(60), "section {id}: {}", seen["sections"][id]);
    }
    for (id, ..) in IDS {
        let figure = &seen["figures"][id];
        assert!(figure["text"].as_u64() > Some(20), "figure {id} in {language}: {figure}");
        assert!(figure["missing"] == true || figure["svg"].as_f64() > Some(40.0), "figure {id}: {figure}");
    }
}

#[test]
#[ignore = "needs Chromium, Node.js, playwright-core and axe-core: .ci/browser installs them"]
fn the_default_report_holds_in_a_browser() {
    let home = tempfile::tempdir().expect("a folder");
    run(home.path(), &["run", "-o", "run", "--quiet"]);
    let page = home.path().join("run/report.html");
    let bytes = fs::metadata(&page).expect("a page").len();
    assert!(bytes <= 3_000_000, "{bytes} bytes");
    let found = looked_at(&page, pictures("ysleta"));
    for what in ["errors", "requests", "faults", "overflow"] {
        none(&found, what);
    }
    for (name, seen) in found["languages"].as_object().expect("languages") {
        let language = if name.ends_with("es") { "es" } else { "en" };
        whole(seen, language);
        assert_eq!(seen["lang"], language, "{name}");
    }
    let title = |name: &str| found["languages"][name]["title"].as_str().expect("a title").to_owned();
    assert!(title("1280-en").contains("two more booths") && title("390-es").contains("dos casetas"));
    // On paper: some pages, not one endless one and not hundreds.
    let pages = found["print"]["pages"].as_u64().expect("pages");
    assert!((8..=80).contains(&pages), "{pages} pages");
    // Without scripts: another language, every figure, every table.
    let plain = &found["plain"];
    whole(plain, "es");
    assert!(plain["title"].as_str().is_some_and(|title| title.contains("dos casetas")));
    assert_eq!(plain["opened"], plain["tablesInAll"]);
    let rates = found["replay"]["rates"].as_array().expect("a replay");
    assert!(rates[1].as_f64() >= Some(20.0), "{rates:?} frames a second");
}

/// A line of trucks that never ends.
const CROWD: &str = r#"
format = 1
[study]
title      = "Five thousand in line"
start      = "2024-03-05"
run_length = "1 day"
baseline   = "one"
[precision]
replications = 2
[class.laden]
share = "50 % of trucks"
[class.empty]
share = "rest"
[demand.north]
entry  = "booth"
volume = "6000 trucks/day"
[station.booth]
lanes.all = { servers = 2 }
service   = "exponential(mean = 3 min)"
next      = "exit"
[scenario.one]
[scenario.more]
set."station.booth.lanes.all.servers" = "+1"
"#;

#[test]
#[ignore = "needs Chromium, Node.js, playwright-core and axe-core: .ci/browser installs them"]
fn the_replay_moves_with_five_thousand_trucks() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("crowd.toml"), CROWD).expect("a file");
    run(home.path(), &["run", "crowd.toml", "-o", "run", "--quiet"]);
    let found = looked_at(&home.path().join("run/report.html"), pictures("crowd"));
    for what in ["errors", "requests", "faults", "overflow"] {
        none(&found, what);
    }
    assert!(found["replay"]["stats"]["trucks"].as_u64() >= Some(5_000), "{}", found["replay"]["stats"]);
    let rates = found["replay"]["rates"].as_array().expect("a replay");
    assert!(rates[1].as_f64() >= Some(20.0), "{rates:?} frames a second");
}

#[test]
#[ignore = "needs Chromium, Node.js, playwright-core and axe-core: .ci/browser installs them"]
fn hostile_text_does_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\\u202E]]>";
    let study = CROWD.replace("Five thousand in line", hostile).replace("6000 trucks/day", "300 trucks/day")
        + &format!("title = '{hostile}'\n[source]\n\"demand.north\" = '{hostile}'\n");
    fs::write(home.path().join("hostile.toml"), study).expect("a file");
    run(home.path(), &["run", "hostile.toml", "-o", "run", "--quiet"]);
    let found = looked_at(&home.path().join("run/report.html"), pictures("hostile"));
    for what in ["errors", "requests", "faults", "overflow"] {
        none(&found, what);
    }
    let title = found["languages"]["1280-en"]["title"].as_str().expect("a title");
    assert!(title.contains("<img src=x onerror=alert(2)>"), "shown as text: {title}");
}
