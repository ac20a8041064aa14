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
    BatchPhrase, BreaksPhrase, Count, DistPhrase, DurationPhrase, FactorPhrase, FullPhrase, GoalPhrase,
    Growth, Length, Minutes, Percent, PostedPhrase, Rate, ReferPhrase, Replications, RulePhrase, RunLength,
    Servers, SharePhrase, Spread, TargetPhrase,
};
use super::schema::{
    HourTable, LanesTable, MonthTable, RowTable, TimeTable, TrucksTable, WaitTable, WeekdayTable, names,
};

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
    /// What makes lanes fail: power, computers, scanners.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub failure: BTreeMap<Name, Failure>,
    /// What trucks may hide, kind by kind: narcotics, pests, false values. A truck hides one at most.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub violation: BTreeMap<Name, super::security::Violation>,
    /// When manifests are filed and how good they are; without it all are in time and alike.
    pub manifest: Option<super::security::Manifest>,
    /// CBP's public wait: from where to where, how it is posted, what was observed.
    pub border_wait: Option<BorderWait>,
    /// Windows in time in which other values hold.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub event: BTreeMap<Name, Event>,
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
    /// The same crossing with many values, point by point: for `cruce sweep`.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub sweep: BTreeMap<Name, super::sweep::SweepTable>,
    /// The best of many candidates that meets the goals: for `cruce optimize`.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub optimize: BTreeMap<Name, super::optimize::OptimizeTable>,
    /// Inputs that are not known for certain, by path: a range, `"60..110 s"` or `"-10 %..+30 %"`, a law,
    /// `"triangular(60 s, 75 s, 110 s)"`, or a list of values that are equally likely.
    #[serde(default)]
    pub uncertain: super::uncertain::UncertainTable,
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

fn yes() -> bool {
    true
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
    /// Plausible worlds that are drawn if the study has uncertain inputs: 10 to 2000; without it 100.
    pub worlds: Option<u32>,
    /// Replications of every scenario in each world: 2 to 1000; without it 4.
    pub replications_per_world: Option<u32>,
}

/// A class of trucks.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its share and of what: `"36 % of trucks"`, `"25 % of laden"`, `"4 % of standard"`, `"rest"`.
    pub share: SharePhrase,
    /// Share of consignments that are certified (carrier, importer, driver): a truck stays in this class only if all
    /// of its consignments are, else it is one of `otherwise`. `share` counts it as of this class. Not for trucks of a
    /// trace or of a stream with a `class`.
    pub certified: Option<Percent>,
    /// Consignments of a truck of this class: a number, or a distribution; without it one. Needs `certified`.
    pub consignments: Option<BatchPhrase>,
    /// The class of trucks that one consignment disqualifies. Needs `certified`.
    pub otherwise: Option<Name>,
    /// As reports name it.
    pub title: Option<Text>,
}

