//! The loop when its tasks, its jobs or its searches do what they should not.

use super::*;
use crate::api::Api as _;
use crate::clock::{Clock, ManualClock};
use crate::engine::Engine;
use crate::form::{AddDeviceForm, SlotForm};
use crate::sources::probe::Failure;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Source};
use refill_domain::measure::{Amount, Unit};
use std::sync::Arc;
use std::time::Duration;

struct Bench {
    _folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    opened: Opened,
    told: broadcast::Receiver<Update>,
    _events: mpsc::Receiver<Event>,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(DateTime::from_timestamp(1_795_255_200, 0).unwrap()));
    let (events, heard) = mpsc::channel(EVENTS_KEPT);
    let (updates, told) = broadcast::channel(64);
    let opened = Opened::new(Config::new(folder.path().to_owned(), clock.clone()), events, updates);
    Bench { _folder: folder, clock, opened, told, _events: heard }
}

impl Bench {
    /// Adds a machine with pods in it.
    fn pods(&mut self) -> SlotId {
        let form = AddDeviceForm {
            id: EndpointId(self.clock.new_id()),
            name: "Machine".into(),
            kind: DeviceKind::CoffeeMachine,
            model: None,
            location: None,
            address: None,
            slots: vec![SlotForm {
                instance: None,
                name: "Pods".into(),
                supply: SupplyKind::Pods,
                sensor: SensorKind::None,
                unit: Unit::Count,
                capacity: None,
                pack: None,
                low: None,
                level: None,
                shelf: None,
            }],
        };
        let household = self.opened.household_mut().unwrap();
        household.add_device(&form, None).unwrap();
        household.slots[0].row.slot.id
    }

    fn counted(&self, slot: SlotId, pieces: i64) -> Entry {
        let now = self.clock.now();
        Entry {
            id: EntryId(self.clock.new_id()),
            slot,
            observed_at: now,
            recorded_at: now,
            source: Source::Person,
            about: None,
            note: None,
            kind: EntryKind::Counted { level: Some(Amount::whole(pieces, Unit::Count)), shelf: None },
        }
    }

    fn updates(&mut self) -> Vec<Update> {
        std::iter::from_fn(|| self.told.try_recv().ok()).collect()
    }

    /// A search that listens, as if it had been started.
    fn searching(&mut self, number: u64) {
        let task = self.opened.spawn(Task::Listen(number), std::future::pending());
        self.opened.search = Some(Search {
            number,
            task,
            looking: 0,
            answered: BTreeSet::new(),
            looked_at: 0,
            listening: true,
        });
    }
}

#[tokio::test]
async fn a_job_that_panics_costs_only_itself() {
    let mut bench = bench();
    let slot = bench.pods();
    let before = bench.counted(slot, 7);
    bench.opened.household_mut().unwrap().append(vec![before]).unwrap();
    let lost = bench.counted(slot, 3);
    // In the worst place: while the slots are lent to the transaction, after the entry was written.
    bench.opened.guarded(|opened| {
        let result = opened.household_mut().unwrap().append_and(vec![lost], |_| panic!("on purpose"));
        drop(result);
    });
    assert!(matches!(bench.updates()[..], [Update::Trouble { .. }]));
    let household = bench.opened.household_mut().unwrap();
    assert_eq!(household.watched(slot).unwrap().fold.state.level, Some(7000));
    let after = bench.counted(slot, 5);
    let household = bench.opened.household_mut().unwrap();
    household.append(vec![after]).unwrap();
    assert_eq!(household.watched(slot).unwrap().fold.state.level, Some(5000));
}

