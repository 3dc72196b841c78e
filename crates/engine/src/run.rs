//! The run loop: the one owner of the household and the only writer of its file. It lives on a thread of its own, so
//! that a slow disk never holds up a window, and is the only place that starts tasks: looks at printers and the search
//! for them, all of which end with it.

pub mod alexa;
mod browser;
mod direct;
mod link;
mod notices;
mod opening;
mod place;
mod polling;
mod search;
mod support;

use crate::engine::Config;
use crate::error::{Code, Error};
use crate::household::Household;
use crate::link::server::Server;
use crate::link::vault::Vault;
use crate::lock::Lock;
use crate::sources::discovery::Found;
use crate::sources::probe::{ProbeError, Probed};
use crate::view::{Trouble, Update};
pub use browser::Prepared;
use chrono::{DateTime, Utc};
pub use direct::{Ready, ready};
use opening::open;
use place::Living;
pub use place::Place;
use refill_domain::ids::EndpointId;
use refill_domain::link::Landed;
use search::Search;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::{self, AbortHandle, JoinError, JoinSet};

/// Work for the loop.
pub type Job = Box<dyn FnOnce(&mut Opened) + Send>;

/// What handles send.
pub enum Input {
    /// Work.
    Work(Job),
    /// Another household is to be open; answered when it is.
    Move(Place, oneshot::Sender<Result<(), Error>>),
    /// End; answered when the file is closed.
    Stop(oneshot::Sender<()>),
}

/// What tasks tell the loop. What belongs to a search carries its number: an earlier one may still be answering.
enum Event {
    /// A device was asked at this address.
    Polled(EndpointId, String, Result<Probed, ProbeError>),
    Announced(u64, Found),
    Answered(u64, Result<Probed, ProbeError>),
    SearchOver(u64),
    /// The keychain's key is here.
    Unlocked(Vault),
    /// The browser came back to a flow, or did not in time.
    Landed(u64, Landed),
    /// What a flow came to.
    Granted(u64, Server, browser::Granted),
    /// What the cloud said of support.
    Support(u64, Result<Box<crate::support::Heard>, crate::link::cloud::Trouble>),
}

/// What a task does, to be told when it ends without a word.
enum Task {
    Poll(EndpointId),
    Look(u64),
    Listen(u64),
    Link,
    Support(u64),
}

/// Events that wait; tasks wait in turn.
const EVENTS_KEPT: usize = 64;

/// Someone who waits for devices to be read.
struct Waiter {
    devices: BTreeSet<EndpointId>,
    troubles: Vec<Trouble>,
    done: oneshot::Sender<Vec<Trouble>>,
}

/// What the loop owns.
pub struct Opened {
    config: Config,
    folder: PathBuf,
    household: Result<Household, Trouble>,
    _lock: Option<Lock>,
    tasks: JoinSet<()>,
    doing: HashMap<task::Id, Task>,
    events: mpsc::Sender<Event>,
    updates: broadcast::Sender<Update>,
    due: BTreeMap<EndpointId, DateTime<Utc>>,
    asking: BTreeSet<EndpointId>,
    waiters: Vec<Waiter>,
    search: Option<Search>,
    searches: u64,
    link: link::Link,
    straight: direct::Straight,
    looking: notices::Looking,
}

