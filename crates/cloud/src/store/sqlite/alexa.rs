//! Enabling the skill from an app, as tables, and the line of the feed that tells how the link to Alexa stands.

use super::writer::Tx;
use super::{SqliteStore, ledger, relay};
use crate::ids::AccountId;
use crate::secret::{Hash, same};
use crate::store::alexa::{AlexaStands, AlexaStore, FlowRow, PermissionRow};
use crate::store::{Change, Stored};
use anyhow::Context;
use async_trait::async_trait;
use refill_domain::enablement::{AlexaLink, standing};
use rusqlite::{Connection, OptionalExtension, params};

fn put_flow(tx: &Tx<'_>, flow: &FlowRow) -> anyhow::Result<()> {
    tx.db
        .prepare_cached(
            "INSERT OR REPLACE INTO alexa_flow (account, state, begun_at, ends_at, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![flow.account.bytes(), flow.state, flow.begun_at, flow.ends_at, flow.sealed])?;
    Ok(())
}

fn take_flow(tx: &Tx<'_>, account: AccountId, state: &Hash, now: i64) -> anyhow::Result<Option<FlowRow>> {
    let mut find =
        tx.db.prepare_cached("SELECT state, begun_at, ends_at, sealed FROM alexa_flow WHERE account = ?1")?;
    let found = find.query_row([account.bytes()], |row| {
        Ok(FlowRow {
            account,
            state: row.get(0)?,
            begun_at: row.get(1)?,
            ends_at: row.get(2)?,
            sealed: row.get(3)?,
        })
    });
    let Some(flow) = found.optional()?.filter(|flow| same(&flow.state, state)) else { return Ok(None) };
    tx.db.prepare_cached("DELETE FROM alexa_flow WHERE account = ?1")?.execute([account.bytes()])?;
    // A clock that was set back makes nothing live longer than it would have.
    let life = flow.ends_at - flow.begun_at;
    Ok(Some(flow).filter(|flow| now < flow.ends_at && now >= flow.begun_at - life))
}

fn put_permission(tx: &mut Tx<'_>, account: AccountId, row: &PermissionRow, now: i64) -> anyhow::Result<()> {
    tx.db
        .prepare_cached(
            "INSERT OR REPLACE INTO alexa_permission (account, region, sealed, enabled) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![account.bytes(), serde_json::to_string(&row.region)?, row.sealed, row.enabled])?;
    tell(tx, account, now)
}

fn permission(db: &Connection, account: AccountId) -> anyhow::Result<Option<PermissionRow>> {
    let mut find =
        db.prepare_cached("SELECT region, sealed, enabled FROM alexa_permission WHERE account = ?1")?;
    let mut rows = find.query([account.bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let region = serde_json::from_str(&row.get::<_, String>(0)?).context("Read a region")?;
    Ok(Some(PermissionRow { region, sealed: row.get(1)?, enabled: row.get(2)? }))
}

fn stands(db: &Connection, account: AccountId) -> anyhow::Result<AlexaStands> {
    let events = relay::link(db, account)?.map(|link| (link.region, link.gate.state));
    let enabled = permission(db, account)?.is_some_and(|row| row.enabled);
    let link = standing(events, enabled);
    let mut find = db.prepare_cached("SELECT link, since FROM alexa_told WHERE account = ?1")?;
    let told = find.query_row([account.bytes()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
    let same = told.optional()?.filter(|(told, _)| serde_json::from_str(told).ok() == Some(link));
    Ok(AlexaStands { link, since: same.map(|(_, since)| since) })
}

/// Tells how the link to Alexa stands, if it became another.
pub fn tell(tx: &mut Tx<'_>, account: AccountId, now: i64) -> anyhow::Result<()> {
    let AlexaStands { link, since } = stands(tx.db, account)?;
    let mut known = tx.db.prepare_cached("SELECT 1 FROM alexa_told WHERE account = ?1")?;
    let never = link == AlexaLink::NotEnabled {} && !known.exists([account.bytes()])?;
    if since.is_some() || never {
        return Ok(());
    }
    tx.db
        .prepare_cached("INSERT OR REPLACE INTO alexa_told (account, link, since) VALUES (?1, ?2, ?3)")?
        .execute(params![account.bytes(), serde_json::to_string(&link)?, now])?;
    ledger::tell(tx, account, &Change::Alexa { link, since: Some(now), here: None }, now)
}

/// Forgets what enabling the skill keeps.
pub fn forget(tx: &Tx<'_>, account: AccountId) -> anyhow::Result<()> {
    tx.db.prepare_cached("DELETE FROM alexa_permission WHERE account = ?1")?.execute([account.bytes()])?;
    Ok(())
}

/// Lets go of ways to Amazon that have ended.
pub fn sweep(tx: &Tx<'_>, now: i64) -> anyhow::Result<()> {
    tx.db.prepare_cached("DELETE FROM alexa_flow WHERE ends_at <= ?1")?.execute([now])?;
    Ok(())
}

#[async_trait]
impl AlexaStore for SqliteStore {
    async fn put_alexa_flow(&self, flow: FlowRow) -> Stored<()> {
        self.write(move |tx| put_flow(tx, &flow)).await
    }

    async fn take_alexa_flow(&self, account: AccountId, state: Hash, now: i64) -> Stored<Option<FlowRow>> {
        self.write(move |tx| take_flow(tx, account, &state, now)).await
    }

    async fn put_alexa_permission(&self, account: AccountId, row: PermissionRow, now: i64) -> Stored<()> {
        self.write(move |tx| put_permission(tx, account, &row, now)).await
    }

    async fn alexa_permission(&self, account: AccountId) -> Stored<Option<PermissionRow>> {
        self.read(move |db| permission(db, account)).await
    }

    async fn alexa_stands(&self, account: AccountId) -> Stored<AlexaStands> {
        self.read(move |db| stands(db, account)).await
    }
}
