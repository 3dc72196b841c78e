//! What a discovery says about a device: the endpoint object and its capabilities (protocols 2.2, 2.3, 2.5 to 2.7).

use super::value::{Measure, measure};
use super::{HEALTH, LEVEL, LEVEL_USAGE, USAGE};
use crate::check::{At, Checked, Refusal};
use serde_json::Value;
use std::collections::HashSet;

/// Endpoints one customer or one request may have (protocols 2.2, 3.2).
pub const ENDPOINTS_MAX: usize = 300;
const CAPABILITIES_MAX: usize = 100;

/// The three kinds of inventory sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interface {
    /// Says what is left.
    Level,
    /// Says what was used.
    Usage,
    /// Says for how long it was used.
    LevelUsage,
}

impl Interface {
    /// From the name of the interface.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            LEVEL => Some(Self::Level),
            USAGE => Some(Self::Usage),
            LEVEL_USAGE => Some(Self::LevelUsage),
            _ => None,
        }
    }

    /// What it may measure in, and the section that says so.
    pub fn kinds(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Level => (&["Count", "Percentage", "Volume", "Weight"], "2.5"),
            Self::Usage => (&["Count", "Volume", "Weight"], "2.6"),
            Self::LevelUsage => (&["Duration"], "2.6"),
        }
    }
}

/// One inventory sensor of a device.
#[derive(Debug, Clone)]
pub struct Sensor {
    /// Which kind.
    pub interface: Interface,
    /// Its name within the device.
    pub instance: String,
    /// What it measures in.
    pub measure: Measure,
    /// Amazon's id of what refills it; may come later.
    pub replenishment: Option<String>,
    /// Whether a state report must hold its level.
    pub retrievable: bool,
}

/// A device as its maker describes it.
#[derive(Debug, Clone)]
pub struct Described {
    /// Unique over all devices and customers.
    pub id: String,
    /// Its inventory sensors.
    pub sensors: Vec<Sensor>,
    /// Whether a state report must hold its connectivity.
    pub health: bool,
    /// What comes back in directives.
    pub cookie: Value,
    /// Required by the prose of the documents, left out by some of their samples: told, not refused.
    pub advice: Vec<Refusal>,
}

/// Reads the `endpoints` of a discovery.
pub fn described(at: &At<'_>) -> Checked<Vec<Described>> {
    let mut ids = HashSet::new();
    let mut all = Vec::new();
    for each in at.array("2.4")? {
        let endpoint = endpoint(&each)?;
        each.must(ids.insert(endpoint.id.clone()), "has an endpointId that stands here twice", "2.2")?;
        all.push(endpoint);
    }
    Ok(all)
}

fn endpoint(at: &At<'_>) -> Checked<Described> {
    let id = super::endpoint_id(at)?;
    at.member("manufacturerName", "2.2")?.text_within(128, "2.2")?;
    at.member("description", "2.2")?.text_within(128, "2.2")?;
    let friendly = at.member("friendlyName", "2.2")?;
    let name = friendly.text_within(256, "2.2")?;
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == ' ');
    friendly.must(plain, "may only hold letters, digits and spaces", "2.2")?;
    let categories = at.member("displayCategories", "2.2")?;
    let mut seen = HashSet::new();
    for category in categories.array("2.2")? {
        category.must(seen.insert(category.text("2.2")?), "stands there twice", "2.2")?;
    }
    categories.must(!seen.is_empty(), "may not be empty", "2.2")?;
    let cookie = at.maybe("cookie");
    if let Some(cookie) = &cookie {
        let texts = cookie.object("2.2")?.values().all(Value::is_string);
        cookie.must(texts, "may only hold strings", "2.2")?;
    }
    attributes(at)?;
    let capabilities = at.member("capabilities", "2.2")?;
    let each = capabilities.array("2.2")?;
    capabilities.must(!each.is_empty(), "may not be empty", "2.2")?;
    let fits = each.len() <= CAPABILITIES_MAX;
    capabilities.must(fits, format!("holds more than {CAPABILITIES_MAX}"), "2.2")?;
    let (mut sensors, mut names) = (Vec::new(), HashSet::new());
    for one in &each {
        if let Some(sensor) = capability(one, &mut names)? {
            sensors.push(sensor);
        }
    }
    let lists = |name: &str| names.iter().any(|(interface, _)| interface == name);
    capabilities.must(lists("Alexa"), "must list the interface Alexa", "2.3")?;
    let mut advice = Vec::new();
    if !sensors.is_empty() && !lists(HEALTH) {
        let why = "Alexa.EndpointHealth is required for devices with sensors".to_owned();
        advice.push(Refusal { path: capabilities.path.clone(), why, section: "2.7" });
    }
    let cookie = cookie.map_or(Value::Null, |at| at.value.clone());
    Ok(Described { id, sensors, health: lists(HEALTH), cookie, advice })
}

