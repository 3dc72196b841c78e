//! Support on the Account screen: who asks to see, who may, and what was looked at and done.

use refill_domain::support::Deed;
use serde::Serialize;
use ts_rs::TS;

/// What the maker's support asked to see, may see, and did.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SupportView {
    /// There is no account, or its maker has no support of this kind.
    Absent {},
    /// The maker's cloud can't be asked now.
    Away {},
    /// As the cloud says.
    Known {
        /// Requests that wait for an answer, the newest first.
        requests: Vec<AccessRequest>,
        /// Who may see now.
        open: Vec<AccessOpen>,
        /// What was looked at and done, the newest first.
        trail: Vec<TrailEntry>,
    },
}

/// Somebody asks to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AccessRequest {
    /// Its id, to answer.
    pub id: String,
    /// Who asks.
    pub who: String,
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// When it was asked.
    #[ts(type = "number")]
    pub at: i64,
    /// Most days that can be given.
    pub most_days: u32,
}

/// Somebody may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AccessOpen {
    /// Its id, to take it back.
    pub id: String,
    /// Who may.
    pub who: String,
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// Until when.
    #[ts(type = "number")]
    pub until: i64,
    /// It was taken for a legal or a safety reason, and can't be taken back from here.
    pub taken: bool,
}

/// What was done, or looked at in one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TrailEntry {
    /// When it began.
    #[ts(type = "number")]
    pub at: i64,
    /// Who.
    pub who: String,
    /// What.
    pub deed: Deed,
    /// The number of the case.
    pub case: Option<String>,
    /// Why.
    pub reason: Option<String>,
}
