//! Violations and manifests: the sections as written, and what does not go together in them.
//!
//! What stations do about them are keys of `file::Station`; both are checked here, and compiled in
//! `build::screening`. It does not know laws. Start at [`Violation`] and [`check`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::name::Names;
use super::check::reference::{check_by_class, check_class, check_station_name, check_target};
use super::check::{Findings, percent, suggestion};
use super::file::{ByClass, Name, RouteShare, Station, Study};
use super::limit::{MOST_CLEARED, MOST_VIOLATIONS};
use super::phrase::{
    DistPhrase, DurationPhrase, FactorPhrase, FullPhrase, Percent, ReferOf, ScorePhrase, Servers,
};
use super::schema::names;

/// A kind of violation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// Share of trucks that hide it, for all classes or by class; 0 % for classes not named.
    pub rate: ByClass<Percent>,
    /// How far the mean score of such trucks lies above that of trucks that hide nothing, for all classes or by
    /// class, in standard deviations of the latter; 0, the default, tells nothing. ROC: a detection rate of 80 % at
    /// 2 % false referrals takes 2.9 with `spread = 1`.
    pub separation: Option<ByClass<ScorePhrase>>,
    /// Standard deviation of the scores of such trucks; 1 is that of trucks that hide nothing.
    #[serde(default = "one")]
    pub spread: ScorePhrase,
    /// The law of their scores, instead of a normal one with `separation` and `spread`:
    /// `"gamma(mean = 3, cv = 0.5)"`.
    pub score: Option<FactorPhrase>,
}

fn one() -> ScorePhrase {
    ScorePhrase(1.0)
}

/// Manifests: when they are filed and how good they are.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// How long before the truck comes its manifest is filed, for all classes or by class.
    pub lead: ByClass<DistPhrase>,
    /// Share of trucks whose manifest is filed only when they come, for all classes or by class; without it none.
    pub missing: Option<ByClass<Percent>>,
    /// Least time between filing and arrival, for all classes or by class; without it 1 h. A manifest filed later is
    /// late, and in order when that time is over; one that is wrong is filed when it is `corrected`.
    pub required: Option<ByClass<DurationPhrase>>,
    /// Time that targeting takes from filing to the score; without it none. A truck that comes before has no score.
    pub processing: Option<DurationPhrase>,
    /// The law of the scores of trucks that hide nothing, instead of a normal one with mean 0 and standard
    /// deviation 1.
    pub score: Option<FactorPhrase>,
    /// Qualities of manifests: complete, partial, wrong. Shares sum to 100 %; without any all are alike.
    #[serde(default)]
    #[schemars(extend("propertyNames" = names()))]
    pub quality: BTreeMap<Name, Quality>,
}

/// A quality of manifests.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Share of manifests, for all classes or by class; that of one quality may be left out and is the rest.
    pub share: Option<ByClass<Percent>>,
    /// Odds of a violation as a multiple of those of a quality with 1, the default (odds ratio); `rate` stays the share
    /// of the whole class.
    #[serde(default = "alike")]
    pub odds: f64,
    /// Multiplies `separation`: what targeting makes of data of this quality; 1 is the default.
    #[serde(default = "alike")]
    pub separation: f64,
    /// A manifest of this quality is wrong and is filed anew, this long after the first time; that filing is what has to
    /// be in time and what is scored. Without it the first filing counts.
    pub corrected: Option<DistPhrase>,
}

fn alike() -> f64 {
    1.0
}

/// The value of a class; `rest` for those not named.
pub fn of_class<'a, T>(values: &'a ByClass<T>, class: &str) -> Option<&'a T> {
    match values {
        ByClass::All(value) => Some(value),
        ByClass::Class(values) => values.get(class).or_else(|| values.get("rest")),
    }
}

/// Paths and values of a key that is given for all classes or by class.
pub fn each<'a, T>(path: &str, values: &'a ByClass<T>) -> Vec<(String, &'a T)> {
    match values {
        ByClass::All(value) => vec![(path.to_owned(), value)],
        ByClass::Class(values) => values.iter().map(|(class, v)| (format!("{path}.{class}"), v)).collect(),
    }
}

