//! Sections 9, 10 and 12: assumptions and sources, warnings, and how to repeat it.

use maud::html;

use super::Book;
use super::part::{Section, code, facts, name, p, table, ticked};
use crate::report::number::grouped;
use crate::report::said::{self, Said, foreign, said, same};
use crate::scenario::STUDY_FILE;
use crate::scenario::digest::{FORMAT_VERSION, MODEL_VERSION, fingerprint};

pub(super) fn assumptions(book: &Book) -> Section {
    let plan = book.story.plan;
    let sourced = sourced(&plan.sources);
    let assumed: Vec<Vec<Said>> =
        plan.assumptions.iter().map(|(key, value)| vec![name(key), name(value)]).collect();
    let key = || said("Key", "Clave");
    let value = || said("Value in the baseline", "Valor en la base");
    let body = html! {
        h3 { (said("Assumptions: values without a source", "Supuestos: valores sin fuente")) }
        @if assumed.is_empty() { (p(said("Every value has a source.", "Todos los valores tienen fuente."))) }
        @else {
            div.text { (table(&said(format!("{} values of the baseline that nothing in the study vouches for", assumed.len()), format!("{} valores de la base que nada en el estudio respalda", assumed.len())), &[key(), value()], &assumed)) }
        }
        h3 { (said("Inputs with a source", "Insumos con fuente")) }
        @if sourced.is_empty() { (p(ticked(&said("No value has a source: `[source]` in the file gives them.", "Ningún valor tiene fuente: `[source]` en el archivo las da.")))) }
        @else {
            div.text { (table(&said(format!("{} values of the baseline with the source that the study names", plan.sources.len()), format!("{} valores de la base con la fuente que nombra el estudio", plan.sources.len())), &[key(), value(), said("Source", "Fuente")], &sourced)) }
        }
    };
    let (known, unknown) = (plan.sources.len(), assumed.len());
    let plain = match (known, unknown) {
        (0, _) => said(
            format!(
                "none of {unknown} inputs can be traced to a source; they are somebody’s best guess, and the answer leans on them."
            ),
            format!(
                "ninguno de los {unknown} insumos se puede rastrear a una fuente; son la mejor estimación de alguien, y la respuesta se apoya en ellos."
            ),
        ),
        (_, 0) => said(
            format!("all {known} inputs can be traced to a source."),
            format!("los {known} insumos se pueden rastrear a una fuente."),
        ),
        _ => said(
            format!(
                "{known} of {} inputs can be traced to a source; somebody’s best guess is what the rest are ({unknown}), and the answer leans on them.",
                known + unknown
            ),
            format!(
                "{known} de {} insumos se pueden rastrear a una fuente; el resto ({unknown}) es la mejor estimación de alguien, y la respuesta se apoya en él.",
                known + unknown
            ),
        ),
    };
    Section { id: "assumptions", title: said("Assumptions and sources", "Supuestos y fuentes"), body, plain }
}

/// Rows of one table with the same source are one row.
fn sourced(sources: &[(String, String, String)]) -> Vec<Vec<Said>> {
    let table = |key: &str| key.rsplit_once('.').map_or(String::new(), |(table, _)| table.to_owned());
    let alike =
        |a: &(String, String, String), b: &(String, String, String)| table(&a.0) == table(&b.0) && a.2 == b.2;
    let mut rows = Vec::new();
    for run in sources.chunk_by(alike) {
        if run.len() > MOST_ROWS_APART {
            let rows_of = said(
                format!("a table of {} rows", run.len()),
                format!("una tabla de {} renglones", run.len()),
            );
            rows.push(vec![name(&table(&run[0].0)), rows_of, name(&run[0].2)]);
        } else {
            rows.extend(run.iter().map(|(key, value, source)| vec![name(key), name(value), name(source)]));
        }
    }
    rows
}

/// More neighbors than this that share a table and a source are told as one.
const MOST_ROWS_APART: usize = 6;

pub(super) fn warnings(book: &Book) -> Section {
    let notices = book.story.notices;
    let body = html! {
        @if notices.is_empty() {
            (p(said("Neither the check of the file nor the run had anything to warn of.", "Ni la revisión del archivo ni la corrida tuvieron nada que advertir.")))
        } @else {
            p.note { (ticked(&said::warning::note_on_language())) }
            ul {
                @for notice in notices {
                    li {
                        strong { (code(&notice.code)) " " (said::warning::title(&notice.code)) }
                        @if let Some(scenario) = &notice.scenario { " – " bdi { (foreign(scenario)) } }
                        @if let Some(origin) = &notice.origin { " – " (code(&foreign(origin))) }
                        ": " span lang="en-US" { (crate::scenario::diagnostic::escaped(&notice.message)) }
                        @if !notice.details.is_empty() {
                            ul { @for detail in &notice.details { li { span lang="en-US" { (crate::scenario::diagnostic::escaped(detail)) } } } }
                        }
                    }
                }
            }
        }
    };
    let plain = match notices.len() {
        0 => said("nothing stood out.", "nada llamó la atención."),
        1 => said(
            "one thing should be looked at before the numbers are used.",
            "hay una cosa que revisar antes de usar los números.",
        ),
        many => said(
            format!("{many} things should be looked at before the numbers are used."),
            format!("hay {many} cosas que revisar antes de usar los números."),
        ),
    };
    Section { id: "warnings", title: said("Warnings", "Advertencias"), body, plain }
}

