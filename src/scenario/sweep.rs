//! Sweeps: the same crossing with many values, point by point.
//!
//! A sweep starts from one scenario or several and varies keys over listed levels or ranges. A point is
//! a scenario like any other: its values are set as `set` does it, with the same checks, one point at a
//! time, so that memory does not grow with points. Point 0 is the baseline as it stands, with which the
//! others are compared. It does not run anything. Start at [`Sweep`].

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::build::compile;
use super::design::Cube;
use super::diagnostic::{Diagnostic, Place, Sources};
use super::digest::{digest_of_sweep, fingerprint};
use super::document::{Node, Value};
use super::event;
use super::file::{OneOrMany, Text};
use super::inherit::{Change, Scenarios, unknown_scenario};
use super::keys::Reading;
use super::phrase::{DesignPhrase, Replications};
use super::range::Range;
use super::resolve::{Later, Resolved};
use super::schema::{self, names};
use super::value::valuation;
use crate::model::network::Network;
use crate::model::value::Valuation;

/// A sweep as written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SweepTable {
    /// As reports name it.
    pub title: Option<Text>,
    /// The scenarios that are varied: one or several; without it the baseline.
    pub from: Option<OneOrMany>,
    /// Which points: `grid` (every level of every factor with every level of the others), `list` (the first levels
    /// of all factors, then the second ones, ...), `latin-hypercube 256` or `sobol 1024` (so many points of the
    /// ranges, spread evenly); or a design that tells which factors matter: `sobol-indices 256` (so many rows, each of
    /// two points and one more for every factor) or `morris 20` (so many trajectories, each moving every factor once).
    #[serde(default = "grid")]
    pub design: DesignPhrase,
    /// What is varied, by path: a list of levels, each a value or a relative change, `["+0 %", "+15 %"]`, or a range,
    /// `"60..110 s"`, `"+0 %..+30 %"`.
    #[serde(default)]
    pub vary: BTreeMap<String, super::file::Change>,
    /// Keys that are varied together, as one factor with a name: `together.booths."officers.cbp.on_duty" = ["+0", "+2"]`.
    /// All of its lists are equally long.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub together: BTreeMap<String, BTreeMap<String, super::file::Change>>,
    /// Replications of each point; without it, as `precision.replications` says.
    pub replications: Option<Replications>,
    /// Measures that are kept, besides those that are always kept: `["wait.primary.mean"]`.
    #[serde(default)]
    pub measures: Vec<String>,
}

fn grid() -> DesignPhrase {
    DesignPhrase::Grid
}

/// Points of a sweep.
pub const MOST_POINTS: u64 = 1_000_000;
/// Factors of a sweep.
pub const MOST_FACTORS: usize = 50;
/// Levels that are tried one by one before a sweep begins.
const MOST_TRIED: usize = 64;

/// A sweep that can be run.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// As in the file.
    pub name: String,
    /// As reports name it.
    pub title: Option<Text>,
    /// How points are chosen.
    pub design: DesignPhrase,
    /// What is varied, in the order of names.
    pub factors: Vec<Factor>,
    /// The scenarios that are varied, in the order of the file.
    pub scenarios: Vec<String>,
    /// The scenario of point 0.
    pub baseline: String,
    /// How many replications.
    pub replications: Option<Replications>,
    /// Measures asked for.
    pub measures: Vec<String>,
    /// Where the sweep stands.
    pub place: Place,
    cube: Option<Cube>,
    points: u64,
    maker: Maker,
}

/// What is varied.
#[derive(Clone, Debug)]
pub struct Factor {
    /// A path, or the name of several that are varied together.
    pub name: String,
    /// Its paths.
    keys: Vec<Varied>,
}

#[derive(Clone, Debug)]
struct Varied {
    path: String,
    key: Place,
    values: Values,
}

/// What a key may be.
#[derive(Clone, Debug)]
enum Values {
    Levels(Vec<Node>),
    Range(Range, Node),
}

