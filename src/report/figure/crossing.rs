//! `crossing`: how the baseline is laid out: stations, lanes, roads, and where trucks go.
//!
//! Places stand from left to right as trucks meet them. A value without a source in the study has an asterisk.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, FAINT, INK, PALE, WIDTH, bold, cut, font, style, width_of, write};
use super::layered::{Layered, Slot, layered};
use super::panel::days;
use super::{Drawn, Figure, Missing, Story};
use crate::experiment::Place;
use crate::model::network::{Network, Station, Target};
use crate::report::number::{grouped, plain};
use crate::report::said::{Said, foreign, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "crossing";

/// Pixels of a line of text.
const LINE: i32 = 16;
/// Between places above each other.
const GAP: i32 = 20;
/// Most pixels of a text in a box.
const ROOM: i32 = 150;

/// What a place is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stream,
    Station,
    Road,
    Exit,
}

/// A place with what stands in it.
struct Box {
    kind: Kind,
    name: String,
    lines: Vec<Said>,
    width: i32,
    height: i32,
    /// For the table: lanes, least and most mean service (s), travel (min), room, where it leads, assumed keys.
    lanes: String,
    service: Option<[f64; 2]>,
    travel_min: Option<f64>,
    room: Option<u32>,
    leads_to: String,
    assumed: String,
}

/// A way from a place to the next.
struct Way {
    ends: (usize, usize),
    /// Least and most share over classes that come here; `None`: trucks are sent there by what is known of them.
    share: Option<[f64; 2]>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let title = said("The crossing in the baseline (inputs)", "El cruce en la base (insumos)");
    let network = &story.plan.scenarios[story.plan.baseline].network;
    if network.stations.is_empty() {
        let why = said("The study has no stations.", "El estudio no tiene estaciones.");
        return Err(Missing { id: ID, title, why });
    }
    let mut ways = ways(network);
    let mut boxes = boxes(story, network, &ways);
    let idle = leave_out_idle(network.streams.len(), &mut boxes, &mut ways);
    let ends: Vec<(usize, usize)> = ways.iter().map(|way| way.ends).collect();
    let entries: Vec<usize> = (0..network.streams.len()).collect();
    let layered = layered(boxes.len(), &ends, &entries, &[boxes.len() - 1]);
    let svg = paint(&boxes, &ways, &layered);
    Ok(Figure { id: ID, caption: caption(story, network, &idle), data: data(&boxes), title, svg })
}

/// Takes out places to which no truck of the baseline can come; their names.
fn leave_out_idle(streams: usize, boxes: &mut Vec<Box>, ways: &mut Vec<Way>) -> Vec<String> {
    let last = boxes.len() - 1;
    let mut reached: Vec<bool> = (0..boxes.len()).map(|place| place < streams || place == last).collect();
    for _ in 0..boxes.len() {
        for way in ways.iter().filter(|way| reached[way.ends.0]).map(|way| way.ends.1).collect::<Vec<_>>() {
            reached[way] = true;
        }
    }
    let now = |place: usize| reached[..place].iter().filter(|reached| **reached).count();
    ways.retain(|way| reached[way.ends.0]);
    ways.iter_mut().for_each(|way| way.ends = (now(way.ends.0), now(way.ends.1)));
    let (kept, idle) =
        std::mem::take(boxes).into_iter().zip(&reached).partition::<Vec<_>, _>(|(_, reached)| **reached);
    boxes.extend(kept.into_iter().map(|(own, _)| own));
    idle.into_iter().map(|(own, _)| own.name).collect()
}

/// Numbers of places: streams, stations, roads, then the exit.
fn number(network: &Network, target: Target) -> usize {
    let (streams, stations) = (network.streams.len(), network.stations.len());
    match target {
        Target::Station(station) => streams + station.index(),
        Target::Road(road) => streams + stations + road.index(),
        Target::Exit => streams + stations + network.roads.len(),
    }
}

