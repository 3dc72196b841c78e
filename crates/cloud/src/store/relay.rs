//! What the store keeps for the relay to Amazon: the link with its sealed tokens and its gate, what Amazon was told of
//! each device, and the outbox. The ledger itself is the queue of causes: `planned` names the last entry that was turned
//! into messages, and moves in the transaction that stores them, so that an entry is told once, whatever happens
//! between.

use super::{Device, GrantRow, Stored};
use crate::catalogue::Model;
use crate::ids::{AccountId, Label};
use async_trait::async_trait;
use refill_domain::alexa::{MessageId, ReplenishmentFrozen, ReplenishmentId, Report};
use refill_domain::gateway::Region;
use refill_domain::ids::{EndpointId, Instance};
use refill_domain::ledger::Entry;
use refill_domain::outbox::{Delivery, Gate};
use refill_domain::registration::{Dossier, Refusal, Texts};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use uuid::Uuid;

/// Accounts that changed since somebody asked, for the one who follows them all.
#[derive(Debug, Default)]
pub struct Changed {
    followed: AtomicBool,
    accounts: Mutex<BTreeSet<AccountId>>,
    /// Told at every change.
    pub notify: Notify,
}

impl Changed {
    /// From now on changes are gathered; whoever follows must keep taking them.
    pub fn follow(&self) {
        self.followed.store(true, Ordering::Relaxed);
    }

    /// An account changed.
    pub fn add(&self, account: AccountId) {
        if self.followed.load(Ordering::Relaxed) {
            self.accounts.lock().unwrap_or_else(PoisonError::into_inner).insert(account);
            self.notify.notify_one();
        }
    }

    /// Takes what was gathered.
    pub fn take(&self) -> BTreeSet<AccountId> {
        std::mem::take(&mut *self.accounts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether nothing waits to be taken.
    pub fn is_empty(&self) -> bool {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

/// A permission of Amazon's to send events.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose gateway.
    pub region: Region,
    /// The tokens, sealed.
    pub tokens: Vec<u8>,
    /// When the access token ends, ms.
    pub ends_at: i64,
}

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// Whose gateway.
    pub region: Region,
    /// The tokens, sealed; absent once they were deleted.
    pub tokens: Option<Vec<u8>>,
    /// When the access token ends, ms.
    pub ends_at: i64,
    /// Whether messages may be sent.
    pub gate: Gate,
    /// The last entry that was turned into messages.
    pub planned: u64,
    /// When there is something to do, ms.
    pub look_at: i64,
}

/// What Amazon was told of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRow {
    /// Which.
    pub device: EndpointId,
    /// Its model.
    pub model: Label,
    /// The version of its replenishment IDs that was told; below zero: to be described again.
    pub version: i64,
    /// What was reported and what waits, as the relay writes it.
    pub book: String,
}

/// A message of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutRow {
    /// Its place.
    pub seq: i64,
    /// What it says.
    pub report: Report,
    /// Where it stands.
    pub delivery: Delivery,
}

/// What Amazon assigned to a slot of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplenishmentRow {
    /// The model.
    pub model: Label,
    /// The slot's instance.
    pub instance: Instance,
    /// The ID.
    pub id: ReplenishmentId,
    /// Grows with every assignment.
    pub version: i64,
}

/// What is registered of a model, as far as Alexa is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredRow {
    /// The model.
    pub model: Label,
    /// Names and maker.
    pub texts: Texts,
    /// Grows with every change, counted together with those of its IDs.
    pub version: i64,
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept; customers' devices may have to be described again.
    Changed,
    /// It was that already.
    Same,
    /// The console would not take these changes any more.
    Refused(Vec<Refusal>),
    /// Amazon was told another ID for the slot of this member.
    Frozen(String, ReplenishmentFrozen),
    /// Amazon was told the ID of this member for another slot.
    Elsewhere(String),
    /// What is kept is not what the writer had read.
    Meanwhile,
}

/// What must be kept of a model for a new dossier to be written over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Whatever there is.
    Anything,
    /// Nothing yet.
    Nothing,
    /// The dossier of one of these versions, as [`version`] names them.
    Versions(Vec<String>),
}

impl Over {
    /// Whether this is what is kept.
    #[must_use]
    pub fn allows(&self, kept: Option<&Dossier>) -> bool {
        match (self, kept) {
            (Self::Anything, _) | (Self::Nothing, None) => true,
            (Self::Versions(all), Some(kept)) => all.contains(&version(kept)),
            (Self::Nothing, Some(_)) | (Self::Versions(_), None) => false,
        }
    }
}

/// The version of a dossier: the same for the same content.
#[must_use]
pub fn version(dossier: &Dossier) -> String {
    let text = serde_json::to_vec(dossier).unwrap_or_default();
    Uuid::new_v5(&Uuid::NAMESPACE_OID, &text).simple().to_string()
}

