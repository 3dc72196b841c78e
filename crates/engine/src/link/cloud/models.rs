//! The cloud's catalogue of device models and what is registered of each, for its administrators.

use super::{ANSWER_WITHIN, Cloud, Trouble, away, json, judged};
use crate::view::CloudModel;
use refill_domain::registration::Dossier;
use refill_domain::secret::Secret;
use reqwest::Method;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Registered {
    dossier: Dossier,
}

#[derive(Serialize)]
struct Registering<'a> {
    dossier: &'a Dossier,
}

fn path(at: &str) -> String {
    format!("/v1/models/{at}/registration")
}

impl Cloud {
    /// The models of the catalogue.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn models(&self, token: &Secret) -> Result<Vec<CloudModel>, Trouble> {
        json(self.ask(Method::GET, "/v1/models", token)).await
    }

    /// The dossier of a model, if it is registered; `at` is a name that can stand in a path.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn registration(&self, token: &Secret, at: &str) -> Result<Option<Dossier>, Trouble> {
        match json::<Registered>(self.ask(Method::GET, &path(at), token)).await {
            Ok(registered) => Ok(Some(registered.dossier)),
            Err(Trouble::Refused { status: 404, .. }) => Ok(None),
            Err(why) => Err(why),
        }
    }

    /// Registers a model, or changes what may still change.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn put_registration(&self, token: &Secret, at: &str, dossier: &Dossier) -> Result<(), Trouble> {
        let request = self.ask(Method::PUT, &path(at), token).json(&Registering { dossier });
        judged(request.timeout(ANSWER_WITHIN).send().await.map_err(away)?).await.map(drop)
    }
}
