//! A full disk: what finds no room is refused with words, nothing of it is kept, memory says what the file says, and
//! everything works again once there is room.

use super::*;
use crate::clock::{Clock, ManualClock};
use crate::form::{RecordForm, What};
use crate::household::Household;
use crate::view::Settings;
use std::sync::Arc;

/// Lets the file grow by so many pages and no more.
fn room(household: &mut Household, pages: i64) {
    household
        .write(|tx| {
            let now: i64 = tx.0.pragma_query_value(None, "page_count", |row| row.get(0))?;
            tx.0.pragma_update(None, "max_page_count", now + pages)?;
            Ok(())
        })
        .unwrap();
}

fn opened() -> (tempfile::TempDir, Household, SlotId, Arc<ManualClock>) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(minute(0)));
    let mut household = Household::open(folder.path(), clock.clone()).unwrap();
    let slot = ink();
    household.keep_all(vec![(device(), vec![slot.clone()], vec![reading(10, 0, 80)])]).unwrap();
    (folder, household, slot.id, clock)
}

/// The fold in memory, in the file, and of all entries of the file.
fn folds_of(household: &Household, slot: SlotId) -> [Fold; 3] {
    let watched = household.watched(slot).unwrap();
    let row = &watched.row;
    let (kept, again) = household
        .read(|db| {
            let kept = folds(db)?.remove(&row.key).unwrap_or_default();
            Ok((kept, Fold::of(&row.slot, &all_entries(db, row.key, &row.slot)?)))
        })
        .unwrap();
    [watched.fold.clone(), kept, again]
}

fn agree(household: &Household, slot: SlotId) -> Fold {
    let [memory, kept, again] = folds_of(household, slot);
    assert_eq!(memory, kept, "memory and file");
    assert_eq!(kept, again, "file and its entries");
    memory
}

#[test]
fn readings_that_find_no_room_are_refused_whole() {
    let (_folder, mut household, slot, _clock) = opened();
    let before = agree(&household, slot);
    room(&mut household, 0);
    let many: Vec<Entry> = (0..5000).map(|n| reading(100 + n as u128, n / 1000, 79)).collect();
    let error = household.append(many.clone()).expect_err("no room");
    assert_eq!(error.code, Code::DiskFull);
    assert!(error.message.contains("Nothing was recorded"), "{}", error.message);
    assert_eq!(agree(&household, slot), before);

    room(&mut household, 10_000);
    household.append(many).unwrap();
    assert_eq!(agree(&household, slot).state.level, Some(79_000));
}

#[test]
fn what_a_person_records_is_refused_and_recorded_once_there_is_room() {
    let (_folder, mut household, slot, clock) = opened();
    room(&mut household, 0);
    let form = |note: &str| RecordForm {
        id: EntryId(clock.new_id()),
        slot,
        on: None,
        note: Some(note.to_owned()),
        amends: None,
        what: What::Replaced { from_shelf: false },
    };
    // Small entries fit into the pages that are there; at some point one does not.
    let note = "n".repeat(500);
    let refused = (0..200).find_map(|_| {
        let form = form(&note);
        let before = agree(&household, slot);
        let error = household.record(&form).err()?;
        assert_eq!(error.code, Code::DiskFull);
        assert_eq!(agree(&household, slot), before, "nothing half written");
        Some(form)
    });
    let refused = refused.expect("the file is full at last");
    let replacements = agree(&household, slot).state.replacements;
    room(&mut household, 100);
    household.record(&refused).unwrap();
    household.record(&refused).unwrap();
    let after = agree(&household, slot);
    assert_eq!(after.state.level, Some(100_000));
    assert!(after.state.replacements.len() == replacements.len() + 1 || replacements.len() == 12);
    let found = household.read(|db| find_entry(db, refused.id)).unwrap();
    assert!(found.is_some());
}

#[test]
fn a_device_that_finds_no_room_is_not_added_in_part() {
    let (_folder, mut household, slot, clock) = opened();
    room(&mut household, 0);
    let second = EndpointId(clock.new_id());
    let slots: Vec<Slot> = (0..60)
        .map(|n| Slot {
            id: SlotId(clock.new_id()),
            endpoint: second,
            instance: format!("slot-{n}").parse().unwrap(),
            name: "n".repeat(80),
            ..ink()
        })
        .collect();
    let row = DeviceRow { endpoint: Endpoint { id: second, ..device().endpoint }, ..device() };
    let error = household.keep_all(vec![(row, slots, Vec::new())]).expect_err("no room");
    assert_eq!(error.code, Code::DiskFull);
    assert_eq!((household.devices.len(), household.slots.len()), (1, 1));
    let in_file = household.read(|db| Ok((devices(db)?.len(), super::slots(db)?.len()))).unwrap();
    assert_eq!(in_file, (1, 1));
    agree(&household, slot);
}

#[test]
fn settings_that_find_no_room_stay() {
    let (_folder, mut household, _slot, _clock) = opened();
    room(&mut household, 0);
    let long = Settings { theme: "t".repeat(100_000), ..household.settings.clone() };
    let before = household.settings.clone();
    assert_eq!(household.set_settings(long).expect_err("no room").code, Code::DiskFull);
    assert_eq!(household.settings, before);
}
