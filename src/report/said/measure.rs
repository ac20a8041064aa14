//! Names of measures, statistics, units, columns and verdicts in both languages.
//!
//! The English ones are those of the terminal (`words`). In Spanish an hour of something is `hora de ...` (camión,
//! carril, oficial), a queue is a `fila`, a run a `corrida`, a replication a `réplica`, and trucks that came and never
//! crossed are `varados`. Classes, stations and kinds stay as the study spells them. Start at [`entry`].

use super::{Said, foreign, said, same};
use crate::experiment::{GoalStatus, Verdict};
use crate::measure::{Entry, Measure, Statistic};
use crate::report::words;

/// A measure: `crossing time`.
pub fn measure(measure: Measure) -> Said {
    said(words::measure(measure), spanish(measure))
}

fn spanish(measure: Measure) -> &'static str {
    match measure {
        Measure::Wait => "espera",
        Measure::QueueTime => "tiempo en fila",
        Measure::Sojourn => "permanencia",
        Measure::BorderWait => "espera en la frontera",
        Measure::PostedWait => "espera publicada",
        Measure::CrossingTime => "tiempo de cruce",
        Measure::Delay => "demora",
        Measure::OwnTime => "tiempo propio",
        Measure::QueueLength => "longitud de la fila",
        Measure::InSystem => "camiones presentes",
        Measure::Utilization => "utilización",
        Measure::MoveUpShare => "proporción de tiempo en avance a la caseta",
        Measure::Occupancy => "ocupación",
        Measure::BlockedShare => "proporción de tiempo bloqueado",
        Measure::DownShare => "proporción de tiempo fuera de servicio",
        Measure::OtherWorkShare => "proporción de tiempo en otras tareas",
        Measure::LanesOpen => "carriles abiertos",
        Measure::LaneHours => "horas de carril",
        Measure::Throughput => "camiones atendidos por hora",
        Measure::Trucks => "camiones",
        Measure::OfficerHours => "horas de oficial",
        Measure::OfficerOvertimeHours => "horas extra de oficial",
        Measure::OnDutyHours => "horas de oficial en turno",
        Measure::BufferIndex => "índice de holgura",
        Measure::PlanningTimeIndex => "índice de tiempo de planeación",
        Measure::TruckHours => "horas de camión",
        Measure::DelayTruckHours => "horas de camión en demora",
        Measure::DiversionHours => "horas de camión perdidas por desvío",
        Measure::IdleHours => "horas de motor en ralentí",
        Measure::CreepHours => "horas de motor en avance lento",
        Measure::Fuel => "combustible en ralentí y avance lento",
        Measure::Co2 => "CO2",
        Measure::Nox => "NOx",
        Measure::TruckTimeCost => "costo del tiempo de los camiones",
        Measure::FuelCost => "costo del combustible",
        Measure::CargoTimeCost => "costo del tiempo de la carga",
        Measure::PerishableLoss => "merma de perecederos",
        Measure::UserCost => "costo para los usuarios",
        Measure::OfficerCost => "costo de oficiales",
        Measure::OvertimeCost => "costo de horas extra",
        Measure::Cost => "costo",
        Measure::CostPerDay => "costo por día",
        Measure::InspectedShare => "proporción de camiones inspeccionados",
        Measure::ScannedShare => "proporción de camiones escaneados",
        Measure::FalseReferralShare => "falsas remisiones a inspección",
        Measure::HeldShare => "manifiestos tardíos",
        Measure::HoldHours => "horas de camión en retención",
        Measure::HoldShareOfDelay => "retención como proporción de la demora",
        Measure::ExamHours => "horas de inspección",
        Measure::ResultsInTime => "resultados a tiempo",
        Measure::Detection => "detección",
        Measure::DetectionCounted => "detección según conteo",
        Measure::WorstDetection => "detección en la clase más vulnerable",
        Measure::Finds => "hallazgos esperados",
        Measure::ExamHoursPerFind => "horas de inspección por hallazgo",
        Measure::OfficerHoursPerFind => "horas de oficial por hallazgo",
    }
}

