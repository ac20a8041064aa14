//! `growth`: the measure of the first goal year by year, and the year that first misses the goals.
//!
//! Without goals it is the deciding measure. The years and their intervals are those of the sweep's table `first-missed`.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, FAINT, INK, Style, WIDTH, cut, font, style, write};
use super::panel::leading_number;
use super::swept::{Factor, Point, Swept};
use super::{Drawn, Figure, Missing, Story};
use crate::measure::Entry;
use crate::report::number::plain;
use crate::report::said::{self, Said, foreign, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "growth";

/// Pixels of the curves, and of a row of years below.
const CURVES: u32 = 300;
const ROW: i32 = 24;

/// Series that are drawn.
const MOST: usize = 8;

/// A scenario with an outlook.
struct Series {
    name: Said,
    scenario: String,
    levels: Vec<String>,
    /// Year, and the point.
    years: Vec<(u32, Point)>,
    /// First year that misses a goal, not before, not after.
    missed: [Option<f64>; 3],
}

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let found = story.sweeps.iter().map(Swept::of).find(Swept::has_years);
    let goal = result.goals.iter().find(|goal| {
        let entry = &result.entries[goal.entry];
        found.as_ref().is_some_and(|swept| swept.keeps(entry))
    });
    let entry = &result.entries[goal.map_or(result.headline, |goal| goal.entry)];
    let title = said::entry(entry).join("", &super::panel::unit_behind(entry.unit)).capital();
    let title = title.join(
        " ",
        &said("by year, and when goals are first missed", "por año, y cuándo dejan de cumplirse las metas"),
    );
    let series = found.as_ref().map(|swept| series(story, swept, entry)).unwrap_or_default();
    let (Some(swept), false) = (&found, series.is_empty()) else {
        let why = said(
            "The report was given no sweep of the study over years: `cruce sweep STUDY` makes one of a section `[sweep.NAME]` with \
             `design = \"years 2024..2045\"`, and `cruce report RUN --sweep DIR` shows it.",
            "El informe no recibió un barrido del estudio por años: `cruce sweep ESTUDIO` lo hace de una sección `[sweep.NOMBRE]` \
             con `design = \"years 2024..2045\"`, y `cruce report CORRIDA --sweep CARPETA` lo muestra.",
        );
        return Err(Missing { id: ID, title, why });
    };
    let (divisor, unit) = entry.unit.in_files();
    let limit = goal.map(|goal| goal.limit / divisor);
    let shown = &series[..series.len().min(MOST)];
    let years = series.iter().flat_map(|series| series.years.iter().map(|(year, _)| f64::from(*year)));
    let (first, last) =
        years.fold((f64::INFINITY, 0.0_f64), |(first, last), year| (first.min(year), last.max(year)));
    let x = first - 0.5..last + 0.5;
    let tops = shown
        .iter()
        .flat_map(|series| &series.years)
        .filter_map(|(_, point)| point.value[2].or(point.value[0]));
    let mut top = draw::top(tops.chain(limit));
    if let Some(limit) = limit.filter(|limit| *limit > 0.0) {
        // Far above the goal nothing is to be seen.
        top = top.min(draw::top([limit * 6.0]));
    }
    let any_missed = goal.is_some();
    let below = if any_missed { ROW * shown.len() as i32 + 34 } else { 0 };
    let legend_rows = shown.len() as u32;
    let head = 12 + 20 * legend_rows.div_ceil(2);
    let svg = draw::draw((WIDTH, head + CURVES + below as u32), |area| {
        let (names, rest) = area.split_vertically(head);
        for (place, series) in shown.iter().enumerate() {
            let (column, row) = (place as i32 % 2, place as i32 / 2);
            let (left, y) = (8 + column * (WIDTH as i32 / 2), 14 + 20 * row);
            let look = look(place);
            draw::path(&names, vec![(left, y), (left + 24, y)], look.color.stroke_width(2));
            draw::marker(&names, look, (left + 12, y), 4);
            let name = cut(&series.name, 13, WIDTH as i32 / 2 - 50);
            write(&names, &name, (left + 30, y), &font(13, INK, HPos::Left, VPos::Center));
        }
        let (curves, strip) = rest.split_vertically(CURVES);
        let label = said::entry(entry).join("", &super::panel::unit_behind(entry.unit));
        let axes = Axes::new(x.clone(), 0.0..top, said("year", "año"), label);
        let whole = axes.x_ticks.iter().copied().filter(|tick| tick.fract() == 0.0).collect();
        let axes = Axes { x_ticks: whole, ..axes };
        let mut chart = draw::axes_with(&curves, &axes, &|year| format!("{year:.0}"), &draw::tick_label);
        for (place, series) in shown.iter().enumerate() {
            let look = look(place);
            let of = |value: Option<f64>| value.unwrap_or(f64::NAN);
            let capped = |value: f64| if value.is_nan() { value } else { value.min(top) };
            let line: Vec<(f64, f64)> =
                series.years.iter().map(|(year, point)| (f64::from(*year), of(point.value[0]))).collect();
            // What leaves the picture ends at its edge.
            let until = line.iter().position(|(_, y)| *y > top).map_or(line.len(), |at| at + 1);
            let mut line = line[..until].to_vec();
            if let [.., before, end] = line.as_mut_slice()
                && end.1 > top
            {
                let share = (top - before.1) / (end.1 - before.1);
                *end = (before.0 + share * (end.0 - before.0), top);
            }
            let band: Vec<(f64, f64, f64)> = series.years[..until.min(series.years.len())]
                .iter()
                .map(|(year, point)| {
                    (f64::from(*year), capped(of(point.value[1]).max(0.0)), capped(of(point.value[2])))
                })
                .collect();
            draw::band(&mut chart, &band, look.color, 0.18);
            draw::line(&mut chart, &line, look, 2);
            for (year, value) in
                line.iter().filter(|(year, y)| !y.is_nan() && year.fract() == 0.0 && *y <= top)
            {
                draw::marker(&curves, look, draw::local(&curves, &chart, (*year, *value)), 3);
            }
        }
        if let Some(limit) = limit {
            let text = format!("{} {unit}", plain(limit));
            let name = said(format!("goal: {text}"), format!("meta: {text}"));
            draw::guide(&mut chart, &curves, limit, &x, &name);
        }
        if any_missed {
            let pixel_of = |year: f64| draw::pixel(&chart, (year.clamp(x.start, x.end), 0.0)).0;
            strips(&strip, shown, last, &pixel_of);
        }
    });
    let mut caption = caption(swept.name(), &series, any_missed, shown.len(), last);
    let above =
        |series: &Series| series.years.iter().any(|(_, point)| point.value[0].is_some_and(|y| y > top));
    if shown.iter().any(above) {
        let more = said(
            "What leaves the picture at the top goes on in the table.",
            "Lo que sale por arriba de la figura continúa en la tabla.",
        );
        caption = caption.join(" ", &more);
    }
    let data = data(entry, &swept.factors(), &series);
    Ok(Figure { id: ID, caption, data, title, svg })
}

