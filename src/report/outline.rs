//! What a study says, without running it: its plans, what each changes, how two differ, and
//! whether demand fits capacity.
//!
//! Start at [`study_text`].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::layout::{Grid, GridColumn, Look, Tone, cut, paragraph, width};
use super::number::grouped;
use super::words::Language;
use crate::scenario::lint::capacity_by_hour;
use crate::scenario::plan::{ScenarioPlan, StudyPlan};

/// A key with its values in two scenarios; blank where it has none.
pub type Difference = (String, String, String);

/// The question, the scenarios, and what each changes against the baseline.
pub fn study_text(plan: &StudyPlan, look: Look) -> String {
    let mut lines: Vec<String> = paragraph("", Language::English.text(&plan.title), look)
        .iter()
        .map(|line| look.paint(Tone::Strong, line))
        .collect();
    let replications = match (plan.replications.least, plan.replications.most) {
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least} to {most}"),
    };
    let facts = format!(
        "{}: from {}, {}; seed {}, {replications} replications, digest {}",
        plan.name, plan.start, plan.time_zone, plan.seed, plan.digest
    );
    lines.extend(paragraph("", &facts, look).iter().map(|line| look.paint(Tone::Faint, line)));
    for (place, scenario) in plan.scenarios.iter().enumerate() {
        lines.push(String::new());
        let role = if place == plan.baseline { " (baseline)" } else { "" };
        let title = title(scenario).map(|title| format!(": {title}")).unwrap_or_default();
        lines.extend(paragraph(
            "",
            &format!("{}{role}{title}", look.paint(Tone::Strong, &scenario.name)),
            look,
        ));
        lines.extend(difference_lines(&scenario.changes, look));
    }
    lines.join("\n") + "\n"
}

/// The same as fields of an object.
pub fn study_object(plan: &StudyPlan) -> Value {
    let scenarios = plan.scenarios.iter().map(|scenario| {
        let changes = scenario.changes.iter();
        let changes =
            changes.map(|(key, before, after)| json!({ "key": key, "baseline": before, "value": after }));
        json!({ "name": scenario.name, "title": title(scenario), "changes": changes.collect::<Vec<_>>() })
    });
    json!({
        "study": plan.name,
        "title": Language::English.text(&plan.title),
        "start": plan.start,
        "time_zone": plan.time_zone,
        "seed": plan.seed,
        "digest": plan.digest,
        "baseline": plan.scenarios[plan.baseline].name,
        "scenarios": scenarios.collect::<Vec<_>>(),
    })
}

fn title(scenario: &ScenarioPlan) -> Option<&str> {
    scenario.title.as_ref().map(|title| Language::English.text(title))
}

/// Demand against capacity by hour, by arithmetic: nothing is simulated.
pub fn capacity_text(plan: &StudyPlan, look: Look) -> String {
    let mut lines = vec![look.paint(Tone::Strong, "Demand against capacity by hour (trucks/h)")];
    for scenario in &plan.scenarios {
        let network = &scenario.network;
        let days = network.calendar.days_apart() && network.calendar.days > 1;
        for rows in capacity_by_hour(network).chunk_by(|a, b| a.groups == b.groups) {
            lines.push(String::new());
            let columns = rows.iter().map(|row| {
                let (day, hour) = network.calendar.day_and_hour(row.period);
                let tone = if row.demand > row.most { Tone::Bad } else { Tone::Plain };
                let trucks = |value: f64| format!("{:>3}", grouped(value, 0));
                GridColumn {
                    head: if days { format!("{}/{hour}", day + 1) } else { hour.to_string() },
                    cells: vec![
                        (trucks(row.demand), tone),
                        (trucks(row.least), Tone::Plain),
                        (trucks(row.most), Tone::Plain),
                    ],
                }
            });
            let grid = Grid {
                corner: if days { "day/hour".to_owned() } else { "hour".to_owned() },
                labels: ["demand", "least capacity", "most capacity"].map(str::to_owned).into(),
                columns: columns.collect(),
            };
            let name = format!("{}, {}", scenario.name, rows[0].name(network));
            lines.push(look.paint(Tone::Strong, &cut(&name, look.width)));
            lines.extend(grid.lines(look));
        }
    }
    lines.join("\n") + "\n"
}

/// The same as fields of an object.
pub fn capacity_object(plan: &StudyPlan) -> Value {
    let rows = plan.scenarios.iter().flat_map(|scenario| {
        let network = &scenario.network;
        capacity_by_hour(network).into_iter().map(|row| {
            let (day, hour) = network.calendar.day_and_hour(row.period);
            json!({
                "scenario": scenario.name,
                "group": row.name(network),
                "day": day + 1,
                "hour": hour,
                "unit": "trucks/h",
                "demand": row.demand,
                "least_capacity": row.least,
                "most_capacity": row.most,
            })
        })
    });
    json!({ "capacity": rows.collect::<Vec<_>>() })
}

/// Every scenario as TOML, each value with the file and line that it comes from.
pub fn resolved_text(plan: &StudyPlan) -> String {
    let one =
        |scenario: &ScenarioPlan| format!("# scenario {}\n{}\n", scenario.name, scenario.traced.trim_end());
    plan.scenarios.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The keys in which two scenarios differ, told from what each changes against the baseline.
pub fn differences(plan: &StudyPlan, a: usize, b: usize) -> Vec<Difference> {
    let mut rows: BTreeMap<&str, (Option<&str>, Option<&str>, &str)> = BTreeMap::new();
    for (key, before, after) in &plan.scenarios[a].changes {
        rows.insert(key, (Some(after), None, before));
    }
    for (key, before, after) in &plan.scenarios[b].changes {
        rows.entry(key).or_insert((None, None, before)).1 = Some(after);
    }
    let told = rows.into_iter().map(|(key, (a, b, base))| (key, a.unwrap_or(base), b.unwrap_or(base)));
    told.filter(|(_, a, b)| a != b).map(|(key, a, b)| (key.to_owned(), a.to_owned(), b.to_owned())).collect()
}

/// Two scenarios and the keys in which they differ.
pub fn difference_text(a: &str, b: &str, rows: &[Difference], look: Look) -> String {
    let mut lines = vec![look.paint(Tone::Strong, &format!("{a} -> {b}"))];
    lines.extend(difference_lines(rows, look));
    lines.join("\n") + "\n"
}

fn difference_lines(rows: &[Difference], look: Look) -> Vec<String> {
    if rows.is_empty() {
        return vec!["  no difference".to_owned()];
    }
    let mut lines = Vec::new();
    for (key, before, after) in rows {
        let value = |text: &str| if text.is_empty() { "(none)".to_owned() } else { text.to_owned() };
        let change = format!("{} -> {}", value(before), value(after));
        if width(key) + width(&change) + 4 <= look.width {
            lines.push(format!("  {key}  {}", look.paint(Tone::Strong, &change)));
        } else {
            lines.push(format!("  {}", cut(key, look.width.saturating_sub(2))));
            lines.extend(paragraph("      ", &change, look));
        }
    }
    lines
}
