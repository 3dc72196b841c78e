//! Devices renamed, removed, brought back and forgotten; settings that stay; a sample that leaves nothing.

use crate::home::{Home, bought, by_hand};
use crate::printer::{Printer, SERIAL};
use chrono::TimeDelta;
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::ids::EndpointId;
use refill_domain::measure::Unit;
use refill_engine::api::Api;
use refill_engine::clock::Clock;
use refill_engine::error::Code;
use refill_engine::form::{AddDeviceForm, SlotForm};
use refill_engine::household::Household;
use refill_engine::view::{AppState, Settings};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;

/// Rows of every table of a closed household.
fn rows_in(folder: &Path) -> BTreeMap<String, i64> {
    let db = Connection::open(folder.join("household.db")).unwrap();
    let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names = names.query_map([], |row| row.get::<_, String>(0)).unwrap();
    names
        .map(|name| {
            let name = name.unwrap();
            let rows = db.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).unwrap();
            (name, rows)
        })
        .filter(|(name, _)| name != "sqlite_sequence")
        .collect()
}

#[tokio::test]
async fn a_removed_device_comes_back_with_its_history_and_is_forgotten_after_thirty_days() {
    let printer = Printer::new();
    let mut home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    let black = home.slot_named("Black ink").await;
    home.record(black, bought("2")).await.unwrap();
    let page = home.page(black).await;

    home.engine.remove_device(device).await.unwrap();
    assert!(home.rows().await.is_empty());
    let supplies = home.engine.supplies().await.unwrap();
    assert_eq!((supplies.sync.last_reading, supplies.devices.len()), (None, 0));
    assert_eq!(home.engine.slot(black, 50).await.expect_err("removed").code, Code::SlotUnknown);
    assert_eq!(home.record(black, bought("1")).await.expect_err("removed").code, Code::SlotUnknown);
    assert_eq!(home.engine.device(device).await.expect_err("removed").code, Code::DeviceUnknown);
    assert_eq!(home.engine.read_now(Some(device)).await.expect_err("removed").code, Code::DeviceUnknown);
    // It is not asked any more.
    let asked = *printer.asked().borrow();
    home.clock.advance(TimeDelta::minutes(45));
    home.rows().await;
    assert_eq!(*printer.asked().borrow(), asked);
    home.clock.advance(TimeDelta::minutes(-45));

    home.restart().await;
    home.engine.restore_device(device).await.unwrap();
    assert_eq!(home.page(black).await, page);

    home.engine.remove_device(device).await.unwrap();
    home.clock.advance(TimeDelta::days(30) - TimeDelta::minutes(1));
    home.restart().await;
    home.engine.restore_device(device).await.unwrap();
    home.engine.remove_device(device).await.unwrap();
    home.clock.advance(TimeDelta::days(30) + TimeDelta::minutes(1));
    home.restart().await;
    assert_eq!(home.engine.restore_device(device).await.expect_err("forgotten").code, Code::DeviceUnknown);
    let folder = home.folder.path().to_owned();
    home.engine.stop().await;
    let left: Vec<_> =
        rows_in(&folder).into_iter().filter(|(name, rows)| *rows > 0 && name != "setting").collect();
    assert_eq!(left, []);
}

#[tokio::test]
async fn a_device_is_renamed_and_added_once() {
    let printer = Printer::new();
    let home = Home::new().await;
    let form = AddDeviceForm {
        id: EndpointId(home.clock.new_id()),
        name: "Printer".into(),
        kind: DeviceKind::Printer,
        model: None,
        location: None,
        address: Some(printer.address()),
        slots: Vec::new(),
    };
    let (one, two) = tokio::join!(home.engine.add_device(form.clone()), home.engine.add_device(form.clone()));
    assert_eq!((one.unwrap(), two.unwrap()), (form.id, form.id));
    assert_eq!(home.rows().await.len(), 4);
    home.engine.rename_device(form.id, "  Hall printer ".into()).await.unwrap();
    let view = home.engine.device(form.id).await.unwrap();
    assert_eq!((view.name.as_str(), view.model.as_deref()), ("Hall printer", Some("Larkfield InkWell 640")));
    let error = home.engine.rename_device(form.id, " ".into()).await.expect_err("no name");
    assert_eq!((error.code, error.field.as_deref()), (Code::BadField, Some("name")));
    // Serial numbers stay where they are kept to know the printer again.
    let shown = serde_json::to_string(&(view, home.engine.supplies().await.unwrap())).unwrap();
    assert!(!shown.contains(SERIAL));
    home.end().await;
}

