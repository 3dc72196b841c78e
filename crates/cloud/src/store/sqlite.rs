//! The embedded store: one SQLite file in WAL mode with `synchronous=FULL`. One thread writes, many calls in one
//! transaction (`performance.md` 1.5); a call is answered after the commit it is part of. A few threads read beside it.

mod accounts;
mod alexa;
mod audit;
mod devices;
mod drs;
mod file;
mod find;
mod grants;
mod heads;
mod lanes;
mod ledger;
mod orders;
mod readers;
mod registration;
mod relay;
mod relay_calls;
mod support;
mod writer;

use super::drs::{DrsDue, DrsRow};
use super::heard::{Due, Hear, Heard, Notice};
use super::{
    Account, CodeRow, Device, Feed, Figures, GrantRow, Login, NewAccount, NewDevice, NewSession, Redeem,
    Registered, Rotate, Session, Store, StoreError, Stored, TokenRow, Verdict,
};
use crate::catalogue::Model;
use crate::ids::{AccountId, GrantId, Label};
use crate::secret::Hash;
use async_trait::async_trait;
pub use audit::verify_file;
use heads::Heads;
use readers::Readers;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::Entry;
use refill_domain::orders::Orders;
use refill_domain::sns::MESSAGE_IDS_KEPT;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use writer::{Tx, Writer};

/// How the file is used.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Threads that read.
    pub readers: usize,
    /// Largest size of the database in MiB; more is refused as a full disk. Absent: as much as fits.
    pub max_mib: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 2, max_mib: None }
    }
}

/// The embedded store.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    heads: Arc<Heads>,
    _lock: std::fs::File,
}

