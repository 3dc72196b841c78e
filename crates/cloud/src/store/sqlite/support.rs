//! Second factors and access, as tables; each change with its line of the audit trail.

use super::writer::Tx;
use super::{SqliteStore, accounts, audit, find, grants};
use crate::audit::{AuditRow, NewAudit};
use crate::ids::{AccessId, AccountId};
use crate::store::support::{
    AccessRow, Asked, AuditFilter, Decided, Decision, FactorRow, FoundDevice, REQUESTS_MAX, Standing,
    SupportStore,
};
use crate::store::{Account, Role, Stored};
use anyhow::Context;
use async_trait::async_trait;
use refill_domain::ids::EndpointId;
use rusqlite::{Connection, OptionalExtension, Row, params};

fn put_factor(tx: &Tx<'_>, account: AccountId, sealed: &[u8]) -> anyhow::Result<bool> {
    let sql = "INSERT INTO second_factor (account, sealed, confirmed, used_step) VALUES (?1, ?2, 0, 0)
      ON CONFLICT (account) DO UPDATE SET sealed = ?2, used_step = 0 WHERE confirmed = 0";
    Ok(tx.db.prepare_cached(sql)?.execute(params![account.bytes(), sealed])? == 1)
}

fn factor(db: &Connection, account: AccountId) -> anyhow::Result<Option<FactorRow>> {
    let mut find =
        db.prepare_cached("SELECT sealed, confirmed, used_step FROM second_factor WHERE account = ?1")?;
    let found = find.query_row([account.bytes()], |row| {
        Ok(FactorRow { sealed: row.get(0)?, confirmed: row.get(1)?, used_step: row.get(2)? })
    });
    Ok(found.optional()?)
}

fn use_factor(
    tx: &mut Tx<'_>,
    account: AccountId,
    sealed: &[u8],
    step: i64,
    first: NewAudit,
) -> anyhow::Result<bool> {
    let Some(row) = factor(tx.db, account)?.filter(|row| row.sealed == sealed && row.used_step < step) else {
        return Ok(false);
    };
    tx.db
        .prepare_cached("UPDATE second_factor SET used_step = ?2, confirmed = 1 WHERE account = ?1")?
        .execute(params![account.bytes(), step])?;
    if !row.confirmed {
        audit::append(tx, first)?;
    }
    Ok(true)
}

fn end_factor(tx: &mut Tx<'_>, account: AccountId, audit: NewAudit) -> anyhow::Result<bool> {
    let gone =
        tx.db.prepare_cached("DELETE FROM second_factor WHERE account = ?1")?.execute([account.bytes()])?;
    if gone == 0 {
        return Ok(false);
    }
    accounts::end_sessions(tx, account)?;
    let now = audit.at;
    for grant in grants::list(tx.db, account)? {
        grants::revoke(tx, account, grant.id, now)?;
    }
    audit::append(tx, audit)?;
    Ok(true)
}

const COLUMNS: &str =
    "SELECT account, id, staff, staff_name, case_number, reason, asked_at, standing, from_at, ends_at
   FROM access";

fn access_of(row: &Row<'_>) -> anyhow::Result<AccessRow> {
    let standing: String = row.get(7)?;
    let standing = Standing::ALL.into_iter().find(|of| of.word() == standing);
    Ok(AccessRow {
        account: AccountId::from_bytes(row.get(0)?),
        id: AccessId::from_bytes(row.get(1)?),
        staff: AccountId::from_bytes(row.get(2)?),
        staff_name: row.get(3)?,
        case: row.get(4)?,
        reason: row.get(5)?,
        asked_at: row.get(6)?,
        standing: standing.context("A standing that is none")?,
        from_at: row.get(8)?,
        ends_at: row.get(9)?,
    })
}

