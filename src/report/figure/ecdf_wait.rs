//! `ecdf-wait`: which share of trucks waits at most so long, per scenario.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, BAD, WIDTH, font, style, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::experiment::{GoalResult, Mean, Pooled};
use crate::measure::{Measure, Statistic};
use crate::report::number::{Scale, grouped, plain};
use crate::report::said::{self, Said, joined, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "ecdf-wait";

/// More lines than this cannot be told apart.
const MOST: usize = 8;

/// The quantiles with marks and intervals.
const MARKED: [(Statistic, usize); 2] = [(Statistic::P50, 50), (Statistic::P95, 95)];

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let place = pick::time(result, Statistic::Mean);
    let waits = place.is_none_or(|place| result.entries[place].measure == Measure::BorderWait);
    let title = match waits {
        true => said(
            "Share of trucks that wait at most so long",
            "Porcentaje de camiones que esperan cierto tiempo o menos",
        ),
        false => said(
            "Share of trucks that cross within so long",
            "Porcentaje de camiones que cruzan en cierto tiempo o menos",
        ),
    };
    let chosen = pick::some(result, MOST);
    let of = |scenario: usize| Some((scenario, pick::pooled(story, scenario, place?)?));
    let all: Vec<(usize, &Pooled)> = (0..result.scenarios.len()).filter_map(of).collect();
    let shown: Vec<(usize, &Pooled)> =
        all.iter().copied().filter(|(scenario, _)| chosen.contains(scenario)).collect();
    let (Some(place), false) = (place, shown.is_empty()) else {
        let why = said(
            "No truck's wait was observed. Give the study demand within its run length.",
            "No se observó la espera de ningún camión. Dé demanda al estudio dentro de la duración de la corrida.",
        );
        return Err(Missing { id: ID, title, why });
    };
    let entry = &result.entries[place];
    let tails = shown.iter().filter_map(|(_, pooled)| pooled.percentiles.last());
    let tails: Vec<Mean> = tails.map(|value| Mean { mean: Some(*value), ..Mean::default() }).collect();
    let scale = Scale::of(entry.unit, &tails);
    let name = said::measure(entry.measure);
    let title = title.join(" (", &name).join(", ", &said::unit(scale.label)).join("", &same(")"));
    let goal = result.goals.iter().find(|goal| quantile_of(story, goal, place).is_some());
    let svg = paint(story, place, &shown, scale, goal);
    let chosen: Vec<usize> = shown.iter().map(|(scenario, _)| *scenario).collect();
    let caption = caption(story, place, &shown, scale).join("", &pick::left_out(story, &chosen));
    Ok(Figure { id: ID, title, caption, data: data(story, place, &all), svg })
}

/// The entry of another statistic of the same measure.
fn sibling(story: &Story, place: usize, statistic: Statistic) -> Option<usize> {
    let entries = &story.result.entries;
    let of = &entries[place];
    (0..story.result.whole_run).find(|other| {
        let entry = &entries[*other];
        entry.statistic == statistic
            && entry.measure == of.measure
            && entry.station == of.station
            && entry.group == of.group
            && entry.class == of.class
    })
}

/// Of which percentile a goal speaks, if it is about this time.
fn quantile_of(story: &Story, goal: &GoalResult, place: usize) -> Option<f64> {
    let quantiles =
        [(Statistic::P50, 50.0), (Statistic::P90, 90.0), (Statistic::P95, 95.0), (Statistic::P99, 99.0)];
    let found =
        quantiles.into_iter().find(|(statistic, _)| sibling(story, place, *statistic) == Some(goal.entry));
    found.map(|(_, percent)| percent)
}

fn estimate<'a>(story: &Story<'a>, scenario: usize, place: usize, statistic: Statistic) -> Option<&'a Mean> {
    let entry = sibling(story, place, statistic)?;
    let mean = &story.result.scenarios[scenario].estimates[entry];
    mean.mean.is_some_and(f64::is_finite).then_some(mean)
}

