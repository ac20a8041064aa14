//! Names of measures in a plan: the target's and the goals', checked against the catalogue.
//!
//! `scenario` does not know which measures exist, so names are checked here, before anything runs.
//! Start at [`unknown_measures`].

use crate::measure::{Catalog, Unit};
use crate::scenario::phrase::QuantityKind;
use crate::scenario::plan::{ScenarioPlan, StudyPlan};

/// A name of a measure in the plan that cannot stand there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownMeasure {
    /// The key of the study where it stands: `precision.target`, `goals`, or a key of a sweep or search.
    pub key: &'static str,
    /// As written.
    pub name: String,
    /// What is wrong, without full stop.
    pub why: String,
    /// What was expected, in few words.
    pub expected: &'static str,
    /// How to write it, where the name is right and what stands beside it is not; else empty.
    pub help: String,
    /// Names like it, best first.
    pub suggestions: Vec<String>,
}

/// Names of measures in the plan's target and goals that the baseline's crossing does not have, or
/// that are of another kind than the quantity beside them.
pub fn unknown_measures(plan: &StudyPlan) -> Vec<UnknownMeasure> {
    unknown_in(plan, &catalog_of(&plan.scenarios[plan.baseline]))
}

/// What is measured of a scenario.
pub(super) fn catalog_of(scenario: &ScenarioPlan) -> Catalog {
    Catalog::valued(&scenario.network, scenario.valuation.as_ref())
}

/// A name that no measure over the whole run has.
pub(super) fn unknown_name(key: &'static str, name: &str, catalog: &Catalog) -> UnknownMeasure {
    let (why, expected) = match catalog.find(name) {
        None => (format!("no measure of this crossing is named `{name}`"), "no such measure"),
        Some(_) => (format!("`{name}` is of one hour"), "not by hour"),
    };
    let suggestions = catalog.suggestions(name);
    UnknownMeasure { key, name: name.to_owned(), why, expected, help: String::new(), suggestions }
}

pub(super) fn unknown_in(plan: &StudyPlan, catalog: &Catalog) -> Vec<UnknownMeasure> {
    let target = plan.target.iter().map(|target| ("precision.target", &target.measure, target.kind));
    let goals = plan.goals.iter().map(|(name, goal)| ("goals", name, goal.kind));
    let wrong = |(key, name, kind): (&'static str, &String, QuantityKind)| {
        mistaken(key, name, Some(kind), catalog, key == "precision.target")
    };
    target.chain(goals).filter_map(wrong).collect()
}

/// What is wrong with a name of a measure below a key, beside a quantity of this kind.
pub(super) fn mistaken(
    key: &'static str,
    name: &str,
    kind: Option<QuantityKind>,
    catalog: &Catalog,
    over_run: bool,
) -> Option<UnknownMeasure> {
    let (why, expected, help) = match catalog.find(name) {
        None => (format!("no measure of this crossing is named `{name}`"), "no such measure", String::new()),
        Some(place) if over_run && place >= catalog.whole_run() => {
            let why = match key {
                "precision.target" => "differences are paired over the whole run, not by hour",
                _ => "candidates are compared over the whole run, not by hour",
            };
            (why.to_owned(), "not by hour", String::new())
        }
        Some(place) => match (kind_of(catalog.entries()[place].unit), kind) {
            (_, None) => return None,
            (right, Some(kind)) if right == kind => return None,
            (right, Some(kind)) => (
                format!("`{name}` is {}, not {}", described(right), described(kind)),
                described(right),
                format!("write {}", written(key, name, right)),
            ),
        },
    };
    let suggestions = catalog.suggestions(name);
    Some(UnknownMeasure { key, name: name.to_owned(), why, expected, help, suggestions })
}

/// A quantity of the plan, in the unit of the entry it is compared with (durations are seconds).
pub(super) fn in_unit(quantity: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Hours => quantity / 3600.0,
        Unit::Seconds
        | Unit::Fraction
        | Unit::Trucks
        | Unit::TrucksPerHour
        | Unit::Lanes
        | Unit::TruckHours
        | Unit::Gallons
        | Unit::Kilograms
        | Unit::Grams
        | Unit::Money(_)
        | Unit::Number => quantity,
    }
}

/// The kind of quantity that a value of this unit is compared with.
fn kind_of(unit: Unit) -> QuantityKind {
    match unit {
        Unit::Seconds | Unit::Hours => QuantityKind::Duration,
        Unit::Fraction => QuantityKind::Share,
        Unit::TrucksPerHour => QuantityKind::Rate,
        Unit::Trucks
        | Unit::Lanes
        | Unit::TruckHours
        | Unit::Gallons
        | Unit::Kilograms
        | Unit::Grams
        | Unit::Money(_)
        | Unit::Number => QuantityKind::Number,
    }
}

/// How the target or a goal is written for a measure of this kind.
fn written(key: &str, name: &str, kind: QuantityKind) -> String {
    let quantity = match kind {
        QuantityKind::Duration => "15 min",
        QuantityKind::Share => "85 %",
        QuantityKind::Rate => "120 trucks/h",
        QuantityKind::Number => "40",
    };
    match key {
        "goals" => format!("`\"{name}\" = \"<= {quantity}\"`"),
        "indifference" => format!("`indifference.\"{name}\" = \"{quantity}\"`"),
        _ => format!("`target = \"difference {name} +/- {quantity}\"`"),
    }
}

fn described(kind: QuantityKind) -> &'static str {
    match kind {
        QuantityKind::Duration => "a duration",
        QuantityKind::Share => "a share",
        QuantityKind::Rate => "a rate",
        QuantityKind::Number => "a number",
    }
}
