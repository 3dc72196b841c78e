//! The older service: exact headers and bodies, the life of an order, and refusals told by `x-amzn-ErrorType`.

use crate::lwa::registered;
use crate::side::*;
use chrono::TimeDelta;
use refill_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

/// A call with the types of protocols 4.2, spelled out here once more.
struct Call {
    method: Method,
    path: &'static str,
    input: &'static str,
    result: &'static str,
    body: Option<Value>,
}

fn call(method: Method, path: &'static str, input: &'static str, result: &'static str) -> Call {
    Call { method, path, input, result, body: None }
}

fn slot_status() -> Call {
    let body = json!({
        "expectedReplenishmentDate": "2026-03-08T10:00:00Z",
        "remainingQuantityInUnit": 3.5,
        "originalQuantityInUnit": 10,
        "totalQuantityOnHand": 20,
        "lastUseDate": "2026-03-01T10:00:00Z",
    });
    let call = call(Method::POST, "/slotStatus/Slot01", "DrsSlotStatusInput@1.0", "DrsSlotStatusResult@1.0");
    Call { body: Some(body), ..call }
}

fn replenish() -> Call {
    call(Method::POST, "/replenish/Slot01", "DrsReplenishInput@1.0", "DrsReplenishResult@1.0")
}

async fn send(side: &Side, token: &Value, call: &Call) -> Back {
    const BASE: &str = "com.amazon.dash.replenishment.";
    let mut request = side
        .to(call.method.clone(), call.path)
        .bearer_auth(token["access_token"].as_str().expect("a token"))
        .header("x-amzn-type-version", format!("{BASE}{}", call.input))
        .header("x-amzn-accept-type", format!("{BASE}{}", call.result));
    if let Some(body) = &call.body {
        request = request.json(body);
    }
    let back = side.send(request).await;
    assert!(!back.header("x-amzn-requestid").is_empty());
    back
}

#[tokio::test]
async fn every_operation_answers_as_documented() {
    let side = Side::new().await;
    let token = registered(&side, "S1").await;
    let back = send(&side, &token, &slot_status()).await;
    assert_eq!((back.status, back.text.as_str()), (200, ""));
    let active = call(Method::POST, "/deviceStatus", "DrsDeviceStatusInput@1.0", "DrsDeviceStatusResult@1.0");
    let active = Call { body: Some(json!({"mostRecentlyActiveDate": "2026-03-01T11:00:00Z"})), ..active };
    assert_eq!(send(&side, &token, &active).await.status, 200);
    let known = side.board("/drs").await;
    assert_eq!(known["devices"][0]["slots"]["Slot01"]["status"]["remainingQuantityInUnit"], 3.5);
    assert_eq!(known["devices"][0]["mostRecentlyActive"], "2026-03-01T11:00:00Z");

    let v1 = call(
        Method::GET,
        "/subscriptionInfo",
        "DrsSubscriptionInfoInput@1.0",
        "DrsSubscriptionInfoResult@1.0",
    );
    let expected = json!({"slotsSubscriptionStatus": {"Slot01": true, "Slot02": true}});
    assert_eq!(send(&side, &token, &v1).await.json(), expected);
    let v2 = Call { result: "DrsSubscriptionInfoResult@2.0", ..v1 };
    let slot = send(&side, &token, &v2).await.json()["slotsSubscriptionStatus"]["Slot01"].clone();
    let product = json!([{"asin": "B00JGZBTCI", "quantity": 103.0, "unit": "fl oz"}]);
    assert_eq!(slot, json!({"subscribed": true, "productInfoList": product}));

    let placed = send(&side, &token, &replenish()).await.json();
    assert_eq!(placed["detailCode"], "TEST_ORDER_PLACED");
    let cancel = call(
        Method::DELETE,
        "/testOrders/slots/Slot01",
        "DrsCancelTestOrdersInput@1.0",
        "DrsCancelTestOrdersResult@1.0",
    );
    let none = json!({"slotOrderStatuses": [{"orderStatus": "NO_ORDER_IN_PROGRESS", "slotId": "Slot01"}]});
    assert_eq!(send(&side, &token, &cancel).await.json(), none);
    assert_eq!(side.board("/drs").await["orders"][0]["stage"], "cancelled");

    let gone = call(Method::DELETE, "/registration", "DrsDeregisterInput@2.0", "DrsDeregisterResult@1.0");
    assert_eq!(send(&side, &token, &gone).await.status, 200);
    let back = send(&side, &token, &slot_status()).await;
    assert_eq!((back.status, back.json()), (400, json!({"message": "Invalid token"})), "all tokens end");
    let refresh = token["refresh_token"].as_str().expect("text");
    let (id, secret) = DASH_CLIENT;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("client_id", id),
        ("client_secret", secret),
    ];
    assert_eq!(side.token(&form).await.json()["error"], "invalid_grant");
    side.running.stop().await;
}

