//! How each slot is to be watched, and which entries were saved in one step, in the file.

use super::Transaction;
use super::devices::{from_word, word};
use super::entries::time;
use anyhow::Context;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::replenish::{Quiet, Rule};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// How a person wants a slot watched, beside what the slot itself says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Care {
    /// By which rule it asks to be ordered.
    pub rule: Rule,
    /// Days a delivery takes; absent = the household's.
    pub delivery_days: Option<u16>,
    /// Snoozed or muted for good; [`refill_domain::endpoint::Slot::muted`] is until it is replaced.
    pub quiet: Option<Quiet>,
    /// The shelf it shares with other slots of the same value.
    pub shelf: Option<SlotId>,
}

/// Care of all slots that have any, by the slot's key.
pub fn cares(db: &Connection) -> anyhow::Result<BTreeMap<i64, Care>> {
    let mut statement =
        db.prepare("SELECT slot, rule, delivery_days, snoozed_until, always, shelf FROM slot_care")?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<(i64, Care)> {
        let snoozed: Option<i64> = row.get(3)?;
        let always: bool = row.get(4)?;
        let shelf: Option<[u8; 16]> = row.get(5)?;
        let care = Care {
            rule: from_word(row.get(1)?)?,
            delivery_days: row.get(2)?,
            quiet: if always { Some(Quiet::Always) } else { snoozed.map(|at| Quiet::Until(time(at))) },
            shelf: shelf.map(SlotId::from_bytes),
        };
        Ok((row.get(0)?, care))
    })?;
    rows.collect()
}

/// The entries that were saved in one step under `id`, in the order of their ids.
pub fn batch(db: &Connection, id: EntryId) -> anyhow::Result<Vec<EntryId>> {
    let mut statement = db.prepare_cached("SELECT entry FROM batch WHERE id = ?1 ORDER BY entry")?;
    let rows = statement
        .query_and_then([id.bytes()], |row| Ok::<_, anyhow::Error>(EntryId::from_bytes(row.get(0)?)))?;
    rows.collect()
}

/// All steps with their entries, in the order of their ids.
pub fn batches(db: &Connection) -> anyhow::Result<BTreeMap<EntryId, Vec<EntryId>>> {
    let mut all: BTreeMap<EntryId, Vec<EntryId>> = BTreeMap::new();
    let mut statement = db.prepare("SELECT id, entry FROM batch ORDER BY id, entry")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.entry(EntryId::from_bytes(row.get(0)?)).or_default().push(EntryId::from_bytes(row.get(1)?));
    }
    Ok(all)
}

/// The steps in which a slot's entries were saved together with others.
pub fn batches_of(db: &Connection, key: i64) -> anyhow::Result<BTreeMap<EntryId, EntryId>> {
    let mut statement = db.prepare_cached(
        "SELECT b.entry, b.id FROM batch b JOIN entry e ON e.id = b.entry WHERE e.slot = ?1",
    )?;
    let rows = statement.query_and_then([key], |row| -> anyhow::Result<_> {
        Ok((EntryId::from_bytes(row.get(0)?), EntryId::from_bytes(row.get(1)?)))
    })?;
    rows.collect()
}

/// The products a slot's purchases named, each once.
pub fn asins(db: &Connection) -> anyhow::Result<BTreeMap<i64, Vec<String>>> {
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT slot, json_extract(body, '$.asin') FROM entry
         WHERE kind = 'purchased' AND voided = 0 AND json_extract(body, '$.asin') IS NOT NULL",
    )?;
    let mut asins: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        asins.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(asins)
}

impl Transaction<'_> {
    /// Stores how a slot is to be watched.
    pub fn save_care(&self, key: i64, care: &Care) -> anyhow::Result<()> {
        let snoozed = match care.quiet {
            Some(Quiet::Until(end)) => Some(end.timestamp_millis()),
            Some(Quiet::Always) | None => None,
        };
        self.0
            .prepare_cached(
                "INSERT INTO slot_care (slot, rule, delivery_days, snoozed_until, always, shelf)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (slot) DO UPDATE SET rule = excluded.rule, delivery_days = excluded.delivery_days,
                   snoozed_until = excluded.snoozed_until, always = excluded.always, shelf = excluded.shelf",
            )?
            .execute(params![
                key,
                word(&care.rule)?,
                care.delivery_days,
                snoozed,
                care.quiet == Some(Quiet::Always),
                care.shelf.map(SlotId::bytes),
            ])
            .context("Store how a slot is watched")?;
        Ok(())
    }

    /// Notes that `entries` were saved in one step under `id`.
    pub fn save_batch(&self, id: EntryId, entries: &[EntryId]) -> anyhow::Result<()> {
        let mut statement =
            self.0.prepare_cached("INSERT INTO batch (entry, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
        for entry in entries {
            statement.execute(params![entry.bytes(), id.bytes()]).context("Store a step")?;
        }
        Ok(())
    }
}
