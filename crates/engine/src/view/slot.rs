//! What the Slot screen and the record dialogs show.

use super::{
    Connection, DashView, Day, Mark, PolicyView, Reconciliation, Rise, ShelfMate, SlotOrders, SupplyRow, When,
};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::{Amount, Unit};
use serde::Serialize;
use ts_rs::TS;

/// Why the next step is what it is, in figures (the why-sentence).
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// "Low since Thu 19 Nov: three readings at or below 10%."
    LowReadings {
        /// Day of the first of them.
        since: Day,
        /// How many in a row.
        readings: u32,
        /// The mark.
        mark: Amount,
    },
    /// "Low since Thu 19 Nov: counted at or below 4."
    LowCounted {
        /// Day of the count.
        since: Day,
        /// The mark.
        mark: Amount,
    },
    /// "2 of 3 low readings."
    LowCounting {
        /// So far.
        readings: u32,
        /// Needed.
        needed: u32,
        /// The mark.
        mark: Amount,
    },
    /// "680 ml left; you use 57 ml a day, so order by Thu 26 Nov to have 7 days in hand."
    DaysInHand {
        /// Left.
        left: Amount,
        /// Use a day.
        per_day: Amount,
        /// Order by.
        by: Day,
        /// The setting.
        days: u32,
    },
    /// "At 57 ml a day it may be out on Mon 30 Nov (1 in 10); a delivery takes 5 days."
    Delivery {
        /// Left.
        left: Amount,
        /// Use a day; absent where only replacements tell the pace.
        per_day: Option<Amount>,
        /// The early end at this risk.
        early: Day,
        /// Order by.
        by: Day,
        /// Days a delivery takes.
        days: u32,
        /// The risk, in percent.
        risk: u32,
    },
    /// "Auto-reorder is paused, so Refill asks a week earlier: order by Thu 26 Nov."
    Paused {
        /// Order by.
        by: Day,
        /// Days by which it asks earlier.
        days: u32,
    },
    /// "You use 57 ml a day, counted over the last 9 weeks."
    Pace {
        /// Use a day.
        per_day: Amount,
        /// Days of history looked at.
        over_days: u32,
    },
    /// "Replaced about every 45 days."
    Interval {
        /// Mean days between replacements.
        days: u32,
        /// How many replacements that is from.
        replacements: u32,
    },
}

/// What a ledger line says.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LedgerWhat {
    /// Several readings or uses in a row, folded.
    Uses {
        /// How many.
        count: u32,
        /// Day of the first.
        from: Day,
        /// The first, ms UTC; the line's `at` is the last.
        #[ts(type = "number")]
        first_at: i64,
        /// They are level readings, not uses.
        levels: bool,
    },
    /// "You bought 2 × 1.5 l".
    Bought {
        /// Packs.
        packs: u32,
        /// Content of one pack.
        content: Option<Amount>,
        /// What it cost, in thousandths of `currency`.
        #[ts(type = "number | null")]
        price_milli: Option<i64>,
        /// ISO 4217.
        currency: Option<String>,
        /// Where.
        shop: Option<String>,
        /// Which product.
        asin: Option<String>,
    },
    /// "You replaced it".
    Replaced {
        /// With the spare.
        from_shelf: bool,
    },
    /// "You corrected the amount".
    Counted {
        /// In the device.
        level: Option<Amount>,
        /// On the shelf.
        shelf: Option<Amount>,
    },
    /// An order arrived.
    Received {
        /// Packs.
        packs: u32,
    },
    /// "Refilled, not recorded by you".
    Rise {
        /// The question.
        rise: Rise,
    },
    /// "You dismissed a rise to 90%".
    Dismissed {
        /// The level that was read.
        level: Amount,
    },
    /// "Used 120 ml more than there was".
    Overshoot {
        /// How much.
        amount: Amount,
    },
}

/// One line of the ledger, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LedgerLine {
    /// The entry; absent for folded runs.
    pub entry: Option<EntryId>,
    /// When it happened.
    #[ts(type = "number")]
    pub at: i64,
    /// The same, as a day.
    pub day: Day,
    /// A time of day is known (not only a day).
    pub timed: bool,
    /// What.
    pub what: LedgerWhat,
    /// Change of what is left; absent where it makes no sense.
    pub change: Option<Amount>,
    /// What was left after it.
    pub left: Option<Amount>,
    /// It was undone: struck through, with Redo.
    pub undone: bool,
    /// It can be undone (or redone) by the person.
    pub own: bool,
    /// It replaces an entry that was amended.
    pub amended: bool,
    /// The note left with it.
    pub note: Option<String>,
    /// The stocktake it was counted in; undo may name it.
    pub stocktake: Option<EntryId>,
}

