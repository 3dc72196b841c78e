//! A slot of one's own and the account's slot for the same thing become one: the own slot stays, with its name, its settings
//! and its undo, takes in the other's history, and is measured as the maker says from then on. What was recorded before
//! goes up with its ids; what both have counts once, by its id. And the opposite end: the history of a device can be wiped,
//! for good and told to nobody, once the account no longer has the device.

use crate::error::{Code, Error};
use crate::household::{Household, REMOVED_KEPT, Watched};
use crate::store::{self, CloudSlot, Merge};
use crate::view::{RemovedDevice, ShelfMate};
use refill_domain::endpoint::{Endpoint, Slot};
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Source};
use refill_domain::measure::Amount;

/// Why two slots can't become one.
fn cannot(why: &str) -> Error {
    Error::new(Code::BadField, why).at("to")
}

/// The own slot as it is measured once it is the account's too.
fn as_the_maker_says(own: &Slot, there: &Slot) -> Slot {
    let mark = own.low_own.and_then(|mark| own.amount(mark).to(there.unit).ok());
    Slot {
        supply: there.supply,
        sensor: there.sensor,
        unit: there.unit,
        capacity: there.capacity.or_else(|| own.capacity.filter(|_| own.unit == there.unit)),
        pack: there.pack,
        low_own: mark.map(|mark| mark.milli),
        low_device: there.low_device,
        ..own.clone()
    }
}

/// What an entry leaves to the slot's pack or capacity, said in the entry itself; nothing where the slot says the same
/// afterwards.
fn spelled_out(kind: &EntryKind, before: &Slot, after: &Slot) -> Option<EntryKind> {
    let pack = |slot: &Slot| Amount::new(slot.pack, slot.shelf_unit());
    let full = |slot: &Slot| slot.capacity.map(|capacity| slot.amount(capacity));
    let mut spelled = kind.clone();
    match &mut spelled {
        EntryKind::Purchased { content: content @ None, .. }
        | EntryKind::Received { content: content @ None, .. }
            if pack(before) != pack(after) =>
        {
            *content = Some(pack(before));
        }
        EntryKind::Replaced { capacity: capacity @ None, .. } if full(before) != full(after) => {
            *capacity = full(before);
        }
        _ => return None,
    }
    (spelled != *kind).then_some(spelled)
}

