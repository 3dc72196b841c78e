//! Admission, undo, and the form in which entries are kept and sent.

use super::*;
use crate::endpoint::SensorKind;
use crate::testing::*;
use proptest::prelude::*;

fn void(number: u128, target: u128) -> Entry {
    entry(&ink(), number, START, EntryKind::Voided { entry: id(target) })
}

fn numbers(voids: &[(u128, u128)]) -> Vec<u128> {
    let entries: Vec<Entry> = voids.iter().map(|(number, target)| void(*number, *target)).collect();
    voided(&entries).into_iter().map(|id| u128::from_be_bytes(id.bytes())).collect()
}

#[test]
fn undo_redo_and_circles() {
    assert_eq!(numbers(&[]), []);
    assert_eq!(numbers(&[(2, 1)]), [1]);
    assert_eq!(numbers(&[(2, 1), (3, 2)]), [2], "undone undo");
    assert_eq!(numbers(&[(2, 1), (3, 2), (4, 3)]), [1, 3]);
    assert_eq!(numbers(&[(2, 1), (3, 1), (4, 2)]), [1, 2], "the other void still holds");
    assert_eq!(numbers(&[(2, 2)]), [], "an entry can't undo itself");
    assert_eq!(numbers(&[(2, 3), (3, 2)]), [], "a circle voids nothing");
    assert_eq!(numbers(&[(2, 3), (3, 2), (4, 2)]), [2], "unless broken from outside");
    assert_eq!(numbers(&[(2, 1), (3, 2), (4, 3), (3, 2)]), [1, 3], "repeats don't matter");
}

