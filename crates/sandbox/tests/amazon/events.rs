//! The gateway: what it takes, whose token it wants, what it learns of devices, and what it only advises against.

use crate::side::*;
use chrono::TimeDelta;
use refill_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn every_message_of_the_documents_is_taken() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    let mut lower = change(&token, "printer-1", 20, 4.0);
    lower["event"]["payload"]["change"]["properties"][0]["value"]["@type"] = json!("volume");
    let mut bare = change(&token, "printer-1", 21, 4.0);
    bare["context"] = json!({});
    let mut later = device("printer 2");
    later["capabilities"][0]["configuration"].as_object_mut().expect("an object").remove("replenishment");
    let mut with_id = later.clone();
    with_id["capabilities"][0]["configuration"]["replenishment"] =
        json!({"@type": "DashReplenishmentId", "value": "came later"});
    let mode = {
        let mut event = failed(&token, "printer-1", 22, "NOT_SUPPORTED_IN_CURRENT_MODE");
        event["event"]["payload"]["currentDeviceMode"] = json!("ASLEEP");
        event
    };
    let rows: Vec<(&str, Value)> = vec![
        ("AddOrUpdateReport", add_or_update(&token, &[device("printer-1")])),
        ("the same again", add_or_update(&token, &[device("printer-1")])),
        ("without a replenishment id", add_or_update(&token, &[later])),
        ("the id later", add_or_update(&token, &[with_id])),
        ("ChangeReport", change(&token, "printer-1", 1, 5.0)),
        ("a type in lower case", lower),
        ("an empty context", bare),
        ("InventoryConsumed of pods", consumed(&token, "printer-1", 2, 1)),
        ("InventoryConsumed of hours", ran(&token, "printer-1", 3, "PT1H13M")),
        ("InventoryReplaced", replaced(&token, "printer-1", 4)),
        ("a late StateReport", state(&token, "printer-1", 5)),
        ("a late ErrorResponse", failed(&token, "printer-1", 6, "ENDPOINT_UNREACHABLE")),
        ("an error with its member", mode),
        ("DeleteReport", deleted(&token, "printer 2")),
    ];
    for (what, body) in rows {
        let back = side.post_event(&token, &body).await;
        assert_eq!((back.status, back.text.as_str()), (202, ""), "{what}");
    }
    let known = side.board("/endpoints").await;
    let sensors = &known["endpoints"][1]["sensors"];
    assert_eq!(known["endpoints"][0]["deleted"], true);
    assert_eq!(known["endpoints"][1]["reachable"], true);
    assert_eq!((&sensors[0]["level"], &sensors[0]["replenishmentId"]), (&json!(4.0), &json!("drs-Ink.Cyan")));
    assert_eq!(sensors[1]["consumed"], 1.0);
    assert_eq!(
        (&sensors[2]["consumed"], &sensors[2]["replaced"]),
        (&json!(0.0), &json!("2026-03-01T11:00:00.000Z"))
    );
    side.running.stop().await;
}

#[tokio::test]
async fn the_wrong_token_region_or_request_gets_its_own_code() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    let linking = side.act("/grants", json!({"customer": ONE, "client": SKILL_CLIENT.0})).await.json();
    let linking = linking["accessToken"].as_str().expect("a token").to_owned();
    let event = |token: &str| change(token, "printer-1", 1, 5.0).to_string();
    let many: Vec<_> = (0..301).map(|n| json!({"endpointId": format!("p{n}")})).collect();
    let many = add_or_update(&token, &many).to_string();
    let large = format!("{}{}", " ".repeat(256 * 1024), event(&token));
    let json = "application/json";
    type Row<'r> = (&'r str, &'r str, Option<&'r str>, &'r str, String, u16, &'r str, &'r str);
    let rows: Vec<Row<'_>> = vec![
        ("no token", "/na", None, json, event(&token), 401, "INVALID_ACCESS_TOKEN_EXCEPTION", "3.2"),
        (
            "a made up token",
            "/na",
            Some("Atza|x"),
            json,
            event("Atza|x"),
            401,
            "INVALID_ACCESS_TOKEN_EXCEPTION",
            "3.2",
        ),
        (
            "another service's token",
            "/na",
            Some(&linking),
            json,
            event(&linking),
            404,
            "SKILL_NOT_FOUND_EXCEPTION",
            "3.2",
        ),
        (
            "another region",
            "/eu",
            Some(&token),
            json,
            event(&token),
            403,
            "SKILL_NEVER_ENABLED_EXCEPTION",
            "3.1",
        ),
        (
            "yet another region",
            "/fe",
            Some(&token),
            json,
            event(&token),
            403,
            "SKILL_NEVER_ENABLED_EXCEPTION",
            "3.1",
        ),
        ("a form", "/na", Some(&token), "text/plain", event(&token), 400, "INVALID_REQUEST_EXCEPTION", "3.1"),
        ("no JSON", "/na", Some(&token), json, "{".to_owned(), 400, "INVALID_REQUEST_EXCEPTION", "3.1"),
        ("301 endpoints", "/na", Some(&token), json, many, 413, "REQUEST_ENTITY_TOO_LARGE_EXCEPTION", "3.2"),
        (
            "more than 256 KB",
            "/na",
            Some(&token),
            json,
            large,
            413,
            "REQUEST_ENTITY_TOO_LARGE_EXCEPTION",
            "2.2",
        ),
    ];
    for (what, region, token, kind, body, status, code, section) in rows {
        let mut request =
            side.to(Method::POST, &format!("{region}/v3/events")).header("content-type", kind).body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let back = side.send(request).await;
        let json = back.json();
        assert_eq!((back.status, json["payload"]["code"].as_str()), (status, Some(code)), "{what}");
        let said = json["payload"]["description"].as_str().expect("a description");
        assert!(said.ends_with(&format!("(protocols {section})")), "{what}: {said}");
        assert_eq!(json["header"]["name"], "Exception", "{what}");
    }
    side.running.stop().await;
}