#[tokio::test]
async fn an_order_lives_through_its_stages_in_accelerated_time() {
    let side = Side::new().await;
    let token = registered(&side, "S1").await;
    let placed = send(&side, &token, &replenish()).await.json();
    let instance = placed["eventInstanceId"].as_str().expect("text").to_owned();
    assert!(instance.starts_with("amzn1.dash.v2.o.") && instance.len() <= 255);
    let again = send(&side, &token, &replenish()).await.json();
    assert_eq!(again, json!({"eventInstanceId": instance, "detailCode": "ORDER_INPROGRESS"}));
    let path: &'static str = Box::leak(format!("/getOrderInfo/{instance}").into_boxed_str());
    let info = call(Method::GET, path, "DrsOrderInfoInput@1.0", "DrsOrderInfoResult@1.0");
    assert_eq!(side.act("/settle", json!({})).await.status, 204);
    let data = send(&side, &token, &info).await.json()["orderInfoData"].clone();
    let item = json!([{
        "asin": "B00JGZBTCI",
        "expectedDeliveryDate": "2026-03-04T12:00:00.000Z",
        "quantity": 103.0,
        "slotId": "Slot01",
        "status": "Authorized",
    }]);
    assert_eq!(data, json!({"instanceId": instance, "orderItems": item}));
    side.advance(TimeDelta::days(2)).await;
    let token = registered(&side, "S2").await;
    let other = send(&side, &token, &info).await;
    assert_eq!(other.status, 400, "another device's order is not told");
    assert_eq!(side.board("/drs").await["orders"][0]["stage"], "shipped");
    side.running.stop().await;
}

#[tokio::test]
async fn resolution_cancellation_and_pause_keep_the_order_rules() {
    let mut config = Config::default();
    config.orders.resolve = true;
    let side = Side::with(config).await;
    let token = registered(&side, "S1").await;
    send(&side, &token, &replenish()).await;
    let again = send(&side, &token, &replenish()).await.json();
    assert_eq!(again["detailCode"], "ORDER_INPROGRESS", "during resolution (protocols 4.4)");
    side.advance(TimeDelta::hours(72)).await;
    assert_eq!(side.board("/drs").await["orders"][0]["stage"], "cancelled");
    let token = registered(&side, "S3").await;
    let paused = json!({"model": "WashWell-900", "serial": "S3", "slot": "Slot01", "subscribed": false});
    assert_eq!(side.act("/drs/subscription", paused).await.status, 204);
    let answer = send(&side, &token, &replenish()).await.json();
    assert_eq!(answer["detailCode"], "TEST_ORDER_PLACED", "never means that something is ordered");
    let drs = side.board("/drs").await;
    assert_eq!(drs["orders"].as_array().expect("a list").len(), 1);
    assert!(side.board("/findings").await.to_string().contains("the subscription is paused"));
    side.running.stop().await;
}

#[tokio::test]
async fn ordering_too_early_after_a_cancellation_is_found() {
    let mut config = Config::default();
    config.orders.shipped = 100 * 86_400;
    let side = Side::with(config).await;
    let found = async |why: &str| side.board("/findings").await.to_string().matches(why).count();
    let cancel = async |instance: &str| {
        assert_eq!(side.act("/settle", json!({})).await.status, 204);
        let back = side.act(&format!("/drs/orders/{instance}"), json!({"step": "cancel"})).await;
        assert_eq!(back.status, 204, "{}", back.text);
    };
    let token = registered(&side, "S1").await;
    let again = async || {
        send(&side, &token, &replenish()).await.json()["eventInstanceId"].as_str().expect("text").to_owned()
    };
    cancel(&again().await).await;
    let early = again().await;
    assert_eq!(found("within 5 days of a cancellation").await, 1);
    cancel(&early).await;
    cancel(&again().await).await;
    assert_eq!(found("after a second cancellation").await, 1);
    let mut full = slot_status();
    full.body.as_mut().expect("a body")["remainingQuantityInUnit"] = json!(10);
    assert_eq!(send(&side, &token, &full).await.status, 200);
    again().await;
    assert_eq!(found("cancellation").await, 2, "the customer reset the slot (protocols 4.4)");

    assert_eq!(side.act("/drs/deregister", json!({"customer": "nobody"})).await.status, 400);
    registered(&side, "S2").await;
    assert_eq!(side.act("/drs/deregister", json!({"customer": ONE})).await.status, 204);
    let drs = side.board("/drs").await;
    assert!(drs["devices"].as_array().expect("a list").iter().all(|device| device["registered"] == false));
    side.running.stop().await;
}

