//! The past: the readings to draw, how they are connected, and the level at any instant between them.

use super::frame::{Frame, level, visible};
use super::input::{ChartInput, Sample, Shape};
use super::palette::Role;
use super::reduce::{Kept, reduce};
use super::sheet::{Drawn, Sheet};
use std::borrow::Cow;

/// Most points in a picture, counting those of the line, the dotted parts and the area.
pub(crate) const MOST_POINTS: usize = 2_000;

/// Of them, kept free for axes, forecast and the marks of a usual year.
const OTHERS: usize = 200;

/// The readings of one chart, ready to draw.
pub(crate) struct History {
    shape: Shape,
    /// Rising in time. The first may stand for the readings before the picture, the last for now.
    samples: Vec<Sample>,
    /// Whether the stretch before each sample was silent for too long.
    silent: Vec<bool>,
    /// Which of `samples` were read, and can be pointed at.
    read: std::ops::Range<usize>,
}

impl History {
    pub(crate) fn new(input: &ChartInput<'_>, frame: &Frame) -> Self {
        let seen = visible(input.series, frame.from, frame.now);
        let fine = |s: &Sample| level(s.level) == Some(s.level) && s.at <= frame.now;
        let seen: Cow<'_, [Sample]> = if seen.iter().all(fine) && seen.is_sorted_by_key(|s| s.at) {
            Cow::Borrowed(seen)
        } else {
            let drawable = |s: &Sample| Some(Sample { level: level(s.level)?, ..*s });
            let mut drawn: Vec<_> = seen.iter().filter(|s| s.at <= frame.now).filter_map(drawable).collect();
            drawn.sort_by_key(|s| s.at);
            Cow::Owned(drawn)
        };
        // Narrower gaps than this cannot be seen, and each costs points. For a year this is just below the 48 h of the design.
        let gap = input.gap_ms.max((frame.now - frame.from) / 190);
        let entry = entry(&seen, frame.from, gap, input.shape);
        let inside = &seen[seen.partition_point(|sample| sample.at < frame.from)..];

