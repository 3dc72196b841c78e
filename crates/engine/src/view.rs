//! View models: what the interface shows, as typed values. Every state, sentence kind and date is decided on this
//! side; the interface picks the message and the format. Types here are exported to `ui/src/host/types.ts`.
//!
//! Conventions: `at` fields are milliseconds since 1970 UTC; `Day` is a calendar day of the person's zone as
//! `YYYY-MM-DD`; amounts are whole thousandths of their unit.

mod adding;
mod app;
mod bundle;
mod care;
mod certification;
mod dash;
mod desk;
mod device;
mod direct;
mod exchange;
mod link;
mod notice;
mod orders;
mod registration;
mod reports;
mod slot;
mod support;
mod transfer;
mod usage;

pub use adding::{FoundPrinter, FoundSupply, Template, TemplateSlot};
pub use app::{AppState, Pace, Settings, Trouble, Update};
pub use bundle::BundleReady;
pub use care::{
    AmazonSays, DeviceSays, DifferenceView, FigureView, PolicyView, Reconciliation, ShelfMate, ShelfSays,
    StepView, StocktakeLine, StocktakeView, Stocktaken,
};
pub use certification::{
    CaseCount, CaseDetail, CaseRow, CaseState, CertificationView, GuidedAnswer, GuidedForm, GuidedStep,
    GuidedView, LiveView, MomentView, ReportForm, TestDevice, Verdicts,
};
pub use dash::{DashDevice, DashHeard, DashOpened, DashState, DashView, DashVisit, Place};
pub use desk::{
    CaseLine, CustomerView, DeskAct, DeskActForm, DeskActed, DeskAudit, DeskDevice, DeskDrs, DeskLinks,
    DeskNotice, DeskParked, DeskReport, DeskReports, DeskSlot, DeskState, DeskSupply, DeskTold, FindForm,
    FoundCustomer, FoundView, Grounds,
};
pub use device::{Connection, DeviceBrief, DeviceView, RemovedDevice};
pub use direct::{DirectForm, DirectSettings, DirectView, GatewayRegion};
pub use exchange::{AtCloud, CloudModel, ExchangeForm, ExchangeKeep, ExchangeStanding, Exchanged};
pub use link::{
    AccountView, AlexaBegun, AlexaEnded, AlexaView, CloudConnection, LinkBegun, LinkState, Unlinked,
};
pub use notice::{Notice, NoticeAct, NoticeDoes, NoticesView, Tray, TrayLine};
pub use orders::{
    AgainView, NextOrder, NextOrderWhy, OrderLine, OrderState, OrdersHeadline, OrdersView, ReorderLine,
    ReorderState, SlotOrders, TrackStep,
};
pub use registration::{
    ArrivedView, FieldView, FindingView, ImageView, MarketView, ModelFile, ModelLine, ModelSaved, ModelText,
    ModelView, ModelsView, RefusedView, SlotDesk,
};
pub use reports::{
    MakerSays, ReportAction, ReportCounts, ReportDay, ReportGroup, ReportLevel, ReportLine, ReportReason,
    ReportState, ReportStep, ReportStrip, ReportTold, ReportView, ReportsView, StepWhat,
};
pub use slot::{
    AwayView, Basis, LedgerLine, LedgerWhat, LowSource, Outcome, Recorded, SlotView, TrackRecord, WhatIfView,
    Why,
};
pub use support::{AccessOpen, AccessRequest, SupportView, TrailEntry};
pub use transfer::{
    BackupView, ColumnView, Dates, ExportAs, Fate, FileKind, Goes, Happened, ImportPlan, ImportView,
    Imported, Missing, NameView, Present, Refusal, RefusedRow, Restored, Role, RowView, Sent, Work, Written,
};
pub use usage::{
    Price, UsageCost, UsageCosts, UsageDevice, UsageMean, UsageSlot, UsageSpan, UsageSum, UsageView, Used,
};

use refill_domain::endpoint::{Colour, DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::Amount;
use serde::Serialize;
use ts_rs::TS;

/// A calendar day of the person's zone, `YYYY-MM-DD`.
pub type Day = String;

/// How exactly a run-out date may be said; follows the width of the band (`ui.md` section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Band of at most 2 days: "Wed 25 Nov".
    Day,
    /// At most 28 days: "about Thu 3 Dec", with between.
    About,
    /// At most 60 days: "early / mid- / late January", with between.
    PartOfMonth,
    /// At most 120 days: "in March".
    Month,
    /// Wider or open: "Not before May", month of `earliest`.
    NotBefore,
}

