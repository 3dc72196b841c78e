//! What DRS tells over SNS (protocols 5.1): six kinds, each in one shape whichever version it came in. Unknown kinds are
//! kept whole; a body that was wrapped once per protocol is unwrapped. Read it only from a message that was verified.

use crate::drs::{
    DrsSlot, OrderInstance, Product, ShapeVersion, Subscriptions, date_in, read_products, read_subscriptions,
    short,
};
use crate::figures;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Characters of a notification's own id (ours).
const ID_MAX: usize = 255;

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Its own id: told twice, it counts once.
    pub id: String,
    /// When Amazon says it happened. Notifications take effect in this order, then by id.
    pub at: DateTime<Utc>,
    /// The serial number of the device.
    pub serial: Option<String>,
    /// The device's model.
    pub model: Option<String>,
    /// Amazon's id of the customer towards us.
    pub customer: Option<String>,
    /// The security profile it was sent for.
    pub client: Option<String>,
    /// Which shape it came in, where that shows.
    pub version: Option<ShapeVersion>,
    /// What happened.
    pub told: Told,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// An order was placed.
    OrderPlaced(OrderTold),
    /// It is on its way.
    ItemShipped(OrderTold),
    /// It was cancelled.
    OrderCancelled(OrderTold),
    /// Reordering was turned on or off, or another product chosen.
    SubscriptionChanged {
        /// Each slot.
        slots: Subscriptions,
    },
    /// The customer signed in; products may not be chosen yet, so this is no proof of a subscription.
    DeviceRegistered,
    /// The device is no longer the customer's: clean up, and offer registration again.
    DeviceDeregistered,
    /// A kind we don't know, kept whole.
    Unknown {
        /// Its name.
        name: String,
        /// The message.
        body: Value,
    },
}

/// Which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTold {
    /// The order.
    pub order: OrderInstance,
    /// The slot it refills.
    pub slot: DrsSlot,
    /// What is in it; empty for cancellations.
    pub products: Vec<Product>,
}

/// A message that is no notification of DRS. Keep its text: it may be one of tomorrow's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no notification of DRS: {0}")]
pub struct BadNotification(pub String);

/// Reads the message of an SNS notification. `version` is the message's attribute, a hint for what has one shape in both
/// versions.
///
/// # Errors
/// [`BadNotification`], naming the member.
pub fn read_notification(message: &str, version: Option<&str>) -> Result<Notification, BadNotification> {
    let value =
        unwrapped(serde_json::from_str(message).map_err(|error| BadNotification(error.to_string()))?)?;
    read(value, version).map_err(BadNotification)
}

/// The body of a message that holds one per protocol (`default`, `http`, `email`, …), or the message itself.
fn unwrapped(value: Value) -> Result<Value, BadNotification> {
    if value.get("notificationInfo").is_some() {
        return Ok(value);
    }
    let body =
        ["https", "http", "default", "sqs", "email-json", "email"].iter().find_map(|name| value.get(name));
    match body {
        Some(Value::String(text)) => {
            serde_json::from_str(text).map_err(|error| BadNotification(format!("the wrapped body: {error}")))
        }
        Some(object @ Value::Object(_)) => Ok(object.clone()),
        _ => Ok(value),
    }
}

fn read(value: Value, attribute: Option<&str>) -> Result<Notification, String> {
    let info = &value["notificationInfo"];
    let text = |path: &'static str| {
        let found = info[path].as_str().filter(|text| !text.is_empty() && text.len() <= ID_MAX);
        found.map(str::to_owned).ok_or_else(|| format!("`notificationInfo.{path}` is missing or no text"))
    };
    let name = text("notificationType")?;
    let id = text("notificationId")?;
    let at = figures::moment(&info["notificationTime"])
        .ok_or("`notificationInfo.notificationTime` is no moment")?;
    let device = &value["deviceInfo"];
    let serial = short(&device["deviceIdentifier"]["serialNumber"]);
    let model = short(&device["productIdentifier"]["modelId"]);
    let long = |value: &Value| value.as_str().filter(|text| text.len() <= ID_MAX).map(str::to_owned);
    let (customer, client) = (long(&value["customerInfo"]["directedCustomerId"]), long(&info["lwaClientId"]));
    let attribute = match attribute {
        Some("2.0" | "2") => Some(ShapeVersion::V2),
        Some("1.0" | "1") => Some(ShapeVersion::V1),
        _ => None,
    };
    let (told, shape) = match name.as_str() {
        "OrderPlacedNotification" => order(&value, Told::OrderPlaced)?,
        "ItemShippedNotification" => order(&value, Told::ItemShipped)?,
        "OrderCancelledNotification" => order(&value, Told::OrderCancelled)?,
        "SubscriptionChangedNotification" => {
            let (slots, shape) = read_subscriptions(&value["subscriptionInfo"]["slotsSubscriptionStatus"])
                .map_err(|why| format!("`subscriptionInfo`: {why}"))?;
            (Told::SubscriptionChanged { slots }, shape)
        }
        "DeviceRegisteredNotification" => (Told::DeviceRegistered, None),
        "DeviceDeregisteredNotification" => (Told::DeviceDeregistered, None),
        _ => (Told::Unknown { name, body: value }, None),
    };
    // The shape decides: raw delivery loses the attribute, and nobody signs it.
    Ok(Notification { id, at, serial, model, customer, client, version: shape.or(attribute), told })
}

fn order(value: &Value, told: fn(OrderTold) -> Told) -> Result<(Told, Option<ShapeVersion>), String> {
    let info = &value["orderInfo"];
    let text = |name: &str| info[name].as_str().unwrap_or_default();
    let order = text("instanceId").parse().map_err(|_| "`orderInfo.instanceId` is missing or unusable")?;
    let slot = text("slotId").parse().map_err(|_| "`orderInfo.slotId` is missing or unusable")?;
    let date = date_in(info).map_or(Value::Null, |at| Value::String(figures::stamp(at)));
    let (products, shape) = read_products(&info["productInfo"], &date)
        .map_err(|why| format!("`orderInfo.productInfo`: {why}"))?;
    Ok((told(OrderTold { order, slot, products }), shape))
}

#[cfg(test)]
pub(crate) mod tests;
