//! `flow`: trucks from place to place as ribbons, as wide as trucks are many.
//!
//! The baseline, and below it the best plan where trucks take other ways there. Links that lead back are told in the
//! caption and stand in the table: a ribbon that turns around hides more than it shows.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, FAINT, INK, WIDTH, cut, font, style, write};
use super::layered::{Layered, Slot, layered};
use super::panel::days;
use super::{Drawn, Figure, Missing, Story};
use crate::experiment::{Link, Mean, Place};
use crate::report::number::grouped;
use crate::report::said::{Said, foreign, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "flow";

/// Pixels of a panel, its title aside.
const PANEL: i32 = 290;
/// Pixels of the title of a panel.
const TITLE: i32 = 26;
/// Width of a place.
const NODE: i32 = 10;
/// Between slots, with room for two lines of text.
const GAP: i32 = 36;

/// Trucks of a scenario, ready to draw.
struct Flow<'a> {
    places: Vec<&'a Place>,
    links: Vec<(&'a Link, f64)>,
    ends: Vec<(usize, usize)>,
    layered: Layered,
    entered: f64,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let per_day = days(story) >= 1.0;
    let title = match per_day {
        true => said("Trucks from place to place (trucks/day)", "Camiones de lugar en lugar (camiones/día)"),
        false => said(
            "Trucks from place to place (trucks in the run)",
            "Camiones de lugar en lugar (camiones en la corrida)",
        ),
    };
    let base = story.result.baseline;
    let flow = flow(story, base);
    if flow.links.is_empty() || flow.entered <= 0.0 {
        let why = said(
            "No truck went anywhere in the run, so there is no flow to show.",
            "Ningún camión se movió en la corrida; no hay flujo que mostrar.",
        );
        return Err(Missing { id: ID, title, why });
    }
    let second = best(story).filter(|other| differ(story, base, *other));
    let panels: Vec<usize> = std::iter::once(base).chain(second).collect();
    let size = (WIDTH, ((PANEL + TITLE) * panels.len() as i32) as u32);
    let svg = draw::draw(size, |area| {
        for (row, scenario) in panels.iter().enumerate() {
            let top = row as i32 * (PANEL + TITLE);
            let name = cut(&story.title(*scenario), 14, WIDTH as i32 - 16);
            write(area, &name, (8, top + 4), &font(14, INK, HPos::Left, VPos::Top));
            paint(story, area, top + TITLE, *scenario);
        }
    });
    Ok(Figure { id: ID, caption: caption(story, &flow, second), data: data(story), title, svg })
}

/// By what counts are divided.
fn divisor(story: &Story) -> f64 {
    let days = days(story);
    if days >= 1.0 { days } else { 1.0 }
}

fn flow<'a>(story: &Story<'a>, scenario: usize) -> Flow<'a> {
    let all = story.result.scenarios[scenario].links.iter().filter(|link| link.class.is_none());
    let links: Vec<(&Link, f64)> = all
        .filter_map(|link| Some((link, link.trucks.mean? / divisor(story))))
        .filter(|(_, trucks)| *trucks > 0.0)
        .collect();
    let mut places: Vec<&Place> = Vec::new();
    let mut place = |of: &'a Place| {
        let known = places.iter().position(|known| *known == of);
        known.unwrap_or_else(|| {
            places.push(of);
            places.len() - 1
        })
    };
    let ends: Vec<(usize, usize)> =
        links.iter().map(|(link, _)| (place(&link.from), place(&link.to))).collect();
    let of_kind = |wanted: fn(&Place) -> bool| -> Vec<usize> {
        (0..places.len()).filter(|at| wanted(places[*at])).collect()
    };
    let entries = of_kind(|place| matches!(place, Place::Stream(_)));
    let exits = of_kind(|place| matches!(place, Place::Exit));
    let into: f64 = (links.iter())
        .filter(|(link, _)| matches!(link.from, Place::Stream(_)))
        .map(|(_, trucks)| *trucks)
        .sum();
    let layered = layered(places.len(), &ends, &entries, &exits);
    Flow { layered, places, links, ends, entered: into }
}

/// The plan with the best mean difference.
fn best(story: &Story) -> Option<usize> {
    let result = story.result;
    let less = result.entries[result.headline].less_is_better() != Some(false);
    let mean = |place: usize| {
        let mean = result.comparisons[place].paired[result.headline].difference.mean?;
        Some((if less { mean } else { -mean }, result.comparisons[place].scenario))
    };
    let all = (0..result.comparisons.len()).filter_map(mean);
    all.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, scenario)| scenario)
}

