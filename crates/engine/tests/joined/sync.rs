//! What is recorded here reaches the cloud once, and what happens there is here at once, whatever ends in between.

use crate::world::{GUARD, Home, Maker, bought};
use chrono::TimeDelta;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::EntryKind;
use refill_engine::api::Api as _;
use refill_engine::clock::Clock as _;
use refill_engine::engine::Engine;
use refill_engine::form::{RecordForm, What};
use std::collections::BTreeSet;

async fn lines(engine: &Engine, slot: SlotId) -> usize {
    engine.slot(slot, 500).await.unwrap().ledger.len()
}

/// Ids of purchases the cloud has, each as often as it has it.
pub async fn purchases(maker: &Maker) -> Vec<EntryId> {
    let account = maker.account().await;
    let all = maker.app().store.entries(account, 0, 1000).await.unwrap();
    let bought = all.into_iter().filter(|(_, entry)| matches!(entry.kind, EntryKind::Purchased { .. }));
    bought.map(|(_, entry)| entry.id).collect()
}

#[tokio::test]
async fn a_device_and_its_history_come_down_and_changes_follow() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    for _ in 0..3 {
        maker.uses(1000).await;
        home.advance(&maker, TimeDelta::hours(1));
    }
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.expect("the device was adopted");
    assert!(lines(&home.engine, slot).await >= 1);
    let before = home.engine.supplies().await.unwrap();
    maker.says("filter", serde_json::json!({"kind": "level_read", "level": {"is": "amount", "amount": {"milli": 64_000, "unit": "PERCENT"}}})).await;
    let filter = home.slot("Filter").await.unwrap();
    home.until("the level came", async |engine| (lines(engine, filter).await > 0).then_some(())).await;
    assert_eq!(before.rows.len(), 2);
    maker.register("S2").await;
    home.until("another device", async |engine| {
        (engine.supplies().await.unwrap().rows.len() == 4).then_some(())
    })
    .await;
    home.stop().await;
}

#[tokio::test]
async fn what_was_recorded_offline_goes_up_in_order_and_once() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    let first = home.buy(slot, "1").await;
    home.in_step().await;
    assert_eq!(purchases(&maker).await, [first]);
    maker.stop().await;
    let mut all = vec![first];
    for _ in 0..5 {
        home.clock.advance(TimeDelta::minutes(1));
        all.push(home.buy(slot, "1").await);
    }
    assert_eq!(home.account().await.waiting, 5);
    home.restart().await;
    assert_eq!(home.account().await.waiting, 5, "kept over a restart");
    maker.clock.advance(TimeDelta::minutes(5));
    maker.start().await;
    home.engine.sync_now().await.unwrap();
    home.in_step().await;
    assert_eq!(purchases(&maker).await, all);
    // An undo is an entry like any other.
    home.engine.undo(EntryId(home.clock.new_id()), first).await.unwrap();
    home.in_step().await;
    let account = maker.account().await;
    let last = maker.app().store.entries(account, 0, 1000).await.unwrap().pop().unwrap().1;
    assert_eq!(last.kind, EntryKind::Voided { entry: first });
    home.stop().await;
}

#[tokio::test]
async fn prices_shops_and_notes_stay_here() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    let form = bought(EntryId(home.clock.new_id()), slot, "2");
    let what = What::Bought {
        packs: "2".into(),
        content: None,
        asin: None,
        price: Some("12.50".into()),
        currency: Some("EUR".into()),
        shop: Some("CANARY corner shop".into()),
    };
    home.engine.record(RecordForm { note: Some("CANARY note".into()), what, ..form }).await.unwrap();
    home.in_step().await;
    let account = maker.account().await;
    let all = maker.app().store.entries(account, 0, 1000).await.unwrap();
    let text = serde_json::to_string(&all.into_iter().map(|(_, entry)| entry).collect::<Vec<_>>()).unwrap();
    assert!(text.contains("purchased") && !text.contains("CANARY") && !text.contains("EUR"), "{text}");
    let page = home.engine.slot(slot, 10).await.unwrap();
    assert!(serde_json::to_string(&page.ledger).unwrap().contains("CANARY corner shop"), "but here they are");
    home.stop().await;
}

