//! One writer at a time: a lock file in the data folder, held as long as the household is open. The system releases it
//! when the program ends, however it ends.

use crate::error::{Code, Error};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The held lock.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file would do, were there no program being started that holds it, too, for a moment.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock of a data folder.
    ///
    /// # Errors
    /// `DatabaseLocked` when another program has it.
    pub fn take(folder: &Path) -> Result<Self, Error> {
        let failed = |cause: std::io::Error| {
            Error::new(
                Code::Unexpected,
                format!("The data folder {} can't be used. Check who may write to it.", folder.display()),
            )
            .caused_by(cause)
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("household.lock"))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(Error::new(
                Code::DatabaseLocked,
                format!(
                    "Another Refill has the household in {} open. Close it and try again.",
                    folder.display()
                ),
            )),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}
