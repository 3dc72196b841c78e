//! Trials from the first to the last moment: the story that is told in them, moved on by hand, and that nothing of them
//! is left. None of them sleeps; each waits for what is told.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use chrono::TimeDelta;
use refill_domain::orders::Phase;
use refill_engine::api::Api as _;
use refill_engine::clock::SystemClock;
use refill_engine::engine::{Config, Engine};
use refill_engine::error::Code;
use refill_engine::link::vault::MemoryKeychain;
use refill_engine::view::{AppState, Settings, SupplyRow, Update};
use refill_engine::words::Words;
use refill_trial::clock::TrialClock;
use refill_trial::place::Place;
use refill_trial::stage::Stage;
use refill_trial::trial::begin;
use refill_trial::{Trial, sweep};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::timeout;

/// How long to wait before a journey has failed.
const GUARD: Duration = Duration::from_secs(60);

fn engine(data: &Path) -> Engine {
    let config = Config::new(data.to_owned(), Arc::new(SystemClock));
    Engine::start(Config { keychain: Arc::new(MemoryKeychain::default()), polling: false, ..config }).unwrap()
}

/// Every file below a folder, with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                all.insert(entry.clone(), std::fs::read(&entry).unwrap());
            }
        }
    }
    all
}

async fn until<T>(
    engine: &Engine,
    updates: &mut broadcast::Receiver<Update>,
    what: &str,
    look: impl AsyncFn(&Engine) -> Option<T>,
) -> T {
    loop {
        if let Some(seen) = look(engine).await {
            return seen;
        }
        match timeout(GUARD, updates.recv()).await {
            Ok(Ok(_) | Err(RecvError::Lagged(_))) => {}
            Ok(Err(RecvError::Closed)) => panic!("the engine ended before {what}"),
            Err(_) => panic!("never: {what}; {:?}", engine.account().await),
        }
    }
}

async fn trial_of(engine: &Engine) -> bool {
    match engine.state().await.unwrap() {
        AppState::Ready { trial, .. } => trial.is_some(),
        AppState::Closed { trouble, .. } => panic!("{trouble:?}"),
    }
}

async fn row(engine: &Engine, name: &str) -> SupplyRow {
    let supplies = engine.supplies().await.unwrap();
    supplies.rows.into_iter().find(|row| row.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_it_is_left_and_the_own_household_is_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let own = engine(data.path());
    own.set_settings(Settings { theme: "dark".into(), welcomed: true, ..Settings::default() }).await.unwrap();
    // Opened once more, so that what is noted once a day is noted.
    own.stop().await;
    let own = engine(data.path());
    assert!(!trial_of(&own).await);
    own.stop().await;
    let before = files(data.path());

    let own = engine(data.path());
    for round in 0..2 {
        let trial = Trial::start(&own).await.unwrap();
        assert!(trial_of(&own).await, "{round}");
        let supplies = own.supplies().await.unwrap();
        assert!(supplies.sample && supplies.rows.len() == 10 && supplies.devices.len() == 4);
        let AppState::Ready { settings, trial: Some(pace), .. } = own.state().await.unwrap() else {
            panic!("a trial")
        };
        assert_eq!((settings.theme.as_str(), pace.day_seconds, pace.paused), ("dark", 20, false));
        trial.pause(true).await.unwrap();
        let AppState::Ready { trial: Some(pace), .. } = own.state().await.unwrap() else { panic!("a trial") };
        assert!(pace.paused);
        let second = Trial::start(&own).await.expect_err("one at a time");
        assert_eq!(second.code, Code::SampleOnly);
        trial.end().await.unwrap();
        assert!(!trial_of(&own).await);
        assert!(own.supplies().await.unwrap().rows.is_empty());
        assert!(!data.path().join("trial").exists(), "{round}");
    }
    own.stop().await;
    assert_eq!(files(data.path()), before, "not a byte differs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_the_own_household_or_goes_outside_is_refused_in_it() {
    let data = tempfile::tempdir().unwrap();
    let own = engine(data.path());
    let trial = Trial::start(&own).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let refused = [
        own.find_printers().await.expect_err("searches").code,
        own.probe("ipp://127.0.0.1:9/".into()).await.expect_err("asks").code,
        own.begin_link("home.example.com".into()).await.expect_err("links").code,
        own.open_household(elsewhere.path().display().to_string()).await.expect_err("opens").code,
        own.restore_file().await.expect_err("restores").code,
    ];
    assert_eq!(refused, [Code::SampleOnly; 5]);
    // A trial that nobody holds ends by itself.
    let mut updates = own.updates();
    drop(trial);
    until(&own, &mut updates, "the own household", async |own| (!trial_of(own).await).then_some(())).await;
    own.find_printers().await.unwrap();
    own.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cant_be_set_up_changes_nothing() {
    let data = tempfile::tempdir().unwrap();
    let own = engine(data.path());
    own.state().await.unwrap();
    let theirs = data.path().join("trial");
    std::fs::create_dir(&theirs).unwrap();
    std::fs::write(theirs.join("thesis.txt"), "mine").unwrap();
    assert!(Trial::start(&own).await.is_err());
    assert!(!trial_of(&own).await);
    assert_eq!(std::fs::read_to_string(theirs.join("thesis.txt")).unwrap(), "mine");
    own.stop().await;
}

/// A trial whose time is moved by the test.
struct Walk {
    _data: tempfile::TempDir,
    engine: Engine,
    updates: broadcast::Receiver<Update>,
    place: Option<Place>,
    stage: Stage,
    clock: Arc<TrialClock>,
}

impl Walk {
    async fn begin() -> Self {
        let data = tempfile::tempdir().unwrap();
        let engine = engine(data.path());
        let place = Place::make(data.path()).unwrap();
        // Saturday, 21 November 2026, 10:00 UTC.
        let clock = Arc::new(TrialClock::at(chrono::DateTime::from_timestamp(1_795_255_200, 0).unwrap()));
        let stage = Stage::set_up(place.cloud(), clock.clone(), Words::of("en")).await.unwrap();
        begin(&engine, &place, &stage, &clock, Settings::default()).await.unwrap();
        let updates = engine.updates();
        Self { _data: data, engine, updates, place: Some(place), stage, clock }
    }

    /// Lets half hours pass until the cloud knows something, and gives how many it took.
    async fn passes_until(&mut self, days: i64, what: &str, known: impl AsyncFn(&Stage) -> bool) -> i64 {
        let begin = self.clock.time();
        while self.clock.time() - begin < TimeDelta::days(days) {
            if known(&self.stage).await {
                return (self.clock.time() - begin).num_hours();
            }
            self.stage.pass().await.unwrap();
        }
        panic!("never within {days} days: {what}");
    }

    async fn sees<T>(&mut self, what: &str, look: impl AsyncFn(&Engine) -> Option<T>) -> T {
        until(&self.engine, &mut self.updates, what, look).await
    }

    async fn end(mut self) {
        self.engine.stop().await;
        self.stage.stop().await;
        drop(self.place.take());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn used_low_ordered_shipped_there_and_paused() {
    let mut walk = Walk::begin().await;
    let pods = row(&walk.engine, "Coffee pods").await;
    println!("{pods:#?}");
    let cups = walk.passes_until(2, "an order of pods", async |stage| {
        stage.orders("Crema-2", "Slot01").await.unwrap() == [Phase::Placed]
    }).await;
    println!("{cups} h");
    walk.end().await;
    sweep(Path::new("/nonexistent"));
}
