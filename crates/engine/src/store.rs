//! The household's file: SQLite in WAL mode with `synchronous=FULL`, so that what the screen says is recorded is on
//! disk. The only module that knows SQL. A file of a newer program, or a damaged one, is refused and left untouched; a
//! file of an older one is copied before it is migrated.

mod attach;
mod beside;
mod care;
mod dash;
mod devices;
mod direct;
mod entries;
mod file;
mod ledger;
mod link;
mod notices;
mod reports;
mod settings;
mod track;
mod transfer;

pub use attach::Merge;
pub use beside::{Beside, put_beside, take_beside};
pub use care::{Care, asins, batch, batches, batches_of, cares};
pub use dash::{VisitRow, cloud_dash, last_visit};
pub use devices::{DeviceRow, Reach, SlotRow, devices, slots};
pub use direct::{
    DirectRow, OutRow, ToldDevice, direct, direct_backlog, direct_last, direct_message, direct_outbox,
    direct_queue, told_devices,
};
pub use entries::{
    EntryRow, RunRow, SampleRow, all_entries, dismissals, entries, find_entry, last_level, newest_entries,
    newest_readings, run_between, samples, used_between, voids_of,
};
pub use file::{schema, schema_of};
pub use ledger::{Appended, folds, use_days};
pub use link::{
    AlexaRow, Backlog, CloudSlot, LinkRow, OutgoingRow, backlog, cloud_alexa, cloud_orders, cloud_slots,
    cloud_subscriptions, link, link_flow, order_answers, outgoing,
};
pub use notices::{NoticeState, notice_state, notices_off, told_of};
pub use reports::{EntryState, ReportRow, Unwanted, report, reports};
pub use settings::load as settings;
pub use track::{AwayRow, away, said};
#[cfg(test)]
pub use transfer::spoil;
pub use transfer::{Census, census, check, each_entry, knows, put_back, put_in_place};

use crate::error::{Code, Error};
use anyhow::Context;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Name of the household's file in the data folder.
pub const FILE: &str = "household.db";

/// Pages in the WAL before it is written back: 40 MB, which doubles scattered ingest (`performance.md` 1.3).
const WAL_AUTOCHECKPOINT: i32 = 10_000;

/// The version of the file that this program writes.
pub const SCHEMA: u32 = MIGRATIONS.len() as u32;

/// Migrations by position: the first makes version 1. Released texts never change; a test holds their hashes.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_household.sql"),
    include_str!("../migrations/0002_track.sql"),
    include_str!("../migrations/0003_corrections.sql"),
    include_str!("../migrations/0004_link.sql"),
    include_str!("../migrations/0005_order.sql"),
    include_str!("../migrations/0006_reports.sql"),
    include_str!("../migrations/0007_direct.sql"),
    include_str!("../migrations/0008_alexa.sql"),
    include_str!("../migrations/0009_dash_and_notices.sql"),
    include_str!("../migrations/0010_history.sql"),
];

/// The write side: one per household, owned by the run loop.
#[derive(Debug)]
pub struct Store {
    db: Connection,
    path: PathBuf,
}

/// A read side beside the writer; sees what is committed.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
}

