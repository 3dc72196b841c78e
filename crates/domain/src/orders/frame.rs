//! How orders and subscriptions stand, as the maker's cloud tells the app: one frame each, replaced by the next. A frame
//! that says something this app does not know is left out whole rather than half understood.

use super::{ChangedBy, Phase, SILENT_FOR, Step, StepKind, Subscription};
use crate::drs::{CANCELLED_PAUSE, DrsSlot, OrderInstance, Product, RESOLUTION};
use crate::ids::{EndpointId, EntryId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Names the ids of entries that arrivals make: each order of a device makes one entry, whoever asks when.
const ARRIVALS: Uuid = Uuid::from_u128(0x2b1d_7a40_5f0e_5c9b_9e1c_7d25_61a0_43f8);

/// The id of the entry that an order makes.
pub fn entry_of(device: EndpointId, order: &OrderInstance) -> EntryId {
    let name = [device.0.as_bytes(), order.as_str().as_bytes()].concat();
    EntryId(Uuid::new_v5(&ARRIVALS, &name))
}

/// How an order stands, as the feed tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFrame {
    /// Amazon's name of it.
    pub order: OrderInstance,
    /// The slot it refills, by its id of the Dash console.
    pub slot: Option<DrsSlot>,
    /// How it stands: what is on its way is not on the shelf.
    #[serde(flatten)]
    pub phase: Phase,
    /// A test: nothing comes.
    pub test: bool,
    /// What is in it.
    pub products: Vec<Product>,
    /// Its way so far.
    pub steps: Vec<Step>,
    /// Why it could not be added to the stock by itself, though it arrived.
    pub unclear: Option<String>,
}

/// How a slot's subscription stands, as the feed tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionFrame {
    /// The slot, by its id of the Dash console.
    pub slot: DrsSlot,
    /// Its subscription.
    #[serde(flatten)]
    pub subscription: Subscription,
}

impl OrderFrame {
    /// As it came in a change of the feed; none where it can't be understood.
    pub fn read(order: &str, state: &Map<String, Value>) -> Option<Self> {
        let mut whole = state.clone();
        whole.insert("order".to_owned(), order.into());
        serde_json::from_value(whole.into()).ok()
    }

    /// When something of it was heard last.
    pub fn heard(&self) -> Option<DateTime<Utc>> {
        self.steps.iter().filter(|step| step.kind != StepKind::Due).map(|step| step.at).max()
    }

    /// When Amazon expects it to arrive, if it said so.
    pub fn expected(&self) -> Option<DateTime<Utc>> {
        self.products.iter().filter_map(|product| product.delivery).max()
    }

    /// When a step was, or will be.
    pub fn at(&self, kind: StepKind) -> Option<DateTime<Utc>> {
        self.steps.iter().find(|step| step.kind == kind).map(|step| step.at)
    }

    /// How it stands by now: a delivery date passes also while nothing is heard.
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        match self.phase {
            Phase::OnItsWay { due } if due <= now => Phase::Arrived { at: due },
            other => other,
        }
    }

    /// What it holds back, or brings, if anything: nothing of a test, of what has come or was cancelled, of a request
    /// that Amazon left unanswered for [`RESOLUTION`], and of what was placed [`SILENT_FOR`] ago and never heard of again.
    /// `denied`: a person said that it did not come though its date was reached.
    pub fn coming(&self, denied: bool, now: DateTime<Utc>) -> Option<Coming> {
        if self.test {
            return None;
        }
        match self.phase(now) {
            Phase::Asked => {
                let at = self.at(StepKind::Asked)?;
                (now < at + RESOLUTION).then_some(Coming::Requested { at })
            }
            Phase::Placed => {
                let at = self.at(StepKind::Placed).or_else(|| self.heard())?;
                (now < at + SILENT_FOR).then(|| Coming::Placed { at, expected: self.expected() })
            }
            Phase::OnItsWay { due } => Some(Coming::Shipped { due }),
            Phase::Arrived { at } => denied.then_some(Coming::Overdue { due: at }),
            Phase::Cancelled { .. } => None,
        }
    }
}