/// A demand stream: exactly one of `volume`, `headway`, `trace` and `appointments`.
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
    /// Listed trucks: a CSV with `arrival`, `class`, optional `id`, `score`, `violation`, `service.STATION`.
    #[schemars(with = "Option<RowTable<TraceRow>>")]
    pub trace: Option<Table<TraceRow>>,
    /// Trucks per batch: `"3"`, `"geometric(mean = 2)"`, `"empirical(\"batch.csv\")"`.
    pub batch: Option<BatchPhrase>,
    /// All its trucks are of this class.
    pub class: Option<Name>,
    /// Trucks that already stand at the entry when the run begins.
    pub at_start: Option<Count>,
    /// Trucks with an appointment in each slot, at all times or by time: `{ "06:00" = 20, "18:00" = 0 }`. Needs
    /// `slot`; instead of `volume`, `headway` and `trace`.
    pub appointments: Option<ByTime<Count>>,
    /// Length of a slot, a second or more: slots follow one another from the start of the run, and appointments are
    /// at their beginning.
    pub slot: Option<DurationPhrase>,
    /// How long before its appointment the earliest truck comes; without it none comes early. Who would come before
    /// the run begins comes as it begins.
    pub early: Option<DurationPhrase>,
    /// Time from `early` before the appointment to arrival; without it trucks come exactly at `early` before it.
    pub show_up: Option<DistPhrase>,
    /// Share of appointments to which nobody comes; without it all are kept.
    pub no_show: Option<Percent>,
    /// Share that goes elsewhere, by the wait that is posted for its class when a truck comes: `{ "30 min" = "10
    /// %", "1 h" = "40 %" }` holds from each wait on; below the first none does. Needs `border_wait`.
    #[schemars(with = "Option<WaitTable<Percent>>")]
    pub divert: Option<Table<Percent>>,
    /// Time that a truck loses which goes elsewhere: what the other way takes longer; without it none. Needs
    /// `divert`. Measured as `diversion_hours`, and priced like time inside.
    pub divert_cost: Option<DurationPhrase>,
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
    /// Its score, whatever it hides, instead of one that is drawn.
    pub score: Option<f64>,
    /// The kind of violation that it hides, or `none`; without it that is drawn.
    pub violation: Option<Name>,
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
    Class(#[schemars(extend("propertyNames" = names()))] BTreeMap<Name, T>),
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
    /// Which of several free lanes serves, where there is one line for several lanes (`queue` is `pooled` or
    /// `shared`).
    #[serde(default)]
    pub free_lane: FreeLane,
    /// Opening hours: `"06:00-24:00"`, `"closed"`, or by day `{ mon-fri = "...", sat = "..." }`.
    pub hours: Option<ByDay>,
    /// Waiting places; trucks in service not counted; without it any number. What happens when they are full is
    /// said by `full`. Trucks that come by road wait on it: their places are the `room` of the road.
    pub room: Option<Count>,
    /// What becomes of a truck that finds no place in `room`, of the station or of its group: `block` (it waits
    /// where it is and blocks that lane; one from outside is turned away), `turn-away`, or `divert PLACE` (it goes
    /// to this station, road or `exit` instead).
    #[serde(default)]
    pub full: FullPhrase,
    /// Who is served first of one line (`queue` is `pooled` or `shared`): classes in order, first served first,
    /// `["fast", "standard"]` (those left out are last and alike), or a number by class, lower first,
    /// `priority.fast = 1`. Equals go in order of joining; without it all do.
    pub priority: Option<Priority>,
    /// A truck of higher priority that finds no free lane takes one from a truck of lower priority, which goes back
    /// to the head of its line. Needs `priority`; without it a service that has begun is finished.
    pub preempt: Option<Again>,
    /// How long trucks wait, from arrival here to the start of service, before they give up and leave: for all
    /// classes or by class (`rest` for those not named); classes without one stay. `"0 s"` leaves at once where
    /// service does not begin at once.
    pub patience: Option<ByClass<DistPhrase>>,
    /// Share that joins, by trucks waiting for the group: `{ 10 = "80 %", 30 = "40 %" }` holds from each number on,
    /// for all classes; or by class, `balking.standard = { 10 = "80 %" }`, which then is not asked by the table for
    /// all. Asked only where service cannot start at once; all join below the first number.
    #[schemars(with = "Option<TrucksTable<BalkingShare>>")]
    pub balking: Option<Table<BalkingShare>>,
    /// Pace of service, 10 % to 1000 %, by trucks waiting for the group as service begins: `{ 20 = "110 %" }`
    /// divides service times by 1.1 from 20 trucks on. Without it (or below the first number) 100 %.
    #[schemars(with = "Option<TrucksTable<Percent>>")]
    pub pace_by_queue: Option<Table<Percent>>,
    /// Pace of service, 10 % to 1000 %, by open lanes of the group as service begins: `{ 6 = "95 %" }` from six
    /// lanes on. Without it (or below the first number) 100 %. Not for yards, which have no lanes.
    #[schemars(with = "Option<LanesTable<Percent>>")]
    pub pace_by_open: Option<Table<Percent>>,
    /// Factor on all service times of a day, drawn each day; mean 1: `"lognormal(mean = 1, cv = 0.05)"`. Without it
    /// days are alike.
    pub day_factor: Option<FactorPhrase>,
    /// Factor on service times in a lane, drawn for each lane and day: who sits there; mean 1. Without it officers
    /// are alike. Not for yards, which have no lanes.
    pub officer_factor: Option<FactorPhrase>,
    /// Share picked at random, for all classes or by class, and sent to `random_to` whatever the score.
    pub random_exam: Option<ByClass<Percent>>,
    /// Where trucks go that are picked at random.
    pub random_to: Option<Name>,
    /// Whom the station sends to another place by the score of the truck, for all classes or by class:
    /// `refer.exam = "100 % from 1.5"`, `refer.exam.fast = "100 % of the top 2 %"`, `refer.scan = "15 % of all"`.
    /// Of several places the one with the highest score is asked first. A truck without a score, because its
    /// manifest came late, is sent only where a share `of all` is.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub refer: BTreeMap<Name, ByClass<ReferPhrase>>,
    /// Chance that a look here sees what a truck hides, by kind of violation, for all classes or by class:
    /// `sees.narcotics = "80 %"`. Without `alarm` the look is an examination, and what it sees is found.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub sees: BTreeMap<Name, ByClass<Percent>>,
    /// Where trucks go in which something is seen: the look is a scan, and what it sees is yet to be found. Needs
    /// `sees`.
    pub alarm: Option<Name>,
    /// Chance that a scan ends in an alarm though there is nothing to see, for all classes or by class. Needs
    /// `alarm`.
    pub false_alarm: Option<ByClass<Percent>>,
    /// A review of images (analysts, on site or remote): only the image of a truck comes here, the truck goes on at once
    /// to where `route` and `next` of this station lead, and an alarm finds it at a station that `recalls`, or comes
    /// too late. Without it the truck itself waits for the result. Needs `alarm`.
    #[serde(default)]
    pub release: bool,
    /// A truck whose image has raised an alarm by the end of service here goes where that alarm sends it. What is not
    /// known by then comes too late.
    #[serde(default)]
    pub recalls: bool,
    /// Stations to which a truck that was served here is not sent any more: what a joint examination stands for.
    /// Whom a referral would send there goes on as if it were not asked; whom a share of `route` would, to `next`.
    #[serde(default)]
    pub clears: Vec<Name>,
    /// What becomes of a truck whose manifest is late: `hold` (a yard keeps it until the manifest is in order, which
    /// counts as wait), or the place where it goes after service. Needs `[manifest]`.
    pub late: Option<Name>,
    /// Where some of the trucks go after service: `route.secondary = "5 %"` for all classes or
    /// `route.standard.secondary = "12 %"` for one.
    #[serde(default)]
    pub route: BTreeMap<Name, RouteShare>,
    /// Where the others go: a station, a road, or `exit`.
    pub next: Name,
}

