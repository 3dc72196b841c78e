//! Notifications over SNS: a message as SNS writes it with a key pair made here, and how often a second it is read,
//! judged and verified.

use crate::rate;
use anyhow::Context;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, PublicKeyData as _};
use refill_cloud::sns::certificate::{SIGNER, SigningKey, Trust};
use refill_domain::sns::{Arrival, Claim, Headers, Policy, judge, read_envelope};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const TOPIC: &str = "arn:aws:sns:us-east-1:476877469412:DrsNotifications";

/// When the message was sent, and is judged.
fn now() -> anyhow::Result<DateTime<Utc>> {
    Ok("2026-03-01T12:00:00Z".parse()?)
}

fn policy() -> anyhow::Result<Policy> {
    Ok(Policy { topics: vec![TOPIC.parse()?], ..Policy::default() })
}

/// Writes `message.json` and `cert.pem`, and for the floor `digest`, `key`, `signed` and `signature`.
pub fn make(folder: &Path) -> anyhow::Result<()> {
    let pair = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::new(vec![SIGNER.to_owned()])?;
    params.not_before = rcgen::date_time_ymd(2015, 1, 1);
    params.not_after = rcgen::date_time_ymd(2099, 1, 1);
    let pem = params.self_signed(&pair)?.pem();
    let told = json!({"notificationInfo": {"notificationType": "OrderPlacedNotification", "notificationTime": now()?,
        "notificationId": "amzn1.dash.notifications.v1.bench", "version": "2015-06-05"},
        "customerInfo": {"directedCustomerId": "amzn1.account.BENCH"}, "padding": "x".repeat(500)});
    let mut message = json!({
        "Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "TopicArn": TOPIC,
        "Subject": "Order placed", "Message": told.to_string(), "Timestamp": "2026-03-01T12:00:00.000Z",
        "SignatureVersion": "2", "Signature": "AAAA",
        "SigningCertURL":
            "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
        "UnsubscribeURL": format!("https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={TOPIC}:1"),
    });
    // What is signed follows from the message alone.
    let signed = claim(message.to_string().as_bytes(), &policy()?)?.signed;
    let key = RsaKeyPair::from_pkcs8(&pair.serialize_der())?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)?;
    message["Signature"] = STANDARD.encode(&signature).into();
    let public = pair.subject_public_key_info();
    for (name, bytes) in [
        ("message.json", message.to_string().as_bytes()),
        ("cert.pem", pem.as_bytes()),
        ("digest", b"sha256"),
        ("key", &public),
        ("signed", signed.as_bytes()),
        ("signature", &signature),
    ] {
        std::fs::write(folder.join(name), bytes).with_context(|| format!("Write {name}"))?;
    }
    Ok(())
}

fn claim(body: &[u8], policy: &Policy) -> anyhow::Result<Claim> {
    let envelope = read_envelope(body)?;
    Ok(judge(&envelope, Headers::default(), policy, Arrival::Https, now()?)?)
}

/// Reads, judges and verifies the message again and again, as the listener does.
pub fn verify(folder: &Path, time: Duration) -> anyhow::Result<Value> {
    let (body, pem) = (std::fs::read(folder.join("message.json"))?, std::fs::read(folder.join("cert.pem"))?);
    let (policy, now) = (policy()?, now()?);
    let key = SigningKey::read(&pem, &[SIGNER.to_owned()], &Trust::Giver, now)?;
    let per_second = rate(time, || Ok(key.verify(&claim(&body, &policy)?, now)?))?;
    Ok(json!({"per_second": per_second}))
}
