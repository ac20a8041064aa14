//! What makes lanes fail: listed windows, or up-times and repairs by chance; and what slows them.

use super::super::file::{ByDay, Failure, OnFailure as OnFailurePhrase, UpTime};
use super::super::phrase::Percent;
use super::super::schedule::{Hours, zip};
use super::Context;
use super::rule::check_pace;
use crate::dist::DurationSampler;
use crate::kernel::time::SimDuration;
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
        check_pace(&format!("{path}.pace"), "in its windows", pace, context);
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
            check_up(&path, &up, context);
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

/// Lanes that fail without end would never serve.
fn check_up(path: &str, up: &DurationSampler, context: &mut Context) {
    if up.mean() < SimDuration::from_secs(1) {
        let path = format!("{path}.up");
        let message = format!("`{path}` has a mean of less than a second");
        let help = "write the time between failures, such as `exponential(mean = 40 h)`";
        context.findings.error("E0350", &path, message, "a mean of a second or more", help);
    }
}

/// When lanes are down, over simulated time; on days that are not given they are not.
fn down(path: &str, windows: &ByDay, context: &mut Context) -> Steps<bool> {
    let mut faults = Vec::new();
    let hours = Hours::new(windows, &mut faults);
    let steps = hours.steps_where_given(context.clock);
    context.findings.faults(path, faults);
    steps
}
