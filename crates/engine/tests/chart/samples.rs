//! Input for charts: English words and supplies whose readings follow from arithmetic, shared by the tests and the gallery.

use chrono::{NaiveDate, NaiveDateTime};
use refill_engine::chart::{
    ChartInput, ChartWords, ExpectedOrder, Forecast, Marker, MarkerKind, Range, Sample, Shape, Size,
};

/// One hour and one day in ms.
pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;
/// 21 November 2026, 09:58 UTC.
pub const NOW: i64 = 1_795_255_080_000;

/// English words for an amount in `unit`.
pub struct English {
    pub unit: &'static str,
    pub name: String,
}

impl English {
    pub fn new(unit: &'static str, name: &str) -> Self {
        Self { unit, name: name.to_owned() }
    }

    fn amount(&self, value: f64) -> String {
        let rounded = (value * 100.0).round() / 100.0;
        if self.unit == "%" { format!("{rounded:.0}%") } else { format!("{rounded} {}", self.unit) }
    }
}

impl ChartWords for English {
    fn axis(&self, value: f64, with_unit: bool) -> String {
        match (with_unit, self.unit) {
            (true, "%") => format!("{value}%"),
            (true, unit) => format!("{value} {unit}"),
            (false, _) => value.to_string(),
        }
    }
    fn short_day(&self, day: NaiveDate) -> String {
        day.format("%-d %b").to_string()
    }
    fn month(&self, first: NaiveDate) -> String {
        first.format("%b").to_string()
    }
    fn week(&self, first: NaiveDate) -> String {
        first.format("%-d %b").to_string()
    }
    fn today(&self) -> String {
        "Today".to_owned()
    }
    fn title(&self) -> String {
        format!("{}, amount left with forecast", self.name)
    }
    fn description(&self) -> String {
        format!("How much {} was left, and until when it lasts.", self.name)
    }
    fn kind(&self, kind: MarkerKind) -> String {
        match kind {
            MarkerKind::Bought => "Bought",
            MarkerKind::Delivered => "Delivered",
            MarkerKind::Replaced => "Replaced",
            MarkerKind::Corrected => "Corrected",
            MarkerKind::Expected => "Expected",
        }
        .to_owned()
    }
    fn forecast(&self) -> String {
        "Forecast".to_owned()
    }
    fn reading(&self, when: NaiveDateTime, level: f64) -> String {
        format!("{}\n{} left", when.format("%a %-d %b"), self.amount(level))
    }
    fn event(&self, when: NaiveDateTime, _: MarkerKind, text: &str, level: Option<f64>) -> String {
        let left = level.map_or(String::new(), |level| format!("\n{} left", self.amount(level)));
        format!("{}\n{text}{left}", when.format("%a %-d %b"))
    }
    fn band(&self, day: NaiveDate, low: f64, high: f64, likely: f64) -> String {
        let (low, high, likely) = (self.amount(low), self.amount(high), self.amount(likely));
        format!("{}\n{low} to {high}, likely {likely}", day.format("%a %-d %b"))
    }
}

/// Everything a [`ChartInput`] borrows.
pub struct Scene {
    pub words: English,
    pub series: Vec<Sample>,
    pub shape: Shape,
    pub markers: Vec<Marker>,
    pub forecast: Option<Forecast>,
    pub order: Option<ExpectedOrder>,
    pub low: Option<(f64, String)>,
    pub whole: bool,
    pub at_least: Option<f64>,
    pub now: i64,
    pub now_level: Option<f64>,
    pub range: Range,
    pub size: Size,
    pub offset: Box<dyn Fn(i64) -> i32>,
}

impl Scene {
    pub fn empty(unit: &'static str, name: &str) -> Self {
        Self {
            words: English::new(unit, name),
            series: Vec::new(),
            shape: Shape::Lines,
            markers: Vec::new(),
            forecast: None,
            order: None,
            low: None,
            whole: false,
            at_least: None,
            now: NOW,
            now_level: None,
            range: Range::ThreeMonths,
            size: Size { width: 912.0, height: 286.0, text_scale: 1.0 },
            offset: Box::new(|_| 0),
        }
    }

    pub fn input(&self) -> ChartInput<'_> {
        ChartInput {
            id: "chart",
            series: &self.series,
            shape: self.shape,
            gap_ms: 48 * HOUR,
            markers: &self.markers,
            forecast: self.forecast,
            order: self.order,
            low: self.low.as_ref().map(|(value, label)| (*value, label.as_str())),
            whole: self.whole,
            at_least: self.at_least,
            now: self.now,
            now_level: self.now_level,
            range: self.range,
            size: self.size,
            words: &self.words,
            utc_offset_secs: &*self.offset,
        }
    }

    pub fn mark(&mut self, days_ago: i64, kind: MarkerKind, text: &str, level: Option<f64>) {
        self.markers.push(Marker { at: NOW - days_ago * DAY, kind, text: text.to_owned(), level });
    }
}

