//! The class tree: what each share is a share of, and the draws that follow from it.
//!
//! The root is `trucks`. `laden` stands for the trucks that are no other child of `trucks`; it is
//! there when some class is a share of it, unless a class has that name. A class may be divided
//! further; what no child claims stays that class. Every inner node is one draw named
//! `class:NODE`, categories in name order and the remainder last, so changing one share moves no
//! other attribute. Start at [`Drawing`]. It knows no streams.

use std::collections::BTreeMap;

use super::super::file::{Class, Study};
use super::super::phrase::SharePhrase;
use super::name::Names;
use super::{Findings, listed, percent, suggestion};
use crate::model::network::{Branch, ClassId, ClassTree, Split};

/// Shares closer to 100 % than this are 100 %.
const TOLERANCE: f64 = 1e-9;

const TRUCKS: &str = "trucks";
const LADEN: &str = "laden";

/// How the class of a truck is found.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// How a class is drawn; no splits when there is only one class to draw.
    pub tree: ClassTree,
    /// The class of all trucks when nothing is drawn.
    pub only: Option<ClassId>,
}

/// An inner node while the tree is put together.
#[derive(Default)]
struct Node<'a> {
    children: BTreeMap<&'a str, f64>,
    rest: Vec<&'a str>,
}

/// What is left of a node when its children have taken their shares.
enum Remainder<'a> {
    Class(&'a str),
    Laden,
    None,
}

impl Drawing {
    /// The tree of a study's classes. With errors told, what it returns is of no use.
    pub fn new(study: &Study, names: &Names, findings: &mut Findings) -> Self {
        let nodes = nodes(&study.class, findings);
        let mut tree = Tree { nodes, names, classes: &study.class, splits: Vec::new() };
        tree.check_cycles(findings);
        tree.check_sums(findings);
        if findings.any_error() || study.class.is_empty() {
            return Drawing { tree: ClassTree { splits: Vec::new() }, only: Some(ClassId(0)) };
        }
        let only = match tree.add(TRUCKS) {
            Branch::Class(class) => Some(class),
            Branch::Split(_) => None,
        };
        Drawing { tree: ClassTree { splits: tree.splits }, only }
    }
}

/// Children and rests by parent.
fn nodes<'a>(classes: &'a BTreeMap<String, Class>, findings: &mut Findings) -> BTreeMap<&'a str, Node<'a>> {
    let of_laden = |class: &Class| match &class.share {
        SharePhrase::Of { of, .. } => of == LADEN,
        SharePhrase::Rest { of } => of.as_deref() == Some(LADEN),
    };
    let laden = classes.values().any(of_laden);
    let mut nodes: BTreeMap<&str, Node> = BTreeMap::new();
    for (name, class) in classes {
        let (of, share) = match &class.share {
            SharePhrase::Of { share, of } => (of.as_str(), Some(*share)),
            SharePhrase::Rest { of: Some(of) } => (of.as_str(), None),
            SharePhrase::Rest { of: None } => (if laden { LADEN } else { TRUCKS }, None),
        };
        let path = format!("class.{name}.share");
        if of != TRUCKS && of != LADEN && !classes.contains_key(of) {
            let known =
                classes.keys().map(String::as_str).filter(|other| other != name).chain([TRUCKS, LADEN]);
            let message = format!("`{name}` is a share of `{of}`, which is no class");
            findings.error("E0312", &path, message, "`trucks`, `laden` or a class", suggestion(of, known));
            continue;
        }
        if share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            let message = format!("the share of `{name}` is not between 0 % and 100 %");
            findings.error("E0310", &path, message, "0 % to 100 %", "write `36 % of trucks`, or `rest`");
            continue;
        }
        let node = nodes.entry(of).or_default();
        match share {
            Some(share) => {
                node.children.insert(name, share);
            }
            None => node.rest.push(name),
        }
    }
    nodes
}

struct Tree<'a> {
    nodes: BTreeMap<&'a str, Node<'a>>,
    names: &'a Names<'a>,
    classes: &'a BTreeMap<String, Class>,
    splits: Vec<Split>,
}

impl<'a> Tree<'a> {
    /// Whether `laden` is the remainder of all trucks, not a class of that name.
    fn laden_is_implicit(&self) -> bool {
        self.nodes.contains_key(LADEN) && !self.classes.contains_key(LADEN)
    }

