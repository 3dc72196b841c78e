//! What a household's ledger amounts to, case by case.

use super::*;
use crate::measure::Unit;
use crate::testing::*;

fn level_used_low(diary: &Diary) -> (Option<Milli>, Milli, u32) {
    let fold = diary.fold();
    (fold.state.level.map(|level| level / 1000), diary.used() / 1000, fold.state.low_streak)
}

#[test]
fn three_low_readings_in_a_row() {
    let low = |levels: &[i64]| {
        let diary =
            levels.iter().enumerate().fold(Diary::of(ink()), |d, (n, level)| d.reads(n as f64, *level));
        (diary.fold().state.low_streak, diary.fold().state.low_since)
    };
    assert_eq!(low(&[50, 10, 9]), (2, Some(day(1.0))));
    assert_eq!(low(&[50, 10, 9, 9]), (3, Some(day(1.0))));
    assert_eq!(low(&[50, 10, 9, 11]), (0, None), "one above starts again");
    assert_eq!(low(&[10, 9, 11, 10, 9, 8]), (3, Some(day(3.0))));

    let own = Slot { low_own: Some(25_000), low_device: Some(15_000), ..ink() };
    assert_eq!(Diary::of(own).reads(0.0, 25).fold().state.low_streak, 1, "the person's mark goes before");
    let device = Slot { low_device: Some(15_000), ..ink() };
    assert_eq!(Diary::of(device.clone()).reads(0.0, 15).fold().state.low_streak, 1);
    assert_eq!(Diary::of(device).reads(0.0, 16).fold().state.low_streak, 0);
}

#[test]
fn a_low_slot_stays_low_until_it_is_clearly_not() {
    let low = || Diary::of(ink()).reads(0.0, 10).reads(1.0, 9).reads(2.0, 9);
    let streak = |diary: Diary| diary.fold().state.low_streak;
    assert_eq!(streak(low().reads(3.0, 11)), 3, "a gauge that flickers about the mark");
    assert_eq!(streak(low().reads(3.0, 14).reads(4.0, 10)), 4);
    assert_eq!(streak(low().reads(3.0, 15)), 0, "a twentieth of a full one above it");
    assert_eq!(streak(low().reads(3.0, 90)), 3, "one reading that jumped");
    assert_eq!(streak(low().reads(3.0, 90).reads(4.0, 9)), 4, "it was a glitch");
    assert_eq!(streak(low().reads(3.0, 90).reads(4.0, 90)), 0, "a second one agrees");
    assert_eq!(streak(low().reads(3.0, 90).replaced(3.0).about(1003)), 0, "a person confirms");
    assert_eq!(streak(low().reads(3.0, 90).voids(3.1, 1003)), 3, "a person dismisses");
    assert_eq!(streak(low().counted(3.0, Some(11), None)), 0, "whoever looks knows");
    let unsized_ = Slot { low_own: Some(8_000), capacity: None, ..pods(SensorKind::Usage) };
    assert!(!unsized_.clearly_above_low(9_999) && unsized_.clearly_above_low(10_000));
}

#[test]
fn rises_that_nobody_explained_are_kept_when_the_next_one_comes() {
    let diary = Diary::of(ink()).reads(0.0, 10).reads(1.0, 80).reads(2.0, 79).reads(9.0, 30);
    let twice = diary.reads(9.1, 30).reads(20.0, 95);
    let state = twice.fold().state;
    let passed: Vec<_> = state.passed_rises.iter().map(|r| (r.entry, r.from, r.to, r.confirmed)).collect();
    assert_eq!(passed, [(id(1001), 10_000, 80_000, true)]);
    assert_eq!(state.rise.map(|rise| rise.entry), Some(id(1005)));
    let answered = twice.clone().replaced(1.0).about(1001).fold().state;
    assert_eq!((answered.passed_rises, answered.rise.map(|rise| rise.entry)), (Vec::new(), Some(id(1005))));
    let glitch = twice.reads(20.1, 29).fold().state;
    assert_eq!((glitch.passed_rises.len(), glitch.rise), (1, None), "what nobody confirmed was no rise");
}

