//! A device that its owner takes away: Amazon is told, however long it takes, nothing of it stays here, and the same device
//! may be registered again; and the older service is visited for several customers at a time.

use crate::rehearsal::Rehearsal;
use crate::sns::House;
use crate::world::json;
use chrono::TimeDelta;
use refill_cloud::ids::AccountId;
use refill_cloud::store::drs::Standing;
use reqwest::Method;
use serde_json::{Value, json as j};

impl House {
    async fn take_away(&self) {
        let path = format!("/v1/devices/{}", self.device.0);
        let token = self.world.token(self.account, "customer").await;
        let gone = self.world.ask(Method::DELETE, &path).bearer_auth(&token).send().await.unwrap();
        assert_eq!(gone.status(), 204);
    }

    async fn leaving(&self) -> usize {
        let rows = self.world.server().app().store.drs_of(self.account).await.unwrap();
        rows.iter().filter(|row| row.standing == Standing::Leaving).count()
    }
}

/// Every row of the database that mentions the device, but for the line that says that it went.
fn traces(folder: &std::path::Path, device: &uuid::Uuid, serial: &str) -> Vec<String> {
    let db = rusqlite::Connection::open(folder.join("cloud.db")).unwrap();
    let mut tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut found = Vec::new();
    for name in names {
        let mut all = db.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let count = all.column_count();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..count {
                let hit = match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Text(text) => {
                        let text = String::from_utf8_lossy(text);
                        let said = text.contains("device_removed");
                        !said && (text.contains(&device.to_string()) || text.contains(serial))
                    }
                    rusqlite::types::ValueRef::Blob(blob) => blob == device.as_bytes(),
                    _ => false,
                };
                if hit {
                    found.push(format!("{name} {column}"));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn the_older_service_hears_that_a_device_is_gone_and_it_can_come_again() {
    let mut house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    house.has(1_000_000).await;
    house.uses(1, 900_000).await;
    assert_eq!(house.phases().await.last().unwrap(), "placed");
    // Amazon does not answer at first.
    for _ in 0..2 {
        house.fails("drs.deregister", j!({"kind": "answer", "status": 500})).await;
    }
    house.take_away().await;
    house.comes("drs.deregister", 1).await;
    house.settled().await;
    assert_eq!(house.leaving().await, 1, "it is tried again");
    let form = j!({"model": "WashWell-900", "serial": "S1", "name": "Washer"});
    let again = json(house.world.post("/v1/devices", &house.token, &form).await, 201).await;
    house.device = serde_json::from_value(again["device"]["id"].clone()).unwrap();
    // A new registration waits until the old one is out, or it would go with it.
    let early = house.world.post(&house.drs(""), &house.token, &j!({})).await;
    assert_eq!(early.headers()["retry-after"], "60");
    assert_eq!(crate::world::refusal(early, 503).await, "unavailable");
    house.pass(TimeDelta::minutes(60)).await;
    let came: Vec<Value> = house.came("drs.deregister").await.iter().map(|of| of["status"].clone()).collect();
    assert_eq!(came, [500, 500, 200]);
    assert_eq!(house.leaving().await, 0);

    house.token = house.world.token(house.account, "customer").await;
    let back = house.agreed(false).await;
    assert_eq!(house.world.ask(Method::GET, &back).send().await.unwrap().status(), 200);
    house.settled().await;
    assert_eq!(house.standing().await.as_deref(), Some("linked"));
    house.credential = again["credential"].as_str().unwrap().to_owned();
    house.uses(2, 1_000).await;
    assert_eq!(house.came("drs.slotStatus").await.last().unwrap()["status"], 200);
}

#[tokio::test]
async fn nothing_of_a_device_that_went_is_left_after_a_day() {
    let mut house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    house.has(1_000_000).await;
    house.uses(1, 900_000).await;
    let device = house.device.0;
    house.take_away().await;
    house.comes("drs.deregister", 1).await;
    house.pass(TimeDelta::hours(24)).await;
    house.world.stop().await;
    assert_eq!(traces(house.world.folder(), &device, "\"S1\""), Vec::<String>::new());

    let mut stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let (second, credential) = stage.device(&home.token, 2).await;
    stage.level(&home, 60).await;
    let second_home = crate::rehearsal::Home {
        device: second.clone(),
        credential,
        token: home.token.clone(),
        account: home.account,
    };
    stage.uses(&second_home, "soap", 5_000, "MILLILITER").await;
    stage.settled().await;
    // Something is still on its way when it goes.
    stage.fault("gateway", Some(1), j!({"kind": "answer", "status": 503})).await;
    stage.uses(&second_home, "soap", 6_000, "MILLILITER").await;
    stage.settled().await;
    let path = format!("/v1/devices/{second}");
    let gone = stage.world.ask(Method::DELETE, &path).bearer_auth(&home.token).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    stage.until_delivered(&home).await;
    assert_eq!(stage.taken().await.last().unwrap(), "DeleteReport");
    stage.advance(TimeDelta::hours(24)).await;
    stage.world.stop().await;
    assert_eq!(traces(stage.world.folder(), &second.parse().unwrap(), "\"S2\""), Vec::<String>::new());
    assert_ne!(traces(stage.world.folder(), &home.device.parse().unwrap(), "\"S1\""), Vec::<String>::new());
}

#[tokio::test]
async fn who_is_served_slowly_keeps_nobody_else_waiting() {
    let mut house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    house.has(10_000_000).await;
    let (slow, slow_device, slow_credential) = (house.account, house.device, house.credential.clone());
    // Another customer, whose device is registered too.
    let (account, token) = house.world.customer("other@example.com").await;
    let form = j!({"model": "WashWell-900", "serial": "S2", "name": "Washer"});
    let new = json(house.world.post("/v1/devices", &token, &form).await, 201).await;
    (house.account, house.token) = (account, token);
    house.device = serde_json::from_value(new["device"]["id"].clone()).unwrap();
    house.credential = new["credential"].as_str().unwrap().to_owned();
    let back = house.agreed(false).await;
    assert_eq!(house.world.ask(Method::GET, &back).send().await.unwrap().status(), 200);
    house.settled().await;
    house.has(10_000_000).await;

    // The first customer's visit stands still at its first call, until Amazon is told to go on.
    house.fails("drs.slotStatus", j!({"kind": "hold"})).await;
    let used = async |credential: &str, number: u128| {
        let kind = j!({"kind": "consumed", "amount": {"milli": 1000, "unit": "MILLILITER"}});
        let at = refill_cloud::clock::Clock::now(&*house.world.clock);
        let event =
            j!({"id": uuid::Uuid::from_u128(number), "instance": "Slot01", "observed_at": at, "kind": kind});
        json(house.world.post("/v1/device/events", credential, &event).await, 200).await;
    };
    used(&slow_credential, 71).await;
    let held = async {
        while house.amazon.board("/faults").await["faults"][0]["times"] != 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(8), held).await.expect("it stands still");
    used(&house.credential, 72).await;
    let store = &house.world.server().app().store;
    let waits = async |account: AccountId, device| {
        let row = store.drs(account, device).await.unwrap().unwrap();
        let head = *store.changes(account).await.unwrap().borrow();
        row.reported < head
    };
    let told = async {
        while waits(account, house.device).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(8), told).await.expect("the other is told");
    assert!(waits(slow, slow_device).await, "the first still waits for its answer");
}

#[tokio::test]
async fn a_client_that_starts_afresh_gets_everything_and_the_cursor_to_go_on_from() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    house.has(1_000_000).await;
    house.uses(1, 900_000).await;
    let state = json(house.world.get("/v1/state", &house.token).await, 200).await;
    assert_eq!(state["devices"][0]["id"], house.device.0.to_string());
    let told = house.changes().await;
    // As the feed tells each of them last.
    for (kind, key) in [("order", "order"), ("subscription", "slot"), ("drs_registration", "device")] {
        let last = told.iter().rfind(|of| of["change"] == kind).unwrap();
        let of_kind: Vec<&Value> =
            state["changes"].as_array().unwrap().iter().filter(|of| of["change"] == kind).collect();
        let same =
            of_kind.iter().find(|of| of[key] == last[key]).unwrap_or_else(|| panic!("{kind}: {state}"));
        assert_eq!(**same, *last, "{kind}");
    }
    let next = state["next"].as_u64().unwrap();
    assert_eq!(next, told.len() as u64);
    let feed = house.world.get(&format!("/v1/feed?after={next}"), &house.token).await;
    assert_eq!(feed.status(), 200);
    let stranger = house.world.customer("s@example.com").await.1;
    let empty = json(house.world.get("/v1/state", &stranger).await, 200).await;
    assert_eq!((&empty["devices"], &empty["changes"]), (&j!([]), &j!([])));
}
