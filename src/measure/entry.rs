//! What an entry of the catalogue is: a measure, where, of whom, when, and which number.
//!
//! Names read from the general to the particular: `measure[.station[.group]][.class].statistic`,
//! with `@` and the hour at the end where a value belongs to one hour: `wait.primary.standard.p95`,
//! `crossing_time.fast.mean`, `lanes_open.primary.standard.mean@d1-08`. Start at [`Entry`].

use serde::{Deserialize, Serialize};

use crate::model::value::Currency;

/// One thing that is measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Unique: `wait.primary.standard.p95`.
    pub name: String,
    /// What.
    pub measure: Measure,
    /// Where; `None`: the whole crossing. For officers: the pool; for violations: the kind.
    pub station: Option<String>,
    /// At which lane group; `None`: the whole station.
    pub group: Option<String>,
    /// Of which class; `None`: all.
    pub class: Option<String>,
    /// In which hour (a place in the table of periods); `None`: the whole run.
    pub period: Option<u16>,
    /// Which number.
    pub statistic: Statistic,
    /// In which unit.
    pub unit: Unit,
}

impl Measure {
    /// As names and tables spell it.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Wait => "wait",
            Measure::QueueTime => "queue_time",
            Measure::Sojourn => "sojourn",
            Measure::BorderWait => "border_wait",
            Measure::PostedWait => "posted_wait",
            Measure::CrossingTime => "crossing_time",
            Measure::Delay => "delay",
            Measure::OwnTime => "own_time",
            Measure::QueueLength => "queue_length",
            Measure::InSystem => "in_system",
            Measure::Utilization => "utilization",
            Measure::MoveUpShare => "move_up_share",
            Measure::Occupancy => "occupancy",
            Measure::BlockedShare => "blocked_share",
            Measure::DownShare => "down_share",
            Measure::OtherWorkShare => "other_work_share",
            Measure::LanesOpen => "lanes_open",
            Measure::LaneHours => "lane_hours",
            Measure::Throughput => "throughput",
            Measure::Trucks => "trucks",
            Measure::OfficerHours => "officer_hours",
            Measure::OfficerOvertimeHours => "officer_overtime_hours",
            Measure::OnDutyHours => "on_duty_hours",
            Measure::BufferIndex => "buffer_index",
            Measure::PlanningTimeIndex => "planning_time_index",
            Measure::TruckHours => "truck_hours",
            Measure::DelayTruckHours => "delay_truck_hours",
            Measure::DiversionHours => "diversion_hours",
            Measure::IdleHours => "idle_hours",
            Measure::CreepHours => "creep_hours",
            Measure::Fuel => "fuel",
            Measure::Co2 => "co2",
            Measure::Nox => "nox",
            Measure::TruckTimeCost => "truck_time_cost",
            Measure::FuelCost => "fuel_cost",
            Measure::CargoTimeCost => "cargo_time_cost",
            Measure::PerishableLoss => "perishable_loss",
            Measure::UserCost => "user_cost",
            Measure::OfficerCost => "officer_cost",
            Measure::OvertimeCost => "overtime_cost",
            Measure::Cost => "cost",
            Measure::CostPerDay => "cost_per_day",
            Measure::InspectedShare => "inspected_share",
            Measure::ScannedShare => "scanned_share",
            Measure::FalseReferralShare => "false_referral_share",
            Measure::HeldShare => "held_share",
            Measure::HoldHours => "hold_hours",
            Measure::HoldShareOfDelay => "hold_share_of_delay",
            Measure::ExamHours => "exam_hours",
            Measure::ResultsInTime => "results_in_time",
            Measure::Detection => "detection",
            Measure::DetectionCounted => "detection_counted",
            Measure::WorstDetection => "worst_detection",
            Measure::Finds => "finds",
            Measure::ExamHoursPerFind => "exam_hours_per_find",
            Measure::OfficerHoursPerFind => "officer_hours_per_find",
        }
    }

    /// The statistics that it has, in the order of tables.
    pub fn statistics(self) -> &'static [Statistic] {
        use Statistic::*;
        match self {
            Measure::Wait | Measure::BorderWait => &[Count, Mean, Sd, P50, P90, P95, P99, Max, ShareWaiting],
            Measure::QueueTime
            | Measure::Sojourn
            | Measure::CrossingTime
            | Measure::Delay
            | Measure::OwnTime => &[Count, Mean, Sd, P50, P90, P95, P99, Max],
            Measure::PostedWait => &[Count, Mean, Max],
            Measure::QueueLength
            | Measure::InSystem
            | Measure::Utilization
            | Measure::MoveUpShare
            | Measure::Occupancy
            | Measure::BlockedShare
            | Measure::DownShare
            | Measure::OtherWorkShare
            | Measure::LanesOpen => &[Mean],
            Measure::LaneHours
            | Measure::Throughput
            | Measure::OfficerHours
            | Measure::OfficerOvertimeHours
            | Measure::OnDutyHours
            | Measure::BufferIndex
            | Measure::PlanningTimeIndex
            | Measure::TruckHours
            | Measure::DelayTruckHours
            | Measure::DiversionHours
            | Measure::IdleHours
            | Measure::CreepHours
            | Measure::Fuel
            | Measure::Co2
            | Measure::Nox
            | Measure::TruckTimeCost
            | Measure::FuelCost
            | Measure::CargoTimeCost
            | Measure::PerishableLoss
            | Measure::UserCost
            | Measure::OfficerCost
            | Measure::OvertimeCost
            | Measure::Cost
            | Measure::CostPerDay
            | Measure::InspectedShare
            | Measure::ScannedShare
            | Measure::FalseReferralShare
            | Measure::HeldShare
            | Measure::HoldHours
            | Measure::HoldShareOfDelay
            | Measure::ExamHours
            | Measure::ResultsInTime
            | Measure::Detection
            | Measure::DetectionCounted
            | Measure::WorstDetection
            | Measure::Finds
            | Measure::ExamHoursPerFind
            | Measure::OfficerHoursPerFind => &[Value],
            Measure::Trucks => {
                &[Entered, Crossed, TurnedAway, Diverted, Balked, Reneged, Unfinished, Stranded]
            }
        }
    }

    /// The unit of its mean; money is in `currency`.
    pub fn unit(self, currency: Currency) -> Unit {
        match self {
            Measure::Wait
            | Measure::QueueTime
            | Measure::Sojourn
            | Measure::BorderWait
            | Measure::PostedWait
            | Measure::CrossingTime
            | Measure::Delay
            | Measure::OwnTime => Unit::Seconds,
            Measure::QueueLength | Measure::InSystem | Measure::Trucks | Measure::Finds => Unit::Trucks,
            Measure::Utilization
            | Measure::MoveUpShare
            | Measure::Occupancy
            | Measure::BlockedShare
            | Measure::DownShare
            | Measure::OtherWorkShare
            | Measure::InspectedShare
            | Measure::ScannedShare
            | Measure::FalseReferralShare
            | Measure::HeldShare
            | Measure::HoldShareOfDelay
            | Measure::Detection
            | Measure::DetectionCounted
            | Measure::WorstDetection
            | Measure::ResultsInTime => Unit::Fraction,
            Measure::LanesOpen => Unit::Lanes,
            Measure::Throughput => Unit::TrucksPerHour,
            Measure::LaneHours
            | Measure::OfficerHours
            | Measure::OfficerOvertimeHours
            | Measure::OnDutyHours
            | Measure::IdleHours
            | Measure::CreepHours
            | Measure::ExamHours
            | Measure::ExamHoursPerFind
            | Measure::OfficerHoursPerFind => Unit::Hours,
            Measure::TruckHours | Measure::DelayTruckHours | Measure::DiversionHours | Measure::HoldHours => {
                Unit::TruckHours
            }
            Measure::Fuel => Unit::Gallons,
            Measure::Co2 => Unit::Kilograms,
            Measure::Nox => Unit::Grams,
            Measure::TruckTimeCost
            | Measure::FuelCost
            | Measure::CargoTimeCost
            | Measure::PerishableLoss
            | Measure::UserCost
            | Measure::OfficerCost
            | Measure::OvertimeCost
            | Measure::Cost
            | Measure::CostPerDay => Unit::Money(currency),
            Measure::BufferIndex | Measure::PlanningTimeIndex => Unit::Number,
        }
    }

    /// Whether less of it is better (`Some(true)`), more (`Some(false)`), or neither.
    pub fn less_is_better(self) -> Option<bool> {
        match self {
            Measure::Wait
            | Measure::QueueTime
            | Measure::Sojourn
            | Measure::BorderWait
            | Measure::PostedWait
            | Measure::CrossingTime
            | Measure::Delay
            | Measure::QueueLength
            | Measure::InSystem
            | Measure::BufferIndex
            | Measure::PlanningTimeIndex
            | Measure::TruckHours
            | Measure::DelayTruckHours
            | Measure::DiversionHours
            | Measure::IdleHours
            | Measure::CreepHours
            | Measure::Fuel
            | Measure::Co2
            | Measure::Nox
            | Measure::TruckTimeCost
            | Measure::FuelCost
            | Measure::CargoTimeCost
            | Measure::PerishableLoss
            | Measure::UserCost
            | Measure::Cost
            | Measure::CostPerDay
            | Measure::FalseReferralShare
            | Measure::HeldShare
            | Measure::HoldHours
            | Measure::ExamHoursPerFind
            | Measure::OfficerHoursPerFind => Some(true),
            Measure::Throughput
            | Measure::ResultsInTime
            | Measure::Detection
            | Measure::DetectionCounted
            | Measure::WorstDetection
            | Measure::Finds => Some(false),
            Measure::OwnTime
            | Measure::Utilization
            | Measure::MoveUpShare
            | Measure::Occupancy
            | Measure::BlockedShare
            | Measure::DownShare
            | Measure::OtherWorkShare
            | Measure::LanesOpen
            | Measure::LaneHours
            | Measure::Trucks
            | Measure::OfficerHours
            | Measure::OfficerOvertimeHours
            | Measure::OnDutyHours
            | Measure::OfficerCost
            | Measure::OvertimeCost
            | Measure::InspectedShare
            | Measure::ScannedShare
            | Measure::HoldShareOfDelay
            | Measure::ExamHours => None,
        }
    }
}