/// Whether some share of the trucks moves by more than half a percentage point.
fn differ(story: &Story, one: usize, other: usize) -> bool {
    let (here, there) = (flow(story, one), flow(story, other));
    let share = |flow: &Flow, link: &Link| {
        let found = flow.links.iter().find(|(known, _)| known.from == link.from && known.to == link.to);
        found.map_or(0.0, |(_, trucks)| trucks / flow.entered.max(1e-9))
    };
    let all = here.links.iter().chain(&there.links);
    all.into_iter().any(|(link, _)| (share(&here, link) - share(&there, link)).abs() > 0.005)
}

fn name(place: &Place) -> Said {
    match place {
        Place::Stream(name) | Place::Station(name) | Place::Road(name) => same(foreign(name)),
        Place::Exit => said("exit", "salida"),
        Place::TurnedAway => said("turned away", "rechazados"),
        Place::Diverted => said("went elsewhere", "se fueron a otro cruce"),
        Place::Balked => said("did not join", "no se formaron"),
        Place::Reneged => said("left the line", "dejaron la fila"),
        Place::Unfinished => said("still inside", "siguen dentro"),
    }
}

/// Where a slot stands: top and height.
type Room = (Slot, i32, i32);

fn paint(story: &Story, area: &draw::Area, top: i32, scenario: usize) {
    let flow = flow(story, scenario);
    let layers = &flow.layered.layers;
    let through = |slot: Slot| match slot {
        Slot::Passing(link) => flow.links[link].1,
        Slot::Node(node) => {
            let sum = |of: fn(&(usize, usize)) -> usize| -> f64 {
                let ends = flow.ends.iter().zip(&flow.links).enumerate();
                let own = ends.filter(|(link, (ends, _))| !flow.layered.back[*link] && of(ends) == node);
                own.map(|(_, (_, (_, trucks)))| *trucks).sum()
            };
            sum(|ends| ends.0).max(sum(|ends| ends.1))
        }
    };
    let most = layers.iter().map(|layer| layer.iter().map(|slot| through(*slot)).sum::<f64>());
    let most = most.fold(flow.entered, f64::max).max(1e-9);
    let widest = layers.iter().map(Vec::len).max().unwrap_or(1) as i32;
    let gap = GAP.min((PANEL - 40) / widest.max(1));
    let scale = f64::from((PANEL - 8 - gap * widest).max(40)) / most;
    let thick = |trucks: f64| ((trucks * scale).round() as i32).max(1);
    let chains: Vec<Vec<(usize, Slot)>> =
        flow.ends.iter().enumerate().map(|(link, ends)| flow.layered.chain(link, *ends)).collect();
    let mut rooms: Vec<Vec<Room>> = Vec::new();
    for (place, layer) in layers.iter().enumerate() {
        let total: i32 = layer.iter().map(|slot| thick(through(*slot)) + gap).sum();
        let spare = (PANEL - total - 4).max(0);
        let mut y = top + gap;
        let mut column: Vec<Room> = Vec::new();
        for slot in layer {
            column.push((*slot, y, thick(through(*slot))));
            y += column[column.len() - 1].2 + gap;
        }
        // As near as can be to where its trucks come from, the many before the few.
        let (mut sum, mut weight) = (0.0, 0.0);
        for (link, chain) in chains.iter().enumerate().filter(|(link, _)| !flow.layered.back[*link]) {
            let trucks = flow.links[link].1;
            for pair in chain.windows(2).filter(|pair| pair[1].0 == place) {
                let before =
                    rooms.get(pair[0].0).and_then(|rooms| rooms.iter().find(|room| room.0 == pair[0].1));
                let here = column.iter().find(|room| room.0 == pair[1].1);
                if let Some((before, here)) = before.zip(here) {
                    sum += trucks * f64::from(before.1 + before.2 / 2 - here.1 - here.2 / 2);
                    weight += trucks;
                }
            }
        }
        let shift = if weight > 0.0 { (sum / weight).round() as i32 } else { spare / 2 };
        let shift = shift.clamp(0, spare);
        column.iter_mut().for_each(|room| room.1 += shift);
        rooms.push(column);
    }
    let step = f64::from(WIDTH as i32 - 24 - 84) / (layers.len().max(2) - 1) as f64;
    let x_of = |layer: usize| 12 + (layer as f64 * step) as i32;
    let room_of = |layer: usize, slot: Slot| rooms[layer].iter().find(|(known, ..)| *known == slot).copied();
    let height_of = |link: usize| thick(flow.links[link].1);
    // Ribbons leave a place from top to bottom in the order in which they arrive.
    let mut order: Vec<usize> = (0..flow.links.len()).filter(|link| !flow.layered.back[*link]).collect();
    let mut leaving = vec![0; flow.places.len()];
    let mut arriving = vec![0; flow.places.len()];
    let at = |(layer, slot): (usize, Slot)| room_of(layer, slot).map_or(0, |room| room.1);
    order.sort_by_key(|link| (at(chains[*link][1]), *link));
    let mut starts = vec![0; flow.links.len()];
    for link in &order {
        starts[*link] = leaving[flow.ends[*link].0];
        leaving[flow.ends[*link].0] += height_of(*link);
    }
    order.sort_by_key(|link| (at(chains[*link][chains[*link].len() - 2]), *link));
    for link in &order {
        let (from, to) = flow.ends[*link];
        let height = height_of(*link);
        let chain = &chains[*link];
        let mut points = Vec::new();
        for (place, (layer, slot)) in chain.iter().enumerate() {
            let y = at((*layer, *slot));
            let y = match place {
                0 => y + starts[*link],
                last if last + 1 == chain.len() => y + arriving[to],
                _ => y,
            };
            points.push((x_of(*layer), y, place > 0 && place + 1 < chain.len()));
        }
        arriving[to] += height;
        let ends = matches!(
            flow.places[to],
            Place::TurnedAway | Place::Diverted | Place::Balked | Place::Reneged | Place::Unfinished
        );
        let color = if ends { draw::BAD } else { style(1 + from % 5).color };
        ribbon(area, &points, height, color);
    }
    for (layer, rooms) in rooms.iter().enumerate() {
        for (slot, y, height) in rooms {
            let Slot::Node(node) = slot else { continue };
            let x = x_of(layer);
            draw::rectangle(area, [(x, *y), (x + NODE, y + height)], INK.filled());
            let count = through(*slot);
            let share = 100.0 * count / flow.entered;
            let told =
                same(format!("{}, {} %", amount(count), grouped(share, if share < 9.95 { 1 } else { 0 })));
            let room = if layer + 1 == layers.len() { WIDTH as i32 - 6 - x } else { step as i32 - 6 };
            let name = cut(&name(flow.places[*node]), 13, room);
            let told = cut(&told, 12, room);
            // In the gap above the place; a ribbon that passes there is paler behind the text.
            let wide = draw::width_of(&name, 13).max(draw::width_of(&told, 12)) + 4;
            draw::rectangle(area, [(x - 2, y - 31), (x + wide, y - 1)], WHITE.mix(0.72).filled());
            write(area, &name, (x, y - 30), &font(13, INK, HPos::Left, VPos::Top));
            write(area, &told, (x, y - 15), &font(12, FAINT, HPos::Left, VPos::Top));
        }
    }
}