fn ways(network: &Network) -> Vec<Way> {
    let (streams, stations) = (network.streams.len(), network.stations.len());
    let mut ways: Vec<Way> = Vec::new();
    for (place, stream) in network.streams.iter().enumerate() {
        ways.push(Way { ends: (place, streams + stream.entry.index()), share: Some([1.0, 1.0]) });
    }
    for (place, station) in network.stations.iter().enumerate() {
        let from = streams + place;
        for (class, route) in station.routes.iter().enumerate() {
            // Only classes that are served here.
            if station.choices.get(class).is_none_or(Vec::is_empty) {
                continue;
            }
            let mut before = 0.0;
            let mut shares: Vec<(usize, f64)> = Vec::new();
            for (until, target) in &route.branches {
                let (to, share) = (number(network, *target), until - before);
                before = *until;
                match shares.iter_mut().find(|(known, _)| *known == to) {
                    Some((_, sum)) => *sum += share,
                    None => shares.push((to, share)),
                }
            }
            for (to, share) in shares.into_iter().filter(|(_, share)| *share > 1e-12) {
                match ways.iter_mut().find(|way| way.ends == (from, to)) {
                    Some(Way { share: Some([low, high]), .. }) => {
                        *low = low.min(share);
                        *high = high.max(share);
                    }
                    Some(Way { share: None, .. }) => {}
                    None => ways.push(Way { ends: (from, to), share: Some([share, share]) }),
                }
            }
        }
        for target in station.screening.iter().flat_map(|screening| screening.targets()) {
            let to = number(network, target);
            if !ways.iter().any(|way| way.ends == (from, to)) {
                ways.push(Way { ends: (from, to), share: None });
            }
        }
    }
    for (place, road) in network.roads.iter().enumerate() {
        ways.push(Way {
            ends: (streams + stations + place, number(network, road.next)),
            share: Some([1.0, 1.0]),
        });
    }
    ways
}

/// Whether a value of these keys has no source; with the keys that have none.
fn assumed(story: &Story, keys: &[String]) -> Vec<String> {
    let of = |path: &String| keys.iter().any(|key| path == key || path.starts_with(&format!("{key}.")));
    story.plan.assumptions.iter().map(|(path, _)| path).filter(|path| of(path)).cloned().collect()
}

fn mark(assumed: &[String]) -> &'static str {
    if assumed.is_empty() { "" } else { "*" }
}

fn boxes(story: &Story, network: &Network, ways: &[Way]) -> Vec<Box> {
    let mut boxes: Vec<Box> = Vec::new();
    for stream in &network.streams {
        boxes.push(of_stream(story, &stream.name));
    }
    let mut names: Vec<String> = network.streams.iter().map(|stream| stream.name.clone()).collect();
    names.extend(network.stations.iter().map(|station| station.name.clone()));
    names.extend(network.roads.iter().map(|road| road.name.clone()));
    names.push("exit".to_owned());
    for (place, station) in network.stations.iter().enumerate() {
        let from = network.streams.len() + place;
        let own: Vec<&Way> = ways.iter().filter(|way| way.ends.0 == from).collect();
        boxes.push(of_station(story, network, station, &own, &names));
    }
    for road in &network.roads {
        let key = |end: &str| format!("road.{}.{end}", road.name);
        let travel = assumed(story, &[key("travel"), key("speed")]);
        let room = assumed(story, &[key("room"), key("length"), key("spacing")]);
        let minutes = road.travel.mean().seconds() / 60.0;
        let mut lines =
            vec![same(format!("{} min{}", plain((minutes * 10.0).round() / 10.0), mark(&travel)))];
        match road.room {
            Some(places) => {
                let text = format!("{}{}", grouped(f64::from(places), 0), mark(&room));
                lines.push(said(format!("room {text}"), format!("cupo {text}")));
            }
            None => lines.push(said("no limit", "sin límite")),
        }
        let to = number(network, road.next);
        boxes.push(Box {
            travel_min: Some(minutes),
            room: road.room,
            leads_to: names[to].clone(),
            assumed: [travel, room].concat().join(" "),
            ..Box::new(Kind::Road, &road.name, lines)
        });
    }
    boxes.push(Box::new(Kind::Exit, "exit", Vec::new()));
    boxes
}

