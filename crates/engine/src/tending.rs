//! Devices stay and go: what a poll says is taken in, in one transaction; devices are renamed, moved, removed and brought
//! back; slots are set.

use crate::adding::{NAME_MAX, kept, low_mark};
use crate::error::{Code, Error};
use crate::form::SlotPatch;
use crate::household::Household;
use crate::record::text;
use crate::sources::ipp::PrinterReport;
use crate::sources::probe::Probed;
use crate::store::DeviceRow;
use crate::view::{DeviceView, Trouble};
use refill_domain::endpoint::{DeviceKind, Slot};
use refill_domain::ids::{EndpointId, SlotId};

impl Household {
    /// Takes in what a printer said: one reading a slot, and its own low marks.
    ///
    /// # Errors
    /// `OtherDevice` when it is not the printer that was added; nothing is recorded then.
    pub fn take_report(&mut self, id: EndpointId, report: &PrinterReport) -> Result<(), Error> {
        let now = self.now();
        let mut device = self.device(id)?.clone();
        let Some(reach) = &mut device.reach else { return Ok(()) };
        if kept(reach).is_some_and(|kept| kept.differs_from(&report.identity())) {
            return Err(Error::new(
                Code::OtherDevice,
                "Another printer answers at this address. Nothing was recorded; look for the printer again.",
            ));
        }
        reach.answered_at = Some(now.timestamp_millis());
        reach.trouble = None;
        let own: Vec<&Slot> = self.slots_of(id).map(|watched| &watched.row.slot).collect();
        let mut entries = Vec::new();
        let mut marks = Vec::new();
        for (supply, entry) in self.readings(&own, report) {
            marks.extend(
                own.iter()
                    .find(|slot| slot.id == entry.slot && slot.low_device != low_mark(supply))
                    .map(|slot| Slot { low_device: low_mark(supply), ..(*slot).clone() }),
            );
            entries.push(entry);
        }
        for slot in marks {
            self.save_slot(slot)?;
        }
        self.append_and(entries, |tx| tx.save_device(&device))?;
        self.put_device(device);
        Ok(())
    }

    /// Notes that a device did not answer; its last levels stay.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn take_trouble(&mut self, id: EndpointId, trouble: Trouble) -> Result<(), Error> {
        let Ok(device) = self.device(id) else { return Ok(()) };
        let mut device = device.clone();
        match &mut device.reach {
            Some(reach) if reach.trouble.as_ref() != Some(&trouble) => reach.trouble = Some(trouble),
            _ => return Ok(()),
        }
        self.keep_device(device)
    }

    fn keep_device(&mut self, device: DeviceRow) -> Result<(), Error> {
        self.write(|tx| tx.save_device(&device))?;
        self.put_device(device);
        Ok(())
    }

    fn put_device(&mut self, device: DeviceRow) {
        if let Some(kept) = self.devices.iter_mut().find(|kept| kept.endpoint.id == device.endpoint.id) {
            *kept = device;
        }
    }

    /// Gives a device another name.
    ///
    /// # Errors
    /// `BadField`, `DeviceUnknown`, or why the disk refused.
    pub fn rename_device(&mut self, id: EndpointId, name: &str) -> Result<(), Error> {
        let name = text("name", Some(name), NAME_MAX)?
            .ok_or_else(|| Error::new(Code::BadField, "Give the device a name.").at("name"))?;
        let mut device = self.device(id)?.clone();
        device.endpoint.name = name;
        self.keep_device(device)
    }

    /// Gives a device the address at which it answered, if it is the same device.
    ///
    /// # Errors
    /// `OtherDevice`, or why the disk refused.
    pub fn move_device(&mut self, id: EndpointId, probed: &Probed) -> Result<(), Error> {
        self.take_report(id, &probed.report)?;
        let mut device = self.device(id)?.clone();
        if let Some(reach) = &mut device.reach {
            reach.address.clone_from(&probed.printer_uri);
        }
        self.keep_device(device)
    }

    /// Takes a device out of sight; its history is kept thirty days.
    ///
    /// # Errors
    /// `DeviceUnknown`, or why the disk refused.
    pub fn remove_device(&mut self, id: EndpointId) -> Result<(), Error> {
        let device =
            DeviceRow { removed_at: Some(self.now().timestamp_millis()), ..self.device(id)?.clone() };
        self.keep_device(device)
    }

    /// Brings a removed device back.
    ///
    /// # Errors
    /// `DeviceUnknown`, or why the disk refused.
    pub fn restore_device(&mut self, id: EndpointId) -> Result<(), Error> {
        let removed = self.devices.iter().find(|device| device.endpoint.id == id).cloned();
        let gone = || Error::new(Code::DeviceUnknown, "This device's history is not kept any more.");
        self.keep_device(DeviceRow { removed_at: None, ..removed.ok_or_else(gone)? })
    }

    /// The Device screen.
    ///
    /// # Errors
    /// `DeviceUnknown`.
    pub fn device_page(&self, id: EndpointId) -> Result<DeviceView, Error> {
        let device = self.device(id)?;
        Ok(DeviceView {
            id,
            name: device.endpoint.name.clone(),
            kind: device.endpoint.kind,
            model: device.endpoint.model.clone(),
            location: device.endpoint.location.clone(),
            connection: self.connection(id),
            rows: self.slots_of(id).map(|watched| self.present(watched).row).collect(),
            weeks: self.weeks(),
            dash: self.dash(id)?,
            notices: self.device_notices(id),
        })
    }

    /// Changes a slot's settings.
    ///
    /// # Errors
    /// At the field that can't be, or why the disk refused.
    pub fn set_slot(&mut self, id: SlotId, patch: &SlotPatch) -> Result<(), Error> {
        let mut slot = self.watched(id)?.row.slot.clone();
        if let Some(name) = &patch.name {
            slot.name = text("name", Some(name), NAME_MAX)?
                .ok_or_else(|| Error::new(Code::BadField, "Give the supply a name.").at("name"))?;
        }
        if let Some(low) = &patch.low {
            slot.low_own = self.typed_in("low", Some(low), slot.unit)?;
        }
        if let Some(capacity) = &patch.capacity {
            slot.capacity = self.typed_in("capacity", Some(capacity), slot.unit)?;
        }
        if let Some(pack) = &patch.pack {
            slot.pack = self.typed_in("pack", Some(pack), slot.shelf_unit())?.unwrap_or(slot.pack);
        }
        slot.muted = patch.muted.unwrap_or(slot.muted);
        self.save_slot(slot)
    }

    /// Devices that are read over the network, with their addresses and when they last answered, ms UTC.
    pub fn reachable(&self) -> Vec<(EndpointId, String, Option<i64>)> {
        self.present_devices()
            .filter_map(|device| {
                let reach = device.reach.as_ref()?;
                (device.endpoint.kind == DeviceKind::Printer)
                    .then(|| (device.endpoint.id, reach.address.clone(), reach.answered_at))
            })
            .collect()
    }
}