fn look(place: usize) -> Style {
    style(place)
}

fn series(story: &Story, swept: &Swept, entry: &Entry) -> Vec<Series> {
    let factors = swept.factors();
    let Some(year) = factors.iter().position(|factor| factor.keys.iter().any(|key| key == "year")) else {
        // The year alone is varied, and moves with nothing.
        return Vec::new();
    };
    let points = swept.points(&factors, entry);
    let mut all: Vec<Series> = Vec::new();
    for point in points {
        let Some(number) = leading_number(&factors[year].levels[point.at[year]]) else { continue };
        let others = (0..factors.len()).filter(|factor| *factor != year);
        let levels: Vec<String> =
            others.map(|factor| factors[factor].levels[point.at[factor]].clone()).collect();
        let place = all.iter().position(|known| known.scenario == point.scenario && known.levels == levels);
        let place = place.unwrap_or_else(|| {
            let name = name(story, &factors, year, &point, &levels);
            let missed = missed(swept, &factors, year, &point);
            all.push(Series {
                name,
                scenario: point.scenario.clone(),
                levels: levels.clone(),
                years: Vec::new(),
                missed,
            });
            all.len() - 1
        });
        all[place].years.push((number as u32, point));
    }
    all.retain(|series| series.years.iter().any(|(_, point)| point.value[0].is_some()));
    all.iter_mut().for_each(|series| series.years.sort_by_key(|(year, _)| *year));
    all
}

