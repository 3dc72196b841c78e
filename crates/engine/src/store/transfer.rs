//! Moving a household's content: everything of a slot in order without holding the readings, entries added in bulk with
//! one fold at the end, a copy of the whole file while others write it, and the check that a copy is whole, is ours and
//! folds to what it says.

use super::entries::{self, READINGS};
use super::ledger::{folded, is_reading};
use super::{MIGRATIONS, Reader, SlotRow, Transaction, file, folds, told};
use crate::error::{Code, Error};
use anyhow::Context;
use refill_domain::ledger::Entry;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;

/// Pages copied between two looks at whether to go on: 4 MB.
const PAGES: i32 = 1000;

/// SQLite's own steps between two such looks while it checks a file.
const STEPS: i32 = 100_000;

/// What a copy of a household holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Census {
    /// Devices, removed ones too.
    pub devices: u64,
    /// Their slots.
    pub slots: u64,
    /// Entries of people and readings of devices.
    pub entries: u64,
    /// The newest of them, ms UTC.
    pub newest: Option<i64>,
}

/// Calls `each` with everything in a slot's ledger in order of effect, and whether it no longer counts. Readings are
/// read one by one; what people said is held.
pub fn each_entry(
    db: &Connection,
    row: &SlotRow,
    mut each: impl FnMut(Entry, bool) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let voided: std::collections::BTreeSet<[u8; 16]> = db
        .prepare_cached("SELECT id FROM voided_reading")?
        .query_and_then([], |row| row.get(0))?
        .collect::<Result<_, rusqlite::Error>>()?;
    let mut said = entries::entries(db, row.key, &row.slot)?.into_iter().peekable();
    let mut statement = db.prepare_cached(READINGS)?;
    let mut rows = statement.query([row.key])?;
    while let Some(reading) = rows.next()? {
        let reading = entries::reading(reading, &row.slot)?;
        while let Some(entry) = said.next_if(|said| said.entry.key() < reading.key()) {
            each(entry.entry, entry.voided)?;
        }
        let off = voided.contains(&reading.id.bytes());
        each(reading, off)?;
    }
    said.try_for_each(|entry| each(entry.entry, entry.voided))
}

fn count(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}

/// How much there is, for progress and for telling a backup from another.
pub fn census(db: &Connection) -> anyhow::Result<Census> {
    Ok(db.query_row(
        "SELECT (SELECT count(*) FROM endpoint), (SELECT count(*) FROM slot),
                (SELECT count(*) FROM entry) + (SELECT count(*) FROM reading),
                (SELECT max(at) FROM (SELECT max(at) AS at FROM entry UNION ALL SELECT max(at) FROM reading))",
        [],
        |row| {
            Ok(Census {
                devices: count(row, 0)?,
                slots: count(row, 1)?,
                entries: count(row, 2)?,
                newest: row.get(3)?,
            })
        },
    )?)
}

/// Whether the file has this entry already.
pub fn knows(db: &Connection, row: &SlotRow, entry: &Entry) -> anyhow::Result<bool> {
    let known = if is_reading(entry) {
        let at = entry.observed_at.timestamp_millis();
        db.prepare_cached("SELECT EXISTS (SELECT 1 FROM reading WHERE slot = ?1 AND at = ?2 AND id = ?3)")?
            .query_row(params![row.key, at, entry.id.bytes()], |row| row.get(0))?
    } else {
        db.prepare_cached("SELECT EXISTS (SELECT 1 FROM entry WHERE id = ?1)")?
            .query_row([entry.id.bytes()], |row| row.get(0))?
    };
    Ok(known)
}

impl Transaction<'_> {
    /// Adds one entry without folding its slot, which [`Self::refold`] must do before the end. False when it was there.
    pub fn add(&self, row: &SlotRow, entry: &Entry) -> anyhow::Result<bool> {
        self.insert(row, entry)
    }
}

impl Reader {
    /// Opens any household's file to be copied, without a change to it or beside it.
    ///
    /// # Errors
    /// As [`super::Store::open`], for a file that is not ours, not whole or of a newer program.
    pub fn open_to_copy(path: &Path) -> Result<Self, Error> {
        file::inspect(path, MIGRATIONS.len())?;
        let db = file::connect_to_copy(path).map_err(|cause| told(cause, path))?;
        Ok(Self { db })
    }

