//! Devices come: found printers as they are shown, and devices added, by their own word or by hand, with their slots and
//! what is in them, all in one transaction.

use crate::error::{Code, Error};
use crate::form::{AddDeviceForm, SlotForm, Typed};
use crate::household::{Household, Watched};
use crate::record::{amount, text};
use crate::sources::ipp::{Identity, PrinterReport};
use crate::sources::label::Serial;
use crate::sources::probe::Probed;
use crate::sources::supply::{Kind, State, Supply};
use crate::store::{DeviceRow, Reach, SlotRow};
use crate::view::{FoundPrinter, FoundSupply, Mark, Texture};
use refill_domain::endpoint::{Colour, Endpoint, SensorKind, Slot, SupplyKind};
use refill_domain::fold::Fold;
use refill_domain::ids::{EndpointId, EntryId, Instance, SlotId};
use refill_domain::ledger::{AdmitError, Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Measurement, Milli, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest name of a device or a supply, in characters.
pub(crate) const NAME_MAX: usize = 80;

/// Most slots of one device.
const SLOTS_MAX: usize = 60;

/// How a device is known again, as it is kept in the file: the one place a serial number is written.
#[derive(Serialize, Deserialize)]
struct KeptIdentity {
    uuid: Option<String>,
    serial: Option<String>,
    model: Option<String>,
}

fn keep(identity: &Identity) -> Option<String> {
    let kept = KeptIdentity {
        uuid: identity.uuid.clone(),
        serial: identity.serial.as_ref().map(|serial| serial.reveal().to_owned()),
        model: identity.make_and_model.clone(),
    };
    serde_json::to_string(&kept).ok()
}

pub(crate) fn kept(reach: &Reach) -> Option<Identity> {
    let kept: KeptIdentity = serde_json::from_str(reach.identity.as_deref()?).ok()?;
    let serial = kept.serial.as_deref().and_then(Serial::new);
    Some(Identity { uuid: kept.uuid, serial, make_and_model: kept.model })
}

fn supply_kind(kind: Kind) -> SupplyKind {
    match kind {
        Kind::Ink | Kind::Wax => SupplyKind::Ink,
        Kind::Toner | Kind::Ribbon => SupplyKind::Toner,
        Kind::Waste => SupplyKind::Waste,
        Kind::Drum
        | Kind::Fuser
        | Kind::Developer
        | Kind::Transfer
        | Kind::Cleaner
        | Kind::Maintenance
        | Kind::Printhead => SupplyKind::Part,
        Kind::Staples | Kind::Other => SupplyKind::Other,
    }
}

/// Thousandths of a percent that are left: the rest of a cartridge, the room of a waste container.
fn left(supply: &Supply) -> Level {
    match (supply.used_pct(), supply.state) {
        (Some(used), _) => {
            let milli = (100 - Milli::from(used.min(100))) * 1000;
            Level::Amount { amount: Amount::new(milli, Unit::Percent) }
        }
        (None, State::Some) => Level::SomeLeft,
        (None, State::Ok | State::Low | State::Empty | State::Full | State::Unknown) => Level::Unknown,
    }
}

/// The printer's own low mark as what is left, in thousandths of a percent.
pub(crate) fn low_mark(supply: &Supply) -> Option<Milli> {
    let scale = i64::from(supply.high.filter(|high| *high > 0).unwrap_or(100));
    if supply.receptacle {
        // Full at its high mark: low is the room that is left then.
        let high = supply.high.map(i64::from).filter(|high| (1..100).contains(high))?;
        return Some((100 - high) * 1000);
    }
    supply.low.map(|low| (i64::from(low) * 100_000 / scale).clamp(0, 100_000))
}

fn slot_of(supply: &Supply, id: SlotId, endpoint: EndpointId) -> Option<Slot> {
    Some(Slot {
        id,
        endpoint,
        instance: supply.instance().parse::<Instance>().ok()?,
        name: supply.name.clone(),
        supply: supply_kind(supply.kind),
        sensor: SensorKind::Level,
        unit: Unit::Percent,
        capacity: None,
        pack: 1000,
        low_own: None,
        low_device: low_mark(supply),
        colours: supply.colours.iter().filter_map(|colour| colour.parse::<Colour>().ok()).collect(),
        receptacle: supply.receptacle,
        muted: false,
    })
}

fn found_supply(supply: &Supply) -> FoundSupply {
    let level = match left(supply) {
        Level::Amount { amount } => Some(amount),
        Level::Unknown | Level::SomeLeft => None,
    };
    #[expect(clippy::cast_precision_loss, reason = "a height on the screen")]
    let share = |milli: Milli| (milli as f64 / 100_000.0).clamp(0.0, 1.0);
    let mark = low_mark(supply);
    FoundSupply {
        instance: supply.instance().to_owned(),
        name: supply.name.clone(),
        supply: supply_kind(supply.kind),
        low: matches!(supply.state, State::Low | State::Empty | State::Full),
        mark: Mark {
            fill: level.map(|level| share(level.milli)),
            texture: Texture::Solid,
            segments: 10,
            colours: supply.colours.iter().filter_map(|colour| colour.parse().ok()).collect(),
            low: mark.map(share),
            low_reached: matches!((level, mark), (Some(level), Some(mark)) if level.milli <= mark),
            stale: false,
            some_left: supply.state == State::Some,
        },
        level,
        stated: supply.stated(),
    }
}

/// A printer that answered, as it is shown; `known` is the device it is already, where there is a household.
pub fn found_printer(probed: &Probed, known: Option<EndpointId>) -> FoundPrinter {
    let report = &probed.report;
    let host = reqwest::Url::parse(&probed.printer_uri)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| probed.printer_uri.clone());
    let model = report.make_and_model.clone();
    FoundPrinter {
        key: report.uuid.clone().unwrap_or_else(|| probed.printer_uri.clone()),
        name: report.name.clone().or_else(|| model.clone()).unwrap_or_else(|| host.clone()),
        model,
        location: report.location.clone(),
        address: probed.printer_uri.clone(),
        supplies: report.supplies.iter().map(found_supply).collect(),
        known,
        host,
    }
}

