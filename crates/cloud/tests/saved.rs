//! `refill-cloud sns verify`: messages that the true sandbox made are believed; changed ones, other certificates, other
//! topics and other moments are not, each with its stable name and exit code.
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use refill_cloud::sns::saved::judged;
use refill_sandbox::{Clock, Config, Sandbox, start};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

const TOPIC: &str = "arn:aws:sns:us-east-1:476877469412:DrsNotifications";

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A notification with a subject and a confirmation, with Amazon's addresses, and their certificate.
async fn messages(signature_version: u8) -> (Value, Value, String) {
    let mut config = Config::default();
    config.topic.signature_version = signature_version;
    config.topic.amazon_urls = true;
    let sandbox = Sandbox::new(config, Clock::at(now(), 0), false).unwrap();
    let running = start(sandbox, ([127, 0, 0, 1], 0).into(), false).await.unwrap();
    let base = running.sandbox.base().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let act = async |path: &str, body: Value| {
        let answer = http.post(format!("{base}/_board{path}")).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
    };
    // What is asked about is what it sent: nobody needs to listen there but the sandbox itself.
    act("/sns/subscribe", json!({"endpoint": format!("{base}/sns/")})).await;
    let sent = async || -> Value {
        let all = http.get(format!("{base}/_board/received")).send().await.unwrap().text().await.unwrap();
        let all: Value = serde_json::from_str(&all).unwrap();
        let mut all = all["received"].as_array().unwrap().clone();
        all.retain(|of| of["route"] == "sns.delivery");
        all.pop().unwrap()["body"].clone()
    };
    let confirmation = sent().await;
    let query = [
        ("Action", "ConfirmSubscription"),
        ("TopicArn", TOPIC),
        ("Token", confirmation["Token"].as_str().unwrap()),
    ];
    let confirmed = http.get(format!("{base}/sns/")).query(&query).send().await.unwrap();
    assert!(confirmed.status().is_success());
    act("/sns/publish", json!({"message": "{\"a\": \"ü\\n\"}", "subject": "Hello"})).await;
    let notification = sent().await;
    let certificate = running.sandbox.certificate().to_owned();
    running.stop().await;
    assert_eq!(notification["Type"], "Notification");
    (notification, confirmation, certificate)
}

