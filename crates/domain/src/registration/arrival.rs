//! A dossier begun from what a skill already tells Alexa: a `Discover.Response` or an `AddOrUpdateReport`, of whoever's
//! making. Taken is what the message says; what it can't say is named as unknown, what it says in a form we don't know is
//! told. A token in it is passed over, and the names customers gave their devices are not taken.

use super::validate::{Broken, Inventory, measurement, validate};
use super::{Answers, Dossier, DossierKind, DossierSlot, SHOWN_MAX, SLOTS_MAX, is_model_id};
use crate::alexa::{ENDPOINTS_MAX, ReplenishmentId, plain_text};
use crate::endpoint::SensorKind;
use crate::ids::Instance;
use crate::locale::Locale;
use crate::measure::{Measurement, Unit};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of a message that is read at all: four times what an `AddOrUpdateReport` may have (protocols 2.2).
pub const ARRIVAL_MAX: usize = 1024 * 1024;

/// Notes kept of one endpoint.
const NOTES_MAX: usize = 50;

/// Why a text is no message about devices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadArrival {
    /// Above [`ARRIVAL_MAX`].
    #[error("a discovery message has at most 1 MB, this file has more")]
    TooLarge,
    /// Not JSON.
    #[error("this is no JSON: {0}")]
    NotJson(String),
    /// JSON of something else.
    #[error(
        "this is no Discover.Response and no AddOrUpdateReport: event.header and event.payload.endpoints are missing"
    )]
    NotOne,
    /// No endpoint of it has an inventory sensor.
    #[error("no device in this message has an inventory sensor, so there is no slot to register")]
    NoSensors,
}

/// What no discovery message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Unknown {
    /// Skill or Connect Kit: a skill is supposed.
    Kind,
    /// The device's name in the console.
    Name,
    /// The model ID: the message has none.
    Model,
    /// The picture.
    Image,
    /// The device's names by language: the message has only what its owner calls it.
    DeviceNames,
    /// What the console calls the slots: they are numbered in the message's order.
    Identifiers,
    /// The slots' categories.
    Categories,
    /// The slots' descriptions.
    Descriptions,
    /// Where it is to be sold.
    Marketplaces,
    /// The products.
    Asins,
    /// The replenishment IDs: the message has none, or not for every slot.
    Ids,
    /// The test accounts.
    Customers,
}

impl Unknown {
    /// All of them.
    pub const ALL: &'static [Unknown] = &[
        Unknown::Kind,
        Unknown::Name,
        Unknown::Model,
        Unknown::Image,
        Unknown::DeviceNames,
        Unknown::Identifiers,
        Unknown::Categories,
        Unknown::Descriptions,
        Unknown::Marketplaces,
        Unknown::Asins,
        Unknown::Ids,
        Unknown::Customers,
    ];

    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Name => "name",
            Self::Model => "model",
            Self::Image => "image",
            Self::DeviceNames => "device_names",
            Self::Identifiers => "identifiers",
            Self::Categories => "categories",
            Self::Descriptions => "descriptions",
            Self::Marketplaces => "marketplaces",
            Self::Asins => "asins",
            Self::Ids => "ids",
            Self::Customers => "customers",
        }
    }
}

/// Something a message says that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Note {
    /// A model that is no model ID.
    Model {
        /// As it stands, cut to 80 characters.
        text: String,
    },
    /// An instance that no sensor of ours has.
    Instance {
        /// As it stands, cut to 80 characters.
        text: String,
    },
    /// A measurement that is not known, or not this sensor's.
    Measurement {
        /// The slot.
        slot: String,
    },
    /// A name in a language Dash does not take.
    Language {
        /// The slot.
        slot: String,
        /// As it stands, cut to 80 characters.
        text: String,
    },
    /// A name from Alexa's own catalogue, whose words are not in the message.
    Asset {
        /// The slot.
        slot: String,
        /// Its id, cut to 80 characters.
        text: String,
    },
    /// A replenishment ID that is none.
    Id {
        /// The slot.
        slot: String,
    },
    /// More sensors than a device may have.
    TooMany,
}

/// A device model that a message tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Arrival {
    /// What is known of it.
    pub dossier: Dossier,
    /// What the message can't say.
    pub unknown: Vec<Unknown>,
    /// What it says and could not be taken.
    pub notes: Vec<Note>,
    /// Alexa's rules that the message breaks.
    pub broken: Vec<Broken>,
}

