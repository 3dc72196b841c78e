//! A transcript: everything Amazon's side heard and did, and what the device truly did and its app showed, in the order in
//! which it happened. Messages stand in it as they came, without their tokens. A transcript says all that a verdict needs,
//! so that it can be judged again anywhere.

use super::{Case, Look};
use crate::market::Marketplace;
use crate::measure::Amount;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A rehearsal as it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Where it is rehearsed.
    pub marketplace: Option<Marketplace>,
    /// The `endpointId` of the device under test.
    pub endpoint: String,
    /// Not all messages are in it, as nobody hears all of a real skill's: that one is missing says nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// What happened, the earliest first.
    pub moments: Vec<Moment>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// When, by Amazon's clock.
    pub at: DateTime<Utc>,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What the customer wants when a slot is low.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// "Automatic reorder when supply is low".
    Reorder,
    /// "Notify me when supply is low".
    Notify,
}

/// What a device, or the person at it, truly did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// It measured what is left.
    Measured,
    /// It used so much.
    Used {
        /// How much.
        amount: Amount,
    },
    /// What is in it was replaced, or filled up.
    Replaced,
}

/// What a person saw who was asked to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saw {
    /// What is expected.
    Expected,
    /// It is not there.
    Nothing,
    /// Something else.
    Other,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Happening {
    /// The skill answered `Discover`.
    Described {
        /// With this.
        message: Value,
        /// Why Amazon did not take it.
        refused: Option<String>,
    },
    /// A message came to the event gateway.
    Told {
        /// This one.
        message: Value,
        /// Why Amazon did not take it.
        refused: Option<String>,
    },
    /// The customer set a slot up, or chose otherwise.
    Chosen {
        /// The slot's capability instance.
        instance: String,
        /// What they want.
        choice: Choice,
        /// At or below this it is low.
        low: Amount,
        /// What is in it.
        left: Amount,
    },
    /// The device did something.
    Did {
        /// In the slot of this capability instance.
        instance: String,
        /// What.
        #[serde(flatten)]
        deed: Deed,
        /// What is truly left after it.
        left: Amount,
    },
    /// The maker's app shows that so much is left.
    Shown {
        /// In the slot of this capability instance.
        instance: String,
        /// So much.
        left: Amount,
    },
    /// Amazon offers these products under Supply.
    Offered {
        /// For the slot of this capability instance.
        instance: String,
        /// ASINs.
        products: Vec<String>,
    },
    /// Amazon sent the mail about low supply.
    Mailed {
        /// About the slot of this capability instance.
        instance: String,
    },
    /// Amazon notified the customer instead of ordering.
    Notified {
        /// About the slot of this capability instance.
        instance: String,
    },
    /// Amazon placed an order.
    Ordered {
        /// For the slot of this capability instance.
        instance: String,
        /// By this replenishment ID.
        replenishment: String,
    },
    /// The device was taken away otherwise than by a message: the skill disabled, the registration ended.
    Removed {
        /// How, in technical words.
        how: String,
    },
    /// A person looked, and says whether a case holds.
    Answered {
        /// Which case.
        case: Case,
        /// Whether.
        holds: bool,
    },
    /// A person looked at one thing a case is about.
    Witnessed {
        /// Which case.
        case: Case,
        /// The slot of this capability instance; none for the device as a whole.
        instance: Option<String>,
        /// The one of several things to look at.
        look: Option<Look>,
        /// What they saw.
        saw: Saw,
        /// What is left as they saw it, where they said.
        left: Option<Amount>,
        /// In their words; may be empty.
        note: String,
    },
}
