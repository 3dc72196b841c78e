//! The rehearsal under way: what it is about, how far it is and what was heard so far. There is one at most, it can be
//! ended like all long work, and it is forgotten when it is over.

use super::stage::Audience;
use crate::transfer::Cancel;
use crate::view::{Update, Work};
use crate::words::Words;
use refill_domain::certification::{Case, Moment};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// The place of the rehearsal under way.
#[derive(Debug, Default)]
pub struct Rehearsing {
    live: Mutex<Option<Live>>,
    /// Held until all of a rehearsal is gone.
    pub(crate) turn: tokio::sync::Mutex<()>,
}

/// One under way.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    /// The model, by its folder's name.
    pub model: String,
    /// The one case it is about.
    pub case: Option<Case>,
    /// Steps that are over.
    pub done: usize,
    /// Of so many.
    pub steps: usize,
    /// Whose words.
    pub words: Words,
    /// What happened so far.
    pub moments: Vec<Moment>,
}

impl Rehearsing {
    fn state(&self) -> MutexGuard<'_, Option<Live>> {
        // Plain values: what a panic left is as good as before.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one under way, as it is now.
    pub(crate) fn now(&self) -> Option<Live> {
        self.state().clone()
    }

    /// Begins one; it is under way until the answer is dropped.
    pub(crate) fn begin(self: &Arc<Self>, model: &str, case: Option<Case>, words: Words) -> Begun {
        let live = Live { model: model.to_owned(), case, done: 0, steps: 0, words, moments: Vec::new() };
        *self.state() = Some(live);
        Begun(self.clone())
    }
}

/// One that began.
pub(crate) struct Begun(Arc<Rehearsing>);

impl Drop for Begun {
    fn drop(&mut self) {
        *self.0.state() = None;
    }
}

/// Hears it for whoever looks.
pub(crate) struct Hearing {
    pub rehearsing: Arc<Rehearsing>,
    pub cancel: Cancel,
    pub updates: broadcast::Sender<Update>,
}

impl Audience for Hearing {
    fn heard(&self, moment: &Moment) {
        if let Some(live) = &mut *self.rehearsing.state() {
            live.moments.push(moment.clone());
        }
    }

    fn goes_on(&self, done: usize, steps: usize) -> bool {
        if let Some(live) = &mut *self.rehearsing.state() {
            (live.done, live.steps) = (done, steps);
        }
        let (done, total) = (done as u64, Some(steps as u64));
        // Nobody listens: nobody to tell.
        let _ = self.updates.send(Update::Progress { work: Work::Rehearsal, done, total });
        !self.cancel.load(Ordering::Relaxed)
    }
}
