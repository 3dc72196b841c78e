//! What a chart is drawn from. Nothing here is checked or has to be: the renderer copes with every value.

use chrono::{NaiveDate, NaiveDateTime, Weekday};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One known level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When, in ms since 1970 UTC.
    pub at: i64,
    /// How much was left, in the unit shown. No number: left out; below zero: zero.
    pub level: f64,
}

/// How levels between two samples are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// Usage was reported: the level stays until the next report.
    Steps,
    /// Levels were read: in between it went evenly.
    #[default]
    Lines,
}

/// What happened, or is expected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MarkerKind {
    /// A person bought more.
    Bought,
    /// An order arrived.
    Delivered,
    /// The cartridge, pack or filter was replaced.
    Replaced,
    /// A person counted and corrected the level.
    Corrected,
    /// An order should arrive.
    Expected,
}

impl MarkerKind {
    /// All kinds, in the order of the legend.
    pub const ALL: [Self; 5] =
        [Self::Bought, Self::Delivered, Self::Replaced, Self::Corrected, Self::Expected];
}

/// An event in the lane above the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// When, in ms since 1970 UTC.
    pub at: i64,
    /// What happened; gives the shape.
    pub kind: MarkerKind,
    /// What happened in words ("Bought 1.5 l"), for [`ChartWords::event`].
    pub text: String,
    /// The level after it; unknown: the stem goes to the curve.
    pub level: Option<f64>,
}

/// When the supply runs out, without any open order. All in ms since 1970 UTC; an order of dates that cannot be
/// (likely before earliest) is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Certainly enough until here.
    pub earliest: i64,
    /// Most likely.
    pub likely: i64,
    /// Empty by then; none if it may last for ever.
    pub latest: Option<i64>,
}

/// An open order and when the supply runs out after it. All in ms since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedOrder {
    /// When it should arrive.
    pub at: i64,
    /// The level once it has.
    pub level_after: f64,
    /// Certainly enough until here.
    pub earliest: i64,
    /// Most likely.
    pub likely: i64,
    /// Empty by then; none if it may last for ever.
    pub latest: Option<i64>,
}

/// How much of the past is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// One calendar month, ticks at weeks.
    Month,
    /// Three calendar months, ticks at months.
    #[default]
    ThreeMonths,
    /// Twelve calendar months, ticks at months.
    Year,
}

impl Range {
    pub(super) fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::ThreeMonths => 3,
            Self::Year => 12,
        }
    }
}

/// The size of a picture. Values that cannot be drawn are moved to the nearest that can.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, TS)]
pub struct Size {
    /// Width in px.
    pub width: f64,
    /// Height in px; 286 by design.
    pub height: f64,
    /// Text size relative to the default, 0.9 to 2.0.
    pub text_scale: f64,
}

/// Every word, number and date in a picture, in the person's language. Dates arrive in local time.
pub trait ChartWords {
    /// A number beside the axis, trailing zeros dropped ("0.5"); with its unit on the top line ("2.5 l").
    fn axis(&self, value: f64, with_unit: bool) -> String;
    /// A day on the axis, "3 Dec".
    fn short_day(&self, day: NaiveDate) -> String;
    /// The label of a month's first day, "Sep".
    fn month(&self, first: NaiveDate) -> String;
    /// The label of a week's first day, "16 Nov".
    fn week(&self, first: NaiveDate) -> String;
    /// The day a week starts with.
    fn week_start(&self) -> Weekday {
        super::axis::DEFAULT_WEEK_START
    }
    /// "Today".
    fn today(&self) -> String;
    /// Name of the picture: "Liquid detergent, amount left since 30 August with forecast".
    fn title(&self) -> String;
    /// What the picture shows, in sentences.
    fn description(&self) -> String;
    /// Name of a kind of marker, for the legend.
    fn kind(&self, kind: MarkerKind) -> String;
    /// "Forecast", for the legend.
    fn forecast(&self) -> String;
    /// Readout of a reading. The first line is the heading ("Sat 24 Oct"), the others the text ("2.28 l left").
    fn reading(&self, when: NaiveDateTime, level: f64) -> String;
    /// Readout of an event, in the same form; `text` is that of the marker.
    fn event(&self, when: NaiveDateTime, kind: MarkerKind, text: &str, level: Option<f64>) -> String;
    /// Readout of a day in the forecast, in the same form: "Wed 2 Dec", "0 to 160 ml, likely 55 ml".
    fn band(&self, day: NaiveDate, low: f64, high: f64, likely: f64) -> String;
}

/// Everything a chart is drawn from.
#[derive(Clone, Copy)]
pub struct ChartInput<'a> {
    /// Prefix of the ids in the SVG, letters, digits and `-`; "chart" if empty.
    pub id: &'a str,
    /// Known levels by time, earliest first; also those shortly before the range, so that the curve enters at its edge.
    pub series: &'a [Sample],
    /// How to connect them.
    pub shape: Shape,
    /// Longer silences, in ms, are dotted: 48 h by design.
    pub gap_ms: i64,
    /// Events by any order; those outside the picture are left out.
    pub markers: &'a [Marker],
    /// When it runs out, if that is known.
    pub forecast: Option<Forecast>,
    /// An open order, if there is one.
    pub order: Option<ExpectedOrder>,
    /// The low mark and its label, "Low mark, 400 ml".
    pub low: Option<(f64, &'a str)>,
    /// Only whole numbers have a meaning (pods, filters): no line stands between two.
    pub whole: bool,
    /// The amounts reach at least this (100 for percent), so that a nearly empty supply does not fill the picture.
    pub at_least: Option<f64>,
    /// Now, in ms since 1970 UTC. Samples after it are not drawn.
    pub now: i64,
    /// The level now; none if unknown.
    pub now_level: Option<f64>,
    /// How much of the past is shown.
    pub range: Range,
    /// The size of the picture.
    pub size: Size,
    /// The words of the person's language.
    pub words: &'a dyn ChartWords,
    /// The offset from UTC in seconds that local time has at an instant (ms since 1970 UTC), so that ticks stand at local
    /// midnight on both sides of a clock change.
    pub utc_offset_secs: &'a dyn Fn(i64) -> i32,
}
