//! From the ledger to the row, for every line of the design's table of words (`ui.md` section 4) that exists without an
//! account: section, words, action, lane; the headline; how exactly a date is said; midnight; weeks.

use crate::home::beginning;
use crate::shelf::{Shelf, bought, counted, detergent, ink, kind, level, replaced, used};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use refill_domain::endpoint::{SensorKind, SupplyKind};
use refill_domain::forecast::RunOut;
use refill_domain::ids::SlotId;
use refill_domain::ledger::{EntryKind, Level};
use refill_domain::measure::Unit;
use refill_domain::replenish::Rule;
use refill_engine::clock::{Clock, ManualClock};
use refill_engine::form::{RecordForm, SlotPatch, What};
use refill_engine::household::Household;
use refill_engine::view::{
    Headline, Lane, Next, Precision, RowAction, Section, Settings, Texture, Verb, Why,
};
use std::sync::Arc;

fn pods() -> refill_engine::form::SlotForm {
    kind(SensorKind::Usage, SupplyKind::Pods, Unit::Count, Some("50"))
}

/// What a row says, in one line.
fn row(shelf: &Shelf, slot: SlotId) -> String {
    let row = shelf.presented(slot).row;
    let next = match row.next {
        Next::ReplaceNow { spares, empty } => format!("replace now, {spares} spare, empty {empty}"),
        Next::EmptyNoSpare {} => "empty, none spare".into(),
        Next::ConfirmRise { .. } => "rise?".into(),
        Next::OrderBy { by, now, runs_out, paused: false } => {
            format!("order by {} now {now}, runs out {}", day(by), day(runs_out.map(|when| when.likely)))
        }
        Next::Runs { when } => format!("runs out {}", day(Some(when.likely))),
        Next::Learning { seen, more, more_days } => format!("learning {seen} +{more}, {more_days} days"),
        Next::Unused { last } => format!("unused since {}", day(last)),
        Next::LevelUnknown { some_left } => format!("level unknown, some {some_left}"),
        Next::NotCounted {} => "not counted".into(),
        of_amazon => panic!("nothing is linked: {of_amazon:?}"),
    };
    let action = match row.action {
        Some(RowAction::Replaced) => "Replaced",
        Some(RowAction::Bought) => "Bought",
        Some(RowAction::AnswerRise) => "Answer",
        None => "-",
    };
    let lane = match row.lane {
        Lane::Dated { earliest, likely, latest } => format!("{earliest}..{likely}..{}", latest.unwrap_or(-1)),
        Lane::Beyond { month } => month,
        Lane::Unknown {} => "dotted".into(),
    };
    format!("{:?} | {next} | {action} | {lane}", row.section)
}

fn day(day: Option<String>) -> String {
    day.map_or("-".into(), |day| day[5..].to_owned())
}

