//! `money`: what each plan saves and costs against the baseline, as a staircase to its net present value.
//!
//! Parts are yearly amounts of the paired differences, brought to the present with the study's own terms, so they add up
//! to the net present value. Start at [`draw`].

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, BAD, FAINT, GOOD, INK, PALE, WIDTH, cut, font, write};
use super::panel::signed_interval;
use super::{Drawn, Figure, Missing, Story};
use crate::experiment::{Appraisal, Mean, Worth};
use crate::measure::{Measure, Unit};
use crate::report::number::Scale;
use crate::report::said::{self, Said, said};
use crate::report::sheet::{Column, Sheet};

const ID: &str = "money";

/// Pixels of a step, and of the title of a plan.
const ROW: i32 = 24;
const TITLE: i32 = 30;

/// Plans that are drawn.
const MOST: usize = 6;

/// A step of the staircase: its key in tables, its name, its present value (gains above zero).
struct Step {
    key: &'static str,
    name: Said,
    value: Mean,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let heading = said("Worth against the baseline, present value", "Valor frente a la base, valor presente");
    let missing = |why: Said| Missing { id: ID, title: heading.clone(), why };
    let Some(appraisal) = &story.result.appraisal else {
        let why = match story.plan.scenarios[story.plan.baseline]
            .valuation
            .as_ref()
            .map(|value| value.money.is_some())
        {
            Some(true) => said(
                "The study has prices, but not how to weigh years: `[money]` with `days_per_year`, `horizon` and `discount_rate` adds them.",
                "El estudio trae precios, pero no cómo pesar los años: `[money]` con `days_per_year`, `horizon` y `discount_rate` lo agrega.",
            ),
            Some(false) | None => said(
                "The study has no prices: a section `[money]` with `truck_hour`, `officer_hour`, `days_per_year`, `horizon` and \
                 `discount_rate` adds them.",
                "El estudio no trae precios: una sección `[money]` con `truck_hour`, `officer_hour`, `days_per_year`, `horizon` y \
                 `discount_rate` los agrega.",
            ),
        };
        return Err(missing(why));
    };
    let plans: Vec<(&Worth, Vec<Step>)> =
        appraisal.plans.iter().filter_map(|worth| Some((worth, steps(story, appraisal, worth)?))).collect();
    if plans.is_empty() {
        return Err(missing(said(
            "There is one plan, so there is nothing to weigh it against.",
            "Hay un solo plan; no hay con qué compararlo.",
        )));
    }
    let scale = Scale::of(
        Unit::Money(appraisal.currency),
        plans.iter().flat_map(|(_, steps)| steps.iter().map(|step| &step.value)),
    );
    let label = said::unit(scale.label);
    let title = said(
        format!("{} ({}, prices of {})", heading.en, label.en, appraisal.price_year),
        format!("{} ({}, precios de {})", heading.es, label.es, appraisal.price_year),
    );
    let shown: Vec<&(&Worth, Vec<Step>)> = plans.iter().take(MOST).collect();
    let height: i32 = shown.iter().map(|(_, steps)| TITLE + ROW * steps.len() as i32 + 12).sum::<i32>() + 8;
    let ends = shown.iter().flat_map(|(_, steps)| extremes(steps));
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let (left, right) = (178, WIDTH as i32 - 196);
    let x_of =
        move |value: f64| left + ((value - low) / (high - low).max(1e-9) * f64::from(right - left)) as i32;
    let svg = draw::draw((WIDTH, height as u32), |area| {
        let mut top = 0;
        for (worth, steps) in &shown {
            let name = cut(&story.title(worth.scenario), 14, WIDTH as i32 - 16);
            write(area, &name, (8, top + 8), &font(14, INK, HPos::Left, VPos::Top));
            top += TITLE;
            paint(area, top, steps, &x_of, scale);
            top += ROW * steps.len() as i32 + 12;
        }
    });
    let caption = caption(story, appraisal, &plans, scale, shown.len());
    Ok(Figure { id: ID, caption, data: data(story, appraisal, &plans), title, svg })
}

