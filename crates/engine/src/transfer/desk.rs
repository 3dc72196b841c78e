//! Moving data for an open household. What only reads (export, backup, the look at an import) runs beside the run loop
//! on a reader of its own, so that the window goes on; what writes (import, restore) runs on the loop. One piece at a
//! time, each with progress, each ended by one cancel. Files are those a person chose in the shell; the page can name none.

use super::export::Export;
use super::models::Restoring;
use super::{Cancel, Course, backup, bad_file, export, import};
use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::household::Household;
use crate::store;
use crate::view::{
    BackupView, ExportAs, ImportPlan, ImportView, Imported, Present, Restored, Update, Work, Written,
};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What is being moved, and which files were chosen for it.
#[derive(Debug, Default)]
pub struct Moving {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What ends the work under way.
    under_way: Option<Cancel>,
    import: Option<PathBuf>,
    restore: Option<PathBuf>,
}

/// One piece of work, under way until this is dropped.
struct UnderWay {
    moving: Arc<Moving>,
    cancel: Cancel,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.moving.state().under_way = None;
    }
}

impl Moving {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Plain values: what a panic left is as good as before.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the work under way, if there is any.
    pub fn cancel(&self) {
        if let Some(cancel) = &self.state().under_way {
            cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }

    fn begin(self: &Arc<Self>) -> Result<UnderWay, Error> {
        let mut state = self.state();
        if state.under_way.is_some() {
            let message = "Something else is still being moved. Wait for it, or stop it.";
            return Err(Error::new(Code::BadField, message));
        }
        let cancel = Cancel::default();
        state.under_way = Some(cancel.clone());
        Ok(UnderWay { moving: self.clone(), cancel })
    }
}

/// Nothing is moved as long as this is held.
pub(crate) struct Alone {
    _held: UnderWay,
}

impl Moving {
    /// Keeps everything from being moved.
    ///
    /// # Errors
    /// Something is being moved.
    pub(crate) fn alone(self: &Arc<Self>) -> Result<Alone, Error> {
        Ok(Alone { _held: self.begin()? })
    }
}

impl Engine {
    fn course(&self, work: Work, under_way: &UnderWay) -> Course {
        let updates = self.updates.clone();
        Course::new(work, under_way.cancel.clone(), move |work, done, total| {
            // Nobody listens: nobody to tell.
            let _ = updates.send(Update::Progress { work, done, total });
        })
    }

    /// Runs `work` beside the loop, on the household as it is on disk.
    async fn beside<T: Send + 'static>(
        &self,
        work: Work,
        run: impl FnOnce(Household, &Course) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let under_way = self.moving.begin()?;
        let course = self.course(work, &under_way);
        let (path, clock) =
            self.see(|household| Ok((household.path().to_owned(), household.clock.clone()))).await?;
        let done = tokio::task::spawn_blocking(move || {
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let result = run(Household::open_to_read(&folder, clock)?, &course);
            drop(under_way);
            result
        });
        done.await.map_err(anyhow::Error::from)?
    }

    /// Writes an export to a file that a person chose.
    ///
    /// # Errors
    /// `Cancelled`, or why it can't be written; what stood there before then still does.
    pub async fn export(&self, to: PathBuf, form: ExportAs, private: bool) -> Result<Written, Error> {
        self.beside(Work::Export, move |household, course| {
            export::to_file(&household, &to, Export { form, private }, course)
        })
        .await
    }

    /// Writes a backup to a file that a person chose.
    ///
    /// # Errors
    /// `Cancelled`, or why it can't be written; what stood there before then still does.
    pub async fn back_up(&self, to: PathBuf) -> Result<Written, Error> {
        self.beside(Work::Backup, move |household, course| {
            let (census, bytes) = backup::backup(household.path(), &to, course)?;
            Ok(Written { name: name(&to), entries: census.entries, bytes })
        })
        .await
    }