/// A statistic: `p95`; empty where the measure says it all.
pub fn statistic(statistic: Statistic) -> Said {
    let es = match statistic {
        Statistic::Count => "cantidad",
        Statistic::Mean => "media",
        Statistic::Sd => "desviación estándar",
        Statistic::P50 => "mediana",
        Statistic::P90 => "p90",
        Statistic::P95 => "p95",
        Statistic::P99 => "p99",
        Statistic::Max => "máximo",
        Statistic::ShareWaiting => "proporción que espera",
        Statistic::Value => "",
        Statistic::Entered => "que llegaron",
        Statistic::Crossed => "que cruzaron",
        Statistic::TurnedAway => "que no hallaron lugar",
        Statistic::Diverted => "desviados",
        Statistic::Balked => "que no se formaron",
        Statistic::Reneged => "que abandonaron la fila",
        Statistic::Unfinished => "aún dentro al final",
        Statistic::Stranded => "varados",
    };
    said(words::statistic(statistic), es)
}

/// What an entry is: `crossing time, mean`, `wait at primary.fast, p95`.
pub fn entry(entry: &Entry) -> Said {
    said(foreign(&words::entry(entry)), foreign(&spanish_entry(entry)))
}

/// The same within a sentence: `the mean crossing time`, `the p95 of crossing time`.
pub fn typical(whole: &Entry) -> Said {
    let bare = entry(&Entry { statistic: Statistic::Value, ..whole.clone() });
    let (en, es) = match whole.statistic {
        Statistic::Mean => ("the mean ", "la media de"),
        Statistic::P50 => ("the median ", "la mediana de"),
        Statistic::P90 => ("the p90 of ", "el p90 de"),
        Statistic::P95 => ("the p95 of ", "el p95 de"),
        Statistic::P99 => ("the p99 of ", "el p99 de"),
        _ => return entry(whole),
    };
    let article = match bare.es.split(' ').next().unwrap_or_default() {
        "tiempo" | "costo" | "índice" => "l ",
        "espera" | "demora" | "permanencia" | "longitud" => " la ",
        _ => " ",
    };
    said(format!("{en}{}", bare.en), format!("{es}{article}{}", bare.es))
}

fn spanish_entry(entry: &Entry) -> String {
    let mut text = spanish(entry.measure).to_owned();
    let of_violation = matches!(
        entry.measure,
        Measure::Detection | Measure::DetectionCounted | Measure::WorstDetection | Measure::Finds
    );
    // Their place is a pool of officers.
    let of_officers =
        matches!(entry.measure, Measure::OfficerHours | Measure::OfficerOvertimeHours | Measure::OnDutyHours);
    if let Some(station) = &entry.station {
        text = match entry.measure {
            Measure::WorstDetection => format!("detección de {station} en la clase más vulnerable"),
            Measure::DetectionCounted => format!("detección de {station} según conteo"),
            _ if of_violation => format!("{text} de {station}"),
            _ if of_officers => format!("{text} de la plantilla {station}"),
            _ => format!("{text} en {station}"),
        };
        if let Some(group) = &entry.group {
            text.push('.');
            text.push_str(group);
        }
    }
    if let Some(class) = &entry.class {
        text.push_str(if of_violation { " en la clase " } else { " de la clase " });
        text.push_str(class);
    }
    let statistic = statistic(entry.statistic).es;
    match entry.measure {
        Measure::Trucks => format!("{text} {statistic}"),
        _ if statistic.is_empty() => text,
        _ => format!("{text}, {statistic}"),
    }
}