/// A point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its number; 0 is the baseline as it stands.
    pub number: u64,
    /// Its scenario.
    pub scenario: String,
    /// The value of each key of each factor as text; none for point 0.
    pub levels: Vec<Vec<String>>,
}

/// A point that can be run.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The crossing.
    pub network: Network,
    /// What its time and lanes are worth.
    pub valuation: Option<Valuation>,
}

impl Factor {
    fn levels(&self) -> Option<usize> {
        match &self.keys[0].values {
            Values::Levels(levels) => Some(levels.len()),
            Values::Range(..) => None,
        }
    }

    /// Paths that are varied, and names of columns: the factor's own, if it has one path.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.path.as_str())
    }
}

impl Varied {
    /// The value at a place of a range from 0 to 1, or of a level.
    fn at(&self, place: Where) -> Node {
        match (&self.values, place) {
            (Values::Levels(levels), Where::Level(level)) => levels[level].clone(),
            (Values::Levels(levels), Where::Share(share)) => {
                levels[((share * levels.len() as f64) as usize).min(levels.len() - 1)].clone()
            }
            (Values::Range(range, node), Where::Share(share)) => {
                Node { value: Value::Text(range.at(share)), ..node.clone() }
            }
            (Values::Range(range, node), Where::Level(level)) => {
                let share = if level == 0 { 0.0 } else { 1.0 };
                Node { value: Value::Text(range.at(share)), ..node.clone() }
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Where {
    Level(usize),
    /// From 0 to 1.
    Share(f64),
}

/// Makes points: every worker has its own.
#[derive(Clone, Debug)]
pub struct Maker {
    reading: Reading,
    /// Trees of the scenarios, with what the command line sets.
    trees: Arc<BTreeMap<String, Node>>,
    sections: Arc<Option<Node>>,
    sweep: String,
}

impl Maker {
    /// A point, or what is wrong with it.
    ///
    /// # Errors
    /// When its values do not go together.
    pub fn make(&mut self, sweep: &Sweep, point: u64) -> Result<Ready, Vec<Diagnostic>> {
        let (scenario, changes) = sweep.changes(point);
        self.made(&scenario, changes).map(|(ready, _)| ready)
    }

    fn made(
        &mut self,
        scenario: &str,
        changes: Vec<Change>,
    ) -> Result<(Ready, Vec<Diagnostic>), Vec<Diagnostic>> {
        let tree = self.trees[scenario].clone();
        let tree = outside(&mut self.reading, &tree).swept(tree, changes, &self.sweep);
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

impl Sweep {
    /// How many points there are besides point 0.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// A maker of points of its own.
    pub fn maker(&self) -> Maker {
        self.maker.clone()
    }

    /// A point by its number.
    pub fn point(&self, number: u64) -> Point {
        let (scenario, _) = self.changes(number);
        let Some(at) = number.checked_sub(1).map(|place| self.places(place)) else {
            return Point { number, scenario, levels: vec![Vec::new(); self.factors.len()] };
        };
        let text = |node: Node| node.scalar().unwrap_or_else(|| "a table".to_owned());
        let levels = self.factors.iter().zip(at.1);
        let levels = levels.map(|(factor, at)| factor.keys.iter().map(|key| text(key.at(at))).collect());
        Point { number, scenario, levels: levels.collect() }
    }

    /// Where a factor of a sampled point stands in its range, from 0 to 1.
    pub fn coordinate(&self, number: u64, factor: usize) -> Option<f64> {
        let place = number.checked_sub(1)? % (self.points / self.scenarios.len() as u64);
        Some(self.cube.as_ref()?.coordinate(place as u32, factor))
    }

    /// The place in `scenarios`, and where each factor stands.
    fn places(&self, place: u64) -> (usize, Vec<Where>) {
        let each = self.points / self.scenarios.len() as u64;
        let (scenario, place) = ((place / each) as usize, place % each);
        let at = match (&self.cube, self.design) {
            (Some(cube), _) => (0..self.factors.len())
                .map(|factor| Where::Share(cube.coordinate(place as u32, factor)))
                .collect(),
            (None, DesignPhrase::List) => vec![Where::Level(place as usize); self.factors.len()],
            (None, _) => {
                // The last factor moves fastest.
                let mut left = place;
                let mut at: Vec<Where> = (self.factors.iter().rev())
                    .map(|factor| {
                        let levels = factor.levels().unwrap_or(1) as u64;
                        let level = left % levels;
                        left /= levels;
                        Where::Level(level as usize)
                    })
                    .collect();
                at.reverse();
                at
            }
        };
        (scenario, at)
    }

    /// The scenario of a point and what it sets.
    fn changes(&self, number: u64) -> (String, Vec<Change>) {
        let Some(place) = number.checked_sub(1) else { return (self.baseline.clone(), Vec::new()) };
        let (scenario, at) = self.places(place);
        let changes = self.factors.iter().zip(at).flat_map(|(factor, at)| set(factor, at));
        (self.scenarios[scenario].clone(), changes.collect())
    }

    /// Tries every level of every factor by itself in the first scenario, and tells what is wrong.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut maker = self.maker();
        let mut found: Vec<Diagnostic> = Vec::new();
        for factor in &self.factors {
            let levels = factor.levels().unwrap_or(2).min(MOST_TRIED);
            for level in 0..levels {
                let made = maker.made(&self.scenarios[0], set(factor, Where::Level(level)).collect());
                let told = made.map_or_else(|errors| errors, |(_, warnings)| warnings);
                let told = told.into_iter().filter(Diagnostic::is_error);
                found.extend(told.filter(|told| !found.contains(told)).collect::<Vec<_>>());
            }
        }
        found
    }

    /// 32 hexadecimal digits over what decides its results, beside the measures that are kept.
    pub fn digest(&self, study: &str, replications: &Replications) -> String {
        let factors = self.factors.iter().flat_map(|factor| &factor.keys).map(|key| {
            let levels = match &key.values {
                Values::Levels(levels) => {
                    levels.iter().map(|level| fingerprint(format!("{:?}", told(level)).as_bytes())).collect()
                }
                Values::Range(range, _) => vec![format!("{range:?}")],
            };
            (key.path.as_str(), levels)
        });
        let factors: Vec<(&str, Vec<String>)> = factors.collect();
        let scenarios = std::iter::once(&self.baseline).chain(&self.scenarios).map(String::as_str);
        let scenarios: Vec<&str> = scenarios.collect();
        digest_of_sweep(study, &self.name, &self.design.to_string(), &scenarios, &factors, replications)
    }
}

/// A value without its places.
fn told(node: &Node) -> String {
    match node.table() {
        Some(table) => table.iter().map(|(key, child)| format!("{key}={};", told(child))).collect(),
        None => node.scalar().unwrap_or_default(),
    }
}

fn set(factor: &Factor, at: Where) -> impl Iterator<Item = Change> + '_ {
    factor.keys.iter().map(move |key| {
        let mut node = key.at(at);
        node.key = Some(key.key.clone());
        Change { path: key.path.clone(), node }
    })
}

/// What sweeps are made of: what was read of the study.
pub(super) struct Parts<'a> {
    pub(super) reading: &'a Reading,
    pub(super) trees: BTreeMap<String, Node>,
    pub(super) scenarios: Option<Node>,
    pub(super) baseline: String,
    pub(super) seed: u64,
}

/// The sweeps of a section that was checked; mistakes are told.
pub(super) fn sweeps(section: &Node, parts: Parts, found: &mut Vec<Diagnostic>) -> Vec<Sweep> {
    let trees = Arc::new(parts.trees);
    let sections = Arc::new(parts.scenarios);
    let mut sweeps = Vec::new();
    for (name, node) in section.table().into_iter().flatten() {
        let errors = found.len();
        let maker = Maker {
            reading: parts.reading.clone(),
            trees: Arc::clone(&trees),
            sections: Arc::clone(&sections),
            sweep: name.clone(),
        };
        let sweep = sweep(name, node, maker, &parts.baseline, parts.seed, found);
        sweeps.extend(sweep.filter(|_| found.len() == errors));
    }
    sweeps
}

fn sweep(
    name: &str,
    node: &Node,
    mut maker: Maker,
    baseline: &str,
    seed: u64,
    found: &mut Vec<Diagnostic>,
) -> Option<Sweep> {
    let keys = node.table()?;
    maker.reading.take();
    let text = |key: &str| keys.get(key).and_then(Node::scalar);
    let design = text("design").map_or(Ok(grid()), |design| design.parse()).ok()?;
    let scenarios = match keys.get("from") {
        Some(Node { value: Value::List(items), .. }) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for from in &scenarios {
        let wanted = from.scalar().unwrap_or_default();
        if !maker.trees.contains_key(&wanted) {
            let unknown = unknown_scenario(&wanted, maker.trees.keys());
            found.push(unknown.at(Some(from.place.clone()), "no such scenario"));
        }
    }
    let mut scenarios: Vec<String> = scenarios.into_iter().filter_map(Node::scalar).collect();
    if scenarios.is_empty() {
        scenarios.push(baseline.to_owned());
    }
    let factors = factors(name, keys, design, &maker.reading.sources, found);
    if factors.is_empty() {
        let empty = Diagnostic::error("E0361", format!("sweep `{name}` varies nothing"));
        let help = "write what it varies: `vary.\"demand.northbound.volume\" = [\"+0 %\", \"+15 %\"]`";
        found.push(empty.at(Some(node.key_place()), "`vary` is missing").help(help));
        return None;
    }
    let cube = Cube::new(design, name, factors.len(), seed);
    let counts = factors.iter().map(|factor| factor.levels().unwrap_or(1) as u64);
    let each = match (&cube, design) {
        (Some(cube), _) => u64::from(cube.points()),
        (None, DesignPhrase::List) => factors[0].levels().unwrap_or(1) as u64,
        (None, _) => counts.fold(1, u64::saturating_mul),
    };
    let points = each.saturating_mul(scenarios.len() as u64);
    if points > MOST_POINTS || factors.len() > MOST_FACTORS {
        let message = format!("sweep `{name}` has {points} points of {} factors", factors.len());
        let label = format!("at most {MOST_POINTS} points and {MOST_FACTORS} factors");
        let help = "take levels out, or spread points evenly: `design = \"latin-hypercube 256\"`";
        found.push(Diagnostic::error("E0350", message).at(Some(node.key_place()), label).help(help));
        return None;
    }
    let measures = match keys.get("measures").map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().filter_map(Node::scalar).collect(),
        _ => Vec::new(),
    };
    let title = keys.get("title").and_then(|title| match title.table() {
        None => title.scalar().map(Text::Plain),
        Some(table) => {
            let texts = table.iter().filter_map(|(key, text)| Some((key.clone(), text.scalar()?)));
            Some(Text::ByLanguage(texts.collect()))
        }
    });
    Some(Sweep {
        name: name.to_owned(),
        title,
        design,
        factors,
        scenarios,
        baseline: baseline.to_owned(),
        replications: text("replications").and_then(|text| text.parse().ok()),
        measures,
        place: node.key_place(),
        cube,
        points,
        maker,
    })
}

fn factors(
    name: &str,
    keys: &BTreeMap<String, Node>,
    design: DesignPhrase,
    sources: &Sources,
    found: &mut Vec<Diagnostic>,
) -> Vec<Factor> {
    let mut factors = Vec::new();
    for key in keys.get("vary").map(|vary| varied(vary, "", design, sources, found)).unwrap_or_default() {
        factors.push(Factor { name: key.path.clone(), keys: vec![key] });
    }
    let together = keys.get("together").and_then(Node::table);
    for (group, node) in together.into_iter().flatten() {
        let keys = varied(node, "", design, sources, found);
        if !keys.is_empty() {
            factors.push(Factor { name: group.clone(), keys });
        }
    }
    let count = |key: &Varied| match &key.values {
        Values::Levels(levels) => Some(levels.len()),
        Values::Range(..) => None,
    };
    let mut differ = |a: &Varied, b: &Varied, why: &str| {
        let told =
            |key: &Varied| count(key).map_or("a range".to_owned(), |levels| format!("{levels} levels"));
        found.push(
            Diagnostic::error("E0331", format!("sweep `{name}`: {why}"))
                .at(Some(b.key.clone()), told(b))
                .also(Some(a.key.clone()), told(a))
                .help("give them equally many levels"),
        );
    };
    for factor in &factors {
        for key in factor.keys.iter().skip(1).filter(|key| count(key) != count(&factor.keys[0])) {
            differ(&factor.keys[0], key, "keys that are varied together have equally many levels");
        }
    }
    if design == DesignPhrase::List {
        for factor in factors.iter().skip(1).filter(|factor| factor.levels() != factors[0].levels()) {
            differ(
                &factors[0].keys[0],
                &factor.keys[0],
                "a list takes a level of every factor for each point",
            );
        }
    }
    factors
}

/// Paths and levels below a table; what is neither a list nor a range of numbers is told.
fn varied(
    node: &Node,
    prefix: &str,
    design: DesignPhrase,
    sources: &Sources,
    found: &mut Vec<Diagnostic>,
) -> Vec<Varied> {
    let mut all = Vec::new();
    for (key, child) in node.table().into_iter().flatten() {
        let key = key.replace('"', "");
        let path = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        let mut wrong = |code, message: String, label: &str, help: &str| {
            let told = Diagnostic::error(code, message).at(Some(child.place.clone()), label);
            found.push(told.help(help).about(path.clone()));
        };
        let values = match &child.value {
            Value::Table(_) => {
                all.extend(varied(child, &path, design, sources, found));
                continue;
            }
            Value::List(levels) if levels.is_empty() => {
                wrong("E0361", format!("`{path}` has no levels"), "an empty list", "write its levels");
                continue;
            }
            Value::List(levels) => Values::Levels(levels.clone()),
            Value::Text(text) => match Range::read(text) {
                Ok(range) if range.whole && matches!(design, DesignPhrase::Grid | DesignPhrase::List) => {
                    let count = (range.high - range.low) as u64 + 1;
                    if count > MOST_POINTS {
                        wrong("E0350", format!("`{path}` has {count} levels"), "too many", "write fewer");
                        continue;
                    }
                    let level = |i| Node {
                        value: Value::Text(range.at((i as f64 + 0.5) / count as f64)),
                        ..child.clone()
                    };
                    Values::Levels((0..count).map(level).collect())
                }
                Ok(_) if matches!(design, DesignPhrase::Grid | DesignPhrase::List) => {
                    let help = "list its levels, `[\"60 s\", \"85 s\", \"110 s\"]`, or sample it: \
                                `design = \"latin-hypercube 256\"`";
                    wrong("E0361", format!("`{path}` is a range"), "a grid needs levels", help);
                    continue;
                }
                Ok(range) => Values::Range(range, child.clone()),
                Err(help) => {
                    let message = format!("`{}` is no range", sources.slice(&child.place).trim_matches('"'));
                    wrong("E0361", message, "a list of levels or a range is expected", help);
                    continue;
                }
            },
            Value::Integer(_) | Value::Float(_) | Value::Bool(_) => {
                let help = "write a list of levels: `[\"+0 %\", \"+15 %\"]`";
                wrong("E0361", format!("`{path}` has one value only"), "a list is expected", help);
                continue;
            }
        };
        all.push(Varied { path, key: child.key_place(), values });
    }
    all
}
