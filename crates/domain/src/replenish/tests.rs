//! Every row of `ui.md` section 4.

use super::*;
use crate::endpoint::SensorKind;
use crate::fold::Fold;
use crate::forecast::forecast;
use crate::ledger::{EntryKind, Level};
use crate::testing::*;

/// Amazon's rule.
const POLICY: Policy =
    Policy { rule: Rule::Amazon, delivery_days: 5, days_in_hand: 7, quiet: None, paused: false };

fn next(diary: &Diary, now: f64) -> NextAction {
    let fold: Fold = diary.fold();
    next_action(
        &diary.slot,
        &fold.state,
        &forecast(&diary.slot, &fold, day(now)),
        POLICY,
        AtAmazon::default(),
        day(now),
    )
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
    // 10 % at 2 % a day since day 45: used up on day 50.
    assert!((by - day(43.0)).abs() < TimeDelta::hours(12), "{by}");
    assert!((run_out.likely - by - TimeDelta::days(7)).abs() < TimeDelta::hours(12));
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

fn forecast_of(diary: &Diary, now: f64) -> (SlotState, Forecast) {
    let fold = diary.fold();
    let forecast = forecast(&diary.slot, &fold, day(now));
    (fold.state, forecast)
}

#[test]
fn ours_orders_when_the_early_end_is_within_the_delivery_and_two_days() {
    let diary = printing(30);
    let (state, forecast) = forecast_of(&diary, 30.2);
    let Forecast::Dated { run_out, .. } = forecast else { panic!() };
    let by = |rule, delivery_days| {
        let policy = Policy { rule, delivery_days, ..POLICY };
        policy.order_by(&diary.slot, &state, &forecast, day(30.2)).unwrap()
    };
    assert_eq!(by(Rule::Normal, 5), run_out.earliest - TimeDelta::days(7), "the early end is the band's own");
    assert_eq!(by(Rule::Normal, 0), run_out.earliest - TimeDelta::days(2));
    assert!(by(Rule::Careful, 5) < by(Rule::Normal, 5) && by(Rule::Normal, 5) < by(Rule::Thrifty, 5));
    assert!(by(Rule::Thrifty, 5) < run_out.likely - TimeDelta::days(7));
    for rule in [Rule::Careful, Rule::Normal, Rule::Thrifty] {
        let policy = Policy { rule, ..POLICY };
        let (before, after) = (by(rule, 5) - TimeDelta::hours(3), by(rule, 5) + TimeDelta::hours(3));
        for (now, asks) in [(before, false), (after, true)] {
            let action = next_action(&diary.slot, &state, &forecast, policy, AtAmazon::default(), now);
            assert_eq!(matches!(action, NextAction::OrderBy { .. }), asks, "{rule:?} {action:?}");
        }
    }
}

#[test]
fn amazons_rule_is_inventory_within_seven_days_of_the_burn_rate() {
    for (left, asks) in [(14, true), (15, false)] {
        // 2 a day, to the unit; counted today.
        let diary = (0..=30).fold(Diary::of(pods(SensorKind::Usage)), |d, n| d.uses(f64::from(n) + 0.5, 2));
        let diary = diary.counted(31.0, Some(left), Some(0));
        let (state, forecast) = forecast_of(&diary, 31.0);
        let action = next_action(&diary.slot, &state, &forecast, POLICY, AtAmazon::default(), day(31.0));
        assert_eq!(matches!(action, NextAction::OrderBy { .. }), asks, "{left}: {action:?}");
    }
}

#[test]
fn early_ends_are_those_of_the_first_passage_law() {
    // Inverse Gaussian, 5, 10, 25, 50 % points in days, for coefficients of variation 0.1, 0.25, 0.4 and 0.3.
    for [careful, normal, thrifty, likely] in [
        [16.889, 17.511, 18.604, 19.901],
        [12.944, 14.140, 16.414, 19.397],
        [9.868, 11.300, 14.249, 18.534],
        [35.475, 39.394, 47.046, 57.433],
    ] {
        let band = RunOut { earliest: day(normal), likely: day(likely), latest: None };
        for (rule, wanted) in [(Rule::Careful, careful), (Rule::Normal, normal), (Rule::Thrifty, thrifty)] {
            let off = (band.early(rule, day(0.0)) - day(wanted)).abs();
            assert!(off < TimeDelta::hours(2), "{rule:?}: {off}");
        }
    }
    let passed = RunOut { earliest: day(1.0), likely: day(1.0), latest: None };
    assert_eq!(passed.early(Rule::Careful, day(1.0)), day(1.0));
    assert_eq!(passed.early(Rule::Thrifty, day(2.0)), day(2.0), "never before now");
}

proptest::proptest! {
    #[test]
    fn early_ends_keep_their_order(early in 0..80_000i64, rest in 0..80_000i64) {
        let at = |minutes: i64| day(0.0) + TimeDelta::minutes(minutes);
        let band = RunOut { earliest: at(early), likely: at(early + rest), latest: None };
        let ends = [Rule::Careful, Rule::Normal, Rule::Thrifty].map(|rule| band.early(rule, day(0.0)));
        proptest::prop_assert!(day(0.0) <= ends[0] && ends[0] <= ends[1] && ends[1] <= ends[2]);
        proptest::prop_assert!(ends[2] <= band.likely + TimeDelta::minutes(1));
        proptest::prop_assert!((ends[1] - band.earliest).abs() <= TimeDelta::minutes(1));
    }
}

#[test]
fn snoozed_is_quiet_until_its_day_and_muted_for_good_always() {
    let diary = printing(45);
    let (state, forecast) = forecast_of(&diary, 45.1);
    let asks = |quiet, now: f64| {
        let policy = Policy { quiet: Some(quiet), ..POLICY };
        !runs(&next_action(&diary.slot, &state, &forecast, policy, AtAmazon::default(), day(now)))
    };
    assert!(!asks(Quiet::Until(day(46.0)), 45.9));
    assert!(asks(Quiet::Until(day(46.0)), 46.0));
    assert!(!asks(Quiet::Always, 400.0));
}

fn told(diary: &Diary, amazon: AtAmazon, now: f64) -> NextAction {
    let fold: Fold = diary.fold();
    let paused = matches!(amazon.reorder, Some(Reorder::Paused { .. }));
    let policy = Policy { paused, ..POLICY };
    next_action(&diary.slot, &fold.state, &forecast(&diary.slot, &fold, day(now)), policy, amazon, day(now))
}

#[test]
fn what_is_under_way_is_told_and_what_comes_too_late_asks() {
    let with = |coming| AtAmazon { coming: Some(coming), reorder: None };
    let shipped = |due: f64| with(Coming::Shipped { due: day(due) });
    // Empty on day 50.
    for (amazon, read, now, wanted) in [
        (shipped(48.0), 45, 45.1, Some(false)),
        (shipped(53.0), 45, 45.1, Some(true)),
        (with(Coming::Overdue { due: day(45.0) }), 45, 45.1, Some(true)),
        (with(Coming::Placed { at: day(45.0), expected: None }), 45, 45.1, Some(false)),
        (with(Coming::Requested { at: day(45.0) }), 45, 45.1, Some(false)),
        (with(Coming::Placed { at: day(45.0), expected: Some(day(53.0)) }), 45, 45.1, Some(true)),
        (shipped(20.0), 10, 10.1, Some(false)),
        (shipped(52.0), 50, 50.5, Some(true)),
        (with(Coming::Placed { at: day(45.0), expected: None }), 50, 50.5, Some(false)),
        // Nothing is ordered until Amazon confirms it.
        (with(Coming::Requested { at: day(50.0) }), 50, 50.5, None),
    ] {
        let action = told(&printing(read), amazon, now);
        let late = if let NextAction::Comes { late, .. } = action { Some(late) } else { None };
        assert_eq!(late, wanted, "{amazon:?}: {action:?}");
    }
    let spare = printing(45).bought(45.05, 1);
    let action = told(&spare, shipped(53.0), 45.1);
    assert!(matches!(action, NextAction::Comes { late: false, .. }), "a spare lies ready: {action:?}");
    let spare = printing(50).bought(50.1, 1);
    assert_eq!(told(&spare, shipped(53.0), 50.5), NextAction::ReplaceNow { empty: true });
    let muted = Diary { slot: Slot { muted: true, ..ink() }, ..printing(45) };
    assert!(runs(&told(&muted, shipped(53.0), 45.1)));
}

#[test]
fn amazon_is_left_to_reorder_until_it_must_have_missed_it() {
    let on = AtAmazon { coming: None, reorder: Some(Reorder::On { since: day(0.0) }) };
    // 12 % and six days: ours would ask; Amazon is not yet due.
    assert!(runs(&told(&printing(44), on, 44.1)));
    let low = Diary::of(ink()).reads(0.0, 9).reads(0.1, 9).reads(0.2, 9);
    assert_eq!(told(&low, on, 0.3), NextAction::AmazonReorders { run_out: None });
    let two_days = printing(48);
    assert!(
        matches!(told(&two_days, on, 48.5), NextAction::OrderBy { .. }),
        "{:?}",
        told(&two_days, on, 48.5)
    );
    let not = AtAmazon { coming: None, reorder: Some(Reorder::NotSetUp) };
    assert!(matches!(told(&printing(44), not, 44.1), NextAction::OrderBy { .. }));
}

#[test]
fn what_was_stopped_asks_a_week_earlier() {
    let paused = Reorder::Paused { since: day(0.0), by: crate::orders::ChangedBy::Customer };
    let paused = AtAmazon { coming: None, reorder: Some(paused) };
    for (read, asks) in [(35, false), (37, true)] {
        let now = f64::from(i32::try_from(read).unwrap()) + 0.1;
        let action = told(&printing(read), paused, now);
        assert_eq!(matches!(action, NextAction::OrderBy { .. }), asks, "{read}: {action:?}");
        assert!(runs(&told(&printing(read), AtAmazon::default(), now)));
    }
}
