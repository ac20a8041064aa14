//! Names that must exist: every mention of a class, station, road, lane group or scenario.

use super::super::file::{
    BalkingShare, ByClass, Demand, Failure, Officers, Priority, RouteShare, Station, Study,
};
use super::super::phrase::FullPhrase;
use super::name::{EXIT, Names};
use super::{Findings, suggestion};

/// Names that mean something of their own where classes may stand.
const RESERVED_CLASSES: [&str; 2] = ["trucks", "rest"];

/// Reports every name that leads nowhere, and names that mean two things.
pub fn check(study: &Study, names: &Names, findings: &mut Findings) {
    check_own_names(study, names, findings);
    for (name, demand) in &study.demand {
        check_demand(&format!("demand.{name}"), demand, names, findings);
    }
    for (name, station) in &study.station {
        check_station(&format!("station.{name}"), name, station, names, findings);
    }
    for (name, road) in &study.road {
        check_target(&format!("road.{name}.next"), &road.next, names, findings);
    }
    for (name, officers) in &study.officers {
        check_officers(&format!("officers.{name}"), officers, names, findings);
    }
    for (name, failure) in &study.failure {
        check_failure(&format!("failure.{name}"), failure, names, findings);
    }
    if let Some(wait) = &study.border_wait {
        check_station_name("border_wait.from", &wait.from, names, findings);
        check_station_name("border_wait.at", &wait.at, names, findings);
        let observed = wait.observed.keys().map(|group| ("observed", group));
        for (table, group) in observed.chain(wait.check.keys().map(|group| ("check", group))) {
            let Some(station) = names.station(&wait.at) else { continue };
            if names.group_of(station, group).is_none() {
                let path = format!("border_wait.{table}.{group}");
                let known = names.groups.iter().filter(|(of, _)| *of == station).map(|(_, name)| *name);
                let message = format!("`{}` has no lane group `{group}`", wait.at);
                findings.error("E0303", &path, message, "no such lane group", suggestion(group, known));
            }
        }
    }
}

fn check_own_names(study: &Study, names: &Names, findings: &mut Findings) {
    for class in RESERVED_CLASSES.iter().filter(|class| study.class.contains_key(**class)) {
        let message = format!("a class cannot be called `{class}`");
        findings.error(
            "E0304",
            &format!("class.{class}"),
            message,
            "a word of the format",
            "choose another name",
        );
    }
    for name in names.stations.iter().filter(|name| **name == EXIT) {
        let message = "a station cannot be called `exit`";
        findings.error(
            "E0304",
            &format!("station.{name}"),
            message,
            "the way out of the crossing",
            "choose another name",
        );
    }
    for name in names.roads.iter().filter(|name| **name == EXIT) {
        let message = "a road cannot be called `exit`";
        findings.error(
            "E0304",
            &format!("road.{name}"),
            message,
            "the way out of the crossing",
            "choose another name",
        );
    }
    for name in names.roads.iter().filter(|name| names.station(name).is_some()) {
        findings.clash(
            "E0304",
            (&format!("road.{name}"), "a road"),
            (&format!("station.{name}"), "a station"),
            format!("`{name}` is both a road and a station"),
            "`next` could mean either: rename one",
        );
    }
}

fn check_demand(path: &str, demand: &Demand, names: &Names, findings: &mut Findings) {
    check_station_name(&format!("{path}.entry"), &demand.entry, names, findings);
    if let Some(class) = &demand.class {
        check_class(&format!("{path}.class"), class, names, findings);
    }
    for (row, truck) in demand.trace.iter().flatten() {
        check_class(&format!("{path}.trace.{row}.class"), &truck.class, names, findings);
        for station in truck.service.keys() {
            check_station_name(&format!("{path}.trace.{row}.service.{station}"), station, names, findings);
        }
    }
}

fn check_station(path: &str, name: &str, station: &Station, names: &Names, findings: &mut Findings) {
    check_target(&format!("{path}.next"), &station.next, names, findings);
    check_by_class(&format!("{path}.service"), station.service.as_ref(), names, findings);
    for (group, lanes) in &station.lanes {
        let path = format!("{path}.lanes.{group}");
        check_by_class(&format!("{path}.service"), lanes.service.as_ref(), names, findings);
        for (i, class) in lanes.accepts.iter().flatten().enumerate() {
            check_class(&format!("{path}.accepts.{i}"), class, names, findings);
        }
        if let Some(into) = lanes.overflow.as_ref().filter(|into| !station.lanes.contains_key(*into)) {
            let known = station.lanes.keys().filter(|other| *other != group).map(String::as_str);
            let message = format!("`{name}` has no lane group `{into}`");
            let help = suggestion(into, known);
            let help = if help.is_empty() {
                "trucks overflow into another group of the same station".to_owned()
            } else {
                help
            };
            findings.error("E0303", &format!("{path}.overflow"), message, "no such lane group", help);
        }
    }
    check_rules(path, station, names, findings);
    for (key, share) in &station.route {
        let path = format!("{path}.route.{key}");
        if names.class(key).is_some() && names.target(key).is_some() {
            let message =
                format!("`{key}` is a class and a place, so `route.{key}` of `{name}` can mean two things");
            findings.error("E0304", &path, message, "a class or a place?", "rename the class");
            continue;
        }
        match share {
            RouteShare::All(_) if names.class(key).is_some() => {
                let message = format!("`route.{key}` names a class and gives one share");
                let help = format!("name the target too: `route.{key}.secondary = \"12 %\"`");
                findings.error("E0301", &path, message, "shares by target", help);
            }
            RouteShare::All(_) => check_target(&path, key, names, findings),
            RouteShare::Class(targets) => {
                check_class(&path, key, names, findings);
                for target in targets.keys() {
                    check_target(&format!("{path}.{target}"), target, names, findings);
                }
            }
        }
    }
}

