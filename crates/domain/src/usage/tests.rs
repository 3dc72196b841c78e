//! Weeks and months of every region, sums with what is not known of them, and costs as tables; properties for the rest.

use super::*;
use crate::endpoint::{SensorKind, Slot, SupplyKind};
use crate::fold::{Fold, utc_day};
use crate::ledger::{Entry, EntryKind};
use crate::locale::{Locale, week_start};
use crate::testing::{Diary, START, any_ledger, day, filter, ink, pods, slot};
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn named(spans: &[Span]) -> Vec<String> {
    spans.iter().map(|span| format!("{}..{}", span.first, span.last)).collect()
}

/// Day 0 of the diaries is Tuesday 1 September 2026.
fn number(days: i32) -> i32 {
    utc_day(START) + days
}

#[test]
fn weeks_begin_as_the_region_says() {
    let cases = [
        (Locale::DeDe, "2026-11-16..2026-11-22"),
        (Locale::EnGb, "2026-11-16..2026-11-22"),
        (Locale::EsEs, "2026-11-16..2026-11-22"),
        (Locale::FrFr, "2026-11-16..2026-11-22"),
        (Locale::ItIt, "2026-11-16..2026-11-22"),
        (Locale::EnUs, "2026-11-15..2026-11-21"),
        (Locale::EsUs, "2026-11-15..2026-11-21"),
        (Locale::JaJp, "2026-11-15..2026-11-21"),
    ];
    assert_eq!(cases.len(), Locale::ALL.len());
    for (locale, wanted) in cases {
        let today = date("2026-11-21");
        assert_eq!(named(&spans(By::Week, week_start(locale), today, today, 9)), [wanted], "{locale}");
    }
    let sunday = Span::of(By::Week, Weekday::Sun, date("2026-11-22")).unwrap();
    assert_eq!(named(&[sunday]), ["2026-11-22..2026-11-28"]);
}

#[test]
fn months_are_those_of_the_calendar() {
    let months = spans(By::Month, Weekday::Mon, date("2027-12-31"), date("2028-03-01"), 9);
    assert_eq!(
        named(&months),
        [
            "2027-12-01..2027-12-31",
            "2028-01-01..2028-01-31",
            "2028-02-01..2028-02-29",
            "2028-03-01..2028-03-31"
        ]
    );
    assert_eq!(months.iter().map(Span::days).collect::<Vec<_>>(), [31, 31, 29, 31]);
    assert_eq!(named(&spans(By::Month, Weekday::Mon, date("2028-03-01"), date("2028-02-01"), 9)), [""; 0]);
    assert_eq!(spans(By::Week, Weekday::Mon, date("2000-01-01"), date("2028-02-01"), 5).len(), 5);
    assert_eq!(first_of_last(By::Month, Weekday::Mon, date("2026-11-21"), 12), date("2025-12-01"));
    assert_eq!(first_of_last(By::Week, Weekday::Sun, date("2026-11-21"), 2), date("2026-11-08"));
    assert_eq!(first_of_last(By::Week, Weekday::Mon, NaiveDate::MIN, 12), NaiveDate::MIN);
}

fn weeks(history: &History, today: &str, count: usize) -> Vec<Used> {
    let spans = spans(By::Week, Weekday::Mon, date("2026-08-31"), date("2027-12-01"), count);
    used_in(history, &spans, date(today))
}

#[test]
fn a_week_seen_in_part_says_so_and_one_never_seen_has_no_amount() {
    // Observed from Wednesday 2 September to Sunday 20 September; used on three days.
    let history = History {
        used: [(number(1), 2_000), (number(2), 3_000), (number(9), 500)].into(),
        first: Some(number(1)),
        last: Some(number(19)),
        ..History::default()
    };
    let seen: Vec<_> =
        weeks(&history, "2026-09-20", 4).iter().map(|u| (u.amount, u.observed, u.whole)).collect();
    assert_eq!(
        seen,
        [
            (Some(5_000), 5, false),
            (Some(500), 7, true),
            // Today is its last day: the week is not over.
            (Some(0), 7, false),
            (None, 0, false),
        ]
    );
    let later = weeks(&history, "2026-09-21", 4);
    assert!(later[2].whole, "over, and observed to its end");
    assert_eq!(mean(&later), Some((250, 2)), "whole weeks alone, the one without use among them");
    assert_eq!(mean(&later[..1]), None);
    let all = total(&later);
    assert_eq!((all.amount, all.observed, all.whole), (Some(5_500), 19, false));
    assert_eq!(weeks(&History::default(), "2026-09-20", 1)[0], Used::default());
}

