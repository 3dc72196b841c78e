//! Rehearsals beside their model: `rehearsal-<time>.json`, one file for each run with everything a verdict rests on. For a
//! case the newest run counts that was about it; a run that counts for no case any more goes. A file that can't be read
//! counts for nothing and is left alone.

use crate::error::Error;
use crate::registration::files;
use chrono::{DateTime, Utc};
use refill_domain::certification::{Case, Judged, Transcript};
use refill_domain::registration::Dossier;
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What the document calls itself.
pub const KEPT_FORMAT: &str = "refill-rehearsal";

/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;

/// Bytes of a file that is read at all.
const FILE_MAX: u64 = 32 * 1024 * 1024;

/// Files that are looked at; there are at most as many as cases.
const FILES_MAX: usize = 64;

/// A rehearsal that was held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// [`KEPT_FORMAT`].
    pub format: String,
    /// Of the document.
    pub version: u32,
    /// When it was held.
    pub held_at: DateTime<Utc>,
    /// How long that took, in milliseconds.
    pub took_ms: u64,
    /// The model as it was then.
    pub dossier: Dossier,
    /// What happened.
    pub transcript: Transcript,
    /// What came of the cases it was about.
    pub judged: Vec<Judged>,
}

impl Kept {
    /// A run that just ended.
    pub fn new(
        (held_at, took_ms): (DateTime<Utc>, u64),
        dossier: Dossier,
        transcript: Transcript,
        judged: Vec<Judged>,
    ) -> Self {
        Self {
            format: KEPT_FORMAT.to_owned(),
            version: VERSION,
            held_at,
            took_ms,
            dossier,
            transcript,
            judged,
        }
    }
}

/// The rehearsals of a model.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// With their files, the oldest first.
    pub runs: Vec<(PathBuf, Kept)>,
    /// Files that can't be read.
    pub unreadable: u32,
}

fn is_ours(name: &str) -> bool {
    name.starts_with("rehearsal-") && name.ends_with(".json")
}

fn open(path: &Path) -> Option<Kept> {
    let mut text = Vec::new();
    std::fs::File::open(path).ok()?.take(FILE_MAX).read_to_end(&mut text).ok()?;
    let kept: Kept = serde_json::from_slice(&text).ok()?;
    (kept.format == KEPT_FORMAT && kept.version <= VERSION).then_some(kept)
}

impl Shelf {
    /// Reads those in a model's folder.
    pub fn read(folder: &Path) -> Self {
        let mut shelf = Self::default();
        let Ok(all) = std::fs::read_dir(folder) else { return shelf };
        let named = all.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_ours));
        let mut paths: Vec<PathBuf> = named.map(|entry| entry.path()).collect();
        // Names begin with the time: the newest are looked at.
        paths.sort();
        for path in paths.into_iter().rev().take(FILES_MAX) {
            match open(&path) {
                Some(kept) => shelf.runs.push((path, kept)),
                None => shelf.unreadable += 1,
            }
        }
        shelf.runs.reverse();
        shelf.runs.sort_by_key(|(_, kept)| kept.held_at);
        shelf
    }

    /// The run that counts for a case, by its place, with what came of it.
    pub fn of(&self, case: Case) -> Option<(usize, &Kept, &Judged)> {
        self.runs.iter().enumerate().rev().find_map(|(at, (_, kept))| {
            kept.judged.iter().find(|judged| judged.case == case).map(|judged| (at, kept, judged))
        })
    }

    /// The runs that count for any case, by their places.
    pub fn counting(&self) -> Vec<usize> {
        let mut all: Vec<usize> = Case::ALL.iter().filter_map(|case| Some(self.of(*case)?.0)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Keeps a run in a model's folder, and removes those that count for nothing any more.
pub(super) fn keep(folder: &Path, kept: &Kept) -> Result<(), Error> {
    let stem = format!("rehearsal-{}", kept.held_at.format("%Y%m%dT%H%M%S%3fZ"));
    // Two may end at the same moment of a clock that stands.
    let path =
        (0..).map(|nth| folder.join(format!("{stem}{}.json", "b".repeat(nth)))).find(|path| !path.exists());
    let Some(path) = path else { return Ok(()) };
    write(&path, kept)?;
    let shelf = Shelf::read(folder);
    let counting = shelf.counting();
    for (at, (path, _)) in shelf.runs.iter().enumerate() {
        if !counting.contains(&at) {
            // One that stays counts for nothing all the same.
            let _ = std::fs::remove_file(path);
        }
    }
    Ok(())
}

/// Writes a run to its file.
pub(super) fn write(path: &Path, kept: &Kept) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(kept).map_err(anyhow::Error::from)?;
    files::text(path, &format!("{text}\n")).map(|_| ())
}
