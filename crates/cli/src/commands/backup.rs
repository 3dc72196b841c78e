//! `refillctl backup` and `refillctl restore`: the household in one checked file, and back. A restore is checked before it
//! takes the household's place, which is kept beside it. JSON: what was written or restored.

use crate::failure::Failure;
use crate::session::Session;
use clap::Args;
use refill_engine::household::Household;
use refill_engine::lock::Lock;
use refill_engine::store;
use refill_engine::transfer::backup;
use refill_engine::transfer::models::Restoring;
use refill_engine::view::Work;
use serde_json::json;
use std::path::PathBuf;

/// Where to.
#[derive(Debug, Args)]
#[command(after_help = "The household may be open in the app meanwhile.")]
pub struct BackupArgs {
    /// The file to write
    file: PathBuf,
}

/// What from.
#[derive(Debug, Args)]
#[command(
    after_help = "The household that is there is kept beside the restored one, as household.before-restore.db. \
    A damaged backup, or one of a newer Refill, is refused and changes nothing."
)]
pub struct RestoreArgs {
    /// The backup
    file: PathBuf,
}

/// Writes a backup.
pub fn back_up(args: &BackupArgs, session: &mut Session) -> Result<(), Failure> {
    session.expect()?;
    let from = session.folder().join(store::FILE);
    let (census, bytes) = backup::backup(&from, &args.file, &session.course(Work::Backup))?;
    let (say, name) = (session.say_anyway(), args.file.display().to_string());
    let json = json!({
        "file": name, "bytes": bytes, "devices": census.devices, "slots": census.slots, "entries": census.entries,
        "newest": census.newest,
    });
    let (devices, entries) = (census.devices.to_string(), census.entries.to_string());
    session.out.show(&json, || {
        Ok(vec![say.say("done_backed_up", &[("file", &name), ("devices", &devices), ("entries", &entries)])])
    })
}

/// Restores one.
pub fn restore(args: &RestoreArgs, session: &mut Session) -> Result<(), Failure> {
    let folder = session.folder();
    let lock = Lock::take(&folder)?;
    let mut checked = backup::check(&args.file, &folder, &session.course(Work::Restore))?;
    let (census, models) = (checked.census, checked.models.take());
    if session.exists()
        && let Ok(present) = Household::open(&folder, session.clock())
    {
        // Writes back what lies beside the file, so that what is kept is one file.
        present.close()?;
    }
    let aside = checked.put_in_place()?;
    if let Err(cause) = Household::open(&folder, session.clock()).and_then(Household::close) {
        if let Some(aside) = &aside {
            store::put_back(aside, &folder.join(store::FILE))?;
        }
        return Err(cause.into());
    }
    models.map_or(Ok(()), Restoring::put_in_place)?;
    drop(lock);
    let (say, before) = (session.say_anyway(), aside.map(|path| path.display().to_string()));
    let json = json!({
        "devices": census.devices, "slots": census.slots, "entries": census.entries, "before": before,
    });
    let (devices, entries) = (census.devices.to_string(), census.entries.to_string());
    session.out.show(&json, || {
        let counts = [("devices", devices.as_str()), ("entries", entries.as_str())];
        Ok(vec![match &before {
            Some(before) => say.say("done_restore", &[counts[0], counts[1], ("before", before)]),
            None => say.say("done_restore_new", &counts),
        }])
    })
}
