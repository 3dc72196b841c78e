//! The sandbox's own time and its own chance: time runs at any rate from any instant or is held and moved by hand, so that
//! sixty minutes of a token or three days of an order cost nothing; ids and tokens are random and unguessable.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Amazon's time.
#[derive(Debug)]
pub struct Clock(Mutex<Pace>);

#[derive(Debug)]
struct Pace {
    shown: DateTime<Utc>,
    since: Instant,
    rate: u32,
}

fn instant() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is the sandbox's clock")]
    Instant::now()
}

impl Clock {
    /// Runs from the system's time at the given rate: 1 is real time, 0 stands still.
    pub fn system(rate: u32) -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the sandbox's clock")]
        Self::at(Utc::now(), rate)
    }

    /// Runs from an instant at the given rate.
    pub fn at(shown: DateTime<Utc>, rate: u32) -> Self {
        Self(Mutex::new(Pace { shown, since: instant(), rate }))
    }

    /// Now, to the millisecond.
    pub fn now(&self) -> DateTime<Utc> {
        let pace = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = TimeDelta::from_std(pace.since.elapsed()).unwrap_or_default();
        let scaled =
            i32::try_from(pace.rate).ok().and_then(|rate| passed.checked_mul(rate)).unwrap_or_default();
        let now = pace.shown.checked_add_signed(scaled).unwrap_or(pace.shown);
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// How many of its seconds pass in one real second.
    pub fn rate(&self) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).rate
    }

    /// Goes on from an instant at a rate.
    pub fn set(&self, shown: DateTime<Utc>, rate: u32) {
        let mut pace = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pace = Pace { shown, since: instant(), rate };
    }
}

/// As documents print instants: UTC with milliseconds.
pub fn printed(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Filling from the system's source only fails where nothing random can be had at all; the ids then collide and are
    // refused as used, which a test sees at once.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    bytes
}

/// A random id, UUID version 4.
pub fn id() -> String {
    uuid::Builder::from_random_bytes(random()).into_uuid().to_string()
}

/// Random letters and digits for URLs, from so many random bytes.
pub fn secret<const N: usize>() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random::<N>())
}
