//! `queue-bands`: trucks in line over the day: the median over replications with the middle 50 % and 90 % of them.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Area, Axes, BAD, FAINT, INK, WIDTH, bold, font, style, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::experiment::QueueSeries;
use crate::model::network::Target;
use crate::report::said::{Said, foreign, joined, said, same};
use crate::report::sheet::{Cell, Column, Sheet};
use crate::scenario::build::DEFAULT_SPACING;
use crate::scenario::phrase::Length;

const ID: &str = "queue-bands";

/// More panels than this are too many for one picture.
const MOST_PANELS: usize = 6;

/// Points of a line at most: a picture of 700 pixels shows no more.
const MOST_POINTS: usize = 400;

/// Pixels of a panel.
const PANEL: u32 = 190;

/// The road before the station, as far as it is known.
#[derive(Clone, Debug, Default)]
struct Room {
    /// Its name.
    name: String,
    /// Trucks that find room: on the road, those that still travel included, else in the station.
    trucks: Option<u32>,
    /// Kilometers of road that a truck in line takes; `None`: the study does not tell.
    km_per_truck: Option<f64>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let title = said("Trucks in line over the day", "Camiones en fila durante el día");
    let missing = |title: Said| {
        let why = said(
            "No station has a line that was observed. Give the study a station with lanes, and demand.",
            "Ninguna estación tiene una fila observada. Dé al estudio una estación con carriles, y demanda.",
        );
        Missing { id: ID, title, why }
    };
    let Some(station) = pick::station(story) else { return Err(missing(title)) };
    let title = title.join(", ", &same(foreign(&station)));
    let chosen: Vec<usize> = pick::some(result, MOST_PANELS);
    let all: Vec<(usize, &QueueSeries)> = (0..result.scenarios.len())
        .filter_map(|scenario| Some((scenario, series(story, scenario, &station)?)))
        .collect();
    let shown: Vec<(usize, &QueueSeries)> =
        all.iter().copied().filter(|(scenario, _)| chosen.contains(scenario)).collect();
    let known = |series: &QueueSeries| series.p50.iter().any(|value| value.is_finite());
    if !shown.iter().any(|(_, series)| known(series)) {
        return Err(missing(title));
    }
    let room = room(story, result.baseline, &station);
    let svg = paint(story, &shown, &room);
    let chosen: Vec<usize> = shown.iter().map(|(scenario, _)| *scenario).collect();
    let caption = caption(story, &shown, &room).join("", &pick::left_out(story, &chosen));
    Ok(Figure { id: ID, title, caption, data: data(story, &all, &room), svg })
}

/// The line of a whole station.
fn series<'a>(story: &Story<'a>, scenario: usize, station: &str) -> Option<&'a QueueSeries> {
    let mut all = story.result.scenarios[scenario].queues.iter();
    all.find(|series| series.station == station && series.group.is_none())
}

/// The road that leads to the station, or the station's own room.
fn room(story: &Story, scenario: usize, station: &str) -> Room {
    let Some(plan) = story.plan.scenarios.get(scenario) else { return Room::default() };
    let network = &plan.network;
    let leads = |next: &Target| match next {
        Target::Station(id) => network.stations.get(id.index()).is_some_and(|found| found.name == station),
        Target::Exit | Target::Road(_) => false,
    };
    if let Some(road) = network.roads.iter().find(|road| leads(&road.next)) {
        let lanes = f64::from(road.lanes.max(1));
        let km_per_truck = spacing(&plan.resolved, &road.name).map(|meters| meters / 1000.0 / lanes);
        return Room { name: road.name.clone(), trucks: road.room, km_per_truck };
    }
    let own = network.stations.iter().find(|found| found.name == station).and_then(|found| found.room);
    Room { name: station.to_owned(), trucks: own, km_per_truck: None }
}

/// Meters of a lane that a truck takes, if the file measures the road in meters.
fn spacing(resolved: &str, road: &str) -> Option<f64> {
    let table: toml::Table = resolved.parse().ok()?;
    let road = table.get("road")?.get(road)?;
    let meters = |key: &str| road.get(key)?.as_str()?.parse::<Length>().ok().map(|length| length.0);
    let spacing = meters("spacing");
    spacing.or_else(|| meters("length").map(|_| DEFAULT_SPACING)).filter(|meters| *meters > 0.0)
}

