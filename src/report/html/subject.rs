//! Sections 2 and 3: the crossing and the question; in what the plans differ.

use maud::{Markup, html};

use super::Book;
use super::part::{Section, facts, list, name, p, table};
use crate::kernel::time::SimTime;
use crate::model::network::{Arrivals, End, Network};
use crate::report::number::grouped;
use crate::report::said::{self, Said, counted, joined, said, same};

pub(super) fn crossing(book: &Book) -> Section {
    let body = html! {
        (facts(&about(book)))
        (book.figure("crossing"))
        h3 { (said("Classes of trucks", "Clases de camiones")) }
        (classes(book))
        h3 { (said("What is left out", "Qué queda fuera")) }
        (list(&left_out(book)))
    };
    let plain = said(
        "trucks come from the left, stop at each box on their way for as long as its work takes, wait when it is busy, and leave at the right.",
        "los camiones llegan por la izquierda, se detienen en cada recuadro de su camino lo que dura su trabajo, esperan si está ocupado y salen por la derecha.",
    );
    Section {
        id: "crossing",
        title: said("The crossing and the question", "El cruce y la pregunta"),
        body,
        plain,
    }
}

fn about(book: &Book) -> Vec<(Said, Said)> {
    let plan = book.story.plan;
    let network = book.baseline();
    let weekday = said::day_of_week(&plan.start, 0);
    let start = weekday.join(", ", &said::date(&plan.start));
    let end = match network.end {
        End::Drain => said(
            "then the crossing drains: every truck is followed to the end",
            "luego el cruce se vacía: se sigue a cada camión hasta el final",
        ),
        End::Cut => said(
            "then the run stops; trucks inside count as unfinished",
            "luego la corrida se detiene; los camiones dentro cuentan como no terminados",
        ),
        End::Empty => said(
            "then what is open stays open until the crossing is empty",
            "luego lo abierto sigue abierto hasta vaciar el cruce",
        ),
    };
    let length = said::duration(network.run_length.seconds());
    let mut facts = vec![
        (said("First day", "Primer día"), start),
        (said("Length", "Duración"), length.join("; ", &end)),
        (said("Time zone (inspection side)", "Zona horaria (lado de inspección)"), name(&plan.time_zone)),
        (said("Places", "Lugares"), places(network)),
    ];
    let warm_up = network.warm_up.seconds();
    if warm_up > 0.0 {
        facts.push((said("Warm-up, not counted", "Calentamiento, no se cuenta"), said::duration(warm_up)));
    }
    for stream in &network.streams {
        facts.push((
            said("Trucks: ", "Camiones: ").join("", &name(&stream.name)),
            volume(&stream.arrivals, network),
        ));
    }
    let officers: Vec<Said> = network.pools.iter().map(|pool| name(&pool.name)).collect();
    if !officers.is_empty() {
        facts.push((said("Officers", "Oficiales"), joined(", ", &officers)));
    }
    facts
}

/// How many places there are.
fn places(network: &Network) -> Said {
    let count = |count: usize, one: [&str; 2], many: [&str; 2]| {
        let words = if count == 1 { one } else { many };
        said(format!("{count} {}", words[0]), format!("{count} {}", words[1]))
    };
    let mut parts = vec![
        count(network.stations.len(), ["station", "estación"], ["stations", "estaciones"]),
        count(network.roads.len(), ["road", "tramo"], ["roads", "tramos"]),
        count(
            network.groups.len(),
            ["lane group", "grupo de carriles"],
            ["lane groups", "grupos de carriles"],
        ),
    ];
    if network.roads.is_empty() {
        parts.remove(1);
    }
    joined(", ", &parts)
}

fn volume(arrivals: &Arrivals, network: &Network) -> Said {
    match arrivals {
        Arrivals::Field { batches_per_hour, batch, .. } => {
            let end = network.run_length.seconds();
            let steps = &batches_per_hour.steps;
            let mut total = 0.0;
            for (place, (from, rate)) in steps.iter().enumerate() {
                let until = steps.get(place + 1).map_or(end, |(next, _)| seconds(*next)).min(end);
                total += rate * (until - seconds(*from).max(0.0)).max(0.0) / 3600.0;
            }
            let per_day = total / (end / 86_400.0).max(1e-9);
            let kind = if batch.is_some() {
                said("groups of trucks a day", "grupos de camiones al día")
            } else {
                said("trucks a day", "camiones al día")
            };
            same(grouped(per_day, 0))
                .join(" ", &kind)
                .join(", ", &said("by chance around a rate by hour", "al azar en torno a una tasa por hora"))
        }
        Arrivals::Headways { .. } => {
            said("by the time between two trucks", "por el tiempo entre dos camiones")
        }
        Arrivals::Trace(trucks) => said(
            format!("{} listed trucks", grouped(trucks.len() as f64, 0)),
            format!("{} camiones listados", grouped(trucks.len() as f64, 0)),
        ),
        Arrivals::Appointments { booked, .. } => said(
            format!("{} appointments", grouped(booked.len() as f64, 0)),
            format!("{} citas", grouped(booked.len() as f64, 0)),
        ),
        Arrivals::AtStart { trucks, .. } => said(
            format!("{} in line at the beginning", grouped(f64::from(*trucks), 0)),
            format!("{} en la fila al comenzar", grouped(f64::from(*trucks), 0)),
        ),
    }
}

