//! All of Amazon's side as one thing: its state under one lock that is never held while waiting, its clock, and the pump that
//! lets orders go on and notifications go out when their time has come. Moving the clock plays everything that falls due
//! on the way, in order.

use crate::board::Faults;
use crate::clock::Clock;
use crate::config::Config;
use crate::drs::Devices;
use crate::gateway::{Book, bearer};
use crate::lwa::Grants;
use crate::record::{Draft, Record, Verdict};
use crate::skill::Links;
use crate::sns::{Key, Notice, Topic};
use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::Notify;
use url::Url;

/// Findings kept.
const FINDINGS_MAX: usize = 10_000;

/// What is legal, but against the advice or the order rules of the documents.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// When, by the sandbox's clock.
    pub at: String,
    /// On which part.
    pub route: String,
    /// Whose.
    pub customer: Option<String>,
    /// What, with the section.
    pub what: String,
}

/// Everything that can change.
#[derive(Debug)]
pub struct World {
    pub(crate) config: Config,
    pub(crate) record: Record,
    pub(crate) faults: Faults,
    pub(crate) lwa: Grants,
    pub(crate) book: Book,
    pub(crate) drs: Devices,
    pub(crate) topic: Topic,
    pub(crate) links: Links,
    pub(crate) findings: VecDeque<Finding>,
}

impl World {
    fn new(config: Config) -> Self {
        Self {
            config,
            record: Record::default(),
            faults: Faults::default(),
            lwa: Grants::default(),
            book: Book::default(),
            drs: Devices::default(),
            topic: Topic::default(),
            links: Links::default(),
            findings: VecDeque::new(),
        }
    }

    /// Notes what is legal but not right.
    pub(crate) fn find(&mut self, now: DateTime<Utc>, route: &str, customer: Option<&str>, what: String) {
        if self.findings.len() >= FINDINGS_MAX {
            self.findings.pop_front();
        }
        let at = crate::clock::printed(now);
        self.findings.push_back(Finding {
            at,
            route: route.to_owned(),
            customer: customer.map(str::to_owned),
            what,
        });
    }

    /// Publishes what the maker is to hear.
    pub(crate) fn tell(&mut self, now: DateTime<Utc>, notice: &Notice) {
        if let Some(message) = self.drs.message(notice, &self.config.topic, now) {
            self.topic.publish(&self.config.topic, &message, now);
        }
    }

    /// Lets every order go on that is due.
    fn orders(&mut self, now: DateTime<Utc>) {
        loop {
            let told = self.drs.due(now, &self.config.orders);
            if told.is_empty() {
                return;
            }
            for notice in told {
                self.tell(now, &notice);
            }
        }
    }

    fn next_due(&self) -> Option<DateTime<Utc>> {
        [self.drs.next_due(), self.topic.next_due()].into_iter().flatten().min()
    }
}

struct Inner {
    clock: Clock,
    world: Mutex<World>,
    http: reqwest::Client,
    base: OnceLock<String>,
    anywhere: bool,
    key: Key,
    wake: Notify,
    changed: Notify,
    pumping: tokio::sync::Mutex<()>,
}

/// A handle on Amazon's side; copies share it.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

impl Sandbox {
    /// Amazon's side, not yet listening. With `anywhere` it also calls addresses that are not of this computer.
    ///
    /// # Errors
    /// No key or no client could be made.
    pub fn new(config: Config, clock: Clock, anywhere: bool) -> anyhow::Result<Self> {
        let config = config.checked().map_err(anyhow::Error::msg)?;
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        Ok(Self(Arc::new(Inner {
            clock,
            world: Mutex::new(World::new(config)),
            http,
            base: OnceLock::new(),
            anywhere,
            key: Key::generate()?,
            wake: Notify::new(),
            changed: Notify::new(),
            pumping: tokio::sync::Mutex::new(()),
        })))
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Now, by its clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The address it listens at, as `http://127.0.0.1:1234`.
    pub fn base(&self) -> &str {
        self.0.base.get().map_or("", String::as_str)
    }

    pub(crate) fn listens_at(&self, base: String) {
        let _ = self.0.base.set(base);
    }

    /// The topic's certificate, PEM.
    pub fn certificate(&self) -> &str {
        self.0.key.certificate()
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0.key
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose request it is, by its bearer token.
    pub(crate) fn customer_of(&self, headers: &HeaderMap) -> Option<String> {
        let token = bearer(headers)?;
        self.state().lwa.bearer(token, self.now()).map(|grant| grant.customer.clone())
    }

    /// An address it may call: http or https of this computer, or any if it was told so.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub(crate) fn callable(&self, url: &str) -> Result<Url, String> {
        let parsed = Url::parse(url).map_err(|why| format!("{url} is no address: {why}"))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(format!("{url} is neither http nor https"));
        }
        if self.0.anywhere || is_loopback(&parsed) {
            return Ok(parsed);
        }
        Err(format!("{url} is not of this computer: start the sandbox with --anywhere to call it"))
    }

    /// Forgets everything but the configuration, the key and the clock.
    pub(crate) fn reset(&self) {
        let mut world = self.state();
        let config = world.config.clone();
        *world = World::new(config);
        drop(world);
        self.0.changed.notify_waiters();
    }

    /// Something is due: the pump looks at once.
    pub(crate) fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// The faults changed: whoever is held looks again.
    pub(crate) fn faults_changed(&self) {
        self.0.changed.notify_waiters();
    }

    /// Ends when a fault was taken away.
    pub(crate) async fn released(&self, fault: u64) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if !self.state().faults.holds(fault) {
                return;
            }
            changed.await;
        }
    }

    /// Records a request that ended.
    pub(crate) fn note(&self, draft: Draft, status: Option<u16>, verdict: Verdict) {
        let entry = draft.ended(self.now(), status, verdict);
        self.state().record.add(entry);
    }

    /// Plays everything that is due now.
    pub async fn settle(&self) {
        let _alone = self.0.pumping.lock().await;
        self.pump().await;
    }

    /// Moves the clock on, playing everything that falls due on the way at its time.
    pub async fn advance(&self, by: TimeDelta) {
        let _alone = self.0.pumping.lock().await;
        let rate = self.0.clock.rate();
        let target = self.now() + by;
        loop {
            self.pump().await;
            let due = self.state().next_due().filter(|due| *due <= target);
            let Some(due) = due else { break };
            self.0.clock.set(due.max(self.now()), rate);
        }
        self.0.clock.set(target, rate);
        self.pump().await;
    }

    async fn pump(&self) {
        loop {
            let now = self.now();
            let next = {
                let mut world = self.state();
                world.orders(now);
                world.topic.take(now)
            };
            let Some(delivery) = next else { return };
            crate::sns::deliver(self, delivery).await;
        }
    }

    /// Plays what falls due until it is stopped.
    pub(crate) async fn run(&self, stop: tokio_util::sync::CancellationToken) {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(100));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let work = async {
            loop {
                tokio::select! {
                    _ = tick.tick() => {}
                    () = self.0.wake.notified() => {}
                }
                self.settle().await;
            }
        };
        tokio::select! { () = stop.cancelled() => {}, () = work => {} }
    }
}

/// Whether an address is of this computer.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