fn of_stream(story: &Story, name: &str) -> Box {
    let key = format!("demand.{name}.volume");
    let written = (story.plan.assumptions.iter().map(|(path, value)| (path, value)))
        .chain(story.plan.sources.iter().map(|(path, value, _)| (path, value)))
        .find(|(path, _)| **path == key)
        .map(|(_, value)| foreign(value.trim_matches('"')));
    let without = assumed(story, &[format!("demand.{name}")]);
    let no_volume = assumed(story, std::slice::from_ref(&key));
    let line = match written {
        Some(text) => {
            let text = match text.split_once(' ') {
                Some((count, unit)) if count.parse::<f64>().is_ok() => {
                    format!("{} {unit}", grouped(count.parse().unwrap_or(0.0), 0))
                }
                _ => text,
            };
            let text = format!("{text}{}", mark(&no_volume));
            let es = text.replace("trucks/day", "camiones/día").replace("trucks/h", "camiones/h");
            said(text, es)
        }
        None => {
            let result = story.result;
            let links = result.scenarios[result.baseline].links.iter();
            let own =
                links.filter(|link| link.class.is_none() && link.from == Place::Stream(name.to_owned()));
            let trucks: f64 = own.filter_map(|link| link.trucks.mean).sum();
            let per_day = days(story);
            let (count, star) = (grouped(trucks / per_day.max(1.0), 0), mark(&without));
            match per_day >= 1.0 {
                true => said(format!("≈ {count} trucks/day{star}"), format!("≈ {count} camiones/día{star}")),
                false => said(format!("≈ {count} trucks{star}"), format!("≈ {count} camiones{star}")),
            }
        }
    };
    Box { assumed: without.join(" "), ..Box::new(Kind::Stream, name, vec![line]) }
}

fn of_station(story: &Story, network: &Network, station: &Station, ways: &[&Way], names: &[String]) -> Box {
    let key = |end: &str| format!("station.{}.{end}", station.name);
    let first = station.first_group.index();
    let groups = &network.groups[first..first + usize::from(station.group_count)];
    let mut lines = Vec::new();
    let (mut lanes, mut all_assumed) = (Vec::new(), Vec::new());
    const SHOWN: usize = 4;
    for (place, group) in groups.iter().enumerate() {
        let star = assumed(story, &[key(&format!("lanes.{}.servers", group.name))]);
        let name = foreign(&group.name);
        let text = match group.lanes {
            Some(count) if groups.len() == 1 => {
                let unit = |one, many| if count == 1 { one } else { many };
                said(
                    format!("{count} {}{}", unit("lane", "lanes"), mark(&star)),
                    format!("{count} {}{}", unit("carril", "carriles"), mark(&star)),
                )
            }
            Some(count) => same(format!("{count} {name}{}", mark(&star))),
            None => said("no limit", "sin límite"),
        };
        lanes.push(
            group.lanes.map_or_else(
                || format!("no limit {}", group.name),
                |count| format!("{count} {}", group.name),
            ),
        );
        if place < SHOWN {
            lines.push(if place > 0 { same("+ ").join("", &text) } else { text });
        }
        all_assumed.extend(star);
    }
    if groups.len() > SHOWN {
        let more = groups.len() - SHOWN;
        lines.push(said(format!("+ {more} more groups"), format!("+ {more} grupos más")));
    }
    let means =
        groups.iter().flat_map(|group| &group.service).flatten().map(|service| service.mean().seconds());
    let (low, high) =
        means.fold((f64::INFINITY, 0.0_f64), |(low, high), mean| (low.min(mean), high.max(mean)));
    let service = (low <= high).then_some([low, high]);
    if let Some([low, high]) = service.filter(|ends| ends[1] > 0.0) {
        let mut keys: Vec<String> = vec![key("service")];
        keys.extend(groups.iter().map(|group| key(&format!("lanes.{}.service", group.name))));
        let star = assumed(story, &keys);
        lines.push(same(format!("{}{}", span(low, high), mark(&star))));
        all_assumed.extend(star);
    }
    if let Some(room) = station.room {
        let star = assumed(story, &[key("room")]);
        let text = format!("{}{}", grouped(f64::from(room), 0), mark(&star));
        lines.push(said(format!("room {text}"), format!("cupo {text}")));
        all_assumed.extend(star);
    }
    let route = assumed(story, &[key("route")]);
    if ways.len() > 1 {
        for way in ways {
            let to = names.get(way.ends.1).map_or("", String::as_str);
            let to = foreign(to);
            let text = match way.share {
                Some([low, high]) => {
                    let percent = |share: f64| plain((share * 1000.0).round() / 10.0);
                    let text = match percent(high - low).as_str() {
                        "0" => percent(high),
                        _ => format!("{}–{}", percent(low), percent(high)),
                    };
                    format!("→ {to} {text} %{}", mark(&route))
                }
                None => format!("⇢ {to}"),
            };
            let exit = text.contains("→ exit ") || text.contains("⇢ exit");
            lines.push(if exit { said(text.clone(), text.replace(" exit", " salida")) } else { same(text) });
        }
        all_assumed.extend(route);
    }
    let leads: Vec<String> = ways.iter().filter_map(|way| names.get(way.ends.1).cloned()).collect();
    Box {
        lanes: lanes.join(" + "),
        service,
        room: station.room,
        leads_to: leads.join(" "),
        assumed: all_assumed.join(" "),
        ..Box::new(Kind::Station, &station.name, lines)
    }
}

