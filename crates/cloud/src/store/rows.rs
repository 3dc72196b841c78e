//! What goes into the store and comes out of it, free of how it is kept.

use crate::ids::{AccountId, GrantId, Label};
use crate::secret::Hash;
use refill_domain::enablement::AlexaLink;
use refill_domain::endpoint::Slot;
use refill_domain::ids::EndpointId;
use refill_domain::ledger::Entry;
use refill_domain::orders::{OrderFrame, Registration, SubscriptionFrame};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an account may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody with devices.
    Customer,
    /// Somebody of the maker's who helps customers.
    Staff,
    /// Somebody of the maker's who sets things up.
    Administrator,
}

impl Role {
    /// Its name on the wire and in the store.
    pub fn word(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Staff => "staff",
            Role::Administrator => "administrator",
        }
    }

    /// The role of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        [Role::Customer, Role::Staff, Role::Administrator].into_iter().find(|role| role.word() == word)
    }
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it may be used for.
    pub role: Role,
    /// The address its owner signs in with, lower case.
    pub email: String,
    /// Its owner's name.
    pub name: String,
    /// When it was made.
    pub created_at: i64,
}

/// An account to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// The account.
    pub account: Account,
    /// Its password as it is kept.
    pub password: String,
}

/// What sign-in needs.
#[derive(Clone)]
pub struct Login {
    /// Who.
    pub account: Account,
    /// The password as it is kept.
    pub password: String,
}

/// A browser's session to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSession {
    /// The hash of its secret.
    pub hash: Hash,
    /// When it ends.
    pub expires_at: i64,
    /// The second factor was shown for it, not a password alone.
    pub proved: bool,
}

/// A browser's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub account: Account,
    /// The second factor was shown for it, not a password alone.
    pub proved: bool,
}

/// A code that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// Who consented.
    pub account: AccountId,
    /// The code's hash.
    pub hash: Hash,
    /// The client it was made for.
    pub client: String,
    /// The address it was sent to.
    pub redirect_uri: String,
    /// The PKCE challenge (S256), if there was one.
    pub challenge: Option<String>,
    /// What was consented to, as scope text.
    pub scope: String,
    /// When it ends.
    pub expires_at: i64,
    /// The grant it made, once it was used.
    pub used_for: Option<GrantId>,
}

/// A token as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptToken {
    /// Its hash.
    pub hash: Hash,
    /// When it ends.
    pub expires_at: i64,
}

/// An access token and the refresh token that came with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// For requests.
    pub access: KeptToken,
    /// For the next pair.
    pub refresh: KeptToken,
}

/// The use of a code.
#[derive(Debug, Clone)]
pub struct Redeem {
    /// Whose.
    pub account: AccountId,
    /// The code.
    pub code: Hash,
    /// The grant it makes.
    pub grant: GrantId,
    /// Its first tokens.
    pub pair: Pair,
    /// When.
    pub now: i64,
}

/// A grant in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Its id.
    pub id: GrantId,
    /// The client it was given to.
    pub client: String,
    /// What it allows, as scope text.
    pub scope: String,
    /// When it was given.
    pub created_at: i64,
}

/// A token with what it is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its grant.
    pub grant: GrantRow,
    /// It is a refresh token, not an access token.
    pub refresh: bool,
    /// When it ends.
    pub expires_at: i64,
    /// What followed it.
    pub followed: Option<Followed>,
}

/// What followed a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// From which the followers are derived.
    pub salt: [u8; 16],
    /// When.
    pub at: i64,
    /// The follower was used, or followed, itself: whoever shows the old one now did not just lose an answer.
    pub used: bool,
}

/// A refresh token's followers.
#[derive(Debug, Clone)]
pub struct Rotate {
    /// Whose.
    pub account: AccountId,
    /// The refresh token that is followed.
    pub from: Hash,
    /// From which the followers are derived.
    pub salt: [u8; 16],
    /// The followers.
    pub pair: Pair,
    /// When.
    pub now: i64,
}

