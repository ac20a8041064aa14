//! `scorecard`: all plans beside each other in the measures that tell them apart, with the best and what may still be.
//!
//! A plan may still be best if its paired difference from the best one holds 0; where neither of the two is the
//! baseline there is no paired difference at hand, and their own intervals are held against each other.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Area, BAD, FAINT, GOOD, INK, PALE, WIDTH, bold, font, width_of, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::experiment::{GoalResult, GoalStatus, Mean, StudyResult, Verdict};
use crate::measure::Measure;
use crate::report::number::{Scale, plain};
use crate::report::said::{self, Said, joined, said, same};
use crate::report::sheet::{Cell, Column, Sheet};
use crate::report::summary::headline_places;

const ID: &str = "scorecard";

/// More plans than this stand below each other.
const MOST_BESIDE: usize = 4;

/// Columns of a block where plans stand below each other.
const MEASURES_BESIDE: usize = 5;

/// Behind a value that may still be best: pale green, on which ink stays readable.
const MAY_BE: RGBColor = RGBColor(222, 240, 232);

/// What a value is among those of all plans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rank {
    Best,
    MayBeBest,
    Plain,
}

/// A cell of the picture.
#[derive(Clone, Debug)]
struct Field {
    text: Said,
    rank: Rank,
    goal: Option<GoalStatus>,
}

/// A measure or a goal: its name, and a field by scenario.
struct Line {
    label: Said,
    fields: Vec<Field>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let title = said(
        "Scorecard: mean ± half-width of its 95 % interval",
        "Tablero: media ± semiancho del intervalo del 95 %",
    );
    let known =
        |place: &usize| result.scenarios.iter().any(|scenario| scenario.estimates[*place].mean.is_some());
    let all: Vec<usize> = headline_places(result).into_iter().filter(known).collect();
    let (shown, equal): (Vec<usize>, Vec<usize>) =
        all.into_iter().partition(|place| result.scenarios.len() == 1 || differs(result, *place));
    if shown.is_empty() && result.goals.is_empty() {
        let why = said(
            "No measure tells the plans apart: they come out alike. Give a plan a change that matters.",
            "Ninguna medida distingue los planes: resultan iguales. Cambie en un plan algo que importe.",
        );
        return Err(Missing { id: ID, title, why });
    }
    let ranks: Vec<Vec<Rank>> = shown.iter().map(|place| ranks(result, *place)).collect();
    let mut lines: Vec<Line> =
        shown.iter().zip(&ranks).map(|(place, ranks)| measure_line(result, *place, ranks)).collect();
    lines.extend(result.goals.iter().map(|goal| goal_line(result, goal)));
    let titles: Vec<Said> = (0..result.scenarios.len()).map(|scenario| story.title(scenario)).collect();
    let svg = if titles.len() <= MOST_BESIDE { beside(&titles, &lines) } else { below(&titles, &lines) };
    let caption = caption(story, &shown, &ranks, &equal);
    Ok(Figure { id: ID, title, caption, data: data(story, &shown, &ranks), svg })
}

/// Whether the scenarios differ in an entry beyond rounding of sums.
fn differs(result: &StudyResult, place: usize) -> bool {
    let means = || result.scenarios.iter().map(|scenario| scenario.estimates[place].mean);
    let first = means().next().flatten();
    means().any(|mean| match (mean, first) {
        (Some(mean), Some(first)) => (mean - first).abs() > 1e-9 * mean.abs().max(first.abs()),
        (None, None) => false,
        _ => true,
    })
}

fn ranks(result: &StudyResult, place: usize) -> Vec<Rank> {
    let mean = |scenario: usize| result.scenarios[scenario].estimates[place].mean;
    let plain = vec![Rank::Plain; result.scenarios.len()];
    let Some(less) = result.entries[place].less_is_better() else { return plain };
    // A plan that strands trucks is never called better on time alone.
    let of_trucks = matches!(result.entries[place].measure, Measure::Trucks | Measure::Throughput);
    let strands = |scenario: &usize| {
        let comparison = result.comparisons.iter().find(|comparison| comparison.scenario == *scenario);
        !of_trucks && comparison.is_some_and(|comparison| comparison.verdict == Verdict::StrandsMore)
    };
    let allowed = (0..result.scenarios.len()).filter(|scenario| !strands(scenario));
    let known = allowed.filter_map(|scenario| Some((scenario, mean(scenario)?)));
    let order = |a: f64, b: f64| if less { a.total_cmp(&b) } else { b.total_cmp(&a) };
    let Some((best, of_best)) = known.min_by(|a, b| order(a.1, b.1)) else { return plain };
    if result.scenarios.len() == 1 {
        return plain;
    }
    let rank = |scenario: usize| match mean(scenario) {
        None => Rank::Plain,
        Some(_) if strands(&scenario) => Rank::Plain,
        Some(mean) if scenario == best || mean == of_best => Rank::Best,
        Some(_) if may_be_best(result, place, scenario, best) => Rank::MayBeBest,
        Some(_) => Rank::Plain,
    };
    (0..result.scenarios.len()).map(rank).collect()
}

