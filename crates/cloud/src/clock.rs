//! Time and ids for the server, as a value: the system's clock, or one that tests move by hand. A step of the system's
//! clock, forwards or back, ends no wait late by more than a minute and none of them never.

use chrono::{DateTime, TimeDelta, Utc};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::watch;
use uuid::Uuid;

/// A wait that ends when the clock says so.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where time comes from.
pub trait Clock: Send + Sync + 'static {
    /// Now, in whole milliseconds.
    fn now(&self) -> DateTime<Utc>;
    /// Ends at or after `at`, or when the clock was set back meanwhile.
    fn sleep_until(&self, at: DateTime<Utc>) -> Sleep;
    /// A new time-ordered id (UUIDv7).
    fn new_id(&self) -> Uuid;

    /// As [`Clock::sleep_until`], for one who looked at the clock at `since`: ends at once if it was set back since then.
    fn sleep_since(&self, since: DateTime<Utc>, at: DateTime<Utc>) -> Sleep {
        let sleep = self.sleep_until(at);
        if self.now() < since { Box::pin(std::future::ready(())) } else { sleep }
    }

    /// Now, in milliseconds since 1970 UTC.
    fn now_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }
}

/// Longest single sleep: after a suspend or a step of the clock, at most this much late.
const SLEEP_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// The computer's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
        let now = Utc::now();
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> Sleep {
        Box::pin(async move {
            let mut seen = SystemClock.now();
            while let Ok(rest) = (at - seen).to_std() {
                if rest.is_zero() {
                    return;
                }
                tokio::time::sleep(rest.min(SLEEP_MAX)).await;
                let now = SystemClock.now();
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

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<DateTime<Utc>>,
    made: AtomicU64,
}

impl ManualClock {
    /// Stands at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now: watch::Sender::new(now), made: AtomicU64::new(0) }
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

    fn sleep_until(&self, at: DateTime<Utc>) -> Sleep {
        let mut watch = self.now.subscribe();
        Box::pin(async move {
            let start = *watch.borrow();
            if watch.wait_for(|now| *now >= at || *now < start).await.is_err() {
                // The clock is gone, so it will never be time.
                std::future::pending::<()>().await;
            }
        })
    }

    fn new_id(&self) -> Uuid {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let ms = u64::try_from(self.now_ms()).unwrap_or(0);
        let mut random = [0u8; 10];
        random[2..].copy_from_slice(&made.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_ends_when_the_clock_gets_there_or_goes_back() {
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        let wait = clock.sleep_until(DateTime::UNIX_EPOCH + TimeDelta::seconds(10));
        clock.advance(TimeDelta::seconds(10));
        wait.await;
        let far = clock.sleep_until(DateTime::UNIX_EPOCH + TimeDelta::days(10));
        let (back, ()) = tokio::join!(far, async { clock.advance(TimeDelta::days(-1)) });
        assert_eq!(back, ());
        let looked = clock.now();
        clock.advance(TimeDelta::days(-1));
        clock.sleep_since(looked, DateTime::UNIX_EPOCH + TimeDelta::days(10)).await;
    }

    #[test]
    fn ids_follow_each_other() {
        let clock = ManualClock::at(DateTime::UNIX_EPOCH);
        let first = clock.new_id();
        let second = clock.new_id();
        clock.advance(TimeDelta::seconds(1));
        assert!(first < second && second < clock.new_id());
        assert_eq!(first.get_version_num(), 7);
    }
}
