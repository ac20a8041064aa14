//! The catalogue: which measures of a crossing exist, and what they are called.
//!
//! Names read from the general to the particular: `measure[.station[.group]][.class].statistic`,
//! with `@` and the hour at the end where a value belongs to one hour: `wait.primary.standard.p95`,
//! `crossing_time.fast.mean`, `lanes_open.primary.standard.mean@d1-08`. Start at [`Entry`].

use serde::Serialize;

/// One thing that is measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Unique: `wait.primary.standard.p95`.
    pub name: String,
    /// What.
    pub measure: Measure,
    /// Where; `None`: the whole crossing. For officers: the pool.
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

impl Entry {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Arrival at a station to first start of service there, over trucks whose service started.
    Wait,
    /// The same over trucks that had to queue.
    QueueTime,
    /// Arrival at a station to leaving it, blocked time included.
    Sojourn,
    /// Start of primary inspection minus arrival where the line begins, less own travel and
    /// service between.
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
    /// Lanes open, those that finish beyond the plan included, averaged over time.
    LanesOpen,
    /// The same summed: lane-hours.
    LaneHours,
    /// Departures per hour.
    Throughput,
    /// Trucks by outcome, of those that came after the warm-up.
    Trucks,
    /// Hours of officers holding a lane, overtime included.
    OfficerHours,
    /// Hours of officers kept beyond the plan by a lane that finishes its truck.
    OfficerOvertimeHours,
    /// Hours of officers on duty.
    OnDutyHours,
    /// (p95 − mean) / mean of crossing time.
    BufferIndex,
    /// p95 of crossing time over mean own time.
    PlanningTimeIndex,
}

/// Which number of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
    /// Trucks that found no place where they first arrived.
    TurnedAway,
    /// Trucks still inside when the run ended.
    Unfinished,
    /// Turned away or unfinished.
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
    /// Without unit.
    Number,
}
