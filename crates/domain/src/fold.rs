//! The fold: what the ledger of one slot amounts to. Entries must be applied in their order of effect; then each is
//! applied once, in constant time, and the result is the same as folding everything again.
//!
//! Nothing here ever makes use negative, or a stock: a rise is a refill, and use beyond what was there is kept as
//! overshoot.

use crate::endpoint::{SensorKind, Slot};
use crate::ids::EntryId;
use crate::ledger::{Entry, EntryKind, Level, voided};
use crate::measure::{Amount, Measurement, Milli};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A rise of at least this share of a full one is a refill that nobody recorded; smaller ones are noise
/// (`forecast.md`, The method, 1).
pub const RISE_SHARE: (Milli, Milli) = (15, 100);

/// Days of use that are kept for the forecast; older days weigh less than a ten-thousandth in it.
pub const DAYS_KEPT: i32 = 400;

/// Replacements that are kept for the pace of slots that nothing measures.
const REPLACEMENTS_KEPT: usize = 12;

const DAY_MS: i64 = 86_400_000;

/// A rise of the level that nobody recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rise {
    /// The reading that showed it.
    pub entry: EntryId,
    /// When.
    pub at: DateTime<Utc>,
    /// The level before, in the slot's unit.
    pub from: Milli,
    /// The level after.
    pub to: Milli,
    /// A second reading agreed, so the old cycle has ended, whatever the person will say it was.
    pub confirmed: bool,
}

/// What a slot's ledger amounts to. All amounts are thousandths of the slot's unit (the shelf's of its shelf unit).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotState {
    /// What is in the device; absent while nobody has said.
    pub level: Option<Milli>,
    /// The device only says that some is left.
    pub some_left: bool,
    /// When the level was last stated, counted or set.
    pub level_at: Option<DateTime<Utc>>,
    /// What lies on the shelf.
    pub shelf: Milli,
    /// What the one in use held when it went in.
    pub capacity: Option<Milli>,
    /// The device's last word, numbers or not.
    pub read_at: Option<DateTime<Utc>>,
    /// Smallest level of this cycle; use is counted from it.
    pub floor: Option<Milli>,
    /// When the last number came; a drop is spread from here.
    pub floor_at: Option<DateTime<Utc>>,
    /// A person set the level: the next reading moves the floor without counting use.
    pub floor_told: bool,
    /// An open question.
    pub rise: Option<Rise>,
    /// Readings in a row at or below the low mark.
    pub low_streak: u32,
    /// When the first of them came.
    pub low_since: Option<DateTime<Utc>>,
    /// Used beyond what there was.
    pub overshoot: Milli,
    /// Uses, drops of level, or cycles seen.
    pub changes: u32,
    /// When use was last seen.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was replaced, the last dozen times.
    pub replacements: Vec<DateTime<Utc>>,
    /// Orders that have arrived.
    pub orders: BTreeSet<String>,
    /// Key of the last entry applied.
    pub last: Option<(DateTime<Utc>, EntryId)>,
}

/// Use by UTC day, the forecast's only food. Weekly sums make the choice of midnight irrelevant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayBook {
    /// Use of each day that had any, by days since 1970.
    pub used: BTreeMap<i32, Milli>,
    /// First day anything was observed.
    pub first: Option<i32>,
    /// Last day anything was observed.
    pub last: Option<i32>,
}

/// What one entry did, for the ledger's columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effect {
    /// Change of what is left.
    pub change: Option<Milli>,
    /// What was left after it.
    pub left: Option<Milli>,
    /// Shelf after it.
    pub shelf: Milli,
    /// It used this much more than there was.
    pub overshoot: Milli,
}

/// The fold of one slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fold {
    /// What it amounts to.
    pub state: SlotState,
    /// Use by day.
    pub days: DayBook,
}

/// The UTC day of an instant, in days since 1970.
pub fn utc_day(at: DateTime<Utc>) -> i32 {
    i32::try_from(at.timestamp_millis().div_euclid(DAY_MS)).unwrap_or(i32::MAX)
}

