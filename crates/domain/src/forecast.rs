//! When a slot runs out: recency-weighted use a day, its spread, and the first-passage time of what is left, as a
//! band. The method and its measured errors: `forecast.md`. Closed form, no randomness, microseconds a slot.

use crate::endpoint::{SensorKind, Slot};
use crate::fold::{DAYS_KEPT, Fold, utc_day};
use crate::measure::Milli;
use chrono::{DateTime, TimeDelta, Utc};

mod law;
mod pace;
pub mod series;
pub mod tempo;
pub mod track;

pub use law::DaysToEmpty;
pub use pace::{Basis, BurnRate, DayUse};
use tempo::{Away, Tempo};

/// Days of history before a date is said (`forecast.md`, The method, 5).
pub const LEARN_DAYS: i32 = 14;

/// Uses before a date is said, for sensors that report each use.
pub const LEARN_USES: u32 = 5;

/// Changes of level, or replacements, before a date is said.
pub const LEARN_CHANGES: u32 = 2;

/// Without use for so long, a slot counts as not used lately; longer where uses were always rare.
pub const UNUSED_DAYS: i64 = 60;

/// Beyond this nothing is said about a date.
pub const HORIZON_DAYS: f64 = 730.0;

/// Spread of replacement intervals, as a share of their mean, while fewer than three are known.
const INTERVAL_SPREAD: f64 = 0.3;

/// When it ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunOut {
    /// Certainly enough until then: one in ten ends earlier.
    pub earliest: DateTime<Utc>,
    /// As likely before as after.
    pub likely: DateTime<Utc>,
    /// One in ten lasts longer; absent beyond [`HORIZON_DAYS`].
    pub latest: Option<DateTime<Utc>>,
}

/// What can be said about the end of a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Forecast {
    /// A band.
    Dated {
        /// The band.
        run_out: RunOut,
        /// The pace it follows from; absent where only replacements tell.
        rate: Option<BurnRate>,
        /// Mean days between replacements, where they tell the pace, and how many there were.
        interval: Option<(f64, u32)>,
    },
    /// Too little history.
    Learning {
        /// Uses, changes or replacements seen.
        seen: u32,
        /// How many more are wanted.
        more: u32,
        /// Days of history still wanted.
        more_days: u32,
    },
    /// History, but no use for [`UNUSED_DAYS`].
    Unused {
        /// The last use.
        last: Option<DateTime<Utc>>,
    },
    /// The device gives no number.
    LevelUnknown {
        /// It says that some is left.
        some_left: bool,
    },
    /// Nobody has counted.
    NotCounted,
}

/// What is known beside the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Days on which nobody was there, past and to come.
    pub away: &'a [Away],
    /// How much wider than its use alone says the band must be, by the slot's own record.
    pub spread: f64,
    /// What would be different from now on.
    pub plan: Option<&'a Tempo>,
}

impl Default for Known<'_> {
    fn default() -> Self {
        Self { away: &[], spread: 1.0, plan: None }
    }
}

/// Forecasts one slot by its ledger alone.
pub fn forecast(slot: &Slot, fold: &Fold, now: DateTime<Utc>) -> Forecast {
    forecast_with(slot, fold, now, &Known::default())
}

/// Forecasts one slot.
pub fn forecast_with(slot: &Slot, fold: &Fold, now: DateTime<Utc>, known: &Known<'_>) -> Forecast {
    let state = &fold.state;
    if state.some_left {
        return Forecast::LevelUnknown { some_left: true };
    }
    let left = state.left(slot);
    let by_piece = slot.sensor == SensorKind::None && !slot.pooled();
    // What nothing measures is told by its replacements, unless somebody has looked since the last.
    if by_piece && state.replacements.len() >= 2 && state.replacements.last().copied() >= state.level_at {
        return by_replacements(&state.replacements, left, now, known);
    }
    let Some(left) = left else {
        let by_device = matches!(slot.sensor, SensorKind::Level | SensorKind::LevelUsage);
        return if by_device && state.read_at.is_some() {
            Forecast::LevelUnknown { some_left: false }
        } else {
            Forecast::NotCounted
        };
    };
    let last = history_end(slot, fold, now);
    let first = fold.days.first.unwrap_or(last + 1);
    let span = last - first + 1;
    let wanted = if slot.sensor == SensorKind::Usage { LEARN_USES } else { LEARN_CHANGES };
    if state.changes < wanted || span < LEARN_DAYS {
        if by_piece && state.replacements.len() >= 2 {
            return by_replacements(&state.replacements, Some(left), now, known);
        }
        let replaced = if by_piece { u32::try_from(state.replacements.len()).unwrap_or(0) } else { 0 };
        let seen = state.changes.max(replaced);
        return Forecast::Learning {
            seen,
            more: wanted.saturating_sub(seen),
            more_days: u32::try_from((LEARN_DAYS - span).clamp(0, LEARN_DAYS)).unwrap_or(0),
        };
    }
    // Where nobody but a person tells, a long time without word is not a time without use.
    if slot.sensor != SensorKind::None && unused(fold, first, now) {
        return Forecast::Unused { last: state.used_at };
    }
    let Some(rate) = burn_rate(fold, first, last, known.away) else {
        return Forecast::Unused { last: state.used_at };
    };
    let time = DaysToEmpty::of_stock(to_f64(left.max(0)), &rate, known.spread);
    // The figure is of now where silence means no use; any other is of when it was stated.
    let stated = if silence_is_no_use(slot) { now } else { state.level_at.unwrap_or(now).min(now) };
    let tempo = known.plan.unwrap_or(&Tempo::USUAL).without(known.away, stated, now);
    let at = |days: f64| after(stated, tempo.calendar(days)).max(now);
    Forecast::Dated {
        run_out: RunOut {
            earliest: at(time.quantile(0.1)),
            likely: at(time.quantile(0.5)),
            latest: Some(time.quantile(0.9)).filter(|days| *days <= HORIZON_DAYS).map(at),
        },
        rate: Some(rate),
        interval: None,
    }
}

