//! Orders and reordering as the cloud pushes them: on the slot, on Supplies and on Orders, each word no more than was
//! told.

use crate::world::{Home, Maker};
use chrono::{DateTime, TimeDelta, Utc};
use refill_cloud::store::heard::{Hear, Word};
use refill_domain::drs::{DetailCode, DrsSlot, Product, Replenished, SlotSubscription, Subscriptions};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::orders::StepKind;
use refill_domain::sns::{Notification, OrderTold, Told};
use refill_engine::api::Api as _;
use refill_engine::chart::Range;
use refill_engine::clock::Clock as _;
use refill_engine::form::ChartForm;
use refill_engine::view::{
    AmazonSays, LedgerWhat, Next, NextOrderWhy, OrderState, OrdersHeadline, OrdersView, Place, ReorderState,
    Section, SlotView,
};

const ORDER: &str = "amzn1.dash.v2.o.1";

fn slot() -> DrsSlot {
    "capsules".parse().unwrap()
}

/// 50 capsules.
fn products(delivery: Option<DateTime<Utc>>) -> Vec<Product> {
    let count = Some("count".to_owned());
    vec![Product { asin: Some("B00CAPS0LE".into()), quantity: Some(50_000), unit: count, delivery }]
}

/// Amazon's word about the coffee machine, verified.
struct Amazon {
    told: u32,
}

impl Amazon {
    async fn says(&mut self, maker: &Maker, told: Told) {
        self.told += 1;
        let id = format!("n-{}", self.told);
        let at = refill_cloud::clock::Clock::now(&*maker.clock);
        let notification = Box::new(Notification {
            id: id.clone(),
            at,
            serial: None,
            model: None,
            customer: None,
            client: None,
            version: None,
            told,
        });
        Self::word(maker, Word::Told { message: id, notification }).await;
    }

    async fn word(maker: &Maker, word: Word) {
        let now = refill_cloud::clock::Clock::now(&*maker.clock).timestamp_millis();
        let device = maker.device.parse().unwrap();
        maker.app().store.hear(Hear { account: maker.account().await, device, word, now }).await.unwrap();
    }

    async fn subscribed(&mut self, maker: &Maker, subscribed: bool) {
        let told = SlotSubscription { subscribed, products: products(None) };
        self.says(maker, Told::SubscriptionChanged { slots: Subscriptions::from([(slot(), told)]) }).await;
    }

    async fn asked(maker: &Maker, order: &str) {
        let answer = Replenished { order: order.parse().unwrap(), detail: DetailCode::Accepted };
        Self::word(maker, Word::Asked { slot: slot(), answer }).await;
    }
}

fn about(order: &str, due: Option<DateTime<Utc>>) -> OrderTold {
    OrderTold { order: order.parse().unwrap(), slot: slot(), products: products(due) }
}

async fn linked() -> (Maker, Home, SlotId) {
    linked_as(Home::new()).await
}

async fn linked_as(mut home: Home) -> (Maker, Home, SlotId) {
    let mut maker = Maker::new().await;
    maker.register("S1").await;
    // One capsule a day for a month, and sixteen are left.
    for day in (0..30).rev() {
        let at = refill_cloud::clock::Clock::now(&*maker.clock) - TimeDelta::days(day) - TimeDelta::hours(2);
        maker.used_at(at, 1000).await;
    }
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    home.count(slot, "16").await;
    (maker, home, slot)
}

async fn page(home: &mut Home, slot: SlotId, ready: impl Fn(&SlotView) -> bool) -> SlotView {
    home.until("the slot says so", async |engine| {
        let page = engine.slot(slot, 50).await.unwrap();
        ready(&page).then_some(page)
    })
    .await
}

async fn orders(home: &Home) -> OrdersView {
    home.engine.orders().await.unwrap()
}

