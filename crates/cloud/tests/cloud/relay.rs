//! Journeys of the cloud against Amazon's side: linked, discovered, asked, and reporting through faults and restarts
//! without losing or doubling anything.

use crate::rehearsal::Rehearsal;
use crate::world::{json, refusal};
use chrono::TimeDelta;
use refill_cloud::store::relay::RelayChanges;
use refill_domain::outbox::State;
use reqwest::Method;
use serde_json::{Value, json as j};
use std::collections::BTreeMap;

#[tokio::test]
async fn linked_discovered_asked_and_told() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    stage.level(&home, 80).await;
    let (status, answer) = stage.link(&home).await;
    assert!((200..300).contains(&status), "{answer}");
    assert_eq!(stage.taken().await, ["AddOrUpdateReport", "ChangeReport", "ChangeReport"]);
    assert_eq!(stage.sensor("salt").await["level"], 80.0);
    let (status, said) = stage.act("report-state", j!({"endpointId": home.device})).await;
    assert_eq!(status, 200, "{said}");
    let text = said.to_string();
    assert!(text.contains("StateReport") && text.contains("80"), "{text}");

    stage.level(&home, 75).await;
    stage.uses(&home, "soap", 50_000, "MILLILITER").await;
    stage.uses(&home, "soap", 25_000, "MILLILITER").await;
    stage.settled().await;
    assert_eq!(stage.sensor("salt").await["level"], 75.0);
    assert_eq!(stage.sensor("soap").await["consumed"], 75.0);

    // A running time is one sum a day; a replacement is told at once, with what was before it.
    stage.uses(&home, "filter", 60_000, "MINUTE").await;
    stage.settled().await;
    assert_eq!(stage.sensor("filter").await["consumed"], 3600.0);
    for _ in 0..3 {
        stage.uses(&home, "filter", 10_000, "MINUTE").await;
    }
    stage.settled().await;
    assert_eq!(stage.sensor("filter").await["reports"], 1);
    stage.advance(TimeDelta::hours(24)).await;
    assert_eq!(stage.sensor("filter").await["reports"], 2);
    assert_eq!(stage.sensor("filter").await["consumed"], 5400.0);
    stage.uses(&home, "filter", 5_000, "MINUTE").await;
    stage.replaced(&home, "filter").await;
    stage.settled().await;
    let names = stage.taken().await;
    assert_eq!(names[names.len() - 2..], ["InventoryConsumed", "InventoryReplaced"]);
    assert_eq!(stage.sensor("filter").await["consumed"], 0.0);

    // The same level again, daily.
    let before = stage.sensor("salt").await["reports"].as_u64().unwrap();
    for _ in 0..3 {
        stage.advance(TimeDelta::hours(24)).await;
        assert_eq!(stage.sensor("salt").await["late"], false);
    }
    assert_eq!(stage.sensor("salt").await["reports"].as_u64().unwrap(), before + 3);
    let (_, findings) = stage.board(Method::GET, "/findings", &Value::Null).await;
    let findings = findings["findings"].as_array().unwrap().clone();
    let grave = findings.iter().filter(|of| !of["what"].as_str().unwrap().contains("came twice in a day"));
    assert_eq!(grave.count(), 0, "{findings:#?}");
}

