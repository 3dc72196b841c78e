//! Notifications: signatures checked along a path of their own, the handshake, all six types in both versions, retries,
//! duplicates and disorder.

use crate::lwa::registered;
use crate::maker::{Came, Maker};
use crate::side::*;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use refill_sandbox::Config;
use reqwest::Method;
use serde_json::{Value, json};

/// Verifies as protocols 5.3 says: the certificate is read by another library than the one that wrote it, the key checked by
/// another than the one that signed version 1, and the string put together field by field.
fn verified(message: &Value, certificate: &str) -> bool {
    let text = |name: &str| message[name].as_str().unwrap_or_else(|| panic!("{name} is missing"));
    let mut signed = format!("Message\n{}\nMessageId\n{}\n", text("Message"), text("MessageId"));
    if text("Type") == "Notification" {
        if let Some(subject) = message.get("Subject") {
            signed += &format!("Subject\n{}\n", subject.as_str().expect("text"));
        }
        signed += &format!("Timestamp\n{}\n", text("Timestamp"));
    } else {
        signed += &format!("SubscribeURL\n{}\nTimestamp\n{}\n", text("SubscribeURL"), text("Timestamp"));
        signed += &format!("Token\n{}\n", text("Token"));
    }
    signed += &format!("TopicArn\n{}\nType\n{}\n", text("TopicArn"), text("Type"));
    let base64: String = certificate.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(base64).expect("PEM").into();
    let certificate = webpki::EndEntityCert::try_from(&der).expect("a certificate");
    let algorithm = match text("SignatureVersion") {
        "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        "2" => &RSA_PKCS1_2048_8192_SHA256,
        other => panic!("signature version {other}"),
    };
    let key = UnparsedPublicKey::new(algorithm, certificate.subject_public_key_info());
    key.verify(signed.as_bytes(), &STANDARD.decode(text("Signature")).expect("Base64")).is_ok()
}

/// Subscribes the maker and confirms by the address in the message.
async fn subscribed(side: &Side, maker: &Maker, raw: bool) -> Came {
    let back =
        side.act("/sns/subscribe", json!({"endpoint": format!("{}/sns", maker.base), "raw": raw})).await;
    assert_eq!(back.status, 201, "{}", back.text);
    let came = maker.notified().pop().expect("a confirmation");
    let url = came.json()["SubscribeURL"].as_str().expect("text").to_owned();
    let back = side.send(side.http.get(url)).await;
    assert_eq!(back.status, 200);
    assert!(
        back.text.contains("<SubscriptionArn>arn:aws:sns:us-east-1:476877469412:DrsNotifications:"),
        "{}",
        back.text
    );
    came
}

async fn publish(side: &Side, message: &str) {
    assert_eq!(side.act("/sns/publish", json!({"message": message})).await.status, 204);
}