#[tokio::test]
async fn an_order_is_followed_from_asked_to_the_shelf() {
    let (maker, mut home, slot) = linked().await;
    let mut amazon = Amazon { told: 0 };
    let view = orders(&home).await;
    assert_eq!(view.headline, OrdersHeadline::None {});
    assert_eq!(view.reorder.len(), 2);
    assert!(view.reorder.iter().all(|line| line.state == ReorderState::Untold {}));

    amazon.subscribed(&maker, true).await;
    let on = page(&mut home, slot, |page| page.orders.as_ref().unwrap().reorder.next.is_some()).await;
    let reorder = on.orders.unwrap().reorder;
    assert!(matches!(reorder.state, ReorderState::On { .. }));
    assert_eq!((reorder.asins.len(), reorder.lasts), (1, Some(50)), "50 at one a day");
    assert_eq!(reorder.amount.map(|amount| amount.milli), Some(50_000));
    let next = reorder.next.unwrap();
    assert_eq!((next.day.as_deref(), next.why), (Some("2026-11-30"), NextOrderWhy::DaysLeft { days: 7 }));

    Amazon::asked(&maker, ORDER).await;
    let asked = page(&mut home, slot, |page| page.row.section == Section::OnItsWay).await;
    assert_eq!(asked.row.next, Next::OrderRequested { at: "2026-11-21".into() });
    let view = orders(&home).await;
    assert_eq!(view.headline, OrdersHeadline::UnderWay { count: 1, unconfirmed: 1 });
    let until = "2026-11-24".to_owned();
    assert_eq!(view.open[0].state, OrderState::Requested { until, silent: false });
    assert_eq!(view.open[0].track.iter().map(|step| step.done).collect::<Vec<_>>(), [true, false, false]);

    amazon.says(&maker, Told::OrderPlaced(about(ORDER, None))).await;
    let placed = page(&mut home, slot, |page| matches!(page.row.next, Next::OrderPlaced { .. })).await;
    assert_eq!(placed.orders.unwrap().reorder.next.unwrap().why, NextOrderWhy::UnderWay {});

    let due = home.clock.now() + TimeDelta::days(3);
    amazon.says(&maker, Told::ItemShipped(about(ORDER, Some(due)))).await;
    let shipped = page(&mut home, slot, |page| matches!(page.row.next, Next::OrderArrives { .. })).await;
    let spare = Some(13);
    let arrives = Next::OrderArrives { due: "2026-11-24".into(), spare, late: false, shipped: true };
    assert_eq!((shipped.row.next, shipped.row.arrives), (arrives, Some(3)));
    assert_eq!(home.engine.supplies().await.unwrap().open_orders, 1);
    assert_eq!(shipped.reconciliation.amazon, AmazonSays::ThroughMaker {});
    let form = ChartForm { slot, range: Range::Month, width: 900.0, height: 286.0, scale: 1.0 };
    let chart = home.engine.chart(form).await.unwrap();
    assert!(chart.svg.contains("c-rise") && chart.svg.contains("c-mark c-expected"), "{}", chart.svg);

    // Its day comes: the cloud adds it, once, and the app asks.
    home.advance(&maker, TimeDelta::days(3));
    let arrived = page(&mut home, slot, |page| received(page) == 1).await;
    let line = &arrived.orders.as_ref().unwrap().orders[0];
    assert!(matches!(&line.state, OrderState::Arrived { question: true, came: None, .. }), "{line:?}");
    assert_eq!(line.track.last().map(|step| (step.kind, step.done)), Some((StepKind::Arrived, true)));
    let left = arrived.row.left;
    let device = maker.device.parse().unwrap();
    let id = || EntryId(home.clock.new_id());

    // "Not yet": it goes off the shelf again, also at the cloud; "it came": back.
    home.engine.answer_arrival(id(), device, ORDER.into(), false).await.unwrap();
    let denied = home.engine.slot(slot, 50).await.unwrap();
    assert_eq!(left.unwrap().milli - denied.row.left.unwrap().milli, 50_000);
    assert_eq!(denied.row.next, Next::OrderOverdue { due: "2026-11-24".into() });
    assert_eq!(denied.row.section, Section::NeedsYou);
    assert!(matches!(orders(&home).await.headline, OrdersHeadline::Late { count: 1, .. }));
    home.engine.answer_arrival(id(), device, ORDER.into(), true).await.unwrap();
    home.engine.answer_arrival(id(), device, ORDER.into(), true).await.unwrap();
    let came = home.engine.slot(slot, 50).await.unwrap();
    assert_eq!(came.row.left, left);
    let view = orders(&home).await;
    assert_eq!((view.headline, view.open.len(), view.earlier.len()), (OrdersHeadline::NothingOpen {}, 0, 1));
    home.in_step().await;
    let voids = maker.app().store.entries(maker.account().await, 0, 1000).await.unwrap();
    let voids = voids
        .iter()
        .filter(|(_, entry)| matches!(entry.kind, refill_domain::ledger::EntryKind::Voided { .. }));
    assert_eq!(voids.count(), 2, "the cloud heard of both");
    home.restart().await;
    assert_eq!(orders(&home).await.earlier.len(), 1, "kept over a restart");
    home.stop().await;
}

fn received(page: &SlotView) -> usize {
    page.ledger.iter().filter(|line| matches!(line.what, LedgerWhat::Received { .. })).count()
}

