//! Checked scenarios into networks ready to run.
//!
//! Each scenario is compiled whole even when something is wrong with it: a value that cannot be
//! understood is told to [`Findings`] and replaced by a harmless one, so that everything else is
//! looked at too; with any error there is no plan. Warnings of [`lint`] come only for
//! studies without errors. It does not read text. Start at [`build`].

mod appointment;
mod certify;
mod demand;
mod event;
mod failure;
mod rule;
mod security;
mod staff;
mod station;

pub use demand::integral;
pub use station::DEFAULT_SPACING;

use super::calendar::{Clock, Day, zone, zone_names};
use super::check::limit::clamped;
use super::check::name::Names;
use super::check::{Findings, check, flow, suggestion};
use super::diagnostic::{Diagnostic, Severity};
use super::file::{EndMode, Study};
use super::limit::LONGEST_MEAN;
use super::lint;
use super::phrase::{DistPhrase, DistSpec};
use super::plan::{StudyPlan, study_plan};
use super::resolve::{Files, Later, Resolved};
use super::schedule::hour;
use super::value;
use crate::dist::{Dist, DurationSampler};
use crate::kernel::time::SimDuration;
use crate::model::network::{BorderWait, Class, End, Network, Posted, StationId};
use crate::model::screening;

/// The plan of a study from its resolved scenarios, the baseline first; `None` when there is an
/// error among the diagnostics.
pub fn build(name: &str, resolved: &[Resolved]) -> (Option<StudyPlan>, Vec<Diagnostic>) {
    let mut told = Told::default();
    let mut networks = Vec::new();
    for (i, scenario) in resolved.iter().enumerate() {
        let (network, found) = compile(scenario, i == 0);
        told.add(scenario, i == 0, found);
        networks.push(network);
    }
    if let Some(first) = resolved.first() {
        told.add(first, true, value::stray_capital(resolved));
    }
    if resolved.is_empty() || told.list.iter().any(Diagnostic::is_error) {
        return (None, told.list);
    }
    let lints = resolved.iter().zip(&networks).enumerate().map(|(i, (scenario, network))| {
        let baseline = (i > 0).then(|| (&resolved[0], &networks[0]));
        lint::lint(scenario, network, baseline)
    });
    let lints: Vec<Vec<Diagnostic>> = lints.collect();
    for (i, (scenario, found)) in resolved.iter().zip(&lints).enumerate() {
        // A place that one scenario leaves empty may be what another is about.
        let everywhere = |told: &Diagnostic| {
            lints.iter().all(|found| found.iter().any(|other| other.message == told.message))
        };
        let found = found.iter().filter(|told| told.code != "W0411" || everywhere(told)).cloned();
        told.add(scenario, i == 0, found.collect());
    }
    (Some(study_plan(name, resolved, networks)), told.list)
}

/// Diagnostics of all scenarios, each once: scenarios share most of their text, and so their
/// mistakes.
#[derive(Default)]
struct Told {
    /// As told, before notes on scenarios were added.
    plain: Vec<Diagnostic>,
    list: Vec<Diagnostic>,
}

impl Told {
    fn add(&mut self, scenario: &Resolved, base: bool, found: Vec<Diagnostic>) {
        for diagnostic in found {
            let known = |other: &Diagnostic| match diagnostic.severity {
                Severity::Error => *other == diagnostic,
                // A change elsewhere in the scenario moves the place of a warning, not its matter.
                Severity::Warning => other.code == diagnostic.code && other.message == diagnostic.message,
            };
            if self.plain.iter().any(known) {
                continue;
            }
            self.plain.push(diagnostic.clone());
            let note = format!("in scenario `{}`", scenario.name);
            self.list.push(if base { diagnostic } else { diagnostic.note(note) });
        }
    }
}

/// What compiling a scenario reads and where it reports.
struct Context<'a> {
    study: &'a Study,
    names: &'a Names<'a>,
    clock: &'a Clock,
    files: &'a Files,
    /// Whether this is the baseline: profiles of other scenarios need not sum to 100 %.
    base: bool,
    findings: Findings<'a>,
}

