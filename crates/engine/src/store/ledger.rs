//! Writing the ledger: an entry, its effect on the fold, and the use by day, in one transaction. An entry that follows
//! all others costs the same at any size of the file; only late entries and voids fold their slot again.

use super::entries::{self, LEVEL, SOME_LEFT, UNKNOWN, USE};
use super::{SlotRow, Transaction, devices::word};
use anyhow::Context;
use refill_domain::fold::{DAYS_KEPT, DayBook, Effect, Fold, Refold, utc_day};
use refill_domain::ids::EntryId;
use refill_domain::ledger::{Entry, EntryKind, Level, Source, voided};
use refill_domain::measure::Amount;
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is new, and this is what it did.
    New(Effect),
    /// It is new and late, or a void: the slot was folded again.
    Refolded,
    /// It was there already.
    Duplicate,
}

/// Loads the folds of all slots: their states, and the use of the days that a forecast looks at.
pub fn folds(db: &Connection) -> anyhow::Result<BTreeMap<i64, Fold>> {
    let mut folds: BTreeMap<i64, Fold> = BTreeMap::new();
    let mut statement = db.prepare("SELECT slot, state, first_day, last_day FROM slot_state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let state: String = row.get(1)?;
        let state = serde_json::from_str(&state).context("Read the state of a slot")?;
        let days = DayBook { first: row.get(2)?, last: row.get(3)?, ..DayBook::default() };
        folds.insert(row.get(0)?, Fold { state, days });
    }
    // As the fold itself forgets: counted from the last day that was observed, not from today.
    let mut statement = db.prepare(
        "SELECT u.slot, u.day, u.used FROM slot_state s JOIN use_day u ON u.slot = s.slot
         WHERE u.day >= s.last_day - ?1 ORDER BY u.slot, u.day",
    )?;
    let mut rows = statement.query([DAYS_KEPT])?;
    let mut current: Option<(i64, Vec<(i32, i64)>)> = None;
    let mut store = |done: Option<(i64, Vec<(i32, i64)>)>| {
        if let Some((slot, days)) = done
            && let Some(fold) = folds.get_mut(&slot)
        {
            fold.days.used = days.into_iter().collect();
        }
    };
    while let Some(row) = rows.next()? {
        let (slot, day, used): (i64, i32, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match &mut current {
            Some((key, days)) if *key == slot => days.push((day, used)),
            _ => {
                store(current.take());
                current = Some((slot, vec![(day, used)]));
            }
        }
    }
    store(current);
    Ok(folds)
}

/// Folds a slot again from all that is in the file, writing nothing; `rows` are its entries, `each` hears what each did.
pub(super) fn folded(
    db: &Connection,
    row: &SlotRow,
    rows: &[entries::EntryRow],
    mut each: impl FnMut(EntryId, Effect),
) -> anyhow::Result<Refold> {
    let mut refold = Refold::of(rows.iter().map(|r| &r.entry));
    let mut said = rows.iter().map(|r| &r.entry).peekable();
    let mut say = |refold: &mut Refold, entry: &Entry| {
        if let Some(effect) = refold.next(&row.slot, entry) {
            each(entry.id, effect);
        }
    };
    entries::each_reading(db, row.key, &row.slot, |reading| {
        while let Some(entry) = said.next_if(|entry| entry.key() < reading.key()) {
            say(&mut refold, entry);
        }
        refold.next(&row.slot, &reading);
    })?;
    for entry in said {
        say(&mut refold, entry);
    }
    Ok(refold)
}

/// The use of each day that had any, by days since 1970; older days than the fold looks at among them.
pub fn use_days(db: &Connection, key: i64) -> anyhow::Result<BTreeMap<i32, i64>> {
    let mut statement = db.prepare_cached("SELECT day, used FROM use_day WHERE slot = ?1 ORDER BY day")?;
    let rows = statement.query_and_then([key], |row| Ok::<_, anyhow::Error>((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

impl Transaction<'_> {
    /// Appends entries of one slot and brings `fold` up to date; `fold` must be what the file holds. On an error the
    /// transaction is lost, and `fold` must be loaded again.
    pub fn append(
        &self,
        row: &SlotRow,
        fold: &mut Fold,
        batch: &mut [Entry],
    ) -> anyhow::Result<Vec<(EntryId, Appended)>> {
        batch.sort_by_key(Entry::key);
        let mut results = Vec::with_capacity(batch.len());
        let mut refold = false;
        let mut dirty: Option<(i32, i32)> = None;
        let mut changed = false;
        for entry in batch.iter() {
            let slot = &row.slot;
            if !self.insert(row, entry)? {
                results.push((entry.id, Appended::Duplicate));
                continue;
            }
            changed = true;
            if refold || !fold.follows(entry) {
                refold = true;
                results.push((entry.id, Appended::Refolded));
                continue;
            }
            let oldest = utc_day(entry.observed_at).saturating_sub(DAYS_KEPT);
            let forgets = fold.days.used.first_key_value().is_some_and(|(day, _)| *day < oldest);
            if let (true, Some((from, to))) = (forgets, dirty) {
                // The file keeps what the fold is about to forget.
                self.save_days(row.key, fold.days.used.range(from..=to))?;
            }
            let (uses, since) = (fold.state.changes, first_touched(fold, entry));
            let effect = fold.apply(slot, entry);
            if fold.state.changes != uses {
                let (from, to) = (since, utc_day(entry.observed_at));
                dirty = Some(dirty.map_or((from, to), |(a, b)| (a.min(from), b.max(to))));
            }
            if !is_reading(entry) {
                self.save_effect(entry.id, &effect)?;
            }
            results.push((entry.id, Appended::New(effect)));
        }
        if refold {
            *fold = self.refold(row)?;
        } else if changed {
            self.save_state(row.key, fold)?;
            if let Some((from, to)) = dirty {
                self.save_days(row.key, fold.days.used.range(from..=to))?;
            }
        }
        Ok(results)
    }

    /// Folds a slot again from all that is in the file, and stores what came out.
    pub fn refold(&self, row: &SlotRow) -> anyhow::Result<Fold> {
        let rows = entries::entries(&self.0, row.key, &row.slot)?;
        self.mark_voided(&rows, &voided(rows.iter().map(|r| &r.entry)))?;
        let mut effects: Vec<(EntryId, Effect)> = Vec::with_capacity(rows.len());
        let refold = folded(&self.0, row, &rows, |id, effect| effects.push((id, effect)))?;
        let all_days = refold.all_days();
        let fold = refold.end();
        for (id, effect) in &effects {
            self.save_effect(*id, effect)?;
        }
        self.0.execute("DELETE FROM use_day WHERE slot = ?1", [row.key])?;
        self.save_days(row.key, &all_days)?;
        self.save_state(row.key, &fold)?;
        Ok(fold)
    }

    fn mark_voided(&self, rows: &[entries::EntryRow], void: &BTreeSet<EntryId>) -> anyhow::Result<()> {
        let said: BTreeSet<EntryId> = rows.iter().map(|r| r.entry.id).collect();
        for r in rows {
            if r.voided != void.contains(&r.entry.id) {
                self.0
                    .prepare_cached("UPDATE entry SET voided = ?2 WHERE id = ?1")?
                    .execute(params![r.entry.id.bytes(), void.contains(&r.entry.id)])?;
            }
            // What a void names and no entry is, is a reading.
            if let EntryKind::Voided { entry: target } = r.entry.kind
                && !said.contains(&target)
            {
                let sql = if void.contains(&target) {
                    "INSERT OR IGNORE INTO voided_reading (id) VALUES (?1)"
                } else {
                    "DELETE FROM voided_reading WHERE id = ?1"
                };
                self.0.prepare_cached(sql)?.execute([target.bytes()])?;
            }
        }
        Ok(())
    }

    /// Inserts one entry where its kind belongs. False when it was there already.
    pub(super) fn insert(&self, row: &SlotRow, entry: &Entry) -> anyhow::Result<bool> {
        let at = entry.observed_at.timestamp_millis();
        if is_reading(entry) {
            let (kind, amount) = match &entry.kind {
                EntryKind::LevelRead { level: Level::Amount { amount } } => (LEVEL, Some(*amount)),
                EntryKind::LevelRead { level: Level::SomeLeft } => (SOME_LEFT, None),
                EntryKind::Consumed { amount } => (USE, Some(*amount)),
                _ => (UNKNOWN, None),
            };
            let unit = amount.map(|a: Amount| a.unit).filter(|unit| *unit != row.slot.unit);
            let unit = unit.map(|unit| word(&unit)).transpose()?;
            let value = amount.map_or(0, |a| a.milli);
            let inserted = self
                .0
                .prepare_cached(
                    "INSERT INTO reading (slot, at, id, kind, value, unit) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT DO NOTHING",
                )?
                .execute(params![row.key, at, entry.id.bytes(), kind, value, unit])
                .context("Append a reading")?;
            return Ok(inserted > 0);
        }
        let body = serde_json::to_value(&entry.kind)?;
        let kind = body.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
        let inserted = self
            .0
            .prepare_cached(
                "INSERT INTO entry (id, slot, at, recorded_at, source, about, note, kind, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                entry.id.bytes(),
                row.key,
                at,
                entry.recorded_at.timestamp_millis(),
                word(&entry.source)?,
                entry.about.map(EntryId::bytes),
                entry.note,
                kind,
                body.to_string(),
            ])
            .context("Append an entry")?;
        Ok(inserted > 0)
    }

    fn save_effect(&self, id: EntryId, effect: &Effect) -> anyhow::Result<()> {
        self.0
            .prepare_cached("UPDATE entry SET change = ?2, left_after = ?3, overshoot = ?4 WHERE id = ?1")?
            .execute(params![id.bytes(), effect.change, effect.left, effect.overshoot])?;
        Ok(())
    }

    fn save_state(&self, key: i64, fold: &Fold) -> anyhow::Result<()> {
        let state = serde_json::to_string(&fold.state)?;
        self.0
            .prepare_cached(
                "INSERT INTO slot_state (slot, state, first_day, last_day) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (slot) DO UPDATE SET state = excluded.state, first_day = excluded.first_day,
                   last_day = excluded.last_day",
            )?
            .execute(params![key, state, fold.days.first, fold.days.last])
            .context("Store the state of a slot")?;
        Ok(())
    }

    fn save_days<'d>(
        &self,
        key: i64,
        days: impl IntoIterator<Item = (&'d i32, &'d i64)>,
    ) -> anyhow::Result<()> {
        let mut statement = self.0.prepare_cached(
            "INSERT INTO use_day (slot, day, used) VALUES (?1, ?2, ?3)
             ON CONFLICT (slot, day) DO UPDATE SET used = excluded.used",
        )?;
        for (day, used) in days {
            statement.execute(params![key, day, used]).context("Store the use of a day")?;
        }
        Ok(())
    }
}

/// The first day whose use this entry may change: a drop is spread from the last number or from a rise that nobody had
/// confirmed, a count from the last one. What a device says it used, it used on that day: a count years ago must not
/// have every day since then written again.
fn first_touched(fold: &Fold, entry: &Entry) -> i32 {
    let state = &fold.state;
    let earliest = match entry.kind {
        EntryKind::Consumed { .. } => None,
        EntryKind::LevelRead { .. } => {
            let rise = state.rise.as_ref().filter(|rise| !rise.confirmed).map(|rise| rise.at);
            state.floor_at.into_iter().chain(rise).min()
        }
        _ => state.level_at,
    };
    utc_day(earliest.map_or(entry.observed_at, |earliest| earliest.min(entry.observed_at)))
}

/// What devices say goes to the clustered table; what has a source, a note or a reference does not.
pub(super) fn is_reading(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::LevelRead { .. } | EntryKind::Consumed { .. })
        && entry.source == Source::Device
        && entry.about.is_none()
        && entry.note.is_none()
}
