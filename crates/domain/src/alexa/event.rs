//! Messages as they are sent (protocols 2.4): the envelope, and the constructor of each answer. The parts of a message
//! borrow from what they describe, so that an answer on twenty devices costs little more than writing it down.

use super::describe::{Connectivity, Device, EndpointObject, interface};
use super::fault::ErrorType;
use super::ids::{ApplianceId, MessageId};
use super::measurement::Quantity;
use super::report::{Cause, Property, Report};
use super::{ENDPOINTS_MAX, PAYLOAD_VERSION, REPLACED_DATE};
use crate::endpoint::SensorKind;
use crate::figures;
use crate::ids::Instance;
use crate::secret::Secret;
use chrono::{DateTime, Utc};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A message, ready to be written: `serde_json::to_vec(&message)`.
#[derive(Serialize)]
pub struct Message<'a> {
    event: Event<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
}

/// Messages hold tokens, so they are not printed.
impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({}.{})", self.event.header.namespace, self.event.header.name)
    }
}

#[derive(Serialize)]
struct Event<'a> {
    header: Header<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<Target<'a>>,
    payload: Payload<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    namespace: &'static str,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a Instance>,
    payload_version: &'static str,
    message_id: &'a MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_token: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope<'a>>,
    endpoint_id: &'a ApplianceId,
}

struct Scope<'a>(&'a Secret);

impl Serialize for Scope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", "BearerToken")?;
        map.serialize_entry("token", self.0.expose())?;
        map.end()
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Payload<'a> {
    Empty {},
    Endpoints {
        endpoints: Vec<EndpointObject<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        scope: Option<Scope<'a>>,
    },
    Gone {
        endpoints: Vec<Target<'a>>,
        scope: Scope<'a>,
    },
    Change {
        change: Change<'a>,
    },
    Used {
        usage: Quantity,
        #[serde(rename = "timeOfSample", serialize_with = "stamped")]
        at: DateTime<Utc>,
    },
    Replaced(ReplacedOn),
    Fault {
        #[serde(rename = "type")]
        kind: ErrorType,
        message: &'a str,
    },
    GrantRefused {
        #[serde(rename = "type")]
        kind: &'static str,
        message: &'a str,
    },
}

struct ReplacedOn(DateTime<Utc>);

impl Serialize for ReplacedOn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(REPLACED_DATE, &figures::stamp(self.0))?;
        map.end()
    }
}

#[derive(Serialize)]
struct Change<'a> {
    cause: CauseOf,
    properties: Vec<Stated<'a>>,
}

#[derive(Serialize)]
struct CauseOf {
    #[serde(rename = "type")]
    kind: Cause,
}

#[derive(Serialize)]
struct Context<'a> {
    properties: Vec<Stated<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stated<'a> {
    namespace: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a Instance>,
    name: &'static str,
    value: Value,
    #[serde(serialize_with = "stamped")]
    time_of_sample: DateTime<Utc>,
    uncertainty_in_milliseconds: u32,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Quantity(Quantity),
    Connectivity { value: Connectivity },
}

fn stamped<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&figures::stamp(*at))
}

impl<'a> Stated<'a> {
    fn of(property: &'a Property) -> Self {
        match property {
            Property::Level { instance, amount, at, uncertainty } => {
                Self::level(instance, Quantity::of(*amount), *at, *uncertainty)
            }
            Property::Connectivity { value, at, uncertainty } => Self::health(*value, *at, *uncertainty),
        }
    }

    fn level(instance: &'a Instance, value: Quantity, at: DateTime<Utc>, uncertainty: u32) -> Self {
        Self {
            namespace: interface(SensorKind::Level),
            instance: Some(instance),
            name: "level",
            value: Value::Quantity(value),
            time_of_sample: at,
            uncertainty_in_milliseconds: uncertainty,
        }
    }

    fn health(value: Connectivity, at: DateTime<Utc>, uncertainty: u32) -> Self {
        Self {
            namespace: "Alexa.EndpointHealth",
            instance: None,
            name: "connectivity",
            value: Value::Connectivity { value },
            time_of_sample: at,
            uncertainty_in_milliseconds: uncertainty,
        }
    }
}

impl<'a> Message<'a> {
    fn new(
        namespace: &'static str,
        name: &'static str,
        message_id: &'a MessageId,
        payload: Payload<'a>,
    ) -> Self {
        let header = Header {
            namespace,
            name,
            instance: None,
            payload_version: PAYLOAD_VERSION,
            message_id,
            correlation_token: None,
        };
        Self { event: Event { header, endpoint: None, payload }, context: None }
    }

    fn at(mut self, endpoint_id: &'a ApplianceId, scope: Option<&'a Secret>) -> Self {
        self.event.endpoint = Some(Target { scope: scope.map(Scope), endpoint_id });
        self
    }

    fn answering(mut self, correlation: Option<&'a str>) -> Self {
        self.event.header.correlation_token = correlation;
        self
    }

    fn of_instance(mut self, instance: &'a Instance) -> Self {
        self.event.header.instance = Some(instance);
        self
    }

