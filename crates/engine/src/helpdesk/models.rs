//! Dossiers of device models between here and the maker's cloud, for an administrator at the desk. What the cloud has is
//! asked for before anything is written over it, and must still be what the person looked at; what it refuses changes
//! nothing, there or here.

use super::{nobody, told};
use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::link::cloud::models::Kept;
use crate::link::cloud::{Cloud, Trouble};
use crate::registration::exchange::{label, stamp};
use crate::view::{AtCloud, CloudModel, ExchangeForm, ExchangeKeep, Exchanged};
use refill_domain::alexa::plain_text;

/// Models of a catalogue that are listed.
const LISTED_MAX: usize = 1000;

/// Characters of a name, and of the cloud's words.
const TEXT_MAX: usize = 300;

fn not_allowed() -> Error {
    Error::new(Code::Refused, "Only the maker's administrators exchange models with the cloud.")
}

fn told_of(why: Trouble) -> Error {
    match why {
        Trouble::Refused { status: 403, .. } => not_allowed().caused_by(why),
        Trouble::Refused { status: 404, .. } => {
            Error::new(Code::BadField, "The cloud's catalogue has no such model.").at("at").caused_by(why)
        }
        other => told(other),
    }
}

impl Engine {
    /// The cloud that an administrator is signed in at.
    async fn administered(&self) -> Result<String, Error> {
        self.not_in_a_trial().await?;
        let session = self.helpdesk.session().ok_or_else(nobody)?;
        if session.is_administrator() { Ok(session.server()) } else { Err(not_allowed()) }
    }

    pub(crate) async fn desk_models(&self) -> Result<Vec<CloudModel>, Error> {
        self.administered().await?;
        let ask = |cloud: Cloud, token| async move { cloud.models(&token).await };
        let all = self.desk_try(ask).await?.map_err(told_of)?;
        let known = all.into_iter().filter(|model| label(&model.id).is_ok()).take(LISTED_MAX);
        Ok(known.map(|model| CloudModel { name: plain_text(&model.name, TEXT_MAX), ..model }).collect())
    }

    async fn registered(&self, at: &str) -> Result<Option<Kept>, Error> {
        let ask = |cloud: Cloud, token| async move { cloud.registration(&token, at).await };
        self.desk_try(ask).await?.map_err(told_of)
    }

    pub(crate) async fn desk_compare(&self, model: String, at: String) -> Result<AtCloud, Error> {
        let server = self.administered().await?;
        label(&at)?;
        let theirs = self.registered(&at).await?.map(|kept| kept.dossier);
        self.at_desk(move |desk| desk.compare(&model, (&server, &at), theirs.as_ref())).await
    }

    pub(crate) async fn desk_exchange(&self, form: ExchangeForm) -> Result<Exchanged, Error> {
        let server = self.administered().await?;
        let ExchangeForm { model, at, keep, seen } = form;
        label(&at)?;
        let theirs = self.registered(&at).await?;
        if stamp(theirs.as_ref().map(|kept| &kept.dossier)) != seen {
            return Ok(Exchanged::Changed { now: self.desk_compare(model, at).await? });
        }
        let both = match (keep, theirs) {
            (ExchangeKeep::Theirs, Some(theirs)) => theirs.dossier,
            (ExchangeKeep::Theirs, None) => {
                return Err(
                    Error::new(Code::BadField, "The cloud has no dossier of this model yet.").at("keep")
                );
            }
            (ExchangeKeep::Mine, theirs) => {
                let of = model.clone();
                let mine = self.at_desk(move |desk| desk.mine(&of)).await?;
                let (to, mine, over) = (at.as_str(), &mine, theirs.as_ref());
                let put =
                    |cloud: Cloud, token| async move { cloud.put_registration(&token, to, mine, over).await };
                match self.desk_try(put).await? {
                    Ok(()) => {}
                    Err(Trouble::Refused { status: 412, .. }) => {
                        return Ok(Exchanged::Changed { now: self.desk_compare(model, at).await? });
                    }
                    Err(Trouble::Refused { status: 409 | 422, detail }) => {
                        return Ok(Exchanged::Refused { why: plain_text(&detail, TEXT_MAX) });
                    }
                    Err(why) => return Err(told_of(why)),
                }
                // IDs that the cloud knew already are in what it has now.
                self.registered(&at).await?.map_or_else(|| mine.clone(), |kept| kept.dossier)
            }
        };
        self.at_desk(move |desk| {
            desk.agree(&model, (&server, &at), &both)?;
            let now = desk.compare(&model, (&server, &at), Some(&both))?;
            Ok(Exchanged::Done { view: desk.show(&model)?, now })
        })
        .await
    }
}
