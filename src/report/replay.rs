//! The data of the replay: one replication as a plan of the crossing and the ways of its trucks through it.
//!
//! Everything is made from [`Story::typical`] and the networks; nothing is simulated. The page holds it as JSON, which
//! `html/replay.js` draws. Trucks, entries and numbers stand there once for all scenarios; what each truck does is a
//! sequence of small whole numbers, written as base64 digits (`Digits`), which makes a truck about fourteen
//! characters. Start at [`data`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::figure::Story;
use super::said::{Said, foreign, said};
use crate::kernel::time::SimTime;
use crate::measure::{TruckNumbers, Visit};
use crate::model::network::{Full, GroupId, LineLayout, Network, StationId, StreamId, Target};
use crate::model::notice::Outcome;

/// The replay ends before the truck after so many.
pub const MOST_TRUCKS: usize = 8_000;
/// Trucks times scenarios are no more than this: the page is sent by mail.
pub const MOST_JOURNEYS: usize = 40_000;
/// The replay ends here at the latest: three days.
pub const LONGEST: i64 = 3 * 86_400;

/// What the page is given.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The data, which no text in it can leave: `<` is written as `\u003c`.
    pub json: String,
    /// Trucks in it.
    pub trucks: usize,
    /// Trucks of the replication.
    pub all_trucks: usize,
    /// It is the beginning of the replication only.
    pub cut: bool,
    /// Images of trucks are not drawn, and there are some.
    pub images: bool,
}

#[derive(Serialize)]
struct Data {
    /// Changes when its meaning does.
    schema: &'static str,
    /// Seconds from the start of the run at which the replay ends.
    until: i64,
    /// (from second, what to add to have seconds since the first local midnight).
    clock: Vec<(i64, i64)>,
    classes: Vec<String>,
    /// Layers of places, from left to right; the exit stands after the last.
    layers: usize,
    places: Vec<Place>,
    /// Ways between places: (from, to, road); -1 is the entry or the exit.
    ways: Vec<(i32, i32, Option<String>)>,
    /// The layer before which the border lies, if the study says where the border wait is measured.
    border: Option<usize>,
    /// Printed numbers in order of entry: a digit of base 36, so many characters are as in the number before, then
    /// the rest.
    numbers: Vec<String>,
    /// Seconds between entries, as digits.
    entries: String,
    scenarios: Vec<Way>,
    /// The place of the baseline in `scenarios`.
    baseline: usize,
}

/// A station.
#[derive(Serialize, Clone, Debug)]
struct Place {
    name: String,
    layer: usize,
    /// From above, within the layer: the busiest first.
    row: usize,
    /// All groups wait in one line.
    shared: bool,
    groups: Vec<Lanes>,
}

#[derive(Serialize, Clone, Debug)]
struct Lanes {
    name: String,
    /// The most that a scenario has built; `None`: a yard.
    lanes: Option<u32>,
    /// Seconds that a truck from the line needs to move up, on average; it holds its lane meanwhile.
    move_up: i64,
}

/// What happens in one scenario.
#[derive(Serialize)]
struct Way {
    en: String,
    es: String,
    /// By group (over all places): lanes built; 0 where the scenario has no such group.
    lanes: Vec<u32>,
    /// Changes of lanes as digits: seconds since the change before, group, open, setting up, stopped.
    open: String,
    /// By truck in order of entry, as digits: visits × 8 + outcome (0: none), class, then the visits. A visit is
    /// (group × 5 + stage), seconds on the way (from entry or from the last stop), and by its stage: 0 it waits for
    /// ever; 1 lane, wait; 2 lane, wait, service; 3 the same, and it leaves; 4 the same, and it leaves after so many
    /// seconds more.
    trucks: String,
    /// Trucks that gave up, as digits: place in the table less that of the one before, second.
    gave_up: String,
}

/// Small whole numbers as text: base64 digits of five bits each, the lowest first; all but the last have 32 added.
#[derive(Default)]
struct Digits(String);

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Digits {
    fn push(&mut self, number: i64) {
        let mut rest = number.max(0) as u64;
        while rest >= 32 {
            self.0.push(char::from(ALPHABET[32 + (rest % 32) as usize]));
            rest /= 32;
        }
        self.0.push(char::from(ALPHABET[rest as usize]));
    }
}