#[test]
fn days_told_from_the_future_are_not_observed_yet() {
    let history = History { first: Some(number(0)), last: Some(number(400)), ..History::default() };
    assert_eq!(weeks(&history, "2026-09-02", 1)[0].observed, 2, "Tuesday and Wednesday");
}

#[test]
fn units_of_one_kind_are_added_exactly_and_kinds_never() {
    let litre = Amount::whole(1, Unit::Liter);
    let sum = add_up([litre, Amount::whole(250, Unit::Milliliter)], Unit::Liter);
    assert_eq!(sum, Ok(Amount::new(1_250, Unit::Liter)));
    // Three thirds of a thousandth are one: rounding each would have lost them.
    let third = Amount::new(1, Unit::Milliliter);
    let drops = add_up([third; 500], Unit::Liter);
    assert_eq!(drops, Ok(Amount::new(0, Unit::Liter)), "half a thousandth goes to even");
    assert_eq!(add_up([third; 501], Unit::Liter), Ok(Amount::new(1, Unit::Liter)));
    assert_eq!(
        add_up([Amount::whole(8, Unit::UsFluidOunce), Amount::whole(1, Unit::UsFluidCup)], Unit::UsFluidPint),
        Ok(Amount::whole(1, Unit::UsFluidPint))
    );
    assert_eq!(add_up([], Unit::Count), Ok(Amount::whole(0, Unit::Count)));
    assert!(matches!(
        add_up([litre, Amount::whole(1, Unit::Kilogram)], Unit::Liter),
        Err(AmountError::OtherKind { .. })
    ));
    assert_eq!(
        add_up([Amount::new(Milli::MAX, Unit::CubicYard)], Unit::Milliliter),
        Err(AmountError::TooLarge)
    );
}

/// The cost of each day of a diary, as text: `day: 1.20 EUR, 3 unpriced`.
fn costs(diary: &Diary) -> Vec<String> {
    let mut told = Vec::new();
    let fold = Fold::of_each(&diary.slot, &diary.entries, |entry, effect| {
        told.push(Told { entry, change: effect.change, left: effect.left });
    });
    let costs = cost_by_day(&diary.slot, &fold.days.used, &told);
    costs
        .iter()
        .map(|(day, cost)| {
            let mut parts: Vec<String> = cost
                .priced
                .iter()
                .map(|(currency, milli)| format!("{}.{:03} {currency}", milli / 1000, milli % 1000))
                .collect();
            if cost.unpriced > 0 {
                parts.push(format!("{} unpriced", cost.unpriced));
            }
            format!("{}: {}", day - number(0), parts.join(", "))
        })
        .collect()
}

fn paid(packs: u32, price: Option<(i64, &str)>) -> EntryKind {
    let price = price.map(|(milli, currency)| Money { milli, currency: currency.into() });
    EntryKind::Purchased { packs, content: None, asin: None, price, shop: None }
}

#[test]
fn what_was_bought_first_is_used_first() {
    let pods = || Diary::of(pods(SensorKind::Usage));
    let table: Vec<(&str, Diary, &[&str])> = vec![
        ("nothing bought", pods().uses(1.0, 3), &["1: 3000 unpriced"]),
        (
            "one pack of 40 for 10",
            pods().add(0.0, paid(1, Some((10_000, "EUR")))).uses(1.0, 4).uses(2.0, 36),
            &["1: 1.000 EUR", "2: 9.000 EUR"],
        ),
        (
            "a price that does not divide is charged to the last thousandth",
            pods().add(0.0, paid(1, Some((10_001, "EUR")))).uses(1.0, 13).uses(2.0, 13).uses(3.0, 14),
            &["1: 3.250 EUR", "2: 3.250 EUR", "3: 3.501 EUR"],
        ),
        (
            "two prices, the old one first",
            pods()
                .add(0.0, paid(1, Some((10_000, "EUR"))))
                .add(0.5, paid(1, Some((20_000, "EUR"))))
                .uses(1.0, 60),
            &["1: 20.000 EUR"],
        ),
        (
            "two currencies are never added",
            pods()
                .add(0.0, paid(1, Some((10_000, "EUR"))))
                .add(0.5, paid(1, Some((8_000, "GBP"))))
                .uses(1.0, 60),
            &["1: 10.000 EUR, 4.000 GBP"],
        ),
        (
            "a pack without a price",
            pods().add(0.0, paid(1, None)).add(0.5, paid(1, Some((8_000, "GBP")))).uses(1.0, 60),
            &["1: 4.000 GBP, 40000 unpriced"],
        ),
        (
            "stock found by counting was there first",
            pods().counted(0.0, Some(10), None).add(0.5, paid(1, Some((8_000, "GBP")))).uses(1.0, 15),
            &["1: 1.000 GBP, 10000 unpriced"],
        ),
        (
            "what a count no longer finds was not used",
            pods()
                .add(0.0, paid(1, Some((8_000, "GBP"))))
                .counted(0.5, Some(0), Some(20))
                .uses(1.0, 20)
                .uses(2.0, 1),
            &["1: 4.000 GBP", "2: 1000 unpriced"],
        ),
        (
            "an order without a price, told twice",
            pods()
                .add(0.0, received("a"))
                .add(0.1, received("a"))
                .add(0.2, paid(1, Some((8_000, "GBP"))))
                .uses(1.0, 60),
            &["1: 4.000 GBP, 40000 unpriced"],
        ),
        (
            "an undone purchase",
            pods().add(0.0, paid(1, Some((8_000, "GBP")))).voids(0.1, 1000).uses(1.0, 4),
            &["1: 4000 unpriced"],
        ),
        (
            "free of charge is a price",
            pods().add(0.0, paid(1, Some((0, "GBP")))).uses(1.0, 4),
            &["1: 0.000 GBP"],
        ),
    ];
    for (name, diary, wanted) in table {
        assert_eq!(costs(&diary), wanted, "{name}");
    }
}

