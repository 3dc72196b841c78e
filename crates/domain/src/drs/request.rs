//! Requests to the REST service (protocols 4.1 to 4.3): method, path, body and the two version headers of each
//! operation, exactly. Mind the mix: subscription info v2 keeps input 1.0, deregistration v2 keeps result 1.0.

use super::register::BadRegistration;
use super::shapes::{DrsSlot, OrderInstance};
use crate::figures;
use crate::ledger::CLOCK_SKEW;
use crate::measure::{AMOUNT_MAX, Milli};
use crate::secret::Secret;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Number;

/// Where every marketplace's requests go, Europe and Japan included (protocols 4.1).
pub const BASE_URL: &str = "https://dash-replenishment-service-na.amazon.com";

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Asks.
    Get,
    /// Tells, or orders.
    Post,
    /// Takes back.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// Which version of an operation that has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiVersion {
    /// The older.
    V1,
    /// The newer.
    V2,
}

/// A request, complete but for the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path below [`BASE_URL`], encoded.
    pub path: String,
    /// Value of `x-amzn-type-version`.
    pub input: &'static str,
    /// Value of `x-amzn-accept-type`.
    pub accept: &'static str,
    /// JSON body, if there is one.
    pub body: Option<Body>,
}

macro_rules! drs_type {
    ($name:literal) => {
        concat!("com.amazon.dash.replenishment.", $name)
    };
}

/// What a request says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Body {
    /// Of a slot.
    Slot(SlotStatusBody),
    /// Of the device.
    #[serde(rename_all = "camelCase")]
    Device {
        /// When it was last active.
        most_recently_active_date: String,
    },
}

impl Request {
    fn new(method: Method, path: String, input: &'static str, accept: &'static str) -> Self {
        Self { method, path, input, accept, body: None }
    }

    /// Orders for a slot. Whether anything is ordered is told by notifications only.
    pub fn replenish(slot: &DrsSlot) -> Self {
        let path = format!("/replenish/{}", encoded(slot.as_str()));
        let (input, accept) = (drs_type!("DrsReplenishInput@1.0"), drs_type!("DrsReplenishResult@1.0"));
        Self::new(Method::Post, path, input, accept)
    }

    /// Tells how a slot is; at every use.
    pub fn slot_status(slot: &DrsSlot, status: &SlotStatus) -> Self {
        let path = format!("/slotStatus/{}", encoded(slot.as_str()));
        let (input, accept) = (drs_type!("DrsSlotStatusInput@1.0"), drs_type!("DrsSlotStatusResult@1.0"));
        Self { body: Some(Body::Slot(status.body())), ..Self::new(Method::Post, path, input, accept) }
    }

    /// Tells that the device lives; daily.
    pub fn device_status(active_at: DateTime<Utc>) -> Self {
        let (input, accept) = (drs_type!("DrsDeviceStatusInput@1.0"), drs_type!("DrsDeviceStatusResult@1.0"));
        let body = Body::Device { most_recently_active_date: figures::stamp(active_at) };
        Self { body: Some(body), ..Self::new(Method::Post, "/deviceStatus".into(), input, accept) }
    }

    /// Asks which slots reorder by themselves.
    pub fn subscription_info(version: ApiVersion) -> Self {
        let accept = match version {
            ApiVersion::V1 => drs_type!("DrsSubscriptionInfoResult@1.0"),
            ApiVersion::V2 => drs_type!("DrsSubscriptionInfoResult@2.0"),
        };
        let input = drs_type!("DrsSubscriptionInfoInput@1.0");
        Self::new(Method::Get, "/subscriptionInfo".into(), input, accept)
    }

    /// Asks how an order stands.
    pub fn order_info(order: &OrderInstance) -> Self {
        let path = format!("/getOrderInfo/{}", encoded(order.as_str()));
        let (input, accept) = (drs_type!("DrsOrderInfoInput@1.0"), drs_type!("DrsOrderInfoResult@1.0"));
        Self::new(Method::Get, path, input, accept)
    }

    /// Takes the device out of the service. Its tokens are dead afterwards.
    pub fn deregister() -> Self {
        let (input, accept) = (drs_type!("DrsDeregisterInput@2.0"), drs_type!("DrsDeregisterResult@1.0"));
        Self::new(Method::Delete, "/registration".into(), input, accept)
    }

