//! The relay's loop: hears which accounts changed, knows when the next one is due, and starts a worker for each that has
//! something to do, a bounded number at a time. At the start it looks at every account where a stop came between an
//! entry and its message.

use super::amazon::Amazon;
use super::worker::{AFTER_FAILURE, Renewal, work};
use crate::ids::AccountId;
use crate::serve::start_task;
use crate::state::Shared;
use crate::store::Stored;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, watch};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Workers at a time.
const WORKERS: usize = 256;

/// A clock that was set back by less is waited for.
const SET_BACK: TimeDelta = TimeDelta::minutes(10);

/// What the loop is at.
#[derive(Debug, Clone, Copy, Default)]
struct Pulse {
    looking: bool,
    busy: usize,
    next: Option<DateTime<Utc>>,
    looked_at: DateTime<Utc>,
}

/// The relay as others see it.
#[derive(Debug, Default)]
pub struct Relay {
    pulse: watch::Sender<Pulse>,
    /// Replenishment IDs changed: look which devices are to be described again.
    outdated: Notify,
}

impl Relay {
    /// Replenishment IDs changed: devices are described anew.
    pub fn assigned(&self) {
        self.pulse.send_modify(|pulse| pulse.looking = true);
        self.outdated.notify_one();
    }

    /// Ends when nothing is to be done before the clock moves on.
    pub async fn idle(&self, app: &Shared) {
        let mut pulse = self.pulse.subscribe();
        let changed = app.store.changed();
        loop {
            let now = *pulse.borrow_and_update();
            let clock = app.clock.now();
            let later = now.next.is_none_or(|at| at > clock && clock + SET_BACK >= now.looked_at);
            if !now.looking && now.busy == 0 && later && changed.is_empty() {
                return;
            }
            if pulse.changed().await.is_err() {
                return;
            }
        }
    }
}

type Ended = (AccountId, Option<Renewal>);

/// The loop's own memory.
struct Loop {
    app: Shared,
    amazon: Arc<Amazon>,
    tasks: TaskTracker,
    waiting: BTreeSet<AccountId>,
    running: BTreeMap<AccountId, Arc<Notify>>,
    /// Told while they ran: they may have ended without hearing it.
    poked: BTreeSet<AccountId>,
    /// Whose token could not be renewed, and when that is tried again.
    renewals: BTreeMap<AccountId, Renewal>,
    held: BTreeMap<AccountId, DateTime<Utc>>,
    /// Accounts up to here were looked at for older descriptions.
    outdated: Option<AccountId>,
    /// Accounts up to here were looked at since the clock was set back: what they wait for may lie a day ahead.
    set_back: Option<AccountId>,
    /// The latest moment that is known to have been.
    latest: DateTime<Utc>,
    done: mpsc::UnboundedSender<Ended>,
}

/// Relays until the server stops. Ends when its workers have.
pub async fn run(app: Shared, amazon: Amazon, tasks: TaskTracker) {
    let changed = app.store.changed();
    changed.follow();
    let (done, mut ended) = mpsc::unbounded_channel();
    let mut all = Loop {
        amazon: Arc::new(amazon),
        tasks,
        waiting: BTreeSet::new(),
        running: BTreeMap::new(),
        poked: BTreeSet::new(),
        renewals: BTreeMap::new(),
        held: BTreeMap::new(),
        outdated: Some(AccountId(Uuid::nil())),
        set_back: None,
        latest: app.clock.now(),
        done,
        app: Shared::clone(&app),
    };
    let pulse = &app.relay.pulse;
    pulse.send_modify(|pulse| pulse.looking = true);
    match app.store.relay_behind().await {
        Ok(behind) => all.waiting.extend(behind),
        Err(cause) => tracing::error!(store.error = %cause, "The relay could not look what is behind"),
    }
    match app.store.relay_settled().await {
        Ok(settled) => all.latest = settled.and_then(DateTime::from_timestamp_millis).unwrap_or(all.latest),
        Err(cause) => tracing::error!(store.error = %cause, "The relay could not look when it last settled"),
    }
    while !app.stopping.is_cancelled() {
        pulse.send_modify(|pulse| pulse.looking = true);
        all.notice(app.clock.now());
        all.waiting.extend(changed.take());
        let next = match all.look().await {
            Ok(next) => next,
            Err(cause) => {
                tracing::error!(store.error = %cause, "The relay could not look what is due");
                Some(app.clock.now() + AFTER_FAILURE)
            }
        };
        let busy = all.running.len() + all.waiting.len();
        pulse.send_modify(|pulse| *pulse = Pulse { looking: false, busy, next, looked_at: all.latest });
        let timer = app.clock.sleep_since(all.latest, next.unwrap_or(DateTime::<Utc>::MAX_UTC));
        tokio::select! {
            () = app.stopping.cancelled() => {}
            () = changed.notify.notified() => {}
            () = app.relay.outdated.notified() => all.outdated = Some(AccountId(Uuid::nil())),
            () = timer, if next.is_some() => {}
            Some((account, how)) = ended.recv() => all.ended(account, how),
        }
        while let Ok((account, how)) = ended.try_recv() {
            all.ended(account, how);
        }
    }
}

