//! Another household in the place of the own one for a while: nothing of either gets into the other, nothing of it is
//! remembered, and one that can't be opened leaves the own one open.

use crate::home::{Home, bought, by_hand};
use chrono::TimeDelta;
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::measure::Unit;
use refill_engine::api::Api;
use refill_engine::clock::{Clock, ManualClock};
use refill_engine::engine::Config;
use refill_engine::error::Code;
use refill_engine::lock::Lock;
use refill_engine::view::Update;
use std::sync::Arc;

#[tokio::test]
async fn what_is_recorded_there_stays_there() {
    let mut home = Home::new().await;
    let pods = by_hand("Coffee pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, own) = home.add(DeviceKind::CoffeeMachine, pods).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let later = Arc::new(ManualClock::at(home.clock.now() + TimeDelta::days(100)));
    let config = Config::new(elsewhere.path().to_owned(), later.clone());
    let mut told = home.engine.updates();
    home.engine.visit(Config { polling: false, ..config.clone() }).await.unwrap();
    let mut kinds = Vec::new();
    while let Ok(update) = told.try_recv() {
        kinds.push(update);
    }
    assert!(matches!(kinds.as_slice(), [Update::Settings { .. }, Update::Changed {}, Update::Account {}]));
    assert!(home.rows().await.is_empty());
    assert_eq!(home.engine.supplies().await.unwrap().at, later.now().timestamp_millis());
    drop(Lock::take(home.folder.path()).expect("the own household is closed"));
    let pods = by_hand("Tea pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, tea) = home.add(DeviceKind::CoffeeMachine, pods).await;
    home.record(tea, bought("1")).await.unwrap();

    home.engine.come_home().await.unwrap();
    drop(Lock::take(elsewhere.path()).expect("the other one is closed"));
    let names: Vec<_> = home.rows().await.into_iter().map(|row| row.slot).collect();
    assert_eq!(names, [own]);
    assert_eq!(home.engine.supplies().await.unwrap().at, home.clock.now().timestamp_millis());

    home.engine.visit(config).await.unwrap();
    assert_eq!(home.rows().await.into_iter().map(|row| row.slot).collect::<Vec<_>>(), [tea]);
    // The next start knows only the own one.
    home.engine.stop().await;
    home.restart_only().await;
    assert_eq!(home.rows().await.into_iter().map(|row| row.slot).collect::<Vec<_>>(), [own]);
    home.end().await;
}

#[tokio::test]
async fn one_that_cant_be_opened_leaves_the_own_one_open() {
    let home = Home::new().await;
    let pods = by_hand("Coffee pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, own) = home.add(DeviceKind::CoffeeMachine, pods).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let held = Lock::take(elsewhere.path()).unwrap();
    let config = Config::new(elsewhere.path().to_owned(), home.clock.clone());
    let refused = home.engine.visit(config).await.expect_err("somebody has it open");
    assert_eq!(refused.code, Code::DatabaseLocked);
    drop(held);
    assert_eq!(home.rows().await.into_iter().map(|row| row.slot).collect::<Vec<_>>(), [own]);
    home.record(own, bought("1")).await.unwrap();
    // At home already: nothing changes.
    home.engine.come_home().await.unwrap();
    assert_eq!(home.rows().await.len(), 1);
    home.end().await;
}
