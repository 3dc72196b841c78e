//! The stage the app holds its rehearsals on: each on a thread with a runtime of its own, so that a window stays quick and
//! nothing that was started for a rehearsal outlives it, also when it is ended.

use crate::run::{Options, Unrehearsable, rehearse_before};
use anyhow::Context as _;
use refill_engine::certification::stage::{Holding, Play, Stage};
use refill_engine::error::{Code, Error};
use std::path::PathBuf;
use tokio::sync::oneshot;

/// This computer, on loopback.
#[derive(Debug, Clone, Default)]
pub struct OnThisComputer {
    /// The folder below which each rehearsal makes its own; without one the system's for such things.
    pub beneath: Option<PathBuf>,
}

impl Stage for OnThisComputer {
    fn hold(&self, play: Play) -> Holding {
        let beneath = self.beneath.clone();
        Box::pin(async move {
            let (done, is_done) = oneshot::channel();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.context("Start the rehearsal")?;
            let run = move || {
                let Play { dossier, marketplace, begin, until, audience } = play;
                let beneath = beneath.as_deref();
                let options = Options { marketplace, begin, fault: None, until, beneath };
                let held = runtime.block_on(rehearse_before(&dossier, options, &*audience));
                drop(runtime);
                // Whoever asked may be gone.
                let _ = done.send(held.map(|held| (held.transcript, held.judged)).map_err(|why| error(&why)));
            };
            let thread = std::thread::Builder::new().name("refill-rehearsal".into()).spawn(run);
            thread.context("Start the rehearsal")?;
            is_done.await.map_err(|_| Error::new(Code::Unexpected, "The rehearsal came to no end."))?
        })
    }
}

/// Why none was held, as the window is told.
fn error(why: &Unrehearsable) -> Error {
    let said = why.to_string();
    let mut letters = said.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let message = format!("{first}{}.", letters.as_str());
    match why {
        Unrehearsable::Ended => Error::new(Code::Cancelled, message),
        Unrehearsable::Stopped(cause) => {
            tracing::error!(error = %format!("{cause:#}"), "a rehearsal could not be held");
            Error::new(Code::Unexpected, message)
        }
        Unrehearsable::Marketplace => Error::new(Code::BadField, message).at("market"),
        _ => Error::new(Code::BadField, message).at("model"),
    }
}
