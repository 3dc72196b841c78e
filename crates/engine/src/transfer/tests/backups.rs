//! Backup and restore: the copy is the household, a bad copy is refused before anything is touched, and the household that
//! was there is kept.

use super::*;
use crate::store;
use std::fs;

fn back_up(home: &Home) -> PathBuf {
    let to = home.place("copy.refill");
    backup::backup(home.household.path(), &to, &Course::quiet(Work::Backup)).unwrap();
    to
}

/// Restores into a folder whose household is closed, and opens it.
fn restore(from: &Path, folder: &Path) -> Result<(Household, Option<PathBuf>), Error> {
    let checked = backup::check(from, folder, &Course::quiet(Work::Restore))?;
    let aside = checked.put_in_place()?;
    Ok((Household::open(folder, Arc::new(ManualClock::at(now())))?, aside))
}

#[test]
fn a_backup_taken_while_it_is_open_restores_to_the_same() {
    let home = Home::furnished();
    let copy = back_up(&home);
    let names: Vec<_> = fs::read_dir(home.folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "one file beside the data folder: {names:?}");
    let other = tempfile::tempdir().unwrap();
    let (restored, aside) = restore(&copy, other.path()).unwrap();
    assert_eq!(aside, None);
    let restored =
        Home { folder: tempfile::tempdir().unwrap(), clock: home.clock.clone(), household: restored };
    assert_eq!(restored.folds(), home.folds());
    assert_eq!(restored.export(), home.export());
}

#[test]
fn the_household_that_was_there_is_kept() {
    let home = Home::furnished();
    let copy = back_up(&home);
    let there = Home::empty();
    let folder = there.folder();
    let Home { folder: _keep, household, .. } = there;
    household.close().unwrap();
    let (restored, aside) = restore(&copy, &folder).unwrap();
    assert_eq!(restored.devices.len(), 2);
    let aside = aside.unwrap();
    assert_eq!(aside.file_name().unwrap(), "household.before-restore.db");
    let kept = tempfile::tempdir().unwrap();
    let (kept, _) = restore(&aside, kept.path()).unwrap();
    assert_eq!(kept.devices.len(), 0);
}

#[test]
fn a_backup_that_is_no_use_is_refused_and_the_store_untouched() {
    let home = Home::furnished();
    let copy = back_up(&home);
    let bytes = fs::read(&copy).unwrap();
    let mut newer = bytes.clone();
    newer[60..64].copy_from_slice(&99u32.to_be_bytes());
    let mut torn = bytes.clone();
    torn[4096 * 3..4096 * 4].fill(0xA5);
    let mut other = bytes.clone();
    other[68..72].fill(0);
    let cases = [
        (newer, Code::DatabaseTooNew),
        (torn, Code::DatabaseDamaged),
        (bytes[..bytes.len() - 4096].to_vec(), Code::DatabaseDamaged),
        (other, Code::DatabaseDamaged),
        (b"not a household".to_vec(), Code::DatabaseDamaged),
        (Vec::new(), Code::DatabaseDamaged),
    ];
    let (before, files) = (home.export(), home.files());
    for (index, (content, code)) in cases.into_iter().enumerate() {
        let file = home.file("bad.refill", content);
        let error = backup::check(&file, &home.folder(), &Course::quiet(Work::Restore)).unwrap_err();
        assert_eq!(error.code, code, "case {index}: {error}");
        assert_eq!(home.files(), files, "case {index}");
    }
    assert_eq!(home.export(), before);
}

#[test]
fn a_backup_that_does_not_add_up_is_refused() {
    let home = Home::furnished();
    let copy = back_up(&home);
    store::spoil(&copy, "UPDATE slot_state SET state = replace(state, '79000', '55000')");
    let error = backup::check(&copy, &home.folder(), &Course::quiet(Work::Restore)).unwrap_err();
    assert_eq!(error.code, Code::DatabaseDamaged);
    assert!(error.message.contains("add up"), "{}", error.message);
}

