//! Slots and ledgers for tests: a builder that reads like a household's diary, and strategies that make every kind of
//! slot and the worst ledgers anyone could send.

use crate::endpoint::{SensorKind, Slot, SupplyKind};
use crate::fold::Fold;
use crate::ids::{EndpointId, EntryId, SlotId};
use crate::ledger::{Entry, EntryKind, Level, Source};
use crate::measure::{AMOUNT_MAX, Amount, Milli, Unit};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

/// 1 September 2026, midnight: day 0 of the diaries.
pub(crate) const START: DateTime<Utc> = DateTime::from_timestamp(1_788_220_800, 0).unwrap();

/// So many days after [`START`].
pub(crate) fn day(days: f64) -> DateTime<Utc> {
    START + TimeDelta::milliseconds((days * 86_400_000.0) as i64)
}

pub(crate) fn id(number: u128) -> EntryId {
    EntryId::from_bytes(number.to_be_bytes())
}

pub(crate) fn slot(sensor: SensorKind, supply: SupplyKind, unit: Unit, full: Option<i64>) -> Slot {
    Slot {
        id: SlotId::from_bytes([1; 16]),
        endpoint: EndpointId::from_bytes([2; 16]),
        instance: "slot".parse().unwrap(),
        name: "Slot".into(),
        supply,
        sensor,
        unit,
        capacity: full.map(|full| full * 1000),
        pack: full.unwrap_or(1) * 1000,
        low_own: None,
        low_device: None,
        colours: Vec::new(),
        receptacle: false,
        muted: false,
    }
}

/// A printer's ink, in percent.
pub(crate) fn ink() -> Slot {
    Slot { pack: 1000, ..slot(SensorKind::Level, SupplyKind::Ink, Unit::Percent, None) }
}

/// Coffee pods in packs of 40, counted by the machine.
pub(crate) fn pods(sensor: SensorKind) -> Slot {
    slot(sensor, SupplyKind::Pods, Unit::Count, Some(40))
}

/// A filter that nothing measures.
pub(crate) fn filter() -> Slot {
    slot(SensorKind::None, SupplyKind::Filter, Unit::Count, Some(1))
}

/// The ledger of one slot, told in order.
#[derive(Debug, Clone)]
pub(crate) struct Diary {
    pub(crate) slot: Slot,
    pub(crate) entries: Vec<Entry>,
}

impl Diary {
    pub(crate) fn of(slot: Slot) -> Self {
        Self { slot, entries: Vec::new() }
    }

    /// Adds an entry; its id is its place, counted from 1000.
    pub(crate) fn add(mut self, days: f64, kind: EntryKind) -> Self {
        let number = 1000 + self.entries.len() as u128;
        self.entries.push(entry(&self.slot, number, day(days), kind));
        self
    }

    /// The last entry explains (or amends) the one with this number.
    pub(crate) fn about(mut self, number: u128) -> Self {
        self.entries.last_mut().unwrap().about = Some(id(number));
        self
    }

    /// The last entry has this id instead.
    pub(crate) fn with_id(mut self, number: u128) -> Self {
        self.entries.last_mut().unwrap().id = id(number);
        self
    }

    pub(crate) fn reads(self, days: f64, whole: i64) -> Self {
        let level = Level::Amount { amount: Amount::whole(whole, self.slot.unit) };
        self.add(days, EntryKind::LevelRead { level })
    }

    pub(crate) fn uses(self, days: f64, whole: i64) -> Self {
        let amount = Amount::whole(whole, self.slot.unit);
        self.add(days, EntryKind::Consumed { amount })
    }

    pub(crate) fn replaced(self, days: f64) -> Self {
        self.add(days, EntryKind::Replaced { capacity: None, from_shelf: false })
    }

    pub(crate) fn bought(self, days: f64, packs: u32) -> Self {
        self.add(days, EntryKind::Purchased { packs, content: None, asin: None, price: None, shop: None })
    }

    pub(crate) fn counted(self, days: f64, level: Option<i64>, shelf: Option<i64>) -> Self {
        let level = level.map(|level| Amount::whole(level, self.slot.unit));
        let shelf = shelf.map(|shelf| Amount::whole(shelf, self.slot.shelf_unit()));
        self.add(days, EntryKind::Counted { level, shelf })
    }

    pub(crate) fn voids(self, days: f64, number: u128) -> Self {
        self.add(days, EntryKind::Voided { entry: id(number) })
    }

    pub(crate) fn fold(&self) -> Fold {
        Fold::of(&self.slot, &self.entries)
    }

    /// All use that is in the books, in thousandths.
    pub(crate) fn used(&self) -> Milli {
        self.fold().days.used.values().sum()
    }
}

pub(crate) fn entry(slot: &Slot, number: u128, at: DateTime<Utc>, kind: EntryKind) -> Entry {
    Entry {
        id: id(number),
        slot: slot.id,
        observed_at: at,
        recorded_at: at,
        source: Source::Device,
        about: None,
        note: None,
        kind,
    }
}

