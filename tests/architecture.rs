//! The order of modules, read from the source: a module uses what stands below it, never above.
//!
//! `ORDER` is the picture of how the house is built; these tests keep it true. They also hold the
//! rules that keep results the same on every machine: no printing and no environment below the
//! command line, no maps of random order, no platform `exp` and `ln`.

use std::fs;
use std::path::{Path, PathBuf};

/// Every module with those it may use, from the top down. Nothing else may be used.
const ORDER: [(&str, &[&str]); 10] = [
    (
        "cli",
        &["report", "calibrate", "experiment", "scenario", "measure", "model", "stats", "dist", "kernel"],
    ),
    ("report", &["calibrate", "experiment", "scenario", "measure", "model", "stats", "dist", "kernel"]),
    ("calibrate", &["experiment", "scenario", "measure", "model", "stats", "dist", "kernel"]),
    ("experiment", &["scenario", "measure", "model", "stats", "dist", "kernel"]),
    ("scenario", &["model", "stats", "dist", "kernel"]),
    ("measure", &["model", "stats", "dist", "kernel"]),
    ("model", &["dist", "kernel"]),
    ("stats", &["dist", "kernel"]),
    ("dist", &["kernel"]),
    ("kernel", &[]),
];

struct Source {
    path: PathBuf,
    /// The first folder or file under `src`; empty for `lib.rs` and `main.rs`.
    module: String,
    /// The text without comments and tests.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    assert!(paths.len() > 20, "the source was found");
    let texts = paths.iter().map(|path| fs::read_to_string(path).expect("source is UTF-8"));
    let (codes, tests): (Vec<String>, Vec<Vec<String>>) = texts.map(|text| without_tests(&text)).unzip();
    let tests: Vec<PathBuf> = paths
        .iter()
        .zip(&tests)
        .flat_map(|(path, names)| names.iter().map(|name| path.with_file_name(format!("{name}.rs"))))
        .collect();
    let source = |(path, code): (PathBuf, String)| {
        let inside = path.strip_prefix(&root).expect("it lies under src").to_owned();
        let first = inside.iter().next().expect("it has a name").to_string_lossy().into_owned();
        let module = match first.strip_suffix(".rs") {
            Some("lib" | "main") => String::new(),
            Some(name) => name.to_owned(),
            None => first,
        };
        Source { path: inside, module, code }
    };
    paths.into_iter().zip(codes).filter(|(path, _)| !tests.contains(path)).map(source).collect()
}

/// A text without comments and without what is compiled for tests only; and the names of the files
/// that are compiled for tests only.
fn without_tests(text: &str) -> (String, Vec<String>) {
    let (mut code, mut names) = (String::new(), Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            let next = lines.next().unwrap_or_default();
            match next.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                Some(name) => names.push(name.to_owned()),
                None if next.ends_with('{') => while lines.next().is_some_and(|line| line != "}") {},
                None => {}
            }
            continue;
        }
        code.push_str(line.split("//").next().unwrap_or(""));
        code.push('\n');
    }
    (code, names)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("src can be read").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            paths.push(path); // unit tests with a file of their own are no part of the library
        }
    }
}

/// The modules that a piece of code names: after `crate::` and `cruce::`, in `use` lines, in groups
/// (`use crate::{a::B, c}`) and in paths.
fn used(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for root in ["crate::", "cruce::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &code[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => names.extend(heads(group)),
                None => names.push(identifier(rest)),
            }
        }
    }
    names
}

/// The first words of the parts of a group, up to its closing brace.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut part, mut parts) = (0, String::new(), Vec::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    parts.iter().map(|part| identifier(part.trim())).filter(|name| !name.is_empty()).collect()
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn modules_use_only_what_stands_below_them() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.module.is_empty()) {
        let Some((_, below)) = ORDER.iter().find(|(name, _)| *name == source.module) else {
            wrong.push(format!("{}: `{}` has no place in the order", source.path.display(), source.module));
            continue;
        };
        for name in used(&source.code) {
            let is_module = ORDER.iter().any(|(module, _)| *module == name);
            if is_module && name != source.module && !below.contains(&name.as_str()) {
                wrong.push(format!("{}: `{}` may not use `{name}`", source.path.display(), source.module));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_order_has_no_way_up() {
    for (place, (module, below)) in ORDER.iter().enumerate() {
        for name in *below {
            let found =
                ORDER.iter().position(|(module, _)| module == name).expect("every module has a place");
            assert!(found > place, "`{module}` uses `{name}`, which stands above it");
        }
    }
}

#[test]
fn used_modules_are_found() {
    let code = "use crate::{model::{Truck, queue::Line}, stats};\nlet x = crate::kernel::time::ZERO;\nuse cruce::report::Look;";
    assert_eq!(used(code), ["model", "stats", "kernel", "report"]);
    assert_eq!(used("use my_crate::model;"), Vec::<String>::new());
}

/// Words that may not stand in the source below the command line.
const FORBIDDEN: [(&str, &str); 14] = [
    ("println!", "nothing below `cli` prints"),
    ("eprintln!", "nothing below `cli` prints"),
    ("print!(", "nothing below `cli` prints"),
    ("dbg!", "nothing below `cli` prints"),
    ("std::env", "nothing below `cli` reads the environment"),
    ("env::var", "nothing below `cli` reads the environment"),
    ("process::exit", "the library never exits"),
    ("SystemTime", "results do not depend on the clock"),
    ("Instant::now", "results do not depend on the clock"),
    ("HashMap", "maps that are walked are ordered"),
    ("HashSet", "sets that are walked are ordered"),
    ("thread::current", "results do not depend on threads"),
    ("rand_distr", "an oracle for tests only"),
    (".mul_add(", "fused operations differ between machines"),
];

/// Functions of the platform's mathematics library, which differ in the last bit between machines.
const PLATFORM: [&str; 12] = [
    ".exp()",
    ".ln()",
    ".log10()",
    ".log2()",
    ".powf(",
    ".powi(",
    ".sin()",
    ".cos()",
    ".tan()",
    ".exp_m1()",
    ".ln_1p()",
    ".cbrt()",
];

#[test]
fn the_library_is_silent_and_the_same_on_every_machine() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.module != "cli" && !source.module.is_empty()) {
        for (number, line) in source.code.lines().enumerate() {
            let at = || format!("{}:{}", source.path.display(), number + 1);
            for (word, why) in FORBIDDEN {
                if line.contains(word) {
                    wrong.push(format!("{}: `{word}`: {why}", at()));
                }
            }
            for function in PLATFORM {
                if line.contains(function) {
                    wrong.push(format!("{}: `{function}` is the platform's; use `libm`", at()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
