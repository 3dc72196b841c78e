//! Every operation in the form it leaves in, and the checks of a slot's status.

use super::*;
use crate::testing::{START, day};

fn slot() -> DrsSlot {
    "Slot 01/ä".parse().unwrap()
}

fn status() -> SlotStatus {
    SlotStatus {
        expected_replenishment: day(7.0),
        remaining: 3_500,
        original: 10_000,
        on_hand: 20_000,
        last_use: START,
    }
}

#[test]
fn every_operation_has_its_path_versions_and_body() {
    let order = "amzn1.dash.v2.o.abc".parse().unwrap();
    let requests = [
        Request::replenish(&slot()),
        Request::slot_status(&slot(), &status()),
        Request::device_status(day(0.5)),
        Request::subscription_info(ApiVersion::V1),
        Request::subscription_info(ApiVersion::V2),
        Request::order_info(&order),
        Request::deregister(),
        Request::deregister_v1("P-100", "SN+1").unwrap(),
        Request::cancel_test_orders(Some(&slot())),
        Request::cancel_test_orders(None),
    ];
    insta::assert_json_snapshot!("requests", requests);
    assert!(Request::deregister_v1("P 100", "SN1").is_err());
}

#[test]
fn every_call_carries_three_headers() {
    let token = Secret::new("Atza|T");
    let headers = Request::subscription_info(ApiVersion::V2).headers(&token);
    assert_eq!(
        headers,
        [
            ("Authorization", "Bearer Atza|T".to_owned()),
            ("x-amzn-type-version", "com.amazon.dash.replenishment.DrsSubscriptionInfoInput@1.0".to_owned()),
            ("x-amzn-accept-type", "com.amazon.dash.replenishment.DrsSubscriptionInfoResult@2.0".to_owned()),
        ]
    );
    assert_eq!([Method::Get, Method::Post, Method::Delete].map(Method::name), ["GET", "POST", "DELETE"]);
}

#[test]
fn a_slot_can_not_lead_a_path_elsewhere() {
    for (text, path) in [
        ("..", "/replenish/%2E%2E"),
        (".", "/replenish/%2E"),
        ("a/../b?c#d", "/replenish/a%2F..%2Fb%3Fc%23d"),
        ("SLOT 01", "/replenish/SLOT%2001"),
        ("ä", "/replenish/%C3%A4"),
    ] {
        assert_eq!(Request::replenish(&text.parse().unwrap()).path, path);
    }
    assert!("a\r\nb".parse::<DrsSlot>().is_err());
}

#[test]
fn a_status_that_can_not_be_is_refused_at_its_field() {
    let now = day(1.0);
    let ok = status();
    for (status, refilled, wanted) in [
        (ok, false, Ok(())),
        (SlotStatus { remaining: -1, ..ok }, false, Err(FaultySlotStatus::Amount("remainingQuantityInUnit"))),
        (SlotStatus { original: -1, ..ok }, false, Err(FaultySlotStatus::Amount("originalQuantityInUnit"))),
        (SlotStatus { on_hand: i64::MAX, ..ok }, false, Err(FaultySlotStatus::Amount("totalQuantityOnHand"))),
        (SlotStatus { remaining: 10_001, ..ok }, false, Err(FaultySlotStatus::MoreThanNew)),
        (SlotStatus { remaining: 10_001, ..ok }, true, Ok(())),
        (SlotStatus { last_use: day(1.01), ..ok }, false, Err(FaultySlotStatus::UseToCome)),
        (
            SlotStatus { expected_replenishment: day(-1.0), ..ok },
            false,
            Err(FaultySlotStatus::NeededBeforeUse),
        ),
        (SlotStatus { expected_replenishment: START, ..ok }, false, Ok(())),
    ] {
        assert_eq!(status.checked(refilled, now).map(|_| ()), wanted, "{status:?}");
    }
}
