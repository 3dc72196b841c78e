//! The attacks of reliability 4.4 that need no key: addresses, topics, ages, headers.

use super::*;
use crate::sns::envelope::tests::{confirmation, notification, read};
use crate::testing::START;
use serde_json::json;

const TOPIC: &str = "arn:aws:sns:us-east-1:300797413096:orders";
const SERIAL: &str = "0123456789abcdef0123456789abcdef";

fn policy() -> Policy {
    Policy { topics: vec![TOPIC.parse().unwrap()], ..Policy::default() }
}

fn judged(value: &serde_json::Value, policy: &Policy, after: TimeDelta) -> Result<Claim, Refused> {
    judge(&read(value).unwrap(), Headers::default(), policy, Arrival::Https, START + after)
}

#[test]
fn a_good_message_says_what_to_verify() {
    let claim = judged(&notification(), &policy(), TimeDelta::zero()).unwrap();
    assert_eq!(claim.certificate_url, notification()["SigningCertURL"]);
    assert_eq!((claim.digest, claim.signature.as_str()), (Digest::Sha1, "lzi/abc+de=="));
    assert!(claim.signed.starts_with("Message\n"));
    let Accepted::Notification { message, version, .. } = claim.verified() else { panic!("a notification") };
    assert_eq!((message.as_str(), version.as_deref()), ("line \"one\"\nä", Some("2.0")));
    let mut second = notification();
    second["SignatureVersion"] = json!("2");
    assert_eq!(judged(&second, &policy(), TimeDelta::zero()).unwrap().digest, Digest::Sha256);
}

#[test]
fn a_certificate_comes_from_one_address_only() {
    let path = format!("/SimpleNotificationService-{SERIAL}.pem");
    let good = format!("https://sns.us-east-1.amazonaws.com{path}");
    let host = |host: &str| format!("https://{host}{path}");
    let bad = [
        good.replace("https:", "http:"),
        good.replace("https:", "HTTPS:"),
        host("sns.us-east-1.amazonaws.com.evil.com"),
        host("evil.com/sns.us-east-1.amazonaws.com"),
        host("sns.us-east-1.amazonaws.com@evil.com"),
        format!("https://evil.com#sns.us-east-1.amazonaws.com{path}"),
        format!("https://evil.com\\@sns.us-east-1.amazonaws.com{path}"),
        host("sns.s3-us-west-2.amazonaws.com"),
        host("sns.s3.us-east-1.amazonaws.com"),
        host("s3.amazonaws.com/b"),
        host("sns-evil.amazonaws.com"),
        host("sns.us-east-1.amazonaws.com:8443"),
        host("sns.us-east-1.amazonaws.com:443"),
        host("sns.us-east-1.amazonaws.com."),
        host("SNS.us-east-1.amazonaws.com"),
        host("sns.us-east-1.amazonaws.com.cn"),
        host("sns.eu-west-1.amazonaws.com"),
        host("xn--sns-us-east-1.amazonaws.com"),
        host("ｓns.us-east-1.amazonaws.com"),
        host("sns%2eus-east-1.amazonaws.com"),
        host("sns.us-east-1.amazonaws.com%00.evil.com"),
        host("169.254.169.254"),
        host("[::1]"),
        host("2852039166"),
        host("0251.0376.0251.0376"),
        host("127.0.0.1:80"),
        host("u:p@sns.us-east-1.amazonaws.com"),
        good.replace("/Simple", "/../Simple"),
        good.replace("/Simple", "//Simple"),
        good.replace(".pem", ";.pem"),
        good.replace(".pem", "?x.pem"),
        good.replace(".pem", "#.pem"),
        format!("{good}?x.pem"),
        format!("{good}#.pem"),
        format!("{good}/"),
        format!("{good}\r\n"),
        format!(" {good}"),
        good.replace("abcdef", "ABCDEF"),
        good.replace("abcdef", "abcde"),
        good.replace("abcdef", "abcdeg"),
        good.replace("SimpleNotificationService", "simplenotificationservice"),
        "file:///etc/passwd.pem".into(),
        "data:text/plain,x.pem".into(),
        format!("ftp://sns.us-east-1.amazonaws.com{path}"),
        String::new(),
        "https://".into(),
    ];
    for kind in ["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        for version in ["1", "2"] {
            let mut value = confirmation(kind);
            value["SignatureVersion"] = json!(version);
            assert!(judged(&value, &policy(), TimeDelta::zero()).is_ok());
            for url in &bad {
                value["SigningCertURL"] = json!(url);
                assert_eq!(
                    judged(&value, &policy(), TimeDelta::zero()),
                    Err(Refused::CertificateUrl),
                    "{url:?}"
                );
            }
        }
    }
}

#[test]
fn the_confirmation_goes_to_an_address_of_ours() {
    let claim = judged(&confirmation("SubscriptionConfirmation"), &policy(), TimeDelta::zero()).unwrap();
    assert!(claim.signed.contains("evil.example"), "what came is what was signed");
    let Accepted::Confirm { url, .. } = claim.verified() else { panic!("a confirmation") };
    assert_eq!(
        url,
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription\
         &TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A300797413096%3Aorders&Token=2336412f37fb687f5d51e6e2425c464de257eb37"
    );
    for token in ["", "a&Action=DeleteTopic", "a b", "a\r\n", "ä", &"t".repeat(1_025)] {
        let mut value = confirmation("SubscriptionConfirmation");
        value["Token"] = json!(token);
        assert_eq!(judged(&value, &policy(), TimeDelta::zero()), Err(Refused::Form), "{token:?}");
    }
    let gone = judged(&confirmation("UnsubscribeConfirmation"), &policy(), TimeDelta::zero()).unwrap();
    assert!(matches!(gone.verified(), Accepted::Unsubscribed { .. }), "nothing is fetched");
}

