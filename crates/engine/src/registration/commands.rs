//! The engine's commands about device models. Files are read and pictures decoded beside the run loop, which only says
//! which folder and whose words.

use super::desk::Desk;
use super::sentences::Sentences;
use crate::engine::Engine;
use crate::error::Error;
use crate::region;
use crate::words::Words;
use std::path::{Path, PathBuf};

impl Engine {
    /// Works at the desk of the open household, beside the loop.
    pub(crate) async fn at_desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let desk = self
            .see(|household| {
                let settings = household.settings();
                let (locale, today) = (region::locale(settings), household.today());
                let say = Sentences::new(Words::of(region::language(settings)), locale, today);
                let folder = household.path().parent().unwrap_or(Path::new(""));
                Ok(Desk::new(folder, say, today, locale))
            })
            .await?;
        tokio::task::spawn_blocking(move || work(&desk)).await.map_err(anyhow::Error::from)?
    }

    /// Writes everything of a model into a new folder in one that a person chose; gives the names of its files.
    ///
    /// # Errors
    /// `BadField`: the model is gone; `BadFile`: it can't be read, or there are files in the new folder already.
    pub async fn export_model(&self, model: String, to: PathBuf) -> Result<Vec<String>, Error> {
        self.at_desk(move |desk| desk.export(&model, &to)).await
    }
}
