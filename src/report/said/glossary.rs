//! The measures that a report prints, as the model defines them, in both languages.
//!
//! Each has its definition, unit and source; where no source is named the definition is that of `docs/model.md`,
//! section 4. Start at [`glossary`].

use super::{Said, measure, said};
use crate::measure::Measure;

/// Terms with their definitions, in the order in which a reader meets them.
pub fn glossary() -> Vec<(Said, Said)> {
    let of_measures = MEASURES.iter().map(|(of, en, es)| (measure(*of), said(*en, *es)));
    let others =
        OTHERS.iter().map(|([term_en, term_es], [en, es])| (said(*term_en, *term_es), said(*en, *es)));
    of_measures.chain(others).collect()
}

/// What 95 % intervals, paired differences and their verdicts mean, in plain words.
pub fn classes_of_intervals() -> Said {
    said(
        "A replication is one run of the crossing with its own chance: its own trucks, arrivals and service times. \
         An estimate is the mean over replications; its 95 % interval is made so that, if the whole study were \
         repeated many times with other chance, about 95 of 100 such intervals would hold the true mean of the model. \
         Every plan meets the same trucks as the baseline, so plans are compared by paired differences: plan minus \
         baseline, replication by replication. What a busy or calm day does to both cancels out, and small differences \
         can be seen. When several plans are compared with the baseline, each interval is made wider (Bonferroni: \
         confidence 1 − 0.05/m for m plans), so that all of them together hold with at least 95 %. A study may say \
         which difference is too small to matter. A plan is clearly better if its whole interval lies beyond that on \
         the good side, and there is no useful difference if the whole interval lies within it; better, perhaps too \
         small, means that the interval leaves out zero, but not what is too small to matter; not settled means that \
         the interval allows too much to say any of these, and more replications may settle it. Intervals tell what \
         chance does in the model; they do not tell whether its inputs are right.",
        "Una réplica es una corrida del cruce con su propio azar: sus camiones, llegadas y tiempos de servicio. Una \
         estimación es la media de las réplicas; su intervalo del 95 % se construye de modo que, si todo el estudio se \
         repitiera muchas veces con otro azar, unos 95 de cada 100 intervalos contendrían la media verdadera del modelo. \
         Cada plan recibe los mismos camiones que la base; por eso los planes se comparan mediante diferencias pareadas: \
         plan menos base, réplica por réplica. Lo que un día cargado o tranquilo causa en ambos se cancela, y así se \
         distinguen diferencias pequeñas. Cuando varios planes se comparan con la base, cada intervalo se ensancha \
         (Bonferroni: confianza de 1 − 0.05/m para m planes), para que todos en conjunto sean válidos con al menos 95 % de \
         confianza. Un estudio puede fijar qué diferencia es demasiado pequeña para importar. Un plan es claramente \
         mejor si todo su intervalo queda más allá de ese límite, del lado favorable; no hay diferencia práctica si todo \
         el intervalo queda dentro del límite; «mejor, quizá por muy poco» quiere decir que el intervalo excluye el cero, \
         pero no lo que es demasiado pequeño para importar; «no concluyente», que el intervalo es demasiado amplio para \
         afirmar cualquiera de estas cosas, y más réplicas podrían resolverlo. Los intervalos dicen qué hace el azar en \
         el modelo; no dicen si los datos de entrada son correctos.",
    )
}

