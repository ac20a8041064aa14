//! Section 11, the method: definitions, chance and pairing, and the STRESS-DES checklist as far as the file fills it.
//!
//! STRESS-DES: Monks, Currie, Onggo, Robinson, Kunc and Taylor, "Strengthening the reporting of empirical simulation
//! studies", Journal of Simulation 13 (2019) 55–67. What a file cannot tell stands as a marked blank.

use maud::html;

use super::Book;
use super::part::{Section, name, p, table};
use crate::model::network::{Arrivals, End};
use crate::report::said::{self, Said, joined, said, same};

pub(super) fn method(book: &Book) -> Section {
    let glossary: Vec<Vec<Said>> =
        said::glossary().into_iter().map(|(term, definition)| vec![term.capital(), definition]).collect();
    let checklist = checklist(book);
    let blanks = checklist.iter().filter(|row| row[1].en.contains(BLANK)).count();
    let items = checklist.len();
    let body = html! {
        h3 { (said("What the measures mean", "Qué significan las medidas")) }
        div.text { (table(&said("Definitions, with unit and source", "Definiciones, con unidad y fuente"), &[said("Measure", "Medida"), said("Definition", "Definición")], &glossary)) }
        h3 { (said("Chance, and why plans are paired", "El azar, y por qué los planes se parean")) }
        (p(said(
            "Every draw is addressed by seed, replication, truck and purpose, never taken “next” from a shared generator. So, where demand is the same, every plan meets the same trucks at the same times with the same luck (common random numbers per truck), and what differs between plans is the plan. A difference is taken replication by replication; its interval is that of a Student t over these differences. Intervals of several plans are widened so that they hold together (Bonferroni).",
            "Cada sorteo se identifica por semilla, réplica, camión y propósito; nunca se toma «el siguiente» de un generador compartido. Así, donde la demanda es la misma, cada plan recibe los mismos camiones a las mismas horas con la misma suerte (números aleatorios comunes por camión), y lo que difiere entre planes es el plan. Una diferencia se toma réplica por réplica; su intervalo es el de una t de Student sobre esas diferencias. Los intervalos de varios planes se ensanchan para que valgan en conjunto (Bonferroni).",
        )))
        h3 { (said("Reporting checklist (STRESS-DES)", "Lista de verificación (STRESS-DES)")) }
        (p(said(
            format!("After Monks et al. (2019), Journal of Simulation 13, 55–67. Filled from the study: {} of {items} items; left to its authors: {blanks}.", items - blanks),
            format!("Según Monks et al. (2019), Journal of Simulation 13, 55–67. Llenados con el estudio: {} de {items} puntos; quedan para sus autores: {blanks}.", items - blanks),
        )))
        div.text { (table(&said("STRESS-DES", "STRESS-DES"), &[said("Item", "Punto"), said("In this study", "En este estudio")], &checklist)) }
    };
    let plain = said(
        "the same trucks drive through every plan, many days over; what is told is the average and how sure it is.",
        "los mismos camiones pasan por cada plan, muchos días; se dice el promedio y qué tan seguro es.",
    );
    Section { id: "method", title: said("Method", "Método"), body, plain }
}

/// How a blank begins.
const BLANK: &str = "☐ ";

/// What only the authors of a study can tell.
fn blank(en: &str, es: &str) -> Said {
    said(format!("{BLANK}{en}"), format!("{BLANK}{es}"))
}

fn names(names: impl Iterator<Item = String>) -> Said {
    let names: Vec<Said> = names.map(|text| name(&text)).collect();
    if names.is_empty() { said("none", "ninguno") } else { joined(", ", &names) }
}