/// The scenario's title, and the levels that set it apart.
fn name(story: &Story, factors: &[Factor], year: usize, point: &Point, levels: &[String]) -> Said {
    let known = story.plan.scenarios.iter().position(|scenario| scenario.name == point.scenario);
    let title = known.map_or_else(|| same(foreign(&point.scenario)), |place| story.title(place));
    let others = factors.iter().enumerate().filter(|(factor, _)| *factor != year).map(|(_, factor)| factor);
    let apart = others.zip(levels).filter(|(factor, _)| factor.levels.len() > 1);
    apart.fold(title, |text, (_, level)| text.join(", ", &same(foreign(level.trim_start_matches('\'')))))
}

/// What the table `first-missed` says of a series.
fn missed(swept: &Swept, factors: &[Factor], year: usize, point: &Point) -> [Option<f64>; 3] {
    let Some(table) = swept.table("first-missed") else { return [None; 3] };
    let row = table.rows().iter().find(|row| {
        table.text(row, "scenario") == point.scenario
            && factors
                .iter()
                .enumerate()
                .filter(|(factor, _)| *factor != year)
                .all(|(factor, of)| table.text(row, &of.keys[0]) == of.levels[point.at[factor]])
    });
    row.map_or([None; 3], |row| ["first_missed", "low", "high"].map(|column| table.number(row, column)))
}

/// The first missed year of each series, as a bar from "not before" to "not after".
fn strips(area: &draw::Area, shown: &[Series], last: f64, pixel_of: &dyn Fn(f64) -> i32) {
    let head = said(
        "first year that misses the goals, 95 % interval",
        "primer año que no cumple las metas, intervalo del 95 %",
    );
    write(area, &head, (8, 4), &font(13, INK, HPos::Left, VPos::Top));
    for (place, series) in shown.iter().enumerate() {
        let look = look(place);
        let y = 30 + ROW * place as i32 + ROW / 2 - 4;
        let [year, low, high] = series.missed;
        if year.is_none() && low.is_none() {
            let text = said(format!("surely not until {last:.0}"), format!("con certeza no hasta {last:.0}"));
            draw::marker(area, look, (58, y), 4);
            write(area, &text, (70, y), &font(12, FAINT, HPos::Left, VPos::Center));
            continue;
        }
        let from = pixel_of(low.or(year).unwrap_or(last));
        let to = high.map_or_else(|| pixel_of(last + 0.5), pixel_of);
        draw::path(area, vec![(from, y), (to.max(from + 1), y)], look.color.stroke_width(3));
        for end in [Some(from), high.map(|_| to)].into_iter().flatten() {
            draw::path(area, vec![(end, y - 5), (end, y + 5)], look.color.stroke_width(2));
        }
        if high.is_none() {
            // Open: perhaps after the last year.
            draw::polygon(area, vec![(to, y - 6), (to + 9, y), (to, y + 6)], look.color.filled());
        }
        if let Some(year) = year {
            draw::marker(area, look, (pixel_of(year), y), 5);
        }
        let text = told(series, last);
        let wide = draw::width_of(&text, 12);
        // Beside the bar, or on it, in a gap behind its marker.
        let on = year.map_or(from, pixel_of) + 12;
        let (x, side) = if from > 66 + wide {
            (from - 8, HPos::Right)
        } else if to + 14 + wide < WIDTH as i32 - 4 {
            (to + 14, HPos::Left)
        } else {
            let on = on.min(to - 4 - wide);
            draw::rectangle(area, [(on - 4, y - 8), (on + wide, y + 8)], WHITE.filled());
            (on, HPos::Left)
        };
        write(area, &text, (x, y), &font(12, INK, side, VPos::Center));
    }
}

