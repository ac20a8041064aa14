//! `lane-gantt`: lanes by time in one replication: serving, held by what is full ahead, open, closed.
//!
//! Strips closer to each other than a pixel are one. Whether a lane without a truck is open can be told only where a
//! table opens lanes; where officers do, the figure says so. Start at [`draw`].

use std::ops::Range;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Area, Axes, BAD, FAINT, INK, WIDTH, bold, font, width_of, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::measure::Visit;
use crate::model::network::{GroupId, LanePlan, Network};
use crate::report::number::grouped;
use crate::report::said::{Said, foreign, joined, said, same};
use crate::report::sheet::{Column, Sheet};

const ID: &str = "lane-gantt";

/// Serving.
const BUSY: RGBColor = RGBColor(0, 103, 163);
/// Open without a truck, by the table of lanes.
const OPEN: RGBColor = RGBColor(206, 224, 238);
/// Nothing: closed, or open and idle where it cannot be told.
const REST: RGBColor = RGBColor(240, 241, 243);

/// More lanes than this stand in no picture.
const MOST_LANES: usize = 40;

/// What a lane does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Doing {
    Serving,
    Held,
    Open,
}

/// A lane with what it does, in hours from the start of the run.
struct Lane {
    group: String,
    number: u32,
    strips: Vec<(f64, f64, Doing)>,
    /// Whether the strips of [`Doing::Open`] are known.
    planned: bool,
}

struct Lanes {
    scenario: usize,
    lanes: Vec<Lane>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let title = said("Lanes by time", "Carriles en el tiempo");
    let Some(typical) = story.typical else {
        return Err(Missing { id: ID, title, why: super::n_curve::no_typical() });
    };
    let station = pick::station(story);
    let chosen = pick::baseline_and_best(story.result);
    let of = |scenario: usize| {
        let network = &story.plan.scenarios.get(scenario)?.network;
        let lanes = lanes(network, typical.visits.get(scenario)?, station.as_deref()?);
        (!lanes.is_empty()).then_some(Lanes { scenario, lanes })
    };
    let all: Vec<Lanes> = chosen.into_iter().filter_map(of).collect();
    let busy = |lanes: &Lanes| {
        lanes.lanes.iter().any(|lane| lane.strips.iter().any(|(.., doing)| *doing == Doing::Serving))
    };
    let (Some(station), true) = (station, all.iter().any(busy)) else {
        let why = said(
            format!("In replication {} no lane of the station served a truck.", typical.replication),
            format!("En la réplica {} ningún carril de la estación atendió un camión.", typical.replication),
        );
        return Err(Missing { id: ID, title, why });
    };
    let title =
        title.join(", ", &same(foreign(&station))).join(", ", &pick::replication(typical.replication));
    let svg = paint(story, &all);
    let caption = caption(story, &all, &station, typical.replication);
    Ok(Figure { id: ID, title, caption, data: data(story, &all, &station, typical.replication), svg })
}

fn lanes(network: &Network, visits: &[Visit], station: &str) -> Vec<Lane> {
    let Some(place) = network.stations.iter().position(|found| found.name == station) else {
        return Vec::new();
    };
    let hours = |at: crate::kernel::time::SimTime| at.micros() as f64 / 3.6e9;
    let end = network.run_length.seconds() / 3600.0;
    let mut lanes: Vec<Lane> = Vec::new();
    for group in network.groups_of(crate::model::network::StationId(place as u16)) {
        let of_group = |visit: &&Visit| visit.group == Some(group) && visit.start.is_some();
        let mine = visits.iter().filter(of_group);
        let used = mine.clone().filter_map(|visit| visit.lane).max().unwrap_or(0);
        // A yard has as many lanes as trucks: nobody looks at them one by one.
        let built = network.groups[group.index()].lanes.unwrap_or(0);
        for number in 1..=used.max(built) {
            if lanes.len() == MOST_LANES {
                return lanes;
            }
            let mut strips: Vec<(f64, f64, Doing)> = Vec::new();
            for visit in mine.clone().filter(|visit| visit.lane == Some(number)) {
                let (Some(start), stop) = (visit.start, visit.end.or(visit.leave)) else { continue };
                let start = hours(start);
                let stop = stop.map_or(end.max(start), hours);
                strips.push((start, stop, Doing::Serving));
                if let Some(leave) = visit.leave.map(hours).filter(|leave| *leave > stop) {
                    strips.push((stop, leave, Doing::Held));
                }
            }
            strips.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            let open = planned(network, group, number, end);
            let is_planned = open.is_some();
            let open = open.unwrap_or_default().into_iter().map(|(from, to)| (from, to, Doing::Open));
            let strips = open.chain(strips).collect();
            let name = network.groups[group.index()].name.clone();
            lanes.push(Lane { group: name, number, strips, planned: is_planned });
        }
    }
    lanes
}

