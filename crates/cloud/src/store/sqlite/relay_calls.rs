//! The relay's calls, each one piece of work for the writing thread or a reading one.

use super::{SqliteStore, relay};
use crate::ids::{AccountId, Label};
use crate::store::Stored;
use crate::store::relay::{
    Assigned, Changed, NewLink, OutRow, RelayChanges, RelayStore, RelayView, ReplenishmentRow,
};
use async_trait::async_trait;
use refill_domain::alexa::ReplenishmentId;
use refill_domain::ids::Instance;
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
        self.read(move |db| relay::outbox(db, account, max)).await
    }
}
