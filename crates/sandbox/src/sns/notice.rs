//! What the older service tells a maker (protocols 5.1): six types, each in both versions.

use crate::clock::{id, printed};
use crate::lwa::DeviceId;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A customer registered a device, before choosing products.
    Registered(DeviceId),
    /// A device was deregistered.
    Deregistered(DeviceId),
    /// The subscription of a device changed.
    Subscription(DeviceId),
    /// An order was placed: its instance id.
    Placed(String),
    /// An order was shipped.
    Shipped(String),
    /// An order was cancelled.
    Cancelled(String),
}

impl Notice {
    /// `notificationType`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Registered(_) => "DeviceRegisteredNotification",
            Self::Deregistered(_) => "DeviceDeregisteredNotification",
            Self::Subscription(_) => "SubscriptionChangedNotification",
            Self::Placed(_) => "OrderPlacedNotification",
            Self::Shipped(_) => "ItemShippedNotification",
            Self::Cancelled(_) => "OrderCancelledNotification",
        }
    }
}

/// The common blocks.
pub fn message(kind: &str, client: &str, device: &DeviceId, customer: &str, now: DateTime<Utc>) -> Value {
    json!({
        "notificationInfo": {
            "notificationType": kind,
            "lwaClientId": client,
            "notificationTime": printed(now),
            "notificationId": format!("amzn1.dash.notification.v1.{}", id()),
            // The same in both versions: it tells nothing.
            "version": "2015-06-05",
        },
        "deviceInfo": {
            "deviceIdentifier": {"serialNumber": device.1},
            "productIdentifier": {"modelId": device.0},
        },
        "customerInfo": {"directedCustomerId": customer},
    })
}