/// When something ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct When {
    /// How exactly to say it.
    pub precision: Precision,
    /// Certainly enough until this day (the 10 % point).
    pub earliest: Day,
    /// The median.
    pub likely: Day,
    /// The 90 % point; absent when beyond what can be said (two years).
    pub latest: Option<Day>,
    /// Days from today to `likely`, 0 for today, negative never.
    pub days: i32,
}

/// What is asked of the person, or what happens next. One row's first and second line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Next {
    /// Empty or as good as; a spare lies on the shelf.
    ReplaceNow {
        /// Pieces on the shelf.
        spares: u32,
        /// It is empty, not only nearly.
        empty: bool,
    },
    /// Empty, and nothing on the shelf.
    EmptyNoSpare {},
    /// The device's level rose without an entry: new cartridge, partly refilled, or a glitch?
    ConfirmRise {
        /// The question itself.
        rise: Rise,
    },
    /// Order by a day; `by` is absent when it is low and no date can be said.
    OrderBy {
        /// The last day, by the slot's rule.
        by: Option<Day>,
        /// The day has passed: "Order now".
        now: bool,
        /// When it ends.
        runs_out: Option<When>,
        /// Amazon reordered it by itself, and that was stopped.
        paused: bool,
    },
    /// An order arrives.
    OrderArrives {
        /// When.
        due: Day,
        /// Days to spare before the likely end; negative = so many too late; absent where no end can be said.
        spare: Option<i32>,
        /// It comes too late.
        late: bool,
        /// It is shipped; if not, the day is what Amazon expects.
        shipped: bool,
    },
    /// Its day was reached, and it did not come.
    OrderOverdue {
        /// The day.
        due: Day,
    },
    /// An order was placed; no date is known.
    OrderPlaced {
        /// When.
        at: Day,
    },
    /// Asked for, not confirmed.
    OrderRequested {
        /// When.
        at: Day,
    },
    /// Low, and Amazon reorders it.
    AmazonReorders {},
    /// Dated, nothing to do.
    Runs {
        /// When it ends.
        when: When,
    },
    /// Too little history to say a date.
    Learning {
        /// Uses, changes of level or replacements seen.
        seen: u32,
        /// How many more are wanted.
        more: u32,
        /// Days of history still wanted when the count is reached, else 0.
        more_days: u32,
    },
    /// There is history, but no use for two months.
    Unused {
        /// Day of the last use.
        last: Option<Day>,
    },
    /// The device does not say a number.
    LevelUnknown {
        /// It says "some left".
        some_left: bool,
    },
    /// Nobody has counted it yet.
    NotCounted {},
}

/// Where a row stands on the Supplies screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Asks for something.
    NeedsYou,
    /// An order is coming.
    OnItsWay,
    /// Ends within the lane of 42 days.
    SixWeeks,
    /// Ends later.
    Later,
    /// No date.
    NotKnown,
}

/// Which verb its end takes (`ui.md` section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Percentage, volume, weight, count.
    RunsOut,
    /// Durations: filters, brushes.
    WornOut,
    /// Batteries.
    Empty,
    /// Waste containers.
    Full,
}

/// How a mark is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Texture {
    /// Percentage, volume, weight.
    Solid,
    /// Counted pieces.
    Segments,
    /// Hours of life.
    Lines,
}

/// The upright supply mark (`ui.md` section 3).
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Mark {
    /// 0 to 1, or none when the level is unknown.
    pub fill: Option<f64>,
    /// How it is measured.
    pub texture: Texture,
    /// Number of segments, 1 to 12.
    pub segments: u32,
    /// The supply's own colours; empty = neutral.
    pub colours: Vec<Colour>,
    /// Height of the notch, 0 to 1.
    pub low: Option<f64>,
    /// At or below the low mark.
    pub low_reached: bool,
    /// No reading for 48 hours from a device that reports: dashed outline.
    pub stale: bool,
    /// The device says "some left".
    pub some_left: bool,
}

/// The lane of 42 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Lane {
    /// Days from today; `latest` absent = open at the right.
    Dated {
        /// Certainly enough until then.
        earliest: i32,
        /// The tick.
        likely: i32,
        /// End of the open bar.
        latest: Option<i32>,
    },
    /// Beyond the lane: line plus the month of `likely`.
    Beyond {
        /// First day of that month.
        month: Day,
    },
    /// No forecast: dotted.
    Unknown {},
}