/// Every fault of the gateway and the token endpoint, then well again: each use arrives once, in order.
#[tokio::test]
async fn whatever_goes_wrong_everything_arrives_once() {
    let stage = Rehearsal::with(|alexa| alexa.timeout_ms = 400).await;
    let home = stage.linked().await;
    let answer = |status: u16, code: &str| j!({"kind": "answer", "status": status, "code": code});
    let slow = j!({"kind": "answer", "status": 429, "code": "THROTTLING_EXCEPTION", "retryAfter": 90});
    let cases = [
        ("gateway", slow),
        ("gateway", answer(500, "INTERNAL_SERVICE_EXCEPTION")),
        ("gateway", answer(503, "SERVICE_UNAVAILABLE_EXCEPTION")),
        ("gateway", answer(401, "INVALID_ACCESS_TOKEN_EXCEPTION")),
        ("gateway", answer(403, "SKILL_NEVER_ENABLED_EXCEPTION")),
        ("gateway", j!({"kind": "cut"})),
        ("gateway", j!({"kind": "drop"})),
        ("gateway", j!({"kind": "half"})),
        ("gateway", j!({"kind": "hold"})),
    ];
    let mut used = 0;
    for (route, fault) in cases {
        stage.fault(route, Some(1), fault.clone()).await;
        for _ in 0..3 {
            stage.uses(&home, "soap", 10_000, "MILLILITER").await;
            used += 10;
        }
        stage.settled().await;
        stage.well().await;
        stage.until_delivered(&home).await;
        assert_eq!(stage.sensor("soap").await["consumed"], f64::from(used), "{fault}");
    }
    // A token that has ended, while its endpoint has trouble of its own.
    for fault in [answer(503, "server_error"), j!({"kind": "cut"}), answer(429, "slow_down")] {
        stage.advance(TimeDelta::minutes(61)).await;
        stage.fault("lwa.token", Some(1), fault).await;
        stage.uses(&home, "soap", 10_000, "MILLILITER").await;
        used += 10;
        stage.until_delivered(&home).await;
    }
    assert_eq!(stage.sensor("soap").await["consumed"], f64::from(used));
    let mut ids: BTreeMap<String, u32> = BTreeMap::new();
    let all = stage.received("gateway").await;
    let consumed = all.iter().filter(|of| of["body"]["event"]["header"]["name"] == "InventoryConsumed");
    for of in consumed {
        *ids.entry(of["body"]["event"]["header"]["messageId"].as_str().unwrap().into()).or_default() += 1;
    }
    assert_eq!(ids.len(), used as usize / 10, "a message keeps its id at every attempt");
    assert!(ids.values().any(|count| *count > 1), "some had to be sent again");
    let status = stage.status(&home).await;
    assert_eq!((&status["parked"], &status["linked"]), (&j!([]), &j!(true)), "{status}");
    assert!(status["ambiguous"].as_u64().unwrap() >= 3, "{status}");
}

#[tokio::test]
async fn a_retry_after_is_kept_and_an_invalid_message_does_not_block_the_others() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let invalid = j!({"kind": "answer", "status": 400, "code": "INVALID_REQUEST_EXCEPTION"});
    stage.fault("gateway", Some(1), invalid).await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    stage.uses(&home, "soap", 2000, "MILLILITER").await;
    stage.settled().await;
    assert_eq!(stage.sensor("soap").await["consumed"], 2.0);
    let parked = stage.status(&home).await["parked"].clone();
    assert!(parked[0]["reason"].as_str().unwrap().contains("invalid"), "{parked}");

    let busy = j!({"kind": "answer", "status": 429, "code": "THROTTLING_EXCEPTION", "retryAfter": 600});
    stage.fault("gateway", Some(1), busy).await;
    let before = stage.received("gateway").await.len();
    stage.level(&home, 50).await;
    stage.settled().await;
    for percent in [49, 48, 47] {
        stage.level(&home, percent).await;
        stage.settled().await;
    }
    stage.advance(TimeDelta::seconds(590)).await;
    assert_eq!(stage.received("gateway").await.len(), before + 1, "nothing before its time");
    stage.until_delivered(&home).await;
    assert_eq!(stage.received("gateway").await.len(), before + 2, "only the newest level is told");
    assert_eq!(stage.sensor("salt").await["level"], 47.0);
}

#[tokio::test]
async fn a_skill_that_was_turned_off_stops_all_until_it_is_linked_again() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let (status, answer) = stage.act("disable", j!({})).await;
    assert!((200..300).contains(&status), "{answer}");
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    let status = stage.status(&home).await;
    assert_eq!(status["linked"], false, "the tokens are deleted: {status}");
    assert!(status["stopped"].as_str().unwrap().contains("turned the skill off"), "{status}");
    let before = stage.received("gateway").await.len();
    for _ in 0..3 {
        stage.uses(&home, "soap", 1000, "MILLILITER").await;
        stage.advance(TimeDelta::hours(12)).await;
    }
    assert_eq!(stage.received("gateway").await.len(), before);
    let (status, answer) = stage.link(&home).await;
    assert!((200..300).contains(&status), "{answer}");
    stage.until_delivered(&home).await;
    assert_eq!(stage.sensor("soap").await["consumed"], 4.0);
    assert_eq!(stage.status(&home).await["linked"], true);
}

#[tokio::test]
async fn a_restart_in_the_middle_of_an_outage_loses_nothing_and_doubles_nothing() {
    let mut stage = Rehearsal::new().await;
    let home = stage.linked().await;
    stage.fault("gateway", None, j!({"kind": "answer", "status": 503})).await;
    for _ in 0..5 {
        stage.uses(&home, "soap", 1000, "MILLILITER").await;
    }
    stage.settled().await;
    stage.level(&home, 33).await;
    stage.restart().await;
    stage.settled().await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.restart().await;
    stage.well().await;
    stage.until_delivered(&home).await;
    assert_eq!(stage.sensor("soap").await["consumed"], 6.0);
    assert_eq!(stage.sensor("salt").await["level"], 33.0);
    let counts = |names: Vec<String>| names.iter().filter(|name| *name == "InventoryConsumed").count();
    assert_eq!(counts(stage.taken().await), 6);
}

