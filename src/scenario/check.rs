//! Every mistake of meaning found in one pass: names, shares, ways, contradictions, limits.
//!
//! The parts below look at a typed [`Study`] and report to [`Findings`]; none of them stops at the
//! first mistake. What must be compiled to be checked (schedules, routes) is checked where it is
//! compiled, in `build`. Codes are E03xx. It does not know text: a finding names the path of a
//! value, and `Origins` knows where that stands. Start at [`check`].

pub mod class;
pub mod code;
pub mod contradiction;
pub mod flow;
pub mod limit;
pub mod name;
pub mod reference;

use super::diagnostic::{Diagnostic, Place};
use super::file::Study;
use super::resolve::Origins;
use super::schedule::Fault;
use class::Drawing;
use name::Names;

/// Reports everything that can be told without compiling schedules and routes. What it returns
/// is how classes are drawn, and whether names and classes are sound, so that ways through the
/// network can be followed.
pub fn check(study: &Study, names: &Names, findings: &mut Findings) -> (Drawing, bool) {
    reference::check(study, names, findings);
    let drawing = Drawing::new(study, names, findings);
    let sound = !findings.any_error();
    limit::check(study, findings);
    contradiction::check(study, findings);
    super::security::check(study, names, findings);
    super::value::check(study, names, findings);
    (drawing, sound)
}

/// What was found in one scenario.
pub struct Findings<'a> {
    origins: &'a Origins,
    list: Vec<Diagnostic>,
}

impl<'a> Findings<'a> {
    /// None yet.
    pub fn new(origins: &'a Origins) -> Self {
        Findings { origins, list: Vec::new() }
    }

    /// Where the value of a path stands.
    pub fn place(&self, path: &str) -> Option<Place> {
        self.origins.place(path)
    }

    /// Adds an error at a path; `help` may be empty.
    pub fn error(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        let found = Diagnostic::error(code, message).at(self.place(path), label).about(path);
        self.push(with_help(found, help.into()));
    }

    /// Adds an error about two paths that do not go together.
    pub fn clash(
        &mut self,
        code: &'static str,
        (path, label): (&str, &str),
        (other, other_label): (&str, &str),
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let found = Diagnostic::error(code, message).at(self.place(path), label).about(path);
        let found = found.also(self.place(other), other_label);
        self.push(with_help(found, help.into()));
    }

    /// Adds that two keys contradict each other.
    pub fn contradict(&mut self, one: (&str, &str), other: (&str, &str), help: impl Into<String>) {
        let message = format!("`{}` and `{}` contradict each other", one.0, other.0);
        self.clash("E0331", one, other, message, help);
    }

    /// Adds a warning at a path; `help` may be empty.
    pub fn warning(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        let found = Diagnostic::warning(code, message).at(self.place(path), label).about(path);
        self.push(with_help(found, help.into()));
    }

    /// Adds the faults of the table or hours at a path.
    pub fn faults(&mut self, path: &str, faults: Vec<Fault>) {
        for fault in faults {
            let at = match &fault.key {
                Some(key) => format!("{path}.{key}"),
                None => path.to_owned(),
            };
            let message = format!("`{path}`: {}", fault.message);
            self.error(fault.code, &at, message, fault.label, fault.help);
        }
    }

    /// Adds a finding unless the very same is there.
    pub fn push(&mut self, found: Diagnostic) {
        if !self.list.contains(&found) {
            self.list.push(found);
        }
    }

    /// Whether nothing can be run.
    pub fn any_error(&self) -> bool {
        self.list.iter().any(Diagnostic::is_error)
    }

    /// All of them.
    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}

fn with_help(found: Diagnostic, help: String) -> Diagnostic {
    if help.is_empty() { found } else { found.help(help) }
}

/// Names that a message lists at most.
const MOST_LISTED: usize = 12;

/// "did you mean `x`?" for the nearest of some names, else the names themselves (the first dozen); nothing
/// only where there is no name.
pub fn suggestion<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let near = names.iter().map(|name| (strsim::damerau_levenshtein(wrong, name), *name)).min();
    match near {
        Some((distance, name)) if distance <= 1 + name.len() / 4 => format!("did you mean `{name}`?"),
        _ if names.is_empty() => String::new(),
        _ if names.len() <= MOST_LISTED => format!("there is {}", listed(&names)),
        _ => format!(
            "there is {} and {} more",
            quoted(&names[..MOST_LISTED]).join(", "),
            names.len() - MOST_LISTED
        ),
    }
}

/// `a`, `b` and `c`.
pub fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match quoted(names).as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn quoted<S: AsRef<str>>(names: &[S]) -> Vec<String> {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect()
}

/// A share as a percentage with as many digits as it needs, at most four.
pub fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_names_or_a_short_list() {
        let names = ["primary", "secondary", "toll"];
        assert_eq!(suggestion("primry", names.into_iter()), "did you mean `primary`?");
        assert_eq!(suggestion("bridge", names.into_iter()), "there is `primary`, `secondary` and `toll`");
        assert_eq!(suggestion("x", std::iter::empty()), "");
        let many: Vec<String> = (10..30).map(|n| format!("lane-{n}")).collect();
        let help = suggestion("elsewhere", many.iter().map(String::as_str));
        assert!(help.starts_with("there is `lane-10`, ") && help.ends_with("`lane-21` and 8 more"), "{help}");
    }

    #[test]
    fn percentages_are_short() {
        assert_eq!(percent(0.36), "36 %");
        assert_eq!(percent(1.005), "100.5 %");
        assert_eq!(percent(0.0), "0 %");
    }
}
