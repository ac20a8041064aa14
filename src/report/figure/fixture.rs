//! A small study for tests of figures, run once per test.

use std::sync::atomic::AtomicBool;

use super::Story;
use crate::experiment::{self, Options};
use crate::scenario::load_text;

/// Two booths, of which one is for FAST trucks, behind a toll and a road; the other plan has a booth more.
const STUDY: &str = r#"
format = 1
[study]
title      = { en = "One booth more?", es = "¿Una caseta más?" }
start      = "2024-03-05"
run_length = "6 h"
seed       = 3
baseline   = "today"
[precision]
replications = 4
[class.fast]
share = "25 % of trucks"
[class.standard]
share = "rest"
[demand.trucks]
entry  = "toll"
volume = "34 trucks/h"
[station.toll]
lanes.all = { servers = 1 }
service   = "10 s"
next      = "bridge"
[road.bridge]
travel  = "3 min"
length  = "600 m"
spacing = "20 m"
next    = "primary"
[station.primary]
lanes.fast       = { servers = 1, accepts = ["fast"] }
lanes.standard   = { servers = 1 }
service.fast     = "exponential(mean = 2 min)"
service.standard = "exponential(mean = 2.4 min)"
next             = "exit"
[border_wait]
from = "toll"
at   = "primary"
[goals]
"border_wait.p95" = "<= 20 min"
[scenario.today]
title = { en = "Today", es = "Hoy" }
[scenario.more]
title = { en = "A booth more", es = "Una caseta más" }
set."station.primary.lanes.standard.servers" = "+1"
"#;

/// Hands on the story of the small study.
pub(super) fn story<T>(look: impl FnOnce(&Story) -> T) -> T {
    told(STUDY, look)
}

/// The same study with something written in another way.
pub(super) fn changed<T>(from: &str, to: &str, look: impl FnOnce(&Story) -> T) -> T {
    assert!(STUDY.contains(from), "`{from}` is in the study");
    told(&STUDY.replacen(from, to, 1), look)
}

fn told<T>(text: &str, look: impl FnOnce(&Story) -> T) -> T {
    let loaded = load_text("study", text);
    let plan = loaded.plan.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let options = Options { jobs: Some(1), ..Options::default() };
    let result = experiment::run(&plan, &options, &|_| {}, &AtomicBool::new(false)).expect("it runs");
    let typical = experiment::typical(&plan, &result).expect("it runs again");
    look(&Story {
        plan: &plan,
        result: &result,
        notices: &[],
        typical: typical.as_ref(),
        inputs: &[],
        sweeps: &[],
        command: "cruce run study",
    })
}
