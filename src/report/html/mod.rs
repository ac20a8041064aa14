//! The report of a run: one page that opens from a mail attachment, without network, in two languages.
//!
//! Start at [`page`].

mod replay;

use maud::{DOCTYPE, PreEscaped, html};

use super::figure::{self, Story};
use super::words::Language;

/// The page; it holds both languages and opens in `language`.
pub fn page(story: &Story, language: Language) -> String {
    let figures: Vec<_> = figure::IDS.iter().map(|(_, _, draw)| draw(story)).collect();
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; style { (PreEscaped(replay::STYLE)) "html[lang=en] [lang=es],html[lang=es] [lang=en]{display:none}" } }
            body {
                @for figure in figures.iter().flatten() {
                    figure { (PreEscaped(figure.svg.for_page("x"))) }
                }
                (replay::section(story))
                script { (PreEscaped(replay::SCRIPT)) }
            }
        }
    };
    page.into_string()
}
