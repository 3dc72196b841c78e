//! The engine's handle: what shells hold. It starts the run loop on a thread of its own, sends it work, and passes on
//! what it tells. Any number of handles may ask at once; one loop answers, in order.

mod answers;

use crate::certification::Rehearsing;
pub use crate::config::Config;
use crate::error::{Code, Error};
use crate::helpdesk::Helpdesk;
use crate::household::Household;
use crate::run::{self, Input, Job, Opened};
use crate::sources::probe::{self, Failure, ProbeError, Probed};
use crate::transfer::desk::Moving;
use crate::view::Update;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

/// Updates that wait for a slow listener before it is told to ask anew.
const UPDATES_KEPT: usize = 256;

/// Requests that wait for the loop; more make the asker wait.
const REQUESTS_KEPT: usize = 64;

/// A running engine.
#[derive(Clone)]
pub struct Engine {
    work: mpsc::Sender<Input>,
    pub(crate) updates: broadcast::Sender<Update>,
    pub(crate) config: Arc<Config>,
    version: &'static str,
    pub(crate) moving: Arc<Moving>,
    pub(crate) helpdesk: Arc<Helpdesk>,
    pub(crate) rehearsing: Arc<Rehearsing>,
}

impl Engine {
    /// Starts the run loop. A household that can't be opened does not stop it: [`Api::state`](crate::api::Api::state) says why.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(config: Config) -> Result<Self, Error> {
        let (work, requests) = mpsc::channel(REQUESTS_KEPT);
        let (updates, _) = broadcast::channel(UPDATES_KEPT);
        run::start(config.clone(), requests, updates.clone())?;
        Ok(Self {
            work,
            updates,
            config: Arc::new(config),
            version: env!("CARGO_PKG_VERSION"),
            moving: Arc::default(),
            helpdesk: Arc::default(),
            rehearsing: Arc::default(),
        })
    }

    /// What the engine tells from now on.
    pub fn updates(&self) -> broadcast::Receiver<Update> {
        self.updates.subscribe()
    }

    /// Where everything is kept.
    pub fn folder(&self) -> &std::path::Path {
        &self.config.folder
    }

    /// Ends the loop after what was asked before, closes the file, and returns when both are done.
    pub async fn stop(&self) {
        // Of a rehearsal nothing may stay, so its end is waited for.
        self.moving.cancel();
        drop(self.rehearsing.turn.lock().await);
        let (done, ended) = oneshot::channel();
        if self.work.send(Input::Stop(done)).await.is_ok() {
            // The loop is gone either way.
            let _ = ended.await;
        }
    }

    /// Closes the household and opens the one of `config` in its place, with its own clock and keychain, until
    /// [`Self::come_home`]. Nothing of this is remembered: the next start opens what was open before.
    ///
    /// # Errors
    /// Why the other one can't be opened; then what was open before is open again.
    pub async fn visit(&self, config: Config) -> Result<(), Error> {
        self.change_place(run::Place::Elsewhere(Box::new(config))).await
    }

    /// Closes what was visited and opens the household that was open before.
    ///
    /// # Errors
    /// Why it can't be opened.
    pub async fn come_home(&self) -> Result<(), Error> {
        self.change_place(run::Place::Home).await
    }

    async fn change_place(&self, place: run::Place) -> Result<(), Error> {
        // What is being moved belongs to the household that is open.
        let _nothing_else = self.moving.alone()?;
        let (done, ended) = oneshot::channel();
        let gone = || Error::new(Code::Unexpected, "Refill is shutting down; nothing was changed.");
        self.work.send(Input::Move(place, done)).await.map_err(|_| gone())?;
        ended.await.map_err(|_| gone())?
    }

    /// Does `job` on the loop, with the household if it could be opened.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Opened) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |opened| {
            // Nobody waits any more: the work is done all the same.
            let _ = answer.send(job(opened));
        });
        let gone = || Error::new(Code::Unexpected, "Refill is shutting down; nothing was changed.");
        self.work.send(Input::Work(job)).await.map_err(|_| gone())?;
        let lost = |_| match self.work.is_closed() {
            true => gone(),
            false => Error::new(
                Code::Unexpected,
                "Something unexpected went wrong; a report was kept. Look whether it was recorded before you try again.",
            ),
        };
        answered.await.map_err(lost)?
    }

    /// Asks the open household.
    pub(crate) async fn see<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Household) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(move |opened| look(opened.household()?)).await
    }

    /// Changes the open household and says that it changed.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Household) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let updates = self.updates.clone();
        self.ask(move |opened| {
            let result = change(opened.household_mut()?);
            if result.is_ok() {
                // Nobody listens: nobody to tell.
                let _ = updates.send(Update::Changed {});
                opened.poke_postman();
            }
            result
        })
        .await
    }

    /// What belongs to a person's own household is not done with the sample data of a trial.
    pub(crate) async fn not_in_a_trial(&self) -> Result<(), Error> {
        self.ask(|opened| opened.not_in_a_trial()).await
    }

    async fn look_at(&self, address: &str) -> Result<Probed, Error> {
        self.not_in_a_trial().await?;
        probe::probe(address, self.config.limits).await.map_err(|cause| unanswered(&cause))
    }
}

/// A failed look at a printer as the interface reads it.
pub fn unanswered(cause: &ProbeError) -> Error {
    let code = match cause.failure {
        Failure::BadAddress => Code::BadAddress,
        Failure::Unreachable => Code::Unreachable,
        Failure::TimedOut => Code::TimedOut,
        Failure::NotAPrinter(_) => Code::NotAPrinter,
        Failure::TooLarge | Failure::HalfAnswer => Code::BadAnswer,
        Failure::Refused(_) => Code::Refused,
        Failure::WrongPrinter => Code::OtherDevice,
    };
    Error::new(code, cause.to_string()).at("address")
}