fn seconds(at: SimTime) -> i64 {
    at.micros().div_euclid(1_000_000)
}

/// The data of the replay, or why there is none.
///
/// # Errors
///
/// When no replication stands for the others, or no truck came.
pub fn data(story: &Story) -> Result<Replay, Said> {
    let Some(typical) = story.typical else {
        let most = crate::experiment::MOST_TRUCKS / 1000.0;
        return Err(said(
            format!(
                "There is no replay: no replication was complete in every scenario, or one has more than {most},000 trucks. A shorter run has one."
            ),
            format!(
                "No hay repetición animada: ninguna réplica quedó completa en todos los escenarios, o una tiene más de {most},000 camiones. Una corrida más corta la tiene."
            ),
        ));
    };
    let networks: Vec<&Network> = story.plan.scenarios.iter().map(|scenario| &scenario.network).collect();
    let journeys: Vec<BTreeMap<Key, Vec<&Visit>>> =
        networks.iter().zip(&typical.visits).map(|(network, visits)| by_truck(network, visits)).collect();
    let table = table(&networks, &journeys);
    if table.is_empty() {
        return Err(said(
            "There is no replay: no truck came in the replication that stands for the others.",
            "No hay repetición animada: no llegó ningún camión en la réplica que representa a las demás.",
        ));
    }
    let most = MOST_TRUCKS.min(MOST_JOURNEYS / networks.len().max(1));
    let last = journeys.iter().flat_map(|trucks| trucks.values().flatten()).map(|visit| last_second(visit));
    let last = last.max().unwrap_or(0) + 60;
    let next = table.get(most).map_or(i64::MAX, |truck| truck.0);
    let until = last.min(LONGEST).min(next);
    let shown = &table[..table.partition_point(|truck| truck.0 < until).min(most)];
    let plan = Layout::new(&networks, &typical.visits);
    let images = networks.iter().any(|network| network.stations.iter().any(|s| releases(network, &s.name)));
    let ways = networks.iter().enumerate().map(|(scenario, network)| {
        let log = typical.lanes.get(scenario);
        let title = story.title(scenario);
        let place = |id: GroupId| plan.groups[&network.group_name(id)];
        let mut lanes = vec![0; plan.groups.len()];
        for (id, group) in network.groups.iter().enumerate() {
            lanes[place(GroupId(id as u16))] = group.lanes.unwrap_or(1);
        }
        Way {
            en: title.en,
            es: title.es,
            lanes,
            open: opened(log.map_or(&[], |log| &log.changes), until, place),
            trucks: told(&plan, network, shown, &journeys[scenario], until),
            gave_up: gave_up(log.map_or(&[], |log| &log.gave_up), network, shown, until),
        }
    });
    let mut entries = Digits::default();
    let mut before = 0;
    for (entry, ..) in shown {
        entries.push(entry - before);
        before = *entry;
    }
    let data = Data {
        schema: "cruce.replay/1",
        until,
        clock: clock(networks[0]),
        classes: classes(&networks).iter().map(|name| foreign(name)).collect(),
        layers: plan.layers,
        places: plan.places.clone(),
        ways: plan.ways.iter().map(|((from, to), road)| (*from, *to, road.clone())).collect(),
        border: border(networks[0], &plan),
        numbers: fronted(shown.iter().map(|truck| foreign(&truck.1))),
        entries: entries.0,
        scenarios: ways.collect(),
        baseline: story.result.baseline,
    };
    // A replay that cannot be written is an error of this program: there are no maps with odd keys in it.
    let json = serde_json::to_string(&data).expect("it is plain data").replace('<', "\\u003c");
    let all_trucks = table.len();
    Ok(Replay { json, trucks: shown.len(), all_trucks, cut: until < last, images })
}

/// A truck in any scenario: its printed number.
type Key = String;

