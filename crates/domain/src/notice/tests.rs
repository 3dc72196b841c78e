//! The rule of notices, case by case, and what holds whatever happens.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

const A: SlotId = SlotId(Uuid::from_u128(1));
const B: SlotId = SlotId(Uuid::from_u128(2));
const MACHINE: EndpointId = EndpointId(Uuid::from_u128(3));

/// So many hours after Saturday, 21 November 2026, midnight in Berlin.
fn at(hours: i64) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(3600).unwrap();
    DateTime::from_timestamp(1_795_215_600, 0).unwrap().with_timezone(&zone) + TimeDelta::hours(hours)
}

fn usual() -> Manner {
    Manner { on: true, quiet: Some((21, 8)), daily: None, paused: None }
}

fn supply(slot: SlotId, stock: Option<Kind>) -> Supply {
    Supply { slot, stock, pack: 1, rise: None, coming: None, hushed: false, again: None }
}

fn stock(slot: SlotId, kind: Kind) -> Matter {
    Matter { about: About::Stock { slot }, kind, which: 1, again: None }
}

/// A person who is told, from look to look.
struct Person {
    memory: Memory,
    manner: Manner,
    digest: Option<DateTime<FixedOffset>>,
}

impl Person {
    fn with(manner: Manner) -> Self {
        Self { memory: Memory::new(), manner, digest: None }
    }

    fn hears(&mut self, hours: i64, matters: &[Matter]) -> Vec<Kind> {
        let now = at(hours);
        let look = look(matters, &self.memory, &self.manner, now, self.digest, false);
        self.memory = look.memory;
        if look.digest {
            self.digest = Some(now);
        }
        look.say.iter().map(|matter| matter.kind).collect()
    }
}

#[test]
fn what_a_supply_gives_to_tell() {
    use Coming::{Cancelled, InTime, Late};
    let of = |supply: Supply| supply.matters().map(|matter| matter.kind).collect::<Vec<_>>();
    let with = |stock, coming| of(Supply { coming, ..supply(A, stock) });
    let (late, cancelled) = (Some(Late { order: 5 }), Some(Cancelled { order: 5 }));
    for (stock, coming, told) in [
        (None, None, vec![]),
        (Some(Kind::Order), None, vec![Kind::Order]),
        (Some(Kind::Empty), None, vec![Kind::Empty]),
        (Some(Kind::Replace), None, vec![Kind::Replace]),
        (Some(Kind::Order), Some(InTime), vec![]),
        (Some(Kind::Empty), Some(InTime), vec![Kind::Empty]),
        (Some(Kind::Replace), Some(InTime), vec![Kind::Replace]),
        (None, Some(InTime), vec![]),
        (None, late, vec![Kind::Late]),
        (Some(Kind::Order), late, vec![Kind::Late]),
        (Some(Kind::Empty), late, vec![Kind::Empty, Kind::Late]),
        (None, cancelled, vec![Kind::Cancelled]),
        (Some(Kind::Order), cancelled, vec![Kind::Order, Kind::Cancelled]),
    ] {
        assert_eq!(with(stock, coming), told, "{stock:?} {coming:?}");
        let hushed = Supply { hushed: true, coming, ..supply(A, stock) };
        assert_eq!(of(hushed), [], "nobody wants to hear of it");
    }
    assert_eq!(of(Supply { rise: Some(7), ..supply(A, None) }), [Kind::Rise]);
}

#[test]
fn once_for_each_pack_and_again_when_it_is_empty() {
    let mut person = Person::with(usual());
    let order = [stock(A, Kind::Order)];
    assert_eq!(person.hears(10, &order), [Kind::Order]);
    assert_eq!(person.hears(11, &order), []);
    assert_eq!(person.hears(12, &[]), [], "a forecast flickers");
    assert_eq!(person.hears(13, &order), []);
    let empty = [stock(A, Kind::Empty)];
    assert_eq!(person.hears(14, &empty), [Kind::Empty]);
    assert_eq!(person.hears(15, &order), [], "one was found in a drawer");
    assert_eq!(person.hears(16, &[stock(A, Kind::Replace)]), [], "no worse than what was told");
    assert_eq!(
        person.hears(17, &[Matter { which: 2, ..stock(A, Kind::Order) }]),
        [Kind::Order],
        "another pack"
    );
}

