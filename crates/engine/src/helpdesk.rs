//! The support desk of the maker's people: a sign-in of its own beside the household's link, and what is asked with it. Its
//! tokens are in memory alone and end with the program; nothing of a customer's is kept. Every search and every look is
//! one question to the cloud, which writes it down.

mod deeds;
mod mirror;
mod models;
mod seen;
mod session;
mod shown;

pub(crate) use session::Helpdesk;

use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::link::cloud::desk::Find;
use crate::link::cloud::{Cloud, Trouble};
use crate::link::oauth::NoTokens;
use crate::view::{CaseLine, DeskAudit, DeskState, FindForm, FoundView, LinkBegun, Update};
use refill_domain::secret::Secret;
use session::Session;
use shown::{audit, case_line, found_view};
use std::sync::Arc;
use uuid::Uuid;

fn told(why: Trouble) -> Error {
    match why {
        Trouble::Token => Error::new(Code::Refused, "Sign in again."),
        Trouble::Refused { status: 404, .. } => {
            Error::new(Code::Refused, "This customer has not given access, or it has ended.").caused_by(why)
        }
        Trouble::Refused { status: 422, ref detail } => {
            Error::new(Code::BadField, detail.clone()).caused_by(why)
        }
        Trouble::Wait { status: 429, .. } => {
            Error::new(Code::Refused, "Too many searches in a short time. Wait a minute.").caused_by(why)
        }
        other => other.told(),
    }
}

fn nobody() -> Error {
    Error::new(Code::Refused, "Nobody is signed in at the support desk.")
}

fn customer_id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::new(Code::BadField, "This is no account.").at("customer"))
}

impl Engine {
    async fn desk_ask<T, F: Future<Output = Result<T, Trouble>>>(
        &self,
        question: impl Fn(Cloud, Secret) -> F,
    ) -> Result<T, Error> {
        self.desk_try(question).await?.map_err(told)
    }

    /// Asks as who is signed in; with a fresh token once more if the first is refused. What the cloud refuses is for who
    /// asks to understand.
    async fn desk_try<T, F: Future<Output = Result<T, Trouble>>>(
        &self,
        question: impl Fn(Cloud, Secret) -> F,
    ) -> Result<Result<T, Trouble>, Error> {
        let session: Arc<Session> = self.helpdesk.session().ok_or_else(nobody)?;
        let token = self.desk_token(&session, false).await?;
        let first = question(session.cloud.clone(), token).await;
        let Err(Trouble::Token) = first else { return Ok(first) };
        let token = self.desk_token(&session, true).await?;
        match question(session.cloud.clone(), token).await {
            Err(Trouble::Token) => Err(self.desk_ended()),
            other => Ok(other),
        }
    }

    async fn desk_token(&self, session: &Session, renew: bool) -> Result<Secret, Error> {
        session.token(self.config.clock.now(), renew).await.map_err(|why| match why {
            NoTokens::Ended => self.desk_ended(),
            // A network that is away signs nobody out.
            NoTokens::Later(why) => why,
        })
    }

    /// The cloud ended the sign-in: what is shown says so, and what was open of a customer is gone.
    fn desk_ended(&self) -> Error {
        let why = Error::new(Code::Refused, "The sign-in has ended. Sign in again.");
        self.helpdesk.end(Some(why.trouble()));
        // Nobody listens: nobody to tell.
        let _ = self.updates.send(Update::Account {});
        why
    }

    pub(crate) async fn desk_begin(&self, server: String) -> Result<LinkBegun, Error> {
        let begun = self.helpdesk.begin(self, &server).await?;
        let _ = self.updates.send(Update::Account {});
        Ok(begun)
    }

    pub(crate) async fn desk_wait(&self) -> Result<DeskState, Error> {
        self.helpdesk.wait(self).await;
        let _ = self.updates.send(Update::Account {});
        Ok(self.helpdesk.state())
    }

    pub(crate) async fn desk_out(&self) {
        if let Some(session) = self.helpdesk.end(None) {
            session.revoke().await;
        }
        let _ = self.updates.send(Update::Account {});
    }

    pub(crate) async fn desk_search(&self, form: FindForm) -> Result<FoundView, Error> {
        let FindForm { case, reason, by, text, after } = form;
        let find = Find { case, reason, by, text, after };
        let find = &find;
        let page = self.desk_ask(|cloud, token| async move { cloud.find(&token, find).await }).await?;
        Ok(found_view(page))
    }

    pub(crate) async fn desk_case_lines(&self) -> Result<Vec<CaseLine>, Error> {
        let cases = self.desk_ask(|cloud, token| async move { cloud.cases(&token).await }).await?;
        Ok(cases.iter().filter_map(case_line).collect())
    }

    pub(crate) async fn desk_request(&self, customer: &str, case: &str, reason: &str) -> Result<(), Error> {
        let id = customer_id(customer)?;
        let ask = |cloud: Cloud, token| async move { cloud.ask_access(&token, id, case, reason).await };
        self.desk_ask(ask).await
    }

    pub(crate) async fn desk_shut(&self, customer: &str) -> Result<(), Error> {
        let id = customer_id(customer)?;
        self.desk_ask(|cloud, token| async move { cloud.close_case(&token, id).await }).await
    }

    pub(crate) async fn desk_trail(&self, before: Option<i64>) -> Result<DeskAudit, Error> {
        // One's own: administrators could read everybody's.
        let who = self.helpdesk.session().ok_or_else(nobody)?.who();
        let ask = |cloud: Cloud, token| async move { cloud.audit(&token, who, None, before).await };
        let page = self.desk_ask(ask).await?;
        Ok(audit(page))
    }
}
