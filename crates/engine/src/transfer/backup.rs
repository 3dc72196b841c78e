//! Backup to one file and restore from it. A backup is a copy of the household's file as it is at one moment, with the
//! device models that lie beside it, checked before it gets its name. What is restored is copied, checked and folded again first; only then does it take the place
//! of the household that is there, which is kept beside it.

use super::models::{self, Restoring};
use super::{Course, beside, unwritten};
use crate::error::Error;
use crate::store::{self, Census, Reader};
use std::fs;
use std::path::{Path, PathBuf};

/// Where a copy lies while it is checked.
const RESTORING: &str = "household.restoring";

/// Writes a backup of the household at `from`, whole or not at all. The household may be open and in use.
///
/// # Errors
/// `Cancelled`, or why it can't be written; what stood there before then still does.
pub fn backup(from: &Path, to: &Path, course: &Course) -> Result<(Census, u64), Error> {
    let part = beside(to);
    let io = |cause| unwritten(to, cause);
    let same =
        fs::canonicalize(from).ok().is_some_and(|from| fs::canonicalize(to).is_ok_and(|to| from == to));
    if same {
        let message = "That is the household itself. Choose another place for the backup.";
        return Err(Error::new(crate::error::Code::BadField, message).at("file"));
    }
    let make = || {
        clear(&part).map_err(io)?;
        Reader::open(from)?.copy_to(&part, |done, pages| course.at(done, Some(pages)))?;
        store::put_beside(&part, &models::files_of(from.parent().unwrap_or(Path::new("")))?)?;
        let census = store::check(&part, course.stop())?;
        course.at(u64::MAX, None)?;
        let file = fs::File::open(&part).map_err(io)?;
        file.sync_all().map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        drop(file);
        fs::rename(&part, to).map_err(io)?;
        Ok((census, bytes))
    };
    let made = make();
    if made.is_err() {
        // What failed is told.
        let _ = clear(&part);
    }
    made
}

/// A checked copy of a backup in the household's folder, ready to take its place. Dropped, it is taken away.
#[derive(Debug)]
pub struct Checked {
    copy: PathBuf,
    /// What is in it.
    pub census: Census,
    /// The device models of the backup, where it says anything of them: to be put in place once the household is open.
    pub models: Option<Restoring>,
}

impl Drop for Checked {
    fn drop(&mut self) {
        // It is where it should be, or of no use.
        let _ = clear(&self.copy);
    }
}

/// Copies a backup beside the household of `folder` and checks it: whole, not of a newer program, and every slot folds
/// to the state the backup says. The household is not touched.
///
/// # Errors
/// `DatabaseTooNew`, `DatabaseDamaged`, `Cancelled`, or why it can't be copied.
pub fn check(from: &Path, folder: &Path, course: &Course) -> Result<Checked, Error> {
    let copy = folder.join(RESTORING);
    let io = |cause| unwritten(&copy, cause);
    fs::create_dir_all(folder).and_then(|()| clear(&copy)).map_err(io)?;
    let mut checked = Checked { copy: copy.clone(), census: Census::default(), models: None };
    Reader::open_to_copy(from)?.copy_to(&copy, |done, pages| course.at(done, Some(pages)))?;
    checked.census = store::check(&copy, course.stop())?;
    let kept = store::take_beside(&copy, models::FILES_MAX, models::BYTES_MAX)?;
    checked.models = kept.map(|files| Restoring::lay(folder, &files)).transpose()?;
    course.at(u64::MAX, None)?;
    Ok(checked)
}

impl Checked {
    /// Puts the copy in the place of the household of its folder, which must be closed. Says where that one is kept now.
    ///
    /// # Errors
    /// When the files can't be moved; then everything is as it was.
    pub fn put_in_place(self) -> Result<Option<PathBuf>, Error> {
        store::put_in_place(&self.copy, &self.copy.with_file_name(store::FILE))
    }
}

fn clear(path: &Path) -> std::io::Result<()> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::remove_file(PathBuf::from(name)) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(cause),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
