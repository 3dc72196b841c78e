//! The notification service (protocols 5): signs with its own key, asks endpoints to confirm, delivers in both versions, and
//! retries as the default policy does. The signed string is exactly that of 5.3.

mod key;
mod notice;
mod topic;

pub use key::Key;
pub use notice::{Notice, message as notice};
pub use topic::{Delivery, Topic};

use crate::board::Fault;
use crate::clock::id;
use crate::record::{Draft, Verdict, kept};
use crate::reply;
use crate::sandbox::Sandbox;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, Uri};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// An endpoint answers within this (protocols 5.4).
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Where the certificate is, below the service; named as the real ones are, by 32 hexadecimal digits.
pub const CERTIFICATE_PATH: &str = "/SimpleNotificationService-5a4d0b0c5a4d0b0c5a4d0b0c5a4d0b0c.pem";

/// The address of the service as messages print it.
fn service(sandbox: &Sandbox) -> String {
    let world = sandbox.state();
    if !world.config.topic.amazon_urls {
        return format!("{}/sns", sandbox.base());
    }
    let region = world.config.topic.arn.split(':').nth(3).unwrap_or("us-east-1");
    format!("https://sns.{region}.amazonaws.com")
}

/// The fields that are signed, in their order (protocols 5.3).
fn signed_text(body: &Value) -> String {
    let names: &[&str] = if body["Type"] == "Notification" {
        &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    } else {
        &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    };
    let mut text = String::new();
    for name in names {
        if let Some(value) = body[*name].as_str() {
            text.push_str(name);
            text.push('\n');
            text.push_str(value);
            text.push('\n');
        }
    }
    text
}

/// The envelope of a delivery, signed (protocols 5.2).
fn envelope(sandbox: &Sandbox, delivery: &Delivery) -> anyhow::Result<Value> {
    let service = service(sandbox);
    let mut body = json!({
        "Type": delivery.kind,
        "MessageId": delivery.id,
        "TopicArn": delivery.topic,
        "Message": delivery.message,
        "Timestamp": delivery.timestamp,
        "SignatureVersion": delivery.signature_version.to_string(),
        "SigningCertURL": format!("{service}{CERTIFICATE_PATH}"),
    });
    if delivery.kind == "Notification" {
        let arn = &delivery.subscription.arn;
        body["UnsubscribeURL"] = json!(format!("{service}/?Action=Unsubscribe&SubscriptionArn={arn}"));
        if let Some(subject) = &delivery.subject {
            body["Subject"] = json!(subject);
        }
        if !delivery.attributes.is_null() {
            body["MessageAttributes"] = delivery.attributes.clone();
        }
    } else {
        let (arn, token) = (&delivery.topic, &delivery.subscription.token);
        body["Token"] = json!(token);
        body["SubscribeURL"] =
            json!(format!("{service}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}"));
    }
    let mut text = signed_text(&body);
    if delivery.forged {
        text.push_str("forged");
    }
    body["Signature"] = json!(sandbox.key().sign(delivery.signature_version, &text)?);
    Ok(body)
}

