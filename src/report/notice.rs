//! Warnings of the scenario and of the run, in one list.
//!
//! Start at [`notices`].

use crate::experiment::StudyResult;
use crate::scenario::diagnostic::{Diagnostic, Sources};

/// Something a reader should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// As `cruce explain` knows it.
    pub code: String,
    /// The scenario concerned; `None`: the study.
    pub scenario: Option<String>,
    /// The key concerned, such as `station.primary.service`, or the file.
    pub origin: Option<String>,
    /// `study.toml:31` where it points into a file: for the screen, since it changes when lines are moved.
    pub place: Option<String>,
    /// In a sentence, without full stop.
    pub message: String,
    /// Facts and ways out.
    pub details: Vec<String>,
}

/// What the scenario's check warned of, by code and key, then what the run did.
pub fn notices(diagnostics: &[Diagnostic], sources: &Sources, result: Option<&StudyResult>) -> Vec<Notice> {
    let of_files = diagnostics.iter().map(|diagnostic| Notice {
        code: diagnostic.code.to_owned(),
        scenario: None,
        origin: diagnostic.origin.clone(),
        place: diagnostic.place.as_ref().map(|place| sources.locate(place)),
        message: diagnostic.message.clone(),
        details: Some(&diagnostic.label)
            .filter(|label| !label.is_empty())
            .into_iter()
            .chain(&diagnostic.notes)
            .chain(&diagnostic.helps)
            .cloned()
            .collect(),
    });
    let of_run = result.into_iter().flat_map(|result| {
        result.warnings.iter().map(|warning| Notice {
            code: warning.code.to_owned(),
            scenario: warning.scenario.map(|place| result.scenarios[place].name.clone()),
            origin: None,
            place: None,
            message: warning.message.clone(),
            details: Vec::new(),
        })
    });
    let mut notices: Vec<Notice> = of_files.collect();
    // Not in file order: the same study with its lines in another order has the same notices.
    notices.sort_by(|a, b| {
        (&a.code, &a.origin, &a.message, &a.details).cmp(&(&b.code, &b.origin, &b.message, &b.details))
    });
    notices.extend(of_run);
    notices
}
