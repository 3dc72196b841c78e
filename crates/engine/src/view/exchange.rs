//! A dossier here beside the one the maker's cloud keeps.

use super::{ModelView, RefusedView};
use refill_domain::registration::Difference;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A model of the cloud's catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CloudModel {
    /// Its id there.
    pub id: String,
    /// Its name there.
    pub name: String,
}

/// How the two stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeStanding {
    /// The cloud has none.
    Absent,
    /// They are the same.
    Same,
    /// Only this one changed since they were the same.
    Mine,
    /// Only the cloud's did.
    Theirs,
    /// Both did, or nobody knows.
    Both,
}

/// A dossier here beside the cloud's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AtCloud {
    /// The cloud's address.
    pub server: String,
    /// The model there.
    pub at: String,
    /// How the two stand to each other.
    pub standing: ExchangeStanding,
    /// Where they differ.
    pub differs: Vec<Difference>,
    /// What of this one the console no longer takes, so that the cloud refuses it.
    pub refused: Vec<RefusedView>,
    /// Names what the cloud has, for whoever writes over it.
    pub seen: String,
}

/// Which of the two both are to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeKeep {
    /// This one.
    Mine,
    /// The cloud's.
    Theirs,
}

/// A choice between a dossier here and the cloud's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ExchangeForm {
    /// The model here.
    pub model: String,
    /// The model there.
    pub at: String,
    /// Which.
    pub keep: ExchangeKeep,
    /// What was looked at.
    pub seen: String,
}

/// What came of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Exchanged {
    /// Both are the same now.
    Done {
        /// The model as it is here.
        view: ModelView,
        /// How the two stand.
        now: AtCloud,
    },
    /// The cloud's changed since it was looked at; nothing was done.
    Changed {
        /// How the two stand.
        now: AtCloud,
    },
    /// The cloud did not take it; nothing changed there or here.
    Refused {
        /// Why, in its words.
        why: String,
    },
}
