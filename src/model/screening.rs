//! Looking for what trucks hide: what is drawn of a truck when it comes, whom a station sends
//! elsewhere after service, and how likely a violation is found.
//!
//! At the end of service a station asks in turn: does its look end in an alarm, is the truck picked at
//! random, is its manifest late, does its score say so. Each has a draw of its own, so a better score
//! moves no random examination. What a truck hides, its score and its manifest are drawn as it comes and
//! do not depend on what is done about them. Finds are rare: how likely each kind is found is also worked
//! out for every truck as if it hid that kind (conditional expectation; Law, Simulation Modeling and
//! Analysis, 2015, section 11.6), by [`chances`]. It does not know statistics. Start at
//! `Crossing::assess` and `Crossing::screened_target`.

use std::collections::BTreeMap;

use crate::dist::special::normal_quantile;
use crate::kernel::draws::uniform;
use crate::kernel::time::{SimDuration, SimTime};
use crate::model::crossing::{Crossing, Events};
use crate::model::network::{
    Arrivals, Bands, ClassId, Filing, Late, Network, Road, RoadId, ScoreLaw, Security, StationId, Target,
};
use crate::model::notice::{Notice, Observer, Reason};
use crate::model::truck::{Truck, TruckId};

/// What is known of a truck, and what it hides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screened {
    /// The kind that it hides.
    kind: Option<u8>,
    /// Its score; asked for only if `filing` says that there is one.
    score: f64,
    filing: Filing,
    /// When its manifest is in order, with the score.
    ready: SimTime,
    /// Stations to which it is not sent any more.
    cleared: u64,
    /// Images from this number on still count: those before came too late, or are of another truck. Of an image:
    /// its number.
    images_from: u64,
    /// Where an image sends it that has raised an alarm while it did not wait for the result.
    alarm: Option<Target>,
}

impl ScoreLaw {
    /// The value for 64 random bits: the larger the bits the larger the score.
    pub fn sample(&self, bits: u64) -> f64 {
        match self {
            ScoreLaw::Normal { mean, sd } => {
                let u = uniform(bits);
                mean + sd * normal_quantile(u, 1.0 - u)
            }
            ScoreLaw::Law(law) => law.sample(bits),
        }
    }
}

/// What a truck hides when every kind has its share, in name order.
fn hidden(security: &Security, profile: usize, u: f64) -> Option<u8> {
    let mut below = 0.0;
    let kind = security.violations.iter().position(|violation| {
        below += violation.rates[profile];
        u < below
    });
    kind.map(|kind| kind as u8)
}

