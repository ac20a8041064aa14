//! The report of a run: one page that opens from a mail attachment, without network, in two languages.
//!
//! Start at [`page`].

use maud::{DOCTYPE, PreEscaped, html};

use super::figure::{self, Story};
use super::words::Language;

/// The page; it holds both languages and opens in `language`.
pub fn page(story: &Story, language: Language) -> String {
    let figures: Vec<_> = figure::IDS.iter().map(|(_, _, draw)| draw(story)).collect();
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) {
            body {
                @for figure in figures.iter().flatten() {
                    figure { (PreEscaped(figure.svg.for_page("x"))) }
                }
            }
        }
    };
    page.into_string()
}
