//! Time and ids for everything that has effects. Two versions: the system's, which notices suspends and steps of the
//! clock because it never sleeps long, and one that tests move by hand.

use crate::view::Pace;
use chrono::{DateTime, FixedOffset, NaiveDate, Offset, TimeDelta, Utc};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;
use uuid::Uuid;

/// A wait that ends when the clock says so.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Where time comes from.
pub trait Clock: Send + Sync + 'static {
    /// Now, in whole milliseconds.
    fn now(&self) -> DateTime<Utc>;
    /// The person's zone at an instant.
    fn offset(&self, at: DateTime<Utc>) -> FixedOffset;
    /// Ends at or after `at`, or when the clock was set back meanwhile: what was to be at `at` is then far away.
    fn sleep_until(&self, at: DateTime<Utc>) -> Sleep<'_>;
    /// A new time-ordered id.
    fn new_id(&self) -> Uuid;

    /// The pace of a clock that runs by one of its own. What is kept by such a clock is a trial: sample data, which
    /// has nothing to do with anything outside this computer.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// The calendar day of an instant where the person is.
    fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.offset(at)).date_naive()
    }
}

/// Longest single sleep: after a suspend or a step of the clock, at most this much late.
const SLEEP_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// The computer's clock and zone.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
        let now = Utc::now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    fn offset(&self, at: DateTime<Utc>) -> FixedOffset {
        at.with_timezone(&chrono::Local).offset().fix()
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> Sleep<'_> {
        Box::pin(async move {
            let mut seen = self.now();
            while let Ok(rest) = (at - seen).to_std() {
                if rest.is_zero() {
                    return;
                }
                tokio::time::sleep(rest.min(SLEEP_MAX)).await;
                let now = self.now();
                if now < seen {
                    return;
                }
                seen = now;
            }
        })
    }

    fn new_id(&self) -> Uuid {
        #[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
        Uuid::now_v7()
    }
}

/// A clock that stands still until it is moved; zone UTC unless told otherwise.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<DateTime<Utc>>,
    offset: FixedOffset,
    made: AtomicU64,
}

impl ManualClock {
    /// Stands at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now: watch::Sender::new(now), offset: Utc.fix(), made: AtomicU64::new(0) }
    }

    /// The same in another zone.
    #[must_use]
    pub fn in_zone(mut self, offset: FixedOffset) -> Self {
        self.offset = offset;
        self
    }

    /// Moves on (or back), waking whoever slept until then.
    pub fn advance(&self, by: TimeDelta) {
        self.now.send_modify(|now| *now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    fn offset(&self, _at: DateTime<Utc>) -> FixedOffset {
        self.offset
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> Sleep<'_> {
        let mut watch = self.now.subscribe();
        Box::pin(async move {
            // The sender lives as long as the clock, which outlives the borrow: the wait can't fail.
            let start = *watch.borrow();
            let _ = watch.wait_for(|now| *now >= at || *now < start).await;
        })
    }

    fn new_id(&self) -> Uuid {
        // Apart, as true ids are: the engine makes ids beside those it is given.
        let made = self.made.fetch_add(256, Ordering::Relaxed);
        let ms = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        let mut random = [0u8; 10];
        random[2..].copy_from_slice(&made.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}