/// `2,538`, `22.8`.
fn amount(trucks: f64) -> String {
    grouped(trucks, if trucks < 99.5 { 1 } else { 0 })
}

/// A ribbon through points, sampled finely enough to look smooth.
fn ribbon(area: &draw::Area, points: &[(i32, i32, bool)], height: i32, color: RGBColor) {
    const SAMPLES: i32 = 20;
    let mut upper: Vec<(i32, i32)> = Vec::new();
    for pair in points.windows(2) {
        let ((x0, y0, passes), (x1, y1, _)) = (pair[0], pair[1]);
        // From the right edge of a place, and to the left edge of the next.
        let x0 = if passes { x0 } else { x0 + NODE };
        for sample in 0..=SAMPLES {
            let t = f64::from(sample) / f64::from(SAMPLES);
            let eased = t * t * (3.0 - 2.0 * t);
            let x = f64::from(x0) + t * f64::from(x1 - x0);
            let y = f64::from(y0) + eased * f64::from(y1 - y0);
            upper.push((x.round() as i32, y.round() as i32));
        }
    }
    let lower: Vec<(i32, i32)> = upper.iter().rev().map(|(x, y)| (*x, y + height)).collect();
    upper.extend(lower);
    draw::polygon(area, upper, color.mix(0.4).filled());
}