/// Makes one attempt at a delivery, playing the faults planned for `sns.delivery`.
pub(crate) async fn deliver(sandbox: &Sandbox, mut delivery: Delivery) {
    let fault = sandbox.state().faults.take("sns.delivery", None);
    let mut lost_answer = false;
    match &fault {
        Some((_, Fault::Lose)) => return,
        Some((_, Fault::Duplicate)) => sandbox.state().topic.again(delivery.clone()),
        Some((_, Fault::Reorder)) if !delivery.postponed => {
            delivery.postponed = true;
            return sandbox.state().topic.park(delivery);
        }
        Some((_, Fault::Forge)) => delivery.forged = true,
        Some((_, Fault::Delay { millis })) => tokio::time::sleep(Duration::from_millis(*millis)).await,
        Some((id, Fault::Hold)) => sandbox.released(*id).await,
        Some((_, Fault::Drop | Fault::Half)) => lost_answer = true,
        Some((_, Fault::Cut)) => return failed(sandbox, delivery, false, "the connection was cut"),
        Some((_, Fault::Answer { status, .. })) => {
            return failed(sandbox, delivery, *status < 500, &format!("answered {status}"));
        }
        Some((_, Fault::Reorder)) | None => {}
    }
    let endpoint = delivery.subscription.endpoint.clone();
    let url = match sandbox.callable(&endpoint) {
        Ok(url) => url,
        Err(why) => return failed(sandbox, delivery, true, &why),
    };
    let raw = delivery.subscription.raw && delivery.kind == "Notification";
    let body = match envelope(sandbox, &delivery) {
        _ if raw => delivery.message.clone(),
        Ok(body) => body.to_string(),
        Err(why) => return failed(sandbox, delivery, true, &why.to_string()),
    };
    let mut headers = vec![
        ("content-type", "text/plain; charset=UTF-8".to_owned()),
        ("x-amz-sns-message-type", delivery.kind.to_owned()),
        ("x-amz-sns-message-id", delivery.id.clone()),
        ("x-amz-sns-topic-arn", delivery.topic.clone()),
    ];
    if delivery.kind != "SubscriptionConfirmation" {
        headers.push(("x-amz-sns-subscription-arn", delivery.subscription.arn.clone()));
    }
    if raw {
        headers.push(("x-amz-sns-rawdelivery", "true".to_owned()));
    }
    let mut request = sandbox.http().post(url).timeout(ANSWER_WITHIN).body(body.clone());
    for (name, value) in &headers {
        request = request.header(*name, value);
    }
    let draft = Draft {
        sent: true,
        route: "sns.delivery".to_owned(),
        method: "POST".to_owned(),
        target: endpoint.clone(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: kept(body.as_bytes()),
    };
    let status = request.send().await.ok().map(|response| response.status().as_u16());
    let fault = fault.map(|(_, fault)| fault.name().to_owned());
    sandbox.note(draft, status, Verdict { fault, ..Verdict::default() });
    sandbox.state().topic.went(&endpoint);
    match status {
        Some(200..=299) if !lost_answer => {}
        // Any 4xx is final, everything else is tried again (protocols 5.4).
        Some(status @ 400..=499) if !lost_answer => {
            failed(sandbox, delivery, true, &format!("answered {status}"));
        }
        Some(status) => failed(sandbox, delivery, false, &format!("answered {status}")),
        None => failed(sandbox, delivery, false, "did not answer"),
    }
}

fn failed(sandbox: &Sandbox, delivery: Delivery, is_final: bool, why: &str) {
    let now = sandbox.now();
    sandbox.state().topic.failed(delivery, is_final, why, now);
}

fn xml(status: u16, text: &str) -> Response<Body> {
    reply::with_body(status, "text/xml", text.to_owned())
}

fn wrong(status: u16, code: &str, why: &str) -> Response<Body> {
    let safe = reply::escaped(why);
    let text = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{safe}</Message></Error><RequestId>{}</RequestId></ErrorResponse>",
        id()
    );
    reply::judged(xml(status, &text), None, Some(format!("{why} (protocols 5.2)")))
}

/// The service's own calls: `Subscribe`, `ConfirmSubscription`, `Unsubscribe` (protocols 5.2), as query or form.
pub async fn api(State(sandbox): State<Sandbox>, uri: Uri, body: Bytes) -> Response<Body> {
    let query = uri.query().unwrap_or_default().as_bytes().to_vec();
    let all: HashMap<String, String> = url::form_urlencoded::parse(&query)
        .into_owned()
        .chain(url::form_urlencoded::parse(&body).into_owned())
        .collect();
    let get = |name: &str| all.get(name).map(String::as_str).unwrap_or_default();
    let now = sandbox.now();
    let mut state = sandbox.state();
    let state = &mut *state;
    let topic = state.config.topic.clone();
    let action = get("Action");
    let arn = match action {
        "Subscribe" | "ConfirmSubscription" if get("TopicArn") != topic.arn => {
            return wrong(404, "NotFound", "Topic does not exist");
        }
        "Subscribe" => {
            if !matches!(get("Protocol"), "http" | "https") {
                return wrong(400, "InvalidParameter", "Protocol must be http or https");
            }
            if let Err(why) = sandbox.callable(get("Endpoint")) {
                return wrong(400, "InvalidParameter", &why);
            }
            let raw = all.iter().any(|(name, value)| {
                value == "RawMessageDelivery"
                    && all.get(&name.replace(".key", ".value")).is_some_and(|set| set == "true")
            });
            match state.topic.subscribe(&topic, get("Endpoint"), raw, now) {
                Ok(_) => "pending confirmation".to_owned(),
                Err(why) => return wrong(403, "SubscriptionLimitExceeded", &why),
            }
        }
        "ConfirmSubscription" => match state.topic.confirm(get("Token")) {
            Some(arn) => arn,
            None => return wrong(400, "InvalidParameter", "Invalid token"),
        },
        "Unsubscribe" => {
            if !state.topic.unsubscribe(&topic, get("SubscriptionArn"), now) {
                return wrong(404, "NotFound", "Subscription does not exist");
            }
            String::new()
        }
        _ => {
            return wrong(
                400,
                "InvalidAction",
                "the sandbox knows Subscribe, ConfirmSubscription and Unsubscribe",
            );
        }
    };
    sandbox.wake();
    let inner =
        if arn.is_empty() { String::new() } else { format!("<SubscriptionArn>{arn}</SubscriptionArn>") };
    let text = format!(
        "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{action}Result>{inner}\
         </{action}Result><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></{action}Response>",
        id()
    );
    xml(200, &text)
}

/// The certificate that every message names.
pub async fn certificate(State(sandbox): State<Sandbox>) -> Response<Body> {
    reply::with_body(200, "application/x-pem-file", sandbox.certificate().to_owned())
}
