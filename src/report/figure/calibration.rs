//! `calibration`: posted waits as simulated beside those observed, with envelopes.
//!
//! The envelopes are standard deviations between replications: a day like those that were observed is one
//! replication, so it should lie within them about as often as a day of the run does.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::{self, Axes, FAINT, INK, Style, WIDTH, font, style, write};
use super::panel::hour_label;
use super::{Drawn, Figure, Missing, Story};
use crate::experiment::{PostedGroup, PostedHour};
use crate::report::number::grouped;
use crate::report::said::{Said, foreign, joined, said};
use crate::report::sheet::{Cell, Column, Sheet};

const ID: &str = "calibration";

/// Pixels of a lane group.
const PANEL: u32 = 260;

/// Lane groups that are drawn.
const MOST: usize = 6;

pub(super) fn draw(story: &Story) -> Drawn {
    let title = said(
        "Posted wait by hour, simulated and observed (min)",
        "Tiempo de espera publicado por hora, simulado y observado (min)",
    );
    let groups: Vec<&PostedGroup> = story.result.posted.iter().filter(|group| is_observed(group)).collect();
    if groups.is_empty() {
        let why = said(
            "The study has no observed waits, so the simulated ones stand beside nothing: \
             `border_wait.observed.GROUP = \"waits.csv\"` adds them, minutes by hour for a lane group of the primary station.",
            "El estudio no trae esperas observadas; por eso las simuladas no se comparan con nada: \
             `border_wait.observed.GRUPO = \"esperas.csv\"` las agrega, en minutos por hora, para un grupo de carriles de la \
             inspección primaria.",
        );
        return Err(Missing { id: ID, title, why });
    }
    let shown = &groups[..groups.len().min(MOST)];
    let base = story.result.baseline;
    let size = (WIDTH, 34 + PANEL * shown.len() as u32);
    let svg = draw::draw(size, |area| {
        let (head, body) = area.split_vertically(34);
        legend(&head);
        for (panel, group) in body.split_evenly((shown.len(), 1)).iter().zip(shown) {
            paint(story, panel, group, base);
        }
    });
    Ok(Figure { id: ID, caption: caption(story, &groups), data: data(&groups, base), title, svg })
}

fn is_observed(group: &PostedGroup) -> bool {
    group.hours.iter().any(|hour| hour.observed.is_some() || hour.check.is_some())
}

/// The look of what was observed, and of the period kept out of the fit.
fn looks() -> [Style; 2] {
    [Style { color: style(2).color, place: 3 }, Style { color: style(4).color, place: 4 }]
}

fn legend(area: &draw::Area) {
    let blue = style(1).color;
    let texts = [
        (said("simulated mean, 95 % interval", "media simulada, intervalo del 95 %"), 0),
        (said("1 and 2 sigma", "1 y 2 sigmas"), 1),
        (said("observed", "observado"), 2),
        (said("check period", "periodo de verificación"), 3),
    ];
    let mut x = 8;
    for (text, kind) in texts {
        match kind {
            0 => {
                draw::path(area, vec![(x, 16), (x + 24, 16)], blue.stroke_width(2));
                draw::path(area, vec![(x + 12, 10), (x + 12, 22)], INK.stroke_width(2));
            }
            1 => {
                draw::rectangle(area, [(x, 8), (x + 24, 24)], blue.mix(0.12).filled());
                draw::rectangle(area, [(x, 12), (x + 24, 20)], blue.mix(0.22).filled());
            }
            look => draw::marker(area, looks()[look - 2], (x + 12, 16), 4),
        }
        write(area, &text, (x + 30, 16), &font(13, INK, HPos::Left, VPos::Center));
        x += 30 + draw::width_of(&text, 13) + 14;
    }
}

const fn minutes(seconds: f64) -> f64 {
    seconds / 60.0
}

fn paint(story: &Story, area: &draw::Area, group: &PostedGroup, base: usize) {
    let simulated = |hour: &PostedHour| hour.simulated.get(base).copied().unwrap_or_default();
    let tops = group.hours.iter().flat_map(|hour| {
        let mean = simulated(hour);
        let two = mean.mean.map(|mean_s| mean_s + 2.0 * mean.sd.unwrap_or(0.0));
        [two, hour.observed, hour.check].into_iter().flatten().map(minutes)
    });
    let y = 0.0..draw::top(tops);
    let name = foreign(&format!("{}.{}", group.station, group.group));
    let label = said(format!("{name}: minutes"), format!("{name}: minutos"));
    let axes = Axes::new(0.0..24.0, y, hour_label(story), label).of_hours();
    let mut chart = draw::axes(area, &axes);
    let blue = style(1).color;
    let of = |sigmas: f64| -> Vec<(f64, f64, f64)> {
        let band = |hour: &PostedHour| {
            let mean = simulated(hour);
            let (middle, sd) = (mean.mean.unwrap_or(f64::NAN), mean.sd.unwrap_or(f64::NAN));
            let at = f64::from(hour.hour) + 0.5;
            (at, minutes((middle - sigmas * sd).max(0.0)), minutes(middle + sigmas * sd))
        };
        group.hours.iter().map(band).collect()
    };
    draw::band(&mut chart, &of(2.0), blue, 0.12);
    draw::band(&mut chart, &of(1.0), blue, 0.22);
    let line: Vec<(f64, f64)> = (group.hours.iter())
        .map(|hour| (f64::from(hour.hour) + 0.5, simulated(hour).mean.map_or(f64::NAN, minutes)))
        .collect();
    draw::line(&mut chart, &line, Style { color: blue, place: 0 }, 2);
    for hour in &group.hours {
        let at = f64::from(hour.hour) + 0.5;
        let mean = simulated(hour);
        if let (Some(low), Some(high)) = (mean.low(), mean.high()) {
            draw::interval(&mut chart, (at, minutes(low).max(0.0)), (at, minutes(high)), INK);
        }
        let points = [(hour.observed, looks()[0]), (hour.check, looks()[1])];
        for (value, look) in points.into_iter().filter_map(|(value, look)| Some((value?, look))) {
            draw::marker(area, look, draw::local(area, &chart, (at, minutes(value))), 4);
        }
    }
    let drawn = group.hours.iter().any(|hour| simulated(hour).mean.is_some());
    if !drawn {
        let words = said("nothing was posted in the run", "nada se publicó en la corrida");
        write(
            area,
            &words,
            (WIDTH as i32 / 2, PANEL as i32 / 2),
            &font(13, FAINT, HPos::Center, VPos::Center),
        );
    }
}

