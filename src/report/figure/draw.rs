//! How every figure is drawn: colors, line styles, markers, text, axes, bands, legends.
//!
//! Drawing is `plotters`' work; what stands here makes all figures look alike and keeps them readable without color:
//! each series has a dash and a marker beside its color, and its name beside it. Text is drawn in both languages at
//! the same place; [`Svg`] then shows both to a page that hides one, or one of them alone. Coordinates are pixels of
//! the picture or values of its axes. It does not know what is shown. Start at [`draw`], then [`axes`].

use std::ops::Range;

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::said::{Said, same};
use crate::report::words::Language;

/// A part of a picture, in pixels.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A part of a picture with axes.
pub type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Width of a figure, pixels.
pub const WIDTH: u32 = 760;

/// Ink of texts and axes.
pub const INK: RGBColor = RGBColor(31, 41, 51);
/// Second texts and guide lines: 4.5 to 1 on white at least.
pub const FAINT: RGBColor = RGBColor(94, 104, 117);
/// Grid lines, and areas that mean "nothing to see".
pub const PALE: RGBColor = RGBColor(226, 230, 235);
/// Something is better, or good.
pub const GOOD: RGBColor = RGBColor(0, 107, 79);
/// Something is worse, or bad.
pub const BAD: RGBColor = RGBColor(176, 52, 0);

/// Colors of series: after Okabe and Ito (2008), darkened until each has 3 to 1 on white.
const COLORS: [RGBColor; 8] = [
    RGBColor(31, 41, 51),
    RGBColor(0, 103, 163),
    RGBColor(196, 78, 0),
    RGBColor(0, 122, 90),
    RGBColor(138, 79, 158),
    RGBColor(122, 92, 0),
    RGBColor(178, 34, 84),
    RGBColor(0, 120, 140),
];

/// How a series looks, by its place: color, dash and marker.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Its color.
    pub color: RGBColor,
    /// Which dash and marker.
    pub place: usize,
}

/// The look of the series at a place; the same scenario has the same look in every figure.
pub fn style(place: usize) -> Style {
    Style { color: COLORS[place % COLORS.len()], place }
}

/// A picture as SVG, with its texts in both languages.
#[derive(Clone, Debug)]
pub struct Svg(String);

/// Around and between the two languages of a text while it is drawn: characters that no text holds
/// ([`crate::report::said::foreign`] takes them out).
const OPEN: char = '\u{e000}';
const BETWEEN: char = '\u{e001}';
const CLOSE: char = '\u{e002}';

impl Svg {
    /// For a page: both languages, of which its style shows one. `label` is the id of what names the picture.
    pub fn for_page(&self, label: &str) -> String {
        let tspans = |en: &str, es: &str| match en == es {
            true => en.to_owned(),
            false => format!("<tspan lang=\"en\">{en}</tspan><tspan lang=\"es\">{es}</tspan>"),
        };
        let svg = self.with(tspans);
        svg.replacen("<svg ", &format!("<svg class=\"chart\" role=\"img\" aria-labelledby=\"{label}\" "), 1)
    }

    /// A file of its own, in one language.
    pub fn alone(&self, language: Language, title: &Said) -> String {
        let svg = self.with(|en, es| match language {
            Language::English => en.to_owned(),
            Language::Spanish => es.to_owned(),
        });
        let head = format!("<title>{}</title>\n", escaped(title.text(language)));
        match svg.find(">\n") {
            Some(end) => format!("{}{head}{}", &svg[..end + 2], &svg[end + 2..]),
            None => svg,
        }
    }

