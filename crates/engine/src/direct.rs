//! Straight to Alexa's event gateway, for a skill under test: what is recorded becomes messages in the transaction that
//! records it, by the rules the maker's cloud reports by. A device is described before anything is said of it, a level
//! gives way to a newer one while it is unsent, a use never does, and every message keeps its id until it is settled.

mod plan;
mod turn;

use crate::error::Error;
use crate::household::{Household, Watched};
use crate::store::{self, DeviceRow, DirectRow, OutRow, ToldDevice, Transaction};
use chrono::{DateTime, Utc};
use plan::Plan;
use refill_domain::alexa::{MessageId, Report};
use refill_domain::ids::EndpointId;
use refill_domain::ledger::Entry;
use refill_domain::outbox::{Delivery, Queued, State, superseded_by};
use std::collections::BTreeMap;
use std::sync::Arc;
pub use turn::Turn;
use uuid::Uuid;

/// Between two places: halves of a message that was too large go between it and the next.
const STEP: i64 = 1 << 20;

/// The way in memory.
#[derive(Debug, Clone)]
pub struct Direct {
    /// Its settings.
    pub row: DirectRow,
    /// What Amazon was told, by device.
    pub told: BTreeMap<EndpointId, ToldDevice>,
    /// Something was queued since somebody last looked.
    pub queued: bool,
}

impl Direct {
    /// As the file has it.
    pub(crate) fn load(db: &rusqlite::Connection) -> anyhow::Result<Option<Self>> {
        let Some(row) = store::direct(db)? else { return Ok(None) };
        Ok(Some(Self { row, told: store::told_devices(db)?, queued: false }))
    }

    /// Turns what is new into messages, in the transaction that records it.
    pub(crate) fn tell(
        &mut self,
        tx: &Transaction<'_>,
        devices: &[DeviceRow],
        slots: &[Watched],
        fresh: &[Entry],
        (now, new_id): (DateTime<Utc>, &dyn Fn() -> Uuid),
    ) -> anyhow::Result<()> {
        let touched = |device: &EndpointId| {
            let own = |slot| slots.iter().any(|w| w.row.slot.id == slot && w.row.slot.endpoint == *device);
            fresh.iter().any(|entry| own(entry.slot))
        };
        let plan = plan::plan(&self.told, devices, slots, fresh, now, &touched);
        self.keep(tx, plan, now, new_id)
    }

    /// Queues what was planned and notes that it was.
    fn keep(
        &mut self,
        tx: &Transaction<'_>,
        plan: Plan,
        now: DateTime<Utc>,
        new_id: &dyn Fn() -> Uuid,
    ) -> anyhow::Result<()> {
        for (device, told) in plan.told {
            tx.save_told_device(device, &told)?;
            self.told.insert(device, told);
        }
        for device in plan.gone {
            tx.forget_told(device)?;
            self.told.remove(&device);
        }
        if plan.reports.is_empty() {
            return Ok(());
        }
        let mut queue = tx.direct_queue()?;
        let mut place = tx.direct_last()?;
        for report in plan.reports {
            place += STEP;
            let id = MessageId::from(new_id());
            for row in gives_way(&mut queue, &report, &id) {
                tx.save_out(row, now.timestamp_millis())?;
            }
            let row = OutRow { place, report, delivery: Delivery::new(id) };
            tx.save_out(&row, now.timestamp_millis())?;
            queue.push(row);
        }
        self.queued = true;
        Ok(())
    }
}

/// The messages that need not be sent once this one is queued; they are marked so.
fn gives_way<'a>(queue: &'a mut [OutRow], report: &Report, by: &MessageId) -> Vec<&'a OutRow> {
    let each = queue.iter();
    let seen: Vec<Queued<'_>> = each
        .map(|row| Queued { id: &row.delivery.id, report: &row.report, state: &row.delivery.state })
        .collect();
    let gone: Vec<MessageId> = superseded_by(&seen, report).into_iter().cloned().collect();
    queue
        .iter_mut()
        .filter(|row| gone.contains(&row.delivery.id))
        .filter_map(|row| row.delivery.supersede(by).then_some(&*row))
        .collect()
}

