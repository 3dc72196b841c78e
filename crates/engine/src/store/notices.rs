//! What a person was told of, in the file: so that a restart tells nothing twice.

use super::Transaction;
use refill_domain::ids::EndpointId;
use refill_domain::notice::Memory;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeSet;

/// How notices go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeState {
    /// Somebody looked before.
    pub looked: bool,
    /// The last daily look, ms UTC.
    pub digest: Option<i64>,
    /// None before this, ms UTC.
    pub quiet: Option<i64>,
}

/// What was told. A row that can't be read is left out: at worst it is told again.
pub fn told_of(db: &Connection) -> anyhow::Result<Memory> {
    let mut statement = db.prepare("SELECT about, body FROM notice_told")?;
    let mut rows = statement.query([])?;
    let mut memory = Memory::new();
    while let Some(row) = rows.next()? {
        let (about, body): (String, String) = (row.get(0)?, row.get(1)?);
        if let (Ok(about), Ok(told)) = (serde_json::from_str(&about), serde_json::from_str(&body)) {
            memory.insert(about, told);
        }
    }
    Ok(memory)
}

/// How notices go.
pub fn notice_state(db: &Connection) -> anyhow::Result<NoticeState> {
    let read =
        |row: &rusqlite::Row<'_>| Ok(NoticeState { looked: true, digest: row.get(0)?, quiet: row.get(1)? });
    let found = db.query_row("SELECT digest, quiet FROM notice_state", [], read).optional()?;
    Ok(found.unwrap_or_default())
}

/// Devices of which no notices are wanted.
pub fn notices_off(db: &Connection) -> anyhow::Result<BTreeSet<EndpointId>> {
    let mut statement = db.prepare("SELECT device FROM notice_off")?;
    let rows = statement.query_map([], |row| Ok(EndpointId::from_bytes(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Transaction<'_> {
    /// Stores what was told: what differs from `before`.
    pub fn save_told(&self, before: &Memory, after: &Memory) -> anyhow::Result<()> {
        for about in before.keys().filter(|about| !after.contains_key(about)) {
            let about = serde_json::to_string(about)?;
            self.0.prepare_cached("DELETE FROM notice_told WHERE about = ?1")?.execute([about])?;
        }
        for (about, told) in after.iter().filter(|(about, told)| before.get(about) != Some(told)) {
            let sql = "INSERT INTO notice_told (about, body) VALUES (?1, ?2)
                       ON CONFLICT (about) DO UPDATE SET body = excluded.body";
            let row = params![serde_json::to_string(about)?, serde_json::to_string(told)?];
            self.0.prepare_cached(sql)?.execute(row)?;
        }
        Ok(())
    }

    /// Stores how notices go.
    pub fn save_notice_state(&self, state: &NoticeState) -> anyhow::Result<()> {
        let sql = "INSERT INTO notice_state (one, digest, quiet) VALUES (1, ?1, ?2)
                   ON CONFLICT (one) DO UPDATE SET digest = excluded.digest, quiet = excluded.quiet";
        self.0.prepare_cached(sql)?.execute(params![state.digest, state.quiet])?;
        Ok(())
    }

    /// Notes whether notices of a device are wanted.
    pub fn save_device_notices(&self, device: EndpointId, on: bool) -> anyhow::Result<()> {
        let sql = if on {
            "DELETE FROM notice_off WHERE device = ?1"
        } else {
            "INSERT INTO notice_off (device) VALUES (?1) ON CONFLICT DO NOTHING"
        };
        self.0.prepare_cached(sql)?.execute([device.bytes()])?;
        Ok(())
    }
}
