//! The shelf that several slots take from: a pure fold over the merged entries of all of them. Never negative, the same
//! for any order of arrival and any repeats, and undone entries count for nothing. For one slot alone it says what the
//! slot's own fold says.

use crate::endpoint::{SensorKind, Slot};
use crate::fold::{DayBook, Fold};
use crate::forecast::LEARN_DAYS;
use crate::ids::{EntryId, SlotId};
use crate::ledger::{Entry, EntryKind, Level, voided};
use crate::measure::{Amount, Measurement, Milli, Unit};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What moved the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// A person counted it.
    Counted,
    /// A person bought.
    Bought,
    /// An order arrived.
    Received,
    /// One was put into a device.
    TakenOut,
    /// Packs of poured or counted stock were opened for use.
    Opened,
}

/// One change of the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The entry that made it.
    pub entry: EntryId,
    /// The slot it was recorded on.
    pub slot: SlotId,
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub kind: MoveKind,
    /// By how much, in thousandths of the shelf's unit; 0 where a count agreed or there was nothing to take.
    pub change: Milli,
    /// What lay there after it.
    pub after: Milli,
}

/// What lies on a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// The unit of its amounts.
    pub unit: Unit,
    /// What lies there.
    pub stock: Milli,
    /// What moved it since it was last counted, that count first; all of it where nobody has counted.
    pub moves: Vec<Move>,
    /// What is in each device, for poured and counted stock only.
    pub levels: BTreeMap<SlotId, Milli>,
    orders: BTreeSet<String>,
}

/// Whether two slots can take from one shelf: both are replaced as a whole, or both are poured or counted in units of
/// one kind.
pub fn can_share(one: &Slot, other: &Slot) -> bool {
    one.pooled() == other.pooled() && one.shelf_unit().measurement() == other.shelf_unit().measurement()
}