/// Reports what is wrong with violations, manifests and what stations do about them.
pub fn check(study: &Study, names: &Names, findings: &mut Findings) {
    if study.violation.len() > MOST_VIOLATIONS {
        let message = format!("{} kinds of violations are too many", study.violation.len());
        let label = format!("at most {MOST_VIOLATIONS} kinds");
        findings.error("E0350", "violation", message, label, "put like with like");
    }
    for (name, violation) in &study.violation {
        check_violation(name, violation, names, findings);
    }
    check_rates(study, names, findings);
    if let Some(manifest) = &study.manifest {
        check_manifest(manifest, names, findings);
    }
    for (name, station) in &study.station {
        check_names(name, station, study, names, findings);
        check_pairs(name, station, study, findings);
    }
    check_release(study, findings);
    check_certified(study, names, findings);
    let cleared: std::collections::BTreeSet<&String> =
        study.station.values().flat_map(|station| &station.clears).collect();
    if cleared.len() > MOST_CLEARED {
        let path = study.station.iter().find(|(_, station)| !station.clears.is_empty());
        let path = path.map_or_else(String::new, |(name, _)| format!("station.{name}.clears"));
        let message = format!("trucks are cleared of {} stations", cleared.len());
        findings.error("E0350", &path, message, format!("at most {MOST_CLEARED} in a study"), "name fewer");
    }
    for (stream, demand) in &study.demand {
        for (row, truck) in demand.trace.iter().flatten() {
            let Some(kind) = truck.violation.as_ref().filter(|kind| *kind != "none") else { continue };
            check_kind(&format!("demand.{stream}.trace.{row}.violation"), kind, study, findings);
        }
    }
    if !findings.any_error() {
        check_seen(study, findings);
    }
}

/// A kind that no examination sees is never found.
fn check_seen(study: &Study, findings: &mut Findings) {
    for name in study.violation.keys() {
        let examines = |station: &&Station| station.alarm.is_none() && station.sees.contains_key(name);
        if !study.station.values().any(|station| examines(&station)) {
            let path = format!("violation.{name}");
            let message = format!("nobody can find `{name}`");
            let help = format!("add `sees.{name} = \"80 %\"` to the station that examines trucks");
            findings.warning("W0426", &path, message, "no examination sees it", help);
        }
    }
}

fn check_violation(name: &str, violation: &Violation, names: &Names, findings: &mut Findings) {
    let path = |key: &str| format!("violation.{name}.{key}");
    if name == "none" {
        let message = "a violation cannot be called `none`";
        let label = "what a trace calls a truck that hides nothing";
        findings.error("E0304", &format!("violation.{name}"), message, label, "choose another name");
    }
    check_shares(&path("rate"), &violation.rate, names, findings);
    if let Some(separation) = &violation.separation {
        check_classes(&path("separation"), separation, names, findings);
    }
    if violation.spread.0 == 0.0 {
        let message = format!("`{}` is 0", path("spread"));
        let help = "write `1` if the scores of such trucks vary as much as those of others";
        findings.error("E0350", &path("spread"), message, "more than 0", help);
    }
    if violation.score.is_some() {
        let spread = (violation.spread.0 != 1.0).then_some("spread");
        for key in violation.separation.as_ref().map(|_| "separation").into_iter().chain(spread) {
            let help = format!("leave `{key}` out, or the law of the scores");
            let law = path("score");
            findings.contradict((&path(key), "of a normal law"), (&law, "another law"), help);
        }
    }
}

/// A truck hides one kind at most, so rates must leave room for one another.
fn check_rates(study: &Study, names: &Names, findings: &mut Findings) {
    for class in &names.classes {
        let rates = study.violation.values().filter_map(|violation| of_class(&violation.rate, class));
        let sum: f64 = rates.map(|rate| rate.0).sum();
        let single = study.violation.values().filter_map(|v| of_class(&v.rate, class)).any(|r| r.0 > 1.0);
        if sum > 1.0 && !single {
            let last = study.violation.keys().next_back().expect("rates sum to more than nothing");
            let message = format!("violations of class `{class}` sum to {}", percent(sum));
            let label = "at most 100 % together";
            let help = "a truck hides one kind at most";
            findings.error("E0316", &format!("violation.{last}.rate"), message, label, help);
        }
    }
}

