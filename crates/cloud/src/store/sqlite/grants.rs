//! Codes, grants and tokens. Whether a code or token is still good for what is asked is decided above; what must happen
//! once only, though many ask at the same time, is decided here.

use super::ledger;
use super::writer::Tx;
use crate::ids::{AccountId, GrantId};
use crate::secret::Hash;
use crate::store::{Change, CodeRow, Followed, GrantRow, Pair, Redeem, Rotate, TokenRow};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub fn put_code(tx: &Tx<'_>, code: &CodeRow) -> anyhow::Result<()> {
    tx.db
        .prepare_cached(
            "INSERT INTO code (account, hash, client, redirect_uri, challenge, scope, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            code.account.bytes(),
            code.hash,
            code.client,
            code.redirect_uri,
            code.challenge,
            code.scope,
            code.expires_at
        ])?;
    Ok(())
}

pub fn code(db: &Connection, account: AccountId, hash: &Hash) -> anyhow::Result<Option<CodeRow>> {
    let mut find = db.prepare_cached(
        "SELECT client, redirect_uri, challenge, scope, expires_at, used_for FROM code
         WHERE account = ?1 AND hash = ?2",
    )?;
    let found = find.query_row(params![account.bytes(), hash], |row| {
        Ok(CodeRow {
            account,
            hash: *hash,
            client: row.get(0)?,
            redirect_uri: row.get(1)?,
            challenge: row.get(2)?,
            scope: row.get(3)?,
            expires_at: row.get(4)?,
            used_for: row.get::<_, Option<[u8; 16]>>(5)?.map(GrantId::from_bytes),
        })
    });
    Ok(found.optional()?)
}

pub fn redeem(tx: &mut Tx<'_>, redeem: &Redeem) -> anyhow::Result<bool> {
    let Some(code) = code(tx.db, redeem.account, &redeem.code)? else { return Ok(false) };
    if let Some(grant) = code.used_for {
        revoke(tx, redeem.account, grant, redeem.now)?;
        return Ok(false);
    }
    tx.db
        .prepare_cached("UPDATE code SET used_for = ?3 WHERE account = ?1 AND hash = ?2")?
        .execute(params![redeem.account.bytes(), redeem.code, redeem.grant.bytes()])?;
    tx.db
        .prepare_cached(
            "INSERT INTO permission (account, id, client, scope, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            redeem.account.bytes(),
            redeem.grant.bytes(),
            code.client,
            code.scope,
            redeem.now
        ])?;
    put_pair(tx, redeem.account, redeem.grant, &redeem.pair)?;
    ledger::tell(tx, redeem.account, &Change::LinkAdded { client: code.client }, redeem.now)?;
    Ok(true)
}

fn put_pair(tx: &Tx<'_>, account: AccountId, grant: GrantId, pair: &Pair) -> anyhow::Result<()> {
    let mut put = tx.db.prepare_cached(
        "INSERT INTO token (account, hash, permission, refresh, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (refresh, token) in [(false, pair.access), (true, pair.refresh)] {
        put.execute(params![account.bytes(), token.hash, grant.bytes(), refresh, token.expires_at])?;
    }
    Ok(())
}

pub fn token(db: &Connection, account: AccountId, hash: &Hash) -> anyhow::Result<Option<TokenRow>> {
    let mut find = db.prepare_cached(
        "SELECT p.id, p.client, p.scope, p.created_at, t.refresh, t.expires_at, t.salt, t.followed_at,
                (SELECT f.salt IS NOT NULL FROM token f WHERE f.account = t.account AND f.hash = t.follower)
         FROM token t JOIN permission p ON p.account = t.account AND p.id = t.permission
         WHERE t.account = ?1 AND t.hash = ?2 AND p.revoked_at IS NULL",
    )?;
    let found = find.query_row(params![account.bytes(), hash], |row| {
        let salt: Option<[u8; 16]> = row.get(6)?;
        let (at, used): (Option<i64>, Option<bool>) = (row.get(7)?, row.get(8)?);
        Ok(TokenRow {
            grant: grant_of(row)?,
            refresh: row.get(4)?,
            expires_at: row.get(5)?,
            // A follower that is gone has ended, and was used as far as anyone knows.
            followed: salt.zip(at).map(|(salt, at)| Followed { salt, at, used: used.unwrap_or(true) }),
        })
    });
    Ok(found.optional()?)
}

fn grant_of(row: &Row<'_>) -> rusqlite::Result<GrantRow> {
    Ok(GrantRow {
        id: GrantId::from_bytes(row.get(0)?),
        client: row.get(1)?,
        scope: row.get(2)?,
        created_at: row.get(3)?,
    })
}

pub fn rotate(tx: &Tx<'_>, rotate: &Rotate) -> anyhow::Result<bool> {
    let Some(row) = token(tx.db, rotate.account, &rotate.from)? else { return Ok(false) };
    if row.followed.is_some() {
        return Ok(false);
    }
    tx.db
        .prepare_cached(
            "UPDATE token SET salt = ?3, followed_at = ?4, follower = ?5 WHERE account = ?1 AND hash = ?2",
        )?
        .execute(params![
            rotate.account.bytes(),
            rotate.from,
            rotate.salt,
            rotate.now,
            rotate.pair.refresh.hash
        ])?;
    put_pair(tx, rotate.account, row.grant.id, &rotate.pair)?;
    Ok(true)
}

pub fn revoke(tx: &mut Tx<'_>, account: AccountId, grant: GrantId, now: i64) -> anyhow::Result<bool> {
    let mut end = tx.db.prepare_cached(
        "UPDATE permission SET revoked_at = ?3 WHERE account = ?1 AND id = ?2 AND revoked_at IS NULL
         RETURNING client",
    )?;
    let client = end
        .query_row(params![account.bytes(), grant.bytes(), now], |row| row.get::<_, String>(0))
        .optional()?;
    let Some(client) = client else { return Ok(false) };
    tx.db
        .prepare_cached("DELETE FROM token WHERE account = ?1 AND permission = ?2")?
        .execute(params![account.bytes(), grant.bytes()])?;
    ledger::tell(tx, account, &Change::LinkRemoved { client }, now)?;
    Ok(true)
}

pub fn list(db: &Connection, account: AccountId) -> anyhow::Result<Vec<GrantRow>> {
    let mut find = db.prepare_cached(
        "SELECT id, client, scope, created_at FROM permission p WHERE account = ?1 AND revoked_at IS NULL
           AND EXISTS (SELECT 1 FROM token t WHERE t.account = p.account AND t.permission = p.id) ORDER BY id",
    )?;
    let rows = find.query_map([account.bytes()], grant_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A token that ended is told apart from one that never was for so long, ms: Alexa is answered differently (protocols
/// 2.4).
const TOLD_APART: i64 = 7 * 86_400_000;

pub fn sweep(tx: &Tx<'_>, now: i64) -> anyhow::Result<()> {
    tx.db.prepare_cached("DELETE FROM code WHERE expires_at <= ?1")?.execute([now])?;
    tx.db.prepare_cached("DELETE FROM token WHERE expires_at <= ?1")?.execute([now - TOLD_APART])?;
    Ok(())
}
