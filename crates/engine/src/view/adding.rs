//! What is shown while a device is added: printers that answer, and kinds with their usual slots.

use super::Mark;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::EndpointId;
use refill_domain::measure::{Amount, Unit};
use serde::Serialize;
use ts_rs::TS;

/// A printer that answered.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FoundPrinter {
    /// Stable within one search.
    pub key: String,
    /// Name to show.
    pub name: String,
    /// Make and model.
    pub model: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// Address to add it by.
    pub address: String,
    /// Host alone, to show.
    pub host: String,
    /// Its supplies; empty = answers, but reports no supply levels.
    pub supplies: Vec<FoundSupply>,
    /// Already in the household.
    pub known: Option<EndpointId>,
}

/// A supply of a found printer.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FoundSupply {
    /// Its capability instance.
    pub instance: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub supply: SupplyKind,
    /// Its mark.
    pub mark: Mark,
    /// Percent left, if it says.
    pub level: Option<Amount>,
    /// What it says instead, in its own words: `40 tenthsOfMilliliters` without a capacity, or a unit nobody knows.
    pub stated: Option<String>,
    /// It is low by its own mark.
    pub low: bool,
}

/// A kind of device to add by hand, with the slots it usually has.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Template {
    /// The kind.
    pub kind: DeviceKind,
    /// Its usual slots.
    pub slots: Vec<TemplateSlot>,
}

/// A usual slot, named in the person's language.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TemplateSlot {
    /// Its name.
    pub name: String,
    /// What it is.
    pub supply: SupplyKind,
    /// How it is measured.
    pub sensor: SensorKind,
    /// The unit.
    pub unit: Unit,
    /// What a full one holds.
    pub capacity: Option<Amount>,
    /// One pack.
    pub pack: Amount,
}
