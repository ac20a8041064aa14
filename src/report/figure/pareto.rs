//! `pareto`: delay against violations missed (or officer-hours), a point for each scenario.
//!
//! A scenario is dominated if another is as good in both means and better in one; intervals may say less than that,
//! so they are drawn as crosses.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, BAD, FAINT, INK, Style, WIDTH, cut, font, style, width_of, write};
use super::panel;
use super::{Drawn, Figure, Missing, Story};
use crate::experiment::Mean;
use crate::measure::{Measure, Statistic};
use crate::report::number::grouped;
use crate::report::said::{self, Said, foreign, said};
use crate::report::sheet::{Column, Sheet};

const ID: &str = "pareto";

/// Pixels of the picture.
const HEIGHT: u32 = 420;

/// What stands on the upright axis.
enum Upright {
    /// Percent of the violations of this kind that are missed.
    Missed(String, usize),
    /// Officer-hours per day.
    Officers(usize),
}

/// A scenario.
struct Point {
    scenario: usize,
    x: Mean,
    y: Mean,
    /// Officer-hours beside those of the baseline: −1 fewer, 0 the same, 1 more.
    officers: i8,
    dominated_by: Option<usize>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let find =
        |measure, statistic, station: Option<&str>| panel::entry(result, measure, statistic, station, None);
    let kind = result.entries[..result.whole_run]
        .iter()
        .find(|entry| entry.measure == Measure::Detection && entry.class.is_none())
        .and_then(|entry| entry.station.clone());
    let missed = kind.and_then(|kind| {
        let place = find(Measure::Detection, Statistic::Value, Some(&kind))?;
        let seen = result.scenarios.iter().any(|scenario| scenario.estimates[place].mean.is_some());
        seen.then_some(Upright::Missed(kind, place))
    });
    let upright =
        missed.or_else(|| find(Measure::OfficerHours, Statistic::Value, None).map(Upright::Officers));
    let fallback = said("Delay and its price, by scenario (min)", "Demora y su precio, por escenario (min)");
    let missing = |why| Missing { id: ID, title: fallback.clone(), why };
    let Some(upright) = upright else {
        return Err(missing(said(
            "The study has neither violations nor officers, so there is nothing to hold against delay: `[violation.NAME]` or \
             `[officers.NAME]` adds one.",
            "El estudio no tiene infracciones ni oficiales; no hay qué comparar con la demora: `[violation.NOMBRE]` u \
             `[officers.NOMBRE]` lo agrega.",
        )));
    };
    let delay = find(Measure::Delay, Statistic::Mean, None);
    let points = delay.map(|delay| points(story, delay, &upright)).unwrap_or_default();
    if points.len() < 2 {
        return Err(missing(said(
            "One scenario alone has nothing to be better or worse than: `[scenario.NAME]` adds another.",
            "Un solo escenario no tiene con qué compararse: `[scenario.NOMBRE]` agrega otro.",
        )));
    }
    let y_label = y_label(&upright);
    let title = said("Mean delay (min) and ", "Demora media (min) y ").join("", &y_label);
    let svg = paint(story, &points, &upright, &y_label);
    Ok(Figure {
        id: ID,
        caption: caption(story, &points, &upright),
        data: data(story, &points, &upright),
        title,
        svg,
    })
}

fn y_label(upright: &Upright) -> Said {
    match upright {
        Upright::Missed(kind, _) => {
            let kind = foreign(kind);
            said(format!("violations missed, {kind} (%)"), format!("infracciones no detectadas, {kind} (%)"))
        }
        Upright::Officers(_) => said("officer-hours per day", "horas de oficial por día"),
    }
}

