//! Amazon's notifications over SNS (protocols 5; the attacks of reliability 4.4). Here stands what may be believed: which
//! hosts, topics and ages are allowed, and exactly which text the signature covers. The signature itself is checked by
//! whoever holds the certificate. What was believed is read into one shape, whichever version and wrapping it came in.

mod envelope;
mod notification;
mod topic;
mod trust;

pub use envelope::{BadEnvelope, Digest, ENVELOPE_MAX, Envelope, Kind, read_envelope};
pub use notification::{BadNotification, Notification, OrderTold, Told, read_notification};
pub use topic::{BadTopic, REGIONS, REGIONS_CHINA, TopicArn};
pub use trust::{
    Accepted, Arrival, Claim, FRESH_FOR, Headers, MESSAGE_IDS_KEPT, NotLoopback, Policy, Refused, Rehearsal,
    judge,
};