fn put(tx: &Tx<'_>, row: &AccessRow) -> anyhow::Result<()> {
    tx.db
        .prepare_cached(
            "INSERT INTO access (account, id, staff, staff_name, case_number, reason, asked_at, standing, from_at,
               ends_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (account, id) DO UPDATE SET standing = ?8, from_at = ?9, ends_at = ?10",
        )?
        .execute(params![
            row.account.bytes(),
            row.id.bytes(),
            row.staff.bytes(),
            row.staff_name,
            row.case,
            row.reason,
            row.asked_at,
            row.standing.word(),
            row.from_at,
            row.ends_at
        ])?;
    Ok(())
}

/// What of a customer's can still matter at a moment.
fn current(db: &Connection, account: AccountId, now: i64) -> anyhow::Result<Vec<AccessRow>> {
    let mut find = db.prepare_cached(&format!(
        "{COLUMNS} WHERE account = ?1 AND standing IN ('asked', 'given', 'broken_glass') ORDER BY id DESC"
    ))?;
    let rows = find.query_and_then([account.bytes()], access_of)?;
    let all = rows.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|row| row.is_open(now) || row.is_live(now)).collect())
}

fn ask(tx: &mut Tx<'_>, row: &AccessRow, audit: NewAudit) -> anyhow::Result<Asked> {
    let customer = accounts::account(tx.db, row.account)?.filter(|of| of.role == Role::Customer);
    if customer.is_none() {
        return Ok(Asked::NoCustomer);
    }
    let current = current(tx.db, row.account, audit.at)?;
    let glass = row.standing == Standing::BrokenGlass;
    if !glass && let Some(known) = current.iter().find(|known| known.staff == row.staff) {
        return Ok(Asked::Already(known.clone()));
    }
    if !glass && current.iter().filter(|known| known.standing == Standing::Asked).count() >= REQUESTS_MAX {
        return Ok(Asked::TooMany);
    }
    put(tx, row)?;
    audit::append(tx, audit)?;
    Ok(Asked::Done)
}

fn decide(
    tx: &mut Tx<'_>,
    account: AccountId,
    id: AccessId,
    decision: Decision,
    audit: NewAudit,
) -> anyhow::Result<Decided> {
    let mut find = tx.db.prepare_cached(&format!("{COLUMNS} WHERE account = ?1 AND id = ?2"))?;
    let found = find.query_and_then(params![account.bytes(), id.bytes()], access_of)?.next().transpose()?;
    let Some(row) = found else { return Ok(Decided::Nothing) };
    let now = audit.at;
    let after = match decision {
        Decision::Give { until } if row.is_open(now) => {
            AccessRow { standing: Standing::Given, from_at: Some(now), ends_at: Some(until), ..row }
        }
        Decision::Decline if row.is_open(now) => AccessRow { standing: Standing::Declined, ..row },
        Decision::Withdraw if row.standing == Standing::Given && row.is_live(now) => {
            AccessRow { standing: Standing::Withdrawn, ends_at: Some(now), ..row }
        }
        Decision::Give { .. } | Decision::Decline | Decision::Withdraw => return Ok(Decided::NotNow),
    };
    put(tx, &after)?;
    let about = Some(after.staff_name.clone());
    let (case, reason) = (Some(after.case.clone()), None);
    audit::append(tx, NewAudit { about, case, reason, ..audit })?;
    Ok(Decided::Done(after))
}

fn close(tx: &mut Tx<'_>, account: AccountId, staff: AccountId, audit: NewAudit) -> anyhow::Result<bool> {
    let now = audit.at;
    let own = current(tx.db, account, now)?.into_iter().filter(|row| row.staff == staff);
    let mut case = None;
    for row in own {
        let ends_at = row.is_live(now).then_some(now);
        case = Some(row.case.clone());
        put(tx, &AccessRow { standing: Standing::Closed, ends_at, ..row })?;
    }
    if case.is_none() {
        return Ok(false);
    }
    audit::append(tx, NewAudit { case, ..audit })?;
    Ok(true)
}

fn listed(db: &Connection, column: &str, of: AccountId, max: usize) -> anyhow::Result<Vec<AccessRow>> {
    let mut find = db.prepare_cached(&format!("{COLUMNS} WHERE {column} = ?1 ORDER BY id DESC LIMIT ?2"))?;
    let rows = find.query_and_then(params![of.bytes(), i64::try_from(max)?], access_of)?;
    rows.collect()
}

