//! What trucks hide and what stations look for: from keys of the file to tables of the network.
//!
//! Rates and laws are compiled by class and quality of the manifest, thresholds of "the top 2 %" are
//! found here, and so are the expected shares that each station sends elsewhere, which tell capacities.
//! The rate of a kind stays the share of the whole class: the odds of the qualities are multiples of base
//! odds that are solved for (odds ratio; Cornfield, Journal of the National Cancer Institute 11, 1951).
//! Start at [`security`] and [`screening`].

use super::super::check::percent;
use super::super::file::{ByClass, Station as StationTable};
use super::super::phrase::{DistPhrase, FactorPhrase, Percent, ReferOf, ReferPhrase};
use super::super::security::{HOLD, Manifest as ManifestTable, Violation as ViolationTable, of_class};
use super::Context;
use super::station::samplers;
use crate::dist::special::normal_point;
use crate::dist::{Dist, DurationSampler, Sampler};
use crate::kernel::time::SimDuration;
use crate::model::network::{
    Bands, Late, Manifest, Referral, ScoreLaw, Screening, Security, Sensor, StationId, Target, Violation,
};

/// What trucks may hide, with what is needed to compile what stations do about it.
pub struct Known {
    security: Security,
    /// By class: what its trucks are, with the share of each.
    sorts: Vec<Vec<Sort>>,
}

/// Trucks of a class that hide the same and have manifests of the same quality and filing.
struct Sort {
    share: f64,
    /// What they hide: a place in `violations`.
    kind: Option<usize>,
    late: bool,
    /// `None`: they have no score.
    law: Option<Score>,
}

/// The law of a score.
#[derive(Clone)]
enum Score {
    Normal { mean: f64, sd: f64 },
    Law(Dist),
}

impl Score {
    /// The chance of this score or more.
    fn tail(&self, from: f64) -> f64 {
        match self {
            _ if from == f64::NEG_INFINITY => 1.0,
            Score::Normal { mean, sd } => normal_point((from - mean) / sd).upper,
            Score::Law(law) => law.upper_tail(from.next_down()),
        }
    }

    fn sampler(&self) -> ScoreLaw {
        match self {
            Score::Normal { mean, sd } => ScoreLaw::Normal { mean: *mean, sd: *sd },
            Score::Law(law) => ScoreLaw::Law(Sampler::new(law)),
        }
    }
}

/// The sections of a study; `None` where nobody looks and nothing is said of manifests.
pub fn security(context: &mut Context) -> Option<Known> {
    let study = context.study;
    let looks = |station: &StationTable| {
        station.random_exam.is_some()
            || !station.refer.is_empty()
            || !station.sees.is_empty()
            || !station.clears.is_empty()
            || station.late.is_some()
            || station.recalls
    };
    if study.violation.is_empty() && study.manifest.is_none() && !study.station.values().any(looks) {
        return None;
    }
    let manifest = study.manifest.as_ref().map(|table| manifest(table, context));
    let table = study.manifest.as_ref();
    let innocent = table.and_then(|table| score("manifest.score", table.score.as_ref(), context));
    let innocent = innocent.unwrap_or(Score::Normal { mean: 0.0, sd: 1.0 });
    let qualities = Qualities::new(table, context);
    let mut violations = Vec::new();
    let mut laws = Vec::new();
    for (name, table) in &study.violation {
        let own = score(&format!("violation.{name}.score"), table.score.as_ref(), context);
        let of_kind = scores(table, own.as_ref(), &qualities, context);
        violations.push(Violation {
            name: name.clone(),
            rates: rates(table, &qualities, context),
            scores: of_kind.iter().map(Score::sampler).collect(),
        });
        laws.push(of_kind);
    }
    check_qualities(&violations, &qualities, context);
    let filings = filings(table, qualities.odds.len(), context);
    let sorts = (0..context.names.classes.len()).map(|class| {
        let mut sorts = Vec::new();
        for (quality, share) in qualities.shares[class].iter().enumerate() {
            let profile = class * qualities.odds.len() + quality;
            let rates = violations.iter().map(|violation| violation.rates[profile]);
            let none = 1.0 - rates.clone().sum::<f64>();
            let kinds = rates.enumerate().map(|(kind, rate)| (Some(kind), rate));
            for (kind, rate) in kinds.chain([(None, none)]) {
                let law = kind.map_or(&innocent, |kind| &laws[kind][profile]);
                for (late, scored, filed) in &filings[profile] {
                    let law = scored.then(|| law.clone());
                    sorts.push(Sort { share: share * rate * filed, kind, late: *late, law });
                }
            }
        }
        sorts
    });
    let sorts = sorts.collect();
    let cleared = study.station.values().flat_map(|station| &station.clears);
    let mut stations: Vec<StationId> = cleared.filter_map(|name| context.names.station(name)).collect();
    stations.sort();
    stations.dedup();
    let bit =
        |station| stations.iter().position(|other| *other == station).map_or(0, |place| 1 << (place % 64));
    let bits = (0..context.names.stations.len()).map(|station| bit(StationId(station as u16))).collect();
    let innocent = innocent.sampler();
    let security = Security { violations, innocent, manifest, bits, ..Security::default() };
    Some(Known { security, sorts })
}

