//! A linked program that ends in the middle of anything, two hundred times: what it had said to be recorded is at the
//! cloud once, whatever was under way, and both sides hold the same. Straight to Amazon's gateway a message keeps its id,
//! and the last word is the one that counts.

use crate::gateway::{Amazon, counted, counts, tank};
use crate::world::{Home, Maker, bought};
use chrono::TimeDelta;
use refill_domain::ids::EntryId;
use refill_domain::ledger::EntryKind;
use refill_engine::api::Api as _;
use refill_engine::clock::{Clock as _, SystemClock};
use refill_engine::engine::{Config, Engine};
use refill_engine::link::vault::MemoryKeychain;
use refill_engine::places;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const KILLS: u64 = 200;

/// Entries of one run at most: the day of the catalogue has three hundred.
const OF_A_RUN: u64 = 3;

/// The key that lies in the keychain, for every run the same.
const KEY: [u8; 32] = [7; 32];

/// Counts of one run at most: a level that is not sent yet gives way to the next.
const COUNTS_OF_A_RUN: u64 = 20;

/// Set for a child that counts instead of buying: the first count, in thousandths of a percent.
const FROM: &str = "REFILL_COUNTS_FROM";

/// Runs the test below in a process of its own; the first of its counts, if it is to count.
fn child(folder: &Path, from: Option<u64>) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "killed::goes_on_until_it_is_killed",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("REFILL_DATA", folder)
        .envs(from.map(|from| (FROM, from.to_string())))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

pub fn keychain() -> MemoryKeychain {
    let keychain = MemoryKeychain::default();
    keychain.put(Some(KEY.to_vec()));
    keychain
}

fn tell(line: &str) {
    let mut out = std::io::stdout();
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}

/// Records, prints the id of each entry once it was told to be recorded, and a word for each step of the link.
#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn goes_on_until_it_is_killed() {
    let config =
        Config { keychain: Arc::new(keychain()), ..Config::new(places::data(), Arc::new(SystemClock)) };
    let engine = Engine::start(config).unwrap();
    let mut updates = engine.updates();
    let slot = engine.supplies().await.unwrap().rows[0].slot;
    let from: Option<u64> = std::env::var(FROM).ok().and_then(|text| text.parse().ok());
    let most = if from.is_some() { COUNTS_OF_A_RUN } else { OF_A_RUN };
    let mut left = most;
    loop {
        if left > 0 {
            let id = EntryId(SystemClock.new_id());
            let form = match from {
                None => bought(id, slot, "1"),
                Some(from) => counted(id, slot, &percent(from + most - left)),
            };
            engine.record(form).await.unwrap();
            left -= 1;
            tell(&format!("recorded {id}"));
        }
        if updates.recv().await.is_err() && left == 0 {
            return;
        }
        tell("step");
    }
}

