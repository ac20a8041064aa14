//! A search: its table of candidates, and what a person reads of it.
//!
//! Candidates are numbered from 1, those with less of the objective first. Start at [`sheet`] and [`text`].

use std::borrow::Cow;

use serde_json::{Value, json};

use super::layout::{Grid, GridColumn, Look, Tone, paragraph};
use super::number::{Scale, file_unit, plain};
use super::sheet::{Cell, Column, Kind, Sheet};
use super::summary::or_dash;
use super::tables::{HIGH, LOW, N, estimate, value, what, what_columns};
use super::words;
use crate::experiment::optimize::{Candidate, Optimum, Search, Verdict};
use crate::experiment::{Mean, counted};
use crate::scenario::plan::StudyPlan;

/// Candidates that a person sees, at most, besides the chosen one: cheaper, and dearer ones.
const SHOWN: [usize; 2] = [6, 5];
/// Characters of the levels of a candidate, where a person sees them.
const MOST_LEVELS: usize = 60;

/// As tables and people read it.
fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Chosen => "chosen",
        Verdict::AsGood => "as good",
        Verdict::Close => "just misses",
        Verdict::Undecided => "not settled",
        Verdict::Dearer => "dearer",
        Verdict::Misses => "misses goals",
        Verdict::Failed => "failed",
    }
}

fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Chosen => Tone::Good,
        Verdict::AsGood | Verdict::Close | Verdict::Undecided => Tone::Warn,
        Verdict::Dearer => Tone::Plain,
        Verdict::Misses | Verdict::Failed => Tone::Bad,
    }
}

/// The table of all candidates that were compared, and their measures.
pub fn sheet(search: &Search, optimum: &Optimum) -> Sheet {
    let factors = &search.optimize().factors;
    let paths = factors.iter().flat_map(|factor| factor.paths());
    let varied = paths.map(|path| Column {
        name: Cow::Owned(path.to_owned()),
        kind: Kind::Text,
        unit: "",
        sentence: "What this key is set to, as the study writes it; blank for candidate 0.",
    });
    let mut columns = vec![Column::whole(
        "candidate",
        "",
        "Number of the candidate, those with less of what is minimized first; 0 is the scenario as it stands.",
    )];
    columns.extend(varied);
    columns.extend([
        Column::text(
            "verdict",
            "chosen; as good (meets the goals and differs from the chosen one by less than the indifference); just misses \
             (misses a goal, but by less than the indifference, and is not dearer); not settled (the most replications did not tell); \
             dearer; misses goals; failed. Blank for candidate 0.",
        ),
        Column::text("why", "Why it cannot be simulated; blank if it can."),
    ]);
    columns.extend(what_columns());
    columns.extend([
        Column::number("value", "as in `unit`", "Mean over replications."),
        LOW,
        HIGH,
        N,
        Column::number(
            "sd",
            "as in `unit`",
            "Standard deviation between replications; blank with fewer than two values.",
        ),
    ]);
    let sentence = "A row is a measure over the whole run of a candidate that was compared, with its 95 % Student t interval.";
    let mut sheet = Sheet::new("candidates", sentence, columns);
    let blank = factors.iter().flat_map(|factor| factor.paths()).map(|_| Cell::Blank);
    let present: Vec<Cell> =
        std::iter::once(Cell::Whole(0)).chain(blank).chain([Cell::Blank, Cell::Blank]).collect();
    let mut add = |first: &[Cell], means: &[Mean]| {
        for (entry, mean) in search.entries().iter().zip(means) {
            let mut row = first.to_vec();
            row.extend(what(entry));
            row.extend(estimate(entry.unit, mean));
            row.push(value(entry.unit, mean.sd));
            sheet.push(row);
        }
    };
    add(&present, &optimum.present);
    for (place, candidate) in optimum.candidates.iter().enumerate() {
        let levels = candidate.texts.iter().flatten().map(|text| text.as_str().into());
        let first = std::iter::once(Cell::from(place + 1)).chain(levels);
        let told = [verdict(candidate.verdict).into(), candidate.failed.clone().into()];
        add(&first.chain(told).collect::<Vec<_>>(), &candidate.estimates);
    }
    sheet
}