fn received(order: &str) -> EntryKind {
    EntryKind::Received { order: order.into(), packs: 1, content: None }
}

fn from_shelf(from_shelf: bool) -> EntryKind {
    EntryKind::Replaced { capacity: None, from_shelf }
}

#[test]
fn a_cartridge_costs_what_its_spare_did() {
    let bought = |packs, milli| paid(packs, Some((milli, "EUR")));
    let table: Vec<(&str, Diary, &[&str])> = vec![
        (
            "the first one's price is not known, the second's is",
            Diary::of(ink())
                .reads(0.0, 50)
                .add(0.1, bought(2, 30_000))
                .reads(5.0, 45)
                .add(6.5, from_shelf(true))
                .reads(7.5, 100)
                .reads(9.5, 90),
            &[
                "0: 1000 unpriced",
                "1: 1000 unpriced",
                "2: 1000 unpriced",
                "3: 1000 unpriced",
                "4: 1000 unpriced",
                "7: 0.375 EUR",
                "8: 0.750 EUR",
                "9: 0.375 EUR",
            ],
        ),
        (
            "one that lay nowhere",
            Diary::of(ink())
                .add(0.0, bought(1, 30_000))
                .reads(0.1, 20)
                .add(0.5, from_shelf(false))
                .reads(1.0, 100)
                .reads(3.0, 98),
            &["1: 1000 unpriced", "2: 1000 unpriced"],
        ),
        (
            "a spare that a count no longer found",
            Diary::of(ink())
                .add(0.0, bought(1, 30_000))
                .add(0.1, bought(1, 40_000))
                .counted(0.2, Some(100), Some(1))
                .add(0.3, from_shelf(true))
                .reads(1.0, 100)
                .reads(2.0, 90),
            &["1: 4.000 EUR"],
        ),
        (
            "a filter that nothing measures",
            Diary::of(filter())
                .counted(0.0, Some(1), None)
                .add(0.1, bought(1, 9_000))
                .add(4.0, from_shelf(true))
                .add(8.0, from_shelf(false)),
            &[
                "0: 250 unpriced",
                "1: 250 unpriced",
                "2: 250 unpriced",
                "3: 250 unpriced",
                "4: 2.250 EUR",
                "5: 2.250 EUR",
                "6: 2.250 EUR",
                "7: 2.250 EUR",
            ],
        ),
    ];
    for (name, diary, wanted) in table {
        let said = costs(&diary);
        assert_eq!(said, wanted, "{name}");
    }
}

#[test]
fn a_piece_used_beyond_what_it_held_takes_the_next_and_its_replacement_not_another() {
    let hours = slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(10));
    let hours = Slot { pack: 1000, ..hours };
    let diary = Diary::of(hours)
        .add(0.0, paid(3, Some((30_000, "EUR"))))
        .add(0.1, from_shelf(true))
        .uses(1.0, 12)
        .add(1.1, from_shelf(true))
        .uses(2.0, 8)
        .uses(3.0, 1);
    assert_eq!(costs(&diary), ["1: 12.000 EUR", "2: 8.000 EUR", "3: 1.000 EUR"]);
}

