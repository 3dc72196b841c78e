//! Support as the maker's people hear of it from the cloud: who was found, what they asked, and what a customer who gave
//! access lets them see.

use crate::ids::EndpointId;
use crate::ledger::Entry;
use crate::measure::Milli;
use crate::support::{Access, TrailLine};
use crate::wire::Device;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What a customer is looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum FindBy {
    /// The beginning of the address of sign-in.
    Mail,
    /// The id of the account.
    Account,
    /// The beginning of a device's serial number.
    Serial,
}

/// How somebody of the maker's stands towards a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Towards {
    /// Nothing was asked, or nothing came of it.
    Nothing,
    /// A request waits for the customer.
    Asked,
    /// There is access now.
    Open,
}

/// A customer who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The account.
    pub customer: Uuid,
    /// Its address, masked.
    pub mail: String,
    /// How who asks stands towards it.
    pub access: Towards,
}

/// Customers who were found (`POST /v1/support/find`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPage {
    /// In the order of what was looked for.
    pub customers: Vec<Found>,
    /// Where the next page begins.
    #[serde(default)]
    pub next: Option<String>,
}

/// One's own case (`GET /v1/support/cases`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The customer.
    pub customer: Uuid,
    /// The customer's name, with access.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer's address, masked.
    pub mail: String,
    /// The request.
    #[serde(flatten)]
    pub access: Access,
}

/// How a device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeviceHealth {
    /// It speaks, or owes no daily word.
    Well,
    /// It has not spoken for too long.
    Silent,
    /// It never spoke.
    NeverSpoke,
    /// Something this app does not know.
    #[serde(other)]
    Unknown,
}

/// When a slot ends, ms since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct EndsCare {
    /// One in ten ends earlier.
    pub earliest: i64,
    /// As likely before as after.
    pub likely: i64,
    /// One in ten lasts longer; absent where that is too far to say.
    #[serde(default)]
    pub latest: Option<i64>,
}

/// How the latest message to Alexa about a slot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ToldStanding {
    /// It is on its way.
    Waiting,
    /// Alexa took it in.
    Delivered,
    /// It was put aside.
    Parked,
    /// Something this app does not know.
    #[serde(other)]
    Unknown,
}

/// What Alexa was told of a slot, by the latest messages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ToldCare {
    /// How the latest message about it stands.
    pub standing: ToldStanding,
    /// When what that says was so, ms since 1970 UTC.
    pub at: i64,
    /// The last level that Alexa took in, in thousandths of the slot's unit.
    #[serde(default)]
    pub level: Option<Milli>,
    /// When that was measured; without one, when the last was so that Alexa took in, ms since 1970 UTC.
    #[serde(default)]
    pub taken_of: Option<i64>,
}

/// What a slot's ledger amounts to, in thousandths of its unit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FigureCare {
    /// Which slot.
    pub slot: crate::ids::SlotId,
    /// What is left.
    pub left: Option<Milli>,
    /// The device only says that some is left.
    pub some_left: bool,
    /// When that was stated last, ms since 1970 UTC.
    #[serde(default)]
    pub left_at: Option<i64>,
    /// What lies on the shelf.
    pub shelf: Milli,
    /// The device's last word, ms since 1970 UTC.
    pub said_at: Option<i64>,
    /// Since when it is low.
    pub low_since: Option<i64>,
    /// It rose without anybody saying why.
    pub unexplained: bool,
    /// When it ends, by its ledger alone.
    #[serde(default)]
    pub ends: Option<EndsCare>,
    /// What Alexa was told of it.
    #[serde(default)]
    pub told: Option<ToldCare>,
}

/// A page of a slot's entries (`GET /v1/support/customers/{id}/slots/{id}/entries`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SlotPage {
    /// By the time they tell of.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    #[serde(default)]
    pub next: Option<String>,
}

/// A notification of Amazon's about a device (`GET /v1/support/customers/{id}/notices`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NoticeCare {
    /// The device.
    pub device: EndpointId,
    /// The id of the message that brought it.
    pub message: String,
    /// When it was taken in, ms since 1970 UTC.
    pub taken_at: i64,
    /// The cloud knows its kind.
    pub known: bool,
    /// What it said, without persons, addresses and prices.
    pub told: Value,
}

/// A device with its serial number, as it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registered {
    /// The device.
    #[serde(flatten)]
    pub device: Device,
    /// Its serial number.
    pub serial: String,
}

