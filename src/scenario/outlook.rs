//! Years ahead: what grows each year, and what is built when.
//!
//! The first year is the scenario as it stands. A key that grows is multiplied by (1 + rate) for every year since,
//! and what a milestone says holds from its year on, one milestone after another. It does not know what fails when.
//! Start at [`Outlook`].

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, Place};
use super::document::{Node, Value};
use super::factor::{Factor, Values, Varied, leaves, told};
use super::inherit::Change;
use super::phrase::Growth;

/// What the years of a sweep bring.
#[derive(Clone, Debug)]
pub(super) struct Outlook {
    years: Vec<u16>,
    growing: Vec<Growing>,
    /// In order of years.
    milestones: Vec<Milestone>,
}

/// A key that grows.
#[derive(Clone, Debug)]
struct Growing {
    path: String,
    key: Place,
    place: Place,
    /// Per year; one for each outlook.
    rates: Vec<f64>,
}

/// What holds from a year on.
#[derive(Clone, Debug)]
struct Milestone {
    year: u16,
    /// In this scenario; `None`: in all.
    scenario: Option<String>,
    changes: Vec<Change>,
}

impl Outlook {
    /// What a year sets in a scenario, step by step.
    pub(super) fn steps(&self, scenario: &str, outlook: usize, year: usize) -> Vec<Vec<Change>> {
        let (first, year) = (self.years[0], self.years[year]);
        let grown = self.growing.iter().filter_map(|growing| {
            let factor = libm::pow(1.0 + growing.rates[outlook], f64::from(year - first));
            let mut node = Node::new(Value::Text(format!("x{factor}")), growing.place.clone());
            node.key = Some(growing.key.clone());
            (factor != 1.0).then(|| Change { path: growing.path.clone(), node })
        });
        let holds = |milestone: &&Milestone| {
            milestone.year <= year && milestone.scenario.as_deref().is_none_or(|named| named == scenario)
        };
        let built = self.milestones.iter().filter(holds).map(|milestone| milestone.changes.clone());
        std::iter::once(grown.collect()).chain(built).filter(|step: &Vec<Change>| !step.is_empty()).collect()
    }

    /// Whether anything grows: then growth is a factor before the year.
    pub(super) fn grows(&self) -> bool {
        !self.growing.is_empty()
    }

    /// Whether a milestone is of this scenario alone.
    pub(super) fn builds(&self, scenario: &str) -> bool {
        self.milestones.iter().any(|milestone| milestone.scenario.as_deref() == Some(scenario))
    }

    /// What the last year sets in a scenario with the most growth.
    pub(super) fn last(&self, scenario: &str) -> Vec<Vec<Change>> {
        let rates = self.growing.first().map(|growing| growing.rates.iter().enumerate());
        let most = rates.into_iter().flatten().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(most, _)| most);
        self.steps(scenario, most, self.years.len() - 1)
    }

    /// What decides its results besides its factors: names, each with its values.
    pub(super) fn decides(&self) -> Vec<(String, Vec<String>)> {
        let of = |milestone: &Milestone| {
            let scenario = milestone.scenario.as_deref().unwrap_or_default();
            let changes = milestone.changes.iter();
            let changes = changes.map(|change| format!("{}={}", change.path, told(&change.node)));
            (format!("milestone:{}:{scenario}", milestone.year), changes.collect())
        };
        self.milestones.iter().map(of).collect()
    }
}

