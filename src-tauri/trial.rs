//! The trial that the window may begin, hold and end: one at a time, and none outlives the app.

use refill_engine::engine::Engine;
use refill_engine::error::Error;
use refill_engine::view::Trouble;
use refill_trial::Trial;
use tauri::State;
use tokio::sync::Mutex;

/// The running trial, if there is one. Held while one begins or ends, so that neither overtakes the other.
#[derive(Default)]
pub struct Trying(Mutex<Option<Trial>>);

impl Trying {
    async fn begin(&self, engine: &Engine) -> Result<(), Error> {
        let mut running = self.0.lock().await;
        *running = Some(Trial::start(engine).await?);
        Ok(())
    }

    /// Ends it; nothing of it is left.
    pub async fn end(&self) -> Result<(), Error> {
        let mut running = self.0.lock().await;
        match running.take() {
            Some(trial) => trial.end().await,
            None => Ok(()),
        }
    }
}

/// Begins a trial in the place of the household that is open.
#[tauri::command]
pub async fn start_trial(engine: State<'_, Engine>, trying: State<'_, Trying>) -> Result<(), Trouble> {
    trying.begin(&engine).await.map_err(|cause| cause.trouble())
}

/// Lets the trial's time stand still, or go on.
#[tauri::command]
pub async fn pause_trial(trying: State<'_, Trying>, paused: bool) -> Result<(), Trouble> {
    match &*trying.0.lock().await {
        Some(trial) => trial.pause(paused).await.map_err(|cause| cause.trouble()),
        None => Ok(()),
    }
}

/// Ends the trial and opens the person's own household again.
#[tauri::command]
pub async fn end_trial(trying: State<'_, Trying>) -> Result<(), Trouble> {
    trying.end().await.map_err(|cause| cause.trouble())
}
