//! What lies right of today: the triangle of the forecast, its likely course and date, and the same again after an open
//! order. Falls that leave the picture are cut at its edge, so that a cut band reads as "goes on".

use super::axis::Calendar;
use super::frame::{Frame, level};
use super::history::History;
use super::input::ChartInput;
use super::lettering::{fitted, width};
use super::palette::Role;
use super::sheet::{Anchor, Drawn, Sheet};

/// A level falling from one instant to zero at three others, which rise in this order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fall {
    at: i64,
    level: f64,
    earliest: i64,
    likely: i64,
    /// None: perhaps never.
    latest: Option<i64>,
}

impl Fall {
    fn new(at: i64, level: f64, earliest: i64, likely: i64, latest: Option<i64>) -> Self {
        let earliest = earliest.max(at);
        let likely = likely.max(earliest);
        Self { at, level, earliest, likely, latest: latest.map(|latest| latest.max(likely)) }
    }

    /// The level at `at` if it reaches zero at `empty`.
    fn toward(&self, empty: Option<i64>, at: i64) -> f64 {
        let Some(empty) = empty else { return self.level };
        let whole = empty.saturating_sub(self.at);
        if whole <= 0 {
            return 0.0;
        }
        let gone = (at.saturating_sub(self.at) as f64 / whole as f64).clamp(0.0, 1.0);
        self.level * (1.0 - gone)
    }

    /// Lowest, likely and highest level at an instant.
    pub(crate) fn levels(&self, at: i64) -> (f64, f64, f64) {
        (
            self.toward(Some(self.earliest), at),
            self.toward(Some(self.likely), at),
            self.toward(self.latest, at),
        )
    }

    /// When it is certainly empty, if ever.
    pub(crate) fn empty_by(&self) -> Option<i64> {
        self.latest
    }

    /// Where the fall to zero at `empty` ends in a picture that ends at `edge`.
    fn end(&self, empty: Option<i64>, edge: i64) -> (f64, f64) {
        let at = empty.map_or(edge, |empty| empty.min(edge));
        (at as f64, self.toward(empty, at))
    }

    fn start(&self) -> (f64, f64) {
        (self.at as f64, self.level)
    }

    /// The triangle, cut at `edge`.
    fn corners(&self, edge: i64) -> Vec<(f64, f64)> {
        let (low, high) = (self.end(Some(self.earliest), edge), self.end(self.latest, edge));
        let mut corners = vec![self.start(), low];
        if low.1 == 0.0 && high.1 > 0.0 {
            corners.push((edge as f64, 0.0));
        }
        corners.push(high);
        corners
    }

    /// Both edges of the triangle as one line.
    fn edges(&self, edge: i64) -> Vec<(f64, f64)> {
        vec![self.end(Some(self.earliest), edge), self.start(), self.end(self.latest, edge)]
    }
}

/// The right side of one chart.
pub(crate) struct Future<'a> {
    frame: &'a Frame,
    /// When it runs out; the level is zero where it is unknown, and no triangle is drawn then.
    fall: Option<Fall>,
    known: bool,
    /// From which level an open order lifts it, and the fall after that.
    order: Option<(f64, Fall)>,
    /// The likely date: its text, centre and width in px.
    label: Option<(String, f64, f64)>,
}

impl<'a> Future<'a> {
    pub(crate) fn new(input: &ChartInput<'_>, frame: &'a Frame, history: &History) -> Self {
        let fall = fall(input, frame, history);
        let start = frame.now_level.or_else(|| history.level_at(frame.now));
        let order = input.order.filter(|order| order.at.max(frame.now) <= frame.to).and_then(|order| {
            let at = order.at.max(frame.now);
            let base = fall.map_or(start.unwrap_or(0.0), |fall| fall.levels(at).1);
            let after = level(order.level_after)?;
            Some((base, Fall::new(at, after, order.earliest, order.likely, order.latest)))
        });
        let label = fall.filter(|fall| fall.likely <= frame.to).and_then(|fall| {
            let day = Calendar(input.utc_offset_secs).local(fall.likely).date();
            let text = input.words.short_day(day);
            let text = fitted(&text, frame.font, (frame.right - frame.left) * 0.4).into_owned();
            // Bold is wider than the estimate.
            let wide = width(&text, frame.font) * 1.08;
            let centre = frame.x(fall.likely).clamp(frame.left + wide / 2.0, frame.width - wide / 2.0);
            (!text.is_empty()).then_some((text, centre, wide))
        });
        Self { frame, fall, known: start.is_some(), order, label }
    }

