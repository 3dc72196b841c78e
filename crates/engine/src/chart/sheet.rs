//! The two coordinate systems a chart is drawn in, over one canvas: `plane` in time and amount, `area` in px. Every call
//! names a role; colours appear nowhere else.

use super::canvas::{Canvas, Paint, UNITS};
use super::frame::Frame;
use super::palette::Role;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::{Cartesian2d, Circle, DrawingArea, IntoDrawingArea, PathElement, Polygon, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, TextStyle};
use std::convert::Infallible;

/// The outcome of drawing.
pub(crate) type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

/// Where text stands relative to its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A canvas with the coordinates of a frame.
pub(crate) struct Sheet<'a> {
    plane: DrawingArea<Canvas<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    area: DrawingArea<Canvas<'a>, Shift>,
    scale: f64,
    font: f64,
}

impl<'a> Sheet<'a> {
    /// A sheet that appends to `out`.
    pub(crate) fn new(out: &'a mut String, frame: &Frame, paint: Paint) -> Self {
        let size = (units(frame.width).unsigned_abs(), units(frame.height).unsigned_abs());
        let area = Canvas::new(out, size, paint, frame.font).into_drawing_area();
        let plane = area.clone().apply_coord_spec(Cartesian2d::new(
            frame.from as f64..frame.to as f64,
            0.0..frame.scale.top(),
            (units(frame.left)..units(frame.right), units(frame.bottom)..units(frame.top)),
        ));
        Self { plane, area, scale: frame.size, font: frame.font }
    }

    /// A sheet without time and amount: only px.
    pub(crate) fn plain(out: &'a mut String, (width, height): (f64, f64), font: f64, paint: Paint) -> Self {
        let size = (units(width).unsigned_abs(), units(height).unsigned_abs());
        let area = Canvas::new(out, size, paint, font).into_drawing_area();
        let plane = area.clone().apply_coord_spec(Cartesian2d::new(
            0.0..1.0,
            0.0..1.0,
            (0..units(width), units(height)..0),
        ));
        Self { plane, area, scale: 1.0, font }
    }

    /// An open line through (time, amount) points.
    pub(crate) fn course(&self, role: Role, points: Vec<(f64, f64)>) -> Drawn {
        self.plane.draw(&PathElement::new(points, role.key()))
    }

    /// A filled area with (time, amount) corners.
    pub(crate) fn field(&self, role: Role, corners: Vec<(f64, f64)>) -> Drawn {
        self.plane.draw(&Polygon::new(corners, role.key()))
    }

    /// An open line through px points.
    pub(crate) fn line(&self, role: Role, points: &[(f64, f64)]) -> Drawn {
        self.area.draw(&PathElement::new(in_units(points), role.key()))
    }

    /// A closed shape with px corners.
    pub(crate) fn shape(&self, role: Role, corners: &[(f64, f64)]) -> Drawn {
        self.area.draw(&Polygon::new(in_units(corners), role.key()))
    }

    /// A circle, in px.
    pub(crate) fn circle(&self, role: Role, x: f64, y: f64, radius: f64) -> Drawn {
        let radius = units(radius).max(0);
        self.area.draw(&Circle::new((units(x), units(y)), radius, role.key().filled()))
    }

    /// The hollow dot of now.
    pub(crate) fn dot(&self, x: f64, y: f64) -> Drawn {
        self.circle(Role::Dot, x, y, 3.5 * self.scale.sqrt())
    }

    /// Text whose baseline lies at `y` px.
    pub(crate) fn text(&self, role: Role, anchor: Anchor, x: f64, y: f64, text: &str) -> Drawn {
        self.sized_text(role, anchor, (x, y), self.font, text)
    }

    /// Text of another size than the picture's, in px.
    pub(crate) fn sized_text(
        &self,
        role: Role,
        anchor: Anchor,
        at: (f64, f64),
        size: f64,
        text: &str,
    ) -> Drawn {
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle {
            font: FontDesc::new(FontFamily::SansSerif, size * UNITS, FontStyle::Normal),
            color: role.key().to_backend_color(),
            pos: Pos::new(horizontal, VPos::Bottom),
        };
        self.area.draw(&Text::new(text, (units(at.0), units(at.1)), style))
    }
}

/// Px in canvas units, rounded. Values off the canvas are moved to its edge by plotters.
fn units(px: f64) -> i32 {
    (px * UNITS).round() as i32
}

fn in_units(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    points.iter().map(|&(x, y)| (units(x), units(y))).collect()
}
