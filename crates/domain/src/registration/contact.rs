//! What to write to the Dash Replenishment programme (S4, "contact"): the form's type, a subject, and a description that
//! holds every fact they would ask back for. In English, because its readers are.

use super::Dossier;
use super::fields::{measurement_name, sensor_name};
use crate::market::Marketplace;
use serde::{Deserialize, Serialize};

/// What the letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Topic {
    /// The IDs were due and are not there.
    Ids,
    /// A product list of our own.
    Products,
    /// A detail that can't be changed in the console any more.
    Details,
    /// Anything else.
    Question,
}

impl Topic {
    /// All of them.
    pub const ALL: &'static [Topic] = &[Topic::Ids, Topic::Products, Topic::Details, Topic::Question];
}

/// The contact form, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Letter {
    /// For "Type".
    pub form: String,
    /// For "Subject".
    pub subject: String,
    /// For "Description".
    pub description: String,
}

/// The letter about a dossier. No test customer stands in it: they are entered in the console.
pub fn letter(dossier: &Dossier, topic: Topic) -> Letter {
    let named = |text: &str, otherwise: &str| {
        let text = crate::alexa::plain_text(text, 200);
        if text.is_empty() { otherwise.to_owned() } else { text }
    };
    let name = named(&dossier.name, "our device");
    let model = named(&dossier.model, "no model ID yet");
    let (subject, asked) = match topic {
        Topic::Ids => (
            "Replenishment IDs",
            "We requested replenishment IDs for the slots below and they have not been assigned within seven business \
             days. Please tell us whether anything is missing.",
        ),
        Topic::Products => (
            "Custom ASIN list",
            "Please use the following ASINs for the slots below instead of the list in the Dash console.",
        ),
        Topic::Details => (
            "Change of device details",
            "Replenishment IDs are assigned, so that the Dash console no longer lets us change the device. Please make \
             this change for us: [what should change, from what, to what].",
        ),
        Topic::Question => ("Question", "[Your question]"),
    };
    let mut lines = vec![
        asked.to_owned(),
        String::new(),
        format!("Device: {name}"),
        format!("Model ID: {model}"),
        format!("Manufacturer: {}", named(&dossier.manufacturer, "not stated")),
    ];
    let letters = |market: &Marketplace| market.letters().to_ascii_uppercase();
    let markets: Vec<String> = dossier.marketplaces.keys().map(letters).collect();
    lines.push(format!(
        "Marketplaces: {}",
        if markets.is_empty() { "none".into() } else { markets.join(", ") }
    ));
    for slot in &dossier.slots {
        lines.push(String::new());
        lines.push(format!(
            "{}: {}",
            named(&slot.identifier, "Slot"),
            named(&slot.category, "no category yet")
        ));
        let sensor = slot.sensor().map_or("not decided", sensor_name);
        let measured = slot.unit.map_or("", |unit| measurement_name(unit.measurement()));
        lines.push(match measured {
            "" => format!("  Sensor: {sensor}"),
            measured => format!("  Sensor: {sensor}, {measured}"),
        });
        if !slot.description.trim().is_empty() {
            lines.push(format!("  Description: {}", named(&slot.description, "")));
        }
        if let Some(day) = slot.requested {
            lines.push(format!("  Replenishment ID requested: {day}"));
        }
        if !slot.replenishment.is_empty() {
            lines.push(format!("  Replenishment ID: {}", named(&slot.replenishment, "")));
        }
        if topic == Topic::Products {
            for (market, list) in slot.asins.iter().filter(|(_, list)| !list.is_empty()) {
                let list: Vec<String> = list.iter().map(|asin| named(asin, "")).collect();
                lines.push(format!("  ASINs {}: {}", letters(market), list.join(", ")));
            }
        }
    }
    Letter {
        form: "Dash Replenishment".to_owned(),
        subject: format!("{subject} for {name} ({model})"),
        description: lines.join("\n"),
    }
}
