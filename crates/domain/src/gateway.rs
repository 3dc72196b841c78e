//! What the answers of Amazon's event gateway and token endpoint mean (protocols 3.2, 3.3), each in one pure function.
//! Nothing is retried at once and nothing is dropped: an answer leads to delivery, to waiting, to one fresh token, or
//! to a reason that a person can act on. A fault of the account stops the account, never its messages one by one.

mod lwa;

pub use lwa::{Client, Granted, REFRESH_AHEAD, TokenAnswer, TokenRequest, TokenStop, classify_token};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of an answer that are read (reliability O6).
pub const ANSWER_MAX: usize = 64 * 1024;

/// Attempts that follow the documented rule: again after at least a second (protocols 3.2).
pub const QUICK_ATTEMPTS: u32 = 3;

/// The longest time between attempts without a word from the other side (reliability O2).
pub const BACKOFF_MAX: TimeDelta = TimeDelta::minutes(15);

/// The longest that a `Retry-After` is honoured (reliability O1).
pub const RETRY_AFTER_MAX: TimeDelta = TimeDelta::hours(1);

/// Times a "skill never enabled" is waited out, five minutes apart at least: enablement may not have spread yet.
pub const ENABLEMENT_ATTEMPTS: u32 = 5;

/// The gateway of a customer: that of the skill endpoint which received `AcceptGrant` (protocols 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Region {
    /// North America.
    NorthAmerica,
    /// Europe and India.
    Europe,
    /// Far East and Australia.
    FarEast,
}

impl Region {
    /// Where its events go.
    pub fn events_url(self) -> &'static str {
        match self {
            Self::NorthAmerica => "https://api.amazonalexa.com/v3/events",
            Self::Europe => "https://api.eu.amazonalexa.com/v3/events",
            Self::FarEast => "https://api.fe.amazonalexa.com/v3/events",
        }
    }

    /// Where its tokens come from.
    pub fn token_url(self) -> &'static str {
        match self {
            Self::NorthAmerica => "https://api.amazon.com/auth/o2/token",
            Self::Europe => "https://api.amazon.co.uk/auth/o2/token",
            Self::FarEast => "https://api.amazon.co.jp/auth/o2/token",
        }
    }
}

/// What came back of an attempt.
#[derive(Debug, Clone, Copy)]
pub enum Came<'a> {
    /// An answer. Redirects are not followed, so they are answers too.
    Answer {
        /// HTTP status.
        status: u16,
        /// `Retry-After`, if there was one.
        retry_after: Option<&'a str>,
        /// The body, up to [`ANSWER_MAX`].
        body: &'a [u8],
    },
    /// No connection: nothing was sent.
    NotSent,
    /// The request left, and no answer came: it may have been taken in.
    Lost,
}

/// What came back, owned: to be kept until it is judged.
#[derive(Debug, Clone)]
pub enum Heard {
    /// An answer.
    Answer {
        /// HTTP status.
        status: u16,
        /// `Retry-After`.
        retry_after: Option<String>,
        /// The body.
        body: Vec<u8>,
    },
    /// No connection.
    NotSent,
    /// No answer.
    Lost,
}

impl Heard {
    /// As it is judged.
    pub fn came(&self) -> Came<'_> {
        match self {
            Self::Answer { status, retry_after, body } => {
                Came::Answer { status: *status, retry_after: retry_after.as_deref(), body }
            }
            Self::NotSent => Came::NotSent,
            Self::Lost => Came::Lost,
        }
    }
}

/// Which attempt it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// The token is fresh: it was renewed because of a 401 to this message.
    pub refreshed: bool,
    /// The report is about several devices, so it can be split.
    pub divisible: bool,
    /// A random number; spreads the retries of many.
    pub jitter: u32,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Taken in.
    Delivered,
    /// The whole account waits, then the same message goes again.
    Wait {
        /// Until then.
        until: DateTime<Utc>,
    },
    /// Renew the token, once for all messages that wait for it, and send again.
    Refresh,
    /// Send it in halves.
    Split,
    /// This message can't be delivered; the others go on.
    Park(Reason),
    /// Nothing of this account can be delivered until a person did something; its messages wait.
    Stop(Stop),
}

/// Why a message is put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// `INVALID_REQUEST_EXCEPTION`.
    #[error(
        "Amazon found the message invalid. Look at it, and at what the device reported; it won't be sent again."
    )]
    Invalid,
    /// One device alone is larger than a message may be.
    #[error("The message is larger than Amazon takes. Give the device fewer or shorter names.")]
    TooLarge,
    /// Its endpoint is gone.
    #[error("The device was removed before this was sent.")]
    DeviceGone,
}

/// Why an account stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// A fresh token was refused too, or there is none any more.
    #[error("Amazon no longer accepts the link. The customer has to link the skill again.")]
    LinkLost,
    /// The customer turned the skill off: delete the tokens.
    #[error("The customer turned the skill off. Nothing is sent until it is enabled and linked again.")]
    SkillDisabled,
    /// Not enabled here, also after waiting.
    #[error(
        "Amazon does not know this customer's skill in this region. The customer may have moved: disable, enable and link again."
    )]
    NotEnabledHere,
    /// "Send Alexa Events" is off.
    #[error(
        "The skill may not send events. Turn on \"Send Alexa Events\" under Permissions in the Alexa console."
    )]
    NotPermitted,
    /// The token is of another skill or stage.
    #[error("The token belongs to another skill or stage. The customer has to disable and enable the skill.")]
    OtherSkill,
    /// A redirect, or an address that takes no events.
    #[error(
        "The answer is not the event gateway's. Check the gateway's address in the configuration, and any proxy."
    )]
    WrongAddress,
}

