//! The household in memory and on disk: devices, slots with their folds, settings. Everything here is synchronous and
//! belongs to one owner, the run loop; what it tells is on disk before it returns. After a failed write the folds it
//! may have touched are loaded again, so that memory never says more than the file.

mod load;

pub(crate) use load::bounded;

use crate::clock::Clock;
use crate::direct::Direct;
use crate::error::{Code, Error};
use crate::linked::Linked;
use crate::notices::Hearing;
use crate::store::{self, AwayRow, Care, DeviceRow, Reader, SlotRow, Store};
use crate::view::Settings;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use refill_domain::endpoint::Slot;
use refill_domain::fold::Fold;
use refill_domain::forecast::track::Said;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{self, AdmitError, Entry};
use refill_domain::locale::Locale;
use refill_domain::measure::AmountError;
use refill_domain::shelf::Shelf;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How long a removed device's history is kept.
pub(crate) const REMOVED_KEPT: TimeDelta = TimeDelta::days(30);

/// A slot with what its ledger amounts to.
#[derive(Debug, Clone)]
pub struct Watched {
    /// As stored.
    pub row: SlotRow,
    /// Its fold.
    pub fold: Fold,
    /// How the person wants it watched.
    pub care: Care,
    /// What lies on the shelf it shares with other slots, if it shares one.
    pub shared: Option<Arc<Shelf>>,
}

impl Watched {
    /// Watched as usual, with a shelf of its own.
    pub fn new(row: SlotRow, fold: Fold) -> Self {
        Self { row, fold, care: Care::default(), shared: None }
    }
}

/// Where entries come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This computer: a person, or a device it reads.
    Here,
    /// The maker's cloud, which has judged them.
    Cloud,
}

/// The dates given for each slot, by its key.
type SaidBySlot = BTreeMap<i64, Vec<Said>>;

/// The household.
pub struct Household {
    pub(crate) clock: Arc<dyn Clock>,
    // Before the store: who closes last takes the files beside the household's away, and a reader may not.
    reader: Reader,
    /// Absent when opened for reading alone.
    store: Option<Store>,
    path: PathBuf,
    pub(crate) devices: Vec<DeviceRow>,
    pub(crate) slots: Vec<Watched>,
    pub(crate) settings: Settings,
    /// The dates given for each slot, by its key.
    pub(crate) said: SaidBySlot,
    /// Marked absences, the earliest first.
    pub(crate) away: Vec<AwayRow>,
    /// The day whose dates were noted last.
    pub(crate) noted: Option<i32>,
    /// The link with a maker's cloud.
    pub(crate) linked: Linked,
    /// The way straight to Alexa's gateway, if it is on.
    pub(crate) direct: Option<Direct>,
    /// What the person was told of.
    pub(crate) hearing: Hearing,
    /// Counts what was written.
    pub(crate) revision: u64,
    /// A write failed and the folds could not be loaded again: memory may say more than the file.
    stale: bool,
}