impl DayBook {
    fn observe(&mut self, at: DateTime<Utc>) {
        let day = utc_day(at);
        self.first = Some(self.first.map_or(day, |first| first.min(day)));
        if self.last.is_none_or(|last| last < day) {
            self.last = Some(day);
            let oldest = day - DAYS_KEPT;
            if self.used.first_key_value().is_some_and(|(first, _)| *first < oldest) {
                self.used = self.used.split_off(&oldest);
            }
        }
    }

    fn add(&mut self, day: i32, amount: Milli) {
        if amount > 0 && self.last.is_none_or(|last| day >= last - DAYS_KEPT) {
            let used = self.used.entry(day).or_default();
            *used = used.saturating_add(amount);
        }
    }

    /// Spreads use evenly over `(from, to]`, exactly: the parts sum to `amount`.
    fn spread(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, amount: Milli) {
        let (start, end) = (from.timestamp_millis().min(to.timestamp_millis()), to.timestamp_millis());
        let span = i128::from(end - start);
        if span == 0 {
            self.add(utc_day(to), amount);
            return;
        }
        let share = |ms: i64| i128::from(amount) * i128::from(ms - start) / span;
        let mut given = 0i128;
        // Days before those that are kept need no walk: their share is dropped in one step.
        let first_kept = (i64::from(utc_day(to)) - i64::from(DAYS_KEPT)).max(start.div_euclid(DAY_MS));
        if first_kept * DAY_MS > start {
            given = share(first_kept * DAY_MS);
        }
        for day in first_kept..=end.div_euclid(DAY_MS) {
            let until = ((day + 1) * DAY_MS).min(end);
            let upto = if until == end { i128::from(amount) } else { share(until) };
            let part = Milli::try_from(upto - given).unwrap_or(Milli::MAX);
            self.add(i32::try_from(day).unwrap_or(i32::MAX), part);
            given = upto;
            if until == end {
                break;
            }
        }
    }
}

impl SlotState {
    /// What is left in the sense of the row: device and shelf together for pooled stock, else the device alone.
    pub fn left(&self, slot: &Slot) -> Option<Milli> {
        if !slot.pooled() {
            return self.level;
        }
        match self.level {
            None if self.shelf == 0 => None,
            level => Some(level.unwrap_or(0).saturating_add(self.shelf)),
        }
    }

    /// Whole spares on the shelf, for what is replaced as a whole.
    pub fn spares(&self, slot: &Slot) -> Option<u32> {
        (!slot.pooled()).then(|| u32::try_from(self.shelf / 1000).unwrap_or(u32::MAX))
    }
}

