//! The catalogue of models, and registered devices with their slots. Taking a device away takes everything it said and
//! all that was said of it.

use super::writer::Tx;
use super::{drs, ledger, relay};
use crate::catalogue::Model;
use crate::ids::{AccountId, Label};
use crate::secret::Hash;
use crate::store::{Change, Device, NewDevice, Registered};
use anyhow::Context;
use refill_domain::endpoint::Slot;
use refill_domain::ids::EndpointId;
use rusqlite::{Connection, OptionalExtension, params};

pub fn put_model(tx: &Tx<'_>, model: &Model) -> anyhow::Result<bool> {
    let known = self::model(tx.db, &model.id)?;
    // Models are certified when their devices have long been sold: what Dash says is the one part that may change.
    let same =
        known.as_ref().is_none_or(|known| Model { dash: model.dash.clone(), ..known.clone() } == *model);
    if same && known.as_ref() != Some(model) {
        let sql = "INSERT INTO model (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = excluded.body";
        let body = serde_json::to_string(model)?;
        tx.db.prepare_cached(sql)?.execute(params![model.id.as_str(), body])?;
    }
    Ok(same)
}

pub fn model(db: &Connection, id: &Label) -> anyhow::Result<Option<Model>> {
    let mut find = db.prepare_cached("SELECT body FROM model WHERE id = ?1")?;
    let body = find.query_row([id.as_str()], |row| row.get::<_, String>(0)).optional()?;
    body.map(|body| serde_json::from_str(&body).context("Read a model")).transpose()
}

pub fn model_list(db: &Connection) -> anyhow::Result<Vec<Model>> {
    let mut all = db.prepare_cached("SELECT body FROM model ORDER BY id")?;
    let bodies = all.query_map([], |row| row.get::<_, String>(0))?;
    bodies.map(|body| serde_json::from_str(&body?).context("Read a model")).collect()
}

pub fn register(tx: &mut Tx<'_>, new: &NewDevice) -> anyhow::Result<Registered> {
    let (account, device) = (new.account, &new.device);
    let serial = params![device.model.as_str(), device.serial.as_str()];
    let mut find =
        tx.db.prepare_cached("SELECT account, device FROM serial WHERE model = ?1 AND serial = ?2")?;
    let known = find.query_row(serial, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    if let Some((owner, id)) = known {
        let here = AccountId::from_bytes(owner) == account;
        let already = Registered::Already(EndpointId::from_bytes(id));
        return Ok(if here { already } else { Registered::Elsewhere });
    }
    tx.db
        .prepare_cached("INSERT INTO serial (model, serial, account, device) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![
            device.model.as_str(),
            device.serial.as_str(),
            account.bytes(),
            device.id.bytes()
        ])?;
    tx.db
        .prepare_cached(
            "INSERT INTO device (account, id, model, serial, name, credential, registered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            account.bytes(),
            device.id.bytes(),
            device.model.as_str(),
            device.serial.as_str(),
            device.name,
            new.credential,
            device.registered_at
        ])?;
    let mut put = tx.db.prepare_cached(
        "INSERT INTO slot (account, id, device, position, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (at, slot) in device.slots.iter().enumerate() {
        let body = serde_json::to_string(slot)?;
        put.execute(params![account.bytes(), slot.id.bytes(), device.id.bytes(), i64::try_from(at)?, body])?;
    }
    tx.furnish();
    ledger::tell(tx, account, &Change::DeviceRegistered { device: device.id }, device.registered_at)?;
    Ok(Registered::Done)
}

