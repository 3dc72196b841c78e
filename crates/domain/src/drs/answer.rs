//! Answers of the REST service (protocols 4.3, 4.5). An error is decided by the part of `x-amzn-ErrorType` before its first
//! colon, because a bad token comes as 400; the status decides only where that header says nothing known.

use super::shapes::{DrsSlot, OrderInstance, ShapeVersion, Subscriptions, read_subscriptions, short};
use crate::figures;
use crate::measure::Milli;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An answer as it came.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// HTTP status.
    pub status: u16,
    /// `x-amzn-ErrorType`, if there was one.
    pub error_type: Option<&'a str>,
    /// The body, read up to 64 kB.
    pub body: &'a [u8],
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrsError {
    /// The token is no longer good: refresh once and repeat; the second time the registration is lost.
    #[error("Amazon no longer accepts the device's token; register the device again")]
    Token,
    /// A slot (or order) that Amazon does not know: a fault in the device's set-up.
    #[error("Amazon does not know this slot; compare the slot ids with the Dash console")]
    NotFound,
    /// The request itself: repeating it changes nothing.
    #[error("Amazon refuses the request ({0})")]
    Refused(String),
    /// Later.
    #[error("Amazon's service does not work at the moment")]
    Again,
    /// Success with an answer that can't be read.
    #[error("Amazon's answer can't be read: {0}")]
    Unreadable(String),
}

impl Answered<'_> {
    /// The JSON body of a success.
    fn value(self) -> Result<Value, DrsError> {
        self.judged()?;
        serde_json::from_slice(self.body).map_err(|error| DrsError::Unreadable(error.to_string()))
    }

    fn judged(self) -> Result<(), DrsError> {
        let kind = self.error_type.and_then(|text| text.split(':').next()).map(str::trim).unwrap_or_default();
        match (kind, self.status) {
            ("InvalidTokenException", _) => Err(DrsError::Token),
            (_, 200..=299) => Ok(()),
            (_, 401 | 403) => Err(DrsError::Token),
            (_, 404) => Err(DrsError::NotFound),
            (_, 408 | 425 | 429 | 500..=599) | ("ThrottlingException", _) => Err(DrsError::Again),
            ("", status) => Err(DrsError::Refused(format!("status {status}"))),
            (kind, _) => Err(DrsError::Refused(kind.chars().take(100).collect())),
        }
    }
}

/// What became of a request to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replenished {
    /// The order the answer is about.
    pub order: OrderInstance,
    /// What Amazon did.
    pub detail: DetailCode,
}

/// What Amazon did with a request to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetailCode {
    /// Accepted; also when it goes to order resolution, or when the subscription is paused. Not "ordered".
    Accepted,
    /// Accepted for a test device.
    TestAccepted,
    /// An order for the slot is open already.
    InProgress,
    /// A code that is not documented.
    Other(String),
}

/// Reads the answer to `replenish`.
///
/// # Errors
/// [`DrsError`].
pub fn read_replenished(answer: Answered<'_>) -> Result<Replenished, DrsError> {
    let value = answer.value()?;
    let order = value["eventInstanceId"].as_str().unwrap_or_default().parse();
    let order = order.map_err(|_| DrsError::Unreadable("`eventInstanceId` is missing".into()))?;
    let detail = match value["detailCode"].as_str() {
        Some("STANDARD_ORDER_PLACED") => DetailCode::Accepted,
        Some("TEST_ORDER_PLACED") => DetailCode::TestAccepted,
        Some("ORDER_INPROGRESS") => DetailCode::InProgress,
        other => DetailCode::Other(other.unwrap_or_default().chars().take(100).collect()),
    };
    Ok(Replenished { order, detail })
}

/// Reads an answer that has no body: slot status, device status, deregistration.
///
/// # Errors
/// [`DrsError`].
pub fn read_done(answer: Answered<'_>) -> Result<(), DrsError> {
    answer.judged()
}

/// Reads the answer to `subscriptionInfo`, whichever version it has.
///
/// # Errors
/// [`DrsError`].
pub fn read_subscription_info(
    answer: Answered<'_>,
) -> Result<(Subscriptions, Option<ShapeVersion>), DrsError> {
    read_subscriptions(&answer.value()?["slotsSubscriptionStatus"]).map_err(DrsError::Unreadable)
}

/// How an order stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderInfo {
    /// The order.
    pub order: OrderInstance,
    /// Its items.
    pub items: Vec<OrderItem>,
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OrderItem {
    /// Its product number.
    pub asin: Option<String>,
    /// How many, in thousandths.
    pub quantity: Option<Milli>,
    /// The slot it refills.
    pub slot: Option<DrsSlot>,
    /// When it is to arrive.
    pub expected_delivery: Option<DateTime<Utc>>,
    /// How it stands.
    pub status: ItemStatus,
}

/// How an item stands; an open list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// Not yet paid.
    Pending,
    /// Paid, being prepared.
    Authorized,
    /// The same, on newer pages.
    Processing,
    /// Taken back (one l on the wire).
    Canceled,
    /// Finished.
    Closed,
    /// `Unknown`, or a status we don't know, as it came.
    Other(String),
}

/// Reads the answer to `getOrderInfo`.
///
/// # Errors
/// [`DrsError`].
pub fn read_order_info(answer: Answered<'_>) -> Result<OrderInfo, DrsError> {
    let value = answer.value()?;
    let data = &value["orderInfoData"];
    let order = data["instanceId"].as_str().unwrap_or_default().parse();
    let order = order.map_err(|_| DrsError::Unreadable("`orderInfoData.instanceId` is missing".into()))?;
    let empty = Vec::new();
    let items = data["orderItems"].as_array().unwrap_or(&empty);
    let item = |item: &Value| OrderItem {
        asin: short(&item["asin"]),
        quantity: figures::milli(&item["quantity"]).filter(|milli| *milli >= 0),
        slot: item["slotId"].as_str().and_then(|slot| slot.parse().ok()),
        expected_delivery: figures::moment(&item["expectedDeliveryDate"]),
        status: match item["status"].as_str().unwrap_or_default() {
            "Pending" => ItemStatus::Pending,
            "Authorized" => ItemStatus::Authorized,
            "Processing" => ItemStatus::Processing,
            "Canceled" | "Cancelled" => ItemStatus::Canceled,
            "Closed" => ItemStatus::Closed,
            other => ItemStatus::Other(other.chars().take(100).collect()),
        },
    };
    Ok(OrderInfo { order, items: items.iter().take(200).map(item).collect() })
}

/// What is left of a slot's test orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestOrder {
    /// The slot.
    pub slot: DrsSlot,
    /// As it came; `NO_ORDER_IN_PROGRESS` when done.
    pub status: String,
}

/// Reads the answer to the cancellation of test orders.
///
/// # Errors
/// [`DrsError`].
pub fn read_cancelled(answer: Answered<'_>) -> Result<Vec<TestOrder>, DrsError> {
    let value = answer.value()?;
    let list = value["slotOrderStatuses"].as_array();
    let list = list.ok_or_else(|| DrsError::Unreadable("`slotOrderStatuses` is missing".into()))?;
    let read = |item: &Value| {
        Some(TestOrder { slot: item["slotId"].as_str()?.parse().ok()?, status: short(&item["orderStatus"])? })
    };
    Ok(list.iter().take(200).filter_map(read).collect())
}

#[cfg(test)]
mod tests;
