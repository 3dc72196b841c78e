//! Charts as files: the same picture with the light colours written out, on white, with a heading, a legend in words and
//! a line at the foot. The SVG needs nothing outside itself; the PNG is drawn from that SVG, never from a screen.

use super::canvas::Paint;
use super::frame::Frame;
use super::history::History;
use super::input::{ChartInput, MarkerKind, Size};
use super::lettering::{escape_into, fitted, width};
use super::markers;
use super::palette::{PAPER, Role, TEXT_2};
use super::sheet::{Drawn, Sheet};
use resvg::{tiny_skia, usvg};
use std::fmt::Write as _;

/// Width of an exported picture in px.
const WIDTH: f64 = 1_600.0;
/// Its height, which 286 px of 912 on screen become.
const HEIGHT: f64 = 760.0;
const MARGIN: f64 = 56.0;
/// Size of text and strokes relative to the screen.
const SCALE: f64 = 1.7;
/// Where the legend's glyphs and the chart start, px from the top.
const LEGEND: f64 = 118.0;
const CHART: f64 = 156.0;
/// Px kept free under the chart for the foot.
const FOOT: f64 = 60.0;
const FONTS: &str = "Inter, system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif";
/// Pictures beyond this are refused rather than drawn (px per side).
const LARGEST_SIDE: f32 = 8_000.0;

/// Why a PNG could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The SVG cannot be read.
    #[error("the chart cannot be read as SVG: {0}")]
    Svg(#[from] usvg::Error),
    /// Nothing to draw on: a side is zero or longer than 8,000 px.
    #[error("a picture of {width} × {height} px cannot be drawn; a side may have up to 8,000 px")]
    Size {
        /// Asked width, px.
        width: f32,
        /// Asked height, px.
        height: f32,
    },
    /// The picture could not be packed.
    #[error("the picture cannot be written as PNG: {0}")]
    Encode(String),
}

/// The chart as a complete SVG file, 1,600 px wide: `heading` above it, the legend in the words of the input, `footer`
/// below. The size in the input is not used.
#[must_use]
pub fn standalone_svg(input: &ChartInput<'_>, heading: &str, footer: &str) -> String {
    let size = Size { width: WIDTH - 2.0 * MARGIN, height: HEIGHT - CHART - FOOT, text_scale: SCALE };
    let input = &ChartInput { size, ..*input };
    let frame = Frame::new(input);
    let history = History::new(input, &frame);

    let mut out = String::with_capacity(8_192 + history.vertices() * 20);
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" font-family=\"{FONTS}\" font-size=\"{}\" role=\"img\" \
         aria-labelledby=\"chart-title chart-desc\"><title id=\"chart-title\">",
        frame.font
    );
    escape_into(&mut out, &input.words.title());
    out.push_str("</title><desc id=\"chart-desc\">");
    escape_into(&mut out, &input.words.description());
    let _ = writeln!(out, "</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>", PAPER.light);
    let room = WIDTH - 2.0 * MARGIN;
    line_of_text(&mut out, (MARGIN, 76.0, 34.0), 600, Role::TodayText, heading, room);
    let paint = Paint::Print { scale: SCALE };
    legend(&mut out, input, &frame, paint);
    let _ = writeln!(out, "<g transform=\"translate({MARGIN} {CHART})\">");
    super::body(&mut out, input, &frame, &history, paint);
    out.push_str("</g>\n");
    line_of_text(&mut out, (MARGIN, HEIGHT - 24.0, 17.0), 400, Role::Axis, footer, room);
    out.push_str("</svg>\n");
    out
}

/// Text at (left, baseline, font size) px in the colour of `role`, cut to `room` px.
fn line_of_text(out: &mut String, at: (f64, f64, f64), weight: u16, role: Role, text: &str, room: f64) {
    let color = role.look().fill.map_or(TEXT_2.light, |token| token.light);
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{weight}\" fill=\"{color}\">",
        at.0, at.1, at.2
    );
    escape_into(out, &fitted(text, at.2, room));
    out.push_str("</text>\n");
}

