//! What the screens show of how a slot is watched: the order rule, the shared shelf, the three figures, the stocktake.

use super::{Day, SupplyRow};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::measure::{Amount, Unit};
use refill_domain::reconcile::Cause;
use refill_domain::replenish::Rule;
use serde::Serialize;
use ts_rs::TS;

/// When a slot asks to be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PolicyView {
    /// The rule.
    pub rule: Rule,
    /// Its risk in percent; absent for Amazon's.
    pub risk: Option<u8>,
    /// Days a delivery takes.
    pub delivery_days: u16,
    /// They were set for this slot; else they are the household's.
    pub delivery_own: bool,
    /// Days of use in hand, for Amazon's rule.
    pub days_in_hand: u16,
    /// The day to have ordered by; absent where no end can be said.
    pub order_by: Option<Day>,
}

/// A slot that takes the same product, or could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ShelfMate {
    /// The slot.
    pub slot: SlotId,
    /// Its name.
    pub name: String,
    /// Its device's name.
    pub device_name: String,
    /// A purchase for each of the two named the same product.
    pub same_product: bool,
}

/// A stated figure with its age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FigureView {
    /// How much.
    pub amount: Amount,
    /// When it was stated, ms UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// The same as a day.
    pub day: Day,
}

/// One entry's part in a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct StepView {
    /// The entry; absent for what no entry makes.
    pub entry: Option<EntryId>,
    /// When.
    pub day: Option<Day>,
    /// What it was.
    pub cause: Cause,
    /// The level or stock that a count stated.
    pub stated: Option<Amount>,
    /// What it adds to the difference.
    pub change: Amount,
    /// The device of another slot on the same shelf on which it was recorded.
    pub device_name: Option<String>,
}

/// A difference with the entries that make it: their changes sum to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DifferenceView {
    /// How much.
    pub amount: Amount,
    /// What makes it, in the order it happened.
    pub steps: Vec<StepView>,
}

/// What the device itself says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceSays {
    /// A level.
    Level {
        /// It.
        figure: FigureView,
        /// How the ledger's figure came from it; absent when they agree.
        difference: Option<DifferenceView>,
    },
    /// It reports what it uses, not what is left.
    Uses {
        /// The last report, ms UTC.
        #[ts(type = "number | null")]
        last: Option<i64>,
    },
    /// It was heard from, without a number.
    NoNumber {
        /// When last, ms UTC.
        #[ts(type = "number")]
        last: i64,
    },
    /// It never said anything.
    Nothing {},
    /// Nothing measures it.
    Unmeasured {},
}

/// What lies on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ShelfSays {
    /// As calculated.
    pub now: Amount,
    /// As last counted.
    pub counted: Option<FigureView>,
    /// From the count (or from nothing) to now; absent when they agree.
    pub difference: Option<DifferenceView>,
}

/// What Amazon believes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AmazonSays {
    /// Nothing was reported yet.
    NotReported {},
    /// The maker's cloud reports it; what it sent stands in Reports.
    ThroughMaker {},
    /// Each use was reported: Amazon keeps a count of its own, and tells it to nobody.
    Counts {
        /// The last use that it was told, ms UTC.
        #[ts(type = "number")]
        last: i64,
    },
    /// What was reported.
    Reported {
        /// The report.
        figure: FigureView,
        /// It was told back as taken in.
        confirmed: bool,
        /// How the ledger's figure came from it; absent when they agree.
        difference: Option<DifferenceView>,
    },
}

/// Three figures side by side, with the entries that make each difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Reconciliation {
    /// What the ledger says is left, the figure all screens use.
    pub ledger: Option<FigureView>,
    /// The device.
    pub device: DeviceSays,
    /// The shelf.
    pub shelf: ShelfSays,
    /// Amazon.
    pub amazon: AmazonSays,
}

/// One line of the stocktake.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct StocktakeLine {
    /// The supply.
    pub row: SupplyRow,
    /// In the device now.
    pub level: Option<Amount>,
    /// On the shelf now: pieces, or content for pooled stock.
    pub shelf: Amount,
    /// Units a form may offer for the level, first the usual one.
    pub units: Vec<Unit>,
    /// Units a form may offer for the shelf, first the usual one.
    pub shelf_units: Vec<Unit>,
    /// The shelf was counted on an earlier line already: it is one shelf.
    pub shelf_above: bool,
}

/// All supplies, to be counted.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct StocktakeView {
    /// Today.
    pub today: Day,
    /// By device, in the order of the sidebar.
    pub lines: Vec<StocktakeLine>,
}

/// A stocktake was saved (or had been already).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Stocktaken {
    /// The step; undo names it.
    pub id: EntryId,
    /// Supplies that were counted.
    pub count: u32,
}
