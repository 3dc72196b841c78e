//! Reports: what left or is to leave this computer, each with what it says, where it stands, and what a person can do.

use super::Day;
use refill_domain::endpoint::SupplyKind;
use refill_domain::ids::SlotId;
use refill_domain::measure::Amount;
use serde::Serialize;
use ts_rs::TS;

/// The Reports screen.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ReportsView {
    /// The days, the newest first.
    pub days: Vec<ReportDay>,
    /// How many there are.
    pub counts: ReportCounts,
    /// What the maker's cloud says of its messages to Alexa.
    pub maker: MakerSays,
    /// There are older ones, which are not shown.
    pub more: bool,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ReportDay {
    /// Which.
    pub day: Day,
    /// Its reports, the newest first.
    pub lines: Vec<ReportLine>,
}

/// How many reports there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct ReportCounts {
    /// That wait for something that comes by itself.
    pub waiting: u32,
    /// That a person has to look at.
    pub parked: u32,
    /// Of those, messages to Alexa, the maker's cloud's and this computer's own.
    pub parked_there: u32,
    /// That arrived today.
    pub delivered_today: u32,
}

/// What the maker's cloud says of its messages to Alexa.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum MakerSays {
    /// No account is linked.
    Unlinked {},
    /// Its messages are in the list.
    Known {
        /// The cloud's address, for people.
        server: String,
        /// It may tell Alexa of this account.
        alexa: bool,
        /// Why it sends nothing until a person did something.
        stopped: Option<ReportReason>,
    },
    /// It can't be asked now; only what this computer sent is in the list.
    Unreachable {
        /// The cloud's address, for people.
        server: String,
        /// Why, for the details.
        detail: String,
    },
}

/// One report.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ReportLine {
    /// Names it in the other commands.
    pub key: String,
    /// When it was so, by the device's clock.
    #[ts(type = "number")]
    pub at: i64,
    /// What it says.
    pub told: ReportTold,
    /// The device's name, if it is one and is known here.
    pub device: Option<String>,
    /// The kind of message, as the one who gets it calls it.
    pub message: String,
    /// Where it stands.
    pub state: ReportState,
    /// Which filter shows it.
    pub group: ReportGroup,
}

/// A filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReportGroup {
    /// Nothing more happens.
    Done,
    /// Something happens by itself.
    Waiting,
    /// A person has to look.
    Parked,
}

/// A level that was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReportLevel {
    /// The supply's name.
    pub name: String,
    /// What is left; absent: the device did not say a number.
    pub amount: Option<Amount>,
    /// What it is.
    pub supply: Option<SupplyKind>,
}

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ReportTold {
    /// What is left.
    Levels {
        /// In which supplies.
        levels: Vec<ReportLevel>,
        /// Nothing changed: the daily report.
        daily: bool,
    },
    /// Whether a device can be reached.
    Health {
        /// It can.
        reachable: bool,
    },
    /// What the devices are.
    Described {
        /// Their names, where they are known here.
        devices: Vec<String>,
    },
    /// Devices that are gone.
    Removed {
        /// How many.
        count: u32,
    },
    /// So much was used.
    Used {
        /// The supply's name.
        name: String,
        /// How much.
        amount: Amount,
        /// What it is.
        supply: Option<SupplyKind>,
    },
    /// A part was replaced.
    Replaced {
        /// The supply's name.
        name: String,
    },
    /// Packs were bought.
    Bought {
        /// The supply's name.
        name: String,
        /// How many.
        packs: u32,
    },
    /// An order arrived.
    Received {
        /// The supply's name.
        name: String,
        /// How many packs.
        packs: u32,
    },
    /// Somebody counted.
    Counted {
        /// The supply's name.
        name: String,
    },
    /// An entry was undone, or an undone one brought back.
    Undone {
        /// The supply's name.
        name: String,
    },
}

/// Where a report stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ReportState {
    /// It goes next.
    Queued {},
    /// It is under way.
    Sending {},
    /// It is tried again.
    Waiting {
        /// Not before.
        #[ts(type = "number")]
        until: i64,
    },
    /// Amazon has it.
    Delivered {
        /// Since.
        #[ts(type = "number")]
        at: i64,
    },
    /// The maker's cloud has it.
    WithMaker {
        /// Since.
        #[ts(type = "number")]
        at: i64,
    },
    /// A person has to look.
    Parked {
        /// Why.
        reason: ReportReason,
    },
    /// A newer one says it better.
    Superseded {
        /// When the newer one was sampled, if it is known.
        #[ts(type = "number | null")]
        by: Option<i64>,
    },
    /// A person put it away.
    Discarded {
        /// When.
        #[ts(type = "number")]
        at: i64,
    },
}

/// Why a report waits for a person; the interface has one text for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReportReason {
    /// Amazon found the message invalid.
    Invalid,
    /// It is larger than Amazon takes.
    TooLarge,
    /// The device was removed before.
    DeviceGone,
    /// Amazon no longer accepts the link.
    LinkLost,
    /// The customer turned the skill off.
    SkillDisabled,
    /// The skill is not enabled in this region.
    NotEnabledHere,
    /// The skill may not send events.
    NotPermitted,
    /// The token is of another skill or stage.
    OtherSkill,
    /// What answers is not the event gateway.
    WrongAddress,
    /// The maker's cloud found the entry can't be.
    EntryRefused,
    /// The maker's cloud knows its id for something else.
    EntryConflict,
}

/// One report with all that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ReportView {
    /// As in the list.
    pub line: ReportLine,
    /// What happened, the oldest first.
    pub steps: Vec<ReportStep>,
    /// Attempts begun; more than there are steps of them when only the latest are remembered.
    pub attempts: u32,
    /// Attempts of which nobody knows whether they arrived, of a report that would count twice.
    pub doubtful: u32,
    /// The very message, as JSON, without its token.
    pub message: String,
    /// Why, in the words of who refused it.
    pub detail: Option<String>,
    /// The one useful thing to do.
    pub action: ReportAction,
    /// It can be put away.
    pub discardable: bool,
    /// How reporting of its supply goes.
    pub strip: Option<ReportStrip>,
}

/// The one useful thing to do about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReportAction {
    /// Nothing.
    None,
    /// Try the cloud now.
    SendNow,
    /// Send it again.
    SendAgain,
    /// Link Alexa, or the account, again.
    LinkAgain,
}

/// Something that happened to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReportStep {
    /// When.
    #[ts(type = "number")]
    pub at: i64,
    /// What.
    pub what: StepWhat,
}

/// What happened to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum StepWhat {
    /// It was recorded, or queued.
    Queued {},
    /// The maker's cloud took it.
    Accepted {
        /// The cloud's address, for people.
        server: String,
    },
    /// The maker's cloud did not.
    Refused {
        /// The cloud's address, for people.
        server: String,
    },
    /// Amazon answered.
    Answered {
        /// HTTP status.
        status: u16,
        /// Amazon's code.
        code: Option<String>,
    },
    /// No connection: nothing was sent.
    NotSent {},
    /// Sent, and no answer came.
    Lost {},
    /// It is tried again then.
    NextTry {},
    /// It was put away.
    Discarded {},
}

/// How reporting of one supply goes, of the reports in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReportStrip {
    /// Which.
    pub slot: SlotId,
    /// Its name.
    pub name: String,
    /// Reports that left.
    pub sent: u32,
    /// That were taken.
    pub accepted: u32,
    /// That were not.
    pub refused: u32,
    /// When the next daily report is due, if a level is reported.
    #[ts(type = "number | null")]
    pub due: Option<i64>,
}