/// Visits by truck in order of time; images, which are no trucks, are left out.
fn by_truck<'a>(network: &Network, visits: &'a [Visit]) -> BTreeMap<Key, Vec<&'a Visit>> {
    let numbers = TruckNumbers::new(network);
    let image: Vec<bool> = network.stations.iter().map(|station| releases(network, &station.name)).collect();
    let mut trucks: BTreeMap<(StreamId, u64), Vec<&Visit>> = BTreeMap::new();
    for visit in visits {
        if !visit.station.is_some_and(|station| image[station.index()]) {
            trucks.entry((visit.stream, visit.identity)).or_default().push(visit);
        }
    }
    trucks
        .into_iter()
        .map(|((stream, identity), visits)| (numbers.number(stream, identity), visits))
        .collect()
}

/// Whether only images come to a station.
fn releases(network: &Network, station: &str) -> bool {
    let mut stations = network.phases().flat_map(|phase| &phase.stations);
    stations.any(|other| other.name == station && other.screening.as_ref().is_some_and(|look| look.releases))
}

/// All trucks, each once: (second of entry, number), in order of entry.
fn table(networks: &[&Network], journeys: &[BTreeMap<Key, Vec<&Visit>>]) -> Vec<(i64, Key)> {
    debug_assert_eq!(networks.len(), journeys.len());
    let mut entries: BTreeMap<&Key, i64> = BTreeMap::new();
    for trucks in journeys {
        for (key, visits) in trucks {
            if let Some(first) = visits.iter().map(|visit| seconds(visit.arrival)).min() {
                let entry = entries.entry(key).or_insert(first);
                *entry = first.min(*entry);
            }
        }
    }
    let mut table: Vec<(i64, Key)> = entries.into_iter().map(|(key, entry)| (entry, key.clone())).collect();
    table.sort();
    table
}

fn last_second(visit: &Visit) -> i64 {
    let times = [Some(visit.arrival), visit.start, visit.end, visit.leave];
    times.into_iter().flatten().map(seconds).max().unwrap_or(0)
}

/// The names of all classes of all scenarios, in order.
fn classes<'a>(networks: &[&'a Network]) -> Vec<&'a str> {
    let names = networks.iter().flat_map(|network| network.classes.iter().map(|class| class.name.as_str()));
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What every truck of the table does in a scenario.
fn told(
    plan: &Layout,
    network: &Network,
    shown: &[(i64, Key)],
    journeys: &BTreeMap<Key, Vec<&Visit>>,
    until: i64,
) -> String {
    let class_place: Vec<usize> = {
        let of =
            |class: &crate::model::network::Class| plan.classes.iter().position(|name| *name == class.name);
        network.classes.iter().map(|class| of(class).unwrap_or(0)).collect()
    };
    let mut digits = Digits::default();
    for (entry, key) in shown {
        let visits = journeys.get(key).map_or(&[][..], Vec::as_slice);
        let outcome = visits.iter().find_map(|visit| visit.outcome).map_or(0, outcome_place);
        let mut stops = Digits::default();
        let (mut now, mut count) = (*entry, 0);
        for visit in visits.iter().filter(|visit| visit.station.is_some()) {
            // The stop after the end of the replay stays, so that the way to it can be drawn.
            if now >= until {
                break;
            }
            now = push_visit(&mut stops, plan, network, visit, now);
            count += 1;
        }
        digits.push(count * 8 + outcome);
        digits
            .push(visits.last().map_or(0, |visit| class_place.get(visit.class).copied().unwrap_or(0)) as i64);
        digits.0.push_str(&stops.0);
    }
    digits.0
}

/// Writes a visit; returns the last second that is known of it.
fn push_visit(digits: &mut Digits, plan: &Layout, network: &Network, visit: &Visit, before: i64) -> i64 {
    let group = match (visit.group, visit.station) {
        (Some(group), _) => Some(group),
        // It chose none: it stands in the first line.
        (None, Some(station)) => network.groups_of(station).next(),
        (None, None) => None,
    };
    let group = group.map_or(0, |group| plan.groups[&network.group_name(group)]) as i64;
    let steps = [visit.start, visit.end, visit.leave];
    let known = steps.iter().take_while(|step| step.is_some()).count();
    // Seconds do not go back where microseconds do not; a stretch after an interruption begins when the one before
    // was over, though the truck had arrived long before.
    let arrival = seconds(visit.arrival).max(before);
    let [start, end, leave] = {
        let mut last = arrival;
        steps.map(|step| {
            last = step.map_or(last, seconds).max(last);
            last
        })
    };
    let stage = if known == 3 && leave > end { 4 } else { known as i64 };
    digits.push(group * 5 + stage);
    digits.push(arrival - before);
    if stage >= 1 {
        digits.push(i64::from(visit.lane.unwrap_or(0)));
        digits.push(start - arrival);
    }
    if stage >= 2 {
        digits.push(end - start);
    }
    if stage == 4 {
        digits.push(leave - end);
    }
    [arrival, start, end, leave][if stage == 4 { 3 } else { known }]
}

