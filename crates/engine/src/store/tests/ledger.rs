//! Appending: an entry counts once, late and undone ones lead to the state they would have led to in order, and the
//! file says the same as memory and as everything folded again. Real files, random histories.

use super::*;
use proptest::prelude::*;
use refill_domain::fold::Effect;
use refill_domain::ledger::voided;
use std::collections::BTreeSet;

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    (folder, store)
}

#[test]
fn an_entry_counts_once() {
    let (_folder, mut store) = open();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    let bought = entry(
        10,
        0,
        Source::Person,
        EntryKind::Purchased { packs: 2, content: None, asin: None, price: None, shop: None },
    );
    let low = reading(11, 5, 40);
    let first = append(&mut store, &row, &mut fold, &[bought.clone(), low.clone()]);
    assert!(matches!(first[..], [(_, Appended::New(_)), (_, Appended::New(_))]));
    let again = append(&mut store, &row, &mut fold, &[bought.clone(), low.clone(), bought, low]);
    assert!(again.iter().all(|(_, appended)| *appended == Appended::Duplicate), "{again:?}");
    assert_eq!(fold.state.shelf, 2000);
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
}

#[test]
fn a_late_entry_takes_its_place() {
    let (_folder, mut store) = open();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    let days = |days: i64| days * 1440;
    append(&mut store, &row, &mut fold, &[reading(10, 0, 40), reading(11, days(10), 90)]);
    assert!(fold.state.rise.is_some(), "a rise nobody recorded asks");
    let late = append(&mut store, &row, &mut fold, &[entry(12, days(9), Source::Person, replaced())]);
    assert_eq!(late, [(id(12), Appended::Refolded)]);
    assert!(fold.state.rise.is_none(), "the late replacement explains it");
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
}

#[test]
fn use_of_long_ago_is_kept_when_the_slot_is_folded_again() {
    let (_folder, mut store) = open();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    let year = 366 * 1440;
    // Two years apart in one batch: the fold forgets the first use while the second arrives.
    let all = [
        reading(10, 0, 90),
        reading(11, 1440, 88),
        reading(12, 2 * year, 88),
        reading(13, 2 * year + 1440, 85),
    ];
    append(&mut store, &row, &mut fold, &all);
    let days = |store: &Store| store.read(|db| use_days(db, row.key)).unwrap();
    let before = days(&store);
    assert_eq!(before.values().sum::<i64>(), 5_000);
    assert_eq!(fold.days.used.values().sum::<i64>(), 3_000, "the fold looks at four hundred days");
    append(&mut store, &row, &mut fold, &[void(14, 2 * year + 1441, 13)]);
    assert_eq!(days(&store).values().sum::<i64>(), 2_000);
    append(&mut store, &row, &mut fold, &[void(15, 2 * year + 1442, 14)]);
    assert_eq!(days(&store), before);
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
}

#[test]
fn undo_and_redo_change_the_state_and_the_columns() {
    let (_folder, mut store) = open();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    append(&mut store, &row, &mut fold, &[reading(10, 0, 40), entry(11, 5, Source::Person, replaced())]);
    let line = |store: &Store| {
        let rows = store.read(|db| entries(db, row.key, &row.slot)).unwrap();
        let line = rows.into_iter().find(|row| row.entry.id == id(11)).unwrap();
        (line.change, line.left_after, line.voided)
    };
    assert_eq!((fold.state.level, line(&store)), (Some(100_000), (Some(60_000), Some(100_000), false)));
    append(&mut store, &row, &mut fold, &[void(12, 6, 11)]);
    assert_eq!((fold.state.level, line(&store).2), (Some(40_000), true));
    assert_eq!(store.read(|db| voids_of(db, row.key, id(11))).unwrap(), [id(12)]);
    append(&mut store, &row, &mut fold, &[void(13, 7, 12)]);
    assert_eq!((fold.state.level, line(&store)), (Some(100_000), (Some(60_000), Some(100_000), false)));
    assert_eq!(store.read(|db| voids_of(db, row.key, id(11))).unwrap(), []);
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
}

#[test]
fn a_void_may_come_before_what_it_voids() {
    let (_folder, mut store) = open();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    append(&mut store, &row, &mut fold, &[void(12, 0, 10), void(13, 0, 11)]);
    append(&mut store, &row, &mut fold, &[reading(10, 5, 40), entry(11, 6, Source::Person, replaced())]);
    assert_eq!(fold.state.level, None);
    assert!(fold.state.replacements.is_empty());
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
    assert_eq!(store.read(|db| samples(db, row.key, &row.slot, i64::MIN, i64::MAX)).unwrap(), []);
}

