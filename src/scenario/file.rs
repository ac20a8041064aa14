//! The file exactly as written: field names are the format.
//!
//! These types have three uses: they are decoded from a resolved file, the JSON Schema is made from
//! them, and the strict check of keys reads that schema. Phrases ("35 s", "12 %", "gamma(mean =
//! 18 s, cv = 0.5)") are types of their own in `phrase`; tables given as CSV files have already
//! been replaced by their contents. Nothing here is checked against anything else: `check` does that.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::phrase::{
    BatchPhrase, Count, DistPhrase, DurationPhrase, FactorPhrase, GoalPhrase, Growth, Length, Minutes,
    Percent, PostedPhrase, Rate, Replications, RulePhrase, RunLength, Servers, SharePhrase, Spread,
    TargetPhrase,
};
use super::schema::{HourTable, MonthTable, RowTable, TimeTable, WeekdayTable, names};

/// A name: lower-case letters, digits and hyphens.
pub type Name = String;

/// A study: one crossing, several plans for it, and how precisely to compare them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Version of the format: 1.
    pub format: u32,
    /// What is asked, when and where.
    pub study: StudySection,
    /// How many replications, and when to stop.
    #[serde(default)]
    pub precision: Precision,
    /// Classes of trucks: disjoint named combinations of attributes.
    #[schemars(extend("propertyNames" = names()))]
    pub class: BTreeMap<Name, Class>,
    /// Demand streams: who comes, when, and where.
    #[schemars(extend("propertyNames" = names()))]
    pub demand: BTreeMap<Name, Demand>,
    /// Stations: places of service.
    #[schemars(extend("propertyNames" = names()))]
    pub station: BTreeMap<Name, Station>,
    /// Roads between stations.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub road: BTreeMap<Name, Road>,
    /// Pools of officers.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub officers: BTreeMap<Name, Officers>,
    /// CBP's public wait: from where to where, how it is posted, what was observed.
    pub border_wait: Option<BorderWait>,
    /// What time, cargo and lanes are worth; with it costs are measured and plans weighed.
    pub money: Option<super::value::Money>,
    /// Fuel and emissions of trucks that stand or creep; with it they are measured.
    pub air: Option<super::value::Air>,
    /// What a plan should reach, by measure: `"crossing_time.p95" = "<= 90 min"`.
    #[serde(default)]
    pub goals: BTreeMap<String, GoalPhrase>,
    /// Where values come from, by path; a value without a line here is listed as an assumption.
    #[serde(default)]
    pub source: BTreeMap<String, String>,
    /// The plans to compare.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub scenario: BTreeMap<Name, Scenario>,
}

/// A text, or one text per language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// The same in every language.
    Plain(String),
    /// By language: `{ en = "...", es = "..." }`.
    ByLanguage(BTreeMap<String, String>),
}

/// What is asked, when and where.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudySection {
    /// The question, as the report's title.
    pub title: Text,
    /// IANA name of the time zone of the inspection side: `"America/Denver"`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// First day of the run (local midnight): `"2023-10-03"`.
    pub start: String,
    /// Length of the run: `"1 day"`.
    pub run_length: RunLength,
    /// Part at the beginning that is not observed.
    #[serde(default)]
    pub warm_up: Option<RunLength>,
    /// What happens to the trucks inside at the end of the run length: `drain` lets them out while tables go on
    /// (given up after 7 days), `empty` keeps what is open open, and opens what is closed, until they are out
    /// (given up after 30 days), `cut` stops.
    #[serde(default)]
    pub end: EndMode,
    /// Seed of all chance: the same seed gives the same trucks.
    #[serde(default = "first_seed")]
    pub seed: u64,
    /// The scenario that the others are compared with; without it the only scenario, or `base`.
    pub baseline: Option<Name>,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn first_seed() -> u64 {
    1
}

/// What happens to the trucks inside at the end of the run length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndMode {
    /// No new trucks; tables, opening hours and officers go on until the last one is out.
    #[default]
    Drain,
    /// The run stops; trucks inside count as unfinished.
    Cut,
    /// No new trucks; what is open stays open until the crossing is empty.
    Empty,
}

/// How many replications, and when to stop.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Precision {
    /// `"20..200"`, or one number that fixes them.
    #[serde(default)]
    pub replications: Replications,
    /// When to stop: `"difference crossing_time.mean +/- 1 min"`.
    pub target: Option<TargetPhrase>,
    /// Differences smaller than this read "no useful difference".
    pub too_small: Option<DurationPhrase>,
}

/// A class of trucks.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its share and of what: `"36 % of trucks"`, `"25 % of laden"`, `"4 % of standard"`, `"rest"`.
    pub share: SharePhrase,
    /// As reports name it.
    pub title: Option<Text>,
}

