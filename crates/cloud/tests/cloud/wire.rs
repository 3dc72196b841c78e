//! What the app reads of what the cloud writes: the shapes of the domain's wire module, held against true answers.

use crate::world::{World, json};
use refill_domain::endpoint::DeviceKind;
use refill_domain::ledger::EntryKind;
use refill_domain::wire::{Change, Everything, Me, Outcome, Page, Verdicts};
use serde::de::DeserializeOwned;
use serde_json::{Value, json as j};

async fn read<T: DeserializeOwned>(world: &World, path: &str, token: &str) -> T {
    let answer = json(world.get(path, token).await, 200).await;
    serde_json::from_value(answer.clone()).unwrap_or_else(|why| panic!("{path}: {why}: {answer}"))
}

#[tokio::test]
async fn the_app_understands_what_the_cloud_writes() {
    let world = World::new().await;
    let (token, device, credential) = world.household(1).await;
    let me: Me = read(&world, "/v1/me", &token).await;
    assert_eq!((me.email.as_str(), me.name.as_str()), ("c1@example.com", "Somebody"));

    let event = |id: u32, milli: i64| {
        let kind = j!({"kind": "level_read", "level": {"is": "amount", "amount": {"milli": milli, "unit": "PERCENT"}}});
        j!({"id": uuid::Uuid::from_u128(id.into()), "instance": "salt", "observed_at": "2026-09-21T00:00:00Z", "kind": kind})
    };
    let told = world.post("/v1/device/events", &credential, &event(1, 80_000)).await;
    assert_eq!(told.status(), 200, "{}", told.text().await.unwrap());

    let all: Everything = read(&world, "/v1/state", &token).await;
    assert_eq!(all.devices.len(), 1);
    assert_eq!(Value::from(all.devices[0].id.to_string()), device["id"]);
    assert_eq!(all.devices[0].kind, DeviceKind::WashingMachine);
    assert!(all.devices[0].slots.iter().all(|slot| slot.pack > 0));
    assert_eq!(all.changes, []);

    let page: Page = read(&world, "/v1/entries", &token).await;
    assert_eq!((page.entries.len(), page.more, page.next), (1, false, all.next));
    assert!(matches!(page.entries[0].entry.kind, EntryKind::LevelRead { .. }));

    let again = serde_json::to_value(&page.entries[0].entry).unwrap();
    let mut other = again.clone();
    other["note"] = "another".into();
    let mut odd = again.clone();
    odd["slot"] = uuid::Uuid::from_u128(9).to_string().into();
    let sent = world.post("/v1/entries", &token, &j!({"entries": [again, other, odd]})).await;
    let verdicts: Verdicts = serde_json::from_value(json(sent, 200).await).unwrap();
    let outcomes: Vec<Outcome> = verdicts.verdicts.iter().map(|verdict| verdict.outcome).collect();
    assert_eq!(outcomes, [Outcome::Duplicate, Outcome::Conflict, Outcome::Refused]);
    assert!(verdicts.verdicts[2].detail.is_some());

    // Every kind of change the feed can tell is one the app knows, or may skip.
    for written in [
        serde_json::to_value(refill_cloud::store::Change::Entry { entry: page.entries[0].entry.clone() })
            .unwrap(),
        serde_json::to_value(refill_cloud::store::Change::DeviceRegistered { device: all.devices[0].id })
            .unwrap(),
        serde_json::to_value(refill_cloud::store::Change::DeviceRemoved { device: all.devices[0].id })
            .unwrap(),
    ] {
        let change: Change = serde_json::from_value(written.clone()).unwrap();
        assert_ne!(change, Change::Unknown, "{written}");
    }
    let linked = refill_cloud::store::Change::LinkAdded { client: "alexa".into() };
    let change: Change = serde_json::from_value(serde_json::to_value(linked).unwrap()).unwrap();
    assert_eq!(change, Change::Unknown);
}
