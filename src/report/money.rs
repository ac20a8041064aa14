//! What plans cost and are worth: the lines of the summary, the table `money`, the object.
//!
//! Amounts are in the prices of one year, said beside them. There is nothing of it for a study without
//! prices. Start at [`lines`].

use serde_json::{Value, json};

use super::json::estimate as object_of;
use super::layout::{Grid, GridColumn, Look, Tone, paragraph};
use super::number::{Scale, grouped, plain};
use super::sheet::{Cell, Column, Sheet};
use super::summary::or_dash;
use super::tables::{HIGH, LOW, N, SCENARIO, estimate};
use crate::experiment::{Appraisal, Mean, StudyResult, Worth};
use crate::measure::Unit;
use crate::scenario::plan::StudyPlan;

/// An amount that is what it is: no interval.
fn fixed(amount: f64) -> Mean {
    Mean { mean: Some(amount), ..Mean::default() }
}

/// What a plan is worth: key, words, unit, value.
pub(super) fn items(appraisal: &Appraisal, worth: &Worth) -> [(&'static str, &'static str, Unit, Mean); 5] {
    let money = Unit::Money(appraisal.currency);
    [
        ("user_benefit_per_year", "user benefit a year", money, worth.user_benefit),
        ("officer_cost_per_year", "officer cost a year", money, worth.officer_cost),
        ("capital", "capital", money, fixed(worth.capital)),
        ("net_present_value", "net present value", money, worth.net_present_value),
        ("benefit_cost_ratio", "benefit-cost ratio", Unit::Number, worth.benefit_cost_ratio),
    ]
}

/// Benefits, costs, net present value and benefit-cost ratio of every plan against the baseline.
pub(super) fn lines(result: &StudyResult, look: Look) -> Vec<String> {
    let Some(appraisal) = result.appraisal.as_ref().filter(|appraisal| !appraisal.plans.is_empty()) else {
        return Vec::new();
    };
    let plans: Vec<_> = appraisal.plans.iter().map(|worth| items(appraisal, worth)).collect();
    let money = Unit::Money(appraisal.currency);
    let amounts = plans.iter().flatten().filter(|item| item.2 == money).map(|item| &item.3);
    let common = Scale::of(money, amounts);
    let columns = appraisal.plans.iter().zip(&plans).map(|(worth, items)| GridColumn {
        head: result.scenarios[worth.scenario].name.clone(),
        cells: (0..items.len())
            .map(|row| {
                let (key, _, unit, value) = &items[row];
                let row = plans.iter().map(|items| &items[row].3);
                let text = match *key {
                    "benefit_cost_ratio" => interval(Scale::of(*unit, row), value),
                    "capital" => amount(worth.capital / common.divisor),
                    _ => common.for_row(*unit, row).change(value),
                };
                (or_dash(text), Tone::Plain)
            })
            .collect(),
    });
    let labels = plans[0].iter().map(|(_, words, _, _)| (*words).to_owned());
    let grid = Grid { corner: String::new(), labels: labels.collect(), columns: columns.collect() };
    let baseline = &result.scenarios[result.baseline].name;
    let title = format!("Worth against {baseline} ({}, prices of {})", common.label, appraisal.price_year);
    let mut lines: Vec<String> =
        paragraph("", &title, look).iter().map(|line| look.paint(Tone::Strong, line)).collect();
    lines.extend(grid.lines(look));
    let method = format!(
        "{} days a year, {} years at {} %, demand held fixed; the ratio is of what users save to what the agency \
         pays (capital and officers); no multiplier",
        appraisal.days_per_year,
        appraisal.years,
        plain(appraisal.discount_rate * 100.0)
    );
    lines.extend(paragraph("", &method, look).iter().map(|line| look.paint(Tone::Faint, line)));
    lines
}

/// `1,000`, `2.5`.
fn amount(amount: f64) -> String {
    grouped(amount, if amount.fract() == 0.0 { 0 } else { 2 })
}

/// `6.2 (6.0 to 6.4)`.
fn interval(scale: Scale, mean: &Mean) -> String {
    match (mean.low(), mean.high()) {
        (Some(low), Some(high)) => {
            format!("{} ({} to {})", scale.value(mean.mean), scale.value(Some(low)), scale.value(Some(high)))
        }
        _ => scale.value(mean.mean),
    }
}

/// The table `money`; `None` for a study without prices.
pub(super) fn table(plan: &StudyPlan, result: &StudyResult) -> Option<Sheet> {
    let prices = plan.scenarios[plan.baseline].valuation.as_ref()?.money.as_ref()?;
    let columns = vec![
        SCENARIO,
        Column::text("versus", "Name of the baseline; blank for what a scenario costs by itself."),
        Column::text(
            "item",
            "What costs: truck_time_cost, officer_cost, cost, ...; or what a plan is worth.",
        ),
        Column::text("unit", "The currency; blank for the benefit-cost ratio."),
        Column::number("value", "as in `unit`", "Mean over replications; capital is fixed."),
        LOW,
        HIGH,
        N,
        Column::whole("price_year", "", "Year whose prices these are."),
    ];
    let sentence = "A row is a cost of one run (or day) of a scenario, or what the scenario is worth against the \
                    baseline per year and over the horizon.";
    let mut sheet = Sheet::new("money", sentence, columns);
    let mut add = |scenario: &str, versus: Cell, item: &str, unit: Unit, mean: &Mean| {
        let mut cells = vec![scenario.into(), versus, item.into(), super::number::file_unit(unit).1.into()];
        cells.extend(estimate(unit, mean));
        cells.push(prices.year.into());
        sheet.push(cells);
    };
    for scenario in &result.scenarios {
        for (entry, mean) in result.entries[..result.whole_run].iter().zip(&scenario.estimates) {
            if matches!(entry.unit, Unit::Money(_)) && entry.class.is_none() {
                add(&scenario.name, Cell::Blank, &entry.name, entry.unit, mean);
            }
        }
    }
    let baseline = result.scenarios[result.baseline].name.as_str();
    if let Some(appraisal) = &result.appraisal {
        for worth in &appraisal.plans {
            for (item, _, unit, mean) in &items(appraisal, worth) {
                add(&result.scenarios[worth.scenario].name, baseline.into(), item, *unit, mean);
            }
        }
    }
    Some(sheet)
}

/// The appraisal as JSON; `None` without one.
pub(super) fn object(result: &StudyResult) -> Option<Value> {
    let appraisal = result.appraisal.as_ref()?;
    let plans = appraisal.plans.iter().map(|worth| {
        let mut plan = json!({
            "scenario": result.scenarios[worth.scenario].name,
            "versus": result.scenarios[result.baseline].name,
        });
        for (item, _, unit, mean) in &items(appraisal, worth) {
            plan[*item] = Value::Object(object_of("value", *unit, mean));
        }
        plan
    });
    Some(json!({
        "currency": appraisal.currency.code(),
        "price_year": appraisal.price_year,
        "days_per_year": appraisal.days_per_year,
        "years": appraisal.years,
        "discount_rate": appraisal.discount_rate,
        "plans": plans.collect::<Vec<_>>(),
    }))
}
