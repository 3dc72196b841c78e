//! The way straight to Alexa's event gateway in the file: its settings with sealed tokens, what Amazon was told of each
//! device, and the outbox. No text in it holds a token.

use super::Transaction;
use super::reports::{HISTORY_KEPT, HISTORY_MAX};
use anyhow::Context;
use refill_domain::alexa::{MessageId, Report};
use refill_domain::gateway::Region;
use refill_domain::ids::EndpointId;
use refill_domain::outbox::{Book, Delivery, Gate};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectRow {
    /// The skill's Alexa client.
    pub client: String,
    /// Whose gateway.
    pub region: Region,
    /// The gateway's address.
    pub events: String,
    /// The token endpoint's address.
    pub tokens: String,
    /// Secret and tokens, sealed; absent = they live in memory alone, or are gone.
    pub sealed: Option<Vec<u8>>,
    /// When the access token ends, ms UTC.
    pub ends_at: i64,
    /// Whether messages may be sent.
    pub gate: Gate,
}

/// What Amazon was told of a device.
#[derive(Debug, Clone)]
pub struct ToldDevice {
    /// Its description, as JSON.
    pub described: String,
    /// What was reported and what waits.
    pub book: Book,
}

/// A message of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutRow {
    /// Its place.
    pub place: i64,
    /// What it says.
    pub report: Report,
    /// Where it stands.
    pub delivery: Delivery,
}

/// The settings, if the way is on.
pub fn direct(db: &Connection) -> anyhow::Result<Option<DirectRow>> {
    let sql = "SELECT client, region, events, tokens, sealed, ends_at, gate FROM direct";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query_and_then([], |row| -> anyhow::Result<DirectRow> {
        Ok(DirectRow {
            client: row.get(0)?,
            region: serde_json::from_str(&row.get::<_, String>(1)?).context("Read a region")?,
            events: row.get(2)?,
            tokens: row.get(3)?,
            sealed: row.get(4)?,
            ends_at: row.get(5)?,
            gate: serde_json::from_str(&row.get::<_, String>(6)?).context("Read a gate")?,
        })
    })?;
    rows.next().transpose()
}

/// What Amazon was told, by device.
pub fn told_devices(db: &Connection) -> anyhow::Result<BTreeMap<EndpointId, ToldDevice>> {
    let mut statement = db.prepare_cached("SELECT device, described, book FROM direct_book")?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<(EndpointId, ToldDevice)> {
        let book = serde_json::from_str(&row.get::<_, String>(2)?).context("Read a device's book")?;
        Ok((EndpointId::from_bytes(row.get(0)?), ToldDevice { described: row.get(1)?, book }))
    })?;
    rows.collect()
}

const OUT: &str = "SELECT place, report, delivery FROM direct_out";

fn out(row: &Row<'_>) -> anyhow::Result<OutRow> {
    Ok(OutRow {
        place: row.get(0)?,
        report: serde_json::from_str(&row.get::<_, String>(1)?).context("Read a report")?,
        delivery: serde_json::from_str(&row.get::<_, String>(2)?).context("Read a delivery")?,
    })
}

/// Messages that are not settled, in their order.
pub fn direct_queue(db: &Connection) -> anyhow::Result<Vec<OutRow>> {
    let mut statement = db.prepare_cached(&format!("{OUT} WHERE settled_at IS NULL ORDER BY place"))?;
    statement.query_and_then([], out)?.collect()
}

/// Messages, the newest first.
pub fn direct_outbox(db: &Connection, limit: u32) -> anyhow::Result<Vec<OutRow>> {
    let mut statement = db.prepare_cached(&format!("{OUT} ORDER BY place DESC LIMIT ?1"))?;
    statement.query_and_then([limit], out)?.collect()
}

/// One message.
pub fn direct_message(db: &Connection, id: &MessageId) -> anyhow::Result<Option<OutRow>> {
    let mut statement = db.prepare_cached(&format!("{OUT} WHERE delivery ->> '$.id' = ?1"))?;
    statement.query_and_then([id.as_str()], out)?.next().transpose()
}

