//! The link with a maker's cloud in the file: whose account, how far it was heard, which slots are the cloud's too, what
//! it has not confirmed yet, and what it last said of orders. Tokens stand here sealed alone.

use super::Transaction;
use crate::orders::Answer;
use anyhow::Context;
use refill_domain::enablement::AlexaLink;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Source};
use refill_domain::wire::Me;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// The cloud's address.
    pub server: String,
    /// Whose account.
    pub account: Me,
    /// What was granted.
    pub scope: String,
    /// Since when, ms UTC.
    pub since: i64,
    /// The refresh token, sealed; absent = it lives in memory alone, or is dead.
    pub refresh: Option<Vec<u8>>,
    /// Since when only linking again helps, ms UTC.
    pub ended: Option<i64>,
    /// The number of the last change that was taken in.
    pub cursor: u64,
}

/// A slot as the cloud has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloudSlot {
    /// Its id there.
    pub id: SlotId,
    /// Its device there.
    pub device: EndpointId,
    /// What was observed before, ms UTC, is history: it counts there, and Amazon is not told of it again.
    pub since: i64,
}

impl CloudSlot {
    /// Whether this is the slot of its device that has this capability instance, which Amazon knows it by.
    pub fn is(&self, instance: &str) -> bool {
        self.id == SlotId::of(self.device, instance)
    }
}

/// An entry on its way to the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRow {
    /// Its place in the queue; they only grow.
    pub number: i64,
    /// Which.
    pub id: EntryId,
    /// As it is sent.
    pub body: String,
}

/// How much waits for the cloud, and how much it does not want.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Entries that wait.
    pub waiting: u32,
    /// Entries that were refused.
    pub parked: u32,
}

/// How the link to Alexa stands, as the cloud last said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlexaRow {
    /// How.
    pub link: AlexaLink,
    /// Since when, ms UTC.
    pub since: Option<i64>,
    /// Linking can begin from here.
    pub here: bool,
}

/// How the link to Alexa stands; absent where the cloud never said.
pub fn cloud_alexa(db: &Connection) -> anyhow::Result<Option<AlexaRow>> {
    let mut statement = db.prepare("SELECT link, since, here FROM cloud_alexa")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let link = serde_json::from_str(&row.get::<_, String>(0)?).context("Read how Alexa stands")?;
    Ok(Some(AlexaRow { link, since: row.get(1)?, here: row.get(2)? }))
}

/// The link, if there is one.
pub fn link(db: &Connection) -> anyhow::Result<Option<LinkRow>> {
    let mut statement =
        db.prepare_cached("SELECT server, account, scope, since, refresh, ended, cursor FROM link")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let account: String = row.get(1)?;
    Ok(Some(LinkRow {
        server: row.get(0)?,
        account: serde_json::from_str(&account).context("Read whose account it is")?,
        scope: row.get(2)?,
        since: row.get(3)?,
        refresh: row.get(4)?,
        ended: row.get(5)?,
        cursor: u64::try_from(row.get::<_, i64>(6)?).unwrap_or_default(),
    }))
}

/// The linking under way: its server, and the flow, sealed.
pub fn link_flow(db: &Connection) -> anyhow::Result<Option<(String, Vec<u8>)>> {
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(db.query_row("SELECT server, flow FROM link_flow", [], read).optional()?)
}

/// Slots that are the cloud's too, by their key here.
pub fn cloud_slots(db: &Connection) -> anyhow::Result<BTreeMap<i64, CloudSlot>> {
    let mut statement = db.prepare("SELECT slot, id, device, since FROM cloud_slot")?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<(i64, CloudSlot)> {
        let (id, device) = (SlotId::from_bytes(row.get(1)?), EndpointId::from_bytes(row.get(2)?));
        let slot = CloudSlot { id, device, since: row.get(3)? };
        Ok((row.get(0)?, slot))
    })?;
    rows.collect()
}