/// A repeatable sequence of numbers; `REFILL_SEED` gives another.
fn dice() -> impl FnMut(u64) -> u64 {
    let mut state: u64 = std::env::var("REFILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(5);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Starts it, hears so many words, kills it, and gives what it had said to be recorded.
fn killed_after(folder: &Path, words: u64, from: Option<u64>) -> Vec<EntryId> {
    let mut child = child(folder, from);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    if words == 0 {
        child.kill().unwrap();
    }
    let (mut heard, mut told) = (0, Vec::new());
    for line in lines.map_while(Result::ok) {
        // The first word may follow the test's own name on its line.
        let recorded = line.find("recorded ").and_then(|at| line.get(at + 9..));
        if recorded.is_none() && !line.ends_with("step") {
            continue;
        }
        told.extend(recorded.map(|id| id.parse::<EntryId>().unwrap()));
        heard += 1;
        if heard == words {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(heard >= words, "it ended by itself after {heard} of {words} words");
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing_and_double_nothing_at_the_cloud() {
    let mut maker = Maker::new().await;
    maker.register("S1").await;
    // Its clock is ahead of the program's: nothing lies in its future.
    let ahead = SystemClock.now() + TimeDelta::hours(12) - refill_cloud::clock::Clock::now(&*maker.clock);
    maker.clock.advance(ahead.max(TimeDelta::zero()));
    let mut home = Home::with(keychain());
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    home.stop().await;

    let folder = home.folder.path().to_owned();
    let told = tokio::task::spawn_blocking(move || {
        let mut roll = dice();
        (0..KILLS).flat_map(|_| killed_after(&folder, roll(8), None)).collect::<Vec<EntryId>>()
    });
    let told = told.await.unwrap();
    assert!(told.len() > 100, "only {} entries were told", told.len());

    home.clock.advance((SystemClock.now() - home.clock.now()).max(TimeDelta::zero()));
    home.start().await;
    home.in_step().await;
    let all = maker.app().store.entries(maker.account().await, 0, 10_000).await.unwrap();
    let mut there: BTreeMap<EntryId, u32> = BTreeMap::new();
    for (_, entry) in all.iter().filter(|(_, entry)| matches!(entry.kind, EntryKind::Purchased { .. })) {
        *there.entry(entry.id).or_default() += 1;
    }
    assert!(there.values().all(|times| *times == 1), "an entry is there twice");
    let lost: Vec<&EntryId> = told.iter().filter(|id| !there.contains_key(id)).collect();
    assert!(lost.is_empty(), "told to be recorded, and not at the cloud: {lost:?}");
    let page = home.engine.slot(slot, 500).await.unwrap();
    let here: BTreeSet<EntryId> = page.ledger.iter().filter_map(|line| line.entry).collect();
    let all_here = there.keys().rev().take(here.len()).all(|id| here.contains(id));
    assert!(all_here, "both sides hold the same");
    home.stop().await;
}

fn percent(thousandths: u64) -> String {
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

/// What a message says is left, in thousandths of a percent.
fn left_in(message: &Value) -> Option<u64> {
    let properties = message["event"]["payload"]["change"]["properties"].as_array()?;
    let level = properties.iter().find(|one| one["name"] == "level")?;
    Some((level["value"]["value"].as_f64()? * 1000.0).round() as u64)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_change_no_message_and_the_gateway_ends_with_the_last_count() {
    let amazon = Amazon::at(SystemClock.now()).await;
    let mut home = Home::with(keychain());
    home.clock.advance((SystemClock.now() - home.clock.now()).max(TimeDelta::zero()));
    let slot = tank(&home).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    home.until("described", async |_| (amazon.level().await == 20.0).then_some(())).await;
    home.stop().await;

    let folder = home.folder.path().to_owned();
    let told = tokio::task::spawn_blocking(move || {
        let mut roll = dice();
        let from = |kill| Some(1 + kill * COUNTS_OF_A_RUN);
        (0..KILLS)
            .map(|kill| killed_after(&folder, 4 + roll(COUNTS_OF_A_RUN), from(kill)).len())
            .sum::<usize>()
    });
    let told = told.await.unwrap();
    assert!(told > 100, "only {told} counts were told");

    home.clock.advance((SystemClock.now() - home.clock.now()).max(TimeDelta::zero()));
    home.start().await;
    counts(&home, slot, "99.9").await;
    home.until("the last count", async |_| (amazon.level().await == 99.9).then_some(())).await;
    let mut messages: BTreeMap<String, Value> = BTreeMap::new();
    let mut said: BTreeMap<u64, String> = BTreeMap::new();
    let all = amazon.messages().await;
    for message in &all {
        let id = message["event"]["header"]["messageId"].as_str().unwrap().to_owned();
        // A token may be another; what is said may not.
        let content = message["event"]["payload"].clone();
        let before = messages.entry(id.clone()).or_insert_with(|| content.clone());
        assert_eq!(*before, content, "{id} says something else when it is sent again");
        if let Some(level) = left_in(message) {
            let first = said.entry(level).or_insert_with(|| id.clone());
            assert_eq!(*first, id, "{level} was told in two messages");
        }
    }
    assert!(said.len() > 20, "{} counts of {} messages came", said.len(), all.len());
    // The first is of before the counts.
    let levels: Vec<u64> = all.iter().filter_map(left_in).skip(1).collect();
    assert!(levels.is_sorted(), "what is older never comes after what is newer: {levels:?}");
    home.stop().await;
}
