//! `sweep-map`: the deciding measure over two factors of a sweep, with the boundary at which goals are missed.
//!
//! A third factor makes small multiples; what else is varied stays at its first level, which the caption says. Points
//! spread over ranges are drawn as a scatter.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, FAINT, INK, PALE, WIDTH, cut, font, style, write};
use super::panel::leading_number;
use super::swept::{Factor, Point, Swept};
use super::{Drawn, Figure, Missing, Story};
use crate::measure::Entry;
use crate::report::number::grouped;
use crate::report::said::{self, Said, foreign, said, same};
use crate::report::sheet::{Column, Sheet};

const ID: &str = "sweep-map";

/// More levels than these are no map any more.
const MOST_LEVELS: usize = 14;

/// Panels that are drawn.
const MOST_PANELS: usize = 6;

/// Steps of color, light to dark: each can be told from the next in gray too.
const STEPS: [RGBColor; 6] = [
    RGBColor(239, 243, 250),
    RGBColor(203, 219, 239),
    RGBColor(153, 189, 222),
    RGBColor(96, 151, 199),
    RGBColor(43, 107, 166),
    RGBColor(14, 62, 116),
];

pub(super) fn draw(story: &Story) -> Drawn {
    let entry = &story.result.entries[story.result.headline];
    let title = said::entry(entry).join("", &super::panel::unit_behind(entry.unit)).capital();
    let title = title.join(" ", &said("over the factors of the sweep", "según los factores del barrido"));
    let found = story.sweeps.iter().map(Swept::of).filter(|swept| !swept.has_years()).find_map(|swept| {
        let factors = swept.factors();
        let points = swept.points(&factors, entry);
        (!factors.is_empty() && points.iter().any(|point| point.value[0].is_some()))
            .then_some((swept, factors, points))
    });
    let Some((swept, mut factors, mut points)) = found else {
        let why = said(
            "The report was given no sweep of the study over factors: `cruce sweep STUDY` makes one of a section `[sweep.NAME]`, \
             and `cruce report RUN --sweep DIR` shows it.",
            "El informe no recibió un barrido del estudio sobre factores: `cruce sweep ESTUDIO` lo hace de una sección \
             `[sweep.NOMBRE]`, y `cruce report CORRIDA --sweep CARPETA` lo muestra.",
        );
        return Err(Missing { id: ID, title, why });
    };
    scenario_as_factor(&mut factors, &mut points);
    let widest = factors.iter().map(|factor| factor.levels.len()).max().unwrap_or(0);
    let map = Map::new(swept.name(), entry, &factors, &points);
    let (svg, caption) = if widest > MOST_LEVELS { map.scatter() } else { map.cells() };
    Ok(Figure { id: ID, caption, data: data(entry, &factors, &points), title, svg })
}

/// Several scenarios are one more factor.
fn scenario_as_factor(factors: &mut Vec<Factor>, points: &mut [Point]) {
    let mut names: Vec<String> = Vec::new();
    for point in points.iter() {
        if !names.contains(&point.scenario) {
            names.push(point.scenario.clone());
        }
    }
    if names.len() > 1 {
        for point in points.iter_mut() {
            point.at.push(names.iter().position(|name| *name == point.scenario).unwrap_or(0));
        }
        factors.push(Factor { keys: vec!["scenario".to_owned()], levels: names });
    }
}

/// What is drawn.
struct Map<'a> {
    sweep: &'a str,
    entry: &'a Entry,
    factors: &'a [Factor],
    points: &'a [Point],
    /// Factors by their number of levels, most first.
    order: Vec<usize>,
}

impl<'a> Map<'a> {
    fn new(sweep: &'a str, entry: &'a Entry, factors: &'a [Factor], points: &'a [Point]) -> Self {
        let mut order: Vec<usize> =
            (0..factors.len()).filter(|factor| factors[*factor].levels.len() > 1).collect();
        order.sort_by_key(|factor| (std::cmp::Reverse(factors[*factor].levels.len()), *factor));
        if order.is_empty() {
            order.push(0);
        }
        Map { sweep, entry, factors, points, order }
    }