/// The next entries for the cloud behind a place in the queue, in the order they were recorded.
pub fn outgoing(db: &Connection, behind: i64, limit: u32) -> anyhow::Result<Vec<OutgoingRow>> {
    let sql =
        "SELECT number, id, body FROM outgoing WHERE parked IS NULL AND number > ?1 ORDER BY number LIMIT ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_and_then(params![behind, limit], |row| -> anyhow::Result<OutgoingRow> {
        Ok(OutgoingRow { number: row.get(0)?, id: EntryId::from_bytes(row.get(1)?), body: row.get(2)? })
    })?;
    rows.collect()
}

/// How much waits.
pub fn backlog(db: &Connection) -> anyhow::Result<Backlog> {
    let sql = "SELECT count(*) FILTER (WHERE parked IS NULL), count(*) FILTER (WHERE parked IS NOT NULL) FROM outgoing";
    Ok(db.query_row(sql, [], |row| Ok(Backlog { waiting: row.get(0)?, parked: row.get(1)? }))?)
}

/// What the cloud last said of orders, by device and name.
pub fn cloud_orders(db: &Connection) -> anyhow::Result<Vec<(EndpointId, String, Value)>> {
    told(db, "SELECT device, name, body FROM cloud_order ORDER BY device, name")
}

/// What the cloud last said of automatic reordering, by device and slot.
pub fn cloud_subscriptions(db: &Connection) -> anyhow::Result<Vec<(EndpointId, String, Value)>> {
    told(db, "SELECT device, slot, body FROM cloud_subscription ORDER BY device, slot")
}

/// What the person said of orders, by device and name.
pub fn order_answers(db: &Connection) -> anyhow::Result<Vec<((EndpointId, String), Answer)>> {
    let mut statement = db.prepare("SELECT device, name, came, at FROM order_answer")?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<((EndpointId, String), Answer)> {
        let answer = Answer { came: row.get(2)?, at: row.get(3)? };
        Ok(((EndpointId::from_bytes(row.get(0)?), row.get(1)?), answer))
    })?;
    rows.collect()
}

fn told(db: &Connection, sql: &str) -> anyhow::Result<Vec<(EndpointId, String, Value)>> {
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<(EndpointId, String, Value)> {
        let body: String = row.get(2)?;
        Ok((EndpointId::from_bytes(row.get(0)?), row.get(1)?, serde_json::from_str(&body)?))
    })?;
    rows.collect()
}

