//! The report as a user makes it: the page at the end of a run and later, figures, the bundle, hostile texts.
//!
//! What needs a browser is in `browser.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cruce::report::figure::IDS;

fn cruce(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cruce"));
    command.args(arguments).current_dir(folder).env_remove("COLUMNS").output().expect("cruce starts")
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = cruce(folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Files below a folder by name, with their contents.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, prefix: &str, all: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => walk(&entry.path(), &format!("{name}/"), all),
                false => all.push((name, fs::read(entry.path()).expect("a file"))),
            }
        }
    }
    let mut all = Vec::new();
    walk(folder, "", &mut all);
    all.sort();
    all
}

/// Two plans at one booth, quickly run.
const STUDY: &str = r#"
format = 1
[study]
title      = { en = "One booth or two?", es = "¿Una caseta o dos?" }
start      = "2024-03-05"
run_length = "1 day"
seed       = 7
baseline   = "one"
[precision]
replications = 4
[class.laden]
share = "60 % of trucks"
[class.empty]
share = "rest"
[demand.north]
entry  = "booth"
volume = "20 trucks/h"
[station.booth]
lanes.all = { servers = 1 }
service   = "exponential(mean = 2 min)"
next      = "exit"
[scenario.one]
[scenario.two]
title = { en = "Two booths", es = "Dos casetas" }
set."station.booth.lanes.all.servers" = "+1"
"#;

fn study(home: &Path, text: &str) -> PathBuf {
    let folder = home.join("study");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("study.toml"), text).expect("a file");
    folder
}

#[test]
fn the_page_is_the_same_now_and_later() {
    let home = tempfile::tempdir().expect("a folder");
    study(home.path(), STUDY);
    done(home.path(), &["run", "study", "-o", "run", "--quiet"]);
    let page = fs::read(home.path().join("run/report.html")).expect("a page");
    let told = done(home.path(), &["report", "run"]);
    assert_eq!(told, "run/report.html\n");
    assert_eq!(fs::read(home.path().join("run/report.html")).expect("a page"), page);
    // In Spanish it opens in Spanish, and holds the same.
    done(home.path(), &["report", "run", "--lang", "es", "-o", "es.html"]);
    let spanish = fs::read_to_string(home.path().join("es.html")).expect("a page");
    assert!(spanish.contains("<html lang=\"es\">") && spanish.contains("<title>¿Una caseta o dos?</title>"));
    assert!(spanish.contains("One booth or two?"));
    // Another number of threads, another folder: the same bytes.
    done(home.path(), &["run", "study", "-o", "elsewhere/run", "--jobs", "1", "--quiet"]);
    assert_eq!(fs::read(home.path().join("elsewhere/run/report.html")).expect("a page"), page);
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
}

#[test]
fn a_bundle_repeats_the_run() {
    let home = tempfile::tempdir().expect("a folder");
    study(home.path(), STUDY);
    let run =
        ["run", "study", "-o", "run", "--set", "demand.north.volume=+10 %", "--seed", "11", "--reps", "3"];
    done(home.path(), &[&run[..], &["--scenario", "two", "--quiet"]].concat());
    done(home.path(), &["report", "run", "--bundle"]);
    let once = fs::read(home.path().join("run/study.zip")).expect("a bundle");
    done(home.path(), &["report", "run", "--bundle", "-o", "twice.zip"]);
    assert_eq!(fs::read(home.path().join("twice.zip")).expect("a bundle"), once, "the same bytes");
    done(home.path(), &["run", "run/study.zip", "-o", "again", "--quiet"]);
    let kept = |folder: &str| -> Vec<(String, Vec<u8>)> {
        let mut all = files(&home.path().join(folder));
        // The one file that tells date, machine and command; and what was asked for afterwards.
        all.retain(|(name, _)| name != "manifest.json" && name != "study.zip");
        all
    };
    let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let (run, again) = (kept("run"), kept("again"));
    assert_eq!(names(&run), names(&again));
    for (here, there) in run.iter().zip(&again) {
        assert!(here == there, "{} differs", here.0);
    }
    assert!(names(&run).iter().any(|name| name.starts_with("blocks/")));
    // A run that has a bundle beside it is still one of ours.
    done(home.path(), &["run", "study", "-o", "run", "--force", "--quiet"]);
}