#[tokio::test]
async fn what_was_recorded_with_a_clock_a_day_ahead_waits_until_the_clocks_agree() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    home.clock.advance(TimeDelta::days(1));
    let early = home.buy(slot, "1").await;
    home.engine.sync_now().await.unwrap();
    home.until("held", async |engine| (engine.account().await.unwrap().waiting == 1).then_some(())).await;
    assert_eq!(purchases(&maker).await, []);
    maker.clock.advance(TimeDelta::hours(25));
    home.clock.advance(TimeDelta::hours(1));
    home.in_step().await;
    assert_eq!(purchases(&maker).await, [early]);
    assert_eq!(home.account().await.parked, 0);
    home.stop().await;
}

#[tokio::test]
async fn two_desktops_on_one_account_come_to_the_same() {
    let (mut maker, mut one, mut two) = (Maker::new().await, Home::new(), Home::new());
    maker.register("S1").await;
    one.link(&maker).await;
    two.link(&maker).await;
    let slot = one.slot("Capsules").await.unwrap();
    assert_eq!(two.slot("Capsules").await, Some(slot));
    maker.stop().await;
    two.clock.advance(TimeDelta::seconds(1));
    let (a, b) = (one.buy(slot, "1").await, two.buy(slot, "1").await);
    maker.clock.advance(TimeDelta::seconds(5));
    maker.start().await;
    for home in [&one, &two] {
        home.engine.sync_now().await.unwrap();
    }
    for home in [&mut one, &mut two] {
        home.in_step().await;
        home.until("both", async |engine| (lines(engine, slot).await == 2).then_some(())).await;
    }
    assert_eq!(purchases(&maker).await.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([a, b]));
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn a_cloud_set_back_to_yesterday_gets_back_what_it_lost() {
    // What is recorded meanwhile may bring it as far as it was, or farther: its numbers alone say nothing.
    for meanwhile in [0, 3, 5] {
        set_back(meanwhile).await;
    }
}

async fn set_back(meanwhile: usize) {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    maker.stop().await;
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(maker.folder.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    maker.start().await;
    home.engine.sync_now().await.unwrap();
    let mut all = Vec::new();
    for _ in 0..3 {
        home.clock.advance(TimeDelta::seconds(1));
        maker.clock.advance(TimeDelta::seconds(1));
        all.push(home.buy(slot, "1").await);
    }
    home.in_step().await;
    maker.stop().await;
    for file in std::fs::read_dir(maker.folder.path()).unwrap() {
        std::fs::remove_file(file.unwrap().path()).unwrap();
    }
    for file in std::fs::read_dir(copy.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), maker.folder.path().join(file.file_name())).unwrap();
    }
    for _ in 0..meanwhile {
        home.advance(&maker, TimeDelta::seconds(1));
        all.push(home.buy(slot, "1").await);
    }
    maker.start().await;
    home.engine.sync_now().await.unwrap();
    let found = async {
        loop {
            let mut there = purchases(&maker).await;
            there.sort();
            if there == all {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(GUARD, found).await.expect("what was lost is sent again");
    home.in_step().await;
    assert_eq!(lines(&home.engine, slot).await, 3 + meanwhile, "and nothing doubled here");
    home.stop().await;
}

#[tokio::test]
async fn a_device_taken_away_at_the_maker_keeps_its_history_here() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    home.buy(slot, "1").await;
    home.in_step().await;
    let token = maker.token().await;
    let path = format!("/v1/devices/{}", maker.device);
    maker.ask(reqwest::Method::DELETE, &path, &token, &serde_json::Value::Null).await;
    home.until("no longer the cloud's", async |engine| match engine.account().await.unwrap().state {
        refill_engine::view::LinkState::Linked { supplies: 0, .. } => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(lines(&home.engine, slot).await, 1);
    home.buy(slot, "1").await;
    assert_eq!(home.account().await.waiting, 0, "what is here alone is sent to nobody");
    home.stop().await;
}
