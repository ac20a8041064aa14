//! `hour-heat`: the mean wait by hour, a cell per hour with its number; the scale of steps is one for all panels.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Area, FAINT, INK, WIDTH, bold, font, width_of, write};
use super::{Drawn, Figure, Missing, Story, pick};
use crate::experiment::Mean;
use crate::measure::Statistic;
use crate::report::number::{Scale, grouped};
use crate::report::said::{self, Said, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "hour-heat";

/// Steps from short to long, even in lightness as far as the jump in the middle allows, over which no text has
/// 4.5 to 1: blue and yellow, which all eyes tell apart.
const STEPS: [RGBColor; 6] = [
    RGBColor(255, 247, 214),
    RGBColor(217, 239, 192),
    RGBColor(143, 211, 182),
    RGBColor(79, 179, 196),
    RGBColor(38, 104, 160),
    RGBColor(18, 52, 106),
];

/// From this step on text is white.
const DARK: usize = 4;

/// Behind hours in which nothing was observed.
const NOTHING: RGBColor = RGBColor(236, 238, 241);

/// More cells than this are too many for a page; fewer panels are drawn then.
const MOST_CELLS: usize = 420;

/// Hours of which a row consists at most.
const MOST_HOURS: usize = 30;

/// A panel: its head, if any, and rows of cells with the hour of the first.
struct Panel {
    head: Option<Said>,
    rows: Vec<(Said, Vec<Option<Mean>>)>,
}

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let place = pick::time(result, Statistic::Mean);
    let name =
        place.map_or_else(|| said("Wait", "Espera"), |place| pick::told(&result.entries[place]).capital());
    let by_hour = place.map(|place| result.by_hour(place)).unwrap_or_default();
    let known = |mean: &Mean| mean.mean.is_some_and(f64::is_finite);
    let means = || {
        by_hour.iter().flat_map(|entry| result.scenarios.iter().map(|scenario| &scenario.estimates[*entry]))
    };
    let title = name.join("", &said(" by hour", " por hora"));
    let (Some(place), true) = (place, means().any(known)) else {
        let why = said(
            "No truck was observed in any hour. Give the study demand within its run length.",
            "No se observó ningún camión en ninguna hora. Dé demanda al estudio dentro de la duración de la corrida.",
        );
        return Err(Missing { id: ID, title, why });
    };
    let scale = scale(means());
    let title = title.join(" (", &said::unit(scale.label)).join("", &same(")"));
    let largest = means().filter_map(|mean| mean.mean).filter(|mean| mean.is_finite()).fold(0.0, f64::max);
    let step = step(largest / scale.divisor);
    let (panels, chosen) = panels(story, &by_hour);
    let svg = paint(&panels, scale, step);
    let caption = caption(story, &by_hour, scale, &chosen);
    Ok(Figure { id: ID, title, caption, data: data(story, place, &by_hour), svg })
}

/// Minutes or seconds, or hours where minutes would not fit into a cell.
fn scale<'a>(means: impl Iterator<Item = &'a Mean> + Clone) -> Scale {
    let scale = Scale::of(crate::measure::Unit::Seconds, means.clone());
    let largest = means.filter_map(|mean| mean.mean).fold(0.0, f64::max);
    match largest {
        long if long >= 1_000.0 * 60.0 => Scale { divisor: 3600.0, label: "h", decimals: 0 },
        short if short / scale.divisor < 9.95 => Scale { decimals: 1, ..scale },
        _ => Scale { decimals: 0, ..scale },
    }
}

/// The width of a step: the smallest round number with which the last step, that has no end, holds no more than
/// twice as much as the others.
fn step(largest: f64) -> f64 {
    let most = STEPS.len() as f64 + 1.0;
    let power = libm::pow(10.0, libm::floor(libm::log10(largest.max(1e-3) / most)));
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    step.into_iter().find(|step| step * most >= largest).unwrap_or(10.0 * power)
}

/// Which step a value is in.
fn step_of(value: f64, step: f64) -> usize {
    ((value / step) as usize).min(STEPS.len() - 1)
}