/// Who is served first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Priority {
    /// Classes, first served first; those left out are last and alike.
    Order(Vec<Name>),
    /// A number by class, lower first; those left out are last and alike.
    Class(BTreeMap<Name, Count>),
}

/// What happens to the work done on a truck whose service is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Again {
    /// Service goes on where it stopped.
    Resume,
    /// Service begins anew, with the same service time.
    Restart,
}

/// A share of every class that joins from a number of trucks on, or such shares of one class.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum BalkingShare {
    /// Of every class, from this number of trucks on.
    All(Percent),
    /// Of this class, by trucks waiting.
    Class(#[schemars(with = "TrucksTable<Percent>")] Table<Percent>),
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
    /// The one whose service is expected to be shortest for the truck: over all groups that it may use, mean
    /// service time × `officer_factor` of the lane that day; ties to `preference`, then to the lowest number.
    Fastest,
}

/// A lane group.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lanes {
    /// Lanes built, or `"unlimited"` for a yard.
    pub servers: Servers,
    /// Classes accepted; without it those that no other group of the station names.
    pub accepts: Option<Vec<Name>>,
    /// Lower is preferred by trucks that several groups accept; needed where that is so.
    pub preference: Option<u32>,
    /// How many are open: a number, a table by time, or `"officers"`: as a rule of `officers` that names the group
    /// allows. Without it all of them.
    pub open: Option<Open>,
    /// Service time in this group, instead of the station's.
    pub service: Option<ByClass<DistPhrase>>,
    /// Move-up time in this group, instead of the station's.
    pub move_up: Option<DistPhrase>,
    /// Waiting places of the group's own, beside the station's; without it any number. A truck that finds them full
    /// goes to `overflow`, and without that what `full` of the station says happens; one that comes by road waits
    /// on it.
    pub room: Option<Count>,
    /// Group of the station into which trucks go for good that find `room` full on arrival; it needs a service time
    /// for them, and need not accept their class. Needs `room`; not with `queue = "shared"`.
    pub overflow: Option<Name>,
    /// What a lane that closes, by table, hours or rule, does with its truck.
    #[serde(default)]
    pub closing: Closing,
    /// Other work that the officer of a lane turns to whenever no truck waits, and finishes before the next truck:
    /// how long a piece of it takes, on average a second or more. Without it officers wait.
    pub other_work: Option<DistPhrase>,
}