/// Names in the rules of a station.
fn check_rules(path: &str, station: &Station, names: &Names, findings: &mut Findings) {
    check_by_class(&format!("{path}.patience"), station.patience.as_ref(), names, findings);
    if let FullPhrase::Divert(place) = &station.full {
        check_target(&format!("{path}.full"), place, names, findings);
    }
    match &station.priority {
        Some(Priority::Order(classes)) => {
            for (i, class) in classes.iter().enumerate() {
                check_ranked(&format!("{path}.priority.{i}"), class, names, findings);
            }
        }
        Some(Priority::Class(classes)) => {
            for class in classes.keys() {
                check_ranked(&format!("{path}.priority.{class}"), class, names, findings);
            }
        }
        None => {}
    }
    for (class, share) in station.balking.iter().flatten() {
        if let BalkingShare::Class(_) = share {
            let path = format!("{path}.balking.{class}");
            check_named(
                &path,
                class,
                "write `{ 10 = \"80 %\" }` without a class for the others",
                names,
                findings,
            );
        }
    }
}

fn check_failure(path: &str, failure: &Failure, names: &Names, findings: &mut Findings) {
    for (i, group) in failure.lanes.iter().enumerate() {
        if names.group(group).is_none() {
            check_group(&format!("{path}.lanes.{i}"), group, names, findings);
        }
    }
}

fn check_group(path: &str, group: &str, names: &Names, findings: &mut Findings) {
    let known = names.group_names();
    let message = format!("there is no lane group `{group}`");
    let help = suggestion(group, known.iter().map(String::as_str));
    let help = if help.is_empty() { "write it as `station.group`".to_owned() } else { help };
    findings.error("E0303", path, message, "a group as `station.group`", help);
}

fn check_officers(path: &str, officers: &Officers, names: &Names, findings: &mut Findings) {
    let rules = officers.rule.keys().map(|group| ("rule", group));
    for (table, group) in rules.chain(officers.plan.keys().map(|group| ("plan", group))) {
        if names.group(group).is_none() {
            let known = names.group_names();
            let message = format!("there is no lane group `{group}`");
            let help = suggestion(group, known.iter().map(String::as_str));
            findings.error(
                "E0303",
                &format!("{path}.{table}.{group}"),
                message,
                "a group as `station.group`",
                help,
            );
        }
    }
}

/// Reports classes that are not there, of a value for all classes or by class.
pub fn check_by_class<T>(path: &str, value: Option<&ByClass<T>>, names: &Names, findings: &mut Findings) {
    if let Some(ByClass::Class(classes)) = value {
        if classes.is_empty() {
            let message = format!("`{path}` names no class");
            let key = path.rsplit('.').next().unwrap_or(path);
            let help = format!("write one value for all, or `{key}.CLASS` and `{key}.rest`");
            findings.error("E0332", path, message, "an empty table", help);
        }
        for class in classes.keys().filter(|class| *class != "rest") {
            check_class(&format!("{path}.{class}"), class, names, findings);
        }
    }
}

/// Who is ranked: classes that are left out come last, so nobody needs to be called the rest.
fn check_ranked(path: &str, class: &str, names: &Names, findings: &mut Findings) {
    check_named(path, class, "leave it out: classes that are not named come last", names, findings);
}

/// A class where `rest` has no meaning of its own; `rest_help` says how the others are meant.
fn check_named(path: &str, class: &str, rest_help: &str, names: &Names, findings: &mut Findings) {
    if class == "rest" {
        findings.error("E0302", path, "`rest` is no class here", "classes are named one by one", rest_help);
    } else {
        check_class(path, class, names, findings);
    }
}

/// Reports a class that is not there.
pub fn check_class(path: &str, class: &str, names: &Names, findings: &mut Findings) {
    if names.class(class).is_none() {
        let help = suggestion(class, names.classes.iter().copied());
        findings.error("E0302", path, format!("there is no class `{class}`"), "no such class", help);
    }
}

/// Reports a station that is not there.
pub fn check_station_name(path: &str, station: &str, names: &Names, findings: &mut Findings) {
    if names.station(station).is_none() {
        let help = suggestion(station, names.stations.iter().copied());
        findings.error("E0301", path, format!("there is no station `{station}`"), "no such station", help);
    }
}

/// Reports a place to go that is not there.
pub fn check_target(path: &str, target: &str, names: &Names, findings: &mut Findings) {
    if names.target(target).is_none() {
        let help = suggestion(target, names.targets());
        let message = format!("there is no station or road `{target}`");
        findings.error("E0301", path, message, "no such station or road", help);
    }
}