    fn with(&self, text: impl Fn(&str, &str) -> String) -> String {
        let mut out = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once(OPEN) {
            out.push_str(before);
            let (both, after) = after.split_once(CLOSE).unwrap_or((after, ""));
            let (en, es) = both.split_once(BETWEEN).unwrap_or((both, both));
            out.push_str(&text(en, es));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Draws a picture of a size in pixels.
pub fn draw(size: (u32, u32), paint: impl FnOnce(&Area)) -> Svg {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        sure(area.fill(&WHITE));
        paint(&area);
        sure(area.present());
    }
    // What is so unless told, and the one font once: half of the bytes of a picture with many marks.
    let svg = svg.replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "");
    Svg(svg.replacen("<svg ", "<svg font-family=\"sans-serif\" ", 1))
}

/// Drawing into memory cannot fail.
pub fn sure<T, E: std::fmt::Debug>(drawn: Result<T, E>) -> T {
    drawn.expect("drawing into memory does not fail")
}

/// A text in both languages, as it is given to the drawing library.
pub fn both(text: &Said) -> String {
    if text.en == text.es { text.en.clone() } else { format!("{OPEN}{}{BETWEEN}{}{CLOSE}", text.en, text.es) }
}

/// The width of the longer language in pixels, about: nothing is known of the reader's fonts.
pub fn width_of(text: &Said, px: u32) -> i32 {
    let longest = text.en.chars().count().max(text.es.chars().count());
    (longest as f64 * f64::from(px) * 0.56) as i32
}

/// A text style: size in pixels, color, and which part of the text stands at the point.
pub fn font(px: u32, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    // The SVG backend divides sizes by this.
    let style = TextStyle::from(("sans-serif", f64::from(px) * 1.24)).pos(Pos::new(h, v));
    TextStyle { color: color.to_backend_color(), ..style }
}

/// The same in bold.
pub fn bold(px: u32, color: RGBColor, h: HPos, v: VPos) -> TextStyle<'static> {
    let style = TextStyle::from(("sans-serif", f64::from(px) * 1.24, FontStyle::Bold)).pos(Pos::new(h, v));
    TextStyle { color: color.to_backend_color(), ..style }
}

/// Writes a text at a point of an area.
pub fn write(area: &Area, text: &Said, at: (i32, i32), style: &TextStyle) {
    sure(area.draw_text(&both(text), style, at));
}

/// A filled or empty rectangle between two corners.
pub fn rectangle(area: &Area, corners: [(i32, i32); 2], style: impl Into<ShapeStyle>) {
    sure(area.draw(&Rectangle::new(corners, style)));
}

/// A line through points, in pixels.
pub fn path(area: &Area, points: Vec<(i32, i32)>, style: impl Into<ShapeStyle>) {
    sure(area.draw(&PathElement::new(points, style)));
}

/// A filled polygon, in pixels.
pub fn polygon(area: &Area, points: Vec<(i32, i32)>, style: impl Into<ShapeStyle>) {
    sure(area.draw(&Polygon::new(points, style)));
}

/// The marker of a series at a point of an area: circle, triangle, square, cross, diamond, in turn.
pub fn marker(area: &Area, style: Style, (x, y): (i32, i32), size: i32) {
    let fill = style.color.filled();
    let polygon = |points: &[(i32, i32)]| {
        let points = points.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        sure(area.draw(&Polygon::new::<Vec<(i32, i32)>, _>(points, fill)));
    };
    match style.place % 5 {
        0 => sure(area.draw(&Circle::new((x, y), size, fill))),
        1 => polygon(&[(0, -size - 1), (size + 1, size), (-size - 1, size)]),
        2 => polygon(&[(-size, -size), (size, -size), (size, size), (-size, size)]),
        3 => polygon(&[(0, -size - 1), (size + 1, 0), (0, size + 1), (-size - 1, 0)]),
        _ => sure(area.draw(&Cross::new((x, y), size, style.color.stroke_width(2)))),
    }
}

/// What stands on the axes of a chart.
pub struct Axes {
    /// From, to.
    pub x: Range<f64>,
    /// From, to.
    pub y: Range<f64>,
    /// What x is, with its unit.
    pub x_label: Said,
    /// What y is, with its unit: written above the axis, so that nobody must turn the head.
    pub y_label: Said,
    /// Where x has ticks; [`ticks`] or [`hours`].
    pub x_ticks: Vec<f64>,
    /// Where y has ticks.
    pub y_ticks: Vec<f64>,
    /// Pixels left of the axis, for its labels.
    pub left: u32,
}

