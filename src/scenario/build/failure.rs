//! What makes lanes fail: listed windows, or up-times and repairs by chance; and what slows them.

use super::super::check::percent;
use super::super::file::{ByDay, Failure, OnFailure as OnFailurePhrase, UpTime};
use super::super::phrase::Percent;
use super::super::schedule::{Hours, zip};
use super::Context;
use super::rule::check_pace;
use crate::model::network::{Breakdown, Downtime, Group, GroupId, Interruption, OnFailure, Steps, UpClock};

/// Failures in name order, without those that only slow lanes down.
pub fn failures(context: &mut Context) -> Vec<Breakdown> {
    let down = context.study.failure.iter().filter(|(_, failure)| failure.pace.is_none());
    down.filter_map(|(name, failure)| breakdown(name, failure, context)).collect()
}

/// Writes into groups how outages slow their lanes; those at one time multiply.
pub fn outages(groups: &mut [Group], context: &mut Context) {
    for (name, failure) in &context.study.failure {
        // Windows that are missing have been told before.
        let (Some(Percent(pace)), Some(windows)) = (failure.pace, &failure.windows) else { continue };
        let path = format!("failure.{name}");
        check_outage(&format!("{path}.pace"), pace, context);
        let outage = down(&format!("{path}.windows"), windows, context);
        for id in groups_of(failure, context) {
            let group = &mut groups[id.index()];
            let before = group.slowed.take().unwrap_or_else(|| Steps::constant(1.0));
            let slowed =
                zip(&before, &outage, |before, outage| if *outage { before * pace } else { *before });
            group.slowed = Some(slowed);
        }
    }
}

/// An outage slows lanes down.
fn check_outage(path: &str, pace: f64, context: &mut Context) {
    if pace > 1.0 {
        let message = format!("`{path}` is {}: lanes would be faster while it lasts", percent(pace));
        let help = "an outage slows; what makes service faster is an event that sets `service`";
        context.findings.error("E0316", path, message, "at most 100 %", help);
    } else {
        check_pace(path, "in its windows", pace, context);
    }
}

fn groups_of(failure: &Failure, context: &Context) -> Vec<GroupId> {
    let mut groups: Vec<GroupId> =
        failure.lanes.iter().filter_map(|name| context.names.group(name)).collect();
    groups.sort();
    groups.dedup();
    groups
}

fn breakdown(name: &str, failure: &Failure, context: &mut Context) -> Option<Breakdown> {
    let path = format!("failure.{name}");
    let groups = groups_of(failure, context);
    let when = match (&failure.windows, &failure.up, &failure.repair) {
        (Some(windows), _, _) => Downtime::Windows(down(&format!("{path}.windows"), windows, context)),
        (None, Some(up), Some(repair)) => {
            let up = context.duration(&format!("{path}.up"), up);
            let repair = context.duration(&format!("{path}.repair"), repair);
            // Lanes that fail without end would never serve.
            let help = "write the time between failures, such as `exponential(mean = 40 h)`";
            context.at_least_a_second(&format!("{path}.up"), &up, help);
            let clock = match failure.clock {
                UpTime::All => UpClock::All,
                UpTime::Serving => UpClock::Serving,
            };
            Downtime::Random { up, clock, repair }
        }
        // What is missing has been told before.
        (None, _, _) => return None,
    };
    let truck = match failure.truck {
        OnFailurePhrase::Wait => OnFailure::Wait(Interruption::Resume),
        OnFailurePhrase::WaitRestart => OnFailure::Wait(Interruption::Restart),
        OnFailurePhrase::Return => OnFailure::Return(Interruption::Resume),
        OnFailurePhrase::ReturnRestart => OnFailure::Return(Interruption::Restart),
        OnFailurePhrase::Finish => OnFailure::Finish,
    };
    Some(Breakdown { name: name.to_owned(), groups, when, truck })
}

/// When lanes are down, over simulated time; on days that are not given they are not.
fn down(path: &str, windows: &ByDay, context: &mut Context) -> Steps<bool> {
    let mut faults = Vec::new();
    let hours = Hours::new(windows, &mut faults);
    let steps = hours.steps_where_given(context.clock);
    let sound = faults.is_empty();
    context.findings.faults(path, faults);
    // `closed` on every day is a failure that another scenario lets happen.
    let meant = match windows {
        ByDay::Every(_) => false,
        ByDay::Day(days) => days.is_empty() || days.values().any(|day| day.trim() != "closed"),
    };
    let run_end = context.clock.run_end;
    if sound && meant && !steps.steps.iter().any(|(from, down)| *down && *from < run_end) {
        let message = format!("`{path}` has no window in this run");
        let label = "on none of the days of the run";
        let help = "look at the days in it, at `study.start` and at `study.run_length`";
        context.findings.warning("W0422", path, message, label, help);
    }
    steps
}
