//! Settings: one row for each key that differs from its default. Keys of a newer program are kept untouched.

use super::Transaction;
use crate::view::Settings;
use anyhow::Context;
use rusqlite::Connection;
use serde_json::{Map, Value};

/// The settings in force.
pub fn load(db: &Connection) -> anyhow::Result<Settings> {
    let mut map = Map::new();
    let mut statement = db.prepare("SELECT key, value FROM setting")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (key, text): (String, String) = (row.get(0)?, row.get(1)?);
        if let Ok(value) = serde_json::from_str(&text) {
            map.insert(key, value);
        }
    }
    // One value of a shape we don't know must not cost the others.
    let mut settings = serde_json::to_value(Settings::default())?;
    for (key, value) in map {
        let before = settings.clone();
        if let Some(slot) = settings.get_mut(&key) {
            *slot = value;
            if serde_json::from_value::<Settings>(settings.clone()).is_err() {
                settings = before;
            }
        }
    }
    serde_json::from_value(settings).context("Read settings")
}

impl Transaction<'_> {
    /// Stores the settings: only what differs from the defaults.
    pub fn save_settings(&self, settings: &Settings) -> anyhow::Result<()> {
        let (new, usual) = (serde_json::to_value(settings)?, serde_json::to_value(Settings::default())?);
        let (Value::Object(new), Value::Object(usual)) = (new, usual) else {
            return Ok(());
        };
        for (key, value) in new {
            if usual.get(&key) == Some(&value) {
                self.0.execute("DELETE FROM setting WHERE key = ?1", [&key])?;
            } else {
                let text = value.to_string();
                self.0
                    .prepare_cached("INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")?
                    .execute([&key, &text])?;
            }
        }
        Ok(())
    }
}
