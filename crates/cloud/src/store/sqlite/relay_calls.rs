//! The relay's calls, each one piece of work for the writing thread or a reading one.

use super::{SqliteStore, registration, relay};
use crate::catalogue::Model;
use crate::ids::{AccountId, Label};
use crate::store::Stored;
use crate::store::relay::{
    Assigned, Changed, Kept, NewLink, OutRow, Over, RegisteredRow, RelayChanges, RelayStore, RelayView,
    ReplenishmentRow,
};
use async_trait::async_trait;
use refill_domain::alexa::{MessageId, ReplenishmentId};
use refill_domain::ids::Instance;
use refill_domain::registration::Dossier;
use std::sync::Arc;

#[async_trait]
impl RelayStore for SqliteStore {
    fn changed(&self) -> Arc<Changed> {
        self.heads.changed()
    }

    async fn put_link(&self, account: AccountId, link: NewLink, now: i64) -> Stored<()> {
        self.write(move |tx| relay::put_link(tx, account, &link, now)).await
    }

    async fn unlink(&self, account: AccountId, now: i64) -> Stored<()> {
        self.write(move |tx| relay::unlink(tx, account, now)).await
    }

    async fn relay_view(&self, account: AccountId) -> Stored<Option<RelayView>> {
        self.read(move |db| relay::view(db, account)).await
    }

    async fn relay_commit(&self, account: AccountId, changes: RelayChanges) -> Stored<bool> {
        self.writer.run(Some(account), 1, move |tx| relay::commit(tx, account, &changes)).await
    }

    async fn relay_upcoming(&self, max: usize) -> Stored<Vec<(i64, AccountId)>> {
        self.read(move |db| relay::upcoming(db, max)).await
    }

    async fn relay_behind(&self) -> Stored<Vec<AccountId>> {
        self.read(relay::behind).await
    }

    async fn relay_outdated(&self, after: AccountId, max: usize) -> Stored<Vec<AccountId>> {
        self.read(move |db| relay::outdated(db, after, max)).await
    }

    async fn assign(&self, model: Label, instance: Instance, id: ReplenishmentId) -> Stored<Assigned> {
        self.write(move |tx| relay::assign(tx, &model, &instance, &id)).await
    }

    async fn put_registration(&self, model: Model, dossier: Dossier, over: Over) -> Stored<Kept> {
        self.write(move |tx| registration::put(tx, &model, &dossier, &over)).await
    }

    async fn registration(&self, model: Label) -> Stored<Option<Dossier>> {
        self.read(move |db| registration::find(db, &model)).await
    }

    async fn registered_texts(&self, model: Label) -> Stored<Option<RegisteredRow>> {
        self.read(move |db| registration::texts(db, &model)).await
    }

    async fn replenishments(&self, model: Label) -> Stored<Vec<ReplenishmentRow>> {
        self.read(move |db| relay::replenishments(db, &model)).await
    }

    async fn relay_parked(&self, after: (AccountId, i64), max: usize) -> Stored<Vec<(AccountId, OutRow)>> {
        self.read(move |db| relay::parked(db, after, max)).await
    }

    async fn relay_linked(&self, after: AccountId, max: usize) -> Stored<Vec<AccountId>> {
        self.read(move |db| relay::linked(db, after, max)).await
    }

    async fn relay_settled(&self) -> Stored<Option<i64>> {
        self.read(relay::settled).await
    }

    async fn outbox(&self, account: AccountId, max: usize) -> Stored<Vec<OutRow>> {
        self.outbox_page(account, i64::MAX, max).await
    }

    async fn outbox_page(&self, account: AccountId, before: i64, max: usize) -> Stored<Vec<OutRow>> {
        self.read(move |db| relay::outbox(db, account, before, max)).await
    }

    async fn outbox_message(&self, account: AccountId, id: MessageId) -> Stored<Option<OutRow>> {
        self.read(move |db| relay::message(db, account, &id)).await
    }
}
