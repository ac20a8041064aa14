//! Sweeps: points are scenarios, results are the same bytes however they came about, and nothing that was
//! done is lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use tempfile::TempDir;

const STUDY: &str = r#"
format = 1
[study]
title = "Booths and trucks"
start = "2024-01-01"
run_length = "4 h"
seed = 3
baseline = "one"
[precision]
replications = 4
[class.all]
share = "rest"
[demand.north]
entry = "primary"
volume = "40 trucks/h"
[station.primary]
lanes.all = { servers = 1 }
service = "exponential(mean = 80 s)"
next = "exit"
[scenario.one]
[scenario.fast]
set.station.primary.service = "exponential(mean = 60 s)"
[sweep.growth]
from = ["one", "fast"]
vary."demand.north.volume" = ["+0 %", "+10 %", "x1.2"]
vary.station.primary.lanes.all.servers = "1..4"
[sweep.sampled]
design = "latin-hypercube 30"
vary."demand.north.volume" = "-10 %..+10 %"
vary."station.primary.service.mean" = "60..90 s"
vary."station.primary.lanes.all.servers" = "1..3"
measures = ["wait.primary.p95"]
"#;

fn home(study: &str) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join("port")).expect("a folder");
    fs::write(home.path().join("port/study.toml"), study).expect("a study");
    home
}

fn command(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cruce"));
    command.current_dir(home).args(["sweep", "port"]).args(words);
    command
}

fn sweep(home: &Path, words: &[&str]) -> Output {
    command(home, words).output().expect("cruce runs")
}

fn done(home: &Path, words: &[&str]) -> String {
    let output = sweep(home, words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words:?}: {said}");
    said
}

fn refused(home: &Path, words: &[&str], code: i32) -> String {
    let output = sweep(home, words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// All files of a folder but `kept`, by name.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("inside").to_owned();
                all.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    all
}

fn table(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read(folder.join(name)).expect("a table");
    csv::Reader::from_reader(text.as_slice()).deserialize().collect::<Result<_, _>>().expect("rows")
}

fn same(one: &Path, other: &Path, what: &str) {
    let (one, other) = (files(one), files(other));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&other), "{what}");
    for (name, bytes) in &one {
        assert!(other[name] == *bytes, "{what}: {} differs", name.display());
    }
}