#[test]
fn gone_for_days_is_new_and_seen_all_along_is_not() {
    let mut person = Person::with(Manner { quiet: None, ..usual() });
    let order = [stock(A, Kind::Order)];
    assert_eq!(person.hears(10, &order), [Kind::Order]);
    for hours in (20..400).step_by(10) {
        assert_eq!(person.hears(hours, &order), []);
    }
    assert_eq!(person.hears(420, &[]), []);
    assert_eq!(person.hears(450, &order), [], "sixty hours");
    assert_eq!(person.hears(460, &[]), []);
    assert_eq!(person.hears(530, &[]), []);
    assert_eq!(person.hears(531, &order), [Kind::Order], "more than three days");
    assert_eq!(person.hears(-24 * 400, &[]), []);
    assert_eq!(person.memory, Memory::new(), "a clock set back keeps nothing for ever");
}

#[test]
fn nights_are_quiet_and_the_morning_has_one_summary() {
    let mut person = Person::with(usual());
    let both = [stock(A, Kind::Order), stock(B, Kind::Empty)];
    for hour in [21, 23, 24, 28, 31] {
        assert_eq!(person.hears(hour, &both), [], "{hour}");
    }
    assert_eq!(person.hears(32, &both), [Kind::Empty, Kind::Order], "08:00, the most urgent first");
    assert_eq!(person.hears(33, &both), []);
    let mut person = Person::with(usual());
    assert_eq!(person.hears(22, &both), []);
    assert_eq!(person.hears(32, &[]), [], "what is over by the morning is not told");
    let loud: Vec<u32> = (0..24).filter(|hour| !within(*hour, 21, 8)).collect();
    assert_eq!(loud, (8..21).collect::<Vec<_>>());
    assert!((0..24).all(|hour| !within(hour, 9, 9)));
    assert_eq!((0..24).filter(|hour| within(*hour, 1, 5)).count(), 4);
}

#[test]
fn once_a_day_at_the_chosen_hour() {
    let mut person = Person::with(Manner { daily: Some(18), ..usual() });
    let one = [stock(A, Kind::Order)];
    let both = [stock(A, Kind::Order), stock(B, Kind::Empty)];
    assert_eq!(person.hears(10, &one), []);
    assert_eq!(person.hears(18, &one), [Kind::Order]);
    assert_eq!(person.hears(19, &both), [], "tomorrow");
    assert_eq!(person.hears(41, &both), []);
    assert_eq!(person.hears(42, &both), [Kind::Empty]);
    assert_eq!(person.hears(66, &both), [], "nothing is new: no summary");
    let mut night = Person::with(Manner { daily: Some(22), ..usual() });
    assert_eq!(night.hears(22, &one), [Kind::Order], "the hour was chosen");
}

#[test]
fn paused_switched_off_and_the_first_look() {
    let mut person = Person::with(Manner { paused: Some(at(32)), ..usual() });
    let one = [stock(A, Kind::Order)];
    assert_eq!(person.hears(10, &one), []);
    assert_eq!(person.hears(32, &one), [Kind::Order]);
    let mut person = Person::with(Manner { on: false, ..usual() });
    assert_eq!(person.hears(10, &one), []);
    person.manner.on = true;
    assert_eq!(person.hears(11, &one), [], "what was seen while it was off is not new");
    let first = look(&one, &Memory::new(), &usual(), at(10), None, true);
    assert_eq!((first.say.len(), first.memory.len()), (0, 1), "it is on the screen");
    let night = look(&one, &Memory::new(), &usual(), at(23), None, true);
    assert_eq!(night.memory.len(), 1);
}

#[test]
fn after_a_snooze_it_is_told_again_once() {
    let mut person = Person::with(usual());
    assert_eq!(person.hears(10, &[stock(A, Kind::Order)]), [Kind::Order]);
    assert_eq!(person.hears(11, &[]), [], "snoozed");
    let woken = [Matter { again: Some(at(24).timestamp_millis()), ..stock(A, Kind::Order) }];
    assert_eq!(person.hears(25, &woken), [], "at night");
    assert_eq!(person.hears(32, &woken), [Kind::Order]);
    assert_eq!(person.hears(33, &woken), []);
}