/// Folds entries in the order they arrive, as the engine does: applied where they follow, else all again. What has
/// arrived twice is not kept twice.
pub(crate) fn arrive(slot: &Slot, entries: &[Entry]) -> Fold {
    let mut kept: Vec<Entry> = Vec::new();
    let mut fold = Fold::default();
    for entry in entries {
        if kept.iter().any(|k| k.id == entry.id) {
            continue;
        }
        kept.push(entry.clone());
        if fold.follows(entry) {
            fold.apply(slot, entry);
        } else {
            fold = Fold::of(slot, &kept);
        }
    }
    fold
}

/// Every sensor, supply and unit, sized or not, marked or not.
pub(crate) fn any_slot() -> impl Strategy<Value = Slot> {
    let sensors = prop::sample::select(vec![
        SensorKind::Level,
        SensorKind::Usage,
        SensorKind::LevelUsage,
        SensorKind::None,
    ]);
    let supplies = prop::sample::select(vec![
        SupplyKind::Ink,
        SupplyKind::Pods,
        SupplyKind::Detergent,
        SupplyKind::Filter,
        SupplyKind::Waste,
    ]);
    let units = prop::sample::select(Unit::ALL);
    let marks = prop::option::of(0..60_000i64);
    (sensors, supplies, units, prop::option::of(1..200_000i64), 1..200_000i64, marks.clone(), marks).prop_map(
        |(sensor, supply, unit, capacity, pack, low_own, low_device)| Slot {
            capacity,
            pack,
            low_own,
            low_device,
            ..slot(sensor, supply, unit, None)
        },
    )
}

/// Amounts as they come: mostly plausible, sometimes zero, huge, negative, or of any other unit.
fn any_amount(unit: Unit) -> impl Strategy<Value = Amount> {
    prop_oneof![
        12 => (0..120_000i64).prop_map(move |milli| Amount::new(milli, unit)),
        2 => (-5_000..5i64).prop_map(move |milli| Amount::new(milli, unit)),
        1 => (AMOUNT_MAX - 5..=AMOUNT_MAX).prop_map(move |milli| Amount::new(milli, unit)),
        1 => (prop::sample::select(Unit::ALL), any::<i64>()).prop_map(|(unit, milli)| Amount::new(milli, unit)),
    ]
}

fn any_kind(slot: &Slot) -> impl Strategy<Value = EntryKind> + use<> {
    let (unit, shelf_unit) = (slot.unit, slot.shelf_unit());
    let content = || prop::option::of(any_amount(shelf_unit));
    let level = prop_oneof![
        8 => any_amount(unit).prop_map(|amount| Level::Amount { amount }),
        1 => Just(Level::Unknown),
        1 => Just(Level::SomeLeft),
    ];
    prop_oneof![
        6 => level.prop_map(|level| EntryKind::LevelRead { level }),
        4 => any_amount(unit).prop_map(|amount| EntryKind::Consumed { amount }),
        2 => (prop::option::of(any_amount(unit)), any::<bool>())
            .prop_map(|(capacity, from_shelf)| EntryKind::Replaced { capacity, from_shelf }),
        2 => (prop_oneof![0..5u32, Just(1_000_000)], content()).prop_map(|(packs, content)| {
            EntryKind::Purchased { packs, content, asin: None, price: None, shop: None }
        }),
        1 => (prop::sample::select(vec!["a", "b"]), 0..5u32, content())
            .prop_map(|(order, packs, content)| EntryKind::Received { order: order.into(), packs, content }),
        2 => (prop::option::of(any_amount(unit)), content())
            .prop_map(|(level, shelf)| EntryKind::Counted { level, shelf }),
        3 => (0..40u128).prop_map(|number| EntryKind::Voided { entry: id(number) }),
    ]
}

/// Up to 30 entries with different ids below 40, in any order of arrival; many share a moment, some lie a century
/// away, and some speak of others that may come later or never.
pub(crate) fn any_entries(slot: &Slot) -> impl Strategy<Value = Vec<Entry>> + use<> {
    let moment = prop_oneof![
        10 => (0..600i64).prop_map(|hours| START + TimeDelta::hours(6 * hours)),
        4 => (0..6i64).prop_map(|hours| START + TimeDelta::hours(hours)),
        1 => (0..7_258_118_400i64).prop_map(|second| DateTime::from_timestamp(second, 0).unwrap()),
    ];
    let about = prop::option::weighted(0.15, (0..40u128).prop_map(id));
    let numbers: Vec<u128> = (0..40).collect();
    let one = (moment, about, any_kind(slot));
    let slot = slot.clone();
    (prop::sample::subsequence(numbers, 0..=30).prop_shuffle(), prop::collection::vec(one, 30)).prop_map(
        move |(numbers, rest)| {
            let entries = numbers.into_iter().zip(rest);
            entries
                .map(|(number, (at, about, kind))| Entry { about, ..entry(&slot, number, at, kind) })
                .collect()
        },
    )
}

/// A slot and a ledger for it.
pub(crate) fn any_ledger() -> impl Strategy<Value = (Slot, Vec<Entry>)> {
    any_slot().prop_flat_map(|slot| {
        let entries = any_entries(&slot);
        (Just(slot), entries)
    })
}
