//! What is to be told to Amazon now, as a pure function of what is known and what was told: devices that are new or
//! gone, levels, uses, sums and health (S1; protocols 2.4 to 2.7).

use crate::config::AlexaConfig;
use crate::store::Device as Registered;
use crate::store::relay::{RegisteredRow, RelayView, ReplenishmentRow, ToldRow};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::alexa::{
    ApplianceId, Connectivity, Device, NotReportable, Report, SensorName, add_or_update,
};
use refill_domain::endpoint::{SensorKind, Slot};
use refill_domain::fold::{Fold, SlotState};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::ledger::{Entry, Source};
use refill_domain::locale::Locale;
use refill_domain::outbox::{Book, Page, follow, health_due, level_now};
use refill_domain::registration::{Part, Texts, described};
use std::collections::BTreeMap;

/// What came of it.
#[derive(Debug, Default)]
pub struct Plan {
    /// To be queued, in this order.
    pub reports: Vec<Report>,
    /// Books that changed.
    pub told: Vec<ToldRow>,
    /// Devices that are gone.
    pub gone: Vec<EndpointId>,
    /// When to look again if nothing happens before.
    pub next: Option<DateTime<Utc>>,
}

/// Whole ledgers of slots, where the book alone does not say what is in them.
pub type Ledgers = BTreeMap<SlotId, Vec<Entry>>;

/// A device as Alexa is told of it, without levels.
///
/// # Errors
/// Its model can't be told to Alexa.
pub fn describe(
    device: &Registered,
    replenishments: &[ReplenishmentRow],
    registrations: &[RegisteredRow],
    manufacturer: &str,
    seen_at: DateTime<Utc>,
) -> Result<Device, NotReportable> {
    let registered = registrations.iter().find(|row| row.model == device.model).map(|row| &row.texts);
    let part = |slot: &'_ Slot| {
        let assigned =
            replenishments.iter().find(|row| row.model == device.model && row.instance == slot.instance);
        let names = registered.and_then(|texts| texts.names.get(&slot.instance));
        // A model that nobody registered has one name, which its device was given.
        let own = || vec![SensorName { text: slot.name.clone(), locale: Locale::EnUs }];
        Part {
            instance: slot.instance.clone(),
            sensor: slot.sensor,
            unit: slot.unit,
            names: names.filter(|names| !names.is_empty()).cloned().unwrap_or_else(own),
            replenishment: assigned.map(|row| row.id.clone()),
        }
    };
    let parts: Vec<Part> = device.slots.iter().map(part).collect();
    let told = |of: fn(&Texts) -> &String| registered.map(of).filter(|text| !text.is_empty());
    let manufacturer = told(|texts| &texts.manufacturer).map_or(manufacturer, String::as_str);
    let model = told(|texts| &texts.model).map_or(device.model.as_str(), String::as_str);
    described(device.id.into(), &device.name, manufacturer, Some(model), &parts, seen_at)
}

fn of_slot(fresh: &[Entry], slot: SlotId) -> Vec<&Entry> {
    fresh.iter().filter(|entry| entry.slot == slot).collect()
}