impl Transaction<'_> {
    /// Stores the link.
    pub fn save_link(&self, link: &LinkRow) -> anyhow::Result<()> {
        self.0
            .prepare_cached(
                "INSERT INTO link (one, server, account, scope, since, refresh, ended, cursor)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (one) DO UPDATE SET server = ?1, account = ?2, scope = ?3, since = ?4, refresh = ?5,
                   ended = ?6, cursor = ?7",
            )?
            .execute(params![
                link.server,
                serde_json::to_string(&link.account)?,
                link.scope,
                link.since,
                link.refresh,
                link.ended,
                i64::try_from(link.cursor)?,
            ])?;
        Ok(())
    }

    /// Notes how far the account was heard.
    pub fn save_cursor(&self, cursor: u64) -> anyhow::Result<()> {
        self.0.prepare_cached("UPDATE link SET cursor = ?1")?.execute([i64::try_from(cursor)?])?;
        Ok(())
    }

    /// Forgets the link and all that came of it but the ledger.
    pub fn forget_link(&self) -> anyhow::Result<()> {
        for table in [
            "link",
            "link_flow",
            "cloud_slot",
            "outgoing",
            "sent",
            "cloud_order",
            "cloud_subscription",
            "cloud_alexa",
            "order_answer",
            "cloud_dash",
            "dash_visit",
        ] {
            self.0.execute(&format!("DELETE FROM {table}"), [])?;
        }
        Ok(())
    }

    /// Notes how the link to Alexa stands.
    pub fn save_alexa(&self, row: &AlexaRow) -> anyhow::Result<()> {
        let sql = "INSERT OR REPLACE INTO cloud_alexa (one, link, since, here) VALUES (1, ?1, ?2, ?3)";
        let link = serde_json::to_string(&row.link)?;
        self.0.prepare_cached(sql)?.execute(params![link, row.since, row.here])?;
        Ok(())
    }

    /// Stores a linking under way, or forgets it.
    pub fn save_link_flow(&self, flow: Option<(&str, &[u8])>) -> anyhow::Result<()> {
        self.0.execute("DELETE FROM link_flow", [])?;
        if let Some((server, sealed)) = flow {
            self.0.execute(
                "INSERT INTO link_flow (one, server, flow) VALUES (1, ?1, ?2)",
                params![server, sealed],
            )?;
        }
        Ok(())
    }

    /// Notes that a slot is the cloud's too.
    pub fn save_cloud_slot(&self, key: i64, slot: CloudSlot) -> anyhow::Result<()> {
        let sql =
            "INSERT INTO cloud_slot (slot, id, device, since) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (slot)
                   DO UPDATE SET id = excluded.id, device = excluded.device, since = excluded.since";
        self.0.prepare_cached(sql)?.execute(params![
            key,
            slot.id.bytes(),
            slot.device.bytes(),
            slot.since
        ])?;
        Ok(())
    }

    /// A device is the cloud's no longer.
    pub fn forget_cloud_device(&self, device: EndpointId) -> anyhow::Result<()> {
        for table in ["cloud_slot", "cloud_order", "cloud_subscription", "cloud_dash"] {
            self.0.execute(&format!("DELETE FROM {table} WHERE device = ?1"), [device.bytes()])?;
        }
        Ok(())
    }

    /// Queues an entry for the cloud, under the slot's id there. Once, however often it comes. What it cost, where it was
    /// bought and what a person noted stay here.
    pub fn send(&self, entry: &Entry, slot: CloudSlot) -> anyhow::Result<()> {
        let history = entry.observed_at.timestamp_millis() < slot.since;
        let source = if history { Source::Import } else { entry.source };
        let mut sent = Entry { slot: slot.id, note: None, source, ..entry.clone() };
        if let EntryKind::Purchased { price, shop, .. } = &mut sent.kind {
            (*price, *shop) = (None, None);
        }
        let body = serde_json::to_string(&sent)?;
        let sql = "INSERT INTO outgoing (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING";
        self.0.prepare_cached(sql)?.execute(params![entry.id.bytes(), body])?;
        Ok(())
    }

    /// Notes what the cloud said of an order.
    pub fn save_order(
        &self,
        device: EndpointId,
        name: &str,
        state: &Map<String, Value>,
    ) -> anyhow::Result<()> {
        let sql = "INSERT INTO cloud_order (device, name, body) VALUES (?1, ?2, ?3)
                   ON CONFLICT (device, name) DO UPDATE SET body = excluded.body";
        self.0.prepare_cached(sql)?.execute(params![device.bytes(), name, serde_json::to_string(state)?])?;
        Ok(())
    }

    /// Notes what the person said of an order.
    pub fn save_answer(&self, device: EndpointId, name: &str, answer: Answer) -> anyhow::Result<()> {
        let sql = "INSERT INTO order_answer (device, name, came, at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (device, name) DO UPDATE SET came = excluded.came, at = excluded.at";
        self.0.prepare_cached(sql)?.execute(params![device.bytes(), name, answer.came, answer.at])?;
        Ok(())
    }

    /// Notes what the cloud said of a slot's reordering.
    pub fn save_subscription(
        &self,
        device: EndpointId,
        slot: &str,
        state: &Map<String, Value>,
    ) -> anyhow::Result<()> {
        let sql = "INSERT INTO cloud_subscription (device, slot, body) VALUES (?1, ?2, ?3)
                   ON CONFLICT (device, slot) DO UPDATE SET body = excluded.body";
        self.0.prepare_cached(sql)?.execute(params![device.bytes(), slot, serde_json::to_string(state)?])?;
        Ok(())
    }
}