#[tokio::test]
async fn a_look_that_panics_frees_the_device_and_tells_who_waits() {
    let mut bench = bench();
    bench.pods();
    let household = bench.opened.household_mut().unwrap();
    let device = household.devices[0].endpoint.id;
    household.devices[0].endpoint.kind = DeviceKind::Printer;
    household.devices[0].reach = Some(crate::store::Reach {
        address: "ipp://127.0.0.1:9/".into(),
        identity: None,
        answered_at: None,
        trouble: None,
    });
    let (done, ended) = oneshot::channel();
    bench.opened.asking.insert(device);
    bench.opened.spawn(Task::Poll(device), async { panic!("on purpose") });
    bench.opened.read_now(Some(device), done).unwrap();
    let finished = bench.opened.tasks.join_next_with_id().await.unwrap();
    bench.opened.ended(finished);
    let troubles = ended.await.unwrap();
    assert_eq!(troubles.iter().map(|trouble| trouble.code).collect::<Vec<_>>(), [Code::Unexpected]);
    assert!(bench.opened.asking.is_empty() && bench.opened.doing.is_empty());
    assert!(bench.opened.due[&device] > bench.clock.now(), "asked again in time, not at once");
}

#[tokio::test]
async fn a_search_hears_only_its_own_answers() {
    let mut bench = bench();
    bench.searching(2);
    // What the first search still had under way.
    for event in [
        Event::SearchOver(1),
        Event::Answered(1, Err(ProbeError { failure: Failure::Unreachable, address: "ipp://h".into() })),
    ] {
        bench.opened.hear(event);
        assert!(bench.opened.search.as_ref().is_some_and(|search| search.listening));
    }
    assert_eq!(bench.updates(), []);
    // Its own look outlasts its listening; the end is told once, when both are over.
    bench.opened.search.as_mut().unwrap().looking = 1;
    bench.opened.hear(Event::SearchOver(2));
    assert_eq!(bench.updates(), []);
    let silent = ProbeError { failure: Failure::TimedOut, address: "ipp://h".into() };
    bench.opened.hear(Event::Answered(2, Err(silent)));
    assert_eq!(bench.updates(), [Update::SearchEnded { count: 0 }]);
    bench.opened.search(false).unwrap();
    assert_eq!(bench.updates(), []);
}

#[tokio::test]
async fn a_search_whose_tasks_panic_ends_all_the_same() {
    let mut bench = bench();
    bench.searching(1);
    bench.opened.search.as_mut().unwrap().looking = 1;
    bench.opened.spawn(Task::Look(1), async { panic!("on purpose") });
    let finished = bench.opened.tasks.join_next_with_id().await.unwrap();
    bench.opened.ended(finished);
    assert_eq!(bench.updates(), []);
    bench.opened.spawn(Task::Listen(1), async { panic!("on purpose") });
    let finished = bench.opened.tasks.join_next_with_id().await.unwrap();
    bench.opened.ended(finished);
    assert_eq!(bench.updates(), [Update::SearchEnded { count: 0 }]);
}

#[tokio::test]
async fn stopping_a_search_tells_its_count_once() {
    let mut bench = bench();
    bench.searching(1);
    bench.opened.search(false).unwrap();
    bench.opened.search(false).unwrap();
    assert_eq!(bench.updates(), [Update::SearchEnded { count: 0 }]);
    let finished = bench.opened.tasks.join_next_with_id().await.unwrap();
    bench.opened.ended(finished);
    assert_eq!(bench.updates(), [], "an aborted task is no news");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_while_it_stops_is_answered() {
    for _ in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(DateTime::from_timestamp(1_795_255_200, 0).unwrap()));
        let engine = Arc::new(Engine::start(Config::new(folder.path().to_owned(), clock)).unwrap());
        let ask = |engine: Arc<Engine>| async move { while engine.supplies().await.is_ok() {} };
        #[expect(clippy::disallowed_methods, reason = "people at several windows ask at once")]
        let asking: Vec<_> = (0..8).map(|_| tokio::spawn(ask(engine.clone()))).collect();
        engine.stop().await;
        for one in asking {
            tokio::time::timeout(Duration::from_secs(30), one).await.expect("none waits for ever").unwrap();
        }
    }
}
