//! What the cloud keeps, as one trait. What a call acknowledges is durable; a call is whole or not at all; no call
//! touches two accounts, and every key begins with the account, so that a store split by account can follow. The two
//! small directories (addresses of sign-in, serial numbers), the catalogue of models and the audit trail are the
//! exceptions, each written before, after or with the account's own rows in a way that a stop in between leaves nothing wrong.
//!
//! `conformance` holds what every implementation must do; SQLite, embedded, is the first.

pub mod alexa;
pub mod drs;
pub mod heard;
pub mod relay;
mod rows;
pub mod sqlite;
pub mod support;

#[cfg(test)]
mod conformance;

pub use rows::*;

use crate::catalogue::Model;
use crate::ids::{AccountId, GrantId, Label};
use crate::secret::Hash;
use async_trait::async_trait;
use drs::{DrsDue, DrsRow};
use heard::{Due, Hear, Heard, Notice};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::Entry;
use refill_domain::orders::Orders;
use tokio::sync::watch;

/// Why the store did not do something. Refusals that a caller decides upon are values of the calls instead.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room: nothing was stored, reading goes on.
    #[error("the disk is full")]
    Full,
    /// More is waiting than can be taken in.
    #[error("too much is waiting")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Anything else.
    #[error("the store failed")]
    Failed(#[source] anyhow::Error),
}

/// Result of a call.
pub type Stored<T> = Result<T, StoreError>;

