//! Reports: what goes to the event gateway of our own accord (protocols 2.4 to 2.7), in the form it is kept in until it
//! is delivered. No report holds a token; [`Report::message`] adds the scope when it is sent.

use super::describe::{Connectivity, Device};
use super::event::Message;
use super::ids::ApplianceId;
use super::{ENDPOINTS_MAX, REPORT_MAX};
use crate::endpoint::SensorKind;
use crate::ids::Instance;
use crate::measure::Amount;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Why a property changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Cause {
    /// Somebody used the app.
    AppInteraction,
    /// Somebody used the device.
    PhysicalInteraction,
    /// The daily report, or a regular look at the device.
    PeriodicPoll,
    /// A rule of the customer's.
    RuleTrigger,
    /// Somebody spoke to Alexa.
    VoiceInteraction,
}

/// A property with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "property", rename_all = "snake_case")]
pub enum Property {
    /// `level` of an `Alexa.InventoryLevelSensor`.
    Level {
        /// Which sensor.
        instance: Instance,
        /// What is left.
        amount: Amount,
        /// When it was measured.
        at: DateTime<Utc>,
        /// How old that may be, in milliseconds.
        uncertainty: u32,
    },
    /// `connectivity` of `Alexa.EndpointHealth`.
    Connectivity {
        /// Whether it can be reached.
        value: Connectivity,
        /// When that was known.
        at: DateTime<Utc>,
        /// How old that may be, in milliseconds.
        uncertainty: u32,
    },
}

/// One report as it is kept in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Report {
    /// `ChangeReport`: properties that changed, and the others of the device as they are.
    Changed {
        /// Which device.
        appliance: ApplianceId,
        /// Why.
        cause: Cause,
        /// What changed, or is reported again as the daily duty.
        properties: Vec<Property>,
        /// What did not; goes into `context`.
        unchanged: Vec<Property>,
    },
    /// `AddOrUpdateReport`: devices as they are now.
    AddedOrUpdated {
        /// Them.
        devices: Vec<Device>,
    },
    /// `DeleteReport`: devices that are gone.
    Deleted {
        /// Them.
        appliances: Vec<ApplianceId>,
    },
    /// `InventoryConsumed`: used since the last report. Relative, so never two of the same.
    Consumed {
        /// Which device.
        appliance: ApplianceId,
        /// Which sensor.
        instance: Instance,
        /// `Usage` or `LevelUsage`.
        sensor: SensorKind,
        /// How much.
        amount: Amount,
        /// When, or until when for a sum.
        at: DateTime<Utc>,
    },
    /// `InventoryReplaced`: the part in the device is a new one.
    Replaced {
        /// Which device.
        appliance: ApplianceId,
        /// Which sensor.
        instance: Instance,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Report {
    /// What kind of message it is, by Alexa's name (protocols 2.4 to 2.7).
    pub fn name(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "ChangeReport",
            Self::AddedOrUpdated { .. } => "AddOrUpdateReport",
            Self::Deleted { .. } => "DeleteReport",
            Self::Consumed { .. } => "InventoryConsumed",
            Self::Replaced { .. } => "InventoryReplaced",
        }
    }

    /// The devices it is about.
    pub fn appliances(&self) -> Vec<&ApplianceId> {
        match self {
            Self::Changed { appliance, .. }
            | Self::Consumed { appliance, .. }
            | Self::Replaced { appliance, .. } => {
                vec![appliance]
            }
            Self::AddedOrUpdated { devices } => devices.iter().map(|device| &device.id).collect(),
            Self::Deleted { appliances } => appliances.iter().collect(),
        }
    }

    /// Two halves of a report on several devices, for the gateway's answer that it is too large; none if it is on one.
    pub fn halves(&self) -> Option<(Report, Report)> {
        match self {
            Self::AddedOrUpdated { devices } if devices.len() > 1 => {
                let (one, other) = devices.split_at(devices.len() / 2);
                let half = |devices: &[Device]| Self::AddedOrUpdated { devices: devices.to_vec() };
                Some((half(one), half(other)))
            }
            Self::Deleted { appliances } if appliances.len() > 1 => {
                let (one, other) = appliances.split_at(appliances.len() / 2);
                let half = |appliances: &[ApplianceId]| Self::Deleted { appliances: appliances.to_vec() };
                Some((half(one), half(other)))
            }
            _ => None,
        }
    }
}

/// `AddOrUpdateReport`s and the devices that fit in none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SizedReports {
    /// Each at most 300 devices and 256 KB.
    pub reports: Vec<Report>,
    /// Devices that are larger than a report may be by themselves.
    pub too_large: Vec<ApplianceId>,
}

/// As few `AddOrUpdateReport`s as the limits of protocols 2.2 allow, in the order of `devices`. Room is kept for header
/// and scope.
pub fn add_or_update(devices: Vec<Device>) -> SizedReports {
    let room = REPORT_MAX - 8 * 1024;
    let mut sized = SizedReports::default();
    let (mut batch, mut bytes) = (Vec::new(), 0);
    for device in devices {
        let size = Message::endpoint_bytes(&device);
        if size > room {
            sized.too_large.push(device.id);
            continue;
        }
        if batch.len() == ENDPOINTS_MAX || bytes + size > room {
            sized.reports.push(Report::AddedOrUpdated { devices: std::mem::take(&mut batch) });
            bytes = 0;
        }
        bytes += size + 1;
        batch.push(device);
    }
    if !batch.is_empty() {
        sized.reports.push(Report::AddedOrUpdated { devices: batch });
    }
    sized
}