impl Known {
    /// For the network.
    pub fn into_security(self) -> Box<Security> {
        Box::new(self.security)
    }
}

fn score(path: &str, phrase: Option<&FactorPhrase>, context: &mut Context) -> Option<Score> {
    context.law(path, &phrase?.0).map(Score::Law)
}

/// Qualities of manifests, at least one.
struct Qualities {
    /// By class and quality.
    shares: Vec<Vec<f64>>,
    odds: Vec<f64>,
    separation: Vec<f64>,
}

impl Qualities {
    fn new(table: Option<&ManifestTable>, context: &Context) -> Self {
        let classes = &context.names.classes;
        let Some(table) = table.filter(|table| !table.quality.is_empty()) else {
            return Qualities {
                shares: vec![vec![1.0]; classes.len()],
                odds: vec![1.0],
                separation: vec![1.0],
            };
        };
        let of_class = |class: &&str| {
            let given = |share: &Option<ByClass<Percent>>| {
                share.as_ref().map(|share| of_class(share, class).map_or(0.0, |share| share.0))
            };
            let shares: Vec<Option<f64>> =
                table.quality.values().map(|quality| given(&quality.share)).collect();
            let rest = 1.0 - shares.iter().flatten().sum::<f64>();
            shares.into_iter().map(|share| share.unwrap_or(rest.max(0.0))).collect()
        };
        Qualities {
            shares: classes.iter().map(of_class).collect(),
            odds: table.quality.values().map(|quality| quality.odds).collect(),
            separation: table.quality.values().map(|quality| quality.separation).collect(),
        }
    }
}

/// By class and quality: the share of trucks that hide a kind. Odds are multiples of base odds, which are
/// solved for by bisection so that the class has its rate.
fn rates(table: &ViolationTable, qualities: &Qualities, context: &Context) -> Vec<f64> {
    let mut rates = Vec::new();
    for (class, shares) in context.names.classes.iter().zip(&qualities.shares) {
        let rate = of_class(&table.rate, class).map_or(0.0, |rate| rate.0).min(1.0);
        let of_quality = |base: f64, odds: f64| odds * base / (1.0 + odds * base);
        let mean = |base: f64| -> f64 {
            shares.iter().zip(&qualities.odds).map(|(share, odds)| share * of_quality(base, *odds)).sum()
        };
        if rate == 0.0 || rate == 1.0 || qualities.odds.iter().all(|odds| *odds == qualities.odds[0]) {
            rates.extend(shares.iter().map(|_| rate));
            continue;
        }
        let (mut low, mut high) = (0.0, 1.0);
        while mean(high) < rate && high < 1e15 {
            high *= 2.0;
        }
        for _ in 0..200 {
            let middle = (low + high) / 2.0;
            if mean(middle) < rate { low = middle } else { high = middle }
        }
        rates.extend(qualities.odds.iter().map(|odds| of_quality(high, *odds)));
    }
    rates
}

