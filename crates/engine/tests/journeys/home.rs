//! A household under test: an engine on a folder of its own, a clock moved by hand, and waiting by what the engine tells.
//! A journey ends with [`Home::end`], which asserts that the engine has let go of everything and that what the file says
//! is what its ledger amounts to.

use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::fold::Fold;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::Unit;
use refill_engine::api::Api;
use refill_engine::clock::{Clock, ManualClock};
use refill_engine::engine::{Config, Engine};
use refill_engine::error::Error;
use refill_engine::form::{AddDeviceForm, RecordForm, SlotForm, Typed, What};
use refill_engine::lock::Lock;
use refill_engine::store::{self, Reader};
use refill_engine::view::{AppState, Notice, Recorded, SlotView, SupplyRow, Update};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::timeout;

/// How long to wait before a journey has failed; nothing takes a second of it.
pub const GUARD: Duration = Duration::from_secs(30);

pub struct Home {
    pub folder: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub engine: Engine,
    updates: broadcast::Receiver<Update>,
    notices: bool,
}

/// Saturday, 21 November 2026, 10:00 UTC.
pub fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_255_200, 0).unwrap()
}

pub fn typed(text: &str, unit: Unit) -> Typed {
    Typed { text: text.into(), unit }
}

fn engine(folder: &Path, clock: &Arc<ManualClock>, notices: bool) -> Engine {
    Engine::start(Config { notices, ..Config::new(folder.to_owned(), clock.clone()) }).unwrap()
}

/// What the file says is what its ledger amounts to, slot by slot.
pub fn assert_refold_agrees(folder: &Path) {
    let reader = Reader::open(&folder.join(store::FILE)).unwrap();
    reader
        .read(|db| {
            let mut kept = store::folds(db)?;
            for row in store::slots(db)? {
                let all = store::all_entries(db, row.key, &row.slot)?;
                let kept = kept.remove(&row.key).unwrap_or_default();
                assert_eq!(kept, Fold::of(&row.slot, &all), "{}", row.slot.name);
            }
            assert!(kept.is_empty(), "states of slots that are gone");
            Ok(())
        })
        .unwrap();
}

impl Home {
    pub async fn new() -> Self {
        Self::with(false).await
    }

    /// One whose notices somebody shows.
    pub async fn telling() -> Self {
        Self::with(true).await
    }

