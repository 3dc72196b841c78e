//! Orders against their life cycle, told in order, shuffled, twice, and in contradiction.

use super::*;
use crate::drs::{Decision, ItemStatus, Not, OrderItem, Product, SlotSubscription, decide};
use crate::endpoint::{SensorKind, Slot, SupplyKind};
use crate::ledger::EntryKind;
use crate::measure::{Amount, Unit};
use crate::sns::OrderTold;
use crate::testing::{START, day, ink, pods, slot};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn slot_id() -> DrsSlot {
    "detergent".parse().unwrap()
}

fn order_id(number: usize) -> OrderInstance {
    format!("amzn1.dash.v2.o.{number}").parse().unwrap()
}

fn product(quantity: Option<i64>, unit: Option<&str>, delivery: Option<f64>) -> Product {
    Product { asin: None, quantity, unit: unit.map(str::to_owned), delivery: delivery.map(day) }
}

fn notice(number: usize, at: f64, told: Told) -> Notification {
    Notification {
        id: format!("n-{number}"),
        at: day(at),
        serial: None,
        model: None,
        customer: None,
        client: None,
        version: None,
        told,
    }
}

fn about(order: usize, delivery: Option<f64>) -> OrderTold {
    let products = vec![product(Some(5_000), Some("l"), delivery)];
    OrderTold { order: order_id(order), slot: slot_id(), products }
}

fn placed(order: usize, at: f64) -> Notification {
    notice(order * 10, at, Told::OrderPlaced(about(order, Some(at + 4.0))))
}

fn shipped(order: usize, at: f64, delivery: Option<f64>) -> Notification {
    notice(order * 10 + 1, at, Told::ItemShipped(about(order, delivery)))
}

fn cancelled(order: usize, at: f64) -> Notification {
    notice(order * 10 + 2, at, Told::OrderCancelled(OrderTold { products: Vec::new(), ..about(order, None) }))
}

fn accepted(order: usize, detail: DetailCode) -> Replenished {
    Replenished { order: order_id(order), detail }
}

fn folded(notices: &[Notification]) -> Orders {
    let mut orders = Orders::new(false);
    notices.iter().for_each(|notice| orders.told(notice));
    orders
}

fn phase(orders: &Orders, now: f64) -> Phase {
    orders.get(&order_id(1)).unwrap().phase(day(now))
}

#[test]
fn an_order_goes_from_asked_to_the_shelf() {
    let mut orders = Orders::new(false);
    orders.asked(&slot_id(), &accepted(1, DetailCode::Accepted), day(0.0));
    assert_eq!(phase(&orders, 0.5), Phase::Asked, "accepted is not ordered");
    orders.told(&placed(1, 0.25));
    assert_eq!(phase(&orders, 0.5), Phase::Placed);
    assert_eq!(orders.next_arrival(day(0.5)), None, "placed things don't arrive");
    orders.told(&shipped(1, 1.0, Some(4.0)));
    assert_eq!(phase(&orders, 3.9), Phase::OnItsWay { due: day(4.0) });
    assert_eq!(orders.next_arrival(day(3.9)), Some(day(4.0)));
    assert_eq!(orders.on_its_way(&slot_id(), day(3.9)).count(), 1);
    assert!(orders.arrivals(|_| false, day(3.9)).is_empty(), "on its way is not on the shelf");
    assert_eq!(phase(&orders, 4.0), Phase::Arrived { at: day(4.0) });
    assert_eq!((orders.next_arrival(day(4.0)), orders.on_its_way(&slot_id(), day(4.0)).count()), (None, 0));
    let arrivals = orders.arrivals(|_| false, day(9.0));
    assert_eq!((arrivals.len(), arrivals[0].at), (1, day(4.0)), "on the day it came, however late we look");
    assert!(orders.arrivals(|order| *order == order_id(1), day(9.0)).is_empty(), "once");
    let order = orders.get(&order_id(1)).unwrap();
    insta::assert_json_snapshot!("timeline", (order.steps(day(2.0)), order.steps(day(9.0))));
    insta::assert_json_snapshot!("orders", orders);
    let kept = serde_json::to_string(&orders).unwrap();
    assert_eq!(serde_json::from_str::<Orders>(&kept).unwrap(), orders);
}