fn outcome_place(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Crossed => 1,
        Outcome::TurnedAway => 2,
        Outcome::Diverted => 3,
        Outcome::Balked => 4,
        Outcome::Reneged => 5,
        Outcome::Unfinished => 6,
    }
}

fn opened(changes: &[crate::measure::LaneChange], until: i64, place: impl Fn(GroupId) -> usize) -> String {
    let mut digits = Digits::default();
    let mut before = 0;
    for change in changes.iter().filter(|change| seconds(change.at) < until) {
        let at = seconds(change.at);
        for number in [at - before, place(change.group) as i64] {
            digits.push(number);
        }
        for count in [change.open, change.setting_up, change.stopped] {
            digits.push(i64::from(count));
        }
        before = at;
    }
    digits.0
}

fn gave_up(list: &[(StreamId, u64, SimTime)], network: &Network, shown: &[(i64, Key)], until: i64) -> String {
    let numbers = TruckNumbers::new(network);
    let places: BTreeMap<&str, usize> =
        shown.iter().enumerate().map(|(place, truck)| (truck.1.as_str(), place)).collect();
    let when = list.iter().filter(|(.., at)| seconds(*at) < until).filter_map(|(stream, identity, at)| {
        Some((*places.get(numbers.number(*stream, *identity).as_str())?, seconds(*at)))
    });
    let mut digits = Digits::default();
    let mut before = 0;
    for (place, at) in when.collect::<BTreeMap<_, _>>() {
        digits.push((place - before) as i64);
        digits.push(at);
        before = place;
    }
    digits.0
}

/// Each text without what it has in common with the one before.
fn fronted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut before = String::new();
    let shorten = |text: String| {
        let both = before.chars().zip(text.chars()).take_while(|(a, b)| a == b && a.is_ascii()).take(35);
        let common = both.count();
        let digit = char::from_digit(common as u32, 36).unwrap_or('0');
        // What is common is ASCII: characters are bytes.
        let short = format!("{digit}{}", &text[common..]);
        before = text;
        short
    };
    texts.map(shorten).collect()
}

/// What to add to seconds of the run to have seconds since the local midnight at which the first day began.
fn clock(network: &Network) -> Vec<(i64, i64)> {
    let calendar = &network.calendar;
    let day = 86_400_000_000_i64;
    let offset = |place: usize| calendar.offsets[place].1.micros();
    let begin = calendar.start_utc + calendar.offsets.first().map_or(0, |first| first.1.micros());
    let midnight = begin.div_euclid(day) * day;
    let at = |place: usize| (calendar.start_utc + offset(place) - midnight).div_euclid(1_000_000);
    (0..calendar.offsets.len()).map(|place| (seconds(calendar.offsets[place].0), at(place))).collect()
}

fn border(network: &Network, plan: &Layout) -> Option<usize> {
    let at = network.border_wait.as_ref()?.at;
    let name = foreign(&network.stations[at.index()].name);
    plan.places.iter().find(|place| place.name == name).map(|place| place.layer)
}

/// Where everything stands: stations and groups of all scenarios, so that the same place is the same in each picture.
struct Layout<'a> {
    layers: usize,
    places: Vec<Place>,
    /// By `station.group`: its place in the list of all groups.
    groups: BTreeMap<String, usize>,
    ways: BTreeMap<(i32, i32), Option<String>>,
    classes: Vec<&'a str>,
}

