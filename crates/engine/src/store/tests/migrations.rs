//! Released migrations never change; an older file is copied before it is brought up to date, and a step that fails
//! leaves it as it was.

use super::*;
use sha2::{Digest, Sha256};

/// SHA-256 of each released migration's text. A line is added with a release and never changed.
const RELEASED: &[&str] = &[
    "bbe1b1717351bec83f0f2333349560981caa1ca76b7262e1ba564ab220b28318",
    "a0333f0d26990d5002e334f2217a734c9543f48ea6be1632333859c3a696c309",
    "8387e8283f5b30f4c3ff4eb3aa0953b72439290684d02d5f9197250a12553229",
    "d3ac21b374b18b8e0cb68977a3f65e571e7e20578c9b76eb3d896fb96920e8d1",
    "3de0cce527ddb068f95bba6d7c8ae37547d4628576fd0d03f2a6ef5a64f2d60e",
    "857a27dc550842d74b114b17b141c527bfa37f9a4fa1452062e2570c8edcada0",
    "64da6b407cbafc7f96b27c077c4c5150a7342b446828324c56e909f538d20341",
    "4868a1bb6f8c3e47e316cdd8ab98e61cbef7d6c743603bf1a4d136070d82ad2e",
    "90579d6a51a23fc718dd8e73338cb82aedc4b2a83efe822536c0c6a6febbeca1",
    "591cc5608c382afe6e9a225daeecf2a7eb8f45b9ebf16d586a130e7ade093d93",
];

const SECOND: &str = "ALTER TABLE slot ADD COLUMN barcode TEXT;";
const BROKEN: &str =
    "ALTER TABLE slot ADD COLUMN barcode TEXT; CREATE TABLE half (a); SELECT no_such_function();";

fn two() -> Vec<&'static str> {
    [MIGRATIONS, &[SECOND]].concat()
}

fn names(folder: &Path) -> Vec<String> {
    bytes_in(folder).into_keys().collect()
}

/// A household of the first version with a slot and its history, closed.
fn old_household() -> (tempfile::TempDir, Fold) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open_with(folder.path(), &MIGRATIONS[..1]).unwrap();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    append(&mut store, &row, &mut fold, &[reading(10, 0, 80), reading(11, 60, 79)]);
    store.close().unwrap();
    (folder, fold)
}

#[test]
fn released_migrations_are_frozen() {
    let hashes: Vec<String> = MIGRATIONS
        .iter()
        .map(|text| Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    assert_eq!(hashes, RELEASED, "a released migration was changed: add a new one instead");
}

#[test]
fn the_schema_is_this() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let schema: Vec<String> = store
        .read(|db| {
            let mut statement =
                db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    for table in schema.iter().filter(|sql| sql.starts_with("CREATE TABLE") && !sql.contains("sqlite_")) {
        assert!(table.contains("STRICT"), "{table}");
    }
    insta::assert_snapshot!(schema.join(";\n\n"));
}

#[test]
fn an_older_household_is_copied_and_brought_up_to_date() {
    let (folder, fold) = old_household();
    let store = Store::open_with(folder.path(), &two()).unwrap();
    assert_eq!(file::version(&store.db).unwrap(), MIGRATIONS.len() + 1);
    store.db.execute("UPDATE slot SET barcode = '4'", []).unwrap();
    let row = store.read(slots).unwrap().remove(0);
    assert_eq!(stored(&store, &row), (fold.clone(), fold.clone()));
    store.close().unwrap();
    assert_eq!(names(folder.path()), [FILE, "household.v1.db"]);

    // The copy is a whole household, which the older program opens.
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("household.v1.db"), copy.path().join(FILE)).unwrap();
    let store = Store::open_with(copy.path(), &MIGRATIONS[..1]).unwrap();
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
    // And the migrated file is too new for it.
    assert_eq!(
        Store::open_with(folder.path(), &MIGRATIONS[..1]).expect_err("refused").code,
        Code::DatabaseTooNew
    );
}

#[test]
fn a_household_of_today_is_not_copied() {
    let (folder, _) = old_household();
    let before = bytes_in(folder.path());
    Store::open_with(folder.path(), &MIGRATIONS[..1]).unwrap().close().unwrap();
    assert_eq!(bytes_in(folder.path()), before);
}

#[test]
fn a_step_that_fails_leaves_the_old_household() {
    let (folder, fold) = old_household();
    for steps in
        [[MIGRATIONS, &[BROKEN]].concat(), [MIGRATIONS, &[SECOND, "SELECT no_such_function();"]].concat()]
    {
        for _ in 0..2 {
            let error = Store::open_with(folder.path(), &steps).expect_err("failed");
            assert_eq!(error.code, Code::Unexpected);
            assert!(error.message.contains("nothing was changed"), "{}", error.message);
        }
    }
    assert!(names(folder.path()).len() <= 2, "{:?}", names(folder.path()));
    let mut store = Store::open_with(folder.path(), &MIGRATIONS[..1]).unwrap();
    let row = store.read(slots).unwrap().remove(0);
    let mut kept = stored(&store, &row).0;
    assert_eq!(kept, fold);
    append(&mut store, &row, &mut kept, &[reading(12, 120, 78)]);
    assert_eq!(stored(&store, &row), (kept.clone(), kept));
}

#[test]
fn two_copies_are_kept() {
    let (folder, _) = old_household();
    let mut steps = MIGRATIONS[..1].to_vec();
    for number in 2..=12 {
        steps.push(Box::leak(format!("CREATE TABLE t{number} (a INTEGER) STRICT;").into_boxed_str()));
        Store::open_with(folder.path(), &steps).unwrap().close().unwrap();
    }
    // By number, not by letter: the tenth comes after the ninth.
    assert_eq!(names(folder.path()), [FILE, "household.v10.db", "household.v11.db"]);
}

#[test]
fn a_copy_that_finds_no_room_stops_the_migration() {
    let (folder, _) = old_household();
    // A folder where the copy would be written: it can't be.
    std::fs::create_dir(folder.path().join("household.copy")).unwrap();
    std::fs::write(folder.path().join("household.copy").join("x"), b"x").unwrap();
    Store::open_with(folder.path(), &two()).expect_err("failed");
    std::fs::remove_dir_all(folder.path().join("household.copy")).unwrap();
    let store = Store::open_with(folder.path(), &MIGRATIONS[..1]).unwrap();
    assert_eq!(file::version(&store.db).unwrap(), 1);
}

#[test]
fn an_older_household_is_not_read_beside_the_program() {
    let folder = tempfile::tempdir().unwrap();
    Store::open_with(folder.path(), &[]).unwrap().close().unwrap();
    let error = Reader::open(&folder.path().join(FILE)).expect_err("refused");
    assert!(error.message.contains("Start Refill once"), "{}", error.message);
}