#[test]
fn what_is_no_run_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path();
    let fails = |arguments: &[&str], code: i32, words: &[&str]| {
        let output = cruce(path, arguments);
        let told = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        for word in words {
            assert!(told.contains(word), "{arguments:?}: {told}");
        }
    };
    fails(&["report", "nowhere"], 4, &["there is no run folder `nowhere`"]);
    study(path, STUDY);
    fails(&["report", "study"], 4, &["is no run folder", "cruce run"]);
    fails(&["plot", "n-kurve", "study"], 2, &["there is no figure `n-kurve`", "n-curve"]);
    fs::write(path.join("broken.zip"), "PK, but no archive").expect("a file");
    fails(&["run", "broken.zip"], 4, &["is no bundle of cruce", "--bundle"]);
    fails(&["run", "missing.zip"], 4, &["cannot read `missing.zip`"]);
    done(path, &["run", "study", "-o", "run", "--quiet"]);
    // A study that was changed in the folder is not what was run.
    let file = path.join("run/study/study.toml");
    let text = fs::read_to_string(&file).expect("a file");
    fs::write(&file, text.replace("20 trucks/h", "21 trucks/h")).expect("written");
    fails(&["report", "run"], 4, &["changed since", "run the study again"]);
    fs::write(&file, "format = ").expect("written");
    fails(&["report", "run"], 4, &["does not read"]);
    fs::write(path.join("run/recipe.json"), "{}").expect("written");
    fails(&["report", "run"], 4, &["recipe.json", "cannot be understood"]);
}

/// A ZIP of these files, as anybody could make one.
fn archive(path: &Path, files: &[(&str, &str)]) {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(fs::File::create(path).expect("a file"));
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("an archive");
}

#[test]
fn a_hostile_bundle_writes_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path();
    let recipe = |file: &str, study: &str| {
        format!("{{\"schema\":\"cruce.recipe/1\",\"study\":\"{study}\",\"file\":\"{file}\"}}")
    };
    let refused = |name: &str, recipe: &str, file: &str, why: &str| {
        let bundle = path.join(name);
        archive(&bundle, &[("recipe.json", recipe), (&format!("study/{file}"), STUDY)]);
        let output = cruce(path, &["run", name, "-o", "deep/er/out", "--quiet"]);
        let told = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(output.status.code() == Some(4) && told.contains(why), "{name}: {told}");
        assert!(!path.join("deep").exists() && !path.join("x").exists(), "{name}");
    };
    let out = "../../../x/study.toml";
    refused("dots.zip", &recipe(out, "s"), out, "outside of its study");
    refused("absolute.zip", &recipe("/tmp/x.toml", "s"), "/tmp/x.toml", "outside of its study");
    refused("other.zip", &recipe("study.toml", "s"), "else.toml", "does not hold the study's file");
    refused("nameless.zip", &recipe("study.toml", ""), "study.toml", "without a proper name");
    archive(
        &path.join("fine.zip"),
        &[("recipe.json", &recipe("study.toml", "s")), ("study/study.toml", STUDY)],
    );
    done(path, &["run", "fine.zip", "-o", "fine", "--quiet"]);
    // What lies in the folder besides is not mailed, and links are not followed.
    fs::write(path.join("fine/study/secret.csv"), "1").expect("a file");
    done(path, &["report", "fine", "--bundle", "-o", "sent.zip"]);
    let sent =
        zip::ZipArchive::new(fs::File::open(path.join("sent.zip")).expect("a file")).expect("an archive");
    assert_eq!(sent.file_names().collect::<Vec<_>>().len(), 3, "recipe, study, page");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", path.join("fine/study/link.csv")).expect("a link");
        let output = cruce(path, &["report", "fine", "--bundle", "-o", "again.zip"]);
        assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_report_replaces_nothing_unasked() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path();
    study(path, STUDY);
    done(path, &["run", "study", "-o", "run", "--quiet"]);
    let output = cruce(path, &["report", "run", "-o", "study/study.toml"]);
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(fs::read_to_string(path.join("study/study.toml")).expect("a file"), STUDY);
    let page = done(path, &["report", "run", "-o", "-"]);
    assert!(
        page.starts_with("<!DOCTYPE html>")
            && page.as_bytes() == fs::read(path.join("run/report.html")).expect("a page")
    );
    done(path, &["report", "run", "-o", "mine.html"]);
    assert_eq!(cruce(path, &["report", "run", "-o", "mine.html"]).status.code(), Some(4));
    done(path, &["report", "run", "-o", "mine.html", "--force"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("mine.html", path.join("link.html")).expect("a link");
        assert_eq!(cruce(path, &["report", "run", "-o", "link.html", "--force"]).status.code(), Some(4));
    }
    // The bundle of a run stays when the run is repeated.
    done(path, &["report", "run", "--bundle"]);
    done(path, &["run", "run/study.zip", "-o", "run", "--quiet"]);
    assert!(path.join("run/study.zip").is_file());
}

