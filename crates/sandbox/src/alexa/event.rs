//! What may be sent to the event gateway: every message of protocols 2.4 that a maker sends by itself, each with exactly
//! the members its row demands.

use super::endpoint::{Described, Interface, described};
use super::value::{Amount, Property, amount, properties};
use super::{Header, LEVEL_USAGE};
use crate::check::{At, Checked, refuse};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// The member of `InventoryReplaced` that says when; inferred, the official sample was not found (protocols 2.6).
pub const REPLACED_DATE: &str = "replacedDate";

const CAUSES: [&str; 7] = [
    "APP_INTERACTION",
    "PHYSICAL_INTERACTION",
    "PERIODIC_POLL",
    "RULE_TRIGGER",
    "VOICE_INTERACTION",
    "INVALID_CREDENTIALS",
    "SUBSCRIPTION_EXPIRED",
];
const ERRORS: [&str; 23] = [
    "ALREADY_IN_OPERATION",
    "BRIDGE_UNREACHABLE",
    "CLOUD_CONTROL_DISABLED",
    "ENDPOINT_BUSY",
    "ENDPOINT_UNREACHABLE",
    "EXPIRED_AUTHORIZATION_CREDENTIAL",
    "FIRMWARE_OUT_OF_DATE",
    "HARDWARE_MALFUNCTION",
    "INSUFFICIENT_PERMISSIONS",
    "INTERNAL_ERROR",
    "INVALID_AUTHORIZATION_CREDENTIAL",
    "INVALID_DIRECTIVE",
    "INVALID_VALUE",
    "NO_SUCH_ENDPOINT",
    "NOT_CALIBRATED",
    "NOT_IN_OPERATION",
    "POWER_LEVEL_NOT_SUPPORTED",
    "RATE_LIMIT_EXCEEDED",
    "TOO_MANY_FAILED_ATTEMPTS",
    "ENDPOINT_LOW_POWER",
    "NOT_SUPPORTED_IN_CURRENT_MODE",
    "VALUE_OUT_OF_RANGE",
    "TEMPERATURE_VALUE_OUT_OF_RANGE",
];

/// A legal message to the gateway.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its header.
    pub header: Header,
    /// The token of its scope: must be the one of the request (protocols 3.1).
    pub token: String,
    /// What it says.
    pub event: Event,
}

