//! Whether a discovery message keeps the rules of protocols 2.1 to 2.3, 2.5 and 2.6, judged from its JSON alone, whoever
//! wrote it. Every broken rule is told with its place; a message of any shape is judged.

use crate::alexa::{ApplianceId, CAPABILITIES_MAX, ENDPOINTS_MAX, MessageId, ReplenishmentId};
use crate::measure::{Measurement, Unit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Characters of names and descriptions (protocols 2.2).
const TEXT_MAX: usize = 128;

/// A rule that a message breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Broken {
    /// Where, as `event.payload.endpoints[0].friendlyName`.
    pub at: String,
    /// Which rule, in English like the documents it is from.
    pub rule: String,
}

struct Judge {
    broken: Vec<Broken>,
}

/// Judges a `Discover.Response` or `AddOrUpdateReport`.
pub fn validate(message: &Value) -> Vec<Broken> {
    let mut judge = Judge { broken: Vec::new() };
    let header = message.pointer("/event/header");
    let text = |name: &str| header.and_then(|header| header.get(name)).and_then(Value::as_str);
    let reports = text("name") == Some("AddOrUpdateReport");
    judge.must(
        text("namespace") == Some("Alexa.Discovery"),
        "event.header.namespace",
        "is Alexa.Discovery (2.4)",
    );
    let known = reports || text("name") == Some("Discover.Response");
    judge.must(known, "event.header.name", "is Discover.Response or AddOrUpdateReport (2.4)");
    judge.must(text("payloadVersion") == Some("3"), "event.header.payloadVersion", "is \"3\" (2.1)");
    let id = text("messageId").is_some_and(|id| id.parse::<MessageId>().is_ok());
    judge.must(id, "event.header.messageId", "has 1 to 127 letters, digits or dashes (2.1)");
    let scope = message.pointer("/event/payload/scope");
    judge.must(!reports || scope.is_some(), "event.payload.scope", "is there in an AddOrUpdateReport (2.4)");
    let at = "event.payload.endpoints";
    let Some(endpoints) = message.pointer("/event/payload/endpoints").and_then(Value::as_array) else {
        judge.must(false, at, "is a list (2.2)");
        return judge.broken;
    };
    judge.must(endpoints.len() <= ENDPOINTS_MAX, at, "has at most 300 endpoints (2.2)");
    let mut seen = BTreeSet::new();
    for (nth, endpoint) in endpoints.iter().take(ENDPOINTS_MAX).enumerate() {
        let at = format!("{at}[{nth}]");
        judge.endpoint(endpoint, &at);
        let id = endpoint.get("endpointId").and_then(Value::as_str).unwrap_or_default();
        judge.must(seen.insert(id), &format!("{at}.endpointId"), "is there once (2.2)");
    }
    judge.broken
}

impl Judge {
    fn must(&mut self, holds: bool, at: &str, rule: &str) {
        if !holds {
            self.broken.push(Broken { at: at.to_owned(), rule: rule.to_owned() });
        }
    }