/// The label of a unit as [`crate::report::number::Scale`], files or sentences have it: `trucks/h`, `1,000 USD`.
pub fn unit(label: &str) -> Said {
    if let Some(currency) = label.strip_prefix("1,000 ") {
        return said(label, format!("miles de {currency}"));
    }
    if let Some(currency) = label.strip_prefix("million ") {
        return said(label, format!("millones de {currency}"));
    }
    let es = match label {
        "fraction" => "fracción",
        "points" => "puntos porcentuales",
        "trucks" => "camiones",
        "trucks/h" => "camiones/h",
        "trucks/day" => "camiones/día",
        "lanes" => "carriles",
        "truck-h" => "camión-h",
        "truck-hours" => "horas de camión",
        "officer-h" => "oficial-h",
        "officer-hours" => "horas de oficial",
        "lane-h" => "carril-h",
        "lane-hours" => "horas de carril",
        "days" => "días",
        "day" => "día",
        "year" => "año",
        "years" => "años",
        "replications" => "réplicas",
        "batches" => "lotes",
        "worlds" => "mundos",
        "as in `unit`" => "según `unidad`",
        same_in_both => same_in_both,
    };
    said(label, es)
}

/// A verdict.
pub fn verdict(verdict: Verdict) -> Said {
    let es = match verdict {
        Verdict::ClearlyBetter => "claramente mejor",
        Verdict::Better => "mejor, quizá por muy poco",
        Verdict::NoUsefulDifference => "sin diferencia práctica",
        Verdict::Worse => "peor, quizá por muy poco",
        Verdict::ClearlyWorse => "claramente peor",
        Verdict::NotSettled => "no concluyente",
        Verdict::StrandsMore => "deja más camiones varados",
        Verdict::StrandsFewer => "deja menos camiones varados",
    };
    said(words::verdict(verdict), es)
}

/// Whether a goal is met.
pub fn goal(status: GoalStatus) -> Said {
    let es = match status {
        GoalStatus::Met => "cumplida",
        GoalStatus::Missed => "no cumplida",
        GoalStatus::NotSettled => "no concluyente",
    };
    said(words::goal(status), es)
}

/// Ends of column names that are units, with the label of the unit; the longest first where one ends in another.
const UNIT_ENDS: [(&str, &str); 21] = [
    ("_trucks_h", "trucks/h"),
    ("_truck_h", "truck-h"),
    ("_officer_h", "officer-h"),
    ("_lane_h", "lane-h"),
    ("_min", "min"),
    ("_s", "s"),
    ("_h", "h"),
    ("_days", "days"),
    ("_usd", "USD"),
    ("_mxn", "MXN"),
    ("_cad", "CAD"),
    ("_eur", "EUR"),
    ("_km", "km"),
    ("_mi", "mi"),
    ("_m", "m"),
    ("_pct", "%"),
    ("_percent", "%"),
    ("_kg", "kg"),
    ("_t", "t"),
    ("_g", "g"),
    ("_gal", "gal"),
];

/// The head of a column of a table, by the name it has in files: `hour_local`, `wait_min`, `detection_low`. A name
/// that is not known is shown with blanks in place of `_`.
pub fn column(name: &str) -> Said {
    if let Some((en, es)) = known(name) {
        return said(en, es);
    }
    let with_unit = UNIT_ENDS.into_iter().find_map(|(end, label)| Some((name.strip_suffix(end)?, label)));
    if let Some((what, label)) = with_unit.filter(|(what, _)| !what.is_empty() && !what.ends_with('_')) {
        let unit = unit(label);
        let add = |text: &str, unit: &str| match text.strip_suffix(')') {
            Some(text) => format!("{text}, {unit})"),
            None => format!("{text} ({unit})"),
        };
        let what = column(what);
        return said(add(&what.en, &unit.en), add(&what.es, &unit.es));
    }
    for end in ["_low", "_high"] {
        if let Some(what) = name.strip_suffix(end).filter(|what| !what.is_empty()) {
            return column(what).join(", ", &column(&format!("ci{end}")));
        }
    }
    // A path of the study, such as `demand.northbound.day_factor`, is what a user looks for in the file.
    same(foreign(&if name.contains('.') { name.to_owned() } else { name.replace('_', " ") }))
}

