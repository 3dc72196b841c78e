//! Opening a household at the run loop: under its lock, and never an empty one in the place of one that is not there.

use crate::engine::Config;
use crate::error::{Code, Error};
use crate::household::Household;
use crate::lock::Lock;
use crate::view::Trouble;
use std::path::Path;

pub(super) fn open(config: &Config, folder: &Path) -> (Result<Household, Trouble>, Option<Lock>) {
    let found = if folder == config.folder || folder.is_dir() {
        Ok(())
    } else {
        // A stick that is not plugged in: an empty household in its place would hide what is on it.
        let message =
            format!("{} is not there. Plug its disk in, or open another household.", folder.display());
        Err(Error::new(Code::FolderMissing, message))
    };
    let opened = found
        .and_then(|()| Lock::take(folder))
        .and_then(|lock| Ok((Household::open(folder, config.clock.clone())?, lock)));
    match opened {
        Ok((household, lock)) => (Ok(household), Some(lock)),
        Err(cause) => {
            tracing::error!(code = ?cause.code, "the household could not be opened");
            (Err(cause.trouble()), None)
        }
    }
}