impl Loop {
    fn ended(&mut self, account: AccountId, how: Option<Renewal>) {
        self.running.remove(&account);
        let poked = self.poked.remove(&account);
        match how {
            None => {
                self.held.insert(account, self.app.clock.now() + AFTER_FAILURE);
            }
            Some(renewal) => {
                if renewal.is_due_later() {
                    self.renewals.insert(account, renewal);
                }
                if poked {
                    self.waiting.insert(account);
                }
            }
        }
    }

    /// Notices that the clock was set back.
    fn notice(&mut self, now: DateTime<Utc>) {
        if now + SET_BACK < self.latest {
            tracing::warn!("The clock was set back; every account is looked at");
            self.set_back = Some(AccountId(Uuid::nil()));
            self.waiting.extend(std::mem::take(&mut self.held).into_keys());
            self.renewals.clear();
        }
        self.latest = now;
    }

    /// Starts what is due; says when the next one is.
    async fn look(&mut self) -> Stored<Option<DateTime<Utc>>> {
        let now = self.app.clock.now();
        let free: Vec<AccountId> =
            self.held.iter().filter(|(_, until)| **until <= now).map(|(account, _)| *account).collect();
        for account in free {
            self.held.remove(&account);
            self.waiting.insert(account);
        }
        while let Some(after) = self.outdated {
            let page = self.app.store.relay_outdated(after, WORKERS).await?;
            self.outdated = page.last().copied();
            self.waiting.extend(page);
        }
        while let Some(after) = self.set_back {
            let page = self.app.store.relay_linked(after, WORKERS).await?;
            self.set_back = page.last().copied();
            self.waiting.extend(page);
        }
        let mut next = self.held.values().min().copied();
        let known = self.running.len() + self.held.len();
        let upcoming = self.app.store.relay_upcoming(known + WORKERS).await?;
        for (at, account) in upcoming {
            if self.running.contains_key(&account) || self.held.contains_key(&account) {
                continue;
            }
            if at <= now.timestamp_millis() {
                self.waiting.insert(account);
            } else if let Some(at) = DateTime::from_timestamp_millis(at) {
                next = Some(next.map_or(at, |known| known.min(at)));
                break;
            }
        }
        for account in std::mem::take(&mut self.waiting) {
            if let Some(poke) = self.running.get(&account) {
                poke.notify_one();
                self.poked.insert(account);
            } else if self.held.contains_key(&account) {
                // It is looked at when its time has come.
            } else if self.running.len() < WORKERS {
                self.start(account);
            } else {
                self.waiting.insert(account);
            }
        }
        Ok(next)
    }

    fn start(&mut self, account: AccountId) {
        let poke = Arc::new(Notify::new());
        self.running.insert(account, Arc::clone(&poke));
        let renewal = self.renewals.remove(&account).unwrap_or_default();
        let (app, amazon, done) = (Shared::clone(&self.app), Arc::clone(&self.amazon), self.done.clone());
        start_task(&self.tasks, async move {
            let worked = work(app, amazon, account, poke, renewal).await;
            if let Err(cause) = &worked {
                tracing::error!(account.id = %account, relay.error = %format!("{cause:#}"), "The relay failed for an account");
            }
            // The loop is gone only when the server stops.
            let _ = done.send((account, worked.ok()));
        });
    }
}
