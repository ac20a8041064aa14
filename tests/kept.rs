//! Replications of a run are kept: the same command goes on where it was stopped, to the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Two scenarios of 20 to 80 replications, with everything that is kept of one: hours, queues, posted waits, a full
/// road, links, and a replication that fails now and then would change the totals.
const STUDY: &str = r#"
format = 1
[study]
title = "Kept"
start = "2024-01-01"
run_length = "1 day"
seed = 3
baseline = "one"
[precision]
replications = "20..80"
target = "difference crossing_time.mean +/- 1 s"
[class.fast]
share = "30 % of trucks"
[class.all]
share = "rest"
[demand.north]
entry = "toll"
volume = "38 trucks/h"
[station.toll]
lanes.all = { servers = 1 }
service = "20 s"
next = "bridge"
[road.bridge]
travel = "2 min"
lanes = 1
room = 12
next = "primary"
[station.primary]
lanes.fast = { servers = 1, accepts = ["fast"] }
lanes.all = { servers = 1 }
service = "exponential(mean = 90 s)"
route.all.docks = "5 %"
next = "exit"
[station.docks]
lanes.all = { servers = 2 }
service = "gamma(mean = 20 min, cv = 0.5)"
next = "exit"
[border_wait]
from = "toll"
at = "primary"
posted = "every 60 min, lag 0 min, over 30 min, rounded to 5 min"
[scenario.one]
[scenario.quick]
set.station.primary.service = "exponential(mean = 80 s)"
"#;

fn home() -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join("port")).expect("a folder");
    fs::write(home.path().join("port/study.toml"), STUDY).expect("a study");
    home
}

fn command(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cruce"));
    command.current_dir(home).args(["run", "port"]).args(words);
    command
}

/// What was said, with the ends of lines as blanks: they depend on the width.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn done(home: &Path, words: &[&str]) -> String {
    let output = command(home, words).output().expect("cruce runs");
    assert_eq!(output.status.code(), Some(0), "{words:?}: {}", said(&output));
    said(&output)
}

/// Files below a folder but the manifest, which tells date and machine.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "manifest.json") {
                let name = path.strip_prefix(folder).expect("below").to_owned();
                all.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    all
}

fn same(home: &Path, one: &str, other: &str) {
    let (one, other) = (files(&home.join(one)), files(&home.join(other)));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(other[name] == *bytes, "{} differs", name.display());
    }
}

/// What stands in a folder, hidden or not.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn killed_at_any_moment_a_run_ends_with_the_same_bytes() {
    let home = home();
    let began = Instant::now();
    done(home.path(), &["-o", "whole"]);
    let whole = began.elapsed();
    assert_eq!(names(&home.path().join("whole/blocks")).len(), 8);
    let mut resumed = 0;
    for moment in 0..12u32 {
        let words = ["-o", "killed", "--jobs", if moment % 2 == 0 { "1" } else { "2" }];
        let mut child = command(home.path(), &words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cruce starts");
        // Low-discrepancy moments (golden ratio), from the start to a bit beyond the end.
        let share = (f64::from(moment) * 0.618_033_988_749_894_9).fract();
        std::thread::sleep(whole.mul_f64(1.1 * share) + Duration::from_millis(1));
        child.kill().expect("it can be killed");
        child.wait().expect("it ended");
        resumed += u32::from(done(home.path(), &words).contains("were there"));
        same(home.path(), "whole", "killed");
        fs::remove_dir_all(home.path().join("killed")).expect("removed");
        // Nothing else is left behind.
        assert_eq!(names(home.path()), ["port", "whole"]);
    }
    assert!(resumed >= 3, "moments lie within the run: {resumed} of 12 found something to go on from");
}

/// A run that is repeated is read; blocks that are gone, cut off or of another plan are done again, and said to be.
#[test]
fn a_run_is_read_where_it_is_whole() {
    let home = home();
    done(home.path(), &["-o", "whole"]);
    done(home.path(), &["-o", "hurt"]);
    let said = done(home.path(), &["-o", "hurt"]);
    assert!(said.contains("80 of 80 replications were there"), "{said}");
    same(home.path(), "whole", "hurt");
    let blocks = home.path().join("hurt/blocks");
    for (place, name) in names(&blocks).iter().enumerate() {
        let path = blocks.join(name);
        let bytes = fs::read(&path).expect("a block");
        fs::remove_file(&path).expect("removed");
        match place % 4 {
            0 => fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut off"),
            1 => fs::write(&path, b"not a block").expect("foreign"),
            2 => fs::write(&path, &bytes).expect("left alone"),
            _ => {}
        }
    }
    let said = done(home.path(), &["-o", "hurt"]);
    assert!(said.contains("done again: point-000000-replication-00000-00009.parquet"), "{said}");
    assert!(said.contains("20 of 80 replications were there"), "{said}");
    same(home.path(), "whole", "hurt");
    let said = done(home.path(), &["-o", "hurt", "--fresh"]);
    assert!(!said.contains("were there"), "{said}");
    same(home.path(), "whole", "hurt");
    // Another plan has blocks of its own.
    let said = done(home.path(), &["-o", "hurt", "--seed", "4", "--force"]);
    assert!(!said.contains("were there") && !said.contains("done again"), "{said}");
}

/// Two programs at once in one folder.
#[test]
fn two_programs_share_a_run() {
    let home = home();
    done(home.path(), &["-o", "whole"]);
    let start =
        || command(home.path(), &["-o", "shared"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let both = [start().expect("cruce starts"), start().expect("cruce starts")];
    for child in both {
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    same(home.path(), "whole", "shared");
    done(home.path(), &["-o", "shared"]);
    assert_eq!(names(home.path()), ["port", "shared", "whole"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_goes_on() {
    let home = home();
    let began = Instant::now();
    done(home.path(), &["-o", "whole"]);
    let whole = began.elapsed();
    let mut resumed = 0;
    for part in 1..4 {
        let child = command(home.path(), &["-o", "cut"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let child = child.expect("cruce starts");
        std::thread::sleep(whole * part / 5);
        let id = i32::try_from(child.id()).expect("a process");
        Command::new("kill").args(["-INT", &id.to_string()]).status().expect("it can be told");
        let output = child.wait_with_output().expect("it ends");
        if output.status.code() == Some(130) {
            let said = done(home.path(), &["-o", "cut"]);
            resumed += u32::from(said.contains("were there"));
        }
        same(home.path(), "whole", "cut");
        assert_eq!(names(home.path()), ["cut", "port", "whole"]);
        fs::remove_dir_all(home.path().join("cut")).expect("removed");
    }
    assert!(resumed >= 1, "{resumed}");
}