#[tokio::test]
async fn what_comes_too_late_and_what_was_stopped_ask_for_the_person() {
    let (maker, mut home, slot) = linked().await;
    let mut amazon = Amazon { told: 0 };
    let calm = home.engine.slot(slot, 1).await.unwrap();
    assert!(matches!(calm.row.next, Next::Runs { .. }), "{:?}", calm.row.next);
    amazon.subscribed(&maker, true).await;
    amazon.subscribed(&maker, false).await;
    let paused = page(&mut home, slot, |page| {
        matches!(page.orders.as_ref().unwrap().reorder.state, ReorderState::Paused { .. })
    })
    .await;
    assert!(paused.orders.unwrap().reorder.next.is_none());
    home.count(slot, "12").await;
    let asks = home.engine.slot(slot, 1).await.unwrap();
    assert!(matches!(asks.row.next, Next::OrderBy { paused: true, .. }), "{:?}", asks.row.next);

    let due = home.clock.now() + TimeDelta::days(20);
    amazon.says(&maker, Told::ItemShipped(about(ORDER, Some(due)))).await;
    let late = page(&mut home, slot, |page| matches!(page.row.next, Next::OrderArrives { .. })).await;
    let Next::OrderArrives { spare: Some(spare), late: true, .. } = late.row.next else { panic!() };
    assert_eq!((spare, late.row.section), (-8, Section::NeedsYou));
    assert!(matches!(orders(&home).await.headline, OrdersHeadline::Late { .. }));
    home.stop().await;
}

#[tokio::test]
async fn silence_cancellation_and_tests_are_told_as_what_they_are() {
    let (maker, mut home, slot) = linked().await;
    let mut amazon = Amazon { told: 0 };
    amazon.subscribed(&maker, true).await;
    Amazon::asked(&maker, ORDER).await;
    page(&mut home, slot, |page| matches!(page.row.next, Next::OrderRequested { .. })).await;
    home.advance(&maker, TimeDelta::hours(73));
    let silent = home.engine.slot(slot, 1).await.unwrap();
    assert!(!matches!(silent.row.next, Next::OrderRequested { .. }), "72 hours without a word");
    let line = orders(&home).await.open.remove(0);
    assert!(matches!(line.state, OrderState::Requested { silent: true, .. }));

    amazon.says(&maker, Told::OrderCancelled(about(ORDER, None))).await;
    let gone = page(&mut home, slot, |page| {
        let lines = &page.orders.as_ref().unwrap().orders;
        matches!(lines[0].state, OrderState::Cancelled { .. })
    })
    .await;
    let next = gone.orders.unwrap().reorder.next.unwrap();
    assert_eq!((next.day.as_deref(), next.why), (Some("2026-11-29"), NextOrderWhy::Cancelled {}));
    let device = maker.device.parse().unwrap();
    let refused = home.engine.answer_arrival(EntryId(home.clock.new_id()), device, ORDER.into(), true).await;
    assert!(refused.is_err(), "it was cancelled");
    let refused = home.engine.answer_arrival(EntryId(home.clock.new_id()), device, "x".into(), true).await;
    assert!(refused.is_err(), "there is no such order");

    let answer = Replenished { order: "test-2".parse().unwrap(), detail: DetailCode::TestAccepted };
    Amazon::word(&maker, Word::Asked { slot: self::slot(), answer }).await;
    let due = home.clock.now() + TimeDelta::days(2);
    amazon.says(&maker, Told::ItemShipped(about("test-2", Some(due)))).await;
    let view = home
        .until("the test order", async |engine| {
            let view = engine.orders().await.unwrap();
            view.open.iter().any(|line| matches!(line.state, OrderState::OnItsWay { .. })).then_some(view)
        })
        .await;
    assert!(view.open[0].test && view.open[0].spare.is_none());
    let row = home.engine.slot(slot, 1).await.unwrap().row;
    assert_eq!(row.arrives, None, "of a test nothing comes");
    home.stop().await;
}

#[tokio::test]
async fn a_cancelled_order_is_told_and_a_placed_one_is_not() {
    let (maker, mut home, slot) = linked_as(Home::telling()).await;
    let mut amazon = Amazon { told: 0 };
    home.settle().await;
    home.looked().await;
    amazon.says(&maker, Told::OrderPlaced(about(ORDER, None))).await;
    page(&mut home, slot, |page| matches!(page.row.next, Next::OrderPlaced { .. })).await;
    home.settle().await;
    home.looked().await;
    amazon.says(&maker, Told::OrderCancelled(about(ORDER, None))).await;
    page(&mut home, slot, |page| !matches!(page.row.next, Next::OrderPlaced { .. })).await;
    home.settle().await;
    let told = home.notice().await;
    assert_eq!((told.slot, told.place), (Some(slot), Place::Slot { slot }));
    home.stop().await;
}
