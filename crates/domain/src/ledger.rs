//! The ledger: entries that are only ever added. Undoing is an entry too. The order of effect is `observed_at`, then
//! id, so that any order of arrival leads to the same state, and an entry that arrives twice counts once.

use crate::endpoint::Slot;
use crate::ids::{Asin, EntryId, SlotId};
use crate::measure::{Amount, AmountError, Measurement};
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
    /// An entry can't void itself.
    #[error("an entry can't undo itself")]
    Itself,
}

/// The largest number of packs in one entry.
pub const PACKS_MAX: u32 = 1_000_000;

/// Judges an entry before it is appended: amounts positive, of the slot's kind and not absurd, nothing in the future.
///
/// # Errors
/// The first reason to refuse it.
pub fn admit(entry: &Entry, slot: &Slot, now: DateTime<Utc>) -> Result<(), AdmitError> {
    if entry.observed_at > now + CLOCK_SKEW {
        return Err(AdmitError::Future);
    }
    let fits = |amount: Amount| amount.to(slot.unit).map(|_| amount);
    match &entry.kind {
        EntryKind::LevelRead { level: Level::Amount { amount } } => {
            fits(*amount)?.not_negative()?;
        }
        EntryKind::LevelRead { level: Level::Unknown | Level::SomeLeft } => {}
        EntryKind::Consumed { amount } => {
            fits(*amount)?.positive()?;
        }
        EntryKind::Replaced { capacity, .. } => {
            if let Some(capacity) = capacity {
                fits(*capacity)?.positive()?;
            }
        }
        EntryKind::Purchased { packs, content, .. } | EntryKind::Received { packs, content, .. } => {
            match *packs {
                0 => return Err(AdmitError::Empty),
                n if n > PACKS_MAX => return Err(AdmitError::TooMany),
                _ => {}
            }
            if let Some(content) = content {
                fits_shelf(*content, slot)?.positive()?;
            }
        }
        EntryKind::Counted { level, shelf } => {
            if level.is_none() && shelf.is_none() {
                return Err(AdmitError::Empty);
            }
            if let Some(level) = level {
                let level = fits(*level)?.not_negative()?;
                if slot.measurement() == Measurement::Percentage && level.milli > 100_000 {
                    return Err(AmountError::TooLarge.into());
                }
            }
            if let Some(shelf) = shelf {
                fits_shelf(*shelf, slot)?.not_negative()?;
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

fn fits_shelf(amount: Amount, slot: &Slot) -> Result<Amount, AmountError> {
    amount.to(slot.shelf_unit()).map(|_| amount)
}

/// Which entries no longer count. A void counts only while nothing in force voids it, so undo of an undo is a redo; a
/// circle of voids (no honest program makes one) voids nothing.
pub fn voided<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeSet<EntryId> {
    let mut voids: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    for entry in entries {
        if let EntryKind::Voided { entry: target } = entry.kind {
            voids.entry(target).or_default().push(entry.id);
        }
    }
    let mut known = BTreeMap::new();
    let targets: Vec<EntryId> = voids.keys().copied().collect();
    for target in &targets {
        settle(*target, &voids, &mut known);
    }
    targets.into_iter().filter(|target| known.get(target) == Some(&true)).collect()
}

/// Whether `start` is voided, worked out without recursion: a chain of undos may be as long as a file can make it.
fn settle(start: EntryId, voids: &BTreeMap<EntryId, Vec<EntryId>>, known: &mut BTreeMap<EntryId, bool>) {
    let mut stack = vec![(start, 0usize)];
    let mut open = BTreeSet::from([start]);
    while let Some((id, next)) = stack.pop() {
        let by = voids.get(&id).map_or(&[][..], Vec::as_slice);
        // An open entry met again is a circle: treat that void as without force.
        let pending = by.iter().enumerate().skip(next).find(|(_, v)| !known.contains_key(v) && !open.contains(v));
        if let Some((at, void)) = pending {
            stack.push((id, at + 1));
            open.insert(*void);
            stack.push((*void, 0));
        } else {
            let in_force = |v: &EntryId| known.get(v) == Some(&false);
            let is_voided = by.iter().any(in_force);
            open.remove(&id);
            known.insert(id, is_voided);
        }
    }
}
