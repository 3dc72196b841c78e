//! The support desk: what the maker's people see, and how they are signed in. There is nothing to change in it.

use super::{TrailEntry, Trouble};
use refill_domain::desk::{DeviceHealth, FindBy, Towards};
use refill_domain::enablement::AlexaLink;
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::measure::Amount;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How somebody of the maker's is signed in.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeskState {
    /// Nobody is.
    Out {
        /// Why the last try did not end in one; until the next.
        trouble: Option<Trouble>,
    },
    /// Somebody is in the browser.
    Waiting {
        /// The cloud's address, for people.
        server: String,
        /// Until when it is waited for.
        #[ts(type = "number")]
        until: i64,
    },
    /// Somebody is, until the program ends.
    In {
        /// The cloud's address, for people.
        server: String,
        /// Their name.
        name: String,
    },
}

/// A search for customers.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct FindForm {
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// What is looked for by.
    pub by: FindBy,
    /// What is looked for: at least three characters.
    pub text: String,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// Customers who were found.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FoundView {
    /// In the order of what was looked for.
    pub customers: Vec<FoundCustomer>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A customer who was found: that there is one, and no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FoundCustomer {
    /// The account.
    pub customer: String,
    /// Its address, masked.
    pub mail: String,
    /// How one stands towards it.
    pub access: Towards,
}

/// A case that is open, or waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CaseLine {
    /// The customer.
    pub customer: String,
    /// The customer's name; the masked address while there is no access.
    pub who: String,
    /// The number of the case.
    pub case: String,
    /// There is access.
    pub open: bool,
}

/// A customer who gave access.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CustomerView {
    /// The account.
    pub customer: String,
    /// The customer's name.
    pub name: String,
    /// The address of sign-in, masked.
    pub mail: String,
    /// The number of the case.
    pub case: String,
    /// Until when there is access.
    #[ts(type = "number")]
    pub until: i64,
    /// The devices.
    pub devices: Vec<DeskDevice>,
    /// Supplies of all devices.
    pub supplies: u32,
    /// How the links are.
    pub links: DeskLinks,
    /// What one opened here, the newest first.
    pub opened: Vec<TrailEntry>,
}

/// A customer's device.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskDevice {
    /// Its id.
    pub id: String,
    /// The name its owner gave it.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Its model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// How it does.
    pub health: DeviceHealth,
    /// When it said anything last.
    #[ts(type = "number | null")]
    pub said_at: Option<i64>,
    /// What is in it.
    pub slots: Vec<DeskSlot>,
}

/// A supply of a customer's device.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskSlot {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub supply: SupplyKind,
    /// What is left; absent while nobody has said.
    pub left: Option<Amount>,
    /// What a full one holds.
    pub full: Option<Amount>,
    /// The device only says that some is left.
    pub some_left: bool,
    /// Since when it is low.
    #[ts(type = "number | null")]
    pub low_since: Option<i64>,
    /// It rose without anybody saying why.
    pub unexplained: bool,
    /// The device's last word on it.
    #[ts(type = "number | null")]
    pub said_at: Option<i64>,
}

/// How a customer is linked.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskLinks {
    /// Since when an app is linked; absent: none is.
    #[ts(type = "number | null")]
    pub app_since: Option<i64>,
    /// How Alexa stands.
    pub alexa: AlexaLink,
    /// Why nothing is sent, in the cloud's words.
    pub stopped: Option<String>,
    /// Messages that wait.
    pub waiting: u32,
    /// Messages that were put aside, each with its reason in the cloud's words.
    pub parked: Vec<String>,
}

/// What one did oneself.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskAudit {
    /// The newest first.
    pub lines: Vec<TrailEntry>,
    /// Where the next page begins; absent where nothing follows.
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}
