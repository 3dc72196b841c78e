//! What is to be told to Amazon of the devices here, as a pure function of what is known and what was told: devices that
//! are new, changed or gone, levels, uses, sums and health (S1; protocols 2.4 to 2.7).

use crate::household::Watched;
use crate::store::{DeviceRow, ToldDevice};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::alexa::{ApplianceId, Connectivity, Device, Report, Sensor, SensorName, add_or_update};
use refill_domain::endpoint::SensorKind;
use refill_domain::ids::EndpointId;
use refill_domain::ledger::{Entry, Source};
use refill_domain::locale::Locale;
use refill_domain::outbox::{Book, health_due, level_now};
use std::collections::BTreeMap;

/// Hours of silence after which a device that owes a daily level counts as unreachable, as at the maker's cloud.
const SILENT: TimeDelta = TimeDelta::hours(49);

/// Who made the devices, where nobody says.
const MANUFACTURER: &str = "Refill";

/// What came of it.
#[derive(Debug, Default)]
pub struct Plan {
    /// To be queued, in this order.
    pub reports: Vec<Report>,
    /// What was told of devices, where that changed.
    pub told: Vec<(EndpointId, ToldDevice)>,
    /// Devices that are gone.
    pub gone: Vec<EndpointId>,
    /// When to look again if nothing happens before.
    pub next: Option<DateTime<Utc>>,
}

fn sooner(next: &mut Option<DateTime<Utc>>, at: DateTime<Utc>) {
    *next = Some(next.map_or(at, |known| known.min(at)));
}

/// The device as Alexa is told of it, without levels; none if it has nothing that can be told. What it can't be told of
/// is left out.
fn described(row: &DeviceRow, slots: &[&Watched]) -> Option<Device> {
    let mut sensors: Vec<Sensor> = Vec::new();
    for watched in slots {
        let slot = &watched.row.slot;
        let name = SensorName { text: slot.name.clone(), locale: Locale::nearest("en-US") };
        if let Ok(sensor) = Sensor::of(slot, &[name])
            && sensors.iter().all(|other| other.instance != sensor.instance)
        {
            sensors.push(sensor);
        }
    }
    let model = row.endpoint.model.as_deref();
    let id = ApplianceId::from(row.endpoint.id);
    let unseen = DateTime::UNIX_EPOCH;
    let device = Device::new(id, &row.endpoint.name, MANUFACTURER, model, sensors, unseen);
    device.ok().filter(|device| !device.sensors.is_empty())
}

/// Plans for the devices that `wanted` names; those that are gone are always told.
pub fn plan(
    told: &BTreeMap<EndpointId, ToldDevice>,
    devices: &[DeviceRow],
    slots: &[Watched],
    fresh: &[Entry],
    now: DateTime<Utc>,
    wanted: &dyn Fn(&EndpointId) -> bool,
) -> Plan {
    let mut plan = Plan::default();
    let here = |row: &&DeviceRow| row.removed_at.is_none() && !row.sample;
    let present: Vec<&DeviceRow> = devices.iter().filter(here).collect();
    let mut after = Vec::new();
    let mut new = Vec::new();
    for row in &present {
        let id = row.endpoint.id;
        if !wanted(&id) {
            continue;
        }
        let own: Vec<&Watched> = slots.iter().filter(|watched| watched.row.slot.endpoint == id).collect();
        let Some(device) = described(row, &own) else { continue };
        let text = serde_json::to_string(&device).unwrap_or_default();
        let kept = told.get(&id);
        if kept.is_none_or(|kept| kept.described != text) {
            new.push(device.clone());
        }
        let mut book = kept.map_or_else(
            || Book { health: None, seen_at: now, slots: BTreeMap::new() },
            |kept| kept.book.clone(),
        );
        // What people count can't fall silent.
        let speaks = row.reach.is_some();
        look(&mut book, (&device, speaks), &own, fresh, now, &mut after, &mut plan.next);
        let before = kept.map(|kept| (&kept.described, serde_json::to_string(&kept.book).ok()));
        if before != Some((&text, serde_json::to_string(&book).ok())) {
            plan.told.push((id, ToldDevice { described: text, book }));
        }
    }
    let gone = told.keys().filter(|id| present.iter().all(|row| row.endpoint.id != **id));
    plan.gone = gone.copied().collect();
    if !plan.gone.is_empty() {
        let appliances = plan.gone.iter().map(|id| ApplianceId::from(*id)).collect();
        plan.reports.push(Report::Deleted { appliances });
    }
    let sized = add_or_update(new);
    for appliance in sized.too_large {
        tracing::warn!(device = %appliance, "A device is larger than Alexa takes, and is not told");
    }
    plan.reports.extend(sized.reports);
    plan.reports.extend(after);
    plan
}

fn look(
    book: &mut Book,
    (device, speaks): (&Device, bool),
    slots: &[&Watched],
    fresh: &[Entry],
    now: DateTime<Utc>,
    reports: &mut Vec<Report>,
    next: &mut Option<DateTime<Utc>>,
) {
    let of_device = |entry: &&Entry| slots.iter().any(|watched| watched.row.slot.id == entry.slot);
    let said = fresh.iter().filter(of_device).filter(|entry| entry.source == Source::Device);
    book.seen_at = said.map(|entry| entry.recorded_at).fold(book.seen_at, Ord::max);
    let seen_at = book.seen_at.min(now);
    let owes = speaks && device.sensors.iter().any(|sensor| sensor.kind == SensorKind::Level);
    let silent = owes && now - seen_at >= SILENT;
    let present = if silent { Connectivity::Unreachable } else { Connectivity::Ok };
    if let Some(report) = health_due(&device.id, book.health, present, now) {
        reports.push(report);
        book.health = Some(present);
    }
    if owes && !silent {
        sooner(next, seen_at + SILENT);
    }
    for watched in slots {
        let slot = &watched.row.slot;
        let Some(sensor) = device.sensors.iter().find(|sensor| sensor.instance == slot.instance) else {
            continue;
        };
        let page = book.slots.entry(slot.id).or_default();
        let mut sensor = sensor.clone();
        if slot.sensor == SensorKind::Level {
            sensor.level = level_now(slot, &watched.fold.state);
        } else {
            let own: Vec<&Entry> = fresh.iter().filter(|entry| entry.slot == slot.id).collect();
            page.wait_for(slot, &own);
        }
        let (planned, again) = page.due(&device.id, &sensor, present, now);
        reports.extend(planned);
        if let Some(again) = again {
            sooner(next, again);
        }
    }
}
