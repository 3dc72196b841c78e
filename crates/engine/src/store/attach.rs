//! Two slots of the file become one, and what waits for the cloud of a device is forgotten: each a part of one
//! transaction.

use super::devices::word;
use super::entries::{LEVEL, USE};
use super::{SlotRow, Transaction};
use anyhow::Context;
use refill_domain::endpoint::Slot;
use refill_domain::ids::EndpointId;
use refill_domain::ledger::Entry;
use rusqlite::params;

/// How two slots become one.
#[derive(Debug)]
pub struct Merge<'a> {
    /// The one that stays.
    pub own: &'a SlotRow,
    /// The one whose history it takes in.
    pub there: &'a SlotRow,
    /// As it is measured afterwards.
    pub after: &'a Slot,
    /// Entries whose words depended on how it was measured before, with that said.
    pub spelled: &'a [Entry],
    /// The other is the last slot of its device, which goes with it.
    pub last: bool,
}

impl Transaction<'_> {
    /// Makes two slots one and folds it again. What both have stays once, by its id.
    pub fn merge_slots(&self, merge: &Merge<'_>) -> anyhow::Result<()> {
        let (own, there, db) = (merge.own.key, merge.there.key, &self.0);
        for entry in merge.spelled {
            let body = serde_json::to_string(&entry.kind)?;
            db.prepare_cached("UPDATE entry SET body = ?2 WHERE id = ?1")?
                .execute(params![entry.id.bytes(), body])?;
        }
        if merge.own.slot.unit != merge.after.unit {
            // What had no unit had the slot's, which becomes another.
            let sql = format!(
                "UPDATE reading SET unit = ?2 WHERE slot = ?1 AND unit IS NULL AND kind IN ({LEVEL}, {USE})"
            );
            db.execute(&sql, params![own, word(&merge.own.slot.unit)?])
                .context("Name the unit of readings")?;
        }
        db.execute(
            "INSERT OR IGNORE INTO reading (slot, at, id, kind, value, unit)
             SELECT ?1, at, id, kind, value, unit FROM reading WHERE slot = ?2",
            [own, there],
        )?;
        db.execute("UPDATE entry SET slot = ?1 WHERE slot = ?2", [own, there])?;
        for table in ["reading", "use_day", "slot_state", "slot_care", "said", "cloud_slot"] {
            db.execute(&format!("DELETE FROM {table} WHERE slot = ?1"), [there])
                .with_context(|| format!("Empty {table}"))?;
        }
        db.execute("DELETE FROM slot WHERE key = ?1", [there])?;
        if merge.last {
            let device = merge.there.slot.endpoint.bytes();
            db.execute("DELETE FROM away WHERE endpoint = ?1", [device])?;
            db.execute("DELETE FROM endpoint WHERE id = ?1", [device])?;
        }
        let slot = merge.after;
        db.execute(
            "UPDATE slot SET supply = ?2, sensor = ?3, unit = ?4, capacity = ?5, pack = ?6, low_own = ?7,
               low_device = ?8 WHERE key = ?1",
            params![
                own,
                word(&slot.supply)?,
                word(&slot.sensor)?,
                word(&slot.unit)?,
                slot.capacity,
                slot.pack,
                slot.low_own,
                slot.low_device
            ],
        )?;
        self.refold(&SlotRow { slot: slot.clone(), ..merge.own.clone() }).map(drop)
    }

    /// Forgets what waits for the cloud of a device.
    pub fn forget_outgoing(&self, device: EndpointId) -> anyhow::Result<()> {
        for table in ["entry", "reading"] {
            let sql = format!(
                "DELETE FROM outgoing WHERE id IN
                   (SELECT said.id FROM {table} said JOIN slot s ON said.slot = s.key WHERE s.endpoint = ?1)"
            );
            self.0.execute(&sql, [device.bytes()])?;
        }
        Ok(())
    }
}
