//! Section 7: security, officers, money and air, each with what it rests on.

use maud::{Markup, html};

use super::Book;
use super::answer::unit;
use super::part::{Section, facts, p, table, ticked};
use crate::measure::{Measure, Unit};
use crate::report::money;
use crate::report::number::{Scale, plain as bare};
use crate::report::said::{self, Said, said, same};
use crate::report::security;

/// What officers do and cost.
const OFFICERS: [Measure; 4] =
    [Measure::OfficerHours, Measure::OfficerOvertimeHours, Measure::OnDutyHours, Measure::LaneHours];
/// Engines and what comes out of them.
const AIR: [Measure; 5] =
    [Measure::IdleHours, Measure::CreepHours, Measure::Fuel, Measure::Co2, Measure::Nox];
/// What a run costs.
const COSTS: [Measure; 9] = [
    Measure::TruckTimeCost,
    Measure::FuelCost,
    Measure::CargoTimeCost,
    Measure::PerishableLoss,
    Measure::UserCost,
    Measure::OfficerCost,
    Measure::OvertimeCost,
    Measure::Cost,
    Measure::CostPerDay,
];

pub(super) fn balance(book: &Book) -> Section {
    let result = book.story.result;
    let all = |measures: &[Measure]| -> Vec<usize> {
        let whole = result.entries[..result.whole_run].iter().enumerate();
        let mut places: Vec<usize> = Vec::new();
        for measure in measures {
            let of = |entry: &crate::measure::Entry| {
                entry.measure == *measure && entry.class.is_none() && entry.group.is_none()
            };
            // Lanes are told by station, officers by pool; the whole crossing where there is a sum.
            let sum = whole.clone().find(|(_, entry)| of(entry) && entry.station.is_none());
            match sum {
                Some((place, _)) => places.push(place),
                None => places.extend(whole.clone().filter(|(_, entry)| of(entry)).map(|(place, _)| place)),
            }
        }
        places
    };
    let looked = security::rows(result);
    let body = html! {
        h3 { (said("Security", "Seguridad")) }
        @if looked.is_empty() {
            (p(said(
                "The study says nothing of what trucks may hide, so nothing is told of detection. No plan here is judged by it.",
                "El estudio no dice nada de lo que los camiones puedan ocultar, así que nada se dice de la detección. Ningún plan se juzga aquí por ella.",
            )))
        } @else {
            @let detects = looked.iter().any(|place| result.entries[*place].measure == Measure::Detection);
            (rows(book, &looked, &said("What is examined and found", "Qué se examina y qué se halla")))
            @if detects {
            div.box { (p(said(
                "Detection rates, error rates of scores and what trucks hide are published by nobody: they are assumptions of the study, listed in section 9. Compare plans by them; do not quote them.",
                "Las tasas de detección, los errores de los puntajes y lo que ocultan los camiones no los publica nadie: son supuestos del estudio, enumerados en la sección 9. Sirven para comparar planes, no para citarse.",
            ))) }
            }
        }
        (book.figure("pareto"))
        h3 { (said("Officers", "Oficiales")) }
        (rows(book, &all(&OFFICERS), &said("Officers and lanes per run", "Oficiales y carriles por corrida")))
        h3 { (said("Money", "Dinero")) }
        (worth(book))
        (book.figure("money"))
        @let has = |place: &usize| result.scenarios.iter().any(|scenario| scenario.estimates[*place].mean.is_some());
        @if all(&COSTS).iter().any(has) {
            (rows(book, &all(&COSTS), &said("Costs of a run", "Costos de una corrida")))
        }
        h3 { (said("Air", "Aire")) }
        @if all(&AIR).is_empty() {
            (p(ticked(&said("The study gives no rates of fuel and emissions (`[air]`).", "El estudio no da tasas de combustible ni emisiones (`[air]`)."))))
        } @else {
            (rows(book, &all(&AIR), &said("Engines in line and what they emit, per run", "Motores en la fila y lo que emiten, por corrida")))
            div.box { (p(said(
                "Hours standing and creeping × rates of the study (FHWA emissions template: activity × rate). Trucks on the open road are not counted.",
                "Horas parado y avanzando lento × tasas del estudio (plantilla de emisiones de FHWA: actividad × tasa). No se cuentan los camiones en vía libre.",
            ))) }
        }
    };
    Section {
        id: "tradeoffs",
        title: said("Security, officers, money and air", "Seguridad, oficiales, dinero y aire"),
        body,
        plain: plain(book),
    }
}