/// The last interval in which trucks stand in line in any scenario, and one hour more.
fn end(shown: &[(usize, &QueueSeries)]) -> f64 {
    let hours = |series: &QueueSeries, place: usize| place as f64 * f64::from(series.interval_minutes) / 60.0;
    let last = |series: &QueueSeries| {
        let last = series.p95.iter().rposition(|value| value.is_finite() && *value > 0.0).unwrap_or(0);
        hours(series, last + 1)
    };
    let whole = shown.iter().map(|(_, series)| hours(series, series.p50.len())).fold(0.0, f64::max);
    let last = shown.iter().map(|(_, series)| last(series)).fold(0.0, f64::max);
    libm::ceil(last).max(24.0).min(whole.max(1.0))
}

/// Up to where y goes: the largest p95 of all panels, and the room where it is not far above.
fn top(shown: &[(usize, &QueueSeries)], room: &Room) -> f64 {
    let largest = shown.iter().flat_map(|(_, series)| series.p95.iter().copied());
    let largest = largest.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let limit = room.trucks.map(f64::from).filter(|limit| *limit <= 3.0 * largest);
    draw::top([largest, limit.unwrap_or(0.0) * 1.04])
}

fn paint(story: &Story, shown: &[(usize, &QueueSeries)], room: &Room) -> draw::Svg {
    let (x, y) = (0.0..end(shown), 0.0..top(shown, room));
    let span = x.end;
    let panels = shown.len() as u32;
    let head = 36;
    let height = head + PANEL * panels + 20;
    draw::draw((WIDTH, height), |area| {
        let (key_area, mut rest) = area.split_vertically(head as i32);
        key(&key_area);
        for (place, (scenario, series)) in shown.iter().enumerate() {
            let last = place + 1 == shown.len();
            let (panel, below) = rest.split_vertically((PANEL + if last { 20 } else { 0 }) as i32);
            rest = below;
            let label = if last { pick::hour_label(span) } else { Said::default() };
            let km = room.km_per_truck.is_some();
            let mut axes = Axes::new(x.clone(), y.clone(), label, Said::default()).of_hours();
            axes.y_ticks = draw::ticks(&y, 4);
            // Room for the second axis at the right is taken from the panel.
            let (inner, right) = panel.split_horizontally(WIDTH as i32 - if km { 54 } else { 0 });
            let mut chart = draw::axes_with(&inner, &axes, &pick::hour_text(span), &draw::tick_label);
            one(&mut chart, series, *scenario);
            let unit = said("trucks", "camiones");
            let name = draw::cut(&story.title(*scenario), 13, 520);
            write(&inner, &unit, (8, 4), &font(12, FAINT, HPos::Left, VPos::Top));
            write(&inner, &name, (72, 4), &bold(13, INK, HPos::Left, VPos::Top));
            if let Some(limit) = room.trucks.map(f64::from).filter(|limit| *limit <= y.end) {
                let points = vec![(0.0, limit), (x.end, limit)];
                draw::sure(chart.draw_series([PathElement::new(points, BAD.stroke_width(2))]).map(|_| ()));
                let at = draw::local(&inner, &chart, (x.end, limit));
                write(
                    &inner,
                    &limit_text(room),
                    (at.0 - 4, at.1 + 3),
                    &font(12, BAD, HPos::Right, VPos::Top),
                );
            }
            if let Some(km) = room.km_per_truck {
                second_axis(&right, &inner, &chart, &y, &x, km);
            }
        }
    })
}

fn limit_text(room: &Room) -> Said {
    let trucks = crate::report::number::grouped(f64::from(room.trucks.unwrap_or(0)), 0);
    let name = foreign(&room.name);
    said(format!("full: {trucks} trucks on {name}"), format!("lleno: {trucks} camiones en {name}"))
}

/// Kilometers of road at the right.
fn second_axis(
    right: &Area,
    inner: &Area,
    chart: &draw::Chart,
    y: &std::ops::Range<f64>,
    x: &std::ops::Range<f64>,
    km: f64,
) {
    write(right, &same("km"), (2, 4), &font(12, FAINT, HPos::Left, VPos::Top));
    for at in draw::ticks(&(0.0..y.end * km), 4) {
        let (_, py) = draw::local(inner, chart, (x.end, at / km));
        draw::path(right, vec![(-12, py), (-7, py)], FAINT.stroke_width(1));
        write(right, &same(draw::tick_label(at)), (-3, py), &font(12, FAINT, HPos::Left, VPos::Center));
    }
}

