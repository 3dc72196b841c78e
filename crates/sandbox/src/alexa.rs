//! The messages of the Alexa smart home interface as section 2 of the protocol facts documents them, read strictly: what
//! comes out of here is complete and legal, anything else is a refusal that names the member and the section.

mod answer;
mod endpoint;
mod event;
mod value;

pub use answer::{Answer, Asked, answer};
pub use endpoint::{Described, ENDPOINTS_MAX, Interface, Sensor};
pub use event::{Event, Message, message};
pub use value::{Amount, Property};

use crate::check::{At, Checked};

/// Namespaces whose header names an instance (protocols 2.1).
pub const USAGE: &str = "Alexa.InventoryUsageSensor";
/// Measures use by duration, and hears of replacements (protocols 2.6).
pub const LEVEL_USAGE: &str = "Alexa.InventoryLevelUsageSensor";
/// Measures what is left (protocols 2.5).
pub const LEVEL: &str = "Alexa.InventoryLevelSensor";
/// Whether the device can be reached (protocols 2.7).
pub const HEALTH: &str = "Alexa.EndpointHealth";

/// What every header says (protocols 2.1).
#[derive(Debug, Clone)]
pub struct Header {
    /// The interface.
    pub namespace: String,
    /// The message of it.
    pub name: String,
    /// Unique.
    pub message_id: String,
    /// Echoed from the directive, if any.
    pub correlation: Option<String>,
    /// The capability instance, if any.
    pub instance: Option<String>,
}

fn header(at: &At<'_>) -> Checked<Header> {
    let header = at.member("header", "2.1")?;
    let namespace = header.member("namespace", "2.1")?.text("2.1")?.to_owned();
    let name = header.member("name", "2.1")?.text("2.1")?.to_owned();
    header.member("payloadVersion", "2.1")?.exactly("3", "2.1")?;
    let id = header.member("messageId", "2.1")?;
    let message_id = id.text_within(127, "2.1")?.to_owned();
    let plain = message_id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    id.must(plain, "may only hold letters, digits and hyphens", "2.1")?;
    let text = |name: &str| header.maybe(name).map(|at| at.text("2.1").map(str::to_owned)).transpose();
    Ok(Header {
        namespace,
        name,
        message_id,
        correlation: text("correlationToken")?,
        instance: text("instance")?,
    })
}

/// The token of a `scope` below (protocols 2.1).
fn scope(at: &At<'_>, section: &'static str) -> Checked<String> {
    let scope = at.member("scope", section)?;
    scope.member("type", "2.1")?.exactly("BearerToken", "2.1")?;
    Ok(scope.member("token", "2.1")?.text("2.1")?.to_owned())
}

/// Letters, digits, space and `_ - = # ; : ? @ &`, at most 256 (protocols 2.2).
fn endpoint_id(at: &At<'_>) -> Checked<String> {
    let id = at.member("endpointId", "2.2")?;
    let text = id.text_within(256, "2.2")?;
    let legal = text.chars().all(|c| c.is_ascii_alphanumeric() || " _-=#;:?@&".contains(c));
    id.must(legal, "may only hold letters, digits, space and _-=#;:?@&", "2.2")?;
    Ok(text.to_owned())
}

/// `{}` or `{"properties": […]}` beside the event (protocols 2.4).
fn context(root: &At<'_>) -> Checked<Vec<Property>> {
    let Some(context) = root.maybe("context") else { return Ok(Vec::new()) };
    if context.object("2.4")?.is_empty() {
        return Ok(Vec::new());
    }
    value::properties(&context.member("properties", "2.4")?)
}

/// The `event` of a message whose root must be nothing else (protocols 2.1).
fn event_of<'a>(root: &At<'a>) -> Checked<At<'a>> {
    root.object("2.1")?;
    root.without("directive", "is what Alexa sends to a skill, not what it takes", "2.1")?;
    let event = root.member("event", "2.1")?;
    event.without("context", "stands beside event, not in it", "2.1")?;
    Ok(event)
}