#[test]
fn a_hostile_ledger_ends_in_time() {
    let tiny = Slot {
        capacity: Some(1),
        pack: i64::MAX,
        ..slot(SensorKind::Usage, SupplyKind::Filter, Unit::Hour, None)
    };
    let diary = Diary::of(tiny)
        .add(0.0, paid(u32::MAX, Some((i64::MAX, "EUR"))))
        .counted(0.1, None, Some(2))
        .add(0.2, paid(u32::MAX, Some((i64::MAX, "EUR"))))
        .add(0.3, from_shelf(true))
        .uses(1.0, 1_000_000_000);
    assert_eq!(costs(&diary).len(), 1);
}

proptest! {
    #[test]
    fn spans_part_the_days(from in -800_000i32..800_000, length in 0i64..900, start in 0u8..7, by_month: bool) {
        let Some(from) = NaiveDate::from_epoch_days(from) else { return Ok(()) };
        let to = from + chrono::TimeDelta::days(length);
        let by = if by_month { By::Month } else { By::Week };
        let spans = spans(by, Weekday::try_from(start).unwrap(), from, to, usize::MAX);
        prop_assert!(spans.first().unwrap().holds(from) && spans.last().unwrap().holds(to));
        for pair in spans.windows(2) {
            prop_assert_eq!(pair[0].last.succ_opt(), Some(pair[1].first));
        }
        prop_assert!(by_month || spans.iter().all(|span| span.days() == 7 && span.first.weekday() as u8 == start));
    }

    #[test]
    fn no_price_is_charged_twice_and_no_use_forgotten((slot, entries) in any_ledger(), prices in prop::collection::vec(prop::option::of((0..90_000i64, any::<bool>())), 30)) {
        let mut entries = entries;
        let mut paid: BTreeMap<String, i128> = BTreeMap::new();
        for (entry, price) in entries.iter_mut().zip(prices) {
            if let EntryKind::Purchased { price: told, .. } = &mut entry.kind {
                *told = price.map(|(milli, euro)| Money { milli, currency: if euro { "EUR" } else { "GBP" }.into() });
                if let Some(money) = told {
                    *paid.entry(money.currency.clone()).or_default() += i128::from(money.milli);
                }
            }
        }
        let mut told: Vec<(Entry, Option<Milli>, Option<Milli>)> = Vec::new();
        let fold = Fold::of_each(&slot, &entries, |entry, effect| told.push((entry.clone(), effect.change, effect.left)));
        let told: Vec<Told<'_>> = told.iter().map(|(entry, change, left)| Told { entry, change: *change, left: *left }).collect();
        let costs = cost_by_day(&slot, &fold.days.used, &told);
        prop_assert!(costs.keys().eq(fold.days.used.keys()));
        let mut charged: BTreeMap<String, i128> = BTreeMap::new();
        for (day, cost) in &costs {
            prop_assert!(cost.unpriced >= 0 && cost.unpriced <= fold.days.used[day]);
            prop_assert!(!cost.priced.is_empty() || cost.unpriced == fold.days.used[day]);
            for (currency, milli) in &cost.priced {
                prop_assert!(*milli >= 0);
                *charged.entry(currency.clone()).or_default() += i128::from(*milli);
            }
        }
        for (currency, milli) in charged {
            prop_assert!(milli <= paid.get(&currency).copied().unwrap_or(0), "{} {}", milli, currency);
        }
    }

    #[test]
    fn spans_sum_to_what_the_book_holds((slot, entries) in any_ledger(), by_month: bool) {
        let fold = Fold::of(&slot, &entries);
        let (Some((&first, _)), Some((&last, _))) = (fold.days.used.first_key_value(), fold.days.used.last_key_value()) else { return Ok(()) };
        let at = |day: i32| NaiveDate::from_epoch_days(day).unwrap();
        let by = if by_month { By::Month } else { By::Week };
        let spans = spans(by, Weekday::Mon, at(first), at(last), usize::MAX);
        let history = History { used: fold.days.used.clone(), first: fold.days.first, last: fold.days.last, cost: BTreeMap::new() };
        let uses = used_in(&history, &spans, at(last));
        let book = fold.days.used.values().fold(0i64, |sum, used| sum.saturating_add(*used));
        prop_assert_eq!(total(&uses).amount, Some(book));
        prop_assert!(uses.iter().zip(&spans).all(|(used, span)| used.observed <= span.days()));
    }
}

#[test]
fn the_day_of_the_diaries_is_known() {
    assert_eq!(NaiveDate::from_epoch_days(number(0)), Some(date("2026-09-01")));
    assert_eq!(utc_day(day(1.5)), number(1));
}