    /// Copies the file, as it is now, to `to`, which must not exist. `go_on` hears pages done and pages in all.
    ///
    /// # Errors
    /// What `go_on` fails with, or why the disk refused; `to` is then not whole.
    pub fn copy_to(
        &self,
        to: &Path,
        mut go_on: impl FnMut(u64, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut copy = || -> anyhow::Result<()> {
            let mut copy = file::connect(to, OpenFlags::default())?;
            // One state of the source, however long it takes and whoever writes meanwhile.
            let snapshot = self.db.unchecked_transaction()?;
            snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            let backup = Backup::new(&snapshot, &mut copy)?;
            loop {
                let step = backup.step(PAGES)?;
                let pages = backup.progress();
                let all = u64::try_from(pages.pagecount).unwrap_or(0);
                let left = u64::try_from(pages.remaining).unwrap_or(0);
                go_on(all.saturating_sub(left), all)?;
                match step {
                    StepResult::Done => break,
                    StepResult::More => {}
                    other => anyhow::bail!("the copy is held up: {other:?}"),
                }
            }
            drop(backup);
            // One file, with nothing beside it.
            copy.pragma_update(None, "journal_mode", "DELETE")?;
            copy.close().map_err(|(_, cause)| cause)?;
            Ok(())
        };
        copy().map_err(|cause| told(cause, to))
    }
}

/// Checks a copy that is ours alone: whole, of this program or brought up to it, and every slot folds to the state that
/// the file says. `stop` ends it early.
///
/// # Errors
/// `DatabaseDamaged`, `DatabaseTooNew`, `Cancelled`.
pub fn check(path: &Path, stop: impl Fn() -> bool + Send + 'static) -> Result<Census, Error> {
    file::inspect(path, MIGRATIONS.len())?;
    let look = || -> anyhow::Result<Census> {
        let mut db = file::connect(path, OpenFlags::default())?;
        db.progress_handler(STEPS, Some(stop))?;
        let found: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Err(damaged("its pages do not fit together").into());
        }
        let version = file::version(&db)?;
        file::not_newer(path, version, MIGRATIONS.len())?;
        if version < MIGRATIONS.len() {
            file::migrate(&mut db, version, MIGRATIONS)?;
        }
        let mut kept = folds(&db)?;
        let slots = super::slots(&db)?;
        super::devices(&db)?;
        super::settings(&db)?;
        let census = refolded(&db, &slots, &mut kept, version < MIGRATIONS.len())?;
        db.progress_handler(STEPS, None::<fn() -> bool>)?;
        db.close().map_err(|(_, cause)| cause)?;
        Ok(census)
    };
    look().map_err(|cause| {
        let interrupted = cause.chain().any(|cause| {
            let cause = cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
            cause == Some(rusqlite::ErrorCode::OperationInterrupted)
        });
        if interrupted { crate::transfer::cancelled() } else { told(cause, path) }
    })
}

pub(super) fn damaged(what: &str) -> Error {
    let message =
        format!("This copy of a household is damaged ({what}). Nothing was changed; use another copy.");
    Error::new(Code::DatabaseDamaged, message)
}

/// Folds every slot again and compares, or stores what comes out where an older program derived it.
fn refolded(
    db: &Connection,
    slots: &[SlotRow],
    kept: &mut std::collections::BTreeMap<i64, refill_domain::fold::Fold>,
    older: bool,
) -> anyhow::Result<Census> {
    let tx = Transaction(db.unchecked_transaction()?);
    for row in slots {
        if older {
            tx.refold(row)?;
            continue;
        }
        let said = entries::entries(&tx.0, row.key, &row.slot)?;
        let fold = folded(&tx.0, row, &said, |_, _| {}).context("Fold a slot again")?.end();
        if kept.remove(&row.key).unwrap_or_default() != fold {
            return Err(damaged("a supply does not add up to what it says").into());
        }
    }
    let census = census(&tx.0)?;
    tx.0.commit()?;
    Ok(census)
}

/// Puts a checked copy in the place of the household at `path`, which is closed; what was there is kept beside it under
/// the name that comes back.
///
/// # Errors
/// When the files can't be moved; then everything is as it was.
pub fn put_in_place(copy: &Path, path: &Path) -> Result<Option<std::path::PathBuf>, Error> {
    file::put_in_place(copy, path)
}

/// Undoes [`put_in_place`]: the household that was kept aside is where it was.
///
/// # Errors
/// When the files can't be moved.
pub fn put_back(aside: &Path, path: &Path) -> Result<(), Error> {
    file::put_back(aside, path).map_err(|cause| {
        let message = format!("{} is your household as it was; it could not be moved back.", aside.display());
        Error::new(Code::Unexpected, message).caused_by(cause)
    })
}

/// Spoils a file, for tests.
#[cfg(test)]
pub fn spoil(path: &Path, sql: &str) {
    let db = Connection::open(path).unwrap();
    assert!(db.execute(sql, []).unwrap() > 0);
}
