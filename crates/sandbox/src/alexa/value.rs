//! Measurements, units, durations and reported properties (protocols 2.1, 2.5 to 2.8).

use crate::check::{At, Checked};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// Both lists of protocols 2.8 together: what any of Amazon's sources knows.
const VOLUMES: &[&str] = &[
    "LITER",
    "MILLILITER",
    "METRIC_CUP",
    "METRIC_TEASPOON",
    "UK_TABLESPOON",
    "AU_TABLESPOON",
    "CUBIC_CENTIMETER",
    "CUBIC_METER",
    "UK_GALLON",
    "UK_QUART",
    "UK_PINT",
    "UK_CUP",
    "UK_GILL",
    "UK_FLUID_OUNCE",
    "UK_FLUID_DRAM",
    "CUBIC_INCH",
    "CUBIC_FOOT",
    "CUBIC_YARD",
    "US_FLUID_GALLON",
    "US_FLUID_QUART",
    "US_FLUID_PINT",
    "US_FLUID_CUP",
    "US_FLUID_OUNCE",
    "US_GILL",
    "US_TABLESPOON",
    "US_TEASPOON",
    "US_DRAM",
    "US_DRY_GALLON",
    "US_DRY_QUART",
    "US_DRY_PINT",
    "TEASPOON",
    "UK_TEASPOON",
    "AU_TEASPOON",
    "UK_OUNCE",
    "UK_DRAM",
    "US_DRY_CUP",
    "US_DRY_OUNCE",
];
const WEIGHTS: &[&str] =
    &["KILOGRAM", "GRAM", "MILLIGRAM", "MICROGRAM", "METRIC_POUND", "POUND", "OUNCE", "DRAM"];

/// How something is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// `Count`, `Percentage`, `Volume`, `Weight` or `Duration`, capitalised whatever came.
    pub kind: &'static str,
    /// For volume and weight only.
    pub unit: Option<String>,
}

/// A measured amount; a duration is in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    /// What it is measured in.
    pub measure: Measure,
    /// How much.
    pub value: f64,
}

/// `@type` and `unit` (protocols 2.5, 2.6); both casings are accepted, as the documents use both.
pub fn measure(at: &At<'_>, kinds: &[&'static str], section: &'static str) -> Checked<Measure> {
    let named = at.member("@type", section)?;
    let text = named.text(section)?;
    let Some(kind) = kinds.iter().copied().find(|kind| kind.eq_ignore_ascii_case(text)) else {
        return named.fail(format!("must be one of {}", kinds.join(", ")), section);
    };
    let units = match kind {
        "Volume" => VOLUMES,
        "Weight" => WEIGHTS,
        _ => {
            at.without("unit", "is only for Volume and Weight", section)?;
            return Ok(Measure { kind, unit: None });
        }
    };
    let unit = at.member("unit", section)?;
    let name = unit.text(section)?;
    unit.must(units.contains(&name), format!("is no unit of {kind}"), "2.8")?;
    Ok(Measure { kind, unit: Some(name.to_owned()) })
}

/// A measured amount with its `value` (protocols 2.5, 2.6).
pub fn amount(at: &At<'_>, kinds: &[&'static str], section: &'static str) -> Checked<Amount> {
    let measure = measure(at, kinds, section)?;
    let value = at.member("value", section)?;
    let number = if measure.kind == "Duration" { duration(&value)? } else { value.amount(section)? };
    let over = measure.kind == "Percentage" && number > 100.0;
    value.must(!over, "is more than 100 %", "8.2")?;
    Ok(Amount { measure, value: number })
}

/// `PTnHnMnS` with at least one part, each once and in this order, in seconds (protocols 2.6).
fn duration(at: &At<'_>) -> Checked<f64> {
    let text = at.text("2.6")?;
    let wrong = || at.fail("must be a duration PTnHnMnS, not negative", "2.6");
    let Some(mut rest) = text.strip_prefix("PT").filter(|rest| !rest.is_empty()) else { return wrong() };
    let mut seconds = 0.0;
    for (mark, factor) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
        if let Some((number, after)) = rest.split_once(mark) {
            let digits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
            let Some(number) = digits.then(|| number.parse::<f64>().ok()).flatten() else { return wrong() };
            seconds += number * factor;
            rest = after;
        }
    }
    if rest.is_empty() { Ok(seconds) } else { wrong() }
}

/// One reported property.
#[derive(Debug, Clone)]
pub struct Property {
    /// The interface.
    pub namespace: String,
    /// The property of it.
    pub name: String,
    /// The sensor, where the interface has several.
    pub instance: Option<String>,
    /// Of a level: how much.
    pub level: Option<Amount>,
    /// Of `connectivity`: whether the device can be reached.
    pub reachable: Option<bool>,
    /// When it was so.
    pub sampled: DateTime<Utc>,
    /// Where it stood in the message.
    pub path: String,
}

impl Property {
    /// Whether both speak of the same property.
    pub fn same(&self, other: &Self) -> bool {
        (&self.namespace, &self.name, &self.instance) == (&other.namespace, &other.name, &other.instance)
    }
}

/// A list of properties, none of them twice (protocols 2.1).
pub fn properties(at: &At<'_>) -> Checked<Vec<Property>> {
    let mut all: Vec<Property> = Vec::new();
    for each in at.array("2.1")? {
        let property = property(&each)?;
        each.must(!all.iter().any(|other| other.same(&property)), "is listed twice", "2.4")?;
        all.push(property);
    }
    Ok(all)
}

fn property(at: &At<'_>) -> Checked<Property> {
    let namespace = at.member("namespace", "2.1")?;
    let name = at.member("name", "2.1")?;
    let value = at.member("value", "2.1")?;
    let sampled = at.member("timeOfSample", "2.1")?.instant("2.1")?;
    let uncertain = at.member("uncertaintyInMilliseconds", "2.1")?;
    uncertain.must(uncertain.value.is_u64(), "must be an integer of 0 or more", "2.1")?;
    let instance = at.maybe("instance").map(|at| at.text("2.1").map(str::to_owned)).transpose()?;
    let (mut level, mut reachable) = (None, None);
    match namespace.text("2.1")? {
        super::LEVEL => {
            name.exactly("level", "2.5")?;
            at.member("instance", "2.1")?;
            value.must(value.value.is_object(), "must be an object with @type and value", "2.5")?;
            level = Some(amount(&value, &["Count", "Percentage", "Volume", "Weight"], "2.5")?);
        }
        super::USAGE | super::LEVEL_USAGE => {
            return namespace.fail("has no reportable properties: send InventoryConsumed", "2.6");
        }
        super::HEALTH => {
            name.exactly("connectivity", "2.7")?;
            let inner = value.member("value", "2.7")?;
            reachable = Some(inner.one_of(&["OK", "UNREACHABLE"], "2.7")? == "OK");
        }
        _ => value.must(*value.value != Value::Null, "may not be null", "2.1")?,
    }
    Ok(Property {
        namespace: namespace.text("2.1")?.to_owned(),
        name: name.text("2.1")?.to_owned(),
        instance,
        level,
        reachable,
        sampled,
        path: at.path.clone(),
    })
}