impl<O: Observer, const RULED: bool> Crossing<'_, O, RULED> {
    /// Draws what a truck that comes hides and what is known of it, and tells how likely each kind would
    /// be found on it.
    pub(super) fn assess(&mut self, now: SimTime, id: TruckId, trace_row: Option<u32>) {
        let network = self.network;
        let Some(security) = network.security.as_deref() else { return };
        let truck = *self.truck(id);
        let [hides, score_bits] = self.chance.hides(&truck);
        let (filing, ready, quality) = self.manifest(&truck, security);
        let profile = security.profile(truck.class, quality);
        let (listed, given) = listed(network, &truck, trace_row);
        let kind = given.unwrap_or_else(|| hidden(security, profile, uniform(hides)));
        let score_of = |kind: Option<usize>| {
            let law = kind.map_or(&security.innocent, |kind| &security.violations[kind].scores[profile]);
            listed.unwrap_or_else(|| law.sample(score_bits))
        };
        let score = score_of(kind.map(usize::from));
        self.screened.insert(
            id,
            Screened { kind, score, filing, ready, cleared: 0, images_from: self.images, alarm: None },
        );
        for (place, violation) in security.violations.iter().enumerate() {
            let carries = kind == Some(place as u8);
            let rate = match given {
                Some(_) => f64::from(u8::from(carries)),
                None => violation.rates[profile],
            };
            let chance = if rate > 0.0 {
                security.chance(truck.stream.index(), place, truck.class, filing, score_of(Some(place)))
            } else {
                [0.0; 2]
            };
            self.tell(now, id, Notice::Assessed { kind: place as u8, rate, chance, carries });
        }
    }

    /// What the filing of a truck's manifest makes of it, when it is in order, and how good it is.
    fn manifest(&self, truck: &Truck, security: &Security) -> (Filing, SimTime, usize) {
        let Some(manifest) = &security.manifest else { return (Filing::IN_TIME, truck.entered, 0) };
        let class = truck.class.index();
        let [missing, filed] = self.chance.manifest(truck);
        let mut lead = if uniform(missing) < manifest.missing[class] {
            SimDuration::ZERO
        } else {
            manifest.lead[class].sample(filed)
        };
        let [quality, again] = self.chance.quality(truck);
        let u = uniform(quality);
        let shares = &manifest.shares[class];
        let quality = shares.iter().position(|below| u < *below).unwrap_or(shares.len().max(1) - 1);
        if let Some(Some(corrected)) = manifest.corrected.get(quality) {
            // What counts is the second filing, which may come after the truck.
            lead -= corrected.sample(again);
        }
        let needed = manifest.required[class];
        let filing = Filing { late: lead < needed, scored: lead >= manifest.processing };
        let ready = truck.entered - lead + needed.max(manifest.processing);
        (filing, ready, quality)
    }

    /// Until when a truck is held whose manifest is late, at a station that holds it.
    pub(super) fn held_until(&self, id: TruckId, station: StationId) -> Option<SimTime> {
        let screening = self.network.stations[station.index()].screening.as_deref()?;
        let screened = self.screened.get(id)?;
        (screening.late == Some(Late::Hold) && screened.filing.late).then_some(screened.ready)
    }

    /// Where a truck that has been served goes because of what is found or known of it; `None`: as the
    /// others do.
    pub(super) fn screened_target(&mut self, id: TruckId, station: StationId) -> Option<Target> {
        let network = self.network;
        let security = network.security.as_deref()?;
        let data = &network.stations[station.index()];
        let screening = data.screening.as_deref()?;
        let mut screened = *self.screened.get(id)?;
        screened.cleared |= screening.clears;
        if screening.late == Some(Late::Hold) {
            screened.filing = held(screened.filing);
        }
        let mut recalled = None;
        if screening.recalls {
            recalled = screened.alarm.take();
            // What is not known by now comes too late.
            screened.images_from = self.images;
        }
        let truck = *self.truck(id);
        let class = truck.class;
        let visit = self.visit(id, data.loop_slot);
        let kind = screened.kind.map(usize::from);
        let open = |target: &Target| !security.is_cleared(screened.cleared, *target);
        let [look, by_chance] = self.chance.look(&truck, station, visit);
        let mut sent = recalled.filter(open).map(|target| (target, Reason::Alarm));
        if let Some(sensor) = &screening.sensor
            && uniform(look) < sensor.chance(kind, class)
        {
            match (sensor.alarm, screened.kind) {
                (Some(target), _) => {
                    sent = sent.or(Some(target).filter(open).map(|target| (target, Reason::Alarm)));
                }
                (None, Some(kind)) => self.tell(self.now, id, Notice::Found { station, kind }),
                (None, None) => {}
            }
        }
        if sent.is_none()
            && screening.random.get(class.index()).is_some_and(|share| uniform(by_chance) < *share)
        {
            sent = screening.random_to.filter(open).map(|target| (target, Reason::Random));
        }
        if let (None, Some(Late::To(target)), true) = (sent, screening.late, screened.filing.late) {
            sent = Some(target).filter(open).map(|target| (target, Reason::Late));
            // It is dealt with where it goes.
            screened.filing.late &= sent.is_none();
        }
        self.screened.insert(id, screened);
        let score = screened.filing.scored.then_some(screened.score);
        if sent.is_none()
            && let Some(shares) = screening.referral.get(class.index()).and_then(|bands| bands.at(score))
            && !shares.is_empty()
        {
            let u = uniform(self.chance.refer(&truck, station, visit));
            let found = shares.iter().find(|referral| u < referral.below);
            let reason = |by_score: bool| if by_score { Reason::Score } else { Reason::Lot };
            sent = found.filter(|found| open(&found.to)).map(|found| (found.to, reason(found.by_score)));
        }
        let (target, reason) = sent?;
        self.tell(self.now, id, Notice::Sent { station, reason, innocent: kind.is_none() });
        Some(target)
    }

    /// Where a truck goes whose target takes only its image: the image goes there, and the truck on.
    pub(super) fn past_release(
        &mut self,
        now: SimTime,
        id: TruckId,
        mut target: Target,
        events: &mut Events,
    ) -> Target {
        let network = self.network;
        while let Target::Station(station) = target {
            let data = &network.stations[station.index()];
            if !data.screening.as_deref().is_some_and(|screening| screening.releases) {
                break;
            }
            let visit = self.visit(id, data.loop_slot);
            let truck = *self.truck(id);
            self.send_image(now, id, station, events);
            let [_, bits] = self.chance.visit(&truck, station, visit);
            let branches = &data.routes[truck.class.index()].branches;
            let found = branches.iter().find(|(below, _)| uniform(bits) < *below).or(branches.last());
            target = self.past_cleared(id, station, found.expect("a route has branches").1);
            self.count_visit(id, data.loop_slot);
        }
        target
    }

    fn send_image(&mut self, now: SimTime, of: TruckId, station: StationId, events: &mut Events) {
        let truck = Truck { arrived: now, line_from: None, ..*self.truck(of) };
        let id = self.admit_image(truck, of);
        if let Some(screened) = self.screened.get(of).copied() {
            self.screened.insert(id, Screened { images_from: self.images, ..screened });
            self.images += 1;
        }
        self.tell(now, id, Notice::ImageSent { of, station });
        self.enter_station(now, station, id, events);
    }

    /// An image has been looked at: its truck is told, if it is still there to be told.
    pub(super) fn read_image(&mut self, now: SimTime, id: TruckId, of: TruckId, station: StationId) {
        let image = *self.truck(id);
        let data = &self.network.stations[station.index()];
        let sensor = data.screening.as_deref().and_then(|screening| screening.sensor.as_ref());
        let visit = self.visit(id, data.loop_slot);
        let [look, _] = self.chance.look(&image, station, visit);
        let Some(read) = self.screened.get(id).copied() else { return };
        let kind = read.kind.map(usize::from);
        let alarm = sensor
            .filter(|sensor| uniform(look) < sensor.chance(kind, image.class))
            .and_then(|sensor| sensor.alarm);
        // The place of a truck that is gone may be another's, of which no image has so low a number.
        let waiting = self.screened.get(of).copied().filter(|truck| truck.images_from <= read.images_from);
        if let Some(truck) = waiting {
            self.screened.insert(of, Screened { alarm: truck.alarm.or(alarm), ..truck });
        }
        self.tell(now, id, Notice::ImageRead { in_time: waiting.is_some() });
    }

    /// Where a truck goes that would go to a station of which it is cleared: on to `next`.
    pub(super) fn past_cleared(&self, id: TruckId, station: StationId, target: Target) -> Target {
        let Some(security) = self.network.security.as_deref() else { return target };
        let cleared = self.screened.get(id).map_or(0, |screened| screened.cleared);
        if cleared == 0 || !security.is_cleared(cleared, target) {
            return target;
        }
        let class = self.truck(id).class;
        next_of(self.network, station, class)
    }
}

