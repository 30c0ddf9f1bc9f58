//! From SVG to PNG. The font is in the program and read for each picture: nothing of it stays in memory between two.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, Options, Tree};

/// The family of both fonts; `font/LICENSE-OFL.txt` is their licence.
pub(super) const FAMILY: &str = "Inter";
const FONTS: [&[u8]; 2] = [include_bytes!("font/Inter-Regular.otf"), include_bytes!("font/Inter-SemiBold.otf")];
/// Pixels for one unit of the drawing.
const SCALE: f32 = 3.0;

/// Why there is no picture: a fault of this program.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The drawing does not read.
    #[error("the picture could not be read as SVG: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// It has no size, or one that is too large.
    #[error("the picture has no size")]
    Size,
    /// It could not be written.
    #[error("the picture could not be written as PNG")]
    Png,
}

/// Draws it.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, PictureError> {
    let tree = Tree::from_str(svg, &options())?;
    let pixels = |length: f32| (length * SCALE).ceil() as u32;
    let size = tree.size();
    let mut pixmap = Pixmap::new(pixels(size.width()), pixels(size.height())).ok_or(PictureError::Size)?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|_| PictureError::Png)
}

/// No fonts but ours, and no image, so that nothing is read from outside.
fn options() -> Options<'static> {
    let mut fonts = Database::new();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    let image_href_resolver =
        ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    Options { font_family: FAMILY.to_owned(), fontdb: Arc::new(fonts), image_href_resolver, ..Options::default() }
}