#[tokio::test]
async fn devices_come_and_go_and_their_replenishment_is_told_once_for_all() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let (second, _) = stage.device(&home.token, 2).await;
    stage.settled().await;
    let last = stage.received("gateway").await;
    let added = last.iter().rev().find(|of| of["body"]["event"]["header"]["name"] == "AddOrUpdateReport");
    assert_eq!(added.unwrap()["body"]["event"]["payload"]["endpoints"][0]["endpointId"], *second);

    let admin = stage.world.administrator().await;
    let assign = async |instance: &str, id: &str| {
        let path = format!("/v1/models/WASHER-1/slots/{instance}/replenishment");
        let request = stage.world.ask(Method::PUT, &path).bearer_auth(&admin);
        request.json(&j!({"id": id})).send().await.unwrap()
    };
    assert_eq!(refusal(assign("none", "amzn1.replenishment.1").await, 404).await, "not_found");
    assert_eq!(refusal(assign("salt", "a b").await, 422).await, "invalid_field");
    assert_eq!(assign("salt", "amzn1.replenishment.1").await.status(), 204);
    stage.settled().await;
    assert_eq!(stage.sensor("salt").await["replenishmentId"], "amzn1.replenishment.1");
    assert_eq!(assign("salt", "amzn1.replenishment.1").await.status(), 204);
    let other = assign("salt", "amzn1.replenishment.2").await;
    assert_eq!(refusal(other, 409).await, "replenishment_frozen");
    let (status, said) = stage.act("discover", j!({})).await;
    assert_eq!(status, 200, "{said}");
    assert!(said.to_string().contains("amzn1.replenishment.1"));

    let path = format!("/v1/devices/{second}");
    let gone = stage.world.ask(Method::DELETE, &path).bearer_auth(&home.token).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    stage.settled().await;
    assert_eq!(stage.taken().await.last().unwrap(), "DeleteReport");
    let (status, said) = stage.act("report-state", j!({"endpointId": second})).await;
    assert!(status == 422 || said.to_string().contains("NO_SUCH_ENDPOINT"), "{said}");

    // The customer takes the permission back: nothing goes out any more, and the tokens are gone.
    let links = json(stage.world.get("/v1/links", &home.token).await, 200).await;
    let of_alexa = links.as_array().unwrap().iter().find(|link| link["client"] == "alexa").unwrap().clone();
    let path = format!("/v1/links/{}", of_alexa["id"].as_str().unwrap());
    let gone = stage.world.ask(Method::DELETE, &path).bearer_auth(&home.token).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    stage.settled().await;
    let before = stage.received("gateway").await.len();
    stage.level(&home, 11).await;
    stage.settled().await;
    assert_eq!(stage.received("gateway").await.len(), before);
    assert_eq!(stage.status(&home).await["linked"], false);
}

#[tokio::test]
async fn a_grant_counts_only_when_its_tokens_are_kept_and_they_are_kept_sealed() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    for fault in [
        j!({"kind": "answer", "status": 503}),
        j!({"kind": "answer", "status": 400, "code": "invalid_grant"}),
        j!({"kind": "cut"}),
    ] {
        stage.fault("lwa.token", Some(1), fault).await;
        let (status, answer) = stage.link(&home).await;
        assert!(status >= 400 && answer.to_string().contains("ACCEPT_GRANT_FAILED"), "{status} {answer}");
        assert_eq!(stage.status(&home).await["linked"], false);
    }
    let (status, answer) = stage.link(&home).await;
    assert!((200..300).contains(&status), "{answer}");
    let folder = stage.world.folder();
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = [&b"Atza|"[..], b"Atzr|"].iter().any(|word| bytes.windows(5).any(|five| five == *word));
        assert!(!found, "no token of Amazon's lies on the disk as it is");
    }
}