    async fn with(notices: bool) -> Self {
        crate::log::capture();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(beginning()));
        let engine = engine(folder.path(), &clock, notices);
        let updates = engine.updates();
        let home = Self { folder, clock, engine, updates, notices };
        // The region of the machine that tests must not matter.
        let AppState::Ready { settings, .. } = home.engine.state().await.unwrap() else {
            panic!("a new household opens")
        };
        let settings =
            refill_engine::view::Settings { locale: "en-GB".into(), language: "en".into(), ..settings };
        home.engine.set_settings(settings).await.unwrap();
        home
    }

    /// Quits and starts again on the same folder.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.restart_only().await;
    }

    /// Starts again on the same folder, after something was done to it.
    pub async fn restart_only(&mut self) {
        self.engine = engine(self.folder.path(), &self.clock, self.notices);
        self.updates = self.engine.updates();
        self.engine.state().await.unwrap();
    }

    async fn stop(&self) {
        timeout(GUARD, self.engine.stop()).await.expect("the engine stops");
        let after = timeout(GUARD, self.engine.supplies()).await.expect("it is said that it ended");
        after.expect_err("nothing answers any more");
        drop(Lock::take(self.folder.path()).expect("the lock is free"));
        let left: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with("-wal") || name.ends_with("-shm"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        assert_refold_agrees(self.folder.path());
    }

    /// Ends the journey.
    pub async fn end(self) {
        self.stop().await;
    }

    /// Waits until `look` sees what it wants, asking anew whenever the engine tells that something changed.
    pub async fn until<T>(&mut self, what: &str, look: impl AsyncFn(&Engine) -> Option<T>) -> T {
        loop {
            if let Some(seen) = look(&self.engine).await {
                return seen;
            }
            match timeout(GUARD, self.updates.recv()).await {
                Ok(Ok(_) | Err(broadcast::error::RecvError::Lagged(_))) => {}
                Ok(Err(broadcast::error::RecvError::Closed)) => panic!("the engine ended before {what}"),
                Err(_) => panic!("{what} never came"),
            }
        }
    }

    /// The next notice.
    pub async fn notice(&mut self) -> Notice {
        loop {
            match timeout(GUARD, self.updates.recv()).await.expect("a notice never came") {
                Ok(Update::Notice { notice }) => return notice,
                Ok(_) => {}
                Err(cause) => panic!("{cause}"),
            }
        }
    }

    /// Lets the moment pass in which changes come together.
    pub async fn settle(&self) {
        // What was asked before is done with when this is answered.
        self.engine.looked().await.unwrap();
        self.clock.advance(TimeDelta::seconds(3));
    }

    /// Waits until the look that is due was made, and asserts that it told nothing.
    pub async fn looked(&mut self) {
        timeout(GUARD, self.engine.looked()).await.expect("it looks").unwrap();
        while let Ok(update) = self.updates.try_recv() {
            assert!(!matches!(update, Update::Notice { .. }), "{update:?}");
        }
    }

    pub fn new_entry(&self) -> EntryId {
        EntryId(self.clock.new_id())
    }

    /// Moves the clock to the next poll and waits for its readings.
    pub async fn next_poll(&mut self) {
        self.clock.advance(TimeDelta::minutes(30));
        let now = self.clock.now().timestamp_millis();
        self.until("a reading", async |engine| {
            (engine.supplies().await.unwrap().sync.last_reading == Some(now)).then_some(())
        })
        .await;
    }

    pub fn form(&self, slot: SlotId, what: What) -> RecordForm {
        RecordForm { id: self.new_entry(), slot, on: None, note: None, amends: None, what }
    }

    /// The same, `days` ago.
    pub fn form_of(&self, days: i64, slot: SlotId, what: What) -> RecordForm {
        let on = Some(self.clock.day(self.clock.now()) - TimeDelta::days(days));
        RecordForm { on, ..self.form(slot, what) }
    }

    pub async fn record(&self, slot: SlotId, what: What) -> Result<Recorded, Error> {
        self.engine.record(self.form(slot, what)).await
    }

    pub async fn rows(&self) -> Vec<SupplyRow> {
        self.engine.supplies().await.unwrap().rows
    }

    pub async fn row(&self, slot: SlotId) -> SupplyRow {
        self.rows().await.into_iter().find(|row| row.slot == slot).expect("the row is there")
    }

    pub async fn slot_named(&self, name: &str) -> SlotId {
        self.rows().await.into_iter().find(|row| row.name == name).expect(name).slot
    }

    pub async fn page(&self, slot: SlotId) -> SlotView {
        self.engine.slot(slot, 50).await.unwrap()
    }

    /// Adds a printer by its address, with all its supplies.
    pub async fn add_printer(&self, address: &str) -> EndpointId {
        let form = AddDeviceForm {
            id: EndpointId(self.clock.new_id()),
            name: "Study printer".into(),
            kind: DeviceKind::Printer,
            model: None,
            location: None,
            address: Some(address.to_owned()),
            slots: Vec::new(),
        };
        self.engine.add_device(form).await.unwrap()
    }

    /// Adds a device by hand with one slot; returns both.
    pub async fn add(&self, kind: DeviceKind, slot: SlotForm) -> (EndpointId, SlotId) {
        let form = AddDeviceForm {
            id: EndpointId(self.clock.new_id()),
            name: "By hand".into(),
            kind,
            model: None,
            location: None,
            address: None,
            slots: vec![slot],
        };
        let device = self.engine.add_device(form).await.unwrap();
        (device, self.engine.device(device).await.unwrap().rows[0].slot)
    }
}

/// A slot that people count.
pub fn by_hand(name: &str, supply: SupplyKind, unit: Unit, capacity: Option<&str>) -> SlotForm {
    SlotForm {
        instance: None,
        name: name.into(),
        supply,
        sensor: SensorKind::None,
        unit,
        capacity: capacity.map(|text| typed(text, unit)),
        pack: None,
        low: None,
        level: None,
        shelf: None,
    }
}

pub fn replaced() -> What {
    What::Replaced { from_shelf: false }
}

pub fn bought(packs: &str) -> What {
    What::Bought { packs: packs.into(), content: None, asin: None, price: None, currency: None, shop: None }
}

pub fn counted(text: &str, unit: Unit) -> What {
    What::Counted { level: Some(typed(text, unit)), shelf: None }
}