impl<'a> Layout<'a> {
    fn new(networks: &[&'a Network], visits: &[Vec<Visit>]) -> Self {
        let names =
            networks.iter().flat_map(|network| &network.stations).map(|station| station.name.as_str());
        let names: Vec<&str> = names.collect::<BTreeSet<_>>().into_iter().collect();
        let place_of: BTreeMap<&str, i32> =
            names.iter().enumerate().map(|(place, name)| (*name, place as i32)).collect();
        let mut ways = BTreeMap::new();
        for phase in networks.iter().flat_map(|network| network.phases()) {
            let place = |station: StationId| place_of[phase.stations[station.index()].name.as_str()];
            for (from, target) in targets(phase) {
                let (to, road) = followed(phase, target);
                let from = from.map_or(-1, place);
                let road = road.map(foreign);
                ways.entry((from, to.map_or(-1, place))).or_insert(road);
            }
        }
        let pairs: Vec<(i32, i32)> = ways.keys().copied().collect();
        let layer = layers(names.len(), &pairs);
        let mut busy = vec![0_usize; names.len()];
        for (network, visits) in networks.iter().zip(visits) {
            for station in visits.iter().filter_map(|visit| visit.station) {
                busy[place_of[network.stations[station.index()].name.as_str()] as usize] += 1;
            }
        }
        let mut groups = BTreeMap::new();
        let mut count = 0;
        let mut places = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let before =
                |other: usize| layer[other] == layer[place] && (busy[other], place) > (busy[place], other);
            let row = (0..names.len()).filter(|other| *other != place && before(*other)).count();
            let here = groups_named(networks, name);
            for group in here.keys() {
                groups.insert(format!("{name}.{group}"), count);
                count += 1;
            }
            let shared = networks.iter().flat_map(|network| &network.stations);
            let shared = shared.filter(|station| station.name == *name);
            places.push(Place {
                name: foreign(name),
                layer: layer[place],
                row,
                shared: shared.clone().any(|station| station.line == LineLayout::Shared),
                groups: here.into_values().collect(),
            });
        }
        let layers = layer.iter().max().map_or(0, |last| last + 1);
        Layout { layers, places, groups, ways, classes: classes(networks) }
    }
}

/// The groups of a station over all scenarios, with the most lanes that one has.
fn groups_named<'a>(networks: &[&'a Network], station: &str) -> BTreeMap<&'a str, Lanes> {
    let mut groups: BTreeMap<&str, Lanes> = BTreeMap::new();
    for network in networks {
        for group in &network.groups {
            if network.stations[group.station.index()].name == station {
                let move_up = group.move_up.as_ref().map_or(0, |law| law.mean().micros() / 1_000_000);
                let new = || Lanes { name: foreign(&group.name), lanes: group.lanes, move_up };
                let lanes = groups.entry(group.name.as_str()).or_insert_with(new);
                // In a yard of one scenario, lanes of another are not told apart either.
                lanes.lanes = lanes.lanes.zip(group.lanes).map(|(one, other)| one.max(other));
                lanes.move_up = lanes.move_up.max(move_up);
            }
        }
    }
    groups
}

/// Every way that a truck may take: from a station, or from outside.
fn targets(network: &Network) -> BTreeSet<(Option<StationId>, Reach)> {
    let mut targets = BTreeSet::new();
    for stream in &network.streams {
        targets.insert((None, Reach::from(Target::Station(stream.entry))));
    }
    for (place, station) in network.stations.iter().enumerate() {
        let from = Some(StationId(place as u16));
        for route in &station.routes {
            let mut below = 0.0;
            for (upper, target) in &route.branches {
                if *upper > below {
                    targets.insert((from, (*target).into()));
                }
                below = *upper;
            }
        }
        if let Full::Divert(target) = station.full {
            targets.insert((from, target.into()));
        }
        if let Some(screening) = &station.screening {
            targets.extend(screening.targets().map(|target| (from, target.into())));
        }
    }
    targets
}

/// A [`Target`] that can be put in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Reach {
    Exit,
    Station(u16),
    Road(u16),
}

impl From<Target> for Reach {
    fn from(target: Target) -> Reach {
        match target {
            Target::Exit => Reach::Exit,
            Target::Station(station) => Reach::Station(station.0),
            Target::Road(road) => Reach::Road(road.0),
        }
    }
}

