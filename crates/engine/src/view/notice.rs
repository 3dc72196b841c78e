//! Notices and the tray: texts in the person's language, for what shows them without the interface.

use super::Place;
use refill_domain::ids::SlotId;
use serde::Serialize;
use ts_rs::TS;

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Notice {
    /// What is the matter.
    pub title: String,
    /// More of it.
    pub body: String,
    /// Where a click leads.
    pub place: Place,
    /// The supply, where it is about one alone.
    pub slot: Option<SlotId>,
    /// What can be done at once, where the system shows it.
    pub acts: Vec<NoticeAct>,
}

/// What can be done from a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NoticeAct {
    /// What.
    pub does: NoticeDoes,
    /// Its name.
    pub label: String,
}

/// What can be done from a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoticeDoes {
    /// Say that more was bought.
    Bought,
    /// Be reminded tomorrow.
    Tomorrow,
    /// Look at it.
    Open,
}

/// The Settings page's part of how notices go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NoticesView {
    /// No notices until then.
    #[ts(type = "number | null")]
    pub paused_until: Option<i64>,
}

/// The tray's menu, from its top; none of it crosses to the interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tray {
    /// How it stands.
    pub head: String,
    /// Something needs the person.
    pub needs: bool,
    /// The most urgent supplies.
    pub lines: Vec<TrayLine>,
    /// Name of the list of what may have been bought.
    pub bought: String,
    /// What may have been bought, the most urgent first.
    pub supplies: Vec<TrayLine>,
    /// Opens the window.
    pub open: String,
    /// Keeps notices away until tomorrow.
    pub quiet: String,
    /// They are kept away.
    pub quiet_now: bool,
    /// Since when the cloud can't be reached, if it can't.
    pub offline: Option<String>,
    /// Ends the app.
    pub quit: String,
}

/// A supply in the tray's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayLine {
    /// Which.
    pub slot: SlotId,
    /// What it says.
    pub text: String,
}
