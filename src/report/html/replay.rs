//! The section of the page that plays one replication truck by truck: [`section`].
//!
//! Its picture is drawn by `replay.js` when a reader asks for it; without scripts, a sentence says where else the same
//! replication is to be seen.

use maud::{Markup, PreEscaped, html};

use crate::report::figure::Story;
use crate::report::replay::{self, Replay};
use crate::report::said::{Said, said};

/// The script that draws, once per page; names in it are its own.
pub const SCRIPT: &str = concat!(
    "\"use strict\";\n{\n",
    include_str!("replay_state.js"),
    include_str!("replay_picture.js"),
    include_str!("replay.js"),
    "}\n"
);
/// The style of the section.
pub const STYLE: &str = include_str!("replay.css");

/// The section, with its data.
pub fn section(story: &Story) -> Markup {
    let heading = said(
        "Replay: the same trucks under two scenarios",
        "Animación: los mismos camiones en dos escenarios",
    );
    let replay = replay::data(story);
    html! {
        section id="replay" aria-labelledby="replay-heading" {
            h2 id="replay-heading" { (heading) }
            @match &replay {
                Err(why) => p { (why) },
                Ok(replay) => (view(story, replay)),
            }
        }
    }
}

fn view(story: &Story, replay: &Replay) -> Markup {
    let label = |id: &str, text: Said| html! { label for=(id) { (text) } };
    html! {
        p { (which(story, replay)) }
        noscript {
            p {
                (said(
                    "The replay needs scripts, which are off. The chart of lanes and the tables show the same replication.",
                    "La animación necesita scripts, que están desactivados. La gráfica de carriles y las tablas muestran la misma réplica.",
                ))
            }
        }
        p {
            button type="button" id="replay-open" hidden { (said("Open the replay", "Abrir la animación")) }
        }
        div id="replay-view" hidden {
            div class="replay-controls" {
                button type="button" id="replay-play" {
                    span class="replay-when-paused" { "▶ " (said("Play", "Reproducir")) }
                    span class="replay-when-playing" { "❚❚ " (said("Pause", "Pausa")) }
                }
                span {
                    (label("replay-speed", said("Speed", "Velocidad")))
                    select id="replay-speed" {}
                }
                span class="replay-wide" {
                    (label("replay-time", said("Local time", "Hora local")))
                    output id="replay-clock" for="replay-time" {}
                    input type="range" id="replay-time" min="0" step="1" value="0";
                }
                span {
                    (label("replay-truck", said("Follow a truck (number, or click one)", "Seguir un camión (número, o clic en uno)")))
                    input type="text" id="replay-truck" list="replay-trucks" autocomplete="off" spellcheck="false";
                    datalist id="replay-trucks" {}
                    button type="button" id="replay-unfollow" { (said("Stop following", "Dejar de seguir")) }
                }
            }
            div class="replay-panels" {
                @for side in ["left", "right"] {
                    div class="replay-panel" id=(format!("replay-{side}")) {
                        (label(&format!("replay-{side}-scenario"), said("Scenario", "Escenario")))
                        select id=(format!("replay-{side}-scenario")) {}
                        canvas id=(format!("replay-{side}-canvas")) role="img" tabindex="0"
                            aria-describedby=(format!("replay-{side}-counts replay-{side}-truck")) {}
                        p class="replay-counts" id=(format!("replay-{side}-counts")) {}
                        p class="replay-following" id=(format!("replay-{side}-truck")) {}
                    }
                }
            }
            p id="replay-status" class="replay-status" aria-live="polite" {}
            ul id="replay-legend" class="replay-legend" {}
            p class="replay-note" {
                (said(
                    "Not to scale. A truck in line stands at the lanes that later served it; one that has crossed drives off for a minute. Space bar on a picture: play or pause.",
                    "Sin escala. Un camión en la fila aparece ante los carriles que luego lo atendieron; el que ya cruzó se aleja durante un minuto. Barra espaciadora sobre una imagen: reproducir o pausar.",
                ))
                @if replay.images {
                    " "
                    (said("Images that wait to be read are not drawn.", "No se dibujan las imágenes por revisar."))
                }
            }
        }
        script type="application/json" id="replay-data" { (PreEscaped(&replay.json)) }
    }
}

/// Which replication it is, and how much of it.
fn which(story: &Story, replay: &Replay) -> Said {
    let number = story.typical.map_or(0, |typical| typical.replication);
    let all_runs = story.result.replications;
    let first = match story.result.replications {
        1 => said(
            format!("This is replication {number} (counted from 0), the only one: there is no interval."),
            format!("Esta es la réplica {number} (contada desde 0), la única: no hay intervalo."),
        ),
        _ => said(
            format!(
                "This is replication {number} (counted from 0) of {all_runs}, the one in which the baseline's deciding measure is nearest to its median. One replication has no interval: it shows how things go, not how much plans differ."
            ),
            format!(
                "Esta es la réplica {number} (contada desde 0) de {all_runs}, aquella en que la medida decisiva de la base está más cerca de su mediana. Una sola réplica no tiene intervalo: muestra cómo ocurren las cosas, no cuánto difieren los planes."
            ),
        ),
    };
    let shown = crate::report::number::grouped(replay.trucks as f64, 0);
    let all = crate::report::number::grouped(replay.all_trucks as f64, 0);
    // More demand adds trucks, less takes some away; those that come to both come at the same time.
    let (but_en, but_es) = match story.plan.same_trucks() {
        true => ("", ""),
        false => (", if it comes to both: demand differs", ", si llega a ambas: la demanda difiere"),
    };
    let trucks = match replay.cut {
        false => said(
            format!("Each of its {all} trucks comes at the same time in both pictures{but_en}."),
            format!("Cada uno de sus {all} camiones llega a la misma hora en ambas imágenes{but_es}."),
        ),
        true => said(
            format!(
                "It shows the beginning: the first {shown} of {all} trucks, and three days at most. Each comes at the same time in both pictures{but_en}."
            ),
            format!(
                "Muestra el comienzo: los primeros {shown} de {all} camiones, y a lo más tres días. Cada uno llega a la misma hora en ambas imágenes{but_es}."
            ),
        ),
    };
    first.join(" ", &trucks)
}
