//! What went to the maker's cloud, for people who look at it: entries that wait or are not wanted, and for a while those
//! that arrived. What leaves the queue enters the history in the same transaction, so that no entry is in neither.

use super::Transaction;
use anyhow::Context;
use chrono::TimeDelta;
use refill_domain::ids::{EndpointId, EntryId};
use refill_domain::ledger::Entry;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// How long what arrived is remembered.
pub const HISTORY_KEPT: TimeDelta = TimeDelta::days(30);

/// How many of what arrived are remembered.
pub const HISTORY_MAX: i64 = 5000;

/// Why the cloud does not want an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwanted {
    /// It can't be.
    Refused,
    /// Its id was used for something else.
    Conflict,
}

impl Unwanted {
    fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Conflict => "conflict",
        }
    }
}

/// Where an entry for the cloud is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryState {
    /// It waits.
    Waiting,
    /// The cloud does not want it.
    Parked {
        /// Since when, ms UTC; absent in households that noted none.
        at: Option<i64>,
        /// Why.
        why: Unwanted,
        /// In the cloud's words.
        detail: String,
    },
    /// The cloud has it.
    Accepted {
        /// Since when, ms UTC.
        at: i64,
    },
    /// A person put it away.
    Discarded {
        /// When, ms UTC.
        at: i64,
    },
}

/// An entry for the cloud.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    /// As it is sent.
    pub entry: Entry,
    /// The same, to the letter.
    pub body: String,
    /// Where it is.
    pub state: EntryState,
}

const QUEUED: &str = "SELECT body, parked, parked_why, parked_at FROM outgoing";
const PAST: &str = "SELECT body, at, how FROM sent";

fn entry(body: String, state: EntryState) -> anyhow::Result<ReportRow> {
    let entry = serde_json::from_str(&body).context("Read an entry for the cloud")?;
    Ok(ReportRow { entry, body, state })
}

fn queued(row: &Row<'_>) -> anyhow::Result<ReportRow> {
    let parked: Option<String> = row.get(1)?;
    let why: Option<String> = row.get(2)?;
    let at = row.get(3)?;
    let state = parked.map_or(EntryState::Waiting, |detail| EntryState::Parked {
        at,
        why: if why.as_deref() == Some(Unwanted::Conflict.word()) {
            Unwanted::Conflict
        } else {
            Unwanted::Refused
        },
        detail,
    });
    entry(row.get(0)?, state)
}

fn past(row: &Row<'_>) -> anyhow::Result<ReportRow> {
    let (at, how): (i64, String) = (row.get(1)?, row.get(2)?);
    let discarded = how == "discarded";
    entry(row.get(0)?, if discarded { EntryState::Discarded { at } } else { EntryState::Accepted { at } })
}

/// Entries for the cloud, the newest first: those it does not want, those that wait, those that left the queue; of each
/// kind `limit` at most.
pub fn reports(db: &Connection, limit: u32) -> anyhow::Result<Vec<ReportRow>> {
    let mut all = Vec::new();
    for wanted in ["NOT NULL", "NULL"] {
        let sql = format!("{QUEUED} WHERE parked IS {wanted} ORDER BY number DESC LIMIT ?1");
        let mut statement = db.prepare_cached(&sql)?;
        all.extend(statement.query_and_then([limit], queued)?.collect::<anyhow::Result<Vec<_>>>()?);
    }
    let mut statement = db.prepare_cached(&format!("{PAST} ORDER BY number DESC LIMIT ?1"))?;
    all.extend(statement.query_and_then([limit], past)?.collect::<anyhow::Result<Vec<_>>>()?);
    Ok(all)
}

/// One entry for the cloud.
pub fn report(db: &Connection, id: EntryId) -> anyhow::Result<Option<ReportRow>> {
    let mut waits = db.prepare_cached(&format!("{QUEUED} WHERE id = ?1"))?;
    if let Some(row) = waits.query_and_then([id.bytes()], queued)?.next() {
        return row.map(Some);
    }
    let mut left = db.prepare_cached(&format!("{PAST} WHERE id = ?1"))?;
    left.query_and_then([id.bytes()], past)?.next().transpose()
}

