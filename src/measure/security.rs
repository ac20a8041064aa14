//! Security: whom stations look at, what is found, and what late manifests cost.
//!
//! Sums are over trucks that came after the warm-up and crossed. Finds are rare, so detection is an
//! expectation: each truck counts with the chance that it hides a kind, and with the chance that it would
//! then be found, whether it hides it or not (conditional expectation); what was really found is counted
//! beside it. It knows neither rules nor scores. Start at [`Looks`].

use crate::kernel::time::SimDuration;
use crate::model::network::{GroupId, Late, Network, Screening, StationId};
use crate::model::notice::Reason;
use crate::model::truck::TruckId;

use super::catalog::Spot;
use super::collector::Collector;
use super::entry::Measure;

/// Microseconds of an hour.
const HOUR: f64 = 3_600e6;

/// What is looked for and found in one replication.
#[derive(Clone, Debug)]
pub(super) struct Looks {
    /// By station.
    examines: Vec<bool>,
    scans: Vec<bool>,
    kinds: usize,
    /// See [`crate::model::network::Security::counted`].
    counted: bool,
    inside: Vec<Look>,
    /// By truck inside and kind.
    assessed: Vec<Assessed>,
    /// By class.
    classes: Vec<Sums>,
    /// By class and kind.
    of_kinds: Vec<Kind>,
}

/// What has been done to a truck inside.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    inspected: bool,
    scanned: bool,
    /// It hides nothing and was sent to be looked at because of a score or an alarm.
    suspected: bool,
    /// It was held, or sent elsewhere, because its manifest was late.
    late: bool,
    held: SimDuration,
}

/// What is known of a truck and a kind.
#[derive(Clone, Copy, Debug, Default)]
struct Assessed {
    rate: f64,
    chance: [f64; 2],
    carries: bool,
    found: bool,
}

/// Sums over the trucks of a class.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    trucks: u64,
    innocent: u64,
    inspected: u64,
    scanned: u64,
    suspected: u64,
    late: u64,
    held: i128,
    delay: i128,
    images: u64,
    in_time: u64,
}

/// Sums over the trucks of a class, for one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Kind {
    /// Expected number that hide it, and that are found.
    hidden: f64,
    /// If results of images come too late, and if they come in time.
    found: [f64; 2],
    /// Those that did hide it, and those of them that were found.
    carriers: u64,
    caught: u64,
}

impl Looks {
    /// For a crossing in which anybody looks.
    pub(super) fn new(network: &Network) -> Option<Self> {
        let security = network.security.as_ref()?;
        let any = |is: fn(&Screening) -> bool| move |station: usize| any_screening(network, station, is);
        let stations = 0..network.stations.len();
        let (classes, kinds) = (network.classes.len(), security.violations.len());
        Some(Looks {
            examines: stations.clone().map(any(Screening::examines)).collect(),
            scans: stations.map(any(Screening::scans)).collect(),
            kinds,
            counted: security.counted,
            inside: Vec::new(),
            assessed: Vec::new(),
            classes: vec![Sums::default(); classes],
            of_kinds: vec![Kind::default(); classes * kinds],
        })
    }

    pub(super) fn reset(&mut self) {
        self.classes.fill(Sums::default());
        self.of_kinds.fill(Kind::default());
    }

    /// A truck comes; nothing has been done to it.
    pub(super) fn enter(&mut self, id: TruckId) {
        let place = id.0 as usize;
        if self.inside.len() <= place {
            self.inside.resize(place + 1, Look::default());
            self.assessed.resize((place + 1) * self.kinds, Assessed::default());
        }
        self.inside[place] = Look::default();
        self.assessed[place * self.kinds..(place + 1) * self.kinds].fill(Assessed::default());
    }

    pub(super) fn assess(&mut self, id: TruckId, kind: u8, rate: f64, chance: [f64; 2], carries: bool) {
        let place = id.0 as usize * self.kinds + usize::from(kind);
        self.assessed[place] = Assessed { rate, chance, carries, found: false };
    }

    pub(super) fn find(&mut self, id: TruckId, kind: u8) {
        self.assessed[id.0 as usize * self.kinds + usize::from(kind)].found = true;
    }

    pub(super) fn send(&mut self, id: TruckId, reason: Reason, innocent: bool) {
        let look = &mut self.inside[id.0 as usize];
        match reason {
            Reason::Alarm | Reason::Score => look.suspected |= innocent,
            Reason::Late => look.late = true,
            Reason::Random | Reason::Lot => {}
        }
    }

    /// A yard keeps it until its manifest is in order.
    pub(super) fn hold(&mut self, id: TruckId, time: SimDuration) {
        let look = &mut self.inside[id.0 as usize];
        look.late = true;
        look.held += time;
    }

    /// It has been served at a station.
    pub(super) fn leave(&mut self, id: TruckId, station: usize) {
        let look = &mut self.inside[id.0 as usize];
        look.inspected |= self.examines[station];
        look.scanned |= self.scans[station];
    }