fn check_manifest(manifest: &Manifest, names: &Names, findings: &mut Findings) {
    check_classes("manifest.lead", &manifest.lead, names, findings);
    if let ByClass::Class(leads) = &manifest.lead {
        let without: Vec<&str> = names
            .classes
            .iter()
            .copied()
            .filter(|class| !leads.contains_key(*class) && !leads.contains_key("rest"))
            .collect();
        if let Some(class) = without.first() {
            let message = format!("`manifest.lead` does not say when class `{class}` files");
            let help = format!("add `lead.{class} = \"2 h\"`, or `lead.rest`");
            findings.error("E0332", "manifest.lead", message, "a lead for every class", help);
        }
    }
    if let Some(missing) = &manifest.missing {
        check_shares("manifest.missing", missing, names, findings);
    }
    if let Some(required) = &manifest.required {
        check_classes("manifest.required", required, names, findings);
    }
    for (name, quality) in &manifest.quality {
        let path = |key: &str| format!("manifest.quality.{name}.{key}");
        if let Some(share) = &quality.share {
            check_shares(&path("share"), share, names, findings);
        }
        let numbers = [("odds", quality.odds, 1000.0), ("separation", quality.separation, 100.0)];
        for (key, value, most) in numbers {
            if !(0.0..=most).contains(&value) {
                let message = format!("`{}` is out of range", path(key));
                let help = "1 is what the others have";
                findings.error("E0350", &path(key), message, format!("0 to {most}"), help);
            }
        }
    }
    let open: Vec<&String> = manifest
        .quality
        .iter()
        .filter(|(_, quality)| quality.share.is_none())
        .map(|(name, _)| name)
        .collect();
    if let [first, second, ..] = open.as_slice() {
        findings.clash(
            "E0332",
            (&format!("manifest.quality.{second}"), "without `share`"),
            (&format!("manifest.quality.{first}"), "without `share` too"),
            "two qualities of manifests are both the rest",
            "add a `share` to one of them",
        );
    }
    for class in &names.classes {
        let given = manifest.quality.values().filter_map(|quality| quality.share.as_ref());
        let shares: Vec<f64> =
            given.map(|share| of_class(share, class).map_or(0.0, |share| share.0)).collect();
        let sum: f64 = shares.iter().sum();
        let complete = if open.is_empty() { (sum - 1.0).abs() < 1e-9 } else { sum <= 1.0 + 1e-9 };
        if !manifest.quality.is_empty() && open.len() < 2 && !complete && shares.iter().all(|s| *s <= 1.0) {
            let message = format!("qualities of manifests of class `{class}` sum to {}", percent(sum));
            let help = "leave the share of one of them out: it is the rest";
            findings.error("E0317", "manifest.quality", message, "100 % together", help);
            break;
        }
    }
}

/// Names of classes, kinds and places at a station.
fn check_names(name: &str, station: &Station, study: &Study, names: &Names, findings: &mut Findings) {
    let path = |key: &str| format!("station.{name}.{key}");
    if let Some(random) = &station.random_exam {
        check_shares(&path("random_exam"), random, names, findings);
    }
    if let Some(false_alarm) = &station.false_alarm {
        check_shares(&path("false_alarm"), false_alarm, names, findings);
    }
    for (kind, seen) in &station.sees {
        let path = path(&format!("sees.{kind}"));
        check_kind(&path, kind, study, findings);
        check_classes(&path, seen, names, findings);
        for (path, share) in each(&path, seen).iter().filter(|(_, share)| share.0 > 1.0) {
            let message = format!("`{path}` is a sensitivity of {}", percent(share.0));
            let help = "of a hundred trucks that hide it the look sees a hundred at most";
            findings.error("E0318", path, message, "a chance of at most 100 %", help);
        }
    }
    let places = [("random_to", &station.random_to), ("alarm", &station.alarm)];
    for (key, place) in places {
        if let Some(place) = place {
            check_target(&path(key), place, names, findings);
        }
    }
    if let Some(place) = station.late.as_ref().filter(|place| *place != HOLD) {
        check_target(&path("late"), place, names, findings);
    }
    for (place, who) in &station.refer {
        let path = path(&format!("refer.{place}"));
        check_target(&path, place, names, findings);
        check_classes(&path, who, names, findings);
    }
    for (i, cleared) in station.clears.iter().enumerate() {
        check_station_name(&path(&format!("clears.{i}")), cleared, names, findings);
    }
}

/// The word for a yard that keeps trucks until their manifests are in order.
pub const HOLD: &str = "hold";