/// Measures: definition, unit and source in English and in Spanish.
const MEASURES: [(Measure, &str, &str); 41] = [
    (
        Measure::BorderWait,
        "Start of service at the primary booth minus arrival where the line begins, less own travel and service between: \
         the wait that CBP publishes. Minutes. Source: GAO-13-603 (2013).",
        "Inicio de la inspección en la caseta primaria menos la llegada al lugar donde empieza la fila, sin contar el \
         recorrido ni el servicio propios entre ambos: la espera que publica CBP. Minutos. Fuente: GAO-13-603 (2013).",
    ),
    (
        Measure::PostedWait,
        "The border wait as it would be made public: read at intervals, late, averaged, rounded and capped. Minutes.",
        "La espera en la frontera tal como se publicaría: medida cada cierto tiempo, con retraso, promediada, redondeada y \
         con tope. Minutos.",
    ),
    (
        Measure::Wait,
        "At a station: arrival there to the first start of service, over trucks whose service started; 0 for a truck that \
         starts at once. Minutes.",
        "En una estación: de la llegada al primer inicio de servicio, entre los camiones cuyo servicio comenzó; 0 si el \
         camión pasa de inmediato. Minutos.",
    ),
    (
        Measure::QueueTime,
        "The same over trucks that had to queue, those that gave up included. Minutes.",
        "Lo mismo, entre los camiones que tuvieron que formarse, incluidos los que abandonaron la fila. Minutos.",
    ),
    (
        Measure::Sojourn,
        "Arrival at a station to leaving it, time blocked by a full road or yard included. Minutes.",
        "De la llegada a una estación a la salida de ella, incluido el tiempo bloqueado por un tramo o patio lleno. Minutos.",
    ),
    (
        Measure::CrossingTime,
        "First arrival to exit, over trucks that crossed. Minutes.",
        "De la primera llegada a la salida, entre los camiones que cruzaron. Minutos.",
    ),
    (
        Measure::OwnTime,
        "Own travel and service on the path taken, as served: the crossing time of an empty crossing. Minutes.",
        "Recorrido y servicio propios en el trayecto seguido, tal como se prestó: el tiempo de cruce si el cruce estuviera \
         vacío. Minutos.",
    ),
    (
        Measure::Delay,
        "Crossing time minus own time, interruptions of service counted as delay, never below 0: inspections themselves \
         are no delay. Minutes.",
        "Tiempo de cruce menos tiempo propio; las interrupciones del servicio cuentan como demora, que nunca es menor que \
         0: la inspección en sí no es demora. Minutos.",
    ),
    (
        Measure::BufferIndex,
        "(p95 − mean) ÷ mean of crossing time: the share of the mean that a carrier adds to be in time on 19 of 20 trips. \
         Without unit. Source: FHWA, Travel Time Reliability (2006).",
        "(p95 − media) ÷ media del tiempo de cruce: la parte de la media que un transportista agrega para llegar a tiempo \
         en 19 de cada 20 viajes. Sin unidad. Fuente: FHWA, Travel Time Reliability (2006).",
    ),
    (
        Measure::PlanningTimeIndex,
        "p95 of crossing time ÷ mean own time: how many times the crossing time of an empty crossing must be planned for. \
         Without unit. Source: FHWA, Travel Time Reliability (2006).",
        "p95 del tiempo de cruce ÷ media del tiempo propio: cuántas veces el tiempo de un cruce vacío hay que prever. Sin \
         unidad. Fuente: FHWA, Travel Time Reliability (2006).",
    ),
    (
        Measure::QueueLength,
        "Trucks waiting, averaged over time; those in service do not count. Trucks.",
        "Camiones en espera, en promedio a lo largo del tiempo; no cuentan los que están en servicio. Camiones.",
    ),
    (
        Measure::InSystem,
        "Trucks present, averaged over time. Trucks.",
        "Camiones presentes, en promedio a lo largo del tiempo. Camiones.",
    ),
    (
        Measure::Throughput,
        "Departures in the time observed ÷ its length. Trucks per hour.",
        "Salidas durante el tiempo observado ÷ su duración. Camiones por hora.",
    ),
    (
        Measure::Utilization,
        "Time serving ÷ time open; open includes serving, moving up, blocked, down, idle, break, set-up and overtime. Percent.",
        "Tiempo en servicio ÷ tiempo abierto; este incluye servicio, avance a la caseta, bloqueo, falla, inactividad, \
         descanso, preparación y horas extra. Porcentaje.",
    ),
    (
        Measure::Occupancy,
        "Time serving and moving up ÷ time open: at 100 % the booths can do no more. Percent.",
        "Tiempo en servicio y en avance a la caseta ÷ tiempo abierto: con 100 % las casetas ya no dan más. Porcentaje.",
    ),
    (
        Measure::MoveUpShare,
        "Time in which trucks that queued move up into the booth ÷ time open. Percent.",
        "Tiempo en que los camiones que se formaron avanzan a la caseta ÷ tiempo abierto. Porcentaje.",
    ),
    (
        Measure::BlockedShare,
        "Time in which a lane holds a finished truck because there is no room ahead ÷ time open. Percent.",
        "Tiempo en que un carril retiene un camión ya atendido por falta de espacio adelante ÷ tiempo abierto. Porcentaje.",
    ),
    (
        Measure::LanesOpen,
        "Lanes open, those that finish a truck beyond the plan included, averaged over time. Lanes.",
        "Carriles abiertos, incluidos los que terminan de atender un camión más allá de lo planeado, en promedio a lo \
         largo del tiempo. Carriles.",
    ),
    (
        Measure::OfficerHours,
        "Hours of officers holding a lane within the run, overtime included. Hours.",
        "Horas de oficiales a cargo de un carril durante la corrida, incluidas las horas extra. Horas.",
    ),
    (
        Measure::OfficerOvertimeHours,
        "The part of them in which a lane finishes its truck beyond the plan. Hours.",
        "La parte de ellas en que un carril termina de atender su camión más allá de lo planeado. Horas.",
    ),
    (
        Measure::TruckHours,
        "Time inside of all trucks that came after the warm-up, whatever became of them: what economic models take in. \
         Truck-hours.",
        "Tiempo dentro de todos los camiones que llegaron después del calentamiento, sin importar su desenlace: lo que \
         usan los modelos económicos. Horas de camión (camión-h).",
    ),
    (
        Measure::DelayTruckHours,
        "The same less own travel and service, never below 0 for a truck. Truck-hours.",
        "Lo mismo, sin el recorrido ni el servicio propios; nunca menor que 0 para un camión. Horas de camión (camión-h).",
    ),
    (
        Measure::DiversionHours,
        "What trucks lose that go elsewhere because of the posted wait, at a stated time each. Truck-hours.",
        "Lo que pierden los camiones que se van a otro cruce por la espera publicada, con un tiempo fijado para cada uno. \
         Horas de camión (camión-h).",
    ),
    (
        Measure::Fuel,
        "Fuel rate × hours with the engine on, standing (in line, served, blocked) and creeping (moving up and the stated \
         share of the line). US gallons. Source of the method: EPA, MOVES (activity × rate).",
        "Consumo por hora × horas con el motor encendido, en ralentí (en fila, en servicio, bloqueado) y en avance lento \
         (avance a la caseta y la parte indicada de la fila). Galones de EE. UU. Método: EPA, MOVES (actividad × tasa).",
    ),
    (
        Measure::Co2,
        "Carbon dioxide of that fuel: a stated mass per gallon. Kilograms or tonnes.",
        "Dióxido de carbono de ese combustible: una masa fijada por galón. Kilogramos o toneladas.",
    ),
    (
        Measure::Nox,
        "Nitrogen oxides: stated grams per hour of standing and of creeping. Grams or kilograms.",
        "Óxidos de nitrógeno: gramos fijados por hora en ralentí y en avance lento. Gramos o kilogramos.",
    ),
    (
        Measure::TruckTimeCost,
        "Truck-hours, those lost by diversion included, at the price of an hour. Currency of the study.",
        "Horas de camión, incluidas las perdidas por desvío, al precio de una hora. Moneda del estudio.",
    ),
    (
        Measure::CargoTimeCost,
        "Cargo value × share lost per day × time inside or lost elsewhere. Currency of the study. Source: Hummels and Schaur \
         (2013).",
        "Valor de la carga × parte que pierde por día × tiempo dentro o perdido en otro cruce. Moneda del estudio. Fuente: \
         Hummels y Schaur (2013).",
    ),
    (
        Measure::PerishableLoss,
        "Cargo value × share lost per hour × time inside beyond a stated limit, at most the whole value. Currency of the \
         study.",
        "Valor de la carga × parte que pierde por hora × tiempo dentro más allá de un límite fijado, cuando mucho el valor \
         total. Moneda del estudio.",
    ),
    (
        Measure::UserCost,
        "What those who cross bear: truck time, fuel, cargo time and perishable loss. Currency of the study.",
        "Lo que asumen quienes cruzan: tiempo de los camiones, combustible, tiempo de la carga y merma de perecederos. Moneda \
         del estudio.",
    ),
    (
        Measure::Cost,
        "User cost and officers together, of the run. Currency of the study.",
        "Costo para los usuarios y costo de oficiales, juntos, de la corrida. Moneda del estudio.",
    ),
    (
        Measure::InspectedShare,
        "Share of trucks that were examined at least once, whatever was found. Percent.",
        "Proporción de camiones inspeccionados al menos una vez, se haya encontrado algo o no. Porcentaje.",
    ),
    (
        Measure::ScannedShare,
        "Share of trucks that were scanned (non-intrusive inspection) at least once. Percent.",
        "Proporción de camiones escaneados (inspección no intrusiva) al menos una vez. Porcentaje.",
    ),
    (
        Measure::FalseReferralShare,
        "Share of trucks that hide nothing and were sent to inspection by score or alarm. Percent.",
        "Proporción de camiones que nada ocultan y fueron remitidos a inspección por puntaje o alarma. Porcentaje.",
    ),
    (
        Measure::HeldShare,
        "Share of trucks that were held, or sent elsewhere, because their manifests were late. Percent.",
        "Proporción de camiones retenidos, o enviados a otro lugar, porque su manifiesto llegó tarde. Porcentaje.",
    ),
    (
        Measure::ResultsInTime,
        "Share of images whose results came before their trucks had passed the last place to stop them. Percent.",
        "Proporción de imágenes cuyos resultados llegaron antes de que el camión pasara el último punto donde detenerlo. \
         Porcentaje.",
    ),
    (
        Measure::Detection,
        "Chance that a violation is found, in expectation over what trucks hide. Percent.",
        "Probabilidad de encontrar una infracción, en valor esperado sobre lo que ocultan los camiones. Porcentaje.",
    ),
    (
        Measure::DetectionCounted,
        "Violations found ÷ violations there were: what was counted. Percent.",
        "Infracciones encontradas ÷ infracciones existentes: lo que se contó. Porcentaje.",
    ),
    (
        Measure::WorstDetection,
        "Detection of the class in which it is least: the one that an adversary would look for. Percent.",
        "Detección en la clase en que es menor: la que buscaría un infractor. Porcentaje.",
    ),
    (
        Measure::Finds,
        "Expected number of violations found. Number per run.",
        "Número esperado de infracciones encontradas. Número por corrida.",
    ),
    (
        Measure::ExamHoursPerFind,
        "Hours of examinations ÷ finds expected. Hours.",
        "Horas de inspección ÷ hallazgos esperados. Horas.",
    ),
];

