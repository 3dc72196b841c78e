//! The household's file: SQLite in WAL mode with `synchronous=FULL`, so that what the screen says is recorded is on
//! disk. The only module that knows SQL. A file of a newer program, or a damaged one, is refused and left untouched; a
//! file of an older one is copied before it is migrated.

mod devices;
mod entries;
mod ledger;
mod settings;

pub use devices::{DeviceRow, Reach, SlotRow, devices, slots};
pub use entries::{
    EntryRow, RunRow, SampleRow, all_entries, entries, find_entry, newest_entries, newest_readings,
    run_between, samples, used_between, voids_of,
};
pub use ledger::{Appended, folds};
pub use settings::load as settings;

use crate::error::{Code, Error};
use anyhow::Context;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};

/// Name of the household's file in the data folder.
pub const FILE: &str = "household.db";

/// `application_id` of our files: "Refl" in ASCII.
const APPLICATION_ID: i32 = 0x5265_666C;

/// Pages in the WAL before it is written back: 40 MB, which doubles scattered ingest (`performance.md` 1.3).
const WAL_AUTOCHECKPOINT: i32 = 10_000;

/// How long a reader waits for the writer's checkpoint.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// Copies made before migrations that are kept.
const COPIES_KEPT: usize = 2;

/// Migrations by position: the first makes version 1. Released texts never change; a test holds their hashes.
const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_household.sql")];

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
        std::fs::create_dir_all(folder).map_err(|cause| {
            Error::new(Code::Unexpected, format!("The data folder {} can't be made.", folder.display()))
                .caused_by(cause)
        })?;
        let path = folder.join(FILE);
        let version = match path.exists() {
            true => inspect(&path)?,
            false => 0,
        };
        let open = || -> anyhow::Result<Self> {
            let mut db = Connection::open(&path).context("Open the household")?;
            db.busy_timeout(BUSY_TIMEOUT)?;
            db.pragma_update(None, "journal_mode", "WAL")?;
            db.pragma_update(None, "synchronous", "FULL")?;
            db.pragma_update(None, "foreign_keys", true)?;
            db.pragma_update(None, "wal_autocheckpoint", WAL_AUTOCHECKPOINT)?;
            db.set_prepared_statement_cache_capacity(64);
            if version < MIGRATIONS.len() {
                if version > 0 {
                    copy_before_migration(&db, folder, version)?;
                }
                migrate(&mut db, version)?;
            }
            Ok(Self { db, path: path.clone() })
        };
        open().map_err(|cause| told(cause, &path))
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
        inspect(path)?;
        let open = || -> anyhow::Result<Self> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let db = Connection::open_with_flags(path, flags).context("Open the household for reading")?;
            db.busy_timeout(BUSY_TIMEOUT)?;
            Ok(Self { db })
        };
        open().map_err(|cause| told(cause, path))
    }

    /// Reads.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> anyhow::Result<T>) -> Result<T, Error> {
        work(&self.db).map_err(|cause| told(cause, Path::new(self.db.path().unwrap_or_default())))
    }
}

/// Looks at a file without writing a byte to it: is it ours, whole, and not of a newer program? Returns its version.
fn inspect(path: &Path) -> Result<usize, Error> {
    let look = || -> anyhow::Result<(i32, usize)> {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        db.busy_timeout(BUSY_TIMEOUT)?;
        let application: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        // Reads the schema: a file cut off behind its header shows here.
        let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let empty = tables == 0 && version == 0;
        Ok((if empty { APPLICATION_ID } else { application }, usize::try_from(version).unwrap_or(usize::MAX)))
    };
    match look() {
        Ok((APPLICATION_ID, version)) if version > MIGRATIONS.len() => Err(Error::new(
            Code::DatabaseTooNew,
            format!("A newer Refill wrote {}. Get the update, or open another household.", path.display()),
        )),
        Ok((APPLICATION_ID, version)) => Ok(version),
        Ok(_) => Err(Error::new(
            Code::DatabaseDamaged,
            format!("{} is a database, but not a household of Refill. It was left as it is.", path.display()),
        )),
        Err(cause) => Err(told(cause, path)),
    }
}

fn copy_before_migration(db: &Connection, folder: &Path, version: usize) -> anyhow::Result<()> {
    let copy = folder.join(format!("household.v{version}.db"));
    if copy.exists() {
        std::fs::remove_file(&copy).context("Replace the copy of an earlier try")?;
    }
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).context("Copy the household before migrating")?;
    let mut copies: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|file| file.ok().map(|file| file.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("household.v") && name.ends_with(".db")
        })
        .collect();
    copies.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    let old = copies.len().saturating_sub(COPIES_KEPT);
    for path in copies.into_iter().take(old) {
        std::fs::remove_file(path).context("Remove an old copy")?;
    }
    Ok(())
}

/// Each step in a transaction of its own, the version number inside it: a stop in between leaves the old or the new.
fn migrate(db: &mut Connection, from: usize) -> anyhow::Result<()> {
    for (index, text) in MIGRATIONS.iter().enumerate().skip(from) {
        let version = i64::try_from(index + 1)?;
        let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(text).with_context(|| format!("Migrate to version {version}"))?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}

/// What SQLite's refusal means to a person.
fn told(cause: anyhow::Error, path: &Path) -> Error {
    if cause.is::<Error>() {
        return match cause.downcast::<Error>() {
            Ok(error) => error,
            Err(cause) => cause.into(),
        };
    }
    let code = cause.chain().find_map(|c| c.downcast_ref::<rusqlite::Error>()?.sqlite_error_code());
    let path = path.display();
    match code {
        Some(ErrorCode::DiskFull) => {
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
