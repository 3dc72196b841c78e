//! A supply of one's own and the account's supply for the same thing become one; and a device whose history is wiped.

use crate::world::{Home, Maker};
use chrono::TimeDelta;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::fold::Fold;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::EntryKind;
use refill_domain::measure::{Amount, Unit};
use refill_engine::api::Api as _;
use refill_engine::clock::Clock as _;
use refill_engine::error::Code;
use refill_engine::form::{AddDeviceForm, SlotForm, Typed};
use refill_engine::store::{self, Reader};
use refill_engine::view::LinkState;
use serde_json::json;

fn pods(name: &str) -> SlotForm {
    SlotForm {
        instance: None,
        name: name.into(),
        supply: SupplyKind::Pods,
        sensor: SensorKind::None,
        unit: Unit::Count,
        capacity: None,
        pack: Some(Typed { text: "40".into(), unit: Unit::Count }),
        low: None,
        level: None,
        shelf: None,
    }
}

/// A filter that is a share of itself, and lies in the device.
fn filter(name: &str) -> SlotForm {
    SlotForm {
        supply: SupplyKind::Filter,
        sensor: SensorKind::Level,
        unit: Unit::Percent,
        pack: None,
        ..pods(name)
    }
}

async fn add(home: &Home, slots: Vec<SlotForm>) -> (EndpointId, Vec<SlotId>) {
    let form = AddDeviceForm {
        id: EndpointId(home.clock.new_id()),
        name: "Kitchen corner".into(),
        kind: DeviceKind::CoffeeMachine,
        model: None,
        location: None,
        address: None,
        slots,
    };
    let device = home.engine.add_device(form).await.unwrap();
    let rows = home.engine.device(device).await.unwrap().rows;
    (device, rows.into_iter().map(|row| row.slot).collect())
}

async fn names(home: &Home) -> Vec<String> {
    let mut names: Vec<String> =
        home.engine.supplies().await.unwrap().rows.into_iter().map(|row| row.name).collect();
    names.sort();
    names
}

/// What the file says of a slot, after checking that it is what its ledger amounts to.
async fn left(home: &Home, slot: SlotId) -> i64 {
    let reader = Reader::open(&home.folder.path().join(store::FILE)).unwrap();
    let read = reader.read(|db| {
        let mut kept = store::folds(db)?;
        for row in store::slots(db)? {
            let all = store::all_entries(db, row.key, &row.slot)?;
            let kept = kept.remove(&row.key).unwrap_or_default();
            assert_eq!(kept, Fold::of(&row.slot, &all), "{}", row.slot.name);
        }
        assert!(kept.is_empty(), "states of slots that are gone");
        Ok(())
    });
    read.unwrap();
    home.engine.slot(slot, 100).await.unwrap().row.left.map_or(0, |left| left.milli / 1000)
}

/// The purchases the cloud has, each as often as it has it.
async fn purchases(maker: &Maker) -> Vec<(EntryId, Option<Amount>)> {
    let account = maker.account().await;
    let all = maker.app().store.entries(account, 0, 1000).await.unwrap();
    let bought = all.into_iter().filter_map(|(_, entry)| match entry.kind {
        EntryKind::Purchased { content, .. } => Some((entry.id, content)),
        _ => None,
    });
    bought.collect()
}

