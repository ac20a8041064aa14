//! `staffing`: lanes open by hour in every scenario, with the wait below.
//!
//! Lanes are as steps, since a lane is open for an hour or part of it; the wait of an hour is that of the trucks that
//! came in it.

use std::ops::Range;

use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, INK, WIDTH, cut, font, style, write};
use super::panel::{self, Hour, hours_of};
use super::{Drawn, Figure, Missing, Story};
use crate::measure::{Measure, Statistic};
use crate::report::number::{grouped, signed};
use crate::report::said::{self, Said, foreign, said};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "staffing";

/// Pixels of a part.
const PANEL: u32 = 200;

/// Scenarios that are drawn: more lines cannot be told apart.
const MOST: usize = 5;

/// Lane groups that are drawn.
const GROUPS: usize = 4;

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let station = panel::main_station(story).unwrap_or_default();
    let name = foreign(&station);
    let title = said(
        format!("Lanes open at {name} and wait, by hour (lanes, min)"),
        format!("Carriles abiertos en {name} y espera, por hora (carriles, min)"),
    );
    let of_lanes = |place: &usize| {
        let entry = &result.entries[*place];
        entry.measure == Measure::LanesOpen && entry.station.as_deref() == Some(station.as_str())
    };
    let mut lanes: Vec<usize> = (0..result.whole_run).filter(of_lanes).collect();
    if lanes.len() > 1 {
        // Its groups; the station is their sum.
        lanes.retain(|place| result.entries[*place].group.is_some());
    }
    lanes.retain(|place| hours_of(story, result.baseline, *place).iter().any(|hour| !hour.mean.is_nan()));
    if lanes.is_empty() {
        let why = said(
            "The results tell of no lanes by hour: a crossing without lanes, or yards without limit, has no staffing to show.",
            "Los resultados no traen carriles por hora: un cruce sin carriles, o con patios sin límite, no tiene dotación que \
             mostrar.",
        );
        return Err(Missing { id: ID, title, why });
    }
    let wait = panel::entry(result, Measure::BorderWait, Statistic::Mean, Some(&station), None)
        .or_else(|| panel::entry(result, Measure::Wait, Statistic::Mean, Some(&station), None));
    let shown: Vec<usize> = std::iter::once(result.baseline)
        .chain((0..result.scenarios.len()).filter(|scenario| *scenario != result.baseline))
        .take(MOST)
        .collect();
    let parts: Vec<usize> = lanes.iter().take(GROUPS).copied().chain(wait).collect();
    let names: Vec<(Said, draw::Style)> =
        shown.iter().map(|scenario| (cut(&story.title(*scenario), 13, 330), style(*scenario))).collect();
    let rows = legend_rows(&names);
    let head = 12 + 20 * rows;
    let svg = draw::draw((WIDTH, head + PANEL * parts.len() as u32), |area| {
        let (top, body) = area.split_vertically(head);
        draw::legend(&top, &names);
        for (entry, part) in parts.iter().zip(body.split_evenly((parts.len(), 1))) {
            paint(story, &part, *entry, &shown);
        }
    });
    let caption = caption(story, &lanes, wait, &shown, &station);
    Ok(Figure { id: ID, caption, data: data(story, &lanes, wait), title, svg })
}

/// Rows that [`draw::legend`] takes.
fn legend_rows(names: &[(Said, draw::Style)]) -> u32 {
    let (mut x, mut rows) = (8, 1);
    for (name, _) in names {
        let wide = 34 + draw::width_of(name, 13) + 18;
        if x > 8 && x + wide > WIDTH as i32 {
            (x, rows) = (8, rows + 1);
        }
        x += wide;
    }
    rows
}

fn paint(story: &Story, area: &draw::Area, place: usize, shown: &[usize]) {
    let entry = &story.result.entries[place];
    let hours: Vec<Vec<Hour>> = shown.iter().map(|scenario| hours_of(story, *scenario, place)).collect();
    let x: Range<f64> = panel::x_range(hours.iter().flatten());
    let y = 0.0..draw::top(hours.iter().flatten().map(|hour| hour.high));
    let lanes = entry.measure == Measure::LanesOpen;
    let label = match lanes {
        true => {
            let group = entry.group.as_deref().or(entry.station.as_deref()).unwrap_or_default();
            let group = foreign(group);
            said(format!("{group}: lanes open"), format!("{group}: carriles abiertos"))
        }
        false => said::entry(entry).join("", &panel::unit_behind(entry.unit)),
    };
    let mut axes =
        Axes::new(x, y, if lanes { Said::default() } else { panel::hour_label(story) }, label).of_hours();
    if lanes {
        // There is no half lane.
        axes.y_ticks.retain(|tick| tick.fract() == 0.0);
    }
    let mut chart = draw::axes(area, &axes);
    let many = hours.iter().map(Vec::len).max().unwrap_or(0) > 72;
    for (scenario, hours) in shown.iter().zip(&hours) {
        let look = style(*scenario);
        let band: Vec<(f64, f64, f64)> = hours.iter().map(|hour| (hour.x, hour.low, hour.high)).collect();
        let line: Vec<(f64, f64)> = hours.iter().map(|hour| (hour.x, hour.mean)).collect();
        let (band, line) = match lanes {
            true => (panel::step_band(&band), panel::steps(&line)),
            false => (
                band.iter().map(|(x, low, high)| (x + 0.5, *low, *high)).collect(),
                line.iter().map(|(x, y)| (x + 0.5, *y)).collect(),
            ),
        };
        draw::band(&mut chart, &band, look.color, 0.18);
        // Dashes where lines lie on each other; every dash is an element of its own.
        let dash = if lanes { look } else { draw::Style { place: 0, ..look } };
        draw::line(&mut chart, &line, dash, 2);
        // Every third hour, at another one for each scenario, so that marks do not lie on each other.
        let own = |hour: &&Hour| hour.hour % 3 == *scenario as u32 % 3 && !hour.mean.is_nan() && !many;
        for hour in hours.iter().filter(own) {
            draw::marker(area, look, draw::local(area, &chart, (hour.x + 0.5, hour.mean)), 4);
        }
    }
    if hours.iter().flatten().all(|hour| hour.mean.is_nan()) {
        let words = said("nothing observed", "nada observado");
        write(area, &words, (WIDTH as i32 / 2, PANEL as i32 / 2), &font(13, INK, HPos::Center, VPos::Center));
    }
}