/// Keys of a station of which one makes no sense without the other.
fn check_pairs(name: &str, station: &Station, study: &Study, findings: &mut Findings) {
    let path = |key: &str| format!("station.{name}.{key}");
    let mut needs = |key: &str, label: &str, help: &str| {
        let message = format!("`{}` needs {label}", path(key));
        findings.error("E0332", &path(key), message, format!("there is no {label}"), help);
    };
    if station.random_exam.is_some() && station.random_to.is_none() {
        needs("random_exam", "`random_to`", "say with `random_to` where those go who are picked");
    }
    if station.random_to.is_some() && station.random_exam.is_none() {
        needs("random_to", "`random_exam`", "say with `random_exam` what share is picked, or leave it out");
    }
    if station.alarm.is_some() && station.sees.is_empty() {
        needs("alarm", "`sees`", "say what the scan sees: `sees.narcotics = \"80 %\"`");
    }
    if station.false_alarm.is_some() && station.alarm.is_none() {
        needs("false_alarm", "`alarm`", "say with `alarm` where trucks go after an alarm, or leave it out");
    }
    if station.late.is_some() && study.manifest.is_none() {
        needs("late", "`[manifest]`", "say in `[manifest]` when manifests are filed: `lead = \"2 h\"`");
    }
    let scored = !study.violation.is_empty()
        || study
            .demand
            .values()
            .flat_map(|demand| demand.trace.iter().flatten())
            .any(|(_, t)| t.score.is_some());
    for (place, who) in station.refer.iter().filter(|_| !scored) {
        let path = path(&format!("refer.{place}"));
        let by_score = |(_, who): &(String, &super::phrase::ReferPhrase)| who.of != ReferOf::All;
        for (path, _) in each(&path, who).into_iter().filter(by_score) {
            let message = format!("`{path}` asks for a score, and no truck has one");
            let label = "there is no `[violation.NAME]`";
            let help = "add a violation with its `rate` and the `separation` of its scores, or send a share `of all`";
            findings.error("E0337", &path, message, label, help);
        }
    }
    if station.late.as_deref() == Some(HOLD) {
        let lanes = station.lanes.iter().find(|(_, lanes)| lanes.servers != Servers::Unlimited);
        if let Some((group, _)) = lanes {
            findings.contradict(
                (&path("late"), "keeps trucks until their manifests are in order"),
                (&path(&format!("lanes.{group}.servers")), "lanes that would stand still meanwhile"),
                "hold trucks in a yard of its own: `lanes.all = { servers = \"unlimited\" }`",
            );
        }
        let own = station.lanes.iter().find(|(_, lanes)| lanes.move_up.is_some());
        let move_up = match own {
            Some((group, _)) => Some(path(&format!("lanes.{group}.move_up"))),
            None => station.move_up.as_ref().map(|_| path("move_up")),
        };
        if let (Some(move_up), None) = (move_up, lanes) {
            let help = "leave `move_up` out: nobody moves up into a yard";
            findings.contradict((&path("late"), "a yard that holds trucks"), (&move_up, "a booth"), help);
        }
    }
}

/// Classes that one consignment disqualifies.
fn check_certified(study: &Study, names: &Names, findings: &mut Findings) {
    for (name, class) in &study.class {
        let path = |key: &str| format!("class.{name}.{key}");
        let pairs = [
            ("certified", class.certified.is_some(), "otherwise", class.otherwise.is_some()),
            ("otherwise", class.otherwise.is_some(), "certified", class.certified.is_some()),
            ("consignments", class.consignments.is_some(), "certified", class.certified.is_some()),
        ];
        for (key, _, other, _) in pairs.iter().filter(|pair| pair.1 && !pair.3) {
            let message = format!("`{}` needs `{other}`", path(key));
            let help = match *other {
                "otherwise" => "say with `otherwise` which class such trucks are: `otherwise = \"standard\"`",
                _ => "say with `certified` what share of consignments is: `certified = \"95 %\"`",
            };
            findings.error("E0332", &path(key), message, format!("no `{other}` beside it"), help);
        }
        if let Some(certified) = class.certified.filter(|certified| certified.0 > 1.0) {
            let message = format!("`{}` is {}", path("certified"), percent(certified.0));
            findings.error(
                "E0316",
                &path("certified"),
                message,
                "at most 100 %",
                "write a share such as `95 %`",
            );
        }
        let Some(otherwise) = &class.otherwise else { continue };
        check_class(&path("otherwise"), otherwise, names, findings);
        if study.class.get(otherwise).is_some_and(|other| other.certified.is_some()) {
            let message =
                format!("`{}` leads to a class that trucks are taken out of too", path("otherwise"));
            let help = "name a class without `certified`";
            findings.error("E0313", &path("otherwise"), message, "one step, no more", help);
        }
    }
}