impl Shelf {
    /// Folds the entries of `members`, in any order, with repeats, voids and all; other slots' entries are left out. Of
    /// slots that are replaced as a whole, only what people, shops and imports said matters: readings may be left out.
    /// The unit is the first member's; a member that [can't share](can_share) with it is left out.
    pub fn of<'a>(members: &[&Slot], entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let unit = members.first().map_or(Unit::Count, |first| first.shelf_unit());
        let members: BTreeMap<SlotId, &Slot> = members
            .iter()
            .filter(|slot| members.first().is_some_and(|first| can_share(first, slot)))
            .map(|slot| (slot.id, *slot))
            .collect();
        let mut sorted: Vec<&Entry> =
            entries.into_iter().filter(|entry| members.contains_key(&entry.slot)).collect();
        sorted.sort_by_key(|entry| entry.key());
        sorted.dedup_by_key(|entry| entry.id);
        let void = voided(sorted.iter().copied());
        let mut shelf =
            Self { unit, stock: 0, moves: Vec::new(), levels: BTreeMap::new(), orders: BTreeSet::new() };
        for entry in sorted.into_iter().filter(|entry| !void.contains(&entry.id)) {
            if let Some(slot) = members.get(&entry.slot) {
                shelf.step(slot, entry);
            }
        }
        shelf
    }

    /// The last count, with what was found.
    pub fn counted(&self) -> Option<Move> {
        self.moves.first().copied().filter(|first| first.kind == MoveKind::Counted)
    }

    /// What lies there in a member's own unit; absent where its kind is another.
    pub fn stock_in(&self, unit: Unit) -> Option<Milli> {
        Amount::new(self.stock, self.unit).to(unit).ok().map(|amount| amount.milli)
    }

    fn step(&mut self, slot: &Slot, entry: &Entry) {
        match &entry.kind {
            EntryKind::Purchased { packs, content, .. } => {
                self.add(slot, entry, MoveKind::Bought, *packs, *content);
            }
            EntryKind::Received { order, packs, content } => {
                if self.orders.insert(order.clone()) {
                    self.add(slot, entry, MoveKind::Received, *packs, *content);
                }
            }
            EntryKind::Replaced { capacity, from_shelf } => {
                let full = self.full(slot, *capacity);
                if *from_shelf {
                    let wanted = if slot.pooled() { full.unwrap_or(0) } else { 1000 };
                    self.put(entry, MoveKind::TakenOut, self.stock - wanted.min(self.stock));
                }
                if let Some(full) = full.filter(|_| slot.pooled()) {
                    self.levels.insert(slot.id, full);
                }
            }
            EntryKind::Counted { level, shelf } => {
                if let Some(shelf) = shelf.and_then(|shelf| self.own(shelf)) {
                    self.moves.clear();
                    self.put(entry, MoveKind::Counted, shelf.max(0));
                    if slot.pooled() {
                        self.levels.entry(slot.id).or_insert(0);
                    }
                }
                if let Some(level) = level.and_then(|level| self.own(level)).filter(|_| slot.pooled()) {
                    self.levels.insert(slot.id, level.max(0));
                }
            }
            EntryKind::Consumed { amount } if slot.pooled() => {
                if let Some(used) = self.own(*amount).filter(|used| *used > 0) {
                    self.consume(slot, entry, used);
                }
            }
            EntryKind::LevelRead { level: Level::Amount { amount } } if slot.pooled() => {
                if let Some(level) = self.own(*amount) {
                    self.levels.insert(slot.id, level.max(0));
                }
            }
            EntryKind::LevelRead { .. } | EntryKind::Consumed { .. } | EntryKind::Voided { .. } => {}
        }
    }

    /// Packs are opened as a whole: what the last one still holds is in use, not on the shelf.
    fn consume(&mut self, slot: &Slot, entry: &Entry, used: Milli) {
        let known = self.levels.contains_key(&slot.id) || self.stock > 0;
        let level = self.levels.get(&slot.id).copied().unwrap_or(0);
        let rest = used - used.min(level);
        let mut left = level - used.min(level);
        let pack = self.own(Amount::new(slot.pack, slot.shelf_unit())).unwrap_or(1).max(1);
        let wanted = (rest.saturating_add(pack - 1) / pack).saturating_mul(pack);
        let opened = wanted.min(self.stock);
        if opened > 0 {
            left += opened - rest.min(opened);
            self.put(entry, MoveKind::Opened, self.stock - opened);
        }
        if known {
            self.levels.insert(slot.id, left);
        }
    }

    fn add(&mut self, slot: &Slot, entry: &Entry, kind: MoveKind, packs: u32, content: Option<Amount>) {
        let one = content
            .and_then(|content| self.own(content))
            .or_else(|| self.own(Amount::new(slot.pack, slot.shelf_unit())))
            .unwrap_or(0);
        let added = one.saturating_mul(Milli::from(packs)).max(0);
        self.put(entry, kind, self.stock.saturating_add(added));
    }

    fn put(&mut self, entry: &Entry, kind: MoveKind, after: Milli) {
        let change = after - self.stock;
        self.stock = after;
        let (entry, slot, at) = (entry.id, entry.slot, entry.observed_at);
        self.moves.push(Move { entry, slot, at, kind, change, after });
    }

    /// What goes in when one is replaced, as the slot's own fold has it.
    fn full(&self, slot: &Slot, capacity: Option<Amount>) -> Option<Milli> {
        let stated = capacity.and_then(|capacity| self.own(capacity));
        let full = slot.full().or(slot.pooled().then_some(slot.pack));
        stated.or_else(|| full.and_then(|full| self.own(slot.amount(full)))).map(|full| full.max(0))
    }

    fn own(&self, amount: Amount) -> Option<Milli> {
        amount.to(self.unit).ok().map(|amount| amount.milli)
    }
}

