//! The run loop: the one owner of the household and the only writer of its file. It lives on a thread of its own, so
//! that a slow disk never holds up a window, and is the only place that starts tasks: looks at printers and the search
//! for them, all of which end with it.

use crate::engine::{Config, unanswered};
use crate::error::{Code, Error};
use crate::household::Household;
use crate::lock::Lock;
use crate::sources::discovery::{Discovery, Found, Options};
use crate::sources::probe::{ProbeError, Probed, probe};
use crate::view::{Trouble, Update};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::ids::EndpointId;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

/// Work for the loop.
pub type Job = Box<dyn FnOnce(&mut Opened) + Send>;

/// What handles send.
pub enum Input {
    /// Work.
    Work(Job),
    /// End; answered when the file is closed.
    Stop(oneshot::Sender<()>),
}

/// What tasks tell the loop.
enum Event {
    Polled(EndpointId, Result<Probed, ProbeError>),
    Announced(Found),
    Answered(Result<Probed, ProbeError>),
    SearchOver,
}

/// How long a search listens. Printers answer within a second or two; sleeping ones wake in ten.
const SEARCH: TimeDelta = TimeDelta::seconds(20);

/// Most printers one search looks at.
const SEARCH_MAX: u32 = 100;

/// Events that wait; tasks wait in turn.
const EVENTS_KEPT: usize = 64;

/// Someone who waits for devices to be read.
struct Waiter {
    devices: BTreeSet<EndpointId>,
    troubles: Vec<Trouble>,
    done: oneshot::Sender<Vec<Trouble>>,
}

struct Search {
    task: AbortHandle,
    looking: u32,
    answered: u32,
    listening: bool,
}

/// What the loop owns.
pub struct Opened {
    config: Config,
    folder: PathBuf,
    household: Result<Household, Trouble>,
    _lock: Option<Lock>,
    tasks: JoinSet<()>,
    events: mpsc::Sender<Event>,
    updates: broadcast::Sender<Update>,
    due: BTreeMap<EndpointId, DateTime<Utc>>,
    asking: BTreeSet<EndpointId>,
    waiters: Vec<Waiter>,
    search: Option<Search>,
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
    let clock = config.clock.clone();
    let (events, mut told) = mpsc::channel(EVENTS_KEPT);
    let mut opened = Opened::new(config, events, updates);
    loop {
        let due = opened.next_due();
        tokio::select! {
            input = requests.recv() => match input {
                Some(Input::Work(job)) => opened.work(job),
                Some(Input::Stop(done)) => {
                    opened.close().await;
                    // Whoever asked may be gone.
                    let _ = done.send(());
                    return;
                }
                None => return opened.close().await,
            },
            Some(event) = told.recv() => opened.hear(event),
            Some(ended) = opened.tasks.join_next() => {
                if let Err(cause) = ended && cause.is_panic() {
                    tracing::error!("a task ended unexpectedly");
                }
            }
            () = async { match due {
                Some(due) => clock.sleep_until(due).await,
                None => std::future::pending().await,
            } } => opened.poll_due(),
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
            events,
            updates,
            due: BTreeMap::new(),
            asking: BTreeSet::new(),
            waiters: Vec::new(),
            search: None,
        };
        opened.schedule();
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

    /// Opens the household of another folder and remembers it for the next start. If that fails, what was open stays.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub fn open_other(&mut self, folder: &Path) -> Result<(), Error> {
        if folder == self.folder && self.household.is_ok() {
            return Ok(());
        }
        let (household, lock) = open(&self.config, folder);
        let household = household.map_err(|trouble| closed(&trouble))?;
        crate::places::choose(&self.config.folder, folder)?;
        self.household = Ok(household);
        self._lock = lock;
        folder.clone_into(&mut self.folder);
        self.schedule();
        Ok(())
    }