#[test]
fn every_row_of_the_table() {
    type Setup = fn(&mut Shelf) -> SlotId;
    let cases: [(&str, Setup, &str); 17] = [
        (
            "empty, with a spare",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(2, bought(1)), (1, level(0))]);
                slot
            },
            "NeedsYou | replace now, 1 spare, empty true | Replaced | dotted",
        ),
        (
            "as good as empty, with two spares",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(2, bought(2)), (1, level(2))]);
                slot
            },
            "NeedsYou | replace now, 2 spare, empty false | Replaced | dotted",
        ),
        (
            "empty, without",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(1, level(0))]);
                slot
            },
            "NeedsYou | empty, none spare | Bought | dotted",
        ),
        (
            "as good as empty, without, is low only at the third reading",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(2, level(2)), (1, level(2))]);
                slot
            },
            "NotKnown | learning 0 +2, 14 days | - | dotted",
        ),
        (
            "low for three readings",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(3, level(9)), (2, level(9)), (1, level(9))]);
                slot
            },
            "NeedsYou | order by - now true, runs out - | Bought | dotted",
        ),
        (
            "low, but a spare lies ready",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(4, bought(1)), (3, level(9)), (2, level(9)), (1, level(9))]);
                slot
            },
            "NotKnown | learning 0 +2, 14 days | - | dotted",
        ),
        (
            "low, and lasts: order by a day to come",
            |s| {
                let slot = s.add("Ink", ink());
                let readings: Vec<_> = (0..80).map(|day| (day * 24 + 1, level(10 + day / 2))).rev().collect();
                s.say(slot, readings);
                s.say(slot, [(0, level(10))]);
                slot
            },
            "NeedsYou | order by 12-03 now false, runs out 12-11 | Bought | 19..20..21",
        ),
        (
            "stock of five days",
            |s| {
                let slot = s.add("Pods", pods());
                s.steady(slot, 60, 2, 10);
                slot
            },
            "NeedsYou | order by 11-18 now true, runs out 11-26 | Bought | 4..5..6",
        ),
        (
            "stock of exactly seven days",
            |s| {
                let slot = s.add("Pods", pods());
                s.steady(slot, 60, 2, 14);
                slot
            },
            "NeedsYou | order by 11-20 now true, runs out 11-28 | Bought | 6..7..8",
        ),
        (
            "stock of three weeks",
            |s| {
                let slot = s.add("Pods", pods());
                s.steady(slot, 60, 2, 42);
                slot
            },
            "SixWeeks | runs out 12-12 | - | 20..21..22",
        ),
        (
            "stock of twenty weeks",
            |s| {
                let slot = s.add("Pods", pods());
                s.steady(slot, 60, 2, 280);
                slot
            },
            "Later | runs out 04-10 | - | 2027-04-01",
        ),
        (
            "too little history",
            |s| {
                let slot = s.add("Pods", pods());
                s.steady(slot, 3, 2, 42);
                slot
            },
            "NotKnown | learning 3 +2, 12 days | - | dotted",
        ),
        (
            "not used lately",
            |s| {
                let slot = s.add("Pods", pods());
                s.say(slot, [(200 * 24, counted(50, Unit::Count))]);
                let uses: Vec<_> = (0..30).map(|n| ((190 - n) * 24, used(1, Unit::Count))).collect();
                s.say(slot, uses);
                slot
            },
            "NotKnown | unused since 06-13 | - | dotted",
        ),
        (
            "the device does not know",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(1, EntryKind::LevelRead { level: Level::Unknown })]);
                slot
            },
            "NotKnown | level unknown, some false | - | dotted",
        ),
        (
            "the device says only some left",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(2, level(0)), (1, EntryKind::LevelRead { level: Level::SomeLeft })]);
                slot
            },
            "NotKnown | level unknown, some true | - | dotted",
        ),
        ("nobody has counted", |s| s.add("Pods", pods()), "NotKnown | not counted | - | dotted"),
        (
            "a rise nobody recorded",
            |s| {
                let slot = s.add("Ink", ink());
                s.say(slot, [(72, level(20)), (48, level(19)), (1, level(90))]);
                slot
            },
            "NeedsYou | rise? | Answer | dotted",
        ),
    ];
    for (case, setup, expected) in cases {
        let mut shelf = Shelf::new();
        let slot = setup(&mut shelf);
        assert_eq!(row(&shelf, slot), expected, "{case}");
        assert_eq!(shelf.household.supplies().rows[0], shelf.presented(slot).row, "{case}");
    }
}

#[test]
fn a_dated_supply_with_a_spare_is_replaced_the_day_before() {
    for (hours, expected) in [(0, Section::NeedsYou), (96, Section::SixWeeks)] {
        let mut shelf = Shelf::new();
        let filter =
            shelf.add("Filter", kind(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some("150")));
        shelf.steady(filter, 60, 2, 2 + hours / 12);
        shelf.say(filter, [(0, bought(1))]);
        let row = shelf.presented(filter).row;
        assert_eq!(row.section, expected, "{:?}", row.next);
        assert_eq!(matches!(row.next, Next::ReplaceNow { spares: 1, empty: false }), hours == 0);
    }
}