impl Axes {
    /// Axes with round ticks.
    pub fn new(x: Range<f64>, y: Range<f64>, x_label: Said, y_label: Said) -> Axes {
        let (x_ticks, y_ticks) = (ticks(&x, 8), ticks(&y, 5));
        Axes { x, y, x_label, y_label, x_ticks, y_ticks, left: 52 }
    }

    /// The same with hours of the day below.
    pub fn of_hours(self) -> Axes {
        Axes { x_ticks: hours(&self.x), ..self }
    }
}

/// Round values within a range, about as many as asked for.
pub fn ticks(range: &Range<f64>, about: usize) -> Vec<f64> {
    let span = range.end - range.start;
    if span <= 0.0 || !span.is_finite() {
        return vec![range.start];
    }
    let rough = span / about.max(1) as f64;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * power);
    let step = step.into_iter().find(|step| span / step <= about as f64 + 0.5).unwrap_or(10.0 * power);
    let first = libm::ceil(range.start / step - 1e-9) as i64;
    let last = libm::floor(range.end / step + 1e-9) as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// Every third hour within a range of hours; every day from three days on.
pub fn hours(range: &Range<f64>) -> Vec<f64> {
    let span = range.end - range.start;
    let step = [1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 168.0];
    let step = step.into_iter().find(|step| span / step <= 10.0).unwrap_or(720.0);
    let first = libm::ceil(range.start / step) as i64;
    let last = libm::floor(range.end / step) as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

/// The end of an axis from 0 that holds all values: a round number a little above the largest.
pub fn top(values: impl IntoIterator<Item = f64>) -> f64 {
    let largest = values.into_iter().filter(|value| value.is_finite()).fold(0.0, f64::max);
    if largest <= 0.0 {
        return 1.0;
    }
    let step = ticks(&(0.0..largest * 1.02), 5).get(1).copied().unwrap_or(largest);
    libm::ceil(largest * 1.02 / step) * step
}

/// A number on an axis: as few digits as say it.
pub fn tick_label(value: f64) -> String {
    let text = crate::report::number::grouped(value, 3);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Room above a chart for the label of its y axis.
const ABOVE: u32 = 26;

/// Draws axes with grid lines and labels; what comes back draws in their values.
pub fn axes<'a, 'b>(area: &'a Area<'b>, axes: &Axes) -> Chart<'a, 'b> {
    axes_with(area, axes, &tick_label, &tick_label)
}

/// The same, ticks of x and y written as the functions say.
pub fn axes_with<'a, 'b>(
    area: &'a Area<'b>,
    axes: &Axes,
    x_text: &dyn Fn(f64) -> String,
    y_text: &dyn Fn(f64) -> String,
) -> Chart<'a, 'b> {
    let (width, height) = area.dim_in_pixel();
    let below = if axes.x_label.en.is_empty() { 24 } else { 42 };
    let mut builder = ChartBuilder::on(area);
    builder.margin_right(14).margin_top(ABOVE).x_label_area_size(below).y_label_area_size(axes.left);
    let mut chart = sure(builder.build_cartesian_2d(axes.x.clone(), axes.y.clone()));
    let (x, y) = (&axes.x, &axes.y);
    let across = axes.y_ticks.iter().map(|at| [(x.start, *at), (x.end, *at)]);
    let upright = axes.x_ticks.iter().map(|at| [(*at, y.start), (*at, y.end)]);
    let grid = across.chain(upright).map(|ends| PathElement::new(ends.to_vec(), PALE.stroke_width(1)));
    sure(chart.draw_series(grid).map(|_| ()));
    let edge = [[(x.start, y.start), (x.end, y.start)], [(x.start, y.start), (x.start, y.end)]];
    let edge = edge.map(|ends| PathElement::new(ends.to_vec(), FAINT.stroke_width(1)));
    sure(chart.draw_series(edge).map(|_| ()));
    for at in &axes.x_ticks {
        let (px, py) = local(area, &chart, (*at, y.start));
        write(area, &same(x_text(*at)), (px, py + 5), &font(12, FAINT, HPos::Center, VPos::Top));
    }
    for at in &axes.y_ticks {
        let (px, py) = local(area, &chart, (x.start, *at));
        write(area, &same(y_text(*at)), (px - 6, py), &font(12, FAINT, HPos::Right, VPos::Center));
    }
    write(area, &axes.y_label, (8, 4), &font(13, INK, HPos::Left, VPos::Top));
    let middle = (axes.left as i32 + width as i32 - 14) / 2;
    write(area, &axes.x_label, (middle, height as i32 - 6), &font(13, INK, HPos::Center, VPos::Bottom));
    chart
}

/// The pixel of a point of a chart within the whole picture's area that it was made on.
pub fn pixel(chart: &Chart, point: (f64, f64)) -> (i32, i32) {
    let area = chart.plotting_area();
    area.map_coordinate(&point)
}

/// The same within the area that the chart was made on, which may be one panel of several.
pub fn local(area: &Area, chart: &Chart, point: (f64, f64)) -> (i32, i32) {
    let ((x, y), (left, top)) = (pixel(chart, point), area.get_base_pixel());
    (x - left, y - top)
}

/// A line through points, with the dash of its series; a point that is not a number makes a gap.
pub fn line(chart: &mut Chart, points: &[(f64, f64)], style: Style, width: u32) {
    let drawn = style.color.stroke_width(width);
    for run in points.split(|(x, y)| x.is_nan() || y.is_nan()).filter(|run| run.len() > 1) {
        let run = run.iter().copied();
        match style.place % 4 {
            0 => sure(chart.draw_series(LineSeries::new(run, drawn)).map(|_| ())),
            dash => {
                let (on, off) = [(9, 4), (3, 3), (14, 3)][dash - 1];
                sure(chart.draw_series(DashedLineSeries::new(run, on, off, drawn)).map(|_| ()));
            }
        }
    }
}

/// The area between two lines over the same places.
pub fn band(chart: &mut Chart, points: &[(f64, f64, f64)], color: RGBColor, opacity: f64) {
    let broken = |(x, low, high): &(f64, f64, f64)| x.is_nan() || low.is_nan() || high.is_nan();
    for run in points.split(broken).filter(|run| run.len() > 1) {
        let there = run.iter().map(|(x, _, high)| (*x, *high));
        let back = run.iter().rev().map(|(x, low, _)| (*x, *low));
        let outline: Vec<(f64, f64)> = there.chain(back).collect();
        sure(chart.draw_series([Polygon::new(outline, color.mix(opacity).filled())]).map(|_| ()));
    }
}

/// A thin line across, with its name at the right end above it.
pub fn guide(chart: &mut Chart, area: &Area, at: f64, x: &Range<f64>, name: &Said) {
    let points = [(x.start, at), (x.end, at)];
    sure(chart.draw_series(DashedLineSeries::new(points, 2, 3, BAD.stroke_width(1))).map(|_| ()));
    let (right, y) = local(area, chart, (x.end, at));
    write(area, name, (right - 4, y - 3), &font(12, BAD, HPos::Right, VPos::Bottom));
}

/// An interval on a chart: a bar with ends, lying or standing.
pub fn interval(chart: &mut Chart, from: (f64, f64), to: (f64, f64), color: RGBColor) {
    sure(chart.draw_series([PathElement::new(vec![from, to], color.stroke_width(2))]).map(|_| ()));
}

/// Names of series with their line and marker, in rows from the top left; the pixels that they take.
pub fn legend(area: &Area, names: &[(Said, Style)]) -> u32 {
    let (width, _) = area.dim_in_pixel();
    let (mut x, mut y) = (8, 14);
    for (name, style) in names {
        let wide = 34 + width_of(name, 13) + 18;
        if x > 8 && x + wide > width as i32 {
            (x, y) = (8, y + 20);
        }
        dashed(area, *style, (x, y), (x + 26, y));
        marker(area, *style, (x + 13, y), 4);
        write(area, name, (x + 32, y), &font(13, INK, HPos::Left, VPos::Center));
        x += wide;
    }
    y as u32 + 10
}

fn dashed(area: &Area, style: Style, from: (i32, i32), to: (i32, i32)) {
    let (on, off) = [(26, 1), (9, 4), (3, 3), (14, 3)][style.place % 4];
    let mut x = from.0;
    while x < to.0 {
        let end = (x + on).min(to.0);
        path(area, vec![(x, from.1), (end, to.1)], style.color.stroke_width(2));
        x = end + off;
    }
}

/// A text that is too long for its place, cut with an ellipsis in both languages.
pub fn cut(text: &Said, px: u32, room: i32) -> Said {
    let most = ((f64::from(room.max(0)) / (f64::from(px) * 0.56)) as usize).max(2);
    text.map(|text| crate::report::layout::cut(text, most))
}

/// A text in lines that fit the room, in each language; what is beyond `most` lines is cut.
pub fn wrapped(text: &Said, px: u32, room: i32, most: usize) -> Vec<Said> {
    let letters = ((f64::from(room.max(0)) / (f64::from(px) * 0.56)) as usize).max(2);
    let lines = |text: &str| {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= letters;
            let full = lines.len() == most;
            match lines.last_mut() {
                Some(line) if full || fits(line) => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines.iter().map(|line| crate::report::layout::cut(line, letters)).collect::<Vec<_>>()
    };
    let (en, es) = (lines(&text.en), lines(&text.es));
    let line = |lines: &[String], place: usize| lines.get(place).cloned().unwrap_or_default();
    (0..en.len().max(es.len()))
        .map(|place| crate::report::said::said(line(&en, place), line(&es, place)))
        .collect()
}

/// A star of five points around a point: full, or its outline alone.
pub fn star(area: &Area, (x, y): (i32, i32), color: RGBColor, full: bool) {
    let points =
        [(0, -7), (2, -2), (7, -2), (3, 1), (4, 6), (0, 3), (-4, 6), (-3, 1), (-7, -2), (-2, -2), (0, -7)];
    let points: Vec<(i32, i32)> = points.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
    match full {
        true => polygon(area, points, color.filled()),
        false => path(area, points, color.stroke_width(1)),
    }
}

/// A number as a text in both languages.
pub fn number(value: f64, decimals: usize) -> Said {
    same(crate::report::number::grouped(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::said::said;

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(&(0.0..52.0), 5), [0.0, 20.0, 40.0]);
        assert_eq!(ticks(&(-3.0..9.0), 6), [-2.0, 0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(hours(&(0.0..24.0)), [0.0, 3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 21.0, 24.0]);
        assert_eq!(top([38.0, 12.0]), 40.0);
        assert_eq!(top([]), 1.0);
        assert_eq!(tick_label(2.50), "2.5");
        assert_eq!(tick_label(1200.0), "1,200");
    }

    #[test]
    fn a_picture_speaks_both_languages() {
        let svg = draw((100, 40), |area| {
            write(area, &said("a < b", "a & b"), (5, 5), &font(12, INK, HPos::Left, VPos::Top));
        });
        let page = svg.for_page("caption");
        assert!(
            page.contains("<tspan lang=\"en\">a &lt; b</tspan><tspan lang=\"es\">a &amp; b</tspan>"),
            "{page}"
        );
        let alone = svg.alone(Language::Spanish, &same("</title>"));
        assert!(alone.contains("a &amp; b") && !alone.contains("a &lt; b"), "{alone}");
        assert!(alone.contains("<title>&lt;/title&gt;</title>"), "{alone}");
    }
}
