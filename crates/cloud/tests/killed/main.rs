//! The program is killed at any moment while devices send, while it reports to Amazon and while it starts: what was
//! acknowledged is there, nothing is there twice, each use is told to Amazon as one message, and the file is whole.
//! `REFILL_KILLS` sets how often; `REFILL_SEED` gives another sequence.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it fails")]

mod amazon;
mod program;

use amazon::Amazon;
use program::{Household, Running, configure, household, killed_on_its_way_up};
use refill_cloud::store::Store as _;
use refill_cloud::store::sqlite::{Options, SqliteStore};
use refill_domain::ledger::{Entry, EntryKind, Level};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

pub(crate) const SKILL_SECRET: &str = "secret-of-the-skill";

/// Kills of each of the two tests.
const KILLS: u64 = 200;

/// Batches that are answered before a kill, and events of a batch, at most.
const ANSWERS: u64 = 6;
const EVENTS: u64 = 8;

/// The same where every event becomes a message that has to leave between two kills.
const RELAYED: (u64, u64) = (3, 2);

/// Turns of other tasks until the blow falls, at most: longer than a request takes.
const TURNS: u64 = 3000;

fn kills() -> u64 {
    std::env::var("REFILL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// A repeatable sequence of numbers.
fn dice(salt: u64) -> impl FnMut(u64) -> u64 {
    let seed: u64 = std::env::var("REFILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    let mut state = seed.wrapping_add(salt);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// What the device says under a number: mostly a use of as many thousandths as no other, now and then a level.
fn event(number: u128) -> Value {
    let at =
        chrono::DateTime::from_timestamp_millis(1_700_000_000_000 + i64::try_from(number).unwrap()).unwrap();
    let (instance, kind) = if number.is_multiple_of(7) {
        let amount = json!({"milli": number % 100 * 1000, "unit": "PERCENT"});
        ("salt", json!({"kind": "level_read", "level": {"is": "amount", "amount": amount}}))
    } else {
        ("soap", json!({"kind": "consumed", "amount": {"milli": number, "unit": "MILLILITER"}}))
    };
    json!({"id": Uuid::from_u128(number), "instance": instance, "observed_at": at, "kind": kind})
}

/// What the device knows: numbers that were acknowledged, with the entry's, and those it never heard of.
#[derive(Default)]
struct Heard {
    told: BTreeMap<u128, u64>,
    unsure: Vec<u128>,
    next: u128,
}

impl Heard {
    /// The next numbers: those nobody answered first, as a device would.
    fn numbers(&mut self, count: u128) -> Vec<u128> {
        if self.unsure.is_empty() {
            self.next += count;
            (self.next - count..self.next).collect()
        } else {
            std::mem::take(&mut self.unsure)
        }
    }

    fn acknowledged(&mut self, numbers: &[u128], answer: reqwest::Result<Value>) -> Option<reqwest::Error> {
        match answer {
            Ok(answer) => {
                let single = std::slice::from_ref(&answer);
                let verdicts = answer["verdicts"].as_array().map_or(single, Vec::as_slice);
                assert_eq!(verdicts.len(), numbers.len());
                for (number, verdict) in numbers.iter().zip(verdicts) {
                    let seq = verdict["seq"].as_u64().unwrap_or_else(|| panic!("{verdict}"));
                    assert!(self.told.insert(*number, seq).is_none());
                }
                None
            }
            Err(error) => {
                self.unsure.extend(numbers);
                Some(error)
            }
        }
    }
}

/// Sends and kills, round after round. `amazon` is looked at in between, so that its record does not overflow.
async fn storm(folder: &Path, home: &Household, amazon: &mut Option<Amazon>) -> Heard {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut roll = dice(amazon.is_some().into());
    let mut heard = Heard { next: 1000, ..Heard::default() };
    let (most, events) = if amazon.is_some() { RELAYED } else { (ANSWERS, EVENTS) };
    for kill in 0..kills() {
        if kill % 10 == 9 {
            killed_on_its_way_up(folder, roll(TURNS * 4)).await;
            continue;
        }
        let mut running = Running::serve(folder);
        let address = running.address.clone();
        let post = async |path: &str, body: Value| {
            let ask =
                http.post(format!("{address}v1/device/{path}")).bearer_auth(&home.credential).json(&body);
            ask.send().await?.error_for_status()?.json::<Value>().await
        };
        // The killer counts answers; some rounds end with the first.
        let answers = if kill % 5 == 0 { 0 } else { roll(most) };
        for round in 0..=answers {
            let numbers = heard.numbers(1 + u128::from(roll(events)));
            let batch = json!({"events": numbers.iter().map(|number| event(*number)).collect::<Vec<_>>()});
            // Two at once, so that one may be in the transaction that the kill cuts off.
            let other = heard.next;
            heard.next += 1;
            let last = round == answers;
            let turns = roll(TURNS);
            let blow = async {
                if last {
                    running.strike(turns).await;
                }
            };
            let (many, one, ()) =
                tokio::join!(post("events/batch", batch), post("events", event(other)), blow);
            let lost = [heard.acknowledged(&numbers, many), heard.acknowledged(&[other], one)];
            assert!(last || lost.iter().all(Option::is_none), "nobody killed it: {lost:?}");
        }
        if let Some(amazon) = amazon {
            amazon.look().await;
        }
    }
    heard
}

/// The file is whole, all that was acknowledged is in it under its number, nothing twice, nothing that was never sent.
async fn judged(folder: &Path, home: &Household, heard: &Heard) -> Vec<Entry> {
    let db = rusqlite::Connection::open(folder.join("data/cloud.db")).unwrap();
    let check: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    drop(db);
    let store = SqliteStore::open(&folder.join("data"), Options::default()).unwrap();
    let entries = store.entries(home.account, 0, 1_000_000).await.unwrap();
    store.close().await;
    let kept: BTreeMap<u128, u64> = entries.iter().map(|(seq, entry)| (entry.id.0.as_u128(), *seq)).collect();
    let numbers: BTreeSet<u64> = entries.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(
        (kept.len(), numbers.len()),
        (entries.len(), entries.len()),
        "an entry or a number is there twice"
    );
    for (number, seq) in &heard.told {
        assert_eq!(kept.get(number), Some(seq), "{number} was acknowledged");
    }
    for number in kept.keys() {
        assert!(heard.told.contains_key(number) || heard.unsure.contains(number), "{number} was never sent");
    }
    entries.into_iter().map(|(_, entry)| entry).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_a_kill_and_nothing_counts_twice() {
    let folder = tempfile::tempdir().unwrap();
    let home = household(folder.path(), "http://127.0.0.1/none").await;
    let heard = storm(folder.path(), &home, &mut None).await;
    let count = heard.told.len() as u64;
    assert!(count > kills(), "only {count} were acknowledged");
    let entries = judged(folder.path(), &home, &heard).await;
    println!("{} kills, {count} acknowledged, {} kept", kills(), entries.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_use_is_told_to_amazon_as_one_message_whenever_the_relay_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let amazon = Amazon::new().await;
    configure(folder.path(), amazon.base());
    let home = household(folder.path(), &format!("{}/api/skill/link/V1", amazon.base())).await;
    let mut first = Running::serve(folder.path());
    amazon.link(&first.address, &home.code).await;
    first.kill();
    let mut amazon = Some(amazon);
    let heard = storm(folder.path(), &home, &mut amazon).await;
    let mut amazon = amazon.unwrap();

    let entries = judged(folder.path(), &home, &heard).await;
    let uses: BTreeSet<u64> = entries
        .iter()
        .filter_map(|entry| match &entry.kind {
            EntryKind::Consumed { amount } => Some(amount.milli.unsigned_abs()),
            _ => None,
        })
        .collect();
    let level = entries.iter().max_by_key(|entry| match &entry.kind {
        EntryKind::LevelRead { .. } => Some(entry.key()),
        _ => None,
    });
    let level = level.map(|entry| match &entry.kind {
        EntryKind::LevelRead { level: Level::Amount { amount } } => json!(amount.milli / 1000),
        other => panic!("{other:?}"),
    });
    // Started once more and left alone, it tells what is left. Looking is the waiting.
    let mut last = Running::serve(folder.path());
    let percent = |level: &Option<Value>| level.as_ref().and_then(Value::as_f64);
    let told = async {
        while amazon.used.len() < uses.len() || percent(&amazon.level) != percent(&level) {
            amazon.look().await;
        }
    };
    let all = tokio::time::timeout(Duration::from_secs(150), told).await;
    let (used, said) = (amazon.used.len(), &amazon.level);
    assert!(all.is_ok(), "of {} uses {used} were told, of the level {level:?} {said:?}", uses.len());
    last.kill();
    amazon.look().await;
    assert_eq!(
        amazon.used.keys().copied().collect::<BTreeSet<_>>(),
        uses,
        "all that is kept and nothing else"
    );
    for (milli, ids) in &amazon.used {
        assert_eq!(ids.len(), 1, "{milli} was told as {ids:?}");
    }
    let again = amazon.came.values().filter(|count| **count > 1).count();
    println!("{} kills, {} uses told, {again} of them more than once under their id", kills(), uses.len());
}