    /// Remembers the file that is to be imported.
    pub fn choose_import(&self, file: PathBuf) {
        self.moving.state().import = Some(file);
    }

    /// The file that was chosen last.
    pub(crate) fn chosen_import(&self) -> Result<PathBuf, Error> {
        self.chosen(|state| state.import.clone())
    }

    fn chosen(&self, of: impl FnOnce(&State) -> Option<PathBuf>) -> Result<PathBuf, Error> {
        of(&self.moving.state()).ok_or_else(|| bad_file("No file is chosen. Choose one first."))
    }

    pub(crate) async fn look_at_import(&self, plan: Option<ImportPlan>) -> Result<ImportView, Error> {
        let file = self.chosen(|state| state.import.clone())?;
        if let Some(plan) = &plan {
            import::check_plan(plan)?;
        }
        self.beside(Work::Look, move |household, course| {
            import::look(&household, &file, plan.as_ref(), course)
        })
        .await
    }

    pub(crate) async fn import(
        &self,
        plan: ImportPlan,
        stamp: String,
        skip: bool,
    ) -> Result<Imported, Error> {
        self.not_in_a_trial().await?;
        let file = self.chosen(|state| state.import.clone())?;
        import::check_plan(&plan)?;
        let under_way = self.moving.begin()?;
        let course = self.course(Work::Import, &under_way);
        let updates = self.updates.clone();
        self.ask(move |opened| {
            let result = import::import(opened.household_mut()?, &file, &plan, &stamp, skip, &course);
            drop(under_way);
            if result.is_ok() {
                // Nobody listens: nobody to tell.
                let _ = updates.send(Update::Changed {});
            }
            result
        })
        .await
    }

    /// Checks a backup that a person chose, and remembers it for [`crate::api::Api::restore_file`].
    ///
    /// # Errors
    /// `DatabaseTooNew`, `DatabaseDamaged`, `Cancelled`, or why it can't be read; the household is as it was.
    pub async fn choose_backup(&self, file: PathBuf) -> Result<BackupView, Error> {
        let under_way = self.moving.begin()?;
        let course = self.course(Work::Restore, &under_way);
        // A household that can't be opened is what one restores a backup for.
        let (folder, present) = self
            .ask(|opened| {
                let present =
                    opened.household().ok().and_then(|household| household.read(store::census).ok());
                Ok((opened.folder().to_owned(), present.unwrap_or_default()))
            })
            .await?;
        let from = file.clone();
        let checked = tokio::task::spawn_blocking(move || {
            let census = backup::check(&from, &folder, &course).map(|checked| checked.census);
            drop(under_way);
            census
        });
        let census = checked.await.map_err(anyhow::Error::from)??;
        let view = BackupView {
            name: name(&file),
            devices: census.devices,
            slots: census.slots,
            entries: census.entries,
            newest: census.newest,
            present: Present { devices: present.devices, entries: present.entries, newest: present.newest },
        };
        self.moving.state().restore = Some(file);
        Ok(view)
    }

    pub(crate) async fn restore(&self) -> Result<Restored, Error> {
        self.not_in_a_trial().await?;
        let file = self.chosen(|state| state.restore.clone())?;
        let under_way = self.moving.begin()?;
        let course = self.course(Work::Restore, &under_way);
        let updates = self.updates.clone();
        self.ask(move |opened| {
            let folder = opened.folder().to_owned();
            let result = backup::check(&file, &folder, &course).and_then(|mut checked| {
                let (census, models) = (checked.census, checked.models.take());
                let before = opened.replace(|| checked.put_in_place())?;
                let before = before.map(|path| path.display().to_string());
                models.map_or(Ok(()), Restoring::put_in_place)?;
                Ok(Restored { devices: census.devices, entries: census.entries, before })
            });
            drop(under_way);
            // Also after a failure: what is open may be another connection.
            let _ = updates.send(Update::Changed {});
            result
        })
        .await
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
