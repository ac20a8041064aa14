//! Sections 4 and 5: what came out, by plan, class and hour; whether the model matches what was observed.

use maud::{Markup, html};

use super::Book;
use super::answer::unit;
use super::part::{Section, p, table};
use crate::experiment::Mean;
use crate::measure::{Measure, Statistic};
use crate::report::number::{Scale, grouped};
use crate::report::said::{self, Said, joined, said, same};
use crate::report::summary::headline_places;

pub(super) fn results(book: &Book) -> Section {
    let body = html! {
        (measures(book))
        (differences(book))
        @for id in ["hour-heat", "queue-bands", "n-curve", "ecdf-wait", "box-class", "lane-gantt", "lane-util", "throughput", "flow", "staffing"] {
            (book.figure(id))
        }
        h3 { (said("By hour", "Por hora")) }
        (by_hour(book))
    };
    Section { id: "results", title: said("Results", "Resultados"), body, plain: plain(book) }
}

/// A row label: `Crossing time, mean (min)`.
fn label(book: &Book, place: usize, scale: Scale) -> Said {
    said::entry(&book.story.headline_entry(place)).capital().join(" ", &unit(scale))
}

fn measures(book: &Book) -> Markup {
    let result = book.story.result;
    let mut head = vec![said("Measure", "Medida")];
    head.extend((0..result.scenarios.len()).map(|scenario| book.story.title(scenario)));
    let rows: Vec<Vec<Said>> = headline_places(result)
        .into_iter()
        .map(|place| {
            let all = result.scenarios.iter().map(|scenario| &scenario.estimates[place]);
            let scale = Scale::of(result.entries[place].unit, all.clone());
            std::iter::once(label(book, place, scale)).chain(all.map(|mean| same(scale.mean(mean)))).collect()
        })
        .collect();
    let n = result.replications;
    let batches = result.scenarios.iter().any(|scenario| !scenario.one_run.is_empty());
    let basis = match (batches, n) {
        (true, _) => said(
            "± half-width of its 95 % interval by batch means, where there is one",
            "± semiancho de su intervalo del 95 % por medias de lotes, donde lo hay",
        ),
        (false, 0 | 1) => {
            said("one replication, so no intervals", "una sola réplica, así que sin intervalos")
        }
        (false, n) => said(
            format!("mean ± half-width of its 95 % interval over {n} replications, less those that failed"),
            format!("media ± semiancho de su intervalo del 95 % sobre {n} réplicas, menos las que fallaron"),
        ),
    };
    let failed = result.scenarios.iter().any(|scenario| !scenario.failures.is_empty());
    let basis = match failed {
        true => basis,
        false => said(
            basis.en.replace(", less those that failed", ""),
            basis.es.replace(", menos las que fallaron", ""),
        ),
    };
    let caption = said("Results by plan: ", "Resultados por plan: ").join("", &basis).join(
        "; ",
        &said(
            "p95: 95 % of trucks have less, worked out in each replication, then averaged",
            "p95: el 95 % de los camiones tiene menos, calculado en cada réplica y luego promediado",
        ),
    );
    table(&caption, &head, &rows)
}

fn differences(book: &Book) -> Markup {
    let result = book.story.result;
    if result.comparisons.is_empty() {
        return html! {};
    }
    let mut head = vec![said("Measure", "Medida")];
    head.extend(result.comparisons.iter().map(|comparison| book.story.title(comparison.scenario)));
    let rows: Vec<Vec<Said>> = headline_places(result)
        .into_iter()
        .map(|place| {
            let all = result.comparisons.iter().map(|comparison| &comparison.paired[place]);
            let scale = Scale::of(result.entries[place].unit, all.clone().map(|paired| &paired.difference));
            let cells = all.map(|paired| {
                let change = book.story.change(scale, &paired.difference);
                match paired.verdict {
                    Some(verdict) => change.join("; ", &said::verdict(verdict)),
                    None => change,
                }
            });
            std::iter::once(label(book, place, scale)).chain(cells).collect()
        })
        .collect();
    let caption = said("Paired differences from ", "Diferencias pareadas con ")
        .join("", &book.story.title(result.baseline))
        .join(
            "",
            &match book.story.plan.same_trucks() {
                true => said(
                    ": plan minus baseline on the same trucks",
                    ": plan menos base con los mismos camiones",
                ),
                false => said(
                    ": plan minus baseline, replication by replication; their demand differs",
                    ": plan menos base, réplica por réplica; su demanda difiere",
                ),
            },
        )
        .join(
            "",
            &match (book.story.pairs(), result.family) {
                (0 | 1, _) => said("; no intervals from one pair", "; sin intervalos de un solo par"),
                (_, 0 | 1) => said(", with 95 % intervals", ", con intervalos del 95 %"),
                (_, family) => said(
                    format!(", with intervals; the {family} of a row hold together at 95 %"),
                    format!(", con intervalos; los {family} de un renglón son válidos en conjunto al 95 %"),
                ),
            },
        );
    table(&caption, &head, &rows)
}

