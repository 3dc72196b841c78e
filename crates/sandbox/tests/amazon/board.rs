//! The board: faults on every part, the record, the clock, and who may reach the sandbox at all.

use crate::side::*;
use chrono::TimeDelta;
use refill_sandbox::{Clock, Config, Sandbox, start};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn every_code_is_played_so_many_times_on_its_part() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    let other = side.events_token("amzn1.account.TWO").await;
    let event = |token: &str| change(token, "printer-1", 1, 5.0);
    for (status, code) in [
        (400, "INVALID_REQUEST_EXCEPTION"),
        (401, "INVALID_ACCESS_TOKEN_EXCEPTION"),
        (403, "SKILL_NEVER_ENABLED_EXCEPTION"),
        (403, "SKILL_DISABLED_EXCEPTION"),
        (403, "INSUFFICIENT_PERMISSION_EXCEPTION"),
        (404, "ACCOUNT_NOT_FOUND_EXCEPTION"),
        (413, "REQUEST_ENTITY_TOO_LARGE_EXCEPTION"),
        (429, "THROTTLING_EXCEPTION"),
        (500, "INTERNAL_SERVICE_EXCEPTION"),
        (503, "SERVICE_UNAVAILABLE_EXCEPTION"),
    ] {
        side.fault("gateway", Some(2), json!({"kind": "answer", "status": status, "code": code})).await;
        for _ in 0..2 {
            let back = side.post_event(&token, &event(&token)).await;
            assert_eq!((back.status, &back.json()["payload"]["code"]), (status, &json!(code)));
        }
        assert_eq!(side.post_event(&token, &event(&token)).await.status, 202, "after {code}");
    }
    // Retry-After only where it is planned; the code follows from the status.
    side.fault("gateway", Some(1), json!({"kind": "answer", "status": 429, "retryAfter": 7})).await;
    let back = side.post_event(&token, &event(&token)).await;
    assert_eq!(
        (back.header("retry-after"), &back.json()["payload"]["code"]),
        ("7", &json!("THROTTLING_EXCEPTION"))
    );
    // For one customer, after one request, until it is taken away.
    let body =
        json!({"route": "gateway", "customer": ONE, "skip": 1, "fault": {"kind": "answer", "status": 500}});
    let id = side.act("/faults", body).await.json()["id"].as_u64().expect("an id");
    assert_eq!(side.post_event(&other, &event(&other)).await.status, 202);
    assert_eq!(side.post_event(&token, &event(&token)).await.status, 202, "passed over");
    for _ in 0..3 {
        assert_eq!(side.post_event(&token, &event(&token)).await.status, 500);
    }
    assert_eq!(side.send(side.to(Method::DELETE, &format!("/_board/faults/{id}"))).await.status, 200);
    assert_eq!(side.post_event(&token, &event(&token)).await.status, 202);
    // In the shape of each part.
    side.fault("lwa.token", Some(1), json!({"kind": "answer", "status": 400})).await;
    assert_eq!(side.token(&[]).await.json()["error"], "invalid_grant");
    side.fault("drs.replenish", Some(1), json!({"kind": "answer", "status": 500})).await;
    let back = side.send(side.to(Method::POST, "/replenish/Slot01")).await;
    assert_eq!(back.status, 500);
    assert!(back.header("x-amzn-errortype").starts_with("InternalServerException:"));
    side.running.stop().await;
}

