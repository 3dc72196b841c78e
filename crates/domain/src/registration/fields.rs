//! The dossier in the order of the console, field by field, to be copied across: what is typed, what is chosen, and how
//! much of a limit is used. The values are those of the dossier; the words for the labels are made where they are shown.

use super::finding::Step;
use super::{CUSTOMERS_MAX, Decision, Dossier, DossierKind, MODEL_MAX, NAME_MAX, SHOWN_MAX, decide};
use crate::endpoint::SensorKind;
use crate::locale::Locale;
use crate::market::Marketplace;
use crate::measure::Measurement;
use serde::{Deserialize, Serialize};

/// What a field of the console is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Label {
    /// "Choose what kind of device you want".
    Kind,
    /// "Choose a name for your device".
    Name,
    /// "Choose or generate a Model ID for your device".
    Model,
    /// "Enter your Device Type", of a Connect Kit device.
    DeviceType,
    /// "Upload Device Image".
    Image,
    /// The friendly name on the Device Localization tab.
    DeviceName,
    /// The identifier of a further slot.
    Identifier,
    /// "Consumable Category".
    Category,
    /// "Customer-Facing Slot Name" on the Slot Localization tab.
    SlotName,
    /// The products of the ASIN List, to compare.
    Asins,
    /// The sensor type on the Replenishment ID tab.
    Sensor,
    /// What it measures.
    Measurement,
    /// The description of sensor and consumable.
    Description,
    /// The assigned ID, to compare.
    Replenishment,
    /// "Add a customer ID".
    Customer,
}

impl Label {
    /// All of them.
    pub const ALL: &'static [Label] = &[
        Label::Kind,
        Label::Name,
        Label::Model,
        Label::DeviceType,
        Label::Image,
        Label::DeviceName,
        Label::Identifier,
        Label::Category,
        Label::SlotName,
        Label::Asins,
        Label::Sensor,
        Label::Measurement,
        Label::Description,
        Label::Replenishment,
        Label::Customer,
    ];

    /// Its name on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Name => "name",
            Self::Model => "model",
            Self::DeviceType => "device_type",
            Self::Image => "image",
            Self::DeviceName => "device_name",
            Self::Identifier => "identifier",
            Self::Category => "category",
            Self::SlotName => "slot_name",
            Self::Asins => "asins",
            Self::Sensor => "sensor",
            Self::Measurement => "measurement",
            Self::Description => "description",
            Self::Replenishment => "replenishment",
            Self::Customer => "customer",
        }
    }
}

/// One field of the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CopyField {
    /// The console's step.
    pub step: Step,
    /// What it is called there.
    pub label: Label,
    /// The slot it is of, as the console calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub slot: Option<String>,
    /// The language it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub locale: Option<Locale>,
    /// The country it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub marketplace: Option<Marketplace>,
    /// What to put there; empty where nothing is known yet.
    pub value: String,
    /// Characters the console takes, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub max: Option<usize>,
}

/// The languages of a country's customers.
pub fn locales(market: Marketplace) -> &'static [Locale] {
    match market {
        Marketplace::Us => &[Locale::EnUs, Locale::EsUs],
        Marketplace::Uk => &[Locale::EnGb],
        Marketplace::De => &[Locale::DeDe],
        Marketplace::Fr => &[Locale::FrFr],
        Marketplace::It => &[Locale::ItIt],
        Marketplace::Es => &[Locale::EsEs],
        Marketplace::Jp => &[Locale::JaJp],
    }
}

/// A sensor type as the console spells it (S1).
pub(super) fn sensor_name(kind: SensorKind) -> &'static str {
    match kind {
        SensorKind::Level => "Level sensor",
        SensorKind::Usage => "Usage sensor",
        SensorKind::LevelUsage => "Level usage sensor",
        SensorKind::None => "Other",
    }
}

/// A kind of quantity as Amazon spells it.
pub(super) fn measurement_name(of: Measurement) -> &'static str {
    match of {
        Measurement::Count => "Count",
        Measurement::Percentage => "Percentage",
        Measurement::Volume => "Volume",
        Measurement::Weight => "Weight",
        Measurement::Duration => "Duration",
    }
}

