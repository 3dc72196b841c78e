//! Devices as Alexa discovers them (protocols 2.2, 2.3, 2.5 to 2.7): one endpoint object each, one capability per
//! inventory sensor, `Alexa.EndpointHealth` and `Alexa` itself. A device of this type is fit to be sent: names are
//! clean and within limits, sensors can be measured as their interface demands, instances are unique.

use super::ids::{ApplianceId, ReplenishmentId};
use super::measurement::Measured;
use super::{CAPABILITIES_MAX, PAYLOAD_VERSION};
use crate::endpoint::{SensorKind, Slot};
use crate::ids::Instance;
use crate::locale::Locale;
use crate::measure::{Amount, Measurement, Unit};
use chrono::{DateTime, Utc};
use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Deserialize, Serialize, Serializer};

/// Characters of a name or description (protocols 2.2; the newest docs allow twice that for names).
const NAME_MAX: usize = 128;

/// Characters of an additional attribute (protocols 2.2).
const ATTRIBUTE_MAX: usize = 256;

/// `text` as one clean line of at most `max` characters: control and direction-changing characters are gone, white
/// space is single.
pub fn plain_text(text: &str, max: usize) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| is_seen(*c));
    let line: String = spaced.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(max).collect::<String>().trim_end().to_owned()
}

/// Whether a character shows: no control and no direction-changing one.
pub fn is_seen(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A device's name as people say it: letters and digits of any script and single spaces, 1 to 128 characters, no
/// punctuation (the narrower of the two documented rules).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct FriendlyName(String);

impl FriendlyName {
    /// The nearest name that is allowed: what is neither letter nor digit separates words, an
    /// apostrophe joins them. `Device`, if nothing is left.
    pub fn of(text: &str) -> Self {
        let joined = text.chars().filter(|c| !matches!(c, '\'' | '’'));
        let spaced: String = joined.map(|c| if spoken(c) { c } else { ' ' }).collect();
        let name = plain_text(&spaced, NAME_MAX);
        Self(if name.is_empty() { "Device".to_owned() } else { name })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for FriendlyName {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

fn spoken(c: char) -> bool {
    // Marks that Japanese and Indic words are written with count as part of them.
    c.is_alphanumeric() || matches!(c, 'ー' | '々' | '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

/// Whether a device can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Connectivity {
    /// It answers or reports.
    Ok,
    /// It does not.
    Unreachable,
}

/// A sensor's name in one language, as shown in the Alexa app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensorName {
    /// The name.
    pub text: String,
    /// Its language.
    pub locale: Locale,
}

/// Why a slot can't be reported to Alexa.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReportable {
    /// Nothing measures it.
    #[error("nothing measures {0}: only slots with a sensor are reported")]
    NoSensor(String),
    /// Its sensor has no such measurement (protocols 2.5, 2.6).
    #[error("{instance}: a {sensor:?} sensor can't report a {measured:?}")]
    Measurement {
        /// The instance.
        instance: String,
        /// How it is measured.
        sensor: SensorKind,
        /// In what.
        measured: Measurement,
    },
    /// Two sensors of one device under one name.
    #[error("two sensors of the device are called {0}")]
    SameInstance(String),
    /// More than an endpoint may have (100, with `Alexa` and `Alexa.EndpointHealth`).
    #[error("{0} sensors are more than one device may have (98)")]
    TooMany(usize),
}

/// One inventory sensor: a slot that measures itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensor {
    /// The capability instance, the same at every customer (S0).
    pub instance: Instance,
    /// Which of the three interfaces.
    pub kind: SensorKind,
    /// The unit reports are made in.
    pub unit: Unit,
    /// Its names; without any, the instance is the name, in English.
    pub names: Vec<SensorName>,
    /// Amazon's ID of what refills it; may come later by `AddOrUpdateReport`.
    pub replenishment: Option<ReplenishmentId>,
    /// For level sensors: what is left and when that was measured, if it is known.
    pub level: Option<(Amount, DateTime<Utc>)>,
}

impl Sensor {
    /// The sensor of a slot.
    ///
    /// # Errors
    /// As [`Sensor::new`].
    pub fn of(slot: &Slot, names: &[SensorName]) -> Result<Self, NotReportable> {
        Self::new(&slot.instance, slot.sensor, slot.unit, names)
    }

    /// A sensor, measured as its interface allows: levels in count, percentage, volume or weight; usage in count,
    /// volume or weight; level-usage in durations.
    ///
    /// # Errors
    /// `NoSensor`, `Measurement`.
    pub fn new(
        instance: &Instance,
        kind: SensorKind,
        unit: Unit,
        names: &[SensorName],
    ) -> Result<Self, NotReportable> {
        if kind == SensorKind::None {
            return Err(NotReportable::NoSensor(instance.as_str().to_owned()));
        }
        if !kind.measures(unit) {
            let (instance, measured) = (instance.as_str().to_owned(), unit.measurement());
            return Err(NotReportable::Measurement { instance, sensor: kind, measured });
        }
        Ok(Self {
            instance: instance.clone(),
            kind,
            unit,
            names: names.iter().map(clean).filter(|name| !name.text.is_empty()).collect(),
            replenishment: None,
            level: None,
        })
    }

    /// The sensor's interface; slots without a sensor never become one, and would read as a level.
    pub fn interface(&self) -> &'static str {
        interface(self.kind)
    }
}

fn clean(name: &SensorName) -> SensorName {
    SensorName { text: plain_text(&name.text, NAME_MAX), locale: name.locale }
}

/// The interface that reports what a sensor of this kind measures.
pub(crate) fn interface(kind: SensorKind) -> &'static str {
    match kind {
        SensorKind::Level | SensorKind::None => "Alexa.InventoryLevelSensor",
        SensorKind::Usage => "Alexa.InventoryUsageSensor",
        SensorKind::LevelUsage => "Alexa.InventoryLevelUsageSensor",
    }
}