/// The kinds that occur in the picture and the forecast, each with its sign.
fn legend(out: &mut String, input: &ChartInput<'_>, frame: &Frame, paint: Paint) {
    let present = markers::inside(input, frame);
    let font = 18.0;
    let mut entries: Vec<(Option<MarkerKind>, String)> = MarkerKind::ALL
        .into_iter()
        .filter(|kind| present.iter().any(|marker| marker.kind == *kind))
        .map(|kind| (Some(kind), input.words.kind(kind)))
        .collect();
    if input.forecast.is_some() {
        entries.push((None, input.words.forecast()));
    }
    let mut left = MARGIN;
    for (kind, name) in entries {
        let name = fitted(&name, font, 300.0).into_owned();
        let _ = writeln!(out, "<g transform=\"translate({left} {})\">", LEGEND - 16.0);
        let sheet = Sheet::new(out, frame, paint);
        let drawn = match kind {
            Some(kind) => markers::glyph(&sheet, kind, 0.0, 0.0, SCALE),
            None => forecast_sign(&sheet),
        };
        drop(sheet);
        if let Err(error) = drawn {
            tracing::error!(%error, "the legend of an exported chart is incomplete");
        }
        let text_at = left + 12.0 * SCALE + 9.0;
        let _ = write!(
            out,
            "</g>\n<text x=\"{text_at}\" y=\"{LEGEND}\" font-size=\"{font}\" fill=\"{}\">",
            TEXT_2.light
        );
        escape_into(out, &name);
        out.push_str("</text>\n");
        left = text_at + width(&name, font) + 28.0;
    }
}

fn forecast_sign(sheet: &Sheet<'_>) -> Drawn {
    let at = |x: f64, y: f64| (x * SCALE, y * SCALE);
    sheet.shape(Role::Band, &[at(0.0, 1.0), at(13.0, 11.0), at(5.0, 11.0)])?;
    sheet.line(Role::BandEdge, &[at(5.0, 11.0), at(0.0, 1.0), at(13.0, 11.0)])
}

/// The picture of an SVG as a PNG file, with the fonts of this computer. Without any font the text is missing, the
/// picture is not. Reads the system's fonts, so call it where waiting a moment does no harm.
///
/// # Errors
/// If the text is no SVG, or a picture too large to draw.
pub fn png(svg: &str) -> Result<Vec<u8>, PngError> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_system_fonts();
    png_with_fonts(svg, fonts)
}

/// Families tried for text, the first one that is installed.
const FAMILIES: [&str; 9] = [
    "Inter",
    "Segoe UI",
    "SF Pro Text",
    "Helvetica Neue",
    "Adwaita Sans",
    "Cantarell",
    "Noto Sans",
    "DejaVu Sans",
    "Arial",
];

fn png_with_fonts(svg: &str, mut fonts: usvg::fontdb::Database) -> Result<Vec<u8>, PngError> {
    let installed =
        |family: &str| fonts.faces().any(|face| face.families.iter().any(|(name, _)| name == family));
    let family = FAMILIES
        .into_iter()
        .find(|family| installed(family))
        .map(str::to_owned)
        .or_else(|| fonts.faces().next().and_then(|face| Some(face.families.first()?.0.clone())));
    let mut options = usvg::Options::default();
    if let Some(family) = family {
        fonts.set_sans_serif_family(&family);
        options.font_family = family;
    }
    options.fontdb = std::sync::Arc::new(fonts);
    let tree = usvg::Tree::from_str(svg, &options)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let refused = PngError::Size { width, height };
    if width > LARGEST_SIDE || height > LARGEST_SIDE {
        return Err(refused);
    }
    let Some(mut picture) = tiny_skia::Pixmap::new(width.ceil() as u32, height.ceil() as u32) else {
        return Err(refused);
    };
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut picture.as_mut());
    picture.encode_png().map_err(|error| PngError::Encode(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>\
                       <rect width='40' height='20' fill='#0f5f78'/><text x='2' y='12'>Today</text></svg>";

    #[test]
    fn a_png_is_made_without_any_font() {
        let bytes = png_with_fonts(SVG, usvg::fontdb::Database::new()).unwrap();
        let picture = tiny_skia::Pixmap::decode_png(&bytes).unwrap();
        assert_eq!((picture.width(), picture.height()), (40, 20));
        let pixel = picture.pixel(30, 10).unwrap();
        assert_eq!((pixel.red(), pixel.green(), pixel.blue()), (0x0f, 0x5f, 0x78));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert!(matches!(png("<html>"), Err(PngError::Svg(_))));
        let vast = "<svg xmlns='http://www.w3.org/2000/svg' width='90000' height='20'/>";
        let error = png(vast).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a picture of 90000 × 20 px cannot be drawn; a side may have up to 8,000 px"
        );
    }
}
