//! The SNS envelope and the text its signature covers (protocols 5.2, 5.3). Reading is strict about what is signed: every
//! signed member is a text that stands there once, in one spelling; unknown members are passed over.

use super::topic::TopicArn;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Bytes of an envelope (ours): SNS takes 256 KB of message, which escapes may double.
pub const ENVELOPE_MAX: usize = 512 * 1024;

/// What kind of message SNS sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Kind {
    /// A message of the topic.
    Notification,
    /// Somebody asked that the topic be sent here.
    SubscriptionConfirmation,
    /// It won't be any more.
    UnsubscribeConfirmation,
}

impl Kind {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notification => "Notification",
            Self::SubscriptionConfirmation => "SubscriptionConfirmation",
            Self::UnsubscribeConfirmation => "UnsubscribeConfirmation",
        }
    }
}

/// How the text is digested before the RSA signature (PKCS #1 v1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    /// `SignatureVersion` 1, the default of a topic.
    Sha1,
    /// `SignatureVersion` 2.
    Sha256,
}

/// Why bytes are no envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEnvelope {
    /// More than [`ENVELOPE_MAX`].
    #[error("the message has more than 512 KiB")]
    TooLarge,
    /// No JSON, a member twice, of another type, or missing.
    #[error("this is no SNS message: {0}")]
    Json(String),
    /// A member that this type needs is not there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A `SignatureVersion` other than 1 and 2.
    #[error("`SignatureVersion` must be \"1\" or \"2\"")]
    SignatureVersion,
    /// A `Timestamp` that is none.
    #[error("`Timestamp` is not a moment")]
    Timestamp,
    /// A `TopicArn` that is none.
    #[error("`TopicArn` is no topic of a known region")]
    Topic,
}

impl BadEnvelope {
    /// A stable name, for answers to programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Json(_) | Self::Missing(_) => "malformed",
            Self::SignatureVersion => "signature-version",
            Self::Timestamp => "timestamp",
            Self::Topic => "topic-unknown",
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    #[serde(rename = "Type")]
    kind: Kind,
    message_id: String,
    topic_arn: String,
    message: String,
    timestamp: String,
    signature_version: String,
    signature: String,
    // Functions spell the two addresses in another way (protocols 5.2); both at once is a duplicate, and refused.
    #[serde(rename = "SigningCertURL", alias = "SigningCertUrl")]
    signing_cert_url: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    token: Option<String>,
    #[serde(rename = "SubscribeURL", alias = "SubscribeUrl", default)]
    subscribe_url: Option<String>,
    #[serde(default)]
    message_attributes: Option<BTreeMap<String, Attribute>>,
}

#[derive(Deserialize)]
struct Attribute {
    #[serde(rename = "Value", alias = "value", default)]
    value: serde_json::Value,
}

/// A message as SNS sends it. Nothing in it is to be believed before the signature is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What it is.
    pub kind: Kind,
    /// Its id; the same at every retry.
    pub message_id: String,
    /// The topic it claims to come from.
    pub topic: TopicArn,
    /// The message itself.
    pub message: String,
    /// When SNS took it in.
    pub at: DateTime<Utc>,
    /// How it is signed.
    pub digest: Digest,
    /// The signature, base64.
    pub signature: String,
    /// Where it says its certificate is.
    pub certificate_url: String,
    /// The `version` attribute, unsigned: a hint, no more.
    pub version: Option<String>,
    subject: Option<String>,
    token: Option<String>,
    subscribe_url: Option<String>,
    timestamp: String,
}

/// Reads an envelope.
///
/// # Errors
/// [`BadEnvelope`], naming the member.
pub fn read_envelope(body: &[u8]) -> Result<Envelope, BadEnvelope> {
    if body.len() > ENVELOPE_MAX {
        return Err(BadEnvelope::TooLarge);
    }
    let wire: Wire = serde_json::from_slice(body).map_err(|error| BadEnvelope::Json(error.to_string()))?;
    let digest = match wire.signature_version.as_str() {
        "1" => Digest::Sha1,
        "2" => Digest::Sha256,
        _ => return Err(BadEnvelope::SignatureVersion),
    };
    if wire.kind != Kind::Notification {
        wire.token.as_ref().ok_or(BadEnvelope::Missing("Token"))?;
        wire.subscribe_url.as_ref().ok_or(BadEnvelope::Missing("SubscribeURL"))?;
    }
    let at = Some(wire.timestamp.as_str()).filter(|text| text.len() <= 40);
    let at = at.and_then(|text| DateTime::parse_from_rfc3339(text).ok()).ok_or(BadEnvelope::Timestamp)?;
    let attributes = wire.message_attributes.unwrap_or_default();
    let version = attributes.get("version").and_then(|attribute| match &attribute.value {
        serde_json::Value::String(text) => Some(text.chars().take(16).collect()),
        // As Amazon's page prints it (protocols 5.1).
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    Ok(Envelope {
        kind: wire.kind,
        message_id: wire.message_id,
        topic: wire.topic_arn.parse().map_err(|_| BadEnvelope::Topic)?,
        message: wire.message,
        at: at.to_utc(),
        digest,
        signature: wire.signature,
        certificate_url: wire.signing_cert_url,
        version,
        subject: wire.subject,
        token: wire.token,
        subscribe_url: wire.subscribe_url,
        timestamp: wire.timestamp,
    })
}

impl Envelope {
    /// The text that is signed: name, line feed, value, line feed for each member, in the order of protocols 5.3. Both
    /// confirmations sign `Token`.
    pub fn signed_text(&self) -> String {
        let subject = self.subject.as_deref().map(|subject| ("Subject", subject));
        let confirms = self.kind != Kind::Notification;
        let of = |name, value: &Option<String>| value.as_ref().filter(|_| confirms).map(|_| name);
        let members = [
            Some(("Message", self.message.as_str())),
            Some(("MessageId", self.message_id.as_str())),
            if confirms { None } else { subject },
            of("SubscribeURL", &self.subscribe_url).zip(self.subscribe_url.as_deref()),
            Some(("Timestamp", self.timestamp.as_str())),
            of("Token", &self.token).zip(self.token.as_deref()),
            Some(("TopicArn", self.topic.as_str())),
            Some(("Type", self.kind.name())),
        ];
        let mut text = String::with_capacity(self.message.len() + 512);
        for (name, value) in members.into_iter().flatten() {
            for part in [name, "\n", value, "\n"] {
                text.push_str(part);
            }
        }
        text
    }

    /// The token that confirms a subscription.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

#[cfg(test)]
pub(crate) mod tests;
