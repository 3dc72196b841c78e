//! Devices, and how they are reached.

use super::{DashView, LaneWeek, SupplyRow, Trouble};
use refill_domain::endpoint::DeviceKind;
use refill_domain::ids::EndpointId;
use serde::Serialize;
use ts_rs::TS;

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

/// A device that was removed, while its history is still kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RemovedDevice {
    /// Its id.
    pub id: EndpointId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: DeviceKind,
    /// Until when it can be brought back.
    #[ts(type = "number")]
    pub kept_until: i64,
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
    /// Its settings at Amazon's Dash.
    pub dash: DashView,
    /// Notices of it are wanted.
    pub notices: bool,
}
