//! `verdict`: the paired differences of all plans, with what is too small to matter. The answer.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, BAD, FAINT, GOOD, INK, PALE, WIDTH, font, style, width_of, write};
use super::{Drawn, Figure, Missing, Story};
use crate::experiment::{Comparison, Verdict};
use crate::report::number::Scale;
use crate::report::said::{self, Said, same};
use crate::report::sheet::{Column, Sheet};

const ID: &str = "verdict";

/// Pixels of a plan.
const ROW: i32 = 46;

pub(super) fn draw(story: &Story) -> Drawn {
    let result = story.result;
    let headline = &result.entries[result.headline];
    let differences: Vec<(&Comparison, [f64; 3])> = sorted(story);
    let scale = Scale::of(
        headline.unit,
        result.comparisons.iter().map(|other| &other.paired[result.headline].difference),
    );
    let baseline = story.title(result.baseline);
    let title = said::said("Difference from ", "Diferencia con ")
        .join("", &baseline)
        .join(", ", &said::entry(headline));
    let title = title.join(" ", &same(format!("({})", scale.label)));
    if differences.is_empty() {
        let why = said::said(
            "There is one plan, or nothing was observed in common, so nothing is compared.",
            "Hay un solo plan, o nada se observó en común; por eso nada se compara.",
        );
        return Err(Missing { id: ID, title, why });
    }
    let too_small = result.too_small.filter(|_| headline.unit == crate::measure::Unit::Seconds);
    let too_small = too_small.map(|seconds| seconds / scale.divisor);
    let ends =
        differences.iter().flat_map(|(_, ends)| *ends).chain(too_small).chain(too_small.map(|small| -small));
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let pad = (high - low).max(1e-9) * 0.08;
    let x = low - pad..high + pad;
    let height = 70 + ROW * differences.len() as i32;
    let svg = draw::draw((WIDTH, height as u32), |area| {
        let y = 0.0..differences.len() as f64;
        let axes = Axes {
            y_ticks: Vec::new(),
            left: 8,
            ..Axes::new(x.clone(), y.clone(), draw::cut(&title, 13, WIDTH as i32 - 20), Said::default())
        };
        let mut chart = draw::axes(area, &axes);
        if let Some(small) = too_small {
            let corners = [draw::pixel(&chart, (-small, y.end)), draw::pixel(&chart, (small, y.start))];
            draw::rectangle(area, corners, PALE.filled());
            let words = said::said("too small to matter", "demasiado pequeña para importar");
            let middle = (corners[0].0 + corners[1].0) / 2;
            let half = width_of(&words, 12) / 2;
            let middle = middle.clamp(half + 4, WIDTH as i32 - half - 4);
            write(area, &words, (middle, 6), &font(12, FAINT, HPos::Center, VPos::Top));
        }
        let zero = [(0.0, y.start), (0.0, y.end)];
        draw::sure(chart.draw_series([PathElement::new(zero.to_vec(), INK.stroke_width(1))]).map(|_| ()));
        for (row, (comparison, [low, mean, high])) in differences.iter().enumerate() {
            let at = y.end - row as f64 - 0.68;
            let color = color(comparison.verdict);
            draw::interval(&mut chart, (*low, at), (*high, at), color);
            let (px, py) = draw::pixel(&chart, (*mean, at));
            let look = draw::Style { color, ..style(comparison.scenario) };
            draw::marker(area, look, (px, py), 6);
            let difference = &comparison.paired[result.headline].difference;
            let rest = story.change(scale, difference).join(", ", &said::verdict(comparison.verdict));
            let room = WIDTH as i32 - 40 - width_of(&rest, 13);
            let text = draw::cut(&story.title(comparison.scenario), 13, room).join(": ", &rest);
            // No wider than the shorter language: the zero line is broken only where text stands.
            let shorter = text.en.chars().count().min(text.es.chars().count());
            let wide = (shorter as i32 * 13 / 2).min(WIDTH as i32 - 20);
            draw::rectangle(area, [(12, py - 31), (16 + wide, py - 13)], WHITE.mix(0.8).filled());
            write(area, &text, (14, py - 22), &font(13, INK, HPos::Left, VPos::Center));
        }
    });
    Ok(Figure { id: ID, caption: caption(story, &differences), data: data(story, scale), title, svg })
}

/// The best first.
fn sorted<'a>(story: &Story<'a>) -> Vec<(&'a Comparison, [f64; 3])> {
    let result = story.result;
    let headline = &result.entries[result.headline];
    let scale = Scale::of(
        headline.unit,
        result.comparisons.iter().map(|other| &other.paired[result.headline].difference),
    );
    let ends = |comparison: &'a Comparison| {
        let difference = &comparison.paired[result.headline].difference;
        let mean = difference.mean?;
        let ends = [difference.low().unwrap_or(mean), mean, difference.high().unwrap_or(mean)];
        Some((comparison, ends.map(|end| end / scale.divisor)))
    };
    let mut differences: Vec<_> = result.comparisons.iter().filter_map(ends).collect();
    differences.sort_by(|a, b| a.1[1].total_cmp(&b.1[1]));
    differences
}

