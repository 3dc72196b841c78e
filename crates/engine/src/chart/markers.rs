//! The lane of events above the curve. The shape says the kind: a triangle with a plus was bought, a box with an arrow
//! delivered (dashed: expected), a circle with an arrow replaced, a diamond corrected. Markers too close to be told apart
//! become one with a count.

use super::frame::{Frame, level};
use super::history::History;
use super::input::{ChartInput, Marker, MarkerKind};
use super::lettering::width;
use super::palette::Role;
use super::sheet::{Anchor, Drawn, Sheet};

/// Side of a glyph's box and least distance of two markers, px at scale 1.
pub(crate) const GLYPH: f64 = 12.0;
const LEAST_DISTANCE: f64 = 14.0;
/// Font size of counts relative to the picture's.
const COUNT_FONT: f64 = 0.9;

/// The markers inside the picture by time; among those of one instant the order given.
pub(crate) fn inside<'a>(input: &ChartInput<'a>, frame: &Frame) -> Vec<&'a Marker> {
    let mut markers: Vec<_> =
        input.markers.iter().filter(|m| (frame.from..=frame.to).contains(&m.at)).collect();
    markers.sort_by_key(|marker| marker.at);
    markers
}

/// One place in the lane.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    x: f64,
    /// The upper end of the curve there; the zero line if it is unknown.
    y: f64,
    /// None: different kinds.
    kind: Option<MarkerKind>,
    count: usize,
}

/// The lane of one chart.
pub(crate) struct Lane {
    size: f64,
    font: f64,
    places: Vec<Place>,
}

impl Lane {
    pub(crate) fn new(input: &ChartInput<'_>, frame: &Frame, history: &History) -> Self {
        let mut places: Vec<Place> = Vec::new();
        let font = frame.font * COUNT_FONT;
        for marker in inside(input, frame) {
            let x = frame.x(marker.at);
            let known = marker.level.and_then(level).or_else(|| history.level_at(marker.at));
            let y = known.map_or(frame.bottom, |level| frame.y(level));
            match places.last_mut() {
                Some(last) if x - last.x < LEAST_DISTANCE * frame.size + last.count_width(font) => {
                    last.count += 1;
                    last.y = last.y.min(y);
                    if last.kind != Some(marker.kind) {
                        last.kind = None;
                    }
                }
                _ => places.push(Place { x, y, kind: Some(marker.kind), count: 1 }),
            }
        }
        Self { size: frame.size, font, places }
    }

    /// Where stems stand, px from the left.
    pub(crate) fn occupied(&self) -> Vec<f64> {
        self.places.iter().map(|place| place.x).collect()
    }

    /// The stems, which lie below the curve.
    pub(crate) fn draw_stems(&self, sheet: &Sheet<'_>) -> Drawn {
        for place in &self.places {
            let expected = place.kind == Some(MarkerKind::Expected);
            let role = if expected { Role::StemExpected } else { Role::Stem };
            let top = 16.5 * self.size;
            sheet.line(role, &[(place.x, top), (place.x, place.y.max(top))])?;
        }
        Ok(())
    }

    /// The glyphs and counts.
    pub(crate) fn draw_marks(&self, sheet: &Sheet<'_>) -> Drawn {
        let top = 3.0 * self.size;
        for place in &self.places {
            let left = place.x - GLYPH / 2.0 * self.size;
            let count = place.count.to_string();
            let baseline = top + 6.0 * self.size + 0.36 * self.font;
            if let Some(kind) = place.kind {
                glyph(sheet, kind, left, top, self.size)?;
                if place.count > 1 {
                    let at = (place.x + 8.0 * self.size, baseline);
                    sheet.sized_text(Role::MarkText, Anchor::Start, at, self.font, &count)?;
                }
            } else {
                // Different kinds have no shape of their own: the count stands in a plain outline.
                let half = (width(&count, self.font) / 2.0 + 3.0 * self.size).max(6.0 * self.size);
                sheet.shape(Role::Mark, &pill(place.x, top + 6.0 * self.size, half, 6.0 * self.size))?;
                sheet.sized_text(Role::MarkText, Anchor::Middle, (place.x, baseline), self.font, &count)?;
            }
        }
        Ok(())
    }
}

impl Place {
    /// How much a count widens the marker to the right.
    fn count_width(&self, font: f64) -> f64 {
        if self.count > 1 { width(&self.count.to_string(), font) } else { 0.0 }
    }
}

/// An outline with round ends.
fn pill(x: f64, y: f64, half_width: f64, half_height: f64) -> Vec<(f64, f64)> {
    let straight = half_width - half_height;
    (0..24)
        .map(|step| {
            let angle = (f64::from(step) + 0.5) * std::f64::consts::PI / 12.0;
            let (sin, cos) = angle.sin_cos();
            (x + cos * half_height + straight * cos.signum(), y + sin * half_height)
        })
        .collect()
}

/// Draws the glyph of a kind into a box of 12 px × `scale` whose upper left corner is given.
pub(crate) fn glyph(sheet: &Sheet<'_>, kind: MarkerKind, left: f64, top: f64, scale: f64) -> Drawn {
    let role = if kind == MarkerKind::Expected { Role::MarkExpected } else { Role::Mark };
    let at = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
        points.iter().map(|&(x, y)| (left + x * scale, top + y * scale)).collect()
    };
    match kind {
        MarkerKind::Bought => {
            sheet.shape(role, &at(&[(6.0, 0.8), (11.6, 11.0), (0.4, 11.0)]))?;
            sheet.line(role, &at(&[(6.0, 5.2), (6.0, 9.0)]))?;
            sheet.line(role, &at(&[(4.1, 7.1), (7.9, 7.1)]))
        }
        MarkerKind::Delivered | MarkerKind::Expected => {
            sheet.shape(role, &at(&[(1.0, 1.0), (11.0, 1.0), (11.0, 11.0), (1.0, 11.0)]))?;
            sheet.line(Role::Mark, &at(&[(6.0, 3.4), (6.0, 8.2)]))?;
            sheet.line(Role::Mark, &at(&[(3.9, 6.3), (6.0, 8.4), (8.1, 6.3)]))
        }
        MarkerKind::Replaced => {
            let centre = at(&[(6.0, 6.0)]);
            sheet.circle(role, centre[0].0, centre[0].1, 5.2 * scale)?;
            sheet.line(role, &at(&[(3.6, 6.0), (8.2, 6.0)]))?;
            sheet.line(role, &at(&[(6.5, 4.2), (8.4, 6.0), (6.5, 7.8)]))
        }
        MarkerKind::Corrected => sheet.shape(role, &at(&[(6.0, 0.7), (11.3, 6.0), (6.0, 11.3), (0.7, 6.0)])),
    }
}