    fn levels(&self, factor: Option<usize>) -> usize {
        factor.map_or(1, |factor| self.factors[factor].levels.len())
    }

    /// The point at these levels of the shown factors, the others at their first.
    fn at(&self, shown: &[(Option<usize>, usize)]) -> Option<&Point> {
        self.points.iter().find(|point| {
            (0..self.factors.len()).all(|factor| {
                let wanted = shown.iter().find(|(of, _)| *of == Some(factor)).map_or(0, |(_, level)| *level);
                point.at[factor] == wanted
            })
        })
    }

    fn level_text(&self, factor: usize, level: usize) -> Said {
        same(foreign(self.factors[factor].levels[level].trim_start_matches('\'')))
    }

    fn cells(&self) -> (draw::Svg, Said) {
        let [x, y, panel] = [0, 1, 2].map(|place| self.order.get(place).copied());
        let x_factor = x.unwrap_or(0);
        let panels = self.levels(panel).min(MOST_PANELS);
        let (columns, rows) = (self.levels(x) as i32, self.levels(y) as i32);
        // Long levels of y need room.
        let left = match y {
            Some(y) => {
                let longest = (0..self.levels(Some(y)))
                    .map(|level| draw::width_of(&self.level_text(y, level), 12))
                    .max();
                (longest.unwrap_or(0) + 16).clamp(40, 170)
            }
            None => 12,
        };
        let cell_w = ((WIDTH as i32 - left - 12) / columns.max(1)).min(170);
        let cell_h = 40;
        let head = 58;
        let panel_h = head + rows * cell_h + 46;
        let values: Vec<f64> = self.points.iter().filter_map(|point| point.value[0]).collect();
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        let step_of = |value: f64| {
            let share = (value - low) / (high - low).max(1e-12);
            ((share * STEPS.len() as f64) as usize).min(STEPS.len() - 1)
        };
        let decimals = super::panel::digits(high);
        let svg = draw::draw((WIDTH, (panel_h * panels as i32 + 40) as u32), |area| {
            for number in 0..panels {
                let top = panel_h * number as i32;
                if let Some(panel) = panel {
                    let name = self.factors[panel].name().join(": ", &self.level_text(panel, number));
                    write(
                        area,
                        &cut(&name, 14, WIDTH as i32 - 20),
                        (8, top + 4),
                        &font(14, INK, HPos::Left, VPos::Top),
                    );
                }
                if let Some(y) = y {
                    let name = cut(&self.factors[y].name(), 13, WIDTH as i32 - 20).join(" ", &same("↓"));
                    write(area, &name, (8, top + 30), &font(13, INK, HPos::Left, VPos::Top));
                }
                let origin = top + head;
                for row in 0..rows {
                    if let Some(y) = y {
                        let text = cut(&self.level_text(y, row as usize), 12, left - 14);
                        let at = (left - 8, origin + row * cell_h + cell_h / 2);
                        write(area, &text, at, &font(12, INK, HPos::Right, VPos::Center));
                    }
                    for column in 0..columns {
                        let corner = (left + column * cell_w, origin + row * cell_h);
                        let point = self.at(&[(x, column as usize), (y, row as usize), (panel, number)]);
                        self.cell(area, point, corner, (cell_w, cell_h), &step_of, decimals);
                    }
                }
                for column in 0..columns {
                    let text = cut(&self.level_text(x_factor, column as usize), 12, cell_w - 6);
                    let at = (left + column * cell_w + cell_w / 2, origin + rows * cell_h + 5);
                    write(area, &text, at, &font(12, INK, HPos::Center, VPos::Top));
                }
                let name =
                    cut(&self.factors[x_factor].name(), 13, WIDTH as i32 - left - 40).join(" ", &same("→"));
                let at = (left, origin + rows * cell_h + 22);
                write(area, &name, at, &font(13, INK, HPos::Left, VPos::Top));
                self.boundary(area, (x, y, panel, number), (left, origin), (cell_w, cell_h));
            }
            self.key(area, panel_h * panels as i32 + 18, low, high, decimals);
        });
        (svg, self.caption(&self.order[..self.order.len().min(3)], panels < self.levels(panel)))
    }