#[tokio::test]
async fn a_printer_is_added_with_the_supplies_that_were_chosen() {
    let printer = Printer::new();
    let home = Home::new().await;
    let found = home.engine.probe(printer.address()).await.unwrap();
    let chosen = |index: usize, name: &str| SlotForm {
        instance: Some(found.supplies[index].instance.clone()),
        ..by_hand(name, SupplyKind::Ink, Unit::Percent, None)
    };
    let form = |slots| AddDeviceForm {
        id: EndpointId(home.clock.new_id()),
        name: "Printer".into(),
        kind: DeviceKind::Printer,
        model: None,
        location: None,
        address: Some(found.address.clone()),
        slots,
    };
    let twice = form(vec![chosen(0, "Black"), chosen(0, "Black again")]);
    let error = home.engine.add_device(twice).await.expect_err("the same twice");
    assert_eq!((error.code, error.field.as_deref()), (Code::BadField, Some("slots.1.instance")));
    let spare = SlotForm { shelf: Some(crate::home::typed("2", Unit::Count)), ..chosen(1, "My cyan") };
    home.engine.add_device(form(vec![spare, chosen(3, "My yellow")])).await.unwrap();
    let mut shown: Vec<_> =
        home.rows().await.into_iter().map(|row| (row.name, row.left, row.spares)).collect();
    shown.sort_by(|a, b| a.0.cmp(&b.0));
    let percent = |level| Some(refill_domain::measure::Amount::whole(level, Unit::Percent));
    assert_eq!(shown, [("My cyan".into(), percent(80), Some(2)), ("My yellow".into(), percent(55), Some(0))]);
    home.end().await;
}

#[tokio::test]
async fn settings_are_kept_and_unknown_ones_left_alone() {
    let mut home = Home::new().await;
    let AppState::Ready { settings, .. } = home.engine.state().await.unwrap() else { panic!("open") };
    let wanted =
        Settings { theme: "dark".into(), days_in_hand: 14, poll_minutes: 1, text_size: 900, ..settings };
    home.engine.set_settings(wanted.clone()).await.unwrap();
    home.engine.stop().await;
    let db = Connection::open(home.folder.path().join("household.db")).unwrap();
    db.execute_batch(
        "INSERT INTO setting VALUES ('of_a_newer_program', '{\"deep\": [1]}'), ('density', '17'), ('group', 'not json');
         UPDATE setting SET value = '0' WHERE key = 'poll_minutes'",
    )
    .unwrap();
    db.close().unwrap();
    home.restart_only().await;
    let AppState::Ready { settings, .. } = home.engine.state().await.unwrap() else { panic!("open") };
    // Within their limits, and what can't be read is as usual.
    let expected = Settings { poll_minutes: 5, text_size: 200, ..wanted };
    assert_eq!(settings, expected);
    home.engine.set_settings(Settings { theme: "light".into(), ..settings }).await.unwrap();
    home.engine.stop().await;
    let db = Connection::open(home.folder.path().join("household.db")).unwrap();
    let kept: String = db
        .query_row("SELECT value FROM setting WHERE key = 'of_a_newer_program'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, "{\"deep\": [1]}");
}

#[tokio::test]
async fn a_sample_household_leaves_nothing() {
    let mut home = Home::new().await;
    let pods = by_hand("Pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, own) = home.add(DeviceKind::CoffeeMachine, pods).await;
    home.record(own, bought("1")).await.unwrap();
    home.restart().await;
    home.engine.stop().await;
    let before = rows_in(home.folder.path());
    home.restart_only().await;

    home.engine.open_sample().await.unwrap();
    home.engine.open_sample().await.unwrap();
    let supplies = home.engine.supplies().await.unwrap();
    assert!(supplies.sample);
    assert_eq!((supplies.rows.len(), supplies.devices.len()), (10, 5));
    for row in &supplies.rows {
        home.page(row.slot).await;
    }
    // What a person does to the sample goes with it.
    let ink = supplies.rows.iter().find(|row| row.supply == SupplyKind::Ink).unwrap().slot;
    let recorded = home.record(ink, crate::home::replaced()).await.unwrap();
    home.engine.undo(home.new_entry(), recorded.entry).await.unwrap();
    home.restart().await;
    assert_eq!(home.rows().await.len(), 10);
    home.engine.remove_sample().await.unwrap();
    let supplies = home.engine.supplies().await.unwrap();
    assert_eq!((supplies.sample, supplies.rows.len()), (false, 1));
    home.engine.stop().await;
    assert_eq!(rows_in(home.folder.path()), before);
}

#[tokio::test]
async fn a_household_is_read_while_it_is_open_and_written_by_one() {
    let home = Home::new().await;
    let pods = by_hand("Pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, pods) = home.add(DeviceKind::CoffeeMachine, pods).await;
    let mut beside = Household::open_to_read(home.folder.path(), home.clock.clone()).unwrap();
    assert_eq!(beside.supplies().rows.len(), 1);
    let error = beside.record(&home.form(pods, bought("1"))).expect_err("read only");
    assert_eq!(error.code, Code::DatabaseLocked);
    drop(beside);
    home.record(pods, bought("1")).await.unwrap();
    let beside = Household::open_to_read(home.folder.path(), home.clock.clone()).unwrap();
    assert_eq!(beside.supplies().rows[0].left.map(|left| left.milli), Some(50_000));
    drop(beside);
    let nowhere = tempfile::tempdir().unwrap();
    let error = Household::open_to_read(nowhere.path(), home.clock.clone()).map(|_| ()).expect_err("none");
    assert!(error.message.contains("no household"), "{}", error.message);
    assert_eq!(std::fs::read_dir(nowhere.path()).unwrap().count(), 0);
    home.end().await;
}
