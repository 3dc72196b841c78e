//! The law of days to empty, the pace behind it, and what is said when there is none.

use super::*;
use crate::endpoint::SupplyKind;
use crate::measure::{AMOUNT_MAX, Unit};
use crate::testing::*;
use proptest::prelude::*;

fn told(diary: &Diary, now: f64) -> Forecast {
    forecast(&diary.slot, &diary.fold(), day(now))
}

/// Days from `now` to the early, likely and late end.
fn band(diary: &Diary, now: f64) -> (f64, f64, f64) {
    let days = |at: DateTime<Utc>| (at - day(now)).as_seconds_f64() / 86_400.0;
    match told(diary, now) {
        Forecast::Dated { run_out, .. } => {
            (days(run_out.earliest), days(run_out.likely), run_out.latest.map_or(f64::INFINITY, days))
        }
        other => panic!("{other:?}"),
    }
}

/// A Usage slot with uses on these days (amounts in thousandths), and `stock` left after them.
fn consumed(uses: &[i64], factor: i64, stock: Milli) -> Diary {
    let mut diary = Diary::of(pods(SensorKind::Usage));
    for (n, milli) in uses.iter().enumerate().filter(|(_, milli)| **milli > 0) {
        let amount = diary.slot.amount(milli * factor);
        diary = diary.add(n as f64 + 0.5, crate::ledger::EntryKind::Consumed { amount });
    }
    let level = Some(diary.slot.amount(stock));
    diary.add(uses.len() as f64, crate::ledger::EntryKind::Counted { level, shelf: None })
}

#[test]
fn steady_use_is_told_to_the_day() {
    let diary = consumed(&[2_000; 60], 1, 40_000);
    let (early, likely, late) = band(&diary, 60.0);
    assert!((likely - 20.0).abs() < 0.1 && late - early < 1.5, "{early} {likely} {late}");
    let Forecast::Dated { rate: Some(rate), interval: None, .. } = told(&diary, 60.0) else { panic!() };
    assert!((rate.per_day - 2_000.0).abs() < 1e-6 && rate.over_days == 59);
    assert!((35.0..60.0).contains(&rate.days_worth));
    assert_eq!(band(&consumed(&[2_000; 60], 1, 0), 60.0), (0.0, 0.0, 0.0));
}

#[test]
fn weekly_washes_are_no_uncertainty() {
    let weekly: Vec<i64> = (0..84).map(|n| if n % 7 == 5 { 7_000 } else { 0 }).collect();
    let clumped: Vec<i64> = (0..84).map(|n| if matches!(n % 14, 5 | 6) { 7_000 } else { 0 }).collect();
    let width = |uses: &[i64]| {
        let (early, _, late) = band(&consumed(uses, 1, 42_000), 84.0);
        late - early
    };
    let (weekly, clumped) = (width(&weekly), width(&clumped));
    assert!(weekly < 0.75 * clumped, "{weekly} {clumped}");
}

#[test]
fn what_is_recent_weighs_more() {
    let mut uses = vec![1_000; 60];
    uses.extend([3_000; 30]);
    let (_, likely, _) = band(&consumed(&uses, 1, 40_000), 90.0);
    assert!((15.0..20.0).contains(&likely), "{likely}: at 3 a day 13, at the mean of all days 24");
}

#[test]
fn nothing_is_said_too_early() {
    let learning = |seen, more, more_days| Forecast::Learning { seen, more, more_days };
    assert_eq!(told(&Diary::of(pods(SensorKind::Usage)), 1.0), Forecast::NotCounted);
    assert_eq!(told(&Diary::of(pods(SensorKind::Usage)).uses(0.0, 1), 1.0), Forecast::NotCounted);
    let stocked = || Diary::of(pods(SensorKind::Usage)).bought(0.0, 1);
    assert_eq!(told(&stocked(), 5.0), learning(0, 5, 14));
    assert_eq!(told(&stocked().uses(4.0, 1).uses(5.0, 1), 6.0), learning(2, 3, 12));
    let five = (4..9).fold(stocked(), |d, n| d.uses(f64::from(n), 1));
    assert_eq!(told(&five, 10.0), learning(5, 0, 8));
    assert!(matches!(told(&five, 18.0), Forecast::Dated { .. }));
    let gauge = Diary::of(ink()).reads(0.0, 50).reads(1.0, 49);
    assert_eq!(told(&gauge, 1.5), learning(1, 1, 13));
    assert!(matches!(told(&gauge.reads(14.0, 45), 15.0), Forecast::Dated { .. }));
}

