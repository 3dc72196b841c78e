//! What lies on one shelf, case by case and for every ledger.

use super::*;
use crate::endpoint::SupplyKind;
use crate::forecast::{Forecast, forecast};
use crate::ids::SlotId;
use crate::testing::*;
use proptest::prelude::*;

fn other(slot: Slot) -> Slot {
    Slot { id: SlotId::from_bytes([9; 16]), ..slot }
}

/// The second diary's entries get ids of their own.
fn both(one: &Diary, two: &Diary) -> Vec<Entry> {
    let second = two.entries.iter().map(|entry| Entry {
        id: id(entry.id.0.as_u128() + 5000),
        kind: match entry.kind {
            EntryKind::Voided { entry } => EntryKind::Voided { entry: id(entry.0.as_u128() + 5000) },
            ref kind => kind.clone(),
        },
        ..entry.clone()
    });
    one.entries.iter().cloned().chain(second).collect()
}

fn takes(diary: Diary, at: f64) -> Diary {
    diary.add(at, EntryKind::Replaced { capacity: None, from_shelf: true })
}

fn told(shelf: &Shelf) -> Vec<(MoveKind, Milli, Milli)> {
    shelf.moves.iter().map(|m| (m.kind, m.change / 1000, m.after / 1000)).collect()
}

#[test]
fn two_printers_take_from_one_shelf() {
    let study = takes(Diary::of(ink()).bought(0.0, 3), 5.0);
    let hall = takes(takes(Diary::of(other(ink())), 6.0), 7.0);
    let shelf = Shelf::of(&[&study.slot, &hall.slot], &both(&study, &hall));
    assert_eq!(shelf.stock, 0);
    assert_eq!(
        told(&shelf),
        [
            (MoveKind::Bought, 3, 3),
            (MoveKind::TakenOut, -1, 2),
            (MoveKind::TakenOut, -1, 1),
            (MoveKind::TakenOut, -1, 0)
        ]
    );
    let fourth = takes(hall, 8.0);
    let shelf = Shelf::of(&[&study.slot, &fourth.slot], &both(&study, &fourth));
    assert_eq!(
        (shelf.stock, told(&shelf).last().copied()),
        (0, Some((MoveKind::TakenOut, 0, 0))),
        "never below"
    );
}

#[test]
fn a_count_on_either_begins_the_account_anew() {
    let study = Diary::of(ink()).bought(0.0, 3);
    let hall = takes(Diary::of(other(ink())).counted(2.0, None, Some(1)), 4.0);
    let shelf = Shelf::of(&[&study.slot, &hall.slot], &both(&study, &hall));
    assert_eq!(told(&shelf), [(MoveKind::Counted, -2, 1), (MoveKind::TakenOut, -1, 0)]);
    assert_eq!(shelf.counted().map(|count| (count.at, count.slot)), Some((day(2.0), hall.slot.id)));
    let undone = hall.voids(5.0, 1000);
    let shelf = Shelf::of(&[&study.slot, &undone.slot], &both(&study, &undone));
    assert_eq!((shelf.stock, shelf.counted()), (2000, None), "an undone count is none");
}

#[test]
fn one_order_told_on_both_counts_once() {
    let received =
        |diary: Diary| diary.add(1.0, EntryKind::Received { order: "o-1".into(), packs: 2, content: None });
    let (study, hall) = (received(Diary::of(ink())), received(Diary::of(other(ink()))));
    assert_eq!(Shelf::of(&[&study.slot, &hall.slot], &both(&study, &hall)).stock, 2000);
}

#[test]
fn only_what_is_alike_shares() {
    let pods = pods(SensorKind::Usage);
    assert!(can_share(&ink(), &filter()) && !can_share(&ink(), &pods));
    let litres = slot(SensorKind::Usage, SupplyKind::Detergent, Unit::Liter, Some(2));
    let millis = slot(SensorKind::Usage, SupplyKind::Detergent, Unit::Milliliter, Some(1500));
    assert!(can_share(&litres, &millis) && !can_share(&litres, &pods));
    let (one, two) = (Diary::of(litres).bought(0.0, 1), Diary::of(other(millis)).bought(0.0, 1));
    let shelf = Shelf::of(&[&one.slot, &two.slot], &both(&one, &two));
    assert_eq!(
        (shelf.stock, shelf.unit, shelf.stock_in(Unit::Milliliter)),
        (3_500, Unit::Liter, Some(3_500_000))
    );
}