#[test]
fn contradictions_are_settled_by_what_left_the_warehouse() {
    for (notices, now, wanted) in [
        (vec![placed(1, 0.0), cancelled(1, 0.5)], 9.0, Phase::Cancelled { at: day(0.5) }),
        (vec![cancelled(1, 0.5)], 9.0, Phase::Cancelled { at: day(0.5) }),
        (vec![cancelled(1, 0.5), placed(1, 1.0)], 9.0, Phase::Cancelled { at: day(0.5) }),
        (vec![shipped(1, 1.0, Some(4.0)), cancelled(1, 2.0)], 3.0, Phase::OnItsWay { due: day(4.0) }),
        (vec![cancelled(1, 0.5), shipped(1, 1.0, Some(4.0))], 5.0, Phase::Arrived { at: day(4.0) }),
        (vec![shipped(1, 1.0, None)], 5.9, Phase::OnItsWay { due: day(6.0) }),
        (vec![shipped(1, 1.0, Some(0.5))], 1.0, Phase::Arrived { at: day(0.5) }),
    ] {
        assert_eq!(phase(&folded(&notices), now), wanted, "{notices:?}");
    }
    let later = Notification { id: "other".into(), ..shipped(1, 2.0, Some(7.0)) };
    let orders = folded(&[shipped(1, 1.0, Some(4.0)), later.clone()]);
    assert_eq!(phase(&orders, 5.0), Phase::OnItsWay { due: day(7.0) }, "the last word on the date");
    assert_eq!(orders, folded(&[later, shipped(1, 1.0, Some(4.0))]));
    assert_eq!(orders.arrivals(|_| false, day(8.0)).len(), 1, "two tellings, one delivery");
}

#[test]
fn order_information_fills_what_was_not_told() {
    let item = |status, expected: Option<f64>| OrderItem {
        asin: None,
        quantity: Some(1_000),
        slot: Some(slot_id()),
        expected_delivery: expected.map(day),
        status,
    };
    let info = |items| OrderInfo { order: order_id(1), items };
    for (items, wanted) in [
        (vec![item(ItemStatus::Pending, None)], Phase::Placed),
        (vec![item(ItemStatus::Canceled, None)], Phase::Cancelled { at: day(1.0) }),
        (vec![item(ItemStatus::Canceled, None), item(ItemStatus::Closed, None)], Phase::Placed),
        (vec![item(ItemStatus::Other("Unknown".into()), None)], Phase::Asked),
        (vec![], Phase::Asked),
    ] {
        let mut orders = Orders::new(false);
        orders.informed(&info(items), day(1.0));
        assert_eq!(phase(&orders, 2.0), wanted);
    }
    let mut orders = folded(&[shipped(1, 1.0, None)]);
    orders.informed(&info(vec![item(ItemStatus::Closed, Some(3.0))]), day(1.5));
    assert_eq!(phase(&orders, 2.0), Phase::OnItsWay { due: day(3.0) });
}

#[test]
fn tests_bring_nothing() {
    let mut orders = Orders::new(false);
    orders.asked(&slot_id(), &accepted(1, DetailCode::TestAccepted), START);
    let mut of_test_device = Orders::new(true);
    for orders in [&mut orders, &mut of_test_device] {
        orders.told(&shipped(1, 1.0, Some(2.0)));
        assert!(orders.get(&order_id(1)).unwrap().is_test());
        assert!(orders.arrivals(|_| false, day(9.0)).is_empty());
        assert_eq!(orders.next_arrival(day(1.5)), None);
    }
}

