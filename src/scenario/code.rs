//! What the code of an error or warning stands for, and the way out.
//!
//! Codes of form (E01xx) and of phrases (E02xx) are explained here, those of meaning beside the checks
//! that give them; warnings of a run (W05xx) are given above this module and explained here all the
//! same, so that every code is found in one place. Codes are never given a new meaning. Start at
//! [`find`].

use super::check::code::MEANINGS;

/// A code explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// `E0107`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// A paragraph with an example and the way out.
    pub text: &'static str,
}

/// The meaning of a code, whatever its case.
pub fn find(code: &str) -> Option<Meaning> {
    all().find(|meaning| meaning.code.eq_ignore_ascii_case(code))
}

/// Every code, in order.
pub fn all() -> impl Iterator<Item = Meaning> {
    let mut all: Vec<_> = FORM.iter().chain(&MEANINGS).chain(&RUN).copied().collect();
    all.sort_by_key(|(code, _, _)| *code);
    all.into_iter().map(|(code, title, text)| Meaning { code, title, text })
}

/// Files, keys, overrides, phrases.
const FORM: [(&str, &str, &str); 38] = [
    (
        "E0101",
        "the file is not UTF-8 text",
        "Studies and their tables are text in UTF-8; a byte-order mark is tolerated. Editors offer the encoding when \
         saving; Excel calls it \"CSV UTF-8\". The underlined place is the first byte that is no UTF-8.",
    ),
    (
        "E0102",
        "the file is not TOML",
        "A study is TOML 1.0: `key = value` on one line, texts in quotes, sections in brackets. Quantities are texts: \
         `volume = \"2300 trucks/day\"`. A key stands once in its table.",
    ),
    (
        "E0103",
        "a limit on size was passed",
        "A file has at most 8 MB, a study at most 200 files and 100 scenarios, a table file at most 4 million cells, and \
         tables are nested at most 64 levels deep.",
    ),
    (
        "E0104",
        "the key is not known",
        "Every key is checked, so that a slip cannot silently leave a default in place. The message names the nearest \
         known key; `cruce explain station.primary.lanes` tells what a section may hold.",
    ),
    (
        "E0105",
        "a value of the wrong type",
        "Something else is expected here: a section instead of a number, a list instead of a text. \
         `lanes.all = { servers = 2 }`, not `lanes.all = 2`.",
    ),
    (
        "E0106",
        "a key is missing",
        "The section needs this key; the message shows what it looks like. Keys with a default may be left out: \
         `docs/format.md` marks those that may not.",
    ),
    (
        "E0107",
        "an override of something that does not exist",
        "The path behind `set` (or `--set`) leads nowhere. Paths are dotted, and go into phrases: \
         `set.\"station.primary.service.standard.mean\" = \"70 s\"`. A new section must be given whole: \
         `set.station.scan = { ... }`.",
    ),
    (
        "E0108",
        "scenarios start from one another in a circle",
        "`from` names the scenarios that this one starts from; followed far enough they must end at one without `from`, \
         which starts from the base file.",
    ),
    (
        "E0109",
        "two parents disagree",
        "With `from = [\"a\", \"b\"]` both contribute what they set. If they set one key to different values, say in the \
         new scenario which it shall be; a relative change (`\"+2\"`) does not settle it, because it would not say of what.",
    ),
    (
        "E0110",
        "the same key in two spellings",
        "`set.\"a.b\" = 1` and `set.a.b = 2` are the same key, as are the hours `7` and `\"07:00\"`. Take one of them out.",
    ),
    (
        "E0111",
        "not a name",
        "Names of classes, streams, stations, groups, roads, pools and scenarios are lower-case letters, digits and \
         hyphens, at most 64: `two-lanes`. How a report shall call them is said by `title`.",
    ),
    (
        "E0112",
        "the file cannot be had",
        "Files that a study names are regular files inside the study folder, named relative to it with `/`: no `..`, no \
         absolute path, no link that leads out. So a study can be copied, mailed and run anywhere.",
    ),
    (
        "E0113",
        "the table file cannot be read",
        "The first line of a CSV file names its columns. The key comes in a column `hour`, `time` (with `day`, if need be), \
         `weekday` or `month`, the values in a column of their own; with several, write `\"file.csv:column\"`. Numbers \
         that could be decimals or thousands (`1,250`) must be written unambiguously.",
    ),
    ("E0114", "the word is not known", "Here one of a few words is expected; the message lists them."),
    (
        "E0115",
        "TOML that is not used here",
        "Studies keep to named tables, headers of at most two levels (`[station.primary]`, then `lanes.standard = ...`), \
         and inline tables on one line. What is refused would be read, but is easily misread.",
    ),
    (
        "E0116",
        "there is no such scenario",
        "`from`, `baseline` and `--scenario` name sections `[scenario.NAME]` of the file.",
    ),
    (
        "E0117",
        "the value cannot be changed like that",
        "Relative changes are texts: `\"+2\"`, `\"-1\"`, `\"x1.15\"`, `\"+15 %\"` (multiplies), `\"+15 pp\"` (adds points), \
         `\"+5 min\"`. They need a value to change and a unit that fits it. The list of a trace cannot grow by a factor, \
         and what belongs to the whole study (`study`, `precision`, `goals`) cannot differ between scenarios.",
    ),
    (
        "E0118",
        "the format is not known",
        "`format = 1` is the format that this version reads. A newer file needs a newer cruce.",
    ),
    (
        "E0119",
        "a character that cannot be shown",
        "Texts and the cells of CSV files are one line of characters that can be seen: no ends of lines, tabs or control \
         characters, which would break tables or act on the terminal that shows them.",
    ),
    (
        "E0120",
        "when an event holds cannot be read",
        "`from` and `to` are instants of the clock of the crossing: `2022-04-06 08:00`, `day 2 08:00`, or `08:00` on the \
         first day. A day alone is its beginning in `from` and its end in `to`. An event ends after it begins; without \
         `to` it lasts.",
    ),
    (
        "E0121",
        "an event cannot change this",
        "Events change values: rates, times, shares, ways, rooms, lanes open, officers. What the crossing is built of (places, \
         lane groups, classes, roads and their lanes, who queues where) and what holds for the whole run is the same at all \
         times; let scenarios differ there.",
    ),
    (
        "E0122",
        "two events set the same value",
        "While two events hold at once, each may set what the other does not. For the time in which both hold write a third \
         event with what shall hold then, and let the two leave that time out.",
    ),
    (
        "E0201",
        "not a number",
        "Numbers are written in full, with a point for decimals and no separator for thousands: `1.5`, `2300`. There is \
         no `nan`, no `inf`, no exponent.",
    ),
    (
        "E0202",
        "the unit is not known",
        "Units are `s min h days` for durations, `m km mi ft` for lengths, `%` for shares, and `trucks/day trucks/h \
         trucks/min` for rates.",
    ),
    (
        "E0203",
        "a unit of something else",
        "The quantity here is measured in other units. Mind that `m` are meters; minutes are `min`.",
    ),
    (
        "E0204",
        "a negative value",
        "No duration, length, count or share can be negative. A relative change that subtracts too much ends here too.",
    ),
    (
        "E0205",
        "out of range",
        "Every quantity has a limit far beyond what makes sense (1000 lanes, ten years, 1000 km; `cruce explain limits` lists them), so that a slip of \
         the keyboard is found at once. The message tells the limit.",
    ),
    (
        "E0206",
        "the phrase cannot be read here",
        "The text is underlined from the piece that does not fit; what was expected stands beside it. \
         `cruce explain` with the key shows what the phrase looks like.",
    ),
    (
        "E0207",
        "the distribution is not known",
        "There are `constant exponential erlang gamma lognormal weibull triangular uniform beta hyperexponential mixture \
         empirical`, and `geometric` for batches: `gamma(mean = 60 s, cv = 0.5)`. There is no `normal`: times would be \
         negative.",
    ),
    (
        "E0208",
        "the distribution has no such parameter",
        "Distributions take their mean and cv (the standard deviation over the mean), never the parameters of a formula: \
         `lognormal(mean = 75 s, cv = 0.6)`.",
    ),
    ("E0209", "a parameter is missing", "The distribution needs all its parameters; the message shows them."),
    (
        "E0210",
        "values that contradict one another",
        "Each value is possible and all together are not: a maximum below the minimum, shares of a mixture that do not sum \
         to 100 %, a lane that closes at a longer queue than it opens at.",
    ),
    (
        "E0211",
        "the rule does not say enough",
        "A rule names a range of lanes and when they open and close: `2..6 lanes, open when queue >= 20 per lane, close \
         when queue <= 12 per lane`; or `1..2 lanes, as planned`; or `2 lanes`.",
    ),
    ("E0212", "said twice", "A parameter or clause of a phrase stands once."),
    (
        "E0213",
        "a quantity without a unit",
        "Bare numbers are for counts and seeds only; everything else says its unit: `\"70 s\"`, `\"12 %\"`, \
         `\"2300 trucks/day\"`.",
    ),
    (
        "W0151",
        "an override that changes nothing",
        "The value is what it was before. Perhaps it is the wrong key, or the base was changed since.",
    ),
    (
        "W0152",
        "separators that are not commas",
        "The table has `;` or tabs between its columns (and perhaps decimal commas), as spreadsheets write them in many \
         countries. It was read as such; look whether the numbers are right.",
    ),
    (
        "W0153",
        "columns that nothing reads",
        "The table has columns that no key asks for. Columns `source`, `note` and `comment` are remarks and never reported.",
    ),
];