/// Measures of every plan, and of the differences.
fn rows(book: &Book, places: &[usize], caption: &Said) -> Markup {
    let result = book.story.result;
    let places: Vec<usize> = places
        .iter()
        .copied()
        .filter(|place| result.scenarios.iter().any(|scenario| scenario.estimates[*place].mean.is_some()))
        .collect();
    if places.is_empty() {
        return p(said("The study has none of it.", "El estudio no tiene nada de esto."));
    }
    // Where there are many plans, differences have a table of their own: numbers must not break on paper.
    let apart = result.comparisons.len() > 2;
    let measure = said("Measure", "Medida");
    let titles = (0..result.scenarios.len()).map(|scenario| book.story.title(scenario));
    let changes = result.comparisons.iter().map(|comparison| {
        let title = book.story.title(comparison.scenario);
        if apart { title } else { said("Difference: ", "Diferencia: ").join("", &title) }
    });
    let head: Vec<Said> = std::iter::once(measure.clone()).chain(titles).chain(changes).collect();
    let rows: Vec<Vec<Said>> = places
        .into_iter()
        .map(|place| {
            let unit_of = result.entries[place].unit;
            let all = result.scenarios.iter().map(|scenario| &scenario.estimates[place]);
            let scale = Scale::of(unit_of, all.clone());
            let differences =
                result.comparisons.iter().map(|comparison| &comparison.paired[place].difference);
            let own = scale.for_row(unit_of, differences.clone());
            let name = said::entry(&result.entries[place]).capital().join(" ", &unit(scale));
            std::iter::once(name)
                .chain(all.map(|mean| same(scale.mean(mean))))
                .chain(differences.map(|difference| book.story.change(own, difference)))
                .collect()
        })
        .collect();
    let half = said("; ± half-width of the 95 % interval", "; ± semiancho del intervalo del 95 %");
    let whole = caption.join("", &half);
    if !apart {
        return table(&whole, &head, &rows);
    }
    let split = 1 + result.scenarios.len();
    let values: Vec<Vec<Said>> = rows.iter().map(|row| row[..split].to_vec()).collect();
    let differences: Vec<Vec<Said>> = rows
        .iter()
        .map(|row| std::iter::once(row[0].clone()).chain(row[split..].iter().cloned()).collect())
        .collect();
    let difference_head: Vec<Said> = std::iter::once(measure).chain(head[split..].iter().cloned()).collect();
    let base = book.story.title(result.baseline);
    let paired = said(": differences from ", ": diferencias con ").join("", &base);
    html! {
        (table(&whole, &head[..split], &values))
        (table(&caption.join("", &paired), &difference_head, &differences))
    }
}