/// What a message says.
#[derive(Debug, Clone)]
pub enum Event {
    /// `ChangeReport`: the changed properties, then the others.
    Changed {
        /// Of which device.
        endpoint: String,
        /// `payload.change.properties`.
        changed: Vec<Property>,
        /// `context.properties`.
        others: Vec<Property>,
    },
    /// `AddOrUpdateReport`.
    Added(Vec<Described>),
    /// `DeleteReport`: the endpoint ids.
    Deleted(Vec<String>),
    /// `InventoryConsumed`: used since the last report.
    Consumed {
        /// Of which device.
        endpoint: String,
        /// Which kind of sensor.
        interface: Interface,
        /// Which sensor.
        instance: String,
        /// How much.
        usage: Amount,
        /// When it was measured.
        sampled: DateTime<Utc>,
    },
    /// `InventoryReplaced`.
    Replaced {
        /// Of which device.
        endpoint: String,
        /// Which sensor.
        instance: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// `StateReport` sent later than the directive's answer.
    State {
        /// Of which device.
        endpoint: String,
        /// Its properties.
        properties: Vec<Property>,
    },
    /// `ErrorResponse` sent later than the directive's answer.
    Failed {
        /// Of which device.
        endpoint: String,
    },
}

/// Reads a message to the gateway.
///
/// # Errors
/// The first member that the documents do not allow.
pub fn message(body: &Value) -> Checked<Message> {
    let root = At::root(body, "");
    let event = super::event_of(&root)?;
    let header = super::header(&event)?;
    let payload = event.member("payload", "2.4")?;
    payload.object("2.4")?;
    let (namespace, name) = (header.namespace.as_str(), header.name.as_str());
    let (token, said) = match (namespace, name) {
        ("Alexa", "ChangeReport") => changed(&root, &event, &payload)?,
        ("Alexa", "StateReport") => {
            correlated(&header)?;
            let (token, endpoint) = endpoint(&event)?;
            payload.must(payload.object("2.4")?.is_empty(), "must be {}", "2.4")?;
            root.member("context", "2.4")?;
            (token, Event::State { endpoint, properties: super::context(&root)? })
        }
        ("Alexa", "ErrorResponse") => {
            correlated(&header)?;
            let (token, endpoint) = endpoint(&event)?;
            failure(&payload)?;
            (token, Event::Failed { endpoint })
        }
        ("Alexa.Discovery", "AddOrUpdateReport") => {
            event.without("endpoint", "has no place in a discovery: the scope is in the payload", "2.4")?;
            let token = super::scope(&payload, "2.4")?;
            let list = payload.member("endpoints", "2.4")?;
            let all = described(&list)?;
            list.must(!all.is_empty(), "may not be empty", "2.4")?;
            (token, Event::Added(all))
        }
        ("Alexa.Discovery", "DeleteReport") => {
            let token = super::scope(&payload, "2.4")?;
            let list = payload.member("endpoints", "2.4")?;
            let ids: Vec<_> = list.array("2.4")?.iter().map(super::endpoint_id).collect::<Checked<_>>()?;
            list.must(!ids.is_empty(), "may not be empty", "2.4")?;
            (token, Event::Deleted(ids))
        }
        (_, "InventoryConsumed") => consumed(&header, &event, &payload)?,
        (_, "InventoryReplaced") => {
            if namespace != LEVEL_USAGE {
                return refuse("event.header.namespace", format!("must be {LEVEL_USAGE:?}"), "2.6");
            }
            let (token, endpoint) = endpoint(&event)?;
            let instance = instance(&header)?;
            let at = payload.member(REPLACED_DATE, "2.6")?.instant("2.6")?;
            (token, Event::Replaced { endpoint, instance, at })
        }
        ("Alexa.Discovery", "Discover.Response") | ("Alexa.Authorization", _) | ("Alexa", "Response") => {
            return refuse("event.header.name", "is an answer to a directive, not for the gateway", "2.4");
        }
        _ => {
            let why = format!("{namespace} {name} is no message of the gateway");
            return refuse("event.header.name", why, "2.4");
        }
    };
    Ok(Message { header, token, event: said })
}

/// The `endpoint` that a message to the gateway must hold, with its scope: token, then id.
fn endpoint(event: &At<'_>) -> Checked<(String, String)> {
    let endpoint = event.member("endpoint", "2.4")?;
    Ok((super::scope(&endpoint, "2.4")?, super::endpoint_id(&endpoint)?))
}

fn correlated(header: &Header) -> Checked {
    if header.correlation.is_some() {
        return Ok(());
    }
    refuse("event.header.correlationToken", "must echo the directive", "2.4")
}

fn instance(header: &Header) -> Checked<String> {
    let missing = || refuse("event.header.instance", "must name the sensor", "2.1");
    header.instance.clone().map_or_else(missing, Ok)
}

fn changed(root: &At<'_>, event: &At<'_>, payload: &At<'_>) -> Checked<(String, Event)> {
    let (token, endpoint) = endpoint(event)?;
    let change = payload.member("change", "2.4")?;
    change.member("cause", "2.4")?.member("type", "2.4")?.one_of(&CAUSES, "2.4")?;
    let list = change.member("properties", "2.4")?;
    let changed = properties(&list)?;
    list.must(!changed.is_empty(), "may not be empty", "2.4")?;
    root.member("context", "2.4")?;
    let others = super::context(root)?;
    if let Some(both) = others.iter().find(|other| changed.iter().any(|each| each.same(other))) {
        return refuse(&both.path, "changed: the context holds the unchanged properties", "2.4");
    }
    Ok((token, Event::Changed { endpoint, changed, others }))
}

fn consumed(header: &Header, event: &At<'_>, payload: &At<'_>) -> Checked<(String, Event)> {
    let interface = match Interface::named(&header.namespace) {
        Some(interface @ (Interface::Usage | Interface::LevelUsage)) => interface,
        _ => {
            let why = "must be a usage or a level usage sensor: a level sensor sends ChangeReport";
            return refuse("event.header.namespace", why, "2.6");
        }
    };
    let (token, endpoint) = endpoint(event)?;
    let instance = instance(header)?;
    let (kinds, section) = interface.kinds();
    let usage = amount(&payload.member("usage", section)?, kinds, section)?;
    let sampled = payload.member("timeOfSample", "2.6")?.instant("2.6")?;
    Ok((token, Event::Consumed { endpoint, interface, instance, usage, sampled }))
}

/// `payload` of an `Alexa` `ErrorResponse` (protocols 2.4).
pub fn failure(payload: &At<'_>) -> Checked {
    let kind = payload.member("type", "2.4")?.one_of(&ERRORS, "2.4")?;
    payload.member("message", "2.4")?.text("2.4")?;
    match kind {
        "NOT_SUPPORTED_IN_CURRENT_MODE" => {
            let modes = ["COLOR", "ASLEEP", "NOT_PROVISIONED", "OTHER"];
            payload.member("currentDeviceMode", "2.4")?.one_of(&modes, "2.4")?;
        }
        "VALUE_OUT_OF_RANGE" | "TEMPERATURE_VALUE_OUT_OF_RANGE" => {
            payload.member("validRange", "2.4")?.object("2.4")?;
        }
        _ => {}
    }
    Ok(())
}
