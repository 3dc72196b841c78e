//! What is registered of a model: kept beside the catalogue, changed by the console's rules alone, and joined with the
//! replenishment IDs that were assigned, which have their own table.

use super::writer::Tx;
use super::{devices, relay};
use crate::catalogue::{DashPart, Model};
use crate::ids::Label;
use crate::store::relay::{Kept, Over, RegisteredRow, ReplenishmentRow};
use anyhow::Context;
use refill_domain::alexa::assign_replenishment;
use refill_domain::registration::{Dossier, Texts, change};
use rusqlite::{Connection, OptionalExtension, params};

/// What Alexa is told of a model by its registration.
pub fn texts(db: &Connection, model: &Label) -> anyhow::Result<Option<RegisteredRow>> {
    let mut find = db.prepare_cached("SELECT texts, version FROM registration WHERE model = ?1")?;
    let row =
        find.query_row([model.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?))).optional()?;
    let read = |(texts, version): (String, i64)| -> anyhow::Result<_> {
        let texts = serde_json::from_str(&texts).context("Read what is registered")?;
        Ok(RegisteredRow { model: model.clone(), texts, version })
    };
    row.map(read).transpose()
}

/// The newest version of what Alexa is told of a model.
pub fn newest(db: &Connection, model: &Label) -> anyhow::Result<i64> {
    let mut find = db.prepare_cached(
        "SELECT coalesce(max(version), 0) FROM (SELECT version FROM replenishment WHERE model = ?1
           UNION ALL SELECT version FROM registration WHERE model = ?1)",
    )?;
    Ok(find.query_row([model.as_str()], |row| row.get(0))?)
}

/// The dossier of a model, with the IDs that were assigned.
pub fn find(db: &Connection, model: &Label) -> anyhow::Result<Option<Dossier>> {
    let mut find = db.prepare_cached("SELECT dossier FROM registration WHERE model = ?1")?;
    let text = find.query_row([model.as_str()], |row| row.get::<_, String>(0)).optional()?;
    let Some(text) = text else { return Ok(None) };
    let mut dossier = serde_json::from_str(&text).context("Read a dossier")?;
    join(&mut dossier, &relay::replenishments(db, model)?, true);
    Ok(Some(dossier))
}

/// Puts the IDs that were assigned where none stands; `all`: also where another one stands, because they are the truth.
fn join(dossier: &mut Dossier, known: &[ReplenishmentRow], all: bool) {
    for slot in &mut dossier.slots {
        let row = known.iter().find(|row| row.instance.as_str() == slot.instance);
        if let Some(row) = row.filter(|_| all || slot.replenishment.is_empty()) {
            slot.replenishment = row.id.as_str().to_owned();
        }
    }
}

/// Keeps a dossier over what the writer had read: whole, or with what is refused not at all.
pub fn put(tx: &mut Tx<'_>, model: &Model, dossier: &Dossier, over: &Over) -> anyhow::Result<Kept> {
    let known = relay::replenishments(tx.db, &model.id)?;
    let before = find(tx.db, &model.id)?;
    if !over.allows(before.as_ref()) {
        return Ok(Kept::Meanwhile);
    }
    let mut after = dossier.clone();
    join(&mut after, &known, false);
    if before.as_ref() == Some(&after) {
        return Ok(Kept::Same);
    }
    if let Some(before) = &before {
        let refused = change(before, &after);
        if !refused.is_empty() {
            return Ok(Kept::Refused(refused));
        }
    }
    // All of them are judged before the first is written.
    let reported = relay::has_devices(tx.db, &model.id)?;
    let mut assigned = Vec::new();
    for (at, slot) in after.slots.iter().enumerate() {
        let (Some(id), Ok(instance)) = (slot.assigned(), slot.instance.parse()) else { continue };
        let field = || format!("slots[{at}].replenishment");
        if known.iter().any(|row| row.id == id && row.instance != instance) && reported {
            return Ok(Kept::Elsewhere(field()));
        }
        let current = known.iter().find(|row| row.instance == instance).map(|row| &row.id);
        match assign_replenishment(current, reported, &id) {
            Err(frozen) => return Ok(Kept::Frozen(field(), frozen)),
            Ok(true) => assigned.push((instance, id)),
            Ok(false) => {}
        }
    }
    let texts = Texts::of(&after);
    let was = self::texts(tx.db, &model.id)?;
    let told = was.as_ref().is_none_or(|was| was.texts != texts);
    let version = match was {
        Some(was) if !told => was.version,
        Some(_) | None => newest(tx.db, &model.id)? + 1,
    };
    tx.db
        .prepare_cached(
            "INSERT INTO registration (model, dossier, texts, version) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (model) DO UPDATE SET dossier = ?2, texts = ?3, version = ?4",
        )?
        .execute(params![
            model.id.as_str(),
            serde_json::to_string(&after)?,
            serde_json::to_string(&texts)?,
            version
        ])?;
    for (instance, id) in &assigned {
        relay::put_id(tx, &model.id, instance, id)?;
    }
    if after.is_certified() {
        let marketplaces = after.marketplaces.iter().filter(|(_, of)| of.certified.is_some());
        let marketplaces = marketplaces.map(|(market, _)| *market).collect();
        let page = model.dash.as_ref().map(|dash| dash.page.clone()).unwrap_or_default();
        let dash = Some(DashPart { model: after.model.clone(), page, marketplaces });
        devices::put_model(tx, &Model { dash, ..model.clone() })?;
    }
    tx.furnish();
    Ok(Kept::Changed)
}
