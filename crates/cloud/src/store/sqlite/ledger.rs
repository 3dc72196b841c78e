//! Entries and the log of changes. An entry gets its number, its place in the clustered table and its line in the log in
//! one transaction; its id is remembered with a digest, so that a repeat is told from a reuse for something else.

use super::writer::Tx;
use crate::ids::AccountId;
use crate::secret::digest;
use crate::store::{Change, Feed, FeedItem, Verdict};
use anyhow::Context;
use chrono::{DateTime, Utc};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::Amount;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::BTreeMap;

const LEVEL: i64 = 0;
const USE: i64 = 1;
const UNKNOWN: i64 = 2;
const SOME_LEFT: i64 = 3;
const OTHER: i64 = 4;

const SOURCES: [Source; 4] = [Source::Person, Source::Device, Source::Cloud, Source::Import];

/// Bytes of a digest that are kept.
const DIGEST: usize = 16;

fn time(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// What makes an entry the same entry: everything but when we heard of it, and whether it was told as news or as history.
fn fingerprint(entry: &Entry) -> anyhow::Result<[u8; DIGEST]> {
    let source = if entry.source == Source::Cloud { Source::Cloud } else { Source::Device };
    let said = (entry.slot, entry.observed_at, source, entry.about, &entry.note, &entry.kind);
    let whole = digest(&serde_json::to_vec(&said)?);
    let mut kept = [0; DIGEST];
    kept.copy_from_slice(&whole[..DIGEST]);
    Ok(kept)
}

fn number(value: u64) -> anyhow::Result<i64> {
    i64::try_from(value).context("A number beyond all numbers")
}

fn counted(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub fn head(db: &Connection, account: AccountId) -> anyhow::Result<u64> {
    let mut find = db.prepare_cached("SELECT head FROM account WHERE account = ?1")?;
    let head = find.query_row([account.bytes()], |row| row.get(0)).optional()?;
    Ok(counted(head.unwrap_or(0)))
}

fn set_head(tx: &mut Tx<'_>, account: AccountId, head: u64) -> anyhow::Result<()> {
    tx.db
        .prepare_cached("UPDATE account SET head = ?2 WHERE account = ?1")?
        .execute(params![account.bytes(), number(head)?])?;
    tx.tell(account, head);
    Ok(())
}

/// Notes a change other than an entry.
pub fn tell(tx: &mut Tx<'_>, account: AccountId, change: &Change, now: i64) -> anyhow::Result<()> {
    let seq = head(tx.db, account)? + 1;
    tx.db
        .prepare_cached("INSERT INTO feed (account, seq, told_at, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![account.bytes(), number(seq)?, now, serde_json::to_string(change)?])?;
    set_head(tx, account, seq)
}

pub fn append(
    tx: &mut Tx<'_>,
    account: AccountId,
    entries: &[Entry],
    now: i64,
) -> anyhow::Result<Vec<Verdict>> {
    let before = head(tx.db, account)?;
    let mut head = before;
    let mut slots: BTreeMap<SlotId, bool> = BTreeMap::new();
    let mut verdicts = Vec::with_capacity(entries.len());
    let mut fresh = Vec::with_capacity(entries.len());
    for entry in entries {
        let known = match slots.get(&entry.slot) {
            Some(known) => *known,
            None => {
                let mut find = tx.db.prepare_cached("SELECT 1 FROM slot WHERE account = ?1 AND id = ?2")?;
                let known = find.exists(params![account.bytes(), entry.slot.bytes()])?;
                slots.insert(entry.slot, known);
                known
            }
        };
        if !known {
            verdicts.push(Verdict::NoSlot);
            continue;
        }
        let print = fingerprint(entry)?;
        let added = tx
            .db
            .prepare_cached(
                "INSERT INTO seen (account, id, seq, digest) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?
            .execute(params![account.bytes(), entry.id.bytes(), number(head + 1)?, print])?;
        if added == 1 {
            head += 1;
            fresh.push((entry, head));
            verdicts.push(Verdict::Stored(head));
            continue;
        }
        let (seq, same): (i64, bool) = tx
            .db
            .prepare_cached("SELECT seq, digest = ?3 FROM seen WHERE account = ?1 AND id = ?2")?
            .query_row(params![account.bytes(), entry.id.bytes(), print], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        verdicts.push(if same { Verdict::Duplicate(counted(seq)) } else { Verdict::Conflict });
    }
    for (entry, seq) in &fresh {
        tx.db
            .prepare_cached(
                "INSERT INTO feed (account, seq, told_at, slot, at, entry) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                account.bytes(),
                number(*seq)?,
                now,
                entry.slot.bytes(),
                entry.observed_at.timestamp_millis(),
                entry.id.bytes()
            ])?;
    }
    // In the order of the table, which decides what a batch costs (`performance.md` 1.2).
    fresh.sort_by_key(|(entry, _)| (entry.slot, entry.key()));
    for (entry, _) in &fresh {
        put(tx, account, entry)?;
    }
    if head > before {
        set_head(tx, account, head)?;
        super::drs::wake(tx, account)?;
    }
    Ok(verdicts)
}

fn put(tx: &Tx<'_>, account: AccountId, entry: &Entry) -> anyhow::Result<()> {
    let (kind, value, unit) = match &entry.kind {
        EntryKind::LevelRead { level: Level::Amount { amount } } => {
            (LEVEL, amount.milli, Some(amount.unit.wire()))
        }
        EntryKind::Consumed { amount } => (USE, amount.milli, Some(amount.unit.wire())),
        EntryKind::LevelRead { level: Level::Unknown } => (UNKNOWN, 0, None),
        EntryKind::LevelRead { level: Level::SomeLeft } => (SOME_LEFT, 0, None),
        EntryKind::Replaced { .. }
        | EntryKind::Purchased { .. }
        | EntryKind::Received { .. }
        | EntryKind::Counted { .. }
        | EntryKind::Voided { .. } => (OTHER, 0, None),
    };
    let body = (kind == OTHER).then(|| serde_json::to_string(&entry.kind)).transpose()?;
    let source = SOURCES.iter().position(|source| *source == entry.source).context("A source")?;
    tx.db
        .prepare_cached(
            "INSERT INTO entry (account, slot, at, id, recorded_at, source, kind, value, unit, about, note, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            account.bytes(),
            entry.slot.bytes(),
            entry.observed_at.timestamp_millis(),
            entry.id.bytes(),
            entry.recorded_at.timestamp_millis(),
            i64::try_from(source)?,
            kind,
            value,
            unit,
            entry.about.map(EntryId::bytes),
            entry.note,
            body
        ])?;
    Ok(())
}

const ENTRY: &str =
    "e.slot, e.at, e.id, e.recorded_at, e.source, e.kind, e.value, e.unit, e.about, e.note, e.body";

/// Reads the columns of [`ENTRY`], the first of which is number `at` of the row.
fn entry(row: &Row<'_>, at: usize) -> anyhow::Result<Entry> {
    let amount = || -> anyhow::Result<Amount> {
        let unit: String = row.get(at + 7)?;
        let unit = serde_json::from_value(unit.into()).context("A unit that is none")?;
        Ok(Amount::new(row.get(at + 6)?, unit))
    };
    let kind = match row.get::<_, i64>(at + 5)? {
        LEVEL => EntryKind::LevelRead { level: Level::Amount { amount: amount()? } },
        USE => EntryKind::Consumed { amount: amount()? },
        UNKNOWN => EntryKind::LevelRead { level: Level::Unknown },
        SOME_LEFT => EntryKind::LevelRead { level: Level::SomeLeft },
        _ => serde_json::from_str(&row.get::<_, String>(at + 10)?).context("Read an entry")?,
    };
    let source: usize = row.get::<_, i64>(at + 4)?.try_into()?;
    Ok(Entry {
        id: EntryId::from_bytes(row.get(at + 2)?),
        slot: SlotId::from_bytes(row.get(at)?),
        observed_at: time(row.get(at + 1)?),
        recorded_at: time(row.get(at + 3)?),
        source: *SOURCES.get(source).context("A source that is none")?,
        about: row.get::<_, Option<[u8; 16]>>(at + 8)?.map(EntryId::from_bytes),
        note: row.get(at + 9)?,
        kind,
    })
}

pub fn entries(
    db: &Connection,
    account: AccountId,
    after: u64,
    max: usize,
) -> anyhow::Result<Vec<(u64, Entry)>> {
    let mut find = db.prepare_cached(&format!(
        "SELECT f.seq, {ENTRY} FROM feed f CROSS JOIN entry e
           ON e.account = f.account AND e.slot = f.slot AND e.at = f.at AND e.id = f.entry
         WHERE f.account = ?1 AND f.seq > ?2 AND f.entry IS NOT NULL ORDER BY f.seq LIMIT ?3"
    ))?;
    let of = params![account.bytes(), number(after.min(i64::MAX as u64))?, i64::try_from(max)?];
    let rows =
        find.query_and_then(of, |row| -> anyhow::Result<_> { Ok((counted(row.get(0)?), entry(row, 1)?)) })?;
    rows.collect()
}

pub fn feed(db: &Connection, account: AccountId, after: u64, max: usize) -> anyhow::Result<Feed> {
    let mut bounds = db.prepare_cached("SELECT told_after, head FROM account WHERE account = ?1")?;
    let bounds = bounds
        .query_row([account.bytes()], |row| Ok((counted(row.get(0)?), counted(row.get(1)?))))
        .optional()?;
    let Some((told_after, head)) = bounds else { return Ok(Feed::Gone) };
    if after < told_after || after > head {
        return Ok(Feed::Gone);
    }
    let mut find = db.prepare_cached(&format!(
        "SELECT f.seq, f.body, {ENTRY} FROM feed f LEFT JOIN entry e
           ON e.account = f.account AND e.slot = f.slot AND e.at = f.at AND e.id = f.entry
         WHERE f.account = ?1 AND f.seq > ?2 ORDER BY f.seq LIMIT ?3"
    ))?;
    let of = params![account.bytes(), number(after)?, i64::try_from(max)?];
    let rows = find.query_and_then(of, |row| -> anyhow::Result<_> {
        let body: Option<String> = row.get(1)?;
        let change = match body {
            Some(body) => serde_json::from_str(&body).context("Read a change")?,
            None => Change::Entry { entry: entry(row, 2)? },
        };
        Ok(FeedItem { seq: counted(row.get(0)?), change })
    })?;
    Ok(Feed::Told(rows.collect::<anyhow::Result<_>>()?))
}

pub fn slot_entries(
    db: &Connection,
    account: AccountId,
    slot: SlotId,
    from: i64,
    to: i64,
) -> anyhow::Result<Vec<Entry>> {
    let mut find = db.prepare_cached(&format!(
        "SELECT {ENTRY} FROM entry e
         WHERE e.account = ?1 AND e.slot = ?2 AND e.at BETWEEN ?3 AND ?4 ORDER BY e.at, e.id"
    ))?;
    let rows = find.query_and_then(params![account.bytes(), slot.bytes(), from, to], |row| entry(row, 0))?;
    rows.collect()
}

/// Entries of a slot behind a place, by time.
pub fn slot_page(
    db: &Connection,
    account: AccountId,
    slot: SlotId,
    after: (i64, EntryId),
    max: usize,
) -> anyhow::Result<Vec<Entry>> {
    let mut find = db.prepare_cached(&format!(
        "SELECT {ENTRY} FROM entry e
         WHERE e.account = ?1 AND e.slot = ?2 AND (e.at, e.id) > (?3, ?4) ORDER BY e.at, e.id LIMIT ?5"
    ))?;
    let of = params![account.bytes(), slot.bytes(), after.0, after.1.bytes(), i64::try_from(max)?];
    find.query_and_then(of, |row| entry(row, 0))?.collect()
}

/// Lets go of changes other than entries that were told before `told_before`.
pub fn sweep(tx: &Tx<'_>, told_before: i64) -> anyhow::Result<()> {
    tx.db
        .prepare_cached(
            "UPDATE account SET told_after = max(told_after, old.seq)
             FROM (SELECT f.account AS id, max(f.seq) AS seq FROM feed f
                   WHERE f.entry IS NULL AND f.told_at < ?1 GROUP BY f.account) AS old
             WHERE account.account = old.id",
        )?
        .execute([told_before])?;
    tx.db.prepare_cached("DELETE FROM feed WHERE entry IS NULL AND told_at < ?1")?.execute([told_before])?;
    Ok(())
}
