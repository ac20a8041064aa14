//! `tornado`: how much the answer changes with each input that is not known for sure.
//!
//! Where the study has plausible worlds: the difference from the baseline in the third of worlds in which an input is lowest
//! beside the third in which it is highest. Else the indices of a sweep that tells which factors matter.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, FAINT, INK, WIDTH, cut, font, style, write};
use super::panel::{digits, leading_number, signed_interval};
use super::swept::Swept;
use super::{Drawn, Figure, Missing, Story};
use crate::experiment::{Mean, PlausibleWorlds, Thirds, by_thirds};
use crate::report::number::{grouped, signed};
use crate::report::said::{self, Said, foreign, said, same};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "tornado";

/// Pixels of an input.
const ROW: i32 = 44;

/// Inputs that are drawn of a plan.
const MOST: usize = 12;

pub(super) fn draw(story: &Story) -> Drawn {
    if let Some(worlds) = &story.result.plausible
        && let Some(figure) = of_worlds(story, worlds)
    {
        return Ok(figure);
    }
    if let Some(figure) = story.sweeps.iter().find_map(|tables| of_sweep(story, &Swept::of(tables))) {
        return Ok(figure);
    }
    let title = said("How the answer changes with each input", "Cómo cambia la respuesta con cada insumo");
    let why = said(
        "Nothing says which inputs are uncertain: `[uncertain]` in the study runs it in plausible worlds, or a sweep with \
         `design = \"morris 20\"` or `\"sobol-indices 256\"` is shown with `cruce report RUN --sweep DIR` once `cruce sweep STUDY` has made it.",
        "Nada dice qué insumos son inciertos: `[uncertain]` en el estudio lo corre en mundos plausibles, o un barrido con \
         `design = \"morris 20\"` o `\"sobol-indices 256\"` se muestra con `cruce report CORRIDA --sweep CARPETA` después de `cruce sweep ESTUDIO`.",
    );
    Err(Missing { id: ID, title, why })
}

/// An input of a plan.
struct Bar {
    scenario: usize,
    path: String,
    unit: String,
    thirds: Thirds,
}

