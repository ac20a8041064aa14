//! The pictures of a border study, each with an id by which people ask for it: `cruce plot n-curve RUN`.
//!
//! A [`Figure`] is a picture, a caption that states what is to be seen, and the numbers behind it as a table; what
//! stands in it comes from a [`Story`] and nothing else. A study that has nothing to show in a figure is told so, with
//! the way to have it. No chart stands without units, nor without an interval or the reason why there is none. Start at
//! [`IDS`] and [`figure`].

mod box_class;
mod calibration;
mod crossing;
pub mod draw;
mod ecdf_wait;
#[cfg(test)]
mod fixture;
mod flow;
mod growth;
mod hour_heat;
mod lane_gantt;
mod lane_util;
mod layered;
mod money;
mod n_curve;
mod panel;
mod pareto;
mod pick;
pub mod png;
mod queue_bands;
mod scorecard;
mod staffing;
mod sweep_map;
mod swept;
#[cfg(test)]
mod tests;
mod throughput;
mod tornado;
mod verdict;

use super::Notice;
use super::number::Scale;
use super::said::{Said, foreign, of_study, said, same};
use super::sheet::Sheet;
use crate::experiment::{Comparison, Mean, StudyResult, Typical, Verdict};
use crate::measure::Entry;
use crate::scenario::plan::StudyPlan;
use draw::Svg;

/// All that a report tells: what was asked, what came out, and what it was made from.
#[derive(Clone, Copy, Debug)]
pub struct Story<'a> {
    /// The study.
    pub plan: &'a StudyPlan,
    /// What came out.
    pub result: &'a StudyResult,
    /// Warnings of the check and of the run.
    pub notices: &'a [Notice],
    /// One replication, truck by truck; `None` where there are too many trucks, or none was complete.
    pub typical: Option<&'a Typical>,
    /// Names and texts of the files of the study.
    pub inputs: &'a [(String, String)],
    /// Sweeps of the study that the report shows, if any.
    pub sweeps: &'a [SweepTables],
    /// The command that repeats the run.
    pub command: &'a str,
}

/// The tables of a sweep as they stand in its folder.
#[derive(Clone, Debug, Default)]
pub struct SweepTables {
    /// Its name in the study.
    pub name: String,
    /// By table name: head, then rows, as text.
    pub tables: std::collections::BTreeMap<String, Vec<Vec<String>>>,
}

/// A picture with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// How people ask for it: one of [`IDS`].
    pub id: &'static str,
    /// What it shows, in few words, with its unit: the heading.
    pub title: Said,
    /// What is to be seen, in a sentence or two.
    pub caption: Said,
    /// The numbers behind it, all of them.
    pub data: Sheet,
    /// The picture.
    pub svg: Svg,
}

/// A figure that a study has nothing to show in.
#[derive(Clone, Debug)]
pub struct Missing {
    /// How people ask for it.
    pub id: &'static str,
    /// What it would show.
    pub title: Said,
    /// Why it is not there, and how to have it: a sentence.
    pub why: Said,
}

/// What becomes of a figure.
pub type Drawn = Result<Figure, Missing>;

