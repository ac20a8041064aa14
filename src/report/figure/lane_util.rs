//! `lane-util`: how busy open lanes are, by hour and lane group, with intervals.
//!
//! The line at 85 % is a guide of common practice, above which lines grow quickly; no rule asks for it.

use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Area, Axes, BAD, INK, WIDTH, bold, font, style, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::experiment::Mean;
use crate::measure::{Entry, Measure, Statistic};
use crate::report::number::grouped;
use crate::report::said::{Said, foreign, joined, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "lane-util";

/// The guide line, percent.
const GUIDE: f64 = 85.0;

/// More panels than this are too many for one picture.
const MOST_PANELS: usize = 4;

/// More lines than this cannot be told apart with their bands.
const MOST_LINES: usize = 4;

/// A lane group, or a station that has only one, with its entries by hour.
struct Group {
    /// Its whole-run entry.
    whole: usize,
    /// (hour from the first midnight, entry), in order.
    hours: Vec<(f64, usize)>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let title = said("Utilization of open lanes (%)", "Utilización de los carriles abiertos (%)");
    let chosen = pick::some(result, MOST_LINES);
    let all = groups(story);
    if all.is_empty() {
        let why = said(
            "No station with lanes was open in any whole hour, so no lane was busy or idle. Give a station lanes, and a run length of an hour at least.",
            "Ninguna estación con carriles abrió una hora entera, así que ningún carril estuvo ocupado ni libre. Dé carriles a una estación, y una corrida de una hora al menos.",
        );
        return Err(Missing { id: ID, title, why });
    }
    let shown = &all[..all.len().min(MOST_PANELS)];
    let caption = caption(story, shown, all.len() - shown.len(), &chosen);
    let caption = caption.join("", &pick::left_out(story, &chosen));
    Ok(Figure { id: ID, title, caption, data: data(story, &all), svg: paint(story, shown, &chosen) })
}

fn known(mean: &Mean) -> bool {
    mean.mean.is_some_and(f64::is_finite)
}

/// Lane groups: those of the station of the border wait first, then the busiest.
fn groups(story: &Story) -> Vec<Group> {
    let result = story.result;
    let whole = &result.entries[..result.whole_run];
    let wanted = |entry: &Entry| {
        entry.measure == Measure::Utilization && entry.statistic == Statistic::Mean && entry.class.is_none()
    };
    // A station whose groups stand for themselves does not stand beside them.
    let has_groups = |entry: &Entry| {
        entry.group.is_none()
            && whole
                .iter()
                .any(|other| wanted(other) && other.group.is_some() && other.station == entry.station)
    };
    let places = (0..whole.len()).filter(|place| wanted(&whole[*place]) && !has_groups(&whole[*place]));
    let hour = |entry: usize| result.entries[entry].period.map(f64::from);
    let group = |place: usize| {
        let hours: Vec<(f64, usize)> =
            result.by_hour(place).into_iter().filter_map(|entry| Some((hour(entry)?, entry))).collect();
        let seen = hours
            .iter()
            .any(|(_, entry)| result.scenarios.iter().any(|scenario| known(&scenario.estimates[*entry])));
        seen.then_some(Group { whole: place, hours })
    };
    let mut all: Vec<Group> = places.filter_map(group).collect();
    let main = pick::station(story);
    let busy = |group: &Group| {
        result.scenarios[result.baseline].estimates[group.whole]
            .mean
            .filter(|mean| mean.is_finite())
            .unwrap_or(0.0)
    };
    let is_main = |group: &Group| whole[group.whole].station == main;
    all.sort_by(|a, b| {
        is_main(b).cmp(&is_main(a)).then(busy(b).total_cmp(&busy(a))).then(a.whole.cmp(&b.whole))
    });
    all
}

/// `primary, standard`, as the study names them.
fn name(story: &Story, group: &Group) -> Said {
    let entry = &story.result.entries[group.whole];
    let station = entry.station.as_deref().unwrap_or_default();
    same(foreign(&match &entry.group {
        Some(group) => format!("{station}, {group}"),
        None => station.to_owned(),
    }))
}

/// The hours in which any of the scenarios has a value.
fn span(story: &Story, shown: &[Group], chosen: &[usize]) -> Range<f64> {
    let seen = shown.iter().flat_map(|group| &group.hours).filter(|(_, entry)| {
        chosen.iter().any(|scenario| known(&story.result.scenarios[*scenario].estimates[*entry]))
    });
    let (first, last) = seen
        .fold((f64::INFINITY, 0.0_f64), |(first, last), (hour, _)| (first.min(*hour), last.max(*hour + 1.0)));
    if first.is_finite() { first..last.max(first + 1.0) } else { 0.0..24.0 }
}

const PANEL: i32 = 214;

fn paint(story: &Story, shown: &[Group], chosen: &[usize]) -> draw::Svg {
    let x = span(story, shown, chosen);
    let days = x.end - x.start > 30.0;
    // Two side by side unless the run is long.
    let beside = if days || shown.len() == 1 { 1 } else { 2 };
    let rows = shown.len().div_ceil(beside) as i32;
    let names: Vec<(Said, draw::Style)> = chosen
        .iter()
        .map(|scenario| (draw::cut(&story.title(*scenario), 13, 330), style(*scenario)))
        .collect();
    let lines =
        names.iter().map(|(name, _)| 52 + draw::width_of(name, 13)).sum::<i32>() / (WIDTH as i32 - 16) + 1;
    let head = 24 * lines + 10;
    draw::draw((WIDTH, (head + rows * (PANEL + 24)) as u32), |area| {
        let (key_area, mut rest) = area.split_vertically(head);
        draw::legend(&key_area, &names);
        for groups in shown.chunks(beside) {
            let (row, below) = rest.split_vertically(PANEL + 24);
            rest = below;
            for (group, panel_area) in groups.iter().zip(row.split_evenly((1, beside))) {
                panel(&panel_area, story, group, chosen, &x);
            }
        }
    })
}

fn panel(area: &Area, story: &Story, group: &Group, chosen: &[usize], x: &Range<f64>) {
    let wide = area.dim_in_pixel().0 as i32;
    let axes = Axes {
        y_ticks: vec![0.0, 25.0, 50.0, 75.0, 100.0],
        ..Axes::new(x.clone(), 0.0..104.0, pick::hour_label(x.end), Said::default())
    };
    let mut axes = Axes { left: 44, ..axes.of_hours() };
    if wide < 500 && axes.x_ticks.len() > 8 {
        axes.x_ticks = axes.x_ticks.iter().copied().step_by(2).collect();
    }
    let mut chart = draw::axes_with(area, &axes, &pick::hour_text(x.end), &|value| format!("{value:.0} %"));
    let text = said("guide line 85 %", "línea guía 85 %");
    let title = draw::cut(&name(story, group), 13, wide - 50 - draw::width_of(&text, 12));
    write(area, &title, (8, 4), &bold(13, INK, HPos::Left, VPos::Top));
    write(area, &text, (wide - 14, 5), &font(12, BAD, HPos::Right, VPos::Top));
    let guide = vec![(x.start, GUIDE), (x.end, GUIDE)];
    draw::sure(chart.draw_series([PathElement::new(guide, BAD.stroke_width(1))]).map(|_| ()));
    let value = |scenario: usize, entry: usize| &story.result.scenarios[scenario].estimates[entry];
    let percent = |value: Option<f64>| value.map_or(f64::NAN, |value| value * 100.0);
    for scenario in chosen {
        let bands: Vec<(f64, f64, f64)> = group
            .hours
            .iter()
            .map(|(hour, entry)| {
                let mean = value(*scenario, *entry);
                let within = |end: Option<f64>| percent(end).clamp(0.0, 104.0);
                (hour + 0.5, within(mean.low()), within(mean.high()))
            })
            .collect();
        draw::band(&mut chart, &bands, style(*scenario).color, 0.22);
    }
    for scenario in chosen {
        let points: Vec<(f64, f64)> = group
            .hours
            .iter()
            .map(|(hour, entry)| (hour + 0.5, percent(value(*scenario, *entry).mean)))
            .collect();
        draw::line(&mut chart, &points, style(*scenario), 2);
        // Every fifth hour a marker, at other hours for each scenario.
        let marked = points.iter().enumerate().filter(|(place, _)| place % 5 == scenario % 5);
        for (_, point) in marked.filter(|(_, (_, value))| value.is_finite()) {
            let at = draw::local(area, &chart, *point);
            draw::marker(area, style(*scenario), at, 4);
        }
    }
}

fn caption(story: &Story, shown: &[Group], beyond: usize, chosen: &[usize]) -> Said {
    let result = story.result;
    let first = &shown[0];
    let label = name(story, first);
    let told = |scenario: usize| {
        let values = first.hours.iter().map(|(_, entry)| &result.scenarios[scenario].estimates[*entry]);
        let values: Vec<f64> = values.filter_map(|mean| mean.mean).filter(|mean| mean.is_finite()).collect();
        let most = values.iter().copied().reduce(f64::max)?;
        let above = values.iter().filter(|value| **value * 100.0 > GUIDE).count();
        let (most, title, all) = (grouped(most * 100.0, 1), story.title(scenario), values.len());
        if above == 0 {
            return Some(said(
                format!(
                    "{}: {} is above the guide line in none of {all} hours, at most {most} %.",
                    title.en, label.en
                ),
                format!(
                    "{}: {} no pasa de la línea guía en ninguna de {all} horas, a lo más {most} %.",
                    title.es, label.es
                ),
            ));
        }
        let (hours_en, hours_es) = if above == 1 { ("hour", "hora") } else { ("hours", "horas") };
        Some(said(
            format!(
                "{}: {} is above the guide line in {above} {hours_en} of {all}, at most {most} %.",
                title.en, label.en
            ),
            format!(
                "{}: {} pasa de la línea guía en {above} {hours_es} de {all}, a lo más {most} %.",
                title.es, label.es
            ),
        ))
    };
    let mut parts: Vec<Said> = pick::baseline_and_best(result).into_iter().filter_map(told).collect();
    let intervals = shown.iter().flat_map(|group| &group.hours).any(|(_, entry)| {
        chosen.iter().any(|scenario| result.scenarios[*scenario].estimates[*entry].half_width.is_some())
    });
    parts.push(match intervals {
        true => said(
            "Serving time over open time; bands are 95 % intervals of the mean. 85 % is a guide of common practice, not a rule.",
            "Tiempo de atención entre tiempo abierto; las bandas son intervalos del 95 % de la media. 85 % es una guía de la práctica común, no una norma.",
        ),
        false => said(
            "Serving time over open time; one replication, so without intervals. 85 % is a guide of common practice, not a rule.",
            "Tiempo de atención entre tiempo abierto; una sola réplica, por eso sin intervalos. 85 % es una guía de la práctica común, no una norma.",
        ),
    });
    if beyond > 0 {
        let names = [("lane group", "grupo de carriles"), ("lane groups", "grupos de carriles")];
        parts.push(pick::in_the_table(beyond, names));
    }
    joined(" ", &parts)
}

fn data(story: &Story, all: &[Group]) -> Sheet {
    let result = story.result;
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("station", "The station."),
        Column::text("group", "The lane group; blank for a station that has only one."),
        Column::whole(
            "day",
            "",
            "Day of the run from 1; blank where the hours of all days are taken together.",
        ),
        Column::whole("hour_local", "", "Local hour, 0 to 23."),
        Column::number(
            "mean",
            "fraction",
            "Serving time over open time, mean over replications; blank where closed.",
        ),
        Column::number("ci_low", "fraction", "Lower end of its 95 % interval."),
        Column::number("ci_high", "fraction", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications that have a value."),
    ];
    let mut sheet = Sheet::new(ID, "A row is an hour of a lane group in a scenario.", columns);
    for scenario in &result.scenarios {
        for group in all {
            let whole = &result.entries[group.whole];
            for (_, entry) in &group.hours {
                let mean = &scenario.estimates[*entry];
                let label =
                    result.entries[*entry].period.and_then(|period| result.periods.get(usize::from(period)));
                sheet.push(vec![
                    scenario.name.as_str().into(),
                    whole.station.clone().into(),
                    whole.group.clone().into(),
                    label.and_then(|label| label.day).into(),
                    label.map(|label| label.hour).into(),
                    Cell::from(mean.mean),
                    mean.low().into(),
                    mean.high().into(),
                    mean.n.into(),
                ]);
            }
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::fixture;

    #[test]
    fn hours_are_those_of_the_result() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            let entry = story.result.find("utilization.primary.standard.mean@03").expect("it is measured");
            let mean = story.result.scenarios[0].estimates[entry].mean.expect("it was open");
            let row = figure.data.rows.iter().find(|row| {
                row[0] == "today".into()
                    && row[2] == "standard".into()
                    && row[3] == Cell::Whole(1)
                    && row[4] == Cell::Whole(3)
            });
            assert_eq!(row.expect("a row")[5], Cell::Number(mean));
            assert!(mean > 0.5 && mean <= 1.0);
            assert!(figure.caption.en.contains("guide line") && figure.caption.es.contains("línea guía"));
        });
    }

    #[test]
    fn without_open_lanes_it_is_missing() {
        fixture::story(|story| {
            let mut result = story.result.clone();
            for scenario in &mut result.scenarios {
                scenario.estimates.fill(Mean { mean: Some(f64::NAN), ..Mean::default() });
            }
            assert!(draw(&Story { result: &result, ..*story }).is_err());
        });
    }
}
