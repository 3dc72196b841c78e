//! What is true of the file alone: frozen steps, refusals that leave it untouched, a full disk, and groups of calls.

use super::*;
use crate::store::conformance::{NOW, account, id, reading, session, slots, suite};
use crate::store::support::SupportStore as _;
use sha2::{Digest, Sha256};

/// SHA-256 of each released step. A line is added with a release and never changed.
const RELEASED: &[&str] = &[
    "8ea98fa763023174b050d6a5fa2301ac3051641991b2877651c2ae7b36e99eeb",
    "ac9308d2b7d30fb4a45190ac156076fc74af1c70a7e155ce7a71c01f001175f4",
    "8cb23624c0449cbb82355ba59534b6ce41df5972cdb678c84b06bdf01efb1a39",
    "d20609ac3ae63c957f082a633ff18d221633b8f76a02f2cc8d209f2ba0d87ef8",
    "d3434dfc3c9e136da6d35919f67daede189cd7bdab4c5f990a6be888c2f0d1e1",
    "0af4884b157a80ad38a7f56481c4af420125623cbac145c0ff36313e3d234f5c",
    "98c509741ab67326d7c6ae4ee361e70387c3ceaa14fde8668102a644e7a9702d",
];

fn open() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (SqliteStore::open(folder.path(), Options::default()).unwrap(), folder)
}

mod conforms {
    use super::*;
    suite!(open);
}

#[test]
fn released_steps_are_frozen() {
    let hashes: Vec<String> = file::MIGRATIONS
        .iter()
        .map(|text| Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect())
        .collect();
    assert_eq!(hashes, RELEASED, "a released step was changed: add a new one instead");
}

#[test]
fn every_table_is_strict_and_what_is_of_an_account_begins_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = file::open(&folder.path().join(file::NAME), None).unwrap();
    let mut tables = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<(String, String)> =
        tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() > 10);
    for (name, sql) in tables {
        assert!(sql.ends_with("STRICT, WITHOUT ROWID"), "{sql}");
        let directories = [
            "login",
            "serial",
            "model",
            "account",
            "link",
            "replenishment",
            "registration",
            "stray",
            "second_factor",
            "audit",
        ];
        if !directories.contains(&name.as_str()) && !name.starts_with("alexa_") {
            assert!(sql.contains("PRIMARY KEY (account, "), "{sql}");
        }
    }
    let read = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(read("synchronous"), 2, "FULL");
}

#[test]
fn a_file_of_somebody_else_or_of_a_newer_server_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file::NAME);
    let refused = |why: &str| {
        let before = std::fs::read(&path).unwrap();
        let error = SqliteStore::open(folder.path(), Options::default()).err().expect("refused");
        assert!(format!("{error:#}").contains(why), "{error:#}");
        assert_eq!(std::fs::read(&path).unwrap(), before, "untouched");
    };
    std::fs::write(&path, "no database at all, but long enough to be looked at as one").unwrap();
    refused("damaged or no database");
    std::fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE theirs (a)").unwrap();
    refused("no database of this server");
    other.execute_batch("DROP TABLE theirs; PRAGMA user_version = 99").unwrap();
    refused("newer server");
}

#[test]
fn a_step_that_fails_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file::NAME);
    drop(file::open(&path, None).unwrap());
    let broken = "CREATE TABLE half (a TEXT) STRICT; SELECT no_such_function();";
    let steps = [file::MIGRATIONS, &[broken]].concat();
    assert!(file::open_with(&path, None, &steps).is_err());
    let db = file::open(&path, None).unwrap();
    let half: i64 =
        db.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", [], |row| row.get(0)).unwrap();
    assert_eq!(half, 0);
}

#[test]
fn a_second_server_is_kept_out() {
    let (_store, folder) = open();
    let error = SqliteStore::open(folder.path(), Options::default()).err().expect("refused");
    assert!(error.to_string().contains("Another server uses"), "{error}");
}

#[tokio::test]
async fn a_full_disk_refuses_and_goes_on_reading_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), Options { readers: 1, max_mib: Some(1) }).unwrap();
    let one = account(&store, 1).await;
    let slot = slots(&store, one, 101).await[0];
    let batch = |from: u128| {
        (from..from + 1000).map(|n| reading(n, slot, i64::try_from(n).unwrap(), 50)).collect::<Vec<_>>()
    };
    let mut kept = 0u128;
    let refused = loop {
        match store.append(one, batch(kept + 1), NOW).await {
            Ok(_) => kept += 1000,
            Err(error) => break error,
        }
        assert!(kept < 100_000, "a megabyte is never full");
    };
    assert!(matches!(refused, StoreError::Full), "{refused}");
    let entries = store.entries(one, 0, 200_000).await.unwrap();
    assert_eq!(entries.len() as u128, kept, "all that was acknowledged, and nothing of what was not");
    store.close().await;
    drop(store);
    let roomy = SqliteStore::open(folder.path(), Options::default()).unwrap();
    roomy.append(one, batch(kept + 1), NOW).await.unwrap();
    assert_eq!(roomy.entries(one, 0, 200_000).await.unwrap().len() as u128, kept + 1000);
    roomy.close().await;
}

