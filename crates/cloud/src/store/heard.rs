//! What Amazon said of a device's orders, as it goes into the store, and the changes that follow from it. Pure: the
//! store folds, appends and tells in one transaction, so that an order, its entry and its line in the feed are there
//! together or not at all.

use super::Change;
use crate::ids::AccountId;
use chrono::{DateTime, Utc};
use refill_domain::drs::{DrsSlot, OrderInfo, OrderInstance, Replenished, Subscriptions};
use refill_domain::endpoint::Slot;
use refill_domain::ids::EndpointId;
use refill_domain::ledger::{Entry, Source};
use refill_domain::orders::{
    Arrival, OrderFrame, Orders, Registration, SubscriptionFrame, entry_of, received,
};
use refill_domain::sns::Notification;

/// Something to be taken in about one device.
#[derive(Debug, Clone)]
pub struct Hear {
    /// Whose.
    pub account: AccountId,
    /// The device.
    pub device: EndpointId,
    /// What.
    pub word: Word,
    /// When, in milliseconds since 1970 UTC.
    pub now: i64,
}

/// What is taken in.
#[derive(Debug, Clone)]
pub enum Word {
    /// A verified notification, by the id of the message that brought it; each id counts once.
    Told {
        /// The message's id.
        message: String,
        /// The notification.
        notification: Box<Notification>,
    },
    /// The answer to a request to order.
    Asked {
        /// For which slot.
        slot: DrsSlot,
        /// The answer.
        answer: Replenished,
    },
    /// How an order stands, as asked.
    Informed(OrderInfo),
    /// Which slots reorder by themselves, as asked.
    Subscriptions(Subscriptions),
    /// Nothing new: time has passed.
    Look,
}

/// What became of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It was taken in.
    New,
    /// Its message was taken in before.
    Repeated,
    /// The account has no such device (any more).
    NoDevice,
}

/// Devices whose next order has arrived, and when the next of the others does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// These.
    pub devices: Vec<(AccountId, EndpointId)>,
    /// When the next arrives, in milliseconds since 1970 UTC.
    pub next: Option<i64>,
}

/// A message that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub message: String,
    /// When it was taken in.
    pub taken_at: i64,
    /// What it said.
    pub notification: Notification,
}

impl Word {
    /// Folds it into what is known.
    pub fn apply(&self, orders: &mut Orders, now: DateTime<Utc>) {
        match self {
            Self::Told { notification, .. } => orders.told(notification),
            Self::Asked { slot, answer } => orders.asked(slot, answer, now),
            Self::Informed(info) => orders.informed(info, now),
            Self::Subscriptions(slots) => orders.subscriptions_read(slots, now),
            Self::Look => {}
        }
    }
}

/// The slot that the Dash console knows by this id: the one whose capability instance it is.
pub fn slot_of<'a>(slots: &'a [Slot], wanted: &DrsSlot) -> Option<&'a Slot> {
    slots.iter().find(|slot| slot.instance.as_str() == wanted.as_str())
}

/// The entry of an arrival.
///
/// # Errors
/// Why a person must say how much came, in words.
pub fn arrived(
    device: EndpointId,
    slots: &[Slot],
    of: &Arrival,
    now: DateTime<Utc>,
) -> Result<Entry, String> {
    let slot = slot_of(slots, &of.slot).ok_or("the device has no slot of that id; record it as bought")?;
    let kind = received(of, slot).map_err(|why| why.to_string())?;
    Ok(Entry {
        id: entry_of(device, &of.order),
        slot: slot.id,
        observed_at: of.at.max(DateTime::UNIX_EPOCH),
        recorded_at: now,
        source: Source::Cloud,
        about: None,
        note: None,
        kind,
    })
}

/// Every order as it stands at a moment.
pub fn order_frames(
    device: EndpointId,
    slots: &[Slot],
    orders: &Orders,
    at: DateTime<Utc>,
) -> Vec<OrderFrame> {
    let arrivals = orders.arrivals(|_| false, at);
    let unclear = |order: &OrderInstance| {
        let arrival = arrivals.iter().find(|arrival| arrival.order == *order)?;
        arrived(device, slots, arrival, at).err()
    };
    let frame = |order: &refill_domain::orders::Order| OrderFrame {
        order: order.instance().clone(),
        slot: order.slot().cloned(),
        phase: order.phase(at),
        test: order.is_test(),
        products: order.products().to_vec(),
        steps: order.steps(at),
        unclear: unclear(order.instance()),
    };
    orders.orders().map(frame).collect()
}

/// Every subscription that was told.
pub fn subscription_frames(orders: &Orders) -> Vec<SubscriptionFrame> {
    let frame = |slot: &DrsSlot| {
        let subscription = orders.subscription(slot)?;
        Some(SubscriptionFrame { slot: slot.clone(), subscription })
    };
    orders.told_slots().filter_map(frame).collect()
}

/// What the feed tells when one state has become the other: whatever reads differently now.
pub fn differences(
    device: EndpointId,
    slots: &[Slot],
    (before, then): (&Orders, DateTime<Utc>),
    (after, now): (&Orders, DateTime<Utc>),
) -> Vec<Change> {
    let registration = |of: Option<Registration>| of.map(|of| Change::DrsRegistration { device, state: of });
    let (old, new) = (before.registration(), after.registration());
    let mut changes: Vec<Change> = registration(new.filter(|_| old != new)).into_iter().collect();
    let known = subscription_frames(before);
    let told = subscription_frames(after).into_iter().filter(|frame| !known.contains(frame));
    changes.extend(told.map(|state| Change::Subscription { device, state }));
    let known = order_frames(device, slots, before, then);
    let told = order_frames(device, slots, after, now).into_iter().filter(|frame| !known.contains(frame));
    changes.extend(told.map(|state| Change::Order { device, state: Box::new(state) }));
    changes
}