/// The summary.
pub fn text(plan: &StudyPlan, search: &Search, optimum: &Optimum, look: Look) -> String {
    let optimize = search.optimize();
    let title = words::Language::English.text(optimize.title.as_ref().unwrap_or(&plan.title));
    let mut lines: Vec<String> =
        paragraph("", title, look).into_iter().map(|line| look.paint(Tone::Strong, &line)).collect();
    let compared = counted(optimum.candidates.len() as u32, "candidate");
    let which = match optimum.searched {
        None => format!("{compared} of {}, all compared", optimize.scenario),
        Some(tried) => format!(
            "{} candidates of {}, {} tried, {} compared",
            many(optimum.total),
            optimize.scenario,
            tried,
            optimum.candidates.len()
        ),
    };
    let objective = words::entry(&search.entries()[search.objective()]);
    let told = format!(
        "{}, search {}: {which} on the same trucks; least {objective} that meets the goals",
        plan.name, optimize.name
    );
    lines.extend(paragraph("", &told, look));
    lines.push(String::new());
    lines.extend(beside(search, optimum).lines(look));
    lines.push(String::new());
    lines.extend(chosen(search, optimum, look));
    lines.push(String::new());
    if !shown(search, optimum).is_empty() {
        lines.push(look.paint(Tone::Strong, "Cost against wait"));
        lines.extend(frontier(search, optimum).lines(look));
        lines.extend(paragraph("", "± half-width of the 95 % interval of each by itself", look));
        lines.push(String::new());
    }
    for sentence in promise(search, optimum) {
        lines.extend(paragraph("> ", &sentence, look));
    }
    lines.join("\n") + "\n"
}

/// A number of candidates, or about how many.
fn many(total: u128) -> String {
    match total {
        few if few < 1_000_000 => super::number::grouped(few as f64, 0),
        total => format!("about {:.1e}", total as f64),
    }
}

/// Measures that decide: the objective, the headline, the goals.
fn deciding(search: &Search) -> Vec<usize> {
    let mut all = vec![search.objective(), search.headline()];
    all.extend(search.goals().iter().map(|goal| goal.entry));
    let mut seen = Vec::new();
    all.retain(|entry| {
        let new = !seen.contains(entry);
        seen.push(*entry);
        new
    });
    all
}

/// The chosen one beside the scenario as it stands.
fn beside(search: &Search, optimum: &Optimum) -> Grid {
    let entries = deciding(search);
    let chosen = optimum.chosen.map(|place| &optimum.candidates[place]);
    let scale = |entry: usize| {
        let means = chosen.map(|chosen| &chosen.estimates[entry]).into_iter();
        Scale::of(search.entries()[entry].unit, means.chain([&optimum.present[entry]]))
    };
    let labels = entries.iter().map(|entry| {
        let name = words::entry(&search.entries()[*entry]);
        match scale(*entry).label {
            "" => name,
            label => format!("{name} ({label})"),
        }
    });
    let plain = |of: &dyn Fn(usize) -> String| {
        entries.iter().map(|entry| (or_dash(of(*entry)), Tone::Plain)).collect::<Vec<_>>()
    };
    let mut columns = vec![GridColumn {
        head: search.optimize().scenario.clone(),
        cells: plain(&|entry| scale(entry).mean(&optimum.present[entry])),
    }];
    if let Some(chosen) = chosen {
        columns.push(GridColumn {
            head: if optimum.settled { "chosen" } else { "provisional" }.to_owned(),
            cells: plain(&|entry| scale(entry).mean(&chosen.estimates[entry])),
        });
        let change = |entry: usize| {
            let scale = scale(entry).for_row(search.entries()[entry].unit, [&optimum.differences[entry]]);
            scale.change(&optimum.differences[entry])
        };
        columns.push(GridColumn { head: "difference".to_owned(), cells: plain(&change) });
    }
    if search.goals().iter().any(|goal| entries.contains(&goal.entry)) {
        let limit = |entry: usize| {
            let limits = search.goals().iter().filter(|goal| goal.entry == entry);
            let sign = |at_most: bool| if at_most { "≤" } else { "≥" };
            let told = limits.map(|goal| {
                format!("{} {}", sign(goal.at_most), super::number::plain(goal.limit / scale(entry).divisor))
            });
            told.collect::<Vec<_>>().join(", ")
        };
        columns.push(GridColumn { head: "goal".to_owned(), cells: plain(&limit) });
    }
    Grid { corner: String::new(), labels: labels.collect(), columns }
}