    /// Does one piece of work. If it panics, the report is written by the panic hook, memory is loaded again from the
    /// file, and the loop goes on.
    fn work(&mut self, job: Job) {
        let mut job = Some(job);
        let ended = catch_unwind(AssertUnwindSafe(|| {
            if let Some(job) = job.take() {
                job(self);
            }
        }));
        if ended.is_err() {
            if let Ok(household) = &mut self.household
                && let Err(cause) = household.reload_folds()
            {
                self.household = Err(cause.trouble());
            }
            let trouble = Error::new(Code::Unexpected, "Something unexpected went wrong; a report was kept.");
            self.tell(Update::Trouble { trouble: trouble.trouble() });
        }
        self.schedule();
    }

    fn tell(&self, update: Update) {
        // Nobody listens: nobody to tell.
        let _ = self.updates.send(update);
    }

    /// Gives every device on the network a time for its next reading.
    fn schedule(&mut self) {
        let Ok(household) = &self.household else {
            self.due.clear();
            return;
        };
        let every = TimeDelta::minutes(i64::from(household.settings.poll_minutes));
        let reachable = household.reachable();
        if !(self.config.polling && household.settings.polling) {
            self.due.clear();
            return;
        }
        let now = household.now();
        self.due.retain(|id, _| reachable.iter().any(|(other, _, _)| other == id));
        for (id, _, answered_at) in reachable {
            let last = answered_at.and_then(DateTime::from_timestamp_millis);
            let due = self.due.entry(id).or_insert_with(|| last.map_or(now, |last| last + every));
            // A shorter interval counts at once.
            *due = (*due).min(now + every);
        }
    }

    fn next_due(&self) -> Option<DateTime<Utc>> {
        self.due.iter().filter(|(id, _)| !self.asking.contains(id)).map(|(_, due)| *due).min()
    }

    fn poll_due(&mut self) {
        let now = self.config.clock.now();
        let due: Vec<EndpointId> =
            self.due.iter().filter(|(_, due)| **due <= now).map(|(id, _)| *id).collect();
        for id in due {
            self.poll(id);
        }
    }

    /// Starts one look at a device, unless one is under way.
    fn poll(&mut self, id: EndpointId) {
        let Ok(household) = &self.household else { return };
        let address = household.reachable().into_iter().find(|(other, _, _)| *other == id).map(|(_, a, _)| a);
        let Some(address) = address else {
            self.due.remove(&id);
            return;
        };
        if self.asking.insert(id) {
            let (events, limits) = (self.events.clone(), self.config.limits);
            self.tasks.spawn(async move {
                let result = probe(&address, limits).await;
                // The loop is gone: nobody to tell.
                let _ = events.send(Event::Polled(id, result)).await;
            });
        }
    }