#[tokio::test]
async fn directives_of_strangers_get_the_documented_answers() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let say = async |body: String| {
        let request = stage.world.ask(Method::POST, "/alexa/directive").body(body);
        json(request.send().await.unwrap(), 200).await["event"].clone()
    };
    let directive = |namespace: &str, name: &str, token: &str| {
        let scope = j!({"type": "BearerToken", "token": token});
        j!({"directive": {
            "header": {"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": "m", "correlationToken": "c"},
            "endpoint": {"scope": scope, "endpointId": home.device},
            "payload": {"scope": scope, "grant": {"type": "OAuth2.AuthorizationCode", "code": "c"}, "grantee": scope},
        }})
        .to_string()
    };
    // An app's token of the same customer is not Alexa's.
    for token in ["nonsense", &home.token, &home.credential] {
        let found = say(directive("Alexa.Discovery", "Discover", token)).await;
        assert_eq!(found["payload"]["endpoints"], j!([]), "{token}");
        let state = say(directive("Alexa", "ReportState", token)).await;
        assert_eq!(state["payload"]["type"], "INVALID_AUTHORIZATION_CREDENTIAL");
        let grant = say(directive("Alexa.Authorization", "AcceptGrant", token)).await;
        assert_eq!(grant["payload"]["type"], "ACCEPT_GRANT_FAILED");
    }
    let sent = "/received?route=skill.directive&sent=true";
    let (_, sent) = stage.board(Method::GET, sent, &Value::Null).await;
    let known =
        sent["received"][1]["body"]["directive"]["payload"]["scope"]["token"].as_str().unwrap().to_owned();
    let found = say(directive("Alexa.Discovery", "Discover", &known)).await;
    assert_eq!(found["payload"]["endpoints"][0]["endpointId"], *home.device);
    let told = async || {
        let found = say(directive("Alexa.Discovery", "Discover", &known)).await;
        found["payload"]["endpoints"].as_array().unwrap().len()
    };
    let all = json(stage.world.get("/v1/devices", &home.token).await, 200).await;
    let form = j!({"model": all[0]["model"], "serial": "SECOND", "name": "Second"});
    let second = json(stage.world.post("/v1/devices", &home.token, &form).await, 201).await;
    assert_eq!(told().await, 2, "what was told before does not hide what came");
    let path = format!("/v1/devices/{}", second["device"]["id"].as_str().unwrap());
    stage.world.ask(Method::DELETE, &path).bearer_auth(&home.token).send().await.unwrap();
    assert_eq!(told().await, 1, "nor what went");
    stage.world.advance(TimeDelta::hours(2));
    let state = say(directive("Alexa", "ReportState", &known)).await;
    assert_eq!(state["payload"]["type"], "EXPIRED_AUTHORIZATION_CREDENTIAL");
    assert_eq!(say(directive("Alexa.Discovery", "Discover", &known)).await["payload"]["endpoints"], j!([]));
    assert_eq!(say("no JSON".into()).await["payload"]["type"], "INVALID_DIRECTIVE");
}

#[tokio::test]
async fn events_go_to_the_region_whose_endpoint_took_the_grant() {
    let stage = Rehearsal::new().await;
    stage.introduce("/alexa/directive/europe").await;
    let home = stage.linked().await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    let all = stage.received("gateway").await;
    assert!(all.len() >= 3 && all.iter().all(|of| of["target"] == "/eu/v3/events"), "{all:#?}");
    assert!(all.iter().all(|of| of["status"] == 202), "{all:#?}");
}

#[tokio::test]
async fn a_device_that_owes_a_daily_word_and_is_silent_is_unreachable_until_it_speaks() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    stage.level(&home, 60).await;
    stage.settled().await;
    let reachable = async || {
        let (_, all) = stage.board(Method::GET, "/endpoints", &Value::Null).await;
        all["endpoints"][0]["reachable"].clone()
    };
    assert_eq!(reachable().await, true);
    stage.advance(TimeDelta::hours(48)).await;
    assert_eq!(reachable().await, true);
    stage.advance(TimeDelta::hours(2)).await;
    assert_eq!(reachable().await, false);
    stage.level(&home, 60).await;
    stage.settled().await;
    assert_eq!(reachable().await, true);
}

