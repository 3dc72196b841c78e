//! What a skill may answer to a directive (protocols 2.4): the answer must be the one that was asked for, echo what must
//! be echoed, and hold what was promised at discovery.

use super::HEALTH;
use super::endpoint::{Described, ENDPOINTS_MAX, described};
use super::event::failure;
use super::value::Property;
use crate::check::{At, Checked, refuse};
use serde_json::Value;

/// What was asked.
#[derive(Debug)]
pub enum Asked<'a> {
    /// `Discover`.
    Discover,
    /// `AcceptGrant`.
    Grant,
    /// `ReportState`.
    State {
        /// The token to echo.
        correlation: &'a str,
        /// The device as it was discovered; unknown ones must be refused by the skill.
        endpoint: Option<&'a Described>,
    },
    /// Anything a device of this kind can't do.
    Other {
        /// The token to echo.
        correlation: &'a str,
    },
}

/// A legal answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The devices found.
    Found(Vec<Described>),
    /// The grant was taken.
    Granted,
    /// The grant was not taken: why.
    NotGranted(String),
    /// The state.
    State(Vec<Property>),
    /// An error that the documents know.
    Failed,
}

/// Reads the answer to a directive.
///
/// # Errors
/// The first member that the documents do not allow.
pub fn answer(asked: &Asked<'_>, body: &Value) -> Checked<Answer> {
    let root = At::root(body, "");
    let event = super::event_of(&root)?;
    let header = super::header(&event)?;
    let payload = event.member("payload", "2.4")?;
    let (namespace, name) = (header.namespace.as_str(), header.name.as_str());
    let echoed = |token: &str| -> Checked {
        if header.correlation.as_deref() == Some(token) {
            return Ok(());
        }
        refuse("event.header.correlationToken", "must echo the directive unchanged", "2.1")
    };
    match (asked, namespace, name) {
        (Asked::Discover, "Alexa.Discovery", "Discover.Response") => {
            event.without("endpoint", "has no place in a discovery", "2.4")?;
            root.without("context", "has no place in a discovery", "2.4")?;
            let list = payload.member("endpoints", "2.4")?;
            let found = described(&list)?;
            let fits = found.len() <= ENDPOINTS_MAX;
            list.must(fits, format!("holds more than {ENDPOINTS_MAX} endpoints"), "2.2")?;
            Ok(Answer::Found(found))
        }
        (Asked::Discover, ..) => {
            refuse("event.header.name", "must be Discover.Response, an empty one at worst", "2.4")
        }
        (Asked::Grant, "Alexa.Authorization", "AcceptGrant.Response") => {
            payload.must(payload.object("2.4")?.is_empty(), "must be {}", "2.4")?;
            Ok(Answer::Granted)
        }
        (Asked::Grant, "Alexa.Authorization", "ErrorResponse") => {
            payload.member("type", "2.4")?.exactly("ACCEPT_GRANT_FAILED", "2.4")?;
            Ok(Answer::NotGranted(payload.member("message", "2.4")?.text("2.4")?.to_owned()))
        }
        (Asked::Grant, ..) => refuse(
            "event.header.name",
            "must be AcceptGrant.Response or ErrorResponse of Alexa.Authorization",
            "2.4",
        ),
        (Asked::State { correlation, .. } | Asked::Other { correlation }, "Alexa", "ErrorResponse") => {
            echoed(correlation)?;
            super::endpoint_id(&event.member("endpoint", "2.4")?)?;
            failure(&payload)?;
            Ok(Answer::Failed)
        }
        (Asked::State { correlation, endpoint }, "Alexa", "StateReport") => {
            echoed(correlation)?;
            let id = super::endpoint_id(&event.member("endpoint", "2.4")?)?;
            payload.must(payload.object("2.4")?.is_empty(), "must be {}", "2.4")?;
            root.member("context", "2.4")?;
            let properties = super::context(&root)?;
            let Some(known) = endpoint else {
                return refuse("event.endpoint.endpointId", "was never discovered: NO_SUCH_ENDPOINT", "2.4");
            };
            if id != known.id {
                return refuse("event.endpoint.endpointId", "is not the one that was asked", "2.4");
            }
            complete(known, &properties).map(|()| Answer::State(properties))
        }
        _ => refuse("event.header.name", format!("{namespace} {name} does not answer the directive"), "2.4"),
    }
}

/// Every retrievable property is there (protocols 2.4), levels in the configured measure (2.5).
fn complete(known: &Described, properties: &[Property]) -> Checked {
    let lacks = |what: String| refuse("context.properties", format!("lacks the retrievable {what}"), "2.4");
    if known.health && !properties.iter().any(|p| p.namespace == HEALTH) {
        return lacks("connectivity".to_owned());
    }
    for sensor in known.sensors.iter().filter(|sensor| sensor.retrievable) {
        if sensor.interface != super::Interface::Level {
            continue;
        }
        let level = properties.iter().find(|p| p.instance.as_deref() == Some(&sensor.instance));
        let Some(level) = level else { return lacks(format!("level of {}", sensor.instance)) };
        if level.level.as_ref().is_some_and(|amount| amount.measure != sensor.measure) {
            let path = format!("{}.value", level.path);
            return refuse(path, "differs in type or unit from the configuration", "2.5");
        }
    }
    Ok(())
}