fn attributes(at: &At<'_>) -> Checked {
    const KNOWN: [&str; 6] =
        ["manufacturer", "model", "serialNumber", "firmwareVersion", "softwareVersion", "customIdentifier"];
    if let Some(more) = at.maybe("additionalAttributes") {
        for name in more.object("2.2")?.keys() {
            let each = more.member(name, "2.2")?;
            each.must(KNOWN.contains(&name.as_str()), "is no known attribute", "2.2")?;
            each.text_within(256, "2.2")?;
        }
    }
    if let Some(connections) = at.maybe("connections") {
        for each in connections.array("2.2")? {
            each.member("type", "2.2")?.one_of(&["TCP_IP", "ZIGBEE", "ZWAVE", "UNKNOWN"], "2.2")?;
        }
    }
    Ok(())
}

fn capability(at: &At<'_>, names: &mut HashSet<(String, Option<String>)>) -> Checked<Option<Sensor>> {
    at.member("type", "2.3")?.exactly("AlexaInterface", "2.3")?;
    let named = at.member("interface", "2.3")?;
    let interface = named.text("2.3")?;
    let version = at.member("version", "2.3")?;
    version.text("2.3")?;
    let instance = at.maybe("instance").map(|at| at.text("2.3").map(str::to_owned)).transpose()?;
    let once = names.insert((interface.to_owned(), instance.clone()));
    let own =
        once && (instance.is_none() || names.iter().filter(|(_, other)| *other == instance).count() == 1);
    at.must(own, "is listed twice: every sensor needs an instance of its own", "2.3")?;
    let properties = at.maybe("properties");
    let set = |name: &str| -> Checked<bool> {
        let flag = properties.as_ref().and_then(|at| at.maybe(name));
        flag.map_or(Ok(false), |at| at.flag("2.3"))
    };
    let (proactive, retrievable) = (set("proactivelyReported")?, set("retrievable")?);
    let mut supported = Vec::new();
    if let Some(list) = properties.as_ref().and_then(|at| at.maybe("supported")) {
        for each in list.array("2.3")? {
            supported.push(each.member("name", "2.3")?.text("2.3")?);
        }
    }
    let reports = |name: &str, section| -> Checked {
        at.must(supported.contains(&name), format!("must list {name} in properties.supported"), section)?;
        at.must(proactive, "must set properties.proactivelyReported", section)
    };
    match interface {
        "Alexa" => version.exactly("3", "2.3").map(|()| None),
        HEALTH => {
            version.one_of(&["3", "3.1", "3.2"], "2.7")?;
            reports("connectivity", "2.7")?;
            at.must(retrievable, "must set properties.retrievable", "2.7").map(|()| None)
        }
        _ => {
            let Some(kind) = Interface::named(interface) else { return Ok(None) };
            version.exactly("3", kind.kinds().1)?;
            if kind == Interface::Level {
                reports("level", "2.5")?;
            } else {
                at.must(supported.is_empty(), "has no reportable properties", "2.6")?;
            }
            sensor(at, kind, retrievable).map(Some)
        }
    }
}

fn sensor(at: &At<'_>, interface: Interface, retrievable: bool) -> Checked<Sensor> {
    let instance = at.member("instance", "2.3")?.text("2.3")?.to_owned();
    let (kinds, section) = interface.kinds();
    let configuration = at.member("configuration", section)?;
    let configured = configuration.member("measurement", section)?;
    let measure = measure(&configured, kinds, section)?;
    configured.without("value", "is what reports carry, not the configuration", section)?;
    let replenishment = match configuration.maybe("replenishment") {
        Some(at) => {
            at.member("@type", "2.5")?.exactly("DashReplenishmentId", "2.5")?;
            Some(at.member("value", "2.5")?.text("2.5")?.to_owned())
        }
        None => None,
    };
    let resources = at.member("capabilityResources", "2.3")?;
    let names = resources.member("friendlyNames", "2.3")?;
    let all = names.array("2.3")?;
    names.must(!all.is_empty(), "may not be empty", "2.3")?;
    for each in all {
        let kind = each.member("@type", "2.3")?.one_of(&["text", "asset"], "2.3")?;
        let value = each.member("value", "2.3")?;
        if kind == "text" {
            value.member("text", "2.3")?.text("2.3")?;
            value.member("locale", "2.3")?.text("2.3")?;
        } else {
            value.member("assetId", "2.3")?.text("2.3")?;
        }
    }
    Ok(Sensor { interface, instance, measure, replenishment, retrievable })
}
