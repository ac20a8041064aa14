//! `n-curve`: cumulative trucks by stage of one replication, and the same less the mean rate, so that gaps show.
//!
//! Across, the gap between arrivals at the station and starts of service there is the wait of the truck with that
//! number; upright it is the line; the area between is all truck-hours of waiting (Newell 1982, Applications of
//! queueing theory; Cassidy and Windover 1995 for slanted coordinates). Trucks are counted in order of each curve:
//! where lanes overtake each other the gap is the wait of no single truck, yet the area is that of all.

use std::collections::BTreeMap;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Area, Axes, INK, WIDTH, bold, font, style, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::kernel::time::SimTime;
use crate::measure::Visit;
use crate::model::notice::Outcome;
use crate::report::number::grouped;
use crate::report::said::{Said, foreign, joined, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "n-curve";

/// Points of a curve in the table and the picture at most.
const MOST_POINTS: usize = 180;

/// Of the trucks that cross, a share below this comes to the station by the way.
const FEW: f64 = 0.8;

/// Cumulative counts of a scenario, each in order of time, hours from the start of the run.
struct Counts {
    scenario: usize,
    /// Name and instants: the crossing, the station, starts of service there, exits.
    curves: Vec<(Said, &'static str, Vec<f64>)>,
    /// Which curves stand around the line of the station.
    line: (usize, usize),
    /// All waiting at the station, truck-hours.
    waited: f64,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let title = said("Cumulative trucks by stage", "Camiones acumulados por etapa");
    let Some(typical) = story.typical else {
        return Err(Missing { id: ID, title, why: no_typical() });
    };
    let Some(station) = pick::station(story) else {
        let why = said(
            "No station has a line. Give the study a station with lanes.",
            "Ninguna estación tiene fila. Dé al estudio una estación con carriles.",
        );
        return Err(Missing { id: ID, title, why });
    };
    let chosen = pick::baseline_and_best(story.result);
    let all: Vec<Counts> = chosen
        .into_iter()
        .filter_map(|scenario| counts(story, scenario, &station, typical.visits.get(scenario)?))
        .collect();
    if all.is_empty() {
        let why = said(
            format!("In replication {} no truck came to {}.", typical.replication, foreign(&station)),
            format!("En la réplica {} ningún camión llegó a {}.", typical.replication, foreign(&station)),
        );
        return Err(Missing { id: ID, title, why });
    }
    let title = title.join(", ", &pick::replication(typical.replication));
    let svg = paint(story, &all);
    let caption = caption(story, &all, &station, typical.replication);
    Ok(Figure { id: ID, title, caption, data: data(story, &all, &station, typical.replication), svg })
}

/// Why there is no replication truck by truck: a sentence.
pub(super) fn no_typical() -> Said {
    said(
        format!(
            "No replication was complete in every scenario, or it has more than {} trucks: a shorter run length shows trucks one by one.",
            grouped(crate::experiment::MOST_TRUCKS, 0)
        ),
        format!(
            "Ninguna réplica terminó en todos los escenarios, o tiene más de {} camiones: una corrida más corta los muestra uno a uno.",
            grouped(crate::experiment::MOST_TRUCKS, 0)
        ),
    )
}

fn hours(at: SimTime) -> f64 {
    at.micros() as f64 / 3.6e9
}

fn counts(story: &Story, scenario: usize, station: &str, visits: &[Visit]) -> Option<Counts> {
    let network = &story.plan.scenarios.get(scenario)?.network;
    let here = |visit: &Visit| {
        visit
            .station
            .and_then(|id| network.stations.get(id.index()))
            .is_some_and(|found| found.name == station)
    };
    let mut entered: BTreeMap<(u16, u64), SimTime> = BTreeMap::new();
    let (mut came, mut began, mut left, mut waited) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
    // A truck that was interrupted has a row per stretch of service: its first start counts.
    let mut served: BTreeMap<(u16, u64, SimTime), SimTime> = BTreeMap::new();
    let mut seen: std::collections::BTreeSet<(u16, u64, SimTime)> = std::collections::BTreeSet::new();
    for visit in visits {
        let truck = (visit.stream.0, visit.identity);
        let first = entered.entry(truck).or_insert(visit.arrival);
        *first = (*first).min(visit.arrival);
        if here(visit) {
            let stay = (truck.0, truck.1, visit.arrival);
            if seen.insert(stay) {
                came.push(hours(visit.arrival));
            }
            if let Some(start) = visit.start {
                let first = served.entry(stay).or_insert(start);
                *first = (*first).min(start);
            }
        }
        if visit.outcome == Some(Outcome::Crossed)
            && let Some(leave) = visit.leave.or(visit.end)
        {
            left.push(hours(leave));
        }
    }
    for ((.., arrival), start) in &served {
        began.push(hours(*start));
        waited += (hours(*start) - hours(*arrival)).max(0.0);
    }
    let mut arrived: Vec<f64> = entered.values().map(|at| hours(*at)).collect();
    if came.is_empty() {
        return None;
    }
    for instants in [&mut arrived, &mut came, &mut began, &mut left] {
        instants.sort_by(f64::total_cmp);
    }
    let name = foreign(station);
    let at_station = said(format!("came to {name}"), format!("llegaron a {name}"));
    let served = said(format!("served at {name}"), format!("atendidos en {name}"));
    let mut curves = vec![
        (at_station, "came_to_station", came),
        (served, "service_began", began),
        (said("crossed", "cruzaron"), "crossed", left),
    ];
    let mut line = (0, 1);
    // Where the station is the first, one curve tells of both.
    if arrived != curves[0].2 {
        curves.insert(0, (said("came to the crossing", "llegaron al cruce"), "came_to_crossing", arrived));
        line = (1, 2);
    }
    Some(Counts { scenario, curves, line, waited })
}

impl Counts {
    /// When the line at the station is longest: (hour, trucks that had come, trucks that had been served).
    fn longest(&self) -> Option<(f64, usize, usize)> {
        let (came, began) = (&self.curves[self.line.0].2, &self.curves[self.line.1].2);
        let mut longest: Option<(f64, usize, usize)> = None;
        for (place, at) in came.iter().enumerate() {
            let served = began.partition_point(|start| start <= at);
            let here = place + 1;
            if longest.is_none_or(|(_, came, served_then)| {
                here.saturating_sub(served) > came.saturating_sub(served_then)
            }) {
                longest = Some((*at, here, served));
            }
        }
        longest.filter(|(_, came, served)| came > served)
    }

    fn first_and_last(&self) -> (f64, f64) {
        let first =
            self.curves.iter().filter_map(|(.., at)| at.first()).copied().fold(f64::INFINITY, f64::min);
        let last = self.curves.iter().filter_map(|(.., at)| at.last()).copied().fold(0.0, f64::max);
        (if first.is_finite() { first } else { 0.0 }, last)
    }

    /// Trucks that had done it by an hour.
    fn by(&self, curve: usize, hour: f64) -> f64 {
        self.curves[curve].2.partition_point(|at| *at <= hour) as f64
    }

    /// The curves whose gaps the lower panel shows: all, or the two around the line where few of the trucks come to
    /// the station, since no one rate is near to both.
    fn slanted(&self) -> std::ops::Range<usize> {
        match self.curves[self.line.0].2.len() as f64 / self.curves[0].2.len() as f64 {
            few if few < FEW => self.line.0..self.line.1 + 1,
            _ => 0..self.curves.len(),
        }
    }

    /// Mean trucks per hour, over the whole picture, of a curve.
    fn rate(&self, curve: usize) -> f64 {
        let (first, last) = self.first_and_last();
        self.curves[curve].2.len() as f64 / (last - first).max(1e-9)
    }
}

/// Instants at which curves are drawn: fine, and the same for all.
fn grid(from: f64, to: f64) -> impl Iterator<Item = f64> + Clone {
    (0..=MOST_POINTS).map(move |place| from + (to - from) * place as f64 / MOST_POINTS as f64)
}

/// What is taken off a scenario's curves below: one rate for all, so that they can be held against each other; at a
/// station to which plans send more or fewer of the trucks, each its own.
fn rate_of(all: &[Counts], counts: &Counts) -> f64 {
    match all[0].slanted().start {
        0 => all[0].rate(0),
        own => counts.rate(own.min(counts.curves.len() - 1)),
    }
}

/// Colors of curves, in the order of stages; dashes and letters tell them apart too.
fn look(curve: usize, of: usize) -> draw::Style {
    style(if of == 3 { curve + 1 } else { curve })
}

fn paint(story: &Story, all: &[Counts]) -> draw::Svg {
    let from = all.iter().map(|counts| counts.first_and_last().0).fold(f64::INFINITY, f64::min);
    let to = all.iter().map(|counts| counts.first_and_last().1).fold(0.0, f64::max);
    let x = libm::floor(from)..libm::ceil(to).max(libm::floor(from) + 1.0);
    let most = all.iter().flat_map(|counts| counts.curves.iter().map(|(.., at)| at.len())).max().unwrap_or(1);
    let (head, upper, lower) = (58, 280, 350);
    let shown = all[0].slanted();
    let slanted = |counts: &Counts, curve: usize, hour: f64| {
        counts.by(curve, hour) - rate_of(all, counts) * (hour - from).max(0.0)
    };
    let values = all.iter().flat_map(|counts| {
        let own = shown.start..shown.end.min(counts.curves.len());
        own.flat_map(move |curve| grid(from, to).map(move |hour| slanted(counts, curve, hour)))
    });
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let pad = (high - low).max(1.0) * 0.06;
    let slant = low - pad..high + pad;
    draw::draw((WIDTH, head + upper + lower), |area| {
        let (key_area, rest) = area.split_vertically(head as i32);
        let of = all[0].curves.len();
        let names: Vec<(Said, draw::Style)> = all[0]
            .curves
            .iter()
            .enumerate()
            .map(|(curve, (name, ..))| (draw::cut(name, 13, 300), look(curve, of)))
            .collect();
        key(&key_area, &names);
        let columns = rest.split_evenly((1, all.len()));
        for (counts, column) in all.iter().zip(&columns) {
            let (above, below) = column.split_vertically(upper as i32);
            let wide = (WIDTH as i32) / all.len() as i32;
            let title = draw::cut(&story.title(counts.scenario), 13, wide - 20);
            write(&above, &title, (8, 2), &bold(13, INK, HPos::Left, VPos::Top));
            let (_, above) = above.split_vertically(20);
            let unit = said("trucks, cumulative", "camiones acumulados");
            let axes = Axes::new(x.clone(), 0.0..draw::top([most as f64]), Said::default(), unit);
            let by = |curve, hour| counts.by(curve, hour);
            panel(&above, counts, axes, &by, (from, to), (Gaps::Both, 0..of));
            let per_hour = grouped(rate_of(all, counts), 0);
            let unit = said(
                format!("the same less {per_hour} trucks/h"),
                format!("lo mismo menos {per_hour} camiones/h"),
            );
            let unit = match shown.len() < of {
                true => said(
                    format!("at the station, less {per_hour} trucks/h"),
                    format!("en la estación, menos {per_hour} camiones/h"),
                ),
                false => unit,
            };
            let axes = Axes::new(x.clone(), slant.clone(), pick::hour_label(x.end), unit);
            let by = |curve, hour| slanted(counts, curve, hour);
            panel(&below, counts, axes, &by, (from, to), (Gaps::Line, shown.clone()));
        }
    })
}

fn key(area: &Area, names: &[(Said, draw::Style)]) {
    let (mut x, mut y) = (8, 14);
    for (name, look) in names {
        let wide = 32 + draw::width_of(name, 13) + 16;
        if x > 8 && x + wide > WIDTH as i32 {
            (x, y) = (8, y + 20);
        }
        draw::path(area, vec![(x, y), (x + 26, y)], look.color.stroke_width(2));
        draw::marker(area, *look, (x + 13, y), 4);
        write(area, name, (x + 32, y), &font(13, INK, HPos::Left, VPos::Center));
        x += wide;
    }
    let shade = said("area: all waiting in line", "área: toda la espera en fila");
    if x > 8 && x + 32 + draw::width_of(&shade, 13) > WIDTH as i32 {
        (x, y) = (8, y + 20);
    }
    draw::rectangle(area, [(x, y - 7), (x + 26, y + 7)], INK.mix(0.16).filled());
    write(area, &shade, (x + 32, y), &font(13, INK, HPos::Left, VPos::Center));
}

/// What is told of the longest line.
#[derive(Clone, Copy)]
enum Gaps {
    /// The line upright and the wait across.
    Both,
    /// The line alone: across is no time where the mean rate is taken off.
    Line,
}

/// A panel; `at(curve, hour)` is how high a curve stands.
fn panel(
    area: &Area,
    counts: &Counts,
    mut axes: Axes,
    at: &dyn Fn(usize, f64) -> f64,
    (from, to): (f64, f64),
    (told, shown): (Gaps, std::ops::Range<usize>),
) {
    axes.x_ticks = draw::hours(&axes.x);
    let thin = area.dim_in_pixel().0 < 500 && axes.x_ticks.len() > 8;
    if thin {
        axes.x_ticks = axes.x_ticks.iter().copied().step_by(2).collect();
    }
    let span = axes.x.end;
    let mut chart = draw::axes_with(area, &axes, &pick::hour_text(span), &draw::tick_label);
    let (came, began) = counts.line;
    let between: Vec<(f64, f64, f64)> =
        grid(from, to).map(|hour| (hour, at(began, hour), at(came, hour))).collect();
    draw::band(&mut chart, &between, INK, 0.16);
    let of = counts.curves.len();
    for curve in shown.start..shown.end.min(of) {
        let look = look(curve, of);
        let points = grid(from, to).map(|hour| (hour, at(curve, hour)));
        draw::sure(chart.draw_series(LineSeries::new(points, look.color.stroke_width(2))).map(|_| ()));
        // Markers at other places on each curve, so that they do not hide each other.
        for mark in 0..4 {
            let share = (f64::from(mark) + (curve as f64 + 1.0) / (of as f64 + 1.0)) / 4.0;
            let hour = from + (to - from) * share;
            let place = draw::local(area, &chart, (hour, at(curve, hour)));
            draw::marker(area, look, place, 3);
        }
    }
    match told {
        Gaps::Both => gaps(area, counts, &chart, at, (from, to)),
        Gaps::Line => line(area, counts, &chart, at),
    }
}

/// The wait and the line where the line is longest.
fn gaps(
    area: &Area,
    counts: &Counts,
    chart: &draw::Chart,
    at: &dyn Fn(usize, f64) -> f64,
    (from, to): (f64, f64),
) {
    let Some((hour, came, served)) = counts.longest() else { return };
    let began = &counts.curves[counts.line.1].2;
    let down = draw::local(area, chart, (hour, served as f64));
    let up = draw::local(area, chart, (hour, came as f64));
    draw::path(area, vec![up, down], INK.stroke_width(3));
    let line = came - served;
    let (wide, high) = area.dim_in_pixel();
    let mut texts = vec![{
        let line = grouped(line as f64, 0);
        said(format!("line: {line} trucks"), format!("fila: {line} camiones"))
    }];
    if let Some(start) = began.get(came - 1) {
        let right = draw::local(area, chart, (*start, came as f64));
        draw::path(area, vec![up, right], INK.stroke_width(3));
        let minutes = grouped((start - hour) * 60.0, 0);
        texts.push(said(format!("wait: {minutes} min"), format!("espera: {minutes} min")));
    }
    let longest = texts.iter().map(|text| draw::width_of(text, 13)).max().unwrap_or(0);
    let tall = 17 * texts.len() as i32;
    let curves: Vec<(i32, i32)> = (0..counts.curves.len())
        .flat_map(|curve| grid(from, to).map(move |hour| (hour, at(curve, hour))))
        .map(|point| draw::local(area, chart, point))
        .collect();
    let free = |(left, top): (i32, i32)| {
        let inside = |(x, y): &(i32, i32)| {
            (left - 4..left + longest + 4).contains(x) && (top - 4..top + tall + 4).contains(y)
        };
        left >= 60
            && left + longest < wide as i32 - 8
            && top >= 24
            && top + tall < high as i32 - 34
            && !curves.iter().any(inside)
    };
    // Near the bar where no curve passes: below at the right, above at the left, above; the nearest of them.
    let below = (0..12).map(|step| (down.0 + 14, down.1 + 12 + 12 * step));
    let above = (0..12).map(|step| (up.0 - 14 - longest, up.1 - tall - 4 - 12 * step));
    let over = (0..16).map(|step| (up.0.max(66), up.1 - tall - 8 - 12 * step));
    let near = below.chain(above).chain(over).find(|place| free(*place));
    let (left, top) = near.unwrap_or((66, 26));
    for (place, text) in texts.iter().enumerate() {
        write(area, text, (left, top + 17 * place as i32), &bold(13, INK, HPos::Left, VPos::Top));
    }
}

/// The line where it is longest, in slanted coordinates; how long it is stands above.
fn line(area: &Area, counts: &Counts, chart: &draw::Chart, at: &dyn Fn(usize, f64) -> f64) {
    let Some((hour, ..)) = counts.longest() else { return };
    let ends = [counts.line.0, counts.line.1].map(|curve| draw::local(area, chart, (hour, at(curve, hour))));
    draw::path(area, ends.to_vec(), INK.stroke_width(3));
}

fn caption(story: &Story, all: &[Counts], station: &str, replication: u32) -> Said {
    let name = foreign(station);
    let told = |counts: &Counts| {
        let title = story.title(counts.scenario);
        let (waited, trucks) =
            (grouped(counts.waited, 0), grouped(counts.curves[counts.line.0].2.len() as f64, 0));
        let line = counts.longest().map_or(0, |(_, came, served)| came - served);
        let at = counts.longest().map_or(0.0, |(hour, ..)| hour);
        let clock = format!("{}:{:02}", at as u32 % 24, (at.fract() * 60.0) as u32);
        let clock = match at as u32 / 24 {
            0 => same(clock),
            day => said(format!("{clock} of day {}", day + 1), format!("{clock} del día {}", day + 1)),
        };
        let (clock_en, clock_es) = (&clock.en, &clock.es);
        let trucks_of = |word: &str, words: &str| {
            format!("{} {}", grouped(line as f64, 0), if line == 1 { word } else { words })
        };
        let (line_en, line_es) = (trucks_of("truck", "trucks"), trucks_of("camión", "camiones"));
        said(
            format!(
                "{}: {trucks} trucks waited {waited} truck-hours at {name}; the line was longest at {clock_en}, {line_en}.",
                title.en
            ),
            format!(
                "{}: {trucks} camiones esperaron {waited} horas de camión en {name}; la fila fue más larga a las {clock_es}, {line_es}.",
                title.es
            ),
        )
    };
    let mut parts: Vec<Said> = all.iter().map(told).collect();
    parts.push(said(
        "Across, the gap between two curves is time; upright, trucks between; below, the mean rate is taken off so that gaps show. The upright bar is the longest line.",
        "En horizontal, la distancia entre dos curvas es tiempo; en vertical, camiones entre ambas; abajo se resta el ritmo medio para que se vean. La barra vertical es la fila más larga.",
    ));
    joined(" ", &parts).join("", &pick::one_replication(replication))
}

fn data(story: &Story, all: &[Counts], station: &str, replication: u32) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::whole("replication", "", "The replication that is shown."),
        Column::text("station", "The station whose line is shown; blank for the whole crossing."),
        Column::text("stage", "`came_to_crossing`, `came_to_station`, `service_began` or `crossed`."),
        Column::number("from_h", "h", "Hours from the start of the run."),
        Column::whole("trucks", "trucks", "Trucks that had come so far by then."),
        Column::number(
            "slanted",
            "trucks",
            "The same less a mean rate of all panels, or of its own, times the time since the first truck; blank if not drawn.",
        ),
    ];
    let mut sheet = Sheet::new(ID, "A row is an instant of a stage's curve.", columns);
    let from = all.iter().map(|counts| counts.first_and_last().0).fold(f64::INFINITY, f64::min);
    let to = all.iter().map(|counts| counts.first_and_last().1).fold(0.0, f64::max);
    let shown = all.first().map_or(0..0, Counts::slanted);
    for counts in all {
        for (curve, (_, stage, _)) in counts.curves.iter().enumerate() {
            let of_station = matches!(*stage, "came_to_station" | "service_began");
            for hour in grid(from, to).step_by(3) {
                let trucks = counts.by(curve, hour);
                sheet.push(vec![
                    story.result.scenarios[counts.scenario].name.as_str().into(),
                    replication.into(),
                    if of_station { station.into() } else { Cell::Blank },
                    (*stage).into(),
                    hour.into(),
                    (trucks as u64).into(),
                    Some(trucks - rate_of(all, counts) * (hour - from))
                        .filter(|_| shown.contains(&curve))
                        .into(),
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
    fn curves_count_the_trucks_of_the_replication() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            let visits = &story.typical.expect("there is one").visits[0];
            let crossed = visits.iter().filter(|visit| visit.outcome == Some(Outcome::Crossed)).count();
            let last =
                figure.data.rows.iter().rfind(|row| row[0] == "today".into() && row[3] == "crossed".into());
            assert_eq!(last.expect("a row")[5], Cell::from(crossed));
            // The area is the sum of the waits of the trucks.
            let counts = counts(story, 0, "primary", visits).expect("trucks came");
            let primary =
                story.plan.scenarios[0].network.stations.iter().position(|station| station.name == "primary");
            let at = visits.iter().filter(|visit| visit.station.map(|id| id.index()) == primary);
            let waits: f64 = at.filter_map(|visit| Some(hours(visit.start?) - hours(visit.arrival))).sum();
            assert!((counts.waited - waits).abs() < 1e-6 && waits > 0.0, "{} {waits}", counts.waited);
            let area: f64 = {
                let (came, began) = (&counts.curves[counts.line.0].2, &counts.curves[counts.line.1].2);
                began.iter().sum::<f64>() - came.iter().sum::<f64>()
            };
            assert!((area - waits).abs() < 1e-6, "as between the curves: {area} {waits}");
            assert!(
                figure.caption.en.contains("truck-hours") && figure.caption.es.contains("horas de camión")
            );
        });
    }

    #[test]
    fn without_a_replication_truck_by_truck_it_is_missing() {
        fixture::story(|story| {
            let missing = draw(&Story { typical: None, ..*story }).expect_err("nothing to count");
            assert!(missing.why.en.contains("40,000"), "{}", missing.why.en);
        });
    }
}
