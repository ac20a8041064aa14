//! `throughput`: trucks that come to the main station and leave it, by hour, beside what its open lanes can serve.
//!
//! A truck counts as coming in the hour in which it arrived there, if it was served at all. Capacity is arithmetic
//! (lanes over mean service and move-up), so it has no interval; lanes opened by a rule give a least and a most.

use std::collections::BTreeSet;
use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, FAINT, INK, WIDTH, cut, font, style, write};
use super::panel::{self, Hour, hours_of};
use super::{Drawn, Figure, Missing, Story};
use crate::measure::{Measure, Statistic};
use crate::report::number::grouped;
use crate::report::said::{Said, foreign, said};
use crate::report::sheet::{Cell, Column, Sheet};
use crate::scenario::lint::{Capacity, capacity_by_hour};

const ID: &str = "throughput";

/// Pixels of a scenario.
const PANEL: u32 = 208;

/// Scenarios that are drawn.
const MOST: usize = 6;

/// An hour of a scenario.
struct Row {
    came: Option<Hour>,
    left: Hour,
    least: Option<f64>,
    most: Option<f64>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let station = panel::main_station(story);
    let name = foreign(station.as_deref().unwrap_or_default());
    let title = said(
        format!("Trucks at {name}, coming, leaving and capacity (trucks/h)"),
        format!("Camiones en {name}: llegan, salen y capacidad (camiones/h)"),
    );
    let nothing = || {
        let why = said(
            "Results have no hours at a station with lanes, so there is nothing to set beside its capacity.",
            "Los resultados no traen horas de una estación con carriles; no hay nada que comparar con su capacidad.",
        );
        Missing { id: ID, title: title.clone(), why }
    };
    let station = station.as_deref().ok_or_else(nothing)?;
    let all: Vec<Vec<Row>> =
        (0..story.result.scenarios.len()).map(|scenario| rows(story, scenario, station)).collect();
    if all.iter().flatten().all(|row| row.left.mean.is_nan()) {
        return Err(nothing());
    }
    let shown = all.len().min(MOST);
    let x = panel::x_range(all.iter().flatten().map(|row| &row.left));
    let tops = all.iter().flatten().flat_map(|row| {
        let came = row.came.map_or(0.0, |came| came.high);
        let near = row.left.high.max(came);
        // Capacity far above demand need not be seen whole.
        [near, row.least.unwrap_or(0.0).min(near * 1.6), row.most.unwrap_or(0.0).min(near * 1.6)]
    });
    let y = 0.0..draw::top(tops);
    let svg = draw::draw((WIDTH, 34 + PANEL * shown as u32), |area| {
        let (head, body) = area.split_vertically(34);
        legend(&head);
        for ((scenario, rows), part) in all.iter().enumerate().zip(body.split_evenly((shown, 1))) {
            paint(story, &part, scenario, rows, &x, &y);
        }
    });
    let caption = caption(story, &all, station, shown);
    Ok(Figure { id: ID, caption, data: data(story, &all, station), title, svg })
}

/// Sets of groups of the station that no larger set holds: together they are its lanes, each once.
fn whole_sets(table: &[Capacity], of_station: &dyn Fn(&Capacity) -> bool) -> Vec<Vec<u16>> {
    let ids = |row: &Capacity| row.groups.iter().map(|group| group.0).collect::<Vec<u16>>();
    let sets: BTreeSet<Vec<u16>> = table.iter().filter(|row| of_station(row)).map(ids).collect();
    let inside =
        |one: &Vec<u16>, other: &Vec<u16>| one != other && one.iter().all(|group| other.contains(group));
    sets.iter().filter(|one| !sets.iter().any(|other| inside(one, other))).cloned().collect()
}

