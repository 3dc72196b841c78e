//! What the Dash console wants to know of a device model (protocols 7.1), as one document that is filled in over weeks:
//! texts stand in it as they were typed, so that a draft is never lost, and what is wrong or missing is told of the
//! whole of it at once. The same document drives discovery: what is registered is what Alexa is told.
//!
//! Only the shape is strict: an unknown or repeated member, another type or a newer version is refused whole.

mod arrival;
mod calendar;
mod change;
mod contact;
mod differ;
mod discovery;
mod document;
mod fields;
mod finding;
mod flaws;
mod gaps;
mod model_id;
mod picture;
mod sensor;
mod validate;

#[cfg(test)]
mod tests;

pub use arrival::{ARRIVAL_MAX, Arrival, BadArrival, Note, Unknown, arrivals};
pub use calendar::{Countdown, WORKING_DAYS, countdown, due};
pub use change::{Refusal, Rule, change};
pub use contact::{Letter, Topic, letter};
pub use differ::{Difference, differences};
pub use discovery::{Part, Preview, Texts, described, preview};
pub use document::{BadDossier, DOSSIER_MAX, FORMAT, VERSION, read, write};
pub use fields::{CopyField, Label, copy_fields, locales};
pub use finding::{Finding, Grade, Stage, Step, What, Why};
pub use flaws::flaws;
pub use gaps::{Standing, Verdict, gaps, judge};
pub use model_id::{generated_model_id, is_model_id};
pub use picture::{Background, DossierImage, IMAGE_MAX, ImageFormat};
pub use sensor::{Answers, Decision, Question, Reason, decide};
pub use validate::{Broken, validate};

use crate::alexa::ReplenishmentId;
use crate::endpoint::SensorKind;
use crate::locale::Locale;
use crate::market::Marketplace;
use crate::measure::Unit;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Characters of the device's name in the console (protocols 7.1).
pub const NAME_MAX: usize = 60;

/// Characters of a model ID (protocols 7.1).
pub const MODEL_MAX: usize = 64;

/// Characters of a name customers see. The console's limit is not documented; Alexa's for names is taken (protocols
/// 2.2).
pub const SHOWN_MAX: usize = 128;

/// Characters of a category, identifier, device type or customer ID; none is documented (ours).
pub const WORD_MAX: usize = 128;

/// Characters of a description of sensor and consumable; not documented (ours).
pub const DESCRIPTION_MAX: usize = 2000;

/// Test customers of a marketplace (protocols 7.1).
pub const CUSTOMERS_MAX: usize = 10;

/// Products of a slot and marketplace; not documented (ours).
pub const ASINS_MAX: usize = 200;

/// Slots of a model: an endpoint has 100 capabilities, two of which are no sensors (protocols 2.2).
pub const SLOTS_MAX: usize = 98;

/// What the console calls the first slot (protocols 7.1).
pub const FIRST_SLOT: &str = "SLOT 01";

/// One device model as the Dash console is told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Dossier {
    /// How it reaches Alexa.
    pub kind: DossierKind,
    /// Its name in the console, which customers don't see.
    #[serde(default)]
    pub name: String,
    /// Its model ID, which deep links and the older service name.
    #[serde(default)]
    pub model: String,
    /// Who makes it, as discovery says.
    #[serde(default)]
    pub manufacturer: String,
    /// What is known of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<DossierImage>,
    /// What customers call it, by language.
    #[serde(default, deserialize_with = "document::once")]
    pub names: BTreeMap<Locale, String>,
    /// The places for consumables, in the order of the console.
    #[serde(default)]
    pub slots: Vec<DossierSlot>,
    /// Where it is to be sold.
    #[serde(default, deserialize_with = "document::once")]
    pub marketplaces: BTreeMap<Marketplace, DossierMarket>,
}

/// How a device reaches Alexa.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DossierKind {
    /// By a smart home skill ("Alexa Skills Kit device").
    #[default]
    Skill,
    /// By a module of Amazon's ("Alexa Connect Kit device").
    ConnectKit {
        /// The `deviceType` of its ACK configuration file.
        device_type: String,
    },
}

/// One place for a consumable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DossierSlot {
    /// Its name in the console: `SLOT 01`, and further ones as they are typed.
    pub identifier: String,
    /// Its capability instance, the same in every device of the model.
    #[serde(default)]
    pub instance: String,
    /// The category chosen in the console, whose list is not published.
    #[serde(default)]
    pub category: String,
    /// What decides its sensor type.
    #[serde(default)]
    pub answers: Answers,
    /// What its figures are in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Sensor and consumable in words, for the people who assign the ID.
    #[serde(default)]
    pub description: String,
    /// What customers call it, by language.
    #[serde(default, deserialize_with = "document::once")]
    pub names: BTreeMap<Locale, String>,
    /// The products Amazon offers for it, by marketplace.
    #[serde(default, deserialize_with = "document::once")]
    pub asins: BTreeMap<Marketplace, Vec<String>>,
    /// When its replenishment ID was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub requested: Option<NaiveDate>,
    /// Its replenishment ID; empty until Amazon assigns one.
    #[serde(default)]
    pub replenishment: String,
}

impl DossierSlot {
    /// Its replenishment ID, if what stands there can be one.
    pub fn assigned(&self) -> Option<ReplenishmentId> {
        self.replenishment.parse().ok()
    }

    /// Its sensor type, once the questions decide one.
    pub fn sensor(&self) -> Option<SensorKind> {
        match decide(self.answers) {
            Decision::Sensor { kind, .. } => Some(kind),
            Decision::Ask { .. } | Decision::None => None,
        }
    }
}

/// One country it is to be sold in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DossierMarket {
    /// Customers who may test there, as the developer console's Customer Details name them.
    #[serde(default)]
    pub customers: Vec<String>,
    /// The day it was certified there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "string", optional))]
    pub certified: Option<NaiveDate>,
}

impl Dossier {
    /// A new one, with the slot the console begins with.
    pub fn new() -> Self {
        let first = DossierSlot { identifier: FIRST_SLOT.to_owned(), ..DossierSlot::default() };
        Self { slots: vec![first], ..Self::default() }
    }

    /// Whether Amazon has assigned an ID: from then on most of it stands (protocols 7.1).
    pub fn is_assigned(&self) -> bool {
        self.slots.iter().any(|slot| slot.assigned().is_some())
    }

    /// Whether it is certified anywhere: from then on only marketplaces are added (protocols 7.1).
    pub fn is_certified(&self) -> bool {
        self.marketplaces.values().any(|market| market.certified.is_some())
    }
}
