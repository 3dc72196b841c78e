//! Files of other programs, with the columns their sources have: what they say of stock comes over, what we don't keep is
//! left out and counted, and the same file twice adds nothing.

use super::*;
use crate::view::{FileKind, Goes};
use refill_domain::ledger::Money;

fn kinds(home: &Home, name: &str) -> Vec<EntryKind> {
    let watched = home.household.slots.iter().find(|w| w.row.slot.name == name).unwrap();
    let row = &watched.row;
    let mut all = home.household.read(|db| crate::store::all_entries(db, row.key, &row.slot)).unwrap();
    all.sort_by_key(Entry::key);
    all.into_iter().map(|entry| entry.kind).collect()
}

#[test]
fn groceries_journal_comes_over() {
    let text = "Product,Amount,Transaction time,Transaction type,Location,Done by,Note\n\
        Coffee pods,50 Pieces,2026-05-01 08:00:00 7 months ago,Purchase,Kitchen,Priya,\n\
        Coffee pods,-2 Pieces,2026-05-02 08:00:00 7 months ago,Consume,Kitchen,Priya,\n\
        Coffee pods,-3 Pieces,2026-05-03 08:00:00 7 months ago,Inventory correction,Kitchen,Priya,\n\
        Coffee pods,1 Piece,2026-05-03 09:00:00 7 months ago,Product opened,Kitchen,Priya,\n\
        Milk Undone on 2026-05-05 08:00:00,1 l,2026-05-04 08:00:00 7 months ago,Purchase,Fridge,Priya,\n";
    let mut home = Home::empty();
    let file = home.file("grocy.csv", text);
    let view = home.look(&file, None).unwrap();
    assert_eq!((view.kind, view.new, view.left_out, view.refused), (FileKind::Grocy, 3, 2, 0), "{view:?}");
    home.import(&file);
    let pods = home.household.slots.iter().find(|w| w.row.slot.name == "Coffee pods").unwrap();
    assert_eq!(pods.fold.state.left(&pods.row.slot), Some(45_000));
    assert_eq!(home.household.devices[0].endpoint.name, "Grocy");
    assert_eq!(home.import(&file).new, 0);
    home.folds();
}

#[test]
fn home_boxes_items_come_over_with_their_price() {
    let text = "HB.import_ref,HB.location,HB.tags,HB.asset_id,HB.archived,HB.url,HB.name,HB.quantity,HB.description,\
        HB.insured,HB.notes,HB.purchase_price,HB.purchase_from,HB.purchase_time,HB.serial_number\n\
        a1,Office,,1,false,,Toner,2,,false,spare,45.5,The shop,2026-05-01,SN123\n\
        a2,Office,,2,false,,Paper,10,,false,,0,,0001-01-01,\n";
    let mut home = Home::empty();
    let file = home.file("homebox.csv", text);
    let view = home.look(&file, None).unwrap();
    assert_eq!((view.kind, view.new, refusals(&view)), (FileKind::Homebox, 1, vec![(3, Refusal::NoDate)]));
    let plan = ImportPlan { undated: Some(now().date_naive()), ..view.plan };
    let view = home.look(&file, Some(&plan)).unwrap();
    assert_eq!((view.new, view.refused), (2, 0));
    home.take(&file, &view, false).unwrap();
    let price = Some(Money { milli: 91_000, currency: "GBP".into() });
    let toner = kinds(&home, "Toner");
    assert!(
        matches!(&toner[..], [EntryKind::Purchased { packs: 2, price: paid, shop: Some(shop), .. }]
            if *paid == price && shop == "The shop"),
        "{toner:?}"
    );
    assert!(!home.export().contains("SN123"), "serial numbers are left where they are");
    // Undated rows are known again on another day, too.
    let plan = ImportPlan { undated: Some(now().date_naive() - chrono::TimeDelta::days(9)), ..view.plan };
    let view = home.look(&file, Some(&plan)).unwrap();
    assert_eq!((view.new, view.known), (0, 2));
}

#[test]
fn home_assistants_history_comes_over_as_readings() {
    let text = "entity_id,state,last_changed\n\
        sensor.printer_black_ink,80.12345,2026-05-01T10:00:00.000Z\n\
        sensor.printer_black_ink,unavailable,2026-05-02T10:00:00.000Z\n\
        sensor.printer_black_ink,79,2026-05-03T10:00:00.000Z\n\
        sensor.softener_salt,41,2026-05-03T10:00:00.000Z\n\
        binary_sensor.door,on,2026-05-03T10:00:00.000Z\n";
    let mut home = Home::furnished();
    let file = home.file("history.csv", text);
    let view = home.look(&file, None).unwrap();
    assert_eq!(
        (view.kind, view.new, view.left_out, view.refused),
        (FileKind::HomeAssistant, 4, 1, 0),
        "{view:?}"
    );
    let goes: Vec<Goes> = view.names.iter().map(|name| name.goes).collect();
    assert_eq!(goes, [Goes::To { slot: ink().id }, Goes::New {}, Goes::Nowhere {}]);
    home.import(&file);
    assert_eq!(home.import(&file).new, 0);
    let first = Level::Amount { amount: Amount::new(80_123, Unit::Percent) };
    let ink = kinds(&home, "Black ink");
    assert!(ink.contains(&EntryKind::LevelRead { level: first }), "{ink:?}");
    assert!(ink.contains(&EntryKind::LevelRead { level: Level::Unknown }));
    assert_eq!(kinds(&home, "softener salt").len(), 1);
    home.folds();
}