/// What becomes of a late manifest while its truck is held: it is in order, with a score.
fn held(filing: Filing) -> Filing {
    if filing.late { Filing::IN_TIME } else { filing }
}

/// Where those go whom no share of a route sends elsewhere.
fn next_of(network: &Network, station: StationId, class: ClassId) -> Target {
    let branches = &network.stations[station.index()].routes[class.index()].branches;
    branches.last().expect("a route has branches").1
}

/// What a trace says of a truck: its score, and what it hides.
fn listed(network: &Network, truck: &Truck, row: Option<u32>) -> (Option<f64>, Option<Option<u8>>) {
    match (&network.streams[truck.stream.index()].arrivals, row) {
        (Arrivals::Trace(trucks), Some(row)) => {
            let listed = &trucks[row as usize];
            (listed.score, listed.hides)
        }
        _ => (None, None),
    }
}

/// Rounds after which what is still under way counts as not found.
const MOST_ROUNDS: usize = 10_000;

/// A chance less than this is none.
const NEGLIGIBLE: f64 = 1e-12;

/// By road: the bit of the station to which it leads, over other roads if need be. To be kept in
/// [`Security::road_bits`].
pub fn road_bits(network: &Network) -> Vec<u64> {
    let Some(security) = network.security.as_deref() else { return Vec::new() };
    let bit =
        |road: &Road| station_at(network, road.next).map_or(0, |station| security.bits[station.index()]);
    network.roads.iter().map(bit).collect()
}