impl Statistic {
    /// As names and tables spell it.
    pub fn name(self) -> &'static str {
        match self {
            Statistic::Count => "count",
            Statistic::Mean => "mean",
            Statistic::Sd => "sd",
            Statistic::P50 => "p50",
            Statistic::P90 => "p90",
            Statistic::P95 => "p95",
            Statistic::P99 => "p99",
            Statistic::Max => "max",
            Statistic::ShareWaiting => "share_waiting",
            Statistic::Value => "value",
            Statistic::Entered => "entered",
            Statistic::Crossed => "crossed",
            Statistic::TurnedAway => "turned_away",
            Statistic::Diverted => "diverted",
            Statistic::Balked => "balked",
            Statistic::Reneged => "reneged",
            Statistic::Unfinished => "unfinished",
            Statistic::Stranded => "stranded",
        }
    }

    /// The unit of this statistic of a measure; money is in `currency`.
    pub fn unit(self, measure: Measure, currency: Currency) -> Unit {
        match (self, measure) {
            (Statistic::Count, Measure::PostedWait) => Unit::Number,
            (Statistic::Count, _) => Unit::Trucks,
            (Statistic::ShareWaiting, _) => Unit::Fraction,
            _ => measure.unit(currency),
        }
    }
}

impl Unit {
    /// As tables spell it.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Fraction => "fraction",
            Unit::Trucks => "trucks",
            Unit::TrucksPerHour => "trucks/h",
            Unit::Lanes => "lanes",
            Unit::Hours => "h",
            Unit::TruckHours => "truck-h",
            Unit::Gallons => "gal",
            Unit::Kilograms => "kg",
            Unit::Grams => "g",
            Unit::Money(currency) => currency.code(),
            Unit::Number => "1",
        }
    }
}

