//! Accounts, how they sign in, and the sessions of browsers.

use super::writer::Tx;
use crate::ids::AccountId;
use crate::secret::Hash;
use crate::store::{Account, Login, NewAccount, NewSession, Role, Session};
use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Row, params};

pub const COLUMNS: &str = "account, role, email, name, created_at";

pub fn account_of(row: &Row<'_>) -> anyhow::Result<Account> {
    let role: String = row.get(1)?;
    Ok(Account {
        id: AccountId::from_bytes(row.get(0)?),
        role: Role::from_word(&role).context("A role that is none")?,
        email: row.get(2)?,
        name: row.get(3)?,
        created_at: row.get(4)?,
    })
}

pub fn create(tx: &Tx<'_>, new: &NewAccount) -> anyhow::Result<bool> {
    let of = &new.account;
    let added = tx
        .db
        .prepare_cached("INSERT INTO login (email, account) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute(params![of.email, of.id.bytes()])?;
    if added == 0 {
        return Ok(false);
    }
    tx.db
        .prepare_cached(
            "INSERT INTO account (account, role, email, name, password, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![of.id.bytes(), of.role.word(), of.email, of.name, new.password, of.created_at])?;
    Ok(true)
}

pub fn login(db: &Connection, email: &str) -> anyhow::Result<Option<Login>> {
    let mut find = db.prepare_cached("SELECT account FROM login WHERE email = ?1")?;
    let Some(id) = find.query_row([email], |row| row.get::<_, [u8; 16]>(0)).optional()? else {
        return Ok(None);
    };
    let Some(account) = account(db, AccountId::from_bytes(id))? else { return Ok(None) };
    let password = db
        .prepare_cached("SELECT password FROM account WHERE account = ?1")?
        .query_row([id], |row| row.get(0))?;
    Ok(Some(Login { account, password }))
}

pub fn account(db: &Connection, account: AccountId) -> anyhow::Result<Option<Account>> {
    let mut find = db.prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE account = ?1"))?;
    let mut rows = find.query([account.bytes()])?;
    rows.next()?.map(account_of).transpose()
}

pub fn set_password(tx: &Tx<'_>, account: AccountId, password: &str) -> anyhow::Result<()> {
    tx.db
        .prepare_cached("UPDATE account SET password = ?2 WHERE account = ?1")?
        .execute(params![account.bytes(), password])?;
    end_sessions(tx, account)
}

pub fn put_session(tx: &Tx<'_>, account: AccountId, new: &NewSession) -> anyhow::Result<()> {
    tx.db
        .prepare_cached("INSERT INTO session (account, hash, expires_at, proved) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![account.bytes(), new.hash, new.expires_at, new.proved])?;
    Ok(())
}

pub fn session(db: &Connection, of: AccountId, hash: &Hash, now: i64) -> anyhow::Result<Option<Session>> {
    let mut find =
        db.prepare_cached("SELECT proved FROM session WHERE account = ?1 AND hash = ?2 AND expires_at > ?3")?;
    let Some(proved) = find.query_row(params![of.bytes(), hash, now], |row| row.get(0)).optional()? else {
        return Ok(None);
    };
    Ok(account(db, of)?.map(|account| Session { account, proved }))
}

pub fn end_sessions(tx: &Tx<'_>, account: AccountId) -> anyhow::Result<()> {
    tx.db.prepare_cached("DELETE FROM session WHERE account = ?1")?.execute([account.bytes()])?;
    Ok(())
}

pub fn end_session(tx: &Tx<'_>, account: AccountId, hash: &Hash) -> anyhow::Result<()> {
    tx.db
        .prepare_cached("DELETE FROM session WHERE account = ?1 AND hash = ?2")?
        .execute(params![account.bytes(), hash])?;
    Ok(())
}

pub fn sweep(tx: &Tx<'_>, now: i64) -> anyhow::Result<()> {
    tx.db.prepare_cached("DELETE FROM session WHERE expires_at <= ?1")?.execute([now])?;
    Ok(())
}

/// Reads something, so that a broken file shows.
pub fn probe(db: &Connection) -> anyhow::Result<()> {
    db.prepare_cached("SELECT 1 FROM account LIMIT 1")?.exists([])?;
    Ok(())
}
