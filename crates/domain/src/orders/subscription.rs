//! Whether a slot reorders by itself, since when, and who decided that. A word that only repeats the one before it
//! changes nothing, least of all the date.

use crate::drs::{Product, SlotSubscription};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Who changed a subscription, as far as can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBy {
    /// The customer, at Amazon: a notification said so.
    Customer,
    /// Nobody told; it was found when asked. The change was then or before.
    Unknown,
    /// It ended with the device's registration: by the customer, by Amazon's support, by removing the app, or by us.
    Deregistration,
}

/// A slot's subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// It reorders by itself.
    pub subscribed: bool,
    /// What.
    pub products: Vec<Product>,
    /// Since when this is so.
    pub since: DateTime<Utc>,
    /// Who changed it.
    pub by: ChangedBy,
    /// It reordered by itself at some time before, or does.
    #[serde(default)]
    pub was_on: bool,
}

/// Whether a device is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// It is.
    pub registered: bool,
    /// Since when.
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Telling {
    at: DateTime<Utc>,
    id: String,
    by: ChangedBy,
    told: SlotSubscription,
}

/// Everything that was said of one slot, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Tellings(Vec<Telling>);

impl Tellings {
    pub(super) fn add(&mut self, (at, id): (DateTime<Utc>, String), by: ChangedBy, told: &SlotSubscription) {
        let telling = Telling { at, id, by, told: told.clone() };
        if let Err(place) = self.0.binary_search(&telling) {
            self.0.insert(place, telling);
        }
    }

    /// What holds, with the first word of its run; ended by a deregistration that came after.
    pub(super) fn present(&self, deregistered: Option<DateTime<Utc>>) -> Option<Subscription> {
        let last = self.0.last()?;
        let first =
            self.0.iter().rev().take_while(|telling| telling.told == last.told).last().unwrap_or(last);
        let (subscribed, products) = (last.told.subscribed, last.told.products.clone());
        let was_on = self.0.iter().any(|telling| telling.told.subscribed);
        Some(match deregistered.filter(|end| *end >= last.at) {
            Some(since) if subscribed => {
                Subscription { subscribed: false, products, since, by: ChangedBy::Deregistration, was_on }
            }
            _ => Subscription { subscribed, products, since: first.at, by: first.by, was_on },
        })
    }
}