#[test]
fn what_is_muted_does_not_ask() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Ink", ink());
    shelf.say(slot, [(1, level(0))]);
    let patch = SlotPatch { muted: Some(true), ..SlotPatch::default() };
    shelf.household.set_slot(slot, &patch).unwrap();
    assert_eq!(row(&shelf, slot), "NotKnown | learning 0 +2, 14 days | - | dotted");
}

#[test]
fn the_headline_says_the_one_thing() {
    let mut shelf = Shelf::new();
    let says = |shelf: &Shelf| shelf.household.supplies().headline;
    assert_eq!(says(&shelf), Headline::Empty {});
    let pods_slot = shelf.add("Pods", pods());
    assert_eq!(says(&shelf), Headline::Learning {});
    shelf.steady(pods_slot, 60, 1, 200);
    assert!(matches!(says(&shelf), Headline::LastsUntil { when } if when.days == 200));
    let near = shelf.add("Near", pods());
    shelf.steady(near, 60, 1, 30);
    assert_eq!(says(&shelf), Headline::NothingThisWeek {});
    let empty = shelf.add("Empty", ink());
    shelf.say(empty, [(1, level(0))]);
    assert_eq!(says(&shelf), Headline::NeedYou { count: 1 });
    assert_eq!(shelf.household.supplies().named, [empty]);
}

#[test]
fn rows_stand_by_section_then_urgency_then_date() {
    let mut shelf = Shelf::new();
    let mut add = |name: &str, form, left: Option<i64>| {
        let slot = shelf.add(name, form);
        if let Some(left) = left {
            shelf.steady(slot, 60, 2, left);
        }
        slot
    };
    let later = add("Later", pods(), Some(400));
    let weeks = add("Weeks", pods(), Some(60));
    let sooner = add("Sooner", pods(), Some(40));
    let order = add("Order", pods(), Some(10));
    let unknown = add("Unknown", pods(), None);
    let rise = add("Rise", ink(), None);
    let spare = add("Spare", ink(), None);
    let empty = add("Empty", ink(), None);
    shelf.say(rise, [(72, level(20)), (1, level(90))]);
    shelf.say(spare, [(2, bought(1)), (1, level(1))]);
    shelf.say(empty, [(1, level(0))]);
    let supplies = shelf.household.supplies();
    let order_shown: Vec<SlotId> = supplies.rows.iter().map(|row| row.slot).collect();
    assert_eq!(order_shown, [empty, spare, order, rise, sooner, weeks, later, unknown]);
    assert_eq!(supplies.named, [empty, spare]);
    assert_eq!(supplies.headline, Headline::NeedYou { count: 4 });
    let page = shelf.page(spare);
    assert_eq!((page.previous, page.following), (Some(empty), Some(order)));
}

#[test]
fn the_words_follow_the_width_of_the_band() {
    let shelf = Shelf::new();
    let now = beginning();
    for (days, precision) in [
        (Some(0), Precision::Day),
        (Some(2), Precision::Day),
        (Some(3), Precision::About),
        (Some(28), Precision::About),
        (Some(29), Precision::PartOfMonth),
        (Some(60), Precision::PartOfMonth),
        (Some(61), Precision::Month),
        (Some(120), Precision::Month),
        (Some(121), Precision::NotBefore),
        (None, Precision::NotBefore),
    ] {
        let earliest = now + TimeDelta::days(10);
        let run_out = RunOut {
            earliest,
            likely: earliest + TimeDelta::days(days.unwrap_or(300) / 2),
            latest: days.map(|days| earliest + TimeDelta::days(days)),
        };
        let when = shelf.household.when(&run_out);
        assert_eq!(when.precision, precision, "{days:?}");
        assert_eq!((when.earliest.as_str(), when.latest.is_some()), ("2026-12-01", days.is_some()));
        assert_eq!(i64::from(when.days), 10 + days.unwrap_or(300) / 2);
    }
}