/// Rows of scenarios where there is one day or days are taken together, else a panel of days per scenario.
fn panels(story: &Story, by_hour: &[usize]) -> (Vec<Panel>, Vec<usize>) {
    let result = story.result;
    let period = |entry: &usize| result.entries[*entry].period.map_or(0, usize::from);
    let seen = |scenario: usize, entry: &usize| {
        result.scenarios[scenario].estimates[*entry].mean.is_some_and(f64::is_finite)
    };
    let of = |scenario: usize, hour: usize| {
        let entry = by_hour.iter().find(|entry| period(entry) == hour)?;
        Some(result.scenarios[scenario].estimates[*entry])
    };
    let all: Vec<usize> = (0..result.scenarios.len()).collect();
    let observed = || by_hour.iter().filter(|entry| all.iter().any(|scenario| seen(*scenario, entry)));
    let last = observed().map(period).max().unwrap_or(0);
    if last < MOST_HOURS {
        let chosen = pick::some(result, MOST_CELLS / 24);
        let hours = (last + 1).max(24);
        let row =
            |scenario: &usize| (story.title(*scenario), (0..hours).map(|hour| of(*scenario, hour)).collect());
        return (vec![Panel { head: None, rows: chosen.iter().map(row).collect() }], chosen);
    }
    let days = last / 24 + 1;
    let chosen = pick::some(result, (MOST_CELLS / (24 * days)).clamp(2, 6));
    let panel = |scenario: &usize| {
        let row = |day: usize| {
            (day_name(story, day as u32), (0..24).map(|hour| of(*scenario, day * 24 + hour)).collect())
        };
        Panel { head: Some(story.title(*scenario)), rows: (0..days).map(row).collect() }
    };
    (chosen.iter().map(panel).collect(), chosen)
}

/// `day 2, Wednesday`.
fn day_name(story: &Story, day: u32) -> Said {
    let number = said(format!("day {}", day + 1), format!("día {}", day + 1));
    let weekday = said::day_of_week(&story.plan.start, day);
    if weekday == same(story.plan.start.as_str()) { number } else { number.join(", ", &weekday) }
}

const LEFT: i32 = 172;
const ROW: i32 = 32;

fn paint(panels: &[Panel], scale: Scale, step: f64) -> draw::Svg {
    let head = |panel: &Panel| if panel.head.is_some() { 30 } else { 4 };
    let of_panel = |panel: &Panel| head(panel) + ROW * panel.rows.len() as i32 + 26;
    let below: i32 = 78;
    let height = panels.iter().map(of_panel).sum::<i32>() + below;
    draw::draw((WIDTH, height as u32), |area| {
        let mut top = 0;
        for panel in panels {
            if let Some(title) = &panel.head {
                let title = draw::cut(title, 14, WIDTH as i32 - 20);
                write(area, &title, (8, top + 20), &bold(14, INK, HPos::Left, VPos::Center));
            }
            rows(area, panel, top + head(panel), scale, step);
            top += of_panel(panel);
        }
        let label = said("local hour at which trucks came", "hora local en que llegaron los camiones");
        write(area, &label, ((LEFT + WIDTH as i32) / 2, top + 4), &font(13, INK, HPos::Center, VPos::Center));
        key(area, top + 44, scale, step);
    })
}

fn rows(area: &Area, panel: &Panel, top: i32, scale: Scale, step: f64) {
    let hours = panel.rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(24).max(1) as i32;
    let left = |hour: i32| LEFT + (WIDTH as i32 - 10 - LEFT) * hour / hours;
    for (row, (name, cells)) in panel.rows.iter().enumerate() {
        let y = top + ROW * row as i32;
        let names = draw::wrapped(name, 12, LEFT - 14, 2);
        for (line, name) in names.iter().enumerate() {
            let at = (8, y + ROW / 2 + 13 * line as i32 - 6 * (names.len() as i32 - 1));
            write(area, name, at, &font(12, INK, HPos::Left, VPos::Center));
        }
        for (hour, cell) in cells.iter().enumerate() {
            let (from, to) = (left(hour as i32), left(hour as i32 + 1) - 1);
            let corners = [(from, y + 1), (to, y + ROW - 1)];
            let value = cell.and_then(|mean| mean.mean).filter(|value| value.is_finite());
            let Some(value) = value.map(|value| value / scale.divisor) else {
                nothing(area, corners);
                continue;
            };
            let step = step_of(value, step);
            draw::rectangle(area, corners, STEPS[step].filled());
            let ink = if step >= DARK { WHITE } else { INK };
            let text = draw::number(value, if value >= 9.95 { 0 } else { scale.decimals });
            let at = ((from + to) / 2, y + ROW / 2);
            write(area, &text, at, &font(12, ink, HPos::Center, VPos::Center));
        }
    }
    let y = top + ROW * panel.rows.len() as i32 + 4;
    for hour in 0..hours {
        let every = if hours > 24 { 3 } else { 1 };
        if hour % every == 0 {
            let at = ((left(hour) + left(hour + 1)) / 2, y);
            write(area, &same(format!("{}", hour % 24)), at, &font(12, FAINT, HPos::Center, VPos::Top));
        }
    }
}