/// One device as Alexa is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its `endpointId`.
    pub id: ApplianceId,
    /// What people call it.
    pub name: FriendlyName,
    /// Who made it, at most 128 characters.
    pub manufacturer: String,
    /// What it is, at most 128 characters.
    pub description: String,
    /// Its model, if that is to be told.
    pub model: Option<String>,
    /// Its sensors, in the order the device has them.
    pub sensors: Vec<Sensor>,
    /// Whether it can be reached.
    pub connectivity: Connectivity,
    /// When that was last known.
    pub seen_at: DateTime<Utc>,
}

impl Device {
    /// The device with these sensors, its texts made fit.
    ///
    /// # Errors
    /// `SameInstance`, `TooMany`.
    pub fn new(
        id: ApplianceId,
        name: &str,
        manufacturer: &str,
        model: Option<&str>,
        sensors: Vec<Sensor>,
        seen_at: DateTime<Utc>,
    ) -> Result<Self, NotReportable> {
        if sensors.len() > CAPABILITIES_MAX - 2 {
            return Err(NotReportable::TooMany(sensors.len()));
        }
        for (at, sensor) in sensors.iter().enumerate() {
            if sensors.iter().take(at).any(|other| other.instance == sensor.instance) {
                return Err(NotReportable::SameInstance(sensor.instance.as_str().to_owned()));
            }
        }
        let name = FriendlyName::of(name);
        let told = |text: &str, otherwise: &str| match plain_text(text, NAME_MAX) {
            text if text.is_empty() => otherwise.to_owned(),
            text => text,
        };
        let manufacturer = told(manufacturer, "Unknown maker");
        let model = model.map(|model| plain_text(model, ATTRIBUTE_MAX)).filter(|model| !model.is_empty());
        let what = model.as_deref().unwrap_or(name.as_str());
        let description = told(&format!("{what} by {manufacturer}"), "Device");
        Ok(Self {
            id,
            name,
            manufacturer,
            description,
            model,
            sensors,
            connectivity: Connectivity::Ok,
            seen_at,
        })
    }
}

/// A replenishment ID that Amazon was told of can't become another one (S3).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the replenishment ID {told} was reported to Amazon and can't be changed any more; register a new slot instead"
)]
pub struct ReplenishmentFrozen {
    /// The one Amazon was told.
    pub told: ReplenishmentId,
}

