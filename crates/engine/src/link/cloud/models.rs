//! The cloud's catalogue of device models and what is registered of each, for its administrators.

use super::{ANSWER_WITHIN, Cloud, Trouble, away, json, judged, parsed};
use crate::view::CloudModel;
use refill_domain::registration::Dossier;
use refill_domain::secret::Secret;
use reqwest::Method;
use reqwest::header::{ETAG, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Registered {
    dossier: Dossier,
}

/// What the cloud keeps of a model.
pub struct Kept {
    /// The dossier.
    pub dossier: Dossier,
    /// What the cloud calls this version of it; a cloud that names none is written over as it is.
    pub version: Option<HeaderValue>,
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
    pub async fn registration(&self, token: &Secret, at: &str) -> Result<Option<Kept>, Trouble> {
        let request = self.ask(Method::GET, &path(at), token).timeout(ANSWER_WITHIN);
        let answer = match judged(request.send().await.map_err(away)?).await {
            Err(Trouble::Refused { status: 404, .. }) => return Ok(None),
            other => other?,
        };
        let version = answer.headers().get(ETAG).cloned();
        let Registered { dossier } = parsed(answer).await?;
        Ok(Some(Kept { dossier, version }))
    }

    /// Registers a model, or changes what may still change, over what was read before: nothing is written where the cloud
    /// has something else by now (status 412).
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn put_registration(
        &self,
        token: &Secret,
        at: &str,
        dossier: &Dossier,
        over: Option<&Kept>,
    ) -> Result<(), Trouble> {
        let request = self.ask(Method::PUT, &path(at), token).json(&Registering { dossier });
        let request = match over {
            None => request.header(IF_NONE_MATCH, "*"),
            Some(Kept { version: Some(version), .. }) => request.header(IF_MATCH, version),
            Some(Kept { version: None, .. }) => request,
        };
        judged(request.timeout(ANSWER_WITHIN).send().await.map_err(away)?).await.map(drop)
    }
}