/// Everything the cloud keeps. Times are milliseconds since 1970 UTC.
#[async_trait]
pub trait Store:
    relay::RelayStore + alexa::AlexaStore + support::SupportStore + Send + Sync + 'static
{
    /// Makes an account; `false` if its address is taken.
    async fn create_account(&self, new: NewAccount) -> Stored<bool>;
    /// Who signs in with this address (lower case), with the kept password.
    async fn login(&self, email: String) -> Stored<Option<Login>>;
    /// One account.
    async fn account(&self, account: AccountId) -> Stored<Option<Account>>;
    /// Sets the kept password, and ends the account's sessions.
    async fn set_password(&self, account: AccountId, password: String) -> Stored<()>;

    /// Keeps a browser's session.
    async fn put_session(&self, account: AccountId, session: NewSession) -> Stored<()>;
    /// A session that has not ended.
    async fn session(&self, account: AccountId, hash: Hash, now: i64) -> Stored<Option<Session>>;
    /// Ends a session.
    async fn end_session(&self, account: AccountId, hash: Hash) -> Stored<()>;

    /// Keeps a code that was handed out.
    async fn put_code(&self, code: CodeRow) -> Stored<()>;
    /// A code, used or not.
    async fn code(&self, account: AccountId, hash: Hash) -> Stored<Option<CodeRow>>;
    /// Uses a code: makes its grant with the first tokens. `false` if it was used before, which revokes the grant it
    /// made.
    async fn redeem_code(&self, redeem: Redeem) -> Stored<bool>;
    /// A token with its grant, whatever its state.
    async fn token(&self, account: AccountId, hash: Hash) -> Stored<Option<TokenRow>>;
    /// Follows a refresh token by a new pair. `false`, and nothing changes, if it has a successor or its grant is
    /// revoked.
    async fn rotate(&self, rotate: Rotate) -> Stored<bool>;
    /// Revokes a grant with all its tokens; `false` if there is none in force.
    async fn revoke_grant(&self, account: AccountId, grant: GrantId, now: i64) -> Stored<bool>;
    /// The grants in force of an account.
    async fn grants(&self, account: AccountId) -> Stored<Vec<GrantRow>>;

    /// Adds a model; `false` if another is there under its id.
    async fn put_model(&self, model: Model) -> Stored<bool>;
    /// One model.
    async fn model(&self, id: Label) -> Stored<Option<Model>>;
    /// All models by id.
    async fn model_list(&self) -> Stored<Vec<Model>>;

    /// Registers a device with its slots.
    async fn register(&self, new: NewDevice) -> Stored<Registered>;
    /// Takes a device away with its slots and everything it said; `false` if the account has no such device.
    async fn deregister(&self, account: AccountId, device: EndpointId, now: i64) -> Stored<bool>;
    /// The account's devices with their slots, oldest first.
    async fn devices(&self, account: AccountId) -> Stored<Vec<Device>>;
    /// The device that has this credential.
    async fn device_by_credential(&self, account: AccountId, credential: Hash) -> Stored<Option<Device>>;

    /// Appends entries in this order, each once. An entry is refused alone, with its verdict.
    async fn append(&self, account: AccountId, entries: Vec<Entry>, now: i64) -> Stored<Vec<Verdict>>;
    /// Entries numbered above `after`, in that order.
    async fn entries(&self, account: AccountId, after: u64, max: usize) -> Stored<Vec<(u64, Entry)>>;
    /// What the feed tells above `after`, in order.
    async fn feed(&self, account: AccountId, after: u64, max: usize) -> Stored<Feed>;
    /// Entries of one slot in `[from, to]` by order of effect.
    async fn slot_entries(&self, account: AccountId, slot: SlotId, from: i64, to: i64) -> Stored<Vec<Entry>>;
    /// Entries of one slot behind a place, by order of effect.
    async fn slot_page(
        &self,
        account: AccountId,
        slot: SlotId,
        after: (i64, EntryId),
        max: usize,
    ) -> Stored<Vec<Entry>>;
    /// The number of the newest change of an account, and every later one.
    async fn changes(&self, account: AccountId) -> Stored<watch::Receiver<u64>>;

    /// Whose device has this serial number.
    async fn whose(&self, model: Label, serial: Label) -> Stored<Option<(AccountId, EndpointId)>>;
    /// Takes in what Amazon said of a device: folds it, appends what arrived to the ledger, each order once, and tells
    /// every difference on the feed.
    async fn hear(&self, hear: Hear) -> Stored<Heard>;
    /// What Amazon said of a device so far.
    async fn orders(&self, account: AccountId, device: EndpointId) -> Stored<Orders>;
    /// Devices whose next order has arrived; look at each of them.
    async fn due(&self, now: i64, max: usize) -> Stored<Due>;
    /// The messages about a device that are kept: for 30 days, and those of unknown kinds as long as the device.
    async fn notices(&self, account: AccountId, device: EndpointId) -> Stored<Vec<Notice>>;
    /// Keeps a verified message that is about no device here, for 30 days.
    async fn put_stray(&self, id: String, message: String, now: i64) -> Stored<()>;
    /// Such messages, with their ids, oldest first: at most a thousand.
    async fn strays(&self) -> Stored<Vec<(String, String)>>;

    /// Keeps a device's registration with the older service, if what is there is sealed as `from` (none: nothing is
    /// there); `false` otherwise, or if there is no such device.
    async fn put_drs(&self, row: DrsRow, from: Option<Vec<u8>>) -> Stored<bool>;
    /// A device's registration.
    async fn drs(&self, account: AccountId, device: EndpointId) -> Stored<Option<DrsRow>>;
    /// The registrations of an account's devices.
    async fn drs_of(&self, account: AccountId) -> Stored<Vec<DrsRow>>;
    /// Registrations that are to be looked at, each with its account's newest number, and when the next is.
    async fn drs_due(&self, now: i64, max: usize) -> Stored<DrsDue>;
    /// The clock was set back to `now`: who waits for longer than anybody does is looked at.
    async fn drs_set_back(&self, now: i64) -> Stored<()>;
    /// Forgets a registration with its secrets.
    async fn end_drs(&self, account: AccountId, device: EndpointId) -> Stored<()>;

    /// Lets go of what has ended: sessions and codes that ended before `now`, tokens some days later, and told changes
    /// other than entries from before `told_before`.
    async fn sweep(&self, now: i64, told_before: i64) -> Stored<()>;
    /// Answers if reading and writing work.
    async fn check(&self) -> Stored<()>;
    /// How often devices, or the IDs assigned to their models, changed since the start. What was read of them holds as
    /// long as this stays the same.
    fn furnished(&self) -> u64;
    /// Figures for operators.
    fn figures(&self) -> Figures;
    /// Writes everything back and ends; later calls answer `Closed`.
    async fn close(&self);
}