#[test]
fn buying_ends_a_low_spell_of_what_is_poured_not_of_a_cartridge() {
    let marked = Slot { low_own: Some(10_000), ..pods(SensorKind::Usage) };
    let low = Diary::of(marked).counted(0.0, Some(12), None).uses(1.0, 2).uses(2.0, 1).uses(3.0, 1);
    assert_eq!(low.fold().state.low_streak, 3);
    assert_eq!(low.clone().bought(4.0, 1).fold().state.low_streak, 0);
    let cartridge = Diary::of(ink()).reads(0.0, 9).reads(1.0, 9).reads(2.0, 9);
    assert_eq!(cartridge.clone().bought(3.0, 1).fold().state.low_streak, 3);
    assert_eq!(cartridge.replaced(3.0).fold().state.low_streak, 0);
}

#[test]
fn one_count_is_enough_where_nothing_measures() {
    let marked = Slot { low_own: Some(10_000), ..pods(SensorKind::None) };
    let diary = Diary::of(marked).counted(0.0, Some(30), None).counted(5.0, Some(10), None);
    assert_eq!(diary.fold().state.low_streak, LOW_READINGS);
    assert_eq!(diary.clone().counted(6.0, Some(10), None).fold().state.low_since, Some(day(5.0)));
    assert_eq!(diary.bought(6.0, 1).fold().state.low_streak, 0);
}

#[test]
fn noise_is_neither_use_nor_refill() {
    let jitter =
        (0..200).fold(Diary::of(ink()), |d, n| d.reads(f64::from(n) / 48.0, 50 + i64::from(n % 3) - 1));
    assert_eq!((jitter.used(), jitter.fold().state.rise), (0, None));
    let rises = Diary::of(ink()).reads(0.0, 50).reads(1.0, 64).reads(2.0, 64).reads(3.0, 48);
    assert_eq!((rises.used(), rises.fold().state.rise), (2_000, None));
}

#[test]
fn a_rise_is_asked_about_confirmed_or_forgotten() {
    let risen = Diary::of(ink()).reads(0.0, 50).reads(1.0, 40).reads(2.0, 90);
    let rise = Rise { entry: id(1002), at: day(2.0), from: 40_000, to: 90_000, confirmed: false };
    assert_eq!(risen.fold().state.rise, Some(rise.clone()));
    assert_eq!(risen.used(), 10_000);

    for back in [40, 38, 54] {
        let glitch = risen.clone().reads(3.0, back).reads(4.0, back);
        assert_eq!(glitch.fold().state.rise, None, "back to {back}");
        assert_eq!(glitch.used(), 10_000 + (40 - back).max(0) * 1000);
    }
    let confirmed = risen.clone().reads(3.0, 88).reads(4.0, 85);
    assert_eq!(confirmed.fold().state.rise, Some(Rise { confirmed: true, ..rise.clone() }));
    assert_eq!(confirmed.used(), 15_000, "the drop after the refill counts from the refill");
    let filled_in_two_steps = risen.clone().reads(3.0, 100);
    assert_eq!(filled_in_two_steps.fold().state.rise, Some(Rise { to: 100_000, confirmed: true, ..rise }));

    let again = confirmed.reads(5.0, 20).reads(6.0, 95);
    assert_eq!(again.fold().state.rise.map(|r| (r.entry, r.confirmed)), Some((id(1006), false)));
}

#[test]
fn an_answer_settles_a_rise_in_any_order() {
    type Answer = fn(Diary, f64) -> Diary;
    let answers: [(&str, Answer); 4] = [
        ("replaced", |d, at| d.replaced(at)),
        ("partly refilled", |d, at| d.counted(at, Some(90), None)),
        ("counted the shelf", |d, at| d.counted(at, None, Some(2))),
        ("bought", |d, at| d.bought(at, 1)),
    ];
    for (name, answer) in answers {
        // Before the rise by the person's watch, with it (the answer's id first or last), and after it.
        for (at, number) in [(0.5, 1), (2.0, 1), (2.0, 5000), (9.0, 5000)] {
            let risen =
                Diary::of(ink()).reads(0.0, 10).reads(1.0, 8).reads(2.0, 90).reads(3.0, 90).reads(4.0, 88);
            let told = answer(risen, at).with_id(number).about(1002);
            let fold = told.fold();
            assert_eq!(fold.state.rise, None, "{name} at {at}");
            assert!(fold.days.used.values().sum::<Milli>() <= 4_000, "{name} at {at}: a refill is no use");
            let mut backwards = told.entries.clone();
            backwards.reverse();
            assert_eq!(arrive(&told.slot, &backwards), fold, "{name} at {at}");
            let later = told.clone().reads(12.0, 80).reads(13.0, 78);
            assert_eq!(later.fold().state.rise, None, "{name} at {at}: the question stays answered");
        }
    }
    for number in [1, 5000] {
        let glitch = Diary::of(ink()).reads(0.0, 10).reads(1.0, 90).voids(1.0, 1001).with_id(number);
        assert_eq!((glitch.fold().state.rise.clone(), glitch.fold().state.level), (None, Some(10_000)));
        assert_eq!(arrive(&glitch.slot, &[2, 1, 0].map(|n: usize| glitch.entries[n].clone())), glitch.fold());
        let undone = glitch.voids(2.0, number).about(1001);
        assert!(undone.fold().state.rise.is_some(), "an answer taken back asks again");
    }
}