/// The station to which a target leads; `None`: the exit.
fn station_at(network: &Network, mut target: Target) -> Option<StationId> {
    // No way is longer than all roads one after another.
    for _ in 0..=network.roads.len() {
        match target {
            Target::Exit => return None,
            Target::Station(station) => return Some(station),
            Target::Road(road) => target = network.roads[road.index()].next,
        }
    }
    None
}

/// By stream, kind, class and [`Filing`]: how likely a violation is found, by score. To be kept in
/// [`Security::chances`]. Where trucks cannot get because places are full, or leave before, is
/// not asked.
pub fn chances(network: &Network) -> Vec<Bands<[f64; 2]>> {
    let Some(security) = network.security.as_deref() else { return Vec::new() };
    let mut all = Vec::new();
    for stream in &network.streams {
        for kind in 0..security.violations.len() {
            for class in (0..network.classes.len()).map(|class| ClassId(class as u8)) {
                let scores = thresholds(network, class);
                for filing in Filing::ALL {
                    let chance = |from: &f64| {
                        let found = [false, true].map(|in_time| {
                            let truck = Imagined { network, security, kind, class, in_time };
                            truck.chance_of_finding(stream.entry, *from, filing)
                        });
                        (*from, found)
                    };
                    all.push(Bands(scores.iter().map(chance).collect()));
                }
            }
        }
    }
    all
}

/// Scores at which some station begins to send trucks of a class elsewhere, the lowest first.
fn thresholds(network: &Network, class: ClassId) -> Vec<f64> {
    let screenings = network.stations.iter().filter_map(|station| station.screening.as_deref());
    let bands = screenings.filter_map(|screening| screening.referral.get(class.index()));
    let mut scores: Vec<f64> = bands.flat_map(|bands| bands.0.iter().map(|(from, _)| *from)).collect();
    scores.push(f64::NEG_INFINITY);
    scores.sort_by(f64::total_cmp);
    scores.dedup();
    scores
}

/// A truck imagined to hide something.
struct Imagined<'n> {
    network: &'n Network,
    security: &'n Security,
    kind: usize,
    class: ClassId,
    /// Whether results of images come before it passes a station that recalls it.
    in_time: bool,
}

/// The same without where it stands.
type Known = (u64, Filing, Option<Place>);

/// Where it stands, what it is cleared of, what is known of it, and where an image sends it that raised
/// an alarm.
type Standing = (StationId, u64, Filing, Option<Place>);

/// A target, in an order.
type Place = (u8, u16);

fn place_of(target: Target) -> Place {
    match target {
        Target::Exit => (0, 0),
        Target::Station(StationId(station)) => (1, station),
        Target::Road(RoadId(road)) => (2, road),
    }
}

fn target_of(place: Place) -> Target {
    match place {
        (1, station) => Target::Station(StationId(station)),
        (2, road) => Target::Road(RoadId(road)),
        _ => Target::Exit,
    }
}

