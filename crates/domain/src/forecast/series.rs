//! Forecasts of plain series, by the method of the slots: what was used each day, or what a gauge read. Order and
//! repeats of what comes in do not matter, no figure makes it fail, and a case is answered unless its history is
//! shorter than two weeks or holds fewer than two changes (`forecast.md`, "What a case is").

use super::tempo::{Away, Tempo};
use super::{
    BurnRate, DayUse, DaysToEmpty, HORIZON_DAYS, LEARN_CHANGES, LEARN_DAYS, burn_rate, history_end, to_f64,
};
use crate::endpoint::{SensorKind, Slot, SupplyKind};
use crate::fold::{DAYS_KEPT, Fold};
use crate::ids::{EndpointId, EntryId, Instance, SlotId};
use crate::ledger::{Entry, EntryKind, Level, Source};
use crate::measure::{Amount, Milli, Unit};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

/// Days from 1970-01-01.
pub type DayNumber = i32;

/// Most that is believed of one figure; more has no date anyway.
const FIGURE_MAX: f64 = 1e12;

/// Late ends are told up to here, in days.
const LATE_MAX: f64 = HORIZON_DAYS * 5.0;

/// What is known of the past.
#[derive(Debug, Clone, PartialEq)]
pub enum History {
    /// Use of each day, in the unit of the inventory; nothing where nobody observed.
    Used(Vec<(DayNumber, Option<f64>)>),
    /// Levels in percent at their moments; -1, -2 and -3 are gaps.
    Levels(Vec<(DateTime<Utc>, f64)>),
}

/// One question: when is this used up?
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The day of the question; what the series says of it or of later days does not count.
    pub today: DayNumber,
    /// What is there at the start of today; for gauges percent, the last level where it is not given.
    pub inventory: Option<f64>,
    /// The past.
    pub history: History,
    /// Days on which nobody was there, past and to come.
    pub away: Vec<Away>,
}

/// Days to the end, counted from the start of today, today included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    /// One in ten ends earlier.
    pub early: f64,
    /// As likely before as after.
    pub likely: f64,
    /// One in ten lasts longer; at most ten years.
    pub late: f64,
    /// The pace, in the unit of the case (percent for gauges).
    pub rate: BurnRate,
}

/// What can't be said yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learning {
    /// Less than two weeks of history.
    Short {
        /// Days there are.
        days: u32,
    },
    /// Fewer than two uses or changes of level.
    Changes {
        /// How many there are.
        seen: u32,
    },
    /// A gauge that never told a number, and no inventory.
    NoLevel,
}

/// Why a case makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// No inventory where nothing else tells it.
    #[error("inventory is missing: say what is there at the start of today")]
    NoInventory,
    /// Negative, not finite, or beyond all bounds.
    #[error("{0} must be a number from 0 to 1e12")]
    Figure(&'static str),
}

/// What was read of a series, before a stock is put against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// Observed days, newest first; absent days left out.
    pub days: Vec<DayUse>,
    /// The pace.
    pub rate: BurnRate,
    /// Amounts are not whole pieces.
    pub poured: bool,
}

/// Answers one case.
///
/// # Errors
/// A figure that can't be.
pub fn answer(case: &Case) -> Result<Result<Told, Learning>, CaseError> {
    if case.inventory.is_some_and(|stock| !sound(stock)) {
        return Err(CaseError::Figure("inventory"));
    }
    match &case.history {
        History::Used(used) => {
            let stock = case.inventory.ok_or(CaseError::NoInventory)?;
            Ok(read_used(used, case.today, &case.away)?.map(|read| {
                let poured = read.poured || stock.fract() != 0.0;
                let push = if poured { overshoot(&read) / 2.0 } else { 0.0 };
                tell(stock, &read.rate, 0.0, push, case)
            }))
        }
        History::Levels(levels) => gauge(levels, case),
    }
}