/// What the page says where something is not as usual.
#[test]
fn what_is_not_so_is_not_said() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path();
    let page = |name: &str, text: &str| {
        let folder = study(path, text);
        done(path, &["run", folder.to_str().expect("a path"), "-o", name, "--quiet"]);
        fs::read_to_string(path.join(name).join("report.html")).expect("a page")
    };
    let usual = page("usual", STUDY);
    assert!(
        usual.contains("on the same trucks") && usual.contains("4 pairs of replications of the same trucks")
    );
    // Other demand is another crossing's trucks.
    let fewer = page("fewer", &(STUDY.to_owned() + "set.\"demand.north.volume\" = \"-30 %\"\n"));
    assert!(!fewer.contains("on the same trucks") && !fewer.contains("of the same trucks"));
    assert!(fewer.contains("their demand differs") && fewer.contains("su demanda difiere"));
    // One replication has no interval.
    let one = page("one", &STUDY.replace("replications = 4", "replications = 1"));
    assert!(one.contains("from one pair there is no interval") && !one.contains("the interval is at 95 %"));
    assert!(!one.contains("bars their 95 % interval"));
    // One plan is not paired with anything.
    let alone = page("alone", STUDY.split("[scenario.two]").next().expect("a part"));
    assert!(alone.contains("there is one plan") && !alone.contains("pairs of replications"));
    // A lone file is repeated by its own name; a name is one word of a shell.
    fs::write(path.join("it's $(id).toml"), STUDY).expect("a file");
    done(path, &["run", "it's $(id).toml", "-o", "lone", "--quiet"]);
    let lone = fs::read_to_string(path.join("lone/report.html")).expect("a page");
    assert!(lone.contains(r"cruce run 'it'\''s $(id).toml'"), "quoted for a shell");
}

#[test]
fn figures_are_files() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path();
    study(path, STUDY);
    done(path, &["run", "study", "-o", "run", "--quiet"]);
    let listed = done(path, &["plot", "--list"]);
    assert_eq!(listed.lines().count(), IDS.len());
    for (id, ..) in IDS {
        assert!(listed.lines().any(|line| line.split_whitespace().next() == Some(id)), "{id}");
        let output = cruce(path, &["plot", id, "run"]);
        let file = path.join(format!("{id}.svg"));
        if output.status.success() {
            let svg = fs::read_to_string(&file).expect("a figure");
            assert!(svg.starts_with("<svg ") && svg.contains("<title>") && !svg.contains('\u{e000}'), "{id}");
            let csv = done(path, &["plot", id, "run", "--format", "csv", "-o", "-"]);
            assert!(csv.lines().count() > 1, "{id}: {csv}");
        } else {
            // A figure that the study has nothing to show in says so.
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(2) && told.contains(&format!("no `{id}`")), "{id}: {told}");
            assert!(!file.exists());
        }
    }
    done(path, &["plot", "verdict", "run", "-o", "verdict.png"]);
    assert!(fs::read(path.join("verdict.png")).expect("a picture").starts_with(b"\x89PNG"));
    let output = cruce(path, &["plot", "verdict", "run"]);
    assert_eq!(output.status.code(), Some(4), "a file that is there is not replaced");
    done(path, &["plot", "verdict", "run", "--force", "--lang", "es"]);
    let svg = fs::read_to_string(path.join("verdict.svg")).expect("a figure");
    assert!(svg.contains("Dos casetas") && !svg.contains("Two booths"));
    let output = cruce(path, &["plot", "verdict", "run", "-o", "verdict.gif"]);
    assert_eq!(output.status.code(), Some(2));
}

/// Texts that are dangerous somewhere: in HTML, in scripts, in SVG, in spreadsheets, on a terminal.
const HOSTILE: [&str; 5] = [
    "</script><script>alert(1)</script>",
    "\\\" onload=alert(1) '<img src=x onerror=alert(1)>&amp;",
    "\\u202Eevil\\u202C \\u200Fright",
    "=cmd|' /C calc'!A0",
    "]]></svg><svg onload=alert(1)>{{7*7}}${7*7}",
];