fn of_worlds(story: &Story, worlds: &PlausibleWorlds) -> Option<Figure> {
    let result = story.result;
    let entry = &result.entries[result.headline];
    let (divisor, _) = entry.unit.in_files();
    let mut plans: Vec<Vec<Bar>> = Vec::new();
    for comparison in &result.comparisons {
        let bar = |(place, (path, _)): (usize, &(String, String))| {
            let texts = worlds.worlds.iter().map(|world| world.inputs.get(place).map_or("", String::as_str));
            let values: Vec<f64> =
                texts.clone().map(|text| leading_number(text).unwrap_or(f64::NAN)).collect();
            let thirds = by_thirds(worlds, &values, comparison.scenario, result.baseline)?;
            let unit = texts.clone().next().map(unit_of).unwrap_or_default();
            Some(Bar { scenario: comparison.scenario, path: path.clone(), unit, thirds })
        };
        let mut bars: Vec<Bar> = worlds.inputs.iter().enumerate().filter_map(bar).collect();
        bars.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.path.cmp(&b.path)));
        if !bars.is_empty() {
            plans.push(bars);
        }
    }
    plans.sort_by(|a, b| size(&b[0]).total_cmp(&size(&a[0])));
    let first = plans.first()?;
    let shown: Vec<&Vec<Bar>> = plans.iter().take(4).collect();
    let measure = said::entry(entry);
    let title = said("Difference from ", "Diferencia con ")
        .join("", &story.title(result.baseline))
        .join(", ", &measure)
        .join("", &super::panel::unit_behind(entry.unit))
        .join(" ", &said("by uncertain input", "por insumo incierto"));
    let ends = plans.iter().flatten().flat_map(|bar| {
        let of = |mean: &Mean| [mean.low().or(mean.mean), mean.high().or(mean.mean)];
        of(&bar.thirds.low).into_iter().chain(of(&bar.thirds.high)).flatten().map(|end| end / divisor)
    });
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let pad = (high - low).max(1e-9) * 0.06;
    let x = low - pad..high + pad;
    let rows_of = |bars: &Vec<Bar>| bars.len().min(MOST) as i32;
    let heights: Vec<u32> = shown.iter().map(|bars| (74 + ROW * rows_of(bars)) as u32).collect();
    let svg = draw::draw((WIDTH, 34 + heights.iter().sum::<u32>()), |area| {
        let (head, mut rest) = area.split_vertically(34);
        legend(&head);
        for (bars, height) in shown.iter().zip(&heights) {
            let (part, below) = rest.split_vertically(*height);
            let name = cut(&story.title(bars[0].scenario), 13, WIDTH as i32 - 20);
            let y = 0.0..f64::from(rows_of(bars));
            let label = said("difference, ", "diferencia, ")
                .join("", &measure)
                .join("", &super::panel::unit_behind(entry.unit));
            let axes = Axes { y_ticks: Vec::new(), left: 12, ..Axes::new(x.clone(), y.clone(), label, name) };
            let mut chart = draw::axes(&part, &axes);
            let zero = vec![(0.0, y.start), (0.0, y.end)];
            draw::sure(chart.draw_series([PathElement::new(zero, INK.stroke_width(1))]).map(|_| ()));
            for (row, bar) in bars.iter().take(MOST).enumerate() {
                paint(&part, &mut chart, bar, y.end - row as f64, divisor);
            }
            rest = below;
        }
    });
    let strongest = &first[0];
    let decimals = digits(strongest.thirds.low.mean.unwrap_or(0.0) / divisor).max(1);
    let of = |mean: &Mean| signed_interval(mean, divisor, decimals);
    let (at_low, at_high) = (of(&strongest.thirds.low), of(&strongest.thirds.high));
    let path = foreign(&strongest.path);
    let title_of = story.title(strongest.scenario);
    let unit = said::unit(entry.unit.in_files().1);
    let caption = said(
        format!(
            "The answer depends most on {path}: for {}, the difference is {} {} where it is low and {} {} where it is high. Each bar \
             goes from the mean over the third of the {} worlds with the lowest values to that with the highest, with 95 % \
             intervals; the other inputs vary along.",
            title_of.en,
            at_low.en,
            unit.en,
            at_high.en,
            unit.en,
            worlds.worlds.len()
        ),
        format!(
            "La respuesta depende sobre todo de {path}: para {}, la diferencia es {} {} donde es bajo y {} {} donde es alto. Cada \
             barra va de la media del tercio de los {} mundos con los valores más bajos a la del tercio con los más altos, con \
             intervalos del 95 %; los demás insumos varían a la vez.",
            title_of.es,
            at_low.es,
            unit.es,
            at_high.es,
            unit.es,
            worlds.worlds.len()
        ),
    );
    Some(Figure { id: ID, caption, data: data(story, &plans, divisor), title, svg })
}

fn size(bar: &Bar) -> f64 {
    bar.thirds.change.mean.map_or(0.0, f64::abs)
}

/// What stands behind the number: `s`, `%`.
fn unit_of(text: &str) -> String {
    let rest = text.trim_start_matches(['\'', '+', '-', '−', ' ']);
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    rest.trim().to_owned()
}

fn legend(area: &draw::Area) {
    let texts = [
        (said("lowest third of its values", "tercio más bajo de sus valores"), 1),
        (said("highest third", "tercio más alto"), 2),
    ];
    let mut x = 8;
    for (text, place) in texts {
        draw::marker(area, style(place), (x + 8, 16), 5);
        write(area, &text, (x + 20, 16), &font(13, INK, HPos::Left, VPos::Center));
        x += 20 + draw::width_of(&text, 13) + 20;
    }
}