impl Imagined<'_> {
    /// How likely it is found that comes at `entry` with a score, by following all its ways at once: the
    /// chance that it stands at each station, cleared of what it is cleared of.
    fn chance_of_finding(&self, entry: StationId, score: f64, filing: Filing) -> f64 {
        let mut found = 0.0;
        let mut wave: BTreeMap<Standing, f64> = BTreeMap::from([((entry, 0, filing, None), 1.0)]);
        for _ in 0..MOST_ROUNDS {
            let mut next: BTreeMap<Standing, f64> = BTreeMap::new();
            for (standing, chance) in wave {
                let mut go = |target: Target, share: f64, known: Known| {
                    if let Some(station) = station_at(self.network, target).filter(|_| share > NEGLIGIBLE) {
                        let (cleared, filing, alarm) = known;
                        *next.entry((station, cleared, filing, alarm)).or_insert(0.0) += share;
                    }
                };
                found += self.leave(standing, chance, score, &mut go);
            }
            wave = next;
            if wave.is_empty() {
                break;
            }
        }
        found
    }

    /// Shares out the chance of a truck that leaves a station; what it is found by is told back.
    fn leave(
        &self,
        (station, mut cleared, mut filing, mut alarm): Standing,
        chance: f64,
        score: f64,
        go: &mut impl FnMut(Target, f64, Known),
    ) -> f64 {
        let data = &self.network.stations[station.index()];
        let (mut left, mut found) = (chance, 0.0);
        let mut flagged = None;
        if let Some(screening) = data.screening.as_deref() {
            cleared |= screening.clears;
            if screening.late == Some(Late::Hold) {
                filing = held(filing);
            }
            let open = |target: Target| !self.security.is_cleared(cleared, target);
            let recalled = alarm.filter(|_| screening.recalls);
            alarm = alarm.filter(|_| !screening.recalls);
            let known = (cleared, filing, alarm);
            let mut send = |target: Option<Target>, share: f64, left: &mut f64| {
                if let Some(target) = target.filter(|target| open(*target)) {
                    go(target, *left * share, known);
                    *left *= 1.0 - share;
                }
            };
            let seen =
                screening.sensor.as_ref().map_or(0.0, |sensor| sensor.chance(Some(self.kind), self.class));
            let sent_by = screening.sensor.as_ref().and_then(|sensor| sensor.alarm);
            if screening.examines() {
                found = left * seen;
                left -= found;
            }
            send(recalled.map(target_of), 1.0, &mut left);
            match sent_by {
                // The truck itself does not stop: its image is looked at meanwhile.
                Some(target) if screening.releases => {
                    let counts = if self.in_time && alarm.is_none() { seen } else { 0.0 };
                    flagged = Some((left * counts, place_of(target)));
                    left *= 1.0 - counts;
                }
                Some(target) => send(Some(target), seen, &mut left),
                None => {}
            }
            let random = screening.random.get(self.class.index()).copied().unwrap_or(0.0);
            send(screening.random_to, random, &mut left);
            if let Some(Late::To(target)) = screening.late
                && filing.late
                && open(target)
            {
                // It is dealt with where it goes.
                go(target, left, (cleared, Filing { late: false, ..filing }, alarm));
                left = 0.0;
            }
            let score = filing.scored.then_some(score);
            let bands = screening.referral.get(self.class.index());
            if let Some(shares) = bands.and_then(|bands| bands.at(score)) {
                let (all, mut below) = (left, 0.0);
                for referral in shares {
                    if open(referral.to) {
                        go(referral.to, all * (referral.below - below), known);
                        left -= all * (referral.below - below);
                    }
                    below = referral.below;
                }
            }
        }
        let mut below = 0.0;
        for (upper, target) in &data.routes[self.class.index()].branches {
            let is_past = self.security.is_cleared(cleared, *target);
            let target = if is_past { next_of(self.network, station, self.class) } else { *target };
            go(target, left * (upper - below), (cleared, filing, alarm));
            if let Some((chance, place)) = flagged {
                go(target, chance * (upper - below), (cleared, filing, Some(place)));
            }
            below = *upper;
        }
        found
    }
}