#[test]
fn only_configured_topics_are_heard() {
    for topics in [
        vec![],
        vec![TOPIC.replace("orders", "order").parse().unwrap()],
        vec![TOPIC.replace("300", "301").parse().unwrap()],
    ] {
        let policy = Policy { topics, ..Policy::default() };
        assert_eq!(judged(&notification(), &policy, TimeDelta::zero()), Err(Refused::Topic));
    }
    let china = "arn:aws-cn:sns:cn-north-1:300797413096:orders";
    let mut value = notification();
    value["TopicArn"] = json!(china);
    value["SigningCertURL"] =
        json!(format!("https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-{SERIAL}.pem"));
    assert_eq!(judged(&value, &policy(), TimeDelta::zero()), Err(Refused::Topic));
    let policy = Policy { topics: vec![china.parse().unwrap()], ..Policy::default() };
    assert!(judged(&value, &policy, TimeDelta::zero()).is_ok());
}

#[test]
fn age_is_limited_over_https_and_not_through_a_queue() {
    let minutes = TimeDelta::minutes;
    for (after, https, queue) in [
        (minutes(0), Ok(()), Ok(())),
        (minutes(59), Ok(()), Ok(())),
        (minutes(65), Ok(()), Ok(())),
        (minutes(66), Err(Refused::Stale), Ok(())),
        (TimeDelta::days(23), Err(Refused::Stale), Ok(())),
        (minutes(-5), Ok(()), Ok(())),
        (minutes(-6), Err(Refused::Future), Err(Refused::Future)),
    ] {
        for (arrival, wanted) in [(Arrival::Https, https), (Arrival::Queue, queue)] {
            let envelope = read(&notification()).unwrap();
            let judged = judge(&envelope, Headers::default(), &policy(), arrival, START + after);
            assert_eq!(judged.map(|_| ()), wanted, "{after} by {arrival:?}");
        }
    }
}

#[test]
fn headers_must_agree_and_raw_delivery_is_refused() {
    let envelope = read(&notification()).unwrap();
    let with = |headers| judge(&envelope, headers, &policy(), Arrival::Https, START).map(|_| ());
    let good = Headers { kind: Some("Notification"), topic: Some(TOPIC), raw: None };
    assert_eq!(with(good), Ok(()));
    assert_eq!(with(Headers { raw: Some("false"), ..good }), Ok(()));
    assert_eq!(with(Headers { kind: Some("SubscriptionConfirmation"), ..good }), Err(Refused::Headers));
    assert_eq!(
        with(Headers { topic: Some("arn:aws:sns:us-east-1:300797413096:other"), ..good }),
        Err(Refused::Headers)
    );
    let raw = Headers { raw: Some("True "), ..good };
    assert_eq!(with(raw), Err(Refused::Raw), "an envelope is never raw");
    assert_eq!(raw.raw(&policy()), Err(Refused::Raw));
    assert_eq!(raw.raw(&Policy { allow_raw: true, ..policy() }), Ok(true));
    assert_eq!(good.raw(&policy()), Ok(false));
}

#[test]
fn malformed_signatures_and_ids_are_refused() {
    for (member, instead) in [
        ("Signature", json!("")),
        ("Signature", json!("a b")),
        ("Signature", json!("A".repeat(2_049))),
        ("MessageId", json!("")),
        ("MessageId", json!("a\u{0}")),
    ] {
        let mut value = notification();
        value[member] = instead;
        assert_eq!(judged(&value, &policy(), TimeDelta::zero()), Err(Refused::Form), "{member}");
    }
}

#[test]
fn a_rehearsal_stays_on_this_computer() {
    for bad in [
        "http://127.0.0.1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:080",
        "http://127.0.0.1:+80",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:80@evil.com",
        "http://127.0.0.1:80/",
        "https://127.0.0.1:80",
        "http://localhost:80",
        "http://10.0.0.1:80",
        "http://[::1]",
    ] {
        assert_eq!(Rehearsal::at(bad), Err(NotLoopback), "{bad}");
    }
    assert!(Rehearsal::at("http://[::1]:4100").is_ok());
    let rehearsing = Policy { rehearsal: Rehearsal::at("http://127.0.0.1:4100").ok(), ..policy() };
    assert_eq!(
        judged(&notification(), &rehearsing, TimeDelta::zero()),
        Err(Refused::CertificateUrl),
        "one or the other"
    );
    let mut value = confirmation("SubscriptionConfirmation");
    value["SigningCertURL"] = json!(format!("http://127.0.0.1:4100/SimpleNotificationService-{SERIAL}.pem"));
    assert_eq!(judged(&value, &policy(), TimeDelta::zero()), Err(Refused::CertificateUrl));
    let Accepted::Confirm { url, .. } = judged(&value, &rehearsing, TimeDelta::zero()).unwrap().verified()
    else {
        panic!("a confirmation")
    };
    assert!(url.starts_with("http://127.0.0.1:4100/?Action=ConfirmSubscription&"), "{url}");
}
