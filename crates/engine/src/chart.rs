//! The one chart of the product: what was left of a supply, and until when it will last. The same input always gives the
//! same picture: no clock, no files, no locale of its own; all words come from [`ChartWords`]. Whatever the input holds
//! (nothing, no numbers, hostile names), the result is a well-formed SVG of at most 2,000 points whose colours are classes.
//!
//! The picture follows the design page of the interface, section 8. [`export`] makes files for print from it.

mod axis;
pub mod bars;
mod canvas;
pub mod export;
mod frame;
mod future;
mod history;
mod input;
mod lettering;
mod markers;
mod palette;
mod readout;
mod reduce;
mod sheet;

pub use input::{
    ChartInput, ChartWords, ExpectedOrder, Forecast, Marker, MarkerKind, Range, Sample, Shape, Size,
};
pub use palette::stylesheet;
pub use readout::{ChartPoint, PointKind};

use canvas::Paint;
use frame::Frame;
use history::History;
use serde::Serialize;
use sheet::{Drawn, Sheet};
use ts_rs::TS;

/// A drawn chart and what an overlay needs to answer the pointer and the keys.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Chart {
    /// A complete `svg` element whose user unit is a px of the asked size. Colours are classes of [`stylesheet`].
    pub svg: String,
    /// What can be pointed at, by time; at most 2,000.
    pub points: Vec<ChartPoint>,
    /// Width in px; the asked one unless that was too small to hold anything.
    pub width: f64,
    /// Height in px; the asked one unless that was too small.
    pub height: f64,
    /// Where the plot lies inside, in px.
    pub plot: Plot,
}

/// The edges of the area between the axes, in px from the upper left corner of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, TS)]
pub struct Plot {
    /// Start of the history.
    pub left: f64,
    /// End of the future.
    pub right: f64,
    /// The highest labelled amount.
    pub top: f64,
    /// Zero.
    pub bottom: f64,
    /// The line of now.
    pub now: f64,
}

/// Draws the chart.
#[must_use]
pub fn render(input: &ChartInput<'_>) -> Chart {
    let frame = Frame::new(input);
    let history = History::new(input, &frame);
    let (width, height, font) = (frame.width, frame.height, frame.font);
    // A vertex takes about ten bytes, in the line and in the area.
    let mut svg = String::with_capacity(4_096 + history.vertices() * 20);
    open_svg(&mut svg, input.id, &input.words.title(), &input.words.description(), (width, height, font));
    body(&mut svg, input, &frame, &history, Paint::Classes);
    svg.push_str("</svg>");
    Chart {
        svg,
        points: readout::points(input, &frame, &history),
        width,
        height,
        plot: Plot {
            left: frame.left,
            right: frame.right,
            top: frame.top,
            bottom: frame.bottom,
            now: frame.now_x(),
        },
    }
}

fn open_svg(
    out: &mut String,
    id: &str,
    title: &str,
    description: &str,
    (width, height, font): (f64, f64, f64),
) {
    use std::fmt::Write as _;
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    let id = if id.is_empty() { "chart" } else { &id };
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-size=\"{font}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
         <title id=\"{id}-title\">"
    );
    lettering::escape_into(out, title);
    let _ = write!(out, "</title><desc id=\"{id}-desc\">");
    lettering::escape_into(out, description);
    out.push_str("</desc>\n");
}

/// Appends everything inside the `svg` element, from the back to the front.
fn body(out: &mut String, input: &ChartInput<'_>, frame: &Frame, history: &History, paint: Paint) {
    let sheet = Sheet::new(out, frame, paint);
    if let Err(error) = draw(&sheet, input, frame, history) {
        // The canvas writes to memory and cannot fail; what is drawn so far is still well-formed.
        tracing::error!(%error, "a chart is incomplete");
    }
}

fn draw(sheet: &Sheet<'_>, input: &ChartInput<'_>, frame: &Frame, history: &History) -> Drawn {
    let future = future::Future::new(input, frame, history);
    history.draw_area(sheet)?;
    frame.draw_amounts(sheet)?;
    frame.draw_times(sheet, future.label_room())?;
    future.draw(sheet)?;
    frame.draw_low(sheet, input, history)?;
    let lane = markers::Lane::new(input, frame, history);
    frame.draw_today(sheet, input, &lane.occupied())?;
    lane.draw_stems(sheet)?;
    history.draw_line(sheet)?;
    lane.draw_marks(sheet)?;
    if let Some(level) = frame.now_level {
        sheet.dot(frame.now_x(), frame.y(level))?;
    } else if let Some(only) = history.alone() {
        sheet.dot(frame.x(only.at), frame.y(only.level))?;
    }
    future.draw_label(sheet)
}