fn seconds(at: SimTime) -> f64 {
    at.since_start().seconds()
}

fn classes(book: &Book) -> Markup {
    let network = book.baseline();
    if network.classes.len() < 2 {
        return p(said("All trucks are alike.", "Todos los camiones son iguales."));
    }
    let result = book.story.result;
    let rows: Vec<Vec<Said>> = network
        .classes
        .iter()
        .map(|class| {
            let entered = result.entries[..result.whole_run].iter().position(|entry| {
                entry.measure == crate::measure::Measure::Trucks
                    && entry.statistic == crate::measure::Statistic::Entered
                    && entry.class.as_deref() == Some(class.name.as_str())
            });
            let of = |scenario: usize| {
                let mean = entered.map(|place| result.scenarios[scenario].estimates[place]);
                let mean = mean.unwrap_or_default();
                let scale = crate::report::number::Scale::of(crate::measure::Unit::Trucks, [&mean]);
                same(scale.mean(&mean))
            };
            std::iter::once(name(&class.name)).chain((0..result.scenarios.len()).map(of)).collect()
        })
        .collect();
    let mut head = vec![said("Class", "Clase")];
    head.extend((0..result.scenarios.len()).map(|scenario| book.story.title(scenario)));
    let caption = said(
        "Trucks that come per run, by class (mean ± half-width of its 95 % interval)",
        "Camiones que llegan por corrida, por clase (media ± semiancho de su intervalo del 95 %)",
    );
    table(&caption, &head, &rows)
}

fn left_out(book: &Book) -> Vec<Said> {
    let mut out = vec![
        said(
            "Cars, buses and pedestrians; trucks in the other direction; roads beyond the crossing.",
            "Autos, autobuses y peatones; camiones en el otro sentido; vías más allá del cruce.",
        ),
        said(
            "What drivers and companies would change because waits change, unless the file says so (diversion, balking, appointments).",
            "Lo que choferes y empresas cambiarían porque cambian las esperas, salvo que el archivo lo diga (desvíos, renuncias, citas).",
        ),
        said(
            "Regional jobs and output: truck-hours are told, for models that take them in.",
            "Empleo y producción regionales: se dan las horas de camión, para los modelos que las usan.",
        ),
    ];
    if book.baseline().security.is_none() {
        out.push(said(
            "What trucks may hide: the study says nothing of violations, so nothing is told of detection.",
            "Lo que los camiones puedan ocultar: el estudio no habla de infracciones, así que nada se dice de la detección.",
        ));
    }
    out
}

pub(super) fn scenarios(book: &Book) -> Section {
    let story = book.story;
    let mut rows = Vec::new();
    for (place, scenario) in story.plan.scenarios.iter().enumerate() {
        for (key, before, after) in &scenario.changes {
            let value = |text: &str| if text.is_empty() { said("(none)", "(ninguno)") } else { name(text) };
            rows.push(vec![story.title(place), name(key), value(before), value(after)]);
        }
    }
    let head = [
        said("Plan", "Plan"),
        said("Key", "Clave"),
        said("In the baseline", "En la base"),
        said("In this plan", "En este plan"),
    ];
    let caption = said(
        "Only keys that differ from the baseline; all else is the same",
        "Solo las claves que difieren de la base; todo lo demás es igual",
    );
    let names: Vec<(Said, Said)> = (0..story.plan.scenarios.len())
        .map(|place| {
            let role =
                if place == story.plan.baseline { said("baseline", "base") } else { said("plan", "plan") };
            (name(&story.plan.scenarios[place].name).join(" · ", &role), story.title(place))
        })
        .collect();
    let changed = story.plan.scenarios.iter().filter(|scenario| !scenario.changes.is_empty()).count();
    let body = html! {
        (facts(&names))
        @if rows.is_empty() { (p(said("The plans do not differ.", "Los planes no difieren."))) }
        @else { div.text { (table(&caption, &head, &rows)) } }
    };
    let values = counted(rows.len() as u32, ["value", "values"], ["valor", "valores"]);
    let plans =
        counted(changed as u32, ["plan differs", "plans differ"], ["plan difiere", "planes difieren"]);
    let alike = match story.plan.same_trucks() {
        true => said(
            "; trucks, days and chance are the same for all.",
            "; camiones, días y azar son los mismos para todos.",
        ),
        false => said(
            "; days and chance are the same for all, but not the trucks that come.",
            "; días y azar son los mismos para todos, pero no los camiones que llegan.",
        ),
    };
    let plain = match story.plan.scenarios.len() {
        1 => said("there is one plan.", "hay un solo plan."),
        _ => plans
            .join(" ", &said("from the baseline, in", "de la base, en"))
            .join(" ", &values)
            .join(" ", &said("in all", "en total"))
            .join("", &alike),
    };
    Section { id: "scenarios", title: said("What the plans change", "Qué cambian los planes"), body, plain }
}