/// Detergent, used up by washes of 60 to 70 ml: the scene of the design.
pub fn detergent() -> Scene {
    let mut scene = Scene::empty("l", "Liquid detergent");
    scene.shape = Shape::Steps;
    let mut level = 2.45;
    for day in (0..=95).rev() {
        let at = NOW - day * DAY - 2 * HOUR;
        match day {
            56 => level += 1.5,
            28 => level += 1.5,
            14 => level -= 0.06,
            _ => {}
        }
        if (day * 5) % 7 < 6 {
            level -= 0.052 + 0.004 * (day % 4) as f64;
        }
        scene.series.push(Sample { at, level });
    }
    scene.now_level = Some(level);
    let level_at = |days: i64| scene.series[(95 - days) as usize].level;
    let (delivered, bought, corrected) = (level_at(56), level_at(28), level_at(14));
    scene.mark(56, MarkerKind::Delivered, "Delivered 1.5 l", Some(delivered));
    scene.mark(28, MarkerKind::Bought, "Bought 1.5 l", Some(bought));
    scene.mark(14, MarkerKind::Corrected, "Corrected by −60 ml", Some(corrected));
    let days = level / 0.057;
    scene.forecast = Some(Forecast {
        earliest: NOW + (days * 0.75) as i64 * DAY,
        likely: NOW + days as i64 * DAY,
        latest: Some(NOW + (days * 1.45) as i64 * DAY),
    });
    scene.low = Some((0.4, "Low mark, 400 ml".to_owned()));
    scene
}

/// An ink read hourly, replaced four times, silent for a while, with an order on its way, over a year.
pub fn ink() -> Scene {
    let mut scene = Scene::empty("%", "Cyan ink");
    scene.range = Range::Year;
    scene.at_least = Some(100.0);
    let mut level: f64 = 71.0;
    for hour in (0..=9_000).rev() {
        let days_ago = hour / 24;
        let at = NOW - hour * HOUR;
        if matches!(hour, 7_700 | 5_400 | 3_200 | 1_300) {
            level = 100.0;
        }
        level = (level - 0.042 * (1.0 + (hour as f64 / 90.0).sin() * 0.8)).max(3.0);
        if !(118..=127).contains(&days_ago) && !(200..=206).contains(&days_ago) {
            scene.series.push(Sample { at, level: level.round() });
        }
    }
    scene.now_level = Some(level.round());
    for (days, hour) in [(320, 7_700), (225, 5_400), (133, 3_200), (54, 1_300)] {
        debug_assert_eq!(days, hour / 24);
        scene.mark(days, MarkerKind::Replaced, "Replaced", Some(100.0));
    }
    scene.mark(300, MarkerKind::Bought, "Bought 1 pack", None);
    scene.mark(299, MarkerKind::Bought, "Bought 1 pack", None);
    scene.mark(297, MarkerKind::Bought, "Bought 1 pack", None);
    scene.mark(131, MarkerKind::Delivered, "Delivered", None);
    scene.mark(-12, MarkerKind::Expected, "Expected from Amazon", Some(100.0));
    scene.low = Some((15.0, "Low mark, 15%".to_owned()));
    scene.forecast = Some(Forecast { earliest: NOW + 22 * DAY, likely: NOW + 41 * DAY, latest: None });
    scene.order = Some(ExpectedOrder {
        at: NOW + 12 * DAY,
        level_after: 100.0,
        earliest: NOW + 60 * DAY,
        likely: NOW + 90 * DAY,
        latest: Some(NOW + 150 * DAY),
    });
    scene
}

/// Coffee pods in whole numbers, counted by hand now and then, in the month view, in New York.
pub fn pods() -> Scene {
    let mut scene = Scene::empty("pods", "Espresso pods");
    scene.range = Range::Month;
    scene.whole = true;
    scene.offset = Box::new(|_| -18_000);
    scene.shape = Shape::Steps;
    for (days, level) in [(33, 18.0), (30, 14.0), (24, 9.0), (23, 28.0), (20, 24.0), (18, 21.0), (17, 20.0)] {
        scene.series.push(Sample { at: NOW - days * DAY, level });
    }
    for day in (0..12).rev() {
        scene
            .series
            .push(Sample { at: NOW - day * DAY - 5 * HOUR, level: 3.0 + day as f64 * 1.25_f64.round() });
    }
    scene.now_level = Some(3.0);
    scene.mark(23, MarkerKind::Bought, "Bought 2 packs", Some(28.0));
    scene.mark(5, MarkerKind::Corrected, "Counted 8", Some(8.0));
    scene.mark(4, MarkerKind::Bought, "Bought 1", None);
    scene.forecast =
        Some(Forecast { earliest: NOW + 2 * DAY, likely: NOW + 3 * DAY, latest: Some(NOW + 5 * DAY) });
    scene
}

/// A filter that reports nothing: only when it was replaced is known.
pub fn filter() -> Scene {
    let mut scene = Scene::empty("h", "Air filter");
    scene.mark(50, MarkerKind::Replaced, "Replaced", None);
    scene.forecast =
        Some(Forecast { earliest: NOW + 20 * DAY, likely: NOW + 34 * DAY, latest: Some(NOW + 45 * DAY) });
    scene
}
