//! From a device model to what Alexa is told of it: one function, for the preview of a dossier and for the skill that
//! answers `Discover`. So what is registered is what is discovered.

use super::validate::{Broken, validate};
use super::{Dossier, DossierSlot, locales};
use crate::alexa::{
    ApplianceId, Device, MessageId, NotReportable, ReplenishmentId, Sensor, SensorName, discover_response,
    plain_text,
};
use crate::endpoint::SensorKind;
use crate::ids::{EndpointId, Instance};
use crate::locale::Locale;
use crate::measure::Unit;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A slot as far as Alexa is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its capability instance.
    pub instance: Instance,
    /// Which sensor it has.
    pub sensor: SensorKind,
    /// What it reports in.
    pub unit: Unit,
    /// What customers call it, by language; without any, the instance is the name.
    pub names: Vec<SensorName>,
    /// Its replenishment ID, once there is one.
    pub replenishment: Option<ReplenishmentId>,
}

/// A device as Alexa is told of it: its parts that have a sensor, without levels.
///
/// # Errors
/// [`NotReportable`]: two parts of one instance, too many, or a unit its sensor has not.
pub fn described(
    id: ApplianceId,
    name: &str,
    manufacturer: &str,
    model: Option<&str>,
    parts: &[Part],
    seen_at: DateTime<Utc>,
) -> Result<Device, NotReportable> {
    let mut sensors = Vec::with_capacity(parts.len());
    for part in parts.iter().filter(|part| part.sensor != SensorKind::None) {
        let mut sensor = Sensor::new(&part.instance, part.sensor, part.unit, &part.names)?;
        sensor.replenishment = part.replenishment.clone();
        sensors.push(sensor);
    }
    Device::new(id, name, manufacturer, model, sensors, seen_at)
}

/// The answer to `Discover` for one device of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Preview {
    /// `Discover.Response` as it is sent, set out for reading. Endpoint and message IDs are examples.
    pub json: String,
    /// Slots that are not in it because they can't be reported yet, as the console calls them.
    pub left_out: Vec<String>,
    /// Rules it would break; none if it can be sent.
    pub broken: Vec<Broken>,
}

/// What Alexa would be told of a device of this model that its owner named as in one language; without a name in that
/// language, as the console does.
pub fn preview(dossier: &Dossier, locale: Locale) -> Preview {
    let mut left_out = Vec::new();
    let mut ready: Vec<(Instance, SensorKind, Unit, Option<ReplenishmentId>, &DossierSlot)> = Vec::new();
    for slot in &dossier.slots {
        let reportable = slot.sensor().zip(slot.unit).filter(|(kind, unit)| kind.measures(*unit));
        match (slot.instance.parse::<Instance>(), reportable) {
            (Ok(instance), Some((kind, unit))) if ready.iter().all(|(other, ..)| *other != instance) => {
                ready.push((instance, kind, unit, slot.assigned(), slot));
            }
            _ => left_out.push(slot.identifier.clone()),
        }
    }
    let parts: Vec<Part> = ready
        .into_iter()
        .map(|(instance, sensor, unit, id, slot)| Part {
            instance,
            sensor,
            unit,
            names: names(dossier, &slot.names),
            replenishment: id,
        })
        .collect();
    let called = dossier.names.get(&locale).filter(|name| !name.trim().is_empty()).unwrap_or(&dossier.name);
    // Ids of an example, the same for the same model.
    let id = |of: &str| {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("refill-dossier:{of}:{}", dossier.model).as_bytes())
    };
    let appliance = ApplianceId::from(EndpointId(id("endpoint")));
    let model = Some(dossier.model.as_str()).filter(|model| !model.is_empty());
    match described(appliance, called, &dossier.manufacturer, model, &parts, DateTime::UNIX_EPOCH) {
        Ok(device) => {
            let message_id = MessageId::from(id("message"));
            let devices = [device];
            let message = discover_response(&devices, &message_id);
            // A message of texts and numbers always has a form.
            let json = serde_json::to_string_pretty(&message).unwrap_or_default();
            let broken = serde_json::from_str(&json).map(|value| validate(&value)).unwrap_or_default();
            Preview { json, left_out, broken }
        }
        // More sensors than a device may have: none of it can be sent.
        Err(_) => Preview {
            json: String::new(),
            left_out: dossier.slots.iter().map(|slot| slot.identifier.clone()).collect(),
            broken: Vec::new(),
        },
    }
}

/// A slot's names in the languages it is to be sold in; in all it has, as long as no country is chosen.
fn names(dossier: &Dossier, of: &BTreeMap<Locale, String>) -> Vec<SensorName> {
    let sold = |locale: &Locale| {
        dossier.marketplaces.is_empty()
            || dossier.marketplaces.keys().any(|market| locales(*market).contains(locale))
    };
    of.iter()
        .filter(|(locale, text)| sold(locale) && !plain_text(text, 1).is_empty())
        .map(|(locale, text)| SensorName { text: text.clone(), locale: *locale })
        .collect()
}

/// What a registration adds to what Alexa is told of a model's devices, apart from the dossier, to be kept at hand by
/// whoever answers `Discover`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// The model ID; empty: as the catalogue has it.
    pub model: String,
    /// Who makes it; empty: as the server is set.
    pub manufacturer: String,
    /// The slots' names by capability instance, in the languages it is to be sold in.
    pub names: BTreeMap<Instance, Vec<SensorName>>,
}

impl Texts {
    /// Those of a dossier.
    pub fn of(dossier: &Dossier) -> Self {
        let named = |slot: &DossierSlot| Some((slot.instance.parse().ok()?, names(dossier, &slot.names)));
        Self {
            model: dossier.model.clone(),
            manufacturer: dossier.manufacturer.clone(),
            names: dossier.slots.iter().filter_map(named).collect(),
        }
    }
}
