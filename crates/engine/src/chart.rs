//! Charts.
use serde::Serialize;
use ts_rs::TS;
/// A drawn chart.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Chart {
    /// The picture, with classes for colours.
    pub svg: String,
    /// What the hover readout and the keyboard step through.
    pub points: Vec<ChartPoint>,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
}
/// One stop of the readout.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChartPoint {
    /// CSS pixels from the left.
    pub x: f64,
    /// CSS pixels from the top.
    pub y: f64,
    /// When.
    pub at: i64,
    /// In the unit shown.
    pub level: Option<f64>,
    /// Lines of the readout, the date first.
    pub text: Vec<String>,
    /// `history`, `today`, `forecast`, or a marker kind.
    pub kind: String,
}
