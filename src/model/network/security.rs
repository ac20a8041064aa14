//! What trucks may hide, what is known of them before they come, and what stations look for.
//!
//! Values only: what is done with them stands in `screening`. A truck hides at most one violation. Its
//! score is drawn from the law of what it hides (unequal-variance binormal, after Dorfman and Alf,
//! Journal of Mathematical Psychology 6, 1969, unless another law is given) and exists only if its
//! manifest came early enough. It does not know laws by name, only samplers. Start at [`Security`].

use crate::dist::{DurationSampler, Sampler};
use crate::kernel::time::SimDuration;
use crate::model::network::{ClassId, Target};

/// What trucks may hide, how they are scored, and how likely each is found.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// Kinds of violations in name order.
    pub violations: Vec<Violation>,
    /// Score of a truck that hides nothing.
    pub innocent: ScoreLaw,
    /// When manifests come; `None`: in time, all of them, and all alike.
    pub manifest: Option<Manifest>,
    /// By station: its bit in what a truck is cleared of; 0: nothing clears it.
    pub bits: Vec<u64>,
    /// By road: the bit of the station to which it leads.
    pub road_bits: Vec<u64>,
    /// How likely a violation is found: see [`Security::chance`].
    pub chances: Vec<Bands<[f64; 2]>>,
    /// What is found can only be counted: an event changes where trucks go or what is looked for while they are
    /// under way.
    pub counted: bool,
}

/// A kind of violation.
#[derive(Clone, Debug)]
pub struct Violation {
    /// As in the file.
    pub name: String,
    /// By class and quality of the manifest: share of trucks that hide it.
    pub rates: Vec<f64>,
    /// By class and quality of the manifest: the score of a truck that hides it.
    pub scores: Vec<ScoreLaw>,
}

/// A law of scores, sampled by inversion.
#[derive(Clone, Debug)]
pub enum ScoreLaw {
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// Any other.
    Law(Sampler),
}

impl Default for ScoreLaw {
    /// Standard normal.
    fn default() -> Self {
        ScoreLaw::Normal { mean: 0.0, sd: 1.0 }
    }
}

/// When manifests come and how good they are.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// By class: how long before the truck comes its manifest is filed.
    pub lead: Vec<DurationSampler>,
    /// By class: share of trucks whose manifest is filed only when they come.
    pub missing: Vec<f64>,
    /// By class: least time between filing and arrival.
    pub required: Vec<SimDuration>,
    /// From filing until there is a score.
    pub processing: SimDuration,
    /// Qualities in name order.
    pub qualities: Vec<String>,
    /// By class: upper ends of the cumulative shares of the qualities; empty where there are none.
    pub shares: Vec<Vec<f64>>,
    /// By quality: how long after it was filed a manifest that is wrong is filed anew; `None`: it is not wrong.
    pub corrected: Vec<Option<DurationSampler>>,
}

/// A function of the score by steps: (from this score on, value), the first from minus infinity.
#[derive(Clone, Debug, PartialEq)]
pub struct Bands<T>(pub Vec<(f64, T)>);

impl<T> Bands<T> {
    /// The value at a score; a truck without a score is below every threshold.
    #[inline]
    pub fn at(&self, score: Option<f64>) -> Option<&T> {
        let place = score.map_or(1, |score| self.0.partition_point(|(from, _)| *from <= score));
        self.0.get(place.max(1) - 1).map(|(_, value)| value)
    }
}

/// A share of trucks that a station sends elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Referral {
    /// Upper end of its cumulative share; what is left above the last goes on.
    pub below: f64,
    /// Where they go.
    pub to: Target,
    /// Whether a score was asked for; else it is a share of all.
    pub by_score: bool,
}

/// What a station looks for, and whom it sends elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Screening {
    /// Whether it sees what trucks hide.
    pub sensor: Option<Sensor>,
    /// By class: share sent to be examined whatever the score; empty: none.
    pub random: Vec<f64>,
    /// Where those go.
    pub random_to: Option<Target>,
    /// What becomes of trucks whose manifest is late; `None`: nothing.
    pub late: Option<Late>,
    /// By class: where trucks go by their score.
    pub referral: Vec<Bands<Vec<Referral>>>,
    /// Stations to which a truck served here is not sent any more, as bits of [`Security::bits`].
    pub clears: u64,
    /// Only images come here: trucks go on at once.
    pub releases: bool,
    /// A truck whose image has raised an alarm by the end of service here goes where the alarm sends it.
    pub recalls: bool,
    /// By class: expected shares by place of all trucks that come here for the first time.
    pub expected: Vec<Vec<(f64, Target)>>,
}

