//! Forms: what the interface and the command line ask the engine to do, as they were typed. Numbers come as text and
//! are read by the person's locale on this side, so that one rule judges them everywhere.

use crate::chart::Range;
use chrono::NaiveDate;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::Unit;
use refill_domain::usage::By;
use serde::Deserialize;
use ts_rs::TS;

/// A number as typed, with the unit chosen beside it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct Typed {
    /// The text of the field.
    pub text: String,
    /// The unit of the field.
    pub unit: Unit,
}

/// Something a person did to a supply. `id` is made when the dialog opens: sending it twice records it once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct RecordForm {
    /// A UUIDv7.
    pub id: EntryId,
    /// The slot.
    pub slot: SlotId,
    /// The day it happened, never in the future; absent = now.
    #[ts(type = "string | null")]
    pub on: Option<NaiveDate>,
    /// Anything to remember.
    pub note: Option<String>,
    /// The entry this one replaces (amend): it is voided in the same step.
    pub amends: Option<EntryId>,
    /// What.
    pub what: What,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// "I bought more".
    Bought {
        /// Packs, as typed; whole and above 0.
        packs: String,
        /// Content of one pack; absent = the slot's pack.
        content: Option<Typed>,
        /// Ten letters and digits.
        asin: Option<String>,
        /// Price of all of it, as typed.
        price: Option<String>,
        /// ISO 4217; absent = the region's.
        currency: Option<String>,
        /// Where.
        shop: Option<String>,
    },
    /// "I replaced it".
    Replaced {
        /// With the spare (or one not recorded).
        from_shelf: bool,
    },
    /// "Correct the amount".
    Counted {
        /// What is in the device.
        level: Option<Typed>,
        /// What lies on the shelf: pieces, or content for pooled stock.
        shelf: Option<Typed>,
    },
}

/// Adds a device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct AddDeviceForm {
    /// Made when the sheet opens.
    pub id: EndpointId,
    /// Name people give it.
    pub name: String,
    /// Its kind.
    pub kind: DeviceKind,
    /// Make and model.
    pub model: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// A printer's address: it is asked again, and its slots are what it says (those named in `slots` by instance,
    /// all when empty).
    pub address: Option<String>,
    /// Its slots.
    pub slots: Vec<SlotForm>,
}

/// A slot of a device being added.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct SlotForm {
    /// The printer's instance; absent for slots by hand.
    pub instance: Option<String>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub supply: SupplyKind,
    /// How it is measured.
    pub sensor: SensorKind,
    /// The unit it is counted in.
    pub unit: Unit,
    /// What a full one holds.
    pub capacity: Option<Typed>,
    /// One pack.
    pub pack: Option<Typed>,
    /// Low mark.
    pub low: Option<Typed>,
    /// What is in it now; absent = not counted.
    pub level: Option<Typed>,
    /// What lies on the shelf now.
    pub shelf: Option<Typed>,
}

/// Changes a slot's settings; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct SlotPatch {
    /// New name.
    pub name: Option<String>,
    /// New low mark; an empty text takes the person's own away.
    pub low: Option<Typed>,
    /// New capacity.
    pub capacity: Option<Typed>,
    /// New pack.
    pub pack: Option<Typed>,
    /// Mute until replaced.
    pub muted: Option<bool>,
}

/// What chart to draw.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
pub struct ChartForm {
    /// The slot.
    pub slot: SlotId,
    /// How much of the past.
    pub range: Range,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// Text size, 1 = 100 %.
    pub scale: f64,
}

/// Whose use to sum, and over which weeks or months.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct UsageForm {
    /// What it is summed by.
    pub by: By,
    /// A day of the first span; absent = the twelfth span before the one of `to`, that one counted.
    #[ts(type = "string | null")]
    pub from: Option<NaiveDate>,
    /// A day of the last span; absent = today.
    #[ts(type = "string | null")]
    pub to: Option<NaiveDate>,
    /// Only this device.
    pub device: Option<EndpointId>,
    /// Only this supply.
    pub slot: Option<SlotId>,
}

/// The picture of one supply's use.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
pub struct UsageChartForm {
    /// The supply.
    pub slot: SlotId,
    /// As in [`UsageForm`].
    pub by: By,
    /// As in [`UsageForm`].
    #[ts(type = "string | null")]
    pub from: Option<NaiveDate>,
    /// As in [`UsageForm`].
    #[ts(type = "string | null")]
    pub to: Option<NaiveDate>,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// Text size, 1 = 100 %.
    pub scale: f64,
}