/// How many messages wait, and how many wait for a person.
pub fn direct_backlog(db: &Connection) -> anyhow::Result<(u32, u32)> {
    let sql = "SELECT count(*) FILTER (WHERE settled_at IS NULL),
               count(*) FILTER (WHERE settled_at IS NOT NULL AND delivery ->> '$.state.is' = 'parked')
               FROM direct_out";
    Ok(db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// The place of the last message.
pub fn direct_last(db: &Connection) -> anyhow::Result<i64> {
    let last: Option<i64> =
        db.query_row("SELECT max(place) FROM direct_out", [], |row| row.get(0)).optional()?.flatten();
    Ok(last.unwrap_or(0))
}

impl Transaction<'_> {
    /// Stores the settings.
    pub fn save_direct(&self, row: &DirectRow) -> anyhow::Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO direct (one, client, region, events, tokens, sealed, ends_at, gate)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (one) DO UPDATE SET client = ?1, region = ?2, events = ?3, tokens = ?4, sealed = ?5,
                   ends_at = ?6, gate = ?7",
            )?
            .execute(params![
                row.client,
                serde_json::to_string(&row.region)?,
                row.events,
                row.tokens,
                row.sealed,
                row.ends_at,
                serde_json::to_string(&row.gate)?,
            ])?;
        Ok(())
    }

    /// Turns the way off, and forgets all that came of it.
    pub fn forget_direct(&self) -> anyhow::Result<()> {
        for table in ["direct", "direct_book", "direct_out"] {
            self.0.execute(&format!("DELETE FROM {table}"), [])?;
        }
        Ok(())
    }

    /// Stores what Amazon was told of a device.
    pub fn save_told_device(&self, device: EndpointId, told: &ToldDevice) -> anyhow::Result<()> {
        let sql = "INSERT INTO direct_book (device, described, book) VALUES (?1, ?2, ?3)
                   ON CONFLICT (device) DO UPDATE SET described = ?2, book = ?3";
        let book = serde_json::to_string(&told.book)?;
        self.0.prepare_cached(sql)?.execute(params![device.bytes(), told.described, book])?;
        Ok(())
    }

    /// Amazon was told that a device is gone.
    pub fn forget_told(&self, device: EndpointId) -> anyhow::Result<()> {
        self.0.prepare_cached("DELETE FROM direct_book WHERE device = ?1")?.execute([device.bytes()])?;
        Ok(())
    }

    /// Stores a message, new or changed.
    pub fn save_out(&self, row: &OutRow, now: i64) -> anyhow::Result<()> {
        let settled = row.delivery.state.is_settled().then_some(now);
        let sql = "INSERT INTO direct_out (place, report, delivery, settled_at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (place) DO UPDATE SET delivery = ?3, settled_at = ?4";
        self.0.prepare_cached(sql)?.execute(params![
            row.place,
            serde_json::to_string(&row.report)?,
            serde_json::to_string(&row.delivery)?,
            settled
        ])?;
        Ok(())
    }

    /// Messages that are not settled, as this transaction sees them.
    pub fn direct_queue(&self) -> anyhow::Result<Vec<OutRow>> {
        direct_queue(&self.0)
    }

    /// The place of the last message, as this transaction sees it.
    pub fn direct_last(&self) -> anyhow::Result<i64> {
        direct_last(&self.0)
    }

    /// Lets go of messages that were settled long ago; what waits for a person stays.
    pub fn prune_direct(&self, now: i64) -> anyhow::Result<()> {
        let sql = "DELETE FROM direct_out WHERE settled_at IS NOT NULL AND delivery ->> '$.state.is' <> 'parked'
                   AND (settled_at < ?1 OR place IN
                     (SELECT place FROM direct_out WHERE settled_at IS NOT NULL ORDER BY place DESC LIMIT -1 OFFSET ?2))";
        self.0.prepare_cached(sql)?.execute([now - HISTORY_KEPT.num_milliseconds(), HISTORY_MAX])?;
        Ok(())
    }
}
