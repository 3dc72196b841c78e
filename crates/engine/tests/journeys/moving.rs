//! Data moved through the run loop: exported and imported, backed up and restored while the household is open, stopped
//! on the way, one piece of work at a time.

use crate::home::{Home, bought, by_hand};
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::measure::Unit;
use refill_engine::api::Api;
use refill_engine::error::Code;
use refill_engine::view::{ExportAs, Update, Work};

#[tokio::test]
async fn an_export_is_imported_into_another_household() {
    let home = Home::new().await;
    let pods = by_hand("Coffee pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, pods) = home.add(DeviceKind::CoffeeMachine, pods).await;
    home.record(pods, bought("3")).await.unwrap();
    let file = home.folder.path().join("export.json");
    let written = home.engine.export(file.clone(), ExportAs::Json, false).await.unwrap();
    assert_eq!((written.name.as_str(), written.entries), ("export.json", 1));

    let other = Home::new().await;
    let missing = other.engine.import_look(None).await.unwrap_err();
    assert_eq!(missing.code, Code::BadFile, "the page can't name a file: a person chooses it first");
    let mut updates = other.engine.updates();
    other.engine.choose_import(file);
    let view = other.engine.import_look(None).await.unwrap();
    assert_eq!((view.new, view.devices, view.slots, view.refused), (1, 1, 1, 0));
    assert!(matches!(updates.recv().await, Ok(Update::Progress { work: Work::Look, .. })));
    let done = other.engine.import_file(view.plan.clone(), view.stamp.clone(), false).await.unwrap();
    assert_eq!((done.new, done.devices), (1, 1));
    assert_eq!(other.row(pods).await.left, home.row(pods).await.left);
    let again = other.engine.import_file(view.plan, view.stamp, false).await.unwrap();
    assert_eq!((again.new, again.known), (0, 1));
    home.end().await;
    other.end().await;
}

#[tokio::test]
async fn a_backup_takes_the_place_of_the_open_household() {
    let home = Home::new().await;
    let pods = by_hand("Coffee pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, pods) = home.add(DeviceKind::CoffeeMachine, pods).await;
    home.record(pods, bought("1")).await.unwrap();
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("copy.refill");
    home.engine.back_up(file.clone()).await.unwrap();
    home.record(pods, bought("2")).await.unwrap();
    let left = home.row(pods).await.left;

    // A file that is none is refused, and the household goes on.
    let bad = outside.path().join("bad.refill");
    std::fs::write(&bad, "no household").unwrap();
    assert_eq!(home.engine.choose_backup(bad).await.unwrap_err().code, Code::DatabaseDamaged);
    assert_eq!(home.engine.restore_file().await.unwrap_err().code, Code::BadFile, "nothing was chosen");
    assert_eq!(home.row(pods).await.left, left);

    let view = home.engine.choose_backup(file.clone()).await.unwrap();
    assert_eq!((view.entries, view.present.entries), (1, 2));
    // It was damaged after it was chosen: refused again, nothing touched.
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(home.engine.restore_file().await.unwrap_err().code, Code::DatabaseDamaged);
    assert_eq!(home.row(pods).await.left, left);
    std::fs::write(&file, &whole).unwrap();
    let restored = home.engine.restore_file().await.unwrap();
    assert_eq!(restored.entries, 1);
    assert_ne!(home.row(pods).await.left, left);
    assert!(std::path::Path::new(&restored.before.unwrap()).exists());
    // The household goes on: it is written as before.
    home.record(pods, bought("2")).await.unwrap();
    assert_eq!(home.row(pods).await.left, left);
    home.end().await;
}

#[tokio::test]
async fn work_is_stopped_from_outside_and_leaves_nothing() {
    let home = Home::new().await;
    let rows: String = (0..200_000).map(|n| format!("2026-06-01,Salt,used,{}\n", 1 + n % 7)).collect();
    let file = home.folder.path().join("long.csv");
    std::fs::write(&file, format!("date,supply,what,amount\n{rows}")).unwrap();
    home.engine.choose_import(file);
    let mut updates = home.engine.updates();
    let engine = home.engine.clone();
    let stop = async {
        // Begun: it says so.
        while !matches!(updates.recv().await, Ok(Update::Progress { work: Work::Look, .. })) {}
        let busy = engine.export(home.folder.path().join("x.json"), ExportAs::Json, false).await.unwrap_err();
        assert!(busy.message.contains("still being moved"), "{}", busy.message);
        engine.cancel_work().await.unwrap();
    };
    let (looked, ()) = tokio::join!(home.engine.import_look(None), stop);
    assert_eq!(looked.unwrap_err().code, Code::Cancelled);
    // What was cancelled holds up nothing after it.
    home.engine.export(home.folder.path().join("x.json"), ExportAs::Json, false).await.unwrap();
    assert!(home.engine.supplies().await.unwrap().rows.is_empty());
    home.end().await;
}
