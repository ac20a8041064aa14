//! Scenarios: what each starts from, what it sets, and the tree that comes of it.
//!
//! A scenario starts from the base file, or from the results of its parents. Its `set` then acts on
//! that, in the order of paths, so that the order of lines never matters. Of several parents each
//! contributes what it and its ancestors set; where two disagree, one that derives from the other
//! wins, a value set here wins, and anything else is an error. Start at [`Scenarios::resolve`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::change;
use super::diagnostic::{Diagnostic, Place};
use super::document::{Node, Value};
use super::keys::Reading;
use super::path::{Miss, Path, Target, extended, is_by_class, locate, near_miss, put_value, same, value_at};
use super::phrase::{FullPhrase, nearest};
use super::schema::{self, Shape};

/// Sections that belong to the whole study: scenarios that differ there could not be compared.
const OF_THE_STUDY: [&str; 10] = [
    "format",
    "goals",
    "money",
    "optimize",
    "precision",
    "scenario",
    "source",
    "study",
    "sweep",
    "uncertain",
];

/// Sections that hold for a whole run: no event changes them.
const OF_THE_RUN: [&str; 3] = ["air", "border_wait", "event"];

/// Who changes a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Author<'a> {
    /// A scenario.
    Scenario(&'a str),
    /// An event: other values may hold before and after.
    Event(&'a str),
    /// What a part of a section varies: a point of a sweep, a candidate of a search.
    Varied(&'static str, &'a str),
    /// A plausible world.
    World,
    /// `--set` and its like, for every scenario.
    CommandLine,
}

impl Author<'_> {
    /// As messages and origins name it.
    fn name(self) -> String {
        match self {
            Author::Scenario(name) => name.to_owned(),
            Author::Event(name) => format!("event {name}"),
            Author::Varied(section, name) => format!("{section} {name}"),
            Author::World => "uncertain".to_owned(),
            Author::CommandLine => "the command line".to_owned(),
        }
    }

    /// The path of one of its changes in the file.
    fn origin(self, path: &[String]) -> String {
        match self {
            Author::Scenario(name) => format!("scenario.{name}.set.{}", path.join(".")),
            Author::Event(name) => format!("event.{name}.set.{}", path.join(".")),
            Author::Varied(section, name) => format!("{section}.{name}.vary.{}", path.join(".")),
            Author::World => format!("uncertain.{}", path.join(".")),
            Author::CommandLine => path.join("."),
        }
    }
}

/// A value to set, as written.
#[derive(Clone, Debug)]
pub struct Change {
    /// The dotted path.
    pub path: String,
    /// The value, with its places.
    pub node: Node,
}

/// A value that was set, after relative changes.
#[derive(Clone, Debug)]
struct Entry {
    value: Node,
    by: String,
    place: Place,
}

/// What a scenario comes to.
#[derive(Clone, Debug)]
struct Outcome {
    tree: Node,
    set: BTreeMap<Path, Entry>,
}

/// A scenario as written.
#[derive(Clone, Debug)]
struct Layer {
    parents: Vec<(String, Place)>,
    set: Option<Node>,
}

/// The scenarios of a study.
pub struct Scenarios<'a> {
    reading: &'a mut Reading,
    base: Node,
    layers: BTreeMap<String, Layer>,
    /// From the command line, for every scenario.
    extra: Vec<Change>,
    done: BTreeMap<String, Rc<Outcome>>,
}

impl<'a> Scenarios<'a> {
    /// Reads the section `scenario`; without it there is one scenario, `base`.
    pub fn new(reading: &'a mut Reading, base: Node, section: Option<&Node>, extra: Vec<Change>) -> Self {
        let mut layers = BTreeMap::new();
        for (name, node) in section.and_then(Node::table).into_iter().flatten() {
            let parents = match node.table().and_then(|table| table.get("from")) {
                Some(Node { value: Value::List(items), .. }) => items.iter().collect(),
                Some(one) => vec![one],
                None => Vec::new(),
            };
            let parents = parents.into_iter().filter_map(|node| Some((node.scalar()?, node.place.clone())));
            let set = node.table().and_then(|table| table.get("set")).cloned();
            layers.insert(name.clone(), Layer { parents: parents.collect(), set });
        }
        if layers.is_empty() {
            layers.insert("base".to_owned(), Layer { parents: Vec::new(), set: None });
        }
        Scenarios { reading, base, layers, extra, done: BTreeMap::new() }
    }