/// What is said about a run, and of measures that the file names.
const RUN: [(&str, &str, &str); 12] = [
    (
        "E0360",
        "there is no such measure",
        "`goals`, `precision.target` and `measures` of a sweep name measures as reports do: `crossing_time.p95`, `border_wait.mean`. The table \
         `measures.csv` of any run lists them all.",
    ),
    (
        "W0501",
        "the run was interrupted",
        "Results rest on the replications that every scenario had completed; they are valid, and their intervals wider.",
    ),
    (
        "W0502",
        "replications failed",
        "A replication that ends in a deadlock or passes a limit is left out. Its reason is told: a crossing that blocks \
         itself now and then is a result too.",
    ),
    (
        "W0503",
        "very few replications",
        "Intervals from two or three replications say little. FHWA's Traffic Analysis Toolbox III (2019) asks for four \
         before anything is said.",
    ),
    (
        "W0504",
        "the target was not met",
        "The most replications were made and the difference is not known as precisely as `precision.target` asks. Allow \
         more, or ask for less.",
    ),
    (
        "W0505",
        "fewer runs than FHWA's formula asks for",
        "The formula gives the runs needed to know each mean within its tolerance. Differences on the same trucks are \
         known better than means, so a verdict may be sound all the same.",
    ),
    (
        "W0506",
        "trucks that never crossed",
        "Trucks were turned away or still inside at the end. Times are over the others, so compare these counts first: a \
         plan is never called better on time alone when it strands more trucks. A run that drains (`study.end`) is given \
         up 7 days after its run length, and one that goes on until it is empty after 30: who is inside then is \
         unfinished. That happens where a station or its officers stay closed, or the crossing blocks itself; `end = \
         \"cut\"` stops at the run length instead.",
    ),
    (
        "W0507",
        "a room that is too small",
        "The place is full for more than 5 % of the time, so the line goes on behind it.",
    ),
    (
        "W0508",
        "a quantile of few trucks",
        "Fewer than 20 trucks of a replication lie beyond the quantile, so it jumps from one to the next. Take a lower \
         quantile or a longer run.",
    ),
    (
        "W0509",
        "a plan is weighed on other trucks",
        "The plan lets more or fewer trucks cross than the baseline (by more than 1 %), so what users save is partly \
         that trucks are not there. Net present value and benefit-cost ratio hold demand fixed: a trip that is made or \
         not has no price here. Compare the trucks that crossed first; for a plan that changes demand, put the same \
         demand into the baseline.",
    ),
    (
        "W0510",
        "the warm-up is too short",
        "MSER-5 (White 1997) looks for the cut from the beginning of a run after which its mean is known best, over all \
         replications together, and it would cut more than `warm_up` does, so that the mean changes by more than 1 %. \
         Where hours differ it looks at whole days. Make `warm_up` as long as it says. When nothing in the first half \
         of the run makes the rest steady, make `run_length` longer; if the line grows all the time, no run is long \
         enough, and means over time say only how long the run was.",
    ),
    (
        "W0511",
        "batches of one run go together",
        "With one replication, intervals are by batch means: the run is cut into 10 to 30 parts, and their means are \
         taken for independent. Von Neumann's test says that even ten are not, so the true mean lies outside of the \
         interval more often than in 5 of 100 studies. Make `run_length` longer, or ask for several replications.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Codes in the sources of this crate, as quoted texts, but for what explains or translates them.
    fn used() -> BTreeSet<String> {
        fn add(folder: &std::path::Path, codes: &mut BTreeSet<String>) {
            for entry in std::fs::read_dir(folder).expect("the sources are there") {
                let path = entry.expect("the sources can be read").path();
                if path.is_dir() {
                    add(&path, codes);
                } else if path.extension().is_some_and(|end| end == "rs")
                    && !path.ends_with("code.rs")
                    && !path.ends_with("said/warning.rs")
                {
                    let text = std::fs::read_to_string(&path).expect("sources are text");
                    let is_code = |piece: &&str| {
                        piece.len() == 5
                            && piece.starts_with(['E', 'W'])
                            && piece[1..].bytes().all(|byte| byte.is_ascii_digit())
                    };
                    codes.extend(text.split('"').filter(is_code).map(str::to_owned));
                }
            }
        }
        let mut codes = BTreeSet::new();
        add(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut codes);
        codes
    }

    #[test]
    fn every_code_that_is_given_is_explained_and_no_other() {
        let explained: Vec<&str> = all().map(|meaning| meaning.code).collect();
        assert_eq!(explained, used().iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn codes_are_found_in_any_case() {
        assert_eq!(find("e0107").map(|meaning| meaning.code), Some("E0107"));
        assert_eq!(find("E9999"), None);
    }
}