/// The device models of a message, in its order; two devices of one model are one.
///
/// # Errors
/// [`BadArrival`].
pub fn arrivals(bytes: &[u8]) -> Result<Vec<Arrival>, BadArrival> {
    if bytes.len() > ARRIVAL_MAX {
        return Err(BadArrival::TooLarge);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let message: Value =
        serde_json::from_slice(bytes).map_err(|cause| BadArrival::NotJson(cause.to_string()))?;
    let name = message.pointer("/event/header/name").and_then(Value::as_str);
    let endpoints = message.pointer("/event/payload/endpoints").and_then(Value::as_array);
    let known = matches!(name, Some("Discover.Response" | "AddOrUpdateReport"));
    let endpoints = endpoints.filter(|_| known).ok_or(BadArrival::NotOne)?;
    let broken = validate(&message);
    let mut found: Vec<Arrival> = Vec::new();
    for (nth, endpoint) in endpoints.iter().take(ENDPOINTS_MAX).enumerate() {
        let Some(mut arrival) = of_endpoint(endpoint) else { continue };
        if found.iter().any(|other| other.dossier == arrival.dossier) {
            continue;
        }
        let own = format!("event.payload.endpoints[{nth}]");
        let about = |at: &str| at.strip_prefix(&own).is_some_and(|rest| rest.starts_with('.'));
        let all = |at: &str| !at.contains("endpoints[");
        arrival.broken = broken.iter().filter(|one| about(&one.at) || all(&one.at)).cloned().collect();
        found.push(arrival);
    }
    if found.is_empty() { Err(BadArrival::NoSensors) } else { Ok(found) }
}

fn short(text: &str) -> String {
    plain_text(text, 80)
}

fn of_endpoint(endpoint: &Value) -> Option<Arrival> {
    let capabilities = endpoint.get("capabilities")?.as_array()?;
    let inventory = |of: &&Value| {
        let interface = of.get("interface").and_then(Value::as_str).unwrap_or_default();
        Inventory::of(interface).is_some()
    };
    let sensors: Vec<&Value> = capabilities.iter().filter(inventory).take(SLOTS_MAX + 1).collect();
    if sensors.is_empty() {
        return None;
    }
    let mut notes = Vec::new();
    if sensors.len() > SLOTS_MAX {
        notes.push(Note::TooMany);
    }
    let mut slots = Vec::new();
    for (at, capability) in sensors.into_iter().take(SLOTS_MAX).enumerate() {
        slots.push(of_sensor(capability, format!("SLOT {:02}", at + 1), &mut notes));
    }
    let text = |path: &str| endpoint.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let stated = text("/additionalAttributes/model").trim();
    let model = if is_model_id(stated) { stated.to_owned() } else { String::new() };
    if model.is_empty() && !stated.is_empty() {
        notes.push(Note::Model { text: short(stated) });
    }
    let ids = slots.iter().all(|slot| !slot.replenishment.is_empty());
    let unknown = Unknown::ALL.iter().copied().filter(|of| match of {
        Unknown::Model => model.is_empty(),
        Unknown::Ids => !ids,
        _ => true,
    });
    let unknown = unknown.collect();
    let manufacturer = plain_text(text("/manufacturerName"), SHOWN_MAX);
    notes.truncate(NOTES_MAX);
    let dossier = Dossier { kind: DossierKind::Skill, model, manufacturer, slots, ..Dossier::default() };
    Some(Arrival { dossier, unknown, notes, broken: Vec::new() })
}

fn of_sensor(capability: &Value, identifier: String, notes: &mut Vec<Note>) -> DossierSlot {
    let text = |path: &str| capability.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let kind = match Inventory::of(text("/interface")) {
        Some(Inventory::Level) => SensorKind::Level,
        Some(Inventory::Usage) => SensorKind::Usage,
        Some(Inventory::LevelUsage) => SensorKind::LevelUsage,
        None => SensorKind::None,
    };
    let instance = match text("/instance").parse::<Instance>() {
        Ok(instance) => instance.as_str().to_owned(),
        Err(bad) => {
            notes.push(Note::Instance { text: short(&bad.text) });
            String::new()
        }
    };
    let measured = measurement(capability.pointer("/configuration/measurement"));
    let unit = match measured {
        (Some(Measurement::Count), _) => Some(Unit::Count),
        (Some(Measurement::Percentage), _) => Some(Unit::Percent),
        (Some(Measurement::Duration), _) => Some(Unit::Hour),
        (Some(kind), Some(unit)) => Some(unit).filter(|unit| unit.measurement() == kind),
        (Some(_), None) | (None, _) => None,
    };
    let unit = unit.filter(|unit| kind.measures(*unit));
    if unit.is_none() {
        notes.push(Note::Measurement { slot: identifier.clone() });
    }
    let id = text("/configuration/replenishment/value");
    let replenishment = match id.parse::<ReplenishmentId>() {
        Ok(id) => id.as_str().to_owned(),
        Err(_) => {
            if !id.is_empty() {
                notes.push(Note::Id { slot: identifier.clone() });
            }
            String::new()
        }
    };
    let mut slot = DossierSlot {
        identifier,
        instance,
        answers: Answers::leading_to(kind),
        unit,
        replenishment,
        ..DossierSlot::default()
    };
    let names = capability.pointer("/capabilityResources/friendlyNames").and_then(Value::as_array);
    for name in names.into_iter().flatten().take(NOTES_MAX) {
        name_of(name, &mut slot, notes);
    }
    slot
}

fn name_of(name: &Value, slot: &mut DossierSlot, notes: &mut Vec<Note>) {
    let text = |path: &str| name.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let of = || slot.identifier.clone();
    if text("/@type").eq_ignore_ascii_case("asset") {
        return notes.push(Note::Asset { slot: of(), text: short(text("/value/assetId")) });
    }
    let tag = text("/value/locale");
    // To the letter: Alexa knows more languages than Dash, and the nearest one would be a guess.
    let locale = Locale::ALL.iter().copied().find(|locale| locale.tag() == tag);
    let said = plain_text(text("/value/text"), SHOWN_MAX);
    match locale {
        Some(locale) if !said.is_empty() => {
            slot.names.entry(locale).or_insert(said);
        }
        Some(_) => {}
        None => notes.push(Note::Language { slot: of(), text: short(tag) }),
    }
}