    /// The same in the older version, which names the device.
    ///
    /// # Errors
    /// [`BadRegistration`] for a model or serial number the service can't take.
    pub fn deregister_v1(model: &str, serial: &str) -> Result<Self, BadRegistration> {
        super::register::check(model, serial)?;
        let path = format!("/deviceModels/{}/devices/{}/registration", encoded(model), encoded(serial));
        let (input, accept) = (drs_type!("DrsDeregisterInput@1.0"), drs_type!("DrsDeregisterResult@1.0"));
        Ok(Self::new(Method::Delete, path, input, accept))
    }

    /// Cancels the test orders of one slot, or of all.
    pub fn cancel_test_orders(slot: Option<&DrsSlot>) -> Self {
        let path = slot.map_or_else(
            || "/testOrders".to_owned(),
            |slot| format!("/testOrders/slots/{}", encoded(slot.as_str())),
        );
        let input = drs_type!("DrsCancelTestOrdersInput@1.0");
        Self::new(Method::Delete, path, input, drs_type!("DrsCancelTestOrdersResult@1.0"))
    }

    /// The headers every call carries. `token` is LWA's, with the scope `dash:replenish`.
    pub fn headers(&self, token: &Secret) -> [(&'static str, String); 3] {
        [
            ("Authorization", format!("Bearer {}", token.expose())),
            ("x-amzn-type-version", self.input.to_owned()),
            ("x-amzn-accept-type", self.accept.to_owned()),
        ]
    }
}

/// A path segment or query value: everything but RFC 3986's unreserved characters is percent-encoded.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    // A segment of dots alone would be a way up.
    if matches!(out.as_str(), "." | "..") { out.replace('.', "%2E") } else { out }
}

/// How a slot is: all five fields, in one unit, that of the marketplace (S2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotStatus {
    /// When the next order is expected to be needed.
    pub expected_replenishment: DateTime<Utc>,
    /// Left in the loaded pack, in thousandths.
    pub remaining: Milli,
    /// Content of the loaded pack when it was new.
    pub original: Milli,
    /// Stock in the house that is not loaded.
    pub on_hand: Milli,
    /// The last consumption.
    pub last_use: DateTime<Utc>,
}

/// Why a slot's status is not sent. The service publishes no rules; these are ours (protocols 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaultySlotStatus {
    /// Below zero or beyond a billion.
    #[error("`{0}` is no amount")]
    Amount(&'static str),
    /// More than a new one holds.
    #[error("`remainingQuantityInUnit` is above `originalQuantityInUnit`, and nobody refilled it")]
    MoreThanNew,
    /// A use to come.
    #[error("`lastUseDate` lies in the future")]
    UseToCome,
    /// Needed before the last use.
    #[error("`expectedReplenishmentDate` is before `lastUseDate`")]
    NeededBeforeUse,
}

impl SlotStatus {
    /// The status, if it can be. `refilled`: a person filled it by hand, so that more than a new one holds may be in it.
    ///
    /// # Errors
    /// [`FaultySlotStatus`], naming the field.
    pub fn checked(self, refilled: bool, now: DateTime<Utc>) -> Result<Self, FaultySlotStatus> {
        for (name, milli) in [
            ("remainingQuantityInUnit", self.remaining),
            ("originalQuantityInUnit", self.original),
            ("totalQuantityOnHand", self.on_hand),
        ] {
            if !(0..=AMOUNT_MAX).contains(&milli) {
                return Err(FaultySlotStatus::Amount(name));
            }
        }
        if self.remaining > self.original && !refilled {
            return Err(FaultySlotStatus::MoreThanNew);
        }
        if self.last_use > now + CLOCK_SKEW {
            return Err(FaultySlotStatus::UseToCome);
        }
        if self.expected_replenishment < self.last_use {
            return Err(FaultySlotStatus::NeededBeforeUse);
        }
        Ok(self)
    }

    fn body(&self) -> SlotStatusBody {
        SlotStatusBody {
            expected_replenishment_date: figures::stamp(self.expected_replenishment),
            remaining_quantity_in_unit: figures::number(self.remaining),
            original_quantity_in_unit: figures::number(self.original),
            total_quantity_on_hand: figures::number(self.on_hand),
            last_use_date: figures::stamp(self.last_use),
        }
    }
}

/// The five fields as they are sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotStatusBody {
    expected_replenishment_date: String,
    remaining_quantity_in_unit: Number,
    original_quantity_in_unit: Number,
    total_quantity_on_hand: Number,
    last_use_date: String,
}

#[cfg(test)]
mod tests;