/// All fields in the console's order: device, names, slots with their names and products, requests, test accounts.
pub fn copy_fields(dossier: &Dossier) -> Vec<CopyField> {
    let mut all = Vec::new();
    let field = |step, label, value: &str, max| CopyField {
        step,
        label,
        slot: None,
        locale: None,
        marketplace: None,
        value: value.to_owned(),
        max,
    };
    let kind = match dossier.kind {
        DossierKind::Skill => "Alexa Skills Kit device",
        DossierKind::ConnectKit { .. } => "Alexa Connect Kit device",
    };
    all.push(field(Step::Device, Label::Kind, kind, None));
    all.push(field(Step::Device, Label::Name, &dossier.name, Some(NAME_MAX)));
    all.push(field(Step::Device, Label::Model, &dossier.model, Some(MODEL_MAX)));
    if let DossierKind::ConnectKit { device_type } = &dossier.kind {
        all.push(field(Step::Device, Label::DeviceType, device_type, None));
    }
    let file = dossier.image.as_ref().map_or("", |image| image.file.as_str());
    all.push(field(Step::Customise, Label::Image, file, None));
    let text_of = |names: &std::collections::BTreeMap<Locale, String>, locale| {
        names.get(&locale).map_or(String::new(), Clone::clone)
    };
    for (&market, locale) in languages(dossier) {
        let name = text_of(&dossier.names, locale);
        let of = field(Step::Customise, Label::DeviceName, &name, Some(SHOWN_MAX));
        all.push(CopyField { locale: Some(locale), marketplace: Some(market), ..of });
    }
    for (at, slot) in dossier.slots.iter().enumerate() {
        let of_slot = |step, label, value: &str, max| CopyField {
            slot: Some(slot.identifier.clone()),
            ..field(step, label, value, max)
        };
        if at > 0 {
            all.push(of_slot(Step::Slots, Label::Identifier, &slot.identifier, None));
        }
        all.push(of_slot(Step::Slots, Label::Category, &slot.category, None));
        for (&market, locale) in languages(dossier) {
            let of = of_slot(Step::Slots, Label::SlotName, &text_of(&slot.names, locale), Some(SHOWN_MAX));
            all.push(CopyField { locale: Some(locale), marketplace: Some(market), ..of });
        }
        for &market in dossier.marketplaces.keys() {
            let list = slot.asins.get(&market).map_or(String::new(), |list| list.join(", "));
            let of = of_slot(Step::Slots, Label::Asins, &list, None);
            all.push(CopyField { marketplace: Some(market), ..of });
        }
    }
    for slot in &dossier.slots {
        let of_slot = |label, value: &str| CopyField {
            slot: Some(slot.identifier.clone()),
            ..field(Step::Ids, label, value, None)
        };
        let sensor = match decide(slot.answers) {
            Decision::Sensor { kind, .. } => sensor_name(kind),
            // The console's way out for what it has no sensor type for (protocols 7.1).
            Decision::None => sensor_name(SensorKind::None),
            Decision::Ask { .. } => "",
        };
        all.push(of_slot(Label::Sensor, sensor));
        let measured = slot.unit.map_or("", |unit| measurement_name(unit.measurement()));
        all.push(of_slot(Label::Measurement, measured));
        all.push(of_slot(Label::Description, &slot.description));
        all.push(of_slot(Label::Replenishment, &slot.replenishment));
    }
    for (&market, of) in &dossier.marketplaces {
        for customer in of.customers.iter().take(CUSTOMERS_MAX) {
            let one = field(Step::Accounts, Label::Customer, customer, None);
            all.push(CopyField { marketplace: Some(market), ..one });
        }
    }
    all
}

fn languages(dossier: &Dossier) -> impl Iterator<Item = (&Marketplace, Locale)> {
    dossier
        .marketplaces
        .keys()
        .flat_map(|market| locales(*market).iter().map(move |locale| (market, *locale)))
}