    /// Tells what was found.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.reading.report(diagnostic);
    }

    /// A tree as it is while events hold, each with what it sets.
    pub fn during(&mut self, tree: &Node, events: &[(&str, &Node)]) -> Node {
        let mut outcome = Outcome { tree: tree.clone(), set: BTreeMap::new() };
        for (name, set) in events {
            let mut changes = Vec::new();
            flatten(set, "", &outcome.tree, &mut changes);
            self.apply(&mut outcome, changes, Author::Event(name));
        }
        outcome.tree
    }

    /// A tree with what a part of a section varies.
    pub fn varied(&mut self, tree: Node, changes: Vec<Change>, section: &'static str, name: &str) -> Node {
        self.changed(tree, changes, Author::Varied(section, name))
    }

    /// A tree as it is in a plausible world.
    pub fn in_world(&mut self, tree: Node, changes: Vec<Change>) -> Node {
        self.changed(tree, changes, Author::World)
    }

    fn changed(&mut self, tree: Node, changes: Vec<Change>, by: Author) -> Node {
        let mut outcome = Outcome { tree, set: BTreeMap::new() };
        let mut flat = Vec::new();
        for Change { path, node } in changes {
            let set = Node::new(Value::Table([(path, node.clone())].into()), node.place);
            flatten(&set, "", &outcome.tree, &mut flat);
        }
        self.apply(&mut outcome, flat, by);
        outcome.tree
    }

    /// The tree of every scenario, by name.
    pub fn resolve(&mut self) -> BTreeMap<String, Node> {
        let names: Vec<String> = self.layers.keys().cloned().collect();
        let mut trees = BTreeMap::new();
        for name in names {
            let outcome = self.outcome(&name, &mut Vec::new());
            let mut outcome = Outcome::clone(&outcome);
            let extra = self.extra.clone();
            self.apply(&mut outcome, extra, Author::CommandLine);
            trees.insert(name, outcome.tree);
        }
        trees
    }

    fn outcome(&mut self, name: &str, stack: &mut Vec<String>) -> Rc<Outcome> {
        if let Some(outcome) = self.done.get(name) {
            return Rc::clone(outcome);
        }
        stack.push(name.to_owned());
        let layer = self.layers[name].clone();
        let mut parents = Vec::new();
        for (parent, place) in &layer.parents {
            if let Some(from) = stack.iter().position(|above| above == parent) {
                let cycle: Vec<String> =
                    stack[from..].iter().chain([parent]).map(|name| format!("`{name}`")).collect();
                self.reading.report(
                    Diagnostic::error(
                        "E0108",
                        format!("scenarios start from one another in a circle: {}", cycle.join(" from ")),
                    )
                    .at(Some(place.clone()), "closes the circle")
                    .help("let one of them start from the base file: take its `from` out"),
                );
            } else if self.layers.contains_key(parent) {
                parents.push((parent.clone(), self.outcome(parent, stack)));
            } else {
                self.reading.report(
                    unknown_scenario(parent, self.layers.keys()).at(Some(place.clone()), "no such scenario"),
                );
            }
        }
        let mut outcome = match parents.as_slice() {
            [] => Outcome { tree: self.base.clone(), set: BTreeMap::new() },
            [(_, parent)] => Outcome::clone(parent),
            several => self.merge(name, several, layer.set.as_ref()),
        };
        let mut changes = Vec::new();
        if let Some(set) = &layer.set {
            flatten(set, "", &outcome.tree, &mut changes);
        }
        self.apply(&mut outcome, changes, Author::Scenario(name));
        stack.pop();
        let outcome = Rc::new(outcome);
        self.done.insert(name.to_owned(), Rc::clone(&outcome));
        outcome
    }

    /// What several parents set, on the base; disagreements are errors unless settled in `set`.
    fn merge(&mut self, name: &str, parents: &[(String, Rc<Outcome>)], set: Option<&Node>) -> Outcome {
        let mut merged: BTreeMap<Path, Entry> = BTreeMap::new();
        let mut local = Vec::new();
        if let Some(set) = set {
            flatten(set, "", &self.base, &mut local);
        }
        // Only a value settles a disagreement: a relative change would not know of what.
        let settled: BTreeSet<Path> = local
            .iter()
            .filter(|change| change.node.scalar().is_none_or(|text| change::relative(&text).is_none()))
            .filter_map(|change| match locate(&self.base, schema::study(), &change.path, &change.node) {
                Ok(Target::Value(path) | Target::New(path)) => Some(path),
                Ok(Target::Part(path, part)) => Some(extended(&path, part)),
                Err(_) => None,
            })
            .collect();
        for (_, parent) in parents {
            for (path, entry) in &parent.set {
                let rivals: Vec<(Path, Entry)> = merged
                    .iter()
                    .filter(|(other, _)| path.starts_with(other) || other.starts_with(path))
                    .map(|(path, entry)| (path.clone(), entry.clone()))
                    .collect();
                let mut keep = true;
                for (other, rival) in rivals {
                    let agree = other == *path && rival.value == entry.value;
                    if agree || self.derives(&rival.by, &entry.by) {
                        keep = false;
                    } else if self.derives(&entry.by, &rival.by) {
                        merged.remove(&other);
                    } else if !settled
                        .iter()
                        .any(|settled| path.starts_with(settled) && other.starts_with(settled))
                    {
                        let shown = |entry: &Entry| {
                            entry.value.scalar().map_or(String::new(), |text| format!(" to `{text}`"))
                        };
                        self.reading.report(
                            Diagnostic::error(
                                "E0109",
                                format!("the parents of `{name}` disagree on `{}`", path.join(".")),
                            )
                            .at(Some(entry.place.clone()), format!("`{}` sets it{}", entry.by, shown(entry)))
                            .also(
                                Some(rival.place.clone()),
                                format!("`{}` sets it{}", rival.by, shown(&rival)),
                            )
                            .help(format!(
                                "say in `{name}` what it shall be: `set.\"{}\" = ...`",
                                path.join(".")
                            )),
                        );
                        keep = false;
                    }
                }
                if keep {
                    merged.insert(path.clone(), entry.clone());
                }
            }
        }
        let mut outcome = Outcome { tree: self.base.clone(), set: BTreeMap::new() };
        for (path, entry) in merged {
            self.put(&mut outcome.tree, &path, entry.value.clone());
            outcome.set.insert(path, entry);
        }
        outcome
    }

    /// Whether a scenario is another one or starts from it, at any distance.
    fn derives(&self, name: &str, from: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            if name == from {
                return true;
            }
            if seen.insert(name) {
                open.extend(
                    self.layers
                        .get(name)
                        .into_iter()
                        .flat_map(|layer| layer.parents.iter().map(|parent| parent.0.as_str())),
                );
            }
        }
        false
    }

    /// Sets values, in the order of their paths.
    fn apply(&mut self, outcome: &mut Outcome, changes: Vec<Change>, by: Author) {
        let mut located: Vec<(Path, Target, Change)> = Vec::new();
        for change in changes {
            if change.path.is_empty() {
                self.reading.report(
                    Diagnostic::error("E0107", "a change names no key")
                        .at(Some(change.node.key_place()), "a path is expected")
                        .help("write it like `set.\"station.primary.move_up\" = \"12 s\"`"),
                );
                continue;
            }
            match locate(&outcome.tree, schema::study(), &change.path, &change.node) {
                Ok(target) => {
                    let path = match &target {
                        Target::Value(path) | Target::New(path) => path.clone(),
                        Target::Part(path, part) => extended(path, part),
                    };
                    located.push((path, target, change));
                }
                Err(miss) => {
                    let diagnostic = self.missing(&outcome.tree, &change, &miss);
                    self.reading.report(diagnostic);
                }
            }
        }
        if by != Author::CommandLine {
            located.sort_by(|a, b| a.0.cmp(&b.0));
            for pair in located.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
                let (first, second) = (&pair[0].2, &pair[1].2);
                self.reading.report(
                    Diagnostic::error(
                        "E0110",
                        format!("`{}` is set twice in `{}`", pair[1].0.join("."), by.name()),
                    )
                    .at(Some(second.node.key_place()), format!("here as `{}`", second.path))
                    .also(Some(first.node.key_place()), "and here")
                    .help("take one of the two out"),
                );
            }
            located.dedup_by(|next, kept| next.0 == kept.0);
        }
        for (path, target, change) in located {
            self.apply_one(outcome, path, &target, &change, by);
        }
    }

    fn apply_one(&mut self, outcome: &mut Outcome, path: Path, target: &Target, change: &Change, by: Author) {
        let whole = match target {
            Target::Value(path) | Target::New(path) | Target::Part(path, _) => path,
        };
        let place = change.node.key_place();
        let of_the_study = whole.first().filter(|section| OF_THE_STUDY.contains(&section.as_str()));
        if let Some(section) = of_the_study
            && !(by == Author::CommandLine
                && ["study", "precision", "goals", "money"].contains(&section.as_str()))
        {
            self.reading.report(
                Diagnostic::error("E0117", format!("`{}` belongs to the whole study", change.path))
                    .at(Some(place), "scenarios cannot differ here")
                    .help(format!("set it in the section `{section}`")),
            );
            return;
        }
        if matches!(by, Author::Event(_)) && !self.may_change(outcome, &path, change, by) {
            return;
        }
        let Some(shape) = schema::study().at(whole) else { return };
        let before = value_at(&outcome.tree, whole).cloned();
        let errors = self.reading.errors();
        let entry = match target {
            Target::Part(_, part) => self.new_part(before.as_ref(), shape, part, change),
            Target::Value(_) | Target::New(_) => {
                self.new_value(&outcome.tree, before.as_ref(), shape, whole, change)
            }
        };
        let Some(mut value) = entry.filter(|_| self.reading.errors() == errors) else { return };
        value.key = Some(place.clone());
        value.set_by = Some(Arc::from(format!(
            "{}: {}",
            by.name(),
            change.node.scalar().map_or("a table".to_owned(), |text| text)
        )));
        self.put(&mut outcome.tree, &path, value.clone());
        let after = value_at(&outcome.tree, whole);
        // On the command line it may be idle in one scenario and not in another; a level of a sweep, or what is
        // drawn for a world, may be what is there.
        let idle = !matches!(by, Author::CommandLine | Author::Varied(..) | Author::World)
            && before.as_ref().zip(after).is_some_and(|(before, after)| same(before, after, shape));
        if idle {
            let now = before
                .as_ref()
                .and_then(Node::scalar)
                .map_or("what it was".to_owned(), |text| format!("`{text}`"));
            self.reading.report(
                Diagnostic::warning("W0151", format!("`{}` in `{}` changes nothing", change.path, by.name()))
                    .at(Some(change.node.place.clone()), format!("it is {now} already"))
                    .about(by.origin(whole)),
            );
        }
        outcome.set.retain(|other, _| !other.starts_with(&path));
        outcome.set.insert(path, Entry { value, by: by.name(), place });
    }

    /// Whether an event may make a change; what speaks against it is told.
    fn may_change(&mut self, outcome: &Outcome, path: &Path, change: &Change, by: Author) -> bool {
        let place = change.node.key_place();
        if path.first().is_some_and(|section| OF_THE_RUN.contains(&section.as_str())) {
            let found = Diagnostic::error("E0121", format!("`{}` holds for the whole run", change.path));
            let found = found.at(Some(place), "no event changes it");
            self.reading.report(found.help("let scenarios differ there, with `set` in a section `scenario`"));
            return false;
        }
        let touches = |other: &Path| path.starts_with(other) || other.starts_with(path);
        let rival = outcome.set.iter().find(|(other, entry)| entry.by != by.name() && touches(other));
        if let Some((_, rival)) = rival {
            let message = format!("two events that hold together set `{}`", change.path);
            let found = Diagnostic::error("E0122", message)
                .at(Some(place), format!("set by `{}`", by.name()))
                .also(Some(rival.place.clone()), format!("set by `{}`", rival.by));
            self.reading.report(
                found.help("let one end before the other begins, with a third event for the time between"),
            );
            return false;
        }
        true
    }

    /// The value that a change makes of what is there.
    fn new_value(
        &mut self,
        tree: &Node,
        before: Option<&Node>,
        shape: &Shape,
        path: &[String],
        change: &Change,
    ) -> Option<Node> {
        let mut node = change.node.clone();
        let signed = match self.reading.sources.slice(&node.place).chars().next() {
            Some(sign @ ('+' | '-')) if !matches!(node.value, Value::Text(_)) => Some(sign),
            _ => None,
        };
        if signed.is_some() && change::takes_relative(shape) {
            let written = self.reading.sources.slice(&node.place).to_owned();
            self.reading.report(
                Diagnostic::error("E0117", format!("`{written}` without quotes is a number, not a change"))
                    .at(Some(node.place.clone()), "")
                    .help(format!("write `\"{written}\"`")),
            );
            return None;
        }
        let text = match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        let relative = text
            .as_deref()
            .and_then(change::relative)
            .filter(|_| !shape.choices().iter().any(|choice| matches!(choice, Shape::Text)));
        let Some(relative) = relative else {
            let mut path = path.to_vec();
            self.reading.check(&mut node, shape, &mut path);
            return Some(node);
        };
        let by = match relative {
            Ok(by) => by,
            Err(error) => {
                let place = node.piece(&self.reading.sources, error.span);
                let diagnostic = Diagnostic::error(error.code, error.message).at(Some(place), error.label);
                self.reading
                    .report(diagnostic.help("relative changes are `+2`, `-1`, `x1.15`, `+15 %`, `+15 pp`"));
                return None;
            }
        };
        let changed = match before {
            None => Err("it is not set, so there is nothing to change".to_owned()),
            Some(before) => change::changed(before, shape, &by, &self.reading.files),
        };
        match changed {
            Ok(changed) => {
                let mut node = relocated(changed, &node.place);
                let mut path = path.to_vec();
                self.reading.check(&mut node, shape, &mut path);
                Some(node)
            }
            Err(_) if before.and_then(Node::scalar).is_some_and(|before| !shape.reads(&before)) => None,
            Err(why) => {
                let on_a_trace = path.len() == 3
                    && path[0] == "demand"
                    && value_at(tree, &[path[0].clone(), path[1].clone(), "trace".to_owned()]).is_some();
                let diagnostic = Diagnostic::error(
                    "E0117",
                    format!("`{}` cannot change `{}`", text.unwrap_or_default(), change.path),
                );
                let diagnostic = diagnostic
                    .at(Some(node.place.clone()), if why.len() < 60 { why.clone() } else { String::new() });
                let diagnostic = if why.len() < 60 { diagnostic } else { diagnostic.note(why) };
                self.reading.report(if on_a_trace {
                    diagnostic
                        .note("this stream lists its trucks; more or fewer of them would be other trucks")
                        .help("give the scenario a trace of its own")
                } else {
                    diagnostic.help("write the value that it shall have")
                });
                None
            }
        }
    }

    /// The part of a phrase that a change makes.
    fn new_part(
        &mut self,
        before: Option<&Node>,
        shape: &Shape,
        part: &str,
        change: &Change,
    ) -> Option<Node> {
        let phrase = before?.scalar()?;
        let old = change::part(shape, &phrase, part, &self.reading.files);
        let fail = |reading: &mut Reading, diagnostic: Diagnostic| {
            reading.report(diagnostic);
            None
        };
        let Some(old) = old else {
            // What cannot be read is told where it stands.
            if !shape.reads(&phrase) {
                return None;
            }
            let diagnostic = Diagnostic::error("E0107", format!("`{}` does not exist", change.path));
            let whole = change.path.rsplit_once('.').map_or(change.path.as_str(), |(whole, _)| whole);
            return fail(
                self.reading,
                diagnostic
                    .at(Some(change.node.key_place()), "")
                    .note(format!("`{phrase}` has no `{part}`"))
                    .help(format!("set all of it: `set.\"{whole}\" = \"...\"`")),
            );
        };
        let Some(written) = change.node.scalar() else {
            let diagnostic = Diagnostic::error("E0105", format!("`{}` is one value", change.path));
            return fail(
                self.reading,
                diagnostic
                    .at(Some(change.node.place.clone()), "a value is expected")
                    .help(format!("it is `{old}` now: write another like it")),
            );
        };
        let value = match change::relative(&written) {
            None => Ok(written.clone()),
            Some(Err(error)) => Err(error.to_string()),
            Some(Ok(by)) => change::changed_numbers(&old, &by, ["lanes", "k", "priority"].contains(&part)),
        };
        let value = match value {
            Ok(value) => value,
            Err(why) => {
                let diagnostic =
                    Diagnostic::error("E0117", format!("`{written}` cannot change `{}`", change.path));
                return fail(
                    self.reading,
                    diagnostic
                        .at(Some(change.node.place.clone()), format!("it is `{old}`"))
                        .note(why)
                        .help("write the value that it shall have"),
                );
            }
        };
        if let Err(error) = change::with_part(shape, &phrase, part, &value, &self.reading.files) {
            let place = if value == written {
                change.node.piece(&self.reading.sources, error.span)
            } else {
                change.node.place.clone()
            };
            let diagnostic = Diagnostic::error(error.code, error.message).at(Some(place), error.label);
            let diagnostic = if value == written {
                diagnostic
            } else {
                diagnostic.note(format!("`{written}` makes `{value}` of `{old}`"))
            };
            return fail(
                self.reading,
                diagnostic.help(match error.help {
                    help if help.is_empty() => format!("it is `{old}` now: write another like it"),
                    help => help,
                }),
            );
        }
        Some(Node::new(Value::Text(value), change.node.place.clone()))
    }

    /// Puts a value into a tree; behind a phrase, into the phrase, or beside it when it is that of a class.
    fn put(&self, tree: &mut Node, path: &[String], value: Node) {
        let Some((last, above)) = path.split_last() else { return };
        let before = value_at(tree, above).cloned();
        if let (Some(rest), Some(shape)) = (before, schema::study().at(above))
            && let Some(phrase) = rest.scalar()
        {
            if is_by_class(shape) && !change::parts(shape).contains(&last.as_str()) {
                let place = rest.place.clone();
                let by_class = BTreeMap::from([("rest".to_owned(), rest)]);
                put_value(tree, above, Node::new(Value::Table(by_class), place));
                return put_value(tree, path, value);
            }
            let Some(part) = value.scalar() else { return };
            if let Ok(text) = change::with_part(shape, &phrase, last, &part, &self.reading.files) {
                let node = Node { value: Value::Text(text), ..value };
                put_value(tree, above, node);
            }
            return;
        }
        put_value(tree, path, value);
    }

    fn missing(&self, tree: &Node, change: &Change, miss: &Miss) -> Diagnostic {
        let diagnostic = Diagnostic::error("E0107", format!("`{}` does not exist", change.path));
        let diagnostic = diagnostic.at(Some(change.node.key_place()), "nothing to set here");
        let Some(near) = near_miss(tree, miss) else {
            let at =
                if miss.at.is_empty() { "the study".to_owned() } else { format!("`{}`", miss.at.join(".")) };
            return match value_at(tree, &miss.at) {
                Some(node) if node.table().is_some() => {
                    let keys: Vec<String> =
                        node.table().into_iter().flatten().map(|(key, _)| format!("`{key}`")).collect();
                    diagnostic
                        .note(format!("in {at} there are {}", keys.join(", ")))
                        .help("name one of them, or a key that may stand there (`cruce explain` tells which)")
                }
                Some(node) => match node.scalar() {
                    Some(text) => diagnostic.note(format!("{at} is one value: `{text}`")),
                    None => diagnostic.note(format!("{at} is one value")),
                }
                .help(format!("set all of it: `set.\"{}\" = ...`", miss.at.join("."))),
                None => diagnostic.help("`cruce show --resolved` tells every key that has a value"),
            };
        };
        let path = near.join(".");
        let now = value_at(tree, &near).and_then(|node| {
            let value = match node.scalar() {
                Some(text) => format!("now `{text}`, "),
                None => String::new(),
            };
            Some(format!(" ({value}{})", self.reading.sources.locate(&node.place)))
                .filter(|_| !node.place.span.is_empty())
        });
        diagnostic.help(format!("did you mean `{path}`?{}", now.unwrap_or_default()))
    }
}