/// A demand stream: exactly one of `volume`, `headway` and `trace`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// The station where its trucks arrive.
    pub entry: Name,
    /// Trucks per day (or per hour) on an ordinary day.
    pub volume: Option<Rate>,
    /// Share of the day's volume by local hour; sums to 100 %. Without it every hour is alike.
    #[schemars(with = "Option<HourTable<Percent>>")]
    pub by_hour: Option<Table<Percent>>,
    /// Factor by weekday: 100 % is `volume`. Days left out are 100 %.
    #[schemars(with = "Option<WeekdayTable<Percent>>")]
    pub by_weekday: Option<Table<Percent>>,
    /// Factor by calendar month (`jan` to `dec`): 100 % is `volume`. Months left out are 100 %.
    #[schemars(with = "Option<MonthTable<Percent>>")]
    pub by_month: Option<Table<Percent>>,
    /// Growth per year from the first day of `growth_from`: `"3 %"`.
    pub growth: Option<Growth>,
    /// Date from which growth counts: `"2023-01-01"`.
    pub growth_from: Option<String>,
    /// Factor on the whole day, drawn each day; mean 1: `"lognormal(mean = 1, cv = 0.08)"`.
    pub day_factor: Option<FactorPhrase>,
    /// Streams with the same name here have the same luck on the same day.
    pub day_factor_name: Option<Name>,
    /// Time between batches, any distribution: a renewal process from the start of the run.
    pub headway: Option<DistPhrase>,
    /// Listed trucks: a CSV with `arrival`, `class`, optional `id`, `score`, `service.STATION`.
    #[schemars(with = "Option<RowTable<TraceRow>>")]
    pub trace: Option<Table<TraceRow>>,
    /// Trucks per batch: `"3"`, `"geometric(mean = 2)"`, `"empirical(\"batch.csv\")"`.
    pub batch: Option<BatchPhrase>,
    /// All its trucks are of this class.
    pub class: Option<Name>,
    /// Trucks that already stand at the entry when the run begins.
    pub at_start: Option<Count>,
}

/// One listed truck.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TraceRow {
    /// When: time since the start of the run, `"06:15:30"` (hours may pass 24), or `"95 min"`.
    pub arrival: String,
    /// Its class.
    pub class: Name,
    /// Its number in reports, and what its draws are addressed by; without it the row.
    pub id: Option<String>,
    /// Targeting score.
    pub score: Option<f64>,
    /// Service times it brings along, by station.
    #[serde(default)]
    pub service: BTreeMap<Name, DurationPhrase>,
}

/// A table by key (hour, time, weekday, row), inline or read from a CSV file.
pub type Table<T> = BTreeMap<String, T>;

/// One value for all, or one per class (`rest` for the classes not named).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ByClass<T> {
    /// For all classes.
    All(T),
    /// By class; `rest` for those not named.
    Class(BTreeMap<Name, T>),
}

/// One value for all times, or one per time of a table.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ByTime<T> {
    /// At all times.
    Always(T),
    /// By time: `"06:00"` holds until the next row; `"mon-fri 06:00"`, `"2023-10-07 08:00"`.
    Time(#[schemars(with = "TimeTable<T>")] Table<T>),
}

/// A place of service.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Lane groups.
    #[schemars(extend("propertyNames" = names()))]
    pub lanes: BTreeMap<Name, Lanes>,
    /// Service time, for all classes or by class.
    pub service: Option<ByClass<DistPhrase>>,
    /// Time to move up into the booth, for trucks that queued; it holds the booth.
    pub move_up: Option<DistPhrase>,
    /// How trucks queue.
    #[serde(default)]
    pub queue: Queue,
    /// Which of several free lanes serves.
    #[serde(default)]
    pub free_lane: FreeLane,
    /// Opening hours: `"06:00-24:00"`, `"closed"`, or by day `{ mon-fri = "...", sat = "..." }`.
    pub hours: Option<ByDay>,
    /// Waiting places; trucks in service not counted. Full blocks the station behind.
    pub room: Option<Count>,
    /// Where some of the trucks go after service: `route.secondary = "5 %"` for all classes or
    /// `route.standard.secondary = "12 %"` for one.
    #[serde(default)]
    pub route: BTreeMap<Name, RouteShare>,
    /// Where the others go: a station, a road, or `exit`.
    pub next: Name,
}

/// One text for all days, or one per day or range of days.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ByDay {
    /// Every day.
    Every(String),
    /// By weekday, range of weekdays, or date.
    Day(BTreeMap<String, String>),
}

