//! Sweeps: the same crossing with many values, point by point.
//!
//! A sweep starts from one scenario or several and varies keys over listed levels or ranges. A point is
//! a scenario like any other: its values are set as `set` does it, with the same checks, one point at a
//! time, so that memory does not grow with points. Point 0 is the baseline as it stands, with which the
//! others are compared. It does not run anything. Start at [`Sweep`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::design::Cube;
use super::diagnostic::{Diagnostic, Place};
use super::digest::{digest_of_sweep, fingerprint};
use super::document::{Node, Value};
use super::factor::{Factor, Values, Where, factors, set, told};
use super::file::{OneOrMany, Text};
use super::inherit::Change;
use super::outlook::{Outlook, outlook};
use super::phrase::{DesignPhrase, Replications};
use super::ready::{Maker, Parts, Ready};
use super::schema::names;

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
    /// two points and one more for every factor) or `morris 20` (so many trajectories, each moving every factor once);
    /// or `years 2024..2045`: all of these years, the first as the scenarios stand, and the year that first misses the goals.
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
    /// With `years`: what grows, by path, and by how much a year: `"+3.4 %"`, or a list of rates, each an outlook of its own.
    #[serde(default)]
    pub per_year: BTreeMap<String, super::file::Change>,
    /// With `years`: what holds from a year on, by year and path, `milestone.2030."officers.cbp.on_duty" = "+2"`, or by
    /// scenario, year and path.
    #[serde(default)]
    pub milestone: BTreeMap<String, super::file::Change>,
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
    /// What years bring; then the last factor is the year, and before it may stand the growth.
    outlook: Option<Outlook>,
    points: u64,
    maker: Maker,
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

impl Sweep {
    /// How many points there are besides point 0.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// A maker of points of its own.
    pub fn maker(&self) -> Maker {
        self.maker.clone()
    }

    /// A point that can be run, or what is wrong with it.
    ///
    /// # Errors
    /// When its values do not go together.
    pub fn make(&self, maker: &mut Maker, point: u64) -> Result<Ready, Vec<Diagnostic>> {
        let (scenario, steps) = self.steps(point);
        maker.make(&scenario, steps)
    }