pub fn deregister(tx: &mut Tx<'_>, account: AccountId, id: EndpointId, now: i64) -> anyhow::Result<bool> {
    let of = params![account.bytes(), id.bytes()];
    let gone = tx.db.prepare_cached("DELETE FROM device WHERE account = ?1 AND id = ?2")?.execute(of)?;
    if gone == 0 {
        return Ok(false);
    }
    for sql in [
        "DELETE FROM seen WHERE account = ?1 AND id IN (SELECT e.id FROM entry e WHERE e.account = ?1
           AND e.slot IN (SELECT s.id FROM slot s WHERE s.account = ?1 AND s.device = ?2))",
        "DELETE FROM entry WHERE account = ?1
           AND slot IN (SELECT s.id FROM slot s WHERE s.account = ?1 AND s.device = ?2)",
        "DELETE FROM feed WHERE account = ?1
           AND slot IN (SELECT s.id FROM slot s WHERE s.account = ?1 AND s.device = ?2)",
        "DELETE FROM orders WHERE account = ?1 AND device = ?2",
        "DELETE FROM notice WHERE account = ?1 AND device = ?2",
        "DELETE FROM slot WHERE account = ?1 AND device = ?2",
        "DELETE FROM serial WHERE account = ?1 AND device = ?2",
        // That it was told stays until Amazon has heard that it is gone.
        "UPDATE told SET book = '' WHERE account = ?1 AND device = ?2",
    ] {
        tx.db.prepare_cached(sql)?.execute(of)?;
    }
    // Lines of the feed about its orders, subscriptions and registrations.
    tx.db
        .prepare_cached("DELETE FROM feed WHERE account = ?1 AND entry IS NULL AND body ->> '$.device' = ?2")?
        .execute(params![account.bytes(), id.to_string()])?;
    drs::leave(tx, account, id)?;
    relay::forget_device(tx, account, id)?;
    tx.furnish();
    ledger::tell(tx, account, &Change::DeviceRemoved { device: id }, now)?;
    Ok(true)
}

pub fn slots(db: &Connection, account: AccountId, device: EndpointId) -> anyhow::Result<Vec<Slot>> {
    let mut find =
        db.prepare_cached("SELECT body FROM slot WHERE account = ?1 AND device = ?2 ORDER BY position")?;
    let bodies = find.query_map(params![account.bytes(), device.bytes()], |row| row.get::<_, String>(0))?;
    bodies.map(|body| serde_json::from_str(&body?).context("Read a slot")).collect()
}

const COLUMNS: &str = "SELECT id, model, serial, name, registered_at FROM device WHERE account = ?1";

fn read(row: &rusqlite::Row<'_>) -> anyhow::Result<Device> {
    let id = EndpointId::from_bytes(row.get(0)?);
    let (model, serial): (String, String) = (row.get(1)?, row.get(2)?);
    Ok(Device {
        id,
        model: model.parse()?,
        serial: serial.parse()?,
        name: row.get(3)?,
        registered_at: row.get(4)?,
        slots: Vec::new(),
    })
}

pub fn list(db: &Connection, account: AccountId) -> anyhow::Result<Vec<Device>> {
    let mut find = db.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
    let rows = find.query_and_then([account.bytes()], read)?;
    let mut devices: Vec<Device> = rows.collect::<anyhow::Result<_>>()?;
    // Once over the account's slots, however many devices it has.
    let mut all = db.prepare_cached("SELECT device, position, body FROM slot WHERE account = ?1")?;
    let mut rows = all.query([account.bytes()])?;
    let mut slots: Vec<(EndpointId, i64, Slot)> = Vec::new();
    while let Some(row) = rows.next()? {
        let slot = serde_json::from_str(row.get_ref(2)?.as_str()?).context("Read a slot")?;
        slots.push((EndpointId::from_bytes(row.get(0)?), row.get(1)?, slot));
    }
    slots.sort_by_key(|(device, position, _)| (*device, *position));
    for (of, _, slot) in slots {
        if let Ok(at) = devices.binary_search_by_key(&of, |device| device.id) {
            devices[at].slots.push(slot);
        }
    }
    Ok(devices)
}

pub fn by_credential(
    db: &Connection,
    account: AccountId,
    credential: &Hash,
) -> anyhow::Result<Option<Device>> {
    let mut find = db.prepare_cached(&format!("{COLUMNS} AND credential = ?2"))?;
    let mut rows = find.query(params![account.bytes(), credential])?;
    let Some(device) = rows.next()?.map(read).transpose()? else { return Ok(None) };
    Ok(Some(Device { slots: slots(db, account, device.id)?, ..device }))
}