impl Entry {
    /// Whether less is better (`Some(true)`), more (`Some(false)`), or neither.
    pub fn less_is_better(&self) -> Option<bool> {
        match self.statistic {
            Statistic::Count | Statistic::Sd | Statistic::Entered => None,
            Statistic::TurnedAway
            | Statistic::Diverted
            | Statistic::Balked
            | Statistic::Reneged
            | Statistic::Unfinished
            | Statistic::Stranded => Some(true),
            Statistic::Crossed => Some(false),
            Statistic::Mean
            | Statistic::P50
            | Statistic::P90
            | Statistic::P95
            | Statistic::P99
            | Statistic::Max
            | Statistic::ShareWaiting
            | Statistic::Value => self.measure.less_is_better(),
        }
    }

    /// Whether this is the same thing as `whole`, in one hour.
    pub fn is_hour_of(&self, whole: &Entry) -> bool {
        self.period.is_some()
            && self.measure == whole.measure
            && self.statistic == whole.statistic
            && self.station == whole.station
            && self.group == whole.group
            && self.class == whole.class
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Arrival at a station to first start of service there, over trucks whose service started.
    Wait,
    /// The same over trucks that had to queue.
    QueueTime,
    /// Arrival at a station to leaving it, blocked time included.
    Sojourn,
    /// CBP's measure: start of primary inspection minus arrival where the line begins, less own
    /// travel and service between.
    BorderWait,
    /// What would have been made public: border wait read at intervals, late, rounded, capped.
    PostedWait,
    /// First arrival to exit.
    CrossingTime,
    /// Crossing time minus own travel and service on the path taken, never below 0.
    Delay,
    /// Own travel and service on the path taken: the crossing time of an empty crossing.
    OwnTime,
    /// Trucks waiting, averaged over time.
    QueueLength,
    /// Trucks present, averaged over time.
    InSystem,
    /// Serving time over open time.
    Utilization,
    /// Moving up over open time.
    MoveUpShare,
    /// Serving and moving up over open time.
    Occupancy,
    /// Blocked time over open time.
    BlockedShare,
    /// Time in which lanes stand still because they have failed, over open time.
    DownShare,
    /// Time in which officers do other work, over open time.
    OtherWorkShare,
    /// Lanes open, those that finish beyond the plan included, averaged over time.
    LanesOpen,
    /// The same summed: lane-hours.
    LaneHours,
    /// Departures per hour.
    Throughput,
    /// Trucks by outcome, of those that came after the warm-up.
    Trucks,
    /// Hours of officers holding a lane within the run length, overtime included.
    OfficerHours,
    /// Hours of officers kept beyond the plan by a lane that finishes its truck.
    OfficerOvertimeHours,
    /// Hours of officers on duty.
    OnDutyHours,
    /// (p95 − mean) / mean of crossing time.
    BufferIndex,
    /// p95 of crossing time over mean own time.
    PlanningTimeIndex,
    /// Time inside of all trucks that came after the warm-up, whatever became of them.
    TruckHours,
    /// The same less own travel and service on the path taken, never below 0 for a truck.
    DelayTruckHours,
    /// What trucks lose that go elsewhere because of the posted wait, at their stream's `divert_cost`
    /// each.
    DiversionHours,
    /// Standing with the engine on: in line, served, blocked.
    IdleHours,
    /// Moving up into booths, and the stated share of the time in line.
    CreepHours,
    /// Fuel burnt standing and creeping.
    Fuel,
    /// CO₂ of that fuel.
    Co2,
    /// NOx given off standing and creeping.
    Nox,
    /// Truck-hours, and what trucks lose that go elsewhere, at the price of an hour.
    TruckTimeCost,
    /// Fuel at its price, when the truck hour is without fuel.
    FuelCost,
    /// What cargo loses by these hours (Hummels and Schaur 2013).
    CargoTimeCost,
    /// What perishable cargo loses beyond its knee.
    PerishableLoss,
    /// What those who cross bear: truck time, fuel, cargo time, perishable loss.
    UserCost,
    /// Officer-hours without overtime at their price.
    OfficerCost,
    /// Officer overtime at its price.
    OvertimeCost,
    /// User cost and officers, of the run.
    Cost,
    /// The same per day of 24 hours.
    CostPerDay,
    /// Share of trucks that were examined at least once, whatever was found.
    InspectedShare,
    /// Share of trucks that were scanned at least once.
    ScannedShare,
    /// Share of trucks that hide nothing and were sent elsewhere by score or alarm.
    FalseReferralShare,
    /// Share of trucks that were held, or sent elsewhere, because their manifests were late.
    HeldShare,
    /// Time in which trucks were held.
    HoldHours,
    /// The same over the delay of the trucks that crossed.
    HoldShareOfDelay,
    /// Share of images whose results came before their trucks had passed the last place to stop them.
    ResultsInTime,
    /// Service time of examinations.
    ExamHours,
    /// Chance that a violation is found, in expectation over what trucks hide.
    Detection,
    /// Violations found over violations there were: what was counted.
    DetectionCounted,
    /// Detection of the class in which it is least.
    WorstDetection,
    /// Expected number of violations found.
    Finds,
    /// Examination hours over finds.
    ExamHoursPerFind,
    /// Officer-hours over finds.
    OfficerHoursPerFind,
}

/// Which number of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statistic {
    /// How many observations.
    Count,
    /// Arithmetic mean; over time for levels.
    Mean,
    /// Standard deviation between trucks.
    Sd,
    /// Median.
    P50,
    /// 90 % have less.
    P90,
    /// 95 % have less.
    P95,
    /// 99 % have less.
    P99,
    /// Largest.
    Max,
    /// Share of trucks with more than zero.
    ShareWaiting,
    /// The one value of a measure that has no others.
    Value,
    /// Trucks that came.
    Entered,
    /// Trucks that reached an exit.
    Crossed,
    /// Trucks that found a full place which turns trucks away.
    TurnedAway,
    /// Trucks that went elsewhere because of the posted wait.
    Diverted,
    /// Trucks that did not join the line that they found.
    Balked,
    /// Trucks that left a line because they had waited too long.
    Reneged,
    /// Trucks still inside when the run ended.
    Unfinished,
    /// Trucks that came and did not cross, for whatever reason.
    Stranded,
}