fn paint(
    story: &Story,
    place: usize,
    shown: &[(usize, &Pooled)],
    scale: Scale,
    goal: Option<&GoalResult>,
) -> draw::Svg {
    let tails = shown.iter().filter_map(|(_, pooled)| pooled.percentiles.last().copied());
    let limit = goal.map(|goal| goal.limit);
    let highs =
        shown.iter().filter_map(|(scenario, _)| estimate(story, *scenario, place, Statistic::P95)?.high());
    let end = draw::top(tails.chain(limit).chain(highs).map(|value| value / scale.divisor));
    let lines = shown.len().div_ceil(2) as u32;
    draw::draw((WIDTH, 420 + 20 * lines), |area| {
        let names: Vec<(Said, draw::Style)> = shown
            .iter()
            .map(|(scenario, _)| (draw::cut(&story.title(*scenario), 13, 330), style(*scenario)))
            .collect();
        let taken = draw::legend(area, &names);
        let (_, below) = area.split_vertically(taken as i32);
        let unit = said::measure(story.result.entries[place].measure);
        let x_label = unit.join(" ", &said("of at most", "no mayor de")).join(" (", &said::unit(scale.label));
        let y_label = said("% of trucks", "% de los camiones");
        let mut axes = Axes::new(0.0..end, 0.0..100.0, x_label.join("", &same(")")), y_label);
        axes.y_ticks = vec![0.0, 25.0, 50.0, 75.0, 95.0, 100.0];
        let mut chart = draw::axes(&below, &axes);
        for (scenario, pooled) in shown {
            let points: Vec<(f64, f64)> = pooled
                .percentiles
                .iter()
                .enumerate()
                .map(|(place, value)| (value / scale.divisor, place as f64 + 1.0))
                .collect();
            draw::line(&mut chart, &points, style(*scenario), 2);
        }
        for (scenario, _) in shown {
            for (statistic, percent) in MARKED {
                let Some(mean) = estimate(story, *scenario, place, statistic) else { continue };
                let look = style(*scenario);
                let at = |value: f64| (value / scale.divisor, percent as f64);
                if let (Some(low), Some(high)) = (mean.low(), mean.high()) {
                    draw::interval(&mut chart, at(low), at(high), look.color);
                    for end in [low, high] {
                        let (x, y) = draw::local(&below, &chart, at(end));
                        draw::path(&below, vec![(x, y - 5), (x, y + 5)], look.color.stroke_width(2));
                    }
                }
                let point = draw::local(&below, &chart, at(mean.mean.unwrap_or(0.0)));
                draw::marker(&below, look, point, 5);
            }
        }
        if let Some(goal) = goal {
            let limit = goal.limit / scale.divisor;
            let percent = quantile_of(story, goal, place).unwrap_or(95.0);
            let points = vec![(limit, 0.0), (limit, percent)];
            draw::sure(chart.draw_series([PathElement::new(points, BAD.stroke_width(2))]).map(|_| ()));
            let (x, y) = draw::local(&below, &chart, (limit, 12.0));
            let text = goal_text(goal, percent, scale);
            let left = x + 8 + draw::width_of(&text, 12) < WIDTH as i32 - 10;
            let (at, side) = if left { (x + 6, HPos::Left) } else { (x - 6, HPos::Right) };
            write(&below, &text, (at, y), &font(12, BAD, side, VPos::Center));
        }
    })
}

fn goal_text(goal: &GoalResult, percent: f64, scale: Scale) -> Said {
    let relation = if goal.at_most { "≤" } else { "≥" };
    let limit =
        same(format!("{relation} {} ", plain(goal.limit / scale.divisor))).join("", &said::unit(scale.label));
    said(format!("goal: p{percent:.0} "), format!("meta: p{percent:.0} ")).join("", &limit)
}