/// A share to a tenth of a percent.
fn rounded(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

/// Reports kinds that together are more than all manifests of a quality, and a rate that no quality can bear.
fn check_qualities(violations: &[Violation], qualities: &Qualities, context: &mut Context) {
    let classes = context.names.classes.clone();
    let names: Vec<&String> =
        context.study.manifest.iter().flat_map(|manifest| manifest.quality.keys()).collect();
    for (class, (class_name, shares)) in classes.iter().zip(&qualities.shares).enumerate() {
        let profile = |quality: usize| class * qualities.odds.len() + quality;
        let mean = |violation: &Violation| -> f64 {
            shares.iter().enumerate().map(|(q, share)| share * violation.rates[profile(q)]).sum()
        };
        let of_all: f64 = violations.iter().map(mean).sum();
        // Shares of qualities that are not all manifests, and more kinds than trucks of a class, are other
        // mistakes, told elsewhere.
        if (shares.iter().sum::<f64>() - 1.0).abs() > 1e-6 || of_all > 1.0 + 1e-9 {
            continue;
        }
        for violation in violations {
            let asked = of_class(&context.study.violation[&violation.name].rate, class_name);
            let asked = asked.map_or(0.0, |rate| rate.0).min(1.0);
            let made = mean(violation);
            if (made - asked).abs() > 1e-6 {
                let path = format!("violation.{}.rate", violation.name);
                let message =
                    format!("{} of class `{class_name}` cannot hide `{}`", percent(asked), violation.name);
                let label = format!("{} are of a quality with `odds` of more than 0", percent(rounded(made)));
                let help = "give more qualities `odds` of more than 0, or lower the rate";
                context.findings.error("E0316", &path, message, label, help);
            }
        }
        for (quality, name) in names.iter().enumerate().filter(|(quality, _)| shares[*quality] > 0.0) {
            let together: f64 = violations.iter().map(|violation| violation.rates[profile(quality)]).sum();
            if together > 1.0 + 1e-9 {
                let path = format!("manifest.quality.{name}.odds");
                let message = format!(
                    "violations of class `{class_name}` with manifests of quality `{name}` sum to {}",
                    percent(rounded(together))
                );
                let help = "a truck hides one kind at most: lower `odds`, or the rates";
                context.findings.error("E0316", &path, message, "at most 100 % together", help);
            }
        }
    }
}

/// By class and quality: the law of the scores of trucks that hide a kind.
fn scores(
    table: &ViolationTable,
    own: Option<&Score>,
    qualities: &Qualities,
    context: &Context,
) -> Vec<Score> {
    let mut scores = Vec::new();
    for class in &context.names.classes {
        let given = table.separation.as_ref().and_then(|separation| of_class(separation, class));
        let separation = given.map_or(0.0, |separation| separation.0);
        for factor in &qualities.separation {
            let normal = || Score::Normal { mean: separation * factor, sd: table.spread.0.max(1e-9) };
            scores.push(own.cloned().unwrap_or_else(normal));
        }
    }
    scores
}

/// Points at which the law of the time to correction is read: one in the middle of each part of its chance.
const POINTS: usize = 1000;

/// By class and quality: the chance of each filing, as (late, scored, chance).
fn filings(
    table: Option<&ManifestTable>,
    qualities: usize,
    context: &Context,
) -> Vec<Vec<(bool, bool, f64)>> {
    let classes = &context.names.classes;
    let Some(table) = table else { return vec![vec![(false, true, 1.0)]; classes.len() * qualities] };
    let law = |phrase: &DistPhrase| phrase.0.dist(context.files).ok().filter(|law| law.check().is_ok());
    let processing = table.processing.map_or(SimDuration::ZERO, |time| time.0).seconds();
    // Times from the first filing to the one that counts.
    let mut again: Vec<Vec<f64>> = (table.quality.values())
        .map(|quality| match quality.corrected.as_ref().and_then(law) {
            Some(law) => (0..POINTS).map(|i| law.quantile((i as f64 + 0.5) / POINTS as f64)).collect(),
            None => vec![0.0],
        })
        .collect();
    again.resize(qualities, vec![0.0]);
    let filing = |class: &str, again: &[f64]| {
        let lead = of_class(&table.lead, class).and_then(law);
        let missing = table.missing.as_ref().and_then(|missing| of_class(missing, class));
        let missing = missing.map_or(0.0, |missing| missing.0);
        let required = required(table, class).seconds();
        // A lead of just the time that is needed is enough.
        let at_least = |time: f64| match (&lead, time > 0.0) {
            (Some(law), true) => law.upper_tail(time - 1e-6) * (1.0 - missing),
            (_, false) => 1.0,
            (None, true) => 0.0,
        };
        let mean =
            |time: f64| again.iter().map(|again| at_least(time + again)).sum::<f64>() / again.len() as f64;
        let (in_time, scored) = (mean(required), mean(processing));
        let both = in_time.min(scored);
        vec![
            (false, true, both),
            (false, false, in_time - both),
            (true, true, scored - both),
            (true, false, 1.0 - in_time.max(scored)),
        ]
    };
    classes.iter().flat_map(|class| again.iter().map(|again| filing(class, again))).collect()
}

fn required(table: &ManifestTable, class: &str) -> SimDuration {
    let required = table.required.as_ref().and_then(|required| of_class(required, class));
    required.map_or(SimDuration::from_hours(1), |time| time.0)
}

fn manifest(table: &ManifestTable, context: &mut Context) -> Manifest {
    let leads = samplers("manifest.lead", Some(&table.lead), context);
    let classes = context.names.classes.clone();
    let at_once = DurationSampler::constant(SimDuration::ZERO);
    let missing = |class: &&str| {
        let missing = table.missing.as_ref().and_then(|missing| of_class(missing, class));
        missing.map_or(0.0, |missing| missing.0)
    };
    let qualities = Qualities::new(Some(table), context);
    let corrected = table.quality.iter().map(|(name, quality)| {
        let path = format!("manifest.quality.{name}.corrected");
        quality.corrected.as_ref().map(|law| context.duration(&path, law))
    });
    let corrected = corrected.collect();
    let cumulative = |shares: &Vec<f64>| {
        let mut below = 0.0;
        let upper = shares.iter().map(|share| {
            below += share;
            below
        });
        upper.collect()
    };
    Manifest {
        lead: classes.iter().map(|class| leads.of(class).unwrap_or(&at_once).clone()).collect(),
        missing: classes.iter().map(missing).collect(),
        required: classes.iter().map(|class| required(table, class)).collect(),
        processing: table.processing.map_or(SimDuration::ZERO, |time| time.0),
        qualities: table.quality.keys().cloned().collect(),
        shares: qualities.shares.iter().map(cumulative).collect(),
        corrected,
    }
}

/// What a station looks for; `None` where it does not.
pub fn screening(table: &StationTable, known: Option<&Known>, context: &Context) -> Option<Box<Screening>> {
    let known = known?;
    let classes = &context.names.classes;
    let share = |shares: Option<&ByClass<Percent>>, class: &str| {
        shares.and_then(|shares| of_class(shares, class)).map_or(0.0, |share| share.0)
    };
    let sensor = (!table.sees.is_empty()).then(|| Sensor {
        sees: known
            .security
            .violations
            .iter()
            .map(|violation| {
                let seen = table.sees.get(&violation.name);
                let of = |class: &&str| seen.and_then(|seen| of_class(seen, class)).map(|share| share.0);
                classes.iter().map(of).collect()
            })
            .collect(),
        false_alarm: classes.iter().map(|class| share(table.false_alarm.as_ref(), class)).collect(),
        alarm: table.alarm.as_ref().map(|place| context.target(place)),
    });
    let referral = |(class, name): (usize, &&str)| {
        let rules: Vec<(Target, ReferPhrase)> = table
            .refer
            .iter()
            .filter_map(|(place, who)| Some((context.target(place), *of_class(who, name)?)))
            .collect();
        bands(&rules, &known.sorts[class])
    };
    let late = table.late.as_deref().map(|place| match place {
        HOLD => Late::Hold,
        place => Late::To(context.target(place)),
    });
    let cleared = table.clears.iter().filter_map(|name| context.names.station(name));
    let mut screening = Screening {
        sensor,
        random: match &table.random_exam {
            Some(shares) => classes.iter().map(|class| share(Some(shares), class)).collect(),
            None => Vec::new(),
        },
        random_to: table.random_to.as_ref().map(|place| context.target(place)),
        late,
        referral: if table.refer.is_empty() {
            Vec::new()
        } else {
            classes.iter().enumerate().map(referral).collect()
        },
        releases: table.release,
        recalls: table.recalls,
        clears: cleared.map(|station| known.security.bits[station.index()]).fold(0, |all, bit| all | bit),
        expected: Vec::new(),
    };
    let asked = screening.sensor.is_some()
        || screening.random_to.is_some()
        || screening.late.is_some()
        || !screening.referral.is_empty()
        || screening.clears != 0
        || screening.recalls;
    screening.expected =
        known.sorts.iter().enumerate().map(|(class, sorts)| expected(&screening, class, sorts)).collect();
    asked.then(|| Box::new(screening))
}

/// Where trucks of a class go by their score. Of several places the one that begins at the highest score
/// is asked first, then that with the lower one, then shares of all.
fn bands(rules: &[(Target, ReferPhrase)], sorts: &[Sort]) -> Bands<Vec<Referral>> {
    let mut rules: Vec<(Cut, f64, Target)> = rules
        .iter()
        .filter(|(_, rule)| rule.share > 0.0)
        .map(|(target, rule)| (cut(rule.of, sorts), rule.share, *target))
        .collect();
    rules.sort_by(|a, b| b.0.from.total_cmp(&a.0.from));
    let beyond = |cut: &Cut| (cut.tied < 1.0).then(|| cut.from.next_up());
    let mut from: Vec<f64> =
        rules.iter().flat_map(|(cut, ..)| [Some(cut.from), beyond(cut)]).flatten().collect();
    from.push(f64::NEG_INFINITY);
    from.sort_by(f64::total_cmp);
    from.dedup();
    let shares = |from: f64| {
        let mut below = 0.0;
        let asked = rules.iter().filter(|(cut, ..)| cut.from <= from);
        let shares = asked.map(|(cut, share, to)| {
            let tied = if cut.from == from { cut.tied } else { 1.0 };
            below += (1.0 - below) * share * tied;
            Referral { below, to: *to, by_score: cut.from > f64::NEG_INFINITY }
        });
        shares.collect()
    };
    Bands(from.into_iter().map(|from| (from, shares(from))).collect())
}

/// Which trucks are meant.
struct Cut {
    /// Those with this score or more; minus infinity: all, those without a score too.
    from: f64,
    /// Share of those with just this score: less than all where many have the same score, and all of them would
    /// be more than "the top 2 %".
    tied: f64,
}

fn cut(of: ReferOf, sorts: &[Sort]) -> Cut {
    let top = match of {
        ReferOf::All => return Cut { from: f64::NEG_INFINITY, tied: 1.0 },
        ReferOf::From(from) => return Cut { from, tied: 1.0 },
        ReferOf::Top(top) => top,
    };
    let scored: f64 = sorts.iter().filter(|sort| sort.law.is_some()).map(|sort| sort.share).sum();
    let tail = |from: f64| -> f64 {
        let tails = sorts.iter().filter_map(|sort| Some(sort.share * sort.law.as_ref()?.tail(from)));
        tails.sum::<f64>() / scored
    };
    let (mut low, mut high) = (-1.0, 1.0);
    // All scores there are lie above the first, and none above the last.
    while tail(low) < top && low > -1e9 {
        low *= 2.0;
    }
    while tail(high) > top && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if tail(middle) > top { low = middle } else { high = middle }
    }
    // Of equal scores the last is still above the top share, the first that is not lies beyond them.
    let (with, without) = (tail(low), tail(high));
    if with - without > TIES {
        Cut { from: low, tied: (top - without) / (with - without) }
    } else {
        Cut { from: high, tied: 1.0 }
    }
}

