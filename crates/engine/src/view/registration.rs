//! The Registration screen: device models as the Dash console wants them, with everything that is to be said of them in
//! words.

use refill_domain::market::Marketplace;
use refill_domain::registration::{Decision, Dossier, Grade, Label, Preview, Stage, Step, Unknown};
use serde::Serialize;
use ts_rs::TS;

/// All models that are kept here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ModelsView {
    /// By name.
    pub models: Vec<ModelLine>,
    /// The folder they lie in.
    pub folder: String,
}

/// One model of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ModelLine {
    /// Its folder's name.
    pub model: String,
    /// Its name in the console; empty as long as it has none.
    pub name: String,
    /// Its model ID.
    pub id: String,
    /// What there is to do, in a sentence; or why its file can't be read.
    pub says: String,
    /// The gravest thing found about it; absent once nothing is.
    pub grade: Option<Grade>,
    /// How many things are wrong or missing; where nothing is, how many are awaited.
    pub count: usize,
    /// Its file can't be read; it stays as it is.
    pub unreadable: bool,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ModelView {
    /// Its folder's name.
    pub model: String,
    /// What is kept.
    pub dossier: Dossier,
    /// What there is to do, in a sentence.
    pub headline: String,
    /// What was found about it, in the console's order.
    pub findings: Vec<FindingView>,
    /// How it stands in each country.
    pub marketplaces: Vec<MarketView>,
    /// Its slots, in the order of the dossier.
    pub slots: Vec<SlotDesk>,
    /// The fields of the console, to be copied.
    pub fields: Vec<FieldView>,
    /// Its picture.
    pub image: Option<ImageView>,
    /// IDs are assigned: what was entered stands.
    pub assigned: bool,
    /// It is certified somewhere: only marketplaces are added.
    pub certified: bool,
    /// What Alexa would be told.
    pub preview: Preview,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FindingView {
    /// The member of the dossier.
    pub field: String,
    /// The step it is entered in.
    pub step: Step,
    /// The first stage it is in the way of.
    pub bars: Stage,
    /// How grave it is.
    pub grade: Grade,
    /// The country it is about, or that of its language; absent: all.
    pub marketplace: Option<Marketplace>,
    /// Where, in words.
    pub place: String,
    /// What, in words.
    pub what: String,
    /// Why Amazon asks.
    pub why: String,
}

/// A country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MarketView {
    /// Which.
    pub marketplace: Marketplace,
    /// What comes next there; absent once it is certified.
    pub next: Option<Stage>,
    /// How much is wrong, missing or awaited there.
    pub open: usize,
}

/// What follows from a slot's answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SlotDesk {
    /// Its sensor, or the question to answer next.
    pub decision: Decision,
    /// Why that sensor, in words.
    pub reason: Option<String>,
    /// When its ID was asked for and is due, in words.
    pub request: Option<String>,
    /// The ID stands.
    pub locked: bool,
}

/// A field of the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FieldView {
    /// What it is.
    pub label: Label,
    /// The step.
    pub step: Step,
    /// Its name with slot and language, in words.
    pub name: String,
    /// What to put there; empty: nothing is known yet.
    pub value: String,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ImageView {
    /// Its measures, in words.
    pub says: String,
    /// It as a `data:` address, if it lies there and is small enough to be shown.
    pub src: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ModelSaved {
    /// The model as it is kept now.
    pub view: ModelView,
    /// What the console no longer takes; if there is any, nothing was changed.
    pub refused: Vec<RefusedView>,
}

/// A change that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RefusedView {
    /// The member of the dossier.
    pub field: String,
    /// Why, in words.
    pub why: String,
}

/// What a message about devices holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ArrivedView {
    /// The new models.
    pub models: Vec<String>,
    /// What the message can't say, in words.
    pub unknown: Vec<String>,
    /// What of it could not be taken, and which of Alexa's rules it breaks, in words.
    pub notes: Vec<String>,
    /// The same of what is unknown, for whoever acts on it.
    pub missing: Vec<Unknown>,
}

/// A file that is made of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModelFile {
    /// The dossier.
    Json,
    /// A page for print.
    Html,
    /// What Alexa would be told.
    Discovery,
    /// A letter to the Dash programme.
    Letter,
}

/// The content of a file to be saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ModelText {
    /// A name for it.
    pub name: String,
    /// What it says.
    pub text: String,
}