fn checklist(book: &Book) -> Vec<Vec<Said>> {
    let story = book.story;
    let (plan, result) = (story.plan, story.result);
    let network = book.baseline();
    let headline = said::entry(&result.entries[result.headline]);
    let stations = || names(network.stations.iter().map(|station| station.name.clone()));
    let groups = names((0..network.groups.len()).map(|place| {
        let group = &network.groups[place];
        let station = network.stations.get(group.station.index()).map_or("", |station| station.name.as_str());
        match group.lanes {
            Some(lanes) => format!("{station}.{} ({lanes})", group.name),
            None => format!("{station}.{} (∞)", group.name),
        }
    }));
    let entries = names(network.streams.iter().map(|stream| {
        let entry = network.stations.get(stream.entry.index()).map_or("", |station| station.name.as_str());
        format!("{} → {entry}", stream.name)
    }));
    let traced = network.streams.iter().any(|stream| matches!(stream.arrivals, Arrivals::Trace(_)));
    let length = said::duration(network.run_length.seconds());
    let warm_up = network.warm_up.seconds();
    let end = match network.end {
        End::Drain => said("drains afterwards", "después se vacía"),
        End::Cut => said("is cut there", "se corta ahí"),
        End::Empty => said("runs on until it is empty", "sigue hasta vaciarse"),
    };
    let replications = match (plan.replications.least, plan.replications.most) {
        (least, most) if least == most => same(least.to_string()),
        (least, most) => said(format!("{least} to {most}"), format!("{least} a {most}")),
    };
    let stopping = match (plan.replications.least == plan.replications.most, result.replications) {
        (_, 0 | 1) => said(
            "; intervals by batch means, where the run is long enough",
            "; intervalos por medias de lotes, si la corrida es bastante larga",
        ),
        (true, _) => said("; Student t intervals", "; intervalos t de Student"),
        (false, _) => said(
            "; stopped at fixed looks; Student t intervals",
            "; con paradas en momentos fijos; intervalos t de Student",
        ),
    };
    let changes: usize = plan.scenarios.iter().map(|scenario| scenario.changes.len()).sum();
    let version = env!("CARGO_PKG_VERSION");
    let row = |item: &str, en: &str, es: &str, fact: Said| {
        vec![said(format!("{item} {en}"), format!("{item} {es}")), fact]
    };
    vec![
        row("1.1", "Purpose of the model", "Propósito del modelo", book.title()),
        row("1.2", "Model outputs", "Resultados del modelo", said("deciding measure: ", "medida decisiva: ").join("", &headline).join("; ", &said(
            "definitions of all measures stand above, their values in tables/measures.csv of the run", "las definiciones de todas las medidas están arriba; sus valores, en tables/measures.csv de la corrida"))),
        row("1.3", "Experimentation aims", "Fines de la experimentación", said(
            format!("{} plans against a baseline; goals: {}", result.comparisons.len(), result.goals.len()),
            format!("{} planes contra una base; metas: {}", result.comparisons.len(), result.goals.len()))),
        row("2.1", "Base model overview diagram", "Diagrama general del modelo base", said("figure `crossing` in section 2", "figura `crossing` en la sección 2")),
        row("2.2", "Base model logic", "Lógica del modelo base", said(
            "stations ", "estaciones ").join("", &stations()).join("; ", &said("rules of lanes, roads, staffing and room: docs/model.md of the program", "reglas de carriles, tramos, personal y capacidad: docs/model.md del programa"))),
        row("2.3", "Scenario logic", "Lógica de los escenarios", said(format!("{changes} changed values, all listed in section 3"), format!("{changes} valores cambiados, todos en la sección 3"))),
        row("2.4", "Algorithms", "Algoritmos", said(
            "next-event simulation on an integer clock of microseconds; sampling by inversion; arrivals by thinning a keyed Poisson field",
            "simulación por eventos con reloj entero de microsegundos; muestreo por inversión; llegadas por adelgazamiento de un campo de Poisson con claves")),
        row("2.5.1", "Entities", "Entidades", said("trucks, by class: ", "camiones, por clase: ").join("", &names(network.classes.iter().map(|class| class.name.clone())))),
        row("2.5.2", "Activities", "Actividades", said("service at ", "servicio en ").join("", &stations()).join("; ", &said("travel on ", "recorrido por ")).join("", &names(network.roads.iter().map(|road| road.name.clone())))),
        row("2.5.3", "Resources", "Recursos", said("lanes: ", "carriles: ").join("", &groups).join("; ", &said("officers: ", "oficiales: ")).join("", &names(network.pools.iter().map(|pool| pool.name.clone())))),
        row("2.5.4", "Queues", "Filas", said("one per lane group or lane, first come first served unless the file says otherwise", "una por grupo de carriles o carril, en orden de llegada salvo que el archivo diga otra cosa")),
        row("2.5.5", "Entry and exit points", "Puntos de entrada y salida", entries.join("; ", &said("exit: after the last station", "salida: tras la última estación"))),
        row("3.1", "Data sources", "Fuentes de datos", said(format!("{} values with a source, section 9", plan.sources.len()), format!("{} valores con fuente, sección 9", plan.sources.len()))),
        row("3.2", "Pre-processing", "Preprocesamiento", blank("how raw data became these inputs: for the authors to tell", "cómo los datos crudos se volvieron estos insumos: lo dirán los autores")),
        row("3.3", "Input parameters", "Parámetros de entrada", said(
            format!("{} values, in section 9 and, file by file, in section 12", plan.sources.len() + plan.assumptions.len()),
            format!("{} valores, en la sección 9 y, archivo por archivo, en la sección 12", plan.sources.len() + plan.assumptions.len())).join("", &if traced { said("; a trace of trucks is used", "; se usa una traza de camiones") } else { Said::default() })),
        row("3.4", "Assumptions", "Supuestos", said(format!("{} values without a source, section 9", plan.assumptions.len()), format!("{} valores sin fuente, sección 9", plan.assumptions.len()))),
        row("4.1", "Initialisation", "Inicialización", match warm_up > 0.0 {
            true => said("starts empty; a warm-up of ", "empieza vacío; un calentamiento de ").join("", &said::duration(warm_up)).join(" ", &said("is not counted", "no se cuenta")),
            false => said("starts empty, nothing is left out (a day that begins with an empty crossing)", "empieza vacío, nada se descarta (un día que empieza con el cruce vacío)"),
        }),
        row("4.2", "Run length", "Duración de la corrida", length.join(", ", &end)),
        row("4.3", "Estimation approach", "Método de estimación", said(
            format!("{} replications (allowed: ", result.replications), format!("{} réplicas (permitidas: ", result.replications)).join("", &replications).join("", &same(")")).join("", &stopping)),
        row("5.1", "Software", "Software", same(format!("cruce {version} (Rust)"))),
        row("5.2", "Random sampling", "Muestreo aleatorio", said(
            format!("seed {}; draws addressed by replication, truck and purpose, so that plans meet the same trucks where their demand is the same (common random numbers)", plan.seed),
            format!("semilla {}; sorteos identificados por réplica, camión y propósito: los planes reciben los mismos camiones donde su demanda es la misma (números aleatorios comunes)", plan.seed))),
        row("5.3", "Model execution", "Ejecución del modelo", said(
            "at one instant: ends of service, then repairs and schedules, then patience, then arrivals; replications in parallel with the same result on any number of threads",
            "en un mismo instante: fin de servicio, luego reparaciones y horarios, luego paciencia, luego llegadas; réplicas en paralelo con el mismo resultado en cualquier número de hilos")),
        row("5.4", "System specification", "Especificación del sistema", said("machine, time and threads stand in manifest.json of the run folder; results do not depend on them", "máquina, tiempo e hilos están en manifest.json de la carpeta de la corrida; los resultados no dependen de ellos")),
        row("6.1", "Computer model sharing", "Cómo se comparte el modelo", said("this page holds every input file (section 12); the program is free software", "esta página contiene todos los archivos de entrada (sección 12); el programa es software libre").join("; ", &blank("where the study is published: for the authors to tell", "dónde se publica el estudio: lo dirán los autores"))),
    ]
}
