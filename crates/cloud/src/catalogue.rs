//! The maker's device models: what slots a device of each model has. A model that exists is never changed under the
//! devices that were registered as it; what is put again must be the same. What the Dash console says of it is
//! learned later, country by country, and may change.

use crate::ids::Label;
use refill_domain::dash::PageType;
use refill_domain::endpoint::{DeviceKind, SensorKind, Slot, SupplyKind};
use refill_domain::ids::{EndpointId, Instance, SlotId};
use refill_domain::market::Marketplace;
use refill_domain::measure::{AMOUNT_MAX, Measurement, Milli, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Slots of one model at most: an endpoint has at most 100 capabilities (protocols 2.2).
pub const SLOTS_MAX: usize = 90;

/// Longest name, in characters (protocols 2.2).
pub const NAME_MAX: usize = 128;

/// One of the maker's device models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Model {
    /// Its id, as Amazon knows it.
    pub id: Label,
    /// The name people read.
    pub name: String,
    /// What it is.
    #[schema(value_type = String, example = "printer")]
    pub kind: DeviceKind,
    /// The places for consumables.
    pub slots: Vec<ModelSlot>,
    /// What the Dash console says of it; absent until the console has it. May be put again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dash: Option<DashPart>,
}

/// A device model as the Dash console has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DashPart {
    /// The model's id there.
    pub model: String,
    /// Which page its settings are on (protocols 1.1).
    #[serde(default)]
    #[schema(value_type = String, example = "settings")]
    pub page: PageType,
    /// Where it is certified; nowhere to begin with.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["US", "DE"]))]
    pub marketplaces: Vec<Marketplace>,
}

/// One place for a consumable in a device model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelSlot {
    /// Its capability instance, the same in every device of the model.
    #[schema(value_type = String, example = "black")]
    pub instance: Instance,
    /// The name people read.
    pub name: String,
    /// What the supply is.
    #[schema(value_type = String, example = "ink")]
    pub supply: SupplyKind,
    /// How it is measured: `level`, `usage` or `level_usage`.
    #[schema(value_type = String, example = "level")]
    pub sensor: SensorKind,
    /// The unit of its figures, as Alexa spells it (protocols 2.8).
    #[schema(value_type = String, example = "PERCENT")]
    pub unit: Unit,
    /// What a full one holds, in thousandths of the unit.
    #[serde(default)]
    pub capacity: Option<Milli>,
    /// What one pack adds, in thousandths.
    pub pack: Milli,
}

/// Whether a character does not belong into a line of text: it controls something, or turns the direction of what follows.
pub fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Why a name can't be used, in words.
pub fn name_trouble(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("Give it a name.")
    } else if name.chars().count() > NAME_MAX {
        Some("Use at most 128 characters.")
    } else if name.chars().any(is_odd) {
        Some("Leave out control characters.")
    } else {
        None
    }
}

impl Model {
    /// The first member that can't be, with the reason.
    pub fn trouble(&self) -> Option<(String, &'static str)> {
        if let Some(why) = name_trouble(&self.name) {
            return Some(("name".into(), why));
        }
        if self.slots.is_empty() || self.slots.len() > SLOTS_MAX {
            return Some(("slots".into(), "A model has 1 to 90 slots."));
        }
        if let Some(dash) = &self.dash {
            if let Some(why) = name_trouble(&dash.model) {
                return Some(("dash.model".into(), why));
            }
            let all: BTreeSet<_> = dash.marketplaces.iter().collect();
            if all.len() != dash.marketplaces.len() {
                return Some(("dash.marketplaces".into(), "Name each marketplace once."));
            }
        }
        let mut seen = BTreeSet::new();
        self.slots.iter().enumerate().find_map(|(at, slot)| {
            let field = |name: &str| format!("slots[{at}].{name}");
            if !seen.insert(&slot.instance) {
                return Some((field("instance"), "Two slots have this instance."));
            }
            if let Some(why) = name_trouble(&slot.name) {
                return Some((field("name"), why));
            }
            let duration = slot.unit.measurement() == Measurement::Duration;
            let fits = match slot.sensor {
                SensorKind::Level => !duration,
                SensorKind::Usage => !duration && slot.unit.measurement() != Measurement::Percentage,
                SensorKind::LevelUsage => duration,
                SensorKind::None => false,
            };
            if !fits {
                return Some((field("sensor"), "This sensor does not measure in this unit."));
            }
            let amount = |milli: Milli| (1..=AMOUNT_MAX).contains(&milli);
            if slot.capacity.is_some_and(|milli| !amount(milli)) {
                return Some((field("capacity"), "Above 0 and at most a billion."));
            }
            (!amount(slot.pack)).then(|| (field("pack"), "Above 0 and at most a billion."))
        })
    }