fn points(story: &Story, delay: usize, upright: &Upright) -> Vec<Point> {
    let result = story.result;
    let days = panel::days(story).max(1e-9);
    let scaled = |mean: &Mean, factor: f64, offset: f64| Mean {
        mean: mean.mean.map(|mean| offset + factor * mean),
        half_width: mean.half_width.map(|half| half * factor.abs()),
        ..*mean
    };
    let hours = panel::entry(result, Measure::OfficerHours, Statistic::Value, None, None);
    let point = |scenario: usize| {
        let estimates = &result.scenarios[scenario].estimates;
        let y = match upright {
            Upright::Missed(_, place) => scaled(&estimates[*place], -100.0, 100.0),
            Upright::Officers(place) => scaled(&estimates[*place], 1.0 / days, 0.0),
        };
        let x = scaled(&estimates[delay], 1.0 / 60.0, 0.0);
        let comparison = result.comparisons.iter().find(|comparison| comparison.scenario == scenario);
        let more = hours.and(comparison).map(|comparison| &comparison.officer_hours);
        // Only what the interval tells apart from none.
        let officers = match more.and_then(|more| more.low().zip(more.high())) {
            Some((low, _)) if low > 1e-9 => 1,
            Some((_, high)) if high < -1e-9 => -1,
            Some(_) => 0,
            None => {
                more.and_then(|more| more.mean).map_or(0, |mean| (mean > 1e-9) as i8 - (mean < -1e-9) as i8)
            }
        };
        (x.mean.is_some() && y.mean.is_some()).then_some(Point {
            scenario,
            x,
            y,
            officers,
            dominated_by: None,
        })
    };
    let mut points: Vec<Point> = (0..result.scenarios.len()).filter_map(point).collect();
    let at: Vec<(f64, f64)> =
        points.iter().map(|point| (point.x.mean.unwrap_or(0.0), point.y.mean.unwrap_or(0.0))).collect();
    for (place, (x, y)) in at.iter().enumerate() {
        let better = at.iter().position(|(x2, y2)| x2 <= x && y2 <= y && (x2 < x || y2 < y));
        points[place].dominated_by = better;
    }
    points
}

/// The shape of what officers a scenario needs.
fn look(point: &Point, color: RGBColor) -> Style {
    let place = match point.officers {
        1 => 1,
        -1 => 3,
        _ => 0,
    };
    Style { color, place }
}

fn paint(story: &Story, points: &[Point], upright: &Upright, y_label: &Said) -> draw::Svg {
    let ends = |of: fn(&Point) -> &Mean| {
        let all = points.iter().map(of).flat_map(|mean| {
            let middle = mean.mean.unwrap_or(0.0);
            [mean.low().unwrap_or(middle), mean.high().unwrap_or(middle)]
        });
        let (low, high) =
            all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
        let pad = ((high - low) * 0.12).max(high.abs() * 0.02).max(1e-6);
        ((low - pad).max(0.0), high + pad)
    };
    let ((x_low, x_high), (y_low, y_high)) = (ends(|point| &point.x), ends(|point| &point.y));
    draw::draw((WIDTH, HEIGHT), |area| {
        let (head, body) = area.split_vertically(30);
        legend(&head, points);
        let x_label = said("mean delay (min): less is better", "demora media (min): menos es mejor");
        let axes = Axes::new(x_low..x_high, y_low..y_high, x_label, y_label.clone());
        let mut chart = draw::axes(&body, &axes);
        goals(story, &mut chart, &body, upright, (x_low, x_high), (y_low, y_high));
        // What labels must not cover: left, top, right, bottom.
        let mut taken: Vec<[i32; 4]> = Vec::new();
        let order: Vec<&Point> = {
            let mut order: Vec<&Point> = points.iter().collect();
            order.sort_by_key(|point| point.dominated_by.is_none());
            order
        };
        for point in &order {
            let (x, y) = (point.x.mean.unwrap_or(0.0), point.y.mean.unwrap_or(0.0));
            let faint = point.dominated_by.is_some();
            let color = if faint { FAINT } else { style(point.scenario).color };
            let (px, py) = draw::local(&body, &chart, (x, y));
            taken.push([px - 8, py - 8, px + 8, py + 8]);
            if let Some((low, high)) = point.x.low().zip(point.x.high()) {
                let ends = [(low.max(x_low), y), (high, y)];
                draw::interval(&mut chart, ends[0], ends[1], color);
                let [from, to] = ends.map(|end| draw::local(&body, &chart, end).0);
                taken.push([from, py - 2, to, py + 2]);
            }
            if let Some((low, high)) = point.y.low().zip(point.y.high()) {
                let ends = [(x, high), (x, low.max(y_low))];
                draw::interval(&mut chart, ends[0], ends[1], color);
                let [from, to] = ends.map(|end| draw::local(&body, &chart, end).1);
                taken.push([px - 2, from, px + 2, to]);
            }
            draw::marker(&body, look(point, color), (px, py), if faint { 4 } else { 6 });
        }
        for point in order.iter().rev() {
            let at = draw::local(&body, &chart, (point.x.mean.unwrap_or(0.0), point.y.mean.unwrap_or(0.0)));
            label(story, &body, point, at, &mut taken);
        }
    })
}

