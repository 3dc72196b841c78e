//! Devices and slots in the file.

use super::Transaction;
use crate::view::{RiseAnswer, Trouble};
use anyhow::Context;
use refill_domain::endpoint::{Endpoint, Slot};
use refill_domain::ids::{EndpointId, SlotId};
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A device as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceRow {
    /// The device.
    pub endpoint: Endpoint,
    /// How it is reached; absent = by hand.
    pub reach: Option<Reach>,
    /// Belongs to the sample household.
    pub sample: bool,
    /// When it was removed, ms UTC.
    pub removed_at: Option<i64>,
}

/// How a device on the network is reached, and how the last try went.
#[derive(Debug, Clone, PartialEq)]
pub struct Reach {
    /// Its address, as typed or found.
    pub address: String,
    /// How a later answer is known to be the same device, as JSON of the source.
    pub identity: Option<String>,
    /// The last answer, ms UTC.
    pub answered_at: Option<i64>,
    /// What went wrong at the last try.
    pub trouble: Option<Trouble>,
}

/// A slot as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotRow {
    /// Its short name in the file.
    pub key: i64,
    /// The slot.
    pub slot: Slot,
    /// What the person last said a rise was.
    pub rise_answer: Option<RiseAnswer>,
}

/// An enum as the bare word it has on the wire.
pub(super) fn word(value: &impl Serialize) -> anyhow::Result<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => anyhow::bail!("{other} is not a word"),
    }
}

/// The enum that a word means.
pub(super) fn from_word<T: DeserializeOwned>(word: String) -> anyhow::Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).context("Read a word of the file")
}

/// All devices, oldest first, removed ones too.
pub fn devices(db: &Connection) -> anyhow::Result<Vec<DeviceRow>> {
    let mut statement = db.prepare(
        "SELECT id, name, kind, model, location, address, identity, answered_at, trouble, sample, removed_at
         FROM endpoint ORDER BY id",
    )?;
    let rows = statement.query_and_then([], device)?;
    rows.collect()
}

fn device(row: &Row<'_>) -> anyhow::Result<DeviceRow> {
    let address: Option<String> = row.get(5)?;
    let trouble: Option<String> = row.get(8)?;
    let reach = match address {
        None => None,
        Some(address) => Some(Reach {
            address,
            identity: row.get(6)?,
            answered_at: row.get(7)?,
            trouble: trouble.and_then(|text| serde_json::from_str(&text).ok()),
        }),
    };
    Ok(DeviceRow {
        endpoint: Endpoint {
            id: EndpointId::from_bytes(row.get(0)?),
            name: row.get(1)?,
            kind: from_word(row.get(2)?)?,
            model: row.get(3)?,
            location: row.get(4)?,
        },
        reach,
        sample: row.get(9)?,
        removed_at: row.get(10)?,
    })
}

/// All slots, in the order they were added.
pub fn slots(db: &Connection) -> anyhow::Result<Vec<SlotRow>> {
    let mut statement = db.prepare(
        "SELECT key, id, endpoint, instance, name, supply, sensor, unit, capacity, pack, low_own, low_device,
                colours, receptacle, muted, rise_answer
         FROM slot ORDER BY key",
    )?;
    let rows = statement.query_and_then([], |row| -> anyhow::Result<SlotRow> {
        let instance: String = row.get(3)?;
        let colours: String = row.get(12)?;
        let answer: Option<String> = row.get(15)?;
        Ok(SlotRow {
            key: row.get(0)?,
            slot: Slot {
                id: SlotId::from_bytes(row.get(1)?),
                endpoint: EndpointId::from_bytes(row.get(2)?),
                instance: instance.parse()?,
                name: row.get(4)?,
                supply: from_word(row.get(5)?)?,
                sensor: from_word(row.get(6)?)?,
                unit: from_word(row.get(7)?)?,
                capacity: row.get(8)?,
                pack: row.get(9)?,
                low_own: row.get(10)?,
                low_device: row.get(11)?,
                colours: colours.split_whitespace().filter_map(|colour| colour.parse().ok()).collect(),
                receptacle: row.get(13)?,
                muted: row.get(14)?,
            },
            rise_answer: answer.and_then(|word| from_word(word).ok()),
        })
    })?;
    rows.collect()
}