#[test]
fn a_supply_is_named_once_and_its_order_is_told_too() {
    let mut person = Person::with(usual());
    let late = Matter { about: About::Order { slot: A }, kind: Kind::Late, which: 5, again: None };
    assert_eq!(person.hears(10, &[late, stock(A, Kind::Empty)]), [Kind::Empty]);
    assert_eq!(person.hears(11, &[late, stock(A, Kind::Empty)]), []);
    let cancelled = Matter { kind: Kind::Cancelled, ..late };
    assert_eq!(person.hears(12, &[cancelled]), [Kind::Cancelled], "worse than late");
    let other = Matter { which: 6, ..late };
    assert_eq!(person.hears(13, &[other]), [Kind::Late], "another order");
    let silent =
        Matter { about: About::Device { device: MACHINE }, kind: Kind::Silent, which: 1, again: None };
    let lost = Matter { about: About::Link {}, kind: Kind::Lost, which: 1, again: None };
    assert_eq!(person.hears(14, &[lost, silent]), [Kind::Silent, Kind::Lost]);
    let parked = Matter { about: About::Reports {}, kind: Kind::Parked, which: 0, again: None };
    assert_eq!(person.hears(15, &[parked]), [Kind::Parked]);
    assert_eq!(person.hears(16, &[]), []);
    assert_eq!(person.hears(17, &[parked]), [Kind::Parked], "another one: the first was settled");
}

fn any_matter() -> impl Strategy<Value = Matter> {
    let kinds = [Kind::Empty, Kind::Replace, Kind::Order, Kind::Rise, Kind::Late, Kind::Cancelled];
    (0..3u128, 0..kinds.len(), 0..2i64).prop_map(move |(slot, kind, which)| {
        let (slot, kind) = (SlotId(Uuid::from_u128(slot)), kinds[kind]);
        let about = match kind {
            Kind::Rise => About::Rise { slot },
            Kind::Late | Kind::Cancelled => About::Order { slot },
            _ => About::Stock { slot },
        };
        Matter { about, kind, which, again: None }
    })
}

proptest! {
    #[test]
    fn the_same_twice_is_never_told_twice_and_nights_are_quiet(
        looks in prop::collection::vec((1..20i64, prop::collection::vec(any_matter(), 0..4)), 1..30)
    ) {
        let mut person = Person::with(usual());
        let mut hours = 0;
        for (step, mut matters) in looks {
            matters.sort_by_key(|matter| matter.about);
            matters.dedup_by_key(|matter| matter.about);
            hours += step;
            let said = person.hears(hours, &matters);
            prop_assert!(said.is_empty() || !within(at(hours).hour(), 21, 8));
            prop_assert_eq!(person.hears(hours, &matters), Vec::<Kind>::new());
        }
    }
}

fn glass(line: i64) -> Matter {
    Matter { about: About::Glass { line }, kind: Kind::Glass, which: line, again: None }
}

fn asks(number: u128) -> Matter {
    let access = Uuid::from_u128(number);
    Matter { about: About::Asks { access }, kind: Kind::Asks, which: 1, again: None }
}

#[test]
fn that_access_was_taken_waits_for_the_night_and_for_no_digest() {
    let mut person = Person::with(Manner { daily: Some(18), ..usual() });
    assert_eq!(person.hears(12, &[asks(1), glass(1)]), [Kind::Glass], "a request waits for the day's look");
    assert_eq!(person.hears(13, &[asks(1), glass(1)]), []);
    assert_eq!(person.hears(18, &[asks(1), glass(1)]), [Kind::Asks]);
    assert_eq!(person.hears(22, &[asks(1), glass(1), glass(2)]), [], "the night is quiet");
    assert_eq!(person.hears(24 + 8, &[asks(1), glass(1), glass(2)]), [Kind::Glass]);
    let mut away = Person::with(Manner { paused: Some(at(40)), ..usual() });
    assert_eq!(away.hears(12, &[glass(1)]), []);
    assert_eq!(away.hears(41, &[glass(1)]), [Kind::Glass]);
}

#[test]
fn what_support_did_is_told_once_however_long_nobody_could_say() {
    let mut person = Person::with(usual());
    assert_eq!(person.hears(12, &[asks(1), glass(1)]), [Kind::Glass, Kind::Asks]);
    for days in [1, 4, 29] {
        assert_eq!(person.hears(24 * days + 12, &[]), []);
    }
    assert_eq!(person.hears(24 * 29 + 13, &[asks(1), glass(1)]), []);
    assert_eq!(person.hears(-24, &[asks(1), glass(1)]), [], "a clock that was set back");
    assert_eq!(person.hears(24 * 29 + 13, &[asks(2)]), [Kind::Asks]);
    assert_eq!(person.hears(24 * 500, &[]), []);
    assert!(person.memory.is_empty());
}

#[test]
fn what_is_remembered_of_support_is_read_again() {
    for about in [About::Asks { access: Uuid::from_u128(7) }, About::Glass { line: 9 }] {
        let text = serde_json::to_string(&about).unwrap();
        assert_eq!(serde_json::from_str::<About>(&text).unwrap(), about);
    }
}
