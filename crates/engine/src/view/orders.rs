//! Orders and automatic reordering, as Amazon told them through the maker's cloud. Every word keeps apart what was
//! asked, placed, shipped and received.

use super::{Day, Mark, When};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::measure::Amount;
use refill_domain::orders::{ChangedBy, StepKind};
use serde::Serialize;
use ts_rs::TS;

/// The Orders screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct OrdersView {
    /// Today.
    pub today: Day,
    /// An account is linked.
    pub linked: bool,
    /// The sentence.
    pub headline: OrdersHeadline,
    /// Orders that are under way, or about which something is asked; what arrives first comes first.
    pub open: Vec<OrderLine>,
    /// The others, newest first.
    pub earlier: Vec<OrderLine>,
    /// Reordering by supply, in the order of the sidebar.
    pub reorder: Vec<ReorderLine>,
}

/// The sentence at the top of Orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OrdersHeadline {
    /// Nothing is linked, so nothing is known.
    NotLinked {},
    /// There never was one.
    None {},
    /// None is open.
    NothingOpen {},
    /// "Did the detergent arrive?"
    Question {
        /// Orders that are asked about.
        count: u32,
        /// The supply of the first of them.
        name: String,
    },
    /// "One order arrives after it runs out".
    Late {
        /// How many do.
        count: u32,
        /// The supply of the first of them.
        name: String,
    },
    /// "One order arrives Monday".
    Arrives {
        /// The first day.
        day: Day,
        /// How many arrive on it.
        count: u32,
        /// The supply of the first of them.
        name: String,
        /// Days to spare; absent where no end can be said.
        spare: Option<u32>,
    },
    /// "One order is under way", none with a date.
    UnderWay {
        /// How many.
        count: u32,
        /// Of these, how many Amazon has not confirmed.
        unconfirmed: u32,
    },
}

/// One step of an order's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TrackStep {
    /// Which.
    #[ts(type = "\"asked\" | \"placed\" | \"shipped\" | \"due\" | \"arrived\" | \"cancelled\"")]
    pub kind: StepKind,
    /// When it was, or will be; absent where nobody said.
    pub day: Option<Day>,
    /// It has happened.
    pub done: bool,
    /// The day is the last one it can be on.
    pub by: bool,
}

/// How an order stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum OrderState {
    /// Asked for, not confirmed.
    Requested {
        /// Amazon may take until then.
        until: Day,
        /// That has passed without a word.
        silent: bool,
    },
    /// Placed.
    Placed {
        /// When it is expected, if Amazon said so.
        expected: Option<Day>,
        /// Nothing was heard of it for a month.
        forgotten: bool,
    },
    /// Shipped.
    OnItsWay {
        /// When it arrives.
        due: Day,
    },
    /// Its day was reached.
    Arrived {
        /// Which day.
        day: Day,
        /// What the person said; absent = nothing yet.
        came: Option<bool>,
        /// "Did it arrive?" is asked.
        question: bool,
        /// Why it could not be added to the stock by itself.
        unclear: Option<String>,
    },
    /// Cancelled.
    Cancelled {
        /// When.
        day: Day,
        /// When it may be asked for again.
        again: AgainView,
    },
}

/// When an order may be asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AgainView {
    /// From a day on.
    From {
        /// Which.
        day: Day,
    },
    /// When the supply was replaced.
    AfterReplacing {},
    /// Now; an order since, or time, has ended the pause.
    Now {},
}

/// One order.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct OrderLine {
    /// The device.
    pub device: EndpointId,
    /// Amazon's name of it; with the device it is unique.
    pub order: String,
    /// The slot, where it is one of the household's.
    pub slot: Option<SlotId>,
    /// The supply's name; Amazon's word for the slot where it is none of the household's.
    pub name: String,
    /// The device's name.
    pub device_name: String,
    /// The mark.
    pub mark: Option<Mark>,
    /// A test: nothing is charged, and nothing comes.
    pub test: bool,
    /// How much of the supply is in it; absent where that was not understood.
    pub amount: Option<Amount>,
    /// Amazon's numbers of what is in it.
    pub asins: Vec<String>,
    /// Its way: what happened and what is to come.
    pub track: Vec<TrackStep>,
    /// How it stands.
    pub state: OrderState,
    /// Days between its arrival and the likely end; negative = so many too late; absent where either is not known.
    pub spare: Option<i32>,
    /// What is left.
    pub left: Option<Amount>,
    /// When that ends.
    pub ends: Option<When>,
    /// Its last event, for the list of earlier ones.
    pub day: Option<Day>,
}

/// Whether a supply reorders by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ReorderState {
    /// It does.
    On {
        /// Since.
        since: Day,
    },
    /// It did, and was stopped.
    Paused {
        /// Since.
        since: Day,
        /// By whom.
        #[ts(type = "\"customer\" | \"unknown\" | \"deregistration\"")]
        by: ChangedBy,
    },
    /// Nothing was chosen.
    NotSetUp {},
    /// The device is not registered at Amazon any more.
    Unregistered {
        /// Since.
        since: Day,
    },
    /// Amazon does not tell the maker: it stands in the Alexa app (protocols, generations).
    Untold {},
}

/// Why the next order would come when it would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NextOrderWhy {
    /// The maker asks when so many days of use are left.
    DaysLeft {
        /// How many.
        days: u32,
    },
    /// That moment has come.
    Now {},
    /// An order was cancelled.
    Cancelled {},
    /// Two were; it waits until the supply was replaced.
    CancelledTwice {},
    /// One is under way.
    UnderWay {},
    /// The pace is not known yet.
    NoPace {},
}

/// The next order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NextOrder {
    /// When it would be placed; absent where that can't be said.
    pub day: Option<Day>,
    /// Why then.
    pub why: NextOrderWhy,
}

/// A supply's reordering.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ReorderLine {
    /// The slot.
    pub slot: SlotId,
    /// Its name.
    pub name: String,
    /// Its device.
    pub device: EndpointId,
    /// The device's name.
    pub device_name: String,
    /// The mark.
    pub mark: Mark,
    /// How it stands.
    pub state: ReorderState,
    /// How much the next order would bring; absent where that was not understood, or none would come.
    pub amount: Option<Amount>,
    /// Amazon's numbers of what it would bring.
    pub asins: Vec<String>,
    /// Days that lasts at the present pace.
    pub lasts: Option<u32>,
    /// The next order; absent where it does not reorder.
    pub next: Option<NextOrder>,
}

/// What a Slot screen shows of Amazon; only for slots that the cloud has too.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SlotOrders {
    /// Its orders: open ones first, newest first.
    pub orders: Vec<OrderLine>,
    /// Its reordering.
    pub reorder: ReorderLine,
}
