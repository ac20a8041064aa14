//! Stored runs beside one another, as text and as an object.
//!
//! Start at [`text`].

use serde_json::{Value, json};

use super::json::verdict;
use super::layout::{Grid, GridColumn, Look, Tone, paragraph};
use super::number::grouped;
use super::summary::{comparison, headline_places, or_dash, text_of};
use super::words;
use crate::experiment::counted;
use crate::experiment::stored::{Compared, Gain};

/// What a person reads.
pub fn text(compared: &Compared, look: Look) -> String {
    let mut parts = comparison(&compared.result, look);
    parts.push(gains(compared, look));
    let trucks = match compared.same_trucks {
        true => "the same trucks came to all of them",
        false => {
            "the numbers of trucks that came differ, although demand is the same: look at warm-up and ends of runs"
        }
    };
    let told = format!("{}; {trucks}", counted(compared.result.replications, "replication"));
    parts.push(paragraph("", &told, look).iter().map(|line| look.paint(Tone::Faint, line)).collect());
    text_of(parts)
}

/// What common random numbers gain.
fn gains(compared: &Compared, look: Look) -> Vec<String> {
    let result = &compared.result;
    let places = headline_places(result);
    let told = |gain: &Gain| match (gain.ratio, gain.interval) {
        (Some(ratio), Some([low, high])) => {
            format!("{} ({} to {})", grouped(ratio, 1), grouped(low, 1), grouped(high, 1))
        }
        (Some(ratio), None) => grouped(ratio, 1),
        (None, _) => String::new(),
    };
    let columns = compared.gains.iter().zip(&result.comparisons).map(|(gains, comparison)| GridColumn {
        head: result.scenarios[comparison.scenario].name.clone(),
        cells: places.iter().map(|place| (or_dash(told(&gains[*place])), Tone::Plain)).collect(),
    });
    let labels = places.iter().map(|place| words::entry(&result.entries[*place])).collect();
    let grid = Grid { corner: String::new(), labels, columns: columns.collect() };
    let mut lines = vec![look.paint(Tone::Strong, "Gain of the same trucks")];
    lines.extend(grid.lines(look));
    let note =
        "how many times more replications independent runs would need for the same interval (95 % interval)";
    lines.extend(paragraph("", note, look).iter().map(|line| look.paint(Tone::Faint, line)));
    lines
}

/// The same as an object, every measure in it.
pub fn object(compared: &Compared) -> Value {
    let result = &compared.result;
    let versus = compared.gains.iter().zip(&result.comparisons).map(|(gains, comparison)| {
        let mut object = verdict(result, comparison);
        let measures: serde_json::Map<String, Value> = (gains.iter().zip(&comparison.paired))
            .map(|(gain, paired)| {
                let entry = &result.entries[gain.entry];
                let (divisor, unit) = entry.unit.in_files();
                let of = |value: Option<f64>| value.map(|value| value / divisor);
                let value = json!({
                    "unit": unit,
                    "difference": of(paired.difference.mean),
                    "ci_low": of(paired.difference.low()),
                    "ci_high": of(paired.difference.high()),
                    "n": paired.difference.n,
                    "variance_ratio": gain.ratio,
                    "variance_ratio_low": gain.interval.map(|ends| ends[0]),
                    "variance_ratio_high": gain.interval.map(|ends| ends[1]),
                });
                (entry.name.clone(), value)
            })
            .collect();
        object["measures"] = Value::Object(measures);
        object
    });
    json!({
        "baseline": result.scenarios[result.baseline].name,
        "replications": result.replications,
        "same_trucks": compared.same_trucks,
        "verdicts": versus.collect::<Vec<_>>(),
    })
}
