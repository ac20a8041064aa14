//! The report of a run: one page that opens from a mail attachment, without network, in two languages.
//!
//! It reads without scripts (text, tables, pictures; the language is switched by a style) and does more with them
//! (enlarging, copying, the replay). Its sections stand in the order of a border study, each in a file of its own; all
//! that they say comes from a [`Story`]. The same run gives the same bytes: the page holds no date of its own and
//! nothing of the machine. Start at [`page`].

mod answer;
mod balance;
mod certainty;
mod method;
mod part;
mod record;
mod replay;
mod results;
mod subject;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::figure::{self, Drawn, Figure, Story};
use super::said::{self, Said, counted, said};
use super::words::Language;
use crate::model::network::Network;
use part::Section;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");
/// Enlarging figures: Panzoom 4.6.2, MIT (`vendor/panzoom.LICENSE`).
const PANZOOM: &str = include_str!("vendor/panzoom.min.js");

/// Nothing leaves the page and nothing comes in: the browser is told so too.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// What sections are made from.
struct Book<'a> {
    story: &'a Story<'a>,
    /// In the order of [`figure::IDS`].
    figures: Vec<Drawn>,
}

impl Book<'_> {
    /// A figure with its number: the same in every report.
    fn figure(&self, id: &str) -> Markup {
        let place = figure::IDS.iter().position(|known| known.0 == id);
        match place {
            Some(place) => part::figure(place + 1, &self.figures[place]),
            None => html! {},
        }
    }

    /// The question.
    fn title(&self) -> Said {
        said::of_study(&self.story.plan.title)
    }

    /// The crossing as it is.
    fn baseline(&self) -> &Network {
        &self.story.plan.scenarios[self.story.plan.baseline].network
    }

    /// A verdict as a sentence.
    fn sentence(&self, comparison: usize) -> Said {
        said::sentence(self.story.plan, self.story.result, comparison)
    }
}

/// The page; it holds both languages and opens in `language`.
pub fn page(story: &Story, language: Language) -> String {
    let figures =
        figure::IDS.iter().map(|(id, _, draw)| draw(story).map(|figure| over_days(story, id, figure)));
    let book = Book { story, figures: figures.collect() };
    let sections = [
        answer::answer(&book),
        subject::crossing(&book),
        subject::scenarios(&book),
        results::results(&book),
        results::reality(&book),
        certainty::certainty(&book),
        balance::balance(&book),
        certainty::sweeps(&book),
        record::assumptions(&book),
        record::warnings(&book),
        method::method(&book),
        record::repeat(&book),
    ];
    let title = book.title();
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content={ "cruce " (env!("CARGO_PKG_VERSION")) };
                title { (title.text(language)) }
                style { (PreEscaped(STYLE)) (PreEscaped(replay::STYLE)) }
            }
            body data-title-en=(title.en) data-title-es=(title.es) {
                main {
                    (switch(language, Language::English))
                    (switch(language, Language::Spanish))
                    (head(&book, &title))
                    (contents(&sections))
                    @for (place, section) in sections.iter().enumerate() { (part::section(place + 1, section)) }
                    (replay::section(story))
                    footer { (footer(&book)) }
                }
                script { (PreEscaped(PANZOOM)) }
                script { (PreEscaped(SCRIPT)) }
                script { (PreEscaped(replay::SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// Figures by hour of the day; of runs whose days are not told apart they show means over days.
const BY_HOUR: [&str; 5] = ["hour-heat", "queue-bands", "lane-util", "throughput", "staffing"];

/// The figure, with what must be said when the hours of many days are taken together.
fn over_days(story: &Story, id: &str, figure: Figure) -> Figure {
    let calendar = &story.plan.scenarios[story.plan.baseline].network.calendar;
    if calendar.days_apart() || !BY_HOUR.contains(&id) {
        return figure;
    }
    let days = calendar.days;
    let note = said(
        format!(
            "Hours are means over the {days} days of the run: single days, and the end of a line that grows, may be far above."
        ),
        format!(
            "Las horas son medias de los {days} días de la corrida: días sueltos, y el final de una fila que crece, pueden estar muy por encima."
        ),
    );
    Figure { caption: note.join(" ", &figure.caption), ..figure }
}

/// The choice of a language: it works without scripts, since a style shows what belongs to it.
fn switch(opens: Language, language: Language) -> Markup {
    let name = match language {
        Language::English => "English",
        Language::Spanish => "Español",
    };
    html! {
        input.language type="radio" name="language" id={ "language-" (language.code()) } aria-label=(name) checked[opens == language];
    }
}

fn head(book: &Book, title: &Said) -> Markup {
    let plan = book.story.plan;
    let scenarios = book.story.result.scenarios.len();
    let replications = book.story.result.replications;
    let each = counted(replications, ["replication", "replications"], ["réplica", "réplicas"]);
    let facts =
        counted(scenarios as u32, ["scenario", "scenarios"], ["escenario", "escenarios"]).join(", ", &each);
    let facts = facts.join(" ", &said("each", "cada uno"));
    let start = said("from ", "desde el ").join("", &said::date(&plan.start));
    html! {
        header {
            div.languages {
                label for="language-en" { span lang="en-US" { "English" } }
                label for="language-es" { span lang="es-MX" { "Español" } }
            }
            h1 { (title) }
            p.meta { bdi { (said::foreign(&plan.name)) } " · " (facts) " · " (start) " · cruce " (env!("CARGO_PKG_VERSION")) }
        }
    }
}

/// The sections by name, to go to.
fn contents(sections: &[Section]) -> Markup {
    html! {
        nav aria-labelledby="h-contents" {
            h2 id="h-contents" { (said("Contents", "Contenido")) }
            ol { @for section in sections { li { a href={ "#" (section.id) } { (section.title) } } } }
        }
    }
}

fn footer(book: &Book) -> Markup {
    html! {
        p.on-paper { (said(
            "The numbers behind every figure, the files of the study and the replay are in the page that was printed.",
            "Los números de cada figura, los archivos del estudio y la animación están en la página que se imprimió.",
        )) }
        p { "cruce " (env!("CARGO_PKG_VERSION")) " · " (book.story.plan.digest) }
        p { (said(
            "Figures: plotters (MIT). Enlarging: Panzoom 4.6.2 (MIT).",
            "Figuras: plotters (MIT). Ampliación: Panzoom 4.6.2 (MIT).",
        )) }
    }
}
