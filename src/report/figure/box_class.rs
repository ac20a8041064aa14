//! `box-class`: crossing times of trucks by class and scenario: who gains and who loses, all at once.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, INK, PALE, WIDTH, bold, font, style, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::experiment::{Mean, Pooled};
use crate::measure::{Measure, Statistic, Unit};
use crate::report::number::{Scale, grouped};
use crate::report::said::{self, Said, foreign, joined, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "box-class";

/// More scenarios than this have no room.
const MOST: usize = 6;

/// More classes than this have no room either.
const MOST_CLASSES: usize = 14;

/// Pixels of a box with the room around it.
const ROW: i32 = 24;

/// Pixels above a class for its name.
const HEAD: i32 = 26;

/// A class in a scenario.
struct BoxOf<'a> {
    scenario: usize,
    pooled: &'a Pooled,
    mean: Option<&'a Mean>,
}

/// A class with its boxes.
struct Class<'a> {
    name: String,
    boxes: Vec<BoxOf<'a>>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let title = said("Crossing time by class", "Tiempo de cruce por clase");
    let mut all = classes(story);
    if all.is_empty() {
        let why = said(
            "No truck of any class crossed. Give the study demand within its run length.",
            "No cruzó ningún camión de ninguna clase. Dé demanda al estudio dentro de la duración de la corrida.",
        );
        return Err(Missing { id: ID, title, why });
    }
    let ends: Vec<Mean> = all
        .iter()
        .flat_map(|class| class.boxes.iter().map(|found| found.pooled.percentiles[94]))
        .map(|value| Mean { mean: Some(value), ..Mean::default() })
        .collect();
    let scale = Scale::of(Unit::Seconds, &ends);
    let title = title.join(" (", &said::unit(scale.label)).join("", &same(")"));
    let data = data(story, &all);
    let chosen = pick::some(result, MOST);
    for class in &mut all {
        class.boxes.retain(|found| chosen.contains(&found.scenario));
    }
    all.retain(|class| !class.boxes.is_empty());
    let beyond = all.len().saturating_sub(MOST_CLASSES);
    all.truncate(MOST_CLASSES);
    let caption = caption(story, &all, scale, beyond).join("", &pick::left_out(story, &chosen));
    Ok(Figure { id: ID, title, caption, data, svg: paint(story, &all, scale) })
}

/// Classes in name order, each with the scenarios in which it crossed.
fn classes<'a>(story: &Story<'a>) -> Vec<Class<'a>> {
    let result = story.result;
    let of_class = |entry: &&crate::measure::Entry| {
        entry.measure == Measure::CrossingTime && entry.statistic == Statistic::Mean && entry.class.is_some()
    };
    let entries = result.entries[..result.whole_run].iter().filter(of_class);
    let class = |entry: &crate::measure::Entry| {
        let name = entry.class.clone()?;
        let place = result.entries[..result.whole_run].iter().position(|other| other.name == entry.name)?;
        let of = |scenario: usize| {
            let pooled = pick::pooled(story, scenario, place)?;
            let mean = &result.scenarios[scenario].estimates[place];
            Some(BoxOf { scenario, pooled, mean: mean.mean.is_some_and(f64::is_finite).then_some(mean) })
        };
        Some(Class { name, boxes: (0..result.scenarios.len()).filter_map(of).collect() })
    };
    let mut all: Vec<Class> = entries.filter_map(class).filter(|class| !class.boxes.is_empty()).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn paint(story: &Story, all: &[Class], scale: Scale) -> draw::Svg {
    let ends = all.iter().flat_map(|class| {
        class.boxes.iter().flat_map(|found| {
            [Some(found.pooled.percentiles[94]), found.mean.and_then(|mean| mean.high().or(mean.mean))]
        })
    });
    let end = draw::top(ends.flatten().map(|value| value / scale.divisor));
    let mut shown: Vec<usize> =
        all.iter().flat_map(|class| class.boxes.iter().map(|found| found.scenario)).collect();
    shown.sort_unstable();
    shown.dedup();
    let of_class = |class: &Class| HEAD + ROW * class.boxes.len() as i32 + 6;
    let body: i32 = all.iter().map(of_class).sum();
    let names: Vec<(Said, draw::Style)> = shown
        .iter()
        .map(|scenario| (draw::cut(&story.title(*scenario), 13, 330), style(*scenario)))
        .collect();
    // One row of names in a line at least; longer titles take more lines.
    let lines =
        names.iter().map(|(name, _)| 52 + draw::width_of(name, 13)).sum::<i32>() / (WIDTH as i32 - 16) + 1;
    let height = 26 * lines + 34 + 30 + body + 46;
    draw::draw((WIDTH, height as u32), |area| {
        let taken = draw::legend(area, &names) as i32;
        key(area, taken + 14);
        let (_, below) = area.split_vertically(taken + 30);
        let (below, _) = below.split_vertically(26 + body + 42);
        let label = said("crossing time (", "tiempo de cruce (").join("", &said::unit(scale.label));
        let axes = Axes {
            y_ticks: Vec::new(),
            left: 8,
            ..Axes::new(0.0..end, 0.0..f64::from(body), label.join("", &same(")")), Said::default())
        };
        let mut chart = draw::axes(&below, &axes);
        let mut top = 0;
        for class in all {
            let (left, y) = draw::local(&below, &chart, (0.0, f64::from(body - top)));
            if top > 0 {
                draw::path(&below, vec![(left, y), (WIDTH as i32 - 14, y)], PALE.stroke_width(2));
            }
            let name = same(foreign(&class.name));
            let name = draw::cut(&name, 13, 600);
            let width = draw::width_of(&name, 13) + 12;
            draw::rectangle(&below, [(left + 2, y + 5), (left + 6 + width, y + 23)], WHITE.filled());
            write(&below, &name, (left + 6, y + 14), &bold(13, INK, HPos::Left, VPos::Center));
            for (row, found) in class.boxes.iter().enumerate() {
                let at = f64::from(body - top - HEAD - ROW * row as i32) - f64::from(ROW) / 2.0;
                one(&below, &mut chart, found, at, scale);
            }
            top += of_class(class);
        }
    })
}