/// When the table of lanes has this lane open; `None` where officers open it.
fn planned(network: &Network, group: GroupId, lane: u32, end: f64) -> Option<Vec<(f64, f64)>> {
    let LanePlan::Table(table) = &network.groups.get(group.index())?.plan else { return None };
    let mut open = Vec::new();
    for (place, (from, lanes)) in table.steps.iter().enumerate() {
        let from = (from.micros() as f64 / 3.6e9).max(0.0);
        let to = table.steps.get(place + 1).map_or(end, |(to, _)| to.micros() as f64 / 3.6e9).min(end);
        if *lanes >= lane && to > from {
            match open.last_mut() {
                Some((_, last)) if *last == from => *last = to,
                _ => open.push((from, to)),
            }
        }
    }
    Some(open)
}

/// Strips of one kind with gaps below `least` closed.
fn merged(strips: &[(f64, f64, Doing)], doing: Doing, least: f64) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::new();
    for (from, to, _) in strips.iter().filter(|(.., other)| *other == doing) {
        match out.last_mut() {
            Some((_, last)) if *from - *last < least => *last = last.max(*to),
            _ => out.push((*from, *to)),
        }
    }
    out
}

/// Pixels of a lane.
const ROW: i32 = 17;
const LEFT: u32 = 132;

/// First and last hour in which a lane serves; whole hours.
fn span(all: &[Lanes]) -> Range<f64> {
    let strips = || {
        let lanes = all.iter().flat_map(|lanes| &lanes.lanes);
        lanes.flat_map(|lane| lane.strips.iter().filter(|(.., doing)| *doing != Doing::Open))
    };
    let first = strips().map(|(from, ..)| *from).fold(f64::INFINITY, f64::min);
    let last = strips().map(|(_, to, _)| *to).fold(0.0, f64::max);
    let first = if first.is_finite() { libm::floor(first) } else { 0.0 };
    first..libm::ceil(last).max(first + 1.0)
}

/// The hour of the widest use in the first panel: seen from near.
fn near(all: &[Lanes], span: &Range<f64>) -> Option<Range<f64>> {
    if span.end - span.start < 4.0 {
        return None;
    }
    let used = |from: f64| -> f64 {
        let lanes = all.first().map_or(&[][..], |lanes| &lanes.lanes);
        let strips = lanes.iter().flat_map(|lane| &lane.strips).filter(|(.., doing)| *doing != Doing::Open);
        strips.map(|(start, stop, _)| (stop.min(from + 1.0) - start.max(from)).max(0.0)).sum()
    };
    let hours = (span.start as i64..span.end as i64).map(|hour| hour as f64);
    let best =
        hours.map(|hour| (used(hour), hour)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)))?;
    Some(best.1..best.1 + 1.0)
}