/// Terms that are no measures by themselves.
const OTHERS: [([&str; 2], [&str; 2]); 8] = [
    (
        ["stranded trucks", "camiones varados"],
        [
            "Trucks that came and did not cross, for whatever reason: turned away by a full place, diverted by the posted \
             wait, not joined the line, given up, or still inside at the end. A plan that strands more trucks is never called \
             better on time alone. Trucks per run.",
            "Camiones que llegaron y no cruzaron, por la razón que sea: no hallaron lugar, se desviaron por la espera \
             publicada, no se formaron, abandonaron la fila o seguían dentro al final. Un plan que deja más camiones varados \
             nunca se considera mejor solo por el tiempo. Camiones por corrida.",
        ],
    ),
    (
        ["p95 (95th percentile)", "p95 (percentil 95)"],
        [
            "95 % of the trucks have less; over the trucks of a replication, then averaged over replications. Those over the \
             trucks of all replications together are called pooled.",
            "El 95 % de los camiones tiene menos; se toma entre los camiones de una réplica y luego se promedia entre \
             réplicas. Los que se toman entre los camiones de todas las réplicas juntas se llaman combinados.",
        ],
    ),
    (
        ["baseline", "base"],
        [
            "The scenario with which the others are compared, mostly the crossing as it is.",
            "El escenario con el que se comparan los demás, casi siempre el cruce tal como es.",
        ],
    ),
    (
        ["replication", "réplica"],
        [
            "A run of a scenario with its own chance; the same number means the same trucks in every scenario where demand \
             is alike.",
            "Una corrida de un escenario con su propio azar; el mismo número significa los mismos camiones en todos los \
             escenarios con igual demanda.",
        ],
    ),
    (
        ["warm-up", "calentamiento"],
        [
            "The part at the beginning of a run that is not observed. Source of the check: White (1997), MSER-5.",
            "La parte inicial de una corrida, que no se observa. Fuente de la verificación: White (1997), MSER-5.",
        ],
    ),
    (
        ["95 % interval", "intervalo del 95 %"],
        [
            "Mean ± half-width by Student's t over replications, or by batch means of one long run (Schmeiser 1982).",
            "Media ± semiancho según la t de Student entre réplicas, o por medias de lotes de una corrida larga (Schmeiser \
             1982).",
        ],
    ),
    (
        ["net present value", "valor presente neto"],
        [
            "Annuity × (yearly user cost saved − what officers cost more) − capital, demand and prices held fixed. Currency \
             of the study, in prices of the stated year.",
            "Anualidad × (ahorro anual de los usuarios − costo adicional de oficiales) − inversión, con demanda y precios \
             fijos. Moneda del estudio, a precios del año indicado.",
        ],
    ),
    (
        ["benefit-cost ratio", "relación beneficio-costo"],
        [
            "Annuity × yearly user cost saved ÷ (annuity × what officers cost more + capital); blank where the cost is not \
             shown to be above zero. Source of its interval: Cochran (1977).",
            "Anualidad × ahorro anual de los usuarios ÷ (anualidad × costo adicional de oficiales + inversión); en blanco si \
             no consta que el costo sea mayor que cero. Fuente de su intervalo: Cochran (1977).",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn terms_are_defined_in_both_languages() {
        let all = glossary();
        for (term, definition) in &all {
            assert!(!term.en.is_empty() && !term.es.is_empty(), "{term:?}");
            assert!(definition.en.ends_with('.') && definition.es.ends_with('.'), "{term:?}");
            assert_ne!(definition.en, definition.es);
            let years = |text: &str| text.matches(['0', '1', '2', '9']).count();
            assert_eq!(years(&definition.en), years(&definition.es), "the same numbers: {term:?}");
        }
        let terms: BTreeSet<&str> = all.iter().map(|(term, _)| term.es.as_str()).collect();
        assert_eq!(terms.len(), all.len(), "no term stands twice");
        let find = |en: &str| all.iter().find(|(term, _)| term.en == en).map(|(term, _)| term.es.as_str());
        assert_eq!(find("buffer index"), Some("índice de holgura"));
        assert_eq!(find("border wait"), Some("espera en la frontera"));
        assert_eq!(find("stranded trucks"), Some("camiones varados"));
    }

    #[test]
    fn intervals_are_explained() {
        let text = classes_of_intervals();
        assert!(
            text.en.contains("too small to matter") && text.es.contains("demasiado pequeña para importar")
        );
        assert!(text.en.contains("1 − 0.05/m") && text.es.contains("1 − 0.05/m"));
        assert!(text.es.contains(super::super::verdict(crate::experiment::Verdict::NotSettled).es.as_str()));
        assert!(text.es.contains(super::super::verdict(crate::experiment::Verdict::Better).es.as_str()));
    }
}