fn bodies(maker: &Maker) -> Vec<String> {
    maker.notified().iter().map(|came| came.json()["Message"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn a_subscription_is_confirmed_and_both_signatures_hold() {
    for version in [1, 2] {
        let mut config = Config::default();
        config.topic.signature_version = version;
        let side = Side::with(config).await;
        let maker = Maker::new().await;
        let came = subscribed(&side, &maker, false).await;
        let header = |name: &str| came.headers.get(name).map(|value| value.to_str().expect("text"));
        assert_eq!(header("content-type"), Some("text/plain; charset=UTF-8"));
        assert_eq!(header("x-amz-sns-message-type"), Some("SubscriptionConfirmation"));
        assert_eq!(header("x-amz-sns-subscription-arn"), None);
        let message = came.json();
        assert_eq!(header("x-amz-sns-message-id"), message["MessageId"].as_str());
        let url = message["SigningCertURL"].as_str().expect("text");
        assert!(url.ends_with(".pem"));
        let pem = side.send(side.http.get(url)).await.text;
        assert!(verified(&message, &pem), "version {version}");

        let body = json!({"message": "a\n\"ü\"", "subject": "Hello", "attributes": {"k": {"Type": "String", "Value": "v"}}});
        assert_eq!(side.act("/sns/publish", body).await.status, 204);
        let message = maker.notified().pop().expect("a notification").json();
        assert!(verified(&message, &pem), "version {version}");
        assert_eq!(
            (&message["Subject"], &message["MessageAttributes"]["k"]["Value"]),
            (&json!("Hello"), &json!("v"))
        );
        for member in ["Message", "Subject", "Timestamp", "TopicArn", "MessageId"] {
            let mut other = message.clone();
            other[member] = json!("other");
            assert!(!verified(&other, &pem), "{member} is signed");
        }
        side.fault("sns.delivery", Some(1), json!({"kind": "forge"})).await;
        publish(&side, "forged").await;
        assert!(!verified(&maker.notified().pop().expect("one").json(), &pem));

        let url = message["UnsubscribeURL"].as_str().expect("text");
        assert_eq!(side.send(side.http.get(url)).await.status, 200);
        assert_eq!(side.act("/settle", json!({})).await.status, 204);
        let goodbye = maker.notified().pop().expect("a confirmation").json();
        assert_eq!(goodbye["Type"], "UnsubscribeConfirmation");
        assert!(verified(&goodbye, &pem));
        publish(&side, "nobody hears").await;
        assert!(maker.notified().is_empty());
        side.running.stop().await;
    }
}

#[tokio::test]
async fn nothing_is_sent_to_who_did_not_confirm_or_is_elsewhere() {
    let side = Side::new().await;
    let maker = Maker::new().await;
    let endpoint = format!("{}/sns", maker.base);
    let api = async |pairs: &[(&str, &str)]| side.send(side.to(Method::POST, "/sns/").form(pairs)).await;
    let arn = Config::default().topic.arn;
    let subscribe = [("Action", "Subscribe"), ("TopicArn", arn.as_str()), ("Protocol", "http")];
    let back = api(&[&subscribe[..], &[("Endpoint", &endpoint)]].concat()).await;
    assert!(back.text.contains("pending confirmation"), "{}", back.text);
    publish(&side, "too early").await;
    let came = maker.notified();
    assert_eq!((came.len(), came[0].json()["Type"].as_str()), (1, Some("SubscriptionConfirmation")));
    type Row<'r> = (Vec<(&'r str, &'r str)>, u16, &'r str);
    let rows: Vec<Row<'_>> = vec![
        ([&subscribe[..], &[("Endpoint", "http://example.com/sns")]].concat(), 400, "InvalidParameter"),
        ([&subscribe[..], &[("Endpoint", "ftp://127.0.0.1/")]].concat(), 400, "InvalidParameter"),
        (vec![("Action", "Subscribe"), ("TopicArn", "arn:other"), ("Protocol", "http")], 404, "NotFound"),
        (vec![("Action", "Subscribe"), ("TopicArn", &arn), ("Protocol", "email")], 400, "InvalidParameter"),
        (
            vec![("Action", "ConfirmSubscription"), ("TopicArn", &arn), ("Token", "guess")],
            400,
            "InvalidParameter",
        ),
        (
            vec![("Action", "ConfirmSubscription"), ("TopicArn", "arn:other"), ("Token", "guess")],
            404,
            "NotFound",
        ),
        (vec![("Action", "Unsubscribe"), ("SubscriptionArn", "arn:none")], 404, "NotFound"),
        (vec![("Action", "DeleteTopic")], 400, "InvalidAction"),
    ];
    for (pairs, status, code) in rows {
        let back = api(&pairs).await;
        assert_eq!(back.status, status, "{pairs:?}");
        assert!(back.text.contains(&format!("<Code>{code}</Code>")), "{pairs:?}: {}", back.text);
    }
    side.running.stop().await;
}

#[tokio::test]
async fn all_six_types_are_told_in_both_versions() {
    for (version, wrapped) in [(1, true), (2, false)] {
        let mut config = Config::default();
        config.topic.version = version;
        config.topic.wrapped = wrapped;
        let side = Side::with(config).await;
        let maker = Maker::new().await;
        subscribed(&side, &maker, false).await;
        let token = registered(&side, "S1").await;
        let replenish = async |tokens: &Value| {
            let bearer = tokens["access_token"].as_str().expect("a token");
            let request = side.to(Method::POST, "/replenish/Slot01").bearer_auth(bearer);
            let typed = |name: &str| format!("com.amazon.dash.replenishment.DrsReplenish{name}@1.0");
            let request = request.header("x-amzn-type-version", typed("Input"));
            let back = side.send(request.header("x-amzn-accept-type", typed("Result"))).await;
            back.json()["eventInstanceId"].as_str().expect("text").to_owned()
        };
        let shipped = replenish(&token).await;
        side.advance(TimeDelta::days(1)).await;
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token["refresh_token"].as_str().expect("text")),
            ("client_id", DASH_CLIENT.0),
            ("client_secret", DASH_CLIENT.1),
        ];
        let cancelled = replenish(&side.token(&form).await.json()).await;
        assert_eq!(side.act("/settle", json!({})).await.status, 204);
        assert_eq!(
            side.act(&format!("/drs/orders/{cancelled}"), json!({"step": "cancel"})).await.status,
            204
        );
        let device = json!({"model": "WashWell-900", "serial": "S1"});
        assert_eq!(side.act("/drs/deregister", device).await.status, 204);
        let came = maker.notified();
        let attribute = json!({"Type": "String", "Value": format!("{version}.0")});
        assert!(came.iter().all(|came| came.json()["MessageAttributes"]["version"] == attribute));
        let told: Vec<Value> = came
            .iter()
            .map(|came| {
                let text = came.json()["Message"].as_str().expect("text").to_owned();
                let outer: Value = serde_json::from_str(&text).expect("JSON");
                if !wrapped {
                    return outer;
                }
                assert_eq!(outer["http"], outer["default"]);
                assert_eq!(outer["email"], outer["default"]);
                serde_json::from_str(outer["default"].as_str().expect("text")).expect("JSON")
            })
            .collect();
        let kinds: Vec<_> =
            told.iter().map(|one| one["notificationInfo"]["notificationType"].clone()).collect();
        let expected = [
            "DeviceRegistered",
            "SubscriptionChanged",
            "OrderPlaced",
            "ItemShipped",
            "OrderPlaced",
            "OrderCancelled",
            "DeviceDeregistered",
        ];
        assert_eq!(kinds, expected.map(|kind| json!(format!("{kind}Notification"))));
        for one in &told {
            assert_eq!(one["notificationInfo"]["version"], "2015-06-05");
            assert_eq!(one["notificationInfo"]["lwaClientId"], DASH_CLIENT.0);
            assert_eq!(one["deviceInfo"]["deviceIdentifier"]["serialNumber"], "S1");
            assert_eq!(one["deviceInfo"]["productIdentifier"]["modelId"], "WashWell-900");
            assert_eq!(one["customerInfo"]["directedCustomerId"], ONE);
        }
        let (slots, item) = (&told[1]["subscriptionInfo"]["slotsSubscriptionStatus"], &told[3]["orderInfo"]);
        let date = json!("2026-03-04T12:00:00.000Z");
        assert_eq!(item["instanceId"], shipped);
        if version == 1 {
            assert_eq!(slots["Slot01"], true);
            assert_eq!(item["productInfo"], json!([{"quantity": 103.0, "unit": "fl oz"}]));
            assert_eq!(item["estimatedDeliveryDate"], date);
        } else {
            assert_eq!(slots["Slot01"]["productInfoList"][0]["asin"], "B00JGZBTCI");
            let info = json!({"asin": "B00JGZBTCI", "quantity": 103.0, "unit": "fl oz", "estimatedDeliveryDate": date});
            assert_eq!(item["productInfo"], json!([info]));
        }
        assert_eq!(told[5]["orderInfo"], json!({"instanceId": cancelled, "slotId": "Slot01"}));
        assert_eq!(told[3]["notificationInfo"]["notificationTime"], "2026-03-02T12:00:00.000Z");
        side.running.stop().await;
    }
}

