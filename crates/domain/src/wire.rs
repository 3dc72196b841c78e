//! What the app and the maker's cloud say to each other, as the app reads it. Unknown members are ignored and unknown
//! changes skipped, so that a newer cloud does no harm; a test of the cloud holds what it writes against these shapes.
//! Entries travel as they are in the [ledger](crate::ledger).

use crate::enablement::AlexaLink;
use crate::endpoint::{DeviceKind, SensorKind, SupplyKind};
use crate::ids::{EndpointId, EntryId, Instance, SlotId};
use crate::ledger::Entry;
use crate::measure::{Milli, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Whose account it is (`GET /v1/me`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The account.
    pub id: uuid::Uuid,
    /// The address its owner signs in with.
    pub email: String,
    /// Its owner's name.
    pub name: String,
}

/// A registered device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Device {
    /// Its id, new at every registration.
    pub id: EndpointId,
    /// Its model.
    pub model: String,
    /// The name its owner gave it.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Its slots.
    pub slots: Vec<DeviceSlot>,
}

/// A slot of a registered device.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeviceSlot {
    /// Its id, which entries name.
    pub id: SlotId,
    /// Its capability instance.
    pub instance: Instance,
    /// The name people read.
    pub name: String,
    /// What the supply is.
    pub supply: SupplyKind,
    /// How it is measured.
    pub sensor: SensorKind,
    /// The unit of its figures.
    pub unit: Unit,
    /// What a full one holds.
    pub capacity: Option<Milli>,
    /// What one pack adds.
    pub pack: Milli,
}

/// How everything stands, entries aside (`GET /v1/state`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Everything {
    /// The devices.
    pub devices: Vec<Device>,
    /// Orders and subscriptions, each as the feed tells it.
    pub changes: Vec<Change>,
    /// Where the feed begins.
    pub next: u64,
}

/// A numbered entry.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Numbered {
    /// Its number within the account.
    pub seq: u64,
    /// The entry.
    pub entry: Entry,
}

/// A page of entries (`GET /v1/entries`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Page {
    /// By number.
    pub entries: Vec<Numbered>,
    /// Where to go on, and where the feed begins.
    pub next: u64,
    /// There may be more.
    pub more: bool,
}

/// What became of an entry that was sent (`POST /v1/entries`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// Which.
    pub id: Option<EntryId>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, if it was refused.
    pub detail: Option<String>,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is there now.
    Stored,
    /// It was there.
    Duplicate,
    /// Its id was used for something else.
    Conflict,
    /// It can't be.
    Refused,
    /// It lies in the future by the cloud's clock: to be sent again later.
    Later,
}

/// Verdicts in the order of the entries.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Verdicts {
    /// One for each entry.
    pub verdicts: Vec<Verdict>,
}

/// A change of the account, as the feed tells it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// An entry was appended.
    Entry {
        /// The entry.
        entry: Entry,
    },
    /// A device was registered.
    DeviceRegistered {
        /// Which.
        device: EndpointId,
    },
    /// A device was taken away at the cloud. Its history here is the person's.
    DeviceRemoved {
        /// Which.
        device: EndpointId,
    },
    /// An order of the older service went a step on its way.
    Order {
        /// The device.
        device: EndpointId,
        /// Amazon's name of the order.
        order: String,
        /// How it stands, as it came.
        #[serde(flatten)]
        state: Map<String, Value>,
    },
    /// Reordering of a slot changed at the older service.
    Subscription {
        /// The device.
        device: EndpointId,
        /// The slot, by its id of the Dash console.
        slot: String,
        /// How it stands, as it came.
        #[serde(flatten)]
        state: Map<String, Value>,
    },
    /// The link to Alexa became another, or stands like this.
    Alexa {
        /// How it stands.
        #[serde(flatten)]
        link: AlexaLink,
        /// Since when, ms UTC; absent where that is not known.
        #[serde(default)]
        since: Option<i64>,
        /// Whether linking can begin from the app: in the answer that holds everything.
        #[serde(default)]
        here: Option<bool>,
    },
    /// Something this app does not know, or need not.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_newer_cloud_does_no_harm() {
        let read = |value: Value| serde_json::from_value::<Change>(value).unwrap();
        let id = "01a1ff27-14dc-7576-a5ce-a29142786fc7";
        let device: EndpointId = id.parse().unwrap();
        assert_eq!(
            read(json!({"change": "device_removed", "device": id, "new": 1})),
            Change::DeviceRemoved { device }
        );
        assert_eq!(read(json!({"change": "moon_phase", "is": "full"})), Change::Unknown);
        let order =
            read(json!({"change": "order", "device": id, "order": "o", "is": "placed", "test": false}));
        let Change::Order { state, .. } = order else { panic!("{order:?}") };
        assert_eq!(Value::from(state), json!({"is": "placed", "test": false}));
        let alexa = |value: Value| match read(value) {
            Change::Alexa { link, since, here } => (link, since, here),
            other => panic!("{other:?}"),
        };
        let region = crate::gateway::Region::FarEast;
        assert_eq!(
            alexa(json!({"change": "alexa", "is": "enabled", "region": "far_east", "since": 7})),
            (AlexaLink::Enabled { region }, Some(7), None)
        );
        assert_eq!(
            alexa(json!({"change": "alexa", "is": "asleep", "here": true})),
            (AlexaLink::Unknown, None, Some(true))
        );
    }
}
