//! The ledger: entries that are only ever added. Undoing is an entry too. The order of effect is `observed_at`, then
//! id, so that any order of arrival leads to the same state, and an entry that arrives twice counts once.

use crate::endpoint::Slot;
use crate::ids::{Asin, EntryId, SlotId};
use crate::measure::{AMOUNT_MAX, Amount, AmountError, Measurement, Unit};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A level as a device states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Level {
    /// A number.
    Amount {
        /// What is left.
        amount: Amount,
    },
    /// The device does not know (Printer MIB −1 and −2): a gap, never a number.
    Unknown,
    /// The device knows that some is left (−3).
    SomeLeft,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryKind {
    /// The device stated what is in it.
    LevelRead {
        /// The level.
        level: Level,
    },
    /// The device (or a person) used this much since the last report. Durations for level-usage sensors.
    Consumed {
        /// How much.
        amount: Amount,
    },
    /// What was in the device was replaced by a full one.
    Replaced {
        /// Content of what went in; absent = the slot's capacity.
        capacity: Option<Amount>,
        /// It came from the shelf.
        from_shelf: bool,
    },
    /// A person bought packs.
    Purchased {
        /// How many.
        packs: u32,
        /// Content of one; absent = the slot's pack.
        content: Option<Amount>,
        /// Which product.
        asin: Option<Asin>,
        /// What all of it cost.
        price: Option<Money>,
        /// Where.
        shop: Option<String>,
    },
    /// An order arrived. The same order instance counts once, however often it is told.
    Received {
        /// Amazon's `instanceId` of the order, or the shop's number.
        order: String,
        /// How many packs.
        packs: u32,
        /// Content of one; absent = the slot's pack.
        content: Option<Amount>,
    },
    /// A person looked and counted.
    Counted {
        /// What is in the device.
        level: Option<Amount>,
        /// What lies on the shelf, in the slot's shelf unit.
        shelf: Option<Amount>,
    },
    /// Another entry no longer counts. Voiding a void brings the first entry back.
    Voided {
        /// Which.
        entry: EntryId,
    },
}

/// An amount of money, exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Thousandths of the currency.
    pub milli: i64,
    /// ISO 4217.
    pub currency: String,
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person.
    Person,
    /// The device itself.
    Device,
    /// The maker's cloud.
    Cloud,
    /// An imported file.
    Import,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Made by whoever records it.
    pub id: EntryId,
    /// The slot it is about.
    pub slot: SlotId,
    /// When it happened, by the device's clock or the person's word; whole milliseconds.
    pub observed_at: DateTime<Utc>,
    /// When we heard of it.
    pub recorded_at: DateTime<Utc>,
    /// Who says so.
    pub source: Source,
    /// The entry this one explains or replaces: a rise it answers, an entry it amends.
    pub about: Option<EntryId>,
    /// Anything a person wanted to remember.
    pub note: Option<String>,
    /// What happened.
    pub kind: EntryKind,
}

impl Entry {
    /// Place in the order of effect.
    pub fn key(&self) -> (DateTime<Utc>, EntryId) {
        (self.observed_at, self.id)
    }
}

/// How far ahead of us a device's clock may be before its time is not believed (`architecture-notes.md` section 7).
pub const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

/// Why an entry is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdmitError {
    /// An amount that can't be.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// It says to have happened in the future.
    #[error("this lies in the future")]
    Future,
    /// It would change nothing: no packs, nothing counted.
    #[error("this says nothing")]
    Empty,
    /// More packs than anyone buys.
    #[error("that is more than a million packs")]
    TooMany,
    /// More than all of it.
    #[error("a share can't be above 100 %")]
    AboveFull,
    /// Not a currency's three capital letters.
    #[error("this is not a currency")]
    Currency,
    /// An entry can't void itself.
    #[error("an entry can't undo itself")]
    Itself,
}

/// The largest number of packs in one entry.
pub const PACKS_MAX: u32 = 1_000_000;