    /// It has crossed.
    pub(super) fn cross(&mut self, id: TruckId, class: usize, delay: SimDuration) {
        let place = id.0 as usize;
        let look = self.inside[place];
        let assessed = &self.assessed[place * self.kinds..(place + 1) * self.kinds];
        let sums = &mut self.classes[class];
        sums.trucks += 1;
        sums.innocent += u64::from(!assessed.iter().any(|assessed| assessed.carries));
        sums.inspected += u64::from(look.inspected);
        sums.scanned += u64::from(look.scanned);
        sums.suspected += u64::from(look.suspected);
        sums.late += u64::from(look.late);
        sums.held += i128::from(look.held.micros());
        sums.delay += i128::from(delay.micros());
        let of_kinds = &mut self.of_kinds[class * self.kinds..(class + 1) * self.kinds];
        for (sums, assessed) in of_kinds.iter_mut().zip(assessed) {
            sums.hidden += assessed.rate;
            sums.found[0] += assessed.rate * assessed.chance[0];
            sums.found[1] += assessed.rate * assessed.chance[1];
            sums.carriers += u64::from(assessed.carries);
            sums.caught += u64::from(assessed.carries && assessed.found);
        }
    }

    fn share(&self, classes: &[usize], part: impl Fn(&Sums) -> i128, whole: impl Fn(&Sums) -> i128) -> f64 {
        let sum =
            |of: &dyn Fn(&Sums) -> i128| classes.iter().map(|class| of(&self.classes[*class])).sum::<i128>();
        // Nothing of nothing is not known.
        sum(&part) as f64 / sum(&whole) as f64
    }

    fn kind(&self, class: usize, kind: usize) -> &Kind {
        &self.of_kinds[class * self.kinds + kind]
    }

    /// An image of a truck of a class has been read.
    pub(super) fn read(&mut self, class: usize, in_time: bool) {
        self.classes[class].images += 1;
        self.classes[class].in_time += u64::from(in_time);
    }

    /// The share of results that come in time to the trucks of a class, or of all if it had no image; trucks
    /// that hide something are told like the others.
    fn in_time(&self, class: usize) -> f64 {
        let all = self.classes.iter().fold((0, 0), |(i, t), sums| (i + sums.images, t + sums.in_time));
        let own = (self.classes[class].images, self.classes[class].in_time);
        match if own.0 > 0 { own } else { all } {
            (0, _) => 1.0,
            (images, in_time) => in_time as f64 / images as f64,
        }
    }

    /// Number of a kind that is found in a class: expected, unless it can only be counted.
    fn found(&self, class: usize, kind: usize) -> f64 {
        if self.counted {
            return self.kind(class, kind).caught as f64;
        }
        let ([late, in_time], share) = (self.kind(class, kind).found, self.in_time(class));
        late + share * (in_time - late)
    }

    fn detection(&self, classes: &[usize], kind: usize) -> f64 {
        let found: f64 = classes.iter().map(|class| self.found(*class, kind)).sum();
        let hidden = |kind: &Kind| if self.counted { kind.carriers as f64 } else { kind.hidden };
        let hidden: f64 = classes.iter().map(|class| hidden(self.kind(*class, kind))).sum();
        found / hidden
    }

    /// Expected finds, of one kind or of all.
    fn finds(&self, kind: Option<usize>) -> f64 {
        let of =
            |class| (0..self.kinds).filter(|k| kind.is_none_or(|kind| kind == *k)).map(move |k| (class, k));
        (0..self.classes.len()).flat_map(of).map(|(class, kind)| self.found(class, kind)).sum()
    }
}

fn any_screening(network: &Network, station: usize, is: fn(&Screening) -> bool) -> bool {
    network.phases().any(|phase| phase.stations[station].screening.as_deref().is_some_and(is))
}

/// The measures that a crossing offers: of trucks (by class too), of kinds and classes, of kinds, and of
/// the crossing alone.
pub(super) struct Offered {
    pub(super) of_trucks: Vec<Measure>,
    pub(super) of_kinds_and_classes: Vec<Measure>,
    pub(super) of_kinds: Vec<Measure>,
    pub(super) of_crossing: Vec<Measure>,
    pub(super) kinds: Vec<String>,
}

