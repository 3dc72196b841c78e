//! What holds for every ledger, however it arrives.

use super::*;
use crate::forecast::{Forecast, forecast};
use crate::measure::AMOUNT_MAX;
use crate::testing::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_order_of_arrival_and_any_repeats_give_the_same_state(
        (slot, entries, other) in any_ledger().prop_flat_map(|(slot, entries)| {
            let mut twice = entries.clone();
            twice.extend(entries.iter().take(8).cloned());
            (Just(slot), Just(entries), Just(twice).prop_shuffle())
        }),
    ) {
        let whole = Fold::of(&slot, &entries);
        prop_assert_eq!(&Fold::of(&slot, &other), &whole);
        prop_assert_eq!(&arrive(&slot, &entries), &whole);
        prop_assert_eq!(&arrive(&slot, &other), &whole);
    }

    #[test]
    fn in_order_of_effect_nothing_is_folded_twice((slot, mut entries) in any_ledger()) {
        entries.retain(|e| e.about.is_none() && !matches!(e.kind, EntryKind::Voided { .. }));
        entries.sort_by_key(Entry::key);
        let mut fold = Fold::default();
        for entry in &entries {
            prop_assert!(fold.follows(entry));
            fold.apply(&slot, entry);
            prop_assert!(!fold.follows(entry));
        }
        prop_assert_eq!(fold, Fold::of(&slot, &entries));
    }

    #[test]
    fn nothing_is_ever_negative_and_every_effect_adds_up((slot, entries) in any_ledger()) {
        let mut effects = Vec::new();
        let fold = Fold::of_each(&slot, &entries, |_, effect| effects.push(effect));
        let mut before: Option<Milli> = None;
        let mut overshoot: Milli = 0;
        for effect in effects {
            prop_assert!(effect.left.is_none_or(|left| left >= 0) && effect.shelf >= 0 && effect.overshoot >= 0);
            prop_assert_eq!(effect.change, before.zip(effect.left).map(|(before, left)| left - before));
            before = effect.left;
            overshoot = overshoot.saturating_add(effect.overshoot);
        }
        prop_assert_eq!(before, fold.state.left(&slot));
        prop_assert_eq!(overshoot, fold.state.overshoot);
        prop_assert!(fold.state.level.is_none_or(|level| level >= 0) && fold.state.shelf >= 0);
        prop_assert!(fold.state.floor.is_none_or(|floor| floor >= 0));
        prop_assert!(fold.days.used.values().all(|used| *used > 0));
    }

    #[test]
    fn days_sum_to_what_was_consumed(
        uses in prop::collection::vec((0..DAYS_KEPT * 24 - 24, 1..=AMOUNT_MAX), 1..40),
    ) {
        let slot = slot(SensorKind::Usage, crate::endpoint::SupplyKind::Pods, crate::measure::Unit::Count, Some(40));
        let diary = uses.iter().fold(Diary::of(slot), |diary, (hour, milli)| {
            let amount = diary.slot.amount(*milli);
            diary.add(f64::from(*hour) / 24.0, EntryKind::Consumed { amount })
        });
        prop_assert_eq!(diary.used(), uses.iter().map(|(_, milli)| milli).sum::<Milli>());
    }

    #[test]
    fn a_gauge_never_uses_more_than_it_dropped(levels in prop::collection::vec((0..100u32, 0..=100i64), 1..60)) {
        let mut hours = 0;
        let diary = levels.iter().fold(Diary::of(ink()), |diary, (gap, level)| {
            hours += gap;
            diary.reads(f64::from(hours) / 24.0, *level)
        });
        let dropped: i64 = levels.windows(2).map(|w| (w[0].1 - w[1].1).max(0)).sum();
        prop_assert!(diary.used() <= dropped * 1000, "{} of {dropped}", diary.used());
    }

    #[test]
    fn undo_then_redo_restores_everything((slot, entries) in any_ledger(), which in any::<prop::sample::Index>()) {
        prop_assume!(!entries.is_empty());
        let plain: Vec<Entry> =
            entries.into_iter().filter(|e| !matches!(e.kind, EntryKind::Voided { .. })).collect();
        prop_assume!(!plain.is_empty());
        let target = which.get(&plain);
        let undo = entry(&slot, 900, START, EntryKind::Voided { entry: target.id });
        let redo = entry(&slot, 901, START, EntryKind::Voided { entry: undo.id });
        let without: Vec<Entry> = plain.iter().filter(|e| e.id != target.id).cloned().collect();
        let mut undone = plain.clone();
        undone.push(undo);
        let state = |fold: Fold| SlotState { expected: BTreeSet::new(), ..fold.state };
        prop_assert_eq!(state(Fold::of(&slot, &undone)), state(Fold::of(&slot, &without)));
        undone.push(redo);
        prop_assert_eq!(Fold::of(&slot, &undone), Fold::of(&slot, &plain));
    }

    #[test]
    fn spread_is_exact(from in 0..40_000_000_000i64, span in 0..30_000_000_000i64, amount in 1..=AMOUNT_MAX) {
        let at = |ms: i64| DateTime::from_timestamp_millis(ms).unwrap();
        let mut days = DayBook::default();
        days.spread(at(from), at(from + span), amount);
        prop_assert_eq!(days.used.values().sum::<Milli>(), amount);
        let (first, last) = (utc_day(at(from)), utc_day(at(from + span)));
        prop_assert!(days.used.keys().all(|day| (first..=last).contains(day)));
        // Evenly: whole days in between differ by rounding only.
        let inner: Vec<Milli> = (first + 1..last).map(|day| days.used.get(&day).copied().unwrap_or(0)).collect();
        let (least, most) = (inner.iter().min(), inner.iter().max());
        prop_assert!(least.zip(most).is_none_or(|(least, most)| most - least <= 1));
    }

    #[test]
    fn a_forecast_is_in_order_and_never_past((slot, entries) in any_ledger(), ahead in 0..80_000i64) {
        let fold = Fold::of(&slot, &entries);
        let now = fold.state.last.map_or(START, |(at, _)| at) + TimeDelta::hours(ahead);
        if let Forecast::Dated { run_out, rate, interval } = forecast(&slot, &fold, now) {
            prop_assert!(now <= run_out.earliest && run_out.earliest <= run_out.likely);
            prop_assert!(run_out.latest.is_none_or(|latest| run_out.likely <= latest));
            prop_assert!(rate.is_some() != interval.is_some());
            let sound = |r: crate::forecast::BurnRate| {
                r.per_day > 0.0 && r.per_day.is_finite() && r.variance.is_finite() && r.days_worth >= 1.0
            };
            prop_assert!(rate.is_none_or(sound));
            prop_assert!(interval.is_none_or(|(mean, _)| mean.is_finite() && mean > 0.0));
        }
    }
}

#[test]
fn centuries_and_fortunes_cost_no_time_and_no_memory() {
    let mut diary = Diary::of(pods(SensorKind::None));
    for visit in 0..500u32 {
        let century = f64::from(visit) * 36_525.0;
        diary = diary.bought(century, 1_000_000).counted(century, Some(1_000_000_000), None);
        diary = diary.counted(century + 36_500.0, Some(0), Some(0));
    }
    let fold = diary.fold();
    assert!(fold.days.used.len() <= DAYS_KEPT as usize + 1);
    let now = fold.state.last.unwrap().0;
    assert!(!matches!(forecast(&diary.slot, &fold, now), Forecast::Learning { .. }));
}