#[tokio::test]
async fn a_call_that_fails_is_taken_back_alone() {
    let (store, _folder) = open();
    let one = account(&store, 1).await;
    // All three wait while the writer is held, so that they share a transaction.
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let gate = store.write(move |_| Ok(held.recv()?));
    let good = store.put_session(one, session([1; 32], NOW + 1));
    let bad = store.write::<()>(move |tx| {
        accounts::put_session(tx, one, &session([2; 32], NOW + 1))?;
        anyhow::bail!("no")
    });
    let other = store.put_session(one, session([3; 32], NOW + 1));
    let release = async {
        hold.send(()).unwrap();
    };
    let (gate, good, bad, other, ()) = tokio::join!(gate, good, bad, other, release);
    gate.unwrap();
    good.unwrap();
    other.unwrap();
    assert!(matches!(bad, Err(StoreError::Failed(_))));
    for (hash, there) in [(1, true), (2, false), (3, true)] {
        assert_eq!(store.session(one, [hash; 32], NOW).await.unwrap().is_some(), there, "{hash}");
    }
    let figures = store.figures();
    assert!(figures.commits < figures.jobs, "{figures:?}: calls share a transaction");
    store.close().await;
    assert!(matches!(store.session(one, [1; 32], NOW).await, Err(StoreError::Closed)));
    assert!(matches!(store.set_password(id(1), "x".into()).await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_opening_again() {
    let (store, folder) = open();
    let one = account(&store, 1).await;
    let slot = slots(&store, one, 101).await[0];
    store.append(one, vec![reading(1, slot, 0, 80)], NOW).await.unwrap();
    store.close().await;
    drop(store);
    let again = SqliteStore::open(folder.path(), Options::default()).unwrap();
    assert_eq!(again.entries(one, 0, 10).await.unwrap().len(), 1);
    assert_eq!(*again.changes(one).await.unwrap().borrow(), 2);
    again.close().await;
}

#[tokio::test]
async fn the_audit_trail_can_not_be_changed_and_is_verified_from_outside() {
    let (store, folder) = open();
    let line = |at: i64| crate::audit::NewAudit {
        at,
        actor: id(1),
        actor_name: "Tom".into(),
        role: crate::store::Role::Staff,
        customer: None,
        action: crate::audit::Action::Find,
        about: None,
        case: None,
        reason: None,
        peer: "192.0.2.1".into(),
    };
    for at in 1..=3 {
        store.audit(line(at)).await.unwrap();
    }
    let verdict = verify_file(folder.path(), None).unwrap();
    assert!(verdict.whole && verdict.rows == 3, "while the server runs: {verdict:?}");
    let head = crate::audit::read_head(&verdict.head);
    store.close().await;
    let db = Connection::open(folder.path().join(file::NAME)).unwrap();
    for sql in [
        "UPDATE audit SET at = 9 WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 3",
        "REPLACE INTO audit SELECT 2, 9, actor, actor_name, role, customer, action, about, case_number, reason,
           peer, previous, hash FROM audit WHERE seq = 2",
        "INSERT INTO audit SELECT 7, 9, actor, actor_name, role, customer, action, about, case_number, reason,
           peer, hash, hash FROM audit WHERE seq = 3",
        "INSERT INTO audit SELECT 4, 9, actor, actor_name, role, customer, action, about, case_number, reason,
           peer, previous, hash FROM audit WHERE seq = 3",
    ] {
        let why = db.execute(sql, []).unwrap_err().to_string();
        assert!(why.contains("the audit trail"), "{why}");
    }
    assert!(verify_file(folder.path(), head).unwrap().whole);
    // Whoever takes the triggers away leaves traces all the same.
    db.execute_batch("DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks").unwrap();
    db.execute("UPDATE audit SET at = 9 WHERE seq = 2", []).unwrap();
    let verdict = verify_file(folder.path(), None).unwrap();
    assert_eq!((verdict.whole, verdict.rows), (false, 1));
    db.execute("UPDATE audit SET at = 2 WHERE seq = 2", []).unwrap();
    assert!(verify_file(folder.path(), head).unwrap().whole);
    db.execute("DELETE FROM audit WHERE seq = 3", []).unwrap();
    assert!(verify_file(folder.path(), None).unwrap().whole, "the chain alone can't tell");
    assert!(!verify_file(folder.path(), head).unwrap().whole, "what was written down can");
    assert!(verify_file(&folder.path().join("elsewhere"), None).is_err());
}
