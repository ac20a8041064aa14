//! What a plan is worth against the baseline: benefits, costs, net present value, benefit-cost ratio.
//!
//! Benefit is what those who cross save (truck time, fuel, cargo time, perishable loss), cost is what
//! the agency pays more: capital at the beginning, officers every year. The days of the run stand for
//! `days_per_year` days of every year, demand held fixed; years are discounted to the present with an
//! annuity (OMB Circular A-94). Net present value is linear in the paired differences, so its interval is
//! theirs. The ratio is one of means; its interval is that of the ratio estimator (Cochran 1977, section
//! 6.3), which is exact where the cost does not vary. No economy-wide multiplier is applied. Start at
//! [`appraise`].

use serde::Serialize;

use crate::measure::Entry;
use crate::model::network::{GroupId, Network};
use crate::model::value::{Currency, Terms};
use crate::scenario::plan::StudyPlan;

use super::fold::Fold;
use super::result::Mean;
use super::running::{Level, Running};

/// Every plan against the baseline, in money.
#[derive(Clone, Debug, Serialize)]
pub struct Appraisal {
    /// Currency of all amounts.
    pub currency: Currency,
    /// Year whose prices they are in.
    pub price_year: u32,
    /// Days of a year that are like a day of the run.
    pub days_per_year: u32,
    /// Years of benefits and running costs.
    pub years: u32,
    /// Real discount rate per year.
    pub discount_rate: f64,
    /// By comparison, in their order.
    pub plans: Vec<Worth>,
}

/// What a plan is worth against the baseline.
#[derive(Clone, Debug, Serialize)]
pub struct Worth {
    /// Place in `StudyResult::scenarios`.
    pub scenario: usize,
    /// What those who cross save in a year.
    pub user_benefit: Mean,
    /// What officers cost more in a year; blank without officers or their price.
    pub officer_cost: Mean,
    /// Capital for lanes that the baseline does not have.
    pub capital: f64,
    /// Present value of benefits less officers, less capital.
    pub net_present_value: Mean,
    /// Present value of benefits over that of capital and officers; blank unless the cost is shown to
    /// be above zero.
    pub benefit_cost_ratio: Mean,
}

/// Appraises every scenario but the baseline; `None` unless the study says how.
pub(super) fn appraise(
    plan: &StudyPlan,
    entries: &[Entry],
    folds: &[Fold],
    level: &Level,
) -> Option<Appraisal> {
    let base = &plan.scenarios[plan.baseline];
    let prices = base.valuation.as_ref()?.money.as_ref()?;
    let terms = prices.appraisal.as_ref()?;
    let place = |name: &str| entries.iter().position(|entry| entry.name == name);
    let user_cost = place("user_cost")?;
    let officer_costs: Vec<usize> = ["officer_cost", "overtime_cost"].into_iter().filter_map(place).collect();
    let observed = base.network.run_length.seconds() - base.network.warm_up.seconds();
    let per_year = f64::from(terms.days_per_year) * 86_400.0 / observed;
    let others = (0..folds.len()).filter(|scenario| *scenario != plan.baseline);
    let worth = |scenario: usize| {
        let more = |entry: usize| {
            let pairs = folds[scenario].series(entry).zip(folds[plan.baseline].series(entry));
            pairs.map(|(here, there)| (here - there) * per_year).collect::<Vec<f64>>()
        };
        let benefits: Vec<f64> = more(user_cost).iter().map(|more| -more).collect();
        let officers = officer_costs.iter().map(|entry| more(*entry));
        let officers = officers.reduce(|sum, more| sum.iter().zip(&more).map(|(a, b)| a + b).collect());
        let capital = capital(terms, &base.network, &plan.scenarios[scenario].network);
        weigh(scenario, &benefits, officers.as_deref(), capital, terms.annuity(), level)
    };
    Some(Appraisal {
        currency: prices.currency,
        price_year: prices.year,
        days_per_year: terms.days_per_year,
        years: terms.years,
        discount_rate: terms.discount_rate,
        plans: others.map(worth).collect(),
    })
}

/// Benefits and officers' cost of a year by replication, and capital, as values with intervals.
fn weigh(
    scenario: usize,
    benefits: &[f64],
    officers: Option<&[f64]>,
    capital: f64,
    annuity: f64,
    level: &Level,
) -> Worth {
    let officers_of = |replication: usize| officers.map_or(0.0, |officers| officers[replication]);
    let yearly = || benefits.iter().enumerate().map(|(place, benefit)| (*benefit, officers_of(place)));
    let both: Vec<(f64, f64)> =
        yearly().map(|(benefit, officers)| (annuity * benefit, annuity * officers + capital)).collect();
    Worth {
        scenario,
        user_benefit: mean(benefits.iter().copied(), level),
        officer_cost: mean(officers.unwrap_or_default().iter().copied(), level),
        capital,
        net_present_value: mean(both.iter().map(|(benefit, cost)| benefit - cost), level),
        benefit_cost_ratio: ratio(&both, level),
    }
}

fn mean(values: impl Iterator<Item = f64>, level: &Level) -> Mean {
    Running::of(values).mean(level)
}

