//! Long runs: whether the warm-up is long enough, and how sure the mean of one run is.
//!
//! Both are read from the course of a run: trucks by when they came. MSER-5 looks at the mean course of
//! all replications, where what is common to them stands out from the noise (Welch, "The statistical
//! analysis of simulation results", in Lavenberg, "Computer Performance Modeling Handbook", 1983);
//! where hours differ, at whole days (MSER). A study without a warm-up that drains at its end is about
//! the whole of it, and nothing is to be cut. Intervals by batch means are for a single replication,
//! which has no other. Start at [`warm_up`] and [`by_batches`].

use crate::kernel::time::SimDuration;
use crate::measure::{Course, Entry};
use crate::model::network::{End, Network};
use crate::stats::batch::{Observation, batch_means};
use crate::stats::warmup::{Truncation, mser};

use super::result::{Mean, OneRun, WarmUp};

/// What MSER says about the course of an entry, or of `otherwise` where it has none.
pub(super) fn warm_up(
    network: &Network,
    course: Option<&Course>,
    entries: &[Entry],
    [headline, otherwise]: [usize; 2],
) -> Option<WarmUp> {
    let course = course?;
    if network.warm_up == SimDuration::ZERO && network.end != End::Cut {
        return None;
    }
    let followed = |entry: usize| Some((entry, course.of(&entries[entry], SimDuration::ZERO)?));
    let (entry, all) = followed(headline).or_else(|| followed(otherwise))?;
    // Stretches in which nobody came tell nothing.
    let seen: Vec<usize> = (0..all.len()).filter(|place| all[*place].count > 0.0).collect();
    let means: Vec<f64> = seen.iter().map(|place| all[*place].sum / all[*place].count).collect();
    let by_day = course.by_day();
    let stretch = course.length().seconds();
    let stated = network.warm_up.seconds();
    let (cut, change) = match mser(&means, if by_day { 1 } else { 5 })? {
        Truncation::NotReached => (None, None),
        Truncation::At(values) => {
            let place = seen[values];
            let as_stated = course.of(&entries[entry], network.warm_up).and_then(|rest| mean(&rest));
            let change = as_stated.zip(mean(&all[place..])).map(|(stated, cut)| cut / stated - 1.0);
            (Some(if values == 0 { 0.0 } else { place as f64 * stretch }), change)
        }
    };
    Some(WarmUp { entry, stated, by_day, cut, change })
}

fn mean(course: &[Observation]) -> Option<f64> {
    let count: f64 = course.iter().map(|stretch| stretch.count).sum();
    (count > 0.0).then(|| course.iter().map(|stretch| stretch.sum).sum::<f64>() / count)
}

/// Gives the means of a single replication their intervals by batch means, where its course tells them.
pub(super) fn by_batches(
    estimates: &mut [Mean],
    entries: &[Entry],
    network: &Network,
    course: Option<&Course>,
) -> Vec<OneRun> {
    let Some(course) = course else { return Vec::new() };
    let mut runs = Vec::new();
    for (place, (mean, entry)) in estimates.iter_mut().zip(entries).enumerate() {
        let of_one = |course: &Course| course.of(entry, network.warm_up).filter(|_| mean.n == 1);
        let Some(batches) = of_one(course).and_then(|series| batch_means(&series, 0.95)) else { continue };
        mean.half_width = Some(batches.half_width);
        mean.batches = Some(batches.batches);
        runs.push(OneRun {
            entry: place,
            batches: batches.batches,
            length: course.length().seconds() * batches.length as f64,
            correlation: batches.correlation,
            dependent: batches.dependent,
        });
    }
    runs
}