#[test]
fn the_lane_and_the_section_agree_at_its_end() {
    // Whatever the hour, what the lane shows as beyond is not said to be within six weeks.
    for hour in 0..48 {
        let now = beginning() + TimeDelta::hours(hour);
        let mut shelf = Shelf::at(now, FixedOffset::east_opt(5 * 3600 + 1800).unwrap());
        let slot = shelf.add("Pods", pods());
        shelf.steady(slot, 60, 2, 86);
        let row = shelf.presented(slot).row;
        match row.lane {
            Lane::Dated { earliest, .. } => assert!(earliest <= 42 && row.section == Section::SixWeeks),
            Lane::Beyond { .. } => assert_eq!(row.section, Section::Later),
            Lane::Unknown {} => panic!("it is dated"),
        }
    }
}

#[test]
fn a_day_ends_at_the_midnight_of_the_person() {
    // 23:30 UTC on the 21st.
    let now = beginning() + TimeDelta::minutes(13 * 60 + 30);
    let zone = |hours: i32| FixedOffset::east_opt(hours * 3600).unwrap();
    for (hours, today) in [(0, "2026-11-21"), (1, "2026-11-22"), (14, "2026-11-22"), (-8, "2026-11-21")] {
        let mut shelf = Shelf::at(now, zone(hours));
        let slot = shelf.add("Pods", pods());
        assert_eq!(shelf.household.supplies().today, today);
        let today: NaiveDate = today.parse().unwrap();
        let form = |on| RecordForm {
            id: refill_domain::ids::EntryId(shelf.clock.new_id()),
            slot,
            on: Some(on),
            note: None,
            amends: None,
            what: What::Replaced { from_shelf: false },
        };
        let (tomorrow, yesterday) = (form(today + TimeDelta::days(1)), form(today - TimeDelta::days(1)));
        let today = form(today);
        shelf.household.record(&tomorrow).expect_err("not yet");
        shelf.household.record(&yesterday).unwrap();
        shelf.household.record(&today).unwrap();
        let days: Vec<_> = shelf.page(slot).ledger.into_iter().map(|line| line.day).collect();
        assert_eq!(days, [today.on.unwrap().to_string(), yesterday.on.unwrap().to_string()]);
        // Half an hour later it may be another day, and then it is one for everything.
        shelf.clock.advance(TimeDelta::minutes(30));
        let shown = shelf.household.supplies();
        let when = shelf.household.when(&RunOut {
            earliest: shelf.clock.now(),
            likely: shelf.clock.now() + TimeDelta::hours(24),
            latest: None,
        });
        assert_eq!((when.earliest, when.days), (shown.today, 1));
    }
}

#[test]
fn weeks_begin_where_the_person_is() {
    let mut shelf = Shelf::new();
    // Today is a Saturday.
    for (locale, offsets, first) in [
        ("en-GB", [2, 9, 16, 23, 30, 37], "2026-11-23"),
        ("de-DE", [2, 9, 16, 23, 30, 37], "2026-11-23"),
        ("en-US", [1, 8, 15, 22, 29, 36], "2026-11-22"),
        ("ja-JP", [1, 8, 15, 22, 29, 36], "2026-11-22"),
    ] {
        shelf.household.set_settings(Settings { locale: locale.into(), ..Settings::default() }).unwrap();
        let weeks = shelf.household.supplies().weeks;
        assert_eq!(weeks.iter().map(|week| week.offset).collect::<Vec<_>>(), offsets, "{locale}");
        assert_eq!(weeks[0].day, first, "{locale}");
    }
}

