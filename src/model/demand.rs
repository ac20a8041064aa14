//! When trucks come: the keyed Poisson field, renewal headways, traces, appointments, and trucks
//! that wait at the start.
//!
//! The field is a fixed landscape of points per (hour slot, rate layer): each cell of one hour UTC
//! × one batch per hour holds a Poisson number of points of mean 1, each with a time and a height.
//! A point is a batch when its layer plus its height lies under rate(t) × day factor (thinning of
//! a homogeneous field; Lewis and Shedler 1979). So more demand adds trucks and leaves the others
//! as they were, and a change at ten leaves eleven alone. It does not know what trucks do. Start
//! at `StreamState`.

use std::cmp::Reverse;

use crate::kernel::draws::{Key, Purpose, uniform};
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::calendar::{Calendar, HOUR};
use crate::model::network::{Arrivals, DayFactor, Network, Steps, Stream, StreamId};
use crate::model::truck::field_identity;

/// A batch that will arrive: when, and the identity of its first member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Batch {
    pub(super) at: SimTime,
    pub(super) identity: u64,
}

/// One stream's arrivals as far as they are known: the rest of the present hour slot.
pub(super) struct StreamState {
    key: Key,
    day_key: Option<Key>,
    /// Batches of the present slot, latest first, packed: microseconds into the slot (32 bits),
    /// rate layer (16), point of the cell (8).
    coming: Vec<u64>,
    /// Identities of the points of the slot that is being read; what stands behind them is not used.
    found: Vec<u64>,
    /// Appointments that are kept, as (arrival, number), latest first.
    kept: Vec<(SimTime, u64)>,
    /// The next hour slot to read (field), batch (headways) or row (trace).
    next: u64,
    /// Arrival of the batch last read (headways).
    last: SimTime,
    points: Purpose,
    cells: Purpose,
    headways: Purpose,
    batches: Purpose,
}

/// Rate layers that an identity can hold: batches per hour of one stream.
pub const MOST_LAYERS: u32 = 1 << 16;

/// Members of a batch that an identity can hold.
pub const MOST_IN_BATCH: u32 = 1 << 16;

impl StreamState {
    pub(super) fn new(network: &Network, stream: StreamId, key: Key, seed: u64, replication: u64) -> Self {
        let (day_key, first_slot) = match &network.streams[stream.index()].arrivals {
            Arrivals::Field { day_factor, .. } => {
                let key = |day: &DayFactor| Key::new(seed, replication, &format!("day:{}", day.name));
                (day_factor.as_ref().map(key), network.calendar.start_utc.div_euclid(HOUR) as u64)
            }
            Arrivals::Headways { .. }
            | Arrivals::Trace(_)
            | Arrivals::AtStart { .. }
            | Arrivals::Appointments { .. } => (None, 0),
        };
        StreamState {
            kept: kept_appointments(&network.streams[stream.index()].arrivals, key),
            key,
            day_key,
            coming: Vec::new(),
            found: Vec::new(),
            next: first_slot,
            last: SimTime::ZERO,
            points: Purpose::new("point"),
            cells: Purpose::new("cell"),
            headways: Purpose::new("headway"),
            batches: Purpose::new("batch"),
        }
    }

    /// The next batch of the stream before the end of the run.
    pub(super) fn next_batch(&mut self, network: &Network, stream: StreamId) -> Option<Batch> {
        let until = SimTime::ZERO + network.run_length;
        match &network.streams[stream.index()].arrivals {
            Arrivals::Field { batches_per_hour, day_factor, .. } => loop {
                if let Some(packed) = self.coming.pop() {
                    let slot = self.next - 1;
                    let at =
                        slot_start(&network.calendar, slot) + SimDuration::from_micros((packed >> 24) as i64);
                    let identity = field_identity(slot as u32, (packed >> 8) as u16, packed as u8, 0);
                    return Some(Batch { at, identity });
                }
                let start = slot_start(&network.calendar, self.next);
                if start >= until {
                    return None;
                }
                let rate = self.slot_rate(&network.calendar, batches_per_hour, day_factor.as_ref(), start);
                self.read_slot(&rate, start, until);
            },
            Arrivals::Headways { headway, .. } => {
                self.last = self.last + headway.sample(self.key.bits(self.next, self.headways));
                let batch = Batch { at: self.last, identity: self.next << 16 };
                self.next += 1;
                (batch.at < until).then_some(batch)
            }
            Arrivals::Trace(trucks) => {
                let row = self.next as usize;
                self.next += 1;
                let truck = trucks.get(row).filter(|truck| truck.at < until)?;
                Some(Batch { at: truck.at, identity: truck.identity })
            }
            Arrivals::Appointments { .. } => {
                self.next += 1;
                let (at, identity) = self.kept.pop()?;
                (at < until).then_some(Batch { at, identity })
            }
            Arrivals::AtStart { .. } => {
                self.next += 1;
                (self.next == 1).then_some(Batch { at: SimTime::ZERO, identity: 0 })
            }
        }
    }

