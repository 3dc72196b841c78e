//! The six kinds in both versions, wrapped and bare, and Amazon's own oddities.

use super::*;
use proptest::prelude::*;
use serde_json::json;

pub(crate) fn message(name: &str, rest: &Value) -> Value {
    let mut value = json!({
        "notificationInfo": {
            "notificationType": name,
            "lwaClientId": "amzn1.application-oa2-client.1",
            "notificationTime": "2026-09-01T00:00:00.123Z",
            "notificationId": "amzn1.dash.notification.v1.1",
            "version": "2015-06-05"
        },
        "deviceInfo": {
            "deviceIdentifier": {"serialNumber": "SN1"},
            "productIdentifier": {"modelId": "P-100", "myDeviceModel": "x"}
        },
        "customerInfo": {"directedCustomerId": "amzn1.account.1"}
    });
    for (key, block) in rest.as_object().unwrap() {
        value[key] = block.clone();
    }
    value
}

fn order(version: u8) -> Value {
    let date = json!("2016-12-09T07:59:59Z");
    match version {
        1 => json!({"orderInfo": {"instanceId": "amzn1.dash.v2.o.1", "slotId": "detergent",
            "productInfo": [{"quantity": 103, "unit": "fl oz"}], "estimatedDeliveryDate": date}}),
        _ => json!({"orderInfo": {"instanceId": "amzn1.dash.v2.o.1", "slotId": "detergent",
            "productInfo": [{"asin": "B077YLQ2R1", "quantity": 5.0, "unit": "l", "estimatedDeliverydate": date}]}}),
    }
}

fn read_value(value: &Value) -> Result<Notification, BadNotification> {
    read_notification(&value.to_string(), None)
}

fn all() -> Vec<Value> {
    let slots = |slots: Value| json!({"subscriptionInfo": {"slotsSubscriptionStatus": slots}});
    let chosen = json!({"detergent": {"subscribed": true, "productInfoList": [{"asin": "B077YLQ2R1", "quantity": 5, "unit": "l"}]}});
    vec![
        message("OrderPlacedNotification", &order(1)),
        message("OrderPlacedNotification", &order(2)),
        message("ItemShippedNotification", &order(1)),
        message("ItemShippedNotification", &order(2)),
        message(
            "OrderCancelledNotification",
            &json!({"orderInfo": {"instanceId": "o1", "slotId": "detergent"}}),
        ),
        message("SubscriptionChangedNotification", &slots(json!({"detergent": true, "softener": false}))),
        message("SubscriptionChangedNotification", &slots(chosen)),
        message("DeviceRegisteredNotification", &json!({})),
        message("DeviceDeregisteredNotification", &json!({})),
        message("SomethingNewNotification", &json!({"newBlock": {"a": [1, 2.5, null]}})),
    ]
}

#[test]
fn every_kind_reads_into_one_shape() {
    let read: Vec<Notification> = all().iter().map(|value| read_value(value).unwrap()).collect();
    insta::assert_json_snapshot!("notifications", read);
    let kept = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Notification>>(&kept).unwrap(), read, "the store keeps them whole");
}

#[test]
fn the_shape_tells_the_version_and_the_attribute_only_helps() {
    let version =
        |value: &Value, attribute| read_notification(&value.to_string(), attribute).unwrap().version;
    let shipped = |v| message("ItemShippedNotification", &order(v));
    let (v1, v2) = (Some(ShapeVersion::V1), Some(ShapeVersion::V2));
    assert_eq!((version(&shipped(1), None), version(&shipped(2), None)), (v1, v2));
    assert_eq!(version(&shipped(2), Some("1.0")), v2, "nobody signs the attribute");
    let cancelled = &all()[4];
    assert_eq!(version(cancelled, None), None, "the same in both");
    assert_eq!((version(cancelled, Some("1.0")), version(cancelled, Some("2.0"))), (v1, v2));
    assert_eq!(version(cancelled, Some("3.0")), None);
}

#[test]
fn bodies_wrapped_once_per_protocol_are_unwrapped() {
    for value in all() {
        let text = value.to_string();
        let bare = read_value(&value).unwrap();
        for wrapped in [
            json!({"default": text, "http": text, "email": text}),
            json!({"default": "something for people", "http": text, "email": "Your order is on its way"}),
            json!({ "default": text }),
            json!({"default": value, "email": "x"}),
        ] {
            assert_eq!(read_value(&wrapped), Ok(bare.clone()));
        }
        let twice = json!({"default": json!({ "default": text }).to_string()});
        assert!(read_value(&twice).is_err(), "wrapped once, not twice");
    }
}

#[test]
fn amazons_own_oddities_are_understood() {
    let products = |info: Value| {
        let block = json!({"orderInfo": {"instanceId": "o1", "slotId": "s", "productInfo": info}});
        match read_value(&message("ItemShippedNotification", &block)).unwrap().told {
            Told::ItemShipped(told) => told.products,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(products(json!(null)), []);
    for (product, quantity, unit) in [
        (json!({"quantity": 103, "unit": "fl oz"}), Some(103_000), Some("fl oz")),
        (json!({"quantity": 5.25, "unit": "Count"}), Some(5_250), Some("Count")),
        (json!({"quantity": -1, "unit": "count"}), None, Some("count")),
        (json!({"quantity": 1e308, "unit": 7}), None, None),
        (json!({"quantity": null}), None, None),
        (json!({"estimatedDeliveryDate": null, "unit": "l\u{202e}\n"}), None, Some("l")),
    ] {
        let read = products(json!([product]));
        assert_eq!((read[0].quantity, read[0].unit.as_deref()), (quantity, unit), "{product}");
        assert_eq!(read[0].delivery, None);
    }
}

#[test]
fn what_is_missing_is_named() {
    let good = message("ItemShippedNotification", &order(2));
    for (path, instead, named) in [
        ("/notificationInfo", json!(null), "notificationInfo.notificationType"),
        ("/notificationInfo/notificationId", json!(""), "notificationInfo.notificationId"),
        ("/notificationInfo/notificationId", json!("x".repeat(256)), "notificationInfo.notificationId"),
        ("/notificationInfo/notificationTime", json!("soon"), "notificationInfo.notificationTime"),
        ("/orderInfo", json!(7), "orderInfo.instanceId"),
        ("/orderInfo/instanceId", json!("a b"), "orderInfo.instanceId"),
        ("/orderInfo/slotId", json!(null), "orderInfo.slotId"),
        ("/orderInfo/productInfo", json!("x"), "orderInfo.productInfo"),
        ("/orderInfo/productInfo", json!([7]), "orderInfo.productInfo"),
    ] {
        let mut value = good.clone();
        *value.pointer_mut(path).unwrap() = instead;
        let error = read_value(&value).unwrap_err().to_string();
        assert!(error.contains(named), "{path}: {error}");
    }
    for text in ["", "{", "[]", "7", "null", "{\"default\":\"Hello\"}", "{\"default\":7}", "{\"a\":1,}"] {
        assert!(read_notification(text, None).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in ".{0,200}", name in "[A-Za-z]{1,30}") {
        let _ = read_notification(&text, Some(&text));
        if let Ok(read) = read_value(&message(&name, &json!({ "x": text }))) {
            let known = matches!(read.told, Told::Unknown { .. } | Told::DeviceRegistered | Told::DeviceDeregistered);
            prop_assert!(known);
        }
    }
}
