//! What can be pointed at: every drawn reading, every event, now, and each day of the forecast, by time.

use super::axis::{Calendar, days_after};
use super::frame::{Frame, level};
use super::future;
use super::history::{History, MOST_POINTS};
use super::input::{ChartInput, MarkerKind};
use super::{lettering, markers};
use serde::Serialize;
use ts_rs::TS;

/// What a point of a chart stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// A reading.
    Reading,
    /// Now.
    Today,
    /// A day of the forecast.
    Forecast,
    /// An event: more was bought.
    Bought,
    /// An event: an order arrived.
    Delivered,
    /// An event: replaced.
    Replaced,
    /// An event: corrected.
    Corrected,
    /// An event to come: an order should arrive.
    Expected,
}

impl From<MarkerKind> for PointKind {
    fn from(kind: MarkerKind) -> Self {
        match kind {
            MarkerKind::Bought => Self::Bought,
            MarkerKind::Delivered => Self::Delivered,
            MarkerKind::Replaced => Self::Replaced,
            MarkerKind::Corrected => Self::Corrected,
            MarkerKind::Expected => Self::Expected,
        }
    }
}

/// One point that an overlay can snap to.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChartPoint {
    /// Px from the left of the picture.
    pub x: f64,
    /// Px from its top.
    pub y: f64,
    /// When, in ms since 1970 UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// The level in the unit shown; in the forecast the likely one; null if unknown.
    pub level: Option<f64>,
    /// The readout. The first line is its heading.
    pub text: String,
    /// What it stands for.
    pub kind: PointKind,
}

/// Most events and most days of the forecast; the readings take the rest.
const MOST_EVENTS: usize = 500;
const MOST_DAYS: usize = 400;

/// All points of a chart by time. Of a reading and an event at the same instant only the event is there.
pub(crate) fn points(input: &ChartInput<'_>, frame: &Frame, history: &History) -> Vec<ChartPoint> {
    let calendar = Calendar(input.utc_offset_secs);
    let words = input.words;
    let point = |at: i64, level: Option<f64>, text: String, kind: PointKind| ChartPoint {
        x: tenth(frame.x(at)),
        y: tenth(level.map_or(frame.bottom, |level| frame.y(level))),
        at,
        level,
        text: match lettering::harmless(&text, true) {
            std::borrow::Cow::Borrowed(_) => text,
            std::borrow::Cow::Owned(clean) => clean,
        },
        kind,
    };

    let events = markers::inside(input, frame);
    // The newest ones, should there be too many.
    let events = &events[events.len().saturating_sub(MOST_EVENTS)..];
    let readings = history.readings();
    let mut points = Vec::with_capacity(readings.len() + events.len() + 64);
    for event in events {
        let known = event.level.and_then(level).or_else(|| history.level_at(event.at));
        let text = words.event(calendar.local(event.at), event.kind, &event.text, known);
        points.push(point(event.at, known, text, event.kind.into()));
    }
    for reading in readings {
        let text = words.reading(calendar.local(reading.at), reading.level);
        points.push(point(reading.at, Some(reading.level), text, PointKind::Reading));
    }
    if let Some(now_level) = frame.now_level {
        let text = words.reading(calendar.local(frame.now), now_level);
        points.push(point(frame.now, Some(now_level), text, PointKind::Today));
    }
    let known = frame.now_level.is_some() || history.level_at(frame.now).is_some();
    if let Some(fall) = future::fall(input, frame, history).filter(|_| known) {
        let until = fall.empty_by().map_or(frame.to, |latest| latest.min(frame.to));
        for at in days_after(calendar, frame.now, until, MOST_DAYS) {
            let (low, likely, high) = fall.levels(at);
            let text = words.band(calendar.local(at).date(), low, high, likely);
            points.push(point(at, Some(likely), text, PointKind::Forecast));
        }
    }
    points.sort_by_key(|point| (point.at, rank(point.kind)));
    points.dedup_by(|next, kept| next.at == kept.at && next.kind == PointKind::Reading);
    points.truncate(MOST_POINTS);
    points
}

/// Among points of one instant, readings come last so that they give way.
fn rank(kind: PointKind) -> u8 {
    u8::from(kind == PointKind::Reading)
}

fn tenth(px: f64) -> f64 {
    (px * 10.0).round() / 10.0
}
