//! Ways through the network, class by class.
//!
//! Stations and roads are nodes, routes of positive probability are edges. From here come the
//! checks that every truck can leave and is served wherever it goes, the loops on which visits are
//! counted, and expected visits per truck (the traffic equations v = e + Pᵀv of Jackson, 1957). It
//! reads a [`Network`] and no file. Start at [`check`], [`mark_loops`] or [`visits`].

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, listed};
use crate::model::network::{
    Arrivals, Branch, ClassId, Full, GroupId, Network, RoadId, Screening, StationId, Stream, Target,
};

/// A station or a road: stations first.
type Node = usize;

/// Rounds after which the traffic equations count as solved.
const MOST_ROUNDS: usize = 10_000;

/// By class: its share of the trucks that the class tree decides on.
pub fn class_shares(network: &Network) -> Vec<f64> {
    let mut shares = vec![0.0; network.classes.len()];
    let splits = &network.class_tree.splits;
    let mut open = if splits.is_empty() { Vec::new() } else { vec![(0, 1.0)] };
    while let Some((split, share)) = open.pop() {
        let mut below = 0.0;
        for (upper, branch) in &splits[split].branches {
            match branch {
                Branch::Class(class) => shares[class.index()] += share * (upper - below),
                Branch::Split(next) => open.push((*next, share * (upper - below))),
            }
            below = *upper;
        }
    }
    shares
}

/// Classes that a stream can bring with the share of each; `shares` are those of the class tree.
pub fn classes_of(stream: &Stream, shares: &[f64]) -> Vec<(ClassId, f64)> {
    if let Some(class) = stream.class {
        return vec![(class, 1.0)];
    }
    let mut counts = vec![0.0; shares.len()];
    match &stream.arrivals {
        Arrivals::Trace(trucks) => {
            for truck in trucks {
                counts[truck.class.index()] += 1.0 / trucks.len() as f64;
            }
        }
        Arrivals::Field { .. }
        | Arrivals::Headways { .. }
        | Arrivals::Appointments { .. }
        | Arrivals::AtStart { .. } => {
            counts.copy_from_slice(shares);
        }
    }
    let class = |(i, share): (usize, f64)| (share > 0.0).then_some((ClassId(i as u8), share));
    counts.into_iter().enumerate().filter_map(class).collect()
}