/// Judges an entry before it is appended: amounts positive, of the slot's kind and not absurd, nothing in the future.
/// A device's level above 100 % is let in and read as 100: a printer's slip must not cost the reading.
///
/// # Errors
/// The first reason to refuse it.
pub fn admit(entry: &Entry, slot: &Slot, now: DateTime<Utc>) -> Result<(), AdmitError> {
    if entry.observed_at > now + CLOCK_SKEW {
        return Err(AdmitError::Future);
    }
    let in_slot = |amount: Amount| fits(amount, slot.unit);
    let level_fits = |amount: Amount| {
        let amount = in_slot(amount)?;
        let above = slot.measurement() == Measurement::Percentage && amount.milli > 100_000;
        if above { Err(AdmitError::AboveFull) } else { Ok(amount) }
    };
    match &entry.kind {
        EntryKind::LevelRead { level: Level::Amount { amount } } => {
            in_slot(*amount)?.not_negative()?;
        }
        EntryKind::LevelRead { level: Level::Unknown | Level::SomeLeft } => {}
        EntryKind::Consumed { amount } => {
            in_slot(*amount)?.positive()?;
        }
        EntryKind::Replaced { capacity, .. } => {
            if let Some(capacity) = capacity {
                level_fits(*capacity)?.positive()?;
            }
        }
        EntryKind::Purchased { packs, content, price, .. } => {
            packs_fit(*packs, *content, slot)?;
            if let Some(price) = price {
                Amount::new(price.milli, Unit::Count).not_negative()?;
                if price.currency.len() != 3 || !price.currency.bytes().all(|b| b.is_ascii_uppercase()) {
                    return Err(AdmitError::Currency);
                }
            }
        }
        EntryKind::Received { packs, content, .. } => packs_fit(*packs, *content, slot)?,
        EntryKind::Counted { level, shelf } => {
            if level.is_none() && shelf.is_none() {
                return Err(AdmitError::Empty);
            }
            if let Some(level) = level {
                level_fits(*level)?.not_negative()?;
            }
            if let Some(shelf) = shelf {
                fits(*shelf, slot.shelf_unit())?.not_negative()?;
            }
        }
        EntryKind::Voided { entry: voided } => {
            if *voided == entry.id {
                return Err(AdmitError::Itself);
            }
        }
    }
    Ok(())
}

/// The amount itself if it is of this unit's kind, and not absurd in this unit either.
fn fits(amount: Amount, unit: Unit) -> Result<Amount, AmountError> {
    let kept = amount.to(unit)?;
    if kept.milli > AMOUNT_MAX { Err(AmountError::TooLarge) } else { Ok(amount) }
}

fn packs_fit(packs: u32, content: Option<Amount>, slot: &Slot) -> Result<(), AdmitError> {
    match packs {
        0 => return Err(AdmitError::Empty),
        n if n > PACKS_MAX => return Err(AdmitError::TooMany),
        _ => {}
    }
    if let Some(content) = content {
        fits(content, slot.shelf_unit())?.positive()?;
    }
    Ok(())
}

/// Which entries no longer count. A void counts only while no void in force undoes it, so undo of an undo is a redo; a
/// circle of voids (no honest program makes one) voids nothing. The order of `entries` does not matter, nor repeats.
pub fn voided<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeSet<EntryId> {
    let target: BTreeMap<EntryId, EntryId> = entries
        .into_iter()
        .filter_map(|entry| match entry.kind {
            EntryKind::Voided { entry: target } => Some((entry.id, target)),
            _ => None,
        })
        .collect();
    // How many voids of an entry might still turn out to be in force.
    let mut open: BTreeMap<EntryId, usize> = BTreeMap::new();
    for aim in target.values() {
        *open.entry(*aim).or_default() += 1;
    }
    let mut in_force: Vec<EntryId> = target.keys().copied().filter(|void| !open.contains_key(void)).collect();
    let mut voided = BTreeSet::new();
    while let Some(void) = in_force.pop() {
        let Some(aim) = target.get(&void) else { continue };
        if !voided.insert(*aim) {
            continue;
        }
        // What was aimed at is out, so one void fewer may hold what it aimed at itself.
        if let Some(spared) = target.get(aim)
            && let Some(left) = open.get_mut(spared)
        {
            *left -= 1;
            if *left == 0 && !voided.contains(spared) {
                in_force.push(*spared);
            }
        }
    }
    voided
}

#[cfg(test)]
mod tests;