    /// A point by its number.
    pub fn point(&self, number: u64) -> Point {
        let (scenario, _) = self.steps(number);
        let Some(at) = number.checked_sub(1).map(|place| self.places(place)) else {
            return Point { number, scenario, levels: vec![Vec::new(); self.factors.len()] };
        };
        let levels = self.factors.iter().zip(at.1).map(|(factor, at)| factor.texts(at));
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

    /// The year of a point, if the design has years.
    pub fn year(&self, number: u64) -> Option<u16> {
        self.outlook.as_ref()?;
        self.point(number).levels.last()?.first()?.parse().ok()
    }

    /// How many years there are, if the design has years.
    pub fn years(&self) -> Option<usize> {
        self.outlook.as_ref()?;
        self.factors.last()?.levels()
    }

    /// Whether a milestone is of this scenario alone.
    pub(super) fn builds(&self, scenario: &str) -> bool {
        self.outlook.as_ref().is_some_and(|outlook| outlook.builds(scenario))
    }

    /// Factors that keys are set by; the others are the growth and the year.
    fn varied(&self) -> &[Factor] {
        let ahead = match &self.outlook {
            None => 0,
            Some(outlook) => 1 + usize::from(outlook.grows()),
        };
        &self.factors[..self.factors.len() - ahead]
    }

    /// The scenario of a point and what it sets, step by step.
    fn steps(&self, number: u64) -> (String, Vec<Vec<Change>>) {
        let Some(place) = number.checked_sub(1) else { return (self.baseline.clone(), Vec::new()) };
        let (scenario, at) = self.places(place);
        let scenario = &self.scenarios[scenario];
        let varied = self.varied();
        let mut steps = vec![varied.iter().zip(&at).flat_map(|(factor, at)| set(factor, *at)).collect()];
        if let Some(outlook) = &self.outlook {
            let level = |factor: usize| match at.get(factor) {
                Some(Where::Level(level)) => *level,
                Some(Where::Share(_)) | None => 0,
            };
            let growth = if outlook.grows() { level(varied.len()) } else { 0 };
            steps.extend(outlook.steps(scenario, growth, level(self.factors.len() - 1)));
        }
        (scenario.clone(), steps)
    }

    /// Tries every level of every factor by itself in the first scenario, and the last year of every scenario, and
    /// tells what is wrong.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut maker = self.maker();
        let mut found = tried(&mut maker, &self.scenarios[0], self.varied());
        if let Some(outlook) = &self.outlook {
            for scenario in &self.scenarios {
                let told = maker.errors(scenario, outlook.last(scenario));
                found.extend(told.into_iter().filter(|told| !found.contains(told)).collect::<Vec<_>>());
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
        let built = self.outlook.as_ref().map(Outlook::decides).unwrap_or_default();
        let built = built.iter().map(|(name, values)| (name.as_str(), values.clone()));
        let factors: Vec<(&str, Vec<String>)> = factors.chain(built).collect();
        let scenarios = std::iter::once(&self.baseline).chain(&self.scenarios).map(String::as_str);
        let scenarios: Vec<&str> = scenarios.collect();
        digest_of_sweep(study, &self.name, &self.design.to_string(), &scenarios, &factors, replications)
    }
}

/// Tries every level of every factor by itself in a scenario, and tells what is wrong.
pub(super) fn tried(maker: &mut Maker, scenario: &str, factors: &[Factor]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for factor in factors {
        let levels = factor.levels().unwrap_or(2).min(MOST_TRIED);
        for level in 0..levels {
            let told = maker.errors(scenario, vec![set(factor, Where::Level(level)).collect()]);
            found.extend(told.into_iter().filter(|told| !found.contains(told)).collect::<Vec<_>>());
        }
    }
    found
}

/// The sweeps of a section that was checked; mistakes are told.
pub(super) fn sweeps(section: &Node, parts: &Parts, found: &mut Vec<Diagnostic>) -> Vec<Sweep> {
    let mut sweeps = Vec::new();
    for (name, node) in section.table().into_iter().flatten() {
        let errors = found.len();
        let sweep = sweep(name, node, parts, found);
        sweeps.extend(sweep.filter(|_| found.len() == errors));
    }
    sweeps
}

fn sweep(name: &str, node: &Node, parts: &Parts, found: &mut Vec<Diagnostic>) -> Option<Sweep> {
    let keys = node.table()?;
    let text = |key: &str| keys.get(key).and_then(Node::scalar);
    let design = text("design").map_or(Ok(grid()), |design| design.parse()).ok()?;
    let scenarios = match keys.get("from") {
        Some(Node { value: Value::List(items), .. }) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let named = scenarios.into_iter().filter_map(|named| parts.scenario(named, found));
    let mut scenarios: Vec<String> = named.collect();
    if scenarios.is_empty() {
        scenarios.push(parts.baseline.clone());
    }
    let listed = scenarios.clone();
    // `--scenario` leaves of them those that it names.
    if scenarios.iter().any(|scenario| parts.only.contains(scenario)) {
        scenarios.retain(|scenario| parts.only.contains(scenario));
    }
    let titled = format!("sweep `{name}`");
    let mut factors = factors(&titled, keys, design, &parts.reading.sources, found);
    let outlook = match design {
        DesignPhrase::Years { first, last, step } => {
            let years = (first..=last).step_by(usize::from(step)).collect();
            let (outlook, ahead) = outlook(&titled, keys, years, &listed, found);
            factors.extend(ahead);
            Some(outlook)
        }
        _ => None,
    };
    for key in ["per_year", "milestone"].iter().filter(|_| outlook.is_none()) {
        if let Some(node) = keys.get(*key).filter(|node| node.table().is_some_and(|table| !table.is_empty()))
        {
            let told = Diagnostic::error("E0361", format!("{titled}: `{key}` belongs to a design of years"));
            let help = "write `design = \"years 2024..2045\"`";
            found.push(told.at(Some(node.key_place()), format!("the design is `{design}`")).help(help));
        }
    }
    if factors.is_empty() {
        let empty = Diagnostic::error("E0361", format!("sweep `{name}` varies nothing"));
        let help = "write what it varies: `vary.\"demand.northbound.volume\" = [\"+0 %\", \"+15 %\"]`";
        found.push(empty.at(Some(node.key_place()), "`vary` is missing").help(help));
        return None;
    }
    let cube = Cube::new(design, name, factors.len(), parts.seed);
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
    Some(Sweep {
        name: name.to_owned(),
        title: title(keys),
        design,
        factors,
        scenarios,
        baseline: parts.baseline.clone(),
        replications: text("replications").and_then(|text| text.parse().ok()),
        measures,
        place: node.key_place(),
        cube,
        outlook,
        points,
        maker: parts.maker("sweep", name),
    })
}

/// The title among keys, if there is one.
pub(super) fn title(keys: &BTreeMap<String, Node>) -> Option<Text> {
    let title = keys.get("title")?;
    match title.table() {
        None => title.scalar().map(Text::Plain),
        Some(table) => {
            let texts = table.iter().filter_map(|(key, text)| Some((key.clone(), text.scalar()?)));
            Some(Text::ByLanguage(texts.collect()))
        }
    }
}