/// Reports classes that cannot leave, that are not accepted where they go, or that have no service
/// time there. Leaves in `choices` only groups that can serve.
pub fn check(network: &mut Network, findings: &mut Findings) {
    let shares = class_shares(network);
    let mut trapped: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut refused: BTreeMap<StationId, Vec<&str>> = BTreeMap::new();
    let mut unserved: BTreeMap<(StationId, String), Vec<&str>> = BTreeMap::new();
    let mut overflowing: BTreeMap<(GroupId, GroupId), Vec<&str>> = BTreeMap::new();
    let mut wait_reached = false;
    let mut past_primary: Vec<&str> = Vec::new();
    for (i, class) in network.classes.iter().enumerate() {
        let graph = Graph::new(network, ClassId(i as u8));
        let entries = network
            .streams
            .iter()
            .filter(|stream| classes_of(stream, &shares).iter().any(|(class, _)| class.index() == i));
        let reached = graph.reached(entries.map(|stream| stream.entry.index()));
        let leaving = graph.leaving();
        if let Some(node) = (0..graph.next.len()).find(|node| reached[*node] && !leaving[*node]) {
            trapped.entry(graph.loop_at(node, network)).or_default().push(&class.name);
        }
        for (s, station) in network.stations.iter().enumerate().filter(|(s, _)| reached[*s]) {
            let id = StationId(s as u16);
            if station.choices[i].is_empty() {
                refused.entry(id).or_default().push(&class.name);
            }
            for group in &station.choices[i] {
                let group = &network.groups[group.index()];
                if group.service[i].is_none() {
                    unserved.entry((id, group.name.clone())).or_default().push(&class.name);
                }
            }
            for (from, into) in overflows(network, &station.choices[i]) {
                if network.groups[from.index()].service[i].is_some()
                    && network.groups[into.index()].service[i].is_none()
                {
                    overflowing.entry((from, into)).or_default().push(&class.name);
                }
            }
        }
        let comes = !network.streams.is_empty() && reached.contains(&true);
        let to_primary = network.border_wait.as_ref().is_none_or(|wait| reached[wait.at.index()]);
        if comes && !to_primary {
            past_primary.push(&class.name);
        }
        wait_reached |= network.border_wait.as_ref().is_none_or(|wait| {
            reached[wait.from.index()] && graph.reached([wait.from.index()])[wait.at.index()]
        });
    }
    for (way, classes) in trapped {
        let first = way.split(' ').next().unwrap_or_default().trim_matches('`');
        let path = if network.roads.iter().any(|road| road.name == first) { "road" } else { "station" };
        let message = format!("trucks of class {} find no way to the exit", listed(&classes));
        let help = "let a `next` or a route lead to `exit`";
        findings.error(
            "E0320",
            &format!("{path}.{first}.next"),
            message,
            format!("they go {way} for ever"),
            help,
        );
    }
    for (station, classes) in refused {
        let name = &network.stations[station.index()].name;
        let message = format!("no lane group of `{name}` accepts trucks of class {}", listed(&classes));
        let help = "a group without `accepts` takes the classes that no other group names";
        findings.error(
            "E0322",
            &format!("station.{name}.lanes"),
            message,
            "they come here and find no lane",
            help,
        );
    }
    for ((station, group), classes) in unserved {
        let name = &network.stations[station.index()].name;
        let message = format!("`{name}.{group}` has no service time for class {}", listed(&classes));
        let help = format!("add `service.{} = \"60 s\"`, or `service.rest`", classes[0]);
        let label = "trucks of the class come here";
        findings.error("E0323", &format!("station.{name}.service"), message, label, help);
    }
    for ((from, into), classes) in overflowing {
        let (from, into) = (&network.groups[from.index()], &network.groups[into.index()]);
        let name = &network.stations[from.station.index()].name;
        let message = format!(
            "trucks of class {} overflow into `{name}.{}`, which has no service time for them",
            listed(&classes),
            into.name
        );
        let help = format!(
            "add `service.{} = \"60 s\"` to `{}`, or let them overflow elsewhere",
            classes[0], into.name
        );
        let path = format!("station.{name}.lanes.{}.overflow", from.name);
        findings.error("E0327", &path, message, "into a group that cannot serve them", help);
    }
    if !wait_reached && let Some(wait) = &network.border_wait {
        let name = |station: StationId| &network.stations[station.index()].name;
        let message = format!("no truck goes from `{}` to `{}`", name(wait.from), name(wait.at));
        findings.error(
            "E0321",
            "border_wait.at",
            message,
            "not on a way from there",
            "name the station where the line begins in `from` and the primary behind it in `at`",
        );
    }
    if let (Some(wait), true, false) = (&network.border_wait, wait_reached, past_primary.is_empty()) {
        let primary = &network.stations[wait.at.index()].name;
        let message = format!("trucks of class {} never come to `{primary}`", listed(&past_primary));
        let help = "follow their way: a `next` or a `route` leads past the primary station";
        findings.warning("W0425", "border_wait.at", message, "the primary station", help);
    }
    check_recalls(network, findings);
    keep_serving_choices(network);
}