impl SqliteStore {
    /// Opens or makes the file `cloud.db` in `folder`, which nobody else may have open.
    ///
    /// # Errors
    /// The folder can't be used, another server has it, or the file is of a newer program or not ours.
    pub fn open(folder: &Path, options: Options) -> anyhow::Result<Self> {
        let lock = file::lock(folder)?;
        let path = folder.join(file::NAME);
        let db = file::open(&path, options.max_mib)?;
        let heads = Arc::new(Heads::default());
        let readers = Readers::start(&path, options.readers.max(1))?;
        let writer = Writer::start(db, Arc::clone(&heads))?;
        Ok(Self { writer, readers, heads, _lock: lock })
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> Stored<T> {
        self.writer.run(None, 1, work).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> Stored<T> {
        self.readers.run(work).await
    }
}

/// What a failure of SQLite means.
fn judged(cause: anyhow::Error) -> StoreError {
    let full = cause.chain().any(|cause| {
        let code = cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
        code == Some(rusqlite::ErrorCode::DiskFull)
    });
    if full { StoreError::Full } else { StoreError::Failed(cause) }
}

#[async_trait]
impl Store for SqliteStore {
    async fn create_account(&self, new: NewAccount) -> Stored<bool> {
        self.write(move |tx| accounts::create(tx, &new)).await
    }

    async fn login(&self, email: String) -> Stored<Option<Login>> {
        self.read(move |db| accounts::login(db, &email)).await
    }

    async fn account(&self, account: AccountId) -> Stored<Option<Account>> {
        self.read(move |db| accounts::account(db, account)).await
    }

    async fn set_password(&self, account: AccountId, password: String) -> Stored<()> {
        self.write(move |tx| accounts::set_password(tx, account, &password)).await
    }

    async fn put_session(&self, account: AccountId, session: NewSession) -> Stored<()> {
        self.write(move |tx| accounts::put_session(tx, account, &session)).await
    }

    async fn session(&self, account: AccountId, hash: Hash, now: i64) -> Stored<Option<Session>> {
        self.read(move |db| accounts::session(db, account, &hash, now)).await
    }

    async fn end_session(&self, account: AccountId, hash: Hash) -> Stored<()> {
        self.write(move |tx| accounts::end_session(tx, account, &hash)).await
    }

    async fn put_code(&self, code: CodeRow) -> Stored<()> {
        self.write(move |tx| grants::put_code(tx, &code)).await
    }

    async fn code(&self, account: AccountId, hash: Hash) -> Stored<Option<CodeRow>> {
        self.read(move |db| grants::code(db, account, &hash)).await
    }

    async fn redeem_code(&self, redeem: Redeem) -> Stored<bool> {
        self.write(move |tx| grants::redeem(tx, &redeem)).await
    }

    async fn token(&self, account: AccountId, hash: Hash) -> Stored<Option<TokenRow>> {
        self.read(move |db| grants::token(db, account, &hash)).await
    }

    async fn rotate(&self, rotate: Rotate) -> Stored<bool> {
        self.write(move |tx| grants::rotate(tx, &rotate)).await
    }

    async fn revoke_grant(&self, account: AccountId, grant: GrantId, now: i64) -> Stored<bool> {
        self.write(move |tx| grants::revoke(tx, account, grant, now)).await
    }

    async fn grants(&self, account: AccountId) -> Stored<Vec<GrantRow>> {
        self.read(move |db| grants::list(db, account)).await
    }

    async fn put_model(&self, model: Model) -> Stored<bool> {
        self.write(move |tx| devices::put_model(tx, &model)).await
    }

    async fn model(&self, id: Label) -> Stored<Option<Model>> {
        self.read(move |db| devices::model(db, &id)).await
    }

    async fn model_list(&self) -> Stored<Vec<Model>> {
        self.read(devices::model_list).await
    }

    async fn register(&self, new: NewDevice) -> Stored<Registered> {
        self.write(move |tx| devices::register(tx, &new)).await
    }

    async fn deregister(&self, account: AccountId, device: EndpointId, now: i64) -> Stored<bool> {
        self.write(move |tx| devices::deregister(tx, account, device, now)).await
    }

    async fn devices(&self, account: AccountId) -> Stored<Vec<Device>> {
        self.read(move |db| devices::list(db, account)).await
    }

    async fn device_by_credential(&self, account: AccountId, credential: Hash) -> Stored<Option<Device>> {
        self.read(move |db| devices::by_credential(db, account, &credential)).await
    }

    async fn append(&self, account: AccountId, entries: Vec<Entry>, now: i64) -> Stored<Vec<Verdict>> {
        let weight = entries.len();
        self.writer.run(Some(account), weight, move |tx| ledger::append(tx, account, &entries, now)).await
    }

    async fn entries(&self, account: AccountId, after: u64, max: usize) -> Stored<Vec<(u64, Entry)>> {
        self.read(move |db| ledger::entries(db, account, after, max)).await
    }

    async fn feed(&self, account: AccountId, after: u64, max: usize) -> Stored<Feed> {
        self.read(move |db| ledger::feed(db, account, after, max)).await
    }

    async fn slot_entries(&self, account: AccountId, slot: SlotId, from: i64, to: i64) -> Stored<Vec<Entry>> {
        self.read(move |db| ledger::slot_entries(db, account, slot, from, to)).await
    }

    async fn slot_page(
        &self,
        account: AccountId,
        slot: SlotId,
        after: (i64, EntryId),
        max: usize,
    ) -> Stored<Vec<Entry>> {
        self.read(move |db| ledger::slot_page(db, account, slot, after, max)).await
    }

    async fn changes(&self, account: AccountId) -> Stored<watch::Receiver<u64>> {
        // First the place for later numbers, then the number so far: none falls between.
        let changes = self.heads.watch(account);
        let head = self.read(move |db| ledger::head(db, account)).await?;
        self.heads.tell(account, head);
        Ok(changes)
    }

    async fn whose(&self, model: Label, serial: Label) -> Stored<Option<(AccountId, EndpointId)>> {
        self.read(move |db| orders::whose(db, &model, &serial)).await
    }

    async fn hear(&self, hear: Hear) -> Stored<Heard> {
        self.writer.run(Some(hear.account), 1, move |tx| orders::hear(tx, &hear)).await
    }

    async fn orders(&self, account: AccountId, device: EndpointId) -> Stored<Orders> {
        self.read(move |db| orders::orders(db, account, device)).await
    }

    async fn due(&self, now: i64, max: usize) -> Stored<Due> {
        self.read(move |db| orders::due(db, now, max)).await
    }

    async fn notices(&self, account: AccountId, device: EndpointId) -> Stored<Vec<Notice>> {
        self.read(move |db| orders::notices(db, account, device)).await
    }

    async fn put_stray(&self, id: String, message: String, now: i64) -> Stored<()> {
        self.write(move |tx| orders::put_stray(tx, &id, &message, now)).await
    }

    async fn strays(&self) -> Stored<Vec<(String, String)>> {
        self.read(orders::strays).await
    }

    async fn put_drs(&self, row: DrsRow, from: Option<Vec<u8>>) -> Stored<bool> {
        self.write(move |tx| drs::put(tx, &row, from.as_deref())).await
    }

    async fn drs(&self, account: AccountId, device: EndpointId) -> Stored<Option<DrsRow>> {
        self.read(move |db| drs::one(db, account, device)).await
    }

    async fn drs_of(&self, account: AccountId) -> Stored<Vec<DrsRow>> {
        self.read(move |db| drs::of_account(db, account)).await
    }

    async fn drs_due(&self, now: i64, max: usize) -> Stored<DrsDue> {
        self.read(move |db| drs::due(db, now, max)).await
    }

    async fn drs_set_back(&self, now: i64) -> Stored<()> {
        self.write(move |tx| drs::set_back(tx, now)).await
    }

    async fn end_drs(&self, account: AccountId, device: EndpointId) -> Stored<()> {
        self.write(move |tx| drs::end(tx, account, device)).await
    }

    async fn sweep(&self, now: i64, told_before: i64) -> Stored<()> {
        self.write(move |tx| {
            accounts::sweep(tx, now)?;
            grants::sweep(tx, now)?;
            alexa::sweep(tx, now)?;
            relay::sweep(tx, told_before)?;
            orders::sweep(tx, now - MESSAGE_IDS_KEPT.num_milliseconds())?;
            ledger::sweep(tx, told_before)
        })
        .await
    }

    async fn check(&self) -> Stored<()> {
        self.read(accounts::probe).await?;
        self.write(|tx| accounts::probe(tx.db)).await
    }

    fn furnished(&self) -> u64 {
        self.writer.furnished()
    }

    fn figures(&self) -> Figures {
        self.writer.figures()
    }

    async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