fn paint(story: &Story, all: &[Lanes]) -> draw::Svg {
    let x = span(all);
    let zoom = near(all, &x);
    let panels: Vec<(&Lanes, Range<f64>)> = all
        .iter()
        .map(|lanes| (lanes, x.clone()))
        .chain(zoom.iter().filter_map(|zoom| Some((all.first()?, zoom.clone()))))
        .collect();
    let tall = |lanes: &Lanes| 26 + ROW * lanes.lanes.len() as i32 + 42;
    let height = 34 + panels.iter().map(|(lanes, _)| tall(lanes) + 12).sum::<i32>();
    draw::draw((WIDTH, height as u32), |area| {
        let (key_area, mut rest) = area.split_vertically(34);
        key(&key_area, all);
        for (lanes, x) in &panels {
            let (panel_area, below) = rest.split_vertically(tall(lanes) + 12);
            rest = below;
            panel(&panel_area, story, lanes, x, zoom.as_ref() == Some(x));
        }
    })
}

fn panel(area: &Area, story: &Story, lanes: &Lanes, x: &Range<f64>, near: bool) {
    let height = ROW * lanes.lanes.len() as i32;
    let (area, _) = area.split_vertically(26 + height + 42);
    let (area, label) = (&area, if near { minute_label(x) } else { pick::hour_label(x.end) });
    let mut axes = Axes::new(x.clone(), 0.0..f64::from(height), label, Said::default());
    (axes.left, axes.y_ticks) = (LEFT, Vec::new());
    axes.x_ticks = match near {
        true => (0..=6).map(|tenth| x.start + f64::from(tenth) / 6.0).collect(),
        false => draw::hours(x),
    };
    let clock = pick::hour_text(x.end);
    let start = x.start;
    let text = move |at: f64| match near {
        true => format!("{:.0}", (at - start) * 60.0),
        false => clock(at),
    };
    let chart = draw::axes_with(area, &axes, &text, &draw::tick_label);
    let mut title = story.title(lanes.scenario);
    if near {
        title = title.join(": ", &said("one hour, truck by truck", "una hora, camión por camión"));
    }
    write(area, &draw::cut(&title, 13, WIDTH as i32 - 20), (8, 4), &bold(13, INK, HPos::Left, VPos::Top));
    let pixel_hours = (x.end - x.start) / f64::from(WIDTH - LEFT - 14);
    for (row, lane) in lanes.lanes.iter().enumerate() {
        let at = |hour: f64| draw::local(area, &chart, (hour, f64::from(height - ROW * row as i32)));
        let (left, top) = at(x.start);
        let (right, _) = at(x.end);
        draw::rectangle(area, [(left, top + 2), (right, top + ROW - 1)], REST.filled());
        for (doing, color) in [(Doing::Open, OPEN), (Doing::Serving, BUSY), (Doing::Held, BAD)] {
            let least = if near { 0.0 } else { pixel_hours };
            for (from, to) in merged(&lane.strips, doing, least) {
                if to <= x.start || from >= x.end {
                    continue;
                }
                let (from, to) = (at(from.max(x.start)).0, at(to.min(x.end)).0);
                // One pixel between two trucks where they are seen one by one.
                let to = if near && to - from > 2 { to - 1 } else { to.max(from + 1) };
                let inset = if doing == Doing::Held { 6 } else { 2 };
                let bottom = if doing == Doing::Held { top + ROW - 5 } else { top + ROW - 1 };
                draw::rectangle(area, [(from, top + inset), (to, bottom)], color.filled());
            }
        }
        let name = format!("{} {}", foreign(&lane.group), lane.number);
        let name = draw::cut(&same(name), 12, LEFT as i32 - 14);
        write(area, &name, (left - 6, top + ROW / 2 + 1), &font(12, INK, HPos::Right, VPos::Center));
    }
}

fn minute_label(x: &Range<f64>) -> Said {
    let hour = (x.start as i64).rem_euclid(24);
    let day = match (x.start as i64).div_euclid(24) {
        0 => Said::default(),
        day => said(format!(" of day {}", day + 1), format!(" del día {}", day + 1)),
    };
    said(format!("minutes after {hour}:00"), format!("minutos después de las {hour}:00")).join("", &day)
}

