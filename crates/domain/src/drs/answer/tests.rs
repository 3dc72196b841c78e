//! Answers as documented, as recorded, and as nobody documented them.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn answered(status: u16, error_type: Option<&'static str>, body: &'static str) -> Answered<'static> {
    Answered { status, error_type, body: body.as_bytes() }
}

#[test]
fn the_error_type_decides_before_the_status() {
    let recorded = "InvalidTokenException:http://internal.amazon.com/coral/com.amazon.parkeraccioservice/";
    let refused = |text: &str| Err(DrsError::Refused(text.into()));
    for (status, kind, wanted) in [
        (200, None, Ok(())),
        (204, None, Ok(())),
        (400, Some(recorded), Err(DrsError::Token)),
        (400, Some("InvalidTokenException"), Err(DrsError::Token)),
        (500, Some(recorded), Err(DrsError::Token)),
        (401, None, Err(DrsError::Token)),
        (403, Some("AccessDeniedException:x"), Err(DrsError::Token)),
        (400, None, refused("status 400")),
        (400, Some("ValidationException:http://x"), refused("ValidationException")),
        (400, Some("ThrottlingException"), Err(DrsError::Again)),
        (302, None, refused("status 302")),
        (404, None, Err(DrsError::NotFound)),
        (429, None, Err(DrsError::Again)),
        (500, None, Err(DrsError::Again)),
        (503, Some("ServiceUnavailable:x"), Err(DrsError::Again)),
    ] {
        assert_eq!(
            read_done(answered(status, kind, r#"{"message":"Invalid token"}"#)),
            wanted,
            "{status} {kind:?}"
        );
    }
}

#[test]
fn asking_to_order_is_not_ordering() {
    for (code, detail) in [
        ("STANDARD_ORDER_PLACED", DetailCode::Accepted),
        ("TEST_ORDER_PLACED", DetailCode::TestAccepted),
        ("ORDER_INPROGRESS", DetailCode::InProgress),
        ("ORDER_IN_PROGRESS", DetailCode::Other("ORDER_IN_PROGRESS".into())),
    ] {
        let body = json!({"eventInstanceId": "amzn1.dash.v2.o.1", "detailCode": code}).to_string();
        let read =
            read_replenished(Answered { status: 200, error_type: None, body: body.as_bytes() }).unwrap();
        assert_eq!((read.order.as_str(), read.detail), ("amzn1.dash.v2.o.1", detail));
    }
    for body in ["", "<html>", "{}", r#"{"eventInstanceId":""}"#, r#"{"eventInstanceId":"a b"}"#] {
        assert!(
            matches!(read_replenished(answered(200, None, body)), Err(DrsError::Unreadable(_))),
            "{body}"
        );
    }
}

#[test]
fn both_versions_of_subscriptions_read_alike() {
    let v1 =
        read_subscription_info(answered(200, None, r#"{"slotsSubscriptionStatus":{"a":true,"b":false}}"#));
    let (slots, version) = v1.unwrap();
    assert_eq!((version, slots.len()), (Some(ShapeVersion::V1), 2));
    assert!(slots[&"a".parse().unwrap()].subscribed && !slots[&"b".parse().unwrap()].subscribed);
    let v2 = r#"{"slotsSubscriptionStatus":{"a":{"productInfoList":[{"asin":"B00JGZBTCI","quantity":1.5,"unit":"l"}],"subscribed":true},
        "b":{"subscribed":false}}}"#;
    let (slots, version) = read_subscription_info(answered(200, None, v2)).unwrap();
    assert_eq!(version, Some(ShapeVersion::V2));
    insta::assert_json_snapshot!("subscriptions", slots);
    for bad in [
        "{}",
        r#"{"slotsSubscriptionStatus":[]}"#,
        r#"{"slotsSubscriptionStatus":{"a":1}}"#,
        r#"{"slotsSubscriptionStatus":{"a":{}}}"#,
        r#"{"slotsSubscriptionStatus":{"":true}}"#,
        r#"{"slotsSubscriptionStatus":{"a":{"subscribed":true,"productInfoList":7}}}"#,
    ] {
        assert!(
            matches!(read_subscription_info(answered(200, None, bad)), Err(DrsError::Unreadable(_))),
            "{bad}"
        );
    }
}

#[test]
fn order_information_keeps_an_open_list_of_states() {
    let item = |status: &str, date: Value| json!({"asin": "B00JGZBTCI", "expectedDeliveryDate": date, "quantity": 1, "slotId": "a", "status": status});
    let states = ["Pending", "Authorized", "Processing", "Canceled", "Closed", "Unknown", "Levitating"];
    let mut items: Vec<Value> = states.iter().map(|s| item(s, json!("2016-12-09T07:59:59.000Z"))).collect();
    items.push(item("Pending", json!(null)));
    let body = json!({"orderInfoData": {"instanceId": "o1", "orderItems": items}}).to_string();
    let read = read_order_info(Answered { status: 200, error_type: None, body: body.as_bytes() }).unwrap();
    insta::assert_json_snapshot!("order_info", read);
    assert!(read_order_info(answered(200, None, "{}")).is_err());
}

#[test]
fn cancelled_test_orders_are_listed() {
    let body =
        r#"{"slotOrderStatuses":[{"orderStatus":"NO_ORDER_IN_PROGRESS","slotId":"a"},{"slotId":"b"},7]}"#;
    let read = read_cancelled(answered(200, None, body)).unwrap();
    assert_eq!(read, [TestOrder { slot: "a".parse().unwrap(), status: "NO_ORDER_IN_PROGRESS".into() }]);
    assert!(read_cancelled(answered(200, None, "[]")).is_err());
}

proptest! {
    #[test]
    fn no_answer_breaks_it(status in 100u16..600, kind in ".{0,40}", body in ".{0,120}") {
        let answer = Answered { status, error_type: Some(&kind), body: body.as_bytes() };
        let _ = (read_replenished(answer), read_subscription_info(answer), read_order_info(answer), read_cancelled(answer));
        if read_done(answer).is_ok() {
            prop_assert!((200..300).contains(&status));
        }
    }
}