/// A share of all classes to a target, or shares by target of one class.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RouteShare {
    /// Share of every class to this target.
    All(Percent),
    /// Shares of this class, by target.
    Class(BTreeMap<Name, Percent>),
}

/// How trucks queue at a station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Queue {
    /// One line per group, served by whichever of its lanes is free.
    #[default]
    Pooled,
    /// One line for the whole station.
    Shared,
    /// A line per lane; trucks join the shortest (the truck in service counts).
    Shortest,
    /// A line per lane, chosen at random.
    Random,
    /// A line per lane, in turn.
    RoundRobin,
}

/// Which of several free lanes serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FreeLane {
    /// The lowest-numbered.
    #[default]
    Lowest,
    /// Any, with equal probability.
    Random,
}

/// A lane group.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lanes {
    /// Lanes built, or `"unlimited"` for a yard.
    pub servers: Servers,
    /// Classes accepted; without it those that no other group of the station names.
    pub accepts: Option<Vec<Name>>,
    /// Lower is preferred by trucks that several groups accept.
    pub preference: Option<u32>,
    /// How many are open: a number, a table by time, or `"officers"`. Without it all of them.
    pub open: Option<Open>,
    /// Service time in this group, instead of the station's.
    pub service: Option<ByClass<DistPhrase>>,
    /// Move-up time in this group, instead of the station's.
    pub move_up: Option<DistPhrase>,
}

/// How many lanes are open.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Open {
    /// A number of lanes, at all times or by time.
    Lanes(ByTime<Count>),
    /// `"officers"`: as the pool that names this group allows.
    Officers(OpenByOfficers),
}

/// The word `officers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OpenByOfficers {
    /// As the officers pool that names this group allows.
    Officers,
}

/// A road between stations.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Road {
    /// Travel time when nothing is in the way.
    pub travel: DistPhrase,
    /// Whether trucks may overtake while they travel.
    #[serde(default)]
    pub overtaking: bool,
    /// Lanes of the line at its end.
    #[serde(default = "one")]
    pub lanes: Count,
    /// Trucks travelling and queued that fit; full blocks the station behind.
    pub room: Option<Count>,
    /// Length of the road, instead of `room`: places = lanes × length ÷ spacing.
    pub length: Option<Length>,
    /// Length that a standing truck takes up, with the gap (20 m unless told).
    pub spacing: Option<Length>,
    /// The last places have a lane of their own per group: how many, or their length.
    pub split: Option<Spread>,
    /// Trucks per hour that can leave its end.
    pub discharge: Option<Rate>,
    /// Where it leads: a station, another road, or `exit`.
    pub next: Name,
}

fn one() -> Count {
    Count(1)
}

/// A pool of officers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Officers {
    /// Officers on duty for the groups below, at all times or by time.
    pub on_duty: ByTime<Count>,
    /// By group (`"primary.standard"`): `"2..6 lanes, open when queue >= 20 per lane, close when
    /// queue <= 12 per lane, set-up 5 min, at least 30 min, priority 1"`; `"1..2 lanes, as planned"`
    /// with the plan in `plan`; `"2 lanes"`.
    pub rule: BTreeMap<String, RulePhrase>,
    /// By group: lanes by time, for rules that say `as planned`.
    #[serde(default)]
    pub plan: BTreeMap<String, ByTime<Count>>,
}

/// CBP's public wait.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BorderWait {
    /// Station at which the line begins: arrival there.
    pub from: Name,
    /// The primary station: start of service there.
    pub at: Name,
    /// How it is posted: `"every 60 min, lag 0 min, over 15 min, rounded to 5 min, at most 60 min"`.
    pub posted: Option<PostedPhrase>,
    /// Posted waits that were observed, by lane group: minutes by hour.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Name, HourTable<Minutes>>")]
    pub observed: BTreeMap<Name, Table<Minutes>>,
    /// Posted waits of another period, kept out of the fit, by lane group: minutes by hour.
    #[serde(default)]
    #[schemars(with = "BTreeMap<Name, HourTable<Minutes>>")]
    pub check: BTreeMap<Name, Table<Minutes>>,
}

/// A plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// As reports name it.
    pub title: Option<Text>,
    /// What it starts from: one scenario or several.
    pub from: Option<OneOrMany>,
    /// What it changes: `set."station.primary.lanes.standard.servers" = "+2"`.
    #[serde(default)]
    pub set: BTreeMap<String, Change>,
}

/// One name or several.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(Name),
    /// Several, which may not disagree on a key unless it is repeated here.
    Many(Vec<Name>),
}

/// A new value, or a relative change: `"+2"`, `"x1.15"`, `"+15 %"` (multiplies), `"+15 pp"` (adds points).
pub type Change = serde_json::Value;