#[tokio::test]
async fn one_slot_with_both_histories_sent_once_and_still_undone() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    let (_, slots) = add(&home, vec![pods("My pods")]).await;
    let own = slots[0];
    let (first, second) = (home.buy(own, "2").await, home.buy(own, "2").await);
    assert_eq!(left(&home, own).await, 160);
    home.advance(&maker, TimeDelta::hours(1));
    maker.register("S1").await;
    for _ in 0..3 {
        maker.uses(1000).await;
        home.advance(&maker, TimeDelta::minutes(5));
    }
    assert!(home.engine.slot(own, 9).await.unwrap().attachable.is_empty(), "nothing is linked");
    home.link(&maker).await;
    assert_eq!(names(&home).await, ["Capsules", "Filter", "My pods"]);
    let fits = home.engine.slot(own, 9).await.unwrap().attachable;
    assert_eq!(fits.iter().map(|of| of.name.as_str()).collect::<Vec<_>>(), ["Capsules"]);
    assert_eq!(purchases(&maker).await, []);

    home.engine.attach_slot(own, fits[0].slot).await.unwrap();
    home.in_step().await;
    assert_eq!(names(&home).await, ["Filter", "My pods"]);
    assert_eq!(left(&home, own).await, 157, "bought here, used there");
    let forty = Some(Amount::whole(40, Unit::Count));
    assert_eq!(purchases(&maker).await, [(first, forty), (second, forty)], "the maker's packs hold 50");
    assert_eq!(home.engine.slot(own, 9).await.unwrap().pack, Amount::whole(50, Unit::Count));

    // From now on it is one: what the device says comes here, what is recorded here goes there.
    maker.uses(1000).await;
    home.until("used", async |engine| {
        (engine.slot(own, 9).await.unwrap().row.left.unwrap().milli == 156_000).then_some(())
    })
    .await;
    let third = home.buy(own, "2").await;
    home.engine.undo(EntryId(home.clock.new_id()), first).await.unwrap();
    home.in_step().await;
    assert_eq!(left(&home, own).await, 156 + 100 - 80);
    assert_eq!(purchases(&maker).await.len(), 3);
    let account = maker.account().await;
    let last = maker.app().store.entries(account, 0, 1000).await.unwrap().pop().unwrap().1;
    assert_eq!(last.kind, EntryKind::Voided { entry: first }, "an undo of what was there before goes up too");
    home.restart().await;
    home.in_step().await;
    assert_eq!(left(&home, own).await, 176, "nothing comes back and nothing counts twice");
    assert_eq!(names(&home).await, ["Filter", "My pods"]);
    assert!(purchases(&maker).await.iter().any(|(id, _)| *id == third));

    // Another computer of the account has the same in the account's slot.
    let mut other = Home::new();
    other.clock.advance(home.clock.now() - other.clock.now());
    other.link(&maker).await;
    let capsules = other.slot("Capsules").await.unwrap();
    assert_eq!(left(&other, capsules).await, 176);
    // Without the account, the whole history stays here.
    home.engine.unlink().await.unwrap();
    assert_eq!(left(&home, own).await, 176);
    home.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_device_that_is_wholly_attached_goes_and_does_not_come_back() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    let (device, slots) = add(&home, vec![pods("My pods"), filter("My filter")]).await;
    maker.register("S1").await;
    maker.says("filter", json!({"kind": "level_read", "level": {"is": "amount", "amount": {"milli": 64_000, "unit": "PERCENT"}}})).await;
    home.link(&maker).await;
    for (own, name) in [(slots[0], "Capsules"), (slots[1], "Filter")] {
        let there = home.slot(name).await.unwrap();
        home.engine.attach_slot(own, there).await.unwrap();
        home.in_step().await;
    }
    assert_eq!(names(&home).await, ["My filter", "My pods"]);
    let devices = home.engine.supplies().await.unwrap().devices;
    assert_eq!(devices.iter().map(|of| of.id).collect::<Vec<_>>(), [device]);
    let level = home.engine.slot(slots[1], 9).await.unwrap().level.unwrap();
    assert_eq!(level, Amount::whole(64, Unit::Percent));
    maker.register("S2").await;
    home.until("another device", async |engine| {
        (engine.supplies().await.unwrap().rows.len() == 4).then_some(())
    })
    .await;
    home.restart().await;
    home.in_step().await;
    assert_eq!(
        names(&home).await,
        ["Capsules", "Filter", "My filter", "My pods"],
        "the second machine alone"
    );
    maker.says("filter", json!({"kind": "level_read", "level": {"is": "amount", "amount": {"milli": 10_000, "unit": "PERCENT"}}})).await;
    home.stop().await;
}