#[test]
fn a_chain_of_undos_as_long_as_a_file_can_make_it() {
    for (length, first) in [(10_000u128, 1), (9_999, 0)] {
        let chain: Vec<Entry> = (1..=length).map(|n| void(n, n - 1)).collect();
        let out = voided(&chain);
        assert_eq!(out.contains(&id(0)), first == 0, "the last of {length} is in force, then every second");
        assert_eq!(out.len(), 5_000);
        let circle: Vec<Entry> = (0..length).map(|n| void(n, (n + 1) % length)).collect();
        assert!(voided(&circle).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn voids_have_one_meaning_in_any_order(
        (voids, shuffled) in prop::collection::vec(0..12u128, 0..12).prop_flat_map(|targets| {
            let voids: Vec<Entry> = targets.iter().zip(1..).map(|(target, n)| void(n, *target)).collect();
            (Just(voids.clone()), Just(voids).prop_shuffle())
        }),
    ) {
        let out = voided(&voids);
        prop_assert_eq!(&voided(&shuffled), &out);
        // Out is exactly what a void aims at that is not out itself, circles apart: those are neither.
        for aim in &out {
            let by_force = voids.iter().any(|v| {
                v.kind == EntryKind::Voided { entry: *aim } && !out.contains(&v.id)
            });
            prop_assert!(by_force);
        }
    }
}

fn judged(slot: &Slot, kind: EntryKind) -> Result<(), AdmitError> {
    admit(&entry(slot, 1, START, kind), slot, START)
}

#[test]
fn time_is_believed_up_to_a_skewed_clock() {
    let at = |ahead| admit(&entry(&ink(), 1, START + ahead, kind()), &ink(), START);
    fn kind() -> EntryKind {
        EntryKind::LevelRead { level: Level::Unknown }
    }
    assert_eq!(at(CLOCK_SKEW), Ok(()));
    assert_eq!(at(CLOCK_SKEW + TimeDelta::milliseconds(1)), Err(AdmitError::Future));
    assert_eq!(at(TimeDelta::days(-20_000)), Ok(()));
}

#[test]
fn amounts_are_judged() {
    use AmountError::{Negative, NotPositive, OtherKind, TooLarge};
    let (ink, pods) = (ink(), pods(SensorKind::Usage));
    let percent = |milli| Amount::new(milli, Unit::Percent);
    let count = |milli| Amount::new(milli, Unit::Count);
    let amount = |e: AmountError| Err(AdmitError::Amount(e));
    let other = || OtherKind { wanted: Measurement::Percentage, got: Measurement::Count };

    let read = |amount| judged(&ink, EntryKind::LevelRead { level: Level::Amount { amount } });
    assert_eq!(read(percent(0)), Ok(()));
    assert_eq!(read(percent(104_000)), Ok(()), "a printer's slip is read as 100");
    assert_eq!(read(percent(-1)), amount(Negative));
    assert_eq!(read(count(1)), amount(other()));

    let consumed = |amount| judged(&pods, EntryKind::Consumed { amount });
    assert_eq!(consumed(count(1)), Ok(()));
    assert_eq!(consumed(count(0)), amount(NotPositive));
    assert_eq!(consumed(count(-1000)), amount(NotPositive));
    assert_eq!(consumed(count(1_000_000_000_001)), amount(TooLarge));

    let replaced = |amount| judged(&ink, EntryKind::Replaced { capacity: Some(amount), from_shelf: false });
    assert_eq!(replaced(percent(100_000)), Ok(()));
    assert_eq!(replaced(percent(0)), amount(NotPositive));
    assert_eq!(replaced(percent(100_001)), Err(AdmitError::AboveFull));

    let counted = |level, shelf| judged(&ink, EntryKind::Counted { level, shelf });
    assert_eq!(counted(Some(percent(0)), Some(count(0))), Ok(()));
    assert_eq!(counted(None, None), Err(AdmitError::Empty));
    assert_eq!(counted(Some(percent(100_001)), None), Err(AdmitError::AboveFull));
    assert_eq!(counted(Some(count(200_000)), None), amount(other()));
    assert_eq!(counted(None, Some(count(-1))), amount(Negative));

    // A billion cubic metres are absurd in millilitres too.
    let tank = slot(SensorKind::Usage, crate::endpoint::SupplyKind::Detergent, Unit::Milliliter, None);
    let poured = EntryKind::Consumed { amount: Amount::whole(1_000_000_000, Unit::CubicMeter) };
    assert_eq!(judged(&tank, poured), amount(TooLarge));
}

#[test]
fn packs_prices_and_voids_are_judged() {
    let pods = pods(SensorKind::Usage);
    let bought = |packs, content, price| {
        judged(&pods, EntryKind::Purchased { packs, content, asin: None, price, shop: None })
    };
    let money = |milli, currency: &str| Some(Money { milli, currency: currency.into() });
    assert_eq!(bought(1, None, money(0, "EUR")), Ok(()));
    assert_eq!(bought(PACKS_MAX, Some(Amount::whole(40, Unit::Count)), None), Ok(()));
    assert_eq!(bought(0, None, None), Err(AdmitError::Empty));
    assert_eq!(bought(PACKS_MAX + 1, None, None), Err(AdmitError::TooMany));
    assert_eq!(bought(1, Some(Amount::whole(0, Unit::Count)), None), Err(AmountError::NotPositive.into()));
    assert_eq!(bought(1, None, money(-1, "EUR")), Err(AmountError::Negative.into()));
    for wrong in ["", "eur", "EURO", "€"] {
        assert_eq!(bought(1, None, money(1, wrong)), Err(AdmitError::Currency), "{wrong}");
    }
    let received = EntryKind::Received { order: "a".into(), packs: 0, content: None };
    assert_eq!(judged(&pods, received), Err(AdmitError::Empty));
    assert_eq!(judged(&pods, EntryKind::Voided { entry: id(1) }), Err(AdmitError::Itself));
    assert_eq!(judged(&pods, EntryKind::Voided { entry: id(2) }), Ok(()));
}

#[test]
fn the_form_of_every_entry_is_fixed() {
    let amount = Amount::new(1_500, Unit::Liter);
    let kinds = [
        EntryKind::LevelRead { level: Level::Amount { amount: Amount::whole(57, Unit::Percent) } },
        EntryKind::LevelRead { level: Level::Unknown },
        EntryKind::LevelRead { level: Level::SomeLeft },
        EntryKind::Consumed { amount },
        EntryKind::Replaced { capacity: None, from_shelf: true },
        EntryKind::Replaced { capacity: Some(amount), from_shelf: false },
        EntryKind::Purchased {
            packs: 2,
            content: Some(amount),
            asin: "B00ABCDEF1".parse().ok(),
            price: Some(Money { milli: 8_500, currency: "EUR".into() }),
            shop: Some("Corner shop".into()),
        },
        EntryKind::Received { order: "114-1".into(), packs: 1, content: None },
        EntryKind::Counted { level: Some(amount), shelf: None },
        EntryKind::Voided { entry: id(7) },
    ];
    let entries: Vec<Entry> =
        kinds.into_iter().zip(1..).map(|(kind, n)| entry(&ink(), n, START, kind)).collect();
    insta::assert_json_snapshot!("entry_kinds", entries.iter().map(|e| &e.kind).collect::<Vec<_>>());
    let whole = Entry {
        about: Some(id(3)),
        note: Some("by hand".into()),
        source: Source::Person,
        ..entries[3].clone()
    };
    insta::assert_json_snapshot!("entry", whole);
    for entry in entries.iter().chain([&whole]) {
        let text = serde_json::to_string(entry).unwrap();
        assert_eq!(&serde_json::from_str::<Entry>(&text).unwrap(), entry);
    }
}