impl Transaction<'_> {
    /// Adds a device, or stores its changed fields.
    pub fn save_device(&self, device: &DeviceRow) -> anyhow::Result<()> {
        let reach = device.reach.as_ref();
        let trouble = reach.and_then(|r| r.trouble.as_ref()).map(serde_json::to_string).transpose()?;
        self.0
            .prepare_cached(
                "INSERT INTO endpoint (id, name, kind, model, location, address, identity, answered_at, trouble, sample, removed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, model = excluded.model,
                   location = excluded.location, address = excluded.address, identity = excluded.identity,
                   answered_at = excluded.answered_at, trouble = excluded.trouble, removed_at = excluded.removed_at",
            )?
            .execute(params![
                device.endpoint.id.bytes(),
                device.endpoint.name,
                word(&device.endpoint.kind)?,
                device.endpoint.model,
                device.endpoint.location,
                reach.map(|r| &r.address),
                reach.and_then(|r| r.identity.as_ref()),
                reach.and_then(|r| r.answered_at),
                trouble,
                device.sample,
                device.removed_at,
            ])
            .context("Store a device")?;
        Ok(())
    }

    /// Adds a slot, or stores its changed fields. Returns its key.
    pub fn save_slot(&self, slot: &Slot, rise_answer: Option<RiseAnswer>) -> anyhow::Result<i64> {
        let colours: Vec<String> = slot.colours.iter().map(ToString::to_string).collect();
        let answer = rise_answer.map(|answer| word(&answer)).transpose()?;
        let key = self
            .0
            .prepare_cached(
                "INSERT INTO slot (id, endpoint, instance, name, supply, sensor, unit, capacity, pack, low_own, low_device,
                                   colours, receptacle, muted, rise_answer)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, supply = excluded.supply, capacity = excluded.capacity,
                   pack = excluded.pack, low_own = excluded.low_own, low_device = excluded.low_device,
                   colours = excluded.colours, muted = excluded.muted, rise_answer = excluded.rise_answer
                 RETURNING key",
            )?
            .query_row(
                params![
                    slot.id.bytes(),
                    slot.endpoint.bytes(),
                    slot.instance.as_str(),
                    slot.name,
                    word(&slot.supply)?,
                    word(&slot.sensor)?,
                    word(&slot.unit)?,
                    slot.capacity,
                    slot.pack,
                    slot.low_own,
                    slot.low_device,
                    colours.join(" "),
                    slot.receptacle,
                    slot.muted,
                    answer,
                ],
                |row| row.get(0),
            )
            .context("Store a slot")?;
        Ok(key)
    }

    /// Takes devices out of the file, with all that was ever said about them.
    pub fn forget_devices(&self, ids: &[EndpointId]) -> anyhow::Result<()> {
        for id in ids {
            self.forget_history(*id)?;
            for table in [
                "voided_reading",
                "batch",
                "reading",
                "entry",
                "use_day",
                "slot_state",
                "slot_care",
                "said",
                "cloud_slot",
            ] {
                let sql = if table == "voided_reading" {
                    "DELETE FROM voided_reading WHERE id IN
                       (SELECT r.id FROM reading r JOIN slot s ON r.slot = s.key WHERE s.endpoint = ?1
                          AND r.id IN (SELECT id FROM voided_reading))"
                        .to_owned()
                } else if table == "batch" {
                    "DELETE FROM batch WHERE entry IN
                       (SELECT e.id FROM entry e JOIN slot s ON e.slot = s.key WHERE s.endpoint = ?1)"
                        .to_owned()
                } else {
                    format!("DELETE FROM {table} WHERE slot IN (SELECT key FROM slot WHERE endpoint = ?1)")
                };
                self.0.execute(&sql, [id.bytes()]).with_context(|| format!("Forget a device in {table}"))?;
            }
            self.0.execute("DELETE FROM away WHERE endpoint = ?1", [id.bytes()])?;
            self.0.execute("DELETE FROM slot WHERE endpoint = ?1", [id.bytes()])?;
            self.0.execute("DELETE FROM endpoint WHERE id = ?1", [id.bytes()])?;
        }
        Ok(())
    }
}
