//! Amazon's certification cases (protocols 7.2) and the pre-checks of S0, judged from what Amazon's side heard and did. A
//! case is judged by the registered model and a transcript alone, whoever drove it: a virtual device in a rehearsal or a
//! person with a real skill. What can't be judged says so and never passes; what fails names slot, message and rule.

mod cases;
pub mod guided;
mod heard;
mod judge;
mod orders;
mod setup;
mod slots;
mod supply;
mod transcript;
mod witness;

#[cfg(test)]
mod tests;

pub use cases::{Case, Sight, Source};
pub use heard::{describes_a_device, figures, without_tokens};
pub use judge::judge;
pub use transcript::{Choice, Deed, Happening, Moment, Saw, Transcript};

use crate::measure::Amount;
use serde::{Deserialize, Serialize};

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Which.
    pub case: Case,
    /// What came of it.
    pub verdict: Verdict,
    /// The moments it is judged by: places in [`Transcript::moments`], rising, each once.
    pub evidence: Vec<usize>,
}

/// A verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// Everything that is expected was seen.
    Passed,
    /// Something was seen that may not be, or was not seen that must be.
    Failed {
        /// What; at least one.
        reasons: Vec<Flaw>,
    },
    /// Only a person can say.
    NeedsPerson {
        /// What to look at; at least one.
        look: Vec<Look>,
    },
    /// Nothing happened that it could be judged by.
    NotRun {
        /// Why.
        why: NotRun,
    },
}

impl Verdict {
    /// Its name on the wire.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "failed",
            Self::NeedsPerson { .. } => "needs_person",
            Self::NotRun { .. } => "not_run",
        }
    }
}

/// One reason why a case failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// The slot, as the console calls it; none for the device as a whole.
    pub slot: Option<String>,
    /// The message or deed it is about: a place in [`Transcript::moments`].
    pub moment: Option<usize>,
    /// What was broken.
    pub rule: Rule,
    /// What was found, in technical words: a figure, an id, Amazon's sentence. May be empty.
    pub found: String,
    /// The figure that broke it off, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Above>,
}

/// A figure that ended a row of low ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    /// What Amazon held to be left then.
    pub left: Amount,
    /// The threshold, in the same unit.
    pub low: Amount,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident $word:literal $source:literal;)*) => {
        /// What a failed case broke.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Rule { $($(#[$doc])* $name,)* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// Its name on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Rule::$name => $word,)* }
            }

            /// Where it is from: sections of the protocol facts, or a seed.
            pub fn source(self) -> &'static str {
                match self { $(Rule::$name => $source,)* }
            }
        }
    };
}

rules! {
    /// A discovery message is not of the documented form.
    Malformed "malformed" "2.1-2.6";
    /// Amazon did not take the message.
    Refused "refused" "3.2";
    /// The device is in no discovery.
    DeviceMissing "device_missing" "7.2 case 1";
    /// A registered slot has no sensor of its instance.
    SensorMissing "sensor_missing" "2.3, 7.2";
    /// A sensor is of no registered slot.
    SensorUnknown "sensor_unknown" "2.3, 7.1";
    /// A sensor has another interface than was registered.
    OtherInterface "other_interface" "2.5, 2.6, 7.1";
    /// Another kind of quantity or unit than was registered.
    OtherMeasure "other_measure" "2.5, 2.6";
    /// A message is about a device nobody discovered.
    OtherEndpoint "other_endpoint" "2.2";
    /// A report that this sensor has not: levels come by ChangeReport, uses by InventoryConsumed.
    WrongKind "wrong_kind" "2.5, 2.6";
    /// The time of the sample lies before what the message tells.
    Stale "stale" "2.1";
    /// The time of the sample lies in the future.
    Ahead "ahead" "2.1";
    /// Nothing for more than a day.
    NoDailyReport "no_daily_report" "2.5, 2.6, S0 §2";
    /// What the device measured was not told.
    NotTold "not_told" "7.2 case 2";
    /// A use was told more than once.
    ToldTwice "told_twice" "2.6";
    /// Another figure than the device measured or the app shows.
    OtherFigure "other_figure" "7.2 case 2";
    /// Amazon never heard that it is low.
    LowNotTold "low_not_told" "7.2 case 3";
    /// It was low, and no mail came.
    NoMail "no_mail" "7.2 case 3";
    /// Fewer than three updates in a row at or below the threshold.
    FewLow "few_low" "2.6, 7.2 case 4";
    /// Three low updates, and no order.
    NoOrder "no_order" "7.2 case 4";
    /// An order before the third low update.
    EarlyOrder "early_order" "2.6, 7.2 case 4";
    /// After the replacement no message told it.
    NotReset "not_reset" "7.2 case 5";
    /// A replenishment ID other than the assigned one.
    OtherId "other_id" "7.1, 7.2 case 6";
    /// The replenishment ID of another slot.
    SwappedId "swapped_id" "7.1, 7.2 case 6";
    /// A replenishment ID that changed after it was told.
    IdChanged "id_changed" "2.4";
    /// Other products than are listed for the slot.
    OtherProducts "other_products" "7.2 case 6";
    /// It was low, and no notification came.
    NoNotice "no_notice" "7.2 case 7";
    /// An order although the customer wants notifications alone.
    OrderedAnyway "ordered_anyway" "7.2 case 7";
    /// The device was deregistered.
    Deregistered "deregistered" "7.2 case 8";
    /// A person looked and says that it is not so.
    Denied "denied" "7.2";
}

/// What only a person can look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Look {
    /// The account is on Amazon's allow list.
    AllowList,
    /// The account has a retail account with address and payment.
    RetailAccount,
    /// Test orders are cancelled within 24 hours.
    CancelOrders,
    /// The products under Supply are the right ones: the model lists none.
    Products,
    /// A slot has no replenishment ID yet, so that nothing can be ordered for it.
    NoId,
}

impl Look {
    /// Every look.
    pub const ALL: &'static [Look] =
        &[Self::AllowList, Self::RetailAccount, Self::CancelOrders, Self::Products, Self::NoId];

    /// What is to be seen of the test account (protocols 7.2, prerequisites).
    pub const OF_THE_ACCOUNT: &'static [Look] = &[Self::AllowList, Self::RetailAccount, Self::CancelOrders];

    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::AllowList => "allow_list",
            Self::RetailAccount => "retail_account",
            Self::CancelOrders => "cancel_orders",
            Self::Products => "products",
            Self::NoId => "no_id",
        }
    }
}

/// Why a case could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum NotRun {
    /// Another case did not pass, without which this one says nothing.
    Needs {
        /// Which.
        case: Case,
    },
    /// The transcript has no such step.
    NothingHappened,
    /// The model has no slot that is ready to be reported.
    NoSlots,
}