/// `2031 (2030 to 2034)`.
fn told(series: &Series, last: f64) -> Said {
    let year = |year: f64| format!("{year:.0}");
    match series.missed {
        [Some(first), low, high] => {
            let (low, open) = (year(low.unwrap_or(first)), year(last));
            match high {
                Some(high) if year(high) == low => {
                    said(format!("{low}, surely"), format!("{low}, con certeza"))
                }
                Some(high) => said(
                    format!("{} ({low} to {})", year(first), year(high)),
                    format!("{} ({low} a {})", year(first), year(high)),
                ),
                None => said(
                    format!("{} ({low} to after {open})", year(first)),
                    format!("{} ({low} a después de {open})", year(first)),
                ),
            }
        }
        [None, Some(low), _] => said(
            format!("none until {last:.0}, but not surely from {low:.0} on"),
            format!("ninguno hasta {last:.0}, pero sin certeza desde {low:.0}"),
        ),
        [None, None, _] => {
            said(format!("surely none until {last:.0}"), format!("con certeza ninguno hasta {last:.0}"))
        }
    }
}

fn caption(sweep: &str, series: &[Series], goals: bool, shown: usize, last: f64) -> Said {
    let sweep = foreign(sweep);
    let mut text = said(format!("Sweep “{sweep}”"), format!("Barrido «{sweep}»"));
    if goals {
        let all: Vec<Said> =
            series.iter().take(shown).map(|series| series.name.join(": ", &told(series, last))).collect();
        text = text
            .join(", ", &said("first year that misses the goals: ", "primer año que no cumple las metas: "));
        text = text.join("", &said::joined("; ", &all));
    } else {
        text = text.join(
            ": ",
            &said(
                "the study has no `[goals]`, so no year is told that first misses them",
                "el estudio no tiene `[goals]`; por eso no se dice qué año deja de cumplirlas",
            ),
        );
    }
    let mut text = text.join(
        "",
        &said(
            ". Bands are 95 % intervals of means over replications.",
            ". Las bandas son intervalos del 95 % de medias de las réplicas.",
        ),
    );
    if shown < series.len() {
        let left = series.len() - shown;
        text = text.join(
            " ",
            &match left {
                1 => said(
                    "One more outlook stands in the table only.",
                    "Otra perspectiva está solo en la tabla.",
                ),
                _ => said(
                    format!("{left} more outlooks stand in the table only."),
                    format!("Otras {left} perspectivas están solo en la tabla."),
                ),
            },
        );
    }
    text
}

fn data(entry: &Entry, factors: &[Factor], series: &[Series]) -> Sheet {
    let own: Vec<&Factor> =
        factors.iter().filter(|factor| factor.keys.iter().all(|key| key != "year")).collect();
    let mut columns = vec![Column::text("scenario", "Name of the scenario.")];
    columns.extend(own.iter().map(|factor| Column {
        name: factor.keys[0].clone().into(),
        ..Column::text("", "What this key is set to, or how much it grows a year.")
    }));
    columns.extend([
        Column::whole("year", "year", "The year."),
        Column::text("measure", "The measure."),
        Column::text("unit", "Its unit."),
        Column::number("value", "as in `unit`", "Mean over replications."),
        Column::number("ci_low", "as in `unit`", "Lower end of its 95 % interval."),
        Column::number("ci_high", "as in `unit`", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications."),
        Column::text("goals", "Whether all goals are reached that year: met, missed or not settled."),
        Column::whole(
            "first_missed",
            "year",
            "Of the outlook: the first year whose mean misses a goal; blank if none does.",
        ),
        Column::whole("low", "year", "Not before: lower end of its 95 % interval."),
        Column::whole("high", "year", "Not after: upper end; blank if none is surely missed."),
    ]);
    let mut sheet = Sheet::new(ID, "A row is a year of a scenario and an outlook.", columns);
    for series in series {
        for (year, point) in &series.years {
            let mut row: Vec<Cell> = vec![series.scenario.as_str().into()];
            row.extend(series.levels.iter().map(|level| Cell::from(level.trim_start_matches('\''))));
            let [value, low, high] = point.value;
            row.extend([
                (*year).into(),
                entry.name.as_str().into(),
                entry.unit.in_files().1.into(),
                value.into(),
                low.into(),
                high.into(),
                point.n.map(|n| n as u32).into(),
                point.goals.as_str().into(),
            ]);
            row.extend(series.missed.map(|year| Cell::from(year.map(|year| year as u32))));
            sheet.push(row);
        }
    }
    sheet
}