fn caption(story: &Story, flow: &Flow, second: Option<usize>) -> Said {
    let crossed =
        flow.links.iter().filter(|(link, _)| link.to == Place::Exit).map(|(_, trucks)| *trucks).sum::<f64>();
    let (entered, crossed) = (amount(flow.entered), amount(crossed));
    let mut text = said(
        format!("Of {entered} trucks, {crossed} cross in the baseline"),
        format!("De {entered} camiones, {crossed} cruzan en la base"),
    );
    let aside = |ends: &&(usize, usize)| !matches!(flow.places[ends.1], Place::Exit);
    // What leaves the widest way: the largest of the smaller branches of a station.
    let branch =
        flow.ends.iter().zip(&flow.links).filter(|(ends, _)| aside(ends)).filter(|(ends, (_, trucks))| {
            let leaving = flow.ends.iter().zip(&flow.links).filter(|(other, _)| other.0 == ends.0);
            leaving.map(|(_, (_, trucks))| *trucks).fold(0.0, f64::max) > *trucks
        });
    if let Some((ends, (_, trucks))) = branch.max_by(|a, b| a.1.1.total_cmp(&b.1.1)) {
        let (from, to) = (name(flow.places[ends.0]), name(flow.places[ends.1]));
        let share = grouped(100.0 * trucks / flow.entered, 1);
        let more = said(
            format!(
                "; the largest branch leads from {} to {}: {} ({share} %)",
                from.en,
                to.en,
                amount(*trucks)
            ),
            format!("; la rama mayor va de {} a {}: {} ({share} %)", from.es, to.es, amount(*trucks)),
        );
        text = text.join("", &more);
    }
    let back: Vec<String> = (0..flow.links.len())
        .filter(|link| flow.layered.back[*link])
        .map(|link| {
            let (from, to) = flow.ends[link];
            format!(
                "{} → {}: {}",
                name(flow.places[from]).en,
                name(flow.places[to]).en,
                amount(flow.links[link].1)
            )
        })
        .collect();
    if !back.is_empty() {
        let back = back.join(", ");
        text = text.join(
            "",
            &said(format!("; not drawn, leading back: {back}"), format!("; sin dibujar, de regreso: {back}")),
        );
    }
    if let Some(second) = second {
        let other = story.title(second);
        text = text.join(
            "",
            &said(
                format!(". Below, where trucks take other ways: {}", other.en),
                format!(". Abajo, donde los camiones toman otro camino: {}", other.es),
            ),
        );
    }
    let rest = said(
        ". Means over replications; percent of the trucks that come; intervals of all counts are in the table.",
        ". Medias de las réplicas; porcentaje de los camiones que llegan; los intervalos de los conteos están en la tabla.",
    );
    text.join("", &rest)
}

/// What kind of place and its name.
fn kind(place: &Place) -> (&'static str, Cell) {
    match place {
        Place::Stream(name) => ("stream", name.as_str().into()),
        Place::Station(name) => ("station", name.as_str().into()),
        Place::Road(name) => ("road", name.as_str().into()),
        Place::Exit => ("exit", Cell::Blank),
        Place::TurnedAway => ("turned_away", Cell::Blank),
        Place::Diverted => ("diverted", Cell::Blank),
        Place::Balked => ("balked", Cell::Blank),
        Place::Reneged => ("reneged", Cell::Blank),
        Place::Unfinished => ("unfinished", Cell::Blank),
    }
}

fn data(story: &Story) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("from_kind", "What trucks come from."),
        Column::text("from", "Its name."),
        Column::text("to_kind", "Where they go to."),
        Column::text("to", "Its name; blank beyond the crossing."),
        Column::number(
            "trucks",
            "trucks",
            "Trucks per day of the run, or in a run shorter than a day: mean over replications.",
        ),
        Column::number("ci_low", "trucks", "Lower end of its 95 % interval."),
        Column::number("ci_high", "trucks", "Upper end of its 95 % interval."),
        Column::number("share_of_entered", "fraction", "The same over the trucks that come."),
        Column::whole("n", "", "Replications that have a value."),
        Column::text("leads_back", "Whether the link leads back, and is not drawn."),
    ];
    let mut sheet = Sheet::new(
        ID,
        "A row is a way that trucks take from a place to the next, all classes together.",
        columns,
    );
    let divisor = divisor(story);
    for (place, scenario) in story.result.scenarios.iter().enumerate() {
        let flow = flow(story, place);
        for (link, (of, trucks)) in flow.links.iter().enumerate() {
            let mean: &Mean = &of.trucks;
            let ((from_kind, from), (to_kind, to)) = (kind(&of.from), kind(&of.to));
            sheet.push(vec![
                scenario.name.as_str().into(),
                from_kind.into(),
                from,
                to_kind.into(),
                to,
                (*trucks).into(),
                mean.low().map(|low| low / divisor).into(),
                mean.high().map(|high| high / divisor).into(),
                Some(trucks / flow.entered).filter(|share| share.is_finite()).into(),
                mean.n.into(),
                if flow.layered.back[link] { "yes" } else { "no" }.into(),
            ]);
        }
    }
    sheet
}
