//! Who can hold a rehearsal: a model and somebody who hears how it goes are handed over, and what happened comes back with
//! the verdicts. The engine names no server and opens none; whoever holds it cleans up before the answer.

use crate::error::Error;
use chrono::{DateTime, Utc};
use refill_domain::certification::{Case, Judged, Moment, Transcript};
use refill_domain::market::Marketplace;
use refill_domain::registration::Dossier;
use std::pin::Pin;
use std::sync::Arc;

/// Somebody who watches a rehearsal and may end it.
pub trait Audience: Send + Sync {
    /// Something happened.
    fn heard(&self, moment: &Moment);
    /// So many of so many steps are over; false ends the rehearsal.
    fn goes_on(&self, done: usize, steps: usize) -> bool;
}

/// Nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Audience for Nobody {
    fn heard(&self, _: &Moment) {}

    fn goes_on(&self, _: usize, _: usize) -> bool {
        true
    }
}

/// What is to be held.
pub struct Play {
    /// The model.
    pub dossier: Dossier,
    /// Where; without one in its first marketplace.
    pub marketplace: Option<Marketplace>,
    /// When it begins, by its own clock.
    pub begin: DateTime<Utc>,
    /// Only as far as this case has to see.
    pub until: Option<Case>,
    /// Who watches.
    pub audience: Arc<dyn Audience>,
}

/// A rehearsal under way.
pub type Holding = Pin<Box<dyn Future<Output = Result<(Transcript, Vec<Judged>), Error>> + Send>>;

/// Where rehearsals are held.
pub trait Stage: Send + Sync {
    /// Holds one. Fails with `Cancelled` when the audience ended it, with a field for what is wrong with the model; by
    /// then nothing of it is left.
    fn hold(&self, play: Play) -> Holding;
}