/// Reports a review from which trucks go on whose results nobody can act on.
fn check_recalls(network: &Network, findings: &mut Findings) {
    let any = |is: fn(&Screening) -> bool| {
        let screening = network.stations.iter().map(|station| station.screening.as_deref());
        screening.map(|screening| screening.is_some_and(is)).collect::<Vec<bool>>()
    };
    let recalls = any(|screening| screening.recalls);
    let graph = Graph::of_all_classes(network);
    for (review, _) in any(|screening| screening.releases).iter().enumerate().filter(|(_, is)| **is) {
        let on = graph.next[review].iter().filter_map(|(_, next)| *next);
        let reached = graph.reached(on);
        if recalls.contains(&true)
            && !recalls.iter().zip(&reached).any(|(recalls, reached)| *recalls && *reached)
        {
            let name = &network.stations[review].name;
            let message = format!("no truck whose image comes to `{name}` can be stopped");
            let help = "let the way of scanned trucks lead over a station with `recalls = true`";
            let label = "no way from here leads to a station that `recalls`";
            findings.warning("W0427", &format!("station.{name}.release"), message, label, help);
        }
    }
}

/// (from, into) of every overflow that trucks may take which choose these groups.
fn overflows(network: &Network, choices: &[GroupId]) -> BTreeSet<(GroupId, GroupId)> {
    let mut found = BTreeSet::new();
    for &group in choices {
        let mut from = group;
        while let Some(into) = network.groups[from.index()].overflow {
            if !found.insert((from, into)) {
                break;
            }
            from = into;
        }
    }
    found
}

fn keep_serving_choices(network: &mut Network) {
    let Network { stations, groups, .. } = network;
    for station in stations {
        for (i, choices) in station.choices.iter_mut().enumerate() {
            choices.retain(|group| groups[group.index()].service[i].is_some());
        }
    }
}

/// Gives every station and road that lies on a loop a place to count visits. Where events change the
/// ways there are several networks of the same places: their ways count together.
pub fn mark_loops(networks: &mut [&mut Network]) {
    let mut graphs = networks.iter().map(|network| Graph::of_all_classes(network));
    let mut all = graphs.next().expect("there is a network");
    for graph in graphs {
        for (ways, more) in all.next.iter_mut().zip(graph.next) {
            ways.extend(more);
        }
    }
    let mut slots = 0;
    let on_loop: Vec<Option<u16>> = (0..all.next.len())
        .map(|node| {
            let ways = all.next[node].iter().filter_map(|(_, next)| *next).chain(all.aside[node]);
            all.reached(ways)[node].then(|| {
                slots += 1;
                slots - 1
            })
        })
        .collect();
    for network in networks {
        let (of_stations, of_roads) = on_loop.split_at(network.stations.len());
        for (station, slot) in network.stations.iter_mut().zip(of_stations) {
            station.loop_slot = *slot;
        }
        for (road, slot) in network.roads.iter_mut().zip(of_roads) {
            road.loop_slot = *slot;
        }
        network.loop_slots = slots;
    }
}

/// Expected visits of a truck of a class that arrives at `entry`: stations, then roads.
pub fn visits(network: &Network, class: ClassId, entry: StationId) -> Vec<f64> {
    let graph = Graph::new(network, class);
    let mut total = vec![0.0; graph.next.len()];
    let mut wave = vec![0.0; graph.next.len()];
    wave[entry.index()] = 1.0;
    for _ in 0..MOST_ROUNDS {
        let mut next_wave = vec![0.0; wave.len()];
        for (node, weight) in wave.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            total[node] += weight;
            for (share, next) in &graph.next[node] {
                if let Some(next) = next {
                    next_wave[*next] += weight * share;
                }
            }
        }
        wave = next_wave;
        if wave.iter().sum::<f64>() < 1e-9 {
            break;
        }
    }
    total
}

/// Edges of positive probability; `None` leads to the exit.
struct Graph {
    next: Vec<Vec<(f64, Option<Node>)>>,
    /// By node: where trucks go that find it full.
    aside: Vec<Option<Node>>,
}

