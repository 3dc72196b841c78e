//! What the interface sees of export, import, backup and restore.

use chrono::NaiveDate;
use refill_domain::ids::SlotId;
use refill_domain::locale::Locale;
use refill_domain::measure::Amount;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Long work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Writing an export.
    Export,
    /// Looking at what an import would do.
    Look,
    /// Importing.
    Import,
    /// Writing a backup.
    Backup,
    /// Reading a backup, and putting it in place.
    Restore,
    /// Rehearsing the certification of a device model.
    Rehearsal,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportAs {
    /// Everything, for Refill.
    Json,
    /// The ledger, for spreadsheets.
    Csv,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Written {
    /// Its name, without its folder.
    pub name: String,
    /// Entries in it.
    pub entries: u64,
    /// Its size.
    pub bytes: u64,
}

/// A backup that can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackupView {
    /// Its name, without its folder.
    pub name: String,
    /// Devices in it.
    pub devices: u64,
    /// Supplies in it.
    pub slots: u64,
    /// Entries in it.
    pub entries: u64,
    /// The newest of them, ms UTC.
    pub newest: Option<i64>,
    /// The same of the household that it would replace.
    pub present: Present,
}

/// The household that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Present {
    /// Devices in it.
    pub devices: u64,
    /// Entries in it.
    pub entries: u64,
    /// The newest of them, ms UTC.
    pub newest: Option<i64>,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Restored {
    /// Devices.
    pub devices: u64,
    /// Entries.
    pub entries: u64,
    /// Where the household that was open before is kept; absent when there was none.
    pub before: Option<String>,
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Our own export.
    Refill,
    /// A table of somebody's own.
    Table,
    /// Grocy's stock journal.
    Grocy,
    /// Homebox's list of items.
    Homebox,
    /// Home Assistant's history.
    HomeAssistant,
}

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Nothing we keep.
    None,
    /// The day, with or without the time.
    Date,
    /// The time of day alone.
    Time,
    /// The device.
    Device,
    /// The supply.
    Supply,
    /// What happened.
    What,
    /// How much.
    Amount,
    /// In which unit.
    Unit,
    /// How many packs.
    Packs,
    /// What it cost in all.
    Price,
    /// In which currency.
    Currency,
    /// Where.
    Shop,
    /// A remark.
    Note,
    /// The id of the entry, as our own export writes it.
    Id,
}

/// How dates with strokes are written; `2026-11-21` and `21.11.2026` explain themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Dates {
    /// `21/11/2026`.
    DayFirst,
    /// `11/21/2026`.
    MonthFirst,
}

/// What happened, in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// This much was left in the device.
    Level,
    /// This much was used.
    Used,
    /// This was bought.
    Bought,
    /// It was replaced.
    Replaced,
    /// This much was counted.
    Counted,
}

/// Where the rows of one name go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Goes {
    /// To a supply that is there.
    To {
        /// It.
        slot: SlotId,
    },
    /// To a new one.
    New {},
    /// Nowhere.
    Nowhere {},
}

/// Where the rows of a name go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sent {
    /// The name as the file has it, `device / supply` where it has both.
    pub name: String,
    /// Where.
    pub goes: Goes,
}

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportPlan {
    /// What each column says; empty for our own export.
    pub columns: Vec<Role>,
    /// How dates with strokes are written; absent = not known yet.
    pub dates: Option<Dates>,
    /// Whose numbers they are.
    pub numbers: Locale,
    /// What happened where no column says it.
    pub what: Option<Happened>,
    /// The day of rows without one; absent = they are refused.
    #[ts(type = "string | null")]
    pub undated: Option<NaiveDate>,
    /// Where the names go that are to go elsewhere than they would by themselves.
    pub sent: Vec<Sent>,
}

/// What still has to be said before rows can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Which column tells the day.
    Date,
    /// Which column tells the supply.
    Supply,
    /// Which column tells the amount.
    Amount,
    /// What happened.
    What,
    /// Whether the day or the month comes first.
    Dates,
}

/// Why a row is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Its characters are of another encoding than the rest of the file.
    Encoding,
    /// It has more or fewer cells than the header.
    Cells,
    /// It names no supply.
    NoSupply,
    /// It has no date.
    NoDate,
    /// Its date is none, or is written another way than the others.
    BadDate,
    /// It lies in the future, or before 1970.
    NotThen,
    /// What happened is a word we don't know.
    BadWhat,
    /// It has no amount.
    NoAmount,
    /// Its amount is no number that can be.
    BadAmount,
    /// Its unit is no unit of this supply's kind.
    BadUnit,
    /// Its packs are not a whole number above 0.
    BadPacks,
    /// Its price or currency is none.
    BadPrice,
    /// Its text is too long.
    TooLong,
    /// It has not the shape of an export's line.
    BadShape,
    /// It belongs to a device or supply that is neither here nor in the file.
    Orphan,
    /// Its place in the device is taken by another supply.
    Taken,
}

/// A row that can't be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RefusedRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// Why.
    pub why: Refusal,
    /// What stands there.
    pub text: String,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is added.
    New,
    /// It is there already.
    Known,
}

/// A row as it is understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RowView {
    /// Line in the file, from 1.
    pub line: u64,
    /// What becomes of it.
    pub fate: Fate,
    /// When, ms UTC.
    pub at: i64,
    /// The supply.
    pub supply: String,
    /// What happened: the kind's word in the ledger (`purchased`, `level_read` …).
    pub what: String,
    /// How much.
    pub amount: Option<Amount>,
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ColumnView {
    /// Its header.
    pub header: String,
    /// Its first three cells.
    pub examples: Vec<String>,
}

/// A name in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NameView {
    /// The name.
    pub name: String,
    /// Rows that carry it.
    pub rows: u64,
    /// Where they go.
    pub goes: Goes,
}

/// What an import would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ImportView {
    /// The file's name, without its folder.
    pub name: String,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Its encoding, as it is named on the web.
    pub encoding: String,
    /// What it was read by.
    pub plan: ImportPlan,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// Its names of supplies, as they stand in it first; a thousand at most.
    pub names: Vec<NameView>,
    /// What still has to be said; rows are not judged before.
    pub missing: Vec<Missing>,
    /// Whether some dates are written with strokes, so that the order of day and month matters.
    pub strokes: bool,
    /// Rows in the file, without the header and empty ones.
    pub rows: u64,
    /// Rows that would be added.
    pub new: u64,
    /// Rows that are there already.
    pub known: u64,
    /// Rows left out: of names that go nowhere, and of what we don't keep.
    pub left_out: u64,
    /// Rows refused.
    pub refused: u64,
    /// Devices that would be added.
    pub devices: u64,
    /// Supplies that would be added.
    pub slots: u64,
    /// The settings would be taken over.
    pub settings: bool,
    /// The first rows that are refused, a hundred at most.
    pub refusals: Vec<RefusedRow>,
    /// The first rows that are not, fifty at most.
    pub sample: Vec<RowView>,
    /// Which file this was: an import of another one is refused.
    pub stamp: String,
}

/// What was imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Imported {
    /// Entries added.
    pub new: u64,
    /// Rows that were there already.
    pub known: u64,
    /// Rows left out.
    pub left_out: u64,
    /// Rows refused and left out as the person wanted.
    pub refused: u64,
    /// Devices added.
    pub devices: u64,
    /// Supplies added.
    pub slots: u64,
}