impl Household {
    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today where the person is.
    pub fn today(&self) -> NaiveDate {
        self.clock.day(self.now())
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The locale in force.
    pub fn locale(&self) -> Locale {
        crate::region::locale(&self.settings)
    }

    /// Reads the file beside the writer.
    ///
    /// # Errors
    /// When the file can't be read.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> anyhow::Result<T>,
    ) -> Result<T, Error> {
        self.reader.read(work)
    }

    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&store::Transaction<'_>) -> anyhow::Result<T>,
    ) -> Result<T, Error> {
        self.revision += 1;
        match &mut self.store {
            Some(store) => store.write(work),
            None => Err(Error::new(
                Code::DatabaseLocked,
                "Refill is open and keeps this household. Record it there, or quit Refill first.",
            )),
        }
    }

    /// Whether it was opened to be written.
    pub(crate) fn writes(&self) -> bool {
        self.store.is_some()
    }

    /// Closes the file.
    ///
    /// # Errors
    /// When the last write-back fails; nothing recorded is lost by it.
    pub fn close(self) -> Result<(), Error> {
        drop(self.reader);
        self.store.map_or(Ok(()), Store::close)
    }

    /// A slot of a device that was not removed.
    ///
    /// # Errors
    /// `SlotUnknown`.
    pub fn watched(&self, id: SlotId) -> Result<&Watched, Error> {
        self.slots
            .iter()
            .find(|watched| watched.row.slot.id == id)
            .filter(|watched| self.device(watched.row.slot.endpoint).is_ok())
            .ok_or_else(|| Error::new(Code::SlotUnknown, "This supply was removed."))
    }

    /// A device, if it was not removed.
    ///
    /// # Errors
    /// `DeviceUnknown`.
    pub fn device(&self, id: EndpointId) -> Result<&DeviceRow, Error> {
        self.present_devices()
            .find(|device| device.endpoint.id == id)
            .ok_or_else(|| Error::new(Code::DeviceUnknown, "This device was removed."))
    }

    /// Devices that were not removed.
    pub fn present_devices(&self) -> impl Iterator<Item = &DeviceRow> {
        self.devices.iter().filter(|device| device.removed_at.is_none())
    }

    /// Devices that were removed and can still be brought back.
    pub fn removed_devices(&self) -> impl Iterator<Item = &DeviceRow> {
        self.devices.iter().filter(|device| device.removed_at.is_some())
    }

    /// Slots of one device.
    pub fn slots_of(&self, id: EndpointId) -> impl Iterator<Item = &Watched> {
        self.slots.iter().filter(move |watched| watched.row.slot.endpoint == id)
    }

    /// Records entries in one transaction: all of them, or none. What was there already is left as it is.
    ///
    /// # Errors
    /// The first entry that can't be, or why the disk refused.
    pub fn append(&mut self, entries: Vec<Entry>) -> Result<Vec<(EntryId, store::Appended)>, Error> {
        self.append_and(entries, |_| Ok(()))
    }

    /// The same, with what else changes in the file because of them.
    pub(crate) fn append_and(
        &mut self,
        entries: Vec<Entry>,
        also: impl FnOnce(&store::Transaction<'_>) -> anyhow::Result<()>,
    ) -> Result<Vec<(EntryId, store::Appended)>, Error> {
        self.append_from(Origin::Here, entries, also)
    }

    /// The same, of entries from somewhere. What is recorded here of a slot that the cloud has too is queued for it.
    pub(crate) fn append_from(
        &mut self,
        origin: Origin,
        mut entries: Vec<Entry>,
        also: impl FnOnce(&store::Transaction<'_>) -> anyhow::Result<()>,
    ) -> Result<Vec<(EntryId, store::Appended)>, Error> {
        if self.stale {
            self.reload()?;
        }
        let now = self.now();
        match origin {
            Origin::Here => {
                for entry in &entries {
                    let slot = &self.watched(entry.slot)?.row.slot;
                    ledger::admit(entry, slot, now).map_err(refused)?;
                }
            }
            Origin::Cloud => entries.retain(|entry| {
                let Ok(watched) = self.watched(entry.slot) else { return false };
                // The cloud's clock judged when it was: ours may be behind.
                let admitted = ledger::admit(entry, &watched.row.slot, now.max(entry.recorded_at));
                if let Err(why) = &admitted {
                    tracing::warn!(entry = %entry.id, %why, "An entry of the cloud was left out");
                }
                admitted.is_ok()
            }),
        }
        let mut batches: Vec<(usize, Vec<Entry>)> = Vec::new();
        for entry in entries {
            let at = self.slots.iter().position(|w| w.row.slot.id == entry.slot).unwrap_or(usize::MAX);
            match batches.iter_mut().find(|(index, _)| *index == at) {
                Some((_, batch)) => batch.push(entry),
                None => batches.push((at, vec![entry])),
            }
        }
        // Clustered by slot: sorted batches are what keeps ingest fast.
        batches.sort_by_key(|(index, _)| *index);
        let mut slots = std::mem::take(&mut self.slots);
        let there = std::mem::take(&mut self.linked.slots);
        let devices = std::mem::take(&mut self.devices);
        let (mut direct, clock) = (self.direct.take(), Arc::clone(&self.clock));
        let result = self.write(|tx| {
            let mut done = Vec::new();
            let mut fresh = Vec::new();
            for (index, batch) in &mut batches {
                if let Some(watched) = slots.get_mut(*index) {
                    let appended = tx.append(&watched.row, &mut watched.fold, batch)?;
                    let new = |id| {
                        appended.iter().any(|(of, what)| *of == id && *what != store::Appended::Duplicate)
                    };
                    if direct.is_some() {
                        fresh.extend(batch.iter().filter(|entry| new(entry.id)).cloned());
                    }
                    if let Some(slot) = there.get(&watched.row.key).filter(|_| origin == Origin::Here) {
                        batch
                            .iter()
                            .filter(|entry| new(entry.id))
                            .try_for_each(|entry| tx.send(entry, *slot))?;
                    }
                    done.extend(appended);
                }
            }
            if let Some(direct) = &mut direct {
                direct.tell(tx, &devices, &slots, &fresh, (now, &|| clock.new_id()))?;
            }
            also(tx)?;
            Ok(done)
        });
        (self.slots, self.devices, self.direct) = (slots, devices, direct);
        self.linked.queued |= result.is_ok() && origin == Origin::Here && !there.is_empty();
        self.linked.slots = there;
        if result.is_err() {
            self.reload_folds();
        } else {
            let touched: Vec<SlotId> =
                batches.iter().filter_map(|(at, _)| self.slots.get(*at)?.care.shelf).collect();
            // What was recorded is on disk: a shelf that can't be read is read again before the next change.
            self.stale |= self.fill_shelves_of(&touched).is_err();
        }
        result
    }

    /// Stores a slot's changed settings and folds it again where they change how its ledger is read.
    pub(crate) fn save_slot(&mut self, slot: Slot) -> Result<(), Error> {
        let before = self.watched(slot.id)?.clone();
        let mut row = SlotRow { slot, ..before.row.clone() };
        let read_by = |slot: &Slot| (slot.low_mark(), slot.full(), slot.pack);
        let reread = read_by(&row.slot) != read_by(&before.row.slot);
        let answer = row.rise_answer;
        let (key, fold) = self.write(|tx| {
            let key = tx.save_slot(&row.slot, answer)?;
            Ok((key, if reread { Some(tx.refold(&row)?) } else { None }))
        })?;
        row.key = key;
        if let Some(watched) = self.slots.iter_mut().find(|w| w.row.slot.id == row.slot.id) {
            watched.row = row;
            if let Some(fold) = fold {
                watched.fold = fold;
            }
        }
        // A pack of another size changes what lies on the shelf.
        self.fill_shelves_of(&before.care.shelf.into_iter().collect::<Vec<_>>())
    }

    /// After a failed write: memory says again what the file says. If even that fails, nothing is appended until it
    /// succeeds.
    fn reload_folds(&mut self) {
        let direct = self.read(Direct::load);
        self.stale |= direct.is_err();
        self.direct = direct.unwrap_or_default();
        match self.read(store::folds) {
            Ok(mut folds) => {
                for watched in &mut self.slots {
                    watched.fold = folds.remove(&watched.row.key).unwrap_or_default();
                }
                self.stale |= self.fill_shelves().is_err();
            }
            Err(_) => self.stale = true,
        }
    }

    /// Takes out what was removed long enough ago.
    fn forget_removed(&mut self) -> Result<(), Error> {
        let limit = (self.now() - REMOVED_KEPT).timestamp_millis();
        let gone: Vec<EndpointId> = self
            .devices
            .iter()
            .filter(|device| device.removed_at.is_some_and(|at| at < limit))
            .map(|device| device.endpoint.id)
            .collect();
        self.forget(&gone)
    }

    pub(crate) fn forget(&mut self, gone: &[EndpointId]) -> Result<(), Error> {
        if gone.is_empty() {
            return Ok(());
        }
        self.write(|tx| tx.forget_devices(gone))?;
        self.devices.retain(|device| !gone.contains(&device.endpoint.id));
        self.slots.retain(|watched| !gone.contains(&watched.row.slot.endpoint));
        self.away.retain(|row| row.endpoint.is_none_or(|id| !gone.contains(&id)));
        self.fill_shelves()
    }

    /// Replaces the settings, each brought into its limits.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn set_settings(&mut self, settings: Settings) -> Result<(), Error> {
        let settings = bounded(settings);
        self.write(|tx| tx.save_settings(&settings))?;
        self.settings = settings;
        Ok(())
    }
}

