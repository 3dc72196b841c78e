//! Envelopes of each kind, the text that is signed, and everything N2 and N3 do to them.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) fn notification() -> Value {
    json!({
        "Type": "Notification",
        "MessageId": "da41e39f-ea4d-435a-b922-c6aae3915ebe",
        "TopicArn": "arn:aws:sns:us-east-1:300797413096:orders",
        "Subject": "test",
        "Message": "line \"one\"\nä",
        "Timestamp": "2026-09-01T00:00:00.000Z",
        "SignatureVersion": "1",
        "Signature": "lzi/abc+de==",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
        "MessageAttributes": {"version": {"Type": "String", "Value": "2.0"}}
    })
}

pub(crate) fn confirmation(kind: &str) -> Value {
    let mut value = notification();
    value["Type"] = json!(kind);
    value["Token"] = json!("2336412f37fb687f5d51e6e2425c464de257eb37");
    value["SubscribeURL"] = json!("https://evil.example/?Action=ConfirmSubscription");
    for gone in ["Subject", "MessageAttributes", "UnsubscribeURL"] {
        value.as_object_mut().unwrap().remove(gone);
    }
    value
}

pub(crate) fn read(value: &Value) -> Result<Envelope, BadEnvelope> {
    read_envelope(value.to_string().as_bytes())
}

#[test]
fn each_type_signs_its_own_members() {
    assert_eq!(
        read(&notification()).unwrap().signed_text(),
        "Message\nline \"one\"\nä\nMessageId\nda41e39f-ea4d-435a-b922-c6aae3915ebe\nSubject\ntest\n\
         Timestamp\n2026-09-01T00:00:00.000Z\nTopicArn\narn:aws:sns:us-east-1:300797413096:orders\nType\nNotification\n"
    );
    for kind in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        assert_eq!(
            read(&confirmation(kind)).unwrap().signed_text(),
            format!(
                "Message\nline \"one\"\nä\nMessageId\nda41e39f-ea4d-435a-b922-c6aae3915ebe\n\
                 SubscribeURL\nhttps://evil.example/?Action=ConfirmSubscription\nTimestamp\n2026-09-01T00:00:00.000Z\n\
                 Token\n2336412f37fb687f5d51e6e2425c464de257eb37\nTopicArn\narn:aws:sns:us-east-1:300797413096:orders\nType\n{kind}\n"
            )
        );
    }
}

#[test]
fn subjects_sign_as_they_came() {
    let mut value = notification();
    value["Subject"] = json!(null);
    assert!(!read(&value).unwrap().signed_text().contains("Subject"), "null is absent");
    value.as_object_mut().unwrap().remove("Subject");
    assert!(!read(&value).unwrap().signed_text().contains("Subject"));
    value["Subject"] = json!("");
    assert!(read(&value).unwrap().signed_text().contains("Subject\n\nTimestamp"), "empty is present");
    let mut confirms = confirmation("SubscriptionConfirmation");
    let before = read(&confirms).unwrap().signed_text();
    confirms["Subject"] = json!("x");
    assert_eq!(read(&confirms).unwrap().signed_text(), before, "confirmations have none to sign");
}

#[test]
fn a_changed_type_signs_another_text() {
    let mut turned = notification();
    turned["Type"] = json!("SubscriptionConfirmation");
    assert_eq!(read(&turned), Err(BadEnvelope::Missing("Token")));
    turned["Token"] = json!("t");
    assert_eq!(read(&turned), Err(BadEnvelope::Missing("SubscribeURL")));
    turned["SubscribeURL"] = json!("u");
    assert_ne!(read(&turned).unwrap().signed_text(), read(&notification()).unwrap().signed_text());
    let mut back = confirmation("SubscriptionConfirmation");
    back["Type"] = json!("Notification");
    let text = read(&back).unwrap().signed_text();
    assert!(!text.contains("Token"), "{text}");
}

#[test]
fn what_is_not_exactly_an_envelope_is_refused() {
    for (member, instead) in [
        ("SignatureVersion", json!("3")),
        ("SignatureVersion", json!("")),
        ("SignatureVersion", json!(1)),
        ("SignatureVersion", json!(null)),
        ("Type", json!("notification")),
        ("Type", json!(["Notification"])),
        ("Timestamp", json!("yesterday")),
        ("Timestamp", json!("x".repeat(1_000))),
        ("TopicArn", json!("arn:aws:sns:nowhere-1:300797413096:orders")),
        ("Message", json!({"a": 1})),
        ("Signature", json!(null)),
        ("SigningCertURL", json!(7)),
        ("MessageId", json!(7)),
    ] {
        let mut value = notification();
        value[member] = instead.clone();
        assert!(read(&value).is_err(), "{member}: {instead}");
        value.as_object_mut().unwrap().remove(member);
        assert!(read(&value).is_err(), "{member} is missing");
    }
    let text = notification().to_string();
    let twice = [
        text.replacen("{\"", "{\"Message\":\"other\",\"", 1),
        text.replacen("\"SigningCertURL\"", "\"SigningCertUrl\":\"x\",\"SigningCertURL\"", 1),
        text.replacen("\"Type\":\"Not", "\"Type\":\"Notification\",\"Type\":\"Not", 1),
        text.replacen("\"Subject\"", "\"Subject\":null,\"Subject\"", 1),
    ];
    for twice in twice {
        let error = read_envelope(twice.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("duplicate field"), "{error}");
    }
    assert_eq!(read_envelope(&vec![b' '; ENVELOPE_MAX + 1]), Err(BadEnvelope::TooLarge));
    for body in [&b""[..], b"[]", b"{", b"\xff\xfe", b"null"] {
        assert!(matches!(read_envelope(body), Err(BadEnvelope::Json(_))));
    }
}

#[test]
fn the_spelling_of_functions_is_understood() {
    let text = notification().to_string().replace("SigningCertURL", "SigningCertUrl");
    assert_eq!(read_envelope(text.as_bytes()), read(&notification()));
}

#[test]
fn the_version_is_a_hint_in_either_casing() {
    for (attribute, wanted) in [
        (json!({"version": {"Type": "String", "Value": "2.0"}}), Some("2.0")),
        (json!({"version": {"type": "String", "value": 2.0}}), Some("2.0")),
        (json!({"version": {"Type": "Binary"}, "x": {}}), None),
        (json!({}), None),
        (json!(null), None),
    ] {
        let mut value = notification();
        value["MessageAttributes"] = attribute;
        assert_eq!(read(&value).unwrap().version.as_deref(), wanted);
    }
}

proptest! {
    #[test]
    fn every_signed_byte_counts(at in 0usize..400, to in any::<char>()) {
        // Whatever is changed in a signed member changes the signed text, or the envelope is refused.
        let value = notification();
        let signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn"];
        let member = signed[at % signed.len()];
        let mut text: Vec<char> = value[member].as_str().unwrap().chars().collect();
        let place = at / signed.len() % text.len();
        prop_assume!(text[place] != to);
        text[place] = to;
        let mut changed = value.clone();
        changed[member] = json!(text.into_iter().collect::<String>());
        if let Ok(envelope) = read(&changed) {
            prop_assert_ne!(envelope.signed_text(), read(&value).unwrap().signed_text());
        }
    }

    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_envelope(&bytes);
    }
}