#[test]
fn forgetting_a_device_leaves_nothing_of_it() {
    let (_folder, mut store) = open();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    let history = [
        reading(10, 0, 40),
        reading(11, 2000, 30),
        entry(12, 2001, Source::Person, replaced()),
        void(13, 2002, 11),
    ];
    append(&mut store, &row, &mut fold, &history);
    store.write(|tx| tx.forget_devices(&[row.slot.endpoint])).unwrap();
    for table in ["endpoint", "slot", "reading", "entry", "voided_reading", "slot_state", "use_day"] {
        let rows: i64 =
            store.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 0, "{table}");
    }
}

#[test]
fn history_older_than_a_year_of_silence_is_still_there_after_a_restart() {
    let (folder, mut store) = open();
    let row = with_slot(&mut store, &ink());
    let mut fold = Fold::default();
    let history: Vec<Entry> = (0..40).map(|n| reading(10 + n as u128, n * 1440, 100 - n)).collect();
    append(&mut store, &row, &mut fold, &history);
    assert!(fold.days.used.len() > 30);
    store.close().unwrap();
    // Opened again at whatever time: what the forecast looks at hangs on the last observed day alone.
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
}

/// Rows written by appending one entry to `history`.
fn rows_written(slot: &Slot, history: &[Entry], last: Entry) -> u64 {
    let (_folder, mut store) = open();
    let row = with_slot(&mut store, slot);
    let mut fold = Fold::default();
    append(&mut store, &row, &mut fold, history);
    let before = store.db.total_changes();
    append(&mut store, &row, &mut fold, &[last]);
    assert_eq!(stored(&store, &row), (fold.clone(), fold));
    store.db.total_changes() - before
}

#[test]
fn a_reading_writes_three_rows_whatever_came_before() {
    let level: Vec<Entry> = (0..200).map(|n| reading(10 + n as u128, n * 30, 100 - n / 4)).collect();
    assert_eq!(rows_written(&ink(), &level, reading(999, 6000, 49)), 3);

    // Counted once, long ago, and used every day since.
    let hours = slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(150_000));
    let counted = EntryKind::Counted { level: Some(Amount::whole(150, Unit::Hour)), shelf: None };
    let used = |n: i64| {
        let amount = Amount::whole(1, Unit::Hour);
        entry(10 + n as u128, n * 1440, Source::Device, EntryKind::Consumed { amount })
    };
    let mut history = vec![entry(9, 0, Source::Person, counted)];
    history.extend((1..100).map(used));
    assert_eq!(rows_written(&hours, &history, used(100)), 3);

    // A rise that two readings agreed on, and that nobody has answered since: a day's use falls on two days.
    let mut history = vec![reading(10, 0, 20), reading(11, 30, 90), reading(12, 60, 90)];
    history.extend((1..60).map(|day: i64| reading(12 + day as u128, day * 1440, 90 - day)));
    assert_eq!(rows_written(&ink(), &history, reading(999, 60 * 1440, 30)), 4);
}

fn kinds() -> Vec<Slot> {
    let low = |slot: Slot| Slot { low_own: Some(20_000), ..slot };
    vec![
        ink(),
        low(slot(SensorKind::Usage, SupplyKind::Detergent, Unit::Milliliter, Some(1_500_000))),
        slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(150_000)),
        low(slot(SensorKind::None, SupplyKind::Pods, Unit::Count, Some(50_000))),
        slot(SensorKind::None, SupplyKind::Filter, Unit::Count, Some(1000)),
    ]
}

/// One thing that may be said; numbers are taken modulo what is possible.
#[derive(Debug, Clone)]
enum Said {
    Level(i64),
    Unknown(bool),
    Used(i64),
    Replaced(bool),
    Bought(u32),
    Counted(Option<i64>, Option<i64>),
    Received(u8),
    Void(usize),
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        6 => (0i64..=100).prop_map(Said::Level),
        1 => any::<bool>().prop_map(Said::Unknown),
        4 => (1i64..40).prop_map(Said::Used),
        2 => any::<bool>().prop_map(Said::Replaced),
        2 => (1u32..4).prop_map(Said::Bought),
        2 => (proptest::option::of(0i64..100), proptest::option::of(0i64..9))
            .prop_filter("says something", |(a, b)| a.is_some() || b.is_some())
            .prop_map(|(a, b)| Said::Counted(a, b)),
        1 => (0u8..3).prop_map(Said::Received),
        3 => any::<usize>().prop_map(Said::Void),
    ]
}

/// A history: what was said, at which hour, by whom, about which other one.
type History = Vec<(Said, i64, u8, Option<usize>)>;

fn history() -> impl Strategy<Value = History> {
    // Hours, so that several fall on one moment; up to 900 days, so that old days are forgotten.
    let hour = prop_oneof![0i64..200, 0i64..21_600];
    let one = (said(), hour, 0u8..6, proptest::option::weighted(0.1, any::<usize>()));
    proptest::collection::vec(one, 1..40)
}