/// Devices that report each use have nothing to say while they are not used; a gauge that is silent is asleep.
fn silence_is_no_use(slot: &Slot) -> bool {
    matches!(slot.sensor, SensorKind::Usage | SensorKind::LevelUsage)
}

/// The last day that counts as observed. Today never does; the last day of a gauge does if most of it was seen.
fn history_end(slot: &Slot, fold: &Fold, now: DateTime<Utc>) -> i32 {
    let yesterday = utc_day(now) - 1;
    if silence_is_no_use(slot) {
        return yesterday;
    }
    let mostly_seen =
        fold.state.level_at.and_then(|at| at.checked_sub_signed(TimeDelta::hours(12))).map(utc_day);
    [fold.days.last, mostly_seen].into_iter().flatten().fold(yesterday, i32::min)
}

/// Whether use has stopped: none for [`UNUSED_DAYS`], and for three times as long as it used to take from one use to
/// the next (the level of a slow printer moves once in a season).
fn unused(fold: &Fold, first: i32, now: DateTime<Utc>) -> bool {
    let Some(used_at) = fold.state.used_at else { return true };
    let pace = i64::from(utc_day(used_at) - first) / i64::from(fold.state.changes.max(1));
    now - used_at > TimeDelta::days(UNUSED_DAYS.max(3 * pace))
}

/// Weighted use a day over the observed days `first..=last` on which somebody was there. Absent when nothing was used.
fn burn_rate(fold: &Fold, first: i32, last: i32, away: &[Away]) -> Option<BurnRate> {
    // The first day was seen only in part.
    let first = (first + 1).max(last - DAYS_KEPT);
    let mut days = Vec::with_capacity(usize::try_from(last - first + 1).unwrap_or(0));
    let mut used = fold.days.used.range(..=last).rev().peekable();
    let mut absent_days = 0;
    for (age, day) in (0u32..).zip((first..=last).rev()) {
        let use_of_day = used.next_if(|(used_on, _)| **used_on == day).map_or(0, |(_, used)| *used);
        if away.iter().any(|away| away.holds(day)) {
            absent_days += 1;
        } else {
            days.push(DayUse { age, used: to_f64(use_of_day) });
        }
    }
    let state = &fold.state;
    let refills = state.ends.iter().filter(|end| (first..=last).contains(&utc_day(**end))).count();
    let basis =
        Basis { absent_days, refills: u32::try_from(refills).unwrap_or(u32::MAX), step: state.step() };
    BurnRate::of(&days).map(|rate| BurnRate { basis, ..rate })
}

/// The pace of a slot that nothing measures: its replacements. What is left of the running interval is the interval's
/// law, given that it has lasted so far.
fn by_replacements(
    replacements: &[DateTime<Utc>],
    left: Option<Milli>,
    now: DateTime<Utc>,
    known: &Known<'_>,
) -> Forecast {
    let days = |a: DateTime<Utc>, b: DateTime<Utc>| to_f64((b - a).num_minutes()) / 1440.0;
    let intervals: Vec<f64> = replacements
        .windows(2)
        .filter_map(|w| Some(days(*w.first()?, *w.last()?)))
        .map(|d| d.max(0.1))
        .collect();
    let count = to_f64(i64::try_from(intervals.len()).unwrap_or(1)).max(1.0);
    let mean = intervals.iter().sum::<f64>() / count;
    let spread = if intervals.len() >= 3 {
        (intervals.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / (count - 1.0))
            .sqrt()
            .max(mean / 10.0)
    } else {
        mean * INTERVAL_SPREAD
    };
    let law = DaysToEmpty::with(mean, spread * spread * (1.0 + 1.0 / count));
    let start = replacements.last().copied().unwrap_or(now);
    let lasted = law.below(days(start, now));
    let tempo = known.plan.unwrap_or(&Tempo::USUAL).without(known.away, now, now);
    let at = |share: f64| {
        if left.is_some_and(|left| left <= 0) {
            now
        } else {
            let rest = law.quantile(lasted + share * (1.0 - lasted)) - days(start, now);
            after(now, tempo.calendar(rest.max(0.0)))
        }
    };
    Forecast::Dated {
        run_out: RunOut {
            earliest: at(0.1),
            likely: at(0.5),
            latest: Some(at(0.9)).filter(|latest| days(now, *latest) <= HORIZON_DAYS),
        },
        rate: None,
        interval: Some((mean, u32::try_from(replacements.len()).unwrap_or(u32::MAX))),
    }
}

pub(crate) fn after(start: DateTime<Utc>, days: f64) -> DateTime<Utc> {
    let minutes = (days * 1440.0).clamp(0.0, HORIZON_DAYS * 10.0 * 1440.0);
    #[expect(clippy::cast_possible_truncation, reason = "clamped to twenty years of minutes")]
    let minutes = minutes as i64;
    start.checked_add_signed(TimeDelta::minutes(minutes)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Whole numbers below 2⁵³ are exact; larger ones only feed estimates.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn to_f64(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