/// The steps of a plan; `None` without a net present value.
fn steps(story: &Story, appraisal: &Appraisal, worth: &Worth) -> Option<Vec<Step>> {
    let result = story.result;
    worth.net_present_value.mean?;
    let base = &story.plan.scenarios[story.plan.baseline];
    let annuity = base.valuation.as_ref()?.money.as_ref()?.appraisal.as_ref()?.annuity();
    let network = &base.network;
    let observed = network.run_length.seconds() - network.warm_up.seconds();
    let per_year = f64::from(appraisal.days_per_year) * 86_400.0 / observed;
    let comparison = result.comparisons.iter().find(|comparison| comparison.scenario == worth.scenario)?;
    let scaled = |mean: &Mean, factor: f64| Mean {
        mean: mean.mean.map(|mean| mean * factor),
        half_width: mean.half_width.map(|half| half * factor.abs()),
        sd: mean.sd.map(|sd| sd * factor.abs()),
        ..*mean
    };
    let part = |measure: Measure| {
        let place = super::panel::entry(result, measure, crate::measure::Statistic::Value, None, None)?;
        Some(scaled(&comparison.paired.get(place)?.difference, -per_year * annuity))
    };
    let all = [
        ("truck_time_cost", said("truck time", "tiempo de camión"), part(Measure::TruckTimeCost)),
        ("fuel_cost", said("fuel", "combustible"), part(Measure::FuelCost)),
        ("cargo_time_cost", said("cargo time", "tiempo de la carga"), part(Measure::CargoTimeCost)),
        ("perishable_loss", said("perishable loss", "merma de perecederos"), part(Measure::PerishableLoss)),
        (
            "officer_cost",
            said("officers", "oficiales"),
            worth.officer_cost.mean.map(|_| scaled(&worth.officer_cost, -annuity)),
        ),
        (
            "capital",
            said("capital", "inversión"),
            Some(Mean {
                mean: Some(-worth.capital).filter(|_| worth.capital != 0.0).or(Some(0.0)),
                ..Mean::default()
            }),
        ),
        (
            "net_present_value",
            said("net present value", "valor presente neto"),
            Some(worth.net_present_value),
        ),
    ];
    let known = all.into_iter().filter_map(|(key, name, value)| {
        let value = value.filter(|value| value.mean.is_some())?;
        Some(Step { key, name, value })
    });
    Some(known.collect())
}

/// From where to where the bar of each step goes.
fn bars(steps: &[Step]) -> Vec<(f64, f64)> {
    let mut sum = 0.0;
    let bar = |step: &Step| {
        let value = step.value.mean.unwrap_or(0.0);
        if step.key == "net_present_value" {
            return (0.0, value);
        }
        let from = sum;
        sum += value;
        (from, sum)
    };
    steps.iter().map(bar).collect()
}

fn extremes(steps: &[Step]) -> Vec<f64> {
    let half = |step: &Step| step.value.half_width.unwrap_or(0.0);
    bars(steps)
        .iter()
        .zip(steps)
        .flat_map(|((from, to), step)| [*from, to - half(step), to + half(step)])
        .collect()
}

