//! Another household in the place of the own one, for a while: the own one is closed before the other is opened and
//! opened again after it was closed, so that nothing of the one meets the other: no task, no event, no clock, no key.
//! Nothing of it is written down, so the next start knows only the own one.

use super::{EVENTS_KEPT, Event, Opened, closed};
use crate::clock::Clock;
use crate::engine::Config;
use crate::error::{Code, Error};
use crate::link::vault::Keychain;
use crate::view::Update;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc};

/// Which household is to be open.
pub enum Place {
    /// Another one, with its surroundings.
    Elsewhere(Box<Config>),
    /// The own one.
    Home,
}

/// What the loop lives in: the open household, and what its tasks tell.
pub(super) struct Living {
    pub(super) opened: Opened,
    pub(super) told: mpsc::Receiver<Event>,
    home: Config,
    updates: broadcast::Sender<Update>,
}

impl Living {
    /// At home.
    pub(super) fn new(home: Config, updates: broadcast::Sender<Update>) -> Self {
        let (opened, told) = open(home.clone(), updates.clone());
        Self { opened, told, home, updates }
    }

    /// Goes from one household to the other, and tells that everything is another.
    ///
    /// # Errors
    /// Why the other one can't be opened; then the own one is open.
    pub(super) async fn go(&mut self, place: Place) -> Result<(), Error> {
        let mut result = match place {
            Place::Elsewhere(config) => self.open(*config).await,
            Place::Home => return self.come_home().await,
        };
        if let Err(why) = &mut result
            && let Err(also) = self.come_home().await
        {
            tracing::error!(error = %also, "the own household could not be opened again");
            why.message.push_str(" Close Refill and open it again.");
        }
        result
    }

    async fn come_home(&mut self) -> Result<(), Error> {
        self.open(self.home.clone()).await
    }

    async fn open(&mut self, config: Config) -> Result<(), Error> {
        self.opened.close().await;
        // What its tasks had still to tell goes with them.
        (self.opened, self.told) = open(config, self.updates.clone());
        let household = self.opened.household.as_ref().map_err(closed)?;
        let settings = household.settings.clone();
        for update in [Update::Settings { settings }, Update::Changed {}, Update::Account {}] {
            self.opened.tell(update);
        }
        Ok(())
    }
}

fn open(config: Config, updates: broadcast::Sender<Update>) -> (Opened, mpsc::Receiver<Event>) {
    let (events, told) = mpsc::channel(EVENTS_KEPT);
    (Opened::new(config, events, updates), told)
}

impl Opened {
    /// What belongs to a person's own household is not done with the sample data of a trial, whose end would take it
    /// away.
    ///
    /// # Errors
    /// `SampleOnly`.
    pub fn not_in_a_trial(&self) -> Result<(), Error> {
        match self.config.clock.pace() {
            None => Ok(()),
            Some(_) => {
                let why = "This is sample data, which stays on this computer. Remove it first.";
                Err(Error::new(Code::SampleOnly, why))
            }
        }
    }

    /// Where the open household's time and keys come from.
    pub fn surroundings(&self) -> (Arc<dyn Keychain>, Arc<dyn Clock>) {
        (Arc::clone(&self.config.keychain), Arc::clone(&self.config.clock))
    }
}
