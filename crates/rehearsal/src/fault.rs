//! Deliberate faults: what a broken skill, device or app would do, put into the messages on their way. Each is one mistake, and
//! says which case has to notice it; a rehearsal that passes with a fault in it is worth nothing.

use refill_domain::certification::Case;
use serde_json::{Value, json};
use std::collections::BTreeMap;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident $case:ident;)*) => {
        /// One mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            /// Every one.
            pub const ALL: &'static [Fault] = &[$(Fault::$name,)*];

            /// The case that has to fail.
            pub fn fails(self) -> Case {
                match self { $(Fault::$name => Case::$case,)* }
            }
        }
    };
}

faults! {
    /// Discovery: a sensor has no instance.
    NoInstance Discovery;
    /// Discovery: a sensor has no name.
    NoName Discovery;
    /// Discovery: a level is not proactively reported.
    NotProactive Discovery;
    /// Discovery: `payloadVersion` is not "3".
    OtherVersion Discovery;
    /// Discovery: no device.
    NoDevice SetUp;
    /// Discovery: a slot has no sensor.
    NoSensor SetUp;
    /// Discovery: an instance differs from the registered one.
    OtherInstance SetUp;
    /// Discovery: a sensor has another interface.
    OtherInterface Sensors;
    /// Discovery: a sensor is configured in another unit.
    OtherUnit Sensors;
    /// Discovery: a replenishment ID of nobody's.
    ForeignId Products;
    /// Discovery: two slots have each other's replenishment IDs.
    SwappedIds Products;
    /// Discovery: a replenishment ID changes after it was told.
    ChangedId Products;
    /// Reports: a level in another unit than configured.
    OtherLevelUnit Messages;
    /// Reports: a `ChangeReport` without its property.
    EmptyReport Messages;
    /// Reports: the namespace of another interface.
    OtherNamespace Messages;
    /// Reports: a level by `InventoryConsumed`.
    LevelAsUse Messages;
    /// Reports: the device of somebody else.
    OtherEndpoint Messages;
    /// Reports: an instance that was not discovered.
    UnknownInstance Messages;
    /// Reports: the time of a sample is a week ago.
    StaleSample Messages;
    /// Reports: the time of a sample is tomorrow.
    FutureSample Messages;
    /// Reports: more than a full one holds.
    AboveFull Messages;
    /// Reports: a level never falls.
    NeverFalls Supply;
    /// Reports: the daily report says another level than the app shows.
    OtherDaily Supply;
    /// Reports: a use is told twice.
    UseTwice Supply;
    /// Reports: uses are never told.
    UseNever Supply;
    /// Reports: a running total instead of each use.
    UseTotals Supply;
    /// The app shows another level than the device has.
    OtherShown Supply;
    /// Reports: nothing while nothing changes.
    NoDaily Daily;
    /// Reports: a level stops above the threshold.
    NeverLow LowMail;
    /// Reports: only two low readings.
    TwoLow Order;
    /// Reports: the level stays low after a replacement.
    NeverReset Reset;
    /// Reports: the replacement of a part is never told.
    ReplacedNever Reset;
    /// Amazon is made to order although the customer wants notifications alone.
    OrderedAnyway NotifyOnly;
    /// The device is taken away before the approval.
    Deregistered Kept;
}

/// A fault at work.
#[derive(Debug)]
pub struct Playing {
    of: Fault,
    descriptions: usize,
    lowest: BTreeMap<String, f64>,
    lows: BTreeMap<String, u32>,
    totals: f64,
}

/// At or below this share the story's readings are low.
const LOW: f64 = 20.0;

fn properties(message: &mut Value) -> impl Iterator<Item = &mut Value> {
    let all = message.pointer_mut("/event/payload/change/properties").and_then(Value::as_array_mut);
    all.into_iter().flatten().filter(|property| property["name"] == "level")
}

fn name(message: &Value) -> &str {
    message["event"]["header"]["name"].as_str().unwrap_or_default()
}

fn capabilities(message: &mut Value) -> Option<&mut Vec<Value>> {
    message.pointer_mut("/event/payload/endpoints/0/capabilities")?.as_array_mut()
}

fn is_sensor(capability: &Value) -> bool {
    capability["interface"].as_str().is_some_and(|name| name.starts_with("Alexa.Inventory"))
}

fn remove(from: &mut Value, member: &str) {
    if let Some(members) = from.as_object_mut() {
        members.remove(member);
    }
}

const ID: &str = "/configuration/replenishment/value";

impl Playing {
    /// From the beginning.
    pub fn new(of: Fault) -> Self {
        Self { of, descriptions: 0, lowest: BTreeMap::new(), lows: BTreeMap::new(), totals: 0.0 }
    }

