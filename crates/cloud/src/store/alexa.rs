//! What the store keeps of enabling the skill from an app (protocols 6.2): who is on the way through Login with Amazon,
//! Amazon's permission, sealed, and how the link to Alexa stands. Whatever changes how it stands tells it on the feed in
//! the same transaction, so that an app knows as soon as the cloud does.

use super::Stored;
use crate::ids::AccountId;
use crate::secret::Hash;
use async_trait::async_trait;
use refill_domain::enablement::AlexaLink;
use refill_domain::gateway::Region;

/// A customer on the way through Login with Amazon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRow {
    /// Whose.
    pub account: AccountId,
    /// The hash of the state that was sent along.
    pub state: Hash,
    /// When it began, ms.
    pub begun_at: i64,
    /// When it ends, ms.
    pub ends_at: i64,
    /// The PKCE verifier, sealed.
    pub sealed: Vec<u8>,
}

/// Amazon's permission to enable the skill for a customer, to look at it and to turn it off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionRow {
    /// Where the customer's account is registered.
    pub region: Region,
    /// The tokens, sealed.
    pub sealed: Vec<u8>,
    /// The skill was enabled with it.
    pub enabled: bool,
}

/// How the link to Alexa stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlexaStands {
    /// How.
    pub link: AlexaLink,
    /// Since when, ms; absent where nothing was told yet.
    pub since: Option<i64>,
}

/// What enabling the skill keeps.
#[async_trait]
pub trait AlexaStore: Send + Sync {
    /// Keeps who is on the way to Amazon, in the place of an earlier way of the same account.
    async fn put_alexa_flow(&self, flow: FlowRow) -> Stored<()>;
    /// Ends the way that has this state, and hands it out if it is in its time. A state that is none changes nothing.
    async fn take_alexa_flow(&self, account: AccountId, state: Hash, now: i64) -> Stored<Option<FlowRow>>;
    /// Keeps Amazon's permission.
    async fn put_alexa_permission(&self, account: AccountId, row: PermissionRow, now: i64) -> Stored<()>;
    /// Amazon's permission.
    async fn alexa_permission(&self, account: AccountId) -> Stored<Option<PermissionRow>>;
    /// How the link to Alexa stands.
    async fn alexa_stands(&self, account: AccountId) -> Stored<AlexaStands>;
}
