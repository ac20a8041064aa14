//! The pictures of a border study, each with an id by which people ask for it: `cruce plot n-curve RUN`.
//!
//! A [`Figure`] is a picture, a caption that states what is to be seen, and the numbers behind it as a table; what
//! stands in it comes from a [`Story`] and nothing else. A study that has nothing to show in a figure is told so, with
//! the way to have it. No chart stands without units, nor without an interval or the reason why there is none. Start at
//! [`IDS`] and [`figure`].

mod calibration;
mod crossing;
pub mod draw;
#[cfg(test)]
mod fixture_b;
mod flow;
mod growth;
mod layered;
mod money;
mod panel;
mod pareto;
pub mod png;
mod staffing;
mod sweep_map;
mod swept;
#[cfg(test)]
mod tests_b;
mod throughput;
mod tornado;
mod verdict;

use super::Notice;
use super::said::Said;
use super::sheet::Sheet;
use crate::experiment::{StudyResult, Typical};
use crate::measure::Unit;
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

/// A figure: its id, what it shows, and what draws it.
pub type Known = (&'static str, About, fn(&Story) -> Drawn);

/// Every figure by its id, in the order of reports.
pub const IDS: [Known; 11] = [
    ("verdict", About { en: "paired differences of all plans, with their intervals" }, verdict::draw),
    ("crossing", About { en: "the baseline's stations, lanes and roads" }, crossing::draw),
    ("calibration", About { en: "posted waits, simulated and observed, by hour" }, calibration::draw),
    ("tornado", About { en: "how the answer changes with each uncertain input" }, tornado::draw),
    ("pareto", About { en: "delay against violations missed, or officer-hours" }, pareto::draw),
    ("sweep-map", About { en: "the deciding measure over two factors of a sweep" }, sweep_map::draw),
    ("growth", About { en: "the first year that misses the goals" }, growth::draw),
    ("flow", About { en: "trucks from place to place, as ribbons" }, flow::draw),
    ("throughput", About { en: "trucks per hour against capacity" }, throughput::draw),
    ("staffing", About { en: "lanes open by hour, with the wait below" }, staffing::draw),
    ("money", About { en: "what each plan saves and costs, to its net present value" }, money::draw),
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

/// The values of a measure in the unit in which figures show it: minutes, percent, thousands where they are dear.
pub fn shown(unit: Unit, value: Option<f64>, scale: super::number::Scale) -> f64 {
    let _ = unit;
    value.map_or(f64::NAN, |value| value / scale.divisor)
}

impl Story<'_> {
    /// A scenario as pages name it: its title in each language, else its name.
    pub fn title(&self, scenario: usize) -> Said {
        let scenario = &self.plan.scenarios[scenario];
        match &scenario.title {
            Some(title) => super::said::of_study(title),
            None => self.name(scenario.name.as_str()),
        }
    }

    fn name(&self, name: &str) -> Said {
        super::said::same(super::said::foreign(name))
    }

    /// A change with its interval: `−8.3 (−8.8 to −7.8)`.
    pub fn change(&self, scale: super::number::Scale, mean: &crate::experiment::Mean) -> Said {
        let text = scale.change(mean);
        super::said::said(text.clone(), text.replace(" to ", " a "))
    }
}