#[tokio::test]
async fn a_wrong_call_is_refused_by_its_section() {
    let side = Side::new().await;
    let token = registered(&side, "S1").await;
    let with = |member: &str, value: Value| {
        let mut call = slot_status();
        let body = call.body.as_mut().expect("a body");
        if value.is_null() {
            body.as_object_mut().expect("an object").remove(member);
        } else {
            body[member] = value;
        }
        call
    };
    let status = |body: &str| Call { body: Some(json!(body)), ..slot_status() };
    let invalid = "ValidationException";
    let rows: Vec<(Call, u16, &str, &str, &str)> = vec![
        (
            Call { input: "DrsSlotStatusInput@2.0", ..slot_status() },
            400,
            invalid,
            "x-amzn-type-version",
            "4.2",
        ),
        (
            Call { result: "DrsReplenishResult@1.0", ..slot_status() },
            400,
            invalid,
            "x-amzn-accept-type",
            "4.2",
        ),
        (Call { result: "DrsReplenishResult@2.0", ..replenish() }, 400, invalid, "x-amzn-accept-type", "4.2"),
        (
            Call { path: "/replenish/Slot09", ..replenish() },
            404,
            "ResourceNotFoundException",
            "Slot09",
            "4.5",
        ),
        (Call { body: Some(json!({})), ..replenish() }, 400, invalid, "the body: must be empty", "4.3"),
        (Call { path: "/replenish", ..replenish() }, 404, "UnknownOperationException", "/replenish", "4.2"),
        (Call { method: Method::GET, ..replenish() }, 404, "UnknownOperationException", "GET", "4.2"),
        (
            Call { path: "/deviceStatus/S1", ..slot_status() },
            404,
            "UnknownOperationException",
            "/deviceStatus/S1",
            "4.2",
        ),
        (
            Call { path: "/testOrders/Slot01", method: Method::DELETE, ..replenish() },
            404,
            "UnknownOperationException",
            "testOrders",
            "4.2",
        ),
        (
            Call {
                path: "/getOrderInfo/none",
                method: Method::GET,
                input: "DrsOrderInfoInput@1.0",
                result: "DrsOrderInfoResult@1.0",
                body: None,
            },
            400,
            invalid,
            "eventInstanceId",
            "4.3",
        ),
        (status("no object"), 400, invalid, "must be an object", "4.3"),
        (
            with("remainingQuantityInUnit", Value::Null),
            400,
            invalid,
            "remainingQuantityInUnit: is missing",
            "4.3",
        ),
        (
            with("originalQuantityInUnit", json!("10")),
            400,
            invalid,
            "originalQuantityInUnit: must be a number",
            "4.3",
        ),
        (
            with("totalQuantityOnHand", json!(-1)),
            400,
            invalid,
            "totalQuantityOnHand: may not be negative",
            "4.3",
        ),
        (with("totalQuantityOnHand", Value::Null), 400, invalid, "totalQuantityOnHand: is missing", "4.3"),
        (with("lastUseDate", json!("yesterday")), 400, invalid, "lastUseDate: must be", "4.3"),
        (
            with("expectedReplenishmentDate", Value::Null),
            400,
            invalid,
            "expectedReplenishmentDate: is missing",
            "4.3",
        ),
        (
            Call {
                path: "/deviceModels/WashWell-900/devices/S9/registration",
                method: Method::DELETE,
                input: "DrsDeregisterInput@1.0",
                result: "DrsDeregisterResult@1.0",
                body: None,
            },
            400,
            invalid,
            "the path",
            "4.2",
        ),
    ];
    for (call, status, kind, named, section) in rows {
        let back = send(&side, &token, &call).await;
        let said = back.json()["message"].as_str().expect("a message").to_owned();
        assert_eq!(back.status, status, "{} {}: {said}", call.method, call.path);
        assert_eq!(back.header("x-amzn-errortype").split(':').next(), Some(kind), "{said}");
        assert!(said.contains(named) && said.ends_with(&format!("(protocols {section})")), "{named}: {said}");
    }
    let back = send(&side, &json!({"access_token": "Atza|made-up"}), &replenish()).await;
    assert_eq!((back.status, back.json()), (400, json!({"message": "Invalid token"})));
    assert!(back.header("x-amzn-errortype").starts_with("InvalidTokenException:"));
    assert_eq!(side.board("/drs").await["orders"], json!([]));
    side.running.stop().await;
}