impl Store {
    /// Opens or makes the household's file in `folder`.
    ///
    /// # Errors
    /// `DatabaseTooNew`, `DatabaseDamaged`, `DiskFull`; the file is then as it was.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Self::open_with(folder, MIGRATIONS)
    }

    fn open_with(folder: &Path, migrations: &[&str]) -> Result<Self, Error> {
        let unmade = |cause| {
            let message = format!(
                "The data folder {} can't be used. Check who may write to it, then try again.",
                folder.display()
            );
            file::refused(cause, message)
        };
        std::fs::create_dir_all(folder).map_err(unmade)?;
        let path = folder.join(FILE);
        if path.try_exists().map_err(unmade)? {
            file::inspect(&path, migrations.len())?;
        } else {
            file::make(&path, migrations)?;
        }
        let open = || -> anyhow::Result<Self> {
            let mut db = file::connect(&path, OpenFlags::default())?;
            let version = file::version(&db)?;
            if version > migrations.len() {
                // A newer program was cut off here: what it wrote last stays where it is.
                db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
                file::not_newer(&path, version, migrations.len())?;
            }
            db.pragma_update(None, "journal_mode", "WAL")?;
            db.pragma_update(None, "synchronous", "FULL")?;
            db.pragma_update(None, "foreign_keys", true)?;
            db.pragma_update(None, "wal_autocheckpoint", WAL_AUTOCHECKPOINT)?;
            db.set_prepared_statement_cache_capacity(64);
            if version < migrations.len() {
                file::copy_before_migration(&db, &path, version)?;
                file::migrate(&mut db, version, migrations)?;
                // The new version stands in the file itself, where an older program looks first.
                db.pragma_update(None, "wal_checkpoint", "TRUNCATE")?;
            }
            Ok(Self { db, path: path.clone() })
        };
        open().map_err(|cause| told(cause, &path))
    }

    /// A household in memory alone, for what must not be kept: it is gone with the last of its two sides, and no other
    /// connection sees it.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> Result<(Self, Reader), Error> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let name = format!("file:refill-{}?mode=memory&cache=shared", MADE.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(name);
        let open = || -> anyhow::Result<(Connection, Connection)> {
            let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_URI;
            let mut db = file::connect(&path, flags)?;
            db.pragma_update(None, "foreign_keys", true)?;
            db.set_prepared_statement_cache_capacity(64);
            file::migrate(&mut db, 0, MIGRATIONS)?;
            let reader = file::connect(&path, flags)?;
            reader.pragma_update(None, "query_only", true)?;
            Ok((db, reader))
        };
        let (db, reader) = open().map_err(|cause| told(cause, &path))?;
        Ok((Self { db, path }, Reader { db: reader }))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A read side of the same file.
    ///
    /// # Errors
    /// When the file can't be opened a second time.
    pub fn reader(&self) -> Result<Reader, Error> {
        Reader::open(&self.path)
    }

    /// Runs `work` in one transaction: all of it is on disk when this returns, or nothing is.
    ///
    /// # Errors
    /// What `work` fails with, or why the disk refused.
    pub fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> anyhow::Result<T>) -> Result<T, Error> {
        let run = || -> anyhow::Result<T> {
            let tx =
                Transaction(self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?);
            let result = work(&tx)?;
            tx.0.commit().context("Commit")?;
            Ok(result)
        };
        run().map_err(|cause| told(cause, &self.path))
    }

    /// Reads with the writer's own connection.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> anyhow::Result<T>) -> Result<T, Error> {
        work(&self.db).map_err(|cause| told(cause, &self.path))
    }

    /// Writes the WAL back and closes; also done, without a word, when dropped.
    ///
    /// # Errors
    /// When the last checkpoint fails; nothing committed is lost by it.
    pub fn close(self) -> Result<(), Error> {
        let path = self.path;
        self.db
            .pragma_update(None, "wal_checkpoint", "TRUNCATE")
            .map_err(anyhow::Error::from)
            .and_then(|()| self.db.close().map_err(|(_, cause)| cause.into()))
            .map_err(|cause| told(cause, &path))
    }
}

/// An open transaction of the writer. Its parts are in the modules below.
#[derive(Debug)]
pub struct Transaction<'a>(rusqlite::Transaction<'a>);

impl Reader {
    /// Opens the file at `path` for reading alone.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        file::inspect(path, MIGRATIONS.len())?;
        let open = || -> anyhow::Result<(Connection, usize)> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let db = file::connect(path, flags)?;
            let version = file::version(&db)?;
            Ok((db, version))
        };
        let (db, version) = open().map_err(|cause| told(cause, path))?;
        file::not_newer(path, version, MIGRATIONS.len())?;
        if version < MIGRATIONS.len() {
            return Err(Error::new(
                Code::Unexpected,
                format!(
                    "An older Refill wrote {}. Start Refill once, so that it is brought up to date.",
                    path.display()
                ),
            ));
        }
        Ok(Self { db })
    }

    /// Reads.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> anyhow::Result<T>) -> Result<T, Error> {
        work(&self.db).map_err(|cause| told(cause, Path::new(self.db.path().unwrap_or_default())))
    }
}

/// What SQLite's refusal means to a person.
fn told(cause: anyhow::Error, path: &Path) -> Error {
    if cause.is::<Error>() {
        return match cause.downcast::<Error>() {
            Ok(error) => error,
            Err(cause) => cause.into(),
        };
    }
    let failure = cause.chain().find_map(|c| c.downcast_ref::<rusqlite::Error>()?.sqlite_error().copied());
    // The index of the WAL is a file too, and may find no room.
    let full = failure.is_some_and(|failure| {
        failure.code == ErrorCode::DiskFull || failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    });
    let path = path.display();
    match failure.map(|failure| failure.code) {
        _ if full => {
            Error::new(Code::DiskFull, "The disk is full. Nothing was recorded; make room and try again.")
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::new(
            Code::DatabaseDamaged,
            format!("{path} is damaged. It was left as it is; open another household or a copy of this one."),
        ),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::new(
            Code::DatabaseLocked,
            format!("Another program has {path} open. Close it and try again."),
        ),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => Error::new(
            Code::Unexpected,
            format!("{path} can't be written. Check who may write to its folder, then try again."),
        ),
        _ => Error::new(Code::Unexpected, "The household could not be read or written; nothing was changed."),
    }
    .caused_by(cause)
}

#[cfg(test)]
mod tests;
