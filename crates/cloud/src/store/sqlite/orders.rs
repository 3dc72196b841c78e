//! What Amazon said of devices. One word is one transaction: the fold, the entry of what arrived, and the lines of the
//! feed. A message's id is kept with it, so that a retry changes nothing.

use super::writer::Tx;
use super::{devices, drs, ledger};
use crate::ids::{AccountId, Label};
use crate::store::Verdict;
use crate::store::drs::Standing;
use crate::store::heard::{Due, Hear, Heard, Notice, Word, arrived, differences};
use anyhow::Context;
use chrono::{DateTime, Utc};
use refill_domain::ids::EndpointId;
use refill_domain::orders::{Orders, entry_of};
use refill_domain::sns::Told;
use rusqlite::{Connection, OptionalExtension, params};

fn time(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

pub fn whose(
    db: &Connection,
    model: &Label,
    serial: &Label,
) -> anyhow::Result<Option<(AccountId, EndpointId)>> {
    let mut find =
        db.prepare_cached("SELECT account, device FROM serial WHERE model = ?1 AND serial = ?2")?;
    let found = find.query_row([model.as_str(), serial.as_str()], |row| {
        Ok((AccountId::from_bytes(row.get(0)?), EndpointId::from_bytes(row.get(1)?)))
    });
    Ok(found.optional()?)
}

fn kept(db: &Connection, account: AccountId, device: EndpointId) -> anyhow::Result<Option<(Orders, i64)>> {
    let mut find =
        db.prepare_cached("SELECT folded, looked_at FROM orders WHERE account = ?1 AND device = ?2")?;
    let found = find.query_row(params![account.bytes(), device.bytes()], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?))
    });
    let Some((folded, looked_at)) = found.optional()? else { return Ok(None) };
    Ok(Some((serde_json::from_str(&folded).context("Read the orders of a device")?, looked_at)))
}

pub fn orders(db: &Connection, account: AccountId, device: EndpointId) -> anyhow::Result<Orders> {
    Ok(kept(db, account, device)?.map(|(orders, _)| orders).unwrap_or_default())
}

/// Keeps the message; `false` if it was here before.
fn keep(tx: &Tx<'_>, hear: &Hear) -> anyhow::Result<bool> {
    let Word::Told { message, notification } = &hear.word else { return Ok(true) };
    let known = !matches!(notification.told, Told::Unknown { .. });
    let added = tx
        .db
        .prepare_cached(
            "INSERT INTO notice (account, id, device, taken_at, known, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            hear.account.bytes(),
            message,
            hear.device.bytes(),
            hear.now,
            known,
            serde_json::to_string(notification)?
        ])?;
    Ok(added == 1)
}

pub fn hear(tx: &mut Tx<'_>, hear: &Hear) -> anyhow::Result<Heard> {
    let (account, device) = (hear.account, hear.device);
    let slots = devices::slots(tx.db, account, device)?;
    if slots.is_empty() {
        return Ok(Heard::NoDevice);
    }
    if !keep(tx, hear)? {
        return Ok(Heard::Repeated);
    }
    let registered = drs::one(tx.db, account, device)?;
    let test = registered.as_ref().is_some_and(|row| row.test);
    let (before, looked_at) = kept(tx.db, account, device)?.unwrap_or_else(|| (Orders::new(test), 0));
    // A clock that was set back takes nothing off the shelf.
    let (then, now) = (time(looked_at), time(hear.now.max(looked_at)));
    let mut after = before.clone();
    hear.word.apply(&mut after, now);
    let mut entries = Vec::new();
    for arrival in after.arrivals(|_| false, now) {
        let id = entry_of(device, &arrival.order);
        let mut find = tx.db.prepare_cached("SELECT 1 FROM seen WHERE account = ?1 AND id = ?2")?;
        if !find.exists(params![account.bytes(), id.bytes()])? {
            entries.extend(arrived(device, &slots, &arrival, now));
        }
    }
    let verdicts = ledger::append(tx, account, &entries, hear.now)?;
    anyhow::ensure!(verdicts.iter().all(|of| matches!(of, Verdict::Stored(_))), "An arrival was not stored");
    for change in differences(device, &slots, (&before, then), (&after, now)) {
        ledger::tell(tx, account, &change, hear.now)?;
    }
    if matches!(&hear.word, Word::Told { notification, .. } if notification.told == Told::DeviceDeregistered)
        && after.registration().is_some_and(|of| !of.registered)
        && registered.is_some_and(|row| row.standing != Standing::Asked)
    {
        // Its tokens are dead, and nobody may keep them.
        drs::end(tx, account, device)?;
    }
    if matches!(hear.word, Word::Told { .. } | Word::Look) {
        drs::wake(tx, account)?;
    }
    let next = after.next_arrival(now).map(|at| at.timestamp_millis());
    tx.db
        .prepare_cached(
            "INSERT INTO orders (account, device, folded, looked_at, next_arrival) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account, device) DO UPDATE SET folded = ?3, looked_at = ?4, next_arrival = ?5",
        )?
        .execute(params![
            account.bytes(),
            device.bytes(),
            serde_json::to_string(&after)?,
            now.timestamp_millis(),
            next
        ])?;
    Ok(Heard::New)
}

pub fn due(db: &Connection, now: i64, max: usize) -> anyhow::Result<Due> {
    let mut find = db.prepare_cached(
        "SELECT account, device FROM orders WHERE next_arrival <= ?1 ORDER BY next_arrival LIMIT ?2",
    )?;
    let rows = find.query_map(params![now, i64::try_from(max)?], |row| {
        Ok((AccountId::from_bytes(row.get(0)?), EndpointId::from_bytes(row.get(1)?)))
    })?;
    let devices = rows.collect::<Result<_, _>>()?;
    let mut next = db.prepare_cached("SELECT min(next_arrival) FROM orders WHERE next_arrival > ?1")?;
    Ok(Due { devices, next: next.query_row([now], |row| row.get(0))? })
}

pub fn notices(db: &Connection, account: AccountId, device: EndpointId) -> anyhow::Result<Vec<Notice>> {
    let mut find = db.prepare_cached(
        "SELECT id, taken_at, body FROM notice WHERE account = ?1 AND device = ?2 ORDER BY taken_at, id",
    )?;
    let rows = find.query_and_then(params![account.bytes(), device.bytes()], |row| {
        let body: String = row.get(2)?;
        let notification = serde_json::from_str(&body).context("Read a notification")?;
        Ok(Notice { message: row.get(0)?, taken_at: row.get(1)?, notification })
    })?;
    rows.collect()
}

pub fn put_stray(tx: &Tx<'_>, id: &str, message: &str, now: i64) -> anyhow::Result<()> {
    tx.db
        .prepare_cached(
            "INSERT INTO stray (id, taken_at, message) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![id, now, message])?;
    Ok(())
}

pub fn strays(db: &Connection) -> anyhow::Result<Vec<(String, String)>> {
    let mut find = db.prepare_cached("SELECT id, message FROM stray ORDER BY taken_at, id LIMIT 1000")?;
    let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Lets go of messages that no retry can bring again.
pub fn sweep(tx: &Tx<'_>, taken_before: i64) -> anyhow::Result<()> {
    for sql in
        ["DELETE FROM notice WHERE known = 1 AND taken_at < ?1", "DELETE FROM stray WHERE taken_at < ?1"]
    {
        tx.db.prepare_cached(sql)?.execute([taken_before])?;
    }
    Ok(())
}