/// A cell in which nothing was observed: grey with a stroke through it.
fn nothing(area: &Area, [from, to]: [(i32, i32); 2]) {
    draw::rectangle(area, [from, to], NOTHING.filled());
    let stroke = RGBColor(190, 196, 204).stroke_width(1);
    draw::path(area, vec![(from.0 + 4, to.1 - 4), (to.0 - 4, from.1 + 4)], stroke);
}

/// What the steps mean.
fn key(area: &Area, y: i32, scale: Scale, step: f64) {
    let mut x = 8;
    let decimals = if step.fract().abs() < 1e-9 { 0 } else { 1 + usize::from(step < 0.1) };
    for (place, color) in STEPS.iter().enumerate() {
        let from = grouped(step * place as f64, decimals);
        let to = grouped(step * (place + 1) as f64, decimals);
        let text = match place + 1 == STEPS.len() {
            true => same(format!("≥ {from} ")).join("", &said::unit(scale.label)),
            false => same(format!("{from}–{to}")),
        };
        draw::rectangle(area, [(x, y - 9), (x + 22, y + 9)], color.filled());
        draw::rectangle(area, [(x, y - 9), (x + 22, y + 9)], FAINT.stroke_width(1));
        write(area, &text, (x + 27, y), &font(12, INK, HPos::Left, VPos::Center));
        x += 27 + width_of(&text, 12) + 12;
    }
    nothing(area, [(x, y - 9), (x + 22, y + 9)]);
    let text = said("nothing observed", "nada observado");
    write(area, &text, (x + 27, y), &font(12, INK, HPos::Left, VPos::Center));
}

/// An hour of a scenario: `14:00 to 15:00`, and the day where there are several.
fn hour_of(story: &Story, entry: usize) -> Said {
    let result = story.result;
    let label = result.entries[entry].period.and_then(|period| result.periods.get(usize::from(period)));
    let Some(label) = label else { return Said::default() };
    let (from, to) = (label.hour, label.hour + 1);
    let hour = said(format!("{from}:00 to {to}:00"), format!("{from}:00 a {to}:00"));
    let several = result.periods.iter().filter_map(|period| period.day).any(|day| day > 2);
    match label.day.filter(|day| several || *day > 1) {
        Some(day) => hour.join("", &said(format!(" of day {day}"), format!(" del día {day}"))),
        None => hour,
    }
}