/// The outlook of a sweep over `years`, which `titled` names, and its factors: how it grows, if there are several
/// outlooks, and the year, which moves fastest. Mistakes are told.
pub(super) fn outlook(
    titled: &str,
    keys: &BTreeMap<String, Node>,
    years: Vec<u16>,
    scenarios: &[String],
    found: &mut Vec<Diagnostic>,
) -> (Outlook, Vec<Factor>) {
    let mut growing = Vec::new();
    let mut varied = Vec::new();
    for (path, node) in keys.get("per_year").map(|table| leaves(table, "")).unwrap_or_default() {
        let listed = match &node.value {
            Value::List(rates) => rates.clone(),
            _ => vec![node.clone()],
        };
        if listed.is_empty() {
            let told = Diagnostic::error("E0361", format!("{titled}: `{path}` has no rates"));
            found.push(told.at(Some(node.place.clone()), "an empty list").help("write its rates"));
        }
        let mut rates = Vec::new();
        for rate in &listed {
            match rate.scalar().unwrap_or_default().parse::<Growth>() {
                Ok(Growth(rate)) => rates.push(rate),
                Err(_) => {
                    let message = format!("{titled}: `{path}` does not grow by that much a year");
                    let told =
                        Diagnostic::error("E0361", message).at(Some(rate.place.clone()), "no rate of growth");
                    found.push(told.help("write `\"+3.4 %\"`, or a list of rates: `[\"+2 %\", \"+5 %\"]`"));
                }
            }
        }
        let key = node.key_place();
        let levels = Values::Levels(listed);
        varied.push(Varied { path: format!("per_year.{path}"), key: key.clone(), values: levels });
        growing.push(Growing { path, key, place: node.place.clone(), rates });
    }
    if let Some(other) = growing.iter().find(|other| other.rates.len() != growing[0].rates.len()) {
        let told = |rates: &Growing| format!("{} rates", rates.rates.len());
        found.push(
            Diagnostic::error(
                "E0331",
                format!("{titled}: keys grow together, so they have equally many rates"),
            )
            .at(Some(other.key.clone()), told(other))
            .also(Some(growing[0].key.clone()), told(&growing[0]))
            .help("give them equally many rates"),
        );
    }
    let milestones = keys.get("milestone").map(|node| milestones(titled, node, &years, scenarios, found));
    let mut milestones = milestones.unwrap_or_default();
    // What holds for all comes before what one scenario has of its own.
    milestones.sort_by_key(|milestone| (milestone.year, milestone.scenario.clone()));
    if growing.is_empty() && milestones.is_empty() {
        let place = keys.get("design").map(|node| node.place.clone());
        let told = Diagnostic::error("E0361", format!("{titled}: nothing grows"))
            .at(place, "every year is the same");
        found.push(told.help("write what grows: `per_year.\"demand.northbound.volume\" = \"+3.4 %\"`"));
    }
    let mut factors = Vec::new();
    if !varied.is_empty() {
        factors.push(Factor { name: "growth".to_owned(), keys: varied });
    }
    let place = keys.get("design").map_or(Place { file: 0, span: 0..0 }, |node| node.place.clone());
    let level = |year: &u16| Node::new(Value::Text(year.to_string()), place.clone());
    let levels = Values::Levels(years.iter().map(level).collect());
    let year = Varied { path: "year".to_owned(), key: place.clone(), values: levels };
    factors.push(Factor { name: "year".to_owned(), keys: vec![year] });
    (Outlook { years, growing, milestones }, factors)
}

/// Below a year, or below a scenario and a year.
fn milestones(
    titled: &str,
    node: &Node,
    years: &[u16],
    scenarios: &[String],
    found: &mut Vec<Diagnostic>,
) -> Vec<Milestone> {
    let mut all = Vec::new();
    let mut read = |key: &str, node: &Node, scenario: Option<&String>, found: &mut Vec<Diagnostic>| {
        let year = key.parse::<u16>().ok().filter(|year| {
            years.first().is_some_and(|first| first <= year) && years.last().is_some_and(|last| year <= last)
        });
        let changes = leaves(node, "").into_iter().map(|(path, node)| Change { path, node }).collect();
        match year.filter(|_| node.table().is_some()) {
            Some(year) => all.push(Milestone { year, scenario: scenario.cloned(), changes }),
            None if year.is_some() => {
                let message = format!("{titled}: the milestone of {key} says no key");
                let help = format!(
                    "write the key that changes: `milestone.{key}.\"officers.cbp.on_duty\" = \"+2\"`"
                );
                let told =
                    Diagnostic::error("E0361", message).at(Some(node.key_place()), "a value for which key?");
                found.push(told.help(help));
            }
            None => {
                let swept: Vec<String> = scenarios.iter().map(|scenario| format!("`{scenario}`")).collect();
                let message = format!(
                    "{titled}: `{}` is neither a year nor a scenario of it ({})",
                    key.escape_debug(),
                    swept.join(", ")
                );
                let span = years.first().zip(years.last());
                let label =
                    span.map_or(String::new(), |(first, last)| format!("a year from {first} to {last}"));
                let help = "write a milestone below its year, `milestone.2030.\"officers.cbp.on_duty\" = \"+2\"`, or below \
                            a scenario and a year, `milestone.two-lanes.2030.\"officers.cbp.on_duty\" = \"+2\"`";
                found.push(Diagnostic::error("E0361", message).at(Some(node.key_place()), label).help(help));
            }
        }
    };
    for (key, child) in node.table().into_iter().flatten() {
        match scenarios.iter().find(|scenario| *scenario == key) {
            Some(scenario) => {
                for (year, node) in child.table().into_iter().flatten() {
                    read(year, node, Some(scenario), found);
                }
            }
            None => read(key, child, None, found),
        }
    }
    all
}