/// Lines of goals on what the axes show.
fn goals(
    story: &Story,
    chart: &mut draw::Chart,
    area: &draw::Area,
    upright: &Upright,
    (x_low, x_high): (f64, f64),
    (y_low, y_high): (f64, f64),
) {
    let result = story.result;
    for goal in &result.goals {
        let entry = &result.entries[goal.entry];
        if entry.measure == Measure::Delay
            && entry.statistic == Statistic::Mean
            && entry.class.is_none()
            && entry.period.is_none()
        {
            let at = goal.limit / 60.0;
            if x_low < at && at < x_high {
                let points = [(at, y_low), (at, y_high)];
                draw::sure(
                    chart.draw_series(DashedLineSeries::new(points, 2, 3, BAD.stroke_width(1))).map(|_| ()),
                );
                let (px, py) = draw::local(area, chart, (at, y_high));
                write(area, &said("goal", "meta"), (px + 4, py + 2), &font(12, BAD, HPos::Left, VPos::Top));
            }
        }
        let at = match upright {
            Upright::Missed(_, place) if goal.entry == *place => 100.0 - 100.0 * goal.limit,
            Upright::Officers(place) if goal.entry == *place => goal.limit / panel::days(story).max(1e-9),
            Upright::Missed(..) | Upright::Officers(_) => continue,
        };
        if y_low < at && at < y_high {
            draw::guide(chart, area, at, &(x_low..x_high), &said("goal", "meta"));
        }
    }
}

fn legend(area: &draw::Area, points: &[Point]) {
    let names = [
        (0, said("officer-hours as in the baseline", "horas de oficial como en la base")),
        (1, said("more", "más")),
        (-1, said("fewer", "menos")),
    ];
    let mut x = 8;
    let used = |officers: i8| points.iter().any(|point| point.officers == officers);
    for (officers, text) in names.into_iter().filter(|(officers, _)| used(*officers)) {
        let place = [3, 0, 1][(officers + 1) as usize];
        draw::marker(area, Style { color: INK, place }, (x + 8, 15), 5);
        write(area, &text, (x + 20, 15), &font(13, INK, HPos::Left, VPos::Center));
        x += 20 + width_of(&text, 13) + 20;
    }
}

/// Writes the name beside its point where there is room.
fn label(story: &Story, area: &draw::Area, point: &Point, (px, py): (i32, i32), taken: &mut Vec<[i32; 4]>) {
    let mut text = cut(&story.title(point.scenario), 12, 240);
    if point.dominated_by.is_some() {
        text = text.join("", &said(" (dominated)", " (dominado)"));
    }
    let wide = width_of(&text, 12);
    let (width, height) = (WIDTH as i32, HEIGHT as i32 - 30);
    let mut offers: Vec<(i32, i32)> = Vec::new();
    for step in 0..16 {
        for sign in [-1, 1] {
            let y = py - 7 + sign * step * 9;
            for away in [12, 26] {
                offers.push((px + away, y));
                offers.push((px - away - wide, y));
            }
            offers.push((px - wide / 2, y - 16));
        }
    }
    let free = |(x, y): &(i32, i32)| {
        let own = [*x, *y, x + wide, y + 15];
        let inside = own[0] > 56 && own[2] < width - 4 && own[1] > 28 && own[3] < height - 44;
        inside
            && taken
                .iter()
                .all(|other| own[2] < other[0] || other[2] < own[0] || own[3] < other[1] || other[3] < own[1])
    };
    let (x, y) = offers.into_iter().find(free).unwrap_or((px + 12, py - 7));
    taken.push([x, y, x + wide, y + 15]);
    let color = if point.dominated_by.is_some() { FAINT } else { INK };
    write(area, &text, (x, y), &font(12, color, HPos::Left, VPos::Top));
}

