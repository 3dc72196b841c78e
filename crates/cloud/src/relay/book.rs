//! The relay's book of one device: what is in each slot, what Amazon was told last, and which uses wait for the end of
//! the day. Grows with the number of slots, not with the ledger.

use chrono::{DateTime, Utc};
use refill_domain::alexa::Connectivity;
use refill_domain::endpoint::{SensorKind, Slot};
use refill_domain::fold::{Fold, SlotState};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Source};
use refill_domain::measure::Amount;
use refill_domain::outbox::{Pending, PendingKind, Reported};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Uses kept apart at most; beyond that the two oldest neighbours become one sum.
const WAITING_MAX: usize = 100;

/// One device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Book {
    /// The health Amazon was told.
    pub health: Option<Connectivity>,
    /// When the device last spoke, or was registered.
    pub seen_at: DateTime<Utc>,
    /// Its slots.
    pub slots: BTreeMap<SlotId, Page>,
}

/// One slot.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Page {
    /// What its ledger amounts to; for level sensors.
    pub state: SlotState,
    /// The last report.
    pub reported: Option<Reported>,
    /// What is to be told.
    pub waiting: Vec<Waiting>,
}

/// Something to be told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Waiting {
    /// The entry.
    pub entry: EntryId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// How much was used; absent: the part was replaced.
    pub used: Option<Amount>,
}

impl From<&Waiting> for Pending {
    fn from(of: &Waiting) -> Self {
        Self { entry: of.entry, at: of.at, kind: of.used.map_or(PendingKind::Replaced, PendingKind::Used) }
    }
}

/// Applies entries to a state one at a time; false if one of them needs the whole ledger.
pub fn follow(slot: &Slot, state: &mut SlotState, entries: &[&Entry]) -> bool {
    let mut fold = Fold { state: std::mem::take(state), ..Fold::default() };
    let followed = entries.iter().all(|entry| {
        let follows = fold.follows(entry);
        if follows {
            fold.apply(slot, entry);
        }
        follows
    });
    *state = fold.state;
    followed
}

impl Page {
    /// Notes uses and replacements that Amazon is to hear of, and forgets those that no longer count. What was imported
    /// is history, and is not told.
    pub fn wait_for(&mut self, slot: &Slot, entries: &[&Entry]) {
        for entry in entries.iter().filter(|entry| entry.source != Source::Import) {
            let used = match &entry.kind {
                EntryKind::Consumed { amount } => Some(*amount),
                EntryKind::Replaced { .. } if slot.sensor == SensorKind::LevelUsage => None,
                EntryKind::Voided { entry: target } => {
                    self.waiting.retain(|waiting| waiting.entry != *target);
                    continue;
                }
                _ => continue,
            };
            self.waiting.push(Waiting { entry: entry.id, at: entry.observed_at, used });
        }
        if slot.sensor == SensorKind::LevelUsage && self.waiting.len() > WAITING_MAX {
            self.waiting.sort_by_key(|waiting| (waiting.at, waiting.entry));
            self.merge();
        }
    }

    /// Sums neighbours until few enough are left; a replacement between two uses keeps them apart.
    fn merge(&mut self) {
        let mut kept: Vec<Waiting> = Vec::with_capacity(self.waiting.len());
        let mut over = self.waiting.len() - WAITING_MAX;
        for next in std::mem::take(&mut self.waiting) {
            let sum = kept.last().and_then(|last| {
                let (one, other) = (last.used?, next.used?);
                let milli = one.to(other.unit).ok()?.milli.checked_add(other.milli)?;
                Some(Amount::new(milli, other.unit))
            });
            if over > 0
                && let Some(sum) = sum
                && let Some(last) = kept.last_mut()
            {
                *last = Waiting { used: Some(sum), ..next };
                over -= 1;
            } else {
                kept.push(next);
            }
        }
        self.waiting = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refill_domain::measure::Unit;
    use uuid::Uuid;

    #[test]
    fn many_uses_become_sums_and_lose_nothing() {
        let slot: Slot = {
            let model: crate::catalogue::Model = serde_json::from_value(serde_json::json!({
                "id": "M", "name": "M", "kind": "other", "slots": [{"instance": "filter", "name": "Filter",
                "supply": "filter", "sensor": "level_usage", "unit": "HOUR", "pack": 1000}]
            }))
            .unwrap();
            model.slots_of(refill_domain::ids::EndpointId(Uuid::from_u128(1))).remove(0)
        };
        let entry = |number: u32, kind: EntryKind| Entry {
            id: EntryId(Uuid::from_u128(u128::from(number))),
            slot: slot.id,
            observed_at: DateTime::from_timestamp(i64::from(number), 0).unwrap(),
            recorded_at: DateTime::UNIX_EPOCH,
            source: Source::Device,
            about: None,
            note: None,
            kind,
        };
        let used = |number| entry(number, EntryKind::Consumed { amount: Amount::new(1, Unit::Minute) });
        let replaced = entry(500, EntryKind::Replaced { capacity: None, from_shelf: true });
        let mut entries: Vec<Entry> = (1..1000).filter(|n| *n != 500).map(used).collect();
        entries.push(replaced);
        let mut page = Page::default();
        page.wait_for(&slot, &entries.iter().collect::<Vec<_>>());
        assert!(page.waiting.len() <= WAITING_MAX);
        let at = page.waiting.iter().position(|one| one.used.is_none()).unwrap();
        let sum =
            |part: &[Waiting]| part.iter().filter_map(|one| one.used).map(|used| used.milli).sum::<i64>();
        assert_eq!((sum(&page.waiting[..at]), sum(&page.waiting[at..])), (499, 499));
        let last = entries[0].id;
        let mut page = Page::default();
        page.wait_for(&slot, &[&entries[0]]);
        page.wait_for(&slot, &[&entry(2000, EntryKind::Voided { entry: last })]);
        assert!(page.waiting.is_empty());
    }
}
