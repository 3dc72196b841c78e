//! What is told of a linked household: a device that stopped reporting, and a link that ended a day ago.

use crate::world::{Home, Maker};
use chrono::TimeDelta;
use refill_engine::api::Api as _;
use refill_engine::view::{CloudConnection, LinkState, Place};
use serde_json::json;

#[tokio::test]
async fn a_device_that_stopped_reporting_and_a_link_that_ended() {
    let (mut maker, mut home) = (Maker::new().await, Home::telling());
    let settings = refill_engine::view::Settings {
        locale: "en-GB".into(),
        language: "en".into(),
        quiet_hours: false,
        ..Default::default()
    };
    home.engine.set_settings(settings).await.unwrap();
    maker.register("S1").await;
    home.link(&maker).await;
    let level = json!({"is": "amount", "amount": {"milli": 80_000, "unit": "PERCENT"}});
    maker.says("filter", json!({"kind": "level_read", "level": level})).await;
    home.until("the level", async |engine| {
        engine.supplies().await.unwrap().rows.into_iter().find_map(|row| row.left)
    })
    .await;
    home.settle().await;
    home.looked().await;

    // Two days are a weekend switched off.
    home.clock.advance(TimeDelta::hours(50));
    home.looked().await;
    home.clock.advance(TimeDelta::hours(24));
    let told = home.notice().await;
    assert_eq!(told.title, "Espresso machine has stopped reporting");
    let body = told.body.replace('\u{a0}', " ");
    assert!(body.starts_with("Last heard of Sat 21 Nov."), "{body}");
    assert!(matches!(told.place, Place::Device { .. }));

    let account = maker.account().await;
    for grant in maker.app().store.grants(account).await.unwrap() {
        maker.app().store.revoke_grant(account, grant.id, 0).await.unwrap();
    }
    home.restart().await;
    home.until("ended", async |engine| match engine.account().await.unwrap().state {
        LinkState::Linked { connection: CloudConnection::Ended {}, .. } => Some(()),
        _ => None,
    })
    .await;
    home.settle().await;
    home.looked().await;
    home.clock.advance(TimeDelta::hours(25));
    let told = home.notice().await;
    assert_eq!((told.title.as_str(), told.place), ("Link Refill again", Place::Account {}));
    home.stop().await;
}
