//! The fold: what the ledger of one slot amounts to. Entries that [follow](Fold::follows) are applied one at a time,
//! at a cost that does not grow with the ledger, and the result is the same as folding everything again.
//!
//! Nothing here ever makes use negative, or a stock: a rise is a refill, and use beyond what was there is kept as
//! overshoot.

use crate::endpoint::{SensorKind, Slot};
use crate::ids::EntryId;
use crate::ledger::{Entry, EntryKind, Level};
use crate::measure::{Amount, Measurement, Milli};
use crate::replenish::LOW_READINGS;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

mod cycle;
mod days;
mod low;
mod refold;
mod stamp;

use low::below_mark;

pub use days::{DAYS_KEPT, DayBook, utc_day};
pub use refold::Refold;

/// A rise of at least this share of a full one is a refill that nobody recorded; smaller ones are noise
/// (`forecast.md`, The method, 1).
pub const RISE_SHARE: (Milli, Milli) = (15, 100);

/// A drop of [`RISE_SHARE`] within so short a time needs a second reading before it counts as use: a printer with its
/// door open may say 0.
const SUDDEN: TimeDelta = TimeDelta::days(1);

/// For so long after a replacement was recorded, a rise is taken to be it: some printers report the old level on.
const SHOWN_WITHIN: TimeDelta = TimeDelta::days(7);

/// All of it, in thousandths of a percent.
const PERCENT_FULL: Milli = 100_000;