/// Names of columns that are no mere words with blanks, in both languages.
fn known(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "amount" => ("amount", "monto"),
        "arrival" => ("arrival", "llegada"),
        "arrivals" => ("arrivals", "llegadas"),
        "arrived" => ("arrived", "llegaron"),
        "assumed" => ("assumed", "supuesto"),
        "assumption" => ("assumption", "supuesto"),
        "at" => ("at", "en"),
        "band" => ("band", "banda"),
        "baseline" => ("baseline", "base"),
        "baseline_value" => ("value in baseline", "valor en la base"),
        "batches" => ("batches", "lotes"),
        "beaten_by" => ("beaten by", "superado por"),
        "benefit_cost_ratio" => ("benefit-cost ratio", "relación beneficio-costo"),
        "best" => ("best", "mejor"),
        "better" => ("better", "mejor"),
        "blocked" => ("blocked", "bloqueado"),
        "blocked_share" => ("blocked share", "proporción de tiempo bloqueado"),
        "border_wait" => ("border wait", "espera en la frontera"),
        "break" => ("break", "descanso"),
        "busy" => ("busy", "ocupado"),
        "candidate" => ("candidate", "candidato"),
        "capacity" => ("capacity", "capacidad"),
        "capital" => ("capital", "inversión"),
        "check" => ("kept out of the fit", "reservado, sin ajustar"),
        "ci_high" => ("upper end (95 %)", "extremo superior (95 %)"),
        "ci_low" => ("lower end (95 %)", "extremo inferior (95 %)"),
        "class" => ("class", "clase"),
        "closed" => ("closed", "cerrado"),
        "code" => ("code", "código"),
        "confidence" => ("confidence", "confianza"),
        "controlled" => ("controlled", "con variable de control"),
        "cost" => ("cost", "costo"),
        "count" => ("count", "cantidad"),
        "criterion" => ("criterion", "criterio"),
        "crossed" => ("crossed", "cruzaron"),
        "crossing_time" => ("crossing time", "tiempo de cruce"),
        "cumulative" => ("cumulative", "acumulado"),
        "date" => ("date", "fecha"),
        "day" => ("day", "día"),
        "decimals" => ("decimals", "decimales"),
        "delay" => ("delay", "demora"),
        "demand" => ("demand", "demanda"),
        "departed" => ("departed", "salieron"),
        "departure" => ("departure", "salida"),
        "departures" => ("departures", "salidas"),
        "design" => ("design", "diseño"),
        "details" => ("details", "detalles"),
        "detection" => ("detection", "detección"),
        "difference" => ("difference", "diferencia"),
        "down" => ("down", "fuera de servicio"),
        "duration" => ("duration", "duración"),
        "effect" => ("effect", "efecto"),
        "effect_size" => ("effect size", "tamaño del efecto"),
        "effect_spread" => ("effect spread", "dispersión del efecto"),
        "empty" => ("empty", "vacíos"),
        "end" => ("end", "fin"),
        "end_local" => ("end, local time", "fin, hora local"),
        "ended" => ("ended", "terminó"),
        "entered" => ("entered", "llegaron"),
        "error" => ("error", "error"),
        "factor" => ("factor", "factor"),
        "failed" => ("failed", "fallidas"),
        "feasible" => ("feasible", "factible"),
        "first_missed" => ("first missed", "primer incumplimiento"),
        "first_order" => ("by itself", "por sí solo"),
        "first_year" => ("first year", "primer año"),
        "formula" => ("formula", "fórmula"),
        "from" => ("from", "origen"),
        "from_kind" => ("kind of origin", "tipo de origen"),
        "from_min" => ("from (min)", "desde (min)"),
        "fuel" => ("fuel", "combustible"),
        "full" => ("full", "lleno"),
        "full_share" => ("share of time full", "proporción de tiempo lleno"),
        "geh" => ("GEH", "GEH"),
        "goal" => ("goal", "meta"),
        "goals" => ("goals", "metas"),
        "group" => ("lane group", "grupo de carriles"),
        "growth" => ("growth", "crecimiento"),
        "half_width" => ("half-width", "semiancho"),
        "high" => ("high", "alto"),
        "horizon" => ("horizon", "horizonte"),
        "hour" => ("hour", "hora"),
        "hour_local" => ("local hour", "hora local"),
        "idle" => ("idle", "libre"),
        "index" => ("index", "índice"),
        "in_line" => ("in line", "en fila"),
        "in_system" => ("trucks inside", "camiones presentes"),
        "input" => ("input", "dato de entrada"),
        "input_sd" => ("standard deviation from inputs", "desviación estándar por los datos de entrada"),
        "input_share" => ("doubt from inputs", "incertidumbre por los datos de entrada"),
        "inspected" => ("inspected", "inspeccionados"),
        "inspected_share" => ("share inspected", "proporción inspeccionada"),
        "interval" => ("interval", "intervalo"),
        "interval_min" => ("interval (min)", "intervalo (min)"),
        "item" => ("item", "concepto"),
        "key" => ("key", "clave"),
        "kind" => ("kind", "tipo"),
        "lane" => ("lane", "carril"),
        "lane_hours" => ("lane-hours", "horas de carril"),
        "lanes" => ("lanes", "carriles"),
        "lanes_open" => ("lanes open", "carriles abiertos"),
        "lanes_today" => ("lanes open today", "carriles abiertos hoy"),
        "last_year" => ("last year", "último año"),
        "leave" => ("leave", "salida"),
        "length" => ("length", "longitud"),
        "level" => ("level", "nivel"),
        "limit" => ("limit", "límite"),
        "line" => ("line", "fila"),
        "loses" => ("loses", "pierde"),
        "low" => ("low", "bajo"),
        "lower" => ("lower", "inferior"),
        "max" => ("longest", "máximo"),
        "mean" => ("mean", "media"),
        "measure" => ("measure", "medida"),
        "median" | "p50" => ("median", "mediana"),
        "message" => ("message", "mensaje"),
        "met" => ("met", "cumplida"),
        "minute" => ("minute", "minuto"),
        "month" => ("month", "mes"),
        "move_up_share" => ("move-up share", "proporción de tiempo en avance a la caseta"),
        "n" => ("replications", "réplicas"),
        "name" => ("name", "nombre"),
        "net" => ("net", "neto"),
        "net_present_value" => ("net present value", "valor presente neto"),
        "number" => ("number", "número"),
        "observed" => ("observed", "observado"),
        "occupancy" => ("occupancy", "ocupación"),
        "officer_cost" => ("officer cost", "costo de oficiales"),
        "officer_cost_per_year" => ("officer cost a year", "costo anual de oficiales"),
        "officer_hours" => ("officer-hours", "horas de oficial"),
        "officers" => ("officers", "oficiales"),
        "on_frontier" => ("on the frontier", "en la frontera de eficiencia"),
        "open" => ("open", "abierto"),
        "origin" => ("origin", "procedencia"),
        "outcome" => ("outcome", "desenlace"),
        "p01" => ("p1", "p1"),
        "p05" => ("p5", "p5"),
        "p10" => ("p10", "p10"),
        "p25" => ("p25", "p25"),
        "p75" => ("p75", "p75"),
        "p90" => ("p90", "p90"),
        "p95" => ("p95", "p95"),
        "p99" => ("p99", "p99"),
        "path" => ("path", "ruta"),
        "per_day" => ("per day", "por día"),
        "percent" => ("percent", "porcentaje"),
        "percentile" => ("percentile", "percentil"),
        "period" => ("period", "periodo"),
        "place" => ("place", "lugar"),
        "plan" => ("plan", "plan"),
        "point" => ("point", "punto"),
        "posted" => ("posted", "publicado"),
        "price_year" => ("year of prices", "año de los precios"),
        "queue" => ("queue", "fila"),
        "queue_length" => ("queue length", "longitud de la fila"),
        "queue_time" => ("time in queue", "tiempo en fila"),
        "range" => ("range", "rango"),
        "rank" => ("rank", "posición"),
        "ratio" => ("ratio", "razón"),
        "reason" => ("reason", "motivo"),
        "recommended" => ("recommended", "recomendado"),
        "relation" => ("relation", "condición"),
        "replication" => ("replication", "réplica"),
        "replications" => ("replications", "réplicas"),
        "road" => ("road", "tramo"),
        "room" => ("room", "espacio"),
        "run_sd" => ("standard deviation between runs", "desviación estándar entre corridas"),
        "scanned" => ("scanned", "escaneados"),
        "scanned_share" => ("share scanned", "proporción escaneada"),
        "scenario" => ("scenario", "escenario"),
        "sd" => ("standard deviation", "desviación estándar"),
        "served" => ("served", "atendidos"),
        "service" => ("service", "servicio"),
        "setup" | "set_up" => ("set-up", "preparación"),
        "share" => ("share", "proporción"),
        "simulated" => ("simulated", "simulado"),
        "softest_class" => ("softest class", "clase más vulnerable"),
        "softest_detection" => ("detection in the softest class", "detección en la clase más vulnerable"),
        "source" => ("source", "fuente"),
        "stage" => ("stage", "etapa"),
        "start" => ("start", "inicio"),
        "start_local" => ("start, local time", "inicio, hora local"),
        "state" => ("state", "estado"),
        "station" => ("station", "estación"),
        "statistic" => ("statistic", "estadístico"),
        "status" => ("status", "estado"),
        "stranded" => ("stranded", "varados"),
        "stream" => ("stream", "flujo"),
        "target" => ("target", "objetivo"),
        "threshold" => ("threshold", "umbral"),
        "throughput" => ("throughput", "camiones atendidos por hora"),
        // The unit is in the words.
        "throughput_trucks_h" => ("throughput (trucks/h)", "camiones atendidos por hora"),
        "time" => ("time", "tiempo"),
        "time_local" => ("local time", "hora local"),
        "title" => ("title", "título"),
        "to" => ("to", "destino"),
        "to_kind" => ("kind of destination", "tipo de destino"),
        "to_min" => ("to (min)", "hasta (min)"),
        "total" => ("total", "total"),
        "travel" => ("travel", "recorrido"),
        "truck" => ("truck", "camión"),
        "truck_hours" => ("truck-hours", "horas de camión"),
        "trucks" => ("trucks", "camiones"),
        "trucks_mean" => ("trucks, mean", "camiones, media"),
        "unfinished" => ("unfinished", "aún dentro al final"),
        "unit" => ("unit", "unidad"),
        "upper" => ("upper", "superior"),
        "user_benefit_per_year" => ("user benefit a year", "beneficio anual para los usuarios"),
        "user_cost" => ("user cost", "costo para los usuarios"),
        "utilization" => ("utilization", "utilización"),
        "value" => ("value", "valor"),
        "variance_ratio" => ("variance ratio", "razón de varianzas"),
        "verdict" => ("verdict", "veredicto"),
        "versus" => ("against", "comparado con"),
        "violation" => ("violation", "infracción"),
        "wait" => ("wait", "espera"),
        "waiting" => ("waiting", "en espera"),
        "weekday" => ("weekday", "día de la semana"),
        "why" => ("why", "por qué"),
        "world" => ("world", "mundo"),
        "worlds" => ("worlds", "mundos"),
        "year" => ("year", "año"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Unit;

    fn of(measure: Measure, station: &str, group: &str, class: &str, statistic: Statistic) -> Entry {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Entry {
            name: String::new(),
            measure,
            station: some(station),
            group: some(group),
            class: some(class),
            period: None,
            statistic,
            unit: Unit::Number,
        }
    }

    #[test]
    fn entries_read_as_a_planner_says_them() {
        let check = |measure, place: [&str; 3], statistic, en: &str, es: &str| {
            assert_eq!(entry(&of(measure, place[0], place[1], place[2], statistic)), said(en, es));
        };
        let whole = ["", "", ""];
        check(Measure::CrossingTime, whole, Statistic::Mean, "crossing time, mean", "tiempo de cruce, media");
        check(
            Measure::CrossingTime,
            ["", "", "fast"],
            Statistic::P95,
            "crossing time of fast, p95",
            "tiempo de cruce de la clase fast, p95",
        );
        check(
            Measure::Wait,
            ["primary", "fast", ""],
            Statistic::P95,
            "wait at primary.fast, p95",
            "espera en primary.fast, p95",
        );
        check(Measure::Trucks, whole, Statistic::Crossed, "trucks crossed", "camiones que cruzaron");
        check(
            Measure::Trucks,
            ["", "", "fast"],
            Statistic::Stranded,
            "trucks of fast stranded",
            "camiones de la clase fast varados",
        );
        check(
            Measure::Detection,
            ["narcotics", "", "empty"],
            Statistic::Value,
            "narcotics detection of empty",
            "detección de narcotics en la clase empty",
        );
        check(
            Measure::WorstDetection,
            ["narcotics", "", ""],
            Statistic::Value,
            "narcotics detection, softest class",
            "detección de narcotics en la clase más vulnerable",
        );
        check(
            Measure::DetectionCounted,
            ["narcotics", "", ""],
            Statistic::Value,
            "narcotics detection as counted",
            "detección de narcotics según conteo",
        );
        check(
            Measure::OfficerHours,
            ["cbp", "", ""],
            Statistic::Value,
            "officer-hours at cbp",
            "horas de oficial de la plantilla cbp",
        );
        check(
            Measure::Throughput,
            ["primary", "", ""],
            Statistic::Value,
            "throughput at primary",
            "camiones atendidos por hora en primary",
        );
    }

    #[test]
    fn every_word_is_translated() {
        let all = [
            Measure::Wait,
            Measure::QueueTime,
            Measure::Sojourn,
            Measure::BorderWait,
            Measure::PostedWait,
            Measure::CrossingTime,
            Measure::Delay,
            Measure::OwnTime,
            Measure::QueueLength,
            Measure::InSystem,
            Measure::Utilization,
            Measure::MoveUpShare,
            Measure::Occupancy,
            Measure::BlockedShare,
            Measure::DownShare,
            Measure::OtherWorkShare,
            Measure::LanesOpen,
            Measure::LaneHours,
            Measure::Throughput,
            Measure::Trucks,
            Measure::OfficerHours,
            Measure::OfficerOvertimeHours,
            Measure::OnDutyHours,
            Measure::BufferIndex,
            Measure::PlanningTimeIndex,
            Measure::TruckHours,
            Measure::DelayTruckHours,
            Measure::DiversionHours,
            Measure::IdleHours,
            Measure::CreepHours,
            Measure::Fuel,
            Measure::Co2,
            Measure::Nox,
            Measure::TruckTimeCost,
            Measure::FuelCost,
            Measure::CargoTimeCost,
            Measure::PerishableLoss,
            Measure::UserCost,
            Measure::OfficerCost,
            Measure::OvertimeCost,
            Measure::Cost,
            Measure::CostPerDay,
            Measure::InspectedShare,
            Measure::ScannedShare,
            Measure::FalseReferralShare,
            Measure::HeldShare,
            Measure::HoldHours,
            Measure::HoldShareOfDelay,
            Measure::ResultsInTime,
            Measure::ExamHours,
            Measure::Detection,
            Measure::DetectionCounted,
            Measure::WorstDetection,
            Measure::Finds,
            Measure::ExamHoursPerFind,
            Measure::OfficerHoursPerFind,
        ];
        for (place, of) in all.into_iter().enumerate() {
            assert_eq!(of as usize, place, "all of them, in their order");
            let text = measure(of);
            assert!(!text.es.is_empty() && !text.en.is_empty());
            let alike = matches!(of, Measure::Co2 | Measure::Nox);
            assert_eq!(text.en == text.es, alike, "{text:?}");
        }
        let distinct: std::collections::BTreeSet<&str> = all.into_iter().map(spanish).collect();
        assert_eq!(distinct.len(), all.len(), "no two measures have one name");
        let all = [
            Statistic::Count,
            Statistic::Mean,
            Statistic::Sd,
            Statistic::P50,
            Statistic::P90,
            Statistic::P95,
            Statistic::P99,
            Statistic::Max,
            Statistic::ShareWaiting,
            Statistic::Value,
            Statistic::Entered,
            Statistic::Crossed,
            Statistic::TurnedAway,
            Statistic::Diverted,
            Statistic::Balked,
            Statistic::Reneged,
            Statistic::Unfinished,
            Statistic::Stranded,
        ];
        for (place, of) in all.into_iter().enumerate() {
            assert_eq!(of as usize, place, "all of them, in their order");
            let text = statistic(of);
            assert_eq!(text.es.is_empty(), text.en.is_empty());
            let alike = matches!(of, Statistic::P90 | Statistic::P95 | Statistic::P99 | Statistic::Value);
            assert_eq!(text.en == text.es, alike, "{text:?}");
        }
        let verdicts = [
            Verdict::ClearlyBetter,
            Verdict::Better,
            Verdict::NoUsefulDifference,
            Verdict::Worse,
            Verdict::ClearlyWorse,
            Verdict::NotSettled,
            Verdict::StrandsMore,
            Verdict::StrandsFewer,
        ];
        let goals = [GoalStatus::Met, GoalStatus::Missed, GoalStatus::NotSettled];
        for text in verdicts.map(verdict).into_iter().chain(goals.map(goal)) {
            assert!(!text.es.is_empty() && text.en != text.es, "{text:?}");
        }
    }

    #[test]
    fn units_are_named() {
        let check = |label: &str, es: &str| assert_eq!(unit(label), said(label, es));
        check("min", "min");
        check("%", "%");
        check("trucks", "camiones");
        check("trucks/h", "camiones/h");
        check("lanes", "carriles");
        check("truck-h", "camión-h");
        check("1,000 USD", "miles de USD");
        check("million MXN", "millones de MXN");
        check("EUR", "EUR");
        check("", "");
    }

    #[test]
    fn columns_are_named() {
        let check = |name: &str, en: &str, es: &str| assert_eq!(column(name), said(en, es));
        check("scenario", "scenario", "escenario");
        check("hour_local", "local hour", "hora local");
        check("ci_low", "lower end (95 %)", "extremo inferior (95 %)");
        check("wait_min", "wait (min)", "espera (min)");
        check("p50_min", "median (min)", "mediana (min)");
        check("max_min", "longest (min)", "máximo (min)");
        check("ci_high_min", "upper end (95 %, min)", "extremo superior (95 %, min)");
        check("delay_low_min", "delay, lower end (95 %, min)", "demora, extremo inferior (95 %, min)");
        check("detection_high", "detection, upper end (95 %)", "detección, extremo superior (95 %)");
        check(
            "officer_hours_low",
            "officer-hours, lower end (95 %)",
            "horas de oficial, extremo inferior (95 %)",
        );
        check("throughput_trucks_h", "throughput (trucks/h)", "camiones atendidos por hora");
        check("cost_usd", "cost (USD)", "costo (USD)");
        check("share_pct", "share (%)", "proporción (%)");
        check("interval_min", "interval (min)", "intervalo (min)");
        check("no_such_name", "no such name", "no such name");
        check("demand.northbound.day_factor", "demand.northbound.day_factor", "demand.northbound.day_factor");
        check("_min", " min", " min");
        check("", "", "");
    }
}
