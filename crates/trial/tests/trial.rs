//! Trials from the first to the last moment: the story that is told in them, moved on by hand, and that nothing of them
//! is left. None of them sleeps; each waits for what is told.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use chrono::{TimeDelta, Timelike as _};
use refill_domain::orders::{ChangedBy, Phase};
use refill_engine::api::Api as _;
use refill_engine::clock::SystemClock;
use refill_engine::engine::{Config, Engine};
use refill_engine::error::Code;
use refill_engine::link::vault::MemoryKeychain;
use refill_engine::view::{AppState, Next, OrderState, ReorderState, Settings, SupplyRow, Update};
use refill_engine::words::Words;
use refill_trial::Trial;
use refill_trial::clock::TrialClock;
use refill_trial::place::Place;
use refill_trial::stage::Stage;
use refill_trial::trial::begin;
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

    /// Lets half hours pass until the cloud knows something.
    async fn passes_until(&mut self, days: i64, what: &str, known: impl AsyncFn(&Stage) -> bool) {
        let begin = self.clock.time();
        while self.clock.time() - begin < TimeDelta::days(days) {
            if known(&self.stage).await {
                return;
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

/// How the newest order of a supply stands on the Orders screen.
async fn order_of(engine: &Engine, name: &str) -> Option<OrderState> {
    let orders = engine.orders().await.unwrap();
    let mut all = orders.open.into_iter().chain(orders.earlier);
    all.find(|order| order.name == name).map(|order| order.state)
}

async fn reorder_of(engine: &Engine, name: &str) -> Option<ReorderState> {
    let orders = engine.orders().await.unwrap();
    orders.reorder.into_iter().find(|line| line.name == name).map(|line| line.state)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn used_low_ordered_shipped_there_paused_and_cancelled() {
    let mut walk = Walk::begin().await;
    let (pods, detergent, filter) = ("Coffee pods", "Liquid detergent", "Filter");
    let left = |row: &SupplyRow| row.left.map(|left| left.milli);
    let begun = row(&walk.engine, pods).await;
    assert_eq!(left(&begun), Some(28_000));
    assert!(matches!(begun.next, Next::Runs { .. }), "the weeks before make a forecast: {:?}", begun.next);

    // Used.
    let from = left(&begun);
    walk.stage.pass().await.unwrap();
    walk.passes_until(1, "a cup", async |stage| stage.time().hour() == 14).await;
    walk.sees("a cup", async |of| (left(&row(of, pods).await) < from).then_some(())).await;

    // Low, so it is asked for; then placed, shipped and there.
    let first = async |stage: &Stage| stage.orders("Crema-2", "Slot01").await.unwrap().into_iter().next();
    walk.passes_until(1, "asked", async |stage| first(stage).await == Some(Phase::Asked)).await;
    let asked = async |of: &Engine| {
        matches!(order_of(of, pods).await, Some(OrderState::Requested { silent: false, .. })).then_some(())
    };
    walk.sees("asked", asked).await;
    assert!(left(&row(&walk.engine, pods).await) <= Some(26_000), "a week's use is left");
    walk.passes_until(1, "placed", async |stage| first(stage).await == Some(Phase::Placed)).await;
    let placed =
        async |of: &Engine| matches!(order_of(of, pods).await, Some(OrderState::Placed { .. })).then_some(());
    walk.sees("placed", placed).await;
    walk.passes_until(1, "shipped", async |stage| matches!(first(stage).await, Some(Phase::OnItsWay { .. })))
        .await;
    let shipped = async |of: &Engine| {
        let arrives =
            matches!(row(of, pods).await.next, Next::OrderArrives { shipped: true, late: false, .. });
        (arrives && matches!(order_of(of, pods).await, Some(OrderState::OnItsWay { .. }))).then_some(())
    };
    walk.sees("shipped", shipped).await;
    walk.passes_until(3, "there", async |stage| matches!(first(stage).await, Some(Phase::Arrived { .. })))
        .await;
    let there = async |of: &Engine| {
        let stocked = left(&row(of, pods).await) > Some(50_000);
        (stocked && matches!(order_of(of, pods).await, Some(OrderState::Arrived { .. }))).then_some(())
    };
    walk.sees("there", there).await;

    // Meanwhile the customer paused another supply, which becomes low with nobody to order it.
    let paused = async |of: &Engine| {
        let by = ChangedBy::Customer;
        matches!(reorder_of(of, detergent).await, Some(ReorderState::Paused { by: who, .. }) if who == by)
            .then_some(())
    };
    walk.sees("paused", paused).await;
    // What is not wanted is cancelled.
    let cancelled = async |stage: &Stage| {
        let all = stage.orders("Crema-2", "Slot02").await.unwrap();
        matches!(all.first(), Some(Phase::Cancelled { .. }))
    };
    walk.passes_until(5, "cancelled", cancelled).await;
    let gone = async |of: &Engine| {
        matches!(order_of(of, filter).await, Some(OrderState::Cancelled { .. })).then_some(())
    };
    walk.sees("cancelled", gone).await;

    // Once it goes on, what is low is ordered.
    let again = async |stage: &Stage| !stage.orders("Tide-8", "Slot01").await.unwrap().is_empty();
    walk.passes_until(8, "ordered after the pause", again).await;
    let on = async |of: &Engine| {
        let on = matches!(reorder_of(of, detergent).await, Some(ReorderState::On { .. }));
        (on && order_of(of, detergent).await.is_some()).then_some(())
    };
    walk.sees("ordered after the pause", on).await;
    assert!(left(&row(&walk.engine, detergent).await) > Some(0), "never empty");
    walk.end().await;
}