fn one(area: &draw::Area, chart: &mut draw::Chart, found: &BoxOf, at: f64, scale: Scale) {
    let look = style(found.scenario);
    let value = |percent: usize| found.pooled.percentiles[percent - 1] / scale.divisor;
    let pixel = |x: f64, chart: &draw::Chart| draw::local(area, chart, (x, at));
    let [low, from, middle, to, high] = [5, 25, 50, 75, 95].map(|percent| pixel(value(percent), chart));
    let thin = look.color.stroke_width(1);
    for (start, end) in [(low, from), (to, high)] {
        draw::path(area, vec![start, end], look.color.stroke_width(2));
    }
    for (x, y) in [low, high] {
        draw::path(area, vec![(x, y - 5), (x, y + 5)], look.color.stroke_width(2));
    }
    let corners = [(from.0, from.1 - 8), (to.0.max(from.0 + 1), to.1 + 8)];
    draw::rectangle(area, corners, WHITE.filled());
    draw::rectangle(area, corners, look.color.mix(0.22).filled());
    draw::rectangle(area, corners, thin);
    draw::path(area, vec![(middle.0, middle.1 - 8), (middle.0, middle.1 + 8)], look.color.stroke_width(3));
    let Some(mean) = found.mean else { return };
    if let (Some(low), Some(high)) = (mean.low(), mean.high()) {
        draw::interval(chart, (low / scale.divisor, at), (high / scale.divisor, at), INK);
        for end in [low, high] {
            let (x, y) = pixel(end / scale.divisor, chart);
            draw::path(area, vec![(x, y - 4), (x, y + 4)], INK.stroke_width(2));
        }
    }
    let point = pixel(mean.mean.unwrap_or(0.0) / scale.divisor, chart);
    draw::marker(area, look, point, 4);
}

/// What the parts of a box are.
fn key(area: &draw::Area, y: i32) {
    let text = said(
        "box: middle half of trucks, bar: median, whiskers: 5 % to 95 %, marker: mean with its 95 % interval",
        "caja: mitad central, barra: mediana, bigotes: 5 % a 95 %, marca: media con su intervalo del 95 %",
    );
    write(area, &text, (8, y), &font(12, draw::FAINT, HPos::Left, VPos::Center));
}

