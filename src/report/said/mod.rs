//! What a report says, in both languages of the border.
//!
//! A [`Said`] is one text in English and in Spanish; texts of the study are the same in both unless the file has them
//! twice. Numbers are written alike: Mexico too writes 1,234.5. The words are those of the binational vocabulary of
//! border studies (`measure`), sentences are built here from results and computed nowhere. Start at [`Said`].

mod date;
mod glossary;
mod measure;
mod sentence;
pub mod warning;

pub use date::{date, day_of_week, duration};
pub use glossary::{classes_of_intervals, glossary};
pub use measure::{column, entry, goal, measure, statistic, typical, unit, verdict};
pub use sentence::sentence;

use maud::{Markup, Render, html};

use super::words::Language;
use crate::experiment::{GoalStatus, Verdict};
use crate::scenario::diagnostic::escaped;
use crate::scenario::file::Text;

/// A text in every language of reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// In English.
    pub en: String,
    /// In Spanish.
    pub es: String,
}

/// Both languages: `said("wait", "espera")`.
pub fn said(en: impl Into<String>, es: impl Into<String>) -> Said {
    Said { en: en.into(), es: es.into() }
}

/// The same in both languages: a number, a unit, a name of the study.
pub fn same(text: impl Into<String>) -> Said {
    let text = text.into();
    Said { es: text.clone(), en: text }
}

/// A number with its noun: `1 pair`, `20 pairs`.
pub fn counted(count: u32, en: [&str; 2], es: [&str; 2]) -> Said {
    let of = |words: [&str; 2]| {
        format!("{} {}", super::number::grouped(f64::from(count), 0), words[usize::from(count != 1)])
    };
    said(of(en), of(es))
}

/// A word that files write for a verdict, a status or the like, in words; other text as it stands.
pub fn key(text: &str) -> Said {
    match text {
        "clearly_better" => verdict(Verdict::ClearlyBetter),
        "better" => verdict(Verdict::Better),
        "no_useful_difference" => verdict(Verdict::NoUsefulDifference),
        "worse" => verdict(Verdict::Worse),
        "clearly_worse" => verdict(Verdict::ClearlyWorse),
        "not_settled" => verdict(Verdict::NotSettled),
        "strands_more" => verdict(Verdict::StrandsMore),
        "strands_fewer" => verdict(Verdict::StrandsFewer),
        "met" => goal(GoalStatus::Met),
        "missed" => goal(GoalStatus::Missed),
        "yes" => said("yes", "sí"),
        "no" => said("no", "no"),
        text => same(foreign(text)),
    }
}

/// Foreign text longer than this is cut.
const LONGEST: usize = 240;

/// A text that somebody else wrote, such as a name or a title: hidden marks (control characters, marks that change
/// the direction of text) are shown as such, and what is very long is cut.
pub fn foreign(text: &str) -> String {
    let mut rest = text.chars();
    let mut short: String = rest.by_ref().take(LONGEST).collect();
    if rest.next().is_some() {
        short.push('…');
    }
    whole(&short)
}

/// The same without cutting: for sentences of this program that hold names and titles of a study.
pub fn whole(text: &str) -> String {
    // Figures mark texts in two languages by characters of private use.
    let private = |c: char| if ('\u{e000}'..='\u{f8ff}').contains(&c) { '\u{fffd}' } else { c };
    escaped(&text.chars().map(private).collect::<String>())
}

/// A text of the study in both languages; in the one that it has if the other is missing.
pub fn of_study(text: &Text) -> Said {
    said(foreign(Language::English.text(text)), foreign(Language::Spanish.text(text)))
}

impl Said {
    /// In one language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }

    /// The two made of pieces in the same language: `a.join(" ", &b)`.
    pub fn join(&self, between: &str, other: &Said) -> Said {
        said(format!("{}{between}{}", self.en, other.en), format!("{}{between}{}", self.es, other.es))
    }

    /// The same text with something done to it in each language.
    pub fn map(&self, change: impl Fn(&str) -> String) -> Said {
        said(change(&self.en), change(&self.es))
    }

    /// With a capital letter at the beginning.
    pub fn capital(&self) -> Said {
        let capital = |text: &str| {
            let mut rest = text.chars();
            rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
        };
        self.map(capital)
    }
}

/// Texts joined in each language.
pub fn joined(between: &str, texts: &[Said]) -> Said {
    let of = |text: fn(&Said) -> &str| texts.iter().map(text).collect::<Vec<_>>().join(between);
    said(of(|text| &text.en), of(|text| &text.es))
}

impl Render for Said {
    /// Both languages, of which the page shows one; a text that is the same in both stands there once.
    fn render(&self) -> Markup {
        html! {
            @if self.en == self.es { (self.en) }
            @else {
                span lang="en" { (self.en) }
                span lang="es" { (self.es) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_text() {
        assert_eq!(foreign("<b>\u{202e}x"), "<b>\\u{202e}x");
        assert_eq!(foreign(&"é".repeat(10_000)).chars().count(), LONGEST + 1);
        assert_eq!(foreign("a\u{e000}b"), "a\u{fffd}b");
        assert_eq!(same("<script>").render().into_string(), "&lt;script&gt;");
    }

    #[test]
    fn a_page_holds_both_languages() {
        let text = said("wait", "espera");
        assert_eq!(
            text.render().into_string(),
            "<span lang=\"en\">wait</span><span lang=\"es\">espera</span>"
        );
        assert_eq!(text.capital(), said("Wait", "Espera"));
        assert_eq!(joined(", ", &[text.clone(), same("7")]), said("wait, 7", "espera, 7"));
    }
}