impl Transaction<'_> {
    /// The cloud has these entries.
    pub fn sent(&self, ids: &[EntryId], at: i64) -> anyhow::Result<()> {
        self.leave(ids, "accepted", at).map(drop)
    }

    /// A person puts an entry away that the cloud does not want. False if it is not such a one.
    pub fn discard_report(&self, id: EntryId, at: i64) -> anyhow::Result<bool> {
        let parked = "SELECT 1 FROM outgoing WHERE id = ?1 AND parked IS NOT NULL";
        if !self.0.prepare_cached(parked)?.exists([id.bytes()])? {
            return Ok(false);
        }
        Ok(self.leave(&[id], "discarded", at)? > 0)
    }

    fn leave(&self, ids: &[EntryId], how: &str, at: i64) -> anyhow::Result<usize> {
        let mut place = self.0.prepare_cached("SELECT number FROM outgoing WHERE id = ?1")?;
        let mut numbers: Vec<i64> = Vec::with_capacity(ids.len());
        for id in ids {
            numbers.extend(place.query_row([id.bytes()], |row| row.get::<_, i64>(0)).optional()?);
        }
        let numbers = serde_json::to_string(&numbers)?;
        // What comes back to the queue after a cloud was set back is told once, at its last place.
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO sent (id, body, at, how) SELECT id, body, ?2, ?3 FROM outgoing
                 WHERE number IN (SELECT value FROM json_each(?1)) ORDER BY number",
            )?
            .execute(params![numbers, at, how])?;
        let gone = "DELETE FROM outgoing WHERE number IN (SELECT value FROM json_each(?1))";
        Ok(self.0.prepare_cached(gone)?.execute([numbers])?)
    }

    /// The cloud does not want an entry.
    pub fn park(&self, id: EntryId, why: Unwanted, detail: &str, at: i64) -> anyhow::Result<()> {
        let sql = "UPDATE outgoing SET parked = ?2, parked_why = ?3, parked_at = ?4 WHERE id = ?1";
        self.0.prepare_cached(sql)?.execute(params![id.bytes(), detail, why.word(), at])?;
        Ok(())
    }

    /// Sends an entry again that the cloud did not want. False if it is not such a one.
    pub fn retry_report(&self, id: EntryId) -> anyhow::Result<bool> {
        let sql = "UPDATE outgoing SET parked = NULL, parked_why = NULL, parked_at = NULL
                   WHERE id = ?1 AND parked IS NOT NULL";
        Ok(self.0.prepare_cached(sql)?.execute([id.bytes()])? > 0)
    }

    /// Forgets what was sent of a device; what still waits stays. Before its entries are forgotten, which say what was.
    pub(super) fn forget_history(&self, device: EndpointId) -> anyhow::Result<()> {
        for table in ["entry", "reading"] {
            let sql = format!(
                "DELETE FROM sent WHERE id IN
                   (SELECT said.id FROM {table} said JOIN slot s ON said.slot = s.key WHERE s.endpoint = ?1)"
            );
            self.0.execute(&sql, [device.bytes()])?;
        }
        let settled = "DELETE FROM direct_out WHERE settled_at IS NOT NULL AND instr(report, ?1) > 0";
        self.0.execute(settled, [device.to_string()])?;
        Ok(())
    }

    /// Lets go of what arrived long ago.
    pub fn prune_history(&self, now: i64) -> anyhow::Result<()> {
        let sql = "DELETE FROM sent WHERE at < ?1 OR number <= (SELECT max(number) FROM sent) - ?2";
        self.0.prepare_cached(sql)?.execute([now - HISTORY_KEPT.num_milliseconds(), HISTORY_MAX])?;
        Ok(())
    }
}
