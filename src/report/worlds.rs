//! Plausible worlds: what becomes of the differences where inputs are uncertain.
//!
//! Two tables, a block of the summary and an object; nothing of it where all inputs are certain. Start at
//! [`tables`] and [`lines`].

use std::borrow::Cow;

use serde_json::{Value, json};

use super::layout::{Grid, GridColumn, Look, Tone, paragraph};
use super::number::{Scale, file_unit, grouped, signed};
use super::sheet::{Cell, Column, Kind, Sheet};
use super::summary::or_dash;
use super::tables::{HIGH, LOW, SCENARIO, estimate, value, what, what_columns};
use super::words;
use crate::experiment::{Comparison, InWorlds, Mean, PlausibleWorlds, StudyResult, counted, input_share};

/// `uncertain.csv` and `worlds.csv`.
pub(super) fn tables(result: &StudyResult) -> Vec<Sheet> {
    let both =
        result.plausible.as_ref().map(|plausible| [differences(result, plausible), draws(result, plausible)]);
    both.into_iter().flatten().collect()
}

fn differences(result: &StudyResult, plausible: &PlausibleWorlds) -> Sheet {
    let mut columns = vec![SCENARIO, Column::text("versus", "Name of the baseline.")];
    columns.extend(what_columns());
    columns.extend([
        Column::number(
            "difference",
            "as in `unit`",
            "Mean over worlds of scenario minus baseline, on the same trucks in each.",
        ),
        LOW,
        HIGH,
        Column::whole("worlds", "worlds", "Worlds that have a value."),
        Column::number("low", "as in `unit`", "2.5 % of plausible worlds have less, chance of runs taken out."),
        Column::number("high", "as in `unit`", "97.5 % of plausible worlds have less, chance of runs taken out."),
        Column::number(
            "better",
            "fraction",
            "Share of worlds in which the scenario is better; blank where neither more nor less is better.",
        ),
        Column::number("better_low", "fraction", "Lower end of its 95 % interval (Wilson)."),
        Column::number("better_high", "fraction", "Upper end of its 95 % interval (Wilson)."),
        Column::number("input_sd", "as in `unit`", "Standard deviation between worlds, chance of runs taken out."),
        Column::number("run_sd", "as in `unit`", "Standard deviation between replications of one world."),
        Column::number(
            "input_share",
            "fraction",
            "Share that inputs have in the variance of what is not known about the difference in `paired.csv`: the square \
             of input_sd beside that of its standard error.",
        ),
    ]);
    let sentence = "A row is the paired difference of a measure between a scenario and the baseline over plausible worlds.";
    let mut sheet = Sheet::new("uncertain", sentence, columns);
    for (comparison, changes) in result.comparisons.iter().zip(&plausible.changes) {
        for (place, change) in changes.iter().enumerate() {
            let entry = &result.entries[place];
            let names = [comparison.scenario, comparison.versus]
                .map(|place| result.scenarios[place].name.as_str().into());
            let mut row: Vec<Cell> = names.into();
            row.extend(what(entry));
            row.extend(estimate(entry.unit, &change.mean));
            row.extend([value(entry.unit, change.low), value(entry.unit, change.high)]);
            let better = |end: usize| Cell::from(change.better.map(|ends| ends[end]));
            row.extend([better(0), better(1), better(2)]);
            row.extend([value(entry.unit, change.input_sd), value(entry.unit, change.run_sd)]);
            row.push(share(change, &comparison.paired[place].difference).into());
            sheet.push(row);
        }
    }
    sheet
}

fn share(change: &InWorlds, difference: &Mean) -> Option<f64> {
    input_share(change.input_sd?, difference)
}

fn draws(result: &StudyResult, plausible: &PlausibleWorlds) -> Sheet {
    let varied = plausible.inputs.iter().map(|(path, _)| Column {
        name: Cow::Owned(path.clone()),
        kind: Kind::Text,
        unit: "",
        sentence: "What this key is in this world, as the study writes it.",
    });
    let mut columns = vec![Column::whole("world", "", "Number of the world, from 0.")];
    columns.extend(varied);
    columns.extend([
        SCENARIO,
        Column::text("measure", "The measure by which plans are compared."),
        Column::text("unit", "Unit of the value."),
        Column::number(
            "value",
            "as in `unit`",
            "Mean over the replications of this world; blank if it failed.",
        ),
        Column::text("why", "Why it failed; blank if it did not."),
    ]);
    let mut sheet = Sheet::new("worlds", "A row is a scenario in a plausible world.", columns);
    let headline = &result.entries[result.headline];
    for world in &plausible.worlds {
        for (scenario, mean) in result.scenarios.iter().zip(&world.headline) {
            let mut row: Vec<Cell> = vec![world.number.into()];
            row.extend(world.inputs.iter().map(|input| Cell::from(input.as_str())));
            row.extend([
                scenario.name.as_str().into(),
                headline.name.as_str().into(),
                file_unit(headline.unit).1.into(),
                value(headline.unit, Some(*mean)),
                world.failed.clone().into(),
            ]);
            sheet.push(row);
        }
    }
    sheet
}

