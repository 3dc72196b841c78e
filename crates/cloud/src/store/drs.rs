//! What the store keeps of a device's registration with the older service.

use crate::ids::AccountId;
use crate::secret::Hash;
use refill_domain::ids::EndpointId;

/// How a device stands with the older service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The customer was sent to Amazon and has not come back.
    Asked,
    /// It is registered.
    Linked,
    /// Amazon no longer accepts its tokens: it is to be registered again.
    Lost,
    /// The device is gone here, and Amazon is still to be told; then nothing of it is left.
    Leaving,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Linked, Self::Lost, Self::Leaving];

    /// Its name in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Linked => "linked",
            Self::Lost => "lost",
            Self::Leaving => "leaving",
        }
    }
}

/// A device's registration with the older service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrsRow {
    /// Whose.
    pub account: AccountId,
    /// The device.
    pub device: EndpointId,
    /// How it stands.
    pub standing: Standing,
    /// It is a test device: orders are answered and bring nothing.
    pub test: bool,
    /// The hash of the state that the customer is to bring back from Amazon, and when it ends.
    pub state: Option<(Hash, i64)>,
    /// Its secrets, sealed.
    pub sealed: Vec<u8>,
    /// The number of the account's change up to which its use was reported.
    pub reported: u64,
    /// When the service last heard that it lives.
    pub lived_at: Option<i64>,
    /// Tries that failed in a row.
    pub tries: u32,
    /// When to look again; none while nothing is to be done.
    pub next_at: Option<i64>,
}

/// The longest that a registration waits, ms: a day, and a little for what took its time.
pub const LONGEST_WAIT: i64 = 25 * 3_600_000;

/// The longest that it waits after a failure, ms.
pub const LONGEST_RETRY: i64 = 3_600_000;

/// Registrations that are to be looked at, each with its account's newest number, and when the next is.
pub type DrsDue = (Vec<(DrsRow, u64)>, Option<i64>);