/// One scenario as a network, with what events make of it. With errors told, it is of no use.
pub fn compile(resolved: &Resolved, base: bool) -> (Network, Vec<Diagnostic>) {
    let (network, clock, mut found) = compile_stretch(resolved, base);
    if resolved.later.is_empty() {
        return (network, found);
    }
    let mut findings = Findings::new(&resolved.origins);
    let timeline = event::timeline(&clock, &resolved.later);
    for name in event::outside(resolved, &timeline, clock.run_end) {
        let message = format!("event `{name}` lies outside the run");
        let help =
            "look at its date, or at `study.start` and `study.run_length`; `happens = false` turns it off";
        let from = format!("event.{name}.from");
        findings.error("E0354", &from, message, "begins after the run or ends before it", help);
    }
    let mut networks = vec![network];
    for later in &resolved.later {
        let events = later.events.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        let mut during = Findings::new(&later.resolved.origins);
        if let Some(path) = event::changed_structure(resolved, &later.resolved) {
            tell_fixed(&path, &mut during);
        }
        let (network, _, told) = compile_stretch(&later.resolved, false);
        let new = during.into_list().into_iter().chain(told).filter(|told| !found.contains(told));
        let new: Vec<Diagnostic> = new.map(|told| told.note(format!("while event {events} holds"))).collect();
        found.extend(new);
        networks.push(network);
    }
    found.extend(findings.into_list());
    if found.iter().any(Diagnostic::is_error) {
        return (networks.swap_remove(0), found);
    }
    let parts = timeline.steps.iter().map(|(from, stretch)| (*from, networks[*stretch].clone())).collect();
    match event::joined(parts) {
        Ok(network) => {
            found.extend(told_counted(&network, resolved));
            (network, found)
        }
        Err(path) => {
            // Where an event says so: the value differs from what holds without events.
            let differs =
                |later: &&Later| later.resolved.origins.canonical(&path) != resolved.origins.canonical(&path);
            let setter = resolved.later.iter().find(differs).map_or(resolved, |later| &later.resolved);
            let mut findings = Findings::new(&setter.origins);
            tell_fixed(&path, &mut findings);
            found.extend(findings.into_list());
            (networks.swap_remove(0), found)
        }
    }
}

/// Tells that what is found is counted, as an event changes what trucks under way meet.
fn told_counted(network: &Network, resolved: &Resolved) -> Vec<Diagnostic> {
    let mut findings = Findings::new(&resolved.origins);
    let security = network.security.as_deref();
    if let Some(violation) = security.filter(|security| security.counted).and_then(|s| s.violations.first()) {
        let message = "an event changes where trucks go or what is looked for, so what is found is counted";
        let help = "intervals of detection are wider than without the event: run more replications";
        let path = format!("violation.{}", violation.name);
        findings.warning("W0428", &path, message, "no expectation of what is found", help);
    }
    findings.into_list()
}

/// Tells that an event changes how the crossing is built.
fn tell_fixed(path: &str, findings: &mut Findings) {
    let message = format!("`{path}` cannot change during a run");
    let help = "events change values: rates, times, shares, lanes open, officers; what the crossing is built of differs between scenarios only";
    findings.error("E0121", path, message, "an event changes it", help);
}

/// A scenario as it is while the same events hold.
fn compile_stretch(resolved: &Resolved, base: bool) -> (Network, Clock, Vec<Diagnostic>) {
    let study = &resolved.study;
    let names = Names::new(study);
    let mut findings = Findings::new(&resolved.origins);
    let (mut drawing, sound) = check(study, &names, &mut findings);
    let clock = clock(study, &mut findings);
    let mut context = Context { study, names: &names, clock: &clock, files: &resolved.files, base, findings };
    certify::certify(&mut drawing, &mut context);
    let known = security::security(&mut context);
    let (stations, mut groups) = station::stations(known.as_ref(), &mut context);
    let roads = station::roads(&mut context);
    let pools = staff::pools(&groups, &mut context);
    let failures = failure::failures(&mut context);
    failure::outages(&mut groups, &mut context);
    let streams = demand::streams(&drawing, &roads, &mut context);
    let border_wait = border_wait(&mut context);
    let mut findings = context.findings;
    let mut network = Network {
        classes: study.class.keys().map(|name| Class { name: name.clone() }).collect(),
        class_tree: drawing.tree.clone(),
        streams,
        stations,
        groups,
        roads,
        pools,
        failures,
        later: Vec::new(),
        security: known.map(security::Known::into_security),
        border_wait,
        loop_slots: 0,
        calendar: clock.calendar.clone(),
        run_length: clock.run_end.since_start(),
        warm_up: clock.warm_up,
        end: clock.end,
        drain_limit: clock.drain_limit,
    };
    if sound && !network.classes.is_empty() && !network.stations.is_empty() {
        flow::mark_loops(&mut [&mut network]);
        flow::check(&mut network, &mut findings);
        let road_bits = screening::road_bits(&network);
        if let Some(security) = &mut network.security {
            security.road_bits = road_bits;
        }
        let chances = screening::chances(&network);
        if let Some(security) = &mut network.security {
            security.chances = chances;
        }
    }
    let found = findings.into_list();
    (network, clock, found)
}