/// Both intervals beside each other, and where what is not known comes from.
pub(super) fn lines(result: &StudyResult, look: Look) -> Vec<String> {
    let Some(plausible) = &result.plausible else { return Vec::new() };
    let headline = &result.entries[result.headline];
    let range = |low: Option<f64>, high: Option<f64>| {
        let (low, high) = (low?, high?);
        Some(Mean { mean: Some((low + high) / 2.0), half_width: Some((high - low) / 2.0), ..Mean::default() })
    };
    let both = |comparison: &Comparison, changes: &[InWorlds]| {
        let (change, paired) = (&changes[result.headline], &comparison.paired[result.headline].difference);
        [range(paired.low(), paired.high()), range(change.low, change.high)]
    };
    let pairs = || result.comparisons.iter().zip(&plausible.changes);
    let all: Vec<Mean> =
        pairs().flat_map(|(comparison, changes)| both(comparison, changes)).flatten().collect();
    let scale = Scale::of(headline.unit, &all);
    let ends = |range: Option<Mean>| {
        let range = range?;
        let of = |end: Option<f64>| end.map(|end| signed(end / scale.divisor, scale.decimals));
        Some(format!("{} to {}", of(range.low())?, of(range.high())?))
    };
    let percent = |share: Option<f64>| share.map(|share| format!("{} %", grouped(share * 100.0, 0)));
    let columns = pairs().map(|(comparison, changes)| {
        let [as_written, in_worlds] = both(comparison, changes);
        let (change, paired) = (&changes[result.headline], &comparison.paired[result.headline].difference);
        let better = change.better.map(|[share, low, high]| {
            format!("{:.0} % ({:.0} to {:.0})", share * 100.0, low * 100.0, high * 100.0)
        });
        let cells = [ends(as_written), ends(in_worlds), better, percent(share(change, paired))];
        let plain = |cell: Option<String>| (or_dash(cell.unwrap_or_default()), Tone::Plain);
        GridColumn {
            head: result.scenarios[comparison.scenario].name.clone(),
            cells: cells.into_iter().map(plain).collect(),
        }
    });
    let labels = [
        "inputs as written (95 %)",
        "95 % of plausible worlds",
        "better in so many worlds",
        "of the doubt, from inputs",
    ];
    let grid =
        Grid { corner: String::new(), labels: labels.map(str::to_owned).into(), columns: columns.collect() };
    let unit = if scale.label.is_empty() { String::new() } else { format!(" ({})", scale.label) };
    let title = format!("Plausible worlds: difference in {}{unit}", words::entry(headline));
    let mut lines = vec![look.paint(Tone::Strong, &title)];
    lines.extend(grid.lines(look));
    let failed = plausible.worlds.iter().filter(|world| world.failed.is_some()).count() as u32;
    let mut told = format!(
        "{} of {}, {} each",
        counted(plausible.worlds.len() as u32, "world"),
        counted(plausible.inputs.len() as u32, "uncertain input"),
        counted(plausible.replications, "replication")
    );
    if failed > 0 {
        told.push_str(&format!("; {failed} failed, see tables/worlds.csv"));
    }
    lines.extend(paragraph("", &told, look).iter().map(|line| look.paint(Tone::Faint, line)));
    lines
}

/// The same as an object; `None` where all inputs are certain.
pub(super) fn object(result: &StudyResult) -> Option<Value> {
    let plausible = result.plausible.as_ref()?;
    let headline = &result.entries[result.headline];
    let (divisor, unit) = file_unit(headline.unit);
    let of = |value: Option<f64>| value.map(|value| value / divisor);
    let verdicts = result.comparisons.iter().zip(&plausible.changes).map(|(comparison, changes)| {
        let change = &changes[result.headline];
        json!({
            "scenario": result.scenarios[comparison.scenario].name,
            "measure": headline.name,
            "unit": unit,
            "difference": of(change.mean.mean),
            "ci_low": of(change.mean.low()),
            "ci_high": of(change.mean.high()),
            "low": of(change.low),
            "high": of(change.high),
            "better": change.better.map(|ends| ends[0]),
            "better_low": change.better.map(|ends| ends[1]),
            "better_high": change.better.map(|ends| ends[2]),
            "input_sd": of(change.input_sd),
            "run_sd": of(change.run_sd),
            "input_share": share(change, &comparison.paired[result.headline].difference),
        })
    });
    let inputs: serde_json::Map<String, Value> =
        plausible.inputs.iter().map(|(path, text)| (path.clone(), text.as_str().into())).collect();
    Some(json!({
        "worlds": plausible.worlds.len(),
        "replications_per_world": plausible.replications,
        "failed": plausible.worlds.iter().filter(|world| world.failed.is_some()).count(),
        "inputs": inputs,
        "verdicts": verdicts.collect::<Vec<_>>(),
    }))
}
