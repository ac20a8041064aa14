//! Appointments, and trucks that go elsewhere by the posted wait.

use super::super::file::{ByTime, Demand};
use super::super::limit::MOST_APPOINTMENTS;
use super::super::phrase::Count;
use super::Context;
use super::rule::{WAITS, shares, wait};
use super::station::lanes_by_time;
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::network::{Arrivals, Diversion, Steps};

/// The shortest slot.
const SHORTEST_SLOT: SimDuration = SimDuration::from_secs(1);

/// Trucks with an appointment in each slot, and how many are expected to come.
pub fn appointments(
    path: &str,
    table: &ByTime<Count>,
    demand: &Demand,
    context: &mut Context,
) -> Option<(Arrivals, f64)> {
    let trucks = lanes_by_time(&format!("{path}.appointments"), table, context);
    // A slot that is missing has been told before.
    let slot = demand.slot?.0;
    if slot < SHORTEST_SLOT {
        let path = format!("{path}.slot");
        let message = format!("`{path}` is too short");
        context.findings.error("E0350", &path, message, "a second or more", "write `30 min`");
        return None;
    }
    let booked = booked(&trucks, slot, context.clock.run_end);
    if booked.len() > MOST_APPOINTMENTS {
        let message = format!("`{path}.appointments` books too many trucks");
        let label = format!("at most {MOST_APPOINTMENTS} in a run");
        let help = "look at the number of trucks in a slot and at `slot`, or shorten the run";
        context.findings.error("E0350", &format!("{path}.appointments"), message, label, help);
        return None;
    }
    let no_show = demand.no_show.map_or(0.0, |share| share.0);
    if no_show > 1.0 {
        let path = format!("{path}.no_show");
        let message = format!("`{path}` is more than all appointments");
        context.findings.error("E0316", &path, message, "at most 100 %", "write a share such as `10 %`");
        return None;
    }
    let expected = booked.len() as f64 * (1.0 - no_show);
    let early = demand.early.map_or(SimDuration::ZERO, |early| early.0);
    let show_up = demand.show_up.as_ref().map(|law| context.duration(&format!("{path}.show_up"), law));
    Some((Arrivals::Appointments { booked, early, show_up, no_show }, expected))
}

/// The beginning of each slot, once for each truck; one more than may be where there are too many.
fn booked(trucks: &Steps<u32>, slot: SimDuration, until: SimTime) -> Vec<SimTime> {
    let mut booked = Vec::new();
    for (place, (from, count)) in trucks.steps.iter().enumerate() {
        let to = trucks.steps.get(place + 1).map_or(until, |next| next.0.min(until));
        if *count == 0 {
            continue;
        }
        let first = (from.micros().max(0) + slot.micros() - 1) / slot.micros();
        let mut at = SimTime::from_micros(first * slot.micros());
        while at < to {
            let left = MOST_APPOINTMENTS + 1 - booked.len();
            booked.extend(std::iter::repeat_n(at, (*count as usize).min(left)));
            if booked.len() > MOST_APPOINTMENTS {
                return booked;
            }
            at = at + slot;
        }
    }
    booked
}

/// Trucks of a stream that go elsewhere.
pub fn diversion(path: &str, demand: &Demand, context: &mut Context) -> Option<Diversion> {
    let table = demand.divert.as_ref()?;
    let shares = shares(&format!("{path}.divert"), table, wait, WAITS, context);
    let cost = demand.divert_cost.map_or(SimDuration::ZERO, |cost| cost.0);
    Some(Diversion { shares, cost })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(at: i64) -> SimTime {
        SimTime::ZERO + SimDuration::from_mins(at)
    }

    /// Slots of 30 min from the start: rows hold from the first slot that begins in them.
    #[test]
    fn slots_follow_one_another_from_the_start() {
        let trucks = Steps::new([(SimTime::ZERO, 0), (minutes(45), 2), (minutes(90), 1)]);
        let found = booked(&trucks, SimDuration::from_mins(30), minutes(150));
        assert_eq!(found, [60, 60, 90, 120].map(minutes));
    }
}