#[tokio::test]
async fn what_can_not_be_one_says_why_and_stays_two() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    let (_, slots) = add(&home, vec![pods("My pods"), filter("My filter"), pods("More pods")]).await;
    maker.register("S1").await;
    home.link(&maker).await;
    let (capsules, there) = (home.slot("Capsules").await.unwrap(), home.slot("Filter").await.unwrap());
    let nobody = SlotId(home.clock.new_id());
    for (own, to, code, why) in [
        (slots[0], there, Code::BadField, "measured in different ways"),
        (slots[1], capsules, Code::BadField, "measured in different ways"),
        (slots[0], slots[2], Code::BadField, "of the account"),
        (slots[0], slots[0], Code::BadField, "of the account"),
        (capsules, there, Code::BadField, "the account's already"),
        (nobody, capsules, Code::SlotUnknown, ""),
        (slots[0], nobody, Code::SlotUnknown, ""),
    ] {
        let error = home.engine.attach_slot(own, to).await.expect_err(why);
        assert!(error.code == code && error.message.contains(why), "{error}");
    }
    home.engine.attach_slot(slots[0], capsules).await.unwrap();
    let again = home.engine.attach_slot(slots[2], slots[0]).await.expect_err("taken");
    assert!(again.message.contains("no other history"), "{again}");
    assert!(home.engine.slot(slots[2], 9).await.unwrap().attachable.is_empty());
    home.in_step().await;
    assert_eq!(names(&home).await, ["Filter", "More pods", "My filter", "My pods"]);
    home.stop().await;
}

#[tokio::test]
async fn a_device_keeps_its_history_until_it_is_wiped() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    let (own, slots) = add(&home, vec![pods("My pods")]).await;
    home.buy(slots[0], "2").await;
    maker.register("S1").await;
    home.link(&maker).await;
    let capsules = home.slot("Capsules").await.unwrap();
    home.buy(capsules, "2").await;
    home.in_step().await;
    let device: EndpointId = maker.device.parse().unwrap();
    let refused = home.engine.wipe_device(device).await.expect_err("the account has it");
    assert!(refused.code == Code::BadField && refused.message.contains("at the maker first"), "{refused}");
    let token = maker.token().await;
    let path = format!("/v1/devices/{}", maker.device);
    maker.ask(reqwest::Method::DELETE, &path, &token, &serde_json::Value::Null).await;
    home.until("no longer the cloud's", async |engine| match engine.account().await.unwrap().state {
        LinkState::Linked { supplies: 0, .. } => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(left(&home, capsules).await, 100, "its history stays here");
    let account = maker.account().await;
    let before = maker.app().store.entries(account, 0, 1000).await.unwrap().len();
    home.engine.wipe_device(device).await.unwrap();
    assert_eq!(names(&home).await, ["My pods"]);
    assert_eq!(home.engine.slot(capsules, 9).await.expect_err("gone").code, Code::SlotUnknown);
    assert_eq!(home.engine.restore_device(device).await.expect_err("for good").code, Code::DeviceUnknown);
    assert_eq!(home.engine.wipe_device(device).await.expect_err("once").code, Code::DeviceUnknown);
    assert_eq!(home.account().await.waiting, 0);
    home.engine.sync_now().await.unwrap();
    home.in_step().await;
    assert_eq!(maker.app().store.entries(account, 0, 1000).await.unwrap().len(), before, "nobody is told");

    // One that was removed is listed as long as it is kept, and can be wiped before.
    home.engine.remove_device(own).await.unwrap();
    let removed = home.engine.removed_devices().await.unwrap();
    let until = (home.clock.now() + TimeDelta::days(30)).timestamp_millis();
    assert_eq!((removed.len(), removed[0].id, removed[0].kept_until), (1, own, until));
    home.engine.wipe_device(own).await.unwrap();
    assert!(home.engine.removed_devices().await.unwrap().is_empty());
    let (again, _) = add(&home, vec![pods("My pods")]).await;
    assert_ne!(again, own);
    assert_eq!(left(&home, home.slot("My pods").await.unwrap()).await, 0);
    home.stop().await;
}