/// What plans are worth against the baseline, and how that was reckoned.
fn worth(book: &Book) -> Markup {
    let result = book.story.result;
    let Some(appraisal) = &result.appraisal else {
        return p(ticked(&said(
            "The study has no prices (`[money]`), so nothing is told in money.",
            "El estudio no tiene precios (`[money]`), así que nada se dice en dinero.",
        )));
    };
    let mut head = vec![said("Item", "Concepto")];
    head.extend(appraisal.plans.iter().map(|worth| book.story.title(worth.scenario)));
    let plans: Vec<_> = appraisal.plans.iter().map(|worth| money::items(appraisal, worth)).collect();
    let currency = Unit::Money(appraisal.currency);
    let common =
        Scale::of(currency, plans.iter().flatten().filter(|item| item.2 == currency).map(|item| &item.3));
    let count = plans.first().map_or(0, |items| items.len());
    let rows: Vec<Vec<Said>> = (0..count)
        .map(|row| {
            let (key, _, unit_of, _) = plans[0][row];
            let values = plans.iter().map(|items| &items[row].3);
            let ratio = unit_of == Unit::Number;
            let scale = if ratio {
                Scale::of(unit_of, values.clone())
            } else {
                common.for_row(unit_of, values.clone())
            };
            let cells = values.map(|mean| {
                if ratio { book.story.range(scale, mean) } else { book.story.change(scale, mean) }
            });
            std::iter::once(item(key)).chain(cells).collect()
        })
        .collect();
    let year = appraisal.price_year;
    let label = said::unit(common.label);
    let caption = said("Worth against ", "Valor frente a ")
        .join("", &book.story.title(result.baseline))
        .join(" (", &label)
        .join(", ", &said(format!("prices of {year})"), format!("precios de {year})")));
    let days = appraisal.days_per_year;
    let method = [
        (said("Days a year like this one", "Días al año como este"), same(days.to_string())),
        (
            said("Horizon", "Horizonte"),
            said(format!("{} years", appraisal.years), format!("{} años", appraisal.years)),
        ),
        (
            said("Real discount rate", "Tasa de descuento real"),
            said(
                format!("{} % a year", bare(appraisal.discount_rate * 100.0)),
                format!("{} % anual", bare(appraisal.discount_rate * 100.0)),
            ),
        ),
        (said("Demand", "Demanda"), said("held fixed over the years", "fija a lo largo de los años")),
    ];
    html! {
        (table(&caption, &head, &rows))
        div.box {
            (facts(&method))
            (p(said(
                "Benefit is what those who cross save; cost is capital and officers. The benefit-cost ratio is blank unless a plan is shown to cost the agency more. No multiplier for the regional economy is applied. Annuity after OMB Circular A-94 (1992); interval of the ratio after Cochran (1977), section 6.3.",
                "Beneficio es lo que ahorran quienes cruzan; costo es capital y oficiales. La relación beneficio-costo queda en blanco si no se demuestra que el plan cuesta más a la agencia. No se aplica multiplicador de la economía regional. Anualidad según la Circular A-94 de OMB (1992); intervalo de la razón según Cochran (1977), sección 6.3.",
            )))
        }
    }
}

fn item(key: &str) -> Said {
    match key {
        "user_benefit_per_year" => said("User benefit a year", "Beneficio de usuarios al año"),
        "officer_cost_per_year" => said("Officer cost a year", "Costo de oficiales al año"),
        "capital" => said("Capital", "Capital"),
        "net_present_value" => said("Net present value", "Valor presente neto"),
        "benefit_cost_ratio" => said("Benefit-cost ratio", "Relación beneficio-costo"),
        other => super::part::name(other),
    }
}

fn plain(book: &Book) -> Said {
    let result = book.story.result;
    let best = book.story.best();
    let comparison = result.comparisons.iter().find(|comparison| comparison.scenario == best);
    let Some(comparison) = comparison.filter(|_| best != result.baseline) else {
        return said(
            "no plan is shown to be better, so there is nothing to weigh its costs against.",
            "no se demuestra que algún plan sea mejor, así que no hay beneficio contra el cual pesar costos.",
        );
    };
    let hours = comparison.officer_hours.mean;
    let officers = match hours {
        Some(hours) if hours.abs() >= 0.05 => {
            let amount = crate::report::number::grouped(hours.abs(), 1);
            match hours > 0.0 {
                true => said(
                    format!("{amount} more officer-hours per run"),
                    format!("{amount} horas de oficial más por corrida"),
                ),
                false => said(
                    format!("{amount} fewer officer-hours per run"),
                    format!("{amount} horas de oficial menos por corrida"),
                ),
            }
        }
        Some(_) => said("the same officer-hours", "las mismas horas de oficial"),
        None => said(
            "hours of officers that the study does not count: it has none",
            "horas de oficial que el estudio no cuenta: no tiene oficiales",
        ),
    };
    said("the best plan, “", "el mejor plan, «")
        .join("", &book.story.title(best))
        .join("", &said("”, takes ", "», requiere "))
        .join("", &officers)
        .join("", &same("."))
        .join("", &super::answer::finds_less(Some(comparison)))
}