#[test]
fn a_replacement_is_believed_while_the_printer_still_says_the_old_level() {
    let replaced = Diary::of(ink()).reads(0.0, 5).reads(0.5, 4).replaced(1.0);
    assert_eq!(level_used_low(&replaced), (Some(100), 1, 0));
    let stale = replaced.reads(1.1, 4).reads(1.2, 4);
    assert_eq!(level_used_low(&stale), (Some(4), 1, 2), "its reading counts, but not as use");
    let shown = stale.reads(1.3, 100);
    assert_eq!((level_used_low(&shown), shown.fold().state.rise), ((Some(100), 1, 0), None));
    let on = shown.reads(2.3, 98).reads(3.3, 98);
    assert_eq!((on.used(), on.fold().state.rise), (3_000, None));
    let next = on.reads(30.0, 40).reads(31.0, 100);
    assert!(next.fold().state.rise.is_some(), "one replacement explains one rise");
    let at_once = Diary::of(ink()).reads(0.0, 5).replaced(1.0).reads(1.1, 99).reads(3.0, 40).reads(4.0, 100);
    assert!(at_once.fold().state.rise.is_some(), "also when the printer showed it at once");
}

#[test]
fn replaced_while_the_printer_was_off() {
    let diary = Diary::of(ink()).reads(0.0, 12).replaced(5.0).reads(9.0, 97).reads(10.0, 95);
    assert_eq!((level_used_low(&diary), diary.fold().state.rise), ((Some(95), 2, 0), None));
    let unrecorded = Diary::of(ink()).reads(0.0, 12).reads(9.0, 97).reads(10.0, 95);
    assert!(unrecorded.fold().state.rise.is_some_and(|rise| rise.confirmed));
    assert_eq!(unrecorded.used(), 2_000);
}

#[test]
fn an_open_printer_door_is_not_use() {
    let door = Diary::of(ink()).reads(0.0, 50).reads(0.02, 0).reads(0.04, 50).reads(0.06, 49);
    assert_eq!((level_used_low(&door), door.fold().state.rise), ((Some(49), 1, 0), None));
    let changed = Diary::of(ink()).reads(0.0, 50).reads(0.02, 0).replaced(0.03).reads(0.04, 100);
    assert_eq!((changed.used(), changed.fold().state.rise), (0, None));
    let emptied = Diary::of(ink()).reads(0.0, 50).reads(0.02, 0).reads(0.04, 0);
    assert_eq!(emptied.used(), 50_000, "a second reading makes it true");
    let asleep = Diary::of(ink()).reads(0.0, 50).reads(7.0, 20);
    assert_eq!(asleep.used(), 30_000, "a week is no sudden drop");
}

#[test]
fn a_drop_is_spread_over_the_days_nobody_looked() {
    let diary = Diary::of(ink()).reads(0.5, 70).reads(7.5, 56);
    let first = utc_day(START);
    let used: Vec<Milli> = diary.fold().days.used.values().copied().collect();
    assert_eq!(used, [1000, 2000, 2000, 2000, 2000, 2000, 2000, 1000]);
    assert_eq!((diary.fold().days.first, diary.fold().days.last), (Some(first), Some(first + 7)));
}

#[test]
fn a_printer_without_numbers() {
    let read = |d: Diary, at: f64, level: Level| d.add(at, EntryKind::LevelRead { level });
    let unknown = read(Diary::of(ink()).reads(0.0, 40), 1.0, Level::Unknown);
    assert_eq!((unknown.fold().state.level, unknown.fold().state.level_at), (Some(40_000), Some(day(0.0))));
    assert_eq!((unknown.fold().state.read_at, unknown.fold().state.some_left), (Some(day(1.0)), false));
    let some = read(unknown, 2.0, Level::SomeLeft);
    assert!(some.fold().state.some_left && some.fold().days.last == Some(utc_day(START)));
    let back = some.reads(3.0, 37);
    assert_eq!((back.used(), back.fold().state.some_left), (3_000, false), "a gap is bridged");
    let above = Diary::of(ink()).reads(0.0, 110);
    assert_eq!(above.fold().state.level, Some(100_000));
}