    fn cell(
        &self,
        area: &draw::Area,
        point: Option<&Point>,
        (x, y): (i32, i32),
        (width, height): (i32, i32),
        step_of: &dyn Fn(f64) -> usize,
        decimals: usize,
    ) {
        let corners = [(x + 1, y + 1), (x + width - 1, y + height - 1)];
        let middle = (x + width / 2, y + height / 2);
        let Some((point, value)) = point.and_then(|point| Some((point, point.value[0]?))) else {
            draw::rectangle(area, corners, PALE.filled());
            return write(area, &same("–"), middle, &font(13, FAINT, HPos::Center, VPos::Center));
        };
        let step = step_of(value);
        draw::rectangle(area, corners, STEPS[step].filled());
        let ink = if step >= 3 { WHITE } else { INK };
        let mark = match point.goals.as_str() {
            "missed" => " ✗",
            "not settled" => " ?",
            _ => "",
        };
        let text = format!("{}{mark}", grouped(value, decimals));
        let half = point.value[2].map(|high| format!("± {}", grouped(high - value, decimals.max(1))));
        match half {
            Some(half) => {
                write(
                    area,
                    &same(text),
                    (middle.0, middle.1 - 8),
                    &font(13, ink, HPos::Center, VPos::Center),
                );
                write(
                    area,
                    &same(half),
                    (middle.0, middle.1 + 9),
                    &font(12, ink, HPos::Center, VPos::Center),
                );
            }
            None => write(area, &same(text), middle, &font(13, ink, HPos::Center, VPos::Center)),
        }
        // A point that was simulated.
        draw::marker(area, draw::Style { color: RGBColor(ink.0, ink.1, ink.2), place: 0 }, (x + 7, y + 8), 2);
    }

    /// A thick line between neighbors of which one misses the goals and the other does not.
    fn boundary(
        &self,
        area: &draw::Area,
        (x, y, panel, number): (Option<usize>, Option<usize>, Option<usize>, usize),
        (left, top): (i32, i32),
        (width, height): (i32, i32),
    ) {
        let misses = |column: usize, row: usize| {
            let goals = &self.at(&[(x, column), (y, row), (panel, number)])?.goals;
            (!goals.is_empty()).then_some(goals == "missed")
        };
        let (columns, rows) = (self.levels(x), self.levels(y));
        for row in 0..rows {
            for column in 0..columns {
                let Some(here) = misses(column, row) else { continue };
                let (x0, y0) = (left + column as i32 * width, top + row as i32 * height);
                if column + 1 < columns && misses(column + 1, row).is_some_and(|other| other != here) {
                    let at = x0 + width;
                    draw::path(area, vec![(at, y0 - 1), (at, y0 + height + 1)], draw::BAD.stroke_width(4));
                }
                if row + 1 < rows && misses(column, row + 1).is_some_and(|other| other != here) {
                    let at = y0 + height;
                    draw::path(area, vec![(x0 - 1, at), (x0 + width + 1, at)], draw::BAD.stroke_width(4));
                }
            }
        }
    }

