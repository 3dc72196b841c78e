//! Device models in a backup: each with its dossier, its picture and what the cloud last had of it. They come back beside
//! the restored household once that is open, and those that were there are kept as `models.before-restore`.

use super::unwritten;
use crate::error::Error;
use crate::registration::desk::{FILE, FOLDER, MODELS_MAX};
use crate::registration::{exchange, files};
use crate::store::Beside;
use refill_domain::registration::DOSSIER_MAX;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Files of all models.
pub(super) const FILES_MAX: usize = 3 * MODELS_MAX;

/// Bytes of one.
pub(super) const BYTES_MAX: usize = 4 * DOSSIER_MAX;

/// The files of all models beside a household, by their names below its folder of models.
pub(super) fn files_of(household: &Path) -> Result<Vec<Beside>, Error> {
    let folder = household.join(FOLDER);
    let found = match fs::read_dir(&folder) {
        Ok(found) => found,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(super::unread(&folder, cause)),
    };
    let mut all = Vec::new();
    for entry in found.flatten().take(MODELS_MAX) {
        let name = entry.file_name();
        let Some(model) = name.to_str().filter(|name| name.parse::<Uuid>().is_ok()) else { continue };
        let path = entry.path().join(FILE);
        let mut keep = |name: &str, content: Vec<u8>| all.push((format!("{model}/{name}"), content));
        // What can't be read as a dossier is kept as it is.
        for name in [FILE, exchange::FILE] {
            match fs::read(entry.path().join(name)) {
                Ok(content) if content.len() <= BYTES_MAX => keep(name, content),
                Ok(_) => {}
                Err(cause) if cause.kind() == ErrorKind::NotFound => {}
                Err(cause) => return Err(super::unread(&entry.path(), cause)),
            }
        }
        if let Ok(dossier) = files::open(&path)
            && let (Some(image), Some(content)) = (&dossier.image, files::image_bytes(&path, &dossier))
        {
            keep(&image.file, content);
        }
    }
    Ok(all)
}

/// Models that wait beside a household for its restore. Dropped, they are taken away.
#[derive(Debug)]
pub struct Restoring {
    folder: PathBuf,
}

impl Drop for Restoring {
    fn drop(&mut self) {
        // They are where they should be, or of no use.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A name of a model's own file, and nothing that leads elsewhere.
fn is_own(name: &str) -> Option<(Uuid, &str)> {
    let (model, file) = name.split_once('/')?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    let fits = !file.is_empty() && file.len() <= 200 && !file.starts_with('.') && file.chars().all(plain);
    Some((model.parse().ok()?, file)).filter(|_| fits)
}

impl Restoring {
    /// Lays the models of a backup down beside the household in `folder`. A file whose name is none of a model's is left
    /// out.
    pub(super) fn lay(folder: &Path, files: &[Beside]) -> Result<Self, Error> {
        let restoring = Self { folder: folder.join("models.restoring") };
        let place = &restoring.folder;
        let io = |cause| unwritten(place, cause);
        match fs::remove_dir_all(place) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(io(cause)),
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(place).map_err(io)?;
        for (name, content) in files {
            let Some((model, file)) = is_own(name) else { continue };
            let folder = place.join(model.to_string());
            fs::create_dir_all(&folder).map_err(io)?;
            files::bytes(&folder.join(file), content)?;
        }
        Ok(restoring)
    }

    /// Puts them in the place of those that are there, which are kept beside them.
    ///
    /// # Errors
    /// When the folders can't be moved; then those that were there still are.
    pub fn put_in_place(self) -> Result<(), Error> {
        let Some(household) = self.folder.parent() else { return Ok(()) };
        let (there, aside) = (household.join(FOLDER), household.join("models.before-restore"));
        let io = |cause| unwritten(&there, cause);
        if there.exists() {
            match fs::remove_dir_all(&aside) {
                Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(io(cause)),
                Ok(()) | Err(_) => {}
            }
            fs::rename(&there, &aside).map_err(io)?;
        }
        fs::rename(&self.folder, &there).map_err(|cause| {
            // As it was, as far as that goes.
            let _ = fs::rename(&aside, &there);
            io(cause)
        })
    }
}
