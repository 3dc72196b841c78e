//! Where the rows of a table go: each name in it to a supply that is there, to a new one, or nowhere. New devices and
//! supplies have ids made of their names, so that the same table makes them once.

use super::rows::derived;
use super::survey::{Named, Survey};
use crate::adding::NAME_MAX;
use crate::error::{Code, Error};
use crate::household::{Household, Watched};
use crate::sources::label::clean;
use crate::store::DeviceRow;
use crate::view::{FileKind, Goes};
use refill_domain::endpoint::{DeviceKind, Endpoint, SensorKind, Slot, SupplyKind};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::measure::Unit;
use std::collections::HashMap;
use std::path::Path;

/// Where one name goes.
#[derive(Debug, Clone)]
pub enum Place {
    /// To a supply that is there.
    There(Slot),
    /// To a new one, in a device that is new, too, or not.
    New(Box<(DeviceRow, Slot)>),
    /// Nowhere.
    Nowhere,
}

impl Place {
    /// The supply.
    pub fn slot(&self) -> Option<&Slot> {
        match self {
            Self::There(slot) => Some(slot),
            Self::New(made) => Some(&made.1),
            Self::Nowhere => None,
        }
    }
}

/// Finds a place for every name of a survey: as the plan says, else by the name, else a new one.
///
/// # Errors
/// `SlotUnknown` when the plan names a supply that is gone.
pub fn places(survey: &Survey, household: &Household, path: &Path) -> Result<HashMap<String, Place>, Error> {
    let said: HashMap<&str, Goes> =
        survey.plan.sent.iter().map(|sent| (sent.name.as_str(), sent.goes)).collect();
    let there = ByName::of(household);
    let own = match survey.kind {
        FileKind::Grocy => "Grocy".to_owned(),
        FileKind::Homebox => "Homebox".to_owned(),
        FileKind::HomeAssistant => "Home Assistant".to_owned(),
        FileKind::Refill | FileKind::Table => {
            clean(&path.file_stem().unwrap_or_default().to_string_lossy(), NAME_MAX)
        }
    };
    let mut places = HashMap::with_capacity(survey.names.len());
    for (key, named) in &survey.names {
        let place = match said.get(key.as_str()) {
            Some(Goes::To { slot }) => Place::There(household.watched(*slot)?.row.slot.clone()),
            Some(Goes::New {}) => made(household, named, &own)?,
            Some(Goes::Nowhere {}) => Place::Nowhere,
            None => match there.find(survey.kind, named) {
                Some(slot) => Place::There(slot.clone()),
                None if survey.kind == FileKind::HomeAssistant && !measures(&named.supply) => Place::Nowhere,
                None => made(household, named, &own)?,
            },
        };
        places.insert(key.clone(), place);
    }
    Ok(places)
}

/// Home Assistant's kinds of entities that can say an amount.
fn measures(entity: &str) -> bool {
    ["sensor.", "number.", "input_number.", "counter."].iter().any(|kind| entity.starts_with(kind))
}

/// `sensor.office_printer_black` as words.
fn words(entity: &str) -> String {
    entity.split_once('.').map_or(entity, |(_, name)| name).replace('_', " ")
}

/// Supplies that are there, by what they may be called.
struct ByName<'a> {
    full: HashMap<String, &'a Slot>,
    /// Absent where several have the name.
    short: HashMap<String, Option<&'a Slot>>,
}

impl<'a> ByName<'a> {
    fn of(household: &'a Household) -> Self {
        let (mut full, mut short) = (HashMap::new(), HashMap::new());
        for Watched { row, .. } in household.present_slots() {
            let device =
                household.device(row.slot.endpoint).map(|d| d.endpoint.name.as_str()).unwrap_or_default();
            full.insert(folded(&format!("{device} {}", row.slot.name)), &row.slot);
            short.entry(folded(&row.slot.name)).and_modify(|slot| *slot = None).or_insert(Some(&row.slot));
        }
        Self { full, short }
    }

    fn find(&self, kind: FileKind, named: &Named) -> Option<&'a Slot> {
        let supply =
            if kind == FileKind::HomeAssistant { words(&named.supply) } else { named.supply.clone() };
        match &named.device {
            Some(device) => self.full.get(&folded(&format!("{device} {supply}"))).copied(),
            None => {
                let supply = folded(&supply.replace('/', " "));
                self.full.get(&supply).copied().or_else(|| self.short.get(&supply).copied().flatten())
            }
        }
    }
}

/// Lower case, single spaces.
fn folded(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A new supply for a name, in the device that the file names, else in one of the file's own.
fn made(household: &Household, named: &Named, own: &str) -> Result<Place, Error> {
    let device_name = clean(named.device.as_deref().unwrap_or(own), NAME_MAX);
    let supply = if named.device.is_none() && measures(&named.supply) {
        words(&named.supply)
    } else {
        named.supply.clone()
    };
    let name = clean(&supply, NAME_MAX);
    if device_name.is_empty() || name.is_empty() {
        return Err(Error::new(Code::BadFile, "A name in this table has no characters that can be shown."));
    }
    let there = household.present_devices().find(|d| folded(&d.endpoint.name) == folded(&device_name));
    let device = match there {
        Some(device) => device.clone(),
        None => {
            let id =
                free(|id| household.devices.iter().any(|d| d.endpoint.id.0 == id), &["device", &device_name]);
            let endpoint = Endpoint {
                id: EndpointId(id),
                name: device_name.clone(),
                kind: DeviceKind::Other,
                model: None,
                location: None,
            };
            DeviceRow { endpoint, reach: None, sample: false, removed_at: None }
        }
    };
    let id = free(
        |id| household.slots.iter().any(|w| w.row.slot.id.0 == id),
        &["slot", &device.endpoint.id.to_string(), &name],
    );
    let (sensor, usual) = match (named.level, named.used) {
        (true, _) => (SensorKind::Level, Unit::Percent),
        (false, true) => (SensorKind::Usage, Unit::Count),
        (false, false) => (SensorKind::None, Unit::Count),
    };
    let unit = named.unit.unwrap_or(usual);
    let instance = format!("import-{}", id.simple()).parse().map_err(anyhow::Error::from)?;
    let slot = Slot {
        id: SlotId(id),
        endpoint: device.endpoint.id,
        instance,
        name,
        supply: SupplyKind::Other,
        sensor,
        unit,
        capacity: None,
        // One piece, or one of the unit, until somebody says what a pack is.
        pack: 1000,
        low_own: None,
        low_device: None,
        colours: Vec::new(),
        receptacle: false,
        muted: false,
    };
    Ok(Place::New(Box::new((device, slot))))
}

/// An id made of names that nothing has: what was removed keeps its own.
fn free(taken: impl Fn(uuid::Uuid) -> bool, names: &[&str]) -> uuid::Uuid {
    let mut id = derived(names);
    while taken(id) {
        id = derived(&["next", &id.to_string()]);
    }
    id
}