#[test]
fn what_is_not_used_has_no_date() {
    let used = |slot, last: f64| {
        Diary::of(slot).reads(0.0, 90).reads(10.0, 80).reads(last, 70).reads(last + 100.0, 70)
    };
    assert_eq!(told(&used(ink(), 20.0), 80.5), Forecast::Unused { last: Some(day(20.0)) });
    assert!(matches!(told(&used(ink(), 20.0), 79.5), Forecast::Dated { .. }));
    // A drop every fifty days is use: two months without one say nothing yet.
    let slow = (0..6).fold(Diary::of(ink()), |d, n| d.reads(f64::from(n) * 50.0, 90 - 10 * i64::from(n)));
    let slow = slow.reads(320.0, 40);
    assert!(matches!(told(&slow, 320.0), Forecast::Dated { .. }));
    assert!(matches!(told(&slow.reads(420.0, 40), 420.0), Forecast::Unused { .. }));
}

#[test]
fn a_device_without_numbers_is_said_to_be_one() {
    let read = |level| Diary::of(ink()).add(0.0, crate::ledger::EntryKind::LevelRead { level });
    let unknown = |some_left| Forecast::LevelUnknown { some_left };
    assert_eq!(told(&read(crate::ledger::Level::Unknown), 1.0), unknown(false));
    assert_eq!(told(&read(crate::ledger::Level::SomeLeft), 1.0), unknown(true));
    assert_eq!(
        told(&read(crate::ledger::Level::Unknown).reads(1.0, 40), 2.0),
        told(&Diary::of(ink()).reads(1.0, 40), 2.0)
    );
    assert_eq!(told(&Diary::of(ink()), 1.0), Forecast::NotCounted);
}

#[test]
fn a_sleeping_printer_counts_from_its_last_word() {
    let diary = (0..40).fold(Diary::of(ink()), |d, n| d.reads(f64::from(n), 100 - 2 * i64::from(n)));
    let (_, awake, _) = band(&diary, 39.5);
    let (_, asleep, _) = band(&diary, 46.5);
    assert!((awake - asleep - 7.0).abs() < 0.2, "{awake} {asleep}: the end stays where it was");
    assert_eq!(band(&diary, 70.0).1, 0.0, "and is never past");
}

#[test]
fn silence_of_what_reports_each_use_is_no_use() {
    let pods =
        (0..30).fold(Diary::of(pods(SensorKind::Usage)).bought(0.0, 2), |d, n| d.uses(f64::from(n), 1));
    let (_, then, _) = band(&pods, 30.0);
    let (_, later, _) = band(&pods, 40.0);
    assert!(later > then, "{then} {later}");
    let hepa =
        Diary::of(slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(150))).replaced(0.0);
    let hepa = (0..30).fold(hepa, |d, n| d.uses(f64::from(n) + 0.5, 2));
    let (_, hours, _) = band(&hepa, 30.0);
    assert!((hours - 45.0).abs() < 0.5, "{hours} days for 90 hours at 2 a day");
    assert!(band(&hepa, 40.0).1 > hours);
}

#[test]
fn parts_nobody_measures_are_told_by_their_replacements() {
    let first = Diary::of(filter()).counted(0.0, Some(1), None).replaced(60.0);
    assert_eq!(told(&first, 61.0), Forecast::Learning { seen: 1, more: 1, more_days: 0 });
    let unsized_part = slot(SensorKind::None, SupplyKind::Ink, Unit::Milliliter, None);
    for diary in [
        Diary::of(filter()).replaced(60.0).replaced(120.0),
        Diary::of(unsized_part).replaced(60.0).replaced(120.0),
    ] {
        let Forecast::Dated { rate: None, interval: Some((mean, 2)), run_out } = told(&diary, 121.0) else {
            panic!("{:?}", told(&diary, 121.0))
        };
        assert!((mean - 60.0).abs() < 1e-9);
        let (early, likely, late) = band(&diary, 121.0);
        let (_, lasting, _) = band(&diary, 170.0);
        assert!(lasting > likely - 49.0 + 3.0, "what has lasted 50 days is a good one: {lasting}");
        assert!(
            early < 40.0 && (50.0..60.0).contains(&likely) && (70.0..110.0).contains(&late),
            "{run_out:?}"
        );
    }
    let regular = (0..8).fold(Diary::of(filter()), |d, n| d.replaced(f64::from(n) * 60.0));
    let (early, likely, late) = band(&regular, 420.0);
    assert!(early > 48.0 && (likely - 60.0).abs() < 1.5 && late < 72.0, "{early} {likely} {late}");
    let (early, _, late) = band(&regular, 2_000.0);
    assert!(early >= 0.0 && late < 60.0, "long overdue is soon: {early} {late}");
    let gone = regular.counted(430.0, Some(0), None);
    assert_eq!(band(&gone, 431.0), (0.0, 0.0, 0.0), "who looked knows better");
}