/// Points are scenarios: each has the values that `run` gives a scenario with the same keys.
#[test]
fn points_are_scenarios() {
    let home = home(STUDY);
    done(home.path(), &["--name", "growth", "-o", "swept"]);
    let rows = table(&home.path().join("swept"), "tables/sweep.csv");
    // Two scenarios, three volumes, four numbers of booths, and the baseline.
    let points: std::collections::BTreeSet<&str> = rows.iter().map(|row| row["point"].as_str()).collect();
    assert_eq!(points.len(), 25);
    let mean =
        |row: &&BTreeMap<String, String>| row["measure"] == "crossing_time" && row["statistic"] == "mean";
    let found = rows.iter().filter(mean).find(|row| {
        row["scenario"] == "fast"
            && row["demand.north.volume"] == "x1.2"
            && row["station.primary.lanes.all.servers"] == "3"
    });
    let found = found.expect("the point is there");
    let run = Command::new(env!("CARGO_BIN_EXE_cruce"))
        .current_dir(home.path())
        .args(["run", "port", "--scenario", "one,fast", "-o", "run", "-q"])
        .args(["--set", "demand.north.volume=x1.2", "--set", "station.primary.lanes.all.servers=3"])
        .output()
        .expect("cruce runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let run = table(&home.path().join("run"), "tables/measures.csv");
    let there = run.iter().filter(mean).find(|row| row["scenario"] == "fast" && row["class"].is_empty());
    let there = there.expect("it was measured");
    for column in ["value", "ci_low", "ci_high", "n", "sd"] {
        assert_eq!(found[column], there[column], "{column}");
    }
    // Point 0 is the baseline; more trucks wait longer, more booths shorter.
    let value = |point: &str| {
        let row = rows.iter().filter(mean).find(|row| row["point"] == point).expect("a point");
        row["value"].parse::<f64>().expect("a number")
    };
    assert_eq!(value("0"), value("1"));
    assert!(value("1") < value("5") && value("5") < value("9") && value("2") < value("1"));
}

/// The same bytes on one thread or two, in one part, two or five, and however often it is repeated.
#[test]
fn threads_and_parts_move_no_byte() {
    let home = home(STUDY);
    let at = |name: &str| home.path().join(name);
    for name in ["growth", "sampled"] {
        let folder = |part: &str| format!("{name}-{part}");
        done(home.path(), &["--name", name, "--jobs", "1", "-o", &folder("one")]);
        done(home.path(), &["--name", name, "--jobs", "2", "-o", &folder("two")]);
        same(&at(&folder("one")), &at(&folder("two")), "threads");
        for parts in [1, 2, 5] {
            let output = folder(&format!("of-{parts}"));
            for part in (1..=parts).rev() {
                let said = done(
                    home.path(),
                    &["--name", name, "--shard", &format!("{part}/{parts}"), "-o", &output],
                );
                assert_eq!(said.contains("this part is done"), part > 1, "{said}");
            }
            same(&at(&folder("one")), &at(&output), "parts");
        }
        let said = done(home.path(), &["--name", name, "-o", &folder("one")]);
        assert!(said.contains("0 run now"), "{said}");
        same(&at(&folder("one")), &at(&folder("two")), "once more");
    }
}

/// Killed at fifty moments of its run, it goes on where it was, and ends with the same bytes.
#[test]
fn killed_at_any_moment_it_ends_with_the_same_bytes() {
    let home = home(STUDY);
    let words = ["--name", "sampled", "-o", "whole"];
    let began = Instant::now();
    done(home.path(), &words);
    let whole = began.elapsed();
    let mut resumed = 0;
    for moment in 0..50u32 {
        let name = format!("killed-{moment}");
        let words = ["--name", "sampled", "-o", &name, "--jobs", if moment % 2 == 0 { "1" } else { "2" }];
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
        let said = done(home.path(), &words);
        resumed += u32::from(said.contains("were there"));
        same(&home.path().join("whole"), &home.path().join(&name), &name);
        fs::remove_dir_all(home.path().join(&name)).expect("removed");
    }
    assert!(resumed >= 10, "moments lie within the run: {resumed} of 50 found something to go on from");
}

/// Blocks that are gone, cut off or spoilt are done again, and said to be.
#[test]
fn damaged_blocks_are_done_again() {
    let home = home(STUDY);
    let words = ["--name", "sampled", "-o", "whole"];
    done(home.path(), &words);
    done(home.path(), &["--name", "sampled", "-o", "hurt"]);
    let blocks = home.path().join("hurt/blocks");
    let mut names: Vec<PathBuf> = files(&blocks).into_keys().collect();
    names.sort();
    for (place, name) in names.iter().enumerate() {
        let path = blocks.join(name);
        let bytes = fs::read(&path).expect("a block");
        match place % 5 {
            0 => fs::remove_file(&path).expect("removed"),
            1 => fs::write(&path, &bytes[..bytes.len() * (place + 1) / (names.len() + 1)]).expect("cut off"),
            2 => fs::write(&path, b"not a block").expect("foreign"),
            3 => {
                let mut spoilt = bytes.clone();
                spoilt[bytes.len() / 2] ^= 1;
                fs::write(&path, spoilt).expect("spoilt");
            }
            _ => {}
        }
    }
    let said = done(home.path(), &["--name", "sampled", "-o", "hurt"]);
    assert!(said.contains("done again") && said.contains("checksum"), "{said}");
    same(&home.path().join("whole"), &home.path().join("hurt"), "mended");
}

/// Two programs at once in one folder, and blocks taken over from two others.
#[test]
fn programs_share_a_folder_and_folders_merge() {
    let home = home(STUDY);
    let words = ["--name", "sampled", "-o", "whole"];
    done(home.path(), &words);
    let both: Vec<_> = (0..2)
        .map(|_| {
            command(home.path(), &["--name", "sampled", "-o", "shared"])
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("cruce starts")
        })
        .collect();
    for child in both {
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    same(&home.path().join("whole"), &home.path().join("shared"), "shared");
    done(home.path(), &["--name", "sampled", "--shard", "1/2", "-o", "left"]);
    done(home.path(), &["--name", "sampled", "--shard", "2/2", "-o", "right"]);
    let said = done(home.path(), &["--name", "sampled", "-o", "left", "--merge", "right"]);
    assert!(said.contains("15 blocks from right") && said.contains("0 run now"), "{said}");
    same(&home.path().join("whole"), &home.path().join("left"), "merged");
}

/// With a target each point stops when its difference from point 0 is known well enough, at fixed looks.
#[test]
fn points_stop_at_fixed_looks() {
    let study = STUDY.replace(
        "replications = 4",
        "replications = \"4..64\"\ntarget = \"difference crossing_time.mean +/- 60 s\"",
    );
    let home = home(&study);
    done(home.path(), &["--name", "growth", "--jobs", "1", "-o", "one"]);
    done(home.path(), &["--name", "growth", "--jobs", "2", "-o", "two"]);
    same(&home.path().join("one"), &home.path().join("two"), "threads");
    let points = table(&home.path().join("one"), "tables/points.csv");
    let used: Vec<u32> = points.iter().map(|row| row["replications"].parse().expect("a number")).collect();
    assert_eq!(used[0], 64, "point 0 has as many as any may need");
    assert!(used[1..].iter().all(|used| [4, 8, 16, 32, 64].contains(used)), "{used:?}");
    assert!(used[1..].contains(&4) && used[1..].contains(&64), "some stop soon and some late: {used:?}");
    for row in table(&home.path().join("one"), "tables/sweep.csv") {
        if row["measure"] == "crossing_time" && row["statistic"] == "mean" && row["point"] != "0" {
            let number = |column: &str| row[column].parse::<f64>().expect("a number");
            let half = (number("difference_high") - number("difference_low")) / 2.0;
            let met =
                points.iter().find(|point| point["point"] == row["point"]).expect("it")["target"].clone();
            assert_eq!(half <= 1.0, met == "met", "point {}: {half} min", row["point"]);
        }
    }
}

/// What cannot be is told with its place and the way out, and nothing is written.
#[test]
fn what_cannot_be_swept_is_told() {
    let cases = [
        (r#"vary."station.primary.lanes.all.server" = [1, 2]"#, "E0107"),
        (r#"vary."station.primary.service.mean" = "90..60 s""#, "E0361"),
        (r#"vary."station.primary.service.mean" = "60..90 s""#, "E0361"),
        (r#"vary."demand.north.volume" = []"#, "E0361"),
        (r#"vary."demand.north.volume" = "+5 %""#, "E0361"),
        (r#"vary."demand.north.volume" = ["+5 parsecs"]"#, "E0202"),
        (r#"vary."study.seed" = [1, 2]"#, "E0117"),
        ("design = \"grid\"", "E0361"),
        ("design = \"cube 5\"\nvary.\"demand.north.volume\" = [\"+5 %\"]", "E0206"),
        ("from = \"two\"\nvary.\"demand.north.volume\" = [\"+5 %\"]", "E0116"),
        ("measures = [\"wait.primry\"]\nvary.\"demand.north.volume\" = [\"+5 %\"]", "E0360"),
        (
            "together.x.\"demand.north.volume\" = [\"+0 %\", \"+5 %\"]\n\
             together.x.\"station.primary.lanes.all.servers\" = [1]",
            "E0331",
        ),
        (
            "vary.\"demand.north.volume\" = [\"+0 %\", \"+5 %\"]\n\
             vary.\"station.primary.lanes.all.servers\" = \"1..1000000\"\n\
             vary.\"station.primary.service.mean\" = [\"1 s\", \"2 s\", \"3 s\"]",
            "E0350",
        ),
        (
            "design = \"list\"\nvary.\"demand.north.volume\" = [\"+0 %\", \"+5 %\"]\n\
             vary.\"station.primary.lanes.all.servers\" = [1]",
            "E0331",
        ),
    ];
    for (text, code) in cases {
        let (before, _) = STUDY.split_once("[sweep.growth]").expect("the section");
        let home = home(&format!("{before}[sweep.growth]\n{text}\n"));
        let said = refused(home.path(), &[], 3);
        assert!(said.contains(code), "{text}: {said}");
        assert!(said.contains("study.toml:") && said.contains("help:"), "{text}: {said}");
        assert!(!home.path().join("runs").exists(), "{text}: something was written");
    }
}

/// Folders that hold something else are left alone.
#[test]
fn other_folders_are_left_alone() {
    let home = home(STUDY);
    let said = refused(home.path(), &[], 2);
    assert!(said.contains("choose one with --name: growth, sampled"), "{said}");
    let said = refused(home.path(), &["--name", "grwth"], 2);
    assert!(said.contains("there is no sweep"), "{said}");
    let said = refused(home.path(), &["--name", "growth", "-o", "port"], 4);
    assert!(said.contains("not a sweep of cruce"), "{said}");
    done(home.path(), &["--name", "growth", "-o", "here"]);
    let before = files(&home.path().join("here"));
    let said = refused(home.path(), &["--name", "sampled", "-o", "here"], 4);
    assert!(said.contains("another plan") && said.contains("--fresh"), "{said}");
    assert!(before == files(&home.path().join("here")), "nothing changed");
    let said = refused(home.path(), &["--name", "growth", "--seed", "4", "-o", "here"], 4);
    assert!(said.contains("another plan"), "{said}");
    done(home.path(), &["--name", "sampled", "-o", "here", "--fresh"]);
    done(home.path(), &["--name", "sampled", "-o", "there"]);
    same(&home.path().join("here"), &home.path().join("there"), "begun anew");
    // Blocks of another plan are not taken over.
    let said = done(home.path(), &["--name", "growth", "-o", "merged", "--merge", "there"]);
    assert!(said.contains("0 blocks from there") && said.contains("another plan"), "{said}");
}

/// A disk that takes no more: a clear error, whole blocks kept, and the same command goes on later.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing() {
    let home = home(STUDY);
    done(home.path(), &["--name", "sampled", "-o", "whole"]);
    let full = Command::new("sh")
        .current_dir(home.path())
        // No file may be longer than a block of 512 bytes, and the signal that says so is not heard.
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" sweep port --name sampled -o full"])
        .arg(env!("CARGO_BIN_EXE_cruce"))
        .output()
        .expect("sh runs");
    let said = String::from_utf8_lossy(&full.stderr);
    assert_eq!(full.status.code(), Some(4), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    let parts = files(&home.path().join("full")).into_keys();
    assert_eq!(parts.filter(|name| name.extension().is_some_and(|end| end == "part")).count(), 0);
    done(home.path(), &["--name", "sampled", "-o", "full"]);
    same(&home.path().join("whole"), &home.path().join("full"), "after the disk was full");
}

/// Combinations that cannot be run are told in the table; the others are done.
#[test]
fn combinations_that_cannot_be_are_told_in_the_table() {
    let study = STUDY
        .replace("servers = 1 }", "servers = 4, open = 2 }")
        .replace("from = [\"one\", \"fast\"]", "vary.station.primary.lanes.all.open = [2, 3]");
    let (before, after) = study.split_once("1..4").expect("the range");
    let home = home(&format!("{before}2..4{after}"));
    let output = sweep(home.path(), &["--name", "growth", "-o", "some"]);
    let said = String::from_utf8_lossy(&output.stderr);
    let points = table(&home.path().join("some"), "tables/points.csv");
    let failed: Vec<_> = points.iter().filter(|row| row["failed"] != "0").collect();
    match failed.as_slice() {
        // More lanes open than built may be an error or a warning: an error is told with its code.
        [] => assert_eq!(output.status.code(), Some(0), "{said}"),
        some => {
            assert_eq!(output.status.code(), Some(5), "{said}");
            assert!(some.iter().all(|row| row["why"].starts_with('E')), "{some:?}");
        }
    }
}

/// Two yards one after the other with constant times: crossing time is their sum. From 60 to 120 s and from 60 to
/// 180 s uniformly, the variances are as 1 to 4; the effects over the ranges are 1 and 2 min, without interaction.
#[test]
fn sensitivity_of_a_sum_is_known() {
    let study = r#"
format = 1
[study]
title = "A sum"
start = "2024-01-01"
run_length = "1 h"
[precision]
replications = 2
[class.all]
share = "rest"
[demand.north]
entry = "first"
volume = "60 trucks/h"
[station.first]
lanes.all = { servers = "unlimited" }
service = "60 s"
next = "second"
[station.second]
lanes.all = { servers = "unlimited" }
service = "60 s"
next = "exit"
[sweep.shares]
design = "sobol-indices 128"
vary."station.first.service" = "60..120 s"
vary."station.second.service" = "60..180 s"
[sweep.effects]
design = "morris 6"
vary."station.first.service" = "60..120 s"
vary."station.second.service" = "60..180 s"
"#;
    let home = home(study);
    let rows = |name: &str| {
        done(home.path(), &["--name", name, "-o", name]);
        let rows = table(&home.path().join(name), "tables/sensitivity.csv");
        move |factor: &str, index: &str| {
            let row = rows.iter().find(|row| {
                row["factor"] == factor
                    && row["index"] == index
                    && row["measure"] == "crossing_time"
                    && row["statistic"] == "mean"
            });
            let row = row.expect("the index is there");
            let number = |column: &str| row[column].parse::<f64>().unwrap_or(f64::NAN);
            [number("value"), number("ci_low"), number("ci_high")]
        }
    };
    let shares = rows("shares");
    for (factor, share) in [("station.first.service", 0.2), ("station.second.service", 0.8)] {
        for index in ["first_order", "total"] {
            let [value, low, high] = shares(factor, index);
            assert!(
                (value - share).abs() < 0.05 && low <= share && share <= high,
                "{factor} {index}: {value}"
            );
        }
    }
    let effects = rows("effects");
    for (factor, minutes) in [("station.first.service", 1.0), ("station.second.service", 2.0)] {
        for index in ["effect", "effect_size"] {
            let [value, ..] = effects(factor, index);
            assert!((value - minutes).abs() < 1e-3, "{factor} {index}: {value}");
        }
        assert!(effects(factor, "effect_spread")[0] < 1e-3);
    }
}

/// What would be done is told, and nothing written.
#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let home = home(STUDY);
    let output = sweep(home.path(), &["--name", "growth", "--dry-run"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("24 points and the baseline, 4 replications each: 100 runs"), "{told}");
    assert!(told.contains("25 blocks missing"), "{told}");
    assert!(!home.path().join("runs").exists());
}

/// The workbook of a sweep holds what its tables hold, and is the same bytes on any number of threads.
#[test]
fn a_sweep_becomes_a_workbook() {
    let home = home(STUDY);
    done(home.path(), &["--name", "growth", "--xlsx", "--jobs", "1", "-o", "a"]);
    done(home.path(), &["--name", "growth", "--xlsx", "--jobs", "2", "-o", "b"]);
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    let bytes = fs::read(a.join("tables.xlsx")).expect("a workbook");
    assert!(bytes.starts_with(b"PK"));
    same(&a, &b, "threads");
    let mut book: Xlsx<_> = calamine::open_workbook(a.join("tables.xlsx")).expect("a workbook");
    assert_eq!(book.sheet_names(), ["Read me", "points", "sweep"]);
    let page = book.worksheet_range("sweep").expect("a page");
    let rows = table(&a, "tables/sweep.csv");
    let heads: Vec<String> = page.rows().next().expect("a head").iter().map(ToString::to_string).collect();
    assert_eq!(page.height(), rows.len() + 1);
    for (cells, row) in page.rows().skip(1).zip(&rows) {
        for (head, cell) in heads.iter().zip(cells) {
            assert_eq!(row[head].strip_prefix('\'').unwrap_or(&row[head]), cell.to_string(), "{head}");
        }
    }
    // What is not made of the tables that stand there does not stay beside them.
    done(home.path(), &["--name", "growth", "-o", "a"]);
    assert!(!a.join("tables.xlsx").exists());
}
