//! Text for a terminal: tables that never wrap, paragraphs that always do, and color.
//!
//! A [`Grid`] has a column of labels and columns of values; when they do not fit side by side it
//! continues below with the labels repeated, so a narrow terminal shows more blocks, not broken
//! lines; where a label leaves no room for a value, the label has a line of its own. Labels and values are never cut. It does not know what it shows, nor whether there is a terminal: width and color are
//! given. Start at [`Grid`].

/// How the text will be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Characters per line.
    pub width: usize,
    /// Whether colors may be used; meaning never hangs on them.
    pub color: bool,
}

/// An emphasis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// Headings.
    Strong,
    /// Less important.
    Faint,
    /// Something got better, or a goal was met.
    Good,
    /// Something got worse, or a goal was missed.
    Bad,
    /// Look at this.
    Warn,
}

impl Look {
    /// The text in this tone, if colors may be used.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Strong => "1",
            Tone::Faint => "2",
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Warn => "33",
        };
        if self.color && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A column of values.
#[derive(Clone, Debug)]
pub struct GridColumn {
    /// Its head.
    pub head: String,
    /// One cell per row.
    pub cells: Vec<(String, Tone)>,
}

/// A table for people: labels at the left, columns of values aligned at the right.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Head of the labels.
    pub corner: String,
    /// What the rows are.
    pub labels: Vec<String>,
    /// The values.
    pub columns: Vec<GridColumn>,
}

/// Blanks between two columns.
const GAP: usize = 2;

impl Grid {
    /// The lines of the table, in as many blocks as the width asks for.
    pub fn lines(&self, look: Look) -> Vec<String> {
        let widest = self.labels.iter().chain([&self.corner]).map(|label| width(label)).max().unwrap_or(0);
        let narrowest_column = self.columns.iter().map(column_width).max().unwrap_or(0);
        let stacked = widest + GAP + narrowest_column > look.width;
        let label_width = if stacked { 0 } else { widest };
        let mut lines = Vec::new();
        let mut rest = &self.columns[..];
        while !rest.is_empty() {
            // Blocks of about the same size look better than a full one and a remainder.
            let most = fitting(rest, look.width.saturating_sub(label_width));
            let (block, after) = rest.split_at(rest.len().div_ceil(rest.len().div_ceil(most)));
            if !lines.is_empty() {
                lines.push(String::new());
            }
            self.block(block, label_width, look, &mut lines);
            rest = after;
        }
        lines
    }

    fn block(&self, columns: &[GridColumn], label_width: usize, look: Look, lines: &mut Vec<String>) {
        // Without room beside them, labels stand above their values.
        let label = |text: &str, lines: &mut Vec<String>| {
            if width(text) <= label_width {
                return pad_right(text, label_width);
            }
            lines.extend(paragraph("", text, look));
            String::new()
        };
        let mut head = pad_right(if label_width > 0 { &self.corner } else { "" }, label_width);
        for column in columns {
            head.push_str(&" ".repeat(GAP));
            head.push_str(&pad_left(&column.head, column_width(column)));
        }
        lines.push(look.paint(Tone::Strong, head.trim_end()));
        for (row, text) in self.labels.iter().enumerate() {
            let mut line = label(text, lines);
            for column in columns {
                let (text, tone) = &column.cells[row];
                let blanks = column_width(column) + GAP - width(text);
                line.push_str(&" ".repeat(blanks));
                line.push_str(&look.paint(*tone, text));
            }
            lines.push(line.trim_end().to_owned());
        }
    }
}

/// How many of the first columns fit beside each other: at least one.
fn fitting(columns: &[GridColumn], room: usize) -> usize {
    let mut used = 0;
    let fits = columns.iter().take_while(|column| {
        used += GAP + column_width(column);
        used <= room
    });
    fits.count().max(1)
}

fn column_width(column: &GridColumn) -> usize {
    column.cells.iter().map(|(text, _)| width(text)).chain([width(&column.head)]).max().unwrap_or(0)
}

/// Columns of the terminal that a text takes up. Texts of a study may be in any script; those that
/// count double there are rare enough to be counted as one.
pub fn width(text: &str) -> usize {
    text.chars().count()
}

/// The text, or its beginning and an ellipsis.
pub fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

fn pad_right(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

fn pad_left(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

/// A paragraph broken at blanks: `first` before its first line, as many blanks before the others.
pub fn paragraph(first: &str, text: &str, look: Look) -> Vec<String> {
    let indent = " ".repeat(width(first));
    let room = look.width.saturating_sub(width(first)).max(16);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    let before = |place| if place == 0 { first } else { indent.as_str() };
    lines
        .iter()
        .enumerate()
        .map(|(place, line)| format!("{}{line}", before(place)).trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let column = |head: &str, a: &str, b: &str| GridColumn {
            head: head.to_owned(),
            cells: vec![(a.to_owned(), Tone::Plain), (b.to_owned(), Tone::Good)],
        };
        Grid {
            corner: String::new(),
            labels: vec!["mean".to_owned(), "p95".to_owned()],
            columns: vec![column("today", "62.1 ± 1.3", "90"), column("two-lanes", "9.7", "21.5 ± 0.2")],
        }
    }

    #[test]
    fn a_grid_is_aligned_at_the_right() {
        let lines = grid().lines(Look { width: 80, color: false });
        assert_eq!(
            lines,
            ["           today   two-lanes", "mean  62.1 ± 1.3         9.7", "p95           90  21.5 ± 0.2"]
        );
    }

    #[test]
    fn a_narrow_grid_continues_below() {
        let lines = grid().lines(Look { width: 20, color: false });
        assert_eq!(
            lines,
            [
                "           today",
                "mean  62.1 ± 1.3",
                "p95           90",
                "",
                "       two-lanes",
                "mean         9.7",
                "p95   21.5 ± 0.2"
            ]
        );
    }

    #[test]
    fn a_label_without_room_stands_above_its_values() {
        let lines = grid().lines(Look { width: 14, color: false });
        let expected = ["       today", "mean", "  62.1 ± 1.3", "p95", "          90", ""];
        assert_eq!(lines[..6], expected);
    }

    #[test]
    fn color_changes_no_width() {
        let plain = grid().lines(Look { width: 80, color: false });
        let painted = grid().lines(Look { width: 80, color: true });
        let bare: Vec<String> = painted.iter().map(|line| without_codes(line)).collect();
        assert_ne!(plain, painted);
        assert_eq!(plain, bare);
    }

    fn without_codes(line: &str) -> String {
        let mut parts = line.split('\u{1b}');
        let mut bare = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            bare.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
        }
        bare
    }

    #[test]
    fn paragraphs_hang() {
        let lines = paragraph("- ", "one two three four five", Look { width: 18, color: false });
        assert_eq!(lines, ["- one two three", "  four five"]);
    }
}