/// The observed days of a series of uses before `today` and their pace.
///
/// # Errors
/// A figure that can't be.
pub fn read_used(
    used: &[(DayNumber, Option<f64>)],
    today: DayNumber,
    away: &[Away],
) -> Result<Result<Read, Learning>, CaseError> {
    let mut by_day: BTreeMap<DayNumber, Option<f64>> = BTreeMap::new();
    for (day, used) in used.iter().filter(|(day, _)| *day < today) {
        if used.is_some_and(|used| !sound(used)) {
            return Err(CaseError::Figure("used"));
        }
        let of_day = by_day.entry(*day).or_default();
        // Sorted below: equal sums whatever the order of what came for one day.
        *of_day = match (*of_day, *used) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }
    let span = match (by_day.first_key_value(), by_day.last_key_value()) {
        (Some((first, _)), Some((last, _))) => i64::from(*last) - i64::from(*first) + 1,
        _ => 0,
    };
    let observed = || by_day.iter().rev().filter_map(|(day, used)| used.map(|used| (*day, used)));
    let changes = observed().filter(|(_, used)| *used > 0.0).count();
    if let Some(learning) = learning(span, u32::try_from(changes).unwrap_or(u32::MAX)) {
        return Ok(Err(learning));
    }
    let last = observed().next().map_or(today, |(day, _)| day);
    let oldest = i64::from(last) - i64::from(DAYS_KEPT);
    let mut absent_days = 0;
    let mut days = Vec::new();
    let mut poured = false;
    for (day, used) in observed().take_while(|(day, _)| i64::from(*day) >= oldest) {
        if away.iter().any(|away| away.holds(day)) {
            absent_days += 1;
        } else {
            poured |= used.fract() != 0.0;
            days.push(DayUse {
                age: u32::try_from(i64::from(last) - i64::from(day)).unwrap_or(u32::MAX),
                used,
            });
        }
    }
    let Some(mut rate) = BurnRate::of(&days) else {
        return Ok(Err(Learning::Changes { seen: 0 }));
    };
    rate.basis.absent_days = absent_days;
    Ok(Ok(Read { days, rate, poured }))
}

fn sound(figure: f64) -> bool {
    (0.0..=FIGURE_MAX).contains(&figure)
}

fn learning(span: i64, changes: u32) -> Option<Learning> {
    if span < i64::from(LEARN_DAYS) {
        return Some(Learning::Short { days: u32::try_from(span.max(0)).unwrap_or(0) });
    }
    (changes < LEARN_CHANGES).then_some(Learning::Changes { seen: changes })
}

/// Days that the last day of use overshoots by: the end comes within a day, but that day counts whole. Mean overshoot
/// of a renewal, E[X²] / 2E[X], in days of use; what is counted in pieces ends at a piece and has none worth telling.
fn overshoot(read: &Read) -> f64 {
    let square = read.rate.variance.min(read.rate.per_day * read.rate.per_day * 3.0);
    (1.0 + square / (read.rate.per_day * read.rate.per_day)) / 2.0
}

/// The band of a stock that was stated `before` days before the start of today.
fn tell(stock: f64, rate: &BurnRate, before: f64, push: f64, case: &Case) -> Told {
    let law = DaysToEmpty::of_stock(stock, rate, 1.0);
    let today = midnight(case.today);
    let stated = crate::forecast::after(today - TimeDelta::days(7300), (7300.0 - before).max(0.0));
    let tempo = Tempo::USUAL.without(&case.away, stated, today);
    let at = |share: f64| {
        if stock <= 0.0 {
            return 0.0;
        }
        (tempo.calendar(law.quantile(share) + push) - before).clamp(0.0, LATE_MAX)
    };
    Told { early: at(0.1), likely: at(0.5), late: at(0.9), rate: *rate }
}

fn midnight(day: DayNumber) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH.checked_add_signed(TimeDelta::days(i64::from(day))).unwrap_or(DateTime::UNIX_EPOCH)
}