/// A refusal of the ledger, in words for the field.
pub(crate) fn refused(cause: AdmitError) -> Error {
    match cause {
        AdmitError::Amount(cause) => bad_amount(cause),
        AdmitError::Future => {
            Error::new(Code::BadDate, "This day lies in the future. Choose today or earlier.")
        }
        AdmitError::Empty => Error::new(Code::BadAmount, "Enter an amount above 0."),
        AdmitError::TooMany => {
            Error::new(Code::BadAmount, "That is more than a million packs. Check the number.")
        }
        AdmitError::AboveFull => {
            Error::new(Code::BadAmount, "That is more than a full one holds. Check the number and its unit.")
        }
        AdmitError::Currency => Error::new(Code::BadField, "A currency has three letters, such as EUR."),
        AdmitError::Itself => Error::new(Code::EntryUnknown, "An entry can't undo itself."),
    }
}

/// Why an amount can't be, in words for the field.
pub fn bad_amount(cause: AmountError) -> Error {
    let message = match cause {
        AmountError::NotPositive => "Enter an amount above 0.",
        AmountError::Negative => "Enter 0 or more.",
        AmountError::TooLarge => "That is more than there can be. Check the number and its unit.",
        AmountError::OtherKind { .. } => "This unit measures something else than this supply.",
        AmountError::NotANumber => "Enter a number, written as in your region.",
        AmountError::TooPrecise => "Three decimals at most can be kept.",
    };
    Error::new(Code::BadAmount, message)
}
