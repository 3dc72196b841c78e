//! Orders and subscriptions of one device, folded from what Amazon says of them. Any order of arrival gives the same
//! state, and what is told twice counts once: each fact keeps its earliest and its latest telling, by Amazon's own time
//! and then by id. What is on its way is told apart from what is on the shelf.

mod frame;
mod order;
mod stock;
mod subscription;

pub use frame::{Again, AtAmazon, Coming, OrderFrame, Reorder, SubscriptionFrame, again_after, entry_of};
pub use order::{ASSUMED_DELIVERY, Order, Phase, SILENT_FOR, Step, StepKind};
pub use stock::{Arrival, Unclear, content, received};
pub use subscription::{ChangedBy, Registration, Subscription};

use crate::drs::{DetailCode, DrsSlot, History, OrderInfo, OrderInstance, Replenished, Subscriptions};
use crate::sns::{Notification, Told};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use subscription::Tellings;

/// Everything Amazon said about one device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders {
    /// It was registered as a test device: notifications come, goods don't (protocols 4.4).
    test_device: bool,
    orders: BTreeMap<OrderInstance, Order>,
    slots: BTreeMap<DrsSlot, Tellings>,
    registered: Option<(DateTime<Utc>, String)>,
    deregistered: Option<(DateTime<Utc>, String)>,
}

impl Orders {
    /// Of a device of which nothing was said yet.
    pub fn new(test_device: bool) -> Self {
        Self { test_device, ..Self::default() }
    }

    /// We asked for an order, and Amazon answered this.
    pub fn asked(&mut self, slot: &DrsSlot, answer: &Replenished, at: DateTime<Utc>) {
        let order = self.order(&answer.order);
        order.asked(slot, at, answer.detail == DetailCode::TestAccepted);
    }

    /// A verified notification about this device. Unknown kinds change nothing.
    pub fn told(&mut self, notification: &Notification) {
        let key = (notification.at, notification.id.clone());
        match &notification.told {
            Told::OrderPlaced(told) => self.order(&told.order).placed(key, told),
            Told::ItemShipped(told) => self.order(&told.order).shipped(key, told),
            Told::OrderCancelled(told) => self.order(&told.order).cancelled(key, told),
            Told::SubscriptionChanged { slots } => self.subscribed(&key, ChangedBy::Customer, slots),
            Told::DeviceRegistered => self.registered = self.registered.take().max(Some(key)),
            Told::DeviceDeregistered => self.deregistered = self.deregistered.take().max(Some(key)),
            Told::Unknown { .. } => {}
        }
    }

    /// The answer to `getOrderInfo`, asked at this moment.
    pub fn informed(&mut self, info: &OrderInfo, at: DateTime<Utc>) {
        self.order(&info.order).informed(at, &info.items);
    }

    /// The answer to `subscriptionInfo`, asked at this moment. What it only confirms need not be passed on.
    pub fn subscriptions_read(&mut self, slots: &Subscriptions, at: DateTime<Utc>) {
        self.subscribed(&(at, String::new()), ChangedBy::Unknown, slots);
    }

    fn order(&mut self, instance: &OrderInstance) -> &mut Order {
        let test = self.test_device;
        self.orders.entry(instance.clone()).or_insert_with(|| Order::new(instance.clone(), test))
    }

    fn subscribed(&mut self, key: &(DateTime<Utc>, String), by: ChangedBy, slots: &Subscriptions) {
        for (slot, told) in slots {
            self.slots.entry(slot.clone()).or_default().add(key.clone(), by, told);
        }
    }

    /// The orders, by instance.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.values()
    }

    /// One order.
    pub fn get(&self, instance: &OrderInstance) -> Option<&Order> {
        self.orders.get(instance)
    }

    /// Whether the device is registered, as far as Amazon said.
    pub fn registration(&self) -> Option<Registration> {
        let registered = self.registered > self.deregistered;
        let (at, _) = if registered { self.registered.as_ref()? } else { self.deregistered.as_ref()? };
        Some(Registration { registered, at: *at })
    }

    /// A slot's subscription, who changed it and when. Deregistration ends what was told before it,
    /// also when the device is registered again.
    pub fn subscription(&self, slot: &DrsSlot) -> Option<Subscription> {
        self.slots.get(slot)?.present(self.deregistered.as_ref().map(|(at, _)| *at))
    }

    /// The slots whose subscription was told.
    pub fn told_slots(&self) -> impl Iterator<Item = &DrsSlot> {
        self.slots.keys()
    }

    /// Orders of the slot that are placed or shipped and not yet due.
    pub fn on_its_way(&self, slot: &DrsSlot, now: DateTime<Utc>) -> impl Iterator<Item = &Order> {
        self.of(slot).filter(move |order| matches!(order.phase(now), Phase::Placed | Phase::OnItsWay { .. }))
    }

    fn of(&self, slot: &DrsSlot) -> impl Iterator<Item = &Order> {
        self.orders.values().filter(move |order| order.slot() == Some(slot))
    }

    /// What has come to lie on the shelf and is in no ledger yet, by the day it came. `recorded` says which orders have
    /// their entry; each has one, however often and late it is told.
    pub fn arrivals(&self, recorded: impl Fn(&OrderInstance) -> bool, now: DateTime<Utc>) -> Vec<Arrival> {
        let mut arrivals: Vec<Arrival> = self
            .orders
            .values()
            .filter(|order| !recorded(order.instance()))
            .filter_map(|o| o.arrival(now))
            .collect();
        arrivals.sort_by(|a, b| (a.at, &a.order).cmp(&(b.at, &b.order)));
        arrivals
    }

    /// When the next order arrives: when to look again.
    pub fn next_arrival(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let due = |order: &Order| match order.phase(now) {
            Phase::OnItsWay { due } if !order.is_test() => Some(due),
            _ => None,
        };
        self.orders.values().filter_map(due).min()
    }

    /// A slot's past, for [`crate::drs::decide`]. `reset_at`: when the customer last reset it to full.
    pub fn history(&self, slot: &DrsSlot, reset_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> History {
        let arrived = self.of(slot).filter_map(|order| match order.phase(now) {
            Phase::Arrived { at } => Some(at),
            _ => None,
        });
        let since = arrived.chain(reset_at).max();
        let cancelled: Vec<DateTime<Utc>> = self
            .of(slot)
            .filter_map(|order| match order.phase(now) {
                Phase::Cancelled { at } => Some(at),
                _ => None,
            })
            .filter(|at| since.is_none_or(|since| *at > since))
            .collect();
        History {
            subscribed: self.subscription(slot).is_some_and(|subscription| subscription.subscribed),
            asked_at: self.of(slot).filter_map(Order::unanswered_since).max(),
            on_its_way: self.on_its_way(slot, now).any(|order| !order.is_forgotten(now)),
            cancellations: u32::try_from(cancelled.len()).unwrap_or(u32::MAX),
            cancelled_at: cancelled.into_iter().max(),
        }
    }
}

#[cfg(test)]
mod tests;
