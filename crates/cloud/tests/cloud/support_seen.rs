//! What the maker's people see in a customer's slots: when each ends, what Alexa was told of it last and took in, and its
//! entries page by page.

use crate::rehearsal::Rehearsal;
use crate::world::{json, refusal};
use chrono::TimeDelta;
use refill_cloud::clock::Clock as _;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Unit};
use serde_json::{Value, json as j};

/// An administrator who broke the glass, and where the customer is.
async fn open(stage: &Rehearsal, account: refill_cloud::ids::AccountId) -> (String, String) {
    let admin = stage.world.administrator().await;
    let at = format!("/v1/support/customers/{}", account.0);
    let glass = j!({"grounds": "safety", "case": "LEG-1", "reason": "The device may overheat"});
    json(stage.world.post(&format!("{at}/break-glass"), &admin, &glass).await, 201).await;
    (admin, at)
}

#[tokio::test]
async fn each_slot_says_what_alexa_was_told_of_it_and_took_in() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let (admin, at) = open(&stage, home.account).await;
    let figure = async |instance: &str| -> Value {
        let seen = json(stage.world.get(&at, &admin).await, 200).await;
        let device = &seen["devices"][0];
        let slots = device["device"]["slots"].as_array().unwrap();
        let slot = slots.iter().find(|slot| slot["instance"] == instance).unwrap();
        let figures = device["figures"].as_array().unwrap();
        figures.iter().find(|figure| figure["slot"] == slot["id"]).unwrap().clone()
    };
    assert_eq!(figure("salt").await["told"], Value::Null, "nothing was told");
    stage.level(&home, 50).await;
    stage.settled().await;
    let (measured, told) = {
        let figure = figure("salt").await;
        (figure["left_at"].as_i64().unwrap(), figure["told"].clone())
    };
    assert_eq!((&told["standing"], &told["level"]), (&j!("delivered"), &j!(50_000)), "{told}");
    assert_eq!((&told["at"], &told["taken_of"]), (&j!(measured), &j!(measured)));
    assert!(told["taken_at"].is_i64(), "{told}");

    // A newer one is on its way, or put aside: what was taken in before is still what Alexa has.
    stage.advance(TimeDelta::minutes(30)).await;
    stage
        .fault("gateway", Some(1), j!({"kind": "answer", "status": 400, "code": "INVALID_REQUEST_EXCEPTION"}))
        .await;
    stage.level(&home, 40).await;
    stage.settled().await;
    let told = figure("salt").await["told"].clone();
    assert_eq!((&told["standing"], &told["level"]), (&j!("parked"), &j!(50_000)), "{told}");
    assert_eq!((&told["taken_of"], told["at"].as_i64().unwrap() > measured), (&j!(measured), true));
    let message = told["message"].as_str().unwrap();
    let whole = json(stage.world.get(&format!("{at}/reports/{message}"), &admin).await, 200).await;
    assert_eq!(whole["state"]["is"], "parked", "its message can be looked at: {whole}");

    // Of what is used Amazon keeps its own count, which nobody is told.
    stage.uses(&home, "soap", 7000, "MILLILITER").await;
    stage.settled().await;
    let told = figure("soap").await["told"].clone();
    assert_eq!((&told["standing"], &told["level"]), (&j!("delivered"), &Value::Null), "{told}");
    assert_eq!(told["taken_of"], told["at"]);
}

#[tokio::test]
async fn a_slot_s_entries_come_page_by_page_and_its_end_is_told() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let (admin, at) = open(&stage, home.account).await;
    let store = &stage.world.server().app().store;
    let now = stage.world.clock.now();
    let device = store.devices(home.account).await.unwrap().remove(0);
    let slot = device.slots.iter().find(|slot| slot.instance.as_str() == "salt").unwrap().id;
    let read = |number: u32| -> Entry {
        // Three at each moment, so that a page ends within one.
        let observed_at = now - TimeDelta::minutes(i64::from(5_002 - number) / 3 * 30);
        let amount = Amount::new(100_000 - i64::from(number) * 15, Unit::Percent);
        Entry {
            id: EntryId(uuid::Uuid::from_u128(u128::from(number) + 1)),
            slot,
            observed_at,
            recorded_at: now,
            source: Source::Device,
            about: None,
            note: Some("CANARY".into()),
            kind: EntryKind::LevelRead { level: Level::Amount { amount } },
        }
    };
    for part in (0..5_002).collect::<Vec<u32>>().chunks(1_000) {
        store.append(home.account, part.iter().map(|number| read(*number)).collect(), 0).await.unwrap();
    }
    let entries = |slot: SlotId, after: &str| format!("{at}/slots/{}/entries{after}", slot.0);
    let first = json(stage.world.get(&entries(slot, ""), &admin).await, 200).await;
    assert_eq!(first["entries"].as_array().unwrap().len(), 5_000);
    assert!(!first.to_string().contains("CANARY"), "what people wrote is theirs");
    let next = format!("?after={}", first["next"].as_str().unwrap());
    let second = json(stage.world.get(&entries(slot, &next), &admin).await, 200).await;
    assert_eq!((second["entries"].as_array().unwrap().len(), &second["next"]), (2, &Value::Null));
    assert_eq!(second["entries"][1]["id"], j!(uuid::Uuid::from_u128(5_002)), "none left out, none twice");
    for odd in ["?after=x", "?after=1.x", "?after="] {
        let refused = stage.world.get(&entries(slot, odd), &admin).await;
        assert_eq!(refusal(refused, 400).await, "invalid_parameter", "{odd}");
    }
    let seen = json(stage.world.get(&at, &admin).await, 200).await;
    let figures = seen["devices"][0]["figures"].as_array().unwrap();
    let ends = &figures.iter().find(|figure| figure["slot"] == j!(slot)).unwrap()["ends"];
    let when = |name: &str| ends[name].as_i64().unwrap();
    assert!(now.timestamp_millis() < when("earliest") && when("earliest") <= when("likely"), "{ends}");
}