#[test]
fn hostile_text_is_text() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path();
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let hostile = STUDY
            .replace("One booth or two?", text)
            .replace("¿Una caseta o dos?", text)
            .replace("Two booths", text)
            .replace("Dos casetas", text)
            .replace("seed       = 7", "seed = 7\n")
            + &format!("\n[source]\n\"demand.north.volume\" = \"{text}\"\n");
        let folder = study(path, &hostile);
        let run = format!("run-{number}");
        done(path, &["run", folder.to_str().expect("a path"), "-o", &run, "--xlsx", "--quiet"]);
        let page = fs::read_to_string(path.join(&run).join("report.html")).expect("a page");
        harmless(&page, text);
        // All figures once; those with titles and names for every text.
        let few = ["verdict", "scorecard", "crossing", "ecdf-wait"];
        for (id, ..) in IDS.into_iter().filter(|(id, ..)| number == 0 || few.contains(id)) {
            let output = cruce(path, &["plot", id, &run, "-o", "-"]);
            if output.status.success() {
                let svg = String::from_utf8(output.stdout).expect("text");
                assert!(
                    !svg.contains("<script") && !svg.contains("<img") && svg.matches("<svg").count() == 1,
                    "{id}: {text}"
                );
                assert!(!svg.contains('\u{202e}') && !svg.contains('\u{200f}'), "{id}");
            }
            let output = cruce(path, &["plot", id, &run, "--format", "csv", "-o", "-"]);
            let csv = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!csv.lines().any(|line| line.starts_with('=') || line.contains(",=")), "{id}: {csv}");
        }
        let inputs = fs::read_to_string(path.join(&run).join("tables/inputs.csv")).expect("a table");
        assert!(!inputs.contains(",=cmd"), "{inputs}");
    }
    // Names of files.
    let name = "=cmd'&<img src=x onerror=alert(1)> \u{202e}.csv";
    let folder = study(
        path,
        &STUDY.replace(
            "volume = \"20 trucks/h\"",
            &format!("volume = \"480 trucks/day\"\nby_hour = \"{name}\""),
        ),
    );
    let hours: String = (0..24).map(|hour| format!("{hour},{} %\n", if hour < 20 { 5 } else { 0 })).collect();
    fs::write(folder.join(name), format!("hour,weight\n{hours}")).expect("a table");
    done(path, &["run", folder.to_str().expect("a path"), "-o", "run-name", "--quiet"]);
    harmless(&fs::read_to_string(path.join("run-name/report.html")).expect("a page"), name);
    done(path, &["report", "run-name", "--bundle"]);
    done(path, &["run", "run-name/study.zip", "-o", "run-name-again", "--quiet"]);
    let page = |run: &str| fs::read(path.join(run).join("report.html")).expect("a page");
    assert!(page("run-name") == page("run-name-again"), "a bundle with such names repeats the run");
    // Very long.
    let long = "é".repeat(10_000);
    let folder = study(path, &STUDY.replace("Two booths", &long).replace("One booth or two?", &long));
    done(path, &["run", folder.to_str().expect("a path"), "-o", "run-long", "--quiet"]);
    let page = fs::read_to_string(path.join("run-long/report.html")).expect("a page");
    // The file itself stands in the page twice, as text and as a download; elsewhere long texts are cut.
    assert!(page.matches(&long).count() <= 2 && page.len() < 3_000_000, "{}", page.len());
}

/// A page that holds exactly our scripts, and no foreign mark.
fn harmless(page: &str, text: &str) {
    let own = page.matches("<script").count();
    assert!(own >= 2 && own == page.matches("</script>").count(), "{text}");
    for mark in ["<img", "<script>alert", "<svg onload"] {
        assert!(!page.contains(mark), "{mark} of {text}");
    }
    let hidden =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    assert!(!page.chars().any(hidden), "{text}");
}

#[test]
fn every_part_stands_in_both_languages() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path();
    study(path, STUDY);
    done(path, &["run", "study", "-o", "run", "--quiet"]);
    let page = fs::read_to_string(path.join("run/report.html")).expect("a page");
    for id in [
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
    ] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    for (id, ..) in IDS {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    let english = page.matches("<span lang=\"en\">").count();
    assert_eq!(english, page.matches("<span lang=\"es\">").count());
    assert!(english > 200, "{english}");
    // Nothing is fetched from anywhere.
    for address in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!page.contains(address), "{address}");
    }
}