#[test]
fn pods_counted_down_by_hand() {
    let counted =
        Diary::of(pods(SensorKind::None)).counted(0.0, None, Some(80)).counted(15.0, None, Some(50));
    let counted = counted.bought(20.0, 1).counted(30.0, None, Some(60));
    let (early, likely, late) = band(&counted, 30.0);
    assert!(early < likely && likely < late && (27.0..33.0).contains(&likely), "{early} {likely} {late}");
    assert!(matches!(told(&counted, 120.0), Forecast::Dated { .. }), "not counting is not not using");
}

#[test]
fn replaced_twice_in_a_minute_and_once_a_century() {
    let hasty = Diary::of(filter()).replaced(1.0).replaced(1.0005);
    assert!(matches!(told(&hasty, 2.0), Forecast::Dated { .. }));
    let slow = Diary::of(filter()).replaced(0.0).replaced(36_500.0);
    let Forecast::Dated { run_out, .. } = told(&slow, 36_501.0) else { panic!() };
    assert_eq!(run_out.latest, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn quantile_undoes_below(mean in 0.1..600.0f64, spread in 0.05..3.0f64, share in 0.01..0.99f64) {
        let law = DaysToEmpty::with(mean, mean * mean * spread * spread);
        let days = law.quantile(share);
        if days < HORIZON_DAYS * 10.0 - 1.0 {
            prop_assert!((law.below(days) - share).abs() < 1e-6, "{days} {}", law.below(days));
        }
    }

    #[test]
    fn below_only_rises(mean in 1e-6..1e6f64, spread in 1e-4..1e4f64, days in 1e-6..1e5f64, factor in 1.0..3.0f64) {
        let law = DaysToEmpty::with(mean, mean * mean * spread * spread);
        let (before, after) = (law.below(days), law.below(days * factor));
        prop_assert!((0.0..=1.0).contains(&before) && (0.0..=1.0).contains(&after));
        prop_assert!(after >= before - 1e-6, "{before} {after}");
    }

    #[test]
    fn more_use_is_sooner_more_stock_later(
        uses in prop::collection::vec(0..5_000i64, 20..120),
        stock in 1_000..200_000i64,
        factor in 2..5i64,
    ) {
        prop_assume!(uses.iter().filter(|milli| **milli > 0).count() >= 6);
        let now = uses.len() as f64;
        let (usual, thirsty) = (consumed(&uses, 1, stock), consumed(&uses, factor, stock));
        let stocked = consumed(&uses, 1, stock * factor);
        if !matches!(told(&usual, now), Forecast::Dated { .. }) {
            return Ok(());
        }
        let (usual, thirsty, stocked) = (band(&usual, now), band(&thirsty, now), band(&stocked, now));
        prop_assert!(thirsty.0 <= usual.0 && thirsty.1 <= usual.1, "{usual:?} {thirsty:?}");
        prop_assert!(stocked.0 >= usual.0 && stocked.1 >= usual.1 && stocked.2 >= usual.2, "{usual:?} {stocked:?}");
    }

    #[test]
    fn no_figure_is_too_large_or_too_small(
        left in 0..=i64::MAX,
        per_day in prop_oneof![1e-6..1.0f64, 1.0..1e6f64, 1e6..1e18f64],
        variance in prop_oneof![Just(0.0), 0.0..1e6f64, 1e6..1e36f64],
        days_worth in 1.0..50.0f64,
    ) {
        let rate = BurnRate { per_day, variance, days_worth, over_days: 50, basis: Basis::default() };
        let law = DaysToEmpty::of(left, &rate);
        let (early, likely, late) = (law.quantile(0.1), law.quantile(0.5), law.quantile(0.9));
        prop_assert!(0.0 <= early && early <= likely && likely <= late && late <= HORIZON_DAYS * 10.0);
    }
}

#[test]
fn fortunes_are_forecast_too() {
    let mut diary = consumed(&[AMOUNT_MAX; 30], 1, AMOUNT_MAX);
    for _ in 0..20 {
        diary = diary.bought(30.0, 1_000_000);
    }
    let (early, likely, _) = band(&diary, 30.0);
    assert!(early <= likely);
}
