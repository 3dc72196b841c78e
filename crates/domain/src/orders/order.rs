//! One order from asking to arriving. Shipping outweighs cancelling: what left the warehouse arrives, whichever
//! notification came last.

use super::stock::Arrival;
use crate::drs::{DrsSlot, ItemStatus, OrderInstance, OrderItem, Product};
use crate::sns::OrderTold;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long a delivery is taken to last if Amazon gives no date (S2: "a standard non-Prime shipping time of 5 days").
pub const ASSUMED_DELIVERY: TimeDelta = TimeDelta::days(5);

/// How long a placed order of which nothing more is heard holds back the next one (ours).
pub const SILENT_FOR: TimeDelta = TimeDelta::days(30);

type Key = (DateTime<Utc>, String);

/// A fact that may be told more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Fact<T> {
    first: DateTime<Utc>,
    /// The last telling; what it says holds.
    last: (DateTime<Utc>, String, T),
}

impl<T: Ord> Fact<T> {
    fn tell(slot: &mut Option<Self>, (at, id): Key, what: T) {
        let last = (at, id, what);
        match slot {
            None => *slot = Some(Self { first: at, last }),
            Some(known) => {
                known.first = known.first.min(at);
                if known.last < last {
                    known.last = last;
                }
            }
        }
    }
}

/// What is known of one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    instance: OrderInstance,
    test: bool,
    slot: Option<(DateTime<Utc>, DrsSlot)>,
    asked: Option<DateTime<Utc>>,
    placed: Option<Fact<Vec<Product>>>,
    shipped: Option<Fact<Vec<Product>>>,
    cancelled: Option<Fact<()>>,
    info: Option<Fact<Vec<OrderItem>>>,
}

/// How an order stands at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Phase {
    /// Asked for; Amazon has not said that it is placed. It may never be.
    Asked,
    /// Placed; for a day the customer can cancel it.
    Placed,
    /// Shipped: on its way, not on the shelf.
    OnItsWay {
        /// When it is to arrive.
        due: DateTime<Utc>,
    },
    /// Its delivery date is reached: on the shelf.
    Arrived {
        /// Since.
        at: DateTime<Utc>,
    },
    /// Cancelled.
    Cancelled {
        /// When.
        at: DateTime<Utc>,
    },
}

/// One step of an order's way, for its timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Step {
    /// When it was, or will be.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: StepKind,
}

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// We asked.
    Asked,
    /// Amazon placed it.
    Placed,
    /// It was shipped.
    Shipped,
    /// It is to arrive.
    Due,
    /// Its date is reached.
    Arrived,
    /// It was cancelled.
    Cancelled,
}

impl Order {
    pub(super) fn new(instance: OrderInstance, test: bool) -> Self {
        Self {
            instance,
            test,
            slot: None,
            asked: None,
            placed: None,
            shipped: None,
            cancelled: None,
            info: None,
        }
    }

    pub(super) fn asked(&mut self, slot: &DrsSlot, at: DateTime<Utc>, test: bool) {
        self.is_for(slot, at);
        self.test |= test;
        self.asked = Some(self.asked.map_or(at, |known| known.min(at)));
    }

    pub(super) fn placed(&mut self, key: Key, told: &OrderTold) {
        self.is_for(&told.slot, key.0);
        Fact::tell(&mut self.placed, key, told.products.clone());
    }

    pub(super) fn shipped(&mut self, key: Key, told: &OrderTold) {
        self.is_for(&told.slot, key.0);
        Fact::tell(&mut self.shipped, key, told.products.clone());
    }

    pub(super) fn cancelled(&mut self, key: Key, told: &OrderTold) {
        self.is_for(&told.slot, key.0);
        Fact::tell(&mut self.cancelled, key, ());
    }

    pub(super) fn informed(&mut self, at: DateTime<Utc>, items: &[OrderItem]) {
        if let Some(slot) = items.iter().find_map(|item| item.slot.as_ref()) {
            self.is_for(slot, at);
        }
        Fact::tell(&mut self.info, (at, String::new()), items.to_vec());
    }

    fn is_for(&mut self, slot: &DrsSlot, at: DateTime<Utc>) {
        let told = (at, slot.clone());
        if self.slot.as_ref().is_none_or(|known| *known < told) {
            self.slot = Some(told);
        }
    }