/// Where a way leads, over all roads in between (`None`: out), and the first of these.
fn followed(network: &Network, target: Reach) -> (Option<StationId>, Option<&str>) {
    let mut at = target;
    let mut first = None;
    // Roads that lead to roads in a circle lead nowhere.
    for _ in 0..=network.roads.len() {
        match at {
            Reach::Exit => return (None, first),
            Reach::Station(station) => return (Some(StationId(station)), first),
            Reach::Road(road) => {
                let road = &network.roads[usize::from(road)];
                first = first.or(Some(road.name.as_str()));
                at = road.next.into();
            }
        }
    }
    (None, first)
}

/// The layer of every place: the longest path from where trucks come in, without the ways back of loops.
fn layers(count: usize, ways: &[(i32, i32)]) -> Vec<usize> {
    let mut next = vec![Vec::new(); count];
    let mut starts: Vec<usize> = Vec::new();
    for (from, to) in ways {
        match (usize::try_from(*from), usize::try_from(*to)) {
            (Ok(from), Ok(to)) => next[from].push(to),
            (Err(_), Ok(to)) => starts.push(to),
            (_, Err(_)) => {}
        }
    }
    starts.extend(0..count);
    // Depth first: a way to a place that is still being looked at closes a loop. Places stand in `done` after all
    // that follows them.
    let (mut seen, mut open) = (vec![false; count], vec![false; count]);
    let mut done = Vec::with_capacity(count);
    let mut back = BTreeSet::new();
    for start in starts {
        if seen[start] {
            continue;
        }
        (seen[start], open[start]) = (true, true);
        let mut path = vec![(start, 0)];
        while let Some((place, tried)) = path.last_mut() {
            let place = *place;
            match next[place].get(*tried) {
                Some(&to) => {
                    *tried += 1;
                    if open[to] {
                        back.insert((place, to));
                    } else if !seen[to] {
                        (seen[to], open[to]) = (true, true);
                        path.push((to, 0));
                    }
                }
                None => {
                    open[place] = false;
                    done.push(place);
                    path.pop();
                }
            }
        }
    }
    let mut layer = vec![0; count];
    for &place in done.iter().rev() {
        for &to in next[place].iter().filter(|to| !back.contains(&(place, **to))) {
            layer[to] = layer[to].max(layer[place] + 1);
        }
    }
    layer
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::experiment::{self, Options, Typical};
    use crate::scenario::file::Text;
    use crate::scenario::plan::StudyPlan;
    use crate::scenario::{self, Overrides};

    fn plan(study: &str) -> StudyPlan {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(study);
        scenario::load(&path, &Overrides::default()).expect("it can be read").plan.expect("it is a study")
    }

    /// One replication of a study, and its replay.
    fn replay(plan: &StudyPlan) -> (Typical, Replay) {
        let options = Options { only: Some(0), ..Options::default() };
        let result = experiment::run(plan, &options, &|_| {}, &AtomicBool::new(false)).expect("it runs");
        let typical = experiment::typical(plan, &result).expect("it runs again").expect("it is complete");
        let story = Story {
            plan,
            result: &result,
            notices: &[],
            typical: Some(&typical),
            inputs: &[],
            sweeps: &[],
            command: "",
        };
        let replay = data(&story).expect("there are trucks");
        (typical, replay)
    }

    /// Reads digits back.
    fn numbers(text: &str) -> Vec<i64> {
        let (mut numbers, mut number, mut weight) = (Vec::new(), 0, 1);
        for byte in text.bytes() {
            let digit = ALPHABET.iter().position(|known| *known == byte).expect("a digit") as i64;
            number += digit % 32 * weight;
            weight *= 32;
            if digit < 32 {
                numbers.push(number);
                (number, weight) = (0, 1);
            }
        }
        numbers
    }

    #[test]
    fn digits_are_read_back() {
        let all = [0, 1, 31, 32, 33, 1023, 1024, 86_400, 31_536_000];
        let mut digits = Digits::default();
        all.iter().for_each(|number| digits.push(*number));
        assert_eq!(numbers(&digits.0), all);
        assert_eq!(fronted(["a:10", "a:11", "é"].map(str::to_owned).into_iter()), ["0a:10", "31", "0é"]);
    }

    #[test]
    fn loops_end_and_every_place_has_a_layer() {
        assert_eq!(layers(3, &[(-1, 0), (0, 1), (1, 2), (2, 0), (2, -1)]), [0, 1, 2]);
        assert_eq!(layers(4, &[(-1, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, -1)]), [0, 1, 2, 0]);
        assert_eq!(layers(2, &[(0, 1), (1, 0)]), [0, 1]);
        let long: Vec<(i32, i32)> = (0..9_999).map(|place| (place, place + 1)).collect();
        assert_eq!(layers(10_000, &long)[9_999], 9_999);
    }

    #[test]
    fn every_template_has_a_layout() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for entry in std::fs::read_dir(folder).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            let plan = plan(&name);
            let networks: Vec<&Network> = plan.scenarios.iter().map(|scenario| &scenario.network).collect();
            let layout = Layout::new(&networks, &[]);
            for network in &networks {
                for group in 0..network.groups.len() {
                    assert!(layout.groups.contains_key(&network.group_name(GroupId(group as u16))), "{name}");
                }
            }
            let mut spots: Vec<(usize, usize)> =
                layout.places.iter().map(|place| (place.layer, place.row)).collect();
            assert!(spots.iter().all(|spot| spot.0 < layout.layers), "{name}");
            spots.sort_unstable();
            spots.dedup();
            assert_eq!(spots.len(), layout.places.len(), "{name}: two stations at one spot");
        }
    }

    #[test]
    fn the_built_in_study_is_small_and_complete() {
        let plan = plan("ysleta");
        let (typical, replay) = replay(&plan);
        assert!(replay.json.len() < 250_000, "{} bytes", replay.json.len());
        assert!(!replay.cut);
        assert_eq!(replay.trucks, replay.all_trucks);
        let json: serde_json::Value = serde_json::from_str(&replay.json).unwrap();
        assert_eq!(json["numbers"].as_array().unwrap().len(), replay.trucks);
        for (scenario, visits) in typical.visits.iter().enumerate() {
            let digits = numbers(json["scenarios"][scenario]["trucks"].as_str().unwrap());
            let mut digits = digits.into_iter();
            let (mut trucks, mut stops, mut served) = (0, 0, 0);
            while let Some(head) = digits.next() {
                trucks += 1;
                digits.next();
                for _ in 0..head / 8 {
                    stops += 1;
                    let stage = digits.next().unwrap() % 5;
                    let more = [1, 3, 4, 4, 5][stage as usize];
                    let rest: Vec<i64> = digits.by_ref().take(more).collect();
                    assert_eq!(rest.len(), more);
                    served += i64::from(stage >= 2) * rest.get(3).copied().unwrap_or(0);
                }
            }
            assert_eq!(trucks, replay.trucks);
            let at_stations = visits.iter().filter(|visit| visit.station.is_some());
            assert_eq!(stops, at_stations.clone().count());
            let exact: i64 =
                at_stations.filter_map(|visit| Some(seconds(visit.end?) - seconds(visit.start?))).sum();
            assert_eq!(served, exact);
        }
    }

    #[test]
    fn the_same_bytes_again() {
        let plan = plan("2-two-booths");
        assert_eq!(replay(&plan).1.json, replay(&plan).1.json);
    }

    #[test]
    fn no_text_leaves_the_script() {
        let mut plan = plan("1-one-booth");
        let hostile = "</script><script>alert(1)//<!--";
        for scenario in &mut plan.scenarios {
            scenario.title = Some(Text::Plain(hostile.to_owned()));
            scenario.network.stations[0].name = hostile.to_owned();
            scenario.network.groups[0].name = hostile.to_owned();
            scenario.network.classes[0].name = hostile.to_owned();
            scenario.network.streams[0].name = hostile.to_owned();
        }
        let (_, replay) = replay(&plan);
        assert!(!replay.json.contains('<'));
        let json: serde_json::Value = serde_json::from_str(&replay.json).unwrap();
        assert_eq!(json["places"][0]["name"], hostile);
    }
}
