//! A figure as pixels, with a font of our own: the same on a machine without fonts.
//!
//! Noto Sans, Latin letters and the signs that figures use; its license stands beside it in `font/`. Letters of other
//! scripts become boxes in pixels; in SVG the reader's fonts draw them. Start at [`png`].

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use thiserror::Error;

/// A picture could not be made.
#[derive(Debug, Error)]
#[error("cannot draw the picture: {0}")]
pub struct NotDrawn(String);

/// Pixels of the picture per pixel of the drawing: 760 wide becomes 1520, enough for a printed column.
const SCALE: f32 = 2.0;

const REGULAR: &[u8] = include_bytes!("font/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("font/NotoSans-Bold.ttf");

/// The drawing as a PNG file.
///
/// # Errors
///
/// When the drawing cannot be understood, which would be an error of ours.
pub fn png(svg: &str) -> Result<Vec<u8>, NotDrawn> {
    let told = |why: &dyn std::fmt::Display| NotDrawn(why.to_string());
    let mut options = Options::default();
    let fonts = Arc::make_mut(&mut options.fontdb);
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(BOLD.to_vec());
    fonts.set_sans_serif_family("Noto Sans");
    let tree = Tree::from_str(svg, &options).map_err(|error| told(&error))?;
    let size = tree.size();
    let [width, height] = [size.width(), size.height()].map(|length| (length * SCALE).ceil() as u32);
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| told(&"it has no size"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| told(&error))
}

#[cfg(test)]
mod tests {
    use super::super::draw::{self, INK, font, write};
    use super::*;
    use crate::report::said::same;
    use crate::report::words::Language;
    use plotters::style::text_anchor::{HPos, VPos};

    #[test]
    fn text_leaves_ink() {
        let picture = |text: &str| {
            let svg = draw::draw((120, 30), |area| {
                write(area, &same(text), (4, 4), &font(16, INK, HPos::Left, VPos::Top));
            });
            let file = png(&svg.alone(Language::English, &same("a title"))).expect("drawn");
            assert_eq!(file[..8], *b"\x89PNG\r\n\x1a\n");
            let pixels = Pixmap::decode_png(&file).expect("a picture");
            assert_eq!((pixels.width(), pixels.height()), (240, 60));
            pixels.pixels().iter().filter(|pixel| pixel.red() < 128).count()
        };
        let (little, more) = (picture("± ñ"), picture("−25.8 min ≤ mañana"));
        assert!(little > 40 && more > 3 * little, "{little} {more}");
        assert_eq!(picture(""), 0);
        assert!(png("no picture").is_err());
    }
}