/// Whether chance alone may have put a scenario behind the best one.
fn may_be_best(result: &StudyResult, place: usize, scenario: usize, best: usize) -> bool {
    let other = if scenario == result.baseline { best } else { scenario };
    let paired = (scenario == result.baseline || best == result.baseline)
        .then(|| result.comparisons.iter().find(|comparison| comparison.scenario == other))
        .flatten()
        .and_then(|comparison| comparison.paired.get(place));
    let ends = |mean: &Mean| Some((mean.low()?, mean.high()?));
    match paired.map(|paired| ends(&paired.difference)) {
        Some(ends) => ends.is_some_and(|(low, high)| low <= 0.0 && high >= 0.0),
        None => {
            let of = |scenario: usize| ends(&result.scenarios[scenario].estimates[place]);
            matches!((of(scenario), of(best)), (Some(one), Some(two)) if one.0 <= two.1 && two.0 <= one.1)
        }
    }
}

/// Longest value that has room beside its star, characters.
const ROOM: usize = 14;

fn measure_line(result: &StudyResult, place: usize, ranks: &[Rank]) -> Line {
    let entry = &result.entries[place];
    let estimates = || result.scenarios.iter().map(|scenario| &scenario.estimates[place]);
    let mut scale = Scale::of(entry.unit, estimates());
    while scale.decimals > 0 && estimates().any(|mean| scale.mean(mean).chars().count() > ROOM) {
        scale.decimals -= 1;
    }
    let label = with_unit(&pick::told(entry), scale);
    let field = |(mean, rank): (&Mean, &Rank)| {
        let text = scale.mean(mean);
        let text = same(if text.is_empty() { "–".to_owned() } else { text });
        Field { text, rank: *rank, goal: None }
    };
    Line { label, fields: estimates().zip(ranks).map(field).collect() }
}

/// `crossing time, mean (min)`; units that the name has already are not said twice.
fn with_unit(name: &Said, scale: Scale) -> Said {
    let unit = match scale.label {
        "" | "trucks" | "truck-h" | "h" => return name.clone(),
        label => said::unit(label),
    };
    name.join(" (", &unit).join("", &same(")"))
}

fn goal_line(result: &StudyResult, goal: &GoalResult) -> Line {
    let entry = &result.entries[goal.entry];
    let limit = Mean { mean: Some(goal.limit), ..Mean::default() };
    let scale = Scale::of(entry.unit, [&limit]);
    let relation = if goal.at_most { "≤" } else { "≥" };
    let label = said("Goal: ", "Meta: ").join("", &pick::told(entry));
    let label =
        label.join(&format!(" {relation} {} ", plain(goal.limit / scale.divisor)), &said::unit(scale.label));
    let field = |scenario: usize| {
        let status = goal.status.get(scenario).copied().unwrap_or(GoalStatus::NotSettled);
        Field { text: said::goal(status), rank: Rank::Plain, goal: Some(status) }
    };
    Line { label, fields: (0..result.scenarios.len()).map(field).collect() }
}

/// Pixels of a row.
const ROW: i32 = 34;

fn field(area: &Area, field: &Field, left: i32, top: i32, wide: i32) {
    let (middle, y) = (left + wide / 2, top + ROW / 2);
    if field.rank == Rank::MayBeBest {
        draw::rectangle(area, [(left + 2, top + 3), (left + wide - 2, top + ROW - 3)], MAY_BE.filled());
    }
    let color = match field.goal {
        Some(GoalStatus::Met) => GOOD,
        Some(GoalStatus::Missed) => BAD,
        Some(GoalStatus::NotSettled) => FAINT,
        None => INK,
    };
    let best = field.rank == Rank::Best;
    let style = match best || field.goal.is_some() {
        true => bold(13, color, HPos::Center, VPos::Center),
        false => font(13, color, HPos::Center, VPos::Center),
    };
    let text = draw::cut(&field.text, 13, wide - 4);
    let half = width_of(&text, 13) / 2;
    let marked = field.rank != Rank::Plain && half + 18 <= wide / 2 + 8;
    let shift = if marked { 8 } else { 0 };
    write(area, &text, (middle + shift, y), &style);
    if field.rank != Rank::Plain {
        draw::star(area, ((middle + shift - half - 11).max(left + 8), y), GOOD, best);
    }
}