/// Stations that no scenario leads to, by whatever name: a slip, or one forgotten when another was renamed.
pub fn dangling_stations<'a>(trees: impl Iterator<Item = &'a Node>) -> Vec<Diagnostic> {
    let section =
        |tree: &'_ Node, name: &str| tree.table().and_then(|table| table.get(name)?.table().cloned());
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut stations: BTreeMap<String, Place> = BTreeMap::new();
    for tree in trees {
        let keys = [
            ("demand", "entry"),
            ("station", "next"),
            ("station", "random_to"),
            ("station", "alarm"),
            ("station", "late"),
            ("road", "next"),
        ];
        for (from, key) in keys {
            for place in section(tree, from).unwrap_or_default().values() {
                named.extend(place.table().and_then(|table| table.get(key)?.scalar()));
            }
        }
        for (name, station) in section(tree, "station").unwrap_or_default() {
            stations.entry(name).or_insert_with(|| station.key_place());
            // Where trucks go that find it full.
            let full = station.table().and_then(|table| table.get("full")?.scalar());
            if let Some(Ok(FullPhrase::Divert(place))) = full.map(|full| full.parse()) {
                named.insert(place);
            }
            let referred = station.table().and_then(|table| table.get("refer")?.table());
            named.extend(referred.into_iter().flatten().map(|(place, _)| place.clone()));
            let routes = station.table().and_then(|table| table.get("route")?.table());
            for (target, share) in routes.into_iter().flatten() {
                // By target, or by class and target.
                named.insert(target.clone());
                named.extend(share.table().into_iter().flatten().map(|(target, _)| target.clone()));
            }
        }
    }
    let dangling = stations.into_iter().filter(|(name, _)| !named.contains(name));
    let told = dangling.map(|(name, place)| {
        Diagnostic::error("E0305", format!("nothing leads to station `{name}`"))
            .at(Some(place), "nothing that sends trucks names it")
            .about(format!("station.{name}"))
            .help("let a `next` or `route` lead to it, or take the section out")
    });
    told.collect()
}