fn caption(story: &Story, by_hour: &[usize], scale: Scale, chosen: &[usize]) -> Said {
    let result = story.result;
    let worst = |scenario: usize| {
        let known = by_hour.iter().filter_map(|entry| {
            let mean = &result.scenarios[scenario].estimates[*entry];
            Some((*entry, mean.mean.filter(|mean| mean.is_finite())?, mean))
        });
        known.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    let fine = |mean: &Mean| scale.for_row(crate::measure::Unit::Seconds, [mean]);
    let told = |scenario: usize| {
        let (entry, _, mean) = worst(scenario)?;
        let value = same(fine(mean).mean(mean)).join(" ", &said::unit(scale.label));
        let at = hour_of(story, entry);
        let title = story.title(scenario);
        Some(said(
            format!("{}: at most {}, of trucks that came from {}.", title.en, value.en, at.en),
            format!("{}: a lo más {}, de los camiones que llegaron de {}.", title.es, value.es, at.es),
        ))
    };
    let mut parts: Vec<Said> = pick::baseline_and_best(result).into_iter().filter_map(told).collect();
    let widest = chosen.iter().flat_map(|scenario| {
        by_hour.iter().filter_map(|entry| result.scenarios[*scenario].estimates[*entry].half_width)
    });
    let widest = widest
        .filter(|half| half.is_finite())
        .fold(None, |widest: Option<f64>, half| Some(widest.map_or(half, |widest| widest.max(half))));
    parts.push(match widest {
        Some(widest) => {
            let value = same(grouped(widest / scale.divisor, 1)).join(" ", &said::unit(scale.label));
            said(
                format!(
                    "The 95 % interval of a cell is ±{} at the widest; the table has them all.",
                    value.en
                ),
                format!(
                    "El intervalo del 95 % de una celda es de ±{} cuando más; la tabla los tiene todos.",
                    value.es
                ),
            )
        }
        None => said("One replication, so without intervals.", "Una sola réplica; por eso sin intervalos."),
    });
    said::joined(" ", &parts).join("", &pick::left_out(story, chosen))
}

fn data(story: &Story, place: usize, by_hour: &[usize]) -> Sheet {
    let result = story.result;
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("measure", "The measure that is averaged."),
        Column::whole(
            "day",
            "",
            "Day of the run from 1; blank where the hours of all days are taken together.",
        ),
        Column::whole("hour_local", "", "Local hour in which trucks came, 0 to 23."),
        Column::number("mean_min", "min", "Mean over replications; blank where no truck was observed."),
        Column::number("ci_low", "min", "Lower end of its 95 % interval."),
        Column::number("ci_high", "min", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications that have a value."),
    ];
    let mut sheet = Sheet::new(ID, "A row is an hour of a scenario.", columns);
    let whole = &result.entries[place].name;
    for scenario in &result.scenarios {
        for entry in by_hour {
            let mean = &scenario.estimates[*entry];
            let label =
                result.entries[*entry].period.and_then(|period| result.periods.get(usize::from(period)));
            let of = |value: Option<f64>| Cell::from(value.map(|seconds| seconds / 60.0));
            sheet.push(vec![
                scenario.name.as_str().into(),
                whole.as_str().into(),
                label.and_then(|label| label.day).into(),
                label.map(|label| label.hour).into(),
                of(mean.mean),
                of(mean.low()),
                of(mean.high()),
                mean.n.into(),
            ]);
        }
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::fixture;

    /// Relative luminance by WCAG 2.2.
    fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn numbers_are_readable_on_every_step() {
        for (place, color) in STEPS.iter().enumerate() {
            let ink = if place >= DARK { WHITE } else { INK };
            let (a, b) = (luminance(*color), luminance(ink));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 4.5, "step {place}: {contrast}");
        }
    }

    #[test]
    fn steps_are_round_and_hold_every_value() {
        assert_eq!(step(31.0), 5.0);
        assert_eq!(step(47.0), 10.0);
        assert_eq!((step_of(47.0, 10.0), step_of(9.9, 10.0), step_of(900.0, 10.0)), (4, 0, 5));
        for largest in [0.0, 0.3, 1.0, 7.0, 59.0, 61.0, 1234.0] {
            assert!(step(largest) * (STEPS.len() + 1) as f64 >= largest, "{largest}");
        }
    }

    #[test]
    fn a_cell_is_the_mean_of_its_hour() {
        fixture::story(|story| {
            let figure = draw(story).expect("it draws");
            let entry = story.result.find("border_wait.primary.mean@02").expect("the hour is measured");
            let mean = story.result.scenarios[0].estimates[entry].mean.expect("trucks came");
            let row = figure.data.rows.iter().find(|row| {
                row[0] == Cell::from("today") && row[2] == Cell::Whole(1) && row[3] == Cell::Whole(2)
            });
            assert_eq!(row.expect("a row")[4], Cell::Number(mean / 60.0));
            assert!(
                figure.caption.es.contains("intervalo del 95 %") && figure.caption.en != figure.caption.es
            );
        });
    }

    #[test]
    fn without_observations_there_is_no_picture() {
        fixture::story(|story| {
            let mut result = story.result.clone();
            for scenario in &mut result.scenarios {
                scenario.estimates.fill(Mean::default());
            }
            let missing = draw(&Story { result: &result, ..*story }).expect_err("nothing was observed");
            assert!(missing.why.en != missing.why.es);
        });
    }

    #[test]
    fn several_days_are_rows() {
        fixture::changed("\"6 h\"", "\"3 days\"", |story| {
            let figure = draw(story).expect("it draws");
            let svg = figure.svg.alone(crate::report::words::Language::Spanish, &figure.title);
            assert!(svg.contains("día 3") && svg.contains("Hoy"), "days are named");
        });
    }
}