#[tokio::test]
async fn a_token_lives_sixty_minutes_by_the_sandboxs_clock() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    let event = change(&token, "printer-1", 1, 5.0);
    side.advance(TimeDelta::seconds(3599)).await;
    assert_eq!(side.post_event(&token, &event).await.status, 202);
    side.advance(TimeDelta::seconds(1)).await;
    let back = side.post_event(&token, &event).await;
    assert_eq!(
        (back.status, &back.json()["payload"]["code"]),
        (401, &json!("INVALID_ACCESS_TOKEN_EXCEPTION"))
    );
    side.running.stop().await;
}

#[tokio::test]
async fn a_skill_without_send_events_may_not_send() {
    let mut config = Config::default();
    config.skills[0].send_events = false;
    let side = Side::with(config).await;
    let token = side.events_token(ONE).await;
    let back = side.post_event(&token, &change(&token, "printer-1", 1, 5.0)).await;
    assert_eq!(
        (back.status, &back.json()["payload"]["code"]),
        (403, &json!("INSUFFICIENT_PERMISSION_EXCEPTION"))
    );
    side.running.stop().await;
}

#[tokio::test]
async fn the_daily_report_and_three_low_updates_are_watched() {
    let side = Side::new().await;
    let sensor = async |n: usize| side.board("/endpoints").await["endpoints"][0]["sensors"][n].clone();
    let token = side.events_token(ONE).await;
    side.post_event(&token, &add_or_update(&token, &[device("printer-1")])).await;
    for (number, (left, low)) in
        [(100.0, 0), (19.0, 1), (30.0, 0), (20.0, 1), (15.0, 2), (12.0, 3)].into_iter().enumerate()
    {
        let number = u32::try_from(number).expect("small");
        side.post_event(&token, &change(&token, "printer-1", 10 + number, left)).await;
        let level = sensor(0).await;
        assert_eq!((&level["lowUpdates"], &level["orderDue"]), (&json!(low), &json!(low == 3)), "{left}");
    }
    side.advance(TimeDelta::hours(24)).await;
    assert_eq!(sensor(0).await["late"], false);
    side.advance(TimeDelta::hours(1)).await;
    assert_eq!(sensor(0).await["late"], true, "a level is due daily (protocols 2.5)");
    assert_eq!(sensor(1).await["late"], false, "use is reported at each use");
    let token = side.events_token(ONE).await;
    side.post_event(&token, &change(&token, "printer-1", 30, 12.0)).await;
    assert_eq!(sensor(0).await["late"], false);
    side.running.stop().await;
}

#[tokio::test]
async fn what_is_legal_but_wrong_is_found() {
    let side = Side::new().await;
    let token = side.events_token(ONE).await;
    let mut healthless = device("printer-1");
    healthless["capabilities"].as_array_mut().expect("a list").remove(3);
    let mut early = consumed(&token, "printer-1", 3, 1);
    early["event"]["payload"]["timeOfSample"] = json!("2026-03-02T12:00:00Z");
    for (what, body) in [
        ("Alexa.EndpointHealth is required", add_or_update(&token, &[healthless])),
        ("never-seen was never discovered", change(&token, "never-seen", 1, 5.0)),
        ("is in the future", early),
        ("came 2 times", consumed(&token, "printer-1", 3, 1)),
    ] {
        assert_eq!(side.post_event(&token, &body).await.status, 202, "{what}");
        let found = side.board("/findings").await;
        let last = found["findings"].as_array().expect("a list").last().expect("a finding").clone();
        assert!(last["what"].as_str().expect("text").contains(what), "{what}: {last}");
    }
    for (number, hours) in [(40, 0), (41, 1)] {
        side.advance(TimeDelta::minutes(hours * 30)).await;
        side.post_event(&token, &ran(&token, "printer-1", number, "PT1H")).await;
    }
    let found = side.board("/findings").await.to_string();
    assert!(found.contains("one aggregated report a day"), "{found}");
    // The gateway is not documented to de-duplicate: what came twice counts twice, unless it is told otherwise.
    assert_eq!(side.board("/endpoints").await["endpoints"][0]["sensors"][1]["consumed"], 2.0);
    side.running.stop().await;
}