#[tokio::test]
async fn connections_are_cut_before_after_and_in_the_middle() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    side.post_event(&token, &add_or_update(&token, &[device("printer-1")])).await;
    let event = |number| consumed(&token, "printer-1", number, 1);
    let pods = async || side.board("/endpoints").await["endpoints"][0]["sensors"][1]["consumed"].clone();
    let post = |number| side.to(Method::POST, "/v3/events").bearer_auth(&token).json(&event(number));
    side.fault("gateway", Some(1), json!({"kind": "cut"})).await;
    assert!(side.try_send(post(1)).await.is_none());
    assert_eq!(pods().await, 0.0, "cut before anything was done");
    side.fault("gateway", Some(1), json!({"kind": "drop"})).await;
    assert!(side.try_send(post(2)).await.is_none());
    assert_eq!(pods().await, 1.0, "accepted, then dropped");
    side.fault("lwa.token", Some(1), json!({"kind": "half"})).await;
    assert!(side.try_send(side.to(Method::POST, "/auth/o2/token").form(&[("a", "b")])).await.is_none());
    let record = side.board("/received?sent=false").await;
    let faults: Vec<_> = record["received"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["fault"].clone(), one["status"].clone()))
        .collect();
    let expected = [
        (Value::Null, json!(202)),
        (json!("cut"), Value::Null),
        (json!("drop"), Value::Null),
        (json!("half"), json!(400)),
    ];
    assert_eq!(faults, expected);
    side.running.stop().await;
}

#[tokio::test]
async fn a_held_answer_comes_when_its_fault_is_taken_away() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    let id = side.fault("gateway", Some(1), json!({"kind": "hold"})).await;
    let event = change(&token, "printer-1", 1, 5.0);
    let mut held = Box::pin(side.post_event(&token, &event));
    let free = async {
        // The next one passes once the held one took the fault: it can't overtake it, as nothing else is planned.
        while side.board("/faults").await["faults"][0]["route"] != "(held)" {
            tokio::task::yield_now().await;
        }
        let next = side.post_event(&token, &event).await;
        assert_eq!(next.status, 202);
    };
    tokio::select! { back = &mut held => panic!("came early: {back:?}"), () = free => {} }
    assert_eq!(side.send(side.to(Method::DELETE, &format!("/_board/faults/{id}"))).await.status, 200);
    assert_eq!(held.await.status, 202);
    side.fault("gateway", Some(1), json!({"kind": "delay", "millis": 5})).await;
    assert_eq!(side.post_event(&token, &event).await.status, 202);
    let record = side.board("/received?route=gateway").await;
    assert_eq!(record["received"][2]["fault"], "delay");
    side.running.stop().await;
}

#[tokio::test]
async fn a_wrong_plan_is_refused_in_a_sentence() {
    let side = Side::new().await;
    for (body, named) in [
        (json!({"fault": {"kind": "cut"}}), "route"),
        (json!({"route": "", "fault": {"kind": "cut"}}), "route"),
        (json!({"route": "gateway", "fault": {"kind": "explode"}}), "explode"),
        (json!({"route": "gateway", "fault": {"kind": "duplicate"}}), "sns.delivery"),
        (json!({"route": "gateway", "fault": {"kind": "answer", "status": 200}}), "400 to 599"),
        (json!({"route": "gateway", "times": 0, "fault": {"kind": "cut"}}), "times"),
        (json!({"route": "gateway", "fault": {"kind": "delay", "millis": 600_001}}), "ten minutes"),
    ] {
        let back = side.act("/faults", body.clone()).await;
        assert_eq!(back.status, 400, "{body}");
        assert!(back.text.contains(named), "{body}: {}", back.text);
    }
    let back = side.send(side.to(Method::PUT, "/_board/config").json(&json!({"customer": []}))).await;
    assert!(back.status == 400 && back.text.contains("unknown field `customer`"), "{}", back.text);
    let back = side.send(side.to(Method::PUT, "/_board/config").json(&json!({"customers": []}))).await;
    assert!(back.status == 400 && back.text.contains("customers: needs at least one"), "{}", back.text);
    side.running.stop().await;
}