fn paint(area: &draw::Area, top: i32, steps: &[Step], x_of: &dyn Fn(f64) -> i32, scale: Scale) {
    let bottom = top + ROW * steps.len() as i32;
    draw::path(area, vec![(x_of(0.0), top - 2), (x_of(0.0), bottom)], FAINT.stroke_width(1));
    for (row, (step, (from, to))) in steps.iter().zip(bars(steps)).enumerate() {
        let y = top + ROW * row as i32;
        let middle = y + ROW / 2;
        let net = step.key == "net_present_value";
        let color = match () {
            () if net => INK,
            () if to < from => BAD,
            () => GOOD,
        };
        let (start, end) = (x_of(from.min(to)), x_of(from.max(to)));
        draw::rectangle(area, [(start, y + 4), (end.max(start + 1), y + ROW - 4)], color.mix(0.75).filled());
        if !net && row + 1 < steps.len() {
            draw::path(area, vec![(x_of(to), y + ROW - 4), (x_of(to), y + ROW + 4)], FAINT.stroke_width(1));
        }
        let half = step.value.half_width.unwrap_or(0.0);
        if half > 0.0 {
            let (low, high) = (x_of(to - half), x_of(to + half));
            // White around it, so that it is seen on the bar too.
            for (color, wide) in [(WHITE, 4), (INK, 2)] {
                draw::path(area, vec![(low, middle), (high, middle)], color.stroke_width(wide));
                for end in [low, high] {
                    draw::path(area, vec![(end, middle - 4), (end, middle + 4)], color.stroke_width(wide));
                }
            }
        }
        let name = cut(&step.name, 13, 164);
        write(area, &name, (168, middle), &font(13, INK, HPos::Right, VPos::Center));
        let text = signed_interval(&step.value, scale.divisor, scale.decimals.max(1));
        write(area, &text, (WIDTH as i32 - 8, middle), &font(12, INK, HPos::Right, VPos::Center));
    }
    draw::path(area, vec![(8, bottom + 6), (WIDTH as i32 - 8, bottom + 6)], PALE.stroke_width(1));
}

fn caption(
    story: &Story,
    appraisal: &Appraisal,
    plans: &[(&Worth, Vec<Step>)],
    scale: Scale,
    shown: usize,
) -> Said {
    let unit = said::unit(scale.label);
    let told: Vec<Said> = plans
        .iter()
        .take(3)
        .map(|(worth, _)| {
            let value = signed_interval(&worth.net_present_value, scale.divisor, scale.decimals.max(1));
            story.title(worth.scenario).join(": ", &value).join(" ", &unit)
        })
        .collect();
    let rate = crate::report::number::plain(appraisal.discount_rate * 100.0);
    let (days, years, year) = (appraisal.days_per_year, appraisal.years, appraisal.price_year);
    let rest = said(
        format!(
            ". Net present value over {years} years at {rate} %, {days} days a year, demand held fixed, prices of {year}; gains \
             to the right. Intervals of parts hold together with those of the other plans at 95 %; that of officers and of \
             the net present value is 95 % by itself; capital is as written."
        ),
        format!(
            ". Valor presente neto a {years} años al {rate} %, {days} días al año, con demanda fija y precios de {year}; las \
             ganancias van a la derecha. Los intervalos de las partes valen en conjunto con los de los demás planes al 95 %; el \
             de oficiales y el del valor presente neto son del 95 % por sí solos; la inversión es la escrita."
        ),
    );
    let mut text =
        said::joined("; ", &told).join("", &rest).join("", &super::panel::why_no_interval(story.result));
    if shown < plans.len() {
        let left = plans.len() - shown;
        text = text.join(" ", &super::pick::in_the_table(left, [("plan", "plan"), ("plans", "planes")]));
    }
    text
}

fn data(story: &Story, appraisal: &Appraisal, plans: &[(&Worth, Vec<Step>)]) -> Sheet {
    let code = appraisal.currency.code();
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("item", "The part, or the net present value that the parts add up to."),
        Column::text("unit", "The currency."),
        Column::number("value", "as in `unit`", "Present value against the baseline; gains are above zero."),
        Column::number("ci_low", "as in `unit`", "Lower end of its interval; blank for capital."),
        Column::number("ci_high", "as in `unit`", "Upper end of its interval."),
        Column::whole("n", "", "Replications that have a value."),
        Column::whole("price_year", "", "Year whose prices these are."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a part of what a plan is worth.", columns);
    for (worth, steps) in plans {
        for step in steps {
            sheet.push(vec![
                story.result.scenarios[worth.scenario].name.as_str().into(),
                step.key.into(),
                code.into(),
                step.value.mean.into(),
                step.value.low().into(),
                step.value.high().into(),
                Some(step.value.n).filter(|n| *n > 0).into(),
                appraisal.price_year.into(),
            ]);
        }
    }
    sheet
}
