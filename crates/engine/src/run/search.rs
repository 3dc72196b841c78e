//! The search for printers: it listens for a while, looks at each that announces itself, tells of those that answer, and
//! hears nothing of an earlier search that may still be answering.

use super::{Event, Opened, Task};
use crate::error::Error;
use crate::sources::discovery::{Discovery, Found, Options};
use crate::sources::probe::probe;
use crate::view::{FoundPrinter, Update};
use chrono::TimeDelta;
use std::collections::BTreeSet;
use tokio::task::AbortHandle;

/// How long a search listens. Printers answer within a second or two; sleeping ones wake in ten.
const SEARCH: TimeDelta = TimeDelta::seconds(20);

/// Most printers one search looks at.
const SEARCH_MAX: u32 = 100;

/// A search for printers that runs.
pub(super) struct Search {
    pub(super) number: u64,
    pub(super) task: AbortHandle,
    pub(super) looking: u32,
    /// Printers that answered, by their key: one may be announced several ways.
    pub(super) answered: BTreeSet<String>,
    pub(super) looked_at: u32,
    pub(super) listening: bool,
}

impl Opened {
    /// Starts or stops looking for printers.
    ///
    /// # Errors
    /// When the household is closed.
    pub fn search(&mut self, on: bool) -> Result<(), Error> {
        self.household()?;
        if let Some(search) = self.search.take() {
            search.task.abort();
            if !on {
                self.tell(Update::SearchEnded { count: search.count() });
            }
        }
        if !on {
            return Ok(());
        }
        self.searches += 1;
        let number = self.searches;
        let (events, clock) = (self.events.clone(), self.config.clock.clone());
        let options = Options { loopback: self.config.loopback };
        let until = clock.now() + SEARCH;
        let task = self.spawn(Task::Listen(number), async move {
            match Discovery::start(options) {
                Ok(mut discovery) => {
                    let mut over = clock.sleep_until(until);
                    loop {
                        tokio::select! {
                            found = discovery.next() => match found {
                                Some(found) => if events.send(Event::Announced(number, found)).await.is_err() { return },
                                None => break,
                            },
                            () = &mut over => break,
                        }
                    }
                }
                Err(cause) => tracing::warn!(%cause, "the network can't be searched"),
            }
            // The loop is gone: nobody to tell.
            let _ = events.send(Event::SearchOver(number)).await;
        });
        self.search = Some(Search {
            number,
            task,
            looking: 0,
            answered: BTreeSet::new(),
            looked_at: 0,
            listening: true,
        });
        Ok(())
    }

    /// The running search, if it is this one.
    fn searching(&mut self, number: u64) -> Option<&mut Search> {
        self.search.as_mut().filter(|search| search.number == number)
    }

    pub(super) fn announced(&mut self, number: u64, found: &Found) {
        let Some(search) = self.searching(number) else { return };
        let Some(uri) = found.uri() else { return };
        if search.looked_at >= SEARCH_MAX {
            return;
        }
        search.looking += 1;
        search.looked_at += 1;
        let (events, limits) = (self.events.clone(), self.config.limits);
        self.spawn(Task::Look(number), async move {
            let result = probe(&uri, limits).await;
            // The loop is gone: nobody to tell.
            let _ = events.send(Event::Answered(number, result)).await;
        });
    }

    pub(super) fn looked(&mut self, number: u64, printer: Option<FoundPrinter>) {
        let Some(search) = self.searching(number) else { return };
        search.looking = search.looking.saturating_sub(1);
        if let Some(printer) = printer {
            search.answered.insert(printer.key.clone());
            self.tell(Update::Found { printer });
        }
        self.end_search();
    }

    pub(super) fn listened(&mut self, number: u64) {
        if let Some(search) = self.searching(number) {
            search.listening = false;
        }
        self.end_search();
    }

    fn end_search(&mut self) {
        if let Some(search) = self.search.take_if(|search| !search.listening && search.looking == 0) {
            self.tell(Update::SearchEnded { count: search.count() });
        }
    }
}

impl Search {
    fn count(&self) -> u32 {
        u32::try_from(self.answered.len()).unwrap_or(u32::MAX)
    }
}