/// A device and how it does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeviceCare {
    /// The device.
    pub device: Registered,
    /// How it does.
    pub health: DeviceHealth,
    /// When it said anything last, ms since 1970 UTC.
    pub said_at: Option<i64>,
    /// What is in it.
    pub figures: Vec<FigureCare>,
}

/// A customer who is open to who asks (`GET /v1/support/customers/{id}`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Customer {
    /// The customer's name.
    pub name: String,
    /// The address of sign-in, masked.
    pub mail: String,
    /// The case that opens it.
    pub case: String,
    /// Since when there is the account, ms since 1970 UTC.
    #[serde(default)]
    pub since: i64,
    /// Until when it is open, ms since 1970 UTC.
    pub until: i64,
    /// The devices.
    pub devices: Vec<DeviceCare>,
}

/// Alexa's side of a customer's links, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AlexaCare {
    /// How it stands.
    pub link: crate::enablement::AlexaLink,
    /// Since when, ms since 1970 UTC.
    #[serde(default)]
    pub since: Option<i64>,
    /// There is a permission to send.
    #[serde(default)]
    pub linked: bool,
    /// Why nothing is sent, in the cloud's words.
    #[serde(default)]
    pub stopped: Option<String>,
    /// Messages not settled yet.
    pub waiting: u32,
    /// Messages that were put aside.
    pub parked: Vec<ParkedCare>,
}

/// A message that was put aside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ParkedCare {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// Why, in the cloud's words.
    pub reason: String,
}

/// How a customer is linked (`GET /v1/support/customers/{id}/links`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Links {
    /// Programs that may act for the customer.
    pub clients: Vec<ClientCare>,
    /// Alexa.
    pub alexa: AlexaCare,
    /// Registrations with the older service.
    #[serde(default)]
    pub registrations: Vec<DrsCare>,
}

/// How a device stands with the older service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DrsStanding {
    /// The customer was sent to Amazon and has not come back.
    Asked,
    /// It is registered.
    Linked,
    /// Amazon no longer accepts its tokens.
    Lost,
    /// The device is gone, and Amazon is still to be told.
    Leaving,
    /// Something this app does not know.
    #[serde(other)]
    Unknown,
}

/// A device's registration with the older service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DrsCare {
    /// The device.
    pub device: EndpointId,
    /// How it stands.
    pub standing: DrsStanding,
    /// It is a test device.
    #[serde(default)]
    pub test: bool,
    /// When the service last heard that it lives, ms since 1970 UTC.
    #[serde(default)]
    pub lived_at: Option<i64>,
    /// Tries that failed in a row.
    #[serde(default)]
    pub tries: u32,
}

/// What a program that may act for the customer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// Alexa's account linking.
    Alexa,
    /// A program on somebody's computer or phone.
    Native,
    /// The cloud does not say, or says something this app does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// A program that may act for the customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ClientCare {
    /// Its name at the cloud, which the cloud's operator chose.
    pub client: String,
    /// What it is.
    #[serde(default)]
    pub kind: ClientKind,
    /// Since when, ms since 1970 UTC.
    pub since: i64,
}

impl ClientCare {
    /// Whether it is an app of the customer's. Of an answer that does not say, everything but `alexa` is taken for one.
    pub fn is_app(&self) -> bool {
        match self.kind {
            ClientKind::Native => true,
            ClientKind::Alexa => false,
            ClientKind::Unknown => self.client != "alexa",
        }
    }
}

/// One row of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AuditRow {
    /// What was done.
    #[serde(flatten)]
    pub line: TrailLine,
    /// Whom it is about.
    #[serde(default)]
    pub customer: Option<Uuid>,
}

/// A page of the audit trail (`GET /v1/audit`), the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AuditPage {
    /// The rows.
    pub rows: Vec<AuditRow>,
    /// There are more.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_client_is_counts_and_not_what_it_is_called() {
        for (said, app) in [
            (json!({"client": "skill-eu", "kind": "alexa", "since": 1}), false),
            (json!({"client": "alexa", "kind": "native", "since": 1}), true),
            (json!({"client": "refill", "kind": "native", "since": 1}), true),
            (json!({"client": "alexa", "since": 1}), false),
            (json!({"client": "refill", "since": 1}), true),
            (json!({"client": "refill", "kind": "fridge", "since": 1}), true),
        ] {
            assert_eq!(serde_json::from_value::<ClientCare>(said.clone()).unwrap().is_app(), app, "{said}");
        }
    }
}
