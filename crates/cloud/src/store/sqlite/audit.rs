//! The audit trail as a table. A row is made from the last one in the transaction that appends it; triggers of the file
//! refuse everything else. It can be walked while a server runs.

use super::writer::Tx;
use super::{file, ledger};
use crate::audit::{AuditRow, Head, NewAudit, Verdict, Walk, hex};
use crate::ids::AccountId;
use crate::store::Change;
use crate::store::support::AuditFilter;
use anyhow::Context;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::Path;

/// Rows that are walked at once.
const PAGE: usize = 10_000;

const COLUMNS: &str =
    "SELECT seq, at, actor, actor_name, role, customer, action, about, case_number, reason, peer,
   previous, hash FROM audit";

fn row_of(row: &Row<'_>) -> rusqlite::Result<AuditRow> {
    Ok(AuditRow {
        seq: row.get(0)?,
        at: row.get(1)?,
        actor: AccountId::from_bytes(row.get(2)?),
        actor_name: row.get(3)?,
        role: row.get(4)?,
        customer: row.get::<_, Option<[u8; 16]>>(5)?.map(AccountId::from_bytes),
        action: row.get(6)?,
        about: row.get(7)?,
        case: row.get(8)?,
        reason: row.get(9)?,
        peer: row.get(10)?,
        previous: row.get(11)?,
        hash: row.get(12)?,
    })
}

fn head(db: &Connection) -> anyhow::Result<Head> {
    let mut last = db.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    let last = last.query_row([], |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? })).optional()?;
    Ok(last.unwrap_or(Head::NONE))
}

/// Writes a row, and tells the customer's apps where something changed.
pub fn append(tx: &mut Tx<'_>, new: NewAudit) -> anyhow::Result<AuditRow> {
    let tells = new.customer.filter(|_| new.action.changes());
    let row = AuditRow::after(head(tx.db)?, new);
    tx.db
        .prepare_cached(
            "INSERT INTO audit (seq, at, actor, actor_name, role, customer, action, about, case_number, reason, peer,
               previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            row.seq,
            row.at,
            row.actor.bytes(),
            row.actor_name,
            row.role,
            row.customer.map(AccountId::bytes),
            row.action,
            row.about,
            row.case,
            row.reason,
            row.peer,
            row.previous,
            row.hash
        ])?;
    if let Some(customer) = tells {
        ledger::tell(tx, customer, &Change::Support {}, row.at)?;
    }
    // The log goes elsewhere, and holds what shows later that nothing was cut off.
    tracing::info!(audit.row = row.seq, audit.hash = %hex(&row.hash), audit.action = %row.action, "Written down");
    Ok(row)
}

pub fn list(db: &Connection, filter: AuditFilter, before: i64, max: usize) -> anyhow::Result<Vec<AuditRow>> {
    let max = i64::try_from(max)?;
    let (customer, actor) = (filter.customer.map(AccountId::bytes), filter.actor.map(AccountId::bytes));
    let (which, of) = match (customer, actor) {
        (None, None) => ("?3 IS NULL AND ?4 IS NULL", (None, None)),
        (Some(customer), None) => ("customer = ?3 AND ?4 IS NULL", (Some(customer), None)),
        (None, Some(actor)) => ("?3 IS NULL AND actor = ?4", (None, Some(actor))),
        (Some(customer), Some(actor)) => ("customer = ?3 AND actor = ?4", (Some(customer), Some(actor))),
    };
    let sql = format!("{COLUMNS} WHERE seq < ?1 AND {which} ORDER BY seq DESC LIMIT ?2");
    let mut find = db.prepare_cached(&sql)?;
    let rows = find.query_map(params![before, max, of.0, of.1], row_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub fn after(db: &Connection, after: i64, max: usize) -> anyhow::Result<Vec<AuditRow>> {
    let mut find = db.prepare_cached(&format!("{COLUMNS} WHERE seq > ?1 ORDER BY seq LIMIT ?2"))?;
    let rows = find.query_map(params![after, i64::try_from(max)?], row_of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Walks the trail in the file `cloud.db` of a folder, whether a server runs there or not. `expected` is a head that was
/// written down.
///
/// # Errors
/// There is no such file, or it can't be read.
pub fn verify_file(folder: &Path, expected: Option<Head>) -> anyhow::Result<Verdict> {
    let path = folder.join(file::NAME);
    anyhow::ensure!(path.exists(), "There is no {}", path.display());
    let db = file::open_reader(&path)?;
    let mut walk = Walk::new(expected);
    loop {
        let rows = after(&db, walk.head().seq, PAGE).context("Read the audit trail")?;
        let all = rows.iter().all(|row| walk.next(row));
        if !all || rows.len() < PAGE {
            return Ok(walk.end());
        }
    }
}