    fn key(&self, area: &draw::Area, y: i32, low: f64, high: f64, decimals: usize) {
        let mut x = 8;
        write(area, &same(grouped(low, decimals)), (x, y), &font(12, INK, HPos::Left, VPos::Center));
        x += 44;
        for color in STEPS {
            draw::rectangle(area, [(x, y - 7), (x + 22, y + 7)], color.filled());
            x += 22;
        }
        write(area, &same(grouped(high, decimals)), (x + 6, y), &font(12, INK, HPos::Left, VPos::Center));
        x += 60;
        if self.points.iter().any(|point| matches!(point.goals.as_str(), "missed" | "not settled")) {
            draw::path(area, vec![(x, y), (x + 24, y)], draw::BAD.stroke_width(4));
            let text = said(
                "goal boundary (✗ missed, ? not settled)",
                "límite de la meta (✗ no cumple, ? no concluyente)",
            );
            write(area, &text, (x + 30, y), &font(12, INK, HPos::Left, VPos::Center));
            x += 30 + draw::width_of(&text, 12) + 14;
        }
        draw::marker(area, draw::Style { color: INK, place: 0 }, (x, y), 3);
        write(area, &said("simulated", "simulado"), (x + 8, y), &font(12, INK, HPos::Left, VPos::Center));
    }

    /// Points over the factor that is drawn first among those with numbers; interval bars stand.
    fn scatter(&self) -> (draw::Svg, Said) {
        let number =
            |point: &Point, factor: usize| leading_number(&self.factors[factor].levels[point.at[factor]]);
        let numbers = |factor: &&usize| self.points.iter().all(|point| number(point, **factor).is_some());
        let shown: Vec<usize> = self.order.iter().filter(numbers).take(3).copied().collect();
        let tops = self.points.iter().filter_map(|point| point.value[2].or(point.value[0]));
        let y = 0.0..draw::top(tops);
        let height = 240;
        let count = shown.len().max(1) as u32;
        let svg = draw::draw((WIDTH, height * count), |area| {
            for (factor, part) in shown.iter().zip(area.split_evenly((count as usize, 1))) {
                let xs: Vec<f64> = self.points.iter().filter_map(|point| number(point, *factor)).collect();
                let (low, high) = xs
                    .iter()
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
                let pad = ((high - low) * 0.03).max(1e-9);
                let label = said::entry(self.entry).join("", &super::panel::unit_behind(self.entry.unit));
                let axes = Axes::new(low - pad..high + pad, y.clone(), self.factors[*factor].name(), label);
                let mut chart = draw::axes(&part, &axes);
                for point in self.points.iter().take(600) {
                    let (Some(at), Some(value)) = (number(point, *factor), point.value[0]) else { continue };
                    let missed = point.goals == "missed";
                    let look = if missed { draw::Style { color: draw::BAD, place: 4 } } else { style(1) };
                    if let (Some(low), Some(high), true) =
                        (point.value[1], point.value[2], self.points.len() <= 150)
                    {
                        draw::interval(&mut chart, (at, low.max(0.0)), (at, high), PALE);
                    }
                    draw::marker(&part, look, draw::local(&part, &chart, (at, value)), 3);
                }
            }
        });
        let text = self.caption(&shown, false);
        let more = said(
            " Points spread over ranges: triangles meet the goals or have none, crosses miss them.",
            " Puntos repartidos en rangos: los triángulos cumplen las metas o no las tienen; las cruces no las cumplen.",
        );
        (svg, text.join("", &more))
    }