/// What a lane that closes does with its truck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Closing {
    /// It finishes it, then closes.
    #[default]
    Finish,
    /// The truck goes back to the head of the line and goes on where its service stopped.
    Resume,
    /// The truck goes back to the head of the line and is served anew.
    Restart,
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
    /// Whether trucks may overtake while they travel; otherwise they leave the road in the order in which they
    /// came. Matters only where `travel` differs from truck to truck.
    #[serde(default)]
    pub overtaking: bool,
    /// Lanes of the line at its end.
    #[serde(default = "one")]
    pub lanes: Count,
    /// Trucks travelling and queued that fit; full blocks the station behind. Without it and without `length` any
    /// number.
    pub room: Option<Count>,
    /// Length of the road, instead of `room`: places = lanes × length ÷ spacing.
    pub length: Option<Length>,
    /// Length that a standing truck takes up, with the gap (20 m unless told).
    pub spacing: Option<Length>,
    /// The last places have a lane of their own per group: how many, or their length; without it trucks stand in
    /// one line up to the booths.
    pub split: Option<Spread>,
    /// Trucks per hour that can leave its end; without it as many as find a lane.
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
    /// Officers of the pool lent elsewhere (to passenger lanes), at all times or by time: `on_duty` less these are
    /// there. Without it none.
    pub away: Option<ByTime<Count>>,
    /// Breaks of each officer, at least every 10 min: `"15 min every 4 h"`, one officer after another over the
    /// period, or `", together"`. Who has a break is on duty but staffs no lane. Without it none.
    pub breaks: Option<BreaksPhrase>,
}

/// What makes lanes fail: at listed times, or by chance each lane for itself.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// Groups whose lanes fail: `["primary.standard"]`.
    pub lanes: Vec<String>,
    /// When all of them are down: `"09:00-09:40"` every day, or by day `{ tue = "09:00-09:40", 2023-10-07 = "..."
    /// }`; days left out and `"closed"` have none. Instead of `up`, `repair` and `clock`.
    pub windows: Option<ByDay>,
    /// Time from a repair (or the start of the run) to the next failure of a lane, each lane by itself; on average
    /// a second or more. Needs `repair`.
    pub up: Option<DistPhrase>,
    /// Time from a failure to its repair. Needs `up`.
    pub repair: Option<DistPhrase>,
    /// Which time counts towards `up`.
    #[serde(default)]
    pub clock: UpTime,
    /// What happens to the truck in service when its lane goes down.
    #[serde(default)]
    pub truck: OnFailure,
    /// Lanes go on, slower, instead of being down (a system outage): pace of service that begins in `windows`, `"40
    /// %"`, 10 % to 100 %. Outages at one time multiply. Needs `windows`.
    pub pace: Option<Percent>,
}

/// Which time counts towards the next failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UpTime {
    /// All time in which the lane is not down, whether it is open or not.
    #[default]
    All,
    /// Only time in which it serves.
    Serving,
}

/// What happens to the truck in a lane that fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// It waits in the lane for the repair, and its service goes on where it stopped.
    #[default]
    Wait,
    /// It waits in the lane for the repair, and is served anew.
    WaitRestart,
    /// It goes back to the head of the line, and its service goes on where it stopped.
    Return,
    /// It goes back to the head of the line, and is served anew.
    ReturnRestart,
    /// It is finished first; then the lane goes down.
    Finish,
}

/// CBP's public wait.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BorderWait {
    /// Station at which the line begins: arrival there.
    pub from: Name,
    /// The primary station: start of service there.
    pub at: Name,
    /// How it is posted: `"every 60 min, lag 0 min, over 15 min, rounded to 5 min, at most 60 min"`. At each
    /// reading the mean wait of trucks that took a booth in the 15 min before (`over`), told `lag` later, rounded,
    /// and never more than `at most`.
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

/// A window in time in which other values hold: a surge, a closure, a strike.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Whether it happens; a scenario may differ: `set.event.strike.happens = true`.
    #[serde(default = "yes")]
    pub happens: bool,
    /// When it begins, by the clock of the crossing: `"2022-04-06 08:00"`, `"day 2 08:00"`, or `"08:00"` on the
    /// first day. A day alone is its beginning.
    pub from: String,
    /// When it ends; a day alone is its end. Without it, it lasts.
    pub to: Option<String>,
    /// What it changes while it lasts, as a scenario does: `set."demand.northbound.volume" = "x1.3"`. Places, lanes
    /// of roads and ways to queue stay as they are, and so do `slot` and `at_start`.
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