#[tokio::test]
async fn what_was_under_way_at_a_crash_goes_again_under_its_id_and_is_counted() {
    let mut stage = Rehearsal::new().await;
    let home = stage.linked().await;
    stage.fault("gateway", None, j!({"kind": "answer", "status": 503})).await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    // As a crash between the note and the answer leaves it.
    let store = std::sync::Arc::clone(&stage.world.server().app().store);
    let view = store.relay_view(home.account).await.unwrap().unwrap();
    let mut row = view.queue[0].clone();
    let id = row.delivery.id.to_string();
    row.delivery.state = State::Sending { since: stage.world.server().app().clock.now() };
    let changes = RelayChanges {
        generation: view.link.gate.generation,
        look_at: 0,
        out: vec![row],
        ..RelayChanges::default()
    };
    assert!(store.relay_commit(home.account, changes).await.unwrap());
    drop(store);
    stage.restart().await;
    stage.well().await;
    stage.until_delivered(&home).await;
    assert_eq!(stage.sensor("soap").await["consumed"], 1.0);
    assert_eq!(stage.status(&home).await["ambiguous"], 1);
    let all = stage.received("gateway").await;
    let of_use = all.iter().filter(|of| of["body"]["event"]["header"]["name"] == "InventoryConsumed");
    assert!(of_use.clone().count() > 1, "it was tried before");
    assert!(of_use.clone().all(|of| of["body"]["event"]["header"]["messageId"] == *id));
}

#[tokio::test]
async fn what_stopped_for_a_reason_that_is_gone_goes_on() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    let code = "INSUFFICIENT_PERMISSION_EXCEPTION";
    stage.fault("gateway", Some(1), j!({"kind": "answer", "status": 403, "code": code})).await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    let stopped = stage.status(&home).await;
    assert!(stopped["stopped"].as_str().unwrap().contains("Send Alexa Events"), "{stopped}");
    assert_eq!(stopped["linked"], true);
    let resumed = stage.world.post("/v1/alexa/resume", &home.token, &j!({})).await;
    assert_eq!(resumed.status(), 204);
    stage.until_delivered(&home).await;
    assert_eq!(stage.sensor("soap").await["consumed"], 1.0);
    let stranger = stage.home(2).await;
    let nothing = stage.world.post("/v1/alexa/resume", &stranger.token, &j!({})).await;
    assert_eq!(refusal(nothing, 404).await, "not_found");
}

#[tokio::test]
async fn a_link_that_amazon_ended_stops_and_a_wrong_client_secret_waits() {
    let stage = Rehearsal::new().await;
    let home = stage.linked().await;
    stage.advance(TimeDelta::hours(2)).await;
    stage.fault("lwa.token", Some(1), j!({"kind": "answer", "status": 401, "code": "invalid_client"})).await;
    stage.uses(&home, "soap", 1000, "MILLILITER").await;
    stage.settled().await;
    assert_eq!(stage.status(&home).await["stopped"], Value::Null, "not the customer's fault");
    let before = stage.received("lwa.token").await.len();
    stage.level(&home, 30).await;
    stage.settled().await;
    assert_eq!(stage.received("lwa.token").await.len(), before, "not asked again at every event");
    stage.until_delivered(&home).await;
    assert_eq!(stage.sensor("soap").await["consumed"], 1.0);

    stage.fault("lwa.token", Some(1), j!({"kind": "answer", "status": 400, "code": "invalid_grant"})).await;
    stage.advance(TimeDelta::hours(2)).await;
    stage.level(&home, 20).await;
    stage.settled().await;
    let status = stage.status(&home).await;
    assert!(status["stopped"].as_str().unwrap().contains("link the skill again"), "{status}");
    assert_eq!(status["linked"], false);
}

#[tokio::test]
async fn a_report_that_is_too_large_goes_in_halves_before_what_is_behind_it() {
    let stage = Rehearsal::new().await;
    let home = stage.home(1).await;
    stage.level(&home, 40).await;
    for number in 2..5 {
        stage.device(&home.token, number).await;
    }
    let large = j!({"kind": "answer", "status": 413, "code": "REQUEST_ENTITY_TOO_LARGE_EXCEPTION"});
    stage.fault("gateway", Some(1), large).await;
    let (status, answer) = stage.link(&home).await;
    assert!((200..300).contains(&status), "{answer}");
    let names = stage.taken().await;
    assert_eq!(names.iter().filter(|name| *name == "AddOrUpdateReport").count(), 2, "{names:?}");
    let all = stage.received("gateway").await;
    let sizes: Vec<usize> = all
        .iter()
        .filter_map(|of| of["body"]["event"]["payload"]["endpoints"].as_array().map(Vec::len))
        .collect();
    assert_eq!(sizes, [4, 2, 2]);
    // Nothing is told of a device before it was described.
    let (_, findings) = stage.board(Method::GET, "/findings", &Value::Null).await;
    assert!(!findings.to_string().contains("never discovered"), "{findings}");
    assert_eq!(stage.sensor("salt").await["level"], 40.0);
}