    /// The slots of a device of this model. A slot's id follows from the device's and its instance.
    pub fn slots_of(&self, device: EndpointId) -> Vec<Slot> {
        let slot = |of: &ModelSlot| Slot {
            id: SlotId::of(device, of.instance.as_str()),
            endpoint: device,
            instance: of.instance.clone(),
            name: of.name.clone(),
            supply: of.supply,
            sensor: of.sensor,
            unit: of.unit,
            capacity: of.capacity,
            pack: of.pack,
            low_own: None,
            low_device: None,
            colours: Vec::new(),
            receptacle: false,
            muted: false,
        };
        self.slots.iter().map(slot).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn model() -> Model {
        Model {
            id: "PRINTER-1".parse().unwrap(),
            name: "Printer".into(),
            kind: DeviceKind::Printer,
            slots: vec![ModelSlot {
                instance: "black".parse().unwrap(),
                name: "Black".into(),
                supply: SupplyKind::Ink,
                sensor: SensorKind::Level,
                unit: Unit::Percent,
                capacity: None,
                pack: 1000,
            }],
            dash: None,
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(model().trouble(), None);
        let with = |change: fn(&mut Model)| {
            let mut model = model();
            change(&mut model);
            model.trouble().map(|(field, _)| field)
        };
        assert_eq!(with(|m| m.name = " ".into()).as_deref(), Some("name"));
        assert_eq!(with(|m| m.name = "a\u{202e}b".into()).as_deref(), Some("name"));
        assert_eq!(with(|m| m.slots.clear()).as_deref(), Some("slots"));
        assert_eq!(with(|m| m.slots.push(m.slots[0].clone())).as_deref(), Some("slots[1].instance"));
        assert_eq!(with(|m| m.slots[0].sensor = SensorKind::Usage).as_deref(), Some("slots[0].sensor"));
        assert_eq!(with(|m| m.slots[0].unit = Unit::Hour).as_deref(), Some("slots[0].sensor"));
        let dash = |called: &str, marketplaces: &[Marketplace]| {
            let part = DashPart {
                model: called.into(),
                page: PageType::default(),
                marketplaces: marketplaces.into(),
            };
            Model { dash: Some(part), ..model() }.trouble().map(|(field, _)| field)
        };
        assert_eq!(dash("M", &[Marketplace::De]), None);
        assert_eq!(dash("", &[]).as_deref(), Some("dash.model"));
        assert_eq!(dash("M", &[Marketplace::De, Marketplace::De]).as_deref(), Some("dash.marketplaces"));
        assert_eq!(with(|m| m.slots[0].pack = 0).as_deref(), Some("slots[0].pack"));
        assert_eq!(with(|m| m.slots[0].capacity = Some(-1)).as_deref(), Some("slots[0].capacity"));
    }

    #[test]
    fn slots_keep_their_ids() {
        let device = EndpointId(Uuid::from_u128(1));
        assert_eq!(model().slots_of(device), model().slots_of(device));
        assert_ne!(model().slots_of(device)[0].id, model().slots_of(EndpointId(Uuid::from_u128(2)))[0].id);
    }
}