fn rule(area: &Area, y: i32, strong: bool) {
    let color = if strong { FAINT } else { PALE };
    draw::path(area, vec![(8, y), (WIDTH as i32 - 8, y)], color.stroke_width(1));
}

/// What the marks mean, at the foot.
fn key(area: &Area, y: i32, ranked: bool) {
    if !ranked {
        return;
    }
    draw::star(area, (18, y), GOOD, true);
    let best = said("best", "el mejor");
    write(area, &best, (30, y), &bold(13, INK, HPos::Left, VPos::Center));
    let left = 30 + width_of(&best, 13) + 26;
    draw::rectangle(area, [(left - 12, y - 11), (left + 12, y + 11)], MAY_BE.filled());
    draw::star(area, (left, y), GOOD, false);
    let may = said(
        "may still be best: the interval of its difference holds 0",
        "aún puede ser el mejor: el intervalo de su diferencia contiene 0",
    );
    write(area, &may, (left + 18, y), &font(13, INK, HPos::Left, VPos::Center));
}

fn ranked(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.fields.iter().any(|field| field.rank != Rank::Plain))
}

/// Scenarios side by side, measures below each other.
fn beside(titles: &[Said], lines: &[Line]) -> draw::Svg {
    let label = 236;
    let wide = (WIDTH as i32 - 8 - label) / titles.len().max(1) as i32;
    let wide = wide.min(220);
    let heads: Vec<Vec<Said>> = titles.iter().map(|title| draw::wrapped(title, 13, wide - 10, 3)).collect();
    let head = 14 + 17 * heads.iter().map(Vec::len).max().unwrap_or(1) as i32;
    let labels: Vec<Vec<Said>> =
        lines.iter().map(|line| draw::wrapped(&line.label, 13, label - 14, 2)).collect();
    let height = head + ROW * lines.len() as i32 + if ranked(lines) { 40 } else { 12 };
    draw::draw((WIDTH, height as u32), |area| {
        for (place, head_lines) in heads.iter().enumerate() {
            let middle = label + wide * place as i32 + wide / 2;
            for (row, text) in head_lines.iter().enumerate() {
                let at = (middle, 8 + 17 * row as i32);
                write(area, text, at, &bold(13, INK, HPos::Center, VPos::Top));
            }
        }
        rule(area, head, true);
        for (row, (line, names)) in lines.iter().zip(&labels).enumerate() {
            let top = head + ROW * row as i32;
            let middle = top + ROW / 2 - 8 * (names.len() as i32 - 1);
            for (place, name) in names.iter().enumerate() {
                let at = (10, middle + 16 * place as i32);
                write(area, name, at, &font(13, INK, HPos::Left, VPos::Center));
            }
            for (place, cell) in line.fields.iter().enumerate() {
                field(area, cell, label + wide * place as i32, top, wide);
            }
            rule(area, top + ROW, row + 1 == lines.len());
        }
        key(area, head + ROW * lines.len() as i32 + 22, ranked(lines));
    })
}