impl Graph {
    fn new(network: &Network, class: ClassId) -> Self {
        let stations = network.stations.len();
        let edges = |branches: &[(f64, Target)]| {
            let mut below = 0.0;
            let mut edges = Vec::new();
            for (upper, target) in branches {
                if *upper > below {
                    edges.push((upper - below, node(*target, stations)));
                }
                below = *upper;
            }
            edges
        };
        let of_stations = network.stations.iter().map(|station| {
            let ordinary = edges(&station.routes[class.index()].branches);
            let Some(screening) = &station.screening else { return ordinary };
            let sent = &screening.expected[class.index()];
            let left = 1.0 - sent.iter().map(|(share, _)| share).sum::<f64>();
            let ordinary = ordinary.into_iter().map(|(share, next)| (share * left, next));
            let sent = sent.iter().map(|(share, target)| (*share, node(*target, stations)));
            ordinary.chain(sent).filter(|(share, _)| *share > 0.0).collect()
        });
        let of_roads = network.roads.iter().map(|road| vec![(1.0, node(road.next, stations))]);
        Graph { next: of_stations.chain(of_roads).collect(), aside: asides(network) }
    }

    fn of_all_classes(network: &Network) -> Self {
        let nodes = network.stations.len() + network.roads.len();
        let mut all = Graph { next: vec![Vec::new(); nodes], aside: asides(network) };
        for class in 0..network.classes.len() {
            for (node, edges) in Graph::new(network, ClassId(class as u8)).next.into_iter().enumerate() {
                all.next[node].extend(edges.into_iter().map(|(_, next)| (1.0, next)));
            }
        }
        for edges in &mut all.next {
            edges.sort_by_key(|edge| edge.1);
            edges.dedup();
        }
        all
    }

    /// Which nodes lie on a way from some nodes, these included.
    fn reached(&self, from: impl IntoIterator<Item = Node>) -> Vec<bool> {
        let mut seen = vec![false; self.next.len()];
        let mut open: Vec<Node> = from.into_iter().collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                open.extend(self.next[node].iter().filter_map(|(_, next)| *next).chain(self.aside[node]));
            }
        }
        seen
    }

    /// From which nodes the exit can be reached.
    fn leaving(&self) -> Vec<bool> {
        let mut before: Vec<Vec<Node>> = vec![Vec::new(); self.next.len()];
        let mut open = Vec::new();
        for (node, edges) in self.next.iter().enumerate() {
            for (_, next) in edges {
                match next {
                    Some(next) => before[*next].push(node),
                    None => open.push(node),
                }
            }
        }
        let mut seen = vec![false; self.next.len()];
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut seen[node], true) {
                open.extend(&before[node]);
            }
        }
        seen
    }

    /// The loop that is entered when the likeliest edges are followed: `a` → `b` → `a`.
    fn loop_at(&self, node: Node, network: &Network) -> String {
        let mut way = vec![node];
        loop {
            let edges = &self.next[*way.last().expect("a way has a first node")];
            let likeliest = edges.iter().max_by(|a, b| a.0.total_cmp(&b.0)).and_then(|edge| edge.1);
            let next = likeliest.expect("every node has an edge, and none here leads to the exit");
            let seen = way.iter().position(|node| *node == next);
            way.push(next);
            if let Some(first) = seen {
                let names: Vec<String> =
                    way[first..].iter().map(|node| format!("`{}`", name(*node, network))).collect();
                return names.join(" → ");
            }
        }
    }
}

/// By node: where trucks go that find it full.
fn asides(network: &Network) -> Vec<Option<Node>> {
    let stations = network.stations.iter().map(|station| match station.full {
        Full::Block | Full::TurnAway => None,
        Full::Divert(target) => node(target, network.stations.len()),
    });
    stations.chain(network.roads.iter().map(|_| None)).collect()
}

/// Stations and roads to which trucks are diverted that find a station full.
pub fn is_aside(network: &Network, target: Target) -> bool {
    network.stations.iter().any(|station| station.full == Full::Divert(target))
}

fn node(target: Target, stations: usize) -> Option<Node> {
    match target {
        Target::Exit => None,
        Target::Station(StationId(station)) => Some(usize::from(station)),
        Target::Road(RoadId(road)) => Some(stations + usize::from(road)),
    }
}

fn name(node: Node, network: &Network) -> &str {
    match network.stations.get(node) {
        Some(station) => &station.name,
        None => &network.roads[node - network.stations.len()].name,
    }
}