/// A share of trucks with one and the same score that is more than rounding.
const TIES: f64 = 1e-9;

/// Expected shares by place of the trucks of a class that come for the first time, cleared of nothing.
fn expected(screening: &Screening, class: usize, sorts: &[Sort]) -> Vec<(f64, Target)> {
    let id = crate::model::network::ClassId(class as u8);
    let mut shares: Vec<(f64, Target)> = Vec::new();
    let mut send = |target: Target, share: f64| match shares.iter_mut().find(|row| row.1 == target) {
        Some(row) => row.0 += share,
        None if share > 0.0 => shares.push((share, target)),
        None => {}
    };
    for sort in sorts.iter().filter(|sort| sort.share > 0.0) {
        let mut left = sort.share;
        if let Some((sensor, target)) = screening.sensor.as_ref().and_then(|s| Some((s, s.alarm?))) {
            let seen = sensor.chance(sort.kind, id);
            send(target, left * seen);
            left *= 1.0 - seen;
        }
        if let (Some(target), Some(share)) = (screening.random_to, screening.random.get(class)) {
            send(target, left * share);
            left *= 1.0 - share;
        }
        if let (Some(Late::To(target)), true) = (screening.late, sort.late) {
            send(target, left);
            continue;
        }
        let Some(Bands(bands)) = screening.referral.get(class) else { continue };
        for (place, (from, places)) in bands.iter().enumerate() {
            let to = bands.get(place + 1).map(|next| next.0);
            let within = match &sort.law {
                Some(law) => law.tail(*from) - to.map_or(0.0, |to| law.tail(to)),
                None => f64::from(u8::from(place == 0)),
            };
            let mut below = 0.0;
            for referral in places {
                send(referral.to, left * within * (referral.below - below));
                below = referral.below;
            }
        }
    }
    shares
}