#[tokio::test]
async fn the_record_tells_what_came_and_why_it_was_refused() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    side.post_event(&token, &change(&token, "printer-1", 1, 5.0)).await;
    side.post_event(&token, &json!({})).await;
    side.get("/nothing/here").await;
    let record = side.board(&format!("/received?route=gateway&customer={ONE}")).await;
    let all = record["received"].as_array().expect("a list");
    assert_eq!((all.len(), &all[0]["status"], &all[1]["status"]), (2, &json!(202), &json!(400)));
    assert_eq!(all[0]["body"]["event"]["header"]["name"], "ChangeReport");
    assert_eq!(all[0]["at"], "2026-03-01T12:00:00.000Z");
    assert!(all[1]["refused"].as_str().expect("text").contains("event: is missing (protocols 2.1)"));
    assert!(!all[0]["headers"].to_string().contains(&token), "credentials in headers are shortened");
    let after = all[0]["seq"].as_u64().expect("a number");
    let later = side.board(&format!("/received?after={after}&limit=1")).await;
    assert_eq!(later["received"][0]["seq"], after + 1);
    assert_eq!(side.send(side.to(Method::DELETE, "/_board/received")).await.status, 204);
    assert_eq!(side.board("/received").await["received"], json!([]));
    assert_eq!(side.act("/reset", json!({})).await.status, 204);
    assert_eq!(
        side.post_event(&token, &change(&token, "printer-1", 1, 5.0)).await.status,
        401,
        "all is forgotten"
    );
    side.running.stop().await;
}

#[tokio::test]
async fn the_clock_is_held_moved_and_let_run() {
    let side = Side::new().await;
    side.advance(TimeDelta::hours(1)).await;
    assert_eq!(side.board("/clock").await, json!({"now": "2026-03-01T13:00:00.000Z", "rate": 0}));
    let body = json!({"at": "2027-01-01T00:00:00Z", "rate": 3600});
    assert_eq!(side.act("/clock", body).await.json()["rate"], 3600);
    assert!(side.running.sandbox.now() >= at("2027-01-01T00:00:00Z"));
    assert_eq!(side.act("/clock", json!({"advanceSeconds": -1})).await.status, 400);
    assert_eq!(side.act("/clock", json!({"rate": 2_000_000})).await.status, 400);
    assert_eq!(side.act("/clock", json!({"at": "9999-01-01T00:00:00Z"})).await.status, 400);
    assert_eq!(side.act("/clock", json!({"advanceSeconds": i64::MAX})).await.status, 400);
    let mut config = Config::default();
    config.orders.delivered = i64::MAX;
    let back = side.send(side.to(Method::PUT, "/_board/config").json(&config)).await;
    assert!(back.status == 400 && back.text.contains("orders"), "{}", back.text);
    side.running.stop().await;
}

#[tokio::test]
async fn only_this_computer_reaches_it() {
    let side = Side::new().await;
    let foreign = side.to(Method::GET, "/_board/clock").header("host", "rebound.example.com");
    assert_eq!(side.send(foreign).await.status, 421);
    let local = side.to(Method::GET, "/_board/clock").header("host", "localhost:80");
    assert_eq!(side.send(local).await.status, 200);
    for (origin, status) in [("https://example.com", 403), ("null", 403), ("http://127.0.0.1:5173", 204)] {
        let request = side.to(Method::POST, "/_board/settle").header("origin", origin);
        assert_eq!(side.send(request).await.status, status, "{origin}");
    }
    let sandbox = Sandbox::new(Config::default(), Clock::system(0), false).expect("a sandbox");
    let refused = start(sandbox, ([0, 0, 0, 0], 0).into(), false).await.err().expect("refused");
    assert!(refused.to_string().contains("--public"), "{refused}");
    side.running.stop().await;
}

#[tokio::test]
async fn a_body_larger_than_is_read_gets_the_gateways_own_error() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    let body = " ".repeat(2 * 1024 * 1024 + 1);
    let back = side.send(side.to(Method::POST, "/v3/events").bearer_auth(&token).body(body)).await;
    assert_eq!(
        (back.status, &back.json()["payload"]["code"]),
        (413, &json!("REQUEST_ENTITY_TOO_LARGE_EXCEPTION"))
    );
    side.running.stop().await;
}