/// The ratio of mean benefit to mean cost, with the interval of the ratio estimator; blank where the cost
/// is not above zero, as far as its interval tells.
fn ratio(both: &[(f64, f64)], level: &Level) -> Mean {
    let both = || both.iter().filter(|(benefit, cost)| !benefit.is_nan() && !cost.is_nan());
    let cost = mean(both().map(|(_, cost)| *cost), level);
    let benefit = mean(both().map(|(benefit, _)| *benefit), level);
    let least = cost.low().or(cost.mean);
    let (Some(mean_benefit), Some(mean_cost), true) =
        (benefit.mean, cost.mean, least.is_some_and(|least| least > 0.0))
    else {
        return Mean::default();
    };
    let ratio = mean_benefit / mean_cost;
    let spread = mean(both().map(|(benefit, cost)| (benefit - ratio * cost) / mean_cost), level);
    Mean { mean: Some(ratio), ..spread }
}

/// Lanes that the plan has built and the baseline has not, at their price. Fewer lanes give nothing back.
fn capital(terms: &Terms, base: &Network, here: &Network) -> f64 {
    let lanes = |network: &Network, name: &str| {
        let mut groups = (0..network.groups.len()).map(|group| GroupId(group as u16));
        let group = groups.find(|group| network.group_name(*group) == name);
        group.and_then(|group| network.groups[group.index()].lanes).unwrap_or(0)
    };
    let of_group = |(name, price): &(String, f64)| {
        f64::from(lanes(here, name).saturating_sub(lanes(base, name))) * price
    };
    terms.capital.iter().map(of_group).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: Option<f64>, expected: f64) {
        let value = value.expect("there is a value");
        assert!((value - expected).abs() < 1e-9 * expected.abs().max(1.0), "{value} is not {expected}");
    }

    /// 1 a year over two years at 25 %: 1/1.25 + 1/1.25² = 0.8 + 0.64 = 1.44. Benefits of 90, 100 and
    /// 110 a year, no officers, capital 72: NPV 144 − 72 = 72, ratio 144/72 = 2. The benefits' sd is 10,
    /// so with t(0.975, 2) = 4.30265 their half-width is 24.8414; of the NPV 1.44 times as wide, of the
    /// ratio 1.44/72 times.
    #[test]
    fn with_capital_alone_all_intervals_are_that_of_the_benefits() {
        let worth = weigh(1, &[90.0, 100.0, 110.0], None, 72.0, 1.44, &Level::new(0.95));
        let half = 4.302_652_729_7 * 10.0 / 3.0_f64.sqrt();
        near(worth.user_benefit.mean, 100.0);
        near(worth.net_present_value.mean, 72.0);
        near(worth.benefit_cost_ratio.mean, 2.0);
        for (mean, factor) in [
            (worth.user_benefit, 1.0),
            (worth.net_present_value, 1.44),
            (worth.benefit_cost_ratio, 1.44 / 72.0),
        ] {
            assert!((mean.half_width.expect("three values") - factor * half).abs() < 1e-6, "{mean:?}");
        }
        assert_eq!(worth.officer_cost, Mean::default());
    }

    /// Officers cost 19, 20 and 21 a year, 20 in the mean: the ratio is 100/20 = 5. Benefits less 5 times
    /// the cost: 90 − 95 = −5, 100 − 100 = 0, 110 − 105 = 5, sd 5; over the mean cost, 0.25.
    #[test]
    fn the_ratio_of_two_that_vary_has_the_interval_of_the_ratio_estimator() {
        let officers = [19.0, 20.0, 21.0];
        let worth = weigh(1, &[90.0, 100.0, 110.0], Some(&officers), 0.0, 1.44, &Level::new(0.95));
        near(worth.benefit_cost_ratio.mean, 5.0);
        let half = 4.302_652_729_7 * 0.25 / 3.0_f64.sqrt();
        assert!((worth.benefit_cost_ratio.half_width.expect("three values") - half).abs() < 1e-6);
        near(worth.net_present_value.mean, 1.44 * 80.0);
    }

    #[test]
    fn a_plan_that_costs_nothing_has_no_ratio() {
        let level = Level::new(0.95);
        let free = weigh(1, &[90.0, 110.0], None, 0.0, 1.44, &level);
        assert_eq!(free.benefit_cost_ratio, Mean::default());
        near(free.net_present_value.mean, 144.0);
        let saves = weigh(1, &[90.0, 110.0], Some(&[-5.0, -7.0]), 0.0, 1.44, &level);
        assert_eq!(saves.benefit_cost_ratio, Mean::default());
        // Officers may cost more or less: no ratio, rather than one that may be of either sign.
        let perhaps = weigh(1, &[90.0, 110.0], Some(&[-1.0, 3.0]), 0.0, 1.44, &level);
        assert_eq!(perhaps.benefit_cost_ratio, Mean::default());
        // One replication: no interval, but a ratio.
        let one = weigh(1, &[90.0], Some(&[45.0]), 0.0, 1.44, &level).benefit_cost_ratio;
        assert_eq!((one.mean, one.half_width, one.n), (Some(2.0), None, 1));
        // A replication that failed is left out.
        let failed = weigh(1, &[90.0, f64::NAN], Some(&[45.0, f64::NAN]), 0.0, 1.44, &level);
        assert_eq!((failed.net_present_value.n, failed.benefit_cost_ratio.n), (1, 1));
    }
}
