//! One message of a broker: whose it is, what it says, and what its device is told. Every message gets an answer, or is
//! of no device; none is believed without the credential of the device that its topic names.

use crate::access::speaker_of;
use crate::error::{ApiError, Code};
use crate::extract::read;
use crate::ledger::ingest::{Event, many, one};
use crate::ledger::{VerdictView, Verdicts};
use crate::state::App;
use refill_domain::ids::EndpointId;
use rumqttc::Publish;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

/// What a device is told.
pub struct Answer {
    /// The device.
    pub device: EndpointId,
    /// The event's id, where there is one event and it could be read.
    id: Option<Uuid>,
    /// The verdicts, or why there are none.
    pub said: Result<Vec<VerdictView>, ApiError>,
}

/// Why a message as a whole was not taken in.
#[derive(Serialize)]
struct Refusal<'a> {
    code: Code,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

#[derive(Serialize)]
struct Refused<'a> {
    problem: Refusal<'a>,
}

impl Answer {
    /// Under which code it was refused as a whole.
    pub fn refused(&self) -> Option<Code> {
        self.said.as_ref().err().map(|error| error.code)
    }

    /// As it is published.
    pub fn body(self) -> Vec<u8> {
        let body = match &self.said {
            Err(error) => serde_json::to_vec(&Refused {
                problem: Refusal {
                    code: error.code,
                    detail: &error.detail,
                    field: error.field.as_deref(),
                    retry_after: error.retry_after,
                    id: self.id,
                },
            }),
            Ok(_) => serde_json::to_vec(&Verdicts { verdicts: self.said.unwrap_or_default() }),
        };
        body.unwrap_or_default()
    }
}

/// The device that a topic names, written as the cloud writes it.
fn device_of(prefix: &str, topic: &str) -> Option<EndpointId> {
    let id = topic.strip_prefix(prefix)?.strip_prefix('/')?.strip_suffix("/events")?;
    let read = Uuid::try_parse(id).ok()?;
    (read.to_string() == id).then_some(EndpointId(read))
}

/// What is read before it is known who speaks.
#[derive(Deserialize)]
struct Head {
    credential: Option<String>,
    id: Option<Box<RawValue>>,
    events: Option<Vec<Box<RawValue>>>,
}

/// Takes in a message, and says what its device is told; none for a topic of no device.
pub async fn answered(app: &App, prefix: &str, publish: &Publish) -> Option<Answer> {
    let device = device_of(prefix, &publish.topic)?;
    let mut id = None;
    let said = taken(app, device, &publish.payload, &mut id).await;
    Some(Answer { device, id, said })
}

async fn taken(
    app: &App,
    device: EndpointId,
    payload: &[u8],
    id: &mut Option<Uuid>,
) -> Result<Vec<VerdictView>, ApiError> {
    app.limits.published.take(device, 1, app.clock.now_ms()).map_err(ApiError::rate_limited)?;
    let limits = &app.config.limits;
    let within = |limit: usize| {
        let large = || ApiError::new(Code::BodyTooLarge, format!("Send at most {limit} bytes."));
        (payload.len() <= limit).then_some(()).ok_or_else(large)
    };
    within(limits.batch_bytes)?;
    let head: Head = read(payload)?;
    *id = head.id.and_then(|id| serde_json::from_str(id.get()).ok());
    let missing = || ApiError::new(Code::Unauthorized, "Put the device's credential into `credential`.");
    let speaker = speaker_of(app, &head.credential.ok_or_else(missing)?).await?;
    if speaker.device.id != device {
        let why = "This credential is of another device than the topic.";
        return Err(ApiError::new(Code::Forbidden, why));
    }
    match head.events {
        Some(events) => many(app, &speaker, events).await,
        None => {
            within(limits.body_bytes)?;
            let event: Event = read(payload)?;
            Ok(vec![one(app, &speaker, event).await?])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_names_one_device_in_one_way() {
        let id = "0190a000-0000-7000-8000-00000000000a";
        let of = |topic: &str| device_of("maker/refill", topic).map(|device| device.0.to_string());
        assert_eq!(of(&format!("maker/refill/{id}/events")).as_deref(), Some(id));
        for bad in [
            format!("maker/refill/{}/events", id.to_uppercase()),
            format!("maker/refill/{{{id}}}/events"),
            format!("maker/refill/{}/events", id.replace('-', "")),
            format!("maker/refill/{id}/verdicts"),
            format!("maker/refill/{id}/x/events"),
            format!("maker/refill{id}/events"),
            format!("other/{id}/events"),
            "maker/refill//events".to_owned(),
            String::new(),
        ] {
            assert_eq!(of(&bad), None, "{bad}");
        }
    }
}
