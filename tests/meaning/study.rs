//! Studies that tests change, and what is found in them.

use cruce::scenario::build::build;
use cruce::scenario::diagnostic::Diagnostic;
use cruce::scenario::file::Study;
use cruce::scenario::resolve::{Files, Origins, Resolved};

/// One booth: the base that most tests change.
pub const BOOTH: &str = r#"
format = 1
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
lanes.all = { servers = 1 }
service = "constant(60 s)"
next = "exit"
"#;

/// A study without inheritance.
pub fn resolved(text: &str) -> Resolved {
    let study: Study = toml::from_str(text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
    Resolved {
        name: "base".to_owned(),
        study,
        origins: Origins::default(),
        files: Files::default(),
        text: String::new(),
        traced: String::new(),
        later: Vec::new(),
    }
}

/// The base with pieces of its text replaced.
pub fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BOOTH.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "`{old}` is not in the base");
        text.replace(old, new)
    })
}

/// `CODE message` lines.
pub fn messages(found: &[Diagnostic]) -> String {
    let lines: Vec<String> = found.iter().map(|found| format!("{} {}", found.code, found.message)).collect();
    lines.join("\n")
}

/// What is wrong with a file, as `CODE message` lines.
pub fn wrong(text: &str) -> String {
    let (plan, found) = build("study", &[resolved(text)]);
    assert!(plan.is_none() || found.iter().all(|found| !found.is_error()));
    messages(&found)
}

/// The booth with these classes: (name, share).
pub fn classes(shares: &[(&str, &str)]) -> String {
    let tables: Vec<String> =
        shares.iter().map(|(name, share)| format!("[class.{name}]\nshare = \"{share}\"\n")).collect();
    with(&[("[class.all]\nshare = \"100 % of trucks\"\n", &tables.join(""))])
}

/// Two stations with a road between, and officers.
pub const PORT: &str = r#"
format = 1
[study]
title = "Port"
time_zone = "America/Denver"
start = "2023-10-03"
run_length = "1 day"
[class.empty]
share = "36 % of trucks"
[class.fast]
share = "36 % of laden"
[class.standard]
share = "rest"
[demand.northbound]
entry = "toll"
volume = "2400 trucks/day"
batch = "2"
[station.toll]
lanes.all = { servers = 4 }
service = "gamma(mean = 18 s, cv = 0.5)"
next = "bridge"
[road.bridge]
travel = "6 min"
lanes = 4
room = 250
split = 60
next = "primary"
[station.primary]
lanes.fast = { servers = 2, accepts = ["fast"] }
lanes.standard = { servers = 6, open = "officers" }
queue = "shortest"
move_up = "15 s"
service.fast = "erlang(mean = 40 s, k = 3)"
service.standard = "lognormal(mean = 75 s, cv = 0.6)"
service.rest = "erlang(mean = 35 s, k = 3)"
route.secondary = "5 %"
route.standard.secondary = "12 %"
next = "exit"
[station.secondary]
lanes.docks = { servers = "unlimited" }
service = "30 min"
next = "exit"
[officers.cbp]
on_duty = 6
rule."primary.standard" = "2..6 lanes, open when queue >= 20 per lane, close when queue <= 12 per lane, set-up 5 min, at least 30 min"
[border_wait]
from = "toll"
at = "primary"
"#;

/// The port with pieces of its text replaced.
pub fn port(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(PORT.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "`{old}` is not in the port");
        text.replace(old, new)
    })
}

/// The booth with more keys in its demand.
pub fn demand(more: &str) -> String {
    with(&[("volume = \"240 trucks/day\"", &format!("volume = \"240 trucks/day\"\n{more}"))])
}
