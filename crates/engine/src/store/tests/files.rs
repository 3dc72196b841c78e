//! What is not a household of ours, or not one we know, is refused with words and left to the byte; nothing lies beside
//! it afterwards. A household is made whole, or not at all.

use super::*;

fn refused(folder: &Path) -> Error {
    let before = bytes_in(folder);
    let by_writer = Store::open(folder).expect_err("refused");
    assert_eq!(bytes_in(folder), before, "opening to write left something behind");
    let by_reader = Reader::open(&folder.join(FILE)).expect_err("refused");
    assert_eq!(bytes_in(folder), before, "opening to read left something behind");
    assert_eq!(by_writer.code, by_reader.code);
    by_writer
}

/// A closed household with a slot and two readings.
fn household() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let row = with_slot(&mut store, &ink());
    append(&mut store, &row, &mut Fold::default(), &[reading(10, 0, 80), reading(11, 60, 79)]);
    store.close().unwrap();
    folder
}

fn other_database(folder: &Path, sql: &str) {
    let db = Connection::open(folder.join(FILE)).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    db.execute_batch(sql).unwrap();
    db.close().unwrap();
}

#[test]
fn a_closed_household_is_one_file() {
    let folder = household();
    assert_eq!(bytes_in(folder.path()).into_keys().collect::<Vec<_>>(), [FILE]);
}

#[test]
fn a_newer_household_is_refused_and_left_to_the_byte() {
    let folder = household();
    other_database(folder.path(), "PRAGMA user_version = 99");
    let error = refused(folder.path());
    assert_eq!(error.code, Code::DatabaseTooNew);
    assert!(error.message.contains("newer Refill"), "{}", error.message);
}

#[test]
fn a_newer_household_cut_off_before_its_checkpoint_is_refused_too() {
    let folder = household();
    let file = folder.path().join(FILE);
    let db = Connection::open(&file).unwrap();
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    db.execute_batch("PRAGMA user_version = 99").unwrap();
    db.close().unwrap();
    let kept = |folder: &Path| {
        let mut files = bytes_in(folder);
        // The index of the WAL is made anew by whoever looks at it.
        files.remove("household.db-shm");
        files
    };
    let before = kept(folder.path());
    assert!(!before["household.db-wal"].is_empty());
    assert_eq!(Store::open(folder.path()).expect_err("refused").code, Code::DatabaseTooNew);
    assert_eq!(kept(folder.path()), before);
}

#[test]
fn a_database_of_another_program_is_refused() {
    for sql in [
        "PRAGMA application_id = 1; CREATE TABLE notes (text TEXT)",
        "CREATE TABLE notes (text TEXT)",
        "PRAGMA user_version = 1; CREATE TABLE slot (key INTEGER)",
    ] {
        let folder = tempfile::tempdir().unwrap();
        other_database(folder.path(), sql);
        let error = refused(folder.path());
        assert_eq!(error.code, Code::DatabaseDamaged, "{sql}");
        assert!(error.message.contains("not a household of Refill"), "{}", error.message);
    }
}

#[test]
fn what_is_no_database_is_refused() {
    let noise: Vec<u8> = (0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let html = b"<!DOCTYPE html><html><body>Sign in to the network</body></html>".to_vec();
    let only_magic = b"SQLite format 3\0".to_vec();
    let magic_and_noise = [b"SQLite format 3\0".to_vec(), noise.clone()].concat();
    for bytes in [Vec::new(), html, only_magic, magic_and_noise, noise] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), &bytes).unwrap();
        let error = refused(folder.path());
        assert_eq!(error.code, Code::DatabaseDamaged);
        assert!(error.message.contains("left as it is"), "{}", error.message);
    }
}

#[test]
fn a_household_cut_off_anywhere_is_refused() {
    let whole = bytes_in(household().path()).remove(FILE).unwrap();
    for length in [1, 99, 100, 512, 4095, 4096, 4097, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), &whole[..length]).unwrap();
        assert_eq!(refused(folder.path()).code, Code::DatabaseDamaged, "cut at {length}");
    }
}