    /// Reads one device now, or all; `done` hears what went wrong with which.
    ///
    /// # Errors
    /// `DeviceUnknown`.
    pub fn read_now(
        &mut self,
        device: Option<EndpointId>,
        done: oneshot::Sender<Vec<Trouble>>,
    ) -> Result<(), Error> {
        let household = self.household()?;
        let mut devices: BTreeSet<EndpointId> =
            household.reachable().into_iter().map(|(id, _, _)| id).collect();
        if let Some(id) = device {
            household.device(id)?;
            devices.retain(|other| *other == id);
        }
        for id in &devices {
            self.poll(*id);
        }
        if devices.is_empty() {
            // Whoever asked may be gone.
            let _ = done.send(Vec::new());
        } else {
            self.waiters.push(Waiter { devices, troubles: Vec::new(), done });
        }
        Ok(())
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Polled(id, result) => self.polled(id, result),
            Event::Announced(found) => self.announced(&found),
            Event::Answered(result) => {
                let printer = match (&result, &self.household) {
                    (Ok(probed), Ok(household)) => Some(household.found_printer(probed)),
                    _ => None,
                };
                if let Some(search) = &mut self.search {
                    search.looking = search.looking.saturating_sub(1);
                    search.answered += u32::from(printer.is_some());
                }
                if let Some(printer) = printer {
                    self.tell(Update::Found { printer });
                }
                self.end_search();
            }
            Event::SearchOver => {
                if let Some(search) = &mut self.search {
                    search.listening = false;
                }
                self.end_search();
            }
        }
    }

    fn polled(&mut self, id: EndpointId, result: Result<Probed, ProbeError>) {
        self.asking.remove(&id);
        let Ok(household) = &mut self.household else { return };
        let every = TimeDelta::minutes(i64::from(household.settings.poll_minutes));
        self.due.insert(id, household.now() + every);
        let taken = match result {
            Ok(probed) => household.take_report(id, &probed.report),
            Err(cause) => Err(unanswered(&cause)),
        };
        let trouble = taken.err().map(|cause| cause.trouble());
        if let Some(trouble) = &trouble
            && let Err(cause) = household.take_trouble(id, trouble.clone())
        {
            self.tell(Update::Trouble { trouble: cause.trouble() });
        }
        if self.household.as_ref().is_ok_and(|h| h.device(id).is_err()) {
            self.due.remove(&id);
        }
        for waiter in &mut self.waiters {
            if waiter.devices.remove(&id) {
                waiter.troubles.extend(trouble.clone());
            }
        }
        for waiter in self.waiters.extract_if(.., |waiter| waiter.devices.is_empty()) {
            // Whoever asked may be gone.
            let _ = waiter.done.send(waiter.troubles);
        }
        self.tell(Update::Changed {});
    }

    /// Starts or stops looking for printers.
    ///
    /// # Errors
    /// When the household is closed.
    pub fn search(&mut self, on: bool) -> Result<(), Error> {
        self.household()?;
        if let Some(search) = self.search.take() {
            search.task.abort();
            if !on {
                self.tell(Update::SearchEnded { count: search.answered });
            }
        }
        if !on {
            return Ok(());
        }
        let (events, clock) = (self.events.clone(), self.config.clock.clone());
        let options = Options { loopback: self.config.loopback };
        let until = clock.now() + SEARCH;
        let task = self.tasks.spawn(async move {
            match Discovery::start(options) {
                Ok(mut discovery) => {
                    let mut over = clock.sleep_until(until);
                    loop {
                        tokio::select! {
                            found = discovery.next() => match found {
                                Some(found) => if events.send(Event::Announced(found)).await.is_err() { return },
                                None => break,
                            },
                            () = &mut over => break,
                        }
                    }
                }
                Err(cause) => tracing::warn!(%cause, "the network can't be searched"),
            }
            // The loop is gone: nobody to tell.
            let _ = events.send(Event::SearchOver).await;
        });
        self.search = Some(Search { task, looking: 0, answered: 0, listening: true });
        Ok(())
    }

    fn announced(&mut self, found: &Found) {
        let Some(search) = &mut self.search else { return };
        let Some(uri) = found.uri() else { return };
        if search.looking + search.answered >= SEARCH_MAX {
            return;
        }
        search.looking += 1;
        let (events, limits) = (self.events.clone(), self.config.limits);
        self.tasks.spawn(async move {
            let result = probe(&uri, limits).await;
            // The loop is gone: nobody to tell.
            let _ = events.send(Event::Answered(result)).await;
        });
    }

    fn end_search(&mut self) {
        if let Some(search) = self.search.take_if(|search| !search.listening && search.looking == 0) {
            self.tell(Update::SearchEnded { count: search.answered });
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
    }
}

fn open(config: &Config, folder: &Path) -> (Result<Household, Trouble>, Option<Lock>) {
    let opened =
        Lock::take(folder).and_then(|lock| Ok((Household::open(folder, config.clock.clone())?, lock)));
    match opened {
        Ok((household, lock)) => (Ok(household), Some(lock)),
        Err(cause) => {
            tracing::error!(code = ?cause.code, "the household could not be opened");
            (Err(cause.trouble()), None)
        }
    }
}

fn closed(trouble: &Trouble) -> Error {
    Error::new(trouble.code, trouble.detail.clone())
}