fn caption(story: &Story, place: usize, shown: &[(usize, &Pooled)], scale: Scale) -> Said {
    let wanted = pick::baseline_and_best(story.result);
    let told = |(scenario, pooled): &(usize, &Pooled)| {
        let value = |value: Option<f64>| {
            same(grouped(value? / scale.divisor, 1)).join(" ", &said::unit(scale.label)).into()
        };
        let (half, most): (Option<Said>, Option<Said>) = (value(pooled.p50), value(pooled.p95));
        let (half, most, title) = (half?, most?, story.title(*scenario));
        let (verb_en, verb_es) = match story.result.entries[place].measure {
            Measure::BorderWait => ("wait at most", "espera no más de"),
            _ => ("cross within", "cruza en no más de"),
        };
        Some(said(
            format!("{}: half of the trucks {verb_en} {}, 95 % {verb_en} {}.", title.en, half.en, most.en),
            format!(
                "{}: la mitad de los camiones {verb_es} {}; el 95 % {verb_es} {}.",
                title.es, half.es, most.es
            ),
        ))
    };
    let mut parts: Vec<Said> =
        shown.iter().filter(|(scenario, _)| wanted.contains(scenario)).filter_map(told).collect();
    let has = |mean: Option<&Mean>| mean.is_some_and(|mean| mean.half_width.is_some());
    let intervals = shown.iter().any(|(scenario, _)| has(estimate(story, *scenario, place, Statistic::P95)));
    parts.push(match intervals {
        true => said(
            "Lines: trucks of all replications together, up to 99 %. Marks at 50 % and 95 %: means of the replications' own quantiles with 95 % intervals.",
            "Líneas: camiones de todas las réplicas juntas, hasta el 99 %. Marcas en 50 % y 95 %: medias de los cuantiles de cada réplica con intervalos del 95 %.",
        ),
        false => said(
            "Lines: trucks of the one replication, up to 99 %; without intervals, since one replication does not tell how much others differ.",
            "Líneas: camiones de la única réplica, hasta el 99 %; sin intervalos, pues una réplica no dice cuánto difieren otras.",
        ),
    });
    joined(" ", &parts)
}

fn data(story: &Story, place: usize, all: &[(usize, &Pooled)]) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("measure", "The measure."),
        Column::whole("percent", "", "Percent of trucks that have at most this."),
        Column::number("value_min", "min", "The percentile over the trucks of all replications together."),
        Column::number("mean_min", "min", "Mean of the replications' own percentile, where it is estimated."),
        Column::number("ci_low", "min", "Lower end of its 95 % interval."),
        Column::number("ci_high", "min", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications that have a value."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a percentile of a scenario.", columns);
    for (scenario, pooled) in all {
        for (at, value) in pooled.percentiles.iter().enumerate() {
            let statistic = match at + 1 {
                50 => Some(Statistic::P50),
                90 => Some(Statistic::P90),
                95 => Some(Statistic::P95),
                99 => Some(Statistic::P99),
                _ => None,
            };
            let mean = statistic.and_then(|statistic| estimate(story, *scenario, place, statistic));
            let of = |value: Option<f64>| Cell::from(value.map(|seconds| seconds / 60.0));
            sheet.push(vec![
                story.result.scenarios[*scenario].name.as_str().into(),
                story.result.entries[place].measure.name().into(),
                (at + 1).into(),
                (value / 60.0).into(),
                of(mean.and_then(|mean| mean.mean)),
                of(mean.and_then(Mean::low)),
                of(mean.and_then(Mean::high)),
                mean.map(|mean| mean.n).into(),
            ]);
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::fixture;

    #[test]
    fn percentiles_are_those_of_all_trucks() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            let pooled =
                story.result.scenarios[0].pooled.iter().find(|pooled| pooled.name == "border_wait.primary");
            let pooled = pooled.expect("it is pooled");
            let row = &figure.data.rows[94];
            assert_eq!((row[0].clone(), row[2].clone()), ("today".into(), Cell::Whole(95)));
            assert_eq!(row[3], Cell::Number(pooled.p95.expect("trucks came") / 60.0));
            let entry = story.result.find("border_wait.primary.p95").expect("it is estimated");
            let mean = story.result.scenarios[0].estimates[entry].mean.expect("a mean");
            assert_eq!(row[4], Cell::Number(mean / 60.0));
            let svg = figure.svg.alone(crate::report::words::Language::English, &figure.title);
            assert!(svg.contains("goal: p95 ≤ 20"), "the goal is drawn");
            assert!(figure.caption.es.contains("la mitad de los camiones"), "{}", figure.caption.es);
        });
    }

    #[test]
    fn without_trucks_it_is_missing() {
        fixture::story(|story| {
            let mut result = story.result.clone();
            for scenario in &mut result.scenarios {
                scenario.pooled.iter_mut().for_each(|pooled| pooled.percentiles.clear());
            }
            assert!(draw(&Story { result: &result, ..*story }).is_err());
        });
    }
}