fn clock(study: &Study, findings: &mut Findings) -> Clock {
    let section = &study.study;
    let zone = zone(&section.time_zone).unwrap_or_else(|| {
        let names = zone_names();
        let message = format!("there is no time zone `{}`", section.time_zone);
        let help = match suggestion(&section.time_zone, names.iter().map(String::as_str)) {
            help if help.is_empty() => "write an IANA name such as `America/Denver`".to_owned(),
            help => help,
        };
        findings.error("E0344", "study.time_zone", message, "an IANA time zone", help);
        jiff::tz::TimeZone::UTC
    });
    let first_day = Day::parse(&section.start).unwrap_or_else(|| {
        let message = format!("`{}` is no date", section.start);
        findings.error("E0344", "study.start", message, "a date from 1970 on", "write `2023-10-03`");
        Day(0)
    });
    if !first_day.exists(&zone) {
        let message = format!(
            "there was no {} in `{}`: its clocks skip the whole day",
            section.start, section.time_zone
        );
        let help = "begin on the day before or after";
        findings.error("E0344", "study.start", message, "a day that the zone leaves out", help);
    }
    let end = match section.end {
        EndMode::Drain => End::Drain,
        EndMode::Cut => End::Cut,
        EndMode::Empty => End::Empty,
    };
    let clock = Clock::new(&zone, first_day, clamped(section.run_length), section.warm_up.map(clamped), end);
    if clock.warm_up >= clock.run_end.since_start() {
        findings.clash(
            "E0335",
            ("study.warm_up", "not observed"),
            ("study.run_length", "`warm_up` included"),
            "`study.warm_up` is not shorter than `study.run_length`",
            "nothing would be left to observe",
        );
    }
    clock
}

fn border_wait(context: &mut Context) -> Option<BorderWait> {
    let wait = context.study.border_wait.as_ref()?;
    let observed = wait.observed.iter().map(|table| ("observed", table));
    for (name, (group, table)) in observed.chain(wait.check.iter().map(|table| ("check", table))) {
        for key in table.keys().filter(|key| hour(key).is_none()) {
            let path = format!("border_wait.{name}.{group}.{key}");
            let message = format!("`{key}` is no hour of the day");
            context.findings.error("E0340", &path, message, "posted waits are by hour", "write `0` to `23`");
        }
    }
    let station = |name: &str| context.names.station(name).unwrap_or(StationId(0));
    let posted = wait.posted.map_or(
        Posted {
            interval: SimDuration::from_mins(60),
            lag: SimDuration::ZERO,
            window: SimDuration::from_mins(15),
            rounding: SimDuration::from_mins(5),
            cap: None,
        },
        |posted| posted.0,
    );
    Some(BorderWait { from: station(&wait.from), at: station(&wait.at), posted })
}

impl Context<'_> {
    /// A law with what it reads from files; `None` after telling why there is none.
    fn law(&mut self, path: &str, spec: &DistSpec) -> Option<Dist> {
        let law = spec.dist(self.files).and_then(|law| law.check().map(|()| law));
        law.map_err(|wrong| {
            self.findings.error(
                "E0351",
                path,
                format!("`{path}`: {wrong}"),
                "a distribution",
                "write it like `gamma(mean = 60 s, cv = 0.5)`",
            )
        })
        .ok()
    }

    /// A sampler of durations; of zero after telling what is wrong.
    fn duration(&mut self, path: &str, phrase: &DistPhrase) -> DurationSampler {
        let Some(law) = self.law(path, &phrase.0) else {
            return DurationSampler::constant(SimDuration::ZERO);
        };
        let sampler = DurationSampler::new(&law);
        if sampler.mean().seconds() > LONGEST_MEAN {
            let message = format!("`{path}` has a mean of more than a year");
            self.findings.error(
                "E0350",
                path,
                message,
                "at most 366 days",
                "look at the unit: `s`, `min` or `h`",
            );
        }
        sampler
    }

    /// Tells of a time that is over before it begins, where that would go on without end.
    fn at_least_a_second(&mut self, path: &str, law: &DurationSampler, help: &str) {
        if law.mean() < SimDuration::from_secs(1) {
            let message = format!("`{path}` has a mean of less than a second");
            self.findings.error("E0350", path, message, "a mean of a second or more", help);
        }
    }
}