#[test]
fn a_household_with_garbled_pages_is_refused_when_it_is_loaded() {
    let whole = bytes_in(household().path()).remove(FILE).unwrap();
    let clock = || std::sync::Arc::new(crate::clock::ManualClock::at(minute(0)));
    let pages = whole.len() / 4096;
    let mut told = 0;
    for page in 1..pages {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xA5);
        std::fs::write(folder.path().join(FILE), &bytes).unwrap();
        let before = bytes_in(folder.path());
        if let Err(error) = crate::household::Household::open(folder.path(), clock()) {
            assert_eq!(error.code, Code::DatabaseDamaged, "page {page}");
            told += 1;
        }
        assert_eq!(bytes_in(folder.path()), before, "page {page}");
    }
    // Devices, slots, their states, use by day and settings are read at once; readings and entries when asked for.
    assert!(told >= 5, "only {told} of {pages} garbled pages were noticed");
}

#[test]
fn a_folder_in_place_of_the_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(FILE)).unwrap();
    assert_eq!(Store::open(folder.path()).expect_err("refused").code, Code::Unexpected);
    assert_eq!(Reader::open(&folder.path().join("none.db")).expect_err("refused").code, Code::Unexpected);
}

#[test]
fn a_household_cut_off_while_it_was_made_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("household.new"), b"half a file").unwrap();
    std::fs::write(folder.path().join("household.new-journal"), b"half a journal").unwrap();
    Store::open(folder.path()).unwrap().close().unwrap();
    assert_eq!(bytes_in(folder.path()).into_keys().collect::<Vec<_>>(), [FILE]);
}

#[test]
fn the_rest_of_a_household_that_was_taken_away_is_kept_apart() {
    let folder = household();
    let store = Store::open(folder.path()).unwrap();
    store.db.execute_batch("UPDATE slot SET name = 'In the WAL'").unwrap();
    let rest = bytes_in(folder.path()).remove("household.db-wal").unwrap();
    store.close().unwrap();
    std::fs::remove_file(folder.path().join(FILE)).unwrap();
    std::fs::write(folder.path().join("household.db-wal"), &rest).unwrap();

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.read(slots).unwrap(), []);
    store.close().unwrap();
    let files = bytes_in(folder.path());
    assert_eq!(files["household.lost-wal"], rest);
}

#[test]
fn odd_folder_names_work() {
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join("50% off? #1 – Köln & co.");
    let mut store = Store::open(&odd).unwrap();
    with_slot(&mut store, &ink());
    store.close().unwrap();
    let before = bytes_in(&odd);
    let store = Store::open(&odd).unwrap();
    assert_eq!(store.read(slots).unwrap().len(), 1);
    store.close().unwrap();
    assert_eq!(bytes_in(&odd), before);
}

#[test]
fn what_is_told_is_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let text = |name| store.db.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap();
    let number = |name| store.db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(text("journal_mode"), "wal");
    assert_eq!(number("synchronous"), 2, "FULL");
    assert_eq!(number("foreign_keys"), 1);
    assert_eq!(number("wal_autocheckpoint"), 10_000);
    assert_eq!(number("application_id"), 0x5265_666C);
}

#[test]
fn a_reader_sees_what_is_committed_and_cannot_write() {
    let folder = household();
    let mut store = Store::open(folder.path()).unwrap();
    let reader = store.reader().unwrap();
    store.write(|tx| Ok(tx.0.execute("UPDATE slot SET name = 'Two'", [])?)).unwrap();
    assert_eq!(reader.read(slots).unwrap()[0].slot.name, "Two");
    reader.read(|db| Ok(db.execute("UPDATE slot SET name = 'Three'", [])?)).expect_err("read only");
    let failed: Result<(), Error> = store.write(|tx| {
        tx.0.execute("UPDATE slot SET name = 'Four'", [])?;
        anyhow::bail!("something else")
    });
    assert_eq!(failed.expect_err("failed").code, Code::Unexpected);
    assert_eq!(reader.read(slots).unwrap()[0].slot.name, "Two");
}
