//! Every row of `ui.md` section 4 that exists without an account.

use super::*;
use crate::endpoint::SensorKind;
use crate::fold::Fold;
use crate::forecast::forecast;
use crate::ledger::{EntryKind, Level};
use crate::testing::*;

const POLICY: Policy = Policy { days_in_hand: 7 };

fn next(diary: &Diary, now: f64) -> NextAction {
    let fold: Fold = diary.fold();
    next_action(&diary.slot, &fold.state, &forecast(&diary.slot, &fold, day(now)), POLICY, day(now))
}

/// Ink that falls 2 % a day from 100, read up to day `until`.
fn printing(until: i64) -> Diary {
    (0..=until).fold(Diary::of(ink()), |d, n| d.reads(n as f64, 100 - 2 * n))
}

fn runs(action: &NextAction) -> bool {
    matches!(action, NextAction::Runs(_))
}

#[test]
fn replace_now_when_a_spare_lies_ready() {
    assert_eq!(next(&printing(50).bought(50.1, 1), 50.5), NextAction::ReplaceNow { empty: true });
    let nearly = Diary::of(ink()).reads(0.0, 2).bought(1.0, 1);
    assert_eq!(next(&nearly, 2.0), NextAction::ReplaceNow { empty: false }, "even without a date");
    assert_eq!(
        next(&printing(48).bought(48.1, 1), 49.5),
        NextAction::ReplaceNow { empty: false },
        "out tomorrow"
    );
    assert!(runs(&next(&printing(46).bought(46.1, 1), 46.2)), "low, four days to go, but a spare lies ready");
}

#[test]
fn empty_without_a_spare() {
    assert_eq!(next(&printing(50), 50.5), NextAction::EmptyNoSpare);
    let pods = Diary::of(pods(SensorKind::None)).counted(0.0, None, Some(0));
    assert_eq!(next(&pods, 1.0), NextAction::EmptyNoSpare);
    let full_of_waste = Diary::of(Slot { receptacle: true, ..ink() }).reads(0.0, 0);
    assert_eq!(next(&full_of_waste, 1.0), NextAction::EmptyNoSpare, "no room left");
}

#[test]
fn order_when_low_or_within_the_days_in_hand() {
    let NextAction::OrderBy { by: Some(by), run_out: Some(run_out) } = next(&printing(45), 45.1) else {
        panic!("{:?}", next(&printing(45), 45.1))
    };
    assert_eq!(by, run_out.likely - TimeDelta::days(7));
    assert!(by < day(45.1), "low since day 45, and too late by two days");
    assert!(runs(&next(&printing(42), 42.1)), "16 % and 8 days");
    assert!(matches!(next(&printing(44), 44.1), NextAction::OrderBy { .. }), "12 %, not low, but 6 days");

    let low = Diary::of(ink()).reads(0.0, 9).reads(0.1, 9);
    assert_eq!(next(&low, 0.2), NextAction::Unknown);
    assert_eq!(next(&low.reads(0.2, 9), 0.3), NextAction::OrderBy { by: None, run_out: None });
    let marked = Slot { low_own: Some(60_000), ..ink() };
    let early = (0..=22).fold(Diary::of(marked), |d, n| d.reads(n as f64, 100 - 2 * n));
    let NextAction::OrderBy { by: Some(by), .. } = next(&early, 22.1) else { panic!() };
    assert!(by > day(30.0), "low by the person's mark, with weeks to go");
}

#[test]
fn a_rise_is_asked_about_before_anything_is_ordered() {
    let risen = printing(44).reads(45.0, 90);
    let NextAction::ConfirmRise(rise) = next(&risen, 45.1) else { panic!("{:?}", next(&risen, 45.1)) };
    assert_eq!((rise.from, rise.to, rise.confirmed), (12_000, 90_000, false));
    assert!(runs(&next(&risen.replaced(45.05).about(1045), 45.1)));
}

#[test]
fn quiet_dated_far_or_unknown() {
    assert!(runs(&next(&printing(20), 20.5)));
    assert_eq!(next(&Diary::of(ink()), 0.0), NextAction::Unknown);
    assert_eq!(next(&Diary::of(ink()).reads(0.0, 50), 1.0), NextAction::Unknown);
    let unused = printing(5).reads(100.0, 90);
    assert_eq!(next(&unused, 100.5), NextAction::Unknown);
    let some_left = Diary::of(ink()).reads(0.0, 0).add(1.0, EntryKind::LevelRead { level: Level::SomeLeft });
    assert_eq!(next(&some_left, 1.1), NextAction::Unknown, "some left is not empty");
}

#[test]
fn muted_is_quiet_whatever_happens() {
    for diary in [printing(50), printing(45), printing(44).reads(45.0, 90)] {
        let muted = Diary { slot: Slot { muted: true, ..ink() }, ..diary };
        assert!(runs(&next(&muted, 50.5)));
    }
}

#[test]
fn three_make_low() {
    for (streak, low) in [(0, false), (2, false), (3, true), (40, true)] {
        assert_eq!(is_low(&SlotState { low_streak: streak, ..SlotState::default() }), low);
    }
}
