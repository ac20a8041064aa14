//! Crossings made one at a time: a scenario with some values set as `set` does it, with the same checks.
//!
//! Points of a sweep, candidates of a search and plausible worlds are made so, when they are needed, and
//! forgotten. It does not know which values are wanted. Start at [`Maker`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::build::compile;
use super::diagnostic::Diagnostic;
use super::document::{Node, Value};
use super::event;
use super::inherit::{Change, Scenarios, unknown_scenario};
use super::keys::Reading;
use super::resolve::{Later, Resolved};
use super::schema;
use super::value::valuation;
use crate::model::network::Network;
use crate::model::value::Valuation;

/// A crossing that can be run.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The crossing.
    pub network: Network,
    /// What its time and lanes are worth.
    pub valuation: Option<Valuation>,
}

/// What was read of a study, and who makes crossings of it.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) reading: Reading,
    /// Trees of the scenarios, with what the command line sets.
    pub(super) trees: Arc<BTreeMap<String, Node>>,
    pub(super) sections: Arc<Option<Node>>,
    pub(super) baseline: String,
    /// Scenarios that the command line names; all if it names none.
    pub(super) only: Vec<String>,
    pub(super) seed: u64,
}

impl Parts {
    /// Makes crossings for a part of a section: `sweep` and `growth`, say.
    pub(super) fn maker(&self, section: &'static str, name: &str) -> Maker {
        let Parts { mut reading, trees, sections, .. } = self.clone();
        reading.take();
        Maker { reading, trees, sections, section, name: name.to_owned() }
    }

    /// The scenario that is named, if there is one; else a mistake.
    pub(super) fn scenario(&self, named: &Node, found: &mut Vec<Diagnostic>) -> Option<String> {
        let wanted = named.scalar()?;
        if !self.trees.contains_key(&wanted) {
            let unknown = unknown_scenario(&wanted, self.trees.keys());
            found.push(unknown.at(Some(named.place.clone()), "no such scenario"));
            return None;
        }
        Some(wanted)
    }
}

/// Makes crossings: every worker has its own.
#[derive(Clone, Debug)]
pub struct Maker {
    reading: Reading,
    trees: Arc<BTreeMap<String, Node>>,
    sections: Arc<Option<Node>>,
    section: &'static str,
    name: String,
}

impl Maker {
    /// A scenario with these values, one step after another, or what is wrong with it.
    pub(super) fn make(&mut self, scenario: &str, steps: Vec<Vec<Change>>) -> Result<Ready, Vec<Diagnostic>> {
        self.made(scenario, steps).map(|(ready, _)| ready)
    }

    /// What is wrong with a scenario with these values.
    pub(super) fn errors(&mut self, scenario: &str, steps: Vec<Vec<Change>>) -> Vec<Diagnostic> {
        let told = self.made(scenario, steps).map_or_else(|errors| errors, |(_, warnings)| warnings);
        told.into_iter().filter(Diagnostic::is_error).collect()
    }

    fn made(
        &mut self,
        scenario: &str,
        steps: Vec<Vec<Change>>,
    ) -> Result<(Ready, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut tree = self.trees[scenario].clone();
        for changes in steps {
            tree = outside(&mut self.reading, &tree).varied(tree, changes, self.section, &self.name);
        }
        ready(&mut self.reading, scenario, tree, self.sections.as_ref().as_ref())
    }
}

/// What changes a tree that is a scenario already.
pub(super) fn outside<'a>(reading: &'a mut Reading, tree: &Node) -> Scenarios<'a> {
    let nothing = Node::new(Value::Table(BTreeMap::new()), tree.place.clone());
    Scenarios::new(reading, nothing, None, Vec::new())
}

/// The crossing that the tree of a scenario comes to, with warnings; or what is wrong with it.
pub(super) fn ready(
    reading: &mut Reading,
    scenario: &str,
    mut tree: Node,
    sections: Option<&Node>,
) -> Result<(Ready, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut stretches = event::stretches(&mut outside(reading, &tree), &tree);
    let all = std::iter::once(&mut tree).chain(stretches.iter_mut().map(|stretch| &mut stretch.tree));
    for tree in all {
        reading.check(tree, schema::study(), &mut Vec::new());
    }
    let failed = |found: &[Diagnostic]| found.iter().any(Diagnostic::is_error);
    let mut found = reading.take();
    if failed(&found) {
        return Err(found);
    }
    let own = sections.and_then(|section| section.table()?.get(scenario));
    let resolve = |tree| Resolved::bare(scenario, tree, own, &reading.files);
    let later = stretches.into_iter().map(|stretch| {
        Ok(Later { from: stretch.from, events: stretch.events, resolved: resolve(stretch.tree)? })
    });
    let resolved = resolve(tree)
        .and_then(|base| Ok(Resolved { later: later.collect::<Result<_, Diagnostic>>()?, ..base }));
    let resolved = resolved.map_err(|diagnostic| vec![diagnostic])?;
    let (network, told) = compile(&resolved, false);
    found.extend(told);
    if failed(&found) {
        return Err(found);
    }
    Ok((Ready { network, valuation: valuation(&resolved.study) }, found))
}