/// Unit of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Between 0 and 1.
    Fraction,
    /// Trucks.
    Trucks,
    /// Trucks per hour.
    TrucksPerHour,
    /// Lanes.
    Lanes,
    /// Hours.
    Hours,
    /// Hours of trucks.
    TruckHours,
    /// US gallons.
    Gallons,
    /// Kilograms.
    Kilograms,
    /// Grams.
    Grams,
    /// Money.
    Money(Currency),
    /// Without unit.
    Number,
}

impl Unit {
    /// Times in files, in minutes; everything else as it is: by what a value is divided, and the unit then.
    pub fn in_files(self) -> (f64, &'static str) {
        match self {
            Unit::Seconds => (60.0, "min"),
            Unit::Fraction => (1.0, "fraction"),
            Unit::Trucks => (1.0, "trucks"),
            Unit::TrucksPerHour => (1.0, "trucks/h"),
            Unit::Lanes => (1.0, "lanes"),
            Unit::Hours => (1.0, "h"),
            Unit::TruckHours => (1.0, "truck-h"),
            Unit::Gallons => (1.0, "gal"),
            Unit::Kilograms => (1.0, "kg"),
            Unit::Grams => (1.0, "g"),
            Unit::Money(currency) => (1.0, currency.code()),
            Unit::Number => (1.0, ""),
        }
    }

    /// The unit whose values stand in files under a name.
    pub fn of_files(name: &str) -> Option<Unit> {
        let plain = [
            Unit::Seconds,
            Unit::Fraction,
            Unit::Trucks,
            Unit::TrucksPerHour,
            Unit::Lanes,
            Unit::Hours,
            Unit::TruckHours,
            Unit::Gallons,
            Unit::Kilograms,
            Unit::Grams,
            Unit::Number,
        ];
        let money = Currency::ALL.into_iter().map(Unit::Money);
        plain.into_iter().chain(money).find(|unit| unit.in_files().1 == name)
    }
}

/// A place in the flow of trucks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Place {
    /// Where trucks come from.
    Stream(String),
    /// A station.
    Station(String),
    /// A road.
    Road(String),
    /// Beyond the crossing.
    Exit,
    /// A full place that turned them away.
    TurnedAway,
    /// Elsewhere, because of the posted wait.
    Diverted,
    /// Away from a line that they did not join.
    Balked,
    /// Away from a line in which they had waited too long.
    Reneged,
    /// Still inside when the run ended.
    Unfinished,
}
