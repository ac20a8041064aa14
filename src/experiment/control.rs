//! What counting trucks as a control variate would gain.
//!
//! How many trucks are expected is known exactly where demand is a Poisson field; replications with more
//! than that are busier than the truth. The means of the deciding measure and of its paired differences
//! are given a second time with that luck taken out, with the measured gain; estimates, verdicts and
//! stopping rest on the plain ones. A difference has the baseline's trucks as its control. Start at
//! [`controls`].

use crate::measure::{Entry, Measure, Statistic};
use crate::model::demand::expected_trucks;
use crate::model::network::Network;
use crate::stats::control::controlled;

use super::fold::Fold;
use super::result::{Control, Mean};
use super::running::{Level, Running};

/// The deciding measure in every scenario, then its differences from the baseline, where the expected
/// number of trucks is known.
pub(super) fn controls(
    networks: &[&Network],
    folds: &[Fold],
    entries: &[Entry],
    [headline, baseline]: [usize; 2],
    [single, together]: [&Level; 2],
) -> Vec<Control> {
    let came = entries.iter().position(|entry| {
        (entry.measure, entry.statistic) == (Measure::Trucks, Statistic::Entered)
            && entry.class.is_none()
            && entry.period.is_none()
    });
    let Some(came) = came else { return Vec::new() };
    let luck = |scenario: usize| -> Option<Vec<f64>> {
        let expected = expected_trucks(networks[scenario])?;
        Some(folds[scenario].series(came).map(|trucks| trucks - expected).collect())
    };
    let series = |scenario: usize| folds[scenario].series(headline);
    let all = 0..folds.len();
    let means = all.clone().filter_map(|scenario| {
        let luck = luck(scenario)?;
        control(scenario, None, series(scenario), &luck, single)
    });
    let of_baseline = luck(baseline);
    let differences = all.filter(|scenario| *scenario != baseline).filter_map(|scenario| {
        let values = series(scenario).zip(series(baseline)).map(|(here, there)| here - there);
        control(scenario, Some(baseline), values, of_baseline.as_ref()?, together)
    });
    means.chain(differences).collect()
}

fn control(
    scenario: usize,
    versus: Option<usize>,
    values: impl Iterator<Item = f64>,
    luck: &[f64],
    level: &Level,
) -> Option<Control> {
    let pairs = values.zip(luck.iter().copied());
    let pairs: Vec<(f64, f64)> = pairs.filter(|(value, luck)| !value.is_nan() && !luck.is_nan()).collect();
    let found = controlled(&pairs, |degrees| level.t(degrees))?;
    Some(Control {
        scenario,
        versus,
        confidence: level.confidence(),
        plain: Running::of(pairs.iter().map(|(value, _)| *value)).mean(level),
        controlled: Mean {
            mean: Some(found.mean),
            half_width: Some(found.half_width),
            sd: Some(found.sd),
            n: found.count,
            batches: None,
        },
        gain: found.gain,
        gain_interval: found.gain_interval,
    })
}
