//! Moving a household's data out and in: export as JSON and CSV, import of our JSON and of tables with a look at what
//! will happen first, backup to one file and restore from it. Everything here ends whole or leaves nothing behind, says
//! how far it is, and can be cancelled between any two rows.

pub mod backup;
mod columns;
mod dates;
pub mod desk;
pub mod document;
pub mod export;
pub mod import;
mod judge;
mod ledger_csv;
pub mod models;
mod places;
mod rows;
mod survey;
mod table;

use crate::error::{Code, Error};
use crate::view::Work;
use std::cell::Cell;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Steps between two words about progress when nobody knows how many there are.
const STEPS: u64 = 2000;

/// What cancels work, from any thread.
pub type Cancel = Arc<AtomicBool>;

/// One long piece of work: how far it is, and whether it goes on.
pub struct Course {
    work: Work,
    cancel: Cancel,
    tell: Box<dyn Fn(Work, u64, Option<u64>) + Send>,
    next: Cell<u64>,
}

impl Course {
    /// Work that `cancel` ends and `tell` hears of: what, how much is done, of how much.
    pub fn new(work: Work, cancel: Cancel, tell: impl Fn(Work, u64, Option<u64>) + Send + 'static) -> Self {
        Self { work, cancel, tell: Box::new(tell), next: Cell::new(0) }
    }

    /// Work that nobody watches or cancels.
    pub fn quiet(work: Work) -> Self {
        Self::new(work, Cancel::default(), |_, _, _| {})
    }

    /// Called often, tells now and then.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn at(&self, done: u64, total: Option<u64>) -> Result<(), Error> {
        if done >= self.next.get() {
            let step = total.map_or(STEPS, |total| (total / 200).max(1));
            self.next.set(done.saturating_add(step));
            (self.tell)(self.work, done, total);
        }
        if self.cancel.load(Ordering::Relaxed) { Err(cancelled()) } else { Ok(()) }
    }

    /// What ends SQLite's own long steps.
    pub(crate) fn stop(&self) -> impl Fn() -> bool + Send + 'static {
        let cancel = self.cancel.clone();
        move || cancel.load(Ordering::Relaxed)
    }
}

/// The person stopped it.
pub(crate) fn cancelled() -> Error {
    Error::new(Code::Cancelled, "Stopped. Nothing was changed.")
}

/// A file that is of no use, in words.
pub(crate) fn bad_file(message: impl Into<String>) -> Error {
    Error::new(Code::BadFile, message)
}

/// Writes a file whole or not at all: under another name first. What stood there before stays until then.
pub(crate) fn write_whole<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, Error>,
) -> Result<(T, u64), Error> {
    let part = beside(path);
    let io = |cause: std::io::Error| unwritten(path, cause);
    let fill = || {
        let mut out = BufWriter::with_capacity(1 << 16, File::create(&part).map_err(io)?);
        let result = write(&mut out)?;
        out.flush().map_err(io)?;
        let file = out.into_inner().map_err(|cause| io(cause.into_error()))?;
        file.sync_all().map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        drop(file);
        std::fs::rename(&part, path).map_err(io)?;
        Ok((result, bytes))
    };
    let done = fill();
    if done.is_err() {
        // What failed is told.
        let _ = std::fs::remove_file(&part);
    }
    done
}

/// Writes a text to a file that a person chose, whole or not at all.
///
/// # Errors
/// Why it can't be written.
pub fn write_text(path: &Path, text: &str) -> Result<(), Error> {
    write_whole(path, |out| out.write_all(text.as_bytes()).map_err(|cause| unwritten(path, cause))).map(drop)
}

/// The name of a file while it is being written.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

pub(crate) fn unwritten(path: &Path, cause: std::io::Error) -> Error {
    let message = match cause.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            return Error::new(Code::DiskFull, "The disk is full. Make room or choose another place.")
                .caused_by(cause);
        }
        _ => format!("{} can't be written. Choose another place.", path.display()),
    };
    Error::new(Code::Unexpected, message).caused_by(cause)
}

pub(crate) fn unread(path: &Path, cause: std::io::Error) -> Error {
    bad_file(format!("{} can't be read. Choose another file.", path.display())).caused_by(cause)
}

#[cfg(test)]
mod tests;