impl Fold {
    /// Folds all entries of one slot, in any order, with repeats, voids and all.
    pub fn of<'a>(slot: &Slot, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut sorted: Vec<&Entry> = entries.into_iter().filter(|e| e.slot == slot.id).collect();
        sorted.sort_by_key(|e| e.key());
        sorted.dedup_by_key(|e| e.id);
        let void = voided(sorted.iter().copied());
        let mut fold = Self::default();
        for entry in sorted.into_iter().filter(|e| !void.contains(&e.id)) {
            fold.apply(slot, entry);
        }
        fold
    }

    /// Whether `entry` comes after everything applied so far, so that [`Self::apply`] may be used. Otherwise, and for
    /// voids, the slot is folded again.
    pub fn follows(&self, entry: &Entry) -> bool {
        let void = matches!(entry.kind, EntryKind::Voided { .. });
        !void && self.state.last.is_none_or(|last| last < entry.key())
    }

    /// Applies one entry that [`follows`](Self::follows). Amounts of another kind than the slot's change nothing
    /// (admission refuses them before).
    pub fn apply(&mut self, slot: &Slot, entry: &Entry) -> Effect {
        let before = self.state.left(slot);
        let overshoot = self.state.overshoot;
        let at = entry.observed_at;
        self.days.observe(at);
        self.state.last = Some(entry.key());
        let answered = self.state.rise.as_ref().is_some_and(|rise| entry.about == Some(rise.entry));
        if answered {
            self.state.rise = None;
        }
        match &entry.kind {
            EntryKind::LevelRead { level } => self.level_read(slot, entry, *level),
            EntryKind::Consumed { amount } => self.consumed(slot, at, *amount),
            EntryKind::Replaced { capacity, from_shelf } => self.replaced(slot, at, *capacity, *from_shelf),
            EntryKind::Purchased { packs, content, .. } => self.add_packs(slot, *packs, *content),
            EntryKind::Received { order, packs, content } => {
                if self.state.orders.insert(order.clone()) {
                    self.add_packs(slot, *packs, *content);
                }
            }
            EntryKind::Counted { level, shelf } => self.counted(slot, at, *level, *shelf),
            EntryKind::Voided { .. } => {}
        }
        let left = self.state.left(slot);
        let change = match (before, left) {
            (Some(before), Some(left)) => Some(left - before),
            (None, Some(_) | None) | (Some(_), None) => None,
        };
        Effect { change, left, shelf: self.state.shelf, overshoot: self.state.overshoot - overshoot }
    }

    fn level_read(&mut self, slot: &Slot, entry: &Entry, level: Level) {
        let at = entry.observed_at;
        self.state.read_at = Some(at);
        let Level::Amount { amount } = level else {
            self.state.some_left = matches!(level, Level::SomeLeft);
            return;
        };
        let Some(level) = in_unit(slot, amount) else { return };
        self.state.some_left = false;
        let rise_size = slot.full().map_or(Milli::MAX, |full| full / RISE_SHARE.1 * RISE_SHARE.0);
        match self.state.floor {
            _ if self.state.floor_told => {
                self.state.floor = Some(level);
                self.state.floor_told = false;
            }
            None => self.state.floor = Some(level),
            Some(floor) if level <= floor => {
                if level < floor {
                    self.use_between(self.state.floor_at.unwrap_or(at), at, floor - level);
                }
                self.state.floor = Some(level);
                // Back where it was before anyone agreed: the rise was a glitch.
                self.state.rise.take_if(|rise| !rise.confirmed);
            }
            Some(floor) if level - floor >= rise_size => match &mut self.state.rise {
                Some(rise) if !rise.confirmed => {
                    rise.confirmed = true;
                    let drop = rise.to.saturating_sub(level);
                    let since = rise.at;
                    self.use_between(since, at, drop);
                    self.state.floor = Some(level);
                }
                Some(_) | None => {
                    self.state.rise =
                        Some(Rise { entry: entry.id, at, from: floor, to: level, confirmed: false });
                }
            },
            Some(_) => {}
        }
        self.state.level = Some(level);
        self.state.level_at = Some(at);
        self.state.floor_at = Some(at);
        self.judge_low(slot, at, Some(level));
    }

    fn consumed(&mut self, slot: &Slot, at: DateTime<Utc>, amount: Amount) {
        let Some(mut rest) = in_unit(slot, amount).filter(|used| *used > 0) else { return };
        self.state.read_at = Some(at);
        self.state.changes = self.state.changes.saturating_add(1);
        self.state.used_at = Some(at);
        self.days.add(utc_day(at), rest);
        let known = self.state.left(slot).is_some();
        let from_level = rest.min(self.state.level.unwrap_or(0));
        rest -= from_level;
        if from_level > 0 {
            self.state.level = self.state.level.map(|level| level - from_level);
        }
        if slot.pooled() {
            let from_shelf = rest.min(self.state.shelf);
            self.state.shelf -= from_shelf;
            rest -= from_shelf;
            if known && self.state.level.is_none() {
                self.state.level = Some(0);
            }
        }
        if known {
            self.state.overshoot = self.state.overshoot.saturating_add(rest);
            self.state.level_at = Some(at);
        }
        self.judge_low(slot, at, self.state.left(slot));
    }

    fn replaced(&mut self, slot: &Slot, at: DateTime<Utc>, capacity: Option<Amount>, from_shelf: bool) {
        let full = capacity.and_then(|c| in_unit(slot, c)).or(slot.full()).or_else(|| {
            // A part that nobody gave a size is one piece.
            (slot.measurement() == Measurement::Count).then_some(1000)
        });
        // Nothing measured it, so being replaced is the news that it was used up.
        if slot.sensor == SensorKind::None
            && let (Some(level), Some(since)) = (self.state.level, self.state.level_at)
        {
            self.use_between(since, at, level);
        }
        let piece = if slot.pooled() { full.unwrap_or(slot.pack) } else { 1000 };
        if from_shelf {
            self.state.shelf = (self.state.shelf - piece).max(0);
        }
        self.state.capacity = full;
        self.state.level = full;
        self.state.level_at = Some(at);
        self.state.some_left = false;
        self.state.floor = full;
        self.state.floor_at = Some(at);
        self.state.floor_told = true;
        self.state.rise = None;
        self.state.low_streak = 0;
        self.state.low_since = None;
        self.state.replacements.push(at);
        if self.state.replacements.len() > REPLACEMENTS_KEPT {
            self.state.replacements.remove(0);
        }
    }

    fn add_packs(&mut self, slot: &Slot, packs: u32, content: Option<Amount>) {
        let unit = slot.shelf_unit();
        let one = content.and_then(|c| c.to(unit).ok()).map_or(slot.pack, |c| c.milli);
        let added = one.saturating_mul(Milli::from(packs));
        self.state.shelf = self.state.shelf.saturating_add(added.max(0));
        if slot.pooled() {
            self.judge_stock(slot);
        }
    }

    fn counted(&mut self, slot: &Slot, at: DateTime<Utc>, level: Option<Amount>, shelf: Option<Amount>) {
        let before = self.state.left(slot);
        let since = self.state.level_at;
        if let Some(shelf) = shelf.and_then(|s| s.to(slot.shelf_unit()).ok()) {
            self.state.shelf = shelf.milli.max(0);
        }
        if let Some(level) = level.and_then(|l| in_unit(slot, l)) {
            self.state.level = Some(level);
            self.state.some_left = false;
            self.state.floor = Some(level);
            self.state.floor_at = Some(at);
            self.state.floor_told = true;
            self.state.rise = None;
        }
        // Where a sensor tells the use, a count only corrects; where nothing does, it is the only word on use.
        if slot.sensor == SensorKind::None
            && let (Some(before), Some(after), Some(since)) = (before, self.state.left(slot), since)
        {
            self.use_between(since, at, before - after);
        }
        self.state.level_at = Some(at);
        self.judge_stock(slot);
    }

    fn use_between(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, amount: Milli) {
        if amount > 0 {
            self.days.spread(from, to, amount);
            self.state.changes = self.state.changes.saturating_add(1);
            self.state.used_at = Some(to);
        }
    }

    /// The low rule counts readings in a row at or below the mark, as Dash does; one above it starts again.
    fn judge_low(&mut self, slot: &Slot, at: DateTime<Utc>, left: Option<Milli>) {
        let low = matches!((left, slot.low_mark()), (Some(left), Some(mark)) if left <= mark);
        if low {
            self.state.low_streak = self.state.low_streak.saturating_add(1);
            self.state.low_since.get_or_insert(at);
        } else {
            self.state.low_streak = 0;
            self.state.low_since = None;
        }
    }

    /// A person added stock or counted: above the mark ends a low spell, below it does not begin one.
    fn judge_stock(&mut self, slot: &Slot) {
        let above = matches!((self.state.left(slot), slot.low_mark()), (Some(left), Some(mark)) if left > mark);
        if above {
            self.state.low_streak = 0;
            self.state.low_since = None;
        }
    }
}

fn in_unit(slot: &Slot, amount: Amount) -> Option<Milli> {
    amount.to(slot.unit).ok().map(|amount| amount.milli.max(0))
}

#[cfg(test)]
mod tests;