/// The diagnostic for a scenario that does not exist, without its place.
pub fn unknown_scenario<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> Diagnostic {
    let diagnostic = Diagnostic::error("E0116", format!("there is no scenario `{name}`"));
    match nearest(name, known.clone().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!(
            "there are {}",
            known.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        )),
    }
}

fn relocated(mut node: Node, place: &Place) -> Node {
    node.place = place.clone();
    if let Some(table) = node.table_mut() {
        for child in table.values_mut() {
            *child = relocated(child.clone(), place);
        }
    }
    node
}

/// Nested tables of `set` as dotted paths, as far as the tree has tables there.
fn flatten(set: &Node, prefix: &str, tree: &Node, out: &mut Vec<Change>) {
    for (key, child) in set.table().into_iter().flatten() {
        let key = key.replace('"', "");
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        let inside = match locate(tree, schema::study(), &path, child) {
            Ok(Target::Value(at)) => {
                let parts = schema::study().at(&at).map_or(&[][..], change::parts);
                let names_parts =
                    child.table().is_some_and(|table| table.keys().all(|key| parts.contains(&key.as_str())));
                value_at(tree, &at).is_some_and(|node| node.table().is_some() || names_parts)
                    || schema::study().at(&at).is_some_and(is_by_class) && !names_every_class(tree, child)
            }
            Ok(Target::New(_) | Target::Part(..)) | Err(_) => false,
        };
        if inside && child.table().is_some() {
            flatten(child, &path, tree, out);
        } else {
            out.push(Change { path, node: child.clone() });
        }
    }
}

/// Whether a table of values by class says what holds for each of them.
fn names_every_class(tree: &Node, by_class: &Node) -> bool {
    let Some(given) = by_class.table() else { return true };
    let mut classes = tree.table().and_then(|tree| tree.get("class")?.table()).into_iter().flatten();
    given.contains_key("rest") || classes.all(|(class, _)| given.contains_key(class))
}