/// What the colors are; strips of held lanes are narrow too.
fn key(area: &Area, all: &[Lanes]) {
    let planned = all.iter().any(|lanes| lanes.lanes.iter().any(|lane| lane.planned));
    let officers = all.iter().any(|lanes| lanes.lanes.iter().any(|lane| !lane.planned));
    let held = all.iter().any(|lanes| {
        lanes.lanes.iter().any(|lane| lane.strips.iter().any(|(.., doing)| *doing == Doing::Held))
    });
    let rest = match officers {
        true => said(
            "no truck in the booth: moving up, idle or closed",
            "sin camión en la caseta: avance, libre o cerrado",
        ),
        false => said("closed", "cerrado"),
    };
    let names = [
        (said("serving", "atendiendo"), BUSY, true),
        (said("held: full ahead (narrow)", "detenido: lleno adelante (franja angosta)"), BAD, held),
        (said("open, no truck", "abierto, sin camión"), OPEN, planned),
        (rest, REST, true),
    ];
    let mut x = 8;
    for (name, color, shown) in names {
        if !shown {
            continue;
        }
        let inset = if color == BAD { 3 } else { 0 };
        draw::rectangle(area, [(x, 8 + inset), (x + 24, 22 - inset)], color.filled());
        if color == REST {
            draw::rectangle(area, [(x, 8), (x + 24, 22)], FAINT.stroke_width(1));
        }
        write(area, &name, (x + 30, 15), &font(13, INK, HPos::Left, VPos::Center));
        x += 30 + width_of(&name, 13) + 14;
    }
}

/// Hours that lanes spend in something.
fn sum(lane: &Lane, doing: Doing) -> f64 {
    let of_kind = lane.strips.iter().filter(|(.., other)| *other == doing);
    of_kind.map(|(from, to, _)| to - from).sum()
}

fn caption(story: &Story, all: &[Lanes], station: &str, replication: u32) -> Said {
    let name = foreign(station);
    let told = |lanes: &Lanes| {
        let hours = |doing: Doing| lanes.lanes.iter().map(|lane| sum(lane, doing)).sum::<f64>();
        let (serving, held) = (grouped(hours(Doing::Serving), 0), hours(Doing::Held));
        let count = lanes.lanes.iter().filter(|lane| sum(lane, Doing::Serving) > 0.0).count();
        let title = story.title(lanes.scenario);
        let (held_en, held_es) = match held >= 0.05 {
            true => {
                let held = grouped(held, 1);
                match count {
                    1 => (format!(" and was held {held}"), format!(" y estuvo detenido {held}")),
                    _ => (format!(" and were held {held}"), format!(" y estuvieron detenidos {held}")),
                }
            }
            false => (String::new(), String::new()),
        };
        match count {
            0 => said(
                format!("{}: no lane of {name} served a truck.", title.en),
                format!("{}: ningún carril de {name} atendió un camión.", title.es),
            ),
            1 => said(
                format!("{}: one lane of {name} served for {serving} lane-hours{held_en}.", title.en),
                format!(
                    "{}: un carril de {name} atendió durante {serving} horas de carril{held_es}.",
                    title.es
                ),
            ),
            _ => said(
                format!("{}: {count} lanes of {name} served for {serving} lane-hours{held_en}.", title.en),
                format!(
                    "{}: {count} carriles de {name} atendieron durante {serving} horas de carril{held_es}.",
                    title.es
                ),
            ),
        }
    };
    let mut parts: Vec<Said> = all.iter().map(told).collect();
    if all.iter().any(|lanes| lanes.lanes.iter().any(|lane| !lane.planned)) {
        parts.push(said(
            "Officers open lanes as they are needed; a lane without a truck may be open or closed, and between two trucks the next one moves up.",
            "Los oficiales abren carriles según hacen falta; uno sin camión puede estar abierto o cerrado, y entre dos camiones avanza el siguiente.",
        ));
    }
    let strips = || all.iter().flat_map(|lanes| &lanes.lanes).flat_map(|lane| &lane.strips);
    let (from, to) =
        strips().fold((f64::INFINITY, 0.0_f64), |ends, strip| (ends.0.min(strip.0), ends.1.max(strip.1)));
    let pixel_minutes = 60.0 * (to - from) / f64::from(WIDTH - LEFT - 14);
    if pixel_minutes >= 5.0 {
        let minutes = grouped(pixel_minutes, 0);
        parts.push(said(
            format!("Over so many days, gaps of less than {minutes} min are drawn closed; the one hour below shows them."),
            format!("Con tantos días, los huecos de menos de {minutes} min se dibujan cerrados; la hora de abajo los muestra."),
        ));
    }
    if all.iter().any(|lanes| lanes.lanes.len() == MOST_LANES) {
        parts.push(said(
            format!("The first {MOST_LANES} lanes are shown."),
            format!("Se muestran los primeros {MOST_LANES} carriles."),
        ));
    }
    joined(" ", &parts).join("", &pick::one_replication(replication))
}

