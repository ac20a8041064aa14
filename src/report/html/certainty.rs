//! Sections 6 and 8: how sure the answer is; sweeps, sensitivity and growth.

use maud::{Markup, html};

use super::Book;
use super::part::{Section, facts, name, p, table, ticked};
use crate::experiment::Mean;
use crate::report::number::{Scale, grouped, plain as bare};
use crate::report::said::{self, Said, said, same};

pub(super) fn certainty(book: &Book) -> Section {
    let result = book.story.result;
    let body = html! {
        (facts(&sizes(book)))
        (looks(book))
        (controls(book))
        (worlds(book))
        (p(said::classes_of_intervals()))
    };
    let met = result.stopping.met;
    let plain = match met {
        Some(true) => said(
            "the simulation went on until the differences were known as closely as the study asks.",
            "la simulación siguió hasta conocer las diferencias con la precisión que pide el estudio.",
        ),
        Some(false) => said(
            "the simulation ended before the differences were known as closely as the study asks; more replications would narrow the intervals.",
            "la simulación terminó antes de conocer las diferencias con la precisión que pide el estudio; más réplicas estrecharían los intervalos.",
        ),
        None if book.story.pairs() < 2 => said(
            "one replication says nothing of how far chance alone could move the numbers; ask for more.",
            "una sola réplica no dice cuánto podría mover los números el puro azar; pida más.",
        ),
        None => said(
            "the intervals say how far chance alone could move the numbers; wrong inputs could move them further.",
            "los intervalos dicen cuánto podría mover los números el puro azar; insumos equivocados podrían moverlos más.",
        ),
    };
    Section { id: "certainty", title: said("How sure", "Qué tan seguro"), body, plain }
}

fn sizes(book: &Book) -> Vec<(Said, Said)> {
    let result = book.story.result;
    let stopping = &result.stopping;
    let headline = &result.entries[result.headline];
    let mut facts = vec![(
        said("Replications of each plan", "Réplicas de cada plan"),
        same(grouped(f64::from(result.replications), 0)),
    )];
    if let Some(target) = stopping.target {
        let wanted = Mean { mean: Some(target), ..Mean::default() };
        let scale = Scale { decimals: 2, ..Scale::of(headline.unit, [&wanted]) };
        let widest = stopping.looks.last().and_then(|look| look.widest);
        let reached = same(format!("± {}", scale.value(widest))).join(" ", &said::unit(scale.label));
        let wanted = same(format!("± {}", bare(target / scale.divisor))).join(" ", &said::unit(scale.label));
        facts.push((said("Target for differences", "Precisión pedida para las diferencias"), wanted));
        if widest.is_some() {
            let met = match stopping.met {
                Some(true) => said(" (met)", " (cumplida)"),
                Some(false) => said(" (not met)", " (no cumplida)"),
                None => Said::default(),
            };
            facts.push((said("Reached", "Alcanzada"), reached.join("", &met)));
        }
    }
    let needed = result.scenarios.iter().filter_map(|scenario| scenario.minimum_runs.needed).max();
    if let (Some(needed), Some(first)) = (needed, result.scenarios.first()) {
        let tolerance = bare(first.minimum_runs.tolerance * 100.0);
        facts.push((
            said(
                format!("FHWA minimum runs ({tolerance} % of the mean)"),
                format!("Corridas mínimas según FHWA ({tolerance} % de la media)"),
            ),
            said(
                format!("{needed}; used: {}", first.minimum_runs.used),
                format!("{needed}; usadas: {}", first.minimum_runs.used),
            ),
        ));
    }
    let failed: usize = result.scenarios.iter().map(|scenario| scenario.failures.len()).sum();
    if failed > 0 {
        facts.push((said("Replications that failed", "Réplicas que fallaron"), same(failed.to_string())));
    }
    let longest = result.scenarios.iter().filter_map(|scenario| scenario.warm_up.as_ref());
    if let Some(found) = longest.max_by(|a, b| a.cut.unwrap_or(0.0).total_cmp(&b.cut.unwrap_or(0.0))) {
        let method = said(found.method(), found.method().replace("over days", "por días"));
        let cut = match found.cut {
            Some(cut) => method.join(" ", &said("would cut", "cortaría")).join(" ", &said::duration(cut)),
            None => method.join(" ", &said("finds nothing steady", "no halla nada estable")),
        };
        facts.push((
            said("Warm-up of the study: ", "Calentamiento del estudio: ")
                .join("", &said::duration(found.stated)),
            cut,
        ));
    }
    facts
}

fn looks(book: &Book) -> Markup {
    let result = book.story.result;
    let headline = &result.entries[result.headline];
    let looks: Vec<_> = result.stopping.looks.iter().filter(|look| look.widest.is_some()).collect();
    if looks.is_empty() {
        return html! {};
    }
    let means = result.scenarios.iter().map(|scenario| &scenario.estimates[result.headline]);
    let scale = Scale { decimals: 2, ..Scale::of(headline.unit, means) };
    let rows: Vec<Vec<Said>> = looks
        .iter()
        .map(|look| {
            vec![
                same(grouped(f64::from(look.replications), 0)),
                same(format!("± {}", scale.value(look.widest))),
            ]
        })
        .collect();
    let head = [
        said("Replications", "Réplicas"),
        said("Widest interval of a difference", "Intervalo más ancho de una diferencia")
            .join(" ", &super::answer::unit(scale)),
    ];
    let caption = said(
        "When the run looked whether to stop: at fixed numbers of replications only",
        "Cuándo la corrida miró si debía parar: solo en números fijos de réplicas",
    );
    table(&caption, &head, &rows)
}