/// A slot that takes whole ones from a shared shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The slot.
    pub slot: SlotId,
    /// Without a spare it would ask to be ordered or replaced now.
    pub asks: bool,
    /// When it ends; absent where nobody can say.
    pub ends: Option<DateTime<Utc>>,
}

/// How much of a shared shelf of whole pieces each slot can count on: the one that ends first is served first, and a
/// spare that one of them needs is not promised to another. Those that ask for nothing share what is left over.
pub fn allot(stock: Milli, claims: &[Claim]) -> BTreeMap<SlotId, Milli> {
    let mut asking: Vec<&Claim> = claims.iter().filter(|claim| claim.asks).collect();
    asking.sort_by_key(|claim| (claim.ends.is_none(), claim.ends, claim.slot));
    let mut rest = stock.max(0);
    let mut served = BTreeMap::new();
    for claim in asking {
        served.insert(claim.slot, rest);
        rest = (rest - 1000).max(0);
    }
    for claim in claims.iter().filter(|claim| !claim.asks) {
        served.insert(claim.slot, rest);
    }
    served
}

/// The fold of a poured or counted product that several devices use: what is in all of them and on their shelf, used at
/// the pace of all of them together. `own` is the slot it is told for, in whose unit it is; it must be a member.
pub fn pool(own: &Slot, members: &[(&Slot, &Fold)], shelf: &Shelf) -> Fold {
    let Some((_, mine)) = members.iter().find(|(slot, _)| slot.id == own.id) else { return Fold::default() };
    let mut pooled = (*mine).clone();
    let state = &mut pooled.state;
    let in_own = |milli: Milli| Amount::new(milli, shelf.unit).to(own.unit).map_or(0, |amount| amount.milli);
    state.shelf = in_own(shelf.stock);
    let levels: Milli = shelf.levels.values().fold(0, |sum, level| sum.saturating_add(*level));
    state.level = (!shelf.levels.is_empty()).then(|| in_own(levels));
    for (_, other) in members.iter().filter(|(slot, _)| slot.id != own.id) {
        state.changes = state.changes.saturating_add(other.state.changes);
        state.used_at = state.used_at.max(other.state.used_at);
        state.read_at = state.read_at.max(other.state.read_at);
        // Where only counts tell, the whole is known as of the oldest of them.
        state.level_at = match (state.level_at, other.state.level_at) {
            (Some(one), Some(other)) if own.sensor == SensorKind::None => Some(one.min(other)),
            (one, other) => one.max(other),
        };
        if state.low_streak < other.state.low_streak {
            state.low_streak = other.state.low_streak;
            state.low_since = other.state.low_since;
        }
    }
    if state.left(own).is_some_and(|left| own.clearly_above_low(left)) {
        state.low_streak = 0;
        state.low_since = None;
    }
    pooled.days = days_of(own, members);
    pooled
}

/// Use by day of all of them. It begins where the youngest was first observed, once that is long enough ago to forecast
/// from: before, a part of the use went unseen.
fn days_of(own: &Slot, members: &[(&Slot, &Fold)]) -> DayBook {
    let firsts = || members.iter().filter_map(|(_, fold)| fold.days.first);
    let last = members.iter().filter_map(|(_, fold)| fold.days.last).max();
    let youngest = firsts().max().filter(|first| last.is_some_and(|last| last - first > LEARN_DAYS));
    let first = youngest.or_else(|| firsts().min());
    let mut used: BTreeMap<i32, Milli> = BTreeMap::new();
    for (slot, fold) in members {
        for (day, milli) in &fold.days.used {
            let Ok(amount) = slot.amount(*milli).to(own.unit) else { continue };
            if first.is_none_or(|first| *day >= first) && slot.measurement() != Measurement::Percentage {
                let sum = used.entry(*day).or_default();
                *sum = sum.saturating_add(amount.milli);
            }
        }
    }
    DayBook { used, first, last }
}

#[cfg(test)]
mod tests;