/// `18 s`, `25–149 s`, `8 min`.
fn span(low: f64, high: f64) -> String {
    let (divisor, unit) = if high >= 300.0 { (60.0, "min") } else { (1.0, "s") };
    let of = |value: f64| plain((value / divisor * 10.0).round() / 10.0);
    if of(low) == of(high) {
        format!("{} {unit}", of(high))
    } else {
        format!("{}–{} {unit}", of(low), of(high))
    }
}

impl Box {
    fn new(kind: Kind, name: &str, lines: Vec<Said>) -> Box {
        let title = shown_name(kind, name);
        let widest =
            lines.iter().map(|line| width_of(line, 12)).chain([width_of(&title, 13)]).max().unwrap_or(0);
        let rows = lines.len() as i32;
        let (pad, height) = match kind {
            Kind::Station => (14, 12 + LINE * (rows + 1)),
            // As much above the road as below, so that ways lead straight in.
            Kind::Road => (10, 22 + 2 * LINE * rows.max(1)),
            Kind::Stream | Kind::Exit => (6, 4 + LINE * (rows + 1)),
        };
        Box {
            kind,
            name: name.to_owned(),
            // Widths of texts are guessed generously, and few places reach theirs.
            width: widest.min(ROOM) * 9 / 10 + pad,
            height,
            lines,
            lanes: String::new(),
            service: None,
            travel_min: None,
            room: None,
            leads_to: String::new(),
            assumed: String::new(),
        }
    }

    /// From its top to where ways come in and go out.
    fn port(&self) -> i32 {
        self.height / 2
    }
}

fn shown_name(kind: Kind, name: &str) -> Said {
    match kind {
        Kind::Exit => said("exit", "salida"),
        Kind::Stream | Kind::Station | Kind::Road => same(foreign(name)),
    }
}

fn paint(boxes: &[Box], ways: &[Way], layered: &Layered) -> draw::Svg {
    let layers = &layered.layers;
    let widths: Vec<i32> = layers
        .iter()
        .map(|layer| {
            let own =
                layer.iter().map(|slot| if let Slot::Node(node) = slot { boxes[*node].width } else { 0 });
            own.max().unwrap_or(0)
        })
        .collect();
    let gaps = layers.len() as i32 - 1;
    let total: i32 = widths.iter().sum();
    let gap = ((WIDTH as i32 - 16 - total) / gaps.max(1)).clamp(22, 64);
    let width = (total + gap * gaps + 16).max(WIDTH as i32);
    let mut lefts = Vec::new();
    let mut x = 8 + (width - 16 - total - gap * gaps).max(0) / 2;
    for wide in &widths {
        lefts.push(x);
        x += wide + gap;
    }
    let height_of = |slot: &Slot| match slot {
        Slot::Node(node) => boxes[*node].height,
        Slot::Passing(_) => 8,
    };
    let tall = |layer: &Vec<Slot>| layer.iter().map(|slot| height_of(slot) + GAP).sum::<i32>();
    let tallest = layers.iter().map(tall).max().unwrap_or(0);
    let (head, back) = (34, layered.back.iter().filter(|back| **back).count() as i32);
    let height = head + tallest + 12 * back + 40;
    let mut tops: Vec<Vec<(Slot, i32)>> = Vec::new();
    for layer in layers {
        let mut y = head + (tallest - tall(layer)) / 2 + GAP / 2;
        let mut column = Vec::new();
        for slot in layer {
            column.push((*slot, y));
            y += height_of(slot) + GAP;
        }
        tops.push(column);
    }
    let port = |layer: usize, slot: Slot| {
        let top = tops[layer].iter().find(|(known, _)| *known == slot).map_or(0, |(_, top)| *top);
        match slot {
            Slot::Node(node) => top + boxes[node].port(),
            Slot::Passing(_) => top + 4,
        }
    };
    let x_of = |node: usize| {
        let layer = layered.layer_of[node];
        let left = lefts[layer] + (widths[layer] - boxes[node].width) / 2;
        (left, left + boxes[node].width)
    };
    draw::draw((width as u32, height as u32), |area| {
        let text = said("direction of travel →", "sentido de la marcha →");
        write(area, &text, (8, 8), &font(12, FAINT, HPos::Left, VPos::Top));
        let mut lane = 0;
        for (link, way) in ways.iter().enumerate() {
            let (from, to) = way.ends;
            let color = if way.share.is_some() { style(1).color } else { FAINT };
            let mut points = Vec::new();
            if layered.back[link] {
                // Around below everything: down in the gap after its place, up in the gap before the other.
                let low = head + tallest + 8 + 12 * lane;
                lane += 1;
                let out = lefts[layered.layer_of[from]] + widths[layered.layer_of[from]] + 8 + 3 * lane;
                let into = lefts[layered.layer_of[to]] - 9 - 3 * lane;
                let (start, end) = (
                    port(layered.layer_of[from], Slot::Node(from)),
                    port(layered.layer_of[to], Slot::Node(to)),
                );
                let (y0, y1) = (start + 6, end + 6);
                points.extend([
                    (x_of(from).1, y0),
                    (out, y0),
                    (out, low),
                    (into, low),
                    (into, y1),
                    (x_of(to).0, y1),
                ]);
            } else {
                let chain = layered.chain(link, way.ends);
                for (layer, slot) in chain {
                    let y = port(layer, slot);
                    match slot {
                        Slot::Node(node) if node == from => points.push((x_of(node).1, y)),
                        Slot::Node(node) => points.push((x_of(node).0, y)),
                        Slot::Passing(_) => {
                            points.extend([(lefts[layer], y), (lefts[layer] + widths[layer], y)])
                        }
                    }
                }
            }
            arrow(area, &points, color, way.share.is_none() || layered.back[link]);
        }
        for column in &tops {
            for (slot, top) in column {
                let Slot::Node(node) = slot else { continue };
                place(area, &boxes[*node], x_of(*node), *top);
            }
        }
        let legend = said("* assumed: no source in the study", "* supuesto: sin fuente en el estudio");
        write(area, &legend, (8, height - 10), &font(12, INK, HPos::Left, VPos::Bottom));
        if ways.iter().any(|way| way.share.is_none()) {
            let text = said(
                "⇢ sent there by what is known of a truck",
                "⇢ enviados según lo que se sabe del camión",
            );
            write(area, &text, (width - 8, height - 10), &font(12, FAINT, HPos::Right, VPos::Bottom));
        }
    })
}