/// Whether an observation lies within so many standard deviations; `None` without any.
fn within(hour: &PostedHour, base: usize, sigmas: f64) -> Option<bool> {
    let mean = hour.simulated.get(base)?;
    Some((hour.observed? - mean.mean?).abs() <= sigmas * mean.sd?)
}

fn caption(story: &Story, groups: &[&PostedGroup]) -> Said {
    let base = story.result.baseline;
    let of_group = |group: &&PostedGroup| {
        let name = foreign(&group.group);
        let count =
            |sigmas: f64| group.hours.iter().filter(|hour| within(hour, base, sigmas) == Some(true)).count();
        let known = group.hours.iter().filter(|hour| within(hour, base, 1.0).is_some()).count();
        let error = |error: Option<f64>| error.map(|error| grouped(minutes(error), 1));
        let mut text = match error(group.error) {
            Some(error) => said(
                format!("{name}: on average {error} min from the observed waits"),
                format!("{name}: en promedio a {error} min de las esperas observadas"),
            ),
            None => said(format!("{name}: no hour in common"), format!("{name}: ninguna hora en común")),
        };
        if let Some(error) = error(group.check_error) {
            let more = said(
                format!("{error} min from those of the check period"),
                format!("a {error} min de las del periodo de verificación"),
            );
            text = text.join(", ", &more);
        }
        let inside = match known {
            0 => said(
                "no standard deviation between replications, so no envelope",
                "sin desviación estándar entre réplicas, por eso sin envolvente",
            ),
            _ => said(
                format!(
                    "{} of {known} observed hours lie inside 1 sigma, {} inside 2 sigma",
                    count(1.0),
                    count(2.0)
                ),
                format!(
                    "{} de {known} horas observadas quedan dentro de 1 sigma y {} dentro de 2 sigmas",
                    count(1.0),
                    count(2.0)
                ),
            ),
        };
        text.join("; ", &inside).join("", &said(".", "."))
    };
    let told: Vec<Said> = groups.iter().map(of_group).collect();
    let rest = said(
        "Sigma is the standard deviation between replications of the baseline. FHWA's four criteria of acceptance are judged \
         by `cruce calibrate`; GEH needs hourly counts, which the study does not give.",
        "Sigma es la desviación estándar entre réplicas de la base. Los cuatro criterios de aceptación de la FHWA los juzga \
         `cruce calibrate`; el GEH pide aforos por hora, que el estudio no trae.",
    );
    joined(" ", &told).join(" ", &rest)
}

fn data(groups: &[&PostedGroup], base: usize) -> Sheet {
    let columns = vec![
        Column::text("station", "The primary station."),
        Column::text("group", "Its lane group."),
        Column::whole("hour_local", "h", "Local hour."),
        Column::number("simulated_min", "min", "Posted wait of the baseline, mean over replications."),
        Column::number("ci_low", "min", "Lower end of its 95 % interval."),
        Column::number("ci_high", "min", "Upper end of its 95 % interval."),
        Column::number("sd_min", "min", "Standard deviation between replications."),
        Column::whole("n", "", "Replications that have a value."),
        Column::number("observed_min", "min", "As observed."),
        Column::number("check_min", "min", "As observed in the period kept out of the fit."),
        Column::text("within_1_sigma", "Whether the observed wait lies within one standard deviation."),
        Column::text("within_2_sigma", "The same with two."),
    ];
    let mut sheet = Sheet::new(ID, "A row is an hour of a lane group.", columns);
    for group in groups {
        for hour in &group.hours {
            let mean = hour.simulated.get(base).copied().unwrap_or_default();
            let of = |value: Option<f64>| Cell::from(value.map(minutes));
            let yes = |yes: Option<bool>| Cell::from(yes.map(|yes| if yes { "yes" } else { "no" }));
            sheet.push(vec![
                group.station.as_str().into(),
                group.group.as_str().into(),
                hour.hour.into(),
                of(mean.mean),
                of(mean.low()),
                of(mean.high()),
                of(mean.sd),
                mean.n.into(),
                of(hour.observed),
                of(hour.check),
                yes(within(hour, base, 1.0)),
                yes(within(hour, base, 2.0)),
            ]);
        }
    }
    sheet
}