#[test]
fn one_stock_is_drawn_from_device_then_shelf_then_nowhere() {
    let diary = Diary::of(pods(SensorKind::Usage)).counted(0.0, Some(5), Some(0)).bought(1.0, 2).uses(2.0, 8);
    let fold = diary.fold();
    assert_eq!((fold.state.level, fold.state.shelf, fold.state.overshoot), (Some(37_000), 40_000, 0));
    let over = diary.clone().uses(3.0, 80);
    let mut effects = Vec::new();
    Fold::of_each(&over.slot, &over.entries, |_, effect| effects.push(effect));
    let last = Effect { change: Some(-77_000), left: Some(0), shelf: 0, overshoot: 3_000 };
    assert_eq!(effects.last(), Some(&last));
    assert_eq!(over.used(), 88_000);
    let late_purchase = over.bought(2.5, 1);
    let late = late_purchase.fold().state;
    assert_eq!((late.level, late.shelf, late.overshoot), (Some(37_000), 0, 0), "whole packs are opened");
    let poured = Diary::of(slot(
        SensorKind::Usage,
        crate::endpoint::SupplyKind::Detergent,
        Unit::Milliliter,
        Some(1500),
    ))
    .bought(0.0, 2)
    .add(1.0, EntryKind::Replaced { capacity: None, from_shelf: true });
    let left = poured.fold().state.left(&poured.slot);
    assert_eq!((left, poured.fold().state.shelf), (Some(3_000_000), 1_500_000));
}

#[test]
fn cartridges_are_counted_in_pieces() {
    let diary = Diary::of(ink()).reads(0.0, 30).bought(1.0, 2);
    assert_eq!(diary.fold().state.spares(&diary.slot), Some(2));
    let taken = diary.add(2.0, EntryKind::Replaced { capacity: None, from_shelf: true });
    assert_eq!((taken.fold().state.spares(&taken.slot), taken.fold().state.level), (Some(1), Some(100_000)));
    let none = Diary::of(ink()).add(0.0, EntryKind::Replaced { capacity: None, from_shelf: true });
    assert_eq!(none.fold().state.spares(&none.slot), Some(0));
    let shelf = Diary::of(ink()).reads(0.0, 30).counted(8.0, None, Some(3));
    assert_eq!(shelf.fold().state.level_at, Some(day(0.0)), "counting spares says nothing about the level");
}

#[test]
fn an_order_arrives_once() {
    let arrives = |d: Diary, at: f64, order: &str| {
        d.add(at, EntryKind::Received { order: order.into(), packs: 1, content: None })
    };
    let diary = arrives(arrives(arrives(Diary::of(pods(SensorKind::Usage)), 0.0, "a"), 1.0, "a"), 2.0, "b");
    assert_eq!(diary.fold().state.shelf, 80_000);
    let undone = diary.clone().voids(3.0, 1000);
    assert_eq!(undone.fold().state.shelf, 80_000, "the second telling stands when the first is undone");
    assert_eq!(undone.voids(4.0, 1001).fold().state.shelf, 40_000);
}

#[test]
fn counts_are_use_only_where_nothing_measures() {
    let counted =
        |sensor| Diary::of(pods(sensor)).counted(0.0, Some(40), Some(40)).counted(10.0, Some(0), Some(40));
    assert_eq!(counted(SensorKind::Usage).used(), 0);
    assert_eq!(counted(SensorKind::None).used(), 40_000);
    let more = counted(SensorKind::None).counted(11.0, Some(20), None);
    assert_eq!(more.used(), 40_000, "found again is not negative use");
    let bought = counted(SensorKind::None).bought(12.0, 1).counted(20.0, None, Some(50));
    assert_eq!(bought.used(), 70_000);
    let nothing = Diary::of(pods(SensorKind::None)).counted(0.0, None, Some(0));
    assert_eq!(nothing.fold().state.left(&nothing.slot), Some(0), "nothing found is not nothing said");
}

#[test]
fn hours_run_and_hours_read_count_once() {
    let hepa = slot(SensorKind::LevelUsage, crate::endpoint::SupplyKind::Filter, Unit::Hour, Some(150));
    let run = |d: Diary, at: f64, minutes: i64| {
        d.add(at, EntryKind::Consumed { amount: Amount::whole(minutes, Unit::Minute) })
    };
    let diary = run(run(Diary::of(hepa).replaced(0.0).reads(0.5, 150), 1.0, 90), 2.0, 30);
    assert_eq!((diary.fold().state.level, diary.used()), (Some(148_000), 2_000));
    let read = diary.reads(3.0, 147);
    assert_eq!((read.fold().state.level, read.used()), (Some(147_000), 3_000));
}