#[test]
fn an_arrival_is_an_entry_in_the_slots_own_unit() {
    let detergent = Slot { pack: 2_000, ..slot(SensorKind::Usage, SupplyKind::Detergent, Unit::Liter, None) };
    let (pods, ink) = (pods(SensorKind::Usage), ink());
    let unit = |unit: &str| Err(Unclear::Unit { unit: unit.into() });
    for (slot, products, wanted) in [
        (&detergent, vec![(Some(5_000), Some("l"))], Ok(Amount::whole(5, Unit::Liter))),
        (&detergent, vec![(Some(103_000), Some("fl oz"))], Ok(Amount::new(3_046, Unit::Liter))),
        (&detergent, vec![(Some(103_000), Some("oz"))], Ok(Amount::new(3_046, Unit::Liter))),
        (&detergent, vec![(Some(3_000), Some("Count"))], Ok(Amount::whole(6, Unit::Liter))),
        (&detergent, vec![(Some(3_000), None)], Ok(Amount::whole(6, Unit::Liter))),
        (
            &detergent,
            vec![(Some(1_000), Some("l")), (Some(1_000), Some("count"))],
            Ok(Amount::whole(3, Unit::Liter)),
        ),
        (&detergent, vec![(Some(1_000), Some("kg"))], unit("kg")),
        (&detergent, vec![(Some(1_000), Some("bottle"))], unit("bottle")),
        (&detergent, vec![(None, Some("l"))], Err(Unclear::Quantity)),
        (&detergent, vec![(Some(0), Some("l"))], Err(Unclear::Quantity)),
        (&detergent, vec![], Err(Unclear::Quantity)),
        (&detergent, vec![(Some(i64::MAX), Some("count"))], Err(Unclear::TooLarge)),
        (&pods, vec![(Some(40_000), Some("pods"))], Ok(Amount::whole(40, Unit::Count))),
        (&ink, vec![(Some(2_000), Some("count"))], Ok(Amount::whole(2, Unit::Count))),
        (&ink, vec![(Some(2_000), Some("%"))], unit("%")),
    ] {
        let products = products.iter().map(|(quantity, unit)| product(*quantity, *unit, None)).collect();
        let arrival = Arrival { order: order_id(1), slot: slot_id(), products, at: START };
        let content = received(&arrival, slot).map(|entry| match entry {
            EntryKind::Received { order, packs: 1, content: Some(content) }
                if order == order_id(1).as_str() =>
            {
                content
            }
            other => panic!("{other:?}"),
        });
        assert_eq!(content, wanted, "{arrival:?}");
    }
}

fn subscribed(number: usize, at: f64, subscribed: bool) -> Notification {
    let told = SlotSubscription { subscribed, products: Vec::new() };
    notice(1000 + number, at, Told::SubscriptionChanged { slots: Subscriptions::from([(slot_id(), told)]) })
}

#[test]
fn a_subscription_says_who_changed_it_and_when() {
    let found = |orders: &mut Orders, at, subscribed| {
        let told = SlotSubscription { subscribed, products: Vec::new() };
        orders.subscriptions_read(&Subscriptions::from([(slot_id(), told)]), day(at));
    };
    let state = |orders: &Orders| {
        orders.subscription(&slot_id()).map(|s| (s.subscribed, (s.since - START).num_hours(), s.by))
    };
    let mut orders = Orders::new(false);
    assert_eq!(state(&orders), None);
    found(&mut orders, 1.0, true);
    assert_eq!(state(&orders), Some((true, 24, ChangedBy::Unknown)));
    orders.told(&subscribed(1, 2.0, false));
    assert_eq!(state(&orders), Some((false, 48, ChangedBy::Customer)));
    found(&mut orders, 3.0, false);
    orders.told(&subscribed(2, 4.0, false));
    assert_eq!(state(&orders), Some((false, 48, ChangedBy::Customer)), "a repetition changes nothing");
    orders.told(&subscribed(3, 5.0, true));
    orders.told(&subscribed(4, 4.5, false));
    assert_eq!(state(&orders), Some((true, 120, ChangedBy::Customer)), "late, and older");
    orders.told(&notice(1, 6.0, Told::DeviceDeregistered));
    assert_eq!(state(&orders), Some((false, 144, ChangedBy::Deregistration)));
    assert_eq!(orders.registration(), Some(Registration { registered: false, at: day(6.0) }));
    orders.told(&notice(2, 7.0, Told::DeviceRegistered));
    assert_eq!(state(&orders).map(|(on, ..)| on), Some(false), "registered again is not subscribed again");
    orders.told(&subscribed(5, 8.0, true));
    orders.told(&notice(1, 6.0, Told::DeviceDeregistered));
    assert_eq!(orders.registration(), Some(Registration { registered: true, at: day(7.0) }));
    assert_eq!(state(&orders).map(|(on, ..)| on), Some(true));
}

