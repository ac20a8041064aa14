//! Section 1, the answer: which plan, by how much, how sure, who loses, what it costs, what is not known.

use maud::{Markup, html};

use super::Book;
use super::part::{Section, facts, list, p, table};
use crate::experiment::{GoalStatus, StudyResult, Verdict};
use crate::measure::{Measure, Statistic};
use crate::report::number::{Scale, plain as bare};
use crate::report::said::{self, Said, counted, joined, said, same};
use crate::report::summary::headline_places;

pub(super) fn answer(book: &Book) -> Section {
    let result = book.story.result;
    let body = html! {
        p { strong { (said("The question: ", "La pregunta: ")) } (book.title()) }
        (verdicts(book))
        @if result.interrupted {
            p.warn { (said(
                "The run was interrupted: these results rest on the replications that were complete.",
                "La corrida se interrumpió: estos resultados se basan en las réplicas completas.",
            )) }
        }
        (facts(&at_a_glance(book)))
        (book.figure("verdict"))
        (book.figure("scorecard"))
        h3 { (said("Who gains, who loses", "Quién gana, quién pierde")) }
        (classes(book))
        @if !result.goals.is_empty() {
            h3 { (said("Goals", "Metas")) }
            (goals(book))
        }
        h3 { (said("How sure, and what would change the answer", "Qué tan seguro es, y qué cambiaría la respuesta")) }
        (list(&doubts(book)))
    };
    Section { id: "answer", title: said("The answer", "La respuesta"), body, plain: plain(book) }
}

fn verdicts(book: &Book) -> Markup {
    let result = book.story.result;
    if result.comparisons.is_empty() {
        return p(said(
            "The study has one plan, so nothing is compared; its results follow.",
            "El estudio tiene un solo plan; nada se compara. Siguen sus resultados.",
        ));
    }
    let class = |verdict: Verdict| match verdict {
        Verdict::ClearlyBetter | Verdict::Better => "good",
        Verdict::Worse | Verdict::ClearlyWorse | Verdict::StrandsMore => "bad",
        Verdict::NoUsefulDifference | Verdict::NotSettled | Verdict::StrandsFewer => "neither",
    };
    html! {
        ul.verdicts {
            @for place in best_first(result) {
                @let comparison = &result.comparisons[place];
                li class=(class(comparison.verdict)) {
                    b { (said::verdict(comparison.verdict)) }
                    (book.sentence(place)) "."
                }
            }
        }
    }
}

/// Places of comparisons, those that gain most first.
fn best_first(result: &StudyResult) -> Vec<usize> {
    let headline = &result.entries[result.headline];
    let gain = |place: &usize| {
        let difference =
            result.comparisons[*place].paired[result.headline].difference.mean.unwrap_or(f64::INFINITY);
        if headline.less_is_better() == Some(false) { -difference } else { difference }
    };
    let mut places: Vec<usize> = (0..result.comparisons.len()).collect();
    places.sort_by(|a, b| gain(a).total_cmp(&gain(b)));
    places
}

/// With fewer pairs than this a plain sentence does not speak of certainty.
const FEW: u32 = 5;