#[tokio::test]
async fn a_failed_delivery_is_tried_three_times_more_twenty_seconds_apart() {
    let side = Side::new().await;
    let maker = Maker::new().await;
    subscribed(&side, &maker, false).await;
    maker.answers(&[500, 503, 500]);
    publish(&side, "patience").await;
    for attempt in 1..=4 {
        let came = maker.notified();
        assert_eq!(came.len(), 1, "attempt {attempt}");
        side.advance(TimeDelta::seconds(19)).await;
        assert!(maker.notified().is_empty(), "not before 20 seconds");
        side.advance(TimeDelta::seconds(1)).await;
    }
    assert!(maker.notified().is_empty());
    assert_eq!(side.board("/sns").await["dead"], json!([]), "the fourth was taken");
    maker.answers(&[500, 500, 500, 500]);
    publish(&side, "given up").await;
    side.advance(TimeDelta::minutes(2)).await;
    let ids: Vec<_> = maker.notified().iter().map(|came| came.json()["MessageId"].clone()).collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.iter().all(|id| *id == ids[0]), "one message id through all attempts");
    maker.answers(&[403]);
    publish(&side, "refused").await;
    side.advance(TimeDelta::minutes(2)).await;
    assert_eq!(maker.notified().len(), 1, "a 4xx is final (protocols 5.4)");
    let dead = side.board("/sns").await["dead"].clone();
    assert_eq!((&dead[0]["attempts"], &dead[1]["attempts"]), (&json!(4), &json!(1)));
    side.running.stop().await;
}