/// A way with its head, whole or in dashes.
fn arrow(area: &draw::Area, points: &[(i32, i32)], color: RGBColor, dashed: bool) {
    let Some((&(x, y), before)) = points.split_last() else { return };
    let mut line = before.to_vec();
    line.push((x - 7, y));
    for pair in line.windows(2) {
        if !dashed {
            draw::path(area, pair.to_vec(), color.stroke_width(3));
            continue;
        }
        let (dx, dy) = (f64::from(pair[1].0 - pair[0].0), f64::from(pair[1].1 - pair[0].1));
        let length = (dx * dx + dy * dy).sqrt();
        let mut at = 0.0;
        while at < length {
            let of = |t: f64| (pair[0].0 + (dx * t / length) as i32, pair[0].1 + (dy * t / length) as i32);
            draw::path(area, vec![of(at), of((at + 6.0).min(length))], color.stroke_width(2));
            at += 10.0;
        }
    }
    draw::polygon(area, vec![(x - 9, y - 6), (x, y), (x - 9, y + 6)], color.filled());
}

fn place(area: &draw::Area, own: &Box, (left, right): (i32, i32), top: i32) {
    let room = (right - left) * 10 / 9;
    let name = cut(&shown_name(own.kind, &own.name), 13, room);
    let middle = (left + right) / 2;
    let mut y = top;
    match own.kind {
        Kind::Station => {
            let corners = [(left, top), (right, top + own.height)];
            draw::rectangle(area, corners, WHITE.filled());
            draw::rectangle(area, corners, INK.stroke_width(2));
            y += 6;
        }
        Kind::Road => {
            // The road itself, with its direction.
            let (up, down) = (top + own.port() - 7, top + own.port() + 7);
            write(area, &name, (middle, up - 4), &bold(13, INK, HPos::Center, VPos::Bottom));
            let road =
                vec![(left, up), (right - 8, up), (right, (up + down) / 2), (right - 8, down), (left, down)];
            draw::polygon(area, road, FAINT.filled());
            let dash = |at: i32| vec![(at, (up + down) / 2), (at + 8, (up + down) / 2)];
            let mut at = left + 6;
            while at + 8 < right - 6 {
                draw::path(area, dash(at), PALE.stroke_width(1));
                at += 14;
            }
            y = down + 4;
        }
        Kind::Stream | Kind::Exit => {}
    }
    if own.kind != Kind::Road {
        write(area, &name, (middle, y), &bold(13, INK, HPos::Center, VPos::Top));
        y += LINE;
    }
    for line in &own.lines {
        let line = cut(line, 12, room);
        write(area, &line, (middle, y + 1), &font(12, INK, HPos::Center, VPos::Top));
        y += LINE;
    }
}

