//! Officer pools: who staffs which lanes, when, and by which rule.

use super::super::limit::MOST_OFFICERS;
use super::super::phrase::{RulePhrase, WantPhrase};
use super::Context;
use super::station::{at_least_after_the_end, lanes_by_time, open_steps};
use crate::model::network::{Group, GroupId, Member, Pool, Steps, Want};

/// Pools in name order, members by `station.group`.
pub fn pools(groups: &[Group], context: &mut Context) -> Vec<Pool> {
    let study = context.study;
    let mut pools = Vec::new();
    for (name, officers) in &study.officers {
        let path = format!("officers.{name}");
        let on_duty = lanes_by_time(&format!("{path}.on_duty"), &officers.on_duty, context);
        if on_duty.steps.iter().any(|step| step.1 > MOST_OFFICERS) {
            let message = format!("`{path}.on_duty` is out of range");
            context.findings.error(
                "E0350",
                &format!("{path}.on_duty"),
                message,
                format!("at most {MOST_OFFICERS} officers"),
                "look for a digit too many",
            );
        }
        let mut members = Vec::new();
        for (group, rule) in &officers.rule {
            let Some(id) = context.names.group(group) else { continue };
            let want = match (rule.want, officers.plan.get(group)) {
                (WantPhrase::Planned, Some(plan)) => {
                    let plan = lanes_by_time(&format!("{path}.plan.{group}"), plan, context);
                    Want::Table(at_least_after_the_end(plan, 1, context))
                }
                (WantPhrase::Follow { open, close }, _) => Want::Rule { open, close },
                // A plan that is missing has been told before.
                (WantPhrase::Fixed | WantPhrase::Planned, _) => Want::Table(Steps::constant(rule.most)),
            };
            members.push(member(&path, group, id, *rule, want, groups, context));
        }
        let on_duty = at_least_after_the_end(on_duty, members.len() as u32, context);
        check_duty(&path, &on_duty, &members, context);
        pools.push(Pool { name: name.clone(), on_duty, members });
    }
    pools
}

fn member(
    path: &str,
    name: &str,
    group: GroupId,
    rule: RulePhrase,
    want: Want,
    groups: &[Group],
    context: &mut Context,
) -> Member {
    let built = groups[group.index()].lanes.unwrap_or(u32::MAX);
    let rule_path = format!("{path}.rule.{name}");
    let servers = format!("station.{}.servers", name.replacen('.', ".lanes.", 1));
    if rule.least > built {
        context.findings.clash(
            "E0333",
            (&rule_path, &format!("at least {} lanes", rule.least)),
            (&servers, &format!("{built} lanes are built")),
            format!("`{name}` has fewer lanes than its rule opens at least"),
            "build more, or lower the least",
        );
    } else if rule.most > built {
        let message = format!("the rule of `{name}` would open {} lanes of {built}", rule.most);
        let help = format!("lanes that are not built stay closed: raise `{servers}` too");
        context.findings.warning("W0406", &rule_path, message, format!("{built} lanes are built"), help);
    }
    if let Want::Table(plan) = &want
        && rule.want == WantPhrase::Planned
    {
        let (least, most) = plan
            .steps
            .iter()
            .fold((u32::MAX, 0), |(least, most), step| (least.min(step.1), most.max(step.1)));
        if most > rule.most || least < rule.least {
            let message = format!("the plan of `{name}` goes from {least} to {most} lanes");
            let label = format!("the rule keeps it within {} and {}", rule.least, rule.most);
            context.findings.warning(
                "W0406",
                &format!("{path}.plan.{name}"),
                message,
                label,
                "change the plan or the rule",
            );
        }
    }
    let most = rule.most.min(built);
    Member {
        group,
        least: rule.least.min(most),
        most,
        priority: rule.priority,
        want,
        open: open_hours(groups[group.index()].station.index(), context),
        set_up: rule.set_up,
        least_open: rule.least_open,
    }
}

/// Opening hours of the member's station; what is wrong with them has been told with the station.
fn open_hours(station: usize, context: &Context) -> Steps<bool> {
    let hours = context.study.station.values().nth(station).and_then(|station| station.hours.as_ref());
    hours.map_or_else(|| Steps::constant(true), |hours| open_steps(hours, context).0)
}

/// Officers on duty below what the rules keep open at least, at an instant when all are open.
fn check_duty(path: &str, on_duty: &Steps<u32>, members: &[Member], context: &mut Context) {
    let leasts =
        |at| -> u32 { members.iter().filter(|member| *member.open.at(at)).map(|member| member.least).sum() };
    let short = on_duty.steps.iter().find(|(at, officers)| *officers < leasts(*at));
    if let Some((at, officers)) = short {
        let message = format!(
            "{officers} on duty where the rules of `{path}` keep {} lanes open at least",
            leasts(*at)
        );
        let help = "lanes of lower priority stay closed: put more on duty or lower the least";
        context.findings.warning(
            "W0410",
            &format!("{path}.on_duty"),
            message,
            "fewer officers than lanes",
            help,
        );
    }
}