    fn caption(&self, shown: &[usize], cut_off: bool) -> Said {
        let least = self.points.iter().filter(|point| point.value[0].is_some());
        let less = self.entry.less_is_better() != Some(false);
        let best = least.min_by(|a, b| {
            let of = |point: &Point| point.value[0].unwrap_or(f64::NAN) * if less { 1.0 } else { -1.0 };
            of(a).total_cmp(&of(b))
        });
        let missed = self.points.iter().filter(|point| point.goals == "missed").count();
        let with_goals = self.points.iter().filter(|point| !point.goals.is_empty()).count();
        let sweep = foreign(self.sweep);
        let mut text = Said::default();
        if let Some(best) = best {
            let levels: Vec<String> = (self.order.iter())
                .map(|factor| {
                    let level = self.level_text(*factor, best.at[*factor]).en;
                    format!("{} {level}", foreign(&self.factors[*factor].keys[0]))
                })
                .collect();
            let value = best.value[0].unwrap_or(0.0);
            let decimals = super::panel::digits(value);
            let half = best.value[2]
                .map_or(String::new(), |high| format!(" ± {}", grouped(high - value, decimals.max(1))));
            let value = format!("{}{half}", grouped(value, decimals));
            let at = levels.join(", ");
            text = said(
                format!("Sweep “{sweep}”: the best is {value} {}, at {at}", self.entry.unit.in_files().1),
                format!("Barrido «{sweep}»: lo mejor es {value} {}, con {at}", self.entry.unit.in_files().1),
            );
        }
        if with_goals > 0 {
            text = text.join(
                "; ",
                &match missed {
                    0 => said(
                        format!("none of {with_goals} points is shown to miss the goals"),
                        format!("de ninguno de los {with_goals} puntos consta que no cumpla las metas"),
                    ),
                    1 => said(
                        format!("one of {with_goals} points misses the goals"),
                        format!("uno de los {with_goals} puntos no cumple las metas"),
                    ),
                    _ => said(
                        format!("{missed} of {with_goals} points miss the goals"),
                        format!("{missed} de {with_goals} puntos no cumplen las metas"),
                    ),
                },
            );
        }
        text = text
            .join("", &said(". ± half-width of the 95 % interval.", ". ± semiancho del intervalo del 95 %."));
        let fixed: Vec<String> = (self.order.iter().filter(|factor| !shown.contains(factor)))
            .map(|factor| {
                format!("{} ({})", foreign(&self.factors[*factor].keys[0]), self.level_text(*factor, 0).en)
            })
            .collect();
        if !fixed.is_empty() {
            let fixed = fixed.join(", ");
            text = text.join(
                " ",
                &said(
                    format!("Shown are the factors with most levels; at their first level stay: {fixed}."),
                    format!("Se muestran los factores con más niveles; en su primer nivel quedan: {fixed}."),
                ),
            );
        }
        if cut_off {
            text = text.join(" ", &said("The table has all points.", "La tabla tiene todos los puntos."));
        }
        text
    }
}

fn data(entry: &Entry, factors: &[Factor], points: &[Point]) -> Sheet {
    let mut columns = vec![
        Column::whole("point", "", "Number of the point."),
        Column::text("scenario", "Name of the scenario that is varied."),
    ];
    let own: Vec<&Factor> = factors.iter().filter(|factor| factor.keys[0] != "scenario").collect();
    columns.extend(own.iter().map(|factor| Column {
        name: factor.keys[0].clone().into(),
        ..Column::text("", "What this key is set to; keys that move with it have the levels that go with it.")
    }));
    columns.extend([
        Column::text("measure", "The measure."),
        Column::text("unit", "Its unit."),
        Column::number("value", "as in `unit`", "Mean over replications."),
        Column::number("ci_low", "as in `unit`", "Lower end of its 95 % interval."),
        Column::number("ci_high", "as in `unit`", "Upper end of its 95 % interval."),
        Column::whole("n", "", "Replications."),
        Column::text(
            "goals",
            "Whether it reaches the goals: met, missed or not settled; blank without goals.",
        ),
    ]);
    let mut sheet = Sheet::new(ID, "A row is a point of the sweep.", columns);
    for point in points {
        let mut row = vec![point.number.into(), point.scenario.as_str().into()];
        for (place, factor) in factors.iter().enumerate().filter(|(_, factor)| factor.keys[0] != "scenario") {
            row.push(factor.levels[point.at[place]].trim_start_matches('\'').into());
        }
        let [value, low, high] = point.value;
        row.extend([
            entry.name.as_str().into(),
            entry.unit.in_files().1.into(),
            value.into(),
            low.into(),
            high.into(),
            point.n.map(|n| n as u32).into(),
            point.goals.as_str().into(),
        ]);
        sheet.push(row);
    }
    sheet
}