/// A registered device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id, new at every registration.
    pub id: EndpointId,
    /// Its model.
    pub model: Label,
    /// Its serial number.
    pub serial: Label,
    /// The name its owner gave it.
    pub name: String,
    /// When it was registered.
    pub registered_at: i64,
    /// Its slots.
    pub slots: Vec<Slot>,
}

/// A device to be registered.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// Whose.
    pub account: AccountId,
    /// The device.
    pub device: Device,
    /// The hash of its credential.
    pub credential: Hash,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// It is registered.
    Done,
    /// This account has it already.
    Already(EndpointId),
    /// Another account has it.
    Elsewhere,
}

/// What became of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Appended, with its number.
    Stored(u64),
    /// It was there, the same, under this number.
    Duplicate(u64),
    /// Its id was used for something else, which stays.
    Conflict,
    /// The account has no such slot (any more).
    NoSlot,
}

/// One change that the feed tells.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedItem {
    /// Its number, growing within the account.
    pub seq: u64,
    /// What changed.
    pub change: Change,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// An entry was appended.
    Entry {
        /// The entry.
        entry: Entry,
    },
    /// A device was registered.
    DeviceRegistered {
        /// Its id.
        device: EndpointId,
    },
    /// A device was taken away, with everything the cloud knew of it.
    DeviceRemoved {
        /// Its id.
        device: EndpointId,
    },
    /// Amazon's older service says that the device is registered there, or no longer.
    DrsRegistration {
        /// Its id.
        device: EndpointId,
        /// How it stands there.
        #[serde(flatten)]
        state: Registration,
    },
    /// Reordering of a slot was turned on or off, or another product chosen.
    Subscription {
        /// The device's id.
        device: EndpointId,
        /// How it stands.
        #[serde(flatten)]
        state: SubscriptionFrame,
    },
    /// An order went a step on its way.
    Order {
        /// The device's id.
        device: EndpointId,
        /// How it stands.
        #[serde(flatten)]
        state: Box<OrderFrame>,
    },
    /// The link to Alexa became another, or stands like this.
    Alexa {
        /// How it stands.
        #[serde(flatten)]
        link: AlexaLink,
        /// Since when, ms since 1970 UTC.
        since: Option<i64>,
        /// Whether an app can begin to link; where everything is asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        here: Option<bool>,
    },
    /// Somebody of the maker's asked for access, has it or no longer, or did something: look again.
    Support {},
    /// A client was linked.
    LinkAdded {
        /// The client.
        client: String,
    },
    /// A client's grant ended.
    LinkRemoved {
        /// The client.
        client: String,
    },
}

impl Change {
    /// Its name in the feed.
    pub fn word(&self) -> &'static str {
        match self {
            Change::Entry { .. } => "entry",
            Change::DeviceRegistered { .. } => "device_registered",
            Change::DeviceRemoved { .. } => "device_removed",
            Change::DrsRegistration { .. } => "drs_registration",
            Change::Subscription { .. } => "subscription",
            Change::Order { .. } => "order",
            Change::Alexa { .. } => "alexa",
            Change::Support {} => "support",
            Change::LinkAdded { .. } => "link_added",
            Change::LinkRemoved { .. } => "link_removed",
        }
    }
}

/// Figures for operators.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Transactions committed.
    pub commits: u64,
    /// Pieces of work in them.
    pub jobs: u64,
    /// Entries in them.
    pub events: u64,
    /// Pieces of work that failed.
    pub failures: u64,
    /// Pieces of work waiting now.
    pub waiting: u64,
}

/// A stretch of the feed.
#[derive(Debug, Clone, PartialEq)]
pub enum Feed {
    /// The next changes; none when all was told.
    Told(Vec<FeedItem>),
    /// Some changes after that number were let go, or it was never given out: everything must be pulled again.
    Gone,
}