        let Kept { indices, .. } = reduce(inside, gap, |runs| {
            let left = (MOST_POINTS - OTHERS).saturating_sub(2 * runs);
            match input.shape {
                Shape::Steps => left / 4,
                Shape::Lines => left / 2,
            }
        });
        let mut samples = Vec::with_capacity(indices.len() + 2);
        let mut silent = Vec::with_capacity(indices.len() + 2);
        if let Some((sample, _)) = entry {
            samples.push(sample);
            silent.push(false);
        }
        let first_read = samples.len();
        for &index in &indices {
            // Two readings that are kept on both sides of a silence are neighbours in the series.
            let before = index.checked_sub(1).map(|before| inside[before].at);
            silent.push(match before {
                Some(before) => inside[index].at.saturating_sub(before) > gap,
                None => entry.is_some_and(|(_, silent)| silent),
            });
            samples.push(inside[index]);
        }
        let read = first_read..samples.len();
        if let (Some(now_level), Some(last)) = (frame.now_level, seen.last()) {
            silent.push(frame.now.saturating_sub(last.at) > gap);
            samples.push(Sample { at: frame.now, level: now_level });
        }
        Self { shape: input.shape, samples, silent, read }
    }

    /// The readings in the picture.
    pub(crate) fn readings(&self) -> &[Sample] {
        &self.samples[self.read.clone()]
    }

    /// About how many points will be drawn.
    pub(crate) fn vertices(&self) -> usize {
        self.samples.len() * if self.shape == Shape::Steps { 4 } else { 2 }
    }

    /// The level at an instant, as drawn; unknown before the first and after the last.
    pub(crate) fn level_at(&self, at: i64) -> Option<f64> {
        let after = self.samples.partition_point(|sample| sample.at <= at);
        let before = self.samples.get(after.checked_sub(1)?)?;
        match self.samples.get(after) {
            None => (before.at == at).then_some(before.level),
            Some(next) if self.shape == Shape::Lines => Some(between(before, next, at)),
            Some(_) => Some(before.level),
        }
    }

    /// The highest and the lowest point of the curve between two px, as (top, bottom); an empty range below the picture
    /// if there is none.
    pub(crate) fn y_between(&self, frame: &Frame, start: f64, end: f64) -> (f64, f64) {
        let ms_per_px = (frame.to - frame.from) as f64 / (frame.right - frame.left);
        let at = |x: f64| frame.from.saturating_add(((x - frame.left) * ms_per_px) as i64);
        let (from, to) = (at(start), at(end));
        let inside = self.samples.iter().filter(|sample| (from..=to).contains(&sample.at)).map(|s| s.level);
        inside
            .chain(self.level_at(from))
            .chain(self.level_at(to))
            .map(|value| frame.y(value))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(top, bottom), y| (top.min(y), bottom.max(y)))
    }

    /// The stretch from one sample to the next, without its first point.
    fn stretch(&self, to: usize, points: &mut Vec<(f64, f64)>) {
        let sample = self.samples[to];
        if self.shape == Shape::Steps && to > 0 {
            points.push((sample.at as f64, self.samples[to - 1].level));
        }
        points.push((sample.at as f64, sample.level));
    }

    /// The area below everything, also below what is dotted.
    pub(crate) fn draw_area(&self, sheet: &Sheet<'_>) -> Drawn {
        let (Some(first), Some(last)) = (self.samples.first(), self.samples.last()) else { return Ok(()) };
        if first.at == last.at {
            return Ok(());
        }
        let mut corners = Vec::with_capacity(self.samples.len() * 2 + 2);
        corners.push((first.at as f64, 0.0));
        for at in 0..self.samples.len() {
            self.stretch(at, &mut corners);
        }
        corners.push((last.at as f64, 0.0));
        sheet.field(Role::Area, corners)
    }

    /// The line, dotted over silences.
    pub(crate) fn draw_line(&self, sheet: &Sheet<'_>) -> Drawn {
        let mut run: Vec<(f64, f64)> = Vec::with_capacity(self.samples.len() * 2);
        for (at, sample) in self.samples.iter().enumerate() {
            if self.silent[at] && at > 0 {
                let before = self.samples[at - 1];
                self.draw_run(sheet, std::mem::take(&mut run))?;
                let mut gap = vec![(before.at as f64, before.level)];
                self.stretch(at, &mut gap);
                sheet.course(Role::Gap, gap)?;
                run.push((sample.at as f64, sample.level));
            } else if run.is_empty() {
                run.push((sample.at as f64, sample.level));
            } else {
                self.stretch(at, &mut run);
            }
        }
        self.draw_run(sheet, run)
    }

    /// A line needs two points; a single reading is one only where nothing leads to it.
    fn draw_run(&self, sheet: &Sheet<'_>, run: Vec<(f64, f64)>) -> Drawn {
        if run.len() > 1 { sheet.course(Role::History, run) } else { Ok(()) }
    }

    /// The only sample, if nothing can be connected to it.
    pub(crate) fn alone(&self) -> Option<Sample> {
        if let [only] = self.samples[..] { Some(only) } else { None }
    }
}

/// How the curve enters at the left edge, if something was read before, and whether that was long before.
fn entry(seen: &[Sample], from: i64, gap: i64, shape: Shape) -> Option<(Sample, bool)> {
    let after = seen.partition_point(|sample| sample.at < from);
    let before = seen.get(after.checked_sub(1)?)?;
    let Some(next) = seen.get(after) else {
        return Some((Sample { at: from, level: before.level }, true));
    };
    let level = if shape == Shape::Lines { between(before, next, from) } else { before.level };
    Some((Sample { at: from, level }, next.at.saturating_sub(before.at) > gap))
}

fn between(a: &Sample, b: &Sample, at: i64) -> f64 {
    let span = b.at.saturating_sub(a.at);
    if span <= 0 {
        return b.level;
    }
    let share = (at.saturating_sub(a.at) as f64 / span as f64).clamp(0.0, 1.0);
    a.level + (b.level - a.level) * share
}