/// A certificate of somebody else.
fn certificate(change: impl FnOnce(&mut CertificateParams), key: &KeyPair) -> String {
    let mut params = CertificateParams::new(vec!["sns.amazonaws.com".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2015, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    change(&mut params);
    params.self_signed(key).unwrap().pem()
}

fn reason(
    message: &Value,
    certificate: &str,
    at: DateTime<Utc>,
    topic: Option<&str>,
) -> Option<&'static str> {
    let topic = topic.map(|topic| topic.parse().unwrap());
    let verdict = judged(message.to_string().as_bytes(), certificate.as_bytes(), at, topic);
    assert_eq!(verdict.valid, verdict.reason.is_none());
    assert_eq!(verdict.sentence.is_some(), verdict.reason.is_some());
    verdict.reason
}

#[tokio::test]
async fn only_what_amazon_sent_is_believed() {
    let mut tampered = 0;
    for version in [1, 2] {
        let (notification, confirmation, pem) = messages(version).await;
        for good in [&notification, &confirmation] {
            assert_eq!(reason(good, &pem, now(), None), None, "{good}");
            assert_eq!(reason(good, &pem, now(), Some(TOPIC)), None);
            assert_eq!(reason(good, &pem, now() + TimeDelta::minutes(59), None), None);
        }
        let mut with = |of: &Value, member: &str, value: Value, wanted: &str| {
            let mut other = of.clone();
            other[member] = value;
            assert_eq!(reason(&other, &pem, now(), None), Some(wanted), "{member} of {other}");
            tampered += 1;
        };
        let other_version = if version == 1 { "2" } else { "1" };
        let cert = "SigningCertURL";
        let serial = notification[cert].as_str().unwrap().rsplit('/').next().unwrap();
        for (member, value, wanted) in [
            ("Message", json!("{\"a\": \"ü\"}"), "signature"),
            ("Message", json!(""), "signature"),
            ("MessageId", json!("0b3f5e5c-0000-0000-0000-000000000000"), "signature"),
            ("MessageId", json!("a\nSubject\nx"), "malformed"),
            ("Subject", json!("Hullo"), "signature"),
            ("Subject", json!(""), "signature"),
            ("Subject", Value::Null, "signature"),
            ("Timestamp", json!("2026-03-01T12:00:00.001Z"), "signature"),
            ("Timestamp", json!("2026-03-01T12:00:00Z"), "signature"),
            ("Timestamp", json!("2026-03-01T10:00:00.000Z"), "stale"),
            ("Timestamp", json!("2026-03-01T14:00:00.000Z"), "from-the-future"),
            ("Timestamp", json!("yesterday"), "timestamp"),
            ("TopicArn", json!("arn:aws:sns:us-east-1:476877469412:Other"), "signature"),
            ("TopicArn", json!("arn:aws:sns:eu-west-1:476877469412:DrsNotifications"), "certificate-url"),
            ("TopicArn", json!("arn:aws:sns:s3-us-west-2:476877469412:DrsNotifications"), "topic-unknown"),
            ("Type", json!("SubscriptionConfirmation"), "malformed"),
            ("Type", json!("Other"), "malformed"),
            ("SignatureVersion", json!(other_version), "signature"),
            ("SignatureVersion", json!("3"), "signature-version"),
            ("SignatureVersion", json!(1), "malformed"),
            ("SignatureVersion", Value::Null, "malformed"),
            ("Signature", json!(""), "malformed"),
            ("Signature", json!("AAAA"), "signature"),
            ("Signature", json!("not base64!"), "malformed"),
            ("SigningCertUrl", json!("https://sns.us-east-1.amazonaws.com/x.pem"), "malformed"),
            (cert, json!(format!("http://sns.us-east-1.amazonaws.com/{serial}")), "certificate-url"),
            (
                cert,
                json!(format!("https://sns.us-east-1.amazonaws.com.evil.com/{serial}")),
                "certificate-url",
            ),
            (
                cert,
                json!(format!("https://sns.us-east-1.amazonaws.com@evil.com/{serial}")),
                "certificate-url",
            ),
            (cert, json!(format!("https://sns.s3-us-west-2.amazonaws.com/{serial}")), "certificate-url"),
            (cert, json!(format!("https://sns.us-east-1.amazonaws.com:8443/{serial}")), "certificate-url"),
            (cert, json!(format!("https://SNS.us-east-1.amazonaws.com/{serial}")), "certificate-url"),
            (cert, json!(format!("https://sns.us-east-1.amazonaws.com/../{serial}")), "certificate-url"),
            (cert, json!("https://sns.us-east-1.amazonaws.com/a.pem"), "certificate-url"),
            (cert, json!("http://169.254.169.254/a.pem"), "certificate-url"),
            (cert, json!("file:///etc/passwd"), "certificate-url"),
        ] {
            with(&notification, member, value, wanted);
        }
        for (member, value, wanted) in [
            ("Token", json!("0123456789"), "signature"),
            ("Token", json!("a&Action=DeleteTopic"), "malformed"),
            ("Token", Value::Null, "malformed"),
            ("SubscribeURL", json!("https://evil.example/"), "signature"),
            ("SubscribeURL", Value::Null, "malformed"),
            ("Type", json!("UnsubscribeConfirmation"), "signature"),
            ("Type", json!("Notification"), "signature"),
            ("Message", json!("You have chosen nothing"), "signature"),
        ] {
            with(&confirmation, member, value, wanted);
        }
        let mut lost = notification.clone();
        lost.as_object_mut().unwrap().remove("Subject");
        assert_eq!(reason(&lost, &pem, now(), None), Some("signature"));
        let twice = notification.to_string().replacen('{', "{\"Message\":\"x\",", 1);
        assert_eq!(judged(twice.as_bytes(), pem.as_bytes(), now(), None).reason, Some("malformed"));
        let (other_topic, late) =
            (Some("arn:aws:sns:us-east-1:476877469412:Other"), now() + TimeDelta::hours(2));
        assert_eq!(reason(&notification, &pem, now(), other_topic), Some("topic-not-configured"));
        assert_eq!(reason(&notification, &pem, late, None), Some("stale"));
        tampered += 4;
    }
    assert!(tampered >= 80, "{tampered}");
}

#[tokio::test]
async fn other_certificates_are_not_believed() {
    let (message, _, good) = messages(2).await;
    let rsa = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let named = |name: &str| {
        let name = name.to_owned();
        move |params: &mut CertificateParams| {
            params.subject_alt_names = vec![rcgen::SanType::DnsName(name.try_into().unwrap())];
            params.distinguished_name.push(DnType::CommonName, "sns.amazonaws.com");
        }
    };
    let rows = [
        (certificate(|_| {}, &rsa), "signature"),
        (certificate(named("sns.amazonaws.com.evil.com"), &rsa), "certificate-name"),
        (certificate(named("*.amazonaws.com"), &rsa), "certificate-name"),
        (certificate(named("SNS.amazonaws.com"), &rsa), "certificate-name"),
        (certificate(|of| of.not_after = rcgen::date_time_ymd(2026, 2, 28), &rsa), "certificate-expired"),
        (
            certificate(|of| of.not_before = rcgen::date_time_ymd(2026, 3, 2), &rsa),
            "certificate-not-yet-valid",
        ),
        (certificate(|_| {}, &KeyPair::generate_for(&PKCS_ED25519).unwrap()), "certificate-key"),
        (certificate(|_| {}, &KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()), "certificate-key"),
        (String::new(), "certificate-unreadable"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(),
            "certificate-unreadable",
        ),
        (good.repeat(7), "certificate-unreadable"),
        (format!("{good}{}", " ".repeat(16 * 1024)), "certificate-unreadable"),
    ];
    for (pem, wanted) in rows {
        assert_eq!(reason(&message, &pem, now(), None), Some(wanted));
    }
    assert_eq!(reason(&message, &good, now(), None), None);
}

fn program(folder: &Path, more: &[&str]) -> Output {
    let (file, pem) = (folder.join("message.json"), folder.join("cert.pem"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_refill-cloud"));
    command.args(["sns", "verify"]).arg(file).arg("--certificate").arg(pem).args(more).output().unwrap()
}

#[tokio::test]
async fn the_program_says_it_in_words_in_json_and_in_its_exit_code() {
    let (message, _, pem) = messages(1).await;
    let folder = tempfile::tempdir().unwrap();
    let message_file = folder.path().join("message.json");
    std::fs::write(&message_file, message.to_string()).unwrap();
    std::fs::write(folder.path().join("cert.pem"), pem).unwrap();
    let (at, late) = ("2026-03-01T12:00:00Z", "2026-03-01T15:00:00+01:00");
    let said = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();
    let good = program(folder.path(), &["--at", at, "--topic", TOPIC, "--json"]);
    assert_eq!((good.status.code(), said(&good).as_str()), (Some(0), "{\"valid\":true,\"reason\":null}\n"));
    assert_eq!(said(&program(folder.path(), &["--at", at])), "To be believed.\n");
    let stale = program(folder.path(), &["--at", late, "--json"]);
    assert_eq!(
        (stale.status.code(), said(&stale).as_str()),
        (Some(1), "{\"valid\":false,\"reason\":\"stale\"}\n")
    );
    assert!(said(&program(folder.path(), &["--at", late])).contains("too old"));
    for wrong in [&["--json"][..], &["--at", "noon"], &["--at", at, "--topic", "arn:aws:sqs:x"]] {
        assert_eq!(program(folder.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
    std::fs::remove_file(message_file).unwrap();
    let lost = program(folder.path(), &["--at", at]);
    assert_eq!(lost.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&lost.stderr).contains("Read "), "{lost:?}");
}
