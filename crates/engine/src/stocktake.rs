//! The stocktake: one list of all slots, one save. Either every count is recorded, in one transaction, or none is; the
//! same form twice records once; and one undo takes all of it back.

use crate::error::{Code, Error};
use crate::form::{CountForm, RecordForm, StocktakeForm, What};
use crate::household::Household;
use crate::page::units;
use crate::store;
use crate::view::{Recorded, StocktakeLine, StocktakeView, Stocktaken};
use refill_domain::endpoint::Slot;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::Entry;
use refill_domain::locale::units_for;
use refill_domain::measure::Amount;
use std::collections::BTreeSet;

/// Most lines of one stocktake.
const LINES_MAX: usize = 2000;

/// One count of a stocktake, in the file.
struct Count {
    entry: EntryId,
    key: i64,
    slot: Slot,
    voided: bool,
}

impl Household {
    /// All supplies with what is there by the books, by device.
    pub fn stocktake(&self) -> StocktakeView {
        let mut shelves: BTreeSet<SlotId> = BTreeSet::new();
        let mut lines = Vec::new();
        for device in self.present_devices() {
            for watched in self.slots_of(device.endpoint.id) {
                let seen = self.on_shelf(watched);
                let slot = &watched.row.slot;
                let state = &watched.fold.state;
                let shared = watched.care.shelf.filter(|_| watched.shared.is_some());
                let mut shelf_units = units_for(slot.shelf_unit().measurement(), self.locale()).to_vec();
                if !shelf_units.contains(&slot.shelf_unit()) {
                    shelf_units.push(slot.shelf_unit());
                }
                lines.push(StocktakeLine {
                    row: self.present(watched).row,
                    level: state.level.filter(|_| !state.some_left).map(|level| slot.amount(level)),
                    shelf: Amount::new(seen.fold.state.shelf, slot.shelf_unit()),
                    units: units(slot, self.locale()),
                    shelf_units,
                    shelf_above: shared.is_some_and(|shelf| !shelves.insert(shelf)),
                });
            }
        }
        StocktakeView { today: self.today().to_string(), lines }
    }

    /// Records a stocktake in one step.
    ///
    /// # Errors
    /// The first line that can't be, at `lines.N.level` or `lines.N.shelf`, or why the disk refused; then nothing was
    /// recorded.
    pub fn take_stock(&mut self, form: &StocktakeForm) -> Result<Stocktaken, Error> {
        let kept = self.read(|db| store::batch(db, form.id))?;
        if !kept.is_empty() {
            return Ok(Stocktaken { id: form.id, count: count(&kept) });
        }
        let counted: Vec<(usize, &CountForm)> = form
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.level.is_some() || line.shelf.is_some())
            .collect();
        if counted.is_empty() {
            return Err(Error::new(Code::BadAmount, "Nothing was counted yet. Enter what is there."));
        }
        if counted.len() > LINES_MAX {
            let message = format!("{LINES_MAX} supplies can be counted in one step. Save some first.");
            return Err(Error::new(Code::BadField, message));
        }
        let mut slots = BTreeSet::new();
        let mut entries: Vec<Entry> = Vec::with_capacity(counted.len());
        for (index, line) in counted {
            let at = |cause: Error| match cause.field.clone() {
                Some(field) if field != "on" && field != "note" => cause.at(format!("lines.{index}.{field}")),
                Some(_) => cause,
                None => cause.at(format!("lines.{index}")),
            };
            if !slots.insert(line.slot) {
                let message = "This supply is in the list twice. Count it once.";
                return Err(Error::new(Code::BadField, message).at(format!("lines.{index}")));
            }
            let number = u128::try_from(entries.len()).unwrap_or(0) + 1;
            // Two apart: the id after an entry's own is that of the void which goes with an amendment.
            let id = EntryId(uuid::Uuid::from_u128(form.id.0.as_u128().wrapping_add(2 * number)));
            let record = RecordForm {
                id,
                slot: line.slot,
                on: form.on,
                note: form.note.clone(),
                amends: None,
                what: What::Counted { level: line.level.clone(), shelf: line.shelf.clone() },
            };
            entries.push(self.entry(&record).map_err(at)?);
        }
        let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
        self.append_and(entries, |tx| tx.save_batch(form.id, &ids))?;
        Ok(Stocktaken { id: form.id, count: count(&ids) })
    }

    /// Undoes a stocktake: every count of it that still stands; if none does, all are brought back. Absent when `step` is
    /// no stocktake.
    pub(crate) fn undo_stocktake(&mut self, id: EntryId, step: EntryId) -> Result<Option<Recorded>, Error> {
        let found = self.counts_of(step)?;
        let Some(first) = found.first().map(|count| count.slot.id) else { return Ok(None) };
        let redo = found.iter().all(|count| count.voided);
        let mut entries = Vec::new();
        for count in found.into_iter().filter(|count| count.voided == redo) {
            // The first void has the undo's own id, so that the same undo twice is one.
            let own = if entries.is_empty() { id } else { EntryId(self.clock.new_id()) };
            entries.extend(self.turn(own, &count.slot, count.key, count.entry, count.voided)?);
        }
        self.append(entries)?;
        Ok(Some(Recorded { entry: id, slot: first, effect: None }))
    }

    /// A slot of a stocktake, and whether all of it is undone; absent when `step` is no stocktake.
    pub(crate) fn stocktake_undone(&self, step: EntryId) -> Result<Option<(SlotId, bool)>, Error> {
        let found = self.counts_of(step)?;
        let undone = found.iter().all(|count| count.voided);
        Ok(found.first().map(|count| (count.slot.id, undone)))
    }

    /// The counts of a stocktake, of supplies that are still there.
    fn counts_of(&self, step: EntryId) -> Result<Vec<Count>, Error> {
        let mut found = Vec::new();
        for entry in self.read(|db| store::batch(db, step))? {
            if let Some((key, _, voided)) = self.read(|db| store::find_entry(db, entry))?
                && let Some(watched) = self.slots.iter().find(|watched| watched.row.key == key)
                && self.watched(watched.row.slot.id).is_ok()
            {
                found.push(Count { entry, key, slot: watched.row.slot.clone(), voided });
            }
        }
        Ok(found)
    }
}

fn count(ids: &[EntryId]) -> u32 {
    u32::try_from(ids.len()).unwrap_or(u32::MAX)
}