/// Whether `new` may be the ID of a slot that has `current`, which was `reported` or not: true if it changes anything
/// and an `AddOrUpdateReport` is due, false if it is the same.
///
/// # Errors
/// [`ReplenishmentFrozen`] for another one than was reported.
pub fn assign_replenishment(
    current: Option<&ReplenishmentId>,
    reported: bool,
    new: &ReplenishmentId,
) -> Result<bool, ReplenishmentFrozen> {
    match current {
        Some(current) if current == new => Ok(false),
        Some(current) if reported => Err(ReplenishmentFrozen { told: current.clone() }),
        Some(_) | None => Ok(true),
    }
}

/// The endpoint object of a device, as `Discover.Response` and `AddOrUpdateReport` carry it.
pub(crate) struct EndpointObject<'a>(pub &'a Device);

impl Serialize for EndpointObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let device = self.0;
        let mut object = serializer.serialize_struct("endpoint", 7 + usize::from(device.model.is_some()))?;
        object.serialize_field("endpointId", &device.id)?;
        object.serialize_field("manufacturerName", &device.manufacturer)?;
        object.serialize_field("description", &device.description)?;
        object.serialize_field("friendlyName", &device.name)?;
        object.serialize_field("displayCategories", &["OTHER"])?;
        if let Some(model) = &device.model {
            object.serialize_field("additionalAttributes", &Attributes { model })?;
        }
        object.serialize_field("cookie", &Nothing {})?;
        object.serialize_field("capabilities", &Capabilities(&device.sensors))?;
        object.end()
    }
}

#[derive(Serialize)]
struct Attributes<'a> {
    model: &'a str,
}

#[derive(Serialize)]
struct Nothing {}

struct Capabilities<'a>(&'a [Sensor]);

impl Serialize for Capabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len() + 2))?;
        for sensor in self.0 {
            list.serialize_element(&Capability::of(sensor))?;
        }
        let bare = |interface, properties| Capability { interface, properties, ..Capability::bare() };
        list.serialize_element(&bare("Alexa.EndpointHealth", Some(Properties::of("connectivity"))))?;
        list.serialize_element(&bare("Alexa", None))?;
        list.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Capability<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    interface: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a Instance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<Configuration<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capability_resources: Option<Resources<'a>>,
}

impl<'a> Capability<'a> {
    fn bare() -> Self {
        Self {
            kind: "AlexaInterface",
            interface: "Alexa",
            version: PAYLOAD_VERSION,
            instance: None,
            properties: None,
            configuration: None,
            capability_resources: None,
        }
    }

    fn of(sensor: &'a Sensor) -> Self {
        // Usage and level-usage sensors have no reportable property (protocols 2.6).
        let properties = (sensor.kind == SensorKind::Level).then(|| Properties::of("level"));
        let replenishment = sensor.replenishment.as_ref();
        Self {
            interface: sensor.interface(),
            instance: Some(&sensor.instance),
            properties,
            configuration: Some(Configuration {
                measurement: Measured(sensor.unit),
                replenishment: replenishment
                    .map(|value| Replenishment { kind: "DashReplenishmentId", value }),
            }),
            capability_resources: Some(Resources { friendly_names: Names(sensor) }),
            ..Self::bare()
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    supported: [Supported; 1],
    proactively_reported: bool,
    retrievable: bool,
}

#[derive(Serialize)]
struct Supported {
    name: &'static str,
}

impl Properties {
    fn of(name: &'static str) -> Self {
        Self { supported: [Supported { name }], proactively_reported: true, retrievable: true }
    }
}

#[derive(Serialize)]
struct Configuration<'a> {
    measurement: Measured,
    #[serde(skip_serializing_if = "Option::is_none")]
    replenishment: Option<Replenishment<'a>>,
}

#[derive(Serialize)]
struct Replenishment<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    value: &'a ReplenishmentId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resources<'a> {
    friendly_names: Names<'a>,
}

struct Names<'a>(&'a Sensor);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for SensorName { text, locale } in &self.0.names {
            list.serialize_element(&Asset { kind: "text", value: Text { text, locale: *locale } })?;
        }
        if self.0.names.is_empty() {
            let text = self.0.instance.as_str();
            list.serialize_element(&Asset { kind: "text", value: Text { text, locale: Locale::EnUs } })?;
        }
        list.end()
    }
}

#[derive(Serialize)]
struct Asset<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    value: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
    locale: Locale,
}

#[cfg(test)]
mod tests;