fn caption(story: &Story, network: &Network, idle: &[String]) -> Said {
    let lanes: u32 = network.groups.iter().filter_map(|group| group.lanes).sum();
    let some = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let (stations, roads) = (network.stations.len(), network.roads.len());
    let size = said(
        format!(
            "{} with {}, {}",
            some(stations, "station", "stations"),
            some(lanes as usize, "lane", "lanes"),
            if roads == 0 { "no road".to_owned() } else { some(roads, "road", "roads") }
        ),
        format!(
            "{} con {}, {}",
            some(stations, "estación", "estaciones"),
            some(lanes as usize, "carril", "carriles"),
            if roads == 0 { "sin tramos".to_owned() } else { some(roads, "tramo", "tramos") }
        ),
    );
    let (assumed, sourced) = (story.plan.assumptions.len(), story.plan.sources.len());
    let all = assumed + sourced;
    let sources = match assumed {
        _ if sourced == 0 => said(
            format!("none of the baseline’s {all} values has a source"),
            format!("ninguno de los {all} valores de la base tiene fuente"),
        ),
        0 => said("all values of the baseline have a source", "todos los valores de la base tienen fuente"),
        1 => said(
            format!("one of the baseline’s {all} values has no source"),
            format!("uno de los {all} valores de la base no tiene fuente"),
        ),
        _ => said(
            format!("{assumed} of the baseline’s {all} values have no source"),
            format!("{assumed} de los {all} valores de la base no tienen fuente"),
        ),
    };
    let text = said(
        format!(
            "{}. In the boxes: lanes by group, mean service time (least to \
             greatest over classes and groups), shares of trucks that go each way (least to greatest over classes). These are \
             inputs, so there is no interval; {}.",
            size.en, sources.en
        ),
        format!(
            "{}. En los recuadros: carriles por grupo, tiempo medio de \
             servicio (del menor al mayor entre clases y grupos) y proporción de camiones que toma cada rumbo (de la menor a la \
             mayor entre clases). Son insumos, por eso no hay intervalo; {}.",
            size.es, sources.es
        ),
    );
    if idle.is_empty() {
        return text;
    }
    let names = foreign(&idle.join(", "));
    let more = said(
        format!("Not drawn, since no truck of the baseline comes there: {names}."),
        format!("Sin dibujar, pues ningún camión de la base llega ahí: {names}."),
    );
    text.join(" ", &more)
}

fn data(boxes: &[Box]) -> Sheet {
    let columns = vec![
        Column::text("kind", "stream, station, road or exit."),
        Column::text("name", "Its name."),
        Column::text("lanes", "Lanes by group."),
        Column::number("service_least_s", "s", "Least mean service time over classes and groups."),
        Column::number("service_most_s", "s", "Greatest mean service time."),
        Column::number("travel_min", "min", "Mean time from the beginning to the end of a road."),
        Column::whole("room", "trucks", "Places; blank: no limit."),
        Column::text("leads_to", "Where trucks go from here."),
        Column::text("says", "What stands in the picture."),
        Column::text("assumed", "Keys of it that have no source in the study."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a place of the baseline's crossing.", columns);
    for own in boxes {
        let kind = match own.kind {
            Kind::Stream => "stream",
            Kind::Station => "station",
            Kind::Road => "road",
            Kind::Exit => "exit",
        };
        let says: Vec<&str> = own.lines.iter().map(|line| line.en.as_str()).collect();
        let text = |text: &str| if text.is_empty() { Cell::Blank } else { text.into() };
        sheet.push(vec![
            kind.into(),
            own.name.as_str().into(),
            text(&own.lanes),
            own.service.map(|ends| ends[0]).into(),
            own.service.map(|ends| ends[1]).into(),
            own.travel_min.into(),
            own.room.into(),
            text(&own.leads_to),
            text(&says.join("; ")),
            text(&own.assumed),
        ]);
    }
    sheet
}
