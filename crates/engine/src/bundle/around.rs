//! What is around a household: the program, the system, the log, and what on this computer says who uses it.

use crate::store;
use crate::{crash, places, region, transfer};
use refill_domain::bundle::{Formats, Hider, Kind, Part, Text, Versions};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes of the log that are read, from its end.
const LOG_MAX: u64 = 384 * 1024;

/// Lines of the log.
pub(super) const LOG_LINES: usize = 2000;

/// Lines of a crash report.
pub(super) const CRASH_LINES: usize = 300;

/// Shortest name of a user that is looked for; a shorter one says nothing.
const USER_MIN: usize = 3;

/// What is around a household.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The household's folder.
    pub folder: PathBuf,
    /// Other folders that say who somebody is.
    pub folders: Vec<PathBuf>,
    /// What this computer and who uses it are called.
    pub names: Vec<String>,
    /// The system.
    pub system: String,
    /// The end of the log.
    pub log: String,
    /// The report of a crash.
    pub crash: String,
}

fn system() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let named = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    named.map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned())
}

fn names() -> Vec<String> {
    let variables = ["USER", "LOGNAME", "USERNAME", "HOSTNAME", "COMPUTERNAME"];
    let mut names: Vec<String> = variables.iter().filter_map(|name| std::env::var(name).ok()).collect();
    names.extend(std::fs::read_to_string("/etc/hostname").map(|name| name.trim().to_owned()));
    // These are nobody's.
    names.retain(|name| {
        name.chars().count() >= USER_MIN && !["root", "user", "localhost"].contains(&name.as_str())
    });
    names
}

/// The end of the log in a folder: of today's file, and of the one before if that is short.
pub fn log_of(folder: &Path) -> String {
    let found = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = found
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("refill") && name.ends_with(".log")
        })
        .collect();
    // The day is in the name.
    files.sort();
    let (mut parts, mut left) = (Vec::new(), LOG_MAX);
    for file in files.iter().rev() {
        let Ok((part, whole)) = end_of(file, left) else { continue };
        left = left.saturating_sub(u64::try_from(part.len()).unwrap_or(u64::MAX));
        parts.push(part);
        // A day of which the beginning is missing has none before it.
        if !whole || left == 0 {
            break;
        }
    }
    parts.reverse();
    parts.concat()
}

/// The last bytes of a file, from the beginning of a line on, and whether that is all of it.
fn end_of(file: &Path, most: u64) -> std::io::Result<(String, bool)> {
    let mut file = File::open(file)?;
    let long = file.metadata()?.len();
    let cut = long.saturating_sub(most);
    file.seek(SeekFrom::Start(cut))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if cut == 0 {
        return Ok((text, true));
    }
    Ok((text.split_once('\n').map(|(_, rest)| rest.to_owned()).unwrap_or_default(), false))
}

impl Around {
    /// What is around the household in `folder` on this computer; `usual` is where its program was told to keep things.
    pub fn here(usual: &Path, folder: &Path) -> Self {
        let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let mut folders = vec![usual.to_owned(), places::logs(usual)];
        folders.extend(home.filter(|home| home.components().count() > 1));
        Self {
            folder: folder.to_owned(),
            folders,
            names: names(),
            system: system(),
            log: log_of(&places::logs(usual)),
            crash: crash::report(usual).unwrap_or_default(),
        }
    }

    pub(super) fn tell(&self, hider: &mut Hider) {
        for folder in std::iter::once(&self.folder).chain(&self.folders) {
            let text = folder.display().to_string();
            if text.len() > 1 {
                hider.knows(Kind::Path, &text);
            }
        }
        for name in &self.names {
            hider.knows(Kind::Name, name);
        }
    }

    /// The version of a file that can't be opened, as its head says.
    pub(super) fn schema(&self) -> Option<u32> {
        store::schema_of(&self.folder.join(store::FILE))
    }

    pub(super) fn versions(&self, hider: &mut Hider, schema: Option<u32>) -> Versions {
        Versions {
            program: Text::word(env!("CARGO_PKG_VERSION")),
            system: hider.text(Part::App, &self.system),
            machine: Text::word(std::env::consts::ARCH),
            language: hider.text(Part::App, &region::system()),
            schema,
            schema_known: store::SCHEMA,
            formats: Formats {
                export: u32::try_from(transfer::document::VERSION).unwrap_or_default(),
                dossier: refill_domain::registration::VERSION,
                cloud: Text::word("v1"),
                alexa: Text::word(refill_domain::alexa::PAYLOAD_VERSION),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_s_end_is_read_over_several_days_and_from_a_line_on() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(log_of(folder.path()), "");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("refill.2026-11-20.log", "first\n");
        write("refill.2026-11-21.log", "second\n");
        write("crash.txt", "no log\n");
        assert_eq!(log_of(folder.path()), "first\nsecond\n");
        let line = format!("{}\n", "x".repeat(99));
        write("refill.2026-11-22.log", &line.repeat(usize::try_from(LOG_MAX).unwrap() / 100 + 5));
        let end = log_of(folder.path());
        assert!(end.len() <= usize::try_from(LOG_MAX).unwrap() && end.starts_with("xx"), "{}", end.len());
        assert!(end.lines().filter(|of| of.starts_with('x')).all(|of| of.len() == 99));
    }
}
