//! Small studies for tests of figures, run when a test asks for them.
//!
//! Start at [`story`], or at [`ran`] for another study or with sweeps.

use std::sync::atomic::AtomicBool;

use super::{Story, SweepTables};
use crate::experiment::{self, Options, StudyResult, Typical};
use crate::scenario::load_text;
use crate::scenario::plan::StudyPlan;

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

/// A gate, a road and booths, with officers, prices, observed waits and a goal; three plans, of which `<b>` is an odd name.
pub(super) const PORT: &str = r#"
format = 1
[study]
title      = { en = "Booths or kiosks?", es = "¿Casetas o quioscos?" }
start      = "2024-03-05"
run_length = "1 day"
seed       = 5
baseline   = "today"
[precision]
replications = 4
too_small    = "30 s"
[class.fast]
share = "20 % of trucks"
[class.standard]
share = "rest"
[demand.north]
entry  = "gate"
volume = "600 trucks/day"
[station.gate]
lanes.all = { servers = 1 }
service   = "20 s"
next      = "bridge"
[road.bridge]
travel = "3 min"
room   = 40
next   = "booths"
[station.booths]
lanes.fast     = { servers = 1, accepts = ["fast"], open = "officers" }
lanes.standard = { servers = 3, open = "officers" }
service.fast     = "40 s"
service.standard = "exponential(mean = 280 s)"
route.standard.docks = "10 %"
next = "exit"
[station.docks]
lanes.all = { servers = 4 }
service   = "10 min"
next      = "exit"
[officers.cbp]
on_duty = 4
rule."booths.fast"     = "1 lanes"
rule."booths.standard" = "3 lanes"
[border_wait]
from = "gate"
at   = "booths"
observed.standard = { 8 = "20 min", 12 = "1 min" }
[money]
currency      = "USD"
price_year    = 2024
truck_hour    = "100 USD/h"
officer_hour  = "60 USD/h"
overtime_hour = "90 USD/h"
days_per_year = 250
horizon       = "10 years"
discount_rate = "5 %"
capital."booths.standard" = "1 million USD/lane"
[goals]
"crossing_time.mean" = "<= 30 min"
[scenario.today]
title = { en = "Today", es = "Hoy" }
[scenario.booth]
title = { en = "Another booth", es = "Otra caseta" }
from = "today"
set."station.booths.lanes.standard.servers" = 4
set."officers.cbp.on_duty" = 5
set."officers.cbp.rule.booths.standard" = "4 lanes"
[scenario.quick]
title = { en = "<b>Kiosks</b>", es = "<b>Quioscos</b>" }
from = "today"
set."station.booths.service.standard" = "exponential(mean = 200 s)"
[source]
"demand.north.volume" = "counts"
"#;

/// One booth, one plan, nothing else.
pub(super) const BARE: &str = r#"
format = 1
[study]
title = "One booth"
start = "2024-03-05"
run_length = "4 h"
seed = 1
baseline = "today"
[precision]
replications = 1
[class.truck]
share = "rest"
[demand.north]
entry  = "booth"
volume = "20 trucks/h"
[station.booth]
lanes.all = { servers = 1 }
service   = "60 s"
next      = "exit"
[scenario.today]
"#;

/// A run of a study.
pub(super) struct Ran {
    plan: StudyPlan,
    /// What came out.
    pub(super) result: StudyResult,
    typical: Option<Typical>,
}

/// Runs the text of a study.
pub(super) fn ran(text: &str) -> Ran {
    let loaded = load_text("test", text);
    let told: Vec<&str> = loaded.diagnostics.iter().map(|found| found.message.as_str()).collect();
    let plan = loaded.plan.unwrap_or_else(|| panic!("the test's own study has mistakes: {told:?}"));
    let result = experiment::run(&plan, &Options::default(), &|_| {}, &AtomicBool::new(false));
    let result = result.expect("a small run goes well");
    let typical = experiment::typical(&plan, &result).expect("it runs again");
    Ran { plan, result, typical }
}

impl Ran {
    /// All that is told of it.
    pub(super) fn story<'a>(&'a self, sweeps: &'a [SweepTables]) -> Story<'a> {
        Story {
            plan: &self.plan,
            result: &self.result,
            notices: &[],
            typical: self.typical.as_ref(),
            inputs: &[],
            sweeps,
            command: "cruce run test",
        }
    }
}

/// Hands on the story of the small study.
pub(super) fn story<T>(look: impl FnOnce(&Story) -> T) -> T {
    look(&ran(STUDY).story(&[]))
}

/// The same study with something written in another way.
pub(super) fn changed<T>(from: &str, to: &str, look: impl FnOnce(&Story) -> T) -> T {
    assert!(STUDY.contains(from), "`{from}` is in the study");
    look(&ran(&STUDY.replacen(from, to, 1)).story(&[]))
}

/// A table as a sweep's folder has it.
pub(super) fn table(text: &str) -> Vec<Vec<String>> {
    text.trim().lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}
