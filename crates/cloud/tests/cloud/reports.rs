//! What a customer sees of the messages to Alexa: what was said, what came of each attempt, and no token; one that was put
//! aside goes again under its id, or never.

use crate::rehearsal::{Home, Rehearsal};
use crate::world::{json, refusal};
use refill_cloud::store::Role;
use refill_domain::alexa::Told;
use refill_domain::outbox::{Answered, GateState, State};
use refill_domain::wire::{Sent, SentPage, SentWhole};
use reqwest::Method;
use serde_json::{Value, json as j};

async fn page(stage: &Rehearsal, home: &Home, query: &str) -> SentPage {
    let answer = json(stage.world.get(&format!("/v1/reports{query}"), &home.token).await, 200).await;
    serde_json::from_value(answer.clone()).unwrap_or_else(|why| panic!("{why}: {answer}"))
}

async fn put_aside(stage: &Rehearsal) {
    let invalid = j!({"kind": "answer", "status": 400, "code": "INVALID_REQUEST_EXCEPTION"});
    stage.fault("gateway", Some(1), invalid).await;
}

async fn post(stage: &Rehearsal, token: &str, message: &Sent, act: &str) -> reqwest::Response {
    let path = format!("/v1/reports/{}/{act}", message.id);
    stage.world.ask(Method::POST, &path).bearer_auth(token).send().await.unwrap()
}

#[tokio::test]
async fn each_message_says_what_it_said_and_what_came_of_it() {
    let stage = Rehearsal::new().await;
    let stranger = stage.world.account(Role::Customer, "o@example.com").await;
    let stranger = stage.world.token(stranger, "customer").await;
    let nothing = json(stage.world.get("/v1/reports", &stranger).await, 200).await;
    assert_eq!(nothing, j!({"linked": false, "reports": [], "more": false}));
    let home = stage.linked().await;
    put_aside(&stage).await;
    stage.uses(&home, "soap", 7000, "MILLILITER").await;
    stage.settled().await;
    stage.level(&home, 50).await;
    stage.settled().await;
    let all = page(&stage, &home, "").await;
    assert_eq!((all.linked, all.gate, all.more), (true, Some(GateState::Open), false));
    let names: Vec<&str> = all.reports.iter().map(|sent| sent.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"ChangeReport"), "the newest first: {names:?}");
    assert!(names.contains(&"AddOrUpdateReport"));
    let level = &all.reports[0];
    assert!(matches!(&level.told, Told::Levels { levels, daily: false, .. } if levels.len() == 1));
    assert!(matches!(level.state, State::Delivered { .. }) && level.tries.len() == 1);
    let used = all.reports.iter().find(|sent| sent.name == "InventoryConsumed").unwrap();
    let Told::Used { appliance, instance, amount, .. } = &used.told else { panic!("{used:?}") };
    assert_eq!((appliance.as_str(), instance.as_str(), amount.milli), (&*home.device, "soap", 7000));
    assert!(matches!(used.state, State::Parked { .. }));
    let code = Some("INVALID_REQUEST_EXCEPTION".to_owned());
    assert_eq!(used.tries[0].came, Answered::Answer { status: 400, code });

    let path = format!("/v1/reports/{}", used.id);
    let answer = json(stage.world.get(&path, &home.token).await, 200).await;
    assert!(!answer.to_string().contains("Atza"), "{answer}");
    let whole: SentWhole = serde_json::from_value(answer).unwrap();
    assert_eq!(whole.message["event"]["endpoint"]["scope"]["token"], "token hidden");
    assert_eq!(whole.message["event"]["header"]["messageId"], used.id.to_string());
    assert_eq!(&whole.sent, used);
    assert_eq!(refusal(stage.world.get(&path, &stranger).await, 404).await, "not_found");

    let older = page(&stage, &home, &format!("?before={}", all.reports[0].place)).await;
    assert_eq!(older.reports, all.reports[1..]);
    assert_eq!(page(&stage, &home, "?before=0").await.reports, []);
    let odd = stage.world.get("/v1/reports?before=x", &home.token).await;
    assert_eq!(refusal(odd, 400).await, "invalid_parameter");
}

#[tokio::test]
async fn its_customer_sends_it_again_or_puts_it_away() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let stranger = stage.world.account(Role::Customer, "o@example.com").await;
    let stranger = stage.world.token(stranger, "customer").await;
    let parked = async || -> Vec<Sent> {
        let all = page(&stage, &home, "").await.reports;
        all.into_iter().filter(|sent| matches!(sent.state, State::Parked { .. })).collect()
    };
    for milli in [7000, 3000] {
        put_aside(&stage).await;
        stage.uses(&home, "soap", milli, "MILLILITER").await;
        stage.settled().await;
    }
    let [three, seven] = parked().await.try_into().unwrap();
    for act in ["retry", "discard"] {
        assert_eq!(refusal(post(&stage, &stranger, &seven, act).await, 404).await, "not_found");
    }
    assert_eq!(post(&stage, &home.token, &seven, "retry").await.status(), 204);
    stage.settled().await;
    assert_eq!(stage.sensor("soap").await["consumed"], 7.0);
    assert_eq!(post(&stage, &home.token, &three, "discard").await.status(), 204);
    stage.settled().await;
    assert_eq!(stage.sensor("soap").await["consumed"], 7.0, "never sent");
    assert_eq!(parked().await, []);
    // Asked twice, it is the same; what arrived can't be put away, and what was put away is not sent.
    for (message, act) in [(&seven, "retry"), (&three, "discard"), (&three, "retry")] {
        assert_eq!(post(&stage, &home.token, message, act).await.status(), 204, "{act}");
    }
    assert_eq!(refusal(post(&stage, &home.token, &seven, "discard").await, 409).await, "not_put_aside");
    stage.settled().await;
    let sent = stage.received("gateway").await;
    let of = |id: &Value| sent.iter().filter(|of| of["body"]["event"]["header"]["messageId"] == *id).count();
    assert_eq!((of(&j!(seven.id.to_string())), of(&j!(three.id.to_string()))), (2, 1));
    assert_eq!(stage.status(&home).await["parked"], j!([]));
}