    fn with(mut self, properties: Vec<Stated<'a>>) -> Self {
        self.context = Some(Context { properties });
        self
    }

    /// Bytes of one endpoint object.
    pub(crate) fn endpoint_bytes(device: &Device) -> usize {
        serde_json::to_vec(&EndpointObject(device)).map_or(usize::MAX, |bytes| bytes.len())
    }
}

impl Report {
    /// The report as it goes to the gateway, with Amazon's token of this customer. Pass the same `id` at every attempt.
    pub fn message<'a>(&'a self, id: &'a MessageId, token: &'a Secret) -> Message<'a> {
        match self {
            Self::Changed { appliance, cause, properties, unchanged } => {
                let properties = properties.iter().map(Stated::of).collect();
                let change = Change { cause: CauseOf { kind: *cause }, properties };
                Message::new("Alexa", "ChangeReport", id, Payload::Change { change })
                    .at(appliance, Some(token))
                    .with(unchanged.iter().map(Stated::of).collect())
            }
            Self::AddedOrUpdated { devices } => {
                let endpoints = devices.iter().map(EndpointObject).collect();
                let payload = Payload::Endpoints { endpoints, scope: Some(Scope(token)) };
                Message::new("Alexa.Discovery", "AddOrUpdateReport", id, payload)
            }
            Self::Deleted { appliances } => {
                let gone = |endpoint_id| Target { scope: None, endpoint_id };
                let endpoints = appliances.iter().map(gone).collect();
                let payload = Payload::Gone { endpoints, scope: Scope(token) };
                Message::new("Alexa.Discovery", "DeleteReport", id, payload)
            }
            Self::Consumed { appliance, instance, sensor, amount, at } => {
                let payload = Payload::Used { usage: Quantity::of(*amount), at: *at };
                Message::new(interface(*sensor), "InventoryConsumed", id, payload)
                    .of_instance(instance)
                    .at(appliance, Some(token))
            }
            Self::Replaced { appliance, instance, at } => {
                let namespace = interface(SensorKind::LevelUsage);
                Message::new(namespace, "InventoryReplaced", id, Payload::Replaced(ReplacedOn(*at)))
                    .of_instance(instance)
                    .at(appliance, Some(token))
            }
        }
    }
}

/// The answer to `Discover`: at most 300 devices (protocols 2.2); further ones are left out.
pub fn discover_response<'a>(devices: &'a [Device], id: &'a MessageId) -> Message<'a> {
    let endpoints = devices.iter().take(ENDPOINTS_MAX).map(EndpointObject).collect();
    Message::new("Alexa.Discovery", "Discover.Response", id, Payload::Endpoints { endpoints, scope: None })
}

/// The answer to `ReportState`: every retrievable property that is known. An unreachable device answers with what was
/// last known of it. The uncertainty of a value is its age at `now`.
pub fn state_report<'a>(
    device: &'a Device,
    correlation: Option<&'a str>,
    id: &'a MessageId,
    now: DateTime<Utc>,
) -> Message<'a> {
    let age = |at: DateTime<Utc>| u32::try_from((now - at).num_milliseconds().max(0)).unwrap_or(u32::MAX);
    let mut properties: Vec<Stated<'a>> = Vec::with_capacity(device.sensors.len() + 1);
    for sensor in device.sensors.iter().filter(|sensor| sensor.kind == SensorKind::Level) {
        if let Some((amount, at)) = sensor.level {
            // In the unit of the configuration, whatever unit it was read in.
            let amount = amount.to(sensor.unit).unwrap_or(amount);
            properties.push(Stated::level(&sensor.instance, Quantity::of(amount), at, age(at)));
        }
    }
    properties.push(Stated::health(device.connectivity, device.seen_at, age(device.seen_at)));
    Message::new("Alexa", "StateReport", id, Payload::Empty {})
        .at(&device.id, None)
        .answering(correlation)
        .with(properties)
}

/// Success of `AcceptGrant`: only once the tokens are stored.
pub fn accept_grant_response(id: &MessageId) -> Message<'_> {
    Message::new("Alexa.Authorization", "AcceptGrant.Response", id, Payload::Empty {})
}

/// Failure of `AcceptGrant`. `message` is for the developer's log.
pub fn grant_refused<'a>(message: &'a str, id: &'a MessageId) -> Message<'a> {
    let payload = Payload::GrantRefused { kind: "ACCEPT_GRANT_FAILED", message };
    Message::new("Alexa.Authorization", "ErrorResponse", id, payload)
}

/// An error in answer to a directive. `message` is for the developer's log.
pub fn error_response<'a>(
    kind: ErrorType,
    message: &'a str,
    appliance: Option<&'a ApplianceId>,
    correlation: Option<&'a str>,
    id: &'a MessageId,
) -> Message<'a> {
    let answer =
        Message::new("Alexa", "ErrorResponse", id, Payload::Fault { kind, message }).answering(correlation);
    match appliance {
        Some(appliance) => answer.at(appliance, None),
        None => answer,
    }
}

#[cfg(test)]
mod tests;