fn rows(story: &Story, scenario: usize, station: &str) -> Vec<Row> {
    let result = story.result;
    let find = |measure, statistic| panel::entry(result, measure, statistic, Some(station), None);
    let Some(left) = find(Measure::Throughput, Statistic::Value) else { return Vec::new() };
    let came = find(Measure::Wait, Statistic::Count).map(|place| hours_of(story, scenario, place));
    let network = &story.plan.scenarios[scenario].network;
    let table = capacity_by_hour(network);
    let of_station = |row: &Capacity| {
        let group = row.groups.first().and_then(|group| network.groups.get(group.index()));
        group.is_some_and(|group| network.stations[group.station.index()].name == station)
    };
    let sets = whole_sets(&table, &of_station);
    let apart = network.calendar.days_apart();
    // Where hours of all days are taken together, counts are those of all days.
    let days = if apart { 1.0 } else { panel::days(story).max(1.0) };
    let capacity = |hour: &Hour, of: fn(&Capacity) -> f64| {
        let here = table.iter().filter(|row| of_station(row)).filter(|row| {
            let (day, of_day) = network.calendar.day_and_hour(row.period);
            let ids: Vec<u16> = row.groups.iter().map(|group| group.0).collect();
            of_day == hour.hour && hour.day.is_none_or(|known| known == day + 1) && sets.contains(&ids)
        });
        here.map(of).reduce(|sum, more| sum + more)
    };
    let row = |left: Hour| {
        let same_hour = |other: &&Hour| other.day == left.day && other.hour == left.hour;
        let came = came.iter().flatten().find(same_hour).map(|came| Hour {
            mean: came.mean / days,
            low: came.low / days,
            high: came.high / days,
            ..*came
        });
        Row { came, left, least: capacity(&left, |row| row.least), most: capacity(&left, |row| row.most) }
    };
    hours_of(story, scenario, left).into_iter().map(row).collect()
}

fn legend(area: &draw::Area) {
    let texts = [
        said("coming", "llegan"),
        said("leaving", "salen"),
        said("capacity, least to most lanes open", "capacidad, de menos a más carriles abiertos"),
    ];
    let mut x = 8;
    for (kind, text) in texts.iter().enumerate() {
        if kind == 2 {
            draw::rectangle(area, [(x, 9), (x + 26, 23)], FAINT.mix(0.22).filled());
            draw::path(area, vec![(x, 9), (x + 26, 9)], FAINT.stroke_width(2));
        } else {
            let look = style(kind + 1);
            draw::path(area, vec![(x, 16), (x + 26, 16)], look.color.stroke_width(2));
            draw::marker(area, look, (x + 13, 16), 4);
        }
        write(area, text, (x + 32, 16), &font(13, INK, HPos::Left, VPos::Center));
        x += 32 + draw::width_of(text, 13) + 18;
    }
}

fn paint(story: &Story, area: &draw::Area, scenario: usize, rows: &[Row], x: &Range<f64>, y: &Range<f64>) {
    let name = cut(&story.title(scenario), 13, WIDTH as i32 - 120);
    let label = name.join(": ", &said("trucks/h", "camiones/h"));
    let axes = Axes::new(x.clone(), y.clone(), panel::hour_label(story), label).of_hours();
    let mut chart = draw::axes(area, &axes);
    let capacity: Vec<(f64, f64, f64)> = (rows.iter())
        .map(|row| match (row.least, row.most) {
            (Some(least), Some(most)) => (row.left.x, least.min(y.end), most.min(y.end)),
            _ => (row.left.x, f64::NAN, f64::NAN),
        })
        .collect();
    draw::band(&mut chart, &panel::step_band(&capacity), FAINT, 0.22);
    for end in [0, 1] {
        let line: Vec<(f64, f64)> =
            capacity.iter().map(|(x, least, most)| (*x, if end == 0 { *least } else { *most })).collect();
        let look = draw::Style { color: FAINT, place: 0 };
        draw::line(&mut chart, &panel::steps(&line), look, if end == 0 { 1 } else { 2 });
    }
    let came: Vec<Hour> = rows.iter().filter_map(|row| row.came).collect();
    let left: Vec<Hour> = rows.iter().map(|row| row.left).collect();
    let many = left.len() > 72;
    for (place, hours) in [(1, came), (2, left)] {
        let look = style(place);
        let middle = |hour: &Hour| (hour.x + 0.5, hour.mean);
        let points: Vec<(f64, f64)> = hours.iter().map(middle).collect();
        let band: Vec<(f64, f64, f64)> =
            hours.iter().map(|hour| (hour.x + 0.5, hour.low, hour.high)).collect();
        draw::band(&mut chart, &band, look.color, 0.25);
        draw::line(&mut chart, &points, draw::Style { place: 0, ..look }, 2);
        for hour in hours.iter().filter(|hour| !hour.mean.is_nan() && !many) {
            draw::marker(area, look, draw::local(area, &chart, middle(hour)), 3);
        }
    }
}