/// What there is to measure.
pub(super) fn offered(network: &Network) -> Offered {
    let mut offered = Offered {
        of_trucks: Vec::new(),
        of_kinds_and_classes: Vec::new(),
        of_kinds: Vec::new(),
        of_crossing: Vec::new(),
        kinds: Vec::new(),
    };
    let Some(security) = &network.security else { return offered };
    // All of them, so that plans can be compared of which only one looks.
    offered.of_trucks.extend([
        Measure::InspectedShare,
        Measure::ScannedShare,
        Measure::FalseReferralShare,
        Measure::ExamHours,
    ]);
    let releases = |phase: &Network| {
        phase.stations.iter().any(|station| station.screening.as_deref().is_some_and(|s| s.releases))
    };
    if network.phases().any(releases) {
        offered.of_trucks.push(Measure::ResultsInTime);
    }
    if security.manifest.is_some() {
        offered.of_trucks.extend([Measure::HeldShare, Measure::HoldHours, Measure::HoldShareOfDelay]);
    }
    if !security.violations.is_empty() {
        offered.kinds = security.violations.iter().map(|violation| violation.name.clone()).collect();
        offered.of_kinds_and_classes.extend([Measure::Detection, Measure::DetectionCounted]);
        offered.of_kinds.push(Measure::WorstDetection);
        offered.of_crossing.extend([Measure::Finds, Measure::ExamHoursPerFind]);
        if !network.pools.is_empty() {
            offered.of_crossing.push(Measure::OfficerHoursPerFind);
        }
    }
    offered
}

impl Collector<'_> {
    /// A measure of security; NaN where nothing was observed.
    pub(super) fn look_of(&self, measure: Measure, spot: Spot, classes: &[usize]) -> f64 {
        let Some(looks) = &self.looks else { return f64::NAN };
        let kind = match spot {
            Spot::Kind(kind) => kind,
            Spot::Crossing | Spot::Station(_) | Spot::Group(_) | Spot::Pool(_) => None,
        };
        let crossed = |sums: &Sums| i128::from(sums.trucks);
        let whole: Vec<usize> = (0..self.network.classes.len()).collect();
        let per_find = |hours: f64| hours / looks.finds(None);
        match (measure, kind) {
            (Measure::InspectedShare, _) => looks.share(classes, |sums| i128::from(sums.inspected), crossed),
            (Measure::ScannedShare, _) => looks.share(classes, |sums| i128::from(sums.scanned), crossed),
            (Measure::HeldShare, _) => looks.share(classes, |sums| i128::from(sums.late), crossed),
            (Measure::FalseReferralShare, _) => {
                let innocent = |sums: &Sums| i128::from(sums.innocent);
                looks.share(classes, |sums| i128::from(sums.suspected), innocent)
            }
            (Measure::ResultsInTime, _) => {
                looks.share(classes, |sums| i128::from(sums.in_time), |sums| i128::from(sums.images))
            }
            (Measure::HoldShareOfDelay, _) => looks.share(classes, |sums| sums.held, |sums| sums.delay),
            (Measure::HoldHours, _) => {
                classes.iter().map(|class| looks.classes[*class].held).sum::<i128>() as f64 / HOUR
            }
            (Measure::ExamHours, _) => self.exam_hours(looks, classes),
            (Measure::Detection, Some(kind)) => looks.detection(classes, kind),
            (Measure::DetectionCounted, Some(kind)) => {
                let sums = classes.iter().map(|class| looks.kind(*class, kind));
                let sum = |of: fn(&Kind) -> u64| sums.clone().map(of).sum::<u64>() as f64;
                sum(|sums| sums.caught) / sum(|sums| sums.carriers)
            }
            (Measure::WorstDetection, Some(kind)) => {
                let of_class = |class: &usize| looks.detection(&[*class], kind);
                let known = whole.iter().map(of_class).filter(|share| !share.is_nan());
                known.min_by(f64::total_cmp).unwrap_or(f64::NAN)
            }
            (Measure::Finds, kind) => looks.finds(kind),
            (Measure::ExamHoursPerFind, _) => per_find(self.exam_hours(looks, &whole)),
            (Measure::OfficerHoursPerFind, _) => {
                let pools: Vec<usize> = (0..self.network.pools.len()).collect();
                per_find(self.holding.sum(&pools, None) as f64 / HOUR)
            }
            _ => f64::NAN,
        }
    }

    /// Hours that examinations take, within the window.
    fn exam_hours(&self, looks: &Looks, classes: &[usize]) -> f64 {
        let at = |group: usize| self.network.groups[group].station.index();
        let groups: Vec<usize> =
            (0..self.network.groups.len()).filter(|group| looks.examines[at(*group)]).collect();
        let rows: Vec<usize> = (self.rows.of_groups(&groups).into_iter())
            .filter(|row| classes.contains(&self.rows.pairs[*row].1))
            .collect();
        self.serving.sum(&rows, None) as f64 / HOUR
    }

    /// Whether only images of trucks come to a group.
    pub(super) fn takes_images(&self, group: usize) -> bool {
        let StationId(station) = self.network.groups[group].station;
        self.looks.is_some()
            && any_screening(self.network, usize::from(station), |screening| screening.releases)
    }

    /// Whether a group is a yard in which trucks are held until their manifests are in order.
    pub(super) fn holds(&self, group: GroupId) -> bool {
        let StationId(station) = self.network.groups[group.index()].station;
        let holds: fn(&Screening) -> bool = |screening| screening.late == Some(Late::Hold);
        self.looks.is_some() && any_screening(self.network, usize::from(station), holds)
    }
}