fn caption(story: &Story, points: &[Point], upright: &Upright) -> Said {
    let free: Vec<Said> = points
        .iter()
        .filter(|point| point.dominated_by.is_none())
        .map(|point| {
            let x = grouped(point.x.mean.unwrap_or(0.0), 1);
            let y = grouped(point.y.mean.unwrap_or(0.0), 1);
            let told = match upright {
                Upright::Missed(..) => {
                    said(format!("{x} min, {y} % missed"), format!("{x} min, {y} % sin detectar"))
                }
                Upright::Officers(_) => {
                    said(format!("{x} min, {y} officer-hours"), format!("{x} min, {y} horas de oficial"))
                }
            };
            story.title(point.scenario).join(": ", &told)
        })
        .collect();
    let (count, all) = (free.len(), points.len());
    let head = match count {
        1 => said(
            format!(
                "One of {all} scenarios is not dominated, which means that no other is as good in both and better in one: "
            ),
            format!(
                "Uno de los {all} escenarios no está dominado, es decir, ningún otro es igual de bueno en ambas y mejor en una: "
            ),
        ),
        _ => said(
            format!(
                "{count} of {all} scenarios are not dominated, which means that no other is as good in both and better in one: "
            ),
            format!(
                "{count} de {all} escenarios no están dominados, es decir, ningún otro es igual de bueno en ambas y mejor en una: "
            ),
        ),
    };
    let rest = said(
        ". Crosses are 95 % intervals of means over replications.",
        ". Las cruces son intervalos del 95 % de medias de las réplicas.",
    );
    head.join("", &said::joined("; ", &free)).join("", &rest).join("", &panel::why_no_interval(story.result))
}

fn data(story: &Story, points: &[Point], upright: &Upright) -> Sheet {
    let unit = match upright {
        Upright::Missed(..) => "%",
        Upright::Officers(_) => "h",
    };
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::number("delay_mean_min", "min", "Mean delay."),
        Column::number("delay_low", "min", "Lower end of its 95 % interval."),
        Column::number("delay_high", "min", "Upper end of its 95 % interval."),
        Column::text("against", "What it is held against: violations missed, or officer-hours per day."),
        Column::number("value", unit, "Its mean."),
        Column::number("ci_low", unit, "Lower end of its 95 % interval."),
        Column::number("ci_high", unit, "Upper end of its 95 % interval."),
        Column::text("officer_hours", "Beside the baseline: more, same or fewer."),
        Column::text(
            "dominated_by",
            "A scenario that is as good in both and better in one; blank if there is none.",
        ),
        Column::whole("n", "", "Replications that have a value."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a scenario.", columns);
    let name = |place: usize| story.result.scenarios[points[place].scenario].name.as_str();
    for (place, point) in points.iter().enumerate() {
        let against = match upright {
            Upright::Missed(kind, _) => format!("missed {kind}"),
            Upright::Officers(_) => "officer-hours per day".to_owned(),
        };
        sheet.push(vec![
            name(place).into(),
            point.x.mean.into(),
            point.x.low().into(),
            point.x.high().into(),
            against.into(),
            point.y.mean.into(),
            point.y.low().into(),
            point.y.high().into(),
            ["fewer", "same", "more"][(point.officers + 1) as usize].into(),
            point.dominated_by.map(name).into(),
            point.x.n.into(),
        ]);
    }
    sheet
}