fn paint(area: &draw::Area, chart: &mut draw::Chart, bar: &Bar, top: f64, divisor: f64) {
    let at = top - 0.72;
    let of = |value: Option<f64>| value.map_or(f64::NAN, |value| value / divisor);
    let (low, high) = (of(bar.thirds.low.mean), of(bar.thirds.high.mean));
    let corners = [
        draw::local(area, chart, (low.min(high), at + 0.12)),
        draw::local(area, chart, (low.max(high), at - 0.12)),
    ];
    draw::rectangle(area, corners, FAINT.mix(0.3).filled());
    for (mean, place, shift) in [(&bar.thirds.low, 1, 0.05), (&bar.thirds.high, 2, -0.05)] {
        let look = style(place);
        if let Some((from, to)) = mean.low().zip(mean.high()) {
            let at = at + shift;
            draw::interval(chart, (from / divisor, at), (to / divisor, at), look.color);
        }
        let (px, py) = draw::local(area, chart, (of(mean.mean), at + shift));
        draw::marker(area, look, (px, py), 5);
    }
    let range = |ends: [f64; 2], between: &str| {
        let decimals = digits(ends[1]);
        format!("{} {between} {}", grouped(ends[0], decimals), grouped(ends[1], decimals))
    };
    let unit = foreign(&bar.unit);
    let (low, high) = (bar.thirds.low_inputs, bar.thirds.high_inputs);
    let path = foreign(&bar.path);
    let text = said(
        format!("{path}: low {} {unit}, high {} {unit}", range(low, "to"), range(high, "to")),
        format!("{path}: bajo {} {unit}, alto {} {unit}", range(low, "a"), range(high, "a")),
    );
    let (_, y) = draw::local(area, chart, (0.0, top));
    let text = cut(&text, 12, WIDTH as i32 - 30);
    write(area, &text, (18, y + 4), &font(12, INK, HPos::Left, VPos::Top));
}

fn data(story: &Story, plans: &[Vec<Bar>], divisor: f64) -> Sheet {
    let unit = story.result.entries[story.result.headline].unit.in_files().1;
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::text("input", "The uncertain input."),
        Column::text(
            "third",
            "low: the third of worlds with its lowest values; high: that with the highest; change: high less low.",
        ),
        Column::number("input_from", "", "Least value of the input there, in its own unit."),
        Column::number("input_to", "", "Greatest value of the input there."),
        Column::text("input_unit", "Its unit."),
        Column::number("difference", unit, "Mean difference from the baseline over these worlds."),
        Column::number("ci_low", unit, "Lower end of its 95 % interval."),
        Column::number("ci_high", unit, "Upper end of its 95 % interval."),
        Column::whole("n", "", "Worlds."),
    ];
    let mut sheet = Sheet::new(ID, "A row is an uncertain input where it is low or high.", columns);
    for bar in plans.iter().flatten() {
        let all = [
            ("low", Some(bar.thirds.low_inputs), &bar.thirds.low),
            ("high", Some(bar.thirds.high_inputs), &bar.thirds.high),
            ("change", None, &bar.thirds.change),
        ];
        for (third, ends, mean) in all {
            let of = |value: Option<f64>| Cell::from(value.map(|value| value / divisor));
            sheet.push(vec![
                story.result.scenarios[bar.scenario].name.as_str().into(),
                bar.path.as_str().into(),
                third.into(),
                ends.map(|ends| ends[0]).into(),
                ends.map(|ends| ends[1]).into(),
                bar.unit.as_str().into(),
                of(mean.mean),
                of(mean.low()),
                of(mean.high()),
                mean.n.into(),
            ]);
        }
    }
    sheet
}

/// An index of a factor as a sweep's table has it.
struct Index {
    scenario: String,
    factor: String,
    index: String,
    unit: String,
    ends: [Option<f64>; 3],
}