impl SubscriptionFrame {
    /// As it came in a change of the feed; none where it can't be understood.
    pub fn read(slot: &str, state: &Map<String, Value>) -> Option<Self> {
        let mut whole = state.clone();
        whole.insert("slot".to_owned(), slot.into());
        serde_json::from_value(whole.into()).ok()
    }
}

/// What is under way for a slot, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coming {
    /// Its date was reached, and a person says that it did not come.
    Overdue {
        /// Its date.
        due: DateTime<Utc>,
    },
    /// Shipped.
    Shipped {
        /// When it is to arrive.
        due: DateTime<Utc>,
    },
    /// Placed, not yet shipped.
    Placed {
        /// When.
        at: DateTime<Utc>,
        /// When Amazon expects it to arrive, if it said so.
        expected: Option<DateTime<Utc>>,
    },
    /// Asked for; nothing is ordered until Amazon confirms it.
    Requested {
        /// When.
        at: DateTime<Utc>,
    },
}

impl Coming {
    /// The day that is still to come on which it arrives, if one was said.
    pub fn arrives(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Shipped { due } | Self::Placed { expected: Some(due), .. } => Some(due),
            Self::Overdue { .. } | Self::Placed { expected: None, .. } | Self::Requested { .. } => None,
        }
    }
}

/// Whether a slot reorders by itself, as Amazon last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reorder {
    /// It does.
    On {
        /// Since.
        since: DateTime<Utc>,
    },
    /// It did, and was stopped.
    Paused {
        /// Since.
        since: DateTime<Utc>,
        /// By whom.
        by: ChangedBy,
    },
    /// It never did.
    NotSetUp,
    /// The device is no longer registered at Amazon.
    Unregistered {
        /// Since.
        since: DateTime<Utc>,
    },
}

impl Reorder {
    /// From what was told of the slot.
    pub fn of(told: &Subscription) -> Self {
        match (told.subscribed, told.by) {
            (true, _) => Self::On { since: told.since },
            (false, ChangedBy::Deregistration) => Self::Unregistered { since: told.since },
            (false, by) if told.was_on => Self::Paused { since: told.since, by },
            (false, _) => Self::NotSetUp,
        }
    }
}

/// What Amazon does about a slot, as far as it was told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AtAmazon {
    /// The surest of what is under way.
    pub coming: Option<Coming>,
    /// Whether it reorders by itself; absent where nobody told.
    pub reorder: Option<Reorder>,
}

/// When an order may be asked for again after cancellations (protocols 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// From then on.
    From(DateTime<Utc>),
    /// Not before the supply is replaced: it was the second in a row.
    AfterReset,
}

/// When Refill's side may ask again after this order of a slot was cancelled; none where it was not. `all`: every order
/// of the slot.
pub fn again_after<'a>(
    order: &OrderFrame,
    all: impl IntoIterator<Item = &'a OrderFrame>,
    now: DateTime<Utc>,
) -> Option<Again> {
    let Phase::Cancelled { at } = order.phase(now) else { return None };
    let mut ends: Vec<(DateTime<Utc>, bool)> = all
        .into_iter()
        .filter_map(|other| match other.phase(now) {
            Phase::Cancelled { at } => Some((at, false)),
            Phase::Arrived { at } => Some((at, true)),
            Phase::Asked | Phase::Placed | Phase::OnItsWay { .. } => None,
        })
        .filter(|(when, _)| *when <= at)
        .collect();
    ends.sort_unstable();
    let cancelled = ends.iter().rev().take_while(|(_, arrived)| !arrived).count();
    Some(if cancelled >= 2 { Again::AfterReset } else { Again::From(at + CANCELLED_PAUSE) })
}