/// A gauge's readings go through the fold: gaps, running minimum, confirmed refills and coarse steps are its business.
fn gauge(levels: &[(DateTime<Utc>, f64)], case: &Case) -> Result<Result<Told, Learning>, CaseError> {
    let slot = gauge_slot();
    let fold = read_levels(&slot, levels, case.today)?;
    let today = midnight(case.today);
    let state = &fold.state;
    let (Some(level), Some(level_at)) = (state.level, state.level_at) else {
        return Ok(Err(Learning::NoLevel));
    };
    let last = history_end(&slot, &fold, today);
    let first = fold.days.first.unwrap_or(last + 1);
    // What came before the last reading is history, even of a gauge that has slept since.
    let span = i64::from(fold.days.last.unwrap_or(last)) - i64::from(first) + 1;
    if let Some(learning) = learning(span, state.changes) {
        return Ok(Err(learning));
    }
    let Some(rate) = burn_rate(&fold, first, last, &case.away) else {
        return Ok(Err(Learning::Changes { seen: 0 }));
    };
    let rate = in_percent(rate);
    let before = (today - level_at).as_seconds_f64() / 86_400.0;
    let (stock, before) =
        case.inventory.map_or((to_f64(level) / 1000.0, before), |stock| (stock.min(100.0), 0.0));
    Ok(Ok(tell(stock, &rate, before, 0.0, case)))
}

fn in_percent(rate: BurnRate) -> BurnRate {
    BurnRate { per_day: rate.per_day / 1000.0, variance: rate.variance / 1e6, ..rate }
}

/// Use of each observed day that a gauge shows, in percent, oldest first, as the fold reads it.
///
/// # Errors
/// A figure that can't be.
pub fn used_by_levels(
    levels: &[(DateTime<Utc>, f64)],
    today: DayNumber,
) -> Result<Vec<(DayNumber, Option<f64>)>, CaseError> {
    let fold = read_levels(&gauge_slot(), levels, today)?;
    let (Some(first), Some(last)) = (fold.days.first, fold.days.last) else { return Ok(Vec::new()) };
    let first = first.max(last - DAYS_KEPT);
    let used = |day| fold.days.used.get(&day).copied().unwrap_or(0);
    Ok((first..=last).map(|day| (day, Some(to_f64(used(day)) / 1000.0))).collect())
}

fn read_levels(slot: &Slot, levels: &[(DateTime<Utc>, f64)], today: DayNumber) -> Result<Fold, CaseError> {
    let end = midnight(today.saturating_add(1));
    let mut sound: Vec<(DateTime<Utc>, Milli)> = Vec::with_capacity(levels.len());
    for (at, level) in levels.iter().filter(|(at, _)| *at < end) {
        if [-1.0, -2.0, -3.0].contains(level) {
            continue;
        }
        if !(0.0..=FIGURE_MAX).contains(level) {
            return Err(CaseError::Figure("levels"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "from 0 to 100,000")]
        sound.push((*at, (level.min(100.0) * 1000.0).round() as Milli));
    }
    sound.sort_unstable();
    sound.dedup();
    let mut fold = Fold::default();
    for (number, (at, level)) in (0u128..).zip(sound) {
        let entry = Entry {
            id: EntryId::from_bytes(number.to_be_bytes()),
            slot: slot.id,
            observed_at: at,
            recorded_at: at,
            source: Source::Device,
            about: None,
            note: None,
            kind: EntryKind::LevelRead { level: Level::Amount { amount: Amount::new(level, Unit::Percent) } },
        };
        fold.apply(slot, &entry);
    }
    Ok(fold)
}

fn gauge_slot() -> Slot {
    Slot {
        id: SlotId::from_bytes([0; 16]),
        endpoint: EndpointId::from_bytes([0; 16]),
        instance: Instance::of_series(),
        name: String::new(),
        supply: SupplyKind::Other,
        sensor: SensorKind::Level,
        unit: Unit::Percent,
        capacity: Some(100_000),
        pack: 1000,
        low_own: None,
        low_device: None,
        colours: Vec::new(),
        receptacle: false,
        muted: false,
    }
}
