//! The event gateway (protocols 3): takes a legal message of a customer who may send it with 202, and answers everything
//! else with the status, code and body of the table in 3.2. The description of a refusal names member and section.

mod book;

pub use book::Book;

use crate::alexa::{ENDPOINTS_MAX, Event, message};
use crate::check::refuse;
use crate::clock::id;
use crate::config::Region;
use crate::lwa::{Grant, Purpose};
use crate::reply;
use crate::sandbox::Sandbox;
use axum::body::Body;
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};

/// Largest `AddOrUpdateReport` (protocols 2.2), taken for every message.
const BYTES_MAX: usize = 256 * 1024;

/// Codes of protocols 3.2 with their status; the `NOT_FOUND` ones get the configured one.
pub const CODES: [(&str, u16); 11] = [
    ("INVALID_REQUEST_EXCEPTION", 400),
    ("INVALID_ACCESS_TOKEN_EXCEPTION", 401),
    ("SKILL_NEVER_ENABLED_EXCEPTION", 403),
    ("SKILL_DISABLED_EXCEPTION", 403),
    ("INSUFFICIENT_PERMISSION_EXCEPTION", 403),
    ("SKILL_NOT_FOUND_EXCEPTION", 404),
    ("ACCOUNT_NOT_FOUND_EXCEPTION", 404),
    ("REQUEST_ENTITY_TOO_LARGE_EXCEPTION", 413),
    ("THROTTLING_EXCEPTION", 429),
    ("INTERNAL_SERVICE_EXCEPTION", 500),
    ("SERVICE_UNAVAILABLE_EXCEPTION", 503),
];

/// The body of an error (protocols 3.2).
pub fn exception(code: &str, description: &str) -> Value {
    json!({
        "header": {"namespace": "System", "name": "Exception", "messageId": id()},
        "payload": {"code": code, "description": description},
    })
}

struct Refused {
    code: &'static str,
    why: String,
}

fn refused<T>(code: &'static str, why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { code, why: why.into() })
}

/// `POST /v3/events` of a region.
pub fn events(sandbox: &Sandbox, region: Region, headers: &HeaderMap, body: &[u8]) -> Response<Body> {
    let customer = sandbox.customer_of(headers);
    match taken(sandbox, region, headers, body) {
        Ok(()) => reply::judged(reply::empty(202), customer, None),
        Err(Refused { code, why }) => {
            let table = CODES.iter().find(|(name, _)| *name == code).map_or(500, |(_, status)| *status);
            let status = if table == 404 { sandbox.state().config.not_found_status } else { table };
            let response = reply::json(status, &exception(code, &why));
            reply::judged(response, customer, Some(format!("{code}: {why}")))
        }
    }
}

/// The token of a bearer header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")
}

fn taken(sandbox: &Sandbox, region: Region, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    let now = sandbox.now();
    let mut state = sandbox.state();
    let state = &mut *state;
    let token = bearer(headers);
    let Some(grant) = token.and_then(|token| state.lwa.bearer(token, now)).cloned() else {
        let why = "Authorization: is no live access token (protocols 3.2)";
        return refused("INVALID_ACCESS_TOKEN_EXCEPTION", why);
    };
    permitted(state, &grant, region)?;
    if body.len() > BYTES_MAX {
        let why = "the request is larger than 256 KB (protocols 2.2)";
        return refused("REQUEST_ENTITY_TOO_LARGE_EXCEPTION", why);
    }
    let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim() != "application/json" {
        return refused(
            "INVALID_REQUEST_EXCEPTION",
            "Content-Type: must be application/json (protocols 3.1)",
        );
    }
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        return refused("INVALID_REQUEST_EXCEPTION", "the body is not JSON (protocols 3.1)");
    };
    let listed = json.pointer("/event/payload/endpoints").and_then(Value::as_array);
    if listed.is_some_and(|all| all.len() > ENDPOINTS_MAX) {
        let why = format!("event.payload.endpoints: holds more than {ENDPOINTS_MAX} (protocols 3.2)");
        return refused("REQUEST_ENTITY_TOO_LARGE_EXCEPTION", why);
    }
    let checked = message(&json).and_then(|message| {
        if Some(message.token.as_str()) == token {
            return Ok(message);
        }
        let path = match message.event {
            Event::Added(_) | Event::Deleted(_) => "event.payload.scope.token",
            _ => "event.endpoint.scope.token",
        };
        refuse(path, "must be the token of the Authorization header", "3.1")
    });
    let applied = checked.and_then(|message| state.book.take(&grant.customer, &message, &state.config, now));
    match applied {
        Ok(advice) => {
            for each in advice {
                state.find(now, "gateway", Some(&grant.customer), each);
            }
            Ok(())
        }
        Err(refusal) => refused("INVALID_REQUEST_EXCEPTION", refusal.to_string()),
    }
}

/// Whether this customer's skill may send events in this region (protocols 3.1, 3.2).
fn permitted(state: &crate::sandbox::World, grant: &Grant, region: Region) -> Result<(), Refused> {
    let Purpose::Events { skill, region: home } = &grant.purpose else {
        let why = "the token belongs to another service (protocols 3.2)";
        return refused("SKILL_NOT_FOUND_EXCEPTION", why);
    };
    let Some(known) = state.config.skill(skill) else {
        return refused("SKILL_NOT_FOUND_EXCEPTION", "the token's skill is unknown (protocols 3.2)");
    };
    if *home != region {
        let why = "the customer's skill endpoint is in another region (protocols 3.1)";
        return refused("SKILL_NEVER_ENABLED_EXCEPTION", why);
    }
    if state.links.disabled(skill, &grant.customer) {
        return refused("SKILL_DISABLED_EXCEPTION", "the customer disabled the skill (protocols 3.2)");
    }
    if !known.send_events {
        let why = "the skill lacks Send Alexa Events (protocols 3.2)";
        return refused("INSUFFICIENT_PERMISSION_EXCEPTION", why);
    }
    Ok(())
}