/// What a look finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensor {
    /// By kind and class: chance that it is seen; `None` where the look is not for this kind.
    pub sees: Vec<Vec<Option<f64>>>,
    /// By class: chance of an alarm though there is nothing to see.
    pub false_alarm: Vec<f64>,
    /// Where an alarm sends the truck; `None`: what is seen is found.
    pub alarm: Option<Target>,
}

/// What a station does with a truck whose manifest is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// It waits here until the manifest is in order.
    Hold,
    /// It goes here.
    To(Target),
}

impl Security {
    /// Whether a target is a station of which a truck is cleared, or a road to one.
    pub fn is_cleared(&self, cleared: u64, target: Target) -> bool {
        let bit = match target {
            Target::Station(station) => self.bits[station.index()],
            Target::Road(road) => self.road_bits[road.index()],
            Target::Exit => 0,
        };
        cleared & bit != 0
    }

    /// How many qualities of manifests there are, at least one.
    pub fn qualities(&self) -> usize {
        self.manifest.as_ref().map_or(1, |manifest| manifest.qualities.len().max(1))
    }

    /// The place of a class and quality in [`Violation::rates`] and [`Violation::scores`].
    pub fn profile(&self, class: ClassId, quality: usize) -> usize {
        class.index() * self.qualities() + quality
    }

    /// The chance that a truck is found which hides a kind: by what the rules say of it from its entry to the
    /// exit, in expectation over every draw but its score; if results of images come too late, and if they
    /// come in time.
    pub fn chance(&self, stream: usize, kind: usize, class: ClassId, filing: Filing, score: f64) -> [f64; 2] {
        let classes = self.violations.first().map_or(0, |first| first.rates.len() / self.qualities());
        let place = (stream * self.violations.len() + kind) * classes + class.index();
        let bands = self.chances.get(place * Filing::ALL.len() + filing.place());
        bands.and_then(|bands| bands.at(Some(score))).copied().unwrap_or_default()
    }
}

/// What the time of filing makes of a manifest when the truck comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filing {
    /// It was filed too late.
    pub late: bool,
    /// There is a score.
    pub scored: bool,
}

impl Filing {
    /// In time, with a score.
    pub const IN_TIME: Filing = Filing { late: false, scored: true };

    /// All of them, in the order of [`Security::chances`].
    pub const ALL: [Filing; 4] = [
        Filing { late: false, scored: false },
        Filing { late: false, scored: true },
        Filing { late: true, scored: false },
        Filing { late: true, scored: true },
    ];

    fn place(self) -> usize {
        usize::from(self.late) * 2 + usize::from(self.scored)
    }
}

impl Sensor {
    /// The chance that a look at a truck with this (or nothing) in it ends in an alarm.
    pub fn chance(&self, kind: Option<usize>, class: ClassId) -> f64 {
        let seen = kind.and_then(|kind| self.sees[kind][class.index()]);
        seen.unwrap_or(match self.alarm {
            Some(_) => self.false_alarm[class.index()],
            // Nothing is found where there is nothing.
            None => 0.0,
        })
    }
}

impl Screening {
    /// Whether what is seen here is found: the look is an examination.
    pub fn examines(&self) -> bool {
        self.sensor.as_ref().is_some_and(|sensor| sensor.alarm.is_none())
    }

    /// Whether what is seen here sends the truck elsewhere: the look is a scan.
    pub fn scans(&self) -> bool {
        self.sensor.as_ref().is_some_and(|sensor| sensor.alarm.is_some())
    }

    /// Every place to which it may send trucks.
    pub fn targets(&self) -> impl Iterator<Item = Target> + '_ {
        let alarm = self.sensor.as_ref().and_then(|sensor| sensor.alarm);
        let late = match self.late {
            Some(Late::To(target)) => Some(target),
            Some(Late::Hold) | None => None,
        };
        let random = self.random_to.filter(|_| self.random.iter().any(|share| *share > 0.0));
        let by_score = self.referral.iter().flat_map(|bands| bands.0.iter().flat_map(|(_, shares)| shares));
        [alarm, random, late].into_iter().flatten().chain(by_score.map(|referral| referral.to))
    }
}
