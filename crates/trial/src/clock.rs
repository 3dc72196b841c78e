//! The time of a trial. It stands still and is moved on in steps, by whoever drives the trial, after everything that was
//! to happen has happened: on a slow computer a day takes longer, and no message ever grows old on its way. One clock is
//! the household's, the cloud's and, beside it, Amazon's.

use chrono::{DateTime, DurationRound as _, FixedOffset, TimeDelta, Utc};
use refill_engine::clock::{Clock, Sleep, SystemClock};
use refill_engine::view::Pace;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::watch;
use uuid::Uuid;

/// Time passes in steps of this length.
pub const STEP: TimeDelta = TimeDelta::minutes(30);

/// Steps of a day.
pub const STEPS: u32 = 48;

/// A day passes in so many seconds.
pub const DAY_SECONDS: u32 = 20;

/// The clock.
#[derive(Debug)]
pub struct TrialClock {
    now: watch::Sender<DateTime<Utc>>,
    paused: AtomicBool,
    made: AtomicU64,
}

impl TrialClock {
    /// Stands at the half hour before `now`, so that things happen at round times.
    pub fn at(now: DateTime<Utc>) -> Self {
        let round = now.duration_trunc(STEP).unwrap_or(now);
        Self { now: watch::Sender::new(round), paused: AtomicBool::new(false), made: AtomicU64::new(0) }
    }

    /// Moves on, waking whoever waited until then.
    pub fn advance(&self, by: TimeDelta) {
        self.now.send_modify(|now| *now += by);
    }

    /// What is shown of it: whether it goes on by itself.
    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// Now.
    pub fn time(&self) -> DateTime<Utc> {
        *self.now.borrow()
    }

    /// A new id of a moment that may have been. Ids of one clock differ, and those of one moment follow each other.
    pub fn id_of(&self, at: DateTime<Utc>) -> Uuid {
        // Apart, as true ids are: others make ids beside those they are given.
        let made = self.made.fetch_add(256, Ordering::Relaxed);
        let mut random = [0u8; 10];
        random[2..].copy_from_slice(&made.to_be_bytes());
        let ms = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}

impl Clock for TrialClock {
    fn now(&self) -> DateTime<Utc> {
        self.time()
    }

    fn offset(&self, at: DateTime<Utc>) -> FixedOffset {
        SystemClock.offset(at)
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> Sleep<'_> {
        let mut watch = self.now.subscribe();
        Box::pin(async move {
            // It lives as long as the clock, which outlives the borrow, and is never set back.
            let _ = watch.wait_for(|now| *now >= at).await;
        })
    }

    fn new_id(&self) -> Uuid {
        self.id_of(self.time())
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { day_seconds: DAY_SECONDS, paused: self.paused.load(Ordering::Relaxed) })
    }
}

impl refill_cloud::clock::Clock for TrialClock {
    fn now(&self) -> DateTime<Utc> {
        self.time()
    }

    fn sleep_until(&self, at: DateTime<Utc>) -> refill_cloud::clock::Sleep {
        let mut watch = self.now.subscribe();
        Box::pin(async move {
            if watch.wait_for(|now| *now >= at).await.is_err() {
                // The clock is gone, so it will never be time.
                std::future::pending::<()>().await;
            }
        })
    }

    fn new_id(&self) -> Uuid {
        self.id_of(self.time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_stands_until_it_is_moved_and_wakes_who_waited() {
        let at = DateTime::from_timestamp(1_795_256_399, 0).unwrap();
        let clock = TrialClock::at(at);
        assert_eq!(clock.time().to_rfc3339(), "2026-11-21T10:00:00+00:00");
        let until = clock.time() + STEP;
        let both = async {
            Clock::sleep_until(&clock, until).await;
            refill_cloud::clock::Clock::sleep_until(&clock, until).await;
        };
        tokio::join!(both, async { clock.advance(STEP) });
        assert_eq!(clock.time(), until);
        assert_eq!(clock.pace(), Some(Pace { day_seconds: 20, paused: false }));
        clock.pause(true);
        assert_eq!(clock.pace(), Some(Pace { day_seconds: 20, paused: true }));
    }

    #[test]
    fn ids_follow_each_other() {
        let clock = TrialClock::at(DateTime::UNIX_EPOCH);
        let ids: Vec<Uuid> = (0..600).map(|_| Clock::new_id(&clock)).collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
    }
}