fn color(verdict: Verdict) -> RGBColor {
    match verdict {
        Verdict::ClearlyBetter | Verdict::Better => GOOD,
        Verdict::Worse | Verdict::ClearlyWorse | Verdict::StrandsMore => BAD,
        Verdict::NotSettled | Verdict::NoUsefulDifference | Verdict::StrandsFewer => FAINT,
    }
}

fn caption(story: &Story, differences: &[(&Comparison, [f64; 3])]) -> Said {
    let pairs = story.pairs();
    let clear =
        differences.iter().filter(|(comparison, _)| comparison.verdict == Verdict::ClearlyBetter).count();
    let all = differences.len();
    let first = match (clear, all) {
        (1, 1) => said::said(
            "The plan is clearly better than the baseline.",
            "El plan es claramente mejor que la base.",
        ),
        (_, 1) => said::said(
            "The plan is not clearly better than the baseline.",
            "El plan no es claramente mejor que la base.",
        ),
        (0, 2) => said::said(
            "Neither plan is clearly better than the baseline.",
            "Ninguno de los dos planes es claramente mejor que la base.",
        ),
        (0, all) => said::said(
            format!("None of the {all} plans is clearly better than the baseline."),
            format!("Ninguno de los {all} planes es claramente mejor que la base."),
        ),
        (1, all) => said::said(
            format!("One of the {all} plans is clearly better than the baseline."),
            format!("Uno de los {all} planes es claramente mejor que la base."),
        ),
        (2, 2) => said::said(
            "Both plans are clearly better than the baseline.",
            "Los dos planes son claramente mejores que la base.",
        ),
        (clear, all) if clear == all => said::said(
            format!("All {all} plans are clearly better than the baseline."),
            format!("Los {all} planes son claramente mejores que la base."),
        ),
        (clear, all) => said::said(
            format!("{clear} of {all} plans are clearly better than the baseline."),
            format!("{clear} de {all} planes son claramente mejores que la base."),
        ),
    };
    let together = match all {
        _ if pairs < 2 => said::said("without intervals.", "sin intervalos."),
        1 => said::said("bars their 95 % interval.", "las barras, su intervalo del 95 %."),
        _ => said::said(
            "bars their intervals, which hold together at 95 %.",
            "las barras, sus intervalos, válidos en conjunto al 95 %.",
        ),
    };
    let means = match pairs {
        0 | 1 => said::said(
            "Points are of one pair of replications,",
            "Los puntos son de un solo par de réplicas,",
        ),
        pairs => said::said(
            format!("Points are means of {pairs} paired replications,"),
            format!("Los puntos son medias de {pairs} réplicas pareadas;"),
        ),
    };
    let of = |wanted: &[Verdict]| {
        let found = differences.iter().filter(|(comparison, _)| wanted.contains(&comparison.verdict));
        let titles: Vec<Said> = found.map(|(comparison, _)| story.title(comparison.scenario)).collect();
        (!titles.is_empty()).then(|| said::joined("; ", &titles))
    };
    let mut parts = vec![first];
    if let Some(names) = of(&[Verdict::Worse, Verdict::ClearlyWorse]) {
        parts.push(said::said(
            format!("Shown to be worse: {}.", names.en),
            format!("Peor de manera demostrable: {}.", names.es),
        ));
    }
    if let Some(names) = of(&[Verdict::StrandsMore]) {
        parts.push(said::said(
            format!("Not called better whatever the time, since more trucks are stranded: {}.", names.en),
            format!(
                "No se considera mejor, sea cual sea el tiempo, pues deja más camiones varados: {}.",
                names.es
            ),
        ));
    }
    parts.extend([means, together]);
    said::joined(" ", &parts)
}

fn data(story: &Story, scale: Scale) -> Sheet {
    let columns = vec![
        Column::text("scenario", "Name of the scenario."),
        Column::number("difference", scale.label, "Mean paired difference from the baseline."),
        Column::number("ci_low", scale.label, "Lower end of its interval."),
        Column::number("ci_high", scale.label, "Upper end of its interval."),
        Column::text("verdict", "What it means."),
    ];
    let mut sheet = Sheet::new(ID, "A row is a plan against the baseline.", columns);
    for comparison in &story.result.comparisons {
        let difference = &comparison.paired[story.result.headline].difference;
        let of = |value: Option<f64>| value.map(|value| value / scale.divisor).into();
        sheet.push(vec![
            story.result.scenarios[comparison.scenario].name.as_str().into(),
            of(difference.mean),
            of(difference.low()),
            of(difference.high()),
            crate::report::words::verdict_key(comparison.verdict).into(),
        ]);
    }
    sheet
}