fn entries_of(slot: &Slot, history: &History) -> Vec<Entry> {
    let count = history.len();
    // Ids in an order of their own: they decide among entries of one moment.
    let number = |index: usize| (index * 7 % count * count + index) as u128 + 100;
    let amount = |whole: i64| Amount::whole(whole, slot.unit);
    let entry_at = entry;
    let entry = |(index, (said, hour, who, about)): (usize, &(Said, i64, u8, Option<usize>))| {
        let kind = match said {
            Said::Level(level) => EntryKind::LevelRead { level: Level::Amount { amount: amount(*level) } },
            Said::Unknown(some) => {
                EntryKind::LevelRead { level: if *some { Level::SomeLeft } else { Level::Unknown } }
            }
            Said::Used(used) => EntryKind::Consumed { amount: amount(*used) },
            Said::Replaced(from_shelf) => EntryKind::Replaced { capacity: None, from_shelf: *from_shelf },
            Said::Bought(packs) => {
                EntryKind::Purchased { packs: *packs, content: None, asin: None, price: None, shop: None }
            }
            Said::Counted(level, shelf) => EntryKind::Counted {
                level: level.map(amount),
                shelf: shelf.map(|pieces| Amount::whole(pieces, slot.shelf_unit())),
            },
            Said::Received(order) => {
                EntryKind::Received { order: format!("order {order}"), packs: 1, content: None }
            }
            Said::Void(target) => EntryKind::Voided { entry: id(number(target % count)) },
        };
        // Most come from devices, whose readings lie in a table of their own; some of those carry a note.
        let source = if *who == 0 { Source::Person } else { Source::Device };
        let note = (*who == 1).then(|| "noted".to_owned());
        let about = about.map(|about| id(number(about % count))).filter(|about| *about != id(number(index)));
        Entry { about, note, ..entry_at(number(index), hour * 60, source, kind) }
    };
    history.iter().enumerate().map(entry).filter(|e| e.kind != EntryKind::Voided { entry: e.id }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_arrival_leads_to_the_same_file(
        history in history(),
        kind in 0usize..5,
        order in proptest::collection::vec(any::<u16>(), 40),
        sizes in proptest::collection::vec(1usize..6, 40),
        in_order in any::<bool>(),
    ) {
        let slot = &kinds()[kind];
        let all = entries_of(slot, &history);
        let mut arriving: Vec<Entry> = all.clone();
        if in_order {
            arriving.sort_by_key(Entry::key);
        } else {
            let mut keyed: Vec<(u16, Entry)> = order.iter().copied().zip(arriving).collect();
            keyed.sort_by_key(|(key, _)| *key);
            arriving = keyed.into_iter().map(|(_, entry)| entry).collect();
        }
        let (_folder, mut store) = open();
        // Durability is tried elsewhere; here it would only cost time.
        store.db.pragma_update(None, "synchronous", "OFF").unwrap();
        let row = with_slot(&mut store, slot);
        let mut fold = Fold::default();
        let mut sizes = sizes.iter().cycle();
        let mut rest = &arriving[..];
        while !rest.is_empty() {
            let (batch, later) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
            append(&mut store, &row, &mut fold, batch);
            // Told again with the next one, as a cloud does that lost the answer.
            append(&mut store, &row, &mut fold, &batch[..1]);
            rest = later;
        }

        let mut effects: BTreeMap<EntryId, Effect> = BTreeMap::new();
        let expected = Fold::of_each(slot, &all, |entry, effect| {
            effects.insert(entry.id, effect);
        });
        prop_assert_eq!(&fold, &expected, "memory");
        let (kept, again) = stored(&store, &row);
        prop_assert_eq!(&kept, &expected, "the file");
        prop_assert_eq!(&again, &expected, "the file's entries");
        let days = store.read(|db| use_days(db, row.key)).unwrap();
        for (day, used) in &expected.days.used {
            prop_assert_eq!(days.get(day), Some(used));
        }
        prop_assert_eq!(&store.write(|tx| tx.refold(&row)).unwrap(), &expected, "folded again");
        let again = store.read(|db| use_days(db, row.key)).unwrap();
        prop_assert_eq!(&again, &days, "the use of every day, also of those the fold forgets");

        let void: BTreeSet<EntryId> = voided(&all);
        for line in store.read(|db| entries(db, row.key, slot)).unwrap() {
            prop_assert_eq!(line.voided, void.contains(&line.entry.id));
            if let Some(effect) = effects.get(&line.entry.id) {
                prop_assert_eq!(
                    (line.change, line.left_after, line.overshoot),
                    (effect.change, effect.left, effect.overshoot)
                );
            }
        }
    }
}