/// Scenarios below each other, measures side by side in blocks.
fn below(titles: &[Said], lines: &[Line]) -> draw::Svg {
    let label = 210;
    let blocks: Vec<&[Line]> = lines.chunks(MEASURES_BESIDE).collect();
    let wide = (WIDTH as i32 - 8 - label) / MEASURES_BESIDE as i32;
    let heads: Vec<Vec<Vec<Said>>> = blocks
        .iter()
        .map(|block| block.iter().map(|line| draw::wrapped(&line.label, 12, wide - 8, 4)).collect())
        .collect();
    let head_of = |block: usize| 14 + 15 * heads[block].iter().map(Vec::len).max().unwrap_or(1) as i32;
    let rows = ROW * titles.len() as i32;
    let tops: Vec<i32> = (0..blocks.len())
        .scan(0, |top, block| {
            let here = *top;
            *top += head_of(block) + rows + 14;
            Some(here)
        })
        .collect();
    let end = tops.last().copied().unwrap_or(0) + blocks.len().checked_sub(1).map_or(0, head_of) + rows;
    let height = end + if ranked(lines) { 40 } else { 12 };
    draw::draw((WIDTH, height as u32), |area| {
        for (block, lines) in blocks.iter().enumerate() {
            let head = head_of(block);
            let top = tops[block];
            for (place, (line, names)) in lines.iter().zip(&heads[block]).enumerate() {
                let left = label + wide * place as i32;
                for (row, name) in names.iter().enumerate() {
                    let at = (left + wide / 2, top + 8 + 15 * row as i32);
                    write(area, name, at, &bold(12, INK, HPos::Center, VPos::Top));
                }
                for (row, cell) in line.fields.iter().enumerate() {
                    field(area, cell, left, top + head + ROW * row as i32, wide);
                }
            }
            rule(area, top + head, true);
            for (row, title) in titles.iter().enumerate() {
                let y = top + head + ROW * row as i32;
                let names = draw::wrapped(title, 12, label - 14, 2);
                for (place, name) in names.iter().enumerate() {
                    let at = (10, y + ROW / 2 + 14 * place as i32 - 7 * (names.len() as i32 - 1));
                    write(area, name, at, &font(12, INK, HPos::Left, VPos::Center));
                }
                rule(area, y + ROW, row + 1 == titles.len());
            }
        }
        key(area, end + 22, ranked(lines));
    })
}

fn caption(story: &Story, shown: &[usize], ranks: &[Vec<Rank>], equal: &[usize]) -> Said {
    let result = story.result;
    let mut parts: Vec<Said> = Vec::new();
    let judged = ranks.iter().filter(|ranks| ranks.contains(&Rank::Best)).count();
    let wins = |scenario: usize| ranks.iter().filter(|ranks| ranks[scenario] == Rank::Best).count();
    let most = (0..result.scenarios.len()).max_by_key(|scenario| (wins(*scenario), usize::MAX - scenario));
    if let Some(most) = most.filter(|_| judged > 0) {
        let title = story.title(most);
        let wins = wins(most);
        parts.push(said(
            format!("{} is best in {wins} of the {judged} measures that can be ranked.", title.en),
            format!("{} es el mejor en {wins} de las {judged} medidas que tienen mejor y peor.", title.es),
        ));
    }
    if result.scenarios.len() == 1 && !shown.is_empty() {
        parts.push(said(
            "There is one plan, so none is best.",
            "Hay un solo plan; por eso ninguno es el mejor.",
        ));
    }
    for goal in &result.goals {
        let met = goal.status.iter().filter(|status| **status == GoalStatus::Met).count();
        let line = goal_line(result, goal);
        let count = goal.status.len();
        parts.push(said(
            format!("{}: met by {met} of {count}.", line.label.en),
            format!("{}: la cumplen {met} de {count}.", line.label.es),
        ));
    }
    if !equal.is_empty() {
        let names: Vec<Said> = equal.iter().map(|place| pick::told(&result.entries[*place])).collect();
        let names = joined("; ", &names);
        parts.push(
            said("Equal in all plans, so left out: ", "Iguales en todos los planes, por eso omitidos: ")
                .join("", &names)
                .join("", &same(".")),
        );
    }
    let strands: Vec<Said> = result
        .comparisons
        .iter()
        .filter(|comparison| comparison.verdict == Verdict::StrandsMore)
        .map(|comparison| story.title(comparison.scenario))
        .collect();
    if !strands.is_empty() {
        let names = joined("; ", &strands);
        parts.push(said(
            format!("Never called best on time alone, since more trucks are stranded: {}.", names.en),
            format!(
                "Nunca se considera mejor solo por el tiempo, pues deja más camiones varados: {}.",
                names.es
            ),
        ));
    }
    let batches = result.scenarios.iter().any(|scenario| !scenario.one_run.is_empty());
    let runs = result.replications;
    parts.push(match batches {
        true => said(
            "Intervals are batch means of one long run.",
            "Los intervalos son de medias por lotes de una corrida larga.",
        ),
        false if runs < 2 => {
            said("One replication, so without intervals.", "Una sola réplica; por eso sin intervalos.")
        }
        false => said(
            format!("Intervals are over {runs} replications."),
            format!("Los intervalos son sobre {runs} réplicas."),
        ),
    });
    joined(" ", &parts)
}