/// Facts of the best plan, or of the only one.
fn at_a_glance(book: &Book) -> Vec<(Said, Said)> {
    let result = book.story.result;
    let mut facts = Vec::new();
    let best = book.story.best();
    if best != result.baseline {
        facts.push((
            said("Best by the deciding measure", "Mejor según la medida decisiva"),
            book.story.title(best),
        ));
    }
    let baseline = book.story.title(result.baseline);
    facts.push((said("Compared with", "Comparado con"), baseline));
    for place in headline_places(result) {
        let entry = &result.entries[place];
        if !matches!(entry.measure, Measure::OfficerHours | Measure::CostPerDay | Measure::Trucks)
            || entry.statistic == Statistic::Stranded
        {
            continue;
        }
        let means =
            [&result.scenarios[result.baseline].estimates[place], &result.scenarios[best].estimates[place]];
        let scale = Scale::of(entry.unit, means);
        let of = |scenario: usize| scale.mean(&result.scenarios[scenario].estimates[place]);
        let fact = match (of(result.baseline), of(best)) {
            (there, here) if there == here => continue,
            (there, here) => same(format!("{there} → {here}")),
        };
        facts.push((said::entry(&book.story.headline_entry(place)).capital().join(" ", &unit(scale)), fact));
    }
    if let Some(appraisal) = &result.appraisal
        && let Some(worth) = appraisal.plans.iter().find(|worth| worth.scenario == best)
    {
        let scale = Scale::of(crate::measure::Unit::Money(appraisal.currency), [&worth.net_present_value]);
        let value = book.story.change(scale, &worth.net_present_value).join(" ", &said::unit(scale.label));
        let years = appraisal.years;
        facts.push((
            said(format!("Net present value, {years} years"), format!("Valor presente neto, {years} años")),
            value,
        ));
    }
    let pairs = book.story.pairs();
    let runs = match (result.comparisons.is_empty(), book.story.plan.same_trucks()) {
        (true, _) => counted(pairs, ["replication", "replications"], ["réplica", "réplicas"]),
        (false, true) => counted(
            pairs,
            ["pair of replications of the same trucks", "pairs of replications of the same trucks"],
            ["par de réplicas con los mismos camiones", "pares de réplicas con los mismos camiones"],
        ),
        (false, false) => counted(
            pairs,
            ["pair of replications; demand differs", "pairs of replications; demand differs"],
            ["par de réplicas; la demanda difiere", "pares de réplicas; la demanda difiere"],
        ),
    };
    facts.push((said("Rests on", "Se basa en"), runs));
    facts
}

fn classes(book: &Book) -> Markup {
    let result = book.story.result;
    let Some(first) = result.comparisons.first() else {
        return p(said(
            "Nothing is compared, so nobody gains or loses.",
            "Nada se compara, así que nadie gana ni pierde.",
        ));
    };
    if first.classes.len() < 2 {
        return p(said(
            "The study tells no classes of trucks apart.",
            "El estudio no distingue clases de camiones.",
        ));
    }
    let headline = &result.entries[result.headline];
    let all = result.comparisons.iter().flat_map(|comparison| &comparison.classes);
    let scale = Scale::of(headline.unit, all.map(|change| &change.paired.difference));
    let mut head = vec![said("Class", "Clase")];
    head.extend(result.comparisons.iter().map(|comparison| book.story.title(comparison.scenario)));
    // A class that some plan does not have can be paired nowhere.
    let paired = |class: &usize| {
        let of = |comparison: &crate::experiment::Comparison| {
            comparison.classes.get(*class).map(|class| class.paired.difference.n)
        };
        result.comparisons.iter().any(|comparison| of(comparison).is_some_and(|n| n > 0))
    };
    let rows: Vec<Vec<Said>> = (0..first.classes.len())
        .filter(paired)
        .map(|class| {
            let changes = result.comparisons.iter().map(|comparison| match comparison.classes.get(class) {
                Some(change) => {
                    let text = book.story.change(scale, &change.paired.difference);
                    if change.loses { text.join(" ", &said("loses", "pierde")) } else { text }
                }
                None => Said::default(),
            });
            std::iter::once(super::part::name(&first.classes[class].class)).chain(changes).collect()
        })
        .collect();
    let caption = said("Change in ", "Cambio en ").join("", &said::entry(headline)).join(" ", &unit(scale));
    let caption = caption.join(
        "",
        &said(
            ", by class, with intervals that hold together",
            ", por clase, con intervalos válidos en conjunto",
        ),
    );
    html! { (table(&caption, &head, &rows)) (p(losers(book))) }
}