impl Household {
    /// A printer that answered, as it is shown.
    pub fn found_printer(&self, probed: &Probed) -> FoundPrinter {
        found_printer(probed, self.known(probed))
    }

    fn known(&self, probed: &Probed) -> Option<EndpointId> {
        let identity = probed.report.identity();
        let same = |reach: &Reach| {
            match kept(reach) {
                // Two printers of one model are two printers: only marks of their own make them the same.
                Some(kept) if kept.uuid.is_some() || kept.serial.is_some() => {
                    let marks = Identity { make_and_model: None, ..identity.clone() };
                    (marks.uuid.is_some() || marks.serial.is_some()) && !kept.differs_from(&marks)
                }
                _ => reach.address == probed.printer_uri,
            }
        };
        self.present_devices().find(|device| device.reach.as_ref().is_some_and(same)).map(|d| d.endpoint.id)
    }

    /// Adds a device with its slots and what is in them; `probed` is the printer's own answer.
    ///
    /// # Errors
    /// At the field that can't be, or why the disk refused; then nothing was added.
    pub fn add_device(&mut self, form: &AddDeviceForm, probed: Option<&Probed>) -> Result<EndpointId, Error> {
        if self.devices.iter().any(|device| device.endpoint.id == form.id) {
            return Ok(form.id);
        }
        let name = text("name", Some(&form.name), NAME_MAX)?
            .ok_or_else(|| Error::new(Code::BadField, "Give the device a name.").at("name"))?;
        if form.slots.len() > SLOTS_MAX {
            return Err(
                Error::new(Code::BadField, format!("A device has {SLOTS_MAX} supplies at most.")).at("slots")
            );
        }
        let now = self.now();
        let device = DeviceRow {
            endpoint: Endpoint {
                id: form.id,
                name,
                kind: form.kind,
                model: text("model", form.model.as_deref(), NAME_MAX)?
                    .or_else(|| probed.and_then(|probed| probed.report.make_and_model.clone())),
                location: text("location", form.location.as_deref(), NAME_MAX)?
                    .or_else(|| probed.and_then(|probed| probed.report.location.clone())),
            },
            reach: probed.map(|probed| Reach {
                address: probed.printer_uri.clone(),
                identity: keep(&probed.report.identity()),
                answered_at: Some(now.timestamp_millis()),
                trouble: None,
            }),
            sample: false,
            removed_at: None,
        };
        let mut slots = Vec::new();
        let mut entries = Vec::new();
        let mut taken = BTreeSet::new();
        for (index, slot_form) in form.slots.iter().enumerate() {
            let supply = slot_form.instance.as_deref().and_then(|instance| {
                probed?.report.supplies.iter().find(|supply| supply.instance() == instance)
            });
            let slot = self.slot_from(form.id, index, slot_form, supply, &mut taken)?;
            if let Some(counted) = self.first_count(index, slot_form, &slot)? {
                entries.push(counted);
            }
            slots.push(slot);
        }
        if let Some(probed) = probed.filter(|_| form.slots.is_empty()) {
            let made = probed.report.supplies.iter().take(SLOTS_MAX);
            slots.extend(made.filter_map(|supply| slot_of(supply, SlotId(self.clock.new_id()), form.id)));
        }
        if let Some(probed) = probed {
            let own: Vec<&Slot> = slots.iter().collect();
            entries.extend(self.readings(&own, &probed.report).into_iter().map(|(_, entry)| entry));
        }
        if slots.is_empty() {
            return Err(Error::new(Code::BadField, "Add at least one supply.").at("slots"));
        }
        self.keep_all(vec![(device, slots, entries)])?;
        Ok(form.id)
    }

