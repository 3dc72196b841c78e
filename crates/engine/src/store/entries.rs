//! Reading the ledger: entries with their effect, runs of readings between them, and the samples of a chart.

use anyhow::Context;
use chrono::{DateTime, Utc};
use refill_domain::endpoint::Slot;
use refill_domain::ids::EntryId;
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Milli, Unit};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::devices::from_word;

pub(super) const LEVEL: i64 = 0;
pub(super) const USE: i64 = 1;
pub(super) const UNKNOWN: i64 = 2;
pub(super) const SOME_LEFT: i64 = 3;

/// An entry with what it did.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// The entry.
    pub entry: Entry,
    /// Change of what is left.
    pub change: Option<Milli>,
    /// What was left after it.
    pub left_after: Option<Milli>,
    /// Used beyond what there was.
    pub overshoot: Milli,
    /// It no longer counts.
    pub voided: bool,
}

/// Several readings in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunRow {
    /// How many.
    pub count: u32,
    /// First, ms UTC.
    pub first: i64,
    /// Last, ms UTC.
    pub last: i64,
    /// What they used in all, in the slot's unit; absent when one of them is no use.
    pub used: Option<Milli>,
}

/// One sample of a chart: a moment and, in thousandths of the slot's unit, what a device said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleRow {
    /// ms UTC.
    pub at: i64,
    /// The level, or the amount used.
    pub value: Milli,
    /// It is a use, not a level.
    pub used: bool,
}

pub(super) fn time(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

const COLUMNS: &str = "id, at, recorded_at, source, about, note, body, change, left_after, overshoot, voided";

fn entry_row(row: &Row<'_>, slot: &Slot) -> anyhow::Result<EntryRow> {
    let about: Option<[u8; 16]> = row.get(4)?;
    let body: String = row.get(6)?;
    Ok(EntryRow {
        entry: Entry {
            id: EntryId::from_bytes(row.get(0)?),
            slot: slot.id,
            observed_at: time(row.get(1)?),
            recorded_at: time(row.get(2)?),
            source: from_word(row.get(3)?)?,
            about: about.map(EntryId::from_bytes),
            note: row.get(5)?,
            kind: serde_json::from_str(&body).context("Read an entry")?,
        },
        change: row.get(7)?,
        left_after: row.get(8)?,
        overshoot: row.get(9)?,
        voided: row.get(10)?,
    })
}

/// All entries of a slot in order of effect, undone ones and voids too.
pub fn entries(db: &Connection, key: i64, slot: &Slot) -> anyhow::Result<Vec<EntryRow>> {
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE slot = ?1 ORDER BY at, id");
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_and_then([key], |row| entry_row(row, slot))?;
    rows.collect()
}

/// The newest `limit` entries of a slot, newest first, without the voids themselves.
pub fn newest_entries(db: &Connection, key: i64, slot: &Slot, limit: u32) -> anyhow::Result<Vec<EntryRow>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM entry WHERE slot = ?1 AND kind <> 'voided' ORDER BY at DESC, id DESC LIMIT ?2"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_and_then(params![key, limit], |row| entry_row(row, slot))?;
    rows.collect()
}

/// The slot key and body of one entry, wherever it is.
pub fn find_entry(db: &Connection, id: EntryId) -> anyhow::Result<Option<(i64, EntryKind, bool)>> {
    let found = db
        .query_row("SELECT slot, body, voided FROM entry WHERE id = ?1", [id.bytes()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
        })
        .optional()?;
    match found {
        None => Ok(None),
        Some((slot, body, voided)) => Ok(Some((slot, serde_json::from_str(&body)?, voided))),
    }
}

/// The voids in force that name an entry, newest first.
pub fn voids_of(db: &Connection, slot: i64, id: EntryId) -> anyhow::Result<Vec<EntryId>> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM entry WHERE slot = ?1 AND kind = 'voided' AND voided = 0
           AND json_extract(body, '$.entry') = ?2 ORDER BY id DESC",
    )?;
    let rows = statement.query_and_then(params![slot, id.to_string()], |row| {
        Ok::<_, anyhow::Error>(EntryId::from_bytes(row.get(0)?))
    })?;
    rows.collect()
}