/// `(min)`.
pub(super) fn unit(scale: Scale) -> Said {
    if scale.label.is_empty() {
        Said::default()
    } else {
        said::unit(scale.label).map(|unit| format!("({unit})"))
    }
}

/// Who is shown to lose, in a sentence.
fn losers(book: &Book) -> Said {
    let result = book.story.result;
    let lose = |comparison: &crate::experiment::Comparison| {
        let classes: Vec<Said> = (comparison.classes.iter().filter(|class| class.loses))
            .map(|class| super::part::name(&class.class))
            .collect();
        (!classes.is_empty()).then(|| {
            joined(", ", &classes)
                .join(" ", &said("under", "con"))
                .join(" ", &book.story.title(comparison.scenario))
        })
    };
    let losers: Vec<Said> = result.comparisons.iter().filter_map(lose).collect();
    match losers.is_empty() {
        true => said("No class is shown to lose.", "Ninguna clase pierde de manera demostrable."),
        false => said("Shown to lose: ", "Pierden de manera demostrable: ")
            .join("", &joined("; ", &losers))
            .join("", &same(".")),
    }
}

fn goals(book: &Book) -> Markup {
    let result = book.story.result;
    let mut head = vec![said("Goal", "Meta")];
    head.extend((0..result.scenarios.len()).map(|scenario| book.story.title(scenario)));
    let rows: Vec<Vec<Said>> = result
        .goals
        .iter()
        .map(|goal| {
            let entry = &result.entries[goal.entry];
            let limit = crate::experiment::Mean { mean: Some(goal.limit), ..Default::default() };
            let scale = Scale::of(entry.unit, [&limit]);
            let relation = if goal.at_most { " ≤ " } else { " ≥ " };
            let name = said::entry(entry).join(relation, &same(bare(goal.limit / scale.divisor)));
            let name = name.join(" ", &said::unit(scale.label));
            let cells = result.scenarios.iter().zip(&goal.status).map(|(scenario, status)| {
                let scale =
                    scale.for_row(entry.unit, result.scenarios.iter().map(|all| &all.estimates[goal.entry]));
                same(scale.mean(&scenario.estimates[goal.entry])).join(" ", &mark(*status))
            });
            std::iter::once(name.capital()).chain(cells).collect()
        })
        .collect();
    let caption = said(
        "Goals of the study: a goal is met or missed when the whole 95 % interval says so",
        "Metas del estudio: una meta se cumple o no cuando todo el intervalo del 95 % lo dice",
    );
    table(&caption, &head, &rows)
}

fn mark(status: GoalStatus) -> Said {
    let sign = match status {
        GoalStatus::Met => "✓ ",
        GoalStatus::Missed => "✗ ",
        GoalStatus::NotSettled => "? ",
    };
    same(sign).join("", &said::goal(status))
}

fn doubts(book: &Book) -> Vec<Said> {
    let story = book.story;
    let result = story.result;
    let mut doubts = vec![chance(book)];
    doubts.extend(failed(book));
    let assumed = story.plan.assumptions.len();
    let sourced = story.plan.sources.len();
    doubts.push(said(
        format!("Inputs with a source: {sourced}; assumptions: {assumed}; section 9 lists them all. An interval does not cover a wrong assumption."),
        format!("Insumos con fuente: {sourced}; supuestos: {assumed}; la sección 9 los enumera todos. Un intervalo no cubre un supuesto equivocado."),
    ));
    doubts.push(match &result.plausible {
        Some(worlds) => said(
            format!("Uncertain inputs: {} were drawn in {} plausible worlds; each sentence above says in how many the plan is better.", worlds.inputs.len(), worlds.worlds.len()),
            format!("Insumos inciertos: {} se sortearon en {} mundos plausibles; cada oración de arriba dice en cuántos es mejor el plan.", worlds.inputs.len(), worlds.worlds.len()),
        ),
        None => said(
            "Uncertain inputs: the study gives none as a range, so how far the answer hangs on them is not known; `[uncertain]` in the file would tell.",
            "Insumos inciertos: el estudio no da ninguno como intervalo, así que no se sabe cuánto depende de ellos la respuesta; `[uncertain]` en el archivo lo diría.",
        ),
    });
    if let Some(error) = result.posted.iter().find_map(|group| group.error) {
        let minutes = crate::report::number::grouped(error / 60.0, 1);
        doubts.push(said(
            format!("Model: simulated posted waits of today are {minutes} min from the observed ones on average (section 5)."),
            format!("Modelo: las esperas publicadas simuladas de hoy distan en promedio {minutes} min de las observadas (sección 5)."),
        ));
    } else {
        doubts.push(said(
            "Model: the study holds no observed waits, so the model has not been compared with this crossing.",
            "Modelo: el estudio no contiene esperas observadas, así que el modelo no se ha comparado con este cruce.",
        ));
    }
    doubts
}