impl Stop {
    /// Whether the account's tokens are to be deleted (protocols 3.2).
    pub fn deletes_tokens(self) -> bool {
        self == Self::SkillDisabled
    }
}

/// Says what an answer to a message means.
pub fn classify(came: Came<'_>, attempt: Attempt, now: DateTime<Utc>) -> Outcome {
    let wait = |retry_after| Outcome::Wait { until: again_at(retry_after, attempt, now) };
    let (status, retry_after, body) = match came {
        Came::NotSent | Came::Lost => return wait(None),
        Came::Answer { status, retry_after, body } => (status, retry_after, body),
    };
    if (200..300).contains(&status) {
        return Outcome::Delivered;
    }
    // The code decides, because the status of some is not documented; the status decides where there is no known code.
    match code(body).as_deref().unwrap_or_default() {
        "INVALID_ACCESS_TOKEN_EXCEPTION" => return token_refused(attempt),
        "SKILL_NEVER_ENABLED_EXCEPTION" => return never_enabled(attempt, now),
        "SKILL_DISABLED_EXCEPTION" => return Outcome::Stop(Stop::SkillDisabled),
        "INSUFFICIENT_PERMISSION_EXCEPTION" => return Outcome::Stop(Stop::NotPermitted),
        "SKILL_NOT_FOUND_EXCEPTION" | "ACCOUNT_NOT_FOUND_EXCEPTION" => {
            return Outcome::Stop(Stop::OtherSkill);
        }
        "REQUEST_ENTITY_TOO_LARGE_EXCEPTION" => return too_large(attempt),
        "THROTTLING_EXCEPTION" | "INTERNAL_SERVICE_EXCEPTION" | "SERVICE_UNAVAILABLE_EXCEPTION" => {
            return wait(retry_after);
        }
        "INVALID_REQUEST_EXCEPTION" => return Outcome::Park(Reason::Invalid),
        _ => {}
    }
    match status {
        400 | 422 => Outcome::Park(Reason::Invalid),
        401 => token_refused(attempt),
        403 => Outcome::Stop(Stop::NotPermitted),
        413 => too_large(attempt),
        408 | 425 | 429 | 500..=599 => wait(retry_after),
        _ => Outcome::Stop(Stop::WrongAddress),
    }
}

fn token_refused(attempt: Attempt) -> Outcome {
    if attempt.refreshed { Outcome::Stop(Stop::LinkLost) } else { Outcome::Refresh }
}

fn too_large(attempt: Attempt) -> Outcome {
    if attempt.divisible { Outcome::Split } else { Outcome::Park(Reason::TooLarge) }
}

fn never_enabled(attempt: Attempt, now: DateTime<Utc>) -> Outcome {
    if attempt.number > ENABLEMENT_ATTEMPTS {
        return Outcome::Stop(Stop::NotEnabledHere);
    }
    Outcome::Wait { until: now + TimeDelta::minutes(5) + share(TimeDelta::minutes(1), attempt.jitter) }
}

/// `payload.code`, or `payload.type` as one client has seen it (protocols 3.2).
pub(crate) fn code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body.get(..ANSWER_MAX).unwrap_or(body)).ok()?;
    let payload = &body["payload"];
    payload["code"].as_str().or_else(|| payload["type"].as_str()).map(str::to_owned)
}

/// When to try again: not before the other side says (within an hour), and later each time, spread over the second half
/// of a doubling span, so that retries of many don't come together.
fn again_at(retry_after: Option<&str>, attempt: Attempt, now: DateTime<Utc>) -> DateTime<Utc> {
    let span = if attempt.number <= QUICK_ATTEMPTS {
        TimeDelta::seconds(2 << attempt.number.saturating_sub(1).min(4))
    } else {
        TimeDelta::seconds(2 << attempt.number.min(12)).min(BACKOFF_MAX)
    };
    let own = span / 2 + share(span / 2, attempt.jitter);
    let asked = retry_after.and_then(|text| asked_wait(text, now)).unwrap_or_default();
    now + own.max((asked + share(asked / 8, attempt.jitter)).min(RETRY_AFTER_MAX))
}

fn share(of: TimeDelta, jitter: u32) -> TimeDelta {
    TimeDelta::milliseconds(of.num_milliseconds() * i64::from(jitter >> 16) / 65_536)
}

/// A `Retry-After` in seconds or as an HTTP date; none for nonsense and for what lies behind.
fn asked_wait(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a number holds are a long time in any case.
        TimeDelta::seconds(i64::from(text.parse::<u32>().unwrap_or(u32::MAX)))
    } else {
        DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now
    };
    (wait > TimeDelta::zero()).then_some(wait)
}

#[cfg(test)]
mod tests;
