//! View models: what the interface shows, as typed values. Every state, sentence kind and date is decided on this
//! side; the interface picks the message and the format. Types here are exported to `ui/src/host/types.ts`.
//!
//! Conventions: `at` fields are milliseconds since 1970 UTC; `Day` is a calendar day of the person's zone as
//! `YYYY-MM-DD`; amounts are whole thousandths of their unit.

use refill_domain::endpoint::{Colour, DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::{Amount, Unit};
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
        /// Seven days (the setting) before `likely`.
        by: Option<Day>,
        /// The day has passed: "Order now".
        now: bool,
        /// When it ends.
        runs_out: Option<When>,
    },
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
    /// The row's one action.
    pub action: Option<RowAction>,
    /// Kept out of "Needs you" until replaced.
    pub muted: bool,
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

/// A device in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DeviceBrief {
    /// Its id.
    pub id: EndpointId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: DeviceKind,
    /// Whole days without a reading, from 2 on.
    pub silent_days: Option<u32>,
}

/// How a device is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Connection {
    /// By hand: nothing is read.
    ByHand {},
    /// Read over the network.
    Network {
        /// As the person or the search gave it.
        address: String,
        /// It answered the last time.
        answers: bool,
        /// Last answer.
        #[ts(type = "number | null")]
        last_answer: Option<i64>,
        /// What went wrong at the last try.
        trouble: Option<Trouble>,
    },
}

/// The Device screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DeviceView {
    /// Its id.
    pub id: EndpointId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: DeviceKind,
    /// Make and model.
    pub model: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// How it is reached.
    pub connection: Connection,
    /// Its slots.
    pub rows: Vec<SupplyRow>,
    /// Week lines of the lane.
    pub weeks: Vec<LaneWeek>,
}

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

/// Something went wrong that a person can act on. `code` decides what the interface does; `detail` is for the log
/// and for "Copy details".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
pub struct Trouble {
    /// What it is.
    pub code: crate::error::Code,
    /// What was tried and what to do, in plain words (English; the catalogue has one message per code).
    pub detail: String,
    /// The form field it is about.
    pub field: Option<String>,
}

/// Whether the household could be opened.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AppState {
    /// Ready.
    Ready {
        /// First run: show the welcome.
        first_run: bool,
        /// A report of an earlier crash to offer.
        crash: Option<String>,
        /// Settings in force.
        settings: Settings,
        /// Version of the program.
        version: String,
    },
    /// The file can't be opened; it is left untouched.
    Closed {
        /// Why: `database_too_new`, `database_damaged`, `database_locked` …
        trouble: Trouble,
        /// The file.
        path: String,
    },
}

/// Settings, each with its default (`Settings::default`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, TS)]
#[serde(default, rename_all = "snake_case")]
pub struct Settings {
    /// Language of the interface: `system`, `en` or `de`.
    pub language: String,
    /// Region for dates, numbers and units: `system` or one of the eight locales.
    pub locale: String,
    /// `system`, `light`, `dark`.
    pub theme: String,
    /// `comfortable`, `compact`.
    pub density: String,
    /// Text size in percent, 90 to 200.
    pub text_size: u16,
    /// Units: `region`, `metric`, `us`.
    pub units: String,
    /// Group Supplies by `urgency` or `device`.
    pub group: String,
    /// Days of use to keep in hand (Amazon's rule: 7).
    pub days_in_hand: u16,
    /// Minutes between two readings of a printer, 5 to 1440.
    pub poll_minutes: u16,
    /// Read printers at all.
    pub polling: bool,
    /// Single-key shortcuts in lists.
    pub single_keys: bool,
    /// Notifications when something comes to need the person.
    pub notifications: bool,
    /// Open Refill at login.
    pub open_at_login: bool,
    /// The welcome was passed.
    pub welcomed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "system".into(),
            locale: "system".into(),
            theme: "system".into(),
            density: "comfortable".into(),
            text_size: 100,
            units: "region".into(),
            group: "urgency".into(),
            days_in_hand: 7,
            poll_minutes: 30,
            polling: true,
            single_keys: true,
            notifications: true,
            open_at_login: false,
            welcomed: false,
        }
    }
}

/// What the engine tells everyone who listens.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Update {
    /// Supplies or devices changed: ask again for what is shown.
    Changed {},
    /// Settings changed.
    Settings {
        /// All of them.
        settings: Settings,
    },
    /// A printer answered the search (or answered anew, with its supplies).
    Found {
        /// It.
        printer: FoundPrinter,
    },
    /// The search ended; so many answered.
    SearchEnded {
        /// How many.
        count: u32,
    },
    /// Something went wrong in the background.
    Trouble {
        /// What.
        trouble: Trouble,
    },
}