/// What the intervals rest on, and what they are.
fn chance(book: &Book) -> Said {
    let (result, pairs) = (book.story.result, book.story.pairs());
    let runs = counted(pairs, ["replication", "replications"], ["réplica", "réplicas"]);
    let head = said("Chance: ", "Azar: ");
    if result.comparisons.is_empty() {
        let rests = said("the results rest on ", "los resultados se basan en ").join("", &runs);
        let told = match pairs {
            0 | 1 => said(
                ", so only batches of a long run give intervals.",
                ", así que solo los lotes de una corrida larga dan intervalos.",
            ),
            _ => said("; intervals are at 95 %.", "; los intervalos son del 95 %."),
        };
        return head.join("", &rests).join("", &told);
    }
    let rests = said("differences rest on ", "las diferencias se basan en ").join(
        "",
        &counted(
            pairs,
            ["pair of replications", "pairs of replications"],
            ["par de réplicas", "pares de réplicas"],
        ),
    );
    let trucks = match book.story.plan.same_trucks() {
        true => {
            said(" in which plans meet the same trucks", " en que los planes reciben los mismos camiones")
        }
        false => said(
            ", but plans do not meet the same trucks: their demand differs",
            ", pero los planes no reciben los mismos camiones: su demanda difiere",
        ),
    };
    let told = match (pairs, result.family) {
        (0 | 1, _) => said("; from one pair there is no interval.", "; de un solo par no hay intervalo."),
        (_, 1) => said("; the interval is at 95 %.", "; el intervalo es del 95 %."),
        (_, family) => said(
            format!("; the intervals of {family} plans hold together at 95 % (Bonferroni)."),
            format!("; los intervalos de {family} planes son válidos en conjunto al 95 % (Bonferroni)."),
        ),
    };
    head.join("", &rests).join("", &trucks).join("", &told)
}

/// Replications that could not be finished: what is told rests on the others.
fn failed(book: &Book) -> Option<Said> {
    let result = book.story.result;
    let all = result.replications;
    let of = |(place, scenario): (usize, &crate::experiment::ScenarioResult)| {
        let failed = scenario.failures.len();
        (failed > 0).then(|| {
            book.story
                .title(place)
                .join("", &said(format!(": {failed} of {all}"), format!(": {failed} de {all}")))
        })
    };
    let failed: Vec<Said> = result.scenarios.iter().enumerate().filter_map(of).collect();
    (!failed.is_empty()).then(|| {
        said("Replications that failed (a deadlock, say; section 10) – ", "Réplicas que fallaron (por un bloqueo mutuo, por ejemplo; sección 10) – ")
            .join("", &joined("; ", &failed))
            .join("", &said(
                ". Means of a plan rest on those that went well, so they flatter it; differences rest on pairs that both went well.",
                ". Las medias de un plan se basan en las que salieron bien, así que lo favorecen; las diferencias, en pares en que ambas salieron bien.",
            ))
    })
}

