//! Printers are read when they are due, or when somebody asks: one look at a time each, and whoever waits hears how it went.

use super::{Event, Opened, Task, Waiter};
use crate::engine::unanswered;
use crate::error::Error;
use crate::sources::probe::{ProbeError, Probed, probe};
use crate::view::{Trouble, Update};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::ids::EndpointId;
use std::collections::BTreeSet;
use tokio::sync::oneshot;

impl Opened {
    /// Gives every device on the network a time for its next reading.
    pub(super) fn schedule(&mut self) {
        if let Ok(household) = &mut self.household {
            household.note_dates();
        }
        let Ok(household) = &self.household else {
            self.due.clear();
            return;
        };
        let Some(every) = self.interval() else {
            self.due.clear();
            return;
        };
        let reachable = household.reachable();
        let now = household.now();
        self.due.retain(|id, _| reachable.iter().any(|(other, _, _)| other == id));
        for (id, _, answered_at) in reachable {
            let last = answered_at.and_then(DateTime::from_timestamp_millis);
            let due = self.due.entry(id).or_insert_with(|| last.map_or(now, |last| last + every));
            // A shorter interval counts at once, and so does a clock that was set back.
            *due = (*due).min(now + every);
        }
    }

    /// Time between two readings of a device; absent when none are to be made by themselves.
    pub(super) fn interval(&self) -> Option<TimeDelta> {
        let settings = &self.household.as_ref().ok()?.settings;
        let wanted = self.config.polling && settings.polling;
        wanted.then(|| TimeDelta::minutes(i64::from(settings.poll_minutes)))
    }

    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        let polls = self.due.iter().filter(|(id, _)| !self.asking.contains(id)).map(|(_, due)| *due);
        polls.chain(self.notice_due()).min()
    }

    pub(super) fn poll_due(&mut self) {
        // The clock may have been set back while we slept.
        self.schedule();
        self.look_for_notice();
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
            self.spawn(Task::Poll(id), async move {
                let result = probe(&address, limits).await;
                // The loop is gone: nobody to tell.
                let _ = events.send(Event::Polled(id, address, result)).await;
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

    pub(super) fn polled(&mut self, id: EndpointId, address: &str, result: Result<Probed, ProbeError>) {
        let Ok(household) = &mut self.household else {
            self.settle(id, Ok(()));
            return;
        };
        let moved = household.reachable().iter().any(|(other, at, _)| *other == id && at != address);
        let taken = match result {
            Ok(probed) => household.take_report(id, &probed.report),
            // Nothing is wrong with the device at its new address.
            Err(_) if moved => Ok(()),
            Err(cause) => Err(unanswered(&cause)),
        };
        self.settle(id, taken);
    }

    /// One look at a device is over: trouble is kept with it, whoever waits hears of it, and the next is planned.
    pub(super) fn settle(&mut self, id: EndpointId, taken: Result<(), Error>) {
        self.asking.remove(&id);
        let trouble = taken.err().map(|cause| cause.trouble());
        let every = self.interval();
        if let Ok(household) = &mut self.household {
            let here = household.reachable().iter().any(|(other, _, _)| *other == id);
            match every.filter(|_| here) {
                Some(every) => self.due.insert(id, household.now() + every),
                None => self.due.remove(&id),
            };
            if let Some(trouble) = &trouble
                && let Err(cause) = household.take_trouble(id, trouble.clone())
            {
                self.tell(Update::Trouble { trouble: cause.trouble() });
            }
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
}
