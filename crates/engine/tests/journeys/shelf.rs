//! A household without the engine around it, whose ledger is written by the tests themselves: what is shown is a function
//! of it, of the clock and of the zone.

use crate::home::{beginning, typed};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Unit};
use refill_engine::clock::{Clock, ManualClock};
use refill_engine::form::{AddDeviceForm, SlotForm};
use refill_engine::household::Household;
use refill_engine::present::Presented;
use refill_engine::view::{Settings, SlotView};
use std::sync::Arc;

pub struct Shelf {
    _folder: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub household: Household,
}

/// What a slot is, where the tests differ.
pub fn kind(sensor: SensorKind, supply: SupplyKind, unit: Unit, capacity: Option<&str>) -> SlotForm {
    SlotForm { sensor, ..crate::home::by_hand("Supply", supply, unit, capacity) }
}

pub fn ink() -> SlotForm {
    kind(SensorKind::Level, SupplyKind::Ink, Unit::Percent, None)
}

/// Liquid detergent of a machine that says what it used.
pub fn detergent() -> SlotForm {
    SlotForm {
        pack: Some(typed("1.5", Unit::Liter)),
        ..kind(SensorKind::Usage, SupplyKind::Detergent, Unit::Milliliter, Some("1500"))
    }
}

pub fn level(percent: i64) -> EntryKind {
    EntryKind::LevelRead { level: Level::Amount { amount: Amount::whole(percent, Unit::Percent) } }
}

pub fn used(whole: i64, unit: Unit) -> EntryKind {
    EntryKind::Consumed { amount: Amount::whole(whole, unit) }
}

pub fn counted(whole: i64, unit: Unit) -> EntryKind {
    EntryKind::Counted { level: Some(Amount::whole(whole, unit)), shelf: None }
}

pub fn bought(packs: u32) -> EntryKind {
    EntryKind::Purchased { packs, content: None, asin: None, price: None, shop: None }
}

pub fn replaced() -> EntryKind {
    EntryKind::Replaced { capacity: None, from_shelf: false }
}

impl Shelf {
    pub fn new() -> Self {
        Self::at(beginning(), FixedOffset::east_opt(0).unwrap())
    }

    pub fn at(now: DateTime<Utc>, zone: FixedOffset) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(now).in_zone(zone));
        let mut household = Household::open(folder.path(), clock.clone()).unwrap();
        let settings = Settings { locale: "en-GB".into(), language: "en".into(), ..Settings::default() };
        household.set_settings(settings).unwrap();
        Self { _folder: folder, clock, household }
    }

    pub fn add(&mut self, name: &str, slot: SlotForm) -> SlotId {
        let form = AddDeviceForm {
            id: EndpointId(self.clock.new_id()),
            name: "Device".into(),
            kind: DeviceKind::Other,
            model: None,
            location: None,
            address: None,
            slots: vec![SlotForm { name: name.into(), ..slot }],
        };
        let id = self.household.add_device(&form, None).unwrap();
        self.household.slots_of(id).next().unwrap().row.slot.id
    }

    /// An instant so many hours ago.
    pub fn ago(&self, hours: i64) -> DateTime<Utc> {
        self.clock.now() - TimeDelta::hours(hours)
    }

    /// Appends what was said so many hours ago, in one batch; readings and uses by the device, the rest by a person.
    pub fn say(&mut self, slot: SlotId, said: impl IntoIterator<Item = (i64, EntryKind)>) -> Vec<EntryId> {
        let entries: Vec<Entry> = said
            .into_iter()
            .map(|(hours, kind)| {
                let device = matches!(kind, EntryKind::LevelRead { .. } | EntryKind::Consumed { .. });
                Entry {
                    id: EntryId(self.clock.new_id()),
                    slot,
                    observed_at: self.ago(hours),
                    recorded_at: self.ago(hours),
                    source: if device { Source::Device } else { Source::Person },
                    about: None,
                    note: None,
                    kind,
                }
            })
            .collect();
        let ids = entries.iter().map(|entry| entry.id).collect();
        self.household.append(entries).unwrap();
        ids
    }

    /// A steady use of `each` a day for `days` days until now, and `left` of it now.
    pub fn steady(&mut self, slot: SlotId, days: i64, each: i64, left: i64) {
        let unit = self.household.watched(slot).unwrap().row.slot.unit;
        let start = (days * 24 + 1, counted(left + days * each, unit));
        let uses = (0..days).rev().map(|day| (day * 24 + 1, used(each, unit)));
        self.say(slot, std::iter::once(start).chain(uses).collect::<Vec<_>>());
    }

    pub fn presented(&self, slot: SlotId) -> Presented {
        self.household.present(self.household.watched(slot).unwrap())
    }

    pub fn page(&self, slot: SlotId) -> SlotView {
        self.household.slot_page(slot, 50).unwrap()
    }
}