pub(super) fn repeat(book: &Book) -> Section {
    let story = book.story;
    let plan = story.plan;
    let version = env!("CARGO_PKG_VERSION");
    let folder = foreign(&plan.name);
    let place = match story.inputs.iter().any(|(file, _)| file == STUDY_FILE) {
        true => (
            format!("Put the files below into a folder `{folder}`"),
            format!("Ponga los archivos de abajo en una carpeta `{folder}`"),
        ),
        false => (
            "Put the files below into one folder, go there".to_owned(),
            "Ponga los archivos de abajo en una carpeta, vaya a ella".to_owned(),
        ),
    };
    let made = [
        (said("Program", "Programa"), same(format!("cruce {version}"))),
        (
            said("Versions", "Versiones"),
            said(
                format!("model {MODEL_VERSION}, format {FORMAT_VERSION}"),
                format!("modelo {MODEL_VERSION}, formato {FORMAT_VERSION}"),
            ),
        ),
        (said("Digest of the study", "Huella del estudio"), same(plan.digest.clone())),
        (said("Seed", "Semilla"), same(plan.seed.to_string())),
    ];
    let rows: Vec<Vec<Said>> = story
        .inputs
        .iter()
        .map(|(file, text)| {
            vec![name(file), same(grouped(text.len() as f64, 0)), same(fingerprint(text.as_bytes()))]
        })
        .collect();
    let head = [said("File", "Archivo"), said("Bytes", "Bytes"), same("FNV-1a, 128 bits")];
    let body = html! {
        (p(said(
            format!("The same files, seed and version give the same bytes on any machine and any number of threads. {}, and run", place.0),
            format!("Los mismos archivos, semilla y versión dan los mismos bytes en cualquier máquina y con cualquier número de hilos. {} y ejecute", place.1),
        )))
        pre.command tabindex="0" { code { (crate::scenario::diagnostic::escaped(story.command)) } }
        (p(ticked(&said(
            "or, with the bundle that `cruce report RUN --bundle` writes,",
            "o, con el paquete que escribe `cruce report CORRIDA --bundle`,",
        ))))
        pre.command tabindex="0" { code { "cruce run study.zip" } }
        (facts(&made))
        div.text { (table(&said("Files of the study", "Archivos del estudio"), &head, &rows)) }
        @for (file, text) in story.inputs {
            details.long {
                summary { bdi { (foreign(file)) } }
                p.download { a download=(foreign(file)) href=(data_address(text)) { (said("Download this file", "Descargar este archivo")) } }
                pre tabindex="0" { code { (raw(text)) } }
            }
        }
        h3 { (said("License and citation", "Licencia y cita")) }
        (p(said(
            format!("cruce is free software (MIT or Apache-2.0). Cite: cruce, version {version}, a simulator of truck crossings; study “{}”, digest {}.", foreign(&plan.name), plan.digest),
            format!("cruce es software libre (MIT o Apache-2.0). Cite: cruce, versión {version}, simulador de cruces de camiones; estudio «{}», huella {}.", foreign(&plan.name), plan.digest),
        )))
        (p(said(
            "Results may be passed on with the study’s own sources; this page needs no network and holds all that it shows.",
            "Los resultados pueden compartirse con las fuentes del propio estudio; esta página no necesita red y contiene todo lo que muestra.",
        )))
    };
    let plain = said(
        "anyone with these files and this program gets exactly these numbers.",
        "cualquiera con estos archivos y este programa obtiene exactamente estos números.",
    );
    Section { id: "repeat", title: said("How to repeat it", "Cómo repetirlo"), body, plain }
}

/// A text as it stands in its file, hidden marks shown.
fn raw(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(crate::scenario::diagnostic::escaped).collect();
    lines.join("\n")
}

/// A text as an address that holds it.
fn data_address(text: &str) -> String {
    let mut address = String::with_capacity(text.len() * 2);
    address.push_str("data:text/plain;charset=utf-8,");
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(byte))
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_an_address() {
        assert_eq!(data_address("a = \"ñ\"\n"), "data:text/plain;charset=utf-8,a%20%3D%20%22%C3%B1%22%0A");
        assert_eq!(raw("a\u{202e}b\nc"), "a\\u{202e}b\nc");
    }
}
