//! Which messages may be believed once their signature verifies: addressed as SNS addresses, of a configured topic, with
//! a certificate from that topic's own SNS host, and fresh. The certificate's address is compared whole with the few
//! that can be, never parsed, so no two parsers can disagree about it; the confirmation's address is never taken from
//! the message but made from topic and token (reliability, findings 7 and 8).

use super::envelope::{Digest, Envelope, Kind};
use super::topic::TopicArn;
use crate::ledger::CLOCK_SKEW;
use chrono::{DateTime, TimeDelta, Utc};

/// How old a message over HTTPS may be, besides the skew of clocks: SNS retries for at most 3,600 seconds (protocols 5.4).
pub const FRESH_FOR: TimeDelta = TimeDelta::hours(1);

/// How long ids of messages are kept, so that none acts twice: retries into a queue run 23 days (reliability N4).
pub const MESSAGE_IDS_KEPT: TimeDelta = TimeDelta::days(30);

/// What is believed.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// The topics of this maker, and no others.
    pub topics: Vec<TopicArn>,
    /// A stand-in for SNS on this computer, for rehearsals. Never in production.
    pub rehearsal: Option<Rehearsal>,
    /// Whether raw delivery is taken, which carries no signature.
    pub allow_raw: bool,
}

/// The address of a stand-in for SNS: `http://127.0.0.1:{port}` or `http://[::1]:{port}`, perhaps with a path of lower-case
/// letters below which it answers (`/sns`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal(String);

/// An address that is not on this computer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a rehearsal's address must be http://127.0.0.1:port or http://[::1]:port, with or without a /path")]
pub struct NotLoopback;

impl Rehearsal {
    /// The address, if it is on loopback with a port.
    ///
    /// # Errors
    /// [`NotLoopback`].
    pub fn at(origin: &str) -> Result<Self, NotLoopback> {
        let rest = origin.strip_prefix("http://127.0.0.1:").or_else(|| origin.strip_prefix("http://[::1]:"));
        let (port, path) = match rest.map(|rest| rest.split_once('/')) {
            Some(Some((port, path))) => (Some(port), Some(path)),
            _ => (rest, None),
        };
        let plain = |path: &str| !path.is_empty() && path.bytes().all(|b| b.is_ascii_lowercase());
        match port.map(str::parse::<u16>) {
            Some(Ok(number))
                if number > 0 && port == Some(number.to_string().as_str()) && path.is_none_or(plain) =>
            {
                Ok(Self(origin.to_owned()))
            }
            _ => Err(NotLoopback),
        }
    }
}

/// By which way a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Posted by SNS.
    Https,
    /// Read from a queue that is subscribed to the topic: any age, for it may have waited there.
    Queue,
}

/// What the HTTP headers said; all absent for a message from a queue or a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `x-amz-sns-message-type`.
    pub kind: Option<&'a str>,
    /// `x-amz-sns-topic-arn`.
    pub topic: Option<&'a str>,
    /// `x-amz-sns-rawdelivery`.
    pub raw: Option<&'a str>,
}

impl Headers<'_> {
    /// Whether the body is the bare message, without envelope or signature. Allowed or not: by the policy.
    ///
    /// # Errors
    /// `Raw` if the policy does not allow it.
    pub fn raw(&self, policy: &Policy) -> Result<bool, Refused> {
        let raw = self.raw.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        if raw && !policy.allow_raw { Err(Refused::Raw) } else { Ok(raw) }
    }
}

/// Why a message is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refused {
    /// Raw delivery.
    #[error("raw delivery carries no signature; turn it off for this subscription")]
    Raw,
    /// A header says another type or topic than the body.
    #[error("the headers and the body disagree")]
    Headers,
    /// A topic that is not configured here.
    #[error("the topic is none of the configured ones")]
    Topic,
    /// A certificate that is not at the address of the topic's own SNS host.
    #[error("the certificate's address is not the one of SNS in the topic's region")]
    CertificateUrl,
    /// Older than [`FRESH_FOR`].
    #[error("the message is too old")]
    Stale,
    /// From the future.
    #[error("the message lies in the future; check this computer's clock")]
    Future,
    /// A signature that is no base64, or a token or id of a form that SNS never sends.
    #[error("the message is malformed")]
    Form,
}

impl Refused {
    /// A stable name, for answers to programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Raw => "raw-delivery",
            Self::Headers => "headers-disagree",
            Self::Topic => "topic-not-configured",
            Self::CertificateUrl => "certificate-url",
            Self::Stale => "stale",
            Self::Future => "from-the-future",
            Self::Form => "malformed",
        }
    }
}