#[tokio::test]
async fn notifications_come_twice_out_of_order_or_never_as_planned() {
    let side = Side::new().await;
    let maker = Maker::new().await;
    subscribed(&side, &maker, false).await;
    side.fault("sns.delivery", Some(1), json!({"kind": "duplicate"})).await;
    publish(&side, "twice").await;
    let came = maker.notified();
    assert_eq!((came.len(), came[0].json()), (2, came[1].json()));
    side.fault("sns.delivery", Some(1), json!({"kind": "reorder"})).await;
    publish(&side, "first").await;
    assert!(maker.notified().is_empty());
    publish(&side, "second").await;
    assert_eq!(bodies(&maker), ["second", "first"]);
    side.fault("sns.delivery", Some(1), json!({"kind": "lose"})).await;
    publish(&side, "lost").await;
    side.fault("sns.delivery", Some(1), json!({"kind": "drop"})).await;
    publish(&side, "its answer was lost").await;
    side.advance(TimeDelta::seconds(20)).await;
    assert_eq!(bodies(&maker), ["its answer was lost", "its answer was lost"]);
    side.running.stop().await;
}

#[tokio::test]
async fn raw_delivery_is_the_bare_message() {
    let side = Side::new().await;
    let maker = Maker::new().await;
    subscribed(&side, &maker, true).await;
    publish(&side, "bare").await;
    let came = maker.notified().pop().expect("one");
    assert_eq!(came.body, "bare");
    assert_eq!(came.headers.get("x-amz-sns-rawdelivery").expect("the header"), "true");
    side.running.stop().await;
}

#[tokio::test]
async fn addresses_are_amazons_where_it_is_told_so() {
    let mut config = Config::default();
    config.topic.amazon_urls = true;
    let side = Side::with(config).await;
    let maker = Maker::new().await;
    side.act("/sns/subscribe", json!({"endpoint": format!("{}/sns", maker.base)})).await;
    let message = maker.notified().pop().expect("one").json();
    let host = "https://sns.us-east-1.amazonaws.com/";
    assert!(message["SigningCertURL"].as_str().expect("text").starts_with(host));
    assert!(message["SubscribeURL"].as_str().expect("text").starts_with(host));
    assert!(verified(&message, side.running.sandbox.certificate()));
    side.running.stop().await;
}
