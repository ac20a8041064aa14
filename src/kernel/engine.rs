//! The loop: pop the next event, advance the clock, hand the event to the model.
//!
//! Everything that happens in a run can be followed from [`run`]. It knows neither stations nor
//! statistics; it stops at the end of the run, when nothing is left to happen, when the model says
//! so, or when the model does endless work at one instant.

use super::event_list::EventList;
use super::time::SimTime;

/// What a run consists of: events, and what each does.
pub trait Model {
    /// What can be scheduled.
    type Event: Copy;

    /// Does what `event` asks for and schedules what follows. `Stop` ends the run at once.
    fn handle(&mut self, now: SimTime, event: Self::Event, events: &mut EventList<Self::Event>) -> Flow;
}

/// Whether the run goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// Take the next event.
    Continue,
    /// The model cannot or need not go on; it knows why.
    Stop,
}

/// Why a run ended, and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// No event was left at or before the end of the run.
    Finished,
    /// The model asked for the end.
    ByModel(SimTime),
    /// More than [`MOST_AT_ONE_INSTANT`] events without the clock moving.
    Endless(SimTime),
}

/// Events at one instant beyond which a run is taken to be going round in circles.
pub const MOST_AT_ONE_INSTANT: u32 = 1_000_000;

/// Runs `model` until the list is empty or the next event lies after `until`.
pub fn run<M: Model>(model: &mut M, events: &mut EventList<M::Event>, until: SimTime) -> Ended {
    let mut now = SimTime::ZERO;
    let mut at_this_instant = 0;
    while let Some((at, event)) = events.pop() {
        if at > until {
            break;
        }
        debug_assert!(at >= now, "the clock never runs backwards");
        at_this_instant = if at == now { at_this_instant + 1 } else { 0 };
        now = at;
        if at_this_instant > MOST_AT_ONE_INSTANT {
            return Ended::Endless(now);
        }
        if model.handle(now, event, events) == Flow::Stop {
            return Ended::ByModel(now);
        }
    }
    Ended::Finished
}
