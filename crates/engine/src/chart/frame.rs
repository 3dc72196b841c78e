//! The frame of a chart: how time and amount become px, and everything that does not move with the readings: lines and
//! amounts, ticks, low mark, today. Every number in it is finite, whatever the input held.

use super::axis::{self, Calendar, FIRST, LARGEST, LAST, Scale, Tick};
use super::history::History;
use super::input::{ChartInput, Range, Sample};
use super::lettering::{fitted, width};
use super::palette::Role;
use super::sheet::{Anchor, Drawn, Sheet};
use std::borrow::Cow;

/// Geometry and axes of one chart, in px.
pub(crate) struct Frame {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    /// Text size relative to the default.
    pub size: f64,
    /// Font size in px.
    pub font: f64,
    /// First, current and last instant shown, ms; strictly rising.
    pub from: i64,
    pub now: i64,
    pub to: i64,
    /// The level now, if it is a number.
    pub now_level: Option<f64>,
    pub scale: Scale,
    /// The texts beside the lines; none if no amount is known, when lines would mean nothing.
    amounts: Vec<String>,
    ticks: Vec<Tick>,
}

/// A level that can be drawn, if it is a number.
pub(crate) fn level(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(0.0, LARGEST))
}

/// `value` between the limits; `default` if it is no number.
fn sane(value: f64, default: f64, least: f64, most: f64) -> f64 {
    if value.is_finite() { value.clamp(least, most) } else { default }
}

/// The readings in `from..=now`, with the one before.
pub(crate) fn visible(series: &[Sample], from: i64, now: i64) -> &[Sample] {
    let end = series.partition_point(|sample| sample.at <= now);
    let start = series.partition_point(|sample| sample.at < from).saturating_sub(1);
    &series[start.min(end)..end]
}

impl Frame {
    pub(crate) fn new(input: &ChartInput<'_>) -> Self {
        let calendar = Calendar(input.utc_offset_secs);
        let size = sane(input.size.text_scale, 1.0, 0.5, 4.0);
        let font = 11.0 * size;
        let (top, foot) = (28.0 * size, 24.0 * size);
        let width_px = sane(input.size.width, 912.0, 200.0 * size, 8_000.0).round();
        let height = sane(input.size.height, 286.0, top + foot + 60.0 * size, 4_000.0).round();

        // A day is left at both ends, so that every range has a past.
        let now = input.now.clamp(FIRST + 400 * DAY, LAST - 400 * DAY);
        let from = calendar.months_before(now, input.range.months()).min(now - DAY);
        let to = end_of_future(input, from, now);
        let now_level = input.now_level.and_then(level);
        let highest = highest(input, (from, now, to), now_level);
        let scale = Scale::new(highest.unwrap_or(0.0), input.whole);

        let last = scale.lines.len() - 1;
        let room = width_px * 0.3;
        let amounts: Vec<String> = scale
            .lines
            .iter()
            .enumerate()
            .filter(|_| highest.is_some())
            .map(|(line, &value)| fitted(&input.words.axis(value, line == last), font, room).into_owned())
            .collect();
        let left = amounts.iter().map(|text| width(text, font)).fold(0.0, f64::max) + 8.0;
        let ticks = match input.range {
            Range::Month => axis::week_ticks(calendar, input.words, from, to),
            Range::ThreeMonths | Range::Year => axis::month_ticks(calendar, input.words, from, to),
        };
        Self {
            width: width_px,
            height,
            left: (left * 10.0).round() / 10.0,
            right: width_px - 10.0,
            top,
            bottom: height - foot,
            size,
            font,
            from,
            now,
            to,
            now_level,
            scale,
            amounts,
            ticks,
        }
    }

    /// Px from the left of an instant; instants outside the picture lie at its edges.
    pub(crate) fn x(&self, at: i64) -> f64 {
        let at = at.clamp(self.from, self.to);
        self.left + (self.right - self.left) * (at - self.from) as f64 / (self.to - self.from) as f64
    }