/// The border wait by hour, else the crossing time, of every plan.
fn by_hour(book: &Book) -> Markup {
    let result = book.story.result;
    let of = |measure: Measure| {
        result.entries[..result.whole_run].iter().position(|entry| {
            entry.measure == measure
                && entry.statistic == Statistic::Mean
                && entry.group.is_none()
                && entry.class.is_none()
        })
    };
    let Some(place) = of(Measure::BorderWait).or_else(|| of(Measure::CrossingTime)) else { return html! {} };
    let hours = result.by_hour(place);
    if hours.is_empty() {
        return p(said(
            "The run is too short to tell hours apart.",
            "La corrida es demasiado corta para distinguir horas.",
        ));
    }
    let all =
        hours.iter().flat_map(|hour| result.scenarios.iter().map(|scenario| &scenario.estimates[*hour]));
    let scale = Scale::of(result.entries[place].unit, all);
    let mut head = vec![said("Hour", "Hora")];
    head.extend((0..result.scenarios.len()).map(|scenario| book.story.title(scenario)));
    // Hours in which no plan has anything, such as the nights of a port that closes, would be empty rows.
    let observed = |hour: &&usize| {
        result.scenarios.iter().any(|scenario| scenario.estimates[**hour].mean.is_some_and(f64::is_finite))
    };
    let rows: Vec<Vec<Said>> = hours
        .iter()
        .filter(observed)
        .map(|hour| {
            let period =
                result.entries[*hour].period.and_then(|period| result.periods.get(usize::from(period)));
            let name = match period {
                Some(label) => match label.day {
                    Some(day) if result.periods.iter().any(|other| other.day != Some(day)) => said(
                        format!("day {day}, {:02}:00", label.hour),
                        format!("día {day}, {:02}:00", label.hour),
                    ),
                    _ => same(format!("{:02}:00", label.hour)),
                },
                None => Said::default(),
            };
            let cells = result.scenarios.iter().map(|scenario| same(scale.mean(&scenario.estimates[*hour])));
            std::iter::once(name).chain(cells).collect()
        })
        .collect();
    let caption = said::entry(&book.story.headline_entry(place)).capital().join(" ", &unit(scale)).join(
        ", ",
        &said("by the hour in which trucks arrive, local time; ± half-width of the 95 % interval; blank: nothing observed",
            "por hora de llegada de los camiones, hora local; ± semiancho del intervalo del 95 %; en blanco: nada observado"),
    );
    html! { details open[rows.len() <= 30] { summary { (said("Waits by hour", "Esperas por hora")) } (table(&caption, &head, &rows)) } }
}

fn plain(book: &Book) -> Said {
    let result = book.story.result;
    let headline = &result.entries[result.headline];
    let scale = Scale::of(
        headline.unit,
        result.scenarios.iter().map(|scenario| &scenario.estimates[result.headline]),
    );
    let each: Vec<Said> = (0..result.scenarios.len())
        .map(|scenario| {
            let mean: &Mean = &result.scenarios[scenario].estimates[result.headline];
            book.story.title(scenario).join(": ", &same(scale.value(mean.mean)))
        })
        .collect();
    said::entry(headline)
        .capital()
        .join(" ", &unit(scale))
        .join(", ", &said("the average truck", "el camión promedio"))
        .join(" – ", &joined("; ", &each))
        .join("", &same("."))
}

pub(super) fn reality(book: &Book) -> Section {
    let result = book.story.result;
    let body = html! {
        (book.figure("calibration"))
        (posted(book))
        p.note { (said(
            "Posted waits are read by people at intervals, rounded and late; GAO (GAO-13-603, 2013) found them unreliable for decisions. The model imitates how they are posted before it is compared with them.",
            "Las esperas publicadas las anotan personas a intervalos, redondeadas y con retraso; GAO (GAO-13-603, 2013) las halló poco fiables para decidir. El modelo imita cómo se publican antes de compararse con ellas.",
        )) }
    };
    let error = result.posted.iter().find_map(|group| group.error);
    let plain = match error {
        Some(seconds) => {
            let minutes = grouped(seconds / 60.0, 1);
            said(
                format!(
                    "on an average hour the model’s posted wait is {minutes} minutes away from the real one."
                ),
                format!(
                    "en una hora promedio la espera publicada del modelo dista {minutes} minutos de la real."
                ),
            )
        }
        None => said(
            "the study holds no observed waits, so nobody has checked this model against this crossing.",
            "el estudio no contiene esperas observadas, así que nadie ha comparado este modelo con este cruce.",
        ),
    };
    Section {
        id: "reality",
        title: said("Does the model match posted waits?", "¿Coincide el modelo con las esperas publicadas?"),
        body,
        plain,
    }
}

fn posted(book: &Book) -> Markup {
    let result = book.story.result;
    let minutes =
        |value: Option<f64>| same(value.map_or_else(String::new, |seconds| grouped(seconds / 60.0, 1)));
    let groups = result.posted.iter().filter(|group| group.hours.iter().any(|hour| hour.observed.is_some()));
    html! {
        @for group in groups {
            @let rows: Vec<Vec<Said>> = group.hours.iter().map(|hour| {
                let mean = &hour.simulated[result.baseline];
                let simulated = Mean { mean: mean.mean.map(|s| s / 60.0), half_width: mean.half_width.map(|s| s / 60.0), ..*mean };
                let scale = Scale { divisor: 1.0, label: "min", decimals: 1 };
                vec![same(format!("{:02}:00", hour.hour)), same(scale.mean(&simulated)), minutes(hour.observed), minutes(hour.error), minutes(hour.check), minutes(hour.check_error)]
            }).collect();
            @let head = [said("Hour", "Hora"), said("Simulated", "Simulada"), said("Observed", "Observada"), said("Difference", "Diferencia"), said("Check period", "Periodo de control"), said("Difference", "Diferencia")];
            @let caption = said("Posted wait at ", "Espera publicada en ").join("", &super::part::name(&format!("{}.{}", group.station, group.group))).join(" (min), ", &book.story.title(result.baseline)).join("", &said("; ± half-width of the 95 % interval", "; ± semiancho del intervalo del 95 %"));
            details { summary { (said("Posted waits by hour", "Esperas publicadas por hora")) ": " (super::part::name(&group.group)) } (table(&caption, &head, &rows)) }
        }
    }
}
