//! Where a trial lies: one folder beside the person's household, with everything of the trial in it, readable by the
//! person alone. It goes with the trial. One that was left behind (the power went, the program was ended) has nobody who
//! holds its lock, and goes at the next start; one that holds anything else is not ours and is left alone.

use anyhow::{Context, bail};
use refill_engine::lock::Lock;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

/// The folder's name beside the household.
const NAME: &str = "trial";

/// The file that says whose it is, which [`Lock`] makes.
const LOCK: &str = "household.lock";

/// A folder for one trial.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    lock: Option<Lock>,
}

impl Place {
    /// An empty one in the data folder.
    ///
    /// # Errors
    /// The disk refuses, another program has a trial open, or somebody else's files are there.
    pub fn make(data: &Path) -> anyhow::Result<Self> {
        sweep(data);
        let folder = data.join(NAME);
        if folder.symlink_metadata().is_ok() {
            bail!("{} is in use, or not of Refill", folder.display());
        }
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).with_context(|| format!("Make {}", folder.display()))?;
        let lock = Lock::take(&folder)?;
        Ok(Self { folder, lock: Some(lock) })
    }

    /// Where the cloud keeps what it keeps.
    pub fn cloud(&self) -> PathBuf {
        self.folder.join("cloud")
    }

    /// Where the household lies.
    pub fn household(&self) -> PathBuf {
        self.folder.join("household")
    }
}

impl Drop for Place {
    /// Nothing of it stays.
    fn drop(&mut self) {
        self.lock = None;
        remove(&self.folder);
    }
}

fn remove(folder: &Path) {
    if let Err(cause) = std::fs::remove_dir_all(folder) {
        // The next start tries again.
        tracing::warn!(%cause, "what was left of a trial could not be removed");
    }
}

/// Removes what a trial left behind that did not come to its end.
pub fn sweep(data: &Path) {
    let folder = data.join(NAME);
    let is_folder = folder.symlink_metadata().is_ok_and(|about| about.is_dir());
    let empty = || std::fs::read_dir(&folder).is_ok_and(|mut all| all.next().is_none());
    if !is_folder || !(folder.join(LOCK).is_file() || empty()) {
        return;
    }
    if let Ok(lock) = Lock::take(&folder) {
        drop(lock);
        remove(&folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_behind_goes_and_what_is_in_use_or_not_ours_stays() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join(NAME);
        sweep(data.path());
        let place = Place::make(data.path()).unwrap();
        std::fs::create_dir(place.household()).unwrap();
        sweep(data.path());
        assert!(place.household().is_dir(), "in use");
        assert!(Place::make(data.path()).is_err());
        assert!(place.household().is_dir());
        drop(place);
        assert!(!folder.exists());

        // As a program leaves it that was killed.
        std::fs::create_dir_all(folder.join("cloud")).unwrap();
        std::fs::write(folder.join(LOCK), "").unwrap();
        sweep(data.path());
        assert!(!folder.exists());
        std::fs::create_dir(&folder).unwrap();
        sweep(data.path());
        assert!(!folder.exists());

        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("thesis.txt"), "mine").unwrap();
        sweep(data.path());
        assert!(Place::make(data.path()).is_err());
        assert_eq!(std::fs::read_to_string(folder.join("thesis.txt")).unwrap(), "mine");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let (data, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(other.path().join(LOCK), "").unwrap();
        std::os::unix::fs::symlink(other.path(), data.path().join(NAME)).unwrap();
        sweep(data.path());
        assert!(Place::make(data.path()).is_err());
        assert!(other.path().join(LOCK).is_file());
    }
}