    /// The trucks of a batch.
    pub(super) fn batch_size(&self, network: &Network, stream: StreamId, batch: Batch) -> u32 {
        match &network.streams[stream.index()].arrivals {
            Arrivals::Field { batch: law, .. } | Arrivals::Headways { batch: law, .. } => match law {
                Some(law) => law.sample(self.key.bits(batch.identity, self.batches)).clamp(1, MOST_IN_BATCH),
                None => 1,
            },
            Arrivals::Trace(_) | Arrivals::Appointments { .. } => 1,
            Arrivals::AtStart { trucks, .. } => *trucks,
        }
    }

    /// The row of the trace that was read last.
    pub(super) fn trace_row(&self) -> usize {
        self.next as usize - 1
    }

    fn slot_rate<'a>(
        &self,
        calendar: &'a Calendar,
        batches_per_hour: &'a Steps<f64>,
        day_factor: Option<&DayFactor>,
        start: SimTime,
    ) -> SlotRate<'a> {
        let last = start + SimDuration::from_micros(HOUR - 1);
        let steps = &batches_per_hour.steps[batches_per_hour.place(start)..=batches_per_hour.place(last)];
        let factor = |day: i64| match (self.day_key, day_factor) {
            (Some(key), Some(day_factor)) => {
                day_factor.law.sample(key.bits(day as u64, Purpose::new("day factor")))
            }
            _ => 1.0,
        };
        let (day, next_day) = (calendar.local_day(start), calendar.local_day(last));
        let second_day = (day_factor.is_some() && day != next_day).then(|| (next_day, factor(next_day)));
        SlotRate { steps, factor: factor(day), second_day, calendar }
    }

    /// Reads the field of one hour slot into `coming`. Step by step for all cells at once: the
    /// processor then works on several draws at a time.
    fn read_slot(&mut self, rate: &SlotRate, start: SimTime, until: SimTime) {
        let slot = self.next as u32;
        self.next += 1;
        let layers = rate.most().ceil().min(f64::from(MOST_LAYERS)) as u32;
        let mut points = 0;
        for layer in 0..layers {
            let cell = field_identity(slot, layer as u16, 0, 0);
            let count = poisson_one(self.key.bits(cell, self.cells)) as usize;
            if self.found.len() < points + POISSON_ONE.len() {
                self.found.resize(2 * points + POISSON_ONE.len(), 0);
            }
            // The first few are written whether they are there or not, so nothing waits for the count.
            let found = &mut self.found[points..points + POISSON_ONE.len()];
            for (point, identity) in found.iter_mut().enumerate().take(count.max(FEW)) {
                *identity = cell | (point as u64) << 16;
            }
            points += count;
        }
        for identity in &self.found[..points] {
            let [when, height] = self.key.pair(*identity, self.points);
            let offset = ((u128::from(when) * HOUR as u128) >> 64) as u64;
            let at = start + SimDuration::from_micros(offset as i64);
            let inside = at >= SimTime::ZERO && at < until;
            let layer = (identity >> 24) as u16;
            if inside && f64::from(layer) + uniform(height) < rate.at(at) {
                self.coming.push(offset << 24 | identity >> 16 & 0xff_ffff);
            }
        }
        self.coming.sort_unstable_by_key(|packed| Reverse(*packed));
    }
}

/// The expected number of trucks that come after the warm-up, exactly; `None` where it is not known: of
/// renewal headways, of appointments that may be kept after the run, of streams that an event changes.
/// A day factor has mean 1 and batches are drawn apart from when they come, so neither moves it.
pub fn expected_trucks(network: &Network) -> Option<f64> {
    let (from, until) = (SimTime::ZERO + network.warm_up, SimTime::ZERO + network.run_length);
    if network.phases().any(|phase| !phase.meets_the_same_trucks(network)) {
        return None;
    }
    let of_stream = |stream: &Stream| match &stream.arrivals {
        Arrivals::Field { batches_per_hour, batch, .. } => {
            let batches = integral(batches_per_hour, from, until);
            Some(batches * batch.as_ref().map_or(1.0, |law| law.mean()))
        }
        Arrivals::Trace(trucks) => {
            Some(trucks.iter().filter(|truck| truck.at >= from && truck.at < until).count() as f64)
        }
        Arrivals::AtStart { trucks, .. } => {
            Some(if from == SimTime::ZERO { f64::from(*trucks) } else { 0.0 })
        }
        Arrivals::Headways { .. } | Arrivals::Appointments { .. } => None,
    };
    network.streams.iter().map(of_stream).sum()
}