fn data(story: &Story, all: &[Lanes], station: &str, replication: u32) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::whole("replication", "", "The replication that is shown."),
        Column::text("station", "The station."),
        Column::text("group", "The lane group."),
        Column::whole("lane", "", "The lane, from 1."),
        Column::number("serving_h", "h", "Hours in which it served."),
        Column::number("held_h", "h", "Hours in which it was held by a truck that found no place ahead."),
        Column::number("open_h", "h", "Hours in which its table has it open; blank where officers open it."),
        Column::number("first_h", "h", "Begin of its first service, hours from the start of the run."),
        Column::number("last_h", "h", "End of its last service."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a lane of a scenario.", columns);
    for lanes in all {
        for lane in &lanes.lanes {
            let mut served = lane.strips.iter().filter(|(.., doing)| *doing == Doing::Serving);
            let first = served.clone().next().map(|(from, ..)| *from);
            let last = served.next_back().map(|(_, to, _)| *to);
            sheet.push(vec![
                story.result.scenarios[lanes.scenario].name.as_str().into(),
                replication.into(),
                station.into(),
                lane.group.as_str().into(),
                lane.number.into(),
                sum(lane, Doing::Serving).into(),
                sum(lane, Doing::Held).into(),
                lane.planned.then(|| sum(lane, Doing::Open)).into(),
                first.into(),
                last.into(),
            ]);
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::fixture;
    use crate::report::sheet::Cell;

    #[test]
    fn lanes_serve_as_long_as_their_trucks_were_served() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            // Two lanes today, three with a booth more.
            assert_eq!(figure.data.rows.len(), 5);
            let network = &story.plan.scenarios[0].network;
            let fast = network.groups.iter().position(|group| group.name == "fast").expect("there is one");
            let visits = &story.typical.expect("there is one").visits[0];
            let mine = visits.iter().filter(|visit| visit.group.map(|group| group.index()) == Some(fast));
            let served =
                mine.filter_map(|visit| Some(visit.end?.micros() - visit.start?.micros())).sum::<i64>();
            let Cell::Number(hours) = figure.data.rows[0][5] else { panic!("a number") };
            assert!((hours - served as f64 / 3.6e9).abs() < 1e-6, "{hours}");
            // The table has the lane open for all of the six hours.
            assert_eq!(figure.data.rows[0][7], Cell::Number(6.0));
            assert!(figure.caption.en.contains("One replication"), "{}", figure.caption.en);
            assert!(figure.caption.es.contains("Una sola réplica"), "{}", figure.caption.es);
        });
    }

    #[test]
    fn gaps_below_a_pixel_are_closed() {
        let strips = [(0.0, 1.0, Doing::Serving), (1.01, 2.0, Doing::Serving), (3.0, 4.0, Doing::Serving)];
        assert_eq!(merged(&strips, Doing::Serving, 0.05), [(0.0, 2.0), (3.0, 4.0)]);
        assert_eq!(merged(&strips, Doing::Held, 0.05), []);
    }

    #[test]
    fn without_a_replication_truck_by_truck_it_is_missing() {
        fixture::story(|story| assert!(draw(&Story { typical: None, ..*story }).is_err()));
    }
}
