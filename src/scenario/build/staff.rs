//! Officer pools: who staffs which lanes, when, and by which rule.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::super::file::Officers;
use super::super::limit::{MOST_BREAKS, MOST_OFFICERS};
use super::super::phrase::{BreaksPhrase, RulePhrase, WantPhrase};
use super::super::schedule::zip;
use super::Context;
use super::station::{at_least_after_the_end, lanes_by_time, open_steps};
use crate::kernel::time::SimTime;
use crate::model::network::{End, Group, GroupId, Member, Pool, Steps, Want};

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
        let (on_duty, on_break) = present(&path, &on_duty, officers, context);
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
        // Breaks close lanes as they should.
        let there = zip(&on_duty, &on_break, |on_duty, on_break| on_duty + on_break);
        check_duty(&path, &there, &members, context);
        pools.push(Pool { name: name.clone(), on_duty, on_break, members });
    }
    pools
}

/// Officers who can staff lanes, and those on duty who have a break.
fn present(
    path: &str,
    on_duty: &Steps<u32>,
    officers: &Officers,
    context: &mut Context,
) -> (Steps<u32>, Steps<u32>) {
    let mut there = on_duty.clone();
    if let Some(away) = &officers.away {
        let away = lanes_by_time(&format!("{path}.away"), away, context);
        if let Some(at) = zip(on_duty, &away, |on_duty, away| (*on_duty, *away))
            .steps
            .iter()
            .find(|step| step.1.1 > step.1.0)
        {
            let (on_duty, away) = at.1;
            let message = format!("{away} officers of `{path}` are away where {on_duty} are on duty");
            let label = "more than there are";
            let help = "those who are away are taken from `on_duty`: nobody is left then";
            context.findings.warning("W0410", &format!("{path}.away"), message, label, help);
        }
        there = zip(on_duty, &away, |on_duty, away| on_duty.saturating_sub(*away));
    }
    let Some(breaks) = officers.breaks else { return (there, Steps::constant(0)) };
    let until =
        if context.clock.end == End::Empty { context.clock.run_end } else { context.clock.tables_until() };
    let Some(on_break) = on_break(breaks, &there, until) else {
        let path = format!("{path}.breaks");
        let message = format!("`{path}` changes the officers too often");
        let label = format!("at most {MOST_BREAKS} times in a run");
        context.findings.error(
            "E0350",
            &path,
            message,
            label,
            "write `15 min every 4 h`, or shorten the run",
        );
        return (there, Steps::constant(0));
    };
    (zip(&there, &on_break, |there, away| there.saturating_sub(*away)), on_break)
}

/// How many of the officers who are there have a break; `None` when it changes too often.
///
/// Periods follow one another from the start of the run. Staggered, the breaks of n officers begin
/// evenly over the period, the first in the middle of the first n-th part of it.
fn on_break(breaks: BreaksPhrase, there: &Steps<u32>, until: SimTime) -> Option<Steps<u32>> {
    let period = breaks.period.micros();
    let mut patterns: BTreeMap<u32, Vec<(i64, u32)>> = BTreeMap::new();
    let mut rows = Vec::new();
    for (place, (from, officers)) in there.steps.iter().enumerate() {
        let from = from.micros().max(0);
        let to = there.steps.get(place + 1).map_or(until, |next| next.0.min(until)).micros();
        let pattern = patterns.entry(*officers).or_insert_with(|| pattern(breaks, *officers));
        let mut first = from.div_euclid(period);
        while first * period < to {
            let turns = pattern.iter().map(|(phase, away)| (first * period + phase, *away));
            // What holds when the officers change, then every change before they change again.
            let before = turns.clone().rfind(|turn| turn.0 <= from);
            rows.extend(before.map(|(_, away)| (SimTime::from_micros(from), away)));
            let inside = turns.filter(|turn| from < turn.0 && turn.0 < to);
            rows.extend(inside.map(|(at, away)| (SimTime::from_micros(at), away)));
            if rows.len() > MOST_BREAKS {
                return None;
            }
            first += 1;
        }
    }
    rows.push((until, 0));
    rows.insert(0, (SimTime::ZERO, rows[0].1));
    Some(Steps::new(rows))
}

/// Officers on a break over one period: (time in it, how many from then on), from zero on.
fn pattern(breaks: BreaksPhrase, officers: u32) -> Vec<(i64, u32)> {
    let (period, length) = (breaks.period.micros(), breaks.length.micros());
    let begins = |officer: i64| {
        let middle = if breaks.together {
            period / 2
        } else {
            ((2 * i128::from(officer) + 1) * i128::from(period) / (2 * i128::from(officers))) as i64
        };
        (middle - length / 2).rem_euclid(period)
    };
    let mut turns: BTreeMap<i64, i64> = BTreeMap::from([(0, 0)]);
    for officer in 0..i64::from(officers) {
        let (from, to) = (begins(officer), begins(officer) + length);
        *turns.entry(from).or_default() += 1;
        match to.cmp(&period) {
            Ordering::Less => *turns.entry(to).or_default() -= 1,
            // It ends with the period, and the next begins without it.
            Ordering::Equal => {}
            Ordering::Greater => {
                *turns.entry(0).or_default() += 1;
                *turns.entry(to - period).or_default() -= 1;
            }
        }
    }
    let mut away = 0;
    let level = |(phase, change): (i64, i64)| {
        away += change;
        (phase, away as u32)
    };
    turns.into_iter().map(level).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::time::SimDuration;

    fn minutes(at: i64) -> SimTime {
        SimTime::ZERO + SimDuration::from_mins(at)
    }

    fn check(text: &str, there: &[(i64, u32)], expected: &[(i64, u32)]) {
        let there = Steps::new(there.iter().map(|(at, officers)| (minutes(*at), *officers)));
        let breaks = text.parse().expect("a phrase");
        let found = on_break(breaks, &there, minutes(480)).expect("not too many");
        let found: Vec<(i64, u32)> =
            found.steps.iter().map(|(at, away)| (at.micros() / 60_000_000, *away)).collect();
        assert_eq!(found, expected, "{text}");
    }

    /// Breaks of 20 min every 4 h. Two officers, one after another: around 60 and 180 minutes of each
    /// period; together around 120. Four officers: around 30, 90, 150, 210.
    #[test]
    fn breaks_follow_one_another() {
        check(
            "20 min every 4 h",
            &[(0, 2)],
            &[(0, 0), (50, 1), (70, 0), (170, 1), (190, 0), (290, 1), (310, 0), (410, 1), (430, 0)],
        );
        check("20 min every 4 h, together", &[(0, 3)], &[(0, 0), (110, 3), (130, 0), (350, 3), (370, 0)]);
        // Nobody is there, then four, who go home in the middle of a break.
        check("20 min every 4 h", &[(0, 0), (25, 4), (85, 0)], &[(0, 0), (25, 1), (40, 0), (80, 1), (85, 0)]);
    }

    /// Breaks as long as their distance: one officer in three is always away. Longer: they overlap.
    #[test]
    fn breaks_may_touch_and_overlap() {
        check("80 min every 4 h", &[(0, 3)], &[(0, 1), (480, 0)]);
        check(
            "90 min every 4 h",
            &[(0, 3)],
            &[
                (0, 2),
                (5, 1),
                (75, 2),
                (85, 1),
                (155, 2),
                (165, 1),
                (235, 2),
                (245, 1),
                (315, 2),
                (325, 1),
                (395, 2),
                (405, 1),
                (475, 2),
                (480, 0),
            ],
        );
    }
}
