//! Bars of what was used in each week or month. A bar stands for what is known: full for a span that was observed to
//! its end, hollow and dashed for one that was not, a dash on the axis where nobody looked. Any input gives a
//! well-formed SVG of finite numbers whose colours are classes; a bar may be pointed at like a reading of the chart.

use super::axis::Scale;
use super::canvas::Paint;
use super::lettering::{fitted, harmless, width};
use super::palette::Role;
use super::sheet::{Anchor, Drawn, Sheet};
use super::{Chart, ChartPoint, Plot, PointKind, Size};
use std::borrow::Cow;

/// Most bars of one picture; the newest are drawn.
const MOST: usize = 530;

/// One week or month.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its first day, ms since 1970 UTC.
    pub at: i64,
    /// What was used, in the unit shown; absent = nobody observed it.
    pub value: Option<f64>,
    /// It is over and was observed in full.
    pub whole: bool,
    /// Its label below the axis.
    pub label: String,
    /// The readout; the first line is its heading.
    pub text: String,
}

/// What the picture is drawn from.
pub struct Input<'a> {
    /// Prefix of the ids in the SVG.
    pub id: &'a str,
    /// Name of the picture.
    pub title: &'a str,
    /// What it shows, in sentences.
    pub description: &'a str,
    /// The bars, oldest first.
    pub bars: &'a [Bar],
    /// The mean, a dashed line: words beside it would stand on bars.
    pub mean: Option<f64>,
    /// No line stands between two whole numbers.
    pub whole_numbers: bool,
    /// The size of the picture.
    pub size: Size,
    /// A number beside the axis, with its unit on the top line.
    pub axis: &'a dyn Fn(f64, bool) -> String,
}

struct Ground {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    font: f64,
    scale: Scale,
    labels: Vec<String>,
}

impl Ground {
    fn new(input: &Input<'_>, bars: &[Bar]) -> Self {
        let sane = |value: f64, default: f64, least: f64, most: f64| {
            if value.is_finite() { value.clamp(least, most) } else { default }
        };
        let size = sane(input.size.text_scale, 1.0, 0.5, 4.0);
        let font = 11.0 * size;
        let (top, foot) = (16.0 * size, 24.0 * size);
        let width_px = sane(input.size.width, 912.0, 200.0 * size, 8_000.0).round();
        let height = sane(input.size.height, 286.0, top + foot + 60.0 * size, 4_000.0).round();
        let values = bars.iter().filter_map(|bar| bar.value).chain(input.mean);
        let highest = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        let scale = Scale::new(highest, input.whole_numbers);
        let last = scale.lines.len() - 1;
        let labels: Vec<String> = scale
            .lines
            .iter()
            .enumerate()
            .map(|(line, value)| {
                fitted(&(input.axis)(*value, line == last), font, width_px * 0.3).into_owned()
            })
            .collect();
        let left = labels.iter().map(|text| width(text, font)).fold(0.0, f64::max) + 8.0;
        Self {
            width: width_px,
            height,
            left: tenth(left),
            right: width_px - 10.0,
            top,
            bottom: height - foot,
            font,
            scale,
            labels,
        }
    }

    fn y(&self, value: f64) -> f64 {
        let share = if value.is_finite() { (value / self.scale.top()).clamp(0.0, 1.0) } else { 0.0 };
        self.bottom - (self.bottom - self.top) * share
    }

    /// Left and right of the place of bar `index` of `count`.
    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred bars")]
    fn place(&self, index: usize, count: usize) -> (f64, f64) {
        let room = (self.right - self.left) / count.max(1) as f64;
        (self.left + room * index as f64, self.left + room * (index + 1) as f64)
    }