#[test]
fn a_slots_past_decides_on_its_next_order() {
    let decided = |orders: &Orders, reset: Option<f64>, now: f64| {
        decide(true, orders.history(&slot_id(), reset.map(day), day(now)), day(now))
    };
    let not = Decision::Not;
    let mut orders = folded(&[]);
    assert_eq!(decided(&orders, None, 0.0), not(Not::NotSubscribed));
    orders.told(&subscribed(1, 0.0, true));
    assert_eq!(decided(&orders, None, 0.0), Decision::Order);
    orders.asked(&slot_id(), &accepted(1, DetailCode::Accepted), day(0.0));
    assert_eq!(decided(&orders, None, 1.0), not(Not::Asked { until: day(3.0) }));
    orders.told(&placed(1, 1.0));
    assert_eq!(decided(&orders, None, 4.0), not(Not::OnItsWay));
    assert_eq!(
        decided(&orders, None, 31.0),
        Decision::Order,
        "of a lost notification it does not wait for ever"
    );
    orders.told(&cancelled(1, 1.5));
    assert_eq!(decided(&orders, None, 4.0), not(Not::Cancelled { until: day(6.5) }));
    assert_eq!(decided(&orders, None, 6.5), Decision::Order);
    orders.told(&cancelled(2, 7.0));
    assert_eq!(decided(&orders, None, 100.0), not(Not::CancelledTwice));
    assert_eq!(decided(&orders, Some(8.0), 100.0), Decision::Order, "reset to full");
    orders.told(&shipped(3, 9.0, Some(12.0)));
    assert_eq!(decided(&orders, None, 11.0), not(Not::OnItsWay));
    assert_eq!(decided(&orders, None, 12.0), Decision::Order, "an arrival counts as well");
}

