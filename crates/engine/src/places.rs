//! Where things are kept on each platform: data beside other programs' data, logs where the platform looks for them.
//! `REFILL_DATA` puts both into one folder, for tests and for a household on a stick.

use crate::error::{Code, Error};
use directories::ProjectDirs;
use std::path::{Path, PathBuf};

/// Name of the file that remembers a household opened elsewhere.
const CHOICE: &str = "household.location";

/// The data folder: `~/.local/share/refill`, `~/Library/Application Support/app.Refill.Refill`,
/// `%APPDATA%\Refill\Refill\data`.
pub fn data() -> PathBuf {
    if let Some(folder) = std::env::var_os("REFILL_DATA").filter(|folder| !folder.is_empty()) {
        return PathBuf::from(folder);
    }
    project().map_or_else(|| PathBuf::from("refill-data"), |dirs| dirs.data_dir().to_owned())
}

/// The folder of logs and crash reports, below the data folder unless the platform has a place of its own.
pub fn logs(data: &Path) -> PathBuf {
    let own = std::env::var_os("REFILL_DATA").is_none_or(|folder| folder.is_empty());
    let state = project().filter(|_| own).and_then(|dirs| dirs.state_dir().map(Path::to_owned));
    state.unwrap_or_else(|| data.to_owned()).join("logs")
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("app", "Refill", "Refill")
}

/// The folder whose household is to be open: `usual`, or the one last chosen instead, whether it is there or not.
pub fn chosen(usual: &Path) -> PathBuf {
    std::fs::read_to_string(usual.join(CHOICE))
        .ok()
        .map(|text| PathBuf::from(text.trim_end_matches(['\r', '\n'])))
        .filter(|folder| folder.is_absolute())
        .unwrap_or_else(|| usual.to_owned())
}

/// Remembers the folder whose household is to be open.
///
/// # Errors
/// When the choice can't be kept, or the folder's name is not text.
pub fn choose(usual: &Path, folder: &Path) -> Result<(), Error> {
    let failed = || Error::new(Code::Unexpected, format!("{} can't be remembered.", folder.display()));
    let file = usual.join(CHOICE);
    if folder == usual {
        return match std::fs::remove_file(&file) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(failed().caused_by(cause)),
            Ok(()) | Err(_) => Ok(()),
        };
    }
    let text = folder.to_str().filter(|text| !text.contains(['\r', '\n'])).ok_or_else(failed)?;
    std::fs::create_dir_all(usual)
        .and_then(|()| std::fs::write(&file, text))
        .map_err(|cause| failed().caused_by(cause))
}
