//! Files that lie beside a household, inside a backup of it: a table that only copies have. A household that is in use has
//! none, and a backup without it says nothing of such files.

use super::file;
use super::{told, transfer};
use crate::error::Error;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};
use std::path::Path;

/// A file: its name below the household's folder, and its content.
pub type Beside = (String, Vec<u8>);

/// Puts files into a copy.
///
/// # Errors
/// Why the disk refused.
pub fn put_beside(copy: &Path, files: &[Beside]) -> Result<(), Error> {
    let put = || -> anyhow::Result<()> {
        let mut db = file::connect(copy, OpenFlags::default())?;
        let tx = db.transaction()?;
        tx.execute_batch(
            "DROP TABLE IF EXISTS beside;
             CREATE TABLE beside (name TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL) STRICT, WITHOUT ROWID;",
        )?;
        for (name, content) in files {
            tx.execute("INSERT INTO beside (name, content) VALUES (?1, ?2)", params![name, content])?;
        }
        tx.commit()?;
        db.close().map_err(|(_, cause)| cause)?;
        Ok(())
    };
    put().map_err(|cause| told(cause, copy))
}

fn has_table(db: &Connection) -> anyhow::Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'beside'";
    Ok(db.query_row(sql, [], |_| Ok(())).optional()?.is_some())
}

/// Takes the files out of a checked copy: none where it says nothing of any. At most `most`, each of at most `bytes`.
///
/// # Errors
/// `DatabaseDamaged` where there are more or larger ones, or why it can't be read.
pub fn take_beside(copy: &Path, most: usize, bytes: usize) -> Result<Option<Vec<Beside>>, Error> {
    let take = || -> anyhow::Result<Option<Vec<Beside>>> {
        let db = file::connect(copy, OpenFlags::default())?;
        if !has_table(&db)? {
            return Ok(None);
        }
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let beyond = "SELECT count(*) > ?1 OR coalesce(max(length(content)), 0) > ?2 FROM beside";
        if db.query_row(beyond, params![most, bytes], |row| row.get(0))? {
            return Err(transfer::damaged("the files beside it are too many or too large").into());
        }
        let mut statement = db.prepare("SELECT name, content FROM beside ORDER BY name")?;
        let files = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let files = files.collect::<Result<_, _>>()?;
        drop(statement);
        db.execute_batch("DROP TABLE beside")?;
        db.close().map_err(|(_, cause)| cause)?;
        Ok(Some(files))
    };
    take().map_err(|cause| told(cause, copy))
}