/// What the chosen one sets.
fn chosen(search: &Search, optimum: &Optimum, look: Look) -> Vec<String> {
    let Some(place) = optimum.chosen else {
        let close = optimum.candidates.iter().any(|candidate| candidate.verdict == Verdict::Close);
        let more = if close { "; those that just miss them stand below" } else { "" };
        let told = match optimum.failed().count() == optimum.candidates.len() {
            true => "No candidate could be simulated".to_owned(),
            false => format!("No candidate meets the goals{more}"),
        };
        return paragraph("> ", &told, look);
    };
    let mut told: Vec<String> = Vec::new();
    let mut table = "";
    let keys = search.optimize().factors.iter().flat_map(|factor| factor.paths());
    for (path, level) in keys.zip(optimum.candidates[place].texts.iter().flatten()) {
        let (under, key) = path.rsplit_once('.').unwrap_or(("", path));
        match told.last_mut().filter(|_| under == table) {
            // Rows of one table stand together.
            Some(last) => last.push_str(&format!(", {key} = {level}")),
            None => told.push(format!("{path} = {level}")),
        }
        table = under;
    }
    let provisional = if optimum.settled { "" } else { " (provisional)" };
    let told = format!("Candidate {}{provisional}: {}", place + 1, told.join("; "));
    paragraph("> ", &told, look)
}

/// Cheaper and dearer candidates that a planner weighs against the chosen one.
fn shown(search: &Search, optimum: &Optimum) -> Vec<usize> {
    let wait =
        |place: &usize| optimum.candidates[*place].estimates[search.headline()].mean.unwrap_or(f64::INFINITY);
    // With more of the objective, only those with less of a wait than all before.
    let mut least = f64::INFINITY;
    let mut efficient = Vec::new();
    for place in 0..optimum.candidates.len() {
        if optimum.candidates[place].verdict != Verdict::Failed && wait(&place) < least {
            least = wait(&place);
            efficient.push(place);
        }
    }
    let middle = optimum.chosen.unwrap_or(usize::MAX);
    let matters = |place: &usize| optimum.candidates[*place].verdict.may_be_best();
    let mut cheaper: Vec<usize> = (0..optimum.candidates.len())
        .filter(|place| *place < middle && (matters(place) || efficient.contains(place)))
        .collect();
    let mut dearer: Vec<usize> = (0..optimum.candidates.len())
        .filter(|place| *place > middle && (matters(place) || efficient.contains(place)))
        .collect();
    // Those that may be best first, then those nearest to the chosen one.
    cheaper.sort_by_key(|place| (!matters(place), usize::MAX - place));
    cheaper.truncate(SHOWN[0]);
    dearer.sort_by_key(|place| (!matters(place), *place));
    dearer.truncate(SHOWN[1]);
    let mut all: Vec<usize> = cheaper.into_iter().chain(optimum.chosen).chain(dearer).collect();
    all.sort_unstable();
    all
}

