//! The book of one device, kept by whoever reports it: what is in each slot, what Amazon was told last, and which uses
//! wait for the end of the day. Grows with the number of slots, not with the ledger.

use super::cadence::{Pending, PendingKind, Reported, Watched, anchor, due, next_day, utc_day};
use crate::alexa::{ApplianceId, Connectivity, Property, Report, Sensor};
use crate::endpoint::{SensorKind, Slot};
use crate::fold::{Fold, SlotState};
use crate::ids::{EntryId, SlotId};
use crate::ledger::{Entry, EntryKind, Source};
use crate::measure::Amount;
use chrono::{DateTime, TimeDelta, Utc};
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

/// What is in a slot, and since when, as its sensor says it: since the last reading, or the replacement after it.
pub fn level_now(slot: &Slot, state: &SlotState) -> Option<(Amount, DateTime<Utc>)> {
    let level = state.level.filter(|_| slot.sensor == SensorKind::Level)?;
    Some((Amount::new(level.max(0), slot.unit), state.read_at.max(state.level_at)?))
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

    /// What is to be told of a sensor now, and when to look again if nothing happens before. `sensor` has its present
    /// level; `present` is the device's health. What comes of this is to be queued in one transaction with the page.
    pub fn due(
        &mut self,
        appliance: &ApplianceId,
        sensor: &Sensor,
        present: Connectivity,
        now: DateTime<Utc>,
    ) -> (Vec<Report>, Option<DateTime<Utc>>) {
        let health = Property::Connectivity { value: present, at: now, uncertainty: 0 };
        let pending: Vec<Pending> = self.waiting.iter().map(Into::into).collect();
        let day = utc_day(anchor(appliance));
        let reported = self.reported;
        let watched = Watched { appliance, sensor, health: &health, reported, pending: &pending };
        let mut reports = Vec::new();
        for one in due(&watched, now, &day) {
            self.waiting.retain(|waiting| !one.tells.contains(&waiting.entry));
            match &one.report {
                Report::Changed { properties, .. } => {
                    let level = properties.iter().find_map(|property| match property {
                        Property::Level { amount, .. } => Some(*amount),
                        Property::Connectivity { .. } => None,
                    });
                    self.reported = Some(Reported { level, at: now });
                }
                Report::Consumed { .. } if sensor.kind == SensorKind::LevelUsage => {
                    self.reported = Some(Reported { level: None, at: now });
                }
                _ => {}
            }
            reports.push(one.report);
        }
        if sensor.kind == SensorKind::Usage {
            // Whatever is no use of this slot's kind is nothing to tell, and must not wait for ever.
            self.waiting.clear();
        }
        let owed = sensor.level.is_some() || !self.waiting.is_empty();
        let next = self.reported.filter(|_| owed);
        let next = next.map(|last| next_day(last.at, now, &day).max(now + TimeDelta::seconds(1)));
        (reports, next)
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
    use crate::endpoint::SupplyKind;
    use crate::measure::Unit;
    use crate::testing::slot;
    use uuid::Uuid;

    #[test]
    fn many_uses_become_sums_and_lose_nothing() {
        let slot = slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(1));
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
