//! A disk that is really full while the household is linked: what finds no room is refused with words, what the cloud says
//! meanwhile is not taken for heard, and once there is room everything is at both sides, once. Needs Linux with user name
//! spaces; says so where it can't run.

use crate::killed::keychain;
use crate::world::{GUARD, Home, Maker, bought};
use chrono::TimeDelta;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::EntryKind;
use refill_engine::api::Api as _;
use refill_engine::clock::{Clock as _, SystemClock};
use refill_engine::engine::{Config, Engine};
use refill_engine::error::Code;
use refill_engine::places;
use refill_engine::view::{CloudConnection, LedgerWhat, LinkState};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tokio::time::timeout;

/// Kibibytes of the file system, and of what fills a part of it at first.
const SIZE: u32 = 16_384;
const BALLAST: u32 = 12_288;

/// Uses the device tells its maker while the disk here is full.
const MEANWHILE: u32 = 5;

/// Runs the test below in a process of its own, with a copy of the household on a small file system. It prints the names
/// of the files that were copied first, so that a system that lets nobody do this is known by its silence.
fn on_a_small_disk(household: &Path, disk: &Path) -> Child {
    let script = format!(
        "mount -t tmpfs -o size={SIZE}k tmpfs \"$1\" && cp -R \"$2/.\" \"$1\" && \
         head -c {BALLAST}k /dev/zero > \"$1/ballast\" && echo mounted && \
         exec \"$3\" --exact full::records_until_there_is_no_room --ignored --nocapture --test-threads=1"
    );
    Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"])
        .args([disk, household, &std::env::current_exe().unwrap()])
        .env("REFILL_DATA", disk)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn tell(line: &str) {
    let mut out = std::io::stdout();
    out.write_all(format!("\n{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

async fn next_line() -> String {
    let read = || std::io::stdin().lines().next().and_then(Result::ok).unwrap_or_default();
    tokio::task::spawn_blocking(read).await.unwrap()
}

async fn listens(engine: &Engine) -> bool {
    let state = engine.account().await.unwrap().state;
    matches!(state, LinkState::Linked { connection: CloudConnection::Listening {}, .. })
}

async fn until(engine: &Engine, is: impl AsyncFn(&Engine) -> bool) {
    let mut updates = engine.updates();
    let seen = async {
        while !is(engine).await {
            // Whatever it tells; that some was missed does no harm.
            drop(updates.recv().await);
        }
    };
    timeout(GUARD, seen).await.expect("it never came to that");
}

/// Buys until it is refused; gives the purchase that was.
async fn buy_until_full(engine: &Engine, slot: SlotId) -> EntryId {
    for _ in 0..100_000 {
        let id = EntryId(SystemClock.new_id());
        match engine.record(bought(id, slot, "1")).await {
            Ok(_) => tell(&format!("recorded {id}")),
            Err(error) => {
                assert_eq!(error.code, Code::DiskFull, "{error:?}");
                return id;
            }
        }
    }
    panic!("four megabytes were never full");
}

/// Records until the disk is full, says so, and goes on once it is told to.
#[tokio::test]
#[ignore = "run by the test that gives it a small disk"]
async fn records_until_there_is_no_room() {
    let config =
        Config { keychain: Arc::new(keychain()), ..Config::new(places::data(), Arc::new(SystemClock)) };
    let engine = Engine::start(config).unwrap();
    let slot = engine.supplies().await.unwrap().rows.iter().find(|row| row.name == "Capsules").unwrap().slot;
    let refused = buy_until_full(&engine, slot).await;
    tell("full");
    until(&engine, async |engine| !listens(engine).await).await;
    // What can't be written is still read.
    assert!(!engine.slot(slot, 10).await.unwrap().ledger.is_empty());
    tell("away");
    assert_eq!(next_line().await, "room");
    engine.record(bought(refused, slot, "1")).await.expect("the same again, once there is room");
    tell(&format!("recorded {refused}"));
    engine.sync_now().await.unwrap();
    until(&engine, async |engine| {
        let page = engine.slot(slot, 100_000).await.unwrap();
        let uses = |what: &LedgerWhat| if let LedgerWhat::Uses { count, .. } = what { *count } else { 0 };
        let used: u32 = page.ledger.iter().map(|line| uses(&line.what)).sum();
        listens(engine).await && engine.account().await.unwrap().waiting == 0 && used == MEANWHILE
    })
    .await;
    tell(&format!("in step, {} parked", engine.account().await.unwrap().parked));
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_on_either_side() {
    let mut maker = Maker::new().await;
    maker.register("S1").await;
    maker.unlimited();
    let ahead = SystemClock.now() + TimeDelta::hours(12) - refill_cloud::clock::Clock::now(&*maker.clock);
    maker.clock.advance(ahead.max(TimeDelta::zero()));
    let mut home = Home::with(keychain());
    home.link(&maker).await;
    home.stop().await;
    let disk = tempfile::tempdir().unwrap();
    let mut child = on_a_small_disk(home.folder.path(), disk.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    if lines.next().as_deref() != Some("mounted") {
        child.wait().unwrap();
        println!("skipped: this system does not let a test make a file system of its own");
        return;
    }
    let mut told = BTreeSet::new();
    let mut hear = |until: &str| {
        for line in lines.by_ref() {
            told.extend(line.strip_prefix("recorded ").map(|id| id.parse::<EntryId>().unwrap()));
            if line.starts_with(until) {
                return line;
            }
        }
        panic!("it ended before it said {until}");
    };
    tokio::task::block_in_place(|| hear("full"));
    for _ in 0..MEANWHILE {
        maker.used_at(SystemClock.now(), 1000).await;
    }
    tokio::task::block_in_place(|| hear("away"));
    let seen = format!("/proc/{}/root{}/ballast", child.id(), disk.path().display());
    std::fs::remove_file(seen).unwrap();
    child.stdin.take().unwrap().write_all(b"room\n").unwrap();
    let said = tokio::task::block_in_place(|| hear("in step"));
    assert_eq!(said, "in step, 0 parked");
    assert!(child.wait().unwrap().success());
    assert!(told.len() > 50, "only {} found room", told.len());
    let all = maker.app().store.entries(maker.account().await, 0, 1_000_000).await.unwrap();
    let bought = all.iter().filter(|(_, entry)| matches!(entry.kind, EntryKind::Purchased { .. }));
    let there: Vec<EntryId> = bought.map(|(_, entry)| entry.id).collect();
    assert_eq!(there.len(), told.len(), "each once");
    assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), told);
}
