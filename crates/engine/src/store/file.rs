//! The household's file as a file: made whole or not at all, judged before a byte of it is touched, and copied before it
//! is migrated. What is not ours, not whole or of a newer program is refused, and nothing is left beside it.

use super::told;
use crate::error::{Code, Error};
use anyhow::Context;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// `application_id` of our files: "Refl" in ASCII.
const APPLICATION_ID: u32 = 0x5265_666C;

/// Copies made before migrations that are kept.
const COPIES_KEPT: usize = 2;

/// What every SQLite file begins with (`fileformat2.html`, section 1.3), and where its numbers stand.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const HEADER: usize = 100;
const PAGE_SIZE_AT: usize = 16;
const PAGES_AT: usize = 28;
const USER_VERSION_AT: usize = 60;
const APPLICATION_ID_AT: usize = 68;

/// How long anyone waits for another's checkpoint or write.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

/// A refusal of the file system, in words.
pub(super) fn refused(cause: std::io::Error, message: String) -> Error {
    match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::new(Code::DiskFull, "The disk is full. Nothing was recorded; make room and try again.")
        }
        _ => Error::new(Code::Unexpected, message),
    }
    .caused_by(cause)
}

/// Opens for reading and writing, waiting a while for others.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> anyhow::Result<Connection> {
    let db = Connection::open_with_flags(path, flags).context("Open the household")?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    Ok(db)
}

/// The version of an open file.
pub(super) fn version(db: &Connection) -> anyhow::Result<usize> {
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// The version of an open file.
pub fn schema(db: &Connection) -> anyhow::Result<u32> {
    Ok(u32::try_from(version(db)?)?)
}

/// The version that the head of a file says, whether it can be opened or not.
pub fn schema_of(path: &Path) -> Option<u32> {
    let (head, _) = header(path).ok()?;
    let bytes = head.get(USER_VERSION_AT..USER_VERSION_AT + 4).filter(|_| head.starts_with(MAGIC))?;
    bytes.try_into().ok().map(u32::from_be_bytes)
}

/// Refuses what a newer program wrote.
pub(super) fn not_newer(path: &Path, version: usize, known: usize) -> Result<(), Error> {
    if version <= known {
        return Ok(());
    }
    Err(Error::new(
        Code::DatabaseTooNew,
        format!("A newer Refill wrote {}. Get the update, or open another household.", path.display()),
    ))
}

/// Looks at a file without writing a byte to it or beside it: is it ours, whole, and not of a newer program?
pub(super) fn inspect(path: &Path, known: usize) -> Result<(), Error> {
    let (header, length) = header(path)?;
    let number = |at: usize| {
        header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
    };
    let damaged = || {
        let path = path.display();
        Error::new(
            Code::DatabaseDamaged,
            format!(
                "{path} is damaged, or no household. It was left as it is; open another one or a copy of it."
            ),
        )
    };
    if !header.starts_with(MAGIC) || header.len() < HEADER {
        return Err(damaged());
    }
    if number(APPLICATION_ID_AT) != APPLICATION_ID {
        return Err(Error::new(
            Code::DatabaseDamaged,
            format!("{} is a database, but not a household of Refill. It was left as it is.", path.display()),
        ));
    }
    not_newer(path, usize::try_from(number(USER_VERSION_AT)).unwrap_or(usize::MAX), known)?;
    let beside = with_suffix(path, "-wal").exists();
    let page = match number(PAGE_SIZE_AT) >> 16 {
        1 => 65_536,
        size => u64::from(size),
    };
    if !beside && length < page * u64::from(number(PAGES_AT)) {
        return Err(damaged());
    }
    // Reads the schema, and lets SQLite judge the rest of the header.
    let look = || -> anyhow::Result<i64> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = if beside {
            // Somebody has it open, or was cut off: what counts is in both files.
            connect(path, flags)?
        } else {
            connect(Path::new(&immutable(path)), flags | OpenFlags::SQLITE_OPEN_URI)?
        };
        Ok(db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?)
    };
    look().map(|_| ()).map_err(|cause| told(cause, path))
}

/// Opens a file to read it alone; one that nobody else has open gets no files beside it.
pub(super) fn connect_to_copy(path: &Path) -> anyhow::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if with_suffix(path, "-wal").exists() {
        connect(path, flags)
    } else {
        connect(Path::new(&immutable(path)), flags | OpenFlags::SQLITE_OPEN_URI)
    }
}

/// Moves `copy` to `path`. What is at `path` is moved aside first, and moved back if that fails.
pub(super) fn put_in_place(copy: &Path, path: &Path) -> Result<Option<PathBuf>, Error> {
    let io = |cause| {
        refused(
            cause,
            format!("{} can't be put in place. Check who may write to its folder.", copy.display()),
        )
    };
    // Left by a program that was cut off: what it says belongs to the file that is moved aside.
    let aside = path.with_extension("before-restore.db");
    let there = path.try_exists().map_err(io)?;
    let pairs = [("", ""), ("-wal", "-wal")];
    if there {
        for (from, to) in pairs {
            remove(&with_suffix(&aside, to)).map_err(io)?;
            let from = with_suffix(path, from);
            if from.exists() {
                fs::rename(&from, with_suffix(&aside, to)).map_err(io)?;
            }
        }
    }
    remove(&with_suffix(path, "-shm")).map_err(io)?;
    let moved = fs::rename(copy, path).and_then(|()| sync_folder(path));
    if let Err(cause) = moved {
        put_back(&aside, path).map_err(io)?;
        return Err(io(cause));
    }
    Ok(there.then_some(aside))
}

