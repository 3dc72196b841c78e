//! Judges a message that was saved to a file as the listener would have judged it at a moment, with a certificate that a
//! person vouches for. Every verdict has a stable name.

use super::certificate::{NotBelieved, SIGNER, SigningKey, Trust};
use chrono::{DateTime, Utc};
use refill_domain::sns::{Arrival, Headers, Policy, TopicArn, judge, read_envelope};
use serde::Serialize;

/// The verdict on a saved message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// It is to be believed.
    pub valid: bool,
    /// Why not, as a stable name.
    pub reason: Option<&'static str>,
    /// Why not, as a sentence.
    #[serde(skip)]
    pub sentence: Option<String>,
}

/// Judges a message. Without a topic the message's own is taken for a configured one.
pub fn judged(message: &[u8], certificate: &[u8], at: DateTime<Utc>, topic: Option<TopicArn>) -> Verdict {
    let refused = |reason, why: String| Verdict { valid: false, reason: Some(reason), sentence: Some(why) };
    let envelope = match read_envelope(message) {
        Ok(envelope) => envelope,
        Err(why) => return refused(why.code(), why.to_string()),
    };
    let topics = vec![topic.unwrap_or_else(|| envelope.topic.clone())];
    let policy = Policy { topics, ..Policy::default() };
    let claim = match judge(&envelope, Headers::default(), &policy, Arrival::Https, at) {
        Ok(claim) => claim,
        Err(why) => return refused(why.code(), why.to_string()),
    };
    let believed = SigningKey::read(certificate, &[SIGNER.to_owned()], &Trust::Giver, at)
        .and_then(|key| key.verify(&claim, at));
    match believed {
        Ok(()) => Verdict { valid: true, reason: None, sentence: None },
        Err(why) => refused(NotBelieved::code(why), why.to_string()),
    }
}
