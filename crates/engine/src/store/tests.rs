//! The household's file, tried: what is refused stays as it was, what is migrated is copied first, what is appended
//! counts once and is the same folded at once or bit by bit, and a full disk loses nothing.

mod files;
mod full;
mod ledger;
mod migrations;

use super::*;
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::endpoint::{DeviceKind, Endpoint, SensorKind, Slot, SupplyKind};
use refill_domain::fold::Fold;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Unit};
use std::collections::BTreeMap;
use uuid::Uuid;

/// All files of a folder with their bytes.
fn bytes_in(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap())
        })
        .collect()
}

/// Minutes after the beginning of the tests' time.
fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn id(number: u128) -> EntryId {
    EntryId(Uuid::from_u128(number))
}

fn slot(sensor: SensorKind, supply: SupplyKind, unit: Unit, capacity: Option<i64>) -> Slot {
    Slot {
        id: SlotId(Uuid::from_u128(2)),
        endpoint: EndpointId(Uuid::from_u128(1)),
        instance: "one".parse().unwrap(),
        name: "One".into(),
        supply,
        sensor,
        unit,
        capacity,
        pack: capacity.unwrap_or(1000),
        low_own: None,
        low_device: None,
        colours: Vec::new(),
        receptacle: false,
        muted: false,
    }
}

fn ink() -> Slot {
    Slot { pack: 1000, ..slot(SensorKind::Level, SupplyKind::Ink, Unit::Percent, None) }
}

fn device() -> DeviceRow {
    DeviceRow {
        endpoint: Endpoint {
            id: EndpointId(Uuid::from_u128(1)),
            name: "Device".into(),
            kind: DeviceKind::Other,
            model: None,
            location: None,
        },
        reach: None,
        sample: false,
        removed_at: None,
    }
}

/// Adds a slot, with its device, to a fresh file.
fn with_slot(store: &mut Store, slot: &Slot) -> SlotRow {
    let key = store
        .write(|tx| {
            tx.save_device(&device())?;
            tx.save_slot(slot, None)
        })
        .unwrap();
    SlotRow { key, slot: slot.clone(), rise_answer: None }
}

fn entry(number: u128, minutes: i64, source: Source, kind: EntryKind) -> Entry {
    Entry {
        id: id(number),
        slot: SlotId(Uuid::from_u128(2)),
        observed_at: minute(minutes),
        recorded_at: minute(minutes),
        source,
        about: None,
        note: None,
        kind,
    }
}

fn percent(level: i64) -> EntryKind {
    EntryKind::LevelRead { level: Level::Amount { amount: Amount::whole(level, Unit::Percent) } }
}

fn reading(number: u128, minutes: i64, level: i64) -> Entry {
    entry(number, minutes, Source::Device, percent(level))
}

fn void(number: u128, minutes: i64, target: u128) -> Entry {
    entry(number, minutes, Source::Person, EntryKind::Voided { entry: id(target) })
}

fn replaced() -> EntryKind {
    EntryKind::Replaced { capacity: None, from_shelf: true }
}

fn append(store: &mut Store, row: &SlotRow, fold: &mut Fold, batch: &[Entry]) -> Vec<(EntryId, Appended)> {
    let mut batch = batch.to_vec();
    store.write(|tx| tx.append(row, fold, &mut batch)).unwrap()
}

/// The fold as the file has it, and as all entries of the file amount to.
fn stored(store: &Store, row: &SlotRow) -> (Fold, Fold) {
    store
        .read(|db| {
            let kept = folds(db)?.remove(&row.key).unwrap_or_default();
            let all = all_entries(db, row.key, &row.slot)?;
            Ok((kept, Fold::of(&row.slot, &all)))
        })
        .unwrap()
}
