//! A program that ends in the middle of anything: what it had said to be recorded is there, once, and the file is whole.
//! And one that panics: its report waits for the next start.

use crate::home::assert_refold_agrees;
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::Unit;
use refill_engine::api::Api;
use refill_engine::clock::{Clock, SystemClock};
use refill_engine::engine::{Config, Engine};
use refill_engine::form::{AddDeviceForm, RecordForm, SlotForm, What};
use refill_engine::view::AppState;
use refill_engine::{crash, places};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const KILLS: u64 = 40;

/// Runs one of the tests below in a process of its own.
fn child(test: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("killed::{test}"), "--ignored", "--nocapture", "--test-threads=1"])
        .env("REFILL_DATA", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn pods(engine: &Engine) -> SlotId {
    if let Some(row) = engine.supplies().await.unwrap().rows.first() {
        return row.slot;
    }
    let slot = SlotForm {
        level: Some(crate::home::typed("0", Unit::Count)),
        ..crate::home::by_hand("Pods", SupplyKind::Pods, Unit::Count, None)
    };
    let form = AddDeviceForm {
        id: EndpointId(SystemClock.new_id()),
        name: "Machine".into(),
        kind: DeviceKind::CoffeeMachine,
        model: None,
        location: None,
        address: None,
        slots: vec![slot],
    };
    engine.add_device(form).await.unwrap();
    engine.supplies().await.unwrap().rows[0].slot
}

/// Records without end, and prints the id of each entry once it was told to be recorded.
#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn records_until_it_is_killed() {
    let engine = Engine::start(Config::new(places::data(), Arc::new(SystemClock))).unwrap();
    let slot = pods(&engine).await;
    let today = SystemClock.day(SystemClock.now());
    let mut out = std::io::stdout();
    for turn in 0u32.. {
        let form = RecordForm {
            id: EntryId(SystemClock.new_id()),
            slot,
            // Some belong to earlier days, so that all is folded again.
            on: (turn % 5 == 3).then(|| today - chrono::TimeDelta::days(i64::from(turn % 50))),
            note: None,
            amends: None,
            what: What::Bought {
                packs: "1".into(),
                content: Some(crate::home::typed("1", Unit::Count)),
                asin: None,
                price: None,
                currency: None,
                shop: None,
            },
        };
        engine.record(form.clone()).await.unwrap();
        let mut told = format!("recorded {}\n", form.id);
        if turn % 7 == 6 {
            let id = EntryId(SystemClock.new_id());
            engine.undo(id, form.id).await.unwrap();
            told = format!("undone {}\n", form.id);
        }
        out.write_all(told.as_bytes()).and_then(|()| out.flush()).unwrap();
    }
}

/// A repeatable sequence of numbers; `REFILL_SEED` gives another.
fn dice() -> impl FnMut(u64) -> u64 {
    let mut state: u64 = std::env::var("REFILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

#[test]
fn nothing_that_was_told_is_lost_by_a_kill_and_nothing_counts_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut roll = dice();
    let mut told: BTreeMap<String, bool> = BTreeMap::new();
    for kill in 0..KILLS {
        let mut child = child("records_until_it_is_killed", folder.path());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // After so many words, and wherever it then is: while it starts, between, or in the middle of the next.
        let words = if kill % 4 == 0 { 0 } else { roll(40) + 1 };
        let mut heard = 0;
        let mut kept = Vec::new();
        if words == 0 {
            child.kill().unwrap();
        }
        for line in lines.map_while(Result::ok) {
            // The first word may follow the test's own name on its line.
            let Some(at) = line.find("recorded ").or(line.find("undone ")) else { continue };
            kept.push(line[at..].to_owned());
            heard += 1;
            if heard == words {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(heard >= words, "the child ended by itself");
        told.extend(kept.iter().filter_map(|line| {
            let (word, id) = line.split_once(' ')?;
            Some((id.to_owned(), word == "undone"))
        }));
    }
    assert!(told.len() > 100, "only {} entries were told", told.len());

    let file = folder.path().join("household.db");
    let db = Connection::open(&file).unwrap();
    let check: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut statement =
        db.prepare("SELECT lower(hex(id)), voided FROM entry WHERE kind = 'purchased'").unwrap();
    let kept: Vec<(String, bool)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let ids: BTreeSet<&String> = kept.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), kept.len(), "an entry is there twice");
    let kept: BTreeMap<String, bool> = kept.into_iter().collect();
    for (id, undone) in &told {
        let found = kept.get(&id.replace('-', ""));
        match undone {
            true => assert_eq!(found, Some(&true), "the undo of {id} was told"),
            false => assert_eq!(found, Some(&false), "{id} was told"),
        }
    }
    // At most one entry a run was written and not told any more.
    let untold = kept.len() - told.len();
    assert!(untold as u64 <= KILLS, "{untold} entries nobody was told of");
    drop(statement);
    db.close().unwrap();
    assert_refold_agrees(folder.path());
}

/// Panics as the program may, and looks at what the next start says.
#[tokio::test]
#[ignore = "run by the test that looks at its end"]
async fn panics_and_starts_again() {
    let folder = places::data();
    let _log = crash::start(&places::logs(&folder));
    let engine = || Engine::start(Config::new(folder.clone(), Arc::new(SystemClock))).unwrap();
    let report = async |engine: &Engine| match engine.state().await.unwrap() {
        AppState::Ready { crash, .. } => crash,
        AppState::Closed { trouble, .. } => panic!("{trouble:?}"),
    };
    let first = engine();
    assert_eq!(report(&first).await, None);
    std::thread::Builder::new()
        .name("a-thread".into())
        .spawn(|| panic!("the reason of the crash"))
        .unwrap()
        .join()
        .expect_err("it panicked");
    first.stop().await;

    let second = engine();
    let other = tempfile::tempdir().unwrap();
    second.open_household(other.path().display().to_string()).await.unwrap();
    let text = report(&second).await.expect("the report is offered, whichever household is open");
    for part in ["the reason of the crash", "a-thread", "killed.rs", env!("CARGO_PKG_VERSION")] {
        assert!(text.contains(part), "{part} in {text}");
    }
    second.dismiss_crash().await.unwrap();
    second.dismiss_crash().await.unwrap();
    assert_eq!(report(&second).await, None);
    second.stop().await;
    let third = engine();
    assert_eq!(report(&third).await, None, "offered once");
    third.stop().await;
}

#[test]
fn a_crash_is_offered_once_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let output = child("panics_and_starts_again", folder.path()).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let logs: Vec<String> = std::fs::read_dir(folder.path().join("logs"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(logs.iter().any(|name| name.starts_with("refill.") && name.ends_with(".log")), "{logs:?}");
    assert!(!logs.contains(&"crash.txt".to_owned()), "{logs:?}");
}