/// A rise of the level that nobody recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Rise {
    /// The reading that showed it; answers name it.
    pub entry: EntryId,
    /// When.
    #[ts(type = "number")]
    pub at: i64,
    /// Level before.
    pub from: Amount,
    /// Level after.
    pub to: Amount,
    /// What the person answered last time for this slot, to be preselected.
    pub last_answer: Option<RiseAnswer>,
}

/// What a rise was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RiseAnswer {
    /// A new cartridge.
    New,
    /// The old one, partly refilled.
    PartlyRefilled,
    /// A reading that was wrong.
    Glitch,
}

/// One supply as a row.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SupplyRow {
    /// The slot.
    pub slot: SlotId,
    /// Its device.
    pub device: EndpointId,
    /// Its name.
    pub name: String,
    /// The device's name.
    pub device_name: String,
    /// The device's kind.
    pub device_kind: DeviceKind,
    /// What the supply is, for its noun.
    pub supply: SupplyKind,
    /// How it is measured.
    pub sensor: SensorKind,
    /// Where it stands.
    pub section: Section,
    /// What happens next.
    pub next: Next,
    /// The verb of its end.
    pub verb: Verb,
    /// The mark.
    pub mark: Mark,
    /// What is left (device and shelf together for pooled stock); absent = unknown.
    pub left: Option<Amount>,
    /// What a full one holds, where that is worth a line ("of 1.5 l").
    pub of: Option<Amount>,
    /// `left` is a guess carried on from the last count at the usual pace.
    pub estimated: bool,
    /// Spares on the shelf, in pieces; absent for pooled stock.
    pub spares: Option<u32>,
    /// Stock is one pool: buying adds to what is left, nothing is "replaced".
    pub pooled: bool,
    /// Whole days without a reading, from 2 on.
    pub silent_days: Option<u32>,
    /// The lane.
    pub lane: Lane,
    /// Days until an order arrives.
    pub arrives: Option<i32>,
    /// The row's one action.
    pub action: Option<RowAction>,
    /// Kept out of "Needs you" until replaced, or for good.
    pub muted: bool,
    /// It is for good.
    pub muted_always: bool,
    /// Kept out of "Needs you" until this day.
    pub snoozed_until: Option<Day>,
    /// Its device has a link to Dash settings.
    pub dash: bool,
    /// What takes from the same shelf: devices by their names, supplies of the same device by theirs.
    pub shared_with: Vec<String>,
}

/// The one action of a row that needs the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RowAction {
    /// "I replaced it".
    Replaced,
    /// "I bought more".
    Bought,
    /// "What happened?"
    AnswerRise,
}

/// The sentence at the top of Supplies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Headline {
    /// "Two supplies need you".
    NeedYou {
        /// How many.
        count: u32,
    },
    /// "All of it lasts until mid-January".
    LastsUntil {
        /// The earliest end.
        when: When,
    },
    /// "Nothing needs you this week".
    NothingThisWeek {},
    /// "Still learning".
    Learning {},
    /// "Nothing to watch yet".
    Empty {},
}

/// The Supplies screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SuppliesView {
    /// Now.
    #[ts(type = "number")]
    pub at: i64,
    /// Today.
    pub today: Day,
    /// Hour of the person's day, 0 to 23.
    pub hour: u32,
    /// The sentence.
    pub headline: Headline,
    /// At most two slots, most urgent first, for the second line.
    pub named: Vec<SlotId>,
    /// All rows in the order of the screen.
    pub rows: Vec<SupplyRow>,
    /// Devices in the order of the sidebar.
    pub devices: Vec<DeviceBrief>,
    /// First day of each week inside the lane, as days from today.
    pub weeks: Vec<LaneWeek>,
    /// The foot of the sidebar.
    pub sync: Sync,
    /// The sample household is open.
    pub sample: bool,
    /// Orders that are under way, or about which something is asked.
    pub open_orders: u32,
}

/// A hairline of the lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LaneWeek {
    /// Days from today.
    pub offset: i32,
    /// The day.
    pub day: Day,
}

/// The foot of the sidebar. Without a linked account everything is kept on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Sync {
    /// An account is linked.
    pub linked: bool,
    /// The latest reading of any device.
    #[ts(type = "number | null")]
    pub last_reading: Option<i64>,
    /// Devices that are read over the network.
    pub read: u32,
    /// Those of them that did not answer at the last try.
    pub silent: u32,
}