fn anything() -> impl Strategy<Value = Notification> {
    let kind = (0usize..9, 0usize..4, 0i64..40, prop::option::of(0i64..40), 0usize..6);
    kind.prop_map(|(kind, order, at, delivery, twin)| {
        let (at, delivery) = (at as f64 / 4.0, delivery.map(|d| d as f64 / 4.0));
        let notice = match kind {
            0 | 1 => placed(order, at),
            2..=4 => shipped(order, at, delivery),
            5 => cancelled(order, at),
            6 => subscribed(order, at, twin.is_multiple_of(2)),
            7 => notice(5_000 + order, at, Told::DeviceRegistered),
            _ => notice(6_000 + order, at, Told::DeviceDeregistered),
        };
        // Ids of Amazon are unique; ours name kind, order, time and twin.
        Notification { id: format!("{}-{at}-{delivery:?}-{twin}", notice.id), ..notice }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn disorder_and_duplicates_are_harmless(
        (notices, shuffled) in prop::collection::vec(anything(), 0..24).prop_flat_map(|notices| {
            let twice: Vec<Notification> = notices.iter().chain(&notices).cloned().collect();
            (Just(notices), Just(twice).prop_shuffle())
        }),
    ) {
        let orders = folded(&notices);
        prop_assert_eq!(&folded(&shuffled), &orders);
        // Stock rises once for each order that was shipped, on its date, whatever else was said.
        let was_shipped: BTreeSet<&OrderInstance> = notices.iter().filter_map(|notice| match &notice.told {
            Told::ItemShipped(told) => Some(&told.order),
            _ => None,
        }).collect();
        let mut recorded: BTreeSet<OrderInstance> = BTreeSet::new();
        for quarter in 0..80 {
            let now = day(f64::from(quarter) / 4.0);
            for arrival in orders.arrivals(|order| recorded.contains(order), now) {
                prop_assert!(arrival.at <= now && was_shipped.contains(&arrival.order));
                prop_assert!(recorded.insert(arrival.order.clone()));
            }
            prop_assert!(orders.next_arrival(now).is_none_or(|at| at > now));
        }
        prop_assert_eq!(recorded.len(), was_shipped.len());
        for order in orders.orders() {
            let steps = order.steps(day(100.0));
            prop_assert!(!steps.is_empty() && steps.is_sorted());
        }
    }
}

fn frame(order: &Order, now: f64) -> OrderFrame {
    OrderFrame {
        order: order.instance().clone(),
        slot: order.slot().cloned(),
        phase: order.phase(day(now)),
        test: order.is_test(),
        products: order.products().to_vec(),
        steps: order.steps(day(now)),
        unclear: None,
    }
}

#[test]
fn a_frame_is_read_as_it_was_written_or_not_at_all() {
    let mut orders = folded(&[placed(1, 0.0), shipped(1, 1.0, Some(4.0)), subscribed(1, 0.0, true)]);
    orders.told(&subscribed(2, 2.0, false));
    let written = frame(orders.get(&order_id(1)).unwrap(), 2.0);
    let serde_json::Value::Object(mut map) = serde_json::to_value(&written).unwrap() else { panic!() };
    map.remove("order");
    assert_eq!(OrderFrame::read("amzn1.dash.v2.o.1", &map), Some(written));
    map.insert("moon".into(), "full".into());
    assert!(OrderFrame::read("amzn1.dash.v2.o.1", &map).is_some(), "more than we know does no harm");
    map.insert("is".into(), "lost_at_sea".into());
    assert_eq!(OrderFrame::read("amzn1.dash.v2.o.1", &map), None);
    let subscription = orders.subscription(&slot_id()).unwrap();
    let written = SubscriptionFrame { slot: slot_id(), subscription };
    let serde_json::Value::Object(mut map) = serde_json::to_value(&written).unwrap() else { panic!() };
    map.remove("slot");
    assert_eq!(SubscriptionFrame::read("detergent", &map), Some(written.clone()));
    assert!(written.subscription.was_on);
    map.remove("was_on");
    assert!(SubscriptionFrame::read("detergent", &map).is_some(), "an older cloud does not say it");
}

#[test]
fn what_a_frame_holds_back() {
    let asked = |at: f64| {
        let mut orders = Orders::new(false);
        orders.asked(&slot_id(), &accepted(1, DetailCode::Accepted), day(at));
        orders
    };
    let coming = |orders: &Orders, told: f64, denied, now: f64| {
        frame(orders.get(&order_id(1)).unwrap(), told).coming(denied, day(now))
    };
    let requested = Some(Coming::Requested { at: day(0.0) });
    assert_eq!(coming(&asked(0.0), 0.0, false, 2.9), requested);
    assert_eq!(coming(&asked(0.0), 0.0, false, 3.0), None, "72 hours without a word");
    let orders = folded(&[placed(1, 0.0)]);
    let expected = Some(day(4.0));
    assert_eq!(coming(&orders, 0.0, false, 29.0), Some(Coming::Placed { at: day(0.0), expected }));
    assert_eq!(coming(&orders, 0.0, false, 30.0), None, "forgotten");
    let orders = folded(&[placed(1, 0.0), shipped(1, 1.0, Some(4.0))]);
    assert_eq!(coming(&orders, 1.0, false, 3.9), Some(Coming::Shipped { due: day(4.0) }));
    assert_eq!(coming(&orders, 1.0, false, 4.0), None, "its date passes also while nothing is heard");
    assert_eq!(coming(&orders, 1.0, true, 4.5), Some(Coming::Overdue { due: day(4.0) }));
    assert_eq!(coming(&folded(&[cancelled(1, 0.5)]), 1.0, false, 1.0), None);
    let mut test = Orders::new(true);
    test.told(&shipped(1, 1.0, Some(4.0)));
    assert_eq!(coming(&test, 1.0, false, 2.0), None, "of a test nothing comes");
}

#[test]
fn the_first_cancellation_holds_back_five_days_and_the_second_until_it_is_replaced() {
    let orders = folded(&[
        shipped(1, 0.0, Some(1.0)),
        cancelled(2, 10.0),
        cancelled(3, 20.0),
        shipped(4, 30.0, Some(31.0)),
        cancelled(5, 40.0),
    ]);
    let all: Vec<OrderFrame> = orders.orders().map(|order| frame(order, 50.0)).collect();
    let again: Vec<Option<Again>> =
        all.iter().map(|order| again_after(order, all.iter(), day(50.0))).collect();
    let from = |at| Some(Again::From(day(at)));
    assert_eq!(again, [None, from(15.0), Some(Again::AfterReset), None, from(45.0)]);
}

#[test]
fn whether_it_reorders() {
    let told = |on: bool, was_on, by| {
        Reorder::of(&Subscription { subscribed: on, products: Vec::new(), since: day(1.0), by, was_on })
    };
    assert_eq!(told(true, true, ChangedBy::Customer), Reorder::On { since: day(1.0) });
    let paused = Reorder::Paused { since: day(1.0), by: ChangedBy::Customer };
    assert_eq!(told(false, true, ChangedBy::Customer), paused);
    assert_eq!(told(false, false, ChangedBy::Customer), Reorder::NotSetUp);
    assert_eq!(told(false, true, ChangedBy::Deregistration), Reorder::Unregistered { since: day(1.0) });
}
