//! What the app and the maker's cloud say to each other, as the app reads it. Unknown members are ignored and unknown
//! changes skipped, so that a newer cloud does no harm; a test of the cloud holds what it writes against these shapes.
//! Entries travel as they are in the [ledger](crate::ledger).

use crate::alexa::{MessageId, Report, Told};
use crate::dash::PageType;
use crate::enablement::AlexaLink;
use crate::endpoint::{DeviceKind, SensorKind, SupplyKind};
use crate::ids::{EndpointId, EntryId, Instance, SlotId};
use crate::ledger::Entry;
use crate::market::Marketplace;
use crate::measure::{Milli, Unit};
use crate::outbox::{Delivery, GateState, State, Tried};
use serde::{Deserialize, Deserializer, Serialize};
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
    /// What the Dash console calls its model; absent where the maker has not said, or in a form this app does not know.
    #[serde(default, deserialize_with = "understood")]
    pub dash: Option<DashModel>,
}

/// A device model as the Dash console has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DashModel {
    /// The maker's vendor code.
    pub vendor: String,
    /// The model's id.
    pub model: String,
    /// Which page its settings are on.
    #[serde(default)]
    pub page: PageType,
    /// Where it is certified; countries this app does not know are left out.
    #[serde(default, deserialize_with = "known")]
    pub marketplaces: Vec<Marketplace>,
}

fn understood<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DashModel>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).ok())
}

fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Marketplace>, D::Error> {
    let all = Vec::<Value>::deserialize(from)?;
    Ok(all.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect())
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
    /// Its number within the account, if it is there.
    pub seq: Option<u64>,
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

impl Verdicts {
    /// How far the account was heard now, by one that had heard it up to `cursor` when it sent these: what got the numbers
    /// right behind is its own, and need not come back. None where the cloud gave a new entry a number that it had given
    /// before: it was set back to an older copy.
    pub fn heard(&self, cursor: u64) -> Option<u64> {
        let mut heard = cursor;
        for verdict in &self.verdicts {
            match (verdict.outcome, verdict.seq) {
                (Outcome::Stored, Some(seq)) if seq <= cursor => return None,
                (Outcome::Stored | Outcome::Duplicate, Some(seq)) if seq.checked_sub(1) == Some(heard) => {
                    heard = seq;
                }
                _ => {}
            }
        }
        Some(heard)
    }

    /// The last number that one of them has.
    pub fn last(&self) -> Option<u64> {
        self.verdicts.iter().filter_map(|verdict| verdict.seq).max()
    }
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
    /// Somebody of the maker's asked to see, may see or no longer, or did something: ask again.
    Support {},
    /// Something this app does not know, or need not.
    #[serde(other)]
    Unknown,
}

/// A message to Alexa, as its customer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its id, the same at every attempt.
    pub id: MessageId,
    /// Its place, for the next page.
    pub place: i64,
    /// What kind of message, by Alexa's name.
    pub name: String,
    /// What it said.
    pub told: Told,
    /// Where it stands.
    pub state: State,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts of which nobody knows whether they arrived.
    pub ambiguous: u32,
    /// What came of the latest attempts, the oldest first.
    pub tries: Vec<Tried>,
}

impl Sent {
    /// A message of an outbox.
    pub fn of(place: i64, report: &Report, delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.clone(),
            place,
            name: report.name().to_owned(),
            told: Told::of(report),
            state: delivery.state.clone(),
            attempts: delivery.attempts,
            ambiguous: delivery.ambiguous,
            tries: delivery.tries.clone(),
        }
    }
}

/// Messages to Alexa, the newest first (`GET /v1/reports`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SentPage {
    /// Alexa may be told of this account.
    pub linked: bool,
    /// Whether messages of the account may be sent.
    #[serde(default)]
    pub gate: Option<GateState>,
    /// The messages; kinds that this app does not know are left out.
    #[serde(deserialize_with = "those_known")]
    pub reports: Vec<Sent>,
    /// There are more: ask with the last one's place.
    pub more: bool,
}

/// One message (`GET /v1/reports/{id}`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SentWhole {
    /// It.
    #[serde(flatten)]
    pub sent: Sent,
    /// As it is sent, without its token.
    pub message: Value,
}

fn those_known<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Sent>, D::Error> {
    let all = Vec::<Value>::deserialize(from)?;
    Ok(all.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect())
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
        let device = |dash: Value| {
            let of = json!({"id": id, "model": "m", "name": "n", "kind": "other", "slots": [], "dash": dash});
            serde_json::from_value::<Device>(of).unwrap().dash
        };
        let dash = device(json!({"vendor": "V", "model": "M", "marketplaces": ["DE", "MOON", 7], "new": 1}));
        let markets = dash.as_ref().map(|dash| dash.marketplaces.as_slice());
        assert_eq!(markets, Some(&[Marketplace::De][..]));
        assert_eq!(dash.map(|dash| dash.page), Some(PageType::default()));
        for odd in [
            json!(null),
            json!("x"),
            json!({"vendor": "V"}),
            json!({"vendor": "V", "model": "M", "page": "a/b"}),
        ] {
            assert_eq!(device(odd.clone()), None, "{odd}");
        }
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

    #[test]
    fn what_got_the_next_numbers_is_heard_and_a_number_given_twice_is_found_out() {
        type Said<'a> = (&'a str, Option<u64>);
        let table: [(u64, &[Said<'_>], Option<u64>); 9] = [
            (7, &[], Some(7)),
            (7, &[("stored", Some(8)), ("stored", Some(9))], Some(9)),
            // Somebody else got 8: it is still to be heard.
            (7, &[("stored", Some(9)), ("stored", Some(10))], Some(7)),
            (
                7,
                &[("stored", Some(8)), ("refused", None), ("stored", Some(9)), ("stored", Some(12))],
                Some(9),
            ),
            (7, &[("duplicate", Some(3)), ("stored", Some(8))], Some(8)),
            (7, &[("duplicate", Some(8)), ("conflict", None), ("later", None)], Some(8)),
            (7, &[("stored", Some(8)), ("stored", Some(7))], None),
            (7, &[("stored", None)], Some(7)),
            (u64::MAX, &[("stored", Some(0))], None),
        ];
        for (cursor, said, heard) in table {
            let verdict = |(outcome, seq): &Said<'_>| json!({"id": null, "outcome": outcome, "seq": seq});
            let verdicts: Vec<Value> = said.iter().map(verdict).collect();
            let verdicts: Verdicts = serde_json::from_value(json!({ "verdicts": verdicts })).unwrap();
            assert_eq!(verdicts.heard(cursor), heard, "{cursor} {said:?}");
        }
    }

    #[test]
    fn messages_of_a_kind_that_is_not_known_are_left_out() {
        let report = Report::Deleted { appliances: vec!["a".parse().unwrap()] };
        let sent = Sent::of(3, &report, &Delivery::new("m-1".parse().unwrap()));
        let known = serde_json::to_value(&sent).unwrap();
        let mut newer = known.clone();
        newer["told"]["told"] = "sung".into();
        let page = json!({"linked": true, "gate": {"is": "open"}, "reports": [newer, known], "more": false});
        let page: SentPage = serde_json::from_value(page).unwrap();
        assert_eq!((page.reports, page.gate), (vec![sent], Some(GateState::Open)));
    }
}