    /// What a printer says of these slots now, each beside its supply.
    pub(crate) fn readings<'a>(
        &self,
        slots: &[&Slot],
        report: &'a PrinterReport,
    ) -> Vec<(&'a Supply, Entry)> {
        let now = self.now();
        let reading = |supply: &'a Supply| {
            let slot = slots.iter().find(|slot| slot.instance.as_str() == supply.instance())?;
            let entry = Entry {
                id: EntryId(self.clock.new_id()),
                slot: slot.id,
                observed_at: now,
                recorded_at: now,
                source: Source::Device,
                about: None,
                note: None,
                kind: EntryKind::LevelRead { level: left(supply) },
            };
            Some((supply, entry))
        };
        report.supplies.iter().filter_map(reading).collect()
    }

    /// Stores new devices, their slots and first entries in one transaction.
    pub(crate) fn keep_all(&mut self, added: Vec<(DeviceRow, Vec<Slot>, Vec<Entry>)>) -> Result<(), Error> {
        let now = self.now();
        for (_, slots, entries) in &added {
            for entry in entries {
                if let Some(slot) = slots.iter().find(|slot| slot.id == entry.slot) {
                    refill_domain::ledger::admit(entry, slot, now).map_err(crate::household::refused)?;
                }
            }
        }
        let (devices, watched) = self.write(|tx| {
            let mut devices = Vec::with_capacity(added.len());
            let mut watched = Vec::new();
            for (device, slots, entries) in added {
                tx.save_device(&device)?;
                for slot in slots {
                    let key = tx.save_slot(&slot, None)?;
                    let row = SlotRow { key, slot, rise_answer: None };
                    let mut fold = Fold::default();
                    let mut own: Vec<Entry> =
                        entries.iter().filter(|entry| entry.slot == row.slot.id).cloned().collect();
                    tx.append(&row, &mut fold, &mut own)?;
                    watched.push(Watched { row, fold });
                }
                devices.push(device);
            }
            Ok((devices, watched))
        })?;
        self.devices.extend(devices);
        self.slots.extend(watched);
        Ok(())
    }

    fn slot_from(
        &self,
        endpoint: EndpointId,
        index: usize,
        form: &SlotForm,
        supply: Option<&Supply>,
        taken: &mut BTreeSet<String>,
    ) -> Result<Slot, Error> {
        let field = |name: &str| format!("slots.{index}.{name}");
        let name = text(&field("name"), Some(&form.name), NAME_MAX)?
            .ok_or_else(|| Error::new(Code::BadField, "Give the supply a name.").at(field("name")))?;
        let id = SlotId(self.clock.new_id());
        let own_low = self.typed_in(&field("low"), form.low.as_ref(), form.unit)?;
        if let Some(slot) = supply.and_then(|supply| slot_of(supply, id, endpoint)) {
            if !taken.insert(slot.instance.as_str().to_owned()) {
                return Err(Error::new(Code::BadField, "This supply is there already.").at(field("instance")));
            }
            return Ok(Slot { name, low_own: own_low, ..slot });
        }
        let instance = free_instance(&name, taken)
            .parse()
            .map_err(|_| Error::new(Code::BadField, "Choose another name.").at(field("name")))?;
        let capacity = self.typed_in(&field("capacity"), form.capacity.as_ref(), form.unit)?;
        let mut slot = Slot {
            id,
            endpoint,
            instance,
            name,
            supply: form.supply,
            sensor: form.sensor,
            unit: form.unit,
            capacity,
            pack: 1000,
            low_own: own_low,
            low_device: None,
            colours: Vec::new(),
            receptacle: form.supply == SupplyKind::Waste,
            muted: false,
        };
        let pack = self.typed_in(&field("pack"), form.pack.as_ref(), slot.shelf_unit())?;
        slot.pack = pack.or(capacity.filter(|_| slot.pooled())).unwrap_or(1000);
        Ok(slot)
    }

    /// A typed amount above 0 in `unit`; absent when the field is empty.
    pub(crate) fn typed_in(
        &self,
        field: &str,
        typed: Option<&Typed>,
        unit: Unit,
    ) -> Result<Option<Milli>, Error> {
        let Some(typed) = typed.filter(|typed| !typed.text.trim().is_empty()) else { return Ok(None) };
        let bad = |cause| crate::household::bad_amount(cause).at(field);
        let amount = amount(field, typed, self.locale())?.to(unit).map_err(bad)?;
        let milli = amount.positive().map_err(bad)?.milli;
        if unit.measurement() == Measurement::Percentage && milli > 100_000 {
            return Err(crate::household::refused(AdmitError::AboveFull).at(field));
        }
        Ok(Some(milli))
    }

    /// What was counted while adding, as the slot's first entry.
    fn first_count(&self, index: usize, form: &SlotForm, slot: &Slot) -> Result<Option<Entry>, Error> {
        let typed = |name: &str, typed: Option<&Typed>, unit: Unit| {
            let field = format!("slots.{index}.{name}");
            let typed = typed.filter(|typed| !typed.text.trim().is_empty());
            let read = |typed| {
                let bad = |cause| crate::household::bad_amount(cause).at(field.as_str());
                let amount = amount(&field, typed, self.locale())?;
                let inside = amount.to(unit).and_then(Amount::not_negative).map_err(bad)?;
                if unit.measurement() == Measurement::Percentage && inside.milli > 100_000 {
                    return Err(crate::household::refused(AdmitError::AboveFull).at(field.as_str()));
                }
                Ok::<Amount, Error>(amount)
            };
            typed.map(read).transpose()
        };
        let level = typed("level", form.level.as_ref(), slot.unit)?;
        let shelf = typed("shelf", form.shelf.as_ref(), slot.shelf_unit())?;
        if level.is_none() && shelf.is_none() {
            return Ok(None);
        }
        let now = self.now();
        Ok(Some(Entry {
            id: EntryId(self.clock.new_id()),
            slot: slot.id,
            observed_at: now,
            recorded_at: now,
            source: Source::Person,
            about: None,
            note: None,
            kind: EntryKind::Counted { level, shelf },
        }))
    }
}

/// An instance name made from a supply's name, free among `taken`.
fn free_instance(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .take(40)
        .collect();
    let plain = plain.trim_matches('-');
    let base = if plain.is_empty() { "supply" } else { plain };
    let mut candidate = base.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{base}-{number}");
        number += 1;
    }
    candidate
}