/// Starts the loop's thread.
///
/// # Errors
/// When the system gives no thread or no timer.
pub fn start(
    config: Config,
    requests: mpsc::Receiver<Input>,
    updates: broadcast::Sender<Update>,
) -> Result<(), Error> {
    let failed = |cause: std::io::Error| Error::from(anyhow::Error::from(cause).context("Start the engine"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let run = move || runtime.block_on(run(config, requests, updates));
    std::thread::Builder::new().name("refill-engine".into()).spawn(run).map_err(failed)?;
    Ok(())
}

async fn run(config: Config, mut requests: mpsc::Receiver<Input>, updates: broadcast::Sender<Update>) {
    let mut living = Living::new(config, updates);
    loop {
        let Living { opened, told, .. } = &mut living;
        let (clock, due) = (opened.config.clock.clone(), opened.next_due());
        tokio::select! {
            input = requests.recv() => match input {
                Some(Input::Work(job)) => opened.guarded(job),
                Some(Input::Move(place, done)) => {
                    let there = living.go(place).await;
                    // Whoever asked may be gone.
                    let _ = done.send(there);
                }
                Some(Input::Stop(done)) => {
                    // Whoever has a place in the queue by now is heard out and gets no answer; what came into a queue
                    // that nobody reads any more would wait for one for ever.
                    requests.close();
                    while requests.recv().await.is_some() {}
                    opened.close().await;
                    // Whoever asked may be gone.
                    let _ = done.send(());
                    return;
                }
                None => return opened.close().await,
            },
            Some(errand) = async { match &mut opened.link.errands {
                Some(errands) => errands.recv().await,
                None => std::future::pending().await,
            } } => opened.guarded(|opened| opened.errand(errand)),
            Some(note) = async { match &mut opened.straight.notes {
                Some(notes) => notes.recv().await,
                None => std::future::pending().await,
            } } => opened.guarded(|opened| opened.note(note)),
            Some(event) = told.recv() => opened.guarded(|opened| opened.hear(event)),
            Some(ended) = opened.tasks.join_next_with_id() => opened.guarded(|opened| opened.ended(ended)),
            () = async { match due {
                Some(due) => clock.sleep_until(due).await,
                None => std::future::pending().await,
            } } => opened.guarded(Opened::poll_due),
        }
    }
}

impl Opened {
    fn new(config: Config, events: mpsc::Sender<Event>, updates: broadcast::Sender<Update>) -> Self {
        let folder = crate::places::chosen(&config.folder);
        let (household, lock) = open(&config, &folder);
        let mut opened = Self {
            config,
            folder,
            household,
            _lock: lock,
            tasks: JoinSet::new(),
            doing: HashMap::new(),
            events,
            updates,
            due: BTreeMap::new(),
            asking: BTreeSet::new(),
            waiters: Vec::new(),
            search: None,
            searches: 0,
            link: link::Link::default(),
            straight: direct::Straight::default(),
            looking: notices::Looking::default(),
        };
        opened.start_link();
        opened.schedule();
        opened.plan_notices();
        opened
    }

    /// The open household.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub fn household(&self) -> Result<&Household, Error> {
        self.household.as_ref().map_err(closed)
    }

    /// The same, to change it.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub fn household_mut(&mut self) -> Result<&mut Household, Error> {
        self.household.as_mut().map_err(|trouble| closed(trouble))
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tries once more to open a household that could not be opened.
    pub fn open_again(&mut self) {
        if self.household.is_err() {
            (self.household, self._lock) = open(&self.config, &self.folder);
            self.start_link();
        }
    }

    /// Opens the household of another folder, of the usual one without a name, and remembers it for the next start. If
    /// that fails, what was open stays.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub fn open_other(&mut self, folder: &Path) -> Result<(), Error> {
        let folder = if folder.as_os_str().is_empty() { &self.config.folder } else { folder };
        let folder = std::path::absolute(folder).map_err(|cause| {
            Error::new(Code::BadField, "Choose the folder of a household.").at("folder").caused_by(cause)
        })?;
        if folder == self.folder && self.household.is_ok() {
            return Ok(());
        }
        let (household, lock) = open(&self.config, &folder);
        let household = household.map_err(|trouble| closed(&trouble))?;
        crate::places::choose(&self.config.folder, &folder)?;
        if let Ok(before) = std::mem::replace(&mut self.household, Ok(household))
            && let Err(cause) = before.close()
        {
            tracing::error!(error = %cause, "closing the household that was open");
        }
        self._lock = lock;
        self.folder = folder;
        self.start_link();
        self.schedule();
        Ok(())
    }

    /// Closes the household while `swap` puts another file in its place, and opens what is there then. What `swap` put
    /// aside is put back if that can't be opened.
    ///
    /// # Errors
    /// What `swap` fails with, or why the new file can't be opened; then the household is open as it was.
    pub fn replace(
        &mut self,
        swap: impl FnOnce() -> Result<Option<PathBuf>, Error>,
    ) -> Result<Option<PathBuf>, Error> {
        self.stop_link();
        let trouble = Error::new(Code::Unexpected, "The household is being replaced.").trouble();
        if let Ok(before) = std::mem::replace(&mut self.household, Err(trouble)) {
            before.close()?;
        }
        if self._lock.is_none() {
            self._lock = Some(Lock::take(&self.folder)?);
        }
        let open = |folder: &Path| Household::open(folder, self.config.clock.clone());
        let swapped = swap().and_then(|aside| match open(&self.folder) {
            Ok(household) => Ok((household, aside)),
            Err(cause) => {
                if let Some(aside) = &aside {
                    crate::store::put_back(aside, &self.folder.join(crate::store::FILE))?;
                }
                Err(cause)
            }
        });
        let result = match swapped {
            Ok((household, aside)) => {
                self.household = Ok(household);
                Ok(aside)
            }
            Err(cause) => {
                self.household = open(&self.folder).map_err(|cause| cause.trouble());
                Err(cause)
            }
        };
        self.start_link();
        self.schedule();
        result
    }

    /// Does one piece of work. If it panics, the report is written by the panic hook, memory is loaded again from the
    /// file, and the loop goes on.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        let ended = catch_unwind(AssertUnwindSafe(|| work(self)));
        if ended.is_err() {
            if let Ok(household) = &mut self.household
                && let Err(cause) = household.reload()
            {
                self.household = Err(cause.trouble());
            }
            // What is on no disk was forgotten.
            self.ask_support();
            let trouble = Error::new(Code::Unexpected, "Something unexpected went wrong; a report was kept.");
            self.tell(Update::Trouble { trouble: trouble.trouble() });
        }
        self.wake_courier();
        self.wake_postman();
        self.schedule();
        self.plan_notices();
    }

    fn tell(&self, update: Update) {
        // Nobody listens: nobody to tell.
        let _ = self.updates.send(update);
    }

    fn spawn(&mut self, what: Task, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let handle = self.tasks.spawn(task);
        self.doing.insert(handle.id(), what);
        handle
    }

    /// A task ended. One that could not say how it went is done all the same.
    fn ended(&mut self, ended: Result<(task::Id, ()), JoinError>) {
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, ())| *id);
        let what = self.doing.remove(&id);
        if !ended.is_err_and(|cause| cause.is_panic()) {
            return;
        }
        tracing::error!("a look at the network ended unexpectedly");
        match what {
            Some(Task::Poll(id)) => {
                let cause =
                    Error::new(Code::Unexpected, "Something unexpected went wrong; a report was kept.");
                self.settle(id, Err(cause));
            }
            Some(Task::Look(number)) => self.looked(number, None),
            Some(Task::Listen(number)) => self.listened(number),
            Some(Task::Support(courier)) => self.lost_support(courier),
            Some(Task::Link) | None => {}
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Polled(id, address, result) => self.polled(id, &address, result),
            Event::Announced(number, found) => self.announced(number, &found),
            Event::Answered(number, result) => {
                let printer = match (result, &self.household) {
                    (Ok(probed), Ok(household)) => Some(household.found_printer(&probed)),
                    _ => None,
                };
                self.looked(number, printer);
            }
            Event::SearchOver(number) => self.listened(number),
            Event::Unlocked(vault) => {
                self.unlock_direct(&vault);
                self.unlocked(&vault);
            }
            Event::Landed(number, landed) => self.landed(number, landed),
            Event::Granted(number, server, result) => self.granted(number, server, result),
            Event::Support(courier, heard) => self.heard_support(courier, heard),
        }
    }

    async fn close(&mut self) {
        self.tasks.shutdown().await;
        let trouble = Error::new(Code::Unexpected, "Refill is shutting down.").trouble();
        if let Ok(household) = std::mem::replace(&mut self.household, Err(trouble))
            && let Err(cause) = household.close()
        {
            tracing::error!(error = %cause, "closing the household");
        }
        // Before anyone is told that it is closed: the next to open it may be waiting for that.
        self._lock = None;
    }
}

fn closed(trouble: &Trouble) -> Error {
    Error::new(trouble.code, trouble.detail.clone())
}

#[cfg(test)]
mod tests;