#[test]
fn watching_begins_with_the_sensor() {
    let bought_long_ago = Diary::of(pods(SensorKind::Usage)).bought(0.0, 3).replaced(1.0).uses(60.0, 2);
    assert_eq!(bought_long_ago.fold().days.first, Some(utc_day(day(60.0))));
    let bought_since = Diary::of(ink()).reads(0.0, 40).bought(9.0, 1).counted(9.0, None, Some(1));
    assert_eq!(bought_since.fold().days.last, Some(utc_day(START)));
    let by_hand = Diary::of(filter()).replaced(0.0).replaced(60.0);
    assert_eq!((by_hand.fold().days.first, by_hand.used()), (Some(utc_day(START)), 1_000));
}

#[test]
fn late_entries_and_early_voids_are_folded_again() {
    let diary = Diary::of(ink()).reads(0.0, 50).reads(2.0, 46).reads(1.0, 60).voids(3.0, 1002);
    let [first, last, late, void] = &diary.entries[..] else { panic!("four entries") };
    let mut fold = Fold::default();
    for entry in [first, last] {
        assert!(fold.follows(entry));
        fold.apply(&diary.slot, entry);
    }
    assert!(!fold.follows(late) && !fold.follows(last) && !fold.follows(void));
    let awaiting = Fold::of(&diary.slot, [first, void]);
    assert!(awaiting.state.expected.contains(&late.id) && !awaiting.follows(late));
    assert!(awaiting.follows(last), "a void does not hold up later readings");
}

#[test]
fn amounts_of_another_kind_and_other_slots_entries_change_nothing() {
    let grams = Level::Amount { amount: Amount::whole(10, Unit::Gram) };
    let diary = Diary::of(ink()).reads(0.0, 50);
    let hostile = diary.clone().add(1.0, EntryKind::LevelRead { level: grams });
    let fold = hostile.fold();
    assert_eq!((fold.state.level, fold.state.read_at), (Some(50_000), Some(day(0.0))));
    let mut other = diary.clone().reads(1.0, 20);
    other.entries[1].slot = crate::ids::SlotId::from_bytes([9; 16]);
    assert_eq!(other.fold(), diary.fold());
}

#[test]
fn a_year_of_readings_every_half_hour() {
    // Three colours share one cartridge's figure, 10-% steps, asleep every seventh week.
    let mut fold = Fold::default();
    let (mut rises, mut number) = (0, 0u128);
    let slot = ink();
    for half_hour in 0..365 * 48i64 {
        if (half_hour / (7 * 48)) % 7 == 6 {
            continue;
        }
        let exact = 100 - (half_hour / 48) % 90;
        number += 1;
        let level = Level::Amount { amount: Amount::whole((exact + 5) / 10 * 10, Unit::Percent) };
        let reading =
            entry(&slot, number, START + TimeDelta::minutes(30 * half_hour), EntryKind::LevelRead { level });
        assert!(fold.follows(&reading));
        fold.apply(&slot, &reading);
        rises += u32::from(fold.state.rise.as_ref().is_some_and(|rise| rise.entry == reading.id));
    }
    assert_eq!(rises, 4, "one for each of the four refills, however often they are read");
    let a_day = fold.days.used.values().sum::<Milli>() / 365;
    assert!((850..=1050).contains(&a_day), "{a_day} thousandths of a percent a day, of 1,000");
}

#[test]
fn the_stored_form_is_fixed() {
    let state = Diary::of(ink())
        .reads(0.0, 50)
        .bought(0.5, 2)
        .add(0.6, EntryKind::Received { order: "A-1".into(), packs: 1, content: None })
        .replaced(1.0)
        .reads(2.0, 9)
        .reads(10.0, 90)
        .voids(11.0, 77)
        .fold();
    insta::assert_json_snapshot!("slot_state", state.state);
    insta::assert_json_snapshot!("day_book", state.days);
    let kept: SlotState = serde_json::from_value(serde_json::to_value(&state.state).unwrap()).unwrap();
    assert_eq!(kept, state.state);
    let older: SlotState = serde_json::from_str("{\"level\":5000}").unwrap();
    assert_eq!(older.level, Some(5000));
}
