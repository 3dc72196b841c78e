//! What a raw message says, read as far as it can be: the judge has to read what is wrong, too. Nothing here refuses; what
//! can't be read is absent.

use crate::endpoint::SensorKind;
use crate::figures::{milli, moment};
use crate::measure::{Amount, Unit};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What a message to the event gateway says.
#[derive(Debug)]
pub(super) enum Heard {
    /// `ChangeReport`: its levels, whatever their namespace.
    Levels { endpoint: String, levels: Vec<Level> },
    /// `InventoryConsumed`.
    Used { endpoint: String, sensor: Option<SensorKind>, sample: Sample },
    /// `InventoryReplaced`.
    Replaced { endpoint: String, sensor: Option<SensorKind>, sample: Sample },
    /// `AddOrUpdateReport`.
    Described,
    /// `DeleteReport`.
    Deleted(Vec<String>),
    /// Anything else.
    Other,
}

/// One level of a `ChangeReport`.
#[derive(Debug)]
pub(super) struct Level {
    /// Whose namespace it has.
    pub sensor: Option<SensorKind>,
    /// The rest.
    pub sample: Sample,
}

/// What was measured.
#[derive(Debug)]
pub(super) struct Sample {
    /// The sensor's instance; empty if there is none.
    pub instance: String,
    /// How much.
    pub amount: Option<Amount>,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// A described sensor.
#[derive(Debug)]
pub(super) struct Sensor {
    pub kind: SensorKind,
    pub instance: String,
    /// In the unit of its configuration.
    pub unit: Option<Unit>,
    pub replenishment: Option<String>,
}

fn text(value: &Value, at: &str) -> String {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn list<'a>(value: &'a Value, at: &str) -> &'a [Value] {
    value.pointer(at).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The sensor of an interface.
fn kind(interface: &str) -> Option<SensorKind> {
    match interface {
        "Alexa.InventoryLevelSensor" => Some(SensorKind::Level),
        "Alexa.InventoryUsageSensor" => Some(SensorKind::Usage),
        "Alexa.InventoryLevelUsageSensor" => Some(SensorKind::LevelUsage),
        _ => None,
    }
}

/// The unit of a measurement; durations are in seconds.
fn unit(of: &Value) -> Option<Unit> {
    let named = of.get("unit").and_then(Value::as_str);
    match text(of, "/@type").to_ascii_lowercase().as_str() {
        "count" => Some(Unit::Count),
        "percentage" => Some(Unit::Percent),
        "duration" => Some(Unit::Second),
        kind @ ("volume" | "weight") => Unit::ALL.iter().copied().find(|unit| {
            format!("{:?}", unit.measurement()).eq_ignore_ascii_case(kind) && Some(unit.wire()) == named
        }),
        _ => None,
    }
}

/// `PTnHnMnS` in thousandths of a second.
fn duration(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix("PT").filter(|rest| !rest.is_empty())?;
    let mut total = 0_i64;
    for (mark, factor) in [('H', 3600), ('M', 60), ('S', 1)] {
        if let Some((number, after)) = rest.split_once(mark) {
            let number = milli(&Value::String(number.to_owned())).filter(|number| *number >= 0)?;
            total = total.checked_add(number.checked_mul(factor)?)?;
            rest = after;
        }
    }
    rest.is_empty().then_some(total)
}

fn amount(of: &Value) -> Option<Amount> {
    let unit = unit(of)?;
    let value = of.get("value")?;
    let milli = if unit == Unit::Second { duration(value.as_str()?)? } else { milli(value)? };
    Some(Amount::new(milli, unit))
}

/// Reads a message to the gateway.
pub(super) fn heard(message: &Value) -> Heard {
    let header = |name: &str| text(message, &format!("/event/header/{name}"));
    let endpoint = text(message, "/event/endpoint/endpointId");
    let sensor = kind(&header("namespace"));
    let at = |name: &str| message.pointer(&format!("/event/payload/{name}")).and_then(moment);
    match header("name").as_str() {
        "ChangeReport" => {
            let levels = list(message, "/event/payload/change/properties").iter();
            let levels = levels.filter(|property| text(property, "/name") == "level").map(|property| Level {
                sensor: kind(&text(property, "/namespace")),
                sample: Sample {
                    instance: text(property, "/instance"),
                    amount: property.get("value").and_then(amount),
                    at: property.get("timeOfSample").and_then(moment),
                },
            });
            Heard::Levels { endpoint, levels: levels.collect() }
        }
        "InventoryConsumed" => {
            let usage = message.pointer("/event/payload/usage").and_then(amount);
            let sample = Sample { instance: header("instance"), amount: usage, at: at("timeOfSample") };
            Heard::Used { endpoint, sensor, sample }
        }
        "InventoryReplaced" => {
            let sample = Sample { instance: header("instance"), amount: None, at: at("replacedDate") };
            Heard::Replaced { endpoint, sensor, sample }
        }
        "AddOrUpdateReport" => Heard::Described,
        "DeleteReport" => {
            let gone = list(message, "/event/payload/endpoints").iter();
            Heard::Deleted(gone.map(|one| text(one, "/endpointId")).collect())
        }
        _ => Heard::Other,
    }
}

/// The inventory sensors a discovery message lists for a device; none if it does not list the device.
pub(super) fn sensors(message: &Value, endpoint: &str) -> Option<Vec<Sensor>> {
    let all = list(message, "/event/payload/endpoints");
    let device = all.iter().find(|one| text(one, "/endpointId") == endpoint)?;
    let sensor = |capability: &Value| {
        Some(Sensor {
            kind: kind(&text(capability, "/interface"))?,
            instance: text(capability, "/instance"),
            unit: capability.pointer("/configuration/measurement").and_then(unit),
            replenishment: capability
                .pointer("/configuration/replenishment/value")
                .and_then(Value::as_str)
                .map(str::to_owned),
        })
    };
    Some(list(device, "/capabilities").iter().filter_map(sensor).collect())
}

/// What a message reports, for whoever reads it: the instance of each slot with its figure, where it has one.
pub fn figures(message: &Value) -> Vec<(String, Option<Amount>)> {
    match heard(message) {
        Heard::Levels { levels, .. } => {
            levels.into_iter().map(|level| (level.sample.instance, level.sample.amount)).collect()
        }
        Heard::Used { sample, .. } | Heard::Replaced { sample, .. } => vec![(sample.instance, sample.amount)],
        Heard::Described | Heard::Deleted(_) | Heard::Other => Vec::new(),
    }
}

/// When the first sample of a message was taken.
pub(super) fn sampled(message: &Value) -> Option<DateTime<Utc>> {
    match heard(message) {
        Heard::Levels { levels, .. } => levels.iter().filter_map(|level| level.sample.at).min(),
        Heard::Used { sample, .. } | Heard::Replaced { sample, .. } => sample.at,
        Heard::Described | Heard::Deleted(_) | Heard::Other => None,
    }
}

/// The device a message is about that has a sensor of one of these instances, or else the first one.
pub(super) fn device(message: &Value, instances: &[&str]) -> Option<String> {
    let all = list(message, "/event/payload/endpoints");
    let ours = |of: &&Value| {
        let has = |capability: &Value| instances.contains(&text(capability, "/instance").as_str());
        list(of, "/capabilities").iter().any(has)
    };
    let described = all.iter().find(ours).or_else(|| all.first());
    let id = match described {
        Some(device) => text(device, "/endpointId"),
        None => text(message, "/event/endpoint/endpointId"),
    };
    Some(id).filter(|id| !id.is_empty())
}

/// Whether a message is the answer to `Discover`.
pub fn describes_a_device(message: &Value) -> bool {
    text(message, "/event/header/name") == "Discover.Response"
}

/// Whether a message describes devices.
pub(super) fn describes(message: &Value) -> bool {
    matches!(text(message, "/event/header/name").as_str(), "Discover.Response" | "AddOrUpdateReport")
}

/// A message as a transcript holds it: with the words `token hidden` where a token stands, however deep.
pub fn without_tokens(mut message: Value) -> Value {
    // By hand, as a message from outside can be nested deeply.
    let mut open = vec![&mut message];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    if matches!(name.as_str(), "token" | "code") && member.is_string() {
                        *member = Value::String("token hidden".to_owned());
                    } else {
                        open.push(member);
                    }
                }
            }
            Value::Array(all) => open.extend(all.iter_mut()),
            _ => {}
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_read_in_the_unit_they_come_in() {
        for (value, wanted) in [
            (json!({"@type": "Volume", "value": 2.5, "unit": "LITER"}), Some(Amount::new(2500, Unit::Liter))),
            (json!({"@type": "percentage", "value": 40}), Some(Amount::whole(40, Unit::Percent))),
            (json!({"@type": "Duration", "value": "PT1H13M"}), Some(Amount::whole(4380, Unit::Second))),
            (json!({"@type": "Duration", "value": "1 h"}), None),
            (json!({"@type": "Weight", "value": 1, "unit": "LITER"}), None),
            (json!({"@type": "Count"}), None),
        ] {
            assert_eq!(amount(&value), wanted, "{value}");
        }
    }

    #[test]
    fn no_token_is_kept_however_deep_it_stands() {
        let message = json!({"event": {"endpoint": {"scope": {"type": "BearerToken", "token": "Atza|secret"}},
            "payload": [{"scope": {"token": "secret"}}, {"grant": {"code": "secret"}}]}});
        let kept = without_tokens(message).to_string();
        assert!(!kept.contains("secret") && kept.contains("token hidden"), "{kept}");
    }
}