    /// Px from the top of an amount.
    pub(crate) fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * (value / self.scale.top()).clamp(0.0, 1.0)
    }

    /// Px from the left of now.
    pub(crate) fn now_x(&self) -> f64 {
        self.x(self.now)
    }

    /// Baseline of the labels under the axis.
    pub(crate) fn foot(&self) -> f64 {
        self.bottom + 16.0 * self.size
    }

    /// The zero line, the lines above it, and their amounts.
    pub(crate) fn draw_amounts(&self, sheet: &Sheet<'_>) -> Drawn {
        if self.amounts.is_empty() {
            return sheet.line(Role::AxisLine, &[(self.left, self.bottom), (self.right, self.bottom)]);
        }
        for (line, (&value, label)) in self.scale.lines.iter().zip(&self.amounts).enumerate() {
            let y = self.y(value);
            let role = if line == 0 { Role::AxisLine } else { Role::Grid };
            sheet.line(role, &[(self.left, y), (self.right, y)])?;
            sheet.text(Role::Axis, Anchor::End, self.left - 8.0, y + 0.36 * self.font, label)?;
        }
        Ok(())
    }

    /// Ticks with their labels to the right: every label, or every second, third … so that none touches another.
    /// Labels that would touch `taken` or the edge are left out.
    pub(crate) fn draw_times(&self, sheet: &Sheet<'_>, taken: Option<(f64, f64)>) -> Drawn {
        let air = 6.0 * self.size;
        let labels: Vec<_> = self
            .ticks
            .iter()
            .map(|tick| {
                let text = fitted(&tick.label, self.font, self.width * 0.3);
                let start = self.x(tick.at) + 4.0;
                let end = start + width(&text, self.font);
                (start, end, text)
            })
            .collect();
        let apart = |stride: &usize| {
            let shown: Vec<_> = labels.iter().step_by(*stride).collect();
            shown.windows(2).all(|pair| pair[0].1 + air <= pair[1].0)
        };
        let stride = (1..=labels.len()).find(apart).unwrap_or(1);
        for (at, (start, end, text)) in labels.iter().enumerate() {
            sheet.line(Role::AxisLine, &[(start - 4.0, self.bottom), (start - 4.0, self.bottom + 5.0)])?;
            let free = taken.is_none_or(|(a, b)| *start >= b + air || *end <= a - air);
            if at % stride == 0 && *end <= self.width && free {
                sheet.text(Role::Axis, Anchor::Start, *start, self.foot(), text)?;
            }
        }
        Ok(())
    }

    /// The low mark, labelled at its left end, above the line unless the curve or the top is in the way.
    pub(crate) fn draw_low(&self, sheet: &Sheet<'_>, input: &ChartInput<'_>, history: &History) -> Drawn {
        let Some((value, label)) = input.low.and_then(|(value, label)| Some((level(value)?, label))) else {
            return Ok(());
        };
        let y = self.y(value);
        sheet.line(Role::Low, &[(self.left, y), (self.right, y)])?;
        let label: Cow<'_, str> = fitted(label, self.font, self.right - self.left - 12.0);
        let (start, end) = (self.left + 6.0, self.left + 6.0 + width(&label, self.font));
        let (above, below) = ((y - 5.0 - self.font, y - 3.0), (y + 3.0, y + 5.0 + self.font));
        let (curve_top, curve_bottom) = history.y_between(self, start, end);
        let free = |(a, b): (f64, f64)| {
            a >= self.top - self.font && b <= self.bottom && (curve_bottom < a || curve_top > b)
        };
        let baseline = if !free(above) && free(below) { y + 4.0 + 0.8 * self.font } else { y - 5.0 };
        sheet.text(Role::LowText, Anchor::Start, start, baseline, &label)
    }

    /// The line of now and its label, on the side of the lane where no stem stands.
    pub(crate) fn draw_today(&self, sheet: &Sheet<'_>, input: &ChartInput<'_>, stems: &[f64]) -> Drawn {
        let x = self.now_x();
        sheet.line(Role::Today, &[(x, self.top - 8.0 * self.size), (x, self.bottom)])?;
        let label = input.words.today();
        let label = fitted(&label, self.font, (self.right - self.left) * 0.4);
        let room = width(&label, self.font) + 8.0;
        let crossed = |a: f64, b: f64| stems.iter().any(|&stem| stem > a && stem < b);
        let fits_right = x + room <= self.width;
        let to_left = x - room >= 0.0 && (!fits_right || crossed(x, x + room) && !crossed(x - room, x));
        let (anchor, at) = if to_left { (Anchor::End, x - 5.0) } else { (Anchor::Start, x + 5.0) };
        sheet.text(Role::TodayText, anchor, at, self.top - self.size, &label)
    }
}

const DAY: i64 = 86_400_000;

/// The future gets what the latest date needs and a tenth more, between 20 and 40 % of the width.
fn end_of_future(input: &ChartInput<'_>, from: i64, now: i64) -> i64 {
    // A forecast without an end gets as much again as its likely part needs.
    let far = |likely: i64, latest: Option<i64>| {
        latest.map_or_else(|| likely.saturating_add(likely.saturating_sub(now)), |latest| latest.max(likely))
    };
    let forecast = input.forecast.map(|forecast| far(forecast.likely, forecast.latest));
    let order = input.order.map(|order| far(order.likely, order.latest).max(order.at));
    let needed = forecast.max(order).map_or(0.0, |far| far.saturating_sub(now) as f64 * 1.1);
    let past = (now - from) as f64;
    // A share f of the width is f / (1 - f) of the past.
    now + needed.clamp(past * 0.25, past * 2.0 / 3.0) as i64
}

/// The highest amount that has to be shown, if any amount is known.
fn highest(input: &ChartInput<'_>, (from, now, to): (i64, i64, i64), now_level: Option<f64>) -> Option<f64> {
    let readings = visible(input.series, from, now).iter().map(|sample| sample.level);
    let events = input
        .markers
        .iter()
        .filter(|marker| (from..=to).contains(&marker.at))
        .filter_map(|marker| marker.level);
    let order = input.order.map(|order| order.level_after);
    let low = input.low.map(|(value, _)| value);
    readings
        .chain(events)
        .chain(order)
        .chain(low)
        .chain(now_level)
        .chain(input.at_least)
        .filter(|value| value.is_finite())
        .reduce(f64::max)
}