/// The Slot screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SlotView {
    /// Now.
    #[ts(type = "number")]
    pub at: i64,
    /// Today.
    pub today: Day,
    /// The row.
    pub row: SupplyRow,
    /// Settings of its device at Amazon's Dash.
    pub dash: DashView,
    /// Why.
    pub why: Option<Why>,
    /// In the device alone.
    pub level: Option<Amount>,
    /// On the shelf: pieces, or content for pooled stock.
    pub shelf: Amount,
    /// One pack: pieces or content.
    pub pack: Amount,
    /// What a full one holds.
    pub capacity: Option<Amount>,
    /// Mean use a day.
    pub per_day: Option<Amount>,
    /// What the rate, and so the date, was made of.
    pub basis: Option<Basis>,
    /// How good the dates of this supply were.
    pub record: Option<TrackRecord>,
    /// The low mark in force.
    pub low_mark: Option<Amount>,
    /// Who set the low mark.
    pub low_source: LowSource,
    /// Last reading or count.
    #[ts(type = "number | null")]
    pub measured_at: Option<i64>,
    /// The unit of the slot.
    pub unit: Unit,
    /// Units a form may offer, first the usual one.
    pub units: Vec<Unit>,
    /// Distinct packs bought before, newest first.
    pub recent_packs: Vec<Amount>,
    /// Used more than there was, in all.
    pub overshoot: Option<Amount>,
    /// Ledger lines, newest first.
    pub ledger: Vec<LedgerLine>,
    /// There are older lines.
    pub more: bool,
    /// Previous and next slot in list order.
    pub previous: Option<SlotId>,
    /// Next in list order.
    pub following: Option<SlotId>,
    /// Address of the device on the network, if it is read there.
    pub connection: Connection,
    /// When it asks to be ordered.
    pub policy: PolicyView,
    /// Readings in a row at or below the low mark.
    pub low_readings: u32,
    /// How many make it low.
    pub low_needed: u32,
    /// Other slots on the same shelf.
    pub shelf_mates: Vec<ShelfMate>,
    /// Slots that could take from the same shelf.
    pub shelf_candidates: Vec<ShelfMate>,
    /// Slots of the account that it may be the same as.
    pub attachable: Vec<ShelfMate>,
    /// What the device, the shelf and Amazon say.
    pub reconciliation: Reconciliation,
    /// Orders and reordering; absent where the maker's cloud has no such slot.
    pub orders: Option<SlotOrders>,
}

/// "You use 0.8 a day, counted over the last 9 weeks; two refills were left out."
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Basis {
    /// Use a day.
    pub per_day: Amount,
    /// Days of history it is from.
    pub over_days: u32,
    /// Refills and replacements within them, left out.
    pub refills: u32,
    /// Days away within them, left out.
    pub absent_days: u32,
    /// The gauge only moves in steps of so many percent.
    pub step_percent: Option<u32>,
}

/// "The last six dates were off by 3 days on average."
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct TrackRecord {
    /// Ends whose dates are compared: six at most.
    pub ends: u32,
    /// Mean days by which the dates given 7, 14 and 30 days before were off.
    pub off_days: u32,
    /// Of the last comparisons, how many fell between earliest and latest...
    pub inside: u32,
    /// ...and how many there were, twenty at most.
    pub judged: u32,
    /// The band is wider or narrower than the use alone says, because of this record.
    pub scaled: bool,
}

/// A marked absence.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct AwayView {
    /// Its id; removing names it.
    pub id: EntryId,
    /// The device alone; absent for the whole household.
    pub device: Option<EndpointId>,
    /// Its name.
    pub device_name: Option<String>,
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
}

/// What would be, if.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct WhatIfView {
    /// As things are; absent while no date can be said.
    pub before: Option<When>,
    /// As asked.
    pub after: Option<When>,
    /// Days until the likely end, as things are.
    pub days_before: Option<i32>,
    /// Days until the likely end, as asked.
    pub days_after: Option<i32>,
}

/// Where a low mark comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LowSource {
    /// The person set it.
    Own,
    /// The device states it.
    Device,
    /// A tenth of a full one.
    Usual,
    /// There is none; days in hand decide.
    None,
}

/// What a form would do, shown before it is saved.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Outcome {
    /// The mark before.
    pub before: Mark,
    /// The mark after.
    pub after: Mark,
    /// What is left before.
    pub left_before: Option<Amount>,
    /// What is left after.
    pub left_after: Option<Amount>,
    /// Spares after, for what is replaced as a whole.
    pub spares_after: Option<u32>,
    /// The date before.
    pub when_before: Option<When>,
    /// The date after.
    pub when_after: Option<When>,
    /// Day of a later reading that still counts.
    pub later_reading: Option<Day>,
    /// What the repeated effect is called on the button: the amount added or corrected to.
    pub effect: Option<Amount>,
}

/// An entry was recorded (or had been already).
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Recorded {
    /// The entry; undo names it.
    pub entry: EntryId,
    /// The slot.
    pub slot: SlotId,
    /// The effect in one amount, for "Added 1.5 l."
    pub effect: Option<Amount>,
}