fn caption(story: &Story, all: &[Class], scale: Scale, beyond: usize) -> Said {
    let wanted = pick::baseline_and_best(story.result);
    let of = |class: &Class, scenario: usize| {
        let found = class.boxes.iter().find(|found| found.scenario == scenario)?;
        found.mean?.mean
    };
    let told = |scenario: &usize| {
        let known = all.iter().filter_map(|class| Some((class, of(class, *scenario)?)));
        let slowest = known.clone().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.name.cmp(&a.0.name)))?;
        let quickest = known.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.name.cmp(&b.0.name)))?;
        let value = |value: f64| same(grouped(value / scale.divisor, 1)).join(" ", &said::unit(scale.label));
        let (slow, quick) = (value(slowest.1), value(quickest.1));
        let (slowest, quickest) = (foreign(&slowest.0.name), foreign(&quickest.0.name));
        let title = story.title(*scenario);
        if all.len() == 1 {
            return Some(said(
                format!("{}: {} on average.", title.en, slow.en),
                format!("{}: {} en promedio.", title.es, slow.es),
            ));
        }
        if quick == slow {
            return Some(said(
                format!("{}: {} on average for every class.", title.en, slow.en),
                format!("{}: {} en promedio en todas las clases.", title.es, slow.es),
            ));
        }
        Some(said(
            format!(
                "{}: from {} for {quickest} to {} for {slowest} on average.",
                title.en, quick.en, slow.en
            ),
            format!("{}: de {} ({quickest}) a {} ({slowest}) en promedio.", title.es, quick.es, slow.es),
        ))
    };
    let mut parts: Vec<Said> = wanted.iter().filter_map(told).collect();
    let losers: Vec<Said> = story
        .result
        .comparisons
        .iter()
        .filter_map(|comparison| {
            let lose = comparison.classes.iter().filter(|class| class.loses);
            let classes: Vec<Said> = lose.map(|class| same(foreign(&class.class))).collect();
            let under = said(" under ", " con ").join("", &story.title(comparison.scenario));
            (!classes.is_empty()).then(|| joined(", ", &classes).join("", &under))
        })
        .collect();
    let deciding = pick::told(&story.result.entries[story.result.headline]);
    if !story.result.comparisons.is_empty() {
        parts.push(match losers.is_empty() {
            true => said(
                format!("No class is shown to lose ({}).", deciding.en),
                format!("Ninguna clase pierde de manera demostrable ({}).", deciding.es),
            ),
            false => said(
                format!("Shown to lose ({}): {}.", deciding.en, joined("; ", &losers).en),
                format!("Pierden de manera demostrable ({}): {}.", deciding.es, joined("; ", &losers).es),
            ),
        });
    }
    parts.push(said(
        "Boxes hold the trucks of all replications together.",
        "Las cajas reúnen los camiones de todas las réplicas.",
    ));
    if beyond > 0 {
        parts.push(said(
            if beyond == 1 {
                "One more class stands in the table.".to_owned()
            } else {
                format!("{beyond} more classes stand in the table.")
            },
            if beyond == 1 {
                "Otra clase está en la tabla.".to_owned()
            } else {
                format!("Otras {beyond} clases están en la tabla.")
            },
        ));
    }
    joined(" ", &parts)
}

fn data(story: &Story, all: &[Class]) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("class", "The class."),
        Column::number("p05_min", "min", "5 % of its trucks have less, all replications together."),
        Column::number("p25_min", "min", "A quarter of its trucks have less."),
        Column::number("p50_min", "min", "Half of its trucks have less."),
        Column::number("p75_min", "min", "Three quarters of its trucks have less."),
        Column::number("p95_min", "min", "95 % of its trucks have less."),
        Column::number("mean_min", "min", "Mean over replications."),
        Column::number("ci_low", "min", "Lower end of its 95 % interval."),
        Column::number("ci_high", "min", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications that have a value."),
        Column::whole("trucks", "trucks", "Trucks of all replications together."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a class in a scenario.", columns);
    for class in all {
        for found in &class.boxes {
            let of = |value: Option<f64>| Cell::from(value.map(|seconds| seconds / 60.0));
            let percentile = |percent: usize| of(found.pooled.percentiles.get(percent - 1).copied());
            sheet.push(vec![
                story.result.scenarios[found.scenario].name.as_str().into(),
                class.name.as_str().into(),
                percentile(5),
                percentile(25),
                percentile(50),
                percentile(75),
                percentile(95),
                of(found.mean.and_then(|mean| mean.mean)),
                of(found.mean.and_then(Mean::low)),
                of(found.mean.and_then(Mean::high)),
                found.mean.map(|mean| mean.n).into(),
                found.pooled.count.into(),
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
    fn boxes_are_the_quantiles_of_their_class() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            assert_eq!(figure.data.rows.len(), 4);
            let row = &figure.data.rows[0];
            assert_eq!((row[0].clone(), row[1].clone()), ("today".into(), "fast".into()));
            let pooled =
                story.result.scenarios[0].pooled.iter().find(|pooled| pooled.name == "crossing_time.fast");
            let pooled = pooled.expect("it is pooled");
            assert_eq!(row[4], Cell::Number(pooled.p50.expect("trucks crossed") / 60.0));
            assert_eq!(row[6], Cell::Number(pooled.p95.expect("trucks crossed") / 60.0));
            assert_eq!(row[11], Cell::from(pooled.count));
            assert!(figure.caption.en.contains("for standard on average"), "{}", figure.caption.en);
            assert!(figure.caption.es.contains("(standard) en promedio"), "{}", figure.caption.es);
        });
    }

    #[test]
    fn without_classes_that_crossed_it_is_missing() {
        fixture::story(|story| {
            let mut result = story.result.clone();
            result.scenarios.iter_mut().for_each(|scenario| scenario.pooled.clear());
            assert!(draw(&Story { result: &result, ..*story }).is_err());
        });
    }
}