fn frontier(search: &Search, optimum: &Optimum) -> Grid {
    let places = shown(search, optimum);
    let candidates: Vec<&Candidate> = places.iter().map(|place| &optimum.candidates[*place]).collect();
    let mut columns = Vec::new();
    let levels = |candidate: &&Candidate| {
        let of_factor = |texts: &Vec<String>| {
            let mut levels: Vec<&str> = texts.iter().map(String::as_str).collect();
            levels.dedup();
            levels.join("/")
        };
        (candidate.texts.iter().map(of_factor).collect::<Vec<_>>().join("  "), Tone::Plain)
    };
    let cells: Vec<(String, Tone)> = candidates.iter().map(levels).collect();
    if cells.iter().all(|(text, _)| text.chars().count() <= MOST_LEVELS) {
        columns.push(GridColumn { head: "levels, in the order above".to_owned(), cells });
    }
    for entry in deciding(search) {
        let of = &search.entries()[entry];
        let scale = Scale::of(of.unit, candidates.iter().map(|candidate| &candidate.estimates[entry]));
        let name = words::entry(of);
        let head = if scale.label.is_empty() { name } else { format!("{name} ({})", scale.label) };
        let cell = |candidate: &&Candidate| (or_dash(scale.mean(&candidate.estimates[entry])), Tone::Plain);
        columns.push(GridColumn { head, cells: candidates.iter().map(cell).collect() });
    }
    let told = |candidate: &&Candidate| (verdict(candidate.verdict).to_owned(), tone(candidate.verdict));
    columns.push(GridColumn { head: "verdict".to_owned(), cells: candidates.iter().map(told).collect() });
    let labels = places.iter().map(|place| (place + 1).to_string()).collect();
    Grid { corner: "candidate".to_owned(), labels, columns }
}

/// What is promised, and what may still be best.
fn promise(search: &Search, optimum: &Optimum) -> Vec<String> {
    let mut told = Vec::new();
    let in_units = |entry: usize, zone: f64| {
        let scale = Scale::of(search.entries()[entry].unit, [&Mean { mean: Some(zone), ..Mean::default() }]);
        format!("{} {}", plain(zone / scale.divisor), scale.label).trim_end().to_owned()
    };
    let objective = &search.entries()[search.objective()];
    let zone = in_units(search.objective(), optimum.zone);
    let goals: Vec<String> = search
        .goals()
        .iter()
        .zip(&optimum.zones)
        .map(|(goal, zone)| {
            format!("{} by {}", words::entry(&search.entries()[goal.entry]), in_units(goal.entry, *zone))
        })
        .collect();
    let confidence = plain(100.0 * search.optimize().confidence);
    let others = match optimum.searched {
        None => "no other candidate",
        Some(_) => "no other of those compared",
    };
    let by = goals.join(", ");
    let failed = optimum.failed().count();
    if failed > 0 {
        let why = optimum.failed().find_map(|candidate| candidate.failed.as_deref()).unwrap_or_default();
        told.push(format!(
            "{} could not be simulated, the first: {why}",
            counted(failed as u32, "candidate")
        ));
    }
    if failed == optimum.candidates.len() {
        return told;
    }
    if optimum.settled && optimum.chosen.is_some() {
        told.push(format!(
            "With a probability of {confidence} % or more, {others} that clearly meets the goals saves {zone} or more of {}, and \
             the chosen one misses none clearly (clearly: {by})",
            words::entry(objective),
        ));
    } else if optimum.settled {
        told.push(format!(
            "With a probability of {confidence} % or more, none clearly meets the goals (clearly: {by})"
        ));
    } else {
        told.push(format!(
            "Not settled within {}: nothing is promised; allow more (`replications`) or a wider `indifference`",
            counted(search.replications().most, "replication")
        ));
    }
    let may: Vec<String> = (optimum.candidates.iter().enumerate())
        .filter(|(place, candidate)| candidate.verdict.may_be_best() && optimum.chosen != Some(*place))
        .map(|(place, _)| (place + 1).to_string())
        .collect();
    if !may.is_empty() {
        let some: Vec<&str> = may.iter().take(8).map(String::as_str).collect();
        let more = if may.len() > 8 { format!(" and {} more", may.len() - 8) } else { String::new() };
        told.push(format!(
            "May still be best: {} {}{more}",
            if may.len() == 1 { "candidate" } else { "candidates" },
            some.join(", ")
        ));
    }
    if optimum.searched.is_some() {
        told.push(match optimum.at_rest {
            true => "The search ended where no candidate one level away, or one exchange of levels, was better; a better one farther away may exist".to_owned(),
            false => "The search ended because it had tried its most candidates; a better one may be near".to_owned(),
        });
    }
    let most = optimum.candidates.iter().map(|candidate| candidate.replications).max().unwrap_or(0);
    told.push(format!(
        "{} in all, up to {most} of a candidate",
        counted(optimum.simulated as u32, "replication")
    ));
    told
}

