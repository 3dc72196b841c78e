//! The keys of SNS by the address of their certificate. The address was judged before it comes here. A certificate is
//! fetched once, by one caller at a time and at most once a second, within 5 seconds and 16 kB, and never by way of a
//! redirect; a failure is remembered for seconds only (reliability N6, N7).

use super::certificate::{CERTIFICATE_MAX, NotBelieved, SigningKey, Trust};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex as Queue, Semaphore};

/// Certificates kept at most.
const KEPT_MAX: usize = 64;

/// Callers that wait for a fetch at most; others are to come back.
const WAITING_MAX: usize = 64;

/// How long a failure is remembered: less than SNS waits before it tries again (protocols 5.4).
const FAILED_FOR: TimeDelta = TimeDelta::seconds(15);

/// Between two fetches.
const APART: TimeDelta = TimeDelta::seconds(1);

/// How long a fetch may take.
pub(super) const FETCH_TIME: Duration = Duration::from_secs(5);

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoKey {
    /// The certificate is not believed.
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
    /// It could not be fetched; SNS is to try again.
    #[error("the certificate could not be fetched")]
    Unreachable,
    /// Too many certificates are asked for; SNS is to try again.
    #[error("too many certificates are asked for")]
    Busy,
}

#[derive(Clone)]
struct Kept {
    key: Result<Arc<SigningKey>, NoKey>,
    fetched_at: DateTime<Utc>,
}

/// The keys.
pub struct Keys {
    http: reqwest::Client,
    names: Vec<String>,
    trust: Trust,
    kept: Mutex<HashMap<String, Kept>>,
    /// When a certificate was last fetched.
    fetching: Queue<Option<DateTime<Utc>>>,
    places: Semaphore,
}

impl Keys {
    /// None yet.
    pub fn new(http: reqwest::Client, names: Vec<String>, trust: Trust) -> Self {
        let places = Semaphore::new(WAITING_MAX);
        Self { http, names, trust, kept: Mutex::default(), fetching: Queue::default(), places }
    }

    fn known(&self, url: &str, now: DateTime<Utc>) -> Option<Result<Arc<SigningKey>, NoKey>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(url)?;
        let holds = found.key.is_ok() || (now - found.fetched_at).abs() < FAILED_FOR;
        holds.then(|| found.key.clone())
    }

    /// The key at an address that [`refill_domain::sns::judge`] accepted.
    ///
    /// # Errors
    /// [`NoKey`].
    pub async fn get(&self, url: &str, now: DateTime<Utc>) -> Result<Arc<SigningKey>, NoKey> {
        if let Some(known) = self.known(url, now) {
            return known;
        }
        let _place = self.places.try_acquire().map_err(|_| NoKey::Busy)?;
        let mut last = self.fetching.lock().await;
        if let Some(known) = self.known(url, now) {
            return known;
        }
        if last.is_some_and(|last| (now - last).abs() < APART) {
            return Err(NoKey::Busy);
        }
        *last = Some(now);
        let key = match self.fetch(url).await {
            None => Err(NoKey::Unreachable),
            Some(pem) => {
                SigningKey::read(&pem, &self.names, &self.trust, now).map(Arc::new).map_err(NoKey::from)
            }
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            // What failed goes first, then the oldest.
            let order = |of: &Kept| (of.key.is_ok(), of.fetched_at);
            let oldest = kept.iter().min_by_key(|(_, of)| order(of)).map(|(url, _)| url.clone());
            oldest.and_then(|url| kept.remove(&url));
        }
        kept.insert(url.to_owned(), Kept { key: key.clone(), fetched_at: now });
        key
    }

    async fn fetch(&self, url: &str) -> Option<Vec<u8>> {
        let got = async {
            let mut response = self.http.get(url).send().await.ok()?;
            if response.status() != reqwest::StatusCode::OK {
                return None;
            }
            let mut pem = Vec::new();
            while let Some(chunk) = response.chunk().await.ok()? {
                pem.extend_from_slice(&chunk);
                if pem.len() > CERTIFICATE_MAX {
                    return None;
                }
            }
            Some(pem)
        };
        tokio::time::timeout(FETCH_TIME, got).await.ok()?
    }
}

#[cfg(test)]
mod tests;