/// A message said after this place that says the same better.
fn better(row: &OutRow, rows: &[OutRow], counts: impl Fn(&State) -> bool) -> Option<MessageId> {
    let alone = [Queued { id: &row.delivery.id, report: &row.report, state: &State::Queued }];
    rows.iter()
        .filter(|other| other.place > row.place && counts(&other.delivery.state))
        .filter(|other| !superseded_by(&alone, &other.report).is_empty())
        .max_by_key(|other| other.place)
        .map(|other| other.delivery.id.clone())
}

impl Household {
    /// The way straight to the gateway, if it is on.
    pub fn direct(&self) -> Option<&Direct> {
        self.direct.as_ref()
    }

    /// Whether something was queued since somebody last asked.
    pub(crate) fn take_direct_queued(&mut self) -> bool {
        self.direct.as_mut().is_some_and(|direct| std::mem::take(&mut direct.queued))
    }

    /// Turns the way on, or gives it other settings, and queues what Amazon is to be told. What it was told by the same
    /// client stays known.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn save_direct(&mut self, row: DirectRow) -> Result<(), Error> {
        let now = self.now();
        let same = |direct: &&Direct| (&direct.row.client, direct.row.region) == (&row.client, row.region);
        let kept = self.direct().filter(same).map(|direct| direct.told.clone());
        let anew = kept.is_none();
        let mut direct = Direct { row, told: kept.unwrap_or_default(), queued: true };
        let plan = plan::plan(&direct.told, &self.devices, &self.slots, &[], now, &|_| true);
        let clock = Arc::clone(&self.clock);
        let direct = self.write(|tx| {
            if anew {
                tx.forget_direct()?;
            }
            tx.save_direct(&direct.row)?;
            direct.keep(tx, plan, now, &|| clock.new_id())?;
            Ok(direct)
        })?;
        self.direct = Some(direct);
        Ok(())
    }

    /// Keeps other tokens or another gate.
    fn keep_direct(&mut self, row: DirectRow) -> Result<(), Error> {
        self.write(|tx| tx.save_direct(&row))?;
        if let Some(direct) = &mut self.direct {
            direct.row = row;
        }
        Ok(())
    }

    /// Turns the way off. What it did is forgotten with it; the ledger stays.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn forget_direct(&mut self) -> Result<(), Error> {
        self.write(|tx| tx.forget_direct())?;
        self.direct = None;
        Ok(())
    }

    /// One message.
    ///
    /// # Errors
    /// `EntryUnknown`, or when the file can't be read.
    pub fn direct_row(&self, id: &MessageId) -> Result<OutRow, Error> {
        self.read(|db| store::direct_message(db, id))?.ok_or_else(crate::reports::gone)
    }

    /// Sends a message again that was put aside, unless something newer was said since; or puts it away. False if it is
    /// none that was put aside.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn settle_direct(&mut self, id: &MessageId, retry: bool) -> Result<bool, Error> {
        let now = self.now();
        let Some(mut row) = self.read(|db| store::direct_message(db, id))? else { return Ok(false) };
        let done = if retry {
            let all = self.read(|db| store::direct_outbox(db, u32::MAX))?;
            let counts = |state: &State| {
                !matches!(state, State::Parked { .. } | State::Superseded { .. } | State::Discarded { .. })
            };
            let newer = better(&row, &all, counts);
            row.delivery.release(newer.as_ref())
        } else {
            row.delivery.discard(now)
        };
        if done {
            self.write(|tx| tx.save_out(&row, now.timestamp_millis()))?;
            if let Some(direct) = &mut self.direct {
                direct.queued = true;
            }
        }
        Ok(done)
    }
}
