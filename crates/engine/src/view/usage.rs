//! What the Use screen shows: what was used and what it cost, by week or month.

use super::Day;
use refill_domain::endpoint::{DeviceKind, SupplyKind};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::measure::{Amount, Unit};
use refill_domain::usage::By;
use serde::Serialize;
use ts_rs::TS;

/// Use over time, of all devices that were asked for.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct UsageView {
    /// Now.
    #[ts(type = "number")]
    pub at: i64,
    /// Today.
    pub today: Day,
    /// What it is summed by.
    pub by: By,
    /// The weeks or months, oldest first; the lists named `each` have one element for each of them.
    pub spans: Vec<UsageSpan>,
    /// The devices in the order of the sidebar, those without supplies left out.
    pub devices: Vec<UsageDevice>,
    /// What all of them cost.
    pub cost: UsageCosts,
}

/// A week or month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UsageSpan {
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
    /// Today lies in it, so it is not over.
    pub running: bool,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct UsageDevice {
    /// Its id.
    pub device: EndpointId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: DeviceKind,
    /// Its supplies.
    pub slots: Vec<UsageSlot>,
    /// Supplies of one sort and one kind of quantity added up, where there are several. Shares of different containers
    /// and hours of different parts are not added: their sum would mean nothing.
    pub sums: Vec<UsageSum>,
    /// What all of its supplies cost.
    pub cost: UsageCosts,
}

/// One supply.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct UsageSlot {
    /// The slot.
    pub slot: SlotId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub supply: SupplyKind,
    /// The unit of its amounts.
    pub unit: Unit,
    /// What was used in each span.
    pub each: Vec<Used>,
    /// All of them together.
    pub total: Used,
    /// The mean of the spans that are over and were observed in full, if there is one.
    pub mean: Option<UsageMean>,
}

/// Several supplies of one device, added up in the unit of the first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct UsageSum {
    /// What they are.
    pub supply: SupplyKind,
    /// Which.
    pub slots: Vec<SlotId>,
    /// What was used in each span; partly observed where one of them was.
    pub each: Vec<Used>,
    /// All of them together.
    pub total: Used,
}

/// What was used in a span.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Used {
    /// How much; absent when nobody observed any of its days.
    pub amount: Option<Amount>,
    /// How many of its days were observed.
    pub observed_days: u32,
    /// How many days it has.
    pub days: u32,
    /// It is over and all of it was observed; otherwise the amount is only what is known so far.
    pub whole: bool,
    /// What it cost, one price a currency; never added to one another.
    pub cost: Vec<Price>,
    /// The part of `amount` whose price nobody recorded.
    pub unpriced: Option<Amount>,
}

/// A mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct UsageMean {
    /// In a span.
    pub amount: Amount,
    /// Of how many spans.
    pub spans: u32,
}

/// A sum of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Price {
    /// Thousandths of the currency.
    #[ts(type = "number")]
    pub milli: i64,
    /// ISO 4217.
    pub currency: String,
}

/// Costs of several supplies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct UsageCosts {
    /// Of each span.
    pub each: Vec<UsageCost>,
    /// Of all of them.
    pub total: UsageCost,
}

/// What use cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct UsageCost {
    /// One price a currency, as far as prices are known.
    pub sums: Vec<Price>,
    /// Something was used whose price nobody recorded.
    pub incomplete: bool,
}