fn describe_anew(tx: &mut Tx<'_>, account: AccountId, now: i64) -> anyhow::Result<bool> {
    let linked = tx
        .db
        .prepare_cached("UPDATE link SET look_at = ?2 WHERE account = ?1 AND tokens IS NOT NULL")?
        .execute(params![account.bytes(), now])?;
    // What is told under an older version than there is, is told again.
    tx.db.prepare_cached("UPDATE told SET version = -1 WHERE account = ?1")?.execute([account.bytes()])?;
    Ok(linked == 1)
}

#[async_trait]
impl SupportStore for SqliteStore {
    async fn put_factor(&self, account: AccountId, sealed: Vec<u8>) -> Stored<bool> {
        self.write(move |tx| put_factor(tx, account, &sealed)).await
    }

    async fn factor(&self, account: AccountId) -> Stored<Option<FactorRow>> {
        self.read(move |db| factor(db, account)).await
    }

    async fn use_factor(
        &self,
        account: AccountId,
        sealed: Vec<u8>,
        step: i64,
        first: NewAudit,
    ) -> Stored<bool> {
        self.write(move |tx| use_factor(tx, account, &sealed, step, first)).await
    }

    async fn end_factor(&self, account: AccountId, audit: NewAudit) -> Stored<bool> {
        self.write(move |tx| end_factor(tx, account, audit)).await
    }

    async fn ask_access(&self, row: AccessRow, audit: NewAudit) -> Stored<Asked> {
        self.write(move |tx| ask(tx, &row, audit)).await
    }

    async fn decide_access(
        &self,
        account: AccountId,
        id: AccessId,
        decision: Decision,
        audit: NewAudit,
    ) -> Stored<Decided> {
        self.write(move |tx| decide(tx, account, id, decision, audit)).await
    }

    async fn close_access(&self, account: AccountId, staff: AccountId, audit: NewAudit) -> Stored<bool> {
        self.write(move |tx| close(tx, account, staff, audit)).await
    }

    async fn accesses(&self, account: AccountId, max: usize) -> Stored<Vec<AccessRow>> {
        self.read(move |db| listed(db, "account", account, max)).await
    }

    async fn accesses_by(&self, staff: AccountId, max: usize) -> Stored<Vec<AccessRow>> {
        self.read(move |db| listed(db, "staff", staff, max)).await
    }

    async fn live_access(&self, account: AccountId, staff: AccountId, now: i64) -> Stored<Option<AccessRow>> {
        self.read(move |db| {
            let all = current(db, account, now)?;
            Ok(all.into_iter().find(|row| row.staff == staff && row.is_live(now)))
        })
        .await
    }

    async fn find_mail(&self, begins: String, after: Option<AccountId>, max: usize) -> Stored<Vec<Account>> {
        self.read(move |db| find::mail(db, &begins, after, max)).await
    }

    async fn find_serial(
        &self,
        begins: String,
        after: Option<(AccountId, EndpointId)>,
        max: usize,
    ) -> Stored<Vec<FoundDevice>> {
        self.read(move |db| find::serial(db, &begins, after, max)).await
    }

    async fn describe_anew(&self, account: AccountId, now: i64) -> Stored<bool> {
        let done = self.write(move |tx| describe_anew(tx, account, now)).await?;
        self.heads.changed().add(account);
        Ok(done)
    }

    async fn audit(&self, new: NewAudit) -> Stored<AuditRow> {
        self.write(move |tx| audit::append(tx, new)).await
    }

    async fn audits(&self, filter: AuditFilter, before: i64, max: usize) -> Stored<Vec<AuditRow>> {
        self.read(move |db| audit::list(db, filter, before, max)).await
    }

    async fn audit_after(&self, after: i64, max: usize) -> Stored<Vec<AuditRow>> {
        self.read(move |db| audit::after(db, after, max)).await
    }
}