fn of_sweep(story: &Story, swept: &Swept) -> Option<Figure> {
    let headline = &story.result.entries[story.result.headline];
    let table = swept.table("sensitivity")?;
    let rows = table.rows_of(headline);
    let all: Vec<Index> = rows
        .iter()
        .map(|row| Index {
            scenario: table.text(row, "scenario"),
            factor: table.text(row, "factor"),
            index: table.text(row, "index"),
            unit: table.text(row, "unit"),
            ends: ["value", "ci_low", "ci_high"].map(|column| table.number(row, column)),
        })
        .collect();
    let sobol = all.iter().any(|index| index.index == "total");
    let wanted = if sobol { "total" } else { "effect_size" };
    let mut bars: Vec<&Index> =
        all.iter().filter(|index| index.index == wanted && index.ends[0].is_some()).collect();
    bars.sort_by(|a, b| b.ends[0].unwrap_or(0.0).total_cmp(&a.ends[0].unwrap_or(0.0)));
    let first = *bars.first()?;
    let scale = if sobol { 100.0 } else { 1.0 };
    let measure = said::entry(headline);
    let unit = if sobol { "%".to_owned() } else { foreign(&first.unit) };
    let what = match sobol {
        true => said("share of the variance of ", "proporción de la varianza de "),
        false => said("mean size of the effect on ", "tamaño medio del efecto en "),
    };
    let what = what.join("", &measure).join("", &same(format!(" ({unit})")));
    let title = what.capital().join(", ", &said("by factor of the sweep", "por factor del barrido"));
    let shown = bars.len().min(MOST);
    let most = bars.iter().flat_map(|bar| bar.ends.iter().flatten()).map(|end| end * scale);
    let x = 0.0..draw::top(most);
    let several = bars.iter().any(|bar| bar.scenario != first.scenario);
    let svg = draw::draw((WIDTH, (74 + ROW * shown as i32) as u32), |area| {
        let y = 0.0..shown as f64;
        let axes = Axes {
            y_ticks: Vec::new(),
            left: 12,
            ..Axes::new(x.clone(), y.clone(), what.clone(), Said::default())
        };
        let mut chart = draw::axes(area, &axes);
        for (row, bar) in bars.iter().take(shown).enumerate() {
            let (top, at) = (y.end - row as f64, y.end - row as f64 - 0.72);
            let value = bar.ends[0].unwrap_or(0.0) * scale;
            let corners = [
                draw::local(area, &chart, (0.0, at + 0.12)),
                draw::local(area, &chart, (value.max(0.0), at - 0.12)),
            ];
            draw::rectangle(area, corners, style(1).color.mix(0.5).filled());
            if let (Some(low), Some(high)) = (bar.ends[1], bar.ends[2]) {
                draw::interval(&mut chart, ((low * scale).max(0.0), at), (high * scale, at), INK);
            }
            draw::marker(area, style(1), draw::local(area, &chart, (value, at)), 4);
            let name = foreign(&bar.factor);
            let name = if several { format!("{}: {name}", foreign(&bar.scenario)) } else { name };
            let text = same(format!("{name}: {}", signed(value, 1).trim_start_matches('+')));
            let (_, y) = draw::local(area, &chart, (0.0, top));
            write(
                area,
                &cut(&text, 12, WIDTH as i32 - 30),
                (18, y + 4),
                &font(12, INK, HPos::Left, VPos::Top),
            );
        }
    });
    let of = |end: f64| grouped(end * scale, 1);
    let value = of(first.ends[0].unwrap_or(0.0));
    let ends = |to: &str| match (first.ends[1], first.ends[2]) {
        (Some(low), Some(high)) => format!("{value} ({} {to} {})", of(low), of(high)),
        _ => value.clone(),
    };
    let factor = foreign(&first.factor);
    let name = foreign(swept.name());
    let caption = said(
        format!(
            "In the sweep “{name}”, {factor} matters most for {}: {} {unit}{}. Dark lines: 95 % bootstrap intervals.",
            measure.en,
            ends("to"),
            if sobol { " of the variance, interactions included" } else { " over its range" }
        ),
        format!(
            "En el barrido «{name}», {factor} es lo que más pesa en {}: {} {unit}{}. Líneas oscuras: intervalos bootstrap del 95 %.",
            measure.es,
            ends("a"),
            if sobol { " de la varianza, con interacciones" } else { " a lo largo de su rango" }
        ),
    );
    let columns = vec![
        Column::text("scenario", "Name of the scenario that is varied."),
        Column::text("factor", "What is varied."),
        Column::text("index", "As in the table `sensitivity` of the sweep."),
        Column::text("unit", "Unit of the value."),
        Column::number("value", "as in `unit`", "The estimate."),
        Column::number("ci_low", "as in `unit`", "Lower end of its 95 % bootstrap interval."),
        Column::number("ci_high", "as in `unit`", "Upper end of its 95 % bootstrap interval."),
    ];
    let mut data = Sheet::new(ID, "A row is an index of sensitivity to a factor.", columns);
    for index in &all {
        let [value, low, high] = index.ends;
        data.push(vec![
            index.scenario.as_str().into(),
            index.factor.as_str().into(),
            index.index.as_str().into(),
            index.unit.as_str().into(),
            value.into(),
            low.into(),
            high.into(),
        ]);
    }
    Some(Figure { id: ID, caption, data, title, svg })
}
