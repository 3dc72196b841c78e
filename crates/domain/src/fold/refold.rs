//! The whole of a ledger, one entry at a time.

use super::{DAYS_KEPT, Effect, Fold, utc_day};
use crate::endpoint::Slot;
use crate::ids::EntryId;
use crate::ledger::{Entry, EntryKind, voided};
use crate::measure::Milli;
use std::collections::{BTreeMap, BTreeSet};

/// Folding a slot again, for ledgers too long to hold: first everything that speaks of other entries, then every entry.
#[derive(Debug)]
pub struct Refold {
    voided: BTreeSet<EntryId>,
    explained: BTreeSet<EntryId>,
    fold: Fold,
    /// Use of days that the fold itself forgets, or is about to.
    older: BTreeMap<i32, Milli>,
}

impl Refold {
    /// Begins. `speakers` are at least all voids and all entries that are `about` another, in any order; plain
    /// readings may be left out.
    pub fn of<'a>(speakers: impl IntoIterator<Item = &'a Entry>) -> Self {
        let speakers: Vec<&Entry> = speakers.into_iter().collect();
        let voided = voided(speakers.iter().copied());
        let mut refold =
            Self { explained: BTreeSet::new(), fold: Fold::default(), older: BTreeMap::new(), voided };
        for entry in speakers {
            refold.fold.state.expected.extend(entry.about);
            match entry.kind {
                EntryKind::Voided { entry: target } => {
                    refold.fold.state.expected.insert(target);
                }
                _ if !refold.voided.contains(&entry.id) => refold.explained.extend(entry.about),
                _ => {}
            }
        }
        refold
    }

    /// The next entry in the order of effect, voided ones and voids too. Absent when it has no effect of its own.
    pub fn next(&mut self, slot: &Slot, entry: &Entry) -> Option<Effect> {
        self.fold.state.expected.remove(&entry.id);
        let silent = self.voided.contains(&entry.id) || matches!(entry.kind, EntryKind::Voided { .. });
        let used = &self.fold.days.used;
        let oldest = utc_day(entry.observed_at).saturating_sub(DAYS_KEPT);
        if !silent && used.first_key_value().is_some_and(|(first, _)| *first < oldest) {
            self.older.extend(used.range(..oldest));
        }
        (!silent).then(|| self.fold.step(slot, entry, self.explained.contains(&entry.id)))
    }

    /// The use of every day so far, those too old for the fold among them.
    pub fn all_days(&self) -> BTreeMap<i32, Milli> {
        let mut days = self.older.clone();
        days.extend(&self.fold.days.used);
        days
    }

    /// What it all amounts to.
    pub fn end(self) -> Fold {
        self.fold
    }
}
