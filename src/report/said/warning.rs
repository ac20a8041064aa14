//! Titles of warnings in both languages.
//!
//! The English ones are those of `cruce explain`. What a warning says beyond its title names keys and values of the
//! file and is in English, as on the terminal ([`note_on_language`]). Start at [`title`].

use super::{Said, foreign, said, same};
use crate::scenario::code;

/// What a warning is about, in few words, by its code: `W0401`. A code that is not known is shown as it is.
pub fn title(code: &str) -> Said {
    match (code::find(code), spanish(code)) {
        (Some(meaning), Some(es)) => said(meaning.title, es),
        (Some(meaning), None) => same(meaning.title),
        (None, _) => same(foreign(code)),
    }
}

/// That the details of warnings are in English.
pub fn note_on_language() -> Said {
    said(
        "Details are in English on every page, as on the terminal; `cruce explain CODE` says more.",
        "Los detalles están en inglés, tal como aparecen en la terminal; `cruce explain CÓDIGO` amplía la explicación, también en inglés.",
    )
}

fn spanish(code: &str) -> Option<&'static str> {
    Some(match code {
        "W0151" => "un cambio que no cambia nada",
        "W0152" => "separadores que no son comas",
        "W0153" => "columnas que nada lee",
        "W0401" => "la demanda supera la capacidad",
        "W0402" => "una hora modificada no se compensa en las demás",
        "W0403" => "demanda fuera del horario de servicio",
        "W0404" => "un tramo corto",
        "W0405" => "un escenario que no cambia nada",
        "W0406" => "carriles que nadie abre",
        "W0407" => "un percentil basado en pocos camiones",
        "W0408" => "tiempos de servicio muy distintos entre sí",
        "W0409" => "una tabla que empieza después de medianoche",
        "W0410" => "menos oficiales que carriles",
        "W0411" => "un lugar sin camiones",
        "W0412" => "camiones después del final",
        "W0413" => "rebase sin efecto",
        "W0414" => "una fuente sin valor",
        "W0421" => "ahí nadie puede salirse de la fila",
        "W0422" => "una regla que nunca se aplica",
        "W0423" => "carriles más tiempo fuera de servicio que en servicio",
        "W0424" => "paciencia que se agota de inmediato",
        "W0425" => "una clase que nunca llega a la inspección primaria",
        "W0426" => "nadie puede detectar la infracción",
        "W0427" => "resultados que no detienen a nadie",
        "W0428" => "los hallazgos solo se pueden contar",
        "W0501" => "la corrida se interrumpió",
        "W0502" => "réplicas fallidas",
        "W0503" => "muy pocas réplicas",
        "W0504" => "no se alcanzó la precisión pedida",
        "W0505" => "menos corridas de las que pide la fórmula de la FHWA",
        "W0506" => "camiones que nunca cruzaron",
        "W0507" => "espacio insuficiente",
        "W0508" => "un percentil basado en pocos camiones",
        "W0509" => "un plan se evalúa con otros camiones",
        "W0510" => "el periodo de calentamiento es demasiado corto",
        "W0511" => "los lotes de una misma corrida están correlacionados",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_has_a_title_in_both_languages() {
        let mut known = 0;
        for meaning in code::all().filter(|meaning| meaning.code.starts_with('W')) {
            let title = title(meaning.code);
            assert_eq!(title.en, meaning.title);
            assert!(!title.es.is_empty() && title.es != title.en, "{} has no Spanish title", meaning.code);
            known += 1;
        }
        assert_eq!(known, 36, "warnings that `cruce explain` knows");
    }

    #[test]
    fn titles_are_short() {
        assert_eq!(title("W0401"), said("demand exceeds capacity", "la demanda supera la capacidad"));
        assert_eq!(title("W0503"), said("very few replications", "muy pocas réplicas"));
        assert_eq!(title("W-none"), same("W-none"));
        assert!(note_on_language().es.contains("en inglés"));
    }
}