#[test]
fn marks_are_drawn_as_they_are_measured() {
    let cases = [
        (ink(), Texture::Solid, 10, Some(0.1), Verb::RunsOut),
        (detergent(), Texture::Solid, 10, None, Verb::RunsOut),
        (pods(), Texture::Segments, 10, None, Verb::RunsOut),
        (
            kind(SensorKind::None, SupplyKind::Tablets, Unit::Count, Some("6")),
            Texture::Segments,
            6,
            None,
            Verb::RunsOut,
        ),
        (
            kind(SensorKind::LevelUsage, SupplyKind::Brush, Unit::Hour, Some("300")),
            Texture::Lines,
            10,
            Some(0.1),
            Verb::WornOut,
        ),
        (
            kind(SensorKind::None, SupplyKind::Battery, Unit::Count, Some("4")),
            Texture::Segments,
            4,
            None,
            Verb::Empty,
        ),
        (
            kind(SensorKind::Level, SupplyKind::Waste, Unit::Percent, None),
            Texture::Solid,
            10,
            Some(0.1),
            Verb::Full,
        ),
    ];
    for (form, texture, segments, low, verb) in cases {
        let mut shelf = Shelf::new();
        let slot = shelf.add("Supply", form);
        let row = shelf.presented(slot).row;
        assert_eq!((row.mark.texture, row.verb), (texture, verb), "{:?}", row.supply);
        assert_eq!((row.mark.segments, row.mark.low), (segments, low), "{:?}", row.supply);
        assert_eq!((row.mark.fill, row.left, row.mark.stale), (None, None, false));
    }
}

#[test]
fn why_it_says_what_it_says() {
    let mut shelf = Shelf::new();
    let ink_slot = shelf.add("Ink", ink());
    shelf.say(ink_slot, [(50, level(9)), (2, level(9))]);
    assert!(matches!(shelf.page(ink_slot).why, Some(Why::LowCounting { readings: 2, needed: 3, .. })));
    shelf.say(ink_slot, [(1, level(9))]);
    let Some(Why::LowReadings { since, readings: 3, mark }) = shelf.page(ink_slot).why else { panic!() };
    assert_eq!((since.as_str(), mark.milli), ("2026-11-19", 10_000));
    let pods_slot = shelf.add("Pods", pods());
    shelf.steady(pods_slot, 60, 2, 42);
    // A clockwork: the early end is the likely one, less the half a day that nobody knows.
    let Some(Why::Delivery { left, per_day: Some(pace), early, by, days: 5, risk: 10 }) =
        shelf.page(pods_slot).why
    else {
        panic!("{:?}", shelf.page(pods_slot).why)
    };
    assert_eq!((left.milli, pace.milli), (42_000, 2000));
    assert_eq!((early.as_str(), by.as_str()), ("2026-12-11", "2026-12-04"));
    shelf.household.set_rule(pods_slot, Rule::Amazon, None).unwrap();
    let Some(Why::DaysInHand { left, per_day, by, days: 7 }) = shelf.page(pods_slot).why else { panic!() };
    assert_eq!((left.milli, per_day.milli, by.as_str()), (42_000, 2000, "2026-12-05"));
}

#[test]
fn the_clock_of_the_household_may_stand_in_any_zone() {
    let folder = tempfile::tempdir().unwrap();
    let late: DateTime<Utc> = "2026-11-21T23:59:59.999Z".parse().unwrap();
    for offset in [-12, 0, 14] {
        let clock = ManualClock::at(late).in_zone(FixedOffset::east_opt(offset * 3600).unwrap());
        let day = clock.day(late);
        let household = Household::open(folder.path(), Arc::new(clock)).unwrap();
        assert_eq!(household.today(), day);
    }
    // Something was replaced long ago: no day is before the first.
    let mut shelf = Shelf::new();
    let slot = shelf.add("Filter", kind(SensorKind::None, SupplyKind::Filter, Unit::Count, Some("1")));
    shelf.say(slot, [(24 * 365 * 19, replaced())]);
    assert!(shelf.page(slot).ledger[0].day.starts_with("2007-"));
}
