//! The household as its file has it, read whole at the start and after a failed write.

use super::{Household, SaidBySlot, Watched};
use crate::clock::Clock;
use crate::direct::Direct;
use crate::error::Error;
use crate::linked::Linked;
use crate::notices::Hearing;
use crate::store::{self, AwayRow, DeviceRow, Reader, SlotRow, Store};
use crate::view::Settings;
use refill_domain::market::Marketplace;
use refill_domain::replenish::DELIVERY_DAYS_MAX;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Household {
    /// Opens or makes the household in `folder`.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let store = Store::open(folder)?;
        let reader = store.reader()?;
        let path = store.path().to_owned();
        let mut household = Self::load(Some(store), reader, path, clock)?;
        household.forget_removed()?;
        household.note_dates();
        Ok(household)
    }

    /// Opens an existing household for reading alone, while another program may be writing it.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn open_to_read(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let path = folder.join(store::FILE);
        Self::load(None, Reader::open(&path)?, path, clock)
    }

    pub(crate) fn load(
        store: Option<Store>,
        reader: Reader,
        path: PathBuf,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let (devices, slots, settings) = reader.read(contents)?;
        let (said, away) = reader.read(beside)?;
        let linked = reader.read(Linked::load)?;
        let direct = reader.read(Direct::load)?;
        let hearing = reader.read(Hearing::load)?;
        let settings = bounded(settings);
        let mut household = Self {
            clock,
            store,
            reader,
            path,
            devices,
            slots,
            settings,
            said,
            away,
            noted: None,
            linked,
            direct,
            hearing,
            revision: 0,
            stale: false,
        };
        household.fill_shelves()?;
        Ok(household)
    }

    /// Loads everything again from the file.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn reload(&mut self) -> Result<(), Error> {
        self.stale = true;
        let (devices, slots, settings) = self.read(contents)?;
        (self.said, self.away) = self.read(beside)?;
        self.linked = self.read(Linked::load)?;
        self.direct = self.read(Direct::load)?;
        self.hearing = self.read(Hearing::load)?;
        (self.devices, self.slots, self.settings) = (devices, slots, bounded(settings));
        self.fill_shelves()?;
        self.stale = false;
        Ok(())
    }
}

/// All that is kept in memory.
fn contents(db: &rusqlite::Connection) -> anyhow::Result<(Vec<DeviceRow>, Vec<Watched>, Settings)> {
    let (mut folds, mut cares) = (store::folds(db)?, store::cares(db)?);
    let watched = |row: SlotRow| {
        let fold = folds.remove(&row.key).unwrap_or_default();
        let care = cares.remove(&row.key).unwrap_or_default();
        Watched { care, ..Watched::new(row, fold) }
    };
    let slots = store::slots(db)?.into_iter().map(watched).collect();
    Ok((store::devices(db)?, slots, store::settings(db)?))
}

/// What is kept beside the ledger.
fn beside(db: &rusqlite::Connection) -> anyhow::Result<(SaidBySlot, Vec<AwayRow>)> {
    Ok((store::said(db)?, store::away(db)?))
}

/// Settings within their limits, wherever they come from: a file may say that printers are to be read every 0 minutes.
pub(crate) fn bounded(settings: Settings) -> Settings {
    let country = settings.amazon_country.parse::<Marketplace>();
    Settings {
        notice_hour: settings.notice_hour.min(23),
        quiet_from: settings.quiet_from.min(23),
        quiet_until: settings.quiet_until.min(23),
        amazon_country: country.map_or("region", Marketplace::letters).to_owned(),
        text_size: settings.text_size.clamp(90, 200),
        poll_minutes: settings.poll_minutes.clamp(5, 1440),
        days_in_hand: settings.days_in_hand.clamp(1, 60),
        delivery_days: settings.delivery_days.min(DELIVERY_DAYS_MAX),
        ..settings
    }
}
