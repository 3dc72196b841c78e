//! The SVG writer behind plotters. It differs from the one plotters offers in three ways: it writes classes (or, for
//! print, literal light colours) for the key colours of [`Role`]; its unit is a tenth of a px, because plotters rounds to
//! whole units and text and strokes should still be measured in px; and it writes nothing that is not needed.

use super::lettering;
use super::palette::{PAPER, Role, Token, round_cap};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use std::convert::Infallible;
use std::fmt::Write as _;

/// Canvas units per px.
pub(crate) const UNITS: f64 = 10.0;

/// How a role is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Paint {
    /// `class="…"`: the stylesheet colours it, in either theme.
    Classes,
    /// Literal light colours on white, for files that stand alone; strokes and dashes are multiplied by the scale.
    Print { scale: f64 },
}

/// Appends SVG elements to a text. Positions are in tenths of a px; the `y` of text is its baseline.
pub(crate) struct Canvas<'a> {
    out: &'a mut String,
    size: (u32, u32),
    paint: Paint,
    /// Font size inherited from the root element, px.
    font: f64,
}

impl<'a> Canvas<'a> {
    /// A canvas of `size` tenths of a px whose texts are `font` px where they do not say otherwise.
    pub(crate) fn new(out: &'a mut String, size: (u32, u32), paint: Paint, font: f64) -> Self {
        Self { out, size, paint, font }
    }

    /// ` class="…"` or the colours themselves.
    fn role(&mut self, role: Role) {
        let look = role.look();
        let Paint::Print { scale } = self.paint else {
            let _ = write!(self.out, " class=\"{}\"", look.class);
            return;
        };
        let literal = |token: Token| if token.name == "--bg" { PAPER.light } else { token.light };
        let _ = write!(self.out, " fill=\"{}\"", look.fill.map_or("none", literal));
        if let Some(stroke) = look.stroke {
            let _ = write!(self.out, " stroke=\"{}\" stroke-width=\"", literal(stroke));
            let _ = write!(self.out, "{}\" stroke-linejoin=\"round\"", hundredths(look.width * scale));
        }
        if !look.dash.is_empty() {
            self.out.push_str(" stroke-dasharray=\"");
            for (at, length) in look.dash.split(' ').enumerate() {
                let px = length.parse::<f64>().unwrap_or(1.0) * scale;
                let _ = write!(self.out, "{}{}", if at == 0 { "" } else { " " }, hundredths(px));
            }
            self.out.push('"');
        }
        if round_cap(role) {
            self.out.push_str(" stroke-linecap=\"round\"");
        }
        if look.opacity < 1.0 {
            let _ = write!(self.out, " opacity=\"{}\"", look.opacity);
        }
        if look.weight > 400 {
            let _ = write!(self.out, " font-weight=\"{}\"", look.weight);
        }
    }

    /// The data of a `path`. Level stretches and cliffs become `H` and `V`; points that add nothing are left out.
    fn path_data(&mut self, points: impl Iterator<Item = BackendCoord>, close: bool) {
        let mut last: Option<BackendCoord> = None;
        // The end of a level stretch that may still go on.
        let mut level: Option<i32> = None;
        for (x, y) in points {
            let Some((lx, ly)) = last else {
                self.out.push('M');
                tenths(self.out, x);
                self.out.push(' ');
                tenths(self.out, y);
                last = Some((x, y));
                continue;
            };
            if (x, y) == (lx, ly) {
                continue;
            }
            // A level stretch is written when it ends or turns back.
            if (y != ly || x < lx)
                && let Some(end) = level.take()
            {
                self.out.push('H');
                tenths(self.out, end);
            }
            if y == ly {
                level = Some(x);
            } else if x == lx {
                self.out.push('V');
                tenths(self.out, y);
            } else {
                self.out.push('L');
                tenths(self.out, x);
                self.out.push(' ');
                tenths(self.out, y);
            }
            last = Some((x, y));
        }
        if let Some(end) = level {
            self.out.push('H');
            tenths(self.out, end);
        }
        if close && last.is_some() {
            self.out.push('Z');
        }
    }

