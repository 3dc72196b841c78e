//! What was put aside is looked through and sent again by the maker's people, and an account whose trouble is mended goes
//! on; nothing goes out under two ids, and nothing old after something newer.

use crate::rehearsal::Rehearsal;
use crate::world::{json, refusal};
use refill_cloud::store::Role;
use serde_json::{Value, json as j};

fn why() -> Value {
    j!({"case": "SUP-7", "reason": "Mended at Amazon"})
}

async fn put_aside(stage: &Rehearsal) {
    let invalid = j!({"kind": "answer", "status": 400, "code": "INVALID_REQUEST_EXCEPTION"});
    stage.fault("gateway", Some(1), invalid).await;
}

#[tokio::test]
async fn what_was_put_aside_is_found_and_sent_again_under_its_id() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let admin = stage.world.administrator().await;
    let staff = stage.world.account(Role::Staff, "s@example.com").await;
    let staff_token = stage.world.token(staff, "staff").await;
    put_aside(&stage).await;
    stage.uses(&home, "soap", 7000, "MILLILITER").await;
    stage.settled().await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    assert_eq!(stage.sensor("soap").await["consumed"], 1.0, "the others go on");

    let refused = stage.world.get("/v1/alexa/parked", &staff_token).await;
    assert_eq!(refusal(refused, 403).await, "forbidden", "it names customers who gave no access");
    let page = json(stage.world.get("/v1/alexa/parked", &admin).await, 200).await;
    let found = page["messages"].as_array().unwrap().clone();
    assert_eq!((found.len(), &page["more"]), (1, &j!(false)), "{page}");
    assert_eq!((&found[0]["kind"], &found[0]["attempts"]), (&j!("InventoryConsumed"), &j!(1)));
    assert_eq!(found[0]["account"], home.account.0.to_string());
    let after = format!("/v1/alexa/parked?account={}&place={}", home.account.0, found[0]["place"]);
    assert_eq!(json(stage.world.get(&after, &admin).await, 200).await["messages"], j!([]));
    let view = stage.status(&home).await;
    assert_eq!(view["parked"].as_array().unwrap().len(), 1, "{view}");

    let message = found[0]["message"].as_str().unwrap();
    let release = async |account: &str, message: &str, token: &str| {
        let path = format!("/v1/support/customers/{account}/reports/{message}/release");
        stage.world.post(&path, token, &why()).await
    };
    let own = home.account.0.to_string();
    let other = stage.world.account(Role::Customer, "o@example.com").await.0.to_string();
    assert_eq!(
        refusal(release(&own, message, &staff_token).await, 403).await,
        "forbidden",
        "staff looks only"
    );
    assert_eq!(refusal(release(&own, &other, &admin).await, 404).await, "not_found");
    assert_eq!(refusal(release(&other, message, &admin).await, 404).await, "not_found");
    assert_eq!(release(&own, message, &admin).await.status(), 204);
    stage.settled().await;
    assert_eq!(stage.sensor("soap").await["consumed"], 8.0);
    let all = stage.received("gateway").await;
    let ids: Vec<&Value> = all
        .iter()
        .filter(|of| of["body"]["event"]["payload"]["usage"]["value"] == 7.0)
        .map(|of| &of["body"]["event"]["header"]["messageId"])
        .collect();
    assert_eq!(ids, [message, message], "the same message, twice tried");
    assert_eq!(
        refusal(release(&own, message, &admin).await, 409).await,
        "not_put_aside",
        "it is parked no more"
    );
    assert_eq!(json(stage.world.get("/v1/alexa/parked", &admin).await, 200).await["messages"], j!([]));
}

#[tokio::test]
async fn an_old_level_is_not_told_after_a_newer_one() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let admin = stage.world.administrator().await;
    put_aside(&stage).await;
    stage.level(&home, 50).await;
    stage.settled().await;
    stage.level(&home, 40).await;
    stage.settled().await;
    assert_eq!(stage.sensor("salt").await["level"], 40.0);
    let page = json(stage.world.get("/v1/alexa/parked", &admin).await, 200).await;
    let message = page["messages"][0]["message"].as_str().unwrap().to_owned();
    let before = stage.received("gateway").await.len();
    let path = format!("/v1/support/customers/{}/reports/{message}/release", home.account.0);
    let released = stage.world.post(&path, &admin, &why()).await;
    assert_eq!(released.status(), 204);
    stage.settled().await;
    assert_eq!(stage.received("gateway").await.len(), before, "settled without being sent");
    assert_eq!(stage.sensor("salt").await["level"], 40.0);
    assert_eq!(stage.status(&home).await["parked"], j!([]));
}

#[tokio::test]
async fn an_administrator_lets_an_account_go_on_whose_trouble_is_mended() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let admin = stage.world.administrator().await;
    let resume = async |account: String| {
        let path = format!("/v1/support/customers/{account}/resume");
        stage.world.post(&path, &admin, &why()).await
    };
    let code = "INSUFFICIENT_PERMISSION_EXCEPTION";
    stage.fault("gateway", Some(1), j!({"kind": "answer", "status": 403, "code": code})).await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    assert!(stage.status(&home).await["stopped"].is_string());
    assert_eq!(resume(home.account.0.to_string()).await.status(), 204);
    stage.until_delivered(&home).await;
    assert_eq!(stage.sensor("soap").await["consumed"], 1.0);
    // Where the tokens are gone it stops again, and tells the customer to link.
    let (status, answer) = stage.act("disable", j!({})).await;
    assert!((200..300).contains(&status), "{answer}");
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    assert_eq!(resume(home.account.0.to_string()).await.status(), 204);
    stage.settled().await;
    assert!(stage.status(&home).await["stopped"].as_str().unwrap().contains("link the skill again"));
    assert_eq!(refusal(resume(uuid::Uuid::nil().to_string()).await, 404).await, "not_found");
}