/// A station to which only images come, and where their trucks are stopped.
fn check_release(study: &Study, findings: &mut Findings) {
    let releasing: Vec<(&String, &Station)> =
        study.station.iter().filter(|(_, station)| station.release).collect();
    if let [(first, _), (second, _), ..] = releasing.as_slice() {
        findings.contradict(
            (&format!("station.{second}.release"), "a review of images"),
            (&format!("station.{first}.release"), "another one"),
            "let one station review the images of all scans, with lane groups if need be",
        );
    }
    let recalling = study.station.iter().find(|(_, station)| station.recalls);
    for (name, station) in &releasing {
        let path = |key: &str| format!("station.{name}.{key}");
        let mut needs = |what: &str, help: &str| {
            let message = format!("`{}` needs {what}", path("release"));
            findings.error("E0332", &path("release"), message, format!("there is no {what}"), help);
        };
        if station.alarm.is_none() {
            needs("`alarm`", "say with `alarm` where a truck goes in whose image something is seen");
        }
        if recalling.is_none() {
            needs("`recalls`", "say with `recalls = true` which station stops trucks, such as the exit gate");
        }
        let goes = |share: &RouteShare| match share {
            RouteShare::All(_) => false,
            RouteShare::Class(targets) => targets.contains_key(*name),
        };
        let again = station.route.iter().find(|(key, share)| key == name || goes(share));
        let again = again.map(|(key, share)| match share {
            RouteShare::All(_) => path(&format!("route.{key}")),
            RouteShare::Class(_) => path(&format!("route.{key}.{name}")),
        });
        if let Some(key) = again.or((station.next == **name).then(|| path("next"))) {
            let release = path("release");
            let help = "let trucks go on to another place: their image is looked at meanwhile";
            findings.contradict((&key, "leads to itself"), (&release, "trucks pass at once"), help);
        }
        let keys = [
            ("room", station.room.is_some()),
            ("patience", station.patience.is_some()),
            ("balking", station.balking.is_some()),
            ("random_exam", station.random_exam.is_some()),
            ("refer", !station.refer.is_empty()),
            ("late", station.late.is_some()),
            ("recalls", station.recalls),
            ("clears", !station.clears.is_empty()),
        ];
        for (key, _) in keys.iter().filter(|key| key.1) {
            let help = format!("leave `{key}` out, or let trucks wait for the result: leave `release` out");
            let (key, release) = (path(key), path("release"));
            findings.contradict((&key, "what a truck does"), (&release, "only images come here"), help);
        }
        let rooms = station.lanes.iter().find(|(_, lanes)| lanes.room.is_some());
        if let Some((group, _)) = rooms {
            let (key, release) = (path(&format!("lanes.{group}.room")), path("release"));
            let help = "leave `room` out: images take no place";
            findings.contradict((&key, "places of trucks"), (&release, "only images come here"), help);
        }
        let entries = study.demand.iter().filter(|(_, demand)| demand.entry == **name);
        let entries = entries.map(|(stream, _)| format!("demand.{stream}.entry"));
        let roads = study.road.iter().filter(|(_, road)| road.next == **name);
        let roads = roads.map(|(road, _)| format!("road.{road}.next"));
        let full =
            study.station.iter().filter(|(_, other)| other.full == FullPhrase::Divert((*name).clone()));
        let full = full.map(|(other, _)| format!("station.{other}.full"));
        let wait = study.border_wait.iter().flat_map(|wait| [("from", &wait.from), ("at", &wait.at)]);
        let wait = wait.filter(|(_, station)| station == name).map(|(key, _)| format!("border_wait.{key}"));
        for key in entries.chain(roads).chain(full).chain(wait) {
            let help = "images are taken at a station: let its `next`, `route` or `refer` lead to the review";
            findings.contradict((&key, "trucks come"), (&path("release"), "only images come here"), help);
        }
    }
}

fn check_kind(path: &str, kind: &str, study: &Study, findings: &mut Findings) {
    if study.violation.contains_key(kind) {
        return;
    }
    let help = match suggestion(kind, study.violation.keys().map(String::as_str)) {
        help if help.is_empty() => format!("add `[violation.{kind}]` with its `rate`"),
        help => help,
    };
    let message = format!("there is no violation `{kind}`");
    findings.error("E0306", path, message, "no such violation", help);
}

fn check_classes<T>(path: &str, values: &ByClass<T>, names: &Names, findings: &mut Findings) {
    check_by_class(path, Some(values), names, findings);
}

/// Classes that must be known, and shares of 100 % at most.
fn check_shares(path: &str, values: &ByClass<Percent>, names: &Names, findings: &mut Findings) {
    check_classes(path, values, names, findings);
    for (path, share) in each(path, values).iter().filter(|(_, share)| share.0 > 1.0) {
        let message = format!("`{path}` is {}", percent(share.0));
        findings.error("E0316", path, message, "at most 100 %", "write a share such as `80 %`");
    }
}