    /// Breaks an answer to `Discover`.
    pub fn described(&mut self, message: &mut Value) {
        self.descriptions += 1;
        match self.of {
            Fault::OtherVersion => message["event"]["header"]["payloadVersion"] = json!("2"),
            Fault::NoDevice => message["event"]["payload"]["endpoints"] = json!([]),
            _ => {}
        }
        let later = self.descriptions > 1;
        let Some(all) = capabilities(message) else { return };
        if self.of == Fault::NoSensor
            && let Some(at) = all.iter().position(is_sensor)
        {
            all.remove(at);
            return;
        }
        let mut sensors = all.iter_mut().filter(|one| is_sensor(one));
        let Some(first) = sensors.next() else { return };
        match self.of {
            Fault::NoInstance => remove(first, "instance"),
            Fault::NoName => remove(first, "capabilityResources"),
            Fault::NotProactive => first["properties"]["proactivelyReported"] = json!(false),
            Fault::OtherInstance => first["instance"] = json!("another"),
            Fault::OtherInterface => {
                first["interface"] = json!("Alexa.InventoryUsageSensor");
                remove(first, "properties");
                first["configuration"]["measurement"] = json!({"@type": "Count"});
            }
            Fault::OtherUnit => first["configuration"]["measurement"] = json!({"@type": "Count"}),
            Fault::ForeignId => first["configuration"]["replenishment"]["value"] = json!("amzn1.id.nobody"),
            Fault::ChangedId if later => {
                first["configuration"]["replenishment"]["value"] = json!("amzn1.id.later");
            }
            Fault::SwappedIds => {
                if let Some(second) = sensors.next()
                    && let (Some(one), Some(other)) = (first.pointer_mut(ID), second.pointer_mut(ID))
                {
                    std::mem::swap(one, other);
                }
            }
            _ => {}
        }
    }

    /// Breaks a message to the event gateway: what goes on instead of it.
    pub fn told(&mut self, mut message: Value) -> Vec<Value> {
        match name(&message).to_owned().as_str() {
            "ChangeReport" if properties(&mut message).next().is_some() => self.level(message),
            "InventoryConsumed" => self.used(message),
            // What is told of one's own accord is described by the same code. Nobody sends an empty one.
            "AddOrUpdateReport" if self.of != Fault::NoDevice => {
                self.described(&mut message);
                vec![message]
            }
            "InventoryReplaced" if self.of == Fault::ReplacedNever => Vec::new(),
            _ => vec![message],
        }
    }

    fn level(&mut self, mut message: Value) -> Vec<Value> {
        let daily = message["event"]["payload"]["change"]["cause"]["type"] == "PERIODIC_POLL";
        match self.of {
            Fault::NoDaily if daily => return Vec::new(),
            Fault::OtherEndpoint => message["event"]["endpoint"]["endpointId"] = json!("somebody-else"),
            Fault::EmptyReport => message["event"]["payload"]["change"]["properties"] = json!([]),
            Fault::LevelAsUse => return vec![as_use(&message)],
            _ => {}
        }
        let mut kept_back = false;
        for property in properties(&mut message) {
            let instance = property["instance"].as_str().unwrap_or_default().to_owned();
            let level = property["value"]["value"].as_f64().unwrap_or_default();
            let lowest = self.lowest.entry(instance.clone()).or_insert(level);
            *lowest = lowest.min(level);
            let lows = self.lows.entry(instance).or_default();
            *lows = if level <= LOW { *lows + 1 } else { 0 };
            let value = match self.of {
                Fault::NeverFalls => 100.0,
                Fault::AboveFull => level + 100.0,
                Fault::OtherDaily if daily => level - 7.0,
                Fault::NeverLow => level.max(LOW + 5.0),
                Fault::NeverReset => *lowest,
                _ => level,
            };
            kept_back |= self.of == Fault::TwoLow && *lows > 2;
            property["value"]["value"] = json!(value);
            match self.of {
                Fault::OtherLevelUnit => property["value"]["@type"] = json!("Count"),
                Fault::OtherNamespace => property["namespace"] = json!("Alexa.InventoryUsageSensor"),
                Fault::UnknownInstance => property["instance"] = json!("another"),
                Fault::StaleSample => property["timeOfSample"] = json!("2020-01-01T00:00:00Z"),
                Fault::FutureSample => property["timeOfSample"] = json!("2090-01-01T00:00:00Z"),
                _ => {}
            }
        }
        if kept_back { Vec::new() } else { vec![message] }
    }

    fn used(&mut self, mut message: Value) -> Vec<Value> {
        match self.of {
            Fault::UseNever => return Vec::new(),
            Fault::UseTwice => {
                let mut again = message.clone();
                let id = message["event"]["header"]["messageId"].as_str().unwrap_or_default();
                again["event"]["header"]["messageId"] = json!(format!("{id}-2"));
                return vec![message, again];
            }
            Fault::UseTotals => {
                let usage = &mut message["event"]["payload"]["usage"]["value"];
                self.totals += usage.as_f64().unwrap_or_default();
                *usage = json!(self.totals);
            }
            _ => {}
        }
        vec![message]
    }
}

/// A `ChangeReport` told as a use, with the members that one has.
fn as_use(message: &Value) -> Value {
    let property = message["event"]["payload"]["change"]["properties"][0].clone();
    let mut event = message["event"].clone();
    event["header"]["namespace"] = json!("Alexa.InventoryUsageSensor");
    event["header"]["name"] = json!("InventoryConsumed");
    event["header"]["instance"] = property["instance"].clone();
    event["payload"] = json!({"usage": property["value"], "timeOfSample": property["timeOfSample"]});
    json!({ "event": event })
}
