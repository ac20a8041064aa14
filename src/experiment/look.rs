//! When to stop: fixed looks at complete prefixes.
//!
//! The run may stop at `least` replications, at 2, 4, 8 ... times as many, and at `most`; the same
//! number for every scenario. It stops when the interval of every paired difference of the target's
//! measure, at a level that holds for all of them together, is narrow enough. A pair without a
//! value blocks stopping. Without a target, or with nothing to compare, it runs `least`
//! replications. Start at [`looks`].

use super::fold::Fold;
use super::running::{Level, Running};

/// The numbers of replications at which the run may stop, increasing.
pub(super) fn looks(least: u32, most: u32, has_target: bool) -> Vec<u32> {
    let least = least.max(1);
    if !has_target {
        return vec![least];
    }
    let doubled = std::iter::successors(Some(least), |look| look.checked_mul(2));
    doubled.take_while(|look| *look < most).chain([most.max(least)]).collect()
}

/// The widest half-width of an entry's paired differences; `None` if a pair is blank or there are
/// fewer than two.
pub(super) fn widest(folds: &[Fold], baseline: usize, entry: usize, level: &Level) -> Option<f64> {
    let mut widest = 0.0f64;
    let others = folds.iter().enumerate().filter(|(scenario, _)| *scenario != baseline);
    for (_, fold) in others {
        let pairs = fold.series(entry).zip(folds[baseline].series(entry));
        let differences = Running::of(pairs.map(|(here, there)| here - there));
        if differences.n() as usize != fold.values.len() {
            return None;
        }
        widest = widest.max(differences.mean(level).half_width?);
    }
    Some(widest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_double_from_the_least_to_the_most() {
        let check = |least, most, target, expected: &[u32]| assert_eq!(looks(least, most, target), expected);
        check(20, 200, true, &[20, 40, 80, 160, 200]);
        check(20, 160, true, &[20, 40, 80, 160]);
        check(30, 30, true, &[30]);
        check(20, 200, false, &[20]);
        check(1, 3, true, &[1, 2, 3]);
        check(3_000_000_000, u32::MAX, true, &[3_000_000_000, u32::MAX]);
    }

    fn fold(values: &[f64]) -> Fold {
        let mut fold = Fold::new(vec![0], 1, 1, 1, 0);
        fold.values = values.iter().map(|value| vec![*value]).collect();
        fold
    }

    #[test]
    fn a_blank_pair_blocks_stopping() {
        let level = Level::new(0.95);
        let base = fold(&[10.0, 20.0, 30.0]);
        // Differences 1, 2, 3: sd 1, t(0.975, 2) = 4.30265, over the root of 3.
        let wide = widest(&[base, fold(&[11.0, 22.0, 33.0])], 0, 0, &level).unwrap();
        assert!((wide - 4.302_652_73 / 3.0f64.sqrt()).abs() < 1e-7, "{wide}");
        let blank = [fold(&[10.0, 20.0, 30.0]), fold(&[11.0, f64::NAN, 33.0])];
        assert_eq!(widest(&blank, 0, 0, &level), None);
        let mut failed = [fold(&[10.0, 20.0]), fold(&[11.0, 22.0])];
        failed[1].values[1].clear();
        assert_eq!(widest(&failed, 0, 0, &level), None);
        // The widest of all scenarios counts.
        let folds = [fold(&[0.0, 0.0]), fold(&[1.0, 1.0]), fold(&[1.0, 2.0])];
        assert!(widest(&folds, 0, 0, &level).unwrap() > 6.0);
    }
}