fn one(chart: &mut draw::Chart, series: &QueueSeries, scenario: usize) {
    let every = series.p50.len().div_ceil(MOST_POINTS).max(1);
    let x = |place: usize| (place as f64 + 0.5) * f64::from(series.interval_minutes) / 60.0;
    let places = || (0..series.p50.len()).step_by(every);
    let at = |values: &[f64], place: usize| values.get(place).copied().unwrap_or(f64::NAN);
    let color = style(scenario).color;
    let wide: Vec<_> =
        places().map(|place| (x(place), at(&series.p05, place), at(&series.p95, place))).collect();
    let middle: Vec<_> =
        places().map(|place| (x(place), at(&series.p25, place), at(&series.p75, place))).collect();
    let median: Vec<_> = places().map(|place| (x(place), at(&series.p50, place))).collect();
    draw::band(chart, &wide, color, 0.18);
    draw::band(chart, &middle, color, 0.34);
    draw::line(chart, &median, draw::Style { place: 0, color }, 2);
}

/// What line and bands are.
fn key(area: &Area) {
    let y = 16;
    let mut x = 8;
    let of = |opacity: f64| INK.mix(opacity).filled();
    let names = [
        (said("median of replications", "mediana de las réplicas"), None),
        (said("middle 50 %", "50 % central"), Some(0.45)),
        (said("middle 90 %", "90 % central"), Some(0.18)),
    ];
    for (name, opacity) in names {
        match opacity {
            None => draw::path(area, vec![(x, y), (x + 26, y)], INK.stroke_width(2)),
            Some(opacity) => draw::rectangle(area, [(x, y - 7), (x + 26, y + 7)], of(opacity)),
        }
        write(area, &name, (x + 32, y), &font(13, INK, HPos::Left, VPos::Center));
        x += 32 + draw::width_of(&name, 13) + 20;
    }
}

fn caption(story: &Story, shown: &[(usize, &QueueSeries)], room: &Room) -> Said {
    let peak = |series: &QueueSeries| {
        let known = series.p50.iter().enumerate().filter(|(_, value)| value.is_finite());
        known.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0))).map(|(place, value)| (place, *value))
    };
    let told = |(scenario, series): &(usize, &QueueSeries)| {
        let (place, value) = peak(series)?;
        let p95 = series.p95.get(place).copied().filter(|value| value.is_finite())?;
        let minutes = place as u32 * series.interval_minutes;
        let clock = format!("{}:{:02}", minutes / 60 % 24, minutes % 60);
        let number = |value: f64| crate::report::number::grouped(value, usize::from(value < 9.95));
        let title = story.title(*scenario);
        let km =
            room.km_per_truck.map(|km| format!(" ({} km)", crate::report::number::grouped(value * km, 1)));
        let km = km.unwrap_or_default();
        let (day_en, day_es) = match minutes / 1440 {
            0 => (String::new(), String::new()),
            day => (format!(" of day {}", day + 1), format!(" del día {}", day + 1)),
        };
        if p95 <= 0.0 {
            return Some(said(
                format!("{}: nobody in line.", title.en),
                format!("{}: nadie en fila.", title.es),
            ));
        }
        Some(said(
            format!(
                "{}: {} trucks in line{km} at {clock}{day_en}, in one run of twenty more than {}.",
                title.en,
                number(value),
                number(p95)
            ),
            format!(
                "{}: {} camiones en fila{km} a las {clock}{day_es}, en una de cada veinte corridas más de {}.",
                title.es,
                number(value),
                number(p95)
            ),
        ))
    };
    let wanted = pick::baseline_and_best(story.result);
    let mut parts: Vec<Said> =
        shown.iter().filter(|(scenario, _)| wanted.contains(scenario)).filter_map(told).collect();
    if !parts.is_empty() {
        parts.insert(0, said("Peak of the median.", "Máximo de la mediana."));
    }
    if let Some(trucks) = room.trucks {
        let (name, trucks) = (foreign(&room.name), crate::report::number::grouped(f64::from(trucks), 0));
        let scale = match f64::from(room.trucks.unwrap_or(0)) > top(shown, room) {
            true => (" (beyond the axis)", " (fuera del eje)"),
            false => ("", ""),
        };
        parts.push(said(
            format!("{name} has room for {trucks} trucks, those still rolling included{}.", scale.0),
            format!("En {name} caben {trucks} camiones, incluidos los que aún ruedan{}.", scale.1),
        ));
    }
    if room.km_per_truck.is_none() {
        parts.push(said(
            "Trucks only: the study gives no length of road per truck.",
            "Solo camiones: el estudio no da longitud de carretera por camión.",
        ));
    }
    let runs = story.result.replications;
    parts.push(match runs {
        0 | 1 => said("One replication, so bands and line coincide.", "Una sola réplica: las bandas y la línea coinciden."),
        runs => said(
            format!("Bands are over {runs} replications: how much runs differ, not how sure the mean is."),
            format!("Las bandas son sobre {runs} réplicas: cuánto difieren las corridas, no qué tan segura es la media."),
        ),
    });
    joined(" ", &parts)
}