    /// From where to where the likely date lies under the axis, in px.
    pub(crate) fn label_room(&self) -> Option<(f64, f64)> {
        self.label.as_ref().map(|(_, centre, wide)| (centre - wide / 2.0, centre + wide / 2.0))
    }

    /// Band, edges, likely course and span, then the open order.
    pub(crate) fn draw(&self, sheet: &Sheet<'_>) -> Drawn {
        let edge = self.frame.to;
        if let Some(fall) = self.fall {
            if self.known && fall.level > 0.0 {
                sheet.field(Role::Band, fall.corners(edge))?;
                sheet.course(Role::BandEdge, fall.edges(edge))?;
                sheet.course(Role::Likely, vec![fall.start(), fall.end(Some(fall.likely), edge)])?;
            }
            if fall.earliest < edge {
                let (start, end) = (self.frame.x(fall.earliest), self.frame.x(fall.latest.unwrap_or(edge)));
                // A date without doubt is still a date.
                let end = end.max(start + 3.0);
                sheet.line(Role::Span, &[(start, self.frame.bottom), (end, self.frame.bottom)])?;
            }
        }
        if let Some((base, fall)) = self.order {
            sheet.course(Role::Rise, vec![(fall.at as f64, base), fall.start()])?;
            sheet.course(Role::BandEdge, fall.edges(edge))?;
        }
        Ok(())
    }

    /// The likely date.
    pub(crate) fn draw_label(&self, sheet: &Sheet<'_>) -> Drawn {
        match &self.label {
            Some((text, centre, _)) => {
                sheet.text(Role::LikelyText, Anchor::Middle, *centre, self.frame.foot(), text)
            }
            None => Ok(()),
        }
    }
}

/// The fall without any open order, if there is a forecast.
pub(crate) fn fall(input: &ChartInput<'_>, frame: &Frame, history: &History) -> Option<Fall> {
    let start = frame.now_level.or_else(|| history.level_at(frame.now)).unwrap_or(0.0);
    input.forecast.map(|f| Fall::new(frame.now, start, f.earliest, f.likely, f.latest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_are_cut_at_the_edge() {
        let fall = Fall::new(0, 100.0, 10, 15, Some(40));
        assert_eq!(fall.corners(50), [(0.0, 100.0), (10.0, 0.0), (40.0, 0.0)]);
        assert_eq!(fall.corners(20), [(0.0, 100.0), (10.0, 0.0), (20.0, 0.0), (20.0, 50.0)]);
        assert_eq!(fall.corners(5), [(0.0, 100.0), (5.0, 50.0), (5.0, 87.5)]);
        assert_eq!(fall.edges(50), [(10.0, 0.0), (0.0, 100.0), (40.0, 0.0)]);
        let open = Fall::new(0, 100.0, 10, 15, None);
        assert_eq!(open.corners(50), [(0.0, 100.0), (10.0, 0.0), (50.0, 0.0), (50.0, 100.0)]);
        assert_eq!(open.levels(10), (0.0, 100.0 * (1.0 - 10.0 / 15.0), 100.0));
    }

    #[test]
    fn impossible_dates_are_put_in_order() {
        let fall = Fall::new(100, 5.0, 20, 10, Some(-3));
        assert_eq!((fall.earliest, fall.likely, fall.latest), (100, 100, Some(100)));
        assert_eq!(fall.levels(100), (0.0, 0.0, 0.0));
    }
}