fn data(story: &Story, shown: &[usize], ranks: &[Vec<Rank>]) -> Sheet {
    let result = story.result;
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("measure", "Name of the measure with its statistic."),
        Column::text("unit", "Unit of the value."),
        Column::number("value", "", "Mean, in its unit; of a goal, its limit stands in the row's unit too."),
        Column::number("ci_low", "", "Lower end of its 95 % interval."),
        Column::number("ci_high", "", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications that have a value."),
        Column::text("rank", "`best`, `may_be_best` or blank."),
        Column::text("goal", "Whether a goal about the measure is met, blank where there is none."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a measure of a scenario.", columns);
    let goals = result.goals.iter().map(|goal| goal.entry).filter(|entry| !shown.contains(entry));
    let mut places: Vec<usize> = shown.to_vec();
    for entry in goals {
        if !places.contains(&entry) {
            places.push(entry);
        }
    }
    for (line, place) in places.into_iter().enumerate() {
        let entry = &result.entries[place];
        let (divisor, unit) = entry.unit.in_files();
        for (scenario, of_scenario) in result.scenarios.iter().enumerate() {
            let mean = &of_scenario.estimates[place];
            let of = |value: Option<f64>| Cell::from(value.map(|value| value / divisor));
            let goal = result.goals.iter().find(|goal| goal.entry == place);
            let status = goal.and_then(|goal| goal.status.get(scenario));
            let rank = match ranks.get(line).map(|ranks| ranks[scenario]) {
                Some(Rank::Best) => "best",
                Some(Rank::MayBeBest) => "may_be_best",
                Some(Rank::Plain) | None => "",
            };
            sheet.push(vec![
                of_scenario.name.as_str().into(),
                entry.name.as_str().into(),
                unit.into(),
                of(mean.mean),
                of(mean.low()),
                of(mean.high()),
                mean.n.into(),
                if rank.is_empty() { Cell::Blank } else { rank.into() },
                status.map(|status| crate::report::words::goal(*status)).into(),
            ]);
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::fixture;

    #[test]
    fn the_best_is_told_in_numbers_and_marks() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            let result = story.result;
            let place = result.find("crossing_time.mean").expect("it is measured");
            let row = |scenario: &str| {
                let found =
                    figure.data.rows.iter().find(|row| {
                        row[0] == Cell::from(scenario) && row[1] == Cell::from("crossing_time.mean")
                    });
                found.expect("a row").clone()
            };
            let mean = result.scenarios[result.baseline].estimates[place].mean.expect("a mean") / 60.0;
            assert_eq!(row("today")[3], Cell::Number(mean));
            // By its paired difference over four replications the baseline may still be best, or not.
            let difference = &result.comparisons[0].paired[place].difference;
            let holds = difference.low().expect("an end") <= 0.0 && difference.high().expect("an end") >= 0.0;
            let rank = if holds { "may_be_best".into() } else { Cell::Blank };
            assert_eq!((row("more")[7].clone(), row("today")[7].clone()), ("best".into(), rank));
            // The same trucks came and crossed.
            assert!(figure.caption.en.contains("Equal in all plans"), "{}", figure.caption.en);
            assert!(figure.caption.es.contains("Una caseta más es el mejor"), "{}", figure.caption.es);
            assert!(figure.data.rows.iter().any(|row| row[8] != Cell::Blank), "a goal is told");
        });
    }

    #[test]
    fn plans_that_come_out_alike_have_no_scorecard() {
        fixture::changed("servers\" = \"+1\"", "servers\" = \"+0\"", |story| {
            let mut result = story.result.clone();
            result.goals.clear();
            let missing = draw(&Story { result: &result, ..*story }).expect_err("all are alike");
            assert!(missing.why.en.contains("apart") && missing.why.en != missing.why.es);
        });
    }

    #[test]
    fn many_plans_stand_below_each_other() {
        fixture::story(|story| {
            let (mut plan, mut result) = (story.plan.clone(), story.result.clone());
            for copy in 0..10 {
                plan.scenarios.push(plan.scenarios[1].clone());
                result.scenarios.push(result.scenarios[1].clone());
                for goal in &mut result.goals {
                    goal.status.push(goal.status[1]);
                }
                result.scenarios[2 + copy].estimates[result.headline] = Mean::default();
            }
            let figure = draw(&Story { plan: &plan, result: &result, ..*story }).expect("it draws");
            assert!(
                figure.data.rows.iter().filter(|row| row[1] == Cell::from("crossing_time.mean")).count()
                    == 12
            );
        });
    }
}