    fn parent(&self, class: &str) -> Option<&'a str> {
        let has = |node: &Node| node.children.contains_key(class) || node.rest.contains(&class);
        self.nodes.iter().find(|(_, node)| has(node)).map(|(name, _)| *name)
    }

    /// A class that is, over others, a share of itself never gets a truck.
    fn check_cycles(&self, findings: &mut Findings) {
        for class in self.classes.keys() {
            let mut above = self.parent(class);
            for _ in 0..self.classes.len() {
                above = above.and_then(|name| self.parent(name));
            }
            // After as many steps as there are classes only a cycle still has a parent.
            if above.is_some_and(|name| name != TRUCKS && name != LADEN) {
                let message = format!("`{class}` is, over its parents, a share of itself");
                findings.error(
                    "E0313",
                    &format!("class.{class}.share"),
                    message,
                    "leads back to itself",
                    "make one of them a share of `trucks`",
                );
            }
        }
    }

    fn check_sums(&self, findings: &mut Findings) {
        for (name, node) in &self.nodes {
            if let [_, second, ..] = node.rest.as_slice() {
                let message = format!("{} both want the rest of `{name}`", listed(&node.rest));
                findings.error(
                    "E0313",
                    &format!("class.{second}.share"),
                    message,
                    "a second `rest`",
                    "give one of them a share",
                );
            }
            let sum: f64 = node.children.values().sum();
            let children: Vec<&str> = node.children.keys().copied().collect();
            let last = children.last().or(node.rest.last()).copied().unwrap_or_default();
            let path = format!("class.{last}.share");
            if sum > 1.0 + TOLERANCE {
                let message = format!("the shares of `{name}` sum to {}", percent(sum));
                let label = format!("{} are shares of `{name}`", listed(&children));
                findings.error("E0310", &path, message, label, "shares of one whole cannot exceed 100 %");
            } else if sum < 1.0 - TOLERANCE && self.remainder(name).is_none() {
                let message = format!("{} of `{name}` belong to no class", percent(1.0 - sum));
                let label = format!("shares of `{name}` reach {}", percent(sum));
                findings.error(
                    "E0311",
                    &path,
                    message,
                    label,
                    "add a class with share `rest`, or raise the shares to 100 %",
                );
            }
            let rest_of_trucks = *name == TRUCKS && self.laden_is_implicit();
            if let (true, Some(rest)) = (rest_of_trucks, node.rest.first()) {
                let message = format!("`{rest}` and `laden` both are the rest of `trucks`");
                let help = "write `rest of laden`, or give it a share";
                findings.error(
                    "E0313",
                    &format!("class.{rest}.share"),
                    message,
                    "`laden` is what the other classes leave",
                    help,
                );
            }
        }
        if !self.nodes.contains_key(TRUCKS)
            && !self.laden_is_implicit()
            && !self.classes.is_empty()
            && !findings.any_error()
        {
            findings.error(
                "E0311",
                "class",
                "no class is a share of `trucks`",
                "",
                "give one class the share `rest`",
            );
        }
    }

    fn remainder(&self, name: &'a str) -> Remainder<'a> {
        match self.nodes.get(name).and_then(|node| node.rest.first()) {
            Some(rest) => Remainder::Class(rest),
            None if name == TRUCKS && self.laden_is_implicit() => Remainder::Laden,
            None if self.classes.contains_key(name) => Remainder::Class(name),
            None => Remainder::None,
        }
    }

    /// Adds the splits of a node and what lies below.
    fn add(&mut self, name: &'a str) -> Branch {
        let empty = Node::default();
        let node = self.nodes.get(name).unwrap_or(&empty);
        let mut parts: Vec<(&str, f64)> =
            node.children.iter().map(|(child, share)| (*child, *share)).collect();
        let claimed: f64 = parts.iter().map(|part| part.1).sum();
        let left = (1.0 - claimed).max(0.0);
        match self.remainder(name) {
            Remainder::Class(class) => parts.push((class, left)),
            Remainder::Laden => parts.push((LADEN, left)),
            Remainder::None => {}
        }
        if let [(only, _)] = parts.as_slice() {
            return self.lead(name, only);
        }
        let place = self.splits.len();
        self.splits.push(Split { purpose: format!("class:{name}"), branches: Vec::new() });
        let mut upper = 0.0;
        let mut branches = Vec::with_capacity(parts.len());
        for (child, part) in &parts {
            upper += part;
            branches.push((upper.min(1.0), self.lead(name, child)));
        }
        branches.last_mut().expect("a split has two branches or more").0 = 1.0;
        self.splits[place].branches = branches;
        Branch::Split(place)
    }

    /// What a category of `parent` leads to: a node of its own, or a class.
    fn lead(&mut self, parent: &str, child: &'a str) -> Branch {
        if child != parent && self.nodes.contains_key(child) {
            return self.add(child);
        }
        Branch::Class(self.names.class(child).expect("categories are classes, `laden` has children"))
    }
}

impl Remainder<'_> {
    fn is_none(&self) -> bool {
        matches!(self, Remainder::None)
    }
}