#[test]
fn two_machines_use_one_pool_of_pods() {
    let uses = |diary: Diary, from: i32| (from..30).fold(diary, |d, n| d.uses(f64::from(n) + 0.5, 1));
    let kitchen = uses(Diary::of(pods(SensorKind::Usage)).counted(0.0, Some(0), Some(80)), 0);
    let office = uses(Diary::of(other(pods(SensorKind::Usage))).counted(0.0, Some(0), None), 0);
    let (one, two) = (kitchen.fold(), office.fold());
    let shelf = Shelf::of(&[&kitchen.slot, &office.slot], &both(&kitchen, &office));
    assert_eq!(shelf.stock, 0, "each has opened a pack of forty");
    let members = [(&kitchen.slot, &one), (&office.slot, &two)];
    for (own, _) in members {
        let pooled = pool(own, &members, &shelf);
        assert_eq!(pooled.state.left(own), Some(20_000), "80 less twice 30");
        let Forecast::Dated { run_out, .. } = forecast(own, &pooled, day(30.0)) else { panic!() };
        let days = (run_out.likely - day(30.0)).num_hours();
        assert!((215..=265).contains(&days), "two a day from twenty: {days} h");
    }
}

#[test]
fn a_spare_is_promised_once() {
    let slot = |number: u8| SlotId::from_bytes([number; 16]);
    let claim = |number, asks, ends: Option<f64>| Claim { slot: slot(number), asks, ends: ends.map(day) };
    let claims = [
        claim(1, true, Some(9.0)),
        claim(2, true, Some(3.0)),
        claim(3, false, Some(1.0)),
        claim(4, true, None),
    ];
    let served = |stock| allot(stock, &claims).into_values().collect::<Vec<_>>();
    assert_eq!(served(1000), [0, 1000, 0, 0], "the one that ends first");
    assert_eq!(served(2000), [1000, 2000, 0, 0]);
    assert_eq!(served(5000), [4000, 5000, 2000, 3000]);
    assert_eq!(served(0), [0; 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn of_one_slot_it_is_what_the_fold_says((slot, entries) in any_ledger()) {
        let (shelf, fold) = (Shelf::of(&[&slot], &entries), Fold::of(&slot, &entries));
        prop_assert_eq!(shelf.stock, fold.state.shelf);
        if slot.pooled() {
            prop_assert_eq!(shelf.levels.get(&slot.id).copied(), fold.state.level);
            prop_assert_eq!(pool(&slot, &[(&slot, &fold)], &shelf).state.left(&slot), fold.state.left(&slot));
        }
    }

    #[test]
    fn any_order_and_repeats_are_one_shelf_never_negative_and_its_moves_add_up(
        (slot, one, two, mixed) in any_slot().prop_flat_map(|slot| {
            let entries = (any_entries(&slot), any_entries(&other(slot.clone())));
            entries.prop_flat_map(move |(one, two)| {
                let two: Vec<Entry> =
                    two.into_iter().map(|e| Entry { id: id(e.id.0.as_u128() + 100), ..e }).collect();
                let all: Vec<Entry> = one.iter().chain(&two).chain(one.iter().take(5)).cloned().collect();
                (Just(slot.clone()), Just(one), Just(two), Just(all).prop_shuffle())
            })
        }),
    ) {
        let second = other(slot.clone());
        let whole: Vec<Entry> = one.iter().chain(&two).cloned().collect();
        let shelf = Shelf::of(&[&slot, &second], &whole);
        prop_assert_eq!(&Shelf::of(&[&slot, &second], &mixed), &shelf);
        prop_assert!(shelf.stock >= 0 && shelf.levels.values().all(|level| *level >= 0));
        let start = shelf.counted().map_or(0, |count| count.after - count.change);
        prop_assert_eq!(start + shelf.moves.iter().map(|m| m.change).sum::<Milli>(), shelf.stock);
    }

    #[test]
    fn undoing_and_redoing_a_member_s_entry_leads_back((slot, entries) in any_ledger(), at in 0..30usize) {
        let voids = |e: &Entry| matches!(e.kind, EntryKind::Voided { .. });
        let entries: Vec<Entry> = entries.into_iter().filter(|e| !voids(e)).collect();
        prop_assume!(!entries.is_empty());
        let gone = &entries[at % entries.len()];
        let second = other(slot.clone());
        let members = [&slot, &second];
        let void = |number, target| entry(&slot, number, day(700.0), EntryKind::Voided { entry: target });
        let undone: Vec<Entry> = entries.iter().cloned().chain([void(500, gone.id)]).collect();
        let without: Vec<Entry> = entries.iter().filter(|e| e.id != gone.id).cloned().collect();
        prop_assert_eq!(Shelf::of(&members, &undone), Shelf::of(&members, &without));
        let redone: Vec<Entry> = undone.into_iter().chain([void(501, id(500))]).collect();
        prop_assert_eq!(Shelf::of(&members, &redone), Shelf::of(&members, &entries));
    }
}
