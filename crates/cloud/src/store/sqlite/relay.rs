//! The link, what was told, and the outbox, as tables.

use super::writer::Tx;
use super::{alexa, devices, grants, ledger, registration};
use crate::ids::{AccountId, Label};
use crate::store::relay::{
    Assigned, LinkRow, NewLink, OutRow, RelayChanges, RelayView, ReplenishmentRow, ToldRow,
};
use anyhow::Context;
use refill_domain::alexa::{MessageId, ReplenishmentId, Report, assign_replenishment};
use refill_domain::ids::{EndpointId, Instance};
use refill_domain::outbox::Gate;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Entries turned into messages at once.
const PAGE: usize = 200;

pub fn put_link(tx: &mut Tx<'_>, account: AccountId, link: &NewLink, now: i64) -> anyhow::Result<()> {
    let mut gate = self::link(tx.db, account)?.map_or(Gate::open(), |link| link.gate);
    gate.renewed();
    let head = ledger::head(tx.db, account)?;
    tx.db
        .prepare_cached(
            "INSERT INTO link (account, region, tokens, ends_at, gate, generation, planned, look_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (account) DO UPDATE SET region = ?2, tokens = ?3, ends_at = ?4, gate = ?5,
               generation = ?6, look_at = ?8",
        )?
        .execute(params![
            account.bytes(),
            serde_json::to_string(&link.region)?,
            link.tokens,
            link.ends_at,
            serde_json::to_string(&gate)?,
            gate.generation,
            i64::try_from(head)?,
            now
        ])?;
    tx.db.prepare_cached("UPDATE told SET version = -1 WHERE account = ?1")?.execute([account.bytes()])?;
    tx.tell(account, head);
    alexa::tell(tx, account, now)?;
    // What was just told is no news to Amazon.
    tx.db.prepare_cached("UPDATE link SET planned = ?3 WHERE account = ?1 AND planned = ?2")?.execute(
        params![account.bytes(), i64::try_from(head)?, i64::try_from(ledger::head(tx.db, account)?)?],
    )?;
    Ok(())
}

pub fn unlink(tx: &mut Tx<'_>, account: AccountId, now: i64) -> anyhow::Result<()> {
    for sql in [
        "DELETE FROM link WHERE account = ?1",
        "DELETE FROM told WHERE account = ?1",
        "DELETE FROM outbox WHERE account = ?1",
    ] {
        tx.db.prepare_cached(sql)?.execute([account.bytes()])?;
    }
    alexa::forget(tx, account)?;
    alexa::tell(tx, account, now)
}

