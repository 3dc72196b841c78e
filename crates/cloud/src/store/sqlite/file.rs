//! The file as a file: locked against a second server, brought up to date in one transaction, refused untouched if a
//! newer program wrote it or it is not ours.

use anyhow::{Context, bail};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// Its name in the data folder.
pub const NAME: &str = "cloud.db";

/// `application_id` of our files: "Rflc" in ASCII.
const APPLICATION_ID: i64 = 0x5266_6C63;

/// Steps by position; a released one never changes.
pub const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_foundation.sql"),
    include_str!("../../../migrations/0002_relay.sql"),
    include_str!("../../../migrations/0003_notify.sql"),
    include_str!("../../../migrations/0005_parked.sql"),
    include_str!("../../../migrations/0006_alexa.sql"),
    include_str!("../../../migrations/0007_support.sql"),
    include_str!("../../../migrations/0008_registration.sql"),
];

/// Pages of the write-ahead log before it is copied back: 40 MB (`performance.md` 1.3).
const CHECKPOINT_PAGES: i64 = 10_000;

/// How long anyone waits for another's checkpoint.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const PAGES_PER_MIB: u32 = 256;

/// Takes the data folder for this server alone, until the file is dropped or the program ends.
pub fn lock(folder: &Path) -> anyhow::Result<File> {
    std::fs::create_dir_all(folder).with_context(|| format!("Make the data folder {}", folder.display()))?;
    let path = folder.join("cloud.lock");
    let file = File::options().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("Open {}; check who may write there", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("Another server uses {}. Stop it, or set another data folder.", folder.display())
        }
        Err(TryLockError::Error(cause)) => Err(cause).context("Lock the data folder"),
    }
}

/// The writing connection to an up-to-date file.
pub fn open(path: &Path, max_mib: Option<u32>) -> anyhow::Result<Connection> {
    open_with(path, max_mib, MIGRATIONS)
}

pub(super) fn open_with(path: &Path, max_mib: Option<u32>, steps: &[&str]) -> anyhow::Result<Connection> {
    let mut db = Connection::open(path).with_context(|| format!("Open {}", path.display()))?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = db
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .with_context(|| format!("{} is damaged or no database; it was left as it is", path.display()))?;
    if tables > 0 && number("application_id")? != APPLICATION_ID {
        bail!("{} is no database of this server; it was left as it is", path.display());
    }
    let version = usize::try_from(number("user_version")?).unwrap_or(usize::MAX);
    if version > steps.len() {
        bail!("A newer server wrote {}. Get the update, or set another data folder.", path.display());
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update(None, "cache_size", -64 * 1024)?;
    db.set_prepared_statement_cache_capacity(64);
    if version < steps.len() {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (at, step) in steps.iter().enumerate().skip(version) {
            tx.execute_batch(step).with_context(|| format!("Bring the database to version {}", at + 1))?;
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", i64::try_from(steps.len())?)?;
        tx.commit()?;
    }
    if let Some(mib) = max_mib {
        db.pragma_update(None, "max_page_count", mib.saturating_mul(PAGES_PER_MIB))?;
    }
    Ok(db)
}

/// A connection that only reads.
pub fn open_reader(path: &Path) -> anyhow::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).context("Open the database to read")?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}
