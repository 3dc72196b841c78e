//! Moving data, tried on true files: what goes out comes back the same, bad input is told line by line and changes
//! nothing, a file that comes twice adds nothing, and what is stopped leaves no trace.

mod backups;
mod foreign;
mod round_trip;
mod tables;

use super::*;
use crate::clock::ManualClock;
use crate::household::Household;
use crate::store::DeviceRow;
use crate::view::{ImportPlan, ImportView, Imported, Refusal};
use chrono::{DateTime, Utc};
use refill_domain::endpoint::{DeviceKind, Endpoint, SensorKind, Slot, SupplyKind};
use refill_domain::fold::Fold;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Unit};
use uuid::Uuid;

/// A household in a folder, with a place for files beside it.
pub struct Home {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    pub household: Household,
}

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_257_000, 0).unwrap()
}

impl Home {
    /// Nothing in it.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(now()));
        let household = Household::open(&folder.path().join("data"), clock.clone()).unwrap();
        Self { folder, clock, household }
    }

    /// A washing machine with detergent that is counted, and a printer with black ink.
    pub fn furnished() -> Self {
        let mut home = Self::empty();
        let machine = device(1, "Washing machine", DeviceKind::WashingMachine);
        let printer = device(2, "Printer", DeviceKind::Printer);
        home.household
            .keep_all(vec![
                (machine, vec![detergent()], vec![counted(100, 0, 1500)]),
                (printer, vec![ink()], vec![reading(200, 0, 80), reading(201, 60, 79)]),
            ])
            .unwrap();
        home
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn look(&self, path: &Path, plan: Option<&ImportPlan>) -> Result<ImportView, Error> {
        import::look(&self.household, path, plan, &Course::quiet(Work::Look))
    }

    pub fn take(&mut self, path: &Path, view: &ImportView, skip: bool) -> Result<Imported, Error> {
        import::import(&mut self.household, path, &view.plan, &view.stamp, skip, &Course::quiet(Work::Import))
    }

    /// Looks and imports, as guessed.
    pub fn import(&mut self, path: &Path) -> Imported {
        let view = self.look(path, None).unwrap();
        assert_eq!((view.missing.as_slice(), &view.refusals), (&[][..], &Vec::new()));
        let done = self.take(path, &view, false).unwrap();
        assert_eq!(
            (done.new, done.known, done.left_out, done.devices, done.slots),
            (view.new, view.known, view.left_out, view.devices, view.slots),
            "the look promised what was done"
        );
        done
    }

    pub fn export(&self) -> String {
        let mut out = Vec::new();
        let what = export::Export { form: crate::view::ExportAs::Json, private: false };
        export::write(&self.household, &mut out, what, &Course::quiet(Work::Export)).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Every slot's fold in memory, which is that of the file and of all of its entries.
    pub fn folds(&self) -> Vec<(SlotId, Fold)> {
        let kept = self.household.read(crate::store::folds).unwrap();
        self.household
            .slots
            .iter()
            .map(|watched| {
                let (key, slot) = (watched.row.key, &watched.row.slot);
                let all = self.household.read(|db| crate::store::all_entries(db, key, slot)).unwrap();
                let again = Fold::of(slot, &all);
                assert_eq!(watched.fold, again, "{}", slot.name);
                assert_eq!(kept.get(&key).cloned().unwrap_or_default(), again, "{}", slot.name);
                (slot.id, again)
            })
            .collect()
    }

    pub fn entries(&self) -> u64 {
        self.household.read(crate::store::census).unwrap().entries
    }

    /// Names of what lies in the household's folder.
    pub fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub fn device(id: u128, name: &str, kind: DeviceKind) -> DeviceRow {
    let endpoint = Endpoint {
        id: EndpointId(Uuid::from_u128(id)),
        name: name.into(),
        kind,
        model: None,
        location: None,
    };
    DeviceRow { endpoint, reach: None, sample: false, removed_at: None }
}

pub fn slot(id: u128, device: u128, name: &str, supply: SupplyKind, sensor: SensorKind, unit: Unit) -> Slot {
    Slot {
        id: SlotId(Uuid::from_u128(id)),
        endpoint: EndpointId(Uuid::from_u128(device)),
        instance: format!("slot-{id}").parse().unwrap(),
        name: name.into(),
        supply,
        sensor,
        unit,
        capacity: None,
        pack: 1000,
        low_own: None,
        low_device: None,
        colours: Vec::new(),
        receptacle: false,
        muted: false,
    }
}

pub fn detergent() -> Slot {
    let usage = SensorKind::Usage;
    Slot { pack: 1_500_000, ..slot(11, 1, "Detergent", SupplyKind::Detergent, usage, Unit::Milliliter) }
}

pub fn ink() -> Slot {
    slot(12, 2, "Black ink", SupplyKind::Ink, SensorKind::Level, Unit::Percent)
}

pub fn minute(minutes: i64) -> DateTime<Utc> {
    now() - chrono::TimeDelta::days(200) + chrono::TimeDelta::minutes(minutes)
}

pub fn entry(id: u128, slot: SlotId, minutes: i64, source: Source, kind: EntryKind) -> Entry {
    let at = minute(minutes);
    let id = EntryId(Uuid::from_u128(id));
    Entry { id, slot, observed_at: at, recorded_at: at, source, about: None, note: None, kind }
}

pub fn reading(id: u128, minutes: i64, level: i64) -> Entry {
    let level = Level::Amount { amount: Amount::whole(level, Unit::Percent) };
    entry(id, ink().id, minutes, Source::Device, EntryKind::LevelRead { level })
}

pub fn counted(id: u128, minutes: i64, level: i64) -> Entry {
    let level = Some(Amount::whole(level, Unit::Milliliter));
    let shelf = Some(Amount::whole(0, Unit::Milliliter));
    entry(id, detergent().id, minutes, Source::Person, EntryKind::Counted { level, shelf })
}

/// Refusals with their lines.
pub fn refusals(view: &ImportView) -> Vec<(u64, Refusal)> {
    view.refusals.iter().map(|row| (row.line, row.why)).collect()
}

/// A course that is cancelled at the `nth` look.
pub fn cancelled_at(work: Work, nth: u64) -> Course {
    let cancel = Cancel::default();
    let seen = std::sync::atomic::AtomicU64::new(0);
    let by = cancel.clone();
    Course::new(work, cancel, move |_, _, _| {
        if seen.fetch_add(1, Ordering::Relaxed) + 1 >= nth {
            by.store(true, Ordering::Relaxed);
        }
    })
}