/// Undoes [`put_in_place`].
pub(super) fn put_back(aside: &Path, path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-wal"] {
        let from = with_suffix(aside, suffix);
        if from.exists() {
            remove(&with_suffix(path, suffix))?;
            fs::rename(&from, with_suffix(path, suffix))?;
        }
    }
    sync_folder(path)
}

/// The first bytes of a file, and how many it has.
fn header(path: &Path) -> Result<(Vec<u8>, u64), Error> {
    let read = || {
        let mut header = Vec::with_capacity(HEADER);
        let file = fs::File::open(path)?;
        let length = file.metadata()?.len();
        file.take(HEADER as u64).read_to_end(&mut header)?;
        Ok((header, length))
    };
    read().map_err(|cause: std::io::Error| match cause.kind() {
        ErrorKind::NotFound => {
            Error::new(Code::Unexpected, format!("There is no household at {}.", path.display()))
                .caused_by(cause)
        }
        _ => refused(
            cause,
            format!("{} can't be read. Check who may read it, then try again.", path.display()),
        ),
    })
}

/// The address by which SQLite reads a file that nobody else has open, making no files beside it.
fn immutable(path: &Path) -> String {
    let mut uri = String::from("file:");
    let bytes = path.as_os_str().as_encoded_bytes();
    if cfg!(windows) {
        uri.push_str("///");
    }
    for &byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'.' | b'-' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(char::from(byte)),
            b':' if cfg!(windows) => uri.push(':'),
            // Writing to a string can't fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes a new household's file: under another name first, so that one of this name is always whole.
pub(super) fn make(path: &Path, migrations: &[&str]) -> Result<(), Error> {
    let new = path.with_extension("new");
    let io = |cause| {
        refused(cause, format!("{} can't be made. Check who may write to its folder.", path.display()))
    };
    for leftover in [new.clone(), with_suffix(&new, "-journal")] {
        remove(&leftover).map_err(io)?;
    }
    let fill = || -> anyhow::Result<()> {
        let mut db = connect(&new, OpenFlags::default())?;
        db.pragma_update(None, "synchronous", "FULL")?;
        migrate(&mut db, 0, migrations)?;
        db.close().map_err(|(_, cause)| cause)?;
        Ok(())
    };
    let moved = fill().map_err(|cause| told(cause, path)).and_then(|()| {
        // The rest of a household whose file was taken away must not be mixed into this one, nor be lost.
        let rest = with_suffix(path, "-wal");
        if rest.exists() {
            fs::rename(&rest, path.with_extension("lost-wal")).map_err(io)?;
        }
        remove(&with_suffix(path, "-shm")).map_err(io)?;
        fs::rename(&new, path).map_err(io)
    });
    if moved.is_err() {
        // What failed is told; a leftover is taken away at the next try.
        let _ = remove(&new);
    }
    moved?;
    sync_folder(path).map_err(io)
}

/// Puts a new name on disk. Windows does so by itself, and has no such call.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Copies the file of an older program to `household.v<version>.db` beside it, and keeps the newest such copies.
pub(super) fn copy_before_migration(db: &Connection, path: &Path, version: usize) -> anyhow::Result<()> {
    let copy = path.with_extension(format!("v{version}.db"));
    let new = path.with_extension("copy");
    remove(&new).context("Take away the copy of an earlier try")?;
    let text = new.to_str().context("The folder's name is not text")?;
    let copied = db
        .execute("VACUUM INTO ?1", [text])
        .context("Copy the household before migrating")
        .and_then(|_| fs::rename(&new, &copy).context("Name the copy"));
    if copied.is_err() {
        // What failed is told; a leftover is taken away at the next try.
        let _ = remove(&new);
    }
    copied?;
    let copy_number = |path: &Path| -> Option<u32> {
        path.file_name()?.to_str()?.strip_prefix("household.v")?.strip_suffix(".db")?.parse().ok()
    };
    let folder = path.parent().context("The household is in a folder")?;
    let mut copies: Vec<(u32, PathBuf)> = fs::read_dir(folder)?
        .filter_map(|file| file.ok().map(|file| file.path()))
        .filter_map(|path| Some((copy_number(&path)?, path)))
        .collect();
    copies.sort();
    let old = copies.len().saturating_sub(COPIES_KEPT);
    for (_, path) in copies.into_iter().take(old) {
        fs::remove_file(path).context("Remove an old copy")?;
    }
    Ok(())
}

/// All steps and the new version in one transaction: a step that fails, or a stop in between, leaves the old file.
pub(super) fn migrate(db: &mut Connection, from: usize, migrations: &[&str]) -> anyhow::Result<()> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for (index, text) in migrations.iter().enumerate().skip(from) {
        tx.execute_batch(text).with_context(|| format!("Migrate to version {}", index + 1))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", i64::try_from(migrations.len())?)?;
    tx.commit()?;
    Ok(())
}
