//! What administrators do for a customer: with a reason, in the trail before it is begun, told to the customer, and with
//! no token in any answer.

use crate::rehearsal::Rehearsal;
use crate::sns::House;
use crate::world::{json, refusal};
use chrono::TimeDelta;
use refill_cloud::store::Role;
use serde_json::{Value, json as j};

fn why() -> Value {
    j!({"case": "SUP-7", "reason": "The customer asked for it"})
}

/// The customer's trail: what was done, the newest first.
async fn trail(stage: &Rehearsal, token: &str) -> Vec<(Value, Value)> {
    let page = json(stage.world.get("/v1/trail", token).await, 200).await;
    let lines = page["lines"].as_array().unwrap().iter();
    lines.map(|line| (line["action"].clone(), line["about"].clone())).collect()
}

#[tokio::test]
async fn devices_are_described_anew() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let admin = stage.world.administrator().await;
    let at = format!("/v1/support/customers/{}/discovery", home.account.0);
    let described = async || stage.taken().await.iter().filter(|name| *name == "AddOrUpdateReport").count();
    let before = described().await;
    assert_eq!(stage.world.post(&at, &admin, &why()).await.status(), 204);
    stage.settled().await;
    assert_eq!(described().await, before + 1);
    let done = trail(&stage, &home.token).await;
    assert_eq!(done, [(j!("discover"), Value::Null)]);
    // Without a link there is nothing to describe, and that is in the trail too.
    let (other, token) = stage.world.customer("o@example.com").await;
    let at = format!("/v1/support/customers/{}/discovery", other.0);
    assert_eq!(refusal(stage.world.post(&at, &admin, &why()).await, 404).await, "not_found");
    let done = trail(&stage, &token).await;
    assert_eq!(done[0].0, "not_done");
    assert!(done[0].1.as_str().unwrap().ends_with("not_found"), "{done:?}");
    assert_eq!(done[1].0, "discover");
}

#[tokio::test]
async fn a_device_is_taken_away_for_who_names_its_serial_number() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let admin = stage.world.administrator().await;
    let staff = stage.world.account(Role::Staff, "s@example.com").await;
    let staff = stage.world.token(staff, "staff").await;
    let at = format!("/v1/support/customers/{}/devices/{}/deregister", home.account.0, home.device);
    let form = |serial: &str| j!({"case": "SUP-7", "reason": "Sold", "serial": serial});
    assert_eq!(refusal(stage.world.post(&at, &staff, &form("S1")).await, 403).await, "forbidden");
    assert_eq!(refusal(stage.world.post(&at, &admin, &form("S2")).await, 422).await, "invalid_field");
    assert_eq!(
        json(stage.world.get("/v1/devices", &home.token).await, 200).await.as_array().unwrap().len(),
        1
    );
    let (other, _) = stage.world.customer("o@example.com").await;
    let elsewhere = at.replace(&home.account.0.to_string(), &other.0.to_string());
    assert_eq!(refusal(stage.world.post(&elsewhere, &admin, &form("S1")).await, 404).await, "not_found");
    assert_eq!(stage.world.post(&at, &admin, &form("S1")).await.status(), 204);
    assert_eq!(json(stage.world.get("/v1/devices", &home.token).await, 200).await, j!([]));
    assert_eq!(stage.world.get("/v1/device", &home.credential).await.status(), 401, "its credential is dead");
    stage.settled().await;
    assert!(stage.taken().await.iter().any(|name| name == "DeleteReport"), "Amazon is told");
    let done = trail(&stage, &home.token).await;
    let actions: Vec<&Value> = done.iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["deregister", "not_done", "deregister"]);
    assert_eq!(done[0].1, j!(home.device));
    assert_eq!(refusal(stage.world.post(&at, &admin, &form("S1")).await, 404).await, "not_found");
}

#[tokio::test]
async fn the_orders_of_a_test_device_are_cancelled_at_amazon() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(true).await;
    house.has(1_000_000).await;
    house.uses(1, 900_000).await;
    assert_eq!(house.phases().await.last().unwrap(), "placed");
    let admin = house.world.administrator().await;
    let at =
        format!("/v1/support/customers/{}/devices/{}/cancel-test-orders", house.account.0, house.device.0);
    assert_eq!(refusal(house.world.post(&at, &house.token, &why()).await, 403).await, "forbidden");
    assert!(house.came("drs.testOrders").await.is_empty());
    assert_eq!(house.world.post(&at, &admin, &why()).await.status(), 204);
    let cancelled = house.came("drs.testOrders").await;
    assert_eq!((cancelled.len(), &cancelled[0]["status"]), (1, &j!(200)), "{cancelled:?}");
    house.settled().await;
    house.pass(TimeDelta::days(4)).await;
    assert!(house.received().await.is_empty(), "nothing comes");
    let token = house.world.token(house.account, "customer").await;
    let page = json(house.world.get("/v1/trail", &token).await, 200).await;
    let line = &page["lines"][0];
    assert_eq!((&line["action"], &line["about"]), (&j!("cancel_test_orders"), &j!(house.device)));
    assert_eq!((&line["role"], &line["case"]), (&j!("administrator"), &j!("SUP-7")));
    // Amazon that does not answer is told as that, and is in the trail too.
    house.fails("drs.testOrders", j!({"kind": "answer", "status": 500})).await;
    let admin = house.world.server().app().store.login("admin@example.com".into()).await.unwrap().unwrap();
    let admin = house.world.token(admin.account.id, "administrator").await;
    assert_eq!(refusal(house.world.post(&at, &admin, &why()).await, 503).await, "unavailable");
    let page = json(house.world.get("/v1/trail", &token).await, 200).await;
    assert_eq!(page["lines"][0]["action"], "not_done");
}

#[tokio::test]
async fn no_deed_is_done_without_a_reason() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let admin = stage.world.administrator().await;
    let base = format!("/v1/support/customers/{}", home.account.0);
    for rest in ["discovery", "resume"] {
        for bad in [
            j!({}),
            j!({"case": "SUP-1"}),
            j!({"case": "SUP-1", "reason": "  "}),
            j!({"case": " ", "reason": "Mended"}),
        ] {
            let refused = stage.world.post(&format!("{base}/{rest}"), &admin, &bad).await;
            assert_eq!(refusal(refused, 422).await, "invalid_field", "{rest} {bad}");
        }
    }
    assert_eq!(trail(&stage, &home.token).await, []);
    let none = format!("{base}/devices/{}/cancel-test-orders", home.device);
    assert_eq!(
        refusal(stage.world.post(&none, &admin, &why()).await, 404).await,
        "not_found",
        "no test device"
    );
    // Staff is no customer: nothing is done to an account that is none.
    let staff = stage.world.account(Role::Staff, "s@example.com").await;
    let at = format!("/v1/support/customers/{}/resume", staff.0);
    assert_eq!(refusal(stage.world.post(&at, &admin, &why()).await, 404).await, "not_found");
}
