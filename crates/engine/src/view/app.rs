//! The app as a whole: whether the household is open, settings, what went wrong, and what the engine tells.

use super::{FoundPrinter, Notice, Work};
use serde::Serialize;
use ts_rs::TS;

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
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum AppState {
    /// Ready.
    Ready {
        /// First run: show the welcome.
        first_run: bool,
        /// What is open is a trial: sample data, for which time passes at this pace.
        trial: Option<Pace>,
        /// A report of an earlier crash to offer.
        crash: Option<String>,
        /// Settings in force.
        settings: Settings,
        /// What the system asks for, as a language tag such as `de-AT`; settings of `system` follow it.
        system: String,
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

/// How fast time passes in a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Pace {
    /// Seconds in which a day passes.
    pub day_seconds: u32,
    /// It stands still.
    pub paused: bool,
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
    /// Where the person shops at Amazon: `region`, or one of `us`, `uk`, `de`, `fr`, `it`, `es`, `jp`.
    pub amazon_country: String,
    /// Days of use to keep in hand where Amazon's rule is chosen (7).
    pub days_in_hand: u16,
    /// Days a delivery usually takes, 0 to 90.
    pub delivery_days: u16,
    /// Minutes between two readings of a printer, 5 to 1440.
    pub poll_minutes: u16,
    /// Read printers at all.
    pub polling: bool,
    /// Single-key shortcuts in lists.
    pub single_keys: bool,
    /// Notifications when something comes to need the person.
    pub notifications: bool,
    /// When: `at_once`, or `daily` in one summary.
    pub notice_when: String,
    /// Hour of the day of that summary, 0 to 23.
    pub notice_hour: u16,
    /// No notifications at night.
    pub quiet_hours: bool,
    /// Hour the night begins, 0 to 23.
    pub quiet_from: u16,
    /// Hour it ends, 0 to 23.
    pub quiet_until: u16,
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
            amazon_country: "region".into(),
            days_in_hand: 7,
            delivery_days: 5,
            poll_minutes: 30,
            polling: true,
            single_keys: true,
            notifications: true,
            notice_when: "at_once".into(),
            notice_hour: 9,
            quiet_hours: true,
            quiet_from: 21,
            quiet_until: 8,
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
    /// The account changed: ask again for it.
    Account {},
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
    /// Long work goes on.
    Progress {
        /// Which.
        work: Work,
        /// How much is done: rows, bytes or pages.
        done: u64,
        /// Of how much, where that is known.
        total: Option<u64>,
    },
    /// Something a person is to be told of, wherever they are.
    Notice {
        /// What.
        notice: Notice,
    },
    /// Something went wrong in the background.
    Trouble {
        /// What.
        trouble: Trouble,
    },
}