fn at(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

fn book_of(told: Option<&ToldRow>, device: &Registered) -> Book {
    // A book that can't be read begins anew: levels are told again, which does no harm.
    let kept = told.and_then(|told| serde_json::from_str(&told.book).ok());
    kept.unwrap_or_else(|| Book { health: None, seen_at: at(device.registered_at), slots: BTreeMap::new() })
}

/// The slots whose whole ledger is needed before anything can be planned.
pub fn ledgers_wanted(view: &RelayView) -> Vec<SlotId> {
    let mut wanted = Vec::new();
    for device in &view.devices {
        let book = book_of(view.told.iter().find(|told| told.device == device.id), device);
        for slot in device.slots.iter().filter(|slot| slot.sensor == SensorKind::Level) {
            let state = book.slots.get(&slot.id).map(|page| page.state.clone());
            let fresh = of_slot(&view.fresh, slot.id);
            if state.is_none_or(|mut state| !follow(slot, &mut state, &fresh)) {
                wanted.push(slot.id);
            }
        }
    }
    wanted
}

fn health(config: &AlexaConfig, device: &Device, now: DateTime<Utc>) -> Connectivity {
    // Only a level owes a daily word (S1); a device that tells its uses may well stand still for weeks.
    let owes = device.sensors.iter().any(|sensor| sensor.kind == SensorKind::Level);
    let silent = now - device.seen_at >= TimeDelta::hours(config.silent_hours.into());
    if owes && silent { Connectivity::Unreachable } else { Connectivity::Ok }
}

/// Plans. `ledgers` are those that [`ledgers_wanted`] asked for.
pub fn plan(view: &RelayView, ledgers: &Ledgers, config: &AlexaConfig, now: DateTime<Utc>) -> Plan {
    let mut plan = Plan::default();
    let (mut described, mut after) = (Vec::new(), Vec::new());
    let gone = view.told.iter().filter(|told| view.devices.iter().all(|device| device.id != told.device));
    plan.gone = gone.map(|told| told.device).collect();
    if !plan.gone.is_empty() {
        let appliances = plan.gone.iter().map(|id| ApplianceId::from(*id)).collect();
        plan.reports.push(Report::Deleted { appliances });
    }
    for registered in &view.devices {
        let kept = view.told.iter().find(|told| told.device == registered.id);
        let mut book = book_of(kept, registered);
        let said = view.fresh.iter().filter(|entry| entry.source == Source::Device);
        let own = said.filter(|entry| registered.slots.iter().any(|slot| slot.id == entry.slot));
        book.seen_at = own.map(|entry| entry.recorded_at).fold(book.seen_at, Ord::max);
        let seen_at = book.seen_at.min(now);
        let device = match describe(
            registered,
            &view.replenishments,
            &view.registrations,
            &config.manufacturer,
            seen_at,
        ) {
            Ok(device) => device,
            Err(why) => {
                tracing::warn!(device.id = %registered.id, device.trouble = %why, "A device can't be told to Alexa");
                continue;
            }
        };
        let assigned = view.replenishments.iter().filter(|row| row.model == registered.model);
        let named = view.registrations.iter().filter(|row| row.model == registered.model);
        let versions = assigned.map(|row| row.version).chain(named.map(|row| row.version));
        let version = versions.max().unwrap_or(0);
        if kept.is_none_or(|told| told.version < version) {
            described.push(device.clone());
        }
        let watch = Watch { config, device: &device, now };
        watch.health(&mut book, &mut after, &mut plan.next);
        for slot in &registered.slots {
            watch.slot(slot, &mut book, view, ledgers, &mut after, &mut plan.next);
        }
        if let Ok(book) = serde_json::to_string(&book)
            && kept.is_none_or(|told| told.book != book || told.version != version)
        {
            let model = registered.model.clone();
            plan.told.push(ToldRow { device: registered.id, model, version, book });
        }
    }
    let sized = add_or_update(described);
    for appliance in sized.too_large {
        tracing::warn!(device.id = %appliance, "A device is larger than Alexa takes, and is not told");
    }
    plan.reports.extend(sized.reports);
    plan.reports.extend(after);
    plan
}

fn sooner(next: &mut Option<DateTime<Utc>>, at: DateTime<Utc>) {
    *next = Some(next.map_or(at, |known| known.min(at)));
}

/// One device that is looked at.
struct Watch<'a> {
    config: &'a AlexaConfig,
    device: &'a Device,
    now: DateTime<Utc>,
}

impl Watch<'_> {
    fn health(&self, book: &mut Book, reports: &mut Vec<Report>, next: &mut Option<DateTime<Utc>>) {
        let present = health(self.config, self.device, self.now);
        if let Some(report) = health_due(&self.device.id, book.health, present, self.now) {
            reports.push(report);
            book.health = Some(present);
        }
        let owes = self.device.sensors.iter().any(|sensor| sensor.kind == SensorKind::Level);
        if present == Connectivity::Ok && owes {
            sooner(next, self.device.seen_at + TimeDelta::hours(self.config.silent_hours.into()));
        }
    }

    fn slot(
        &self,
        slot: &Slot,
        book: &mut Book,
        view: &RelayView,
        ledgers: &Ledgers,
        reports: &mut Vec<Report>,
        next: &mut Option<DateTime<Utc>>,
    ) {
        let Some(sensor) = self.device.sensors.iter().find(|sensor| sensor.instance == slot.instance) else {
            return;
        };
        let fresh = of_slot(&view.fresh, slot.id);
        let present = book.health.unwrap_or(Connectivity::Ok);
        let page: &mut Page = book.slots.entry(slot.id).or_default();
        let mut sensor = sensor.clone();
        if slot.sensor == SensorKind::Level {
            match ledgers.get(&slot.id) {
                Some(all) => page.state = Fold::of(slot, all).state,
                None => {
                    follow(slot, &mut page.state, &fresh);
                }
            }
            sensor.level = level_now(slot, &page.state);
        } else {
            page.wait_for(slot, &fresh);
        }
        let (planned, again) = page.due(&self.device.id, &sensor, present, self.now);
        reports.extend(planned);
        if let Some(again) = again {
            sooner(next, again);
        }
    }
}

/// What the relay knows of a device.
pub struct Told {
    /// The health Amazon was told.
    pub health: Option<Connectivity>,
    /// When the device last spoke.
    pub seen_at: DateTime<Utc>,
    /// What its slots' ledgers amount to, where that is known without reading them.
    pub states: BTreeMap<SlotId, SlotState>,
}

/// What the relay knows of a device, the entries that are not planned yet included.
pub fn told(view: &RelayView, device: &Registered) -> Option<Told> {
    let kept = view.told.iter().find(|told| told.device == device.id)?;
    let book = book_of(Some(kept), device);
    let mut states = BTreeMap::new();
    for slot in &device.slots {
        let Some(page) = book.slots.get(&slot.id) else { continue };
        let mut state = page.state.clone();
        if !view.more && follow(slot, &mut state, &of_slot(&view.fresh, slot.id)) {
            states.insert(slot.id, state);
        }
    }
    Some(Told { health: book.health, seen_at: book.seen_at, states })
}