    fn endpoint(&mut self, endpoint: &Value, at: &str) {
        let text = |name: &str| endpoint.get(name).and_then(Value::as_str);
        let id = text("endpointId").is_some_and(|id| id.parse::<ApplianceId>().is_ok());
        self.must(id, &format!("{at}.endpointId"), "has 1 to 256 letters, digits, spaces or _-=#;:?@& (2.2)");
        for name in ["friendlyName", "manufacturerName", "description"] {
            let fits = text(name).is_some_and(|text| (1..=TEXT_MAX).contains(&text.chars().count()));
            self.must(fits, &format!("{at}.{name}"), "has 1 to 128 characters (2.2)");
        }
        let categories = endpoint.get("displayCategories").and_then(Value::as_array);
        let some = categories.is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string));
        self.must(some, &format!("{at}.displayCategories"), "names at least one category (2.2)");
        let at = format!("{at}.capabilities");
        let Some(capabilities) = endpoint.get("capabilities").and_then(Value::as_array) else {
            return self.must(false, &at, "is a list (2.2)");
        };
        self.must(capabilities.len() <= CAPABILITIES_MAX, &at, "has at most 100 capabilities (2.2)");
        let interface =
            |of: &Value| of.get("interface").and_then(Value::as_str).unwrap_or_default().to_owned();
        let has = |wanted: &str| capabilities.iter().any(|of| interface(of) == wanted);
        self.must(has("Alexa"), &at, "lists the interface Alexa (2.3)");
        self.must(has("Alexa.EndpointHealth"), &at, "lists Alexa.EndpointHealth (2.7)");
        let mut instances = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for (nth, capability) in capabilities.iter().take(CAPABILITIES_MAX).enumerate() {
            let at = format!("{at}[{nth}]");
            let is = capability.get("type").and_then(Value::as_str) == Some("AlexaInterface");
            self.must(is, &format!("{at}.type"), "is AlexaInterface (2.3)");
            if let Some(sensor) = Inventory::of(&interface(capability)) {
                self.sensor(sensor, capability, &at);
                let instance = capability.get("instance").and_then(Value::as_str).unwrap_or_default();
                self.must(instances.insert(instance), &format!("{at}.instance"), "is there once (2.3)");
                let id = capability.pointer("/configuration/replenishment/value").and_then(Value::as_str);
                let once = id.is_none_or(|id| ids.insert(id));
                self.must(
                    once,
                    &format!("{at}.configuration.replenishment"),
                    "is another one for each sensor (S3)",
                );
            }
        }
    }

    fn sensor(&mut self, sensor: Inventory, capability: &Value, at: &str) {
        let version = capability.get("version").and_then(Value::as_str) == Some("3");
        self.must(version, &format!("{at}.version"), "is \"3\" (2.5, 2.6)");
        let instance =
            capability.get("instance").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        self.must(instance, &format!("{at}.instance"), "is there for an inventory sensor (2.3)");
        let names = capability.pointer("/capabilityResources/friendlyNames").and_then(Value::as_array);
        let named = names.is_some_and(|names| !names.is_empty());
        self.must(named, &format!("{at}.capabilityResources.friendlyNames"), "has a name (2.3)");
        let supported = capability.pointer("/properties/supported").and_then(Value::as_array);
        let level = supported.is_some_and(|list| {
            list.iter().any(|one| one.get("name").and_then(Value::as_str) == Some("level"))
        });
        let at_properties = format!("{at}.properties");
        match sensor {
            Inventory::Level => {
                self.must(level, &at_properties, "supports level (2.5)");
                let told = capability.pointer("/properties/proactivelyReported").and_then(Value::as_bool);
                self.must(told == Some(true), &at_properties, "is proactively reported (2.5)");
            }
            Inventory::Usage | Inventory::LevelUsage => {
                self.must(!level, &at_properties, "has no level (2.6)");
            }
        }
        let at_measured = format!("{at}.configuration.measurement");
        let measured = capability.pointer("/configuration/measurement");
        let (kind, unit) = measurement(measured);
        let fits = kind.is_some_and(|kind| sensor.measures(kind));
        self.must(fits, &format!("{at_measured}.@type"), "is one this sensor has (2.5, 2.6)");
        let wants = matches!(kind, Some(Measurement::Volume | Measurement::Weight));
        let right = unit.is_some_and(|unit| Some(unit.measurement()) == kind);
        let stray = measured.and_then(|of| of.get("unit")).is_some();
        self.must(if wants { right } else { !stray }, &format!("{at_measured}.unit"), UNIT);
        if let Some(replenishment) = capability.pointer("/configuration/replenishment") {
            let text = |name: &str| replenishment.get(name).and_then(Value::as_str);
            let good = text("@type") == Some("DashReplenishmentId")
                && text("value").is_some_and(|id| id.parse::<ReplenishmentId>().is_ok());
            self.must(good, &format!("{at}.configuration.replenishment"), "is a DashReplenishmentId (2.5)");
        }
    }
}

const UNIT: &str = "names a unit of volumes and weights, and stands there only for those (2.5, 2.8)";

/// The three inventory sensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inventory {
    Level,
    Usage,
    LevelUsage,
}

impl Inventory {
    pub(super) fn of(interface: &str) -> Option<Self> {
        match interface {
            "Alexa.InventoryLevelSensor" => Some(Self::Level),
            "Alexa.InventoryUsageSensor" => Some(Self::Usage),
            "Alexa.InventoryLevelUsageSensor" => Some(Self::LevelUsage),
            _ => None,
        }
    }

    fn measures(self, kind: Measurement) -> bool {
        match self {
            Self::Level => kind != Measurement::Duration,
            Self::Usage => !matches!(kind, Measurement::Duration | Measurement::Percentage),
            Self::LevelUsage => kind == Measurement::Duration,
        }
    }
}

/// The kind and the unit of a configured measurement, as far as they are known; any case of the kind (protocols 2.5).
pub(super) fn measurement(of: Option<&Value>) -> (Option<Measurement>, Option<Unit>) {
    let text = |name: &str| of.and_then(|of| of.get(name)).and_then(Value::as_str);
    let kind = match text("@type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "count" => Some(Measurement::Count),
        "percentage" => Some(Measurement::Percentage),
        "volume" => Some(Measurement::Volume),
        "weight" => Some(Measurement::Weight),
        "duration" => Some(Measurement::Duration),
        _ => None,
    };
    let unit = text("unit").and_then(|text| Unit::ALL.iter().copied().find(|unit| unit.wire() == text));
    (kind, unit)
}
