//! Registrations with the older service. A row is changed only from the state it was read in, so that a worker that comes
//! late changes nothing of a newer registration.

use super::ledger;
use super::writer::Tx;
use crate::ids::AccountId;
use crate::store::drs::{DrsDue, DrsRow, LONGEST_RETRY, LONGEST_WAIT, Standing};
use anyhow::Context;
use refill_domain::ids::EndpointId;
use rusqlite::{Connection, Row, params};

const COLUMNS: &str =
    "account, device, standing, test, state, state_ends, sealed, reported, lived_at, tries, next_at";

fn read(row: &Row<'_>) -> anyhow::Result<DrsRow> {
    let standing: String = row.get(2)?;
    let state: Option<[u8; 32]> = row.get(4)?;
    Ok(DrsRow {
        account: AccountId::from_bytes(row.get(0)?),
        device: EndpointId::from_bytes(row.get(1)?),
        standing: Standing::ALL
            .into_iter()
            .find(|of| of.word() == standing)
            .context("A standing that is none")?,
        test: row.get(3)?,
        state: state.zip(Some(row.get(5)?)),
        sealed: row.get(6)?,
        reported: u64::try_from(row.get::<_, i64>(7)?)?,
        lived_at: row.get(8)?,
        tries: row.get(9)?,
        next_at: row.get(10)?,
    })
}

pub fn put(tx: &Tx<'_>, row: &DrsRow, from: Option<&[u8]>) -> anyhow::Result<bool> {
    let (account, device) = (row.account, row.device);
    let mut find = tx.db.prepare_cached("SELECT sealed FROM drs WHERE account = ?1 AND device = ?2")?;
    let mut known = find.query(params![account.bytes(), device.bytes()])?;
    let known: Option<Vec<u8>> = known.next()?.map(|row| row.get(0)).transpose()?;
    let mut device_is = tx.db.prepare_cached("SELECT 1 FROM device WHERE account = ?1 AND id = ?2")?;
    let there = device_is.exists(params![account.bytes(), device.bytes()])?;
    // What is leaving outlives its device; nothing else does.
    let fits = if row.standing == Standing::Leaving { from.is_some() } else { there };
    if !fits || known.as_deref() != from {
        return Ok(false);
    }
    // What was appended meanwhile is looked at without waiting.
    let behind = ledger::head(tx.db, account)? > row.reported && row.standing == Standing::Linked;
    let next = row.next_at.map(|at| if behind && row.tries == 0 { 0 } else { at });
    tx.db
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO drs ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        ))?
        .execute(params![
            account.bytes(),
            device.bytes(),
            row.standing.word(),
            row.test,
            row.state.map(|(hash, _)| hash),
            row.state.map_or(0, |(_, ends)| ends),
            row.sealed,
            i64::try_from(row.reported)?,
            row.lived_at,
            row.tries,
            next
        ])?;
    Ok(true)
}

pub fn one(db: &Connection, account: AccountId, device: EndpointId) -> anyhow::Result<Option<DrsRow>> {
    let mut find =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM drs WHERE account = ?1 AND device = ?2"))?;
    let mut rows = find.query(params![account.bytes(), device.bytes()])?;
    rows.next()?.map(read).transpose()
}

pub fn of_account(db: &Connection, account: AccountId) -> anyhow::Result<Vec<DrsRow>> {
    let mut find = db.prepare_cached(&format!("SELECT {COLUMNS} FROM drs WHERE account = ?1"))?;
    let rows = find.query_and_then([account.bytes()], read)?;
    rows.collect()
}

pub fn due(db: &Connection, now: i64, max: usize) -> anyhow::Result<DrsDue> {
    let mut find = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM drs WHERE next_at <= ?1 ORDER BY next_at LIMIT ?2"
    ))?;
    let rows = find.query_and_then(params![now, i64::try_from(max)?], |row| -> anyhow::Result<_> {
        let row = read(row)?;
        let head = ledger::head(db, row.account)?;
        Ok((row, head))
    })?;
    let rows = rows.collect::<anyhow::Result<_>>()?;
    let mut next = db.prepare_cached("SELECT min(next_at) FROM drs WHERE next_at > ?1")?;
    Ok((rows, next.query_row([now], |row| row.get(0))?))
}

/// Looks at those that wait for longer than anybody does: they began before the clock was set back.
pub fn set_back(tx: &Tx<'_>, now: i64) -> anyhow::Result<()> {
    tx.db
        .prepare_cached("UPDATE drs SET next_at = ?1 WHERE next_at > ?1 + iif(tries > 0, ?2, ?3)")?
        .execute(params![now, LONGEST_RETRY, LONGEST_WAIT])?;
    Ok(())
}

/// The device is gone: what Amazon knows of it is to be taken back, and what it does not know is forgotten.
pub fn leave(tx: &Tx<'_>, account: AccountId, device: EndpointId) -> anyhow::Result<()> {
    let of = params![account.bytes(), device.bytes()];
    for sql in [
        "DELETE FROM drs WHERE account = ?1 AND device = ?2 AND standing <> 'linked'",
        "UPDATE drs SET standing = 'leaving', state = NULL, tries = 0, next_at = 0
         WHERE account = ?1 AND device = ?2",
    ] {
        tx.db.prepare_cached(sql)?.execute(of)?;
    }
    Ok(())
}

/// Looks at the account's devices as soon as can be, but for those that wait after a failure.
pub fn wake(tx: &Tx<'_>, account: AccountId) -> anyhow::Result<()> {
    tx.db
        .prepare_cached("UPDATE drs SET next_at = 0 WHERE account = ?1 AND next_at > 0 AND tries = 0")?
        .execute([account.bytes()])?;
    Ok(())
}

pub fn end(tx: &Tx<'_>, account: AccountId, device: EndpointId) -> anyhow::Result<()> {
    tx.db
        .prepare_cached("DELETE FROM drs WHERE account = ?1 AND device = ?2")?
        .execute(params![account.bytes(), device.bytes()])?;
    Ok(())
}
