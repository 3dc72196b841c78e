//! What was said, and when nobody was there: the dates given for each slot, a row for each day on which they changed,
//! and marked absences. Both are kept as they were told; what follows from them is worked out anew each time.

use super::Transaction;
use anyhow::Context;
use refill_domain::forecast::tempo::Away;
use refill_domain::forecast::track::{Band, Said};
use refill_domain::ids::{EndpointId, EntryId};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// A marked absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwayRow {
    /// Made by whoever marked it.
    pub id: EntryId,
    /// The device alone; absent for the whole household.
    pub endpoint: Option<EndpointId>,
    /// The days.
    pub days: Away,
}

/// The dates given for all slots, by the slot's key, in order of day.
pub fn said(db: &Connection) -> anyhow::Result<BTreeMap<i64, Vec<Said>>> {
    let mut all: BTreeMap<i64, Vec<Said>> = BTreeMap::new();
    let mut statement = db.prepare("SELECT slot, day, early, likely, late FROM said ORDER BY slot, day")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (early, likely): (Option<i32>, Option<i32>) = (row.get(2)?, row.get(3)?);
        let late = row.get(4)?;
        let band = early.zip(likely).map(|(early, likely)| Band { early, likely, late });
        all.entry(row.get(0)?).or_default().push(Said { day: row.get(1)?, band });
    }
    Ok(all)
}

/// All marked absences, the earliest first.
pub fn away(db: &Connection) -> anyhow::Result<Vec<AwayRow>> {
    let mut statement = db.prepare("SELECT id, endpoint, first, last FROM away ORDER BY first, last, id")?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<AwayRow> {
        Ok(AwayRow {
            id: EntryId::from_bytes(row.get(0)?),
            endpoint: row.get::<_, Option<[u8; 16]>>(1)?.map(EndpointId::from_bytes),
            days: Away { first: row.get(2)?, last: row.get(3)? },
        })
    })?;
    rows.collect()
}

impl Transaction<'_> {
    /// Stores the dates given on a day, in place of those given earlier that day.
    pub fn save_said(&self, key: i64, said: &Said) -> anyhow::Result<()> {
        let band = said.band;
        self.0
            .prepare_cached(
                "INSERT INTO said (slot, day, early, likely, late) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (slot, day) DO UPDATE SET early = excluded.early, likely = excluded.likely,
                   late = excluded.late",
            )?
            .execute(params![
                key,
                said.day,
                band.map(|b| b.early),
                band.map(|b| b.likely),
                band.and_then(|b| b.late)
            ])
            .context("Store the dates given for a slot")?;
        Ok(())
    }

    /// Forgets dates given before `day`.
    pub fn forget_said(&self, day: i32) -> anyhow::Result<()> {
        self.0.execute("DELETE FROM said WHERE day < ?1", [day]).context("Forget old dates")?;
        Ok(())
    }

    /// Marks an absence; the same id again changes nothing.
    pub fn save_away(&self, row: &AwayRow) -> anyhow::Result<()> {
        self.0
            .execute(
                "INSERT INTO away (id, endpoint, first, last) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
                params![row.id.bytes(), row.endpoint.as_ref().map(|id| id.bytes()), row.days.first, row.days.last],
            )
            .context("Mark an absence")?;
        Ok(())
    }

    /// Takes an absence back. Says whether there was one.
    pub fn remove_away(&self, id: EntryId) -> anyhow::Result<bool> {
        Ok(self.0.execute("DELETE FROM away WHERE id = ?1", [id.bytes()]).context("Remove an absence")? > 0)
    }
}