/// Dismissed rises: voids that name a reading, newest first, at most `limit`, with the level it had said.
pub fn dismissals(
    db: &Connection,
    key: i64,
    slot: &Slot,
    limit: u32,
) -> anyhow::Result<Vec<(EntryRow, Amount)>> {
    let mut statement = db.prepare_cached(
        "SELECT e.id, e.at, e.recorded_at, e.source, e.about, e.note, e.body, e.change, e.left_after, e.overshoot,
                e.voided, r.value, r.unit, r.at
         FROM entry e CROSS JOIN reading r ON r.slot = e.slot AND r.id = e.about
         WHERE e.slot = ?1 AND e.kind = 'voided' AND e.about NOT IN (SELECT id FROM entry) AND r.kind = 0 ORDER BY e.at DESC, e.id DESC LIMIT ?2",
    )?;
    let rows = statement.query_and_then(params![key, limit], |row| -> anyhow::Result<_> {
        let unit: Option<String> = row.get(12)?;
        let unit = unit.map_or(Ok(slot.unit), from_word)?;
        let mut dismissal = entry_row(row, slot)?;
        // It stands where the reading stood.
        dismissal.entry.observed_at = time(row.get(13)?);
        Ok((dismissal, Amount::new(row.get(11)?, unit)))
    })?;
    rows.collect()
}

/// The last level a device stated, with its moment; readings without a number and voided ones are passed over.
pub fn last_level(
    db: &Connection,
    key: i64,
    slot: &Slot,
) -> anyhow::Result<Option<(DateTime<Utc>, EntryId, Amount)>> {
    let found = db
        .prepare_cached(
            "SELECT at, id, value, unit FROM reading WHERE slot = ?1 AND kind = 0
               AND id NOT IN (SELECT id FROM voided_reading) ORDER BY at DESC, id DESC LIMIT 1",
        )?
        .query_row([key], |row| {
            let unit: Option<String> = row.get(3)?;
            Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 16]>(1)?, row.get::<_, i64>(2)?, unit))
        })
        .optional()?;
    let Some((at, id, value, unit)) = found else { return Ok(None) };
    let unit = unit.map_or(Ok(slot.unit), from_word)?;
    Ok(Some((time(at), EntryId::from_bytes(id), Amount::new(value, unit))))
}

/// The run of readings strictly between two keys, voided ones left out; absent when there is none.
pub fn run_between(
    db: &Connection,
    key: i64,
    after: Option<(i64, EntryId)>,
    before: Option<(i64, EntryId)>,
) -> anyhow::Result<Option<RunRow>> {
    let (after_at, after_id) = after.map_or((i64::MIN, [0; 16]), |(at, id)| (at, id.bytes()));
    let (before_at, before_id) = before.map_or((i64::MAX, [255; 16]), |(at, id)| (at, id.bytes()));
    let run = db
        .prepare_cached(
            "SELECT count(*), min(at), max(at), sum(value), sum(kind <> 1 OR unit IS NOT NULL) FROM reading
             WHERE slot = ?1 AND (at, id) > (?2, ?3) AND (at, id) < (?4, ?5)
               AND id NOT IN (SELECT id FROM voided_reading)",
        )?
        .query_row(params![key, after_at, after_id, before_at, before_id], |row| {
            let others: Option<i64> = row.get(4)?;
            let used = if others == Some(0) { row.get(3)? } else { None };
            let (first, last): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
            let count = row.get(0)?;
            Ok(first.zip(last).map(|(first, last)| RunRow { count, first, last, used }))
        })?;
    Ok(run)
}