fn caption(story: &Story, all: &[Vec<Row>], station: &str, shown: usize) -> Said {
    let base = story.result.baseline;
    let over = |rows: &[Row]| {
        rows.iter().filter(|row| row.came.zip(row.most).is_some_and(|(came, most)| came.mean > most)).count()
    };
    let rows = &all[base];
    let busiest =
        rows.iter().filter(|row| !row.left.mean.is_nan()).max_by(|a, b| a.left.mean.total_cmp(&b.left.mean));
    let name = foreign(station);
    let mut text = match busiest {
        Some(row) => {
            let most = grouped(row.left.mean, 0);
            let (low, high) = (grouped(row.left.low, 0), grouped(row.left.high, 0));
            let ends = |to: &str| match row.left.known {
                true => format!(" ({low} {to} {high})"),
                false => String::new(),
            };
            said(
                format!(
                    "In the baseline {name} serves at most {most} trucks/h{}, at {}:00",
                    ends("to"),
                    row.left.hour
                ),
                format!(
                    "En la base {name} atiende a lo más {most} camiones/h{}, a las {}:00",
                    ends("a"),
                    row.left.hour
                ),
            )
        }
        None => {
            said(format!("Nothing left {name} in the baseline"), format!("Nada salió de {name} en la base"))
        }
    };
    let more = match over(rows) {
        0 => said(
            "in no hour do more trucks come than all lanes that may open can serve",
            "en ninguna hora llegan más camiones de los que atienden todos los carriles que pueden abrir",
        ),
        hours => said(
            format!(
                "in {hours} of {} hours more trucks come than all lanes that may open can serve",
                rows.len()
            ),
            format!(
                "en {hours} de {} horas llegan más camiones de los que atienden todos los carriles que pueden abrir",
                rows.len()
            ),
        ),
    };
    text = text.join("; ", &more);
    let bands = match story.result.replications {
        1 => said(". One replication: there are no intervals", ". Una sola réplica: no hay intervalos"),
        _ => said(
            ". Bands: 95 % intervals of means over replications; capacity is arithmetic and has none",
            ". Bandas: intervalos del 95 % de medias de las réplicas; la capacidad es aritmética y no lo tiene",
        ),
    };
    let rest = said(
        ". Trucks count in the hour in which they come to the station.",
        ". Los camiones cuentan en la hora en que llegan a la estación.",
    );
    let mut text = text.join("", &bands).join("", &rest);
    if shown < all.len() {
        let names = [("scenario", "escenario"), ("scenarios", "escenarios")];
        text = text.join(" ", &super::pick::in_the_table(all.len() - shown, names));
    }
    text
}

fn data(story: &Story, all: &[Vec<Row>], station: &str) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("station", "The station."),
        Column::whole("day", "", "Day of the run from 1; blank when hours of all days are taken together."),
        Column::whole("hour_local", "h", "Local hour."),
        Column::number(
            "coming_trucks_h",
            "trucks/h",
            "Trucks that came in this hour and were served, mean over replications.",
        ),
        Column::number("coming_low", "trucks/h", "Lower end of its 95 % interval."),
        Column::number("coming_high", "trucks/h", "Upper end of its 95 % interval."),
        Column::number("leaving_trucks_h", "trucks/h", "Trucks that left, mean over replications."),
        Column::number("ci_low", "trucks/h", "Lower end of its 95 % interval."),
        Column::number("ci_high", "trucks/h", "Upper end of its 95 % interval."),
        Column::number("least_capacity_trucks_h", "trucks/h", "What the lanes serve that are open at least."),
        Column::number(
            "most_capacity_trucks_h",
            "trucks/h",
            "What the lanes serve that may be open at most.",
        ),
        Column::whole("n", "", "Replications that have a value."),
    ];
    let mut sheet = Sheet::new(ID, "A row is an hour of a scenario.", columns);
    for (scenario, rows) in story.result.scenarios.iter().zip(all) {
        for row in rows {
            let came = |of: fn(&Hour) -> f64| Cell::from(row.came.as_ref().map(of));
            sheet.push(vec![
                scenario.name.as_str().into(),
                station.into(),
                row.left.day.into(),
                row.left.hour.into(),
                came(|hour| hour.mean),
                came(|hour| if hour.known { hour.low } else { f64::NAN }),
                came(|hour| if hour.known { hour.high } else { f64::NAN }),
                row.left.mean.into(),
                Some(row.left.low).filter(|_| row.left.known).into(),
                Some(row.left.high).filter(|_| row.left.known).into(),
                row.least.into(),
                row.most.into(),
                row.left.n.into(),
            ]);
        }
    }
    sheet
}