impl Household {
    /// Why an own slot can't become one with a slot of the account.
    fn misfit(&self, own: &Watched, there: &Watched) -> Option<&'static str> {
        let (a, b) = (&own.row.slot, &there.row.slot);
        let device = |id| self.device(id).ok();
        let sample = |id| device(id).is_none_or(|device| device.sample);
        let read_here = device(a.endpoint).is_some_and(|device| device.reach.is_some());
        let shared = |of: &Watched| self.shelf_mates(of).next().is_some();
        let of_account = self.linked.slots.get(&there.row.key).is_some_and(|slot| slot.id == b.id);
        let same_terms = |a: &Slot, b: &Slot| {
            (a.unit, a.sensor, a.shelf_unit(), a.pack) == (b.unit, b.sensor, b.shelf_unit(), b.pack)
        };
        if self.linked.slots.contains_key(&own.row.key) {
            Some("This supply is the account's already.")
        } else if !of_account {
            Some("Choose a supply of a device of the account that has no other history of yours.")
        } else if sample(a.endpoint) || sample(b.endpoint) {
            Some("Sample data stays apart from what is yours.")
        } else if a.measurement() != b.measurement() {
            Some("The two are measured in different ways, so they can't be the same supply.")
        } else if a.pooled() != b.pooled() || a.shelf_unit().measurement() != b.shelf_unit().measurement() {
            Some("One is poured out and the other replaced as a whole, so they can't be the same supply.")
        } else if read_here && (a.unit, a.sensor) != (b.unit, b.sensor) {
            Some("This computer reads the device in another way than the maker does. Both stay as they are.")
        } else if shared(there) || (shared(own) && !same_terms(a, b)) {
            Some("Give each of them a shelf of its own first.")
        } else {
            None
        }
    }

    /// Slots of the account that a slot may be the same as.
    pub fn attachable(&self, own: &Watched) -> Vec<ShelfMate> {
        if self.linked.slots.is_empty() || self.linked.slots.contains_key(&own.row.key) {
            return Vec::new();
        }
        let fits = self.present_slots().filter(|there| self.misfit(own, there).is_none());
        let mut found: Vec<(bool, ShelfMate)> =
            fits.map(|there| (there.row.slot.supply != own.row.slot.supply, self.mate(there))).collect();
        found.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        found.into_iter().map(|(_, mate)| mate).collect()
    }

    /// Makes a slot of one's own and a slot of the account one: the own one, with both histories.
    ///
    /// # Errors
    /// `SlotUnknown`, `BadField` with why they can't be one, or why the disk refused.
    pub fn attach_slot(&mut self, slot: SlotId, to: SlotId) -> Result<(), Error> {
        let (own, there) = (self.watched(slot)?.clone(), self.watched(to)?.clone());
        if let Some(why) = self.misfit(&own, &there) {
            return Err(cannot(why));
        }
        let cloud = *self.linked.slots.get(&there.row.key).ok_or_else(|| cannot("It is gone."))?;
        // Uses of years would be new uses at Amazon, and might be ordered for.
        let cloud = CloudSlot { since: self.now().timestamp_millis(), ..cloud };
        let after = as_the_maker_says(&own.row.slot, &there.row.slot);
        let mut mine = self.read(|db| store::all_entries(db, own.row.key, &own.row.slot))?;
        mine.retain(|entry| entry.source != Source::Cloud);
        let mut spelled: Vec<Entry> = Vec::new();
        for entry in &mut mine {
            if let Some(kind) = spelled_out(&entry.kind, &own.row.slot, &after) {
                entry.kind = kind;
                spelled.push(entry.clone());
            }
        }
        mine.sort_by_key(|entry| entry.id);
        let last = self.slots_of(there.row.slot.endpoint).count() == 1;
        let merge = Merge { own: &own.row, there: &there.row, after: &after, spelled: &spelled, last };
        self.write(|tx| {
            tx.merge_slots(&merge)?;
            tx.save_cloud_slot(own.row.key, cloud)?;
            mine.iter().try_for_each(|entry| tx.send(entry, cloud))
        })?;
        self.reload()?;
        self.linked.queued = true;
        Ok(())
    }

    /// Devices that were removed and whose history is still kept, the last removed first.
    pub fn removed(&self) -> Vec<RemovedDevice> {
        let mut removed: Vec<RemovedDevice> = self
            .removed_devices()
            .filter_map(|device| {
                let kept_until = device.removed_at? + REMOVED_KEPT.num_milliseconds();
                let Endpoint { id, name, kind, .. } = device.endpoint.clone();
                Some(RemovedDevice { id, name, kind, kept_until })
            })
            .collect();
        removed.sort_by_key(|device| std::cmp::Reverse(device.kept_until));
        removed
    }

    /// Wipes a device, removed or not, with all that was ever said of it. There is no way back, and nobody is told.
    ///
    /// # Errors
    /// `DeviceUnknown`, `BadField` where the account still has it, or why the disk refused.
    pub fn wipe_device(&mut self, id: EndpointId) -> Result<(), Error> {
        if !self.devices.iter().any(|device| device.endpoint.id == id) {
            return Err(Error::new(Code::DeviceUnknown, "This device's history is gone already."));
        }
        if self.slots_of(id).any(|watched| self.linked.slots.contains_key(&watched.row.key)) {
            let why =
                "The account still has this device, and would bring it back. Remove it at the maker first.";
            return Err(Error::new(Code::BadField, why).at("device"));
        }
        self.write(|tx| tx.forget_outgoing(id).and_then(|()| tx.forget_devices(&[id])))?;
        self.reload()
    }
}