/// Replacements that are kept for the pace of slots that nothing measures.
const REPLACEMENTS_KEPT: usize = 12;

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
#[serde(default)]
pub struct SlotState {
    /// What is in the device; absent while nobody has said.
    pub level: Option<Milli>,
    /// The device only says that some is left.
    pub some_left: bool,
    /// When [`Self::left`] was last stated, counted, set or used from.
    #[serde(serialize_with = "stamp::option")]
    pub level_at: Option<DateTime<Utc>>,
    /// What lies on the shelf.
    pub shelf: Milli,
    /// What the one in use held when it went in.
    pub capacity: Option<Milli>,
    /// The device's last word, numbers or not; a recorded use is one too.
    #[serde(serialize_with = "stamp::option")]
    pub read_at: Option<DateTime<Utc>>,
    /// Smallest level of this cycle; use is counted from it.
    pub floor: Option<Milli>,
    /// When the last number came; a drop is spread from here.
    #[serde(serialize_with = "stamp::option")]
    pub floor_at: Option<DateTime<Utc>>,
    /// A person set the level: the next reading moves the floor without counting use.
    pub floor_told: bool,
    /// The last reading was a sudden drop that no second reading has confirmed: the floor still stands above it.
    pub sudden: bool,
    /// A replacement of this moment was recorded that no reading has shown yet.
    #[serde(serialize_with = "stamp::option")]
    pub unshown: Option<DateTime<Utc>>,
    /// An open question.
    pub rise: Option<Rise>,
    /// Confirmed rises that nobody has explained and that a later one came after, oldest first; the last dozen. They
    /// can be answered for good, from the ledger.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_rises: Vec<Rise>,
    /// Readings (or uses) in a row at or below the low mark. A person who counts so little where nothing measures
    /// needs no repetition: one count makes it [`LOW_READINGS`].
    pub low_streak: u32,
    /// When the first of them came.
    #[serde(serialize_with = "stamp::option")]
    pub low_since: Option<DateTime<Utc>>,
    /// Used beyond what there was.
    pub overshoot: Milli,
    /// Uses, drops of level, or cycles seen.
    pub changes: u32,
    /// When use was last seen.
    #[serde(serialize_with = "stamp::option")]
    pub used_at: Option<DateTime<Utc>>,
    /// When it was replaced, the last dozen times.
    #[serde(serialize_with = "stamp::list")]
    pub replacements: Vec<DateTime<Utc>>,
    /// When a cycle ended, the last two dozen times: replaced, refilled by what a confirmed rise says, or, where packs
    /// are poured into one stock, used up.
    #[serde(serialize_with = "stamp::list")]
    pub ends: Vec<DateTime<Utc>>,
    /// Largest number that all levels read are multiples of, for shares of a full one.
    pub grain: Option<Milli>,
    /// Orders that have arrived.
    pub orders: BTreeSet<String>,
    /// Entries not here yet that others speak of already, as void or explained: when one comes, all is folded again.
    pub expected: BTreeSet<EntryId>,
    /// Key of the last entry applied.
    #[serde(serialize_with = "stamp::key")]
    pub last: Option<(DateTime<Utc>, EntryId)>,
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
    /// Folds all entries of one slot, in any order, with repeats, voids and all. Entries of one id are the same entry.
    pub fn of<'a>(slot: &Slot, entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        Self::of_each(slot, entries, |_, _| {})
    }

    /// [`Self::of`], telling what each entry in force did, in their order of effect. Voids have done nothing but what
    /// is not there.
    pub fn of_each<'a>(
        slot: &Slot,
        entries: impl IntoIterator<Item = &'a Entry>,
        mut each: impl FnMut(&'a Entry, Effect),
    ) -> Self {
        let mut sorted: Vec<&Entry> = entries.into_iter().filter(|e| e.slot == slot.id).collect();
        sorted.sort_by_key(|e| e.key());
        sorted.dedup_by_key(|e| e.id);
        let mut refold = Refold::of(sorted.iter().copied());
        for entry in sorted {
            if let Some(effect) = refold.next(slot, entry) {
                each(entry, effect);
            }
        }
        refold.end()
    }

    /// Whether [`Self::apply`] may be used for `entry`: it comes after everything applied so far, and neither speaks of
    /// another entry (a void, an answer, an amendment) nor is spoken of. Otherwise the slot is folded again.
    pub fn follows(&self, entry: &Entry) -> bool {
        let speaks = entry.about.is_some() || matches!(entry.kind, EntryKind::Voided { .. });
        !speaks
            && !self.state.expected.contains(&entry.id)
            && self.state.last.is_none_or(|last| last < entry.key())
    }

    /// Applies one entry that [`follows`](Self::follows). Amounts of another kind than the slot's change nothing
    /// (admission refuses them before).
    pub fn apply(&mut self, slot: &Slot, entry: &Entry) -> Effect {
        self.step(slot, entry, false)
    }

    /// `explained`: a person has said what this entry shows, so a rise in it is true and asks nothing.
    fn step(&mut self, slot: &Slot, entry: &Entry, explained: bool) -> Effect {
        let before = self.state.left(slot);
        let overshoot = self.state.overshoot;
        let at = entry.observed_at;
        self.state.last = Some(entry.key());
        match &entry.kind {
            EntryKind::LevelRead { level } => self.level_read(slot, entry, *level, explained),
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
        let change = before.zip(left).map(|(before, left)| left - before);
        Effect { change, left, shelf: self.state.shelf, overshoot: self.state.overshoot - overshoot }
    }

    fn level_read(&mut self, slot: &Slot, entry: &Entry, level: Level, explained: bool) {
        let at = entry.observed_at;
        let number = match level {
            Level::Amount { amount } => match level_in_unit(slot, amount) {
                Some(level) => Some(level),
                None => return,
            },
            Level::Unknown | Level::SomeLeft => None,
        };
        self.state.read_at = Some(at);
        self.state.some_left = level == Level::SomeLeft;
        let Some(level) = number else { return };
        if slot.measurement() == Measurement::Percentage {
            self.state.grain = Some(cycle::common_step(self.state.grain.unwrap_or(0), level));
        }
        self.days.observe(at);
        self.move_floor(slot, entry, level, explained);
        self.state.level = Some(level);
        self.state.level_at = Some(at);
        self.judge_low(slot, at, self.state.left(slot));
    }

    /// Use is what the running minimum of a cycle loses; a rise that is believed begins a new cycle.
    fn move_floor(&mut self, slot: &Slot, entry: &Entry, level: Milli, explained: bool) {
        let at = entry.observed_at;
        let since = self.state.floor_at.unwrap_or(at);
        let full = slot.full().or(self.state.capacity).unwrap_or(level);
        let far = (full / RISE_SHARE.1 * RISE_SHARE.0).max(1);
        let unshown = self.state.unshown.filter(|replaced| at - *replaced <= SHOWN_WITHIN);
        let Some(floor) = self.state.floor.filter(|_| !self.state.floor_told) else {
            self.state.floor_told = false;
            self.state.floor = Some(level);
            self.state.floor_at = Some(at);
            self.state.unshown = unshown.filter(|_| full - level >= far);
            return;
        };
        if floor - level >= far && at - since < SUDDEN && !self.state.sudden {
            self.state.sudden = true;
            self.state.rise.take_if(|rise| !rise.confirmed);
            return;
        }
        self.state.sudden = false;
        self.state.floor_at = Some(at);
        if level - floor < far {
            // Back where it was before anyone agreed: the rise was a glitch.
            self.state.rise.take_if(|rise| !rise.confirmed);
            if level < floor {
                self.use_between(since, at, floor - level);
                self.state.floor = Some(level);
            }
        } else if explained || unshown.is_some() {
            self.state.floor = Some(level);
            let passed = self.state.rise.take().filter(|rise| rise.confirmed);
            self.pass(passed);
            self.state.unshown = None;
            self.end_cycle(at);
        } else if let Some(rise) = self.state.rise.as_mut().filter(|rise| !rise.confirmed) {
            rise.confirmed = true;
            let (first_at, drop) = (rise.at, rise.to - level);
            rise.to = rise.to.max(level);
            self.use_between(first_at, at, drop);
            self.state.floor = Some(level);
            self.end_cycle(first_at);
        } else {
            let passed = self.state.rise.replace(Rise {
                entry: entry.id,
                at,
                from: floor,
                to: level,
                confirmed: false,
            });
            self.pass(passed);
        }
    }

    /// Keeps a confirmed rise that nobody explained before the next one came.
    fn pass(&mut self, rise: Option<Rise>) {
        self.state.passed_rises.extend(rise);
        if self.state.passed_rises.len() > REPLACEMENTS_KEPT {
            self.state.passed_rises.remove(0);
        }
    }

    fn consumed(&mut self, slot: &Slot, at: DateTime<Utc>, amount: Amount) {
        let Some(mut rest) = in_unit(slot, amount).filter(|used| *used > 0) else { return };
        self.days.observe(at);
        self.use_between(at, at, rest);
        self.state.read_at = Some(at);
        // What is counted here must not count again when the next reading shows it.
        self.state.floor = self.state.floor.map(|floor| (floor - rest).max(0));
        let known = self.state.left(slot).is_some();
        let left_before = self.state.left(slot).unwrap_or(0);
        let from_level = rest.min(self.state.level.unwrap_or(0));
        rest -= from_level;
        if from_level > 0 {
            self.state.level = self.state.level.map(|level| level - from_level);
        }
        if slot.pooled() {
            // Packs are opened as a whole: what the last one still holds is in use, not on the shelf.
            let pack = slot.pack.max(1);
            let wanted = (rest.saturating_add(pack - 1) / pack).saturating_mul(pack);
            let opened = wanted.min(self.state.shelf);
            let taken = rest.min(opened);
            if opened > 0 {
                self.state.shelf -= opened;
                self.state.level = Some(self.state.level.unwrap_or(0) + (opened - taken));
            }
            rest -= taken;
            if known && self.state.level.is_none() {
                self.state.level = Some(0);
            }
        }
        if known {
            self.state.overshoot = self.state.overshoot.saturating_add(rest);
            self.state.level_at = Some(at);
            if slot.pooled() && left_before > 0 && self.state.left(slot) == Some(0) {
                self.end_cycle(at);
            }
        }
        self.judge_low(slot, at, self.state.left(slot));
    }

    fn replaced(&mut self, slot: &Slot, at: DateTime<Utc>, capacity: Option<Amount>, from_shelf: bool) {
        let full = capacity.and_then(|c| level_in_unit(slot, c)).or(slot.full()).or_else(|| {
            // What is poured comes by the pack; a part that nobody gave a size is one piece.
            let piece = (slot.measurement() == Measurement::Count).then_some(1000);
            if slot.pooled() { Some(slot.pack) } else { piece }
        });
        if slot.sensor == SensorKind::None {
            self.days.observe(at);
            // Nothing measured it, so being replaced is the news that it was used up.
            if let (Some(level), Some(since)) = (self.state.level, self.state.level_at) {
                self.use_between(since, at, level);
            }
        }
        let piece = if slot.pooled() { full.unwrap_or(0) } else { 1000 };
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
        self.state.sudden = false;
        self.state.unshown = Some(at);
        self.state.rise = None;
        self.state.low_streak = 0;
        self.state.low_since = None;
        self.end_cycle(at);
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
        let shelf = shelf.and_then(|s| s.to(slot.shelf_unit()).ok());
        let level = level.and_then(|l| level_in_unit(slot, l));
        if let Some(shelf) = shelf {
            self.state.shelf = shelf.milli.max(0);
            if slot.pooled() {
                // One stock: whoever counted the shelf and found nothing has found nothing, not said nothing.
                self.state.level.get_or_insert(0);
            }
        }
        if let Some(level) = level {
            self.state.level = Some(level);
            self.state.some_left = false;
            self.state.floor = Some(level);
            self.state.floor_at = Some(at);
            self.state.floor_told = true;
            self.state.sudden = false;
            self.state.rise = None;
        }
        if level.is_none() && !(slot.pooled() && shelf.is_some()) {
            return;
        }
        // Where a sensor tells the use, a count only corrects; where nothing does, it is the only word on use.
        if slot.sensor == SensorKind::None {
            self.days.observe(at);
            if let (Some(before), Some(after), Some(since)) = (before, self.state.left(slot), since) {
                self.use_between(since, at, before - after);
            }
        }
        self.state.level_at = Some(at);
        self.judge_stock(slot);
        if slot.sensor == SensorKind::None && below_mark(slot, self.state.left(slot)) {
            self.state.low_streak = self.state.low_streak.max(LOW_READINGS);
            self.state.low_since.get_or_insert(at);
        }
    }
}

fn in_unit(slot: &Slot, amount: Amount) -> Option<Milli> {
    amount.to(slot.unit).ok().map(|amount| amount.milli.max(0))
}

/// A level in the slot's unit; a share of a full one is never above 100, whatever a printer says.
fn level_in_unit(slot: &Slot, amount: Amount) -> Option<Milli> {
    let most = if slot.measurement() == Measurement::Percentage { PERCENT_FULL } else { Milli::MAX };
    in_unit(slot, amount).map(|level| level.min(most))
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