/// A message that may be believed if its signature verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Fetch the certificate here: no redirects, within 5 s and 16 kB, kept by this address.
    pub certificate_url: String,
    /// Digest with this,
    pub digest: Digest,
    /// over these bytes,
    pub signed: String,
    /// and compare with this, base64.
    pub signature: String,
    accepted: Accepted,
}

/// What a verified message means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// A message of a topic: read it with [`super::read_notification`].
    Notification {
        /// SNS's id of it: applied once, however often it comes.
        message_id: String,
        /// The topic.
        topic: TopicArn,
        /// The text.
        message: String,
        /// The `version` attribute, which is not signed.
        version: Option<String>,
    },
    /// Confirm the subscription by fetching this address, made here from topic and token.
    Confirm {
        /// The topic.
        topic: TopicArn,
        /// The address.
        url: String,
    },
    /// The topic will not be sent here any more. To somebody who did not mean that, it is worth an alarm.
    Unsubscribed {
        /// The topic.
        topic: TopicArn,
    },
}

impl Claim {
    /// What the message means. Call this only after the signature has verified with the certificate of
    /// [`Self::certificate_url`].
    pub fn verified(self) -> Accepted {
        self.accepted
    }
}

/// Judges everything about a message but its signature.
///
/// # Errors
/// The first reason not to believe it.
pub fn judge(
    envelope: &Envelope,
    headers: Headers<'_>,
    policy: &Policy,
    arrival: Arrival,
    now: DateTime<Utc>,
) -> Result<Claim, Refused> {
    headers.raw(&Policy { allow_raw: false, ..Policy::default() })?;
    let agrees = |header: Option<&str>, body: &str| header.is_none_or(|header| header == body);
    if !agrees(headers.kind, envelope.kind.name()) || !agrees(headers.topic, envelope.topic.as_str()) {
        return Err(Refused::Headers);
    }
    if !policy.topics.contains(&envelope.topic) {
        return Err(Refused::Topic);
    }
    let origin = origin(&envelope.topic, policy);
    if !is_certificate_url(&envelope.certificate_url, &origin) {
        return Err(Refused::CertificateUrl);
    }
    if envelope.at > now + CLOCK_SKEW {
        return Err(Refused::Future);
    }
    if arrival == Arrival::Https && envelope.at < now - FRESH_FOR - CLOCK_SKEW {
        return Err(Refused::Stale);
    }
    let base64 = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=');
    let simple = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
    let fits = |text: &str, max: usize, of: &dyn Fn(u8) -> bool| {
        (1..=max).contains(&text.len()) && text.bytes().all(of)
    };
    if !fits(&envelope.signature, 2048, &base64) || !fits(&envelope.message_id, 100, &simple) {
        return Err(Refused::Form);
    }
    let topic = envelope.topic.clone();
    let accepted = match envelope.kind {
        Kind::Notification => Accepted::Notification {
            message_id: envelope.message_id.clone(),
            topic,
            message: envelope.message.clone(),
            version: envelope.version.clone(),
        },
        Kind::SubscriptionConfirmation => {
            let token = envelope.token().filter(|token| fits(token, 1024, &simple)).ok_or(Refused::Form)?;
            let arn = topic.as_str().replace(':', "%3A");
            let url = format!("{origin}/?Action=ConfirmSubscription&TopicArn={arn}&Token={token}");
            Accepted::Confirm { topic, url }
        }
        Kind::UnsubscribeConfirmation => Accepted::Unsubscribed { topic },
    };
    Ok(Claim {
        certificate_url: envelope.certificate_url.clone(),
        digest: envelope.digest,
        signed: envelope.signed_text(),
        signature: envelope.signature.clone(),
        accepted,
    })
}

fn origin(topic: &TopicArn, policy: &Policy) -> String {
    match &policy.rehearsal {
        Some(Rehearsal(origin)) => origin.clone(),
        None => format!("https://{}", topic.host()),
    }
}

/// Exactly `{origin}/SimpleNotificationService-{32 of 0-9a-f}.pem`.
fn is_certificate_url(url: &str, origin: &str) -> bool {
    let serial = url
        .strip_prefix(origin)
        .and_then(|path| path.strip_prefix("/SimpleNotificationService-"))
        .and_then(|rest| rest.strip_suffix(".pem"));
    serial.is_some_and(|s| s.len() == 32 && s.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests;