/// A figure's id, what it shows, and who draws it.
pub type Known = (&'static str, About, fn(&Story) -> Drawn);

/// Every figure by its id, in the order of reports.
pub const IDS: [Known; 19] = [
    ("verdict", About { en: "paired differences of all plans, with their intervals" }, verdict::draw),
    ("scorecard", About { en: "all plans beside each other in the headline measures" }, scorecard::draw),
    ("crossing", About { en: "the baseline's stations, lanes and roads" }, crossing::draw),
    ("hour-heat", About { en: "mean wait by hour, a cell per hour" }, hour_heat::draw),
    (
        "queue-bands",
        About { en: "trucks in line over the day, with bands over replications" },
        queue_bands::draw,
    ),
    ("n-curve", About { en: "cumulative trucks by stage of one replication" }, n_curve::draw),
    ("ecdf-wait", About { en: "share of trucks that wait at most so long" }, ecdf_wait::draw),
    ("box-class", About { en: "crossing times of trucks by class" }, box_class::draw),
    (
        "lane-gantt",
        About { en: "lanes by time of one replication: serving, held, open, closed" },
        lane_gantt::draw,
    ),
    ("lane-util", About { en: "utilization of open lanes by hour" }, lane_util::draw),
    ("throughput", About { en: "trucks per hour against capacity" }, throughput::draw),
    ("flow", About { en: "trucks from place to place, as ribbons" }, flow::draw),
    ("staffing", About { en: "lanes open by hour, with the wait below" }, staffing::draw),
    ("calibration", About { en: "posted waits, simulated and observed, by hour" }, calibration::draw),
    ("pareto", About { en: "delay against violations missed, or officer-hours" }, pareto::draw),
    ("money", About { en: "what each plan saves and costs, to its net present value" }, money::draw),
    ("tornado", About { en: "how the answer changes with each uncertain input" }, tornado::draw),
    ("sweep-map", About { en: "the deciding measure over two factors of a sweep" }, sweep_map::draw),
    ("growth", About { en: "the first year that misses the goals" }, growth::draw),
];

/// What a figure shows, for the list of figures.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// In few words.
    pub en: &'static str,
}

/// Draws a figure by its id; `None` if there is none of this name.
pub fn figure(id: &str, story: &Story) -> Option<Drawn> {
    IDS.iter().find(|(known, ..)| *known == id).map(|(.., draw)| draw(story))
}

impl Story<'_> {
    /// A scenario as pages name it: its title in each language, else its name.
    pub fn title(&self, scenario: usize) -> Said {
        let scenario = &self.plan.scenarios[scenario];
        match &scenario.title {
            Some(title) => of_study(title),
            None => self.name(scenario.name.as_str()),
        }
    }

    fn name(&self, name: &str) -> Said {
        same(foreign(name))
    }

    /// Fewest pairs of replications that a difference of the deciding measure rests on; without comparisons the
    /// replications that the baseline has.
    pub fn pairs(&self) -> u32 {
        let result = self.result;
        let differences =
            result.comparisons.iter().map(|comparison| comparison.paired[result.headline].difference.n);
        differences.min().unwrap_or_else(|| result.scenarios[result.baseline].estimates[result.headline].n)
    }

    /// The scenario that is best by the deciding measure among those shown to be better; else the baseline.
    pub fn best(&self) -> usize {
        let result = self.result;
        let better =
            |comparison: &&Comparison| matches!(comparison.verdict, Verdict::ClearlyBetter | Verdict::Better);
        let size = |comparison: &&Comparison| {
            comparison.paired[result.headline].difference.mean.map_or(0.0, f64::abs)
        };
        let best = result.comparisons.iter().rev().filter(better).max_by(|a, b| size(a).total_cmp(&size(b)));
        best.map_or(result.baseline, |comparison| comparison.scenario)
    }

    /// An entry as a headline names it.
    pub fn headline_entry(&self, place: usize) -> Entry {
        super::summary::headline_entry(&self.result.entries[place])
    }

    /// A value with its interval: `6.2 (6.0 to 6.4)`.
    pub fn range(&self, scale: Scale, mean: &Mean) -> Said {
        let value = |value| scale.value(value);
        match (mean.low(), mean.high()) {
            (Some(low), Some(high)) => {
                let ends = (value(Some(low)), value(Some(high)));
                let mean = value(mean.mean);
                said(
                    format!("{mean} ({} to {})", ends.0, ends.1),
                    format!("{mean} ({} a {})", ends.0, ends.1),
                )
            }
            _ => same(value(mean.mean)),
        }
    }

    /// A change with its interval: `−8.3 (−8.8 to −7.8)`.
    pub fn change(&self, scale: Scale, mean: &Mean) -> Said {
        let text = scale.change(mean);
        said(text.clone(), text.replace(" to ", " a "))
    }
}