fn caption(story: &Story, lanes: &[usize], wait: Option<usize>, shown: &[usize], station: &str) -> Said {
    let result = story.result;
    let base = result.baseline;
    let lane_hours = |scenario: usize| -> Option<f64> {
        let name = |place: &usize| {
            let entry = &result.entries[*place];
            let found = panel::entry(
                result,
                Measure::LaneHours,
                Statistic::Value,
                Some(station),
                entry.group.as_deref(),
            )?;
            result.scenarios[scenario].estimates[found].mean
        };
        lanes.iter().map(name).sum()
    };
    let days = panel::days(story).max(1e-9);
    let mut told: Vec<Said> = Vec::new();
    if let Some(hours) = lane_hours(base) {
        let hours = grouped(hours / days, 1);
        told.push(said(
            format!("The baseline keeps {hours} lane-hours a day open at {}", foreign(station)),
            format!("La base mantiene {hours} horas de carril al día abiertas en {}", foreign(station)),
        ));
    }
    let differ = |scenario: &usize| {
        lane_hours(*scenario)
            .zip(lane_hours(base))
            .is_some_and(|(here, there)| (here - there).abs() / days >= 0.05)
    };
    let alike = !told.is_empty() && shown.len() > 1 && !shown.iter().any(differ);
    if alike {
        told.push(said("the other plans keep as many", "los demás planes, las mismas"));
    }
    for scenario in shown.iter().filter(|scenario| **scenario != base && !alike) {
        let Some((here, there)) = lane_hours(*scenario).zip(lane_hours(base)) else { continue };
        let more = signed((here - there) / days, 1);
        let title = story.title(*scenario);
        told.push(said(format!("{}: {more}", title.en), format!("{}: {more}", title.es)));
    }
    let mut text = said::joined("; ", &told).join("", &said(".", "."));
    if told.is_empty() {
        text = Said::default();
    }
    if let Some(wait) = wait {
        let latest = hours_of(story, base, wait).into_iter().filter(|hour| !hour.mean.is_nan());
        if let Some(worst) = latest.max_by(|a, b| a.mean.total_cmp(&b.mean)) {
            let mean = grouped(worst.mean, 1);
            let ends = |to: &str| match worst.known {
                true => format!(" ({} {to} {})", grouped(worst.low, 1), grouped(worst.high, 1)),
                false => String::new(),
            };
            let more = said(
                format!(
                    "Its wait is longest for trucks that come at {}:00: {mean} min{}.",
                    worst.hour,
                    ends("to")
                ),
                format!(
                    "Su espera es mayor para los camiones que llegan a las {}:00: {mean} min{}.",
                    worst.hour,
                    ends("a")
                ),
            );
            text = if text.en.is_empty() { more } else { text.join(" ", &more) };
        }
    }
    let rest = match result.replications {
        1 => said("One replication: there are no intervals.", "Una sola réplica: no hay intervalos."),
        _ => said(
            "Means over replications; bands are 95 % intervals.",
            "Medias de las réplicas; las bandas son intervalos del 95 %.",
        ),
    };
    text = text.join(" ", &rest);
    let left = result.scenarios.len() - shown.len();
    if left > 0 {
        text = text.join(
            " ",
            &super::pick::in_the_table(left, [("scenario", "escenario"), ("scenarios", "escenarios")]),
        );
    }
    text
}

fn data(story: &Story, lanes: &[usize], wait: Option<usize>) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("measure", "lanes_open, or the wait."),
        Column::text("station", "The station."),
        Column::text("group", "Its lane group; blank: all of it."),
        Column::text("unit", "Unit of the value."),
        Column::whole("day", "", "Day of the run from 1; blank when hours of all days are taken together."),
        Column::whole("hour_local", "h", "Local hour."),
        Column::number("mean", "as in `unit`", "Mean over replications."),
        Column::number("ci_low", "as in `unit`", "Lower end of its 95 % interval."),
        Column::number("ci_high", "as in `unit`", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications that have a value."),
    ];
    let mut sheet = Sheet::new(ID, "A row is an hour of a scenario.", columns);
    let result = story.result;
    for (place, scenario) in result.scenarios.iter().enumerate() {
        for entry in lanes.iter().copied().chain(wait) {
            let of = &result.entries[entry];
            for hour in hours_of(story, place, entry) {
                sheet.push(vec![
                    scenario.name.as_str().into(),
                    of.measure.name().into(),
                    of.station.clone().into(),
                    of.group.clone().map_or(Cell::Blank, Cell::from),
                    of.unit.in_files().1.into(),
                    hour.day.into(),
                    hour.hour.into(),
                    hour.mean.into(),
                    Some(hour.low).filter(|_| hour.known).into(),
                    Some(hour.high).filter(|_| hour.known).into(),
                    hour.n.into(),
                ]);
            }
        }
    }
    sheet
}