    fn draw(&self, sheet: &Sheet<'_>, input: &Input<'_>, bars: &[Bar]) -> Drawn {
        for (line, (&value, label)) in self.scale.lines.iter().zip(&self.labels).enumerate() {
            let y = self.y(value);
            let role = if line == 0 { Role::AxisLine } else { Role::Grid };
            sheet.line(role, &[(self.left, y), (self.right, y)])?;
            sheet.text(Role::Axis, Anchor::End, self.left - 8.0, y + 0.36 * self.font, label)?;
        }
        for (index, bar) in bars.iter().enumerate() {
            let (from, to) = self.place(index, bars.len());
            // A third of the place is air, and no bar is as broad as a door.
            let half = ((to - from) / 3.0).min(28.0);
            let middle = f64::midpoint(from, to);
            let (a, b) = (middle - half, middle + half);
            let Some(value) = bar.value else {
                sheet.text(Role::Axis, Anchor::Middle, middle, self.bottom - 5.0, "–")?;
                continue;
            };
            let y = self.y(value);
            if value > 0.0 && bar.whole {
                sheet.shape(Role::Bar, &[(a, self.bottom), (a, y), (b, y), (b, self.bottom)])?;
                sheet.line(Role::History, &[(a, y), (b, y)])?;
            } else if value > 0.0 {
                sheet.shape(Role::BarPart, &[(a, self.bottom), (a, y), (b, y), (b, self.bottom)])?;
            }
        }
        if let Some(mean) = input.mean.filter(|mean| mean.is_finite() && *mean > 0.0) {
            let y = self.y(mean);
            sheet.line(Role::Likely, &[(self.left, y), (self.right, y)])?;
        }
        self.draw_labels(sheet, bars)
    }

    /// Every label, or every second, third … counted from the newest, so that none touches another.
    fn draw_labels(&self, sheet: &Sheet<'_>, bars: &[Bar]) -> Drawn {
        let labels: Vec<Cow<'_, str>> =
            bars.iter().map(|bar| fitted(&bar.label, self.font, self.width * 0.3)).collect();
        let widest = labels.iter().map(|text| width(text, self.font)).fold(0.0, f64::max) + 6.0;
        let (from, to) = self.place(0, bars.len());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number"
        )]
        let stride = (widest / (to - from).max(0.1)).ceil().clamp(1.0, 1e6) as usize;
        for (index, label) in labels.iter().enumerate() {
            let (from, to) = self.place(index, bars.len());
            if (bars.len() - 1 - index).is_multiple_of(stride) {
                let half = width(label, self.font) / 2.0;
                let middle = f64::midpoint(from, to).clamp(half, (self.width - half).max(half));
                sheet.text(Role::Axis, Anchor::Middle, middle, self.bottom + 1.45 * self.font, label)?;
            }
        }
        Ok(())
    }
}

/// Draws the bars.
#[must_use]
pub fn render(input: &Input<'_>) -> Chart {
    let bars = input.bars.get(input.bars.len().saturating_sub(MOST)..).unwrap_or_default();
    let ground = Ground::new(input, bars);
    let mut svg = String::with_capacity(2_048 + bars.len() * 160);
    let (width, height) = (ground.width, ground.height);
    super::open_svg(&mut svg, input.id, input.title, input.description, (width, height, ground.font));
    let sheet = Sheet::plain(&mut svg, (width, height), ground.font, Paint::Classes);
    if let Err(error) = ground.draw(&sheet, input, bars) {
        // The canvas writes to memory and cannot fail; what is drawn so far is still well-formed.
        tracing::error!(%error, "a chart is incomplete");
    }
    drop(sheet);
    svg.push_str("</svg>");
    let points = bars.iter().enumerate().map(|(index, bar)| {
        let (from, to) = ground.place(index, bars.len());
        ChartPoint {
            x: tenth(f64::midpoint(from, to)),
            y: tenth(bar.value.map_or(ground.bottom, |value| ground.y(value))),
            at: bar.at,
            level: bar.value.filter(|value| value.is_finite()),
            text: harmless(&bar.text, true).into_owned(),
            kind: PointKind::Reading,
        }
    });
    Chart {
        points: points.collect(),
        svg,
        width,
        height,
        plot: Plot {
            left: ground.left,
            right: ground.right,
            top: ground.top,
            bottom: ground.bottom,
            now: ground.right,
        },
    }
}

fn tenth(px: f64) -> f64 {
    (px * 10.0).round() / 10.0
}
