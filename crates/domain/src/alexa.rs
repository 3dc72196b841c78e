//! Alexa's smart home messages, version 3 (protocols 2): directives in, events out, and the endpoint object that
//! describes a device with its inventory sensors. What comes in is read leniently within limits; what goes out is
//! always what the documents and the published schema both accept. No message keeps a token: the scope is added when
//! it is sent.

mod describe;
mod directive;
mod event;
mod fault;
mod ids;
mod measurement;
mod report;
mod told;

pub use describe::{
    Connectivity, Device, FriendlyName, NotReportable, ReplenishmentFrozen, Sensor, SensorName,
    assign_replenishment, is_seen, plain_text,
};
pub use directive::{Asked, BadDirective, DIRECTIVE_MAX, Directive, TOKEN_MAX, read_directive};
pub use event::{
    Message, accept_grant_response, discover_response, error_response, grant_refused, state_report,
};
pub use fault::ErrorType;
pub use ids::{ApplianceId, MessageId, ReplenishmentId};
pub use measurement::{Quantity, duration, seconds, wire_unit};
pub use report::{Cause, Property, Report, SizedReports, add_or_update};
pub use told::{Told, ToldLevel, without_token};

/// Endpoints a customer may have, and an `AddOrUpdateReport` may carry (protocols 2.2, 3.2).
pub const ENDPOINTS_MAX: usize = 300;

/// Capabilities an endpoint may have, `Alexa` and `Alexa.EndpointHealth` included (protocols 2.2).
pub const CAPABILITIES_MAX: usize = 100;

/// Bytes an `AddOrUpdateReport` may have (protocols 2.2).
pub const REPORT_MAX: usize = 256 * 1024;

/// The member that says when a part was replaced. No full sample of `InventoryReplaced` is published; the name is read
/// off Amazon's Connect Kit (protocols 2.6).
pub const REPLACED_DATE: &str = "replacedDate";

/// The version of every message (protocols 2.1).
pub const PAYLOAD_VERSION: &str = "3";
