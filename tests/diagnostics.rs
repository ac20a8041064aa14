//! Broken files, and the message that each one earns, side by side in `tests/diagnostics`.
//!
//! `CRUCE_BLESS=1 cargo test --test diagnostics` writes the messages anew: read what changed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cruce::scenario::{LoadError, Loaded, Overrides, load, load_embedded, load_text};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn drawn(loaded: &Loaded) -> String {
    loaded.sources.render(&loaded.diagnostics, false)
}

/// Every `NAME.toml` and the text in `NAME.expected`.
#[test]
fn every_broken_file_earns_its_message() {
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder is part of the repository")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    names.sort();
    assert!(names.len() > 40, "only {} cases were found", names.len());
    let mut wrong = String::new();
    for path in names {
        let loaded = load(&path, &Overrides::default()).expect("the file can be read");
        let drawn = drawn(&loaded);
        let expected_path = path.with_extension("expected");
        if std::env::var_os("CRUCE_BLESS").is_some() {
            std::fs::write(&expected_path, &drawn).expect("the folder can be written");
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        if drawn != expected {
            let _ = writeln!(wrong, "{}\n--- expected\n{expected}\n--- found\n{drawn}", path.display());
        }
        let good = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("good-"));
        if loaded.plan.is_some() != good {
            let _ = writeln!(wrong, "{}: only files named `good-...` give a plan\n{drawn}", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Whoever is refused is told a way out.
#[test]
fn every_error_has_help() {
    let mut wrong = String::new();
    for entry in std::fs::read_dir(folder()).expect("the folder is part of the repository") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_none_or(|ending| ending != "expected") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("the file is part of the repository");
        for block in text.split("\n\n").filter(|block| block.starts_with("error[")) {
            if !block.contains("= help: ") {
                let _ = writeln!(wrong, "{}: {block}", path.display());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn assert_helpful(loaded: &Loaded) {
    let helpless = loaded.diagnostics.iter().find(|found| found.is_error() && found.helps.is_empty());
    assert!(helpless.is_none(), "{helpless:?}");
}

/// A complete study of one booth.
const BOOTH: &str = r#"format = 1
[study]
title = "One booth"
start = "2023-10-03"
run_length = "1 day"
[class.all]
share = "100 % of trucks"
[demand.north]
entry = "booth"
volume = "240 trucks/day"
[station.booth]
lanes.all = { servers = 2 }
service = "gamma(mean = 60 s, cv = 0.5)"
next = "exit"
"#;

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|found| found.code).collect()
}

#[test]
fn the_base_of_these_tests_is_good() {
    let loaded = load_text("booth", BOOTH);
    assert!(loaded.plan.is_some(), "{}", drawn(&loaded));
    assert_eq!(loaded.plan.expect("it is there").name, "booth");
}

#[test]
fn bytes_that_no_text_has() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let check = |name: &str, bytes: &[u8], code: &str, says: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the folder can be written");
        let loaded = load(&path, &Overrides::default()).expect("the file can be read");
        let drawn = drawn(&loaded);
        assert!(loaded.plan.is_none() && codes(&loaded) == [code], "{name}: {drawn}");
        assert!(drawn.contains(says), "{name}: {drawn}");
    };
    let latin = BOOTH.replace("One booth", "Caba\u{0}a").replace('\u{0}', "?").into_bytes();
    let latin: Vec<u8> = latin.iter().map(|&byte| if byte == b'?' { 0xf1 } else { byte }).collect();
    check("latin.toml", &latin, "E0101", "latin.toml:3:14");
    check("utf16.toml", &[0xff, 0xfe, b'f', 0], "E0101", "UTF-16");
    check("zeros.toml", &[0; 64], "E0102", "zeros.toml:1:1");
    check("empty.toml", b"", "E0106", "empty.toml:1:1");
    check("blank.toml", b"\xef\xbb\xbf\r\n  \n", "E0106", "is empty");
    check("large.toml", &vec![b'#'; 8 * 1024 * 1024 + 1], "E0103", "larger than 8 MB");
    let deep = format!("{} = 1", vec!["a"; 1_000_000].join("."));
    check("deep.toml", deep.as_bytes(), "E0103", "64 levels");
    // Cut anywhere, a file is wrong and says so.
    for cut in (1..BOOTH.len() - 1).step_by(7) {
        let loaded = load_text("cut", &BOOTH[..cut]);
        assert!(loaded.plan.is_none() && !loaded.diagnostics.is_empty(), "cut at {cut}");
    }
}

#[test]
fn spreadsheets_that_save_with_marks_are_read() {
    let text = format!("\u{feff}{}", BOOTH.replace('\n', "\r\n"));
    let loaded = load_text("booth", &text);
    assert!(loaded.plan.is_some(), "{}", drawn(&loaded));
}

#[test]
fn what_cannot_be_opened_is_no_diagnostic() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = load(&folder.path().join("nothing.toml"), &Overrides::default());
    assert!(matches!(missing, Err(LoadError::Unreadable { .. })));
    let empty = load(folder.path(), &Overrides::default());
    assert!(matches!(empty, Err(LoadError::Unreadable { path, .. }) if path.ends_with("study.toml")));
}

/// Files that a study names lie in its folder: regular, and of no more than 8 MB.
#[test]
fn inputs_stay_inside_the_folder() {
    let outer = tempfile::tempdir().expect("a temporary folder");
    let folder = outer.path().join("study");
    std::fs::create_dir_all(folder.join("inner.csv")).expect("the folder can be written");
    let rows: String =
        (0..24).map(|hour| format!("{hour},{}\n", if hour < 4 { "4 %" } else { "4.2 %" })).collect();
    let good = format!("hour,share\n{rows}");
    std::fs::write(outer.path().join("outside.csv"), &good).expect("the folder can be written");
    std::fs::write(folder.join("inside.csv"), &good).expect("the folder can be written");
    std::fs::write(folder.join("large.csv"), vec![b'x'; 8 * 1024 * 1024 + 1])
        .expect("the folder can be written");
    std::fs::write(folder.join("latin.csv"), b"hour,share\n0,4\xf1 %\n").expect("the folder can be written");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../outside.csv", folder.join("link.csv")).expect("the folder can be written");
    let load_with = |name: &str| {
        let text = BOOTH.replace("[station", &format!("by_hour = '{name}'\n[station"));
        std::fs::write(folder.join("study.toml"), text).expect("the folder can be written");
        load(&folder, &Overrides::default()).expect("the file can be read")
    };
    let loaded = load_with("inside.csv");
    assert!(loaded.plan.is_some(), "{}", drawn(&loaded));
    let absolute = outer.path().join("outside.csv").to_string_lossy().into_owned();
    for name in [
        "../outside.csv",
        absolute.as_str(),
        "./../study/inside.csv",
        "link.csv",
        "inner.csv",
        "nothing.csv",
        "in\\side.csv",
        "C:inside.csv",
    ] {
        if name == "link.csv" && !cfg!(unix) {
            continue;
        }
        let loaded = load_with(name);
        assert_eq!(codes(&loaded), ["E0112"], "{name}: {}", drawn(&loaded));
    }
    assert_eq!(codes(&load_with("large.csv")), ["E0103"]);
    assert_eq!(codes(&load_with("latin.csv")), ["E0101"]);
}

#[test]
fn the_command_line_speaks_last() {
    let set = |settings: &[(&str, &str)]| {
        let set = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let overrides = Overrides { set, seed: Some(7), ..Overrides::default() };
        load_embedded(&[("booth/study.toml", BOOTH)], &overrides)
    };
    let plan = set(&[("station.booth.lanes.all.servers", "+3"), ("demand.north.volume", "500 trucks/day")])
        .plan
        .expect("good settings");
    assert_eq!(plan.seed, 7);
    assert!(
        plan.scenarios[0]
            .traced
            .contains("lanes.all.servers = 5  # the command line:1, the command line: +3"),
        "{}",
        plan.scenarios[0].traced
    );
    assert!(plan.scenarios[0].resolved.contains("volume = \"500 trucks/day\""));
    let wrong = set(&[("station.booth.lane.all.servers", "5")]);
    let drawn = drawn(&wrong);
    assert!(
        wrong.plan.is_none()
            && drawn.contains("did you mean `station.booth.lanes.all.servers`? (now `2`, study.toml:12)"),
        "{drawn}"
    );
    assert!(drawn.contains("the command line:1:7"), "{drawn}");
}

/// What `show --resolved` prints can be read again, and means the same.
#[test]
fn the_resolved_text_is_a_study() {
    let folder = folder();
    for name in ["good-tables", "good-scenarios"] {
        let loaded =
            load(&folder.join(format!("{name}.toml")), &Overrides::default()).expect("the file can be read");
        let plan = loaded.plan.unwrap_or_else(|| panic!("{name} is good"));
        for scenario in &plan.scenarios {
            let file = |name: &str| {
                std::fs::read_to_string(folder.join(name)).expect("the file is part of the repository")
            };
            let tables = ["batches.csv", "services.csv"].map(|name| (name, file(name)));
            let mut files: Vec<(&str, &str)> =
                tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
            files.push(("study.toml", &scenario.traced));
            let again = load_embedded(&files, &Overrides::default());
            let drawn = drawn(&again);
            let again = again.plan.unwrap_or_else(|| panic!("{drawn}\n{}", scenario.resolved));
            assert_eq!(again.scenarios[0].name, scenario.name);
            assert_eq!(format!("{:?}", again.scenarios[0].network), format!("{:?}", scenario.network));
        }
    }
}

/// Five thousand damaged files: a diagnostic or a plan, never a panic.
#[test]
fn damaged_files_never_panic() {
    let folder = folder();
    let seeds: Vec<String> = ["good-tables.toml", "good-scenarios.toml", "good-phrases.toml"]
        .iter()
        .map(|name| std::fs::read_to_string(folder.join(name)).expect("the file is part of the repository"))
        .collect();
    let csv =
        std::fs::read_to_string(folder.join("by-hour.csv")).expect("the file is part of the repository");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        // xorshift64*: any fixed sequence will do.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below.max(1)
    };
    let pieces = [
        "\"", "{", "}", "[", "]", "=", ".", "\n", "-", "9", "e", "%", " s", "\u{202e}", "é", "x", "..", ",",
        "nan", "1e9", "'''", "#",
    ];
    for round in 0..5_000 {
        let mut study = seeds[round % seeds.len()].clone().into_bytes();
        let mut table = csv.clone().into_bytes();
        for _ in 0..=random(4) {
            let target = if random(6) == 0 { &mut table } else { &mut study };
            let at = random(target.len());
            let length = random(20).min(target.len() - at);
            match random(5) {
                0 => drop(target.drain(at..at + length)),
                1 => {
                    let copy = target[at..at + length].to_vec();
                    target.splice(at..at, copy);
                }
                2 => target.truncate(at),
                3 => target.splice(at..at, pieces[random(pieces.len())].bytes()).for_each(drop),
                _ => target[at] = random(256) as u8,
            }
            if target.is_empty() {
                target.push(b'x');
            }
        }
        let (study, table) = (String::from_utf8_lossy(&study), String::from_utf8_lossy(&table));
        let loaded = load_embedded(&[("study.toml", &study), ("by-hour.csv", &table)], &Overrides::default());
        let drawn = drawn(&loaded);
        assert_eq!(
            loaded.plan.is_none(),
            loaded.diagnostics.iter().any(|found| found.is_error()),
            "{drawn}\n{study}"
        );
        assert!(!drawn.contains('\u{202e}'), "{drawn}");
        assert_helpful(&loaded);
    }
}

/// The order of sections and keys in the file changes nothing.
#[test]
fn order_means_nothing() {
    let folder = folder();
    let file =
        |name: &str| std::fs::read_to_string(folder.join(name)).expect("the file is part of the repository");
    let (text, table) = (file("good-scenarios.toml"), file("by-hour.csv"));
    let (head, sections) = text.split_at(text.find("\n[").expect("there are sections") + 1);
    let mut sections: Vec<Vec<&str>> =
        sections.split_inclusive('\n').fold(Vec::new(), |mut sections, line| {
            if line.starts_with('[') {
                sections.push(Vec::new());
            }
            sections.last_mut().expect("a section begins with its header").push(line);
            sections
        });
    sections.reverse();
    sections.iter_mut().for_each(|section| section[1..].reverse());
    let turned = head.to_owned() + &sections.concat().concat();
    let rows: Vec<&str> = table.split_inclusive('\n').collect();
    let turned_table = rows[0].to_owned() + &rows[1..].iter().rev().copied().collect::<String>();
    let plan = |text: &str, table: &str| {
        let loaded = load_embedded(&[("study.toml", text), ("by-hour.csv", table)], &Overrides::default());
        let drawn = drawn(&loaded);
        loaded.plan.unwrap_or_else(|| panic!("{drawn}"))
    };
    let (plan, turned) = (plan(&text, &table), plan(&turned, &turned_table));
    assert_eq!(plan.digest, turned.digest);
    for (a, b) in plan.scenarios.iter().zip(&turned.scenarios) {
        assert_eq!((&a.name, &a.changes), (&b.name, &b.changes));
        assert_eq!(format!("{:?}", a.network), format!("{:?}", b.network));
    }
}

/// What inheritance and overrides come to, value by value.
#[test]
fn overrides_come_to_what_they_say() {
    let loaded =
        load(&folder().join("good-scenarios.toml"), &Overrides::default()).expect("the file can be read");
    let plan = loaded.plan.expect("the file is good");
    let names: Vec<&str> = plan.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!(names, ["today", "both", "fewer", "pre-clearance", "two-lanes"]);
    let changes = |name: &str| {
        let scenario = plan.scenarios.iter().find(|scenario| scenario.name == name).expect("it is there");
        scenario.changes.iter().map(|(path, _, value)| format!("{path} = {value}")).collect::<Vec<_>>()
    };
    let rule = "officers.cbp.rule.primary.standard = ";
    let two_lanes = [
        "officers.cbp.on_duty.00:00 = 5".to_owned(),
        "officers.cbp.on_duty.06:00 = 7".to_owned(),
        format!(
            "{rule}4..8 lanes, open when queue >= 20 per lane, close when queue <= 12 per lane, set-up 5 min, at least 30 min"
        ),
        "station.primary.lanes.standard.servers = 8".to_owned(),
    ];
    assert_eq!(changes("two-lanes"), two_lanes);
    let pre_clearance = [
        "class.fast.share = 45 % of trucks",
        "station.primary.service.rest = lognormal(mean = 70 s, cv = 0.5)",
    ];
    assert_eq!(changes("pre-clearance"), pre_clearance);
    let both = changes("both");
    assert_eq!(both.len(), 6);
    assert!(both.contains(&two_lanes[2].replace(">= 20", ">= 25")), "{both:#?}");
    assert!(both.contains(&pre_clearance[1].to_owned()), "{both:#?}");
    let fewer = changes("fewer");
    assert!(fewer.contains(&two_lanes[2].replace("4..8", "3..7").replace(">= 20", ">= 25")), "{fewer:#?}");
    assert!(fewer.contains(&"station.primary.route.standard.toll = 1 %".to_owned()), "{fewer:#?}");
}

/// The example in the documentation is a study.
#[test]
fn the_documented_example_is_good() {
    let text = include_str!("../docs/format.md");
    let example =
        text.split("```").nth(1).and_then(|block| block.strip_prefix("toml\n")).expect("it begins with one");
    let table = include_str!("diagnostics/by-hour.csv");
    let loaded =
        load_embedded(&[("study.toml", example), ("demand-by-hour.csv", table)], &Overrides::default());
    assert!(loaded.plan.is_some(), "{}", drawn(&loaded));
}
