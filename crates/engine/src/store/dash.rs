//! Dash settings in the file: what the console calls the models of the cloud's devices, and the visits that this app
//! began. A visit ends once; only the last few are kept.

use super::Transaction;
use anyhow::Context;
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::wire::DashModel;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// Visits that are kept.
const VISITS_KEPT: u32 = 50;

/// A visit to a device's Dash settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRow {
    /// What the way back carries.
    pub name: String,
    /// Whose settings.
    pub device: EndpointId,
    /// From whose page, if from one.
    pub slot: Option<SlotId>,
    /// When they were opened, ms UTC.
    pub opened: i64,
    /// When the person came back, ms UTC.
    pub returned: Option<i64>,
    /// Automatic reordering of the device as the cloud had told it, as JSON.
    pub before: String,
}

/// What the Dash console calls the models of the cloud's devices, by the device's id there. One that can't be read is left
/// out: the cloud tells it again.
pub fn cloud_dash(db: &Connection) -> anyhow::Result<BTreeMap<EndpointId, DashModel>> {
    let mut statement = db.prepare("SELECT device, body FROM cloud_dash")?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<(EndpointId, String)> {
        Ok((EndpointId::from_bytes(row.get(0)?), row.get(1)?))
    })?;
    let mut all = BTreeMap::new();
    for row in rows {
        let (device, body) = row?;
        if let Ok(dash) = serde_json::from_str(&body) {
            all.insert(device, dash);
        }
    }
    Ok(all)
}

fn visit(row: &Row<'_>) -> rusqlite::Result<VisitRow> {
    let slot: Option<[u8; 16]> = row.get(2)?;
    Ok(VisitRow {
        name: row.get(0)?,
        device: EndpointId::from_bytes(row.get(1)?),
        slot: slot.map(SlotId::from_bytes),
        opened: row.get(3)?,
        returned: row.get(4)?,
        before: row.get(5)?,
    })
}

/// The last visit to a device's settings.
pub fn last_visit(db: &Connection, device: EndpointId) -> anyhow::Result<Option<VisitRow>> {
    let sql = "SELECT name, device, slot, opened, returned, before FROM dash_visit WHERE device = ?1
               ORDER BY opened DESC, name DESC LIMIT 1";
    Ok(db.prepare_cached(sql)?.query_row([device.bytes()], visit).optional()?)
}

impl Transaction<'_> {
    /// Stores what the Dash console calls the model of a device of the cloud, or that nothing is known of it.
    pub fn save_cloud_dash(&self, device: EndpointId, dash: Option<&DashModel>) -> anyhow::Result<()> {
        let Some(dash) = dash else {
            self.0.prepare_cached("DELETE FROM cloud_dash WHERE device = ?1")?.execute([device.bytes()])?;
            return Ok(());
        };
        let sql = "INSERT INTO cloud_dash (device, body) VALUES (?1, ?2)
                   ON CONFLICT (device) DO UPDATE SET body = excluded.body";
        self.0.prepare_cached(sql)?.execute(params![device.bytes(), serde_json::to_string(dash)?])?;
        Ok(())
    }

    /// Keeps a visit, and lets go those before the last few.
    pub fn save_visit(&self, visit: &VisitRow) -> anyhow::Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO dash_visit (name, device, slot, opened, returned, before)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                visit.name,
                visit.device.bytes(),
                visit.slot.map(SlotId::bytes),
                visit.opened,
                visit.returned,
                visit.before,
            ])
            .context("Keep a visit")?;
        self.0
            .prepare_cached(
                "DELETE FROM dash_visit WHERE name NOT IN
                   (SELECT name FROM dash_visit ORDER BY opened DESC, name DESC LIMIT ?1)",
            )?
            .execute([VISITS_KEPT])?;
        Ok(())
    }

    /// Ends a visit. Absent when there is none of this name, or it ended before.
    pub fn end_visit(&self, name: &str, at: i64) -> anyhow::Result<Option<VisitRow>> {
        let sql = "UPDATE dash_visit SET returned = ?2 WHERE name = ?1 AND returned IS NULL
                   RETURNING name, device, slot, opened, returned, before";
        Ok(self.0.prepare_cached(sql)?.query_row(params![name, at], visit).optional()?)
    }
}