fn data(story: &Story, all: &[(usize, &QueueSeries)], room: &Room) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("station", "The station."),
        Column::whole("from_min", "min", "Begin of the interval after the first local midnight."),
        Column::number("mean", "trucks", "Mean over replications."),
        Column::number("p05", "trucks", "5 % of replications have less."),
        Column::number("p25", "trucks", "A quarter of the replications have less."),
        Column::number("p50", "trucks", "Half of the replications have less."),
        Column::number("p75", "trucks", "Three quarters of the replications have less."),
        Column::number("p95", "trucks", "95 % of replications have less."),
        Column::number("p50_km", "km", "The median as length of road; blank where the study does not tell."),
    ];
    let mut sheet = Sheet::new(ID, "A row is an interval of a scenario's day.", columns);
    for (scenario, series) in all {
        for place in 0..series.p50.len() {
            let at =
                |values: &[f64]| Cell::from(values.get(place).copied().filter(|value| value.is_finite()));
            let km = series.p50.get(place).zip(room.km_per_truck).map(|(trucks, km)| trucks * km);
            sheet.push(vec![
                story.result.scenarios[*scenario].name.as_str().into(),
                series.station.as_str().into(),
                (place as u32 * series.interval_minutes).into(),
                at(&series.mean),
                at(&series.p05),
                at(&series.p25),
                at(&series.p50),
                at(&series.p75),
                at(&series.p95),
                km.filter(|km| km.is_finite()).into(),
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
    fn bands_are_those_of_the_station_of_the_border_wait() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            let queues = &story.result.scenarios[0].queues;
            let series = queues.iter().find(|series| series.station == "primary" && series.group.is_none());
            let series = series.expect("there is a line");
            let row = &figure.data.rows[9];
            assert_eq!(row[2], Cell::Whole(135));
            assert_eq!(row[6], Cell::Number(series.p50[9]));
            // 20 m of one lane per truck.
            assert_eq!(row[9], Cell::Number(series.p50[9] * 0.02));
            let room = room(story, 0, "primary");
            assert_eq!((room.trucks, room.km_per_truck), (Some(30), Some(0.02)));
            assert!(
                figure.caption.en.contains("room for 30 trucks") && figure.caption.es.contains("caben 30")
            );
        });
    }

    #[test]
    fn without_a_length_there_are_trucks_only() {
        fixture::changed("length  = \"600 m\"\nspacing = \"20 m\"", "room = 90", |story| {
            let figure = draw(story).expect("it draws");
            assert!(figure.caption.en.contains("Trucks only"), "{}", figure.caption.en);
            assert!(figure.data.rows.iter().all(|row| row[9] == Cell::Blank));
        });
    }

    #[test]
    fn lines_that_were_not_observed_are_not_drawn() {
        fixture::story(|story| {
            let mut result = story.result.clone();
            for scenario in &mut result.scenarios {
                for series in &mut scenario.queues {
                    series.p50.fill(f64::NAN);
                }
            }
            assert!(draw(&Story { result: &result, ..*story }).is_err());
        });
    }
}