/// What devices said of a slot in `[from, to]`, oldest first: numbers only, voided readings left out.
pub fn samples(db: &Connection, key: i64, slot: &Slot, from: i64, to: i64) -> anyhow::Result<Vec<SampleRow>> {
    let voided: bool =
        db.prepare_cached("SELECT EXISTS (SELECT 1 FROM voided_reading)")?.query_row([], |row| row.get(0))?;
    // The usual file has no voided reading; then the look-up per row is left out.
    let kept = if voided { "AND id NOT IN (SELECT id FROM voided_reading)" } else { "" };
    // A column costs as much as finding the row: a use comes as -1 - its amount, another unit as NULL, and a reading
    // without a number, whose value is 0, as a use of nothing, which is never recorded.
    let sql = format!(
        "SELECT at, iif(unit IS NULL, iif(kind, -1 - value, value), NULL) FROM reading
         WHERE slot = ?1 AND at BETWEEN ?2 AND ?3 {kept} ORDER BY at, id"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![key, from, to])?;
    let mut samples = Vec::with_capacity(1024);
    while let Some(row) = rows.next()? {
        match row.get_ref(1)? {
            ValueRef::Integer(-1) => {}
            ValueRef::Integer(value) if value < 0 => {
                samples.push(SampleRow { at: row.get(0)?, value: -1 - value, used: true });
            }
            ValueRef::Integer(value) => samples.push(SampleRow { at: row.get(0)?, value, used: false }),
            _ => return samples_in_units(db, key, slot, (from, to), kept),
        }
    }
    Ok(samples)
}

/// [`samples`] where a device said some of them in another unit than the slot's.
fn samples_in_units(
    db: &Connection,
    key: i64,
    slot: &Slot,
    (from, to): (i64, i64),
    kept: &str,
) -> anyhow::Result<Vec<SampleRow>> {
    let sql = format!(
        "SELECT at, value, kind, unit FROM reading
         WHERE slot = ?1 AND at BETWEEN ?2 AND ?3 AND kind <= 1 {kept} ORDER BY at, id"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![key, from, to])?;
    let mut samples = Vec::with_capacity(1024);
    while let Some(row) = rows.next()? {
        let (value, unit) = (row.get(1)?, row.get_ref(3)?);
        let value = if unit == ValueRef::Null { value } else { converted(row, value, slot)? };
        samples.push(SampleRow { at: row.get(0)?, value, used: row.get::<_, i64>(2)? == USE });
    }
    Ok(samples)
}

fn converted(row: &Row<'_>, value: Milli, slot: &Slot) -> anyhow::Result<Milli> {
    let unit: Unit = from_word(row.get(3)?)?;
    Ok(Amount::new(value, unit).to(slot.unit).map_or(0, |amount| amount.milli))
}

/// What was used between the keys, for the level at the start of a chart.
pub fn used_between(db: &Connection, key: i64, from: i64, to: i64) -> anyhow::Result<Milli> {
    let sum = db.query_row(
        "SELECT coalesce(sum(value), 0) FROM reading WHERE slot = ?1 AND at >= ?2 AND at < ?3 AND kind = 1
           AND id NOT IN (SELECT id FROM voided_reading)",
        params![key, from, to],
        |row| row.get(0),
    )?;
    Ok(sum)
}

/// Everything in a slot's ledger, readings and entries, voided ones too, in no particular order.
pub fn all_entries(db: &Connection, key: i64, slot: &Slot) -> anyhow::Result<Vec<Entry>> {
    let mut all: Vec<Entry> = entries(db, key, slot)?.into_iter().map(|row| row.entry).collect();
    each_reading(db, key, slot, |reading| all.push(reading))?;
    Ok(all)
}

/// Readings of `[from, to]`, newest first, at most `limit`.
pub fn newest_readings(
    db: &Connection,
    key: i64,
    slot: &Slot,
    (from, to): (i64, i64),
    limit: usize,
) -> anyhow::Result<Vec<SampleRow>> {
    let mut samples = samples(db, key, slot, from, to)?;
    samples.reverse();
    samples.truncate(limit);
    Ok(samples)
}

/// Calls `each` with every reading of a slot in order of effect, voided ones too.
pub(super) fn each_reading(
    db: &Connection,
    key: i64,
    slot: &Slot,
    mut each: impl FnMut(Entry),
) -> anyhow::Result<()> {
    let mut statement = db.prepare_cached(READINGS)?;
    let mut rows = statement.query([key])?;
    while let Some(row) = rows.next()? {
        each(reading(row, slot)?);
    }
    Ok(())
}

/// All readings of a slot in order of effect, for [`reading`].
pub(super) const READINGS: &str =
    "SELECT at, id, kind, value, unit FROM reading WHERE slot = ?1 ORDER BY at, id";

/// A row of [`READINGS`] as the entry it is.
pub(super) fn reading(row: &Row<'_>, slot: &Slot) -> anyhow::Result<Entry> {
    let at = time(row.get(0)?);
    let unit: Option<String> = row.get(4)?;
    let unit = unit.map_or(Ok(slot.unit), from_word)?;
    let amount = Amount::new(row.get(3)?, unit);
    let kind = match row.get::<_, i64>(2)? {
        LEVEL => EntryKind::LevelRead { level: Level::Amount { amount } },
        USE => EntryKind::Consumed { amount },
        SOME_LEFT => EntryKind::LevelRead { level: Level::SomeLeft },
        _ => EntryKind::LevelRead { level: Level::Unknown },
    };
    Ok(Entry {
        id: EntryId::from_bytes(row.get(1)?),
        slot: slot.id,
        observed_at: at,
        recorded_at: at,
        source: Source::Device,
        about: None,
        note: None,
        kind,
    })
}