    fn path(&mut self, role: Role, points: impl Iterator<Item = BackendCoord>, close: bool) {
        self.out.push_str("<path");
        self.role(role);
        self.out.push_str(" d=\"");
        self.path_data(points, close);
        self.out.push_str("\"/>\n");
    }
}

/// `value` tenths as a decimal number without a needless zero.
fn tenths(out: &mut String, value: i32) {
    if value < 0 {
        out.push('-');
    }
    let value = value.unsigned_abs();
    let (mut whole, rest) = (value / 10, value % 10);
    let mut digits = [0_u8; 10];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (whole % 10) as u8;
        whole /= 10;
        if whole == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|&d| char::from(d)));
    if rest != 0 {
        out.push('.');
        out.push(char::from(b'0' + rest as u8));
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// A colour that is no role is a slip in the drawing code: it is left out of the picture rather than shown.
fn role_of<S: BackendStyle>(style: &S) -> Option<Role> {
    let role = Role::of_key(style.color().rgb);
    debug_assert!(role.is_some(), "{:?} is no key colour", style.color().rgb);
    role
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Done {
        self.draw_rect(at, (at.0 + 1, at.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        _fill: bool,
    ) -> Done {
        self.fill_polygon([a, (b.0, a.1), b, (a.0, b.1)], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        if let Some(role) = role_of(style) {
            self.path(role, path.into_iter(), false);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Done {
        if let Some(role) = role_of(style) {
            self.path(role, corners.into_iter(), true);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Done {
        let Some(role) = role_of(style) else { return Ok(()) };
        self.out.push_str("<circle");
        self.role(role);
        for (name, value) in
            [(" cx=\"", centre.0), ("\" cy=\"", centre.1), ("\" r=\"", i32::try_from(radius).unwrap_or(0))]
        {
            self.out.push_str(name);
            tenths(self.out, value);
        }
        self.out.push_str("\"/>\n");
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Done {
        let Some(role) = role_of(&style.color()) else { return Ok(()) };
        self.out.push_str("<text");
        self.role(role);
        self.out.push_str(" x=\"");
        tenths(self.out, at.0);
        self.out.push_str("\" y=\"");
        tenths(self.out, at.1);
        self.out.push('"');
        match style.anchor().h_pos {
            HPos::Left => {}
            HPos::Center => self.out.push_str(" text-anchor=\"middle\""),
            HPos::Right => self.out.push_str(" text-anchor=\"end\""),
        }
        let size = style.size() / UNITS;
        if (size - self.font).abs() > 0.01 {
            let _ = write!(self.out, " font-size=\"{}\"", hundredths(size));
        }
        self.out.push('>');
        lettering::escape_into(self.out, text);
        self.out.push_str("</text>\n");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(points: &[BackendCoord], close: bool) -> String {
        let mut out = String::new();
        Canvas::new(&mut out, (100, 100), Paint::Classes, 11.0).path_data(points.iter().copied(), close);
        out
    }

    #[test]
    fn paths_are_short_and_exact() {
        let table: [(&[BackendCoord], bool, &str); 7] = [
            (&[], false, ""),
            (&[(5, 12)], false, "M0.5 1.2"),
            (&[(0, 0), (10, 25)], false, "M0 0L1 2.5"),
            (&[(0, 10), (40, 10), (40, 55), (40, 55), (90, 55)], false, "M0 1H4V5.5H9"),
            (&[(0, 10), (40, 10), (70, 10), (70, 0)], false, "M0 1H7V0"),
            (&[(0, 10), (40, 10), (20, 10)], false, "M0 1H4H2"),
            (&[(-3, 10), (40, 10), (40, 0)], true, "M-0.3 1H4V0Z"),
        ];
        for (points, close, wanted) in table {
            assert_eq!(drawn(points, close), wanted, "{points:?}");
        }
    }
}