    /// Amazon's name of it.
    pub fn instance(&self) -> &OrderInstance {
        &self.instance
    }

    /// The slot it refills.
    pub fn slot(&self) -> Option<&DrsSlot> {
        self.slot.as_ref().map(|(_, slot)| slot)
    }

    /// A test: nothing is charged, and nothing comes.
    pub fn is_test(&self) -> bool {
        self.test
    }

    /// What is in it, by the last word on it.
    pub fn products(&self) -> &[Product] {
        let last =
            |fact: &'_ Option<Fact<Vec<Product>>>| fact.as_ref().is_some_and(|fact| !fact.last.2.is_empty());
        let fact = if last(&self.shipped) { &self.shipped } else { &self.placed };
        fact.as_ref().map_or(&[], |fact| &fact.last.2)
    }

    /// How it stands.
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        if let Some(due) = self.due() {
            return if due <= now { Phase::Arrived { at: due } } else { Phase::OnItsWay { due } };
        }
        if let Some(at) = self.cancelled_at() {
            return Phase::Cancelled { at };
        }
        let items = self.info.as_ref().map_or(&[][..], |info| &info.last.2);
        let known = |item: &OrderItem| !matches!(item.status, ItemStatus::Other(_));
        if self.placed.is_some() || items.iter().any(known) { Phase::Placed } else { Phase::Asked }
    }

    /// When what was shipped arrives: the last date of the products, else the order information's, else
    /// [`ASSUMED_DELIVERY`] after shipping.
    fn due(&self) -> Option<DateTime<Utc>> {
        let shipped = self.shipped.as_ref()?;
        let dated = shipped.last.2.iter().filter_map(|product| product.delivery).max();
        let informed = || self.info.as_ref()?.last.2.iter().filter_map(|item| item.expected_delivery).max();
        Some(dated.or_else(informed).unwrap_or(shipped.first + ASSUMED_DELIVERY))
    }

    fn cancelled_at(&self) -> Option<DateTime<Utc>> {
        let told = self.cancelled.as_ref().map(|fact| fact.first);
        let informed = self.info.as_ref().filter(|info| {
            let items = &info.last.2;
            !items.is_empty() && items.iter().all(|item| item.status == ItemStatus::Canceled)
        });
        told.or(informed.map(|info| info.last.0))
    }

    /// Since when Amazon owes a word on it; none once it gave one.
    pub(super) fn unanswered_since(&self) -> Option<DateTime<Utc>> {
        let silent = self.placed.is_none() && self.shipped.is_none() && self.cancelled_at().is_none();
        self.asked.filter(|_| silent)
    }

    /// Placed long ago, and nothing heard since: a notification was lost.
    pub(super) fn is_forgotten(&self, now: DateTime<Utc>) -> bool {
        let placed = self.placed.as_ref().map(|fact| fact.last.0);
        let informed = self.info.as_ref().map(|fact| fact.last.0);
        self.shipped.is_none() && placed.max(informed).is_some_and(|heard| heard + SILENT_FOR <= now)
    }

    /// What lies on the shelf since its delivery date; none before, and never of a test.
    pub(super) fn arrival(&self, now: DateTime<Utc>) -> Option<Arrival> {
        let Phase::Arrived { at } = self.phase(now) else { return None };
        let slot = self.slot().filter(|_| !self.test)?.clone();
        Some(Arrival { order: self.instance.clone(), slot, products: self.products().to_vec(), at })
    }

    /// Its timeline, in order of time. Of two that contradict each other both are shown.
    pub fn steps(&self, now: DateTime<Utc>) -> Vec<Step> {
        let arrival = self.due().map(|due| (due, if due <= now { StepKind::Arrived } else { StepKind::Due }));
        let steps = [
            self.asked.map(|at| (at, StepKind::Asked)),
            self.placed.as_ref().map(|fact| (fact.first, StepKind::Placed)),
            self.shipped.as_ref().map(|fact| (fact.first, StepKind::Shipped)),
            arrival,
            self.cancelled_at().map(|at| (at, StepKind::Cancelled)),
        ];
        let mut steps: Vec<Step> = steps.into_iter().flatten().map(|(at, kind)| Step { at, kind }).collect();
        steps.sort_unstable();
        steps
    }
}