fn controls(book: &Book) -> Markup {
    let result = book.story.result;
    if result.controls.is_empty() {
        return html! {};
    }
    let headline = &result.entries[result.headline];
    let means = result.controls.iter().flat_map(|control| [&control.plain, &control.controlled]);
    let scale = Scale::of(headline.unit, means);
    let rows: Vec<Vec<Said>> = result
        .controls
        .iter()
        .map(|control| {
            let of = book.story.title(control.scenario);
            let of = match control.versus {
                Some(versus) => of.join(" − ", &book.story.title(versus)),
                None => of,
            };
            let gain = match (control.gain, control.gain_interval) {
                (Some(gain), Some([low, high])) => {
                    let text = format!("{} ({} to {})", grouped(gain, 2), grouped(low, 2), grouped(high, 2));
                    said(text.clone(), text.replace(" to ", " a "))
                }
                (Some(gain), None) => same(grouped(gain, 2)),
                (None, _) => Said::default(),
            };
            vec![of, same(scale.mean(&control.plain)), same(scale.mean(&control.controlled)), gain]
        })
        .collect();
    let head = [
        said("Of", "De"),
        said("As it is", "Tal cual").join(" ", &super::answer::unit(scale)),
        said("With trucks as control variate", "Con los camiones como variable de control")
            .join(" ", &super::answer::unit(scale)),
        said("Gain in replications (95 % interval)", "Ganancia en réplicas (intervalo del 95 %)"),
    ];
    let caption = said(
        "The deciding measure with the luck of truck numbers taken out: ",
        "La medida decisiva sin la suerte en el número de camiones: ",
    )
    .join("", &said::entry(headline));
    html! { details { summary { (said("Control variates", "Variables de control")) } (table(&caption, &head, &rows)) } }
}

fn worlds(book: &Book) -> Markup {
    let result = book.story.result;
    let Some(plausible) = &result.plausible else { return html! {} };
    let headline = &result.entries[result.headline];
    let inputs: Vec<Vec<Said>> =
        plausible.inputs.iter().map(|(key, value)| vec![name(key), name(value)]).collect();
    let changes: Vec<_> = plausible.changes.iter().map(|changes| &changes[result.headline]).collect();
    let scale = Scale::of(headline.unit, changes.iter().map(|change| &change.mean));
    let value = |value: Option<f64>| scale.value(value);
    let rows: Vec<Vec<Said>> = result
        .comparisons
        .iter()
        .zip(&changes)
        .map(|(comparison, change)| {
            let range = format!("{} to {}", value(change.low), value(change.high));
            let better = change.better.map_or_else(String::new, |[share, low, high]| {
                format!("{:.0} % ({:.0} to {:.0})", share * 100.0, low * 100.0, high * 100.0)
            });
            vec![
                book.story.title(comparison.scenario),
                book.story.change(scale, &comparison.paired[result.headline].difference),
                said(range.clone(), range.replace(" to ", " a ")),
                said(better.clone(), better.replace(" to ", " a ")),
            ]
        })
        .collect();
    let head = [
        said("Plan", "Plan"),
        said("Over runs (95 %)", "Sobre corridas (95 %)"),
        said("Over plausible worlds (95 %)", "Sobre mundos plausibles (95 %)"),
        said("Better in", "Mejor en"),
    ];
    let caption = said::entry(headline).capital().join(" ", &super::answer::unit(scale)).join(
        ": ",
        &said(
            "two intervals, over runs and over inputs known only as ranges",
            "dos intervalos, sobre corridas y sobre insumos conocidos solo como intervalos",
        ),
    );
    let drawn = said("Uncertain inputs", "Insumos inciertos");
    html! {
        h3 { (said("Plausible worlds", "Mundos plausibles")) }
        (table(&caption, &head, &rows))
        div.text { (table(&drawn, &[said("Key", "Clave"), said("May be", "Puede ser")], &inputs)) }
    }
}

pub(super) fn sweeps(book: &Book) -> Section {
    let shown = book.story.sweeps.iter().map(|sweep| name(&sweep.name)).collect::<Vec<_>>();
    let body = html! {
        @for id in ["tornado", "sweep-map", "growth"] { (book.figure(id)) }
        @if shown.is_empty() {
            (p(ticked(&said(
                "This report shows no sweep. After `cruce sweep STUDY`, `cruce report RUN --sweep FOLDER` puts its figures here.",
                "Este informe no muestra ningún barrido. Tras `cruce sweep ESTUDIO`, `cruce report CORRIDA --sweep CARPETA` pone aquí sus figuras.",
            ))))
        }
    };
    let worlds = book.story.result.plausible.is_some();
    let plain = match shown.is_empty() {
        true if worlds => said(
            "the figure shows how far the answer holds where uncertain inputs lie elsewhere; growth has not been asked in this report.",
            "la figura muestra hasta dónde vale la respuesta si los insumos inciertos son otros; por el crecimiento no se preguntó en este informe.",
        ),
        true => said(
            "how the answer changes with growth or with other inputs has not been asked in this report.",
            "cómo cambia la respuesta con el crecimiento o con otros insumos no se preguntó en este informe.",
        ),
        false => said(
            "the figures show how far the answer holds when demand and other inputs are not what they are today.",
            "las figuras muestran hasta dónde vale la respuesta cuando la demanda y otros insumos no son los de hoy.",
        ),
    };
    Section {
        id: "sweeps",
        title: said("Sweeps, sensitivity, growth", "Barridos, sensibilidad, crecimiento"),
        body,
        plain,
    }
}