/// The same as an object.
pub fn object(plan: &StudyPlan, search: &Search, optimum: &Optimum) -> Value {
    let mean = |place: usize, mean: &Mean| {
        let (divisor, unit) = file_unit(search.entries()[place].unit);
        let of = |value: Option<f64>| value.map(|value| value / divisor);
        json!({ "unit": unit, "value": of(mean.mean), "ci_low": of(mean.low()), "ci_high": of(mean.high()), "n": mean.n })
    };
    let measures = |means: &[Mean]| {
        let named = search.entries().iter().zip(means).enumerate();
        let map: serde_json::Map<String, Value> =
            named.map(|(place, (entry, value))| (entry.name.clone(), mean(place, value))).collect();
        map
    };
    let levels = |candidate: &Candidate| {
        let keys = search.optimize().factors.iter().flat_map(|factor| factor.paths());
        let levels = keys.zip(candidate.texts.iter().flatten());
        let map: serde_json::Map<String, Value> =
            levels.map(|(path, level)| (path.to_owned(), Value::from(level.as_str()))).collect();
        map
    };
    let candidate = |place: usize| {
        let candidate = &optimum.candidates[place];
        json!({
            "candidate": place + 1,
            "levels": levels(candidate),
            "verdict": verdict(candidate.verdict),
            "replications": candidate.replications,
            "measures": measures(&candidate.estimates),
        })
    };
    let in_file = |entry: usize, value: f64| value / file_unit(search.entries()[entry].unit).0;
    let indifference: serde_json::Map<String, Value> = (search.goals().iter().zip(&optimum.zones))
        .map(|(goal, zone)| (goal.entry, *zone))
        .chain([(search.objective(), optimum.zone)])
        .map(|(entry, zone)| {
            let unit = file_unit(search.entries()[entry].unit).1;
            let told = json!({ "unit": unit, "value": in_file(entry, zone) });
            (search.entries()[entry].name.clone(), told)
        })
        .collect();
    json!({
        "study": plan.name,
        "search": search.optimize().name,
        "digest": search.digest(),
        "scenario": search.optimize().scenario,
        "minimize": search.entries()[search.objective()].name,
        "confidence": search.optimize().confidence,
        "indifference": indifference,
        "settled": optimum.settled,
        "candidates": optimum.total.to_string(),
        "tried": optimum.searched,
        "at_rest": optimum.at_rest,
        "compared": optimum.candidates.len(),
        "failed": optimum.failed().count(),
        "replications": optimum.simulated,
        "as_it_stands": measures(&optimum.present),
        "chosen": optimum.chosen.map(candidate),
        "difference": optimum.chosen.map(|_| measures(&optimum.differences)),
        "may_be_best": (0..optimum.candidates.len())
            .filter(|place| optimum.candidates[*place].verdict.may_be_best())
            .map(|place| place + 1)
            .collect::<Vec<_>>(),
        "shown": shown(search, optimum).into_iter().map(candidate).collect::<Vec<_>>(),
    })
}
