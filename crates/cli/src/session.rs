//! What every command works with: the folder, the clock and the household, opened for reading beside the app or,
//! under its lock, for writing. Nothing makes a household but `add` and `settings`.

use crate::failure::Failure;
use crate::output::Out;
use crate::phrase::Say;
use refill_engine::clock::{Clock, SystemClock};
use refill_engine::household::Household;
use refill_engine::lock::Lock;
use refill_engine::transfer::{Cancel, Course};
use refill_engine::view::{Settings, Work};
use refill_engine::{places, store};
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

/// One run of the program.
pub struct Session {
    /// Where results go.
    pub out: Out,
    clock: Arc<dyn Clock>,
    data: Option<PathBuf>,
}

/// Whether a household may be made where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It is made.
    Make,
    /// It is an error: there is nothing to change.
    Refuse,
}

impl Session {
    /// On the computer's clock; `data` is the folder asked for.
    pub fn new(data: Option<PathBuf>, out: Out) -> Self {
        Self { out, clock: Arc::new(SystemClock), data }
    }

    /// A new id.
    pub fn new_id(&self) -> Uuid {
        self.clock.new_id()
    }

    /// The clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// The household's folder.
    pub fn folder(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| places::chosen(&places::data()))
    }

    /// Whether there is a household.
    pub fn exists(&self) -> bool {
        self.folder().join(store::FILE).exists()
    }

    /// That there is a household.
    ///
    /// # Errors
    /// When there is none.
    pub fn expect(&self) -> Result<(), Failure> {
        if self.exists() {
            return Ok(());
        }
        let folder = self.folder();
        let message = format!(
            "There is no household in {} yet; refillctl add makes one, --data names another folder.",
            folder.display()
        );
        Err(Failure::new("no_household", message))
    }

    /// The household, to look at, whoever has it open.
    ///
    /// # Errors
    /// When there is none, or why it can't be read.
    pub fn look(&self) -> Result<Household, Failure> {
        self.expect()?;
        Ok(Household::open_to_read(&self.folder(), self.clock.clone())?)
    }

    /// Changes the household under its lock, and closes it.
    ///
    /// # Errors
    /// What `change` fails with, that it is locked, or why it can't be opened.
    pub fn change<T>(
        &self,
        missing: Missing,
        change: impl FnOnce(&mut Household) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if missing == Missing::Refuse {
            self.expect()?;
        }
        let folder = self.folder();
        let lock = Lock::take(&folder)?;
        let mut household = Household::open(&folder, self.clock.clone())?;
        let changed = change(&mut household);
        household.close()?;
        drop(lock);
        changed
    }

    /// The words for a household.
    pub fn say(&self, household: &Household) -> Say {
        Say::new(household.settings(), household.today(), self.clock.clone())
    }

    /// The words for whoever has no household, or one that can't be read.
    pub fn say_anyway(&self) -> Say {
        let household = if self.exists() { self.look().ok() } else { None };
        match household {
            Some(household) => self.say(&household),
            None => Say::new(&Settings::default(), self.clock.day(self.clock.now()), self.clock.clone()),
        }
    }

    /// Long work: how far it is goes to a terminal on stderr, and an interrupt (Ctrl C) ends it without a trace.
    pub fn course(&self, work: Work) -> Course {
        let cancel = Cancel::default();
        let interrupted = cancel.clone();
        // Waits until the program ends; without it an interrupt ends the program at once, which leaves nothing half done
        // either, but a file under a temporary name.
        let wait = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime
                && runtime.block_on(tokio::signal::ctrl_c()).is_ok()
            {
                interrupted.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        };
        let waits = std::thread::Builder::new().name("interrupt".into()).spawn(wait);
        drop(waits);
        let out = self.out;
        Course::new(work, cancel, move |_, done, total| out.progress(done, total))
    }

    /// Waits for work on the network.
    ///
    /// # Errors
    /// When the system gives no timer.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|cause| Failure::io("The network can't be used", &cause))?;
        Ok(runtime.block_on(work))
    }
}