/// All that the next step of an account depends on, as of one moment.
#[derive(Debug, Clone)]
pub struct RelayView {
    /// The link.
    pub link: LinkRow,
    /// The account's grants in force.
    pub grants: Vec<GrantRow>,
    /// Its devices.
    pub devices: Vec<Device>,
    /// Those Amazon was told of.
    pub told: Vec<ToldRow>,
    /// Messages that are not settled, in order.
    pub queue: Vec<OutRow>,
    /// Number for the next message.
    pub next_seq: i64,
    /// Entries after `link.planned`, the oldest first, a page of them.
    pub fresh: Vec<Entry>,
    /// What `link.planned` becomes when they are planned.
    pub upto: u64,
    /// More entries follow.
    pub more: bool,
    /// IDs of the devices' models.
    pub replenishments: Vec<ReplenishmentRow>,
    /// What is registered of the devices' models.
    pub registrations: Vec<RegisteredRow>,
}

/// What a step changes. All of it is stored, or nothing.
#[derive(Debug, Clone, Default)]
pub struct RelayChanges {
    /// The token that everything was decided with.
    pub generation: u32,
    /// The gate as it is now.
    pub gate: Option<Gate>,
    /// New sealed tokens with their end, or none any more.
    pub tokens: Option<(Option<Vec<u8>>, i64)>,
    /// Entries up to here are planned.
    pub planned: Option<u64>,
    /// When to look again, ms.
    pub look_at: i64,
    /// Books to keep.
    pub told: Vec<ToldRow>,
    /// Devices that are gone.
    pub gone: Vec<EndpointId>,
    /// Messages, new or changed.
    pub out: Vec<OutRow>,
    /// Now, ms.
    pub now: i64,
}

/// What became of an assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assigned {
    /// Customers' devices are to be described again.
    Changed,
    /// It was that already.
    Same,
    /// Another one was told to Amazon.
    Frozen(ReplenishmentFrozen),
    /// It is another slot's.
    Elsewhere(Instance),
}

/// What the relay keeps.
#[async_trait]
pub trait RelayStore: Send + Sync {
    /// Accounts that change, for the relay.
    fn changed(&self) -> Arc<Changed>;
    /// Keeps a new permission. All devices will be described anew; what waits goes out with the new token.
    async fn put_link(&self, account: AccountId, link: NewLink, now: i64) -> Stored<()>;
    /// Forgets the link with everything that was told and all that waits.
    async fn unlink(&self, account: AccountId, now: i64) -> Stored<()>;
    /// All that the next step depends on; absent without a link.
    async fn relay_view(&self, account: AccountId) -> Stored<Option<RelayView>>;
    /// Stores a step; `false`, and nothing changes, if the link was renewed or removed meanwhile.
    async fn relay_commit(&self, account: AccountId, changes: RelayChanges) -> Stored<bool>;
    /// Accounts with the moment they are to be looked at, the earliest first.
    async fn relay_upcoming(&self, max: usize) -> Stored<Vec<(i64, AccountId)>>;
    /// Accounts with entries that are not planned: where a stop came between.
    async fn relay_behind(&self) -> Stored<Vec<AccountId>>;
    /// Accounts after `after` with a device that is described by older replenishment IDs or names than there are.
    async fn relay_outdated(&self, after: AccountId, max: usize) -> Stored<Vec<AccountId>>;
    /// Assigns a replenishment ID. Once a device of the model is registered, Amazon may have been told.
    async fn assign(&self, model: Label, instance: Instance, id: ReplenishmentId) -> Stored<Assigned>;
    /// Keeps what is registered of a model, its replenishment IDs and where it is certified included.
    async fn put_registration(&self, model: Model, dossier: Dossier, over: Over) -> Stored<Kept>;
    /// What is registered of a model, with the IDs that were assigned.
    async fn registration(&self, model: Label) -> Stored<Option<Dossier>>;
    /// What of it Alexa is told.
    async fn registered_texts(&self, model: Label) -> Stored<Option<RegisteredRow>>;
    /// The IDs of a model.
    async fn replenishments(&self, model: Label) -> Stored<Vec<ReplenishmentRow>>;
    /// Messages of all accounts that were put aside, by account and place, after this one.
    async fn relay_parked(&self, after: (AccountId, i64), max: usize) -> Stored<Vec<(AccountId, OutRow)>>;
    /// Accounts after `after` that are linked.
    async fn relay_linked(&self, after: AccountId, max: usize) -> Stored<Vec<AccountId>>;
    /// The latest moment a message was settled at, ms.
    async fn relay_settled(&self) -> Stored<Option<i64>>;
    /// Messages of an account, the newest first.
    async fn outbox(&self, account: AccountId, max: usize) -> Stored<Vec<OutRow>>;
    /// Messages of an account before this place, the newest first.
    async fn outbox_page(&self, account: AccountId, before: i64, max: usize) -> Stored<Vec<OutRow>>;
    /// One message of an account.
    async fn outbox_message(&self, account: AccountId, id: MessageId) -> Stored<Option<OutRow>>;
}