#[test]
fn what_is_stopped_leaves_nothing() {
    let home = Home::furnished();
    let files = home.files();
    let to = home.file("copy.refill", "an earlier backup");
    let stopped = backup::backup(home.household.path(), &to, &cancelled_at(Work::Backup, 1));
    assert_eq!(stopped.unwrap_err().code, Code::Cancelled);
    assert_eq!(fs::read(&to).unwrap(), b"an earlier backup");
    assert!(!beside(&to).exists());
    let copy = back_up(&home);
    let stopped = backup::check(&copy, &home.folder(), &cancelled_at(Work::Restore, 1));
    assert_eq!(stopped.unwrap_err().code, Code::Cancelled);
    assert_eq!(home.files(), files);
}

#[test]
fn the_household_is_not_its_own_backup() {
    let home = Home::furnished();
    let own = home.household.path().to_owned();
    let refused = backup::backup(&own, &own, &Course::quiet(Work::Backup));
    assert_eq!(refused.unwrap_err().code, Code::BadField);
    home.folds();
}

/// A model beside a household: its dossier, and a file of the same folder that is none of its own.
fn keep_model(folder: &Path, name: &str) -> PathBuf {
    let model = folder.join("models").join(Uuid::from_u128(7).to_string());
    fs::create_dir_all(&model).unwrap();
    let dossier = refill_domain::registration::Dossier { name: name.into(), ..Default::default() };
    fs::write(model.join("dossier.json"), refill_domain::registration::write(&dossier)).unwrap();
    fs::write(model.join("notes.txt"), "mine").unwrap();
    model.join("dossier.json")
}

#[test]
fn device_models_come_back_with_the_household_and_those_that_were_there_are_kept() {
    let home = Home::furnished();
    let dossier = keep_model(&home.folder(), "In the backup");
    let picture = dossier.with_file_name("broken.json");
    fs::write(&picture, "no picture").unwrap();
    let copy = back_up(&home);
    let other = Home::empty();
    let folder = other.folder();
    let there = keep_model(&folder, "Already there");
    let Home { folder: _keep, household, .. } = other;
    household.close().unwrap();
    let mut checked = backup::check(&copy, &folder, &Course::quiet(Work::Restore)).unwrap();
    let models = checked.models.take().unwrap();
    let before = fs::read_to_string(&there).unwrap();
    checked.put_in_place().unwrap();
    assert_eq!(fs::read_to_string(&there).unwrap(), before, "not before the household is open");
    Household::open(&folder, home.clock.clone()).unwrap().close().unwrap();
    models.put_in_place().unwrap();
    assert_eq!(fs::read(&there).unwrap(), fs::read(&dossier).unwrap());
    assert!(!there.with_file_name("notes.txt").exists());
    let aside = folder.join("models.before-restore").join(Uuid::from_u128(7).to_string());
    assert_eq!(fs::read_to_string(aside.join("dossier.json")).unwrap(), before);
    assert!(!folder.join("models.restoring").exists());
}

#[test]
fn an_older_backup_leaves_the_models_that_are_there() {
    let home = Home::furnished();
    let copy = back_up(&home);
    store::take_beside(&copy, 10, 10).unwrap().unwrap();
    let other = tempfile::tempdir().unwrap();
    let checked = backup::check(&copy, other.path(), &Course::quiet(Work::Restore)).unwrap();
    assert!(checked.models.is_none());
}

#[test]
fn a_backup_with_files_that_lead_elsewhere_lays_none_of_them_down() {
    let home = Home::furnished();
    let copy = back_up(&home);
    let own = Uuid::from_u128(9);
    let names = ["../household.db", "x/dossier.json", "/etc/passwd"].map(str::to_owned);
    let inside = ["../x", "..", "a/b", "C:x", ".hidden", ""].map(|name| format!("{own}/{name}"));
    let files: Vec<_> = names.into_iter().chain(inside).map(|name| (name, b"x".to_vec())).collect();
    store::put_beside(&copy, &files).unwrap();
    let other = tempfile::tempdir().unwrap();
    let checked = backup::check(&copy, other.path(), &Course::quiet(Work::Restore)).unwrap();
    let laid = other.path().join("models.restoring");
    assert_eq!(fs::read_dir(&laid).unwrap().count(), 0);
    drop(checked);
    assert!(!laid.exists());
    store::put_beside(&copy, &[(format!("{own}/dossier.json"), vec![0; 5 * 1024 * 1024])]).unwrap();
    let why = backup::check(&copy, other.path(), &Course::quiet(Work::Restore)).unwrap_err();
    assert_eq!(why.code, Code::DatabaseDamaged);
}
