//! The support desk: what the maker's people see, and how they are signed in. Nothing of a customer's can be edited in it;
//! what administrators do for one is a deed with a case and a reason.

use super::{
    Mark, OrderLine, OrdersView, ReorderState, ReportLine, ReportReason, ReportView, SlotView, TrailEntry,
    Trouble, When,
};
use refill_domain::desk::{DeviceHealth, DrsStanding, FindBy, ToldStanding, Towards};
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
        /// They may do what administrators do.
        administrator: bool,
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
    /// Until when there is, or until when it is waited for.
    #[ts(type = "number | null")]
    pub until: Option<i64>,
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
    /// Since when there is the account.
    #[ts(type = "number")]
    pub since: i64,
    /// The number of the case.
    pub case: String,
    /// Why one asked, where that is known.
    pub reason: Option<String>,
    /// When one asked, where that is known.
    #[ts(type = "number | null")]
    pub asked_at: Option<i64>,
    /// The glass was broken: the customer was not asked.
    pub glass: bool,
    /// Until when there is access.
    #[ts(type = "number")]
    pub until: i64,
    /// When all of this was asked of the cloud.
    #[ts(type = "number")]
    pub at: i64,
    /// The devices.
    pub devices: Vec<DeskDevice>,
    /// Supplies of all devices.
    pub supplies: u32,
    /// How the links are.
    pub links: DeskLinks,
    /// Orders and reordering, as the customer sees them.
    pub orders: OrdersView,
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
    /// The mark.
    pub mark: Mark,
    /// What is left; absent while nobody has said.
    pub left: Option<Amount>,
    /// When that was stated last.
    #[ts(type = "number | null")]
    pub left_at: Option<i64>,
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
    /// When it ends, as far as the cloud can tell.
    pub when: Option<When>,
    /// Its order that is under way, or was cancelled last.
    pub order: Option<OrderLine>,
    /// Whether it reorders by itself; absent where there are no orders.
    pub reorder: Option<ReorderState>,
    /// The latest message to Alexa about it.
    pub told: Option<DeskTold>,
}

/// The latest message to Alexa about a supply.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskTold {
    /// How it stands.
    pub standing: ToldStanding,
    /// When what it says was so.
    #[ts(type = "number")]
    pub at: i64,
}

/// How a customer is linked.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskLinks {
    /// Since when an app is linked; absent: none is.
    #[ts(type = "number | null")]
    pub app_since: Option<i64>,
    /// How Alexa stands.
    pub alexa: AlexaLink,
    /// Since when.
    #[ts(type = "number | null")]
    pub alexa_since: Option<i64>,
    /// There is a permission to tell Alexa of the devices.
    pub granted: bool,
    /// Why nothing is sent, in the cloud's words.
    pub stopped: Option<String>,
    /// Messages that wait.
    pub waiting: u32,
    /// Messages that were put aside.
    pub parked: Vec<DeskParked>,
    /// Registrations with the older service.
    pub registrations: Vec<DeskDrs>,
}

/// A message that was put aside.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskParked {
    /// Its name in [`DeskReports`].
    pub key: String,
    /// Why, in the cloud's words.
    pub reason: String,
}

/// A device's registration with the older service.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskDrs {
    /// The device.
    pub device: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub standing: DrsStanding,
    /// It is a test device: its orders bring nothing.
    pub test: bool,
    /// When the service last heard that it lives.
    #[ts(type = "number | null")]
    pub lived_at: Option<i64>,
    /// Tries that failed in a row.
    pub tries: u32,
}

/// A page of messages to Alexa about a customer's devices, the newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskReports {
    /// There is a permission to tell Alexa.
    pub granted: bool,
    /// Why nothing is sent until somebody did something.
    pub stopped: Option<ReportReason>,
    /// The messages.
    pub lines: Vec<ReportLine>,
    /// Where the next page begins; absent where nothing follows.
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}

/// One message to Alexa, whole.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskReport {
    /// As its customer sees it.
    pub report: ReportView,
    /// It was put aside, and can be sent again.
    pub parked: bool,
}

/// A supply of a customer's, as its own screen shows it, by what the cloud knows.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskSupply {
    /// As its customer sees it, by what the cloud knows.
    pub view: SlotView,
    /// How the device does.
    pub health: DeviceHealth,
    /// The latest message to Alexa about it.
    pub told: Option<DeskTold>,
    /// When it was asked of the cloud.
    #[ts(type = "number")]
    pub at: i64,
}

/// A notification of Amazon's about a customer's device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeskNotice {
    /// When it was taken in.
    #[ts(type = "number")]
    pub at: i64,
    /// The device's name.
    pub device: String,
    /// What kind, by Amazon's name where the cloud does not know it.
    pub kind: String,
    /// The cloud knows its kind.
    pub known: bool,
    /// What it said as JSON, without persons, addresses and prices.
    pub text: String,
    /// The id of the message that brought it.
    pub message: String,
}

/// What an administrator does for a customer.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeskAct {
    /// Sends a message again that was put aside.
    Resend {
        /// Its key.
        key: String,
    },
    /// Lets messages go on that were stopped.
    Resume {},
    /// Describes the devices to Alexa anew.
    Describe {},
    /// Cancels the orders of a test device.
    CancelTests {
        /// The device.
        device: String,
    },
    /// Takes a device away because its owner asked for it.
    Deregister {
        /// The device.
        device: String,
        /// Its serial number, as the customer gave it.
        serial: String,
    },
    /// Takes access for a day without the customer.
    BreakGlass {
        /// What allows it.
        grounds: Grounds,
    },
}

/// What allows to see without consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// The law demands it.
    Legal,
    /// Somebody is in danger.
    Safety,
}

/// A deed, and why.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct DeskActForm {
    /// For which customer.
    pub customer: String,
    /// The number of the case.
    pub case: String,
    /// Why; the customer reads it.
    pub reason: String,
    /// What.
    pub act: DeskAct,
}

/// What came of a deed. Whatever did not come about is in the trail as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeskActed {
    /// It is done.
    Done {},
    /// The report does not wait for a person any more.
    NotParked {},
    /// The customer has no link to Alexa.
    NoAlexa {},
    /// It is no test device that is registered at Amazon.
    NoTestDevice {},
    /// The customer has no such device any more.
    NoDevice {},
    /// There is no such customer any more.
    NoCustomer {},
    /// The serial number is another one.
    OtherSerial {},
    /// One may not.
    NotAllowed {},
    /// Amazon, or the cloud, does not answer now.
    Later {},
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