fn plain(book: &Book) -> Said {
    let result = book.story.result;
    let best = book.story.best();
    if result.comparisons.is_empty() {
        return said(
            "there is one plan, and this is what it does.",
            "hay un solo plan, y esto es lo que hace.",
        );
    }
    let worse = |comparison: &crate::experiment::Comparison| {
        matches!(comparison.verdict, Verdict::Worse | Verdict::ClearlyWorse | Verdict::StrandsMore)
    };
    if best == result.baseline && result.comparisons.iter().all(worse) {
        let (en, es) = match result.comparisons.len() {
            1 => ("the plan is shown to be worse than “", "se demuestra que el plan es peor que «"),
            _ => (
                "all plans are shown to be worse than “",
                "se demuestra que todos los planes son peores que «",
            ),
        };
        return said(en, es).join("", &book.story.title(result.baseline)).join("", &said("”.", "»."));
    }
    if best == result.baseline {
        return said(
            "none of the plans is shown to be better than what they are compared with.",
            "no se demuestra que alguno de los planes sea mejor que aquello con lo que se compara.",
        );
    }
    let comparison = result.comparisons.iter().find(|comparison| comparison.scenario == best);
    let headline = &result.entries[result.headline];
    let difference =
        comparison.map(|comparison| comparison.paired[result.headline].difference).unwrap_or_default();
    let scale = Scale { decimals: 0, ..Scale::of(headline.unit, [&difference]) };
    let size = same(scale.value(difference.mean.map(f64::abs))).join(" ", &said::unit(scale.label));
    let down = difference.mean.is_some_and(|mean| mean < 0.0);
    let verb = if down { said("lowers", "reduce") } else { said("raises", "aumenta") };
    let trucks = match book.story.plan.same_trucks() {
        true => said("on the same trucks, “", "con los mismos camiones, «"),
        false => said("with other demand than the baseline’s, “", "con otra demanda que la de la base, «"),
    };
    let worlds = result.plausible.as_ref().and_then(|worlds| {
        let place = result.comparisons.iter().position(|comparison| comparison.scenario == best)?;
        worlds.changes[place][result.headline].better
    });
    let sure = match (worlds, book.story.pairs()) {
        (Some([share, ..]), _) => said(
            format!(
                "”; where inputs are uncertain, it is better in {:.0} % of plausible worlds.",
                share * 100.0
            ),
            format!(
                "»; donde los insumos son inciertos, es mejor en el {:.0} % de los mundos plausibles.",
                share * 100.0
            ),
        ),
        (None, pairs) if pairs < FEW => said(
            "”; few replications were run, so ask for more before relying on it.",
            "»; se corrieron pocas réplicas; pida más antes de confiar en ello.",
        ),
        (None, _) => said("”; that is no accident of the draw.", "»; no es casualidad del sorteo."),
    };
    trucks
        .join("", &book.story.title(best))
        .join("", &said("” ", "» "))
        .join("", &verb)
        .join(" ", &said::typical(&book.story.headline_entry(result.headline)))
        .join(" ", &said("by about", "en unos"))
        .join(" ", &size)
        .join(" ", &said("against “", "frente a «"))
        .join("", &book.story.title(result.baseline))
        .join("", &sure)
        .join("", &finds_less(comparison))
}

/// What a plan that is better by the deciding measure finds less of: a sentence, empty if there is nothing.
pub(super) fn finds_less(comparison: Option<&crate::experiment::Comparison>) -> Said {
    let less = comparison.into_iter().flat_map(|comparison| &comparison.detection);
    let less = less.filter(|change| change.difference.high().is_some_and(|high| high < 0.0));
    let kinds: Vec<Said> = less.map(|change| super::part::name(&change.kind)).collect();
    if kinds.is_empty() {
        return Said::default();
    }
    said(" But it finds less: ", " Pero detecta menos: ").join("", &joined(", ", &kinds)).join("", &same("."))
}