/// A rate per hour, summed over [from, until).
fn integral(rate: &Steps<f64>, from: SimTime, until: SimTime) -> f64 {
    let begins = rate.steps.iter().map(|(at, _)| *at);
    let ends = begins.skip(1).chain([until]);
    let steps = rate.steps.iter().zip(ends);
    let hours = |((at, rate), end): (&(SimTime, f64), SimTime)| {
        let (at, end) = ((*at).max(from), end.min(until));
        if end > at { rate * (end - at).seconds() / 3600.0 } else { 0.0 }
    };
    steps.map(hours).sum()
}

/// Who keeps an appointment and when: each is decided by its own draws, so booking more trucks or
/// other no-shows leave the others alone. Nobody comes before the run begins.
fn kept_appointments(arrivals: &Arrivals, key: Key) -> Vec<(SimTime, u64)> {
    let Arrivals::Appointments { booked, early, show_up, no_show } = arrivals else { return Vec::new() };
    let purpose = Purpose::new("appointment");
    let arrival = |(number, booked): (usize, &SimTime)| {
        let [when, whether] = key.pair(number as u64, purpose);
        let after = show_up.as_ref().map_or(SimDuration::ZERO, |law| law.sample(when));
        let at = (*booked - *early + after).max(SimTime::ZERO);
        (uniform(whether) >= *no_show).then_some((at, number as u64))
    };
    let mut kept: Vec<_> = booked.iter().enumerate().filter_map(arrival).collect();
    kept.sort_unstable_by_key(|kept| Reverse(*kept));
    kept
}

fn slot_start(calendar: &Calendar, slot: u64) -> SimTime {
    SimTime::from_micros(slot as i64 * HOUR - calendar.start_utc)
}

/// Batches per hour within one hour slot, day factors included.
struct SlotRate<'a> {
    /// The steps that hold in the slot; the first may begin before it.
    steps: &'a [(SimTime, f64)],
    /// Factor of the slot's first day, and of the day that begins inside the slot, if one does.
    factor: f64,
    second_day: Option<(i64, f64)>,
    calendar: &'a Calendar,
}

impl SlotRate<'_> {
    fn at(&self, at: SimTime) -> f64 {
        let base = match self.steps {
            [(_, only)] => *only,
            several => several[several.partition_point(|(from, _)| *from <= at).saturating_sub(1)].1,
        };
        match self.second_day {
            Some((day, factor)) if self.calendar.local_day(at) == day => base * factor,
            _ => base * self.factor,
        }
    }

    /// The highest rate that can occur in the slot.
    fn most(&self) -> f64 {
        let base = self.steps.iter().map(|(_, rate)| *rate).fold(0.0, f64::max);
        base * self.second_day.map_or(self.factor, |(_, factor)| factor.max(self.factor))
    }
}

/// `POISSON_ONE[k]` is P(count <= k) × 2^64 of a Poisson count of mean 1, to the last bit or two.
const POISSON_ONE: [u64; 21] = {
    /// exp(-1) × 2^64, rounded.
    const NONE: u64 = 6_786_177_901_268_885_275;
    let mut below = [NONE; 21];
    let (mut count, mut term) = (1, NONE);
    while count < below.len() {
        term /= count as u64;
        below[count] = below[count - 1].saturating_add(term);
        count += 1;
    }
    below
};

/// A Poisson count of mean 1 is nearly always less.
const FEW: usize = 4;

/// A Poisson count of mean 1 by inversion.
#[inline]
fn poisson_one(bits: u64) -> u8 {
    let reached = |count: &usize| bits >= POISSON_ONE[*count];
    let few = (0..FEW).filter(reached).count();
    if few < FEW { few as u8 } else { (few..POISSON_ONE.len()).take_while(reached).count() as u8 + FEW as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_one_has_mean_and_variance_one() {
        let key = Key::new(7, 0, "poisson");
        let n = 200_000u32;
        let purpose = Purpose::new("count");
        let counts = (0..u64::from(n)).map(|i| u64::from(poisson_one(key.bits(i, purpose))));
        let (sum, squares) = counts.fold((0, 0), |(sum, squares), c| (sum + c, squares + c * c));
        let mean = sum as f64 / f64::from(n);
        let variance = squares as f64 / f64::from(n) - mean * mean;
        // Standard errors: sqrt(1/n) = 0.0022 and sqrt(3/n) = 0.0039; 3.5 of each.
        assert!((mean - 1.0).abs() < 0.0079, "{mean}");
        assert!((variance - 1.0).abs() < 0.0137, "{variance}");
        assert_eq!(poisson_one(0), 0);
        assert!(poisson_one(u64::MAX) < 30);
    }
}