pub fn link(db: &Connection, account: AccountId) -> anyhow::Result<Option<LinkRow>> {
    let mut find = db.prepare_cached(
        "SELECT region, tokens, ends_at, gate, planned, look_at FROM link WHERE account = ?1",
    )?;
    let mut rows = find.query([account.bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(LinkRow {
        region: serde_json::from_str(&row.get::<_, String>(0)?).context("Read a region")?,
        tokens: row.get(1)?,
        ends_at: row.get(2)?,
        gate: serde_json::from_str(&row.get::<_, String>(3)?).context("Read a gate")?,
        planned: u64::try_from(row.get::<_, i64>(4)?)?,
        look_at: row.get(5)?,
    }))
}

fn out_row(row: &Row<'_>) -> anyhow::Result<OutRow> {
    Ok(OutRow {
        seq: row.get(0)?,
        report: serde_json::from_str(&row.get::<_, String>(1)?).context("Read a report")?,
        delivery: serde_json::from_str(&row.get::<_, String>(2)?).context("Read a delivery")?,
    })
}

pub fn view(db: &Connection, account: AccountId) -> anyhow::Result<Option<RelayView>> {
    // One moment for all of it: an entry is not missed between two questions.
    let moment = db.unchecked_transaction()?;
    let db = &*moment;
    let Some(link) = link(db, account)? else { return Ok(None) };
    let head = ledger::head(db, account)?;
    let numbered = ledger::entries(db, account, link.planned, PAGE)?;
    let more = numbered.len() == PAGE;
    let upto = numbered.last().filter(|_| more).map_or(head, |(seq, _)| *seq);
    let devices = devices::list(db, account)?;
    let mut told = db.prepare_cached("SELECT device, model, version, book FROM told WHERE account = ?1")?;
    let told = told.query_and_then([account.bytes()], |row| -> anyhow::Result<_> {
        Ok(ToldRow {
            device: EndpointId::from_bytes(row.get(0)?),
            model: row.get::<_, String>(1)?.parse()?,
            version: row.get(2)?,
            book: row.get(3)?,
        })
    })?;
    let told = told.collect::<anyhow::Result<Vec<_>>>()?;
    let mut queue = db.prepare_cached(
        "SELECT seq, report, delivery FROM outbox WHERE account = ?1 AND settled_at IS NULL ORDER BY seq",
    )?;
    let queue = queue.query_and_then([account.bytes()], out_row)?.collect::<anyhow::Result<Vec<_>>>()?;
    let mut last = db.prepare_cached("SELECT coalesce(max(seq), 0) FROM outbox WHERE account = ?1")?;
    let last: i64 = last.query_row([account.bytes()], |row| row.get(0))?;
    let models: BTreeSet<&Label> = devices.iter().map(|device| &device.model).collect();
    let (mut assigned, mut registered) = (Vec::new(), Vec::new());
    for model in models {
        assigned.extend(replenishments(db, model)?);
        registered.extend(registration::texts(db, model)?);
    }
    Ok(Some(RelayView {
        grants: grants::list(db, account)?,
        told,
        queue,
        next_seq: last.saturating_add(1 << 20),
        fresh: numbered.into_iter().map(|(_, entry)| entry).collect(),
        upto,
        more,
        replenishments: assigned,
        registrations: registered,
        devices,
        link,
    }))
}

pub fn commit(tx: &mut Tx<'_>, account: AccountId, changes: &RelayChanges) -> anyhow::Result<bool> {
    let gate = changes.gate.as_ref().map(serde_json::to_string).transpose()?;
    let generation = changes.gate.map_or(changes.generation, |gate| gate.generation);
    let planned = changes.planned.map(i64::try_from).transpose()?;
    let kept = tx
        .db
        .prepare_cached(
            "UPDATE link SET gate = coalesce(?3, gate), generation = ?4, planned = coalesce(?5, planned),
               look_at = ?6 WHERE account = ?1 AND generation = ?2",
        )?
        .execute(params![account.bytes(), changes.generation, gate, generation, planned, changes.look_at])?;
    if kept == 0 {
        return Ok(false);
    }
    if let Some((tokens, ends_at)) = &changes.tokens {
        tx.db
            .prepare_cached("UPDATE link SET tokens = ?2, ends_at = ?3 WHERE account = ?1")?
            .execute(params![account.bytes(), tokens, ends_at])?;
    }
    for told in &changes.told {
        tx.db
            .prepare_cached(
                "INSERT INTO told (account, device, model, version, book) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (account, device) DO UPDATE SET version = ?4, book = ?5",
            )?
            .execute(params![
                account.bytes(),
                told.device.bytes(),
                told.model.as_str(),
                told.version,
                told.book
            ])?;
    }
    for device in &changes.gone {
        tx.db
            .prepare_cached("DELETE FROM told WHERE account = ?1 AND device = ?2")?
            .execute(params![account.bytes(), device.bytes()])?;
    }
    for out in &changes.out {
        if out.delivery.state.is_settled() && !all_there(tx.db, account, &out.report)? {
            tx.db
                .prepare_cached("DELETE FROM outbox WHERE account = ?1 AND seq = ?2")?
                .execute(params![account.bytes(), out.seq])?;
            continue;
        }
        let settled = out.delivery.state.is_settled().then_some(changes.now);
        tx.db
            .prepare_cached(
                "INSERT INTO outbox (account, seq, report, delivery, settled_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (account, seq) DO UPDATE SET delivery = ?4, settled_at = ?5",
            )?
            .execute(params![
                account.bytes(),
                out.seq,
                serde_json::to_string(&out.report)?,
                serde_json::to_string(&out.delivery)?,
                settled
            ])?;
    }
    if changes.gate.is_some() {
        alexa::tell(tx, account, changes.now)?;
    }
    Ok(true)
}

/// Whether every device of a message is registered: of those that are gone nothing is kept.
fn all_there(db: &Connection, account: AccountId, report: &Report) -> anyhow::Result<bool> {
    let mut find = db.prepare_cached("SELECT 1 FROM device WHERE account = ?1 AND id = ?2")?;
    for appliance in report.appliances() {
        let Ok(id) = appliance.as_str().parse::<Uuid>() else { return Ok(false) };
        if !find.exists(params![account.bytes(), id.into_bytes()])? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn upcoming(db: &Connection, max: usize) -> anyhow::Result<Vec<(i64, AccountId)>> {
    let mut find = db.prepare_cached("SELECT look_at, account FROM link ORDER BY look_at LIMIT ?1")?;
    let rows =
        find.query_map([i64::try_from(max)?], |row| Ok((row.get(0)?, AccountId::from_bytes(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn accounts(
    rows: rusqlite::MappedRows<'_, impl FnMut(&Row<'_>) -> rusqlite::Result<AccountId>>,
) -> anyhow::Result<Vec<AccountId>> {
    Ok(rows.collect::<Result<_, _>>()?)
}

pub fn behind(db: &Connection) -> anyhow::Result<Vec<AccountId>> {
    let mut find = db.prepare_cached(
        "SELECT l.account FROM link l JOIN account a ON a.account = l.account WHERE a.head > l.planned",
    )?;
    accounts(find.query_map([], |row| Ok(AccountId::from_bytes(row.get(0)?)))?)
}

pub fn outdated(db: &Connection, after: AccountId, max: usize) -> anyhow::Result<Vec<AccountId>> {
    let mut find = db.prepare_cached(
        "SELECT DISTINCT t.account FROM (SELECT model, max(version) AS newest FROM
             (SELECT model, version FROM replenishment UNION ALL SELECT model, version FROM registration)
             GROUP BY model) r
           JOIN told t ON t.model = r.model AND t.version < r.newest
         WHERE t.account > ?1 ORDER BY t.account LIMIT ?2",
    )?;
    let of = params![after.bytes(), i64::try_from(max)?];
    accounts(find.query_map(of, |row| Ok(AccountId::from_bytes(row.get(0)?)))?)
}

pub fn replenishments(db: &Connection, model: &Label) -> anyhow::Result<Vec<ReplenishmentRow>> {
    let mut find = db.prepare_cached("SELECT instance, id, version FROM replenishment WHERE model = ?1")?;
    let rows = find.query_and_then([model.as_str()], |row| -> anyhow::Result<_> {
        Ok(ReplenishmentRow {
            model: model.clone(),
            instance: row.get::<_, String>(0)?.parse()?,
            id: row.get::<_, String>(1)?.parse()?,
            version: row.get(2)?,
        })
    })?;
    rows.collect()
}

/// Whether a device of the model is registered, so that Amazon may have been told of its slots.
pub fn has_devices(db: &Connection, model: &Label) -> anyhow::Result<bool> {
    let mut registered = db.prepare_cached("SELECT 1 FROM serial WHERE model = ?1 LIMIT 1")?;
    Ok(registered.query_row([model.as_str()], |_| Ok(())).optional()?.is_some())
}

pub fn assign(
    tx: &mut Tx<'_>,
    model: &Label,
    instance: &Instance,
    id: &ReplenishmentId,
) -> anyhow::Result<Assigned> {
    let known = replenishments(tx.db, model)?;
    if let Some(other) = known.iter().find(|row| row.id == *id && row.instance != *instance) {
        return Ok(Assigned::Elsewhere(other.instance.clone()));
    }
    let current = known.iter().find(|row| row.instance == *instance).map(|row| &row.id);
    match assign_replenishment(current, has_devices(tx.db, model)?, id) {
        Err(frozen) => Ok(Assigned::Frozen(frozen)),
        Ok(false) => Ok(Assigned::Same),
        Ok(true) => put_id(tx, model, instance, id).map(|()| Assigned::Changed),
    }
}

/// Keeps an ID that was judged.
pub fn put_id(
    tx: &mut Tx<'_>,
    model: &Label,
    instance: &Instance,
    id: &ReplenishmentId,
) -> anyhow::Result<()> {
    let version = registration::newest(tx.db, model)? + 1;
    tx.db
        .prepare_cached(
            "INSERT INTO replenishment (model, instance, id, version) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (model, instance) DO UPDATE SET id = ?3, version = ?4",
        )?
        .execute(params![model.as_str(), instance.as_str(), id.as_str(), version])?;
    tx.furnish();
    Ok(())
}

pub fn outbox(db: &Connection, account: AccountId, before: i64, max: usize) -> anyhow::Result<Vec<OutRow>> {
    let mut find = db.prepare_cached(
        "SELECT seq, report, delivery FROM outbox WHERE account = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
    )?;
    let rows = find.query_and_then(params![account.bytes(), before, i64::try_from(max)?], out_row)?;
    rows.collect()
}

pub fn message(db: &Connection, account: AccountId, id: &MessageId) -> anyhow::Result<Option<OutRow>> {
    let mut find = db.prepare_cached(
        "SELECT seq, report, delivery FROM outbox WHERE account = ?1 AND delivery ->> '$.id' = ?2",
    )?;
    let mut rows = find.query_and_then(params![account.bytes(), id.as_str()], out_row)?;
    rows.next().transpose()
}

pub fn parked(
    db: &Connection,
    after: (AccountId, i64),
    max: usize,
) -> anyhow::Result<Vec<(AccountId, OutRow)>> {
    // As the index `outbox_parked` says it.
    let mut find = db.prepare_cached(
        "SELECT seq, report, delivery, account FROM outbox
         WHERE settled_at IS NOT NULL AND delivery ->> '$.state.is' = 'parked' AND (account, seq) > (?1, ?2)
         ORDER BY account, seq LIMIT ?3",
    )?;
    let of = params![after.0.bytes(), after.1, i64::try_from(max)?];
    let rows = find.query_and_then(of, |row| -> anyhow::Result<_> {
        Ok((AccountId::from_bytes(row.get(3)?), out_row(row)?))
    })?;
    rows.collect()
}

pub fn linked(db: &Connection, after: AccountId, max: usize) -> anyhow::Result<Vec<AccountId>> {
    let mut find =
        db.prepare_cached("SELECT account FROM link WHERE account > ?1 ORDER BY account LIMIT ?2")?;
    let of = params![after.bytes(), i64::try_from(max)?];
    accounts(find.query_map(of, |row| Ok(AccountId::from_bytes(row.get(0)?)))?)
}

pub fn settled(db: &Connection) -> anyhow::Result<Option<i64>> {
    let mut find = db.prepare_cached("SELECT max(settled_at) FROM outbox WHERE settled_at IS NOT NULL")?;
    Ok(find.query_row([], |row| row.get(0))?)
}

/// Forgets what is settled and mentions a device; what still waits is for the relay to end.
pub fn forget_device(tx: &Tx<'_>, account: AccountId, device: EndpointId) -> anyhow::Result<()> {
    tx.db
        .prepare_cached(
            "DELETE FROM outbox WHERE account = ?1 AND settled_at IS NOT NULL AND instr(report, ?2) > 0",
        )?
        .execute(params![account.bytes(), device.to_string()])?;
    Ok(())
}

/// Lets go of messages that were settled before.
pub fn sweep(tx: &Tx<'_>, settled_before: i64) -> anyhow::Result<()> {
    tx.db.prepare_cached("DELETE FROM outbox WHERE settled_at < ?1")?.execute([settled_before])?;
    Ok(())
}
