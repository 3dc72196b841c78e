//! What the store keeps for support: the second factor of the maker's people, what they asked customers to let them see,
//! and the audit trail. Whatever changes who may see what is written with its line of the trail in one transaction, so
//! that neither is there without the other.

use super::{Account, Stored};
use crate::audit::{AuditRow, NewAudit};
use crate::ids::{AccessId, AccountId, Label};
use async_trait::async_trait;
use refill_domain::ids::EndpointId;

/// A request nobody answered lapses after so long, ms.
pub const REQUEST_LIFE: i64 = 14 * 86_400_000;

/// Requests that wait for one customer's answer at most.
pub const REQUESTS_MAX: usize = 10;

/// A second factor as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorRow {
    /// Its secret, sealed.
    pub sealed: Vec<u8>,
    /// Its owner has shown a code of it.
    pub confirmed: bool,
    /// The last time step of which a code was used.
    pub used_step: i64,
}

/// How a request for access stands, as it is kept; time alone changes more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It waits for the customer.
    Asked,
    /// The customer gave access.
    Given,
    /// The customer did not.
    Declined,
    /// The customer took it back.
    Withdrawn,
    /// Who had it closed the case.
    Closed,
    /// An administrator took it without the customer.
    BrokenGlass,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Asked, Self::Given, Self::Declined, Self::Withdrawn, Self::Closed, Self::BrokenGlass];

    /// Its name in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Given => "given",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
            Self::BrokenGlass => "broken_glass",
        }
    }
}

/// What somebody asked a customer to let them see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// The customer.
    pub account: AccountId,
    /// Its id.
    pub id: AccessId,
    /// Who asked.
    pub staff: AccountId,
    /// Their name at that time.
    pub staff_name: String,
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// When, ms.
    pub asked_at: i64,
    /// How it stands.
    pub standing: Standing,
    /// From when, ms, once it was given.
    pub from_at: Option<i64>,
    /// Until when, ms, once it was given.
    pub ends_at: Option<i64>,
}

impl AccessRow {
    /// Whether it opens anything at a moment. A clock that was set back opens nothing that is not given yet.
    pub fn is_live(&self, now: i64) -> bool {
        matches!(self.standing, Standing::Given | Standing::BrokenGlass)
            && self.from_at.is_some_and(|from| from <= now)
            && self.ends_at.is_some_and(|end| now < end)
    }

    /// Whether it waits for the customer at a moment.
    pub fn is_open(&self, now: i64) -> bool {
        self.standing == Standing::Asked && now < self.asked_at.saturating_add(REQUEST_LIFE)
    }
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It is there.
    Done,
    /// The same person waits for an answer, or has access, already.
    Already(AccessRow),
    /// Too many wait for this customer.
    TooMany,
    /// There is no such customer.
    NoCustomer,
}

/// What is to become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Access until then, ms.
    Give {
        /// When it ends.
        until: i64,
    },
    /// None.
    Decline,
    /// No longer.
    Withdraw,
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// So it is.
    Done(AccessRow),
    /// It stands in a way that does not allow that.
    NotNow,
    /// The customer has no such request.
    Nothing,
}

/// A registered device that was found by its serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDevice {
    /// Whose it is.
    pub account: Account,
    /// Which.
    pub device: EndpointId,
    /// Its model.
    pub model: Label,
}

/// Which rows of the trail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// About this customer alone.
    pub customer: Option<AccountId>,
    /// By this person alone.
    pub actor: Option<AccountId>,
}

/// What support keeps.
#[async_trait]
pub trait SupportStore: Send + Sync {
    /// Keeps a new second factor, in the place of one that was not confirmed; `false` if one is.
    async fn put_factor(&self, account: AccountId, sealed: Vec<u8>) -> Stored<bool>;
    /// The second factor of an account.
    async fn factor(&self, account: AccountId) -> Stored<Option<FactorRow>>;
    /// Uses the code of a time step of the factor that is sealed like this: `false`, and nothing changes, if that step
    /// or a later one was used, or the factor is another by now. The first use confirms it and is written down.
    async fn use_factor(
        &self,
        account: AccountId,
        sealed: Vec<u8>,
        step: i64,
        first: NewAudit,
    ) -> Stored<bool>;
    /// Takes a second factor away, ends the account's sessions and revokes all it lent; `false` if there is none.
    async fn end_factor(&self, account: AccountId, audit: NewAudit) -> Stored<bool>;

    /// Keeps a request, or access that was taken without one.
    async fn ask_access(&self, row: AccessRow, audit: NewAudit) -> Stored<Asked>;
    /// Decides for the customer.
    async fn decide_access(
        &self,
        account: AccountId,
        id: AccessId,
        decision: Decision,
        audit: NewAudit,
    ) -> Stored<Decided>;
    /// Ends what somebody of the maker's has of a customer's, asked or given; `false` if that is nothing.
    async fn close_access(&self, account: AccountId, staff: AccountId, audit: NewAudit) -> Stored<bool>;
    /// The latest requests of a customer, the newest first.
    async fn accesses(&self, account: AccountId, max: usize) -> Stored<Vec<AccessRow>>;
    /// The latest requests of one of the maker's people, the newest first.
    async fn accesses_by(&self, staff: AccountId, max: usize) -> Stored<Vec<AccessRow>>;
    /// What somebody of the maker's may see of a customer now.
    async fn live_access(&self, account: AccountId, staff: AccountId, now: i64) -> Stored<Option<AccessRow>>;

    /// Customers whose address of sign-in begins like this, by that address, after the one of this account.
    async fn find_mail(&self, begins: String, after: Option<AccountId>, max: usize) -> Stored<Vec<Account>>;
    /// Devices whose serial number begins like this, by that number, after this device.
    async fn find_serial(
        &self,
        begins: String,
        after: Option<(AccountId, EndpointId)>,
        max: usize,
    ) -> Stored<Vec<FoundDevice>>;

    /// Describes a customer's devices to Alexa anew; `false` without a link.
    async fn describe_anew(&self, account: AccountId, now: i64) -> Stored<bool>;

    /// Writes a row of the trail.
    async fn audit(&self, new: NewAudit) -> Stored<AuditRow>;
    /// Rows before this number, the newest first.
    async fn audits(&self, filter: AuditFilter, before: i64, max: usize) -> Stored<Vec<AuditRow>>;
    /// Rows after this number, in order.
    async fn audit_after(&self, after: i64, max: usize) -> Stored<Vec<AuditRow>>;
}
